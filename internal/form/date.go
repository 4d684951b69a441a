package form

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// date reads the parts of a date. Nothing typed gives the zero time. The month may be a name, since
// people type names: "June", "jun". A month without day is read as its first day. Dates are civil: midnight UTC.
func (q *Question) date(v Values) (time.Time, *Problem) {
	inputs := q.Inputs()
	parts := make([]string, len(inputs))
	var missing []string // names of the inputs that are empty
	for i, name := range inputs {
		if parts[i] = trim(v[name]); parts[i] == "" {
			missing = append(missing, name)
		}
	}
	wrong := func(text string, inputs ...string) *Problem {
		return &Problem{Question: q.ID, Input: inputs[0], Inputs: inputs, Text: text}
	}
	switch {
	case len(missing) == len(inputs):
		return time.Time{}, nil
	case len(missing) > 0:
		var lacks []string
		for _, name := range missing {
			lacks = append(lacks, "a "+strings.TrimPrefix(name, q.ID+"-"))
		}
		return time.Time{}, wrong(q.words("date-part", strings.Join(lacks, " and ")), missing...)
	}
	day, rest := "1", parts
	if q.Kind == Date {
		day, rest = parts[0], parts[1:]
	}
	d, errDay := strconv.Atoi(day)
	m := month(rest[0])
	y, errYear := strconv.Atoi(rest[1])
	n := len(inputs)
	switch {
	case errYear == nil && len(rest[1]) != 4:
		return time.Time{}, wrong(q.words("date-year", ""), inputs[n-1])
	case errYear != nil:
		return time.Time{}, wrong(q.words("date-real", ""), inputs[n-1])
	case m == 0:
		return time.Time{}, wrong(q.words("date-real", ""), inputs[n-2])
	case errDay != nil || d < 1 || d > time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC).Day():
		return time.Time{}, wrong(q.words("date-real", ""), inputs[0])
	}
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC), nil
}

// month reads a month's number or its English name, or the first three or more letters of it. 0 is none.
func month(text string) time.Month {
	if n, err := strconv.Atoi(text); err == nil && n >= 1 && n <= 12 {
		return time.Month(n)
	}
	if len(text) >= 3 {
		for m := time.January; m <= time.December; m++ {
			if strings.HasPrefix(strings.ToLower(m.String()), strings.ToLower(text)) {
				return m
			}
		}
	}
	if strings.EqualFold(text, "sept") {
		return time.September
	}
	return 0
}

// future tells whether a civil date (or month) lies after the day (or month) of now in now's zone.
func (q *Question) future(date, now time.Time) bool {
	layout := map[Kind]string{Date: time.DateOnly, Month: "2006-01"}[q.Kind]
	return slices.Compare([]byte(date.Format(layout)), []byte(now.Format(layout))) > 0
}

// PartName says which part of a date an input is: "Day", "Month" or "Year".
func (q *Question) PartName(input string) string {
	part := strings.TrimPrefix(input, q.ID+"-")
	return fmt.Sprintf("%s%s", strings.ToUpper(part[:1]), part[1:])
}
