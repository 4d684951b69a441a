// Package correction is the story of what is put right in an application after it was sent.
//
// The applicant corrects other people's email addresses at once, and before the decision also the
// cohort that they want. For every other answer they make an [application.Wish]. It appears on a
// list, and the office or the course's deputy either makes the correction or declines it with a
// reason. These two also make corrections that nobody asked for. Nobody both corrects and decides:
// the lead does not correct, somebody who has decided does not correct, and somebody who has
// corrected does not decide. After a decision only contact details are corrected, and a place is
// moved to another cohort. Declarations, signatures and what somebody confirmed are never
// corrected.
//
// The old answer is kept with the reason, and each correction is an event in the application's
// chain. [correct] does what follows from it. A page posts how many corrections it has shown, so
// nobody corrects something that they have not seen ([decide.ErrChanged]).
//
// One record for each course lists the applications that wait for an answer, by reference only. It
// is written before the wish and cleared after the answer. So it may list too many, but never too
// few, and readers of the list check each application.
package correction

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/office"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// Limits for one application; beyond them a person helps.
const (
	mostOwn    = 20 // corrections by the applicant
	mostAll    = 100
	mostWishes = 20
)

// A Desk corrects. Set its fields once; the methods may be called from several goroutines.
type Desk struct {
	Applications *intake.Desk
	Office       func() []course.Contact // who may correct in every course
}

// Join makes the desk of corrections of an office. The office then knows its records.
func Join(o *office.Desk) *Desk {
	d := &Desk{Applications: o.Applications, Office: func() []course.Contact { return o.Contacts }}
	o.Applications.Corrector = d.corrector
	o.Stories = append(o.Stories, list{office.Kept(Kind), d})
	return d
}

// In returns the desk of corrections that has joined an office; nil if none has.
func In(o *office.Desk) *Desk {
	for _, s := range o.Stories {
		if l, ok := s.(list); ok {
			return l.d
		}
	}
	return nil
}

// corrector returns the address to tell when somebody asks for a correction: the course's deputy,
// or else the office, but never the applicant.
func (d *Desk) corrector(a *application.Application) string {
	all := d.Office()
	if c := d.Applications.Programme.Course(a.Course); c != nil && c.Deputy != nil {
		all = append([]course.Contact{*c.Deputy}, all...)
	}
	for _, who := range all {
		if !a.Document.Applicant.Is(who.Email) {
			return who.Email
		}
	}
	return ""
}

// An Answer is one answer of an application that was sent, as it is now, with its question.
type Answer struct {
	Section string // id
	Row     int    // from 1; 0 if the section does not repeat
	Title   string // of the section, or "Reference 1"
	Item    document.Item
	Ask     *form.Question
	Own     bool // the applicant may correct it without asking
}

// Asks returns the question as a page asks it.
func (a *Answer) Asks() *form.Section { return &form.Section{Questions: []form.Question{*a.Ask}} }

// Answers returns the answers that can be corrected at this point. Two are missing: the applicant
// replaces the person who is asked for the practice's part, and a cohort is changed by other means,
// see [Desk.Cohorts].
func (d *Desk) Answers(a *application.Application) (all []Answer) {
	def, status := d.Applications.Programme.Forms[a.Form], a.Status()
	if def == nil || status == application.Withdrawn || a.Document == nil || len(a.Corrections) >= mostAll {
		return nil
	}
	asked := application.AskedIn(def)
	add := func(section, title string, row int, items []document.Item) {
		for _, i := range items {
			q, s := def.Question(i.ID)
			if q == nil || s.ID != section || q.Kind == form.Cohort || asked.Question(q.ID) != nil ||
				status != application.Received && !isContact(q) {
				continue
			}
			own := q.Kind == form.Email && q.ID != def.Applicant.Email && status != application.Declined &&
				byApplicant(a) < mostOwn
			all = append(all, Answer{section, row, title, i, q, own})
		}
	}
	for _, s := range a.Document.Sections {
		add(s.ID, s.Title, 0, s.Items)
		for i, row := range s.Rows {
			add(s.ID, s.RowTitle(i+1), i+1, row)
		}
	}
	return all
}

