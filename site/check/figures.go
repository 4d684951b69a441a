package check

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/pattern"
	"traininghub/internal/source"
)

const anyMonth = `(?:January|February|March|April|May|June|July|August|September|October|November|December)`

// Texts that begin with a digit, a pound sign or a month. Each pattern is matched at the start of a
// word.
var (
	timeRange  = pattern.Of(`^(\d{1,2}(?:[:.]\d\d)?) ?([ap]m)? ?[-–—] ?(\d{1,2}(?:[:.]\d\d)?) ?([ap]m)\b`)
	halfTime   = pattern.Of(`^(\d{1,2})(?:([:.])(\d\d))?( ?)([apAP])\.?([mM])\b\.?`)
	wholeTime  = pattern.Of(`^([01]?\d|2[0-3]):([0-5]\d)(?:[^\d:]|$)`)
	hoursTime  = pattern.Of(`^([01]\d|2[0-3]):?([0-5]\d) ?hrs?\b`)
	noonTime   = pattern.Of(`^12 (noon|midnight)\b`)
	figureDate = pattern.Of(`^(?:\d{1,2}(?:/\d{1,2}/|\.\d{1,2}\.|-\d{1,2}-)(?:\d{4}|\d\d)|\d{4}-\d\d-\d\d)\b`)
	ordinal    = pattern.Of(`^(\d{1,2})(?:st|nd|rd|th)(?: of)? (` + anyMonth + `)\b`)
	shortMonth = pattern.Of(`^(\d{1,2}) (Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?`)
	commaDate  = pattern.Of(`^(\d{1,2}) (` + anyMonth + `), (\d{4})\b`)
	monthFirst = pattern.Of(`^(` + anyMonth + `) (\d{1,2})(?:st|nd|rd|th)?\b(?:,? (\d{4})\b)?`)
	dateRange  = pattern.Of(`^(\d{1,2}) ?[-–—] ?(\d{1,2}) (` + anyMonth + `)\b`)
	wordDate   = pattern.Of(`^(\d{1,2}) (` + anyMonth + `)\b(?: (\d{4})\b)?`)
	percent    = pattern.Of(`^(\d+(?:\.\d+)?) (?:per cent|percent|%)`)
	pounds     = pattern.Of(`^(\d[\d,]*(?:\.\d\d)?) (?:pounds|GBP)\b`)
	sum        = pattern.Of(`^£ ?(\d[\d,]*(?:\.\d+)?)( ?[mk]\b| (?:million|billion)\b)?`)
	sumRange   = pattern.Of(`^(£\d[\d,.]*) ?[-–—] ?£?(\d[\d,.]*\d|\d)`)
)

// mere reports whether the number at a place is just a number: nothing after it makes it a time, a
// date or a sum.
func mere(s []byte, at int) bool {
	for at < len(s) && digit(s[at]) {
		at++
	}
	if at+1 >= len(s) {
		return true
	}
	switch c := s[at+1]; s[at] {
	case ' ':
		return !('A' <= c && c <= 'Z' || c == 'a' || c == 'p' || c == 'n' || c == 'm' || c == '-' || c == '%' || c >= 0x80 ||
			c == 'h' && bytes.HasPrefix(s[at+1:], []byte("hr"))) // hours, as in "3 hours", are none of these
	case ',', ')', ']', '"', ';', '?', '!':
		return !digit(c)
	case '.', ':':
		return !digit(c)
	}
	return false
}

// month reports whether a word is a month.
func month(word []byte) bool {
	word = bytes.TrimRight(word, ",.")
	for m := time.January; m <= time.December; m++ {
		if string(word) == m.String() {
			return true
		}
	}
	return false
}

