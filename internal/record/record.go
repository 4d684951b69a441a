// Package record keeps things: whatever has a name of its own, changes one step at a time, and owes
// letters.
//
// A [Record] is one kept thing: its document, which only the story that wrote it can read, and
// beside it what lists and workers need. A [Store] keeps records durably by conditional writes.
//
// A story is a package that keeps one kind of record, or a few. It reads and changes its documents
// by a [Keeper], of which [Keeper.Amend] is the one loop that tries again when others were faster.
// What a document is made of is here, too: the [Outbox] of letters that it owes, the [Keys] that
// open it, the chain of [Events] by which a change behind the program's back shows. The [Post]
// sends what is owed: it takes a lease on a letter, has the story make it, hands it to a [Mailer]
// and marks it; for documents of a Keeper [Letters] does that.
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
	Kind    Kind      // which story's it is
	Version int64     // 1 when created, one more with each update
	Status  string    // for lists
	Course  string    // for lists
	Due     time.Time // when somebody has to see to it: a letter is due, or its time is over; zero if never
	Expires time.Time // when the record may be removed without a trace; zero if never
	Data    []byte    // the document, as JSON

	// What lists are made of; each kind has its own. Each of Shelf with Since and Brief, Number and
	// Email may be empty: then the record is on no list, or is not found by that.
	Shelf  string    // the list that the record stands on
	Part   string    // of the shelf, which can be read by itself: a cohort; only if Shelf is set
	Since  time.Time // its place there; set if Shelf is
	Number string    // a person's professional number, such as the GMC's, for Find
	Email  string    // a person's address, in small letters, for Find
	Brief  []byte    // what a line of the list says, as JSON; at most MaxBrief bytes

	// Words are what Search finds the record by, in small letters, without spaces, each once; at
	// most MaxWords of at most MaxWord bytes.
	Words []string
	Came  time.Time // its place among those that Search finds; set if Words are
}

// Marked is the Status of a record that its story has marked for removal. Its Expires is then the
// end of the wait, and may be carried out by a store's own clock; that of any other record is only
// for [Store.Expire].
const Marked = "marked"

// MaxBrief is the largest Brief in bytes.
const MaxBrief = 2000

// MaxWords is how many Words a record can have, MaxWord how many bytes one, and MinWord how many
// letters of a word [Store.Search] needs to find it by its beginning.
const (
	MaxWords = 40
	MaxWord  = 60
	MinWord  = 3
)

// MaxRecord is the largest Data in bytes that a Store must take: DynamoDB's limit for an item is
// 400 KB, and the other attributes need some of it.
const MaxRecord = 380_000

// Unsorted is the shelf onto which a store puts records written by an older version whose list
// entry is missing or out of date, until the story that they belong to writes them anew.
const Unsorted = "unsorted"

// Check is what every Store asks of a record before it writes it: nil, ErrTooLarge or ErrKind.
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

// CheckSet is what every Store asks of the records for UpdateAll: nil, ErrSet, or what
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
