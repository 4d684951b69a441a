package record

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Each calls f with every record in the store, in no order, until f returns an error.
func Each(ctx context.Context, s Store, f func(Record) error) error {
	return make(Walk, 1).Go(ctx, s, func(_ context.Context, some []Record) error {
		for _, r := range some {
			if err := f(r); err != nil {
				return err
			}
		}
		return nil
	})
}

// A Walk comes to every record of a store, whole, in parts that are read in parallel. Its value
// says how far it has come and is kept as JSON: another program can go on with it, even after the
// first was killed. Make a new one with its number of parts: make(Walk, Parts).
type Walk []struct {
	After string `json:"after,omitempty"` // the ID after which to go on; at the beginning if empty
	Done  bool   `json:"done,omitempty"`
}

// Parts is as many parts as one function can read at once: more would only wait for each other.
const Parts = 8

// ErrEnough is returned by a walk's function to stop the walk after the records it was just given.
var ErrEnough = errors.New("record: enough for now")

// Go reads on until all records were read, f returns an error, or ctx ends. f gets some records at
// a time, and only one call runs at once. Records for which f returned nil or [ErrEnough] are not
// given again. After ErrEnough f is still called with the records that are being read.
func (w Walk) Go(ctx context.Context, s Store, f func(context.Context, []Record) error) error {
	var taking sync.Mutex
	enough := false
	all, ctx := errgroup.WithContext(ctx)
	for i := range w {
		all.Go(func() error {
			for stop := false; !w[i].Done && !stop; {
				some, next, err := patiently(ctx, s, i, len(w), w[i].After)
				if err != nil {
					return fmt.Errorf("reading all records: %w", err)
				}
				taking.Lock()
				if err = f(ctx, some); errors.Is(err, ErrEnough) {
					enough, err = true, nil
				}
				if err == nil {
					w[i].After, w[i].Done = next, next == ""
				}
				stop = enough
				taking.Unlock()
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := all.Wait()
	if err == nil && enough {
		err = ErrEnough
	}
	return err
}

// patiently reads records. When the store is busy it waits a moment, longer each time: a walk must
// not slow down somebody who is waiting for a page.
func patiently(ctx context.Context, s Store, part, parts int, after string) ([]Record, string, error) {
	const first, last = 100 * time.Millisecond, 3200 * time.Millisecond
	for rest := first; ; rest *= 2 {
		some, next, err := s.Records(ctx, part, parts, after)
		if !errors.Is(err, ErrBusy) || rest > last {
			return some, next, err
		}
		select {
		case <-ctx.Done():
			return nil, "", ctx.Err()
		case <-time.After(rest):
		}
	}
}

// Done reports whether all records were read.
func (w Walk) Done() bool {
	for _, part := range w {
		if !part.Done {
			return false
		}
	}
	return true
}

// Within returns what [Range.Has] needs to find v's fields, next to each other, in a Brief that
// embeds v's type: the JSON of v without its braces.
func Within(v any) []byte {
	data, _ := json.Marshal(v) // of strings, or a mistake that finds nothing
	return bytes.Trim(data, "{}")
}

// batchSize is how many records are read at once for a caller that wants more than a page.
const batchSize = 500

// Merge returns the records of several shelves in one order. It reads only as far as the caller
// goes: first r.Max of each shelf if that is set, then larger parts. r.Shelf is ignored.
func Merge(ctx context.Context, s Store, shelves []string, r Range) iter.Seq2[Record, error] {
	all := make([]Range, len(shelves))
	for i, shelf := range shelves {
		all[i] = r
		all[i].Shelf = shelf
	}
	return MergeAll(ctx, s, all)
}

// MergeAll is [Merge] for ranges that differ only in their shelf and part.
func MergeAll(ctx context.Context, s Store, ranges []Range) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		readers := make([]reader, len(ranges))
		var all errgroup.Group // the stores may be far away
		for i, r := range ranges {
			readers[i].Range = r
			readers[i].Max = cmp.Or(r.Max, batchSize)
			all.Go(func() error { return readers[i].fill(ctx, s) })
		}
		if err := all.Wait(); err != nil {
			yield(Record{}, err)
			return
		}
		for {
			var first *reader
			for i := range readers {
				if err := readers[i].fill(ctx, s); err != nil {
					yield(Record{}, err)
					return
				}
				if len(readers[i].next) > 0 && (first == nil || readers[i].before(first)) {
					first = &readers[i]
				}
			}
			if first == nil || !yield(first.next[0], nil) {
				return
			}
			first.next = first.next[1:]
		}
	}
}

// A reader moves along one shelf.
type reader struct {
	Range
	next []Record
	last bool // there is nothing behind next
}

func (s *reader) fill(ctx context.Context, store Store) (err error) {
	if len(s.next) > 0 || s.last {
		return nil
	}
	if s.next, err = store.List(ctx, s.Range); err != nil {
		return err
	}
	s.last = len(s.next) < s.Max
	if n := len(s.next); n > 0 {
		s.After = Cursor{Since: s.next[n-1].Since, ID: s.next[n-1].ID}
	}
	s.Max = batchSize
	return nil
}

// before reports whether this reader's next record comes before the other's.
func (s *reader) before(other *reader) bool {
	a, b := s.next[0], other.next[0]
	n := a.Since.Compare(b.Since)
	if n == 0 {
		n = strings.Compare(a.ID, b.ID)
	}
	return n < 0 != s.Newest
}
