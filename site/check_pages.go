package site

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
	ruleOrphan = source.Rule{Name: "orphan", Why: "people find a page by following links, and nobody follows one to this"}
	ruleUnused = source.Rule{Name: "image-unused", Why: "everybody can open it by its address, and nobody will think of it when it is out of date"}
	ruleReview = source.Rule{Name: "review-due", Why: "readers are told the date, and stop believing what is past it (" + manual + "standard-for-creating-health-content)"}
	ruleSize   = source.Rule{Name: "image-size", Why: "the text jumps when a picture without a size has arrived (web.dev/articles/cls)"}
)

// checkPages looks at all pages as they were rendered: whatever editors and templates wrote, this is what people get.
func (s *Site) checkPages(sheets []sheet, outlines []*outline, at time.Time) source.Faults {
	var faults source.Faults
	files, faulty := map[string]string{}, map[string]bool{}
	for _, f := range s.faults {
		faulty[f.Path] = true
	}
	for i, sh := range sheets {
		if other, taken := files[sh.address]; taken {
			faults.Add(sh.file, 0, fmt.Sprintf("the address %s is also that of %s", sh.address, other), "give one of them another name")
		}
		files[sh.address] = sh.file
		var text *markdown.Text // which may have to be read again, so only if something is wrong
		for _, m := range outlines[i].Flaws {
			if m.Rule.Name == "" {
				if len(s.faults) > 0 {
					continue // most likely that is how an editor's mistake looks here
				}
				faults.Add(sh.file, 0, fmt.Sprintf("on %s, %s", sh.address, m.What), m.Do)
			} else if own, _ := strings.CutPrefix(m.To, "/"); m.To == "" || own != m.To && s.fixed[own] != nil && !faulty["content/"+own] { // a picture that is not there is a fault
				if text == nil {
					text = sh.text()
				}
				for _, at := range text.Places(m.To) {
					faults.Warn(sh.file, at, m.Rule, fmt.Sprintf("on %s, %s", sh.address, m.What), m.Do)
				}
			}
		}
	}
	review := func(file string, due *course.Date, place func(string) source.Place) {
		if due != nil && at.After(due.Time().AddDate(0, 0, 1)) {
			faults.Warn(file, place("review_due"), ruleReview, fmt.Sprintf("the review was due on %v", due), `read the page, correct it, and put new dates behind "reviewed" and "review_due"`)
		}
	}
	for _, p := range s.pages {
		review(p.file.Path, p.ReviewDue, p.at)
	}
	for _, c := range s.courses {
		review(c.File.Path, c.ReviewDue, c.At)
	}
	return faults
}

// A flaw is what is wrong with a rendered page by itself.
type flaw struct {
	Rule     source.Rule // of a warning
	What, Do string
	To       string // the address that it is about, if it is about one
}

// flaws finds headings that skip a level, tables without headers, and pictures without words or size. Like
// [outlineOf] it relies on how templates and Markdown write HTML.
func flaws(page []byte) []flaw {
	var found []flaw
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
			found = append(found, flaw{What: fmt.Sprintf("a heading of level %d follows one of level %d", n, level), Do: "leave no level out: people who listen to a page find their way by them"})
		}
		level = n
	}
	if tops != 1 {
		found = append(found, flaw{What: fmt.Sprintf("there are %d main headings", tops), Do: "make it one"})
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
			found = append(found, flaw{What: "a table has no headers", Do: "say above each column, or before each row, what it holds"})
		}
		if emptyHeader(rest[:end]) {
			found = append(found, flaw{What: markdown.EmptyHeaderWhat, Do: markdown.EmptyHeaderDo})
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
			found = append(found, flaw{What: "a picture has no alternative text", Do: "say what it shows, for people who cannot see it"})
		}
		if !bytes.Contains(tag, []byte(" width=")) {
			src := ""
			for src = range values(tag, []byte(` src="`)) {
				break
			}
			found = append(found, flaw{ruleSize, fmt.Sprintf("the size of the picture %q is not known", src), "save it as PNG, JPEG or GIF, or as SVG with width and height", src})
		}
		rest = rest[end:]
	}
	return found
}

// emptyHeader tells whether a table has a header cell with nothing in it.
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
