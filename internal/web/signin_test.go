package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/form"
)

var signInLink = regexp.MustCompile(`/review/sign-in/link/\S+`)

// signInMail asks for a link and takes it from the letter.
func (b *browser) signInMail(email, to string) string {
	b.t.Helper()
	before := len(b.hub.mail)
	b.post("/review/sign-in", form.Values{"email": email, "to": to}).want(200,
		"/review/sign-in").says("Check your email")
	if _, err := b.hub.office.Post().Deliver(context.Background()); err != nil {
		b.t.Fatal(err)
	}
	for _, m := range b.hub.mail[before:] {
		if link := signInLink.FindString(m.Text); link != "" && strings.EqualFold(m.To, email) {
			return link
		}
	}
	b.t.Fatalf("no link among %d letters", len(b.hub.mail)-before)
	return ""
}

// staff is a browser in which the person with the address has signed in.
func (h *hub) staff(email string) *browser {
	h.t.Helper()
	b := h.browser()
	b.post(b.signInMail(email, ""), nil).want(200, "/review/")
	return b
}

func (h *hub) course(id string) *course.Course { return h.desk.Programme.Course(id) }

func (h *hub) pass(d time.Duration) { h.set(h.clock().Add(d)) }

const ccts, mentors = "career-conversations", "supporting-mentors"

func TestSignIn(t *testing.T) {
	h := newHub(t)
	lead := h.course(mentors).Lead.Email
	b := h.browser()
	b.get("/review/").want(200, "/review/sign-in").says("Sign in", "Your email address")
	b.post("/review/sign-in", nil).want(422, "/review/sign-in").says("Enter your email address")
	b.post("/review/sign-in", form.Values{"email": "lead at example"}).want(422,
		"/review/sign-in").says("Enter an email address in the correct format")
	if !strings.Contains(b.body, `value="lead at example"`) {
		t.Error("what was typed is lost")
	}
	link := b.signInMail(strings.ToUpper(lead), "")
	if m := h.mail[len(h.mail)-1]; m.To != lead || strings.Contains(m.Subject, lead) ||
		!strings.Contains(m.Text, "15 minutes") {
		t.Errorf("the letter: to %s, %s", m.To, m.Subject)
	}
	other := h.browser()
	for range 2 { // opened by a mail scanner, too, any number of times
		other.get(link).want(403, link).says("Open this link in the browser that asked for it", "has not been used up")
		other.post(link, nil).want(403, link)
		b.get(link).want(200, link).says("Sign in")
	}
	other.signInMail(lead, "") // even in a browser that asked for its own link
	other.get(link).want(403, link).says("Open this link in the browser that asked for it")
	other.post(link, nil).want(403, link)
	other.get("/review/").want(200, "/review/sign-in")
	b.post(link, nil).want(200, "/review/").says("Applications")
	b.get(link).want(200, "/review/") // back, or a second tab
	b.post(link, nil).want(200, "/review/")
	b.get("/review/sign-in").want(200, "/review/")

	// The link was used: a copy of the browser's first cookie cannot use it again.
	at, _ := url.Parse(h.server.URL + "/review/sign-in")
	copied := h.browser()
	for _, c := range b.client.Jar.Cookies(at) {
		if c.Name == "sign-in" {
			copied.client.Jar.SetCookies(at, []*http.Cookie{{Name: c.Name, Value: c.Value, Path: "/review/"}})
		}
	}
	copied.get(link).want(404, link).says("This link does not sign you in", "used already")
	copied.post(link, nil).want(404, link)

	b.post("/review/sign-out", nil).want(200, "/review/sign-out").says("You have signed out")
	b.get("/review/").want(200, "/review/sign-in")
	b.post("/review/sign-out", nil).want(200, "/review/sign-out")
}

// TestSignInTabs: two links asked for in two tabs of one browser both work, once each.
func TestSignInTabs(t *testing.T) {
	h := newHub(t)
	lead := h.course(ccts).Lead.Email
	b := h.browser()
	one, two := b.signInMail(lead, ""), b.signInMail(lead, "")
	b.get(one).want(200, one)
	b.get(two).want(200, two)
	b.post(one, nil).want(200, "/review/")
	b.post("/review/sign-out", nil)
	b.post(one, nil).want(404, one)
	b.post(two, nil).want(200, "/review/")
}

