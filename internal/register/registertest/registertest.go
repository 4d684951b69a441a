// Package registertest has a small register behind a wall in memory, for tests of the register and
// of stories built on it.
package registertest

import (
	"context"
	"log/slog"
	"net/url"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"traininghub/internal/crossing"
	"traininghub/internal/intake"
	"traininghub/internal/letter"
	"traininghub/internal/office"
	"traininghub/internal/programme"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/register"
	"traininghub/internal/staff"
	"traininghub/internal/wall"
)

const serviceFile = `---
title: Peer support
summary: A service.
describe: A service for GPs.
contact: {email: support@example.org}
areas:
  - {id: north, name: The north, lead: {name: Nell North, email: north@example.org}, deputy: {name: Dev Deputy, email: deputy@example.org}}
  - {id: south, name: The south, lead: {name: Sol South, email: south@example.org}}
mentoring:
  roles: [{id: gp, label: GP, register: GMC}, {id: nurse, label: Practice nurse, register: NMC}]
  cohorts: [{id: fellow, label: GP fellow, tier: 1}, {id: locum, label: Locum, tier: 2}]
  focus: [{id: leadership, label: Leadership}, {id: balance, label: Work-life balance}]
  experience: [{id: partner, label: Partner}, {id: salaried, label: Salaried GP}]
  meet: [{id: online, label: On-line}, {id: person, label: In person}]
  times: [{id: tuesday-evening, label: Tuesday evening}, {id: friday, label: Friday}]
  costs: {focus: [40, 25, 10], no_time: 50, no_experience: 30, other_area: 15, places: [0, 0, 0, 0, 10], day_waited: 1}
  mentees: {least: 4, most: 8}
  sessions: {most: 4, minutes: 120, within_months: 12, late_working_days: 2}
  promises: {call: 2, attempts: 3, attempts_within: 15, close_days: 28, answer: 5, remind: 3, waiting: 20, first_meeting_days: 21, fresh_days: 90}
  keep: {request_days: 90, pair_days: 730, feedback_days: 1095}
  crisis: [{name: Samaritans, phone: 116 123, text: At any time.}]
  crisis_review_due: 1 April 2030
  signposts: [{id: talk, name: Talking therapy, text: From anywhere., review_due: 1 April 2030}]
  limits: [We tell somebody if there is a risk of harm.]
  introduce: a colleague from the training hub
  agreement: {title: Agreement, clauses: [We meet.], statement: I agree}
  register:
    courses: [talking]
    terms_version: 2021-09
    terms: {title: Terms for mentors, clauses: [I keep what I hear to myself.], statement: I agree to the terms}
    supervision: [{id: supervision, label: Supervision}, {id: training, label: Training}]
    shown: [{id: woman, label: a woman}, {id: parent, label: a parent}]
    answer_days: 14
    yearly_days: 30
    supervision_months: 6
    away_days: 28
    stay_months: 12
    draft_days: 90
    keep_days: 730
---
`

const formFile = `title: Ask for a mentor
service: support
reference: SU
purpose: We use your answers.
applicant: {names: [name], email: email, number: gmc-number}
sections:
  - id: you
    title: About you
    questions:
      - {id: name, kind: text, label: Full name, rule: "required,name,max=200"}
      - {id: email, kind: email, label: Email address, rule: "required,email,max=254"}
      - {id: telephone, kind: telephone, label: Telephone, rule: "required,telephone"}
      - {id: area, kind: area, label: Your area, rule: required}
      - {id: role, kind: choice, from: roles, label: Your role, rule: required}
      - {id: gmc-number, kind: text, label: GMC reference number, rule: "required,gmc"}
declarations: [{id: "true", text: I confirm that what I say is true.}]
signature: {label: Type your full name}
word: {label: A word of your own}
next: [We read it.]
`

const courseFile = `---
title: Talking
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
---
`

// sheet is a sheet of one section with the questions.
func sheet(use, questions string) string {
	return "title: " + use + "\nuse: " + use + "\nservices: [support]\nsections:\n  - id: " + use + "\n    title: " + use + "\n    questions:\n" +
		questions
}

