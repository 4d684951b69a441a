package application

import (
	"encoding/json"
	"testing"
	"time"

	"traininghub/internal/document"
)

// The chain shows every change to a stored application that was made behind the desk's back.
func TestChain(t *testing.T) {
	at := time.Date(2021, 9, 20, 9, 0, 0, 0, time.UTC)
	made := func() *Application {
		a := &Application{Reference: "CC-7K4D-2P9X"}
		a.Events.Add(at, EventStarted, "applicant", "")
		if err := a.Events.Seal(a.Reference, a.Says); err != nil {
			t.Fatal(err)
		}
		a.Document = &document.Submission{Applicant: document.Person{Name: "Alex Example"}}
		a.Events.Add(at.Add(time.Hour), EventReceived, "applicant", "")
		a.Events.Add(at.Add(time.Hour), EventAsked, "hub", "")
		if err := a.Events.Seal(a.Reference, a.Says); err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(a) // as it comes back from a store
		if err != nil {
			t.Fatal(err)
		}
		b := &Application{}
		if err := json.Unmarshal(data, b); err != nil {
			t.Fatal(err)
		}
		return b
	}
	a := made()
	if wrong := a.Events.Fault(a.Reference, a.Says); wrong != "" {
		t.Fatal("untouched: " + wrong)
	}
	for name, change := range map[string]func(*Application){
		"an answer":      func(a *Application) { a.Document.Applicant.Name = "Alex Other" },
		"a decision":     func(a *Application) { a.Decision = &Decision{Accepted: true} },
		"a time":         func(a *Application) { a.Events[1].At = at },
		"an actor":       func(a *Application) { a.Events[2].By = "someone@example.org" },
		"the last event": func(a *Application) { a.Events = a.Events[:2] },
		"a first event":  func(a *Application) { a.Events = a.Events[1:] },
		"a middle event": func(a *Application) { a.Events = append(a.Events[:1], a.Events[2]) },
		"one added":      func(a *Application) { a.Events.Add(at, EventAccepted, "lead", "") },
		"the reference":  func(a *Application) { a.Reference = "CC-7K4D-2P9Y" },
		"all events":     func(a *Application) { a.Events = nil },
	} {
		a := made()
		change(a)
		if a.Events.Fault(a.Reference, a.Says) == "" {
			t.Errorf("%s was changed and the chain does not tell", name)
		}
	}
}
