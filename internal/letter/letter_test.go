package letter

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"traininghub/internal/form"
	"traininghub/internal/record"
)

const (
	lead   = "application-to-lead"
	resume = "resume-draft"
	ask    = "authorise-to-practice"
	signIn = "sign-in"
)

// table is the table of a story whose applications are sent by one person and confirmed by another.
var table = Join(Table{
	lead: {To: []Recipient{"lead", "applicant"},
		Fields: []string{"reference", "form.title", "applicant.name", "received", "review"}},
	"application-to-applicant": {To: []Recipient{"applicant"}, Fields: []string{"reference", "received", "link"}},
	resume: {To: []Recipient{"applicant"},
		Fields: []string{"reference", "form.title", "link", "until"}, NoCopy: "there is no PDF yet",
		NotFirst: []string{"form.title"}},
	ask: {To: []Recipient{"practice"}, Fields: []string{"reference", "link"},
		NoCopy: "who confirms gets no copy", NoAnswers: "it is told no more"},
}, Table{
	signIn: {To: []Recipient{"staff"}, Fields: []string{"link"}, Alone: true, NoCopy: "there is no PDF of it"},
})

// letterForms are two forms that share all questions but "why-mentor".
func letterForms() []*form.Definition {
	ask := func(id, course string, questions ...string) *form.Definition {
		d := &form.Definition{ID: id, Course: course, Sections: []form.Section{{ID: "about"}, {ID: "practice"}}}
		for i, q := range questions {
			s := &d.Sections[i%2]
			s.Questions = append(s.Questions, form.Question{ID: q})
		}
		return d
	}
	return []*form.Definition{
		ask("career-conversations", "career-conversations", "surname", "objectives", "practice-name"),
		ask("supporting-mentors", "supporting-mentors", "surname", "objectives", "practice-name", "why-mentor"),
	}
}

var letterFacts = map[string][]string{
	"career-conversations": {"title", "deadline", "charge", "cohort-3.start"},
	"supporting-mentors":   {"title", "deadline", "charge"},
}

func letterHub(name string) (string, bool) {
	facts := map[string]string{"name": "GP Training Hub", "email": "hub@example.org"}
	v, ok := facts[name]
	return v, ok
}

// goodLetters are the letters that the program needs, without faults.
func goodLetters() map[string]string {
	letters := map[string]string{}
	for name, kind := range table {
		letters[name] = fmt.Sprintf("---\nsubject: News\nto: %s\n---\n{{hub.name}}\n", kind.To[0])
	}
	maps.Copy(letters, map[string]string{
		lead:                       "---\nsubject: \"Application {{reference}}\"\nto: lead\nattach: yes\n---\n{{applicant.name}} has applied.\n",
		"application-to-applicant": "---\nsubject: \"{{reference}} received {{received}}\"\nto: applicant\nattach: yes\n---\nThank you. {{course.deadline}}\n",
		resume:                     "---\nsubject: \"Go on with your application\"\nto: applicant\n---\n{{link}} works until {{until}}.\n",
	})
	return letters
}

func loadLetters(letters map[string]string) (Set, string) {
	fsys := fstest.MapFS{}
	for name, text := range letters {
		fsys["letters/"+name+".md"] = &fstest.MapFile{Data: []byte(text)}
	}
	l, faults := Read(fsys, "letters",
		Check{Table: table, Forms: letterForms(),
			Facts: func(f *form.Definition) []string { return letterFacts[f.Course+f.Service] }, Hub: letterHub,
			MayLack: []string{"price", "weeks"}})
	return l, faults.Error()
}

func TestRead(t *testing.T) {
	letters, faults := loadLetters(goodLetters())
	if faults != "" {
		t.Fatalf("faults in good letters:\n%s", faults)
	}
	got := letters.For(lead, "supporting-mentors")
	if got == nil || got.To != "lead" || !got.Attach || got.Subject != "Application {{reference}}" {
		t.Errorf("letter to the lead: %+v", got)
	}
	if letters.For("decision", "supporting-mentors") != nil {
		t.Error("there is a letter that nobody wrote")
	}
}

