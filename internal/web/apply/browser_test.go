package apply_test

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"traininghub/internal/attend"
	"traininghub/internal/browsertest"
	"traininghub/internal/correction"
	"traininghub/internal/course"
	"traininghub/internal/intake"
	"traininghub/internal/intake/intaketest"
	"traininghub/internal/letters"
	"traininghub/internal/office"
	"traininghub/internal/pdf"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/web"
	"traininghub/internal/web/apply"
	"traininghub/internal/web/practice"
	"traininghub/internal/web/review"
	"traininghub/internal/web/status"
	"traininghub/site"
)

// box holds the mailed letters.
type box []record.Message

func (b *box) Send(_ context.Context, m record.Message) error {
	*b = append(*b, m)
	return nil
}

// link is the address of a link in the newest letter to somebody that contains some words.
func (b box) link(t *testing.T, to, words string) string {
	t.Helper()
	for i := len(b) - 1; i >= 0; i-- {
		if _, rest, found := strings.Cut(b[i].Text, words); found && strings.Contains(b[i].To, to) {
			return words + strings.Fields(rest)[0]
		}
	}
	t.Fatalf("no letter to %s has %s", to, words)
	return ""
}

// TestBrowser: somebody applies for Mentor Training with answers that the scheme does not expect.
// They leave in the middle, come back to the same place, are told of the doubts, sign with another
// name and keep it. The practice sees the doubt above its statement, and says from which day it is
// agreed. The lead sees all of it. Then they apply for the other course with the same answers.
// Everything is done by the keyboard and without a script; no page breaks a rule at either width.
func TestBrowser(t *testing.T) {
	now := time.Date(2021, 9, 20, 9, 0, 0, 0, course.London)
	made, files := browsertest.Site(t, site.Sources{Letters: letters.All()}, now)
	var mail box
	desk := &intake.Desk{Store: &recordtest.Memory{}, Programme: made.Programme, Now: func() time.Time { return now },
		Retain: intaketest.Retention, MailFrom: made.Hub.MailFrom, Hub: made.Hub.Fact, Log: slog.New(slog.DiscardHandler),
		PDF: pdf.Render}
	hub := office.New(desk)
	correction.Join(hub)
	attend.Join(hub, made.Hub)
	hub.Mailer = &mail
	handler, err := web.New(web.Settings{Office: hub, Pages: made.Pages, Site: made.Hub, Log: desk.Log,
		Pause: func(context.Context, time.Duration) {}}, apply.Routes, practice.Routes, status.Routes, review.Routes)
	if err != nil {
		t.Fatal(err)
	}
	served := browsertest.Serve(t, files, http.Handler(handler), "/apply/", "/status/", "/practice/", "/review/")
	desk.BaseURL = served
	deliver := func() {
		t.Helper()
		if _, err := hub.Post().Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	browser := browsertest.Start(t)

	fill := func(b *browsertest.Tab, texts map[string]string) {
		t.Helper()
		for _, label := range slices.Sorted(maps.Keys(texts)) {
			b.Fill(label, texts[label])
		}
	}

	b := browser.Tab(served)
	b.Open("/courses/supporting-mentors/apply/")
	details := func() {
		fill(b, map[string]string{"First names": "Alex Jo", "Surname": "Example-Jones", "Email address": "alex@example.org",
			"Telephone number": "07700 900123", "GMC reference number": "c 765 4321"})
		b.Choose("Are you on the National Medical Performers List?", "No")
	}
	details()
	b.Press("Continue")
	b.At("Your home address")
	b.Fill("Address line 1", "1 High Street")
	b.Press("Save and come back later")
	b.At("Your application is saved")
	b.Seen("saved")
	b.Open("/apply/supporting-mentors")
	b.At("Your application is saved")
	b.Says("use the link that we emailed to you")
	b.Seen("saved-before")
	b.Press("Email the link again")
	b.At("Your application is saved")
	deliver()
	b.Open(mail.link(t, "alex@", "/apply/supporting-mentors/resume/"))
	b.Press("Continue")
	b.At("Your details")
	b.Press("Continue")
	b.At("Your home address") // half filled in, and not skipped
	fill(b, map[string]string{"Town or city": "Exampleton", "Postcode": "sw1a1aa"})
	b.Press("Continue")
	b.At("Your mentoring qualifications")
	b.Choose("Do you want to add a qualification?", "No")
	b.Press("Continue")
	b.At("Your application to the scheme")
	fill(b, map[string]string{"What are your personal objectives in applying to this scheme?": "To help.",
		"Why is mentoring others important to you?": "It is.", "What have you done recently to support the development of others?": "A lot."})
	b.Press("Continue")
	referee := func(name, email string) {
		t.Helper()
		fill(b, map[string]string{"Name": name, "Job title": "GP", "Email address": email, "Telephone number": "01632 960001",
			"Relationship to you": "Appraiser"})
		b.Press("Continue")
	}
	b.At("References")
	b.Press("Add a reference")
	referee("Jones, Dr Alex Example", "robin@example.org")
	b.Press("Add another reference")
	referee("Robin One", "Robin+work@example.org")
	b.At("References")
	b.Press("Continue")
	b.At("Your practice")
	b.Seen("practice-questions")
	b.Choose("Proposed start date", "Wednesday 17 November 2021")
	fill(b, map[string]string{"Clinical sessions a week": "2", "Practice name": "Gannet Surgery",
		"Practice address line 1": "2 High Street", "Practice town or city": "Exampleton", "Practice postcode": "sw1a 2aa",
		"Practice code": "a 99-999", "Practice telephone number": "01632 960002"})
	b.Choose("Is the practice a training practice?", "Yes")
	b.Press("Continue")
	b.At("Your practice manager")
	fill(b, map[string]string{"Name": "Pat Manager", "Email address": "pat@example.org", "Telephone number": "01632 960003"})
	b.Press("Continue")
	b.At("Check your answers before sending your application")
	b.Says("Look at this again", "Clinical sessions a week: 2", "at least 3 clinical sessions",
		"Reference 1: Name: Jones, Dr Alex Example", "A referee should not be the person who applies",
		"should come from 2 different people", "Mentors on the scheme meet the requirements", "7654321", "SW1A 1AA", "A99999")
	b.Seen("check")
	b.Follow("Reference 2: Email address: Robin+work@example.org")
	b.At("Reference 2") // the address is right, and stays
	b.Press("Continue")
	b.At("References")
	b.Press("Continue")
	b.At("Check your answers before sending your application")
	b.Follow("Continue to declarations")
	sign := func(name string) {
		t.Helper()
		for _, decl := range made.Programme.Forms["supporting-mentors"].Declarations {
			b.Tick(decl.Text)
		}
		b.Fill("Name of prospective GP mentor", name)
		b.Press("Sign and send application")
	}
	sign("Sam Other")
	b.Says("Check the name: your application says Alex Jo Example-Jones")
	b.Seen("another-name")
	b.Press("Sign and send application")
	b.At("Application sent")
	b.Says("You can use your answers again", "Career Conversation Training")
	b.Seen("sent")
	deliver()

	p := browser.Tab(served)
	p.Open(mail.link(t, "pat@", "/practice/"))
	p.Says("Look at this first", "Clinical sessions a week: 2")
	p.Seen("practice")
	p.Choose("What do you confirm?", "On behalf of the employing practice, I confirm an agreement. The doctor will do at "+
		"least 3 clinical sessions at the practice, from the day that I give.")
	fill(p, map[string]string{"Full name": "Pat Manager", "Your role at the practice": "Practice manager"})
	p.Press("Sign and send your answer")
	p.Says("There is a problem", "Enter the day from which it is agreed")
	p.Seen("practice-wrong")
	fill(p, map[string]string{"Day": "1", "Month": "11", "Year": "2021"})
	p.Press("Sign and send your answer")
	p.Says("has confirmed this")
	now = now.Add(2 * time.Hour)
	deliver()

	email := made.Programme.Course("supporting-mentors").Lead.Email
	l := browser.Tab(served)
	l.Open("/review/sign-in")
	l.Fill("Your email address", email)
	l.Press("Email me a link")
	deliver()
	l.Open(mail.link(t, email, "/review/sign-in/link/"))
	l.Press("Sign in")
	doubts := []string{"Sam Other", "Clinical sessions a week: 2", "A referee should not be the person who applies",
		"Mentors on the scheme meet the requirements"}
	l.Open(mail.link(t, email, "/review/SM-"))
	l.Says(append(doubts, "agreed from Monday 1 November 2021")...)
	l.Seen("review")
	l.Follow("Decide on this application")
	l.Says(append(doubts, "agreed from Monday 1 November 2021")...)
	l.Seen("decide")
	for _, m := range mail {
		if strings.Contains(m.To, email) && len(m.Attachments) > 0 {
			browsertest.Keep(t, "lead.pdf", m.Attachments[0].Data)
		}
		if strings.Contains(m.To, email) && strings.Contains(m.Subject, "has answered") &&
			!strings.Contains(m.Text, "Clinical sessions a week, “2”") {
			t.Errorf("the lead's letter has no doubt:\n%s", m.Text)
		}
	}

	b.Open(mail.link(t, "alex@", "/status/"))
	b.Press("Continue")
	b.Follow("Use your answers to apply for Career Conversation Training")
	b.At("Use your answers to apply for Career Conversation Training")
	b.Says("Your home address", "Nothing is sent before")
	b.Seen("again")
	b.Press("Use these answers")
	b.At("Your details")
	b.Says("We filled this in with answers from your application for Mentor Training")
	b.Seen("again-details")
	b.Press("Continue")
	b.At("Your home address")
	b.Press("Continue")
	b.Choose("Do you want to add a qualification?", "No")
	b.Press("Continue")
	b.At("Your reasons") // nothing is taken over here
	b.Open("/apply/career-conversations/references")
	b.Says("We filled this in with answers from your application for Mentor Training")
	b.Open("/apply/career-conversations/check")
	b.Says("Check the section “Reference”", "Select which cohort you want to join")
	b.Says("Gannet Surgery", "Jones, Dr Alex Example")
	b.Seen("again-check")
}
