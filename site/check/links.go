// Package check finds mistakes in words, figures and pages that would trouble or mislead readers.
// Each warning names its rule and the reason for it.
//
// [Words] checks what editors typed, before facts are put in, so that each warning has its column.
// [Strays] finds files that nobody reads. A [Site] has the pages as they were rendered, with their
// links: whatever editors and templates wrote, this is what readers get.
package check

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"traininghub/internal/course"
	"traininghub/internal/page"
	"traininghub/internal/parallel"
	"traininghub/internal/source"
	"traininghub/site/markdown"
)

// An Outline is what the check of links needs to know about a rendered page.
type Outline struct {
	IDs   []string // sorted; nil if the page could not be rendered
	Twice []string // ids that occur more than once
	Links []string // addresses to which the page refers, each once, sorted
	Flaws []Flaw
}

// OutlineOf reads the attributes of a page in one pass, and keeps nothing of the page. It looks
// only at the bytes, since parsing the HTML of a large site would take longer than making it. That
// is safe, because templates write attributes with double quotation marks, and both templates and
// Markdown escape such marks in texts.
func OutlineOf(page []byte) Outline {
	o := Outline{Flaws: flaws(page)}
	for rest := page; ; {
		i := bytes.Index(rest, []byte(`="`))
		if i < 0 {
			break
		}
		name := rest[:i]
		name = name[bytes.LastIndexByte(name, ' ')+1:]
		rest = rest[i+2:]
		end := bytes.IndexByte(rest, '"')
		if end < 0 {
			break
		}
		value := rest[:end]
		rest = rest[end+1:]
		switch string(name) {
		case "id":
			o.IDs = append(o.IDs, html.UnescapeString(string(value)))
		case "href", "src", "action":
			o.Links = append(o.Links, html.UnescapeString(string(value)))
		}
	}
	slices.Sort(o.IDs)
	for i := range o.IDs {
		if i > 0 && o.IDs[i] == o.IDs[i-1] {
			o.Twice = append(o.Twice, o.IDs[i])
		}
	}
	slices.Sort(o.Links)
	o.Links = slices.Compact(o.Links)
	return o
}

// has reports whether the page has a place with this name, in any spelling.
func (o *Outline) has(anchor string) bool {
	_, found := slices.BinarySearch(o.IDs, source.Spelled(anchor))
	return found
}

// values are the values of an attribute, which starts with start.
func values(page, start []byte) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for rest := page; ; {
			i := bytes.Index(rest, start)
			if i < 0 {
				return
			}
			rest = rest[i+len(start):]
			end := bytes.IndexByte(rest, '"')
			if end < 0 {
				return
			}
			if !yield(html.UnescapeString(string(rest[:end]))) {
				return
			}
			rest = rest[end:]
		}
	}
}

// A Page is one page of a site.
type Page struct {
	Address, File string                // File is the editors' file
	Body          func() *markdown.Text // its Markdown, which may have to be read again; nil if it has none
	Listed        bool                  // in the sitemap
	Shown         course.Shown          // when readers see it
	Outline       *Outline

	faulty bool   // its file has mistakes, which may be why a place on it is missing or doubled
	plain  bool   // always visible, and at no old address, so a link to it is right
	linked uint32 // 1 if another page links to it; set by package atomic, so that pages can be copied
}

// text is the page's Markdown; nil if there is none.
func (p *Page) text() *markdown.Text {
	if p.Body == nil {
		return nil
	}
	return p.Body()
}

// link notes that a page links to this one.
func (p *Page) link(from *Page) {
	if p != from && atomic.LoadUint32(&p.linked) == 0 {
		atomic.StoreUint32(&p.linked, 1)
	}
}

