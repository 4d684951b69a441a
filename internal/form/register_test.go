package form

import (
	"strings"
	"testing"
)

// TestRegistrations: which numbers a text can be, what they are called, and by which keys records
// are found.
func TestRegistrations(t *testing.T) {
	for typed, want := range map[string]string{
		"7654321":              "GMC number 7654321 (7654321), GPhC number 7654321 (gphc:7654321)",
		"GMC 765-4321":         "GMC number 7654321 (7654321)",
		"gphc: 2012345":        "GPhC number 2012345 (gphc:2012345)",
		"12a 3456 b":           "NMC PIN 12A3456B (nmc:12A3456B)",
		"SW1A 1AA":             "",
		"Alex Example":         "",
		"":                     "",
		"C\u00a07654\u2011321": "GMC number 7654321 (7654321)",
	} {
		var got []string
		for _, r := range Registrations(typed) {
			got = append(got, r.What()+" "+r.Number+" ("+r.Key()+")")
		}
		if got := strings.Join(got, ", "); got != want {
			t.Errorf("%q can be %q, want %q", typed, got, want)
		}
	}
	if got := strings.Join(Registers(), ", "); got != "GMC number, GPhC number, NMC PIN" {
		t.Errorf("registers: %s", got)
	}
	if r := (Registration{}); !r.None() || r.Key() != "" {
		t.Errorf("nobody's number: %q", r.Key())
	}
}
