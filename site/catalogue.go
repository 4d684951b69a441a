package site

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/page"
	"traininghub/internal/parallel"
	"traininghub/site/check"
	"traininghub/site/digest"
	"traininghub/site/markdown"
)

// The catalogue is for a hub with more courses than a home page can show. It has lists of all
// courses, and of the courses with a topic, a mode, a town, an audience; the events of each month;
// and an index for the search in the page. It is static, with plain links between the lists.
// Without scripts only the search is missing.
//
//	/catalogue/                  all courses, those that take applications first; then page-2/, ...
//	/catalogue/topic/coaching/   and mode, town, audience; paged the same way
//	/catalogue/month/2021-11/    deadlines and workshops of a month
//	/catalogue/index.json        what the search reads
//	/side-by-side/          the handlers': two to four courses that a reader chose

const (
	homeMost  = 6  // courses on the home page of a hub with a catalogue
	listMost  = 12 // courses on a page of a list
	datesMost = 40 // rows of dates on a page

	catalogueAddress = "/catalogue/"
	indexAddress     = catalogueAddress + "index.json"
	compareAddress   = "/side-by-side/" // also in internal/page's list of the handlers' addresses
)

// catalogued reports whether the hub has a catalogue.
func (s *Site) catalogued() bool { return s.Hub.Catalogued(len(s.courses)) }

// A listing is one list of the catalogue.
type listing struct {
	facet   string // "topic"; "" for all courses
	label   string // "Coaching"
	heading string // "Courses about Coaching"
	address string
	courses []*coursePage
}

// A catalogue is a whole catalogue as of an instant. For a hub without one it has only the courses
// on the home page.
type catalogue struct {
	first  []*coursePage
	cards  map[*coursePage]drawnCard
	all    listing
	facets []facet
	months []month
	ways   digest.Sum // digest of the ways into it
}

// A facet is a way to look for courses, with its lists in the order of their labels.
type facet struct {
	id, name string
	lists    []*listing
}

// A month has the events of a month.
type month struct {
	name, address string
	days          []page.CalendarDay
	keys          []string // of the days, for the cache
}

// facetsOf are the ways to look for a course, each with a course's values for it and the heading of
// its lists.
var facetsOf = []struct {
	id, name string
	of       func(*course.Course) []string
	heading  func(label string) string
}{
	{"topic", "Topic", func(c *course.Course) []string { return c.Topics },
		func(label string) string { return "Courses about " + label }},
	{"mode", "Online or in person", func(c *course.Course) []string {
		if c.Mode == "" {
			return nil
		}
		return []string{c.Mode.Text()}
	}, func(label string) string { return "Courses: " + strings.ToLower(label) }},
	{"town", "Town", page.Towns, func(label string) string { return "Courses in " + label }},
	{"audience", "For", func(c *course.Course) []string { return c.Audience },
		func(label string) string { return "Courses for " + label }},
}

// catalogue makes the catalogue.
func (s *Site) catalogue(at time.Time) *catalogue {
	k := &catalogue{first: s.listed(at)}
	if s.Pages != nil { // otherwise loadAliases asks only for addresses
		k.cards = s.drawCards(k.first, at)
	}
	if !s.catalogued() {
		return k
	}
	k.all = listing{heading: "All courses", address: catalogueAddress, courses: k.first}
	k.first = k.first[:min(homeMost, len(k.first))]
	for n, f := range facetsOf {
		lists := map[string]*listing{}
		for _, c := range k.all.courses {
			for _, v := range c.entry().values[n] {
				l := lists[v.id]
				if l == nil {
					l = &listing{facet: f.id, label: v.label, heading: f.heading(v.label),
						address: catalogueAddress + f.id + "/" + v.id + "/"}
					lists[v.id] = l
				}
				if n := len(l.courses); n == 0 || l.courses[n-1] != c {
					l.courses = append(l.courses, c)
				}
			}
		}
		of := facet{id: f.id, name: f.name}
		for _, l := range lists {
			of.lists = append(of.lists, l)
		}
		slices.SortFunc(of.lists, func(a, b *listing) int { return cmp.Compare(course.Label(a.label), course.Label(b.label)) })
		if len(of.lists) > 0 {
			k.facets = append(k.facets, of)
		}
	}
	k.months = monthsOf(s.coming(at))
	var ways []string
	for _, f := range k.links("") {
		ways = append(ways, f.Name)
		for _, l := range f.Links {
			ways = append(ways, l.Text, l.Href, strconv.Itoa(l.Count))
		}
	}
	k.ways = digest.OfTexts(ways...)
	return k
}

