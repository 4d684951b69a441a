package pair

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/crossing"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/mentoring"
	"traininghub/internal/programme"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/register"
	"traininghub/internal/staff"
	"traininghub/internal/wall"
)

// testContent is a service with two areas, three sheets of one question, and the letters as they are.
func testContent(t testing.TB) fs.FS {
	t.Helper()
	content := fstest.MapFS{"services/gp-s.md": {Data: []byte(testService)}}
	for use, questions := range map[string]string{
		"mentor-profile":   "{id: about, kind: text, label: About me, rule: max=300}",
		"mentor-interests": "{id: practice-1, kind: text, label: A practice, rule: max=300}, {id: people, kind: text, label: People whom I should not mentor, rule: max=300}",
		"mentor-yearly":    "{id: clinical-sessions, kind: number, label: Clinical sessions}",
		"mentor-plan":      "{id: plan, kind: text, label: The plan, rule: max=300}",
	} {
		content["sheets/"+use+".yaml"] = &fstest.MapFile{Data: []byte(fmt.Sprintf(
			"title: %s\nuse: %s\nservices: [gp-s]\nsections:\n- id: one\n  title: One\n  questions: [%s]\n", use, use, questions))}
	}
	letters := os.DirFS("../../content")
	for name := range Letters {
		data, err := fs.ReadFile(letters, "letters/"+name+".md")
		if err != nil {
			t.Fatal(err)
		}
		content["letters/"+name+".md"] = &fstest.MapFile{Data: data}
	}
	return content
}

const testService = `---
title: Somebody to think with
summary: A GP who listens
describe: A description of fifty characters or more, so that it will do for search
contact: {name: The office, email: office@example.org}
areas:
- {id: north, name: North, lead: {name: Nora Lead, email: nora@example.org}, deputy: {name: Dan Deputy, email: dan@example.org}}
- {id: south, name: South, lead: {name: Sam Lead, email: sam@example.org}, deputy: {name: Dora Deputy, email: dora@example.org}}
mentoring:
  roles: [{id: gp, label: GP}]
  cohorts: [{id: fellow, label: Fellow, tier: 1}, {id: partner, label: Partner, tier: 2}]
  focus: [{id: balance, label: work-life balance}, {id: partnership, label: partnership}, {id: research, label: research}]
  meet: [{id: online, label: Online}, {id: in-person, label: In person}]
  times: [{id: mon, label: Monday evenings}, {id: tue, label: Tuesday evenings}]
  travel: [{between: [north, south], minutes: 40}]
  costs: {focus: [40, 25, 10], no_time: 50, no_experience: 30, other_area: 15, places: [0, 0, 0, 0, 10, 20], day_waited: 1000}
  mentees: {least: 4, most: 8}
  sessions: {most: 4, minutes: 120, within_months: 12, at_least_every_weeks: 5, late_working_days: 2}
  pairs: {sample_percent: 50}
  promises: {call: 2, attempts: 3, attempts_within: 15, close_days: 28, answer: 5, remind: 3, waiting: 20, first_meeting_days: 21, fresh_days: 90}
  keep: {request_days: 90, pair_days: 730, feedback_days: 1095}
  crisis: [{name: Help, text: Always open}]
  crisis_review_due: 1 March 2031
  signposts: [{id: help, name: Help, text: For you, review_due: 1 March 2031}]
  limits: [What is said stays here]
  introduce: a colleague
  agreement: {title: Our agreement, clauses: [We meet up to four times, Either can end it without a reason], statement: I agree}
  register:
    terms_version: 1 September 2021
    terms: {title: Terms, clauses: [Be kind], statement: I agree}
    supervision: [{id: group, label: Group supervision}]
    answer_days: 14
    yearly_days: 400
    supervision_months: 60
    away_days: 28
    draft_days: 100
    keep_days: 700
---
Words.
`

// A world is a wall with requests, mentors and pairs, whose clock a test moves.
type world struct {
	testing.TB
	desk *Desk
	now  time.Time
	out  outbox
	box  []record.Message
}

// outbox keeps what crosses to who pays.
type outbox []crossing.Message

func (o *outbox) Put(_ context.Context, m crossing.Message) error {
	if err := m.Check(); err != nil {
		return err
	}
	*o = append(*o, m)
	return nil
}

func (w *world) Send(_ context.Context, m record.Message) error { w.box = append(w.box, m); return nil }

func newWorld(t testing.TB, store record.Store) *world {
	t.Helper()
	w := &world{TB: t, now: time.Date(2021, 9, 20, 9, 0, 0, 0, course.London)}
	hub := func(fact string) (string, bool) { return "the hub", fact == "name" }
	p, faults := programme.Load(testContent(t), Letters, hub)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	behind := wall.New(&intake.Desk{
		Store: store, Programme: p, Now: func() time.Time { return w.now }, BaseURL: "https://hub.example.org",
		MailFrom: "Hub <hub@example.org>", Hub: hub, Log: slog.New(slog.DiscardHandler),
	})
	w.desk = &Desk{Desk: &mentoring.Desk{Desk: behind, Rounds: 1}, Register: register.New(behind, &outbox{}), Gate: &w.out}
	return w
}

