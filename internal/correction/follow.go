package correction

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/record"
)

// correct puts a corrected answer into an application that was sent. c says which answer and who
// corrects it; correct sets Was, Now and At. v holds the question's inputs, without mistakes. The
// following change with the answer: who applies, the doubts, what the practice is shown, and the
// letters that say so. If the practice answered about something other than what it would be shown
// now, it is asked again; its earlier answer is kept, and stays bound to what it saw. When the
// applicant's address changes, all links and devices of the old address end. correct returns
// ErrFinal if there is no such answer, and record.ErrUnchanged if it is the same.
func correct(d *intake.Desk, a *application.Application, c application.Correction, v form.Values, who string) error {
	class, err := put(d, a, c, v, who)
	if err != nil || c.By == "" {
		return err
	}
	n, now := strconv.Itoa(len(a.Corrections)), d.Now()
	a.Letters.Owe(application.LetterCorrectedToApplicant+"-"+n, application.LetterCorrectedToApplicant, now)
	if class == application.ClassAddress {
		a.Letters.Owe(application.LetterFormer+"-"+n, application.LetterFormer, now)
	}
	return nil
}

// give gives somebody who was accepted a place in another cohort; v holds the inputs of the
// question for the cohort. The rest of the decision stays as it is. give returns ErrFinal if the
// place cannot be changed.
func give(d *intake.Desk, a *application.Application, c application.Correction, v form.Values, who string) error {
	to := v[c.Question]
	offered, k := d.Cohort(a.Course, to)
	if a.Status() != application.Accepted || k == nil {
		return intake.ErrFinal
	}
	dec, now := *a.Decision, d.Now().UTC().Truncate(time.Millisecond)
	switch _, err := put(d, a, c, v, who); {
	case errors.Is(err, record.ErrUnchanged): // they asked for it first, and were then given another one
		c.Was, c.Now, c.At = dec.Named, k.Name, now
		a.Corrections = append(a.Corrections, c)
		a.Events.Add(now, application.EventCorrected, who, c.Question).By = c.By
		a.Owe(application.LetterCorrected, now, now)
	case err != nil:
		return err
	}
	dec.Joins(offered, k)
	dec.Cohort = to
	a.Decision = &dec
	a.Events.Add(now, application.EventMoved, who, to).By = c.By
	a.Owe(application.LetterMoved, now, now)
	return nil
}

// put is correct without the letters to the applicant. It returns the class of the correction.
func put(
	d *intake.Desk, a *application.Application, c application.Correction, v form.Values, who string,
) (class string, err error) {
	def := d.Programme.Forms[a.Form]
	if def == nil {
		return "", intake.ErrFinal
	}
	q, s := def.Question(c.Question)
	item := answerOf(a, c)
	if q == nil || s.ID != c.Section || item == nil {
		return "", intake.ErrFinal
	}
	now := d.Now().UTC().Truncate(time.Millisecond)
	was := *item
	item.Answer, item.Normal = q.Shown(v), ""
	switch n := q.Normal(v); {
	case q.Kind == form.Email:
		item.Answer, was.Answer, was.Normal = n, cmp.Or(was.Normal, was.Answer), ""
	case n != item.Answer:
		item.Normal = n
	}
	if *item == was {
		return "", record.ErrUnchanged
	}
	c.Was, c.Now, c.At = was.Answer, item.Answer, now
	correctAnswer(&a.Answers, q, s, c.Row, v)
	a.Corrections = append(a.Corrections, c)
	class = followsFrom(a, def, q, now)
	a.LeaveRoom(intake.Spare)
	a.Events.Add(now, application.EventCorrected, who, strings.TrimSpace(c.Question+" "+class)).By = c.By
	intake.AskAgain(a, def, now, who)
	a.Owe(application.LetterCorrected, now, now)
	return class, nil
}

// answerOf returns the answer that a correction is about; nil if there is none.
func answerOf(a *application.Application, c application.Correction) *document.Item {
	for i := range a.Document.Sections {
		s := &a.Document.Sections[i]
		items := s.Items
		switch {
		case s.ID != c.Section:
			continue
		case c.Row > 0 && c.Row <= len(s.Rows):
			items = s.Rows[c.Row-1]
		case c.Row != 0:
			return nil
		}
		if i := slices.IndexFunc(items, func(i document.Item) bool { return i.ID == c.Question }); i >= 0 {
			return &items[i]
		}
	}
	return nil
}

// correctAnswer replaces what was typed in answer to a question.
func correctAnswer(a *application.Answers, q *form.Question, s *form.Section, row int, v form.Values) {
	typed := a.Values[s.ID]
	if row > 0 {
		if row > len(a.Rows[s.ID]) {
			return
		}
		typed = a.Rows[s.ID][row-1].Values
	}
	typed = maps.Clone(typed)
	if typed == nil {
		typed = form.Values{}
	}
	for _, name := range q.Inputs() {
		typed[name] = v[name]
	}
	if row > 0 {
		a.Rows[s.ID][row-1].Values = typed
		return
	}
	a.Put(s.ID, typed)
}

// followsFrom changes what follows from the answers, and returns the class of the correction.
func followsFrom(a *application.Application, def *form.Definition, q *form.Question, now time.Time) (class string) {
	doc := a.Document
	doc.Doubts = application.DoubtsOf(def, &a.Answers, doc.Signature.Name)
	of := def.Applicant
	if !slices.Contains(append(slices.Clone(of.Names), of.Email, of.Telephone, of.Number), q.ID) {
		return ""
	}
	was := doc.Applicant
	doc.Applicant = application.ApplicantOf(def, &a.Answers)
	switch {
	case !doc.Applicant.Is(was.Email):
		class = application.ClassAddress
		intake.EndLinks(a)
	case doc.Applicant.Registration != was.Registration:
		class = application.ClassNumber
		for _, ref := range a.Doubles() { // with the old number; sending the letter finds those with the new one
			a.Events.Add(now, application.EventSingle, "hub", ref)
		}
	}
	return class
}
