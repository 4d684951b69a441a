package main

import (
	"database/sql"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A copy made while people apply has every application that was confirmed before, and a hub can
// serve it.
func TestBackupCommand(t *testing.T) {
	t.Parallel()
	data, copies := t.TempDir(), t.TempDir()
	hub := startHub(t, data, firstDay)
	crowd := newCrowd(t, 1)
	crowd.pause = 2 * time.Millisecond
	crowd.set(hub.base)
	form := crowd.forms[0]
	sent, open := crowd.person("marker-sent"), crowd.person("marker-open")
	for _, p := range []*person{sent, open} {
		must(t, p.begin(form), "applying")
		must(t, p.fill(form), "applying")
	}
	must(t, sent.send(form), "sending")
	crowd.come(4)
	for i := range 3 {
		shown := crowd.references(4 * (i + 1))
		file := filepath.Join(copies, "hub.db")
		os.Remove(file) // an error the first time
		os.Remove(filepath.Join(copies, "mentoring-hub.db"))
		out, err := program("backup", "--data", data, file).CombinedOutput()
		if err != nil {
			t.Fatalf("hub backup: %v\n%s", err, out)
		}
		wantReceived(t, file, shown)
	}
	before, err := os.ReadFile(filepath.Join(copies, "hub.db"))
	must(t, err, "ReadFile")
	if out, err := program("backup", "--data", data, filepath.Join(copies, "hub.db")).CombinedOutput(); err == nil {
		t.Errorf("hub backup wrote over a file: %s", out)
	}
	if after, err := os.ReadFile(filepath.Join(copies, "hub.db")); err != nil || string(after) != string(before) {
		t.Errorf("hub backup to a file that is there changed it (%v)", err)
	}
	crowd.close()
	hub.stop(t)

	// A hub can use the folder with the copy: people who had sent see the confirmation, and the
	// others go on.
	hub = startHub(t, copies, firstDay)
	crowd.set(hub.base)
	base := "/apply/" + form.ID
	must(t, sent.confirm(sent.expect(base, nil, 200, base+"/sent")), "seeing the confirmation again")
	must(t, open.send(form), "sending what was a draft when the copy was made")
	hub.stop(t)
	wantReceived(t, database(copies), map[string]string{"marker-sent": crowd.references(0)["marker-sent"], "marker-open": crowd.references(0)["marker-open"]})
}

// A hub makes a database only if it is told to, replaces none, and does not start with one that it
// cannot read. "copied" is never printed for an unreadable copy.
func TestDatabase(t *testing.T) {
	data := t.TempDir()
	file := database(data)
	refused := func(t *testing.T, want string, args ...string) {
		t.Helper()
		out, err := program(args...).CombinedOutput()
		if err == nil || !strings.Contains(string(out), want) || strings.Contains(string(out), "copied") || strings.Contains(string(out), "The site") {
			t.Errorf("hub %v: %v\n%s", args, err, out)
		}
	}
	serve := []string{"serve", "--addr", "localhost:0", "--outbox", "localhost:0", "--data", data, "--content", "../../content", "--modules", "../../node_modules"}
	refused(t, "there is no database "+file+": if this is a new hub, say so with --new", serve...)
	refused(t, "there is no database", "backup", "--data", data, filepath.Join(data, "copy.db"))
	if _, err := os.Stat(file); err == nil {
		t.Fatal("a database was made without --new")
	}
	must(t, os.WriteFile(file, nil, 0o600), "WriteFile")
	refused(t, "the file is empty", append(serve, "--new")...)
	refused(t, "the file is empty", "backup", "--data", data, filepath.Join(data, "copy.db"))
	must(t, os.Remove(file), "Remove")

	hub := startHub(t, data, firstDay) // with --new
	crowd := newCrowd(t, 1)
	crowd.set(hub.base)
	crowd.come(4)
	crowd.references(6)
	crowd.close()
	hub.stop(t)
	copied := filepath.Join(data, "copy.db")
	out, err := program("backup", "--data", data, copied).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "and read again") {
		t.Errorf("%v\n%s", err, out)
	}
	out, err = program("backup", "--verify", copied).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "copy.db is whole: ") {
		t.Errorf("%v\n%s", err, out)
	}
	before := query[string](t, file, "select id from application order by id")
	hub = startHub(t, data, firstDay)
	hub.stop(t)
	if after := query[string](t, file, "select id from application order by id"); !slices.Equal(before, after) {
		t.Errorf("with --new, there were %d records and are %d", len(before), len(after))
	}

	// A document that is not one.
	db, err := sql.Open("sqlite", copied)
	must(t, err, "Open")
	reference := query[string](t, copied, "select id from application where status = 'received'")[0]
	_, err = db.Exec("update application set data = x'7b00' where id = ?", reference)
	must(t, errors.Join(err, db.Close()), "Exec")
	refused(t, "cannot be read: "+reference, "backup", "--verify", copied)
	must(t, errors.Join(os.Remove(file), os.Rename(copied, file)), "Rename")
	refused(t, "cannot be read: "+reference, serve...)
	refused(t, "cannot be read: "+reference, "backup", "--data", data, copied)

	// A file that is half gone.
	info, err := os.Stat(file)
	must(t, err, "Stat")
	must(t, os.Truncate(file, info.Size()/2), "Truncate")
	refused(t, "damaged: ", serve...)
	refused(t, "damaged: ", append(serve, "--damaged")...)
	refused(t, "damaged: ", "backup", "--verify", file)
	if _, err := os.Stat(copied); err == nil {
		t.Error("a copy of a damaged database is there")
	}
}

// TestCopyPutBackWhileRunning: the database is replaced with a copy while the hub runs. It reports
// that instead of confirming what would be lost, and serves the copy when it is started again.
func TestCopyPutBackWhileRunning(t *testing.T) {
	t.Parallel()
	data, copied := t.TempDir(), filepath.Join(t.TempDir(), "hub.db")
	hub := startHub(t, data, firstDay)
	crowd := newCrowd(t, 1)
	crowd.set(hub.base)
	def := crowd.forms[0]
	sent, late := crowd.person("marker-sent"), crowd.person("marker-late")
	for _, p := range []*person{sent, late} {
		must(t, p.begin(def), "applying")
		must(t, p.fill(def), "applying")
	}
	must(t, sent.send(def), "sending")
	if out, err := program("backup", "--data", data, copied).CombinedOutput(); err != nil {
		t.Fatalf("hub backup: %v\n%s", err, out)
	}
	must(t, os.Rename(copied, database(data)), "putting the copy back")
	a, err := late.request("/apply/"+def.ID+"/declarations", late.declarations(def))
	must(t, err, "sending")
	if a.status < 500 || shownReference.MatchString(a.body) {
		t.Errorf("sent into a file that is gone: status %d, %s", a.status, a.path)
	}
	health, err := late.request("/health", nil)
	must(t, err, "asking for its health")
	if health.status != http.StatusServiceUnavailable {
		t.Errorf("the hub says that it is well: %d %s", health.status, health.body)
	}
	must(t, hub.cmd.Process.Signal(os.Interrupt), "stopping the hub")
	hub.wait(t)
	if !strings.Contains(hub.log.String(), "another file stands in the place of the database") {
		t.Errorf("the log does not say why:\n%s", hub.log.String())
	}
	for _, more := range []string{"-wal", "-shm"} { // as docs/server.md says
		os.Remove(database(data) + more)
	}
	hub = startHub(t, data, firstDay)
	crowd.set(hub.base)
	must(t, late.send(def), "sending again")
	hub.stop(t)
	wantReceived(t, database(data), crowd.references(2))
}
