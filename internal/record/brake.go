package record

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// A Brake stands before everything that is destroyed because its time is over. A wrong clock or a
// slip in the number of days would otherwise destroy all that there is within seconds. It is the
// document of one record of its own, which keeps how things stood at the last run.
//
// What is unusual is held: nothing is destroyed until a person allows it, or until it is usual
// again. A person asked for an erasure is no run, and passes no brake.
type Brake struct {
	Kept
	// by the clock of then, right or wrong: who runs next waits for a while
	Ran     time.Time      `json:"ran,omitzero"`
	Clock   time.Time      `json:"clock,omitzero"`   // of the last run at which it was as expected, UTC
	Days    map[string]int `json:"days,omitempty"`   // how long each thing was kept at the last run that was not held
	Taken   map[string]int `json:"taken,omitempty"`  // how many records were marked, by day of the clock, "2021-09-20"
	Cleared time.Time      `json:"cleared,omitzero"` // when what needs no mark was last removed, UTC
	// all that there ever were, sorted: also of those there may be records
	Courses []string `json:"courses,omitempty"`
	Held    *Held    `json:"held,omitempty"`
	Allowed *Held    `json:"allowed,omitempty"` // what a person allows, once
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
	Asked   = "asked"   // the first of two who allow it
	Allowed = "allowed" // the second
	Refused = "refused"
	Ordered = "ordered" // by who needs nobody else
)

// Held is what is unusual, and keeps records from being destroyed.
type Held struct {
	Since   time.Time      `json:"since"` // UTC, by the clock that may be wrong
	Why     []string       `json:"why"`   // in words, for people
	Count   int            `json:"count"` // of the records that would be marked
	Clock   time.Time      `json:"clock"` // when it was last found so
	Days    map[string]int `json:"days"`
	Refused time.Time      `json:"refused,omitzero"` // when a person said no, UTC
	Asked   *Said          `json:"asked,omitempty"`  // who allows it if a second person does
}

const (
	// mostAway is how far the clock may be from that of the last run, or of the newest event.
	mostAway = 10 * 24 * time.Hour
	// mostAtOnce is how many records are always usual, in a day.
	mostAtOnce = 10
	// usualDays is for how long the numbers of days are remembered.
	usualDays = 90
	// allowedFor is for how long what was allowed may be done, and a second person may allow it.
	allowedFor = 24 * time.Hour
	// mostSaid is how much of what people said is kept.
	mostSaid = 50
)

// Check tells what is unusual about a run now, at which count records are to be marked: nil if
// nothing is. newest is the time of the newest event that is kept, zero if there is none; days are
// how long things are kept, by what they are. What it finds is held, as it was before if it was so
// already, and what was held and is no more is let go.
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
			b.Clock = last.UTC() // what happens by a wrong clock from now on does not make it right
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

// usual is how many records may be marked in a day: twice the most of the last months.
func (b *Brake) usual(now time.Time) int {
	most := mostAtOnce
	for day, n := range b.Taken {
		if day != now.Format(time.DateOnly) {
			most = max(most, 2*n)
		}
	}
	return most
}

// Know adds a course to those of which there may be records.
func (b *Brake) Know(course string) {
	if i, there := slices.BinarySearch(b.Courses, course); !there {
		b.Courses = slices.Insert(b.Courses, i, course)
	}
}

// Allow lets what is held be done once, within a day of the clock. It returns false if nothing is
// held.
func (b *Brake) Allow(now time.Time) bool {
	if b.Held == nil {
		return false
	}
	b.Allowed = &Held{Since: now.UTC(), Count: b.Held.Count, Clock: now.UTC(), Days: b.Held.Days, Why: b.Held.Why}
	return true
}

// AllowBy is Allow by two people: the first asks for it, and a second one allows it within a day.
// who is somebody's address, and count what they saw; if that is not what is held any more, or
// nothing is, they have said nothing, and what is "". Else it is [Asked] or [Allowed].
func (b *Brake) AllowBy(now time.Time, who string, count int) (what string) {
	now = now.UTC()
	if b.Held == nil || b.Held.Count != count {
		return ""
	}
	switch waits := b.Held.Waits(now); {
	case waits && strings.EqualFold(b.Held.Asked.By, who): // pressed again
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

// Waits tells whether somebody has asked for it, and a second person can still allow it.
func (h *Held) Waits(now time.Time) bool {
	return h.Asked != nil && h.Asked.Count == h.Count && now.Sub(h.Asked.At).Abs() <= allowedFor
}

// RefuseBy is Refuse with who said so.
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

// Refuse notes that a person does not want what is held. It stays held as long as it is the same.
// It returns false if nothing is held.
func (b *Brake) Refuse(now time.Time) bool {
	if b.Held == nil {
		return false
	}
	b.Held.Refused, b.Held.Asked, b.Allowed = now.UTC(), nil, nil
	return true
}

// allows tells whether a person has allowed what is unusual: no more records, no fewer days, and
// soon.
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

// Done notes that a run was made at which so many records were marked. What was allowed is used up.
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
