package site

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"testing/fstest"

	"traininghub/internal/source"
	"traininghub/site/folder"
	"traininghub/site/folder/foldertest"
	"traininghub/site/testdata/bench/synthetic"
)

// synthesized returns a synthetic hub of n courses in memory.
func synthesized(t *testing.T, n int) fstest.MapFS {
	t.Helper()
	dir := t.TempDir()
	if err := synthetic.Hub(dir, n); err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for name, text := range foldertest.Read(t, dir) {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

func mustPublish(t *testing.T, content fstest.MapFS, dir string) folder.Changed {
	t.Helper()
	s, faults := load(t, content)
	if faults != nil {
		t.Fatal(faults)
	}
	c, _, err := s.Publish(t.Context(), dir, day)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestPublish: Publish makes the same pages as Build.
func TestPublish(t *testing.T) {
	content := synthesized(t, 10)
	dir := filepath.Join(t.TempDir(), "public")
	c := mustPublish(t, content, dir)
	s, _ := load(t, content)
	out, err := s.Build(day)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for name, data := range out {
		want[name] = string(data)
	}
	got := foldertest.Read(t, dir)
	delete(got, ".hub-build")
	if !maps.Equal(got, want) {
		t.Error("Publish and Build differ")
	}
	if c.Pages != 13 || len(c.Written) != len(want) {
		t.Errorf("%d pages, %d files written; want 13 and %d", c.Pages, len(c.Written), len(want))
	}

	before := foldertest.Stamps(t, dir)
	if c := mustPublish(t, content, dir); c.Written != nil || c.Removed != nil {
		t.Errorf("nothing changed, but %+v", c)
	}
	if after := foldertest.Stamps(t, dir); !maps.Equal(before, after) {
		t.Error("nothing changed, but files were written")
	}

	// A fault, or a build that is cancelled, leaves everything as it was, even if there was
	// nothing.
	s, _ = load(t, content)
	given, cancel := context.WithCancel(t.Context())
	cancel()
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	for _, to := range []string{dir, nowhere} {
		if _, _, err := s.Publish(given, to, day); !errors.Is(err, context.Canceled) {
			t.Errorf("given up: error %v", err)
		}
	}
	content["pages/about.md"].Data = append(content["pages/about.md"].Data, "\n[nowhere](/nowhere/)\n"...)
	s, _ = load(t, content)
	for _, to := range []string{dir, nowhere} {
		if _, _, err := s.Publish(t.Context(), to, day); !errors.As(err, new(source.Faults)) {
			t.Errorf("a dead link: error %v", err)
		}
	}
	if after := foldertest.Stamps(t, dir); !maps.Equal(before, after) {
		t.Error("the site changed")
	}
	if _, err := os.Stat(nowhere); !os.IsNotExist(err) {
		t.Errorf("there is a folder for a site that was not built: %v", err)
	}
}

var title = regexp.MustCompile(`title: [A-Z].*`)

// TestPublishEdits edits a hub again and again at random. Each time the folder must be exactly what
// a clean build gives.
func TestPublishEdits(t *testing.T) {
	const courses = 12
	content := synthesized(t, courses)
	dir := t.TempDir()
	mustPublish(t, content, dir)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 15 {
		course := content[fmt.Sprintf("courses/course-%05d.md", r.IntN(courses))]
		page := fmt.Sprintf("pages/extra-%d.md", r.IntN(3))
		switch edit := r.IntN(4); edit {
		case 0:
			course.Data = fmt.Appendf(course.Data, "\nYou meet colleagues %d times.\n", i)
		case 1: // every list with the title changes too
			course.Data = title.ReplaceAll(course.Data, fmt.Appendf(nil, "title: Edited %d times", i))
		case 2:
			content[page] = &fstest.MapFile{Data: fmt.Appendf(nil,
				"---\ntitle: Extra page %d %s\ndescribe: A page that comes and goes while the tests of the generator run.\n---\nText.\n", i, page)}
		case 3:
			delete(content, page)
		}
		mustPublish(t, content, dir)
		clean := t.TempDir()
		mustPublish(t, content, clean)
		if !maps.Equal(foldertest.Read(t, dir), foldertest.Read(t, clean)) {
			t.Fatalf("after edit %d the folder is not what a clean build gives", i)
		}
	}
}

// TestBuildFails: a site with a fault is not built, so there is nothing to write.
func TestBuildFails(t *testing.T) {
	content := readArchive(t, "testdata/hub.txt").fs()
	s, _ := load(t, content)
	if _, err := s.Build(day); err != nil {
		t.Fatal(err)
	}
	content["pages/about.md"].Data = append(content["pages/about.md"].Data, "\n[nowhere](/nowhere/)\n"...)
	s, _ = load(t, content)
	if out, err := s.Build(day); err == nil || out != nil {
		t.Errorf("a site with a dead link was built: %d files, error %v", len(out), err)
	}
}
