package form

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Values are what was posted for a section, exactly as typed but for line ends, which are "\n", and for what [OneLine] says. They
// go by the inputs' names: the question's id, or for a date one for each part: "id-day", "id-month",
// "id-year".
type Values map[string]string

// lineEnds undoes what browsers do to line ends when they post a text.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// Read takes the section's own inputs from a posted form, and nothing else.
func (s *Section) Read(post url.Values) Values {
	v := Values{}
	for i := range s.Questions {
		for _, name := range s.Questions[i].Inputs() {
			if text := post.Get(name); text != "" {
				v[name] = strings.ToValidUTF8(lineEnds.Replace(text), "\uFFFD")
				if s.Questions[i].Kind != LongText {
					v[name] = OneLine(v[name])
				}
			}
		}
	}
	return v
}

// OneLine makes of a posted text what an input of one line can hold: no browser sends line ends from one, and a name with some in it
// would write paragraphs of its own into a letter. What would turn the writing direction of the words behind it is dropped, too.
func OneLine(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune("\n\r\v\f\u0085\u2028\u2029", r):
			return ' '
		case r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, text)
}

// Inputs are the names of the question's inputs, in their order on the page.
func (q *Question) Inputs() []string {
	switch q.Kind {
	case Date:
		return []string{q.ID + "-day", q.ID + "-month", q.ID + "-year"}
	case Month:
		return []string{q.ID + "-month", q.ID + "-year"}
	}
	return []string{q.ID}
}

// Shown is the answer as people read it: a text as it was typed, an option's label, "Yes", a date in
// full. It is "" if the question was not answered. What cannot be read as its kind is shown as typed.
func (q *Question) Shown(v Values) string {
	switch q.Kind {
	case YesNo:
		return map[string]string{"yes": "Yes", "no": "No"}[v[q.ID]]
	case Choice, Cohort:
		if i := slices.IndexFunc(q.Options, func(o Option) bool { return o.ID == v[q.ID] }); i >= 0 {
			return q.Options[i].Label
		}
		return ""
	case Date, Month:
		if t, problem := q.date(v); problem == nil && !t.IsZero() {
			return t.Format(map[Kind]string{Date: "2 January 2006", Month: "January 2006"}[q.Kind])
		}
		var parts []string
		for _, name := range q.Inputs() {
			if trim(v[name]) != "" {
				parts = append(parts, v[name])
			}
		}
		return strings.Join(parts, " ")
	}
	if trim(v[q.ID]) == "" {
		return ""
	}
	return v[q.ID]
}

// Normal is the answer in the form that programs compare: a GMC number as 7 digits, a postcode in
// capitals with its space, a telephone number as in E.164, a date as 2006-01-02 or 2006-01, an e-mail
// address without spaces round it, an option's id. It is "" if the answer is missing or cannot be read.
func (q *Question) Normal(v Values) string {
	text := trim(v[q.ID])
	switch q.Kind {
	case Date, Month:
		if t, problem := q.date(v); problem == nil && !t.IsZero() {
			return t.Format(map[Kind]string{Date: time.DateOnly, Month: "2006-01"}[q.Kind])
		}
		return ""
	case Number:
		if x, ok := number(text); ok {
			return strconv.FormatFloat(x, 'f', -1, 64)
		}
		return ""
	case Telephone:
		return e164(text)
	}
	switch {
	case q.Has("gmc"):
		return gmcNumber(text)
	case q.Has("postcode"):
		return postcode(text)
	case q.Has("practicecode"):
		return practiceCode(text)
	}
	return text
}

// trim takes away the space round a text, and the invisible characters that copying adds.
func trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || r == '\u200b' || r == '\u200e' || r == '\u200f' || r == '\u2060' || r == '\ufeff'
	})
}

// compact takes away what people put between the characters of a number or code.
func compact(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("-–.()/\u200b\u200e\u200f\u2060\ufeff", r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, s)
}
