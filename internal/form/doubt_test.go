package form

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// doubtful is a form that expects something of nearly every answer.
const doubtful = `title: Apply
course: minor-surgery
reference: MS
purpose: We use your answers to decide.
applicant:
  names: [first, last]
  email: email
  telephone: phone
sections:
  - id: you
    title: You
    questions:
      - {id: first, kind: text, label: First name, rule: "required,name,max=200"}
      - {id: last, kind: text, label: Surname, rule: "required,name,max=200"}
      - {id: email, kind: email, label: Email address, rule: "required,email,max=254"}
      - {id: phone, kind: telephone, label: Telephone, rule: "required,telephone,max=40"}
      - id: listed
        kind: yes-no
        label: Are you listed?
        rule: required
        doubts: [{expect: yes, says: Mentors are listed.}]
      - id: sessions
        kind: number
        label: Sessions
        rule: required,min=0.5,max=14
        doubts:
          - {least: "{{min}}", says: "The scheme asks for {{min}} or more."}
          - {most: "10", says: Nobody works more than 10.}
      - id: role
        kind: choice
        label: Role
        rule: omitempty
        options: [{id: partner, label: Partner}, {id: salaried, label: Salaried}, {id: none, label: None}]
        doubts: [{expect: "partner, salaried", says: You work at a practice.}]
  - id: refs
    title: References
    repeat: {item: reference, items: references, min: 1, max: 3, name: referee}
    questions:
      - id: referee
        kind: text
        label: Name
        rule: required,name,max=200
        doubts:
          - {differs: applicant, says: A referee is not the applicant.}
          - {differs: manager, says: A referee is not the manager.}
          - {unique: yes, says: Referees are two people.}
      - id: referee-email
        kind: email
        label: Email
        rule: required,email,max=254
        doubts:
          - {differs: applicant, says: A referee is not the applicant.}
          - {differs: manager-email, says: A referee is not the manager.}
          - {unique: yes, says: Referees are two people.}
      - id: referee-phone
        kind: telephone
        label: Phone
        rule: omitempty,telephone,max=40
        doubts: [{differs: applicant, says: That is your own number.}]
  - id: practice
    title: Practice
    questions:
      - {id: manager, kind: text, label: Manager, rule: "required,name,max=200"}
      - {id: manager-email, kind: email, label: Email, rule: "required,email,max=254"}
declarations: [{id: a, text: All is true.}]
signature: {label: Your name, doubt: "This is not the name in the application for {{title}}."}
next: [We write to you.]
`

func joinedForm(t *testing.T, text string, facts map[string]string) (*Definition, string) {
	t.Helper()
	forms, faults := Load(fstest.MapFS{"forms/f.yaml": {Data: []byte(text)}}, "forms")
	d, more := forms[0].Join(Joined{Fact: func(name string) (string, bool) { f, ok := facts[name]; return f, ok }})
	var lines []string
	for _, f := range append(faults, more...) {
		lines = append(lines, strings.TrimPrefix(f.String(), "content/forms/f.yaml"))
	}
	return d, strings.Join(lines, "\n")
}

