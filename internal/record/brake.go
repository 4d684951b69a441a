package record

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// A Brake guards everything that is destroyed because its time is over. Without it a wrong clock,
// or a slip in the number of days, would destroy every record within seconds. It is the document of
// a record of its own, which keeps what the last run found.
//
// A run that looks unusual is held: nothing is destroyed until a person allows it, or until the run
// looks usual again. An erasure that a person asks for is not a run, and passes no brake.
type Brake struct {
	Kept
	// when the last run was, by the clock of that moment, right or wrong: the next run waits a
	// while
	Ran     time.Time      `json:"ran,omitzero"`
	Clock   time.Time      `json:"clock,omitzero"`   // of the last run at which it looked right, UTC
	Days    map[string]int `json:"days,omitempty"`   // how long each thing was kept at the last run that was not held
	Taken   map[string]int `json:"taken,omitempty"`  // how many records were marked, by day of the clock, "2021-09-20"
	Cleared time.Time      `json:"cleared,omitzero"` // when records that need no mark were last removed, UTC
	// every course that there ever was, sorted: there may still be records of it
	Courses []string `json:"courses,omitempty"`
	Held    *Held    `json:"held,omitempty"`
	Allowed *Held    `json:"allowed,omitempty"` // what a person has allowed, once
	Said    []Said   `json:"said,omitempty"`    // what people said about what was held, the latest last
}

// Said is what somebody said about what the brake held.
type Said struct {
	At    time.Time `json:"at"` // UTC
	By    string    `json:"by"` // their address
	What  string    `json:"what"`
	Count int       `json:"count"` // of the records that would be marked
}

// What people say about what is held.
const (
	Asked   = "asked"   // the first of the two who must agree
	Allowed = "allowed" // the second
	Refused = "refused"
	Ordered = "ordered" // by somebody who needs nobody else
)

// Held is what was unusual about a run, and keeps records from being destroyed.
type Held struct {
	Since   time.Time      `json:"since"` // UTC, by the clock that may be wrong
	Why     []string       `json:"why"`   // in words, for people
	Count   int            `json:"count"` // how many records would be marked
	Clock   time.Time      `json:"clock"` // when it was last found
	Days    map[string]int `json:"days"`
	Refused time.Time      `json:"refused,omitzero"` // when a person said no, UTC
	Asked   *Said          `json:"asked,omitempty"`  // who asked, where a second person has to allow it
}

const (
	// mostAway is how far the clock may be from that of the last run, or from the newest event.
	mostAway = 10 * 24 * time.Hour
	// mostAtOnce is how many records a day are never unusual.
	mostAtOnce = 10
	// usualDays is for how many days the daily numbers are remembered.
	usualDays = 90
	// allowedFor is how long a permission lasts, and how long a second person has to give it.
	allowedFor = 24 * time.Hour
	// mostSaid is how many of people's answers are kept.
	mostSaid = 50
)

// Check returns what is unusual about a run that would mark count records now; nil if nothing is.
// newest is the time of the newest event that is kept, or zero; days says how many days each kind
// of thing is kept. What Check returns is also held. If the same was held before, its dates and
// answers stay. If nothing is unusual any more, nothing is held.
func (b *Brake) Check(now, newest time.Time, days map[string]int, count int) *Held {
	now = now.UTC()
	h := &Held{Since: now, Count: count, Clock: now, Days: days}
	day := func(t time.Time) string { return t.Format("2 January 2006") }
	last, was := b.Clock, "the last time that records were looked through"
	if last.IsZero() || last.After(now) {
		last, was = newest, "the newest event"
	}
	if !last.IsZero() && now.Sub(last) > mostAway {
		if b.Clock.IsZero() {
			b.Clock = last.UTC() // the runs that follow must not make a wrong clock look right
		}
		h.Why = append(h.Why, fmt.Sprintf("The clock says %s, but %s was on %s.", day(now), was, day(last)))
	}
	for _, what := range slices.Sorted(maps.Keys(days)) {
		if before := b.Days[what]; days[what] < before {
			h.Why = append(h.Why, fmt.Sprintf("%s is now %d days, and was %d.", what, days[what], before))
		}
	}
	if most := b.usual(now); count > 0 && count+b.Taken[now.Format(time.DateOnly)] > most {
		h.Why = append(h.Why,
			fmt.Sprintf("%d applications would be marked for removal at once, and %d a day are usual at most.", count,
				most))
	}
	switch {
	case h.Why == nil:
		b.Held = nil
		return nil
	case b.allows(h):
		b.Held = nil
		return nil
	case b.Held != nil:
		h.Since = b.Held.Since
		if slices.Equal(b.Held.Why, h.Why) || maps.Equal(b.Held.Days, h.Days) && h.Count <= b.Held.Count {
			h.Refused, h.Asked = b.Held.Refused, b.Held.Asked
		}
	}
	b.Held = h
	return h
}

