// Package programme has what the hub offers by the editors' files: courses and services, their
// forms with the facts of each put in, the letters, and the schemes that pay people. [Load] reads
// and joins them, and returns all their faults.
//
// A programme does not change once it is loaded. It knows nothing of what people have sent. The
// packages that send letters each have a table of them.
package programme

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/letter"
	"traininghub/internal/scheme"
	"traininghub/internal/service"
	"traininghub/internal/source"
)

// A Programme is what the hub offers.
type Programme struct {
	Courses  []*course.Course // in the order of lists
	Services []*service.Service
	Forms    map[string]*form.Definition // joined, by id
	Letters  letter.Set
	Schemes  []*scheme.Scheme          // by id
	sheets   map[[2]string]*form.Sheet // joined, by use and service

	// Unread says that a form could not be read, or names no course, so that not all forms are
	// known.
	Unread bool
}

// Load reads content. letters are the letters that the program sends, and hub returns facts of the
// hub itself, {{hub.email}}.
func Load(content fs.FS, letters letter.Table, hub func(name string) (string, bool)) (*Programme, source.Faults) {
	courses, faults := course.Load(content, "courses")
	p, wrong := Join(content, courses, letters, hub)
	faults = append(faults, wrong...)
	faults.Sort()
	return p, faults
}

// Join is [Load] for courses that are already loaded.
func Join(
	content fs.FS, courses []*course.Course, letters letter.Table, hub func(name string) (string, bool),
) (*Programme, source.Faults) {
	p := &Programme{Courses: courses, Forms: map[string]*form.Definition{}}
	services, faults := service.Load(content, "services")
	p.Services = services
	forms, wrong := form.Load(content, "forms")
	faults = append(faults, wrong...)
	prefixes, applied := map[string]string{}, map[string]string{}
	var copies []string
	for _, d := range forms {
		if d.Unread() {
			p.Unread = true
			continue
		}
		o := p.Offer(d)
		if o == nil {
			p.Unread = true
			switch {
			case d.Service != "":
				faults.At(d.Path, d.At("service"), fmt.Sprintf("there is no service %q", d.Service),
					source.Suggest(d.Service, p.serviceIDs()))
			case d.Course != "":
				faults.At(d.Path, d.At("course"), fmt.Sprintf("there is no course %q", d.Course), p.Meant(d.Course))
			}
			continue
		}
		if other := applied[o.Page()]; other != "" {
			copied, kept := d, other // the copy is the one whose name differs from the course's
			if d.ID == o.ID() {
				copied, kept = forms[slices.IndexFunc(forms, func(f *form.Definition) bool { return f.ID == other })], d.ID
			}
			do := fmt.Sprintf("give each %s one form", o.kind())
			if slices.Contains(p.courseIDs(), copied.ID) {
				do = fmt.Sprintf("name the course that it is for: %q", "course: "+copied.ID)
			}
			faults.At(copied.Path, copied.At(o.kind()),
				fmt.Sprintf("the %s %q already has the form %q", o.kind(), o.ID(), kept), do)
			copies, p.Unread = append(copies, copied.ID), true
		}
		if other := prefixes[d.Prefix]; other != "" {
			faults.At(d.Path, d.At("reference"),
				fmt.Sprintf("the form %q has the same two letters for references", other),
				"choose others, so that a reference tells the course")
		}
		applied[o.Page()], prefixes[d.Prefix] = d.ID, d.ID
		if o.behind() {
			faults = append(faults, asksEnough(d)...)
		}
		if q := d.Asks(form.Cohort); q != "" && len(o.cohorts()) == 0 && !o.lost() {
			faults.At(d.Path, d.At(q), fmt.Sprintf("the %s has no cohorts to choose from", o.kind()),
				"ask with another kind of question")
		}
		if q := d.Asks(form.Area); o.Service == nil && q != "" {
			faults.At(d.Path, d.At(q), "a course has no areas to choose from", "ask with another kind of question")
		}
		joined, wrong := d.Join(o.joined(hub))
		faults = append(faults, wrong...)
		p.Forms[d.ID] = joined
	}
	for _, id := range copies {
		delete(p.Forms, id) // its course is not known, so nothing else is reported of the two
	}
	faults = append(faults, p.loadSheets(content, hub)...)
	// A form without its course or service has its fault; its letters would only repeat it.
	forms = slices.DeleteFunc(forms, func(d *form.Definition) bool { return p.Forms[d.ID] == nil })
	schemes := len(source.List(content, "schemes", "*.yaml")) > 0
	set, wrong := letter.Read(content, "letters", letter.Check{
		Table: letters, Forms: forms, Unread: p.Unread, Facts: p.factNames, Hub: hub, MayLack: course.Optional,
		Offers: func(n letter.Need) bool { return p.Unread || p.offers(n, schemes) },
	})
	p.Letters = set
	faults = append(faults, wrong...)
	p.Schemes, wrong = scheme.Load(content, "schemes", p.courseIDs(), p.Meant)
	faults = append(faults, wrong...)
	for _, one := range p.Schemes {
		if id := one.Return.Service; id != "" && p.Service(id) == nil {
			faults.Add(one.File.Path, 0, fmt.Sprintf("the return is about the service %q, which there is not", id), source.Suggest(id, p.serviceIDs()))
		}
	}
	faults.Sort()
	return p, faults
}

