package course

import (
	"testing"
	"time"
)

// TestClosed has every day of which GOV.UK's list of bank holidays in England and Wales says
// something unusual, and counts the holidays of whole years.
func TestClosed(t *testing.T) {
	for _, c := range []struct {
		day, want string
	}{
		{"2021-11-02", ""},
		{"2021-11-06", "a Saturday"},
		{"2021-11-07", "a Sunday"},
		{"2021-04-02", "Good Friday"},
		{"2021-04-05", "Easter Monday"},
		{"2022-04-15", "Good Friday"},
		{"2024-04-01", "Easter Monday"},
		{"2038-04-26", "Easter Monday"}, // as late as it can be
		{"2021-12-25", "Christmas Day"},
		{"2021-12-27", "a bank holiday instead of Christmas Day or Boxing Day"},
		{"2021-12-28", "a bank holiday instead of Christmas Day or Boxing Day"},
		{"2022-12-27", "a bank holiday instead of Christmas Day or Boxing Day"}, // Christmas Day is a Sunday
		{"2022-12-28", ""},
		{"2020-12-28", "a bank holiday instead of Christmas Day or Boxing Day"}, // Boxing Day is a Saturday
		{"2020-12-29", ""},
		{"2022-01-03", "the bank holiday instead of New Year's Day"},
		{"2023-01-02", "the bank holiday instead of New Year's Day"},
		{"2021-01-04", ""},
		{"2020-05-04", ""},
		{"2020-05-08", "the early May bank holiday"},
		{"2022-05-30", ""},
		{"2022-06-02", "the spring bank holiday"},
		{"2022-06-03", "the Platinum Jubilee bank holiday"},
		{"2021-05-03", "the early May bank holiday"},
		{"2021-05-31", "the spring bank holiday"},
		{"2021-08-30", "the summer bank holiday"},
	} {
		var d Date
		if err := d.UnmarshalText([]byte(c.day)); err != nil {
			t.Fatal(err)
		}
		if got := d.Closed(); got != c.want {
			t.Errorf("%v: got %q, want %q", d, got, c.want)
		}
	}
	for year := 2019; year < 2100; year++ {
		want := map[int]int{2022: 10, 2023: 9}[year] // of 8 in other years
		if want == 0 {
			want = 8
		}
		got := 0
		for day := (Date{year, time.January, 1}).utc(); day.Year() == year; day = day.AddDate(0, 0, 1) {
			d := Date{day.Year(), day.Month(), day.Day()}
			if why := d.Closed(); why != "" && day.Weekday() != time.Saturday && day.Weekday() != time.Sunday {
				got++
			}
		}
		if got != want {
			t.Errorf("%d: %d bank holidays, want %d", year, got, want)
		}
	}
}

func TestAddWorkingDays(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2021-09-20T09:00", 0, "2021-09-20T09:00"},
		{"2021-09-20T09:00", 3, "2021-09-23T09:00"}, // Monday to Thursday
		{"2021-09-20T09:00", 7, "2021-09-29T09:00"},
		{"2021-09-24T16:30", 1, "2021-09-27T16:30"}, // over a weekend
		{"2021-09-25T10:00", 1, "2021-09-27T10:00"}, // from a Saturday
		{"2021-09-26T10:00", 3, "2021-09-29T10:00"},
		{"2021-12-23T11:00", 3, "2021-12-30T11:00"},   // Christmas on a Saturday and Sunday, and the two days instead
		{"2022-04-14T23:59", 1, "2022-04-19T23:59"},   // Easter
		{"2022-06-01T12:00", 1, "2022-06-06T12:00"},   // a Jubilee
		{"2021-10-29T14:00", 3, "2021-11-03T14:00"},   // the clocks go back: the same time by the clock
		{"2022-03-25T01:30", 1, "2022-03-28T01:30"},   // and forward
		{"2021-08-27T00:30", 1, "2021-08-31T00:30"},   // half past midnight in London is still the day before in UTC
		{"2021-12-31T09:00", 260, "2023-01-16T09:00"}, // a year
	} {
		from, err := time.ParseInLocation("2006-01-02T15:04", c.from, London)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []time.Time{from, from.UTC()} {
			if got := AddWorkingDays(at, c.n).Format("2006-01-02T15:04"); got != c.want {
				t.Errorf("%d working days after %s: got %s, want %s", c.n, c.from, got, c.want)
			}
		}
	}
}

func TestWorkingDays(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     int
	}{
		{"2021-09-20T09:00", "2021-09-20T17:00", 0}, // the same day
		{"2021-09-20T23:59", "2021-09-21T00:00", 1},
		{"2021-09-24T16:30", "2021-09-26T16:30", 0}, // Friday to Sunday
		{"2021-09-24T16:30", "2021-09-27T00:30", 1},
		{"2021-09-20T09:00", "2021-09-27T09:00", 5},
		{"2021-12-23T11:00", "2021-12-30T11:00", 3},
		{"2022-04-14T11:00", "2022-04-19T11:00", 1},
		{"2021-09-27T09:00", "2021-09-20T09:00", 0},
	} {
		at := func(s string) time.Time {
			at, err := time.ParseInLocation("2006-01-02T15:04", s, London)
			if err != nil {
				t.Fatal(err)
			}
			return at.UTC()
		}
		if got := WorkingDays(at(c.from), at(c.to)); got != c.want {
			t.Errorf("working days from %s to %s: got %d, want %d", c.from, c.to, got, c.want)
		}
	}
	now := time.Date(2022, 4, 20, 8, 0, 0, 0, London) // the Wednesday after Easter
	for n := 1; n < 300; n++ {
		since := WorkingDaysAgo(now, n)
		if got, later := WorkingDays(since, now), WorkingDays(since.Add(time.Millisecond), now); got < n || later >= n {
			t.Errorf("%d working days ago is %s: since it are %d, since a millisecond later %d", n, since, got, later)
		}
	}
}

// TestWorkingDaysCounted: the result is the same as counting day by day, whatever days lie between.
func TestWorkingDaysCounted(t *testing.T) {
	days := 0
	first := Date{1999, time.December, 20}
	for day := (Date{1999, time.December, 21}); day.Year < 2035; {
		if day.Closed() == "" {
			days++
		}
		if got := WorkingDays(first.Time(), day.Time().Add(12*time.Hour)); got != days {
			t.Fatalf("from %s to %s: %d, want %d", first, day, got, days)
		}
		next := day.utc().AddDate(0, 0, 1)
		day = Date{next.Year(), next.Month(), next.Day()}
	}
	if got := WorkingDays(time.Date(2021, 9, 20, 9, 0, 0, 0, London), time.Date(2021, 9, 20, 8, 0, 0, 0, London)); got != 0 {
		t.Errorf("within a day: %d", got)
	}
}
