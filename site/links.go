package site

import (
	"bytes"
	"fmt"
	"html"
	"slices"
	"strings"
	"sync/atomic"

	"traininghub/internal/parallel"
	"traininghub/internal/source"
	"traininghub/site/markdown"
)

// An outline is what links need to know of a rendered page.
type outline struct {
	IDs   []string // sorted; nil if the page could not be rendered
	Twice []string // ids that stand there more than once
	Links []string // addresses that the page refers to, each once, sorted
	Flaws []flaw
}

// outlineOf reads a page's attributes in one go; it keeps nothing of the page. Templates write attributes
// with double quotation marks, and both template and Markdown escape such a mark in a text, so that the
// bytes alone tell: parsing the HTML of a large site would take longer than making it.
func outlineOf(page []byte) outline {
	o := outline{Flaws: flaws(page)}
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

// values are the values of an attribute.
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

// checkLinks finds the links that lead nowhere, and says in which editor's file and line each stands. It finds the pages,
// too, to which no other page has a link.
func (s *Site) checkLinks(sheets []sheet, outlines []*outline) source.Faults {
	k := linkChecker{s: s, pages: make(map[string]*target, len(sheets))}
	faulty := map[string]bool{} // by file
	for _, f := range s.faults {
		faulty[f.Path] = true
	}
	targets := make([]target, len(sheets))
	for i, sh := range sheets {
		targets[i].outline, targets[i].faulty = outlines[i], faulty[sh.file]
		k.pages[sh.address] = &targets[i]
	}
	if k.pages["/"] == nil {
		k.pages["/"] = &target{outline: &outline{}} // that there is no home page is a fault of its own
	}
	found := make([]source.Faults, len(sheets))
	parallel.Do(len(sheets), func(i int) {
		found[i] = k.check(sheets[i], &targets[i])
	})
	faults := slices.Concat(found...)
	for _, sh := range sheets {
		if sh.listed && sh.address != "/" && !faulty[sh.file] && !k.pages[sh.address].linked.Load() {
			faults.Warn(sh.file, source.Place{}, ruleOrphan, "no page has a link to "+sh.address, "add one where readers look for it, or to the menu in site.yaml")
		}
	}
	if len(s.faults)+len(faults.Errors()) == 0 { // what is not shown may be misspelt
		faults = append(faults, s.unused(outlines)...)
	}
	return faults
}

// unused finds the pictures that no page shows, nor leads to.
func (s *Site) unused(outlines []*outline) source.Faults {
	left := map[string]bool{}
	for file := range s.fixed {
		if strings.HasPrefix(file, "images/") {
			left[file] = true
		}
	}
	for i := 0; i < len(outlines) && len(left) > 0; i++ {
		for _, to := range outlines[i].Links {
			if i := strings.Index(to, "/images/"); i >= 0 {
				to, _, _ = strings.Cut(to[i+1:], "#")
				to, _, _ = strings.Cut(to, "?")
				delete(left, to)
			}
		}
	}
	var faults source.Faults
	for file := range left {
		faults.Warn("content/"+file, source.Place{}, ruleUnused, "no page shows this picture", "take it away, or show it where it belongs")
	}
	return faults
}

type linkChecker struct {
	s     *Site
	pages map[string]*target // by address
}

// A target is a page to which others can lead.
type target struct {
	*outline
	faulty bool        // there are mistakes in its file, from which it may follow that a place on it is missing or doubled
	linked atomic.Bool // from another page
}

func (k *linkChecker) check(sh sheet, o *target) source.Faults {
	var faults source.Faults
	var text *markdown.Text // which may have to be read again, so only if something is wrong
	for _, id := range o.Twice {
		if o.faulty {
			break
		}
		if text == nil {
			text = sh.text()
		}
		faults.At(sh.file, text.Heading(id), fmt.Sprintf("the page has two places with the name %q", id), "give the heading of one of them other words")
	}
	for _, to := range o.Links {
		what, do := k.dead(o, to)
		if what == "" {
			continue
		}
		if text == nil {
			text = sh.text()
		}
		known := false
		for _, at := range text.Leads(to) {
			if known = true; at.Line > 0 {
				faults.At(sh.file, at, what, do)
			}
		}
		for name, links := range map[string][]string{"menu": k.s.menu(), "footer": k.s.footer()} {
			if i := slices.Index(links, to); i >= 0 {
				faults.At(k.s.Hub.File.Path, k.s.Hub.At(fmt.Sprintf("%s.%d.href", name, i)), what, do)
				known = true
			}
		}
		if !known && len(k.s.faults) == 0 {
			faults.Add("templates", 0, fmt.Sprintf("on %s, %s", sh.address, what), do)
		}
	}
	return faults
}

func (s *Site) menu() []string {
	var all []string
	for _, l := range s.Hub.Menu {
		all = append(all, l.Href)
	}
	return all
}

func (s *Site) footer() []string {
	var all []string
	for _, l := range s.Hub.Footer {
		all = append(all, l.Href)
	}
	return all
}

// dead says what is wrong with a link on a page, and what to do; "" if it leads somewhere, or to
// another site.
func (k *linkChecker) dead(from *target, link string) (what, do string) {
	to := link
	if own, ok := strings.CutPrefix(link, k.s.Hub.BaseURL); ok && strings.HasPrefix(own, "/") {
		to = own
	}
	if what, do = markdown.Incomplete(to); what != "" {
		return what, do
	}
	to, anchor, anchored := strings.Cut(to, "#")
	target := from
	switch {
	case to == "": // within the page
	case strings.HasPrefix(to, "/"):
		to, _, _ = strings.Cut(to, "?")
		if target = k.pages[to]; target == nil {
			return k.noPage(link, to)
		}
		if target != from && !target.linked.Load() {
			target.linked.Store(true)
		}
		if now := k.s.movedTo(to); now != "" && from != target {
			if anchored {
				now += "#" + anchor
			}
			return fmt.Sprintf("the link %q leads to an old address", markdown.Shown(link)), fmt.Sprintf("write %q", now)
		}
	default:
		return "", "" // another site, or no page at all
	}
	if _, found := slices.BinarySearch(target.IDs, anchor); anchored && !found && target.IDs != nil && !target.faulty {
		do = "use the words of a heading there, in small letters, with hyphens for spaces"
		if near := source.Nearest(anchor, target.IDs); near != "" {
			do = fmt.Sprintf("did you mean %q?", "#"+near)
		}
		return fmt.Sprintf("the link %q leads to no place on its page", markdown.Shown(link)), do
	}
	return "", ""
}

// noPage is for an address that is not a page: it may be another file, or the handlers'.
func (k *linkChecker) noPage(link, to string) (what, do string) {
	file := strings.TrimPrefix(markdown.Shown(to), "/")
	if _, ok := k.s.fixed[file]; ok || k.s.ics[file] || slices.Contains(dated, to) {
		return "", ""
	}
	if to == "/status/link" {
		return "", ""
	}
	if form, ok := strings.CutPrefix(to, "/apply/"); ok {
		form, _, _ = strings.Cut(form, "/")
		if k.s.Programme.Forms[form] != nil || k.s.Programme.Unread {
			return "", ""
		}
	}
	var all []string
	for address := range k.pages {
		all = append(all, address)
	}
	for file := range k.s.fixed {
		if strings.HasPrefix(file, "images/") {
			all = append(all, "/"+file)
		}
	}
	do = "check the address, or create the page"
	if near := source.Nearest(markdown.Shown(to), all); near != "" {
		do = fmt.Sprintf("did you mean %q?", near)
	}
	return fmt.Sprintf("the link %q leads nowhere", markdown.Shown(link)), do
}
