package intake

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/letter"
	"traininghub/internal/record"
)

// When a letter is refused or comes back, the mail system's words are noted without any address. An
// address only counts as dead if there is no such mailbox ([application.EventBounced]). Then the
// letter is given up; if it was the practice's address, the applicant, who typed it, is told. Any
// other reason ([application.EventRejected]: policy, spam, size, a full mailbox) is shown to the
// staff, the letter is tried again each day, and nobody counts as silent for it. Addresses of the
// staff are settings that somebody can correct, so their letters are always tried again.

// mostNoted is how often a mail system's words about one letter are noted, because anybody can send
// what looks like a bounce.
const mostNoted = 5

// noteMail notes what a mail system said about a letter. It returns false if that was noted before.
func noteMail(a *application.Application, at time.Time, what, letter, note string) bool {
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

// noteSent notes that a letter has gone. When one that asks the practice goes late, the practice's
// days start again.
func noteSent(a *application.Application, letter string, now time.Time) {
	what := application.EventSent
	if a.Letters.Has(func(l record.Letter) bool { return l.ID == letter && isMessage(l) }) {
		what = application.EventPassed
	}
	a.Events.Add(now, what, "hub", letter)
	late := func(l record.Letter) bool {
		return l.ID == letter && l.Name == application.LetterAuthorise && now.Sub(l.Owed) > 24*time.Hour
	}
	if a.Letters.Has(late) && a.PracticeIs(application.PracticeAsked) {
		pursue(a, now)
	}
}

// noteRefused notes that the next mail system will not take a letter, and reports whether to give
// it up.
func noteRefused(a *application.Application, id string, to letter.Recipient, why *record.Refusal, now time.Time) bool {
	if why.Dead && (to == ToApplicant || to == ToPractice) {
		noteMail(a, now, application.EventBounced, id, why.Said)
		practiceBounced(a, now)
		return true
	}
	noteMail(a, now, application.EventRejected, id, why.Said)
	return false
}

// recipient returns whom a letter of an application goes to; "" if there is no such letter any
// more.
func (d *Desk) recipient(a *application.Application, id string) letter.Recipient {
	if t := d.LetterOf(a, record.Event{Note: id}); t != nil {
		return t.To
	}
	return ""
}

// Bounced notes what came back about a letter after it was sent: what is one of
// [application.EventBounced], [application.EventRejected], [application.EventUnclear],
// [application.EventDelayed] and [application.EventComplaint]. The note is a class and a mail
// system's words, without addresses. The same report twice is noted once. It is not an error if the
// application or the letter is gone.
func (d *Desk) Bounced(ctx context.Context, ref, letter, what, note string, at time.Time) error {
	_, err := d.Amend(ctx, ref, func(a *application.Application) error {
		now := d.Now()
		if at.IsZero() || at.After(now) {
			at = now
		}
		if !slices.ContainsFunc(a.Letters, func(l record.Letter) bool { return l.ID == letter }) ||
			!noteMail(a, at, what, letter, note) {
			return record.ErrUnchanged
		}
		practiceBounced(a, now.UTC())
		return nil
	})
	if errors.Is(err, record.ErrNotFound) {
		return nil
	}
	return err
}
