// Package record keeps things that have a name of their own, change one step at a time, and owe
// letters.
//
// A [Record] is one such thing: its document, which only the story that wrote it can read, and
// beside it what lists and workers need. A [Store] keeps records durably by conditional writes.
//
// A story is a package that keeps one kind of record, or a few. It reads and changes its documents
// through a [Keeper]. [Keeper.Amend] is the only loop that tries again when somebody else was
// faster. The parts of a document are here too: the [Outbox] of letters that it owes, the [Keys]
// that open it, and the chain of [Events], which shows a change made behind the program's back. The
// [Post] sends what is owed: it takes a lease on a letter, has the story write it, hands it to a
// [Mailer] and marks it. [Letters] does this for documents of a Keeper.
//
// Nothing here knows what an application is.
package record

import (
	"slices"
	"time"
)

// A Record is what a [Store] keeps: a story's document, and beside it what stores index.
type Record struct {
	ID      string    // unique, at most 64 bytes; an application's is its reference
	Kind    Kind      // the story that it belongs to
	Version int64     // 1 when created, one more with each update
	Status  string    // for lists
	Course  string    // for lists
	Due     time.Time // when somebody has to see to it: a letter is due, or its time is over; zero if never
	Expires time.Time // when the record may be removed without a trace; zero if never
	Data    []byte    // the document, as JSON

	// What lists show; each kind has its own. Shelf (with Since and Brief), Number and Email may
	// each be empty: then the record is on no list, or cannot be found by that field.
	Shelf  string    // the list that the record stands on
	Part   string    // of the shelf, which can be read alone: a cohort; only if Shelf is set
	Since  time.Time // orders the shelf; set if Shelf is
	Number string    // a person's professional number, such as a GMC number, for Find
	Email  string    // a person's address in lower case, for Find
	Brief  []byte    // what the record's line in a list says, as JSON; at most MaxBrief bytes

	// Words are what Search finds the record by: in lower case, without spaces, each once, at most
	// MaxWords of at most MaxWord bytes each.
	Words []string
	Came  time.Time // orders what Search finds; set if Words are
}

// Marked is the Status of a record that its story has marked for removal. Its Expires is then the
// end of the wait, and a store's own clock may act on it. The Expires of any other record is only
// for [Store.Expire].
const Marked = "marked"

// MaxBrief is the largest Brief in bytes.
const MaxBrief = 2000

// MaxWords is how many Words a record can have, and MaxWord the length of the longest in bytes.
// MinWord is how many letters of a word [Store.Search] needs to find it by its beginning.
const (
	MaxWords = 40
	MaxWord  = 60
	MinWord  = 3
)

// MaxRecord is the largest Data in bytes that every Store must take. DynamoDB's limit for an item
// is 400 KB, and the other attributes need some of it.
const MaxRecord = 380_000

// Unsorted is where a store shelves records written by an older version whose list entry is missing
// or out of date, until their story writes them again.
const Unsorted = "unsorted"

// Check is what every Store checks before it writes a record. It returns nil, ErrTooLarge or
// ErrKind.
func (r Record) Check() error {
	switch {
	case !r.wellNamed():
		return ErrKind
	case len(r.Data) > MaxRecord, len(r.Words) > MaxWords,
		slices.ContainsFunc(r.Words, func(w string) bool { return len(w) > MaxWord }):
		return ErrTooLarge
	}
	return nil
}

// CheckSet is what every Store checks before UpdateAll. It returns nil, ErrSet, or what
// [Record.Check] finds.
func CheckSet(all []Record) error {
	if len(all) < 2 || len(all) > 10 {
		return ErrSet
	}
	ids := map[string]bool{}
	for _, r := range all {
		if ids[r.ID] {
			return ErrSet
		}
		ids[r.ID] = true
		if err := r.Check(); err != nil {
			return err
		}
	}
	return nil
}
