package pair

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/record"
	"traininghub/internal/service"
)

// A Session is one that a mentor has logged. There is no field for what was said.
type Session struct {
	N       int       `json:"n"` // 1 is the pair's first
	Start   time.Time `json:"start"`
	Minutes int       `json:"minutes"`
	How     string    `json:"how"`
	Outcome Outcome   `json:"outcome"`
	Logged  time.Time `json:"logged"`

	Disputed  time.Time `json:"disputed,omitzero"`   // when the mentee called it wrong
	Settled   time.Time `json:"settled,omitzero"`    // when a lead saw to that
	Sampled   bool      `json:"sampled,omitempty"`   // the mentee is asked whether it took place
	Confirmed string    `json:"confirmed,omitempty"` // the mentee's answer: "yes" or "no"
}

// An Outcome is whether and how a session took place.
type Outcome string

// The outcomes.
const (
	Held           Outcome = "held"
	CancelledInOK  Outcome = "cancelled in time"
	CancelledLate  Outcome = "cancelled late by mentee"
	DidNotCome     Outcome = "mentee did not come"
	MentorCanceled Outcome = "cancelled by mentor"
)

// Outcomes are all outcomes, in the order in which a page offers them.
var Outcomes = []Outcome{Held, CancelledInOK, CancelledLate, DidNotCome, MentorCanceled}

// Words are what a page calls the outcome.
func (o Outcome) Words() string {
	return map[Outcome]string{
		Held: "We met", CancelledInOK: "Cancelled in time", CancelledLate: "Cancelled late by the mentee",
		DidNotCome: "The mentee did not come", MentorCanceled: "I cancelled it",
	}[o]
}

// Ways are the ways of meeting.
var Ways = []string{"online", "in-person", "phone"}

// WayWords are what a page calls a way.
func WayWords(way string) string {
	return map[string]string{"online": "Online", "in-person": "In person", "phone": "By phone"}[way]
}

// took tells whether the mentor spent the time.
func (o Outcome) took() bool { return o == Held || o == DidNotCome }

func (s Session) end() time.Time { return s.Start.Add(time.Duration(s.Minutes) * time.Minute) }

// The longest and the shortest session, in minutes.
const (
	ShortestMinutes = 10
	LongestMinutes  = 480
)

// The reasons why a session cannot be logged. Pages put them into words.
var (
	ErrFuture  = errors.New("pair: the session is still to come")
	ErrEarly   = errors.New("pair: the session was before they were registered")
	ErrMost    = errors.New("pair: there are no more sessions than that")
	ErrMonths  = errors.New("pair: the time for sessions is over")
	ErrStopped = errors.New("pair: it was paused or had ended before that")
	ErrSession = errors.New("pair: the minutes, the way of meeting or the outcome is not one of those there are")
	ErrHeld    = errors.New("pair: a session that counts for a return is not taken back")
)

// An Overlap says that a session cannot be logged because the mentor had another at that time.
type Overlap struct{ New, Other Slot }

func (o *Overlap) Error() string {
	return fmt.Sprintf("pair: the session of %s and that of %s overlap", o.New.Pair, o.Other.Pair)
}

// A Diary is when a mentor was taken by sessions of all their pairs. One record enforces that
// nobody is in two places at once, and it outlives the details of the pairs.
type Diary struct {
	record.Kept
	ID    string `json:"id"`
	Slots []Slot `json:"slots"`
}

// A Slot is a time that is taken.
type Slot struct {
	Pair    string    `json:"pair"`
	N       int       `json:"n"`
	Start   time.Time `json:"start"`
	Minutes int       `json:"minutes"`
}

func (s Slot) end() time.Time { return s.Start.Add(time.Duration(s.Minutes) * time.Minute) }

func (s Slot) overlaps(o Slot) bool { return s.Start.Before(o.end()) && o.Start.Before(s.end()) }

// diaryID is the id of a mentor's diary.
func diaryID(mentor string) string { return "diary-" + mentor }

func (d *Diary) take(s Slot) error {
	for _, o := range d.Slots {
		if s.overlaps(o) {
			return &Overlap{s, o}
		}
	}
	d.Slots = append(d.Slots, s)
	slices.SortFunc(d.Slots, func(a, b Slot) int { return a.Start.Compare(b.Start) })
	return nil
}