// isContact reports whether the answer says how to reach somebody.
func isContact(q *form.Question) bool {
	if q.Kind == form.Email || q.Kind == form.Telephone {
		return true
	}
	for _, word := range []string{"address-", "street-address", "postal-code", "email", "tel"} {
		if strings.HasPrefix(q.Autocomplete, word) {
			return true
		}
	}
	return false
}

// byApplicant counts the corrections that the applicant has made.
func byApplicant(a *application.Application) (n int) {
	for _, c := range a.Corrections {
		if c.By == "" {
			n++
		}
	}
	return n
}

// Answer returns the answer of [Desk.Answers] to the question, in a row from 1, or 0; nil if there
// is none.
func (d *Desk) Answer(a *application.Application, question string, row int) *Answer {
	all := d.Answers(a)
	i := slices.IndexFunc(all, func(one Answer) bool { return one.Item.ID == question && one.Row == row })
	if i < 0 {
		return nil
	}
	return &all[i]
}

// wrong returns what is wrong with a new answer to a question, by the question's own rule and next
// to other answers: nobody else can have the applicant's address.
func (d *Desk) wrong(a *application.Application, one *Answer, v form.Values) []form.Problem {
	problems := one.Asks().Check(v, d.Applications.Now().In(course.London))
	if len(problems) > 0 || one.Ask.Kind != form.Email {
		return problems
	}
	email := one.Ask.Normal(v)
	def, p := d.Applications.Programme.Forms[a.Form], a.Authorisation
	switch own := one.Ask.ID == def.Applicant.Email; {
	case own && p != nil && strings.EqualFold(p.Email, email):
		return []form.Problem{form.Wrong(one.Ask.ID, "This is the address of the person who is asked to confirm. Enter another")}
	case !own:
		return one.Ask.NotOwn(nil, v, a.Document.Applicant.Email)
	}
	return nil
}

func full(input string) []form.Problem {
	return []form.Problem{form.Wrong(input, "This application takes no more of this online. Email us, and give your reference")}
}

// Own corrects an answer that the applicant may correct without asking, and returns what is wrong
// with the new one. It returns [intake.ErrFinal] for any other answer.
func (d *Desk) Own(ctx context.Context, key, question string, row int, v form.Values) (problems []form.Problem, err error) {
	_, err = d.Applications.Followed(ctx, key, func(a *application.Application) error {
		problems = nil
		one := d.Answer(a, question, row)
		if one == nil || !one.Own {
			return intake.ErrFinal
		}
		if problems = d.wrong(a, one, v); len(problems) > 0 {
			return record.ErrUnchanged
		}
		return correct(d.Applications, a,
			application.Correction{Section: one.Section, Row: row, Question: question}, v, "applicant")
	})
	return problems, err
}

// Wishing is the question next to the answer that somebody asks to have corrected.
var Wishing = form.Section{ID: "wish", Questions: []form.Question{form.Ask(form.Question{
	ID: "correction-why", Kind: form.LongText, Label: "Is there anything we should know?", Rule: "omitempty,max=500",
	InMessages: "what we should know", Messages: map[string]string{"max": "What we should know must be 500 characters or less"},
})}}

// Hears reports whether anybody can answer a wish of the applicant.
func (d *Desk) Hears(a *application.Application) bool { return d.corrector(a) != "" }

// Ask keeps the applicant's request for a correction, and has those told who correct. A second
// request about the same answer replaces the first. v has the inputs of the question and of
// [Wishing]. Ask returns [intake.ErrFinal] if nothing can be asked for.
func (d *Desk) Ask(ctx context.Context, key, question string, row int, v form.Values) (problems []form.Problem, err error) {
	return d.wish(ctx, key, func(a *application.Application) (*Answer, []form.Problem) {
		one := d.Answer(a, question, row)
		if one == nil || one.Own {
			return nil, nil
		}
		return one, append(d.wrong(a, one, v), Wishing.Check(v, d.Applications.Now())...)
	}, v)
}

