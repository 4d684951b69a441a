// Package mentoringtest is a wall with a service, its leads and its requests, for tests of the
// stories and pages behind it.
package mentoringtest

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/letter"
	"traininghub/internal/mailbox"
	"traininghub/internal/mentoring"
	"traininghub/internal/programme"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/staff"
	"traininghub/internal/wall"
)

// read is a file of the content for the service.
func read(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	for ; err == nil && dir != "/"; dir = filepath.Dir(dir) {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			break
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "content", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("services: [gp-s]", "services: [talk]", "service: gp-s",
		"service: talk").Replace(string(text))
}

// A service with three areas in a row: north, middle, south. Only the south has no deputy.
const talkFile = `---
title: Talk it over
summary: A service.
describe: A service for GPs.
contact: {email: talk@example.org}
areas:
  - {id: north, name: The north, lead: {name: Nora Quill, email: nora@example.org}, deputy: {name: Dev Patel, email: dev@example.org}}
  - {id: middle, name: The middle, lead: {name: Mo Ash, email: mo@example.org}, deputy: {name: Cy Reed, email: cy@example.org}}
  - {id: south, name: The south, lead: {name: Sue Birch, email: sue@example.org}}
mentoring:
  roles: [{id: gp, label: GP, register: GMC}, {id: nurse, label: Practice nurse, areas: [north]}]
  focus: [{id: balance, label: Work and life}, {id: partner, label: Becoming a partner}, {id: career, label: What comes next}]
  experience: [{id: partner, label: Partnership}, {id: locum, label: Locum work}]
  meet: [{id: online, label: Online}, {id: met, label: In person}]
  times: [{id: evening, label: Evenings}, {id: day, label: By day}]
  heard: [{id: colleague, label: A colleague}, {id: appraiser, label: My appraiser}]
  costs: {focus: [40, 25, 10], places: [0, 10]}
  mentees: {most: 8}
  sessions: {most: 4, minutes: 120, within_months: 12}
  promises: {call: 2, attempts: 3, attempts_within: 15, close_days: 28, answer: 5, remind: 3, waiting: 20, first_meeting_days: 21, fresh_days: 90}
  keep: {request_days: 90, pair_days: 730, feedback_days: 1095}
  crisis: [{name: Samaritans, phone: "116123", text: Day and night}]
  crisis_review_due: Friday 1 January 2027
  signposts:
    - {id: health, name: GP Health, text: For your own health, review_due: Friday 1 January 2027}
    - {id: counselling, name: Counselling, text: Somebody to talk to, review_due: Friday 1 January 2027}
  limits: [We tell somebody if you or others may come to harm.]
  introduce: the talking service
  agreement: {title: Agreement, clauses: [We meet.], statement: I agree.}
---
`

// Letters is the table of the letters that go.
func Letters() letter.Table { return letter.Join(mentoring.Letters, wall.Letters, mailbox.Letters()) }

// Files are the service, its form, its pro-forma and each letter, with some of them changed.
func Files(t *testing.T, changed map[string]string) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	put := func(name, text string) { files[name] = &fstest.MapFile{Data: []byte(text)} }
	put("services/talk.md", talkFile)
	put("sheets/call.yaml", read(t, "sheets/mentoring-proforma.yaml"))
	put("forms/talk.yaml", read(t, "forms/mentoring-request.yaml"))
	for name, kind := range Letters() {
		put("letters/"+name+".md", fmt.Sprintf("---\nsubject: Your request\nto: %s\nattach: no\n---\n%s: open "+
			"{{%s}}\n", kind.To[0], name, kind.Fields[0]))
	}
	for name, text := range changed {
		put(name, text)
	}
	return files
}

// A House is a wall with the service, at a time that a test sets.
type House struct {
	T     *testing.T
	Now   time.Time
	Store *recordtest.Memory
	Desk  *mentoring.Desk
	Leads *mentoring.Leaders
	Mail  []record.Message
}

// Send takes a letter.
func (h *House) Send(_ context.Context, m record.Message) error {
	h.Mail = append(h.Mail, m)
	return nil
}

