package form

import (
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
)

func TestTelephone(t *testing.T) {
	for typed, want := range map[string]string{
		"020 7946 0123":                     "+442079460123",
		"+44 (0)20 7946 0123":               "+442079460123",
		"(0)20 7946 0123":                   "+442079460123",
		"44 20 7946 0123":                   "+442079460123",
		"7700 900982":                       "+447700900982",
		"07700\u00a0900\u2011982":           "+447700900982", // copied from a page
		"\u200e07700 900982\u202c":          "+447700900982",
		"01632.960.001 x 12":                "+441632960001;ext=12",
		"01632 960001, extension 4":         "+441632960001;ext=4",
		"01632 960001 #4":                   "+441632960001;ext=4",
		"+441632960001;ext=4":               "+441632960001;ext=4",
		"0808 157 0192":                     "+448081570192",
		"0800 1111":                         "+448001111",
		"01204 96000":                       "+44120496000", // an old area with 9 figures
		"+1 202 555 0123":                   "+12025550123",
		"00353 1 555 0123":                  "+35315550123",
		"01632 96000":                       "+44163296000",
		"0632 960001":                       "",
		"01632":                             "",
		"+":                                 "",
		"+999 123 4567":                     "",
		"+35":                               "",
		"+353 1 555 0123 456 789":           "",
		"01632 960001 or 07700 900982":      "",
		"0800 FLOWERS":                      "",
		strings.Repeat("0", 60) + "1632960": "",
	} {
		if got := e164(typed); got != want {
			t.Errorf("%q gives %q, want %q", typed, got, want)
		}
	}
}

// FuzzBritish: a library that knows all of the world's numbers agrees that an accepted British
// number is possible and the same.
func FuzzBritish(f *testing.F) {
	for _, typed := range []string{"020 7946 0123", "+44 7700 900982", "01632 960001 ext 12", "0044 (0)1632-960001",
		"0800 1111", "44163296000", "0 1632 960001"} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got := e164(typed)
		if !strings.HasPrefix(got, "+44") {
			return
		}
		n, err := phonenumbers.Parse(got, "GB")
		if err != nil || phonenumbers.IsPossibleNumberWithReason(n) != phonenumbers.IS_POSSIBLE {
			t.Errorf("%q gives %q, which is not possible: %v", typed, got, err)
			return
		}
		if number, _, _ := strings.Cut(got, ";"); phonenumbers.Format(n, phonenumbers.E164) != number {
			t.Errorf("%q gives %q, not %q", typed, got, phonenumbers.Format(n, phonenumbers.E164))
		}
		if again := e164(got); again != got {
			t.Errorf("%q gives %q, and that gives %q", typed, got, again)
		}
	})
}
