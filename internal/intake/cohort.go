package intake

import (
	"cmp"
	"slices"
	"strings"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/record"
)

// joins returns the cohort that the applicant was accepted into, as it is at present, and its
// course; nil if there is no such cohort any more.
func (d *Desk) joins(a *application.Application) (*course.Course, *course.Cohort) {
	c := d.Programme.Course(a.Course)
	if c == nil {
		return nil, nil
	}
	i := d.counts(a).In(c)
	if i < 0 {
		return c, nil
	}
	return c, &c.Cohorts[i]
}

// JoinsOn returns the workshops of the cohort that the applicant was accepted into, in one line: as
// they are at present, or as they were then if there is no such cohort any more.
func (d *Desk) JoinsOn(a *application.Application) string {
	if c, k := d.joins(a); k != nil {
		dates, _ := c.Fact(k.ID + ".dates")
		return dates
	}
	return joinedOn(a)
}

// joinedOn returns that cohort's workshops as they were then. Older hubs did not store them: for
// those, as they were when the application was sent.
func joinedOn(a *application.Application) string {
	if a.Decision == nil || !a.Decision.Accepted {
		return ""
	}
	return cmp.Or(a.Decision.Dates, a.Document.Course.Facts[a.CohortID()+".dates"])
}

// joinedDays returns the days of the first and the last of those workshops; zero if not known.
func joinedDays(a *application.Application) (first, last course.Date) {
	day := func(d *course.Date, text string) {
		text, _, _ = strings.Cut(text, ",")
		if d.UnmarshalText([]byte(strings.TrimSpace(text))) != nil {
			*d = course.Date{}
		}
	}
	if a.Decision != nil && a.Decision.First != "" {
		day(&first, a.Decision.First)
		day(&last, a.Decision.Last)
		return first, last
	}
	// Decisions of older hubs have the days only in words: "Tuesday 2 November 2021, 2pm to 5pm;
	// …".
	dates := joinedOn(a)
	day(&first, dates)
	day(&last, dates[strings.LastIndex(dates, ";")+1:])
	return first, last
}

// Cohort returns the course's present cohort with the id; nil if there is none.
func (d *Desk) Cohort(courseID, id string) (*course.Course, *course.Cohort) {
	c := d.Programme.Course(courseID)
	if c == nil {
		return nil, nil
	}
	i := slices.IndexFunc(c.Cohorts, func(k course.Cohort) bool { return k.ID == id })
	if i < 0 {
		return c, nil
	}
	return c, &c.Cohorts[i]
}

// Fields of letters about a decision; see decisionFields.
var (
	decisionFieldNames = []string{"decision", "decision.reason", "decision.text", "decision.funding",
		"decision.practice", "decision.by", "decision.date",
		"cohort.name", "cohort.asked", "cohort.start", "cohort.dates", "cohort.free-to-cancel", "cohort.free-ended", "course-page"}
	reopenedFieldNames = []string{"reopened.date", "course-page"}
)

// decisionFields returns the letters' fields about the decision.
func (d *Desk) decisionFields(a *application.Application) map[string]string {
	f := map[string]string{"course-page": d.BaseURL + "/courses/" + a.Course + "/"}
	if n := len(a.Reopened); n > 0 {
		f["reopened.date"] = course.DateOf(a.Reopened[n-1].At).String()
	}
	dec := a.Decision
	if dec == nil {
		return f
	}
	f["decision"], f["decision.reason"], f["decision.text"] = dec.Words(), dec.Reason, dec.Text
	f["decision.by"], f["decision.date"] = dec.Name, course.DateOf(dec.At).String()
	if !dec.Accepted {
		return f
	}
	f["decision.funding"] = dec.FundingStarts()
	if dec.Paper {
		f["decision.practice"] = a.Words().Say(application.PaperWords)
	}
	if asked, name := a.AskedFor(); asked != dec.Cohort {
		f["cohort.asked"] = name
	}
	// The dates are today's, because workshops can have moved since the application was sent.
	f["cohort.name"] = dec.Named
	c, k := d.joins(a)
	if k == nil || len(k.Workshops) == 0 {
		f["cohort.dates"] = joinedOn(a)
		if first, _ := joinedDays(a); first != (course.Date{}) {
			f["cohort.start"] = first.String()
		}
		return f
	}
	var dates []string
	for i, w := range k.Workshops {
		dates = append(dates, "- "+w.String()+": "+c.Workshop(*k, i))
	}
	f["cohort.name"], f["cohort.start"], f["cohort.dates"] = k.Name, k.Workshops[0].Date.String(),
		strings.Join(dates, "\n")
	if last := c.FreeToCancel(k); last != (course.Date{}) {
		name := "cohort.free-to-cancel"
		if last.Before(course.DateOf(d.Now())) {
			name = "cohort.free-ended"
		}
		f[name] = last.String()
	}
	return f
}

// cohortCalendar returns the calendar of the cohort that the applicant joins, for the letter that
// says so.
func (d *Desk) cohortCalendar(a *application.Application) []record.Attachment {
	if a.Decision == nil {
		return nil
	}
	c, k := d.joins(a)
	if k == nil {
		return nil
	}
	return []record.Attachment{{Name: c.ID + "-" + k.ID + ".ics", Type: "text/calendar; charset=utf-8",
		Data: c.CohortCalendar(*k, d.BaseURL)}}
}
