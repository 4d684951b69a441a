package intake_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/decide"
	reading "traininghub/internal/office"
	"traininghub/internal/record"
	"traininghub/internal/sqlite"
)

// TestSortOldFile: a database from a hub without lists is opened by this one. Sent applications
// appear on the lead's lists, drafts are found by e-mail address, the rest is unchanged, and a
// second pass finds nothing to do.
func TestSortOldFile(t *testing.T) {
	o := newOffice(t, "career-conversations")
	var sent []string
	for range 120 { // more than one page
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
		var doc map[string]any // its events had no chain
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
		execute("insert into application values (?, ?, ?, ?, null, ?, ?)", r.ID, r.Version, r.Status, r.Course,
			r.Expires.UnixMilli(), data)
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
		t.Errorf("unreadable records were logged %d times, want once each time:\n%s", n, log.String())
	}
	list, err := store.List(t.Context(), record.Range{Kind: record.Application,
		Shelf: application.ShelfOf(o.def.Course, string(application.Lead)), Max: 200})
	if err != nil || len(list) != len(sent) {
		t.Errorf("%d wait for the lead (%v), want %d", len(list), err, len(sent))
	}
	if found, err := store.Find(t.Context(), record.Application, record.ByNumber, "7654321"); err != nil ||
		len(found) != len(sent) {
		t.Errorf("%d found by GMC number (%v), want %d", len(found), err, len(sent))
	}
	if found, err := store.Find(t.Context(), record.Application, record.ByEmail, "angharad@example.org"); err != nil ||
		len(found) != len(sent)+1 {
		t.Errorf("%d found by e-mail address (%v), want %d", len(found), err, len(sent)+1)
	}
	if again, err := o.Open(t.Context(), o.def, draft); err != nil || again.Reference != a.Reference {
		t.Errorf("the draft's key opens %v (%v)", again, err)
	}
}

// TestSortOldLine: an application that a hub of 22 November 2026, 4am, has accepted. Its line has
// no name of the cohort, by which places are counted, and stands with those that wait for another
// contact at the practice. The decision has neither year nor dates. The record is as that hub wrote
// it.
func TestSortOldLine(t *testing.T) {
	data, err := os.ReadFile("testdata/accepted.json")
	if err != nil {
		t.Fatal(err)
	}
	var kept struct {
		ID, Status, Course, Shelf, GMC, Email string
		Due, Since                            int64
		Brief, Data                           json.RawMessage
	}
	if err := json.Unmarshal(data, &kept); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "hub.db")
	store, err := sqlite.Open(file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = store.Create(t.Context(), record.Record{
		ID: kept.ID, Kind: record.Application, Status: kept.Status, Course: kept.Course, Due: time.UnixMilli(kept.Due),
		Data:  kept.Data,
		Shelf: kept.Shelf, Since: time.UnixMilli(kept.Since), Number: kept.GMC, Email: kept.Email, Brief: kept.Brief,
	})
	if err := errors.Join(err, store.Close()); err != nil {
		t.Fatal(err)
	}
	old, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	_, err = old.Exec(`drop index application_part; drop trigger application_created; drop trigger application_changed;
		drop trigger application_removed; drop table word; pragma user_version = 2`)
	if err := errors.Join(err, old.Close()); err != nil {
		t.Fatal(err)
	}

	b := newBoard(t, careers)
	if store, err = sqlite.Open(file, sqlite.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	b.Store = store
	for round, want := range []int{1, 0} {
		if n, err := b.Sort(t.Context()); err != nil || n != want {
			t.Errorf("pass %d sorted %d (%v), want %d", round+1, n, err, want)
		}
	}
	if p, err := decide.Of(b.office.Desk).PlacesIn(t.Context(), careers, "cohort-1"); err != nil || p.Taken != 1 {
		t.Errorf("%+v (%v), want 1 taken", p, err)
	}
	if l, err := b.List(t.Context(), b.lead, reading.Filter{Status: application.Accepted, Cohort: "cohort-1",
		Waiting: application.Applying}); err != nil || len(l.Lines) != 1 {
		t.Errorf("listed: %+v (%v)", l.Lines, err)
	}
	if f, err := b.Figures(t.Context(), b.lead, false); err != nil || f[0].Accepted.N != 1 || f[0].Training.N != 1 {
		t.Errorf("figures: %+v (%v)", f, err)
	}
	if found, err := b.Audit(t.Context(), nil); err != nil || found.Wrong != nil || found.Applications != 1 {
		t.Errorf("audit: %+v (%v)", found, err)
	}
	b.Programme.Course(careers).Year = "2022/23" // its file is used for the next year
	if got, want := b.JoinsOn(b.now(kept.ID)), "Tuesday 2 November 2021, 2pm to 5pm; "; !strings.HasPrefix(got, want) {
		t.Errorf("joins on %q, want %q first", got, want)
	}
}