// A Site has the pages and everything to which their links can lead. It is checked once.
type Site struct {
	Hub    *page.Site
	Pages  []*Page
	Hidden []*Page                   // pages that are hidden at the instant of the build, and so are not in Pages
	Faults source.Faults             // already found
	Fixed  map[string][]byte         // files that are not pages, by path
	Images map[string]string         // the pictures as editors name them, "/images/room.jpg", with their addresses
	Made   func(file string) bool    // reports whether the build makes another file
	Moved  func(from string) string  // where an old address leads; "" if the address is not an old one
	Form   func(id string) bool      // reports whether there is, or may be, a form
	Joins  func(service string) bool // whether mentors with a qualification can apply to a service; nil for none
	Known  *Addresses                // from the last check of this site; nil for none
	pages  map[string]*Page          // by address

	at    []*Page  // the pages by the numbers of their addresses
	right []uint32 // 1 for each number of an address that is right on any page, and no page's; set by package atomic
}

// Addresses are all addresses to which the pages of a site lead, each with a number. Those of a
// page with the same [Outline] as in the last check need not be looked up again. The zero Addresses
// know none. Several checks at once may use them.
type Addresses struct {
	mu      sync.RWMutex
	numbers map[string]int32
	links   map[*Outline][]int32 // the numbers of Outline.Links, as of the last check
}

// own stands for the number of an address that leads to a place on its own page, if the page has
// that place.
const own = -2

