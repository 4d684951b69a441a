// Package intaketest is what applicants in tests answer.
package intaketest

import (
	"time"

	"traininghub/internal/form"
	"traininghub/internal/intake"
)

// Retention is how long desks in tests keep things.
var Retention = intake.Retention{Drafts: 28 * day, Undecided: 365 * day, Accepted: 730 * day, Declined: 365 * day, Withdrawn: 90 * day}

const day = 24 * time.Hour

// Answers are values that the rules of a section's questions accept. What e-mail address or text answers a question is
// the caller's to say, so that its test can tell whose answers it meets.
func Answers(s *form.Section, email, text func(q *form.Question) string) form.Values {
	v := form.Values{}
	for i := range s.Questions {
		q := &s.Questions[i]
		switch {
		case q.Kind == form.YesNo:
			v[q.ID] = "yes"
		case q.Kind == form.Email:
			v[q.ID] = email(q)
		case q.Kind == form.Telephone:
			v[q.ID] = "01632 960001"
		case q.Kind == form.Number:
			v[q.ID] = "6"
		case q.Kind == form.Date:
			v[q.ID+"-day"], v[q.ID+"-month"], v[q.ID+"-year"] = "1", "June", "2018"
		case q.Kind == form.Month:
			v[q.ID+"-month"], v[q.ID+"-year"] = "June", "2018"
		case len(q.Options) > 0:
			v[q.ID] = q.Options[0].ID
		case q.Has("gmc"):
			v[q.ID] = "7654321"
		case q.Has("postcode"):
			v[q.ID] = "SW1A 1AA"
		case q.Has("practicecode"):
			v[q.ID] = "V81997"
		default:
			v[q.ID] = text(q)
		}
	}
	return v
}
