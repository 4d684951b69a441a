package office

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/intake"
	"traininghub/internal/record"
	"traininghub/internal/staff"
	"traininghub/internal/table"
	"traininghub/internal/words"
)

// Figures are what the monitoring of the scheme asks for, for one course.
type Figures struct {
	Course    *course.Course
	At        time.Time
	Received  Figure // the sum of the next four
	Accepted  Figure
	Declined  Figure
	Left      Figure // withdrawn before a decision
	Undecided Figure
	Trained   Figure                    // accepted, last workshop is over; the sum of this and the next three is Accepted
	Training  Figure                    // accepted, last workshop still to come
	Unplaced  Figure                    // accepted, cohort unknown
	Returned  Figure                    // accepted, then withdrawn
	Waiting   map[application.Party]int // how many are waiting now, and for whom; not to be published
	Sessions  Number                    // mean clinical sessions a week of those accepted
	Median    Number                    // working days from receipt to decision
	Ninth     Number                    // 9 of 10 are decided within so many
	Months    []Month

	// For pictures, from the applications that are kept; not to be published.
	Cohorts []CohortPlaces              // the course's, in its order
	Weeks   []Week                      // in order, without gaps
	Waits   map[application.Party][]int // working days that each has waited, shortest first

	words     words.Words
	published bool // small counts are hidden
}

// A Figure is a count. It can be hidden in figures to publish; see [Figures.hide].
type Figure struct {
	N      int
	Hidden bool
}

func (f Figure) String() string {
	if f.Hidden {
		return "hidden"
	}
	return strconv.Itoa(f.N)
}

// A Number is a mean or a percentile of Of applications. If Of is 0 there is none.
type Number struct {
	X      float64
	Of     int
	Hidden bool
}

func (n Number) String() string {
	switch {
	case n.Hidden:
		return "hidden"
	case n.Of == 0:
		return ""
	}
	return strconv.FormatFloat(math.Round(n.X*10)/10, 'f', -1, 64)
}

// A Month is what happened in one month.
type Month struct {
	Month    string // "2021-09"
	Received Figure
	Accepted Figure // decided in it
	Declined Figure
	Median   Number // working days from receipt to decision, of those decided in it
	Ninth    Number
}

// Name is the month as people read it: "September 2021".
func (m Month) Name() string {
	at, _ := time.Parse("2006-01", m.Month)
	return at.Format("January 2006")
}

// Figures returns the figures of the courses whose applications the person may see, in the order of
// courses. With publish, counts below 5 are hidden so that nobody can work them out.
func (d *Desk) Figures(ctx context.Context, s *staff.Person, publish bool) ([]Figures, error) {
	var all []Figures
	for _, c := range d.Applications.Programme.Courses {
		if !s.May(staff.Read, staff.Course(c.ID)) || d.Applications.Programme.FormOf(c.ID) == nil {
			continue
		}
		t := tally{months: map[string]*Month{}, days: map[string][]int{}, weeks: map[course.Date]int{}, waited: map[course.Date]int{}}
		t.f = Figures{Course: c, At: d.Applications.Now(), words: d.words(), Waiting: map[application.Party]int{}, Waits: map[application.Party][]int{}}
		for _, k := range c.Cohorts {
			t.f.Cohorts = append(t.f.Cohorts, CohortPlaces{Name: k.Name, Seats: k.Places})
		}
		for _, is := range append(slices.Clone(application.States), application.State{Name: intake.Removing},
			application.State{Name: intake.Past}) {
			of := record.Range{Kind: record.Application}
			if is.Name == intake.Past {
				of.Kind = record.PastRow
			}
			for r, err := range d.Applications.Shelved(ctx, []string{application.ShelfOf(c.ID, is.Name)}, of) {
				var b application.Brief
				switch {
				case err != nil:
				case r.Kind == record.PastRow:
					b.Counts, err = d.Applications.CountsOf(r)
				default:
					if b, err = d.Applications.BriefOf(r); err == nil {
						t.seen(b, is.Waiting)
					}
				}
				if err != nil {
					return nil, fmt.Errorf("figures: %w", err)
				}
				t.add(b.Counts, is.Waiting)
			}
		}
		f := t.finish()
		if publish {
			f.hide()
		}
		all = append(all, f)
	}
	return all, nil
}

// A tally adds up the applications of one course.
type tally struct {
	f        Figures
	months   map[string]*Month
	days     map[string][]int // to decide, by month
	sessions float64
	weeks    map[course.Date]int // received, by Monday
	waited   map[course.Date]int // working days since
}

func (t *tally) month(m string) *Month {
	if t.months[m] == nil {
		t.months[m] = &Month{Month: m}
	}
	return t.months[m]
}

func (t *tally) add(c application.Counts, waiting application.Party) {
	f := &t.f
	f.Received.N++
	t.month(c.Received).Received.N++
	if waiting != application.Nobody {
		f.Waiting[waiting]++
	}
	if c.Decided == "" && c.Left {
		f.Left.N++
		return
	}
	if c.Decided == "" {
		f.Undecided.N++
		return
	}
	t.days[c.Decided] = append(t.days[c.Decided], c.Days)
	if c.Decision != application.Accepted {
		f.Declined.N++
		t.month(c.Decided).Declined.N++
		return
	}
	f.Accepted.N++
	t.month(c.Decided).Accepted.N++
	if c.Sessions > 0 {
		t.sessions += c.Sessions
		f.Sessions.Of++
	}
	// A workshop can be moved after somebody was accepted, so the course's own dates are used
	// before those kept with the application.
	ends := c.Ends
	if i := c.In(f.Course); i >= 0 {
		if w := f.Course.Cohorts[i].Workshops; len(w) > 0 {
			ends = w[len(w)-1].Date.ISO()
		}
	}
	switch {
	case c.Left:
		f.Returned.N++
	case ends == "":
		f.Unplaced.N++
	case ends < course.DateOf(f.At).ISO():
		f.Trained.N++
	default:
		f.Training.N++
	}
}

