package intake

import (
	"testing"

	"traininghub/internal/application"
	"traininghub/internal/document"
)

// TestJoinedDays: a decision stores the days of its cohort. Older hubs stored only the words, so
// there the days are read from those.
func TestJoinedDays(t *testing.T) {
	const words = "Thursday 3 March 2022, 9:30am to 4pm; Friday 4 March 2022, 9:30am to 4pm; Monday 2 May 2022, midday to 4pm"
	facts := &document.Submission{Course: document.CourseFacts{Facts: map[string]string{"cohort-7.dates": words}}}
	for name, c := range map[string]struct {
		decision    *application.Decision
		first, last string
	}{
		"kept": {&application.Decision{Accepted: true, Dates: words, First: "2022-06-01", Last: "2022-06-30"},
			"Wednesday 1 June 2022", "Thursday 30 June 2022"},
		"in words": {&application.Decision{Accepted: true, Dates: words}, "Thursday 3 March 2022",
			"Monday 2 May 2022"},
		"in the course's facts": {&application.Decision{Accepted: true, Cohort: "cohort-7"}, "Thursday 3 March 2022",
			"Monday 2 May 2022"},
		"one workshop": {&application.Decision{Accepted: true, Dates: "Friday 4 March 2022, 9:30am to 4pm"},
			"Friday 4 March 2022", "Friday 4 March 2022"},
		"not known": {&application.Decision{Accepted: true, Cohort: "cohort-8"}, "", ""},
		"declined":  {&application.Decision{Dates: words}, "", ""},
		"none":      {nil, "", ""},
	} {
		a := &application.Application{Document: facts, Decision: c.decision}
		first, last := joinedDays(a)
		if c.first == "" {
			if first.Year != 0 || last.Year != 0 {
				t.Errorf("%s: from %s to %s", name, first, last)
			}
		} else if first.String() != c.first || last.String() != c.last {
			t.Errorf("%s: from %s to %s, want %s to %s", name, first, last, c.first, c.last)
		}
	}
}
