package intake

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/record"
)

// month returns the month of an instant in London: "2021-09".
func month(at time.Time) string { return at.In(course.London).Format("2006-01") }

// monthOf returns the beginning of a month.
func monthOf(m string) time.Time {
	at, _ := time.ParseInLocation("2006-01", m, course.London)
	return at.UTC()
}

// counts returns the counts of an application that was sent.
func (d *Desk) counts(a *application.Application) application.Counts {
	doc := a.Document
	c := application.Counts{Course: a.Course, Joined: application.Joined{Year: doc.Course.Facts["year"]},
		Received: month(doc.Received), Left: a.Status() == application.Withdrawn}
	if def := d.Programme.Forms[a.Form]; def != nil && def.Sessions != "" {
		for _, s := range doc.Sections {
			for _, i := range s.Items {
				if i.ID == def.Sessions {
					c.Sessions, _ = strconv.ParseFloat(i.Value(), 64) // 0 if it is not a number
				}
			}
		}
	}
	if a.Decision != nil {
		c.Decided, c.Decision = month(a.Decision.At), application.Declined
		c.Days = course.WorkingDays(doc.Received, a.Decision.At)
		if a.Decision.Accepted {
			c.Decision, c.Cohort = application.Accepted, a.CohortID()
			c.Year, c.Named = cmp.Or(a.Decision.Year, c.Year), a.Decision.Named
			if _, last := joinedDays(a); last != (course.Date{}) {
				c.Ends = last.ISO()
			}
		}
	}
	return c
}

// CountsOf reads counts from the row that is left of an application, or from a line of a list.
func (d *Desk) CountsOf(r record.Record) (c application.Counts, err error) {
	if r.Kind != record.PastRow {
		b, err := d.BriefOf(r)
		return b.Counts, err
	}
	if json.Unmarshal(r.Brief, &c) != nil {
		return c, fmt.Errorf("reading %s: its line is broken", r.ID)
	}
	return c, nil
}
