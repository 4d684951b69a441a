// Package pair is the story of who gets which mentor: runs of matching, proposals, pairs, sessions,
// feedback and endings.
//
// A [Run] is a draft that suggests a mentor for each request. A lead changes it and sends it: each
// line becomes a [Pair], which is first a proposal. The mentee is asked, then the mentor, who first
// hears a name and a practice and nothing else. When both have agreed the pair is registered, and
// only then do they see how to reach each other. What can happen to a pair is one table (moves.go),
// and nothing else changes its state.
//
// A pair, the request and the mentor's place change together or not at all, so that no mentor has
// more people than they want, and no request two proposals: see [Desk]. All of it is in the store
// of mentoring. Who pays hears of a pair by its code alone.
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

// A State is where a pair stands.
type State string

// The states there are.
const (
	AskedMentee State = "asked mentee" // sees the mentor's profile
	AskedMentor State = "asked mentor" // sees a name and a practice: do you know each other?
	Offered     State = "offered"      // the mentor sees themes and format
	NotMade     State = "not made"     // the proposal came to nothing
	Registered  State = "registered"   // both have agreed, and can reach each other
	Introduced  State = "introduced"   // the mentor has said when they first met
	Active      State = "active"       // and nobody has said otherwise
	Paused      State = "paused"
	Ended       State = "ended"
)

var (
	asked   = []State{AskedMentee, AskedMentor, Offered}
	running = []State{Registered, Introduced, Active, Paused}
)

// Open tells whether it is a proposal that waits for somebody's answer.
func (s State) Open() bool { return slices.Contains(asked, s) }

// Runs tells whether it is a pair that was registered and has not ended.
func (s State) Runs() bool { return slices.Contains(running, s) }

// Live tells whether the mentor's place is taken.
func (s State) Live() bool { return s.Open() || s.Runs() }

// Words are the state as people read it.
func (s State) Words() string {
	return map[State]string{
		AskedMentee: "Waiting for the mentee’s answer", AskedMentor: "Waiting for the mentor’s answer",
		Offered: "Waiting for the mentor’s answer", NotMade: "Came to nothing", Registered: "Registered: they have not met yet",
		Introduced: "First meeting entered", Active: "They meet", Paused: "Paused", Ended: "Ended",
	}[s]
}

// A Cause is why a proposal came to nothing or a pair ended. It is for leads, and in no letter.
type Cause string

