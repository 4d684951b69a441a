package form

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"traininghub/internal/source"
)

// good is a small form without a fault; each case below breaks one thing.
const good = `title: Apply for {{title}}
course: minor-surgery
reference: MS
purpose: We use your answers to decide on your application.
applicant:
  names: [name]
  email: email
  number: gmc-number
sections:
  - id: your-details
    title: Your details
    questions:
      - id: name
        kind: text
        label: Full name
        rule: required,name,max=200
      - id: email
        kind: email
        label: Email address
        rule: required,email,max=254
      - id: gmc-number
        kind: text
        label: GMC reference number
        rule: required,gmc
  - id: references
    title: References
    repeat: {item: reference, items: references, min: 1, max: 2, name: referee}
    questions:
      - id: referee
        kind: text
        label: Name
        rule: required,name,max=200
      - id: cohort
        kind: cohort
        label: Cohort
        rule: required
declarations:
  - id: charge
    text: I will be charged {{charge}} if I do not attend.
signature:
  label: Your full name
next: [We write to you.]
parts:
  - id: stp
    title: For completion by the STP
    blanks:
      - {id: name, label: Name, kind: line}
terms:
  title: Terms of business
  clauses: ["Cancelling {{title}} late is charged.", Sessions are confidential.]
  statement: I agree to the terms of {{title}}.
`

func load(t *testing.T, text string) (*Definition, string) {
	t.Helper()
	forms, faults := Load(fstest.MapFS{"forms/f.yaml": {Data: []byte(text)}}, "forms")
	lines := make([]string, len(faults))
	for i, f := range faults {
		lines[i] = strings.TrimPrefix(f.String(), "content/forms/f.yaml")
	}
	if len(forms) == 0 {
		return nil, strings.Join(lines, "\n")
	}
	return forms[0], strings.Join(lines, "\n")
}

