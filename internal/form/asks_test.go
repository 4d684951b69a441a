package form

import (
	"fmt"
	"strings"
	"testing"
)

// asking is the good form with a part that somebody at the practice completes online.
var asking = strings.Replace(strings.Replace(good, `declarations:
`, `  - id: practice
    title: Your practice
    questions:
      - {id: manager, kind: text, label: Practice manager, rule: "required,name,max=200"}
      - {id: manager-email, kind: email, label: Practice manager's email, rule: "required,email,max=254"}
      - {id: sessions, kind: number, label: Sessions, rule: omitempty}
  - id: deputy
    title: Deputy
    questions:
      - {id: deputy, kind: text, label: Deputy, rule: "required,name,max=200"}
declarations:
`, 1), "terms:\n", `  - id: practice
    title: For completion by the practice
    statement: I confirm that.
    asks: {name: manager, email: manager-email, shows: [sessions]}
    blanks:
      - {id: employer, label: Name, kind: line}
terms:
`, 1)

func TestAsksFaults(t *testing.T) {
	d, faults := load(t, asking)
	if faults != "" {
		t.Fatalf("the good form has faults:\n%s", faults)
	}
	if p := d.Practice(); p == nil || p.ID != "practice" {
		t.Errorf("the part that asks: %v", p)
	}
	for _, c := range []struct{ name, old, new, want string }{
		{"unknown question", "shows: [sessions]", "shows: [session]",
			`:61:57: there is no question "session" (did you mean "sessions"?)`},
		{"unknown key", "shows: [sessions]", "show: [sessions]", `:61:49: unknown key "show" (did you mean "shows"?)`},
		{"nobody to ask", "name: manager, ", "", `:61:11: the key "name" is missing (add a line "name: …")`},
		{"in a list", "name: manager,", "name: referee,",
			`:61:18: the question "referee" is asked of each reference: which one is meant? (name a question of a section that does not repeat)` + "\n" + `:61:18: the questions "referee" and "manager-email" are in different sections (ask both in one section, so that they are answered together)`},
		{"shown of a list", "shows: [sessions]", "shows: [cohort]",
			`:61:57: the question "cohort" is asked of each reference: which one is meant? (name a question of a section that does not repeat)`},
		{"no address", "email: manager-email", "email: manager",
			`:61:34: the question "manager" has the kind text (name one of the kind email)`},
		{"no name", "name: manager,", "name: sessions,",
			`:61:18: the question "sessions" has the kind number (name one of the kind text)`},
		{"the applicant's own", "email: manager-email", "email: email",
			`:61:18: the questions "manager" and "email" are in different sections (ask both in one section, so that they are answered together)` + "\n" + `:61:34: the question "email" is for the applicant's own address (name the one that asks for that of whoever confirms)`},
		{"need not be answered", `"required,email,max=254"}`, `"omitempty,email,max=254"}`,
			`:61:34: the question "manager-email" need not be answered, but tells who is asked (add "required" to its rule)`},
		{"apart", "name: manager,", "name: deputy,",
			`:61:18: the questions "deputy" and "manager-email" are in different sections (ask both in one section, so that they are answered together)`},
		{"nothing to confirm", "    statement: I confirm that.\n", "",
			`:60:5: the part "practice" asks somebody to confirm nothing (add a "statement")`},
		{"decides, too", "    statement: I confirm", "    decision: yes\n    statement: I confirm",
			`:53:1: the form has a part with the decision, but no reasons to decline (add a list "decline_reasons")` + "\n" + `:62:5: the part "practice" asks somebody, and is the one with the decision (remove one of asks and decision)`},
		{"two", "    title: For completion by the STP\n",
			"    title: For completion by the STP\n    statement: I do.\n    asks: {name: manager, email: " +
				"manager-email}\n", `:63:5: the parts "stp" and "practice" both ask somebody (let one part ask: an application waits for one answer)`},
	} {
		text := strings.Replace(asking, c.old, c.new, 1)
		if text == asking {
			t.Errorf("%s: the case changes nothing", c.name)
		}
		if _, got := load(t, text); got != c.want {
			t.Errorf("%s:\ngot\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// TestAsksChanges: what it means for applications when a part starts or stops being completed
// online.
func TestAsksChanges(t *testing.T) {
	online := asking
	paper := strings.Replace(online, "    asks: {name: manager, email: manager-email, shows: [sessions]}\n", "", 1)
	for _, c := range []struct{ name, was, is, want string }{
		{"begins", paper, online, `61: the part "practice" is now completed online (people part-way through give an address that is not their own, and it is written to when they send; nobody is asked for applications that were sent before)`},
		{"ceases", online, paper, `53: the part "practice" is not completed online any more (nobody is asked for applications that are sent from now on; those who were asked can still answer)`},
		{"other words", online, strings.Replace(online, "I confirm that.", "I confirm this.", 1),
			`60: what the part "practice" confirms has other words (nothing: applications that were sent keep the old words)`},
		{"nothing", online, online, ""},
	} {
		was, faults := load(t, c.was)
		is, more := load(t, c.is)
		if faults+more != "" {
			t.Fatal(faults, more)
		}
		var got []string
		for _, f := range Changes(was, is) {
			got = append(got, fmt.Sprintf("%d: %s (%s)", f.Line, f.What, f.Do))
		}
		if got := strings.Join(got, "\n"); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}
