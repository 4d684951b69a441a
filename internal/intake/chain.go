package intake

import "traininghub/internal/record"

// says is the sum of all that an application says since it was sent; nil for a draft, which can
// still change without an event.
func (a *Application) says() ([]byte, error) {
	if a.Document == nil {
		return nil, nil
	}
	says := []any{a.Document, a.Answers, a.Authorisation, a.Cohort, a.Decision, a.Reopened, a.Agreement,
		a.Corrections, a.Notes}
	if a.Wishes != nil { // records from before there were any have sums without them
		says = append(says, a.Wishes)
	}
	return record.Sum(says)
}
