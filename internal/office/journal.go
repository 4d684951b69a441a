package office

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/intake"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// Exported is an export in the journal: who took what out of the hub, and why. It never holds an answer.
type Exported struct {
	Course string    `json:"course"` // id
	From   string    `json:"from"`   // "2021-09-01": the period in which the applications were received
	To     string    `json:"to"`
	Name   string    `json:"name"`
	By     string    `json:"by"`     // the e-mail address that signed in, or the user of the machine
	Reason string    `json:"reason"` // as typed
	At     time.Time `json:"at"`     // UTC
	Rows   int       `json:"rows"`   // how many applications
	Whole  bool      `json:"whole"`  // false if it was not finished: then Rows says nothing
}

// When is its time as people read it.
func (e Exported) When() string { return course.Moment(e.At) }

// journalLife is how long the journal is kept: claims over what became of data can be brought for 6 years (Limitation Act 1980).
const journalLife = 6 * 366 * 24 * time.Hour

// journalled is the state of the shelf for a course's exports.
const journalled = "exports"

// An entry is one in the journal that is not closed yet.
type entry struct {
	d  *Desk
	e  Exported
	id string
}

// openJournal notes that an export begins.
func (d *Desk) openJournal(ctx context.Context, e Exported) (*entry, error) {
	e.At = d.Now().UTC()
	j := &entry{d, e, "journal." + rand.Text()}
	if err := d.Store.Create(ctx, j.record()); err != nil {
		return nil, fmt.Errorf("writing the journal: %w", err)
	}
	return j, nil
}

// close notes that it is whole.
func (j *entry) close(ctx context.Context, rows int) error {
	j.e.Rows, j.e.Whole = rows, true
	if err := j.d.Store.Update(ctx, j.record()); err != nil {
		return fmt.Errorf("writing the journal: %w", err)
	}
	return nil
}

func (j *entry) record() record.Record {
	data, _ := json.Marshal(j.e) // of strings and times: cannot fail
	return record.Record{
		ID: j.id, Kind: record.Export, Version: 1, Course: j.e.Course, Expires: j.e.At.Add(journalLife),
		Shelf: intake.ShelfOf(j.e.Course, journalled), Since: j.e.At, Brief: data, Data: data,
	}
}

// Exports are the latest exports of the courses whose applications the staff see, the newest first.
func (d *Desk) Exports(ctx context.Context, s *staff.Person, most int) ([]Exported, error) {
	var shelves []string
	for _, id := range s.Where(staff.Read, staff.Courses) {
		shelves = append(shelves, intake.ShelfOf(id, journalled))
	}
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
	e.Course = d.Programme.Current(e.Course)
	return e, nil
}

// period tells whether what was received at an instant was in the export's.
func (e Exported) period(at time.Time) bool {
	day := course.DateOf(at).ISO()
	return e.From <= day && day <= e.To
}
