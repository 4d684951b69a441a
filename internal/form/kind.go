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

// kind describes one kind of question. To add a kind, write one such value in a file of its own;
// TestKinds names the parts that it lacks.
type kind struct {
	name  Kind
	about string // what it asks for, for editors: "one line of text"

	parts   []part   // the inputs of an answer that takes several; empty: one input, named like the question
	choices []Option // the options of every question of this kind: Yes and No

	// clean cleans a posted text before it is kept, see typed.go.
	clean func(string) string
	// read reads an answer, see [answer]. It returns a problem if the answer cannot be read.
	read func(*Question, Values) (answer, *Problem)
	// judge says what is wrong with an answer that could be read and keeps the rule; nil if nothing
	// more can be wrong.
	judge func(q *Question, v Values, a answer, now time.Time) *Problem
	// shown is an answer as people read it; nil: as it was typed.
	shown func(*Question, Values) string
	// words are the error messages, by tag: always for "required", and for each tag that read and
	// judge use. [Question.words] explains the names in braces.
	words map[string]string

	limit   func(float64) string // writes a "min" or "max" in words: "300 characters"; nil: the kind has no limits
	sized   bool                 // limits apply to the value, not to the number of characters typed
	endless bool                 // without a limit the rule would accept any amount of text
	formats bool                 // a rule may ask for a [format]
	past    bool                 // a rule may have "past"
	several bool                 // one input can be posted several times, see [Choices]
	keeps   bool                 // a doubted answer can be kept by posting it again, see [Problem.Keep]

	sample map[string]string      // an answer, by part; "" is the only input
	values func(*Question) string // what an export's column holds, for its codebook
	cell   Cell                   // how a spreadsheet must read it
	paper  string                 // the blank for it on paper: line, lines, date, month, choice or choices
	// written says how to write an answer on paper if the editor gives no hint; may be empty.
	written string

	lacking []string // see lacks
}

// A part is one input of an answer that takes several.
type part struct {
	name  string // follows the question's id: "day"
	width int    // of the box, in characters
}

// An answer is what was read from a question's inputs. Both fields are empty if it was not
// answered.
type answer struct {
	normal string // the form that programs compare
	value  any    // what the rule is checked against: a string, or the float64 of a number
}

// Cell is how a spreadsheet must read an answer.
type Cell int

const (
	CellText  Cell = iota // as text
	CellPlain             // as the number or date of its normal form
	CellTyped             // always as text, as typed
)

// kinds has one entry for each kind. The kinds' files fill it before main starts, and nothing
// changes it later.
var kinds []*kind

// newKind adds a kind. An incomplete kind is asked and read like a text, so that no request fails;
// the tests report it.
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

// kind is never nil: an unknown kind is read as text.
func (k Kind) kind() *kind {
	for _, known := range kinds {
		if known.name == k {
			return known
		}
	}
	return &textKind
}

// Kinds lists all kinds in alphabetical order.
func Kinds() []Kind {
	all := make([]Kind, len(kinds))
	for i, k := range kinds {
		all[i] = k.name
	}
	slices.Sort(all)
	return all
}

// Words are the names of all kinds, as suggestions while an editor types.
func (Kind) Words() []string {
	var all []string
	for _, k := range Kinds() {
		all = append(all, string(k))
	}
	return all
}

// UnmarshalText accepts only known kinds.
func (k *Kind) UnmarshalText(text []byte) error {
	if slices.Contains(Kinds(), Kind(text)) {
		*k = Kind(text)
		return nil
	}
	return source.Wrongf(source.Suggest(string(text), k.Words()), "%s",
		fmt.Sprintf("names an unknown kind of question, %q", strings.TrimSpace(string(text))))
}

// About tells editors what a question of the kind asks for: "one line of text".
func (k Kind) About() string { return k.kind().about }

// Cell is how a spreadsheet must read an answer.
func (k Kind) Cell() Cell { return k.kind().cell }

// Paper is the blank for an answer on paper: line, lines, date, month, choice or choices. An answer
// on lines needs the whole width.
func (k Kind) Paper() string { return cmp.Or(k.kind().paper, "line") }

// Lines tells whether an answer may have several lines.
func (k Kind) Lines() bool { return k.kind().paper == "lines" }

// lacks names the required parts that the kind does not have.
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

// Fields are the inputs of a question that has several; empty if it has one.
func (q *Question) Fields() []Field {
	var all []Field
	for _, p := range q.Kind.kind().parts {
		all = append(all, Field{q.ID + "-" + p.name, strings.ToUpper(p.name[:1]) + p.name[1:], p.width})
	}
	return all
}

// Choices are the options of an answer that is chosen; empty if it is typed.
func (q *Question) Choices() []Option {
	k := q.Kind.kind()
	if k.choices == nil && k.offers() {
		return q.Options
	}
	return k.choices
}

// offers tells whether the question offers options to choose from.
func (k *kind) offers() bool { return k.paper == "choice" || k.paper == "choices" }

// Typed tells whether nearly any text is accepted, so that only the question's words say which text
// makes sense.
func (q *Question) Typed() bool {
	f := q.asks()
	return q.Kind.kind().endless && (f == nil || f.free)
}

// Sample is an answer that the question accepts, for tests and demonstrations; nil if only the
// form's author could give one.
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

// InExport says what the question's column of an export holds, for its codebook.
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
