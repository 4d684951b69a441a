// Package attendtest is a hub for tests with people accepted for a course: the real content, a
// store in memory, and a clock that the test sets.
package attendtest

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/attend"
	"traininghub/internal/correction"
	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/letters"
	"traininghub/internal/office"
	"traininghub/internal/page"
	"traininghub/internal/programme"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/staff"
)

// Careers and Mentors are the two courses of the content.
const (
	Careers = "career-conversations"
	Mentors = "supporting-mentors"
)

// A Hub has the parts of a hub that a test needs.
type Hub struct {
	T       *testing.T
	Desk    *attend.Desk
	Office  *office.Desk
	Site    *page.Site
	Content fstest.MapFS
	Clock   time.Time
	Box     []record.Message // letters that went
	Log     *slog.Logger
}

// Send takes a letter.
func (h *Hub) Send(_ context.Context, m record.Message) error {
	h.Box = append(h.Box, m)
	return nil
}

// New is a hub on a store, in memory if it is nil. root is the project's folder. It is Monday 1
// November 2021, 9am.
func New(t *testing.T, root string, store record.Store) *Hub {
	t.Helper()
	h := &Hub{T: t, Clock: time.Date(2021, 11, 1, 9, 0, 0, 0, course.London), Content: fstest.MapFS{}, Log: slog.New(slog.DiscardHandler)}
	if store == nil {
		store = &recordtest.Memory{}
	}
	content := os.DirFS(root + "/content")
	err := fs.WalkDir(content, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(content, path)
		h.Content[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	h.Site, _ = page.LoadSite(h.Content)
	h.Office = office.New(&intake.Desk{
		Store: store, Now: func() time.Time { return h.Clock }, BaseURL: "http://hub.example.org",
		MailFrom: "Hub <hub@example.org>", Hub: h.Site.Fact, Log: h.Log, Retain: intake.RetainDays(30, 365, 730, 365, 90),
		PDF: func(d *document.Document) ([]byte, error) { return []byte(d.Text()), nil },
	})
	h.load()
	h.Office.Mailer, h.Office.Contacts = h, []course.Contact{{Name: "Olive Office", Email: "office@example.org"}}
	correction.Join(h.Office)
	h.Desk = attend.Join(h.Office, h.Site)
	return h
}

func (h *Hub) load() {
	h.T.Helper()
	p, faults := programme.Load(h.Content, letters.All(), h.Site.Fact)
	if err := faults.Err(); err != nil {
		h.T.Fatal(err)
	}
	h.Office.Applications.Programme = p
}

// Edit changes the content, as an editor does: each pair is a text and its replacement.
func (h *Hub) Edit(file string, pairs ...string) {
	h.T.Helper()
	text := string(h.Content[file].Data)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			h.T.Fatalf("%s has no %q", file, pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	h.Content[file] = &fstest.MapFile{Data: []byte(text)}
	h.load()
}

// At sets the clock, "2021-11-02 17:30" in London, and does the work due by then.
func (h *Hub) At(when string) {
	h.T.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", when, course.London)
	if err != nil {
		h.T.Fatal(err)
	}
	h.Clock = at
	h.Work()
}

// Work sweeps, and delivers the letters that are due.
func (h *Hub) Work() {
	h.T.Helper()
	if _, err := h.Office.Sweep(h.T.Context()); err != nil {
		h.T.Fatal(err)
	}
	for {
		n, err := h.Office.Post().Deliver(h.T.Context())
		if err != nil {
			h.T.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// Mailed are the letters to somebody since the last call whose subject or text contains the words.
// All others are forgotten.
func (h *Hub) Mailed(to, words string) (some []record.Message) {
	for _, m := range h.Box {
		if m.To == to && strings.Contains(m.Subject+"\n"+m.Text, words) {
			some = append(some, m)
		}
	}
	h.Box = nil
	return some
}

// Lead is the lead of a course.
func (h *Hub) Lead(id string) *staff.Person {
	return h.Office.Staff(h.Office.Applications.Programme.Course(id).Lead.Email)
}

// Reference is the reference of the nth application.
func Reference(n int) string {
	const figures, letters = "23456789", "CDFHJKMPRTWXY"
	return fmt.Sprintf("CC-2C%c%c-2C2C", figures[n%8], letters[n/8%13])
}

// Accept has the nth applicant apply for a course and get a place in a cohort.
func (h *Hub) Accept(n int, id, cohort, name string) *application.Application {
	h.T.Helper()
	ctx, d := h.T.Context(), h.Office.Applications
	c := d.Programme.Course(id)
	facts := map[string]string{}
	for _, fact := range c.FactNames() {
		facts[fact], _ = c.Fact(fact)
	}
	ref := Reference(n)
	was := h.Clock
	h.Clock = h.Clock.AddDate(0, 0, -20)
	a := &application.Application{
		Reference: ref, Form: id, Course: id, Saved: h.Clock,
		Document: &document.Submission{
			Reference: ref, Title: c.Title, Received: h.Clock.UTC(),
			Applicant: document.Person{Name: name, Email: fmt.Sprintf("gp-%d@example.org", n),
				Registration: form.Registration{Register: "gmc", Number: fmt.Sprint(7000000 + n)}},
			Course: document.CourseFacts{ID: id, Title: c.Title, Provider: c.Provider.Name, Contact: c.Contact.Email,
				Lead: c.Lead.Email, Facts: facts},
		},
	}
	a.Events.Add(h.Clock, application.EventReceived, "applicant", "")
	for _, name := range []string{application.LetterToLead, application.LetterToApplicant, application.LetterUnopened} {
		a.Letters.Owe(name, name, h.Clock)
	}
	data, err := json.Marshal(a)
	if err == nil {
		err = d.Store.Create(ctx, record.Record{ID: ref, Kind: record.Application, Status: "received", Course: id, Data: data,
			Shelf: record.Unsorted, Since: h.Clock})
	}
	if err == nil {
		_, err = d.Sort(ctx)
	}
	if err != nil {
		h.T.Fatal(err)
	}
	h.Clock = h.Clock.AddDate(0, 0, 5)
	h.Decide(ref, id, cohort)
	h.Clock = was
	a, err = d.Get(ctx, ref)
	if err != nil {
		h.T.Fatal(err)
	}
	return a
}

// Decide accepts an application for a cohort.
func (h *Hub) Decide(ref, id, cohort string) {
	h.T.Helper()
	_, _, problems, err := decide.Of(h.Office.Applications).Decide(h.T.Context(), h.Lead(id), ref, application.Decision{
		Accepted: true, Cohort: cohort, Funding: course.DateOf(h.Clock.AddDate(0, 1, 0)).ISO(), Name: "Dr Lead",
	}, "")
	if err != nil || problems != nil {
		h.T.Fatal(problems, err)
	}
}

// Application reads an application.
func (h *Hub) Application(ref string) *application.Application {
	h.T.Helper()
	a, err := h.Office.Applications.Get(h.T.Context(), ref)
	if err != nil {
		h.T.Fatal(err)
	}
	return a
}
