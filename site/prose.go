package site

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"time"
	"unicode/utf8"

	"traininghub/internal/course"
	"traininghub/internal/page"
	"traininghub/internal/parallel"
	"traininghub/internal/source"
	"traininghub/site/markdown"
)

// A prosePage is a page in content/pages.
type prosePage struct {
	Title     string       `key:"title,required"`
	Describe  string       `key:"describe,required"`
	Compare   []string     `key:"compare"` // ids of the courses in {{table.compare}}, in this order
	Order     int          `key:"order"`   // place in the sitemap, lowest first
	Reviewed  *course.Date `key:"reviewed"`
	ReviewDue *course.Date `key:"review_due"`
	Draft     bool         `key:"draft"`   // hidden from readers
	Publish   *course.Date `key:"publish"` // first day on which readers see it; missing means always
	Until     *course.Date `key:"until"`   // last such day; missing means for good
	Aliases   []string     `key:"aliases"` // old addresses of the page, "/old-name/"

	file source.File
	name string
	body markdown.Text
}

// shown is when readers see the page.
func (p *prosePage) shown() course.Shown {
	return course.Shown{Draft: p.Draft, First: p.Publish, Last: p.Until}
}

// Two pages that every hub has, and one that a server shows when it gets no answer. No link leads
// to the last two.
const (
	homePage     = "home"
	notFoundPage = "not-found"
	problemPage  = "problem"
)

func (p *prosePage) address() string {
	switch p.name {
	case homePage:
		return "/"
	case notFoundPage:
		return "/404.html"
	}
	return "/" + p.name + "/"
}

// Taken reports whether no page can have the name, because its address is one of the hub's own.
func Taken(name string) bool { return page.Own("/" + name + "/") }

func (s *Site) loadPages(content fs.FS) source.Faults {
	names := source.List(content, "pages", "*.md")
	s.pages = make([]*prosePage, len(names))
	found := make([]source.Faults, len(names))
	parallel.Do(len(names), func(i int) {
		s.pages[i], found[i] = s.loadPage(content, names[i])
	})
	faults := slices.Concat(found...)

	for _, name := range []string{homePage, notFoundPage} {
		if !slices.ContainsFunc(s.pages, func(p *prosePage) bool { return p.name == name }) {
			faults.Add("content/pages/"+name+".md", 0, "the file is missing", "every hub has this page: create it")
		}
	}
	titles := map[string]string{}
	for _, c := range s.courses {
		titles[c.Title] = c.File.Path
	}
	for _, v := range s.services {
		if other := titles[v.Title]; other != "" && v.Title != "" {
			faults.At(v.File.Path, v.At("title"), "the title is the same as in "+other, "say what tells the two apart")
		}
		titles[v.Title] = v.File.Path
	}
	for _, p := range s.pages {
		if other := titles[p.Title]; other != "" && p.Title != "" {
			faults.At(p.file.Path, p.at("title"), "the title is the same as in "+other, "say what tells the two apart")
		}
		titles[p.Title] = p.file.Path
	}
	slices.SortFunc(s.pages, func(a, b *prosePage) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.address(), b.address())) // "/" comes first
	})
	return faults
}

