package page

import "traininghub/internal/form"

// Practice asks somebody at the applicant's practice to confirm something: pages/practice.html.
type Practice struct {
	Doctor    string // who has applied
	Course    string // its title
	Shown     []Fact // all that they see of the application
	Doubts    []form.Doubt
	Statement string // what is confirmed
	Choose    bool   // the first question has it among its answers
	Seen      string // hidden; the sum of what is shown
	Asking           // also input "shown"
	Action    string
	Contact   string
}
