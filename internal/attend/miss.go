package attend

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// WholePlace stands in place of a workshop's index if somebody gave up their place.
const WholePlace = -1

// A Miss is something that a participant missed: a workshop, or everything, by giving up the place
// late. They are asked why, and the lead decides what follows.
type Miss struct {
	Workshop int       `json:"workshop"` // from 0, or WholePlace
	At       time.Time `json:"at"`       // when it was noted
	Pence    int64     `json:"charge_pence"`
	Free     string    `json:"free,omitempty"`   // why nothing can be charged, in words
	Late     *Late     `json:"late,omitempty"`   // the proof that a place was given up late
	Until    time.Time `json:"until"`            // by when they can give a reason
	Said     *Said     `json:"said,omitempty"`   // why they missed it
	Ruling   *Ruling   `json:"ruling,omitempty"` // the lead's
	Appeal   *Appeal   `json:"appeal,omitempty"`
	Heard    *Ruling   `json:"heard,omitempty"`   // by whoever heard the appeal
	Void     string    `json:"void,omitempty"`    // why it no longer counts
	Booked   Outcome   `json:"booked,omitempty"`  // as entered in the ledger; "" if it is not
	Overdue  bool      `json:"overdue,omitempty"` // Until has passed; kept for lists, which have no clock
}

// Late proves that a place was given up too late to be free of charge.
type Late struct {
	Withdrew  time.Time `json:"withdrew"`
	FreeUntil time.Time `json:"free_until"`
	First     time.Time `json:"first"` // when the first workshop was to begin
}

// Said is a participant's reason for a miss.
type Said struct {
	Reason string    `json:"reason"` // one of the reasons of the course
	Never  bool      `json:"never_charged,omitempty"`
	Text   string    `json:"text,omitempty"`
	At     time.Time `json:"at"`
}

