package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
)

func TestStore(t *testing.T) {
	recordtest.TestStore(t, recordtest.Harness{
		Open: func(t *testing.T) record.Store { return openStore(t, newFile(t)) },
		Reopen: func(t *testing.T, s record.Store) record.Store {
			file := fileOf(t, s.(*Store))
			must(t, s.(*Store).Close(), "Close")
			return openStore(t, file)
		},
	})
}

// Two hubs on one file: a pair passes its calls to the two stores in turn.
func TestTwoStoresOnOneFile(t *testing.T) {
	openPair := func(t *testing.T, file string) record.Store {
		return &pair{stores: [2]*Store{openStore(t, file), openStore(t, file)}}
	}
	recordtest.TestStore(t, recordtest.Harness{
		Open: func(t *testing.T) record.Store { return openPair(t, newFile(t)) },
		Reopen: func(t *testing.T, s record.Store) record.Store {
			stores := s.(*pair).stores
			file := fileOf(t, stores[0])
			for _, s := range stores {
				must(t, s.Close(), "Close")
			}
			return openPair(t, file)
		},
	})
}

type pair struct {
	stores [2]*Store
	calls  atomic.Uint64
}

func (p *pair) next() *Store { return p.stores[p.calls.Add(1)%2] }

func (p *pair) Create(ctx context.Context, r record.Record) error { return p.next().Create(ctx, r) }
func (p *pair) Update(ctx context.Context, r record.Record) error { return p.next().Update(ctx, r) }
func (p *pair) UpdateAll(ctx context.Context, all ...record.Record) error {
	return p.next().UpdateAll(ctx, all...)
}
func (p *pair) Get(ctx context.Context, id string) (record.Record, error) {
	return p.next().Get(ctx, id)
}
func (p *pair) Delete(ctx context.Context, id string, version int64) error {
	return p.next().Delete(ctx, id, version)
}
func (p *pair) List(ctx context.Context, r record.Range) ([]record.Record, error) {
	return p.next().List(ctx, r)
}
func (p *pair) Count(ctx context.Context, r record.Range) (int, error) {
	return p.next().Count(ctx, r)
}
func (p *pair) Find(ctx context.Context, kind record.Kind, by record.Field, value string) ([]record.Record, error) {
	return p.next().Find(ctx, kind, by, value)
}
func (p *pair) Search(ctx context.Context, kind record.Kind, course string, words []string) ([]record.Cursor, error) {
	return p.next().Search(ctx, kind, course, words)
}
func (p *pair) Records(ctx context.Context, part, parts int, after string) ([]record.Record, string, error) {
	return p.next().Records(ctx, part, parts, after)
}
func (p *pair) Due(ctx context.Context, kinds []record.Kind, at time.Time, n int) ([]record.Entry, error) {
	return p.next().Due(ctx, kinds, at, n)
}
func (p *pair) Waiting(ctx context.Context, at time.Time) (map[record.Kind]int, error) {
	return p.next().Waiting(ctx, at)
}
func (p *pair) Expire(ctx context.Context, kinds []record.Kind, at time.Time, n int) (int, error) {
	return p.next().Expire(ctx, kinds, at, n)
}

func TestOpenRefuses(t *testing.T) {
	alter := func(t *testing.T, file, statement string) {
		db := openRaw(t, file)
		execute(t, db, statement)
		must(t, db.Close(), "Close")
	}
	for _, test := range []struct {
		name string
		make func(t *testing.T, file string)
		want string // in the message: what is wrong
	}{
		{"a text", func(t *testing.T, file string) {
			must(t, os.WriteFile(file, []byte(strings.Repeat("Not a database, but somebody's notes.\n", 100)), 0o644),
				"WriteFile")
		}, "file is not a database"},
		{"a database without an id", func(t *testing.T, file string) {
			alter(t, file, "create table other (x)")
		}, "another program"},
		{"a database with another id", func(t *testing.T, file string) {
			alter(t, file, "pragma application_id = 1234")
		}, "another program"},
		{"a newer format", func(t *testing.T, file string) {
			must(t, openStore(t, file).Close(), "Close")
			alter(t, file, fmt.Sprintf("pragma user_version = %d", schemaVersion+1))
		}, fmt.Sprintf("the file has format %d and this hub knows format %d", schemaVersion+1, schemaVersion)},
		{"a folder", func(t *testing.T, file string) { must(t, os.Mkdir(file, 0o755), "Mkdir") }, "unable to open"},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := newFile(t)
			test.make(t, file)
			before, _ := os.ReadFile(file)
			s, err := Open(file, Options{})
			if err == nil {
				s.Close()
				t.Fatal("Open succeeded")
			}
			if !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), file) {
				t.Errorf("Open said %q; want the file and %q in it", err, test.want)
			}
			if after, _ := os.ReadFile(file); string(after) != string(before) {
				t.Error("the file was changed")
			}
		})
	}
	if _, err := Open(filepath.Join(t.TempDir(), "no", "hub.db"), Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open in a folder that does not exist: %v, want %v", err, fs.ErrNotExist)
	}
}

// No character in a path has a special meaning, and only the owner can read what SQLite makes of
// it.
func TestOpenMakesPrivateFiles(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "a%20b?mode=memory#c&d é.db")
	s := openStore(t, file)
	must(t, s.Create(t.Context(), record.Record{Kind: "sample", ID: "r"}), "Create")
	var names []string
	entries, err := os.ReadDir(folder)
	must(t, err, "ReadDir")
	for _, e := range entries {
		info, err := e.Info()
		must(t, err, "Info")
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o, want 600", e.Name(), info.Mode().Perm())
		}
		names = append(names, e.Name())
	}
	base := filepath.Base(file)
	if got, want := strings.Join(names, " "), base+" "+base+"-shm "+base+"-wal"; got != want {
		t.Errorf("files %q, want %q", got, want)
	}
}

