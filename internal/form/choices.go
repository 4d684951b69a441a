package form

import (
	"slices"
	"strings"
)

// Choices is a question with options of which several can be ticked. All its boxes have the
// question's name. The stored answer, which is also the normal form, lists the ids of the ticked
// options in the order of the question: "partner, salaried". A rule's "min" and "max" limit how
// many.
const Choices Kind = "choices"

var _ = newKind(kind{
	name: Choices, about: "as many as apply of the options that the question lists; `min` and `max` are how many",
	clean: posted, several: true,
	read: func(q *Question, v Values) (answer, *Problem) {
		chosen := q.Chosen(v)
		if len(chosen) == 0 {
			return answer{}, nil
		}
		return answer{strings.Join(chosen, between), float64(len(chosen))}, nil
	},
	shown: func(q *Question, v Values) string {
		chosen := q.Chosen(v)
		var labels []string
		for _, o := range q.Options {
			if slices.Contains(chosen, o.ID) {
				labels = append(labels, o.Label)
			}
		}
		return strings.Join(labels, "\n")
	},
	words: map[string]string{"required": "Select {it}", "min": "Select more: {it}", "max": "Select fewer: {it}"},
	limit: func(n float64) string { return figures(n) + " of the options" }, sized: true,
	values: func(q *Question) string {
		var all []string
		for _, o := range q.Options {
			all = append(all, o.ID+": "+o.Label)
		}
		return "the ids of all that apply, with commas between: " + strings.Join(all, "; ")
	},
	paper: "choices", written: "Tick all that apply",
})

// between separates the ids of several options.
const between = ", "

// Chosen are the ids of the ticked options, in the question's order. Options that the page does not
// offer are left out.
func (q *Question) Chosen(v Values) []string {
	ticked := strings.Split(v[q.ID], between)
	var all []string
	for _, o := range q.Choices() {
		if slices.Contains(ticked, o.ID) {
			all = append(all, o.ID)
		}
	}
	return all
}