// of returns the numbers of addresses.
func (a *Addresses) of(addresses []string) []int32 {
	const none = -1
	all, missing := make([]int32, len(addresses)), false
	a.mu.RLock()
	for i, address := range addresses {
		n, known := a.numbers[address]
		if !known {
			n, missing = none, true
		}
		all[i] = n
	}
	a.mu.RUnlock()
	if !missing {
		return all
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.numbers == nil {
		a.numbers = map[string]int32{}
	}
	for i, address := range addresses {
		if all[i] != none {
			continue
		}
		n, known := a.numbers[address]
		if !known {
			n = int32(len(a.numbers))
			a.numbers[address] = n
		}
		all[i] = n
	}
	return all
}

// linksOf returns the numbers of each page's links.
func (a *Addresses) linksOf(pages []*Page) [][]int32 {
	a.mu.RLock()
	before := a.links
	a.mu.RUnlock()
	all := make([][]int32, len(pages))
	parallel.Do(len(pages), func(i int) {
		var known bool
		if all[i], known = before[pages[i].Outline]; !known {
			all[i] = a.of(pages[i].Outline.Links)
			for j, to := range pages[i].Outline.Links {
				if anchor, within := strings.CutPrefix(to, "#"); within && pages[i].Outline.has(anchor) {
					all[i][j] = own
				}
			}
		}
	})
	now := make(map[*Outline][]int32, len(pages))
	for i, p := range pages {
		now[p.Outline] = all[i]
	}
	a.mu.Lock()
	a.links = now
	a.mu.Unlock()
	return all
}

// faulty are the files with mistakes.
func (s *Site) faulty() map[string]bool {
	faulty := map[string]bool{}
	for _, f := range s.Faults {
		faulty[f.Path] = true
	}
	return faulty
}

// Links finds the links that lead nowhere, with the editors' file and line for each, and the pages
// to which no other page links.
func (s *Site) Links() source.Faults {
	s.pages = make(map[string]*Page, len(s.Pages))
	faulty := s.faulty()
	for _, p := range s.Pages {
		p.faulty = faulty[p.File]
		p.plain = p.Shown == (course.Shown{}) && s.Moved(p.Address) == ""
		s.pages[p.Address] = p
	}
	for _, p := range s.Hidden {
		p.Outline = &Outline{}
		s.pages[p.Address] = p
	}
	if s.pages["/"] == nil {
		s.pages["/"] = &Page{Outline: &Outline{}} // a missing home page has its own fault
	}
	known := cmp.Or(s.Known, new(Addresses))
	links := known.linksOf(s.Pages)
	addresses := make([]string, len(s.Pages))
	for i, p := range s.Pages {
		addresses[i] = p.Address
	}
	numbers := known.of(addresses)
	known.mu.RLock()
	s.at, s.right = make([]*Page, len(known.numbers)), make([]uint32, len(known.numbers))
	known.mu.RUnlock()
	for i := range s.Pages {
		s.at[numbers[i]] = s.pages[addresses[i]]
	}
	found := make([]source.Faults, len(s.Pages))
	parallel.Do(len(s.Pages), func(i int) { found[i] = s.links(s.Pages[i], links[i]) })
	faults := slices.Concat(found...)
	for _, p := range s.Pages {
		if p.Listed && p.Address != "/" && !p.faulty && !p.Shown.Draft && atomic.LoadUint32(&s.pages[p.Address].linked) == 0 {
			faults.Warn(p.File, source.Position{}, ruleOrphan, "no page has a link to "+p.Address,
				"add one where readers look for it, or to the menu in site.yaml")
		}
	}
	if len(s.Faults)+len(faults.Errors())+len(s.Hidden) == 0 { // a picture may seem unused because of a misspelt link
		faults = append(faults, s.unused()...)
	}
	return faults
}

// unused finds pictures that no page shows, and documents to which no page links.
func (s *Site) unused() source.Faults {
	left := map[string]bool{}
	for file := range s.Fixed {
		if strings.HasPrefix(file, "images/") || strings.HasPrefix(file, "documents/") {
			left[file] = true
		}
	}
	delete(left, "images/"+s.Hub.Share)
	for i := 0; i < len(s.Pages) && len(left) > 0; i++ {
		for _, to := range s.Pages[i].Outline.Links {
			to = cmp.Or(s.Images[to], to)
			for _, folder := range []string{"/images/", "/documents/"} {
				if i := strings.Index(to, folder); i >= 0 {
					to, _, _ := strings.Cut(to[i+1:], "#")
					to, _, _ = strings.Cut(to, "?")
					delete(left, to)
				}
			}
		}
	}
	var faults source.Faults
	for file := range left {
		if strings.HasPrefix(file, "documents/") {
			faults.Warn("content/"+file, source.Position{}, ruleUnused, "no page links to this document",
				"take it away, or link to it where readers need it")
			continue
		}
		faults.Warn("content/"+file, source.Position{}, ruleUnused, "no page shows this picture",
			"take it away, or show it where it belongs")
	}
	return faults
}

// links checks a page's links, which have these numbers.
func (s *Site) links(p *Page, numbers []int32) source.Faults {
	var faults source.Faults
	var text *markdown.Text // it may have to be read again, so only if something is wrong
	for _, id := range p.Outline.Twice {
		if p.faulty {
			break
		}
		if text == nil {
			text = p.text()
		}
		faults.At(p.File, text.Heading(id), fmt.Sprintf("the page has two places with the name %q", id),
			"give the heading of one of them other words")
	}
	for i, to := range p.Outline.Links {
		n := numbers[i]
		if n == own {
			continue
		}
		if target := s.at[n]; target != nil && target.plain { // as most are
			target.link(p)
			continue
		}
		if atomic.LoadUint32(&s.right[n]) == 1 {
			continue
		}
		target, what, do := s.dead(p, to)
		gone := what == "" // the page is hidden at times; links by the program itself are always right
		if gone {
			if what, do = goes(p, target, to); what == "" {
				if target == nil {
					atomic.StoreUint32(&s.right[n], 1)
				}
				continue
			}
		}
		if text == nil {
			text = p.text()
		}
		known := gone
		for _, at := range text.Leads(to) {
			if known = true; at.Line > 0 {
				faults.At(p.File, at, what, do)
			}
		}
		for name, links := range map[string][]string{"menu": addresses(s.Hub.Menu), "footer": addresses(s.Hub.Footer)} {
			if i := slices.Index(links, source.Spelled(to)); i >= 0 {
				faults.At(s.Hub.File.Path, s.Hub.At(fmt.Sprintf("%s.%d.href", name, i)), what, do)
				known = true
			}
		}
		if !known && len(s.Faults) == 0 {
			faults.Add("templates", 0, fmt.Sprintf("on %s, %s", p.Address, what), do)
		}
	}
	return faults
}

// goes says what is wrong with a link to a page that may be hidden when this page is visible, and
// what to do; "" if nothing is.
func goes(from, target *Page, link string) (what, do string) {
	if target == nil || target.Shown == (course.Shown{}) || from.Shown.Within(target.Shown) {
		return "", ""
	}
	return fmt.Sprintf("the link %q leads to a page that is %v", markdown.Shown(link), target.Shown),
		"take the link away, or let readers see both pages on the same days"
}

// addresses are the addresses of links in site.yaml, in the spelling for comparisons.
func addresses(links []page.Link) []string {
	all := make([]string, len(links))
	for i, l := range links {
		all[i] = source.Spelled(l.Href)
	}
	return all
}

// dead says what is wrong with a link on a page, and what to do; "" if it leads somewhere on this
// site, or to another site. target is the page to which it leads; nil if that is none of this site.
func (s *Site) dead(from *Page, link string) (target *Page, what, do string) {
	to := link
	if own, ok := strings.CutPrefix(link, s.Hub.BaseURL); ok && strings.HasPrefix(own, "/") {
		to = own
	}
	if what, do = markdown.Incomplete(to); what != "" {
		return nil, what, do
	}
	to, anchor, anchored := strings.Cut(to, "#")
	target = from
	switch {
	case to == "": // within the page
	case strings.HasPrefix(to, "/"):
		to, _, _ = strings.Cut(to, "?")
		to = source.Spelled(to)
		if target = s.pages[to]; target == nil {
			what, do = s.noPage(link, to)
			return nil, what, do
		}
		target.link(from)
		if now := s.Moved(to); now != "" && from != target {
			if anchored {
				now += "#" + anchor
			}
			return target, fmt.Sprintf("the link %q leads to an old address", markdown.Shown(link)),
				fmt.Sprintf("write %q", now)
		}
	default:
		return nil, "", "" // another site, or not a page at all
	}
	if !anchored || target.faulty || target.Outline.IDs == nil {
		return target, "", ""
	}
	if !target.Outline.has(anchor) {
		anchor = source.Spelled(anchor)
		do = "use the words of a heading there, in small letters, with hyphens for spaces"
		if near := source.Nearest(anchor, target.Outline.IDs); near != "" {
			do = fmt.Sprintf("did you mean %q?", "#"+near)
		}
		return target, fmt.Sprintf("the link %q leads to no place on its page", markdown.Shown(link)), do
	}
	return target, "", ""
}

// doors are the pages of handlers to which the editors' pages may link: where people get a link to
// what they sent, where mentors sign in, and the target of a form in the catalogue.
var doors = []string{"/side-by-side/", "/status/link", "/mentoring/request/link", "/mentoring/sign-in"}

// noPage is dead for an address that is not a page's: it may be another file, or belong to the
// handlers.
func (s *Site) noPage(link, to string) (what, do string) {
	file := strings.TrimPrefix(to, "/")
	if _, ok := s.Fixed[file]; ok || s.Made(file) || slices.Contains(doors, to) {
		return "", ""
	}
	for _, below := range []string{"/apply/", "/mentoring/ask/"} {
		if form, ok := strings.CutPrefix(to, below); ok {
			form, _, _ = strings.Cut(form, "/")
			if s.Form(form) {
				return "", ""
			}
		}
	}
	if service, ok := strings.CutPrefix(to, "/mentoring/mentor/apply/"); ok && s.Joins != nil && s.Joins(service) {
		return "", ""
	}
	var all []string
	for address := range s.pages {
		all = append(all, address)
	}
	for file := range s.Fixed {
		if strings.HasPrefix(file, "images/") {
			all = append(all, "/"+file)
		}
	}
	do = "check the address, or create the page"
	for folder, what := range map[string]string{"/images/": "picture", "/documents/": "document"} {
		if strings.HasPrefix(to, folder) {
			do = fmt.Sprintf("put the %s into the folder content%s, or correct its name", what, strings.TrimSuffix(folder, "/"))
		}
	}
	if near := source.Nearest(to, all); near != "" {
		do = fmt.Sprintf("did you mean %q?", near)
	}
	return fmt.Sprintf("the link %q leads nowhere", markdown.Shown(link)), do
}
