package form

import (
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"

	"traininghub/internal/source"
)

// A rule is one tag of a question's rule: "max=2000".
type rule struct {
	tag    string
	number float64 // behind the "=", where the tag takes one
}

// ours are the tags that a rule may have, and which take a number. "required", "omitempty", "min" and
// "max" are validator's; the others are registered below. An editor's help lists them from here.
var ours = map[string]struct{ number bool }{
	"required":     {},
	"omitempty":    {},
	"min":          {number: true}, // characters; of a number, its value
	"max":          {number: true},
	"email":        {}, // an address that mail can be sent to
	"telephone":    {}, // a number that could be dialled, in any notation
	"postcode":     {}, // a full UK postcode
	"gmc":          {}, // a GMC reference number
	"practicecode": {}, // a GP practice code
	"past":         {}, // a date that is not in the future
}

// validate runs the rules. It is built once and only read afterwards, as validator's documentation asks.
var validate = func() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	for tag, accepts := range map[string]func(string) bool{
		"email":        func(s string) bool { return emailAddress(s) },
		"telephone":    func(s string) bool { return e164(s) != "" },
		"postcode":     func(s string) bool { return postcode(s) != "" },
		"gmc":          func(s string) bool { return gmcNumber(s) != "" },
		"practicecode": func(s string) bool { return practiceCode(s) != "" },
	} {
		if err := v.RegisterValidation(tag, func(f validator.FieldLevel) bool { return accepts(f.Field().String()) }); err != nil {
			panic(err) // a tag with a character that validator keeps for itself
		}
	}
	return v
}()

// parse reads a question's rule; its faults are an editor's.
func (q *Question) parse() error {
	q.rules = nil
	if q.Rule == "" {
		return nil
	}
	for part := range strings.SplitSeq(q.Rule, ",") {
		tag, value, valued := strings.Cut(strings.TrimSpace(part), "=")
		known, ok := ours[tag]
		if !ok {
			var tags []string
			for t := range ours {
				tags = append(tags, t)
			}
			return wrongTag(part, source.Suggest(tag, tags), "the rule of question %q has an unknown tag %q", q.ID, tag)
		}
		r := rule{tag: tag}
		if known.number {
			n, err := strconv.ParseFloat(value, 64)
			if err != nil || n < 0 {
				return wrongTag(part, fmt.Sprintf("write %s=300, for example", tag), "the rule of question %q has %q without a number", q.ID, part)
			}
			r.number = n
		} else if valued {
			return wrongTag(part, "write only "+tag, "the rule of question %q gives %q a value", q.ID, tag)
		}
		q.rules = append(q.rules, r)
	}
	if q.Has("past") && q.Kind != Date && q.Kind != Month {
		return wrongTag("past", "remove it, or make the kind date or month", "question %q has the rule \"past\" but is no date", q.ID)
	}
	return nil
}

// Ask is a question that a page asks outside any form, ready to be checked. A rule that is none is the program's own fault.
func Ask(q Question) Question {
	if err := q.parse(); err != nil {
		panic(err)
	}
	return q
}

func wrongTag(tag, do, what string, args ...any) error {
	return &source.Wrong{What: fmt.Sprintf(what, args...), Do: do, Word: strings.TrimSpace(tag)}
}

// breaks returns the first tag of the rule that value breaks, of those that are not about being
// there at all; "" if it breaks none. Value is a string, or the float64 of a number.
func (q *Question) breaks(value any) string {
	var tags []string
	for _, r := range q.rules {
		switch r.tag {
		case "required", "omitempty", "past": // the first two are decided before; past needs a clock
		case "min", "max":
			tags = append(tags, r.tag+"="+strconv.FormatFloat(r.number, 'f', -1, 64))
		default:
			tags = append(tags, r.tag)
		}
	}
	if len(tags) == 0 {
		return ""
	}
	var broken validator.ValidationErrors
	if err := validate.Var(value, strings.Join(tags, ",")); errors.As(err, &broken) {
		return broken[0].Tag()
	}
	return ""
}

// long tells whether a text is longer than its rule allows. All that is kept counts, also the space round it: else there would be no limit.
func (q *Question) long(kept string) bool {
	return q.Kind != Number && slices.ContainsFunc(q.rules, func(r rule) bool {
		return r.tag == "max" && float64(utf8.RuneCountInString(kept)) > r.number
	})
}

