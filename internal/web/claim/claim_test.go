package claim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/browsertest"
	"traininghub/internal/course"
	"traininghub/internal/crossing"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/letters"
	"traininghub/internal/money"
	"traininghub/internal/office"
	"traininghub/internal/page"
	"traininghub/internal/pdf"
	"traininghub/internal/programme"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/returns"
	"traininghub/internal/web"
	webclaim "traininghub/internal/web/claim"
	"traininghub/internal/web/review"
)

type mailbox []record.Message

func (m *mailbox) Send(_ context.Context, letter record.Message) error {
	*m = append(*m, letter)
	return nil
}

// A hub has a GP who was accepted as a mentor, and logged a session a week in November 2021.
type hub struct {
	t     *testing.T
	desk  *office.Desk
	url   string // of the server
	box   mailbox
	clock time.Time
}

func newHub(t *testing.T, real bool) *hub {
	t.Helper()
	return newHubWith(t, real, page.Assets{CSS: "/a.css", JS: "/a.js", Icon: "/a.svg"}, nil)
}

// newHubWith is newHub with the look of the site, for browsers.
func newHubWith(t *testing.T, real bool, assets page.Assets, files map[string][]byte) *hub {
	t.Helper()
	h := &hub{t: t, clock: time.Date(2021, 12, 1, 10, 0, 0, 0, course.London)}
	content := os.DirFS("../../../content")
	site, _ := page.LoadSite(content)
	offered, faults := programme.Load(content, letters.All(), site.Fact)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	pages, err := page.New(os.DirFS("../../../templates"), site, assets)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	store := &recordtest.Memory{}
	h.desk = office.New(&intake.Desk{
		Store: store, Programme: offered, Now: func() time.Time { return h.clock }, BaseURL: "http://hub.example.org",
		MailFrom: "Hub <hub@example.org>", Hub: site.Fact, Log: log, PDF: pdf.Render, Retain: intake.RetainDays(30, 365, 730, 365, 365),
	})
	h.desk.Mailer = &h.box
	money.Join(h.desk, money.Sources{}).Real = real
	h.accept(store, "SM-2C2C-2C2C", "Dr Ada Sample", "ada@example.org", "7654321")
	const ada = "SM-2C2C-2C2C"
	h.hear(
		crossing.Standing{Mentor: ada, Version: 1, Agreed: "2021-10-01", Plan: "2021-10-04"},
		crossing.Pair{
			Code: "P-7K3D", Version: 1, Mentor: ada, Service: "mentoring", Cohort: "fellow", Registered: "2021-10-20",
		},
	)
	for i := range 4 {
		h.hear(crossing.Session{
			ID: fmt.Sprint("s", i), Version: 1, Pair: "P-7K3D", Mentor: ada, Minutes: 60, Outcome: crossing.Held,
			Start: time.Date(2021, 11, 2+7*i, 18, 30, 0, 0, course.London).UTC(),
		})
	}
	handler, err := web.New(web.Settings{Office: h.desk, Pages: pages, Site: site, Log: log}, review.Routes, webclaim.Routes)
	if err != nil {
		t.Fatal(err)
	}
	h.url = browsertest.Serve(t, files, handler, "/review/", "/practice/")
	return h
}

// accept stores an accepted application, as package intake does.
func (h *hub) accept(store record.Store, ref, name, email, number string) {
	h.t.Helper()
	h.acceptFor("supporting-mentors", store, ref, name, email, number)
}

