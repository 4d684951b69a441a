package site

import (
	"fmt"
	"slices"
	"strings"

	"traininghub/internal/course"
	"traininghub/internal/programme"
	"traininghub/internal/source"
	"traininghub/site/markdown"
)

// fact finds facts by name for the texts of own, a course or service, or nil; see
// [programme.Facts].
func (s *Site) fact(own programme.Owner) func(name string) (string, bool) {
	return s.Programme.Facts(own, s.Hub.Fact)
}

// suggest says what to do about a name that [Site.fact] does not know.
func (s *Site) suggest(own programme.Owner) func(name string) string {
	return func(name string) string {
		var near []string
		if _, is := own.(*course.Course); is && slices.Contains(course.Optional, name) {
			return "add it at the top of the course's file, or take this out"
		}
		if own != nil {
			near = own.FactNames()
		}
		for _, n := range s.Hub.FactNames() {
			near = append(near, "hub."+n)
		}
		if of, rest, dotted := strings.Cut(name, "."); dotted && of != "hub" {
			for _, c := range s.Programme.Courses {
				if slices.Contains(c.Aliases, "/courses/"+of+"/") {
					return fmt.Sprintf("write %q: the course has a new name", c.ID+"."+rest)
				}
			}
			ids := make([]string, len(s.Programme.Courses))
			for i, c := range s.Programme.Courses {
				ids[i] = c.ID
			}
			for _, v := range s.Programme.Services {
				ids = append(ids, v.ID)
			}
			id := source.Nearest(of, ids)
			var its programme.Owner
			if c := s.Programme.Course(id); c != nil {
				its = c
			} else if v := s.Programme.Service(id); v != nil {
				its = v
			}
			if its != nil {
				for _, n := range its.FactNames() {
					near = append(near, id+"."+n)
				}
			}
		}
		return source.Suggest(name, near)
	}
}

// read turns a file's Markdown into HTML. own is the course or service of the file, or nil; fact
// returns facts, and blocks are the names allowed in {{table.NAME}}.
func (s *Site) read(
	f source.File, own programme.Owner, fact func(name string) (string, bool), blocks []string,
) (markdown.Text, source.Faults) {
	return markdown.Read(f, markdown.Options{
		Fact: fact, Suggest: s.suggest(own), Blocks: blocks, Pictures: s.shown, Documents: s.fixed, Hub: s.Hub.BaseURL,
	})
}
