package lead_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/register"
	rt "traininghub/internal/register/registertest"
	"traininghub/internal/staff"
	"traininghub/internal/web"
	"traininghub/internal/web/lead"
)

func newRegister(t *testing.T) *rt.Pages {
	t.Helper()
	h := rt.New(t, time.Date(2021, 10, 18, 10, 0, 0, 0, course.London), nil)
	return h.Serve(t, lead.Mentors(h.Desk, nil))
}

// date is a date as a page's three inputs.
func date(id, day, month, year string) url.Values {
	return url.Values{id + "-day": {day}, id + "-month": {month}, id + "-year": {year}}
}

// TestMentors: a lead invites, looks at a profile, sends it back, sees the certificate, approves,
// writes the plan, notes supervision, pauses, suspends and reinstates, and enters a last day.
func TestMentors(t *testing.T) {
	w := newRegister(t)
	b := w.Browser().SignIn("north@example.org")
	b.Get("/mentoring/lead/mentors/").Is(200).Shows("Nobody waits for you", "Invite somebody")
	b.Get("/mentoring/lead/mentors/invite").Shows("Peer support, The north").Lacks("The south")
	to := url.Values{"name": {"Bo Reed"}, "email": {"Bo@example.org"}, "where": {"support/north"}}
	b.Post("/mentoring/lead/mentors/invite", url.Values{"name": {"Bo"}}).Is(422).Shows("There is a problem")
	b.Post("/mentoring/lead/mentors/invite", url.Values{"name": {"Bo"}, "email": {"bo@example.org"}, "where": {"support/south"}}).Is(422)
	b.Post("/mentoring/lead/mentors/invite", to).Is(200).Shows("The invitation is on its way", "Bo Reed", "Invited")
	b.Post("/mentoring/lead/mentors/invite", to).Is(422).Shows("invited, already")

	m := w.Accepted(t, rt.Ada)
	w.Complete(t, m.ID)
	if err := w.PutForward(t.Context(), m.ID); err != nil {
		t.Fatal(err)
	}
	at := register.LeadPath + m.ID
	b.Get("/mentoring/lead/mentors/").Shows("Waits for you", "Ada Okafor", at)
	b.Get(at).Is(200).Shows("nobody has seen the qualification yet", "A partner for twenty years.", "Z99998", "There is no plan").Lacks("Put onto the register")
	b.Press("Ask them to change the profile").Shows("Call them, and say why", "Writing the profile")
	if err := w.PutForward(t.Context(), m.ID); err != nil {
		t.Fatal(err)
	}
	b.Get(at).Press("Training is under way").Shows("Training is under way, noted")
	b.Press("I have seen the certificate").Shows("by north@example.org").Press("Put onto the register").Shows("They are on the register", "Monday 18 October 2021")

	b.Get(at + "/plan").Shows("What was agreed")
	b.Post(at+"/plan", nil).Is(422)
	b.Post(at+"/plan", url.Values{"plan": {"Four fellows"}}).Shows("They are asked to agree", "They have not agreed yet")
	if err := w.AgreePlan(t.Context(), m.ID); err != nil {
		t.Fatal(err)
	}
	b.Post(at+"/plan", url.Values{"plan": {"Five fellows"}}).Shows("That cannot be done now")

	b.Post(at+"/supervision", date("on", "19", "10", "2021")).Is(422).Shows("There is a problem")
	v := date("on", "4", "10", "2021")
	v.Set("what", "supervision")
	b.Post(at+"/supervision", v).Shows("It is noted", "Monday 4 October 2021")
	v.Set("what", "nonsense")
	b.Post(at+"/supervision", v).Is(422)

	b.Get(at).Press("Pause").Shows("They are paused").Press("They can be asked again").Shows("They can be asked again.")
	b.Press("Suspend").Shows("They are suspended from today").Press("End the suspension").Shows("They are paused now").Press("They can be asked again")
	b.Get(at + "/leave").Shows("They agreed to stay until Tuesday 18 October 2022")
	b.Post(at+"/leave", date("last-day", "17", "10", "2021")).Is(422).Shows("today or later")
	b.Post(at+"/leave", date("last-day", "31", "3", "2022")).Shows("The last day is noted", "Thursday 31 March 2022")
	b.Press("Take back the last day").Shows("The last day is taken back")
	b.Post(at+"/act", url.Values{"act": {"approve"}}).Shows("That cannot be done now")
	b.Post(at+"/act", url.Values{"act": {"destroy"}}).Is(404)
}

// TestOwnRecord: a lead who is a mentor sees their own record without buttons, and direct posts are
// refused.
func TestOwnRecord(t *testing.T) {
	w := newRegister(t)
	nell := rt.Ada
	nell.Email, nell.Name = "north@example.org", "Nell North"
	m := w.Accepted(t, nell)
	w.Complete(t, m.ID)
	if err := w.PutForward(t.Context(), m.ID); err != nil {
		t.Fatal(err)
	}
	at := register.LeadPath + m.ID
	b := w.Browser().SignIn("north@example.org")
	b.Get(at).Is(200).Shows("This is your own record").Lacks("Ask them to change the profile")
	for _, act := range []string{"approve", "back", "seen", "pause", "suspend", "end"} {
		b.Post(at+"/act", url.Values{"act": {act}}).Shows("That cannot be done now")
	}
	b.Post(at+"/plan", url.Values{"plan": {"Mine"}}).Shows("That cannot be done now")
	deputy := w.Browser().SignIn("deputy@example.org")
	deputy.Get(at).Press("I have seen the certificate").Press("Put onto the register").Shows("They are on the register")
}

