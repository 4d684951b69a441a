package returns_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
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
	webreturns "traininghub/internal/web/returns"
	"traininghub/internal/web/review"
)

// A hub has 7 mentors with 12 pairs in the third quarter of 2021/22.
type hub struct {
	t     *testing.T
	desk  *office.Desk
	url   string // of the server
	clock time.Time

	mu  sync.Mutex
	box []record.Message
}

func (h *hub) Send(_ context.Context, m record.Message) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.box = append(h.box, m)
	return nil
}

func newHub(t *testing.T, assets page.Assets, files map[string][]byte) *hub {
	t.Helper()
	h := &hub{t: t, clock: time.Date(2022, 1, 10, 10, 0, 0, 0, course.London)}
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
	h.desk = office.New(&intake.Desk{
		Store: &recordtest.Memory{}, Programme: offered, Now: func() time.Time { return h.clock }, BaseURL: "http://hub.example.org",
		MailFrom: "Hub <hub@example.org>", Hub: site.Fact, Log: log, PDF: pdf.Render, Retain: intake.RetainDays(30, 365, 730, 365, 365),
	})
	h.desk.Mailer = h
	h.desk.Contacts = []course.Contact{{Name: "Olu Office", Email: "olu@example.org"}, {Name: "Oda Office", Email: "oda@example.org"}}
	money.Join(h.desk, money.Sources{})
	heard := money.Heard(h.desk)
	returns.Join(h.desk, returns.Sources{Heard: heard.Mentors, Counts: heard.Counts})
	for n := range 7 {
		ref := mentor(n)
		h.accept(ref, n)
		h.hear(crossing.Standing{Mentor: ref, Version: 1, Agreed: "2021-07-01", Trained: "2021-09-01", Sessions: "5", Confirmed: "2021-10-01"})
	}
	for n := range 12 {
		h.pair(n, "2021-11-02")
	}
	handler, err := web.New(web.Settings{Office: h.desk, Pages: pages, Site: site, Log: log}, review.Routes, webclaim.Routes, webreturns.Routes)
	if err != nil {
		t.Fatal(err)
	}
	h.url = browsertest.Serve(t, files, handler, "/review/")
	return h
}

// mentor is the reference of the nth mentor.
func mentor(n int) string { return "SM-2C2C-2C2" + "CDFHJKM"[n:n+1] }

