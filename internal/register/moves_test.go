package register

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"traininghub/internal/crossing"
)

var noon = time.Date(2021, 11, 1, 12, 0, 0, 0, time.UTC)

// way is how a mentor reaches each state.
var way = map[State][]Move{
	Nowhere: {}, Invited: {Invite}, Draft: {Accept}, ToApprove: {Accept, Put}, Listed: {Accept, Put, Approve},
	Paused: {Accept, Put, Approve, Pause}, Leaving: {Accept, Put, Approve, Leave}, Left: {Accept, Put, Approve, Leave, End},
	Suspended: {Accept, Put, Approve, Suspend},
}

func in(s State) *Mentor {
	m := &Mentor{ID: "rm.1", Person: Person{Email: "ada@example.org"}, rules: noRules}
	for _, move := range way[s] {
		m.Events.Add(noon, string(move), "hub", "")
	}
	return m
}

// TestMoves: all moves that are possible in each state, by whom, and that no others are.
func TestMoves(t *testing.T) {
	can := map[State]string{
		Nowhere:   "invited mentor lead, accepted hub, applied mentor",
		Invited:   "accepted hub, begun mentor, left mentor, left mentor lead, left hub",
		Draft:     "put forward mentor, left mentor, left mentor lead, left hub",
		ToApprove: "sent back mentor lead, approved mentor lead, left mentor, left mentor lead, left hub",
		Listed:    "paused mentor, paused mentor lead, paused hub, leaving mentor, leaving mentor lead, suspended mentor lead, suspended hub",
		Paused:    "resumed mentor, resumed mentor lead, resumed hub, leaving mentor, leaving mentor lead, suspended mentor lead, suspended hub",
		Leaving:   "stays mentor, stays mentor lead, left hub, suspended mentor lead, suspended hub",
		Left:      "invited mentor lead, accepted hub, applied mentor",
		Suspended: "leaving mentor, leaving mentor lead, reinstated mentor lead",
	}
	all := []Move{Invite, Accept, Apply, Begin, Put, SendBack, Approve, Pause, Resume, Leave, Stay, End, Suspend, Reinstate}
	for _, s := range append([]State{Nowhere}, States...) {
		if in(s).State() != s {
			t.Fatalf("the way to %q leads to %q", s, in(s).State())
		}
		var got []string
		for _, move := range all {
			for _, by := range []By{ByMentor, ByLead, ByHub} {
				m := in(s)
				events := len(m.Events)
				err := m.move(move, Actor{by, "lead@example.org"}, noon, "")
				switch {
				case err == nil:
					got = append(got, fmt.Sprintf("%s %s", move, by))
				case !errors.Is(err, ErrMove) || len(m.Events) != events || m.State() != s:
					t.Errorf("%s: %s by the %s is refused with %v, and leaves %s", s, move, by, err, m.State())
				}
			}
		}
		if text := strings.Join(got, ", "); text != can[s] {
			t.Errorf("%q: can happen\n%s\nwant\n%s", s, text, can[s])
		}
	}
	for _, move := range all {
		if err := in(Listed).move(move, Actor{ByLead, "ADA@example.org"}, noon, ""); !errors.Is(err, ErrOwn) {
			t.Errorf("a lead who is the mentor themselves: %s gives %v", move, err)
		}
	}
}

func TestPlus(t *testing.T) {
	for _, c := range []struct {
		day          crossing.Day
		months, days int
		want         crossing.Day
	}{
		{"2021-08-31", 6, 0, "2022-02-28"}, {"2023-08-31", 6, 0, "2024-02-29"}, {"2021-12-31", 2, 1, "2022-03-01"}, {"2022-03-27", 0, 1, "2022-03-28"},
		{"2021-10-31", 0, 90, "2022-01-29"}, {"2021-10-31", 12, -1, "2022-10-30"}, {"", 6, 0, ""}, {"never", 0, 1, ""},
	} {
		if got := Plus(c.day, c.months, c.days); got != c.want {
			t.Errorf("%s and %d months and %d days are %s, want %s", c.day, c.months, c.days, got, c.want)
		}
	}
}

// TestYear: the year of questions begins on 1 April in London, not in UTC, and not at 1 in the
// morning.
func TestYear(t *testing.T) {
	for at, want := range map[string]crossing.Day{
		"2022-03-31T22:59:59Z": "2021-04-01", // 23:59:59 in London
		"2022-03-31T23:00:00Z": "2022-04-01", // midnight there
		"2022-12-31T23:59:59Z": "2022-04-01",
		"2021-03-31T22:30:00Z": "2020-04-01",
	} {
		instant, _ := time.Parse(time.RFC3339, at)
		if got := asksYearly(Today(instant)); got != want {
			t.Errorf("at %s the year began on %s, want %s", at, got, want)
		}
	}
}

// listed is a mentor who can be proposed at noon, and takes `most` people.
func listed(most string) *Mentor {
	m := in(Listed)
	m.Answers = Answers{AskMost: most}
	m.Listed, m.Yearly, m.Right = "2021-10-18", &Declared{On: "2021-10-18", Fine: true}, noon
	return m
}

