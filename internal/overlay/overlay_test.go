package overlay

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func TestOver(t *testing.T) {
	ours := fstest.MapFS{"layout.html": {Data: []byte("ours")}, "pages/a.html": {Data: []byte("a")}, "pages/b.html": {Data: []byte("b")}}
	own := fstest.MapFS{"pages/b.html": {Data: []byte("own b")}, "pages/c.html": {Data: []byte("own c")}, "new/d.html": {Data: []byte("own d")}, Notes: {}}
	var got []string
	err := fs.WalkDir(Over(own, ours), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(Over(own, ours), name)
		got = append(got, name+"="+string(text))
		return err
	})
	want := "layout.html=ours new/d.html=own d pages/a.html=a pages/b.html=own b pages/c.html=own c"
	if err != nil || strings.Join(got, " ") != want {
		t.Errorf("%v, %v", got, err)
	}
	if err := fstest.TestFS(Over(own, ours), "layout.html", "pages/b.html", "new/d.html"); err != nil && !strings.Contains(err.Error(), Notes) {
		t.Error(err)
	}
}

// TestUpgrade goes from the first copy through an upgrade that changes the original, and further.
func TestUpgrade(t *testing.T) {
	dir := t.TempDir()
	ours := fstest.MapFS{"pages/home.html": {Data: []byte("one")}, "pages/prose.html": {Data: []byte("p")}}
	said := func(want string) {
		t.Helper()
		if got := Outdated(os.DirFS(dir), ours, "templates"); !strings.Contains(got.Error(), want) || (want == "") != (len(got) == 0) {
			t.Errorf("%v, want %q", got, want)
		}
	}
	if _, err := Copy(dir, ours, "pages/hom.html"); !errors.Is(err, ErrName) || !strings.Contains(err.Error(), "pages/home.html") {
		t.Errorf("a wrong name: %v", err)
	}
	file, err := Copy(dir, ours, "pages/home.html")
	if err != nil {
		t.Fatal(err)
	}
	said("")
	if _, err := Copy(dir, ours, "pages/home.html"); !errors.Is(err, ErrName) {
		t.Errorf("copied over one that is there: %v", err)
	}
	if err := os.WriteFile(file, []byte("my own"), 0o644); err != nil {
		t.Fatal(err)
	}
	said("")
	ours["pages/home.html"] = &fstest.MapFile{Data: []byte("two")}
	said("the original has changed since this copy was made")
	if err := Note(dir, ours, "pages/home.html"); err != nil {
		t.Fatal(err)
	}
	said("")
	if err := os.WriteFile(filepath.Join(dir, "pages", "prose.html"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	said("nobody noted of which original")
	delete(ours, "pages/home.html")
	said("the program has no such template any more")
	if err := Note(dir, ours, "../x"); !errors.Is(err, ErrName) {
		t.Errorf("a name that leads out: %v", err)
	}
}
