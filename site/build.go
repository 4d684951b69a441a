package site

import (
	"bytes"
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/page"
	"traininghub/internal/parallel"
	"traininghub/internal/programme"
	"traininghub/internal/source"
	"traininghub/site/check"
	"traininghub/site/folder"
	"traininghub/site/markdown"
)

// Build renders the site as of an instant and checks the links of every page. If Load or Build
// finds a fault, the error is [source.Faults] with all of them.
func (s *Site) Build(at time.Time) (Output, error) {
	out, faults := s.Render(context.Background(), at)
	return out, faults.Err()
}

// Render is Build that also returns the warnings. Warnings stop nothing: only an error among the
// faults means that there is no Output. When ctx ends Render gives up, and its results mean
// nothing.
func (s *Site) Render(ctx context.Context, at time.Time) (Output, source.Faults) {
	m := memory{out: make(Output, len(s.ics)+4*len(s.courses)+len(s.fixed))}
	faults := s.produce(ctx, at, &m)
	if faults.Err() != nil || ctx.Err() != nil {
		return nil, faults
	}
	return m.out, faults
}

// Publish builds the site as of an instant and brings the folder dir up to date (see package
// folder). It never holds the whole site in memory. If there is an error among the faults, which is
// then the error of Publish, or if ctx ends, the folder stays as it was.
func (s *Site) Publish(ctx context.Context, dir string, at time.Time) (folder.Changed, source.Faults, error) {
	return s.publish(ctx, dir, at, func(to sink) (sink, error) { return to, nil })
}

// PublishPreview is Publish of a site for reviewers. Its pages open from the folder, and say that
// they are a preview.
func (s *Site) PublishPreview(ctx context.Context, dir string, at time.Time) (folder.Changed, source.Faults, error) {
	return s.publish(ctx, dir, at, func(to sink) (sink, error) { return s.previewOf(to, at) })
}

func (s *Site) publish(
	ctx context.Context, dir string, at time.Time, dress func(sink) (sink, error),
) (folder.Changed, source.Faults, error) {
	w, err := folder.Open(dir)
	if err != nil {
		return folder.Changed{}, nil, err
	}
	to, err := dress(onDisk{w})
	if err != nil {
		return folder.Changed{}, nil, errors.Join(err, w.Abandon())
	}
	faults := s.produce(ctx, at, to)
	if err := cmp.Or(ctx.Err(), faults.Err()); err != nil {
		if wrong := w.Abandon(); wrong != nil {
			err = errors.Join(err, wrong)
		}
		return folder.Changed{}, faults, err
	}
	changed, err := w.Commit()
	return changed, faults, err
}

// A sink receives the files of a site. It may be called from several goroutines.
type sink interface {
	// Add takes one file, and returns the stamp by which Has recognises it in the next build, or
	// the zero stamp if Has cannot.
	Add(name string, data []byte) folder.Stamp
	// keeps reports whether the sink keeps the bytes.
	keeps() bool
	// Has reports whether the sink has a file that is unchanged since Add returned this stamp, and
	// so need not be added.
	Has(name string, as folder.Stamp) bool
}

// onDisk is a sink that keeps no bytes.
type onDisk struct{ *folder.Writer }

func (onDisk) keeps() bool { return false }

// memory is a sink that builds an Output.
type memory struct {
	mu  sync.Mutex
	out Output
}

func (m *memory) Add(name string, data []byte) folder.Stamp {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.out[name] = data
	return folder.Stamp{}
}

func (*memory) keeps() bool                   { return true }
func (*memory) Has(string, folder.Stamp) bool { return false }