func (s *Site) loadPage(content fs.FS, name string) (*prosePage, source.Faults) {
	f, faults := source.Read(content, "content", name)
	p := &prosePage{file: f, name: f.Stem()}
	if len(faults) > 0 {
		return p, faults
	}
	doc, faults := f.Decode(p)
	add := func(at, do, what string, args ...any) {
		faults.At(f.Path, doc.At(at), fmt.Sprintf(what, args...), do)
	}
	for at, text := range map[string]*string{"title": &p.Title, "describe": &p.Describe} {
		expanded, unknown := source.Expand(*text, s.fact(nil))
		for _, u := range unknown {
			faults.At(f.Path, doc.Word(at, u.Typed), fmt.Sprintf("there is no fact named %q", u.Name),
				s.suggest(nil)(u.Name))
		}
		*text = expanded
	}
	if !source.IsName(p.name) {
		faults.Add(f.Path, 0, "the file's name cannot be an address", source.NameDo(f.Path))
		p.name = markdown.Slug(p.name)
	}
	if Taken(p.name) {
		faults.Add(f.Path, 0, fmt.Sprintf("the address /%s/ is the hub's own", p.name), "give the file another name")
	}
	if at, what, do := p.shown().Wrong(); what != "" {
		add(at, do, "%s", what)
		p.Publish, p.Until = nil, nil // so that wrong days are not reported again
	}
	if slices.Contains([]string{homePage, notFoundPage, problemPage}, p.name) && p.shown() != (course.Shown{}) {
		faults.Add(f.Path, 0, "this page must always be there", `take the lines "draft", "publish" and "until" away`)
		p.Draft, p.Publish, p.Until = false, nil, nil
	}
	if n := utf8.RuneCountInString(p.Title); n > titleMost {
		add("title", fmt.Sprintf("make it %d or less", titleMost), "the title has %d characters", n)
	}
	if what, do := describe(p.Describe); what != "" {
		add("describe", do, "%s", what)
	}
	if p.Reviewed != nil && p.ReviewDue != nil && !p.Reviewed.Time().Before(p.ReviewDue.Time()) {
		add("review_due", "correct one of the two", "the next review, %v, is not after the last one, %v", p.ReviewDue,
			p.Reviewed)
	}
	for i, id := range p.Compare {
		if s.course(id) == nil {
			add(fmt.Sprintf("compare.%d", i), s.Programme.Meant(id), "there is no course %q", id)
		}
	}
	if n := len(p.Compare); n > page.CompareMost {
		add("compare", fmt.Sprintf("name %d at most; readers choose others in the catalogue", page.CompareMost),
			"a page compares %d courses", n)
	}
	blocks := []string{"courses", "calendar", "past"}
	if len(p.Compare) > 0 {
		blocks = append(blocks, "compare")
	}
	var wrong source.Faults
	p.body, wrong = s.read(f, nil, s.fact(nil), blocks)
	faults = append(faults, wrong...)
	if len(p.Compare) > 0 && !p.body.Shows("compare") {
		add("compare", "put {{table.compare}} alone on a line where it belongs",
			"the table of courses to compare is not in the text")
	}
	return p, faults
}

// at is the position in the page's file of the value at a dotted path.
func (p *prosePage) at(at string) source.Position {
	doc, _ := p.file.Decode(new(prosePage))
	return doc.At(at)
}

// comparedMost is the number of courses up to which a table that compares courses should have them
// all.
const comparedMost = 4

var ruleCompare = source.Rule{Name: "compare",
	Why: "whoever compares takes the others for all there are"}

// compared finds courses that are not over but missing from a table that has all others.
func (s *Site) compared(p *prosePage, at time.Time) source.Faults {
	if len(p.Compare) == 0 {
		return nil
	}
	var faults source.Faults
	var now []*coursePage
	for _, c := range s.courses {
		if at.Before(c.Over()) {
			now = append(now, c)
		}
	}
	unknown := func(id string) bool { return s.course(id) == nil } // a misspelt id, which has its own fault
	if len(now) > comparedMost || slices.ContainsFunc(p.Compare, unknown) {
		return nil
	}
	for _, c := range now {
		if !slices.Contains(p.Compare, c.ID) && source.IsName(c.ID) {
			faults.Warn(p.file.Path, p.at("compare"), ruleCompare, fmt.Sprintf("the course %q is not compared here", c.Title),
				fmt.Sprintf("add %q to the list", c.ID))
		}
	}
	return faults
}

func (s *Site) course(id string) *coursePage {
	for _, c := range s.courses {
		if c.ID == id {
			return c
		}
	}
	return nil
}