// offers reports whether the hub has what sends the letters of a need. schemes says whether it has
// schemes.
func (p *Programme) offers(n letter.Need, schemes bool) bool {
	switch n {
	case letter.NeedsMentoring:
		return slices.ContainsFunc(p.Services, func(s *service.Service) bool { return s.Mentoring != nil })
	case letter.NeedsScheme:
		return schemes
	case letter.NeedsAttendance:
		return slices.ContainsFunc(p.Courses, func(c *course.Course) bool { return c.Attendance != nil })
	}
	return true
}

// asksEnough reports questions that are missing from the form of a service that finds mentors.
func asksEnough(d *form.Definition) (faults source.Faults) {
	for _, id := range []string{"name", "email", "telephone", "role"} {
		if q, _ := d.Question(id); q == nil {
			faults.At(d.Path, d.At("sections"), fmt.Sprintf("a service that finds mentors has to ask for %q", id),
				"add a question with this id")
		}
	}
	if d.Asks(form.Area) == "" {
		faults.At(d.Path, d.At("sections"), "a service that finds mentors has to ask for the area", "add a question of the kind area")
	}
	if d.Word == nil {
		faults.At(d.Path, d.At("signature"), "a service that finds mentors has to ask for a word of their own",
			`add "word:" with a label behind the signature`)
	}
	return faults
}

