package mentor_test

import (
	"context"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/page"
	"traininghub/internal/register"
	rt "traininghub/internal/register/registertest"
	"traininghub/internal/staff"
	"traininghub/internal/wall"
	"traininghub/internal/web"
	"traininghub/internal/web/mentor"
)

var monday = time.Date(2021, 10, 18, 10, 0, 0, 0, course.London)

// a world is a register with its pages.
type world struct {
	*rt.Hub
	t      *testing.T
	server *httptest.Server
	routes []web.Route
}

func newWorld(t *testing.T, more ...mentor.More) *world {
	t.Helper()
	w := &world{Hub: rt.New(t, monday, nil), t: t}
	site, faults := page.LoadSite(os.DirFS("../../../content"))
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	pages, err := page.New(os.DirFS("../../../templates"), site, page.Assets{CSS: "/a.css", JS: "/a.js", Icon: "/a.svg"})
	if err != nil {
		t.Fatal(err)
	}
	in := web.Entrance{Below: wall.Below, Title: "Sign in", For: "Mentors", Wanted: web.IsPage,
		Home: func(*staff.Person) string { return register.OwnPath }}
	entrance := func(s *web.Server) []web.Route { return web.SigningIn(s, in) }
	part := mentor.Part(w.Desk, more...)
	seen := func(s *web.Server) []web.Route { w.routes = part(s); return w.routes }
	h, err := web.New(web.Settings{Office: w.Wall.Office, Pages: pages, Site: site, Log: w.Wall.Log}, entrance, seen)
	if err != nil {
		t.Fatal(err)
	}
	w.server = httptest.NewServer(h)
	t.Cleanup(w.server.Close)
	return w
}

// a browser is somebody's, without script.
type browser struct {
	*world
	client *http.Client
	at     string // the address of the page
	text   string // of the page
	status int
}

func (w *world) browser() *browser {
	jar, _ := cookiejar.New(nil)
	return &browser{world: w, client: &http.Client{Jar: jar}}
}

func (b *browser) answer(r *http.Response, err error) *browser {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer r.Body.Close()
	body, _ := io.ReadAll(r.Body)
	b.at, b.text, b.status = r.Request.URL.RequestURI(), html.UnescapeString(string(body)), r.StatusCode
	return b
}

func (b *browser) get(path string) *browser {
	b.t.Helper()
	return b.answer(b.client.Get(b.server.URL + path))
}

func (b *browser) post(path string, v url.Values) *browser {
	b.t.Helper()
	return b.answer(b.client.PostForm(b.server.URL+path, v))
}

