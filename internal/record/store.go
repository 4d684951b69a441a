package record

import (
	"context"
	"errors"
	"time"
)

// A Field is what [Store.Find] finds by.
type Field string

const (
	ByNumber Field = "number" // the professional number
	ByEmail  Field = "email"
)

// A Range is the part of a shelf that [Store.List] reads.
type Range struct {
	Kind   Kind
	Shelf  string
	Part   string    // only this part of the shelf; all of it if empty
	Newest bool      // latest Since first, else earliest; of equal ones by ID in the same direction
	Until  time.Time // none whose Since is after it; no limit if zero
	After  Cursor    // begin behind this place, whether a record stands there or not; at the beginning if it has no ID
	Max    int       // at most so many
	Has    []byte    // only those whose Brief has these bytes; all if empty
}

// An Entry names a record.
type Entry struct {
	ID   string
	Kind Kind
}

// A Cursor is a position on a shelf: that of a record which stands there, or stood there.
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
	ErrSet      = errors.New("record: these are not 2 to 10 different records")           // a mistake of the program's
	ErrKind     = errors.New("record: the kind is missing, or is not that of such an ID") // another
)

// A Store keeps records durably: when a call that writes returns nil, the write survives a crash of
// the program and of the machine. When it returns an error, the record is as it was before, but for
// one case: after an error that is none of those named, a write may or may not have happened (the
// machine may have failed while answering), and the caller finds out with Get.
//
// Every write is conditional on the records that it writes, mostly one. Times are kept to the
// millisecond. Stores know nothing of what they keep; what may change and when is decided by the
// stories above them. Methods may be called from several goroutines. The suite in package
// recordtest holds every Store to this.
//
// Whatever looks for records says of which kinds: what a program does not know it does not come
// across, and is not held up by.
type Store interface {
	// Create adds r with version 1 (r.Version is ignored). It returns ErrExists if the ID is taken,
	// also when two callers create it at once, and what [Record.Check] finds.
	Create(ctx context.Context, r Record) error

	// Get returns the record as the last successful write left it, or ErrNotFound.
	Get(ctx context.Context, id string) (Record, error)

	// Update replaces the record if its version is still r.Version, and counts the version up.
	// It returns ErrConflict if another update came first, of two at once for one of them;
	// ErrNotFound if the record is gone; and what [Record.Check] finds. The kind stays what it was:
	// another one is a conflict.
	Update(ctx context.Context, r Record) error

	// UpdateAll writes 2 to 10 records, all or none, each as Update would; one with version 0 is
	// created, as by Create. It returns ErrConflict if one of them is not at its version: changed,
	// created or gone in the meantime, of two sets at once that share a record for one of them;
	// ErrBusy if others write to the same records at this very moment; what [CheckSet] finds. No
	// reader and no crash comes between: when one of the records is as it was written, the others
	// are, too.
	UpdateAll(ctx context.Context, all ...Record) error

	// Delete removes the record if its version is still the given one. It returns ErrConflict if it
	// is not, ErrNotFound if the record is gone.
	Delete(ctx context.Context, id string, version int64) error

	// List returns records of a kind on a shelf in the order of Since and ID: ID, Kind, Status,
	// Course and what lists are made of, without Part, Words, Came, Version, Due, Expires and Data,
	// which are Get's.
	// It may be about a second late: then a record that was just written is missing or stands where
	// it stood before.
	List(ctx context.Context, r Range) ([]Record, error)

	// Count returns how many records List would return; if Max is 0, that is no limit. It may be as
	// late.
	Count(ctx context.Context, r Range) (int, error)

	// Find returns all records of a kind whose field has the value, by ID, with as much of each as
	// List. It may be as late.
	Find(ctx context.Context, kind Kind, by Field, value string) ([]Record, error)

	// Search returns where the records of a kind and a Course stand that have, for each of the
	// words, one that begins with it; of a word with fewer than MinWord letters, that very word.
	// The latest Came is first, and is the cursor's Since. It may be as late.
	Search(ctx context.Context, kind Kind, course string, words []string) ([]Cursor, error)

	// Records returns some records of a part of the store, whole, of every kind and in an order of
	// the store's own: those behind the ID called after, or from the beginning if that is "". next
	// is where to go on, "" at the end of the part. Parts are numbered from 0, and there are as
	// many as the caller says; each record is in one of them, and they can be read at once. So a
	// [Walk] comes once to each record that is there all the time, and goes on when the record that
	// it has come to is removed. Others it may come to or not.
	Records(ctx context.Context, part, parts int, after string) (some []Record, next string, err error)

	// Due returns at most n records of the kinds whose Due is set and not after at, earliest first.
	Due(ctx context.Context, kinds []Kind, at time.Time, n int) ([]Entry, error)

	// Waiting returns how many records of each kind are due, of whatever kind. It reads them all,
	// and is for seeing now and then what waits for another program.
	Waiting(ctx context.Context, at time.Time) (map[Kind]int, error)

	// Expire removes at most n records of the kinds whose Expires is set and not after at, and
	// returns how many.
	Expire(ctx context.Context, kinds []Kind, at time.Time, n int) (int, error)
}