// wish keeps a wish about the answer that of returns, which has no problems.
func (d *Desk) wish(
	ctx context.Context, key string, of func(*application.Application) (*Answer, []form.Problem), v form.Values,
) (problems []form.Problem, err error) {
	a, err := d.Applications.Following(ctx, key)
	if err != nil {
		return nil, err
	}
	one, problems := of(a)
	if one == nil || !d.Hears(a) {
		return nil, intake.ErrFinal
	}
	if len(problems) > 0 {
		return problems, nil
	}
	if err := d.note(ctx, a); err != nil {
		return nil, err
	}
	_, err = d.Applications.Followed(ctx, key, func(a *application.Application) error {
		if one, problems = of(a); one == nil {
			return intake.ErrFinal
		}
		if len(problems) > 0 {
			return record.ErrUnchanged
		}
		now := d.now()
		w := application.Wish{Section: one.Section, Row: one.Row, Question: one.Item.ID, Values: form.Values{},
			Now: one.Ask.Shown(v), Why: strings.TrimSpace(v["correction-why"]), At: now}
		for _, name := range one.Ask.Inputs() {
			w.Values[name] = v[name]
		}
		i := slices.IndexFunc(a.Wishes, func(o application.Wish) bool {
			return o.Open() && o.Question == w.Question && o.Row == w.Row
		})
		switch {
		case w.Now == one.Item.Answer && one.Ask.Kind != form.Cohort: // they may have been given another cohort
			problems = []form.Problem{form.Wrong(one.Ask.Inputs()[0], "This is what your application says. Enter what it should say")}
			return record.ErrUnchanged
		case i >= 0 && a.Wishes[i].Now == w.Now && a.Wishes[i].Why == w.Why: // a double click
			return record.ErrUnchanged
		case i >= 0:
			a.Wishes[i] = w
		case len(a.Wishes) >= mostWishes:
			problems = full(one.Ask.Inputs()[0])
			return record.ErrUnchanged
		default:
			a.Wishes = append(a.Wishes, w)
			i = len(a.Wishes) - 1
		}
		a.LeaveRoom(intake.Spare)
		a.Events.Add(now, application.EventWished, "applicant", w.Question)
		if !a.Letters.Has(func(l record.Letter) bool { return l.Name == application.LetterWished && l.IsOwed() }) {
			a.OweWish(application.LetterWished, i, now)
		}
		return nil
	})
	return problems, err
}

func (d *Desk) now() time.Time { return d.Applications.Now().UTC().Truncate(time.Millisecond) }

// May reports whether this member of the staff corrects answers of the application. The office and
// the deputy do, unless they lead the course or have decided on the application. Nobody corrects
// their own.
func (d *Desk) May(s *staff.Person, a *application.Application) bool {
	over := staff.Course(a.Course)
	decided := a.Decision != nil && a.Decision.By == s.Email ||
		slices.ContainsFunc(a.Reopened, func(dec application.Decision) bool { return dec.By == s.Email })
	return s.May(staff.Correct, over) && !s.Has(staff.Role{Name: staff.Lead, For: over}) && !decided &&
		!a.Document.Applicant.Is(s.Email)
}

// Reasoning is the question for somebody who corrects an answer, or declines to.
var Reasoning = form.Section{ID: "reason", Questions: []form.Question{form.Ask(form.Question{
	ID: "correction-reason", Kind: form.LongText, Label: "What is the reason?", InMessages: "the reason",
	Hint: "The applicant gets it in a letter, and it is kept with the application. Do not write here what the answer was or is",
	Rule: "required,max=500", Messages: map[string]string{"max": "The reason must be 500 characters or less"},
})}}

