package course

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"traininghub/internal/pattern"
	"traininghub/internal/source"
)

// A Clock is a time of day, in minutes by the clock since midnight.
type Clock int

// EndOfDay is the last minute of a day.
const EndOfDay Clock = 23*60 + 59

// Example is a time as an editor writes it.
func (Clock) Example() string { return "1:30pm" }

// Pattern is the pattern of a time.
func (Clock) Pattern() string {
	return `(?:(?:0?[1-9]|1[01])(?::[0-5]\d)?|12:(?:0[1-9]|[1-5]\d)) ?[AaPp][Mm]|[Mm][Ii][Dd][Dd][Aa][Yy]`
}

// Example is a span as an editor writes it.
func (Span) Example() string { return "2pm to 5pm" }

// Pattern is the pattern of a span.
func (Span) Pattern() string {
	at := `(?:` + Clock(0).Pattern() + `)`
	return at + ` +to +` + at
}

// String is the time as NHS pages write it: "1:30pm", "2pm", "midday".
func (c Clock) String() string {
	if c == 12*60 {
		return "midday"
	}
	hour, half := int(c)/60, "am"
	if hour >= 12 {
		hour, half = hour-12, "pm"
	}
	if hour == 0 {
		hour = 12
	}
	switch minute := int(c % 60); {
	case minute == 0:
		return strconv.Itoa(hour) + half
	case minute < 10:
		return strconv.Itoa(hour) + ":0" + strconv.Itoa(minute) + half
	default:
		return strconv.Itoa(hour) + ":" + strconv.Itoa(minute) + half
	}
}

var (
	halfDay = pattern.Of(`^(\d{1,2})(?::(\d\d))? ?([ap]m)$`)
	loose   = pattern.Of(`^(\d{1,2})(?:[:.](\d\d))? ?([ap]\.?m\.?)?$`)
)

// UnmarshalText reads "2pm", "1:30pm" and "midday". It refuses "midnight", which can mean the start
// or the end of a day, and "12pm", which can mean midnight; "12:00am" and "12:00pm" likewise. So no
// time that was read is zero.
func (c *Clock) UnmarshalText(text []byte) error {
	s := strings.ToLower(string(text))
	m := halfDay().FindStringSubmatch(s)
	hour := m != nil && strings.TrimLeft(m[2], "0") == "" // a time without minutes
	switch {
	case s == "midday":
		*c = 12 * 60
		return nil
	case s == "noon", hour && m[1] == "12" && m[3] == "pm":
		return source.Wrongf(`write "midday"`, "must be a time that nobody can mistake, not %q", s)
	case s == "midnight", hour && m[1] == "12" && m[3] == "am":
		return source.Wrongf(`write "11:59pm", or "12:01am" of the next day`,
			"must not be midnight, which can be the beginning or the end of the day")
	}
	if m != nil {
		if got, ok := clock(m[1], m[2], m[3]); ok {
			*c = got
			return nil
		}
		return source.Wrongf("hours go from 1 to 12, minutes from 00 to 59", "is a time that does not exist, %q", s)
	}
	do := `write it like "2pm" or "1:30pm"`
	if m := loose().FindStringSubmatch(s); m != nil {
		if got, ok := clock(m[1], m[2], strings.ReplaceAll(m[3], ".", "")); ok && (m[2] != "" || m[3] != "") {
			do = fmt.Sprintf("write %q", got)
		}
	}
	return source.Wrongf(do, "must be a time, not %q", s)
}

// clock reads hours, minutes ("" for none) and am or pm ("" for a 24-hour clock).
func clock(hours, minutes, half string) (Clock, bool) {
	h, _ := strconv.Atoi(hours)
	m, _ := strconv.Atoi(minutes)
	if half != "" {
		if h < 1 || h > 12 {
			return 0, false
		}
		h %= 12
		if half == "pm" {
			h += 12
		}
	}
	return Clock(h*60 + m), h < 24 && m < 60
}

// A Span is a period within a day.
type Span struct{ From, To Clock }

// String is the span in words: "2pm to 5pm".
func (s Span) String() string { return s.From.String() + " to " + s.To.String() }

// Hours is the length of the span by the clock.
func (s Span) Hours() float64 { return float64(s.To-s.From) / 60 }

// looseSpan matches other ways of writing a span: "2-5pm", "from 2 until 5.30pm", "14:00 to 17:00".
var looseSpan = pattern.Of(`^(?:from )?(\d{1,2})(?:[:.](\d\d))? ?([ap]m)? *` +
	`(?:[-–—]|to|until|till) *(\d{1,2})(?:[:.](\d\d))? ?([ap]m)?$`)

// UnmarshalText reads "2pm to 5pm".
func (s *Span) UnmarshalText(text []byte) error {
	err := s.read(string(text))
	var w *source.Wrong
	if !errors.As(err, &w) {
		return err
	}
	if m := looseSpan().FindStringSubmatch(strings.ToLower(string(text))); m != nil && (m[6] != "" || m[2] != "" && m[5] != "") {
		from, ok := clock(m[1], m[2], cmp.Or(m[3], m[6]))
		to, too := clock(m[4], m[5], m[6])
		if as := (Span{from, to}); ok && too && new(Span).read(as.String()) == nil {
			w.Do = fmt.Sprintf("write %q", as)
		}
	}
	return err
}

func (s *Span) read(text string) error {
	from, to, found := strings.Cut(text, " to ")
	if !found {
		return source.Wrongf(`write it like "2pm to 5pm"`, "must say from when to when, not %q", text)
	}
	var got Span
	if err := got.From.UnmarshalText([]byte(strings.TrimSpace(from))); err != nil {
		return err
	}
	if err := got.To.UnmarshalText([]byte(strings.TrimSpace(to))); err != nil {
		return err
	}
	if got.To <= got.From {
		return source.Wrongf("check am and pm", "ends before it begins: %v", got)
	}
	*s = got
	return nil
}

// change says what is wrong with a time on a day on which London's clocks change; "" if nothing. Go
// would silently read a skipped time as an hour later, and a repeated one as the first.
func change(d Date, c Clock) string {
	at := d.at(c)
	if DateOf(at) != d || Clock(at.Hour()*60+at.Minute()) != c {
		return "the clocks go forward, and this time is left out"
	}
	for _, other := range []time.Time{at.Add(-time.Hour), at.Add(time.Hour)} {
		if other.Hour() == at.Hour() && other.Minute() == at.Minute() {
			return "the clocks go back, and this time comes twice"
		}
	}
	return ""
}
