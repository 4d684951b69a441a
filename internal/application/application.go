// Package application is an application as it is kept: what it says, and what follows from that.
//
// An [Application] is one record of the store, as JSON whose names stay. It holds what was typed
// ([Answers]), what the practice was asked ([Authorisation]), what was decided ([Decision]), what
// was put right ([Correction]), the letters that it owes and has sent, and the events of all that
// happened. From these follow, and are kept nowhere else:
//
//   - its status, whom it waits for and the shelf on which it stands ([States]);
//   - how far the practice's part is ([PracticeState]);
//   - what somebody should look at: doubts, and [Application.Remarks];
//   - the application on paper ([Application.Copy]), and its line in lists ([Brief]).
//
// It reads no store, no clock and no files of editors but the form that it is given, and knows
// letters by their names alone. Who may change an application, and when, is for the stories above:
// package intake first.
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
	EventReminded   = "reminder sent"      // at once, by the staff; the note is the letter's name
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

// Status is what has become of an application.
type Status string

// All there are.
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

// A Note is of the staff, for the staff.
type Note struct {
	Text string    `json:"text"`
	Name string    `json:"name"`
	By   string    `json:"by"` // the e-mail address that signed in
	At   time.Time `json:"at"` // UTC
}

// WasRead tells whether anybody of the staff has opened it.
func (a *Application) WasRead() bool {
	return slices.ContainsFunc(a.Events, func(e record.Event) bool { return e.What == EventRead })
}

// Words are what the hub called people when the application was sent.
func (a *Application) Words() (w words.Words) {
	if a.Document != nil {
		w = a.Document.Words
	}
	return w
}

// CohortID is the id of the cohort in which the applicant has a place or, before that is decided,
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

// AskedFor is the id of the cohort that the applicant chose, and its name as they saw it; "" if the
// form does not ask for one.
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

// Doubles are the references of applications that may be of the same person for the same course.
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

// IsMarked tells whether the application is marked for removal.
func (a *Application) IsMarked() bool { return !a.Ends().IsZero() }

// Ends is when an application that is marked is destroyed; zero if it is not marked.
func (a *Application) Ends() (end time.Time) {
	for _, e := range a.Events {
		switch e.What {
		case EventMarked:
			end, _ = time.Parse(time.RFC3339, e.Note) // as mark wrote it, under the chain
		case EventRestored:
			end = time.Time{}
		}
	}
	return end
}

// Removal is the event after which nobody sees the application, though it is still kept; nil if
// there is none.
func (a *Application) Removal() *record.Event {
	i := slices.IndexFunc(a.Events, func(e record.Event) bool { return e.What == EventRemoved })
	if i < 0 {
		return nil
	}
	return &a.Events[i]
}

// Says is the sum of all that an application says since it was sent; nil for a draft, which can
// still change without an event.
func (a *Application) Says() ([]byte, error) {
	if a.Document == nil {
		return nil, nil
	}
	says := []any{a.Document, a.Answers, a.Authorisation, a.Cohort, a.Decision, a.Reopened, a.Agreement,
		a.Corrections, a.Notes}
	if a.Wishes != nil { // records from before there were any have sums without them
		says = append(says, a.Wishes)
	}
	return record.Sum(says)
}

// NotePaper stands behind the cohort in the note of an acceptance if the practice had not confirmed
// online but in another way.
const NotePaper = "paper"
