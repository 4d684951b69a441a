package office

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
)

// TestPictured: weeks run from Monday to Sunday by London's days, without gaps; cohorts show who
// has a place and who asks for one; and waiting is counted in working days.
func TestPictured(t *testing.T) {
	at := func(text string) time.Time {
		when, err := time.ParseInLocation("2006-01-02 15:04", text, course.London)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	c := &course.Course{
		ID: "one", Year: "2021/22", Deadline: course.Date{Year: 2021, Month: 10, Day: 15}, Cohorts: []course.Cohort{{ID: "cohort-1", Name: "Cohort 1", Places: 12}, {ID: "cohort-2", Name: "Cohort 2"}},
	}
	run := func() *Figures {
		x := tally{months: map[string]*Month{}, days: map[string][]int{}, weeks: map[course.Date]int{}, waited: map[course.Date]int{}}
		x.f = Figures{Course: c, At: at("2021-09-30 12:00"), Waits: map[application.Party][]int{}, Cohorts: []CohortPlaces{{Name: "Cohort 1", Seats: 12}, {Name: "Cohort 2"}}}
		see := func(received, since string, cohort string, decision application.Status, left bool, waiting application.Party) {
			b := application.Brief{Received: at(received), Since: at(since), Cohort: strings.ReplaceAll(strings.ToLower(cohort), " ", "-")}
			b.Counts = application.Counts{Joined: application.Joined{Year: "2021/22", Named: cohort},
				Decision: decision, Left: left}
			if decision != "" {
				b.Counts.Decided = "2021-09"
			}
			x.seen(b, waiting)
		}
		see("2021-09-05 23:59", "2021-09-16 09:00", "Cohort 1", "", false, application.Lead) // a Sunday
		see("2021-09-06 00:00", "2021-09-16 10:00", "Cohort 2", "", false, application.Practice)
		see("2021-09-22 10:00", "2021-09-22 10:00", "Cohort 1", application.Accepted, false, application.Nobody)
		see("2021-09-23 10:00", "2021-09-23 10:00", "Cohort 1", application.Accepted, true, application.Nobody)
		see("2021-09-23 10:00", "2021-09-28 10:00", "Cohort 3", "", false, application.Lead)
		f := x.finish()
		return &f
	}
	f := run()
	if got := fmt.Sprint(f.Cohorts); got != "[{Cohort 1 12 1 1} {Cohort 2 0 0 1}]" {
		t.Errorf("cohorts: %s", got)
	}
	weeks := ""
	for _, w := range f.Weeks {
		weeks += fmt.Sprintf("%s %d, ", w.From.ISO(), w.Received)
	}
	if weeks != "2021-08-30 1, 2021-09-06 1, 2021-09-13 0, 2021-09-20 3, 2021-09-27 0, 2021-10-04 0, 2021-10-11 0, " || f.DeadlineWeek() != 6 {
		t.Errorf("weeks: %s; the deadline is in week %d", weeks, f.DeadlineWeek())
	}
	if got := fmt.Sprint(f.Waits[application.Lead], f.Waits[application.Practice]); got != "[2 10] [10]" {
		t.Errorf("waits: %s", got)
	}
	f.hide()
	if f.Cohorts != nil || f.Weeks != nil || f.Waits != nil {
		t.Error("what only the office sees is published")
	}
	for _, s := range f.Funnel() {
		if s.N > 0 && s.N < Few && !s.Hidden {
			t.Errorf("%s of %d is published", s.Name, s.N)
		}
	}
	c.Deadline = course.Date{Year: 2023, Month: 1, Day: 9}
	if f := run(); len(f.Weeks) != mostWeeks || f.DeadlineWeek() != mostWeeks-1 {
		t.Errorf("%d weeks, the deadline in %d", len(f.Weeks), f.DeadlineWeek())
	}
}
