package form

import (
	"fmt"
	"testing"
)

func TestReuse(t *testing.T) {
	question := func(id, label string, kind Kind) Question { return Question{ID: id, Label: label, Kind: kind} }
	choice := question("role", "Role", Choice)
	choice.Options = []Option{{ID: "partner", Label: "Partner"}}
	was := &Definition{Sections: []Section{
		{ID: "you", Questions: []Question{question("name", "Name", Text), question("born", "Born", Date),
			question("why", "Why this course?", Text), choice, question("cohort", "Cohort", Cohort),
			question("size", "Size", Number)}},
		{ID: "refs", Repeat: &Repeat{Max: 3}, Questions: []Question{question("who", "Who", Text)}},
	}}
	given := map[string][]Values{
		"you": {{"name": "Alex", "born-day": "1", "born-month": "2", "born-year": "1970", "why": "Because",
			"role": "locum", "cohort": "cohort-1", "size": "4", "name-keep": "Alex"}},
		"refs": {{"who": "Robin"}, {}, {"who": "Kim"}, {"who": "Sam"}},
	}
	for _, c := range []struct {
		to   Section
		want string
	}{
		{Section{ID: "me", Questions: []Question{question("name", "NAME ", Text), question("born", "Born", Date)}},
			"[map[born-day:1 born-month:2 born-year:1970 name:Alex]]"},
		{Section{ID: "you", Questions: []Question{question("why", "Why this scheme?", Text), choice,
			question("cohort", "Cohort", Cohort), question("size", "Size", Text)}}, "[]"},
		{Section{ID: "refs", Repeat: &Repeat{Max: 2}, Questions: []Question{question("who", "Who", Text)}},
			"[map[who:Robin] map[who:Kim]]"},
		{Section{ID: "refs", Questions: []Question{question("who", "Who", Text)}}, "[]"},
		{Section{ID: "more", Repeat: &Repeat{Max: 2}, Questions: []Question{question("name", "Name", Text)}}, "[]"},
	} {
		if got := fmt.Sprint(c.to.Reuse(was, func(s *Section) []Values { return given[s.ID] })); got != c.want {
			t.Errorf("%s: %s, want %s", c.to.ID, got, c.want)
		}
	}
}

// TestShownCodes: codes are shown in their normal form, and other texts as typed.
func TestShownCodes(t *testing.T) {
	for _, c := range [][3]string{{"required,gmc", " c 765 4321", "7654321"}, {"required,postcode", "sw1a1aa", "SW1A 1AA"},
		{"required,practicecode", "a 81-001", "A81001"}, {"required,gmc", "765", "765"}, {"required,name", "alex", "alex"},
		{"required,postcode", "", ""}} {
		q := ask(t, Question{Kind: Text, Label: "Code", Rule: c[0]})
		if got := q.Shown(Values{"x": c[1]}); got != c[2] {
			t.Errorf("%s: %q is shown as %q", c[0], c[1], got)
		}
	}
}
