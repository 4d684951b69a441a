package returns

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"traininghub/internal/claim"
	"traininghub/internal/course"
	"traininghub/internal/crossing"
	"traininghub/internal/scheme"
)

// A Sort says how to read a figure.
type Sort string

// All sorts.
const (
	Count Sort = "count" // N; out of Of, if that is above 0
	Money Sort = "money" // N pence
	Mean  Sort = "mean"  // N hundredths in all, of Of people; Missing are not known
	Days  Sort = "days"  // N days, the median of Of people
	Hours Sort = "hours" // N minutes for Of sessions
	Rate  Sort = "rate"  // N pence for Of minutes
)

// A Figure is one figure of a return, with the words by which it was made. It has only whole
// numbers, so that it never changes.
type Figure struct {
	ID      scheme.Figure `json:"id"`
	Label   string        `json:"label"`
	Means   string        `json:"means"`
	Sort    Sort          `json:"sort"`
	N       int64         `json:"n"`
	Of      int64         `json:"of,omitempty"`
	Missing int64         `json:"missing,omitempty"`
	People  int64         `json:"people,omitempty"` // how many people a rate or a mean is about
	Unknown bool          `json:"unknown,omitempty"`
	Few     bool          `json:"few,omitempty"` // it came through the wall as fewer than 5, which can mean none
	Parts   []Part        `json:"parts,omitempty"`
}

// A Part is some of a count.
type Part struct {
	Name string `json:"name"`
	N    int64  `json:"n"`
}

// Text is the figure as people read it, with numerator and denominator.
func (f Figure) Text() string {
	switch {
	case f.Unknown:
		return "not known"
	case f.Few:
		return fmt.Sprintf("fewer than %d, or none", crossing.Least)
	}
	switch f.Sort {
	case Money:
		return claim.Pence(f.N).String()
	case Mean:
		return fmt.Sprintf("%s (of %d; %d missing)", ratio(f.N, 100*f.Of), f.Of, f.Missing)
	case Days:
		return fmt.Sprintf("%d days (of %d people)", f.N, f.Of)
	case Hours:
		return fmt.Sprintf("%s (%s hours for %d sessions)", ratio(f.N, 60*f.Of), ratio(f.N, 60), f.Of)
	case Rate:
		if f.Of == 0 {
			return "none"
		}
		return fmt.Sprintf("%v (%v for %s hours)", claim.Pence(divide(f.N*60, f.Of)), claim.Pence(f.N), ratio(f.Of, 60))
	}
	if f.Of > 0 {
		return fmt.Sprintf("%d of %d", f.N, f.Of)
	}
	return strconv.FormatInt(f.N, 10)
}

// divide rounds to the nearest whole number, and halves away from 0.
func divide(n, by int64) int64 {
	if n < 0 {
		return -divide(-n, by)
	}
	return (2*n + by) / (2 * by)
}

// ratio returns n / by with at most one decimal; "none" if by is 0.
func ratio(n, by int64) string {
	if by == 0 {
		return "none"
	}
	return strconv.FormatFloat(float64(divide(10*n, by))/10, 'f', -1, 64)
}

// figures works out everything that the scheme reports for a period.
func figures(s *scheme.Scheme, p Period, f *Facts) (all []Figure) {
	w := &working{scheme: s, period: p, facts: f, last: day(p.Until), people: map[string]string{}}
	for _, m := range f.Mentors {
		w.people[m.Reference] = m.Person
	}
	for _, d := range s.Return.Figures {
		x := w.figure(d.ID)
		x.ID, x.Label, x.Means = d.ID, d.Label, d.Means
		all = append(all, x)
	}
	return all
}

// working is what figures are worked out from.
type working struct {
	scheme *scheme.Scheme
	period Period
	facts  *Facts
	last   crossing.Day
	people map[string]string // the person of each application
}

// person returns the person of an application. If the application was removed, the person is not
// known, and the application counts as one.
func (w *working) person(reference string) string { return cmp.Or(w.people[reference], reference) }

// has reports whether all of these sources exist.
func (w *working) has(sources ...string) bool {
	return !slices.ContainsFunc(sources, func(s string) bool { return slices.Contains(w.facts.Missing, s) })
}

func (w *working) figure(id scheme.Figure) Figure {
	unknown := Figure{Unknown: true, Sort: Count}
	f := w.facts
	switch id {
	case scheme.Trained:
		if w.has("certificates") || w.has("mentoring") {
			return Figure{Sort: Count, N: w.trained()}
		}
	case scheme.MatchesInPeriod:
		if w.has("mentoring") {
			return w.matches(day(w.period.From))
		}
	case scheme.MatchesToDate:
		if w.has("mentoring") {
			return w.matches("")
		}
	case scheme.ClinicalSessions:
		if w.has("mentors") {
			return w.clinical()
		}
	case scheme.SpendToDate:
		if f.Ledger != nil {
			return Figure{Sort: Money, N: int64(f.Ledger.Spent)}
		}
	case scheme.ProfiledSpend:
		if f.Ledger != nil {
			return Figure{Sort: Money, N: int64(f.Ledger.Profiled)}
		}
	case scheme.MedianWait, scheme.Refused, scheme.FellowsSeen, scheme.FellowsPlaced:
		if f.Counts != nil {
			return behindWall(id, *f.Counts)
		}
	case scheme.HoursPerSession:
		if w.has("mentoring") && f.Ledger != nil {
			minutes, pairs := w.held()
			return Figure{Sort: Hours, N: minutes, Of: int64(f.Ledger.Lines), People: pairs}
		}
	case scheme.CostPerHour:
		if w.has("mentoring") && f.Ledger != nil {
			minutes, pairs := w.held()
			return Figure{Sort: Rate, N: int64(f.Ledger.Cost), Of: minutes, People: pairs}
		}
	case scheme.MentorsWithout, scheme.MentorsWithFew:
		if w.has("mentors", "mentoring") {
			without, few, all := w.load()
			if id == scheme.MentorsWithout {
				return Figure{Sort: Count, N: without, Of: all}
			}
			return Figure{Sort: Count, N: few, Of: all}
		}
	}
	return unknown
}

