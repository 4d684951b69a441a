package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"traininghub/internal/application"
	"traininghub/internal/browsertest"
	"traininghub/internal/mail"
	"traininghub/internal/office"
)

// The pages after an application is sent, for the tour of browser_axe_test.go: every page and state
// for the practice, the applicant and the staff.

// A walk is one through a hub of its own.
type walk struct {
	t       *testing.T
	browser *browsertest.Browser
	hub     *servedHub
	looks   func(p *profile) (b *tab, see func(name string))
}

// A long name and a long address, with nothing to break them at.
var (
	longName    = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh"
	longAddress = "the.practice.manager.of." + strings.Repeat("a", 38) + "@" + strings.Repeat("surgery-", 6) + "x.example.org"
)

// A visitor looks at pages where the tour is to see them.
type visitor struct {
	*tab
	see func(name string)
}

// opens opens a tab.
func (w *walk) opens(p *profile) visitor {
	b, see := w.looks(p)
	return visitor{b, see}
}

// guest is a new person.
func (w *walk) guest() visitor { return w.opens(newProfile(w.t, w.browser, w.hub)) }

// push presses a button without a key.
func (b *tab) push(button string) {
	b.t.Helper()
	run(b, "waiting for the page after "+button, chromedp.WaitEvent(page.LoadEventFired, nil, chromedp.Evaluate[chromedp.Void](b.Question("push", button))))
}

// answer puts answers into the page and presses a button.
func (b *tab) answer(button string, answers ...[2]string) {
	b.t.Helper()
	ask[any](b, "put", answers)
	b.push(button)
}

// applies sends the application of a paper with some other answers, and follows the link to its
// status.
func (w *walk) applies(b visitor, form, email string, other ...[2]string) (reference string) {
	w.t.Helper()
	b.rush(form)
	b.Open("/apply/" + form + "/your-details")
	b.submit(append(other, [2]string{"Email address", email}))
	name := map[string]string{}
	for _, qa := range slices.Concat(readPaper(w.t, form)[0].answers, other) {
		name[qa[0]] = qa[1]
	}
	reference = b.signs(form, name["First names"]+" "+name["Surname"])
	b.Open(w.hub.mailed(w.t, email, reference, 1).link(w.t, w.hub, "/status/"))
	b.At("See your application")
	b.see("status link to " + form)
	b.push("Continue")
	b.At("Your application " + reference)
	return reference
}

// practice is the link that was mailed to somebody at the practice.
func (w *walk) practice(email, reference string) string {
	w.t.Helper()
	return w.hub.mailed(w.t, email, reference, 1).link(w.t, w.hub, "/practice/")
}

// signIn signs in the deputy, who decides for both courses.
func (w *walk) signIn(b visitor) {
	w.t.Helper()
	b.Open("/review/sign-in")
	b.answer("Email me a link", [2]string{"Your email address", deputy})
	b.Open(w.hub.mailed(w.t, deputy, "sign in", 1).link(w.t, w.hub, "/review/sign-in/link/"))
	b.push("Sign in")
	b.At("Applications")
}

// later is a desk of the hub two weeks after it opened. Nobody gets its letters.
func (w *walk) later() *office.Desk {
	w.t.Helper()
	value := func(name string) string {
		return map[string]string{"as-of": "2021-10-05", "data": w.hub.data, "content": "../../content"}[name]
	}
	desk, store, err := openRecords(w.t.Context(), value, io.Discard)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { store.Close() })
	if desk.Mailer, err = mail.OpenFolder(w.t.TempDir()); err != nil {
		w.t.Fatal(err)
	}
	desk.Applications.MailFrom, desk.Applications.BaseURL = "Test Hub <hub@example.org>", w.hub.site
	return desk
}

// silence lets the time pass within which a practice should answer.
func (w *walk) silence(reference string) {
	w.t.Helper()
	if sent, err := w.later().Post().DeliverTo(w.t.Context(), reference); err != nil || sent != 3 {
		w.t.Fatalf("%d letters, %v; want 2 reminders and the letter to the applicant", sent, err)
	}
}

