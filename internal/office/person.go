package office

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// A Personal is everything that the hub has about one person, for them to read (UK GDPR, article
// 15).
type Personal struct {
	Made         string                    `json:"made"` // "2:05pm on Friday 1 October 2021"
	Applications []application.Application `json:"applications"`
	Others       []Own                     `json:"others,omitempty"` // records of other stories
	NamedIn      []intake.Named            `json:"named_in,omitempty"`
	Exports      []Exported                `json:"exports,omitempty"` // of tables that had one of their applications
}

// ErrNumber: what was typed is not a number on a professional register, or could be on several.
var ErrNumber = errors.New("this is no number on a professional register")

// A Search says how far the search for a person has come. It is kept as JSON, so that another
// program can go on with it. All it says about the person is which records are theirs.
type Search struct {
	Whom   string      `json:"whom"`            // a sum, so that nobody goes on with a search for somebody else
	Walk   record.Walk `json:"walk"`            // through all records
	Looked int         `json:"looked"`          // how many so far
	Found  []string    `json:"found,omitempty"` // the IDs of records that are the person's, or name them
}

// ErrOther: a search to go on with was for somebody else.
var ErrOther = errors.New("this was a search for somebody else")

// Person finds everything about the person with a number on a professional register, in any
// notation, or with an email address; one of the two may be "". It goes through all records, so it
// also finds drafts, mistyped notations, and places where others name the person. It returns
// [ErrNumber] for a number that it cannot identify, so that nobody takes an empty result for an
// answer.
func (d *Desk) Person(ctx context.Context, number, email string) (*Personal, error) {
	return d.Seek(ctx, &Search{}, number, email)
}

// Seek is Person, but goes on where the search stopped, for example when ctx ended. Once the search
// is through, it only reads again what was found, as it is now, and records that have come since
// and are found by the number or the address.
func (d *Desk) Seek(ctx context.Context, s *Search, number, email string) (*Personal, error) {
	email = strings.TrimSpace(email)
	numbers, err := d.numbers(number)
	if err != nil {
		return nil, err
	}
	whom := fmt.Sprintf("%x", sha256.Sum256(fmt.Append(nil, numbers, strings.ToLower(email))))
	if s.Walk == nil {
		*s = Search{Whom: whom, Walk: make(record.Walk, record.Parts)}
	} else if s.Whom != whom {
		return nil, ErrOther
	}
	unknown := map[record.Kind]int{}
	err = s.Walk.Go(ctx, d.Applications.Store, func(ctx context.Context, some []record.Record) error {
		var found []string
		for _, r := range some {
			var p Personal
			if err := d.about(ctx, &p, r, numbers, email); err != nil {
				return err
			}
			if !slices.Contains(d.Kinds(), r.Kind) {
				unknown[r.Kind]++
			}
			if len(p.Applications)+len(p.Others)+len(p.NamedIn) > 0 {
				found = append(found, r.ID)
			}
		}
		s.Found, s.Looked = append(s.Found, found...), s.Looked+len(some)
		return nil
	})
	record.LogUnknown(d.Applications.Log, unknown)
	if err == nil {
		err = d.since(ctx, s, numbers, email)
	}
	if err != nil {
		return nil, err
	}
	p := &Personal{Made: course.Moment(d.Applications.Now()), Applications: []application.Application{}}
	for _, id := range s.Found {
		r, err := d.Applications.Store.Get(ctx, id)
		if errors.Is(err, record.ErrNotFound) { // removed since
			continue
		}
		if err == nil {
			err = d.about(ctx, p, r, numbers, email)
		}
		if err != nil {
			return nil, err
		}
	}
	return p, d.exportsOf(ctx, p)
}

// numbers returns the registration that was typed, or none if typed is "". A number that could be
// on several registers is an error.
func (d *Desk) numbers(typed string) ([]form.Registration, error) {
	numbers := form.Registrations(typed)
	if len(numbers) > 1 { // prefer the registers that a form asks for
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
	case typed != "" && len(numbers) == 0:
		return nil, fmt.Errorf("%w: write it like %s", ErrNumber, "GMC 7654321")
	case len(numbers) > 1:
		var which []string
		for _, n := range numbers {
			register, _, _ := strings.Cut(n.What(), " ")
			which = append(which, register+" "+n.Number)
		}
		return nil, fmt.Errorf("%w alone: write %s", ErrNumber, strings.Join(which, " or "))
	}
	return numbers, nil
}

