package application

import (
	"cmp"
	"fmt"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/form"
)

// A Correction changes an answer after sending.
type Correction struct {
	Section  string    `json:"section"`
	Row      int       `json:"row,omitempty"` // from 1; 0 if the section does not repeat
	Question string    `json:"question"`      // id
	Was      string    `json:"was"`
	Now      string    `json:"now"`
	At       time.Time `json:"at"`               // UTC
	By       string    `json:"by,omitempty"`     // the e-mail address of the staff that signed in; "" for the applicant
	Reason   string    `json:"reason,omitempty"` // theirs
}

// InShort returns both answers as letters and notes quote them.
func (c Correction) InShort() (was, now string) {
	short := func(answer string) string {
		if short := []rune(answer); len(short) > 300 {
			return string(short[:300]) + "…"
		}
		return cmp.Or(answer, "not answered")
	}
	return short(c.Was), short(c.Now)
}

// Classes of a correction, which follow the question's id in the note of its event. The hub goes by
// these answers.
const (
	ClassAddress = "address" // the applicant's e-mail address
	ClassNumber  = "number"  // their professional number
)

// A Wish is a correction that the applicant asks for. The staff decide whether to make it.
type Wish struct {
	Section  string      `json:"section"`
	Row      int         `json:"row,omitempty"` // from 1; 0 if the section does not repeat
	Question string      `json:"question"`      // id
	Values   form.Values `json:"values"`        // the inputs of the question, as typed and without mistakes
	Now      string      `json:"now"`           // the same, as people read it
	Why      string      `json:"why,omitempty"`
	At       time.Time   `json:"at"`              // UTC
	Done     time.Time   `json:"done,omitzero"`   // UTC; zero until somebody has answered
	Given    bool        `json:"given,omitempty"` // the correction was made
	By       string      `json:"by,omitempty"`
	Reason   string      `json:"reason,omitempty"` // why it was not made
}

// Open reports whether the wish is still unanswered.
func (w *Wish) Open() bool { return w.Done.IsZero() }

// Where returns the place of an answer in words: "Reference: Email address".
func (a *Application) Where(section string, row int, question string) string {
	for _, s := range a.Document.Sections {
		if s.ID != section {
			continue
		}
		title, items := s.Title, s.Items
		if row > 0 && row <= len(s.Rows) {
			title, items = s.RowTitle(row), s.Rows[row-1]
		}
		for _, i := range items {
			if i.ID == question {
				return title + ": " + i.Question
			}
		}
	}
	return question
}

// correctionNotes returns the notes in a copy that say what was corrected since sending.
func (a *Application) correctionNotes() (notes []string) {
	for _, c := range a.Corrections {
		was, _ := c.InShort()
		notes = append(notes, fmt.Sprintf("Corrected on %s: %s. It was “%s”.", course.DateOf(c.At),
			a.Where(c.Section, c.Row, c.Question), was))
	}
	return notes
}
