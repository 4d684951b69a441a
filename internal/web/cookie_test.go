package web_test

import (
	"regexp"
	"testing"

	"traininghub/internal/form"
)

var action = regexp.MustCompile(`<form method="post" action="([^"]*)"`)

// acts is the address that the form of the page posts to.
func (b *browser) acts() string {
	b.t.Helper()
	m := action.FindStringSubmatch(b.body)
	if m == nil {
		b.t.Fatalf("%s has no form", b.path)
	}
	return m[1]
}

// TestTwoTabs: what is posted from a tab that was left open is not taken for another application that was opened in the browser since.
func TestTwoTabs(t *testing.T) {
	h := newHub(t)
	const other = "Another application is open in this browser"
	_, one, _ := h.applied("supporting-mentors")
	ref, two, _ := h.applied("supporting-mentors")
	b := h.browser()
	b.post(one, nil).want(200, "/status/")
	for at, v := range map[string]form.Values{
		"/status/withdraw":                nil,
		"/status/practice":                {"practice-manager-name": "Jo Example", "practice-manager-email": "jo@example.org"},
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
	b.post(two, nil).post(one, nil).post(to, nil).want(200, "/status/").says("Withdrawn") // opened again, it is the same

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
		t.Error("what one typed stands in the other's application")
	}
}
