package record

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// A Post sees to the records that are due: it sends the letters that they owe. The story of the
// record's kind writes the letter. Set the fields once, before first use; the methods may be called
// from several goroutines, and several posts may work on one store.
type Post struct {
	Store  Store
	Mailer Mailer
	Now    func() time.Time
	Log    *slog.Logger
	// Stories has the story of each kind that the program knows; nil for a kind that owes no
	// letters.
	Stories map[Kind]Story
	// First is the kind whose letters people are waiting for right now, such as those to sign in
	// with.
	First Kind

	lines lines
}

// kinds returns the kinds that can owe letters, in order.
func (p *Post) kinds() (kinds []Kind) {
	for kind, story := range p.Stories {
		if story != nil {
			kinds = append(kinds, kind)
		}
	}
	slices.Sort(kinds)
	return kinds
}

// LogUnknown logs how many records are due whose kind this program does not know. Another program
// has to see to them. Call it now and then.
func (p *Post) LogUnknown(ctx context.Context) error {
	waiting, err := p.Store.Waiting(ctx, p.Now())
	if err != nil {
		return fmt.Errorf("looking for records of other programs: %w", err)
	}
	for kind := range p.Stories {
		delete(waiting, kind)
	}
	LogUnknown(p.Log, waiting)
	return nil
}

// LogUnknown logs how many records there are of each unknown kind.
func LogUnknown(log *slog.Logger, unknown map[Kind]int) {
	for kind, n := range unknown {
		log.Warn("records of a kind that is not known stay as they are", "kind", kind, "records", n)
	}
}

// A Story tells the post what it must know about records of one kind.
type Story interface {
	// Take takes a lease on the record's first letter that is due, and makes the letter. It returns
	// ErrNotFound if the record was removed. A record may be due for another reason than a letter:
	// a story also ends a record whose time is over.
	Take(ctx context.Context, r Record) (Taken, error)

	// Mark notes what became of a letter; failed is nil if it was sent.
	Mark(ctx context.Context, id, letter string, failed error) error
}

// Taken is what there was to do for a record that was due. Its zero value means nothing.
type Taken struct {
	Letter  Letter
	Message Message
	Failed  error // why the letter could not be made
	Ended   bool  // the record's time was over and the story has ended it: there is no letter
	Passed  bool  // it was handed over in another way than by mail: there is no message
}

// Deliver sends the letters that are due, of a few dozen records at most, and ends records whose
// time is over. It returns how many letters it sent and records it ended; if none, there is nothing
// more to do for now. A letter that cannot be sent stays owed and is tried again, later each time.
// Errors of single records are logged. Deliver returns an error only if the store does not answer.
func (p *Post) Deliver(ctx context.Context) (done int, err error) {
	due, err := p.Store.Due(ctx, p.kinds(), p.Now(), 32)
	if err != nil {
		return 0, fmt.Errorf("looking for letters: %w", err)
	}
	for _, e := range due {
		n, err := p.DeliverTo(ctx, e.ID)
		done += n
		if err != nil && !errors.Is(err, context.Canceled) { // a program that is stopping leaves the record to the next
			p.Log.Error("record not seen to", "reference", e.ID, "error", err)
		}
	}
	return done, ctx.Err()
}

// DeliverTo is Deliver for one record. An error means that the store did not answer, so nobody
// knows what became of a letter.
func (p *Post) DeliverTo(ctx context.Context, id string) (done int, err error) {
	for ctx.Err() == nil {
		t, err := p.deliverOne(ctx, id)
		sent := t.Letter.ID != "" && t.Failed == nil
		if sent || t.Ended {
			done++
		}
		if err != nil || !sent {
			return done, err
		}
	}
	return done, ctx.Err()
}

// deliverOne sends the record's first letter that is due, or has the record ended, and returns what
// there was to do.
func (p *Post) deliverOne(ctx context.Context, id string) (t Taken, err error) {
	r, err := p.Store.Get(ctx, id)
	if err != nil {
		if errors.Is(err, ErrNotFound) { // removed since
			err = nil
		}
		return Taken{}, err
	}
	story, known := p.Stories[r.Kind]
	if !known {
		LogUnknown(p.Log, map[Kind]int{r.Kind: 1})
	}
	if story == nil {
		return Taken{}, nil
	}
	t, err = story.Take(ctx, r)
	switch {
	case errors.Is(err, ErrNotFound):
		return Taken{}, nil
	case err != nil || t.Letter.ID == "":
		return t, err
	}
	if t.Failed == nil && !t.Passed {
		t.Failed = p.send(ctx, t.Message)
	}
	// Make the mark even while the program is stopping: the letter may have been sent.
	err = story.Mark(context.WithoutCancel(ctx), id, t.Letter.ID, t.Failed)
	if errors.Is(err, ErrNotFound) { // erased while the letter was going
		err = nil
	}
	of := []any{"reference", id, "letter", t.Letter.ID, "tries", t.Letter.Attempts}
	switch {
	case t.Failed == nil:
		p.Log.Info("letter sent", of...)
	case !errors.Is(t.Failed, context.Canceled) && !errors.Is(t.Failed, errSlow):
		p.Log.Error("letter not sent", append(of, "late_s", int(p.Now().Sub(t.Letter.Owed).Seconds()), "error",
			t.Failed)...)
	}
	return t, err
}
