package form

import (
	"fmt"
	"strconv"
	"strings"
)

// Duration is a question for a length of time, in two inputs: hours and minutes. Either may be left
// empty. The normal form is whole minutes: 150 is 2 hours 30 minutes; limits in a rule are in
// minutes, too. There are two inputs because people write lengths of time in too many ways to read
// from one.
const Duration Kind = "duration"

var _ = newKind(kind{
	name: Duration, about: "hours and minutes; `min` and `max` are in minutes",
	parts: []part{{"hours", 3}, {"minutes", 3}},
	clean: code, read: readDuration,
	shown: func(q *Question, v Values) string {
		if a, wrong := readDuration(q, v); wrong == nil && a.value != nil {
			return timeInWords(a.value.(float64))
		}
		return q.typed(v)
	},
	words: map[string]string{
		"required":         "Enter {it}",
		"duration":         "{It} must be in whole hours and minutes, like 2 hours and 30 minutes",
		"duration-minutes": "Minutes must be between 0 and 59",
	},
	limit: timeInWords, sized: true,
	sample: map[string]string{"hours": "2", "minutes": "30"},
	values: func(*Question) string { return "whole minutes: 150 is 2 hours 30 minutes" }, cell: CellPlain,
	paper: "line", written: "Hours and minutes",
})

func readDuration(q *Question, v Values) (answer, *Problem) {
	total, typed := 0, false
	for i, name := range q.Inputs() {
		text := bare(v[name])
		if !Visible(text) {
			continue
		}
		n := figure(text, 3)
		switch {
		case n < 0:
			return answer{}, q.wrong("duration", "", name)
		case i == 1 && n > 59:
			return answer{}, q.wrong("duration-minutes", "", name)
		}
		typed = true
		total += n * []int{60, 1}[i]
	}
	if !typed {
		return answer{}, nil
	}
	return answer{strconv.Itoa(total), float64(total)}, nil
}

// timeInWords writes a number of minutes in words: "2 hours 30 minutes".
func timeInWords(minutes float64) string {
	n := int(minutes)
	var words []string
	say := func(n int, unit string) {
		if n != 1 {
			unit += "s"
		}
		words = append(words, fmt.Sprint(n, " ", unit))
	}
	if n >= 60 {
		say(n/60, "hour")
	}
	if n%60 > 0 || n == 0 {
		say(n%60, "minute")
	}
	return strings.Join(words, " ")
}
