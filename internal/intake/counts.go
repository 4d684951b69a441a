package intake

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/record"
)

// Counts are what the figures are made of: of each application that was sent, and all that is left
// of one that was removed.
type Counts struct {
	Course string `json:"course"` // id
	Joined
	Received string  `json:"received"`           // "2021-09", the month in London
	Decided  string  `json:"decided,omitempty"`  // the month of the decision that stands
	Decision Status  `json:"decision,omitempty"` // accepted or declined
	Left     bool    `json:"left,omitempty"`     // withdrawn
	Days     int     `json:"days"`               // working days from receipt to decision
	Sessions float64 `json:"sessions,omitempty"` // clinical sessions a week; 0 if the form does not ask
	// id of the cohort, if accepted; "cohort" is a name that the brief has, by which it is found
	Cohort string `json:"place,omitempty"`
	Ends   string `json:"ends,omitempty"` // "2021-12-14": its last workshop, as it was then

	Removed string `json:"removed,omitempty"` // the month, of one that was removed
	Why     string `json:"why,omitempty"`
}

// Joined is the year and the cohort for which somebody was accepted. It goes by the cohort's name:
// its id is another cohort's when the file is used again for the next year.
type Joined struct {
	Year  string `json:"year,omitempty"`  // the programme year: "2021/22"; before a decision that for which it was sent
	Named string `json:"named,omitempty"` // the cohort's name then
}

// part is the part of a shelf where those stand who were accepted for it.
func (j Joined) part() string { return j.Year + " " + j.Named }

// month is the month of an instant in London: "2021-09".
func month(at time.Time) string { return at.In(course.London).Format("2006-01") }

// monthOf is the beginning of a month.
func monthOf(m string) time.Time {
	at, _ := time.ParseInLocation("2006-01", m, course.London)
	return at.UTC()
}

// counts are those of an application that was sent.
func (d *Desk) counts(a *Application) Counts {
	doc := a.Document
	c := Counts{Course: a.Course, Joined: Joined{Year: doc.Course.Facts["year"]}, Received: month(doc.Received),
		Left: a.Status() == Withdrawn}
	if def := d.Programme.Forms[a.Form]; def != nil && def.Sessions != "" {
		for _, s := range doc.Sections {
			for _, i := range s.Items {
				if i.ID == def.Sessions {
					c.Sessions, _ = strconv.ParseFloat(i.Value(), 64) // 0 if it is none
				}
			}
		}
	}
	if a.Decision != nil {
		c.Decided, c.Decision = month(a.Decision.At), Declined
		c.Days = course.WorkingDays(doc.Received, a.Decision.At)
		if a.Decision.Accepted {
			c.Decision, c.Cohort = Accepted, a.CohortID()
			c.Year, c.Named = cmp.Or(a.Decision.Year, c.Year), a.Decision.Named
			if _, last := a.joinedDays(); last != (course.Date{}) {
				c.Ends = last.ISO()
			}
		}
	}
	return c
}

// CountsOf reads them from a row that is left of an application, or from a line of a list.
func (d *Desk) CountsOf(r record.Record) (c Counts, err error) {
	if r.Kind != record.PastRow {
		b, err := d.BriefOf(r)
		return b.Counts, err
	}
	if json.Unmarshal(r.Brief, &c) != nil {
		return c, fmt.Errorf("reading %s: its line is broken", r.ID)
	}
	return c, nil
}
