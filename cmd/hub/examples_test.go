package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExamples: each hub in the folder examples has no fault and can be built, after adding the
// letters that the program has gained since.
func TestExamples(t *testing.T) {
	t.Parallel()
	const asOf = "2027-06-01" // the dates in them are after that
	all, err := filepath.Glob("../../examples/*/site.yaml")
	if err != nil || len(all) == 0 {
		t.Fatal("there are no examples", err)
	}
	for _, site := range all {
		dir := filepath.Join(t.TempDir(), "content")
		must(t, os.CopyFS(dir, os.DirFS(filepath.Dir(site))), "copying")
		if out, wrong, code := calling(t, "new", "letters", "--content", dir); code != 0 { // that came since
			t.Errorf("%s: %s%s", site, out, wrong)
		}
		with := []string{"--content", dir, "--modules", "../../node_modules", "--as-of", asOf}
		if out, wrong, code := calling(t, append([]string{"check"}, with...)...); code != 0 || !strings.Contains(out, "no faults") {
			t.Errorf("%s: %s%s", dir, out, wrong)
		}
		to := filepath.Join(t.TempDir(), "public")
		if _, wrong, code := calling(t, append([]string{"build", "--out", to, "--cache", "none"}, with...)...); code != 0 {
			t.Errorf("%s is not built: %s", dir, wrong)
		}
		if _, err := os.Stat(filepath.Join(to, "index.html")); err != nil {
			t.Error(err)
		}
	}
}
