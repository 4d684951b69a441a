package form

import (
	"strconv"
	"strings"

	"traininghub/internal/pattern"
)

// Number is a question for a number, which may have decimals: clinical sessions come in halves. The
// normal form is like 4.5.
const Number Kind = "number"

var _ = newKind(kind{
	name: Number, about: "a number, which may have decimals",
	clean: code, read: readNumber,
	words: map[string]string{"required": "Enter {it}", "number": "{It} must be a number, like 6"},
	limit: figures, sized: true,
	sample: map[string]string{"": "6"},
	values: func(*Question) string { return "4.5" }, cell: CellPlain, paper: "line",
})

func readNumber(q *Question, v Values) (answer, *Problem) {
	text := bare(v[q.ID])
	if !Visible(text) {
		return answer{}, nil
	}
	x, ok := number(text)
	if !ok {
		return answer{}, q.problem("number")
	}
	return answer{strconv.FormatFloat(x, 'f', -1, 64), x}, nil
}

var (
	decimal = pattern.Of(`^(?:[0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2})?(?:[.][0-9]{0,4})?$`)
	halves  = []struct{ sign, decimals string }{
		{"½", ".5"}, {"¼", ".25"}, {"¾", ".75"}, {" 1/2", ".5"}, {" 1/4", ".25"}, {" 3/4", ".75"},
		{" 1⁄2", ".5"}, {" 1⁄4", ".25"}, {" 3⁄4", ".75"},
	}
)

// number reads a number as people write it: "4.5", ".5", "4½", "4 1/2", "1,250", and "4·5" with a
// raised point.
func number(text string) (float64, bool) {
	text = strings.ReplaceAll(text, "·", ".")
	for _, half := range halves {
		if whole, ok := strings.CutSuffix(" "+text, half.sign); ok {
			text = strings.TrimSpace(whole) + half.decimals
			break
		}
	}
	if !decimal().MatchString(text) {
		return 0, false
	}
	x, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", ""), 64)
	return x, err == nil
}