// Count is how many sessions the mentee has had, including those with earlier mentors.
func (p *Pair) Count() int { return p.Used + p.held() }

// held is how many sessions the two have had.
func (p *Pair) held() (n int) {
	for _, s := range p.Sessions {
		if s.Outcome == Held {
			n++
		}
	}
	return n
}

// Most is how many sessions the mentee can have; 0 if there is no limit.
func (p *Pair) Most(m *service.Mentoring) int {
	most := m.Sessions.Most
	if most > 0 && p.Extended != nil {
		most += p.Extended.Sessions
	}
	return most
}

// Last is the last day on which a session can be held; limited is false if there is no limit yet.
func (p *Pair) Last(m *service.Mentoring) (day course.Date, limited bool) {
	months := m.Sessions.Months
	first := p.Since
	if first == "" {
		first = p.Introduced
	}
	at, err := time.Parse(time.DateOnly, first)
	if months == 0 || err != nil {
		return day, false
	}
	if p.Extended != nil {
		months += p.Extended.Months
	}
	at = at.AddDate(0, months, -1)
	return course.Date{Year: at.Year(), Month: at.Month(), Day: at.Day()}, true
}

// log adds a session, or says why it cannot be added. The same session twice, as by a double click,
// is one: it returns record.ErrUnchanged. The first session held introduces the pair.
func (p *Pair) log(m *service.Mentoring, d *Diary, s Session) error {
	s.Start = s.Start.UTC()
	for _, o := range p.Sessions {
		if o.Start.Equal(s.Start) && o.Minutes == s.Minutes && o.How == s.How && o.Outcome == s.Outcome {
			return record.ErrUnchanged
		}
	}
	day := course.DateOf(s.Start)
	last, limited := p.Last(m)
	most := p.Most(m)
	switch {
	case s.Minutes < ShortestMinutes || s.Minutes > LongestMinutes || !slices.Contains(Ways, s.How) || !slices.Contains(Outcomes, s.Outcome):
		return ErrSession
	case p.Registered.IsZero():
		return ErrState
	case s.Outcome.took() && s.Logged.Before(s.end()) || s.Logged.Before(s.Start) && s.Outcome == Held:
		return ErrFuture
	case day.Before(course.DateOf(p.Registered)):
		return ErrEarly
	case !p.PausedAt.IsZero() && s.Start.After(p.PausedAt), !p.Ended.IsZero() && s.Start.After(p.Ended):
		return ErrStopped
	case s.Outcome == Held && most > 0 && p.Count() >= most:
		return ErrMost
	case limited && last.Before(day):
		return ErrMonths
	}
	s.N = len(p.Sessions) + 1
	if s.Outcome.took() {
		if err := d.take(Slot{p.ID, s.N, s.Start, s.Minutes}); err != nil {
			return err
		}
	}
	p.Sessions = append(p.Sessions, s)
	p.Past.Add(s.Logged, "session logged", string(Mentor), fmt.Sprint(s.N))
	if s.Outcome != Held {
		p.crosses(crossSession, s.N, s.Logged)
		return nil
	}
	if p.State == Registered {
		if err := p.apply(m, Step{Act: Meet, By: Mentor, Day: day, At: s.Logged}); err != nil {
			return err
		}
	}
	p.crosses(crossSession, s.N, s.Logged)
	if p.asksFit() {
		p.owe(LetterFit, s.Logged)
	}
	if p.State == Active {
		p.Until, p.Silent = p.silentAt(m), time.Time{}
	}
	return nil
}

// dispute notes that the mentee calls a session wrong.
func (p *Pair) dispute(n int, at time.Time) error {
	if n < 1 || n > len(p.Sessions) {
		return ErrState
	}
	if s := &p.Sessions[n-1]; s.Disputed.IsZero() {
		s.Disputed = at
		p.Past.Add(at, "session disputed", string(Mentee), fmt.Sprint(n))
		p.crosses(crossSession, n, at)
		p.owe(LetterLead, at)
		return nil
	}
	return record.ErrUnchanged
}

