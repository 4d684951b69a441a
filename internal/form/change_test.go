package form

import (
	"fmt"
	"strings"
	"testing"
)

// TestChanges changes the good form in one place at a time.
func TestChanges(t *testing.T) {
	wider := strings.Replace(good, `        rule: required,gmc
`, `        rule: required,gmc
      - id: role
        kind: choice
        label: Role
        rule: omitempty
        options:
          - {id: partner, label: GP partner}
          - {id: salaried, label: Salaried GP}
`, 1)
	was, faults := load(t, wider)
	if faults != "" {
		t.Fatal(faults)
	}
	if got := Changes(was, was); got != nil {
		t.Errorf("nothing changed, but: %v", got)
	}
	for _, c := range []struct{ name, old, new, want string }{
		{"renamed", "id: role", "id: rank",
			`25: the question "role" is now called "rank" (people part-way through lose the answer they gave: change the id back to "role")`},
		{"removed", `      - id: role
        kind: choice
        label: Role
        rule: omitempty
        options:
          - {id: partner, label: GP partner}
          - {id: salaried, label: Salaried GP}
`, "", `12: the question "role" was removed (the answer that people part-way through gave is not sent)`},
		{"added", "      - id: role", "      - {id: town, kind: text, label: Town, rule: \"omitempty,max=9\"}\n      " +
			"- id: role", `25: there is a new question "town" (people part-way through who have saved this section are not asked, unless they change their answers)`},
		{"added, required", "      - id: role",
			"      - {id: town, kind: text, label: Town, rule: \"required,max=9\"}\n      - id: role",
			`25: there is a new question "town" that must be answered (people part-way through who have saved this section must answer it before they can send)`},
		{"required", "        rule: omitempty\n", "        rule: required\n",
			`28: the question "role" must be answered now (people part-way through who left it empty must answer it before they can send)`},
		{"narrower", "required,email,max=254", "required,email,max=100",
			`20: the rule of question "email" was "email,max=254" and is "email,max=100" (answers that were accepted before may have to be corrected before people can send)`},
		{"other words", "label: Role", "label: Position",
			`27: the question "role" asked "Role" and asks "Position" (answers that were given to the old words are sent with the new ones: if they ask for something else, give the question a new id)`},
		{"option gone", "          - {id: salaried, label: Salaried GP}", "          - {id: locum, label: Locum}",
			`29: the question "role" does not offer "Salaried GP" any more (people part-way through who chose it must choose again)`},
		{"option's words", "label: Salaried GP", "label: Locum",
			`31: the option "Salaried GP" of question "role" is now "Locum" (people part-way through who chose the old words send the new ones: if they mean something else, give the option a new id)`},
		{"section renamed", "id: references", "id: referees",
			`32: the section "references" is now called "referees" (people part-way through must answer all of it again: change the id back to "references")`},
		{"more in the list", "min: 1, max: 2", "min: 2, max: 2",
			`34: the section "references" asks for at least 2, not 1 (people part-way through who gave fewer must add more before they can send)`},
		{"declaration", "I will be charged", "I may be charged",
			`45: the declaration "charge" has other words (nothing: everybody confirms the declarations as they are when they send)`},
		{"terms", "Sessions are confidential.", "Sessions are not recorded.",
			`55: the terms have other words (an application that was sent before keeps what it was sent with; people part-way through are asked to agree to the terms as they are when they send)`},
		{"no terms", "terms:\n  title: Terms of business\n  clauses: [\"Cancelling {{title}} late is charged.\", " +
			"Sessions are confidential.]\n  statement: I agree to the terms of {{title}}.\n", "",
			`1: applicants who are accepted are not asked to agree to terms any more (an application that was sent before keeps what it was sent with; people part-way through are asked to agree to the terms as they are when they send)`},
		{"course", "course: minor-surgery", "course: major-surgery",
			`2: the form was for the course "minor-surgery" and is for "major-surgery" (people part-way through now apply for another course: make a new form instead)`},
	} {
		text := strings.Replace(wider, c.old, c.new, 1)
		if text == wider {
			t.Errorf("%s: the case changes nothing", c.name)
		}
		is, faults := load(t, text)
		if faults != "" {
			t.Errorf("%s: %s", c.name, faults)
		}
		var got []string
		for _, f := range Changes(was, is) {
			got = append(got, fmt.Sprintf("%d: %s (%s)", f.Line, f.What, f.Do))
			if !f.Warning || f.Rule == "" || f.Why == "" {
				t.Errorf("%s: not a warning with its rule: %+v", c.name, f)
			}
		}
		if strings.Join(got, "\n") != c.want {
			t.Errorf("%s:\ngot\n%s\nwant\n%s", c.name, strings.Join(got, "\n"), c.want)
		}
	}
	if got := Changes(was, nil); len(got) != 1 || got[0].What != "the form was removed" {
		t.Errorf("removed: %v", got)
	}
}
