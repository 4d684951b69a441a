package intake

import (
	"cmp"
	"slices"
	"time"

	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/record"
	"traininghub/internal/words"
)

// An Application is one person's application from the first section they save. It is kept as one
// self-contained document: what was typed, and from the moment it is sent also the questions as
// they were asked ([Document]), so that it can be drawn and read after its form has changed.
//
// Facts are kept and the status follows from them; see [Application.Status].
type Application struct {
	record.Kept

	// also the key of its record; told to the applicant once it is sent
	Reference string               `json:"reference"`
	Form      string               `json:"form"`   // the form's id
	Course    string               `json:"course"` // the course's id
	Keys      record.Keys          `json:"keys,omitempty"`
	Answers   Answers              `json:"answers"`
	Events    record.Events        `json:"events"`
	Saved     time.Time            `json:"saved"`              // when the applicant last saved anything, UTC
	Document  *document.Submission `json:"document,omitempty"` // nil until sent
	Letters   record.Outbox        `json:"letters,omitempty"`  // the outbox: letters owed and sent
	// what a person should look at, in words; never a reason to drop it
	Flags []string `json:"flags,omitempty"`
	// title of the course whose application a draft took answers from
	Reused string `json:"reused,omitempty"`
	// the sum of what the store of mentoring was told, or is to be told
	Told []byte `json:"told,omitempty"`

	// asked of the practice; nil if the form asks for none
	Authorisation *Authorisation `json:"authorisation,omitempty"`
	// the cohort assigned, by id; else the one the applicant proposed counts
	Cohort      string       `json:"cohort,omitempty"`
	Decision    *Decision    `json:"decision,omitempty"`    // the one that stands
	Reopened    []Decision   `json:"reopened,omitempty"`    // earlier ones
	Agreement   *Agreement   `json:"agreement,omitempty"`   // to the provider's terms
	Corrections []Correction `json:"corrections,omitempty"` // of answers, after sending
	Wishes      []Wish       `json:"wishes,omitempty"`      // of the applicant, for corrections
	Notes       []Note       `json:"notes,omitempty"`       // of the staff, for the staff
	// makes the id of the row that is left of it; gone with it
	Salt []byte `json:"salt,omitempty"`

	doubts []form.Doubt // of one that was sent before they were kept
}

// Answers are what has been typed so far.
type Answers struct {
	Values map[string]form.Values `json:"values,omitempty"` // by section id, for sections that do not repeat
	Rows   map[string][]Row       `json:"rows,omitempty"`   // by section id, for sections that repeat
	Done   map[string]bool        `json:"done,omitempty"`   // sections that the applicant has been through

	// Proved are the sections last gone through on a device that had opened a link mailed to the
	// applicant's address.
	Proved map[string]bool `json:"proved,omitempty"`
}

// A Row is one entry of a section that repeats. Its id stays when others are removed.
type Row struct {
	ID     string      `json:"id"`
	Values form.Values `json:"values"`
}

// What happens to an application.
const (
	EventStarted    = "started"
	EventResumed    = "resumed"
	EventReceived   = "received"
	EventSent       = "letter sent"     // the note is the letter's id
	EventPassed     = "passed on"       // to the register of mentors; the note is the message's id
	EventBounced    = "letter bounced"  // there is no such mailbox
	EventRejected   = "letter rejected" // for a reason that is not the address, or that nobody knows
	EventUnclear    = "letter unclear"  // something came back that does not tell whether the letter arrived
	EventDelayed    = "letter delayed"
	EventComplaint  = "complaint"
	EventAsked      = "practice asked"     // also when another person is asked instead
	EventAuthorised = "authorised"         // by the practice
	EventRefused    = "refused"            // by the practice
	EventWrong      = "wrong person"       // the practice's link reached somebody who cannot say
	EventTakenBack  = "answer taken back"  // by the practice, within an hour
	EventViewed     = "viewed"             // by the applicant, through the link to its status
	EventCorrected  = "corrected"          // an answer; the note is the question's id, and what it was if others go by it
	EventWished     = "correction asked"   // by the applicant; the note is the question's id
	EventUnwished   = "correction refused" // by the staff; the note is the question's id
	EventMoved      = "cohort changed"     // after the decision, as the applicant asked; the note is the cohort's id
	EventWithdrawn  = "withdrawn"          // by the applicant
	EventRead       = "read"               // by the staff; by one person once an hour
	EventNoted      = "note added"         // by the staff
	EventCohort     = "cohort assigned"    // the note is the cohort's id
	EventDouble     = "possible double"    // the note is the other's reference
	EventSingle     = "no double any more" // a number was corrected; the note is the other's reference
	EventAccepted   = "accepted"           // the decision
	EventDeclined   = "declined"           // the decision
	EventReopened   = "reopened"           // the decision is taken back
	EventAgreed     = "terms agreed"       // by an applicant who was accepted
	EventExported   = "exported"           // everything about the person was given out
	EventMarked     = "marked for removal" // nobody sees it any more, and it is destroyed in a week
	EventRestored   = "restored"           // brought back from that by the office
	// its time is over, or the person asked; from here on nobody sees it. The note says which
	EventRemoved = "removed"
)

