package site

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/page"
)

// listed are all courses in the order of lists: those for which one can apply come first, the
// editors' order among them, then by deadline; then those that open later, those that are closed,
// and those that are over.
func (s *Site) listed(at time.Time) []*coursePage {
	type placed struct {
		*coursePage
		rank   int
		closes int64
	}
	all := make([]placed, len(s.courses))
	for i, c := range s.courses {
		all[i] = placed{c, rank(c.Course, at), math.MaxInt64} // a course that never closes can wait
		switch closes := c.Closes(); {
		case all[i].rank == 1:
			all[i].closes = c.OpensAt().Unix()
		case !closes.IsZero():
			all[i].closes = closes.Unix()
		}
	}
	slices.SortStableFunc(all, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.Turn(), b.Turn()), cmp.Compare(a.closes, b.closes))
	})
	courses := make([]*coursePage, len(all))
	for i, c := range all {
		courses[i] = c.coursePage
	}
	return courses
}

// drawCard draws a card, or takes it from the cache.
func (s *Site) drawCard(c *coursePage, at time.Time) (template.HTML, error) {
	const place = "card" // no page has this address
	card := page.CardOf(c.Course, at)
	key := s.key(card.Status, fmt.Sprint(card.Facts), "")
	if p := c.made.page(place, key); p != nil {
		return template.HTML(p.HTML), nil
	}
	html, err := s.Pages.Block("card", card)
	if err == nil && s.keeps {
		c.made.keep(place, &printed{Key: key, HTML: []byte(html)})
	}
	return html, err
}

// compare puts courses side by side.
func (s *Site) compare(ids []string, at time.Time) page.Compare {
	var chosen []*course.Course
	for _, id := range ids {
		if c := s.course(id); c != nil { // else a fault, found by Load
			chosen = append(chosen, c.Course)
		}
	}
	return page.CompareOf(chosen, at)
}
