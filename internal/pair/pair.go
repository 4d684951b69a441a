// Package pair is the story of how mentees get their mentors: runs of matching, proposals, pairs,
// sessions, feedback and endings.
//
// A [Run] is a draft that suggests a mentor for each request. A lead changes it and sends it: each
// line becomes a [Pair], which is a proposal at first. The mentee is asked, and then the mentor,
// who is told only a name and a practice at first. When both have agreed the pair is registered,
// and only then can they see how to reach each other. One table (moves.go) says what can happen to
// a pair, and nothing else changes its state.
//
// A pair, its request and the mentor's place change together or not at all, so that no mentor has
// more people than they want, and no request has two proposals: see [Desk]. All of it is in the
// store of mentoring. Payers know a pair only by its code.
//
// Times are instants in UTC; a day is London's, as 2021-11-02. There is no field for what is said
// in a session.
package pair

import (
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/record"
	"traininghub/internal/service"
)

// The kinds of records of this story.
const (
	Kind         record.Kind = "pair"
	KindRun      record.Kind = "match run"
	KindDiary    record.Kind = "mentor diary"
	KindFeedback record.Kind = "mentoring feedback"
)

// A State is a stage of a pair.
type State string

// The states.
const (
	AskedMentee State = "asked mentee" // who sees the mentor's profile
	AskedMentor State = "asked mentor" // who sees a name and a practice: do you know each other?
	Offered     State = "offered"      // the mentor sees topics and ways of meeting
	NotMade     State = "not made"     // the proposal came to nothing
	Registered  State = "registered"   // both have agreed, and see how to reach each other
	Introduced  State = "introduced"   // the mentor has said when they first met
	Active      State = "active"       // and the mentee has not disagreed
	Paused      State = "paused"
	Ended       State = "ended"
)

var (
	asked   = []State{AskedMentee, AskedMentor, Offered}
	running = []State{Registered, Introduced, Active, Paused}
)

// Open tells whether it is a proposal that waits for an answer.
func (s State) Open() bool { return slices.Contains(asked, s) }

// Runs tells whether it is a registered pair that has not ended.
func (s State) Runs() bool { return slices.Contains(running, s) }

// Live tells whether it takes one of the mentor's places.
func (s State) Live() bool { return s.Open() || s.Runs() }

// Words are the state as people read it.
func (s State) Words() string {
	return map[State]string{
		AskedMentee: "Waiting for the mentee’s answer", AskedMentor: "Waiting for the mentor’s answer",
		Offered: "Waiting for the mentor’s answer", NotMade: "Came to nothing", Registered: "Registered: they have not met yet",
		Introduced: "First meeting entered", Active: "They meet", Paused: "Paused", Ended: "Ended",
	}[s]
}

// A Cause is why a proposal came to nothing or a pair ended. It is for leads, and no letter says
// it.
type Cause string

// The causes.
const (
	Completed  Cause = "completed"
	ByMentee   Cause = "mentee"                // without a reason
	ByMentor   Cause = "mentor"                // the same
	ByLead     Cause = "lead"                  // who took it back, or ended it
	Conflict   Cause = "conflict"              // they know each other
	Unfit      Cause = "not possible any more" // the mentor has paused or filled up since the proposal
	MentorLeft Cause = "mentor left"
	NoContact  Cause = "no contact"
	Lapsed     Cause = "no answer"
	Withdrawn  Cause = "withdrawn" // the request is gone
	IsFull     Cause = "full"      // a mentor's choices when declining
	IsAway     Cause = "away"
	NotMyField Cause = "not my field"
)

// Words are the cause as leads read it.
func (c Cause) Words() string {
	return map[Cause]string{
		Completed: "completed", ByMentee: "the mentee wished it", ByMentor: "the mentor wished it", ByLead: "the lead ended it",
		Conflict: "they know each other", MentorLeft: "the mentor leaves", NoContact: "no contact", Lapsed: "no answer in time",
		Unfit: "not possible any more", Withdrawn: "the request was withdrawn", IsFull: "the mentor has no room", IsAway: "the mentor is away",
		NotMyField: "not the mentor’s field",
	}[c]
}

