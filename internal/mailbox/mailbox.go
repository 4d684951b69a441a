// Package mailbox keeps strangers from flooding a mailbox through the hub.
//
// Anybody can give any address as their own or as somebody else's. So each address gets only so
// many letters an hour, and a few more once somebody has used a link that was mailed there. Any
// further letters are replaced by one, which repeats nothing that somebody typed and has the link
// of each. All this is kept in the store, so it holds across all programs that send.
//
// A story asks [Desk.Room] before it sends a letter to an address that somebody typed (in Hold of
// [record.Letters]), calls [Desk.Proved] when a mailed link was used, and [Desk.Forget] when its
// own record is removed. The story is the [Owner] of the letters that wait.
package mailbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"traininghub/internal/letter"
	"traininghub/internal/record"
)

// Kind is the kind of an address's record. Its ID is a hash, and nothing in it holds the address.
const Kind record.Kind = "mailbox"

// LetterTogether is sent instead of the letters for which an address has no room.
const LetterTogether = "several-links"

// ToAddress is the owner of an address that nobody has proved to be theirs.
const ToAddress letter.Recipient = "address"

// Letters returns the table with the one letter that this package sends.
func Letters() letter.Table {
	return letter.Table{LetterTogether: {
		To: []letter.Recipient{ToAddress}, Fields: []string{"links"}, Alone: true,
		NoCopy: "this letter is about several applications",
	}}
}

const (
	lettersAnHour = 6                   // to an address that nobody has proved
	provedAnHour  = 30                  // to an address that somebody has proved
	togetherAfter = 10 * time.Minute    // from the first letter without room to the one that replaces it
	mostHeld      = 200                 // in one such letter; further ones wait another hour
	provedLife    = 90 * 24 * time.Hour // how long an address stays proved
)

// A Desk keeps the addresses of one store. Set the fields once, before first use; the methods may
// be called from several goroutines.
type Desk struct {
	Store record.Store
	Now   func() time.Time
	Log   *slog.Logger
	Owner Owner // of the letters that wait

	Letters  letter.Set
	MailFrom string                           // "Name <address>"
	Hub      func(name string) (string, bool) // the hub's facts, for letters; nil if it has none
}

// An Owner has the letters that wait for room.
type Owner interface {
	// LinkFor makes the link of a letter in the record, with a title that repeats nothing anybody
	// typed, and returns it with the letter's address. link is "" if the letter has none, is no
	// longer sent, or goes to an address that wanted does not accept.
	LinkFor(ctx context.Context, record, letter string, wanted func(email string) bool) (link, email string, err error)
	// WentTogether notes that the record's letter was sent together with others. A letter that no
	// longer exists is not an error.
	WentTogether(ctx context.Context, record, letter string) error
}

// Owners are several stories that share a store. Each knows its own records, and answers for others
// that there is no letter.
type Owners []Owner

// LinkFor asks the owner of the record.
func (all Owners) LinkFor(
	ctx context.Context, record, letter string, wanted func(email string) bool,
) (link, email string, err error) {
	for _, o := range all {
		if link, email, err = o.LinkFor(ctx, record, letter, wanted); err != nil || link != "" {
			break
		}
	}
	return link, email, err
}

// WentTogether tells the owner of the record.
func (all Owners) WentTogether(ctx context.Context, record, letter string) error {
	for _, o := range all {
		if err := o.WentTogether(ctx, record, letter); err != nil {
			return err
		}
	}
	return nil
}

// A box is what is kept about an address.
type box struct {
	record.Kept

	ID      string        `json:"id"`
	Proved  time.Time     `json:"proved,omitzero"` // when somebody last used a link that was mailed there, UTC
	Went    []went        `json:"went,omitempty"`  // letters of the last hour
	Held    []held        `json:"held,omitempty"`  // letters to be sent together
	Letters record.Outbox `json:"letters,omitempty"`
}

// went is a letter for which there was room.
type went struct {
	Letter string    `json:"letter"` // id of the record and of the letter, with a space between
	At     time.Time `json:"at"`     // UTC
}

// held is a letter for which there was no room.
type held struct {
	Record string `json:"reference"`
	Letter string `json:"letter"`          // its id
	Going  bool   `json:"going,omitempty"` // in the joint letter that is on its way
}

func boxOf(email string) string {
	return "mailbox-" + fmt.Sprintf("%x", record.Hash([]byte(strings.ToLower(email)))[:16])
}

