package course

import (
	"encoding"
	"errors"
	"testing"
	"time"

	"traininghub/internal/source"
)

// TestRead reads what people type, and checks the value, or the message that says what is wrong and
// what to do.
func TestRead(t *testing.T) {
	type text interface {
		encoding.TextUnmarshaler
		String() string
	}
	date := func() text { return new(Date) }
	clock := func() text { return new(Clock) }
	span := func() text { return new(Span) }
	money := func() text { return new(Money) }
	for _, c := range []struct {
		kind     func() text
		typed    string
		want     string // "" if it is refused
		what, do string
	}{
		{date, "Tuesday 2 November 2021", "Tuesday 2 November 2021", "", ""},
		{date, "2 November 2021", "Tuesday 2 November 2021", "", ""},
		{date, "Tue 2 Nov 2021", "Tuesday 2 November 2021", "", ""},
		{date, "tues 02 nov 2021", "Tuesday 2 November 2021", "", ""},
		{date, "Tuesday, 2 November 2021", "Tuesday 2 November 2021", "", ""},
		{date, "2021-11-02", "Tuesday 2 November 2021", "", ""},
		{date, "29 February 2024", "Thursday 29 February 2024", "", ""},
		{date, "31 February 2021", "", "is a date that does not exist, 31 February 2021", "February 2021 has 28 days"},
		{date, "29 February 2021", "", "is a date that does not exist, 29 February 2021", "February 2021 has 28 days"},
		{date, "31 December 2021", "Friday 31 December 2021", "", ""},
		{date, "32 December 2021", "", "is a date that does not exist, 32 December 2021", "December 2021 has 31 days"},
		{date, "0 May 2021", "", "is a date that does not exist, 0 May 2021", "May 2021 has 31 days"},
		{date, "2021-02-30", "", "is a date that does not exist, 30 February 2021", "February 2021 has 28 days"},
		{date, "2021-13-01", "", "names a month that does not exist, 13",
			"the months are 01 to 12; or write the month as a word"},
		{date, "31/02/2021", "", `must be a date with the month as a word, not "31/02/2021"`,
			`write the month as a word, so that day and month cannot be mixed up: "2 November 2021"`},
		{date, "2.11.21", "", `must be a date with the month as a word, not "2.11.21"`,
			`write the month as a word, so that day and month cannot be mixed up: "2 November 2021"`},
		{date, "Monday 2 November 2021", "", "says Monday, but 2 November 2021 is a Tuesday",
			`write "Tuesday 2 November 2021", or correct the day`},
		{date, "2 Novembre 2021", "", `names a month that does not exist, "Novembre"`, `did you mean "November"?`},
		{date, "Tusday 2 November 2021", "", `names a weekday that does not exist, "Tusday"`,
			`did you mean "Tuesday"?`},
		{date, "2 November 1021", "", "is in the year 1021", "check the year"},
		{date, "2 November 21", "", `must be a date, not "2 November 21"`, `write it like "Tuesday 2 November 2021"`},
		{date, "Tuesday 2nd November 2021", "", `must be a date, not "Tuesday 2nd November 2021"`,
			`write "Tuesday 2 November 2021"`},
		{date, "the 2nd of Nov 2021", "", `must be a date, not "the 2nd of Nov 2021"`,
			`write "Tuesday 2 November 2021"`},
		{date, "Tuesday, November 2nd, 2021", "", `must be a date, not "Tuesday, November 2nd, 2021"`,
			`write "Tuesday 2 November 2021"`},
		{date, "Monday November 2, 2021", "", `must be a date, not "Monday November 2, 2021"`,
			`write it like "Tuesday 2 November 2021"`},
		{date, "soon", "", `must be a date, not "soon"`, `write it like "Tuesday 2 November 2021"`},

		{clock, "2pm", "2pm", "", ""},
		{clock, "2:00pm", "2pm", "", ""},
		{clock, "2 PM", "2pm", "", ""},
		{clock, "1:30pm", "1:30pm", "", ""},
		{clock, "12:30pm", "12:30pm", "", ""},
		{clock, "12:30am", "12:30am", "", ""},
		{clock, "midday", "midday", "", ""},
		{clock, "11:59pm", "11:59pm", "", ""},
		{clock, "noon", "", `must be a time that nobody can mistake, not "noon"`, `write "midday"`},
		{clock, "12pm", "", `must be a time that nobody can mistake, not "12pm"`, `write "midday"`},
		{clock, "midnight", "", "must not be midnight, which can be the beginning or the end of the day",
			`write "11:59pm", or "12:01am" of the next day`},
		{clock, "12am", "", "must not be midnight, which can be the beginning or the end of the day",
			`write "11:59pm", or "12:01am" of the next day`},
		{clock, "12:00PM", "", `must be a time that nobody can mistake, not "12:00pm"`, `write "midday"`},
		{clock, "12:00 am", "", "must not be midnight, which can be the beginning or the end of the day",
			`write "11:59pm", or "12:01am" of the next day`},
		{clock, "12:01am", "12:01am", "", ""},
		{clock, "13pm", "", `is a time that does not exist, "13pm"`, "hours go from 1 to 12, minutes from 00 to 59"},
		{clock, "1:60pm", "", `is a time that does not exist, "1:60pm"`,
			"hours go from 1 to 12, minutes from 00 to 59"},
		{clock, "14:00", "", `must be a time, not "14:00"`, `write "2pm"`},
		{clock, "1.30pm", "", `must be a time, not "1.30pm"`, `write "1:30pm"`},
		{clock, "1.30 p.m.", "", `must be a time, not "1.30 p.m."`, `write "1:30pm"`},
		{clock, "2", "", `must be a time, not "2"`, `write it like "2pm" or "1:30pm"`},

		{span, "2pm to 5pm", "2pm to 5pm", "", ""},
		{span, "1:30pm to 4:30pm", "1:30pm to 4:30pm", "", ""},
		{span, "11am to midday", "11am to midday", "", ""},
		{span, "2pm - 5pm", "", `must say from when to when, not "2pm - 5pm"`, `write "2pm to 5pm"`},
		{span, "2pm–5pm", "", `must say from when to when, not "2pm–5pm"`, `write "2pm to 5pm"`},
		{span, "2pm", "", `must say from when to when, not "2pm"`, `write it like "2pm to 5pm"`},
		{span, "2 to 5pm", "", `must be a time, not "2"`, `write "2pm to 5pm"`},
		{span, "2 to 5", "", `must be a time, not "2"`, `write it like "2pm" or "1:30pm"`},
		{span, "From 2.30 until 5 PM", "", `must say from when to when, not "From 2.30 until 5 PM"`,
			`write "2:30pm to 5pm"`},
		{span, "11 to 2pm", "", `must be a time, not "11"`, `write it like "2pm" or "1:30pm"`},
		{span, "14:00 to 17:00", "", `must be a time, not "14:00"`, `write "2pm to 5pm"`},
		{span, "5pm to 2pm", "", "ends before it begins: 5pm to 2pm", "check am and pm"},
		{span, "2pm to 2pm", "", "ends before it begins: 2pm to 2pm", "check am and pm"},
		{span, "6pm to midnight", "", "must not be midnight, which can be the beginning or the end of the day",
			`write "11:59pm", or "12:01am" of the next day`},

		{money, "£289", "£289", "", ""},
		{money, "£289.00", "£289", "", ""},
		{money, "£352.50", "£352.50", "", ""},
		{money, "£352.05", "£352.05", "", ""},
		{money, "£1,156", "£1,156", "", ""},
		{money, "£1156", "£1,156", "", ""},
		{money, "£12,345,678.90", "£12,345,678.90", "", ""},
		{money, "289", "", `must be in pounds, not "289"`, `write "£289"`},
		{money, "289 GBP", "", `must be in pounds, not "289 GBP"`, `write "£289"`},
		{money, "289 pounds", "", `must be in pounds, not "289 pounds"`, `write "£289"`},
		{money, "£ 289", "", `must be in pounds, not "£ 289"`, `write "£289"`},
		{money, "£289.5", "", `must be in pounds, not "£289.5"`, `write "£289.50"`},
		{money, "$289", "", `must be in pounds, not "$289"`, `write it like "£289" or "£352.50"`},
		{money, "£1,15", "", `must be in pounds, not "£1,15"`, `write it like "£289" or "£352.50"`},
		{money, "about £500", "", `must be in pounds, not "about £500"`, `write it like "£289" or "£352.50"`},
	} {
		got := c.kind()
		err := got.UnmarshalText([]byte(c.typed))
		if c.want != "" {
			if err != nil || got.String() != c.want {
				t.Errorf("%q: got %v, error %v, want %s", c.typed, got, err, c.want)
			}
			continue
		}
		var wrong *source.Wrong
		if !errors.As(err, &wrong) {
			t.Errorf("%q: got %v, error %v, want it refused", c.typed, got, err)
		} else if wrong.What != c.what || wrong.Do != c.do {
			t.Errorf("%q: refused with\n%s (%s)\nwant\n%s (%s)", c.typed, wrong.What, wrong.Do, c.what, c.do)
		}
	}
}

