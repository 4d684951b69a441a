package form

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// words is the error message for an answer that breaks a tag of its rule or its kind. The editor's
// own message for the tag comes first. In messages of kinds and formats {it} is the question in the
// middle of a sentence, {It} the same at the beginning, and {what} a detail that depends on the
// answer.
//
// The sentences follow the error message templates of the NHS and GOV.UK design systems: no
// "please", no "invalid", and what to do.
func (q *Question) words(tag, what string) string {
	if own := q.Messages[tag]; own != "" {
		return own
	}
	said := q.Kind.kind().words[tag]
	if f := formatOf(tag); said == "" && f != nil {
		said = f.says
	}
	switch {
	case said != "":
	case tag == "min" || tag == "max":
		said = "{It} must be " + q.limits(tag)
	default: // a missing message, which the first test reports
		said = "Check {it}"
	}
	return strings.NewReplacer("{it}", q.subject(), "{It}", q.opening(), "{what}", what).Replace(said)
}

// limits says what min and max allow: "between 0.5 and 14", "5 characters or less".
func (q *Question) limits(tag string) string {
	say := q.Kind.kind().limit
	if say == nil {
		say = figures
	}
	limit := map[string]string{}
	for _, r := range q.rules {
		if r.tag == "min" || r.tag == "max" {
			limit[r.tag] = say(r.number)
		}
	}
	if q.Kind.kind().sized && len(limit) == 2 {
		return fmt.Sprintf("between %s and %s", limit["min"], limit["max"])
	}
	return limit[tag] + orMore[tag]
}

var orMore = map[string]string{"min": " or more", "max": " or less"}

// wrong is the problem of an answer that breaks a tag, at the inputs at fault.
func (q *Question) wrong(tag, what string, inputs ...string) *Problem {
	return &Problem{Question: q.ID, Input: inputs[0], Inputs: inputs, Text: q.words(tag, what)}
}

// problem is the problem of an answer that is wrong as a whole.
func (q *Question) problem(tag string) *Problem { return q.wrong(tag, "", q.Inputs()...) }

// RuleInWords says which answers the question accepts, for a codebook: "must be answered; 2,000
// characters or less".
func (q *Question) RuleInWords() string {
	words := []string{"need not be answered"}
	for _, r := range q.rules {
		switch f := formatOf(r.tag); {
		case r.tag == "required":
			words[0] = "must be answered"
		case (r.tag == "min" || r.tag == "max") && q.Kind.kind().limit != nil:
			words = append(words, q.Kind.kind().limit(r.number)+orMore[r.tag])
		case r.tag == "past":
			words = append(words, "not in the future")
		case f != nil:
			words = append(words, f.about)
		}
	}
	return strings.Join(words, "; ")
}

// figures writes a number as NHS pages do, with a comma for thousands.
func figures(x float64) string {
	s := strconv.FormatFloat(x, 'f', -1, 64)
	whole, _, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// messageTags are the tags for which an editor can write a message.
func (q *Question) messageTags() []string {
	var tags []string
	for _, r := range q.rules {
		if r.tag != "omitempty" {
			tags = append(tags, r.tag)
		}
	}
	for tag := range q.Kind.kind().words {
		if tag != "required" && tag != "past" {
			tags = append(tags, tag)
		}
	}
	return tags
}

// Wrong is a problem with one input that is not a question of a form, but a page's.
func Wrong(input, text string) Problem {
	return Problem{Question: input, Input: input, Inputs: []string{input}, Text: text}
}

// NotOwn adds to the problems that somebody else's address is the applicant's own, unless there is
// one with it already.
func (q *Question) NotOwn(problems []Problem, v Values, applicant string) []Problem {
	if applicant == "" || !strings.EqualFold(q.Normal(v), strings.TrimSpace(applicant)) ||
		slices.ContainsFunc(problems, func(p Problem) bool { return p.Question == q.ID }) {
		return problems
	}
	return append(problems, Problem{Question: q.ID, Input: q.Inputs()[0], Inputs: q.Inputs(),
		Text: "Enter " + q.subject() + ", not your own"})
}
