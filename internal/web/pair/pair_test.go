package pair_test

import (
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"context"

	"traininghub/internal/behind"
	"traininghub/internal/browsertest"
	"traininghub/internal/course"
	"traininghub/internal/crossing"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/letter"
	"traininghub/internal/mentoring"
	"traininghub/internal/page"
	"traininghub/internal/pair"
	"traininghub/internal/pdf"
	"traininghub/internal/programme"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/register"
	"traininghub/internal/wall"
	"traininghub/internal/web"
	"traininghub/internal/web/lead"
	"traininghub/internal/web/mentor"
	webmentoring "traininghub/internal/web/mentoring"
	webpair "traininghub/internal/web/pair"
)

// A house is everything behind the wall, with its pages and a clock that a test moves.
type house struct {
	*testing.T
	*behind.Stories
	now   time.Time
	h     http.Handler
	mail  []record.Message // unread letters
	sent  []record.Message // all letters
	log   strings.Builder
	parts []web.Part
	out   []crossing.Message
}

func (h *house) Send(_ context.Context, m record.Message) error {
	h.mail = append(h.mail, m)
	return nil
}

func (h *house) Put(_ context.Context, m crossing.Message) error {
	h.out = append(h.out, m)
	return m.Check()
}

// newHouse is a house with the service of testdata, and whatever more adds.
func newHouse(t *testing.T, more ...func(fstest.MapFS)) *house {
	t.Helper()
	h := &house{T: t, now: time.Date(2021, 9, 20, 10, 0, 0, 0, course.London)}
	table := letter.Join(pair.Letters, mentoring.Letters, register.Letters, wall.Letters)
	content, letters := fstest.MapFS{}, os.DirFS("../../../content")
	read := func(from fs.FS, name string) {
		data, err := fs.ReadFile(from, name)
		if err != nil {
			t.Fatal(err)
		}
		content[name] = &fstest.MapFile{Data: data}
	}
	for name := range table {
		read(letters, "letters/"+name+".md")
	}
	own := os.DirFS("../../pair/testdata/content")
	if err := fs.WalkDir(own, ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			read(own, name)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, f := range more {
		f(content)
	}
	site, faults := page.LoadSite(letters)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	p, faults := programme.Load(content, table, site.Fact)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(&h.log, nil))
	h.Stories = behind.Open(&intake.Desk{
		Store: &recordtest.Memory{}, Programme: p, Now: func() time.Time { return h.now }, BaseURL: "http://hub.example.org",
		MailFrom: "Hub <hub@example.org>", Hub: site.Fact, Log: log, PDF: pdf.Render,
	}, h)
	h.Office.Mailer = h
	h.Requests.Rounds = 1
	pages, err := page.New(os.DirFS("../../../templates"), site, page.Assets{CSS: "/a.css", JS: "/a.js", Icon: "/a.svg"})
	if err != nil {
		t.Fatal(err)
	}
	h.served(pages, site)
	return h
}

