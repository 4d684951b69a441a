package pdf

import (
	"strings"
	"testing"
)

func TestClean(t *testing.T) {
	for _, c := range []struct {
		in, want string
		lost     int
	}{
		{"", "", 0},
		{"Siân Ŵyn-Kowalczyk, Łódź, Şükrü, Nguyễn, Ώρα, Здравей",
			"Siân Ŵyn-Kowalczyk, Łódź, Şükrü, Nguyễn, Ώρα, Здравей", 0},
		{"n\u0302 e\u0301", "n̂ é", 0},
		{"Nguye\u0302\u0303n", "Nguyễn", 0},
		{"e\u200d\u0301", "é", 0},
		{"one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour", 0},
		{"a\u00a0b\u2003c\td", "a b c    d", 0},
		{"\x00a\x1b\u200e\u202e\ufeff\u00adb\ufe0f", "ab", 0},
		{"😀 ✓ 🧬 中", "😀 ✓ □ □", 2},
		{"\ue000", "□", 1},
		{"\uf0b7\tone \uf0a7 two \uf0d8 three", "•    one • two • three", 0}, // as Word copies its lists
		{"□", "□", 0},
		{"\xff\xfe and \xe2\x82", "□ and □", 2},
		{"a" + strings.Repeat("\u0323", 6) + "b\u0323", "ạ\u0323\u0323\u0323ḅ", 2},
	} {
		cl := cleaner{has: regular().has}
		if got := cl.clean(c.in); got != c.want || cl.lost != c.lost {
			t.Errorf("clean(%+q) = %+q, %d lost; want %+q, %d", c.in, got, cl.lost, c.want, c.lost)
		}
	}
}

// Every character that is let through is in the fonts.
func TestCleanShowsOnlyWhatTheFontsHave(t *testing.T) {
	var all strings.Builder
	for r := rune(0); r <= 0x10ffff; r += 1 + r>>17 {
		all.WriteRune(r)
		all.WriteByte(' ')
	}
	cl := cleaner{has: regular().has}
	for _, r := range cl.clean(all.String()) {
		if r != '\n' && !(regular().has(r) && bold().has(r)) {
			t.Errorf("%U", r)
		}
	}
}

func TestAnswerKeepsOneEmptyLine(t *testing.T) {
	cl := cleaner{has: regular().has}
	if got, want := cl.answer("\n \n  one \n\n\n \ntwo\nthree\n\n"), "  one\n\ntwo\nthree"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
