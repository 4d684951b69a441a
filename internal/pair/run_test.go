package pair

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"traininghub/internal/mentoring"
	"traininghub/internal/register"
)

// random puts random people and mentors into a world: of three practices, two groups, two areas.
func (w *world) random(r *rand.Rand, people, mentors int) {
	w.Helper()
	for n := range mentors {
		w.mentor(fmt.Sprintf("Mentor Nr%d", n), r.IntN(4), func(m *register.Mentor) {
			m.Person.Practice = fmt.Sprintf("Y%d", r.IntN(4))
			m.Answers[register.AskFocus] = []string{"balance", "partnership", "balance,research"}[r.IntN(3)]
			m.Answers[register.AskMeet] = []string{"online", "in-person", "online,in-person"}[r.IntN(3)]
			m.Answers[register.AskCohorts] = []string{"fellow", "partner", "fellow,partner"}[r.IntN(3)]
			m.Answers[register.AskAreas] = []string{"north", "south", "north,south"}[r.IntN(3)]
		})
	}
	for n := range people {
		w.request(fmt.Sprintf("Mia Nr%d", n), []string{"north", "south"}[r.IntN(2)], func(q *mentoring.Request) {
			q.Cohort = []string{"fellow", "partner"}[r.IntN(2)]
			q.Proforma.Focus = []string{"balance", "research"}[:1+r.IntN(2)]
			q.Proforma.Meet = [][]string{{"online"}, {"in-person"}, {"online", "in-person"}}[r.IntN(3)]
			q.Document.Sections = practising(fmt.Sprintf("Y%d", r.IntN(4)))
			if r.IntN(3) == 0 {
				id := r.IntN(max(1, mentors))
				q.Exclusions = []mentoring.Exclusion{{ID: "1", Name: "Somebody", Mentor: fmt.Sprintf("mentor.mentor-nr%d", id), Settled: true}}
			}
		})
	}
}

// TestRunsKeepTheRules: in random pools no suggestion, no next best and no choice by hand breaks a
// hard rule. The reasons add up to the cost. Whoever has no mentor is told why in numbers. Sending
// proposes what was suggested.
func TestRunsKeepTheRules(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	suggested, without := 0, 0
	for n := range 25 {
		w := memory(t)
		w.random(r, 4+r.IntN(8), 1+r.IntN(6))
		for _, email := range []string{"nora@example.org", "sam@example.org"} {
			who := w.lead(email)
			run, err := w.desk.Draft(t.Context(), who, "gp-s")
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range run.Lines {
				q, _ := w.desk.Requests().Get(t.Context(), l.Request)
				if !w.desk.Sees(who, q) {
					t.Errorf("%s sees a line of another area", email)
				}
				var sum int64
				for _, reason := range l.Reasons {
					sum += reason.N
				}
				if sum != l.Cost {
					t.Errorf("run %d: reasons sum to %d, the cost is %d", n, sum, l.Cost)
				}
				if l.Mentor == "" {
					if without++; len(l.Without) == 0 {
						t.Errorf("run %d: nobody, and no reason", n)
					}
					continue
				}
				suggested++
				all := []string{l.Mentor}
				for _, next := range l.Next {
					all = append(all, next.Text)
				}
				for _, id := range all {
					m, _ := w.desk.Register.Get(t.Context(), id)
					w.allowed(q, m)
				}
			}
			if _, err := w.desk.Send(t.Context(), who, run.ID); err != nil {
				t.Fatal(err)
			}
			run, _ = w.desk.Run(t.Context(), who, run.ID)
			for _, l := range run.Lines {
				if l.Mentor != "" && (l.Pair == "" || l.Failed != "") {
					t.Errorf("run %d: not proposed: %q", n, l.Failed)
				}
			}
			if again, err := w.desk.Draft(t.Context(), who, "gp-s"); err != nil || slices.ContainsFunc(again.Lines, func(l Line) bool { return l.Mentor != "" }) {
				t.Errorf("run %d: another run right after it makes proposals again (%v)", n, err)
			}
		}
		w.sound()
	}
	if suggested < 50 || without < 20 {
		t.Errorf("too few cases in the pools: %d suggestions, %d people without one", suggested, without)
	}
}

