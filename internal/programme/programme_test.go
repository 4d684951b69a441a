package programme_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/letter"
	"traininghub/internal/programme"
)

const courseFile = `---
title: %s
summary: A course.
describe: A course for GPs.
programme_year: 2021/22
provider: {name: Example Ltd}
qualification: Certificate
at_a_glance: {what: Talking, who: [GPs], why: [It helps], length: 5 hours, delivery: Online, time_of_day: Daytime, cost: [Nothing]}
opens: Monday 6 September 2021
deadline: Friday 15 October 2021
charge: £289
contact: {email: ask@example.org}
lead: {email: lead@example.org}
hours: 3
cohorts:
  - name: Cohort 1
    workshops: [{date: Tuesday 2 November 2021, time: 2pm to 5pm}]
aliases: [/courses/%s/]
---
`

const serviceFile = `---
title: Peer support
summary: A service.
describe: A service for GPs.
contact: {email: support@example.org}
areas: [{id: north, name: The north, lead: {email: north@example.org}}]
---
`

// formFile is a form with a line that says which course or service it is for.
func formFile(forWhat, prefix string) string {
	return `title: "Ask for {{title}}"
` + forWhat + `
reference: ` + prefix + `
purpose: We use your answers.
applicant: {names: [name], email: email, number: gmc-number}
sections:
  - id: you
    title: About you
    questions:
      - {id: name, kind: text, label: Full name, rule: "required,name,max=200"}
      - {id: email, kind: email, label: Email address, rule: "required,email,max=254"}
      - {id: gmc-number, kind: text, label: GMC reference number, rule: "required,gmc"}
declarations: [{id: "true", text: I confirm that what I say is true.}]
signature: {label: Type your full name}
next: [We read it.]
`
}

var letters = letter.Table{
	"sent":   {To: []letter.Recipient{"applicant"}},
	"resume": {To: []letter.Recipient{"applicant"}, Fields: []string{"link"}, Services: true},
}

