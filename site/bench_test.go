package site

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"traininghub/site/testdata/bench/synthetic"
)

// BenchmarkBuild measures all of "hub build": reading and checking the content, building the site, and
// writing it into a folder that is empty ("new") or holds the same site already ("same").
func BenchmarkBuild(b *testing.B) {
	for _, c := range []struct {
		name    string
		content func(b *testing.B) string
	}{
		{"this-site", func(*testing.B) string { return "../content" }},
		{"1000-courses", func(b *testing.B) string { return generate(b, 1000) }},
		{"10000-courses", func(b *testing.B) string { return generate(b, 10000) }},
	} {
		content := c.content(b)
		b.Run(c.name+"/new", func(b *testing.B) {
			benchmark(b, content, func(i int) string { return filepath.Join(b.TempDir(), strconv.Itoa(i)) })
		})
		same := b.TempDir()
		build(b, content, same)
		b.Run(c.name+"/same", func(b *testing.B) { benchmark(b, content, func(int) string { return same }) })
	}
}

func benchmark(b *testing.B, content string, out func(i int) string) {
	debug.FreeOSMemory()
	resetPeak(b)
	pages := 0
	for i := 0; b.Loop(); i++ {
		pages = build(b, content, out(i))
	}
	b.ReportMetric(float64(pages)*float64(b.N)/b.Elapsed().Seconds(), "pages/s")
	b.ReportMetric(peak(b), "peak-MiB")
}

// build does what "hub build" does, and gives the number of pages.
func build(b *testing.B, content, dir string) int {
	s, faults := Load(os.DirFS(content), os.DirFS("../templates"), "../node_modules")
	if faults != nil {
		b.Fatal(faults)
	}
	out, err := s.Build(day)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := Write(dir, out); err != nil {
		b.Fatal(err)
	}
	pages := 0
	for name := range out {
		if strings.HasSuffix(name, ".html") {
			pages++
		}
	}
	return pages
}

// generate makes a hub of n courses.
func generate(b *testing.B, n int) (dir string) {
	dir = b.TempDir()
	if err := synthetic.Hub(dir, n); err != nil {
		b.Fatal(err)
	}
	return dir
}

// resetPeak and peak measure the most memory, in MiB, that the process has held, as Linux counts it.
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