// TestPlaces: never more places are held and taken than exist, whatever happens in between.
func TestPlaces(t *testing.T) {
	m, until := listed("2"), noon.Add(5*24*time.Hour)
	want := func(active, held, free int) {
		t.Helper()
		if m.Active() != active || m.Held(noon) != held || m.Free(noon) != free {
			t.Fatalf("%d active, %d held, %d free: want %d, %d, %d", m.Active(), m.Held(noon), m.Free(noon), active, held, free)
		}
	}
	is := func(err, wanted error) {
		t.Helper()
		if !errors.Is(err, wanted) {
			t.Fatalf("%v, want %v", err, wanted)
		}
	}
	is(m.Hold("a", until, noon), nil)
	is(m.Hold("a", until.Add(time.Hour), noon), nil) // held longer, not twice
	want(0, 1, 1)
	is(m.Confirm("a", noon), nil)
	is(m.Confirm("a", noon), nil)
	is(m.Hold("a", until, noon), ErrActive)
	is(m.Hold("b", until, noon), nil)
	is(m.Hold("c", until, noon), ErrFull)
	want(1, 1, 0)

	m.Answers[AskMost] = "1" // lowered: the people stay, and nobody new comes
	is(m.Confirm("b", noon), ErrFull)
	want(1, 1, 0)
	m.Answers[AskMost] = "0"
	want(1, 1, 0)
	is(m.Hold("d", until, noon), ErrProposed)
	m.Answers[AskMost] = "2"

	is(m.Confirm("b", until), ErrExpired) // at the very instant at which it ends
	is(m.Confirm("b", noon), ErrExpired)  // and given back
	want(1, 0, 1)
	m.Release("a")
	m.Release("a")
	m.Release("nobody")
	want(0, 0, 2)

	is(m.Hold("e", until, noon), nil)
	m.suspend(hub, noon)
	is(m.Confirm("e", noon), ErrProposed)
	is(m.Hold("f", until, noon), ErrProposed)
	m.Release("e")
	want(0, 0, 2)
}

// TestBar: why somebody cannot be proposed, on the days around each change.
func TestBar(t *testing.T) {
	at := func(day string) time.Time { return Begins(crossing.Day(day)).Add(12 * time.Hour) }
	for _, c := range []struct {
		name   string
		change func(*Mentor)
		days   map[string]Bar
	}{
		{"no supervision for 6 months", func(*Mentor) {}, map[string]Bar{"2021-11-01": "", "2022-04-18": "", "2022-04-19": BarSupervision}},
		{"supervision begins anew", func(m *Mentor) { m.Supervision = []Attended{{On: "2022-01-31"}} },
			map[string]Bar{"2022-04-19": "", "2022-04-30": ""}},
		{"the yearly answer", func(m *Mentor) { m.Supervision = []Attended{{On: "2022-04-01"}} },
			map[string]Bar{"2022-03-31": "", "2022-04-30": "", "2022-05-01": BarYearly}},
		{"away for 28 days", func(m *Mentor) { m.Away = crossing.Period{From: "2021-11-10", Until: "2021-12-08"} },
			map[string]Bar{"2021-11-09": "", "2021-11-10": "", "2021-12-08": ""}},
		{"away for 29 days", func(m *Mentor) { m.Away = crossing.Period{From: "2021-11-10", Until: "2021-12-09"} },
			map[string]Bar{"2021-11-09": "", "2021-11-10": BarAway, "2021-12-09": BarAway, "2021-12-10": ""}},
		{"the application was taken back", func(m *Mentor) { m.Accepted = &Basis{Withdrawn: "2021-10-20"} }, map[string]Bar{"2021-11-01": BarTaken}},
		{"nobody", func(m *Mentor) { m.Answers[AskMost] = "0" }, map[string]Bar{"2021-11-01": BarNone}},
		{"what cannot be read is nobody", func(m *Mentor) { m.Answers[AskMost] = "-3" }, map[string]Bar{"2021-11-01": BarNone}},
	} {
		for day, want := range c.days {
			m := listed("4")
			c.change(m)
			if got := m.Bar(at(day)); got != want {
				t.Errorf("%s: on %s %q, want %q", c.name, day, got, want)
			}
		}
	}
	for _, s := range States {
		if got := in(s).Bar(noon); s != Listed && got != BarState {
			t.Errorf("%s: %q", s, got)
		}
	}
}

func TestChosen(t *testing.T) {
	m := &Mentor{Answers: Answers{AskFocus: "leadership, balance", AskMost: "13"}}
	if got := m.Chosen(AskFocus); !slices.Equal(got, []string{"leadership", "balance"}) || !m.Offers(AskFocus, "balance") || m.Offers(AskFocus, "bal") {
		t.Errorf("chosen are %q", got)
	}
	if m.Most() != MostPeople || m.Chosen("none") != nil {
		t.Errorf("at most %d, %q", m.Most(), m.Chosen("none"))
	}
}
