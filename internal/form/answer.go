package form

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Values are the answers posted for a section, kept as typed apart from characters that nobody can
// see or mean (see typed.go). The keys are the names of the inputs: the question's id, or for a
// date one per part: "id-day", "id-month", "id-year". "id-keep" holds an answer that was doubted
// and kept.
type Values map[string]string

// Read takes the section's own inputs from a posted form, and ignores all others.
func (s *Section) Read(post url.Values) Values {
	v := Values{}
	for i := range s.Questions {
		q := &s.Questions[i]
		for _, name := range q.names() {
			typed := post.Get(name)
			if q.Kind.kind().several { // a browser posts one value for each ticked box
				typed = strings.Join(q.Chosen(Values{name: strings.Join(post[name], between)}), between)
			}
			if text := q.tidy(typed); text != "" {
				v[name] = text
			}
		}
	}
	return v
}

// tidy cleans the text posted for the question. A text that its rule says is a code is cleaned as
// one.
func (q *Question) tidy(text string) string {
	if q.Code() {
		return code(text)
	}
	return q.Kind.kind().clean(text)
}

// Inputs are the names of the question's inputs, in page order.
func (q *Question) Inputs() []string {
	parts := q.Kind.kind().parts
	if len(parts) == 0 {
		return []string{q.ID}
	}
	names := make([]string, len(parts))
	for i, p := range parts {
		names[i] = q.ID + "-" + p.name
	}
	return names
}

// keepInput is the name of the input that holds a doubted answer to keep, see [Problem.Keep].
func (q *Question) keepInput() string { return q.ID + "-keep" }

// Kept is the answer that was doubted and kept; "" if there is none.
func (q *Question) Kept(v Values) string { return v[q.keepInput()] }

// Shown is the answer as people read it: a text as it was typed, a code in its normal form, an
// option's label, "Yes", a date in full. It is "" if the question was not answered. An answer that
// cannot be read as its kind is shown as typed.
func (q *Question) Shown(v Values) string {
	if shown := q.Kind.kind().shown; shown != nil {
		return shown(q, v)
	}
	if f := q.asks(); f != nil && f.code {
		return cmp.Or(f.accepts(q.typed(v)), q.typed(v))
	}
	return q.typed(v)
}

// typed is the answer as typed; "" if there is nothing to see in it.
func (q *Question) typed(v Values) string {
	var typed []string
	for _, name := range q.Inputs() {
		if Visible(v[name]) {
			typed = append(typed, v[name])
		}
	}
	return strings.Join(typed, " ")
}

// Normal is the answer in the form that programs compare: a GMC number as 7 digits, a postcode in
// capitals with its space, a telephone number as in E.164, a date as 2006-01-02, an option's id.
// The file of each kind and format describes its normal form. It is "" if the answer is missing or
// cannot be read.
func (q *Question) Normal(v Values) string {
	a, wrong := q.Kind.kind().read(q, v)
	if wrong != nil {
		return ""
	}
	return a.normal
}

// Check says what is wrong with the section's answers: at most one problem for each question, in
// the order of the questions. now is in the time zone in which dates are meant.
func (s *Section) Check(v Values, now time.Time) []Problem {
	var problems []Problem
	for i := range s.Questions {
		if p := s.Questions[i].check(v, now); p != nil {
			problems = append(problems, *p)
		} else if p := s.elsewhere(&s.Questions[i], v); p != nil {
			problems = append(problems, *p)
		} else if p := s.Questions[i].late(v, now); p != nil {
			problems = append(problems, *p)
		}
	}
	return problems
}

// late returns the problem of an option that can no longer be chosen.
func (q *Question) late(v Values, now time.Time) *Problem {
	if o := q.option(v); o != nil && o.over(now) {
		p := Wrong(q.Inputs()[0], o.Label+": it is too late to choose this")
		p.Question = q.ID
		return &p
	}
	return nil
}

// over reports whether it is too late to choose the option.
func (o Option) over(now time.Time) bool { return o.Until != 0 && now.Unix() >= o.Until }

// At returns the section as it is asked at an instant: without options for which it is too late.
func (s *Section) At(now time.Time) *Section {
	at := *s
	at.Questions = slices.Clone(s.Questions)
	for i := range at.Questions {
		q := &at.Questions[i]
		q.Options = slices.DeleteFunc(slices.Clone(q.Options), func(o Option) bool { return o.over(now) })
	}
	return &at
}

// elsewhere returns the problem of an option that the area answered in the same section does not
// offer.
func (s *Section) elsewhere(q *Question, v Values) *Problem {
	o := q.option(v)
	if o == nil || len(o.Areas) == 0 {
		return nil
	}
	i := slices.IndexFunc(s.Questions, func(q Question) bool { return q.Kind == Area })
	if i < 0 {
		return nil
	}
	area := s.Questions[i].option(v)
	if area == nil || slices.Contains(o.Areas, area.ID) {
		return nil
	}
	var names []string
	for _, a := range s.Questions[i].Options {
		if slices.Contains(o.Areas, a.ID) {
			names = append(names, a.Label)
		}
	}
	inputs := q.Inputs()
	return &Problem{Question: q.ID, Input: inputs[0], Inputs: inputs[:1],
		Text: fmt.Sprintf("%s: this is only possible in %s", o.Label, strings.Join(names, " and "))}
}

// A Problem says why one answer is not accepted.
type Problem struct {
	Question string   // its id
	Input    string   // the first wrong input
	Inputs   []string // all wrong inputs
	Text     string   // "Enter your email address"
	// Keep is set if the answer is only doubted. A page that shows the problem posts Keep back in a
	// hidden input, named by the question's id and "-keep"; the same answer is then not doubted
	// again.
	Keep string
}

// check returns the first problem of the answer: required but missing, impossible for its kind, or
// against its rule.
func (q *Question) check(v Values, now time.Time) *Problem {
	k := q.Kind.kind()
	a, wrong := k.read(q, v)
	switch {
	case wrong != nil:
		return wrong
	case a.value == nil && q.Has("required"):
		return q.problem("required")
	case a.value != nil:
		if tag := q.breaks(a.value); tag != "" {
			return q.problem(tag)
		}
		if k.judge != nil {
			if wrong := k.judge(q, v, a, now); wrong != nil {
				return wrong
			}
		}
	}
	if q.long(v[q.ID]) {
		return q.problem("max")
	}
	return nil
}

// names are all the input names that the question uses.
func (q *Question) names() []string {
	if q.Kind.kind().keeps {
		return append(q.Inputs(), q.keepInput())
	}
	return q.Inputs()
}
