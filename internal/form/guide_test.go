package form

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the lists of kinds and rules in docs/editing.md anew")

// TestGuide: the editors' guide lists all kinds and rules.
func TestGuide(t *testing.T) {
	const path = "../../docs/editing.md"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var kinds, rules strings.Builder
	kinds.WriteString("| kind | asks for |\n| --- | --- |\n")
	for _, k := range Kinds() {
		fmt.Fprintf(&kinds, "| `%s` | %s |\n", k, k.About())
	}
	rules.WriteString("| in a rule | the answer is |\n| --- | --- |\n")
	for _, tag := range append(Tags(), Formats()...) {
		fmt.Fprintf(&rules, "| `%s` | %s |\n", tag.Name, tag.About)
	}
	text := string(data)
	for name, list := range map[string]string{"kinds": kinds.String(), "rules": rules.String()} {
		begin, end := "<!-- "+name+" -->\n", "<!-- end -->"
		head, rest, found := strings.Cut(text, begin)
		was, tail, ended := strings.Cut(rest, end)
		switch {
		case !found || !ended:
			t.Fatalf("the guide has no place for the %s: %q and %q", name, begin, end)
		case was != list && !*update:
			t.Errorf("the guide's list of %s is not up to date: run go test ./internal/form -run Guide -update\n%s",
				name, list)
		}
		text = head + begin + list + end + tail
	}
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
