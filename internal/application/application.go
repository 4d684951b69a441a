// Package application defines an application as it is stored, and what follows from that.
//
// An [Application] is one record of the store, as JSON whose names stay the same. It holds what was
// typed ([Answers]), what the practice was asked ([Authorisation]), what was decided ([Decision]),
// what was corrected ([Correction]), the letters that are owed and sent, and an event for
// everything that happened. The following is worked out from these and not stored:
//
//   - its status, whom it waits for and which shelf it is on ([States]);
//   - how far the practice's part is ([PracticeState]);
//   - what somebody should look at: doubts, and [Application.Remarks];
//   - the application on paper ([Application.Copy]), and its line in lists ([Brief]).
//
// The package reads no store, no clock and no editors' files except the form that it is given, and
// it knows only the names of letters. The stories above it, package intake first, decide who may
// change an application and when.
package application

import (
	"slices"
	"strings"
	"time"

	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/record"
	"traininghub/internal/words"
)

// An Application is one person's application, from the first section that they save. It is one
// self-contained document. From the moment it is sent it also holds the questions as they were
// asked ([Document]), so it can be drawn and read after its form has changed.
//
// Facts are stored and the status follows from them; see [Application.Status].
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
	// what a person should look at, in words; never a reason to reject the application
	Flags []string `json:"flags,omitempty"`
	// title of the course whose application a draft took answers from
	Reused string `json:"reused,omitempty"`
	// the sum of what the store of mentoring was told, or is to be told
	Told []byte `json:"told,omitempty"`

	// what the practice was asked; nil if the form asks for nothing
	Authorisation *Authorisation `json:"authorisation,omitempty"`
	// the assigned cohort's id; if "", the one that the applicant chose counts
	Cohort      string       `json:"cohort,omitempty"`
	Decision    *Decision    `json:"decision,omitempty"`    // the current one
	Reopened    []Decision   `json:"reopened,omitempty"`    // earlier ones
	Agreement   *Agreement   `json:"agreement,omitempty"`   // to the provider's terms
	Corrections []Correction `json:"corrections,omitempty"` // of answers, after sending
	Wishes      []Wish       `json:"wishes,omitempty"`      // of the applicant, for corrections
	Notes       []Note       `json:"notes,omitempty"`       // of the staff, for the staff
	// makes the id of the row that is left after removal; removed with the application
	Salt []byte `json:"salt,omitempty"`

	doubts []form.Doubt // of an application that was sent before doubts were stored
}

// Events of an application.
const (
	EventStarted    = "started"
	EventResumed    = "resumed"
	EventReceived   = "received"
	EventSent       = "letter sent"     // the note is the letter's id
	EventPassed     = "passed on"       // to the register of mentors; the note is the message's id
	EventBounced    = "letter bounced"  // there is no such mailbox
	EventRejected   = "letter rejected" // for a reason other than the address, or an unknown one
	EventUnclear    = "letter unclear"  // an answer that does not tell whether the letter arrived
	EventDelayed    = "letter delayed"
	EventComplaint  = "complaint"
	EventAsked      = "practice asked"     // also when another person is asked instead
	EventAuthorised = "authorised"         // by the practice
	EventRefused    = "refused"            // by the practice
	EventWrong      = "wrong person"       // the practice's link reached somebody who cannot say
	EventTakenBack  = "answer taken back"  // by the practice, within an hour
	EventViewed     = "viewed"             // by the applicant, through the link to its status
	EventCorrected  = "corrected"          // an answer; the note is the question's id, with a class if others go by it
	EventWished     = "correction asked"   // by the applicant; the note is the question's id
	EventUnwished   = "correction refused" // by the staff; the note is the question's id
	EventMoved      = "cohort changed"     // after the decision, as the applicant asked; the note is the cohort's id
	EventWithdrawn  = "withdrawn"          // by the applicant
	EventRead       = "read"               // by the staff; at most once an hour for each person
	EventNoted      = "note added"         // by the staff
	EventCohort     = "cohort assigned"    // the note is the cohort's id
	EventDouble     = "possible double"    // the note is the other's reference
	EventReminded   = "reminder sent"      // by the staff, ahead of time; the note is the letter's name
	EventSingle     = "no double any more" // a number was corrected; the note is the other's reference
	EventAccepted   = "accepted"           // the decision
	EventDeclined   = "declined"           // the decision
	EventReopened   = "reopened"           // the decision is taken back
	EventAgreed     = "terms agreed"       // by an applicant who was accepted
	EventExported   = "exported"           // everything about the person was handed out
	EventMarked     = "marked for removal" // nobody sees it any more; it is destroyed in a week
	EventRestored   = "restored"           // by the office, before it was destroyed
	// its time is over, or the person asked; the note says which. From here on nobody sees it
	EventRemoved = "removed"
)

// Status is what has become of an application.
type Status string

// The statuses of an application.
const (
	Draft     Status = "draft"
	Received  Status = "received"
	Accepted  Status = "accepted"
	Declined  Status = "declined"
	Withdrawn Status = "withdrawn"
)

// Status works out the status from the events.
func (a *Application) Status() Status {
	status, _ := a.StatusSince()
	return status
}

