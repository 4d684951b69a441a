package markdown

import (
	"strings"
	"testing"

	"traininghub/internal/source"
)

// facts returns the options for a text that may show only these facts.
func facts(values map[string]string) Options {
	return Options{
		Fact:    func(name string) (string, bool) { value, known := values[name]; return value, known },
		Suggest: func(string) string { return "" },
	}
}

// FuzzEscape: a fact stays plain text in Markdown, wherever it is used, and never becomes markup.
func FuzzEscape(f *testing.F) {
	for _, fact := range []string{"£352.50", "- x", "1. x", "# x", "<b>", "a*b*c", "[x](y)", "&amp;", `\*`, "a|b",
		"{{x}}", "x  ", "~~~", "***", "=", "http://x.org", "a\tb"} {
		f.Add(fact)
	}
	f.Fuzz(func(t *testing.T, fact string) {
		if fact != strings.Join(strings.Fields(fact), " ") || fact == "" ||
			strings.ContainsFunc(fact, func(r rune) bool { return r < ' ' || r == '\ufffd' || 0x7f <= r && r < 0xa0 }) {
			return // facts are single lines without spaces at their ends
		}
		b, faults := Read(source.File{Path: "x", Body: []byte("{{f}}\n\n**a** {{f}} b"), BodyLine: 1},
			facts(map[string]string{"f": fact}))
		if faults.Err() != nil {
			t.Errorf("%q: %v", fact, faults)
		}
		shown := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(fact)
		if got, want := strings.Join(b.parts, ""),
			"<p>"+shown+"</p>\n<p><strong>a</strong> "+shown+" b</p>\n"; got != want {
			t.Errorf("%q gives\n%s\nwant\n%s", fact, got, want)
		}
	})
}

func TestSlug(t *testing.T) {
	for words, want := range map[string]string{
		"Cost and what you are paid": "cost-and-what-you-are-paid",
		"What's next?":               "whats-next",
		"  £289 – 2 parts ":          "289-2-parts",
		"Été":                        "été",
		"?!":                         "section",
	} {
		if got := Slug(words); got != want {
			t.Errorf("%q: got %q, want %q", words, got, want)
		}
	}
}

// FuzzPlaces: whatever is in a text, every mistake and every link has a position that exists in the
// file. A link begins at its position.
func FuzzPlaces(f *testing.F) {
	o := facts(map[string]string{
		"hub.name": "Example Hub", "hub.seats": "24 (two rooms)", "hub.base_url": "https://hub.example.org",
	})
	for _, text := range []string{
		"We, at {{hub.name}}, have {{ hub.seats }} seats: [x](/no/), {{nobody}}, [{{hub.seats}}]({{hub.base_url}}/y/) ![](z)\n",
		"# {{hub.name}} {{hub.name\n\n| a | {{hub.seats}} |\n|---|---|\n| é [b](c) | <b> `d`\n",
		"é{{hub.seats}}[é](é) {{hub.seats}}}} {{{{hub.seats}}[x](y)\n    four\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file := source.File{Path: "content/pages/a.md", Body: []byte(text), BodyLine: 5}
		lines := strings.Split(text, "\n")
		b, faults := Read(file, o)
		within := func(at source.Position, what string) []rune {
			t.Helper()
			if at.Line < 5 || at.Line >= 5+len(lines) {
				t.Fatalf("%s is on line %d of a text of %d", what, at.Line, len(lines))
			}
			line := []rune(lines[at.Line-5])
			if at.Column < 1 || at.Column > len(line)+1 {
				t.Fatalf("%s is in column %d of %q", what, at.Column, string(line))
			}
			return line[at.Column-1:]
		}
		for _, fault := range faults {
			within(fault.Position, fault.What)
		}
		for _, l := range b.links {
			if l.at.Line == 0 {
				continue
			}
			// A link in braces has the position of the braces. They name no fact, which is a fault anyway.
			if rest := within(l.at, l.to); !strings.HasPrefix(string(rest), "{{") &&
				(len(rest) == 0 || !strings.ContainsRune("[!", rest[0])) {
				t.Fatalf("the link %q begins at %q", l.to, string(rest))
			}
		}
	})
}
