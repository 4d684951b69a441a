package register

import (
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/crossing"
	"traininghub/internal/record"
)

// A State is a stage of a mentor's time with the hub. It follows from the events.
type State string

const (
	Nowhere   State = ""           // before the first event
	Invited   State = "invited"    // a lead has written to them
	Draft     State = "draft"      // they are writing their profile
	ToApprove State = "to approve" // a lead has to check it
	Listed    State = "listed"     // they can be proposed
	Paused    State = "paused"     // by themselves, or because they did not answer
	Leaving   State = "leaving"    // they have given a last day
	Left      State = "left"
	Suspended State = "suspended" // no new people; each of their pairs is looked at
)

// States are all, in the order in which people go through them.
var States = []State{Invited, Draft, ToApprove, Listed, Paused, Leaving, Left, Suspended}

// A By is the kind of person who makes a move.
type By string

const (
	ByMentor By = "mentor"
	ByLead   By = "mentor lead"
	ByHub    By = "hub"
)

// A Move brings a mentor from one state to another. It is also the word of its event.
type Move string

const (
	Invite    Move = "invited"
	Accept    Move = "accepted"    // by the lead of the course, on the other side of the wall
	Apply     Move = "applied"     // they already hold a qualification
	Begin     Move = "begun"       // somebody who was invited starts the profile
	Put       Move = "put forward" // for approval
	SendBack  Move = "sent back"
	Approve   Move = "approved"
	Pause     Move = "paused"
	Resume    Move = "resumed"
	Leave     Move = "leaving"
	Stay      Move = "stays"
	End       Move = "left"
	Suspend   Move = "suspended"
	Reinstate Move = "reinstated"
)

// moves is the one table of what can happen to a mentor.
var moves = []struct {
	Move Move
	From []State
	To   State
	By   []By
}{
	{Invite, []State{Nowhere, Left}, Invited, []By{ByLead}},
	{Accept, []State{Nowhere, Invited, Left}, Draft, []By{ByHub}},
	{Apply, []State{Nowhere, Left}, Draft, []By{ByMentor}},
	{Begin, []State{Invited}, Draft, []By{ByMentor}},
	{Put, []State{Draft}, ToApprove, []By{ByMentor}},
	{SendBack, []State{ToApprove}, Draft, []By{ByLead}},
	{Approve, []State{ToApprove}, Listed, []By{ByLead}},
	{Pause, []State{Listed}, Paused, []By{ByMentor, ByLead, ByHub}},
	{Resume, []State{Paused}, Listed, []By{ByMentor, ByLead, ByHub}},
	{Leave, []State{Listed, Paused, Suspended}, Leaving, []By{ByMentor, ByLead}},
	{Stay, []State{Leaving}, Paused, []By{ByMentor, ByLead}},
	{End, []State{Leaving}, Left, []By{ByHub}},
	{End, []State{Invited, Draft, ToApprove}, Left, []By{ByMentor, ByLead, ByHub}},
	{Suspend, []State{Listed, Paused, Leaving}, Suspended, []By{ByLead, ByHub}},
	{Reinstate, []State{Suspended}, Paused, []By{ByLead}},
}

// State is the mentor's state, which follows from the events.
func (m *Mentor) State() State {
	s := Nowhere
	for _, e := range m.Events {
		for _, move := range moves {
			if string(move.Move) == e.What && slices.Contains(move.From, s) {
				s = move.To
				break
			}
		}
	}
	return s
}

// since is when the mentor came into their state.
func (m *Mentor) since() (at time.Time) {
	for _, e := range m.Events {
		if isMove(e.What) {
			at = e.At
		}
	}
	return at
}

func isMove(what string) bool {
	for _, move := range moves {
		if string(move.Move) == what {
			return true
		}
	}
	return false
}

// Can tells whether somebody can make a move in the mentor's present state.
func (m *Mentor) Can(move Move, by By) bool {
	s := m.State()
	for _, row := range moves {
		if row.Move == move && slices.Contains(row.From, s) && slices.Contains(row.By, by) {
			return true
		}
	}
	return false
}

// An Actor is a person, or the hub, that changes a record.
type Actor struct {
	By    By
	Email string // of the mentor or the lead; "" for the hub
}

// move makes a move, or returns ErrMove; ErrOwn if a lead acts on their own record.
func (m *Mentor) move(move Move, who Actor, now time.Time, note string) error {
	if who.By == ByLead && strings.EqualFold(who.Email, m.Person.Email) {
		return ErrOwn
	}
	if !m.Can(move, who.By) {
		return ErrMove
	}
	m.note(string(move), who, now, note)
	return nil
}

