package intake_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"traininghub/internal/application"
	"traininghub/internal/decide"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	reading "traininghub/internal/office"
)

// withNumber changes the form to ask for another professional number, or for none if rule is "".
func (o *office) withNumber(label, rule string) {
	if rule == "" {
		o.def.Applicant.Number = ""
		return
	}
	q, _ := o.def.Question(o.def.Applicant.Number)
	*q = form.Ask(form.Question{ID: q.ID, Kind: form.Text, Label: label, Rule: rule})
}

// sends sends an application with different answers to the first section.
func (o *office) sends(other form.Values) *application.Application {
	o.t.Helper()
	v := answers(&o.def.Sections[0])
	for name, text := range other {
		v[name] = text
	}
	_, key, problems, err := o.Start(o.t.Context(), o.def, "", v)
	if err != nil || problems != nil {
		o.t.Fatal(problems, err)
	}
	o.fill(key)
	return o.send(key)
}

// TestOtherRegister: nurses apply as GPs do, and a pharmacist is not taken for a GP with the same
// digits.
func TestOtherRegister(t *testing.T) {
	for _, c := range []struct{ label, rule, typed, again, number, key, what, other string }{
		{"NMC PIN", "required,nmc,max=20", "12a 3456 b", "NMC PIN 12A3456B", "12A3456B", "nmc:12A3456B", "NMC PIN",
			"12A3456C"},
		{"GPhC registration number", "required,gphc,max=20", "201-2345", "GPhC 2012345", "2012345", "gphc:2012345",
			"GPhC number", "GMC 2012345"},
	} {
		o := newOffice(t, "career-conversations")
		o.withNumber(c.label, c.rule)
		one := o.sends(form.Values{"gmc-number": c.typed})
		o.mailed()
		two := o.sends(form.Values{"gmc-number": c.again})
		messages := messagesOf(o.mailed(), application.LetterToLead)
		if got := two.Document.Applicant.Registration; got.Number != c.number || got.What() != c.what ||
			two.Brief().Number != c.key {
			t.Errorf("%s: applicant %+v, found by %q", c.label, got, two.Brief().Number)
		}
		if len(messages) != 1 || !strings.Contains(messages[0].Text,
			"Application "+one.Reference+" for this course has the same "+c.what+".") {
			t.Errorf("%s: the lead is told of no double: %v", c.label, messages)
		}
		for typed, want := range map[string]int{c.typed: 2, c.again: 2, c.other: 0} {
			if lines, _, err := o.Search(t.Context(), o.lead(), typed); err != nil || len(lines) != want {
				t.Errorf("%s: %q finds %d, %v", c.label, typed, len(lines), err)
			}
		}
		if p, err := o.Person(t.Context(), c.again, ""); err != nil || len(p.Applications) != 2 {
			t.Errorf("%s: one person has %v, %v", c.label, p, err)
		}
		if p, err := o.Person(t.Context(), c.other, ""); err != nil || len(p.Applications) != 0 {
			t.Errorf("%s: another person has %v, %v", c.label, p, err)
		}
		if _, err := o.Person(t.Context(), "201 2345", ""); c.number == "2012345" &&
			(!errors.Is(err, reading.ErrNumber) || !strings.Contains(err.Error(), "GMC 2012345 or GPhC 2012345")) {
			t.Errorf("a number that may be of either: %v", err)
		}
	}
}

// TestNoNumber: managers have no number. Possible doubles are found by the address.
func TestNoNumber(t *testing.T) {
	o := newOffice(t, "career-conversations")
	o.withNumber("", "")
	one := o.sends(form.Values{"email": "Manager@example.org"})
	other := o.sends(form.Values{"email": "other@example.org"})
	o.mailed()
	two := o.sends(form.Values{"email": "manager@example.org"})
	messages := messagesOf(o.mailed(), application.LetterToLead)
	if !two.Document.Applicant.None() || two.Brief().Number != "" {
		t.Errorf("applicant %+v", two.Document.Applicant)
	}
	if len(messages) != 1 || !strings.Contains(messages[0].Text,
		"Application "+one.Reference+" for this course has the same email address.") ||
		strings.Contains(messages[0].Text, other.Reference) {
		t.Errorf("letters to the lead: %v", messages)
	}
}