// press presses a button of the page: its form says where it goes, and what is hidden in it.
func (b *browser) press(button string) *browser {
	b.t.Helper()
	for _, f := range regexp.MustCompile(`(?s)<form[^>]*action="([^"]*)".*?</form>`).FindAllStringSubmatch(b.text, -1) {
		if strings.Contains(f[0], ">"+button+"<") {
			v := url.Values{}
			for _, h := range regexp.MustCompile(`type="hidden" name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(f[0], -1) {
				v.Add(h[1], h[2])
			}
			return b.post(f[1], v)
		}
	}
	b.t.Fatalf("no button %q on %s:\n%s", button, b.at, b.text)
	return nil
}

func (b *browser) shows(words ...string) *browser {
	b.t.Helper()
	for _, w := range words {
		if !strings.Contains(b.text, w) {
			b.t.Fatalf("%s (%d) lacks %q:\n%s", b.at, b.status, w, b.text)
		}
	}
	return b
}

func (b *browser) lacks(words ...string) *browser {
	b.t.Helper()
	for _, w := range words {
		if strings.Contains(b.text, w) {
			b.t.Fatalf("%s (%d) has %q", b.at, b.status, w)
		}
	}
	return b
}

func (b *browser) is(status int) *browser {
	b.t.Helper()
	if b.status != status {
		b.t.Fatalf("%s answers %d, want %d:\n%s", b.at, b.status, status, b.text)
	}
	return b
}

// signIn signs somebody in by a mailed link.
func (b *browser) signIn(email string) *browser {
	b.t.Helper()
	b.post("/mentoring/sign-in", url.Values{"email": {email}}).is(200)
	mailed, _ := b.Deliver(b.t)
	for _, m := range mailed {
		if link := regexp.MustCompile(`/mentoring/sign-in/link/\S+`).FindString(m.Text); link != "" && strings.EqualFold(m.To, email) {
			return b.post(link, nil)
		}
	}
	b.t.Fatalf("no link for %s in %v", email, mailed)
	return nil
}

// TestJourney: a mentor who was accepted signs in, fills in the profile, agrees, declares, answers,
// puts it forward, pauses, goes away, takes more people, and leaves. No script is needed.
func TestJourney(t *testing.T) {
	w := newWorld(t, func(_ context.Context, m *register.Mentor) ([]page.Block, error) {
		return []page.Block{{Title: "People whom you mentor", Text: []string{m.Reference}}}, nil
	})
	m := w.Accepted(t, rt.Ada)
	b := w.browser().signIn("ada@example.org")
	b.shows("Your mentoring", "Signed in as Ada Okafor", "Your profile is not finished", "you have not agreed to the terms", "TK-7K4D-2P9X")
	b.lacks("Send my profile to the mentor lead")

	b.get("/mentoring/mentor/profile/about-you").shows("About me", `name="shown"`, "a parent")
	b.post("/mentoring/mentor/profile/about-you", url.Values{"about": {strings.Repeat("x", 301)}}).is(422).shows("There is a problem", "300 characters")
	for id, v := range rt.Profile {
		b.post("/mentoring/mentor/profile/"+id, v).is(200).shows("Your changes are saved")
	}
	b.get("/mentoring/mentor/profile/none").is(404)
	b.get("/mentoring/mentor/terms").shows("I keep what I hear to myself.", "I agree to the terms")
	b.post("/mentoring/mentor/terms?version=2021-09", nil).is(422).shows("Enter your full name to sign")
	b.post("/mentoring/mentor/terms?version=1999-01", url.Values{"signature": {"Ada Okafor"}}).shows("cannot be done any more")
	b.post("/mentoring/mentor/terms?version=2021-09", url.Values{"signature": {"Ada Okafor"}}).shows("You have agreed to the terms")
	b.post("/mentoring/mentor/interests", url.Values{"practice-1": {"nonsense"}}).is(422)
	b.post("/mentoring/mentor/interests", url.Values{"practice-1": {"Z99998"}}).shows("Your interests are saved")
	b.get("/mentoring/mentor/yearly").shows(`value="4.5"`)
	b.post("/mentoring/mentor/yearly", url.Values{"registered": {"yes"}}).is(422)
	b.post("/mentoring/mentor/yearly", url.Values{
		"registered": {"yes"}, "not-suspended": {"yes"}, "clinical-sessions": {"5"}, "interests-right": {"no"},
	}).shows("Practice code") // what has changed is asked for
	b.get("/mentoring/mentor/").press("Send my profile to the mentor lead").shows("with the mentor lead")

	ctx := t.Context()
	if err := w.SeeQualification(ctx, rt.Nell, m.ID, false); err != nil {
		t.Fatal(err)
	}
	if err := w.Approve(ctx, rt.Nell, m.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.WritePlan(ctx, rt.Nell, m.ID, url.Values{"plan": {"Four fellows"}}); err != nil {
		t.Fatal(err)
	}
	b.get("/mentoring/mentor/").shows("You are on the register", "You take 2 people at most, and have 0 people", "Four fellows")
	b.press("I agree to this plan").shows("You have agreed to the plan", "Monday 18 October 2021")
	b.press("Pause").shows("You are paused").press("I can be asked again").shows("You can be asked again")
	b.post("/mentoring/mentor/pause", url.Values{"until-day": {"18"}, "until-month": {"10"}, "until-year": {"2021"}}).is(422).shows("must be after today")
	b.post("/mentoring/mentor/pause", url.Values{"until-day": {"1"}, "until-month": {"11"}, "until-year": {"2021"}}).shows("Until Monday 1 November 2021")
	b.press("I can be asked again")

	away := func(from, to string) url.Values {
		return url.Values{"from-day": {from}, "from-month": {"11"}, "from-year": {"2021"}, "to-day": {to}, "to-month": {"12"}, "to-year": {"2021"}}
	}
	b.post("/mentoring/mentor/away", url.Values{"from-day": {"1"}, "from-month": {"11"}, "from-year": {"2021"}}).is(422).shows("Enter the last day away")
	b.post("/mentoring/mentor/away", away("1", "31")).shows("The days are noted", "Monday 1 November 2021 to Friday 31 December 2021")
	b.get("/mentoring/mentor/away").shows(`value="31"`)
	b.post("/mentoring/mentor/away", nil).shows("The days are noted").lacks("Friday 31 December 2021")

	b.get("/mentoring/mentor/people").shows("You have 0 people now")
	b.post("/mentoring/mentor/people", url.Values{"people-at-most": {"13"}}).is(422)
	b.post("/mentoring/mentor/people", url.Values{"people-at-most": {"1"}}).shows("You take 1 person at most")

	b.get("/mentoring/mentor/leave").shows("You agreed to stay until Tuesday 18 October 2022")
	b.post("/mentoring/mentor/leave", url.Values{"last-day-day": {"17"}, "last-day-month": {"10"}, "last-day-year": {"2021"}}).is(422).shows("today or later")
	b.post("/mentoring/mentor/leave", url.Values{"last-day-day": {"31"}, "last-day-month": {"3"}, "last-day-year": {"2022"}}).shows("Your last day is Thursday 31 March 2022")
	b.press("Take back my last day").shows("Your last day is taken back").press("I can be asked again")
	b.post("/mentoring/mentor/act", url.Values{"act": {"stay"}}).shows("cannot be done any more")
	b.post("/mentoring/mentor/act", url.Values{"act": {"suspend"}}).is(404)
	b.get("/mentoring/mentor/").press("Sign out")
	b.get("/mentoring/mentor/").shows("Sign in").lacks("Ada Okafor")
}

// TestRight: the link in the letter opens a page with two buttons, without signing in. It does nothing
// by itself, and says nothing of whose it is.
func TestRight(t *testing.T) {
	w := newWorld(t)
	m := w.Accepted(t, rt.Ada)
	w.Listed(t, m.ID)
	w.Deliver(t)
	link := func(days int) string {
		w.Set(monday.AddDate(0, 0, days))
		mailed, _ := w.Deliver(t)
		for _, l := range mailed {
			if at := regexp.MustCompile(`/mentoring/mentor/still-right/\S+`).FindString(l.Text); at != "" {
				return at
			}
		}
		t.Fatal("no letter")
		return ""
	}
	at := link(90)
	b := w.browser()
	b.get(at).is(200).shows("Are your details still right?", "Still right", "Pause me").lacks("Ada", "Okafor")
	if now, _ := w.Get(t.Context(), m.ID); now.Asked != 1 {
		t.Fatal("opening the page did something")
	}
	b.press("Still right").shows("Thank you").lacks("Ada")
	if now, _ := w.Get(t.Context(), m.ID); now.Asked != 0 || now.State() != register.Listed {
		t.Errorf("she is %s, asked %d times", now.State(), now.Asked)
	}
	b.get(link(181)).press("Pause me").shows("You are paused")
	if now, _ := w.Get(t.Context(), m.ID); now.State() != register.Paused {
		t.Errorf("she is %s", now.State())
	}
	for _, no := range []string{at + "x", "/mentoring/mentor/still-right/x", strings.Replace(at, m.ID, "rm-0", 1)} {
		b.get(no).is(404)
		b.post(no, url.Values{"answer": {"right"}}).is(404)
	}
	w.Set(monday.AddDate(0, 0, 300))
	b.get(at).is(404)
}

// TestQualified: somebody who holds a qualification applies without signing in, and gets the same page
// whether they are on the register or not.
func TestQualified(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.get("/mentoring/mentor/apply/elsewhere").is(404)
	b.get("/mentoring/mentor/apply/support").is(200).shows("Your qualification", `name="gmc-number"`)
	v := url.Values{"name": {"Ada Okafor"}, "email": {"ada@example.org"}, "gmc-number": {"7654321"}, "practice-code": {"Z99999"},
		"clinical-sessions": {"4"}, "qualification": {"EMCC Practitioner"}}
	b.post("/mentoring/mentor/apply/support", url.Values{"name": {"Ada"}}).is(422).shows("There is a problem", "Enter email address")
	first := b.post("/mentoring/mentor/apply/support", v).shows("Check your email").text
	if again := b.post("/mentoring/mentor/apply/support", v).text; again != first {
		t.Error("the second answer is another one")
	}
	w.browser().signIn("ada@example.org").shows("Your profile is not finished", "EMCC Practitioner")
	for range web.MaxToOne {
		b.post("/mentoring/mentor/apply/support", v)
	}
	b.is(http.StatusTooManyRequests)
}

// TestAccess: whoever is no mentor sees none of these pages, whoever is one sees their own alone, and
// docs/access.md has a line for each.
func TestAccess(t *testing.T) {
	w := newWorld(t)
	m := w.Accepted(t, rt.Ada)
	w.Listed(t, m.ID)
	lines := map[string]string{}
	text, err := os.ReadFile("../../../docs/access.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]+) \\|").FindAllStringSubmatch(string(text), -1) {
		if strings.Contains(l[1], " "+register.OwnPath) && !strings.Contains(l[1], "/pairs") && !strings.Contains(l[1], "/log") {
			lines[l[1]] = l[2]
		}
	}
	lead, nobody, own := w.browser().signIn("south@example.org"), w.browser(), w.browser().signIn("ada@example.org")
	own.get("/mentoring/mentor/").is(200)
	for _, r := range w.routes {
		says := lines[r.Pattern]
		delete(lines, r.Pattern)
		method, path, _ := strings.Cut(r.Pattern, " ")
		path = strings.NewReplacer("{$}", "", "{page}", "whom", "{link}", "x", "{service}", "support").Replace(path)
		do := func(b *browser) *browser {
			if method == http.MethodPost {
				return b.post(path, nil)
			}
			return b.get(path)
		}
		switch r.By {
		case web.Staff:
			if says != "mentors" {
				t.Errorf("docs/access.md says %q of %s", says, r.Pattern)
			}
			do(lead).is(404)
			if do(nobody); method == http.MethodPost && nobody.status != http.StatusForbidden || method == http.MethodGet && !strings.Contains(nobody.at, "sign-in") {
				t.Errorf("%s signed out: %d at %s", r.Pattern, nobody.status, nobody.at)
			}
			if do(own); own.status >= 500 {
				t.Errorf("%s as a mentor: %d", r.Pattern, own.status)
			}
		case web.Linked:
			if says != "who has the link" {
				t.Errorf("docs/access.md says %q of %s", says, r.Pattern)
			}
			do(nobody).is(404)
		case web.Anybody:
			if says != "everybody" {
				t.Errorf("docs/access.md says %q of %s", says, r.Pattern)
			}
			if do(nobody); nobody.status >= 500 || nobody.status == 404 {
				t.Errorf("%s: %d", r.Pattern, nobody.status)
			}
		}
	}
	for pattern := range lines {
		t.Errorf("docs/access.md has a line for %s, which is no address", pattern)
	}
}