// Course is the course with the id, or nil.
func (p *Programme) Course(id string) *course.Course {
	for _, c := range p.Courses {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// Current is the id of the course that has the id now or had it before it was renamed; id itself if
// there is none.
func (p *Programme) Current(id string) string {
	if p.Course(id) != nil || id == "" {
		return id
	}
	i := slices.IndexFunc(p.Courses, func(c *course.Course) bool { return slices.Contains(c.Former(), id) })
	if i < 0 {
		return id
	}
	return p.Courses[i].ID
}

// FormOf is the application form of a course, or nil if there is none.
func (p *Programme) FormOf(courseID string) *form.Definition {
	for _, d := range p.Forms {
		if d.Course == courseID && courseID != "" {
			return d
		}
	}
	return nil
}

// Meant is the course id to suggest in place of one that does not exist: that of the course that
// used to have it, or the nearest.
func (p *Programme) Meant(id string) string {
	if now := p.Current(id); now != id {
		return fmt.Sprintf("write %q, its new name", now)
	}
	return source.Suggest(id, p.courseIDs())
}

func (p *Programme) courseIDs() []string {
	var ids []string
	for _, c := range p.Courses {
		ids = append(ids, c.ID)
	}
	return ids
}

// An Owner has facts: a course or a service.
type Owner interface {
	Fact(name string) (string, bool)
	FactNames() []string
}

// Facts returns a function that finds facts by name for a text: facts of own, if it is not nil;
// "hub.NAME" for facts of the hub; and "ID.NAME" for facts of other courses and services.
func (p *Programme) Facts(own Owner, hub func(string) (string, bool)) func(name string) (string, bool) {
	return func(name string) (string, bool) {
		value, known := "", false
		if own != nil {
			value, known = own.Fact(name)
		}
		if of, rest, dotted := strings.Cut(name, "."); !known && dotted {
			if of == "hub" {
				value, known = hub(rest)
			} else if c := p.Course(of); c != nil {
				value, known = c.Fact(rest)
			} else if v := p.Service(of); v != nil {
				value, known = v.Fact(rest)
			}
		}
		return strings.ReplaceAll(value, "\n", " "), known
	}
}

// Service is the service with the id, or nil.
func (p *Programme) Service(id string) *service.Service {
	for _, s := range p.Services {
		if s.ID == id {
			return s
		}
	}
	return nil
}

func (p *Programme) serviceIDs() (ids []string) {
	for _, s := range p.Services {
		ids = append(ids, s.ID)
	}
	return ids
}

// factNames are the names of the facts of a form's course or service. They are nil if part of it
// could not be read, which is a fault already.
func (p *Programme) factNames(d *form.Definition) []string {
	if o := p.Offer(d); o != nil && !o.lost() {
		return o.FactNames()
	}
	return nil
}

// loadSheets reads the sheets, and joins each with its services.
func (p *Programme) loadSheets(content fs.FS, hub func(string) (string, bool)) source.Faults {
	p.sheets = map[[2]string]*form.Sheet{}
	sheets, faults := form.LoadSheets(content, "sheets")
	for _, s := range sheets {
		for i, id := range s.Services {
			at, of := s.At(fmt.Sprintf("services.%d", i)), p.Service(id)
			if of == nil {
				faults.At(s.Path, at, fmt.Sprintf("there is no service %q", id), source.Suggest(id, p.serviceIDs()))
				continue
			}
			key := [2]string{s.Use, id}
			if other := p.sheets[key]; other != nil {
				faults.At(s.Path, at, fmt.Sprintf("the service %q already has the sheet %q for that", id, other.ID),
					"give each service one sheet of each use")
			}
			joined, wrong := s.Join((&Offer{Service: of}).joined(hub))
			faults, p.sheets[key] = append(faults, wrong...), joined
		}
	}
	return faults
}

// Sheet is a service's sheet for a use, or nil.
func (p *Programme) Sheet(use, service string) *form.Sheet { return p.sheets[[2]string{use, service}] }

// Mentoring has only the services that find mentors, with their forms: the part behind the wall.
func (p *Programme) Mentoring() *Programme {
	only := *p
	only.Courses, only.Schemes = nil, nil
	only.Services = slices.DeleteFunc(slices.Clone(p.Services), func(s *service.Service) bool { return s.Mentoring == nil })
	only.Forms = p.forms(p.behind)
	return &only
}

// WithoutMentoring has everything else.
func (p *Programme) WithoutMentoring() *Programme {
	only := *p
	only.Services = slices.DeleteFunc(slices.Clone(p.Services), func(s *service.Service) bool { return s.Mentoring != nil })
	only.Forms = p.forms(func(d *form.Definition) bool { return !p.behind(d) })
	return &only
}

// behind reports whether people ask for a mentor with this form.
func (p *Programme) behind(d *form.Definition) bool {
	o := p.Offer(d)
	return o != nil && o.behind()
}

// forms are the forms for which f is true.
func (p *Programme) forms(f func(*form.Definition) bool) map[string]*form.Definition {
	all := maps.Clone(p.Forms)
	maps.DeleteFunc(all, func(_ string, d *form.Definition) bool { return !f(d) })
	return all
}
