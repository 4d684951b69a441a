// Package recordtest checks that every [record.Store] keeps the contract. A store's own tests call
// [TestStore], and test by themselves only what cannot happen to other stores: a killed program, a
// full disk, a throttled table.
package recordtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"traininghub/internal/record"
)

// A Harness makes the stores to test.
type Harness struct {
	// Open returns a store that is empty and shares nothing with others. It closes the store with
	// t.Cleanup.
	Open func(t *testing.T) record.Store

	// Reopen stops s, as the end of a program would, and returns a store with what s kept.
	Reopen func(t *testing.T, s record.Store) record.Store
}

// callers is how many callers act at once in the races: more than a store has connections or tries.
const callers = 50

// kind is the kind of the suite's records, except where kinds are what is tested. No program knows
// it.
const kind record.Kind = "sample"

var kinds = []record.Kind{kind}

// Stores keep the milliseconds of these times and drop the rest.
var (
	noon  = time.Date(2021, 9, 20, 12, 0, 0, 123_456_789, time.UTC)
	later = noon.Add(30 * 24 * time.Hour)
)

// TestStore runs the suite: one subtest for each rule of the contract.
func TestStore(t *testing.T, h Harness) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, s record.Store)
	}{
		{"create then get", createThenGet},
		{"any bytes", anyBytes},
		{"any reference", anyReference},
		{"largest record", largestRecord},
		{"too large", tooLarge},
		{"copies", copies},
		{"taken reference", takenReference},
		{"many creators", manyCreators},
		{"not found", notFound},
		{"update", update},
		{"update of another version", updateOfAnotherVersion},
		{"many updaters", manyUpdaters},
		{"no lost update", noLostUpdate},
		{"due", due},
		{"due is cleared", dueIsCleared},
		{"walks", walks},
		{"expire", expire},
		{"expired is gone", expiredIsGone},
		{"expire against update", expireAgainstUpdate},
		{"delete", remove},
		{"delete against update", deleteAgainstUpdate},
		{"list", list},
		{"list in pages", listInPages},
		{"list follows", listFollows},
		{"find", find},
		{"list of a part", listOfPart},
		{"search", search},
		{"each kind alone", eachKindAlone},
		{"kinds stay", kindsStay},
		{"update all", updateAll},
		{"largest set", largestSet},
		{"refused set", refusedSet},
		{"one stale of ten", oneStale},
		{"one set wins", oneSetWins},
		{"overlapping sets", overlappingSets},
		{"set against one", setAgainstOne},
		{"cancelled set", cancelledSet},
		{"cancelled before", cancelledBefore},
		{"cancelled on the way", cancelledOnTheWay},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, h.Open(t)) })
	}
	t.Run("kept after the end", func(t *testing.T) { keptAfterTheEnd(t, h) })
}

// Every field comes back: times to the millisecond, and a time that is not set as the zero time.
func createThenGet(t *testing.T, s record.Store) {
	full := sample("full")
	full.Version = 7 // which is ignored
	for _, r := range []record.Record{
		full,
		{Kind: kind, ID: "bare"},
		// 1970 is a time like any other: a store must not write "not set" as 0.
		{Kind: kind, ID: "epoch", Due: time.UnixMilli(0), Expires: time.UnixMilli(0)},
		{Kind: kind, ID: "old", Due: time.UnixMilli(-1), Expires: time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC)},
		{Kind: kind, ID: "on a shelf since 1970", Shelf: "shelf", Since: time.UnixMilli(0)},
		{Kind: kind, ID: "on a shelf since 1899", Shelf: "shelf",
			Since: time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC), Brief: bytes.Repeat([]byte{0xff}, record.MaxBrief)},
		{Kind: kind, ID: "found by email alone", Email: "zoe@example.org"},
		{Kind: kind, ID: "found by number alone", Number: "7654321"},
		{Kind: kind, ID: "in a part", Shelf: "shelf", Since: noon, Part: "2021/22 Cohort 1"},
		{Kind: kind, ID: "found by words", Words: []string{"zoë", "o", "\"\\"}, Came: time.UnixMilli(-1)},
	} {
		create(t, s, r)
		r.Version = 1
		wantRecord(t, s, r, "a record comes back as it was created, with version 1")
	}
	zoned := sample("zoned")
	zoned.Due = noon.In(time.FixedZone("BST", 3600))
	create(t, s, zoned)
	wantRecord(t, s, zoned, "a time is an instant, whatever its zone")
}

// Stores do not look into Data: it need not be JSON, nor text.
func anyBytes(t *testing.T, s record.Store) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	for id, data := range map[string][]byte{
		"nil":    nil,
		"empty":  {},
		"nul":    {0},
		"nuls":   []byte("before\x00after\x00"),
		"every":  every,
		"broken": []byte("cut UTF-8: \xe2\x82"),
		"people": []byte(`{"name":"Zoë Ní Dhomhnaill 👩🏽‍⚕️","quote":"'; drop table application; --"}`),
	} {
		r := sample(id)
		r.Data = data
		create(t, s, r)
		wantRecord(t, s, r, "Data comes back byte for byte after Create")
		r.Data = append([]byte("x"), data...)
		must(t, s.Update(t.Context(), r), "updating "+id)
		r.Version++
		wantRecord(t, s, r, "Data comes back byte for byte after Update")
	}
}

