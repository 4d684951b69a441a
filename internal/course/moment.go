package course

import "time"

// Moment is an instant as pages, letters and documents say it: "2:05pm on Friday 1 October 2021",
// in Europe/London.
func Moment(t time.Time) string {
	t = t.In(London)
	return Clock(t.Hour()*60+t.Minute()).String() + " on " + DateOf(t).String()
}
