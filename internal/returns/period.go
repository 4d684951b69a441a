package returns

import (
	"fmt"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/crossing"
	"traininghub/internal/scheme"
)

// A Period is a month or a quarter of a scheme's financial year. Both its days are included.
type Period struct {
	ID    string // "2021-11", or "2021-22-q3": used in addresses
	Year  string // the financial year: "2021/22"
	From  course.Date
	Until course.Date
}

// Name is the period as people read it.
func (p Period) Name() string {
	if _, q, ok := strings.Cut(p.ID, "q"); ok {
		return fmt.Sprintf("Quarter %s of %s, %s to %s", q, p.Year, monthOf(p.From), monthOf(p.Until))
	}
	return monthOf(p.From)
}

func monthOf(d course.Date) string { return d.Time().Format("January 2006") }

// over reports whether its last day has passed.
func (p Period) over(now time.Time) bool { return p.Until.Before(course.DateOf(now)) }

// overlaps reports whether the two share a day.
func (p Period) overlaps(o Period) bool { return !p.Until.Before(o.From) && !o.Until.Before(p.From) }

// month returns the month of a day.
func month(s *scheme.Scheme, year int, m time.Month) Period {
	p := Period{From: course.Date{Year: year, Month: m, Day: 1}, ID: fmt.Sprintf("%04d-%02d", year, m)}
	p.Until = course.DateOf(p.From.Time().AddDate(0, 1, 0)).AddDays(-1)
	p.Year = s.YearOf(p.Until)
	return p
}

// quarter returns a quarter of a financial year, from 1.
func quarter(s *scheme.Scheme, year string, n int) Period {
	first := s.YearFrom(year)
	from := func(n int) course.Date { return course.DateOf(first.Time().AddDate(0, 3*n, 0)) }
	return Period{ID: fmt.Sprintf("%s-q%d", strings.ReplaceAll(year, "/", "-"), n), Year: year, From: from(n - 1), Until: from(n).AddDays(-1)}
}

// PeriodOf returns a scheme's period with the id; ok is false if there is none, or if it begins
// before the scheme.
func PeriodOf(s *scheme.Scheme, id string) (p Period, ok bool) {
	if head, n, is := strings.Cut(id, "-q"); is && len(n) == 1 && n[0] >= '1' && n[0] <= '4' {
		p = quarter(s, strings.Replace(head, "-", "/", 1), int(n[0]-'0'))
	} else if at, err := time.Parse("2006-01", id); err == nil {
		p = month(s, at.Year(), at.Month())
	}
	return p, p.ID == id && s.YearOf(p.Until) == p.Year && !p.Until.Before(s.Begins)
}

// Periods returns a scheme's periods that are over, by financial year, newest first: quarters, then
// months.
func Periods(s *scheme.Scheme, now time.Time) (all []Period) {
	today := course.DateOf(now)
	for year := s.YearOf(today); year >= s.YearOf(s.Begins); year = s.YearOf(s.YearFrom(year).AddDays(-1)) {
		var some []Period
		for n := 4; n >= 1; n-- {
			some = append(some, quarter(s, year, n))
		}
		last := s.YearTo(year)
		for i := range 12 {
			at := course.Date{Year: last.Year, Month: last.Month, Day: 1}.Time().AddDate(0, -i, 0)
			some = append(some, month(s, at.Year(), at.Month()))
		}
		for _, p := range some {
			if p.over(now) && !p.Until.Before(s.Begins) {
				all = append(all, p)
			}
		}
	}
	return all
}

// day returns a date as messages and facts write it. In this form days sort as text.
func day(d course.Date) crossing.Day { return crossing.Day(d.ISO()) }
