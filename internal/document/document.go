// Package document is paper made of a record alone: what was asked and answered, what was declared
// and signed, and the parts that others complete.
//
// A [Document] holds the words themselves, not where to find them, so that it can be drawn and read
// after its form has changed. It is stored with its record: its JSON names stay as they are, and
// sums over this JSON prove that nobody changed it.
package document

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/form"
)

// A Document is an application as it was sent: the questions as asked, the answers as people read
// them, the declarations in their exact words. PDF and letters are made from it alone.
type Document struct {
	Reference    string        `json:"reference"`
	Title        string        `json:"title"` // the form's
	FormVersion  string        `json:"form_version"`
	Course       CourseFacts   `json:"course"`
	Started      time.Time     `json:"started"`  // UTC
	Received     time.Time     `json:"received"` // UTC
	Applicant    Person        `json:"applicant"`
	Sections     []Section     `json:"sections"`
	Declarations []Declaration `json:"declarations"`
	Signature    Signature     `json:"signature"`
	Parts        []form.Part   `json:"parts,omitempty"` // for others to complete
	Terms        *form.Terms   `json:"terms,omitempty"` // to be agreed to once accepted
	Next         []string      `json:"next,omitempty"`  // what was said to happen next
	Flags        []string      `json:"flags,omitempty"`

	// Put in for a copy, from what has happened since.
	Completed []Completion `json:"-"` // what others have said
	Withdrawn time.Time    `json:"-"` // zero if it was not
}

// A Completion is a part as it stands: answered, or not yet.
type Completion struct {
	Part  string // id
	State string // "Not yet authorised. We asked ... on ..."; "" once answered, and then blanks are not drawn
	Items []Item // question and answer
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

// A Section is one section with its answers.
type Section struct {
	ID    string   `json:"id"`
	Title string   `json:"title"`
	Items []Item   `json:"items,omitempty"` // of a section that does not repeat
	Item  string   `json:"item,omitempty"`  // what one row is called: "qualification"
	Rows  [][]Item `json:"rows,omitempty"`  // of a section that repeats; each row has the same questions
	Heads []string `json:"heads,omitempty"` // the questions of the rows, also when there is no row
}

// RowTitle is what a row, from 1, is called: "Reference 1"; one alone is "Reference".
func (s *Section) RowTitle(row int) string {
	title := strings.ToUpper(s.Item[:1]) + s.Item[1:]
	if len(s.Rows) > 1 {
		title = fmt.Sprintf("%s %d", title, row)
	}
	return title
}

// An Item is one question as it was asked, with its answer.
type Item struct {
	ID       string    `json:"id"`
	Kind     form.Kind `json:"kind"`
	Question string    `json:"question"`
	Answer   string    `json:"answer"`           // as typed and as people read it; "" if not answered
	Normal   string    `json:"normal,omitempty"` // normalised, where that differs
}

// A Declaration is a declaration that was confirmed.
type Declaration struct {
	ID   string    `json:"id"`
	Text string    `json:"text"`
	At   time.Time `json:"at"` // UTC
}

// A Signature is a signature typed.
type Signature struct {
	Label string    `json:"label"`
	Name  string    `json:"name"` // exactly as typed
	At    time.Time `json:"at"`   // UTC
}

// Value is an answer for programs: normalised where it can be, a telephone number as it was typed.
func (i Item) Value() string {
	if i.Normal == "" || i.Kind == form.Telephone {
		return i.Answer
	}
	return i.Normal
}

// Is tells whether the person has the e-mail address.
func (p Person) Is(email string) bool { return strings.EqualFold(p.Email, email) }

// Text is the whole application as plain text.
func (doc *Document) Text() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	item := func(i Item) {
		answer := i.Answer
		if answer == "" {
			answer = "Not provided"
		}
		line("%s\n    %s", i.Question, strings.ReplaceAll(answer, "\n", "\n    "))
	}
	line("%s\n%s\nReference: %s\nReceived: %s", doc.Title, doc.Course.Title, doc.Reference, course.Moment(doc.Received))
	if !doc.Withdrawn.IsZero() {
		line("Withdrawn: %s", course.Moment(doc.Withdrawn))
	}
	for _, s := range doc.Sections {
		line("\n%s\n", strings.ToUpper(s.Title))
		for _, i := range s.Items {
			item(i)
		}
		for n, row := range s.Rows {
			line("%s", s.RowTitle(n+1))
			for _, i := range row {
				item(i)
			}
		}
	}
	line("\nDECLARATIONS\n")
	for _, d := range doc.Declarations {
		line("Confirmed: %s", d.Text)
	}
	line("%s: %s (%s)", doc.Signature.Label, doc.Signature.Name, course.Moment(doc.Signature.At))
	for _, p := range doc.Parts {
		for _, c := range doc.Completed {
			if c.Part != p.ID {
				continue
			}
			line("\n%s\n", strings.ToUpper(p.Title))
			for _, said := range append(slices.Clone(p.Intro), p.Statement, c.State) {
				if said != "" {
					line("%s", said)
				}
			}
			for _, i := range c.Items {
				item(i)
			}
		}
	}
	return b.String()
}
