package recordtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"traininghub/internal/record"
)

// set makes records that can be written together.
func set(n int, change func(i int, r *record.Record)) []record.Record {
	all := make([]record.Record, n)
	for i := range all {
		all[i] = sample(fmt.Sprintf("set %02d", i))
		if change != nil {
			change(i, &all[i])
		}
	}
	return all
}

func wantSet(t *testing.T, s record.Store, all []record.Record, rule string) {
	t.Helper()
	for _, r := range all {
		wantRecord(t, s, r, rule)
	}
}

// One write changes some records and creates others, as separate writes would.
func updateAll(t *testing.T, s record.Store) {
	for _, n := range []int{2, 10} {
		all := set(n, func(i int, r *record.Record) { r.ID = fmt.Sprint(n, " ", r.ID) })
		for i, r := range all {
			if i%2 == 0 {
				create(t, s, r)
			}
		}
		next := make([]record.Record, n)
		for i, r := range all {
			next[i] = r
			next[i].Status, next[i].Data, next[i].Due, next[i].Shelf = "together", fmt.Appendf(nil, "%d of %d", i, n),
				later, fmt.Sprint("shelf ", n)
			if i%2 == 1 {
				next[i].Version = 0
			}
		}
		must(t, s.UpdateAll(t.Context(), next...), "UpdateAll")
		for i := range next {
			next[i].Version++
		}
		wantSet(t, s, next, "UpdateAll writes every record, and counts its version up")
		wantList(t, s, record.Range{Kind: kind, Shelf: fmt.Sprint("shelf ", n), Max: 100},
			"what UpdateAll wrote is on its list", next...)
		must(t, s.Update(t.Context(), next[0]), "Update after UpdateAll")
	}
	create(t, s, ofKind("mentoring", "m"))
	must(t, s.UpdateAll(t.Context(), ofKind("mentoring", "m"),
		record.Record{ID: named[record.Application], Kind: record.Application}), "UpdateAll of several kinds")
}

// The largest set is ten records of the largest size.
func largestSet(t *testing.T, s record.Store) {
	large := func(version int64, b byte) []record.Record {
		return set(10, func(i int, r *record.Record) {
			r.Version, r.Data, r.Brief = version, bytes.Repeat([]byte{b}, record.MaxRecord),
				bytes.Repeat([]byte{b}, record.MaxBrief)
		})
	}
	must(t, s.UpdateAll(t.Context(), large(0, 0xfe)...), "creating ten records of MaxRecord bytes at once")
	wantSet(t, s, large(1, 0xfe), "ten of the largest records can be created at once")
	must(t, s.UpdateAll(t.Context(), large(1, 0x01)...), "updating them at once")
	wantSet(t, s, large(2, 0x01), "ten of the largest records can be updated at once")
}

// A list that is not a set, or has a record that cannot be written, changes nothing.
func refusedSet(t *testing.T, s record.Store) {
	all := set(10, nil)
	for _, r := range all {
		create(t, s, r)
	}
	changed := set(11, func(i int, r *record.Record) { r.Status = "refused" })
	for name, no := range map[string][]record.Record{
		"none": nil, "one": changed[:1], "eleven": changed, "twice the same": {changed[0], changed[1], changed[0]},
	} {
		wantErr(t, s.UpdateAll(t.Context(), no...), record.ErrSet, "UpdateAll of "+name)
	}
	large := append(changed[:9:9], changed[9])
	large[9].Data = make([]byte, record.MaxRecord+1)
	wantErr(t, s.UpdateAll(t.Context(), large...), record.ErrTooLarge, "UpdateAll with one record that is too large")
	wantSet(t, s, all, "after a refused UpdateAll every record is as it was")
	_, err := s.Get(t.Context(), "set 10")
	wantErr(t, err, record.ErrNotFound, "Get of what a refused UpdateAll would have created")
}

