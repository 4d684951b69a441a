package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"traininghub/internal/record"
)

func TestBackupWhileWriting(t *testing.T) {
	s := openStore(t, newFile(t))
	var mu sync.Mutex
	answered := make(map[string]int64) // versions by ID
	stop := make(chan struct{})
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				r := record.Record{Kind: "sample", ID: fmt.Sprint(i, "-", n/10), Version: int64(n % 10),
					Due: time.UnixMilli(1), Data: make([]byte, 6000)}
				write := s.Update
				if r.Version == 0 {
					write = s.Create
				}
				if err := write(t.Context(), r); err != nil {
					t.Errorf("writing: %v", err)
					return
				}
				mu.Lock()
				answered[r.ID] = r.Version + 1
				mu.Unlock()
			}
		})
	}
	folder := t.TempDir()
	for round := range 5 {
		before := make(map[string]int64)
		for len(before) < 20*(round+1) && !t.Failed() {
			mu.Lock()
			for id, version := range answered {
				before[id] = version
			}
			mu.Unlock()
		}
		file := filepath.Join(folder, fmt.Sprintf("copy %d.db", round))
		must(t, s.Backup(t.Context(), file), "Backup")
		info, err := os.Stat(file)
		must(t, err, "Stat")
		if info.Mode().Perm() != 0o600 {
			t.Errorf("the copy has mode %o, want 600", info.Mode().Perm())
		}
		clone := openStore(t, file)
		wantSound(t, clone)
		for id, version := range before {
			if r, err := clone.Get(t.Context(), id); err != nil || r.Version < version || len(r.Data) != 6000 {
				t.Errorf("the copy has version %d of %s (%v); version %d was answered before it began", r.Version, id,
					err, version)
			}
		}
		if ids, err := clone.Due(t.Context(), []record.Kind{"sample"}, time.UnixMilli(1), 1<<20); err != nil ||
			len(ids) < len(before) {
			t.Errorf("the copy has %d records due (%v), want at least %d", len(ids), err, len(before))
		}
		must(t, clone.Create(t.Context(), record.Record{Kind: "sample", ID: "new"}), "Create in the copy")
	}
	close(stop)
	all.Wait()
}

func TestBackupNeverOverwrites(t *testing.T) {
	s := openStore(t, newFile(t))
	folder := t.TempDir()
	taken := filepath.Join(folder, "taken")
	must(t, os.WriteFile(taken, nil, 0o644), "WriteFile")
	for _, file := range []string{taken, folder, fileOf(t, s)} {
		if err := s.Backup(t.Context(), file); !errors.Is(err, fs.ErrExist) {
			t.Errorf("Backup to %s, which exists: %v, want %v", file, err, fs.ErrExist)
		}
	}
	if info, err := os.Stat(taken); err != nil || info.Size() != 0 {
		t.Errorf("the file that was there has changed: %v, %v", info, err)
	}
}

// A failed backup leaves nothing that could be taken for one.
func TestBackupFails(t *testing.T) {
	s := openStore(t, newFile(t))
	folder := t.TempDir()
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Backup(cancelled, filepath.Join(folder, "copy")); !errors.Is(err, context.Canceled) {
		t.Errorf("Backup that was cancelled: %v, want %v", err, context.Canceled)
	}
	if err := s.Backup(t.Context(), filepath.Join(folder, "no", "copy")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Backup to a folder that does not exist: %v, want %v", err, fs.ErrNotExist)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
		t.Errorf("failed backups left %v (%v)", left, err)
	}
}