// TestSearchAsTyped: names and numbers are found however somebody types them.
func TestSearchAsTyped(t *testing.T) {
	o := newOffice(t, "career-conversations")
	a := o.sends(form.Values{"first-names": "Zoe\u0308", "surname": "O’Malley\u2013Jones", "gmc-number": "1234567"})
	for _, typed := range []string{"O'Malley", "O\u02BCMalley", "O\u00B4Malley", "o’malley zoë", "Malley-Jones",
		"Malley\u2013Jones", "MALLEY\u2011JONES", "Zo\u00ade", "jones ZOE",
		"GMC 1234567", "C1234567", "1234\u2011567", "gmc: 1234567"} {
		lines, _, err := o.Search(t.Context(), o.lead(), typed)
		if err != nil ||
			!slices.ContainsFunc(lines, func(b application.Brief) bool { return b.Reference == a.Reference }) {
			t.Errorf("%q finds %v, %v", typed, lines, err)
		}
	}
	for _, typed := range []string{"O'Malley Smith", "GMC 1234568", "GPhC 1234567", "-", "\u00ad", "'"} {
		if lines, _, err := o.Search(t.Context(), o.lead(), typed); err != nil || len(lines) != 0 {
			t.Errorf("%q finds %v, %v", typed, lines, err)
		}
	}
}

// TestNothingToSee: a text without any visible character never counts as an answer.
func TestNothingToSee(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	for _, nothing := range []string{"\u3164", "\u2800\u00ad", "\u200c", "\u0007", "\ufe0f\u0301"} {
		key := o.begin()
		o.fill(key)
		said := func(what, want string, problems []form.Problem, err error) {
			t.Helper()
			if err != nil || !slices.ContainsFunc(problems, func(p form.Problem) bool { return p.Text == want }) {
				t.Errorf("%s of %q: %v, %v", what, nothing, problems, err)
			}
		}
		_, _, problems, err := o.Desk.Send(t.Context(), o.def, key, intake.Signed{Ticked: o.all(), Name: nothing})
		said("a signature", "Enter your full name to sign", problems, err)
		a := o.send(key)
		link := practiceLink(t, o.mailed())
		seen := a.Authorisation.Shown.Sum()
		_, problems, err = o.Authorise(t.Context(), link, form.Values{"answer": intake.Refuse, "reason": nothing,
			"name": nothing, "role": nothing}, seen)
		said("a reason", "Enter the reason why you cannot confirm this", problems, err)
		said("a name", "Enter your full name", problems, err)
		said("a role", "Enter your role at the practice", problems, err)
		problems, err = decide.Of(o.Desk).AddNote(t.Context(), o.lead(), a.Reference, nothing)
		said("a note", "Enter a note", problems, err)
		_, _, problems, err = decide.Of(o.Desk).Decide(t.Context(), o.lead(), a.Reference,
			application.Decision{Reason: o.def.DeclineReasons[len(o.def.DeclineReasons)-1].Label, Text: nothing,
				Name: nothing}, "")
		said("what the applicant is told", "Tell the applicant the reason", problems, err)
		said("a name below a decision", "Enter your full name to sign", problems, err)
	}
}

// TestDraftOfAnyName: a draft may save a text that cannot be a name, but no letter uses it.
func TestDraftOfAnyName(t *testing.T) {
	o := newOffice(t, "career-conversations")
	v := answers(&o.def.Sections[0])
	v["first-names"], v["surname"] = "Siân", "You have won: https://prize.example.com"
	a := application.Answers{Values: map[string]form.Values{o.def.Sections[0].ID: v}}
	if p := application.ApplicantOf(o.def, &a); p.Name != "Siân" || p.Email != "angharad@example.org" {
		t.Errorf("applicant %+v", p)
	}
}
