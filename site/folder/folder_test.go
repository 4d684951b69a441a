package folder

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"traininghub/internal/parallel"
	"traininghub/site/folder/foldertest"
)

func output(texts map[string]string) map[string][]byte {
	out := map[string][]byte{}
	for name, text := range texts {
		out[name] = []byte(text)
	}
	return out
}

// writeAll brings the folder dir up to date with files, by their path in it.
func writeAll(dir string, files map[string][]byte) (Changed, error) {
	w, err := Open(dir)
	if err != nil {
		return Changed{}, err
	}
	names := slices.Collect(maps.Keys(files))
	parallel.Do(len(names), func(i int) { w.Add(names[i], files[names[i]]) })
	return w.Commit()
}

func mustWrite(t *testing.T, dir string, texts map[string]string) Changed {
	t.Helper()
	c, err := writeAll(dir, output(texts))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// holds checks that the folder has these files and, for the hub itself, the list of those it made.
func holds(t *testing.T, dir string, want map[string]string, made ...string) {
	t.Helper()
	want = maps.Clone(want)
	slices.Sort(made)
	want[manifest] = strings.Join(made, "\n") + "\n"
	if got := foldertest.Read(t, dir); !maps.Equal(got, want) {
		t.Errorf("the folder has\n%q\nwant\n%q", got, want)
	}
}

func TestWriteChanges(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "public")
	first := map[string]string{"index.html": "home", "a/index.html": "a", "b/c/index.html": "c",
		"assets/site-1.css": "css"}
	if c := mustWrite(t, dir, first); len(c.Written) != 4 || len(c.Removed) != 0 {
		t.Errorf("first: %+v", c)
	}
	holds(t, dir, first, "index.html", "a/index.html", "b/c/index.html", "assets/site-1.css")

	before := foldertest.Stamps(t, dir)
	if c := mustWrite(t, dir, first); c.Written != nil || c.Removed != nil {
		t.Errorf("again: %+v", c)
	}
	if after := foldertest.Stamps(t, dir); !maps.Equal(before, after) {
		t.Errorf("nothing changed, but files were written: %v, then %v", before, after)
	}

	second := map[string]string{"index.html": "home", "a/index.html": "A", "assets/site-2.css": "css!"}
	c := mustWrite(t, dir, second)
	if !slices.Equal(c.Written, []string{"a/index.html", "assets/site-2.css"}) ||
		!slices.Equal(c.Removed, []string{"assets/site-1.css", "b/c/index.html"}) {
		t.Errorf("second: %+v", c)
	}
	holds(t, dir, second, "index.html", "a/index.html", "assets/site-2.css")
	if after := foldertest.Stamps(t, dir); after["index.html"] != before["index.html"] ||
		after["a/index.html"] == before["a/index.html"] {
		t.Error("index.html was written, or a/index.html was not")
	}
	if _, err := os.Stat(filepath.Join(dir, "b")); !os.IsNotExist(err) {
		t.Errorf("the folder b is empty and still there: %v", err)
	}
}

func TestWriteKeepsForeignFiles(t *testing.T) {
	dir := t.TempDir()
	mustWrite(t, dir, map[string]string{"index.html": "home", "a/index.html": "a"})
	for _, name := range []string{"CNAME", "a/notes.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	mustWrite(t, dir, map[string]string{"index.html": "home"})
	holds(t, dir, map[string]string{"index.html": "home", "CNAME": "mine", "a/notes.txt": "mine"}, "index.html")

	// A page with the path of such a file is refused, and nothing else is written either.
	_, err := writeAll(dir, output(map[string]string{"index.html": "new", "CNAME": "page"}))
	if err == nil || !strings.Contains(err.Error(), "CNAME is in the way") {
		t.Errorf("a foreign file is to be overwritten: error %v", err)
	}
	holds(t, dir, map[string]string{"index.html": "home", "CNAME": "mine", "a/notes.txt": "mine"}, "index.html")
}

func TestWriteRefusesForeignFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "thesis.doc"), []byte("years of work"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := writeAll(dir, output(map[string]string{"index.html": "home"})); err == nil ||
		!strings.Contains(err.Error(), "the hub did not make") {
		t.Errorf("a folder with files in it: error %v", err)
	}
	if got := foldertest.Read(t, dir); len(got) != 1 || got["thesis.doc"] != "years of work" {
		t.Errorf("the folder has %q", got)
	}
}

// TestWriteStaysInside: a list that somebody tampered with removes nothing outside the folder.
func TestWriteStaysInside(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "public")
	mustWrite(t, dir, map[string]string{"index.html": "home"})
	outside := filepath.Join(parent, "outside")
	if err := os.MkdirAll(outside, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(outside, "x"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, manifest), []byte("index.html\n../outside/x\n"+outside+"/x\nlink/x\n"),
		0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := writeAll(dir, output(map[string]string{"index.html": "home"})); err == nil {
		t.Error("a file behind a link that leads out of the folder was removed")
	}
	if _, err := os.Stat(filepath.Join(outside, "x")); err != nil {
		t.Errorf("the file outside: %v", err)
	}
}