// A reference is compared byte by byte, and no character in it has a meaning for a store.
func anyReference(t *testing.T, s record.Store) {
	ids := []string{
		"CC-7K4M", "cc-7k4m", "CC-7K4M ", " CC-7K4M", "a b", "a/b", "a#b", "a%b", "a_b", "%", "*", "?", "'", `"`, `\`,
		"a\nb", "a\tb",
		"Ünï", "U\u0308ni\u0308", "👩🏽‍⚕️", "1", "01", "1.0", "null", "-", strings.Repeat("x", 64),
	}
	for i, id := range ids {
		r := sample(id)
		r.Due = noon.Add(time.Duration(i) * time.Second)
		create(t, s, r)
	}
	for i, id := range ids {
		r := sample(id)
		r.Due = noon.Add(time.Duration(i) * time.Second)
		wantRecord(t, s, r, "references that differ in any byte are different records")
	}
	wantDue(t, s, later, len(ids), ids, "Due returns references as they were given")
}

func largestRecord(t *testing.T, s record.Store) {
	r := sample("largest")
	r.Data = bytes.Repeat([]byte{0xfe}, record.MaxRecord)
	create(t, s, r)
	wantRecord(t, s, r, "Data of MaxRecord bytes can be created")
	r.Data = bytes.Repeat([]byte{0x01}, record.MaxRecord)
	must(t, s.Update(t.Context(), r), "Data of MaxRecord bytes can be updated")
	r.Version++
	wantRecord(t, s, r, "Data of MaxRecord bytes can be updated")
}

// All stores have the same limit, so a record that one of them takes can move to another.
func tooLarge(t *testing.T, s record.Store) {
	large := sample("large")
	large.Data = make([]byte, record.MaxRecord+1)
	wantErr(t, s.Create(t.Context(), large), record.ErrTooLarge, "Create refuses Data of more than MaxRecord bytes")
	_, err := s.Get(t.Context(), "large")
	wantErr(t, err, record.ErrNotFound, "what Create refused is not there")

	small := sample("small")
	create(t, s, small)
	large.ID, large.Version = "small", 1
	wantErr(t, s.Update(t.Context(), large), record.ErrTooLarge, "Update refuses Data of more than MaxRecord bytes")
	wantRecord(t, s, small, "after a refused update the record is as it was")
}

// Callers may change what they passed to a store and what they got from it.
func copies(t *testing.T, s record.Store) {
	r := sample("r")
	given := bytes.Clone(r.Data)
	r.Data = given
	create(t, s, r)
	clear(given)
	wantRecord(t, s, sample("r"), "changing the Data that was given to Create does not change the record")

	got, err := s.Get(t.Context(), "r")
	must(t, err, "Get")
	given = got.Data
	must(t, s.Update(t.Context(), got), "Update")
	clear(given)
	want := sample("r")
	want.Version = 2
	wantRecord(t, s, want, "changing the Data that was given to Update does not change the record")

	got, err = s.Get(t.Context(), "r")
	must(t, err, "Get")
	clear(got.Data)
	wantRecord(t, s, want, "changing the Data that Get returned does not change the record")
}

func takenReference(t *testing.T, s record.Store) {
	first := sample("r")
	create(t, s, first)
	second := sample("r")
	second.Status, second.Data = "second", []byte("second")
	wantErr(t, s.Create(t.Context(), second), record.ErrExists, "Create refuses a reference that is taken")
	wantRecord(t, s, first, "after a refused Create the record is as it was")
}

func manyCreators(t *testing.T, s record.Store) {
	candidate := func(i int) record.Record {
		r := sample("r")
		r.Data = fmt.Appendf(nil, "creator %d", i)
		return r
	}
	winner := one(t, record.ErrExists, "of several that create one reference at once, one succeeds and the others get ErrExists",
		func(i int) error { return s.Create(t.Context(), candidate(i)) })
	wantRecord(t, s, candidate(winner), "the record is that of the creator who got no error")
}

func notFound(t *testing.T, s record.Store) {
	create(t, s, sample("other"))
	_, err := s.Get(t.Context(), "r")
	wantErr(t, err, record.ErrNotFound, "Get of a reference that was never created")
	r := sample("r")
	wantErr(t, s.Update(t.Context(), r), record.ErrNotFound, "Update of a reference that was never created")
	_, err = s.Get(t.Context(), "r")
	wantErr(t, err, record.ErrNotFound, "an update never creates a record")
}

// An update replaces every field, even with an empty value.
func update(t *testing.T, s record.Store) {
	other := sample("other")
	create(t, s, other)
	create(t, s, sample("r"))
	for version, r := range []record.Record{
		{Kind: kind, ID: "r", Status: "received", Course: "another", Due: later, Expires: noon, Data: []byte("second"),
			Shelf: "another/practice", Since: later, Number: "1234567", Email: "other@example.org",
			Brief: []byte("second")},
		{Kind: kind, ID: "r"},
		sample("r"),
	} {
		r.Version = int64(version + 1)
		must(t, s.Update(t.Context(), r), "Update of the version that is there")
		r.Version++
		wantRecord(t, s, r, "an update replaces every field and counts the version up by one")
	}
	wantRecord(t, s, other, "an update writes one record only")
}

// A version that is too old is the usual case; one that never existed must not pass either.
func updateOfAnotherVersion(t *testing.T, s record.Store) {
	r := sample("r")
	create(t, s, r)
	must(t, s.Update(t.Context(), r), "Update")
	want := r
	want.Version = 2
	for _, version := range []int64{-1, 0, 1, 3} {
		r := record.Record{Kind: kind, ID: "r", Version: version, Data: []byte("refused")}
		wantErr(t, s.Update(t.Context(), r), record.ErrConflict,
			fmt.Sprintf("Update of version %d of a record that has version 2", version))
		wantRecord(t, s, want, "after a refused update the record is as it was")
	}
}

func manyUpdaters(t *testing.T, s record.Store) {
	create(t, s, sample("r"))
	candidate := func(i int) record.Record {
		r := sample("r")
		r.Status, r.Data = "updated", fmt.Appendf(nil, "updater %d", i)
		return r
	}
	winner := one(t, record.ErrConflict, "of several that update one version at once, one succeeds and the others get ErrConflict",
		func(i int) error { return s.Update(t.Context(), candidate(i)) })
	want := candidate(winner)
	want.Version = 2
	wantRecord(t, s, want, "the record is that of the updater who got no error, and the version counts only that one")
}

// Callers that read, change and write, and start again after a conflict, never undo each other's
// changes. Readers meanwhile never see half of an update.
func noLostUpdate(t *testing.T, s record.Store) {
	const writers, each = 8, 10
	state := func(n int) (status string, data []byte) { // which belong together
		return fmt.Sprint(n), bytes.Repeat([]byte{byte(n)}, 1+n*100)
	}
	r := sample("r")
	r.Status, r.Data = state(0)
	create(t, s, r)

	var finished atomic.Bool
	var readers, updaters sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for seen := int64(0); !finished.Load(); {
				r, err := s.Get(t.Context(), "r")
				if err != nil {
					t.Errorf("Get while others update: %v", err)
					return
				}
				if status, data := state(int(r.Version - 1)); r.Status != status || !bytes.Equal(r.Data, data) {
					t.Errorf("Get returned a mixture: version %d with status %q and %d bytes", r.Version, r.Status,
						len(r.Data))
				}
				if r.Version < seen {
					t.Errorf("Get went back in time: version %d after version %d", r.Version, seen)
				}
				seen = r.Version
				if _, err := s.Due(t.Context(), kinds, later, 10); err != nil {
					t.Errorf("Due while others update: %v", err)
				}
				if n, err := s.Expire(t.Context(), kinds, noon, 10); n != 0 || err != nil {
					t.Errorf("Expire while others update removed %d (%v), want 0", n, err)
				}
			}
		})
	}
	for range writers {
		updaters.Go(func() {
			for done := 0; done < each; {
				r, err := s.Get(t.Context(), "r")
				if err != nil {
					t.Errorf("Get while others update: %v", err)
					return
				}
				r.Status, r.Data = state(len(r.Data)/100 + 1)
				switch err := s.Update(t.Context(), r); {
				case err == nil:
					done++
				case !errors.Is(err, record.ErrConflict):
					t.Errorf("Update while others update: %v", err)
					return
				}
			}
		})
	}
	updaters.Wait()
	finished.Store(true)
	readers.Wait()

	r.Version = writers*each + 1
	r.Status, r.Data = state(writers * each)
	wantRecord(t, s, r, "each update that got no error counts exactly once")
}

func due(t *testing.T, s record.Store) {
	for _, r := range []record.Record{ // not in the order of their times or names
		{Kind: kind, ID: "b-third", Due: noon.Add(2 * time.Hour)},
		{Kind: kind, ID: "c-first", Due: noon},
		{Kind: kind, ID: "a-second", Due: noon.Add(time.Millisecond)},
		{Kind: kind, ID: "d-fourth", Due: later},
		{Kind: kind, ID: "not owed", Expires: noon},
	} {
		create(t, s, r)
	}
	all := []string{"c-first", "a-second", "b-third", "d-fourth"}
	wantDue(t, s, noon.Add(-time.Millisecond), 10, nil, "a letter is not due before its time")
	wantDue(t, s, noon, 10, all[:1], "a letter is due at its time to the millisecond")
	wantDue(t, s, noon.Add(2*time.Hour), 10, all[:3], "Due returns what is not after the time, earliest first")
	wantDue(t, s, later.Add(24*time.Hour), 10, all, "Due never returns records without a time")
	wantDue(t, s, later, 2, all[:2], "Due returns at most n, and they are the earliest")
	wantDue(t, s, later, 0, nil, "Due returns at most n, also if n is 0")

	create(t, s, record.Record{Kind: kind, ID: "same time", Due: noon})
	entries, err := s.Due(t.Context(), kinds, noon, 10)
	must(t, err, "Due")
	ids := names(t, entries, kind)
	slices.Sort(ids)
	if want := []string{"c-first", "same time"}; !slices.Equal(ids, want) {
		t.Errorf("Due at the time that two records share = %q, want both, %q", ids, want)
	}
}

// The workers that send letters find them by Due: it must follow each update.
func dueIsCleared(t *testing.T, s record.Store) {
	r := record.Record{Kind: kind, ID: "r", Due: noon}
	create(t, s, r)
	wantDue(t, s, noon, 10, []string{"r"}, "a record created with a time is due")
	for version, step := range []struct {
		due  time.Time
		want []string
		rule string
	}{
		{later, nil, "a record moved to a later time is not due at the earlier one"},
		{noon, []string{"r"}, "a record moved to an earlier time is due then"},
		{time.Time{}, nil, "a record whose time was cleared is not due"},
		{noon, []string{"r"}, "a record whose time was set again is due"},
	} {
		r.Version, r.Due = int64(version+1), step.due
		must(t, s.Update(t.Context(), r), "Update")
		wantDue(t, s, noon, 10, step.want, step.rule)
	}
	r.Version = 1
	r.Due = time.Time{}
	wantErr(t, s.Update(t.Context(), r), record.ErrConflict, "Update of a stale version")
	wantDue(t, s, noon, 10, []string{"r"}, "a refused update does not move a record's time")
}

// An audit walks all records. It must neither miss one nor lose its way when a record is removed
// meanwhile, or when it breaks off and another program goes on.
func walks(t *testing.T, s record.Store) {
	if some, next, err := s.Records(t.Context(), 0, 3, ""); err != nil || len(some) > 0 || next != "" {
		t.Errorf("Records of an empty store: %d, and more behind %q (%v)", len(some), next, err)
	}
	all := map[string]record.Record{}
	for i := range 120 {
		r := sample(fmt.Sprintf("walk %02d", i))
		if i%20 == 0 {
			r.Data = bytes.Repeat([]byte("x"), 300_000) // large ones among them, so that DynamoDB's answers fill up
		}
		create(t, s, r)
		r.Version = 1
		all[r.ID] = r
	}
	for _, removing := range []bool{false, true} {
		for _, parts := range []int{1, 3, record.Parts} {
			seen, calls, w := map[string]bool{}, 0, make(record.Walk, parts)
			for breaks := 0; !w.Done(); breaks++ {
				kept, err := json.Marshal(w)
				must(t, err, "Marshal")
				w = nil
				must(t, json.Unmarshal(kept, &w), "Unmarshal")
				err = w.Go(t.Context(), s, func(_ context.Context, some []record.Record) error {
					if calls++; calls%2 == 0 {
						return errStop // what it was given comes again
					}
					for _, r := range some {
						if seen[r.ID] {
							t.Errorf("a walk in %d parts comes to %q twice", parts, r.ID)
						}
						seen[r.ID] = true
						if want := all[r.ID]; r.Kind != kind || !bytes.Equal(r.Data, want.Data) || r.Version != want.Version ||
							r.Number != want.Number {
							t.Errorf("the walk gives %s of the version %d, with %d bytes", r.ID, r.Version, len(r.Data))
						}
						if removing && parts == record.Parts {
							must(t, s.Delete(t.Context(), r.ID, 1), "Delete")
						}
					}
					if calls%3 == 0 {
						return record.ErrEnough // what it was given does not come again
					}
					return nil
				})
				if err != nil && !errors.Is(err, errStop) && !errors.Is(err, record.ErrEnough) || breaks > 1000 {
					t.Fatal(breaks, err)
				}
			}
			if len(seen) != len(all) {
				t.Errorf("a walk in %d parts comes to %d of %d records", parts, len(seen), len(all))
			}
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	wantErr(t, make(record.Walk, 2).Go(gone, s, nil), context.Canceled, "a walk that is given up")
}

var errStop = errors.New("stop")

func expire(t *testing.T, s record.Store) {
	for _, r := range []record.Record{
		{Kind: kind, ID: "1", Expires: noon},
		{Kind: kind, ID: "2", Expires: noon.Add(time.Millisecond)},
		{Kind: kind, ID: "3", Expires: noon.Add(time.Hour), Due: noon},
		{Kind: kind, ID: "4", Expires: noon.Add(time.Hour)},
		{Kind: kind, ID: "5", Expires: later},
		{Kind: kind, ID: "never", Due: noon},
	} {
		create(t, s, r)
	}
	for _, step := range []struct {
		at   time.Time
		n    int
		want int
		rule string
	}{
		{noon.Add(-time.Millisecond), 10, 0, "a record does not expire before its time"},
		{noon, 0, 0, "Expire removes at most n, also if n is 0"},
		{noon, 10, 1, "a record expires at its time to the millisecond"},
		{noon, 10, 0, "what has expired is not counted again"},
		{noon.Add(time.Hour), 2, 2, "Expire removes at most n"},
		{noon.Add(time.Hour), 2, 1, "Expire removes what the limit has left"},
	} {
		n, err := s.Expire(t.Context(), kinds, step.at, step.n)
		must(t, err, "Expire")
		if n != step.want {
			t.Errorf("%s: Expire(%v, %d) = %d, want %d", step.rule, step.at, step.n, n, step.want)
		}
	}
	wantRecord(t, s, record.Record{Kind: kind, ID: "5", Version: 1, Expires: later},
		"Expire leaves records whose time is to come")
	n, err := s.Expire(t.Context(), kinds, later.AddDate(100, 0, 0), 10)
	must(t, err, "Expire")
	if n != 1 {
		t.Errorf("Expire at last removed %d records, want 1", n)
	}
	wantRecord(t, s, record.Record{Kind: kind, ID: "never", Version: 1, Due: noon},
		"Expire never removes records without a time")
	for _, id := range []string{"1", "2", "3", "4", "5"} {
		_, err := s.Get(t.Context(), id)
		wantErr(t, err, record.ErrNotFound, "what Expire has counted is gone")
	}
}

// A record that has expired cannot be found by any search, and its reference is free.
func expiredIsGone(t *testing.T, s record.Store) {
	r := sample("r")
	r.Due, r.Expires = noon, noon
	create(t, s, r)
	_, err := s.Expire(t.Context(), kinds, noon, 1)
	must(t, err, "Expire")
	_, err = s.Get(t.Context(), "r")
	wantErr(t, err, record.ErrNotFound, "Get of a record that has expired")
	wantErr(t, s.Update(t.Context(), r), record.ErrNotFound, "Update of a record that has expired")
	wantDue(t, s, later, 10, nil, "a record that has expired is not due")
	create(t, s, r)
	wantRecord(t, s, r, "a reference that has expired can be created again, with version 1")
}

// Somebody who resumes a draft at the moment it expires either keeps it or is told that it is gone.
// Callers that expire at the same time count each record once.
func expireAgainstUpdate(t *testing.T, s record.Store) {
	const records = 40
	for i := range records {
		create(t, s, record.Record{Kind: kind, ID: fmt.Sprint(i), Expires: noon})
	}
	updates := make([]error, records)
	var removed atomic.Int64
	var all sync.WaitGroup
	for i := range records {
		all.Go(func() {
			updates[i] = s.Update(t.Context(), record.Record{Kind: kind, ID: fmt.Sprint(i), Version: 1, Expires: later})
		})
	}
	for range 4 {
		all.Go(func() {
			n, err := s.Expire(t.Context(), kinds, noon, records)
			if err != nil {
				t.Errorf("Expire while others update: %v", err)
			}
			removed.Add(int64(n))
		})
	}
	all.Wait()
	gone := 0
	for i, err := range updates {
		id := fmt.Sprint(i)
		if err == nil {
			wantRecord(t, s, record.Record{Kind: kind, ID: id, Version: 2, Expires: later},
				"a record whose time was moved in time does not expire")
			continue
		}
		gone++
		wantErr(t, err, record.ErrNotFound, "Update of a record that expires at the same moment")
		_, err = s.Get(t.Context(), id)
		wantErr(t, err, record.ErrNotFound, "Get of a record that Update did not find")
	}
	if int(removed.Load()) != gone {
		t.Errorf("several calls of Expire at once counted %d records, but %d are gone", removed.Load(), gone)
	}
}

// A caller must know the version that it deletes.
func remove(t *testing.T, s record.Store) {
	other := sample("other")
	create(t, s, other)
	wantErr(t, s.Delete(t.Context(), "r", 1), record.ErrNotFound, "Delete of a reference that was never created")
	create(t, s, sample("r"))
	for _, version := range []int64{0, 2, -1} {
		wantErr(t, s.Delete(t.Context(), "r", version), record.ErrConflict,
			fmt.Sprintf("Delete of version %d of a record that has version 1", version))
	}
	wantRecord(t, s, sample("r"), "after a refused Delete the record is as it was")
	changed := sample("r")
	must(t, s.Update(t.Context(), changed), "Update")
	wantErr(t, s.Delete(t.Context(), "r", 1), record.ErrConflict, "Delete of a version that was replaced")
	must(t, s.Delete(t.Context(), "r", 2), "Delete of the version that is there")

	_, err := s.Get(t.Context(), "r")
	wantErr(t, err, record.ErrNotFound, "Get of a record that was deleted")
	wantErr(t, s.Update(t.Context(), changed), record.ErrNotFound, "Update of a record that was deleted")
	wantErr(t, s.Delete(t.Context(), "r", 2), record.ErrNotFound, "Delete of a record that was deleted")
	wantDue(t, s, later, 10, []string{"other"}, "a record that was deleted is not due")
	wantList(t, s, record.Range{Kind: kind, Shelf: other.Shelf, Max: 10}, "a record that was deleted is on no list",
		other)
	wantFound(t, s, record.ByNumber, other.Number, "a record that was deleted is not found", other)
	create(t, s, sample("r"))
	wantRecord(t, s, sample("r"), "a reference that was deleted can be created again, with version 1")
}

// When several callers delete and update one version at once, one succeeds.
func deleteAgainstUpdate(t *testing.T, s record.Store) {
	for round := range 3 {
		id := fmt.Sprint("r", round)
		create(t, s, sample(id))
		errs := make([]error, callers)
		var all sync.WaitGroup
		for i := range callers {
			all.Go(func() {
				if i%2 == 0 {
					errs[i] = s.Delete(t.Context(), id, 1)
				} else {
					errs[i] = s.Update(t.Context(), sample(id))
				}
			})
		}
		all.Wait()
		winner, won := 0, 0
		for i, err := range errs {
			if err == nil {
				winner = i
				won++
			} else if !errors.Is(err, record.ErrConflict) && !errors.Is(err, record.ErrNotFound) {
				t.Errorf("who loses against a Delete or an Update got %v", err)
			}
		}
		if won != 1 {
			t.Fatalf("%d of %d that delete or update one version at once succeeded, want 1", won, callers)
		}
		updated := sample(id)
		updated.Version = 2
		if _, err := s.Get(t.Context(), id); winner%2 == 0 {
			wantErr(t, err, record.ErrNotFound, "Get after a Delete won")
		} else {
			wantRecord(t, s, updated, "after an Update won, the record is its")
		}
	}
}

// on makes a record on a shelf.
func on(shelf, id string, since time.Time) record.Record {
	r := sample(id)
	r.Shelf, r.Since = shelf, since
	return r
}

func list(t *testing.T, s record.Store) {
	wantList(t, s, record.Range{Kind: kind, Shelf: "a", Max: 10}, "a shelf with nothing on it is an empty list")
	second := noon.Add(time.Millisecond)
	// Ordered by time, then by the bytes of the reference; they are created in another order.
	order := []record.Record{
		on("a", "Z", time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC)),
		on("a", "Y", time.UnixMilli(-1)),
		on("a", "X", time.UnixMilli(0)),
		on("a", "CC-2", noon),
		on("a", "CC-20", noon),
		on("a", "CC-3", noon),
		on("a", "cc-1", noon),
		on("a", "ü", noon),
		on("a", "👩", noon),
		on("a", "A", second),
		on("a", "B", later),
	}
	order[4].Brief = []byte(`{"name":"Siân"}`)
	for _, i := range []int{7, 2, 9, 0, 4, 10, 3, 8, 6, 1, 5} {
		create(t, s, order[i])
	}
	create(t, s, on("a/b", "of another shelf", noon))
	create(t, s, on("A", "of a third", noon))
	create(t, s, record.Record{Kind: kind, ID: "of none", Email: "zoe@example.org", Due: noon, Expires: noon})
	newest := slices.Clone(order)
	slices.Reverse(newest)

	for _, test := range []struct {
		rule string
		r    record.Range
		want []record.Record
	}{
		{"a list is in the order of time and reference, and has nothing of other shelves",
			record.Range{Kind: kind, Max: 100}, order},
		{"newest first is the other way round", record.Range{Kind: kind, Max: 100, Newest: true}, newest},
		{"a list has at most Max records", record.Range{Kind: kind, Max: 5}, order[:5]},
		{"a list of the newest has at most Max records", record.Range{Kind: kind, Max: 5, Newest: true}, newest[:5]},
		{"Max may be as many as there are", record.Range{Kind: kind, Max: 11}, order},
		{"Max may be 0", record.Range{Kind: kind}, nil},
		{"Until lets in what has its very millisecond", record.Range{Kind: kind, Max: 100, Until: noon}, order[:9]},
		{"Until leaves out what is a millisecond later",
			record.Range{Kind: kind, Max: 100, Until: noon.Add(-time.Millisecond)}, order[:3]},
		{"Until may be before 1970", record.Range{Kind: kind, Max: 100, Until: time.UnixMilli(-1)}, order[:2]},
		{"Until may be before all", record.Range{Kind: kind, Max: 100,
			Until: time.Date(1800, 1, 1, 0, 0, 0, 0, time.UTC)}, nil},
		{"newest first begins at Until", record.Range{Kind: kind, Max: 3, Until: noon, Newest: true}, newest[2:5]},
		{"After begins behind the place",
			record.Range{Kind: kind, Max: 100, After: record.Cursor{Since: noon, ID: "CC-2"}}, order[4:]},
		{"After needs no record", record.Range{Kind: kind, Max: 100, After: record.Cursor{Since: noon, ID: "CC-21"}},
			order[5:]},
		{"After goes on with the next time",
			record.Range{Kind: kind, Max: 100, After: record.Cursor{Since: noon, ID: "👩"}}, order[9:]},
		{"nothing is behind the last", record.Range{Kind: kind, Max: 100,
			After: record.Cursor{Since: later, ID: "B"}}, nil},
		{"newest first, After begins before the place",
			record.Range{Kind: kind, Max: 100, Newest: true, After: record.Cursor{Since: noon, ID: "CC-3"}},
			newest[6:]},
		{"newest first, nothing is before the first",
			record.Range{Kind: kind, Max: 100, Newest: true, After: record.Cursor{Since: order[0].Since, ID: "Z"}},
			nil},
		{"Max, Until and After go together",
			record.Range{Kind: kind, Max: 2, Until: noon, After: record.Cursor{Since: noon, ID: "CC-2"}}, order[4:6]},
		{"After may be behind Until", record.Range{Kind: kind, Max: 100, Until: noon,
			After: record.Cursor{Since: second, ID: "A"}}, nil},
		{"newest first, what is behind Until stays out whatever After is",
			record.Range{Kind: kind, Max: 100, Newest: true, Until: noon,
				After: record.Cursor{Since: later, ID: "B"}}, newest[2:]},
		{"a list can be of those whose Brief has some bytes", record.Range{Kind: kind, Max: 100, Has: []byte("iân")},
			order[4:5]},
		{"Max counts those whose Brief has them", record.Range{Kind: kind, Max: 1, Has: []byte("iân")}, order[4:5]},
		{"newest first, a list can be of those whose Brief has some bytes",
			record.Range{Kind: kind, Max: 2, Newest: true, Has: []byte("{")}, newest[:2]},
		{"small letters are others", record.Range{Kind: kind, Max: 100, Has: []byte("IÂN")}, nil},
		{"After goes with what Brief has",
			record.Range{Kind: kind, Max: 100, Has: []byte("Zo"), After: record.Cursor{Since: noon, ID: "CC-2"}},
			order[5:]},
		{"newest first, After counts if it is before Until",
			record.Range{Kind: kind, Max: 100, Newest: true, Until: second,
				After: record.Cursor{Since: noon, ID: "ü"}}, newest[4:]},
	} {
		test.r.Shelf = "a"
		wantList(t, s, test.r, test.rule, test.want...)
		if test.r.Max == 100 {
			test.r.Max = 0
		} else if test.r.Max == 0 {
			continue
		}
		if n, err := s.Count(t.Context(), test.r); err != nil || n != len(test.want) {
			t.Errorf("%s: Count is %d, %v; want %d", test.rule, n, err, len(test.want))
		}
	}
	wantList(t, s, record.Range{Kind: kind, Max: 100}, "what is on no shelf is on no list")
}

// Reading a list page by page shows each record once, whatever the size of the pages, even when
// many records have the same time.
func listInPages(t *testing.T, s record.Store) {
	const records = 40
	var all sync.WaitGroup
	for i := range records {
		all.Go(func() {
			r := on("a", fmt.Sprintf("%02d", i), noon.Add(time.Duration(i/15)*time.Millisecond))
			if err := s.Create(t.Context(), r); err != nil {
				t.Errorf("creating %s: %v", r.ID, err)
			}
		})
	}
	all.Wait()
	for _, newest := range []bool{false, true} {
		for _, size := range []int{1, 7, records - 1, records, records + 1} {
			var got, want []string
			for i := range records {
				want = append(want, fmt.Sprintf("%02d", i))
			}
			if newest {
				slices.Reverse(want)
			}
			for next := (record.Range{Kind: kind, Shelf: "a", Max: size, Newest: newest}); ; {
				page, err := s.List(t.Context(), next)
				must(t, err, "List")
				for _, r := range page {
					got = append(got, r.ID)
					next.After = record.Cursor{Since: r.Since, ID: r.ID}
				}
				if len(page) < size || len(got) > records {
					break
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("in pages of %d, newest first %v: %q, want each once in its order", size, newest, got)
			}
		}
	}
}

// A record always stands where its last write put it.
func listFollows(t *testing.T, s record.Store) {
	first, second := on("a", "r", noon), on("a", "s", noon.Add(time.Second))
	create(t, s, first)
	create(t, s, second)
	a, b := record.Range{Kind: kind, Shelf: "a", Max: 10}, record.Range{Kind: kind, Shelf: "b", Max: 10}

	first.Status, first.Brief = "received", []byte("second")
	must(t, s.Update(t.Context(), first), "Update")
	wantList(t, s, a, "an update shows in the list", first, second)
	first.Version, first.Since = 2, later
	must(t, s.Update(t.Context(), first), "Update")
	wantList(t, s, a, "an update of Since moves a record on its shelf", second, first)
	first.Version, first.Shelf = 3, "b"
	must(t, s.Update(t.Context(), first), "Update")
	wantList(t, s, a, "an update of Shelf takes a record from its shelf", second)
	wantList(t, s, b, "an update of Shelf puts a record on another", first)
	first.Version = 1
	wantErr(t, s.Update(t.Context(), on("a", "r", noon)), record.ErrConflict, "Update of a stale version")
	wantList(t, s, b, "a refused update moves nothing", first)
	none := record.Record{Kind: kind, ID: "r", Version: 4, Data: []byte("emptied")}
	must(t, s.Update(t.Context(), none), "Update")
	wantList(t, s, b, "an update without a shelf takes a record from all lists")
	wantFound(t, s, record.ByNumber, first.Number,
		"an update without a number takes a record from what is found by it", second)
	none.Version = 5
	wantRecord(t, s, none, "what lists are made of can be emptied")
	_, err := s.Expire(t.Context(), kinds, later, 10)
	must(t, err, "Expire")
	wantList(t, s, a, "what has expired is on no list")
}

func find(t *testing.T, s record.Store) {
	one, two, three := sample("1"), sample("2"), sample("3")
	two.Shelf, two.Email = "another/accepted", "other@example.org"
	three.Shelf, three.Since, three.Brief, three.Number = "", time.Time{}, nil, "" // a draft
	for _, r := range []record.Record{three, two, one,
		{Kind: kind, ID: "neither", Data: []byte("7654321 zoe@example.org")}} {
		create(t, s, r)
	}
	wantFound(t, s, record.ByNumber, "7654321", "Find returns all with the number, on whatever shelf, by ID", one, two)
	wantFound(t, s, record.ByEmail, "zoe@example.org",
		"Find returns all with the email address, also on no shelf, by ID", one, three)
	for _, value := range []string{"", "765432", "76543210", "zoe@example.org", "%", "1"} {
		wantFound(t, s, record.ByNumber, value, fmt.Sprintf("nobody has the number %q", value))
	}
	for _, value := range []string{"", "Zoe@example.org", "zoe@example.or", "7654321", "*"} {
		wantFound(t, s, record.ByEmail, value, fmt.Sprintf("nobody has the email address %q", value))
	}
	two.Number, two.Email = "1234567", "zoe@example.org"
	must(t, s.Update(t.Context(), two), "Update")
	wantFound(t, s, record.ByNumber, "7654321", "Find follows an update", one)
	wantFound(t, s, record.ByNumber, "1234567", "Find follows an update", two)
	wantFound(t, s, record.ByEmail, "zoe@example.org", "Find follows an update", one, two, three)
	must(t, s.Delete(t.Context(), "1", 1), "Delete")
	wantFound(t, s, record.ByEmail, "zoe@example.org", "Find follows a Delete", two, three)

	var many []record.Record
	for i := range callers {
		r := sample(fmt.Sprintf("many %02d", i))
		r.Email = "many@example.org"
		many = append(many, r)
	}
	var all sync.WaitGroup
	for _, r := range many {
		all.Go(func() {
			if err := s.Create(t.Context(), r); err != nil {
				t.Errorf("creating %s: %v", r.ID, err)
			}
		})
	}
	all.Wait()
	wantFound(t, s, record.ByEmail, "many@example.org", "Find returns all that were created at once", many...)
}

// A shelf has parts, and each part is a list of its own.
func listOfPart(t *testing.T, s record.Store) {
	var parts [2][]record.Record
	for i := range 9 {
		r := on("a", fmt.Sprint(i), noon.Add(time.Duration(i)*time.Second))
		r.Part = []string{"one", "two", ""}[i%3]
		create(t, s, r)
		if r.Part != "" {
			parts[i%3] = append(parts[i%3], r)
		}
	}
	other := on("b", "on another shelf", noon)
	other.Part = "one"
	create(t, s, other)
	one := parts[0]
	a := record.Range{Kind: kind, Shelf: "a", Part: "one", Max: 10}
	for rule, test := range map[string]struct {
		change func(r *record.Range)
		want   []record.Record
	}{
		"a part has nothing of others": {func(*record.Range) {}, one},
		"a part can be empty":          {func(r *record.Range) { r.Part = "three" }, nil},
		"a part is of one shelf":       {func(r *record.Range) { r.Shelf = "c" }, nil},
		"Until goes with a part":       {func(r *record.Range) { r.Until = one[1].Since }, one[:2]},
		"After goes with a part":       {func(r *record.Range) { r.After = record.Cursor{Since: one[0].Since, ID: "1"} }, one[1:]},
		"newest first, Until and After go with it": {func(r *record.Range) {
			r.Newest, r.Until, r.After = true, one[2].Since, record.Cursor{Since: one[1].Since, ID: "9"}
		}, []record.Record{one[1], one[0]}},
		"another kind has no part of the same name":   {func(r *record.Range) { r.Kind = "mentoring" }, nil},
		"a part can be of those whose Brief has some": {func(r *record.Range) { r.Has = []byte("Siân") }, nil},
	} {
		r := a
		test.change(&r)
		if r.Kind == kind {
			wantList(t, s, r, rule, test.want...)
		}
		if n, err := s.Count(t.Context(), r); err != nil || n != len(test.want) {
			t.Errorf("%s: Count is %d, %v; want %d", rule, n, err, len(test.want))
		}
	}
	moved := one[0]
	moved.Part = "two"
	must(t, s.Update(t.Context(), moved), "Update")
	wantList(t, s, a, "an update of Part takes a record from its part", one[1:]...)
	must(t, s.Delete(t.Context(), one[1].ID, 1), "Delete")
	wantList(t, s, a, "a record that was deleted is in no part", one[2])
	a.Part = "two"
	wantList(t, s, a, "an update of Part puts a record into another", append([]record.Record{moved}, parts[1]...)...)
}

// Search finds a record by the beginnings of its words, latest first; a short word must match
// whole.
func search(t *testing.T, s record.Store) {
	with := func(id string, came time.Time, words ...string) record.Record {
		r := sample(id)
		r.Words, r.Came = words, came
		return r
	}
	mary := with("mary", noon, "mary", "o", "connor", "obrien", "maryam", "%_", "a'b\"")
	mark := with("mark", later, "mark", "connolly", "on")
	other := with("other course", later, "mark")
	other.Course = "supporting-mentors"
	alien := with("other kind", later, "mark")
	alien.Kind = "mentoring"
	for _, r := range []record.Record{mary, mark, other, alien, sample("none"), with("zoë", noon, "zoë", "łódź", "𐍈x", "mare")} {
		create(t, s, r)
	}
	found := func(rule string, words []string, want ...string) {
		t.Helper()
		var got []string
		all, err := s.Search(t.Context(), kind, mark.Course, words)
		for _, c := range all {
			r, err := s.Get(t.Context(), c.ID)
			if err != nil || !r.Came.Equal(c.Since) {
				t.Errorf("%s: %+v is found, and there is %+v (%v)", rule, c, r, err)
			}
			got = append(got, c.ID)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q finds %q (%v), want %q", rule, words, got, err, want)
		}
	}
	found("the latest is first, of one time by ID; others are of another course or kind", []string{"mar"}, "mark", "zoë", "mary")
	found("each once, whichever of its words begin so", []string{"mary"}, "mary")
	found("a whole word", []string{"maryam"}, "mary")
	found("more than a word", []string{"maryams"})
	found("all words count, in any order", []string{"conn", "mar"}, "mark", "mary")
	found("all words count", []string{"connor", "mark"})
	found("a word twice is the same", []string{"mar", "mar", "con"}, "mark", "mary")
	found("a short word is a whole one", []string{"on"}, "mark")
	found("a short word is no beginning", []string{"co"})
	found("a short word beside others", []string{"o", "mary"}, "mary")
	found("letters count, not bytes", []string{"zo"})
	found("letters beyond ASCII", []string{"łód"}, "zoë")
	found("letters count that take four bytes", []string{"𐍈x"}, "zoë")
	found("no pattern", []string{"%_"}, "mary")
	found("no pattern is meant", []string{"%%%"})
	found("quotes", []string{`a'b"`}, "mary")
	found("no words find nothing", nil)
	found("the end of a word is none", []string{"onnor"})

	mary.Words, mary.Status = []string{"mary", "jones"}, "received"
	must(t, s.Update(t.Context(), mary), "Update")
	found("an update takes words away", []string{"connor"})
	found("an update keeps words", []string{"mary"}, "mary")
	found("an update adds words", []string{"jones"}, "mary")
	stale := mary
	stale.Words = []string{"stale"}
	wantErr(t, s.Update(t.Context(), stale), record.ErrConflict, "Update of a stale version with other words")
	found("a refused update changes no words", []string{"stale"})
	mary.Version, mary.Came = 2, later.Add(time.Second)
	must(t, s.Update(t.Context(), mary), "Update")
	found("an update of Came moves a record", []string{"mar"}, "mary", "mark", "zoë")
	mary.Version, mary.Course = 3, "supporting-mentors"
	must(t, s.Update(t.Context(), mary), "Update")
	found("an update of Course takes it away", []string{"mary"})
	mary.Version, mary.Course, mark.Version, mark.Words = 4, mark.Course, 1, []string{"both"}
	mary.Words = mark.Words
	third := with("third", noon, "both")
	third.Version = 0
	must(t, s.UpdateAll(t.Context(), mary, mark, third), "UpdateAll")
	found("a set changes words", []string{"both"}, "mary", "mark", "third")
	found("and takes them away", []string{"mark"})
	mark.Version, mark.Words = 2, nil
	must(t, s.Update(t.Context(), mark), "Update")
	must(t, s.Delete(t.Context(), "third", 1), "Delete")
	found("no words any more, or no record", []string{"both"}, "mary")
	_, err := s.Expire(t.Context(), kinds, later, 100)
	must(t, err, "Expire")
	found("what has expired is not found", []string{"both"})

	most := with("most", noon)
	for i := range record.MaxWords {
		most.Words = append(most.Words, fmt.Sprintf("%0*d", record.MaxWord, i))
	}
	create(t, s, most)
	found("as many words as there may be, as long as they may be", most.Words[7:9], "most")
	for i := range most.Words {
		most.Words[i] = strings.Replace(most.Words[i], "0", "1", 1)
	}
	must(t, s.Update(t.Context(), most), "Update of all words")
	found("all words changed", most.Words[7:8], "most")
	for _, words := range [][]string{append(most.Words, "more"), {strings.Repeat("a", record.MaxWord+1)}} {
		most.Words, most.Version = words, 2
		wantErr(t, s.Update(t.Context(), most), record.ErrTooLarge, "Update with too many words, or too long ones")
	}
	rest := 0
	must(t, record.Each(t.Context(), s, func(record.Record) error { rest++; return nil }), "Each")
	if rest != 2 {
		t.Errorf("%d are all records, want one of another kind and one: words are none", rest)
	}
}

// A write whose caller gave up happens completely or not at all. A nil error means that it
// happened.
func cancelledBefore(t *testing.T, s record.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	err := s.Create(ctx, sample("new"))
	if _, got := s.Get(t.Context(), "new"); got == nil || err == nil {
		wantRecord(t, s, sample("new"), "a Create that is cancelled leaves the whole record or none")
	} else {
		wantErr(t, got, record.ErrNotFound, "Get after a Create that was cancelled")
	}

	create(t, s, sample("r"))
	changed := record.Record{Kind: kind, ID: "r", Version: 1, Status: "changed", Data: []byte("changed")}
	err = s.Update(ctx, changed)
	wantEither(t, s, err, sample("r"), changed)
}

// Callers give up at any moment while others write: each write still happens completely or not at
// all.
func cancelledOnTheWay(t *testing.T, s record.Store) {
	const rounds = 30
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			was := sample(fmt.Sprint("r", i))
			if err := s.Create(t.Context(), was); err != nil {
				t.Errorf("creating %s: %v", was.ID, err)
				return
			}
			for n := range rounds {
				next := was
				next.Status, next.Data = fmt.Sprint(n), bytes.Repeat([]byte{byte(n)}, 100*n)
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(n*n)*10*time.Microsecond)
				err := s.Update(ctx, next)
				cancel()
				was = wantEither(t, s, err, was, next)
			}
		})
	}
	all.Wait()
}

