package page

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
)

// StatusOf is the status of a course's applications at an instant, in words.
func StatusOf(c *course.Course, at time.Time) StatusTag {
	tag := StatusTag{Status: c.Status(at), Detail: applyBy(c)}
	switch tag.Status {
	case course.NotYetOpen:
		tag.Text = "Opens " + c.Opens.Short()
		tag.Detail = fmt.Sprintf("Apply from %v", c.Opens)
		if by := c.ApplyBy(); by != "" {
			tag.Detail += " to " + by
		}
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

// applyBy says in words until when people can apply.
func applyBy(c *course.Course) string {
	switch by := c.ApplyBy(); {
	case by == "":
		return "Apply at any time"
	case c.Deadline == (course.Date{}) && len(c.Cohorts) > 1:
		return "Apply before your cohort starts. The last one starts on " + course.DateOf(c.Closes()).String()
	default:
		return "Apply by " + by
	}
}

// CardOf is the card of a course in a list, at an instant.
func CardOf(c *course.Course, at time.Time) CourseCard {
	card := CourseCard{Course: c, Href: "/courses/" + c.ID + "/", Status: StatusOf(c, at)}
	fact := func(label, text string) {
		if text != "" {
			card.Facts = append(card.Facts, Fact{Question: label, Answer: text})
		}
	}
	switch {
	case c.Price.Free:
		fact("You pay", "Nothing")
	default:
		fact("You pay", c.Price.String())
	}
	fact("You get", c.Glance.Pay)
	fact("Length", c.Glance.Length)
	if next, later, ok := c.NextStart(at); ok {
		start := next.Date.Short()
		if later > 0 {
			start += " (and " + count(later, "later cohort", "later cohorts") + ")"
		}
		label := "Starts"
		if next.Date.Before(course.DateOf(at)) {
			label = "Started"
		}
		fact(label, start)
	} else {
		fact("Starts", "When you like")
	}
	where := c.Mode.Text()
	for _, town := range Towns(c) {
		where += ", " + town
	}
	fact("Where", strings.TrimPrefix(where, ", "))
	fact("Places", c.LeftText(at))
	return card
}

// Towns are the towns in which a course meets, each once.
func Towns(c *course.Course) (all []string) {
	for _, p := range c.Places() {
		if !slices.Contains(all, p.Town) {
			all = append(all, p.Town)
		}
	}
	return all
}

// Facts are what decides whether to apply for a course at an instant: money, dates, length. The
// rows of all courses are in the same order, so that they can be compared side by side.
func Facts(c *course.Course, at time.Time) []GlanceRow {
	g := c.Glance
	starts := make([]string, 0, len(c.Cohorts))
	for i := range c.Cohorts {
		if k := &c.Cohorts[i]; len(k.Workshops) > 0 {
			start := fmt.Sprintf("%s: %v", k.Name, k.Workshops[0].Date)
			if left := c.LeftIn(k, at); left != "" {
				start += " (" + strings.ToLower(left) + ")"
			}
			starts = append(starts, start)
		}
	}
	if len(starts) == 0 {
		starts = []string{"When you like"}
	}
	cost := g.Cost
	if sum := c.Price.String(); c.Price.Sum > 0 && !strings.Contains(strings.Join(cost, " "), sum) {
		cost = append([]string{"You pay " + sum}, cost...)
	}
	charged := ""
	if c.Charge > 0 && !c.Finished(at) {
		charged = "You are charged " + c.Charge.String()
	}
	return []GlanceRow{
		row("Cost and payment", cost...),
		row("If you do not attend", charged),
		row("Start", starts...),
		row("Length", g.Length),
		row("Time of day", g.TimeOfDay),
		row("How it is taught", g.Delivery),
		row("Where", c.Where()...),
		row("Qualification", c.Qualification),
		row("Who to ask", c.Contact.Email),
	}
}

// Glance says what a course is, for whom, and why to take it.
func Glance(c *course.Course) []GlanceRow {
	return []GlanceRow{
		row("What it is", c.Glance.What),
		row("Who it is for", c.Glance.Who...),
		row("Why take it", c.Glance.Why...),
		row("Provider", c.Provider.Name),
	}
}

// row is a row for one course. Its cell is empty if there is nothing to say.
func row(label string, texts ...string) GlanceRow {
	return GlanceRow{Label: label, Cells: [][]string{slices.DeleteFunc(texts, func(s string) bool { return s == "" })}}
}

// Stated leaves out the rows that are empty for all courses.
func Stated(rows []GlanceRow) []GlanceRow {
	return slices.DeleteFunc(rows, func(r GlanceRow) bool {
		return !slices.ContainsFunc(r.Cells, func(cell []string) bool { return len(cell) > 0 })
	})
}

// CompareMost is the greatest number of courses side by side. Nobody could read more.
const CompareMost = 4

// CompareOf puts courses side by side, as of an instant.
func CompareOf(courses []*course.Course, at time.Time) Compare {
	var side Compare
	for _, c := range courses {
		side.Courses = append(side.Courses, CardOf(c, at))
		for i, row := range append(Facts(c, at), Glance(c)...) {
			if len(side.Rows) <= i {
				side.Rows = append(side.Rows, GlanceRow{Label: row.Label})
			}
			side.Rows[i].Cells = append(side.Rows[i].Cells, row.Cells...)
		}
	}
	side.Rows = Stated(side.Rows)
	for _, row := range side.Rows {
		for i, cell := range row.Cells {
			switch {
			case len(cell) > 0:
			case courses[i].Finished(at):
				row.Cells[i] = []string{"The course is over"}
			default:
				row.Cells[i] = []string{"Not stated"}
			}
		}
	}
	return side
}
