package intake

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/record"
)

// What follows when an answer of an application that was sent is corrected. Who may correct which,
// and when, is for package correction to say.

// Classes of a correction, in its event's note behind the question's id: others go by these
// answers.
const (
	classAddress = "address" // the applicant's e-mail address
	classNumber  = "number"  // their professional number
)

// Put puts a corrected answer into an application that was sent. c says which and by whom; Was, Now
// and At are set here. v are the question's inputs, without mistakes. With the answer change: who
// applies, the doubts, what the practice is shown, and the letters that say so. A practice that
// answered about something else than what it would be shown now is asked again; its answer stays,
// and stays bound to what it saw. With the applicant's address all links and devices of the old one
// end. It returns ErrFinal if there is no such answer, and record.ErrUnchanged if it is the same.
func (d *Desk) Put(a *application.Application, c application.Correction, v form.Values, who string) error {
	class, err := d.put(a, c, v, who)
	if err != nil || c.By == "" {
		return err
	}
	n, now := strconv.Itoa(len(a.Corrections)), d.Now()
	a.Letters.Owe(application.LetterCorrectedToApplicant+"-"+n, application.LetterCorrectedToApplicant, now)
	if class == classAddress {
		a.Letters.Owe(application.LetterFormer+"-"+n, application.LetterFormer, now)
	}
	return nil
}

// Move gives somebody who was accepted a place in another cohort; v are the inputs of the question
// for it. What was decided stays otherwise as it is. It returns ErrFinal if that cannot be.
func (d *Desk) Move(a *application.Application, c application.Correction, v form.Values, who string) error {
	to := v[c.Question]
	offered, k := d.cohort(a.Course, to)
	if a.Status() != application.Accepted || k == nil {
		return ErrFinal
	}
	dec, now := *a.Decision, d.Now().UTC().Truncate(time.Millisecond)
	switch _, err := d.put(a, c, v, who); {
	case errors.Is(err, record.ErrUnchanged): // they asked for it first, and were given another one
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

// put is Put without the letters to the applicant. It gives the class of the correction.
func (d *Desk) put(a *application.Application, c application.Correction, v form.Values, who string) (class string, err error) {
	def := d.Programme.Forms[a.Form]
	if def == nil {
		return "", ErrFinal
	}
	q, s := def.Question(c.Question)
	item := answerOf(a, c)
	if q == nil || s.ID != c.Section || item == nil {
		return "", ErrFinal
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
	a.LeaveRoom(spare)
	a.Events.Add(now, application.EventCorrected, who, strings.TrimSpace(c.Question+" "+class)).By = c.By
	askAgain(a, def, now, who)
	a.Owe(application.LetterCorrected, now, now)
	return class, nil
}

// answerOf is the answer that a correction is about; nil if there is none.
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

// correctAnswer keeps what was typed to a question anew.
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

// followsFrom changes what follows from the answers, and gives the class of the correction.
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
		class = classAddress
		a.Keys.Drop(func(k record.Key) bool { return k.For != forPractice })
	case doc.Applicant.Registration != was.Registration:
		class = classNumber
		for _, ref := range a.Doubles() { // they had the old number; the new one's are looked for with the letter
			a.Events.Add(now, application.EventSingle, "hub", ref)
		}
	}
	return class
}

// askAgain has what the practice is shown follow the answers: the same person is asked again if the
// practice has answered about something else.
func askAgain(a *application.Application, def *form.Definition, now time.Time, who string) {
	p, asked := a.Authorisation, application.AskedIn(def)
	i := slices.IndexFunc(a.Document.Parts, func(p form.Part) bool { return p.Asks != nil })
	if p == nil || i < 0 || a.Status() != application.Received || asked.Questions == nil {
		return
	}
	part := &a.Document.Parts[i]
	shown := shownOf(a, part)
	switch {
	case slices.Equal(shown.Sum(), p.Shown.Sum()):
	case p.Answer == nil:
		p.Shown = shown
	default:
		ask(a, part, form.Values{asked.Questions[0].ID: p.Name, asked.Questions[1].ID: p.Email}, &asked, now, who)
	}
}

// former is the address that a letter goes to about which it is that it is not the applicant's any
// more.
func former(a *application.Application, letter string) string {
	if c, ok := aboutOf(letter, application.LetterFormer, a.Corrections); ok {
		return c.Was
	}
	return ""
}

// aboutOf is what the letter with an id is about, "NAME-3" about the third of all.
func aboutOf[T any](id, name string, all []T) (one T, ok bool) {
	n, err := strconv.Atoi(strings.TrimPrefix(id, name+"-"))
	if err != nil || n < 1 || n > len(all) {
		return one, false
	}
	return all[n-1], true
}

// aboutFields are a letter's fields about the one correction or wish that it is about.
func aboutFields(a *application.Application, l record.Letter) map[string]string {
	f := map[string]string{}
	if c, ok := aboutOf(l.ID, l.Name, a.Corrections); ok && l.Name == application.LetterCorrectedToApplicant {
		f["correction.what"], f["correction.reason"] = a.Where(c.Section, c.Row, c.Question), c.Reason
	}
	if w, ok := aboutOf(l.ID, l.Name, a.Wishes); ok && l.Name != application.LetterCorrectedToApplicant {
		f["correction.what"], f["correction.reason"] = a.Where(w.Section, w.Row, w.Question), w.Reason
	}
	return f
}

// noteSingles tells the others of a number that was corrected that they are no doubles of it any
// more.
func (d *Desk) noteSingles(ctx context.Context, a *application.Application) error {
	for _, e := range a.Events {
		if e.What != application.EventSingle {
			continue
		}
		_, err := d.Amend(ctx, e.Note, func(other *application.Application) error {
			if !slices.Contains(other.Doubles(), a.Reference) {
				return record.ErrUnchanged
			}
			other.Events.Add(d.Now(), application.EventSingle, "hub", a.Reference)
			return nil
		})
		if err != nil && !errors.Is(err, record.ErrNotFound) && !errors.Is(err, record.ErrBroken) {
			return err
		}
	}
	return nil
}
