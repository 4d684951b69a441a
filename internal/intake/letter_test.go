package intake

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/letter"
	"traininghub/internal/record"
)

func letterHub(name string) (string, bool) {
	facts := map[string]string{"name": "GP Training Hub", "email": "hub@example.org"}
	v, ok := facts[name]
	return v, ok
}

// hostile is an answer with characters that have a meaning in each of the outputs.
const hostile = "Ŵyn & Łódź 👩🏽‍⚕️ <b>*bold*</b> {{reference}}\n=cmd()\n\n.\nFrom: x\u202e"

func letterDocument() *document.Submission {
	return &document.Submission{
		Reference: "CC-7K3M-9PQR", Title: "Apply for Career Conversation Training",
		Course:   document.CourseFacts{Facts: map[string]string{"deadline": "Friday 15 October 2021"}},
		Received: time.Date(2021, 10, 1, 13, 5, 0, 0, time.UTC), // summer time in London
		Applicant: document.Person{Name: "Siân Nowak", Email: "sian@example.org",
			Registration: form.Registration{Register: "gmc", Number: "0123456"}},
		Sections: []document.Section{
			{ID: "about", Items: []document.Item{{ID: "objectives", Answer: hostile}, {ID: "notes"}}},
			{ID: "qualifications", Rows: [][]document.Item{
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
	text := func(body string) *letter.Template {
		file := fstest.MapFS{"letters/status-link.md": {Data: []byte("---\nsubject: News\nto: applicant\n---\n" +
			body)}}
		letters, _ := letter.Read(file, "letters", letter.Check{Table: Letters(), Hub: letterHub})
		return letters[application.LetterStatus]
	}
	draft := Fields{Link: "https://hub.example.org/apply/x/resume/abc",
		Until: time.Date(2021, 10, 18, 23, 30, 0, 0, time.UTC), Hub: letterHub}
	sent := FieldsOf(letterDocument())
	sent.Hub = letterHub
	none := sent
	none.Flags = nil
	for _, c := range []struct {
		name   string
		fields Fields
		body   string
		want   string
	}{
		{"facts", sent, "{{ reference }} {{form.title}}\nby {{course.deadline}}\n{{hub.name}}",
			"CC-7K3M-9PQR Apply for Career Conversation Training\nby Friday 15 October 2021\nGP Training Hub\n"},
		{"person", sent, "{{applicant.name}} {{applicant.email}} {{applicant.gmc}}",
			"Siân Nowak sian@example.org 0123456\n"},
		{"time in London", sent, "Received at {{received}}.", "Received at 2:05pm on Friday 1 October 2021.\n"},
		{"day in London", draft, "{{link}}\nuntil {{until}}",
			"https://hub.example.org/apply/x/resume/abc\nuntil Tuesday 19 October 2021\n"},
		{"steps and flags", sent, "Next:\n{{next}}\n\nSee:\n{{flags}}",
			"Next:\n1. The STP lead reads your application.\n2. You get an answer by email.\n\nSee:\n- Sent very fast\n"},
		{"answer exactly as typed", sent, "They wrote:\n{{answer.objectives}}\nend", "They wrote:\n" + hostile +
			"\nend\n"},
		{"rows", sent, "{{answer.qualification}} ({{answer.year}})",
			"Certificate; Diploma, part 1; Degree (2019; 2020)\n"},
		{"paragraph with nothing to say", none, "Hello\n\nSee:\n{{flags}}\n\nBye", "Hello\n\nBye\n"},
		{"the number by its old name", none, "{{applicant.number}}, {{applicant.gmc}}", "0123456, 0123456\n"},
		{"paragraph with something to say", none, "Telephone: {{applicant.telephone}}\nGMC: {{applicant.gmc}}",
			"Telephone: \nGMC: 0123456\n"},
		{"comments, spaces, long lines", sent, "\n<!-- One -->\n<!-- Two\n{{flags}} -->\n\nHello  \t\n" +
			strings.Repeat("long ", 60) + "\n\n\n", "Hello\n" + strings.TrimSpace(strings.Repeat("long ", 60)) + "\n"},
		{"facts that have gone", sent, "Cohort: {{course.cohort-9.start}}{{hub.gone}}.\n\nHello", "Hello\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var m record.Message
			if text(c.body).Write(&m, c.fields.Value); m.Text != c.want {
				t.Errorf("got:\n%q\nwant:\n%q", m.Text, c.want)
			}
		})
	}
}

// TestEveryLetterFieldHasAValue: each field that a letter may use must have a value.
func TestEveryLetterFieldHasAValue(t *testing.T) {
	f := FieldsOf(letterDocument())
	f.Applicant.Telephone, f.Link, f.Until = "01632 960001", "https://hub.example.org/",
		time.Date(2021, 10, 18, 12, 0, 0, 0, time.UTC)
	f.More = map[string]string{"removed": "Tuesday 4 October 2022"}
	for _, name := range slices.Concat(sentFields, linkFields) {
		if f.Value(name) == "" {
			t.Errorf("{{%s}} says nothing", name)
		}
	}
}
