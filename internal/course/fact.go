package course

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"traininghub/internal/source"
)

// Fact is the course's fact with a name, as texts use it: "deadline" is "Friday 15 October 2021". A
// fact that the file leaves out is not known, but a course that is Lost has every fact. A course's
// own amounts and figures never hide the other facts.
func (c *Course) Fact(name string) (string, bool) {
	if v := c.usual(name); v != "" {
		return v, true
	}
	if sum, ok := c.Amounts[name]; ok {
		return sum.String(), true
	}
	v, ok := c.Figures[name]
	if !ok && c.lost {
		return source.AnyFact, true
	}
	return v, ok
}

// Lost reports whether a key in the course's file is missing, unknown or unreadable. That is a
// fault of its own, so texts that show the course's facts are not reported as well.
func (c *Course) Lost() bool { return c.lost }

// FactNames are the names of all facts of the course, sorted.
func (c *Course) FactNames() []string {
	all := slices.Collect(maps.Keys(usual))
	for _, k := range c.Cohorts {
		for name := range ofCohort {
			all = append(all, k.ID+"."+name)
		}
	}
	all = slices.DeleteFunc(all, func(name string) bool { return c.usual(name) == "" })
	all = slices.AppendSeq(slices.AppendSeq(all, maps.Keys(c.Amounts)), maps.Keys(c.Figures))
	slices.Sort(all)
	return slices.Compact(all)
}

// Optional are the facts that a course has only if its file states them.
var Optional = []string{"apply-by", "charge", "cohorts", "deadline", "hours", "join", "mode", "opens", "place",
	"place.address", "place.town", "price", "start", "weeks"}

// usual are the facts that every course may have, by name, without amounts and figures; "" if a
// course has none.
var usual = map[string]func(c *Course) string{
	"title":            func(c *Course) string { return c.Title },
	"apply-by":         (*Course).ApplyBy,
	"contact":          func(c *Course) string { return c.Contact.Email },
	"contact.name":     func(c *Course) string { return c.Contact.Name },
	"lead":             func(c *Course) string { return c.Lead.Email },
	"lead.name":        func(c *Course) string { return c.Lead.Name },
	"provider":         func(c *Course) string { return c.Provider.Name },
	"provider.website": func(c *Course) string { return c.Provider.Website },
	"year":             func(c *Course) string { return c.Year },
	"qualification":    func(c *Course) string { return c.Qualification },
	"mode":             func(c *Course) string { return c.Mode.Text() },
	"price":            func(c *Course) string { return c.Price.String() },
	"join":             func(c *Course) string { return c.Join },
	"deadline":         func(c *Course) string { return inWords(c.Deadline) },
	"start":            func(c *Course) string { return inWords(c.Start()) },
	"opens":            func(c *Course) string { return inWords(deref(c.Opens)) },
	"charge":           func(c *Course) string { return stated(c.Charge, Money.String) },
	"hours":            func(c *Course) string { return stated(c.Hours, number) },
	"weeks":            func(c *Course) string { return stated(c.Weeks, strconv.Itoa) },
	"cohorts":          func(c *Course) string { return stated(len(c.Cohorts), strconv.Itoa) },
	"place":            func(c *Course) string { return deref(c.Place).Name },
	"place.town":       func(c *Course) string { return deref(c.Place).Town },
	"place.address":    func(c *Course) string { return deref(c.Place).Address },
}

// ofCohort are the facts of each cohort with workshops. Their names follow its id and a dot.
var ofCohort = map[string]func(c *Course, k *Cohort) string{
	"start": func(_ *Course, k *Cohort) string { return k.Workshops[0].Date.String() },
	"dates": func(_ *Course, k *Cohort) string {
		dates := make([]string, len(k.Workshops))
		for i, w := range k.Workshops {
			dates[i] = w.String()
		}
		return strings.Join(dates, "; ")
	},
	"free-to-cancel": func(c *Course, k *Cohort) string { return inWords(c.FreeToCancel(k)) },
	"free-to-change": func(c *Course, k *Cohort) string { return inWords(c.FreeToChange(k)) },
}