// What was written without an error outlives the program, and what was refused or removed does not
// come back.
func keptAfterTheEnd(t *testing.T, h Harness) {
	s := h.Open(t)
	created, updated, expired := sample("created"), sample("updated"), sample("expired")
	expired.Expires = noon
	for _, r := range []record.Record{created, updated, expired} {
		create(t, s, r)
	}
	updated.Status, updated.Due, updated.Data = "received", time.Time{}, []byte("second")
	must(t, s.Update(t.Context(), updated), "Update")
	updated.Version = 2
	wantErr(t, s.Update(t.Context(), sample("updated")), record.ErrConflict, "Update of a stale version")
	_, err := s.Expire(t.Context(), kinds, noon, 10)
	must(t, err, "Expire")

	together := []record.Record{sample("together 1"), sample("together 2")}
	for i := range together {
		together[i].Version, together[i].Due = 0, time.Time{}
	}
	must(t, s.UpdateAll(t.Context(), together...), "UpdateAll")
	for i := range together {
		together[i].Version = 1
	}

	s = h.Reopen(t, s)
	wantSet(t, s, together, "records that were created together are there after the program has ended")
	wantRecord(t, s, created, "a record that was created is there after the program has ended")
	wantRecord(t, s, updated, "a record that was updated is there after the program has ended")
	_, err = s.Get(t.Context(), "expired")
	wantErr(t, err, record.ErrNotFound, "a record that has expired stays away after the program has ended")
	wantDue(t, s, later, 10, []string{"created"}, "times are there after the program has ended")
	wantErr(t, s.Create(t.Context(), created), record.ErrExists, "references stay taken after the program has ended")
	must(t, s.Update(t.Context(), updated), "Update of a record from before the program ended")
}

