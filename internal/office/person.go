package office

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/record"
)

// A Personal is everything that the hub has about one person, for them to read (UK GDPR, article
// 15).
type Personal struct {
	Made         string               `json:"made"` // "2:05pm on Friday 1 October 2021"
	Applications []intake.Application `json:"applications"`
	Others       []Own                `json:"others,omitempty"` // records of other stories
	NamedIn      []intake.Named       `json:"named_in,omitempty"`
	Exports      []Exported           `json:"exports,omitempty"` // of tables in which an application stood
}

// ErrNumber: what was typed is no number on a professional register, or could be one on several.
var ErrNumber = errors.New("this is no number on a professional register")

// Person finds everything about the person with the number on a professional register, in any
// notation, or with the e-mail address; one of the two may be "". It goes through all records, so
// it also finds drafts, mistyped notations, and where others name the person. It returns
// [ErrNumber] for a number that it cannot tell, so that nobody takes that for an answer.
func (d *Desk) Person(ctx context.Context, number, email string) (*Personal, error) {
	email = strings.TrimSpace(email)
	numbers := form.Registrations(number)
	if len(numbers) > 1 { // it is meant as one that a form asks for
		numbers = slices.DeleteFunc(numbers, func(n form.Registration) bool {
			for _, def := range d.Applications.Programme.Forms {
				if def.Register() == n.Register {
					return false
				}
			}
			return true
		})
	}
	switch {
	case number != "" && len(numbers) == 0:
		return nil, fmt.Errorf("%w: write it like %s", ErrNumber, "GMC 7654321")
	case len(numbers) > 1:
		var which []string
		for _, n := range numbers {
			register, _, _ := strings.Cut(n.What(), " ")
			which = append(which, register+" "+n.Number)
		}
		return nil, fmt.Errorf("%w alone: write %s", ErrNumber, strings.Join(which, " or "))
	}
	p := &Personal{Made: course.Moment(d.Applications.Now()), Applications: []intake.Application{}}
	err := d.each(ctx, func(id string, story Story) error {
		var err error
		if story != nil {
			err = p.other(ctx, story, id, numbers, email)
		} else {
			err = p.application(ctx, d.Applications, id, numbers, email)
		}
		if errors.Is(err, record.ErrNotFound) { // removed since
			return nil
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return p, d.exportsOf(ctx, p)
}

func (p *Personal) application(ctx context.Context, from *intake.Desk, id string, numbers []form.Registration,
	email string) error {
	own, named, err := from.About(ctx, id, numbers, email)
	if own != nil {
		p.Applications = append(p.Applications, *own)
	}
	if named != nil {
		p.NamedIn = append(p.NamedIn, *named)
	}
	return err
}

func (p *Personal) other(ctx context.Context, from Story, id string, numbers []form.Registration, email string) error {
	own, err := from.About(ctx, id, numbers, email)
	if own != nil {
		p.Others = append(p.Others, *own)
	}
	return err
}

// Is tells whether somebody with the e-mail address is the person.
func (p *Personal) Is(email string) bool {
	return slices.ContainsFunc(p.Applications, func(a intake.Application) bool {
		return a.Document != nil && a.Document.Applicant.Is(email)
	})
}

// GiveOut notes in each of the records that it is given to the person, and reads them again as they
// are then.
func (d *Desk) GiveOut(ctx context.Context, p *Personal) error {
	given := []intake.Application{}
	for i := range p.Applications {
		a, err := d.Applications.GiveOut(ctx, p.Applications[i].Reference)
		switch {
		case errors.Is(err, record.ErrNotFound): // removed in the meantime
		case err != nil:
			return err
		default:
			given = append(given, *a)
		}
	}
	var others []Own
	for _, own := range p.Others {
		now, err := d.story(own.Kind).GiveOut(ctx, own.ID)
		switch {
		case errors.Is(err, record.ErrNotFound):
		case err != nil:
			return err
		default:
			others = append(others, *now)
		}
	}
	p.Applications, p.Others = given, others
	return nil
}

// References are the ids of the person's records, in order.
func (p *Personal) References() []string {
	var refs []string
	for i := range p.Applications {
		refs = append(refs, p.Applications[i].Reference)
	}
	for _, own := range p.Others {
		refs = append(refs, own.ID)
	}
	slices.Sort(refs)
	return refs
}

// exportsOf finds the tables in which the person's applications stood.
func (d *Desk) exportsOf(ctx context.Context, p *Personal) error {
	for _, c := range d.Applications.Programme.Courses {
		for r, err := range d.Applications.Shelved(ctx, []string{intake.ShelfOf(c.ID, journalled)},
			record.Range{Kind: record.Export}) {
			var e Exported
			if err == nil {
				e, err = d.exportedOf(r)
			}
			if err != nil {
				return err
			}
			if slices.ContainsFunc(p.Applications, func(a intake.Application) bool {
				return a.Document != nil && a.Course == e.Course && e.period(a.Document.Received) &&
					a.Document.Received.Before(e.At)
			}) {
				p.Exports = append(p.Exports, e)
			}
		}
	}
	return nil
}

// ErrRepeat: the references that were typed to confirm an erasure are not those of the person.
var ErrRepeat = errors.New("these are not the references; nothing was erased")

// EraseAll erases a person's records, if their references are repeated in any order. So a mistyped
// number erases nobody else's.
func (d *Desk) EraseAll(ctx context.Context, p *Personal, repeated []string) error {
	refs := p.References()
	if !slices.Equal(slices.Sorted(slices.Values(repeated)), refs) {
		return ErrRepeat
	}
	for i := range p.Applications {
		if err := d.Applications.Erase(ctx, p.Applications[i].Reference); err != nil {
			return err
		}
	}
	for _, own := range p.Others {
		if err := d.story(own.Kind).Erase(ctx, own.ID); err != nil {
			return err
		}
	}
	return nil
}
