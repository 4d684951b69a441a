package intake

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/mailbox"
	"traininghub/internal/programme"
	"traininghub/internal/record"
	"traininghub/internal/words"
)

// Reasons why the desk did not do something, as far as a page needs to know them. The applicant can
// do something about each.
var (
	// ErrNoDraft: the key opens nothing. It is mistyped or expired, or the draft was removed after
	// its time.
	ErrNoDraft = errors.New("intake: the key opens no application")
	// ErrNotOpen: the course takes no applications at this time.
	ErrNotOpen = errors.New("intake: the course takes no applications now")
	// ErrNoStory: the form is for a service. It is drafted like an application, but once it is sent
	// the service's own story takes over, which is missing here.
	ErrNoStory = errors.New("intake: nothing takes what is sent for this service")
	// ErrSent: the application was sent already, so nothing in it can change.
	ErrSent = errors.New("intake: the application was sent")
	// ErrIncomplete: sections are missing or wrong; Answers.Gaps says which.
	ErrIncomplete = errors.New("intake: the application is not complete")
	// ErrFull: the list has as many entries as it can take.
	ErrFull = errors.New("intake: the list is full")
	// ErrNoRow: the entry was removed.
	ErrNoRow = errors.New("intake: no such entry")
)

// How long things last.
const (
	// cookieLife is how long a device can go on with a draft after its last save. WCAG 2.2.1 asks
	// for a warning if it is less than 20 hours; if it were more, the next person at a shared desk
	// might find somebody's application.
	cookieLife = 20 * time.Hour
	// sentLife is how long the device that sent an application can see its confirmation again.
	sentLife = time.Hour
	// reminderAfter is how long after the last save the link to go on with a draft is mailed,
	// unless the applicant asks for it sooner.
	reminderAfter = 2 * time.Hour
)

// A Desk takes applications. Its fields are set once, before its first use; its methods may be
// called from several goroutines, and several desks may work on one store.
type Desk struct {
	Store     record.Store
	Programme *programme.Programme
	Now       func() time.Time // the clock

	BaseURL string // of links in letters
	Retain  Retention
	// Kept is how many days other stories in the store keep things, by the names that editors know.
	// Nothing is removed while one of these is shorter than it was.
	Kept map[string]int

	// Mentoring is the way to the store of mentoring; nil if there is none.
	Mentoring *Crossing

	// Take adds to a set what the story of a service keeps of what was sent, or returns what is
	// wrong with it. If Take is nil, no service takes anything.
	Take func(ctx context.Context, set *record.Set, def *form.Definition, sent Sent) ([]form.Problem, error)

	// Corrector returns the e-mail address of whoever corrects answers of an application; "" if
	// nobody does.
	Corrector func(a *application.Application) string

	// Scans keeps the scans of applications that came on paper; nil if the hub takes none.
	Scans Scans

	// Waiting owns the letters of other stories in the same store that wait for room in a mailbox.
	Waiting []mailbox.Owner

	// For letters.
	MailFrom string                           // "Name <address>"
	Hub      func(name string) (string, bool) // the hub's facts, for letters
	PDF      func(*document.Document) ([]byte, error)
	Log      *slog.Logger
}

// Sent is what was sent for a service.
type Sent struct {
	Document *document.Submission
	Answers  application.Answers // as typed, to be corrected
	Word     string              // the applicant's own secret word, if the form asks for one; never stored
}

// Retention is how long things are kept.
type Retention struct {
	Drafts    time.Duration // after the last save
	Undecided time.Duration // after an application was received, or its decision was taken back
	Accepted  time.Duration // after that decision
	Declined  time.Duration // after that decision
	Withdrawn time.Duration // after that

	// Charges is how long the proof of a charge is kept after somebody with a place has withdrawn
	// and can be charged for it. The longer of Charges and Withdrawn counts.
	Charges time.Duration
}

// Of returns how long an application with the status is kept.
func (r Retention) Of(s application.Status) time.Duration {
	switch s {
	case application.Received:
		return r.Undecided
	case application.Accepted:
		return r.Accepted
	case application.Declined:
		return r.Declined
	case application.Withdrawn:
		return r.Withdrawn
	}
	return r.Drafts
}

