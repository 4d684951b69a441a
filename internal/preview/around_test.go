package preview

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"traininghub/internal/source"
)

// counted is a folder that counts what is read of it.
type counted struct {
	fs.FS
	reads int
}

func (c *counted) ReadFile(name string) ([]byte, error) {
	c.reads++
	return fs.ReadFile(c.FS, name)
}

func (c *counted) Stat(name string) (fs.FileInfo, error) { return fs.Stat(c.FS, name) }

// TestRemembered changes a few files at random, again and again and as quickly as it can, mostly
// without changing their length. What is remembered of a file must never be out of date, and
// unchanged files must not be read again.
func TestRemembered(t *testing.T) {
	dir, r := t.TempDir(), rand.New(rand.NewPCG(5, 6))
	path := func(i int) string { return filepath.Join(dir, fmt.Sprint(i)) }
	write := func(name string) {
		t.Helper()
		if err := os.WriteFile(name, fmt.Append(nil, 100+r.IntN(900)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-time.Hour)
	const files = 8
	for i := range files {
		write(path(i))
	}
	c := &counted{FS: source.Dir(dir)}
	var last *remembered
	for n := range 1000 {
		name := path(r.IntN(files))
		switch r.IntN(8) {
		case 0:
			if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
		case 1: // as an editor saves it
			write(name + "-new")
			if err := os.Rename(name+"-new", name); err != nil {
				t.Fatal(err)
			}
		case 2: // as an archive is unpacked
			write(name)
			if err := os.Chtimes(name, long, long); err != nil {
				t.Fatal(err)
			}
		case 3, 4, 5:
			write(name)
		}
		last = remember(c, last)
		for i := range files {
			got, err := last.ReadFile(fmt.Sprint(i))
			want, wrong := os.ReadFile(path(i))
			if (err == nil) != (wrong == nil) || !bytes.Equal(got, want) {
				t.Fatalf("after change %d, file %d is %q (%v), want %q (%v)", n, i, got, err, want, wrong)
			}
		}
	}
	for i := range files {
		write(path(i))
	}
	for c.reads = 1; c.reads > 0; { // until all have been there for a moment
		c.reads = 0
		last = remember(c, last)
		for i := range files {
			if _, err := last.ReadFile(fmt.Sprint(i)); err != nil {
				t.Fatal(err)
			}
		}
	}
}
