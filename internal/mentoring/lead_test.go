package mentoring_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/mentoring"
	"traininghub/internal/mentoring/mentoringtest"
	"traininghub/internal/programme"
	"traininghub/internal/record"
)

// owed are the names of the letters of a request.
func owed(r *mentoring.Request) (names []string) {
	for _, l := range r.Letters {
		names = append(names, l.Name)
	}
	return names
}

// TestHandlers: the lead sees to a request. The deputy does while the lead is away or may not see
// it, and goes on with what they have begun. The next area's lead does if neither is there.
func TestHandlers(t *testing.T) {
	h := mentoringtest.New(t)
	excludes := func(names ...string) func(*mentoring.Request) {
		return func(r *mentoring.Request) {
			for _, n := range names {
				r.Exclusions = append(r.Exclusions, mentoring.Exclusion{ID: n, Name: n})
			}
		}
	}
	plain := h.Asks("request-plain", "north", nil)
	for id, c := range map[string]struct {
		area string
		not  []string
		want string
	}{
		"request-lead":    {"north", []string{"Nora Quill"}, "dev"},
		"request-alike":   {"north", []string{"Dr N. QUILL"}, "dev"}, // may be her, until somebody has asked
		"request-both":    {"north", []string{"Quill", "Dev Patel"}, "mo"},
		"request-next":    {"north", []string{"Quill", "Patel", "Mo Ash"}, "cy"},
		"request-round":   {"south", []string{"Sue Birch"}, "nora"},
		"request-far":     {"south", []string{"Birch", "Quill"}, "dev"},
		"request-all":     {"north", []string{"Quill", "Patel", "Ash", "Reed", "Birch"}, ""},
		"request-other":   {"middle", []string{"Ashley Moore"}, "mo"},
		"request-unknown": {"gone", nil, "nora"},
	} {
		h.Asks(id, c.area, excludes(c.not...))
		got := strings.ReplaceAll(strings.Join(h.Desk.Handlers(h.Get(id)), " "), "@example.org", "")
		if got != c.want {
			t.Errorf("%s without %q: %q see to it, want %q", c.area, c.not, got, c.want)
		}
	}
	who := func(want string) {
		t.Helper()
		got := strings.ReplaceAll(strings.Join(h.Desk.Handlers(h.Get(plain)), " "), "@example.org", "")
		if got != want {
			t.Errorf("at %s %q see to it, want %q", h.Now, got, want)
		}
	}
	who("nora")
	today := course.DateOf(h.Now)
	if err := h.Desk.SetAway(t.Context(), h.Person("nora"), today, today.AddDays(2)); err != nil {
		t.Fatal(err)
	}
	who("dev")
	if _, err := h.Desk.Tried(t.Context(), h.Person("nora"), plain, h.Now); !errors.Is(err, mentoring.ErrNoRequest) {
		t.Errorf("the lead who is away: %v", err)
	}
	if _, err := h.Desk.Arrange(t.Context(), h.Person("dev"), plain, h.Now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := h.Desk.SetAway(t.Context(), h.Person("dev"), today, today); err != nil {
		t.Fatal(err)
	}
	who("mo") // both are away
	if err := h.Desk.NotAway(t.Context(), h.Person("dev"), mentoring.Absence{From: "2026-11-30",
		Until: "2026-11-30"}); err != nil {
		t.Fatal(err)
	}
	who("dev")
	h.Now = h.Now.AddDate(0, 0, 3)
	who("nora dev") // the lead is back, and the deputy goes on
	if _, err := h.Desk.GiveTo(t.Context(), h.Person("dev"), plain, "south"); err != nil {
		t.Fatal(err)
	}
	who("sue")
	if _, err := h.Desk.GiveTo(t.Context(), h.Person("sue"), plain, "north"); err != nil {
		t.Fatal(err)
	}
	who("nora") // what the deputy did before no longer counts
}

// TestLate: if nobody has called in the promised time, the deputy sees the request, too.
func TestLate(t *testing.T) {
	h := mentoringtest.New(t)
	id := h.Asks("request-1", "north", nil)
	h.Day(2)
	if got := h.Desk.Handlers(h.Get(id)); len(got) != 1 {
		t.Errorf("on the last day %q see to it", got)
	}
	h.Now = h.Now.Add(time.Minute)
	if got := h.Desk.Handlers(h.Get(id)); !slices.Equal(got, []string{"nora@example.org", "dev@example.org"}) {
		t.Errorf("a minute late %q see to it", got)
	}
}

// TestCalls: three tries on three days within the promised time, then a letter; closed 28 days
// later. Somebody who answers in between is called again, and the tries start over.
func TestCalls(t *testing.T) {
	h := mentoringtest.New(t)
	id, nora := h.Asks("request-1", "north", nil), h.Person("nora")
	try := func() {
		t.Helper()
		if _, err := h.Desk.Tried(t.Context(), nora, id, h.Now); err != nil {
			t.Fatal(err)
		}
	}
	for name, at := range map[string]time.Time{"to come": h.Now.Add(time.Hour), "before it came": h.Now.AddDate(0,
		0, -1)} {
		if _, err := h.Desk.Tried(t.Context(), nora, id, at); !errors.Is(err, mentoring.ErrTime) {
			t.Errorf("a try %s: %v", name, err)
		}
	}
	try()
	try() // twice on a day is one try
	h.Day(1)
	try()
	if s := h.State(id); s != mentoring.Called {
		t.Errorf("after two tries it is %q", s)
	}
	h.Day(16) // the first two count no more
	try()
	h.Day(1)
	try()
	if s := h.State(id); s != mentoring.Called || h.Get(id).Tried(h.Desk.Service("talk"), h.Now) != 2 {
		t.Errorf("after two tries within 15 working days it is %q", s)
	}
	h.Day(1)
	try()
	r := h.Get(id)
	if s, _ := r.State(); s != mentoring.NoAnswer || !slices.Contains(owed(r), mentoring.LetterNoAnswer) {
		t.Errorf("after three tries it is %q and owes %q", s, owed(r))
	}
	h.Sweep()
	if _, err := h.Desk.Arrange(t.Context(), nora, id, h.Now.AddDate(0, 0, 1)); err != nil ||
		h.State(id) != mentoring.Called {
		t.Errorf("they wrote back: %v, %q", err, h.State(id))
	}
	for range 3 {
		h.Day(1)
		try()
	}
	h.Now = h.Now.AddDate(0, 0, 28).Add(-time.Minute)
	h.Sweep()
	if s := h.State(id); s != mentoring.NoAnswer {
		t.Errorf("a minute before 28 days it is %q", s)
	}
	h.Now = h.Now.Add(time.Minute)
	h.Sweep()
	if s := h.State(id); s != mentoring.Unanswered {
		t.Errorf("after 28 days it is %q", s)
	}
	if _, err := h.Desk.Tried(t.Context(), nora, id, h.Now); !errors.Is(err, mentoring.ErrMove) {
		t.Errorf("a call to a request that is closed: %v", err)
	}
}

// TestTalk: the half hour has a possible beginning and end, even across the change to winter time.
func TestTalk(t *testing.T) {
	h := mentoringtest.New(t)
	h.Now = time.Date(2026, 10, 24, 12, 0, 0, 0, course.London)
	id, nora := h.Asks("request-1", "north", nil), h.Person("nora")
	h.Now = time.Date(2026, 10, 25, 9, 0, 0, 0, course.London)
	night := time.Date(2026, 10, 24, 23, 45, 0, 0, time.UTC) // 0:45 in summer time
	for _, c := range []struct {
		began, ended time.Time
		err          error
	}{
		{night, night, mentoring.ErrTime},
		{night.Add(time.Hour), night, mentoring.ErrTime},
		{h.Now.Add(-10 * time.Minute), h.Now.Add(time.Minute), mentoring.ErrTime},
		{night.AddDate(0, 0, -2), night, mentoring.ErrTime},
		{night, night.Add(5 * time.Hour), mentoring.ErrTime},
		{night, night.Add(90 * time.Minute), nil}, // 1:15, in winter time by then
		{night, night.Add(30 * time.Minute), mentoring.ErrMove},
	} {
		if _, err := h.Desk.Talk(t.Context(), nora, id, c.began, c.ended); !errors.Is(err, c.err) {
			t.Errorf("from %s to %s: %v, want %v", c.began, c.ended, err, c.err)
		}
	}
	if calls := h.Get(id).Calls; len(calls) != 1 || calls[0].Ended.Sub(calls[0].Began) != 90*time.Minute {
		t.Errorf("kept are %+v", calls)
	}
}

// TestPromise: a call in two working days, kept or broken.
func TestPromise(t *testing.T) {
	for _, c := range []struct {
		days    int // until the first try; -1 for none
		minutes int
		at      int // working days later at which it is asked
		want    string
	}{
		{-1, 0, 1, "{true false false false}"}, {-1, 0, 2, "{true false false false}"}, {-1, 0, 3,
			"{true false false true}"},
		{2, 0, 3, "{true true true false}"}, {3, 0, 4, "{true false true true}"},
	} {
		h := mentoringtest.New(t)
		id, s := h.Asks("request-1", "north", nil), h.Desk.Service("talk")
		begun := h.Now
		if c.days >= 0 {
			h.Day(c.days)
			if _, err := h.Desk.Tried(t.Context(), h.Person("nora"), id, h.Now); err != nil {
				t.Fatal(err)
			}
		}
		p := h.Get(id).CallPromise(s, course.AddWorkingDays(begun, c.at))
		if got := fmt.Sprintf("{%v %v %v %v}", p.By == course.DateOf(course.AddWorkingDays(begun, 2)), p.Kept,
			p.Done, p.Late); got != c.want {
			t.Errorf("tried after %d, asked after %d: %s, want %s", c.days, c.at, got, c.want)
		}
	}
}

// TestWaitingList: after more than 20 working days without a mentor a request is on the waiting
// list, and the mentee is told.
func TestWaitingList(t *testing.T) {
	h := mentoringtest.New(t)
	id := sought(t, h, "request-1")
	h.Day(20)
	h.Sweep()
	if s := h.State(id); s != mentoring.Seeking {
		t.Errorf("on the last day it is %q", s)
	}
	h.Day(1)
	h.Sweep()
	h.Sweep()
	r := h.Get(id)
	n := 0
	for _, name := range owed(r) {
		if name == mentoring.LetterWaitingList {
			n++
		}
	}
	if s, _ := r.State(); s != mentoring.Waiting || n != 1 {
		t.Errorf("it is %q, with %d letters", s, n)
	}
}

// answers are a whole pro-forma, section by section.
func answers() map[string]form.Values {
	return map[string]form.Values{
		"looking-for": {"focus-1": "balance", "focus-2": "career", "aim": "Canary aim"},
		"meeting": {"meet": "online, met", "travel": "40", "times": "evening", "wishes": "partner, locum",
			"must": "locum", "network": "yes"},
		"support":  {"gp": "not-said", "home": "yes"},
		"decision": {"decision": "both", "signposts": "health"},
		"safety":   {"safety": "no"},
	}
}

// talked is a request after its call.
func talked(t *testing.T, h *mentoringtest.House, id string) string {
	t.Helper()
	h.Asks(id, "north", nil)
	h.Now = h.Now.Add(time.Hour)
	if _, err := h.Desk.Talk(t.Context(), h.Person("nora"), id, h.Now.Add(-30*time.Minute), h.Now); err != nil {
		t.Fatal(err)
	}
	return id
}

func fill(t *testing.T, h *mentoringtest.House, id string, all map[string]form.Values) (problems []form.Problem) {
	t.Helper()
	for section, v := range all {
		wrong, err := h.Desk.SaveProforma(t.Context(), h.Person("nora"), id, section, v)
		if err != nil {
			t.Fatal(err)
		}
		problems = append(problems, wrong...)
	}
	return problems
}

// sought is a request for which a mentor is sought.
func sought(t *testing.T, h *mentoringtest.House, id string) string {
	t.Helper()
	talked(t, h, id)
	if problems := fill(t, h, id, answers()); problems != nil {
		t.Fatal(problems)
	}
	if gaps, err := h.Desk.Conclude(t.Context(), h.Person("nora"), id); err != nil || gaps != nil {
		t.Fatal(gaps, err)
	}
	return id
}

// TestProforma: what was typed is kept section by section, and concluded once everything is there.
// Then it gives what matching needs, and named help stays with its date.
func TestProforma(t *testing.T) {
	h := mentoringtest.New(t)
	id, nora := h.Asks("request-1", "north", nil), h.Person("nora")
	if problems := fill(t, h, id, map[string]form.Values{"looking-for": {"focus-1": "balance"}}); problems != nil {
		t.Error(problems)
	}
	if _, err := h.Desk.Conclude(t.Context(), nora, id); !errors.Is(err, mentoring.ErrMove) {
		t.Errorf("concluded before anybody talked: %v", err)
	}
	id = talked(t, h, "request-2")
	gaps, err := h.Desk.Conclude(t.Context(), nora, id)
	if err != nil || len(gaps) != 4 || h.State(id) != mentoring.Talked {
		t.Errorf("with nothing in it: %v, %v", gaps, err)
	}
	fill(t, h, id, answers())
	gaps, err = h.Desk.Conclude(t.Context(), nora, id)
	r := h.Get(id)
	if err != nil || gaps != nil || h.State(id) != mentoring.Seeking || r.Draft != nil {
		t.Fatalf("it is %q, gaps %v, %v", h.State(id), gaps, err)
	}
	p := r.Proforma
	got := fmt.Sprintln(p.Focus, p.Aim, p.Meet, p.Times, p.MaxTravel, p.Wishes, p.NoNetwork, p.GP, p.Home,
		p.Process, p.Decision, p.Safety, p.By)
	want := "[balance career] Canary aim [online met] [evening] 40 [{locum true} {partner false}] true not-said yes " +
		" both <nil> nora@example.org\n"
	if got != want {
		t.Errorf("it says\n%s, want\n%s", got, want)
	}
	if len(r.Signposted) != 1 || r.Signposted[0].To != "health" || !r.Signposted[0].At.Equal(h.Now) {
		t.Errorf("named was %+v", r.Signposted)
	}
	if len(p.Sections) != 4 || p.Sections[0].Items[0].Answer != "Work and life" {
		t.Errorf("people read %+v", p.Sections)
	}
	h.Day(3)
	change := answers()
	change["decision"] = form.Values{"decision": "not-apt", "signposts": "health, counselling"}
	fill(t, h, id, change)
	if gaps, err := h.Desk.Conclude(t.Context(), nora, id); err != nil || gaps != nil {
		t.Fatal(gaps, err)
	}
	r = h.Get(id)
	if s, _ := r.State(); s != mentoring.Signposts || len(r.Signposted) != 2 || r.Signposted[0].At.Equal(h.Now) ||
		!slices.Contains(owed(r), mentoring.LetterSignposted) {
		t.Errorf("it is %q, named was %+v, owed are %q", s, r.Signposted, owed(r))
	}
}

// TestProformaRules: the rules between its questions.
func TestProformaRules(t *testing.T) {
	for _, c := range []struct {
		section string
		v       form.Values
		want    string
	}{
		{"looking-for", form.Values{"focus-1": "balance", "focus-2": "balance"},
			"Choose something else for each place, or nothing"},
		{"looking-for", form.Values{"focus-1": "balance", "focus-2": "career", "focus-3": "career"},
			"Choose something else for each place, or nothing"},
		{"looking-for", form.Values{}, "Select what matters most to them"},
		{"looking-for", form.Values{"focus-1": "balance", "aim": strings.Repeat("x", 601)},
			"Their aim, in their own words must be 600 characters or less"},
		{"decision", form.Values{"decision": "not-apt"}, "Select the other help that you named"},
		{"decision", form.Values{"decision": "mentoring"}, ""},
		{"safety", form.Values{"safety": "yes"}, "Enter what the concern was, and what you did; Enter whom you " +
			"told; Select yes if you told the person you talked with first"},
		{"safety", form.Values{"safety": "yes", "safety-what": "x", "safety-told": "y", "safety-first": "no"}, ""},
	} {
		h := mentoringtest.New(t)
		var said []string
		for _, p := range fill(t, h, talked(t, h, "request-1"), map[string]form.Values{c.section: c.v}) {
			said = append(said, p.Text)
		}
		if got := strings.Join(said, "; "); got != c.want {
			t.Errorf("%s %v: %q, want %q", c.section, c.v, got, c.want)
		}
	}
	// Somebody who is better helped elsewhere need not say how they would meet a mentor.
	h := mentoringtest.New(t)
	id := talked(t, h, "request-1")
	fill(t, h, id, map[string]form.Values{"decision": {"decision": "not-apt", "signposts": "counselling"}, "safety": {
		"safety": "yes", "safety-what": "Canary harm", "safety-told": "The team", "safety-first": "yes"}})
	if gaps, err := h.Desk.Conclude(t.Context(), h.Person("nora"), id); err != nil || gaps != nil {
		t.Fatal(gaps, err)
	}
	r := h.Get(id)
	if s := r.Proforma.Safety; s == nil || s.What != "Canary harm" || !s.ToldFirst ||
		r.Last(mentoring.EventSafety).IsZero() {
		t.Errorf("on safety it says %+v", s)
	}
	for _, s := range r.Proforma.Sections {
		if s.ID == "safety" {
			t.Error("the part on safety is among what the mentee reads")
		}
	}
}

// TestSettle: an unclear name keeps out everybody whom it could mean, until somebody else has
// asked.
func TestSettle(t *testing.T) {
	h := mentoringtest.New(t)
	id := h.Asks("request-1", "north", func(r *mentoring.Request) {
		r.Exclusions = []mentoring.Exclusion{{ID: "a", Name: "Nora Smith"}}
	})
	if lines, err := h.Desk.List(t.Context(), h.Person("nora"), true); err != nil || len(lines) != 0 {
		t.Errorf("the lead who may be meant sees %v, %v", lines, err)
	}
	lines, err := h.Desk.List(t.Context(), h.Person("dev"), true)
	if err != nil || len(lines) != 1 || lines[0].Unclear != 1 {
		t.Fatalf("the deputy sees %+v, %v", lines, err)
	}
	if _, err := h.Desk.Settle(t.Context(), h.Person("nora"), id, "a", "", ""); !errors.Is(err,
		mentoring.ErrNoRequest) {
		t.Errorf("she says herself that it is nobody: %v", err)
	}
	if _, err := h.Desk.Settle(t.Context(), h.Person("dev"), id, "a", "stranger@example.org", ""); !errors.Is(err,
		mentoring.ErrNoRequest) {
		t.Errorf("somebody who has nothing to do with it: %v", err)
	}
	if _, err := h.Desk.Settle(t.Context(), h.Person("dev"), id, "a", "", ""); err != nil {
		t.Fatal(err)
	}
	if lines, _ := h.Desk.List(t.Context(), h.Person("nora"), true); len(lines) != 1 {
		t.Errorf("it was another Nora, and she sees %v", lines)
	}
	if _, err := h.Desk.Exclude(t.Context(), h.Person("nora"), id, "Nora Quill", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Desk.Read(t.Context(), h.Person("nora"), id, mentoring.ReadRequest); !errors.Is(err,
		mentoring.ErrNoRequest) {
		t.Errorf("she typed her own name and reads on: %v", err)
	}
}

// TestDaily: on working days from 8am, one letter with only a link to each person for whom
// something waits; none to people who are excluded, or for whom nothing waits.
func TestDaily(t *testing.T) {
	h := mentoringtest.New(t)
	h.Now = time.Date(2026, 11, 27, 17, 0, 0, 0, course.London) // a Friday
	h.Asks("request-1", "north", func(r *mentoring.Request) {
		r.Exclusions = []mentoring.Exclusion{{ID: "a", Name: "Nora Quill"}}
	})
	h.Asks("request-2", "south", nil)
	mailed := func() string {
		t.Helper()
		h.Sweep()
		before := len(h.Mail)
		post := &record.Post{Store: h.Store, Mailer: h, Now: func() time.Time { return h.Now },
			Log:     slog.New(slog.DiscardHandler),
			Stories: map[record.Kind]record.Story{mentoring.KindLeader: h.Leads.Post()}}
		if _, err := post.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
		var to []string
		for _, m := range h.Mail[before:] {
			if m.Text != "request-waits: open https://hub.example.org/mentoring/lead/\n" || len(m.Attachments) > 0 {
				t.Errorf("the letter says %q", m.Text)
			}
			to = append(to, strings.TrimSuffix(m.To, "@example.org"))
		}
		slices.Sort(to)
		return strings.Join(to, " ")
	}
	for _, c := range []struct {
		day, hour, minute int
		want              string
	}{
		{27, 18, 0, "dev sue"}, {27, 19, 0, ""}, {28, 9, 0, ""}, {29, 9, 0, ""}, {30, 7, 59, ""}, {30, 8, 0,
			"dev sue"}, {30, 12, 0, ""},
	} {
		h.Now = time.Date(2026, 11, c.day, c.hour, c.minute, 0, 0, course.London)
		if got := mailed(); got != c.want {
			t.Errorf("at %s letters go to %q, want %q", h.Now, got, c.want)
		}
	}
	if _, err := h.Desk.Arrange(t.Context(), h.Person("sue"), "request-2", h.Now.AddDate(0, 0, 3)); err != nil {
		t.Fatal(err)
	}
	h.Day(1)
	if got := mailed(); got != "dev" {
		t.Errorf("with a call arranged letters go to %q", got)
	}
}

// TestFigures: counts from 5 on, for past quarters, including requests that were removed since, and
// no count that could be worked out from others.
func TestFigures(t *testing.T) {
	h := mentoringtest.New(t)
	h.Now = time.Date(2026, 7, 1, 9, 0, 0, 0, course.London)
	q := mentoring.QuarterOf(h.Now)
	ask := func(area, role, heard string, n int) (ids []string) {
		for i := range n {
			ids = append(ids, h.Asks(fmt.Sprint("request-", area, "-", role, "-", heard, "-", i), area,
				func(r *mentoring.Request) {
					r.Role = role
					r.Document.Sections[0].Items[0].Normal = heard
				}))
		}
		return ids
	}
	told := ask("north", "gp", "colleague", 9)
	ask("north", "nurse", "appraiser", 6)
	ask("middle", "gp", "colleague", 5)
	ask("south", "gp", "colleague", 3)
	h.Day(1)
	for i, id := range told {
		if i < 6 {
			if _, err := h.Desk.Signpost(t.Context(), h.Person("nora"), id, []string{"health"}, i < 5); err != nil {
				t.Fatal(err)
			}
		} else if _, err := h.Desk.Signpost(t.Context(), h.Person("nora"), id, []string{"counselling"}, true); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.Desk.Figures(t.Context(), h.Desk.Service("talk"), q); !errors.Is(err, mentoring.ErrQuarter) {
		t.Errorf("before the quarter is over: %v", err)
	}
	csv := func() string {
		t.Helper()
		areas, err := h.Desk.Figures(t.Context(), h.Desk.Service("talk"), q)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := mentoring.WriteFigures(&b, q, areas); err != nil {
			t.Fatal(err)
		}
		return strings.NewReplacer("\ufeff", "", "\r\n", "\n", `"`, "").Replace(b.String())
	}
	h.Now = q.Ends()
	// The middle's 5 are hidden, too: together with the service's total, which others may know,
	// they would reveal the south's 3.
	want := `quarter,area,about,what,people
July to September 2026,The north,requests,all,15
July to September 2026,The north,role,GP,9
July to September 2026,The north,role,Practice nurse,6
July to September 2026,The north,heard of it by,A colleague,9
July to September 2026,The north,heard of it by,My appraiser,6
July to September 2026,The north,told of other help,GP Health,6
July to September 2026,The north,told of other help,Counselling,fewer than 5, or not said
July to September 2026,The north,waiting time,until the first call,not said
July to September 2026,The north,waiting time,until a pair was registered,not said
July to September 2026,The middle,requests,all,fewer than 5, or not said
`
	got := csv()
	if !strings.HasPrefix(got, want) || strings.Contains(got, ",3\n") || strings.Contains(got, ",5\n") {
		t.Errorf("the figures are\n%s, want\n%s", got, want)
	}
	h.Now = q.Ends().AddDate(0, 0, 1)
	h.Sweep()
	h.Now = h.Now.AddDate(0, 0, 100)
	h.Sweep()
	if _, err := h.Desk.Requests().Get(t.Context(), told[0]); !errors.Is(err, record.ErrNotFound) {
		t.Fatalf("a request is still there after its retention: %v", err)
	}
	if err := h.Desk.Erase(t.Context(), "request-north-nurse-appraiser-0"); err != nil {
		t.Fatal(err)
	}
	if after := csv(); after != got {
		t.Errorf("once requests are removed and erased the figures are\n%s, not\n%s", after, got)
	}
}

// TestSensitive: the answers about somebody's own doctor, home and formal process are counted
// nowhere.
func TestSensitive(t *testing.T) {
	h := mentoringtest.New(t)
	for i := range 12 {
		sought(t, h, fmt.Sprint("request-", i))
	}
	q := mentoring.QuarterOf(h.Now)
	h.Now = q.Ends()
	areas, err := h.Desk.Figures(t.Context(), h.Desk.Service("talk"), q)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range areas {
		for _, f := range a.Figures {
			if !slices.Contains([]string{"requests", "role", "heard of it by", "told of other help",
				"waiting time"}, f.About) {
				t.Errorf("counted is %+v", f)
			}
		}
	}
}

// TestPersonal: a mentee who asks for everything gets their request, the pro-forma and who read it,
// without what opens it. Nobody learns that others have named them. A request can be erased at any
// time, and the same write frees what it holds.
func TestPersonal(t *testing.T) {
	h := mentoringtest.New(t)
	id := sought(t, h, "request-1")
	h.Asks("request-2", "middle", func(r *mentoring.Request) {
		r.Contact = mentoring.Contact{Name: "Bo Finch", Email: "bo@example.org"}
		r.Exclusions = []mentoring.Exclusion{{ID: "x", Name: "Ada Lind"}}
	})
	p, err := h.Desk.Office.Person(t.Context(), "", "Ada@example.org")
	if err != nil {
		t.Fatal(err)
	}
	if got := p.References(); !slices.Equal(got, []string{id}) {
		t.Fatalf("of her are %q", got)
	}
	if err := h.Desk.Office.GiveOut(t.Context(), p, nil); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Canary aim", "mentor lead", "Work and life", `"to":"health"`} {
		if !strings.Contains(string(data), want) {
			t.Errorf("it lacks %q", want)
		}
	}
	for _, not := range []string{"Bo Finch", "bo@", "request-2", `"word"`, `"keys"`} {
		if strings.Contains(string(data), not) {
			t.Errorf("it has %q", not)
		}
	}
	var released []string
	h.Desk.Release = func(_ context.Context, set *record.Set, r *mentoring.Request) error {
		state, _ := r.State()
		released = append(released, r.ID+" "+string(state))
		return nil
	}
	if err := h.Desk.Office.EraseAll(t.Context(), p, p.References()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Desk.Requests().Get(t.Context(), id); !errors.Is(err, record.ErrNotFound) ||
		!slices.Equal(released, []string{id + " seeking"}) {
		t.Errorf("it is still there: %v; released was %q", err, released)
	}
	if found, err := h.Desk.Office.Audit(t.Context(), nil); err != nil || found.Wrong != nil {
		t.Errorf("the audit finds %+v, %v", found, err)
	}
	leader, err := h.Desk.Office.Person(t.Context(), "", "nora@example.org")
	if err != nil || len(leader.References()) != 0 {
		t.Errorf("for a lead without settings there is %q, %v", leader.References(), err)
	}
}

// TestTampered: an audit finds a pro-forma that was changed behind the hub's back.
func TestTampered(t *testing.T) {
	h := mentoringtest.New(t)
	id := sought(t, h, "request-1")
	r, err := h.Store.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	r.Data = bytes.Replace(r.Data, []byte("Canary aim"), []byte("Another aim"), 1)
	if err := h.Store.Update(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	found, err := h.Desk.Office.Audit(t.Context(), nil)
	if err != nil || len(found.Wrong) != 1 || found.Wrong[0].Reference != id {
		t.Errorf("the audit finds %+v, %v", found, err)
	}
}

// TestAreaGone: a request of an area that was removed from the service's file blocks nothing, and
// the lead of the first area sees it.
func TestAreaGone(t *testing.T) {
	h := mentoringtest.New(t)
	h.Asks("request-1", "east", nil)
	for name, want := range map[string]int{"nora": 1, "mo": 0, "sue": 0} {
		if lines, err := h.Desk.List(t.Context(), h.Person(name), true); err != nil || len(lines) != want {
			t.Errorf("%s sees %d requests, %v", name, len(lines), err)
		}
	}
	if _, err := h.Desk.GiveTo(t.Context(), h.Person("nora"), "request-1", "south"); err != nil {
		t.Fatal(err)
	}
	if lines, _ := h.Desk.List(t.Context(), h.Person("sue"), true); len(lines) != 1 || lines[0].Area != "south" {
		t.Errorf("the south has %+v", lines)
	}
}

// TestBroken: an unreadable request does not hide or hold up any other.
func TestBroken(t *testing.T) {
	h := mentoringtest.New(t)
	h.Asks("request-1", "north", nil)
	h.Asks("request-2", "north", nil)
	r, err := h.Store.Get(t.Context(), "request-1")
	if err != nil {
		t.Fatal(err)
	}
	r.Data = []byte(`{"id":7}`)
	if err := h.Store.Update(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if lines, err := h.Desk.List(t.Context(), h.Person("nora"), true); err != nil || len(lines) != 1 ||
		lines[0].ID != "request-2" {
		t.Errorf("the list has %+v, %v", lines, err)
	}
}

// TestAtOnce: everything that 16 people do to a request at once is there, in one chain.
func TestAtOnce(t *testing.T) {
	h := mentoringtest.New(t)
	id, nora := h.Asks("request-1", "north", nil), h.Person("nora")
	h.Now = h.Now.Add(time.Hour)
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			var err error
			switch i % 4 {
			case 0:
				_, err = h.Desk.Exclude(context.Background(), nora, id, fmt.Sprint("Person ", i), "")
			case 1:
				_, err = h.Desk.SaveProforma(context.Background(), nora, id, "looking-for",
					form.Values{"focus-1": "balance"})
			case 2:
				_, err = h.Desk.Tried(context.Background(), nora, id, h.Now)
			case 3:
				_, err = h.Desk.Signpost(context.Background(), nora, id, []string{"health"}, false)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	r := h.Get(id)
	if len(r.Exclusions) != 4 || r.Draft["focus-1"] != "balance" || len(r.Calls) != 4 || len(r.Signposted) != 1 {
		t.Errorf("kept are %d people, %q, %d calls, %d times other help", len(r.Exclusions), r.Draft, len(r.Calls),
			len(r.Signposted))
	}
	if found, err := h.Desk.Office.Audit(t.Context(), nil); err != nil || found.Wrong != nil {
		t.Errorf("the audit finds %+v, %v", found, err)
	}
	if _, err := h.Desk.Exclude(t.Context(), nora, id, "Person 0", ""); err != nil || len(h.Get(id).Exclusions) != 4 {
		t.Errorf("pressed twice: %v", err)
	}
}

// TestProformaFaults: if an editor removes something that the call needs, it is reported.
func TestProformaFaults(t *testing.T) {
	text, err := os.ReadFile("../../content/sheets/mentoring-proforma.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for was, c := range map[string]struct{ is, want string }{
		"- id: decision\n        kind: choice\n": {"- id: verdict\n        kind: choice\n",
			`there is no question "decision"`},
		"{id: not-apt, ": {"{id: no, ", `the decision has no option "not-apt"`},
		"- id: meet\n        kind: choices": {"- id: meet\n        kind: choice",
			`the question "meet" is of the kind choice (write kind: choices)`},
		"use: proforma": {"use: other",
			"the service finds mentors, and has no pro-forma for the call"},
		"": {"", ""},
	} {
		changed := strings.Replace(string(text), was, c.is, 1)
		if was != "" && changed == string(text) {
			t.Fatalf("the pro-forma has no %q", was)
		}
		p, faults := programme.Load(mentoringtest.Files(t,
			map[string]string{"sheets/call.yaml": strings.Replace(changed, "[gp-s]", "[talk]", 1)}),
			mentoringtest.Letters(), func(string) (string, bool) { return "Hub", true })
		if err := faults.Err(); err != nil {
			t.Fatal(err)
		}
		if got := mentoring.Faults(p).Error(); c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("with %q: %q, want %q", c.is, got, c.want)
		}
	}
}