// usual is how many records may be marked in a day: twice the highest number of the last months.
func (b *Brake) usual(now time.Time) int {
	most := mostAtOnce
	for day, n := range b.Taken {
		if day != now.Format(time.DateOnly) {
			most = max(most, 2*n)
		}
	}
	return most
}

// Know adds a course to those that may have records.
func (b *Brake) Know(course string) {
	if i, there := slices.BinarySearch(b.Courses, course); !there {
		b.Courses = slices.Insert(b.Courses, i, course)
	}
}

// Allow permits once what is held, within a day of the clock. It returns false if nothing is held.
func (b *Brake) Allow(now time.Time) bool {
	if b.Held == nil {
		return false
	}
	b.Allowed = &Held{Since: now.UTC(), Count: b.Held.Count, Clock: now.UTC(), Days: b.Held.Days, Why: b.Held.Why}
	return true
}

// AllowBy is Allow by two people: the first asks, and a second allows it within a day. who is the
// address of one of them, and count is the number of records that they saw. If nothing is held, or
// another number, it changes nothing and returns "". Otherwise it returns [Asked] or [Allowed].
func (b *Brake) AllowBy(now time.Time, who string, count int) (what string) {
	now = now.UTC()
	if b.Held == nil || b.Held.Count != count {
		return ""
	}
	switch waits := b.Held.Waits(now); {
	case waits && strings.EqualFold(b.Held.Asked.By, who): // the same person pressed again
		return Asked
	case !waits:
		b.Held.Refused = time.Time{}
		b.Held.Asked = b.say(Said{now, who, Asked, count})
		return Asked
	}
	b.Allow(now)
	b.say(Said{now, who, Allowed, count})
	return Allowed
}

// Waits reports whether somebody has asked, and a second person can still allow it.
func (h *Held) Waits(now time.Time) bool {
	return h.Asked != nil && h.Asked.Count == h.Count && now.Sub(h.Asked.At).Abs() <= allowedFor
}

// RefuseBy is Refuse, and notes who refused.
func (b *Brake) RefuseBy(now time.Time, who string) bool {
	if !b.Refuse(now) {
		return false
	}
	b.say(Said{now.UTC(), who, Refused, b.Held.Count})
	return true
}

func (b *Brake) say(s Said) *Said {
	b.Said = append(b.Said, s)
	b.Said = b.Said[max(0, len(b.Said)-mostSaid):]
	return &s
}

// Refuse notes that a person does not want what is held. It stays refused while the same is held.
// It returns false if nothing is held.
func (b *Brake) Refuse(now time.Time) bool {
	if b.Held == nil {
		return false
	}
	b.Held.Refused, b.Held.Asked, b.Allowed = now.UTC(), nil, nil
	return true
}

// allows reports whether a person has allowed h: within a day, for at least as many records and for
// periods that are no longer.
func (b *Brake) allows(h *Held) bool {
	a := b.Allowed
	if a == nil || h.Count > a.Count || h.Clock.Before(a.Clock.Add(-allowedFor)) ||
		h.Clock.After(a.Clock.Add(allowedFor)) {
		return false
	}
	for what, n := range h.Days {
		if n < a.Days[what] {
			return false
		}
	}
	return true
}

// Done notes that a run marked so many records. It uses up what was allowed.
func (b *Brake) Done(now time.Time, days map[string]int, marked int) {
	now = now.UTC()
	b.Clock, b.Days, b.Allowed = now, days, nil
	if marked > 0 {
		if b.Taken == nil {
			b.Taken = map[string]int{}
		}
		b.Taken[now.Format(time.DateOnly)] += marked
	}
	maps.DeleteFunc(b.Taken, func(day string, _ int) bool {
		t, err := time.Parse(time.DateOnly, day)
		return err != nil || now.Sub(t) > usualDays*24*time.Hour || t.After(now)
	})
}
