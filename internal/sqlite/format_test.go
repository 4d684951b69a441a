package sqlite

import (
	"errors"
	"fmt"
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

// A file of format 1 opens with everything that it has, on the one shelf where the desk finds it;
// after that it is like any other.
func TestFormat1(t *testing.T) {
	file := newFile(t)
	old := openRaw(t, file)
	execute(t, old, format1)
	execute(t, old, `insert into application values ('CC-2C2C-2C2C', 7, 'received', 'c', 1, 5000, x'7b7d')`)
	execute(t, old, `insert into application values ('bare', 1, '', '', null, null, x'')`)
	must(t, old.Close(), "Close")

	full := record.Record{
		ID: "CC-2C2C-2C2C", Kind: record.Application, Version: 7, Status: "received", Course: "c",
		Due: time.UnixMilli(1).UTC(), Expires: time.UnixMilli(5000).UTC(), Data: []byte("{}"),
		Shelf: record.Unsorted, Since: time.UnixMilli(0).UTC(),
	}
	var s *Store
	for range 2 { // the second time there is nothing to do
		s = openStore(t, file)
		wantSound(t, s)
		if got, err := s.Get(t.Context(), full.ID); err != nil || !reflect.DeepEqual(got, full) {
			t.Errorf("%+v (%v), want %+v", got, err, full)
		}
		if got, err := s.Get(t.Context(), "bare"); err != nil || got.Version != 1 || len(got.Data) != 0 ||
			!got.Due.IsZero() || !got.Expires.IsZero() {
			t.Errorf("bare: %+v (%v)", got, err)
		}
		var ids []string
		all, err := s.List(t.Context(), record.Range{Kind: record.Application, Shelf: record.Unsorted, Max: 10})
		must(t, err, "List")
		for _, r := range all {
			ids = append(ids, r.ID)
		}
		if !slices.Equal(ids, []string{full.ID}) {
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
	if found, err := s.Due(t.Context(), []record.Kind{full.Kind}, time.UnixMilli(1), 9); err != nil ||
		!slices.Equal(found, []record.Entry{{ID: full.ID, Kind: full.Kind}}) {
		t.Errorf("due: %q %v", found, err)
	}
	must(t, s.Update(t.Context(), full), "Update")
}

// format3 is what a hub made before records had kinds; format 2 had the same tables.
const format3 = `
create table application (
	id      text primary key,
	version integer not null,
	status  text not null,
	course  text not null,
	due     integer,
	expires integer,
	shelf   text,
	since   integer,
	gmc     text,
	email   text,
	brief   blob,
	data    blob not null
) strict;
create index application_due on application (due) where due is not null;
create index application_expires on application (expires) where expires is not null;
create index application_shelf on application (shelf, since, id, status, course, gmc, email, brief) where shelf is not null;
create index application_gmc on application (gmc, id) where gmc is not null;
create index application_email on application (email, id) where email is not null;
insert into application (id, version, status, course, due, expires, shelf, since, gmc, email, brief, data) values
	('CC-2C2C-2C2C', 3, 'accepted', 'c', 5000, null, 'c/applicant', 1000, '7654321', 'a@example.org', x'7b7d', x'7b7d'),
	('CC-2C2C-2C2D', 1, 'accepted', 'c', null, null, null, null, null, null, null, x'7b7d'), -- is being removed
	('SM-2C2C-2C2C', 1, 'received', 'c', null, null, 'c/applicant', 1000, null, null, x'7b7d', x'7b7d'),
	('staff-0123456789abcdef0123456789abcdef', 1, 'staff', '', 2000, 9000, null, null, null, null, null, x'7b7d'),
	('past.1', 1, '', 'c', null, null, 'c/past', 1000, null, null, x'7b7d', x'7b7d'),
	('gone.1', 1, '', '', null, null, null, null, null, null, null, x'7b7d'),
	('journal.1', 1, '', 'c', null, 9000, 'c/exports', 1000, null, null, x'7b7d', x'7b7d');
pragma application_id = 1414034786;
pragma journal_mode = wal;
`

// format4 turns format 3 into what a hub made before there were parts and words, with a record of a
// kind that no earlier hub had.
const format4 = `
alter table application add column kind text not null default 'application';
update application set kind = 'staff account' where id like 'staff-%';
update application set kind = 'past row' where id like 'past.%';
update application set kind = 'trace' where id like 'gone.%';
update application set kind = 'export' where id like 'journal.%';
insert into application (id, kind, version, status, course, shelf, since, data) values
	('m1', 'mentor', 1, '', 'c', 'c/lead', 1000, x'7b7d');
`

// The records of a file without kinds get theirs, and the applications are where the desk finds
// them; everything else is as it was.
func TestFormat2To4(t *testing.T) {
	for version := 2; version <= 4; version++ {
		file := newFile(t)
		old := openRaw(t, file)
		execute(t, old, format3)
		if version == 4 {
			execute(t, old, format4)
		}
		execute(t, old, fmt.Sprint("pragma user_version = ", version))
		must(t, old.Close(), "Close")

		s := openStore(t, file)
		wantSound(t, s)
		for _, want := range []struct {
			kind  record.Kind
			shelf string
			ids   []string
		}{
			{record.Application, record.Unsorted, []string{"CC-2C2C-2C2C", "SM-2C2C-2C2C"}},
			{record.Application, "c/applicant", nil},
			{record.PastRow, "c/past", []string{"past.1"}},
			{record.Export, "c/exports", []string{"journal.1"}},
			{record.PastRow, "c/exports", nil},
		} {
			var ids []string
			all, err := s.List(t.Context(), record.Range{Kind: want.kind, Shelf: want.shelf, Max: 10})
			for _, r := range all {
				ids = append(ids, r.ID)
			}
			if err != nil || !slices.Equal(ids, want.ids) {
				t.Errorf("format %d: %q on %s: %q (%v), want %q", version, want.kind, want.shelf, ids, err, want.ids)
			}
		}
		if version == 4 {
			r, err := s.Get(t.Context(), "m1")
			if err != nil || r.Kind != "mentor" || r.Shelf != "c/lead" || s.Delete(t.Context(), "m1", 1) != nil {
				t.Errorf("of a later kind: %+v (%v)", r, err)
			}
		}
		all, _, err := s.Records(t.Context(), 0, 1, "")
		if err != nil || len(all) != 7 {
			t.Errorf("format %d: %+v (%v)", version, all, err)
		}
		for _, e := range all {
			if r, err := s.Get(t.Context(), e.ID); err != nil || e.Kind != record.KindOf(e.ID) || e.Kind != r.Kind ||
				e.Kind == "" || string(r.Data) != "{}" {
				t.Errorf("format %d: %+v, and %+v (%v)", version, e, r, err)
			}
		}
		due, err := s.Due(t.Context(), []record.Kind{record.Application, record.StaffAccount}, time.UnixMilli(5000), 9)
		if err != nil || len(due) != 2 || due[0].Kind != record.StaffAccount || due[1].ID != "CC-2C2C-2C2C" {
			t.Errorf("format %d: due %q (%v)", version, due, err)
		}
		r, err := s.Get(t.Context(), "CC-2C2C-2C2C")
		if err != nil || r.Version != 3 || r.Number != "7654321" || r.Email != "a@example.org" ||
			!r.Due.Equal(time.UnixMilli(5000)) {
			t.Errorf("format %d: %+v (%v)", version, r, err)
		}
		must(t, s.Update(t.Context(), r), "Update")
	}
}

// If an upgrade fails, the file stays as it was for the hub that made it.
func TestFormat1Fails(t *testing.T) {
	file := newFile(t)
	old := openRaw(t, file)
	execute(t, old, format1)
	execute(t, old, `insert into application values ('CC-2C2C-2C2C', 7, 'received', 'c', 1, 5000, x'7b7d')`)
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

// TestPlans: no list reads whole records, most of which are applications, or more lines than it
// returns (unless it looks into them), and none is sorted.
func TestPlans(t *testing.T) {
	s := openStore(t, newFile(t))
	for _, test := range []struct {
		query string
		args  int
		want  string
	}{
		{oldest, 8, "SEARCH application USING COVERING INDEX application_shelf (kind=? AND shelf=? AND (since,id)>(?,?) AND since<?)"},
		{oldestOfPart, 8, "SEARCH application USING INDEX application_part (kind=? AND shelf=? AND part=? AND (since,id)>(?,?) AND since<?)"},
		{newestOfPart, 7, "SEARCH application USING INDEX application_part (kind=? AND shelf=? AND part=? AND (since,id)<(?,?))"},
		{search, 4, "SEARCH word USING PRIMARY KEY (kind=? AND course=? AND word>? AND word<?)"},
		{newest, 6, "SEARCH application USING COVERING INDEX application_shelf (kind=? AND shelf=? AND (since,id)<(?,?))"},
		{byGMC, 2, "SEARCH application USING INDEX application_gmc (kind=? AND gmc=?)"},
		{byEmail, 2, "SEARCH application USING INDEX application_email (kind=? AND email=?)"},
		{due, 3, "SEARCH application USING INDEX application_due (kind=? AND due<?)"},
	} {
		var plan []string
		rows, err := s.reader.Query("explain query plan "+test.query, []any{0, 0, 0, 0, 0, 0, 0, 0}[:test.args]...)
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
