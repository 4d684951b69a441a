package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"traininghub/site/testdata/bench/synthetic"
)

// BenchmarkWatch is the time from saving a course until its new title is served, on its own page
// and in the index of the catalogue, with 100 and 1,000 courses. It reports the median: how long an
// editor waits.
func BenchmarkWatch(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := startWatched(b, func(content string) {
				if err := os.RemoveAll(content); err != nil {
					b.Fatal(err)
				}
				if err := synthetic.Catalogue(content, n); err != nil {
					b.Fatal(err)
				}
				hub := filepath.Join(content, "site.yaml")
				text, err := os.ReadFile(hub)
				if err != nil {
					b.Fatal(err)
				}
				text = bytes.Replace(text, []byte("https://hub.example.org"), []byte("http://localhost:8080"), 1)
				if err := os.WriteFile(hub, text, 0o644); err != nil {
					b.Fatal(err)
				}
			})
			w.told(false)
			names, err := filepath.Glob(filepath.Join(w.content, "courses", "*.md"))
			if err != nil || len(names) != n {
				b.Fatal(len(names), err)
			}
			var took []time.Duration
			for i := 0; b.Loop(); i++ {
				name := names[i*7%n]
				text, err := os.ReadFile(name)
				if err != nil {
					b.Fatal(err)
				}
				_, rest, _ := strings.Cut(string(text), "\ntitle: ")
				old, _, _ := strings.Cut(rest, "\n")
				title := fmt.Sprintf("Saved for the %dth time", i)
				began := time.Now()
				if err := os.WriteFile(name, []byte(strings.Replace(string(text), "\ntitle: "+old, "\ntitle: "+title, 1)), 0o644); err != nil {
					b.Fatal(err)
				}
				w.told(false)
				id := strings.TrimSuffix(filepath.Base(name), ".md")
				for _, path := range []string{"/courses/" + id + "/", "/catalogue/index.json"} {
					if page, _ := w.get(path); !strings.Contains(page, title) {
						b.Fatalf("%s does not have the new title", path)
					}
				}
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-median")
		})
	}
}
