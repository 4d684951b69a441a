package intake

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"

	"traininghub/internal/document"
	"traininghub/internal/record"
)

// owe puts a letter into the outbox. One that has not been tried yet is moved instead: one is enough. A link to go on
// that was sent is not owed again by itself: they have had one, and "Save and come back later" mails another.
func (a *Application) owe(name string, now, due time.Time) {
	if a.Letters.Move(name, due) || name == LetterResume && due.After(now) && a.Letters.Has(func(l record.Letter) bool { return l.Name == name && l.IsSent() }) {
		return
	}
	// The version counts up with each write, so no two letters of an application share an id, and so a Message-ID.
	a.Letters.Owe(name+"-"+strconv.FormatInt(a.Version(), 10), name, due)
}

// Deliver sends the letters that are due, and removes applications whose time is over, of a few dozen records at most. It returns how many letters
// went and applications were removed: if none, there is nothing more to do at present. Several may run at once. A letter that cannot be sent stays
// owed and is tried again, later each time; errors of single applications are logged, and only a store that does not answer is returned.
func (d *Desk) Deliver(ctx context.Context) (done int, err error) {
	refs, err := d.Store.Due(ctx, d.Now(), 32)
	if err != nil {
		return 0, fmt.Errorf("looking for letters: %w", err)
	}
	for _, ref := range refs {
		n, err := d.DeliverTo(ctx, ref)
		done += n
		if err != nil && !errors.Is(err, context.Canceled) { // one that is being stopped leaves it to the next
			d.Log.Error("application not seen to", "reference", ref, "error", err)
		}
	}
	return done, ctx.Err()
}

// DeliverTo sends the letters of one record, of an application or of the staff, that are due, and returns how many went; or it removes the
// application, if its time is over, and returns 1. A letter that could not be sent is logged; an error is returned if the store did not answer, so that
// what became of the letter is not known.
func (d *Desk) DeliverTo(ctx context.Context, id string) (done int, err error) {
	for ctx.Err() == nil {
		did, more, err := d.deliverOne(ctx, id)
		if did {
			done++
		}
		if err != nil || !more {
			return done, err
		}
	}
	return done, ctx.Err()
}

// Oldest is how long the letter that has been due for longest has waited; 0 if none is due.
func (d *Desk) Oldest(ctx context.Context) (time.Duration, error) {
	refs, err := d.Store.Due(ctx, d.Now(), 1)
	if err != nil || len(refs) == 0 {
		return 0, err
	}
	r, err := d.Store.Get(ctx, refs[0])
	switch {
	case errors.Is(err, record.ErrNotFound):
		return 0, nil
	case err != nil:
		return 0, err
	case r.Due.IsZero(): // sent in the meantime
		return 0, nil
	}
	return max(0, d.Now().Sub(r.Due)), nil
}

// errRemoved: there is no letter to take, since the application was removed.
var errRemoved = errors.New("removed")

// deliverOne sends the first letter of the record that is due, or removes the application; more tells whether there was a letter.
func (d *Desk) deliverOne(ctx context.Context, id string) (did, more bool, err error) {
	take, mark := d.take, d.mark
	if accountID.MatchString(id) {
		take, mark = d.takeStaff, d.markStaff
	}
	letter, m, failed, err := take(ctx, id)
	switch {
	case errors.Is(err, errRemoved):
		return true, false, nil
	case errors.Is(err, record.ErrNotFound): // removed since
		return false, false, nil
	}
	if err != nil || letter.ID == "" {
		return false, false, err
	}
	if failed == nil {
		failed = d.Mailer.Send(ctx, m)
	}
	// The mark must be made even while the program is stopping: the letter may have gone.
	err = mark(context.WithoutCancel(ctx), id, letter.ID, failed)
	switch late := d.Now().Sub(letter.Owed); {
	case failed == nil:
		d.Log.Info("letter sent", "reference", id, "letter", letter.ID, "tries", letter.Attempts)
	case !errors.Is(failed, context.Canceled):
		d.Log.Error("letter not sent", "reference", id, "letter", letter.ID, "tries", letter.Attempts, "late_s", int(late.Seconds()), "error", failed)
	}
	return failed == nil, failed == nil && err == nil, err
}

