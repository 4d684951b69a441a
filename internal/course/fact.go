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
	all := slices.Clone(usual)
	for _, k := range c.Cohorts {
		for _, name := range ofCohort {
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

// The names of the facts that every course may have, and, after its id and a dot, every cohort.
var (
	usual = append([]string{"title", "contact", "contact.name", "lead", "lead.name", "provider", "provider.website",
		"year", "qualification"}, Optional...)
	ofCohort = []string{"start", "dates", "free-to-cancel", "free-to-change"}
)

// usual is the fact that every course may have, without amounts and figures; "" if this one has
// none. Texts ask for a few, so that all of them are never made at once.
func (c *Course) usual(name string) string {
	switch name {
	case "title":
		return c.Title
	case "apply-by":
		return c.ApplyBy()
	case "contact":
		return c.Contact.Email
	case "contact.name":
		return c.Contact.Name
	case "lead":
		return c.Lead.Email
	case "lead.name":
		return c.Lead.Name
	case "provider":
		return c.Provider.Name
	case "provider.website":
		return c.Provider.Website
	case "year":
		return c.Year
	case "qualification":
		return c.Qualification
	case "mode":
		return c.Mode.Text()
	case "price":
		return c.Price.String()
	case "join":
		return c.Join
	case "deadline":
		return inWords(c.Deadline)
	case "start":
		return inWords(c.Start())
	case "opens":
		if c.Opens != nil {
			return c.Opens.String()
		}
	case "charge":
		if c.Charge > 0 {
			return c.Charge.String()
		}
	case "hours":
		if c.Hours > 0 {
			return number(c.Hours)
		}
	case "weeks":
		if c.Weeks > 0 {
			return strconv.Itoa(c.Weeks)
		}
	case "cohorts":
		if n := len(c.Cohorts); n > 0 {
			return strconv.Itoa(n)
		}
	case "place":
		if c.Place != nil {
			return c.Place.Name
		}
	case "place.town":
		if c.Place != nil {
			return c.Place.Town
		}
	case "place.address":
		if c.Place != nil {
			return c.Place.Address
		}
	default:
		id, of, _ := strings.Cut(name, ".")
		for i := range c.Cohorts {
			if k := &c.Cohorts[i]; k.ID == id && len(k.Workshops) > 0 {
				return c.ofCohort(k, of)
			}
		}
	}
	return ""
}

// ofCohort is a fact of a cohort with workshops; "" if it has none with that name.
func (c *Course) ofCohort(k *Cohort, name string) string {
	switch name {
	case "start":
		return k.Workshops[0].Date.String()
	case "dates":
		dates := make([]string, len(k.Workshops))
		for i, w := range k.Workshops {
			dates[i] = w.String()
		}
		return strings.Join(dates, "; ")
	case "free-to-cancel":
		return inWords(c.FreeToCancel(k))
	case "free-to-change":
		return inWords(c.FreeToChange(k))
	}
	return ""
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
