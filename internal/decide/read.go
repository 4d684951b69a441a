package decide

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// readAgain is the time after which reading an application again is another event.
const readAgain = time.Hour

const maxNotes = 100

// Noting holds the question for a note.
var Noting = form.Section{ID: "note", Questions: []form.Question{form.Ask(form.Question{
	ID: "note", Kind: form.LongText, Label: "Add a note", InMessages: "a note",
	Hint: "Nobody but the staff sees notes. " +
		"The applicant gets a copy if they ask for everything that we keep about them.",
	Rule: "required,max=2000", Messages: map[string]string{"max": "The note must be 2,000 characters or less"},
})}}

// Read returns an application for somebody of the staff. Reading is an event, once an hour.
// Somebody whose write keeps losing to others sees the application all the same, and so does
// somebody for whose event there is no room.
func (d *Desk) Read(ctx context.Context, s *staff.Person, ref string) (*application.Application, error) {
	seen, err := d.forStaff(ctx, s, ref)
	if err != nil {
		return nil, err
	}
	a, err := d.AmendRead(ctx, seen, func(a *application.Application) error {
		now := d.Now()
		if slices.ContainsFunc(a.Events, func(e record.Event) bool {
			return e.What == application.EventRead && e.By == s.Email && now.Sub(e.At) < readAgain
		}) {
			return record.ErrUnchanged
		}
		a.LeaveRoom(intake.Spare)
		d.StaffEvent(a, s, application.EventRead, "")
		return nil
	})
	if errors.Is(err, record.ErrBusy) || errors.Is(err, record.ErrTooLarge) {
		d.Log.Warn("reading was not noted", "reference", ref)
		return d.forStaff(ctx, s, ref)
	}
	if errors.Is(err, record.ErrNotFound) {
		return nil, ErrNoApplication // removed meanwhile
	}
	return a, err
}

// AddNote adds a note to an application, or returns what is wrong with it. The same note sent twice
// is added once.
func (d *Desk) AddNote(ctx context.Context, s *staff.Person, ref, text string) ([]form.Problem, error) {
	text = strings.TrimSpace(text)
	problems := Noting.Check(form.Values{"note": text}, d.Now())
	if len(problems) > 0 {
		return problems, nil
	}
	_, err := d.StaffChange(ctx, s, ref, false, func(a *application.Application) error {
		problems = nil
		n := len(a.Notes)
		switch {
		case n > 0 && a.Notes[n-1].By == s.Email && a.Notes[n-1].Text == text:
			return record.ErrUnchanged
		case n >= maxNotes:
			problems = []form.Problem{form.Wrong("note", "This application has 100 notes, and takes no more")}
			return record.ErrUnchanged
		}
		a.LeaveRoom(intake.Spare)
		a.Notes = append(a.Notes, application.Note{Text: text, Name: s.Name, By: s.Email, At: d.Now().UTC()})
		d.StaffEvent(a, s, application.EventNoted, "")
		return nil
	})
	if errors.Is(err, record.ErrTooLarge) {
		return []form.Problem{form.Wrong("note", "This application has no room for this note. Write a shorter one")}, nil
	}
	return problems, err
}