// figure checks a text that begins with a digit or a month. It returns the end of what it warned
// about.
func (w *wording) figure(at int) int {
	s := w.clean[at:]
	digits := 0
	for digits < len(s) && digit(s[digits]) {
		digits++
	}
	// Most numbers that come here are the day in a correctly written date.
	if digits > 0 && digits+1 < len(s) && s[digits] == ' ' && 'A' <= s[digits+1] && s[digits+1] <= 'Z' {
		if m := wordDate().FindSubmatch(s); m != nil && (len(m[3]) > 0 || !bytes.HasPrefix(s[len(m[0]):], []byte(","))) {
			w.date(at, []string{string(m[0]), string(m[1]), string(m[2]), string(m[3])})
			return at + len(m[0])
		}
	}
	match := func(of func() *regexp.Regexp) []string {
		m := of().FindSubmatch(s)
		all := make([]string, len(m))
		for i := range m {
			all[i] = string(m[i])
		}
		return all
	}
	if m := match(timeRange); len(m) > 0 {
		from := m[2]
		if from == "" {
			from = m[4]
		}
		w.warn(at, ruleRange, fmt.Sprintf(`write "%s to %s"`, clockOf(m[1]+from), clockOf(m[3]+m[4])),
			"this has a dash between two times, %q", m[0])
		return at + len(m[0])
	}
	if m := match(noonTime); len(m) > 0 {
		if m[1] == "noon" {
			w.warn(at, ruleMidday, `write "midday"`, "this says %q", m[0])
			return at + len(m[0])
		}
		w.warn(at, ruleMidnight, `write "11:59pm", or "12:01am" of the next day`, "this says %q", m[0])
		return at + len(m[0])
	}
	if m := match(halfTime); len(m) > 0 {
		typed := strings.TrimSuffix(m[0], ".")
		right := clockOf(m[1] + m[2] + m[3] + m[5] + m[6])
		switch {
		case right == "midnight":
			w.warn(at, ruleMidnight, `write "11:59pm", or "12:01am" of the next day`, "this says %q", typed)
		case right == "midday":
			w.warn(at, ruleMidday, `write "midday"`, "this says %q", typed)
		case m[2] == ".":
			w.warn(at, ruleStop, fmt.Sprintf("write %q", right), "this has a full stop in a time, %q", typed)
		case right != typed:
			w.warn(at, ruleTime, fmt.Sprintf("write %q", right), "this writes a time as %q", typed)
		}
		return at + len(typed)
	}
	for i, of := range []func() *regexp.Regexp{hoursTime, wholeTime} {
		if m := match(of); len(m) > 0 {
			typed := m[1] + ":" + m[2]
			if i == 0 {
				typed = m[0]
			}
			do := fmt.Sprintf("write %q", clockOf(m[1]+":"+m[2]))
			if m[1]+m[2] == "0000" {
				do = `write "11:59pm", or "12:01am" of the next day`
			}
			w.warn(at, rule24, do, "this writes a time as %q", typed)
			return at + len(typed)
		}
	}
	if m := match(figureDate); len(m) > 0 {
		w.warn(at, ruleFigures, `write the month as a word: "2 November 2021"`, "this writes a date in figures, %q",
			m[0])
		return at + len(m[0])
	}
	if m := match(ordinal); len(m) > 0 {
		w.warn(at, ruleOrdinal, fmt.Sprintf(`write "%s %s"`, m[1], m[2]), "this writes a date as %q", m[0])
		return at + len(m[0])
	}
	if m := match(shortMonth); len(m) > 0 {
		full := ""
		for k := time.January; k <= time.December; k++ {
			if strings.HasPrefix(k.String(), m[2][:3]) {
				full = k.String()
			}
		}
		w.warn(at, ruleMonth, fmt.Sprintf(`write "%s %s"`, m[1], full), "this shortens a month, %q", m[0])
		return at + len(m[0])
	}
	if m := match(commaDate); len(m) > 0 {
		w.warn(at, ruleOrder, fmt.Sprintf(`write "%s %s %s"`, m[1], m[2], m[3]), "this writes a date as %q", m[0])
		return at + len(m[0])
	}
	if m := match(monthFirst); len(m) > 0 {
		w.warn(at, ruleOrder, fmt.Sprintf(`write %q`, strings.TrimSpace(m[2]+" "+m[1]+" "+m[3])),
			"this writes a date as %q", m[0])
		return at + len(m[0])
	}
	if m := match(dateRange); len(m) > 0 {
		w.warn(at, ruleRange, fmt.Sprintf(`write "%s to %s %s"`, m[1], m[2], m[3]),
			"this has a dash between two dates, %q", m[0])
		return at + len(m[0])
	}
	if m := match(percent); len(m) > 0 {
		w.warn(at, rulePercent, fmt.Sprintf(`write "%s%%"`, m[1]), "this says %q", m[0])
		return at + len(m[0])
	}
	if m := match(pounds); len(m) > 0 {
		w.warn(at, ruleMoney, fmt.Sprintf("write %q", sumOf("£"+m[1])), "this says %q", m[0])
		return at + len(m[0])
	}
	if m := match(wordDate); len(m) > 0 {
		w.date(at, m)
		return at + len(m[0])
	}
	return 0
}

// clockOf is a time in the hub's style; unchanged if there is no such time.
func clockOf(typed string) string {
	typed = strings.ToLower(strings.ReplaceAll(typed, ".", ":"))
	if len(typed) > 2 && strings.HasPrefix(typed, "12") && strings.Trim(typed[2:], ":0") == "am" {
		return "midnight"
	}
	var c course.Clock
	if strings.HasSuffix(typed, "m") {
		if strings.Trim(strings.TrimPrefix(typed, "12"), ":0") == "pm" && strings.HasPrefix(typed, "12") {
			return "midday"
		}
		if c.UnmarshalText([]byte(typed)) != nil {
			return typed
		}
		return c.String()
	}
	hours, minutes, _ := strings.Cut(typed, ":")
	h, _ := strconv.Atoi(hours)
	m, _ := strconv.Atoi(minutes)
	return course.Clock(h*60 + m).String()
}

