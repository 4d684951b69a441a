package site

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"
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
		rank   int
		closes int64
	}
	all := make([]placed, len(s.courses))
	for i, c := range s.courses {
		all[i] = placed{c, rank(c.Course, at), math.MaxInt64} // a course that never closes comes last
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

// A drawnCard is a course in a list, with the digest of its HTML.
type drawnCard struct {
	html template.HTML
	sum  digest.Sum
	err  error
}

// drawCards draws the cards of all courses, or takes them from the cache.
func (s *Site) drawCards(courses []*coursePage, at time.Time) map[*coursePage]drawnCard {
	drawn := make([]drawnCard, len(courses))
	parallel.Do(len(courses), func(i int) { drawn[i] = s.drawCard(courses[i], at) })
	all := make(map[*coursePage]drawnCard, len(courses))
	for i, c := range courses {
		all[c] = drawn[i]
	}
	return all
}

func (s *Site) drawCard(c *coursePage, at time.Time) drawnCard {
	const place = "card" // no page has this address
	card := page.CardOf(c.Course, at)
	key := s.key(card.Status, fmt.Sprint(card.Facts), "")
	if p := c.made.page(place, key); p != nil {
		return drawnCard{html: template.HTML(p.HTML), sum: p.Digest}
	}
	html, err := s.Pages.Block("card", card)
	drawn := drawnCard{html, digest.Of([]byte(html)), err}
	if err == nil && s.keeps {
		c.made.keep(place, &printed{Key: key, HTML: []byte(html), Digest: drawn.sum})
	}
	return drawn
}

// lefts says how many places the course's cohorts have left at an instant. The course's page shows
// them, so it is rendered again when a cohort has begun.
func (c *coursePage) lefts(at time.Time) string {
	var b strings.Builder
	for i := range c.Cohorts {
		b.WriteString("\n" + c.LeftIn(&c.Cohorts[i], at))
	}
	return b.String()
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