func TestLoadFaults(t *testing.T) {
	if _, faults := load(t, good); faults != "" {
		t.Fatalf("the good form has faults:\n%s", faults)
	}
	for _, c := range []struct{ name, old, new, want string }{
		{"unknown key", "course: minor", "cuorse: minor", `:2:1: unknown key "cuorse" (did you mean "course"?)`},
		{"unknown kind", "kind: email", "kind: mail",
			`:18:15: "kind" names an unknown kind of question, "mail" (did you mean "email"?)`},
		{"unknown rule", "required,gmc", "required,gcm",
			`:24:24: the rule of question "gmc-number" has an unknown tag "gcm" (did you mean "gmc"?)`},
		{"rule without number", "required,email,max=254", "required,email,max",
			`:20:30: the rule of question "email" has "max" without a number (write max=300, for example)`},
		{"value where none belongs", "required,gmc", "required,gmc=7",
			`:24:24: the rule of question "gmc-number" gives "gmc" a value (write only gmc)`},
		{"no limit", "required,name,max=200\n      - id: email", "required,name\n      - id: email",
			`:13:9: the rule of question "name" sets no limit (add the most characters to it: "max=300")`},
		{"question twice", "id: referee\n", "id: name\n",
			`:27:72: section "references" has no question "referee" (use one of: cohort, name)` + "\n" + `:29:13: the question "name" is also asked in section "your-details" (give each question an id of its own)`},
		{"reserved section", "id: references", "id: check",
			`:25:9: a section cannot have the id "check": a page of the application has it (choose another)`},
		{"input of the pages", "id: cohort\n", "id: leave\n",
			`:33:13: a question cannot have the id "leave": the pages use it themselves (choose another)`},
		{"odd id", "id: gmc-number", "id: GMC_number",
			`:8:11: the first section has no question "gmc-number" (did you mean "GMC_number"?)` + "\n" + `:21:13: the id "GMC_number" of a question has other characters than small letters, figures and hyphens (write it like "practice-name")`},
		{"repeat the wrong way round", "min: 1, max: 2", "min: 3, max: 2",
			`:27:5: section "references" repeats from 3 to 2 times (make min at most max, and max from 1 to 50)`},
		{"past on a text", "required,gmc", "required,gmc,past",
			`:24:28: question "gmc-number" has the rule "past" but is no date (remove it, or make the kind date or month)`},
		{"applicant not required", "required,email,max=254", "omitempty,email,max=254",
			`:7:10: the question "email" need not be answered, but tells who applies (add "required" to its rule)`},
		{"a name that can be anything", "required,name,max", "required,max",
			`:16:15: warning: the question "name" asks for a name, but takes anything (add "name" to its rule)`},
		{"no professional number", "  number: gmc-number\n", "", ``},
		{"an NMC PIN", "rule: required,gmc", "rule: required,nmc", ``},
		{"a number of no register", "rule: required,gmc", "rule: required,postcode",
			`:8:11: the question "gmc-number" asks for no number on a professional register (add one of gmc, gphc, nmc to its rule, or remove the line: it need not be there)`},
		{"the old key", "  number: gmc-number", "  gmc: gmc-number",
			`:8:3: unknown key "gmc" (use one of: number, telephone)`},
		{"prefix", "reference: MS", "reference: m1",
			`:3:12: the reference begins with "m1" (use two capital letters, but not I or O: "CC")`},
		{"blank kind", "kind: line}", "kind: lin}",
			`:47:39: the blank "name" has an unknown kind "lin" (did you mean "line"?)`},
		{"choice without options", "kind: cohort", "kind: choice",
			`:33:9: the choice "cohort" has fewer than two options (add options, or use the kind yes-no)`},
		{"not a list", "next: [We write to you.]", "next: We write to you.",
			`:42:7: "next" must be a list (write "- We write to you." on a line of its own below it, and so each other entry)`},
		{"terms without clauses", "  clauses: [\"Cancelling {{title}} late is charged.\", Sessions are confidential.]\n", "", `:49:3: the key "clauses" is missing (add a line "clauses: …")`},
		{"empty clause", "Sessions are confidential.", `" "`,
			`:50:54: a clause of the terms is empty (write it, or remove the line)`},
		{"part with the id of the agreement", "id: stp\n", "id: agreement\n",
			`:44:9: a part cannot have the id "agreement": the agreement to the terms has it (choose another)`},
		{"decision without reasons", "    title: For completion by the STP\n",
			"    title: For completion by the STP\n    decision: yes\n",
			`:43:1: the form has a part with the decision, but no reasons to decline (add a list "decline_reasons")`},
		{"reasons without decision", "next: [", "decline_reasons: [{id: full, label: The course is full.}]\nnext: [",
			`:42:1: the form has reasons to decline, but no part with the decision (add "decision: yes" to the part that whoever decides completes)`},
		{"two decisions", "      - {id: name, label: Name, kind: line}",
			"      - {id: name, label: Name, kind: line}\n    decision: yes\n  - id: more\n    title: More\n    " +
				"decision: yes\n    blanks: [{id: more, label: More, kind: line}]\ndecline_reasons: [{id: full, label: " +
				"The course is full.}]", `:51:15: the form has two parts with the decision (leave the line in one of them)`},
		{"the same reason", "      - {id: name, label: Name, kind: line}",
			"      - {id: name, label: Name, kind: line}\n    decision: yes\ndecline_reasons: [{id: full, label: " +
				"Full.}, {id: full, label: No place.}, {id: Full, label: FULL.}, {id: none}]",
			`:49:50: there are two reasons to decline with the id "full" (give each an id of its own)` + "\n" + `:49:80: the id "Full" of a reason to decline has other characters than small letters, figures and hyphens (write it like "practice-name")` + "\n" + `:49:93: there are two reasons to decline "FULL." (remove one, or say what tells the two apart)` + "\n" + `:49:101: the key "label" is missing (add a line "label: …")`},
		{"mean of nothing", "sections:\n", "clinical_sessions: sessions\nsections:\n",
			`:9:20: there is no question "sessions" (use one of: cohort, email, gmc-number, name, referee)`},
		{"mean of a text", "sections:\n", "clinical_sessions: name\nsections:\n",
			`:9:20: the question "name" has the kind text, so there is no mean of it (name one of the kind number)`},
		{"mean of a list", "        kind: cohort\n        label: Cohort\n        rule: required\n",
			"        kind: number\n        label: Cohort\n        rule: required\nclinical_sessions: cohort\n",
			`:37:20: the question "cohort" is asked several times (name one in a section that does not repeat)`},
	} {
		text := strings.Replace(good, c.old, c.new, 1)
		if text == good {
			t.Errorf("%s: the case changes nothing", c.name)
		}
		if _, got := load(t, text); got != c.want {
			t.Errorf("%s:\ngot\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// TestTermsFile: the provider's document is read with the form, and its checksum identifies the
// version.
func TestTermsFile(t *testing.T) {
	named := strings.Replace(good, "title: ", "terms_file: terms-2021.pdf\ntitle: ", 1)
	for name, c := range map[string]struct {
		form, file, content string
		fault               string
	}{
		"there":      {named, "terms-2021.pdf", "%PDF-1.7 terms", ""},
		"not there":  {named, "terms.pdf", "%PDF-1.7 terms", "there is no file content/documents/terms-2021.pdf"},
		"no PDF":     {named, "terms-2021.pdf", "PK word", "content/documents/terms-2021.pdf is no PDF"},
		"other name": {strings.Replace(named, "terms-2021.pdf", "../site.yaml", 1), "x", "", `"../site.yaml" is no name of a PDF`},
	} {
		forms, faults := Load(fstest.MapFS{"forms/a.yaml": {Data: []byte(c.form)},
			"documents/" + c.file: {Data: []byte(c.content)}}, "forms")
		if c.fault != "" {
			if len(faults) != 1 || faults[0].What != c.fault || faults[0].Line != 1 {
				t.Errorf("%s: %v", name, faults)
			}
			continue
		}
		f := forms[0].Terms.File
		if len(faults) > 0 || f == nil || f.Path() != "/documents/terms-2021.pdf" ||
			f.SHA256 != fmt.Sprintf("%x", sha256.Sum256([]byte(c.content))) {
			t.Errorf("%s: %+v, %v", name, f, faults)
		}
	}
}

func TestJoin(t *testing.T) {
	d, _ := load(t, good)
	facts := map[string]string{"title": "Minor surgery", "charge": "£500"}
	fact := func(name string) (string, bool) { v, ok := facts[name]; return v, ok }
	joined, faults := d.Join(Joined{Fact: fact, FactNames: []string{"title", "charge"},
		Cohorts: []Option{{ID: "cohort-1", Label: "Cohort 1"}}})
	if faults != nil {
		t.Fatal(faults)
	}
	if joined.Title != "Apply for Minor surgery" ||
		joined.Declarations[0].Text != "I will be charged £500 if I do not attend." {
		t.Errorf("facts are not in the words: %q, %q", joined.Title, joined.Declarations[0].Text)
	}
	if tm := joined.Terms; tm.Clauses[0] != "Cancelling Minor surgery late is charged." ||
		tm.Statement != "I agree to the terms of Minor surgery." ||
		d.Terms.Clauses[0] != "Cancelling {{title}} late is charged." {
		t.Errorf("terms %+v, of the form itself %+v", joined.Terms, d.Terms)
	}
	if q, s := joined.Question("cohort"); q.Options[0].ID != "cohort-1" || s.ID != "references" {
		t.Errorf("the cohorts are not the options: %v", q.Options)
	}
	if d.Title != "Apply for {{title}}" || len(d.Sections[1].Questions[1].Options) > 0 {
		t.Error("joining changed the form itself")
	}
	facts["charge"] = "£600"
	dearer, _ := d.Join(Joined{Fact: fact})
	if dearer.Version == joined.Version || len(joined.Version) != 12 {
		t.Errorf("other words, version %q and %q: they must differ", joined.Version, dearer.Version)
	}
	delete(facts, "charge")
	_, faults = d.Join(Joined{Fact: fact, FactNames: []string{"title", "charge-now"}})
	want := source.Fault{Path: "content/forms/f.yaml", Position: source.Position{Line: 39, Column: 29},
		What: `there is no fact named "charge"`, Do: `did you mean "charge-now"?`}
	if len(faults) != 1 || faults[0] != want {
		t.Errorf("faults %v, want %v", faults, want)
	}
}

// FuzzLoad: whatever an editor writes is either a form or has faults, and a form can be joined,
// asked and put into words.
func FuzzLoad(f *testing.F) {
	f.Add(good)
	for _, seed := range []string{"", "sections: [{questions: [{rule: \"min=3,max=1\"}]}]",
		strings.Replace(good, "required,gmc", "required,nmc,past,max=1e9", 1),
		strings.Replace(good, "kind: cohort", "kind: duration", 1), strings.Replace(good, "kind: text", "kind: money",
			1), strings.Replace(good, "id: email", "id: name-keep", 1)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		forms, _ := Load(fstest.MapFS{"forms/f.yaml": {Data: []byte(text)}}, "forms")
		for _, d := range forms {
			joined, _ := d.Join(Joined{Fact: func(string) (string, bool) { return "a fact", true },
				Cohorts: []Option{{ID: "one", Label: "One"}}})
			joined.Register()
			Changes(d, joined)
			for i := range joined.Sections {
				s := &joined.Sections[i]
				for k := range s.Questions {
					q := &s.Questions[k]
					v := q.Sample()
					_, _, _, _ = q.RuleInWords(), q.InExport(), q.Shown(v), q.Normal(v)
					for name := range v {
						v[name] = text[:min(len(text), 50)]
					}
					s.Check(v, day)
				}
			}
		}
	})
}
