package register_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/crossing"
	"traininghub/internal/form"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/register"
	rt "traininghub/internal/register/registertest"
	"traininghub/internal/sqlite"
	"traininghub/internal/staff"
	"traininghub/internal/wall"
)

func is(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// state checks a mentor's present state.
func state(t *testing.T, h *rt.Hub, id string, want register.State) *register.Mentor {
	t.Helper()
	m, err := h.Get(t.Context(), id)
	if err != nil || m.State() != want {
		t.Fatalf("she is %q (%v), want %q", m.State(), err, want)
	}
	return m
}

func listed(t *testing.T) (*rt.Hub, *register.Mentor) {
	t.Helper()
	h := rt.New(t, monday, nil)
	m := h.Accepted(t, rt.Ada)
	h.Listed(t, m.ID)
	h.Deliver(t)
	return h, state(t, h, m.ID, register.Listed)
}

// with is an accepted application after a change.
func with(a crossing.Accepted, version int64, change func(*crossing.Accepted)) crossing.Accepted {
	a.Version = version
	if change != nil {
		change(&a)
	}
	return a
}

// TestAcceptedTwice: messages can come twice, late and in any order. There is one mentor for one
// person, and nothing that a mentor wrote is lost.
func TestAcceptedTwice(t *testing.T) {
	corrected := with(rt.Ada, 5, func(a *crossing.Accepted) { a.Email = "ada.okafor@example.org" })
	withdrawn := with(rt.Ada, 9, func(a *crossing.Accepted) { a.Withdrawn = "2021-10-20" })
	other := with(rt.Ada, 2, func(a *crossing.Accepted) { a.Course = "juggling" })
	for name, c := range map[string]struct {
		messages []crossing.Accepted
		state    register.State
		email    string
	}{
		"twice":                    {[]crossing.Accepted{rt.Ada, rt.Ada}, register.Draft, "Ada@example.org"},
		"corrected":                {[]crossing.Accepted{rt.Ada, corrected, rt.Ada}, register.Draft, "ada.okafor@example.org"},
		"corrected comes first":    {[]crossing.Accepted{corrected, rt.Ada}, register.Draft, "ada.okafor@example.org"},
		"withdrawn":                {[]crossing.Accepted{rt.Ada, withdrawn, corrected}, register.Left, "Ada@example.org"},
		"withdrawn comes first":    {[]crossing.Accepted{withdrawn, rt.Ada}, register.Nowhere, ""},
		"a course without mentors": {[]crossing.Accepted{other}, register.Nowhere, ""},
		"accepted again":           {[]crossing.Accepted{rt.Ada, withdrawn, with(rt.Ada, 12, nil)}, register.Draft, "Ada@example.org"},
		"an older application follows": {[]crossing.Accepted{rt.Ada, with(rt.Ada, 50, func(a *crossing.Accepted) {
			a.Reference, a.Day, a.Email = "TK-AAAA-BBBB", "2021-09-01", "old@example.org"
		})}, register.Draft, "Ada@example.org"},
		"another application was withdrawn": {[]crossing.Accepted{rt.Ada, with(withdrawn, 50, func(a *crossing.Accepted) { a.Reference = "TK-AAAA-BBBB" })},
			register.Draft, "Ada@example.org"},
	} {
		h := rt.New(t, monday, nil)
		for _, a := range c.messages {
			if err := h.Desk.Put(t.Context(), a); err != nil {
				t.Fatal(name, err)
			}
		}
		all, err := h.List(t.Context(), rt.Nell)
		if err != nil || len(all) > 1 || (len(all) == 1) != (c.state != register.Nowhere) {
			t.Fatalf("%s: the list has %v (%v)", name, all, err)
		}
		if len(all) == 0 {
			continue
		}
		m := state(t, h, all[0].ID, c.state)
		if m.Person.Email != c.email {
			t.Errorf("%s: she is written to at %s", name, m.Person.Email)
		}
	}
	h := rt.New(t, monday, nil)
	is(t, "what goes the other way", h.Desk.Put(t.Context(), crossing.Standing{Mentor: "TK-AAAA-BBBB", Version: 1}), crossing.ErrMessage)
	is(t, "what is not sound", h.Desk.Put(t.Context(), crossing.Accepted{}), crossing.ErrMessage)
}

// TestTakenBack: the decision is taken back after she is listed. She is not proposed, and the lead
// is told; accepted again, she is as before.
func TestTakenBack(t *testing.T) {
	h, m := listed(t)
	h.Accepted(t, with(rt.Ada, 20, func(a *crossing.Accepted) { a.Withdrawn = "2021-10-19" }))
	m = state(t, h, m.ID, register.Listed)
	if m.Bar(h.Now()) != register.BarTaken {
		t.Errorf("she can be proposed: %q", m.Bar(h.Now()))
	}
	if mailed, _ := h.Deliver(t); len(mailed) != 1 || mailed[0].To != "north@example.org" {
		t.Errorf("the lead is told by %+v", mailed)
	}
	h.Accepted(t, with(rt.Ada, 21, nil))
	m = state(t, h, m.ID, register.Listed)
	if m.Bar(h.Now()) != "" || m.Answers["about"] == "" {
		t.Errorf("accepted again: %q, %v", m.Bar(h.Now()), m.Answers)
	}
}

// TestRoles: the same person is a mentor, applies elsewhere, and leads an area. Nothing mixes, and
// nobody acts on their own record.
func TestRoles(t *testing.T) {
	h := rt.New(t, monday, nil)
	ctx := t.Context()
	nell := with(rt.Ada, 3, func(a *crossing.Accepted) { a.Email, a.Name = "NORTH@example.org", "Nell North" })
	m := h.Accepted(t, nell)
	p := h.Wall.Office.Others(nil, "north@example.org")
	if p == nil || !p.May(staff.Find, wall.Area("support", "north")) || p.May(staff.Find, wall.Area("support", "south")) ||
		!p.May(staff.Mentor, wall.Area("support", "south")) {
		t.Errorf("she may %+v", p)
	}
	h.Complete(t, m.ID)
	if err := h.PutForward(ctx, m.ID); err != nil {
		t.Fatal(err)
	}
	is(t, "approving herself", h.Approve(ctx, rt.Nell, m.ID), register.ErrOwn)
	is(t, "seeing her own certificate", h.SeeQualification(ctx, rt.Nell, m.ID, false), register.ErrOwn)
	_, err := h.Invite(ctx, rt.Nell, register.Invitation{Service: "support", Area: "north", Name: "Nell", Email: "north@example.org"})
	is(t, "inviting herself", err, register.ErrOwn)
	is(t, "a lead of another area", h.Approve(ctx, rt.Sol, m.ID), record.ErrNotFound)
	if mailed, _ := h.Deliver(t); slices.ContainsFunc(mailed, func(l record.Message) bool { return l.To == "north@example.org" }) {
		t.Errorf("she is told of herself: %+v", mailed)
	}
	deputy := &staff.Person{Email: "deputy@example.org", Roles: []staff.Role{{Name: staff.AreaDeputy, For: wall.Area("support", "north")}}}
	if err := errors.Join(h.SeeQualification(ctx, deputy, m.ID, true), h.Approve(ctx, deputy, m.ID), h.Approve(ctx, deputy, m.ID)); err != nil {
		t.Errorf("the deputy approves: %v", err)
	}
	// An application for another course does not concern the register.
	h.Accepted(t, with(nell, 4, func(a *crossing.Accepted) { a.Course, a.Reference, a.Name = "juggling", "JG-AAAA-BBBB", "Other" }))
	if m := state(t, h, m.ID, register.Listed); m.Person.Name != "Nell North" || m.Reference != nell.Reference {
		t.Errorf("another application changed her: %+v", m.Person)
	}
}

// TestInvited: a lead invites somebody, who accepts; an accepted application of the same person
// joins that record.
func TestInvited(t *testing.T) {
	h := rt.New(t, monday, nil)
	ctx := t.Context()
	to := register.Invitation{Service: "support", Area: "north", Name: "Ada", Email: "ada@example.org"}
	m, err := h.Invite(ctx, rt.Nell, to)
	if err != nil || m.State() != register.Invited || !strings.HasPrefix(m.Reference, "RM-") {
		t.Fatalf("invited: %+v, %v", m, err)
	}
	_, err = h.Invite(ctx, rt.Nell, to)
	is(t, "inviting twice", err, register.ErrMove)
	_, err = h.Invite(ctx, rt.Sol, to)
	is(t, "inviting into an area of others", err, record.ErrNotFound)
	if mailed, _ := h.Deliver(t); len(mailed) != 1 || strings.Contains(mailed[0].Subject, "mentor") {
		t.Fatalf("invited by %+v", mailed)
	}
	if _, _, problems, err := h.SavePage(ctx, m.ID, "about-you", rt.Profile["about-you"]); err != nil || problems != nil {
		t.Fatal(problems, err)
	}
	state(t, h, m.ID, register.Draft)
	same := h.Accepted(t, rt.Ada)
	if same.ID != m.ID || same.Answers["about"] == "" || same.Reference != m.Reference && same.Reference != rt.Ada.Reference {
		t.Errorf("the application made another record: %+v", same)
	}
}

// TestQualified: somebody who already holds a qualification applies, and types nothing twice.
// Nobody can find out whether somebody else is on the register.
func TestQualified(t *testing.T) {
	h := rt.New(t, monday, nil)
	ctx := t.Context()
	v := url.Values{
		"name": {"Ada Okafor"}, "email": {"ada@example.org"}, "gmc-number": {"7654321"}, "practice-code": {"Z99999"},
		"clinical-sessions": {"4"}, "qualification": {"EMCC Practitioner"},
	}
	wrong := url.Values{"name": {"Ada"}, "email": {"ada@example.org"}}
	if problems, _, err := h.Apply(ctx, "support", wrong); err != nil || len(problems) != 4 {
		t.Errorf("a mistake gives %v, %v", problems, err)
	}
	_, _, err := h.Apply(ctx, "elsewhere", v)
	is(t, "a service without a register", err, record.ErrNotFound)
	for range 2 {
		if problems, _, err := h.Apply(ctx, "support", v); err != nil || problems != nil {
			t.Fatal(problems, err)
		}
	}
	m, err := h.ByEmail(ctx, "ADA@example.org")
	if err != nil || m.State() != register.Draft || m.Person.Number != "7654321" || m.Answers[register.AskTitle] != "EMCC Practitioner" {
		t.Fatalf("applied: %+v, %v", m, err)
	}
	if mailed, _ := h.Deliver(t); len(mailed) != 1 {
		t.Errorf("she gets %d letters", len(mailed))
	}
	v.Set("name", "Somebody Else")
	if problems, _, err := h.Apply(ctx, "support", v); err != nil || problems != nil {
		t.Errorf("the caller sees that she is there: %v, %v", problems, err)
	}
	if m = state(t, h, m.ID, register.Draft); m.Person.Name != "Ada Okafor" {
		t.Errorf("a stranger changed her to %q", m.Person.Name)
	}
	letters := 1
	for range 20 { // by somebody who knows only her address, again and again
		if problems, _, err := h.Apply(ctx, "support", v); err != nil || problems != nil {
			t.Fatal(problems, err)
		}
		mailed, _ := h.Deliver(t)
		letters += len(mailed)
		h.Set(h.Now().Add(time.Minute))
	}
	if letters > 6 {
		t.Errorf("a stranger has %d letters sent to her within the hour, want 6 at most", letters)
	}
}

// TestWho: the other store is told the details of a mentor without an application, once they are on
// the register. For one with an application it already knows them.
func TestWho(t *testing.T) {
	h := rt.New(t, monday, nil)
	ctx := t.Context()
	m, err := h.Invite(ctx, rt.Nell, register.Invitation{Service: "support", Area: "north", Name: "Bo Reed", Email: "bo@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	h.Listed(t, m.ID)
	other := h.Accepted(t, rt.Ada)
	h.Listed(t, other.ID)
	_, crossed := h.Deliver(t)
	who := map[string]*crossing.Mentor{}
	for _, c := range crossed {
		s := c.(crossing.Standing)
		who[s.Mentor] = s.Who
	}
	want := crossing.Mentor{Name: "Bo Reed", Email: "bo@example.org", Course: "talking", Begins: "2021-10-18"}
	if got := who[m.Reference]; got == nil || *got != want || who[rt.Ada.Reference] != nil || len(who) != 2 {
		t.Errorf("the other store is told %+v", who)
	}
}

// TestLacks: nobody is put forward or approved while something is missing. Wrong answers are
// reported and not kept.
func TestLacks(t *testing.T) {
	h := rt.New(t, monday, nil)
	ctx := t.Context()
	m := h.Accepted(t, rt.Ada)
	is(t, "an empty profile", h.PutForward(ctx, m.ID), register.ErrLacks)
	for most, wrong := range map[string]bool{"13": true, "-1": true, "": true, "four": true, "12": false, "0": false} {
		v := url.Values{}
		for k, is := range rt.Profile["where"] {
			v[k] = is
		}
		v.Set("people-at-most", most)
		now, _, problems, err := h.SavePage(ctx, m.ID, "where", v)
		if err != nil || len(problems) > 0 != wrong || wrong && now.Answers[register.AskMost] == most && most != "" {
			t.Errorf("people at most %q: %v, %v", most, problems, err)
		}
	}
	_, _, _, err := h.SavePage(ctx, m.ID, "none", nil)
	is(t, "a page that is not there", err, record.ErrNotFound)
	h.Complete(t, m.ID)
	if err := h.PutForward(ctx, m.ID); err != nil {
		t.Fatal(err)
	}
	is(t, "putting it forward twice", h.PutForward(ctx, m.ID), register.ErrMove)
	is(t, "nobody has seen the certificate", h.Approve(ctx, rt.Nell, m.ID), register.ErrLacks)
	if err := h.SendBack(ctx, rt.Nell, m.ID); err != nil {
		t.Fatal(err)
	}
	state(t, h, m.ID, register.Draft)
	is(t, "approving what was sent back", errors.Join(h.SeeQualification(ctx, rt.Nell, m.ID, false), h.Approve(ctx, rt.Nell, m.ID)), register.ErrMove)
	is(t, "terms of another day", h.Agree(ctx, m.ID, "2020-01", "Ada"), register.ErrMove)
}

// TestRight: every 90 days a mentor is asked whether the profile is right. Somebody who twice does
// not answer is paused, and the lead is told.
func TestRight(t *testing.T) {
	h, m := listed(t)
	ctx := t.Context()
	day := func(n int) time.Time { return time.Date(2021, 10, 18+n, 7, 59, 59, 0, course.London) }
	// mailed are the letters that ask, without those about April and supervision.
	mailed := func(at time.Time) (asking []record.Message) {
		t.Helper()
		h.Set(at)
		all, _ := h.Deliver(t)
		for _, l := range all {
			if strings.Contains(l.Text, "still-right") {
				asking = append(asking, l)
			}
		}
		return asking
	}
	quiet := func(at time.Time) {
		t.Helper()
		if all := mailed(at); len(all) > 0 {
			t.Fatalf("at %v %+v", at, all)
		}
	}
	asked := func(at time.Time) string {
		t.Helper()
		mailed := mailed(at)
		if len(mailed) != 1 || mailed[0].To != "Ada@example.org" {
			t.Fatalf("at %v %+v", at, mailed)
		}
		_, link, ok := strings.Cut(strings.TrimSpace(mailed[0].Text), register.OwnPath+"still-right/")
		if !ok {
			t.Fatalf("no link in %q", mailed[0].Text)
		}
		return link
	}
	quiet(day(90))
	link := asked(day(90).Add(time.Second))
	for _, no := range []string{"", "x", link + "x", strings.Replace(link, "rm-", "rm-0", 1), m.ID + "." + strings.Repeat("A", 43)} {
		if _, err := h.Link(ctx, no); !errors.Is(err, record.ErrNotFound) {
			t.Errorf("the link %q opens: %v", no, err)
		}
	}
	by, err := h.Link(ctx, link)
	if err != nil || by.ID != m.ID {
		t.Fatalf("her link opens %v, %v", by, err)
	}
	if err := h.SayRight(ctx, by.ID); err != nil {
		t.Fatal(err)
	}
	quiet(day(90 + 90))
	asked(day(180).Add(time.Second))
	quiet(day(180 + 14))
	// Her supervision and the yearly answer are there, so that no other letter goes at the end.
	if err := h.NoteSupervision(ctx, rt.Nell, m.ID, "supervision", register.Today(h.Now())); err != nil {
		t.Fatal(err)
	}
	h.Yearly(t, m.ID, "yes")
	asked(day(194).Add(time.Second))
	state(t, h, m.ID, register.Listed)
	h.Set(day(208).Add(time.Second))
	if all, _ := h.Deliver(t); len(all) != 1 || all[0].To != "north@example.org" {
		t.Errorf("the lead is told by %+v", all)
	}
	state(t, h, m.ID, register.Paused)
	if err := h.SayRight(ctx, m.ID); err != nil {
		t.Fatal(err)
	}
	state(t, h, m.ID, register.Listed)
}

// TestYearly: on 1 April every mentor is asked, and after 30 days without an answer no longer
// proposed. Somebody who cannot say that all is well is suspended from that day.
func TestYearly(t *testing.T) {
	h, m := listed(t)
	at := func(year int, month time.Month, day int) time.Time {
		return time.Date(year, month, day, 8, 0, 0, 0, course.London)
	}
	note := func() {
		t.Helper()
		if err := h.NoteSupervision(t.Context(), rt.Nell, m.ID, "training", register.Today(h.Now())); err != nil {
			t.Fatal(err)
		}
		if err := h.SayRight(t.Context(), m.ID); err != nil {
			t.Fatal(err)
		}
	}
	h.Set(at(2022, 3, 31))
	h.Deliver(t)
	note()
	h.Set(at(2022, 4, 1).Add(-time.Second))
	if mailed, _ := h.Deliver(t); mailed != nil {
		t.Errorf("before it is due: %+v", mailed)
	}
	h.Set(at(2022, 4, 1))
	if mailed, _ := h.Deliver(t); len(mailed) != 1 || mailed[0].To != "Ada@example.org" {
		t.Errorf("in April: %+v", mailed)
	}
	h.Set(at(2022, 5, 1))
	mailed, _ := h.Deliver(t)
	if len(mailed) != 1 || mailed[0].To != "north@example.org" || state(t, h, m.ID, register.Listed).Bar(h.Now()) != register.BarYearly {
		t.Errorf("without an answer: %+v", mailed)
	}
	h.Yearly(t, m.ID, "yes")
	if now := state(t, h, m.ID, register.Listed); now.Bar(h.Now()) != "" || now.Person.Sessions != (register.Sessions{Each: "5", Confirmed: "2022-05-01"}) ||
		now.Interests.On != "2022-05-01" {
		t.Errorf("answered: %q, %+v, %+v", now.Bar(h.Now()), now.Person, now.Interests)
	}
	h.Deliver(t)
	h.Yearly(t, m.ID, "no")
	state(t, h, m.ID, register.Suspended)
	_, crossed := h.Deliver(t)
	if len(crossed) != 1 || len(crossed[0].(crossing.Standing).Suspended) != 1 || crossed[0].(crossing.Standing).Suspended[0].From != "2022-05-01" {
		t.Errorf("what crosses: %+v", crossed)
	}
	is(t, "reinstated without an answer", h.Reinstate(t.Context(), rt.Nell, m.ID), register.ErrLacks)
	h.Set(at(2022, 5, 20))
	h.Yearly(t, m.ID, "yes")
	if err := h.Reinstate(t.Context(), rt.Nell, m.ID); err != nil {
		t.Fatal(err)
	}
	if now := state(t, h, m.ID, register.Paused); now.Suspended[0] != (crossing.Period{From: "2022-05-01", Until: "2022-05-19"}) {
		t.Errorf("she was suspended %+v", now.Suspended)
	}
}

// TestPause: one press pauses, until a day or without end. Absences are noted, and past ones are
// kept.
func TestPause(t *testing.T) {
	h, m := listed(t)
	ctx := t.Context()
	is(t, "until today", h.Pause(ctx, m.ID, "2021-10-18"), register.ErrMove)
	if err := errors.Join(h.Pause(ctx, m.ID, "2021-10-25"), h.Pause(ctx, m.ID, "2021-10-25")); err != nil {
		t.Fatal(err)
	}
	state(t, h, m.ID, register.Paused)
	h.Set(time.Date(2021, 10, 24, 23, 59, 59, 0, course.London))
	h.Deliver(t)
	state(t, h, m.ID, register.Paused)
	h.Set(time.Date(2021, 10, 25, 0, 0, 0, 0, course.London)) // still summer time: 23:00 UTC the day before
	h.Deliver(t)
	state(t, h, m.ID, register.Listed)
	if err := errors.Join(h.PauseFor(ctx, rt.Nell, m.ID), h.ResumeFor(ctx, rt.Nell, m.ID), h.Resume(ctx, m.ID)); err != nil {
		t.Fatal(err)
	}
	is(t, "an end before the beginning", h.GoAway(ctx, m.ID, "2021-11-10", "2021-11-09"), register.ErrMove)
	is(t, "what is over", h.GoAway(ctx, m.ID, "2021-10-01", "2021-10-24"), register.ErrMove)
	if err := h.GoAway(ctx, m.ID, "2021-10-20", "2021-12-31"); err != nil {
		t.Fatal(err)
	}
	_, crossed := h.Deliver(t)
	if len(crossed) != 1 || crossed[0].(crossing.Standing).Away[0].Until != "2021-12-31" {
		t.Errorf("away crosses as %+v", crossed)
	}
	if err := h.GoAway(ctx, m.ID, "", ""); err != nil {
		t.Fatal(err)
	}
	now := state(t, h, m.ID, register.Listed)
	if now.Bar(h.Now()) != "" || now.Standing().Away[0] != (crossing.Period{From: "2021-10-20", Until: "2021-10-25"}) {
		t.Errorf("back: %q, %+v", now.Bar(h.Now()), now.Standing().Away)
	}
	if problems, err := h.TakeMost(ctx, m.ID, "13"); len(problems) != 1 || err != nil {
		t.Errorf("13 people: %v, %v", problems, err)
	}
	if problems, err := h.TakeMost(ctx, m.ID, "3"); problems != nil || err != nil || state(t, h, m.ID, register.Listed).Most() != 3 {
		t.Errorf("3 people: %v, %v", problems, err)
	}
}

// TestLeaves: a mentor gives a last day, can take it back, and is gone the day after. The message
// that crosses has the day, and no reason. Accepted again, they start with the profile that they
// had.
func TestLeaves(t *testing.T) {
	h, m := listed(t)
	ctx := t.Context()
	is(t, "a last day that is over", h.Leave(ctx, m.ID, "2021-10-17"), register.ErrMove)
	if err := errors.Join(h.Leave(ctx, m.ID, "2022-03-31"), h.Stay(ctx, m.ID), h.Resume(ctx, m.ID), h.LeaveFor(ctx, rt.Nell, m.ID, "2022-03-31")); err != nil {
		t.Fatal(err)
	}
	mailed, crossed := h.Deliver(t)
	if len(mailed) != 2 || len(crossed) != 1 || crossed[0].(crossing.Standing).Left != "2022-03-31" {
		t.Errorf("leaving: %+v, %+v", mailed, crossed)
	}
	h.Set(time.Date(2022, 3, 31, 22, 59, 59, 0, time.UTC)) // 23:59:59 of the last day in London
	h.Deliver(t)
	state(t, h, m.ID, register.Leaving)
	h.Set(time.Date(2022, 3, 31, 23, 0, 0, 0, time.UTC))
	h.Deliver(t)
	left := state(t, h, m.ID, register.Left)
	if left.LastDay != "2022-03-31" || left.Bar(h.Now()) == "" {
		t.Errorf("left on %s", left.LastDay)
	}
	is(t, "changing a profile after leaving", h.GoAway(ctx, m.ID, "2022-05-01", "2022-05-02"), register.ErrMove)

	again := h.Accepted(t, with(rt.Ada, 1, func(a *crossing.Accepted) { a.Reference, a.Day = "TK-CCCC-DDDD", "2022-04-04" }))
	if again.ID != m.ID || again.State() != register.Draft || again.Reference != "TK-CCCC-DDDD" || again.Answers["about"] == "" || again.LastDay != "" {
		t.Errorf("accepted again: %s, %+v", again.State(), again)
	}
}

// TestSuspended: a lead suspends. Nothing new happens, everything there stays, and only a lead ends
// it.
func TestSuspended(t *testing.T) {
	h, m := listed(t)
	ctx := t.Context()
	if _, err := h.Mentors().Amend(ctx, m.ID, func(m *register.Mentor) error {
		return errors.Join(m.Hold("r1", monday.Add(time.Hour), monday), m.Confirm("r1", monday))
	}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(h.Suspend(ctx, rt.Nell, m.ID), h.Suspend(ctx, rt.Nell, m.ID)); err != nil {
		t.Fatal(err)
	}
	now := state(t, h, m.ID, register.Suspended)
	if now.Active() != 1 || len(now.Suspended) != 1 || !errors.Is(now.Hold("r2", monday.Add(time.Hour), monday), register.ErrProposed) {
		t.Errorf("suspended: %+v", now.Places)
	}
	is(t, "resuming by herself", h.Resume(ctx, m.ID), register.ErrMove)
	if err := h.Leave(ctx, m.ID, "2021-12-31"); err != nil {
		t.Fatal(err)
	}
	is(t, "staying, and so ending it", h.Stay(ctx, m.ID), register.ErrMove)
	if s := state(t, h, m.ID, register.Leaving).Standing(); s.Suspended[0].Until != "" || s.Left != "2021-12-31" {
		t.Errorf("what crosses says %+v", s)
	}
}

// TestPlan: a lead writes the plan, the mentor agrees, and then it cannot change. Only the day
// crosses.
func TestPlan(t *testing.T) {
	h := rt.New(t, monday, nil)
	ctx := t.Context()
	m := h.Accepted(t, rt.Ada)
	h.Deliver(t)
	is(t, "agreeing to nothing", h.AgreePlan(ctx, m.ID), register.ErrMove)
	if _, problems, err := h.WritePlan(ctx, rt.Nell, m.ID, url.Values{}); len(problems) != 1 || err != nil {
		t.Errorf("an empty plan: %v, %v", problems, err)
	}
	if _, problems, err := h.WritePlan(ctx, rt.Nell, m.ID, url.Values{"plan": {"Four fellows from January"}}); problems != nil || err != nil {
		t.Fatal(problems, err)
	}
	if _, crossed := h.Deliver(t); len(crossed) != 0 {
		t.Errorf("before she agrees crosses %+v", crossed)
	}
	h.Set(monday.AddDate(0, 0, 3))
	if err := errors.Join(h.AgreePlan(ctx, m.ID), h.AgreePlan(ctx, m.ID)); err != nil {
		t.Fatal(err)
	}
	_, crossed := h.Deliver(t)
	if len(crossed) != 1 || crossed[0].(crossing.Standing).Plan != "2021-10-21" || crossed[0].(crossing.Standing).Mentor != rt.Ada.Reference {
		t.Errorf("the plan crosses as %+v", crossed)
	}
	_, _, err := h.WritePlan(ctx, rt.Nell, m.ID, url.Values{"plan": {"Another"}})
	is(t, "another plan", err, register.ErrMove)
}

// TestCrossing: once it answers, the other store is told of each change, with a rising version, and
// of nothing that does not concern it.
func TestCrossing(t *testing.T) {
	h := rt.New(t, monday, nil)
	h.Shut = errors.New("the other store does not answer")
	m := h.Accepted(t, rt.Ada)
	h.Listed(t, m.ID)
	if err := h.SayRight(t.Context(), m.ID); err != nil {
		t.Fatal(err)
	}
	if _, crossed := h.Deliver(t); crossed != nil {
		t.Fatal("crossed although it is shut")
	}
	h.Shut = nil
	h.Set(monday.Add(time.Hour))
	_, crossed := h.Deliver(t)
	if len(crossed) != 1 {
		t.Fatalf("%d messages crossed", len(crossed))
	}
	s := crossed[0].(crossing.Standing)
	if s.Agreed != "2021-10-18" || s.Trained != "2021-10-18" || s.Sessions != "5" || s.Confirmed != "2021-10-18" || s.Plan != "" || s.Left != "" {
		t.Errorf("it says %+v", s)
	}
	h.Set(monday.AddDate(0, 0, 1))
	if err := h.Suspend(t.Context(), rt.Nell, m.ID); err != nil {
		t.Fatal(err)
	}
	_, crossed = h.Deliver(t)
	if len(crossed) != 1 || crossed[0].At() <= s.Version {
		t.Errorf("later it is told %+v, first it was version %d", crossed, s.Version)
	}
}

// canary goes into every field that a mentor or a lead can fill in with words.
const canary = "Canarywren"

// TestQuiet: no letter or message contains a word that somebody typed, and no subject, Message-ID
// or sender says what it is about.
func TestQuiet(t *testing.T) {
	h := rt.New(t, monday, nil)
	ctx := t.Context()
	m := h.Accepted(t, with(rt.Ada, 3, func(a *crossing.Accepted) { a.Name = canary + " Okafor" }))
	about := url.Values{"about": {canary}, "about-in-list": {"yes"}, "qualification": {canary}}
	if _, _, problems, err := h.SavePage(ctx, m.ID, "about-you", about); problems != nil || err != nil {
		t.Fatal(problems, err)
	}
	h.Listed(t, m.ID)
	if _, _, problems, err := h.SavePage(ctx, m.ID, "about-you", about); problems != nil || err != nil {
		t.Fatal(problems, err)
	}
	if _, problems, err := h.DeclareInterests(ctx, m.ID, url.Values{"people": {canary}}); problems != nil || err != nil {
		t.Fatal(problems, err)
	}
	if _, problems, err := h.WritePlan(ctx, rt.Nell, m.ID, url.Values{"plan": {canary}}); problems != nil || err != nil {
		t.Fatal(problems, err)
	}
	if err := errors.Join(h.AgreePlan(ctx, m.ID), h.GoAway(ctx, m.ID, "2021-11-01", "2021-11-20")); err != nil {
		t.Fatal(err)
	}
	var mailed []record.Message
	var crossed []crossing.Message
	names := map[string]bool{}
	for day := range 800 {
		h.Set(monday.AddDate(0, 0, day))
		more, passed := h.Deliver(t)
		mailed, crossed = append(mailed, more...), append(crossed, passed...)
		if day == 400 {
			if err := h.Leave(ctx, m.ID, register.Today(h.Now())); err != nil {
				t.Fatal(err)
			}
		}
	}
	now, err := h.Get(ctx, m.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range now.Letters {
		names[l.Name] = true
	}
	if len(mailed) < 10 || len(crossed) < 2 {
		t.Fatalf("%d letters, %d messages", len(mailed), len(crossed))
	}
	for _, l := range mailed {
		if strings.Contains(l.Subject+l.Text, canary) || len(l.Attachments) > 0 {
			t.Errorf("a letter has what somebody typed: %+v", l)
		}
		if text := strings.ToLower(l.Subject + l.ID + l.From); strings.Contains(text, "mentor") || strings.Contains(text, "support") {
			t.Errorf("a letter says what it is about: %s, %s", l.Subject, l.ID)
		}
	}
	for _, c := range crossed {
		if data, err := crossing.Encode(c); err != nil || strings.Contains(string(data), canary) {
			t.Errorf("what crosses has what somebody typed: %s, %v", data, err)
		}
	}
}

// TestPlacesAtOnce: 64 leads want the last places at the same moment, on every store of this
// machine.
func TestPlacesAtOnce(t *testing.T) {
	file, err := sqlite.Open(t.TempDir()+"/wall.db", sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for name, s := range map[string]record.Store{"memory": &recordtest.Memory{}, "sqlite": file} {
		h := rt.New(t, monday, s)
		m := h.Accepted(t, rt.Ada)
		h.Listed(t, m.ID)
		var all sync.WaitGroup
		results := make([]error, 64)
		for n := range 64 {
			all.Go(func() {
				results[n] = record.Together(t.Context(), s, func(set *record.Set) error {
					m, err := h.Mentors().In(t.Context(), set, m.ID)
					if err != nil {
						return err
					}
					return m.Hold(fmt.Sprintf("request-%d", n), monday.Add(time.Hour), monday)
				})
			})
		}
		all.Wait()
		held := 0
		for _, err := range results {
			if err == nil {
				held++
			} else if !errors.Is(err, register.ErrFull) {
				t.Errorf("%s: %v", name, err)
			}
		}
		now := state(t, h, m.ID, register.Listed)
		if held != 2 || now.Held(monday) != 2 || now.Free(monday) != 0 {
			t.Errorf("%s: %d were told that they have one, %d are held", name, held, now.Held(monday))
		}
	}
}

// TestOffice: the record is given to its mentor without the people whom they mentor, the audit
// finds a hidden change, and it can be erased, or is removed when its time is over.
func TestOffice(t *testing.T) {
	h, m := listed(t)
	ctx := t.Context()
	if _, err := h.Mentors().Amend(ctx, m.ID, func(m *register.Mentor) error {
		return errors.Join(m.Hold("request-of-somebody", monday.Add(time.Hour), monday), m.Confirm("request-of-somebody", monday))
	}); err != nil {
		t.Fatal(err)
	}
	numbers := form.Registrations("GMC 7654321")
	kept, err := h.Wall.Store.Get(ctx, m.ID)
	if err != nil {
		t.Fatal(err)
	}
	if own, err := h.About(ctx, kept, numbers, ""); err != nil || own == nil {
		t.Fatalf("by her number: %v, %v", own, err)
	}
	if own, err := h.About(ctx, kept, nil, "eve@example.org"); err != nil || own != nil {
		t.Errorf("by another address: %v, %v", own, err)
	}
	own, err := h.GiveOut(ctx, m.ID)
	data, _ := json.Marshal(own)
	if err != nil || !strings.Contains(string(data), "Okafor") || strings.Contains(string(data), "request-of-somebody") || strings.Contains(string(data), `"hash"`) {
		t.Errorf("she is given %s, %v", data, err)
	}
	r, err := h.Wall.Store.Get(ctx, m.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, what := h.Check(r, nil); what != "" {
		t.Errorf("the audit finds %q", what)
	}
	for _, change := range []string{`"name":"Ada Okafor"|"name":"Eve Okafor"`, `"listed":"2021-10-18"|"listed":"2020-10-18"`} {
		was, is, _ := strings.Cut(change, "|")
		bad := r
		if bad.Data = []byte(strings.Replace(string(r.Data), was, is, 1)); string(bad.Data) == string(r.Data) {
			t.Fatalf("the record has no %s", was)
		}
		if _, what := h.Check(bad, nil); what == "" {
			t.Errorf("the audit does not find %q", change)
		}
	}
	if err := errors.Join(h.Erase(ctx, m.ID), h.Erase(ctx, m.ID)); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Get(ctx, m.ID); !errors.Is(err, record.ErrNotFound) {
		t.Errorf("she was erased, but still exists: %v", err)
	}

	for what, c := range map[string]struct {
		end  func(h *rt.Hub, id string) error
		days int
	}{
		"a profile that nobody finishes":  {func(*rt.Hub, string) error { return nil }, 90},
		"who leaves without being listed": {func(h *rt.Hub, id string) error { return h.Leave(ctx, id, "2021-10-18") }, 90},
		"who was listed": {func(h *rt.Hub, id string) error {
			h.Listed(t, id)
			err := h.Leave(ctx, id, "2021-10-18")
			h.Set(monday.AddDate(0, 0, 1))
			h.Deliver(t)
			return err
		}, 731},
	} {
		h := rt.New(t, monday, nil)
		m := h.Accepted(t, rt.Ada)
		if err := c.end(h, m.ID); err != nil {
			t.Fatal(err)
		}
		h.Set(monday.AddDate(0, 0, c.days-1))
		if n, err := h.Sweep(ctx); n != 0 || err != nil {
			t.Errorf("%s: %d removed too early, %v", what, n, err)
		}
		h.Set(monday.AddDate(0, 0, c.days+1))
		if n, err := h.Sweep(ctx); n != 1 || err != nil {
			t.Errorf("%s: %d removed at the end, %v", what, n, err)
		}
	}
}
