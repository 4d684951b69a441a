// Package crossing has all messages that pass between the two stores of a hub. Nothing else passes.
//
// The two sides are separated in storage: payers never see a mentee, and people who run courses see
// nothing of mentoring. So mentoring has a store of its own, and neither side reads the other's.
// What one side must tell the other is one of the messages here. [Accepted] goes to mentoring;
// [Standing], [Pair], [Session], [Sampled] and [Counts] come from it. No message contains a mentee,
// or anything by which one could be found: a pair is a code that leads nowhere.
//
// A message says how things are, not what has happened. Its [Message.Key] names its subject, and
// its Version rises with each change of that subject. The receiver keeps the highest version of
// each key. So messages can arrive twice, late and in any order, with the same result. The version
// of the sender's own record serves as Version, since it rises with each write.
//
// The sender keeps owing a message until [Gate.Put] returns nil. On one machine the gate is the
// other side's desk; on AWS it is a queue that the other side's desk reads.
//
// Days are London's, as "2006-01-02"; instants are UTC. A mentor is identified by the reference of
// their accepted application. Messages pass as JSON: see [Encode] and [Decode]. A reader ignores
// unknown fields, so that fields can be added.
package crossing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"traininghub/internal/pattern"
)

// A Gate takes messages for the other side.
type Gate interface {
	// Put hands a message over. It returns nil once the other side has stored it, [ErrMessage] if
	// the message is not sound and never will be, and any other error if it should be tried again.
	Put(ctx context.Context, m Message) error
}

// ErrMessage: the message is not sound and must not pass. Trying again is of no use.
var ErrMessage = errors.New("crossing: the message is not sound")

// A Message is one of the types of this package, as a value.
type Message interface {
	// Key names the message's subject: "pair/P-7K3D".
	Key() string
	// At is the message's version.
	At() int64
	// Check says what is not sound in the message; nil if nothing is.
	Check() error

	name() string
}

// Least is the smallest number of people that a figure may stand for.
const Least = 5

// A Day is a day in London, "2021-11-16"; "" means no day.
type Day string

// DayOf is the day of an instant by the clock of a place.
func DayOf(t time.Time, place *time.Location) Day { return Day(t.In(place).Format(time.DateOnly)) }

// covers tells whether a day is within a period, including both ends. An end of "" is open. Days in
// this form sort as text.
func covers(from, until, day Day) bool {
	return from != "" && from <= day && (until == "" || day <= until)
}

// A Period is from one day to another, including both. Until is "" while it goes on.
type Period struct {
	From  Day `json:"from"`
	Until Day `json:"until,omitempty"`
}

// Has tells whether the day is in it.
func (p Period) Has(day Day) bool { return covers(p.From, p.Until, day) }

// Accepted tells mentoring that a lead has accepted a mentor. Each later change of the application
// is a message with a higher version.
type Accepted struct {
	Reference string `json:"reference"` // of the application; from then on it identifies the mentor
	Version   int64  `json:"version"`
	Course    string `json:"course"` // id
	Name      string `json:"name"`
	Number    string `json:"number,omitempty"` // on a professional register, normalised: "gmc 7654321"
	Email     string `json:"email"`
	Practice  string `json:"practice,omitempty"` // its code
	Sessions  string `json:"sessions,omitempty"` // clinical sessions a week, as answered: "4.5"
	Day       Day    `json:"day"`                // of the decision
	Withdrawn Day    `json:"withdrawn,omitempty"`
}

// Standing comes from the register: a mentor's agreements and their time on the register. It gives
// no reason for anything.
type Standing struct {
	Mentor    string   `json:"mentor"`
	Version   int64    `json:"version"`
	Agreed    Day      `json:"agreed,omitempty"`    // of the first agreement to the scheme's terms
	Plan      Day      `json:"plan,omitempty"`      // of the agreement on the plan for mentoring with the lead
	Trained   Day      `json:"trained,omitempty"`   // of the accepted qualification or the certificate
	Suspended []Period `json:"suspended,omitempty"` // nothing is paid for these days without a reason
	Away      []Period `json:"away,omitempty"`      // as the mentor said, without the reason
	Left      Day      `json:"left,omitempty"`      // the last day on the register
	Sessions  string   `json:"sessions,omitempty"`  // clinical sessions a week besides mentoring: "4.5"
	Confirmed Day      `json:"confirmed,omitempty"` // when that figure was last confirmed
	// Who is set if the mentor came onto the register without an application, since the main store
	// then has no other source for it.
	Who *Mentor `json:"who,omitempty"`
}

// A Mentor is somebody who came onto the register by an invitation, or with a qualification. The
// register's own reference takes the place of an application's.
type Mentor struct {
	Name     string `json:"name"`
	Email    string `json:"email"`
	Number   string `json:"number,omitempty"`   // on a professional register, as in Accepted
	Practice string `json:"practice,omitempty"` // its code
	Course   string `json:"course,omitempty"`   // id of the course whose applicants join the same register
	Begins   Day    `json:"begins"`             // the first day on the register
}

