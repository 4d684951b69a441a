package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	code "modernc.org/sqlite/lib"

	"traininghub/internal/record"
)

// In a store that has only a channel for writes, a caller never gets its own turn to commit.
func TestGatherTakesAllThatWait(t *testing.T) {
	for _, test := range []struct{ waiting, want int }{{1, 1}, {2, 2}, {maxGroup, maxGroup},
		{maxGroup + 10, maxGroup}} {
		synctest.Test(t, func(t *testing.T) {
			s := &Store{writes: make(chan *write)}
			for range test.waiting {
				go s.write(t.Context(), nil)
			}
			synctest.Wait()
			group := s.gather(<-s.writes)
			if len(group) != test.want {
				t.Errorf("with %d waiting, %d share a commit; want %d", test.waiting, len(group), test.want)
			}
			for rest := test.waiting - len(group); rest > 0; rest-- {
				group = append(group, <-s.writes)
			}
			for _, w := range group {
				w.answer <- nil
			}
		})
	}
}

// If a caller gives up while waiting, nothing is written. One who gives up later hears what became
// of the write.
func TestCancelledWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Store{writes: make(chan *write)}
		start := func() (cancel func(), answer chan error) {
			ctx, cancel := context.WithCancel(t.Context())
			answer = make(chan error, 1)
			go func() { answer <- s.write(ctx, nil) }()
			synctest.Wait()
			return cancel, answer
		}

		cancel, answer := start()
		cancel()
		if err := <-answer; !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled before it began: %v, want %v", err, context.Canceled)
		}
		select {
		case <-s.writes:
			t.Error("a write that had been given up was still there")
		default:
		}

		cancel, answer = start()
		w := <-s.writes
		cancel()
		synctest.Wait()
		select {
		case err := <-answer:
			t.Errorf("cancelled after it began: the caller did not wait for the answer, but got %v", err)
		default:
		}
		w.answer <- record.ErrConflict
		if err := <-answer; !errors.Is(err, record.ErrConflict) {
			t.Errorf("cancelled after it began: %v, want the write's own answer", err)
		}
	})
}

// TestFailingNeighbour: a write that fails does not harm the others in its group, whether it fails
// itself or only the commit does. What they did in the failed transaction is not done twice.
func TestFailingNeighbour(t *testing.T) {
	for name, setup := range map[string][]string{
		"fails at once": {
			`create trigger refuse before insert on application when new.course = 'refused'
				begin select raise(abort, 'refused by the test'); end`,
		},
		"fails at the commit": {
			`create table parent (id integer primary key)`,
			`create table child (parent integer references parent deferrable initially deferred)`,
			`create trigger refuse after insert on application when new.course = 'refused'
				begin insert into child values (1); end`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := openStore(t, newFile(t))
			ctx := t.Context()
			must(t, s.Create(ctx, record.Record{Kind: "sample", ID: "old"}), "Create")
			must(t, s.Create(ctx, record.Record{Kind: "sample", ID: "expired", Expires: time.UnixMilli(1)}), "Create")
			other := openRaw(t, fileOf(t, s))
			for _, statement := range setup {
				execute(t, other, statement)
			}
			execute(t, s.writer, "pragma foreign_keys = on")

			removed := 0
			create := func(r record.Record) func(*Store) error {
				return func(s *Store) error { return s.Create(ctx, r) }
			}
			update := func(r record.Record) func(*Store) error {
				return func(s *Store) error { return s.Update(ctx, r) }
			}
			calls := []struct {
				name string
				call func(*Store) error
				want error
			}{
				{"create", create(record.Record{Kind: "sample", ID: "new"}), nil},
				{"create the same", create(record.Record{Kind: "sample", ID: "new", Status: "lost"}), record.ErrExists},
				{"update", update(record.Record{Kind: "sample", ID: "old", Version: 1, Status: "updated"}), nil},
				{"the failing one", create(record.Record{Kind: "sample", ID: "failing", Course: "refused"}),
					errRefused},
				{"update the same", update(record.Record{Kind: "sample", ID: "old", Version: 1, Status: "lost"}),
					record.ErrConflict},
				{"update nothing", update(record.Record{Kind: "sample", ID: "none", Version: 1}), record.ErrNotFound},
				{"expire", func(s *Store) (err error) {
					removed, err = s.Expire(ctx, []record.Kind{"sample"}, time.UnixMilli(1), 10)
					return err
				}, nil},
				{"create the last", create(record.Record{Kind: "sample", ID: "last"}), nil},
			}
			// These calls never get their own turn to commit, so what they hand in becomes one
			// group.
			hand := *s
			hand.turn, hand.writes = make(chan struct{}, 1), make(chan *write)
			hand.turn <- struct{}{}
			answers := make([]error, len(calls))
			var group []*write
			var all sync.WaitGroup
			for i, c := range calls {
				all.Go(func() { answers[i] = c.call(&hand) })
				group = append(group, <-hand.writes)
			}
			s.commit(group)
			<-hand.turn // for the call that empties the log
			all.Wait()

			for i, c := range calls {
				if c.want == errRefused {
					if answers[i] == nil || errors.Is(answers[i], record.ErrBusy) {
						t.Errorf("%s: %v, want the constraint's error", c.name, answers[i])
					}
				} else if !errors.Is(answers[i], c.want) {
					t.Errorf("%s: %v, want %v", c.name, answers[i], c.want)
				}
			}
			if removed != 1 {
				t.Errorf("expire: removed %d, want 1", removed)
			}
			for id, want := range map[string]string{"new": "1 ", "old": "2 updated", "last": "1 "} {
				r, err := s.Get(ctx, id)
				if got := fmt.Sprint(r.Version, " ", r.Status); err != nil || got != want {
					t.Errorf("%s is %q (%v), want %q", id, got, err, want)
				}
			}
			for _, id := range []string{"failing", "expired", "none"} {
				if _, err := s.Get(ctx, id); !errors.Is(err, record.ErrNotFound) {
					t.Errorf("Get(%q): %v, want ErrNotFound", id, err)
				}
			}
		})
	}
}

