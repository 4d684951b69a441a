package form

import (
	"fmt"
	"strconv"
	"strings"
)

// words is what is said when an answer breaks a tag of its rule; lacks names the missing parts of a date.
// An editor's own words for the tag come first. The sentences follow the error message templates of the NHS and
// GOV.UK design systems: no "please", no "invalid", and what to do.
func (q *Question) words(tag, lacks string) string {
	if own := q.Messages[tag]; own != "" {
		return own
	}
	limit := func(tag string) string {
		for _, r := range q.rules {
			if r.tag == tag {
				return figures(r.number)
			}
		}
		return ""
	}
	switch tag {
	case "required":
		switch q.Kind {
		case YesNo:
			return "Select yes if " + q.subject()
		case Choice, Cohort:
			return "Select " + q.subject()
		}
		return "Enter " + q.subject()
	case "number":
		return q.opening() + " must be a number, like 6"
	case "min", "max":
		switch {
		case q.Kind == Number && q.Has("min") && q.Has("max"):
			return fmt.Sprintf("%s must be between %s and %s", q.opening(), limit("min"), limit("max"))
		case q.Kind == Number:
			return fmt.Sprintf("%s must be %s or %s", q.opening(), limit(tag), map[string]string{"min": "more", "max": "less"}[tag])
		}
		return fmt.Sprintf("%s must be %s characters or %s", q.opening(), limit(tag), map[string]string{"min": "more", "max": "less"}[tag])
	case "email":
		return "Enter an email address in the correct format, like name@example.com"
	case "telephone":
		return "Enter a phone number, like 01632 960 001, 07700 900 982 or +44 808 157 0192"
	case "postcode":
		return "Enter a full UK postcode"
	case "gmc":
		return q.opening() + " must be 7 numbers"
	case "practicecode":
		return q.opening() + " must be a letter and 5 numbers, like A12345"
	case "past":
		return q.opening() + " must be " + map[Kind]string{Date: "today", Month: "this month"}[q.Kind] + " or in the past"
	case "date-part":
		return q.opening() + " must include " + strings.TrimSpace(lacks)
	case "date-year":
		return "Year must include 4 numbers"
	case "date-real":
		return q.opening() + " must be a real date"
	}
	panic("form: no words for the tag " + tag)
}

// RuleInWords says what answers the question takes, for a codebook: "must be answered; 2,000 characters or less".
func (q *Question) RuleInWords() string {
	words := []string{"need not be answered"}
	for _, r := range q.rules {
		switch n := figures(r.number); r.tag {
		case "required":
			words[0] = "must be answered"
		case "min", "max":
			limit := n
			if q.Kind != Number {
				limit += " characters"
			}
			words = append(words, limit+map[string]string{"min": " or more", "max": " or less"}[r.tag])
		case "email":
			words = append(words, "an email address")
		case "telephone":
			words = append(words, "a telephone number")
		case "postcode":
			words = append(words, "a full UK postcode")
		case "gmc":
			words = append(words, "a GMC reference number")
		case "practicecode":
			words = append(words, "a GP practice code: a letter and 5 numbers")
		case "past":
			words = append(words, "not in the future")
		}
	}
	return strings.Join(words, "; ")
}

// figures writes a number as NHS pages do, with a comma for thousands.
func figures(x float64) string {
	s := strconv.FormatFloat(x, 'f', -1, 64)
	whole, _, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// messageTags are the tags for which an editor can give own words.
func (q *Question) messageTags() []string {
	var tags []string
	for _, r := range q.rules {
		if r.tag != "omitempty" {
			tags = append(tags, r.tag)
		}
	}
	switch q.Kind {
	case Date, Month:
		tags = append(tags, "date-part", "date-year", "date-real")
	case Number:
		tags = append(tags, "number")
	}
	return tags
}

// NotYourOwn is the problem of an answer that is the applicant's own where somebody else's is asked for.
func (q *Question) NotYourOwn() Problem {
	return Problem{Question: q.ID, Input: q.Inputs()[0], Inputs: q.Inputs(), Text: "Enter " + q.subject() + ", not your own"}
}
