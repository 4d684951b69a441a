package form

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/go-playground/validator/v10"

	"traininghub/internal/source"
)

// A rule is one tag of a question's rule: "max=2000".
type rule struct {
	tag    string
	number float64 // after the "=", for tags that take one
}

// general are the tags that are no [format], and which of them take a number. "required",
// "omitempty", "min" and "max" are validator's.
var general = map[string]struct {
	number bool
	about  string
}{
	"required":  {about: "it must be answered"},
	"omitempty": {about: "it need not be answered"},
	"min":       {number: true, about: "the fewest characters, or of a number the least: `min=1`"},
	"max":       {number: true, about: "the most characters, or of a number the greatest: `max=300`"},
	"past":      {about: "a date that is not in the future"},
}

// Tags are the tags that ask for no format, in alphabetical order.
func Tags() []Tag {
	var all []Tag
	for _, name := range slices.Sorted(maps.Keys(general)) {
		all = append(all, Tag{name, general[name].about})
	}
	return all
}

// validate holds limits. It is only read, as validator's documentation asks. It panics at a tag
// that it does not know, so our formats are not passed to it. Most programs check no form before
// their first answer, so it is made at its first use.
var validate = sync.OnceValue(func() *validator.Validate { return validator.New(validator.WithRequiredStructEnabled()) })

// parse reads a question's rule. Its error is a [source.Wrong], for the editor.
func (q *Question) parse() error {
	q.rules = nil
	if q.Rule == "" {
		return nil
	}
	for part := range strings.SplitSeq(q.Rule, ",") {
		tag, value, valued := strings.Cut(strings.TrimSpace(part), "=")
		known, ok := general[tag]
		if !ok && formatOf(tag) == nil {
			tags := slices.Collect(maps.Keys(general))
			for _, f := range formats {
				tags = append(tags, f.tag)
			}
			do := source.Suggest(tag, tags)
			if words := strings.Fields(part); len(words) > 1 {
				do = fmt.Sprintf("put commas between: %q", strings.Join(words, ","))
			} else if tag == "optional" {
				do = `write "omitempty": it need not be answered`
			}
			return wrongTag(part, do, "the rule of question %q has an unknown tag %q", q.ID, tag)
		}
		r := rule{tag: tag}
		if known.number {
			n, err := strconv.ParseFloat(value, 64)
			if err != nil || n < 0 {
				return wrongTag(part, fmt.Sprintf("write %s=300, for example", tag),
					"the rule of question %q has %q without a number", q.ID, part)
			}
			r.number = n
		} else if valued {
			return wrongTag(part, "write only "+tag, "the rule of question %q gives %q a value", q.ID, tag)
		}
		q.rules = append(q.rules, r)
	}
	if q.Has("past") && !q.Kind.kind().past {
		return wrongTag("past", "remove it, or make the kind date or month",
			"question %q has the rule \"past\" but is no date", q.ID)
	}
	return nil
}

// Ask prepares a question that a page asks outside any form, so that it can be checked. An
// unreadable rule is a bug in the program.
func Ask(q Question) Question {
	if err := q.parse(); err != nil {
		panic(err)
	}
	return q
}

func wrongTag(tag, do, what string, args ...any) error {
	return &source.Wrong{What: fmt.Sprintf(what, args...), Do: do, Word: strings.TrimSpace(tag)}
}

// breaks returns the first tag of the rule that the value of an [answer] breaks; "" if it breaks
// none. It does not check whether an answer is required.
func (q *Question) breaks(value any) string {
	text, _ := value.(string)
	for _, r := range q.rules {
		switch f := formatOf(r.tag); {
		case r.tag == "min" || r.tag == "max":
			if validate().Var(value, r.tag+"="+strconv.FormatFloat(r.number, 'f', -1, 64)) != nil {
				return r.tag
			}
		case f != nil && f.accepts(text) == "":
			return r.tag
		}
	}
	return ""
}