// Files are the content of a hub with the register.
func Files() fstest.MapFS {
	files := fstest.MapFS{}
	put := func(name, text string) { files[name] = &fstest.MapFile{Data: []byte(text)} }
	put("services/support.md", serviceFile)
	put("courses/talking.md", courseFile)
	put("forms/support.yaml", formFile)
	put("sheets/profile.yaml", `title: Your profile
use: mentor-profile
services: [support]
sections:
  - id: about-you
    title: About you
    questions:
      - {id: about, kind: long-text, label: About me, rule: "required,max=300"}
      - {id: about-in-list, kind: yes-no, label: "May it stand in the list?", in_messages: it may stand in the list, rule: required}
      - {id: qualification, kind: text, label: Your qualification, rule: "required,max=200"}
      - {id: shown, kind: choices, from: shown, label: Mentees may be told that I am, rule: omitempty}
  - id: whom
    title: Whom you mentor
    questions:
      - {id: focus, kind: choices, from: focus, label: What you can help with, rule: required}
      - {id: experience, kind: choices, from: experience, label: Your experience, rule: omitempty}
      - {id: roles, kind: choices, from: roles, label: Whom you mentor, rule: required}
      - {id: cohorts, kind: choices, from: cohorts, label: Which groups, rule: omitempty}
  - id: where
    title: Where and when
    questions:
      - {id: areas, kind: choices, from: areas, label: Where you mentor, rule: required}
      - {id: meet, kind: choices, from: meet, label: How you meet, rule: required}
      - {id: times, kind: choices, from: times, label: When you can, rule: required}
      - {id: people-at-most, kind: number, label: People at most, rule: "required,min=0,max=12"}
`)
	put("sheets/interests.yaml", sheet("mentor-interests", `      - {id: practice-1, kind: text, label: Practice code, rule: "omitempty,practicecode"}
      - {id: practice-2, kind: text, label: Another practice code, rule: "omitempty,practicecode"}
      - {id: people, kind: long-text, label: "People whom you train, appraise or are related to", rule: "omitempty,max=600"}
`))
	put("sheets/yearly.yaml", sheet("mentor-yearly", `      - {id: registered, kind: yes-no, label: "Are you fully registered?", in_messages: you are fully registered, rule: required}
      - {id: not-suspended, kind: yes-no, label: "Are you free of any interim suspension?", in_messages: you are free of any, rule: required}
      - {id: clinical-sessions, kind: number, label: Clinical sessions a week, rule: "required,min=0,max=14"}
      - {id: interests-right, kind: yes-no, label: "Are your interests still right?", in_messages: your interests are still right, rule: required}
`))
	put("sheets/plan.yaml", sheet("mentor-plan", `      - {id: plan, kind: long-text, label: What was agreed, rule: "required,max=600"}
`))
	put("sheets/qualified.yaml", sheet("mentor-qualified", `      - {id: name, kind: text, label: Full name, rule: "required,name,max=200"}
      - {id: email, kind: email, label: Email address, rule: "required,email,max=254"}
      - {id: gmc-number, kind: text, label: GMC reference number, rule: "required,gmc"}
      - {id: practice-code, kind: text, label: Practice code, rule: "required,practicecode"}
      - {id: clinical-sessions, kind: number, label: Clinical sessions a week, rule: "required,min=0,max=14"}
      - {id: qualification, kind: text, label: Your qualification, rule: "required,max=200"}
`))
	put("letters/resume-draft.md", "---\nsubject: Your request\nto: applicant\nattach: no\n---\n{{link}}\n")
	put("letters/mentoring-sign-in.md", "---\nsubject: Your link\nto: staff\nattach: no\n---\n{{link}}\n")
	for name, kind := range register.Letters {
		put("letters/"+name+".md", "---\nsubject: Your details\nto: "+string(kind.To[0])+"\nattach: no\n---\nThere is something for you: {{link}}\n")
	}
	return files
}

// Letters is the table of the letters in [Files].
func Letters() letter.Table {
	return letter.Join(register.Letters, wall.Letters, letter.Table{
		"resume-draft": {To: []letter.Recipient{"applicant"}, Fields: []string{"link"}, Services: true, NoCopy: "none"},
	})
}

// A Hub is a register behind a wall, with its clock, the letters mailed, and the messages that
// crossed.
type Hub struct {
	*register.Desk
	Wall *wall.Desk

	mu      sync.Mutex
	now     time.Time
	mailed  []record.Message
	crossed []crossing.Message
	Shut    error // the other store's error; nil if it takes messages
}

// Nell leads the north, Sol the south.
var (
	Nell = &staff.Person{Name: "Nell North", Email: "north@example.org", Roles: []staff.Role{{Name: staff.AreaLead, For: wall.Area("support", "north")}}}
	Sol  = &staff.Person{Name: "Sol South", Email: "south@example.org", Roles: []staff.Role{{Name: staff.AreaLead, For: wall.Area("support", "south")}}}
)