// Days returns the times in days, by their names in site.yaml.
func (r Retention) Days() map[string]int {
	days := func(d time.Duration) int { return int(d / (24 * time.Hour)) }
	all := map[string]int{
		"retain_drafts_days": days(r.Drafts), "retain_applications_days": days(r.Undecided),
		"retain_accepted_days": days(r.Accepted),
		"retain_declined_days": days(r.Declined), "retain_withdrawn_days": days(r.Withdrawn),
	}
	if r.Charges > 0 {
		all["retain_charges_days"] = days(r.Charges)
	}
	return all
}

// RetainDays returns a Retention of times in days.
func RetainDays(drafts, undecided, accepted, declined, withdrawn int) Retention {
	days := func(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }
	return Retention{Drafts: days(drafts), Undecided: days(undecided), Accepted: days(accepted),
		Declined: days(declined), Withdrawn: days(withdrawn)}
}

// WithCharges returns r, but with the proof of a charge kept for this many days.
func (r Retention) WithCharges(days int) Retention {
	r.Charges = time.Duration(days) * 24 * time.Hour
	return r
}

// Start saves the first section. It begins a draft and returns it with the key that opens it, or
// returns what is wrong with the answers. If key opens an application that the same person (the
// same e-mail address and professional number) began for this form on the same device, Start saves
// that one instead; if it was sent, Start returns ErrSent with its key. So going back to the first
// page makes no second draft. Another person always gets a draft of their own.
func (d *Desk) Start(
	ctx context.Context, def *form.Definition, key string, v form.Values, flags ...string,
) (a *application.Application, newKey string, problems []form.Problem, err error) {
	if !d.open(def) {
		return nil, "", nil, ErrNotOpen
	}
	now := d.Now()
	first := &def.Sections[0]
	if problems = first.Check(v, now.In(course.London)); len(problems) > 0 {
		return nil, "", problems, nil
	}
	a = &application.Application{Flags: flags}
	a.Answers.Put(first.ID, v)
	a.Answers.Finish(first.ID, false)
	if begun, err := d.Open(ctx, def, key); err == nil {
		was, is := application.ApplicantOf(def, &begun.Answers), application.ApplicantOf(def, &a.Answers)
		if strings.EqualFold(was.Email, is.Email) && was.Registration == is.Registration {
			a, err := d.Save(ctx, def, key, first, v)
			return a, key, nil, err
		}
	} else if !errors.Is(err, ErrNoDraft) {
		return nil, "", nil, err
	}
	if newKey, err = d.begin(ctx, def, a); err != nil {
		return nil, "", nil, err
	}
	return a, newKey, nil, nil
}

// begin makes a draft of the form with the answers that a has, and returns the key that opens it.
func (d *Desk) begin(ctx context.Context, def *form.Definition, a *application.Application) (key string, err error) {
	now := d.Now()
	a.Form, a.Course, a.Saved = def.ID, def.Course, now.UTC()
	a.LeaveRoom(Spare)
	for range 20 {
		a.Reference, a.Keys, a.Events = application.NewReference(def), nil, nil
		key = newKey(a, forCookie, "", now.Add(cookieLife).UTC())
		a.Events.Add(now, application.EventStarted, "applicant", "")
		if err = d.Applications().Create(ctx, a); !errors.Is(err, record.ErrExists) {
			break
		}
	}
	if err != nil {
		return "", fmt.Errorf("beginning a draft: %w", err)
	}
	return key, nil
}

// Draft returns the draft that a cookie's key opens, while its course takes applications. Otherwise
// it returns ErrNoDraft, ErrSent or ErrNotOpen.
func (d *Desk) Draft(ctx context.Context, def *form.Definition, key string) (*application.Application, error) {
	a, err := d.Open(ctx, def, key)
	if err != nil {
		return nil, err
	}
	return a, d.isDraft(def, a)
}

// isDraft returns the reason why an application's answers cannot be changed; nil if they can.
func (d *Desk) isDraft(def *form.Definition, a *application.Application) error {
	switch {
	case a.Status() != application.Draft:
		return ErrSent
	case !d.open(def):
		return ErrNotOpen
	}
	return nil
}

// open reports whether the form's course or service takes applications now.
func (d *Desk) open(def *form.Definition) bool {
	o := d.Programme.Offer(def)
	return o != nil && o.Accepts(d.Now())
}

// takes reports whether the applicant can go on with a draft: its form still exists, and its course
// takes applications now.
func (d *Desk) takes(a *application.Application) bool {
	def := d.Programme.Forms[a.Form]
	return def != nil && d.open(def)
}

