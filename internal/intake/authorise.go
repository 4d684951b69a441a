package intake

import (
	"time"

	"traininghub/internal/form"
)

// askPractice asks the practice to complete its part, if the form has one that is completed online.
func (d *Desk) askPractice(a *Application, def *form.Definition, now time.Time) {
}

// practiceFields are the letters' fields about the practice's authorisation.
func (d *Desk) practiceFields(a *Application) map[string]string { return nil }

// completedPractice is the practice's part as it stands, nil if the form asks for none.
func (a *Application) completedPractice() *Completed { return nil }
