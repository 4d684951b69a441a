package attend

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/page"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// forMarking is the purpose of the keys in letters to markers.
const forMarking = "mark"

// A Sheet is a register as a marker sees it.
type Sheet struct {
	*Register
	Email  string // the marker's
	Course *course.Course
}

// Given is a mark as a page posts it.
type Given struct {
	Is      Presence
	Minutes int // if late or left early
}

// Open is the register that a link opens for the marker who got it, or ErrLink. It changes nothing,
// since mail scanners open links, too.
func (d *Desk) Open(ctx context.Context, link string) (*Sheet, error) {
	id, _, ok := record.SplitKey(link)
	if !ok {
		return nil, ErrLink
	}
	r, err := d.Register(ctx, id)
	if errors.Is(err, record.ErrNotFound) {
		return nil, ErrLink
	}
	if err != nil {
		return nil, err
	}
	return d.opens(r, link)
}

// opens finds the marker for whom a link opens a register. It opens nothing for somebody whom the
// course's file no longer names.
func (d *Desk) opens(r *Register, link string) (*Sheet, error) {
	_, secret, ok := record.SplitKey(link)
	c := d.course(r.Course)
	if !ok || c == nil {
		return nil, ErrLink
	}
	key := r.Keys.Find(secret, forMarking, d.now())
	if key == nil {
		return nil, ErrLink
	}
	for _, l := range r.Links {
		if l.Letter == key.Letter && slices.ContainsFunc(d.markers(c, r), func(m course.Contact) bool {
			return strings.EqualFold(m.Email, l.Email)
		}) {
			return &Sheet{r, l.Email, c}, nil
		}
	}
	return nil, ErrLink
}

// markers are the people who mark a cohort at present. In a real run, none has an example's
// address.
func (d *Desk) markers(c *course.Course, r *Register) []course.Contact {
	return slices.DeleteFunc(slices.Clone(c.Markers(cohort(c, r))), func(m course.Contact) bool {
		return d.Real && page.Example(m.Email)
	})
}

// linked changes a register through a marker's link.
func (d *Desk) linked(ctx context.Context, link string, f func(*Sheet) error) error {
	id, _, ok := record.SplitKey(link)
	if !ok {
		return ErrLink
	}
	_, err := d.change(ctx, id, nil, func(r *Register) error {
		s, err := d.opens(r, link)
		if err != nil {
			return err
		}
		return f(s)
	})
	if errors.Is(err, ErrNone) {
		return ErrLink
	}
	return err
}

// Workshop is the workshop with the index, if it can be marked: it has begun and was not cancelled.
func (r *Register) Workshop(index int, now time.Time) (*Meeting, error) {
	if index < 0 || index >= len(r.Workshops) {
		return nil, ErrNone
	}
	if m := r.Workshops[index]; !m.Cancelled && !now.Before(m.Start) {
		return m, nil
	}
	return nil, ErrState
}

// MarkAll marks participants at a workshop, through a marker's link. Existing marks stay: it
// returns the names of participants whom somebody else has marked differently in the meantime. If
// anything given is wrong, nothing is marked.
func (d *Desk) MarkAll(ctx context.Context, link string, workshop int, given map[string]Given) (
	others []string, problems []form.Problem, err error,
) {
	err = d.linked(ctx, link, func(s *Sheet) error {
		others, problems = nil, nil
		m, err := s.Workshop(workshop, d.now())
		if err != nil {
			return err
		}
		marked := 0
		for _, p := range s.Present() {
			g, ok := given[p.Ref]
			if !ok {
				continue
			}
			if wrong := g.wrong(m, p.Name, "is-"+p.Ref, "minutes-"+p.Ref); wrong != nil {
				problems = append(problems, *wrong)
				continue
			}
			if was := p.Mark(workshop); was != nil {
				if was.Is != g.Is || g.Is == Part && was.Minutes != g.Minutes {
					others = append(others, p.Name)
				}
				continue
			}
			p.mark(m, workshop, g, s.Email, "", d.now())
			marked++
		}
		if len(problems) > 0 || marked == 0 {
			return record.ErrUnchanged
		}
		s.Past.Add(d.now(), "marked", "tutor", fmt.Sprintf("%d %d", workshop+1, marked)).By = s.Email
		return nil
	})
	return others, problems, err
}

