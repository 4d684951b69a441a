package intake

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/mailbox"
	"traininghub/internal/programme"
	"traininghub/internal/record"
	"traininghub/internal/words"
)

// What a page needs to know of why the desk did not do a thing. They are the applicant's to mend.
var (
	// ErrNoDraft: the key opens nothing: mistyped, expired, or the draft was removed after its
	// time.
	ErrNoDraft = errors.New("intake: the key opens no application")
	// ErrNotOpen: the course takes no applications at this instant.
	ErrNotOpen = errors.New("intake: the course takes no applications now")
	// ErrNoStory: the form is for a service. It is drafted like an application, but what becomes of
	// it when it is sent is for the service's own story.
	ErrNoStory = errors.New("intake: nothing takes what is sent for this service")
	// ErrSent: the application was sent already, so nothing in it changes any more.
	ErrSent = errors.New("intake: the application was sent")
	// ErrIncomplete: sections are missing or wrong; Answers.Gaps says which.
	ErrIncomplete = errors.New("intake: the application is not complete")
	// ErrFull: the list has as many entries as it takes.
	ErrFull = errors.New("intake: the list is full")
	// ErrNoRow: the entry was removed.
	ErrNoRow = errors.New("intake: no such entry")
)

// How long things last.
const (
	// cookieLife is how long a device can go on with a draft after its last save. WCAG 2.2.1 asks
	// for a warning below 20 hours; beyond, the next person at a shared desk should not meet
	// somebody's application.
	cookieLife = 20 * time.Hour
	// sentLife is how long the device that sent an application can see its confirmation again.
	sentLife = time.Hour
	// reminderAfter is how long after the last save the link to go on with a draft is mailed,
	// unless asked for sooner.
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
	// Kept is for how many days other stories in the store keep things, by the names that editors
	// know: nothing is removed when one is shorter than it was.
	Kept map[string]int

	// Mentoring is the way to the store of mentoring; nil if there is none.
	Mentoring *Crossing

	// Take puts into a set what the story of a service keeps of what was sent, or says what is
	// wrong with it. Nobody takes it if it is nil.
	Take func(ctx context.Context, set *record.Set, def *form.Definition, sent Sent) ([]form.Problem, error)

	// Corrector is the e-mail address of who corrects answers of an application; "" if nobody does.
	Corrector func(a *application.Application) string

	// Scans keeps the scans of applications that came on paper; nil if the hub takes none.
	Scans Scans

	// Waiting have the letters of other stories in the same store that wait for room in a mailbox.
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
	Word     string              // the word of their own, if the form asks for one; to be kept nowhere
}

// Retention is how long things are kept.
type Retention struct {
	Drafts    time.Duration // after the last save
	Undecided time.Duration // after an application was received, or its decision was taken back
	Accepted  time.Duration // after that decision
	Declined  time.Duration // after that decision
	Withdrawn time.Duration // after that

	// Charges is for how long what proves a charge is kept, after somebody with a place has
	// withdrawn whom that can cost something; as Withdrawn if it is less.
	Charges time.Duration
}

// Of is how long what has the status is kept.
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

// Days are the times in days, by their names in site.yaml.
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

// RetainDays are the times in days.
func RetainDays(drafts, undecided, accepted, declined, withdrawn int) Retention {
	days := func(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }
	return Retention{Drafts: days(drafts), Undecided: days(undecided), Accepted: days(accepted),
		Declined: days(declined), Withdrawn: days(withdrawn)}
}

// WithCharges keeps what proves a charge for so many days.
func (r Retention) WithCharges(days int) Retention {
	r.Charges = time.Duration(days) * 24 * time.Hour
	return r
}

// Start saves the first section. It begins a draft and returns it with the key that opens it, or
// what is wrong with the answers. If key opens an application that the same person began for this
// form on the same device (the same e-mail address and professional number), that one is saved
// instead, and ErrSent returned with its key if it was sent: going back to the first page doubles
// nothing. Another person always gets a draft of their own.
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

// begin makes a draft of the form with what a says already, and returns the key that opens it.
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

// Draft returns the draft that a cookie's key opens while its course takes applications. It returns
// ErrNoDraft, ErrSent or ErrNotOpen.
func (d *Desk) Draft(ctx context.Context, def *form.Definition, key string) (*application.Application, error) {
	a, err := d.Open(ctx, def, key)
	if err != nil {
		return nil, err
	}
	return a, d.isDraft(def, a)
}

// isDraft tells why an application's answers cannot be changed; nil if they can.
func (d *Desk) isDraft(def *form.Definition, a *application.Application) error {
	switch {
	case a.Status() != application.Draft:
		return ErrSent
	case !d.open(def):
		return ErrNotOpen
	}
	return nil
}

