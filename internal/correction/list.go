package correction

import (
	"context"
	"errors"
	"slices"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/office"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// Kind is the kind of the records that list what is waiting.
const Kind record.Kind = "corrections"

// list is the story of those records, which name nobody and are never removed.
type list struct {
	office.Story
	d *Desk
}

// A waiting lists the applications of a course that wait for an answer to a wish.
type waiting struct {
	record.Kept
	ID   string    `json:"id"`
	Open []noticed `json:"open,omitempty"`
}

type noticed struct {
	Reference string    `json:"reference"`
	At        time.Time `json:"at"` // when it was noted, UTC
}

// stale is how long after being noted a wish must be in its application, which is written second.
const stale = time.Hour

func (d *Desk) lists() *record.Keeper[*waiting] {
	return &record.Keeper[*waiting]{
		Store: d.Applications.Store, Kind: Kind, New: func(id string) *waiting { return &waiting{ID: id} }, Anew: true,
		Entry: func(w *waiting) (record.Record, error) { return record.Record{ID: w.ID}, nil },
	}
}

func listID(course string) string { return "corrections." + course }

// note puts the application on its course's list.
func (d *Desk) note(ctx context.Context, a *application.Application) error {
	_, err := d.lists().Amend(ctx, listID(a.Course), func(w *waiting) error {
		w.drop(a.Reference)
		w.Open = append(w.Open, noticed{a.Reference, d.now()})
		return nil
	})
	return err
}

func (w *waiting) drop(ref string) {
	w.Open = slices.DeleteFunc(w.Open, func(n noticed) bool { return n.Reference == ref })
}

// settled takes an application without open wishes off its list. If that fails, what was done stays
// done: readers of the list check the application.
func (d *Desk) settled(ctx context.Context, a *application.Application, err error) error {
	if err != nil || slices.ContainsFunc(a.Wishes, func(w application.Wish) bool { return w.Open() }) {
		return err
	}
	if err := d.forget(ctx, a.Course, a.Reference); err != nil {
		d.Applications.Log.Warn("a list of corrections names too many", "error", err)
	}
	return nil
}

func (d *Desk) forget(ctx context.Context, course string, refs ...string) error {
	_, err := d.lists().Amend(ctx, listID(course), func(w *waiting) error {
		n := len(w.Open)
		for _, ref := range refs {
			w.drop(ref)
		}
		if len(w.Open) == n {
			return record.ErrUnchanged
		}
		return nil
	})
	return err
}

// named returns the applications on a course's list, and takes off the list those that are gone or
// wait for nothing.
func (d *Desk) named(ctx context.Context, course string) (all []*application.Application, err error) {
	w, err := d.lists().Get(ctx, listID(course))
	if err != nil {
		return nil, err
	}
	var over []string
	for _, n := range w.Open {
		a, err := d.Applications.Get(ctx, n.Reference)
		gone := errors.Is(err, record.ErrNotFound)
		if err != nil && !gone {
			return nil, err
		}
		switch waits := !gone && slices.ContainsFunc(a.Wishes, func(w application.Wish) bool { return w.Open() }); {
		case waits:
			all = append(all, a)
		case d.now().Sub(n.At) > stale:
			over = append(over, n.Reference)
		}
	}
	if len(over) == 0 {
		return all, nil
	}
	return all, d.forget(ctx, course, over...)
}

// ids returns the ids of all courses, including those that they had before.
func (d *Desk) ids() (all []string) {
	if d.Applications.Programme == nil {
		return nil
	}
	for _, c := range d.Applications.Programme.Courses {
		all = append(append(all, c.ID), c.Former()...)
	}
	return all
}

// Sweep takes off the lists what is gone. It removes no records.
func (l list) Sweep(ctx context.Context) (int, error) {
	var failed error
	for _, id := range l.d.ids() {
		_, err := l.d.named(ctx, id)
		failed = errors.Join(failed, err)
	}
	return 0, failed
}

// Waiting returns the applications with wishes that this member of the staff can answer, longest
// waiting first.
func (d *Desk) Waiting(ctx context.Context, s *staff.Person) (all []*application.Application, err error) {
	for _, id := range d.ids() {
		if !s.May(staff.Read, staff.Course(d.Applications.Programme.Current(id))) {
			continue
		}
		there, err := d.named(ctx, id)
		if err != nil {
			return nil, err
		}
		for _, a := range there {
			if len(d.Open(s, a)) > 0 {
				all = append(all, a)
			}
		}
	}
	slices.SortStableFunc(all,
		func(a, b *application.Application) int { return waitingSince(a).Compare(waitingSince(b)) })
	return all, nil
}

// waitingSince returns since when the oldest open wish of an application has waited.
func waitingSince(a *application.Application) (at time.Time) {
	for _, w := range a.Wishes {
		if w.Open() && (at.IsZero() || w.At.Before(at)) {
			at = w.At
		}
	}
	return at
}

// Open returns the indexes of an application's wishes that this member of the staff can answer now.
func (d *Desk) Open(s *staff.Person, a *application.Application) (all []int) {
	for i, w := range a.Wishes {
		if w.Open() && a.Status() != application.Withdrawn && d.MayAnswer(s, a, w) {
			all = append(all, i)
		}
	}
	return all
}

// MayAnswer reports whether this member of the staff may answer the wish. Those who decide for the
// course may also grant another cohort.
func (d *Desk) MayAnswer(s *staff.Person, a *application.Application, w application.Wish) bool {
	return d.May(s, a) || d.isCohort(a, w.Question) && s.May(staff.Decide, staff.Course(a.Course)) && !a.Document.Applicant.Is(s.Email)
}