// sample is a record with every field set, and version 1.
func sample(id string) record.Record {
	return record.Record{
		ID: id, Kind: kind, Version: 1, Status: "draft", Course: "career-conversations",
		Due: noon, Expires: later, Data: []byte(`{"reference":"` + id + `"}`),
		Shelf: "career-conversations/lead", Since: noon.Add(-time.Hour), Number: "7654321", Email: "zoe@example.org",
		Brief: []byte(`{"name":"Zoë"}`),
	}
}

func create(t *testing.T, s record.Store, r record.Record) {
	t.Helper()
	must(t, s.Create(t.Context(), r), fmt.Sprintf("creating %q", r.ID))
}

// one calls act from many callers at once, of whom exactly one may succeed, and returns that one.
func one(t *testing.T, loser error, rule string, act func(i int) error) (winner int) {
	t.Helper()
	errs := make([]error, callers)
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range callers {
		all.Go(func() {
			<-start
			errs[i] = act(i)
		})
	}
	close(start)
	all.Wait()
	won := 0
	for i, err := range errs {
		if err == nil {
			won++
			winner = i
		} else if !errors.Is(err, loser) {
			t.Errorf("%s; got %v", rule, err)
		}
	}
	if won != 1 {
		t.Fatalf("%s; %d of %d succeeded", rule, won, callers)
	}
	return winner
}