// If one record of ten has another version, nothing is changed, whichever record it is and whatever
// happened to it.
func oneStale(t *testing.T, s record.Store) {
	all := set(10, func(i int, r *record.Record) { r.Version = 1 })
	for _, r := range all[:8] { // the last two are created by the set
		create(t, s, r)
	}
	for name, spoil := range map[string]func(r *record.Record){
		"an older version":                   func(r *record.Record) { r.Version = -1 },
		"a version that was never there":     func(r *record.Record) { r.Version = 7 },
		"a record that is gone":              func(r *record.Record) { r.ID, r.Version = "gone", 1 },
		"a new record that is there already": func(r *record.Record) { r.Version = 0 },
	} {
		for _, at := range []int{0, 4, 7} {
			next := set(10, func(i int, r *record.Record) {
				if r.Status = "refused"; i >= 8 {
					r.Version = 0
				}
			})
			spoil(&next[at])
			wantErr(t, s.UpdateAll(t.Context(), next...), record.ErrConflict,
				fmt.Sprintf("UpdateAll with %s at place %d", name, at))
			wantSet(t, s, all[:8], fmt.Sprintf("%s at place %d changes nothing", name, at))
			for _, r := range next[8:] {
				_, err := s.Get(t.Context(), r.ID)
				wantErr(t, err, record.ErrNotFound, fmt.Sprintf("%s at place %d creates nothing: Get", name, at))
			}
		}
	}
}

// isLost reports whether the error means that somebody else was faster.
func isLost(err error) bool {
	return errors.Is(err, record.ErrConflict) || errors.Is(err, record.ErrBusy)
}

// When many callers write sets that share a record at once, one succeeds, and the others write
// nothing.
func oneSetWins(t *testing.T, s record.Store) {
	create(t, s, sample("shared"))
	candidate := func(i int) []record.Record {
		shared, own := sample("shared"), sample(fmt.Sprint("own ", i))
		shared.Status, own.Status, own.Version = fmt.Sprint("writer ", i), fmt.Sprint("writer ", i), 0
		if i%2 == 0 {
			return []record.Record{own, shared}
		}
		return []record.Record{shared, own}
	}
	errs := make([]error, callers)
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() { errs[i] = s.UpdateAll(t.Context(), candidate(i)...) })
	}
	all.Wait()
	won := 0
	for i, err := range errs {
		_, there := s.Get(t.Context(), fmt.Sprint("own ", i))
		switch {
		case err == nil:
			won++
			for _, r := range candidate(i) {
				r.Version++
				wantRecord(t, s, r, "both records are those of the writer who got no error")
			}
		case !isLost(err):
			t.Errorf("who loses gets %v", err)
		default:
			wantErr(t, there, record.ErrNotFound, "Get of what a writer who lost would have created")
		}
	}
	if won != 1 {
		t.Fatalf("%d of %d that write sets with a record in common succeeded, want 1", won, callers)
	}
}

