package site

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/letters"
	"traininghub/internal/source"
)

var update = flag.Bool("update", false,
	"write the faults that were found into the cases; read the diff before you keep it")

// day is a day on which the small hub's course is open.
var day = time.Date(2021, 9, 20, 12, 0, 0, 0, course.London)

func load(t testing.TB, content fstest.MapFS) (*Site, source.Faults) {
	t.Helper()
	return Load(sources(content))
}

// drafted returns sources as "hub check" and previews read them, with drafts.
func drafted(content fstest.MapFS) Sources {
	from := sources(content)
	from.Drafts = true
	return from
}

func sources(content fstest.MapFS) Sources {
	return Sources{Content: content, Templates: os.DirFS("../templates"), Modules: "../node_modules",
		Letters: letters.All()}
}

// TestFaults runs the cases of testdata/faults: changes to the small hub of testdata/hub.txt, and
// what the editor then sees. A case's files are
//
//	change FILE   lines of the hub's file to replace
//	FILE          a file to add, or to put in the place of the hub's
//	remove FILE   a file to remove
//	faults        what the editor sees
func TestFaults(t *testing.T) {
	hub := readArchive(t, "testdata/hub.txt")
	var cache Cache // making style and script anew for each case would take most of the time
	s, faults := cache.Load(drafted(hub.fs()))
	if faults != nil {
		t.Fatalf("the hub without faults has some:\n%v", faults)
	}
	if _, faults := s.Render(t.Context(), day); faults != nil {
		t.Fatalf("the hub without faults has some:\n%v", faults)
	}
	cases, err := filepath.Glob("testdata/faults/*.txt")
	if err != nil || len(cases) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			c := readArchive(t, name)
			content := hub.fs()
			var want *string
			for i, f := range c.files {
				switch verb, file, _ := strings.Cut(f.name, " "); verb {
				case "faults":
					want = &c.files[i].text
				case "change":
					if content[file] == nil {
						t.Fatalf("the hub has no file %s", file)
					}
					content[file] = &fstest.MapFile{Data: []byte(change(t, string(content[file].Data), f.text))}
				case "remove":
					delete(content, file)
				default:
					content[f.name] = &fstest.MapFile{Data: []byte(f.text)}
				}
			}
			if want == nil {
				t.Fatal("the case does not say which faults it expects")
			}
			s, faults := cache.Load(drafted(content))
			if s != nil {
				var out Output
				if out, faults = s.Render(t.Context(), day); (out == nil) != (faults.Err() != nil) {
					t.Errorf("there is a site: %v, in spite of its faults: %v", out != nil, faults.Err())
				}
			}
			got := faults.Error() + "\n"
			if *update && got != *want {
				*want = got
				if err := os.WriteFile(name, []byte(c.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got != *want {
				t.Errorf("%s\ngot\n%s\nwant\n%s", c.remark, got, *want)
			}
		})
	}
}
