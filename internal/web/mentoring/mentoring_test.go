package mentoring_test

import (
	"context"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"traininghub/internal/browsertest"
	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/intake"
	"traininghub/internal/letters"
	"traininghub/internal/mentoring"
	"traininghub/internal/programme"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/wall"
	"traininghub/internal/web"
	"traininghub/internal/web/apply"
	webmentoring "traininghub/internal/web/mentoring"
	"traininghub/site"
)

// A house is a hub behind the wall, with the real content, as a browser sees it.
type house struct {
	t     *testing.T
	now   time.Time
	store *recordtest.Memory
	desk  *mentoring.Desk
	url   string
	mail  []record.Message
	log   strings.Builder
}

func (h *house) Send(_ context.Context, m record.Message) error {
	h.mail = append(h.mail, m)
	return nil
}

func newHouse(t *testing.T) *house { return newHouseOf(t, os.DirFS("../../../content")) }

func newHouseOf(t *testing.T, content fs.FS) *house {
	t.Helper()
	h := &house{t: t, now: time.Date(2026, 11, 30, 9, 0, 0, 0, course.London), store: &recordtest.Memory{}}
	made, files := browsertest.Site(t, site.Sources{Content: content, Letters: letters.All()}, h.now)
	log := slog.New(slog.NewTextHandler(&h.log, nil))
	w := wall.New(&intake.Desk{
		Store: h.store, Programme: made.Programme, Now: func() time.Time { return h.now }, BaseURL: "https://hub.example.org",
		MailFrom: "Hub <hub@example.org>", Hub: made.Hub.Fact, Log: log, Retain: intake.RetainDays(28, 1, 1, 1, 1),
		PDF: func(d *document.Document) ([]byte, error) { return []byte(d.Text()), nil },
	})
	h.desk = &mentoring.Desk{Desk: w, Rounds: 2}
	w.Office.Applications.Take = h.desk.Take
	w.Office.Applications.Waiting = append(w.Office.Applications.Waiting, h.desk.Waiting())
	w.Join(h.desk, &mentoring.Leaders{Desk: h.desk}, h.desk.Tallies())
	w.Office.Mailer = h
	handler, err := web.New(web.Settings{Office: w.Office, Pages: made.Pages, Site: made.Hub, Log: log},
		apply.At(programme.AskBelow), webmentoring.Part(h.desk))
	if err != nil {
		t.Fatal(err)
	}
	served := browsertest.Serve(t, files, handler, web.Behind...)
	h.url = served
	return h
}

// A browser keeps cookies.
type browser struct {
	*house
	http.Client
	status int
	at     string
	body   string
}

func (h *house) browser() *browser {
	jar, _ := cookiejar.New(nil)
	return &browser{house: h, Client: http.Client{Jar: jar}}
}

func (b *browser) take(r *http.Response, err error) *browser {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer r.Body.Close()
	body, _ := io.ReadAll(r.Body)
	b.status, b.at, b.body = r.StatusCode, r.Request.URL.Path, string(body)
	return b
}

func (b *browser) get(path string) *browser { b.t.Helper(); return b.take(b.Get(b.url + path)) }

func (b *browser) post(path string, pairs ...string) *browser {
	b.t.Helper()
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return b.take(b.PostForm(b.url+path, v))
}

// wants fails unless the page has the status, is at the address, and has all the words.
func (b *browser) wants(status int, at string, words ...string) *browser {
	b.t.Helper()
	if b.status != status || b.at != at {
		b.t.Fatalf("at %s with %d, want %s with %d:\n%s", b.at, b.status, at, status, text(b.body))
	}
	for _, w := range words {
		if !strings.Contains(text(b.body), w) {
			b.t.Fatalf("%s does not say %q:\n%s", b.at, w, text(b.body))
		}
	}
	return b
}

var tags = regexp.MustCompile(`(?s)<[^>]*>|\s+`)

