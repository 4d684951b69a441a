// Package crossing is all that passes between the two stores of a hub, and nothing else does.
//
// Two walls are in storage: who pays never sees a mentee, and who runs courses sees nothing of
// mentoring. So mentoring has a store of its own, and neither side reads the other's. What one side
// must tell the other is one of the messages here. [Accepted] goes to mentoring; [Standing],
// [Pair], [Session], [Sampled] and [Counts] come from it. No message has a mentee in it, nor
// anything by which one could be found: a pair is a code that leads nowhere.
//
// A message says how things are, not what has happened. Its [Message.Key] names what it speaks of,
// and its Version counts up with each change of that: whoever receives keeps the highest version of
// each key. So a message can come twice, late, and in any order, and the end is the same. The
// version of the sender's own record will do, since it rises with each write.
//
// The sender keeps owing a message until [Gate.Put] returns nil. On one machine the gate is the
// other side's desk; on AWS it is a queue, whose reader is the other side's desk.
//
// Days are London's, as "2006-01-02"; instants are UTC. The mentor is the reference of the
// application by which they were accepted. Messages pass as JSON: see [Encode] and [Decode]. A
// reader leaves alone what it does not know, so that fields can be added.
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
	// Put hands a message over. It returns nil once the other side has it for good, [ErrMessage] if
	// the message is not sound and never will be, and any other error if it is to be tried again.
	Put(ctx context.Context, m Message) error
}

// ErrMessage is of a message that must not pass as it is. Trying again is of no use.
var ErrMessage = errors.New("crossing: the message is not sound")

// A Message is one of the types of this package, as a value.
type Message interface {
	// Key names what it speaks of: "pair/P-7K3D".
	Key() string
	// At is its version.
	At() int64
	// Check says what is not sound in it; nil if nothing.
	Check() error

	name() string
}

// Least is the smallest number of people that a figure may stand for.
const Least = 5

// A Day is a day in London, "2021-11-16"; "" is none.
type Day string

// DayOf is the day of an instant, by the clock of the place.
func DayOf(t time.Time, place *time.Location) Day { return Day(t.In(place).Format(time.DateOnly)) }

// Covers tells whether a day is within a period of which both ends are counted; "" as the end is
// open. Days in this form are in the order of their text.
func covers(from, until, day Day) bool {
	return from != "" && from <= day && (until == "" || day <= until)
}

// A Period is from a day to another, both counted. Until is "" while it goes on.
type Period struct {
	From  Day `json:"from"`
	Until Day `json:"until,omitempty"`
}

// Has tells whether the day is in it.
func (p Period) Has(day Day) bool { return covers(p.From, p.Until, day) }

