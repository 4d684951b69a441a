package decide

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// A Preview is the letter that a decision sends.
type Preview struct {
	record.Message
	Decision []document.Item // as questions and answers
	Full     *Places         // the places of the cohort, if it is full; the lead may still accept one more
	// Shown identifies the letter and what it rests on. It is passed to Decide, so that the letter
	// that is sent is the one that was seen.
	Shown string
}

// seesFull ends the Shown of a preview that said that the cohort is full.
const seesFull = "-full"

// saw reports whether a person with this shown has seen the preview, or more.
func (p *Preview) saw(shown string) bool {
	return shown == p.Shown || p.Full == nil && shown == p.Shown+seesFull
}

// LinkShown replaces a link in a preview, because its secret is only made when the letter is sent.
const LinkShown = "(the applicant's own link to the status page)"

// Preview returns the letter to the applicant exactly as it would be sent for this decision, or
// what is wrong with the decision. It returns ErrDecided, with the application, if there is nothing
// left to decide.
func (d *Desk) Preview(
	ctx context.Context, s *staff.Person, ref string, dec application.Decision,
) (a *application.Application, p *Preview, problems []form.Problem, err error) {
	a, err = d.ForReview(ctx, s, ref, true)
	switch {
	case err != nil:
		return nil, nil, nil, err
	case a.Status() != application.Received:
		return a, nil, nil, ErrDecided
	}
	dec = proper(a, dec)
	if problems = d.wrong(a, dec, d.Now()); len(problems) > 0 {
		return a, nil, problems, nil
	}
	p, err = d.preview(ctx, a, s, dec)
	return a, p, nil, err
}

func (d *Desk) preview(
	ctx context.Context, a *application.Application, s *staff.Person, dec application.Decision,
) (*Preview, error) {
	b := *a
	b.Events, b.Letters = slices.Clone(a.Events), nil
	letter := d.decide(&b, s, dec, d.Now().UTC())
	m, err := d.Message(&b, record.Letter{Name: letter}, LinkShown)
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	part := func(texts ...string) {
		for _, t := range texts {
			fmt.Fprintf(sum, "%d:%s", len(t), t)
		}
	}
	answered := "" // by the practice; the letter need not mention it
	if p := a.Authorisation; p != nil && p.Answer != nil {
		answered = p.Answer.At.Format(time.RFC3339Nano)
	}
	part(a.Reference, a.Edition(), answered, m.To, m.Subject, m.Text)
	for _, file := range m.Attachments {
		part(file.Name)
		if !strings.HasPrefix(file.Type, "application/pdf") { // a PDF contains the second in which it was drawn
			part(string(file.Data))
		}
	}
	p := &Preview{Message: m, Decision: b.DecisionItems(), Shown: base64.RawURLEncoding.EncodeToString(sum.Sum(nil))}
	if !dec.Accepted {
		return p, nil
	}
	// Places are counted from lists, which are not part of the write that decides.
	switch places, err := d.PlacesIn(ctx, a.Course, dec.Cohort); {
	case err != nil:
		return nil, err
	case places != nil && places.Full():
		p.Full = places
		p.Shown += seesFull
	}
	return p, nil
}
