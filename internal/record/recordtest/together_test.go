package recordtest_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
)

// A purse is a document with a sum of money, which the tests move from one purse to another.
type purse struct {
	record.Kept
	ID  string `json:"id"`
	Has int    `json:"has"`
}

func purses(s record.Store) *record.Keeper[*purse] {
	return &record.Keeper[*purse]{
		Store: s, Kind: "purse", Anew: true, New: func(id string) *purse { return &purse{ID: id} },
		Entry: func(p *purse) (record.Record, error) { return record.Record{ID: p.ID, Status: "purse"}, nil },
	}
}

// give gives 1 from one purse to another.
func give(ctx context.Context, s record.Store, from, to string) error {
	return record.Together(ctx, s, func(set *record.Set) error {
		a, err := purses(s).In(ctx, set, from)
		if err != nil {
			return err
		}
		b, err := purses(s).In(ctx, set, to)
		if err != nil {
			return err
		}
		if a.Has == 0 {
			return errEmpty
		}
		a.Has--
		b.Has++
		return nil
	})
}

var errEmpty = errors.New("empty")

// TestTogether: 64 callers at once give from a purse with 10 to 5 others. Nothing is lost, made or
// overdrawn.
func TestTogether(t *testing.T) {
	s, ctx := &recordtest.Memory{}, t.Context()
	first := &purse{ID: "purse-a", Has: 10}
	if err := record.Together(ctx, s, func(set *record.Set) error { purses(s).Put(set, first); return nil }); err != nil || first.Version() != 1 {
		t.Fatalf("making one: version %d (%v)", first.Version(), err)
	}
	var given atomic.Int32
	var all sync.WaitGroup
	for n := range 64 {
		all.Go(func() {
			switch err := give(ctx, s, "purse-a", fmt.Sprintf("purse-%d", n%5)); {
			case err == nil:
				given.Add(1)
			case !errors.Is(err, errEmpty):
				t.Error(err)
			}
		})
	}
	all.Wait()
	total := 0
	for _, id := range []string{"purse-a", "purse-0", "purse-1", "purse-2", "purse-3", "purse-4"} {
		p, err := purses(s).Get(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		total += p.Has
	}
	if given.Load() != 10 || total != 10 {
		t.Errorf("%d were given, and there are %d: want 10 and 10", given.Load(), total)
	}
}

// TestTogetherLeaves: a change that returns an error writes nothing, and Together does not return
// ErrUnchanged. If a document that was only read has changed meanwhile, the change runs again.
func TestTogetherLeaves(t *testing.T) {
	s, ctx := &recordtest.Memory{}, t.Context()
	if err := give(ctx, s, "purse-a", "purse-b"); !errors.Is(err, errEmpty) {
		t.Errorf("giving from nothing: %v", err)
	}
	if err := record.Together(ctx, s, func(set *record.Set) error { return record.ErrUnchanged }); err != nil {
		t.Errorf("nothing to change: %v", err)
	}
	if _, err := s.Get(ctx, "purse-a"); !errors.Is(err, record.ErrNotFound) {
		t.Errorf("something was written: %v", err)
	}
	tries := 0
	err := record.Together(ctx, s, func(set *record.Set) error {
		tries++
		if _, err := purses(s).In(ctx, set, "purse-a"); err != nil {
			return err
		}
		b, err := purses(s).In(ctx, set, "purse-b")
		b.Has = tries
		if tries == 1 { // somebody else changes what is only read
			purses(s).Amend(ctx, "purse-a", func(p *purse) error { p.Has = 5; return nil })
		}
		return err
	})
	b, _ := purses(s).Get(ctx, "purse-b")
	if err != nil || tries != 2 || b.Has != 2 {
		t.Errorf("%d tries, %d (%v): want a second one", tries, b.Has, err)
	}
}

// TestTogetherReads: two documents that always change together are never seen apart. If f fails
// because one was read before the other changed, it runs again.
func TestTogetherReads(t *testing.T) {
	s, ctx := &recordtest.Memory{}, t.Context()
	if err := record.Together(ctx, s, func(set *record.Set) error {
		purses(s).Put(set, &purse{ID: "purse-a", Has: 1})
		purses(s).Put(set, &purse{ID: "purse-b"})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	tries := 0
	errApart := errors.New("apart")
	err := record.Together(ctx, s, func(set *record.Set) error {
		tries++
		a, err := purses(s).In(ctx, set, "purse-a")
		if err != nil {
			return err
		}
		if tries == 1 {
			if err := give(ctx, s, "purse-a", "purse-b"); err != nil {
				t.Fatal(err)
			}
		}
		b, err := purses(s).In(ctx, set, "purse-b")
		if err != nil {
			return err
		}
		if a.Has+b.Has != 1 {
			return fmt.Errorf("%w: %d and %d", errApart, a.Has, b.Has)
		}
		return nil
	})
	if err != nil || tries != 2 {
		t.Errorf("%d tries: %v", tries, err)
	}
}
