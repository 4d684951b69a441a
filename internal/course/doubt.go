package course

import (
	"fmt"
	"strconv"
	"time"

	"traininghub/internal/source"
)

// What may be meant, but is more often a slip, gives a warning.
var (
	ruleClosed = source.Rule{Name: "working-day",
		Why: "practices are closed at weekends and on bank holidays in England (gov.uk/bank-holidays)"}
	ruleYear = source.Rule{Name: "programme-year",
		Why: "the funding is for one financial year of the NHS, from 1 April to 31 March"}
	ruleOverlap = source.Rule{Name: "overlap", Why: "one tutor cannot teach two groups at once, nor one person attend both"}
)

func (k *checker) doubt(at string, rule source.Rule, do, what string, args ...any) {
	k.faults.Warn(k.c.File.Path, k.doc.At(at), rule, fmt.Sprintf(what, args...), do)
}

// doubts looks at dates that are possible, but odd.
func (k *checker) doubts() {
	c := k.c
	if why := c.Deadline.Closed(); c.Deadline != (Date{}) && why != "" {
		k.doubt("deadline", ruleClosed, "choose a working day, so that people who need help can ask for it",
			"the deadline, %v, is %s", c.Deadline, why)
	}
	var ends time.Time // of the programme year
	if m := yearForm.FindStringSubmatch(c.Year); m != nil {
		year, _ := strconv.Atoi(m[1])
		ends = Date{year + 1, time.April, 1}.Time()
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
