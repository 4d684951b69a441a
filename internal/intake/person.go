package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"traininghub/internal/application"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// Get returns an application, or a draft, as it is stored. It returns [record.ErrNotFound] if it is
// gone or its time is over.
func (d *Desk) Get(ctx context.Context, ref string) (*application.Application, error) {
	if !application.IsReference(ref) {
		return nil, record.ErrNotFound
	}
	a, err := d.get(ctx, ref)
	if err != nil {
		return nil, err
	}
	if d.expired(a) {
		return nil, record.ErrNotFound
	}
	return a, nil
}

// About returns what an application says about the person with one of the professional numbers or
// the e-mail address; one of the two may be missing. own is the whole application, if it is theirs.
// Otherwise named are the answers in which somebody else names them by that address.
func (d *Desk) About(
	r record.Record, numbers []form.Registration, email string,
) (own *application.Application, named *Named, err error) {
	a, err := d.Applications().Read(r)
	if err != nil || a.Removal() != nil {
		return nil, nil, err
	}
	def, who := d.Programme.Forms[a.Form], document.Person{}
	if a.Document != nil {
		who = a.Document.Applicant
	} else if def != nil {
		who = application.ApplicantOf(def, &a.Answers)
	}
	if slices.Contains(numbers, who.Registration) || email != "" && strings.EqualFold(who.Email, email) {
		return withoutSecrets(a), nil, nil
	}
	if email != "" {
		if answers := naming(a, def, email); answers != nil {
			return nil, &Named{a.Reference, a.Course, answers}, nil
		}
	}
	return nil, nil, nil
}

// A Named is an answer in which somebody else names the person: as a referee, or for the practice.
type Named struct {
	Reference string          `json:"reference"`
	Course    string          `json:"course"`
	Answers   []document.Item `json:"answers"` // all of the section, or of the entry of the list
}

// withoutSecrets returns the application without its secrets, which say nothing about anybody.
func withoutSecrets(a *application.Application) *application.Application {
	a.Keys, a.Salt = nil, nil
	return a
}

// GiveOut notes that an application is given to its applicant, and returns it as it is then. by is
// who of the staff gives it out; nil for a command.
func (d *Desk) GiveOut(ctx context.Context, ref string, by *staff.Person) (*application.Application, error) {
	a, err := d.Amend(ctx, ref, func(a *application.Application) error {
		if by == nil {
			a.Events.Add(d.Now(), application.EventExported, "hub", "")
		} else {
			a.Events.Add(d.Now(), application.EventExported, by.Who(staff.Course(a.Course)), "").By = by.Email
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return withoutSecrets(a), nil
}

// naming returns the answers of the section, or of the entry of a list, that contain the e-mail
// address.
func naming(a *application.Application, def *form.Definition, email string) (answers []document.Item) {
	sections := []document.Section(nil)
	if a.Document != nil {
		sections = a.Document.Sections
	} else if def != nil {
		sections = application.Answered(def, &a.Answers)
	}
	look := func(items []document.Item) {
		if slices.ContainsFunc(items, func(i document.Item) bool {
			return i.Kind == form.Email && strings.EqualFold(strings.TrimSpace(i.Answer), email)
		}) {
			answers = append(answers, items...)
		}
	}
	if a.Authorisation != nil { // people may have been asked whom the answers do not name
		for _, p := range append(slices.Clone(a.Authorisation.Earlier), *a.Authorisation) {
			if r := p.Right; r != nil && strings.EqualFold(r.Email, email) {
				answers = append(answers, document.Item{ID: "authorisation-right", Kind: form.Text,
					Question: "Named as the right person to confirm", Answer: r.Name + ", " + r.Email})
			}
			if !strings.EqualFold(p.Email, email) {
				continue
			}
			answers = append(answers, document.Item{ID: "authorisation", Kind: form.Text,
				Question: a.Words().Say("Asked to confirm for the {employer}"), Answer: p.Name + ", " + p.Email})
			if p.Answer == nil {
				continue
			}
			answers = append(answers, document.Item{ID: "authorisation-signed", Kind: form.Text,
				Question: a.Words().Say("Signed for the {employer}"), Answer: p.Answer.Name + ", " + p.Answer.Role})
			if p.Answer.Reason != "" {
				answers = append(answers, document.Item{ID: "authorisation-reason", Kind: form.LongText,
					Question: a.Words().Say("Reason why the {employer} did not confirm"), Answer: p.Answer.Reason})
			}
		}
	}
	for _, c := range a.Corrections { // what stands beside an address belongs to whoever has the corrected one
		if strings.EqualFold(c.Was, email) {
			answers = append(answers, document.Item{ID: c.Question, Kind: form.Email,
				Question: "An address that was corrected since", Answer: c.Was})
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

// Erase removes an application because the person asks. One that was sent leaves its row and its
// trace, a draft leaves nothing. It is not an error if it is gone.
func (d *Desk) Erase(ctx context.Context, ref string) error {
	for {
		a, err := d.get(ctx, ref)
		if err == nil && a.Document != nil {
			return d.Remove(ctx, ref, Erased)
		}
		if err == nil {
			err = d.forget(ctx, a)
		}
		if err == nil {
			err = d.Applications().Delete(ctx, ref, a)
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
