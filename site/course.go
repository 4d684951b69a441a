package site

import (
	"errors"
	"fmt"
	"html/template"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/page"
	"traininghub/internal/parallel"
)

// status says in words where applications stand.
func status(c *course.Course, at time.Time) page.StatusTag {
	tag := page.StatusTag{Status: c.Status(at), Detail: "Apply by " + c.ApplyBy()}
	switch tag.Status {
	case course.NotYetOpen:
		tag.Text = "Opens " + c.Opens.Short()
		tag.Detail = fmt.Sprintf("Apply from %v to %s", c.Opens, c.ApplyBy())
	case course.Open:
		tag.Text = "Open"
	case course.ClosingSoon:
		tag.Text = "Closing soon"
	case course.Closed:
		tag.Text = "Closed"
		tag.Detail = "Applications closed at " + c.ApplyBy()
		if over(c, at) {
			tag.Text = "Finished"
			tag.Detail = "The last workshop was on " + course.DateOf(c.Over().Add(-time.Minute)).String()
		}
	}
	return tag
}

// over tells whether a course is over, for every cohort.
func over(c *course.Course, at time.Time) bool {
	return c.Status(at) == course.Closed && !at.Before(c.Over())
}

// glance are a course's key facts, one row each. Every course has the same rows in the same order,
// so that they can stand side by side.
func glance(c *course.Course) []page.GlanceRow {
	g := c.Glance
	starts := make([]string, len(c.Cohorts))
	for i, k := range c.Cohorts {
		if len(k.Workshops) > 0 {
			starts[i] = fmt.Sprintf("%s: %v", k.Name, k.Workshops[0].Date)
		}
	}
	one := func(texts ...string) [][]string { return [][]string{texts} }
	return []page.GlanceRow{
		{Label: "What it is", Cells: one(g.What)},
		{Label: "Who it is for", Cells: one(g.Who...)},
		{Label: "Why take it", Cells: one(g.Why...)},
		{Label: "Provider", Cells: one(c.Provider.Name)},
		{Label: "Qualification", Cells: one(c.Qualification)},
		{Label: "Start", Cells: one(starts...)},
		{Label: "Length", Cells: one(g.Length)},
		{Label: "How it is taught", Cells: one(g.Delivery)},
		{Label: "Time of day", Cells: one(g.TimeOfDay)},
		{Label: "Cost and payment", Cells: one(g.Cost...)},
		{Label: "If you do not attend", Cells: one("You are charged " + c.Charge.String())},
		{Label: "Apply by", Cells: one(c.ApplyBy())},
		{Label: "Who to ask", Cells: one(c.Contact.Email)},
	}
}

func (c *coursePage) card(at time.Time) page.CourseCard {
	return page.CourseCard{Course: c.Course, Href: c.address(), Status: status(c.Course, at)}
}

// listed are all courses in the order of lists: those that are over come last.
func (s *Site) listed(at time.Time) []*coursePage {
	all := make([]*coursePage, 0, len(s.courses))
	var ended []*coursePage
	for _, c := range s.courses {
		if over(c.Course, at) {
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
	card := c.card(at)
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
	var side page.Compare
	for _, id := range ids {
		c := s.course(id)
		if c == nil {
			continue // a fault, found by Load
		}
		side.Courses = append(side.Courses, c.card(at))
		for i, row := range glance(c.Course) {
			if len(side.Rows) <= i {
				side.Rows = append(side.Rows, page.GlanceRow{Label: row.Label})
			}
			side.Rows[i].Cells = append(side.Rows[i].Cells, row.Cells...)
		}
	}
	return side
}
