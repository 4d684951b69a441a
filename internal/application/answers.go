package application

import (
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"traininghub/internal/document"
	"traininghub/internal/form"
)

// Answers hold what the applicant has typed so far.
type Answers struct {
	Values map[string]form.Values `json:"values,omitempty"` // by section id, for sections that do not repeat
	Rows   map[string][]Row       `json:"rows,omitempty"`   // by section id, for sections that repeat
	Done   map[string]bool        `json:"done,omitempty"`   // sections that the applicant has been through

	// Proved lists the sections that were last gone through on a device that had opened a link
	// mailed to the applicant's address, or that were begun on such a device.
	Proved map[string]bool `json:"proved,omitempty"`
}

// A Row is one entry of a section that repeats. Its id stays when other entries are removed.
type Row struct {
	ID     string      `json:"id"`
	Values form.Values `json:"values"`
}

// NewRowID makes an id for a new entry of a list.
func NewRowID() string { return strings.ToLower(rand.Text()[:12]) }

// A Gap is a section, or a row of one, that stops an application from being sent.
type Gap struct {
	Section  *form.Section
	Row      string // the row's id; "" if the section itself is meant
	Problems []form.Problem
}

// Gaps returns what is missing from the answers or wrong with them, in the form's order.
func (a *Answers) Gaps(d *form.Definition, now time.Time) []Gap {
	var gaps []Gap
	for i := range d.Sections {
		s := &d.Sections[i]
		if s.Repeat == nil {
			if p := a.Check(d, s, now); len(p) > 0 || !a.Done[s.ID] {
				gaps = append(gaps, Gap{Section: s, Problems: p})
			}
			continue
		}
		rows := a.Rows[s.ID]
		if need := s.Repeat.Min - len(rows); need > 0 {
			gaps = append(gaps, Gap{Section: s, Problems: []form.Problem{TooFew(s, need)}})
		} else if !a.Done[s.ID] {
			gaps = append(gaps, Gap{Section: s})
		}
		for _, row := range rows {
			if p := s.Check(row.Values, now); len(p) > 0 {
				gaps = append(gaps, Gap{Section: s, Row: row.ID, Problems: p})
			}
		}
	}
	return gaps
}

// Check returns what is wrong with the answers to a section that does not repeat, by themselves or
// together with those to other sections.
func (a *Answers) Check(d *form.Definition, s *form.Section, now time.Time) []form.Problem {
	problems := s.Check(a.Values[s.ID], now)
	if part := d.Practice(); part != nil {
		if q := s.Question(part.Asks.Email); q != nil {
			problems = q.NotOwn(problems, a.Values[s.ID], ApplicantOf(d, a).Email)
			place := func(p form.Problem) int {
				return slices.IndexFunc(s.Questions, func(q form.Question) bool { return q.ID == p.Question })
			}
			slices.SortStableFunc(problems, func(p, q form.Problem) int { return place(p) - place(q) })
		}
	}
	return problems
}

// TooFew is the problem of a list that needs more entries.
func TooFew(s *form.Section, need int) form.Problem {
	text := fmt.Sprintf("Add %d more %s", need, s.Repeat.Items)
	if need == s.Repeat.Min {
		text = fmt.Sprintf("Add %d %s", need, s.Repeat.Items)
	}
	if need == 1 {
		text = "Add a " + s.Repeat.Item
		if need != s.Repeat.Min {
			text = "Add another " + s.Repeat.Item
		}
	}
	return form.Problem{Input: "another", Inputs: []string{"another"}, Text: text}
}

// Row returns the row with the id and its place, counted from 1; nil and 0 if there is none.
func (a *Answers) Row(section, id string) (*Row, int) {
	rows := a.Rows[section]
	i := slices.IndexFunc(rows, func(r Row) bool { return r.ID == id })
	if i < 0 {
		return nil, 0
	}
	return &rows[i], i + 1
}

func (a *Answers) Put(section string, v form.Values) {
	if a.Values == nil {
		a.Values = map[string]form.Values{}
	}
	a.Values[section] = v
}

// Finish notes that the applicant has been through the section, and whether on a device that has
// proved that the mailbox is theirs.
func (a *Answers) Finish(section string, proved bool) {
	if a.Done == nil {
		a.Done = map[string]bool{}
	}
	a.Done[section] = true
	a.typed(section, proved)
}

