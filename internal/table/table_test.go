package table

import (
	"strings"
	"testing"
)

// No cell begins with something that a spreadsheet would calculate, and the original text can be
// recovered.
func TestText(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "",
		"plain":                 "plain",
		"=1+1":                  "'=1+1",
		"+1":                    "'+1",
		"-1":                    "'-1",
		"@SUM(A1)":              "'@SUM(A1)",
		"  =1":                  "'  =1",
		"\u00a0=1":              "'\u00a0=1",
		"\u200b=1":              "'\u200b=1",
		"\n=1":                  "'\n=1",
		"\t1":                   "'\t1",
		"\r=1":                  "'\n=1",
		"\x00=1":                "'\ufffd=1",
		"＝1":                    "'＝1",
		"'":                     "''",
		"'quoted'":              "''quoted'",
		"7654321":               "'7654321",
		"01632 960001":          "'01632 960001",
		"(01632) 960001":        "'(01632) 960001",
		"1E5":                   "'1E5",
		"3/4":                   "'3/4",
		"10:30":                 "'10:30",
		"£352.50":               "'£352.50",
		"50%":                   "'50%",
		"1 High Street":         "1 High Street",
		"V81997":                "V81997",
		"10 years; 2 as a lead": "10 years; 2 as a lead",
		"bell\a":                "bell\ufffd",
	} {
		if got := Text(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"=1", " +", "'", "\x00@", "1-2", "\u3000=x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		cell := Text(s)
		trimmed := strings.TrimSpace(cell)
		if trimmed != "" && strings.ContainsRune("=+-@", rune(trimmed[0])) {
			t.Errorf("%q becomes %q", s, cell)
		}
		if back := strings.TrimPrefix(cell, "'"); len([]rune(back)) > len([]rune(s)) {
			t.Errorf("%q comes back as %q", s, back)
		}
	})
}
