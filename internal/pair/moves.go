package pair

import (
	"errors"
	"slices"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/record"
	"traininghub/internal/service"
)

// An Act is what somebody does to a pair.
type Act string

// The acts.
const (
	Accept   Act = "accept"      // the mentee: yes
	Another  Act = "another"     // the mentee: another mentor, please
	Question Act = "question"    // the mentee asks the lead something
	Stranger Act = "do not know" // the mentor: we do not know each other
	Know     Act = "know"        // the mentor: we know each other
	Take     Act = "take"        // the mentor: yes
	Decline  Act = "decline"     // the mentor: no
	Lapse    Act = "lapse"       // nobody answered in time
	CallBack Act = "call back"   // the proposal is taken back
	Meet     Act = "meet"        // the mentor enters the day of the first meeting
	NotSo    Act = "not so"      // the mentee: we have not met
	Confirm  Act = "confirm"     // the mentee confirms it, or says nothing
	Pause    Act = "pause"       // because of a conflict found later
	GoOn     Act = "go on"       // both agree to go on after a pause
	End      Act = "end"         // by anybody, for any cause
)

// A Part is somebody's part in a pair.
type Part string

// The parts.
const (
	Mentee Part = "mentee"
	Mentor Part = "mentor"
	Lead   Part = "lead"
	Hub    Part = "hub"
)

// The reasons why something cannot be done. Pages put them into words.
var (
	ErrState   = errors.New("pair: it is not where this can be done")
	ErrPart    = errors.New("pair: somebody else does this")
	ErrLate    = errors.New("pair: the time to answer is over")
	ErrCause   = errors.New("pair: this is no cause for that")
	ErrConsent = errors.New("pair: both have to agree to it first")
	ErrDay     = errors.New("pair: the day of the first meeting is missing, before they were registered, or to come")
)

// A move is a line of the table of what can happen to a pair. Nothing else changes states.
type move struct {
	act    Act
	from   []State
	to     State // "" if the state stays
	by     []Part
	causes []Cause // possible causes; the first one is the default
	tell   []letterTo
}

// A letterTo is a letter that a move owes.
type letterTo struct {
	name string
	when when
}

// When a letter is due.
type when int

const (
	atOnce   when = iota
	remind        // when somebody is reminded to answer
	toMeet        // when the two should have met
	morning       // at the next 8am: see NextMorning
	halfYear      // after half a year, or the service's number of months
)

var (
	everybody = []Part{Mentee, Mentor, Lead, Hub}
	// What the mentee is told when a mentor is not available, for any reason.
	notAvailable = letterTo{LetterNews, atOnce}
	toTheLead    = letterTo{LetterLead, atOnce}
	// What the mentor is told when a pair ends, for any reason.
	endOfPair = letterTo{LetterEnded, morning}
)

