package web_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/attend"
	"traininghub/internal/correction"
	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/gateway"
	"traininghub/internal/gateway/gatewaytest"
	"traininghub/internal/intake"
	"traininghub/internal/intake/intaketest"
	"traininghub/internal/letters"
	"traininghub/internal/money"
	"traininghub/internal/office"
	"traininghub/internal/page"
	"traininghub/internal/paper"
	"traininghub/internal/programme"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/returns"
	"traininghub/internal/sqlite"
	"traininghub/internal/web"
	"traininghub/internal/web/apply"
	webattend "traininghub/internal/web/attend"
	webclaim "traininghub/internal/web/claim"
	"traininghub/internal/web/compare"
	weboffice "traininghub/internal/web/office"
	"traininghub/internal/web/practice"
	webreturns "traininghub/internal/web/returns"
	"traininghub/internal/web/review"
	"traininghub/internal/web/status"
	"traininghub/internal/workbook"
	"traininghub/templates"
)

// parts are all parts of a hub.
var parts = []web.Part{apply.Routes, compare.Routes, practice.Routes, status.Routes, review.Routes, webclaim.Routes, webreturns.Routes, webattend.Routes, weboffice.Routes}

// hub is the handlers on a real store with the real content, served over HTTP, at a time that a
// test can set.
type hub struct {
	t      testing.TB
	server *httptest.Server
	desk   *intake.Desk
	office *office.Desk
	log    *syncBuffer

	settings web.Settings
	paused   atomic.Int64 // answers delayed so that their time reveals nothing
	fails    atomic.Bool  // the mail server is away

	mu      sync.Mutex
	handler http.Handler
	now     time.Time
	mail    []record.Message
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func (h *hub) Send(_ context.Context, m record.Message) error {
	if h.fails.Load() {
		return errors.New("no answer")
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.mail = append(h.mail, m)
	return nil
}

func (h *hub) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hub) set(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = now
}

func newHub(t testing.TB) *hub {
	t.Helper()
	return newHubOf(t, os.DirFS("../../content"))
}

// newStore is a store in memory, which passes the same suite as the others. Benchmarks, journeys
// and tests of races use one on disk.
func newStore(t testing.TB) record.Store {
	t.Helper()
	_, bench := t.(*testing.B)
	if !bench && !slices.Contains([]string{"TestJourney", "TestCases", "TestAtOnce", "TestHijack"},
		path.Base(t.Name())) {
		return &recordtest.Memory{}
	}
	store, err := sqlite.Open(filepath.Join(t.TempDir(), "hub.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// newHubOf is a hub with other content.
func newHubOf(t testing.TB, content fs.FS) *hub {
	t.Helper()
	site, faults := page.LoadSite(content)
	programme, wrong := programme.Load(content, letters.All(), site.Fact)
	if err := append(faults, wrong...).Err(); err != nil {
		t.Fatal(err)
	}
	pages, err := page.New(templates.Files, site, page.Assets{CSS: "/assets/site.css", JS: "/assets/site.js",
		Icon: "/assets/icon.svg"})
	if err != nil {
		t.Fatal(err)
	}
	store := newStore(t)
	h := &hub{t: t, log: &syncBuffer{}, now: time.Date(2021, 9, 20, 9, 0, 0, 0, course.London)}
	untimed := func(_ []string, a slog.Attr) slog.Attr { // a time has nine figures, in which a number can stand by chance
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}
	log := slog.New(slog.NewJSONHandler(h.log, &slog.HandlerOptions{ReplaceAttr: untimed}))
	h.desk = &intake.Desk{
		Store: store, Programme: programme.WithoutMentoring(), Now: h.clock, Retain: intaketest.Retention,
		MailFrom: site.MailFrom, Hub: site.Fact, Log: log,
		PDF:   func(d *document.Document) ([]byte, error) { return []byte(d.Text()), nil },
		Scans: paper.Folder(filepath.Join(t.TempDir(), "scans")),
	}
	h.office = office.New(h.desk)
	h.office.Book = workbook.Write
	correction.Join(h.office)
	attend.Join(h.office, site)
	money.Join(h.office, money.Sources{})
	returns.Join(h.office, returns.Sources{})
	h.office.Mailer = h
	pause := func(_ context.Context, d time.Duration) {
		if d <= 0 || d > 250*time.Millisecond {
			t.Errorf("an answer is held back for %v", d)
		}
		h.paused.Add(1)
	}
	h.settings = web.Settings{Pause: pause, Office: h.office, Pages: pages, Site: site, Log: log,
		Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}
	h.restart()
	h.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		handler := h.handler
		h.mu.Unlock()
		handler.ServeHTTP(w, r)
	}))
	h.desk.BaseURL = h.server.URL
	t.Cleanup(h.server.Close)
	return h
}

// restart makes the handlers again, with the present settings.
func (h *hub) restart() {
	h.t.Helper()
	handler, err := web.New(h.settings, parts...)
	if err != nil {
		h.t.Fatal(err)
	}
	if strings.HasPrefix(h.t.Name(), "TestThroughLambda/") {
		handler = gatewaytest.Handler(gateway.Wrap(handler, h.settings.Log), nil)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.handler = handler
}

// A browser keeps cookies and follows redirects, as a person's does without JavaScript.
type browser struct {
	t      testing.TB
	hub    *hub
	client *http.Client
	from   string // its network address as the proxy sees it; the common one if ""

	status int
	path   string // of the page it ended on
	body   string
	header http.Header
}

func (h *hub) browser() *browser {
	jar, _ := cookiejar.New(nil)
	return &browser{t: h.t, hub: h, client: &http.Client{Jar: jar}}
}

func (b *browser) do(r *http.Request) *browser {
	b.t.Helper()
	if b.from != "" {
		r.Header.Set("X-Forwarded-For", b.from)
	}
	resp, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	b.status, b.path, b.body, b.header = resp.StatusCode, resp.Request.URL.Path, string(body), resp.Header
	return b
}

func (b *browser) get(path string) *browser {
	b.t.Helper()
	r, err := http.NewRequest("GET", b.hub.server.URL+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(r)
}

func (b *browser) post(path string, v form.Values) *browser {
	b.t.Helper()
	return b.do(b.request(path, v))
}

// request is a request by a form on one of the hub's own pages.
func (b *browser) request(path string, v form.Values) *http.Request {
	b.t.Helper()
	data := url.Values{}
	for name, text := range v {
		data.Set(name, text)
	}
	r, err := http.NewRequest("POST", b.hub.server.URL+path, strings.NewReader(data.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", b.hub.server.URL)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return r
}

// want fails unless the browser is at the path (a regular expression) with the status.
func (b *browser) want(status int, path string) *browser {
	b.t.Helper()
	if b.status != status || !regexp.MustCompile("^"+path+"$").MatchString(b.path) {
		b.t.Fatalf("at %s with status %d, want %s with %d; the page says:\n%s", b.path, b.status, path, status,
			text(b.body))
	}
	return b
}

// says fails unless the page shows each of the texts.
func (b *browser) says(texts ...string) *browser {
	b.t.Helper()
	shown := text(b.body)
	for _, want := range texts {
		if !strings.Contains(shown, want) {
			b.t.Errorf("%s does not say %q; it says:\n%s", b.path, want, shown)
		}
	}
	return b
}

var (
	tag   = regexp.MustCompile(`(?s)<script.*?</script>|<[^>]*>`)
	space = regexp.MustCompile(`\s+`)
)

// text is what a page says, without its markup.
func text(html string) string {
	s := tag.ReplaceAllString(html, " ")
	s = strings.NewReplacer("&#39;", "'", "&amp;", "&", "&#34;", `"`, "&lt;", "<", "&gt;", ">", "&#43;", "+").Replace(s)
	return strings.TrimSpace(space.ReplaceAllString(s, " "))
}

// good are answers that a section accepts.
func good(s *form.Section) form.Values {
	return intaketest.Answers(s,
		func(q *form.Question) string { return q.ID + "@example.org" },
		func(q *form.Question) string { return "Angharad O'Neill <b>&amp; " + q.ID })
}

// through fills the form up to check your answers.
func (b *browser) through(def *form.Definition) *browser {
	b.t.Helper()
	base := "/apply/" + def.ID
	b.post(base+"/start", good(&def.Sections[0])).want(200, base+"/"+def.Sections[1].ID)
	return b.rest(def)
}

// rest goes on after the first section.
func (b *browser) rest(def *form.Definition) *browser {
	b.t.Helper()
	base := "/apply/" + def.ID
	for i := range def.Sections[1:] {
		s := &def.Sections[i+1]
		if s.Repeat == nil {
			b.post(base+"/"+s.ID, good(s))
			continue
		}
		for range max(1, s.Repeat.Min) {
			b.get(base+"/"+s.ID+"/new").want(200, base+"/"+s.ID+"/[a-z0-9]{12}")
			b.post(b.path, good(s)).want(200, base+"/"+s.ID)
		}
		b.post(base+"/"+s.ID, form.Values{"another": "no"})
	}
	return b.want(200, base+"/check")
}

func signed(def *form.Definition) form.Values {
	v := form.Values{"signature": "Angharad O'Neill", "signature-keep": "Angharad O'Neill"} // also where another applies
	for _, d := range def.Declarations {
		v["declaration-"+d.ID] = "yes"
	}
	return v
}

var reference = regexp.MustCompile(`[A-Z]{2}-[0-9A-Z]{4}-[0-9A-Z]{4}`)

func TestJourney(t *testing.T) {
	h := newHub(t)
	for _, def := range h.desk.Programme.Forms {
		t.Run(def.ID, func(t *testing.T) {
			b := h.browser()
			base := "/apply/" + def.ID
			b.through(def)
			for i := range def.Sections {
				for k := range def.Sections[i].Questions {
					b.says(def.Sections[i].Questions[k].Label)
				}
			}
			b.says("Angharad O'Neill <b>&amp; surname", "June 2018")
			b.get(base+"/declarations").want(200, base+"/declarations")
			for _, d := range def.Declarations {
				b.says(d.Text)
			}
			b.post(base+"/declarations", nil).want(422, base+"/declarations").says("There is a problem",
				"Enter your full name to sign")
			b.post(base+"/declarations", signed(def)).want(200, base+"/sent").says("Application sent",
				"email@example.org")
			ref := reference.FindString(b.body)
			if ref == "" || !strings.HasPrefix(ref, def.Prefix) {
				t.Fatalf("no reference in %s", text(b.body))
			}
			before := len(h.mail)
			// Sent twice, back and again, from the first page and from any other: one application,
			// one reference.
			for _, again := range []func(){
				func() { b.post(base+"/declarations", signed(def)) },
				func() { b.post(base+"/declarations", nil) },
				func() { b.post(base+"/start", good(&def.Sections[0])) },
				func() { b.post(base+"/"+def.Sections[1].ID, good(&def.Sections[1])) },
				func() { b.get(base + "/check") },
				func() { b.get(base) },
				func() { b.get(base + "/sent") },
			} {
				again()
				if b.want(200, base+"/sent"); reference.FindString(b.body) != ref {
					t.Errorf("another reference: %s, not %s", reference.FindString(b.body), ref)
				}
			}
			if _, err := h.office.Post().Deliver(context.Background()); err != nil {
				t.Fatal(err)
			}
			want := 2 // to the lead and to the applicant
			if def.Practice() != nil {
				want++
			}
			if n := len(h.mail) - before; n != want {
				t.Errorf("%d letters, want %d", n, want)
			}
		})
	}
}

// TestMistakes makes every mistake that a section can show, and finds every answer kept.
func TestMistakes(t *testing.T) {
	h := newHub(t)
	for _, def := range h.desk.Programme.Forms {
		base := "/apply/" + def.ID
		b := h.browser()
		first := &def.Sections[0]
		b.post(base+"/start", nil).want(422, base+"/start").says("There is a problem")
		if !strings.Contains(b.body, "<title>Error: ") {
			t.Error("the title does not begin with Error:")
		}
		for _, p := range first.Check(nil, h.now) {
			b.says(p.Text)
			if !strings.Contains(b.body, `href="#`+p.Input+`"`) || !strings.Contains(b.body, `id="`+p.Input+`"`) {
				t.Errorf("the summary does not lead to %s", p.Input)
			}
		}
		wrong := good(first)
		wrong["gmc-number"], wrong["email"] = `12"34<`, "nobody"
		b.post(base+"/start", wrong).want(422, base+"/start").says("must be 7 numbers",
			"Enter an email address in the correct format")
		for _, kept := range []string{`value="12&#34;34&lt;"`, `value="nobody"`,
			`value="Angharad O&#39;Neill &lt;b&gt;&amp;amp; surname"`} {
			if !strings.Contains(b.body, kept) {
				t.Errorf("%s is not kept", kept)
			}
		}
		b.through(def)
		for i := range def.Sections {
			s := &def.Sections[i]
			path := base + "/" + s.ID
			if s.Repeat != nil {
				path += "/" + application.NewRowID()
				if n := s.Repeat.Min; n == s.Repeat.Max {
					continue // full, so there is no page to add one
				}
			}
			b.post(path, nil)
			problems := s.Check(nil, h.now)
			if len(problems) == 0 {
				continue
			}
			b.want(422, path)
			for _, p := range problems {
				b.says(p.Text)
			}
			if s.Repeat == nil {
				b.get(base+"/check").want(200, base+"/check").says(problems[0].Text)
				b.get(base+"/declarations").want(200, base+"/check")
				b.post(path, good(s)).want(200, base+"/check")
			} else {
				b.post(path+"/remove", nil).want(200, base+"/"+s.ID)
				b.post(base+"/"+s.ID, form.Values{"another": "no"})
			}
		}
		b.get(base+"/declarations").want(200, base+"/declarations")
	}
}

func TestLists(t *testing.T) {
	h := newHub(t)
	def := h.desk.Programme.Forms["supporting-mentors"]
	b := h.browser()
	b.post("/apply/supporting-mentors/start", good(&def.Sections[0]))
	refs := "/apply/supporting-mentors/references"
	sec, _ := def.Section("references")
	b.post(refs, form.Values{"another": "no"}).want(422, refs).says("Add 2 references")
	b.post(refs, nil).want(422, refs).says("Add 2 references")
	b.post(refs, form.Values{"another": "yes"}).want(200, refs+"/[a-z0-9]{12}").says("Reference 1")
	one := b.path
	v := good(sec)
	v["referee-name"] = "Dr Łucja Ŵyn"
	b.post(one, v).want(200, refs).says("Dr Łucja Ŵyn")
	b.post(one, v).want(200, refs) // a second click on the same page
	if n := strings.Count(b.body, `href="`+one+`"`); n != 1 {
		t.Errorf("%d entries after a double click, want 1", n)
	}
	b.post(refs, form.Values{"another": "no"}).want(422, refs).says("Add another reference")
	b.get(refs + "/new").says("Reference 2")
	b.post(b.path, good(sec)).want(200, refs)
	b.get(refs+"/new").want(200, refs) // full
	b.get(one).want(200, one)
	if !strings.Contains(b.body, `value="Dr Łucja Ŵyn"`) {
		t.Error("Change does not show the answer")
	}
	b.get(one+"/remove").want(200, one+"/remove").says("Dr Łucja Ŵyn")
	b.post(one+"/remove", nil).want(200, refs)
	b.post(one+"/remove", nil).want(200, refs) // back and again
	if strings.Contains(b.body, "Dr Łucja Ŵyn") {
		t.Error("the entry is still there")
	}
	b.get(one+"/remove").want(200, refs)
	quals := "/apply/supporting-mentors/qualifications"
	b.post(quals, nil).want(422, quals).says("Select yes if you want to add a qualification")
}

// TestLeaving: the link comes by mail. Opening it does nothing, and its button opens the draft on
// any device.
func TestLeaving(t *testing.T) {
	h := newHub(t)
	def := h.desk.Programme.Forms["career-conversations"]
	b := h.browser()
	base := "/apply/career-conversations"
	b.post(base+"/start", good(&def.Sections[0])).want(200, base+"/"+def.Sections[1].ID)
	half := form.Values{"address-line-1": "1 High Street", "leave": "yes"}
	b.post(base+"/"+def.Sections[1].ID, half).want(200, base+"/"+def.Sections[1].ID).says("saved", "email@example.org",
		"Friday 15 October 2021")
	b.get(base).want(200, base).says("Your application is saved", "use the link that we emailed to you")
	b.get(base+"/"+def.Sections[0].ID).want(200, ".*").says("Your application is saved")
	if strings.Contains(b.body, "email@example.org") || strings.Contains(b.body, "High Street") {
		t.Error("a device that was left shows an address or an answer")
	}
	b.post(base, nil).want(200, base).says("Your application is saved")
	if _, err := h.office.Post().Deliver(context.Background()); err != nil || len(h.mail) != 1 {
		t.Fatalf("%d letters, %v", len(h.mail), err)
	}
	link := regexp.MustCompile(base + `/resume/\S+`).FindString(h.mail[0].Text)
	other := h.browser()
	other.get(link).want(200, link)
	other.get(link).want(200, link)
	if other.get(base); other.status != 404 {
		t.Error("opening the link opened the draft: mail scanners open links, too")
	}
	other.post(link, nil).want(200, base+"/"+def.Sections[0].ID).says("begun on another device")
	// left half-filled
	other.post(base+"/"+def.Sections[0].ID, good(&def.Sections[0])).want(200, base+"/"+def.Sections[1].ID)
	other.get(base+"/"+def.Sections[1].ID).want(200, base+"/"+def.Sections[1].ID)
	if !strings.Contains(other.body, `value="1 High Street"`) {
		t.Error("the answers typed before leaving are lost")
	}
	other.get(base+"/resume/CC-2C2C-2C2C.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").want(404,
		base+"/resume/.*").says("If we emailed you a link")
}

// TestHalfFilled: a half-filled section, whether somebody went on or left there, is shown again,
// and so is an entry of a list.
func TestHalfFilled(t *testing.T) {
	h := newHub(t)
	def := h.desk.Programme.Forms["career-conversations"]
	base := "/apply/career-conversations"
	at := func(i int) string { return base + "/" + def.Sections[i].ID }
	b := h.browser().through(def)
	b.post(at(1), form.Values{"address-line-1": "1 High Street"}).want(422, at(1))
	b.get(at(2)).want(200, at(2))
	b.post(at(0), good(&def.Sections[0])).want(200, at(1))
	b.get(base).want(200, at(1))
	b.post(at(1), good(&def.Sections[1])).want(200, base+"/check")
	b.post(at(3), form.Values{"objectives": "Mine"}).want(422, at(3))
	b.post(at(1), good(&def.Sections[1])).want(200, at(3))
	b.post(at(3), good(&def.Sections[3])).want(200, base+"/check")
	list := at(2) // of qualifications: an entry with a mistake
	b.get(list+"/new").want(200, list+"/.*")
	row := b.path
	b.post(row, form.Values{"qualification": "Half"}).want(422, row)
	b.get(base).want(200, row).says("Qualification or course")
}

// TestLeavingWithoutAddress: without a valid address no link can be mailed, so the page says so and
// nothing is lost.
func TestLeavingWithoutAddress(t *testing.T) {
	h := newHub(t)
	def := h.desk.Programme.Forms["career-conversations"]
	b := h.browser()
	base := "/apply/career-conversations"
	b.post(base+"/start", good(&def.Sections[0]))
	wrong := good(&def.Sections[0])
	wrong["email"], wrong["leave"] = "angharad at example.org", "yes"
	b.post(base+"/your-details", wrong).want(422,
		base+"/your-details").says("Enter an email address in the correct format")
	if !strings.Contains(b.body, `value="angharad at example.org"`) {
		t.Error("what was typed is lost")
	}
	b.get(base).want(200, base+"/your-details") // still on this device
	h.set(h.now.Add(3 * time.Hour))
	if n, err := h.office.Post().Deliver(context.Background()); n != 0 || err != nil {
		t.Errorf("%d letters to no address, %v", n, err)
	}
}

// TestNotShown: nobody can apply for a course that readers do not see, whatever its deadline, or go
// on with a draft. Sent applications stay.
func TestNotShown(t *testing.T) {
	h := newHub(t)
	def := h.desk.Programme.Forms["career-conversations"]
	c := h.desk.Programme.Course("career-conversations")
	base := "/apply/career-conversations"
	sent, late := h.browser(), h.browser()
	sent.through(def).post(base+"/declarations", signed(def)).want(200, base+"/sent")
	late.through(def)
	tomorrow := course.DateOf(h.desk.Now().AddDate(0, 0, 1))
	for _, hide := range []func(){
		func() { c.Draft = true },
		func() { c.Draft, c.Publish = false, &tomorrow },
		func() { c.Publish = nil; c.Until = &course.Date{Year: 2021, Month: 9, Day: 1} },
	} {
		hide()
		late.post(base+"/declarations", signed(def)).want(410, base+".*").says("Applications are closed", "takes no applications now")
		h.browser().post(base+"/start", good(&def.Sections[0])).want(410, base+"/start")
		sent.get(base+"/sent").want(200, base+"/sent")
	}
	c.Until = &tomorrow
	late.post(base+"/declarations", signed(def)).want(200, base+"/sent")
}

func TestClosed(t *testing.T) {
	h := newHub(t)
	def := h.desk.Programme.Forms["career-conversations"]
	base := "/apply/career-conversations"
	sent, late := h.browser(), h.browser()
	h.set(time.Date(2021, 10, 15, 23, 59, 0, 0, course.London))
	sent.through(def).post(base+"/declarations", signed(def)).want(200, base+"/sent")
	late.through(def)
	h.set(time.Date(2021, 10, 16, 0, 0, 0, 0, course.London))
	for _, do := range []func(){
		func() { late.post(base+"/declarations", signed(def)) },
		func() { late.get(base + "/check") },
		func() { late.post(base+"/"+def.Sections[1].ID, good(&def.Sections[1])) },
		func() { h.browser().post(base+"/start", good(&def.Sections[0])) },
	} {
		do()
		late.want(410, base+".*").says("Applications are closed", "Friday 15 October 2021",
			"including those that were started before the deadline")
	}
	h.browser().post(base+"/start", good(&def.Sections[0])).want(410, base+"/start")
	sent.get(base+"/sent").want(200, base+"/sent")
	sent.post(base+"/declarations", signed(def)).want(200, base+"/sent")
}

func TestRefused(t *testing.T) {
	h := newHub(t)
	def := h.desk.Programme.Forms["career-conversations"]
	base := "/apply/career-conversations"
	b := h.browser().through(def)

	big := good(&def.Sections[1])
	big["address-line-1"] = strings.Repeat("x", web.MaxBody)
	b.post(base+"/"+def.Sections[1].ID, big).want(413, ".*").says("Your answers are too long to save",
		"Everything you saved before is safe")
	b.get(base+"/check").want(200, base+"/check").says("Angharad O'Neill <b>&amp; address-line-1")

	r, _ := http.NewRequest("POST", h.server.URL+base+"/declarations", strings.NewReader("signature=x"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	b.do(r).want(403, ".*").says("It came from another website")
	r, _ = http.NewRequest("POST", h.server.URL+base+"/declarations", strings.NewReader("signature=x"))
	r.Header.Set("Origin", "https://evil.example.org")
	b.do(r).want(403, ".*")
	r, _ = http.NewRequest("POST", h.server.URL+base+"/declarations", strings.NewReader("%zz=%"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	b.do(r).want(400, ".*").says("We could not read what you sent")

	for _, path := range []string{"/apply/nothing", "/apply/nothing/start", base + "/nothing",
		base + "/your-details/row", "/apply/", "/elsewhere"} {
		b.get(path).want(404, ".*").says("Page not found")
	}
	// the static page, which this handler does not serve
	b.get(base+"/start").want(404, "/courses/career-conversations/apply/")
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Content-Type": "text/html; charset=utf-8",
	} {
		if got := b.get(base + "/check").header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if csp := b.header.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") ||
		!strings.Contains(csp, "default-src 'none'") {
		t.Errorf("Content-Security-Policy %q", csp)
	}
}

// TestCookie: only the form's own addresses get it, no script, no other site.
func TestCookie(t *testing.T) {
	h := newHub(t)
	def := h.desk.Programme.Forms["career-conversations"]
	b := h.browser()
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	b.post("/apply/career-conversations/start", good(&def.Sections[0])).want(303, ".*")
	c := b.header.Get("Set-Cookie")
	for _, want := range []string{"draft=CC-", "Path=/apply/career-conversations", "HttpOnly", "SameSite=Lax"} {
		if !strings.Contains(c, want) {
			t.Errorf("cookie %q lacks %s", regexp.MustCompile(`\.[^;]*`).ReplaceAllString(c, ".…"), want)
		}
	}
	if strings.Contains(c, "Expires") || strings.Contains(c, "Max-Age") {
		t.Error("the cookie outlives the browser: the next person at a shared desk would find the draft")
	}
	b.get("/apply/supporting-mentors").want(404, ".*")
}

// broken is a store whose disk is full.
type broken struct{ record.Store }

func (broken) Update(context.Context, record.Record) error {
	return fmt.Errorf("disk of MARKER: %w", errors.Join(record.ErrBusy, errors.New("no space")))
}

func TestFullDisk(t *testing.T) {
	h := newHub(t)
	def := h.desk.Programme.Forms["career-conversations"]
	base := "/apply/career-conversations"
	b := h.browser().through(def)
	store := h.desk.Store
	h.desk.Store = broken{store}
	b.post(base+"/declarations", signed(def)).want(503, ".*").says("Sorry, there is a problem with the service",
		"your application has not been confirmed")
	if strings.Contains(b.body, "MARKER") || b.header.Get("Retry-After") == "" {
		t.Error("the page shows the cause, or does not say when to try again")
	}
	h.desk.Store = store
	b.get(base+"/check").want(200, base+"/check")
	b.post(base+"/declarations", signed(def)).want(200, base+"/sent")
}

// TestNothingPersonalInLogs posts a marker in every field and looks for it in the log and in every
// address.
func TestNothingPersonalInLogs(t *testing.T) {
	h := newHub(t)
	for _, def := range h.desk.Programme.Forms {
		b := h.browser()
		base := "/apply/" + def.ID
		for i := range def.Sections {
			v := good(&def.Sections[i])
			for name := range v {
				v["x-"+name], v[name+"-MARKER"] = "MARKER", "MARKER"
			}
			b.post(base+"/start", v)
			for name := range v {
				v[name] = "MARKER" + v[name]
			}
			b.post(base+"/"+def.Sections[i].ID, v)
			if strings.Contains(b.path, "MARKER") {
				t.Errorf("address %s", b.path)
			}
		}
		b.post(base+"/MARKER?q=MARKER", good(&def.Sections[0]))
		b.get("/apply/MARKER@example.org/MARKER")
		b.through(def).post(base+"/declarations", signed(def)).want(200, base+"/sent")
	}
	h.desk.Store = broken{h.desk.Store}
	b := h.browser()
	def := h.desk.Programme.Forms["career-conversations"]
	b.post("/apply/career-conversations/start", good(&def.Sections[0]))
	b.post("/apply/career-conversations/your-address", form.Values{"town": "MARKER"})
	if log := strings.ReplaceAll(h.log.String(), "disk of MARKER", ""); strings.Contains(log, "MARKER") ||
		strings.Contains(log, "example.org") || strings.Contains(log, "Angharad") || strings.Contains(log, "7654321") {
		t.Errorf("the log has what people typed:\n%s", log)
	}
	if !strings.Contains(h.log.String(), `"status":503`) || !strings.Contains(h.log.String(),
		`"route":"POST /apply/{form}/start"`) {
		t.Errorf("the log lacks requests:\n%s", h.log)
	}
}

func TestTrapAndLimits(t *testing.T) {
	h := newHub(t)
	def := h.desk.Programme.Forms["career-conversations"]
	base := "/apply/career-conversations"
	b := h.browser()
	v := good(&def.Sections[0])
	v["website"] = "https://spam.example.org"
	b.post(base+"/start", v).want(200, ".*")
	b.through(def) // the same person: the trapped draft goes on
	b.post(base+"/declarations", signed(def)).want(200, base+"/sent")
	if _, err := h.office.Post().Deliver(context.Background()); err != nil || !strings.Contains(h.mail[0].Text,
		"A program may have sent this") {
		t.Errorf("a sprung trap is not flagged to the lead: %v", err)
	}
	// Mail from one network address to one e-mail address is limited; people elsewhere still get
	// theirs.
	leaves := func(from string) int {
		c := h.browser()
		c.from = from
		c.post(base+"/start", good(&def.Sections[0]))
		return c.post(base+"/your-address", form.Values{"leave": "yes"}).status
	}
	var last int
	for range 7 {
		last = leaves("192.0.2.7")
	}
	if last != http.StatusTooManyRequests || leaves("192.0.2.8") != http.StatusOK {
		t.Errorf("seven links to one address within an hour: status %d; or another network is refused, too", last)
	}
	h.set(h.now.Add(2 * time.Hour))
	if leaves("192.0.2.7") != http.StatusOK {
		t.Error("refused after the hour")
	}
}

// TestOneNetwork: 200 people behind one network address of an NHS site get through within an hour:
// each begins, leaves, goes on by the mailed link, sends, and follows the application.
func TestOneNetwork(t *testing.T) {
	h := newHub(t)
	def := h.desk.Programme.Forms[ccts]
	base := "/apply/" + ccts
	for i := range 200 {
		email := fmt.Sprintf("doctor-%d@example.org", i)
		b := h.browser()
		v := good(&def.Sections[0])
		v["email"] = email
		b.post(base+"/start", v).want(200, base+"/.*")
		b.post(base+"/"+def.Sections[1].ID, form.Values{"leave": "yes"}).want(200, base+"/.*")
		b.post(base+"/resume/"+h.secretOf("", base+"/resume/"), nil).want(200, base+"/.*")
		// incomplete, but it counts all the same
		b.post(base+"/declarations", signed(def)).want(422, base+"/declarations")
		h.browser().post("/status/link", form.Values{"email": email}).want(200, "/status/link/sent")
		h.browser().post("/review/sign-in", form.Values{"email": email}).want(200, "/review/sign-in")
	}
}

// TestThroughLambda runs every case again with the handlers behind a Lambda function.
func TestThroughLambda(t *testing.T) {
	for name, test := range map[string]func(*testing.T){
		"TestCases":                 TestCases,
		"TestJourney":               TestJourney,
		"TestMistakes":              TestMistakes,
		"TestLists":                 TestLists,
		"TestHijack":                TestHijack,
		"TestHijackByAddress":       TestHijackByAddress,
		"TestUnprovedSends":         TestUnprovedSends,
		"TestLeaving":               TestLeaving,
		"TestLeavingWithoutAddress": TestLeavingWithoutAddress,
		"TestClosed":                TestClosed,
		"TestRefused":               TestRefused,
		"TestCookie":                TestCookie,
		"TestFullDisk":              TestFullDisk,
		"TestNothingPersonalInLogs": TestNothingPersonalInLogs,
		"TestTrapAndLimits":         TestTrapAndLimits,
		"TestStatus":                TestStatus,
		"TestStatusOfPractice":      TestStatusOfPractice,
		"TestTerms":                 TestTerms,
		"TestTimeline":              TestTimeline,
		"TestForeignLinks":          TestForeignLinks,
		"TestResend":                TestResend,

		"TestSignIn":            TestSignIn,
		"TestSignInTabs":        TestSignInTabs,
		"TestSignInExpires":     TestSignInExpires,
		"TestSignInSaysTheSame": TestSignInSaysTheSame,
		"TestSignInLockout":     TestSignInLockout,
		"TestTakenOffTheList":   TestTakenOffTheList,

		"TestReview":        TestReview,
		"TestReviewRefuses": TestReviewRefuses,
		"TestReviewList":    TestReviewList,
		"TestReviewPages":   TestReviewPages,

		"TestPractice":           TestPractice,
		"TestPracticeLinks":      TestPracticeLinks,
		"TestPracticeRefuses":    TestPracticeRefuses,
		"TestPracticeOwnAddress": TestPracticeOwnAddress,
		"TestPracticeInLogs":     TestPracticeInLogs,

		"TestDecide":                  TestDecide,
		"TestDecideBeforeThePractice": TestDecideBeforeThePractice,
		"TestDecideStale":             TestDecideStale,
		"TestDecideWithdrawn":         TestDecideWithdrawn,
		"TestDecideForbidden":         TestDecideForbidden,
		"TestExport":                  TestExport,
		"TestReportRefuses":           TestReportRefuses,
		"TestFigures":                 TestFigures,
		"TestExportLimit":             TestExportLimit,
		"TestAccess":                  TestAccess,
		"TestAccessPaths":             TestAccessPaths,
		"TestAtOnce":                  TestAtOnce,
	} {
		t.Run(name, test)
	}
}
