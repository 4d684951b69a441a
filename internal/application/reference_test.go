package application

import (
	"strings"
	"testing"

	"traininghub/internal/form"
)

func TestReference(t *testing.T) {
	seen := map[string]bool{}
	for range 2000 {
		ref := NewReference(&form.Definition{Prefix: "CC"})
		if !IsReference(ref) || len(ref) != 12 {
			t.Fatalf("reference %q", ref)
		}
		if strings.ContainsAny(ref[3:], "01OILAEU") {
			t.Errorf("%q has a character that is misread, or a vowel", ref)
		}
		seen[ref] = true
	}
	if len(seen) < 1990 {
		t.Errorf("only %d of 2000 references differ", len(seen))
	}
}
