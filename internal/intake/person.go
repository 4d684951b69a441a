package intake

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/record"
)

// A Personal is everything that the hub has about one person, for them to read (UK GDPR, article 15).
type Personal struct {
	Made         string        `json:"made"` // "2:05pm on Friday 1 October 2021"
	Applications []Application `json:"applications"`
	NamedIn      []Named       `json:"named_in,omitempty"`
	Exports      []Exported    `json:"exports,omitempty"` // of tables in which an application stood
}

// A Named is an answer of somebody else that names the person: as a referee, or for the practice.
type Named struct {
	Reference string          `json:"reference"`
	Course    string          `json:"course"`
	Answers   []document.Item `json:"answers"` // those of the section, or of the entry of the list
}

// ErrGMC: nobody can be found by a GMC number that is none.
var ErrGMC = errors.New("a GMC reference number has 7 digits")

// Person finds everything about the person with the GMC number or the e-mail address; one of the two may be "". It goes through all
// records, and so finds drafts, mistyped notations and where others name the person. It returns ErrGMC rather than to say that there is nothing.
func (d *Desk) Person(ctx context.Context, gmc, email string) (*Personal, error) {
	typed := gmc
	gmc, email = digits.ReplaceAllString(gmc, ""), strings.TrimSpace(email)
	if typed != "" && len(gmc) != 7 {
		return nil, ErrGMC
	}
	p := &Personal{Made: course.Moment(d.Now()), Applications: []Application{}}
	err := d.each(ctx, func(a *Application) error {
		who := document.Person{}
		if a.Document != nil {
			who = a.Document.Applicant
		} else if def := d.Programme.Forms[a.Form]; def != nil {
			who = ApplicantOf(def, &a.Answers)
		}
		switch {
		case a.removal() != nil:
		case gmc != "" && who.GMC == gmc, email != "" && strings.EqualFold(who.Email, email):
			p.Applications = append(p.Applications, a.open())
		case email != "":
			if answers := naming(a, d.Programme.Forms[a.Form], email); answers != nil {
				p.NamedIn = append(p.NamedIn, Named{a.Reference, a.Course, answers})
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return p, d.exportsOf(ctx, p)
}

// open is the application without its secrets, which say nothing.
func (a *Application) open() Application {
	a.Keys, a.Salt = nil, nil
	return *a
}

// GiveOut notes on each of the applications that it is given to the person, and takes them as they then are.
func (d *Desk) GiveOut(ctx context.Context, p *Personal) error {
	given := []Application{}
	for i := range p.Applications {
		a, err := d.amend(ctx, p.Applications[i].Reference, func(a *Application) error {
			a.Events.Add(d.Now(), EventExported, "hub", "")
			return nil
		})
		switch {
		case errors.Is(err, record.ErrNotFound): // removed in the meantime
		case err != nil:
			return err
		default:
			given = append(given, a.open())
		}
	}
	p.Applications = given
	return nil
}

// References are those of the person's applications, in order.
func (p *Personal) References() []string {
	refs := make([]string, len(p.Applications))
	for i := range p.Applications {
		refs[i] = p.Applications[i].Reference
	}
	slices.Sort(refs)
	return refs
}

var digits = regexp.MustCompile(`[^0-9]`)

// naming are the answers of the section, or of the entry of a list, in which the e-mail address stands.
func naming(a *Application, def *form.Definition, email string) (answers []document.Item) {
	sections := []document.Section(nil)
	if a.Document != nil {
		sections = a.Document.Sections
	} else if def != nil {
		sections = answered(def, &a.Answers)
	}
	look := func(items []document.Item) {
		if slices.ContainsFunc(items, func(i document.Item) bool {
			return i.Kind == form.Email && strings.EqualFold(strings.TrimSpace(i.Answer), email)
		}) {
			answers = append(answers, items...)
		}
	}
	if a.Authorisation != nil { // others may have been asked than the answers name
		for _, p := range append(slices.Clone(a.Authorisation.Earlier), *a.Authorisation) {
			if !strings.EqualFold(p.Email, email) {
				continue
			}
			answers = append(answers, document.Item{ID: "authorisation", Kind: form.Text, Question: "Asked to confirm for the practice", Answer: p.Name + ", " + p.Email})
			if p.Answer == nil {
				continue
			}
			answers = append(answers, document.Item{ID: "authorisation-signed", Kind: form.Text, Question: "Signed for the practice", Answer: p.Answer.Name + ", " + p.Answer.Role})
			if p.Answer.Reason != "" {
				answers = append(answers, document.Item{ID: "authorisation-reason", Kind: form.LongText, Question: "Reason why the practice did not confirm", Answer: p.Answer.Reason})
			}
		}
	}
	for _, c := range a.Corrections { // what stands beside it is of who has the right address
		if strings.EqualFold(c.Was, email) {
			answers = append(answers, document.Item{ID: c.Question, Kind: form.Email, Question: "An address that was corrected since", Answer: c.Was})
		}
	}
	for _, s := range sections {
		look(s.Items)
		for _, row := range s.Rows {
			look(row)
		}
	}
	return answers
}

// exportsOf finds the tables in which the person's applications stood.
func (d *Desk) exportsOf(ctx context.Context, p *Personal) error {
	for _, c := range d.Programme.Courses {
		for r, err := range d.merged(ctx, []string{ShelfOf(c.ID, journalled)}, record.Range{}) {
			var e Exported
			if err == nil {
				e, err = d.exportedOf(r)
			}
			if err != nil {
				return err
			}
			if slices.ContainsFunc(p.Applications, func(a Application) bool {
				return a.Document != nil && a.Course == e.Course && e.period(a.Document.Received) && a.Document.Received.Before(e.At)
			}) {
				p.Exports = append(p.Exports, e)
			}
		}
	}
	return nil
}

// ErrRepeat is of an erasure whose references are not those of the person.
var ErrRepeat = errors.New("these are not the references; nothing was erased")

// EraseAll erases a person's applications, if their references are repeated, in any order, so that a mistyped number erases nobody else's.
func (d *Desk) EraseAll(ctx context.Context, p *Personal, repeated []string) error {
	refs := p.References()
	if !slices.Equal(slices.Sorted(slices.Values(repeated)), refs) {
		return ErrRepeat
	}
	for _, ref := range refs {
		if err := d.Erase(ctx, ref); err != nil {
			return err
		}
	}
	return nil
}

// Erase removes an application because the person asks: one that was sent leaves its row and its trace, a draft nothing. One that is
// gone is no error.
func (d *Desk) Erase(ctx context.Context, ref string) error {
	for {
		a, err := d.get(ctx, ref)
		if err == nil && a.Document != nil {
			return d.remove(ctx, ref, Erased)
		}
		if err == nil {
			err = d.applications().Delete(ctx, ref, a)
		}
		switch {
		case err == nil:
			d.Log.Info("draft removed", "reference", ref, "why", Erased)
			return nil
		case errors.Is(err, record.ErrNotFound):
			return nil
		case !errors.Is(err, record.ErrConflict):
			return fmt.Errorf("erasing %s: %w", ref, err)
		}
	}
}

// each calls f with every application, drafts too, in no order.
func (d *Desk) each(ctx context.Context, f func(*Application) error) error {
	return d.eachID(ctx, func(id string) error {
		if !reference.MatchString(id) {
			return nil
		}
		a, err := d.get(ctx, id)
		if errors.Is(err, record.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return f(a)
	})
}

// eachID calls f with the id of every record.
func (d *Desk) eachID(ctx context.Context, f func(id string) error) error {
	for after := ""; ; {
		ids, err := d.Store.IDs(ctx, after, 500)
		if err != nil {
			return fmt.Errorf("reading all records: %w", err)
		}
		if len(ids) == 0 {
			return nil
		}
		for _, id := range ids {
			if err := f(id); err != nil {
				return err
			}
		}
		after = ids[len(ids)-1]
	}
}
