package intake

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"traininghub/internal/form"
)

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

// goodLetters are the letters that the program needs, without a fault.
func goodLetters() map[string]string {
	letters := map[string]string{}
	for name, s := range sends {
		letters[name] = fmt.Sprintf("---\nsubject: News\nto: %s\n---\n{{hub.name}}\n", s.to[0])
	}
	maps.Copy(letters, map[string]string{
		LetterToLead:      "---\nsubject: \"Application {{reference}}\"\nto: lead\nattach: yes\n---\n{{applicant.name}} has applied.\n",
		LetterToApplicant: "---\nsubject: \"{{reference}} received {{received}}\"\nto: applicant\nattach: yes\n---\nThank you. {{course.deadline}}\n",
		LetterResume:      "---\nsubject: \"Go on with your application\"\nto: applicant\n---\n{{link}} works until {{until}}.\n",
	})
	return letters
}

func loadLetters(letters map[string]string) (Letters, string) {
	fsys := fstest.MapFS{}
	for name, text := range letters {
		fsys["letters/"+name+".md"] = &fstest.MapFile{Data: []byte(text)}
	}
	l, faults := readLetters(fsys, "letters", letterCheck{forms: letterForms(), facts: letterFacts, hub: letterHub})
	return l, faults.Error()
}

func TestLoadLetters(t *testing.T) {
	letters, faults := loadLetters(goodLetters())
	if faults != "" {
		t.Fatalf("faults in good letters:\n%s", faults)
	}
	lead := letters.For(LetterToLead, "supporting-mentors")
	if lead == nil || lead.To != ToLead || !lead.Attach || lead.Subject != "Application {{reference}}" {
		t.Errorf("letter to the lead: %+v", lead)
	}
	if letters.For("decision", "supporting-mentors") != nil {
		t.Error("there is a letter that nobody wrote")
	}
}