// allowed checks the hard rules for two people, only from what both have said.
func (w *world) allowed(q *mentoring.Request, m *register.Mentor) {
	w.Helper()
	meets := slices.ContainsFunc(q.Proforma.Meet, func(way string) bool { return slices.Contains(m.Chosen(register.AskMeet), way) })
	switch {
	case m.Person.Practice == q.Practices()[0]:
		w.Errorf("%s and %s are of one practice", q.ID, m.ID)
	case slices.ContainsFunc(q.Exclusions, func(e mentoring.Exclusion) bool { return e.Mentor == m.ID }):
		w.Errorf("%s has excluded %s", q.ID, m.ID)
	case !slices.Contains(m.Chosen(register.AskCohorts), q.Cohort):
		w.Errorf("%s does not take the group of %s", m.ID, q.ID)
	case !meets:
		w.Errorf("%s and %s cannot meet", q.ID, m.ID)
	case m.Most() == 0:
		w.Errorf("%s takes nobody", m.ID)
	}
}

// TestSameRun: the same requests, mentors and settings give the same lines.
func TestSameRun(t *testing.T) {
	var first []byte
	for range 3 {
		w := memory(t)
		w.random(rand.New(rand.NewPCG(9, 9)), 10, 5)
		run, err := w.desk.Draft(t.Context(), w.lead("nora@example.org"), "gp-s")
		if err != nil {
			t.Fatal(err)
		}
		got, _ := json.Marshal(run)
		if first == nil {
			first = got
		} else if string(got) != string(first) {
			t.Errorf("another run:\n%s\n%s", got, first)
		}
	}
}

// TestExcludedLead: an excluded lead gets exactly the same run with and without the request, while
// it waits and while it has a place that is not the mentor's last. Only the deputy matches it.
func TestExcludedLead(t *testing.T) {
	draft := func(w *world, email string) string {
		t.Helper()
		run, err := w.desk.Draft(t.Context(), w.lead(email), "gp-s")
		if err != nil {
			t.Fatal(err)
		}
		text, _ := json.Marshal(run)
		return string(text)
	}
	make := func(hidden, paired bool, most int) *world {
		w := memory(t)
		m := w.mentor("Max Mentor", most)
		w.mentor("Olga Other", 2, func(m *register.Mentor) { m.Answers[register.AskTimes] = "mon" })
		for n := range 3 {
			w.request(fmt.Sprintf("Mia %d", n), "north")
		}
		if hidden {
			r := w.request("Hanna Hidden", "north", func(r *mentoring.Request) {
				r.Exclusions = []mentoring.Exclusion{{ID: "1", Name: "Nora Lead", Staff: "nora@example.org", Settled: true}}
			})
			if paired {
				if _, err := w.desk.Propose(t.Context(), w.lead("dan@example.org"), r.ID, m.ID, ""); err != nil {
					t.Fatal(err)
				}
			}
		}
		return w
	}
	without := draft(make(false, false, 4), "nora@example.org")
	if !strings.Contains(without, "MR-MIA-0") {
		t.Fatalf("the run is %s", without)
	}
	with := make(true, false, 4)
	if got := draft(with, "nora@example.org"); got != without {
		t.Errorf("with a hidden request:\n%s\nwithout:\n%s", got, without)
	}
	if got, want := draft(make(true, true, 5), "nora@example.org"), draft(make(false, false, 5), "nora@example.org"); got != want {
		t.Errorf("with a hidden place:\n%s\nwithout:\n%s", got, want)
	}
	one, err := with.desk.Draft(t.Context(), with.lead("dan@example.org"), "gp-s")
	if err != nil || len(one.Lines) != 1 || one.Lines[0].Request != "MR-HANNA-HIDDEN" || one.Lines[0].Mentor == "" {
		t.Errorf("the deputy's run: %+v (%v)", one, err)
	}
	full := make(true, true, 1) // of Max's only place
	run, err := full.desk.Draft(t.Context(), full.lead("nora@example.org"), "gp-s")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range run.Lines {
		if l.Mentor == "mentor.max-mentor" {
			t.Error("a mentor who is full is suggested")
		}
	}
	nora := full.lead("nora@example.org")
	if _, err := full.desk.Propose(t.Context(), nora, "MR-MIA-0", "mentor.max-mentor", ""); !errors.Is(err, register.ErrFull) {
		t.Errorf("proposing by hand: %v, want only that the mentor is full", err)
	}
	p, err := full.desk.Led(t.Context(), nora, true)
	if err != nil || len(p) != 0 {
		t.Errorf("the lead sees %d pairs (%v)", len(p), err)
	}
}