var moves = []move{
	{act: Accept, from: []State{AskedMentee}, to: AskedMentor, by: []Part{Mentee}, tell: []letterTo{{LetterAskMentor, atOnce}, {LetterRemindMentor, remind}}},
	{act: Another, from: []State{AskedMentee}, to: NotMade, by: []Part{Mentee}, causes: []Cause{ByMentee}, tell: []letterTo{toTheLead}},
	{act: Question, from: []State{AskedMentee}, by: []Part{Mentee}, tell: []letterTo{toTheLead}},

	{act: Stranger, from: []State{AskedMentor}, to: Offered, by: []Part{Mentor}},
	{act: Know, from: []State{AskedMentor, Offered}, to: NotMade, by: []Part{Mentor}, causes: []Cause{Conflict}, tell: []letterTo{notAvailable, toTheLead}},
	{act: Decline, from: []State{AskedMentor, Offered}, to: NotMade, by: []Part{Mentor}, causes: []Cause{ByMentor, IsFull, IsAway, NotMyField}, tell: []letterTo{notAvailable, toTheLead}},
	{act: Take, from: []State{Offered}, to: Registered, by: []Part{Mentor}, tell: []letterTo{{LetterRegistered, atOnce}, {LetterRegisteredMentor, atOnce}, {LetterMet, toMeet}}},

	{act: Lapse, from: []State{AskedMentee}, to: NotMade, by: []Part{Hub}, causes: []Cause{Lapsed}, tell: []letterTo{toTheLead}},
	{act: Lapse, from: []State{AskedMentor, Offered}, to: NotMade, by: []Part{Hub}, causes: []Cause{Lapsed}, tell: []letterTo{notAvailable, toTheLead, {LetterNotNeeded, atOnce}}},
	{act: CallBack, from: []State{AskedMentee}, to: NotMade, by: []Part{Lead, Mentee, Hub}, causes: []Cause{ByLead, Withdrawn, Conflict, MentorLeft, Unfit}, tell: []letterTo{notAvailable}},
	{act: CallBack, from: []State{AskedMentor, Offered}, to: NotMade, by: []Part{Lead, Mentee, Hub}, causes: []Cause{ByLead, Withdrawn, Conflict, MentorLeft, Unfit}, tell: []letterTo{notAvailable, {LetterNotNeeded, atOnce}}},

	{act: Meet, from: []State{Registered}, to: Introduced, by: []Part{Mentor}, tell: []letterTo{{LetterNewsMeeting, atOnce}}},
	{act: NotSo, from: []State{Introduced}, to: Registered, by: []Part{Mentee}, tell: []letterTo{toTheLead, {LetterMet, toMeet}}},
	{act: Confirm, from: []State{Introduced}, to: Active, by: []Part{Mentee, Hub}},

	{act: Pause, from: []State{Registered, Introduced, Active}, to: Paused, by: everybody, causes: []Cause{Conflict}, tell: []letterTo{toTheLead}},
	{act: GoOn, from: []State{Paused}, by: []Part{Lead}}, // back to the state before the pause

	{act: End, from: running, to: Ended, by: everybody, causes: []Cause{Completed, ByMentee, ByMentor, ByLead, Conflict, MentorLeft, NoContact, Withdrawn}, tell: []letterTo{endOfPair}},
}

// A Step is an act with its details.
type Step struct {
	Act   Act
	By    Part
	Who   string // the address of the member of the staff who signed in; "" for others
	Cause Cause
	Day   course.Date // of Meet
	Why   string      // a mentee's reason for another mentor: optional, and for the lead alone
	Agree bool        // of Accept and Take: to the terms of the pair
	Again bool        // of End: find another mentor
	At    time.Time
}

// Acts are what a part can do to the pair by the table.
func (p *Pair) Acts(part Part) (acts []Act) {
	for _, m := range moves {
		if slices.Contains(m.from, p.State) && slices.Contains(m.by, part) && !slices.Contains(acts, m.act) {
			acts = append(acts, m.act)
		}
	}
	return acts
}

func (p *Pair) find(s Step) (*move, error) {
	why := ErrState
	for i := range moves {
		m := &moves[i]
		switch {
		case m.act != s.Act || !slices.Contains(m.from, p.State):
		case !slices.Contains(m.by, s.By):
			why = ErrPart
		default:
			return m, nil
		}
	}
	return nil, why
}

// Propose makes a new pair, about which the mentee is asked.
func Propose(id string, m *service.Mentoring, at time.Time, fill func(*Pair)) *Pair {
	p := &Pair{ID: id, State: AskedMentee, Terms: m.Agreement}
	fill(p)
	p.Past.Add(at, "asked mentee", string(Lead), "")
	p.wait(m, at)
	p.owe(LetterPropose, at)
	p.owe(LetterRemind, p.reminder(m, at))
	return p
}

// apply takes a step: it sets the state and the time by which somebody must answer, owes the
// letters and adds the event. The service makes the promises. If it returns an error, nothing has
// changed.
func (p *Pair) apply(m *service.Mentoring, s Step) error {
	line, err := p.find(s)
	if err != nil {
		return err
	}
	answers := p.State.Open() && (s.By == Mentee || s.By == Mentor) && s.Act != CallBack
	if answers && !s.At.Before(p.Until) {
		return ErrLate
	}
	cause := s.Cause
	switch {
	case len(line.causes) > 0 && cause == "":
		cause = line.causes[0]
	case cause != "" && !slices.Contains(line.causes, cause):
		return ErrCause
	}
	to := line.to
	switch s.Act {
	case Accept, Take:
		if !s.Agree {
			return ErrConsent
		}
	case Meet:
		if s.Day == (course.Date{}) || s.Day.Before(course.DateOf(p.Registered)) || course.DateOf(s.At).Before(s.Day) {
			return ErrDay
		}
	case GoOn:
		if p.Consent[string(Mentee)].IsZero() || p.Consent[string(Mentor)].IsZero() {
			return ErrConsent
		}
		to = p.Was
	}
	p.enter(to, cause, s)
	if to != "" {
		p.settle(m, s.At)
	}
	for _, l := range line.tell {
		p.owe(l.name, p.at(m, l.when, s.At))
	}
	if to == Ended && cause != Withdrawn && !s.Again && p.Introduced != "" {
		p.owe(LetterFeedback, s.At)
		p.owe(LetterLater, p.at(m, halfYear, s.At))
	}
	e := p.Past.Add(s.At, eventOf[s.Act], string(s.By), "")
	e.By = s.Who
	return nil
}

