package intake

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"traininghub/internal/letter"
	"traininghub/internal/record"
)

// A letter that is refused or comes back is noted with a mail system's words, which have no
// address. Only that there is no such mailbox makes an address dead ([EventBounced]): then the
// letter is given up, and of a practice's address the applicant is told, who typed it. Whatever
// else keeps a letter from arriving ([EventRejected]: policy, spam, size, a full mailbox) is shown
// to the staff, is tried again each day, and is nobody's silence. Addresses of the staff are
// settings that somebody can mend, so those are tried again in any case.

// mostNoted is how often what a mail system says of one letter is noted: anybody can send what
// looks like a bounce.
const mostNoted = 5

// noteMail notes what a mail system said of a letter; told again, it is noted once. It returns
// false if there is nothing new.
func (a *Application) noteMail(at time.Time, what, letter, note string) bool {
	noted := 0
	note = strings.TrimSpace(letter + " " + strings.TrimSpace(note))
	for _, e := range a.Events {
		if id, _ := e.About(); e.Who != "mail" || id != letter {
			continue
		}
		if noted++; e.What == what && e.Note == note || noted == mostNoted {
			return false
		}
	}
	a.Events = append(a.Events, record.Event{What: what, At: at.UTC().Truncate(time.Millisecond), Who: "mail",
		Note: note})
	return true
}

// sent notes that a letter has gone. One that asks the practice and goes late begins the practice's
// days anew.
func (a *Application) sent(letter string, now time.Time) {
	what := EventSent
	if a.Letters.Has(func(l record.Letter) bool { return l.ID == letter && isMessage(l) }) {
		what = EventPassed
	}
	a.Events.Add(now, what, "hub", letter)
	late := func(l record.Letter) bool {
		return l.ID == letter && l.Name == LetterAuthorise && now.Sub(l.Owed) > 24*time.Hour
	}
	if a.Letters.Has(late) && a.PracticeIs(PracticeAsked) {
		a.pursue(now)
	}
}

// refused notes that the next mail system will not take a letter, and tells whether to give it up.
func (a *Application) refused(id string, to letter.Recipient, why *record.Refusal, now time.Time) bool {
	if why.Dead && (to == ToApplicant || to == ToPractice) {
		a.noteMail(now, EventBounced, id, why.Said)
		a.practiceBounced(now)
		return true
	}
	a.noteMail(now, EventRejected, id, why.Said)
	return false
}

// recipient is whom a letter of an application goes to; "" if there is no such letter any more.
func (d *Desk) recipient(a *Application, id string) letter.Recipient {
	if t := d.LetterOf(a, record.Event{Note: id}); t != nil {
		return t.To
	}
	return ""
}

// Bounced notes what came back of a letter after it was sent: what is one of [EventBounced],
// [EventRejected], [EventUnclear], [EventDelayed] and [EventComplaint]. Told twice, it is noted
// once. The note is a class and a mail system's words, without addresses. An application or letter
// that is gone is no error.
func (d *Desk) Bounced(ctx context.Context, ref, letter, what, note string, at time.Time) error {
	_, err := d.Amend(ctx, ref, func(a *Application) error {
		now := d.Now()
		if at.IsZero() || at.After(now) {
			at = now
		}
		if !slices.ContainsFunc(a.Letters, func(l record.Letter) bool { return l.ID == letter }) ||
			!a.noteMail(at, what, letter, note) {
			return record.ErrUnchanged
		}
		a.practiceBounced(now.UTC())
		return nil
	})
	if errors.Is(err, record.ErrNotFound) {
		return nil
	}
	return err
}
