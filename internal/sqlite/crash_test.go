package sqlite

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"traininghub/internal/record"
)

// crashFile names the file for a process that TestKilled starts.
const crashFile = "SQLITE_TEST_CRASH_FILE"

func TestMain(m *testing.M) {
	if file := os.Getenv(crashFile); file != "" {
		fmt.Fprintln(os.Stderr, writeUntilKilled(file))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// twin ends the ID of a record that is always written together with another.
const twin = "-twin"

// writeUntilKilled creates and updates records from several goroutines, half of them each with its
// twin, and prints a line "ID VERSION" when a write is answered. It returns only with an error.
func writeUntilKilled(file string) error {
	s, err := Open(file, Options{BusyTimeout: time.Minute})
	if err != nil {
		return err
	}
	failed := make(chan error)
	for i := range 6 {
		go func() {
			for n := 0; ; n++ {
				id := fmt.Sprintf("%d-%d-%d", os.Getpid(), i, n)
				for version := int64(0); version < 4; version++ {
					r := record.Record{Kind: "sample", ID: id, Version: version, Data: crashData(id, version+1)}
					write := s.Update
					if version == 0 {
						write = s.Create
					}
					if i%2 == 1 {
						write = func(ctx context.Context, r record.Record) error {
							other := r
							other.ID += twin
							other.Data = crashData(other.ID, version+1)
							return s.UpdateAll(ctx, r, other)
						}
					}
					if err := write(context.Background(), r); err != nil {
						failed <- err
					}
					// One system call, so that a line is either printed or not.
					os.Stdout.WriteString(fmt.Sprintln(id, version+1))
				}
			}
		}()
	}
	return <-failed
}

// wantTwins checks that twins have the same version, whatever was answered.
func wantTwins(t *testing.T, s record.Store) {
	t.Helper()
	must(t, record.Each(t.Context(), s, func(e record.Record) error {
		id, is := strings.CutSuffix(e.ID, twin)
		var program, writer, n int
		if _, err := fmt.Sscanf(id, "%d-%d-%d", &program, &writer, &n); err != nil || !is && writer%2 == 0 {
			return err
		}
		one, err := s.Get(t.Context(), id)
		other, err2 := s.Get(t.Context(), id+twin)
		if err := errors.Join(err, err2); err != nil || one.Version != other.Version ||
			!bytes.Equal(other.Data, crashData(id+twin, other.Version)) {
			t.Errorf("%s has version %d and its twin %d (%v)", id, one.Version, other.Version, err)
		}
		return nil
	}), "Each")
}

// crashData is what this version of a record must hold.
func crashData(id string, version int64) []byte {
	return bytes.Repeat(fmt.Appendf(nil, "%s version %d\n", id, version), 200)
}

// Programs that write to one file are killed at any moment, even while they open it. What was
// answered is there afterwards, wholly, and the file is sound. (Since the machine does not fail,
// this proves the order of answer and commit, not the flush; for that see TestSettings.)
func TestKilled(t *testing.T) {
	const rounds, programs = 30, 2
	file := newFile(t)
	answered := make(map[string]int64) // the last version of each ID, over all rounds
	for range rounds {
		var mu sync.Mutex
		var all sync.WaitGroup
		// Most programs die amid their writes, a few before they have opened the file.
		lines := rand.IntN(150)
		for range programs {
			all.Go(func() {
				child := exec.Command(os.Args[0])
				child.Env = append(os.Environ(), crashFile+"="+file)
				var stderr bytes.Buffer
				child.Stderr = &stderr
				out, err := child.StdoutPipe()
				if err == nil {
					err = child.Start()
				}
				if err != nil {
					t.Error(err)
					return
				}
				kill := func() {
					time.Sleep(time.Duration(rand.IntN(5_000)) * time.Microsecond)
					child.Process.Kill()
				}
				if lines < 10 {
					go kill()
				}
				seen := 0
				for in := bufio.NewScanner(out); in.Scan(); seen++ {
					var id string
					var version int64
					if _, err := fmt.Sscan(in.Text(), &id, &version); err != nil {
						t.Errorf("a program printed %q", in.Text())
					}
					mu.Lock()
					answered[id] = max(answered[id], version)
					mu.Unlock()
					if seen == lines {
						go kill()
					}
				}
				child.Wait()
				if stderr.Len() > 0 {
					t.Errorf("a program failed before it was killed: %s", stderr.Bytes())
				}
			})
		}
		all.Wait()

		s, err := Open(file, Options{})
		must(t, err, "opening the file after a crash")
		for id, version := range answered {
			r, err := s.Get(t.Context(), id)
			switch {
			case errors.Is(err, record.ErrNotFound):
				t.Errorf("%s version %d was answered and is lost", id, version)
			case err != nil:
				t.Errorf("Get(%q): %v", id, err)
			case r.Version < version:
				t.Errorf("%s has version %d, but %d was answered", id, r.Version, version)
			case !bytes.Equal(r.Data, crashData(id, r.Version)):
				t.Errorf("%s version %d holds other data", id, r.Version)
			}
		}
		wantTwins(t, s)
		must(t, s.Close(), "Close")
	}
	if len(answered) < rounds {
		t.Errorf("only %d records were answered in %d rounds: the test tests too little", len(answered), rounds)
	}
	wantSound(t, openStore(t, file))
}