// sumOf is a sum in the hub's style; unchanged if it cannot be read.
func sumOf(typed string) string {
	var m course.Money
	if whole, pence, _ := strings.Cut(typed, "."); len(pence) == 1 {
		typed = whole + "." + pence + "0"
	}
	if m.UnmarshalText([]byte(typed)) != nil {
		return typed
	}
	return m.String()
}

func (w *wording) money(at int) int {
	s := w.clean[at:]
	if m := sumRange().FindSubmatch(s); m != nil {
		w.warn(at, ruleRange, fmt.Sprintf(`write "%s to £%s"`, m[1], m[2]), "this has a dash between two sums, %q",
			m[0])
		return at + len(m[0])
	}
	m := sum().FindSubmatch(s)
	if m == nil {
		return 0
	}
	typed, right := strings.TrimRight(string(m[0]), ","), "£"+strings.TrimRight(string(m[1]), ",")
	switch unit := strings.TrimSpace(string(m[2])); unit {
	case "":
		right = sumOf(right)
	case "m":
		right += " million"
	case "k":
		right = sumOf(right + "000")
	default:
		right += " " + unit
	}
	switch {
	case right != typed:
		w.warn(at, ruleMoney, fmt.Sprintf("write %q", right), "this writes a sum as %q", typed)
	case w.mine() && !w.facts().sums[right]:
		w.warn(at, ruleOwn, w.instead("charge", `; new sums go to "amounts" at the top`), "the sum %s is none %s",
			right, w.whose())
	}
	return at + len(typed)
}

// date checks whether a date that is written correctly is right.
func (w *wording) date(at int, m []string) {
	day, _ := strconv.Atoi(m[1])
	is := func(d course.Date) bool { return d.Day == day && d.Month.String() == m[2] }
	if m[3] != "" {
		typed := m[0]
		if before := bytes.Fields(w.clean[:at]); len(before) > 0 {
			word := string(before[len(before)-1])
			word = word[strings.LastIndexAny(word, `("'*_[:`)+1:]
			if strings.HasSuffix(word, "day") || strings.HasSuffix(word, "day,") {
				typed = strings.TrimSuffix(word, ",") + " " + typed
			}
		}
		var d course.Date
		if err, wrong := d.UnmarshalText([]byte(typed)).(*source.Wrong); wrong {
			w.warn(at, ruleDay, err.Do, "%q %s", typed, err.What)
			return
		}
		is = func(other course.Date) bool { return other == d }
	}
	if w.mine() && !slices.ContainsFunc(w.facts().dates, is) {
		w.warn(at, ruleOwn, w.instead("deadline", ""), "the date %s is none %s", m[0], w.whose())
	}
}

// whose and instead refer to the course, in its own file and elsewhere.
func (w *wording) whose() string {
	if !w.elsewhere {
		return "of this course's own"
	}
	return fmt.Sprintf("that the course %q has", w.course.Title)
}

func (w *wording) instead(fact, own string) string {
	if w.elsewhere {
		fact, own = w.course.ID+"."+fact, ""
	}
	return fmt.Sprintf(`correct it, or write a fact by its name, like "{{%s}}"%s`, fact, own)
}

// mine reports whether the text is about a course with facts that could all be read.
func (w *wording) mine() bool { return w.course != nil && !w.course.Lost() }

// ownFacts are the dates and sums that the text of a course may mention.
type ownFacts struct {
	dates []course.Date
	sums  map[string]bool
}

func (w *wording) facts() *ownFacts {
	if w.own != nil {
		return w.own
	}
	c := w.course
	w.own = &ownFacts{dates: []course.Date{c.Deadline}, sums: map[string]bool{c.Charge.String(): true, c.Price.String(): true}}
	for _, d := range []*course.Date{c.Opens, c.Reviewed, c.ReviewDue} {
		if d != nil {
			w.own.dates = append(w.own.dates, *d)
		}
	}
	for _, k := range c.Cohorts {
		for _, shop := range k.Workshops {
			w.own.dates = append(w.own.dates, shop.Date)
		}
	}
	for sum := range maps.Values(c.Amounts) {
		w.own.sums[sum.String()] = true
	}
	for text := range maps.Values(c.Figures) {
		w.own.sums[text] = true
		var d course.Date
		if d.UnmarshalText([]byte(text)) == nil {
			w.own.dates = append(w.own.dates, d)
		}
	}
	return w.own
}