func (h *hub) acceptFor(course string, store record.Store, ref, name, email, number string) {
	h.t.Helper()
	a := &application.Application{
		Reference: ref, Form: course, Course: course,
		Document: &document.Submission{Reference: ref, Applicant: document.Person{Name: name, Email: email, Registration: form.Registration{Register: "gmc", Number: number}}, Received: h.clock.AddDate(0, -3, 0)},
		Decision: &application.Decision{Accepted: true, At: h.clock.AddDate(0, -2, 0), Funding: "2021-10-01"},
	}
	a.Events.Add(h.clock.AddDate(0, -3, 0), application.EventReceived, "applicant", "")
	a.Events.Add(h.clock.AddDate(0, -2, 0), application.EventAccepted, "lead", "")
	data, err := json.Marshal(a)
	if err == nil {
		err = store.Create(h.t.Context(), record.Record{ID: ref, Kind: record.Application, Status: "accepted", Data: data, Email: email, Number: number})
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// hear sends messages from mentoring to the main store.
func (h *hub) hear(all ...crossing.Message) {
	h.t.Helper()
	for _, m := range all {
		if err := money.Heard(h.desk).Put(h.t.Context(), m); err != nil {
			h.t.Fatal(err)
		}
	}
}

func (h *hub) deliver() {
	h.t.Helper()
	if _, err := h.desk.Post().Deliver(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// A browser is somebody's.
type browser struct {
	*hub
	client *http.Client
}

// signIn opens a browser in which somebody has signed in.
func (h *hub) signIn(email string) *browser {
	h.t.Helper()
	jar, _ := cookiejar.New(nil)
	b := &browser{h, &http.Client{Jar: jar}}
	b.post("/review/sign-in", url.Values{"email": {email}})
	h.box = nil
	h.deliver()
	for _, m := range h.box {
		if link := regexp.MustCompile(`/review/sign-in/link/\S+`).FindString(m.Text); link != "" && m.To == email {
			b.post(link, nil)
		}
	}
	return b
}

func (b *browser) answer(r *http.Response, err error) (int, string) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer r.Body.Close()
	body, _ := io.ReadAll(r.Body)
	return r.StatusCode, string(body)
}

func (b *browser) get(path string) (int, string) {
	b.t.Helper()
	return b.answer(b.client.Get(b.url + path))
}

func (b *browser) post(path string, v url.Values) (int, string) {
	b.t.Helper()
	return b.answer(b.client.PostForm(b.url+path, v))
}

func (b *browser) upload(path, file string) (int, string) {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, _ := form.CreateFormFile("file", "answer.csv")
	io.WriteString(part, file)
	form.Close()
	return b.answer(b.client.Post(b.url+path, form.FormDataContentType(), &body))
}

func (b *browser) holds(what string, status int, page string, words ...string) {
	b.t.Helper()
	for _, w := range words {
		if !strings.Contains(page, w) {
			b.t.Fatalf("%s: status %d, lacks %q:\n%s", what, status, w, page)
		}
	}
}

const november = "/review/claims/own/supporting-mentors/months/2021-11"

// TestJourney: a month is claimed, asked about, checked and approved by two people, put into a
// batch, answered first with faults and then without, and appears in statement and ledger. Nobody
// does another person's step.
func TestJourney(t *testing.T) {
	h := newHub(t, false)
	ada := h.signIn("ada@example.org")
	status, page := ada.get("/review/")
	ada.holds("home", status, page, "Claim for November 2021", "Signed in as Dr Ada Sample")
	status, page = ada.get(november)
	ada.holds("the month", status, page, "Week of Monday 1 November 2021, £289", "P-7K3D", "My status on the Performers List has not changed.")
	keys := regexp.MustCompile(`name="line" type="checkbox" value="([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(keys) != 4 {
		t.Fatalf("%d lines to claim", len(keys))
	}
	v := url.Values{}
	for _, k := range keys {
		v.Add("line", k[1])
	}
	status, page = ada.post(november, url.Values{})
	if status != 422 {
		t.Errorf("nothing ticked: %d", status)
	}
	status, page = ada.post(november, v)
	ada.holds("claimed", status, page, "Your claim is in", "Waits to be checked")
	status, page = ada.post(november, v)
	ada.holds("claimed twice", status, page, "It was claimed already")

	checker, approver, payer := h.signIn("checker-one@example.org"), h.signIn("approver-one@example.org"), h.signIn("payer-one@example.org")
	status, page = checker.get("/review/")
	checker.holds("the checker's home", status, page, "2021/22: 4 to check")
	_, page = checker.get("/review/claims/schemes/supporting-mentors/years/2021-22/lines/submitted")
	account := regexp.MustCompile(`/review/claims/accounts/[a-z0-9.-]+`).FindString(page)
	status, page = checker.get(account)
	checker.holds("the account", status, page, "Dr Ada Sample", "£120,000", "Line 1: Week of Monday 1 November 2021")
	status, page = checker.post(account+"/check", nil)
	checker.holds("nothing ticked", status, page, "Tick the lines that you check")
	status, page = checker.post(account+"/check", url.Values{"line": {"1", "2", "3"}})
	checker.holds("checking", status, page, "What you ticked is checked")
	status, page = checker.post(account+"/check", url.Values{"line": {"1"}})
	checker.holds("checked twice", status, page, "Line 1: It is somewhere else by now")
	status, page = checker.post(account+"/lines", url.Values{"do": {"4 query"}})
	checker.holds("a question without one", status, page, "Enter a reason")
	status, page = checker.post(account+"/lines", url.Values{"do": {"4 query"}, "reason": {"Was it that week?"}})
	checker.holds("a question", status, page, "The question is on its way")
	if status, _ := checker.post(account+"/lines", url.Values{"do": {"1 approve"}}); status != 422 {
		t.Errorf("a checker approves: %d", status)
	}
	if status, _ := payer.post(account+"/lines", url.Values{"do": {"1 approve"}}); status != 422 {
		t.Errorf("a payer approves: %d", status)
	}
	status, page = ada.get("/review/claims/")
	ada.holds("the question", status, page, "Was it that week?")
	status, page = ada.post("/review/claims/own/supporting-mentors/years/2021-22/lines/4", url.Values{"act": {"answer"}, "reason": {"Yes."}})
	ada.holds("answered", status, page, "Your answer is in")
	h.clock = h.clock.Add(16 * time.Minute)
	h.deliver()
	if slices.ContainsFunc(h.box, func(l record.Message) bool { return strings.Contains(l.Text, "Until you answer") }) {
		t.Error("a letter asks a question that was answered before it went")
	}
	checker.post(account+"/check", url.Values{"line": {"4"}})

	const checked = "/review/claims/schemes/supporting-mentors/years/2021-22/"
	status, page = approver.get(checked + "lines/checked")
	approver.holds("what is to approve", status, page, "Approved and not paid", "Dr Ada Sample: Week of Monday 1 November 2021, £289")
	v = url.Values{}
	for _, k := range regexp.MustCompile(`name="line" type="checkbox" value="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		v.Add("line", k[1])
	}
	status, page = approver.post(checked+"approve", v)
	approver.holds("approved", status, page, "What you ticked is approved", "£1,156")
	status, page = approver.post(checked+"approve", v)
	approver.holds("approved twice", status, page, "Somebody may have been faster")
	for _, b := range []*browser{payer, approver} {
		b.post(account+"/vendor", url.Values{"ref": {"000777"}})
	}
	h.clock = h.clock.AddDate(0, 0, 12)
	approver, payer, ada = h.signIn("approver-one@example.org"), h.signIn("payer-one@example.org"), h.signIn("ada@example.org")
	status, page = approver.get(checked + "batch")
	approver.holds("the batch to be", status, page, "£1,156")
	status, page = approver.post(checked+"batch", url.Values{"count": {"4"}, "sum": {"£1,155"}})
	approver.holds("a wrong sum", status, page, "The number or the sum is not what you entered")
	status, page = approver.post(checked+"batch", url.Values{"count": {"4"}, "sum": {"£1,156"}})
	approver.holds("the batch", status, page, "Batch 2021/22-01", "The batch is made")
	status, page = payer.get("/review/claims/batches/batch.supporting-mentors.2021-22.01/batch.csv")
	payer.holds("the file", status, page, "'000777", "289.00", "Clinical leadership session")
	if strings.Contains(page, "P-7K3D") || strings.Contains(page, "7654321") {
		t.Error("the payer's file tells more than it may")
	}
	lines := regexp.MustCompile(`"([C-Y]{4}-[C-Y]{4}-\d)"`).FindAllStringSubmatch(page, -1)
	answer := func(row func(n int, key string) string) string {
		text := "batch,row,line_key,amount,status,paid_on,payment_ref,reason\n"
		for i, l := range lines {
			text += row(i+1, l[1])
		}
		return text
	}
	const at = "/review/claims/schemes/supporting-mentors/answer"
	status, page = payer.upload(at, answer(func(n int, key string) string {
		return fmt.Sprintf("2021/22-01,%d,%s,%s,paid,2021-12-13,BACS,\n", n, key, []string{"289.00", "298.00", "289", "0"}[n-1])
	}))
	payer.holds("faults", status, page, "The file has 2 faults.", "The amount is 289.00 in the batch, not 298.00")
	status, page = payer.upload(at, answer(func(n int, key string) string {
		return fmt.Sprintf("2021/22-01,%d,%s,%s,paid,2021-12-13,BACS,\n", n, key, []string{"289.00", "298.00", "289.00", "289.00"}[n-1])
	}))
	payer.holds("one fault", status, page, "The file has 1 fault.")
	right := answer(func(n int, key string) string {
		if n == 4 {
			return fmt.Sprintf("2021/22-01,%d,%s,289.00,unpaid,,,Account closed\n", n, key)
		}
		return fmt.Sprintf("2021/22-01,%d,%s,289.00,paid,13/12/2021,BACS,\n", n, key)
	})
	status, page = payer.upload(at, right)
	payer.holds("the answer", status, page, "Paid: 3. Unpaid: 1. Known before: 0.")
	status, page = payer.upload(at, right)
	payer.holds("the same again", status, page, "Paid: 0. Unpaid: 0. Known before: 4.")
	if status, _ := approver.upload(at, right); status != 404 {
		t.Errorf("an approver answers for the payer: %d", status)
	}
	status, page = ada.get("/review/claims/")
	ada.holds("where it stands", status, page, "Paid on Monday 13 December 2021", "Waits for an answer to: Account closed")
	status, page = ada.get("/review/claims/own/supporting-mentors/years/2021-22/statement.pdf")
	ada.holds("the statement", status, page, "%PDF-")
	status, page = approver.get(checked + "ledger")
	approver.holds("the ledger", status, page, "£867", "Profiled spend to year end", "<svg")
	status, page = approver.get(checked + "ledger.csv")
	approver.holds("the ledger's file", status, page, `"867.00"`)

	// Two people reverse a line after it was paid.
	checker = h.signIn("checker-one@example.org")
	checker.post(account+"/lines", url.Values{"do": {"1 ask to reverse"}, "reason": {"It was another week"}})
	status, page = approver.get(account)
	approver.holds("asked", status, page, "checker-one@example.org asks to take it back: It was another week")
	status, page = approver.post(account+"/lines", url.Values{"do": {"1 reverse"}})
	approver.holds("reversed", status, page, "It is taken back", "To be paid back")
	found, err := h.desk.Claims.Audit(t.Context(), nil)
	if err != nil || len(found.Wrong) > 0 {
		t.Errorf("the audit finds %v, %v", found, err)
	}
	audited, err := h.desk.Audit(t.Context(), nil)
	if err != nil || slices.ContainsFunc(audited.Wrong, func(w office.Wrong) bool { return !strings.HasPrefix(w.Reference, "SM-") }) {
		t.Errorf("the office's audit finds %v, %v", audited, err)
	}
	r, _ := h.desk.Applications.Store.Get(t.Context(), "budget.supporting-mentors.2021-22")
	r.Data = bytes.Replace(r.Data, []byte(`"committed":0`), []byte(`"committed":1`), 1)
	h.desk.Applications.Store.Update(t.Context(), r)
	audited, _ = h.desk.Audit(t.Context(), nil)
	if !slices.ContainsFunc(audited.Wrong, func(w office.Wrong) bool { return w.What == "it is not the sum of its accounts" }) {
		t.Errorf("a changed budget is not found by the office's audit: %v", audited.Wrong)
	}
	for _, m := range h.box {
		if strings.Contains(m.Subject, "claim") || strings.Contains(m.Subject, "Sample") || strings.Contains(m.Subject+m.Text, "P-7K3D") {
			t.Errorf("a letter tells too much: %s", m.Subject)
		}
	}
}

// TestOthers: what is not somebody's is answered like what does not exist, and an officer never
// sees their own account as an officer.
func TestOthers(t *testing.T) {
	h := newHub(t, false)
	h.accept(h.desk.Applications.Store, "SM-3D3D-3D3D", "First checker", "checker-one@example.org", "7654322")
	ada, checker := h.signIn("ada@example.org"), h.signIn("checker-one@example.org")
	_, page := ada.get(november)
	key := regexp.MustCompile(`name="line" type="checkbox" value="([^"]+)"`).FindStringSubmatch(page)[1]
	ada.post(november, url.Values{"line": {key}})
	_, page = checker.get("/review/claims/schemes/supporting-mentors/years/2021-22/lines/submitted")
	account := regexp.MustCompile(`/review/claims/accounts/[a-z0-9.-]+`).FindString(page)
	for _, path := range []string{
		account, "/review/claims/schemes/supporting-mentors/years/2021-22/lines/submitted", "/review/claims/schemes/supporting-mentors/years/2021-22/batch",
		"/review/claims/schemes/supporting-mentors/years/2021-22/ledger", "/review/claims/schemes/supporting-mentors/years/2021-22/ledger.csv",
		"/review/claims/schemes/supporting-mentors/answer", "/review/claims/batches/batch.supporting-mentors.2021-22.01", "/review/claims/accounts/x",
		"/review/claims/own/career-conversations/months/2021-11", "/review/claims/own/supporting-mentors/months/2031-11", "/review/claims/own/supporting-mentors/years/2020-21/statement.pdf",
	} {
		if status, _ := ada.get(path); status != 404 {
			t.Errorf("a claimant gets %s: %d", path, status)
		}
	}
	for _, path := range []string{account + "/lines", account + "/interest", account + "/vendor", account + "/enter",
		"/review/claims/schemes/supporting-mentors/years/2021-22/approve",
		"/review/claims/schemes/supporting-mentors/years/2021-22/batch", "/review/claims/schemes/supporting-mentors/years/2021-22/invoices"} {
		if status, _ := ada.post(path, url.Values{"do": {"1 check"}, "ref": {"1"}, "line": {strings.TrimPrefix(account,
			"/review/claims/accounts/") + " 1"}}); status != 404 {
			t.Errorf("a claimant posts to %s: %d", path, status)
		}
	}
	// A checker who also claims does so like anybody else, and never sees that account from the
	// other side.
	status, page := checker.get("/review/claims/")
	checker.holds("both", status, page, "Claim for November 2021", "1 to check")
	if status, _ := checker.post(account+"/interest", nil); status != 200 {
		t.Errorf("an interest: %d", status)
	}
	if status, page := checker.post(account+"/check", url.Values{"line": {"1"}}); status != 422 ||
		!strings.Contains(page, "interest") {
		t.Errorf("checks in spite of an interest: %d", status)
	}
	nobody := h.signIn("nobody@example.org")
	if _, page := nobody.get(account); !strings.Contains(page, "Email me a link") {
		t.Error("somebody who has not signed in does not get to the sign-in page")
	}
}

// TestPlaceholders: where real money is paid, a scheme whose roles have addresses at example.org
// lets nobody in.
func TestPlaceholders(t *testing.T) {
	h := newHub(t, true)
	for _, email := range []string{"ada@example.org", "checker-one@example.org", "payer-one@example.org"} {
		if _, page := h.signIn(email).get("/review/claims/"); !strings.Contains(page, "Email me a link") {
			t.Errorf("%s is let in", email)
		}
	}
	if closed := h.desk.Claims.ClosedSchemes(); len(closed) != 2 {
		t.Errorf("closed schemes: %v", closed)
	}
}

// TestMonth: the page of a month is filled in from mentoring's messages: weeks, codes of pairs and
// minutes. Later messages change what can be claimed, and a week without a session can have
// something else.
func TestMonth(t *testing.T) {
	h := newHub(t, false)
	ada := h.signIn("ada@example.org")
	status, page := ada.get(november)
	ada.holds(
		"the month", status, page, "Tuesday 2 November 2021, 60 minutes, pairs: P-7K3D",
		"The week with Monday 29 November 2021", "A group for peer support among GPs",
	)
	h.hear(
		crossing.Session{
			ID: "s0", Version: 2, Pair: "P-7K3D", Mentor: "SM-2C2C-2C2C", Minutes: 60, Outcome: crossing.NotRight,
			Start: time.Date(2021, 11, 2, 18, 30, 0, 0, course.London).UTC(),
		},
		crossing.Standing{Mentor: "SM-2C2C-2C2C", Version: 2, Agreed: "2021-10-01", Plan: "2021-10-04",
			Suspended: []crossing.Period{{From: "2021-11-16", Until: "2021-11-17"}}, Left: "2021-11-22"},
	)
	status, page = ada.get(november)
	ada.holds(
		"later", status, page, "The week with Monday 1 November 2021", "Your place on the register was suspended then",
		"The scheme does not pay for that day",
	)
	if n := strings.Count(page, `name="line"`); n != 1 {
		t.Errorf("%d lines can be claimed", n)
	}
	other := url.Values{
		"activity": {"A group for peer support among GPs"}, "week": {"2021-11-01"},
		"what": {strings.Repeat("x", 121)},
	}
	status, page = ada.post(november, other)
	if ada.holds("too long", status, page, `href="#activity"`, "in 120 characters or fewer"); status != 422 {
		t.Errorf("too long: %d", status)
	}
	other.Set("what", "Two evenings")
	status, page = ada.post(november, other)
	ada.holds(
		"something else", status, page, "Your claim is in",
		"Week of Monday 1 November 2021: A group for peer support among GPs. Two evenings",
	)
}

// TestConversation: a career conversation is entered on one page, confirmed by the colleague
// through the mailed link, and claimed. The payer never learns who the colleague was.
func TestConversation(t *testing.T) {
	h := newHub(t, false)
	h.acceptFor("career-conversations", h.desk.Applications.Store, "CC-4F4F-4F4F", "Dr Cy Sample", "cy@example.org",
		"7654329")
	cy := h.signIn("cy@example.org")
	const enter, month = "/review/claims/own/career-conversations/conversations/new",
		"/review/claims/own/career-conversations/months/2021-11"
	status, page := cy.get("/review/claims/")
	cy.holds("home", status, page, `href="`+enter+`"`)
	status, page = cy.get(enter)
	cy.holds("the page", status, page, "Your colleague’s GMC reference number", "250 minutes together")
	v := url.Values{
		"colleague": {"1234567"}, "email": {"canary@example.org"}, "practice": {"Z99998"},
		"day-1-day": {"2"}, "day-1-month": {"11"}, "day-1-year": {"2021"}, "start-1": {"2pm"}, "minutes-1-hours": {"2"},
		"minutes-1-minutes": {"5"},
		"day-2-day":         {"9"}, "day-2-month": {"11"}, "day-2-year": {"2021"}, "start-2": {"14:30"},
		"minutes-2-hours":   {"2"},
		"minutes-2-minutes": {"4"},
	}
	status, page = cy.post(enter, v)
	cy.holds("too short", status, page, "Both parts must take 250 minutes together, and took 249",
		`value="canary@example.org"`)
	v.Set("minutes-2-minutes", "5")
	status, page = cy.post(enter, v)
	cy.holds("entered", status, page, "We ask your colleague to confirm it", "Not answered yet")
	status, page = cy.get(month)
	cy.holds("before the answer", status, page, "Your colleague has not confirmed it")
	h.box = nil
	h.deliver()
	link := regexp.MustCompile(`/practice/conversations/\S+`).FindString(h.box[0].Text)
	colleague := &browser{h, &http.Client{}}
	status, page = colleague.get(link)
	colleague.holds("the colleague's page", status, page, "Dr Cy Sample", "125 minutes", "Yes, it took place")
	for range 2 { // a scanner opens the link, too, without effect
		if status, page = colleague.get(link); !strings.Contains(page, "Yes, it took place") {
			t.Fatalf("opening the link has answered: %d", status)
		}
	}
	status, page = colleague.post(link, url.Values{"took-place": {"yes"}})
	colleague.holds("confirmed", status, page, "Thank you for your answer")
	status, page = colleague.post(link, url.Values{"took-place": {"no"}})
	colleague.holds("once", status, page, "You said that it took place.")
	if status, _ := colleague.get(link + "x"); status != 404 {
		t.Errorf("another link: %d", status)
	}
	status, page = cy.get(month)
	cy.holds("after it", status, page, "£289", "250 minutes")
	key := regexp.MustCompile(`name="line" type="checkbox" value="([^"]+)"`).FindStringSubmatch(page)[1]
	status, page = cy.post(month, url.Values{"line": {key}})
	cy.holds("claimed", status, page, "Your claim is in")
	checker := h.signIn("checker-one@example.org")
	_, page = checker.get("/review/claims/schemes/career-conversations/years/2021-22/lines/submitted")
	status, page = checker.get(regexp.MustCompile(`/review/claims/accounts/[a-z0-9.-]+`).FindString(page))
	checker.holds("the account", status, page, "with C-", "Z99998")
	for _, email := range []string{"checker-one@example.org", "approver-one@example.org", "payer-one@example.org"} {
		pages := h.signIn(email).crawl("/review/claims/")
		if len(pages) < 8 {
			t.Errorf("%s reaches %d pages", email, len(pages))
		}
		for path, text := range pages {
			if strings.Contains(text, "canary") || strings.Contains(text, "1234567") {
				t.Errorf("%s sees on %s who the colleague is", email, path)
			}
		}
	}
}

// crawl gets everything that pages of claims link to, including files.
func (b *browser) crawl(path string) map[string]string {
	b.t.Helper()
	pages, next := map[string]string{}, []string{path}
	for len(next) > 0 {
		path, next = next[0], next[1:]
		if _, seen := pages[path]; seen {
			continue
		}
		status, text := b.get(path)
		if status != 200 {
			b.t.Errorf("%s: status %d", path, status)
		}
		pages[path] = text
		for _, m := range regexp.MustCompile(`href="(/review/claims/[^"#?]*)`).FindAllStringSubmatch(text, -1) {
			next = append(next, m[1])
		}
	}
	return pages
}

// TestDoubts: a checker sees what to look at, including that people did not confirm a session, but
// never who. Nothing can be checked before all of it is ticked, not even by a direct post.
func TestDoubts(t *testing.T) {
	h := newHub(t, false)
	h.hear(
		crossing.Sampled{Mentor: "SM-2C2C-2C2C", Version: 1, Asked: 6, Confirmed: 4},
		crossing.Standing{Mentor: "SM-2C2C-2C2C", Version: 2, Agreed: "2021-10-01", Plan: "2021-10-04",
			Away: []crossing.Period{{From: "2021-11-09", Until: "2021-11-10"}}},
	)
	ada, checker := h.signIn("ada@example.org"), h.signIn("checker-one@example.org")
	_, page := ada.get(november)
	v := url.Values{}
	for _, k := range regexp.MustCompile(`name="line" type="checkbox" value="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		v.Add("line", k[1])
	}
	ada.post(november, v)
	_, page = checker.get("/review/claims/schemes/supporting-mentors/years/2021-22/lines/submitted")
	account := regexp.MustCompile(`/review/claims/accounts/[a-z0-9.-]+`).FindString(page)
	status, page := checker.get(account)
	checker.holds("the account", status, page, "4 of 6 confirmed it", "when the mentor had said that they would be away",
		"4 of 6 people who were asked")
	seen := regexp.MustCompile(`name="seen" type="checkbox" value="([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(seen) != 2 {
		t.Fatalf("%d doubts", len(seen))
	}
	post := url.Values{"line": {"1", "2"}, "seen": {seen[0][1]}}
	if status, page := checker.post(account+"/check", post); status != 422 || !strings.Contains(page,
		"Tick everything that is to look at") {
		t.Errorf("one of two ticked: %d", status)
	}
	if status, page := checker.post(account+"/lines", url.Values{"do": {"1 check"}}); status != 422 ||
		!strings.Contains(page, "Tick everything") {
		t.Errorf("a direct post: %d", status)
	}
	post.Add("seen", seen[1][1])
	status, page = checker.post(account+"/check", post)
	checker.holds("all ticked", status, page, "What you ticked is checked")
	a, err := h.desk.Claims.Account(t.Context(), strings.TrimPrefix(account, "/review/claims/accounts/"))
	if err != nil || len(a.Line(1).Seen) != 2 || a.Line(3).Checker != "" {
		t.Errorf("kept as %+v (%v)", a.Line(1), err)
	}
}

// TestPrepare: the office prepares a claim, but never claims. The claimant finds it, changes it and
// claims. Whoever prepared it can do nothing else with the lines.
func TestPrepare(t *testing.T) {
	h := newHub(t, false)
	h.desk.Contacts = []course.Contact{{Name: "Olu Office", Email: "olu@example.org"}}
	heard := money.Heard(h.desk)
	returns.Join(h.desk, returns.Sources{Heard: heard.Mentors, Counts: heard.Counts}) // which lets the office see ledgers
	olu, ada, checker := h.signIn("olu@example.org"), h.signIn("ada@example.org"), h.signIn("checker-one@example.org")
	const prepare = "/review/claims/schemes/supporting-mentors/prepare"
	status, page := olu.get("/review/claims/")
	olu.holds("home", status, page, `href="`+prepare+`"`)
	status, page = olu.post(prepare, url.Values{"reference": {"SM-9C9C-9C9C"}, "month": {"2021-11"}})
	if olu.holds("of nobody", status, page, "Enter the reference"); status != 422 {
		t.Errorf("of nobody: %d", status)
	}
	status, page = olu.post(prepare, url.Values{"reference": {" sm-2c2c-2c2c"}, "month": {"2021-11"}})
	olu.holds("the month", status, page, "You prepare the claim of Dr Ada Sample", "Keep it for the claimant")
	keys := regexp.MustCompile(`name="line" type="checkbox" value="([^"]+)"`).FindAllStringSubmatch(page, -1)
	const month = prepare + "/SM-2C2C-2C2C/2021-11"
	status, page = olu.post(month, url.Values{"line": {keys[0][1], keys[1][1]}})
	olu.holds("prepared", status, page, "The claimant finds it")
	if all, err := h.desk.Claims.List(t.Context(), "supporting-mentors", "2021/22", ""); err != nil || len(all) != 0 {
		t.Errorf("the office has claimed: %v (%v)", all, err)
	}
	if status, _ := olu.post(november, url.Values{"line": {keys[0][1]}}); status != 404 {
		t.Errorf("the office claims: %d", status)
	}
	if status, _ := ada.get(month); status != 404 {
		t.Errorf("a claimant prepares: %d", status)
	}
	checker.post(month, url.Values{"line": {keys[0][1]}}) // the last who prepares counts
	status, page = ada.get(november)
	ada.holds("her page", status, page, "The office has prepared this for you", "it is your claim, and your declaration")
	if strings.Count(page, " checked") != 1 {
		t.Errorf("%d lines are ticked", strings.Count(page, " checked"))
	}
	status, page = ada.post(november, url.Values{"line": {keys[0][1]}})
	ada.holds("claimed", status, page, "Your claim is in")
	if _, page = ada.get(november); strings.Contains(page, "The office has prepared") {
		t.Error("the draft is still there")
	}
	_, page = checker.get("/review/claims/schemes/supporting-mentors/years/2021-22/lines/submitted")
	account := regexp.MustCompile(`/review/claims/accounts/[a-z0-9.-]+`).FindString(page)
	if status, page := checker.post(account+"/check", url.Values{"line": {"1"}}); status != 422 ||
		!strings.Contains(page, "One person does not do two steps") {
		t.Errorf("whoever prepared it checks it: %d", status)
	}
	second := h.signIn("checker-two@example.org")
	status, page = second.post(account+"/check", url.Values{"line": {"1"}})
	second.holds("somebody else", status, page, "What you ticked is checked")
}
