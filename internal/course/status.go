package course

import (
	"slices"
	"time"
)

// Status is the status of a course's applications at an instant.
type Status string

const (
	NotYetOpen  Status = "not-yet-open"
	Open        Status = "open"
	ClosingSoon Status = "closing-soon" // the last 14 days
	Closed      Status = "closed"
)

// soonDays is the number of days before it closes for which an open course is closing soon.
const soonDays = 14

// OpensAt is the instant from which people can apply; zero if they always could.
func (c *Course) OpensAt() time.Time {
	if c.Opens == nil {
		return time.Time{}
	}
	return c.Opens.Time()
}

// Closes is the first instant at which it is too late to apply: the end of the deadline's last
// minute. Without a deadline it is the start of the last cohort. Without cohorts it is zero, since
// people can always apply.
func (c *Course) Closes() time.Time {
	if c.Deadline != (Date{}) {
		return c.Deadline.at(c.lastMinute() + 1)
	}
	var last time.Time
	for _, k := range c.Cohorts {
		if len(k.Workshops) > 0 && k.Workshops[0].read() && k.Workshops[0].Start().After(last) {
			last = k.Workshops[0].Start()
		}
	}
	return last
}

func (c *Course) lastMinute() Clock {
	if c.DeadlineTime == nil {
		return EndOfDay
	}
	return *c.DeadlineTime
}

// Soon is the instant from which the course is closing soon: soonDays before it closes, at the same
// time of day; zero if it does not close.
func (c *Course) Soon() time.Time {
	if c.Closes().IsZero() {
		return time.Time{}
	}
	return c.Closes().AddDate(0, 0, -soonDays)
}

// Status is the course's status at an instant.
func (c *Course) Status(at time.Time) Status {
	closes := c.Closes()
	switch {
	case c.Cancelled() || !closes.IsZero() && !at.Before(closes):
		return Closed
	case at.Before(c.OpensAt()):
		return NotYetOpen
	case !closes.IsZero() && !at.Before(c.Soon()):
		return ClosingSoon
	}
	return Open
}

// Cancelled reports whether all workshops of the course are cancelled.
func (c *Course) Cancelled() bool {
	none := false
	for _, k := range c.Cohorts {
		if none = k.Cancelled(); !none {
			return false
		}
	}
	return none
}

// Cancelled reports whether all workshops of the cohort are cancelled.
func (k Cohort) Cancelled() bool {
	return len(k.Workshops) > 0 && !slices.ContainsFunc(k.Workshops, func(w Workshop) bool { return !w.Cancelled })
}

// Accepts reports whether people can apply at an instant. They never can while the course is
// hidden.
func (c *Course) Accepts(at time.Time) bool { return c.Takes(at) && c.Shown().At(at) }

// Takes is Accepts for a preview, which also shows drafts.
func (c *Course) Takes(at time.Time) bool {
	s := c.Status(at)
	return s == Open || s == ClosingSoon
}

// Changes are the instants at which the status changes, earliest first.
func (c *Course) Changes() []time.Time {
	var all []time.Time
	if c.Opens != nil {
		all = append(all, c.OpensAt())
	}
	if c.Soon().After(c.OpensAt()) {
		all = append(all, c.Soon())
	}
	if closes := c.Closes(); !closes.IsZero() {
		all = append(all, closes)
	}
	return all
}

// Start is the instant at which the workshop begins.
func (w Workshop) Start() time.Time { return w.Date.at(w.Time.From) }

// End is the instant at which the workshop ends.
func (w Workshop) End() time.Time { return w.Date.at(w.Time.To) }

// String is the workshop's date and time: "Tuesday 2 November 2021, 2pm to 5pm". It ends with
// "(cancelled)" for a cancelled workshop.
func (w Workshop) String() string {
	when := w.Date.String() + ", " + w.Time.String()
	if w.Cancelled {
		when += " (cancelled)"
	}
	return when
}

// Start is the date of the first workshop of any cohort; zero if there is none.
func (c *Course) Start() Date { return c.first().Date }

// Over is the instant from which the course is over for every cohort: the end of the day of its
// last workshop. It is zero if no workshop could be read.
func (c *Course) Over() time.Time {
	var last time.Time
	for _, k := range c.Cohorts {
		for _, w := range k.Workshops {
			if over := w.Date.at(EndOfDay + 1); w.read() && over.After(last) {
				last = over
			}
		}
	}
	return last
}

// Finished reports whether nobody can apply any more, and the course is over for every cohort.
func (c *Course) Finished(at time.Time) bool {
	return c.Status(at) == Closed && !c.Over().IsZero() && !at.Before(c.Over())
}

// NextStart is the first workshop of the cohort that starts next, on the day of an instant or
// later, and the number of cohorts that start after it. If all have started it is that of the first
// cohort. ok is false if there is no workshop.
func (c *Course) NextStart(at time.Time) (next Workshop, later int, ok bool) {
	n := 0
	for _, k := range c.Cohorts {
		if k.begun(at) {
			continue
		}
		n++
		if w := k.Workshops[0]; !next.read() || w.Start().Before(next.Start()) {
			next = w
		}
	}
	if n == 0 {
		next = c.first()
	}
	return next, max(n-1, 0), next.read()
}

func (c *Course) first() Workshop {
	var first Workshop
	for _, k := range c.Cohorts {
		for _, w := range k.Workshops {
			if first.Date == (Date{}) || w.Start().Before(first.Start()) {
				first = w
			}
		}
	}
	return first
}