func TestFaults(t *testing.T) {
	head := "---\nsubject: \"Application {{reference}}\"\nto: lead\n---\n"
	for _, c := range []struct{ name, letter, text, want string }{
		{"field misspelt", lead, head + "Dear colleague\n\n{{aplicant.name}} has applied.\n",
			`content/letters/application-to-lead.md:7:1: unknown field "aplicant.name" (did you mean "applicant.name"?)`},
		{"field like no other", lead, head + "{{telephone number of the surgery}}\n",
			`content/letters/application-to-lead.md:5:1: unknown field "telephone number of the surgery" (use one of: answer.QUESTION, applicant.name, course.FACT, form.title, hub.FACT, received, reference, review)`},
		{"fact that no course has, alone", lead, head + "{{reference}}\n\nYou pay {{course.price}} for {{course.weeks}} at the {{hub.name}}.\n", ""},
		{"fact that no course has, among others", lead, head + "Price: {{course.price}}\nName: {{applicant.name}}\n",
			`content/letters/application-to-lead.md:5:8: names the fact "price", which the course career-conversations does not have (put it into a paragraph without other fields, which is left out for that course)`},
		{"course's fact without its group", lead, head + "{{deadline}}\n",
			`content/letters/application-to-lead.md:5:1: unknown field "deadline" (did you mean "course.deadline"?)`},
		{"question without its group", lead, head + "{{objectives}}\n",
			`content/letters/application-to-lead.md:5:1: unknown field "objectives" (did you mean "answer.objectives"?)`},
		{"question that no form has", lead, head + "{{answer.practise-name}}\n",
			`content/letters/application-to-lead.md:5:1: names the question "practise-name", which the form career-conversations does not have (did you mean "practice-name"?)`},
		{"question that one form lacks", lead, head + "{{answer.why-mentor}}\n",
			`content/letters/application-to-lead.md:5:1: names the question "why-mentor", which the form career-conversations does not have (use one of: objectives, practice-name, surname)`},
		{"fact that one course lacks", lead, head + "{{course.cohort-3.start}}\n",
			`content/letters/application-to-lead.md:5:1: names the fact "cohort-3.start", which the course supporting-mentors does not have (use one of: charge, deadline, title)`},
		{"fact that the hub lacks", lead, head + "{{hub.telephone}}\n",
			`content/letters/application-to-lead.md:5:1: names the fact "telephone", which the hub does not have (see content/site.yaml for its facts)`},
		{"below a comment of several lines", lead, head +
			"<!-- For editors:\n{{nothing}} here is checked.\n-->\n\nHello\n{{refrence}}\n",
			`content/letters/application-to-lead.md:10:1: unknown field "refrence" (did you mean "reference"?)`},
		{"comment not closed", lead, head + "<!-- For editors\n\nHello\n",
			`content/letters/application-to-lead.md:5: the comment is not closed (put "-->" behind it)`},
		{"no text", lead, head + "\n<!-- nothing yet -->\n",
			`content/letters/application-to-lead.md:7: the letter has no text (write it below the second line of "---")`},
		{"brace missing", lead, head + "Reference: {{reference}\n",
			`content/letters/application-to-lead.md:5:1: double braces do not come in pairs (write a field as "{{reference}}", on one line)`},
		{"applicant in the subject", lead, "---\nto: lead\nsubject: \"{{applicant.name}} applies\"\n---\nHello\n",
			`content/letters/application-to-lead.md:3:11: the subject shows "applicant.name": subjects can be read by others (say it in the text, or use {{reference}})`},
		{"answer in the subject", lead, "---\nto: lead\nsubject: \"From {{answer.surname}}\"\n---\nHello\n",
			`content/letters/application-to-lead.md:3:16: the subject shows "answer.surname": subjects can be read by others (say it in the text, or use {{reference}})`},
		{"secret in the subject", resume, "---\nto: applicant\nsubject: \"{{link}}\"\n---\nHello\n",
			`content/letters/resume-draft.md:3:11: the subject shows "link": subjects can be read by others (say it in the text, or use {{reference}})`},
		{"nobody to send it to", lead, "---\nsubject: Hello\nto: everybody\n---\nHello\n",
			`content/letters/application-to-lead.md:3:5: "to" names nobody that letters go to, "everybody" (use one of: applicant, lead)`},
		{"key misspelt", lead, "---\nsubjct: Hello\nto: lead\n---\nHello\n",
			`content/letters/application-to-lead.md:2:1: unknown key "subjct" (did you mean "subject"?)`},
		{"link to the lead", resume, "---\nsubject: Hello\nto: lead\n---\n{{link}}\n",
			`content/letters/resume-draft.md:3:5: this letter, or what it opens, is not for the lead (write applicant)`},
		{"PDF of a draft", resume, "---\nsubject: Hello\nto: applicant\nattach: yes\n---\n{{link}}\n",
			`content/letters/resume-draft.md:4:9: there is no PDF yet (write no)`},
		{"begins with what was typed", resume,
			"---\nsubject: Hello\nto: applicant\n---\nHello\nfrom {{form.title}} {{answer.surname}}\n\n{{form.title}}\n",
			`content/letters/resume-draft.md:6:6: the letter begins with what somebody typed, "form.title" (say first what it is about: it can go to a stranger, whose address somebody else gave)` + "\n" +
				`content/letters/resume-draft.md:6:21: the letter begins with what somebody typed, "answer.surname" (say first what it is about: it can go to a stranger, whose address somebody else gave)`},
		{"time of receipt of a draft", resume, "---\nsubject: Hello\nto: applicant\n---\n{{received}}\n",
			`content/letters/resume-draft.md:5:1: this letter has no field "received" (remove it; it has reference, form.title, link, until)`},
		{"field of another letter", lead, head + "{{link}}\n",
			`content/letters/application-to-lead.md:5:1: this letter has no field "link" (remove it; it has ` + strings.Join(table[lead].Fields, ", ") + `)`},
		{"fact of a course, and a PDF, for the staff", signIn,
			"---\nsubject: Hello\nto: staff\nattach: yes\nform: supporting-mentors\n---\n{{course.title}}\n",
			"content/letters/sign-in.md:4:9: there is no PDF of it (write no)\n" +
				"content/letters/sign-in.md:5:7: this letter is about no form (leave it out)\n" +
				`content/letters/sign-in.md:7:1: this letter is about no application, so it has no field "course.title" (remove it; it has link and hub.FACT)`},
		{"answer to the practice", ask, "---\nsubject: Hello\nto: practice\n---\n{{answer.objectives}}\n",
			`content/letters/authorise-to-practice.md:5:1: shows an answer to the practice (remove it: it is told no more)`},
		{"application to the practice", ask, "---\nsubject: Hello\nto: practice\nattach: yes\n---\n{{link}}\n",
			`content/letters/authorise-to-practice.md:4:9: who confirms gets no copy (write no)`},
		{"missing", lead, "",
			`content/letters/application-to-lead.md: the letter is missing (create it: the program sends it; "hub new letters" writes those that are missing)`},
		{"name misspelt", "aplication-to-lead", head + "Hello\n",
			`content/letters/aplication-to-lead.md: the program sends no letter "aplication-to-lead" (did you mean "application-to-lead"?)`},
		{"form that does not exist", lead + "-mentors", "---\nsubject: Hello\nto: lead\nform: mentors\n---\nHello\n",
			`content/letters/application-to-lead-mentors.md:4:7: there is no form "mentors" (did you mean "supporting-mentors"?)`},
		{"for one form only", lead,
			"---\nsubject: Hello\nto: lead\nform: supporting-mentors\n---\n{{answer.why-mentor}}\n",
			`content/letters/application-to-lead.md: there is no such letter for the form career-conversations (take "form" out of it, or write application-to-lead-career-conversations.md)`},
		{"one for each form", lead + "-supporting-mentors",
			"---\nsubject: Hello\nto: lead\nform: supporting-mentors\n---\n{{answer.why-mentor}}\n",
			``},
	} {
		t.Run(c.name, func(t *testing.T) {
			letters := goodLetters()
			letters[c.letter] = c.text
			if c.text == "" {
				delete(letters, c.letter)
			}
			if _, got := loadLetters(letters); got != c.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, c.want)
			}
		})
	}
}

