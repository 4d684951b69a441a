package lead_test

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"traininghub/internal/mentoring"
	"traininghub/internal/web/lead"
)

// byPhone is what a lead types during a telephone call.
func byPhone() url.Values {
	return values("name", "Canary Caller", "email", "caller@example.org", "telephone", "01632 960002", "message",
		"no", "area", "north", "role", "gp",
		"gmc-number", "7654321", "practice-name-1", "Canary Surgery", "practice-now-1", "yes", "practice-name-2", "Second Surgery", "practice-now-2", "no",
		"person-name-1", "Canary Colleague", "focus", "balance", "focus", "career", "wish", "Canary "+
			"wish", "heard", "appraiser",
		"limits-read", "yes", "read-back", "yes")
}

// TestPhone: a request by telephone becomes a request like any other, once it was read back. The
// mentee gets the usual letter, and chooses their word later.
func TestPhone(t *testing.T) {
	d := newDesk(t)
	nora, path := d.as("nora"), lead.Below+"phone/talk"
	first := nora("GET", path, nil)
	for _, want := range []string{"We tell somebody if you or others may come to harm.", "Name (person 3)",
		"I read everything back to them"} {
		if !strings.Contains(first.body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for missing, says := range map[string]string{
		"read-back": "Read everything back, and confirm that they agreed", "limits-read": "Read out the limits of " +
			"confidentiality",
		"name": "Enter your full name", "practice-now-2": "Select yes if you work there now", "gmc-number": "Enter " +
			"your GMC reference number",
	} {
		v := maps.Clone(byPhone())
		v.Del(missing)
		got := nora("POST", path, v)
		if got.status != 422 || !strings.Contains(got.body, says) || !strings.Contains(got.body, "Second Surgery") {
			t.Errorf("without %s: %d lacks %q, or the typed answers\n%s", missing, got.status, says, got.body)
		}
	}
	v := maps.Clone(byPhone())
	v.Set("area", "south")
	if got := nora("POST", path, v); got.status != 422 || !strings.Contains(got.body, "Choose an area that you lead") {
		t.Errorf("for another area: %d", got.status)
	}
	if ids := d.Requests(); len(ids) > 0 {
		t.Fatalf("kept before it was agreed: %q", ids)
	}
	got := nora("POST", path, byPhone())
	ids := d.Requests()
	if got.status != 303 || len(ids) != 1 || got.to != lead.Below+"requests/"+ids[0]+"?done=phoned" {
		t.Fatalf("sent: %d to %q, kept %q\n%s", got.status, got.to, ids, got.body)
	}
	r := d.Get(ids[0])
	if r.Phone == nil || r.Phone.By != "nora@example.org" || !r.Phone.ReadBack.Equal(d.Now) || r.Word != nil ||
		r.Contact.Name != "Canary Caller" ||
		r.Contact.Message || !slices.Equal(r.Practices(), nil) || len(r.Exclusions) != 1 ||
		r.Exclusions[0].Name != "Canary Colleague" ||
		r.Answer("focus") != "balance, career" {
		t.Errorf("kept is %+v", r)
	}
	if len(r.Document.Sections) < 5 {
		t.Errorf("of it %d sections", len(r.Document.Sections))
	}
	d.Deliver()
	last := d.Mail[len(d.Mail)-2:]
	to := []string{last[0].To, last[1].To}
	slices.Sort(to)
	if !slices.Equal(to, []string{"caller@example.org", "nora@example.org"}) {
		t.Errorf("letters go to %q", to)
	}
	for _, m := range d.Mail {
		if strings.Contains(m.Subject+m.Text, "Canary") {
			t.Errorf("a letter says %q", m.Text)
		}
	}
	if strings.Contains(d.log.String(), "Canary") {
		t.Error("the log has what was typed")
	}
	if got := nora("GET", got.to, nil); !strings.Contains(got.body,
		"Read back and agreed at 9am on Monday 30 November 2026") {
		t.Errorf("the request does not say that it was read back:\n%s", got.body)
	}
	if got := d.as("mo")("POST", path, byPhone()); got.status != 422 { // leads the middle, not the north
		t.Errorf("by another area's lead: %d", got.status)
	}
}

// TestPhoneOwn: a caller names the lead who types. The request is sent, and that lead no longer
// sees it.
func TestPhoneOwn(t *testing.T) {
	d := newDesk(t)
	v := byPhone()
	v.Set("person-name-1", "Nora Quill")
	nora := d.as("nora")
	got := nora("POST", lead.Below+"phone/talk", v)
	if got.status != 303 || got.to != lead.Below+"?done=phoned" {
		t.Fatalf("%d to %q", got.status, got.to)
	}
	if list := nora("GET", lead.Below, nil); strings.Contains(list.body, "Canary") {
		t.Error("she sees it")
	}
	if list := d.as("dev")("GET", lead.Below, nil); !strings.Contains(list.body, "Canary Caller") {
		t.Error("her deputy does not")
	}
}

// TestNewWord: a mentee whose page is locked is called back, and chooses a new word.
func TestNewWord(t *testing.T) {
	d := newDesk(t)
	id := d.Asks("request-1", "north", func(r *mentoring.Request) { r.Tries = mentoring.MaxTries })
	nora, at := d.as("nora"), lead.Below+"requests/request-1"
	if got := nora("GET", at, nil); !strings.Contains(got.body, "Their page is locked") ||
		!strings.Contains(got.body, at+"/word") {
		t.Errorf("the request does not say so:\n%s", got.body)
	}
	if got := nora("GET", at+"/word", nil); got.status != 200 || !strings.Contains(got.body, "never on another") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := nora("POST", at+"/word", nil); got.to != at+"?done=word" || d.Get(id).Tries != 0 {
		t.Errorf("%d to %q", got.status, got.to)
	}
	if got := nora("POST", at+"/word", nil); got.to != at {
		t.Errorf("pressed twice: to %q", got.to)
	}
}
