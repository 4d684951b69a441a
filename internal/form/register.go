package form

import "slices"

// A Registration is a number on a professional register. The zero value means that somebody has
// none, such as a practice manager.
type Registration struct {
	Register string // the tag of the number's format: "gmc"
	Number   string // in its normal form: "7654321"
}

// Registration is the professional number in the question's answer. It is the zero value if the
// question asks for something else, or the answer cannot be read. A nil question asks for none.
func (q *Question) Registration(v Values) Registration {
	if q == nil {
		return Registration{}
	}
	f, number := q.asks(), q.Normal(v)
	if f == nil || f.number == "" || number == "" {
		return Registration{}
	}
	return Registration{f.tag, number}
}

// Register is the tag of the register on which the form's applicants have numbers; "" if they have
// none.
func (d *Definition) Register() string {
	if q, _ := d.Question(d.Applicant.Number); q != nil {
		if f := q.asks(); f != nil && f.number != "" {
			return f.tag
		}
	}
	return ""
}

// None tells whether there is no number.
func (r Registration) None() bool { return r.Number == "" }

// What is what the number is called in the middle of a sentence: "GMC number".
func (r Registration) What() string {
	if f := formatOf(r.Register); f != nil && f.number != "" {
		return f.number
	}
	return "registration number"
}

// Key is the text by which records are found. It is unique to a person, though numbers on two
// registers may be alike. The key of a GMC number is the number itself, as it was before there were
// other registers.
func (r Registration) Key() string {
	if r.Register == "gmc" || r.None() {
		return r.Number
	}
	return r.Register + ":" + r.Number
}

// Registrations are all that a text can be: seven digits may be a GMC or a GPhC number.
func Registrations(text string) []Registration {
	var all []Registration
	for _, f := range formats {
		if number := f.accepts(text); f.number != "" && number != "" {
			all = append(all, Registration{f.tag, number})
		}
	}
	return all
}

// NumberTags are the tags of the formats of professional numbers, each with what its number is
// called: "nmc", "NMC PIN".
func NumberTags() map[string]string {
	all := map[string]string{}
	for _, f := range formats {
		if f.number != "" {
			all[f.tag] = f.number
		}
	}
	return all
}

// Registers are what professional numbers are called: "GMC number", "GPhC number", "NMC PIN".
func Registers() []string {
	var all []string
	for _, f := range formats {
		if f.number != "" {
			all = append(all, f.number)
		}
	}
	slices.Sort(all)
	return all
}
