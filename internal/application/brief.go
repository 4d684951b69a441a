package application

import (
	"slices"
	"time"

	"traininghub/internal/course"
)

// A Brief is what a line of a list says of an application.
type Brief struct {
	Reference string `json:"reference"`
	Course    string `json:"course"` // id
	Name      string `json:"name"`
	// the key of the applicant's professional number, see [form.Registration.Key]; "" for none
	Number   string    `json:"gmc"`
	Status   Status    `json:"status"`
	Waiting  Party     `json:"waiting,omitempty"`
	Since    time.Time `json:"since"`    // that it has waited, or had its status
	Received time.Time `json:"received"` // UTC
	Cohort   string    `json:"cohort,omitempty"`
	Asked    string    `json:"asked,omitempty"`   // the cohort that the applicant asked for, if it is another
	Flagged  bool      `json:"flagged,omitempty"` // somebody should look at something
	Double   bool      `json:"double,omitempty"`  // there is another of the same person for the course
	Read     bool      `json:"read,omitempty"`    // by anybody of the staff
	Paper    bool      `json:"paper,omitempty"`   // it came on paper
	Counts   Counts    `json:"counts"`            // for the figures
}

// Brief is a line about an application that was sent.
func (a *Application) Brief() Brief {
	party, since := a.Waiting()
	b := Brief{
		Reference: a.Reference, Course: a.Course, Name: a.Document.Applicant.Name,
		Number: a.Document.Applicant.Key(), Status: a.Status(), Waiting: party, Since: since, Received: a.Document.Received, Cohort: a.CohortID(),
	}
	if asked, _ := a.AskedFor(); asked != b.Cohort {
		b.Asked = asked
	}
	doubles := len(a.Doubles())
	b.Paper = a.Document.Paper != nil
	b.Flagged, b.Double, b.Read = len(a.FlagsNow()) > doubles, doubles > 0, a.WasRead()
	return b
}

// Waited is for how many working days the application has waited, or had its status.
func (b Brief) Waited(now time.Time) int { return course.WorkingDays(b.Since, now) }

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

// Part is the part of a shelf where those stand who were accepted for it.
func (j Joined) Part() string { return j.Year + " " + j.Named }

// In is which of the course's cohorts, as they are at present, somebody was accepted into; -1 if it
// is none of them.
func (was Counts) In(c *course.Course) int {
	if was.Decision != Accepted || was.Year != c.Year {
		return -1
	}
	return slices.IndexFunc(c.Cohorts, func(k course.Cohort) bool { return k.Name == was.Named })
}
