// Package document is paper that is made of a record alone: what was asked and answered, what was
// declared and signed, and the parts that others complete.
//
// A [Document] holds the words themselves, not where to find them, so it can still be drawn after a
// form, a course or a rate has changed. It knows no story. Each kind of record makes its own
// documents and says what stands at their head. Package pdf draws them all, and [Document.Text]
// writes the same as plain text.
//
// A [Submission] is what a record keeps of a form that was sent. Its JSON names never change:
// stored records must open for years, and sums over this JSON show that nobody changed it.
package document

import (
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"

	"traininghub/internal/form"
)

// A Document is what a printed copy says, in reading order. Empty parts are left out.
type Document struct {
	Title     string
	Reference string    // at the head of each page
	Issuer    string    // the organisation behind it; at the foot of each page
	Made      time.Time // UTC; for the file's properties
	// Edition tells copies of the same reference apart, so that a file that comes back filled in
	// can be compared with what was kept. "" if no copy is meant to come back.
	Edition string

	Head         []Line
	Check        Notice // what a reader should look at first
	Sections     []Section
	Declarations []Declaration
	Signatures   []Signature
	Next         []string // what happens next, step by step
	Notes        []string // small print below what was signed
	Parts        []Part   // for others to complete
}

// A Line at the head of a document is a label with its value: "Reference" and "CC-7KMQ-4WXP".
type Line struct{ Label, Value string }

// A Notice is a box with a list.
type Notice struct {
	Title string
	Lines []string // no box if there are none
}

// A Section is some questions with their answers, or some sentences.
type Section struct {
	ID    string   `json:"id"`
	Title string   `json:"title"`
	Text  []string `json:"text,omitempty"`  // paragraphs above the items
	Items []Item   `json:"items,omitempty"` // of a section that does not repeat
	Item  string   `json:"item,omitempty"`  // what one row is called: "qualification"
	Rows  [][]Item `json:"rows,omitempty"`  // of a section that repeats; each row has the same questions
	Heads []string `json:"heads,omitempty"` // the questions of the rows, even if there is no row
}

// RowTitle is what a row is called, counted from 1: "Reference 1". A single row is "Reference".
func (s *Section) RowTitle(row int) string {
	title := Capital(s.Item)
	if len(s.Rows) > 1 {
		title += " " + strconv.Itoa(row)
	}
	return title
}

// Capital makes the name of a row begin with a capital letter. A row without a name is an "Entry".
func Capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return "Entry"
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// An Item is one question as it was asked, with its answer.
type Item struct {
	ID       string    `json:"id"`
	Kind     form.Kind `json:"kind"`
	Question string    `json:"question"`
	Answer   string    `json:"answer"`           // as typed, in the form that people read; "" if not answered
	Normal   string    `json:"normal,omitempty"` // normalised, where that differs
}

// Value is the answer for programs: normalised where it can be, but a telephone number as typed.
func (i Item) Value() string {
	if i.Normal == "" || i.Kind.Cell() == form.CellTyped {
		return i.Answer
	}
	return i.Normal
}

// A Declaration is what somebody confirmed, in these words.
type Declaration struct {
	ID   string    `json:"id"`
	Text string    `json:"text"`
	At   time.Time `json:"at"` // UTC
	// Charge marks a declaration about what somebody can be charged. Older records lack it.
	Charge bool `json:"charge,omitempty"`
}

// A Signature is a name typed to sign.
type Signature struct {
	Label string    `json:"label"`
	Name  string    `json:"name"` // exactly as typed
	At    time.Time `json:"at"`   // UTC
}

// A Part is for somebody else to complete. It may be untouched, waited for, or answered.
type Part struct {
	ID        string
	Title     string
	Intro     []string
	Statement string       // what they confirm
	State     string       // why it is not answered: "Not yet authorised. We asked ... on ..."
	Items     []Item       // what was answered
	Blanks    []form.Blank // still to be filled in, by hand or on screen
}

// PartOf makes a part of an editor's, with nothing answered yet.
func PartOf(p form.Part) Part {
	return Part{ID: p.ID, Title: p.Title, Intro: p.Intro, Statement: p.Statement, Blanks: p.Blanks}
}

// Complete fills in what was answered, or says in state why it was not. An answered part leaves
// nothing to fill in.
func (p *Part) Complete(state string, items []Item) {
	if p.State, p.Items = state, items; state == "" {
		p.Blanks = nil
	}
}

// Untouched reports whether nothing is known about the part yet.
func (p *Part) Untouched() bool { return p.State == "" && len(p.Items) == 0 }

// A Form is an empty form on paper.
type Form struct {
	*form.Definition // its questions, declarations, signature and parts

	Issuer string // at the foot of each page
	Head   []Line
	Intro  string // how to fill it in
}
