package scheme

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"traininghub/internal/course"
	"traininghub/internal/pattern"
	"traininghub/internal/source"
)

// Load reads all schemes in the folder dir of content, sorted by id, and finds everything that is
// wrong with any of them. courses are the ids of the hub's courses; meant suggests what to write
// instead of an unknown one.
func Load(content fs.FS, dir string, courses []string, meant func(id string) string) ([]*Scheme, source.Faults) {
	var all []*Scheme
	var faults source.Faults
	for _, name := range source.List(content, dir, "*.yaml") {
		f, wrong := source.Read(content, "content", name)
		s := &Scheme{ID: f.Stem(), File: f}
		all = append(all, s)
		if len(wrong) > 0 {
			faults = append(faults, wrong...)
			continue
		}
		doc, wrong := f.Decode(s)
		s.known = !doc.Lost()
		c := checker{Scheme: s, doc: doc, faults: append(faults, wrong...)}
		c.all(courses, meant)
		faults = c.faults
	}
	faults.Sort()
	return all, faults
}

// A checker looks for contradictions. It passes over what could not be read, which already has its
// own fault.
type checker struct {
	*Scheme
	doc    *source.Doc
	faults source.Faults
}

func (c *checker) add(at, do, what string, args ...any) {
	c.faults.At(c.File.Path, c.doc.At(at), fmt.Sprintf(what, args...), do)
}

// said tells whether the value at a path has a fault already.
func (c *checker) said(at string) bool {
	return slices.ContainsFunc(c.faults, func(f source.Fault) bool { return f.Position == c.doc.At(at) })
}

func (c *checker) all(courses []string, meant func(string) string) {
	if !source.IsName(c.ID) {
		c.faults.Add(c.File.Path, 0, "the file's name cannot be part of an account", source.NameDo(c.File.Path))
	}
	if len(c.ID) > 30 {
		c.faults.Add(c.File.Path, 0, "the file's name is too long to be part of an account", "name it with 30 characters or fewer")
	}
	for i, id := range c.Courses {
		if !slices.Contains(courses, id) {
			c.add(fmt.Sprintf("courses.%d", i), meant(id), "there is no course %q", id)
		}
	}
	if c.Until != nil && c.Until.Before(c.Begins) {
		c.add("until", "correct one of the two", "the scheme ends on %v, before it begins on %v", c.Until, c.Begins)
	}
	if c.Payee == Practice { // the practice's confirmation and its invoice do not exist yet
		c.add("payee", `write "claimant"`, "a practice cannot be paid yet")
	}
	kinds := map[string]bool{}
	for i := range c.Pays {
		p := &c.Pays[i]
		at := fmt.Sprintf("pays.%d.", i)
		if p.Kind != "" && !source.IsName(p.Kind) {
			c.add(at+"kind", `use small letters, figures and hyphens: "mentoring"`, "%q cannot be the name of a kind", p.Kind)
		}
		if kinds[p.Kind] && p.Kind != "" {
			c.add(at+"kind", "give each its own name", "there are two kinds with the name %q", p.Kind)
		}
		kinds[p.Kind] = true
		c.rates(at, p)
		c.caps(at, p)
		for j, text := range p.Activities {
			here := fmt.Sprintf("%sother_activities.%d", at, j)
			switch {
			case p.Unit != Week:
				c.add(here, "remove it, or pay by the week", "nothing is done instead of a %s", p.Unit)
			case strings.TrimSpace(text) == "" || len(text) > 120:
				c.add(here, "write 1 to 120 characters", "the activity has %d characters", len(text))
			case slices.Contains(p.Activities[:j], text):
				c.add(here, "remove one", "the activity stands here twice")
			}
		}
		if p.Minutes < 0 {
			c.add(at+"least_minutes", "write how many minutes one takes, or remove the line", "one cannot take %d minutes", p.Minutes)
		}
	}
	c.numbers()
	c.budgets()
	c.roles()
	c.reporting()
}

// rates must cover each day from the scheme's first to its last exactly once.
func (c *checker) rates(at string, p *Pay) {
	for j := range p.Rates {
		r, here := p.Rates[j], fmt.Sprintf("%srates.%d.", at, j)
		if r.Amount == 0 && c.doc.Has(here+"amount") && !c.said(here+"amount") {
			c.add(here+"amount", "write what one is paid", "a rate of £0 pays nothing")
		}
		if r.From == (course.Date{}) {
			continue
		}
		if r.Until != nil && r.Until.Before(r.From) {
			c.add(here+"until", "correct one of the two", "the rate ends on %v, before it begins on %v", r.Until, r.From)
			continue
		}
		if j == 0 {
			if c.Begins != (course.Date{}) && c.Begins.Before(r.From) {
				c.add(here+"from", "begin the rate when the scheme begins", "there is no rate from %v, when the scheme begins, to %v", c.Begins, r.From.AddDays(-1))
			}
			continue
		}
		last := p.Rates[j-1]
		switch {
		case last.From == (course.Date{}), last.Until != nil && last.Until.Before(last.From): // it has its own fault
		case !last.From.Before(r.From):
			c.add(here+"from", "put rates in order of time", "this rate begins on %v, not after the one above it", r.From)
		case last.Until != nil && !last.Until.Before(r.From):
			c.add(here+"from", "end the rate above it the day before", "this rate and the one above it overlap from %v to %v", r.From, last.Until)
		case last.Until != nil && last.Until.AddDays(1).Before(r.From):
			c.add(here+"from", "let one rate end the day before the next begins", "there is no rate from %v to %v", last.Until.AddDays(1), r.From.AddDays(-1))
		}
	}
	if n := len(p.Rates); n > 0 && p.Rates[n-1].Until != nil && (c.Until == nil || p.Rates[n-1].Until.Before(*c.Until)) {
		end := "the scheme has no last day"
		if c.Until != nil {
			end = fmt.Sprintf("the scheme goes on until %v", c.Until)
		}
		c.add(fmt.Sprintf("%srates.%d.until", at, n-1), "remove the line, or add the next rate", "there is no rate after %v, and %s", p.Rates[n-1].Until, end)
	}
}

