package source

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/fstest"
)

// hostile is a folder with things that no editor means to put there. The names map to the expected
// errors; ordinary files have none.
func hostile(t *testing.T) (string, map[string]error) {
	t.Helper()
	dir, outside := filepath.Join(t.TempDir(), "content"), t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	file := func(name, text string) error { return os.WriteFile(name, []byte(text), 0o644) }
	sparse := func(name string, size int64) error {
		f, err := os.Create(name)
		if err != nil {
			return err
		}
		return errors.Join(f.Truncate(size), f.Close())
	}
	for _, err := range []error{
		os.MkdirAll(in("pages"), 0o755), file(in("pages/home.md"),
			"home"), file(filepath.Join(outside, "secret"), "secret"),
		os.Symlink("home.md", in("pages/start.md")), os.Symlink("pages",
			in("texts")), sparse(in("pages/large.md"), maxAny),
		syscall.Mkfifo(in("pipe.md"), 0o600), syscall.Mkfifo(in("courses"), 0o600), os.Symlink("../pipe.md",
			in("pages/pipe.md")),
		sparse(in("huge.png"), 1<<30), os.Symlink("/dev/zero", in("zero.md")), os.Symlink("../../outside",
			in("nowhere.md")),
		os.Symlink(filepath.Join(outside, "secret"), in("secret.md")), os.Symlink(outside,
			in("letters")), os.Symlink("loop.md", in("loop.md")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	socket, err := net.Listen("unix", in("socket.md"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	return dir, map[string]error{
		"pages/home.md": nil, "pages/start.md": nil, "texts/home.md": nil, "pages/large.md": nil,
		"pipe.md": ErrNotAFile, "courses": ErrNotAFile, "pages/pipe.md": ErrNotAFile, "texts/pipe.md": ErrNotAFile, "socket.md": ErrNotAFile,
		"huge.png": ErrTooLarge, "zero.md": ErrOutside, "secret.md": ErrOutside, "letters": ErrOutside, "letters/secret": ErrOutside,
		"nowhere.md": ErrOutside, "loop.md": syscall.ELOOP, "missing.md": fs.ErrNotExist, "../outside": fs.ErrInvalid, "pages": syscall.EISDIR,
		"courses/any.md": syscall.ENOTDIR, "texts/start.md": nil, "pages/missing.md": fs.ErrNotExist, "pages/home.md/x.md": syscall.ENOTDIR,
	}
}

func TestDir(t *testing.T) {
	name, want := hostile(t)
	files := Dir(name)
	for name, err := range want {
		text, got := fs.ReadFile(files, name)
		if !errors.Is(got, err) || (got == nil) != (err == nil) {
			t.Errorf("reading %s: %v, want %v", name, got, err)
		}
		if got != nil && text != nil {
			t.Errorf("reading %s: %d bytes with its error", name, len(text))
		}
		if name == "pages" {
			continue
		}
		if f, got := files.Open(name); !errors.Is(got, err) || (got == nil) != (err == nil) {
			t.Errorf("opening %s: %v, want %v", name, got, err)
		} else if got == nil {
			f.Close()
		}
	}
	for _, name := range []string{"courses", "letters", "pages/home.md"} {
		if entries, err := fs.ReadDir(files, name); err == nil {
			t.Errorf("%s is listed as a folder: %v", name, entries)
		}
	}
	pages, err := fs.Sub(files, "pages")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := fs.ReadFile(pages, "home.md"); string(text) != "home" || err != nil {
		t.Errorf("home.md is %q, %v", text, err)
	}
	if _, err := fs.ReadFile(Dir(filepath.Join(name, "missing")), "site.yaml"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("reading from a folder that is missing: %v", err)
	}
	for name, err := range map[string]error{"pipe.md": ErrNotAFile, "zero.md": ErrOutside, "pages/large.md": nil} {
		_, faults := Read(files, "content", name)
		if len(faults) != 1 || faults[0].Do == "" || err != nil &&
			faults[0].What != "this is no file that can be read: "+err.Error() &&
			faults[0].What != "this cannot be read: "+err.Error() {
			t.Errorf("%s: %v", name, faults)
		}
	}
}

// TestDirFS: an ordinary folder reads like any other file system.
func TestDirFS(t *testing.T) {
	dir := t.TempDir()
	for _, err := range []error{os.MkdirAll(filepath.Join(dir, "a", "b"),
		0o755), os.WriteFile(filepath.Join(dir, "a", "b", "c.md"), []byte("c"), 0o644),
		os.WriteFile(filepath.Join(dir, "d"), nil, 0o644)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := fstest.TestFS(Dir(dir), "a/b/c.md", "d"); err != nil {
		t.Error(err)
	}
}