// Correct corrects an answer for somebody of the staff, with the reason in v, or says what is
// wrong. shown is how many corrections the application had when they saw it. This also answers an
// open wish about the answer: it is granted if the new answer is what was asked for. Correct
// returns [decide.ErrChanged] if somebody else has made a correction meanwhile, and
// [intake.ErrFinal] if there is no such answer any more.
func (d *Desk) Correct(
	ctx context.Context, s *staff.Person, ref, question string, row, shown int, v form.Values,
) (problems []form.Problem, err error) {
	a, err := decide.Of(d.Applications).StaffChange(ctx, s, ref, false, func(a *application.Application) error {
		problems = nil
		if !d.May(s, a) {
			return decide.ErrNoApplication
		}
		if n := len(a.Corrections); n > shown {
			if last := a.Corrections[n-1]; n == shown+1 && last.By == s.Email && last.Question == question && last.Row == row &&
				last.Reason == strings.TrimSpace(v["correction-reason"]) {
				return record.ErrUnchanged // a second click
			}
			return decide.ErrChanged
		}
		one := d.Answer(a, question, row)
		if one == nil {
			return intake.ErrFinal
		}
		if problems = append(d.wrong(a, one, v), Reasoning.Check(v, d.Applications.Now())...); len(problems) > 0 {
			return record.ErrUnchanged
		}
		c := application.Correction{Section: one.Section, Row: row, Question: question, By: s.Email,
			Reason: strings.TrimSpace(v["correction-reason"])}
		err := correct(d.Applications, a, c, v, s.Who(staff.Course(a.Course)))
		if errors.Is(err, record.ErrUnchanged) {
			problems = []form.Problem{form.Wrong(one.Ask.Inputs()[0], "This is what the application says already")}
		}
		if err != nil {
			return err
		}
		for i := range a.Wishes {
			if w := &a.Wishes[i]; w.Open() && w.Question == question && w.Row == row {
				w.Done, w.By, w.Reason, w.Given = d.now(), s.Email, c.Reason, w.Now == one.Ask.Shown(v)
			}
		}
		return nil
	})
	return problems, d.settled(ctx, a, err)
}

// Decline answers a wish, by its index, with the reason why it is not granted. Declining it again
// changes nothing. It returns [decide.ErrChanged] if the wish was answered otherwise meanwhile.
func (d *Desk) Decline(
	ctx context.Context, s *staff.Person, ref string, index int, reason string,
) (problems []form.Problem, err error) {
	reason = strings.TrimSpace(reason)
	a, err := d.answer(ctx, s, ref, index, func(a *application.Application, w *application.Wish) error {
		if problems = Reasoning.Check(form.Values{"correction-reason": reason}, d.Applications.Now()); len(problems) > 0 {
			return record.ErrUnchanged
		}
		w.Done, w.By, w.Reason = d.now(), s.Email, reason
		a.LeaveRoom(intake.Spare)
		decide.Of(d.Applications).StaffEvent(a, s, application.EventUnwished, w.Question)
		a.OweWish(application.LetterUnwished, index, w.Done)
		return nil
	}, func(w *application.Wish) bool { return !w.Given && w.Reason == reason && w.By == s.Email })
	return problems, d.settled(ctx, a, err)
}

// answer changes an open wish, by its index. If the wish is not open, again reports whether it
// already has this answer.
func (d *Desk) answer(
	ctx context.Context, s *staff.Person, ref string, index int,
	f func(*application.Application, *application.Wish) error,
	again func(*application.Wish) bool,
) (*application.Application, error) {
	return decide.Of(d.Applications).StaffChange(ctx, s, ref, false, func(a *application.Application) error {
		if index < 0 || index >= len(a.Wishes) {
			return decide.ErrNoApplication
		}
		w := &a.Wishes[index]
		switch {
		case !d.MayAnswer(s, a, *w):
			return decide.ErrNoApplication
		case !w.Open() && again(w):
			return record.ErrUnchanged
		case !w.Open():
			return decide.ErrChanged
		}
		return f(a, w)
	})
}
