package page

import "traininghub/internal/form"

// Practice asks somebody at the applicant's practice to confirm something: pages/practice.html.
type Practice struct {
	Doctor    string // who has applied
	Course    string // its title
	Shown     []Fact // everything that they see of the application
	Doubts    []form.Doubt
	Statement string // what is confirmed
	Choose    bool   // the statement is one answer to the first question
	Seen      string // hidden; a checksum of what is shown
	Asking           // also input "shown"
	Action    string
	Contact   string
}