// TestWriteFails makes a Write fail while it writes new files. A name that the disk refuses stands
// for a full disk. The site stays unchanged, down to the inodes.
func TestWriteFails(t *testing.T) {
	dir := t.TempDir()
	old := map[string]string{"index.html": "home", "a/index.html": "a"}
	mustWrite(t, dir, old)
	before := foldertest.Stamps(t, dir)
	_, err := writeAll(dir, output(map[string]string{"index.html": "new", strings.Repeat("x", 300) + ".html": "new"}))
	if err == nil {
		t.Fatal("a file with a name of 300 letters was written")
	}
	if after := foldertest.Stamps(t, dir); !maps.Equal(before, after) {
		t.Errorf("the site changed: %v, then %v", before, after)
	}
}

// TestWriteKilled begins with what a killed Write leaves: only its staging folder, if it was the
// first; otherwise a list with old and new files, some of them in place.
func TestWriteKilled(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, staging), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{staging + "/0": "half", staging + "-list": "a"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	first := map[string]string{"index.html": "home", "old.html": "old"}
	mustWrite(t, dir, first)
	holds(t, dir, first, "index.html", "old.html")

	// It was killed between renames: the list has both names, new.html is in place, and old.html is
	// not removed yet.
	for name, text := range map[string]string{manifest: "index.html\nnew.html\nold.html\n", "new.html": "new"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	second := map[string]string{"index.html": "home 2", "new.html": "new"}
	mustWrite(t, dir, second)
	holds(t, dir, second, "index.html", "new.html")
}

// TestWriteTwice: of two Writes at once each makes its whole site, and the later one's stays.
func TestWriteTwice(t *testing.T) {
	dir := t.TempDir()
	for range 20 {
		var sites [2]map[string]string
		var errs [2]error
		var both sync.WaitGroup
		for i := range sites {
			sites[i] = map[string]string{}
			for j := range 100 {
				sites[i][fmt.Sprintf("%d/%d.html", j%10, j)] = fmt.Sprint(i)
			}
			both.Go(func() { _, errs[i] = writeAll(dir, output(sites[i])) })
		}
		both.Wait()
		got := foldertest.Read(t, dir)
		delete(got, manifest)
		if errs != [2]error{} || !maps.Equal(got, sites[0]) && !maps.Equal(got, sites[1]) {
			t.Fatalf("errors %v, and the site is %v", errs, got)
		}
	}
}

// TestWriteLeft: what a killed Write left is removed even if there is nothing to write. If the disk
// refuses every file, the error names only a few of them.
func TestWriteLeft(t *testing.T) {
	dir := t.TempDir()
	texts := map[string]string{"index.html": "home"}
	mustWrite(t, dir, texts)
	if err := os.Mkdir(filepath.Join(dir, staging), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{staging + "/0", nextList} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	mustWrite(t, dir, texts)
	holds(t, dir, texts, "index.html")
	out := map[string][]byte{}
	for i := range 100 {
		out[strings.Repeat("x", 300+i)] = nil
	}
	if _, err := writeAll(dir, out); err == nil || strings.Count(err.Error(), "\n") >= mostErrs {
		t.Errorf("a disk that refuses every file: %v", err)
	}
}

// TestStamps: a file that is as Add left it is not read again. Any other is written again, however
// soon after it was changed, and whatever its size.
func TestStamps(t *testing.T) {
	dir := t.TempDir()
	long := time.Now().Add(-time.Hour)
	add := func() (stamp Stamp) {
		t.Helper()
		w, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		stamp = w.Add("index.html", []byte("home"))
		w.Add("other.html", fmt.Append(nil, time.Now().UnixNano())) // so that there is a new list
		if _, err := w.Commit(); err != nil {
			t.Fatal(err)
		}
		return stamp
	}
	has := func(stamp Stamp) bool {
		t.Helper()
		w, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Abandon()
		return w.Has("index.html", stamp)
	}
	home := filepath.Join(dir, "index.html")
	change := func(text string, at time.Time) {
		t.Helper()
		if err := os.Remove(home); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if err := os.WriteFile(home, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(home, at, at); err != nil {
			t.Fatal(err)
		}
	}
	if stamp := add(); has(stamp) {
		t.Error("a file that was written in the moment of the list may have been changed since")
	}
	change("home", long)
	if stamp := add(); !has(stamp) || has(Stamp{}) {
		t.Error("a file that nobody changed is not known again, or is by no stamp")
	}
	for _, c := range []struct {
		text string
		at   time.Time
	}{{"HOME", long.Add(1)}, {"home!", long}, {"", long}, {"home", time.Now()}} {
		change("home", long)
		stamp := add()
		change(c.text, c.at)
		if has(stamp) {
			t.Errorf("%q of %v counted as unchanged", c.text, c.at)
		}
		if add(); string(must(os.ReadFile(home))) != "home" {
			t.Errorf("%q of %v stayed", c.text, c.at)
		}
	}
	// On a disk that counts whole seconds, a change can be noticed only after two seconds.
	change("home", time.Now().Add(-time.Second).Truncate(time.Second))
	if stamp := add(); has(stamp) {
		t.Error("a file of this second counts as unchanged on a disk that counts whole seconds")
	}
	change("home", long.Truncate(time.Second))
	stamp := add()
	if !has(stamp) {
		t.Error("a file of an hour ago does not count as unchanged on a disk that counts whole seconds")
	}
	if err := os.Remove(home); err != nil {
		t.Fatal(err)
	}
	if has(stamp) {
		t.Error("a missing file counts as unchanged")
	}
}

func must(data []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return data
}
