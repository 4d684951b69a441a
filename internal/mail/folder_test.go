package mail

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func openFolder(t *testing.T) (*Folder, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data", "outbox")
	f, err := OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	f.Now = clock
	return f, dir
}

func TestFolderWritesTheSameMessage(t *testing.T) {
	f, dir := openFolder(t)
	if err := f.Send(t.Context(), letter()); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "CC-7K3M.application-to-lead.1-hub.example.org-f663ec5c.eml")
	raw, err := os.ReadFile(name)
	if err != nil {
		entries, _ := os.ReadDir(dir)
		t.Fatalf("%v in %v", err, entries)
	}
	arrived(t, raw)
	for path, want := range map[string]fs.FileMode{dir: 0o700 | fs.ModeDir, name: 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("mode of %s is %v, want %v (%v)", filepath.Base(path), info.Mode(), want, err)
		}
	}
}

func TestFolderReplacesAMessageSentAgain(t *testing.T) {
	f, dir := openFolder(t)
	first, other := letter(), letter()
	other.ID = "<CC-7K3M.application-to-lead/1@hub.example.org>" // the same but for what a name cannot hold
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if err := errors.Join(f.Send(t.Context(), first), f.Send(t.Context(), other)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("%d files of 2 messages: %v (%v)", len(entries), entries, err)
	}
	for _, e := range entries {
		raw, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(raw), first.ID) && !strings.Contains(string(raw), other.ID) {
			t.Errorf("%s is not whole", e.Name())
		}
	}
}

func TestFolderNames(t *testing.T) {
	seen := map[string]string{}
	for _, id := range []string{"<a@example.org>", "<A@example.org>", "<../../etc/passwd@example.org>",
		"<.hidden@example.org>", "<-rf@example.org>", "<" + strings.Repeat("long", 100) + "@example.org>",
		"<" + strings.Repeat("long", 101) + "@example.org>", "<@>"} {
		name := fileName(id)
		if !named().MatchString(name) || len(name) > 120 || filepath.Base(name) != name {
			t.Errorf("%s gives the name %q", id, name)
		}
		if seen[name] != "" {
			t.Errorf("%s and %s have the name %q", id, seen[name], name)
		}
		seen[name] = id
	}
}

func TestFolderLeftovers(t *testing.T) {
	f, dir := openFolder(t)
	old, young := filepath.Join(dir, leftover+"OLD"), filepath.Join(dir, leftover+"YOUNG")
	for _, name := range []string{old, young} {
		if err := os.WriteFile(name, []byte("half a mess"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(old, long, long); err != nil {
		t.Fatal(err)
	}
	if err := f.Send(t.Context(), letter()); err != nil {
		t.Fatal(err)
	}
	names, err := f.names()
	if err != nil || len(names) != 1 {
		t.Errorf("listed: %v (%v)", names, err)
	}
	if _, err := OpenFolder(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what a crash has left is still there (%v)", err)
	}
	if _, err := os.Stat(young); err != nil {
		t.Errorf("what another program is writing is gone: %v", err)
	}
}

func TestFolderCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenFolder(filepath.Join(file, "outbox")); err == nil {
		t.Error("a folder was opened below a file")
	}
	f, dir := openFolder(t)
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	err := f.Send(t.Context(), letter())
	wantError(t, err, "mail: cannot write into the folder for letters: no such file or directory", false)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v hides its cause", err)
	}
}

func TestFolderRefuses(t *testing.T) {
	f, dir := openFolder(t)
	m := letter()
	m.To = "nobody"
	wantError(t, f.Send(t.Context(), m), "mail: the message has no valid address", true)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wantError(t, f.Send(ctx, letter()), "mail: stopped: context canceled", false)
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("files after errors: %v (%v)", entries, err)
	}
}

func TestFolderListsTheNewestFirst(t *testing.T) {
	f, dir := openFolder(t)
	var want []string
	for i, id := range []string{"<b@example.org>", "<c@example.org>", "<a@example.org>"} {
		m := letter()
		m.ID = id
		if err := f.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		at := sentAt.Add(time.Duration(i) * time.Minute)
		if err := os.Chtimes(filepath.Join(dir, fileName(id)), at, at); err != nil {
			t.Fatal(err)
		}
		want = append([]string{fileName(id)}, want...)
	}
	if got, err := f.names(); err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v (%v), want %v", got, err, want)
	}
}
