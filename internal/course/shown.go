package course

import (
	"fmt"
	"time"
)

// Shown says when readers see a page: whether it is a draft, its first day and its last. The zero
// Shown means always.
type Shown struct {
	Draft       bool
	First, Last *Date
}

// At reports whether readers see the page at an instant. Both days are included.
func (s Shown) At(at time.Time) bool {
	return !s.Draft && !at.Before(s.begins()) && (s.Last == nil || at.Before(s.ends()))
}

func (s Shown) begins() time.Time {
	if s.First == nil {
		return time.Time{}
	}
	return s.First.Time()
}

// ends is the first instant after the last day.
func (s Shown) ends() time.Time { return s.Last.at(EndOfDay + 1) }

// Changes are the instants at which the page appears and disappears; none for a draft.
func (s Shown) Changes() []time.Time {
	var all []time.Time
	if s.First != nil && !s.Draft {
		all = append(all, s.begins())
	}
	if s.Last != nil && !s.Draft {
		all = append(all, s.ends())
	}
	return all
}

// Within reports whether readers see the other page whenever they see this one.
func (s Shown) Within(other Shown) bool {
	switch {
	case s.Draft:
		return true
	case other.Draft, s.begins().Before(other.begins()):
		return false
	}
	return other.Last == nil || s.Last != nil && !s.ends().After(other.ends())
}

// String says when readers see the page: "a draft", "there from Monday 1 November 2021"; "" for
// always.
func (s Shown) String() string {
	switch {
	case s.Draft:
		return "a draft"
	case s.First != nil && s.Last != nil:
		return fmt.Sprintf("there from %v to %v", s.First, s.Last)
	case s.First != nil:
		return fmt.Sprintf("there from %v", s.First)
	case s.Last != nil:
		return fmt.Sprintf("there to %v", s.Last)
	}
	return ""
}

// Wrong says what is wrong with the days, at which key, and what to do; all "" if nothing is.
func (s Shown) Wrong() (at, what, do string) {
	if s.First != nil && s.Last != nil && s.First.Time().After(s.Last.Time()) {
		return "until", fmt.Sprintf("the last day, %v, is before the first one, %v", s.Last, s.First), "correct one of the two"
	}
	return "", "", ""
}
