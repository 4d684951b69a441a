// Package site is the generator, which makes the static pages of the hub from the editors' files.
//
// [Load] reads and checks everything. Package programme reads courses, services, forms and letters;
// this package reads pages and site.yaml. [Site.Publish] renders the whole site as of an instant,
// checks every link of every page, and brings a folder up to date. If there is any fault it leaves
// the folder as it was. [Site.Build] does the same in memory. A [Cache] keeps what was made, so
// that a build after an edit makes only what has changed.
//
// The packages below work without a site: markdown (texts as HTML), look (styles and scripts),
// check (mistakes in words and pages), folder (writing files) and diff (what a change means for
// readers).
//
// The clock is an argument of Build. It decides each course's status. [Site.NextChange] says when
// that next changes: until then the built site is right.
//
// Texts are Markdown without raw HTML. Facts are put in before the Markdown is read, and escaped so
// that a fact never becomes markup. A line {{table.NAME}} is a place for a block, which a template
// draws.
//
// The addresses are:
//
//	/                      content/pages/home.md
//	/NAME/                 content/pages/NAME.md
//	/courses/ID/           content/courses/ID.md
//	/courses/ID/apply/     the first section of the form of that course
//	/courses/ID/application-form.pdf
//	                       that form, empty, if [Site.DrawForms] was called
//	/404.html              content/pages/not-found.md
//	/images/FILE           content/images/FILE, as package picture makes it
//	/documents/FILE        content/documents/FILE
//	/assets/NAME-HASH.EXT  styles, scripts, icons, and the pictures in texts; the address changes
//	                       with the contents
//	/courses/ID/eligibility/  the first question on whether one can apply
//	/courses/ID/dates.ics, /courses/ID/cohort-N.ics, /calendar.ics
//	/courses.atom          courses opening and closing
//	/redirects.json        old addresses, for a web server; each is a page, too
//	/build.json            until when this build is right
//	/sitemap.xml, /robots.txt, /.well-known/security.txt
package site

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/letter"
	"traininghub/internal/page"
	"traininghub/internal/parallel"
	"traininghub/internal/programme"
	"traininghub/internal/service"
	"traininghub/internal/source"
	"traininghub/site/check"
	"traininghub/site/digest"
	"traininghub/site/look"
	"traininghub/site/markdown"
)

// A Site has everything that the editors' files say, read and checked. It may be built from several
// goroutines.
type Site struct {
	Hub       *page.Site
	Programme *programme.Programme
	Pages     *page.Renderer // for the handlers, which render the same pages

	cache  *Cache
	keeps  bool       // keeps what is made in the cache
	around digest.Sum // see made
	look   digest.Sum // of the front's files, whose names are in pages

	courses  []*coursePage
	services []*servicePage
	pages    []*prosePage                // in the order of the sitemap
	moved    []moved                     // old addresses, in order
	fixed    Output                      // everything that does not change with time: assets, pictures, documents
	shown    map[string]markdown.Picture // the pictures in texts, by path: "images/room.jpg"
	drafts   bool                        // see Sources
	hidden   []*check.Page               // at the instant of the build
	ics      map[string]bool             // the names of the calendars' files
	faults   source.Faults
	notes    source.Faults // warnings from reading
}

// Output is the whole site: the bytes of each file by its path in the output folder, such as
// "courses/x/index.html".
type Output map[string][]byte

// A coursePage is a course with its texts ready.
type coursePage struct {
	*course.Course // with facts put into its texts
	made           *made
	form           *form.Definition // nil if there is none
	paper          string           // address of the form as a PDF; "" if there is none
}

// courseBlocks are the tables that the text of a course can show. f is the course's form, or nil.
func (s *Site) courseBlocks(c *course.Course, f *form.Definition) []string {
	blocks := []string{"sessions", "modules"}
	if len(c.Cohorts) > 0 || c.Lost() {
		blocks = append(blocks, "dates")
	}
	if f != nil && (f.Terms != nil || f.Lost()) || f == nil && s.Programme.Unread {
		blocks = append(blocks, "terms")
	}
	return blocks
}

func (c *coursePage) address() string { return "/courses/" + c.ID + "/" }

// Sources are what a site is made from.
type Sources struct {
	Content, Templates fs.FS
	Sound              bool         // the templates are the program's own, which its tests check
	Modules            string       // npm's folder, which has the NHS front end
	Letters            letter.Table // the letters that the program sends
	BaseURL            string       // the public address; the address in site.yaml if empty

	// Shut reports whether the program takes nobody for a service, whatever the service's dates
	// say. Nil means that no service is shut.
	Shut func(*service.Service) bool

	// Drafts includes pages that readers do not see, each with a notice. It is for previews.
	Drafts bool
}