// bounce has the last letter to a practice come back.
func (w *walk) bounce(reference string) {
	w.t.Helper()
	desk, a := w.later(), &application.Application{}
	r, err := desk.Applications.Store.Get(w.t.Context(), reference)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := json.Unmarshal(r.Data, a); err != nil {
		w.t.Fatal(err)
	}
	last := ""
	for _, l := range a.Letters {
		if l.Name == application.LetterReminder {
			last = l.ID
		}
	}
	if err := desk.Applications.Bounced(w.t.Context(), reference, last, application.EventBounced, "Permanent General", desk.Applications.Now()); err != nil {
		w.t.Fatal(err)
	}
}

// confirming: the practice is asked and answers, the applicant follows and corrects, the lead reads
// and searches.
func confirming(w *walk) {
	const gp, first = "b.delafontaine@example.org", "manager@example.org"
	applicant := w.guest()
	manager := w.guest()
	reference := w.applies(applicant, "supporting-mentors", gp)
	applicant.see("status waiting for the practice")
	manager.Open(w.practice(first, reference))
	manager.see("practice")
	manager.push("Sign and send your answer")
	manager.see("practice, empty")
	ask[any](manager.tab, "mistake")
	manager.push("Sign and send your answer")
	manager.see("practice, wrong")

	applicant.Open("/status/answers")
	applicant.see("status answers")
	applicant.Open("/status/correct/referee-email/1")
	applicant.see("status correct")
	applicant.answer("Save this address", [2]string{"Email address", ""})
	applicant.see("status correct, empty")
	ask[any](applicant.tab, "mistake")
	applicant.push("Save this address")
	applicant.see("status correct, wrong")
	applicant.answer("Save this address", [2]string{"Email address", longAddress})
	applicant.At("Your answers")
	applicant.see("status answers, corrected")
	applicant.Open("/status/withdraw")
	applicant.see("status withdraw, not decided")
	applicant.Open("/status/practice")
	applicant.see("status replace")
	ask[any](applicant.tab, "mistake")
	applicant.push("Ask this person")
	applicant.see("status replace, wrong")

	manager.answer("Sign and send your answer", [2]string{asksPractice, "I am not the right person to ask"},
		[2]string{"If you are not the right person, who is?", longName}, [2]string{"Email address of the right person", "rita@example.org"})
	manager.At("Thank you for telling us")
	manager.see("practice wrong person")
	applicant.Open("/status/")
	applicant.see("status waiting for the applicant")
	applicant.Open("/status/practice")
	applicant.see("status replace, wrong person") // with the person whom they named
	applicant.answer("Ask this person", [2]string{"Name", ""}, [2]string{"Email address", ""})
	applicant.see("status replace, empty")
	applicant.answer("Ask this person", [2]string{"Name", longName}, [2]string{"Email address", longAddress})
	manager.Open(w.practice(first, reference))
	manager.At("This link does not work")
	manager.see("practice link does not work")
	manager.Open(w.practice(longAddress, reference))
	manager.answer("Sign and send your answer", [2]string{asksPractice, "I cannot confirm this"},
		[2]string{"If you cannot confirm this, why not?", "The doctor does 2 sessions here.\n\nTwo more are at " + longName + "."},
		[2]string{"Full name", longName}, [2]string{"Your role at the practice", "Practice manager and safeguarding lead"})
	manager.At("Your practice has answered this")
	manager.see("practice refused")
	applicant.Open("/status/")
	applicant.see("status refused by the practice")

	// The lead signs in.
	p := newProfile(w.t, w.browser, w.hub)
	lead := w.opens(p)
	lead.Open("/review/")
	lead.see("review sign in")
	lead.push("Email me a link")
	lead.see("review sign in, empty")
	ask[any](lead.tab, "mistake")
	lead.push("Email me a link")
	lead.see("review sign in, wrong")
	lead.answer("Email me a link", [2]string{"Your email address", deputy})
	lead.see("review check your email")
	link := w.hub.mailed(w.t, deputy, "sign in", 1).link(w.t, w.hub, "/review/sign-in/link/")
	manager.Open(link)
	manager.At("Open this link in the browser that asked for it")
	manager.see("review link in another browser")
	lead.Open(link)
	lead.see("review sign-in link")
	lead.push("Sign in")
	lead.At("Applications")
	lead.see("review list")
	manager.Open(link)
	manager.see("review link used up")
	lead.Open("/review/" + reference)
	lead.see("review refused by the practice")
	lead.Open("/review/" + reference + "/decision")
	lead.see("review decision, refused by the practice")

	// Another application of the same doctor; nobody has answered for the practice.
	double := w.guest()
	second := w.applies(double, "supporting-mentors", longAddress[4:], [2]string{"First names", "Siân-Gwenllian Oluwafunmilayo Aleksandra"}, [2]string{"Surname", longName})
	lead.Open("/review/")
	lead.see("review list, doubles")
	lead.Open("/review/?course=supporting-mentors&status=&waiting=&sort=newest&days=")
	lead.see("review list, filters")
	lead.Open("/review/?status=declined&waiting=&days=7")
	lead.see("review list, nothing")
	lead.push("Search")
	lead.see("review search, empty")
	lead.answer("Search", [2]string{"Search all applications", strings.Repeat("too long ", 50)})
	lead.see("review search, wrong")
	lead.answer("Search", [2]string{"Search all applications", "1234567"})
	lead.see("review search, found")
	lead.answer("Search", [2]string{"Search all applications", "Nobody"})
	lead.see("review search, nothing")
	lead.Open("/review/" + second)
	lead.see("review waiting for the practice, double")
	lead.push("Add note")
	lead.see("review note, empty")
	lead.answer("Add note", [2]string{"Add a note", strings.Repeat("Mississippi ", 200)})
	lead.see("review note, wrong")
	lead.answer("Add note", [2]string{"Add a note", "Rang " + longName + ".\n\nhttps://example.org/" + strings.Repeat("long", 30)})
	lead.see("review note")

	// The practice does not answer, and then an email to it comes back.
	double.Open("/status/practice")
	double.answer("Ask this person", [2]string{"Name", longName}, [2]string{"Email address", longAddress})
	unused := w.practice(longAddress, second)
	w.silence(second)
	double.Open("/status/")
	double.Says("They have not answered.")
	double.see("status not answered by the practice")
	lead.Open("/review/" + second)
	lead.Says("The practice has not answered, in spite of reminders.")
	lead.see("review not answered by the practice")
	w.bounce(second)
	double.Open("/status/")
	double.Says("Our email to " + longName + " came back")
	double.see("status bounced")
	double.Open("/status/practice")
	double.Says("Our email came back.")
	double.see("status replace, bounced")
	lead.Open("/review/" + second)
	lead.Says("An email to the practice came back.")
	lead.see("review bounced")

	// When it is withdrawn, the letter about it is on another page.
	lead.Open("/review/" + second + "/decision")
	lead.see("review decision, not confirmed by the practice")
	lead.answer("Continue", [2]string{"What is your decision?", "Decline"})
	lead.answer("Preview the letter", [2]string{"What is the reason?", "All places on the training have been taken."}, [2]string{"Your full name", longName})
	lead.At("Check the decision and the letter")
	lead.see("review preview, decline")
	double.Open("/status/withdraw")
	double.push("Withdraw application")
	double.see("status withdrawn")
	lead.push("Send this decision")
	lead.At("The applicant has withdrawn")
	lead.see("review withdrawn before the decision")
	lead.Open("/review/" + second)
	lead.see("review withdrawn")
	manager.Open(unused)
	manager.At("Your answer is not needed any more")
	manager.see("practice not needed")

	// The practice confirms the first, and the lead accepts.
	applicant.Open("/status/practice")
	applicant.answer("Ask this person", [2]string{"Name", "Mo Manager"}, [2]string{"Email address", "mo@example.org"})
	applicant.Open("/status/")
	manager.Open(w.practice("mo@example.org", reference))
	manager.answer("Sign and send your answer", [2]string{asksPractice, sessionsDone},
		[2]string{"Full name", "Mo Manager"}, [2]string{"Your role at the practice", "Practice manager"})
	manager.At("Your practice has confirmed this")
	manager.see("practice confirmed")
	applicant.Open("/status/")
	applicant.see("status waiting for the lead")
	lead.Open("/review/" + reference + "/decision")
	lead.answer("Continue", [2]string{"What is your decision?", "Accept"})
	lead.answer("Preview the letter", [2]string{"Proposed date for funding to start", "17 11 2021"}, [2]string{"Your full name", "Dr Lead"})
	lead.see("review preview, accept")
	lead.push("Send this decision")
	lead.At("Application " + reference)
	lead.see("review accepted")
	applicant.Open("/status/")
	applicant.see("status accepted")
	applicant.push("Leave this page")
	applicant.see("status left")
	applicant.Open("/status/")
	applicant.At("Open your application from our email")
	applicant.see("status link does not work")

	// Somebody signs out in another tab.
	lead.Open("/review/" + reference + "/reopen")
	other := w.opens(p)
	other.Open("/review/")
	other.push("Sign out")
	other.see("review signed out")
	lead.Fill("Why do you reopen the decision?", "She rang: the wrong cohort.")
	lead.push("Reopen the decision")
	lead.At("Sign in again")
	lead.Says("She rang: the wrong cohort.")
	lead.see("review sign in again")
}