// Check says what is wrong with a section's answers: at most one problem a question, in their order.
// now's zone says which day it is.
func (s *Section) Check(v Values, now time.Time) []Problem {
	var problems []Problem
	for i := range s.Questions {
		if p := s.Questions[i].check(v, now); p != nil {
			problems = append(problems, *p)
		}
	}
	return problems
}

// A Problem is one answer that will not do.
type Problem struct {
	Question string   // its id
	Input    string   // the first wrong input
	Inputs   []string // all wrong inputs
	Text     string   // "Enter your email address"
}

// check tells the first of: not answered though required; not possible for its kind; against its rule.
func (q *Question) check(v Values, now time.Time) *Problem {
	problem := func(text string) *Problem {
		return &Problem{Question: q.ID, Input: q.Inputs()[0], Inputs: q.Inputs(), Text: text}
	}
	if q.Kind == Date || q.Kind == Month {
		date, wrong := q.date(v)
		switch {
		case wrong != nil:
			return wrong
		case date.IsZero() && q.Has("required"):
			return problem(q.words("required", ""))
		case !date.IsZero() && q.Has("past") && q.future(date, now):
			return problem(q.words("past", ""))
		}
		return nil
	}
	text := trim(v[q.ID])
	known := func(id string) bool {
		return slices.ContainsFunc(q.Options, func(o Option) bool { return o.ID == id })
	}
	switch {
	case q.Kind == YesNo && v[q.ID] != "yes" && v[q.ID] != "no", (q.Kind == Choice || q.Kind == Cohort) && !known(v[q.ID]):
		text = "" // nothing that the page offers, so nothing was chosen
	}
	if text == "" && q.Has("required") {
		return problem(q.words("required", ""))
	}
	if text != "" {
		var value any = text
		if q.Kind == Number {
			x, ok := number(text)
			if !ok {
				return problem(q.words("number", ""))
			}
			value = x
		}
		if tag := q.breaks(value); tag != "" {
			return problem(q.words(tag, ""))
		}
	}
	if q.long(v[q.ID]) {
		return problem(q.words("max", ""))
	}
	return nil
}

var decimal = regexp.MustCompile(`^[0-9]{1,9}([.][0-9]{1,4})?$`)

func number(text string) (float64, bool) {
	if !decimal.MatchString(text) {
		return 0, false
	}
	x, err := strconv.ParseFloat(text, 64)
	return x, err == nil
}

var gmc = regexp.MustCompile(`^C?([0-9]{7})$`)

// gmcNumber gives the seven digits of a GMC reference number, or "". The NHS Data Dictionary writes a
// consultant's with a leading C; the GMC publishes no check digit, so there is none to test.
func gmcNumber(text string) string {
	if m := gmc.FindStringSubmatch(compact(text)); m != nil {
		return m[1]
	}
	return ""
}

var practice = regexp.MustCompile(`^[A-Z][0-9]{5}$`)

// practiceCode gives a GP practice's code in the notation of the Organisation Data Service, a letter and
// five digits, or "". The letter has no meaning ("no structure should be derived"), so any will do.
func practiceCode(text string) string {
	if code := compact(text); practice.MatchString(code) {
		return code
	}
	return ""
}

var fullPostcode = regexp.MustCompile(`^([A-PR-UWYZ][A-HK-Y]?[0-9][0-9A-HJKMNPR-Y]?|GIR)([0-9][ABD-HJLNP-UW-Z]{2})$`)

// postcode gives a full UK postcode in capitals with its space, or "". The letters allowed at each place
// are Royal Mail's; whether the postcode exists is not looked up.
func postcode(text string) string {
	m := fullPostcode.FindStringSubmatch(compact(text))
	if m == nil {
		return ""
	}
	return m[1] + " " + m[2]
}

var domain = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])+([A-Za-z]{2,63}|xn--[A-Za-z0-9-]{1,59})$`)

// emailAddress tells whether mail can be sent to the address: what the GOV.UK Notify service accepts, so
// no quotes, no two dots together, and a domain of at least two labels.
func emailAddress(text string) bool {
	local, host, found := strings.Cut(text, "@")
	if !found || len(local) > 64 || len(text) > 254 || strings.Contains(text, "..") || !domain.MatchString(host) {
		return false
	}
	if strings.ContainsAny(text, "\"`;,<>()[]\\ \t\n") || strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") {
		return false
	}
	parsed, err := mail.ParseAddress(text)
	return err == nil && parsed.Address == text && len(text) == utf8.RuneCountInString(text)
}