// New is a house on a Monday, with nobody's request.
func New(t *testing.T) *House {
	t.Helper()
	h := &House{T: t, Now: time.Date(2026, 11, 30, 9, 0, 0, 0, course.London), Store: &recordtest.Memory{}} // a Monday
	p, faults := programme.Load(Files(t, nil), Letters(), func(string) (string, bool) { return "Hub", true })
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	w := wall.New(&intake.Desk{
		Store: h.Store, Programme: p, Now: func() time.Time { return h.Now }, BaseURL: "https://hub.example.org",
		MailFrom: "Hub <hub@example.org>", Hub: func(string) (string, bool) { return "Hub", true }, Log: log,
	})
	h.Desk = &mentoring.Desk{Desk: w}
	h.Leads = &mentoring.Leaders{Desk: h.Desk}
	w.Office.Applications.Waiting = append(w.Office.Applications.Waiting, h.Desk.Waiting())
	w.Join(h.Desk, h.Leads, h.Desk.Tallies())
	w.Office.Mailer = h
	return h
}

func (h *House) ctx() context.Context { return h.T.Context() }

// Person is the person who signs in with the address.
func (h *House) Person(name string) *staff.Person {
	h.T.Helper()
	p := h.Desk.Office.Staff(name + "@example.org")
	if p == nil {
		h.T.Fatalf("%s cannot sign in", name)
	}
	return p
}

// Asks makes a request, received now.
func (h *House) Asks(id, area string, change func(*mentoring.Request)) string {
	h.T.Helper()
	r := &mentoring.Request{
		ID: id, Service: "talk", Area: area, Role: "gp",
		Contact: mentoring.Contact{Name: "Ada Lind", Email: "ada@example.org"},
		Document: &document.Submission{Sections: []document.Section{{Items: []document.Item{
			{ID: "heard", Kind: form.Choice, Question: "How?", Answer: "A colleague", Normal: "colleague"}}}}},
	}
	if change != nil {
		change(r)
	}
	r.Note(h.Now, mentoring.EventReceived, mentoring.ByMentee, "", "")
	if err := h.Desk.Requests().Create(h.ctx(), r); err != nil {
		h.T.Fatal(err)
	}
	return id
}

// Get returns a request as it is stored.
func (h *House) Get(id string) *mentoring.Request {
	h.T.Helper()
	r, err := h.Desk.Requests().Get(h.ctx(), id)
	if err != nil {
		h.T.Fatal(err)
	}
	return r
}

// State is the state of a request.
func (h *House) State(id string) mentoring.State {
	h.T.Helper()
	s, _ := h.Get(id).State()
	return s
}

// Day moves the clock to 10am some working days later.
func (h *House) Day(n int) {
	h.Now = course.AddWorkingDays(h.Now, n)
}

// Sweep makes the changes that are due by time.
func (h *House) Sweep() {
	h.T.Helper()
	for _, story := range h.Desk.Office.Stories { // not the office's sweep, whose brake stops at a clock that jumps
		if _, err := story.Sweep(h.ctx()); err != nil {
			h.T.Fatal(err)
		}
	}
}

// Deliver sends the letters that are due.
func (h *House) Deliver() {
	h.T.Helper()
	if _, err := h.Desk.Office.Post().Deliver(h.ctx()); err != nil {
		h.T.Fatal(err)
	}
}

// SignIn is the cookie's value of a person who has signed in.
func (h *House) SignIn(name string) string {
	h.T.Helper()
	door := h.Desk.Office.Door()
	browser, err := door.Ask(h.ctx(), name+"@example.org", "", "")
	if err != nil {
		h.T.Fatal(err)
	}
	h.Deliver()
	link := ""
	for _, m := range h.Mail {
		if _, text, ok := strings.Cut(m.Text, "/sign-in/link/"); ok {
			link = text
		}
	}
	session, _, err := door.SignIn(h.ctx(), strings.TrimSpace(link), browser)
	if err != nil {
		h.T.Fatal(err)
	}
	return session
}

// Requests are the ids of all requests.
func (h *House) Requests() (ids []string) {
	h.T.Helper()
	err := record.Each(h.ctx(), h.Store, func(e record.Record) error {
		if e.Kind == mentoring.KindRequest {
			ids = append(ids, e.ID)
		}
		return nil
	})
	if err != nil {
		h.T.Fatal(err)
	}
	return ids
}