func text(page string) string {
	return regexp.MustCompile(` +`).ReplaceAllString(strings.NewReplacer("&#39;", "'", "&amp;", "&").Replace(tags.ReplaceAllString(page, " ")), " ")
}

const ask = "/mentoring/ask/mentoring-request"

// canaries are words that somebody types into the request. No letter, log line or address has any.
var canaries = []string{"Quillfeather", "canary.kite@example.org", "07700 900123", "between surgeries", "7654321", "Gannet Surgery",
	"Petrel Smith", "Wagtail House", "puffin burrow", "ramp for my heron", "nightjar-word-9", "Bittern"}

// fills sends a request as a person does, and returns the link in the letter.
func (b *browser) fills(name string, change ...string) string {
	b.t.Helper()
	first := append([]string{"name", name, "email", "canary.kite@example.org", "telephone", "07700 900123",
		"call-times", "between surgeries", "message", "no"}, change...)
	b.post(ask+"/start", first...).wants(200, ask+"/work", "In which area do you work?")
	b.post(ask+"/work", "area", "derbyshire", "role", "nurse").wants(422, ask+"/work", "this is only possible in Nottingham City")
	b.post(ask+"/work", "area", "derbyshire", "role", "gp", "gmc-number", "7654321").wants(200, ask+"/practices")
	b.post(ask+"/practices/a1", "practice-name", "Gannet Surgery", "practice-code", "C81999", "practice-now", "yes").wants(200, ask+"/practices")
	b.post(ask+"/practices", "another", "no").wants(200, ask+"/people", "People who must not know")
	b.post(ask+"/people/p1", "person-name", "Petrel Smith", "person-practice", "Wagtail House").wants(200, ask+"/people")
	b.post(ask+"/people", "another", "no").wants(200, ask+"/wish")
	b.post(ask+"/wish", "focus", "career", "focus", "balance", "wish", "puffin burrow", "meet", "online", "access", "ramp for my heron",
		"heard", "appraiser").wants(200, ask+"/check", "puffin burrow", "Career choices")
	b.get(ask+"/declarations").wants(200, ask+"/declarations", "A word of your own", "Sign and send request")
	b.post(ask+"/declarations", "declaration-limits", "yes", "declaration-right", "yes", "signature", name, "word", "short").
		wants(422, ask+"/declarations", "The word must have 6 characters or more")
	if strings.Contains(b.body, `value="short"`) {
		b.t.Error("the page gives the word back")
	}
	return b.sends(name)
}

// sends presses the button of the last page.
func (b *browser) sends(name string) string {
	b.t.Helper()
	b.post(ask+"/declarations", "declaration-limits", "yes", "declaration-right", "yes", "signature", name, "word", "nightjar-word-9").
		wants(200, ask+"/sent", "We have your request", "Within 2 working days")
	b.deliver()
	return b.link()
}

