package check

import (
	"strings"
	"testing"

	"traininghub/internal/source"
)

// TestRules: each warning about words has its position, its rule, what to do, and one reason. No
// rule of style is forgotten.
func TestRules(t *testing.T) {
	text := "Please come at 2.30pm, 3 pm, 14:00, noon or midnight, 2-5pm, 1st November, 3 Nov 2021, 02/11/2021, November 5, 2021, " +
		"for £289.00 or 50 per cent, e.g. [here](/). Monday 2 November 2021.\n"
	faults := Words(source.File{Path: "content/pages/x.md", Body: []byte(text), BodyLine: 1}, nil)
	reasons := map[string]string{}
	for _, f := range faults {
		if !f.Warning || f.Rule == "" || len(f.Why) < 20 || f.Column == 0 || f.Do == "" {
			t.Errorf("incomplete: %+v", f)
		}
		if other, ok := reasons[f.Rule]; ok && other != f.Why {
			t.Errorf("the rule %s has two reasons", f.Rule)
		}
		reasons[f.Rule] = f.Why
	}
	want := strings.Fields("please time-stop time-form time-24-hours midday midnight range date-ordinal date-month date-figures date-order money percent latin link-words date-wrong long-sentence")
	for _, rule := range want {
		if reasons[rule] == "" {
			t.Errorf("no warning of the rule %s", rule)
		}
	}
	if len(reasons) != len(want) {
		t.Errorf("got the rules %v, want %v", reasons, want)
	}
}
