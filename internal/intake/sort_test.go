package intake_test

import (
	"database/sql"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"traininghub/internal/intake"
	"traininghub/internal/sqlite"
)

// A file of a hub that knew no lists, opened by this one: what was sent comes to stand where the lead looks, drafts are found by
// e-mail address, the rest is as it was, and a second pass finds nothing to do.
func TestSortOldFile(t *testing.T) {
	o := newOffice(t, "career-conversations")
	var sent []string
	for range 120 { // more than a page
		key := o.begin()
		o.fill(key)
		sent = append(sent, o.send(key).Reference)
		if len(sent) == 1 {
			o.mailed()
		}
	}
	draft := o.begin()
	a, err := o.Open(t.Context(), o.def, draft)
	if err != nil {
		t.Fatal(err)
	}

	file := filepath.Join(t.TempDir(), "hub.db")
	old, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	execute := func(statement string, args ...any) {
		t.Helper()
		if _, err := old.Exec(statement, args...); err != nil {
			t.Fatal(err)
		}
	}
	execute(`create table application (id text primary key, version integer not null, status text not null, course text not null, due integer, expires integer, data blob not null) strict;
		create index application_due on application (due) where due is not null;
		create index application_expires on application (expires) where expires is not null;
		pragma application_id = 1414034786; pragma user_version = 1; pragma journal_mode = wal`)
	for _, ref := range append(sent, a.Reference) {
		r, err := o.store.Get(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		var doc map[string]any // whose events were no chain
		if err := json.Unmarshal(r.Data, &doc); err != nil {
			t.Fatal(err)
		}
		for _, e := range doc["events"].([]any) {
			delete(e.(map[string]any), "sum")
			delete(e.(map[string]any), "says")
		}
		data, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		execute("insert into application values (?, ?, ?, ?, null, ?, ?)", r.ID, r.Version, r.Status, r.Course, r.Expires.UnixMilli(), data)
	}
	execute("insert into application values ('CC-2C2C-2C2C', 1, 'received', '', null, null, x'00')")
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}

	store, err := sqlite.Open(file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	var log strings.Builder
	o.Store, o.Log = store, slog.New(slog.NewTextHandler(&log, nil))
	for round, want := range []int{121, 0} {
		if n, err := o.Sort(t.Context()); err != nil || n != want {
			t.Errorf("pass %d sorted %d (%v), want %d", round+1, n, err, want)
		}
	}
	if n := strings.Count(log.String(), "reference=CC-2C2C-2C2C"); n != 2 {
		t.Errorf("what cannot be read was told of %d times, want once each time:\n%s", n, log.String())
	}
	list, err := store.List(t.Context(), intake.Range{Shelf: intake.ShelfOf(o.def.Course, string(intake.Lead)), Max: 200})
	if err != nil || len(list) != len(sent) {
		t.Errorf("%d wait for the lead (%v), want %d", len(list), err, len(sent))
	}
	if found, err := store.Find(t.Context(), intake.ByGMC, "7654321"); err != nil || len(found) != len(sent) {
		t.Errorf("%d found by GMC number (%v), want %d", len(found), err, len(sent))
	}
	if found, err := store.Find(t.Context(), intake.ByEmail, "angharad@example.org"); err != nil || len(found) != len(sent)+1 {
		t.Errorf("%d found by e-mail address (%v), want %d", len(found), err, len(sent)+1)
	}
	if again, err := o.Open(t.Context(), o.def, draft); err != nil || again.Reference != a.Reference {
		t.Errorf("the draft's key opens %v (%v)", again, err)
	}
}
