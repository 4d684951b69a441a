package form

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"traininghub/internal/pattern"
)

// Date is a question for a day, in three inputs: day, month and year. The normal form is
// 2006-01-02.
const Date Kind = "date"

var _ = newKind(kind{
	name: Date, about: "a day, month and year",
	parts: []part{{"day", 2}, {"month", 3}, {"year", 4}},
	clean: code, judge: judgeDate, past: true,
	read:   func(q *Question, v Values) (answer, *Problem) { return q.civil(v, time.DateOnly) },
	shown:  func(q *Question, v Values) string { return q.inFull(v, "2 January 2006") },
	words:  datesSay("today"),
	sample: map[string]string{"day": "1", "month": "June", "year": "2018"},
	values: func(*Question) string { return "2021-11-02" }, cell: CellPlain, paper: "date",
})

// The years of dates in people's lives: births, examinations, plans. A year outside them is a slip,
// such as 0020 or 2201.
const (
	firstYear  = 1900
	yearsAhead = 50
)

// datesSay are the words of the kinds that ask for dates; now is their word for the present.
func datesSay(now string) map[string]string {
	return map[string]string{
		"required":     "Enter {it}",
		"past":         "{It} must be " + now + " or in the past",
		"date-part":    "{It} must include {what}",
		"date-figures": "{It} must be written with the numbers 0 to 9",
		"date-year":    "Year must include 4 numbers",
		"date-range":   "Year must be {what}",
		"date-real":    "{It} must be a real date",
	}
}

// civil reads a date and writes it in the given layout as its normal form.
func (q *Question) civil(v Values, layout string) (answer, *Problem) {
	date, wrong := q.date(v)
	if wrong != nil || date.IsZero() {
		return answer{}, wrong
	}
	normal := date.Format(layout)
	return answer{normal, normal}, nil
}

// inFull is a date in words; one that cannot be read is shown as it was typed.
func (q *Question) inFull(v Values, layout string) string {
	if t, wrong := q.date(v); wrong == nil && !t.IsZero() {
		return t.Format(layout)
	}
	return q.typed(v)
}

// judgeDate refuses a date in the future if it must be in the past, and a date too far away.
func judgeDate(q *Question, _ Values, a answer, now time.Time) *Problem {
	if q.Has("past") && a.normal > now.Format(time.DateOnly)[:len(a.normal)] { // both are in now's time zone
		return q.problem("past")
	}
	if year, _ := strconv.Atoi(a.normal[:4]); year > now.Year()+yearsAhead {
		return q.wrong("date-range", fmt.Sprint(now.Year()+yearsAhead, " or earlier"), q.Inputs()[len(q.Inputs())-1])
	}
	return nil
}

// figure reads one part of a date, of at most `most` digits; -1 if the text is not a number.
func figure(text string, most int) int {
	if n := len(text); n < 1 || n > most || strings.Trim(text, "0123456789") != "" {
		return -1
	}
	n, _ := strconv.Atoi(text)
	return n
}

// wholeNumber matches what somebody typed who meant a year.
var wholeNumber = pattern.Of(`^[+-]?[0-9]+$`)

// date reads the parts of a date. If nothing was typed it returns the zero time. The month may be a
// name, since people type names: "June", "jun". A month without a day is read as its first day.
// Dates are civil: midnight UTC. The year is 1900 or later; [judgeDate] limits how far ahead it may
// lie.
func (q *Question) date(v Values) (time.Time, *Problem) {
	inputs := q.Inputs()
	parts := make([]string, len(inputs))
	var missing, lacks []string
	for i, name := range inputs {
		if parts[i] = bare(v[name]); !Visible(parts[i]) {
			missing, lacks = append(missing, name), append(lacks, "a "+strings.TrimPrefix(name, q.ID+"-"))
		}
	}
	switch {
	case len(missing) == len(inputs):
		return time.Time{}, nil
	case len(missing) > 0:
		return time.Time{}, q.wrong("date-part", strings.Join(lacks, " and "), missing...)
	}
	for i, text := range parts {
		if strings.ContainsFunc(text, otherDigit) {
			return time.Time{}, q.wrong("date-figures", "", inputs[i])
		}
	}
	n := len(inputs)
	d, m, y := 1, month(parts[n-2]), figure(parts[n-1], 4)
	if n == 3 {
		d = figure(parts[0], 2)
	}
	switch {
	case len(parts[n-1]) != 4 && y >= 0, y < 0 && wholeNumber().MatchString(parts[n-1]):
		return time.Time{}, q.wrong("date-year", "", inputs[n-1])
	case y < 0 && m == 0:
		return time.Time{}, q.wrong("date-real", "", inputs[n-2], inputs[n-1])
	case y < 0:
		return time.Time{}, q.wrong("date-real", "", inputs[n-1])
	case y < firstYear:
		return time.Time{}, q.wrong("date-range", fmt.Sprint(firstYear, " or later"), inputs[n-1])
	case m == 0:
		return time.Time{}, q.wrong("date-real", "", inputs[n-2])
	case d < 1 || d > time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC).Day():
		return time.Time{}, q.wrong("date-real", "", inputs[0])
	}
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC), nil
}

// otherDigit tells whether a character is a digit of another script. Most scripts have their own
// digits, and a keyboard for the script types them.
func otherDigit(r rune) bool { return r > unicode.MaxASCII && unicode.IsDigit(r) }

// month reads a month's number or its English name, or at least the first three letters of the
// name. It returns 0 for anything else.
func month(text string) time.Month {
	if n := figure(text, 2); n >= 1 && n <= 12 {
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