// Accepted goes to mentoring: a lead has accepted a mentor. Once accepted, a change of the
// application is a message of a higher version.
type Accepted struct {
	Reference string `json:"reference"` // of the application; from then on the mentor's
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

// Standing comes from the register: what a mentor has agreed to, and from when to when they are on
// it. It has no reason for anything.
type Standing struct {
	Mentor    string   `json:"mentor"`
	Version   int64    `json:"version"`
	Agreed    Day      `json:"agreed,omitempty"`    // to the scheme's terms, first
	Plan      Day      `json:"plan,omitempty"`      // the plan for mentoring was agreed with the lead
	Trained   Day      `json:"trained,omitempty"`   // of the qualification that was accepted or the certificate
	Suspended []Period `json:"suspended,omitempty"` // nothing is paid for these days without a reason
	Away      []Period `json:"away,omitempty"`      // as the mentor said, whatever for
	Left      Day      `json:"left,omitempty"`      // the last day on the register
	Sessions  string   `json:"sessions,omitempty"`  // clinical sessions a week besides mentoring: "4.5"
	Confirmed Day      `json:"confirmed,omitempty"` // when that figure was last confirmed
	// Who is set if the mentor came onto the register without an application: then the main store
	// knows them from nowhere else.
	Who *Mentor `json:"who,omitempty"`
}

// A Mentor is somebody who came onto the register by an invitation, or with a qualification that
// they held already. The register's own reference stands for an application's.
type Mentor struct {
	Name     string `json:"name"`
	Email    string `json:"email"`
	Number   string `json:"number,omitempty"`   // on a professional register, as in Accepted
	Practice string `json:"practice,omitempty"` // its code
	Course   string `json:"course,omitempty"`   // id of that whose accepted applicants come onto the same register
	Begins   Day    `json:"begins"`             // on the register since
}

// Pair comes from mentoring: two people work together, of whom this names the mentor.
type Pair struct {
	Code       string `json:"code"` // "P-7K3D"
	Version    int64  `json:"version"`
	Mentor     string `json:"mentor"`
	Service    string `json:"service"`          // id
	Cohort     string `json:"cohort,omitempty"` // why the other one can have a mentor: "fellow"
	Registered Day    `json:"registered"`       // both have agreed
	Introduced Day    `json:"introduced,omitempty"`
	Ended      Day    `json:"ended,omitempty"` // the last day
}

// Active tells whether the pair was together on a day.
func (p Pair) Active(day Day) bool { return covers(p.Registered, p.Ended, day) }

// The outcomes of a session. What became of it in other ways is not said.
const (
	Held           = "held"
	CancelledLate  = "cancelled late by mentee"
	DidNotCome     = "mentee did not come"
	CancelledEarly = "cancelled in time"
	ByMentor       = "cancelled by mentor"
	NotRight       = "not right" // the other side says that it did not take place so
)

// Outcomes are all that a session can have.
var Outcomes = []string{Held, CancelledLate, DidNotCome, CancelledEarly, ByMentor, NotRight}

// Session comes from mentoring: a mentor has logged a meeting.
type Session struct {
	ID      string    `json:"id"` // without a meaning
	Version int64     `json:"version"`
	Pair    string    `json:"pair"` // the pair's code
	Mentor  string    `json:"mentor"`
	Start   time.Time `json:"start"` // UTC
	Minutes int       `json:"minutes"`
	Outcome string    `json:"outcome"`
}

// Sampled comes from mentoring: how many of the other side were asked whether sessions with a
// mentor took place, and how many said so. It is only sent from [Least] answers on, and never says
// which.
type Sampled struct {
	Mentor    string `json:"mentor"`
	Version   int64  `json:"version"`
	Asked     int    `json:"asked"`     // who have answered
	Confirmed int    `json:"confirmed"` // of these
}

// Counts comes from mentoring: the figures of a service within a period, for the national return. A
// figure that stands for fewer than [Least] people is 0, which is also what nobody is.
type Counts struct {
	Service     string `json:"service"`
	From        Day    `json:"from"`
	Until       Day    `json:"until"`
	Version     int64  `json:"version"`
	Asked       int    `json:"asked"`                 // for a mentor within the period
	NoMentor    int    `json:"no_mentor"`             // could not have one, since there was none
	Placed      int    `json:"placed"`                // were paired within the period
	MedianWait  int    `json:"median_wait,omitempty"` // days of those, from asking to being paired
	Fellows     int    `json:"fellows"`               // had a mentor on the last day
	FellowsSeen int    `json:"fellows_seen"`          // of these, with an hour or more in the last four weeks of it

	// FellowsWaiting had asked for a mentor, and had none yet on the last day.
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

// Encode writes a sound message as JSON, with its name; it returns [ErrMessage] for another.
func Encode(m Message) ([]byte, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	return json.Marshal(map[string]Message{m.name(): m})
}

// Decode reads what [Encode] wrote. It returns [ErrMessage] for anything else.
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

// checking gathers what is not sound. What it says has no content of the message: it may be logged.
type checking struct{ err error }

func (c *checking) that(ok bool, what string) {
	if !ok && c.err == nil {
		c.err = fmt.Errorf("%w: %s", ErrMessage, what)
	}
}

func (c *checking) version(v int64) { c.that(v > 0, "the version is not above 0") }

// days must be days or none, each not before the one before it that there is. The first must be
// there if needed.
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

// Check says what is not sound in the message: also what would say too much of a few people.
func (m Sampled) Check() error {
	var c checking
	c.version(m.Version)
	c.that(references().MatchString(m.Mentor), "the mentor is no reference")
	c.that(m.Asked >= Least, "it is of too few")
	c.that(m.Confirmed >= 0 && m.Confirmed <= m.Asked, "more have confirmed than were asked")
	return c.err
}

// Check says what is not sound in the message: also what would say too much of a few people, itself
// or by what is left of a whole.
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
