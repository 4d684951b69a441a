package page

import "traininghub/internal/form"

// The pages for an applicant after sending: one view for each file in templates/pages.

// Follow is the page behind a mailed link to a sent application, with a button to press:
// pages/follow.html.
type Follow struct{ Action string }

// Status is where an application stands: pages/status.html.
type Status struct {
	Reference string
	Course    string   // its title
	Tag       string   // "Waiting for your practice"
	Stands    []string // where it stands: who holds it, since when, what was decided
	Next      []string // what happens next
	Do        *Link    // the one thing that the applicant should do, as a button; nil if nothing
	Workshops []Fact   // the mark for each workshop, if they have a place
	Attending []Link   // calendar, certificate and the like
	Happened  []Happened
	Mend      []Link // what the applicant can change
	Removed   string // "Monday 4 October 2022"
	Contact   string
	Asks      bool     // corrections can be asked for on the page with the answers
	Free      []Fact   // until when cancelling and changing the cohort cost nothing
	Wished    []string // the corrections that they have asked for
}

// Happened is one line of a timeline.
type Happened struct {
	At   string // "2:05pm on Friday 1 October 2021"
	What string
	More []string // further sentences
}

// Answers shows an application as it was sent: pages/answers.html.
type Answers struct {
	Sections []Summary
	Declared []string
	Label    string // of the signature
	Signed   string
	Received string // "2:05pm on Friday 1 October 2021"
	Contact  string
	Asks     bool // the answers' links ask for corrections
}

// Ask asks a few questions, and for a file if Upload is set: pages/ask.html.
type Ask struct {
	Intro []string
	// List is below the intro, under ListTitle.
	List      []string
	ListTitle string
	Upload    *Upload
	Asking
	Hidden []Hidden
	Action string
	Button string
	Warns  bool   // pressing it destroys something
	Else   string // a second button, which posts "else" as "do"; "" for none
	Cancel string // address; no link if ""
}

// Withdraw asks for confirmation before an application is withdrawn: pages/withdraw.html.
type Withdraw struct {
	Course  string
	Place   string   // "Cohort 1", which they would give up; "" if the application was not accepted
	Cost    []string // what withdrawing on this day costs, if it is known
	Charges []string // what was declared about a charge, if it was accepted
	Agreed  bool     // to the provider's terms
	Removed string   // "Monday 4 October 2022"
	Action  string
	Cancel  string
}

// Terms are a provider's terms, to agree to or already agreed to: pages/terms.html.
type Terms struct {
	Terms  *form.Terms
	Asking      // also input "agree"
	Ticked bool // that
	Action string
	Agreed []Fact // by whom and when; nil if nobody has agreed yet
}

// Agree is the statement to tick.
func (t Terms) Agree() Statement {
	s := Statement{Input: "agree", Text: t.Terms.Statement, Ticked: t.Ticked}
	if p := about(s.Input, t.Problems); p != nil {
		s.Wrong = p.Text
	}
	return s
}