// take leases the first letter of an application that is due, and makes it; failed says why it cannot be made.
func (d *Desk) take(ctx context.Context, ref string) (letter record.Letter, m record.Message, failed, err error) {
	var link string
	var over bool
	a, err := d.amend(ctx, ref, func(a *Application) error {
		letter, link, over = record.Letter{}, "", false
		if d.expired(a) {
			// Letters that are still owed are not sent: nobody may be written to whose data should be gone.
			if over = a.Document != nil; !over && !a.Letters.Due().IsZero() {
				a.Letters = nil
				return nil
			}
			return record.ErrUnchanged
		}
		l, changed := a.Letters.Lease(d.Now().UTC(), a.Reference, hostOf(d.MailFrom), func(l record.Letter) bool {
			return a.dropped(l) || l.Name == LetterResume && !d.takes(a) // nobody can go on
		})
		switch {
		case !changed && (a.Due().IsZero() || a.Due().After(d.Now())):
			return record.ErrUnchanged
		case l == nil: // is written anew also if it is kept for longer than was said: else it would always be due, in front of others' letters
			return nil
		}
		if made := sends[l.Name].link; made != nil {
			until := d.expires(a)
			if made.opens == forStatus {
				until = time.Time{}
			}
			link = d.BaseURL + made.path(a) + a.newKey(made.opens, l.ID, until)
		}
		letter = *l
		return nil
	})
	if err == nil && over {
		err = cmp.Or(d.remove(ctx, ref, OverTime), errRemoved)
	}
	if err != nil || letter.ID == "" {
		return record.Letter{}, record.Message{}, nil, err
	}
	if letter.Name == LetterToLead {
		a, failed = d.noteDoubles(ctx, a)
	}
	if failed == nil {
		m, failed = d.message(a, letter, link)
	}
	return letter, m, failed, nil
}

// mark notes what became of a letter of an application.
func (d *Desk) mark(ctx context.Context, ref, letter string, failed error) error {
	_, err := d.amend(ctx, ref, func(a *Application) error {
		now := d.Now().UTC()
		if !a.Letters.Mark(letter, now, failed) {
			return record.ErrUnchanged
		}
		if failed == nil {
			a.Events.Add(now, EventSent, "hub", letter)
		}
		return nil
	})
	return err
}

