package course

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"traininghub/internal/pattern"
	"traininghub/internal/source"
)

// A Date is a calendar day without a time. The zero Date means none.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf is the day in London at an instant.
func DateOf(at time.Time) Date {
	y, m, d := at.In(London).Date()
	return Date{y, m, d}
}

// Time is the first instant of the day in London.
func (d Date) Time() time.Time { return d.at(0) }

// at is the instant a number of minutes by the clock after the day's start in London. 24 hours give
// the next day's start, even on a day of 23 or 25 hours.
func (d Date) at(minutes Clock) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, int(minutes), 0, 0, London)
}

// Example is a date as an editor writes it.
func (Date) Example() string { return "Tuesday 2 November 2021" }

// Pattern is the pattern of a date. Only UnmarshalText checks that the day exists.
func (Date) Pattern() string {
	const day = `(?:0?[1-9]|[12]\d|3[01])`
	return `(?:[A-Za-z]{3,},? +)?` + day + ` +[A-Za-z]{3,},? +2[01]\d\d|2[01]\d\d-(?:0[1-9]|1[0-2])-` + day
}

// String is the date as people read it: "Tuesday 2 November 2021".
func (d Date) String() string { return d.utc().Format("Monday 2 January 2006") }

// Short is the date without its weekday: "2 November 2021".
func (d Date) Short() string { return d.utc().Format("2 January 2006") }

// ISO is the date for machines: "2021-11-02".
func (d Date) ISO() string { return d.utc().Format(time.DateOnly) }

// Before reports whether d is an earlier day than other.
func (d Date) Before(other Date) bool { return d.utc().Before(other.utc()) }

// AddDays is the day n days later, or earlier if n is negative.
func (d Date) AddDays(n int) Date {
	t := d.utc().AddDate(0, 0, n)
	return Date{t.Year(), t.Month(), t.Day()}
}

func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

var (
	wordDate = pattern.Of(`^(?:([A-Za-z]+),? +)?(\d{1,2}) +([A-Za-z]+),? +(\d{4})$`)
	isoDate  = pattern.Of(`^(\d{4})-(\d\d)-(\d\d)$`)
	// Other ways of writing a date: "the 2nd of November 2021", "November 2, 2021".
	ordinal    = pattern.Of(`(?:\bthe +)?\b(\d{1,2})(?:st|nd|rd|th)\b`)
	monthFirst = pattern.Of(`\b([A-Za-z]{3,}) +(\d{1,2}),? +(\d{4})$`)

	slashDate = pattern.Of(`^\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}$`)
)

// InFull returns a day that is stored as "2021-11-02" as people read it: "Tuesday 2 November 2021".
// It returns any other text unchanged.
func InFull(day string) string { return said(day, Date.String) }

// InShort does the same in the form "2 November 2021".
func InShort(day string) string { return said(day, Date.Short) }

func said(day string, as func(Date) string) string {
	var d Date
	if d.UnmarshalText([]byte(day)) != nil {
		return day
	}
	return as(d)
}

// UnmarshalText reads "Tuesday 2 November 2021", with or without the weekday, names cut to three
// letters or more, and "2021-11-02". It refuses dates such as "02/11/2021", whose day and month are
// easily mixed up, days that do not exist, and a weekday that does not fit the date.
func (d *Date) UnmarshalText(text []byte) error {
	s := string(text)
	if d.plain(s) {
		return nil
	}
	if m := isoDate().FindStringSubmatch(s); m != nil {
		month, _ := strconv.Atoi(m[2])
		if month < 1 || month > 12 {
			return source.Wrongf("the months are 01 to 12; or write the month as a word",
				"names a month that does not exist, %s", m[2])
		}
		return d.set(m[3], time.Month(month), m[1], "")
	}
	m := wordDate().FindStringSubmatch(s)
	switch {
	case m == nil && slashDate().MatchString(s):
		return source.Wrongf(`write the month as a word, so that day and month cannot be mixed up: "2 November 2021"`,
			"must be a date with the month as a word, not %q", s)
	case m == nil:
		do := `write it like "Tuesday 2 November 2021"`
		var as Date
		better := strings.NewReplacer(" of ", " ", ".", "").Replace(ordinal().ReplaceAllString(s, "$1"))
		better = monthFirst().ReplaceAllString(better, "$2 $1 $3")
		if better != s && as.UnmarshalText([]byte(better)) == nil {
			do = fmt.Sprintf("write %q", as)
		}
		return source.Wrongf(do, "must be a date, not %q", s)
	}
	month, known := byName(m[3], months)
	if !known {
		return source.Wrongf(source.Suggest(m[3], months), "names a month that does not exist, %q", m[3])
	}
	weekday := ""
	if m[1] != "" {
		day, known := byName(m[1], weekdays)
		if !known {
			rest := strings.TrimLeft(strings.TrimPrefix(s, m[1]), ", ")
			if source.Nearest(m[1], weekdays) == "" && new(Date).UnmarshalText([]byte(rest)) == nil {
				return source.Wrongf(fmt.Sprintf("write %q", rest), "has a word before the date, %q", m[1])
			}
			return source.Wrongf(source.Suggest(m[1], weekdays), "names a weekday that does not exist, %q", m[1])
		}
		weekday = weekdays[day]
	}
	return d.set(m[2], time.Month(month+1), m[4], weekday)
}

// plain reads a date in the usual form, "Tuesday 2 November 2021", without a regular expression. It
// reports whether the date has that form.
func (d *Date) plain(s string) bool {
	weekday, rest, _ := strings.Cut(s, " ")
	day, rest, _ := strings.Cut(rest, " ")
	month, year, _ := strings.Cut(rest, " ")
	i := slices.Index(months, month)
	figures := func(s string, most int) bool { return s != "" && len(s) <= most && strings.Trim(s, "0123456789") == "" }
	return i >= 0 && slices.Contains(weekdays, weekday) && figures(day, 2) && figures(year, 4) && len(year) == 4 &&
		d.set(day, time.Month(i+1), year, weekday) == nil
}

func (d *Date) set(day string, month time.Month, year, weekday string) error {
	var got Date
	got.Year, _ = strconv.Atoi(year)
	got.Month = month
	got.Day, _ = strconv.Atoi(day)
	if got.Year < 2000 || got.Year > 2199 {
		return source.Wrongf("check the year", "is in the year %d", got.Year)
	}
	if last := (Date{got.Year, month + 1, 0}).utc().Day(); got.Day < 1 || got.Day > last {
		return source.Wrongf(fmt.Sprintf("%v %d has %d days", month, got.Year, last),
			"is a date that does not exist, %d %v %d", got.Day, month, got.Year)
	}
	if is := got.utc().Weekday().String(); weekday != "" && weekday != is {
		return source.Wrongf(fmt.Sprintf("write %q, or correct the day", got), "says %s, but %s is a %s",
			weekday, got.Short(), is)
	}
	*d = got
	return nil
}

var months, weekdays = names()

func names() (months, weekdays []string) {
	for m := time.January; m <= time.December; m++ {
		months = append(months, m.String())
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		weekdays = append(weekdays, d.String())
	}
	return months, weekdays
}

// byName finds a name by at least its first three letters.
func byName(word string, names []string) (int, bool) {
	for i, n := range names {
		if len(word) >= 3 && len(word) <= len(n) && strings.EqualFold(word, n[:len(word)]) {
			return i, true
		}
	}
	return 0, false
}