// deciding: the lead assigns a cohort, decides, reopens, exports and reads figures; the applicant
// agrees to the terms and withdraws.
func deciding(w *walk) {
	const gp = "sian.oconnor@example.org"
	p := newProfile(w.t, w.browser, w.hub)
	lead := w.opens(p)
	w.signIn(lead)
	lead.see("review list, empty")
	lead.Open("/review/figures")
	lead.see("review figures, none")

	applicant := w.guest()
	reference := w.applies(applicant, "career-conversations", gp)
	applicant.see("status waiting for the lead, no practice")
	at := "/review/" + reference
	lead.Open(at)
	lead.see("review received")
	lead.Open(at + "/cohort")
	lead.see("review cohort")
	ask[any](lead.tab, "clear")
	lead.push("Assign this cohort")
	lead.see("review cohort, empty")
	lead.answer("Assign this cohort", [2]string{"Which cohort does the applicant join?", "Cohort 2"})
	lead.At("Application " + reference)
	lead.Open(at + "/decision")
	lead.see("review decision")
	lead.push("Continue")
	lead.see("review decision, empty")
	lead.answer("Continue", [2]string{"What is your decision?", "Accept"})
	lead.see("review acceptance")
	ask[any](lead.tab, "mistake")
	lead.push("Preview the letter")
	lead.see("review decision, wrong")
	lead.Open(at + "/decision")
	lead.answer("Continue", [2]string{"What is your decision?", "Decline"})
	lead.push("Preview the letter")
	lead.see("review decision, no reason")
	lead.answer("Preview the letter", [2]string{"What is the reason?", "It is not one of our usual reasons. We explain it below."}, [2]string{"Your full name", "Dr Lead"})
	lead.see("review decision, no explanation")
	lead.answer("Preview the letter", [2]string{"What else do you want to tell the applicant?", "Please speak to " + longName + ".\n\nWe look forward to hearing from you."})
	lead.see("review preview, decline with an explanation")

	// Somebody else decides first.
	other := w.opens(p)
	decide := func() {
		other.Open(at + "/decision")
		other.answer("Continue", [2]string{"What is your decision?", "Accept"})
		other.answer("Preview the letter", [2]string{"Which cohort does the applicant join?", "Cohort 2"},
			[2]string{"Proposed date for funding to start", "2 November 2021"}, [2]string{"Your full name", "Dr Deputy"})
		other.push("Send this decision")
		other.At("Application " + reference)
	}
	decide()
	other.see("review accepted, terms not agreed")
	lead.push("Send this decision")
	lead.At("This application was decided already")
	lead.see("review decided already")
	lead.Open(at + "/reopen")
	lead.see("review reopen")
	lead.push("Reopen the decision")
	lead.see("review reopen, empty")
	other.Open(at + "/reopen")
	lead.answer("Reopen the decision", [2]string{"Why do you reopen the decision?", "The wrong cohort, said " + longName + "."})
	lead.see("review reopened")
	other.answer("Reopen the decision", [2]string{"Why do you reopen the decision?", "The wrong cohort."})
	other.see("review reopened already")
	applicant.Open("/status/")
	applicant.see("status reopened")
	decide()

	applicant.Open("/status/")
	applicant.see("status accepted, terms not agreed")
	applicant.Open("/status/terms")
	applicant.see("status terms")
	applicant.push("Agree to the terms")
	applicant.see("status terms, empty")
	ask[any](applicant.tab, "mistake")
	applicant.push("Agree to the terms")
	applicant.see("status terms, wrong")
	applicant.answer("Agree to the terms", [2]string{"Full name", "Siân O’Connor"}, [2]string{"Job title", "GP partner"},
		[2]string{"I agree to these terms of business for Career Conversation Training.", "yes"})
	applicant.At("Your application " + reference)
	applicant.see("status terms agreed")
	applicant.Open("/status/terms")
	applicant.see("status terms, agreed")
	lead.Open(at)
	lead.see("review terms agreed")

	// That was the last place of the cohort. The other application is not the first from its
	// device.
	another := w.guest()
	declined := w.applies(another, "career-conversations", "another@example.org", [2]string{"GMC reference number", "2345678"})
	lead.Open("/review/" + declined + "/cohort")
	lead.Says("Places: no place left of 1.")
	lead.see("review cohort, full")
	lead.Open("/review/" + declined + "/decision")
	lead.see("review decision, full")
	lead.answer("Continue", [2]string{"What is your decision?", "Accept"})
	lead.answer("Preview the letter", [2]string{"Which cohort does the applicant join?", "Cohort 2"},
		[2]string{"Proposed date for funding to start", "2 November 2021"}, [2]string{"Your full name", "Dr Lead"})
	lead.Says("Cohort 2 is full")
	lead.see("review preview, full")
	applicant.Open("/status/withdraw")
	applicant.see("status withdraw, accepted")
	applicant.push("Withdraw application")
	applicant.see("status withdrawn from a place")

	// The other is declined.
	lead.Open("/review/" + declined + "/decision")
	lead.answer("Continue", [2]string{"What is your decision?", "Decline"})
	lead.answer("Preview the letter", [2]string{"What is the reason?", "It is not one of our usual reasons. We explain it below."}, [2]string{"What else do you want to tell the applicant?", "You told us that you are moving away."}, [2]string{"Your full name", "Dr Lead"})
	lead.push("Send this decision")
	lead.see("review declined")
	another.Open("/status/")
	another.see("status declined")
	w.hub.many(w.t, declined, office.PerPage)
	lead.Open("/review/?status=&waiting=")
	lead.see("review list, first page")
	lead.Open(lead.href("Next page"))
	lead.see("review list, last page")

	stranger := w.guest()
	stranger.Open("/status/link")
	stranger.see("status resend")
	stranger.push("Email me a link")
	stranger.see("status resend, empty")
	ask[any](stranger.tab, "mistake")
	stranger.push("Email me a link")
	stranger.see("status resend, wrong")
	stranger.answer("Email me a link", [2]string{"Email address", gp})
	stranger.At("Check your email")
	stranger.see("status resend, sent")
	stranger.Open("/status/no-such-link")
	stranger.At("Open your application from our email")

	lead.Open("/review/export")
	lead.see("review export")
	ask[any](lead.tab, "mistake")
	lead.push("Export applications")
	lead.see("review export, wrong")
	const first, last = "First day on which we received the applications", "Last day"
	lead.Open("/review/export")
	lead.answer("Export applications", [2]string{first, ""}, [2]string{last, ""})
	lead.Says("Select the course", "Enter the first day", "Enter the last day", "Enter what you need them for")
	lead.see("review export, empty")
	lead.answer("Export applications", [2]string{"Course", "Career Conversation Training"}, [2]string{first, "20 9 2021"}, [2]string{last, "19 9 2021"},
		[2]string{"What you need them for", "To invite them."})
	lead.Says("The last day must be the same as or after the first day")
	lead.see("review export, last day before the first")
	lead.Open("/review/export")
	run(lead.tab, "exporting", chromedp.Evaluate[string](`(async () => {
		const form = document.querySelector('main form[action="/review/export"]')
		form.elements.course.value = 'career-conversations'
		form.elements.reason.value = 'To invite them, as `+longName+` asked.'
		const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) })
		return await answer.text()
	})()`, chromedp.EvalAwaitPromise))
	lead.Open("/review/export")
	lead.see("review export, exported")
	lead.Open("/review/figures")
	lead.see("review figures")
	lead.Open("/review/figures/publish")
	lead.see("review figures to publish")
	lead.Open("/review/CC-2222-2222")
	lead.At("Page not found")
	lead.see("review not found")
}