// Load reads and checks the editors' files, the templates, and the NHS front end. It returns a Site
// even if there are faults, so that Build can find dead links as well. It returns nil if nothing
// can be built: without site.yaml or a front end, or with a broken template. Warnings are not among
// the faults: see [Site.Render].
func Load(from Sources) (*Site, source.Faults) { return new(Cache).load(from, false) }

func (k *Cache) load(from Sources, keeps bool) (*Site, source.Faults) {
	s := &Site{fixed: Output{}, cache: k, keeps: keeps, drafts: from.Drafts}
	if k.lists == nil {
		k.lists = new(made)
	}
	hub, faults := page.LoadSite(from.Content)
	if len(faults) > 0 && hub.Name == "" {
		return nil, faults
	}
	hub.BaseURL = cmp.Or(from.BaseURL, hub.BaseURL) // before any text shows it
	of, err := look.Of(hub, from.Templates, from.Modules)
	if err != nil {
		faults.Add("templates", 0, err.Error(), "")
		return nil, faults
	}
	var dressed *front
	var wrong error
	var dressing sync.WaitGroup // at the same time as the editors' files: neither keeps two processors busy by itself
	dressing.Go(func() { dressed, wrong = k.dress(of, hub, from) })
	found := s.loadContent(from, hub, of)
	dressing.Wait()
	switch {
	case errors.Is(wrong, look.ErrNoFrontEnd):
		faults.Add(from.Modules, 0, wrong.Error(), `run "npm ci"`)
		return nil, faults
	case wrong != nil:
		faults.Add("templates", 0, wrong.Error(), "")
		return nil, faults
	}
	s.Pages, s.look = dressed.pages, dressed.Sum()
	maps.Copy(s.fixed, dressed.Files)
	faults = append(faults, found...)
	s.faults, s.notes = faults.Errors(), faults.Warnings()
	s.faults.Sort()
	return s, s.faults
}

// loadContent reads and checks the editors' files.
func (s *Site) loadContent(from Sources, hub *page.Site, look digest.Sum) source.Faults {
	content := from.Content
	s.Hub = hub
	var strays source.Faults
	var looking sync.WaitGroup // depends on nothing else
	looking.Go(func() { strays = check.Strays(content) })
	courses, faults := course.Reload(content, "courses", s.cache.known)
	var wrong source.Faults
	s.Programme, wrong = programme.Join(content, courses, from.Letters, hub.Fact)
	for _, v := range s.Programme.Services {
		v.Shut = from.Shut != nil && from.Shut(v)
	}
	faults = append(faults, wrong...)
	faults = append(faults, s.loadImages(content)...) // texts show the sizes of pictures
	if hub.Share != "" && s.fixed["images/"+hub.Share] == nil {
		faults.At(hub.File.Path, hub.At("share"), fmt.Sprintf("there is no picture %q in content/images", hub.Share),
			"put it there, or take the line away")
	}
	faults = append(faults, s.loadDocuments(content)...) // texts show the kinds and sizes of documents
	s.around = surroundings(content, look, s.shown, s.fixed)
	faults = append(faults, s.loadCourses()...)
	faults = append(faults, s.loadServices()...)
	faults = append(faults, s.loadPages(content)...)
	faults = append(faults, s.loadAliases()...)
	looking.Wait()
	faults = append(faults, strays...)
	s.ics = s.calendarFiles()
	return append(faults, s.checkTexts(content)...)
}

// checkTexts checks the words in every file except those of courses, which [Site.make] checks.
func (s *Site) checkTexts(content fs.FS) source.Faults {
	all := []source.File{s.Hub.File}
	for _, p := range s.pages {
		all = append(all, p.file)
	}
	for _, name := range slices.Concat(source.List(content, "forms", "*.yaml"),
		source.List(content, "letters", "*.md")) {
		if l := s.Programme.Letters[strings.TrimSuffix(path.Base(name), ".md")]; l != nil && path.Ext(name) == ".md" {
			all = append(all, l.File())
			continue
		}
		f, _ := source.Read(content, "content", name) // whoever loads the file reports its faults
		all = append(all, f)
	}
	found := make([]source.Faults, len(all))
	parallel.Do(len(all), func(i int) { found[i] = check.Words(all[i], nil) })
	faults := slices.Concat(found...)
	courses, pounds := s.Programme.Courses, s.sums()
	for _, p := range s.pages {
		faults = append(faults, check.Elsewhere(p.file, courses, pounds)...)
	}
	for _, v := range s.services {
		faults = append(faults, check.Elsewhere(v.File, courses, pounds)...)
	}
	for _, c := range s.courses {
		faults = append(faults, check.Charge(c.Course, c.form)...)
	}
	return faults
}