func monthsOf(days []page.CalendarDay, keys []string) (all []month) {
	first := 0 // of the month
	for i, d := range days {
		if next := i + 1; next == len(days) || days[next].Date.Year != d.Date.Year || days[next].Date.Month != d.Date.Month {
			address := fmt.Sprintf("%smonth/%04d-%02d/", catalogueAddress, d.Date.Year, d.Date.Month)
			all = append(all, month{monthOf(d), address, days[first:next:next], keys[first:next:next]})
			first = next
		}
	}
	return all
}

// An entry is what the catalogue needs of a course, at any instant.
type entry struct {
	values   [][]value // for each of facetsOf
	named    []byte    // id and title as in the index
	last     int       // the last day to apply as a number, 20211015; 0 for none
	provider string    // the Label of its name
}

// A value is what a course has for a facet. Two with the same id are the same.
type value struct{ label, id string }

// entry is the course's entry. It is worked out once.
func (c *coursePage) entry() *entry {
	m := c.made
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.entry != nil {
		return m.entry
	}
	e := &entry{values: make([][]value, len(facetsOf)), provider: course.Label(c.Provider.Name)}
	for i, f := range facetsOf {
		for _, label := range f.of(c.Course) {
			e.values[i] = append(e.values[i], value{label, course.Label(label)})
		}
	}
	var id any = c.ID
	if course.Label(c.Title) == c.ID {
		id = 0
	}
	list, _ := json.Marshal([]any{id, c.Title}) // cannot fail: texts and a number
	e.named = bytes.Trim(list, "[]")
	if closes := c.Closes(); !closes.IsZero() {
		day := course.DateOf(closes.Add(-time.Minute))
		e.last = day.Year*10000 + int(day.Month)*100 + day.Day
	}
	m.entry = e
	return e
}

func monthOf(d page.CalendarDay) string { return fmt.Sprintf("%v %d", d.Date.Month, d.Date.Year) }

// links are the ways into the catalogue. current is the address of the page that shows them, which
// may be one of them.
func (k *catalogue) links(current string) (all []page.Facet) {
	for _, f := range k.facets {
		of := page.Facet{Name: f.name}
		for _, l := range f.lists {
			of.Links = append(of.Links, page.FacetLink{Link: page.Link{Text: l.label, Href: l.address},
				Count: len(l.courses), Current: l.address == current})
		}
		all = append(all, of)
	}
	if months := k.monthLinks(current); months != nil {
		all = append(all, page.Facet{Name: "Dates in", Links: months})
	}
	return all
}

func (k *catalogue) monthLinks(current string) (all []page.FacetLink) {
	for _, m := range k.months {
		all = append(all, page.FacetLink{Link: page.Link{Text: m.name, Href: m.address}, Count: len(m.days),
			Current: m.address == current})
	}
	return all
}

// catalogueSheets are the catalogue's pages.
func (s *Site) catalogueSheets(k *catalogue, at time.Time) []sheet {
	if !s.catalogued() {
		return nil
	}
	lists := []*listing{&k.all}
	for _, f := range k.facets {
		lists = append(lists, f.lists...)
	}
	of := make([][]sheet, len(lists)+len(k.months))
	parallel.Do(len(of), func(i int) {
		if i < len(lists) {
			of[i] = s.listSheets(k, lists[i], at)
		} else {
			of[i] = s.monthSheets(k, &k.months[i-len(lists)])
		}
	})
	return slices.Concat(of...)
}

