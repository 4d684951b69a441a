package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"traininghub/internal/form"
)

var action = regexp.MustCompile(`<form method="post" action="([^"]*)"`)

// acts is the address to which the page's form posts.
func (b *browser) acts() string {
	b.t.Helper()
	m := action.FindStringSubmatch(b.body)
	if m == nil {
		b.t.Fatalf("%s has no form", b.path)
	}
	return m[1]
}

// TestTwoTabs: a post from a tab that was left open is never taken for an application that the
// browser has opened since.
func TestTwoTabs(t *testing.T) {
	h := newHub(t)
	const other = "Another application is open in this browser"
	_, one, _ := h.applied("supporting-mentors")
	ref, two, _ := h.applied("supporting-mentors")
	b := h.browser()
	b.post(one, nil).want(200, "/status/")
	for at, v := range map[string]form.Values{
		"/status/withdraw": nil,
		"/status/practice": {"practice-manager-name": "Jo Example",
			"practice-manager-email": "jo@example.org"},
		"/status/correct/referee-email/1": {"referee-email": "right@example.org"},
	} {
		to := b.post(one, nil).get(at).want(200, at).acts()
		b.post(two, nil).want(200, "/status/").says("Your application " + ref)
		b.post(to, v).want(409, at).says(other)
		b.get(to).want(200, at) // reads nothing but what is open
		b.get("/status/").want(200, "/status/").says("Waiting for your practice")
		b.get("/status/answers").says("referee-email@example.org")
	}
	to := b.post(one, nil).get("/status/withdraw").acts()
	// Opened again, it works as before.
	b.post(two, nil).post(one, nil).post(to, nil).want(200, "/status/").says("Withdrawn")

	// Two people begin an application on one device.
	def := h.desk.Programme.Forms["career-conversations"]
	base, first := "/apply/"+def.ID, good(&def.Sections[0])
	a := h.browser()
	list := a.post(base+"/start", first).get(base + "/qualifications").acts()
	row := a.get(base + "/qualifications/new").acts()
	section := a.get(base + "/your-details").acts()
	first["email"], first["gmc-number"] = "second@example.org", "7654328"
	a.post(base+"/start", first)
	for _, to := range []string{list, row, section} {
		a.post(to, form.Values{"another": "no", "surname": "FIRST"}).want(409, base+"/.*").says(other)
	}
	if a.get(base + "/check"); regexp.MustCompile("FIRST").MatchString(a.body) {
		t.Error("one person's answers are in the other's application")
	}
}

// TestSecureCookies: where HTTPS is on, cookies have a name that browsers accept only over HTTPS.
// Cookies of an older hub work until they end, and are removed together with the new one.
func TestSecureCookies(t *testing.T) {
	h := newHub(t)
	h.settings.BaseURL = "https://hub.example.org"
	h.restart()
	def := h.desk.Programme.Forms[ccts]
	base := "/apply/" + ccts
	ask := func(method, path string, v form.Values, cookies ...*http.Cookie) (int, []*http.Cookie) {
		data := url.Values{}
		for name, text := range v {
			data.Set(name, text)
		}
		r := httptest.NewRequest(method, path, strings.NewReader(data.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", h.settings.BaseURL)
		for _, c := range cookies {
			r.AddCookie(c)
		}
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, r)
		for _, c := range w.Result().Cookies() {
			if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Domain != "" {
				t.Errorf("%s %s gives %v", method, path, c)
			}
		}
		return w.Code, w.Result().Cookies()
	}
	_, given := ask("POST", base+"/start", good(&def.Sections[0]))
	if len(given) != 1 || given[0].Name != "__Secure-draft" || given[0].Path != base {
		t.Fatalf("cookies: %v", given)
	}
	old := &http.Cookie{Name: "draft", Value: given[0].Value}
	next := base + "/" + def.Sections[1].ID
	if status, _ := ask("GET", next, nil, old); status != http.StatusOK {
		t.Errorf("a cookie of an older hub: status %d", status)
	}
	wrong := &http.Cookie{Name: "draft", Value: strings.Split(given[0].Value, ".")[0] + ".planted"}
	if status, _ := ask("GET", next, nil, wrong, given[0]); status != http.StatusOK {
		t.Errorf("beside a planted cookie of the old name: status %d", status)
	}
	_, taken := ask("POST", "/status/leave", nil, &http.Cookie{Name: "follow", Value: old.Value})
	names := map[string]bool{}
	for _, c := range taken {
		names[c.Name] = c.MaxAge < 0
	}
	if !names["follow"] || !names["__Secure-follow"] {
		t.Errorf("leaving takes away %v", taken)
	}
	if _, given := ask("POST", "/review/sign-in", form.Values{"email": "nobody@example.org"}); len(given) != 1 ||
		given[0].Name != "__Secure-sign-in" || given[0].Path != "/review/" {
		t.Errorf("signing in: %v", given)
	}
}