// served makes the handler that shows pages.
func (h *house) served(pages *page.Renderer, site *page.Site) {
	h.Helper()
	h.parts = []web.Part{webpair.Lead(h.Pairs), webpair.Mentor(h.Pairs), webpair.Mentee(h.Pairs)}
	var err error
	h.h, err = web.New(web.Settings{Office: h.Office, Pages: pages, Site: site, Log: h.Stories.Log}, append([]web.Part{
		webmentoring.Part(h.Requests, webpair.OfAsked(h.Pairs)),
		lead.Part(h.Requests, lead.Others{Menu: webpair.Menu, Blocks: webpair.OfRequest(h.Pairs)}),
		mentor.Part(h.Mentors, webpair.OfMentor(h.Pairs)),
	}, h.parts...)...)
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) mentor(name string, most int) string {
	h.Helper()
	id := "mentor." + strings.ToLower(strings.ReplaceAll(name, " ", "-"))
	_, err := h.Mentors.Mentors().Amend(h.Context(), id, func(m *register.Mentor) error {
		m.Services, m.Reference = []string{"gp-s"}, fmt.Sprintf("SM-%04X", len(name)*7+int(name[0]))
		m.Person = register.Person{Name: name, Email: strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@example.org"}
		m.Answers = form.Values{
			register.AskAbout: "I listen", register.AskFocus: "balance,partnership", register.AskRoles: "gp", register.AskCohorts: "fellow,partner",
			register.AskAreas: "north,south", register.AskMeet: "online,in-person", register.AskTimes: "mon,tue", register.AskMost: fmt.Sprint(most),
		}
		m.Yearly = &register.Declared{On: register.Today(h.now), Fine: true}
		m.Listed = register.Today(h.now)
		for _, move := range []register.Move{register.Accept, register.Put, register.Approve} {
			m.Events.Add(h.now, string(move), string(register.ByHub), "")
		}
		return nil
	})
	if err != nil {
		h.Fatal(err)
	}
	return id
}

// asks makes a request for which a mentor is sought. Every text field has a word that is unique to
// it.
func (h *house) asks(name, area string, more ...func(*mentoring.Request)) string {
	h.Helper()
	id := "MR-" + strings.ToUpper(strings.ReplaceAll(name, " ", "-"))
	r := &mentoring.Request{
		ID: id, Service: "gp-s", Area: area, Role: "gp", Cohort: "fellow", Document: &document.Submission{Sections: []document.Section{
			{ID: "practices", Rows: [][]document.Item{{{ID: "practice-name", Kind: form.Text, Question: "Name", Answer: "The Canarypractice"}}}},
			{ID: "wish", Items: []document.Item{{ID: "wish", Kind: form.LongText, Question: "Wish", Answer: "Canarywish"}}},
		}},
		Contact:  mentoring.Contact{Name: name, Email: strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@example.org", Phone: "07700 900123", Times: "Canarytimes"},
		Proforma: &mentoring.Proforma{Focus: []string{"balance"}, Aim: "Canaryaim", Meet: []string{"online"}, Times: []string{"tue"}, Home: "no", At: h.now},
	}
	r.Events.Add(h.now, mentoring.EventReceived, mentoring.ByMentee, "")
	for _, what := range []string{mentoring.EventTalked, mentoring.EventSeeking} {
		if err := r.Move(h.now, what, mentoring.ByLead, "nora@example.org", ""); err != nil {
			h.Fatal(err)
		}
	}
	for _, f := range more {
		f(r)
	}
	if err := h.Requests.Requests().Create(h.Context(), r); err != nil {
		h.Fatal(err)
	}
	return id
}

func (h *house) post() {
	h.Helper()
	for range 6 {
		if _, err := h.Office.Post().Deliver(h.Context()); err != nil {
			h.Fatal(err)
		}
	}
}

// A browser keeps cookies, and the last answer.
type browser struct {
	*house
	cookies map[string]string
	status  int
	to      string
	body    string
	kind    string
}

func (h *house) browser() *browser { return &browser{house: h, cookies: map[string]string{}} }

func (b *browser) do(method, path string, v url.Values) *browser {
	b.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.h.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		b.cookies[c.Name] = c.Value
	}
	body, _ := io.ReadAll(w.Result().Body)
	b.status, b.to, b.body, b.kind = w.Code, w.Header().Get("Location"), string(body), w.Header().Get("Content-Type")
	if b.status >= 500 {
		b.Errorf("%s %s: %d\n%s", method, path, b.status, b.log.String())
	}
	return b
}

func (b *browser) get(path string) *browser { b.Helper(); return b.do("GET", path, nil) }

// send posts pairs of names and values, and follows the redirect.
func (b *browser) send(path string, v ...string) *browser {
	b.Helper()
	values := url.Values{}
	for i := 0; i < len(v); i += 2 {
		values.Add(v[i], v[i+1])
	}
	if b.do("POST", path, values); b.status == http.StatusSeeOther {
		b.get(b.to)
	}
	return b
}

// shows fails if there is no answer, or it lacks one of the words.
func (b *browser) shows(words ...string) *browser {
	b.Helper()
	for _, w := range words {
		if !strings.Contains(b.body, w) {
			b.Fatalf("%d: the page lacks %q:\n%s", b.status, w, text(b.body))
		}
	}
	return b
}

func (b *browser) hides(words ...string) *browser {
	b.Helper()
	for _, w := range words {
		if strings.Contains(recordtest.WithoutSecrets(b.body), w) {
			b.Fatalf("the page has %q:\n%s", w, text(b.body))
		}
	}
	return b
}

var tags = regexp.MustCompile(`(?s)<head>.*?</head>|<[^>]*>`)

func text(body string) string {
	return regexp.MustCompile(`\s*\n\s*`).ReplaceAllString(tags.ReplaceAllString(body, " "), "\n")
}

// find is the first address in the last answer that matches.
func (b *browser) find(pattern string) string {
	b.Helper()
	m := regexp.MustCompile(`(?:href|action)="(` + pattern + `)"`).FindStringSubmatch(b.body)
	if m == nil {
		b.Fatalf("no address %s on the page:\n%s", pattern, b.body)
	}
	return m[1]
}

// signedIn is a browser of somebody with an account behind the wall.
func (h *house) signedIn(email string) *browser {
	h.Helper()
	b := h.browser()
	b.do("POST", "/mentoring/sign-in", url.Values{"email": {email}})
	h.post()
	i := slices.IndexFunc(h.mail, func(m record.Message) bool {
		return m.To == email && strings.Contains(m.Text, "/mentoring/sign-in/link/")
	})
	if i < 0 {
		h.Fatalf("no link to sign in for %s in %+v", email, h.mail)
	}
	link := regexp.MustCompile(`/mentoring/sign-in/link/\S+`).FindString(h.mail[i].Text)
	h.mail = slices.Delete(h.mail, i, i+1)
	b.do("POST", link, nil)
	return b
}

// opened is a browser in which somebody has opened the page of their request by the latest letter.
func (h *house) opened(email string) *browser {
	h.Helper()
	h.post()
	for _, m := range slices.Backward(h.mail) {
		if link := regexp.MustCompile(`/mentoring/request/\S+`).FindString(m.Text); m.To == email && link != "" {
			b := h.browser()
			b.send(link, "word", "nightjar-9").shows("Your request")
			return b
		}
	}
	h.Fatalf("no letter for %s in %+v", email, h.mail)
	return nil
}

var canaries = []string{"Canarywish", "Canaryaim", "Canarytimes", "Canarypractice"}

// TestJourney: from a run to six months after the end, by HTTP without script.
func TestJourney(t *testing.T) {
	h := newHouse(t)
	h.mentor("Max Mentor", 4)
	h.asks("Mia Mentee", "north")
	nora, max := h.signedIn("nora@example.org"), h.signedIn("max.mentor@example.org")

	// The run.
	nora.get("/mentoring/lead/").shows("Match mentors")
	nora.get("/mentoring/lead/runs").shows("Make a run")
	nora.send("/mentoring/lead/runs", "service", "gp-s").shows("The run is made", "Mia Mentee", "Max Mentor", "Focuses on work-life balance", "Few mentors are possible")
	run := strings.TrimSuffix(nora.find(`/mentoring/lead/runs/run-[0-9a-f]+/send`), "/send")
	nora.get(run).shows("Version of the settings", "Checksum of what was matched")
	nora.get(run+"/MR-MIA-MENTEE").shows("Nobody for now", "Max Mentor")
	nora.send(run+"/MR-MIA-MENTEE", "mentor", "nobody").shows("Enter why")
	nora.send(run+"/MR-MIA-MENTEE", "mentor", "nobody", "why", "Let me think").shows("Taken out by you: Let me think")
	nora.send(run+"/MR-MIA-MENTEE", "mentor", "mentor.max-mentor", "why", "I have thought").shows("Changed by you: I have thought", "Send 1 proposal")
	nora.send(run+"/send").shows("The proposals are sent", "Proposed.")

	// The mentee looks, asks, accepts.
	mia := h.opened("mia.mentee@example.org")
	mia.shows("A mentor for you to look at")
	mia.get("/mentoring/request/mentor").shows("Max Mentor", "I listen", "work-life balance").hides("max.mentor@example.org")
	mia.send("/mentoring/request/mentor/act", "act", "question").shows("The mentor lead is told")
	nora.get("/mentoring/lead/pairs").shows("The mentee has a question: call them")
	p := nora.find(`/mentoring/lead/pairs/P-[A-Z0-9]+`)
	code := p[strings.LastIndex(p, "/")+1:]
	max.get("/mentoring/mentor/").hides("Somebody looks for a mentor")
	max.get("/mentoring/mentor/pairs/" + code)
	if max.status != http.StatusNotFound {
		t.Errorf("the mentor sees a proposal before the mentee has said yes: %d", max.status)
	}
	mia.send("/mentoring/request/mentor/accept").shows("Select that you agree")
	mia.send("/mentoring/request/mentor/accept", "agree", "yes").shows("You said yes")

	// The mentor: a name and a practice, then what it is about.
	own := "/mentoring/mentor/pairs/" + code
	max.get("/mentoring/mentor/").shows("Somebody looks for a mentor: answer by Monday 27 September 2021")
	max.get(own).shows("Mia Mentee", "The Canarypractice", "Do you know each other").hides("Canarywish", "Canaryaim", "Canarytimes", "07700", "balance", "mia.mentee@")
	max.send(own+"/take", "agree", "yes").shows("Somebody may have changed something")
	max.send(own+"/act", "act", "do not know").shows("Would you like to mentor them?", "work-life balance", "Tuesday evenings").hides("Canarywish", "Canaryaim", "07700", "mia.mentee@")
	max.get(own + "/take").shows("We meet up to four times")
	max.send(own+"/take", "agree", "yes").shows("You have both agreed", "07700 900123", "mia.mentee@example.org").hides("Canarywish", "Canaryaim")
	mia.get("/mentoring/request/mentor").shows("max.mentor@example.org")
	for _, b := range []*browser{mia.get("/mentoring/request/mentor/agreement.pdf"), max.get(own + "/agreement.pdf")} {
		if b.status != 200 || b.kind != "application/pdf" || !strings.HasPrefix(b.body, "%PDF") {
			t.Errorf("the agreement: %d %s", b.status, b.kind)
		}
		browsertest.Keep(t, "agreement.pdf", []byte(b.body))
	}

	// The first meeting and four sessions.
	h.now = h.now.AddDate(0, 0, 21)
	h.post()
	if !slices.ContainsFunc(h.mail, func(m record.Message) bool {
		return m.To == "max.mentor@example.org" && strings.Contains(m.Text, "Have you met yet?")
	}) {
		t.Errorf("nobody asks about the first meeting: %+v", h.mail)
	}
	max = h.signedIn("max.mentor@example.org")
	max.get(own+"/session").shows(`value="120"`, `value="11"`, "checked")
	when := func(day int) []string {
		return []string{"day-day", fmt.Sprint(day), "day-month", "10", "day-year", "2021", "time", "6pm", "minutes", "60", "how", "online", "outcome", "held"}
	}
	max.send(own+"/session", when(12)...).shows("The session must be over")
	max.send(own+"/session", when(1)...).shows("The session is logged", "1 of 4")
	max.send(own+"/session", when(1)...).shows("The session is logged", "1 of 4") // a double click
	overlapping := when(1)
	overlapping[7] = "6:30pm"
	max.send(own+"/session", overlapping...).shows("You cannot be in two places: Mia Mentee on", "overlaps with Mia Mentee on")
	for _, day := range []int{4, 6, 8} {
		max.send(own+"/session", when(day)...).shows("The session is logged")
	}
	max.send(own+"/session", when(9)...).shows("Ask the mentor lead for more")
	mia = h.opened("mia.mentee@example.org")
	mia.get("/mentoring/request/mentor").shows("first met on Friday 1 October 2021", "Does it fit?", "4 of 4")
	mia.send("/mentoring/request/mentor/act", "act", "fit", "fit", "fits").shows("Thank you for your answer")
	mia.send("/mentoring/request/mentor/act", "act", "dispute", "n", "4").shows("not right")
	nora = h.signedIn("nora@example.org")
	nora.get(p).shows("It fits", "I have seen to session 4", "4 of 4")
	nora.send(p+"/act", "act", "see", "n", "4").shows("seen to it")
	nora.send(p+"/extend", "why", "There was a holiday").shows("The sessions are extended", "4 of 6")
	nora.get("/mentoring/lead/requests/MR-MIA-MENTEE").shows("Max Mentor")
	max.send(own+"/session", when(9)...).shows("The session is logged", "5 of 6")
	max.get("/mentoring/mentor/log").shows("Friday 1 October 2021", "A").hides("Mia")
	if max.get("/mentoring/mentor/log.csv"); strings.Contains(max.body, "Mia") || strings.Count(max.body, "\n") != 6 {
		t.Errorf("the log: %s", max.body)
	}
	if max.get("/mentoring/mentor/log.pdf"); max.kind != "application/pdf" {
		t.Errorf("the log is %s", max.kind)
	}
	browsertest.Keep(t, "log.pdf", []byte(max.body))
	max.send(own+"/act", "act", "talk").shows("would like to talk")
	nora.get("/mentoring/lead/pairs").shows("The mentor would like to talk")

	// The end, feedback, six months later.
	h.mail = nil
	mia.get("/mentoring/request/mentor/end").shows("Why are you ending it?")
	mia.send("/mentoring/request/mentor/end", "cause", "completed").shows("Your request")
	max.get(own).shows("07700 900123") // nothing shows before the letter
	h.post()
	feedback := ""
	for _, m := range h.mail {
		feedback += regexp.MustCompile(`/mentoring/feedback/\S+`).FindString(m.Text)
	}
	anybody := h.browser()
	anybody.get(feedback).shows("Did it help you?").hides("Mia", "Max")
	anybody.send(feedback).shows("Select did it help you?")
	anybody.send(feedback, "helped", "yes", "words", "Canaryfeedback").shows("Thank you for your answers")
	anybody.get(feedback).shows("already")
	h.now = pair.NextMorning(h.now)
	h.post()
	if last := h.mail[len(h.mail)-1]; last.To != "max.mentor@example.org" || !strings.Contains(last.Text, "One of your pairs has ended") {
		t.Errorf("the mentor is told by %+v", last)
	}
	max = h.signedIn("max.mentor@example.org")
	max.get(own).shows("This pair has ended").hides("07700", "mia.mentee@", "Mia")
	h.mail = nil
	h.now = h.now.AddDate(0, 6, 2)
	h.post()
	for _, m := range h.mail {
		if later := regexp.MustCompile(`/mentoring/feedback/\S+`).FindString(m.Text); later != "" {
			anybody.get(later).shows("Do you still work in general practice?")
			anybody.send(later, "still", "yes").shows("Thank you for your answers")
			feedback = ""
		}
	}
	if feedback != "" {
		t.Errorf("nobody asks six months later: %+v", h.mail)
	}
	for _, c := range append(canaries, "Canaryfeedback", "Mia", "Max", "mia.mentee", "Somebody to think with") {
		if strings.Contains(h.log.String(), c) {
			t.Errorf("the log has %q", c)
		}
		for _, m := range h.sent {
			if strings.Contains(recordtest.WithoutSecrets(m.Subject+m.Text), c) || len(m.Attachments) > 0 {
				t.Errorf("a letter says %q, or has something attached: %+v", c, m)
			}
		}
		for _, m := range h.out {
			if strings.Contains(recordtest.WithoutSecrets(fmt.Sprintf("%+v", m)), c) {
				t.Errorf("to the other store went %+v", m)
			}
		}
	}
}

// TestAnother: "not for me" leads to another mentor without a reason. The sessions stay counted,
// and a pair that turns out to be a conflict is paused at once.
func TestAnother(t *testing.T) {
	h := newHouse(t)
	h.mentor("Max Mentor", 4)
	id := h.asks("Mia Mentee", "north")
	nora := h.signedIn("nora@example.org")
	nora.get("/mentoring/lead/requests/" + id).shows("Nobody has been proposed yet")
	nora.send("/mentoring/lead/requests/" + id + "/mentor").shows("Select a mentor")
	nora.send("/mentoring/lead/requests/"+id+"/mentor", "mentor", "mentor.max-mentor").shows("The mentor is proposed")
	mia := h.opened("mia.mentee@example.org")
	mia.send("/mentoring/request/mentor/another").shows("Your request")
	nora.get("/mentoring/lead/requests/" + id).shows("Came to nothing: the mentee wished it")
	nora.get("/mentoring/lead/requests/" + id + "/mentor").shows("No mentor can be proposed now")

	h.mentor("Olga Other", 4)
	nora.send("/mentoring/lead/requests/"+id+"/mentor", "mentor", "mentor.olga-other").shows("The mentor is proposed")
	mia = h.opened("mia.mentee@example.org")
	mia.send("/mentoring/request/mentor/accept", "agree", "yes")
	olga := h.signedIn("olga.other@example.org")
	own := olga.get("/mentoring/mentor/").find(`/mentoring/mentor/pairs/P-[A-Z0-9]+`)
	olga.send(own+"/act", "act", "do not know")
	olga.send(own+"/take", "agree", "yes").shows("You have both agreed")
	olga.get("/mentoring/mentor/").shows("People whom you mentor", "Mia Mentee")
	h.now = h.now.AddDate(0, 0, 3)
	olga = h.signedIn("olga.other@example.org")
	olga.send(own+"/meeting", "day-day", "1", "day-month", "1", "day-year", "2021").shows("between the day on which you were registered and today")
	olga.send(own+"/meeting", "day-day", "22", "day-month", "9", "day-year", "2021").shows("The day of your first meeting is noted")
	olga.send(own+"/session", "day-day", "22", "day-month", "9", "day-year", "2021", "time", "6pm", "minutes", "60", "how", "phone", "outcome", "held").shows("logged")
	if err := h.Mentors.Suspend(t.Context(), h.Office.Staff("sam@example.org"), "mentor.olga-other"); err != nil {
		t.Fatal(err)
	}
	nora = h.signedIn("nora@example.org")
	nora.get("/mentoring/lead/pairs").shows("The mentor is suspended: decide what becomes of this pair")
	mia = h.opened("mia.mentee@example.org")
	mia.send("/mentoring/request/mentor/act", "act", "fit", "fit", "not for me").shows("Look for another mentor", "told tomorrow")
	mia.get("/mentoring/request/mentor")

	// The lead adds a person whom the mentee names: the pair pauses at once.
	nora = h.signedIn("nora@example.org")
	nora.send("/mentoring/lead/requests/"+id+"/people", "name", "Olga Other", "practice", "").shows("The person is on the list")
	mia.get("/mentoring/request/mentor").shows("The pair is paused")
	nora.get("/mentoring/lead/pairs").shows("Paused: decide what comes next")
	mia.send("/mentoring/request/mentor/another", "why", "Canarywhy").shows("Your request")
	nora.get("/mentoring/lead/pairs/over").shows("the mentee wished it")
	nora.get(nora.find(`/mentoring/lead/pairs/P-[A-Z0-9]+`))
	r, err := h.Requests.Requests().Get(t.Context(), id)
	if err != nil || r.Sessions != 1 || !r.First || len(r.Had) != 2 {
		t.Errorf("the request: %d sessions, first %v, had %v (%v)", r.Sessions, r.First, r.Had, err)
	}
}

// TestConflict: a mentor who knows the mentee never sees what the request is about.
func TestConflict(t *testing.T) {
	h := newHouse(t)
	h.mentor("Max Mentor", 4)
	id := h.asks("Mia Mentee", "north")
	nora := h.signedIn("nora@example.org")
	nora.send("/mentoring/lead/requests/"+id+"/mentor", "mentor", "mentor.max-mentor")
	h.opened("mia.mentee@example.org").send("/mentoring/request/mentor/accept", "agree", "yes")
	max := h.signedIn("max.mentor@example.org")
	own := max.get("/mentoring/mentor/").find(`/mentoring/mentor/pairs/P-[A-Z0-9]+`)
	max.send(own+"/act", "act", "know").shows("We do not propose you to each other", "take more people").hides("Mia", "balance")
	max.get(own).hides("Mia", "balance")
	h.opened("mia.mentee@example.org").hides("Max", "know each other")
	nora.get("/mentoring/lead/requests/" + id).shows("they know each other")
}

// TestWithdraw: withdrawing while a mentor is asked frees the place; the mentor is told that they
// are not needed.
func TestWithdraw(t *testing.T) {
	h := newHouse(t)
	m := h.mentor("Max Mentor", 1)
	id := h.asks("Mia Mentee", "north")
	nora := h.signedIn("nora@example.org")
	nora.send("/mentoring/lead/requests/"+id+"/mentor", "mentor", m)
	mia := h.opened("mia.mentee@example.org")
	mia.send("/mentoring/request/mentor/accept", "agree", "yes")
	mia.send("/mentoring/request/withdraw")
	h.mail = nil
	h.post()
	got, err := h.Mentors.Get(t.Context(), m)
	if err != nil || len(got.Places) != 0 {
		t.Errorf("the mentor has %+v (%v)", got.Places, err)
	}
	if !slices.ContainsFunc(h.mail, func(m record.Message) bool { return strings.Contains(m.Text, "no longer needed") }) {
		t.Errorf("letters: %+v", h.mail)
	}
}

// TestHub: a run of 170 requests and 30 mentors through the web.
func TestHub(t *testing.T) {
	h := newHouse(t)
	for n := range 30 {
		h.mentor(fmt.Sprintf("Mentor Nr %d", n), 4+n%5)
	}
	for n := range 170 {
		h.asks(fmt.Sprintf("Mentee Nr %d", n), "north", func(r *mentoring.Request) { r.Cohort = []string{"fellow", "partner"}[n%2] })
	}
	nora := h.signedIn("nora@example.org")
	nora.send("/mentoring/lead/runs", "service", "gp-s").shows("Send 170 proposals", "Mentee Nr 169", "has 5 people already (20)")
	nora.send(nora.find(`/mentoring/lead/runs/run-[0-9a-f]+/send`)).shows("The proposals are sent")
	if n := strings.Count(nora.body, "Proposed."); n != 170 {
		t.Errorf("%d were proposed", n)
	}
}

// TestContentAlone: a second service, for practice nurses in another area with its own leads, needs
// only a file beside the first, and its name in the sheets. Somebody gets from the request to a
// pair.
func TestContentAlone(t *testing.T) {
	h := newHouse(t, func(content fstest.MapFS) {
		first := string(content["services/gp-s.md"].Data)
		second := strings.NewReplacer("Somebody to think with", "A nurse to think with", "id: north", "id: east", "North", "East", "nora@", "nina@",
			"dan@", "dina@", "id: gp, label: GP", "id: nurse, label: Practice nurse", "between: [north, south]", "between: [east, south]").Replace(first)
		content["services/nurses.md"] = &fstest.MapFile{Data: []byte(second)}
		for name, file := range content {
			if strings.HasPrefix(name, "sheets/") {
				content[name] = &fstest.MapFile{Data: []byte(strings.Replace(string(file.Data), "services: [gp-s]", "services: [gp-s, nurses]", 1))}
			}
		}
	})
	h.mentor("Max Mentor", 4)
	m := h.mentor("Nell Nurse", 4)
	if _, err := h.Mentors.Mentors().Amend(t.Context(), m, func(m *register.Mentor) error {
		m.Services, m.Answers[register.AskRoles], m.Answers[register.AskAreas] = []string{"nurses"}, "nurse", "east"
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	h.asks("Mia Mentee", "north")
	h.asks("Una Nurse", "east", func(r *mentoring.Request) { r.Service, r.Role = "nurses", "nurse" })
	nina := h.signedIn("nina@example.org")
	nina.get("/mentoring/lead/").shows("Una Nurse").hides("Mia")
	nina.send("/mentoring/lead/runs", "service", "nurses").shows("Una Nurse", "Nell Nurse", "Send 1 proposal").hides("Mia", "Max")
	nina.send(nina.find(`/mentoring/lead/runs/run-[0-9a-f]+/send`)).shows("Proposed.")
	h.opened("una.nurse@example.org").send("/mentoring/request/mentor/accept", "agree", "yes").shows("You said yes")
	nell := h.signedIn("nell.nurse@example.org")
	own := nell.get("/mentoring/mentor/").find(`/mentoring/mentor/pairs/P-[A-Z0-9]+`)
	nell.send(own+"/act", "act", "do not know").shows("Practice nurse")
	nell.send(own+"/take", "agree", "yes").shows("You have both agreed", "una.nurse@example.org")
	nora := h.signedIn("nora@example.org")
	nora.get("/mentoring/lead/pairs").hides("Una", "Nell")
	h.post()
	if len(h.out) == 0 || h.out[len(h.out)-1].(crossing.Pair).Service != "nurses" {
		t.Errorf("to the other store went %+v", h.out)
	}
}
