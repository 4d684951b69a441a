package course

import "time"

// proclaimed are bank holidays in England that follow no rule: each was proclaimed for one year.
// moved are the Mondays that would be holidays by rule, but whose holiday was on another day.
//
// The usual bank holidays are computed, so that nobody has to keep a list. One that is proclaimed
// in future is missing until somebody adds it. Then only a warning is missing.
var (
	proclaimed = map[Date]string{
		{2020, time.May, 8}:        "the early May bank holiday",
		{2022, time.June, 2}:       "the spring bank holiday",
		{2022, time.June, 3}:       "the Platinum Jubilee bank holiday",
		{2022, time.September, 19}: "the bank holiday for the State Funeral",
		{2023, time.May, 8}:        "the bank holiday for the Coronation",
	}
	moved = map[Date]bool{{2020, time.May, 4}: true, {2022, time.May, 30}: true}
)

// Closed says why a day is not a working day in England: "a Saturday", "Good Friday", "a bank
// holiday instead of Christmas Day"; "" for a working day. The rules are those of the Banking and
// Financial Dealings Act 1971 and of the yearly proclamations for New Year's Day and the early May
// bank holiday.
func (d Date) Closed() string {
	day := d.utc()
	if name, ok := proclaimed[d]; ok {
		return name
	}
	weekday := day.Weekday()
	monday := weekday == time.Monday && !moved[d]
	easter := easter(d.Year)
	switch {
	case day.Equal(easter.AddDate(0, 0, -2)):
		return "Good Friday"
	case day.Equal(easter.AddDate(0, 0, 1)):
		return "Easter Monday"
	case d.Month == time.January && d.Day == 1:
		return "New Year's Day"
	case d.Month == time.December && d.Day == 25:
		return "Christmas Day"
	case d.Month == time.December && d.Day == 26:
		return "Boxing Day"
	case weekday == time.Saturday, weekday == time.Sunday:
		return "a " + weekday.String()
	case monday && d.Month == time.January && d.Day <= 3:
		return "the bank holiday instead of New Year's Day"
	case monday && d.Month == time.May && d.Day <= 7:
		return "the early May bank holiday"
	case monday && d.Month == time.May && d.Day > 24:
		return "the spring bank holiday"
	case monday && d.Month == time.August && d.Day > 24:
		return "the summer bank holiday"
	case d.Month == time.December &&
		(monday && d.Day == 27 || monday && d.Day == 28 || weekday == time.Tuesday && (d.Day == 27 || d.Day == 28)):
		return "a bank holiday instead of Christmas Day or Boxing Day"
	}
	return ""
}

// easter is Easter Sunday in the Gregorian calendar, computed as in Jean Meeus, Astronomical
// Algorithms.
func easter(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return time.Date(year, time.Month(n/31), n%31+1, 0, 0, 0, 0, time.UTC)
}

// AddWorkingDays is n working days after t, at the same time of day in London. Days that are Closed
// do not count. One working day after any time from Friday to Sunday is a Monday, unless that is a
// bank holiday.
func AddWorkingDays(t time.Time, n int) time.Time {
	t = t.In(London)
	days := 0
	for day := DateOf(t).utc(); n > 0; days++ {
		day = day.AddDate(0, 0, 1)
		if (Date{day.Year(), day.Month(), day.Day()}).Closed() == "" {
			n--
		}
	}
	return t.AddDate(0, 0, days) // in one step: a day in between may not have this time
}

// WorkingDays counts the working days after the day of from, up to and including the day of to, in
// London.
func WorkingDays(from, to time.Time) int {
	first, last := DateOf(from).utc(), DateOf(to).utc()
	if !first.Before(last) {
		return 0
	}
	n := workdays(last) - workdays(first)
	for year := first.Year(); year <= last.Year(); year++ {
		for day := range mayBeHolidays(year) {
			at := day.utc()
			if weekday := at.Weekday(); weekday != time.Saturday && weekday != time.Sunday && at.After(first) &&
				!at.After(last) && day.Closed() != "" {
				n--
			}
		}
	}
	return n
}

// workdays is the number of days from Monday to Friday since 1 January of the year 1, a Monday, up
// to and including day.
func workdays(day time.Time) int {
	n := int((day.Unix() - time.Time{}.Unix()) / (24 * 60 * 60))
	return n/7*5 + min(n%7+1, 5)
}

// mayBeHolidays are the days of a year that the rules in [Date.Closed] name, which include all its
// bank holidays.
func mayBeHolidays(year int) map[Date]bool {
	all := map[Date]bool{}
	for month, days := range map[time.Month][2]int{time.January: {1, 3}, time.May: {1, 31}, time.August: {25, 31},
		time.December: {25, 28}} {
		for day := days[0]; day <= days[1]; day++ {
			all[Date{year, month, day}] = true
		}
	}
	for _, after := range []int{-2, 1} {
		day := easter(year).AddDate(0, 0, after)
		all[Date{year, day.Month(), day.Day()}] = true
	}
	for day := range proclaimed {
		if day.Year == year {
			all[day] = true
		}
	}
	return all
}

// WorkingDaysAgo is the latest instant, to the millisecond, from which [WorkingDays] counts at
// least n until t. n is at least 1.
func WorkingDaysAgo(t time.Time, n int) time.Time {
	day := DateOf(t)
	for {
		if day.Closed() == "" {
			n--
		}
		if n <= 0 {
			return day.Time().Add(-time.Millisecond)
		}
		day = day.before()
	}
}

func (d Date) before() Date {
	t := d.utc().AddDate(0, 0, -1)
	return Date{t.Year(), t.Month(), t.Day()}
}
