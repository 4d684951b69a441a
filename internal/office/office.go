// Package office reads what the stories keep, for those who run the hub: lists, search, exports and
// figures of applications; everything about one person, and its erasure; the audit of all records;
// the weekly letter. It does the work that is due: the post, the removals, once a week that letter.
//
// It stands above the stories and changes nothing in a record itself. What the office may see of a
// kind of record is for its story to say: see [Story]. A story that must keep its records from the
// office has a store of its own, and a Desk of its own on it.
//
// Whoever may not see an application learns no more than if there were none. The clock is that of
// the desk of applications; no personal data is in any error or log line.
package office

import (
	"context"
	"io"
	"slices"

	"traininghub/internal/claim"
	"traininghub/internal/conversation"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/record"
	"traininghub/internal/staff"
	"traininghub/internal/table"
)

// A Desk reads one store, that of its desk of applications, and does the work that is due there.
// Its fields are set once, before its first use; its methods may be called from several goroutines.
type Desk struct {
	Applications *intake.Desk
	Stories      []Story          // of the other kinds of record in the store
	Contacts     []course.Contact // who may read every application
	Mailer       record.Mailer    // for Post and Run only

	// Book writes a book for spreadsheets, for ExportBook: package workbook does. Programs that do
	// not export do not link it.
	Book func(w io.Writer, sheets ...table.Sheet) error

	Claims        *claim.Desk        // of claims, if they have joined: package money
	Conversations *conversation.Desk // of career conversations that are paid for; with Claims

	// Beside looks every hour after what is kept beside the records, unless removals are held; nil
	// if nothing is.
	Beside func(ctx context.Context) error

	Below string // the addresses of those who sign in here, "/mentoring/"; "/review/" if empty
	// Help is the e-mail address that pages give when something did not work; the hub's if empty. Who
	// asks for a mentor must not have to write to those who run courses.
	Help string
	// SignIn is the letter with the link to sign in, if it is not that of the staff.
	SignIn string

	// Others adds to somebody of the staff, nil if they are none, what they may do in other stories;
	// nil if there are none.
	Others func(p *staff.Person, email string) *staff.Person
}

// New is the office of a store with applications, and other kinds of record.
func New(applications *intake.Desk, others ...Story) *Desk {
	d := &Desk{Applications: applications, Stories: others}
	d.Stories = append(d.Stories, erasing{kept{Erasures}, d})
	return d
}

// A Story is a kind of record beside applications, as the office may see it.
type Story interface {
	// Kind is that of its records.
	Kind() record.Kind

	// Post makes the letters that its records owe; nil if they owe none.
	Post() record.Story

	// Sweep removes records whose time is over, and returns how many. It is asked every hour.
	Sweep(ctx context.Context) (int, error)

	// About is what a record that was read has of the person with one of these professional numbers
	// or this e-mail address, either of which may be missing; nil if it has nothing.
	About(ctx context.Context, r record.Record, numbers []form.Registration, email string) (*Own, error)

	// GiveOut notes that the record is given to the person, and returns it as it then is. It
	// returns [record.ErrNotFound] if it is gone.
	GiveOut(ctx context.Context, id string) (*Own, error)

	// Erase removes the record because the person asks. One that is gone is no error.
	Erase(ctx context.Context, id string) error

	// Check says what is wrong with the record, in words without personal data; "" if nothing is.
	// earlier is the end of its chain as an earlier audit noted it, nil if none did. The end now is
	// for the next audit; nil if it may change without a trace.
	Check(r record.Record, earlier *record.Head) (*record.Head, string)
}

// A Tender is a story whose records have to be looked after as time passes. Tend is asked every
// hour, also while removals are held.
type Tender interface {
	Tend(ctx context.Context) error
}

// An Own is a record of the person who asks for all that the hub has about them.
type Own struct {
	ID   string      `json:"id"`
	Kind record.Kind `json:"kind"`
	Data any         `json:"data"` // as JSON, without secrets
}

// story is that of a kind; nil if it is applications, or nobody's.
func (d *Desk) story(kind record.Kind) Story {
	for _, s := range d.Stories {
		if s.Kind() == kind {
			return s
		}
	}
	return nil
}

// Kinds are those of the records that the office, and the stories that it reads, may write.
func (d *Desk) Kinds() []record.Kind {
	kinds := slices.Clone(intake.Kinds)
	for _, s := range d.Stories {
		kinds = append(kinds, s.Kind())
	}
	return kinds
}