// wrong says what is wrong with a mark, whose inputs have these names; nil if nothing is.
func (g Given) wrong(m *Meeting, name, is, minutes string) *form.Problem {
	problem := func(input, text string) *form.Problem {
		return &form.Problem{Question: input, Input: input, Inputs: []string{input}, Text: text}
	}
	switch {
	case !slices.Contains(Presences, g.Is):
		return problem(is, "Select whether "+name+" came")
	case g.Is == Part && (g.Minutes < 1 || g.Minutes >= m.Minutes()):
		return problem(minutes, fmt.Sprintf("Enter how many minutes %s was there, from 1 to %d", name, m.Minutes()-1))
	}
	return nil
}

func (p *Participant) mark(m *Meeting, workshop int, g Given, by, why string, now time.Time) {
	minutes := 0
	switch g.Is {
	case Came:
		minutes = m.Minutes()
	case Part:
		minutes = g.Minutes
	}
	p.Marks = append(p.Marks, Mark{Workshop: workshop, Is: g.Is, Minutes: minutes, At: now, By: by, Why: why})
}

// Because asks for the reason of a change.
var Because = form.Section{ID: "because", Questions: []form.Question{form.Ask(form.Question{
	ID: "why", Kind: form.LongText, Label: "Why do you change this?", InMessages: "why you change this",
	Hint: "We keep what was there before, beside this. Do not write anything about somebody's health",
	Rule: "required,max=300", Messages: map[string]string{"max": "Why you change this must be 300 characters or less"},
})}}

// Correcting are the questions of a correction, as a page asks them. The inputs are "is", "minutes"
// and "why".
var Correcting = func() form.Section {
	is := form.Question{ID: "is", Kind: form.Choice, Label: "Did they come?", InMessages: "whether they came", Rule: "required"}
	for _, p := range Presences {
		is.Options = append(is.Options, form.Option{ID: strings.ReplaceAll(string(p), " ", "-"), Label: p.Words()})
	}
	return form.Section{ID: "correct", Questions: []form.Question{form.Ask(is), form.Ask(form.Question{
		ID: "minutes", Kind: form.Number, Label: "Minutes that they were there, if late or left early",
		InMessages: "the minutes that they were there", Rule: "omitempty,min=1,max=1440", Width: 4,
	}), Because.Questions[0]}}
}()

// PresenceOf is the presence for a page's word: "late-or-left-early".
func PresenceOf(word string) Presence {
	for _, p := range Presences {
		if strings.ReplaceAll(string(p), " ", "-") == word {
			return p
		}
	}
	return ""
}

// Correct replaces a mark through a marker's link. The earlier mark is kept beside it, with the
// reason. Giving the same mark again changes nothing.
func (d *Desk) Correct(ctx context.Context, link string, workshop int, ref string, g Given, why string) (
	problems []form.Problem, err error,
) {
	err = d.linked(ctx, link, func(s *Sheet) (err error) {
		problems, err = d.correct(s.Register, workshop, ref, g, why, "tutor", s.Email)
		return err
	})
	return problems, err
}

// CorrectAs is Correct for the staff, who may also add a missing mark.
func (d *Desk) CorrectAs(ctx context.Context, s *staff.Person, id string, workshop int, ref string, g Given, why string) (
	problems []form.Problem, err error,
) {
	err = d.byStaff(ctx, s, id, ref, func(r *Register, p *Participant) (err error) {
		problems, err = d.correct(r, workshop, ref, g, why, s.Who(staff.Course(r.Course)), s.Email)
		return err
	})
	return problems, err
}

func (d *Desk) correct(r *Register, workshop int, ref string, g Given, why, who, by string) ([]form.Problem, error) {
	m, err := r.Workshop(workshop, d.now())
	if err != nil {
		return nil, err
	}
	p := r.Person(ref)
	if p == nil {
		return nil, ErrNone
	}
	var problems []form.Problem
	if wrong := g.wrong(m, p.Name, "is", "minutes"); wrong != nil {
		problems = append(problems, *wrong)
	}
	problems = append(problems, Because.Check(form.Values{"why": why}, d.now())...)
	if len(problems) > 0 {
		return problems, record.ErrUnchanged
	}
	if was := p.Mark(workshop); was != nil && was.Is == g.Is && (g.Is != Part || was.Minutes == g.Minutes) {
		return nil, record.ErrUnchanged
	}
	p.mark(m, workshop, g, by, why, d.now())
	r.Past.Add(d.now(), "corrected", who, fmt.Sprintf("%s %d", ref, workshop+1)).By = by
	return nil, nil
}