// fill returns the address at which an application is filled in.
func (d *Desk) fill(a *application.Application) string {
	if def := d.Programme.Forms[a.Form]; def != nil {
		if o := d.Programme.Offer(def); o != nil {
			return o.Fill(a.Form)
		}
	}
	return programme.ApplyBelow + a.Form
}

// Open returns the application that a cookie's key opens, or ErrNoDraft, whether or not the course
// still takes applications.
func (d *Desk) Open(ctx context.Context, def *form.Definition, key string) (*application.Application, error) {
	return d.unlock(ctx, def, key, forCookie)
}

func (d *Desk) unlock(
	ctx context.Context, def *form.Definition, key, purpose string,
) (*application.Application, error) {
	ref, secret, ok := splitKey(key)
	if !ok {
		return nil, ErrNoDraft
	}
	a, err := d.get(ctx, ref)
	if errors.Is(err, record.ErrNotFound) || err == nil && (a.Form != def.ID ||
		!a.Keys.Opens(secret, purpose, d.Now()) || d.expired(a)) {
		return nil, ErrNoDraft
	}
	return a, err
}

// Save stores a section's answers as they were typed, including mistakes, and returns what is wrong
// with them and the draft as it is now. The section then counts as completed.
func (d *Desk) Save(
	ctx context.Context, def *form.Definition, key string, s *form.Section, v form.Values,
) (*application.Application, error) {
	return d.save(ctx, def, key, func(a *application.Application, proved bool) error {
		a.Answers.Put(s.ID, v)
		a.Answers.Finish(s.ID, proved)
		return nil
	})
}

// SaveLeft is Save for somebody who leaves in the middle of the section and has to come back to it.
func (d *Desk) SaveLeft(
	ctx context.Context, def *form.Definition, key string, s *form.Section, v form.Values,
) (*application.Application, error) {
	return d.save(ctx, def, key, func(a *application.Application, proved bool) error {
		a.Answers.Begin(s.ID, proved)
		a.Answers.Put(s.ID, v)
		delete(a.Answers.Done, s.ID)
		return nil
	})
}

// SaveRow stores one entry of a section that repeats, and returns the entry's id. If no entry has
// the id, it adds one with it, so a second click on one page saves one entry; "" makes a new id. It
// returns ErrFull if there is no room.
func (d *Desk) SaveRow(
	ctx context.Context, def *form.Definition, key string, s *form.Section, id string, v form.Values,
) (string, error) {
	if id == "" {
		id = application.NewRowID()
	}
	_, err := d.save(ctx, def, key, func(a *application.Application, proved bool) error {
		a.Answers.Begin(s.ID, proved)
		if row, _ := a.Answers.Row(s.ID, id); row != nil {
			row.Values = v
			return nil
		}
		if len(a.Answers.Rows[s.ID]) >= s.Repeat.Max {
			return ErrFull
		}
		if a.Answers.Rows == nil {
			a.Answers.Rows = map[string][]application.Row{}
		}
		a.Answers.Rows[s.ID] = append(a.Answers.Rows[s.ID], application.Row{ID: id, Values: v})
		return nil
	})
	return id, err
}

// RemoveRow removes an entry from a list. It is not an error if the entry is gone already.
func (d *Desk) RemoveRow(ctx context.Context, def *form.Definition, key string, s *form.Section, id string) error {
	_, err := d.save(ctx, def, key, func(a *application.Application, _ bool) error {
		if a.Answers.Rows[s.ID] != nil {
			a.Answers.Rows[s.ID] = slices.DeleteFunc(a.Answers.Rows[s.ID],
				func(r application.Row) bool { return r.ID == id })
		}
		return nil
	})
	return err
}

// FinishList notes that the applicant wants to add nothing more to a list. It returns the draft as
// it is now.
func (d *Desk) FinishList(
	ctx context.Context, def *form.Definition, key string, s *form.Section,
) (*application.Application, error) {
	return d.save(ctx, def, key, func(a *application.Application, proved bool) error {
		a.Answers.Finish(s.ID, proved)
		return nil
	})
}

