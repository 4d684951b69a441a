package application

import (
	"testing"

	"traininghub/internal/course"
	"traininghub/internal/document"
)

// TestCharge: the charge is the one of the day on which somebody got their place, but never more
// than they declared. Older records have it only in the words of a declaration.
func TestCharge(t *testing.T) {
	sent := func(charge string, declarations ...document.Declaration) *Application {
		return &Application{Document: &document.Submission{
			Course:       document.CourseFacts{Facts: map[string]string{"charge": charge}},
			Declarations: declarations,
		}}
	}
	for _, c := range []struct {
		declared  string
		then, sum course.Money
	}{{"£352.50", 35250, 35250}, {"£352.50", 50000, 35250}, {"£352.50", 20000, 20000}, {"", 20000, 20000}} {
		if got := sent(c.declared).ChargeOf(&course.Course{Charge: c.then}); got != int64(c.sum) {
			t.Errorf("declared %s, then %v: %d", c.declared, c.then, got)
		}
	}
	a := sent("£352.50", document.Declaration{Text: "I pay £352.50."}, document.Declaration{Text: "All is true."})
	if a.Charge() != 35250 || len(a.Charges()) != 1 || a.Charges()[0] != "I pay £352.50." {
		t.Errorf("an older record: %v, %q", a.Charge(), a.Charges())
	}
	a.Document.Declarations[1].Charge = true
	a.Decision = &Decision{Accepted: true, Pence: 20000}
	if a.Charge() != 20000 || len(a.Charges()) != 1 || a.Charges()[0] != "All is true." {
		t.Errorf("a record that says it: %v, %q", a.Charge(), a.Charges())
	}
	if sum := sent("about £300").Charge(); sum != 0 {
		t.Errorf("a sum that cannot be read is %v", sum)
	}
}