// Status of an application.
type Status string

const (
	Draft     Status = "draft"
	Received  Status = "received"
	Accepted  Status = "accepted"
	Declined  Status = "declined"
	Withdrawn Status = "withdrawn"
)

// Status follows from the events.
func (a *Application) Status() Status {
	status, _ := a.StatusSince()
	return status
}

// StatusSince is the status and since when it is.
func (a *Application) StatusSince() (s Status, since time.Time) {
	s = Draft
	for _, e := range a.Events {
		switch e.What {
		case EventReceived, EventReopened:
			s, since = Received, e.At
		case EventAccepted:
			s, since = Accepted, e.At
		case EventDeclined:
			s, since = Declined, e.At
		case EventWithdrawn:
			s, since = Withdrawn, e.At
		}
	}
	return s, since
}

// A Party is somebody whom an application can wait for.
type Party string

const (
	Nobody   Party = ""
	Practice Party = "practice"
	Lead     Party = "lead"
	Applying Party = "applicant"
)

// Waiting tells whom the application waits for, and since when: the practice for its authorisation,
// the lead for a decision, the applicant to have the practice asked anew, or to agree to the terms.
// Of one that waits for nobody it is since when it has had its status.
func (a *Application) Waiting() (Party, time.Time) {
	status, since := a.StatusSince()
	switch {
	case status == Received && a.Authorisation != nil && a.Authorisation.Answer == nil:
		state, at := a.Practice()
		if at.After(since) {
			since = at
		}
		if state != PracticeAsked && state != PracticeUnreached {
			return Applying, since
		}
		return Practice, since
	case status == Received:
		if a.Authorisation != nil && a.Authorisation.Answer.At.After(since) {
			since = a.Authorisation.Answer.At
		}
		return Lead, since
	case a.OwesAgreement():
		return Applying, since
	}
	return Nobody, since
}

// A State is what the applications on a shelf have in common. Each course has one shelf for each of
// [States].
type State struct {
	Name    string
	Status  Status
	Waiting Party
}

// States are all in which an application that was sent can be.
var States = []State{
	{"practice", Received, Practice},
	{"lead", Received, Lead},
	{"applicant", Received, Applying}, // has to have the practice asked anew
	{"agreeing", Accepted, Applying},  // has to agree to the terms
	{"accepted", Accepted, Nobody},
	{"declined", Declined, Nobody},
	{"withdrawn", Withdrawn, Nobody},
}

// Shelf is the list that the application stands on, by its course and state:
// "supporting-mentors/lead". Drafts stand on none.
func (a *Application) Shelf() string {
	status := a.Status()
	if status == Draft {
		return ""
	}
	party, _ := a.Waiting()
	i := slices.IndexFunc(States, func(s State) bool { return s.Status == status && s.Waiting == party })
	return ShelfOf(a.Course, States[i].Name)
}

// ShelfOf is the name of the shelf of a course for a state.
func ShelfOf(course, state string) string { return course + "/" + state }

// An Authorisation is what the employing practice was asked to confirm, and its answer.
type Authorisation struct {
	Name   string      `json:"name"`  // of the person asked
	Email  string      `json:"email"` // theirs
	Asked  time.Time   `json:"asked"` // UTC; anew when another person is asked
	Shown  Shown       `json:"shown"`
	Answer *Authorised `json:"answer,omitempty"` // nil until there is one
	// answers that the practice took back within the hour
	TakenBack []Authorised `json:"taken_back,omitempty"`
	// the right person, named by somebody who is not; asked once the applicant agrees
	Right *Right `json:"right,omitempty"`

	Earlier []Authorisation `json:"earlier,omitempty"` // of those who were asked before, and did not confirm
}

// Right is the person at a practice who can confirm something, in somebody else's words.
type Right struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

// Shown is what the practice sees: no more of the application than it needs.
type Shown struct {
	Reference string          `json:"reference"`
	Course    string          `json:"course"`    // its title
	Doctor    string          `json:"doctor"`    // the applicant's name
	Items     []document.Item `json:"items"`     // the questions that the form says
	Statement string          `json:"statement"` // exact words of what is confirmed
	// Agreed are those of what can be confirmed instead, with a day; "" if nothing can.
	Agreed string       `json:"agreed,omitempty"`
	Doubts []form.Doubt `json:"doubts,omitempty"` // about the items
}

