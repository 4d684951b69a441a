package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPDFRead(t *testing.T) {
	out := filepath.Join(t.TempDir(), "public")
	if _, wrong, code := hub(t, nil, "build", "--out", out, "--as-of", "2021-09-20"); code != 0 {
		t.Fatal(wrong)
	}
	said, wrong, code := hub(t, nil, "pdf", "read", filepath.Join(out, "courses", "career-conversations", "application-form.pdf"))
	if code != 0 || wrong != "" || !strings.HasPrefix(said, "your-details/first-names: \n") || !strings.Contains(said, "\nstp/stp-decision: Off\n") {
		t.Errorf("status %d, said %q and %q", code, said, wrong)
	}
	scan := filepath.Join(t.TempDir(), "scan.pdf")
	if err := os.WriteFile(scan, []byte("%PDF-1.4\ntrailer<</Root 1 0 R>>"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"pdf", "read", scan}, 1, "has no form that can be read; if it was printed and scanned, it can only be read by a person"},
		{[]string{"pdf", "read", scan + ".not"}, 1, "no such file"},
		{[]string{"pdf", "read"}, 2, "hub pdf read FILE"},
		{[]string{"pdf", "write", scan}, 2, "hub pdf read FILE"},
	} {
		if said, wrong, code := hub(t, nil, c.args...); code != c.code || said != "" || !strings.Contains(wrong, c.want) {
			t.Errorf("%v: status %d, said %q and %q; want %d, %q", c.args, code, said, wrong, c.code, c.want)
		}
	}
}
