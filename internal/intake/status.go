package intake

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/record"
)

// What an applicant can do after sending. They have no account: a letter brings a link, which opens
// the application on a device for followLife.

var (
	// ErrNoLink: the link or the device's key opens no application that was sent. It is mistyped or
	// expired, or the application was removed or is somebody else's. Nobody is told which.
	ErrNoLink = errors.New("intake: the link opens no application")
	// ErrFinal: the application is in a state in which this cannot be done any more, or not yet.
	ErrFinal = errors.New("intake: the application does not stand so that this can be done")
)

// followLife is how long a link, once opened, keeps the application open on the device, which may
// be a shared one.
const followLife = time.Hour

// PeekStatus reports whether a mailed link opens an application, without using it, because mail
// scanners open links too.
func (d *Desk) PeekStatus(ctx context.Context, link string) error {
	_, err := d.linked(ctx, link, forStatus)
	return err
}

// Follow opens an application by a mailed link, which keeps working, and returns a key for this
// device. A device that sent the application without ever opening a mailed link no longer sees its
// confirmation.
func (d *Desk) Follow(ctx context.Context, link string) (key string, err error) {
	a, err := d.changeLinked(ctx, link, forStatus, func(a *application.Application) error {
		now := d.Now().UTC()
		prove(a)
		key = newKey(a, forFollow, "", now.Add(followLife))
		if (!proved(a) || !slices.ContainsFunc(a.Events, func(e record.Event) bool {
			return e.What == application.EventViewed && now.Sub(e.At) < time.Hour
		})) && hasRoom(a) {
			a.Events.Add(now, application.EventViewed, "applicant", "")
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	d.Mailboxes().Proved(ctx, d.email(a))
	return key, nil
}

// Following returns the application that the key of a device opens, or ErrNoLink.
func (d *Desk) Following(ctx context.Context, key string) (*application.Application, error) {
	return d.linked(ctx, key, forFollow)
}

// Unfollow closes the application on a device. It is not an error if the key opens nothing.
func (d *Desk) Unfollow(ctx context.Context, key string) error {
	_, err := d.Followed(ctx, key, func(a *application.Application) error {
		_, secret, _ := splitKey(key)
		a.Keys.Drop(func(k record.Key) bool { return k.For == forFollow && k.Is(secret) })
		return nil
	})
	if errors.Is(err, ErrNoLink) {
		return nil
	}
	return err
}

// linked returns the sent application that a key opens for the purpose, or ErrNoLink.
func (d *Desk) linked(ctx context.Context, key, purpose string) (*application.Application, error) {
	ref, secret, ok := splitKey(key)
	if !ok {
		return nil, ErrNoLink
	}
	a, err := d.get(ctx, ref)
	if errors.Is(err, record.ErrNotFound) || err == nil && (a.Document == nil ||
		!a.Keys.Opens(secret, purpose, d.Now()) || d.expired(a)) {
		return nil, ErrNoLink
	}
	return a, err
}

// changeLinked changes that application by one conditional write.
func (d *Desk) changeLinked(
	ctx context.Context, key, purpose string, f func(*application.Application) error,
) (*application.Application, error) {
	a, err := d.linked(ctx, key, purpose)
	if err != nil {
		return nil, err
	}
	if a, err = d.AmendRead(ctx, a, d.while(key, purpose, ErrNoLink, f)); errors.Is(err, record.ErrNotFound) {
		return nil, ErrNoLink // removed meanwhile
	}
	return a, err
}

// Followed changes the application that a device's key opens, by one conditional write. It calls f
// again when somebody else wrote first. It returns ErrNoLink if the key opens none.
func (d *Desk) Followed(
	ctx context.Context, key string, f func(*application.Application) error,
) (*application.Application, error) {
	return d.changeLinked(ctx, key, forFollow, f)
}

// Limits of the letters that anybody can ask for who knows just an address. They keep a mailbox
// from being flooded, and a record from filling up.
const (
	maxAsked    = 6   // within a day
	maxAskedAll = 100 // as long as the application is kept; after that a person helps
	maxLinked   = 50  // applications at once
	maxLooked   = 500 // looked at to find these
)

// Resend owes the applicant of every application with this e-mail address a link: to its status, or
// to go on with it if it was not sent. Nobody learns whether there is any. Anybody can begin drafts
// with somebody's address, so those that nobody opened by a mailed link come last.
func (d *Desk) Resend(ctx context.Context, email string) error {
	found, err := d.Store.Find(ctx, record.Application, record.ByEmail, strings.ToLower(email))
	if err != nil {
		return fmt.Errorf("looking for an address: %w", err)
	}
	sent := func(r record.Record) int {
		if r.Status == string(application.Draft) {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(found, func(a, b record.Record) int { return cmp.Compare(sent(a), sent(b)) })
	var all []*application.Application
	for _, r := range found[:min(len(found), maxLooked)] {
		a, err := d.get(ctx, r.ID)
		switch {
		case errors.Is(err, record.ErrNotFound):
		case err != nil:
			d.Log.Error("link not owed", "reference", r.ID, "error", err) // the answer is the same
		case d.canResend(a, email):
			all = append(all, a)
		}
	}
	slices.SortStableFunc(all, func(a, b *application.Application) int {
		return cmp.Or(cmp.Compare(strange(a), strange(b)), b.Saved.Compare(a.Saved))
	})
	for _, a := range all[:min(len(all), maxLinked)] {
		_, err := d.Amend(ctx, a.Reference, func(a *application.Application) error {
			if !d.canResend(a, email) {
				return record.ErrUnchanged
			}
			now := d.Now().UTC()
			a.Owe(resent(a), now, now)
			return nil
		})
		if err != nil && !errors.Is(err, record.ErrNotFound) {
			d.Log.Error("link not owed", "reference", a.Reference, "error", err)
		}
	}
	return nil
}

// strange returns 0 if somebody opened the application by a mailed link, 1 if it was sent, and 2
// otherwise.
func strange(a *application.Application) int {
	switch {
	case slices.ContainsFunc(a.Events, func(e record.Event) bool {
		return e.What == application.EventResumed || e.What == application.EventViewed
	}):
		return 0
	case a.Document != nil:
		return 1
	}
	return 2
}

// resent returns the name of the letter with the link.
func resent(a *application.Application) string {
	if a.Document == nil {
		return application.LetterResume
	}
	return application.LetterStatus
}

// canResend reports whether the link can be mailed to the address once more.
func (d *Desk) canResend(a *application.Application, email string) bool {
	name := resent(a)
	return !d.expired(a) && (a.Document != nil || d.takes(a)) && strings.EqualFold(d.email(a), email) &&
		askedSince(a, name, time.Time{}) < maxAskedAll && askedSince(a, name, d.Now().UTC().Add(-24*time.Hour)) < maxAsked
}

// askedSince counts the letters with a name that were owed since a time.
func askedSince(a *application.Application, name string, since time.Time) (n int) {
	for _, l := range a.Letters {
		if l.Name == name && l.Owed.After(since) {
			n++
		}
	}
	return n
}

// Withdraws reports whether the applicant can withdraw: until they are declined or, if accepted,
// until their cohort's last workshop is over.
func (d *Desk) Withdraws(a *application.Application) bool {
	switch a.Status() {
	case application.Received:
		return true
	case application.Accepted:
		_, k := d.joins(a)
		if k == nil || len(k.Workshops) == 0 {
			ends := d.counts(a).Ends
			return ends == "" || course.DateOf(d.Now()).ISO() <= ends
		}
		return d.Now().Before(k.Workshops[len(k.Workshops)-1].End())
	}
	return false
}

// Withdraw withdraws the application. Withdrawn again, it changes nothing; when it is too late, it
// returns ErrFinal.
func (d *Desk) Withdraw(ctx context.Context, key string) error {
	_, err := d.Followed(ctx, key, func(a *application.Application) error {
		switch {
		case a.Status() == application.Withdrawn:
			return record.ErrUnchanged
		case !d.Withdraws(a):
			return ErrFinal
		}
		now := d.Now().UTC()
		a.Events.Add(now, application.EventWithdrawn, "applicant", "")
		dropUnneeded(a)
		a.Owe(application.LetterWithdrawnToLead, now, now)
		a.Owe(application.LetterWithdrawnToApplicant, now, now)
		return nil
	})
	return err
}

// dropUnneeded drops letters that have not been tried yet and are no longer true.
func dropUnneeded(a *application.Application) {
	a.Letters.Drop(func(l record.Letter) bool {
		return l.Attempts == 0 && dropped(a, l)
	})
}

// DropDecision drops the letters about the current decision, except those that have gone or may be
// going. It reports whether the applicant may have been told of the decision.
func DropDecision(a *application.Application) (told bool) {
	a.Letters.Drop(func(l record.Letter) bool {
		if !sends[l.Name].decision || !l.Owed.Equal(a.Decision.At) {
			return false
		}
		// While a try is under way, nobody knows yet whether it succeeds.
		gone := !l.Sent.IsZero() || l.Attempts > 0 && l.Error == ""
		told = told || gone && l.Name != application.LetterDecision
		return !gone
	})
	return told
}

// Awaits owes the letters that follow when an application waits for a decision again.
func Awaits(a *application.Application, now time.Time) {
	dropUnneeded(a)
	if a.PracticeIs(application.PracticeAsked, application.PracticeUnreached) {
		pursue(a, now) // reminders that fell due while there was a decision were dropped
	}
}

// StatusLink makes a link to the application's status for a letter of another story, and returns
// the name for that letter's greeting, "" for none. letter is the name of that letter in its own
// story: of several tries the latest few links work. It returns record.ErrNotFound if the
// application is gone.
func (d *Desk) StatusLink(ctx context.Context, ref, letter string) (link, name string, err error) {
	_, err = d.Amend(ctx, ref, func(a *application.Application) error {
		if a.Document == nil || d.expired(a) {
			return record.ErrNotFound
		}
		link, name = d.linkTo(a, statusLink, letter), greeted(a, ToApplicant)
		return nil
	})
	return link, name, err
}

// Signing holds the questions with which an applicant agrees to terms, as a page asks them. The
// tick box is beside them.
var Signing = form.Section{ID: "terms", Questions: []form.Question{
	form.Ask(form.Question{ID: "name", Kind: form.Text, Label: "Full name", InMessages: "your full name",
		Hint: "This counts as your signature", Rule: "required,name,max=200", Autocomplete: "name"}),
	form.Ask(form.Question{ID: "job-title", Kind: form.Text, Label: "Job title", InMessages: "your job title",
		Rule: "required,max=200", Autocomplete: "organization-title"}),
}}

// Agree agrees to the terms, which completes an acceptance. It returns what is wrong with the
// answers: v answers the questions of [Signing], and ticked (input "agree") the statement. The
// value "document" is the sum of the provider's document that they were shown. Agreed to again, it
// changes nothing; if there is nothing to agree to, it returns ErrFinal.
func (d *Desk) Agree(ctx context.Context, key string, v form.Values, ticked bool) (problems []form.Problem, err error) {
	_, err = d.Followed(ctx, key, func(a *application.Application) error {
		problems = nil
		now := d.Now()
		switch {
		case a.Status() == application.Accepted && a.Agreement != nil:
			return record.ErrUnchanged
		case !a.OwesAgreement():
			return ErrFinal
		}
		problems = Signing.Check(v, now.In(course.London))
		if !ticked {
			problems = append(problems, form.Wrong("agree", "Select the box if you agree to the terms"))
		}
		terms := d.Terms(a)
		if terms.File != nil && v["document"] != terms.File.SHA256 {
			problems = append(problems, form.Wrong("agree", "The document has changed. Read it again before you agree"))
		}
		if len(problems) > 0 {
			return record.ErrUnchanged
		}
		now = now.UTC().Truncate(time.Millisecond)
		a.Agreement = &application.Agreement{Terms: terms, Name: v["name"], Job: v["job-title"], At: now}
		a.Events.Add(now, application.EventAgreed, "applicant", "")
		dropUnneeded(a)
		a.Owe(application.LetterAgreedToApplicant, now, now)
		a.Owe(application.LetterAgreedToLead, now, now)
		return nil
	})
	return problems, err
}

// Terms returns the terms to agree to at present: the words that the application was sent with, and
// the provider's document as the site gives it out today, since only that can be read.
func (d *Desk) Terms(a *application.Application) form.Terms {
	terms := *a.Document.Terms
	terms.File = nil
	if def := d.Programme.Forms[a.Form]; def != nil && def.Terms != nil {
		terms.File = def.Terms.File
	}
	return terms
}

// statusFields returns the letters' fields about the status of an application.
func (d *Desk) statusFields(a *application.Application) map[string]string {
	f := map[string]string{"removed": course.DateOf(d.Removed(a)).String()}
	if status, since := a.StatusSince(); status == application.Withdrawn {
		f["withdrawn"] = course.Moment(since)
		if a.Decision != nil && a.Decision.Accepted {
			f["withdrawn.place"] = "The applicant had a place (" + cmp.Or(a.Decision.Named, a.Document.Course.Title) +
				")."
		}
	}
	if c := a.Corrections; len(c) > 0 {
		var lines []string
		for _, c := range c {
			was, now := c.InShort()
			lines = append(lines, fmt.Sprintf("- %s. It was %s and is now %s.", a.Where(c.Section, c.Row, c.Question), was, now))
		}
		f["corrections"] = strings.Join(lines, "\n")
	}
	terms := a.Document.Terms
	if a.Agreement != nil {
		terms = &a.Agreement.Terms
		f["agreed.name"], f["agreed.job-title"], f["agreed.at"] = a.Agreement.Name, a.Agreement.Job,
			course.Moment(a.Agreement.At)
	}
	if terms != nil {
		f["terms.title"], f["terms"], f["terms.statement"] = terms.Title, strings.Join(terms.Numbered(), "\n"),
			terms.Statement
		if a.Agreement != nil && terms.File != nil {
			f["terms.file"] = terms.File.String()
		}
	}
	return f
}