func (d *Desk) boxes() *record.Keeper[*box] {
	return &record.Keeper[*box]{
		Store: d.Store, Kind: Kind, New: func(id string) *box { return &box{ID: id} }, Anew: true,
		Opened: func(b *box) { b.prune(d.Now()) },
		Entry: func(b *box) (record.Record, error) {
			return record.Record{ID: b.ID, Due: b.Letters.Due(), Expires: b.expires(d.Now().UTC())}, nil
		},
	}
}

// prune removes what has expired.
func (b *box) prune(now time.Time) {
	if now.Sub(b.Proved) >= provedLife {
		b.Proved = time.Time{}
	}
	b.Went = slices.DeleteFunc(b.Went, func(w went) bool { return now.Sub(w.At) >= time.Hour })
	b.Letters.Drop(func(l record.Letter) bool { return l.IsSent() && now.Sub(l.Sent) >= time.Hour })
}

// expires is when nothing in the box is needed any more.
func (b *box) expires(now time.Time) time.Time {
	last := now.Add(time.Hour)
	if due := b.Letters.Due(); !due.IsZero() {
		last = last.Add(max(0, due.Sub(now)) + 24*time.Hour)
	}
	if end := b.Proved.Add(provedLife); end.After(last) {
		return end
	}
	return last
}

// Proved notes that somebody used a link mailed to the address; "" is no address. A failure is only
// logged, because what they do with the link does not depend on it.
func (d *Desk) Proved(ctx context.Context, email string) {
	if email == "" {
		return
	}
	_, err := d.boxes().Amend(ctx, boxOf(email), func(b *box) error {
		now := d.Now().UTC()
		if now.Sub(b.Proved) < 24*time.Hour {
			return record.ErrUnchanged
		}
		b.Proved = now
		return nil
	})
	if err != nil {
		d.Log.Error("an address that was proved is not noted", "error", err)
	}
}

// Forget removes what is kept about addresses, unless an address is owed a letter about other
// records. Letters to it are then counted from zero, which does no harm.
func (d *Desk) Forget(ctx context.Context, emails ...string) error {
	for _, email := range emails {
		id := boxOf(email)
		b, err := d.boxes().Get(ctx, id)
		if err != nil {
			return err
		}
		if b.Version() == 0 || !b.Letters.Due().IsZero() {
			continue
		}
		switch err := d.boxes().Delete(ctx, id, b); {
		case err == nil, errors.Is(err, record.ErrNotFound), errors.Is(err, record.ErrConflict): // in use
		default:
			return err
		}
	}
	return nil
}

// Room asks whether a letter of the record may go to the address now. If not, the letter joins
// those that are sent together, and until says how long it waits for that. If it was not sent with
// them by then, it goes on its own. The answer for the same letter stays the same for an hour.
func (d *Desk) Room(ctx context.Context, email, id, letter string) (until time.Time, err error) {
	_, err = d.boxes().Amend(ctx, boxOf(email), func(b *box) error {
		until = time.Time{}
		now, key, most := d.Now().UTC(), id+" "+letter, lettersAnHour
		if !b.Proved.IsZero() {
			most = provedAnHour
		}
		switch {
		case slices.ContainsFunc(b.Went, func(w went) bool { return w.Letter == key }):
			return record.ErrUnchanged
		case len(b.Went) < most:
			b.Went = append(b.Went, went{key, now})
			return nil
		case len(b.Held) >= mostHeld:
			until = now.Add(time.Hour)
			return record.ErrUnchanged
		}
		until = b.jointDue(now).Add(time.Hour)
		if !slices.ContainsFunc(b.Held, func(h held) bool { return h.Record == id && h.Letter == letter }) {
			b.Held = append(b.Held, held{Record: id, Letter: letter})
		}
		return nil
	})
	return until, err
}

// jointDue returns when the next joint letter is sent, and owes it if it is not owed yet.
func (b *box) jointDue(now time.Time) (due time.Time) {
	due = now.Add(togetherAfter)
	for _, l := range b.Letters {
		if l.IsOwed() {
			return l.Due
		}
		if next := l.Sent.Add(time.Hour); next.After(due) {
			due = next
		}
	}
	b.Letters.Owe(LetterTogether+"-"+fmt.Sprint(b.Version()), LetterTogether, due)
	return due
}
