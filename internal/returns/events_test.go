package returns

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/crossing"
	"traininghub/internal/mentored"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/scheme"
)

// An event is something that happened on a day, in the order of days.
type event struct {
	on        crossing.Day
	what      string // accepted, withdrawn, trained, left, registered, introduced, ended, met
	mentor    int
	minutes   int
	versioned crossing.Message // what mentoring says about it
}

// history makes what happens in two years, day by day.
func history(random *rand.Rand) (events []event) {
	type pair struct {
		crossing.Pair
		mentor int
	}
	type mentor struct {
		standing crossing.Standing
		here     bool
	}
	var mentors []*mentor
	var pairs []*pair
	n := 0
	for d := course.Date(jan2020); d.Before(course.Date{Year: 2021, Month: 12, Day: 31}); d = d.AddDays(1) {
		on := day(d)
		add := func(e event) { e.on = on; events = append(events, e) }
		switch random.IntN(12) {
		case 0:
			mentors = append(mentors, &mentor{here: true, standing: crossing.Standing{Mentor: fmt.Sprintf("SM-%d", len(mentors))}})
			add(event{what: "accepted", mentor: len(mentors) - 1})
		case 1, 2, 3:
			if len(mentors) == 0 {
				continue
			}
			m := random.IntN(len(mentors))
			x := mentors[m]
			switch s := &x.standing; {
			case !x.here:
			case random.IntN(12) == 0:
				x.here = false
				add(event{what: "withdrawn", mentor: m})
			case s.Trained == "" && random.IntN(2) == 0:
				s.Trained, s.Version = on, s.Version+1
				add(event{what: "trained", mentor: m, versioned: *s})
			case s.Left == "" && random.IntN(15) == 0:
				s.Left, s.Version = on, s.Version+1
				add(event{what: "left", mentor: m, versioned: *s})
			default:
				p := &pair{crossing.Pair{
					Code: fmt.Sprintf("P-%04d", len(pairs)), Version: 1, Mentor: s.Mentor, Service: "mentoring", Cohort: []string{"fellow", "locum"}[random.IntN(2)], Registered: on,
				}, m}
				pairs = append(pairs, p)
				add(event{what: "registered", mentor: m, versioned: p.Pair})
			}
		default:
			if len(pairs) == 0 {
				continue
			}
			p := pairs[random.IntN(len(pairs))]
			switch {
			case p.Ended != "":
			case p.Introduced == "":
				p.Introduced, p.Version = on, p.Version+1
				add(event{what: "introduced", versioned: p.Pair, mentor: p.mentor})
			case random.IntN(20) == 0:
				p.Ended, p.Version = on, p.Version+1
				add(event{what: "ended", versioned: p.Pair, mentor: p.mentor})
			default:
				n++
				s := crossing.Session{ID: fmt.Sprintf("s%d", n), Version: 1, Pair: p.Code, Mentor: p.Mentor, Start: d.Time().Add(time.Duration(random.IntN(23*60)) * time.Minute).UTC(), Minutes: random.IntN(120), Outcome: crossing.Held}
				add(event{what: "met", minutes: s.Minutes, versioned: s, mentor: p.mentor})
			}
		}
	}
	return events
}

// recomputed works out the figures of a period by going through the events once, and nothing else.
func recomputed(events []event, p Period, s *scheme.Scheme) map[scheme.Figure]string {
	from, last, year := day(p.From), day(p.Until), day(s.YearFrom(p.Year))
	var trained, inPeriod, toDate int
	var minutes int64
	here, mentees := map[int]bool{}, map[int]int{}
	left := map[int]bool{}
	for _, e := range events {
		if e.on > last {
			break
		}
		switch e.what {
		case "accepted":
			here[e.mentor] = true
		case "withdrawn":
			if e.on < last {
				delete(here, e.mentor)
			}
		case "left":
			if e.on < last {
				left[e.mentor] = true
			}
		case "trained":
			trained++
		case "registered":
			mentees[e.mentor]++
		case "ended":
			if e.on < last {
				mentees[e.mentor]--
			}
		case "introduced":
			toDate++
			if e.on >= from {
				inPeriod++
			}
		case "met":
			if e.on >= year {
				minutes += int64(e.minutes)
			}
		}
	}
	var all, without, few int
	for m := range here {
		if left[m] {
			continue
		}
		all++
		switch n := mentees[m]; {
		case n == 0:
			without++
		case n < s.Mentees.Least:
			few++
		}
	}
	of := func(n int) string {
		if all == 0 {
			return fmt.Sprint(n)
		}
		return fmt.Sprintf("%d of %d", n, all)
	}
	return map[scheme.Figure]string{
		scheme.Trained: fmt.Sprint(trained), scheme.MatchesInPeriod: fmt.Sprint(inPeriod), scheme.MatchesToDate: fmt.Sprint(toDate), scheme.MentorsWithout: of(without), scheme.MentorsWithFew: of(few),
		scheme.HoursPerSession: ratio(minutes, 60),
	}
}

// TestRecomputed: the figures of each period follow from the events alone, in whatever order and
// however often the main store heard of them, and whatever has happened since.
func TestRecomputed(t *testing.T) {
	s := mentors(t)
	s.Begins = course.Date(jan2020)
	for seed := range uint64(12) {
		random := rand.New(rand.NewPCG(seed, 8))
		events := history(random)
		store := &recordtest.Memory{}
		clock := time.Date(2022, 2, 1, 9, 0, 0, 0, course.London)
		now := func() time.Time { return clock }
		heard := &mentored.Desk{Store: store, Now: now, Years: 6, Who: func(_ context.Context, ref string) (mentored.Who, error) { return mentored.Who{}, record.ErrNotFound }}
		town := &town{}
		var told []crossing.Message
		for _, e := range events {
			switch e.what {
			case "accepted":
				town.mentors = append(town.mentors, Mentor{Reference: fmt.Sprintf("SM-%d", e.mentor), Person: fmt.Sprint(e.mentor), From: e.on})
			case "withdrawn":
				town.mentors[e.mentor].Until = e.on
			default:
				told = append(told, e.versioned)
				if random.IntN(5) == 0 {
					told = append(told, e.versioned)
				}
			}
		}
		random.Shuffle(len(told), func(i, j int) { told[i], told[j] = told[j], told[i] })
		for _, m := range told {
			if err := heard.Put(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		sources := town.sources()
		sources.Heard, sources.Counts = heard.Mentors, heard.Counts
		d := &Desk{Store: store, Schemes: []*scheme.Scheme{s}, Now: now, Sources: sources}
		for _, p := range Periods(s, clock) {
			made, err := d.Preview(t.Context(), s, p)
			if err != nil {
				t.Fatal(err)
			}
			for id, want := range recomputed(events, p, s) {
				for _, f := range made.Figures {
					got := f.Text()
					if id == scheme.HoursPerSession {
						got = ratio(f.N, 60)
					}
					if f.ID == id && got != want {
						t.Errorf("seed %d, %s: %s is %s, the events say %s", seed, p.ID, id, got, want)
					}
				}
			}
		}
	}
}
