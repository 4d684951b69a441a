package mentoring

import (
	"errors"
	"slices"
	"time"

	"traininghub/internal/record"
)

// A State is a stage of a request.
type State string

const (
	Received   State = "received"
	Called     State = "call arranged"
	Talked     State = "talked"
	Seeking    State = "seeking"      // a mentor is sought
	Waiting    State = "waiting list" // the same, for longer than promised
	Proposed   State = "proposed"     // to a mentor, or to the mentee first
	Paired     State = "paired"
	Ended      State = "ended"
	Signposts  State = "signposted" // mentoring does not fit, and other help was named
	Withdrawn  State = "withdrawn"
	NoAnswer   State = "no answer" // to all calls; the request can still go on
	Unanswered State = "closed without an answer"
)

// Open tells whether the request can still go on.
func (s State) Open() bool {
	return !slices.Contains([]State{Ended, Signposts, Withdrawn, Unanswered}, s)
}

// The events of a request. The table [Moves] has each event that moves it; the others only inform.
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
	EventParted     = "pair ended before its time" // a conflict, or the mentor left; a mentor is sought again
	EventEnded      = "mentoring ended"
	EventSignposted = "signposted"
	EventNoAnswer   = "no answer"
	EventUnanswered = "closed without an answer"
	EventWithdrawn  = "withdrawn"

	EventRead      = "read"               // by the staff; the note says whether the request or the pro-forma
	EventOpened    = "opened"             // by the mentee
	EventWrong     = "wrong word"         // somebody had the link but not the word
	EventUnlocked  = "a new word allowed" // by the lead, after calling back
	EventWord      = "word chosen"
	EventCorrected = "corrected" // by the mentee
	EventProforma  = "pro-forma written"
	EventExcluded  = "person excluded"
	EventSettled   = "excluded person found" // or found to be nobody of the service
	EventMoved     = "moved to another area"
	EventSafety    = "safety concern acted on"
	EventNamed     = "other help named" // and the request goes on
	EventSent      = "letter sent"
	EventExported  = "exported"
)

// The words by which events name whoever acted.
const (
	ByMentee = "mentee"
	ByMentor = "mentor"
	ByLead   = "mentor lead"
	ByDeputy = "deputy"
	ByHub    = "hub"
)

// A Move brings a request from one state to another.
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

// Moves is the table of what may happen to a request, when, and by whom.
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

// ErrMove: this cannot happen in the request's present state.
var ErrMove = errors.New("mentoring: the request is not in a state for that")

// move is the table's line for an event; nil if the event moves nothing.
func move(what string) *Move {
	i := slices.IndexFunc(Moves, func(m Move) bool { return m.What == what })
	if i < 0 {
		return nil
	}
	return &Moves[i]
}

// State is the request's state, and when it began.
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

// Can tells whether something may happen to the request now, done by somebody.
func (r *Request) Can(what, by string) bool {
	s, _ := r.State()
	m := move(what)
	return m != nil && slices.Contains(m.From, s) && slices.Contains(m.By, by)
}

// Move makes something happen to the request, if the table allows it; otherwise it returns ErrMove.
// email is the address of the member of the staff who does it, "" for others. note is an id, never
// what a person typed.
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
