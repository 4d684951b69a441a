// Package mailbox keeps strangers from flooding a mailbox through the hub.
//
// Anybody can name any address as their own, or as somebody else's. So an address gets so many
// letters an hour, and a few more once somebody has used a link that was mailed there. What is
// more goes as one letter, which says nothing that somebody typed and has the link of each. It is
// kept in the store, and so holds for all programs that send.
//
// A story asks [Desk.Room] before a letter goes to an address that somebody typed (Hold of
// [record.Letters] is the place), says with [Desk.Proved] when a mailed link was used, and with
// [Desk.Forget] when its own record is removed. It is the [Owner] of the letters that wait.
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

// Kind is the kind of the record of an address. Its ID has a hash, and nothing in it has the
// address.
const Kind record.Kind = "mailbox"

// LetterTogether is the letter instead of those for which an address has no room.
const LetterTogether = "several-links"

// ToAddress is whoever has an address that nobody has proved to be theirs.
const ToAddress letter.Recipient = "address"

// Letters is the table of the letter that this package sends.
func Letters() letter.Table {
	return letter.Table{LetterTogether: {
		To: []letter.Recipient{ToAddress}, Fields: []string{"links"}, Alone: true,
		NoCopy: "this letter is about several applications",
	}}
}

const (
	lettersAnHour = 6                   // to one address that nobody has proved
	provedAnHour  = 30                  // to one that somebody has
	togetherAfter = 10 * time.Minute    // from the first that has no room to the one letter
	mostHeld      = 200                 // in one such letter; more wait for another hour
	provedLife    = 90 * 24 * time.Hour // for which an address stays proved
)

// A Desk keeps the addresses of one store. Its fields are set once, before its first use; its
// methods may be called from several goroutines.
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
	// LinkFor makes the link of a letter in the record, with what it is about, and nothing that
	// anybody typed, and gives the address that the letter goes to. link is "" if the letter has
	// none, does not go any more, or goes to an address that is not wanted.
	LinkFor(ctx context.Context, record, letter string, wanted func(email string) bool) (link, email string, err error)
	// WentTogether notes that the letter of the record has gone with others. One that is gone is no
	// error.
	WentTogether(ctx context.Context, record, letter string) error
}

// Owners are those of several stories that share a store. Each knows its own records, and of others
// it says that there is no letter.
type Owners []Owner

// LinkFor is that of the owner whose record it is.
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

// WentTogether is that of the owner whose record it is.
func (all Owners) WentTogether(ctx context.Context, record, letter string) error {
	for _, o := range all {
		if err := o.WentTogether(ctx, record, letter); err != nil {
			return err
		}
	}
	return nil
}

// A box is what is kept of an address.
type box struct {
	record.Kept

	ID      string        `json:"id"`
	Proved  time.Time     `json:"proved,omitzero"` // when somebody last used a link that was mailed there, UTC
	Went    []went        `json:"went,omitempty"`  // letters of the last hour
	Held    []held        `json:"held,omitempty"`  // letters that go together
	Letters record.Outbox `json:"letters,omitempty"`
}

// went is a letter that had room.
type went struct {
	Letter string    `json:"letter"` // id of the record and of the letter, with a space between
	At     time.Time `json:"at"`     // UTC
}

// held is a letter that has none.
type held struct {
	Record string `json:"reference"`
	Letter string `json:"letter"`          // its id
	Going  bool   `json:"going,omitempty"` // in the letter that is on its way
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

// prune takes out what is over.
func (b *box) prune(now time.Time) {
	if now.Sub(b.Proved) >= provedLife {
		b.Proved = time.Time{}
	}
	b.Went = slices.DeleteFunc(b.Went, func(w went) bool { return now.Sub(w.At) >= time.Hour })
	b.Letters.Drop(func(l record.Letter) bool { return l.IsSent() && now.Sub(l.Sent) >= time.Hour })
}

// expires is when nothing in it is of use any more.
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

// Proved notes that somebody used a link that was mailed to the address; "" is none. It is no part
// of what they do, so that it fails is logged and no more.
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

// Forget removes what is kept of addresses, unless a letter about others is owed to one. Letters to
// it are counted anew then, which harms nobody.
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
		case err == nil, errors.Is(err, record.ErrNotFound), errors.Is(err, record.ErrConflict): // it is in use
		default:
			return err
		}
	}
	return nil
}

// Room asks whether a letter of the record may go to the address now. If not, it joins those that
// go together, and until says how long it has to wait for that; it then goes by itself if it has
// not gone with them. Asked again about the same letter within an hour, it says the same.
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
		until = b.together(now).Add(time.Hour)
		if !slices.ContainsFunc(b.Held, func(h held) bool { return h.Record == id && h.Letter == letter }) {
			b.Held = append(b.Held, held{Record: id, Letter: letter})
		}
		return nil
	})
	return until, err
}

// together is when the next letter for several goes; it is owed if it is not yet.
func (b *box) together(now time.Time) (due time.Time) {
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
