package intake

import (
	"context"
	"maps"
	"slices"

	"traininghub/internal/form"
)

// Two courses ask nearly the same. Who has applied for one can begin the application for the other
// with the answers, if they ask for it: on a device on which they opened the link that was mailed
// to their address, and nowhere else. Nothing is sent by that: each section has to be gone through,
// and declarations and signature are no answers.

// Others are the forms that can be begun with the answers of an application that was sent, in the
// order of their names.
func (d *Desk) Others(a *Application) (all []*form.Definition) {
	was := d.Programme.Forms[a.Form]
	for _, id := range slices.Sorted(maps.Keys(d.Programme.Forms)) {
		def := d.Programme.Forms[id]
		if was != nil && was.Course != "" && def.Course != "" && def.Course != was.Course && d.open(def) &&
			len(a.reused(was, def).Values) > 0 {
			all = append(all, def)
		}
	}
	return all
}

// Reused are the titles of the sections that [Desk.Again] takes something into.
func (d *Desk) Reused(a *Application, def *form.Definition) (titles []string) {
	taken := a.reused(d.Programme.Forms[a.Form], def)
	for _, s := range def.Sections {
		if len(taken.Values[s.ID])+len(taken.Rows[s.ID]) > 0 {
			titles = append(titles, s.Title)
		}
	}
	return titles
}

// Again begins a draft of another form with the answers of the application that a device follows,
// and returns the key that opens it. It returns ErrNoLink if the key follows none, and ErrNotOpen
// if the form is none of [Desk.Others].
func (d *Desk) Again(ctx context.Context, key string, def *form.Definition) (newKey string, err error) {
	a, err := d.Following(ctx, key)
	switch {
	case err != nil:
		return "", err
	case !slices.Contains(d.Others(a), def):
		return "", ErrNotOpen
	}
	return d.begin(ctx, def, &Application{Reused: a.Document.Course.Title,
		Answers: a.reused(d.Programme.Forms[a.Form], def)})
}

// reused are the answers that a draft of another form begins with, as they were last corrected.
func (a *Application) reused(was, def *form.Definition) Answers {
	given := func(s *form.Section) []form.Values {
		rows := a.Answers.given(s)
		for _, c := range a.Corrections { // of addresses, which older hubs corrected in the document alone
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
				taken.put(s.ID, v)
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

// FromAnother is the course whose application the answers of a section come from that was not gone
// through yet; "" if there is none.
func (a *Application) FromAnother(section string) string {
	if a.Answers.Done[section] || len(a.Answers.Values[section])+len(a.Answers.Rows[section]) == 0 {
		return ""
	}
	return a.Reused
}