// save changes the answers of a draft while its course is open. From the second section on, each
// save postpones the letter with the link to go on. change is told whether the device has proved
// that the mailbox is the applicant's.
func (d *Desk) save(
	ctx context.Context, def *form.Definition, key string, change func(a *application.Application, proved bool) error,
) (*application.Application, error) {
	_, secret, _ := splitKey(key)
	return d.change(ctx, def, key, func(a *application.Application) error {
		if err := d.isDraft(def, a); err != nil {
			return err
		}
		now := d.Now().UTC()
		was := application.ApplicantOf(def, &a.Answers).Email
		k := a.Keys.Find(secret, forCookie, now)
		if err := change(a, k != nil && k.Proved); err != nil {
			return err
		}
		if application.ApplicantOf(def, &a.Answers).Email != was { // links that went to the old address no longer work
			disprove(a)
		}
		a.LeaveRoom(Spare)
		a.Saved = now
		extendCookies(a, now, now.Add(cookieLife))
		if len(a.Answers.Done) > 1 && d.reachable(def, a) {
			a.Owe(application.LetterResume, now, now.Add(reminderAfter))
		}
		return nil
	})
}

// reachable reports whether the applicant's e-mail address is valid. A section is stored as it was
// typed, so it may not be.
func (d *Desk) reachable(def *form.Definition, a *application.Application) bool {
	q, s := def.Question(def.Applicant.Email)
	alone := form.Section{Questions: []form.Question{*q}} // the whole section would take most of a save
	return len(alone.Check(a.Answers.Values[s.ID], d.Now())) == 0
}

// Leave mails the link to go on with a draft at once, closes the draft on this device, and returns
// the address that the link goes to and until when it works. On a device that has left the draft
// already it mails the link again. It returns ErrIncomplete if the address is not valid.
func (d *Desk) Leave(ctx context.Context, def *form.Definition, key string) (email string, until time.Time, err error) {
	purpose := forCookie
	a, err := d.Open(ctx, def, key)
	if errors.Is(err, ErrNoDraft) {
		purpose = forLeft
		a, err = d.unlock(ctx, def, key, purpose)
	}
	if err != nil {
		return "", time.Time{}, err
	}
	_, secret, _ := splitKey(key)
	_, err = d.AmendRead(ctx, a, d.while(key, purpose, ErrNoDraft, func(a *application.Application) error {
		switch {
		case a.Status() != application.Draft:
			return ErrSent
		case !d.reachable(def, a):
			return ErrIncomplete
		}
		now := d.Now().UTC()
		a.LeaveRoom(Spare)
		a.Owe(application.LetterResume, now, now)
		if k := a.Keys.Find(secret, purpose, now); def.Course != "" { // nobody may see who asked for a mentor
			k.For, k.Proved, k.Expires = forLeft, false, now.Add(cookieLife)
		}
		a.Keys.Drop(func(k record.Key) bool { return k.For == forCookie })
		email, until = application.ApplicantOf(def, &a.Answers).Email, d.until(def, a)
		return nil
	}))
	return email, until, err
}

// Left returns until when the mailed link opens a draft that was left on this device; ErrNoDraft if
// none was left here.
func (d *Desk) Left(ctx context.Context, def *form.Definition, key string) (until time.Time, err error) {
	a, err := d.unlock(ctx, def, key, forLeft)
	switch {
	case err != nil:
		return time.Time{}, err
	case a.Status() != application.Draft || !d.open(def):
		return time.Time{}, ErrNoDraft
	}
	return d.until(def, a), nil
}

// until returns when a draft can no longer be sent, because it is removed or its course closes.
func (d *Desk) until(def *form.Definition, a *application.Application) time.Time {
	until := a.Saved.Add(d.Retain.Drafts)
	if o := d.Programme.Offer(def); o != nil && !o.Closes().IsZero() && o.Closes().Before(until) {
		until = o.Closes().Add(-time.Minute)
	}
	return until
}

// Peek reports whether a mailed link still opens a draft, without using it, because mail scanners
// open links too.
func (d *Desk) Peek(ctx context.Context, def *form.Definition, link string) error {
	_, err := d.unlock(ctx, def, link, forResume)
	return err
}

// Resume opens a draft by a mailed link, and returns a new key for this device. Devices on which no
// such link was opened lose the draft, and the applicant has to go through what was typed there
// again: see [Unchecked].
func (d *Desk) Resume(ctx context.Context, def *form.Definition, link string) (key string, err error) {
	a, err := d.unlock(ctx, def, link, forResume)
	if err != nil {
		return "", err
	}
	a, err = d.Amend(ctx, a.Reference, d.while(link, forResume, ErrNoDraft, func(a *application.Application) error {
		now := d.Now().UTC()
		life := cookieLife
		if a.Status() != application.Draft {
			life = sentLife
		}
		prove(a)
		key = newKey(a, forCookie, "", now.Add(life))
		a.Keys[len(a.Keys)-1].Proved = true
		if hasRoom(a) {
			a.Events.Add(now, application.EventResumed, "applicant", "")
		}
		return nil
	}))
	if err != nil {
		return "", err
	}
	d.Mailboxes().Proved(ctx, d.email(a))
	return key, nil
}

