package course

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"traininghub/internal/source"
)

// Dates and times that may be right, but are more often a slip, give a warning.
var (
	ruleClosed = source.Rule{Name: "working-day",
		Why: "practices are closed at weekends and on bank holidays in England (gov.uk/bank-holidays)"}
	ruleYear = source.Rule{Name: "programme-year",
		Why: "the funding is for one financial year of the NHS, from 1 April to 31 March"}
	ruleOverlap = source.Rule{Name: "overlap", Why: "one tutor cannot teach two groups at once, nor one person attend both"}
)

// Dates and sums beyond these are most often a slip: a wrong year, am instead of pm, a missing
// decimal point.
var (
	ruleApart = source.Rule{Name: "dates-apart",
		Why: "a wrong year closes applications, or opens them, without a word"}
	ruleHour = source.Rule{Name: "workshop-hours",
		Why: "am is easily written for pm, and calendars then wake people at night"}
	ruleCharge = source.Rule{Name: "charge-odd",
		Why: "each applicant confirms the sum, and what somebody has confirmed cannot be corrected"}
	ruleGone = source.Rule{Name: "gone-too-early",
		Why: "letters and calendars lead to the page of the course"}
	ruleCancelled = source.Rule{Name: "all-cancelled", Why: "nobody can apply, and readers see why only in the dates"}
)

const (
	apartMost   = 365             // days from opening to deadline, or from deadline to the first workshop
	apartOften  = 180             // more is rare
	earliest    = Clock(7 * 60)   // of a workshop
	latest      = Clock(22 * 60)  // the latest end of a workshop
	longest     = 10              // hours of one workshop
	highest     = Money(5_000_00) // of a charge
	chargeWords = "correct it, or take it away if nobody is charged"
)

func (k *checker) doubt(at string, rule source.Rule, do, what string, args ...any) {
	k.faults.Warn(k.c.File.Path, k.doc.At(at), rule, fmt.Sprintf(what, args...), do)
}

// doubts looks for dates that are possible, but odd.
func (k *checker) doubts() {
	c := k.c
	if why := c.Deadline.Closed(); c.Deadline != (Date{}) && why != "" {
		k.doubt("deadline", ruleClosed, "choose a working day, so that people who need help can ask for it",
			"the deadline, %v, is %s", c.Deadline, why)
	}
	if last := c.Over(); c.Until != nil && !last.IsZero() && DateOf(last.Add(-time.Minute)).Time().After(c.Until.Time()) {
		k.doubt("until", ruleGone, "let it stay to the last workshop: those who have a place look there",
			"the page goes after %v, before the last workshop", c.Until)
	}
	k.apart()
	k.sums()
	var ends time.Time // of the programme year
	if m := yearForm().FindStringSubmatch(c.Year); m != nil {
		year, _ := strconv.Atoi(m[1])
		ends = Date{year + 1, time.April, 1}.Time()
	}
	if c.Cancelled() {
		k.doubt("cohorts", ruleCancelled, "say in the text what people can do, or take the course away",
			"all workshops are cancelled, so nobody can apply")
	}
	type held struct {
		cohort int
		Workshop
	}
	var all []held
	for i, cohort := range c.Cohorts {
		for j, w := range cohort.Workshops {
			if !w.read() || w.Cancelled {
				continue
			}
			at := fmt.Sprintf("cohorts.%d.workshops.%d.date", i, j)
			if why := w.Date.Closed(); why != "" {
				k.doubt(at, ruleClosed, "correct the date, or tell readers in the text why it is on such a day",
					"the workshop on %v is on %s", w.Date, why)
			}
			hours := fmt.Sprintf("cohorts.%d.workshops.%d.time", i, j)
			if (w.Time.From < earliest || w.Time.To > latest || w.Time.Hours() > longest) && !k.unread(hours) {
				k.doubt(hours, ruleHour, "look whether am and pm are right",
					"the workshop on %v is from %v", w.Date, w.Time)
			}
			if j == 0 && !ends.IsZero() && !w.Start().Before(ends) {
				k.doubt(at, ruleYear, "check the year of the date, or the programme year",
					"%s begins on %v, after the programme year %s", cohort.Name, w.Date, c.Year)
			}
			for _, other := range all {
				if other.cohort != i && w.Start().Before(other.End()) && other.Start().Before(w.End()) {
					k.doubt(at, ruleOverlap, "correct one of the two",
						"this workshop of %s is at the same time as one of %s", cohort.Name,
						c.Cohorts[other.cohort].Name)
				}
			}
			all = append(all, held{i, w})
		}
	}
}

// apart looks for dates that are further apart than is ever the case.
func (k *checker) apart() {
	c := k.c
	days := func(from, to Date) int { return int(to.Time().Sub(from.Time()).Hours()+12) / 24 }
	far := func(at string, from, to Date, what string) {
		n := days(from, to)
		what = fmt.Sprintf(what, from, n, to)
		switch {
		case n >= apartMost:
			k.add(at, "look at the years", "%s", what)
		case n >= apartOften:
			k.doubt(at, ruleApart, "look at the years", "%s", what)
		}
	}
	if c.Opens != nil && *c.Opens != (Date{}) && c.Deadline != (Date{}) {
		far("opens", *c.Opens, c.Deadline, "applications open on %v, %d days before the deadline on %v")
	}
	first := c.first()
	if first.read() && c.Deadline != (Date{}) {
		far("deadline", c.Deadline, first.Date, "the deadline, %v, is %d days before the first workshop on %v")
	}
	if d := c.DatesChanged; d != nil && *d != (Date{}) && !c.Over().IsZero() && d.Time().After(c.Over()) {
		k.add("dates_changed", "write the day on which you changed them", "the dates were changed on %v, after the last workshop", d)
	}
}

// sums checks the charge, and looks for figures that repeat other facts in the file.
func (k *checker) sums() {
	c := k.c
	switch {
	case !k.doc.Has("charge") || k.unread("charge"):
	case c.Charge == 0:
		k.doubt("charge", ruleCharge, chargeWords, "people are charged £0")
	case c.Charge > highest:
		k.doubt("charge", ruleCharge, "look whether the point before the pence is missing", "people are charged %v", c.Charge)
	}
	counts := map[string][]int{"modules": {len(c.Modules)}, "sessions": {len(c.Sessions)}}
	all := 0
	for _, cohort := range c.Cohorts {
		all += len(cohort.Workshops)
		counts["workshops"] = append(counts["workshops"], len(cohort.Workshops))
	}
	counts["workshops"] = append(counts["workshops"], all)
	if len(c.Sessions) == 0 {
		counts["sessions"] = counts["workshops"]
	}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		n, err := strconv.Atoi(c.Figures[name])
		if right := counts[name]; err == nil && right[0] > 0 && !slices.Contains(right, n) {
			k.add("figures."+name, "correct one of the two", "the figure %q is %d, but there are %d in this file",
				name, n, right[0])
		}
	}
}

// unread reports whether the value at a path has a fault already.
func (k *checker) unread(at string) bool {
	return slices.ContainsFunc(k.faults, func(f source.Fault) bool { return f.Position == k.doc.At(at) })
}
