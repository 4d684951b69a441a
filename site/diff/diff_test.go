package diff

import (
	"strings"
	"testing"
)

func TestDifference(t *testing.T) {
	long, other := strings.Repeat("a ", 5000), strings.Repeat("b ", 5000)
	for _, c := range []struct{ old, now, want string }{
		{"x " + long, "x " + other,
			strings.Repeat("- a|", 5000) + strings.TrimSuffix(strings.Repeat("+ b|", 5000), "|")},
		{"", "", ""},
		{"a b c", "a b c", ""},
		{"a b c", "a x c", "- b|+ x"},
		{"a b c", "b c", "- a"},
		{"b c", "a b c d", "+ a|+ d"},
		{"a b a b", "b a b a", "- a|+ a"},
		{"a", "b", "- a|+ b"},
	} {
		if got := strings.Join(difference(strings.Fields(c.old), strings.Fields(c.now)), "|"); got != c.want {
			t.Errorf("%s to %s: got %q, want %q", c.old, c.now, got, c.want)
		}
	}
}