// Send sends the application. It checks everything again, freezes the questions with their answers,
// and makes one conditional write by which the draft becomes received and owes the letters to the
// STP lead and to the applicant. When it returns an application, that application is safely stored.
// Sent again, it changes nothing and returns the same one, with again set. Problems are about the
// declarations and the signature. It returns record.ErrTooLarge if there would be no room for what
// happens to the application afterwards; see room.go.
//
// What is sent for a service becomes a record of that service's story by the same write: see Take.
// Only the draft's reference stays, for a day, so that a second click finds the confirmation.
func (d *Desk) Send(
	ctx context.Context, def *form.Definition, key string, signed Signed, flags ...string,
) (a *application.Application, again bool, problems []form.Problem, err error) {
	a, err = d.changeIn(ctx, def, key, func(set *record.Set, a *application.Application) error {
		again, problems = false, nil
		if a.Status() != application.Draft {
			again = true
			return record.ErrUnchanged
		}
		switch {
		case def.Course == "" && d.Take == nil:
			return ErrNoStory
		case !d.open(def):
			return ErrNotOpen
		}
		now := d.Now()
		if len(a.Answers.Gaps(def, now.In(course.London))) > 0 {
			return ErrIncomplete
		}
		if problems = Declared(def, signed, now); len(problems) == 0 {
			problems = unlike(def, &a.Answers, signed)
		}
		if len(problems) > 0 {
			return record.ErrUnchanged
		}
		a.LeaveRoom(Spare)
		a.Flags = append(a.Flags, flags...)
		if def.Course != "" {
			d.Receive(a, def, signed.Name, nil, now.UTC())
			return nil
		}
		wrong, err := d.Take(ctx, set, def, Sent{d.signed(a, def, signed.Name, now.UTC()), a.Answers, signed.Word})
		if problems = wrong; len(wrong) > 0 {
			return record.ErrUnchanged
		}
		handOver(a, now.UTC())
		return err
	})
	return a, again, problems, err
}

// Signed holds the entries of the last page: the ids of the declarations that were ticked, the
// typed name, and the applicant's secret word if the form asks for one. Kept is the name, if it was
// questioned and typed once more.
type Signed struct {
	Ticked           map[string]bool
	Name, Kept, Word string
}

// Declared returns what is wrong with the declarations and the signature.
func Declared(def *form.Definition, signed Signed, now time.Time) []form.Problem {
	var problems []form.Problem
	for _, decl := range def.Declarations {
		if !signed.Ticked[decl.ID] {
			first, _, _ := strings.Cut(decl.Text, ". ") // the summary of errors has a line for each
			problems = append(problems, form.Wrong("declaration-"+decl.ID, "Tick “"+strings.TrimSuffix(first, ".")+"”"))
		}
	}
	asked := def.Signature.Asks()
	problems = append(problems, asked.Check(form.Values{"signature": signed.Name}, now)...)
	if def.Word != nil {
		asked := def.Word.Asks()
		problems = append(problems, asked.Check(form.Values{"word": signed.Word}, now)...)
	}
	return problems
}

// signed returns the draft as a document, with the signature and the declarations.
func (d *Desk) signed(
	a *application.Application, def *form.Definition, signature string, now time.Time,
) *document.Submission {
	a.Course = def.Course // the draft may be older than the form's move to this course
	doc := d.document(a, def)
	doc.Received, doc.Flags, doc.Doubts = now, slices.Clone(a.Flags), application.DoubtsOf(def, &a.Answers, signature)
	doc.Signature = document.Signature{Label: def.Signature.Label, Name: signature, At: now}
	for _, decl := range def.Declarations {
		doc.Declarations = append(doc.Declarations, document.Declaration{ID: decl.ID, Text: decl.Text, At: now,
			Charge: decl.Charge})
	}
	return doc
}

