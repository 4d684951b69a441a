package mentoring

import (
	"errors"
	"slices"
	"time"

	"traininghub/internal/record"
)

// A State of a request.
type State string

const (
	Received   State = "received"
	Called     State = "call arranged"
	Talked     State = "talked"
	Seeking    State = "seeking"      // a mentor is looked for
	Waiting    State = "waiting list" // the same, for longer than promised
	Proposed   State = "proposed"     // to a mentor, or to the mentee first
	Paired     State = "paired"
	Ended      State = "ended"
	Signposts  State = "signposted" // mentoring is not apt, and other help was named
	Withdrawn  State = "withdrawn"
	NoAnswer   State = "no answer" // to all calls; it can still go on
	Unanswered State = "closed without an answer"
)

// Open tells whether something can still come of it.
func (s State) Open() bool {
	return !slices.Contains([]State{Ended, Signposts, Withdrawn, Unanswered}, s)
}

// What happens to a request. Each event that moves it is in the table [Moves]; the others only
// tell.
const (
	EventReceived   = "received"
	EventCall       = "call arranged"
	EventTried      = "call not answered"
	EventTalked     = "talked"
	EventSeeking    = "mentor sought"
	EventWaiting    = "put on the waiting list"
	EventProposed   = "mentor proposed"
	EventRefused    = "proposal not taken" // by either side, or its time was over: no reason is kept
	EventPaired     = "pair registered"
	EventAnother    = "another mentor asked for"
	EventParted     = "pair ended before its time" // a conflict, or the mentor left: sought again
	EventEnded      = "mentoring ended"
	EventSignposted = "signposted"
	EventNoAnswer   = "no answer"
	EventUnanswered = "closed without an answer"
	EventWithdrawn  = "withdrawn"

	EventRead      = "read"               // by the staff; the note says what: the request, or the pro-forma
	EventOpened    = "opened"             // by the mentee
	EventWrong     = "wrong word"         // somebody had the link and not the word
	EventUnlocked  = "a new word allowed" // by the lead, after a call back
	EventWord      = "word chosen"
	EventCorrected = "corrected" // by the mentee
	EventProforma  = "pro-forma written"
	EventExcluded  = "person excluded"
	EventSettled   = "excluded person found" // or found to be nobody of the service's
	EventMoved     = "moved to another area"
	EventSafety    = "safety concern acted on"
	EventNamed     = "other help named" // and the request goes on
	EventSent      = "letter sent"
	EventExported  = "exported"
)

// Who does what: the words of events for it.
const (
	ByMentee = "mentee"
	ByMentor = "mentor"
	ByLead   = "mentor lead"
	ByDeputy = "deputy"
	ByHub    = "hub"
)

// A Move is what brings a request from one state to another.
type Move struct {
	What string
	From []State
	To   State
	By   []string
}

var (
	lead    = []string{ByLead, ByDeputy}
	calling = []State{Received, Called, NoAnswer}
	looking = []State{Seeking, Waiting}
	alive   = []State{Received, Called, Talked, Seeking, Waiting, Proposed, Paired, NoAnswer}
)

// Moves is the table of what may happen when, and by whom.
var Moves = []Move{
	{EventCall, calling, Called, lead},
	{EventTried, calling, Called, lead},
	{EventTalked, calling, Talked, lead},
	{EventNoAnswer, calling, NoAnswer, []string{ByLead, ByDeputy, ByHub}},
	{EventUnanswered, []State{NoAnswer}, Unanswered, []string{ByHub}},
	{EventSeeking, []State{Talked}, Seeking, lead},
	{EventWaiting, []State{Seeking}, Waiting, []string{ByHub}},
	{EventProposed, looking, Proposed, lead},
	{EventRefused, []State{Proposed}, Seeking, []string{ByMentee, ByMentor, ByLead, ByDeputy, ByHub}},
	{EventPaired, []State{Proposed}, Paired, []string{ByMentee, ByMentor, ByHub}},
	{EventAnother, []State{Paired}, Seeking, []string{ByMentee}},
	{EventParted, []State{Paired}, Seeking, []string{ByLead, ByDeputy, ByHub}},
	{EventEnded, []State{Paired}, Ended, []string{ByMentee, ByMentor, ByLead, ByDeputy, ByHub}},
	{EventSignposted, []State{Received, Called, Talked, Seeking, Waiting, NoAnswer}, Signposts, lead},
	{EventWithdrawn, alive, Withdrawn, []string{ByMentee}},
}

// ErrMove: what somebody wants to happen cannot happen to the request as it is now.
var ErrMove = errors.New("mentoring: the request is not in a state for that")

// move is the line of the table for an event; nil if it moves nothing.
func move(what string) *Move {
	i := slices.IndexFunc(Moves, func(m Move) bool { return m.What == what })
	if i < 0 {
		return nil
	}
	return &Moves[i]
}

// State is the request's, and since when it is.
func (r *Request) State() (s State, since time.Time) {
	for _, e := range r.Events {
		if e.What == EventReceived {
			s, since = Received, e.At
		} else if m := move(e.What); m != nil && s != m.To {
			s, since = m.To, e.At
		}
	}
	return s, since
}

// Can tells whether something may happen to the request now, by somebody.
func (r *Request) Can(what, by string) bool {
	s, _ := r.State()
	m := move(what)
	return m != nil && slices.Contains(m.From, s) && slices.Contains(m.By, by)
}

// Move makes something happen to the request, by the table; else it returns ErrMove. email is the
// address of whom of the staff does it, "" for others; note an id, never what a person typed.
func (r *Request) Move(now time.Time, what, by, email, note string) error {
	if !r.Can(what, by) {
		return ErrMove
	}
	r.Note(now, what, by, email, note)
	return nil
}

// Note adds an event that moves nothing.
func (r *Request) Note(now time.Time, what, by, email, note string) *record.Event {
	e := r.Events.Add(now, what, by, note)
	e.By = email
	return e
}

// Last is when an event last happened; zero if never.
func (r *Request) Last(what string) (at time.Time) {
	for _, e := range r.Events {
		if e.What == what {
			at = e.At
		}
	}
	return at
}
