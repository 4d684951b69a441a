package check

import (
	"bytes"
	"slices"
	"strings"

	"traininghub/internal/course"
	"traininghub/internal/source"
	"traininghub/site/markdown"
)

// Elsewhere checks what a file that is not a course's own says about courses. If a paragraph, or
// else the heading above it, names exactly one course, its sums and dates must be that course's.
// pounds are sums that are right everywhere, such as the hub's own.
func Elsewhere(f source.File, courses []*course.Course, pounds map[string]bool) source.Faults {
	var faults source.Faults
	var under []*course.Course // the courses that the heading above names
	line, kept := f.BodyLine, false
	for _, text := range paragraphs(f.Body) {
		at := line
		line += bytes.Count(text, []byte("\n"))
		note, isNote := bytes.CutPrefix(bytes.TrimSpace(text), []byte("<!--"))
		switch heading := bytes.HasPrefix(text, []byte("#")); {
		case len(note) == 0 && !isNote: // an empty line
			continue
		case isNote && bytes.HasSuffix(note, []byte("-->")):
			kept = markdown.Kept(note)
			continue
		case heading:
			under = named(text, courses)
		}
		if silent := kept; silent || !bytes.Contains(text, []byte("£")) && !dated(text) {
			kept = false
			continue
		}
		about := named(text, courses)
		if len(about) == 0 {
			about = under
		}
		if len(about) != 1 {
			continue
		}
		w := wording{path: f.Path, course: about[0], elsewhere: true}
		for sum := range pounds {
			w.facts().sums[sum] = true
		}
		w.body(text, at)
		for _, fault := range w.faults {
			if fault.Rule == ruleOwn.Name {
				faults = append(faults, fault)
			}
		}
	}
	return faults
}

// paragraphs splits Markdown before each empty line, list entry, heading and table row.
func paragraphs(body []byte) [][]byte {
	var all [][]byte
	begins, at := 0, 0
	for line := range bytes.Lines(body) {
		text := bytes.TrimSpace(line)
		if at > begins && (len(text) == 0 || item(text) || bytes.HasPrefix(body[begins:], []byte("#"))) {
			all = append(all, body[begins:at])
			begins = at
		}
		at += len(line)
	}
	return append(all, body[begins:])
}

// dated reports whether text contains a month.
func dated(text []byte) bool { return slices.ContainsFunc(bytes.Fields(text), month) }

// named are the courses that text names by their title, a link to their page, or a fact. A title
// within the longer title of another course counts for that course only.
func named(text []byte, courses []*course.Course) []*course.Course {
	var all []*course.Course
	words := string(text)
	for _, c := range courses {
		if c.Title != "" && strings.Contains(words, c.Title) || strings.Contains(words, "/courses/"+c.ID+"/") ||
			strings.Contains(words, "{{"+c.ID+".") {
			all = append(all, c)
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(c *course.Course) bool {
		return slices.ContainsFunc(all, func(o *course.Course) bool {
			return o != c && o.Title != c.Title && strings.Contains(o.Title, c.Title)
		})
	})
}