// byStaff changes a register for somebody of the staff who may see it. Nobody may act on their own
// place.
func (d *Desk) byStaff(ctx context.Context, s *staff.Person, id, ref string, f func(*Register, *Participant) error) error {
	_, err := d.change(ctx, id, nil, func(r *Register) error {
		p := r.Person(ref)
		switch {
		case p == nil || !s.May(staff.Read, staff.Course(d.Applications.Programme.Current(r.Course))):
			return ErrNone
		case strings.EqualFold(p.Email, s.Email):
			return ErrOwn
		}
		return f(r, p)
	})
	return err
}

// Unmarked are the people with a place who have no mark for a workshop.
func (r *Register) Unmarked(workshop int) (all []*Participant) {
	for _, p := range r.Present() {
		if p.Mark(workshop) == nil {
			all = append(all, p)
		}
	}
	return all
}

// A request is a letter to markers: when it is due, and how long its link works.
type request struct {
	name, about string
	due, until  time.Time
}

// requests are the letters to the markers of a register. One goes when a workshop ends, and another
// if marks are still missing some working days later. A letter for the provider's confirmation goes
// when the programme's weeks are over, and once more later.
func (r *Register) requests(c *course.Course) (all []request) {
	for i, m := range r.Workshops {
		remind := course.AddWorkingDays(m.End, c.Attendance.Remind())
		until := m.End.In(course.London).AddDate(0, 0, c.Attendance.Link())
		again := until
		if least := remind.AddDate(0, 0, 2); again.Before(least) {
			again = least // bank holidays lie between
		}
		all = append(all, request{LetterMark, fmt.Sprint(i), m.End, until},
			request{LetterMarkReminder, fmt.Sprint(i), remind, again})
	}
	if c.Attendance.ProviderConfirms && len(r.Workshops) > 0 {
		for n := range 2 {
			due := r.Workshops[0].End.In(course.London).AddDate(0, 0, 7*(c.Weeks+4*n))
			all = append(all, request{LetterConfirm, fmt.Sprint(n), due, due.AddDate(0, 0, 7*4)})
		}
	}
	return all
}

// askMarkers owes the letters to markers. Letters not sent yet follow a workshop that is moved, and
// go to the markers whom the course's file names by then.
func (d *Desk) askMarkers(r *Register, c *course.Course) {
	markers := d.markers(c, r)
	for _, ask := range r.requests(c) {
		if d.now().After(ask.until) {
			continue
		}
		for n, who := range markers {
			id := letterID(ask.name, ask.about, fmt.Sprint(n))
			l := r.link(id)
			at := slices.IndexFunc(r.Mail, func(l record.Letter) bool { return l.ID == id })
			switch {
			case l == nil:
				r.Mail.Owe(id, ask.name, ask.due)
				r.Links = append(r.Links, Link{Letter: id, Email: who.Email, Until: ask.until.UTC()})
			case at >= 0 && r.Mail[at].Attempts == 0:
				r.Mail[at].Owed, r.Mail[at].Due = ask.due.UTC(), ask.due.UTC()
				l.Email, l.Until = who.Email, ask.until.UTC()
			}
		}
	}
}

func (r *Register) link(letter string) *Link {
	i := slices.IndexFunc(r.Links, func(l Link) bool { return l.Letter == letter })
	if i < 0 {
		return nil
	}
	return &r.Links[i]
}

// Confirm notes the provider's confirmation, through a marker's link, that somebody has completed
// the programme. Confirming again changes nothing.
func (d *Desk) Confirm(ctx context.Context, link, ref string) error {
	return d.linked(ctx, link, func(s *Sheet) error {
		p := s.Person(ref)
		switch {
		case p == nil || p.Left != nil:
			return ErrNone
		case !s.Course.Attendance.ProviderConfirms:
			return ErrState
		case p.Complete != nil:
			return record.ErrUnchanged
		}
		p.Complete = &Word{At: d.now(), By: s.Email}
		s.Past.Add(d.now(), "completed", "tutor", ref).By = s.Email
		return nil
	})
}
