package site

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// TestSlips makes the slips of testdata/slips in the small hub, one after the other, and checks
// what an editor is told about each. A slip that is not noticed is listed as such. The first lines
// of slips/guide.txt say how slips are written.
func TestSlips(t *testing.T) {
	hub := readArchive(t, "testdata/hub.txt")
	files, err := filepath.Glob("testdata/slips/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no slips", err)
	}
	var cache Cache
	count := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		head, rest, _ := strings.Cut(string(data), "\n\n# ")
		again := head + "\n"
		for slip := range strings.SplitSeq(rest, "\n\n# ") {
			count++
			made, said, _ := strings.Cut(strings.TrimSuffix(slip, "\n")+"\n", "\n> ")
			want := "> " + strings.TrimSuffix(said, "\n") + "\n"
			made = strings.TrimSuffix(made, "\n") + "\n"
			got := "> nothing\n"
			if found := slipped(t, &cache, hub.fs(), made); found != "" {
				got = "> " + strings.ReplaceAll(found, "\n", "\n> ") + "\n"
			}
			again += "\n# " + made + got
			if got != want && !*update {
				t.Errorf("%s: %s\ngot\n%s\nwant\n%s", file, made, got, want)
			}
		}
		if *update {
			if err := os.WriteFile(file, []byte(again), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if count != 323 {
		t.Errorf("there are %d slips", count)
	}
}

// slipped makes the changes of a slip, whose first line is a remark, and returns what editors are
// told.
func slipped(t *testing.T, cache *Cache, content fstest.MapFS, slip string) string {
	t.Helper()
	file, changes := "", ""
	put := func() {
		switch verb, name, spaced := strings.Cut(file, " "); {
		case file == "":
		case !spaced:
			content[file] = &fstest.MapFile{Data: []byte(change(t, string(content[file].Data), changes))}
		case verb == "drop":
			delete(content, name)
		case verb == "new":
			text := strings.ReplaceAll("\n"+changes, "\n+ ", "\n")
			content[name] = &fstest.MapFile{Data: []byte(text[1:])}
		}
	}
	_, slip, _ = strings.Cut(slip, "\n")
	for line := range strings.Lines(slip) {
		if strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "+ ") {
			changes += line
			continue
		}
		put()
		file, changes = strings.TrimSuffix(line, "\n"), ""
	}
	put()
	s, faults := cache.Load(drafted(content))
	if s != nil {
		_, faults = s.Render(t.Context(), day)
	}
	return faults.Error()
}