// TestBrowserList: the list is opened, filtered, paged through and searched with keys alone, and
// without JavaScript.
func TestBrowserList(t *testing.T) {
	browser := browsertest.Start(t)
	hub := serveContent(t, withDeputies(t), "2021-09-20")
	w := &walk{t, browser, hub, func(p *profile) (*tab, func(string)) { return p.tab(false), func(string) {} }}
	reference := w.applies(w.guest(), "career-conversations", "sian.oconnor@example.org")
	hub.many(t, reference, office.PerPage)
	lead := w.guest()
	w.signIn(lead)
	lead.Follow("Next page")
	lead.Follow("Previous page")
	lead.unfold("Filter and sort")
	lead.pick("Status", "Declined")
	lead.Fill("Waited for at least (working days)", "1")
	lead.Press("Show applications")
	lead.Says("No applications match these filters.")
	lead.Follow("Clear filters")
	lead.unfold("Filter and sort")
	lead.pick("Course", "Career Conversation Training")
	lead.pick("Order", "Newest first")
	lead.Press("Show applications")
	lead.Follow("Next page")
	if shown := ask[string](lead.tab, "picked", ask[int](lead.tab, "field", "Order")); shown != "Newest first" {
		t.Errorf("the second page is in the order %q", shown)
	}
	lead.Fill("Search all applications", reference)
	lead.Enter(ask[int](lead.tab, "field", "Search all applications"))
	lead.Says("1 application found.")
	lead.Follow("Siân Łucja O’Connor-Ŵyn")
	lead.At("Application " + reference)
	lead.Follow("All applications")
	lead.Press("Sign out")
	lead.At("You have signed out")
}

