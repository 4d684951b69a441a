package form

import (
	"fmt"
	"strconv"
	"strings"

	"traininghub/internal/pattern"
)

// Money is a question for an amount in pounds: "£1,250.50". The normal form is whole pence, 125050,
// so that no sum is ever rounded. Limits in a rule are in pounds. The box has a £ before it, as the
// NHS and GOV.UK design systems advise; typing the £ as well is no mistake.
const Money Kind = "money"

var _ = newKind(kind{
	name: Money, about: "an amount in pounds; `min` and `max` are in pounds, too",
	clean: code, read: readMoney,
	shown: func(q *Question, v Values) string {
		if n, ok := pence(bare(v[q.ID])); ok {
			return pounds(n)
		}
		return q.typed(v)
	},
	words: map[string]string{"required": "Enter {it}",
		"money": "{It} must be an amount in pounds, like £1,250.50 or £300"},
	limit: func(n float64) string { return pounds(int64(n*100 + 0.5)) }, sized: true,
	sample: map[string]string{"": "£1,250.50"},
	values: func(*Question) string { return "whole pence: 125050 is £1,250.50" }, cell: CellPlain, paper: "line", written: "In pounds and pence",
})

func readMoney(q *Question, v Values) (answer, *Problem) {
	text := bare(v[q.ID])
	if !Visible(text) {
		return answer{}, nil
	}
	n, ok := pence(text)
	if !ok {
		return answer{}, q.problem("money")
	}
	return answer{strconv.FormatInt(n, 10), float64(n) / 100}, nil
}

var amount = pattern.Of(`^£?(?:([0-9]{1,9})|([0-9]{1,3}(?:,[0-9]{3}){1,2}))(?:\.([0-9]{2}))?$`)

// pence reads an amount in pounds. Pence need two digits: "£12.5" could mean either £12.50 or
// £12.05.
func pence(text string) (int64, bool) {
	m := amount().FindStringSubmatch(strings.Join(strings.Fields(text), ""))
	if m == nil {
		return 0, false
	}
	n, err := strconv.ParseInt(m[1]+strings.ReplaceAll(m[2], ",", "")+(m[3] + "00")[:2], 10, 64)
	return n, err == nil
}

// pounds writes whole pence as people read them: "£1,250.50", "£300".
func pounds(n int64) string {
	if n%100 == 0 {
		return "£" + figures(float64(n/100))
	}
	return fmt.Sprintf("£%s.%02d", figures(float64(n/100)), n%100)
}