// trained counts people with a certificate, or with a qualification that was accepted.
func (w *working) trained() int64 {
	people := map[string]bool{}
	for _, c := range w.facts.Certificates {
		people[w.person(c.Mentor)] = true
	}
	for _, m := range w.facts.Standing {
		if m.Trained != "" {
			people[w.person(m.Mentor)] = true
		}
	}
	return int64(len(people))
}

// matches counts pairs whose later day of the two is not before from.
func (w *working) matches(from crossing.Day) Figure {
	x := Figure{Sort: Count}
	parts := map[string]int64{}
	for _, p := range w.facts.Pairs {
		if p.Introduced == "" || max(p.Registered, p.Introduced) < from {
			continue
		}
		x.N++
		parts[cmp.Or(p.Cohort, "others")]++
	}
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		x.Parts = append(x.Parts, Part{strings.ReplaceAll(name, "-", " "), parts[name]})
	}
	return x
}

// active returns the people who mentor on the last day, with all their applications.
func (w *working) active() map[string][]Mentor {
	left := map[string]bool{}
	for _, m := range w.facts.Standing {
		if m.Left != "" && m.Left < w.last {
			left[m.Mentor] = true
		}
	}
	people := map[string][]Mentor{}
	for _, m := range w.facts.Mentors {
		if (m.Until == "" || m.Until >= w.last) && !left[m.Reference] {
			people[m.Person] = append(people[m.Person], m)
		}
	}
	return people
}

// clinical is the mean of the figure that each active mentor last stated or confirmed, unless that
// was more than 12 months ago.
func (w *working) clinical() Figure {
	standing := map[string]crossing.Standing{}
	for _, m := range w.facts.Standing {
		standing[m.Mentor] = m
	}
	until := w.period.Until
	since := day(course.DateOf(until.Time().AddDate(-1, 0, 0)))
	x := Figure{Sort: Mean}
	for _, applications := range w.active() {
		var when crossing.Day
		var sessions string
		for _, m := range applications {
			if m.Sessions != "" && m.Stated >= when {
				when, sessions = m.Stated, m.Sessions
			}
			if c := standing[m.Reference]; c.Sessions != "" && c.Confirmed >= when {
				when, sessions = c.Confirmed, c.Sessions
			}
		}
		n, err := strconv.ParseFloat(sessions, 64)
		if err != nil || when <= since {
			x.Missing++
			continue
		}
		x.N += int64(math.Round(n * 100))
		x.Of++
	}
	x.People = x.Of
	return x
}

// behindWall returns a figure that mentoring counted itself, and tells only from 5 on.
func behindWall(id scheme.Figure, c crossing.Counts) Figure {
	x := Figure{Sort: Count}
	switch id {
	case scheme.MedianWait:
		x = Figure{Sort: Days, N: int64(c.MedianWait), Of: int64(c.Placed), Few: c.Placed == 0}
	case scheme.Refused:
		x.N, x.Few = int64(c.NoMentor), c.NoMentor == 0
		if c.NoMentor <= c.Asked { // some may have asked before the period
			x.Of = int64(c.Asked)
		}
	case scheme.FellowsSeen:
		x.N, x.Of, x.Few = int64(c.FellowsSeen), int64(c.Fellows), c.FellowsSeen == 0
	case scheme.FellowsPlaced:
		x.N, x.Few = int64(c.Fellows), c.Fellows == 0
		if c.FellowsWaiting > 0 {
			x.Of = int64(c.Fellows + c.FellowsWaiting)
		}
	}
	return x
}

// held returns the minutes of the meetings held in the year to date, and how many pairs had them.
func (w *working) held() (minutes, pairs int64) {
	codes := map[string]bool{}
	for _, x := range w.facts.Sessions {
		if x.Outcome == crossing.Held {
			minutes += int64(x.Minutes)
			codes[x.Pair] = true
		}
	}
	return minutes, int64(len(codes))
}

// load returns how many active mentors have nobody, how many have some but fewer than the scheme
// asks for, and how many there are.
func (w *working) load() (without, few, all int64) {
	mentees := map[string]int{}
	for _, p := range w.facts.Pairs {
		if p.Active(w.last) {
			mentees[w.person(p.Mentor)]++
		}
	}
	for person := range w.active() {
		all++
		switch n := mentees[person]; {
		case n == 0:
			without++
		case n < w.scheme.Mentees.Least:
			few++
		}
	}
	return without, few, all
}