// see notes that a lead has seen to a session that the mentee called wrong.
func (p *Pair) see(n int, by string, at time.Time) error {
	if n < 1 || n > len(p.Sessions) || p.Sessions[n-1].Disputed.IsZero() {
		return ErrState
	}
	if s := &p.Sessions[n-1]; s.Settled.IsZero() {
		s.Settled = at
		p.Past.Add(at, "dispute seen to", string(Lead), fmt.Sprint(n)).By = by
		return nil
	}
	return record.ErrUnchanged
}

// confirm notes the mentee's answer whether a session took place.
func (p *Pair) confirm(n int, answer string, at time.Time) error {
	if n < 1 || n > len(p.Sessions) || !p.Sessions[n-1].Sampled || answer != "yes" && answer != "no" {
		return ErrState
	}
	if s := &p.Sessions[n-1]; s.Confirmed == "" {
		s.Confirmed = answer
		p.Past.Add(at, "session confirmed or not", string(Mentee), fmt.Sprint(n))
		p.crosses(crossSampled, n, at)
		return nil
	}
	return record.ErrUnchanged
}

// extend gives the mentee more sessions and time, once.
func (p *Pair) extend(x Extension) error {
	switch {
	case p.Extended != nil || !p.State.Runs():
		return ErrState
	case strings.TrimSpace(x.Why) == "":
		return ErrCause
	}
	p.Extended = &x
	p.Past.Add(x.At, "extended", string(Lead), "").By = x.By
	return nil
}

// met is when they last met: the last session held, or the first meeting.
func (p *Pair) met() (last time.Time) {
	if at, err := time.ParseInLocation(time.DateOnly, p.Introduced, course.London); err == nil {
		last = at
	}
	for _, s := range p.Sessions {
		if s.Outcome == Held && s.Start.After(last) {
			last = s.Start
		}
	}
	return last
}

// Gap tells whether the two have not met for longer than the service wishes.
func (p *Pair) Gap(m *service.Mentoring, now time.Time) bool {
	last := p.met()
	return m.Sessions.Weeks > 0 && (p.State == Introduced || p.State == Active) && !last.IsZero() &&
		course.DateOf(last).AddDays(7*m.Sessions.Weeks).Before(course.DateOf(now))
}

// silentAt is when the two have been without contact for long. The mentor is asked then. If nobody
// answers in the time for an answer, the pair ends.
func (p *Pair) silentAt(m *service.Mentoring) time.Time {
	if !p.Silent.IsZero() {
		return EndOfDay(course.AddWorkingDays(p.Silent, m.Promises.Answer))
	}
	return course.DateOf(later(p.met(), p.Still)).AddDays(m.Pairing().Silent).Time().UTC()
}

// asksFit tells whether to ask the mentee about the fit: after the first session, and after the
// next if they were not sure.
func (p *Pair) asksFit() bool {
	return p.held() == 1 || p.fit(Mentee) == NotSure
}

// fit is what somebody last said about the fit; "" if nothing.
func (p *Pair) fit(by Part) string {
	for _, f := range slices.Backward(p.Fits) {
		if f.By == by {
			return f.Fit
		}
	}
	return ""
}

// Suppose is a session to fill a page in with, so that most entries are already right: like the
// last one, but today.
func (p *Pair) Suppose(m *service.Mentoring, now time.Time) Session {
	s := Session{Minutes: m.Sessions.Minutes, How: Ways[0], Outcome: Held}
	local := now.In(course.London)
	s.Start = time.Date(local.Year(), local.Month(), local.Day(), local.Hour()-2, 0, 0, 0, course.London)
	if n := len(p.Sessions); n > 0 {
		last := p.Sessions[n-1]
		s.Minutes, s.How = last.Minutes, last.How
	}
	return s
}

// ErrNoSuchTime: the clocks skip that time, on the night on which they go forward.
var ErrNoSuchTime = errors.New("pair: on that day there is no such time")

// At is the instant of a clock time on a day in London, in minutes after midnight. When the clocks
// go back an hour occurs twice; the first is meant.
func At(day course.Date, minutes int) (time.Time, error) {
	for _, ahead := range []time.Duration{time.Hour, 0} { // in summer the clocks are an hour ahead
		at := time.Date(day.Year, day.Month, day.Day, 0, minutes, 0, 0, time.UTC).Add(-ahead)
		local := at.In(course.London)
		if course.DateOf(at) == day && local.Hour()*60+local.Minute() == minutes {
			return at, nil
		}
	}
	return time.Time{}, ErrNoSuchTime
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
