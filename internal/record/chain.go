package record

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// An Event is a fact in the life of a record. Events are only ever added.
type Event struct {
	What string    `json:"what"`         // a word that the story chooses
	At   time.Time `json:"at"`           // UTC
	Who  string    `json:"who"`          // a word that the story chooses: applicant, lead, hub
	By   string    `json:"by,omitempty"` // for the staff: the email address that signed in
	// an id with a class or a mail server's words, never what a person typed: see About
	Note string `json:"note,omitempty"`
	Says []byte `json:"says,omitempty"` // SHA-256 of what the record said after the write that added this event
	Sum  []byte `json:"sum"`            // SHA-256 over the event and the sum before it
}

// About splits the note into an id, such as that of a letter, and what follows it: a class, or a
// mail server's words without addresses.
func (e Event) About() (id, rest string) {
	id, rest, _ = strings.Cut(e.Note, " ")
	return id, rest
}

// Events are a chain: the sum of each event is SHA-256 over the record's id, the sum before it and
// the event itself. The last event of each write also holds the sum of what the record says after
// that write. So nobody can change, add or remove an event, or change what the record says, without
// breaking the chain. Somebody who writes a whole new chain is found out if the end of the old one
// was noted elsewhere.
type Events []Event

// Add adds an event. Its time is never before that of the last event: a clock that was set back
// must not make a record look so old that it is removed.
func (e *Events) Add(at time.Time, what, who, note string) *Event {
	at = at.UTC().Truncate(time.Millisecond)
	if n := len(*e); n > 0 && at.Before((*e)[n-1].At) {
		at = (*e)[n-1].At
	}
	*e = append(*e, Event{What: what, At: at, Who: who, Note: note})
	return &(*e)[len(*e)-1]
}

// Seal chains the events that a write adds. says returns the [Sum] of what the record then says, or
// nil while the record may still change without an event; it is called only if there is a new
// event.
func (e Events) Seal(id string, says func() ([]byte, error)) error {
	added := false
	var before []byte
	for i := range e {
		if e[i].Sum == nil {
			added = true
			var err error
			if i == len(e)-1 {
				if e[i].Says, err = says(); err != nil {
					return err
				}
			}
			if e[i].Sum, err = e[i].sum(id, before); err != nil {
				return err
			}
		} else if added {
			return fmt.Errorf("sealing %s: an event was put before another", id)
		}
		before = e[i].Sum
	}
	return nil
}

// Fault says what is wrong with the chain of the record with the id, without personal data; "" if
// nothing is.
func (e Events) Fault(id string, says func() ([]byte, error)) string {
	var before []byte
	for i := range e {
		sum, err := e[i].sum(id, before)
		if err != nil || !bytes.Equal(sum, e[i].Sum) {
			return fmt.Sprintf("event %d of %d (%s) is not what was written, or one before it was taken away", i+1,
				len(e), e[i].What)
		}
		before = e[i].Sum
	}
	if len(e) == 0 {
		return "it has no events"
	}
	if said, err := says(); err != nil || !bytes.Equal(said, e[len(e)-1].Says) {
		return "what it says is not what was written"
	}
	return ""
}

func (e Event) sum(id string, before []byte) ([]byte, error) {
	e.Sum = nil
	return Sum(struct {
		Reference string // the field keeps its name, which is part of every sum ever made
		Before    []byte
		Event     Event
	}{id, before, e})
}

// Sum is SHA-256 over the JSON of v.
func Sum(v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	// A byte that is not UTF-8 is written as an escape the first time. When it comes back from the
	// store it is the replacement character itself, so both must give the same sum.
	sum := sha256.Sum256(bytes.ReplaceAll(data, []byte(`\ufffd`), []byte("\uFFFD")))
	return sum[:], nil
}
