package pdf

import (
	"slices"
	"testing"
)

func TestVisual(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"plain, 12", "plain, 12"},
		{"שלום", "םולש"},
		{"Dr שלום בן-דוד (GP)", "Dr " + reversed("שלום בן-דוד") + " (GP)"},
		{"גיל 12, רחוב 3.5 א", "א 3.5 בוחר ,12 ליג"},
		{"א (ב) ג", "ג (ב) א"},
		{"שָׁב", "בשָׁ"},
		{"a אב c", "a בא c"},
		{"אב 12 c", "12 בא c"},
	} {
		if got := visual(c.in); got != c.want {
			t.Errorf("visual(%q) = %+q, want %+q", c.in, got, c.want)
		}
	}
}

func reversed(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}

func TestJoin(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"plain", "plain"},
		{"محمد", "\ufee3\ufea4\ufee4\ufeaa"},
		{"علي", "\ufecb\ufee0\ufef2"},
		{"دار", "\ufea9\ufe8d\ufead"},
		{"لا بلا", "\ufefb \ufe91\ufefc"},
		{"ء", "\ufe80"},
		{"پگ", "\ufb58\ufb93"},
		{"مُحَ", "\ufee3\u064f\ufea2\u064e"},
	} {
		got := join(c.in)
		if got != c.want {
			t.Errorf("join(%q) = %+q, want %+q", c.in, got, c.want)
		}
		if back := plainForms(got); back != c.in {
			t.Errorf("plainForms(%+q) = %+q, want %+q", got, back, c.in)
		}
	}
}
