package intake

import (
	"context"
	"testing"

	"traininghub/internal/application"
	"traininghub/internal/record"
)

// watched is a store that fails the test if a write of an application breaks its chain of events: a
// field of the application was changed without an event, or an event was changed. All desks in
// tests use one.
type watched struct {
	record.Store
	t testing.TB
}

// Watched checks what is written to a store.
func Watched(t testing.TB, s record.Store) record.Store { return watched{s, t} }

func (w watched) look(r record.Record) {
	w.t.Helper()
	a := &application.Application{}
	if r.Kind != record.Application || (&record.Keeper[*application.Application]{}).Decode(r, a) != nil {
		return
	}
	if wrong := a.Events.Fault(a.Reference, a.Says); wrong != "" {
		w.t.Errorf("%s is written, and %s", r.ID, wrong)
	}
}

func (w watched) Create(ctx context.Context, r record.Record) error {
	w.look(r)
	return w.Store.Create(ctx, r)
}

func (w watched) Update(ctx context.Context, r record.Record) error {
	w.look(r)
	return w.Store.Update(ctx, r)
}

// behind returns the desk without the check, for changes behind the hub's back.
func (d *Desk) behind() *Desk {
	b := *d
	if w, ok := b.Store.(watched); ok {
		b.Store = w.Store
	}
	return &b
}
