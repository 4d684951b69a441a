package office

import (
	"context"

	"traininghub/internal/form"
	"traininghub/internal/record"
)

// Kept returns the story of a kind that owes no letters, belongs to no person and is never removed,
// such as a hub's own secret. An audit checks only its seal.
func Kept(kind record.Kind) Story { return kept{kind} }

type kept struct{ kind record.Kind }

func (k kept) Kind() record.Kind { return k.kind }

func (kept) Post() record.Story { return nil }

func (kept) Sweep(context.Context) (int, error) { return 0, nil }

func (kept) About(context.Context, record.Record, []form.Registration, string) (*Own, error) {
	return nil, nil
}

func (kept) GiveOut(context.Context, string) (*Own, error) { return nil, record.ErrNotFound }

func (kept) Erase(context.Context, string) error { return nil }

func (kept) Check(record.Record, *record.Head) (*record.Head, string) { return nil, "" }