// Bounced notes what became of a letter after it was sent: what is "letter bounced", "complaint" or "letter delayed". Told twice, it is
// noted once. The note is a class, never an address. An application or letter that is gone is no error.
func (d *Desk) Bounced(ctx context.Context, ref, letter, what, note string, at time.Time) error {
	_, err := d.amend(ctx, ref, func(a *Application) error {
		e := record.Event{What: what, At: at.UTC().Truncate(time.Millisecond), Who: "mail", Note: strings.TrimSpace(letter + " " + strings.TrimSpace(note))}
		known := func(k record.Event) bool {
			return k.What == e.What && k.At.Equal(e.At) && k.Who == e.Who && k.Note == e.Note
		}
		if slices.ContainsFunc(a.Events, known) || !a.Letters.Has(func(l record.Letter) bool { return l.ID == letter }) {
			return record.ErrUnchanged
		}
		a.Events = append(a.Events, e)
		a.practiceBounced(d.Now().UTC())
		return nil
	})
	if errors.Is(err, record.ErrNotFound) {
		return nil
	}
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

// message makes a letter. A PDF that cannot be drawn does not hold up the application: its text goes instead.
func (d *Desk) message(a *Application, l record.Letter, link string) (record.Message, error) {
	t, def, doc := d.Programme.Letters.For(l.Name, a.Form), d.Programme.Forms[a.Form], a.Document
	if t == nil {
		return record.Message{}, fmt.Errorf("there is no letter %q", l.Name)
	}
	if doc == nil { // a draft: what it says so far
		if def == nil {
			return record.Message{}, fmt.Errorf("there is no form %q any more", a.Form)
		}
		doc = d.document(a, def)
	}
	f := FieldsOf(doc)
	f.Hub = d.Hub
	if a.Document == nil {
		f.Until = d.until(def, a)
	}
	f.Link, f.More = link, d.more(a)
	if a.Document != nil {
		f.Flags, f.Until = a.FlagsNow(), d.expires(a)
		f.More["review"] = d.BaseURL + "/review/" + a.Reference
	}
	m := record.Message{ID: l.MessageID, From: d.MailFrom}
	m.Subject, m.Text = t.Write(f.Value)
	switch t.To {
	case ToLead:
		m.To, m.ReplyTo = d.lead(doc), doc.Applicant.Email
	case ToDeputy:
		m.To, m.ReplyTo = d.deputy(doc), d.lead(doc)
	case ToApplicant:
		m.To, m.ReplyTo = doc.Applicant.Email, doc.Course.Contact
	case ToPractice:
		m.To, m.ReplyTo = a.Authorisation.Email, doc.Course.Contact
	}
	if t.Attach && a.Document != nil {
		m.Attachments = []record.Attachment{d.Print(a, t.To == ToLead || t.To == ToDeputy)}
	}
	if files := sends[l.Name].files; files != nil {
		m.Attachments = append(m.Attachments, files(d, a)...)
	}
	return m, nil
}

// Print is an application that was sent as a file: the PDF, or its text if that cannot be drawn. See [Application.Copy].
func (d *Desk) Print(a *Application, staff bool) record.Attachment {
	file, err := a.Copy(staff).File("application-"+a.Reference, d.PDF)
	if err != nil {
		d.Log.Error("PDF not drawn; the text goes instead", "reference", a.Reference, "error", err)
	}
	return record.Attachment(file)
}

// lead is who leads the course at present, not who did when the application was sent: they may not see it any more. If the
// lead is the applicant it is the deputy, who decides then.
func (d *Desk) lead(doc *document.Submission) string {
	c := d.Programme.Course(d.Programme.Current(doc.Course.ID))
	switch {
	case c == nil:
		return doc.Course.Lead
	case c.Deputy != nil && doc.Applicant.Is(c.Lead.Email):
		return c.Deputy.Email
	}
	return c.Lead.Email
}

// deputy is whom to tell when the lead does nothing: the course's deputy at present, or else the lead again, also if the deputy is the applicant.
func (d *Desk) deputy(doc *document.Submission) string {
	if c := d.Programme.Course(d.Programme.Current(doc.Course.ID)); c != nil && c.Deputy != nil && !doc.Applicant.Is(c.Deputy.Email) {
		return c.Deputy.Email
	}
	return d.lead(doc)
}

// Run delivers letters as they fall due, and every hour removes what is past its time and sees to the weekly letters, until ctx ends.
func (d *Desk) Run(ctx context.Context) {
	const rest = 500 * time.Millisecond
	tick := time.NewTicker(rest)
	defer tick.Stop()
	if n, err := d.Sort(ctx); err != nil && ctx.Err() == nil {
		d.Log.Error("sorting the records of an older hub", "error", err)
	} else if n > 0 {
		d.Log.Info("put the records of an older hub on their lists", "records", n)
	}
	var swept time.Time
	for {
		if _, err := d.Deliver(ctx); err != nil && ctx.Err() == nil {
			d.Log.Error("delivery", "error", err)
		}
		if now := d.Now(); now.Sub(swept) > time.Hour {
			swept = now
			if n, err := d.Expire(ctx); err != nil && ctx.Err() == nil {
				d.Log.Error("removing what is past its time", "error", err)
			} else if n > 0 {
				d.Log.Info("removed what is past its time", "records", n)
			}
			if err := d.Remind(ctx); err != nil && ctx.Err() == nil {
				d.Log.Error("weekly letters", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
