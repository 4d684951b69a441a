package office

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"traininghub/internal/claim"
	"traininghub/internal/conversation"
	"traininghub/internal/intake"
	"traininghub/internal/letter"
	"traininghub/internal/record"
	"traininghub/internal/remind"
	"traininghub/internal/removal"
	"traininghub/internal/staff"
)

// LetterDigest goes to leads on Mondays, and to deputies: what is waiting, and for whom.
const LetterDigest = "digest-to-lead"

// Letters returns the table of the letters that a hub with applications and claims sends.
func Letters() letter.Table {
	return letter.Join(intake.Letters(), staff.Letters,
		letter.Join(claim.Letters, remind.Letters, conversation.Letters).Needing(letter.NeedsScheme), letter.Table{LetterDigest: {
			To: []letter.Recipient{staff.To}, Fields: []string{"waiting", "waiting.for-you", "review"},
			Alone: true, NoCopy: intake.NoPDF,
		}})
}

// Staff returns the person who signs in with the email address; nil if nobody may.
func (d *Desk) Staff(email string) *staff.Person {
	p := staff.Directory{Courses: d.Applications.Programme.Courses, Office: d.Contacts}.Find(email)
	if d.Others != nil {
		p = d.Others(p, email)
	}
	return p
}

// Door is where the staff sign in.
func (d *Desk) Door() *staff.Door {
	a := d.Applications
	return &staff.Door{
		Store: d.Applications.Store, Now: d.Applications.Now, Find: d.Staff, BaseURL: a.BaseURL, MailFrom: a.MailFrom,
		Hub: a.Hub, Below: cmp.Or(d.Below, "/review/"),
		Template: func(name string) *letter.Template {
			if name == staff.LetterSignIn {
				name = cmp.Or(d.SignIn, name)
			}
			return d.Applications.Programme.Letters.For(name, "")
		},
	}
}

// Post returns what sends the letters of all records in the store.
func (d *Desk) Post() *record.Post {
	door, stories := d.Door(), d.Applications.Stories()
	// Set here and not in Door, because some programs that need a Door may not list applications.
	door.Fields = map[string]func(context.Context, *staff.Person) (map[string]string, error){
		LetterDigest: d.digestFields,
	}
	stories[record.StaffAccount] = door.Story()
	for _, story := range d.Stories {
		stories[story.Kind()] = story.Post()
	}
	for _, kind := range intake.Kinds {
		if _, owes := stories[kind]; !owes {
			stories[kind] = nil // a known kind, which owes no letters
		}
	}
	return &record.Post{
		Store: d.Applications.Store, Mailer: d.Mailer, Now: d.Applications.Now, Log: d.Applications.Log,
		Stories: stories, First: record.StaffAccount,
	}
}

// Sweep removes what is past its time, of applications and of every other story, and returns how
// many records. If one story fails, the others go on.
func (d *Desk) Sweep(ctx context.Context) (int, error) {
	did, err := removal.Of(d.Applications).Sweep(ctx)
	total := did.Marked + did.Destroyed + did.Cleared
	for _, story := range d.Stories {
		if t, ok := story.(Tender); ok {
			err = errors.Join(err, t.Tend(ctx))
		}
	}
	b, wrong := removal.Of(d.Applications).Brake(ctx)
	if err = errors.Join(err, wrong); wrong != nil || b.Held != nil { // a wrong clock is wrong for all
		return total, err
	}
	for _, story := range d.Stories {
		n, wrong := story.Sweep(ctx)
		total, err = total+n, errors.Join(err, wrong)
	}
	if d.Beside != nil {
		err = errors.Join(err, d.Beside(ctx))
	}
	return total, err
}

// Run delivers letters as they fall due until ctx ends. Every hour it removes what is past its time
// and sees to the weekly letters.
func (d *Desk) Run(ctx context.Context) {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	log := d.Applications.Log
	failed := func(what string, err error) {
		if err != nil && ctx.Err() == nil {
			log.Error(what, "error", err)
		}
	}
	n, err := d.Applications.Sort(ctx)
	failed("sorting the records of an older hub", err)
	if n > 0 {
		log.Info("put the records of an older hub on their lists", "records", n)
	}
	var work sync.WaitGroup
	defer work.Wait()
	work.Go(func() { d.Post().Run(ctx) })
	var swept time.Time
	for {
		if now := d.Applications.Now(); now.Sub(swept) > time.Hour {
			swept = now
			n, err := d.Sweep(ctx)
			failed("removing what is past its time", err)
			if n > 0 {
				log.Info("saw to what was due", "records", n)
			}
			failed("delivery", d.Post().LogUnknown(ctx))
			failed("weekly letters", d.Remind(ctx))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