// unfold opens the folded text under the words.
func (b *tab) unfold(words string) {
	b.t.Helper()
	b.TabTo(ask[int](b, "disclosure", words))
	b.Key(kb.Enter)
}

// pick picks an option of a list that drops down.
func (b *tab) pick(label, option string) {
	b.t.Helper()
	at := ask[int](b, "field", label)
	b.TabTo(at)
	for range 9 {
		if ask[string](b, "picked", at) == option {
			return
		}
		b.Key(kb.ArrowDown)
	}
	b.Fatalf("%s cannot be picked for %s", option, label)
}

// href is where the link with the words leads.
func (b *tab) href(name string) string {
	b.t.Helper()
	return strings.TrimPrefix(ask[string](b, "href", name), b.hub.site)
}

// many stores n more records like the one on the list.
func (h *servedHub) many(t *testing.T, reference string, n int) {
	t.Helper()
	store := h.store()
	r, err := store.Get(t.Context(), reference)
	if err != nil {
		t.Fatal(err)
	}
	r.Due, r.Expires = time.Time{}, time.Time{}
	const letters = "CDFHJKMPRTWXY"
	for i := range n {
		c := r
		c.ID = fmt.Sprintf("CC-2M3Y-2T%d%c", 2+i/len(letters), letters[i%len(letters)])
		c.Brief = slices.Clone([]byte(strings.ReplaceAll(string(r.Brief), reference, c.ID)))
		if err := store.Create(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
}
