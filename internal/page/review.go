package page

import "traininghub/internal/form"

// The views of the staff's pages.

// SignIn asks for an e-mail address: pages/sign-in.html. Its input beside that is "to".
type SignIn struct {
	Asking
	To     string // what to go to afterwards, such as the reference of an application, or ""
	Action string
	For    string // a paragraph: whom it is for
}

// SignInLink asks, behind a mailed link, for a press of the button: pages/sign-in-link.html.
type SignInLink struct {
	Action string
}

// Reviews is a list of applications, or what a search found: pages/reviews.html. The input of the
// least days is "days"; what is ticked of the list is "ref", and what to do with it "do".
type Reviews struct {
	Staff    string   // who has signed in
	Ways     []Link   // to figures, export and what else they have to do with
	Tabs     []Tab    // none of what a search found
	Held     []string // why nothing is removed at present, in sentences; none if all is as usual
	Restores bool     // they may bring back what is marked for removal
	Lines    []ReviewLine
	Filters  []Select
	Days     string
	Filtered bool   // something was chosen
	Asking          // what to search for
	Searched bool   // it is what a search found
	Total    int    // how many the search found
	Previous string // addresses of the pages before and behind; "" if there is none
	Next     string
}

// Tab is one of the lists between which people go.
type Tab struct {
	Text  string
	Count string // "12"; "" if it is not counted
	Href  string
	Here  bool
}

// Removals is what is marked for removal, and what the brake holds: pages/removals.html. Its inputs
// are "reference", "held" and "count".
type Removals struct {
	Staff  string // who has signed in
	Held   *Held  // nil if nothing is
	Marked []MarkedLine
	Said   []Said // the latest first
}

// Said is what somebody said about what was held.
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
	Mine    bool     // that was who has signed in
	Refused string   // when it was refused; "" if it was not
	Allowed bool     // it is done at the next run
}

// MarkedLine is an application that is marked for removal. It names nobody.
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
	Asked     string // the cohort that was asked for, if it is another
	Received  string // "20 September 2021"
	Stands    string // "Waiting for the STP lead, 3 working days"
	Double    bool   // there may be another of the same person
	Flagged   bool
	New       bool // nobody has read it
	Paper     bool // it came on paper
}

// Select is a choice from a list that drops down.
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

// Several is what is to be done with several applications, or was: pages/several.html. Its inputs
// beside the questions are "ref", "do" and "count".
type Several struct {
	Asking
	Intro  string
	Can    []ReviewLine // for which it will be done
	Cannot []NotDone
	Did    []ReviewLine // for which it was done; then nothing is asked
	Hidden []Hidden
	Button string
	Back   string
}

// NotDone is an application for which something cannot be done.
type NotDone struct {
	Line ReviewLine // only the reference of one that is none of theirs
	Why  string
}

// Review is one application for the staff: pages/review.html. It asks for a note.
type Review struct {
	Staff     string // who has signed in
	Reference string
	Course    string // its title
	Facts     []Fact
	Decision  DecisionBlock
	Doubts    []form.Doubt
	Flags     []string
	Doubles   []ReviewLine
	SameAs    string      // what they have in common: "the same GMC number"
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

// Completed is a part of an application that others complete, as it stands.
type Completed struct {
	Title string
	State string // "Not yet authorised."; "" once it is completed
	Facts []Fact
}

// Noted is a note.
type Noted struct {
	Text string
	By   string
	At   string
}
