package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/form"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

const (
	// readAgain is after how long reading an application again is an event again.
	readAgain = time.Hour
	// unopenedDays is after how many working days without a reader the lead's deputy is told.
	unopenedDays = 5

	maxNotes = 100
)

// Noting is the question for a note.
var Noting = form.Section{ID: "note", Questions: []form.Question{form.Ask(form.Question{
	ID: "note", Kind: form.LongText, Label: "Add a note", InMessages: "a note",
	Hint: "Nobody but the staff sees notes. " +
		"The applicant gets a copy if they ask for everything that we keep about them.",
	Rule: "required,max=2000", Messages: map[string]string{"max": "The note must be 2,000 characters or less"},
})}}

// Read is an application for somebody of the staff. That they read it is an event, once an hour; a
// reader who loses the race for the write again and again sees it all the same, and so does who
// comes when there is no room for the event.
func (d *Desk) Read(ctx context.Context, s *staff.Person, ref string) (*application.Application, error) {
	seen, err := d.forStaff(ctx, s, ref)
	if err != nil {
		return nil, err
	}
	a, err := d.write(ctx, seen, func(a *application.Application) error {
		now := d.Now()
		if slices.ContainsFunc(a.Events, func(e record.Event) bool {
			return e.What == application.EventRead && e.By == s.Email && now.Sub(e.At) < readAgain
		}) {
			return record.ErrUnchanged
		}
		a.LeaveRoom(spare)
		d.StaffEvent(a, s, application.EventRead, "")
		return nil
	})
	if errors.Is(err, record.ErrBusy) || errors.Is(err, record.ErrTooLarge) {
		d.Log.Warn("reading was not noted", "reference", ref)
		return d.forStaff(ctx, s, ref)
	}
	if errors.Is(err, record.ErrNotFound) {
		return nil, ErrNoApplication // removed since
	}
	return a, err
}

// AddNote adds a note to an application, or returns what is wrong with it. The same note sent twice
// is one.
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
			problems = []form.Problem{problem("note", "This application has 100 notes, and takes no more")}
			return record.ErrUnchanged
		}
		a.LeaveRoom(spare)
		a.Notes = append(a.Notes, application.Note{Text: text, Name: s.Name, By: s.Email, At: d.Now().UTC()})
		d.StaffEvent(a, s, application.EventNoted, "")
		return nil
	})
	if errors.Is(err, record.ErrTooLarge) {
		return []form.Problem{problem("note", "This application has no room for this note. Write a shorter one")}, nil
	}
	return problems, err
}

// Doubles are the other applications for the same course, at present, with the same professional
// number; with the same e-mail address, if its applicants have no number. Those that came in last
// are first.
func (d *Desk) Doubles(ctx context.Context, a *application.Application) ([]application.Brief, error) {
	by, value := record.ByNumber, a.Document.Applicant.Key()
	if value == "" {
		by, value = record.ByEmail, strings.ToLower(a.Document.Applicant.Email)
	}
	all, err := d.found(ctx, by, value)
	return slices.DeleteFunc(all, func(b application.Brief) bool { return b.Course != a.Course || b.Reference == a.Reference }), err
}

// noteDoubles makes a possible double an event of both. Nothing is dropped: people decide. It looks
// at no more than the latest few: professional numbers are public, so anybody can send hundreds
// with one.
func (d *Desk) noteDoubles(ctx context.Context, a *application.Application) (*application.Application, error) {
	others, err := d.Doubles(ctx, a)
	if err != nil {
		return a, err
	}
	var refs []string
	for _, other := range others[:min(len(others), mostDoubles)] {
		switch err := d.noteDouble(ctx, other.Reference, a.Reference); {
		case err == nil:
			refs = append(refs, other.Reference)
		case errors.Is(err, record.ErrBroken): // it must not hold up this one's letter
			d.Log.Error("a double is not noted", "reference", other.Reference, "error", err)
			refs = append(refs, other.Reference)
		case !errors.Is(err, record.ErrNotFound):
			return a, err
		}
	}
	if len(refs) == 0 {
		return a, nil
	}
	return d.write(ctx, a, func(a *application.Application) error { return d.addDoubles(a, refs...) })
}

func (d *Desk) noteDouble(ctx context.Context, ref, other string) error {
	_, err := d.Amend(ctx, ref, func(a *application.Application) error { return d.addDoubles(a, other) })
	return err
}

// addDoubles notes those that are not noted yet, as far as there is room.
func (d *Desk) addDoubles(a *application.Application, others ...string) error {
	known := a.Doubles()
	before := len(known)
	for _, ref := range others {
		if !slices.Contains(known, ref) && len(known) < mostDoubles {
			known = append(known, ref)
			a.Events.Add(d.Now(), application.EventDouble, "hub", ref)
		}
	}
	if len(known) == before {
		return record.ErrUnchanged
	}
	return nil
}

// ByNumber are the applications that were sent with a professional number, those that came in last
// first.
func (d *Desk) ByNumber(ctx context.Context, number form.Registration) ([]application.Brief, error) {
	return d.found(ctx, record.ByNumber, number.Key())
}

func (d *Desk) found(ctx context.Context, by record.Field, value string) ([]application.Brief, error) {
	records, err := d.Store.Find(ctx, record.Application, by, value)
	if err != nil {
		return nil, fmt.Errorf("finding applications of one person: %w", err)
	}
	var all []application.Brief
	for _, r := range records {
		if r.Shelf == "" {
			continue
		}
		all = append(all, d.LineOf(r))
	}
	slices.SortFunc(all, func(a, b application.Brief) int { return b.Received.Compare(a.Received) })
	return all, nil
}
