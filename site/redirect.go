package site

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/page"
	"traininghub/internal/pattern"
	"traininghub/internal/source"
	"traininghub/site/check"
)

// An address that people once had must keep working. A renamed page lists its old addresses under
// "aliases". At each of them is a page that forwards the reader, which works on any host. The file
// redirects.json lists them for hosts that can redirect themselves. "hub serve" reads it, the
// function publish copies each entry to its object in S3, and a CloudFront key value store can
// import it.

// A moved page is an old address and the current one.
type moved struct {
	from, to string
	title    string // of the page
	file     string
}

const redirectsFile = "redirects.json"

type redirects struct {
	Data []redirect `json:"data"`
}

// encode returns the contents of redirects.json.
func (r redirects) encode() []byte {
	data, _ := json.MarshalIndent(r, "", "  ") // cannot fail: strings
	return append(data, '\n')
}

type redirect struct {
	From string `json:"key"`
	To   string `json:"value"`
}

// Redirects are the old addresses of a finished site, each with its current address.
func (o Output) Redirects() map[string]string {
	var all redirects
	if json.Unmarshal(o[redirectsFile], &all) != nil {
		return nil
	}
	to := make(map[string]string, len(all.Data))
	for _, r := range all.Data {
		to[r.From] = r.To
	}
	return to
}

var aliasForm = pattern.Of(`^(/[\pL\pN][\pL\pM\pN._~-]*)+(/|\.html?)$`)

// loadAliases finds the old addresses, and reports those that are not usable. It must come after
// all pages are known.
func (s *Site) loadAliases() source.Faults {
	var faults source.Faults
	var files []redirect // addresses of files that are not pages
	taker := map[string]string{}
	claim := func(from, to, title, path string, at source.Position) {
		do := ""
		from = source.Spelled(from) // other programs escape accented letters, too
		switch {
		case aliasForm().MatchString(from):
		case aliasForm().MatchString(from + "/"):
			do = fmt.Sprintf("write %q", from+"/")
		default:
			do = `write it as it stood behind the host: "/old-name/"`
		}
		if do != "" {
			faults.At(path, at, fmt.Sprintf("the old address %q cannot be an address of this site", from), do)
			return
		}
		if page.Own(from) {
			faults.At(path, at, fmt.Sprintf("the old address %q is the hub's own", from), "remove it")
			return
		}
		if len(taker) == 0 {
			for _, sh := range s.sheets(time.Time{}) {
				taker[fileOf(sh.Address)] = sh.File
			}
		}
		if other := taker[fileOf(from)]; other != "" {
			faults.At(path, at, fmt.Sprintf("the old address %q is that of %s", from, other), "remove one of the two")
			return
		}
		taker[fileOf(from)] = path
		s.moved = append(s.moved, moved{from, to, title, path})
	}
	for _, p := range s.pages {
		for i, from := range p.Aliases {
			claim(from, p.address(), p.Title, p.file.Path, p.at(fmt.Sprintf("aliases.%d", i)))
		}
	}
	for _, v := range s.services {
		for i, from := range v.Aliases {
			n, at := len(s.moved), v.At(fmt.Sprintf("aliases.%d", i))
			claim(from, v.Page(), v.Title, v.File.Path, at)
			if len(s.moved) > n && v.form != nil && strings.HasSuffix(from, "/") {
				claim(from+"apply/", v.Page()+"apply/", v.form.Title, v.File.Path, at)
			}
		}
	}
	for _, c := range s.courses {
		for i, from := range c.Aliases {
			n, at := len(s.moved), c.At(fmt.Sprintf("aliases.%d", i))
			claim(from, c.address(), c.Title, c.File.Path, at)
			if len(s.moved) == n || !strings.HasSuffix(from, "/") {
				continue
			}
			// What belongs to a course moves with it.
			if c.form != nil {
				claim(from+"apply/", c.address()+"apply/", c.form.Title, c.File.Path, at)
			}
			if len(c.Eligibility) > 0 {
				claim(from+"eligibility/", c.eligibility(0), "Check if you can apply for "+c.Title, c.File.Path, at)
			}
			files = append(files, redirect{from + "dates.ics", c.address() + "dates.ics"})
			for _, k := range c.Cohorts {
				files = append(files, redirect{from + k.ID + ".ics", c.address() + k.ID + ".ics"})
			}
		}
	}
	slices.SortFunc(s.moved, func(a, b moved) int { return cmp.Compare(a.from, b.from) })
	all := redirects{Data: files}
	for _, m := range s.moved {
		all.Data = append(all.Data, redirect{m.from, m.to})
	}
	if all.Data == nil {
		all.Data = []redirect{}
	}
	slices.SortFunc(all.Data, func(a, b redirect) int { return cmp.Compare(a.From, b.From) })
	s.fixed[redirectsFile] = all.encode()
	return faults
}

// movedSheets are the pages at old addresses.
func (s *Site) movedSheets() []sheet {
	all := make([]sheet, len(s.moved))
	for i, m := range s.moved {
		all[i] = sheet{Page: check.Page{Address: m.from, File: m.file}, name: "message"}
		all[i].frame = page.Frame{
			Heading: "This page has moved", Title: "This page has moved – " + m.title + " – " + m.from, Path: m.to,
			Moved: m.to, Unlisted: true,
		}
		all[i].view = func(*page.Frame) (any, error) {
			return page.Message{Links: []page.Link{{Text: m.title, Href: m.to}}}, nil
		}
	}
	return all
}

// movedTo is the current address for an old one; "" if the address is not an old one.
func (s *Site) movedTo(address string) string {
	i, found := slices.BinarySearchFunc(s.moved, address, func(m moved, a string) int { return cmp.Compare(m.from, a) })
	if !found {
		return ""
	}
	return s.moved[i].to
}
