package sqlite

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"traininghub/internal/record"
)

// format1 is what a hub made before there were lists.
const format1 = `
create table application (
	id      text primary key,
	version integer not null,
	status  text not null,
	course  text not null,
	due     integer, -- Unix time in milliseconds, as expires; null if not set
	expires integer,
	data    blob not null
) strict;
create index application_due on application (due) where due is not null;
create index application_expires on application (expires) where expires is not null;
pragma application_id = 1414034786;
pragma user_version = 1;
pragma journal_mode = wal;
`

// A file of format 1 is opened with all that it has, on the one shelf where the desk finds it; the next time it is as any other.
func TestFormat1(t *testing.T) {
	file := newFile(t)
	old := openRaw(t, file)
	execute(t, old, format1)
	execute(t, old, `insert into application values ('r', 7, 'received', 'c', 1, 5000, x'7b7d')`)
	execute(t, old, `insert into application values ('bare', 1, '', '', null, null, x'')`)
	must(t, old.Close(), "Close")

	full := record.Record{
		ID: "r", Version: 7, Status: "received", Course: "c", Due: time.UnixMilli(1).UTC(), Expires: time.UnixMilli(5000).UTC(), Data: []byte("{}"),
		Shelf: record.Unsorted, Since: time.UnixMilli(0).UTC(),
	}
	var s *Store
	for range 2 { // the second time there is nothing to do
		s = openStore(t, file)
		wantSound(t, s)
		if got, err := s.Get(t.Context(), "r"); err != nil || !reflect.DeepEqual(got, full) {
			t.Errorf("%+v (%v), want %+v", got, err, full)
		}
		if got, err := s.Get(t.Context(), "bare"); err != nil || got.Version != 1 || len(got.Data) != 0 || !got.Due.IsZero() || !got.Expires.IsZero() {
			t.Errorf("bare: %+v (%v)", got, err)
		}
		var ids []string
		all, err := s.List(t.Context(), record.Range{Shelf: record.Unsorted, Max: 10})
		must(t, err, "List")
		for _, r := range all {
			ids = append(ids, r.ID)
		}
		if !slices.Equal(ids, []string{"bare", "r"}) {
			t.Errorf("to be sorted: %q", ids)
		}
		must(t, s.Close(), "Close")
	}

	fresh := openStore(t, newFile(t))
	s = openStore(t, file)
	for what, query := range map[string]string{
		"tables and indexes": "select group_concat(name || ' ' || coalesce(replace(sql, '\"application\"', 'application'), ''), ';') from (select * from sqlite_schema order by name)",
		"format":             "select user_version from pragma_user_version",
	} {
		var got, want string
		must(t, s.reader.QueryRow(query).Scan(&got), query)
		must(t, fresh.reader.QueryRow(query).Scan(&want), query)
		if got != want {
			t.Errorf("%s of the old file:\n%s\nof a new one:\n%s", what, got, want)
		}
	}
	if ids, err := s.Due(t.Context(), time.UnixMilli(1), 9); err != nil || !slices.Equal(ids, []string{"r"}) {
		t.Errorf("due: %q %v", ids, err)
	}
	must(t, s.Update(t.Context(), full), "Update")
}

// Of a file of format 2 those who were accepted stand where the desk finds them, and all else where it stood.
func TestFormat2(t *testing.T) {
	file := newFile(t)
	s := openStore(t, file)
	at := time.UnixMilli(1000).UTC()
	for _, r := range []record.Record{
		{ID: "a", Status: "accepted", Course: "c", Shelf: "c/applicant", Since: at, Number: "7654321", Email: "a@example.org", Brief: []byte("{}"), Data: []byte("{}")},
		{ID: "gone", Status: "accepted", Course: "c", Data: []byte("{}")}, // is being removed
		{ID: "past.1", Course: "c", Shelf: "c/past", Since: at, Brief: []byte("{}"), Data: []byte("{}")},
		{ID: "r", Status: "received", Course: "c", Shelf: "c/applicant", Since: at, Brief: []byte("{}"), Data: []byte("{}")},
	} {
		must(t, s.Create(t.Context(), r), "Create")
	}
	execute(t, s.writer, "pragma user_version = 2")
	must(t, s.Close(), "Close")

	s = openStore(t, file)
	for shelf, want := range map[string]string{record.Unsorted: "a", "c/applicant": "r", "c/past": "past.1"} {
		all, err := s.List(t.Context(), record.Range{Shelf: shelf, Max: 10})
		if err != nil || len(all) != 1 || all[0].ID != want {
			t.Errorf("on %s: %+v (%v), want %s alone", shelf, all, err, want)
		}
	}
	if r, err := s.Get(t.Context(), "a"); err != nil || r.Version != 1 || r.Number != "7654321" || r.Email != "a@example.org" || string(r.Data) != "{}" {
		t.Errorf("%+v (%v)", r, err)
	}
}

// What goes wrong on the way leaves the file as it was, for the hub that made it.
func TestFormat1Fails(t *testing.T) {
	file := newFile(t)
	old := openRaw(t, file)
	execute(t, old, format1)
	execute(t, old, `insert into application values ('r', 7, 'received', 'c', 1, 5000, x'7b7d')`)
	execute(t, old, `create table old (x)`) // where the upgrade wants to put it
	if s, err := Open(file, Options{}); err == nil {
		s.Close()
		t.Fatal("Open succeeded")
	} else if errors.Is(err, record.ErrBusy) {
		t.Errorf("Open: %v", err)
	}
	var version, records int
	must(t, old.QueryRow("select user_version, (select count(*) from application) from pragma_user_version").Scan(&version, &records), "counting")
	if version != 1 || records != 1 {
		t.Errorf("format %d with %d records, want 1 with 1", version, records)
	}
}

// TestPlans: no list reads records, of which the applications are most, or more lines than it returns (but when it looks into them), and
// none is sorted.
func TestPlans(t *testing.T) {
	s := openStore(t, newFile(t))
	for _, test := range []struct {
		query string
		args  int
		want  string
	}{
		{oldest, 6, "SEARCH application USING COVERING INDEX application_shelf (shelf=? AND (since,id)>(?,?) AND since<?)"},
		{newest, 5, "SEARCH application USING COVERING INDEX application_shelf (shelf=? AND (since,id)<(?,?))"},
		{byGMC, 1, "SEARCH application USING INDEX application_gmc (gmc=?)"},
		{byEmail, 1, "SEARCH application USING INDEX application_email (email=?)"},
	} {
		var plan []string
		rows, err := s.reader.Query("explain query plan "+test.query, []any{0, 0, 0, 0, 0, 0}[:test.args]...)
		must(t, err, test.query)
		for rows.Next() {
			var id, parent, unused int
			var step string
			must(t, rows.Scan(&id, &parent, &unused, &step), test.query)
			plan = append(plan, step)
		}
		must(t, rows.Err(), test.query)
		if !slices.Equal(plan, []string{test.want}) {
			t.Errorf("%s:\n%q, want %q alone", test.query, plan, test.want)
		}
	}
}