// A Pair is one request with one mentor, from the proposal on. Its ID is the code by which payers
// know it: "P-7K3D2M9X".
type Pair struct {
	record.Kept
	ID      string `json:"id"`
	Service string `json:"service"`
	Area    string `json:"area"`
	Cohort  string `json:"cohort,omitempty"`
	Request string `json:"request,omitempty"` // its id; removed when the pair's time is over
	Number  string `json:"number,omitempty"`  // of the mentee, on a professional register; removed with Request
	Mentor  string `json:"mentor"`            // the id of their record
	Known   string `json:"known"`             // the reference by which payers know the mentor
	Run     string `json:"run,omitempty"`     // the run that suggested it; "" if the lead chose by hand

	State   State                `json:"state"`
	Was     State                `json:"was,omitempty"`   // of a paused pair: the state before
	Cause   Cause                `json:"cause,omitempty"` // why it came to nothing or ended
	Until   time.Time            `json:"until,omitzero"`  // by when somebody must answer, or when the hub acts
	Asked   bool                 `json:"asked,omitempty"` // the mentee has a question to the lead
	Why     string               `json:"why,omitempty"`   // the mentee's reason for another mentor, for the lead alone
	Terms   service.Agreement    `json:"terms"`           // what both agree to, in the words shown to them
	Agreed  map[string]time.Time `json:"agreed,omitempty"`
	Consent map[string]time.Time `json:"consent,omitempty"` // of both, to go on although they know each other

	Registered time.Time `json:"registered,omitzero"`
	Introduced string    `json:"introduced,omitempty"` // the day of the first meeting
	PausedAt   time.Time `json:"paused,omitzero"`
	Ended      time.Time `json:"ended,omitzero"`

	Used     int        `json:"used,omitempty"`  // sessions that the mentee had with earlier mentors
	Since    string     `json:"since,omitempty"` // the day of the mentee's first meeting with an earlier mentor
	Extended *Extension `json:"extended,omitempty"`
	Sessions []Session  `json:"sessions,omitempty"`
	Fits     []Fit      `json:"fits,omitempty"`
	Talk     time.Time  `json:"talk,omitzero"`   // when the mentor asked to talk about this mentoring
	Still    time.Time  `json:"still,omitzero"`  // when the mentor last said that they are in contact, without a session
	Silent   time.Time  `json:"silent,omitzero"` // when the mentor was asked whether they are in contact

	Given []string      `json:"given,omitempty"` // the uses of the sheets of feedback that the mentee answered
	Email string        `json:"email,omitempty"` // of the mentee, from the end until the last questions are asked
	Keys  record.Keys   `json:"keys,omitempty"`  // each opens only a sheet of feedback
	Past  record.Events `json:"past"`
	Mail  record.Outbox `json:"mail,omitempty"` // letters, and messages to payers
}

// An Extension is given by the lead, once for each mentee.
type Extension struct {
	Sessions int       `json:"sessions"`
	Months   int       `json:"months"`
	Why      string    `json:"why"`
	By       string    `json:"by"`
	At       time.Time `json:"at"`
}

// A Fit is what one side says about whether the two fit.
type Fit struct {
	By  Part      `json:"by"`
	Fit string    `json:"fit"`
	At  time.Time `json:"at"`
}

// The possible answers.
const (
	Fits    = "fits"
	NotSure = "not sure"
	NotFor  = "not for me"
)

// codeLetters have no vowels, so that no code is a word, and no two signs that look alike.
const codeLetters = "CDFHJKMPRTWXY3479"

// NewCode makes a pair's code: one of 17^8, about 7 thousand million.
func NewCode() string {
	random := make([]byte, 64)
	rand.Read(random)
	var b strings.Builder
	b.WriteString("P-")
	for _, c := range random {
		if int(c) >= 255/len(codeLetters)*len(codeLetters) {
			continue // makes every letter equally likely
		}
		if b.WriteByte(codeLetters[int(c)%len(codeLetters)]); b.Len() == 10 {
			break
		}
	}
	return b.String()
}

// says is what the chain of events protects.
func (p *Pair) says() ([]byte, error) {
	return record.Sum(struct {
		Service, Area, Cohort, Request, Number, Mentor, Known string
		State, Was                                            State
		Cause                                                 Cause
		Terms                                                 service.Agreement
		Agreed, Consent                                       map[string]time.Time
		Registered, Ended                                     time.Time
		Introduced                                            string
		Extended                                              *Extension
		Sessions                                              []Session
	}{
		p.Service, p.Area, p.Cohort, p.Request, p.Number, p.Mentor, p.Known, p.State, p.Was, p.Cause, p.Terms, p.Agreed, p.Consent,
		p.Registered, p.Ended, p.Introduced, p.Extended, p.Sessions,
	})
}

// Waits tells whether something waits for the lead.
func (p *Pair) Waits() bool {
	return p.Asked && p.State == AskedMentee || p.State == Paused || !p.Talk.IsZero() && p.State.Runs() ||
		p.fit(Mentee) == NotFor && p.State.Runs() ||
		p.State.Runs() && slices.ContainsFunc(p.Sessions, func(s Session) bool { return !s.Disputed.IsZero() && s.Settled.IsZero() })
}

// due is when the next letter is due, or the hub must act.
func (p *Pair) due() time.Time {
	due := p.Mail.Due()
	if !p.Until.IsZero() && (due.IsZero() || p.Until.Before(due)) {
		return p.Until
	}
	return due
}

// WasAsked tells whether the mentor was ever asked. They do not see a proposal that the mentee did
// not want.
func (p *Pair) WasAsked() bool { return !p.Agreed[string(Mentee)].IsZero() }

// Seen is the state that the mentor sees at an instant. A pair that somebody else has ended looks
// unchanged until the letter about the end is due. Otherwise the moment at which the page changes
// would show who ended it.
func (p *Pair) Seen(now time.Time) State {
	if p.State == Ended && p.Cause != ByMentor && now.Before(NextMorning(p.Ended)) {
		if p.Introduced == "" {
			return Registered
		}
		return Active
	}
	return p.State
}

// NextMorning is the next 8am in London after an instant.
func NextMorning(at time.Time) time.Time {
	day := course.DateOf(at)
	for {
		morning := time.Date(day.Year, day.Month, day.Day, 8, 0, 0, 0, course.London)
		if at.Before(morning) {
			return morning.UTC()
		}
		day = day.AddDays(1)
	}
}

var zero time.Time