// handOver leaves nothing of a draft except that it was sent. Another story has its content.
func handOver(a *application.Application, now time.Time) {
	a.Events.Add(now, application.EventReceived, "applicant", "")
	a.Answers, a.Flags, a.Letters = application.Answers{}, nil, nil
	a.Keys.Drop(func(k record.Key) bool { return k.For != forCookie })
	endDevices(a, now)
}

// Receive turns a draft, or what came on paper, into an application received, and owes its letters.
// paper is nil for a draft.
func (d *Desk) Receive(
	a *application.Application, def *form.Definition, signature string, paper *document.Paper, now time.Time,
) {
	doc := d.signed(a, def, signature, now)
	doc.Paper = paper
	by, told := "applicant", application.LetterToApplicant
	if doc.Paper != nil {
		by, told = "office", application.LetterPaper
	}
	a.Events.Add(now, application.EventReceived, by, "")
	a.Document = doc
	a.Letters.Drop(func(l record.Letter) bool { return l.Name == application.LetterResume && l.Attempts == 0 })
	a.Owe(application.LetterToLead, now, now)
	a.Owe(told, now, now)
	a.Owe(application.LetterUnopened, now, course.AddWorkingDays(now, unopenedDays))
	if doc.Paper == nil || !doc.Paper.Practice {
		askPractice(a, def, now)
	}
	endDevices(a, now)
}

// endDevices lets the devices that had the draft see only the confirmation.
func endDevices(a *application.Application, now time.Time) {
	for i := range a.Keys {
		if a.Keys[i].For == forCookie && now.Add(sentLife).Before(a.Keys[i].Expires) {
			a.Keys[i].Expires = now.Add(sentLife)
		}
	}
}

// Frozen returns the answers with the questions as the form asks them at present, for a story that
// keeps its own records. ref is its reference, started when it was begun.
func (d *Desk) Frozen(
	def *form.Definition, ref string, started time.Time, answers *application.Answers,
) *document.Submission {
	a := &application.Application{Reference: ref, Answers: *answers, Events: record.Events{{At: started}}}
	return d.document(a, def)
}

// document returns what the application says at present, with the present questions and the
// course's present facts.
func (d *Desk) document(a *application.Application, def *form.Definition) *document.Submission {
	doc := &document.Submission{
		Reference: a.Reference, Title: def.Title, FormVersion: def.Version,
		Started: a.Events[0].At, Applicant: application.ApplicantOf(def, &a.Answers),
		Sections: application.Answered(def, &a.Answers),
		Parts:    def.Parts, Terms: def.Terms, Next: def.Next, Words: words.Of(d.Hub),
		Doubts: application.DoubtsOf(def, &a.Answers, ""),
	}
	o := d.Programme.Offer(def)
	if o == nil {
		return doc
	}
	doc.Course = document.CourseFacts{ID: o.ID(), Title: o.Title(), Contact: o.Contact().Email,
		Facts: map[string]string{}}
	for _, name := range o.FactNames() {
		doc.Course.Facts[name], _ = o.Fact(name)
	}
	if c := o.Course; c != nil {
		doc.Course.Provider, doc.Course.LeadName, doc.Course.Lead = c.Provider.Name, c.Lead.Name, c.Lead.Email
	}
	return doc
}

// extendCookies extends the time for the devices that can go on with the draft. A device whose time
// is over stays closed.
func extendCookies(a *application.Application, now, until time.Time) {
	for i := range a.Keys {
		if k := &a.Keys[i]; k.For == forCookie && now.Before(k.Expires) {
			k.Expires = until
		}
	}
}

// change changes the application that a cookie's key opens.
func (d *Desk) change(
	ctx context.Context, def *form.Definition, key string, f func(*application.Application) error,
) (*application.Application, error) {
	a, err := d.Open(ctx, def, key)
	if err != nil {
		return nil, err
	}
	return d.AmendRead(ctx, a, d.while(key, forCookie, ErrNoDraft, f))
}

// changeIn is change by a set of writes, to which f may add.
func (d *Desk) changeIn(
	ctx context.Context, def *form.Definition, key string, f func(*record.Set, *application.Application) error,
) (a *application.Application, err error) {
	err = record.Together(ctx, d.Store, func(set *record.Set) error {
		if a, err = d.Open(ctx, def, key); err != nil {
			return err
		}
		d.Applications().Put(set, a)
		return f(set, a)
	})
	return a, err
}

