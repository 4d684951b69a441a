// Package office reads what the stories keep, for those who run the hub: lists, search, exports and
// figures of applications; everything about one person, and its erasure; the audit of all records.
//
// It stands above the stories and changes nothing in a record itself. What the office may see of a kind
// of record is for its story to say: see [Story]. A story that must keep its records from the office
// has a store of its own, and a Desk of its own on it.
//
// Whoever may not see an application learns no more than if there were none. The clock is that of the
// desk of applications; no personal data is in any error or log line.
package office

import (
	"context"
	"time"

	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/programme"
	"traininghub/internal/record"
)

// A Desk reads one store. Its methods may be called from several goroutines.
type Desk struct {
	Applications *intake.Desk
	Stories      []Story // of the other kinds of record in the store

	// Those of the desk of applications.
	Store     record.Store
	Programme *programme.Programme
	Now       func() time.Time
}

// New is the office of a store with applications, and other kinds of record.
func New(applications *intake.Desk, others ...Story) *Desk {
	return &Desk{applications, others, applications.Store, applications.Programme, applications.Now}
}

// A Story is a kind of record beside applications, as the office may see it.
type Story interface {
	// Keeps tells whether the record with the ID is of this kind.
	Keeps(id string) bool

	// About is the record if it is of the person with one of the professional numbers or the e-mail address, one of which
	// may be missing; else nil. It returns [record.ErrNotFound] if it is gone.
	About(ctx context.Context, id string, numbers []form.Registration, email string) (*Own, error)

	// GiveOut notes that the record is given to the person, and returns it as it then is. It returns
	// [record.ErrNotFound] if it is gone.
	GiveOut(ctx context.Context, id string) (*Own, error)

	// Erase removes the record because the person asks. One that is gone is no error.
	Erase(ctx context.Context, id string) error

	// Check says what is wrong with the record, in words without personal data; "" if nothing is. earlier is
	// the end of its chain as an earlier audit noted it, nil if none did. The end now is for the next
	// audit; nil if it may change without a trace.
	Check(r record.Record, earlier *record.Head) (*record.Head, string)
}

// An Own is a record of the person who asks for all that the hub has about them.
type Own struct {
	ID   string `json:"id"`
	Kind string `json:"kind"` // in words: "mentor's profile"
	Data any    `json:"data"` // as JSON, without secrets
}

// story is whose record has the ID; nil if it is an application's, or nobody's.
func (d *Desk) story(id string) Story {
	for _, s := range d.Stories {
		if s.Keeps(id) {
			return s
		}
	}
	return nil
}