func (c *checker) caps(at string, p *Pay) {
	for j := range p.Caps {
		limit, here := p.Caps[j], fmt.Sprintf("%scaps.%d", at, j)
		switch {
		case limit.Most < 0, limit.Most == 0 && limit.Sum == 0:
			c.add(here, "write most: and how many, or sum: and how much", "the cap does not say how much can be paid")
		case limit.Most > 0 && limit.Sum > 0:
			c.add(here, "make two caps of it", "the cap says both how many and how much")
		}
		for _, r := range p.Rates {
			if limit.Sum > 0 && limit.Sum < r.Amount {
				c.add(here+".sum", "raise the cap, or lower the rate", "the cap of %v is below the rate of %v: nothing could be paid", limit.Sum, r.Amount)
				break
			}
		}
	}
}

func (c *checker) numbers() {
	positive := func(at string, n, most int, unit string) {
		if n < 0 || n > most {
			c.add(at, fmt.Sprintf("write a number from 1 to %d, or remove the line", most), "%q cannot be %d %s", at, n, unit)
		}
	}
	positive("claim_within_days", c.ClaimWithin, 366, "days")
	positive("year_closes_after", c.YearCloses, 250, "working days")
	positive("min_stay_months", c.MinStay, 120, "months")
	positive("sample_percent", c.Sample, 100, "percent")
	if c.Mentees.Least < 0 || c.Mentees.Most < c.Mentees.Least {
		c.add("mentees", "correct one of the two", "a mentor cannot have from %d to %d mentees", c.Mentees.Least, c.Mentees.Most)
	}
}

var yearForm = pattern.Of(`^\d{4}/\d\d$`)

func (c *checker) budgets() {
	seen := map[string]bool{}
	for i, b := range c.Budget {
		at := fmt.Sprintf("budget.%d.", i)
		if b.Year != "" {
			var first int
			fmt.Sscanf(b.Year, "%d/", &first)
			if want := fmt.Sprintf("%d/%02d", first, (first+1)%100); !yearForm().MatchString(b.Year) || b.Year != want {
				c.add(at+"year", `write it like "2021/22"`, "%q must be two years that follow each other, not %q", "year", b.Year)
			}
		}
		if n := len(b.Quarters); n != 0 && n != 4 {
			c.add(at+"quarters", "write four sums, one for each quarter", "a year has four quarters, not %d", n)
		}
		if key := b.Year + b.From.ISO(); seen[key] {
			c.add(at+"from", "remove one of them, or correct its day", "there are two budgets of %s from the same day", b.Year)
		} else {
			seen[key] = true
		}
	}
}

// roles must let every claim be checked and approved by two people who did not make it. So each
// role needs two holders, and together they need three.
func (c *checker) roles() {
	people := map[string]bool{}
	for _, role := range []struct {
		key  string
		held []Officer
	}{{"checkers", c.Checkers}, {"approvers", c.Approvers}, {"payers", c.Payers}} {
		holders := map[string]bool{}
		for i, o := range role.held {
			at := fmt.Sprintf("%s.%d.email", role.key, i)
			if o.Email == "" {
				continue // required: Decode has reported it
			}
			if !source.Mailable(o.Email) {
				c.add(at, `write it like "name@example.org"`, "%q must be an email address, not %q", "email", o.Email)
			}
			email := strings.ToLower(o.Email)
			if holders[email] {
				c.add(at, "remove one of them", "%s stands here twice", o.Email)
			}
			holders[email] = true
			if role.key != "payers" {
				people[email] = true
			}
		}
		if c.known && len(holders) == 1 {
			c.add(role.key, "name a second person", "%s has one holder: nobody would be there when that person is away, or has an interest", role.key)
		}
	}
	if c.known && len(c.Checkers) > 1 && len(c.Approvers) > 1 && len(people) < 3 {
		c.add("approvers", "name a third person", "the same two people check and approve: when one of them has an interest in a claim, nobody could approve it")
	}
	unlimited := false
	for _, o := range c.Approvers {
		unlimited = unlimited || o.Limit == 0
	}
	if c.known && !unlimited {
		c.add("approvers", "leave out the limit of one of them", "every approver has a limit: nobody could approve a larger sum")
	}
}