func TestLetterFaults(t *testing.T) {
	const lead = LetterToLead
	head := "---\nsubject: \"Application {{reference}}\"\nto: lead\n---\n"
	for _, c := range []struct{ name, letter, text, want string }{
		{"field misspelt", lead, head + "Dear colleague\n\n{{aplicant.name}} has applied.\n",
			`content/letters/application-to-lead.md:7:1: unknown field "aplicant.name" (did you mean "applicant.name"?)`},
		{"field like no other", lead, head + "{{telephone number of the surgery}}\n",
			`content/letters/application-to-lead.md:5:1: unknown field "telephone number of the surgery" (use one of: ` + strings.Join(slices.Sorted(slices.Values(append(fieldNames(), "course.FACT", "answer.QUESTION", "hub.FACT"))), ", ") + `)`},
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
		{"below a comment of several lines", lead, head + "<!-- For editors:\n{{nothing}} here is checked.\n-->\n\nHello\n{{refrence}}\n",
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
		{"secret in the subject", LetterResume, "---\nto: applicant\nsubject: \"{{link}}\"\n---\nHello\n",
			`content/letters/resume-draft.md:3:11: the subject shows "link": subjects can be read by others (say it in the text, or use {{reference}})`},
		{"nobody to send it to", lead, "---\nsubject: Hello\nto: everybody\n---\nHello\n",
			`content/letters/application-to-lead.md:3:5: "to" names nobody that letters go to, "everybody" (write lead, applicant, practice, deputy or staff)`},
		{"key misspelt", lead, "---\nsubjct: Hello\nto: lead\n---\nHello\n",
			`content/letters/application-to-lead.md:2:1: unknown key "subjct" (did you mean "subject"?)`},
		{"link to the lead", LetterResume, "---\nsubject: Hello\nto: lead\n---\n{{link}}\n",
			`content/letters/resume-draft.md:3:5: this letter, or what it opens, is not for the lead (write applicant)`},
		{"PDF of a draft", LetterResume, "---\nsubject: Hello\nto: applicant\nattach: yes\n---\n{{link}}\n",
			`content/letters/resume-draft.md:4:9: there is no PDF before an application was sent (write no)`},
		{"time of receipt of a draft", LetterResume, "---\nsubject: Hello\nto: applicant\n---\n{{received}}\n",
			`content/letters/resume-draft.md:5:1: this letter has no field "received" (remove it; it has reference, form.title, applicant.name, applicant.email, applicant.telephone, applicant.gmc, link, until)`},
		{"link to what was sent", lead, head + "{{link}}\n",
			`content/letters/application-to-lead.md:5:1: this letter has no field "link" (remove it; it has ` + strings.Join(sends[lead].fields, ", ") + `)`},
		{"fact of a course, and a PDF, for the staff", LetterSignIn, "---\nsubject: Hello\nto: staff\nattach: yes\nform: supporting-mentors\n---\n{{course.title}}\n",
			"content/letters/sign-in.md:4:9: there is no PDF before an application was sent (write no)\n" +
				"content/letters/sign-in.md:5:7: this letter is about no form (leave it out)\n" +
				`content/letters/sign-in.md:7:1: this letter is about no application, so it has no field "course.title" (remove it; it has link and hub.FACT)`},
		{"answer to the practice", LetterAuthorise, "---\nsubject: Hello\nto: practice\n---\n{{answer.objectives}}\n",
			`content/letters/authorise-to-practice.md:5:1: shows an answer to the practice (remove it: the practice is told no more than what it confirms)`},
		{"application to the practice", LetterReminder, "---\nsubject: Hello\nto: practice\nattach: yes\n---\n{{link}}\n",
			`content/letters/authorise-reminder.md:4:9: the practice gets no copy of the application (write no)`},
		{"missing", lead, "",
			`content/letters/application-to-lead.md: the letter is missing (create it: the program sends it)`},
		{"name misspelt", "aplication-to-lead", head + "Hello\n",
			`content/letters/aplication-to-lead.md: the program sends no letter "aplication-to-lead" (did you mean "application-to-lead"?)`},
		{"form that does not exist", lead + "-mentors", "---\nsubject: Hello\nto: lead\nform: mentors\n---\nHello\n",
			`content/letters/application-to-lead-mentors.md:4:7: there is no form "mentors" (use one of: career-conversations, supporting-mentors)`},
		{"for one form only", lead, "---\nsubject: Hello\nto: lead\nform: supporting-mentors\n---\n{{answer.why-mentor}}\n",
			`content/letters/application-to-lead.md: there is no such letter for the form career-conversations (take "form" out of it, or write application-to-lead-career-conversations.md)`},
		{"one for each form", lead + "-supporting-mentors", "---\nsubject: Hello\nto: lead\nform: supporting-mentors\n---\n{{answer.why-mentor}}\n",
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

func TestLetterForOneForm(t *testing.T) {
	letters := goodLetters()
	letters[LetterToLead+"-supporting-mentors"] = "---\nsubject: Mentors\nto: lead\nform: supporting-mentors\n---\nHello\n"
	l, faults := loadLetters(letters)
	if faults != "" {
		t.Fatal(faults)
	}
	if got := l.For(LetterToLead, "supporting-mentors").Subject; got != "Mentors" {
		t.Errorf("supporting-mentors gets %q", got)
	}
	if got := l.For(LetterToLead, "career-conversations").Subject; got != "Application {{reference}}" {
		t.Errorf("career-conversations gets %q", got)
	}
}

// hostile is an answer with all that other outputs would read as more than text.
const hostile = "Ŵyn & Łódź 👩🏽‍⚕️ <b>*bold*</b> {{reference}}\n=cmd()\n\n.\nFrom: x\u202e"

func letterDocument() *Document {
	return &Document{
		Reference: "CC-7K3M-9PQR", Title: "Apply for Career Conversation Training",
		Course:    CourseFacts{Facts: map[string]string{"deadline": "Friday 15 October 2021"}},
		Received:  time.Date(2021, 10, 1, 13, 5, 0, 0, time.UTC), // summer time in London
		Applicant: Person{Name: "Siân Nowak", Email: "sian@example.org", GMC: "0123456"},
		Sections: []Answered{
			{ID: "about", Items: []Item{{ID: "objectives", Answer: hostile}, {ID: "notes"}}},
			{ID: "qualifications", Rows: [][]Item{
				{{ID: "qualification", Answer: "Certificate"}, {ID: "year", Answer: "2019"}},
				{{ID: "qualification", Answer: "Diploma, part 1"}, {ID: "year"}},
				{{ID: "qualification", Answer: "Degree"}, {ID: "year", Answer: "2020"}},
			}},
		},
		Next:  []string{"The STP lead reads your application.", "You get an answer by email."},
		Flags: []string{"Sent very fast"},
	}
}

func TestLetterWrite(t *testing.T) {
	text := func(body string) *Template {
		tmpl := &Template{Subject: "Application {{reference}}: {{form.title}}"}
		tmpl.file.Body = []byte(body)
		if faults := tmpl.split(); faults != nil {
			t.Fatal(faults)
		}
		return tmpl
	}
	draft := Fields{Link: "https://hub.example.org/apply/x/resume/abc", Until: time.Date(2021, 10, 18, 23, 30, 0, 0, time.UTC), Hub: letterHub}
	sent := letterDocument().Fields()
	sent.Hub = letterHub
	none := sent
	none.Flags = nil
	for _, c := range []struct {
		name   string
		fields Fields
		body   string
		want   string
	}{
		{"facts", sent, "{{ reference }} {{form.title}}\nby {{course.deadline}}\n{{hub.name}}", "CC-7K3M-9PQR Apply for Career Conversation Training\nby Friday 15 October 2021\nGP Training Hub\n"},
		{"person", sent, "{{applicant.name}} {{applicant.email}} {{applicant.gmc}}", "Siân Nowak sian@example.org 0123456\n"},
		{"time in London", sent, "Received at {{received}}.", "Received at 2:05pm on Friday 1 October 2021.\n"},
		{"day in London", draft, "{{link}}\nuntil {{until}}", "https://hub.example.org/apply/x/resume/abc\nuntil Tuesday 19 October 2021\n"},
		{"steps and flags", sent, "Next:\n{{next}}\n\nSee:\n{{flags}}", "Next:\n1. The STP lead reads your application.\n2. You get an answer by email.\n\nSee:\n- Sent very fast\n"},
		{"answer exactly as typed", sent, "They wrote:\n{{answer.objectives}}\nend", "They wrote:\n" + hostile + "\nend\n"},
		{"rows", sent, "{{answer.qualification}} ({{answer.year}})", "Certificate; Diploma, part 1; Degree (2019; 2020)\n"},
		{"paragraph with nothing to say", none, "Hello\n\nSee:\n{{flags}}\n\nBye", "Hello\n\nBye\n"},
		{"paragraph with something to say", none, "Telephone: {{applicant.telephone}}\nGMC: {{applicant.gmc}}", "Telephone: \nGMC: 0123456\n"},
		{"comments, spaces, long lines", sent, "\n<!-- One -->\n<!-- Two\n{{flags}} -->\n\nHello  \t\n" + strings.Repeat("long ", 60) + "\n\n\n", "Hello\n" + strings.TrimSpace(strings.Repeat("long ", 60)) + "\n"},
		{"facts that have gone", sent, "Cohort: {{course.cohort-9.start}}{{hub.gone}}.\n\nHello", "Hello\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, got := text(c.body).Write(c.fields); got != c.want {
				t.Errorf("got:\n%q\nwant:\n%q", got, c.want)
			}
		})
	}
}

func TestLetterSubjectIsOneLine(t *testing.T) {
	letter := &Template{Subject: "About {{form.title}}"}
	subject, _ := letter.Write(Fields{FormTitle: "Mentor\r\nBcc: all@example.org\x00\tTraining\u2028now\u202e\u200b \x7fŁ"})
	if want := "About Mentor Bcc: all@example.org Training now Ł"; subject != want {
		t.Errorf("got %q, want %q", subject, want)
	}
}

// Each field of the list must be one that a letter can fill.
func TestEveryLetterFieldHasAValue(t *testing.T) {
	f := letterDocument().Fields()
	f.Applicant.Telephone, f.Link, f.Until = "01632 960001", "https://hub.example.org/", time.Date(2021, 10, 18, 12, 0, 0, 0, time.UTC)
	f.More = map[string]string{"removed": "Tuesday 4 October 2022"}
	for _, name := range slices.Concat(sentFields, linkFields) {
		if f.value(name) == "" {
			t.Errorf("{{%s}} says nothing", name)
		}
	}
}
