package record

import (
	"context"
	"errors"
	"time"
)

// A Field is what [Store.Find] searches by.
type Field string

const (
	ByNumber Field = "number" // the professional number
	ByEmail  Field = "email"
)

// A Range is the part of a shelf that [Store.List] reads.
type Range struct {
	Kind   Kind
	Shelf  string
	Part   string    // only this part of the shelf; the whole shelf if empty
	Newest bool      // latest Since first, else earliest; of equal ones by ID in the same direction
	Until  time.Time // leave out those whose Since is later; no limit if zero
	After  Cursor    // begin behind this position, even if no record stands there; at the beginning if it has no ID
	Max    int       // at most so many
	Has    []byte    // only those whose Brief has these bytes; all if empty
}

// An Entry names a record.
type Entry struct {
	ID   string
	Kind Kind
}

// A Cursor is a position on a shelf, where a record stands or stood.
type Cursor struct {
	Since time.Time
	ID    string
}

// Errors of a [Store].
var (
	ErrNotFound = errors.New("record: no such record")
	ErrExists   = errors.New("record: the ID is taken")
	ErrConflict = errors.New("record: it was changed in the meantime")
	ErrTooLarge = errors.New("record: it is too large to keep")
	ErrBusy     = errors.New("record: the store cannot take it now")
	ErrSet      = errors.New("record: these are not 2 to 10 different records")           // a mistake in the program
	ErrKind     = errors.New("record: the kind is missing, or is not that of such an ID") // another
)

// A Store keeps records durably: when a call that writes returns nil, the write survives a crash of
// the program and of the machine. When it returns one of the errors named here, the record is as it
// was before. After any other error the write may or may not have happened (the machine may have
// failed while answering), and the caller finds out with Get.
//
// Every write is conditional on the records that it writes, mostly one. Times are kept to the
// millisecond. Stores know nothing about what they keep; the stories above them decide what may
// change and when. Methods may be called from several goroutines. The suite in package recordtest
// holds every Store to this.
//
// Every search for records names their kinds. So a program never meets records that it does not
// know, and they never delay it.
type Store interface {
	// Create adds r with version 1 (r.Version is ignored). It returns ErrExists if the ID is taken,
	// even when two callers create it at once, and what [Record.Check] finds.
	Create(ctx context.Context, r Record) error

	// Get returns the record as the last successful write left it, or ErrNotFound.
	Get(ctx context.Context, id string) (Record, error)

	// Update replaces the record if its version is still r.Version, and adds one to the version. It
	// returns ErrConflict if another update came first; of two at once, one gets it. It returns
	// ErrNotFound if the record is gone, and what [Record.Check] finds. The kind cannot change: a
	// different one is a conflict.
	Update(ctx context.Context, r Record) error

	// UpdateAll writes 2 to 10 records, all or none, each as Update would; one with version 0 is
	// created, as by Create. It returns ErrConflict if one of them was changed, created or removed
	// in the meantime; of two sets at once that share a record, one gets it. It returns ErrBusy if
	// others are writing to the same records at this moment, and what [CheckSet] finds. No reader
	// and no crash sees a part of the set: when one of the records is written, so are the others.
	UpdateAll(ctx context.Context, all ...Record) error

	// Delete removes the record if its version is still the given one. It returns ErrConflict if it
	// is not, and ErrNotFound if the record is gone.
	Delete(ctx context.Context, id string, version int64) error

	// List returns the records of a kind on a shelf, in the order of Since and ID. It fills in ID,
	// Kind, Status, Course and what lists show; Part, Words, Came, Version, Due, Expires and Data
	// come only from Get. It may be about a second late: a record that was just written may be
	// missing, or stand where it stood before.
	List(ctx context.Context, r Range) ([]Record, error)

	// Count returns how many records List would return, without a limit if Max is 0. It may be as
	// late.
	Count(ctx context.Context, r Range) (int, error)

	// Find returns all records of a kind whose field has the value, ordered by ID and filled in
	// like those of List. It may be as late.
	Find(ctx context.Context, kind Kind, by Field, value string) ([]Record, error)

	// Search returns the cursors of records of a kind and a Course that match all the words. A
	// record matches a word if one of its own words begins with it; a word with fewer than MinWord
	// letters must match exactly. The latest Came is first, and is the cursor's Since. It may be as
	// late.
	Search(ctx context.Context, kind Kind, course string, words []string) ([]Cursor, error)

	// Records returns some whole records of one part of the store, of every kind, in an order of
	// the store's own: those after the ID called after, or from the beginning if that is "". next
	// is where to go on; it is "" at the end of the part. The caller says how many parts there are,
	// numbered from 0. Each record is in one part, and parts can be read in parallel. So a [Walk]
	// comes exactly once to each record that is there throughout, and goes on even when the record
	// that it has come to is removed. It may miss records that come or go meanwhile.
	Records(ctx context.Context, part, parts int, after string) (some []Record, next string, err error)

	// Due returns at most n records of these kinds whose Due is set and not after at, earliest
	// first.
	Due(ctx context.Context, kinds []Kind, at time.Time, n int) ([]Entry, error)

	// Waiting returns how many records of each kind are due, whatever the kind. It reads them all:
	// use it now and then to see what waits for another program.
	Waiting(ctx context.Context, at time.Time) (map[Kind]int, error)

	// Expire removes at most n records of these kinds whose Expires is set and not after at, and
	// returns how many.
	Expire(ctx context.Context, kinds []Kind, at time.Time, n int) (int, error)
}
