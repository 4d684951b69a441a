// Package office reads what the stories keep, for the people who run the hub: lists, search,
// exports and figures of applications; everything about one person, and its erasure; the audit of
// all records. It also does the work that is due: the post, the removals, and once a week the
// letter to the leads.
//
// It stands above the stories and changes nothing in a record itself. The story of a kind decides
// what the office may see of its records: see [Story]. A story that must keep its records from the
// office has its own store, and its own Desk for that store.
//
// Somebody who may not see an application cannot tell whether it exists. The clock is that of the
// desk of applications. No error or log line has personal data.
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
// Set its fields once, before first use; the methods may be called from several goroutines.
type Desk struct {
	Applications *intake.Desk
	Stories      []Story          // of the other kinds of record in the store
	Contacts     []course.Contact // may read every application
	Mailer       record.Mailer    // for Post and Run only

	// Book writes a workbook for ExportBook; package workbook has it. Programs that do not export
	// leave it out, and so do not link that package.
	Book func(w io.Writer, sheets ...table.Sheet) error

	Claims        *claim.Desk        // set if claims have joined: package money
	Conversations *conversation.Desk // paid career conversations; set with Claims

	// Beside is called every hour to clear up what is kept beside the records, unless removals are
	// held; nil if there is nothing.
	Beside func(ctx context.Context) error

	Below string // how the addresses of those who sign in here begin, "/mentoring/"; "/review/" if empty
	// Help is the email address that pages give when something did not work; the hub's if empty.
	// People who ask for a mentor must not have to write to those who run courses.
	Help string
	// SignIn is the letter with the link to sign in, if it differs from the staff's.
	SignIn string

	// Others adds to a person what they may do in other stories; p is nil for somebody who is not
	// on the staff. It is nil if there are no other stories.
	Others func(p *staff.Person, email string) *staff.Person
}

// New returns the office of a store with applications and other kinds of record.
func New(applications *intake.Desk, others ...Story) *Desk {
	d := &Desk{Applications: applications, Stories: others}
	d.Stories = append(d.Stories, erasing{kept{Erasures}, d})
	return d
}

// A Story is a kind of record besides applications, as the office may see it.
type Story interface {
	// Kind is the kind of its records.
	Kind() record.Kind

	// Post writes the letters that its records owe; nil if they owe none.
	Post() record.Story

	// Sweep removes records whose time is over, and returns how many. It is called every hour.
	Sweep(ctx context.Context) (int, error)

	// About returns what a record has about the person with one of these professional numbers or
	// this email address, either of which may be missing; nil if it has nothing.
	About(ctx context.Context, r record.Record, numbers []form.Registration, email string) (*Own, error)

	// GiveOut notes in the record that it was given to the person, and returns it as it then is. It
	// returns [record.ErrNotFound] if it is gone.
	GiveOut(ctx context.Context, id string) (*Own, error)

	// Erase removes the record because the person asked for it. A record that is gone is not an
	// error.
	Erase(ctx context.Context, id string) error

	// Check says what is wrong with the record, without personal data; "" if nothing is. earlier is
	// the end of its chain that an earlier audit noted; nil if none did. Check returns the present
	// end for the next audit; nil if the record may change without leaving a trace.
	Check(r record.Record, earlier *record.Head) (*record.Head, string)
}

// A Tender is a story whose records need care as time passes. Tend is called every hour, even while
// removals are held.
type Tender interface {
	Tend(ctx context.Context) error
}

// An Own is a record of the person who asks for everything that the hub has about them.
type Own struct {
	ID   string      `json:"id"`
	Kind record.Kind `json:"kind"`
	Data any         `json:"data"` // as JSON, without secrets
}

// story returns the story of a kind; nil for applications, and for kinds that have none.
func (d *Desk) story(kind record.Kind) Story {
	for _, s := range d.Stories {
		if s.Kind() == kind {
			return s
		}
	}
	return nil
}

// Kinds returns the kinds of records that the office and its stories may write.
func (d *Desk) Kinds() []record.Kind {
	kinds := slices.Clone(intake.Kinds)
	for _, s := range d.Stories {
		kinds = append(kinds, s.Kind())
	}
	return kinds
}