// Pair comes from mentoring: a mentor works with somebody, who is not named.
type Pair struct {
	Code       string `json:"code"` // "P-7K3D"
	Version    int64  `json:"version"`
	Mentor     string `json:"mentor"`
	Service    string `json:"service"`          // id
	Cohort     string `json:"cohort,omitempty"` // the mentee's cohort, for which the scheme pays: "fellow"
	Registered Day    `json:"registered"`       // when both had agreed
	Introduced Day    `json:"introduced,omitempty"`
	Ended      Day    `json:"ended,omitempty"` // the last day
}

// Active tells whether the pair was together on a day.
func (p Pair) Active(day Day) bool { return covers(p.Registered, p.Ended, day) }

// The outcomes of a session. Nothing else is said about it.
const (
	Held           = "held"
	CancelledLate  = "cancelled late by mentee"
	DidNotCome     = "mentee did not come"
	CancelledEarly = "cancelled in time"
	ByMentor       = "cancelled by mentor"
	NotRight       = "not right" // the mentee says that it did not take place as entered
)

// Outcomes are all outcomes of a session.
var Outcomes = []string{Held, CancelledLate, DidNotCome, CancelledEarly, ByMentor, NotRight}

// Session comes from mentoring: a mentor has logged a meeting.
type Session struct {
	ID      string    `json:"id"` // has no meaning
	Version int64     `json:"version"`
	Pair    string    `json:"pair"` // the pair's code
	Mentor  string    `json:"mentor"`
	Start   time.Time `json:"start"` // UTC
	Minutes int       `json:"minutes"`
	Outcome string    `json:"outcome"`
}

// Sampled comes from mentoring: how many mentees were asked whether sessions with a mentor took
// place, and how many said yes. It is only sent from [Least] answers on, and never says which
// sessions.
type Sampled struct {
	Mentor    string `json:"mentor"`
	Version   int64  `json:"version"`
	Asked     int    `json:"asked"`     // mentees who have answered
	Confirmed int    `json:"confirmed"` // of these, those who said yes
}

// Counts comes from mentoring: the figures of a service for a period, for the national return. A
// figure below [Least] people is sent as 0, which can also mean nobody.
type Counts struct {
	Service     string `json:"service"`
	From        Day    `json:"from"`
	Until       Day    `json:"until"`
	Version     int64  `json:"version"`
	Asked       int    `json:"asked"`                 // for a mentor within the period
	NoMentor    int    `json:"no_mentor"`             // asked and could not have one, since none was free
	Placed      int    `json:"placed"`                // were paired within the period
	MedianWait  int    `json:"median_wait,omitempty"` // of those placed: days from asking to being paired
	Fellows     int    `json:"fellows"`               // had a mentor on the last day
	FellowsSeen int    `json:"fellows_seen"`          // of these, with an hour or more in the period's last four weeks

	// FellowsWaiting is how many had asked for a mentor and had none on the last day.
	FellowsWaiting int `json:"fellows_waiting,omitempty"`
}

// Key of each message.
func (m Accepted) Key() string { return "accepted/" + m.Reference }
func (m Standing) Key() string { return "standing/" + m.Mentor }
func (m Pair) Key() string     { return "pair/" + m.Code }
func (m Session) Key() string  { return "session/" + m.ID }
func (m Sampled) Key() string  { return "sampled/" + m.Mentor }
func (m Counts) Key() string   { return "counts/" + m.Service + "/" + string(m.From+"/"+m.Until) }

// At is the version of each message.
func (m Accepted) At() int64 { return m.Version }
func (m Standing) At() int64 { return m.Version }
func (m Pair) At() int64     { return m.Version }
func (m Session) At() int64  { return m.Version }
func (m Sampled) At() int64  { return m.Version }
func (m Counts) At() int64   { return m.Version }

func (Accepted) name() string { return "accepted" }
func (Standing) name() string { return "standing" }
func (Pair) name() string     { return "pair" }
func (Session) name() string  { return "session" }
func (Sampled) name() string  { return "sampled" }
func (Counts) name() string   { return "counts" }

// Encode writes a sound message as JSON with its name; otherwise it returns [ErrMessage].
func Encode(m Message) ([]byte, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	return json.Marshal(map[string]Message{m.name(): m})
}

// Decode reads what [Encode] wrote; otherwise it returns [ErrMessage].
func Decode(data []byte) (Message, error) {
	var one struct {
		Accepted *Accepted
		Standing *Standing
		Pair     *Pair
		Session  *Session
		Sampled  *Sampled
		Counts   *Counts
	}
	if err := json.Unmarshal(data, &one); err != nil {
		return nil, fmt.Errorf("%w: it is no JSON of one", ErrMessage)
	}
	var m Message
	found := 0
	take := func(is bool, read func() Message) {
		if is {
			found++
			m = read()
		}
	}
	take(one.Accepted != nil, func() Message { return *one.Accepted })
	take(one.Standing != nil, func() Message { return *one.Standing })
	take(one.Pair != nil, func() Message { return *one.Pair })
	take(one.Session != nil, func() Message { return *one.Session })
	take(one.Sampled != nil, func() Message { return *one.Sampled })
	take(one.Counts != nil, func() Message { return *one.Counts })
	if found != 1 {
		return nil, fmt.Errorf("%w: it is %d messages, or one that is not known", ErrMessage, found)
	}
	return m, m.Check()
}

