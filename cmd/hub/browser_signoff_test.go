package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"traininghub/internal/browsertest"
	"traininghub/internal/intake"
	"traininghub/internal/mentored"
	"traininghub/internal/record"
	"traininghub/internal/returns"
)

// TestBrowserSignOff: an application goes the whole way between four browsers: the applicant's, the
// practice's, the lead's and the deputy's. Nothing needs JavaScript. Before each step a mail
// scanner opens every link of every letter, and changes nothing. The test runs once with the hub as
// one program on one machine, and once with the hub put together as on AWS.
func TestBrowserSignOff(t *testing.T) {
	browser := browsertest.Start(t)
	content := withDeputies(t)
	for _, on := range []struct {
		name  string
		serve func(t *testing.T, content, asOf string) *servedHub
	}{{"one machine", serveContent}, {"AWS", serveAWS}} {
		t.Run(on.name, func(t *testing.T) {
			signOff(t, browser, on.serve(t, content, "2021-09-20"))
		})
	}
}

// deputy decides beside the lead of each course in the content of these tests.
const deputy = "deputy@example.org"

// The practice's question in the mentors' form, and its first answer.
const (
	asksPractice = "What do you confirm?"
	sessionsDone = "On behalf of the employing practice, I confirm that the doctor currently does at least 3 clinical sessions at the practice."
)

