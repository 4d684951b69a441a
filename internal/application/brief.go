package application

import (
	"slices"
	"time"

	"traininghub/internal/course"
)

// A Brief is what a list shows of an application.
type Brief struct {
	Reference string `json:"reference"`
	Course    string `json:"course"` // id
	Name      string `json:"name"`
	// the key of the applicant's professional number, see [form.Registration.Key]; "" without a
	// number
	Number   string    `json:"gmc"`
	Status   Status    `json:"status"`
	Waiting  Party     `json:"waiting,omitempty"`
	Since    time.Time `json:"since"`    // when it began to wait, or its status began
	Received time.Time `json:"received"` // UTC
	Cohort   string    `json:"cohort,omitempty"`
	Asked    string    `json:"asked,omitempty"`   // the cohort that the applicant asked for, if it is another
	Flagged  bool      `json:"flagged,omitempty"` // somebody should look at something
	Double   bool      `json:"double,omitempty"`  // there is another from the same person for the course
	Read     bool      `json:"read,omitempty"`    // by anybody of the staff
	Paper    bool      `json:"paper,omitempty"`   // it came on paper
	Counts   Counts    `json:"counts"`            // for the figures
}

// Brief returns the line about an application that was sent.
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

// Waited returns for how many working days the application has waited, or had its status.
func (b Brief) Waited(now time.Time) int { return course.WorkingDays(b.Since, now) }

// Counts hold what the figures need from each application that was sent. They are all that is left
// of one that was removed.
type Counts struct {
	Course string `json:"course"` // id
	Joined
	Received string  `json:"received"`           // "2021-09", the month in London
	Decided  string  `json:"decided,omitempty"`  // the month of the current decision
	Decision Status  `json:"decision,omitempty"` // accepted or declined
	Left     bool    `json:"left,omitempty"`     // withdrawn
	Days     int     `json:"days"`               // working days from receipt to decision
	Sessions float64 `json:"sessions,omitempty"` // clinical sessions a week; 0 if the form does not ask
	// id of the cohort, if accepted; the brief itself has a field "cohort", by which it is found
	Cohort string `json:"place,omitempty"`
	Ends   string `json:"ends,omitempty"` // "2021-12-14": its last workshop, as it was then

	Removed string `json:"removed,omitempty"` // the month, of one that was removed
	Why     string `json:"why,omitempty"`
}

// Joined is the year and the cohort for which somebody was accepted. It uses the cohort's name,
// because its id belongs to another cohort once the file is used again for the next year.
type Joined struct {
	Year  string `json:"year,omitempty"`  // the programme year: "2021/22"; before a decision, that of sending
	Named string `json:"named,omitempty"` // the cohort's name then
}

// Part returns the part of a shelf that holds those who were accepted for this year and cohort.
func (j Joined) Part() string { return j.Year + " " + j.Named }

// In returns the index of the course's cohort, as they are at present, into which somebody was
// accepted; -1 if it is none of them.
func (was Counts) In(c *course.Course) int {
	if was.Decision != Accepted || was.Year != c.Year {
		return -1
	}
	return slices.IndexFunc(c.Cohorts, func(k course.Cohort) bool { return k.Name == was.Named })
}
