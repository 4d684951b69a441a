package correction

import (
	"context"
	"errors"
	"slices"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// Changing the cohort: before the decision the applicant changes the cohort that they want, and
// nobody has to agree. After it they ask, and somebody who decides or corrects moves them. Both are
// free of charge up to [course.Course.FreeToChange].

// Cohorts returns the cohorts that the applicant can change to, with their seats: those that have
// not begun and, after a decision, still have a seat. current is the id of the applicant's own. The
// list is empty if nothing can be changed.
func (d *Desk) Cohorts(
	ctx context.Context, a *application.Application,
) (all []decide.Places, current string, err error) {
	status := a.Status()
	current = a.CohortID()
	if d.cohortAnswer(a) == nil || status != application.Received && status != application.Accepted {
		return nil, current, nil
	}
	places, err := decide.Of(d.Applications).Places(ctx, a.Course)
	if err != nil {
		return nil, current, err
	}
	for _, p := range places {
		w := p.Cohort.Workshops
		if p.Cohort.ID == current || len(w) == 0 || !d.Applications.Now().Before(w[0].Start()) ||
			status == application.Accepted && p.Full() {
			continue
		}
		all = append(all, p)
	}
	return all, current, nil
}

// cohortAnswer returns the answer to the question for the cohort; nil if the form has none.
func (d *Desk) cohortAnswer(a *application.Application) *Answer {
	def := d.Applications.Programme.Forms[a.Form]
	if def == nil || len(a.Corrections) >= mostAll {
		return nil
	}
	for _, s := range a.Document.Sections {
		for _, i := range s.Items {
			if q, _ := def.Question(i.ID); q != nil && q.Kind == form.Cohort {
				return &Answer{Section: s.ID, Title: s.Title, Item: i, Ask: q}
			}
		}
	}
	return nil
}

// isCohort reports whether a question is the one for the cohort.
func (d *Desk) isCohort(a *application.Application, question string) bool {
	one := d.cohortAnswer(a)
	return one != nil && one.Item.ID == question
}

// Moves reports whether a wish is for another cohort than the applicant's own.
func (d *Desk) Moves(a *application.Application, w application.Wish) bool {
	return a.Status() == application.Accepted && d.isCohort(a, w.Question)
}

// ChangeCohort changes the cohort that the applicant wants. After the decision it asks for the
// change instead, and asked is true. It returns problems with the input "cohort", and
// [intake.ErrFinal] if nothing can be changed.
func (d *Desk) ChangeCohort(ctx context.Context, key, cohort string) (asked bool, problems []form.Problem, err error) {
	a, err := d.Applications.Following(ctx, key)
	if err != nil {
		return false, nil, err
	}
	choices, current, err := d.Cohorts(ctx, a)
	switch {
	case err != nil:
		return false, nil, err
	case cohort == current: // a second click
		return false, nil, nil
	case len(choices) == 0:
		return false, nil, intake.ErrFinal
	case !slices.ContainsFunc(choices, func(p decide.Places) bool { return p.Cohort.ID == cohort }):
		return false, []form.Problem{form.Wrong("cohort", "Select the cohort that you want to join")}, nil
	}
	one := d.cohortAnswer(a)
	v := form.Values{one.Item.ID: cohort}
	if a.Status() == application.Accepted {
		_, err := d.wish(ctx, key,
			func(a *application.Application) (*Answer, []form.Problem) { return d.cohortAnswer(a), nil }, v)
		return true, nil, err
	}
	_, err = d.Applications.Followed(ctx, key, func(a *application.Application) error {
		if one = d.cohortAnswer(a); one == nil || a.Status() != application.Received || byApplicant(a) >= mostOwn {
			return intake.ErrFinal
		}
		err := correct(d.Applications, a,
			application.Correction{Section: one.Section, Question: one.Item.ID}, v, "applicant")
		if errors.Is(err, record.ErrUnchanged) && a.CohortID() != cohort { // they are about to be given another
			a.Events.Add(d.now(), application.EventCohort, "applicant", cohort)
			err = nil
		}
		if err == nil {
			a.Cohort = "" // it was assigned for the previous choice
		}
		return err
	})
	return false, problems, err
}

// Move moves the applicant to the cohort that they ask for in the wish with the index.
func (d *Desk) Move(ctx context.Context, s *staff.Person, ref string, index int) error {
	a, err := d.answer(ctx, s, ref, index, func(a *application.Application, w *application.Wish) error {
		if !d.isCohort(a, w.Question) {
			return intake.ErrFinal
		}
		c := application.Correction{Section: w.Section, Question: w.Question, By: s.Email,
			Reason: "The applicant asked for it."}
		err := give(d.Applications, a, c, w.Values, s.Who(staff.Course(a.Course)))
		if err == nil || errors.Is(err, record.ErrUnchanged) {
			w.Done, w.By, w.Given = d.now(), s.Email, true
		}
		return err
	}, func(w *application.Wish) bool { return w.Given })
	return d.settled(ctx, a, err)
}

// FreeToChange returns the last day on which changing the applicant's place is free of charge, and
// whether that day is still to come or today. The zero Date means that no day is known.
func (d *Desk) FreeToChange(a *application.Application) (last course.Date, free bool) {
	return d.free(a, (*course.Course).FreeToChange)
}

// FreeToCancel is the same for giving up the place.
func (d *Desk) FreeToCancel(a *application.Application) (last course.Date, free bool) {
	return d.free(a, (*course.Course).FreeToCancel)
}

func (d *Desk) free(
	a *application.Application, of func(*course.Course, *course.Cohort) course.Date,
) (last course.Date, free bool) {
	c := d.Applications.Programme.Course(a.Course)
	if c == nil {
		return last, false
	}
	i := slices.IndexFunc(c.Cohorts, func(k course.Cohort) bool { return k.ID == a.CohortID() })
	if i < 0 {
		return last, false
	}
	last = of(c, &c.Cohorts[i])
	return last, last != (course.Date{}) && !last.Before(course.DateOf(d.Applications.Now()))
}
