package recordtest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"traininghub/internal/record"
)

// named has an ID for each kind that existed before records stored their kind, and for some kinds
// that no program knows.
var named = map[record.Kind]string{
	record.Application: "CC-7K4D-2P9X", record.StaffAccount: "staff-0123456789abcdef0123456789abcdef",
	record.PastRow: "past.1",
	record.Trace:   "gone.1", record.Export: "journal.1",
	kind: "s1", "mentoring": "mentoring.abc", "mentor's profile": "m/1", "0": "zero", "a|b": "bar",
}

func ofKind(kind record.Kind, id string) record.Record {
	r := sample(id)
	r.Kind = kind
	return r
}

// A search for one kind finds only that kind, however many records of another come first. Expiring
// one kind removes only that kind.
func eachKindAlone(t *testing.T, s record.Store) {
	for k, id := range named {
		r := ofKind(k, id)
		r.Expires = noon
		create(t, s, r)
	}
	const strange record.Kind = "strange"
	for i := range 40 { // due before all others, and in front of them on the shelf
		r := ofKind(strange, fmt.Sprintf("strange %02d", i))
		r.Due, r.Expires, r.Since = noon.AddDate(-1, 0, 0), noon.AddDate(-1, 0, 0), noon.AddDate(-1, 0, 0)
		create(t, s, r)
	}
	for k, id := range named {
		r := ofKind(k, id)
		on := record.Range{Kind: k, Shelf: r.Shelf, Max: 1}
		wantList(t, s, on, fmt.Sprintf("a list of the kind %q has no others", k), r)
		on.Newest = true
		wantList(t, s, on, fmt.Sprintf("a list of the kind %q, the newest first, has no others", k), r)
		if n, err := s.Count(t.Context(), on); n != 1 || err != nil {
			t.Errorf("%d of the kind %q are counted (%v), want 1", n, k, err)
		}
		for by, value := range map[record.Field]string{record.ByNumber: r.Number, record.ByEmail: r.Email} {
			found, err := s.Find(t.Context(), k, by, value)
			must(t, err, "Find")
			wantLines(t, found, []record.Record{r}, fmt.Sprintf("Find of the kind %q returns no others", k))
		}
		due, err := s.Due(t.Context(), []record.Kind{k}, noon, 1)
		if err != nil || len(due) != 1 || due[0] != (record.Entry{ID: id, Kind: k}) {
			t.Errorf("due of the kind %q is %q (%v), want %q alone, whatever stands before it", k, due, err, id)
		}
	}
	waiting, err := s.Waiting(t.Context(), noon)
	if err != nil || len(waiting) != len(named)+1 || waiting[strange] != 40 || waiting[kind] != 1 ||
		waiting[record.Application] != 1 {
		t.Errorf("waiting are %v (%v), want 40 of one kind and 1 of each other", waiting, err)
	}
	if waiting, err = s.Waiting(t.Context(), noon.Add(-time.Millisecond)); err != nil || len(waiting) != 1 {
		t.Errorf("a millisecond before, %v wait (%v), want those of one kind", waiting, err)
	}
	two, err := s.Due(t.Context(), []record.Kind{record.Application, "mentoring"}, noon, 5)
	if err != nil || len(two) != 2 {
		t.Errorf("of two kinds %q are due (%v), want both and no others", two, err)
	}
	if n, err := s.Expire(t.Context(), nil, later, 100); n != 0 || err != nil {
		t.Errorf("Expire of no kind removed %d (%v)", n, err)
	}
	gone := map[record.Kind]bool{}
	for k := range named {
		if n, err := s.Expire(t.Context(), []record.Kind{k}, noon, 100); n != 1 || err != nil {
			t.Errorf("Expire of the kind %q removed %d (%v), want 1", k, n, err)
		}
		gone[k] = true
		for other, id := range named {
			r := ofKind(other, id)
			r.Expires = noon
			if !gone[other] {
				wantRecord(t, s, r, fmt.Sprintf("Expire of the kind %q leaves others as they are", k))
			}
		}
	}
	rest := 0
	must(t, record.Each(t.Context(), s, func(record.Record) error { rest++; return nil }), "Each")
	if rest != 40 {
		t.Errorf("%d records are left, want the 40 of the kind that nobody named", rest)
	}
}

// A record never changes its kind, and never gets an ID that belongs to another kind.
func kindsStay(t *testing.T, s record.Store) {
	bad := []record.Record{{ID: "none"}, {ID: named[record.Application]}, {ID: "word", Kind: record.Application},
		{ID: named[record.Export], Kind: record.PastRow}}
	for k, id := range named {
		if k.First() {
			bad = append(bad, record.Record{ID: id, Kind: kind})
		}
	}
	for _, r := range bad {
		wantErr(t, s.Create(t.Context(), r), record.ErrKind, fmt.Sprintf("Create of the kind %q as %q", r.Kind, r.ID))
		wantErr(t, s.Update(t.Context(), r), record.ErrKind, fmt.Sprintf("Update of the kind %q as %q", r.Kind, r.ID))
		wantErr(t, s.UpdateAll(t.Context(), r, sample("other")), record.ErrKind,
			fmt.Sprintf("UpdateAll with the kind %q as %q", r.Kind, r.ID))
		if _, err := s.Get(t.Context(), r.ID); !errors.Is(err, record.ErrNotFound) {
			t.Errorf("what was refused is there: %v", err)
		}
	}
	create(t, s, ofKind("mentoring", "m"))
	other := ofKind("mentor's profile", "m")
	wantErr(t, s.Update(t.Context(), other), record.ErrConflict, "Update to another kind")
	wantErr(t, s.UpdateAll(t.Context(), other, record.Record{ID: "n", Kind: kind}), record.ErrConflict,
		"UpdateAll to another kind")
	wantRecord(t, s, ofKind("mentoring", "m"), "after an update to another kind was refused, the record is as it was")
}