// Authorised is the practice's answer.
type Authorised struct {
	Confirmed bool   `json:"confirmed"`
	Name      string `json:"name"`             // typed, counts as a signature
	Role      string `json:"role"`             // typed
	Reason    string `json:"reason,omitempty"` // typed, if refused
	// From is the day, "2021-11-02", from which what is confirmed is agreed; "" if it is so now.
	From string    `json:"from,omitempty"`
	At   time.Time `json:"at"`   // UTC
	Hash []byte    `json:"hash"` // SHA-256 of the Shown that was signed, as JSON
}

// A Decision is the STP lead's.
type Decision struct {
	Accepted bool      `json:"accepted"`
	Cohort   string    `json:"cohort,omitempty"`       // id, if accepted
	Named    string    `json:"named,omitempty"`        // the cohort's name then
	Dates    string    `json:"dates,omitempty"`        // its workshops then: "Tuesday 2 November 2021, 2pm to 5pm; ..."
	First    string    `json:"first,omitempty"`        // "2021-11-02": the day of its first workshop then
	Last     string    `json:"last,omitempty"`         // "2021-12-14": the day of its last one
	Year     string    `json:"year,omitempty"`         // the course's programme year then, if accepted
	Pence    int64     `json:"charge_pence,omitempty"` // what not coming can cost from then on, if accepted
	Funding  string    `json:"funding,omitempty"`      // "2021-11-17": date for funding to start, if accepted
	Reason   string    `json:"reason,omitempty"`       // the words chosen, if declined
	Text     string    `json:"text,omitempty"`         // free text, for the letter
	Paper    bool      `json:"paper,omitempty"`        // the lead has the practice's authorisation in another way
	Name     string    `json:"name"`                   // typed by the lead, counts as a signature
	By       string    `json:"by"`                     // the e-mail address that signed in
	At       time.Time `json:"at"`                     // UTC
	Undone   string    `json:"undone,omitempty"`       // why it was taken back

	// Agreement is what followed the decision before it was taken back; see
	// [Application.Agreement].
	Agreement *Agreement `json:"agreement,omitempty"`
}

// An Agreement is to the provider's terms, in their exact words.
type Agreement struct {
	Terms form.Terms `json:"terms"`
	Name  string     `json:"name"`      // typed, counts as a signature
	Job   string     `json:"job_title"` // typed
	At    time.Time  `json:"at"`        // UTC
}

// A Correction of an answer after sending.
type Correction struct {
	Section  string    `json:"section"`
	Row      int       `json:"row,omitempty"` // from 1; 0 if the section does not repeat
	Question string    `json:"question"`      // id
	Was      string    `json:"was"`
	Now      string    `json:"now"`
	At       time.Time `json:"at"`               // UTC
	By       string    `json:"by,omitempty"`     // of the staff: the e-mail address that signed in; "" for the applicant
	Reason   string    `json:"reason,omitempty"` // theirs
}

// InShort are the two answers as letters and notes quote them.
func (c Correction) InShort() (was, now string) {
	short := func(answer string) string {
		if short := []rune(answer); len(short) > 300 {
			return string(short[:300]) + "…"
		}
		return cmp.Or(answer, "not answered")
	}
	return short(c.Was), short(c.Now)
}

// A Wish is a correction that the applicant asks for and the staff decide about.
type Wish struct {
	Section  string      `json:"section"`
	Row      int         `json:"row,omitempty"` // from 1; 0 if the section does not repeat
	Question string      `json:"question"`      // id
	Values   form.Values `json:"values"`        // the inputs of the question, as typed and without mistakes
	Now      string      `json:"now"`           // the same, as people read it
	Why      string      `json:"why,omitempty"`
	At       time.Time   `json:"at"`              // UTC
	Done     time.Time   `json:"done,omitzero"`   // UTC; zero while nobody has answered
	Given    bool        `json:"given,omitempty"` // it was corrected so
	By       string      `json:"by,omitempty"`
	Reason   string      `json:"reason,omitempty"` // why not
}

// Open tells whether the wish waits for somebody's answer.
func (w *Wish) Open() bool { return w.Done.IsZero() }

// A Note is of the staff, for the staff.
type Note struct {
	Text string    `json:"text"`
	Name string    `json:"name"`
	By   string    `json:"by"` // the e-mail address that signed in
	At   time.Time `json:"at"` // UTC
}

// words are what the hub called people when the application was sent.
func (a *Application) words() (w words.Words) {
	if a.Document != nil {
		w = a.Document.Words
	}
	return w
}
