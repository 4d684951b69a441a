package search

import (
	"strings"
	"testing"
)

func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"Dr Siân O'Connor-Łuczak": "connor dr luczak o oconnor sian",
		"Ada@Example.ORG":         "ada@example.org",
		"+44 (0)1632 960-001":     "01632960001",
		"the Lavender, Lavender":  "lavender the",
		"":                        "",
	} {
		if got := strings.Join(Words(text), " "); got != want {
			t.Errorf("%q has the words %q, want %q", text, got, want)
		}
	}
}

func TestSought(t *testing.T) {
	for text, want := range map[string]string{
		"The Lavender Surgery": "lavender",
		"the surgery":          "surgery the",
		"O'Connor":             "oconnor",
		"01632 960001":         "01632960001",
	} {
		if got := strings.Join(Sought(text), " "); got != want {
			t.Errorf("%q is looked for by %q, want %q", text, got, want)
		}
	}
}