// An Appeal asks for a second decision by somebody else.
type Appeal struct {
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// A Ruling is a decision about a miss.
type Ruling struct {
	What Outcome   `json:"what"`
	Why  string    `json:"why,omitempty"` // for the participant
	Name string    `json:"name"`          // typed
	By   string    `json:"by"`            // the address of the person signed in
	At   time.Time `json:"at"`
}

// An Outcome is what follows from a miss.
type Outcome string

// The outcomes.
const (
	Justified Outcome = "justified"
	Charged   Outcome = "charged"
	Waived    Outcome = "waived"
)

// Outcome is the outcome that stands; "" while nobody has decided.
func (m *Miss) Outcome() Outcome {
	switch {
	case m.Void != "":
		return Waived
	case m.Heard != nil:
		return m.Heard.What
	case m.Ruling != nil:
		return m.Ruling.What
	}
	return ""
}

// Waits tells whether the staff have to decide: on a miss that was explained or whose time is over,
// or on an appeal.
func (m *Miss) Waits() bool {
	return m.Void == "" && (m.Ruling == nil && (m.Said != nil || m.Overdue) || m.Appeal != nil && m.Heard == nil)
}

// NoCharge says why nothing can be charged; "" if something can.
func (m *Miss) NoCharge() string {
	switch {
	case m.Free != "":
		return m.Free
	case m.Pence <= 0:
		return "The course charges nothing."
	case m.Said != nil && m.Said.Never:
		return "Nobody is charged for the reason that they gave."
	}
	return ""
}

// AppealBy is until when the participant can appeal; zero if they cannot.
func (m *Miss) AppealBy(within int) time.Time {
	if m.Void != "" || m.Ruling == nil || m.Ruling.What != Charged || m.Appeal != nil {
		return time.Time{}
	}
	return endOf(course.AddWorkingDays(m.Ruling.At, within))
}

// endOf is the end of an instant's day in London.
func endOf(at time.Time) time.Time { return course.DateOf(at).AddDays(1).Time().UTC() }

// void ends a miss, so that nothing follows from it.
func (m *Miss) void(why string) {
	if m.Void == "" {
		m.Void = why
	}
}

// unbooked tells whether the standing outcome is not in the ledger yet.
func (m *Miss) unbooked() bool {
	switch m.Outcome() {
	case Charged:
		return m.Booked == ""
	case Waived, Justified:
		return m.Booked == Charged
	}
	return false
}

// gaveUp makes a miss if somebody gave up their place late. It is free before that day, and after a
// workshop was moved.
func (r *Register) gaveUp(c *course.Course, p *Participant, now time.Time) {
	if len(r.Workshops) == 0 || c.Charge == 0 && p.Pence == 0 {
		return
	}
	first, free := r.Workshops[0].Start, r.freeUntil(p, c.Attendance.WithdrawFreeWeeks)
	if free.IsZero() || !p.Left.At.After(free) || p.Left.At.After(r.Over()) {
		return
	}
	m := &Miss{Workshop: WholePlace, At: now, Pence: p.Pence, Late: &Late{Withdrew: p.Left.At, FreeUntil: free, First: first}}
	r.miss(c, p, m, now)
}

// MovedFor tells whether a workshop was moved since somebody got their place. They can then give it
// up free of charge.
func (r *Register) MovedFor(p *Participant) bool {
	return slices.ContainsFunc(r.Workshops, func(m *Meeting) bool { return m.movedSince(p.Joined) })
}

// freeUntil is the last minute of the day `weeks` weeks before the first workshop, or for 0 weeks
// that workshop's beginning. It is zero for somebody who had a workshop moved, since they pay
// nothing.
func (r *Register) freeUntil(p *Participant, weeks int) time.Time {
	if r.MovedFor(p) {
		return time.Time{}
	}
	first := r.Workshops[0].Start
	if weeks == 0 {
		return first
	}
	return endOf(course.DateOf(first).AddDays(-7 * weeks).Time()).Add(-time.Minute)
}

// miss asks somebody why they missed something. The letter goes on the next day at 8am.
func (r *Register) miss(c *course.Course, p *Participant, m *Miss, now time.Time) {
	next := course.DateOf(now).AddDays(1).Time().Add(8 * time.Hour)
	m.Until = endOf(course.AddWorkingDays(next, c.Attendance.Answer()))
	p.Misses = append(p.Misses, m)
	r.owe(LetterMissed, p.Ref, m.word(), next)
	r.owe(LetterToDecide, p.Ref, m.word()+"-late", m.Until)
}

// word is what the ids of letters call the thing missed.
func (m *Miss) word() string {
	if m.Workshop == WholePlace {
		return "place"
	}
	return fmt.Sprint(m.Workshop)
}

// absences makes a miss of each workshop for which somebody is marked absent, and ends a miss whose
// mark has changed.
func (r *Register) absences(c *course.Course, now time.Time) {
	for _, p := range r.People {
		for _, m := range p.Misses {
			over := m.Said == nil && m.Ruling == nil && m.Void == "" && !now.Before(m.Until)
			if over != m.Overdue && over {
				r.Past.Add(now, "not explained", "hub", p.Ref+" "+m.word())
			}
			m.Overdue = m.Overdue || over
		}
		for i, w := range r.Workshops {
			mark, open := p.Mark(i), p.Miss(i)
			absent := mark != nil && mark.Is == Absent
			switch {
			case absent && open == nil && p.Left == nil && (p.Pence > 0 || c.Charge > 0):
				m := &Miss{Workshop: i, At: now, Pence: p.Pence}
				if w.movedSince(p.Joined) {
					m.Free = "The workshop was moved after the place was given."
				}
				r.miss(c, p, m, now)
			case !absent && open != nil:
				open.void("The mark was corrected.")
				if open.Ruling != nil {
					r.owe(LetterDecided, p.Ref, open.word()+"-void", now)
				}
			}
		}
	}
}

// Saying are the questions about a miss, as a page asks them, with the course's reasons.
func Saying(c *course.Course) form.Section {
	why := form.Question{ID: "reason", Kind: form.Choice, Label: "Why did you not come?", InMessages: "why you did not come",
		Rule: "required"}
	for i, r := range c.Attendance.Reasons {
		why.Options = append(why.Options, form.Option{ID: fmt.Sprint("reason-", i+1), Label: r.Text})
	}
	return form.Section{ID: "missed", Questions: []form.Question{form.Ask(why), form.Ask(form.Question{
		ID: "text", Kind: form.LongText, Label: "Is there anything else that the lead should know?",
		InMessages: "what else the lead should know",
		Hint:       "Do not write about patients, or more about your health than you want the lead to read",
		Rule:       "omitempty,max=300",
		Messages:   map[string]string{"max": "What else the lead should know must be 300 characters or less"},
	})}}
}

// Appealing is the question of an appeal.
var Appealing = form.Section{ID: "appeal", Questions: []form.Question{form.Ask(form.Question{
	ID: "text", Kind: form.LongText, Label: "Why should somebody look at this again?",
	InMessages: "why somebody should look at this again",
	Rule:       "required,max=300",
	Messages:   map[string]string{"max": "Why somebody should look at this again must be 300 characters or less"},
})}}

// Ruled are the questions of a ruling, as a page asks them. The possible outcomes depend on the
// miss.
func Ruled(m *Miss) form.Section {
	what := form.Question{ID: "what", Kind: form.Choice, Label: "What follows?", InMessages: "what follows", Rule: "required",
		Options: []form.Option{{ID: string(Justified), Label: "Justified: nothing is charged"}}}
	if m.NoCharge() == "" {
		what.Options = append(what.Options,
			form.Option{ID: string(Charged), Label: "Charge " + course.Money(m.Pence).String()},
			form.Option{ID: string(Waived), Label: "Not justified, but the charge is waived"})
	} else {
		what.Options = append(what.Options, form.Option{ID: string(Waived), Label: "Not justified: nothing is charged"})
	}
	if m.Appeal != nil {
		what.Options = []form.Option{
			{ID: string(Waived), Label: "Waive the charge"}, {ID: string(Charged), Label: "The charge stands"},
		}
	}
	return form.Section{ID: "ruling", Questions: []form.Question{form.Ask(what), form.Ask(form.Question{
		ID: "why", Kind: form.LongText, Label: "What do you want to tell the participant?", InMessages: "what you want to tell the participant",
		Hint: "We put this in the letter", Rule: "required,max=1000",
		Messages: map[string]string{"max": "What you tell the participant must be 1,000 characters or less"},
	}), form.Ask(form.Question{
		ID: "name", Kind: form.Text, Label: "Your full name", InMessages: "your full name to sign",
		Hint: "This counts as your signature", Rule: "required,name,max=200", Autocomplete: "name",
	})}}
}

// Say keeps a participant's reason for a miss, and says what is wrong with it. Giving the same
// reason again changes nothing. It returns ErrState when it is too late or already decided.
func (d *Desk) Say(ctx context.Context, a *application.Application, workshop int, v form.Values) (problems []form.Problem, err error) {
	err = d.own(ctx, a, func(r *Register, c *course.Course, p *Participant) error {
		problems = nil
		m := p.Miss(workshop)
		switch {
		case m == nil:
			return ErrNone
		case m.Said != nil || m.Ruling != nil || !d.now().Before(m.Until):
			return ErrState
		}
		asks := Saying(c)
		if problems = asks.Check(v, d.now()); len(problems) > 0 {
			return record.ErrUnchanged
		}
		var n int
		fmt.Sscanf(v["reason"], "reason-%d", &n)
		reason := c.Attendance.Reasons[n-1]
		m.Said = &Said{Reason: reason.Text, Never: reason.NeverCharged, Text: strings.TrimSpace(v["text"]), At: d.now()}
		r.Past.Add(d.now(), "explained", "participant", p.Ref+" "+m.word())
		r.owe(LetterToDecide, p.Ref, m.word(), d.now())
		return nil
	})
	return problems, err
}

// Ask appeals against a charge, once; ErrState when it is too late or there is no charge.
func (d *Desk) Ask(ctx context.Context, a *application.Application, workshop int, v form.Values) (problems []form.Problem, err error) {
	err = d.own(ctx, a, func(r *Register, c *course.Course, p *Participant) error {
		problems = nil
		m := p.Miss(workshop)
		if m == nil {
			return ErrNone
		}
		if by := m.AppealBy(c.Attendance.Answer()); by.IsZero() || !d.now().Before(by) {
			return ErrState
		}
		if problems = Appealing.Check(v, d.now()); len(problems) > 0 {
			return record.ErrUnchanged
		}
		m.Appeal = &Appeal{Text: strings.TrimSpace(v["text"]), At: d.now()}
		r.Past.Add(d.now(), "appealed", "participant", p.Ref+" "+m.word())
		r.owe(LetterAppeal, p.Ref, m.word(), d.now())
		return nil
	})
	return problems, err
}

// own changes an applicant's own place on a register.
func (d *Desk) own(
	ctx context.Context, a *application.Application, f func(*Register, *course.Course, *Participant) error,
) error {
	id := d.idOf(a)
	if id == "" {
		return ErrNone
	}
	_, err := d.change(ctx, id, nil, func(r *Register) error {
		c, p := d.course(r.Course), r.Person(a.Reference)
		if c == nil || p == nil {
			return ErrNone
		}
		return f(r, c, p)
	})
	return err
}

// MayRule returns nil if somebody of the staff can decide on a miss now. Otherwise it returns
// ErrOwn, ErrState, or ErrNone if it is not theirs to decide. Whoever decided first cannot decide
// on the appeal.
func (d *Desk) MayRule(s *staff.Person, r *Register, p *Participant, m *Miss) error {
	c := d.course(r.Course)
	if c == nil || m == nil || m.Void != "" {
		return ErrState
	}
	decides, hears := s.May(staff.Decide, staff.Course(c.ID)), s.May(staff.Hear, staff.Course(c.ID))
	switch {
	case strings.EqualFold(s.Email, p.Email):
		return ErrOwn
	case m.Ruling == nil && !decides:
		return ErrNone
	case m.Ruling == nil:
		return nil
	case m.Appeal == nil || m.Heard != nil:
		return ErrState
	case !hears && !decides || strings.EqualFold(s.Email, m.Ruling.By):
		return ErrNone
	}
	return nil
}

// Rule decides on a miss: first the lead or deputy, and after an appeal somebody else. Nothing is
// charged while the participant can still answer and has not. Of two people who decide at once the
// second gets ErrState. The same decision by the same person counts once.
func (d *Desk) Rule(ctx context.Context, s *staff.Person, id, ref string, workshop int, v form.Values) (
	problems []form.Problem, err error,
) {
	_, err = d.change(ctx, id, nil, func(r *Register) error {
		problems = nil
		p := r.Person(ref)
		if p == nil {
			return ErrNone
		}
		m := p.Miss(workshop)
		if m == nil {
			return ErrState
		}
		is := &Ruling{What: Outcome(v["what"]), Why: strings.TrimSpace(v["why"]), Name: v["name"], By: s.Email, At: d.now()}
		if last := m.last(); last != nil && last.By == s.Email && last.What == is.What && last.Why == is.Why {
			return record.ErrUnchanged
		}
		if err := d.MayRule(s, r, p, m); err != nil {
			return err
		}
		asks := Ruled(m)
		problems = asks.Check(v, d.now())
		if problems == nil && is.What == Charged && m.Ruling == nil && m.Said == nil && d.now().Before(m.Until) {
			problems = append(problems, form.Problem{Question: "what", Input: "what", Inputs: []string{"what"},
				Text: "Nothing can be charged before " + course.DateOf(m.Until.Add(-time.Hour)).String() +
					" is over: the participant can still say why they did not come"})
		}
		if len(problems) > 0 {
			return record.ErrUnchanged
		}
		c := d.course(r.Course)
		if m.Ruling == nil {
			m.Ruling = is
			r.Past.Add(d.now(), string(is.What), s.Who(staff.Course(c.ID)), p.Ref+" "+m.word()).By = s.Email
			r.owe(LetterDecided, p.Ref, m.word(), d.now())
			return nil
		}
		m.Heard = is
		r.Past.Add(d.now(), "appeal "+string(is.What), s.Who(staff.Course(c.ID)), p.Ref+" "+m.word()).By = s.Email
		r.owe(LetterDecided, p.Ref, m.word()+"-again", d.now())
		return nil
	})
	return problems, err
}

// last is the latest ruling; nil if there is none.
func (m *Miss) last() *Ruling {
	if m.Heard != nil {
		return m.Heard
	}
	return m.Ruling
}

// A Ledger holds the charges that stand. Repeating a call changes nothing.
type Ledger interface {
	// Charge enters a sum that somebody is to pay for a miss. known is false if no scheme pays for
	// the course, so that there is no ledger.
	Charge(ctx context.Context, c Charge) (known bool, err error)
	// Waive takes a charge back, with the reason.
	Waive(ctx context.Context, c Charge, why string) error
}

// A Charge is what a ledger needs to know of a charged miss.
type Charge struct {
	Key         string // unique to the thing missed: "absence/CC-7K4D-2P9X/1"
	Application string // reference
	Course      string // id
	Day         course.Date
	What        string // in words, without a name
	Pence       int64
	By          string // the address of whoever decided
}

// charge is the charge of a miss.
func (r *Register) charge(p *Participant, m *Miss) Charge {
	c := Charge{Key: "absence/" + p.Ref + "/" + m.word(), Application: p.Ref, Course: r.Course, Pence: m.Pence, By: "hub"}
	if m.Workshop == WholePlace {
		c.Day, c.What = course.DateOf(m.Late.Withdrew), "Place given up late: "+r.Title
	} else {
		w := r.Workshops[m.Workshop]
		c.Day, c.What = course.DateOf(w.Start), "Did not come: "+r.Title+", workshop "+fmt.Sprint(m.Workshop+1)
	}
	if m.Ruling != nil {
		c.By = m.Ruling.By
	}
	return c
}

// book enters outcomes that the ledger does not have yet, and notes that. Repeating it changes
// nothing.
func (d *Desk) book(ctx context.Context, id string) error {
	r, err := d.registers().Get(ctx, id)
	if err != nil {
		return err
	}
	type at struct {
		ref      string
		workshop int
		since    time.Time
	}
	booked := map[at]Outcome{}
	for _, p := range r.People {
		for _, m := range p.Misses {
			if !m.unbooked() {
				continue
			}
			to := m.Outcome()
			switch {
			case d.Charges == nil:
				to = "no ledger"
			case to == Charged:
				known, err := d.Charges.Charge(ctx, r.charge(p, m))
				if err != nil {
					return fmt.Errorf("entering a charge: %w", err)
				}
				if !known {
					to = "no ledger"
				}
			default:
				why := m.Void
				if last := m.last(); why == "" && last != nil {
					why = last.Why
				}
				if err := d.Charges.Waive(ctx, r.charge(p, m), why); err != nil {
					return fmt.Errorf("waiving a charge: %w", err)
				}
			}
			booked[at{p.Ref, m.Workshop, m.At}] = to
		}
	}
	if len(booked) == 0 {
		return nil
	}
	_, err = d.change(ctx, id, nil, func(r *Register) error {
		for _, p := range r.People {
			for _, m := range p.Misses {
				if to, ok := booked[at{p.Ref, m.Workshop, m.At}]; ok {
					m.Booked = to
					r.Past.Add(d.now(), "booked "+string(to), "hub", p.Ref+" "+m.word())
				}
			}
		}
		return nil
	})
	return err
}
