package site

import (
	"errors"
	"html/template"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/page"
	"traininghub/internal/parallel"
)

// listed are all courses in the order of lists: those that are over come last.
func (s *Site) listed(at time.Time) []*coursePage {
	all := make([]*coursePage, 0, len(s.courses))
	var ended []*coursePage
	for _, c := range s.courses {
		if c.Finished(at) {
			ended = append(ended, c)
		} else {
			all = append(all, c)
		}
	}
	return append(all, ended...)
}

// cards are all courses as lists show them.
func (s *Site) cards(at time.Time) ([]template.HTML, error) {
	courses := s.listed(at)
	cards, errs := make([]template.HTML, len(courses)), make([]error, len(courses))
	parallel.Do(len(courses), func(i int) { cards[i], errs[i] = s.drawCard(courses[i], at) })
	return cards, errors.Join(errs...)
}

// drawCard draws a card, or takes it from the cache.
func (s *Site) drawCard(c *coursePage, at time.Time) (template.HTML, error) {
	const place = "card" // no page has this address
	card := page.CardOf(c.Course, at)
	key := s.key(card.Status, "", "")
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
