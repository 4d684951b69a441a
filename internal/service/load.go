package service

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"

	"traininghub/internal/course"
	"traininghub/internal/source"
)

// Load reads all services in the folder dir of content, sorted by Order and then by title, with all
// their faults. A service with faults is returned as far as it could be read.
func Load(content fs.FS, dir string) ([]*Service, source.Faults) {
	var all []*Service
	var faults source.Faults
	titles := map[string]string{}
	for _, name := range source.List(content, dir, "*.md") {
		f, wrong := source.Read(content, "content", name)
		s := &Service{ID: f.Stem(), File: f, lost: true}
		all = append(all, s)
		if len(wrong) > 0 {
			faults = append(faults, wrong...)
			continue
		}
		s.doc, wrong = f.Decode(s)
		s.lost = s.doc.Lost()
		c := checker{s, append(faults, wrong...)}
		c.texts()
		c.areas()
		c.dates()
		c.facts()
		c.mentoring()
		if other := titles[s.Title]; other != "" && s.Title != "" {
			c.add("title", "say what tells the two apart", "the title is the same as in %s", other)
		}
		titles[s.Title] = f.Path
		faults = c.faults
		s.known = s.facts()
	}
	slices.SortStableFunc(all, func(a, b *Service) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Title, b.Title))
	})
	faults.Sort()
	return all, faults
}

// A checker looks for contradictions. It ignores values that could not be read: they already have
// their fault.
type checker struct {
	s      *Service
	faults source.Faults
}

func (c *checker) add(at, do, what string, args ...any) {
	c.faults.At(c.s.File.Path, c.s.At(at), fmt.Sprintf(what, args...), do)
}

// titleMost is the most characters of a page's heading by NHS guidance.
const titleMost = 65

func (c *checker) texts() {
	s := c.s
	if !source.IsName(s.ID) || s.ID == "hub" {
		c.faults.Add(s.File.Path, 0, "the file's name cannot be an address",
			source.NameDo(s.File.Path)+`, and not "hub"`)
	}
	if n := utf8.RuneCountInString(s.Title); n > titleMost {
		c.add("title", fmt.Sprintf("make it %d or less", titleMost), "the title has %d characters", n)
	}
	c.email("contact.email", &s.Contact.Email)
}

// email checks an address. A wrong address is replaced, so that texts which show it are not
// reported as well.
func (c *checker) email(at string, address *string) {
	if *address == "" {
		return // required: Decode has reported it
	}
	if !source.Mailable(*address) {
		c.add(at, `write it like "name@example.org"`, "%q must be an email address, not %q", "email", *address)
		*address = source.AnyFact
	}
}

func (c *checker) areas() {
	ids, names := map[string]bool{}, map[string]bool{}
	for i := range c.s.Areas {
		a, at := &c.s.Areas[i], fmt.Sprintf("areas.%d.", i)
		switch {
		case a.ID == "": // required
		case !source.IsName(a.ID):
			c.add(at+"id", `use small letters, figures and hyphens: "derbyshire"`,
				"%q cannot be the id of an area", a.ID)
		case ids[a.ID]:
			c.add(at+"id", "give each its own id", "there are two areas with the id %q", a.ID)
		}
		if names[a.Name] && a.Name != "" {
			c.add(at+"name", "give each its own name", "there are two areas with the name %q", a.Name)
		}
		ids[a.ID], names[a.Name] = true, true
		c.email(at+"lead.email", &a.Lead.Email)
		if a.Deputy == nil {
			continue
		}
		c.email(at+"deputy.email", &a.Deputy.Email)
		if a.Deputy.Email != "" && strings.EqualFold(a.Deputy.Email, a.Lead.Email) {
			c.add(at+"deputy.email", "name somebody else, or leave the deputy out",
				"the deputy of %s is its lead", a.Name)
		}
	}
}

func (c *checker) dates() {
	s := c.s
	read := func(d *course.Date) bool { return d != nil && *d != course.Date{} }
	if at, what, do := s.Shown().Wrong(); what != "" {
		c.add(at, do, "%s", what)
	}
	if read(s.Opens) && read(s.Closes) && s.Closes.Before(*s.Opens) {
		c.add("closes", "correct one of the two", "the service closes on %v, before it opens on %v", s.Closes, s.Opens)
	}
	if read(s.Reviewed) && read(s.ReviewDue) && !s.Reviewed.Before(*s.ReviewDue) {
		c.add("review_due", "correct one of the two", "the next review, %v, is not after the last one, %v",
			s.ReviewDue, s.Reviewed)
	}
}

func (c *checker) facts() {
	own := c.s.usual()
	look := func(group, name string) {
		switch _, taken := own[name]; {
		case !source.IsName(name):
			c.s.lost = true
			c.add(group+"."+name, `use small letters, figures and hyphens: "session-fee"`,
				"%q cannot be the name of a fact", name)
		case taken:
			c.add(group+"."+name, "give it another name", "every service has a fact %q already", name)
		}
	}
	for name := range c.s.Amounts {
		look("amounts", name)
	}
	for name := range c.s.Figures {
		look("figures", name)
		if _, twice := c.s.Amounts[name]; twice {
			c.add("figures."+name, "give one of them another name", "%q stands among the amounts, too", name)
		}
	}
}