// usual is the fact of the course, or of one of its cohorts, without amounts and figures; "" if it
// has none. Texts ask for a few, so that all of them are never made at once.
func (c *Course) usual(name string) string {
	if of := usual[name]; of != nil {
		return of(c)
	}
	id, name, _ := strings.Cut(name, ".")
	of := ofCohort[name]
	for i := range c.Cohorts {
		if k := &c.Cohorts[i]; of != nil && k.ID == id && len(k.Workshops) > 0 {
			return of(c, k)
		}
	}
	return ""
}

// deref is what a pointer points to; a zero value if it is nil.
func deref[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// stated is a number in words; "" if it is 0, which means that the file does not state it.
func stated[N int | float64 | Money](n N, text func(N) string) string {
	if n <= 0 {
		return ""
	}
	return text(n)
}

// inWords is the day in words; "" if there is none.
func inWords(d Date) string {
	if d == (Date{}) {
		return ""
	}
	return d.String()
}

// ApplyBy is the last minute in which people can apply, "11:59pm on Friday 15 October 2021"; "" if
// they always can.
func (c *Course) ApplyBy() string {
	if c.Closes().IsZero() {
		return ""
	}
	return Moment(c.Closes().Add(-time.Minute))
}

// number writes a number without needless zeros: "8", "2.5".
func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// Expand is the course with the facts put into its texts: summary, description, at a glance,
// tutors, sessions and modules. Each name that fact does not know is a fault; suggest says what to
// do about it.
func (c *Course) Expand(fact func(name string) (string, bool),
	suggest func(name string) string) (*Course, source.Faults) {
	var faults source.Faults
	text := func(s, at string) string {
		s, unknown := source.Expand(s, fact)
		for _, u := range unknown {
			faults.At(c.File.Path, c.doc().Word(at, u.Typed),
				fmt.Sprintf("there is no fact named %q", u.Name), suggest(u.Name))
		}
		return s
	}
	texts := func(all []string, at string) []string {
		all = slices.Clone(all)
		for i := range all {
			all[i] = text(all[i], at+"."+strconv.Itoa(i))
		}
		return all
	}
	e := *c
	e.Summary = text(c.Summary, "summary")
	e.Describe = text(c.Describe, "describe")
	e.Glance = Glance{
		What:      text(c.Glance.What, "at_a_glance.what"),
		Who:       texts(c.Glance.Who, "at_a_glance.who"),
		Why:       texts(c.Glance.Why, "at_a_glance.why"),
		Length:    text(c.Glance.Length, "at_a_glance.length"),
		Delivery:  text(c.Glance.Delivery, "at_a_glance.delivery"),
		TimeOfDay: text(c.Glance.TimeOfDay, "at_a_glance.time_of_day"),
		Cost:      texts(c.Glance.Cost, "at_a_glance.cost"),
		Pay:       text(c.Glance.Pay, "at_a_glance.pay"),
	}
	e.Tutors = slices.Clone(c.Tutors)
	for i := range e.Tutors {
		e.Tutors[i].About = text(c.Tutors[i].About, fmt.Sprintf("tutors.%d.about", i))
	}
	e.Sessions = slices.Clone(c.Sessions)
	for i := range e.Sessions {
		e.Sessions[i].Covers = texts(c.Sessions[i].Covers, fmt.Sprintf("sessions.%d.covers", i))
	}
	e.Eligibility = slices.Clone(c.Eligibility)
	for i := range e.Eligibility {
		q, at := &e.Eligibility[i], fmt.Sprintf("eligibility.%d.", i)
		q.Question = text(q.Question, at+"question")
		q.Hint = text(q.Hint, at+"hint")
		q.Heading = text(q.Heading, at+"heading")
		q.Because = texts(q.Because, at+"because")
		q.Instead = texts(q.Instead, at+"instead")
	}
	e.Modules = slices.Clone(c.Modules)
	for i := range e.Modules {
		e.Modules[i].About = text(c.Modules[i].About, fmt.Sprintf("modules.%d.about", i))
	}
	return &e, faults
}

// At is the position in the course's file of the value at a dotted path: "sessions.0.title".
func (c *Course) At(at string) source.Position { return c.doc().At(at) }

// doc reads the file's head again. It is called only for a fault.
func (c *Course) doc() *source.Doc {
	doc, _ := c.File.Decode(new(Course))
	return doc
}
