// Package intaketest makes the answers that applicants give in tests.
package intaketest

import (
	"maps"
	"time"

	"traininghub/internal/form"
	"traininghub/internal/intake"
)

// Retention is how long desks in tests keep records.
var Retention = intake.Retention{Drafts: 28 * day, Undecided: 365 * day, Accepted: 730 * day, Declined: 365 * day, Withdrawn: 90 * day}

const day = 24 * time.Hour

// Answers returns values that the rules of a section's questions accept. The caller gives the
// e-mail addresses and texts, so that its test can tell whose answers it finds.
func Answers(s *form.Section, email, text func(q *form.Question) string) form.Values {
	v := form.Values{}
	for i := range s.Questions {
		q := &s.Questions[i]
		switch {
		case q.Kind == form.Email:
			v[q.ID] = email(q)
		case q.Typed():
			v[q.ID] = text(q)
		default:
			maps.Copy(v, q.Sample())
		}
	}
	return v
}
