package course

import "time"

// Moment is an instant in words for pages, letters and documents, in Europe/London: "2:05pm on
// Friday 1 October 2021".
func Moment(t time.Time) string {
	t = t.In(London)
	return Clock(t.Hour()*60+t.Minute()).String() + " on " + DateOf(t).String()
}
