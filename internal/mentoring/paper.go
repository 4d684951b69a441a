package mentoring

import (
	"context"
	"errors"

	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// Mine is a request for somebody of the staff who is about to change it. Their change is an event,
// so the reading needs none; to only read it use [Desk.Read]. It returns ErrNoRequest if they may
// not see it.
func (d *Desk) Mine(ctx context.Context, p *staff.Person, id string) (*Request, error) {
	r, err := d.Requests().Get(ctx, id)
	switch {
	case errors.Is(err, record.ErrNotFound):
		return nil, ErrNoRequest
	case err != nil:
		return nil, err
	case !d.Sees(p, r):
		return nil, ErrNoRequest
	}
	return r, nil
}

// Paper is the pro-forma of a request on paper, printed for a named reader. Each page says that it
// is confidential, and who printed it and when. The file's own properties reveal nothing. The part
// on safety is left out.
func (d *Desk) Paper(r *Request, reader string) *document.Document {
	printed := "Confidential. Printed by " + reader + " at " + course.Moment(d.Now())
	doc := &document.Document{
		Title: "Pro-forma", Issuer: printed, Made: d.Now(),
		Head: []document.Line{{Label: "Confidential", Value: "For " + reader +
			" alone. Shred it when you have read it."},
			{Label: "Printed", Value: course.Moment(d.Now())}, {Label: "Name", Value: r.Contact.Name}},
	}
	if s := d.Service(r.Service); s != nil {
		if a := s.Area(r.Area); a != nil {
			doc.Head = append(doc.Head, document.Line{Label: "Area", Value: a.Name})
		}
	}
	if p := r.Proforma; p != nil {
		doc.Sections = p.Sections
		doc.Head = append(doc.Head, document.Line{Label: "Written", Value: course.Moment(p.At)})
		if p.Corrected != "" {
			doc.Sections = append(doc.Sections[:len(doc.Sections):len(doc.Sections)],
				document.Section{Title: "What they say to it", Text: []string{p.Corrected}})
		}
	}
	return doc
}

// BlankProforma is a sheet's empty pro-forma, for a call away from the screen. It is typed in
// later, and then destroyed.
func BlankProforma(sheet *form.Sheet) *document.Form {
	return &document.Form{
		Definition: sheet.Paper(form.Part{ID: "call", Title: "The call", Blanks: []form.Blank{
			{ID: "name", Label: "Name", Kind: "line"}, {ID: "day", Label: "Day", Kind: "date"},
			{ID: "began", Label: "The call began at", Kind: "line"}, {ID: "ended", Label: "The call ended at",
				Kind: "line"}}}),
		Issuer: "Confidential once it is filled in. Type it in, then shred it.",
		Intro: "For a call away from the screen. Say first what you would have to pass on, and to whom. " +
			"Afterwards type it in under the request, and shred this paper.",
	}
}

// A Match is a mentor whom a typed name may mean.
type Match struct{ ID, Name string }