// produce makes all files, passes them to the sink, and checks them. If it returns errors, or ctx
// has ended, the sink did not get a whole site.
func (s *Site) produce(ctx context.Context, at time.Time, to sink) source.Faults {
	s = s.asOf(at)
	if len(s.faults) == 0 {
		s.putCalendars(to) // first, because a file as young as the list of files is made again next time
	}
	sheets := s.sheets(at)
	pages := make([]*check.Page, len(sheets))
	errs := make([]error, len(sheets))
	parallel.Do(len(sheets), func(i int) {
		if ctx.Err() == nil {
			sheets[i].Outline, errs[i] = s.print(&sheets[i], to)
		}
		if sheets[i].Outline == nil {
			sheets[i].Outline = &check.Outline{}
		}
		pages[i] = &sheets[i].Page
	})
	faults := append(source.Faults(nil), s.faults...)
	for i, err := range errs {
		// Faults found earlier are the likely cause, so this error would only confuse.
		if err != nil && len(s.faults) == 0 {
			faults.Add(sheets[i].File, 0, err.Error(), "")
		}
	}
	faults = append(faults, s.notes...)
	faults = append(faults, s.check(pages, at)...)
	faults.Sort()
	if faults.Err() != nil || ctx.Err() != nil {
		return faults
	}
	if s.keeps {
		there := map[string]bool{feedAddress: true}
		for _, p := range pages {
			there[p.Address] = true
		}
		s.cache.lists.only(there)
	}
	var sitemap, index []byte
	rest := Output{
		"robots.txt": []byte(
			"User-agent: *\nDisallow: /apply/\nDisallow: /attendance/\nDisallow: /mentoring/ask/\nDisallow: /mentoring/request/\nDisallow: /practice/\nDisallow: /review/\nDisallow: /status/\n\nSitemap: " + s.Hub.BaseURL + "/sitemap.xml\n"),
	}
	lists := []func(){ // of all courses
		func() { sitemap = s.sitemap(sheets) },
		func() { index = s.indexOf(at) },
		func() { s.dated(rest, at) },
	}
	parallel.Do(len(lists), func(i int) { lists[i]() })
	rest["sitemap.xml"] = sitemap
	if index != nil {
		rest[strings.TrimPrefix(indexAddress, "/")] = index
	}
	maps.Copy(rest, s.fixed)
	for name, data := range rest {
		to.Add(name, data)
	}
	return faults
}

// check checks the pages as they were rendered.
func (s *Site) check(pages []*check.Page, at time.Time) source.Faults {
	all := check.Site{
		Hub: s.Hub, Pages: pages, Hidden: s.hidden, Faults: s.faults, Fixed: s.fixed, Images: map[string]string{},
		Moved: s.movedTo,
		Made:  func(file string) bool { return s.ics[file] || slices.Contains(dated, "/"+file) },
		Form:  func(id string) bool { return s.Programme.Forms[id] != nil || s.Programme.Unread },
		Joins: func(service string) bool { return s.Programme.Sheet("mentor-qualified", service) != nil },
		Known: &s.cache.addresses,
	}
	for name, p := range s.shown {
		all.Images[p.Address] = "/" + name
	}
	faults := append(all.Links(), all.Looks()...)
	for _, p := range s.pages {
		faults = append(faults, check.Review(p.file.Path, p.ReviewDue, p.at, at)...)
		faults = append(faults, s.compared(p, at)...)
	}
	for _, v := range s.services {
		faults = append(faults, check.Review(v.File.Path, v.ReviewDue, v.At, at)...)
		faults = append(faults, v.Overdue(at)...)
	}
	for _, c := range s.courses {
		faults = append(faults, check.Review(c.File.Path, c.ReviewDue, c.At, at)...)
		faults = append(faults, check.Changed(c.Course, at)...)
	}
	return faults
}