// New is a hub at an instant, on a store in memory if s is nil.
func New(t testing.TB, now time.Time, s record.Store) *Hub {
	t.Helper()
	hub := func(name string) (string, bool) { return "the hub", name == "name" }
	p, faults := programme.Load(Files(), Letters(), hub)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	if err := register.Faults(p).Err(); err != nil {
		t.Fatal(err)
	}
	if s == nil {
		s = &recordtest.Memory{}
	}
	h := &Hub{now: now}
	h.Wall = wall.New(&intake.Desk{
		Store: s, Programme: p, Now: h.Now, BaseURL: "http://hub.example.org", MailFrom: "Hub <hub@example.org>", Hub: hub,
		Log: slog.New(slog.DiscardHandler),
	})
	h.Wall.Office.Mailer = h
	h.Desk = register.New(h.Wall, h)
	return h
}

// Now is the clock.
func (h *Hub) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

// Set moves the clock.
func (h *Hub) Set(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = now
}

// Send makes the hub a [record.Mailer].
func (h *Hub) Send(_ context.Context, m record.Message) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.mailed = append(h.mailed, m)
	return nil
}

// Put takes messages for the other store.
func (h *Hub) Put(_ context.Context, m crossing.Message) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.Shut != nil {
		return h.Shut
	}
	if err := m.Check(); err != nil {
		return err
	}
	h.crossed = append(h.crossed, m)
	return nil
}

// Deliver does the work that is due, and returns the letters and messages since the last time.
func (h *Hub) Deliver(t testing.TB) ([]record.Message, []crossing.Message) {
	t.Helper()
	for {
		n, err := h.Wall.Office.Post().Deliver(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	mailed, crossed := h.mailed, h.crossed
	h.mailed, h.crossed = nil, nil
	return mailed, crossed
}

// Profile are answers to the pages of the profile.
var Profile = map[string]url.Values{
	"about-you": {"about": {"A partner for twenty years."}, "about-in-list": {"yes"}, "qualification": {"EMCC Foundation"}, "shown": {"parent"}},
	"whom":      {"focus": {"leadership", "balance"}, "experience": {"partner"}, "roles": {"gp"}, "cohorts": {"fellow"}},
	"where":     {"areas": {"north"}, "meet": {"online"}, "times": {"friday"}, "people-at-most": {"2"}},
}

// Ada is a person whose application was accepted.
var Ada = crossing.Accepted{
	Reference: "TK-7K4D-2P9X", Version: 3, Course: "talking", Name: "Ada Okafor", Number: "7654321", Email: "Ada@example.org",
	Practice: "Z99999", Sessions: "4.5", Day: "2021-10-18",
}

// Accepted is the mentor of an application that has just been accepted.
func (h *Hub) Accepted(t testing.TB, a crossing.Accepted) *register.Mentor {
	t.Helper()
	if err := h.Desk.Put(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	m, err := h.ByEmail(t.Context(), a.Email)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Complete fills in everything that a mentor must say before the profile is put forward.
func (h *Hub) Complete(t testing.TB, id string) {
	t.Helper()
	ctx := t.Context()
	for page, v := range Profile {
		if _, _, problems, err := h.SavePage(ctx, id, page, v); err != nil || problems != nil {
			t.Fatal(page, problems, err)
		}
	}
	if err := h.Agree(ctx, id, "2021-09", "Ada Okafor"); err != nil {
		t.Fatal(err)
	}
	if _, problems, err := h.DeclareInterests(ctx, id, url.Values{"practice-1": {"Z99998"}}); err != nil || problems != nil {
		t.Fatal(problems, err)
	}
	h.Yearly(t, id, "yes")
}

// Yearly answers the yearly questions.
func (h *Hub) Yearly(t testing.TB, id, registered string) {
	t.Helper()
	v := url.Values{"registered": {registered}, "not-suspended": {"yes"}, "clinical-sessions": {"5"}, "interests-right": {"yes"}}
	if _, problems, err := h.AnswerYearly(t.Context(), id, v); err != nil || problems != nil {
		t.Fatal(problems, err)
	}
}

// Listed puts a mentor onto the register.
func (h *Hub) Listed(t testing.TB, id string) {
	t.Helper()
	ctx := t.Context()
	h.Complete(t, id)
	if err := h.PutForward(ctx, id); err != nil {
		t.Fatal(err)
	}
	if err := h.SeeQualification(ctx, Nell, id, false); err != nil {
		t.Fatal(err)
	}
	if err := h.Approve(ctx, Nell, id); err != nil {
		t.Fatal(err)
	}
}

var _ office.Story = (*register.Desk)(nil)