func TestDoubts(t *testing.T) {
	d, faults := joinedForm(t, doubtful, map[string]string{"min": "3", "title": "Surgery"})
	if faults != "" {
		t.Fatal(faults)
	}
	for name, c := range map[string]struct {
		change    map[string]string // by question; of rows "0 referee"
		signature string
		want      []string
	}{
		"as expected": {},
		"fewer sessions, and not listed": {map[string]string{"sessions": "2½", "listed": "no"}, "", []string{
			"Are you listed? “No”: Mentors are listed.", "Sessions, “2½”: The scheme asks for 3 or more."}},
		"exactly enough":             {map[string]string{"sessions": "3.0"}, "", nil},
		"too many":                   {map[string]string{"sessions": "11"}, "", []string{"Sessions, “11”: Nobody works more than 10."}},
		"a mistake is no doubt":      {map[string]string{"sessions": "0.1"}, "", nil},
		"no number is no doubt":      {map[string]string{"sessions": "two"}, "", nil},
		"nothing is no doubt":        {map[string]string{"sessions": "", "listed": "", "role": ""}, "", nil},
		"one of the options":         {map[string]string{"role": "salaried"}, "", nil},
		"another option":             {map[string]string{"role": "none"}, "", []string{"Role, “None”: You work at a practice."}},
		"the applicant, by mailbox":  {map[string]string{"1 referee-email": "Alex+work@example.org"}, "", []string{"Reference 2: Email, “Alex+work@example.org”: A referee is not the applicant."}},
		"the applicant, by name":     {map[string]string{"0 referee": "EXAMPLE, Dr Álex"}, "", []string{"Reference 1: Name, “EXAMPLE, Dr Álex”: A referee is not the applicant."}},
		"both are said once":         {map[string]string{"0 referee": "Alex Example", "0 referee-email": "alex@example.org"}, "", []string{"Reference 1: Name, “Alex Example”: A referee is not the applicant."}},
		"a namesake's initial":       {map[string]string{"0 referee": "Dr A Example"}, "", nil},
		"the manager":                {map[string]string{"0 referee-email": "MANAGER@example.org"}, "", []string{"Reference 1: Email, “MANAGER@example.org”: A referee is not the manager."}},
		"the same twice":             {map[string]string{"1 referee": "One, Robin"}, "", []string{"Reference 2: Name, “One, Robin”: Referees are two people."}},
		"the applicant's own number": {map[string]string{"0 referee-phone": "+44 7700 900982"}, "", []string{"Reference 1: Phone, “+44 7700 900982”: That is your own number."}},
		"the signature":              {nil, "Sam Other", []string{"Your name, “Sam Other”: This is not the name in the application for Surgery."}},
		"the signature in full":      {nil, "Dr Alex Jo Example", nil},
	} {
		given := map[string][]Values{
			"you": {{"first": "Alex", "last": "Example", "email": "alex@example.org", "phone": "07700 900982", "listed": "yes",
				"sessions": "4", "role": "partner"}},
			"refs": {{"referee": "Robin One", "referee-email": "one@example.org"},
				{"referee": "Kim Two", "referee-email": "two@example.org"}},
			"practice": {{"manager": "Pat Manager", "manager-email": "manager@example.org"}},
		}
		for at, text := range c.change {
			section, row, id := "you", 0, at
			if n, rest, found := strings.Cut(at, " "); found {
				section, id, row = "refs", rest, int(n[0]-'0')
			}
			given[section][row][id] = text
		}
		var got []string
		for _, doubt := range d.Doubts(func(s *Section) []Values { return given[s.ID] }, c.signature) {
			got = append(got, doubt.String())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// A list with one entry does not number it; nothing given is no doubt.
func TestDoubtPlaces(t *testing.T) {
	d, _ := joinedForm(t, doubtful, map[string]string{"min": "3", "title": "Surgery"})
	got := d.Doubts(func(s *Section) []Values {
		if s.ID == "refs" {
			return []Values{{"referee": "Alex Example"}}
		}
		return []Values{{"first": "Alex", "last": "Example"}}
	}, "")
	if len(got) != 1 || got[0] != (Doubt{Section: "refs", Row: 1, Question: "referee", Label: "Reference: Name",
		Answer: "Alex Example", Says: "A referee is not the applicant."}) {
		t.Errorf("%+v", got)
	}
	if got := d.Doubts(func(*Section) []Values { return nil }, "Alex"); len(got) != 0 {
		t.Errorf("of nothing: %+v", got)
	}
}

// TestDoubtFaults: an editor's mistakes are reported at their positions, with what to do.
func TestDoubtFaults(t *testing.T) {
	facts := map[string]string{"min": "3", "title": "Surgery", "charge": "£50", "start": "Tuesday 2 November 2021"}
	for _, c := range []struct{ old, new, want string }{
		{`{expect: yes, says`, `{expect: yse, says`, `question "listed" expects "yse", which it does not offer`},
		{`{expect: yes, says: Mentors are listed.}`, `{expect: yes}`, `the key "says" is missing`},
		{`{expect: yes, says`, `{expects: yes, says`, `unknown key "expects"`},
		{`{expect: yes, says`, `{says`, `a doubt of question "listed" says nothing that is expected`},
		{`{expect: yes, says`, `{expect: yes, least: "3", says`, `expects several things at once: expect and least`},
		{`{most: "10", says`, `{expect: yes, says`, `question "sessions" expects an option, but offers none`},
		{`{expect: yes, says`, `{least: "1", says`, `question "listed" expects a size, but its kind is yes-no`},
		{`{most: "10", says`, `{most: ten, says`, `question "sessions" expects "ten", which is no number`},
		{`least: "{{min}}"`, `least: "{{mim}}"`, `there is no fact named "mim"`},
		{`least: "{{min}}"`, `least: "{{start}}"`, `question "sessions" expects "Tuesday 2 November 2021", which is no number`},
		{`{most: "10", says`, `{unique: yes, says`, `the question "sessions" is asked once`},
		{`{differs: manager-email, says`, `{differs: manager-mail, says`, `there is no question "manager-mail"`},
		{`{differs: manager-email, says`, `{differs: manager, says`, `question "referee-email" has the kind email and "manager" the kind text`},
		{`{differs: manager-email, says`, `{differs: referee-email, says`, `question "referee-email" differs from itself`},
		{`{most: "10", says`, `{differs: applicant, says`, `question "sessions" asks for nothing that tells an applicant`},
		{`{expect: yes, says`, `{differs: referee, says`, `the question "referee" is asked of each reference`},
		{`rule: "required,email,max=254"}`, `rule: "required,email,max=254", doubts: [{differs: applicant, says: No.}]}`,
			`question "email" asks for the applicant's own`},
		{`{expect: yes, says`, `{differs: applicant, says`, `question "listed" asks for nothing that tells`},
		{`doubt: "This is not`, `doubt: "{{tite}} This is not`, `there is no fact named "tite"`},
	} {
		text := strings.Replace(doubtful, c.old, c.new, 1)
		line := 1 + strings.Count(doubtful[:strings.Index(doubtful, c.old)], "\n")
		_, got := joinedForm(t, text, facts)
		if text == doubtful || !strings.Contains(got, c.want) || !strings.HasPrefix(got, fmt.Sprintf(":%d:", line)) {
			t.Errorf("%s: got %s", c.new, got)
		}
	}
	service := strings.Replace(doubtful, "course: minor-surgery", "service: support", 1)
	if _, got := joinedForm(t, service, facts); !strings.Contains(got, "whose leads would not see them") {
		t.Errorf("a form for a service: %s", got)
	}
	if _, got := joinedForm(t, strings.Replace(doubtful, `least: "{{min}}"`, `least: "{{charge}}"`, 1), facts); got != "" {
		t.Errorf("a sum is a limit, too: %s", got)
	}
}