func (t *tally) finish() Figures {
	f := t.f
	if f.Sessions.Of > 0 {
		f.Sessions.X = t.sessions / float64(f.Sessions.Of)
	}
	var all []int
	for m, days := range t.days {
		all = append(all, days...)
		t.month(m).Median, t.month(m).Ninth = spread(days)
	}
	f.Median, f.Ninth = spread(all)
	for _, m := range t.months {
		f.Months = append(f.Months, *m)
	}
	slices.SortFunc(f.Months, func(a, b Month) int { return strings.Compare(a.Month, b.Month) })
	t.f = f
	t.fillWeeks()
	return t.f
}

// spread returns the median (for an even number, the mean of the two in the middle) and the 90th
// percentile: the smallest value that at least 9 of 10 do not exceed.
func spread(days []int) (median, ninth Number) {
	n := len(days)
	if n == 0 {
		return Number{}, Number{}
	}
	slices.Sort(days)
	median = Number{X: float64(days[(n-1)/2]+days[n/2]) / 2, Of: n}
	ninth = Number{X: float64(days[(9*n+9)/10-1]), Of: n}
	return median, ninth
}

// A Line is one figure of a course, with its meaning in words.
type Line struct{ Name, Value, Means string }

// Lines returns the figures of the whole time. All of them are always there, so that two courses or
// two days can be compared line by line.
func (f *Figures) Lines() []Line {
	waiting := func(p application.Party) string { return strconv.Itoa(f.Waiting[p]) }
	value := func(n Number) string {
		if s := n.String(); s != "" {
			return s
		}
		return "none"
	}
	lines := []Line{
		{"Received", f.Received.String(),
			"Applications that were sent to us, also those removed since. The sum of the next 4 figures."},
		{"Accepted", f.Accepted.String(),
			f.words.Say("The {decider} accepted the application. A decision that was taken back does not count.")},
		{"Declined", f.Declined.String(), f.words.Say("The {decider} declined the application.")},
		{"Withdrawn before a decision", f.Left.String(), f.words.Say("The applicant withdrew before the {decider} decided.")},
		{"Not decided", f.Undecided.String(), "There is no decision."},
		{"Trained", f.Trained.String(),
			"Accepted, and the last workshop of the cohort is past. This counts places, not who attended."},
		{"In training", f.Training.String(),
			"Accepted, and the last workshop of the cohort is still to come or today."},
		{"Accepted, cohort not known", f.Unplaced.String(), "Accepted, and the cohort's dates are not known."},
		{"Place given back", f.Returned.String(),
			"Accepted, and the applicant withdrew afterwards. This and the 3 figures before it add up to those accepted."},
		{"Mean clinical sessions", value(f.Sessions),
			"A week, of those accepted, as they stated. One that was removed counts with a whole number."},
		{"Median days to decide", value(f.Median),
			"Working days from when the application was sent to the decision. Half of the decisions took no longer."},
		{"90th percentile of days to decide", value(f.Ninth), "9 in 10 decisions took no longer, in working days."},
	}
	if !f.published {
		lines = append(lines,
			Line{f.words.Say("Waiting for {a employer}"), waiting(application.Practice),
				f.words.Say("Today: the {employer} has not confirmed its part.")},
			Line{f.words.Say("Waiting for the {decider}"), waiting(application.Lead),
				f.words.Say("Today: nobody but the {decider} has something to do.")},
			Line{"Waiting for an applicant", waiting(application.Applying),
				f.words.Say("Today: the applicant has to have the {employer} asked anew or, if accepted, to agree to the terms.")})
	}
	return lines
}

// MonthHeads returns the headings of the monthly columns.
func (f *Figures) MonthHeads() []string {
	heads := []string{"Received", "Accepted", "Declined"}
	if !f.published {
		heads = append(heads, "Median days to decide", "90th percentile of days to decide")
	}
	return heads
}

// Cells returns the figures of a month in the order of the columns. A decision counts in the month
// in which it was made.
func (f *Figures) Cells(m Month) []string {
	cells := []string{m.Received.String(), m.Accepted.String(), m.Declined.String()}
	if !f.published {
		cells = append(cells, m.Median.String(), m.Ninth.String())
	}
	return cells
}

// WriteFigures writes a table with a line for each figure of each course, and of each month.
func WriteFigures(w io.Writer, all []Figures) error {
	out, err := table.New(w)
	if err != nil {
		return err
	}
	out.Row("course", "month", "figure", "value", "what it means") // Flush returns the errors
	for i := range all {
		f := &all[i]
		for _, l := range f.Lines() {
			out.Row(f.Course.ID, "", l.Name, l.Value, l.Means)
		}
		for _, m := range f.Months {
			for k, v := range f.Cells(m) {
				out.Row(f.Course.ID, m.Month, f.MonthHeads()[k], v, "")
			}
		}
	}
	return out.Flush()
}