func must(t *testing.T, err error, what string) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

func wantErr(t *testing.T, got, want error, rule string) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got error %v, want %v", rule, got, want)
	}
}

func wantRecord(t *testing.T, s record.Store, want record.Record, rule string) {
	t.Helper()
	got, err := s.Get(t.Context(), want.ID)
	if err != nil {
		t.Errorf("%s: Get(%q): %v", rule, want.ID, err)
	} else if !same(got, want) {
		t.Errorf("%s:\n got %s\nwant %s", rule, show(got), show(want))
	}
}

func wantDue(t *testing.T, s record.Store, at time.Time, n int, want []string, rule string) {
	t.Helper()
	got, err := s.Due(t.Context(), kinds, at, n)
	if err != nil {
		t.Errorf("%s: Due: %v", rule, err)
	} else if ids := names(t, got, kind); !slices.Equal(ids, want) {
		t.Errorf("%s: Due(%v, %d) = %q, want %q", rule, at, n, ids, want)
	}
}

// names returns the IDs of entries, all of which must be of one kind.
func names(t *testing.T, entries []record.Entry, kind record.Kind) (ids []string) {
	t.Helper()
	for _, e := range entries {
		if e.Kind != kind {
			t.Errorf("%q is of the kind %q, want %q", e.ID, e.Kind, kind)
		}
		ids = append(ids, e.ID)
	}
	return ids
}

