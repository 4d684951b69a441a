package course

import (
	"testing"
	"time"
)

func TestMoment(t *testing.T) {
	for utc, want := range map[string]string{
		"2021-10-01T13:05:00Z": "2:05pm on Friday 1 October 2021",
		"2021-11-02T14:00:00Z": "2pm on Tuesday 2 November 2021",
		"2021-06-30T23:30:00Z": "12:30am on Thursday 1 July 2021",
		"2021-10-31T00:59:59Z": "1:59am on Sunday 31 October 2021",
		"2021-12-24T12:00:30Z": "midday on Friday 24 December 2021",
	} {
		at, err := time.Parse(time.RFC3339, utc)
		if err != nil {
			t.Fatal(err)
		}
		if got := Moment(at); got != want {
			t.Errorf("%s is %q, want %q", utc, got, want)
		}
	}
}