// Begin notes before answers are put into a section that the applicant is not through with yet,
// whether that is on a device that has proved that the mailbox is theirs. If nothing stood there
// before, all of it then comes from such a device.
func (a *Answers) Begin(section string, proved bool) {
	if !proved || len(a.Values[section]) == 0 && len(a.Rows[section]) == 0 {
		a.typed(section, proved)
	}
}

func (a *Answers) typed(section string, proved bool) {
	if !proved {
		delete(a.Proved, section)
		return
	}
	if a.Proved == nil {
		a.Proved = map[string]bool{}
	}
	a.Proved[section] = true
}

// ApplicantOf reads the applicant's name and address from the answers that the form names. Drafts
// are saved with their mistakes, and letters are sent about them, so it leaves out an unusable
// name.
func ApplicantOf(d *form.Definition, a *Answers) document.Person {
	shown := func(id string) string {
		if q, s := d.Question(id); q != nil {
			return q.Shown(a.Values[s.ID])
		}
		return ""
	}
	normal := func(id string) string {
		if q, s := d.Question(id); q != nil {
			return q.Normal(a.Values[s.ID])
		}
		return ""
	}
	p := document.Person{Email: normal(d.Applicant.Email), Telephone: shown(d.Applicant.Telephone)}
	if q, s := d.Question(d.Applicant.Number); q != nil {
		p.Registration = q.Registration(a.Values[s.ID])
	}
	for _, id := range d.Applicant.Names {
		switch name := shown(id); {
		case name == "" || normal(id) == "":
		case p.Name == "":
			p.Name = name
		default:
			p.Name += " " + name
		}
	}
	return p
}

// Answered freezes the sections: each question as it was asked, with its answer.
func Answered(d *form.Definition, a *Answers) []document.Section {
	items := func(s *form.Section, v form.Values) []document.Item {
		var items []document.Item
		for i := range s.Questions {
			q := &s.Questions[i]
			item := document.Item{ID: q.ID, Kind: q.Kind, Question: q.Label, Answer: q.Shown(v)}
			if n := q.Normal(v); n != item.Answer {
				item.Normal = n
			}
			items = append(items, item)
		}
		return items
	}
	var sections []document.Section
	for i := range d.Sections {
		s := &d.Sections[i]
		part := document.Section{ID: s.ID, Title: s.Title}
		if s.Repeat == nil {
			part.Items = items(s, a.Values[s.ID])
		} else {
			part.Item = s.Repeat.Item
			for _, q := range s.Questions {
				part.Heads = append(part.Heads, q.Label)
			}
			for _, row := range a.Rows[s.ID] {
				part.Rows = append(part.Rows, items(s, row.Values))
			}
		}
		sections = append(sections, part)
	}
	return sections
}

// given returns the answers to a section: one set for each entry of a list, otherwise a single one.
func (a *Answers) given(s *form.Section) (rows []form.Values) {
	if s.Repeat == nil {
		return []form.Values{a.Values[s.ID]}
	}
	for _, row := range a.Rows[s.ID] {
		rows = append(rows, row.Values)
	}
	return rows
}

// Reuse returns the answers that a draft of another form begins with, as they were last corrected.
func (a *Application) Reuse(was, def *form.Definition) Answers {
	given := func(s *form.Section) []form.Values {
		rows := a.Answers.given(s)
		for _, c := range a.Corrections { // of addresses, which older hubs corrected only in the document
			q := s.Question(c.Question)
			if n := max(c.Row-1, 0); q != nil && q.Kind == form.Email && c.Section == s.ID && n < len(rows) && rows[n] != nil {
				rows[n] = maps.Clone(rows[n])
				rows[n][c.Question] = c.Now
			}
		}
		return rows
	}
	var taken Answers
	for i := range def.Sections {
		s := &def.Sections[i]
		for _, v := range s.Reuse(was, given) {
			if s.Repeat == nil {
				taken.Put(s.ID, v)
				continue
			}
			if taken.Rows == nil {
				taken.Rows = map[string][]Row{}
			}
			taken.Rows[s.ID] = append(taken.Rows[s.ID], Row{ID: NewRowID(), Values: v})
		}
	}
	return taken
}

// FromAnother returns the course whose application supplied the answers of a section that the
// applicant has not been through yet; "" if there is none.
func (a *Application) FromAnother(section string) string {
	if a.Answers.Done[section] || len(a.Answers.Values[section])+len(a.Answers.Rows[section]) == 0 {
		return ""
	}
	return a.Reused
}
