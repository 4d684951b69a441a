package intake

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
)

// The events of an application are a chain: the sum of each is SHA-256 over the reference, the sum of the one before it and the event
// itself. The last event of each write also holds the sum of what the application says after it, so that neither an
// event nor an answer, an authorisation or a decision can be changed, added or taken away behind the hub's back without
// the chain telling. Whoever rewrites a whole chain is found by its end, which an earlier audit has noted; see audit.go.

// seal chains the events that a write adds.
func (a *Application) seal() error {
	added := false
	var before []byte
	for i := range a.Events {
		e := &a.Events[i]
		if e.Sum == nil {
			added = true
			if i == len(a.Events)-1 {
				says, err := a.says()
				if err != nil {
					return err
				}
				e.Says = says
			}
			sum, err := e.sum(a.Reference, before)
			if err != nil {
				return err
			}
			e.Sum = sum
		} else if added {
			return fmt.Errorf("sealing %s: an event was put before another", a.Reference)
		}
		before = e.Sum
	}
	return nil
}

func (e Event) sum(reference string, before []byte) ([]byte, error) {
	e.Sum = nil
	data, err := json.Marshal(struct {
		Reference string
		Before    []byte
		Event     Event
	}{reference, before, e})
	if err != nil {
		return nil, err
	}
	return digest(data), nil
}

// digest of JSON. A byte that is no UTF-8 is written as an escape the first time, and as the character that it became when it
// comes back from the store.
func digest(data []byte) []byte {
	sum := sha256.Sum256(bytes.ReplaceAll(data, []byte(`\ufffd`), []byte("\uFFFD")))
	return sum[:]
}

// says is the sum of all that an application says since it was sent; nil for a draft, which can still change without an event.
func (a *Application) says() ([]byte, error) {
	if a.Document == nil {
		return nil, nil
	}
	data, err := json.Marshal([]any{a.Document, a.Answers, a.Authorisation, a.Cohort, a.Decision, a.Reopened, a.Agreement, a.Corrections, a.Notes})
	if err != nil {
		return nil, err
	}
	return digest(data), nil
}

// intact says what is wrong with the chain, in words without personal data; "" if nothing.
func (a *Application) intact() string {
	var before []byte
	for i, e := range a.Events {
		sum, err := e.sum(a.Reference, before)
		if err != nil || !bytes.Equal(sum, e.Sum) {
			return fmt.Sprintf("event %d of %d (%s) is not what was written, or one before it was taken away", i+1, len(a.Events), e.What)
		}
		before = e.Sum
	}
	if len(a.Events) == 0 {
		return "it has no events"
	}
	if says, err := a.says(); err != nil || !bytes.Equal(says, a.Events[len(a.Events)-1].Says) {
		return "what it says is not what was written"
	}
	return ""
}