// StatusSince returns the status and when it began.
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

// A Party is somebody for whom an application can wait.
type Party string

const (
	Nobody   Party = ""
	Practice Party = "practice"
	Lead     Party = "lead"
	Applying Party = "applicant"
)

// Waiting returns whom the application waits for, and since when: the practice for its
// authorisation, the lead for a decision, or the applicant to have the practice asked again or to
// agree to the terms. If it waits for nobody, the time is when its status began.
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

// A State is what the applications on one shelf have in common. Each course has a shelf for each of
// [States].
type State struct {
	Name    string
	Status  Status
	Waiting Party
}

// States are all states that a sent application can have.
var States = []State{
	{"practice", Received, Practice},
	{"lead", Received, Lead},
	{"applicant", Received, Applying}, // has to have the practice asked again
	{"agreeing", Accepted, Applying},  // has to agree to the terms
	{"accepted", Accepted, Nobody},
	{"declined", Declined, Nobody},
	{"withdrawn", Withdrawn, Nobody},
}

// Shelf returns the shelf that the application is on, by its course and state:
// "supporting-mentors/lead". Drafts are on none.
func (a *Application) Shelf() string {
	status := a.Status()
	if status == Draft {
		return ""
	}
	party, _ := a.Waiting()
	i := slices.IndexFunc(States, func(s State) bool { return s.Status == status && s.Waiting == party })
	return ShelfOf(a.Course, States[i].Name)
}

// ShelfOf returns the name of a course's shelf for a state.
func ShelfOf(course, state string) string { return course + "/" + state }

// A Note is written by the staff for the staff.
type Note struct {
	Text string    `json:"text"`
	Name string    `json:"name"`
	By   string    `json:"by"` // the e-mail address that signed in
	At   time.Time `json:"at"` // UTC
}

// WasRead reports whether anybody of the staff has opened the application.
func (a *Application) WasRead() bool {
	return slices.ContainsFunc(a.Events, func(e record.Event) bool { return e.What == EventRead })
}

// Words returns what the hub called people when the application was sent.
func (a *Application) Words() (w words.Words) {
	if a.Document != nil {
		w = a.Document.Words
	}
	return w
}

// CohortID returns the id of the cohort in which the applicant has a place or, before the decision,
// would have one; "" if the form does not ask for one.
func (a *Application) CohortID() string {
	if a.Decision != nil && a.Decision.Cohort != "" {
		return a.Decision.Cohort
	}
	if a.Cohort != "" {
		return a.Cohort
	}
	asked, _ := a.AskedFor()
	return asked
}

// AskedFor returns the id of the cohort that the applicant chose, and its name as they saw it; ""
// if the form does not ask for one.
func (a *Application) AskedFor() (id, name string) {
	if a.Document == nil {
		return "", ""
	}
	for _, s := range a.Document.Sections {
		for _, i := range s.Items {
			if i.Kind == form.Cohort {
				name, _, _ = strings.Cut(i.Answer, ", starting ")
				return a.Answers.Values[s.ID][i.ID], name
			}
		}
	}
	return "", ""
}

// Doubles returns the references of applications that may be from the same person for the same
// course.
func (a *Application) Doubles() (refs []string) {
	for _, e := range a.Events {
		switch e.What {
		case EventDouble:
			refs = append(refs, e.Note)
		case EventSingle:
			refs = slices.DeleteFunc(refs, func(ref string) bool { return ref == e.Note })
		}
	}
	return refs
}

// SameAs says what makes an application a possible double of this one: "the same GMC number".
func (a *Application) SameAs() string {
	if a.Document.Applicant.None() {
		return "the same email address"
	}
	return "the same " + a.Document.Applicant.What()
}

// IsMarked reports whether the application is marked for removal.
func (a *Application) IsMarked() bool { return !a.Ends().IsZero() }

// Ends returns when a marked application is destroyed; zero if it is not marked.
func (a *Application) Ends() (end time.Time) {
	for _, e := range a.Events {
		switch e.What {
		case EventMarked:
			end, _ = time.Parse(time.RFC3339, e.Note) // written by mark, and protected by the chain
		case EventRestored:
			end = time.Time{}
		}
	}
	return end
}

// Removal returns the event after which nobody sees the application, although it is still stored;
// nil if there is none.
func (a *Application) Removal() *record.Event {
	i := slices.IndexFunc(a.Events, func(e record.Event) bool { return e.What == EventRemoved })
	if i < 0 {
		return nil
	}
	return &a.Events[i]
}

// Says returns the sum of everything that an application says since it was sent; nil for a draft,
// which can still change without an event.
func (a *Application) Says() ([]byte, error) {
	if a.Document == nil {
		return nil, nil
	}
	says := []any{a.Document, a.Answers, a.Authorisation, a.Cohort, a.Decision, a.Reopened, a.Agreement,
		a.Corrections, a.Notes}
	if a.Wishes != nil { // older records have none, and sums without them
		says = append(says, a.Wishes)
	}
	return record.Sum(says)
}

// NotePaper follows the cohort in the note of an acceptance if the practice had confirmed in
// another way than online.
const NotePaper = "paper"
