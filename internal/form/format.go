package form

import (
	"cmp"
	"slices"
	"strings"
)

// format is all that the program knows about one notation that a rule can ask for by its tag, such
// as a postcode. Whoever adds a format writes one such value, in a file of its own; TestFormats
// names the parts that it lacks.
type format struct {
	tag   string // in a rule: "gmc"
	about string // what it is, for editors and codebooks: "a GMC reference number"
	says  string // what is said of an answer that is none, see [Question.words]

	// normal gives the form that programs compare, or "" if the text is none. What it gives is its
	// own normal form.
	normal func(string) string

	samples []string // that are taken, in several notations
	wrong   []string // that are refused

	least, most int // characters that it has; 0 if there is no such limit, since spaces are allowed in it

	// Letters and figures that mean nothing: browsers do not check their spelling, and a rule needs
	// no "max".
	code   bool
	free   bool   // nearly any text will do
	digits bool   // figures alone, which phones have a keyboard for
	number string // of a professional register, in the middle of a sentence: "GMC number"; "" for all else
	values string // what stands in an export's column; "": what its kind of question says
	paper  string // how it is written, on paper and where the editor gives no hint: "7 numbers"; may be empty
}

// formats has one entry for each format, as [kinds] has for kinds.
var formats []*format

func newFormat(f format) struct{} {
	formats = append(formats, &f)
	return struct{}{}
}

// formatOf is the format with the tag; nil if there is none.
func formatOf(tag string) *format {
	i := slices.IndexFunc(formats, func(f *format) bool { return f.tag == tag })
	if i < 0 {
		return nil
	}
	return formats[i]
}

// lacks names the parts that the format cannot do without and does not have.
func (f *format) lacks() []string {
	var all []string
	need := func(has bool, part string) {
		if !has {
			all = append(all, part)
		}
	}
	need(f.tag != "", "tag")
	need(f.about != "", "about")
	need(f.says != "", "says")
	need(f.normal != nil, "normal")
	need(len(f.samples) > 0, "samples")
	need(len(f.wrong) > 0, "wrong")
	need(f.least > 0, "least")
	need(f.number == "" || f.code, "code")
	return all
}

// accepts gives the normal form of a text; "" if it has none.
func (f *format) accepts(text string) string {
	if f.normal == nil {
		return text // which the first test tells
	}
	return f.normal(text)
}

// asks is the format that the question's rule asks for; nil if it asks for none.
func (q *Question) asks() *format {
	for _, r := range q.rules {
		if f := formatOf(r.tag); f != nil {
			return f
		}
	}
	return nil
}

// Asking is the form's first question, of those that are asked once, for something of a format:
// "practicecode"; nil if none is.
func (d *Definition) Asking(tag string) *Question {
	for i := range d.Sections {
		for j := range d.Sections[i].Questions {
			q := &d.Sections[i].Questions[j]
			if f := q.asks(); f != nil && f.tag == tag && d.Sections[i].Repeat == nil {
				return q
			}
		}
	}
	return nil
}

// Code tells whether the answer is letters and figures whose spelling nobody can check.
func (q *Question) Code() bool { f := q.asks(); return f != nil && f.code }

// Digits tells whether the answer is figures alone.
func (q *Question) Digits() bool { f := q.asks(); return f != nil && f.digits }

// OnPaper is how the answer is written: the editor's hint, or else what its format or kind says.
func (q *Question) OnPaper() string {
	if f := q.asks(); f != nil && q.Hint == "" {
		return f.paper
	}
	return cmp.Or(q.Hint, q.Kind.kind().written)
}

// A Tag is a word of the rules' language, for the editors' guide.
type Tag struct{ Name, About string }

// Formats are the tags that ask for a notation, in the order of their names.
func Formats() []Tag {
	var all []Tag
	for _, f := range formats {
		all = append(all, Tag{f.tag, f.about})
	}
	slices.SortFunc(all, func(a, b Tag) int { return strings.Compare(a.Name, b.Name) })
	return all
}