func TestSignInExpires(t *testing.T) {
	h := newHub(t)
	lead := h.course(ccts).Lead.Email
	b := h.browser()
	late, soon := b.signInMail(lead, ""), ""
	h.pass(15 * time.Minute)
	b.get(late).want(404, late).says("more than 15 minutes old")
	b.post(late, nil).want(404, late)
	soon = b.signInMail(lead, "")
	h.pass(15*time.Minute - time.Second)
	b.post(soon, nil).want(200, "/review/")

	// Half an hour of silence ends it; activity every few minutes keeps it, for up to 8 hours.
	h.pass(30 * time.Minute)
	b.get("/review/").want(200, "/review/sign-in")
	b.post(b.signInMail(lead, ""), nil).want(200, "/review/")
	began := h.clock()
	for h.clock().Sub(began) < 8*time.Hour-20*time.Minute {
		h.pass(20 * time.Minute)
		b.get("/review/").want(200, "/review/")
	}
	h.set(began.Add(8 * time.Hour))
	b.get("/review/").want(200, "/review/sign-in")

	// "seen" is not written at every request, but many requests never make the half hour longer.
	b.post(b.signInMail(lead, ""), nil).want(200, "/review/")
	h.pass(2 * time.Minute)
	b.get("/review/").want(200, "/review/")
	h.pass(28 * time.Minute)
	b.get("/review/").want(200, "/review/sign-in")
}

// TestSignInSaysTheSame: the answer does not show whether an address is on the list.
func TestSignInSaysTheSame(t *testing.T) {
	h := newHub(t)
	cookies := regexp.MustCompile(`staff-[0-9a-f]{32}\.[A-Za-z0-9_-]{43}`)
	asked := 0
	ask := func(email string) (string, string) {
		asked++
		b := h.browser()
		b.from = fmt.Sprintf("192.0.2.%d", asked/5)
		b.post("/review/sign-in", form.Values{"email": email}).want(200, "/review/sign-in")
		return b.body, cookies.ReplaceAllString(b.header.Get("Set-Cookie"), "SECRET")
	}
	for range 15 { // also beyond the limit of letters to one address
		body, cookie := ask(h.course(ccts).Lead.Email)
		strange, strangeCookie := ask("nobody@example.org")
		if body != strange || cookie != strangeCookie || !strings.Contains(cookie, "sign-in=SECRET") {
			t.Fatalf("different answers:\n%s\n%s\n%s\n%s", text(body), text(strange), cookie, strangeCookie)
		}
		for _, want := range []string{"HttpOnly", "SameSite=Lax", "Path=/review/"} {
			if !strings.Contains(cookie, want) {
				t.Errorf("the cookie %q lacks %s", cookie, want)
			}
		}
	}
	if _, err := h.office.Post().Deliver(context.Background()); err != nil {
		t.Fatal(err)
	}
	if len(h.mail) != 12+1 {
		t.Errorf("%d letters after 15 requests, want 12, and one for the others", len(h.mail))
	}
	for _, m := range h.mail {
		if m.To == "nobody@example.org" {
			t.Error("a letter to somebody who is not on the list")
		}
	}
	h.pass(30 * 24 * time.Hour)
	if _, err := h.desk.Expire(context.Background()); err != nil {
		t.Fatal(err)
	}
	if n, err := h.office.Post().Deliver(context.Background()); n != 0 || err != nil {
		t.Errorf("%d letters, %v", n, err)
	}
}

// TestSignInCookieSaysNothing: a browser keeps its cookie for an address, whether or not a letter
// went to it.
func TestSignInCookieSaysNothing(t *testing.T) {
	h := newHub(t)
	for _, email := range []string{h.course(ccts).Lead.Email, "nobody@example.org"} {
		b := h.browser()
		b.post("/review/sign-in", form.Values{"email": email})
		first := named("sign-in", b.cookies("/review/"))
		for i := range 10 {
			h.deliver()
			h.pass(20 * time.Minute)
			b.post("/review/sign-in", form.Values{"email": email})
			if again := named("sign-in", b.cookies("/review/")); again != first || b.header["Set-Cookie"] != nil {
				t.Errorf("%s: another cookie after %d minutes", email, 20*(i+1))
			}
		}
	}
}

// TestSignInPushedOut: somebody who asks for another person's links again and again does not end
// that person's own link.
func TestSignInPushedOut(t *testing.T) {
	h := newHub(t)
	lead := h.course(ccts).Lead.Email
	b := h.browser()
	link := b.signInMail(lead, "")
	for range 12 {
		h.browser().post("/review/sign-in", form.Values{"email": lead})
	}
	b.post(link, nil).want(200, "/review/")
}

