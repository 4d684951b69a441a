// Package register is the story of a mentor: how somebody joins the register of mentors, what
// mentees and leads can read of them there, when they can be proposed, and how they leave.
//
// A [Mentor] is one person's record in the store of mentoring. It begins in one of three ways: with
// an application that was accepted on the other side of the wall ([crossing.Accepted]), so that
// nothing is typed twice; with a lead's invitation; or with the application of a GP who already
// holds a qualification. One table, in moves.go, says what may happen to it: invited, draft, to
// approve, listed, paused, leaving, left, suspended.
//
// The limit on how many people a mentor takes is a rule of this record. Its places are held and
// taken here, so that two leads cannot both give the last one away ([Mentor.Hold]). The record does
// not know the people: a place has only the id of a request.
//
// [Mentor.Tick] does what becomes due by the clock: a question every 90 days whether the profile is
// still right, yearly questions in April, overdue supervision, the last day. Editors decide the
// questions and the numbers of days: [Rules].
//
// Other stories hear of a mentor only through [crossing.Standing], which gives no reason for
// anything.
package register

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/crossing"
	"traininghub/internal/form"
	"traininghub/internal/record"
	"traininghub/internal/service"
	"traininghub/internal/staff"
	"traininghub/internal/wall"
)

// Kind is the kind of mentors' records.
const Kind record.Kind = "mentor"

// A Mentor is somebody on the register, or about to join it.
type Mentor struct {
	record.Kept

	ID        string   `json:"id"`
	Reference string   `json:"reference"` // of the accepted application, or the register's own: "RM-7K4D-2P9X"
	From      Origin   `json:"from"`
	Person    Person   `json:"person"`
	Services  []string `json:"services"`           // ids; the first one's sheets are filled in
	Accepted  *Basis   `json:"accepted,omitempty"` // the application, as the other store last reported it
	Applied   Answers  `json:"applied,omitempty"`  // the application of somebody who holds a qualification
	Answers   Answers  `json:"answers,omitempty"`  // their profile, as typed

	Interests     *Declared      `json:"interests,omitempty"`     // in practices and people; only to find conflicts
	Yearly        *Declared      `json:"yearly,omitempty"`        // registration, Performers List, clinical sessions
	Qualification *Qualification `json:"qualification,omitempty"` // as the lead has seen it
	Agreement     *Agreement     `json:"agreement,omitempty"`
	Agreed        crossing.Day   `json:"agreed,omitempty"` // of the first agreement
	Plan          *Plan          `json:"plan,omitempty"`
	Supervision   []Attended     `json:"supervision,omitempty"` // and professional development, earliest first

	Listed    crossing.Day      `json:"listed,omitempty"`     // when they first came onto the register
	StayUntil crossing.Day      `json:"stay_until,omitempty"` // the end of the scheme's shortest stay
	Away      crossing.Period   `json:"away,omitzero"`
	Aways     []crossing.Period `json:"aways,omitempty"` // past absences
	PausedFor crossing.Day      `json:"paused_until,omitempty"`
	LastDay   crossing.Day      `json:"last_day,omitempty"`
	Suspended []crossing.Period `json:"suspended,omitempty"`

	Places []Place `json:"places,omitempty"`

	Right     time.Time     `json:"right,omitzero"` // when they last said that the profile is right, UTC
	Asked     int           `json:"asked,omitempty"`
	AskedAt   time.Time     `json:"asked_at,omitzero"` // when they were last asked, UTC
	Reminded  Reminded      `json:"reminded,omitzero"`
	Corrected int           `json:"corrected,omitempty"`
	Keys      record.Keys   `json:"keys,omitempty"` // in letters
	Letters   record.Outbox `json:"letters,omitempty"`
	Events    record.Events `json:"events"`

	rules *Rules
	told  string // the standing for the other store when the record was read
}

// Origin is how somebody came to the register.
type Origin string

const (
	FromApplication Origin = "application" // accepted on the other side of the wall
	FromInvitation  Origin = "invitation"
	FromQualified   Origin = "qualified" // applied here, with a qualification
)

