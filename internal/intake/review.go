package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"traininghub/internal/application"
	"traininghub/internal/form"
	"traininghub/internal/record"
)

const (

	// unopenedDays is the number of working days without a reader after which the lead's deputy is
	// told.
	unopenedDays = 5
)

// Doubles returns the other present applications for the same course with the same professional
// number, or with the same e-mail address if its applicants have no number. The latest come first.
func (d *Desk) Doubles(ctx context.Context, a *application.Application) ([]application.Brief, error) {
	by, value := record.ByNumber, a.Document.Applicant.Key()
	if value == "" {
		by, value = record.ByEmail, strings.ToLower(a.Document.Applicant.Email)
	}
	all, err := d.found(ctx, by, value)
	return slices.DeleteFunc(all,
		func(b application.Brief) bool { return b.Course != a.Course || b.Reference == a.Reference }), err
}

// noteDoubles makes a possible double an event of both applications. Nothing is dropped, because
// people decide. It looks only at the latest few: professional numbers are public, so anybody can
// send hundreds with one.
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
		case errors.Is(err, record.ErrBroken): // it must not hold up this application's letter
			d.Log.Error("a double is not noted", "reference", other.Reference, "error", err)
			refs = append(refs, other.Reference)
		case !errors.Is(err, record.ErrNotFound):
			return a, err
		}
	}
	if len(refs) == 0 {
		return a, nil
	}
	return d.AmendRead(ctx, a, func(a *application.Application) error { return d.addDoubles(a, refs...) })
}

func (d *Desk) noteDouble(ctx context.Context, ref, other string) error {
	_, err := d.Amend(ctx, ref, func(a *application.Application) error { return d.addDoubles(a, other) })
	return err
}

// addDoubles notes the doubles that are not noted yet, as far as there is room.
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

// ByNumber returns the applications that were sent with a professional number, the latest first.
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