// In a race over sets that overlap, each write counts once and wholly. No reader sees one of two
// records that are always written together ahead of the other.
func overlappingSets(t *testing.T, s record.Store) {
	const records = 12
	number := func(r record.Record) int { n, _ := strconv.Atoi(string(r.Data)); return n }
	id := func(i int) string { return fmt.Sprint("record ", i) }
	for i := range records {
		create(t, s, record.Record{ID: id(i), Kind: kind, Data: []byte("0")})
	}
	var want [records]atomic.Int64
	var finished atomic.Bool
	var readers, writers sync.WaitGroup
	readers.Go(func() { // every set has both records 0 and 1
		for !finished.Load() {
			for _, pair := range [][2]int{{0, 1}, {1, 0}} {
				first, err := s.Get(t.Context(), id(pair[0]))
				second, err2 := s.Get(t.Context(), id(pair[1]))
				if errors.Join(err, err2) != nil {
					t.Errorf("Get while others update: %v", errors.Join(err, err2))
					return
				}
				if second.Version < first.Version || number(second) < number(first) {
					t.Errorf("a reader sees version %d of one and then %d of the other", first.Version, second.Version)
				}
			}
		}
	})
	for w := range callers {
		writers.Go(func() {
			random := rand.New(rand.NewPCG(uint64(w), 7))
			chosen := []int{0, 1}
			if w%5 != 0 {
				chosen = random.Perm(records - 2)[:2+random.IntN(4)]
				for i := range chosen {
					chosen[i] += 2
				}
			}
			random.Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
			for {
				all := make([]record.Record, len(chosen))
				for i, c := range chosen {
					r, err := s.Get(t.Context(), id(c))
					if err != nil {
						t.Errorf("Get while others update: %v", err)
						return
					}
					r.Data = []byte(strconv.Itoa(number(r) + 1))
					all[i] = r
				}
				switch err := s.UpdateAll(t.Context(), all...); {
				case err == nil:
					for _, c := range chosen {
						want[c].Add(1)
					}
					return
				case !isLost(err):
					t.Errorf("UpdateAll while others update: %v", err)
					return
				}
			}
		})
	}
	writers.Wait()
	finished.Store(true)
	readers.Wait()
	for i := range records {
		n := want[i].Load()
		wantRecord(t, s, record.Record{ID: id(i), Kind: kind, Version: n + 1, Data: []byte(fmt.Sprint(n))},
			"each UpdateAll that got no error counts exactly once")
	}
}

// A caller that updates, deletes or expires one record of a set at the same moment wins or loses
// against the whole set.
func setAgainstOne(t *testing.T, s record.Store) {
	for round := range 20 {
		all := set(3, func(i int, r *record.Record) { r.ID, r.Expires = fmt.Sprint(round, " ", i), noon })
		for _, r := range all {
			create(t, s, r)
		}
		var together, alone error
		removed := 0
		var both sync.WaitGroup
		both.Go(func() {
			next := set(3, func(i int, r *record.Record) { *r = all[i]; r.Status, r.Expires = "together", time.Time{} })
			together = s.UpdateAll(t.Context(), next...)
		})
		both.Go(func() {
			switch round % 3 {
			case 0:
				alone = s.Update(t.Context(), all[1])
			case 1:
				alone = s.Delete(t.Context(), all[1].ID, 1)
			default:
				removed, alone = s.Expire(t.Context(), kinds, noon, 1)
			}
		})
		both.Wait()
		if together != nil && !isLost(together) || alone != nil && !isLost(alone) {
			t.Fatalf("a set and one of its records at once: %v and %v", together, alone)
		}
		lost := together != nil
		if round%3 < 2 && lost == (alone != nil) {
			t.Errorf("the set got %v and the one %v: one of them should succeed", together, alone)
		}
		if lost && round%3 == 2 && removed != 1 {
			t.Errorf("the set lost against nobody: %v", together)
		}
		for i := range all {
			if r, err := s.Get(t.Context(), all[i].ID); err == nil && (r.Status == "together") == lost {
				t.Errorf("record %d has the status %q, and the set got %v", i, r.Status, together)
			}
		}
		for _, r := range all { // the next round begins without them
			if now, err := s.Get(t.Context(), r.ID); err == nil {
				must(t, s.Delete(t.Context(), now.ID, now.Version), "Delete")
			}
		}
	}
}

// A set whose caller gave up is written completely or not at all.
func cancelledSet(t *testing.T, s record.Store) {
	for n := range 30 {
		ids := [2]string{fmt.Sprint(n, " a"), fmt.Sprint(n, " b")}
		create(t, s, sample(ids[0]))
		next := []record.Record{sample(ids[0]), {ID: ids[1], Kind: kind, Status: "new"}}
		next[0].Status = "changed"
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(n*n)*10*time.Microsecond)
		err := s.UpdateAll(ctx, next...)
		cancel()
		first, _ := s.Get(t.Context(), ids[0])
		_, second := s.Get(t.Context(), ids[1])
		if (first.Version == 2) != (second == nil) || err == nil && second != nil || isLost(err) {
			t.Errorf("a set that was cancelled returned %v, and left version %d of one and %v of the other", err,
				first.Version, second)
		}
	}
}