// The causes there are.
const (
	Completed  Cause = "completed"
	ByMentee   Cause = "mentee"                // no reason is asked
	ByMentor   Cause = "mentor"                // the same
	ByLead     Cause = "lead"                  // took it back, or ended it
	Conflict   Cause = "conflict"              // they know each other
	Unfit      Cause = "not possible any more" // the mentor has paused, or is full, since they were proposed
	MentorLeft Cause = "mentor left"
	NoContact  Cause = "no contact"
	Lapsed     Cause = "no answer"
	Withdrawn  Cause = "withdrawn" // there is no request any more
	IsFull     Cause = "full"      // a mentor's answers by a button
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

// A Pair is one request with one mentor, from the proposal on. Its ID is the code by which who pays
// knows it: "P-7K3D2M9X".
type Pair struct {
	record.Kept
	ID      string `json:"id"`
	Service string `json:"service"`
	Area    string `json:"area"`
	Cohort  string `json:"cohort,omitempty"`
	Request string `json:"request,omitempty"` // its id; gone when the pair comes to its time
	Number  string `json:"number,omitempty"`  // of the mentee, on a professional register; gone with it
	Mentor  string `json:"mentor"`            // the id of their record
	Known   string `json:"known"`             // the reference by which who pays knows the mentor
	Run     string `json:"run,omitempty"`     // the run that suggested it; "" if the lead chose by hand

	State   State                `json:"state"`
	Was     State                `json:"was,omitempty"`   // of a pair that is paused: before
	Cause   Cause                `json:"cause,omitempty"` // of one that came to nothing or ended
	Until   time.Time            `json:"until,omitzero"`  // by when somebody is to answer, or a time comes that the hub acts on
	Asked   bool                 `json:"asked,omitempty"` // the mentee has a question to the lead
	Why     string               `json:"why,omitempty"`   // the mentee's reason for another mentor, for the lead alone; most give none
	Terms   service.Agreement    `json:"terms"`           // what both agree to, as it was then
	Agreed  map[string]time.Time `json:"agreed,omitempty"`
	Consent map[string]time.Time `json:"consent,omitempty"` // of both to go on although they know each other

	Registered time.Time `json:"registered,omitzero"`
	Introduced string    `json:"introduced,omitempty"` // the day of the first meeting
	PausedAt   time.Time `json:"paused,omitzero"`
	Ended      time.Time `json:"ended,omitzero"`

	Used     int        `json:"used,omitempty"`  // sessions that the mentee had with earlier mentors
	Since    string     `json:"since,omitempty"` // the day on which they first met an earlier one
	Extended *Extension `json:"extended,omitempty"`
	Sessions []Session  `json:"sessions,omitempty"`
	Fits     []Fit      `json:"fits,omitempty"`
	Talk     time.Time  `json:"talk,omitzero"`   // when the mentor said that they would like to talk about this mentoring
	Still    time.Time  `json:"still,omitzero"`  // when the mentor last said that they are in contact, without a session
	Silent   time.Time  `json:"silent,omitzero"` // when the mentor was asked whether the two are still in contact

	Given []string      `json:"given,omitempty"` // the sheets of feedback that the mentee has answered; what they said is not here
	Email string        `json:"email,omitempty"` // of the mentee, from the end on until the last questions are asked
	Keys  record.Keys   `json:"keys,omitempty"`  // each opens a sheet of feedback, and nothing else
	Past  record.Events `json:"past"`
	Mail  record.Outbox `json:"mail,omitempty"` // letters, and what is to go to who pays
}

// An Extension is the lead's, once for each mentee.
type Extension struct {
	Sessions int       `json:"sessions"`
	Months   int       `json:"months"`
	Why      string    `json:"why"`
	By       string    `json:"by"`
	At       time.Time `json:"at"`
}

// A Fit is what one side says about whether the two go together.
type Fit struct {
	By  Part      `json:"by"`
	Fit string    `json:"fit"`
	At  time.Time `json:"at"`
}

// What people say about whether it fits.
const (
	Fits    = "fits"
	NotSure = "not sure"
	NotFor  = "not for me"
)

// codeLetters have no vowel, so that there is no word, and nothing that looks like another.
const codeLetters = "CDFHJKMPRTWXY3479"

// NewCode makes a pair's code: from 17^8, some 7 thousand million.
func NewCode() string {
	random := make([]byte, 64)
	rand.Read(random)
	var b strings.Builder
	b.WriteString("P-")
	for _, c := range random {
		if int(c) >= 255/len(codeLetters)*len(codeLetters) {
			continue // so that each letter is as likely
		}
		if b.WriteByte(codeLetters[int(c)%len(codeLetters)]); b.Len() == 10 {
			break
		}
	}
	return b.String()
}

// says is what the chain of events holds.
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

// due is when somebody has to see to the pair: a letter is due, or a time comes.
func (p *Pair) due() time.Time {
	due := p.Mail.Due()
	if !p.Until.IsZero() && (due.IsZero() || p.Until.Before(due)) {
		return p.Until
	}
	return due
}

// WasAsked tells whether the mentor was ever asked about it: a proposal that the mentee did not
// want is none of theirs.
func (p *Pair) WasAsked() bool { return !p.Agreed[string(Mentee)].IsZero() }

// Seen is the state as the mentor sees it at an instant. Until the letter is due that tells of the
// end, a pair that somebody else has ended looks as it did before: from the moment at which a page
// changes nobody shall read who wished it.
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
