package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"traininghub/internal/record"
	"traininghub/internal/sqlite"
)

// TestBackupFolder copies into a folder: each copy has its own name, old copies are removed after a
// new one was made, and other files are not touched.
func TestBackupFolder(t *testing.T) {
	data, dir := t.TempDir(), t.TempDir()
	must(t, sqlite.Make(database(data)), "making a database")
	for _, name := range []string{"hub-20000101T020000Z.db", "hub-20000102T020000Z.db", "notes.txt", "hub-20000101T020000Z.db.old"} {
		must(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600), name)
	}
	backup := func(code int, want string, args ...string) {
		t.Helper()
		out, wrong, got := calling(t, append([]string{"backup", "--data", data}, args...)...)
		if got != code || !strings.Contains(out+wrong, want) {
			t.Errorf("%q: status %d, said %q and %q, want %d and %q", args, got, out, wrong, code, want)
		}
	}
	left := func() (names []string) {
		all, err := os.ReadDir(dir)
		must(t, err, "reading the folder")
		for _, e := range all {
			names = append(names, e.Name())
		}
		return names
	}
	backup(2, "--keep says for how many days", "--keep", "never", dir)
	backup(2, "--keep says for how many days", "--keep", "30", filepath.Join(dir, "one.db"))
	backup(1, "hub-20000102T020000Z.db", "--verify", dir) // the newest is no database
	backup(0, "copied to "+dir, dir)
	if n := len(left()); n != 5 {
		t.Errorf("without --keep there are %d files: %q", n, left())
	}
	must(t, os.Remove(filepath.Join(dir, left()[3])), "removing the copy") // the next may be of the same second
	backup(0, "removed 2 copies of more than 30 days", "--keep", "30", dir)
	names := left()
	if len(names) != 3 || names[0] != "hub-20000101T020000Z.db.old" || !strings.HasPrefix(names[1], "hub-20") || !slices.Contains(names, "notes.txt") {
		t.Errorf("there are %q", names)
	}
	backup(0, names[1]+" is whole: 0 records can be read", "--verify", dir)
	backup(1, "there is no copy in", "--verify", t.TempDir())
}

// TestBackupBehind: the database behind the wall has a copy of its own, and neither database's data
// is in the other's copy.
func TestBackupBehind(t *testing.T) {
	t.Parallel()
	data, dir := t.TempDir(), t.TempDir()
	for file, kind := range map[string]record.Kind{database(data): "one", walled(data): "other"} {
		must(t, sqlite.Make(file), "making a database")
		store, err := sqlite.Open(file, sqlite.Options{})
		must(t, err, "opening it")
		must(t, store.Create(t.Context(), record.Record{ID: "marker-" + string(kind), Kind: kind, Data: []byte(`{"says":"marker ` + string(kind) + `"}`)}), "a record")
		must(t, store.Close(), "closing it")
	}
	one := filepath.Join(dir, "monday.db")
	for _, to := range []string{one, dir} {
		said, wrong, code := calling(t, "backup", "--data", data, to)
		if code != 0 || strings.Count(said, "1 records") != 2 {
			t.Errorf("backup to %s: status %d, said %q and %q", to, code, said, wrong)
		}
		said, wrong, code = calling(t, "backup", "--verify", to)
		if code != 0 || strings.Count(said, "is whole: 1 records") != 2 {
			t.Errorf("verify %s: status %d, said %q and %q", to, code, said, wrong)
		}
	}
	all, err := os.ReadDir(dir)
	must(t, err, "reading the folder")
	if len(all) != 4 {
		t.Errorf("there are %v", all)
	}
	for _, e := range all {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		must(t, err, e.Name())
		behind := strings.HasPrefix(e.Name(), "mentoring-")
		if strings.Contains(string(text), "marker other") != behind || strings.Contains(string(text), "marker one") == behind {
			t.Errorf("%s has data of the other database", e.Name())
		}
	}
	must(t, os.WriteFile(filepath.Join(dir, "mentoring-monday.db"), []byte("x"), 0o600), "breaking a copy")
	if _, _, code := calling(t, "backup", "--verify", one); code != 1 {
		t.Error("a broken copy of the database behind the wall counts as complete")
	}
}