var (
	references = pattern.Of(`^[A-Z0-9]{1,8}(-[A-Z0-9]{1,8}){1,3}$`)
	codes      = pattern.Of(`^P-[A-Z0-9]{4,8}$`)
	ids        = pattern.Of(`^[a-z0-9][a-z0-9.-]{0,79}$`)
)

// checking collects what is not sound in a message. Its error quotes nothing of the message, so
// that it may be logged.
type checking struct{ err error }

func (c *checking) that(ok bool, what string) {
	if !ok && c.err == nil {
		c.err = fmt.Errorf("%w: %s", ErrMessage, what)
	}
}

func (c *checking) version(v int64) { c.that(v > 0, "the version is not above 0") }

// days must each be a valid day or "". None may be before an earlier one in the list. The first
// must not be "" if needed.
func (c *checking) days(needed bool, days ...Day) {
	last := Day("")
	for i, day := range days {
		if day == "" {
			c.that(!needed || i > 0, "a day is missing")
			continue
		}
		_, err := time.Parse(time.DateOnly, string(day))
		c.that(err == nil, "a day is none")
		c.that(last <= day, "days are not in order")
		last = day
	}
}

func (c *checking) sessions(text string) {
	n, err := strconv.ParseFloat(text, 64)
	c.that(text == "" || err == nil && n >= 0 && n <= 20, "clinical sessions are no number from 0 to 20")
}

// Check says what is not sound in the message.
func (m Accepted) Check() error {
	var c checking
	c.version(m.Version)
	c.that(references().MatchString(m.Reference), "the reference is none")
	c.that(ids().MatchString(m.Course), "the course is no id")
	c.that(m.Name != "" && m.Email != "", "name or address is missing")
	c.sessions(m.Sessions)
	c.days(true, m.Day, m.Withdrawn)
	return c.err
}

// Check says what is not sound in the message.
func (m Standing) Check() error {
	var c checking
	c.version(m.Version)
	c.that(references().MatchString(m.Mentor), "the mentor is no reference")
	for _, day := range []Day{m.Agreed, m.Plan, m.Trained, m.Left, m.Confirmed} {
		c.days(false, day)
	}
	if m.Who != nil {
		c.that(m.Who.Name != "" && m.Who.Email != "", "name or address is missing")
		c.that(m.Who.Course == "" || ids().MatchString(m.Who.Course), "the course is no id")
		c.days(true, m.Who.Begins)
	}
	for _, p := range slices.Concat(m.Suspended, m.Away) {
		c.days(true, p.From, p.Until)
	}
	c.sessions(m.Sessions)
	return c.err
}

// Check says what is not sound in the message.
func (m Pair) Check() error {
	var c checking
	c.version(m.Version)
	c.that(codes().MatchString(m.Code), "the code is none")
	c.that(references().MatchString(m.Mentor), "the mentor is no reference")
	c.that(ids().MatchString(m.Service), "the service is no id")
	c.that(m.Cohort == "" || ids().MatchString(m.Cohort), "the cohort is no id")
	c.days(true, m.Registered, m.Introduced)
	c.days(true, m.Registered, m.Ended)
	return c.err
}

// Check says what is not sound in the message.
func (m Session) Check() error {
	var c checking
	c.version(m.Version)
	c.that(ids().MatchString(m.ID), "the id is none")
	c.that(codes().MatchString(m.Pair), "the pair is no code")
	c.that(references().MatchString(m.Mentor), "the mentor is no reference")
	c.that(m.Start.Year() >= 2000 && m.Start.Year() < 2100, "the start is missing")
	c.that(m.Minutes >= 0 && m.Minutes <= 24*60, "the minutes are not those of a day")
	c.that(slices.Contains(Outcomes, m.Outcome), "the outcome is none")
	return c.err
}

// Check says what is not sound in the message, including figures that reveal too much of a few
// people.
func (m Sampled) Check() error {
	var c checking
	c.version(m.Version)
	c.that(references().MatchString(m.Mentor), "the mentor is no reference")
	c.that(m.Asked >= Least, "it is of too few")
	c.that(m.Confirmed >= 0 && m.Confirmed <= m.Asked, "more have confirmed than were asked")
	return c.err
}

// Check says what is not sound in the message. That includes figures that reveal too much of a few
// people, directly or as the rest of a whole.
func (m Counts) Check() error {
	var c checking
	c.version(m.Version)
	c.that(ids().MatchString(m.Service), "the service is no id")
	c.days(true, m.From, m.Until)
	c.that(m.Until != "", "a day is missing")
	for _, n := range []int{m.Asked, m.NoMentor, m.Placed, m.Fellows, m.FellowsSeen, m.Fellows - m.FellowsSeen, m.FellowsWaiting} {
		c.that(n == 0 || n >= Least, "a figure is of too few")
	}
	c.that(m.MedianWait >= 0 && (m.MedianWait == 0 || m.Placed >= Least), "a median is of too few")
	return c.err
}