// A Person is the mentor's name and details.
type Person struct {
	Name      string   `json:"name"`
	Email     string   `json:"email"`
	Number    string   `json:"number,omitempty"`    // on a professional register, as [form.Registration.Key]
	Telephone string   `json:"telephone,omitempty"` // only of people who applied here
	Practice  string   `json:"practice,omitempty"`  // the code of their practice
	Sessions  Sessions `json:"sessions,omitzero"`
}

// Sessions are somebody's clinical sessions in a week, besides mentoring.
type Sessions struct {
	Each      string       `json:"each,omitempty"`      // "4.5"
	Confirmed crossing.Day `json:"confirmed,omitempty"` // when they last said so
}

// A Basis is the accepted application.
type Basis struct {
	Reference string       `json:"reference"`
	Version   int64        `json:"version"`
	Course    string       `json:"course"`
	Day       crossing.Day `json:"day"`
	Withdrawn crossing.Day `json:"withdrawn,omitempty"` // taken back, by anybody
}

// Answers are what somebody typed, by the id of the question.
type Answers = form.Values

// Declared is what somebody confirmed on a day.
type Declared struct {
	On      crossing.Day `json:"on"`
	Answers Answers      `json:"answers"`
	Fine    bool         `json:"fine"` // every yes-no question was answered with yes
}

// A Qualification says that a lead has seen the certificate, or knows that training is under way.
type Qualification struct {
	Training bool         `json:"training,omitempty"` // still under way
	By       string       `json:"by"`                 // the lead's address
	On       crossing.Day `json:"on"`
}

// An Agreement is to the mentors' terms, in their exact words.
type Agreement struct {
	Version string            `json:"version"`
	Terms   service.Agreement `json:"terms"`
	Name    string            `json:"name"` // typed, counts as a signature
	On      crossing.Day      `json:"on"`
}

// A Plan is a plan for mentoring, agreed by a lead and the mentor. Training is paid from the day on
// which both have agreed.
type Plan struct {
	Answers Answers      `json:"answers"`
	By      string       `json:"by"` // the lead's address
	On      crossing.Day `json:"on"`
	Agreed  crossing.Day `json:"agreed,omitempty"` // by the mentor
}

// Attended is supervision or professional development that a mentor had.
type Attended struct {
	What string       `json:"what"` // the id of one of the service's kinds
	On   crossing.Day `json:"on"`
	By   string       `json:"by"` // the address of whoever entered it
}

// Reminded says which reminders have been sent, so that each is sent once.
type Reminded struct {
	Yearly      int          `json:"yearly,omitempty"`      // the year of the letter in April
	Overdue     int          `json:"overdue,omitempty"`     // the year whose missing answer the lead was told of
	Supervision crossing.Day `json:"supervision,omitempty"` // the last supervision, when its successor was overdue
	Leaving     crossing.Day `json:"leaving,omitempty"`
}

// Errors of the register.
var (
	// ErrOwn: a lead may not act on their own record.
	ErrOwn = errors.New("register: it is their own record")
	// ErrMove: this cannot happen in the mentor's present state, or not by this person.
	ErrMove = errors.New("register: it cannot happen now")
	// ErrLacks: something is missing before the mentor can be put forward.
	ErrLacks = errors.New("register: something is missing")
)

// Today is an instant's day in London.
func Today(now time.Time) crossing.Day { return crossing.DayOf(now, course.London) }

// Begins is the first instant of a day in London; zero for no day.
func Begins(d crossing.Day) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), course.London)
	if err != nil {
		return time.Time{}
	}
	return t
}

// Plus adds months and then days to a day. In a month that is too short the last day counts: 31
// August and six months give 28 February.
func Plus(d crossing.Day, months, days int) crossing.Day {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return ""
	}
	y, m, day := t.Date()
	last := time.Date(y, m+time.Month(months)+1, 0, 0, 0, 0, 0, time.UTC)
	t = time.Date(last.Year(), last.Month(), min(day, last.Day())+days, 0, 0, 0, 0, time.UTC)
	return crossing.Day(t.Format(time.DateOnly))
}