// A sheet is a page before it is rendered.
type sheet struct {
	check.Page        // without its Outline
	name       string // of the template
	frame      page.Frame
	view       func(*page.Frame) (any, error) // may add to the frame what takes time to make

	of  *made  // keeps the page, which depends on a course and the key, or on the key alone; nil if nothing keeps it
	key string // see printed
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// print renders one page, or takes it from the cache.
func (s *Site) print(sh *sheet, to sink) (*check.Outline, error) {
	name := fileOf(sh.Address)
	if sh.of != nil && s.keeps {
		switch p := sh.of.page(sh.Address, sh.key); {
		case p == nil:
		case p.HTML != nil:
			to.Add(name, p.HTML)
			return &p.Outline, nil
		case to.Has(name, p.Stamp):
			return &p.Outline, nil
		}
	}
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	frame := sh.frame
	view, err := sh.view(&frame)
	if err == nil {
		err = s.Pages.Render(b, sh.name, frame, view)
	}
	if err != nil {
		return nil, err
	}
	p := &printed{Key: sh.key, Outline: check.OutlineOf(b.Bytes())}
	data := b.Bytes()
	if to.keeps() {
		data = bytes.Clone(data)
		p.HTML = data
	}
	p.Stamp = to.Add(name, data)
	if sh.of != nil && s.keeps {
		sh.of.keep(sh.Address, p)
	}
	return &p.Outline, nil
}

// sheets are all the site's pages, in the order of the sitemap.
func (s *Site) sheets(at time.Time) []sheet {
	var all []sheet
	k := s.catalogue(at)
	for _, p := range s.pages {
		all = append(all, s.proseSheet(p, k, at))
	}
	for _, p := range s.services {
		all = append(all, s.serviceSheet(p, at))
		if p.form != nil && len(p.form.Sections) > 0 {
			all = append(all, s.applySheet(applied{&programme.Offer{Service: p.Service}, p.form, p.paper,
				serviceStatus(p.Service, at)}, at))
		}
	}
	of := make([][]sheet, len(s.courses))
	parallel.Do(len(s.courses), func(i int) {
		c := s.courses[i]
		of[i] = append(of[i], s.courseSheet(c, at))
		if c.form != nil && len(c.form.Sections) > 0 {
			of[i] = append(of[i],
				s.applySheet(applied{&programme.Offer{Course: c.Course}, c.form, c.paper, c.standing(at).status}, at))
		}
		of[i] = append(of[i], s.eligibilitySheets(c, at)...)
	})
	return slices.Concat(all, s.catalogueSheets(k, at), slices.Concat(of...), s.movedSheets())
}

var home = page.Link{Text: "Home", Href: "/"}

func (s *Site) proseSheet(p *prosePage, k *catalogue, at time.Time) sheet {
	sh := sheet{Page: check.Page{Address: p.address(), File: p.file.Path,
		Body: func() *markdown.Text { return &p.body }, Listed: true, Shown: p.shown()}, name: "prose"}
	sh.frame = page.Frame{
		Draft:   s.notice(p.shown(), at),
		Heading: p.Title, Describe: p.Describe, Path: sh.Address, Crumbs: []page.Link{home},
		Reviewed: short(p.Reviewed), ReviewDue: short(p.ReviewDue),
	}
	html := func() (template.HTML, error) {
		return p.body.HTML(func(name string) (template.HTML, error) {
			switch name {
			case "compare":
				return s.Pages.Block(name, s.compare(p.Compare, at))
			case "calendar":
				return s.Pages.Block(name, s.calendar(k, at))
			case "past":
				return s.Pages.Block(name, s.past(at))
			}
			list, err := s.listOf(k)
			if err != nil {
				return "", err
			}
			return s.Pages.Block(name, list)
		})
	}
	sh.view = func(*page.Frame) (any, error) {
		text, err := html()
		return page.Prose{Body: text, Contents: p.body.Contents()}, err
	}
	switch p.name {
	case homePage:
		sh.name, sh.frame.Crumbs = "home", nil
		sh.view = func(frame *page.Frame) (any, error) {
			text, err := html()
			if err != nil {
				return nil, err
			}
			list, err := s.listOf(k)
			frame.Data = s.listData(k.first)
			return page.Home{Body: text, Courses: list}, err
		}
	case notFoundPage:
		sh.Listed, sh.frame.Path, sh.frame.Crumbs = false, "", nil
	case problemPage:
		sh.Listed, sh.frame.Crumbs = false, nil
	}
	return sh
}

func (s *Site) courseSheet(c *coursePage, at time.Time) sheet {
	now := c.standing(at)
	v := page.Course{Course: c.Course, Status: now.status}
	switch {
	case v.Status.Status == course.Closed:
		v.Others = s.Hub.CatalogueOf(len(s.courses))
	case len(c.Eligibility) > 0:
		v.Eligibility = c.eligibility(0)
	}
	if c.form != nil && s.takes(c.Course, at) {
		v.Apply, v.Paper = c.address()+"apply/", c.paper
	}
	for _, topic := range c.Topics {
		l := page.Link{Text: topic}
		if s.catalogued() {
			l.Href = catalogueAddress + "topic/" + course.Label(topic) + "/"
		}
		v.Topics = append(v.Topics, l)
	}
	notice := s.notice(c.Shown(), at)
	return sheet{
		Page: check.Page{Address: c.address(), File: c.File.Path, Body: func() *markdown.Text { return s.body(c) },
			Listed: true, Shown: c.Shown()},
		name: "course",
		frame: page.Frame{
			Draft: notice, Heading: c.Title, Describe: c.Describe, Path: c.address(), Crumbs: []page.Link{home},
			Reviewed: short(c.Reviewed), ReviewDue: short(c.ReviewDue),
		},
		view: func(frame *page.Frame) (any, error) {
			v := v // so that what is made here is not kept
			frame.Data = s.courseData(c)
			text := s.body(c)
			html, err := text.HTML(func(name string) (template.HTML, error) {
				if name == "terms" {
					if c.form == nil || c.form.Terms == nil {
						return "", nil // a fault, found by Load
					}
					return s.Pages.Block(name, c.form.Terms)
				}
				if name == "dates" {
					return s.Pages.Block(name, page.Dates{Course: c.Course, At: at})
				}
				return s.Pages.Block(name, c.Course)
			})
			v.Facts = page.Stated(page.Facts(c.Course, at))
			for _, p := range c.Places() {
				if p.Map != "" {
					v.Maps = append(v.Maps, page.Link{Text: "Map of " + p.Name, Href: p.Map})
				}
			}
			v.Body, v.Contents = fold(html, c.Fold), text.Contents()
			if v.Contents == nil { // a long text says it itself
				v.Glance = page.Glance(c.Course)
			}
			return v, err
		},
		// The status of a cancelled course does not say that it is over, but its facts do.
		of: c.made, key: s.key(v.Status, v.Apply, v.Paper) + notice + now.lefts + strconv.FormatBool(c.Finished(at)),
	}
}

// key is everything on which a course's pages depend, except the course and its texts.
func (s *Site) key(now page.StatusTag, apply, paper string) string {
	return strings.Join([]string{string(s.look), s.Hub.BaseURL, string(now.Status), now.Text, now.Detail, apply, paper,
		strconv.FormatBool(s.catalogued())}, "\n")
}

// applied is the subject of a form, with the form.
type applied struct {
	*programme.Offer
	form   *form.Definition
	paper  string // address of the form as a PDF; "" if there is none
	status page.StatusTag
}

// applySheet is the page where an application begins: the first section, or a page that says why
// nobody can apply now.
func (s *Site) applySheet(c applied, at time.Time) sheet {
	first := &c.form.Sections[0]
	sh := sheet{Page: check.Page{Address: c.Page() + "apply/", File: c.form.Path}, name: "section"}
	sh.frame = page.Frame{
		Heading: c.form.Title, Path: sh.Address, Describe: c.form.Title + ".",
		Back: &page.Link{Text: "Back", Href: c.Page()}, Application: true,
	}
	takes := false
	if c.Course != nil {
		sh.Shown, takes = c.Course.Shown(), s.takes(c.Course, at)
	} else {
		sh.Shown, takes = c.Service.Shown(), s.takes(c.Service, at)
	}
	if c.status.Detail != "" {
		sh.frame.Describe += " " + c.status.Detail + "."
	}
	sh.view = func(*page.Frame) (any, error) {
		return page.Section{
			Form: c.form, Asking: page.Asking{Section: first}, Number: 1, Of: len(c.form.Sections), First: true,
			Action: c.Fill(c.form.ID) + "/start", Continue: c.Fill(c.form.ID),
			Deadline: c.ApplyBy(), Paper: c.paper, Help: c.Mentoring(),
		}, nil
	}
	if takes {
		return sh
	}
	sh.name = "message"
	heading := "Applications are closed"
	if c.status.Status == course.NotYetOpen {
		heading = "Applications are not open yet"
	}
	sh.frame.Heading, sh.frame.Title = heading, heading+" – "+c.form.Title
	sh.view = func(*page.Frame) (any, error) {
		return page.Message{
			Paragraphs: []string{"You cannot apply for " + c.Title() + " now.", c.status.Detail + "."},
			Links: []page.Link{{Text: "Go to the page of " + c.Title(), Href: c.Page()},
				{Text: "Go to the home page", Href: "/"}},
			Contact: c.Contact().Email,
		}, nil
	}
	return sh
}

func short(d *course.Date) string {
	if d == nil {
		return ""
	}
	return d.Short()
}

// fileOf is the path of the file for an address.
func fileOf(address string) string {
	if strings.HasSuffix(address, "/") {
		address += "index.html"
	}
	return strings.TrimPrefix(path.Clean(address), "/")
}

func (s *Site) sitemap(sheets []sheet) []byte {
	var b bytes.Buffer
	b.WriteString(xml.Header + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n")
	for _, sh := range sheets {
		if sh.Listed {
			fmt.Fprint(&b, "<url><loc>")
			xml.EscapeText(&b, []byte(s.Hub.BaseURL+sh.Address))
			fmt.Fprint(&b, "</loc></url>\n")
		}
	}
	b.WriteString("</urlset>\n")
	return b.Bytes()
}
