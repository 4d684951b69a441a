package course

import (
	"strings"
	"testing"
)

const recorded = `attendance:
  marked_by: [{name: Tutor, email: tutor@example.org}]
  appeals: {name: Appeals, email: appeals@example.org}
  reasons: [{text: I was ill, never_charged: true}, {text: I forgot}]
  counts: [{title: Calls, of: 5}]
  questionnaire: [{ask: How was it, answers: [Good, Bad]}]
hours: 5
`

// TestAttendance: the times that apply if none is written, who marks and who hears appeals.
// Contradictions are reported.
func TestAttendance(t *testing.T) {
	text := strings.Replace(good, "hours: 5\n", recorded, 1)
	c, faults := loadText(text)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	a := c.Attendance
	if a.Link() != 7 || a.Remind() != 3 || a.Answer() != 10 {
		t.Errorf("the times are %d days, %d and %d working days", a.Link(), a.Remind(), a.Answer())
	}
	if r := a.Reason("I was ill"); r == nil || !r.NeverCharged || a.Reason("I forgot").NeverCharged || a.Reason("Other") != nil {
		t.Errorf("the reasons are %+v", a.Reasons)
	}
	if got := c.Markers(&c.Cohorts[0]); len(got) != 1 || got[0].Email != "tutor@example.org" {
		t.Errorf("%v mark", got)
	}
	c.Cohorts[1].MarkedBy = []Contact{{Email: "other@example.org"}}
	if got := c.Markers(&c.Cohorts[1]); got[0].Email != "other@example.org" {
		t.Errorf("%v mark the second cohort", got)
	}
	if got := c.Hears(); len(got) != 1 || got[0].Email != "appeals@example.org" {
		t.Errorf("%v look again", got)
	}
	for change, want := range map[string]string{
		"appeals@example.org}": "lead@example.org}=>the lead decides about a charge",
		"  appeals: {name: Appeals, email: appeals@example.org}\n": "=>nobody can look again at a charge",
		"email: tutor@example.org":                                 "email: tutor=>must be an email address",
		"text: I forgot":                                           "text: I was ill=>stands here twice",
		"of: 5":                                                    "of: 0=>cannot be 0",
		"answers: [Good, Bad]":                                     "answers: [Good]=>needs answers to choose from",
		"  counts:":                                                "  link_days: 400\n  counts:=>cannot be 400",
		"  reasons:":                                               "  least_percent: 101\n  reasons:=>cannot be 101",
		"  questionnaire: [{ask: How was it, answers: [Good, Bad]}]": "  ask_yearly: true=>there is nothing to ask each year",
	} {
		to, says, _ := strings.Cut(want, "=>")
		_, faults := loadText(strings.Replace(text, change, to, 1))
		if err := faults.Err(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("with %q for %q: %v, want %q", to, change, err, says)
		}
	}
	alone := strings.Replace(good, "  - name: Cohort 2\n", "  - name: Cohort 2\n    marked_by: [{email: tutor@example.org}]\n", 1)
	if _, faults := loadText(alone); faults.Err() == nil {
		t.Error("somebody marks a cohort of a course that records nothing")
	}
}

// TestFree: the last day on which a place is given up or changed free of charge, also as a fact. It
// can be before the deadline.
func TestFree(t *testing.T) {
	text := strings.Replace(good, "hours: 5\n", strings.Replace(recorded, "  counts:", "  withdraw_free_weeks: 4\n  change_free_weeks: 2\n  counts:", 1), 1)
	c, faults := loadText(text)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	k := &c.Cohorts[0]
	first := k.Workshops[0].Date
	for name, got := range map[string]Date{"free-to-cancel": c.FreeToCancel(k), "free-to-change": c.FreeToChange(k)} {
		want := first.AddDays(map[string]int{"free-to-cancel": -28, "free-to-change": -14}[name])
		if fact, _ := c.Fact(k.ID + "." + name); got != want || fact != want.String() {
			t.Errorf("%s is %v, as a fact %q, want %v", name, got, fact, want)
		}
	}
	c.Attendance.ChangeFreeWeeks = 0
	if got := c.FreeToChange(k); got != (Date{}) {
		t.Errorf("without a figure it is %v", got)
	}
	c.Attendance = nil
	if got := c.FreeToCancel(k); got != (Date{}) {
		t.Errorf("without attendance it is %v", got)
	}
}