func load(t *testing.T, change map[string]string) (*programme.Programme, string) {
	t.Helper()
	files := map[string]string{
		"courses/talking.md": fmt.Sprintf(courseFile, "Talking",
			"speaking"), "courses/hearing.md": fmt.Sprintf(courseFile, "Hearing", "talking"),
		"services/support.md": serviceFile,
		"forms/talking.yaml": formFile("course: talking",
			"TK"), "forms/support.yaml": formFile("service: support", "SU"),
		"letters/sent.md":           "---\nsubject: News\nto: applicant\n---\nOf {{course.title}} at {{hub.name}}\n",
		"letters/resume.md":         "---\nsubject: News\nto: applicant\nform: talking\n---\n{{link}} to {{course.title}}\n",
		"letters/resume-support.md": "---\nsubject: News\nto: applicant\nform: support\n---\n{{link}} to {{service.title}}\n",
	}
	for name, text := range change {
		files[name] = text
	}
	content := fstest.MapFS{}
	for name, text := range files {
		if text != "" {
			content[name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	p, faults := programme.Load(content, letters, func(name string) (string, bool) { return "Hub", name == "name" })
	return p, faults.Error()
}

// TestOffer: each form is for its course or service, which gives it facts, a page, and the time in
// which it can be sent.
func TestOffer(t *testing.T) {
	p, faults := load(t, nil)
	if faults != "" {
		t.Fatal(faults)
	}
	open, late := time.Date(2021, 9, 20, 12, 0, 0, 0, course.London), time.Date(2021, 12, 1, 12, 0, 0, 0, course.London)
	for id, want := range map[string]string{
		"talking": "talking Talking /courses/talking/ ask@example.org 11:59pm on Friday 15 October 2021 true false",
		"support": "support Peer support /services/support/ support@example.org  true true",
	} {
		o := p.Offer(p.Forms[id])
		got := fmt.Sprint(o.ID(), " ", o.Title(), " ", o.Page(), " ", o.Contact().Email, " ", o.ApplyBy(), " ",
			o.Accepts(open), " ", o.Accepts(late))
		if got != want {
			t.Errorf("%s is for %q, want %q", id, got, want)
		}
		if title := p.Forms[id].Title; title != "Ask for "+o.Title() {
			t.Errorf("the title of %s is %q", id, title)
		}
	}
	if d := p.FormOf("hearing"); d != nil {
		t.Errorf("a course without a form has %s", d.ID)
	}
	if d := p.FormOf(""); d != nil {
		t.Errorf("no course has the form %s", d.ID)
	}
	if d := p.FormOf("talking"); d == nil || d.ID != "talking" {
		t.Errorf("the form of talking is %v", d)
	}
}

// TestKinds: a course's form can offer its cohorts, and a service's form its areas.
func TestKinds(t *testing.T) {
	ask := func(file, kind string) string {
		return strings.Replace(file, "declarations:",
			"      - {id: which, kind: "+kind+", label: Which one, rule: required}\ndeclarations:", 1)
	}
	p, faults := load(t, map[string]string{"forms/talking.yaml": ask(formFile("course: talking", "TK"),
		"cohort"), "forms/support.yaml": ask(formFile("service: support", "SU"), "area")})
	if faults != "" {
		t.Fatal(faults)
	}
	for id, want := range map[string]string{"talking": "cohort-1", "support": "north"} {
		if q, _ := p.Forms[id].Question("which"); len(q.Options) != 1 || q.Options[0].ID != want {
			t.Errorf("%s offers %+v, want %s", id, q.Options, want)
		}
	}
	_, faults = load(t, map[string]string{"forms/talking.yaml": ask(formFile("course: talking", "TK"),
		"area"), "forms/support.yaml": ask(formFile("service: support", "SU"), "cohort")})
	for _, want := range []string{"a course has no areas to choose from", "the service has no cohorts to choose from"} {
		if !strings.Contains(faults, want) {
			t.Errorf("%q does not have %q", faults, want)
		}
	}
}

// TestCohorts: without a deadline each cohort takes applications until it starts. With one, all
// cohorts take them until the deadline.
func TestCohorts(t *testing.T) {
	whole := fmt.Sprintf(courseFile, "Talking", "speaking")
	whole = strings.Replace(whole, "aliases:", `  - name: Cohort 2
    workshops: [{date: Tuesday 11 January 2022, time: 2pm to 5pm}]
aliases:`, 1)
	rolling := strings.Replace(whole, "deadline: Friday 15 October 2021\n", "", 1)
	asks := strings.Replace(formFile("course: talking", "TK"), "declarations:",
		"      - {id: when, kind: cohort, label: \"Which cohort?\", in_messages: a cohort, rule: required}\ndeclarations:", 1)
	for _, test := range []struct {
		name, course, at, picked string
		offered                  int
		wrong                    string
	}{
		{"before both", rolling, "2021-11-02T13:59:59Z", "cohort-1", 2, ""},
		{"as the first starts", rolling, "2021-11-02T14:00:00Z", "cohort-1", 1,
			"Cohort 1, starting Tuesday 2 November 2021: it is too late to choose this"},
		{"the second meanwhile", rolling, "2021-12-24T12:00:00Z", "cohort-2", 1, ""},
		{"after both", rolling, "2022-01-11T14:00:00Z", "cohort-2", 0,
			"Cohort 2, starting Tuesday 11 January 2022: it is too late to choose this"},
		{"with a deadline", whole, "2021-12-24T12:00:00Z", "cohort-1", 2, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, faults := load(t, map[string]string{"courses/talking.md": test.course, "forms/talking.yaml": asks,
				"letters/sent.md": "---\nsubject: News\nto: applicant\n---\nOf {{course.title}}\n"})
			if faults != "" {
				t.Fatal(faults)
			}
			at, err := time.Parse(time.RFC3339, test.at)
			if err != nil {
				t.Fatal(err)
			}
			you, _ := p.Forms["talking"].Section("you")
			if n := len(you.At(at).Question("when").Options); n != test.offered {
				t.Errorf("%d cohorts are offered, want %d", n, test.offered)
			}
			if n := len(you.Question("when").Options); n != 2 {
				t.Errorf("the form itself has %d cohorts now", n)
			}
			var said []string
			for _, problem := range you.Check(form.Values{"when": test.picked}, at) {
				if problem.Question == "when" {
					said = append(said, problem.Text)
				}
			}
			if got := strings.Join(said, "; "); got != test.wrong {
				t.Errorf("it says %q, want %q", got, test.wrong)
			}
		})
	}
}

// TestCurrent: an id leads to the course that has it now, even if another course had it before. If
// none has it now, it leads to the one that had it.
func TestCurrent(t *testing.T) {
	p, _ := load(t, nil)
	for id, want := range map[string]string{"talking": "talking", "speaking": "talking", "hearing": "hearing",
		"other": "other", "": ""} {
		if got := p.Current(id); got != want {
			t.Errorf("%q is now %q, want %q", id, got, want)
		}
	}
	if got := p.Meant("speaking"); got != `write "talking", its new name` {
		t.Errorf("for speaking: %s", got)
	}
	if got := p.Meant("talkin"); got != `did you mean "talking"?` {
		t.Errorf("for talkin: %s", got)
	}
}

// TestLetters: a letter is needed only if there are forms for which it is sent, and shows the facts
// of their courses and services.
func TestLetters(t *testing.T) {
	for _, c := range []struct {
		name   string
		change map[string]string
		want   string // what the faults say; "" if there is none
	}{
		{"not sent for services",
			map[string]string{"letters/sent.md": "---\nsubject: News\nto: applicant\n---\n{{course.deadline}}\n"}, ""},
		{"none for the service", map[string]string{"letters/resume-support.md": ""},
			"there is no such letter for the form support"},
		{"a course's fact",
			map[string]string{"letters/resume-support.md": "---\nsubject: News\nto: applicant\nform: support\n---\n{{course.title}}\n"}, "names a fact of a course, and the form support is for a service"},
		{"a service's fact",
			map[string]string{"letters/resume.md": "---\nsubject: News\nto: applicant\nform: talking\n---\n{{service.title}}\n"}, "names a fact of a service, and the form talking is for a course"},
		{"a fact that it has not",
			map[string]string{"letters/resume-support.md": "---\nsubject: News\nto: applicant\nform: support\n---\n{{service.titel}}\n"}, `did you mean "title"?`},
	} {
		_, faults := load(t, c.change)
		if c.want == "" && faults != "" || !strings.Contains(faults, c.want) {
			t.Errorf("%s: %q, want %q", c.name, faults, c.want)
		}
	}
}

const sheetFile = `title: "Pro-forma of {{title}}"
use: proforma
services: [support]
intro: ["Ask {{contact}} if something is unclear."]
sections:
  - id: wishes
    title: Wishes
    questions:
      - {id: where, kind: choices, label: "Where can you meet?", from: areas, rule: "required,max=2"}
`

// TestSheets: a sheet has a use, and belongs to services, which give it facts and lists to choose
// from. Mistakes are reported with their line.
func TestSheets(t *testing.T) {
	p, faults := load(t, map[string]string{"sheets/call.yaml": sheetFile})
	if faults != "" {
		t.Fatal(faults)
	}
	s := p.Sheet("proforma", "support")
	if s == nil || s.Title != "Pro-forma of Peer support" || p.Sheet("plan", "support") != nil ||
		p.Sheet("proforma", "talking") != nil || p.Forms["call"] != nil {
		t.Fatalf("the sheet is %+v", s)
	}
	q, _ := s.Question("where")
	if len(q.Options) != 1 || q.Options[0].Label != "The north" || s.Version == "" || len(s.Paper().Sections) != 1 {
		t.Errorf("the areas are not the options: %+v", q.Options)
	}
	for was, is := range map[string][2]string{
		"from: areas":                  {"from: aeras", `call.yaml:9:72: there is no list "aeras" to choose from (did you mean "areas"?)`},
		"kind: choices":                {"kind: text", `:9:69: question "where" is no choice, but says where its options come from`},
		"from: areas,":                 {"from: areas, options: [{id: a, label: A}],", `question "where" has options of its own, and takes others from a list`},
		"services: [support]":          {"services: [suport]", `call.yaml:3:12: there is no service "suport" (did you mean "support"?)`},
		"services: [support]\n":        {"services: [support, support]\n", `call.yaml:3:21: the service "support" stands here twice`},
		"{id: where":                   {"{id: Where it is", `the id "Where it is" of a question has other characters`},
		"Ask {{contact}}":              {"Ask {{contat}}", `there is no fact named "contat"`},
		"use: proforma\n":              {"", `the key "use" is missing`},
		`title: "Pro-forma of {{title`: {`titel: "Pro-forma of {{title`, `unknown key "titel"`},
	} {
		_, faults := load(t, map[string]string{"sheets/call.yaml": strings.Replace(sheetFile, was, is[0], 1)})
		if !strings.Contains(faults, is[1]) {
			t.Errorf("with %q: %q, want %q", is[0], faults, is[1])
		}
	}
	_, faults = load(t, map[string]string{"sheets/call.yaml": sheetFile, "sheets/second.yaml": sheetFile})
	if !strings.Contains(faults, `second.yaml:3:12: the service "support" already has the sheet "call" for that`) {
		t.Errorf("two of one use: %q", faults)
	}
}

// TestReturns: a return needs an existing service, and each of its figures must be one that can be
// worked out, and be named once.
func TestReturns(t *testing.T) {
	text, err := os.ReadFile("../../content/schemes/supporting-mentors.yaml")
	if err != nil {
		t.Fatal(err)
	}
	right := strings.Replace(strings.Replace(string(text), "[supporting-mentors]", "[talking]", 1), `version: "1"`, "version: \"1\"\n  service: support", 1)
	if _, faults := load(t, map[string]string{"schemes/pay.yaml": right}); faults != "" {
		t.Fatal(faults)
	}
	for was, is := range map[string][2]string{
		"service: support":    {"service: suport", `the return is about the service "suport", which there is not (did you mean "support"?)`},
		"id: matches-to-date": {"id: matches-in-period", `the figure "matches-in-period" stands there twice`},
		"id: spend-to-date":   {"id: spend-to-dat", `did you mean "spend-to-date"?`},
		"icb-reader@":         {"icb-reader", `must be an email address`},
	} {
		if _, faults := load(t, map[string]string{"schemes/pay.yaml": strings.Replace(right, was, is[0], 1)}); !strings.Contains(faults, is[1]) {
			t.Errorf("with %q: %q, want %q", is[0], faults, is[1])
		}
	}
}
