package form

import (
	"cmp"
	"slices"
	"strings"
)

// format describes one notation, such as a postcode. A rule asks for it by its tag. To add a
// format, write one such value in a file of its own; TestFormats names the parts that it lacks.
type format struct {
	tag   string // in a rule: "gmc"
	about string // what it is, for editors and codebooks: "a GMC reference number"
	says  string // said of an answer that is not in the format, see [Question.words]

	// normal gives the form that programs compare, or "" if the text is not in the format. Applied
	// to a normal form, it changes nothing.
	normal func(string) string

	samples []string // accepted texts, in several notations
	wrong   []string // refused texts

	least, most int // length in characters; 0 means no limit, since spaces are allowed

	// code means letters and digits that form no words: browsers do not check their spelling, and a
	// rule needs no "max".
	code   bool
	free   bool   // nearly any text will do
	digits bool   // digits alone, for which phones have a keyboard
	number string // of a professional register, in the middle of a sentence: "GMC number"; "" for all else
	values string // what an export's column holds; "": what the question's kind says
	paper  string // how to write it on paper, where the editor gives no hint: "7 numbers"; may be empty
}

// formats has one entry for each format, like [kinds] for kinds.
var formats []*format

func newFormat(f format) struct{} {
	formats = append(formats, &f)
	return struct{}{}
}

// formatOf returns the format with the tag; nil if there is none.
func formatOf(tag string) *format {
	i := slices.IndexFunc(formats, func(f *format) bool { return f.tag == tag })
	if i < 0 {
		return nil
	}
	return formats[i]
}

// lacks names the required parts that the format does not have.
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

// accepts gives the normal form of a text; "" if the text is not in the format.
func (f *format) accepts(text string) string {
	if f.normal == nil {
		return text // incomplete, which the first test reports
	}
	return f.normal(text)
}

// asks is the format that the question's rule asks for; nil if there is none.
func (q *Question) asks() *format {
	for _, r := range q.rules {
		if f := formatOf(r.tag); f != nil {
			return f
		}
	}
	return nil
}

// Asking is the form's first question for the format with the tag, such as "practicecode", in a
// section that does not repeat; nil if there is none.
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

// Code tells whether the answer is letters and digits that form no words.
func (q *Question) Code() bool { f := q.asks(); return f != nil && f.code }

// Digits tells whether the answer is digits alone.
func (q *Question) Digits() bool { f := q.asks(); return f != nil && f.digits }

// OnPaper says how to write the answer on paper: the editor's hint, or what its format or kind
// says.
func (q *Question) OnPaper() string {
	if f := q.asks(); f != nil && q.Hint == "" {
		return f.paper
	}
	return cmp.Or(q.Hint, q.Kind.kind().written)
}

// A Tag is a word of the language of rules, for the editors' guide.
type Tag struct{ Name, About string }

// Formats are the tags that ask for a format, in alphabetical order.
func Formats() []Tag {
	var all []Tag
	for _, f := range formats {
		all = append(all, Tag{f.tag, f.about})
	}
	slices.SortFunc(all, func(a, b Tag) int { return strings.Compare(a.Name, b.Name) })
	return all
}