// pageOf is the address of page n, counted from 1, of a list of so many pages; "" if there is none.
func pageOf(address string, n, of int) string {
	switch {
	case n < 1 || n > of || address == "":
		return ""
	case n == 1:
		return address
	}
	return address + "page-" + strconv.Itoa(n) + "/"
}

// paged makes the sheets of a list with so many entries. view is the view of the page with the
// entries from to to, and entry adds to texts what the page depends on for one entry.
func (s *Site) paged(
	k *catalogue, heading, describe, address string, entries, most int, canonical string,
	entry func(texts []string, i int) []string, view func(v *page.Catalogue, frame *page.Frame, from, to int) error,
) (all []sheet) {
	of := max(1, (entries+most-1)/most)
	for n := 1; n <= of; n++ {
		own := pageOf(address, n, of)
		sh := sheet{Page: check.Page{Address: own, File: "content/courses", Listed: n == 1 && canonical == "",
			Body: func() *markdown.Text { return nil }}, name: "catalogue"}
		sh.frame = page.Frame{Heading: heading, Path: own, Describe: describe, Crumbs: []page.Link{home},
			Canonical: pageOf(canonical, n, of)}
		if address != catalogueAddress {
			sh.frame.Crumbs = append(sh.frame.Crumbs, page.Link{Text: "All courses", Href: catalogueAddress})
		}
		if n > 1 {
			sh.frame.Title = fmt.Sprintf("%s (page %d of %d)", heading, n, of)
			sh.frame.Describe += fmt.Sprintf(" Page %d of %d.", n, of)
		}
		sh.view = func(frame *page.Frame) (any, error) {
			v := page.Catalogue{By: k.links(address), Page: n, Of: of, Prev: pageOf(address, n-1, of),
				Next: pageOf(address, n+1, of)}
			err := view(&v, frame, (n-1)*most, min(n*most, entries))
			return v, err
		}
		if s.keeps {
			texts := []string{string(s.look), s.Hub.BaseURL, string(k.ways), own, heading, sh.frame.Describe, sh.frame.Canonical, strconv.Itoa(of)}
			for i := (n - 1) * most; i < min(n*most, entries); i++ {
				texts = entry(texts, i)
			}
			sh.of, sh.key = s.cache.lists, string(digest.OfTexts(texts...))
		}
		all = append(all, sh)
	}
	return all
}

// listSheets are the pages of a list. If a list has all courses, its pages name the list of all
// courses as the one for search results.
func (s *Site) listSheets(k *catalogue, l *listing, at time.Time) []sheet {
	canonical := ""
	if l.facet != "" && len(l.courses) == len(k.all.courses) {
		canonical = catalogueAddress
	}
	open := 0
	for _, c := range l.courses {
		if c.standing(at).rank == 0 {
			open++
		}
	}
	says := fmt.Sprintf("%s. You can apply for %d now.", counted(len(l.courses), "course"), open)
	if len(l.courses) == 1 && open == 1 {
		says = "1 course. You can apply for it now."
	}
	describe := l.heading + " of the " + s.Hub.Name + ", with dates, money and how to apply. " + says
	return s.paged(k, l.heading, describe, l.address, len(l.courses), listMost, canonical,
		func(texts []string, i int) []string {
			return append(texts, l.courses[i].ID, l.courses[i].Title, string(k.cards[l.courses[i]].sum))
		},
		func(v *page.Catalogue, frame *page.Frame, from, to int) error {
			v.Says = says
			if l.facet == "" || to-from > 1 {
				v.Compare = compareAddress
			}
			if l.facet == "" {
				v.Index = indexAddress
			}
			frame.Data = s.listData(l.courses[from:to])
			for _, c := range l.courses[from:to] {
				card := k.cards[c]
				if card.err != nil {
					return card.err
				}
				v.Courses = append(v.Courses, page.Listed{ID: c.ID, Title: c.Title, Card: card.html})
			}
			return nil
		})
}

func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}

