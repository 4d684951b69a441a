package site

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"
	"sync/atomic"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/page"
	"traininghub/internal/parallel"
	"traininghub/site/digest"
)

// listed are all courses in the order of lists. First come those for which people can apply, in the
// editors' order and then by deadline; then those that open later, those that are closed, and those
// that are over.
func (s *Site) listed(at time.Time) []*coursePage {
	type placed struct {
		*coursePage
		*standing
	}
	all := make([]placed, len(s.courses))
	for i, c := range s.courses {
		all[i] = placed{c, c.standing(at)}
	}
	slices.SortStableFunc(all, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.Turn(), b.Turn()), cmp.Compare(a.sorts, b.sorts))
	})
	courses := make([]*coursePage, len(all))
	for i, c := range all {
		courses[i] = c.coursePage
	}
	return courses
}

// A standing is what pages and lists say of a course from one instant until another. It saves the
// next build of a preview from working it out again.
type standing struct {
	from, until time.Time // until is zero if nothing will ever change

	status page.StatusTag
	rank   int
	sorts  int64  // among courses of the same rank: the second when it opens or closes
	lefts  string // how many places each cohort has left

	card atomic.Pointer[drawnCard] // nil until somebody draws it
}

// standing is the course's standing at an instant.
func (c *coursePage) standing(at time.Time) *standing {
	m := c.made
	m.mu.Lock()
	defer m.mu.Unlock()
	if n := m.now; n != nil && !at.Before(n.from) && (n.until.IsZero() || at.Before(n.until)) {
		return n
	}
	n := &standing{from: at, status: page.StatusOf(c.Course, at), rank: rank(c.Course, at), sorts: math.MaxInt64}
	switch closes := c.Closes(); { // a course that never closes comes last
	case n.rank == 1:
		n.sorts = c.OpensAt().Unix()
	case !closes.IsZero():
		n.sorts = closes.Unix()
	}
	for i := range c.Cohorts {
		n.lefts += "\n" + c.LeftIn(&c.Cohorts[i], at)
	}
	for _, t := range c.instants(true) {
		if t.After(at) && (n.until.IsZero() || t.Before(n.until)) {
			n.until = t
		}
	}
	if !at.IsZero() { // loadAliases asks for no instant
		m.now = n
	}
	return n
}

// instants are the instants at which something that the site says of the course changes. The later
// workshops of a cohort are among them only with all: they are in calendars, but on no card.
func (c *coursePage) instants(all bool) []time.Time {
	when := append(append(c.Changes(), c.Shown().Changes()...), c.Over())
	for _, k := range c.Cohorts {
		for i, w := range k.Workshops {
			if all || i == 0 { // a card says which cohort starts next
				when = append(when, passed(w.Date))
			}
		}
	}
	return when
}

// A drawnCard is a course in a list, with the digest of its HTML.
type drawnCard struct {
	html template.HTML
	sum  digest.Sum
	err  error
	key  string // the digest of what pages look like
}

// drawCards draws the cards of all courses, or takes them from the cache.
func (s *Site) drawCards(courses []*coursePage, at time.Time) map[*coursePage]drawnCard {
	drawn := make([]drawnCard, len(courses))
	look := s.key(page.StatusTag{}, "", "")
	parallel.Do(len(courses), func(i int) { drawn[i] = s.drawCard(courses[i], at, look) })
	all := make(map[*coursePage]drawnCard, len(courses))
	for i, c := range courses {
		all[c] = drawn[i]
	}
	return all
}

func (s *Site) drawCard(c *coursePage, at time.Time, look string) drawnCard {
	const place = "card" // no page has this address
	now := c.standing(at)
	if d := now.card.Load(); d != nil && d.key == look {
		return *d
	}
	card := page.CardOf(c.Course, at)
	key := s.key(card.Status, fmt.Sprint(card.Facts), "")
	drawn := drawnCard{key: look}
	if p := c.made.page(place, key); p != nil {
		drawn.html, drawn.sum = template.HTML(p.HTML), p.Digest
	} else if drawn.html, drawn.err = s.Pages.Block("card", card); drawn.err != nil {
		return drawn
	} else if drawn.sum = digest.Of([]byte(drawn.html)); s.keeps {
		c.made.keep(place, &printed{Key: key, HTML: []byte(drawn.html), Digest: drawn.sum})
	}
	now.card.Store(&drawn)
	return drawn
}

// compare puts courses side by side.
func (s *Site) compare(ids []string, at time.Time) page.Compare {
	var chosen []*course.Course
	for _, id := range ids {
		if c := s.course(id); c != nil { // if nil, Load has found a fault
			chosen = append(chosen, c.Course)
		}
	}
	return page.CompareOf(chosen, at)
}
