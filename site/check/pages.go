package check

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/source"
	"traininghub/site/markdown"
)

var (
	ruleOrphan = source.Rule{Name: "orphan",
		Why: "people find a page by following links, and nobody follows one to this"}
	ruleUnused = source.Rule{Name: "image-unused",
		Why: "everybody can open it by its address, and nobody will think of it when it is out of date"}
	ruleReview = source.Rule{Name: "review-due",
		Why: "readers are told the date, and stop believing what is past it (" + manual +
			"standard-for-creating-health-content)"}
	ruleChanged = source.Rule{Name: "dates-changed",
		Why: "until that day, calendar programs take no other change for newer"}
	ruleSize = source.Rule{Name: "image-size",
		Why: "the text jumps when a picture without a size has arrived (web.dev/articles/cls)"}
)

// Looks checks all pages as they were rendered. Whatever editors and templates wrote, this is what
// readers get.
func (s *Site) Looks() source.Faults {
	var faults source.Faults
	files, faulty := map[string]string{}, s.faulty()
	for _, p := range s.Pages {
		if other, taken := files[p.Address]; taken {
			faults.Add(p.File, 0, fmt.Sprintf("the address %s is also that of %s", p.Address, other),
				"give one of them another name")
		}
		files[p.Address] = p.File
		var text *markdown.Text // it may have to be read again, so only if something is wrong
		for _, m := range p.Outline.Flaws {
			if m.Rule.Name == "" {
				if len(s.Faults) > 0 {
					continue // most likely this is the result of an editor's mistake
				}
				faults.Add(p.File, 0, fmt.Sprintf("on %s, %s", p.Address, m.What), m.Do)
				continue
			}
			if typed := s.Images[m.To]; typed != "" {
				m.What, m.To = strings.Replace(m.What, m.To, typed, 1), typed
			}
			own, _ := strings.CutPrefix(m.To, "/")
			if m.To != "" && (own == m.To || s.Fixed[own] == nil || faulty["content/"+own]) {
				continue // a missing picture is a fault
			}
			if text == nil {
				text = p.text()
			}
			for _, at := range text.Places(m.To) {
				faults.Warn(p.File, at, m.Rule, fmt.Sprintf("on %s, %s", p.Address, m.What), m.Do)
			}
		}
	}
	return faults
}

// Review finds a review that was due before now. place returns the position of a value in the file.
// It reads the file again, so it is called only if something is wrong.
func Review(file string, due *course.Date, place func(at string) source.Position, now time.Time) source.Faults {
	var faults source.Faults
	if due != nil && now.After(due.Time().AddDate(0, 0, 1)) {
		faults.Warn(file, place("review_due"), ruleReview, fmt.Sprintf("the review was due on %v", due),
			`read the page, correct it, and put new dates behind "reviewed" and "review_due"`)
	}
	return faults
}

// Changed finds dates that are marked as changed on a day in the future.
func Changed(c *course.Course, now time.Time) source.Faults {
	var faults source.Faults
	if d := c.DatesChanged; d != nil && d.Time().After(now) && !d.Time().After(c.Over()) {
		faults.Warn(c.File.Path, c.At("dates_changed"), ruleChanged,
			fmt.Sprintf("the dates were changed on %v, which is still to come", d), "write the day on which you changed them")
	}
	return faults
}

// A Flaw is a mistake within a single rendered page.
type Flaw struct {
	Rule     source.Rule // for a warning
	What, Do string
	To       string // the address that it is about, if any
}

// flaws finds headings that skip a level, tables without headers, and pictures without alternative
// text or size. Like [OutlineOf] it relies on how templates and Markdown write HTML.
func flaws(page []byte) []Flaw {
	var found []Flaw
	level, tops := 0, 0
	for rest := page; ; {
		i := bytes.Index(rest, []byte("<h"))
		if i < 0 || i+3 >= len(rest) {
			break
		}
		rest = rest[i+2:]
		n := int(rest[0] - '0')
		if rest[0] < '1' || rest[0] > '6' || rest[1] != ' ' && rest[1] != '>' {
			continue
		}
		if n == 1 {
			tops++
		}
		if n > level+1 {
			found = append(found,
				Flaw{What: fmt.Sprintf("a heading of level %d follows one of level %d", n, level),
					Do: "leave no level out: people who listen to a page find their way by them"})
		}
		level = n
	}
	if tops != 1 {
		found = append(found, Flaw{What: fmt.Sprintf("there are %d main headings", tops), Do: "make it one"})
	}
	for rest := page; ; {
		i := bytes.Index(rest, []byte("<table"))
		if i < 0 {
			break
		}
		rest = rest[i:]
		end := bytes.Index(rest, []byte("</table>"))
		if end < 0 {
			end = len(rest)
		}
		if !bytes.Contains(rest[:end], []byte("<th ")) && !bytes.Contains(rest[:end], []byte("<th>")) {
			found = append(found,
				Flaw{What: "a table has no headers", Do: "say above each column, or before each row, what it holds"})
		}
		if emptyHeader(rest[:end]) {
			found = append(found, Flaw{What: markdown.EmptyHeaderWhat, Do: markdown.EmptyHeaderDo})
		}
		rest = rest[end:]
	}
	for rest := page; ; {
		i := bytes.Index(rest, []byte("<img "))
		if i < 0 {
			break
		}
		rest = rest[i:]
		end := max(bytes.IndexByte(rest, '>'), 0)
		tag := rest[:end+1]
		if !bytes.Contains(tag, []byte(" alt=")) {
			found = append(found,
				Flaw{What: "a picture has no alternative text", Do: "say what it shows, for people who cannot see it"})
		}
		if !bytes.Contains(tag, []byte(" width=")) {
			src := ""
			for src = range values(tag, []byte(` src="`)) {
				break
			}
			found = append(found,
				Flaw{ruleSize, fmt.Sprintf("the size of the picture %q is not known", src),
					"save it with width and height, or a viewBox", src})
		}
		rest = rest[end:]
	}
	return found
}

// emptyHeader reports whether a table has an empty header cell.
func emptyHeader(table []byte) bool {
	for {
		i := bytes.Index(table, []byte("></th>"))
		if i < 0 {
			return false
		}
		if opens := bytes.LastIndexByte(table[:i], '<'); opens >= 0 && bytes.HasPrefix(table[opens:], []byte("<th")) {
			return true
		}
		table = table[i+6:]
	}
}