// note adds an event.
func (m *Mentor) note(what string, who Actor, now time.Time, note string) *record.Event {
	e := m.Events.Add(now, what, string(who.By), note)
	e.By = strings.ToLower(who.Email)
	return e
}

// The other events of a mentor, which are no moves.
const (
	eventChanged   = "profile changed"
	eventAgreed    = "terms agreed"
	eventInterests = "interests declared"
	eventYearly    = "yearly answer"
	eventPlan      = "plan written"
	eventPlanned   = "plan agreed"
	eventSeen      = "qualification seen"
	eventAttended  = "supervision noted"
	eventRight     = "said to be right"
	eventAway      = "away"
	eventCorrected = "details corrected" // by the other store
	eventTaken     = "taken back"        // the application is no longer accepted
	eventGiven     = "exported"
)

// A Bar is why a mentor cannot be proposed, in words for leads. It tells nothing about other
// people.
type Bar string

// The bars.
const (
	BarState       Bar = "they are not listed"
	BarTaken       Bar = "their application is not accepted any more"
	BarAway        Bar = "they are away for a long time"
	BarSupervision Bar = "their supervision is overdue"
	BarYearly      Bar = "their yearly answer is missing"
	BarNone        Bar = "they take nobody" // people at most is 0
)

// Bar is why the mentor cannot be proposed at an instant; "" if they can. It does not say whether a
// place is free: see [Mentor.Free].
func (m *Mentor) Bar(now time.Time) Bar {
	today := Today(now)
	switch {
	case m.State() != Listed:
		return BarState
	case m.Accepted != nil && m.Accepted.Withdrawn != "":
		return BarTaken
	case m.LongAway(today):
		return BarAway
	case m.SupervisionOverdue(today):
		return BarSupervision
	case m.YearlyOverdue(today):
		return BarYearly
	case m.Most() == 0:
		return BarNone
	}
	return ""
}

// LongAway tells whether a day is in an absence so long that the mentor is not proposed.
func (m *Mentor) LongAway(today crossing.Day) bool {
	return m.Away.Has(today) && (m.Away.Until == "" || Plus(m.Away.From, 0, m.rules.AwayDays) < m.Away.Until)
}

// SupervisionOverdue tells whether their last supervision was too long ago.
func (m *Mentor) SupervisionOverdue(today crossing.Day) bool {
	return m.Listed != "" && today > Plus(m.latest(), m.rules.SupervisionMonths, 0)
}

// asksYearly is the day on which the yearly questions that apply on a day begin: 1 April.
func asksYearly(day crossing.Day) crossing.Day {
	d, err := time.Parse(time.DateOnly, string(day))
	if err != nil {
		return ""
	}
	year := d.Year()
	if d.Month() < time.April {
		year--
	}
	return crossing.Day(time.Date(year, time.April, 1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
}

// YearlyAsked tells whether the yearly questions are still unanswered.
func (m *Mentor) YearlyAsked(today crossing.Day) bool {
	return m.Listed != "" && (m.Yearly == nil || m.Yearly.On < asksYearly(today))
}

// YearlyOverdue tells whether the yearly questions were never answered, or whether this year's are
// unanswered and the time for them is over.
func (m *Mentor) YearlyOverdue(today crossing.Day) bool {
	return m.YearlyAsked(today) && (m.Yearly == nil || today >= Plus(asksYearly(today), 0, m.rules.YearlyDays))
}

// A Lack is something missing before a profile can be put forward or approved, in words for its
// mentor.
type Lack string

// The lacks.
const (
	LackProfile       Lack = "your profile is not complete"
	LackAgreement     Lack = "you have not agreed to the terms"
	LackInterests     Lack = "you have not declared your interests"
	LackYearly        Lack = "you have not answered about your registration"
	LackQualification Lack = "nobody has seen the qualification yet"
)

// Unfinished is the id of the first section of the profile in which an answer is missing or wrong;
// "" if the profile is complete.
func (m *Mentor) Unfinished(now time.Time) string {
	for _, s := range m.rules.Profile.Sections {
		if len(s.Check(m.Answers, now.In(course.London))) > 0 {
			return s.ID
		}
	}
	return ""
}

// Lacks are what is missing before a profile can be put forward. If approving, they include what is
// missing of the qualification.
func (m *Mentor) Lacks(approving bool, now time.Time) (all []Lack) {
	add := func(missing bool, what Lack) {
		if missing {
			all = append(all, what)
		}
	}
	add(m.Unfinished(now) != "", LackProfile)
	add(m.Agreement == nil, LackAgreement)
	add(m.Interests == nil, LackInterests)
	add(m.Yearly == nil || !m.Yearly.Fine || m.Yearly.On < asksYearly(Today(now)), LackYearly)
	add(approving && m.Qualification == nil, LackQualification)
	return all
}