// open tells whether the form's course or service takes applications now.
func (d *Desk) open(def *form.Definition) bool {
	o := d.Programme.Offer(def)
	return o != nil && o.Accepts(d.Now())
}

// takes tells whether a draft can be gone on with: its form is there, and its course takes
// applications now.
func (d *Desk) takes(a *application.Application) bool {
	def := d.Programme.Forms[a.Form]
	return def != nil && d.open(def)
}

// fill is the address at which an application is filled in.
func (d *Desk) fill(a *application.Application) string {
	if def := d.Programme.Forms[a.Form]; def != nil {
		if o := d.Programme.Offer(def); o != nil {
			return o.Fill(a.Form)
		}
	}
	return programme.ApplyBelow + a.Form
}

// Open returns the application that a cookie's key opens, or ErrNoDraft. It does not ask whether
// the course still takes applications.
func (d *Desk) Open(ctx context.Context, def *form.Definition, key string) (*application.Application, error) {
	return d.unlock(ctx, def, key, forCookie)
}

func (d *Desk) unlock(ctx context.Context, def *form.Definition, key, purpose string) (*application.Application, error) {
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

// Save keeps a section's answers as they were typed, with what is wrong in them. The applicant has
// then been through it. It returns the draft as it is now.
func (d *Desk) Save(
	ctx context.Context, def *form.Definition, key string, s *form.Section, v form.Values,
) (*application.Application, error) {
	return d.save(ctx, def, key, func(a *application.Application, proved bool) error {
		a.Answers.Put(s.ID, v)
		a.Answers.Finish(s.ID, proved)
		return nil
	})
}

// SaveLeft is Save by somebody who breaks off in the section and has to come back to it.
func (d *Desk) SaveLeft(
	ctx context.Context, def *form.Definition, key string, s *form.Section, v form.Values,
) (*application.Application, error) {
	return d.save(ctx, def, key, func(a *application.Application, _ bool) error {
		a.Answers.Put(s.ID, v)
		delete(a.Answers.Done, s.ID)
		delete(a.Answers.Proved, s.ID)
		return nil
	})
}

// SaveRow keeps one entry of a section that repeats, and returns the entry's id. An id that no
// entry has adds it, so that a second click on one page saves one entry; "" makes a new id. It
// returns ErrFull if there is no room.
func (d *Desk) SaveRow(
	ctx context.Context, def *form.Definition, key string, s *form.Section, id string, v form.Values,
) (string, error) {
	if id == "" {
		id = application.NewRowID()
	}
	_, err := d.save(ctx, def, key, func(a *application.Application, _ bool) error {
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

// RemoveRow takes an entry out of a list. One that is gone already is no error.
func (d *Desk) RemoveRow(ctx context.Context, def *form.Definition, key string, s *form.Section, id string) error {
	_, err := d.save(ctx, def, key, func(a *application.Application, _ bool) error {
		if a.Answers.Rows[s.ID] != nil {
			a.Answers.Rows[s.ID] = slices.DeleteFunc(a.Answers.Rows[s.ID], func(r application.Row) bool { return r.ID == id })
		}
		return nil
	})
	return err
}

// FinishList notes that the applicant wants to add no more to a list. It returns the draft as it is
// now.
func (d *Desk) FinishList(
	ctx context.Context, def *form.Definition, key string, s *form.Section,
) (*application.Application, error) {
	return d.save(ctx, def, key, func(a *application.Application, proved bool) error {
		a.Answers.Finish(s.ID, proved)
		return nil
	})
}

// save changes the answers of a draft while its course is open. Each save of more than the first
// section puts off the letter with the link to go on. change is told whether the device has proved
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
		if application.ApplicantOf(def, &a.Answers).Email != was { // links that went to another address open nothing any more
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

// reachable tells whether the applicant's e-mail address is one: a section is kept as it was typed,
// mistakes and all.
func (d *Desk) reachable(def *form.Definition, a *application.Application) bool {
	q, s := def.Question(def.Applicant.Email)
	alone := form.Section{Questions: []form.Question{*q}} // the whole section would take most of the time of a save
	return len(alone.Check(a.Answers.Values[s.ID], d.Now())) == 0
}

// Leave mails the link to go on with a draft at once, takes it away from this device, and returns
// the address that the link goes to and until when it works. From a device that has left it already
// it mails the link again. It returns ErrIncomplete if the address is none.
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
		if k := a.Keys.Find(secret, purpose, now); def.Course != "" { // nobody shall see who asked for a mentor
			k.For, k.Proved, k.Expires = forLeft, false, now.Add(cookieLife)
		}
		a.Keys.Drop(func(k record.Key) bool { return k.For == forCookie })
		email, until = application.ApplicantOf(def, &a.Answers).Email, d.until(def, a)
		return nil
	}))
	return email, until, err
}

// Left tells until when a draft that was left on this device can be gone on with, by the link that
// was mailed; ErrNoDraft if none was.
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

// until is when a draft can no longer be sent: it is removed, or its course closes.
func (d *Desk) until(def *form.Definition, a *application.Application) time.Time {
	until := a.Saved.Add(d.Retain.Drafts)
	if o := d.Programme.Offer(def); o != nil && !o.Closes().IsZero() && o.Closes().Before(until) {
		until = o.Closes().Add(-time.Minute)
	}
	return until
}

// Peek tells whether a mailed link still opens a draft, without using it: mail scanners open links,
// too.
func (d *Desk) Peek(ctx context.Context, def *form.Definition, link string) error {
	_, err := d.unlock(ctx, def, link, forResume)
	return err
}

// Resume opens a draft by a mailed link, and returns a new key for this device. Devices on which no
// such link was opened lose the draft, and what was typed there has to be gone through again: see
// [Unchecked].
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

// Send sends the application: everything is checked again, the questions are frozen with their
// answers, and one conditional write makes the draft received and owes the letters to the STP lead
// and to the applicant. When it returns an application it is safe. Sent again it returns the same
// one, with again set, and changes nothing. Problems are about the declarations and the signature.
// It returns ErrTooLarge if there would be no room for what happens to the application afterwards;
// see room.go.
//
// What is sent for a service becomes a record of that service's story by the same write: see Take.
// Of the draft only its reference stays, for a day, so that a second click finds the confirmation.
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

// Signed is what stands on the last page: which declarations were ticked, by their ids, the typed
// name, and the word of their own if the form asks for one. Kept is the name if it was doubted and
// typed once more.
type Signed struct {
	Ticked           map[string]bool
	Name, Kept, Word string
}

// Declared is what is wrong with the declarations and the signature.
func Declared(def *form.Definition, signed Signed, now time.Time) []form.Problem {
	var problems []form.Problem
	for _, decl := range def.Declarations {
		if !signed.Ticked[decl.ID] {
			input := "declaration-" + decl.ID
			problems = append(problems, form.Wrong(input, "Confirm that "+sentence(decl.Text)))
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

// sentence makes a declaration follow "Confirm that": without "I confirm that" before it, and for
// the error summary only its first sentence.
func sentence(text string) string {
	text = strings.TrimPrefix(text, "I confirm that ")
	text, _, _ = strings.Cut(text, ". ")
	text = strings.TrimSuffix(text, ".")
	if first, rest, _ := strings.Cut(text, " "); first != "I" && !strings.HasPrefix(first, "I'") && len(first) > 1 {
		r := []rune(first)
		text = string(unicode.ToLower(r[0])) + string(r[1:]) + " " + rest
	}
	return text
}

// signed is what a draft says, with the signature and what was declared.
func (d *Desk) signed(a *application.Application, def *form.Definition, signature string, now time.Time) *document.Submission {
	a.Course = def.Course // the draft may be from before the form was another course's
	doc := d.document(a, def)
	doc.Received, doc.Flags, doc.Doubts = now, slices.Clone(a.Flags), application.DoubtsOf(def, &a.Answers, signature)
	doc.Signature = document.Signature{Label: def.Signature.Label, Name: signature, At: now}
	for _, decl := range def.Declarations {
		doc.Declarations = append(doc.Declarations, document.Declaration{ID: decl.ID, Text: decl.Text, At: now,
			Charge: decl.Charge})
	}
	return doc
}

// handOver leaves of a draft only that it was sent: what it said is another story's.
func handOver(a *application.Application, now time.Time) {
	a.Events.Add(now, application.EventReceived, "applicant", "")
	a.Answers, a.Flags, a.Letters = application.Answers{}, nil, nil
	a.Keys.Drop(func(k record.Key) bool { return k.For != forCookie })
	endDevices(a, now)
}

// Receive turns a draft, or what came on paper, into an application received, and owes its letters.
// paper is nil if it did not.
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

// endDevices lets the devices that had the draft see the confirmation, and no more.
func endDevices(a *application.Application, now time.Time) {
	for i := range a.Keys {
		if a.Keys[i].For == forCookie && now.Add(sentLife).Before(a.Keys[i].Expires) {
			a.Keys[i].Expires = now.Add(sentLife)
		}
	}
}

// Frozen is what answers say at present, with the questions as the form asks them at present: for a
// story that keeps its own records. ref is what it is called, started when it was begun.
func (d *Desk) Frozen(def *form.Definition, ref string, started time.Time, answers *application.Answers) *document.Submission {
	a := &application.Application{Reference: ref, Answers: *answers, Events: record.Events{{At: started}}}
	return d.document(a, def)
}

// document is what the application says at present, with the questions as they are asked at present
// and the course's facts as they are.
func (d *Desk) document(a *application.Application, def *form.Definition) *document.Submission {
	doc := &document.Submission{
		Reference: a.Reference, Title: def.Title, FormVersion: def.Version,
		Started: a.Events[0].At, Applicant: application.ApplicantOf(def, &a.Answers), Sections: application.Answered(def, &a.Answers),
		Parts: def.Parts, Terms: def.Terms, Next: def.Next, Words: words.Of(d.Hub),
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

// extendCookies lets the devices that can go on with the draft do so until later. One that no
// longer could still cannot.
func extendCookies(a *application.Application, now, until time.Time) {
	for i := range a.Keys {
		if k := &a.Keys[i]; k.For == forCookie && now.Before(k.Expires) {
			k.Expires = until
		}
	}
}

// change amends the application that a cookie's key opens.
func (d *Desk) change(
	ctx context.Context, def *form.Definition, key string, f func(*application.Application) error,
) (*application.Application, error) {
	a, err := d.Open(ctx, def, key)
	if err != nil {
		return nil, err
	}
	return d.AmendRead(ctx, a, d.while(key, forCookie, ErrNoDraft, f))
}

// changeIn is change by a set, to which f may add.
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

// while is a change that is made only while the key opens the application: it can have been ended
// since it was looked at.
func (d *Desk) while(key, purpose string, ended error, f func(*application.Application) error) func(*application.Application) error {
	_, secret, _ := splitKey(key)
	return func(a *application.Application) error {
		if !a.Keys.Opens(secret, purpose, d.Now()) {
			return ended
		}
		return f(a)
	}
}

// Applications keeps them, those too that nobody sees any more.
func (d *Desk) Applications() *record.Keeper[*application.Application] {
	return &record.Keeper[*application.Application]{
		Store: d.Store, Kind: record.Application, New: func(string) *application.Application { return &application.Application{} },
		Opened: d.opened, Entry: d.entry,
	}
}

// get is the application with the reference.
func (d *Desk) get(ctx context.Context, ref string) (*application.Application, error) {
	return d.Applications().Get(ctx, ref)
}

// Amend changes the application with the reference; see [record.Keeper.Amend].
func (d *Desk) Amend(ctx context.Context, ref string, f func(*application.Application) error) (*application.Application, error) {
	a, err := d.get(ctx, ref)
	if err != nil {
		return nil, err
	}
	return d.AmendRead(ctx, a, f)
}

// AmendRead is Amend of an application that was read. It returns record.ErrNotFound if it was
// removed, or marked for that, in the meantime.
func (d *Desk) AmendRead(ctx context.Context, read *application.Application, f func(*application.Application) error) (*application.Application, error) {
	marked := read.IsMarked()
	return d.Applications().AmendRead(ctx, read.Reference, read, func(a *application.Application) error {
		if a != read && (a.Removal() != nil || a.IsMarked() != marked) {
			return record.ErrNotFound
		}
		return f(a)
	})
}

// opened gives the names of today to the course and the form of an application that was read.
func (d *Desk) opened(a *application.Application) {
	a.Course = d.Programme.Current(a.Course)
	if d.Programme.Forms[a.Form] == nil { // has another name now, too, or is gone
		if def := d.Programme.FormOf(a.Course); def != nil {
			a.Form = def.ID
		}
	}
	a.DoubtAnew(d.Programme.Forms[a.Form])
}

// entry makes an application ready to be written, and gives what a store keeps beside it.
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
		r.Due = gone.At // half removed: whoever comes next does the rest
	case a.IsMarked():
		// It is destroyed with a trace: see removal.go. If nobody does it for another week, the
		// store removes it.
		r.Status, r.Expires = record.Marked, a.Ends().Add(MarkedFor)
	}
	d.index(&r, a)
	return r, nil
}

// Removed is the day promised for the application's removal, as it stands; a decision changes it.
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

// expired tells whether nobody may see the application any more. The removal itself may come late.
func (d *Desk) expired(a *application.Application) bool {
	return a.IsMarked() || !d.Now().Before(d.Removed(a))
}

// Expire removes drafts whose time is over, and returns how many. It asks no brake: [Desk.Sweep]
// does.
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
