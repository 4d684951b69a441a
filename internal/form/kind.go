package form

import (
	"fmt"
	"strings"

	"traininghub/internal/source"
)

// A Kind decides how a question is asked, how its answer is read and how it is shown. Each has a file
// templates/questions/KIND.html.
type Kind string

const (
	Text      Kind = "text"
	LongText  Kind = "long-text"
	Email     Kind = "email"
	Telephone Kind = "telephone"
	Number    Kind = "number" // may have decimals: clinical sessions come in halves
	Date      Kind = "date"   // day, month and year
	Month     Kind = "month"  // month and year, for what people do not know to the day
	YesNo     Kind = "yes-no"
	Choice    Kind = "choice"
	Cohort    Kind = "cohort" // a choice among the course's cohorts
)

// Kinds lists them all.
func Kinds() []Kind {
	return []Kind{Text, LongText, Email, Telephone, Number, Date, Month, YesNo, Choice, Cohort}
}

// Words are all kinds, for help while somebody types.
func (Kind) Words() []string {
	var all []string
	for _, k := range Kinds() {
		all = append(all, string(k))
	}
	return all
}

// UnmarshalText accepts only the kinds there are.
func (k *Kind) UnmarshalText(text []byte) error {
	var names []string
	for _, known := range Kinds() {
		if Kind(text) == known {
			*k = known
			return nil
		}
		names = append(names, string(known))
	}
	return source.Wrongf(source.Suggest(string(text), names), "%s", fmt.Sprintf("names an unknown kind of question, %q", strings.TrimSpace(string(text))))
}
