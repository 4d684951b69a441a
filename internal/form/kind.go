package form

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/source"
)

// A Kind decides how a question is asked, how its answer is read and how it is shown. Each kind has
// a file of its own here, and a template: templates/questions/KIND.html.
type Kind string

// kind is all that the program knows about one kind of question. Whoever adds a kind writes one
// such value, in a file of its own; TestKinds names the parts that it lacks.
type kind struct {
	name  Kind
	about string // what it asks for, for editors: "one line of text"

	parts   []part   // the inputs of an answer that takes several; none: one input, named like the question
	choices []Option // what every question of this kind offers: Yes and No

	// clean is what is done to a posted text before it is kept, see typed.go.
	clean func(string) string
	// read reads an answer, see [answer]. The problem is that it cannot be read.
	read func(*Question, Values) (answer, *Problem)
	// judge says what is wrong with an answer that was read and keeps the rule; nil: nothing more
	// can be.
	judge func(q *Question, v Values, a answer, now time.Time) *Problem
	// shown is an answer as people read it; nil: as it was typed.
	shown func(*Question, Values) string
	// words are what is said of a wrong answer, by tag: always of "required", and of each tag that
	// read and judge use. See [Question.words] for what stands in braces.
	words map[string]string

	limit   func(float64) string // how "min" and "max" are said: "300 characters"; nil: they make no sense here
	sized   bool                 // limits are of what is meant, not of the characters that were typed
	endless bool                 // a rule without a limit would take any amount of text
	formats bool                 // a rule may ask for a [format]
	past    bool                 // a rule may have "past"
	several bool                 // one input can be posted several times, see [Choices]
	keeps   bool                 // an answer that was doubted can be kept by posting it again, see [Problem.Keep]

	sample map[string]string      // an answer, by part; "" is the only input
	values func(*Question) string // what stands in an export's column, for its codebook
	cell   Cell                   // how a spreadsheet has to take it
	paper  string                 // what asks for it on paper: line, lines, date, month, choice or choices
	// written is how an answer is written where the editor gives no hint on paper; may be empty.
	written string

	lacking []string // see lacks
}

// A part is one input of an answer that takes several.
type part struct {
	name  string // behind the question's id: "day"
	width int    // of the box, in characters
}

// An answer is what was read. Both fields are empty if the question was not answered.
type answer struct {
	normal string // the form that programs compare
	value  any    // what the rule is held against: a string, or the float64 of a number
}

// Cell is how a spreadsheet has to take an answer.
type Cell int

const (
	CellText  Cell = iota // as a text
	CellPlain             // as the number or date that its normal form is
	CellTyped             // as a text in every case, as it was typed
)

// kinds has one entry for each kind. The kinds' files fill it before the program begins, and
// nothing changes it later.
var kinds []*kind

// newKind adds a kind. One that is not complete is asked and read like a text until somebody runs
// the tests, so that no request fails.
func newKind(k kind) struct{} {
	k.lacking = k.lacks()
	if k.clean == nil {
		k.clean = line
	}
	if k.read == nil {
		k.read = readText
	}
	kinds = append(kinds, &k)
	return struct{}{}
}

// kind is never nil: what has no known kind is a text.
func (k Kind) kind() *kind {
	for _, known := range kinds {
		if known.name == k {
			return known
		}
	}
	return &textKind
}

// Kinds lists them all, in the order of their names.
func Kinds() []Kind {
	all := make([]Kind, len(kinds))
	for i, k := range kinds {
		all[i] = k.name
	}
	slices.Sort(all)
	return all
}

// Words are all kinds, for help while somebody types.
func (Kind) Words() []string {
	var all []string
	for _, k := range Kinds() {
		all = append(all, string(k))
	}
	return all
}

// UnmarshalText accepts only the kinds there are.
func (k *Kind) UnmarshalText(text []byte) error {
	if slices.Contains(Kinds(), Kind(text)) {
		*k = Kind(text)
		return nil
	}
	return source.Wrongf(source.Suggest(string(text), k.Words()), "%s",
		fmt.Sprintf("names an unknown kind of question, %q", strings.TrimSpace(string(text))))
}

// About says for editors what a question of the kind asks for: "one line of text".
func (k Kind) About() string { return k.kind().about }

// Cell is how a spreadsheet has to take an answer.
func (k Kind) Cell() Cell { return k.kind().cell }

// Paper is what asks for an answer on paper: line, lines, date, month, choice or choices. What is
// written on lines needs the whole width.
func (k Kind) Paper() string { return cmp.Or(k.kind().paper, "line") }

// Lines tells whether an answer may have several lines.
func (k Kind) Lines() bool { return k.kind().paper == "lines" }

// lacks names the parts that the kind cannot do without and does not have.
func (k *kind) lacks() []string {
	var all []string
	need := func(has bool, part string) {
		if !has {
			all = append(all, part)
		}
	}
	need(k.name != "", "name")
	need(k.about != "", "about")
	need(k.clean != nil, "clean")
	need(k.read != nil, "read")
	need(k.words["required"] != "", `words["required"]`)
	need(k.sample != nil || k.choices != nil || k.offers(), "sample")
	need(k.values != nil, "values")
	need(k.paper != "", "paper")
	need(k.limit != nil || !k.sized, "limit")
	need(len(k.parts) == 0 || k.shown != nil, "shown")
	return all
}

// A Field is one input of a question that has several, such as the day of a date.
type Field struct {
	Name  string // of the input: "awarded-year"
	Label string // "Year"
	Width int    // of the box, in characters
}

// Fields are the inputs of a question that has several; none if it has one.
func (q *Question) Fields() []Field {
	var all []Field
	for _, p := range q.Kind.kind().parts {
		all = append(all, Field{q.ID + "-" + p.name, strings.ToUpper(p.name[:1]) + p.name[1:], p.width})
	}
	return all
}

// Choices are what an answer is chosen from; none if it is typed.
func (q *Question) Choices() []Option {
	k := q.Kind.kind()
	if k.choices == nil && k.offers() {
		return q.Options
	}
	return k.choices
}

// offers tells whether an answer is chosen from what the question offers.
func (k *kind) offers() bool { return k.paper == "choice" || k.paper == "choices" }

// Typed tells whether nearly any text answers the question, so that only its words say which makes
// sense.
func (q *Question) Typed() bool {
	f := q.asks()
	return q.Kind.kind().endless && (f == nil || f.free)
}

// Sample is an answer that the question takes, for tests and demonstrations; nil if only the form's
// author could say one.
func (q *Question) Sample() Values {
	k := q.Kind.kind()
	if options := q.Choices(); len(options) > 0 {
		return Values{q.ID: options[0].ID}
	}
	if f := q.asks(); f != nil && len(f.samples) > 0 {
		return Values{q.ID: f.samples[0]}
	}
	v := Values{}
	for name, text := range k.sample {
		v[strings.TrimSuffix(q.ID+"-"+name, "-")] = text
	}
	return v
}

// InExport says what stands in the question's column of an export, for its codebook.
func (q *Question) InExport() string {
	f, values := q.asks(), q.Kind.kind().values
	switch {
	case f != nil && f.values != "":
		return f.values
	case values == nil:
		return asTyped(q)
	}
	return values(q)
}
