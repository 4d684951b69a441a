package course

import (
	"fmt"
	"strconv"
	"strings"

	"traininghub/internal/pattern"
	"traininghub/internal/source"
)

// Money is a sum in pence.
type Money int64

// Example is a sum as an editor writes it.
func (Money) Example() string { return "£352.50" }

// Pattern is the pattern of a sum.
func (Money) Pattern() string { return strings.Trim(pounds().String(), "^$") }

// String is the sum as NHS pages write it: "£289", "£352.50", "£1,156".
func (m Money) String() string {
	digits := strconv.FormatInt(int64(m)/100, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	if m%100 == 0 {
		return "£" + digits
	}
	return fmt.Sprintf("£%s.%02d", digits, m%100)
}

var (
	pounds = pattern.Of(`^£(\d{1,3}(?:,\d{3}){0,2}|\d{1,9})(?:\.(\d\d))?$`)
	sum    = pattern.Of(`^(?i:£|gbp)? *(\d{1,3}(?:,\d{3}){0,2}|\d{1,9})(?:\.(\d)(\d)?)?` +
		` *(?i:gbp|pounds?|£)?$`)
)

// UnmarshalText reads "£289", "£352.50" and "£1,156".
func (m *Money) UnmarshalText(text []byte) error {
	s := string(text)
	if p := pounds().FindStringSubmatch(s); p != nil {
		*m = pence(p[1], p[2])
		return nil
	}
	do := `write it like "£289" or "£352.50"`
	if p := sum().FindStringSubmatch(s); p != nil {
		if p[2] != "" && p[3] == "" {
			p[3] = "0"
		}
		do = fmt.Sprintf("write %q", pence(p[1], p[2]+p[3]))
	}
	return source.Wrongf(do, "must be in pounds, not %q", s)
}

func pence(whole, rest string) Money {
	w, _ := strconv.ParseInt(strings.ReplaceAll(whole, ",", ""), 10, 64)
	r, _ := strconv.ParseInt(rest, 10, 64)
	return Money(100*w + r)
}
