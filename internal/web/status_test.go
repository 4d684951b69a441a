package web_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// deliverTo sends what is due and returns the letters to an address.
func (h *hub) deliverTo(to string) []record.Message {
	h.t.Helper()
	h.mu.Lock()
	before := len(h.mail)
	h.mu.Unlock()
	if _, err := h.office.Post().Deliver(context.Background()); err != nil {
		h.t.Fatal(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []record.Message
	for _, m := range h.mail[before:] {
		if m.To == to {
			all = append(all, m)
		}
	}
	return all
}

var statusPath = regexp.MustCompile(`/status/\S+`)

// applied sends an application, delivers its letters, and returns the reference, the form and the
// path of the link to its status.
func (h *hub) applied(id string) (ref, link string, def *form.Definition) {
	h.t.Helper()
	def = h.desk.Programme.Forms[id]
	b := h.browser().through(def)
	b.post("/apply/"+id+"/declarations", signed(def)).want(200, "/apply/"+id+"/sent")
	ref = reference.FindString(b.body)
	for _, m := range h.deliverTo("email@example.org") {
		link = statusPath.FindString(m.Text)
	}
	if !strings.HasPrefix(link, "/status/"+ref+".") {
		h.t.Fatal("the letter to the applicant has no link")
	}
	return ref, link, def
}

// decide has the course's lead decide.
func (h *hub) decide(ref string, dec application.Decision) {
	h.t.Helper()
	dec.Name = "Dr Ada Example"
	for _, c := range h.desk.Programme.Courses {
		if s := h.office.Staff(c.Lead.Email); s != nil && s.May(staff.Decide, staff.Course(c.ID)) {
			if _, _, problems, err := decide.Of(h.desk).Decide(context.Background(), s, ref, dec, ""); err == nil &&
				len(problems) == 0 {
				return
			} else if len(problems) > 0 {
				h.t.Fatal(problems)
			}
		}
	}
	h.t.Fatal("nobody decides")
}

// acceptance is a decision that a form's course accepts.
var acceptance = application.Decision{Accepted: true, Cohort: "cohort-1", Funding: "2021-11-02"}

func TestStatus(t *testing.T) {
	h := newHub(t)
	ref, link, _ := h.applied("career-conversations")
	b := h.browser()
	for range 3 { // a mail scanner
		b.get(link).want(200, link).says("See your application", "Select Continue")
	}
	b.get("/status/").want(404, "/status/").says("Open your application from our email")
	b.post(link, nil).want(200, "/status/").says("Your application "+ref, "Waiting for a decision",
		"Your application has waited for the STP lead's decision since Monday 20 September 2021",
		"We received your application", "We emailed you: We have your application "+ref,
		"We remove your application on Tuesday 20 September 2022", "If an answer is wrong, email")
	if strings.Contains(b.body, link) || strings.Contains(b.body, strings.TrimPrefix(link, "/status/")) {
		t.Error("the page shows the secret")
	}
	b.get("/status/answers").want(200, "/status/answers").says("Angharad O'Neill <b>&amp; surname",
		"I will be charged £352.50", "June 2018", "Name of GP: Angharad O'Neill")
	b.get("/status/application.pdf").want(200, "/status/application.pdf")
	if got := b.header.Get("Content-Disposition"); got != `attachment; filename="application-`+ref+`.pdf"` ||
		b.header.Get("Content-Type") != "application/pdf" || !strings.Contains(b.body, ref) {
		t.Errorf("PDF: %q, %d bytes", got, len(b.body))
	}

	// The address of a referee is corrected.
	at := "/status/correct/referee-email/1"
	b.get(at).want(200, at).says("referee-email@example.org")
	b.post(at, form.Values{"referee-email": "nobody <b>"}).want(422, at).says("There is a problem",
		"Enter an email address in the correct format")
	if !strings.Contains(b.body, `value="nobody &lt;b&gt;"`) {
		t.Error("what was typed is lost")
	}
	b.post(at, form.Values{"referee-email": "Email@example.org"}).want(422,
		at).says("Enter the referee's email address, not your own")
	b.post(at, form.Values{"referee-email": "right@example.org"}).want(200,
		"/status/answers").says("right@example.org",
		"Corrected on Monday 20 September 2021. It was referee-email@example.org.")
	for _, no := range []string{"/status/correct/email/0", "/status/correct/referee-email/2",
		"/status/correct/referee-name/1", "/status/correct/practice-manager-email/x"} {
		b.get(no).want(404, no).says("Page not found")
		b.post(no, form.Values{"email": "thief@example.org"}).want(404, no)
	}
	if mail := h.deliverTo(h.desk.Programme.Course("career-conversations").Lead.Email); len(mail) != 1 ||
		!strings.Contains(mail[0].Text, "It was referee-email@example.org and is now right@example.org") ||
		len(mail[0].Attachments) != 1 {
		t.Errorf("to the lead: %+v", mail)
	}

	b.get("/status/withdraw").want(200, "/status/withdraw").says("You cannot undo it",
		"Nobody decides on your application any more", "Sunday 19 December 2021")
	b.get("/status/terms").want(200, "/status/") // nothing to agree to
	for range 2 {
		b.post("/status/withdraw", nil).want(200, "/status/").says("Withdrawn",
			"You withdrew your application on Monday 20 September 2021")
	}
	b.get("/status/withdraw").want(200, "/status/")
	b.get(at).want(404, at)
	if mail := h.deliverTo("email@example.org"); len(mail) != 1 || !strings.Contains(mail[0].Text,
		"You withdrew your application") {
		t.Errorf("to the applicant: %+v", mail)
	}

	b.post("/status/leave", nil).want(200, "/status/left").says("You have left your application")
	b.get("/status/").want(404, "/status/")
	b.post("/status/leave", nil).want(200, "/status/left")
	b.post(link, nil).want(200, "/status/") // the link goes on working
	h.set(h.clock().Add(time.Hour))
	b.get("/status/").want(404, "/status/")
	if log := h.log.String(); strings.Contains(log, "example.org") || strings.Contains(log, "Angharad") ||
		strings.Contains(log, strings.TrimPrefix(link, "/status/"+ref+".")) {
		t.Errorf("the log has what people typed, or a secret:\n%s", log)
	}
}

// TestStatusOfSilence: the page says when the applicant will be told that the practice does not
// answer, and then whom to ask. The lead sees it, and the practice can still answer.
func TestStatusOfSilence(t *testing.T) {
	h := newHub(t)
	ref, link, _ := h.applied("supporting-mentors")
	practice := h.linkToPractice()
	at := func(day int) *browser {
		h.set(time.Date(2021, 9, day, 9, 0, 0, 0, course.London))
		h.deliver()
		return h.browser().post(link, nil).want(200, "/status/")
	}
	at(29).says("Waiting for your practice",
		"We have reminded them. If they do not answer by Monday 4 October 2021, we email you.")
	b := at(34).says("Waiting for you", "We asked Angharad O'Neill <b>&amp; practice-manager-name on Monday 20 "+
		"September 2021, and reminded them. They have not answered.",
		"Speak to your practice. They can still use the link that we emailed to them.",
		"your practice has not answered")
	b.get("/status/practice").want(200, "/status/practice").says("practice-manager-email@example.org. They have not " +
		"answered.")
	lead := h.staff(h.course(mentors).Lead.Email)
	lead.get("/review/?waiting=applicant").want(200, ".*").says("Waiting for the applicant, less than 1 working day")
	lead.get("/review/"+ref).want(200, "/review/"+ref).says("The practice has not answered, in spite of reminders.",
		"email to the applicant, “Application "+ref+": your practice has not answered",
		"email to the deputy or lead, “Nobody has opened application "+ref)
	lead.get("/review/"+ref+"/decision").want(200, ".*").says("The practice has not confirmed yet.")
	h.browser().answer(practice, form.Values{"answer": "confirm", "name": "Jo Example",
		"role": "Practice manager"}).want(200, practice).says("Your practice has confirmed this")
	b.get("/status/").says("Waiting for a decision")
}

func TestStatusOfPractice(t *testing.T) {
	h := newHub(t)
	_, link, def := h.applied("supporting-mentors")
	asked := application.AskedIn(def)
	name, email := asked.Questions[0].ID, asked.Questions[1].ID
	b := h.browser()
	b.post(link, nil).want(200, "/status/").says("Waiting for your practice", "We asked Angharad",
		"we remind them on Thursday 23 September 2021", "Change whom we ask at your practice")
	at := "/status/practice"
	b.get(at).want(200, at).says(email + "@example.org")
	b.post(at, form.Values{name: "", email: "email@example.org"}).want(422, at).says("There is a problem")
	b.post(at, form.Values{name: "Dr Ŵyn", email: "wyn@example.org"}).want(200,
		"/status/").says("We asked Dr Ŵyn, wyn@example.org", "We asked Dr Ŵyn on Monday 20 September 2021")
	mail := h.deliverTo("wyn@example.org")
	if len(mail) != 1 {
		t.Fatalf("%d letters to the practice", len(mail))
	}
	if _, _, err := h.desk.Authorise(context.Background(),
		regexp.MustCompile(`/practice/(\S+)`).FindStringSubmatch(mail[0].Text)[1],
		form.Values{"answer": intake.WrongPerson}, seen(t, h, link)); err != nil {
		t.Fatal(err)
	}
	b.get("/status/").says("Waiting for you", "Dr Ŵyn told us that they are not the right person",
		"Tell us whom to ask")
	b.get(at).want(200, at).says("We asked Dr Ŵyn, wyn@example.org. They are not the right person.")
	b.get("/status/terms").want(200, "/status/")
	parts := def.Parts // an editor has the practice confirm on paper again
	def.Parts = nil
	b.get("/status/").says("Waiting for you", "To tell us whom to ask, email sthccg.primarycareacademy@nhs.net.")
	if strings.Contains(b.body, at) {
		t.Error("the page offers what leads back to it")
	}
	def.Parts = parts
	b.post(at, form.Values{name: "Dr Łódź", email: "lodz@example.org"}).want(200,
		"/status/").says("We asked Dr Łódź, lodz@example.org", "We asked Dr Ŵyn, wyn@example.org")
	mail = h.deliverTo("lodz@example.org")
	if _, problems, err := h.desk.Authorise(context.Background(),
		regexp.MustCompile(`/practice/(\S+)`).FindStringSubmatch(mail[0].Text)[1],
		form.Values{"answer": intake.Confirm, "name": "Dr Łódź", "role": "Partner"}, seen(t, h, link)); err != nil ||
		problems != nil {
		t.Fatal(problems, err)
	}
	b.get("/status/").says("Waiting for a decision", "Your practice confirmed its part", "Signed by Dr Łódź, Partner")
	b.get(at).want(200, "/status/") // too late
}

// seen is the sum of what the practice is shown of the application behind a status link.
func seen(t *testing.T, h *hub, link string) []byte {
	t.Helper()
	key, err := h.desk.Follow(context.Background(), strings.TrimPrefix(link, "/status/"))
	if err != nil {
		t.Fatal(err)
	}
	a, err := h.desk.Following(context.Background(), key)
	if err != nil {
		t.Fatal(err)
	}
	return a.Authorisation.Shown.Sum()
}

// TestStatusAfterReopening: the practice's steps keep their days, and the letter does not say that
// there is nothing to do when there is.
func TestStatusAfterReopening(t *testing.T) {
	h := newHub(t)
	ref, link, _ := h.applied(mentors)
	h.browser().answer(h.linkToPractice(), form.Values{"answer": "wrong"})
	h.pass(24 * time.Hour)
	h.decide(ref, application.Decision{Accepted: true, Cohort: "cohort-1", Funding: "2021-11-17", Paper: true})
	h.deliverTo("email@example.org")
	if _, problems, err := decide.Of(h.desk).Reopen(context.Background(),
		h.office.Staff(h.course(mentors).Lead.Email), ref, 0,
		"Not on paper after all"); err != nil || problems != nil {
		t.Fatal(problems, err)
	}
	b := h.browser()
	b.post(link, nil).want(200, "/status/").says("Waiting for you", "On Monday 20 September 2021, Angharad",
		"told us that they are not the right person to ask", "Tell us whom to ask")
	if mail := h.deliverTo("email@example.org"); len(mail) != 1 || !strings.Contains(mail[0].Text,
		"We have taken this decision back") || strings.Contains(mail[0].Text, "You do not need to do anything") {
		t.Errorf("letters: %+v", mail)
	}
}

func TestTerms(t *testing.T) {
	h := newHub(t)
	ref, link, def := h.applied("career-conversations")
	h.decide(ref, acceptance)
	b := h.browser()
	b.post(link, nil).want(200, "/status/").says("Accepted: agree to the terms",
		"Your application was accepted on Monday 20 September 2021",
		"Your place: Cohort 1 (Tuesday 2 November 2021, 2pm to 5pm; ",
		"Your funding is proposed to start on Tuesday 2 November 2021", "We remind you on Monday 27 September 2021")
	b.get("/status/withdraw").says("You give up your place (Cohort 1)",
		"I will be charged £352.50 if I confirm my place")
	at := "/status/terms"
	b.get(at).want(200, at).says(def.Terms.Title, def.Terms.Statement)
	for _, clause := range def.Terms.Clauses {
		b.says(clause)
	}
	b.post(at, form.Values{"name": "Angharad O'Neill"}).want(422, at).says("Enter your job title",
		"Select the box if you agree to the terms")
	if !strings.Contains(b.body, `value="Angharad O&#39;Neill"`) {
		t.Error("what was typed is lost")
	}
	h.deliverTo("email@example.org")
	h.set(h.clock().Add(7 * 24 * time.Hour))
	if mail := h.deliverTo("email@example.org"); len(mail) != 1 || !strings.Contains(mail[0].Text, def.Terms.Title) {
		t.Fatalf("reminder: %+v", mail)
	}
	b.post(link, nil)
	good := form.Values{"name": "Angharad O'Neill", "job-title": "GP partner", "agree": "yes"}
	b.post(at, good).want(200, "/status/").says("Accepted", "You agreed to the terms on Monday 27 September 2021",
		"You do not need to do anything now")
	b.post(at, form.Values{"name": "Another", "job-title": "Other", "agree": "yes"}).want(200, "/status/")
	b.get(at).want(200, at).says("You agreed to these terms", "Angharad O'Neill", "GP partner",
		"9am on Monday 27 September 2021")
	if strings.Contains(b.body, "<form") {
		t.Error("one can agree twice")
	}
	b.get("/status/withdraw").says("terms that you agreed to")
	mail := h.deliverTo("email@example.org")
	if len(mail) != 1 {
		t.Fatalf("%d letters to the applicant, want 1", len(mail))
	}
	for _, want := range append(def.Terms.Clauses, def.Terms.Statement, "Job title: GP partner") {
		if !strings.Contains(mail[0].Text, want) {
			t.Errorf("the letter does not say %q", want)
		}
	}
	h.set(h.clock().Add(14 * 24 * time.Hour))
	if mail := h.deliverTo("email@example.org"); len(mail) > 0 {
		t.Errorf("after agreeing: %v", mail[0].Subject)
	}

	for day, want := range map[int]bool{23: true, 24: false} { // the last workshop is on 23 November
		h.set(time.Date(2021, 11, day, 9, 0, 0, 0, course.London))
		b.post(link, nil).want(200, "/status/").says("You agreed to the terms on")
		if got := strings.Contains(b.body, "Keep the time free."); got != want {
			t.Errorf("on %d November: told to keep the time free %t, want %t", day, got, want)
		}
	}
}

// TestTimeline: everything that concerns the applicant is told in words, and nothing of the staff's
// own steps.
func TestTimeline(t *testing.T) {
	h := newHub(t)
	ctx := context.Background()
	ref, link, def := h.applied("career-conversations")
	lead := h.office.Staff(h.desk.Programme.Course("career-conversations").Lead.Email)
	key, err := h.desk.Follow(ctx, strings.TrimPrefix(link, "/status/"))
	if err != nil {
		t.Fatal(err)
	}
	a, err := h.desk.Following(ctx, key)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range a.Letters {
		if l.Sent.IsZero() {
			continue
		}
		if err := h.desk.Bounced(ctx, ref, l.ID, application.EventBounced, "Permanent General", h.clock()); err != nil {
			t.Fatal(err)
		}
	}
	h.decide(ref, application.Decision{Reason: def.DeclineReasons[0].Label, Text: "FIRST-TEXT"})
	h.deliverTo("")
	b := h.browser()
	b.post(link, nil).want(200, "/status/").says("Declined",
		"The STP lead declined your application on Monday 20 September 2021", "Reason: "+def.DeclineReasons[0].Label,
		"FIRST-TEXT",
		"Our email to you could not be delivered", "Read about Career Conversation Training")
	b.post("/status/withdraw", nil).want(200, "/status/").says("Declined")
	if _, problems, err := decide.Of(h.desk).Reopen(ctx, lead, ref, 0, "STAFF-ONLY reason"); err != nil ||
		problems != nil {
		t.Fatal(problems, err)
	}
	b.get("/status/").says("Waiting for a decision", "The STP lead took the decision back, to decide again")
	h.decide(ref, acceptance)
	b.get("/status/").says("The STP lead accepted your application", "Your place: Cohort 1 (")
	for _, hidden := range []string{"STAFF-ONLY", "FIRST-TEXT", "viewed", lead.Email + "</span>"} {
		if strings.Contains(b.body, hidden) {
			t.Errorf("the timeline shows %s", hidden)
		}
	}
	if i, j := strings.Index(b.body, "accepted your application"),
		strings.Index(b.body, "We received your application"); i > j {
		t.Error("the latest is not first")
	}
}

// TestForeignLinks: links that open nothing are always answered in the same words.
func TestForeignLinks(t *testing.T) {
	h := newHub(t)
	ref, link, _ := h.applied("career-conversations")
	_, other, _ := h.applied("career-conversations")
	key := func(link string) string {
		key, err := h.desk.Follow(context.Background(), strings.TrimPrefix(link, "/status/"))
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	mine, theirs := key(link), key(other)
	_, secret, _ := strings.Cut(theirs, ".")
	old := key(link)
	h.set(h.clock().Add(time.Hour))
	fresh := key(link)
	if err := h.desk.Unfollow(context.Background(), fresh); err != nil {
		t.Fatal(err)
	}
	bodies := map[string]string{}
	answer := func(what string, b *browser) {
		t.Helper()
		b.want(404, b.path)
		bodies[b.body] = what
	}
	for what, path := range map[string]string{
		"changed": link[:len(link)-3] + "AAA", "with another reference": strings.Replace(link, ref, "CC-2C2C-2C2C", 1),
		"cut off":  link[:20],
		"a cookie": "/status/" + mine, "nothing": "/status/x", "marker": "/status/MARKER@example.org",
	} {
		answer("link, "+what, h.browser().get(path))
		answer("link posted, "+what, h.browser().post(path, nil))
	}
	requests := []string{"GET /status/", "GET /status/answers", "GET /status/application.pdf", "GET /status/practice",
		"POST /status/practice", "GET /status/correct/referee-email/1",
		"POST /status/correct/referee-email/1", "GET /status/withdraw", "POST /status/withdraw", "GET /status/terms",
		"POST /status/terms"}
	for what, cookie := range map[string]string{
		"none": "", "old": old, "left": fresh, "changed": mine[:len(mine)-3] + "AAA", "foreign": ref + "." + secret,
		"a mailed link": strings.TrimPrefix(link, "/status/"), "MARKER": "MARKER",
	} {
		for _, req := range requests {
			method, path, _ := strings.Cut(req, " ")
			r, _ := http.NewRequest(method, h.server.URL+path,
				strings.NewReader("referee-email=thief@example.org&agree=yes"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			if cookie != "" {
				r.AddCookie(&http.Cookie{Name: "follow", Value: cookie})
			}
			answer(req+" with the cookie "+what, h.browser().do(r))
		}
	}
	if len(bodies) != 1 {
		t.Errorf("%d different answers", len(bodies))
		for body, what := range bodies {
			t.Logf("%s: %s", what, text(body))
		}
	}
	if strings.Contains(h.log.String(), "MARKER") {
		t.Error("an address or a cookie is in the log")
	}
	// Only these pages get the cookie, and no script does.
	b := h.browser()
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	b.post(link, nil).want(303, link)
	c := b.header.Get("Set-Cookie")
	for _, want := range []string{"follow=" + ref, "Path=/status/", "HttpOnly", "SameSite=Lax"} {
		if !strings.Contains(c, want) {
			t.Errorf("the cookie lacks %s", want)
		}
	}
	if strings.Contains(c, "Expires") || strings.Contains(c, "Max-Age") {
		t.Error("the cookie outlives the browser")
	}
}

// TestResend: the answer is the same whether an address is known; the mail is not.
func TestResend(t *testing.T) {
	h := newHub(t)
	_, link, _ := h.applied("career-conversations")
	draft := h.browser()
	first := good(&h.desk.Programme.Forms["supporting-mentors"].Sections[0])
	first["email"] = "draft@example.org"
	draft.post("/apply/supporting-mentors/start", first)
	ask := func(email string) *browser {
		b := h.browser()
		b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		return b.post("/status/link", form.Values{"email": email})
	}
	b := h.browser().get("/status/link").want(200, "/status/link").says("Get a link to your application")
	b.post("/status/link", form.Values{"email": "nobody"}).want(422,
		"/status/link").says("Enter an email address in the correct format")
	answers := map[string]bool{}
	for _, email := range []string{"email@example.org", " EMAIL@example.org", "draft@example.org",
		"unknown@example.org"} {
		b := ask(email).want(303, "/status/link")
		delete(b.header, "Date")
		var header strings.Builder
		b.header.Write(&header)
		answers[header.String()+b.body] = true
	}
	if len(answers) != 1 || h.paused.Load() != 4 {
		t.Errorf("%d different answers, %d held back: %v", len(answers), h.paused.Load(), answers)
	}
	b.get("/status/link/sent").want(200, "/status/link/sent").says("If we have an application with the email " +
		"address you gave")
	if _, err := h.office.Post().Deliver(context.Background()); err != nil {
		t.Fatal(err)
	}
	var links, drafts int
	h.mu.Lock()
	for _, m := range h.mail {
		switch {
		case m.To == "email@example.org" && strings.Contains(m.Subject, "Your link to application"):
			links++
			link = statusPath.FindString(m.Text)
		case m.To == "draft@example.org" && strings.Contains(m.Text, "/apply/supporting-mentors/resume/"):
			drafts++
		case m.To == "unknown@example.org":
			t.Error("a letter to an address that nobody gave")
		}
	}
	h.mu.Unlock()
	if links != 1 || drafts != 1 { // asked for twice before the first went: one
		t.Errorf("%d links to what was sent and %d to the draft, want 1 each", links, drafts)
	}
	h.browser().post(link, nil).want(200, "/status/")
	// However often somebody asks, the answer is the same, and what was mailed works.
	for range 20 {
		for _, email := range []string{"email@example.org", "unknown@example.org"} {
			ask(email).want(303, "/status/link")
		}
		h.deliver()
	}
	h.browser().post(link, nil).want(200, "/status/")
	links = 0
	h.mu.Lock()
	for _, m := range h.mail {
		if m.To == "email@example.org" && strings.Contains(m.Subject, "Your link to application") {
			links++
		}
	}
	h.mu.Unlock()
	if links > 6 {
		t.Errorf("%d letters to one address within an hour", links)
	}
	if strings.Contains(h.log.String(), "example.org") {
		t.Error("an address is in the log")
	}
}
