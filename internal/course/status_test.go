package course

import (
	"slices"
	"testing"
	"time"
)

func at(t *testing.T, text string) time.Time {
	t.Helper()
	parsed, err := time.ParseInLocation("2006-01-02 15:04:05", text, London)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// TestStatus looks at the seconds around each change.
func TestStatus(t *testing.T) {
	opens := Date{2021, time.September, 6}
	midday := Clock(12 * 60)
	november := Date{2021, time.November, 1}
	soonAlready := Date{2021, time.October, 10}
	for _, c := range []struct {
		name   string
		course Course
		at     string
		want   Status
	}{
		{"before it opens", Course{Opens: &opens, Deadline: Date{2021, time.October, 15}},
			"2021-09-05 23:59:59", NotYetOpen},
		{"opens", Course{Opens: &opens, Deadline: Date{2021, time.October, 15}}, "2021-09-06 00:00:00", Open},
		{"before the last 14 days", Course{Deadline: Date{2021, time.October, 15}}, "2021-10-01 23:59:59", Open},
		{"the last 14 days", Course{Deadline: Date{2021, time.October, 15}}, "2021-10-02 00:00:00", ClosingSoon},
		{"the last minute begins", Course{Deadline: Date{2021, time.October, 15}}, "2021-10-15 23:59:00", ClosingSoon},
		{"the last minute ends", Course{Deadline: Date{2021, time.October, 15}}, "2021-10-15 23:59:59", ClosingSoon},
		{"after the last minute", Course{Deadline: Date{2021, time.October, 15}}, "2021-10-16 00:00:00", Closed},
		{"midday, last minute", Course{Deadline: Date{2021, time.October, 15}, DeadlineTime: &midday},
			"2021-10-15 12:00:59", ClosingSoon},
		{"midday, over", Course{Deadline: Date{2021, time.October, 15}, DeadlineTime: &midday},
			"2021-10-15 12:01:00", Closed},
		{"midday, 14 days before", Course{Deadline: Date{2021, time.October, 15}, DeadlineTime: &midday},
			"2021-10-01 12:01:00", ClosingSoon},
		{"midday, before that", Course{Deadline: Date{2021, time.October, 15}, DeadlineTime: &midday},
			"2021-10-01 12:00:59", Open},
		{"opens within the last 14 days", Course{Opens: &soonAlready, Deadline: Date{2021, time.October, 15}},
			"2021-10-10 00:00:00", ClosingSoon},
		{"before that", Course{Opens: &soonAlready, Deadline: Date{2021, time.October, 15}},
			"2021-10-09 23:59:59", NotYetOpen},

		// The clocks go back on 31 October 2021: the day has 25 hours, and 14 days by the calendar
		// have an hour more.
		{"on the day of 25 hours, last minute", Course{Deadline: Date{2021, time.October, 31}},
			"2021-10-31 23:59:59", ClosingSoon},
		{"on the day of 25 hours, over", Course{Deadline: Date{2021, time.October, 31}}, "2021-11-01 00:00:00", Closed},
		{"14 days across the change", Course{Deadline: november}, "2021-10-19 00:00:00", ClosingSoon},
		{"before those", Course{Deadline: november}, "2021-10-18 23:59:59", Open},
		// They go forward on 28 March 2021: 23 hours.
		{"on the day of 23 hours, last minute", Course{Deadline: Date{2021, time.March, 28}},
			"2021-03-28 23:59:59", ClosingSoon},
		{"on the day of 23 hours, over", Course{Deadline: Date{2021, time.March, 28}}, "2021-03-29 00:00:00", Closed},
	} {
		if got := c.course.Status(at(t, c.at)); got != c.want {
			t.Errorf("%s: at %s it is %s, want %s", c.name, c.at, got, c.want)
		}
		if got, want := c.course.Accepts(at(t, c.at)), c.want == Open || c.want == ClosingSoon; got != want {
			t.Errorf("%s: at %s it accepts: %v, want %v", c.name, c.at, got, want)
		}
	}
}

// TestChanges: the status differs just before and at each change, and is the same everywhere in
// between.
func TestChanges(t *testing.T) {
	opens, late := Date{2021, time.March, 1}, Date{2021, time.March, 20}
	for name, c := range map[string]Course{
		"always open":     {Deadline: Date{2021, time.March, 28}},
		"opens":           {Opens: &opens, Deadline: Date{2021, time.March, 28}},
		"opens late":      {Opens: &late, Deadline: Date{2021, time.March, 28}},
		"across a change": {Opens: &opens, Deadline: Date{2021, time.April, 2}},
	} {
		changes := c.Changes()
		if !slices.IsSortedFunc(changes, time.Time.Compare) {
			t.Errorf("%s: not in order: %v", name, changes)
		}
		for m := at(t, "2021-02-25 00:00:00"); m.Before(at(t, "2021-04-05 00:00:00")); m = m.Add(time.Minute) {
			got := c.Status(m) != c.Status(m.Add(-time.Minute))
			want := slices.ContainsFunc(changes, m.Equal)
			if got != want {
				t.Errorf("%s: changes at %v: %v, want %v", name, m, got, want)
			}
		}
	}
}
