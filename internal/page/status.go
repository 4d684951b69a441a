package page

import "traininghub/internal/form"

// The pages for an applicant who has sent an application, one view for each file in
// templates/pages.

// Follow asks, behind a mailed link to an application that was sent, for a press of the button:
// pages/follow.html.
type Follow struct{ Action string }

// Status is where an application stands: pages/status.html.
type Status struct {
	Reference string
	Course    string   // its title
	Tag       string   // "Waiting for your practice"
	Stands    []string // where it stands: who holds it, since when, what was decided
	Next      []string // what happens next
	Do        *Link    // the one thing that the applicant is asked to do, as a button; nil if nothing
	Workshops []Fact   // what was marked, workshop by workshop, if they have a place
	Attending []Link   // calendar, certificate and the like
	Happened  []Happened
	Mend      []Link // what the applicant can change
	Removed   string // "Monday 4 October 2022"
	Contact   string
	Asks      bool     // corrections can be asked for on the page with the answers
	Free      []Fact   // up to when cancelling and changing the cohort cost nothing
	Wished    []string // the corrections that they have asked for
}

// Happened is one line of a timeline.
type Happened struct {
	At   string // "2:05pm on Friday 1 October 2021"
	What string
	More []string // further sentences
}

// Answers is an application as it was sent, to read: pages/answers.html.
type Answers struct {
	Sections []Summary
	Declared []string
	Label    string // of the signature
	Signed   string
	Received string // "2:05pm on Friday 1 October 2021"
	Contact  string
	Asks     bool // the answers' links ask for corrections
}

// Ask asks a few questions, and for a file if there is an Upload: pages/ask.html.
type Ask struct {
	Intro []string
	// List stands below the intro, under ListTitle.
	List      []string
	ListTitle string
	Upload    *Upload
	Asking
	Hidden []Hidden
	Action string
	Button string
	Warns  bool   // pressing it destroys something
	Else   string // a second button, which posts "do" as "else"; "" for none
	Cancel string // address; no link if ""
}

// Withdraw asks before an application is withdrawn: pages/withdraw.html.
type Withdraw struct {
	Course  string
	Place   string   // "Cohort 1", which is given up; "" if the application was not accepted
	Cost    []string // what that costs on this day, if it is known
	Charges []string // what was declared about a charge, if it was accepted
	Agreed  bool     // to the provider's terms
	Removed string   // "Monday 4 October 2022"
	Action  string
	Cancel  string
}

// Terms are a provider's terms, to agree to or as they were agreed to: pages/terms.html.
type Terms struct {
	Terms  *form.Terms
	Asking      // also input "agree"
	Ticked bool // that
	Action string
	Agreed []Fact // by whom and when; nil if not yet
}

// Agree is the statement to be ticked.
func (t Terms) Agree() Statement {
	s := Statement{Input: "agree", Text: t.Terms.Statement, Ticked: t.Ticked}
	if p := about(s.Input, t.Problems); p != nil {
		s.Wrong = p.Text
	}
	return s
}