// accept stores an accepted application, as package intake does.
func (h *hub) accept(ref string, n int) {
	h.t.Helper()
	at := h.clock.AddDate(0, -6, 0)
	a := &application.Application{
		Reference: ref, Form: "supporting-mentors", Course: "supporting-mentors",
		Document: &document.Submission{Reference: ref, Received: at, Applicant: document.Person{
			Name: "Dr Canary Sample", Email: fmt.Sprintf("gp%d@example.org", n), Registration: form.Registration{Register: "gmc", Number: fmt.Sprintf("765432%d", n)},
		}},
		Decision: &application.Decision{Accepted: true, At: at, Funding: "2021-10-01"},
	}
	a.Events.Add(at, application.EventReceived, "applicant", "")
	a.Events.Add(at, application.EventAccepted, "lead", "")
	b := a.Brief()
	b.Counts = application.Counts{Course: a.Course, Received: at.Format("2006-01"), Decided: at.Format("2006-01"), Decision: application.Accepted}
	brief, _ := json.Marshal(b)
	data, err := json.Marshal(a)
	if err == nil {
		err = h.desk.Applications.Store.Create(h.t.Context(), record.Record{
			ID: ref, Kind: record.Application, Status: "accepted", Data: data, Shelf: a.Shelf(), Since: at, Brief: brief, Email: a.Document.Applicant.Email,
		})
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// pair tells the hub about one of the pairs.
func (h *hub) pair(n int, introduced crossing.Day) {
	h.hear(crossing.Pair{
		Code: fmt.Sprintf("P-7K%c%c", 'A'+n/8, 'A'+n%8), Version: int64(1 + len(introduced)), Mentor: mentor(n % 6), Service: "mentoring", Cohort: "fellow",
		Registered: "2021-10-20", Introduced: introduced,
	})
}

func (h *hub) hear(m crossing.Message) {
	h.t.Helper()
	if err := money.Heard(h.desk).Put(h.t.Context(), m); err != nil {
		h.t.Fatal(err)
	}
}

// link is the link for signing in that was last mailed to somebody.
func (h *hub) link(email string) string {
	h.t.Helper()
	if _, err := h.desk.Post().Deliver(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := len(h.box) - 1; i >= 0; i-- {
		if link := regexp.MustCompile(`/review/sign-in/link/\S+`).FindString(h.box[i].Text); link != "" && h.box[i].To == email {
			return link
		}
	}
	h.t.Fatalf("no letter with a link to %s", email)
	return ""
}

// A browser is somebody's.
type browser struct {
	*hub
	client *http.Client
}

func (h *hub) signIn(email string) *browser {
	h.t.Helper()
	jar, _ := cookiejar.New(nil)
	b := &browser{h, &http.Client{Jar: jar}}
	b.post("/review/sign-in", url.Values{"email": {email}})
	b.post(h.link(email), nil)
	return b
}

// A shown is an answer.
type shown struct {
	*browser
	status int
	text   string
}

func (b *browser) answer(r *http.Response, err error) shown {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer r.Body.Close()
	body, _ := io.ReadAll(r.Body)
	return shown{b, r.StatusCode, string(body)}
}

func (b *browser) get(path string) shown {
	b.t.Helper()
	return b.answer(b.client.Get(b.url + path))
}

func (b *browser) post(path string, v url.Values) shown {
	b.t.Helper()
	return b.answer(b.client.PostForm(b.url+path, v))
}

// says checks an answer's status and words.
func (s shown) says(status int, words ...string) {
	s.t.Helper()
	for _, w := range words {
		if !strings.Contains(s.text, w) {
			s.t.Fatalf("status %d, lacks %q:\n%s", s.status, w, s.text)
		}
	}
	if s.status != status {
		s.t.Fatalf("status %d, want %d:\n%s", s.status, status, s.text)
	}
}

// sum is the sum of the snapshot that the page asks to confirm.
func (s shown) sum() url.Values {
	s.t.Helper()
	found := regexp.MustCompile(`name="sum" value="([0-9a-f]{64})"`).FindStringSubmatch(s.text)
	if found == nil {
		s.t.Fatalf("there is nothing to confirm:\n%s", s.text)
	}
	return url.Values{"sum": {found[1]}}
}

const quarter = "/review/returns/supporting-mentors/2021-22-q3"

// TestReturn: the office makes a return, somebody else confirms it, it is published and corrected,
// and the reader sees only what was published.
func TestReturn(t *testing.T) {
	h := newHub(t, page.Assets{CSS: "/a.css", JS: "/a.js", Icon: "/a.svg"}, nil)
	olu, oda, reader := h.signIn("olu@example.org"), h.signIn("oda@example.org"), h.signIn("icb-reader@example.org")
	olu.get("/review/").says(200, "Returns", "Claims and ledgers")
	olu.get("/review/returns/").says(200, "Quarter 3 of 2021/22, October 2021 to December 2021", "Not made yet")
	reader.get("/review/").says(200, "There is nothing here for you yet")
	reader.get(quarter + "/published").says(404)
	olu.get(quarter).says(200, "As it would be made now", "GPs trained as mentors", "Make the return")
	olu.get(quarter + "/return.csv").says(404)
	olu.get(quarter + "/published.pdf").says(404)
	olu.post(quarter+"/confirm", nil).says(422, "There is none that waits")
	olu.post("/review/returns/supporting-mentors/2021-22-q4/make", nil).says(422, "The period is not over yet")
	made := olu.post(quarter+"/make", nil)
	made.says(200, "The return is made", "somebody else of the office", "<td")
	if strings.Contains(made.text, "Confirm and freeze") {
		t.Error("the person who made it is asked to confirm it")
	}
	olu.post(quarter+"/make", nil).says(422, "One waits to be confirmed")
	olu.post(quarter+"/confirm", made.sum()).says(422, "somebody else confirms it")
	look := oda.get(quarter)
	look.says(200, "Confirm and freeze it", "Matches in the period")
	oda.post(quarter+"/confirm", look.sum()).says(200, "The return is frozen", "oda@example.org", "Nothing: neither a figure")
	oda.post(quarter+"/confirm", look.sum()).says(422, "There is none that waits")
	olu.get(quarter+"/return.csv").says(200, `"matches-in-period"`, `"12"`)
	olu.get(quarter+"/return.pdf").says(200, "%PDF-")
	reader.get(quarter).says(404)
	reader.get(quarter + "/return.pdf").says(404)

	olu.post(quarter+"/publish", nil).says(200, "It is published", "What was published at")
	olu.post(quarter+"/publish", nil).says(422, "Two tables could tell together")
	reader.get("/review/").says(200, "Quarter 3 of 2021/22", "Published")
	reader.get(quarter+"/published").says(200, "10 (to the nearest 5)", "hidden")
	reader.get(quarter+"/published.csv").says(200, `"published"`)
	reader.get(quarter+"/published.pdf").says(200, "%PDF-")

	// Two meetings turn out not to have taken place.
	h.pair(3, "")
	h.hear(crossing.Pair{Code: "P-7KAD", Version: 99, Mentor: mentor(3), Service: "mentoring", Cohort: "fellow", Registered: "2021-10-20"})
	olu.get(quarter).says(200, "What has changed since", "Make a correction")
	olu.post(quarter+"/make", nil).says(422, "Enter why it is corrected")
	olu.post(quarter+"/make", url.Values{"why": {"A meeting was not held"}}).says(200, "Correction to be confirmed", "A meeting was not held")
	look = oda.get(quarter)
	oda.post(quarter+"/drop", look.sum()).says(200, "It is dropped")
	olu.post(quarter+"/make", url.Values{"why": {"One meeting was not held"}})
	oda.post(quarter+"/confirm", oda.get(quarter).sum()).says(200, "Correction 1", "One meeting was not held", "−1")
	olu.get(quarter+"/return.csv").says(200, "before correction 1", `"12"`, `"11"`)
	seen := reader.get(quarter + "/published")
	seen.says(200, "Corrected since it was published", "corrected by fewer than 5 people")
	for _, never := range []string{"One meeting", "olu@", ">11<", "P-7K", "SM-2C2C", "Canary"} {
		if strings.Contains(seen.text, never) {
			t.Errorf("the reader sees %q", never)
		}
	}
	audited, err := h.desk.Audit(t.Context(), nil)
	if err != nil || len(audited.Wrong) != 7 { // the applications are not sealed as intake does
		t.Errorf("the audit finds %v, %v", audited.Wrong, err)
	}
}

// TestOthers: people without a part in the scheme, a claimant, a checker and a payer find nothing;
// a reader can do nothing.
func TestOthers(t *testing.T) {
	h := newHub(t, page.Assets{CSS: "/a.css", JS: "/a.js", Icon: "/a.svg"}, nil)
	lead := h.desk.Applications.Programme.Course("supporting-mentors").Lead.Email
	h.signIn("olu@example.org").post(quarter+"/make", nil).says(200)
	for _, email := range []string{"gp1@example.org", "checker-one@example.org", "payer-one@example.org", "icb-reader@example.org", lead} {
		b := h.signIn(email)
		for _, path := range []string{"", "/return.csv", "/return.pdf", "/published", "/published.csv"} {
			b.get(quarter + path).says(404)
		}
		for _, path := range []string{"/make", "/confirm", "/drop", "/publish"} {
			b.post(quarter+path, nil).says(404)
		}
	}
	approver := h.signIn("approver-one@example.org")
	look := approver.get(quarter)
	look.says(200, "Confirm and freeze it")
	for _, path := range []string{"/review/returns/career-conversations/2021-22-q3", "/review/returns/supporting-mentors/2021-22-q9", "/review/returns/x/2021-11", "/review/returns/supporting-mentors/2019-11"} {
		approver.get(path).says(404)
	}
	approver.post(quarter+"/confirm", look.sum()).says(200, "The return is frozen")
}

// TestSpend: the office enters spending outside claims, two others check and approve it, and the
// ledger has it. The office sees nobody's claim.
func TestSpend(t *testing.T) {
	h := newHub(t, page.Assets{CSS: "/a.css", JS: "/a.js", Icon: "/a.svg"}, nil)
	const year = "/review/claims/schemes/supporting-mentors/years/2021-22"
	const account = "/review/claims/accounts/account.supporting-mentors.2021-22.office"
	olu, checker, approver := h.signIn("olu@example.org"), h.signIn("checker-one@example.org"), h.signIn("approver-one@example.org")
	olu.get("/review/claims/").says(200, "2021/22: ledger")
	olu.get(year+"/ledger").says(200, "Spend that is no claim", "From Thursday 1 April 2021 the year has £120,000", "<svg")
	invoice := url.Values{
		"payee": {"Provider Ltd"}, "number": {"INV-7"}, "kind": {"Networking"}, "day": {"2 November 2021"}, "sum": {"£2,500"}, "what": {"An afternoon"}, "cohort": {"Cohort 2"},
	}
	olu.post(year+"/invoices", url.Values{"payee": {"Provider Ltd"}}).says(422, "Enter the supplier")
	olu.post(year+"/invoices", invoice).says(200, "It is entered", "Provider Ltd", "INV-7", "Cohort 2", "Waits to be checked")
	olu.post(year+"/invoices", invoice).says(422, "This invoice of the supplier was entered already")
	earlier := url.Values{}
	for k, v := range invoice {
		earlier[k] = v
	}
	earlier.Set("day", "2 November 2020")
	olu.post("/review/claims/schemes/supporting-mentors/years/2020-21/invoices", earlier).says(422, "This invoice of the supplier was entered already")
	olu.get(account).says(404)
	olu.post(account+"/lines", url.Values{"do": {"1 check"}}).says(404)
	olu.post(account+"/enter", url.Values{"sort": {"charge"}}).says(404)
	olu.get(year + "/lines/submitted").says(404)
	approver.post(account+"/lines", url.Values{"do": {"1 approve"}}).says(422)
	checker.get(account).says(200, "Provider Ltd, INV-7", "Check what is ticked")
	checker.post(account+"/check", url.Values{"line": {"1"}}).says(200, "Waits to be approved")
	approver.post(account+"/lines", url.Values{"do": {"1 approve"}}).says(200, "The line is approved")
	olu.get(year+"/ledger").says(200, "£2,500", "Approved, to be paid with the next batch", "networking")
	olu.get(year+"/ledger.csv").says(200, `"networking","2021-11","1","2500.00"`)
	now := olu.get(quarter)
	now.says(200, "£2,500")
}
