package markdown

import (
	"fmt"
	"strings"

	"traininghub/internal/pattern"
	"traininghub/internal/source"
)

// escaped returns fact with its answers escaped for Markdown.
func escaped(fact func(name string) (string, bool)) func(name string) (string, bool) {
	return func(name string) (string, bool) {
		value, known := fact(name)
		return escape(value), known
	}
}

// place matches a line of Markdown that stands for a block.
var place = pattern.Of(`^[ \t]*\{\{[ \t]*table\.([^{}\s]*)[ \t]*\}\}[ \t]*$`)

// single matches a name in single braces.
var single = pattern.Of(`\{ *([A-Za-z0-9._-]+) *\}`)

// expand puts facts into a file's Markdown, but leaves the places of blocks. It does not move
// lines.
func (o Options) expand(f source.File) (string, source.Faults) {
	var faults source.Faults
	lines := strings.Split(string(f.Body), "\n")
	for i, line := range lines {
		if !strings.ContainsAny(line, "{}") || place().MatchString(line) {
			continue
		}
		add := func(word, do, what string, args ...any) {
			at := source.PositionIn([]byte(line), max(strings.Index(line, word), 0))
			faults.At(f.Path, source.Position{Line: f.BodyLine + i, Column: at.Column}, fmt.Sprintf(what, args...), do)
		}
		expanded, unknown := source.Expand(line, o.Fact)
		for _, u := range unknown {
			if strings.HasPrefix(u.Name, "table.") {
				add(u.Typed, "put it alone on a line, with an empty line above and below",
					"the table {{%s}} stands in the middle of a line", u.Name)
			} else {
				add(u.Typed, o.Suggest(u.Name), "there is no fact named %q", u.Name)
			}
		}
		if len(unknown) == 0 && (strings.Contains(expanded, "{{") || strings.Contains(expanded, "}}")) {
			word := "{{"
			if !strings.Contains(line, word) {
				word = "}}"
			}
			add(word, `write a fact like "{{deadline}}"`, "double braces open or close here, but not both")
		}
		if i := strings.Index(line, "{{{"); i >= 0 {
			add("{{{", "write two braces before and two behind: \"{{deadline}}\"", "there are three braces, and readers see the third")
			continue
		}
		for _, m := range single().FindAllStringSubmatch(expanded, -1) {
			if _, known := o.Fact(m[1]); known && len(unknown) == 0 && !strings.Contains(expanded, "{{") {
				add(m[0], fmt.Sprintf("write %q", "{{"+m[1]+"}}"), "single braces show no fact")
			}
		}
		lines[i] = expanded
	}
	return strings.Join(lines, "\n"), faults
}

// harmless are the punctuation marks that mean nothing to Markdown, except for some at the start of
// a line. They are not escaped, so that an address stays an address: "<{{contact}}>" is a link.
const harmless = " @.,:;/'%?-+"

// escape escapes a fact so that Markdown shows it literally. A character reference can stand for a
// character, but never for markup.
func escape(fact string) string {
	var b strings.Builder
	for i, r := range fact {
		switch {
		case r >= 0x80, 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
			b.WriteRune(r)
		case i > 0 && ('0' <= r && r <= '9' || strings.ContainsRune(harmless, r)):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "&#%d;", r)
		}
	}
	return b.String()
}
