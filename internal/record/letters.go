package record

import (
	"context"
	"errors"
	"net/mail"
	"strings"
	"time"
)

// Letters is the [Story] of documents that have an [Outbox]. It takes a lease on a letter by one
// conditional write, has the letter made, and marks it by another write. A crash between the two
// can send a second copy with the same Message-ID, but never lose a letter.
type Letters[T Document] struct {
	Keeper *Keeper[T]
	Now    func() time.Time
	From   string // "Name <address>": its host is in Message-IDs
	Outbox func(T) *Outbox

	// Over reports whether the document's time is over. From then on no letter is sent, and End
	// ends the record with the id; it returns false if there was nothing to end. Both may be nil.
	Over func(T) bool
	End  func(ctx context.Context, id string) (bool, error)
	// Dropped reports whether a letter that is due must not be sent any more. It may be nil: then
	// every letter is sent.
	Dropped func(T, Letter) bool
	// Hold is asked before the lease is taken whether a letter that is due may go now. It returns
	// the time until which the letter waits, or zero if it may go. It may be nil: then none waits.
	Hold func(ctx context.Context, doc T, l Letter) (until time.Time, err error)
	// Leased adds to the document what the letter needs, such as a key, and returns the link that
	// the letter shows, or "". It is part of the write that takes the lease. It may be nil.
	Leased func(T, *Letter) (link string)
	// Pass hands over what is owed but is not a letter, such as a message to another store. It
	// reports whether this was such a thing. After an error it is still owed. Pass may be nil: then
	// everything is a letter.
	Pass func(ctx context.Context, doc T, l Letter) (passed bool, err error)
	// Make writes the letter, after the write that took the lease. Its ID and From are set here.
	Make func(ctx context.Context, doc T, l Letter, link string) (Message, error)
	// Sent notes in the document that a letter was sent. It may be nil.
	Sent func(doc T, letter string)
	// Refused notes in the document that a letter was refused, and reports whether to give it up.
	// If it is nil or returns false, the letter stays owed.
	Refused func(doc T, letter string, why *Refusal) bool
}

var errOver = errors.New("over")

// Take implements [Story].
func (s *Letters[T]) Take(ctx context.Context, r Record) (t Taken, err error) {
	doc := s.Keeper.New(r.ID)
	if err := s.Keeper.Decode(r, doc); err != nil {
		return Taken{}, err
	}
	waits, err := s.waits(ctx, doc)
	if err != nil {
		return Taken{}, err
	}
	var link string
	doc, err = s.Keeper.AmendRead(ctx, r.ID, doc, func(doc T) error {
		t.Letter, link = Letter{}, ""
		if s.Over != nil && s.Over(doc) {
			return errOver
		}
		now, o := s.Now().UTC(), s.Outbox(doc)
		o.putOff(waits)
		l, changed := o.Lease(now, r.ID, hostOf(s.From), func(l Letter) bool { return s.dropped(doc, l) })
		switch {
		case !changed && len(waits) == 0 && (doc.kept().due.IsZero() || doc.kept().due.After(now)):
			return ErrUnchanged
		case l == nil:
			// Write the record even so, since its time may have moved. Otherwise it would stay due,
			// and stand in front of others.
			return nil
		}
		if s.Leased != nil {
			link = s.Leased(doc, l)
		}
		t.Letter = *l
		return nil
	})
	if errors.Is(err, errOver) {
		t.Ended, err = s.End(ctx, r.ID)
	}
	if err != nil || t.Letter.ID == "" {
		return t, err
	}
	if s.Pass != nil {
		if t.Passed, t.Failed = s.Pass(ctx, doc, t.Letter); t.Passed || t.Failed != nil {
			return t, nil
		}
	}
	t.Message, t.Failed = s.Make(ctx, doc, t.Letter, link)
	t.Message.ID, t.Message.From = t.Letter.MessageID, s.From
	return t, nil
}

// waits returns the ids of letters that are due but have to wait, and until when.
func (s *Letters[T]) waits(ctx context.Context, doc T) (map[string]time.Time, error) {
	if s.Hold == nil || s.Over != nil && s.Over(doc) {
		return nil, nil
	}
	waits, now := map[string]time.Time{}, s.Now()
	for _, l := range *s.Outbox(doc) {
		if !l.IsOwed() || now.Before(l.Due) || s.dropped(doc, l) {
			continue
		}
		until, err := s.Hold(ctx, doc, l)
		if err != nil {
			return nil, err
		}
		if !until.IsZero() {
			waits[l.ID] = until
		}
	}
	return waits, nil
}

// dropped reports whether a letter that is due must not be sent any more.
func (s *Letters[T]) dropped(doc T, l Letter) bool { return s.Dropped != nil && s.Dropped(doc, l) }

// Mark implements [Story].
func (s *Letters[T]) Mark(ctx context.Context, id, letter string, failed error) error {
	_, err := s.Keeper.Amend(ctx, id, func(doc T) error {
		now := s.Now().UTC()
		o := s.Outbox(doc)
		if !o.Mark(letter, now, failed) {
			return ErrUnchanged
		}
		refusal := (*Refusal)(nil)
		switch {
		case failed == nil && s.Sent != nil:
			s.Sent(doc, letter)
		case errors.As(failed, &refusal) && s.Refused != nil && s.Refused(doc, letter, refusal):
			o.GiveUp(letter, now)
		}
		return nil
	})
	return err
}

// Again makes a letter due that failed or was given up; see [Outbox.Again].
func (s *Letters[T]) Again(ctx context.Context, id, letter string) error {
	_, err := s.Keeper.Amend(ctx, id, func(doc T) error {
		if !s.Outbox(doc).Again(letter, s.Now()) {
			return ErrUnchanged
		}
		return nil
	})
	return err
}

func hostOf(from string) string {
	if a, err := mail.ParseAddress(from); err == nil {
		if _, host, ok := strings.Cut(a.Address, "@"); ok {
			return host
		}
	}
	return "localhost"
}