// since adds records that appeared behind the walk, as far as the store finds them by a number or
// the address.
func (d *Desk) since(ctx context.Context, s *Search, numbers []form.Registration, email string) error {
	kinds := []record.Kind{record.Application}
	for _, story := range d.Stories {
		kinds = append(kinds, story.Kind())
	}
	find := func(by record.Field, value string) error {
		for _, kind := range kinds {
			all, err := d.Applications.Store.Find(ctx, kind, by, value)
			if err != nil {
				return err
			}
			for _, r := range all {
				s.Found = append(s.Found, r.ID)
			}
		}
		return nil
	}
	for _, n := range numbers {
		if err := find(record.ByNumber, n.Key()); err != nil {
			return err
		}
	}
	if email != "" {
		if err := find(record.ByEmail, strings.ToLower(email)); err != nil {
			return err
		}
	}
	slices.Sort(s.Found)
	s.Found = slices.Compact(s.Found)
	return nil
}

// about adds what a record has about the person.
func (d *Desk) about(ctx context.Context, p *Personal, r record.Record, numbers []form.Registration, email string) error {
	if r.Kind == record.Application {
		own, named, err := d.Applications.About(r, numbers, email)
		if own != nil {
			p.Applications = append(p.Applications, *own)
		}
		if named != nil {
			p.NamedIn = append(p.NamedIn, *named)
		}
		return err
	}
	story := d.story(r.Kind)
	if story == nil {
		return nil
	}
	own, err := story.About(ctx, r, numbers, email)
	if own != nil {
		p.Others = append(p.Others, *own)
	}
	return err
}

// Is reports whether somebody with the email address is the person.
func (p *Personal) Is(email string) bool {
	return slices.ContainsFunc(p.Applications, func(a application.Application) bool {
		return a.Document != nil && a.Document.Applicant.Is(email)
	})
}

// GiveOut notes in each record that it was given to the person, and reads the records again. What
// one of the staff gives out is also in the journal; by is nil for who runs the hub, by a command.
func (d *Desk) GiveOut(ctx context.Context, p *Personal, by *staff.Person) error {
	if by != nil {
		if err := d.noteHanded(ctx, by, len(p.References())); err != nil {
			return err
		}
	}
	given := []application.Application{}
	for i := range p.Applications {
		a, err := d.Applications.GiveOut(ctx, p.Applications[i].Reference, by)
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

// handing is how long somebody can take what was given out in parts, until it is noted again.
const handing = time.Hour

// Given reports whether the person's records were given to one of the staff so recently that
// another part of them is not noted again.
func (d *Desk) Given(p *Personal, to *staff.Person) bool {
	return len(p.Applications) > 0 && !slices.ContainsFunc(p.Applications, func(a application.Application) bool {
		return !slices.ContainsFunc(a.Events, func(e record.Event) bool {
			return e.What == application.EventExported && e.By == to.Email && d.Applications.Now().Sub(e.At) < handing
		})
	})
}

// References returns the ids of the person's records, in order.
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

// exportsOf finds the exported tables that had the person's applications.
func (d *Desk) exportsOf(ctx context.Context, p *Personal) error {
	for _, c := range d.Applications.Programme.Courses {
		for r, err := range d.Applications.Shelved(ctx, []string{application.ShelfOf(c.ID, journalled)},
			record.Range{Kind: record.Export}) {
			var e Exported
			if err == nil {
				e, err = d.exportedOf(r)
			}
			if err != nil {
				return err
			}
			if slices.ContainsFunc(p.Applications, func(a application.Application) bool {
				return a.Document != nil && a.Course == e.Course && e.period(a.Document.Received) &&
					a.Document.Received.Before(e.At)
			}) {
				p.Exports = append(p.Exports, e)
			}
		}
	}
	return nil
}

// ErrRepeat: the references typed to confirm an erasure are not the person's.
var ErrRepeat = errors.New("these are not the references; nothing was erased")

// EraseAll erases a person's records, if their references are repeated in any order. So a mistyped
// number erases nobody else's. It first writes down which records they are. If it is interrupted,
// the same call again, or the worker that sends letters, erases the rest. A call after everything
// is done is not an error.
func (d *Desk) EraseAll(ctx context.Context, p *Personal, repeated []string) error {
	refs, repeated := p.References(), slices.Sorted(slices.Values(repeated))
	id, now := erasureID(repeated), d.Applications.Now().UTC()
	_, err := d.keptErasures().Amend(ctx, id, func(e *Erasure) error {
		begun := e.Allowed != nil && !slices.ContainsFunc(refs, func(ref string) bool { return !slices.Contains(repeated, ref) })
		switch {
		case begun && (e.Done.IsZero() || len(refs) == 0):
			return record.ErrUnchanged
		case !slices.Equal(repeated, refs):
			return ErrRepeat
		case len(refs) == 0:
			return record.ErrUnchanged
		}
		e.ask(now, byCommand, record.Ordered, p)
		said := e.Asked
		e.Allowed = &said
		return nil
	})
	if err != nil {
		return err
	}
	_, err = erasing{desk: d}.Take(ctx, record.Record{ID: id})
	return err
}

// byCommand is whom the journal names when an erasure needed nobody's permission.
var byCommand = &staff.Person{Email: "who runs the hub, by command,"}
