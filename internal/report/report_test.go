package report

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"

	"traininghub/internal/source"
)

// TestExcerpt: a long line is shown around the place in it.
func TestExcerpt(t *testing.T) {
	long := strings.Repeat("word ", 60)
	for _, c := range []struct {
		line   string
		column int
	}{{"  x yz", 5}, {long, 1}, {long, 201}, {long, 300}, {"\tétude x", 8}, {"", 0}} {
		part, mark := excerpt(c.line, c.column)
		got := []rune(part + " ")[mark]
		want := ' '
		if runes := []rune(strings.ReplaceAll(c.line, "\t", " ")); c.column > 0 {
			want = runes[c.column-1]
		}
		if got != want || len([]rune(part)) > widest+2 {
			t.Errorf("%q, column %d: %q at %d, want it at %q", c.line, c.column, part, mark, want)
		}
	}
}

// TestNames: whatever a file is called, its name is an address in SARIF, and its lines can be
// shown.
func TestNames(t *testing.T) {
	content := fstest.MapFS{"pages/100% über.md": {Data: []byte("\ufeff---\rtitle: \xff\rz\n")}}
	var out bytes.Buffer
	faults := source.Faults{{Path: "content/pages/100% über.md", Position: source.Position{Line: 2, Column: 8},
		What: "wrong"}}
	if err := SARIF(&out, content, faults); err != nil ||
		!strings.Contains(out.String(), `"uri": "content/pages/100%25%20%C3%BCber.md"`) ||
		!strings.Contains(out.String(), `"text": "title: �"`) {
		t.Errorf("error %v, as SARIF:\n%s", err, &out)
	}
	out.Reset()
	if err := Text(&out, content, faults); err != nil ||
		out.String() != "content/pages/100% über.md:2:8: error: wrong\n    title: �\n           ^\n" {
		t.Errorf("error %v, as text:\n%s", err, &out)
	}
}
