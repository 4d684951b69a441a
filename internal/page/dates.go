package page

import (
	"strconv"
	"time"

	"traininghub/internal/course"
)

// Dates is the view of the block "dates": a course's dates for a reader at an instant.
type Dates struct {
	Course *course.Course
	At     time.Time
}

// dates has a course's dates as texts for the block blocks/dates.html. If the template called
// methods, by reflection, that would take longer than everything else on a page with many
// workshops.
type dates struct {
	ID      string
	Columns []string // "Workshop 1", "Workshop 2", as many as the longest cohort has; with non-breaking spaces
	Several bool     // more than one cohort
	Cohorts []cohortDates
	Over    bool     // nothing is left to put into a calendar
	Copy    []string // lines of text to copy
}

type cohortDates struct {
	ID, Name  string
	Where     string          // its own place, if the cohorts differ; else ""
	Left      string          // "3 places left"; "" if not known
	Workshops []workshopDates // one for each column
}

type workshopDates struct {
	Column string
	Title  string
	ISO    string // of the date; "" if the cohort has no such workshop
	Start  string // of date and time
	Date   string
	Time   string

	Cancelled bool
}

func datesOf(c *course.Course, at time.Time) dates {
	d := dates{ID: c.ID, Several: len(c.Cohorts) > 1, Over: c.Finished(at),
		Copy: []string{c.Title, StatusOf(c, at).Detail}}
	for _, cohort := range c.Cohorts {
		for len(d.Columns) < len(cohort.Workshops) {
			d.Columns = append(d.Columns, "Workshop\u00a0"+strconv.Itoa(len(d.Columns)+1))
		}
	}
	for _, cohort := range c.Cohorts {
		shown := cohortDates{ID: cohort.ID, Name: cohort.Name, Left: c.LeftIn(&cohort, at), Workshops: make([]workshopDates, len(d.Columns))}
		if p := c.PlaceOf(&cohort); p != nil && len(c.Places()) > 1 {
			shown.Where = p.String()
		}
		for i, column := range d.Columns {
			shown.Workshops[i].Column = column
			if i >= len(cohort.Workshops) {
				continue
			}
			w := cohort.Workshops[i]
			shown.Workshops[i] = workshopDates{
				Column: column, Title: w.Title, ISO: w.Date.ISO(), Start: w.Start().Format(time.RFC3339),
				Date: w.Date.String(), Time: w.Time.String(), Cancelled: w.Cancelled,
			}
			d.Copy = append(d.Copy, cohort.Name+": "+w.String())
		}
		d.Cohorts = append(d.Cohorts, shown)
	}
	d.Copy = append(d.Copy, c.Where()...)
	d.Copy = append(d.Copy, "Contact: "+c.Contact.Email)
	return d
}
