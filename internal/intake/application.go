package intake

import (
	"time"

	"traininghub/internal/form"
)

// An Application is one person's application from the first section they save. It is kept as one
// self-contained document: what was typed, and from the moment it is sent also the questions as
// they were asked ([Document]), so that it can be drawn and read after its form has changed.
//
// Facts are kept and the status follows from them; see [Application.Status].
type Application struct {
	Reference string    `json:"reference"` // also the key of its record; told to the applicant once it is sent
	Form      string    `json:"form"`      // the form's id
	Course    string    `json:"course"`    // the course's id
	Keys      []Key     `json:"keys,omitempty"`
	Answers   Answers   `json:"answers"`
	Events    []Event   `json:"events"`
	Saved     time.Time `json:"saved"`              // when the applicant last saved anything, UTC
	Document  *Document `json:"document,omitempty"` // nil until sent
	Letters   []Letter  `json:"letters,omitempty"`  // the outbox: letters owed and sent
	Flags     []string  `json:"flags,omitempty"`    // what a person should look at, in words; never a reason to drop it

	version int64 // the record's, for the conditional write
}

// Answers are what has been typed so far.
type Answers struct {
	Values map[string]form.Values `json:"values,omitempty"` // by section id, for sections that do not repeat
	Rows   map[string][]Row       `json:"rows,omitempty"`   // by section id, for sections that repeat
	Done   map[string]bool        `json:"done,omitempty"`   // sections that the applicant has been through
}

// A Row is one entry of a section that repeats. Its id stays when others are removed.
type Row struct {
	ID     string      `json:"id"`
	Values form.Values `json:"values"`
}

// A Key lets the holder of a secret open the draft; only the secret's SHA-256 is kept.
type Key struct {
	Hash    []byte    `json:"hash"`
	For     string    `json:"for"`     // "cookie" or "resume"
	Expires time.Time `json:"expires"` // UTC
}

// An Event is a fact in the life of an application. Events are only ever added.
type Event struct {
	What string    `json:"what"`           // started, resumed, received, "letter sent", "letter bounced", "letter delayed", complaint
	At   time.Time `json:"at"`             // UTC
	Who  string    `json:"who"`            // applicant, hub, mail
	Note string    `json:"note,omitempty"` // ids and classes only, never what a person typed
}

// Status of an application.
type Status string

const (
	Draft    Status = "draft"
	Received Status = "received"
)

// Status follows from the events.
func (a *Application) Status() Status {
	s := Draft
	for _, e := range a.Events {
		if e.What == "received" {
			s = Received
		}
	}
	return s
}

// A Document is an application as it was sent: the questions as asked, the answers as people read
// them, the declarations in their exact words. PDF and letters are made from it alone.
type Document struct {
	Reference    string      `json:"reference"`
	Title        string      `json:"title"` // the form's
	FormVersion  string      `json:"form_version"`
	Course       CourseFacts `json:"course"`
	Started      time.Time   `json:"started"`  // UTC
	Received     time.Time   `json:"received"` // UTC
	Applicant    Person      `json:"applicant"`
	Sections     []Answered  `json:"sections"`
	Declarations []Declared  `json:"declarations"`
	Signature    Signed      `json:"signature"`
	Parts        []form.Part `json:"parts,omitempty"` // for others to complete
	Next         []string    `json:"next,omitempty"`  // what was said to happen next
	Flags        []string    `json:"flags,omitempty"`
}

// CourseFacts are the course's facts when the application was sent.
type CourseFacts struct {
	ID       string            `json:"id"`
	Title    string            `json:"title"`
	Provider string            `json:"provider"`
	Contact  string            `json:"contact"`   // e-mail address for questions
	LeadName string            `json:"lead_name"` // may be empty
	Lead     string            `json:"lead"`      // the STP lead's e-mail address
	Facts    map[string]string `json:"facts"`     // every named fact, for letters
}

// Person is who applies, from the questions that the form names.
type Person struct {
	Name      string `json:"name"`
	Email     string `json:"email"`
	Telephone string `json:"telephone,omitempty"`
	GMC       string `json:"gmc"` // 7 digits
}

// Answered is one section with its answers.
type Answered struct {
	ID    string   `json:"id"`
	Title string   `json:"title"`
	Items []Item   `json:"items,omitempty"` // of a section that does not repeat
	Item  string   `json:"item,omitempty"`  // what one row is called: "qualification"
	Rows  [][]Item `json:"rows,omitempty"`  // of a section that repeats; each row has the same questions
	Heads []string `json:"heads,omitempty"` // the questions of the rows, also when there is no row
}

// An Item is one question as it was asked, with its answer.
type Item struct {
	ID       string    `json:"id"`
	Kind     form.Kind `json:"kind"`
	Question string    `json:"question"`
	Answer   string    `json:"answer"`           // as typed and as people read it; "" if not answered
	Normal   string    `json:"normal,omitempty"` // normalised, where that differs
}

// Declared is a declaration that was confirmed.
type Declared struct {
	ID   string    `json:"id"`
	Text string    `json:"text"`
	At   time.Time `json:"at"` // UTC
}

// Signed is a signature typed.
type Signed struct {
	Label string    `json:"label"`
	Name  string    `json:"name"` // exactly as typed
	At    time.Time `json:"at"`   // UTC
}

// A Letter is owed from the write that made it so until it is marked as sent.
type Letter struct {
	ID        string    `json:"id"`   // unique in the application
	Name      string    `json:"name"` // the file in content/letters, without ending
	Owed      time.Time `json:"owed"` // UTC
	Due       time.Time `json:"due"`  // when to try next, UTC; a lease moves it, too
	Attempts  int       `json:"attempts"`
	MessageID string    `json:"message_id"` // "<…@host>"; the same at each try, so that a second copy can be known for one
	Sent      time.Time `json:"sent,omitzero"`
	Error     string    `json:"error,omitempty"` // class of the last failure, never what a person typed
}