// FuzzRead: whatever is accepted reads the same when it is written out and read again.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"Tuesday 2 November 2021", "2021-11-02", "1:30pm", "midday", "2pm to 5pm",
		"£1,156.50", "12:01am"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		var date, date2 Date
		if date.UnmarshalText([]byte(typed)) == nil &&
			(date2.UnmarshalText([]byte(date.String())) != nil || date != date2) {
			t.Errorf("%q: %v, then %v", typed, date, date2)
		}
		var span, span2 Span
		if span.UnmarshalText([]byte(typed)) == nil &&
			(span2.UnmarshalText([]byte(span.String())) != nil || span != span2) {
			t.Errorf("%q: %v, then %v", typed, span, span2)
		}
		var money, money2 Money
		if money.UnmarshalText([]byte(typed)) == nil &&
			(money2.UnmarshalText([]byte(money.String())) != nil || money != money2) {
			t.Errorf("%q: %v, then %v", typed, money, money2)
		}
	})
}

func TestDateForms(t *testing.T) {
	d := Date{2021, time.November, 2}
	if d.Short() != "2 November 2021" || d.ISO() != "2021-11-02" {
		t.Errorf("got %s, %s", d.Short(), d.ISO())
	}
	if got := d.Time(); !got.Equal(time.Date(2021, 11, 2, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("begins at %v", got)
	}
	// British Summer Time: the day begins at 11pm of the day before in UTC.
	if got := (Date{2021, time.July, 1}).Time(); !got.Equal(time.Date(2021, 6, 30, 23, 0, 0, 0, time.UTC)) {
		t.Errorf("begins at %v", got)
	}
	if got := DateOf(time.Date(2021, 6, 30, 23, 0, 0, 0, time.UTC)); got != (Date{2021, time.July, 1}) {
		t.Errorf("got %v", got)
	}
}

// TestChange looks at each quarter of an hour of the two days on which London's clocks change in
// 2027.
func TestChange(t *testing.T) {
	for _, c := range []struct {
		day  Date
		want string // between 1am and 2am
	}{
		{Date{2027, time.March, 28}, "the clocks go forward, and this time is left out"},
		{Date{2027, time.October, 31}, "the clocks go back, and this time comes twice"},
		{Date{2027, time.October, 30}, ""},
	} {
		for at := Clock(0); at <= EndOfDay; at += 15 {
			want := ""
			if at >= 60 && at < 120 {
				want = c.want
			}
			if got := change(c.day, at); got != want {
				t.Errorf("%v on %v: got %q, want %q", at, c.day, got, want)
			}
		}
	}
}
