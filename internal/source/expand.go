package source

import (
	"strings"

	"traininghub/internal/pattern"
)

var name = pattern.Of(`\{\{([^{}\n]*)\}\}`)

// Expand puts facts into text: each {{name}} becomes fact(name). A name that fact does not know is
// left in the text and returned in unknown.
func Expand(text string, fact func(name string) (string, bool)) (expanded string, unknown []Unknown) {
	if !strings.Contains(text, "{{") {
		return text, nil
	}
	var b strings.Builder
	last := 0
	for _, m := range name().FindAllStringSubmatchIndex(text, -1) {
		key := strings.TrimSpace(text[m[2]:m[3]])
		value, ok := fact(key)
		if !ok {
			unknown = append(unknown, Unknown{Name: key, Typed: text[m[0]:m[1]]})
			continue
		}
		b.WriteString(text[last:m[0]])
		b.WriteString(value)
		last = m[1]
	}
	b.WriteString(text[last:])
	return b.String(), unknown
}

// An Unknown is a name in double braces that stands for no fact.
type Unknown struct {
	Name  string
	Typed string // with the braces, and any spaces between them
}