// sums are the sums that are right in any text: the hub's own, and what schemes pay.
func (s *Site) sums() map[string]bool {
	all := map[string]bool{}
	for _, figure := range s.Hub.Figures {
		all[figure] = true
	}
	for _, scheme := range s.Programme.Schemes {
		for _, pays := range scheme.Pays {
			for _, rate := range pays.Rates {
				all[rate.Amount.String()] = true
			}
		}
	}
	return all
}

// DrawForms adds each course's and service's form as an empty PDF, made by draw, for people who
// apply on paper. It does nothing if there are faults, since Build then makes no site.
func (s *Site) DrawForms(draw func(*document.Form) ([]byte, error)) error {
	if len(s.faults.Errors()) > 0 {
		return nil
	}
	for _, c := range s.courses {
		if c.form == nil {
			continue
		}
		data, err := draw(onPaper(c.form, c.Provider.Name,
			document.Line{Label: "Course", Value: c.Title},
			document.Line{Label: "Training provider", Value: c.Provider.Name},
			document.Line{Label: "Apply by", Value: cmp.Or(c.ApplyBy(), "You can apply at any time")},
			document.Line{Label: "Send the form to", Value: c.Contact.Email}))
		if err != nil {
			return fmt.Errorf("the form of %s: %w", c.ID, err)
		}
		c.paper = c.address() + "application-form.pdf"
		s.fixed[fileOf(c.paper)] = data
	}
	for _, v := range s.services {
		if v.form == nil || v.Mentoring != nil { // a request to a mentor lead goes through no mailbox
			continue
		}
		data, err := draw(onPaper(v.form, s.Hub.Organisation,
			document.Line{Label: "Service", Value: v.Title},
			document.Line{Label: "Send the form to", Value: v.Contact.Email}))
		if err != nil {
			return fmt.Errorf("the form of %s: %w", v.ID, err)
		}
		v.paper = v.Page() + "application-form.pdf"
		s.fixed[fileOf(v.paper)] = data
	}
	return nil
}

// onPaper is a form for people who apply on paper. issuer is in the footer of each page, and head
// is at the top of the form.
func onPaper(def *form.Definition, issuer string, head ...document.Line) *document.Form {
	paper := *def
	paper.Title = document.OnPaper(def.Title)
	return &document.Form{
		Definition: &paper, Issuer: issuer, Head: head,
		Intro: "Fill in this form on screen, or print it and write in black ink. If an answer needs more room, go on with it on another sheet. " +
			"Do not include patient details in any answer. Sign it by hand, and send all pages. If there is a last day above, the form must reach us by then. " +
			"We confirm by letter what we read, by post if you give no email address.",
	}
}

// NextChange is the first instant after at from which Build would make a different site. It is
// false if there is none.
func (s *Site) NextChange(at time.Time) (time.Time, bool) {
	var next time.Time
	sooner := func(t time.Time) {
		if t.After(at) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	if s.Hub.Security != "" {
		sooner(securityChanges(at))
	}
	for _, v := range s.services {
		for _, t := range append(v.Changes(), v.Shown().Changes()...) {
			sooner(t)
		}
	}
	for _, p := range s.pages {
		for _, t := range p.shown().Changes() {
			sooner(t)
		}
	}
	whole := s.shows("calendar") || s.catalogued() // they leave out days that have passed
	for _, c := range s.courses {
		if whole {
			sooner(c.standing(at).until)
			continue
		}
		for _, t := range c.instants(false) {
			sooner(t)
		}
	}
	return next, !next.IsZero()
}

func (s *Site) loadCourses() source.Faults {
	forms := map[string]*form.Definition{}
	for _, f := range s.Programme.Forms {
		forms[f.Course] = f
	}
	s.courses = make([]*coursePage, len(s.Programme.Courses))
	found := make([]source.Faults, len(s.courses))
	parallel.Do(len(s.courses), func(i int) {
		c := s.Programme.Courses[i]
		m := s.made(c)
		if m == nil {
			m = s.make(c, forms[c.ID])
		}
		s.courses[i] = &coursePage{Course: m.course, made: m, form: forms[c.ID]}
		found[i] = m.faults
	})
	s.cache.courses = nil
	if s.keeps {
		s.cache.courses = make(map[string]*made, len(s.courses))
		for _, c := range s.courses {
			s.cache.courses[c.File.Path] = c.made
		}
	}
	return slices.Concat(found...)
}

// The greatest lengths, in characters, of a description in search results, and of a heading by NHS
// guidance.
const (
	describeLeast, describeMost = 50, 160
	titleMost                   = 65
)

// describe says what is wrong with a page's description, and what to do; "" if nothing is.
func describe(text string) (what, do string) {
	if n := utf8.RuneCountInString(text); text != "" && (n < describeLeast || n > describeMost) {
		return fmt.Sprintf("the description has %d characters", n),
			fmt.Sprintf("make it %d to %d", describeLeast, describeMost)
	}
	return "", ""
}