// Chosen are the ids that they ticked in a question with several answers.
func (m *Mentor) Chosen(question string) []string {
	var all []string
	for id := range strings.SplitSeq(m.Answers[question], ",") {
		if id = strings.TrimSpace(id); id != "" {
			all = append(all, id)
		}
	}
	return all
}

// Offers tells whether they ticked an option of a question.
func (m *Mentor) Offers(question, option string) bool {
	return slices.Contains(m.Chosen(question), option)
}

// Most is the most people that they take, 0 to 12.
func (m *Mentor) Most() int {
	n, err := strconv.Atoi(m.Answers[AskMost])
	if err != nil || n < 0 {
		return 0
	}
	return min(n, MostPeople)
}

// In tells whether they mentor for a service in an area. Somebody who has not said where counts for
// every area.
func (m *Mentor) In(service, area string) bool {
	return slices.Contains(m.Services, service) && slices.Contains(m.areas(), area)
}

// areas are the ids of the areas in which they mentor, or could.
func (m *Mentor) areas() []string {
	if areas := m.Chosen(AskAreas); len(areas) > 0 {
		return areas
	}
	return m.rules.Areas()
}

// scopes are the areas of services in which they are mentors.
func (m *Mentor) scopes() (all []staff.Scope) {
	for _, service := range m.Services {
		for _, area := range m.areas() {
			all = append(all, wall.Area(service, area))
		}
	}
	return all
}

// Practices are the codes of practices that they are connected with: their own, and those in which
// they declared an interest.
func (m *Mentor) Practices() []string {
	var codes []string
	add := func(code string) {
		if code != "" && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	add(m.Person.Practice)
	if m.Interests != nil {
		for _, id := range m.rules.practices() {
			add(m.Interests.Answers[id])
		}
	}
	slices.Sort(codes)
	return codes
}

// latest is the last day on which they had supervision or professional development. If they have
// had none, it is the day of listing, from which the time counts.
func (m *Mentor) latest() crossing.Day {
	last := m.Listed
	for _, a := range m.Supervision {
		last = max(last, a.On)
	}
	return last
}

// Standing is what the other store is told of the mentor. It gives no reason for anything, and
// nothing about the people whom they mentor.
func (m *Mentor) Standing() crossing.Standing {
	s := crossing.Standing{
		Mentor: m.Reference, Version: m.Version() + 1, Agreed: m.Agreed, Suspended: m.Suspended, Away: slices.Clone(m.Aways),
		Sessions: m.Person.Sessions.Each, Confirmed: m.Person.Sessions.Confirmed,
	}
	if m.Away.From != "" {
		s.Away = append(s.Away, m.Away)
	}
	if m.Plan != nil {
		s.Plan = m.Plan.Agreed
	}
	if m.Qualification != nil && !m.Qualification.Training {
		s.Trained = m.Qualification.On
	}
	if m.State() == Left || m.State() == Leaving {
		s.Left = m.LastDay
	}
	if m.Accepted == nil && m.Listed != "" {
		s.Who = &crossing.Mentor{Name: m.Person.Name, Email: m.Person.Email, Number: m.Person.Number, Practice: m.Person.Practice, Begins: m.Listed}
		if len(m.rules.Courses) > 0 {
			s.Who.Course = m.rules.Courses[0]
		}
	}
	return s
}

// says is what the chain of events protects: everything but places and letters, which change
// without an event.
func (m *Mentor) says() ([]byte, error) {
	return record.Sum([]any{m.Reference, m.From, m.Person, m.Services, m.Accepted, m.Applied, m.Answers, m.Interests, m.Yearly, m.Qualification, m.Agreement,
		m.Agreed, m.Plan, m.Supervision, m.Listed, m.StayUntil, m.Away, m.Aways, m.PausedFor, m.LastDay, m.Suspended})
}
