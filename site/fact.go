package site

import (
	"fmt"
	"slices"
	"strings"

	"traininghub/internal/course"
	"traininghub/internal/source"
	"traininghub/site/markdown"
)

// An owner has facts: a course or a service.
type owner interface {
	Fact(name string) (string, bool)
	FactNames() []string
}

// fact finds facts by name for a text: those of its own course or service, if it has one;
// "hub.NAME"; and those of others as "ID.NAME".
func (s *Site) fact(own owner) func(name string) (string, bool) {
	return func(name string) (string, bool) {
		value, known := "", false
		if own != nil {
			value, known = own.Fact(name)
		}
		if of, rest, dotted := strings.Cut(name, "."); !known && dotted {
			if of == "hub" {
				value, known = s.Hub.Fact(rest)
			} else if c := s.Programme.Course(of); c != nil {
				value, known = c.Fact(rest)
			} else if v := s.Programme.Service(of); v != nil {
				value, known = v.Fact(rest)
			}
		}
		return strings.ReplaceAll(value, "\n", " "), known
	}
}

// suggest says what to do about a name that [Site.fact] does not know.
func (s *Site) suggest(own owner) func(name string) string {
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
			var its owner
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

// read makes a file's Markdown into HTML. own is the course or service whose file it is, or nil;
// fact gives the facts, and blocks are the names that {{table.NAME}} can have in it.
func (s *Site) read(
	f source.File, own owner, fact func(name string) (string, bool), blocks []string,
) (markdown.Text, source.Faults) {
	return markdown.Read(f, markdown.Options{
		Fact: fact, Suggest: s.suggest(own), Blocks: blocks, Images: s.fixed, Hub: s.Hub.BaseURL,
	})
}