// withDeputies is a copy of the real content in which each course has a deputy, and any Cohort 2
// has one place.
func withDeputies(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../content")); err != nil {
		t.Fatal(err)
	}
	courses, err := filepath.Glob(filepath.Join(dir, "courses", "*.md"))
	if err != nil || len(courses) == 0 {
		t.Fatal(courses, err)
	}
	for _, file := range courses {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		changed := strings.Replace(string(text), "\nlead:", "\ndeputy:\n  name: Dr Deputy\n  email: "+deputy+"\nlead:", 1)
		if changed == string(text) {
			t.Fatalf("%s has no lead", file)
		}
		changed = strings.Replace(changed, "\n  - name: Cohort 2\n", "\n  - name: Cohort 2\n    places: 1\n", 1)
		if err := os.WriteFile(file, []byte(changed), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func signOff(t *testing.T, browser *browsertest.Browser, hub *servedHub) {
	const (
		gp       = "b.delafontaine@example.org"
		practice = "manager@example.org"
		lead     = "sthccg.primarycareacademy@nhs.net"
	)
	scanner := newProfile(t, browser, hub)
	scan := func() { t.Helper(); scanMail(t, hub, scanner) }
	person := func() *tab { return newProfile(t, browser, hub).tab(false) }

	applicant := person()
	applicant.rush("supporting-mentors")
	reference := applicant.signs("supporting-mentors", "Bartholomew de la Fontaine")
	if l := hub.mailed(t, lead, reference, 1); !strings.Contains(squeeze(words(t, l.pdf)), squeeze("Not yet authorised")) {
		t.Error("the first PDF to the lead does not say that the practice has not authorised yet")
	}

	// The practice sees what it has to confirm, and no more.
	scan()
	manager := person()
	link := hub.mailed(t, practice, reference, 1).link(t, hub, "/practice/")
	manager.Open(link)
	manager.At("Confirm for your practice")
	manager.Says("at least 3 clinical sessions")
	for _, other := range []string{gp, "GMC", "anwen", "objectives"} {
		if strings.Contains(ask[string](manager, "main"), other) {
			t.Errorf("the practice sees %q", other)
		}
	}
	manager.Press("Sign and send your answer")
	manager.errors("Select what you confirm, or that you cannot confirm it", "Enter your full name", "Enter your role at the practice")
	manager.Choose(asksPractice, sessionsDone)
	manager.Fill("Full name", "Mo Manager")
	manager.Fill("Your role at the practice", "Practice manager")
	manager.Press("Sign and send your answer")
	manager.At("Your practice has confirmed this")
	manager.Open(link)
	manager.At("Your practice has confirmed this")

	// They get a receipt, and the applicant sees it. Other letters wait an hour, since the answer
	// can be taken back.
	manager.Says("Take this answer back")
	receipt := hub.mailed(t, practice, "Receipt", 1)
	for _, want := range []string{"Mo Manager, Practice manager", "at least 3 clinical sessions"} {
		if !strings.Contains(receipt.text, want) {
			t.Errorf("the receipt does not say %q", want)
		}
	}
	scan()
	follow := func() {
		t.Helper()
		applicant.Open(hub.mailed(t, gp, "We have your application "+reference, 1).link(t, hub, "/status/"))
		applicant.Press("Continue")
	}
	follow()
	applicant.Says("Waiting for a decision", "Mo Manager")

	// Two sign in. A link works only in the browser that asked for it.
	first, second := person(), person()
	asked := func(b *tab, email string) string {
		t.Helper()
		b.Open("/review/")
		b.At("Sign in")
		b.Fill("Your email address", email)
		b.Press("Email me a link")
		b.At("Check your email")
		scan()
		return hub.mailed(t, email, "sign in", 1).link(t, hub, "/review/sign-in/link/")
	}
	one := asked(first, lead)
	two := asked(second, deputy)
	second.Open(one)
	if strings.Contains(ask[string](second, "main"), "You stay signed in") {
		t.Error("the lead's link lets the deputy's browser sign in")
	}
	for b, link := range map[*tab]string{first: one, second: two} {
		b.Open(link)
		b.At("Sign in")
		b.Press("Sign in")
		b.Says(reference, "de la Fontaine")
		b.Follow("Bartholomew de la Fontaine")
		b.Says("Mo Manager", "There is no decision")
	}
	first.Fill("Add a note", "Rang the practice.")
	first.Press("Add note")
	first.Says("Rang the practice.")

	// Both decide; the second sees the first one's decision.
	decide := func(b *tab, name string) {
		t.Helper()
		b.Open("/review/" + reference + "/decision")
		b.At("Decide on the application")
		b.Press("Continue")
		b.errors("Select whether you accept or decline")
		b.Choose("What is your decision?", "Accept")
		b.Press("Continue")
		b.Choose("Which cohort does the applicant join?", "Programme start")
		b.Fill("Day", "17")
		b.Fill("Month", "11")
		b.Fill("Year", "2021")
		b.Fill("Your full name", name)
		b.Press("Preview the letter")
		b.Says("Nothing has been sent yet", gp, "Wednesday 17 November 2021")
	}
	decide(first, "Dr Lead")
	decide(second, "Dr Deputy")
	first.Press("Send this decision")
	first.Says("Accepted", "Dr Lead")
	second.Press("Send this decision")
	second.At("This application was decided already")
	second.Says("Dr Lead")
	accepted := hub.mailed(t, gp, reference, 2)
	if !strings.Contains(accepted.text, "17 November 2021") || !strings.Contains(accepted.calendar, "DTSTART:20211117T133000Z") {
		t.Errorf("the letter of acceptance has no dates, or no calendar:\n%s\n%s", accepted.subject, accepted.text)
	}
	pdf := squeeze(words(t, hub.mailed(t, lead, "was decided", 1).pdf))
	for _, want := range []string{"Accepted", "Dr Lead", "Mo Manager"} {
		if !strings.Contains(pdf, squeeze(want)) {
			t.Errorf("the PDF with the decision does not say %q", want)
		}
	}
	scan()
	follow()
	applicant.Says("Accepted", "17 November 2021")

	// The deputy takes it back, and declines.
	second.Open("/review/" + reference)
	second.Follow("Reopen the decision")
	second.Fill("Why do you reopen the decision?", "Wrong applicant.")
	second.Press("Reopen the decision")
	second.Says("There is no decision", "Wrong applicant.")
	second.Open("/review/" + reference + "/decision")
	second.Choose("What is your decision?", "Decline")
	second.Press("Continue")
	second.Choose("What is the reason?", "All places on the training have been taken.")
	second.Fill("Your full name", "Dr Deputy")
	second.Press("Preview the letter")
	second.Press("Send this decision")
	second.Says("Declined", "Dr Deputy")
	scan()
	follow()
	applicant.Says("Declined", "All places on the training have been taken.")
	if strings.Contains(ask[string](applicant, "main"), "Wrong applicant.") || strings.Contains(ask[string](applicant, "main"), "Rang the practice.") {
		t.Error("the applicant sees what the staff wrote for themselves")
	}

	agreeToTerms(t, hub, person(), second)
	scan()
}

// agreeToTerms has the deputy, who has signed in, accept an applicant of the other course, who then
// agrees to the provider's terms.
func agreeToTerms(t *testing.T, hub *servedHub, applicant, deputy *tab) {
	t.Helper()
	const gp = "sian.oconnor@example.org"
	applicant.rush("career-conversations")
	reference := applicant.signs("career-conversations", "Siân O’Connor")
	deputy.Open("/review/" + reference + "/decision")
	deputy.Choose("What is your decision?", "Accept")
	deputy.Press("Continue")
	deputy.Choose("Which cohort does the applicant join?", "Cohort 2")
	deputy.Fill("Day", "2")
	deputy.Fill("Month", "November")
	deputy.Fill("Year", "2021")
	deputy.Fill("Your full name", "Dr Deputy")
	deputy.Press("Preview the letter")
	deputy.Press("Send this decision")
	deputy.Says("Accepted", "Cohort 2")
	applicant.Open(hub.mailed(t, gp, "We have your application "+reference, 1).link(t, hub, "/status/"))
	applicant.Press("Continue")
	applicant.Follow("Read and agree to the terms")
	applicant.Press("Agree to the terms")
	applicant.errors("Enter your full name", "Enter your job title", "Select the box if you agree to the terms")
	applicant.Fill("Full name", "Siân O’Connor")
	applicant.Fill("Job title", "GP partner")
	applicant.Tick("I agree to these terms of business for Career Conversation Training.")
	applicant.Press("Agree to the terms")
	applicant.Says("You agreed to the terms")
	deputy.Open("/review/" + reference)
	deputy.Says("GP partner")
}

// mailed waits for the nth letter to the address whose subject has the words.
func (h *servedHub) mailed(t *testing.T, to, subject string, n int) mailedLetter {
	t.Helper()
	var found []mailedLetter
	eventually(t, fmt.Sprintf("letter %d to %s about %q", n, to, subject), func() bool {
		found = nil
		for _, l := range h.allMail(t) {
			if l.to == to && strings.Contains(l.subject, subject) {
				found = append(found, l)
			}
		}
		return len(found) >= n
	})
	return found[n-1]
}

// allMail is all that was mailed, in order.
func (h *servedHub) allMail(t *testing.T) (all []mailedLetter) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(h.data, "outbox", "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(files, func(a, b string) int { return modified(t, a).Compare(modified(t, b)) })
	for _, file := range files {
		all = append(all, readLetter(t, file))
	}
	return all
}

// links are the addresses of the hub in a letter.
func (h *servedHub) links(l mailedLetter) []string {
	return regexp.MustCompile(regexp.QuoteMeta(h.site)+`[^\s<>"]*`).FindAllString(l.text, -1)
}

// link is the one link of a letter below a path.
func (l mailedLetter) link(t *testing.T, h *servedHub, below string) string {
	t.Helper()
	for _, link := range h.links(l) {
		if strings.HasPrefix(link, h.site+below) {
			return strings.TrimPrefix(link, h.site)
		}
	}
	t.Fatalf("the letter has no link below %s:\n%s", below, l.text)
	return ""
}

func modified(t *testing.T, file string) time.Time {
	t.Helper()
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return info.ModTime()
}

// clockwork are the kinds of records that a hub writes by itself when it starts, or when a message
// from the store of mentoring arrives.
var clockwork = []record.Kind{intake.Sweeps, mentored.KindMentor, mentored.KindCounts, returns.KindPublished}

// kept is the content of a store: each record with its version. owed tells whether a letter is to
// go today. The index of due records cannot tell, since it may lack a record while that is written.
func kept(t *testing.T, store record.Store) (dump string, owed bool) {
	t.Helper()
	var b strings.Builder
	hour := time.Date(2021, 9, 20, 9, 0, 0, 0, time.UTC) // after the hub began; letters about an answer wait as long
	if err := record.Each(t.Context(), store, func(r record.Record) error {
		if !slices.Contains(clockwork, r.Kind) {
			fmt.Fprintln(&b, r.ID, r.Version)
			owed = owed || !r.Due.IsZero() && r.Due.Before(hour)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return b.String(), owed
}

// scanMail does what mail scanners do: it requests every link of every letter in several ways,
// opens each in a browser with scripts on, and waits there. Afterwards the store must be unchanged.
func scanMail(t *testing.T, hub *servedHub, p *profile) {
	t.Helper()
	store := hub.store()
	var before string
	eventually(t, "a hub at rest", func() bool { // letters being sent change applications, too
		var owed bool
		before, owed = kept(t, store)
		return !owed
	})
	b := p.tab(true)
	defer b.Close()
	seen := map[string]bool{}
	for _, l := range hub.allMail(t) {
		for _, link := range hub.links(l) {
			if seen[link] {
				continue
			}
			seen[link] = true
			for _, method := range []string{http.MethodHead, http.MethodGet, http.MethodOptions} {
				r, err := http.NewRequestWithContext(t.Context(), method, link, nil)
				if err != nil {
					t.Fatal(err)
				}
				answer, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				io.Copy(io.Discard, answer.Body)
				answer.Body.Close()
			}
			run(b, "opening a link", chromedp.Navigate(link))
		}
	}
	if len(seen) < 3 {
		t.Fatalf("the scanner found %d links", len(seen))
	}
	if after, _ := kept(t, store); after != before {
		t.Fatalf("a mail scanner changed what the hub keeps:\n%s\nis now\n%s", before, after)
	}
}