func TestSignInLimit(t *testing.T) {
	h := newHub(t)
	ask := func(email string) int {
		return h.browser().post("/review/sign-in", form.Values{"email": email}).status
	}
	for range 10 {
		ask("nobody@example.org")
	}
	if ask("nobody@example.org") != http.StatusTooManyRequests || ask("somebody@example.org") != http.StatusOK {
		t.Error("eleven links asked for from one network, for one address, within an hour; or another address is " +
			"refused, too")
	}
	last := 0
	for i := range 300 {
		last = ask(fmt.Sprintf("nobody-%d@example.org", i))
	}
	if last != http.StatusTooManyRequests {
		t.Error("more than 300 links asked for from one network within an hour")
	}
}

// TestSignInLockout: somebody who asks for a lead's links, from one network or from many, leaves
// the lead a way in. In a browser in which they signed in before it works at once; in another, by a
// letter for all requests. The mailbox is not flooded.
func TestSignInLockout(t *testing.T) {
	h := newHub(t)
	lead := h.course(ccts).Lead.Email
	known := h.staff(lead)
	known.post("/review/sign-out", nil)
	before := len(h.mail)
	attack := func(round int) {
		for i := range 60 {
			b := h.browser()
			b.from = fmt.Sprintf("192.0.2.%d", 10*round+i%9)
			b.post("/review/sign-in", form.Values{"email": lead})
		}
		for range 15 { // and somebody behind the lead's own network address
			h.browser().post("/review/sign-in", form.Values{"email": lead})
		}
		h.deliver()
	}
	attack(1)
	known.post(known.signInMail(lead, ""), nil).want(200, "/review/")
	known.post("/review/sign-out", nil)

	fresh := h.browser()
	fresh.from = "198.51.100.1"
	fresh.post("/review/sign-in", form.Values{"email": lead}).want(200,
		"/review/sign-in").says("It can take 10 minutes")
	attack(2)
	h.pass(10 * time.Minute)
	h.deliver()
	link := signInLink.FindString(h.mail[len(h.mail)-1].Text)
	h.browser().get(link).want(403, link)
	fresh.get(link).want(200, link)
	fresh.post(link, nil).want(200, "/review/")
	for round := range 5 {
		h.pass(9 * time.Minute)
		attack(3 + round)
	}
	if n := len(h.mail) - before; n > 12+1+6 {
		t.Errorf("%d letters within an hour", n)
	}
}

// TestTakenOffTheList: the list is checked at each request.
func TestTakenOffTheList(t *testing.T) {
	h := newHub(t)
	h.office.Contacts = []course.Contact{{Name: "Sam Example", Email: "sam@example.org"}}
	b := h.staff("sam@example.org")
	late := h.browser()
	link := late.signInMail("sam@example.org", "")
	b.get("/review/").want(200, "/review/")
	h.office.Contacts = nil
	b.get("/review/").want(200, "/review/sign-in")
	late.get(link).want(404, link)
	late.post(link, nil).want(404, link)
}

// TestTypedWhileSignedOut: somebody whose session ended while typing gets the text back, since
// going back in the browser leads to signing in.
func TestTypedWhileSignedOut(t *testing.T) {
	h := newHub(t)
	ref, _, _ := h.applied(ccts)
	lead := h.staff(h.course(ccts).Lead.Email)
	h.set(h.clock().Add(time.Hour))
	const text = "Rang on Monday.\n<b>She</b> asks for \"Cohort 2\"."
	for path, field := range map[string]string{"/notes": "note", "/decision": "text", "/reopen?round=0": "reason"} {
		lead.post("/review/"+ref+path, form.Values{field: text, "name": "Dr Lead"}).want(403,
			".*").says("Sign in again", `Rang on Monday. <b>She</b> asks for "Cohort 2".`)
		if !strings.Contains(lead.body, "Rang on Monday.\n&lt;b&gt;She") {
			t.Errorf("%s: not as it was typed", path)
		}
	}
	lead.post("/review/search", form.Values{"search": "MARKER"}).want(403, ".*")
	if strings.Contains(lead.body, "MARKER") || strings.Contains(lead.body, "Copy the text") {
		t.Error("the page gives back a text that nobody needs to copy")
	}
}