// The promises of "on disk" and of removal rest on these settings of the writer.
func TestSettings(t *testing.T) {
	s := openStore(t, newFile(t))
	for _, test := range []struct {
		db           *sql.DB
		pragma, want string
	}{
		{s.writer, "journal_mode", "wal"},
		{s.writer, "synchronous", "2"}, // FULL
		{s.writer, "secure_delete", "1"},
		{s.writer, "busy_timeout", "5000"},
		{s.reader, "busy_timeout", "5000"},
	} {
		var got string
		must(t, test.db.QueryRow("pragma "+test.pragma).Scan(&got), test.pragma)
		if got != test.want {
			t.Errorf("%s = %s, want %s", test.pragma, got, test.want)
		}
	}
	if _, err := s.reader.Exec("delete from application"); err == nil {
		t.Error("a connection for reading can write")
	}
}

// If another program holds a lock for too long, writes say so, nothing happens to the records, and
// reads go on.
func TestLockedFile(t *testing.T) {
	file := newFile(t)
	s, err := Open(file, Options{BusyTimeout: 20 * time.Millisecond})
	must(t, err, "Open")
	defer s.Close()
	r := record.Record{Kind: "sample", ID: "r", Version: 1, Status: "draft"}
	must(t, s.Create(t.Context(), r), "Create")

	other := openRaw(t, file)
	execute(t, other, "begin exclusive")
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			if err := s.Create(t.Context(), record.Record{Kind: "sample", ID: fmt.Sprint(i)}); !errors.Is(err,
				record.ErrBusy) {
				t.Errorf("Create in a locked file: %v, want ErrBusy", err)
			}
		})
	}
	all.Wait()
	if err := s.Update(t.Context(), record.Record{Kind: "sample", ID: "r", Version: 1,
		Status: "lost"}); !errors.Is(err, record.ErrBusy) {
		t.Errorf("Update in a locked file: %v, want ErrBusy", err)
	}
	if n, err := s.Expire(t.Context(), []record.Kind{"sample"}, time.Now(), 1); n != 0 ||
		!errors.Is(err, record.ErrBusy) {
		t.Errorf("Expire in a locked file: %d, %v, want ErrBusy", n, err)
	}
	if got, err := s.Get(t.Context(), "r"); err != nil || got.Status != "draft" || got.Version != 1 {
		t.Errorf("Get in a locked file: %+v, %v; want the record as it was", got, err)
	}

	execute(t, other, "rollback")
	must(t, s.Update(t.Context(), r), "Update after the lock is gone")
	for i := range 20 {
		must(t, s.Create(t.Context(), record.Record{Kind: "sample", ID: fmt.Sprint(i)}),
			"Create of what was refused, after the lock is gone")
	}
}

func TestClose(t *testing.T) {
	file := newFile(t)
	s := openStore(t, file)
	var created []string
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := 0; ; n++ {
				id := fmt.Sprintf("%d-%d", i, n)
				err := s.Create(t.Context(), record.Record{Kind: "sample", ID: id})
				if err != nil {
					if !errors.Is(err, record.ErrBusy) {
						t.Errorf("Create after Close: %v, want ErrBusy", err)
					}
					return
				}
				mu.Lock()
				created = append(created, id)
				mu.Unlock()
				if n == 5 && i == 0 {
					go s.Close()
				}
			}
		})
	}
	all.Wait()
	must(t, s.Close(), "closing again")
	if _, err := os.Stat(file + "-wal"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after Close the log is still there (%v)", err)
	}
	again := openStore(t, file)
	for _, id := range created {
		if _, err := again.Get(t.Context(), id); err != nil {
			t.Errorf("%s was created before Close; Get: %v", id, err)
		}
	}
}

// The file stays open for a group whose turn it is.
func TestCloseWaitsForTheGroup(t *testing.T) {
	s := openStore(t, newFile(t))
	s.turn <- struct{}{}
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	<-s.closing
	for range 1000 {
		must(t, s.transact(nil), "a transaction while Close waits")
	}
	<-s.turn
	must(t, <-closed, "Close")
}

func newFile(t testing.TB) string { return filepath.Join(t.TempDir(), "hub.db") }

func openStore(t testing.TB, file string) *Store {
	t.Helper()
	s, err := Open(file, Options{})
	must(t, err, "Open")
	t.Cleanup(func() { must(t, s.Close(), "Close") })
	return s
}

// openRaw opens the file as another program would, with one connection.
func openRaw(t testing.TB, file string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	must(t, err, "sql.Open")
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return db
}

func fileOf(t testing.TB, s *Store) (file string) {
	t.Helper()
	must(t, s.reader.QueryRow("select file from pragma_database_list").Scan(&file), "database_list")
	return file
}

// wantSound checks the file's inner structure.
func wantSound(t testing.TB, s *Store) {
	t.Helper()
	var report string
	must(t, s.reader.QueryRow("pragma integrity_check").Scan(&report), "integrity_check")
	if report != "ok" {
		t.Errorf("integrity_check: %s", report)
	}
}

func execute(t testing.TB, db *sql.DB, statement string) {
	t.Helper()
	_, err := db.Exec(statement)
	must(t, err, statement)
}

func must(t testing.TB, err error, what string) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}
