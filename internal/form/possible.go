package form

import (
	"fmt"
	"strings"
)

// impossible says why no answer can pass the question's rule, or why a part of the rule has no
// effect; "" if the rule makes sense.
func (q *Question) impossible() (what, do string) {
	k, limits := q.Kind.kind(), map[string]float64{}
	var form []string
	for _, r := range q.rules {
		switch r.tag {
		case "min", "max":
			if _, twice := limits[r.tag]; twice {
				return fmt.Sprintf("the rule of question %q has %q twice", q.ID, r.tag), "remove one"
			}
			limits[r.tag] = r.number
		case "required", "omitempty", "past":
		default:
			form = append(form, r.tag)
		}
	}
	least, hasLeast := limits["min"]
	most, hasMost := limits["max"]
	switch {
	case q.Has("required") && q.Has("omitempty"):
		return fmt.Sprintf("the rule of question %q says that it must be answered, and that it need not be", q.ID),
			`remove "required" or "omitempty"`
	case k.limit == nil && (len(form) > 0 || hasLeast || hasMost):
		return fmt.Sprintf("the rule of question %q is for typed text, but its kind is %s", q.ID, q.Kind),
			`leave only "required", "omitempty" or, for a date, "past"`
	case !k.formats && len(form) > 0:
		return fmt.Sprintf("no %s can pass the rule %q of question %q", q.Kind, form[0], q.ID),
			"remove it, or make the kind text"
	case len(form) > 1:
		return fmt.Sprintf("no answer can pass the rule of question %q: it must be %s at once", q.ID,
			strings.Join(form, " and ")), "keep one of them"
	case hasLeast && hasMost && least > most:
		return fmt.Sprintf("no answer can pass the rule of question %q: at least %g and at most %g", q.ID, least, most),
			"make min at most max"
	case hasMost && most == 0 && !k.sized:
		return fmt.Sprintf("no answer can pass the rule of question %q: it has 0 characters", q.ID), "raise max"
	}
	if len(form) == 1 {
		f := formatOf(form[0])
		if hasMost && most < float64(f.least) {
			return fmt.Sprintf("no answer can pass the rule of question %q: %s has %d characters or more, and max is %g",
				q.ID, form[0], f.least, most), "raise max"
		}
		if hasLeast && f.most > 0 && least > float64(f.most) {
			return fmt.Sprintf("no answer can pass the rule of question %q: %s has %d characters at most, and min is %g",
				q.ID, form[0], f.most, least), "lower min"
		}
	}
	return "", ""
}
