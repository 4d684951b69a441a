package web_test

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/letters"
	"traininghub/site"
)

// supportFiles are a service, its form, and the letter with the link to go on.
var supportFiles = map[string]string{
	"services/support.md": `---
title: Peer support
summary: Talk to a colleague about your work.
describe: A service for GPs who want to talk to a colleague about their work, in {{areas}} areas.
closes: Friday 24 September 2021
contact: {email: support@example.org}
areas:
  - {id: north, name: The north, lead: {name: Nora North, email: north@example.org}}
  - {id: south, name: The south, lead: {email: south@example.org}, deputy: {email: deputy@example.org}}
---
Ask for it until {{closes}}. Read [about mentoring](/mentoring/) first.

{{table.areas}}
`,
	"forms/support.yaml": `title: Ask for {{title}}
service: support
reference: SU
purpose: We use your answers to find a colleague for you.
applicant: {names: [name], email: email, number: gmc-number}
sections:
  - id: you
    title: About you
    questions:
      - {id: name, kind: text, label: Full name, rule: "required,name,max=200", autocomplete: name}
      - {id: email, kind: email, label: Email address, rule: "required,email,max=254", autocomplete: email}
      - {id: gmc-number, kind: text, label: GMC reference number, rule: "required,gmc"}
  - id: wish
    title: What you wish
    questions:
      - {id: area, kind: area, label: Your area, rule: required}
      - {id: wish, kind: long-text, label: "What would you like to talk about?", in_messages: what you would like to talk about, rule: "required,max=1000"}
declarations:
  - {id: "true", text: I confirm that what I say is true.}
signature: {label: Type your full name}
next: ["A colleague calls you."]
`,
	"letters/resume-draft-support.md": `---
subject: "Your link to finish"
to: applicant
form: support
---
You asked for {{service.title}}. Go on with {{link}} until {{until}}. Questions? {{service.contact}}
`,
}

// TestService goes through a service's form as a person does: from its page to the first section,
// the next ones and the mailed link, until the service closes.
func TestService(t *testing.T) {
	content := fstest.MapFS{}
	real := os.DirFS("../../content")
	err := fs.WalkDir(real, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(real, name)
		content[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range supportFiles {
		content[name] = &fstest.MapFile{Data: []byte(text)}
	}
	made, faults := site.Load(site.Sources{
		Content: content, Templates: os.DirFS("../../templates"), Modules: "../../node_modules", Letters: letters.All(),
	})
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	h := newHubOf(t, content)
	open, err := made.Build(h.clock())
	if err != nil {
		t.Fatal(err)
	}
	closes := time.Date(2021, 9, 25, 0, 0, 0, 0, course.London)
	if next, _ := made.NextChange(h.clock()); !next.Equal(closes) {
		t.Errorf("the site changes at %v, want %v", next, closes)
	}
	var agenda []string
	for _, e := range made.Agenda() {
		if e.Href == "/services/support/" {
			agenda = append(agenda, e.Day.String()+": "+e.What)
		}
	}
	if want := []string{"Friday 24 September 2021: The last day of the service"}; !slices.Equal(agenda, want) {
		t.Errorf("the agenda has %q, want %q", agenda, want)
	}
	closed, err := made.Build(closes)
	if err != nil {
		t.Fatal(err)
	}
	shows := func(page []byte, want ...string) {
		t.Helper()
		for _, text := range want {
			if !strings.Contains(string(page), text) {
				t.Errorf("the page does not have %q:\n%s", text, page)
			}
		}
	}
	shows(open["services/support/index.html"], "<h1>Peer support</h1>", "Open", "Until Friday 24 September 2021",
		`href="/services/support/apply/"`, "Nora North", "south@example.org", "in 2 areas")
	shows(open["services/support/apply/index.html"], "<h1>Ask for Peer support</h1>", `action="/apply/support/start"`,
		"Apply by 11:59pm on Friday 24 September 2021")
	shows(closed["services/support/index.html"], "Closed", "The last day was Friday 24 September 2021")
	shows(closed["services/support/apply/index.html"], "Applications are closed",
		"You cannot apply for Peer support now.", "support@example.org")
	if strings.Contains(string(closed["services/support/index.html"]), "/apply/") {
		t.Error("the page of a service that is closed leads to its form")
	}
	shows(open["sitemap.xml"], "/services/support/</loc>")

	b, first := h.browser(), form.Values{"name": "Angharad O'Neill", "email": "angharad@example.org"}
	b.post("/apply/support/start", first).want(422, "/apply/support/start").says("Enter GMC reference number")
	if !strings.Contains(b.body, `href="/services/support/"`) {
		t.Error("the way back does not lead to the page of the service")
	}
	first["gmc-number"] = "7654321"
	b.post("/apply/support/start", first).want(200, "/apply/support/wish").says("What you wish")
	b.get("/apply/support/start").want(404, "/services/support/apply/") // which is a page of the site
	b.post("/apply/support/wish", form.Values{"wish": "A hard week", "area": "west"}).want(422,
		"/apply/support/wish").says("Select your area", "The north", "The south")
	b.post("/apply/support/wish", form.Values{"wish": "A hard week", "area": "south"}).want(200,
		"/apply/support/check").says("A hard week", "The south")
	b.post("/apply/support/wish",
		form.Values{"wish": "A hard week", "area": "south", "leave": "yes"}).says("angharad@example.org")

	if _, err := h.office.Post().Deliver(t.Context()); err != nil {
		t.Fatal(err)
	}
	letter := h.mail[len(h.mail)-1]
	link := regexp.MustCompile(`/apply/support/resume/\S+`).FindString(letter.Text)
	if link == "" || letter.To != "angharad@example.org" || letter.ReplyTo != "support@example.org" ||
		!strings.Contains(letter.Text, "You asked for Peer support.") ||
		!strings.Contains(letter.Text, "until Friday 24 September 2021. Questions? support@example.org") {
		t.Errorf("the letter is %+v", letter)
	}
	other := h.browser()
	other.get(link).want(200, link)
	other.post(link, nil).want(200, "/apply/support/you").says("begun on another device")
	other.post("/apply/support/you", first).want(200, "/apply/support/wish").says("A hard week")

	h.set(closes)
	other.get("/apply/support").want(410,
		"/apply/support").says("The deadline for Peer support was 11:59pm on Friday 24 September 2021")
	b.post("/apply/support/start", first).want(410, "/apply/support/start")
}
