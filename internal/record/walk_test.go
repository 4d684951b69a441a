package record_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"traininghub/internal/record"
)

// shelves is a store in which only List and Records work. It counts the pages that were read.
type shelves struct {
	record.Store
	on    map[string][]record.Record // by shelf, the earliest first
	pages atomic.Int32
	fails error
}

func (s *shelves) List(_ context.Context, r record.Range) (page []record.Record, err error) {
	s.pages.Add(1)
	all := slices.Clone(s.on[r.Shelf])
	if r.Newest {
		slices.Reverse(all)
	}
	for _, rec := range all {
		behind := cmp.Or(rec.Since.Compare(r.After.Since), strings.Compare(rec.ID, r.After.ID))
		if r.Newest {
			behind = -behind
		}
		if (r.After.ID == "" || behind > 0) && len(page) < r.Max {
			page = append(page, rec)
		}
	}
	return page, s.fails
}

// TestMerge: records of several shelves come in one order, each once, and no more pages are read
// than needed.
func TestMerge(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2021, 9, 20, 9, minute, 0, 0, time.UTC) }
	s := &shelves{on: map[string][]record.Record{
		"a": {{ID: "1", Since: at(1)}, {ID: "3", Since: at(3)}, {ID: "5", Since: at(5)}, {ID: "7", Since: at(5)}},
		"b": {{ID: "2", Since: at(2)}, {ID: "6", Since: at(5)}},
	}}
	read := func(r record.Range, most int) (ids []string) {
		for rec, err := range record.Merge(t.Context(), s, []string{"a", "b", "empty"}, r) {
			if err != nil {
				t.Fatal(err)
			}
			if ids = append(ids, rec.ID); len(ids) == most {
				break
			}
		}
		return ids
	}
	for _, max := range []int{0, 1, 2, 3} {
		if got := read(record.Range{Max: max}, 9); !slices.Equal(got, []string{"1", "2", "3", "5", "6", "7"}) {
			t.Errorf("pages of %d give %v", max, got)
		}
		if got := read(record.Range{Max: max, Newest: true}, 9); !slices.Equal(got,
			[]string{"7", "6", "5", "3", "2", "1"}) {
			t.Errorf("pages of %d, the newest first, give %v", max, got)
		}
	}
	s.pages.Store(0)
	if read(record.Range{Max: 2}, 2); s.pages.Load() != 3 {
		t.Errorf("%d pages were read for the first two records of three shelves", s.pages.Load())
	}
	s.fails = errors.New("no store")
	for _, err := range record.Merge(t.Context(), s, []string{"a"}, record.Range{}) {
		if !errors.Is(err, s.fails) {
			t.Errorf("the store's error comes as %v", err)
		}
	}
}

func (s *shelves) Records(_ context.Context, part, parts int, after string) (some []record.Record, next string, err error) {
	for i := range 1200 {
		if id := fmt.Sprintf("%04d", i); id > after && i%parts == part {
			some = append(some, record.Record{ID: id, Kind: "note"})
		}
		if len(some) == 50 {
			return some, some[49].ID, s.fails
		}
	}
	return some, "", s.fails
}

// TestBusy: a walk that finds the store busy waits, longer each time, and then gives up.
func TestBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, s := time.Now(), &shelves{fails: record.ErrBusy}
		time.AfterFunc(time.Second, func() { s.fails = nil })
		n := 0
		if err := record.Each(t.Context(), s, func(record.Record) error { n++; return nil }); err != nil || n != 1200 {
			t.Errorf("%d records (%v)", n, err)
		}
		if waited := time.Since(began); waited < time.Second || waited > 2*time.Second {
			t.Errorf("it waited %v", waited)
		}
		s.fails, began = record.ErrBusy, time.Now()
		err := record.Each(t.Context(), s, func(record.Record) error { return nil })
		if !errors.Is(err, record.ErrBusy) || time.Since(began) < 6*time.Second || time.Since(began) > 10*time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

// TestEach: Each visits every record once and stops at the first error.
func TestEach(t *testing.T) {
	s, seen, stop := &shelves{}, map[string]bool{}, errors.New("stop")
	if err := record.Each(t.Context(), s, func(e record.Record) error { seen[e.ID] = true; return nil }); err != nil ||
		len(seen) != 1200 {
		t.Errorf("%d records (%v)", len(seen), err)
	}
	n := 0
	if err := record.Each(t.Context(), s, func(record.Record) error { n++; return stop }); !errors.Is(err, stop) ||
		n != 1 {
		t.Errorf("after %d records: %v", n, err)
	}
}
