package mentor_test

import (
	"context"
	"net/http"
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
	"traininghub/internal/web"
	"traininghub/internal/web/mentor"
)

var monday = time.Date(2021, 10, 18, 10, 0, 0, 0, course.London)

// newWorld is a register with the mentor's pages.
func newWorld(t *testing.T, more ...mentor.More) *rt.Pages {
	t.Helper()
	h := rt.New(t, monday, nil)
	return h.Serve(t, mentor.Part(h.Desk, more...))
}

// TestJourney: an accepted mentor signs in, fills in the profile, agrees, declares, answers, puts
// it forward, pauses, goes away, takes more people, and leaves. No script is needed.
func TestJourney(t *testing.T) {
	w := newWorld(t, func(_ context.Context, m *register.Mentor) ([]page.Block, error) {
		return []page.Block{{Title: "People whom you mentor", Text: []string{m.Reference}}}, nil
	})
	m := w.Accepted(t, rt.Ada)
	b := w.Browser().SignIn("ada@example.org")
	b.Shows("Your mentoring", "Signed in as Ada Okafor", "Your profile is not finished", "Agree to the terms", "TK-7K4D-2P9X")
	b.Lacks("Send my profile to the mentor lead")
	b.Shows(`<a href="/mentoring/mentor/profile/about-you">Complete your profile</a>`) // the first page that lacks something

	b.Get("/mentoring/mentor/profile/about-you").Shows("About me", `name="shown"`, "a parent")
	b.Post("/mentoring/mentor/profile/about-you", url.Values{"about": {strings.Repeat("x", 301)}}).Is(422).Shows("There is a problem", "300 characters")
	for id, v := range rt.Profile {
		b.Post("/mentoring/mentor/profile/"+id, v).Is(200).Shows("Your changes are saved")
	}
	b.Get("/mentoring/mentor/profile/none").Is(404)
	b.Get("/mentoring/mentor/terms").Shows("I keep what I hear to myself.", "I agree to the terms")
	b.Post("/mentoring/mentor/terms?version=2021-09", nil).Is(422).Shows("Enter your full name to sign")
	b.Post("/mentoring/mentor/terms?version=1999-01", url.Values{"signature": {"Ada Okafor"}}).Shows("cannot be done any more")
	b.Post("/mentoring/mentor/terms?version=2021-09", url.Values{"signature": {"Ada Okafor"}}).Shows("You have agreed to the terms")
	b.Get("/mentoring/mentor/terms").Shows("You agreed to this on Monday 18 October 2021").Lacks(`name="signature"`)
	b.Post("/mentoring/mentor/interests", url.Values{"practice-1": {"nonsense"}}).Is(422)
	b.Post("/mentoring/mentor/interests", url.Values{"practice-1": {"Z99998"}}).Shows("Your interests are saved")
	b.Get("/mentoring/mentor/yearly").Shows(`value="4.5"`)
	b.Post("/mentoring/mentor/yearly", url.Values{"registered": {"yes"}}).Is(422)
	b.Post("/mentoring/mentor/yearly", url.Values{
		"registered": {"no"}, "not-suspended": {"yes"}, "clinical-sessions": {"5"}, "interests-right": {"yes"},
	}).Shows("Talk with the mentor lead about your registration").Lacks("Answer questions about your registration")
	b.Post("/mentoring/mentor/yearly", url.Values{
		"registered": {"yes"}, "not-suspended": {"yes"}, "clinical-sessions": {"5"}, "interests-right": {"no"},
	}).Shows("Practice code") // what has changed is asked for
	b.Get("/mentoring/mentor/").Shows("Your profile is complete. It is not with the mentor lead yet").Lacks("not finished")
	b.Press("Send my profile to the mentor lead").Shows("with the mentor lead")

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
	b.Get("/mentoring/mentor/").Shows("You are on the register", "You take 2 people at most.", "Four fellows")
	b.Press("I agree to this plan").Shows("You have agreed to the plan", "Monday 18 October 2021")
	b.Press("Pause").Shows("You are paused").Press("I can be asked again").Shows("You can be asked again")
	b.Post("/mentoring/mentor/pause", url.Values{"until-day": {"18"}, "until-month": {"10"}, "until-year": {"2021"}}).Is(422).Shows("must be after today")
	b.Post("/mentoring/mentor/pause", url.Values{"until-day": {"1"}, "until-month": {"11"}, "until-year": {"2021"}}).Shows("Until Monday 1 November 2021")
	b.Press("I can be asked again")

	away := func(from, to string) url.Values {
		return url.Values{"from-day": {from}, "from-month": {"11"}, "from-year": {"2021"}, "to-day": {to}, "to-month": {"12"}, "to-year": {"2021"}}
	}
	b.Post("/mentoring/mentor/away", url.Values{"from-day": {"1"}, "from-month": {"11"}, "from-year": {"2021"}}).Is(422).Shows("Enter the last day away")
	b.Post("/mentoring/mentor/away", away("1", "31")).Shows("The days are noted", "Monday 1 November 2021 to Friday 31 December 2021")
	b.Get("/mentoring/mentor/away").Shows(`value="31"`)
	b.Post("/mentoring/mentor/away", nil).Shows("The days are noted").Lacks("Friday 31 December 2021")

	b.Get("/mentoring/mentor/people").Shows("they stay with you").Lacks("You have")
	b.Post("/mentoring/mentor/people", url.Values{"people-at-most": {"13"}}).Is(422)
	b.Post("/mentoring/mentor/people", url.Values{"people-at-most": {"1"}}).Shows("You take 1 person at most")

	b.Get("/mentoring/mentor/leave").Shows("You agreed to stay until Tuesday 18 October 2022")
	b.Post("/mentoring/mentor/leave", url.Values{"last-day-day": {"17"}, "last-day-month": {"10"}, "last-day-year": {"2021"}}).Is(422).Shows("today or later")
	b.Post("/mentoring/mentor/leave", url.Values{"last-day-day": {"31"}, "last-day-month": {"3"}, "last-day-year": {"2022"}}).Shows("Your last day is Thursday 31 March 2022")
	b.Press("Take back my last day").Shows("Your last day is taken back").Press("I can be asked again")
	b.Post("/mentoring/mentor/act", url.Values{"act": {"stay"}}).Shows("cannot be done any more")
	b.Post("/mentoring/mentor/act", url.Values{"act": {"suspend"}}).Is(404)
	b.Get("/mentoring/mentor/").Press("Sign out")
	b.Get("/mentoring/mentor/").Shows("Sign in").Lacks("Ada Okafor")
}