// TestChange: a lead changes a line with a reason, but never over an exclusion. The run keeps who
// changed it and why.
func TestChange(t *testing.T) {
	w := memory(t)
	w.mentor("Max Mentor", 2)
	w.mentor("Eve Excluded", 2)
	r := w.request("Mia Mentee", "north", func(r *mentoring.Request) {
		r.Exclusions = []mentoring.Exclusion{{ID: "1", Name: "Eve Excluded", Mentor: "mentor.eve-excluded", Settled: true}}
	})
	nora := w.lead("nora@example.org")
	run, err := w.desk.Draft(t.Context(), nora, "gp-s")
	if err != nil || run.Lines[0].Mentor != "mentor.max-mentor" || !run.Lines[0].Few {
		t.Fatalf("the run is %+v (%v)", run, err)
	}
	if _, err := w.desk.ChangeLine(t.Context(), nora, run.ID, r.ID, "mentor.eve-excluded", "I insist"); !errors.Is(err, ErrBarred) {
		t.Errorf("over an exclusion: %v", err)
	}
	if _, err := w.desk.ChangeLine(t.Context(), nora, run.ID, r.ID, "", " "); !errors.Is(err, ErrReason) {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := w.desk.ChangeLine(t.Context(), w.lead("sam@example.org"), run.ID, r.ID, "", "Mine"); !errors.Is(err, ErrNoPair) {
		t.Errorf("by another lead: %v", err)
	}
	run, err = w.desk.ChangeLine(t.Context(), nora, run.ID, r.ID, "", "They are on holiday")
	if err != nil || run.Lines[0].Mentor != "" || run.Lines[0].Changed.From != "mentor.max-mentor" {
		t.Fatalf("changed: %+v (%v)", run.Lines, err)
	}
	if run, err = w.desk.Send(t.Context(), nora, run.ID); err != nil || run.Lines[0].Pair != "" {
		t.Errorf("sent: %+v (%v)", run.Lines, err)
	}
	if _, err := w.desk.ChangeLine(t.Context(), nora, run.ID, r.ID, "mentor.max-mentor", "After all"); !errors.Is(err, ErrSent) {
		t.Errorf("after it was sent: %v", err)
	}
	for i, what := range []string{"made", "changed", "sent"} {
		if e := run.Past[i]; e.What != what || e.By != "nora@example.org" {
			t.Errorf("event %d is %+v", i, e)
		}
	}
}

// TestTwoLeads: when two leads have the last place in their runs, one gets it and the other is told
// why not. The other lines are sent.
func TestTwoLeads(t *testing.T) {
	w := memory(t)
	w.mentor("Max Mentor", 1)
	w.request("Mia North", "north")
	nora, sam := w.lead("nora@example.org"), w.lead("sam@example.org")
	first, err := w.desk.Draft(t.Context(), nora, "gp-s")
	if err != nil {
		t.Fatal(err)
	}
	w.request("Aya South", "south") // comes first in the order of references
	w.now = w.now.Add(time.Minute)
	second, err := w.desk.Draft(t.Context(), sam, "gp-s")
	if err != nil || second.Lines[0].Mentor == "" {
		t.Fatalf("the second run: %+v (%v)", second, err)
	}
	if _, err := w.desk.Send(t.Context(), nora, first.ID); err != nil {
		t.Fatal(err)
	}
	second, err = w.desk.Send(t.Context(), sam, second.ID)
	if err != nil || second.Lines[0].Failed != "the mentor is full" || second.Lines[0].Pair != "" {
		t.Errorf("the second: %+v (%v)", second.Lines, err)
	}
	w.sound()
}

// TestHub: a run of 170 requests and 30 mentors, the size of a real hub.
func TestHub(t *testing.T) {
	w := memory(t)
	w.random(rand.New(rand.NewPCG(1, 7)), 170, 30)
	run, err := w.desk.Draft(t.Context(), w.lead("nora@example.org"), "gp-s")
	if err != nil || len(run.Lines) < 50 { // of the north
		t.Fatalf("%+v (%v)", run, err)
	}
	text, _ := json.Marshal(run)
	if strings.Contains(string(text), "Somebody") || strings.Contains(string(text), "@example.org\",\"text") {
		t.Error("a reason names somebody")
	}
}
