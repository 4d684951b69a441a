package page

import "traininghub/internal/form"

// Practice asks somebody at the applicant's practice to confirm something: pages/practice.html.
type Practice struct {
	Doctor    string // who has applied
	Course    string // its title
	Shown     []Fact // all that they see of the application
	Statement string // what is confirmed
	Seen      string // hidden; the sum of what is shown
	Section   *form.Section
	Values    form.Values
	Problems  []form.Problem // also input "shown"
	Action    string
	Contact   string
}

// Asked are the questions in their order.
func (p Practice) Asked() []QuestionView {
	return Section{Section: p.Section, Values: p.Values, Problems: p.Problems}.Asked()
}

// Errors are the links of the summary of what is wrong.
func (p Practice) Errors() []Link { return links("#", p.Problems) }