// TestRight: the link in the letter opens a page with two buttons, without signing in. Opening it
// does nothing, and it does not say whose it is.
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
	b := w.Browser()
	b.Get(at).Is(200).Shows("Are your details still right?", "Still right", "Pause me").Lacks("Ada", "Okafor")
	if now, _ := w.Desk.Get(t.Context(), m.ID); now.Asked != 1 {
		t.Fatal("opening the page did something")
	}
	b.Press("Still right").Shows("Thank you").Lacks("Ada")
	if now, _ := w.Desk.Get(t.Context(), m.ID); now.Asked != 0 || now.State() != register.Listed {
		t.Errorf("she is %s, asked %d times", now.State(), now.Asked)
	}
	b.Get(link(181)).Press("Pause me").Shows("You are paused")
	if now, _ := w.Desk.Get(t.Context(), m.ID); now.State() != register.Paused {
		t.Errorf("she is %s", now.State())
	}
	for _, no := range []string{at + "x", "/mentoring/mentor/still-right/x", strings.Replace(at, m.ID, "rm-0", 1)} {
		b.Get(no).Is(404)
		b.Post(no, url.Values{"answer": {"right"}}).Is(404)
	}
	w.Set(monday.AddDate(0, 0, 300))
	b.Get(at).Is(404)
}

// TestQualified: somebody with a qualification applies without signing in, and gets the same page
// whether they are on the register or not.
func TestQualified(t *testing.T) {
	w := newWorld(t)
	b := w.Browser()
	b.Get("/mentoring/mentor/apply/elsewhere").Is(404)
	b.Get("/mentoring/mentor/apply/support").Is(200).Shows("Your qualification", `name="gmc-number"`)
	v := url.Values{"name": {"Ada Okafor"}, "email": {"ada@example.org"}, "gmc-number": {"7654321"}, "practice-code": {"Z99999"},
		"clinical-sessions": {"4"}, "qualification": {"EMCC Practitioner"}}
	b.Post("/mentoring/mentor/apply/support", url.Values{"name": {"Ada"}}).Is(422).Shows("There is a problem", "Enter email address")
	first := b.Post("/mentoring/mentor/apply/support", v).Shows("Check your email").Text
	if again := b.Post("/mentoring/mentor/apply/support", v).Text; again != first {
		t.Error("the second answer is another one")
	}
	w.Browser().SignIn("ada@example.org").Shows("Your profile is not finished", "EMCC Practitioner")
	for range web.MaxToOne {
		b.Post("/mentoring/mentor/apply/support", v)
	}
	b.Is(http.StatusTooManyRequests)
}

// TestAccess: somebody who is not a mentor sees none of these pages, a mentor sees only their own,
// and docs/access.md has a line for each.
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
	lead, nobody, own := w.Browser().SignIn("south@example.org"), w.Browser(), w.Browser().SignIn("ada@example.org")
	own.Get("/mentoring/mentor/").Is(200)
	for _, r := range w.Routes {
		says := lines[r.Pattern]
		delete(lines, r.Pattern)
		method, path, _ := strings.Cut(r.Pattern, " ")
		path = strings.NewReplacer("{$}", "", "{page}", "whom", "{link}", "x", "{service}", "support").Replace(path)
		do := func(b *rt.Browser) *rt.Browser {
			if method == http.MethodPost {
				return b.Post(path, nil)
			}
			return b.Get(path)
		}
		switch r.By {
		case web.Staff:
			if says != "mentors" {
				t.Errorf("docs/access.md says %q of %s", says, r.Pattern)
			}
			do(lead).Is(404)
			if do(nobody); method == http.MethodPost && nobody.Status != http.StatusForbidden || method == http.MethodGet && !strings.Contains(nobody.At, "sign-in") {
				t.Errorf("%s signed out: %d at %s", r.Pattern, nobody.Status, nobody.At)
			}
			if do(own); own.Status >= 500 {
				t.Errorf("%s as a mentor: %d", r.Pattern, own.Status)
			}
		case web.Linked:
			if says != "who has the link" {
				t.Errorf("docs/access.md says %q of %s", says, r.Pattern)
			}
			do(nobody).Is(404)
		case web.Anybody:
			if says != "everybody" {
				t.Errorf("docs/access.md says %q of %s", says, r.Pattern)
			}
			if do(nobody); nobody.Status >= 500 || nobody.Status == 404 {
				t.Errorf("%s: %d", r.Pattern, nobody.Status)
			}
		}
	}
	for pattern := range lines {
		t.Errorf("docs/access.md has a line for %s, which is no address", pattern)
	}
}
