package form

import (
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Text is a question for one line: a name, an address, or a code such as a postcode.
const Text Kind = "text"

var textKind = kind{
	name: Text, about: "one line of text, or a number or code of which the rule names the format",
	clean: line, read: readText,
	words: map[string]string{"required": "Enter {it}"},
	limit: characters, endless: true, formats: true,
	sample: map[string]string{"": "Invented answer"},
	values: asTyped, paper: "line",
}

var _ = newKind(textKind)

// readText reads a text, which is kept as typed. The rule's format, if it has one, gives the normal
// form.
func readText(q *Question, v Values) (answer, *Problem) {
	text := trim(v[q.ID])
	if text == "" {
		return answer{}, nil
	}
	if f := q.asks(); f != nil {
		return answer{f.accepts(text), text}, nil
	}
	return answer{norm.NFC.String(text), text}, nil
}

func characters(n float64) string { return figures(n) + " characters" }

func asTyped(*Question) string { return "as typed" }

// long tells whether a text is longer than its rule allows. Every character kept counts, spaces
// around the text too: otherwise it would have no limit.
func (q *Question) long(kept string) bool {
	most := q.Max()
	return most > 0 && utf8.RuneCountInString(kept) > most
}

// Max is the most characters that the question's rule allows; 0 if it names no limit.
func (q *Question) Max() int {
	for _, r := range q.rules {
		if r.tag == "max" && !q.Kind.kind().sized {
			return int(r.number)
		}
	}
	return 0
}

// Most is Max as people write it: "2,000".
func (q *Question) Most() string { return fmt.Sprint(figures(float64(q.Max()))) }
