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

// testContent is a service with two areas, its sheets, and the unchanged letters.
func testContent(t testing.TB) fs.FS {
	t.Helper()
	content := fstest.MapFS{}
	for _, name := range []string{
		"services/gp-s.md", "sheets/mentor-profile.yaml", "sheets/mentor-interests.yaml", "sheets/mentor-yearly.yaml", "sheets/mentor-plan.yaml",
		"sheets/mentoring-feedback.yaml", "sheets/mentoring-later.yaml",
	} {
		data, err := os.ReadFile("testdata/content/" + name)
		if err != nil {
			t.Fatal(err)
		}
		content[name] = &fstest.MapFile{Data: data}
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

// A world is a wall with requests, mentors and pairs, whose clock a test moves.
type world struct {
	testing.TB
	desk *Desk
	now  time.Time
	out  outbox
	box  []record.Message
}

// outbox keeps the messages that cross to payers.
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

// mentor puts somebody on the register, who takes `most` people.
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

// request is a request for which a mentor is sought.
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

// held is a session of two hours that was held some days ago.
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

// practising is how a request mentions a practice.
func practising(code string) []document.Section {
	return []document.Section{{ID: "practices", Rows: [][]document.Item{{
		{ID: "practice-name", Kind: form.Text, Question: "Name", Answer: "The practice " + code}, {ID: "practice-code", Kind: form.Text, Question: "Code", Answer: code},
	}}}}
}
