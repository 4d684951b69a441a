package intake

import (
	"context"
	"fmt"
	"maps"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/document"
	"traininghub/internal/letter"
	"traininghub/internal/mailbox"
	"traininghub/internal/record"
)

// Stories returns the stories of the kinds of records that this package keeps, for the post.
func (d *Desk) Stories() map[record.Kind]record.Story {
	return map[record.Kind]record.Story{record.Application: d.story(), mailbox.Kind: d.Mailboxes().Story()}
}

// Kinds are the kinds of records for applications, addresses, the staff, and what the office keeps.
var Kinds = []record.Kind{record.Application, mailbox.Kind, record.StaffAccount, record.PastRow, record.Trace, record.Export,
	Sweeps}

// story returns the story of applications.
func (d *Desk) story() record.Story {
	return &record.Letters[*application.Application]{
		Keeper: d.Applications(), Now: d.Now, From: d.MailFrom,
		Outbox: func(a *application.Application) *record.Outbox { return &a.Letters },
		Over:   func(a *application.Application) bool { return a.Removal() != nil }, End: d.end,
		Dropped: d.drops, Hold: d.hold,
		Leased: func(a *application.Application, l *record.Letter) string {
			if made := sends[l.Name].link; made != nil {
				return d.linkTo(a, made, l.ID)
			}
			return ""
		},
		Pass: d.pass,
		Make: func(ctx context.Context, a *application.Application, l record.Letter, link string) (m record.Message, err error) {
			if l.Name == application.LetterCorrected {
				if err = d.noteSingles(ctx, a); err != nil {
					return m, err
				}
			}
			if l.Name == application.LetterToLead || l.Name == application.LetterCorrected {
				if a, err = d.noteDoubles(ctx, a); err != nil {
					return m, err
				}
			}
			return d.Message(a, l, link)
		},
		Sent: func(a *application.Application, letter string) { noteSent(a, letter, d.Now()) },
		Refused: func(a *application.Application, letter string, why *record.Refusal) bool {
			return noteRefused(a, letter, d.recipient(a, letter), why, d.Now())
		},
	}
}

// drops reports whether a letter that is due must no longer go. Nobody is told of a draft that
// nobody can go on with.
func (d *Desk) drops(a *application.Application, l record.Letter) bool {
	return dropped(a, l) || a.Document == nil && d.expired(a) || l.Name == application.LetterResume && !d.takes(a)
}

// linkTo makes the link that a letter shows.
func (d *Desk) linkTo(a *application.Application, made *mailedLink, letter string) string {
	until := d.Removed(a)
	if made.opens == forStatus {
		until = time.Time{}
	}
	return d.BaseURL + made.path(d, a) + newKey(a, made.opens, letter, until)
}

// end finishes a removal that was interrupted.
func (d *Desk) end(ctx context.Context, ref string) (removed bool, err error) {
	return true, d.Remove(ctx, ref, OverTime)
}

// Message makes a letter. If a PDF cannot be drawn, its text goes instead, so the application is
// not held up.
func (d *Desk) Message(a *application.Application, l record.Letter, link string) (record.Message, error) {
	t, def, doc := d.Programme.Letters.For(l.Name, a.Form), d.Programme.Forms[a.Form], a.Document
	if t == nil {
		return record.Message{}, fmt.Errorf("there is no letter %q", l.Name)
	}
	if doc == nil { // a draft: its answers so far
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
		f.Flags, f.Until = a.FlagsNow(), d.Removed(a)
		f.More["review"] = d.BaseURL + "/review/" + a.Reference
	}
	f.More[letter.Greeting] = greeted(a, t.To)
	maps.Copy(f.More, aboutFields(a, l))
	m := record.Message{}
	t.Write(&m, f.Value)
	switch t.To {
	case ToLead:
		m.To, m.ReplyTo = d.lead(doc), doc.Applicant.Email
	case ToDeputy:
		m.To, m.ReplyTo = d.deputy(doc), d.lead(doc)
	case ToApplicant:
		m.To, m.ReplyTo = doc.Applicant.Email, doc.Course.Contact
	case ToPractice:
		m.To, m.ReplyTo = a.Authorisation.Email, doc.Course.Contact
	case ToFormer:
		m.To, m.ReplyTo = former(a, l.ID), doc.Course.Contact
	case ToOffice:
		m.To, m.ReplyTo = d.Corrector(a), doc.Course.Contact
	}
	if t.Attach && a.Document != nil {
		m.Attachments = []record.Attachment{d.Print(a, t.To == ToLead || t.To == ToDeputy)}
	}
	if files := sends[l.Name].files; files != nil {
		m.Attachments = append(m.Attachments, files(d, a)...)
	}
	return m, nil
}

// Print returns an application that was sent as a file: the PDF, or its text if that cannot be
// drawn. See [application.Application.Copy].
func (d *Desk) Print(a *application.Application, staff bool) record.Attachment {
	file, err := a.Copy(staff).File("application-"+a.Reference, d.PDF)
	if err != nil {
		d.Log.Error("PDF not drawn; the text goes instead", "reference", a.Reference, "error", err)
	}
	return record.Attachment(file)
}

// lead returns the course's present lead. Somebody who led it when the application was sent may not
// see it any more. If the lead is the applicant, lead returns the deputy, who then decides.
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

// deputy returns whom to tell when the lead does nothing: the course's present deputy, or the lead
// again if there is none or the deputy is the applicant.
func (d *Desk) deputy(doc *document.Submission) string {
	if c := d.Programme.Course(d.Programme.Current(doc.Course.ID)); c != nil && c.Deputy != nil &&
		!doc.Applicant.Is(c.Deputy.Email) {
		return c.Deputy.Email
	}
	return d.lead(doc)
}
