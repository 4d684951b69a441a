package form

import "testing"

// TestSameName: a person's signature is theirs in any usual form of the name. Somebody who shares
// only a surname with the applicant is not the applicant.
func TestSameName(t *testing.T) {
	for _, c := range []struct {
		a, b           string
		same, namesake bool
	}{
		{"Alex Example", "Alex Example", true, true},
		{"Alex Example", "alex  EXAMPLE ", true, true},
		{"Alex Example", "Dr Alex Example", true, true},
		{"Alex Example", "Dr. A. Example", true, false},
		{"Alex Example", "A Example", true, false},
		{"Alex Example", "Example, Alex", true, true},
		{"Alex Example", "EXAMPLE Dr Alex", true, true},
		{"Alex Example", "Prof. Alex Example MBE, FRCGP", true, true},
		{"Alex Example", "Example", true, false},
		{"Alex Jo Example", "Alex Example", true, true},
		{"Alex Jo Example", "AJ Example", true, false},
		{"Alex Jo Example", "Example AJ", true, false},
		{"Siân Ŵyn", "Sian Wyn", true, true},
		{"Siân Mair Ŵyn-Jones", "Sian Wyn Jones", true, true},
		{"Siân Ŵyn-Jones", "Siân WynJones", true, true},
		{"Anne Marie Example", "Annemarie Example", true, true},
		{"Anne-Marie Example", "Anne Marie Example", true, true},
		{"Gráinne O’Example", "Grainne OExample", true, true},
		{"Gráinne O'Example", "Grainne O Example", true, true},
		{"Odhrán Mac an tSaoir", "Odhran MacAn tSaoir", true, true},
		{"Jürgen Möller", "Juergen Moeller", true, true},
		{"Søren Ærø", "Soren Aero", true, true},
		{"Björk", "Bjork", true, true},
		{"李小龙", "李 小龙", true, true},
		{"Yo Ma", "Ma, Yo", true, true},
		{"E O", "E O", true, true},
		{"Md Rahman Example", "Mohammed Rahman Example", false, false},

		{"Alex Example", "Sam Example", false, false},
		{"Alex Example", "Dr Sam Other", false, false},
		{"Dr Alex Example", "Dr Sam Other", false, false},
		{"Alex Example", "A E", false, false},
		{"Alex Example", "Al Exam", false, false},
		{"Yo Ma", "Yo Li", false, false},
		{"Alex Example", "Practice Manager", false, false},
		{"Alex Jo Example", "Alex Sam Example", false, false},
		{"Alex Example", "-", false, false},
		{"", "", false, false},
	} {
		for range 2 {
			if got := SameName(c.a, c.b); got != c.same {
				t.Errorf("SameName(%q, %q) is %v", c.a, c.b, got)
			}
			if got := Namesakes(c.a, c.b); got != c.namesake {
				t.Errorf("Namesakes(%q, %q) is %v", c.a, c.b, got)
			}
			c.a, c.b = c.b, c.a
		}
	}
}