// enter changes the state and the fields that depend on it.
func (p *Pair) enter(to State, cause Cause, s Step) {
	switch s.Act {
	case Accept, Take:
		if p.Agreed == nil {
			p.Agreed = map[string]time.Time{}
		}
		p.Agreed[string(s.By)] = s.At
	case Question:
		p.Asked = true
	case Meet:
		p.Introduced = s.Day.ISO()
	case NotSo:
		p.Introduced = ""
	case Pause:
		p.Was, p.PausedAt, p.Consent = p.State, s.At, nil
	case GoOn:
		p.Was, p.PausedAt = "", time.Time{}
	}
	if s.Act != Pause {
		p.Cause = cause
	}
	if to == "" {
		return
	}
	switch p.State = to; to {
	case Registered:
		if p.Registered.IsZero() {
			p.Registered = s.At
		}
	case Ended, NotMade:
		p.Ended, p.Was, p.Why = s.At, "", s.Why
	}
	if to == Registered || to == Introduced || to == Ended && !p.Registered.IsZero() {
		p.crosses(crossPair, 0, s.At)
	}
}

// settle sets the deadline of the new state, and drops letters that are no longer worth sending.
func (p *Pair) settle(m *service.Mentoring, at time.Time) {
	p.Mail.Drop(func(l record.Letter) bool {
		open, known := about[l.Name]
		return known && l.IsOwed() && !slices.Contains(open, p.State)
	})
	p.wait(m, at)
}

// wait sets the time at which the hub acts if nobody else does.
func (p *Pair) wait(m *service.Mentoring, at time.Time) {
	switch p.State {
	case AskedMentee, AskedMentor, Offered:
		p.Until = EndOfDay(course.AddWorkingDays(at, m.Promises.Answer))
	case Introduced:
		p.Until = EndOfDay(course.AddWorkingDays(at, m.Promises.Answer))
	case Active:
		p.Until = p.silentAt(m)
	case NotMade, Ended:
		p.Until = p.Ended.AddDate(0, 0, m.Keep.Pair)
	default:
		p.Until = time.Time{}
	}
}

func (p *Pair) reminder(m *service.Mentoring, at time.Time) time.Time {
	return course.AddWorkingDays(at, m.Promises.Remind)
}

func (p *Pair) at(m *service.Mentoring, w when, now time.Time) time.Time {
	switch w {
	case remind:
		return p.reminder(m, now)
	case toMeet:
		return now.In(course.London).AddDate(0, 0, m.Promises.Meet)
	case morning:
		return NextMorning(now)
	case halfYear:
		return now.In(course.London).AddDate(0, m.Pairing().Later, 0)
	}
	return now
}

// EndOfDay is the end of an instant's day in London.
func EndOfDay(at time.Time) time.Time { return course.DateOf(at).AddDays(1).Time().UTC() }

// owe owes a letter, once for each name and time. The Message-ID of a letter about an end is the
// same for every cause.
func (p *Pair) owe(name string, at time.Time) {
	id, n := name, 1
	for p.Mail.Has(func(l record.Letter) bool { return l.ID == id }) {
		n++
		id = name + "-" + string(rune('a'+n-2))
	}
	p.Mail.Owe(id, name, at)
}

// eventOf are the words of the events.
var eventOf = map[Act]string{
	Accept: "mentee accepted", Another: "another mentor wished", Question: "question to the lead", Stranger: "do not know each other",
	Know: "know each other", Take: "registered", Decline: "mentor declined", Lapse: "not answered", CallBack: "taken back", Meet: "first meeting entered",
	NotSo: "first meeting disputed", Confirm: "first meeting confirmed", Pause: "paused", GoOn: "goes on", End: "ended",
}
