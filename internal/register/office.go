package register

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"

	"traininghub/internal/form"
	"traininghub/internal/office"
	"traininghub/internal/record"
)

// These methods make the desk an [office.Story] of the office behind the wall.

// Kind is the kind of mentors' records.
func (d *Desk) Kind() record.Kind { return Kind }

// Sweep removes unfinished profiles and mentors who left long ago, once their time is over.
func (d *Desk) Sweep(ctx context.Context) (total int, err error) {
	for {
		n, err := d.Wall.Store.Expire(ctx, []record.Kind{Kind}, d.now(), 100)
		if total += n; n == 0 || err != nil {
			return total, err
		}
	}
}

// About returns the record if it belongs to the person.
func (d *Desk) About(_ context.Context, r record.Record, numbers []form.Registration, email string) (*office.Own, error) {
	m, err := d.Mentors().Read(r)
	if err != nil || m.State() == Nowhere {
		return nil, err
	}
	number := slices.ContainsFunc(numbers, func(n form.Registration) bool { return n.Key() == m.Person.Number && n.Key() != "" })
	if !number && (email == "" || !strings.EqualFold(email, m.Person.Email)) {
		return nil, nil
	}
	return m.toOwn(), nil
}

// toOwn is the record for its mentor to read. It leaves out keys, and the people whom they mentor,
// whose data is their own.
func (m *Mentor) toOwn() *office.Own {
	theirs := *m
	theirs.Keys, theirs.Places = nil, nil
	return &office.Own{ID: m.ID, Kind: Kind, Data: &theirs}
}

// GiveOut notes that the record is given to its mentor.
func (d *Desk) GiveOut(ctx context.Context, id string) (*office.Own, error) {
	m, err := d.Mentors().Amend(ctx, id, func(m *Mentor) error {
		if m.Version() == 0 {
			return record.ErrNotFound
		}
		m.note(eventGiven, hub, d.now(), "")
		return nil
	})
	if err != nil {
		return nil, err
	}
	return m.toOwn(), nil
}

// Erase removes the record at its mentor's request. The other store is first told that they have
// left. Package pair then finds the mentor gone and ends their pairs.
func (d *Desk) Erase(ctx context.Context, id string) error {
	m, err := d.Mentors().Get(ctx, id)
	if err != nil || m.Version() == 0 {
		return err
	}
	if m.Listed != "" && d.Out != nil {
		s := m.Standing()
		if s.Left == "" || s.Left > Today(d.now()) {
			s.Left = Today(d.now())
		}
		s.Sessions, s.Confirmed, s.Who = "", "", nil
		if err := d.Out.Put(ctx, s); err != nil {
			return err
		}
	}
	if err = d.Mentors().Delete(ctx, id, m); errors.Is(err, record.ErrNotFound) {
		return nil
	}
	return err
}

// Check says what is wrong with a record, in words without personal data.
func (d *Desk) Check(r record.Record, earlier *record.Head) (*record.Head, string) {
	m := &Mentor{ID: r.ID, rules: noRules}
	if d.Mentors().Decode(r, m) != nil {
		return nil, "it cannot be read"
	}
	if len(m.Events) == 0 {
		return nil, "it has no events"
	}
	head := &record.Head{Sent: m.Events[0].Sum, Events: len(m.Events), Sum: m.Events[len(m.Events)-1].Sum}
	switch what := m.Events.Fault(r.ID, m.says); {
	case what != "":
		return head, what
	case earlier != nil && (len(m.Events) < earlier.Events || !bytes.Equal(m.Events[earlier.Events-1].Sum, earlier.Sum)):
		return head, "its chain is not the one that an earlier audit noted"
	case m.Active() > MostPeople:
		return head, "more places are taken than a mentor can have"
	}
	return head, ""
}