func memory(t testing.TB) *world { return newWorld(t, &recordtest.Memory{}) }

// lead is the lead of an area.
func (w *world) lead(email string) *staff.Person {
	p := w.desk.Office.Door().Find(email)
	if p == nil {
		w.Fatalf("%s is nobody's lead", email)
	}
	return p
}

// mentor puts somebody on the register, who takes so many people.
func (w *world) mentor(name string, most int, more ...func(*register.Mentor)) *register.Mentor {
	w.Helper()
	id := "mentor." + strings.ToLower(strings.ReplaceAll(name, " ", "-"))
	m, err := w.desk.Register.Mentors().Amend(w.Context(), id, func(m *register.Mentor) error {
		m.Services, m.Reference = []string{"gp-s"}, "SM-"+strings.ToUpper(fmt.Sprintf("%04X", len(name)+int(name[len(name)-1])))
		m.Person = register.Person{Name: name, Email: strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@example.org"}
		m.Answers = form.Values{
			register.AskAbout: "I listen", register.AskFocus: "balance,partnership", register.AskRoles: "gp", register.AskCohorts: "fellow,partner",
			register.AskAreas: "north,south", register.AskMeet: "online,in-person", register.AskTimes: "mon,tue", register.AskMost: fmt.Sprint(most),
		}
		m.Yearly = &register.Declared{On: register.Today(w.now), Fine: true}
		m.Listed = register.Today(w.now)
		for _, move := range []register.Move{register.Accept, register.Put, register.Approve} {
			m.Events.Add(w.now, string(move), string(register.ByHub), "")
		}
		for _, f := range more {
			f(m)
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	return m
}

// request is somebody for whom a mentor is looked for.
func (w *world) request(name, area string, more ...func(*mentoring.Request)) *mentoring.Request {
	w.Helper()
	id := "MR-" + strings.ToUpper(strings.ReplaceAll(name, " ", "-"))
	r := &mentoring.Request{
		ID: id, Service: "gp-s", Area: area, Role: "gp", Cohort: "fellow", Document: &document.Submission{},
		Contact:  mentoring.Contact{Name: name, Email: strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@example.org"},
		Proforma: &mentoring.Proforma{Focus: []string{"balance"}, Meet: []string{"online"}, Times: []string{"tue"}, At: w.now},
	}
	r.Events.Add(w.now, mentoring.EventReceived, mentoring.ByMentee, "")
	for _, what := range []string{mentoring.EventTalked, mentoring.EventSeeking} {
		if err := r.Move(w.now, what, mentoring.ByLead, "nora@example.org", ""); err != nil {
			w.Fatal(err)
		}
	}
	for _, f := range more {
		f(r)
	}
	if err := w.desk.Requests().Create(w.Context(), r); err != nil {
		w.Fatal(err)
	}
	return r
}

// do takes a step that must succeed.
func (w *world) do(p *Pair, s Step) *Pair {
	w.Helper()
	p, err := w.desk.Do(w.Context(), p.ID, s)
	if err != nil {
		w.Fatalf("%s by %s: %v", s.Act, s.By, err)
	}
	return p
}

// registered is a pair that both have agreed to.
func (w *world) registered(r *mentoring.Request, m *register.Mentor) *Pair {
	w.Helper()
	p, err := w.desk.Propose(w.Context(), w.lead("nora@example.org"), r.ID, m.ID, "")
	if err != nil {
		w.Fatal(err)
	}
	w.do(p, Step{Act: Accept, By: Mentee, Agree: true})
	w.do(p, Step{Act: Stranger, By: Mentor})
	return w.do(p, Step{Act: Take, By: Mentor, Agree: true})
}

// held is a session that was held for two hours before now, so many days ago.
func (w *world) held(days int) Session {
	return Session{Start: w.now.AddDate(0, 0, -days).Add(-3 * time.Hour), Minutes: 120, How: "online", Outcome: Held}
}

func (w *world) get(id string) (*Pair, *mentoring.Request, *register.Mentor) {
	w.Helper()
	p, err := w.desk.Get(w.Context(), id)
	if err != nil {
		w.Fatal(err)
	}
	r, err := w.desk.Requests().Get(w.Context(), p.Request)
	if err != nil {
		w.Fatal(err)
	}
	m, err := w.desk.Register.Get(w.Context(), p.Mentor)
	if err != nil {
		w.Fatal(err)
	}
	return p, r, m
}

// post sends all that is due.
func (w *world) post() {
	w.Helper()
	post := &record.Post{
		Store: w.desk.Store, Mailer: w, Now: w.desk.Now, Log: slog.New(slog.DiscardHandler), Stories: map[record.Kind]record.Story{Kind: w.desk.Post()},
	}
	for range 10 {
		if _, err := post.Deliver(w.Context()); err != nil {
			w.Fatal(err)
		}
	}
}

func registration(number string) form.Registration { return form.Registrations(number)[0] }
