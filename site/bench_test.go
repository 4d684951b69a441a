package site

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"traininghub/internal/letters"
	"traininghub/site/testdata/bench/synthetic"
)

// BenchmarkBuild measures all of "hub build": reading and checking the content, rendering the site,
// and writing it into a folder. The folder is empty ("new"), has the same site already ("same"), or
// has the site before an edit of one course ("edit"). Only "new" has no cache of an earlier build.
func BenchmarkBuild(b *testing.B) {
	b.Run("this-site", func(b *testing.B) { benchmark(b, "../content", "") })
	for _, n := range []int{100, 1000, 10000} {
		b.Run(fmt.Sprintf("%d-courses", n), func(b *testing.B) {
			content := b.TempDir()
			if err := synthetic.Hub(content, n); err != nil {
				b.Fatal(err)
			}
			benchmark(b, content, filepath.Join(content, "courses", "course-00007.md"))
		})
	}
}

// If edit is not "", benchmark edits that file before each build.
func benchmark(b *testing.B, content, edit string) {
	kept := filepath.Join(b.TempDir(), "kept")
	measure := func(name string, out func(i int) string) {
		b.Run(name, func(b *testing.B) {
			debug.FreeOSMemory()
			resetPeak(b)
			pages := 0
			for i := 0; b.Loop(); i++ {
				if name == "new" {
					if err := os.RemoveAll(kept); err != nil {
						b.Fatal(err)
					}
				}
				pages = build(b, content, out(i), kept)
			}
			b.ReportMetric(float64(pages)*float64(b.N)/b.Elapsed().Seconds(), "pages/s")
			b.ReportMetric(peak(b), "peak-MiB")
		})
	}
	measure("new", func(i int) string { return filepath.Join(b.TempDir(), strconv.Itoa(i)) })
	same := b.TempDir()
	measure("same", func(int) string { return same })
	if edit == "" {
		return
	}
	text, err := os.ReadFile(edit)
	if err != nil {
		b.Fatal(err)
	}
	measure("edit", func(i int) string {
		if err := os.WriteFile(edit, fmt.Appendf(text, "\nEdited %d times.\n", i), 0o644); err != nil {
			b.Fatal(err)
		}
		return same
	})
}

// build does what "hub build" does, and returns the number of pages.
func build(b *testing.B, content, dir, kept string) int {
	k := Open(kept)
	s, faults := k.Load(Sources{Content: os.DirFS(content), Templates: os.DirFS("../templates"),
		Modules: "../node_modules", Letters: letters.All()})
	if faults != nil {
		b.Fatal(faults)
	}
	changed, _, err := s.Publish(b.Context(), dir, day)
	if err != nil {
		b.Fatal(err)
	}
	if err := k.Save(); err != nil {
		b.Fatal(err)
	}
	return changed.Pages
}

// resetPeak and peak measure how much memory, in MiB, the process has held at most, as Linux counts
// it.
func resetPeak(b *testing.B) {
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Fatal(err)
	}
}

func peak(b *testing.B) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			if err != nil {
				b.Fatal(err)
			}
			return kib / 1024
		}
	}
	b.Fatal("the system does not count it")
	return 0
}
