package page

import "traininghub/internal/form"

// The views of the staff's pages.

// SignIn asks for an e-mail address: pages/sign-in.html. Its other input is "to".
type SignIn struct {
	Asking
	To     string // where to go afterwards, such as the reference of an application, or ""
	Action string
	For    string // a paragraph: whom it is for
}

// SignInLink asks, behind a mailed link, for a press of the button: pages/sign-in-link.html.
type SignInLink struct {
	Action string
}

// Reviews is a list of applications, or the results of a search: pages/reviews.html. Its inputs are
// "days" for the least number of days, "ref" for the ticked applications, and "do" for what to do
// with them.
type Reviews struct {
	Staff    string   // who has signed in
	Ways     []Link   // to figures, exports and other tasks
	Tabs     []Tab    // none for search results
	Held     []string // why nothing is removed at present, in sentences; none in the usual case
	Restores bool     // the reader may restore what is marked for removal
	Lines    []ReviewLine
	Filters  []Select
	Days     string
	Filtered bool   // something was chosen
	Asking          // what to search for
	Searched bool   // it shows search results
	Total    int    // the number of results
	Previous string // addresses of the pages before and after; "" if there is none
	Next     string
}

// Tab is one of the lists between which people switch.
type Tab struct {
	Text  string
	Count string // "12"; "" if it is not counted
	Href  string
	Here  bool
}

// Removals is what is marked for removal, and what the brake holds back: pages/removals.html. Its
// inputs are "reference", "held" and "count".
type Removals struct {
	Staff  string // who has signed in
	Held   *Held  // nil if nothing is held
	Marked []MarkedLine
	Said   []Said // the latest first
}

// Said is an answer that somebody gave about applications that were held back.
type Said struct {
	At, By string
	What   string // "refused"
	Count  int    // of the applications that would have been marked
}

// Held is why nothing is removed at present.
type Held struct {
	Since   string
	Why     []string // in sentences
	Count   int      // of the applications that would be marked
	Asked   string   // when somebody asked for a second person; "" if nobody has
	Mine    bool     // the person who is signed in asked
	Refused string   // when it was refused; "" if it was not
	Allowed bool     // it will be done in the next run
}

// MarkedLine is an application that is marked for removal. It names no person.
type MarkedLine struct {
	Reference string
	Course    string
	Ends      string // the day on which it is destroyed
}

// ReviewLine is one application in a list.
type ReviewLine struct {
	Reference string
	Href      string
	Name      string
	Course    string
	Cohort    string // "" if the course has only one
	Asked     string // the cohort that was asked for, if different
	Received  string // "20 September 2021"
	Stands    string // "Waiting for the STP lead, 3 working days"
	Double    bool   // the same person may have another
	Flagged   bool
	New       bool // nobody has read it
	Paper     bool // it came on paper
}

// Select is a drop-down list.
type Select struct {
	Name    string
	Label   string
	Options []Option
}

// Option is one line of a Select.
type Option struct {
	Value    string
	Label    string
	Selected bool
}

// Several is an action on several applications, to confirm or done: pages/several.html. Its inputs
// besides the questions are "ref", "do" and "count".
type Several struct {
	Asking
	Intro  string
	Can    []ReviewLine // it will be done for these
	Cannot []NotDone
	Did    []ReviewLine // it was done for these; then nothing is asked
	Hidden []Hidden
	Button string
	Back   string
}

// NotDone is an application for which the action is not possible.
type NotDone struct {
	Line ReviewLine // only the reference if the application is not theirs
	Why  string
}

// Review is one application for the staff: pages/review.html. It has a form for a note.
type Review struct {
	Staff     string // who has signed in
	Reference string
	Course    string // its title
	Facts     []Fact
	Decision  DecisionBlock
	Doubts    []form.Doubt
	Flags     []string
	Doubles   []ReviewLine
	SameAs    string      // what the two have in common: "the same GMC number"
	PDF       string      // address
	More      []Link      // further files and pages about it
	Parts     []Completed // what others than the lead have completed
	Sections  []Summary
	Declared  []string
	Label     string // of the signature
	Signed    string
	SignedAt  string

	Notes      []Noted
	Asking     // for a note
	NoteAction string

	Happened []Happened // the latest first
}

// Completed is the state of a part of an application that somebody else completes.
type Completed struct {
	Title string
	State string // "Not yet authorised."; "" once completed
	Facts []Fact
}

// Noted is a note.
type Noted struct {
	Text string
	By   string
	At   string
}
