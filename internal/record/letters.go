package record

import (
	"context"
	"errors"
	"net/mail"
	"strings"
	"time"
)

// Letters is the [Story] of documents with an [Outbox]: it takes a lease on a letter by one
// conditional write, has it made, and marks it by another. A crash in between means a second copy
// with the same Message-ID, never a lost letter.
type Letters[T Document] struct {
	Keeper *Keeper[T]
	Now    func() time.Time
	From   string // "Name <address>": its host is in Message-IDs
	Outbox func(T) *Outbox

	// Over tells whether the document has come to its time. Then no letter goes any more, and End
	// ends the record with the id; it tells whether there was something to end. Both may be nil.
	Over func(T) bool
	End  func(ctx context.Context, id string) (bool, error)
	// Dropped tells whether a letter that is due shall not go any more. It may be nil: then each
	// goes.
	Dropped func(T, Letter) bool
	// Hold asks whether a letter that is due may go now, before the lease is taken. It returns until
	// when the letter waits; zero if it may go. It may be nil: then each may.
	Hold func(ctx context.Context, doc T, l Letter) (until time.Time, err error)
	// Leased makes what the letter needs in the document, such as a key, and returns the link that
	// it shows, or "". It is part of the write that takes the lease. It may be nil.
	Leased func(T, *Letter) (link string)
	// Pass hands over what is owed and is no letter, such as a message to another store, and tells
	// whether it was that. An error is one of what it should have passed: it is owed until there is
	// none. It may be nil: then all are letters.
	Pass func(ctx context.Context, doc T, l Letter) (passed bool, err error)
	// Make makes the letter, after that write. Its ID and From are set here.
	Make func(ctx context.Context, doc T, l Letter, link string) (Message, error)
	// Sent notes in the document that a letter has gone. It may be nil.
	Sent func(doc T, letter string)
	// Refused notes in the document that a letter was refused, and tells whether to give it up. If
	// it is nil, or says no, the letter stays owed.
	Refused func(doc T, letter string, why *Refusal) bool
}

var errOver = errors.New("over")

// Take is that of a [Story].
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
			// It is written anew, since its time may have moved: else it would always be due, in
			// front of others.
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

// waits are the letters that are due and have to wait, with until when, by their ids.
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

// dropped tells whether a letter that is due shall not go any more.
func (s *Letters[T]) dropped(doc T, l Letter) bool { return s.Dropped != nil && s.Dropped(doc, l) }

// Mark is that of a [Story].
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

// Again makes a letter of a record due that failed or was given up; see [Outbox.Again].
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