func wantList(t *testing.T, s record.Store, r record.Range, rule string, want ...record.Record) {
	t.Helper()
	got, err := s.List(t.Context(), r)
	must(t, err, "List")
	wantLines(t, got, want, rule)
}

func wantFound(t *testing.T, s record.Store, by record.Field, value, rule string, want ...record.Record) {
	t.Helper()
	got, err := s.Find(t.Context(), kind, by, value)
	must(t, err, "Find")
	wantLines(t, got, want, rule)
}

// wantLines compares the records of a list, as far as lists fill them in.
func wantLines(t *testing.T, got, want []record.Record, rule string) {
	t.Helper()
	line := func(r record.Record) record.Record {
		r.Version, r.Due, r.Expires, r.Data = 0, time.Time{}, time.Time{}, nil
		return r
	}
	if slices.EqualFunc(got, want, func(g, w record.Record) bool { return same(g, line(w)) }) {
		return
	}
	var lines [2]string
	for i, records := range [][]record.Record{got, want} {
		for _, r := range records {
			if i == 1 {
				r = line(r)
			}
			lines[i] += "\n  " + show(r)
		}
	}
	t.Errorf("%s:\n got%s\nwant%s", rule, lines[0], lines[1])
}

// wantEither checks a record after an update from was to next that may have been cancelled and
// returned err. It returns what the record is now.
func wantEither(t *testing.T, s record.Store, err error, was, next record.Record) record.Record {
	t.Helper()
	next.Version = was.Version + 1
	got, getErr := s.Get(t.Context(), was.ID)
	switch {
	case getErr != nil:
		t.Errorf("Get after an update that was cancelled: %v", getErr)
	case errors.Is(err, record.ErrConflict), errors.Is(err, record.ErrNotFound):
		t.Errorf("an update that was cancelled, and had no rival, returned %v", err)
	case err == nil && !same(got, next):
		t.Errorf("an update that returned nil did not happen:\n got %s\nwant %s", show(got), show(next))
	case err != nil && !same(got, next) && !same(got, was):
		t.Errorf("an update that was cancelled (%v) left a mixture:\n got %s\nwant %s\n  or %s", err, show(got),
			show(was), show(next))
	}
	return got
}

// same compares records with times to the millisecond, which is how stores keep them.
func same(a, b record.Record) bool {
	sameTime := func(a, b time.Time) bool {
		return a.IsZero() == b.IsZero() && a.UnixMilli() == b.UnixMilli()
	}
	return a.ID == b.ID && a.Kind == b.Kind && a.Version == b.Version && a.Status == b.Status && a.Course == b.Course &&
		sameTime(a.Due, b.Due) && sameTime(a.Expires, b.Expires) && bytes.Equal(a.Data, b.Data) &&
		a.Shelf == b.Shelf && sameTime(a.Since, b.Since) && a.Number == b.Number && a.Email == b.Email &&
		bytes.Equal(a.Brief, b.Brief)
}

func show(r record.Record) string {
	return fmt.Sprintf("%q of kind %q version %d, status %q, course %q, due %v, expires %v, %d bytes: %.40q, on %q since %v, number %q, email %q, brief %.40q",
		r.ID, r.Kind, r.Version, r.Status, r.Course, r.Due, r.Expires, len(r.Data), r.Data, r.Shelf, r.Since,
		r.Number, r.Email, r.Brief)
}
