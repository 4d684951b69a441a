// Package removal ends applications that have come to the end of their time, in two steps. A week
// before the promised day an application is marked: nobody sees it any more, but the office can
// bring it back. On the day it is destroyed; [intake.Desk.Remove] says what is left of it.
//
// Before each step a run passes the [record.Brake]. If the brake holds it, nothing is removed, not
// even a draft, until somebody allows it. An erasure that somebody asks for does not come here: it
// is done at once. Several programs may run this at the same time.
package removal

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/decide"
	"traininghub/internal/intake"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

const (
	sweepEvery = time.Hour
	clearEvery = 24 * time.Hour // what the store removes by itself; this may read all of the store
)

// brakeID is the id of the one record that keeps the brake.
const brakeID = "sweep"

// Removals ends applications that have come to the end of their time. Make it with [Of].
type Removals struct{ desk *intake.Desk }

// Of returns the removals for a desk's store.
func Of(d *intake.Desk) Removals { return Removals{d} }

func (m Removals) brakes() *record.Keeper[*record.Brake] {
	return &record.Keeper[*record.Brake]{
		Store: m.desk.Store, Kind: intake.Sweeps, New: func(string) *record.Brake { return &record.Brake{} }, Anew: true,
		Entry: func(*record.Brake) (record.Record, error) { return record.Record{ID: brakeID}, nil },
	}
}

// Brake returns what the last run found, and what is held.
func (m Removals) Brake(ctx context.Context) (*record.Brake, error) {
	return m.brakes().Get(ctx, brakeID)
}

// Swept is what a run did.
type Swept struct {
	Marked, Destroyed int
	Cleared           int // drafts, and anything else that a store removes by itself
	Held              *record.Held
}

var errNotYet = errors.New("swept less than an hour ago")

// Sweep marks, destroys and removes everything whose time is over, unless the brake holds it. It
// does so once an hour, however often it is called and by however many programs.
func (m Removals) Sweep(ctx context.Context) (Swept, error) {
	now := m.desk.Now()
	var kept []string
	b, err := m.Brake(ctx)
	// a course's file may be gone before the first run while its applications are still there
	if err == nil && b.Ran.IsZero() {
		kept, err = m.coursesKept(ctx)
	}
	if err != nil {
		return Swept{}, fmt.Errorf("before removing what is past its time: %w", err)
	}
	b, err = m.brakes().Amend(ctx, brakeID, func(b *record.Brake) error {
		if !now.Before(b.Ran) && now.Sub(b.Ran) < sweepEvery {
			return errNotYet
		}
		b.Ran = now.UTC()
		for _, id := range kept {
			b.Know(id)
		}
		for _, c := range m.desk.Programme.Courses {
			b.Know(c.ID)
		}
		return nil
	})
	if errors.Is(err, errNotYet) {
		return Swept{}, nil
	}
	if err != nil {
		return Swept{}, fmt.Errorf("before removing what is past its time: %w", err)
	}
	return m.sweep(ctx, b.Courses)
}

// SweepNow is Sweep for a person who has allowed what was held.
func (m Removals) SweepNow(ctx context.Context) (Swept, error) {
	b, err := m.Brake(ctx)
	if err != nil {
		return Swept{}, err
	}
	return m.sweep(ctx, b.Courses)
}

// coursesKept returns the courses of all applications in the store.
func (m Removals) coursesKept(ctx context.Context) ([]string, error) {
	var b record.Brake
	err := record.Each(ctx, m.desk.Store, func(r record.Record) error {
		if r.Kind != record.Application {
			return nil
		}
		a, err := m.desk.Applications().Read(r)
		if err != nil {
			m.desk.Log.Error("application not looked at", "reference", r.ID, "error", err)
		} else if a.Document != nil {
			b.Know(a.Course)
		}
		return nil
	})
	return b.Courses, err
}