// while wraps a change so that it is made only while the key still opens the application. The key
// may have been ended since the application was read.
func (d *Desk) while(
	key, purpose string, ended error, f func(*application.Application) error,
) func(*application.Application) error {
	_, secret, _ := splitKey(key)
	return func(a *application.Application) error {
		if !a.Keys.Opens(secret, purpose, d.Now()) {
			return ended
		}
		return f(a)
	}
}

// Applications returns the keeper of all applications, including those that nobody sees any more.
func (d *Desk) Applications() *record.Keeper[*application.Application] {
	return &record.Keeper[*application.Application]{
		Store: d.Store, Kind: record.Application,
		New:    func(string) *application.Application { return &application.Application{} },
		Opened: d.opened, Entry: d.entry,
	}
}

// get returns the application with the reference.
func (d *Desk) get(ctx context.Context, ref string) (*application.Application, error) {
	return d.Applications().Get(ctx, ref)
}

// Amend changes the application with the reference; see [record.Keeper.Amend].
func (d *Desk) Amend(
	ctx context.Context, ref string, f func(*application.Application) error,
) (*application.Application, error) {
	a, err := d.get(ctx, ref)
	if err != nil {
		return nil, err
	}
	return d.AmendRead(ctx, a, f)
}

// AmendRead is Amend for an application that was read before. It returns record.ErrNotFound if it
// was removed, or marked for removal, in the meantime.
func (d *Desk) AmendRead(
	ctx context.Context, read *application.Application, f func(*application.Application) error,
) (*application.Application, error) {
	marked := read.IsMarked()
	return d.Applications().AmendRead(ctx, read.Reference, read, func(a *application.Application) error {
		if a != read && (a.Removal() != nil || a.IsMarked() != marked) {
			return record.ErrNotFound
		}
		return f(a)
	})
}

// opened gives the course and the form of an application that was read their present names.
func (d *Desk) opened(a *application.Application) {
	a.Course = d.Programme.Current(a.Course)
	if d.Programme.Forms[a.Form] == nil { // the form has a new name too, or is gone
		if def := d.Programme.FormOf(a.Course); def != nil {
			a.Form = def.ID
		}
	}
	a.DoubtAnew(d.Programme.Forms[a.Form])
}

// entry prepares an application for writing, and returns the fields that the store keeps beside it.
func (d *Desk) entry(a *application.Application) (record.Record, error) {
	if err := d.tell(a, d.Now()); err != nil {
		return record.Record{}, err
	}
	if err := a.Events.Seal(a.Reference, a.Says); err != nil {
		return record.Record{}, err
	}
	r := record.Record{ID: a.Reference, Status: string(a.Status()), Course: a.Course, Due: a.Letters.Due()}
	switch gone := a.Removal(); {
	case a.Document == nil:
		r.Expires = d.Removed(a)
	case gone != nil:
		r.Due = gone.At // partly removed: whoever comes next completes it
	case a.IsMarked():
		// It is destroyed with a trace: see removal.go. If nobody does it for another week, the
		// store removes it.
		r.Status, r.Expires = record.Marked, a.Ends().Add(MarkedFor)
	}
	d.index(&r, a)
	return r, nil
}

// Removed returns the day promised for the application's removal, as things are; a decision changes
// it.
func (d *Desk) Removed(a *application.Application) time.Time {
	if e := a.Removal(); e != nil {
		return e.At
	}
	status, since := a.StatusSince()
	if status == application.Draft {
		since = a.Saved
	}
	kept := d.Retain.Of(status)
	if status == application.Withdrawn && a.Decision != nil && a.Decision.Accepted && a.Charge() > 0 {
		kept = max(kept, d.Retain.Charges)
	}
	end := since.Add(kept)
	for _, e := range a.Events {
		if least := e.At.Add(restoredFor); e.What == application.EventRestored && end.Before(least) {
			end = least
		}
	}
	return end
}

// expired reports whether the time is over in which anybody may see the application. It may be
// removed later.
func (d *Desk) expired(a *application.Application) bool {
	return a.IsMarked() || !d.Now().Before(d.Removed(a))
}

// Expire removes drafts whose time is over, and returns how many. It does not check the brake:
// removal.Removals.Sweep does.
func (d *Desk) Expire(ctx context.Context) (int, error) {
	total := 0
	for {
		n, err := d.Store.Expire(ctx, Kinds, d.Now(), 100)
		total += n
		if err != nil || n == 0 {
			return total, err
		}
	}
}