// TestMentorAccess: docs/access.md has a line for each address. Somebody who leads no area, or
// another one, gets no page.
func TestMentorAccess(t *testing.T) {
	w := newRegister(t)
	m := w.Accepted(t, rt.Ada)
	w.Complete(t, m.ID)
	text, err := os.ReadFile("../../../docs/access.md")
	if err != nil {
		t.Fatal(err)
	}
	who := map[string]string{}
	for _, line := range tableLine.FindAllStringSubmatch(string(text), -1) {
		if strings.Contains(line[1], " "+register.LeadPath) {
			who[line[1]] = line[2]
		}
	}
	lead, other := w.Browser().SignIn("north@example.org"), w.Browser().SignIn("south@example.org")
	mentor, nobody := w.Browser().SignIn("ada@example.org"), w.Browser()
	for _, r := range w.Routes {
		says := who[r.Pattern]
		delete(who, r.Pattern)
		if r.By != web.Staff || says != "mentor leads" && says != "who leads where they mentor" {
			t.Errorf("docs/access.md says %q of %s, which is for %s", says, r.Pattern, r.By)
		}
		method, path, _ := strings.Cut(r.Pattern, " ")
		path = strings.NewReplacer("{$}", "", "{mentor}", m.ID).Replace(path)
		do := func(b *rt.Browser) int {
			if method == http.MethodPost {
				return b.Post(path, nil).Status
			}
			return b.Get(path).Status
		}
		if got := do(mentor); got != http.StatusNotFound {
			t.Errorf("%s as a mentor: %d", r.Pattern, got)
		}
		if got := do(other); (got == http.StatusNotFound) != (says == "who leads where they mentor") {
			t.Errorf("%s as the lead of another area: %d", r.Pattern, got)
		}
		if do(nobody); method == http.MethodPost && nobody.Status != http.StatusForbidden || method == http.MethodGet && !strings.Contains(nobody.At, "sign-in") {
			t.Errorf("%s signed out: %d at %s", r.Pattern, nobody.Status, nobody.At)
		}
		if got := do(lead); got >= 500 || got == http.StatusNotFound && !strings.HasSuffix(path, "/act") {
			t.Errorf("%s as their lead: %d", r.Pattern, got)
		}
	}
	for pattern := range who {
		t.Errorf("docs/access.md has a line for %s, which is no address", pattern)
	}
}

// TestHiddenPeople: of a mentor's people, a lead sees nobody whose request is hidden from them: the
// pages are exactly the same with and without it. Only that a mentor is full may show.
func TestHiddenPeople(t *testing.T) {
	pages := func(hidden int) (list, one, leave string) {
		h := rt.New(t, time.Date(2021, 10, 18, 10, 0, 0, 0, course.London), nil)
		w := h.Serve(t, lead.Mentors(h.Desk, func(_ context.Context, p *staff.Person, request string) (bool, error) {
			return strings.HasPrefix(request, "hidden-") && p.Email == "north@example.org", nil
		}))
		m := w.Accepted(t, rt.Ada)
		w.Listed(t, m.ID)
		_, err := w.Mentors().Amend(t.Context(), m.ID, func(m *register.Mentor) error {
			m.Answers[register.AskMost] = "4"
			take := func(request string) {
				m.Places = append(m.Places, register.Place{Request: request, Since: h.Now()})
			}
			take("seen-1")
			for i := range hidden {
				take(fmt.Sprint("hidden-", i))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		b := w.Browser().SignIn("north@example.org")
		at := register.LeadPath + m.ID
		body := func(path string) string { return strings.ReplaceAll(b.Get(path).Is(200).Text, m.ID, "ID") }
		return body(register.LeadPath), body(at), body(at + "/leave")
	}
	list, one, leave := pages(0)
	if !strings.Contains(one, "1 of 4 at most") || !strings.Contains(leave, "They mentor 1 person now") {
		t.Fatalf("the pages do not say how many:\n%s\n%s", one, leave)
	}
	for _, hidden := range []int{1, 2} {
		withList, withOne, withLeave := pages(hidden)
		if withList != list || withOne != one || withLeave != leave {
			t.Errorf("with %d hidden people the pages are\n%s\n%s\n%s\nand without them\n%s\n%s\n%s", hidden, withList, withOne, withLeave, list, one, leave)
		}
	}
	full, one, _ := pages(3)
	if !strings.Contains(full, "Full") || !strings.Contains(one, "Full: 4 at most") {
		t.Errorf("a full mentor is not told as one:\n%s", one)
	}
}