func (m Removals) sweep(ctx context.Context, courses []string) (did Swept, err error) {
	now := m.desk.Now()
	due, newest, err := m.outlived(ctx, courses)
	if err != nil {
		return did, fmt.Errorf("looking for what is past its time: %w", err)
	}
	clear := false
	_, err = m.brakes().Amend(ctx, brakeID, func(b *record.Brake) error {
		did.Held = b.Check(now, newest, m.days(), len(due))
		if clear = false; did.Held == nil {
			if clear = now.Before(b.Cleared) || now.Sub(b.Cleared) >= clearEvery; clear {
				b.Cleared = now.UTC()
			}
			b.Done(now, m.days(), len(due)) // before the work, so that a run that breaks off has used up the permission
		}
		return nil
	})
	if err != nil {
		return did, fmt.Errorf("before removing what is past its time: %w", err)
	}
	if h := did.Held; h != nil {
		log := m.desk.Log.Error
		if !h.Refused.IsZero() {
			log = m.desk.Log.Info
		}
		log("nothing is removed until somebody allows it: see hub removals", "since", h.Since, "count", h.Count, "why",
			h.Why)
		return did, nil
	}
	for _, ref := range due {
		marked, err := m.Mark(ctx, ref)
		if err != nil {
			return did, err
		}
		if marked {
			did.Marked++
			m.desk.Log.Info("application marked for removal", "reference", ref)
		}
	}
	for _, id := range courses {
		// On this shelf records are ordered by when they end.
		for r, err := range m.desk.Shelved(ctx, []string{application.ShelfOf(id, intake.Removing)},
			record.Range{Kind: record.Application, Until: now}) {
			if err == nil {
				err = m.desk.Remove(ctx, r.ID, intake.OverTime)
			}
			if err != nil {
				return did, fmt.Errorf("destroying what was marked: %w", err)
			}
			did.Destroyed++
		}
	}
	if clear {
		did.Cleared, err = m.desk.Expire(ctx)
	}
	return did, err
}

// days returns how long things are kept, by name.
func (m Removals) days() map[string]int {
	all := m.desk.Retain.Days()
	maps.Copy(all, m.desk.Kept)
	return all
}

// Outlived returns how many applications would be marked now.
func (m Removals) Outlived(ctx context.Context) (int, error) {
	courses, err := m.coursesKept(ctx)
	if err != nil {
		return 0, err
	}
	due, _, err := m.outlived(ctx, courses)
	return len(due), err
}

// outlived returns the references of the courses' applications that are to be marked. newest is the
// time of the newest event that lists are ordered by.
func (m Removals) outlived(ctx context.Context, courses []string) (due []string, newest time.Time, err error) {
	now := m.desk.Now()
	for _, id := range courses {
		for _, is := range application.States {
			shelf := []string{application.ShelfOf(id, is.Name)}
			for r, err := range m.desk.Shelved(ctx, shelf, record.Range{Kind: record.Application, Newest: true,
				Max: 1}) {
				if err != nil {
					return nil, newest, err
				}
				if r.Since.After(newest) {
					newest = r.Since
				}
				break
			}
			until := now.Add(intake.MarkedFor - m.desk.Retain.Of(is.Status))
			all := record.Range{Kind: record.Application, Until: until}
			// Lists may be ordered by a later time than the one from which it is kept.
			if is.Status == application.Received {
				all.Until = time.Time{}
			}
			for r, err := range m.desk.Shelved(ctx, shelf, all) {
				if err != nil {
					return nil, newest, err
				}
				if m.desk.LineOf(r).Received.After(until) {
					continue
				}
				switch a, err := m.desk.Applications().Get(ctx, r.ID); {
				case errors.Is(err, record.ErrNotFound):
				case errors.Is(err, record.ErrBroken): // it stays, and does not hold up the others
					m.desk.Log.Error("application not looked at", "reference", r.ID, "error", err)
				case err != nil:
					return nil, newest, err
				case m.outlives(a):
					due = append(due, r.ID)
				}
			}
		}
	}
	return due, newest, nil
}

// outlives reports whether the application is to be marked.
func (m Removals) outlives(a *application.Application) bool {
	return a.Document != nil && a.Removal() == nil && !a.IsMarked() &&
		!m.desk.Now().Before(m.desk.Removed(a).Add(-intake.MarkedFor))
}