func (s *Site) monthSheets(k *catalogue, m *month) []sheet {
	says := counted(len(m.days), "date") + "."
	return s.paged(k, "Dates in "+m.name, "Deadlines and workshops of the "+s.Hub.Name+" in "+m.name+". "+says, m.address,
		len(m.days), datesMost, "",
		func(texts []string, i int) []string { return append(texts, m.keys[i]) },
		func(v *page.Catalogue, _ *page.Frame, from, to int) error {
			v.Says, v.Dates = says, &page.Calendar{Months: []page.CalendarMonth{{Name: m.name, Days: m.days[from:to]}}}
			return nil
		})
}

// listOf is what a page shows of all courses: all of them, or the first ones if there are many, and
// the ways into the catalogue.
func (s *Site) listOf(k *catalogue) (page.Courses, error) {
	var view page.Courses
	if s.catalogued() {
		view.All = &page.Link{Text: fmt.Sprintf("All %d courses", len(s.courses)), Href: catalogueAddress}
		view.By = k.links("")
	}
	view.Cards = make([]template.HTML, len(k.first))
	errs := make([]error, len(k.first))
	for i, c := range k.first {
		view.Cards[i], errs[i] = k.cards[c].html, k.cards[c].err
	}
	return view, errors.Join(errs...)
}

// An index is what the search in the page reads. It is short, since people on a telephone wait for
// it: words that many courses share are listed once, and courses refer to them by number.
type index struct {
	Facets [][]string `json:"facets"` // the labels of topic, mode, town and audience
	By     []string   `json:"by"`     // providers
	Days   []int      `json:"days"`   // last days as numbers, 20211015; the first is 0, for none
	// For each course: its id, or 0 if that is the Label of the title; title; rank; last day;
	// provider; and for each facet a list, or a number if the list has only one.
	Courses []json.RawMessage `json:"courses"`
}

// indexOf makes the index of all courses, in order; nil if the hub has no catalogue.
func (s *Site) indexOf(at time.Time) []byte {
	if !s.catalogued() {
		return nil
	}
	x := index{Facets: make([][]string, len(facetsOf)), By: []string{}, Days: []int{0}}
	numbers := make([]map[string]int, len(facetsOf)) // of the facets' values, by id
	for i := range facetsOf {
		x.Facets[i], numbers[i] = []string{}, map[string]int{}
		ids := map[string]string{} // by label
		for _, c := range s.courses {
			for _, v := range c.entry().values[i] {
				if _, known := numbers[i][v.id]; !known {
					numbers[i][v.id], ids[v.label] = 0, v.id
					x.Facets[i] = append(x.Facets[i], v.label)
				}
			}
		}
		slices.Sort(x.Facets[i])
		for n, label := range x.Facets[i] {
			numbers[i][ids[label]] = n
		}
	}
	by, days := map[string]int{}, map[int]int{0: 0} // the numbers of providers and days
	for _, c := range s.listed(at) {
		e := c.entry()
		last, known := days[e.last]
		if !known {
			last = len(x.Days)
			days[e.last] = last
			x.Days = append(x.Days, e.last)
		}
		if _, known := by[e.provider]; !known {
			by[e.provider] = len(x.By)
			x.By = append(x.By, c.Provider.Name)
		}
		text := append([]byte{'['}, e.named...)
		for _, n := range []int{c.standing(at).rank, last, by[e.provider]} {
			text = strconv.AppendInt(append(text, ','), int64(n), 10)
		}
		for i, values := range e.values {
			if len(values) == 1 {
				text = strconv.AppendInt(append(text, ','), int64(numbers[i][values[0].id]), 10)
				continue
			}
			text = append(text, ",["...)
			for j, v := range values {
				if j > 0 {
					text = append(text, ',')
				}
				text = strconv.AppendInt(text, int64(numbers[i][v.id]), 10)
			}
			text = append(text, ']')
		}
		x.Courses = append(x.Courses, append(text, ']'))
	}
	data, _ := json.Marshal(x) // cannot fail: texts, numbers and lists
	return data
}

// rank orders courses by what people can do: apply now, apply later, nothing.
func rank(c *course.Course, at time.Time) int {
	switch {
	case c.Accepts(at):
		return 0
	case c.Status(at) == course.NotYetOpen:
		return 1
	case !c.Finished(at):
		return 2
	}
	return 3
}