func TestForOneForm(t *testing.T) {
	letters := goodLetters()
	letters[lead+"-supporting-mentors"] = "---\nsubject: Mentors\nto: lead\nform: supporting-mentors\n---\nHello\n"
	l, faults := loadLetters(letters)
	if faults != "" {
		t.Fatal(faults)
	}
	if got := l.For(lead, "supporting-mentors").Subject; got != "Mentors" {
		t.Errorf("supporting-mentors gets %q", got)
	}
	if got := l.For(lead, "career-conversations").Subject; got != "Application {{reference}}" {
		t.Errorf("career-conversations gets %q", got)
	}
}

func TestSubjectIsOneLine(t *testing.T) {
	letter := &Template{Subject: "About {{form.title}}"}
	subject := letter.Headline(func(string) string {
		return "Mentor\r\nBcc: all@example.org\x00\tTraining\u2028now\u202e\u200b \x7fŁ"
	})
	if want := "About Mentor Bcc: all@example.org Training now Ł"; subject != want {
		t.Errorf("got %q, want %q", subject, want)
	}
}

// A paragraph about fields without a value is left out, even if it also has the hub's own words.
func TestHubWordsSayNothing(t *testing.T) {
	set, faults := Read(fstest.MapFS{"letters/answered.md": {Data: []byte(
		"---\nsubject: Answered\nto: applicant\nattach: no\n---\nYour {{hub.employer}} confirmed at {{confirmed}}.\n\n" +
			"Your {{hub.employer}} refused: {{refused}}\n\n{{hub.name}}\n")}}, "letters",
		Check{Table: Table{"answered": {To: []Recipient{"applicant"}, Fields: []string{"confirmed", "refused"}}},
			Hub: func(string) (string, bool) { return "trust", true }})
	if faults != nil {
		t.Fatal(faults)
	}
	var m record.Message
	set["answered"].Write(&m, func(field string) string {
		return map[string]string{"hub.employer": "trust", "hub.name": "Hub", "confirmed": "2pm"}[field]
	})
	if want := "Your trust confirmed at 2pm.\n\nHub\n"; m.Text != want {
		t.Errorf("got %q, want %q", m.Text, want)
	}
}

// A hub that offers nothing of mentoring needs none of its letters.
func TestNeeds(t *testing.T) {
	table := Join(Table{"a": {To: []Recipient{"x"}}}, Table{"b": {To: []Recipient{"x"}}}.Needing(NeedsMentoring))
	for _, c := range []struct {
		offers bool
		want   int
	}{{true, 2}, {false, 1}} {
		_, faults := Read(fstest.MapFS{}, "letters", Check{Table: table, Offers: func(n Need) bool { return n == NeedsMentoring && c.offers }})
		if len(faults) != c.want {
			t.Errorf("offered: %v: %v", c.offers, faults)
		}
	}
	if got := table.Always(); len(got) != 1 || got[0] != "a" {
		t.Errorf("always %v", got)
	}
}
