package main

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAuditSeals: an audit finds every change in the database that gives access, hides something or
// reveals something, in every kind of record.
func TestAuditSeals(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	hub := startHub(t, data, firstDay)
	crowd := newCrowd(t, 1)
	crowd.set(hub.base)
	crowd.come(3)
	crowd.references(6)
	crowd.close()
	waitForLetters(t, data)
	hub.stop(t)
	heads := filepath.Join(t.TempDir(), "hub.heads")
	run := func(args ...string) (string, error) {
		all := append([]string{args[0], "--data", data, "--content", "../../content", "--as-of", firstDay}, args[1:]...)
		out, err := program(all...).CombinedOutput()
		return string(out), err
	}
	if out, err := run("export", "--course", "career-conversations", "--reason", "a test", filepath.Join(t.TempDir(), "table.csv")); err != nil {
		t.Fatal(out)
	}
	audit := func() (string, error) { return run("audit", "--heads", heads) }
	if out, err := audit(); err != nil {
		t.Fatalf("nothing was changed: %v\n%s", err, out)
	}
	whole, err := os.ReadFile(database(data))
	must(t, err, "ReadFile")

	const sent = ` where kind = 'application' and status = 'received' and id like 'SM-%'`
	document := func(was, is string) string {
		return `update application set data = cast(replace(cast(data as text), '` + was + `', '` + is + `') as blob)`
	}
	for name, change := range map[string]string{
		"a key for the status page": document(`"keys":[`, `"keys":[{"for":"status","hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","expires":"2031-01-01T00:00:00Z"},`) + sent,
		"a key for the practice":    document(`"keys":[`, `"keys":[{"for":"practice","hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","expires":"2031-01-01T00:00:00Z"},`) + sent,
		"letters to the practice":   document(`authorise-to-practice`, `authorise-to-nobody`) + sent,
		"reminders":                 document(`"name":"authorise-reminder"`, `"name":"none"`) + sent,
		"a letter put off":          document(`"attempts":0`, `"attempts":1`) + sent,
		"flags":                     document(`"keys":[`, `"flags":["Look here"],"keys":[`) + sent,
		"a name in the list":        `update application set brief = cast(replace(cast(brief as text), '"name":"', '"name":"Sam ') as blob)` + sent,
		"to the list of others":     `update application set shelf = 'career-conversations/lead'` + sent,
		"a time to expire":          `update application set expires = 1900000000000` + sent,
		"due later":                 `update application set due = 1900000000000 where due is not null`,
		"the reason in the journal": document(`a test`, `nothing`) + ` where kind = 'export'`,
		"an entry of the journal":   `insert into application (id, kind, version, status, course, shelf, since, brief, data) select 'journal.FORGED', kind, 1, status, course, shelf, since, brief, data from application where kind = 'export'`,
		"a row of the figures":      `insert into application (id, kind, version, status, course, shelf, since, brief, data) values ('past.0123456789abcdef0123456789abcdef', 'past row', 1, '', 'career-conversations', 'career-conversations/past', 1600000000000, cast('{"course":"career-conversations","received":"2021-09"}' as blob), cast('{"course":"career-conversations","received":"2021-09"}' as blob))`,
		"a session of a lead":       `insert into application (id, kind, version, status, course, data) values ('staff-0123456789abcdef0123456789abcdef', 'staff account', 1, 'staff', '', cast('{"id":"staff-0123456789abcdef0123456789abcdef","sessions":[]}' as blob))`,
		"what the brake has noted":  document(`"clock"`, `"clocks"`) + ` where kind = 'sweep'`,
	} {
		db, err := sql.Open("sqlite", database(data))
		must(t, err, "Open")
		result, err := db.Exec(change)
		must(t, errors.Join(err, db.Close()), name)
		if n, err := result.RowsAffected(); n == 0 || err != nil {
			t.Errorf("%s: nothing was changed, %v", name, err)
		}
		if out, err := audit(); err == nil {
			t.Errorf("%s: not noticed: %s", name, out)
		}
		for _, beside := range []string{"-wal", "-shm"} {
			os.Remove(database(data) + beside)
		}
		must(t, os.WriteFile(database(data), whole, 0o600), "WriteFile")
	}
	if out, err := audit(); err != nil {
		t.Fatalf("put back: %v\n%s", err, out)
	}

	// Without its key an audit can say no more, and it notices a new key.
	must(t, os.Remove(filepath.Join(data, "seal.key")), "Remove")
	if out, err := audit(); err == nil || !strings.Contains(out, "seal: the records are sealed with another key") {
		t.Errorf("without the key: %v\n%s", err, out)
	}
	hub = startHub(t, data, firstDay)
	hub.stop(t)
	if out, err := audit(); err == nil || !strings.Contains(out, "seal: the records are sealed with another key") {
		t.Errorf("with a new key: %v\n%s", err, out)
	}
	if out, err := run("audit"); err != nil {
		t.Errorf("begun anew: %v\n%s", err, out)
	}
}
