package intake

import (
	"context"
	"errors"
	"slices"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/mailbox"
	"traininghub/internal/record"
)

// Letters to addresses that somebody typed are limited: see package mailbox.

// Mailboxes returns the desk for typed addresses to which letters go, shared with other stories in
// the same store.
func (d *Desk) Mailboxes() *mailbox.Desk {
	return &mailbox.Desk{
		Store: d.Store, Now: d.Now, Log: d.Log, Owner: append(mailbox.Owners{owner{d}}, d.Waiting...), Letters: d.Programme.Letters, MailFrom: d.MailFrom,
		Hub: d.Hub,
	}
}

// forget removes what is stored about the addresses that an application names.
func (d *Desk) forget(ctx context.Context, a *application.Application) error {
	if err := d.dropScan(ctx, a); err != nil {
		return err
	}
	emails := []string{d.email(a)}
	if p := a.Authorisation; p != nil {
		emails = append(emails, p.Email)
		for _, e := range p.Earlier {
			emails = append(emails, e.Email)
		}
	}
	return d.Mailboxes().Forget(ctx, emails...)
}

// addressee returns the typed address that a letter goes to; "" if it goes to the staff.
func (d *Desk) addressee(a *application.Application, l record.Letter) string {
	switch d.recipient(a, l.ID) {
	case ToApplicant:
		return d.email(a)
	case ToFormer:
		return former(a, l.ID)
	case ToPractice:
		if a.Authorisation != nil {
			return a.Authorisation.Email
		}
	}
	return ""
}

// hold returns until when a letter has to wait because its address has no room.
func (d *Desk) hold(ctx context.Context, a *application.Application, l record.Letter) (until time.Time, err error) {
	if d.ByPost(a, l) {
		return d.Now().Add(postAgain), nil
	}
	to := d.addressee(a, l)
	if to == "" || d.expired(a) {
		return until, nil
	}
	return d.Mailboxes().Room(ctx, to, a.Reference, l.ID)
}

// owner is the [mailbox.Owner] of applications' letters that wait for room.
type owner struct{ *Desk }

// LinkFor implements [mailbox.Owner]. It tells the course and the reference.
func (d owner) LinkFor(
	ctx context.Context, ref, letter string, wanted func(email string) bool,
) (link, email string, err error) {
	_, err = d.Amend(ctx, ref, func(a *application.Application) error {
		link = ""
		i := slices.IndexFunc(a.Letters, func(l record.Letter) bool { return l.ID == letter })
		if i < 0 || !a.Letters[i].IsOwed() || d.expired(a) || d.drops(a, a.Letters[i]) {
			return record.ErrUnchanged
		}
		l := a.Letters[i]
		made := sends[l.Name].link
		if email = d.addressee(a, l); email == "" || made == nil || !wanted(email) {
			return record.ErrUnchanged
		}
		link = d.linkTo(a, made, l.ID)
		about := a.Course
		if c := d.Programme.Course(a.Course); c != nil {
			about = c.Title
		}
		switch {
		case a.Course == "": // a service, which no letter names
			about = "What you have not sent yet"
		case made.opens == forResume:
			about += ", an application that was not sent"
		case made.opens == forPractice:
			about += ", application " + a.Reference + a.Words().Say(", for the {employer} to confirm")
		default:
			about += ", application " + a.Reference
		}
		link = about + ":\n" + link
		return nil
	})
	if errors.Is(err, record.ErrNotFound) {
		err = nil
	}
	return link, email, err
}

// WentTogether implements [mailbox.Owner].
func (d owner) WentTogether(ctx context.Context, ref, letter string) error {
	_, err := d.Amend(ctx, ref, func(a *application.Application) error {
		now := d.Now().UTC()
		if !a.Letters.Mark(letter, now, nil) {
			return record.ErrUnchanged
		}
		noteSent(a, letter, now)
		return nil
	})
	if errors.Is(err, record.ErrNotFound) {
		return nil
	}
	return err
}