func (h *house) deliver() {
	h.t.Helper()
	if _, err := h.desk.Office.Post().Deliver(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// link is the link in the latest letter to the mentee.
func (h *house) link() string {
	h.t.Helper()
	for _, m := range slices.Backward(h.mail) {
		if link := regexp.MustCompile(`/mentoring/request/\S+`).FindString(m.Text); link != "" {
			return link
		}
	}
	h.t.Fatalf("no letter has a link: %+v", h.mail)
	return ""
}

// TestAsk: somebody asks, opens the page by link and word, changes what they wrote, sees who read
// it, and withdraws.
func TestAsk(t *testing.T) {
	h := newHouse(t)
	b := h.browser()
	link := b.fills("Bittern Quillfeather")
	if subjects := []string{h.mail[0].Subject, h.mail[1].Subject}; !slices.Contains(subjects, "Your request") || !slices.Contains(subjects, "A request") {
		t.Errorf("the letters are called %q", subjects)
	}
	if to := []string{h.mail[0].To, h.mail[1].To}; !slices.Contains(to, "mentor-lead-derbyshire@example.org") || !slices.Contains(to, "canary.kite@example.org") {
		t.Errorf("the letters go to %q", to)
	}
	b.get(ask+"/check").wants(200, ask+"/sent") // it was sent: nothing of it opens here any more
	b.post(ask+"/declarations", "word", "other").wants(200, ask+"/sent")
	if n := len(h.requests()); n != 1 {
		t.Fatalf("there are %d requests after a second click", n)
	}

	other := h.browser()
	other.get("/mentoring/request/").wants(404, "/mentoring/request/", "Open your page from our email")
	other.get(link).wants(200, link, "The word that you chose")
	if strings.Contains(text(other.body), "Quillfeather") || !strings.Contains(other.body, `type="password"`) || !strings.Contains(other.body, "current-password") {
		t.Errorf("the sign-in page says too much, or does not work with password managers:\n%s", other.body)
	}
	other.post(link, "word", "wrong word").wants(422, link, "You can try 4 more times")
	other.post(link, "word", " nightjar-word-9 ").wants(200, "/mentoring/request/", "Your request",
		"The mentor lead for Derbyshire calls you by Wednesday 2 December 2026", "Nobody has read it yet", "puffin burrow", "Samaritans")

	id := h.requests()[0]
	lead := h.desk.Office.Staff("mentor-lead-derbyshire@example.org")
	if _, err := h.desk.Read(t.Context(), lead, id, mentoring.ReadRequest); err != nil {
		t.Fatal(err)
	}
	other.get("/mentoring/request/").wants(200, "/mentoring/request/", "The mentor lead Your request, 9am on Monday 30 November 2026")
	other.get("/mentoring/request/change/you").wants(200, "/mentoring/request/change/you", "How we can reach you")
	other.post("/mentoring/request/change/you", "name", "", "email", "x").wants(422, "/mentoring/request/change/you")
	other.post("/mentoring/request/change/you", "name", "Bittern Quillfeather", "email", "canary.kite@example.org", "telephone", "07700 900124",
		"message", "yes").wants(200, "/mentoring/request/", "Your change is saved", "07700 900124")
	other.post("/mentoring/request/change/people/p2", "person-name", "Dunlin Jones", "person-leads", "derbyshire-lead").wants(200, "/mentoring/request/", "Change Dunlin Jones", "Remove Dunlin Jones")
	if h.desk.Sees(lead, h.get(id)) {
		t.Error("a lead sees a request that excludes them")
	}
	if deputy := h.desk.Office.Staff("deputy-derbyshire@example.org"); !h.desk.Sees(deputy, h.get(id)) {
		t.Error("the deputy does not see it then")
	}
	other.get("/mentoring/request/change/people/p2/remove").wants(200, "/mentoring/request/change/people/p2/remove", "Dunlin Jones")
	other.post("/mentoring/request/change/people/p2/remove").wants(200, "/mentoring/request/")
	if !h.desk.Sees(lead, h.get(id)) || len(h.get(id).Exclusions) != 1 {
		t.Errorf("the exclusion stays: %+v", h.get(id).Exclusions)
	}
	if earlier := h.get(id).Earlier; len(earlier) != 3 || h.get(id).Contact.Phone != "07700 900124" {
		t.Errorf("%d earlier versions are kept", len(earlier))
	}

	other.get("/mentoring/request/withdraw").wants(200, "/mentoring/request/withdraw", "You do not need to say why")
	other.post("/mentoring/request/withdraw").wants(200, "/mentoring/request/", "You have withdrawn your request", "Nobody but those above can read it")
	other.post("/mentoring/request/withdraw").wants(200, "/mentoring/request/")
	other.post("/mentoring/request/change/wish", "wish", "more").wants(409, "/mentoring/request/change/wish", "Your request is over")
	other.post("/mentoring/request/leave").wants(200, "/mentoring/request/left")
	other.get("/mentoring/request/").wants(404, "/mentoring/request/")
	h.says(t)
}

// says fails if a letter, a log line or an address contains something typed.
func (h *house) says(t *testing.T) {
	t.Helper()
	for _, m := range h.mail {
		whole := m.Subject + "\n" + m.Text
		for _, c := range append(canaries, "GP-S", "mentor", "Mentor") {
			if strings.Contains(strings.ReplaceAll(whole, "/mentoring/", "/"), c) {
				t.Errorf("a letter says %q:\n%s", c, whole)
			}
		}
		if len(m.Attachments) > 0 {
			t.Errorf("something is attached to %q", m.Subject)
		}
	}
	for _, c := range canaries {
		if strings.Contains(h.log.String(), c) {
			t.Errorf("the log says %q:\n%s", c, h.log.String())
		}
	}
}

// requests are the ids of all requests.
func (h *house) requests() (ids []string) {
	h.t.Helper()
	err := record.Each(h.t.Context(), h.store, func(e record.Record) error {
		if e.Kind == mentoring.KindRequest {
			ids = append(ids, e.ID)
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return ids
}

func (h *house) get(id string) *mentoring.Request {
	h.t.Helper()
	r, err := h.desk.Requests().Get(h.t.Context(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

// TestDraftIsEmptied: after a request was sent, its draft has nothing that was typed, and the word
// is nowhere.
func TestDraftIsEmptied(t *testing.T) {
	h := newHouse(t)
	h.browser().fills("Bittern Quillfeather")
	err := record.Each(t.Context(), h.store, func(e record.Record) error {
		r, err := h.store.Get(t.Context(), e.ID)
		if err != nil {
			return err
		}
		for _, c := range canaries {
			if e.Kind != mentoring.KindRequest && strings.Contains(string(r.Data)+string(r.Brief)+r.Email+r.Number, c) {
				t.Errorf("a record of the kind %q has %q", e.Kind, c)
			}
		}
		if strings.Contains(string(r.Data), "nightjar-word-9") {
			t.Errorf("%s has the word", e.ID)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found, err := h.desk.Office.Audit(t.Context(), nil); err != nil || found.Wrong != nil {
		t.Errorf("the audit finds %+v (%v)", found, err)
	}
	h.now = h.now.AddDate(0, 0, 2)
	if _, err := h.desk.Office.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = record.Each(t.Context(), h.store, func(e record.Record) error {
		if e.Kind == record.Application {
			t.Errorf("the draft %s is still there after 2 days", e.ID)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestLocked: five wrong words lock the page, even for somebody who knows the word. The lead calls
// back and lets them choose another, only through a new link.
func TestLocked(t *testing.T) {
	h := newHouse(t)
	b := h.browser()
	link := b.fills("Bittern Quillfeather")
	for range 4 {
		b.post(link, "word", "guess guess").wants(422, link)
	}
	h.mail = nil
	b.post(link, "word", "guess guess").wants(403, link, "Your page is closed for now")
	b.post(link, "word", "nightjar-word-9").wants(403, link)
	b.get(link).wants(403, link)
	h.deliver()
	if len(h.mail) != 1 || h.mail[0].To != "mentor-lead-derbyshire@example.org" {
		t.Errorf("the lead is told by %+v", h.mail)
	}
	id, lead := h.requests()[0], h.desk.Office.Staff("mentor-lead-derbyshire@example.org")
	if r := h.get(id); !r.Waits(h.now) {
		t.Error("it does not wait for the lead")
	}
	if _, err := h.desk.AllowWord(t.Context(), lead, id); err != nil {
		t.Fatal(err)
	}
	b.get(link).wants(404, link, "gp-s@example.org")
	h.deliver()
	again := h.link()
	b.get(again).wants(200, again, "Choose a word or number of your own")
	b.post(again, "word", "corncrake 7").wants(200, "/mentoring/request/")
	if _, err := h.desk.AllowWord(t.Context(), lead, id); err == nil {
		t.Error("a word that is not locked can be cleared")
	}
	h.says(t)
}

// TestLinkAgain: the answer is the same whether there is a request or not, and one letter an hour
// goes.
func TestLinkAgain(t *testing.T) {
	h := newHouse(t)
	b := h.browser()
	b.fills("Bittern Quillfeather")
	h.mail = nil
	b.get("/mentoring/request/link").wants(200, "/mentoring/request/link")
	known := b.post("/mentoring/request/link", "email", "Canary.Kite@example.org").wants(200, "/mentoring/request/link").body
	again := b.post("/mentoring/request/link", "email", "canary.kite@example.org").body
	if unknown := b.post("/mentoring/request/link", "email", "nobody@example.org").body; known != unknown || again != known {
		t.Error("the page tells whether there is a request")
	}
	h.deliver()
	if len(h.mail) != 1 {
		t.Errorf("%d letters go", len(h.mail))
	}
	link := h.link()
	b.post(link, "word", "nightjar-word-9").wants(200, "/mentoring/request/")
	h.now = h.now.Add(61 * time.Minute)
	b.get("/mentoring/request/").wants(404, "/mentoring/request/", "Open your page from our email")
	h.now = h.now.AddDate(0, 0, 60)
	b.get(link).wants(404, link)
	h.says(t)
}

// TestNumber: a doctor's request needs the number on the register.
func TestNumber(t *testing.T) {
	h := newHouse(t)
	b := h.browser()
	b.post(ask+"/start", "name", "Bittern Quillfeather", "email", "canary.kite@example.org", "telephone", "07700 900123", "message", "no")
	b.post(ask+"/work", "area", "derbyshire", "role", "gp").wants(200, ask+"/practices")
	b.post(ask+"/practices", "another", "no").wants(200, ask+"/people")
	b.post(ask+"/people", "another", "no").wants(200, ask+"/wish")
	b.post(ask+"/wish").wants(200, ask+"/check")
	b.post(ask+"/declarations", "declaration-limits", "yes", "declaration-right", "yes", "signature", "Bittern Quillfeather", "word", "nightjar-word-9").
		wants(422, ask+"/declarations", "Enter your GMC reference number in the section “Your work”")
	b.post(ask+"/work", "area", "derbyshire", "role", "manager")
	b.sends("Bittern Quillfeather")
	if r := h.get(h.requests()[0]); r.Role != "manager" || r.Area != "derbyshire" || !r.Contact.Number.None() || r.Contact.Message {
		t.Errorf("the request says %+v", r)
	}
}

// TestFlood: many requests with a stranger's address do not fill the stranger's mailbox. Those
// beyond the limit cause one letter, which says nothing of any of them.
func TestFlood(t *testing.T) {
	h := newHouse(t)
	const most = 20
	for i := range most {
		r := &mentoring.Request{ID: "request-gs-" + string(rune('a'+i)), Service: "gp-s", Area: "derbyshire", Role: "gp",
			Contact: mentoring.Contact{Name: "Bittern Quillfeather", Email: "canary.kite@example.org"}, Document: &document.Submission{}}
		r.Note(h.now, mentoring.EventReceived, mentoring.ByMentee, "", "")
		r.Letters.Owe("one", mentoring.LetterReceived, h.now)
		if err := h.desk.Requests().Create(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	for range 6 {
		h.deliver()
		h.now = h.now.Add(20 * time.Minute)
	}
	if len(h.mail) >= most/2 || len(h.mail) < 2 {
		t.Errorf("%d letters go for %d requests", len(h.mail), most)
	}
	links := map[string]bool{}
	for _, m := range h.mail {
		for _, link := range regexp.MustCompile(`/mentoring/request/\S+`).FindAllString(m.Text, -1) {
			id, _, _ := strings.Cut(link, ".")
			links[id] = true
		}
	}
	if len(links) != most {
		t.Errorf("the letters lead to %d of %d requests", len(links), most)
	}
	h.says(t)
}
