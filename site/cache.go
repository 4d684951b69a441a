package site

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/source"
	"traininghub/site/check"
	"traininghub/site/digest"
	"traininghub/site/folder"
	"traininghub/site/markdown"
)

// A Cache keeps what was made of each course from one build to the next, so that a build after an
// edit makes only what has changed. Nobody tells it what changed. It uses what it kept only if
// everything from which that was made is the same, to the byte:
//
//   - the facts of a course depend on its file;
//   - its texts on the facts, the facts of other courses that the texts name, site.yaml, the forms,
//     the templates, and the pictures;
//   - its calendars on the texts, and the hub's address;
//   - its pages on the texts, the names of styles and scripts, and the status of applications at
//     the instant of the build.
//
// It also keeps pictures, by the bytes of their files, and pages of the catalogue, by their
// contents. A Cache in memory keeps, too, what lists say of a course, with the instant until which
// that is right, and a number for each address to which pages lead. Everything else is made again
// each time: pages of text, the first pages of forms, and the checks of links between pages. The
// zero Cache is empty. Only one Load at a time may use it.
type Cache struct {
	front   *front
	courses map[string]*made // by the path of the course's file
	lists   *made            // the pages of the catalogue, and the calendar of all courses
	shelf   *shelf           // nil if the Cache is only in memory

	addresses check.Addresses // of the links in pages

	album map[digest.Sum]fitted // all pictures made so far, by the ending and bytes of their files
	used  map[digest.Sum]bool   // those of the album that the last site used
}

// Empty reports whether nothing is kept.
func (k *Cache) Empty() bool { return len(k.courses) == 0 }

// Load is [Load] with the help of the Cache, which it also fills. Rendering the returned site does
// the same.
func (k *Cache) Load(from Sources) (*Site, source.Faults) { return k.load(from, true) }

// made is what was made of a course's file. Several sites may share it.
type made struct {
	facts  *course.Course
	file   digest.Sum        // of the text of the course's file, if the facts come from the shelf without the file
	around digest.Sum        // of everything on which its texts depend, except courses
	named  map[string]string // the facts of other courses that its texts name
	course *course.Course    // with the facts in its texts
	faults source.Faults     // in its texts

	mu    sync.Mutex
	text  *markdown.Text      // until its page is rendered
	pages map[string]*printed // by address
	dates *calendars
	saved bool // all of it is on the shelf

	now    *standing // as of the last build
	events []Event   // see happens
	keys   []string  // of the events
	entry  *entry    // see entry
}

// A printed page is a page that was rendered.
type printed struct {
	Key     string       // everything on which it depends, except the course and its texts
	HTML    []byte       // nil if it is only in the site's folder
	Stamp   folder.Stamp // by which the folder recognises it
	Digest  digest.Sum   // for a card
	Outline check.Outline
}

// known is the course read earlier from the same file, if the file has the same text; else nil.
func (k *Cache) known(path string, text []byte) *course.Course {
	m := k.courses[path]
	switch {
	case m == nil, len(text) == 0: // a file that could not be read has no text, either
		return nil
	case m.file != "" && m.file == digest.Of(text):
		m.facts.File, _ = source.Parse(nil, "", path, text, nil) // there was nothing wrong with it
		m.file = ""
		return m.facts
	case m.file == "" && bytes.Equal(m.facts.File.Text(), text):
		return m.facts
	}
	return nil
}

// made is what was made of a course earlier, if it is still right; else nil. A course with mistakes
// is always made again, because the advice to the editor may depend on other courses.
func (s *Site) made(c *course.Course) *made {
	m := s.cache.courses[c.File.Path]
	if m == nil || m.facts != c || m.around != s.around || m.faults.Err() != nil {
		return nil
	}
	fact := s.fact(nil)
	for name, was := range m.named {
		if is, known := fact(name); !known || is != was {
			return nil
		}
	}
	if m.course == nil {
		m.course, _ = c.Expand(s.fact(c), s.suggest(c))
	}
	return m
}

// make makes what depends only on a course and its form.
func (s *Site) make(c *course.Course, f *form.Definition) *made {
	m := &made{facts: c, around: s.around, named: map[string]string{}, pages: map[string]*printed{}}
	m.course, m.faults = c.Expand(s.naming(c, m.named), s.suggest(c))
	if what, do := describe(m.course.Describe); what != "" {
		m.faults.At(c.File.Path, c.At("describe"), what, do)
	}
	text, wrong := s.read(c.File, c, s.naming(c, m.named), s.courseBlocks(c, f))
	m.text = &text
	m.faults = append(m.faults, foldFaults(c, &text)...)
	m.faults = append(append(m.faults, wrong...), check.Words(c.File, c)...)
	return m
}

// naming is [Site.fact], and also notes in named the facts of other courses that are asked for.
func (s *Site) naming(own *course.Course, named map[string]string) func(name string) (string, bool) {
	fact := s.fact(own)
	return func(name string) (string, bool) {
		value, known := fact(name)
		if _, its := own.Fact(name); known && !its {
			named[name] = value
		}
		return value, known
	}
}

// body is the text of a course's page. It is not kept after the page is rendered. If something is
// wrong with the page, it is read again, but that is rare.
func (s *Site) body(c *coursePage) *markdown.Text {
	m := c.made
	m.mu.Lock()
	text := m.text
	m.text = nil
	m.mu.Unlock()
	if text == nil {
		again, _ := s.read(m.facts.File, m.facts, s.fact(m.facts), s.courseBlocks(c.Course, c.form))
		text = &again
	}
	return text
}

// page is a page that was rendered earlier; nil if there is none, or if it would look different
// now.
func (m *made) page(address, key string) *printed {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p := m.pages[address]; p != nil && p.Key == key {
		return p
	}
	return nil
}

func (m *made) keep(address string, p *printed) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.pages == nil { // the course was stored without pages
		m.pages = map[string]*printed{}
	}
	was := m.pages[address]
	m.saved = m.saved && was != nil && was.Key == p.Key && was.Stamp == p.Stamp && p.Stamp != (folder.Stamp{})
	m.pages[address] = p
}

// only drops all pages except those at the given addresses.
func (m *made) only(addresses map[string]bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.DeleteFunc(m.pages, func(address string, _ *printed) bool {
		if !addresses[address] {
			m.saved = false
		}
		return !addresses[address]
	})
}

// surroundings is the digest of what the texts of all courses depend on.
func surroundings(content fs.FS, look digest.Sum, pictures map[string]markdown.Picture, fixed Output) digest.Sum {
	texts := [][]byte{[]byte(look)}
	for _, name := range slices.Sorted(maps.Keys(fixed)) {
		p, is := pictures[name]
		switch {
		case is:
			texts = append(texts, []byte(name), fmt.Appendf(nil, "%v", p))
		case !strings.HasPrefix(name, "assets/"): // look covers styles and scripts; a picture's address covers the picture
			texts = append(texts, []byte(name), fixed[name])
		}
	}
	for _, name := range source.List(content, "forms", "*.yaml") {
		form, _ := fs.ReadFile(content, name) // a form that cannot be read has its own fault
		texts = append(texts, []byte(name), form)
	}
	return digest.Of(texts...)
}