var errRefused = errors.New("any error that the store has no name for")

// ErrBusy promises that nothing was written. A failed flush cannot promise it.
func TestNamed(t *testing.T) {
	for _, test := range []struct {
		err  error
		busy bool
	}{
		{codeError(code.SQLITE_FULL), true},
		{codeError(code.SQLITE_BUSY_SNAPSHOT), true},
		{codeError(code.SQLITE_IOERR_READ), true},
		{codeError(code.SQLITE_READONLY), true},
		{&commitError{codeError(code.SQLITE_FULL)}, true},
		{&commitError{codeError(code.SQLITE_IOERR_FSYNC)}, false},
		{codeError(code.SQLITE_CORRUPT), false},
		{codeError(code.SQLITE_CONSTRAINT_TRIGGER), false},
		{context.Canceled, false},
	} {
		got := named(test.err)
		if errors.Is(got, record.ErrBusy) != test.busy || !errors.Is(got, test.err) {
			t.Errorf("named(%v) = %v; want the cause in it, and ErrBusy: %t", test.err, got, test.busy)
		}
	}
}

type codeError int

func (e codeError) Error() string { return fmt.Sprint("result code ", int(e)) }
func (e codeError) Code() int     { return int(e) }

// BenchmarkUpdate: callers each update a record of 6 KB of their own as fast as they are answered.
// It is compared in turn with the same statement without groups: database/sql with one connection
// and a transaction for each write.
func BenchmarkUpdate(b *testing.B) {
	for _, callers := range []int{1, 16} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			s := openStore(b, newFile(b))
			alone := func(ctx context.Context, r record.Record) error {
				_, err := s.update.ExecContext(ctx, append(values(r), r.Version)...)
				return err
			}
			records := make([]record.Record, callers)
			for i := range records {
				records[i] = record.Record{Kind: "sample", ID: fmt.Sprint(i), Version: 1, Data: make([]byte, 6<<10)}
				must(b, s.Create(b.Context(), records[i]), "Create")
			}
			measure := func(update func(context.Context, record.Record) error, n int) time.Duration {
				var all sync.WaitGroup
				start := time.Now()
				for i := range callers {
					all.Go(func() {
						r := &records[i]
						for k := i; k < n; k += callers {
							if err := update(b.Context(), *r); err != nil {
								b.Errorf("update: %v", err)
								return
							}
							r.Version++
						}
					})
				}
				all.Wait()
				return time.Since(start)
			}
			// In turns, because the speed of a disk changes from one second to the next.
			const rounds = 8
			n := max(b.N/rounds, callers)
			var ours, peers time.Duration
			b.ResetTimer()
			for range rounds {
				ours += measure(s.Update, n)
				b.StopTimer()
				peers += measure(alone, max(n/callers, callers)) // takes about the same time
				b.StartTimer()
			}
			rate := float64(rounds*n) / ours.Seconds()
			peerRate := float64(rounds*max(n/callers, callers)) / peers.Seconds()
			b.ReportMetric(rate, "writes/s")
			b.ReportMetric(peerRate, "peer-writes/s")
			b.ReportMetric(rate/peerRate, "ratio")
		})
	}
}

// TestMoved: while another file is in the place of the database, or none, nothing is written: it
// would be lost when the program ends.
func TestMoved(t *testing.T) {
	for name, move := range map[string]func(path string) error{
		"another one in its place": func(path string) error {
			if err := os.WriteFile(path+".copy", []byte("a copy"), 0o600); err != nil {
				return err
			}
			return os.Rename(path+".copy", path)
		},
		"moved away": func(path string) error { return os.Rename(path, path+".away") },
		"removed":    os.Remove,
	} {
		path := filepath.Join(t.TempDir(), "hub.db")
		s, err := Open(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		r := record.Record{ID: "SM-2C2C-2C2C", Kind: record.Application, Data: []byte("{}")}
		if err := s.Create(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if err := move(path); err != nil {
			t.Fatal(err)
		}
		r.Version = 1
		if err := s.Update(t.Context(), r); !errors.Is(err, ErrMoved) {
			t.Errorf("%s: a write gives %v, want ErrMoved", name, err)
		}
		r.ID = "SM-3C3C-3C3C"
		if err := s.Create(t.Context(), r); !errors.Is(err, ErrMoved) {
			t.Errorf("%s: a new record gives %v, want ErrMoved", name, err)
		}
		if err := s.Delete(t.Context(), "SM-2C2C-2C2C", 1); !errors.Is(err, ErrMoved) {
			t.Errorf("%s: a removal gives %v, want ErrMoved", name, err)
		}
	}
}
