package page

import (
	"fmt"
	"time"

	"traininghub/internal/course"
)

// StatusOf says in words where a course's applications stand at an instant.
func StatusOf(c *course.Course, at time.Time) StatusTag {
	tag := StatusTag{Status: c.Status(at), Detail: "Apply by " + c.ApplyBy()}
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
		switch {
		case c.Cancelled():
			tag.Text, tag.Detail = "Cancelled", "All workshops are cancelled"
		case c.Finished(at):
			tag.Text = "Finished"
			tag.Detail = "The last workshop was on " + course.DateOf(c.Over().Add(-time.Minute)).String()
		}
	}
	return tag
}

// CardOf is a course as a list shows it at an instant.
func CardOf(c *course.Course, at time.Time) CourseCard {
	card := CourseCard{Course: c, Href: "/courses/" + c.ID + "/", Status: StatusOf(c, at)}
	fact := func(label, text string) {
		if text != "" {
			card.Facts = append(card.Facts, Fact{Question: label, Answer: text})
		}
	}
	fact("You get", c.Glance.Pay)
	fact("Length", c.Glance.Length)
	if next, later, ok := c.NextStart(at); ok {
		start := next.Date.String()
		if later > 0 {
			start += " (and " + count(later, "later cohort", "later cohorts") + ")"
		}
		fact("Starts", start)
	}
	return card
}

// Facts are what decides whether to apply for a course: money, dates, length. Every course has its
// rows in the same order, so that they can stand side by side.
func Facts(c *course.Course) []GlanceRow {
	g := c.Glance
	starts := make([]string, 0, len(c.Cohorts))
	for _, k := range c.Cohorts {
		if len(k.Workshops) > 0 {
			starts = append(starts, fmt.Sprintf("%s: %v", k.Name, k.Workshops[0].Date))
		}
	}
	return []GlanceRow{
		row("Cost and payment", g.Cost...),
		row("If you do not attend", "You are charged "+c.Charge.String()),
		row("Start", starts...),
		row("Length", g.Length),
		row("Time of day", g.TimeOfDay),
		row("How it is taught", g.Delivery),
		row("Qualification", c.Qualification),
		row("Who to ask", c.Contact.Email),
	}
}

// Glance is what a course is, for whom, and why to take it.
func Glance(c *course.Course) []GlanceRow {
	return []GlanceRow{
		row("What it is", c.Glance.What),
		row("Who it is for", c.Glance.Who...),
		row("Why take it", c.Glance.Why...),
		row("Provider", c.Provider.Name),
	}
}

func row(label string, texts ...string) GlanceRow {
	return GlanceRow{Label: label, Cells: [][]string{texts}}
}

// CompareOf puts courses side by side, as they stand at an instant.
func CompareOf(courses []*course.Course, at time.Time) Compare {
	var side Compare
	for _, c := range courses {
		side.Courses = append(side.Courses, CardOf(c, at))
		for i, row := range append(Facts(c), Glance(c)...) {
			if len(side.Rows) <= i {
				side.Rows = append(side.Rows, GlanceRow{Label: row.Label})
			}
			side.Rows[i].Cells = append(side.Rows[i].Cells, row.Cells...)
		}
	}
	return side
}
