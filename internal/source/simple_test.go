package source

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"go.yaml.in/yaml/v3"
)

// differ says where two trees differ in what Decode and Doc use; "" if they do not.
func differ(a, b *node) string {
	null := func(n *node) bool { return n.Tag == "!!null" }
	if a.Kind != b.Kind || a.Value != b.Value || a.Line != b.Line || a.Column != b.Column || a.Style != b.Style ||
		len(a.Content) != len(b.Content) || null(a) != null(b) {
		return fmt.Sprintf("%d:%d: %d %q %d [%d] and %d:%d: %d %q %d [%d]", a.Line, a.Column, a.Kind, a.Value, a.Style,
			len(a.Content), b.Line, b.Column, b.Kind, b.Value, b.Style, len(b.Content))
	}
	for i := range a.Content {
		if what := differ(a.Content[i], b.Content[i]); what != "" {
			return what
		}
	}
	return ""
}

// agrees checks that simple YAML is read as the library reads it, and tells whether the head was
// simple.
func agrees(t *testing.T, head []byte) bool {
	t.Helper()
	fast := simple(head)
	if fast == nil {
		return false
	}
	var root yaml.Node
	if err := yaml.Unmarshal(head, &root); err != nil {
		t.Fatalf("the library says %v of\n%s", err, head)
	}
	if what := differ(fast, nodeOf(root.Content[0])); what != "" {
		t.Fatalf("simple YAML and the library have %s of\n%s", what, head)
	}
	return true
}

var simpleCases = []struct {
	head   string
	simple bool
}{
	{"\ntitle: A title, with \"quotes\" and it's -- 5#1\norder: 3\n", true},
	{"a:\n  b: x\n  c:\n    - one\n    - d: two\n      e: three\n    - \"four: 4\"\nf: 'five # 5'\n", true},
	{"a:\n- one\n- b: two\n  c:\n  - three\nd: four\n", true},
	{"# a note\na: x\n\n   \n# another\nb:   y  \n", true},
	{"site: https://example.org/a:b\nmail: a@example.org\nfact: \"{{hours}} hours\"\nsum: £352.50\n", true},
	{"-a: x\n", false},
	{"a: x\n  y\n", false},
	{"a:\n  - x\n    y\n", false},
	{"a:\n    - x\n  - y\n", false},
	{"a:\n  - b: x\n   c: y\n", false},
	{"a:\nb: x\n", false},
	{"a: x # note\n", false},
	{"a: b: c\n", false},
	{"a: b:\n", false},
	{"a: [x, y]\n", false},
	{"a: {x: y}\n", false},
	{"a: |\n  x\n", false},
	{"a: *x\n", false},
	{"a: ~\n", false},
	{"a: null\n", false},
	{"a: 'it''s'\n", false},
	{"a: \"x\\n\"\n", false},
	{"a: \"x\n", false},
	{"a: \"\n", false},
	{"a:\tx\n", false},
	{"a: x\r\n", false},
	{"a: x\u2028y\n", false},
	{"two words: x\n", false},
	{"1: x\n", false},
	{"- x\n", false},
	{"a: x\n---\nb: y\n", false},
	{"a: x\n...\n", false},
	{"a: - x\n", false},
	{"", false},
	{"x\n", false},
}

func TestSimple(t *testing.T) {
	for _, c := range simpleCases {
		if got := agrees(t, []byte(c.head)); got != c.simple {
			t.Errorf("simple %v, want %v:\n%s", got, c.simple, c.head)
		}
	}
	for _, pattern := range []string{"../../content/*.yaml", "../../content/*/*.yaml", "../../content/*/*.md"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(names), err)
		}
		for _, name := range names {
			f, faults := Read(os.DirFS(filepath.Dir(name)), "content", filepath.Base(name))
			if faults != nil {
				t.Fatal(faults)
			}
			agrees(t, f.Head)
		}
	}
}

func FuzzSimple(f *testing.F) {
	for _, c := range simpleCases {
		f.Add([]byte(c.head))
	}
	f.Fuzz(func(t *testing.T, head []byte) { agrees(t, head) })
}
