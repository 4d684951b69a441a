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
// fact that the file leaves out is not known, but a course that is Lost has every fact.
func (c *Course) Fact(name string) (string, bool) {
	v, ok := c.byName()[name]
	if !ok && c.lost {
		return source.AnyFact, true
	}
	return v, ok
}

// Lost reports whether a key in the course's file is missing, unknown or unreadable. That is a
// fault of its own, so texts that show the course's facts are not reported as well.
func (c *Course) Lost() bool { return c.lost }

func (c *Course) byName() map[string]string {
	if c.known == nil {
		return c.facts()
	}
	return c.known()
}

// FactNames are the names of all facts of the course, sorted.
func (c *Course) FactNames() []string {
	if c.known == nil {
		return slices.Sorted(maps.Keys(c.facts()))
	}
	return slices.Clip(c.names())
}

// facts are all facts by name. A course's own amounts and figures never hide the other facts.
func (c *Course) facts() map[string]string {
	all := maps.Clone(c.Figures)
	if all == nil {
		all = map[string]string{}
	}
	for name, sum := range c.Amounts {
		all[name] = sum.String()
	}
	maps.Copy(all, c.usual())
	return all
}

// Optional are the facts that a course has only if its file states them.
var Optional = []string{"apply-by", "charge", "cohorts", "deadline", "hours", "join", "mode", "opens", "place",
	"place.address", "place.town", "price", "start", "weeks"}

// usual are the facts that every course may have, without amounts and figures.
func (c *Course) usual() map[string]string {
	all := map[string]string{
		"title":            c.Title,
		"apply-by":         c.ApplyBy(),
		"contact":          c.Contact.Email,
		"contact.name":     c.Contact.Name,
		"lead":             c.Lead.Email,
		"lead.name":        c.Lead.Name,
		"provider":         c.Provider.Name,
		"provider.website": c.Provider.Website,
		"year":             c.Year,
		"qualification":    c.Qualification,
		"mode":             c.Mode.Text(),
		"price":            c.Price.String(),
		"join":             c.Join,
	}
	known := func(name string, is bool, text func() string) {
		if is {
			all[name] = text()
		}
	}
	known("deadline", c.Deadline != (Date{}), c.Deadline.String)
	known("charge", c.Charge > 0, c.Charge.String)
	known("hours", c.Hours > 0, func() string { return number(c.Hours) })
	known("start", c.Start() != (Date{}), func() string { return c.Start().String() })
	known("cohorts", len(c.Cohorts) > 0, func() string { return strconv.Itoa(len(c.Cohorts)) })
	if c.Place != nil {
		all["place"], all["place.town"], all["place.address"] = c.Place.Name, c.Place.Town, c.Place.Address
	}
	if c.Opens != nil {
		all["opens"] = c.Opens.String()
	}
	if c.Weeks > 0 {
		all["weeks"] = strconv.Itoa(c.Weeks)
	}
	for _, k := range c.Cohorts {
		if len(k.Workshops) == 0 {
			continue
		}
		var dates []string
		for _, w := range k.Workshops {
			dates = append(dates, w.String())
		}
		all[k.ID+".start"] = k.Workshops[0].Date.String()
		all[k.ID+".dates"] = strings.Join(dates, "; ")
		for name, day := range map[string]Date{"free-to-cancel": c.FreeToCancel(&k), "free-to-change": c.FreeToChange(&k)} {
			if day != (Date{}) {
				all[k.ID+"."+name] = day.String()
			}
		}
	}
	maps.DeleteFunc(all, func(_, v string) bool { return v == "" })
	return all
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
