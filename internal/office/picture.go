package office

import (
	"slices"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
)

// This is what the pictures of figures show besides the figures themselves. None of it is published
// except the funnel, which is made of figures.

// CohortPlaces are the seats of a cohort, and who has one.
type CohortPlaces struct {
	Name     string
	Seats    int // 0 if there is no known limit
	Accepted int // and not withdrawn since
	Asked    int // asked for it, without a decision yet
}

// A Week has the applications received from a Monday to the following Sunday.
type Week struct {
	From     course.Date
	Received int
}

// mostWeeks is how many weeks are shown at most, the latest ones.
const mostWeeks = 53

// seen adds an application that is kept to what the pictures show.
func (t *tally) seen(b application.Brief, waiting application.Party) {
	f := &t.f
	switch {
	case b.Counts.Left:
	case b.Counts.Decision == application.Accepted:
		if i := b.Counts.In(f.Course); i >= 0 {
			f.Cohorts[i].Accepted++
		}
	case b.Counts.Decided == "" && b.Counts.Year == f.Course.Year:
		if i := slices.IndexFunc(f.Course.Cohorts, func(k course.Cohort) bool { return k.ID == b.Cohort }); i >= 0 {
			f.Cohorts[i].Asked++
		}
	}
	t.weeks[monday(course.DateOf(b.Received))]++
	if waiting == application.Nobody {
		return
	}
	since := course.DateOf(b.Since)
	days, known := t.waited[since] // many began to wait on the same day
	if !known {
		days = b.Waited(f.At)
		t.waited[since] = days
	}
	f.Waits[waiting] = append(f.Waits[waiting], days)
}

// monday is the Monday of a day's week.
func monday(d course.Date) course.Date {
	weekday := time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC).Weekday()
	return d.AddDays(-(int(weekday) + 6) % 7)
}

// fillWeeks lines the weeks up without gaps, to the week of the deadline.
func (t *tally) fillWeeks() {
	f := &t.f
	for _, days := range f.Waits {
		slices.Sort(days)
	}
	if len(t.weeks) == 0 {
		return
	}
	first, last := course.Date{}, monday(f.Course.Deadline)
	for w := range t.weeks {
		if first == (course.Date{}) || w.Before(first) {
			first = w
		}
		if last.Before(w) {
			last = w
		}
	}
	for w := first; !last.Before(w); w = w.AddDays(7) {
		f.Weeks = append(f.Weeks, Week{w, t.weeks[w]})
	}
	f.Weeks = f.Weeks[max(0, len(f.Weeks)-mostWeeks):]
}

// DeadlineWeek is the index of the week of the deadline; -1 if it is not shown.
func (f *Figures) DeadlineWeek() int {
	return slices.IndexFunc(f.Weeks, func(w Week) bool { return w.From == monday(f.Course.Deadline) })
}

// A Stage is a step from sending an application to being trained.
type Stage struct {
	Name string
	Figure
}

// Funnel returns how many reached each stage.
func (f *Figures) Funnel() []Stage {
	sum := func(parts ...Figure) (total Figure) {
		for _, p := range parts {
			total.N, total.Hidden = total.N+p.N, total.Hidden || p.Hidden
		}
		return total
	}
	return []Stage{
		{"Received", f.Received}, {"Decided", sum(f.Accepted, f.Declined)}, {"Accepted", f.Accepted}, {"In or through a cohort", sum(f.Trained, f.Training)}, {"Trained", f.Trained},
	}
}
