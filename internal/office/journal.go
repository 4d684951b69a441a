package office

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// An Exported is the journal's entry for an export: who took what out of the hub, and why. It never
// holds an answer. One without a course is for everything about one person, and does not say about
// whom: that is in the person's own applications.
type Exported struct {
	record.Kept

	ID     string    `json:"-"`
	Course string    `json:"course"` // id
	From   string    `json:"from"`   // "2021-09-01": the first day of the period in which the applications were received
	To     string    `json:"to"`
	Name   string    `json:"name"`
	By     string    `json:"by"`     // the email address that signed in, or the user of the machine
	Reason string    `json:"reason"` // as typed
	At     time.Time `json:"at"`     // UTC
	Rows   int       `json:"rows"`   // how many applications; of a person: how many records of any kind
	Whole  bool      `json:"whole"`  // false if it was not finished: then Rows means nothing
}

// When is the time as people read it.
func (e Exported) When() string { return course.Moment(e.At) }

// journalLife is how long the journal is kept: claims about what became of data can be brought for
// 6 years (Limitation Act 1980).
const journalLife = 6 * 366 * 24 * time.Hour

// journalled is the part of the shelf's name for a course's exports.
const journalled = "exports"

// journal returns the keeper of exports.
func (d *Desk) journal() *record.Keeper[*Exported] {
	return &record.Keeper[*Exported]{
		Store: d.Applications.Store, Kind: record.Export, New: func(id string) *Exported { return &Exported{ID: id} },
		Entry: func(e *Exported) (record.Record, error) {
			line, err := json.Marshal(e)
			return record.Record{
				ID: e.ID, Course: e.Course, Expires: e.At.Add(journalLife),
				Shelf: application.ShelfOf(e.Course, journalled), Since: e.At, Brief: line,
			}, err
		},
	}
}

// openJournal notes that an export has begun.
func (d *Desk) openJournal(ctx context.Context, e Exported) (*Exported, error) {
	e.ID, e.At = "journal."+rand.Text(), d.Applications.Now().UTC()
	return &e, d.journal().Create(ctx, &e)
}

// closeJournal notes that an export is complete.
func (d *Desk) closeJournal(ctx context.Context, e *Exported, rows int) error {
	_, err := d.journal().AmendRead(ctx, e.ID, e, func(e *Exported) error {
		e.Rows, e.Whole = rows, true
		return nil
	})
	return err
}

// noteHanded notes that somebody was given everything about one person.
func (d *Desk) noteHanded(ctx context.Context, by *staff.Person, records int) error {
	_, err := d.openJournal(ctx, Exported{Name: by.Name, By: by.Email, Rows: records, Whole: true})
	return err
}

// Handed returns who was last given everything about a person, newest first. Only the office may
// see that.
func (d *Desk) Handed(ctx context.Context, most int) ([]Exported, error) {
	return d.latest(ctx, []string{application.ShelfOf("", journalled)}, most)
}

// Exports returns the latest exports of the courses whose applications the person may see, newest
// first.
func (d *Desk) Exports(ctx context.Context, s *staff.Person, most int) ([]Exported, error) {
	var shelves []string
	for _, id := range s.Where(staff.Read, staff.Courses) {
		shelves = append(shelves, application.ShelfOf(id, journalled))
	}
	return d.latest(ctx, shelves, most)
}

func (d *Desk) latest(ctx context.Context, shelves []string, most int) ([]Exported, error) {
	var all []Exported
	for r, err := range d.Applications.Shelved(ctx, shelves, record.Range{Kind: record.Export, Newest: true}) {
		if err != nil {
			return nil, fmt.Errorf("reading the journal: %w", err)
		}
		if len(all) == most {
			break
		}
		e, err := d.exportedOf(r)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

func (d *Desk) exportedOf(r record.Record) (e Exported, err error) {
	if json.Unmarshal(r.Brief, &e) != nil {
		return e, fmt.Errorf("reading %s: it is broken", r.ID)
	}
	e.Course = d.Applications.Programme.Current(e.Course)
	return e, nil
}

// period reports whether the export covers what was received at that time.
func (e Exported) period(at time.Time) bool {
	day := course.DateOf(at).ISO()
	return e.From <= day && day <= e.To
}
