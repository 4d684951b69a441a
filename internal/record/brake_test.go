package record

import (
	"maps"
	"strings"
	"testing"
	"time"
)

const aDay = 24 * time.Hour

func TestBrake(t *testing.T) {
	start := time.Date(2021, 9, 20, 9, 0, 0, 0, time.UTC)
	days := map[string]int{"retain_declined_days": 365, "retain_drafts_days": 28}
	shorter := maps.Clone(days)
	shorter["retain_declined_days"] = 3
	longer := maps.Clone(days)
	longer["retain_declined_days"] = 400
	// ran returns a brake that has seen two months of one run a day, each of which marked one
	// record.
	ran := func() *Brake {
		b := &Brake{}
		for at := start.Add(-60 * aDay); !at.After(start); at = at.Add(aDay) {
			if h := b.Check(at, at, days, 1); h != nil {
				t.Fatalf("an ordinary day is held: %v", h.Why)
			}
			b.Done(at, days, 1)
		}
		return b
	}
	for name, c := range map[string]struct {
		b     *Brake
		after time.Duration
		days  map[string]int
		count int
		want  string // in the reason; "" if it is not held
	}{
		"an hour later": {ran(), time.Hour, days, 3, ""},
		"nine days off": {ran(), 9 * aDay, days, 3, ""},
		"years ahead": {ran(), 900 * aDay, days, 1,
			"The clock says 8 March 2024, but the last time that records were looked through was on 20 September 2021."},
		"years ahead, nothing due": {ran(), 900 * aDay, days, 0, "The clock says"},
		"the clock set back":       {ran(), -2 * aDay, days, 3, ""},
		"shorter": {ran(), time.Hour, shorter, 1,
			"retain_declined_days is now 3 days, and was 365."},
		"shorter, nothing due": {ran(), time.Hour, shorter, 0, "retain_declined_days"},
		"longer":               {ran(), time.Hour, longer, 1, ""},
		"many": {ran(), time.Hour, days, 10,
			"10 applications would be marked for removal at once, and 10 a day"},
		"as many as usual":           {ran(), aDay, days, 10, ""},
		"a first run":                {&Brake{}, 0, days, 5, ""},
		"a first run, a wrong clock": {&Brake{}, 400 * aDay, days, 5, "but the newest event was on 20 September 2021"},
		"a first run, many":          {&Brake{}, 0, days, 64, "64 applications"},
	} {
		h := c.b.Check(start.Add(c.after), start, c.days, c.count)
		said := ""
		if h != nil {
			said = strings.Join(h.Why, " ")
		}
		if (said == "") != (c.want == "") || !strings.Contains(said, c.want) {
			t.Errorf("%s: %q, want %q", name, said, c.want)
		}
	}

	// An event that was written under a wrong clock does not end the hold. Setting the clock right
	// does.
	for name, b := range map[string]*Brake{"ran": ran(), "first": {}} {
		wrong := start.Add(900 * aDay)
		b.Check(wrong, start, days, 1)
		if h := b.Check(wrong.Add(time.Hour), wrong.Add(time.Minute), days, 1); h == nil {
			t.Errorf("%s: a new event makes a wrong clock right", name)
		}
		if h := b.Check(start.Add(time.Hour), wrong.Add(time.Minute), days, 1); h != nil || b.Held != nil {
			t.Errorf("%s: the right clock is held: %v", name, h.Why)
		}
	}

	// What a person allows is allowed once, for a day, and for no more records than they were
	// shown.
	b := ran()
	b.Check(start.Add(time.Hour), start, shorter, 5)
	if !b.Allow(start.Add(2 * time.Hour)) {
		t.Fatal("nothing to allow")
	}
	if h := b.Check(start.Add(3*time.Hour), start, shorter, 6); h == nil {
		t.Error("more than was allowed passes")
	}
	if h := b.Check(start.Add(3*time.Hour), start, map[string]int{"retain_declined_days": 2}, 5); h == nil {
		t.Error("fewer days than were allowed pass")
	}
	if h := b.Check(start.Add(30*time.Hour), start, shorter, 5); h == nil {
		t.Error("an allowance does not end")
	}
	if h := b.Check(start.Add(3*time.Hour), start, shorter, 5); h != nil {
		t.Errorf("a run that was allowed is held: %v", h.Why)
	}
	b.Done(start.Add(3*time.Hour), shorter, 5)
	if h := b.Check(start.Add(4*time.Hour), start, shorter, 1); h != nil {
		t.Errorf("after it was allowed: %v", h.Why) // the days now count as those of the last run
	}
	if b.Allow(start) || b.Refuse(start) {
		t.Error("there was something to allow or refuse")
	}

	// What a person refuses stays refused while it stays the same.
	b = ran()
	b.Check(start.Add(time.Hour), start, shorter, 5)
	b.Refuse(start.Add(2 * time.Hour))
	if h := b.Check(start.Add(3*time.Hour), start, shorter, 5); h == nil || h.Refused.IsZero() {
		t.Errorf("%+v", h)
	}
	if h := b.Check(start.Add(3*time.Hour), start, map[string]int{"retain_declined_days": 1}, 9); h == nil ||
		!h.Refused.IsZero() {
		t.Errorf("another slip counts as refused: %+v", h)
	}

	// A brake forgets runs after three months.
	b = ran()
	b.Done(start.Add(200*aDay), days, 0)
	if len(b.Taken) != 0 {
		t.Errorf("it remembers %d days", len(b.Taken))
	}
}
