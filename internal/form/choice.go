package form

import (
	"slices"
	"strings"
)

// Choice is a question with options, of which one is chosen. The normal form is the option's id.
const Choice Kind = "choice"

var _ = newKind(chosen(kind{
	name: Choice, about: "one of the options that the question lists",
	words: map[string]string{"required": "Select {it}"},
}))

// chosen fills in what all kinds with options have in common.
func chosen(k kind) kind {
	k.clean, k.read, k.paper = posted, readChoice, "choice"
	k.shown = func(q *Question, v Values) string {
		if o := q.option(v); o != nil {
			return o.Label
		}
		return ""
	}
	if k.values == nil {
		k.values = func(q *Question) string {
			var all []string
			for _, o := range q.Options {
				all = append(all, o.ID+": "+o.Label)
			}
			return strings.Join(all, "; ")
		}
	}
	return k
}

// readChoice accepts only options that the page offers.
func readChoice(q *Question, v Values) (answer, *Problem) {
	if o := q.option(v); o != nil {
		return answer{o.ID, o.ID}, nil
	}
	return answer{}, nil
}

// option is the chosen option; nil if there is none.
func (q *Question) option(v Values) *Option {
	all := q.Choices()
	if i := slices.IndexFunc(all, func(o Option) bool { return o.ID == v[q.ID] }); i >= 0 {
		return &all[i]
	}
	return nil
}

// lists tells whether the question lists its options itself.
func (q *Question) lists() bool { return q.Kind == Choice || q.Kind == Choices }
