package source

import (
	"strings"
	"testing"
	"testing/fstest"
)

// TestSuspects: unreadable YAML is reported at the right position, in an editor's words.
func TestSuspects(t *testing.T) {
	list := "cohorts:\n  - name: One\n    workshops:\n      - date: 1 May\n        time: 2pm\n"
	for _, c := range []struct{ name, text, where, what string }{
		{"tab", "contact:\n\temail: a\n", "2:1", "the line begins with a tab"},
		{"tab in a list", list + "      - date: 2 May\n\t\ttime: 3pm\n", "7:1", "the line begins with a tab"},
		{"one space too few", list + "      - date: 2 May\n       time: 3pm\n", "7:8", "further left or right"},
		{"entry too far left", list + "- date: 2 May\n  time: 3pm\n", "6:1", "further left or right"},
		{"key as far left as its list", "menu:\n  - text: Home\n  href: /\n", "3:3", "further left or right"},
		{"hyphen", list + "      -date: 2 May\n        time: 3pm\n", "6:7", "no space behind the hyphen"},
		{"braces", "a: b\nlength: {{hours}} hours\n", "2:9", "begins with braces"},
		{"braces in a list", "who:\n  - {{conversations}} GPs\n", "2:5", "begins with braces"},
		{"link", "who:\n  - [Home](/) for all\n", "2:5", `begins with "["`},
		{"quote open", "a: b\nlength: \"8 hours\nc: d\n", "2:9", "the quotation mark is not closed"},
		{"quote and more", "title: \"Big\" words\n", "1:8", "goes on behind the closing quotation mark"},
		{"percent", "a: %50\n", "1:4", `begins with "%"`},
		{"star", "a: *Certificate* of\n", "1:4", `begins with "*"`},
		{"at", "a: @home\n", "1:4", `begins with "@"`},
		{"colon", "a: b\ntitle: Talks: a guide\n", "2:13", `there is a second ": "`},
		{"colon behind umlauts", "title: Köln: ein Ort\n", "1:12", `there is a second ": "`},
		{"no colon", "a: b\ndeadline Friday\nc: d\n", "2:1", `lacks its ": "`},
		{"no space behind the colon", "a: b\ndeadline:Friday\nc: d\n", "2:1", `lacks its ": "`},
		{"below much that is right",
			"# note\na: >-\n  a: tab\tis text\n\n  -as this is\nb: |\n  \"x\nc:\n- one\n- two: 2\n  three: 3\nd: one\n  and more\ne: [a, b] # c: d\nf: 'it''s'\ng: {h: i}\nk: \"a: b\" # note\nl: # note\n  - m\nn: @\n", "20:4", `begins with "@"`},
	} {
		f, _ := Read(fstest.MapFS{"a.yaml": {Data: []byte(c.text)}}, "", "a.yaml")
		var v struct{}
		doc, faults := f.Decode(&v)
		if len(faults) != 1 || !strings.HasPrefix(faults[0].String(), "a.yaml:"+c.where+": this cannot be read: ") ||
			!strings.Contains(faults[0].What, c.what) || !doc.Lost() {
			t.Errorf("%s: %v, want %s and %q", c.name, faults, c.where, c.what)
		}
	}
}
