package lead_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"traininghub/internal/mentoring"
	"traininghub/internal/mentoring/mentoringtest"
	"traininghub/internal/page"
	"traininghub/internal/pdf"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/web"
	"traininghub/internal/web/lead"
)

// A desk is a house with its pages.
type desk struct {
	*mentoringtest.House
	t   *testing.T
	h   http.Handler
	log strings.Builder
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{House: mentoringtest.New(t), t: t}
	site, faults := page.LoadSite(os.DirFS("../../../content"))
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	pages, err := page.New(os.DirFS("../../../templates"), site, page.Assets{CSS: "/a.css", JS: "/a.js",
		Icon: "/a.svg"})
	if err != nil {
		t.Fatal(err)
	}
	d.Desk.PDF = pdf.Render
	d.h, err = web.New(web.Settings{Office: d.Desk.Office, Pages: pages, Site: site,
		Log: slog.New(slog.NewTextHandler(&d.log, nil))},
		lead.Part(d.Desk, lead.Others{Blank: pdf.Blank}))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// An answer is what a person's browser gets.
type answer struct {
	status int
	to     string // where it is led
	body   string
	kind   string
}

// as is the browser of somebody who has signed in.
func (d *desk) as(name string) func(method, path string, v url.Values) answer {
	d.t.Helper()
	cookie := d.SignIn(name)
	return func(method, path string, v url.Values) answer {
		d.t.Helper()
		return d.do(method, path, cookie, v)
	}
}

func (d *desk) signedOut(method, path string) answer { return d.do(method, path, "", nil) }

func (d *desk) do(method, path, cookie string, v url.Values) answer {
	r := httptest.NewRequest(method, path, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if cookie != "" {
		r.AddCookie(&http.Cookie{Name: web.SessionCookie, Value: cookie})
	}
	w := httptest.NewRecorder()
	d.h.ServeHTTP(w, r)
	body, _ := io.ReadAll(w.Result().Body)
	return answer{w.Code, w.Header().Get("Location"), string(body), w.Header().Get("Content-Type")}
}

func values(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

// typed has canaries for every text field.
var typed = map[string]string{
	"aim": "Canaryaim", "safety-what": "Canaryharm", "safety-told": "Canarytold", "name": "Canaryname", "practice": "Canarypractice",
}

// proforma is what is posted, section by section.
func proforma() map[string]url.Values {
	return map[string]url.Values{
		"looking-for": values("focus-1", "balance", "focus-2", "career", "aim", typed["aim"]),
		"meeting":     values("meet", "online", "meet", "met", "times", "evening", "wishes", "partner"),
		"support":     values("gp", "not-said"),
		"decision":    values("decision", "both", "signposts", "health"),
		"safety": values("safety", "yes", "safety-what", typed["safety-what"], "safety-told",
			typed["safety-told"], "safety-first", "yes"),
	}
}

// TestJourney: from a request to a pro-forma that is complete, by HTTP without script.
func TestJourney(t *testing.T) {
	d := newDesk(t)
	id := d.Asks("request-1", "north", func(r *mentoring.Request) { r.Contact.Phone = "01632 960001" })
	at := lead.Below + "requests/" + id
	d.Day(1)
	nora := d.as("nora")
	holds := func(what string, got answer, status int, words ...string) {
		t.Helper()
		if got.status != status {
			t.Fatalf("%s: status %d, want %d\n%s", what, got.status, status, got.body)
		}
		for _, w := range words {
			if !strings.Contains(got.body, w) {
				t.Fatalf("%s lacks %q:\n%s", what, w, got.body)
			}
		}
	}
	led := func(what string, got answer, to string) {
		t.Helper()
		if got.status != http.StatusSeeOther || got.to != to {
			t.Fatalf("%s: status %d to %q, want %q\n%s", what, got.status, got.to, to, got.body)
		}
	}
	holds("the list", nora("GET", lead.Below, nil), 200, "Waiting for you", "Ada Lind", "For how long", "Nobody has called yet",
		"By 2 December 2026", "1 working day")
	holds("the request", nora("GET", at, nil), 200, "01632 960001", "Do not leave a message", "They named nobody",
		"How?", "Request read by the mentor lead")
	holds("a mistake", nora("POST", at+"/call", values("day-day", "2", "day-month", "12", "day-year", "2026",
		"time", "half past two")), 422,
		"The time must be a time, like 2:30pm or 14:30", `value="half past two"`)
	holds("a time that is over", nora("POST", at+"/call", values("day-day", "30", "day-month", "11", "day-year",
		"2026", "time", "9am")), 422,
		"The time must be to come")
	led("a call", nora("POST", at+"/call", values("day-day", "2", "day-month", "12", "day-year", "2026", "time",
		"14.30")), at+"?done=call")
	holds("the request", nora("GET", at+"?done=call", nil), 200, "The call is arranged.",
		"Call arranged for 2:30pm on Wednesday 2 December 2026", "Kept")
	d.Day(1)
	d.Now = d.Now.Add(6 * 60 * 60 * 1e9) // 3pm
	nora = d.as("nora")
	led("the pro-forma is begun before the call is noted",
		nora("POST", at+"/proforma/looking-for", proforma()["looking-for"]), at+"/proforma/meeting")
	holds("a section with a mistake", nora("POST", at+"/proforma/decision", values("decision", "both")), 422,
		"Select the other help that you named")
	holds("it is kept all the same", nora("GET", at+"/proforma/decision", nil), 200, `value="both" checked`)
	holds("the call", nora("GET", at+"/talked", nil), 200, "Nothing that was said is kept")
	holds("the check", nora("GET", at+"/conclude", nil), 200, "Note first when you talked", "Work and life",
		"Select the other help that you named")
	led("concluded too early", nora("POST", at+"/conclude", nil), at)
	led("the call", nora("POST", at+"/talked", values("day-day", "2", "day-month", "12", "day-year", "2026",
		"began", "2:30pm", "ended", "14:58")),
		at+"?done=talked")
	order := []string{"looking-for", "meeting", "support", "decision", "safety"}
	for i, section := range order {
		to := at + "/conclude"
		if i+1 < len(order) {
			to = at + "/proforma/" + order[i+1]
		}
		led(section, nora("POST", at+"/proforma/"+section, proforma()[section]), to)
	}
	holds("the check", nora("GET", at+"/conclude", nil), 200, "Complete the pro-forma", "Online\nIn person",
		"Rather not say", "Canaryaim")
	led("concluded", nora("POST", at+"/conclude", nil), at+"?done=seeking")
	led("concluded again", nora("POST", at+"/conclude", nil), at+"?done=seeking")
	holds("the request", nora("GET", at, nil), 200, "A mentor is looked for", "Canaryaim",
		"Only you and your deputy see this", "Canaryharm",
		"GP Health, on Wednesday 2 December 2026", "Waiting list from")
	if got := d.State(id); got != mentoring.Seeking {
		t.Errorf("it is %q", got)
	}
	file := nora("GET", at+"/pro-forma.pdf", nil)
	if file.status != 200 || file.kind != "application/pdf" || !strings.HasPrefix(file.body, "%PDF") {
		t.Errorf("the pro-forma on paper: %d %s", file.status, file.kind)
	}
	blank := nora("GET", lead.Below+"services/talk/pro-forma.pdf", nil)
	if blank.status != 200 || !strings.HasPrefix(blank.body, "%PDF") {
		t.Errorf("the blank pro-forma: %d %s", blank.status, blank.body)
	}
	reads := 0
	for _, e := range d.Get(id).Events {
		if e.What == mentoring.EventRead && e.By == "nora@example.org" {
			reads++
		}
	}
	if reads < 3 {
		t.Errorf("%d readings are events", reads)
	}
}

// addresses are all addresses of a request, with what is posted there.
func addresses(id string) (all [][2]string) {
	at := lead.Below + "requests/" + id
	for _, path := range []string{"", "/call", "/tried", "/talked", "/help", "/area", "/people", "/people/x",
		"/proforma/looking-for", "/conclude", "/pro-forma.pdf"} {
		all = append(all, [2]string{"GET", at + path})
	}
	for _, path := range []string{"/call", "/tried", "/talked", "/help", "/area", "/people", "/people/x",
		"/proforma/looking-for", "/conclude"} {
		all = append(all, [2]string{"POST", at + path})
	}
	return all
}

// TestNoTrace: an excluded lead's pages are byte for byte the same with and without the request:
// lists, search, figures, days away, and every address of the request itself, read and posted to.
func TestNoTrace(t *testing.T) {
	everything := values("day-day", "1", "day-month", "12", "day-year", "2026", "time", "4pm", "began", "8am",
		"ended", "9am", "name", "Somebody",
		"help", "health", "over", "on", "area", "south", "who", "nobody", "focus-1", "balance")
	pages := func(there bool) (all []string) {
		d := newDesk(t)
		d.Asks("request-seen", "north", nil)
		if there {
			d.Asks("request-hidden", "north", func(r *mentoring.Request) {
				r.Contact.Name = "Hidden Person"
				r.Exclusions = []mentoring.Exclusion{{ID: "x", Name: "Nora Quill"}}
			})
			d.Asks("request-over", "north", func(r *mentoring.Request) {
				r.Contact.Name = "Hidden Over"
				r.Exclusions = []mentoring.Exclusion{{ID: "x", Name: "N Quill"}}
			})
			if _, err := d.Desk.Signpost(t.Context(), d.Person("dev"), "request-over", []string{"health"},
				true); err != nil {
				t.Fatal(err)
			}
		}
		nora := d.as("nora")
		get := [][2]string{{"GET", lead.Below}, {"GET", lead.Below + "over"}, {"GET", lead.Below + "away"}, {"GET",
			lead.Below + "search"}}
		for _, a := range slices.Concat(get, addresses("request-hidden"), addresses("request-over")) {
			v := everything
			if a[0] == "GET" {
				v = nil
			}
			got := nora(a[0], a[1], v)
			all = append(all, fmt.Sprint(a, got.status, got.to, got.body))
		}
		for _, name := range []string{"hidden", "Person", "Ada", "e"} {
			got := nora("POST", lead.Below+"search", values("name", name))
			all = append(all, fmt.Sprint("search ", name, got.status, got.body))
		}
		if there { // and her colleague sees them
			if got := d.as("dev")("GET", lead.Below, nil); !strings.Contains(got.body, "Hidden Person") {
				t.Errorf("the deputy does not see it:\n%s", got.body)
			}
			if r := d.Get("request-hidden"); len(r.Events) != 1 {
				t.Errorf("something happened to it: %+v", r.Events)
			}
		}
		return all
	}
	with, without := pages(true), pages(false)
	for i := range with {
		if with[i] != without[i] {
			t.Errorf("with the request the page is\n%s\nwithout it\n%s", with[i], without[i])
		}
	}
	if len(with) < 40 {
		t.Errorf("only %d pages were compared", len(with))
	}
}

// TestOthers: only people who see to a request can reach its addresses; another area's lead, or the
// deputy of a lead who is there, cannot.
func TestOthers(t *testing.T) {
	d := newDesk(t)
	d.Asks("request-1", "north", nil)
	for _, name := range []string{"dev", "mo", "sue"} {
		browser := d.as(name)
		for _, a := range addresses("request-1") {
			if got, none := browser(a[0], a[1], values()), browser(a[0], strings.Replace(a[1], "request-1",
				"request-2", 1), values()); got.status != 404 || got != none {
				t.Errorf("%s %s as %s: %d %s", a[0], a[1], name, got.status, got.body)
			}
		}
	}
	if got := len(d.Get("request-1").Events); got != 1 {
		t.Errorf("it has %d events", got)
	}
}

// TestCanary: what is typed into the pro-forma, about people and about safety is in no log line,
// address, letter or file property, and the log does not even have an id.
func TestCanary(t *testing.T) {
	d := newDesk(t)
	id := d.Asks("request-1", "north", nil)
	at := lead.Below + "requests/" + id
	nora, where := d.as("nora"), ""
	note := func(a answer) answer { where += " " + a.to; return a }
	note(nora("POST", lead.Below+"search", values("name", typed["name"])))
	note(nora("POST", at+"/people", values("name", typed["name"], "practice", typed["practice"])))
	note(nora("POST", at+"/call", values("day-day", "1", "day-month", "12", "day-year", "2026", "time", "Canarytime")))
	d.Now = d.Now.Add(1e9 * 60 * 60)
	nora = d.as("nora")
	note(nora("POST", at+"/talked", values("day-day", "30", "day-month", "11", "day-year", "2026", "began",
		"9:01am", "ended", "9:30am")))
	for section, v := range proforma() {
		note(nora("POST", at+"/proforma/"+section, v))
	}
	note(nora("POST", at+"/conclude", nil))
	note(nora("GET", at, nil))
	file := note(nora("GET", at+"/pro-forma.pdf", nil))
	d.Sweep()
	d.Deliver()
	letters := ""
	for _, m := range d.Mail {
		letters += m.Subject + m.Text + fmt.Sprint(len(m.Attachments))
	}
	if d.State(id) != mentoring.Seeking || len(d.Mail) < 2 {
		t.Fatalf("nothing was written: %q, %d letters", d.State(id), len(d.Mail))
	}
	properties := regexp.MustCompile(`(?s)<x:xmpmeta.*?</x:xmpmeta>|/(Title|Author|Subject|Keywords|Producer|Creator) ?\([^)]*\)`).FindAllString(file.body, -1)
	if len(properties) == 0 {
		t.Error("the file's properties were not found")
	}
	for name, text := range map[string]string{"the log": d.log.String(), "an address": where, "a letter": letters,
		"the properties": strings.Join(properties, "\n")} {
		text = recordtest.WithoutSecrets(text)
		for _, canary := range []string{"Canary", "Ada", "ada@", "Nora", "Quill"} {
			if strings.Contains(text, canary) {
				t.Errorf("%s has %q: %s", name, canary, text)
			}
		}
	}
	if strings.Contains(d.log.String(), id) || d.log.Len() == 0 {
		t.Errorf("the log has the id, or nothing:\n%s", d.log.String())
	}
}

// TestMentorMeant: a name can mean a mentor. The exclusion then applies to them, and to no lead.
func TestMentorMeant(t *testing.T) {
	d := newDesk(t)
	d.Desk.Named = func(_ context.Context, name string) ([]mentoring.Match, error) {
		return []mentoring.Match{{ID: "mentor-7", Name: "Quinn Harrow"}}, nil
	}
	id := d.Asks("request-1", "north", func(r *mentoring.Request) {
		r.Exclusions = []mentoring.Exclusion{{ID: "x",
			Name: "Q Harrow"}}
	})
	nora, at := d.as("nora"), lead.Below+"requests/request-1/people/x"
	if got := nora("GET", at, nil); !strings.Contains(got.body, "Quinn Harrow, a mentor") {
		t.Errorf("the page does not name the mentor:\n%s", got.body)
	}
	if got := nora("POST", at, values("who", "mentor:mentor-8")); got.status != 422 {
		t.Errorf("choosing somebody who was not offered: %d", got.status)
	}
	if got := nora("POST", at, values("who", "mentor:mentor-7")); got.status != 303 {
		t.Errorf("%d %s", got.status, got.body)
	}
	if e := d.Get(id).Exclusions[0]; e.Mentor != "mentor-7" || e.Staff != "" || !e.Settled {
		t.Errorf("kept is %+v", e)
	}
}

// TestSignedOut: a long text that a lead typed while signed out comes back, for copying, and is
// stored nowhere.
func TestSignedOut(t *testing.T) {
	d := newDesk(t)
	d.Asks("request-1", "north", nil)
	long := "To find out by the spring whether a partnership is right. Canary words."
	got := d.do("POST", lead.Below+"requests/request-1/proforma/looking-for", "", values("focus-1", "balance",
		"aim", long))
	if got.status != http.StatusForbidden || !strings.Contains(got.body, long) || !strings.Contains(got.body,
		"Sign in again") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if strings.Contains(d.log.String(), "Canary") || d.Get("request-1").Draft != nil {
		t.Error("it is in the log, or kept")
	}
}
