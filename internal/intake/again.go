package intake

import (
	"context"
	"maps"
	"slices"

	"traininghub/internal/application"
	"traininghub/internal/form"
)

// Two courses ask for nearly the same. Somebody who has applied for one can ask to begin the
// application for the other with the same answers, but only on a device on which they opened the
// link that was mailed to their address. That sends nothing: they have to go through each section,
// and declarations and signature are not copied.

// Others returns the forms that can be begun with the answers of a sent application, in the order
// of their names.
func (d *Desk) Others(a *application.Application) (all []*form.Definition) {
	was := d.Programme.Forms[a.Form]
	for _, id := range slices.Sorted(maps.Keys(d.Programme.Forms)) {
		def := d.Programme.Forms[id]
		if was != nil && was.Course != "" && def.Course != "" && def.Course != was.Course && d.open(def) &&
			len(a.Reuse(was, def).Values) > 0 {
			all = append(all, def)
		}
	}
	return all
}

// Reused returns the titles of the sections that [Desk.Again] fills.
func (d *Desk) Reused(a *application.Application, def *form.Definition) (titles []string) {
	taken := a.Reuse(d.Programme.Forms[a.Form], def)
	for _, s := range def.Sections {
		if len(taken.Values[s.ID])+len(taken.Rows[s.ID]) > 0 {
			titles = append(titles, s.Title)
		}
	}
	return titles
}

// Again begins a draft of another form with the answers of the application that a device follows,
// and returns the key that opens it. It returns ErrNoLink if the key follows no application, and
// ErrNotOpen if the form is not one of [Desk.Others].
func (d *Desk) Again(ctx context.Context, key string, def *form.Definition) (newKey string, err error) {
	a, err := d.Following(ctx, key)
	switch {
	case err != nil:
		return "", err
	case !slices.Contains(d.Others(a), def):
		return "", ErrNotOpen
	}
	return d.begin(ctx, def, &application.Application{Reused: a.Document.Course.Title,
		Answers: a.Reuse(d.Programme.Forms[a.Form], def)})
}
