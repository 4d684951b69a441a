package web_test

import (
	"strings"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/record"
	"traininghub/internal/removal"
)

// marked has an applicant withdraw, and the application marked for removal at once.
func (h *hub) marked(id string) (ref string) {
	h.t.Helper()
	ref, link, _ := h.applied(id)
	b := h.browser().post(link, nil).want(200, "/status/")
	b.post("/status/withdraw", nil).want(200, "/status/")
	h.desk.Retain.Withdrawn = 7 * 24 * time.Hour
	if did, err := removal.Of(h.desk).Sweep(h.t.Context()); err != nil || did.Marked != 1 {
		h.t.Fatalf("%+v, %v", did, err)
	}
	return ref
}

// held makes the brake hold removals: a retention is shorter than before.
func (h *hub) held() {
	h.t.Helper()
	h.desk.Retain.Declined /= 2
	h.pass(2 * time.Hour)
	if did, err := removal.Of(h.desk).Sweep(h.t.Context()); err != nil || did.Held == nil {
		h.t.Fatalf("%+v, %v", did, err)
	}
}

// brake is the state of the brake.
func (h *hub) brake() *record.Brake {
	h.t.Helper()
	b, err := removal.Of(h.desk).Brake(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return b
}

func newHubWithOffice(t *testing.T) *hub {
	h := newHub(t)
	h.office.Contacts = []course.Contact{{Name: "Olu Office", Email: "olu@example.org"}, {Name: "Ola Office", Email: "ola@example.org"}}
	return h
}

// TestRestorePage: the office sees what is marked for removal, and brings it back. A lead has no
// such page. Pressing twice, or naming another application, changes nothing.
func TestRestorePage(t *testing.T) {
	h := newHubWithOffice(t)
	ref := h.marked(mentors)
	office, lead := h.staff("olu@example.org"), h.staff(h.course(mentors).Lead.Email)
	other := h.sends(ccts, nil)
	lead.get("/review/removals").want(404, ".*")
	lead.post("/review/removals/restore", form.Values{"reference": ref}).want(404, ".*")
	office.get("/review/"+ref).want(404, ".*")
	office.get("/review/office/").want(200, ".*").says("Removals")
	office.get("/review/removals").want(200, ".*").says("Marked for removal", ref, h.course(mentors).Title)
	for _, private := range []string{"Angharad", "email@example.org", other} {
		if strings.Contains(office.body, private) {
			t.Errorf("the page has %q", private)
		}
	}
	for _, wrong := range []string{"", "x", other, "SM-2C2C-2C2C", strings.ToLower(ref)} {
		office.post("/review/removals/restore", form.Values{"reference": wrong}).want(404, ".*")
	}
	office.post("/review/removals/restore", form.Values{"reference": ref}).want(200, "/review/"+ref).says("Olu Office")
	office.post("/review/removals/restore", form.Values{"reference": ref}).want(404, ".*")
	office.get("/review/removals").says("No application is marked for removal")
	if got := h.application(ref).Status(); got != application.Withdrawn {
		t.Errorf("it came back as %s", got)
	}
}

// TestHeldPage: held removals are carried out only when two people of the office agree on the
// number that both saw.
func TestHeldPage(t *testing.T) {
	h := newHubWithOffice(t)
	h.marked(mentors)
	h.held()
	lead, one, two := h.staff(h.course(mentors).Lead.Email), h.staff("olu@example.org"), h.staff("ola@example.org")
	allow := form.Values{"held": "allow", "count": "0"}
	allowed := func(want bool) {
		t.Helper()
		if got := h.brake().Allowed != nil; got != want {
			t.Errorf("allowed is %v, want %v", got, want)
		}
	}
	lead.post("/review/removals/held", allow).want(404, ".*")
	one.get("/review/removals").says("Held back", "retain_declined_days is now", "Ask for a second person")
	one.post("/review/removals/held", form.Values{"held": "allow", "count": "7"}).says("Ask for a second person") // not what they saw
	one.post("/review/removals/held", form.Values{"held": "allow"}).says("Ask for a second person")
	one.post("/review/removals/held", allow).want(200, "/review/removals").says("You asked")
	one.post("/review/removals/held", allow).says("You asked")
	allowed(false)
	two.get("/review/removals").says("Somebody asked", "Allow it")
	two.post("/review/removals/held", form.Values{"held": "refuse"}).says("This was refused")
	two.post("/review/removals/held", allow).says("You asked")
	allowed(false) // what was asked before the refusal is over
	h.pass(25 * time.Hour)
	one, two = h.staff("olu@example.org"), h.staff("ola@example.org")
	one.post("/review/removals/held", allow).says("You asked") // the other one asked too long ago
	allowed(false)
	two.post("/review/removals/held", allow).says("Two people have allowed")
	allowed(true)
	if did, err := removal.Of(h.desk).Sweep(t.Context()); err != nil || did.Held != nil {
		t.Errorf("allowed, and then %+v, %v", did, err)
	}
	two.get("/review/removals").says("What was said about removals", "ola@example.org allowed", "olu@example.org asked", "ola@example.org refused")
	if strings.Contains(two.body, "Held back") {
		t.Error("it is still held")
	}
}