// Mark hides an application whose time is over from everybody. Letters that are still owed are
// dropped: they have been tried for months, and nobody may be written to about data that should be
// gone.
func (m Removals) Mark(ctx context.Context, ref string) (marked bool, err error) {
	_, err = m.desk.Amend(ctx, ref, func(a *application.Application) error {
		if marked = m.outlives(a); !marked {
			return record.ErrUnchanged
		}
		a.Letters.Drop(record.Letter.IsOwed)
		// on the promised day, but not before the office has had a week
		end, least := m.desk.Removed(a), m.desk.Now().Add(intake.MarkedFor)
		if end.Before(least) {
			end = least
		}
		a.Events.Add(m.desk.Now(), application.EventMarked, "hub", end.UTC().Format(time.RFC3339))
		return nil
	})
	if errors.Is(err, record.ErrNotFound) {
		return false, nil
	}
	return marked, err
}

// A Marked is an application that is marked for removal.
type Marked struct {
	application.Brief
	Ends time.Time // when it will be destroyed
}

// Marked returns the applications marked for removal that this person may bring back, the next to
// be destroyed first.
func (m Removals) Marked(ctx context.Context, s *staff.Person) (all []Marked, err error) {
	b, err := m.Brake(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range b.Courses {
		if !s.May(staff.Restore, staff.Course(m.desk.Programme.Current(id))) {
			continue
		}
		for r, err := range m.desk.Shelved(ctx, []string{application.ShelfOf(id, intake.Removing)},
			record.Range{Kind: record.Application}) {
			if err != nil {
				return nil, err
			}
			all = append(all, Marked{m.desk.LineOf(r), r.Since})
		}
	}
	slices.SortFunc(all, func(a, b Marked) int { return a.Ends.Compare(b.Ends) })
	return all, nil
}

// Restore brings back an application that is marked for removal. It is as it was, except that owed
// letters are dropped. It is kept for its time, or for 30 days if that is over. Restore returns
// decide.ErrNoApplication if there is none that they may bring back.
func (m Removals) Restore(ctx context.Context, s *staff.Person, ref string) error {
	_, err := m.desk.Amend(ctx, ref, func(a *application.Application) error {
		if a.Removal() != nil || !a.IsMarked() || !s.May(staff.Restore, staff.Course(a.Course)) {
			return decide.ErrNoApplication
		}
		decide.Of(m.desk).StaffEvent(a, s, application.EventRestored, "")
		return nil
	})
	if errors.Is(err, record.ErrNotFound) {
		return decide.ErrNoApplication
	}
	return err
}

// Allow permits once what the brake holds, and does it.
func (m Removals) Allow(ctx context.Context) (Swept, error) {
	allowed := false
	_, err := m.brakes().Amend(ctx, brakeID, func(b *record.Brake) error {
		if allowed = b.Allow(m.desk.Now()); !allowed {
			return record.ErrUnchanged
		}
		return nil
	})
	if err != nil || !allowed {
		return Swept{}, err
	}
	return m.SweepNow(ctx)
}

// AllowBy permits what the brake holds at the next run, once two people who may bring applications
// back have said so: see [record.Brake.AllowBy]. For anybody else it returns
// decide.ErrNoApplication.
func (m Removals) AllowBy(ctx context.Context, s *staff.Person, count int) (what string, err error) {
	if len(s.Where(staff.Restore, staff.Courses)) == 0 {
		return "", decide.ErrNoApplication
	}
	_, err = m.brakes().Amend(ctx, brakeID, func(b *record.Brake) error {
		if what = b.AllowBy(m.desk.Now(), s.Email, count); what == "" {
			return record.ErrUnchanged
		}
		return nil
	})
	return what, err
}

// RefuseBy is Refuse by somebody who may bring applications back. For anybody else it returns
// decide.ErrNoApplication.
func (m Removals) RefuseBy(ctx context.Context, s *staff.Person) error {
	if len(s.Where(staff.Restore, staff.Courses)) == 0 {
		return decide.ErrNoApplication
	}
	_, err := m.brakes().Amend(ctx, brakeID, func(b *record.Brake) error {
		if !b.RefuseBy(m.desk.Now(), s.Email) {
			return record.ErrUnchanged
		}
		return nil
	})
	return err
}

// Refuse notes that a person does not want what the brake holds. It reports whether anything is
// held.
func (m Removals) Refuse(ctx context.Context) (held bool, err error) {
	_, err = m.brakes().Amend(ctx, brakeID, func(b *record.Brake) error {
		if held = b.Refuse(m.desk.Now()); !held {
			return record.ErrUnchanged
		}
		return nil
	})
	return held, err
}
