package status

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"traininghub/internal/application"
	"traininghub/internal/attend"
	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/page"
	"traininghub/internal/web"
)

// Changing the cohort and cancelling, with what that costs today.

// cohorts says until when a place can be given up or changed free of charge, and links to the
// change.
func (s *server) cohorts(ctx context.Context, a *application.Application, v *page.Status) error {
	d := s.corrections()
	choices, _, err := d.Cohorts(ctx, a)
	if err != nil {
		return err
	}
	if len(choices) > 0 {
		v.Mend = append([]page.Link{{Text: "Change your cohort", Href: "/status/cohort"}}, v.Mend...)
	}
	if a.Status() != application.Accepted && a.Status() != application.Received {
		return nil
	}
	if last, _ := d.FreeToCancel(a); last != (course.Date{}) {
		v.Free = append(v.Free, page.Fact{Question: "Cancel free of charge until the end of", Answer: last.String()})
	}
	if last, _ := d.FreeToChange(a); last != (course.Date{}) && len(choices) > 0 {
		v.Free = append(v.Free, page.Fact{Question: "Change your cohort free of charge until the end of", Answer: last.String()})
	}
	return nil
}

// choosing is the question for another cohort.
func choosing(choices []decide.Places) *form.Section {
	q := form.Question{ID: "cohort", Kind: form.Choice, Label: "Which cohort do you want to join?",
		InMessages: "the cohort that you want to join", Rule: "required"}
	for _, p := range choices {
		var dates []string
		for _, w := range p.Cohort.Workshops {
			dates = append(dates, w.String())
		}
		q.Options = append(q.Options, form.Option{ID: p.Cohort.ID, Label: p.Cohort.Name, Hint: strings.Join(dates, "; ")})
	}
	return &form.Section{Questions: []form.Question{form.Ask(q)}}
}

func (s *server) askCohort(w http.ResponseWriter, r *http.Request) error {
	return s.cohortPage(w, r, nil)
}

func (s *server) cohortPage(w http.ResponseWriter, r *http.Request, problems []form.Problem) error {
	a, err := s.following(r)
	if err != nil {
		return err
	}
	choices, _, err := s.corrections().Cohorts(r.Context(), a)
	if err != nil {
		return err
	}
	if len(choices) == 0 {
		return intake.ErrFinal
	}
	intro, button := []string{"You asked for: " + s.cohortNow(a) + "."}, "Change my cohort"
	if a.Status() == application.Accepted {
		last, free := s.corrections().FreeToChange(a)
		cost := s.Say("We do not know of a charge for changing.")
		switch {
		case free:
			cost = "Changing costs nothing today. It is free of charge until the end of " + last.String() + "."
		case last != (course.Date{}):
			cost = "Changing was free of charge until " + last.String() + ". "
			if sum := a.Charge(); sum > 0 {
				cost += "You can be charged up to " + sum.String() + ", the whole cost of your place."
			}
		}
		intro = []string{"Your place: " + s.cohortNow(a) + ".", cost,
			s.Say("You keep your place until the {decider} or the office has given you the other one. We email you then, or why not.")}
		button = "Ask for this cohort"
	} else {
		intro = append(intro, s.Say("This costs nothing. We tell the {decider}. The {decider} decides which cohort you join."))
	}
	return s.Render(w, web.StatusOf(problems), "ask", statusFrame("Change your cohort", true), page.Ask{
		Intro: intro, Asking: page.Asking{Section: choosing(choices), Problems: problems},
		Action: web.Of(followKey(r), "/status/cohort"), Button: button, Cancel: atStatus,
	})
}

// cohortNow is the applicant's cohort, with its dates.
func (s *server) cohortNow(a *application.Application) string {
	c := s.Desk.Programme.Course(a.Course)
	if c == nil {
		return "not known"
	}
	for _, k := range c.Cohorts {
		if k.ID == a.CohortID() {
			dates, _ := c.Fact(k.ID + ".dates")
			return k.Name + " (" + dates + ")"
		}
	}
	return "not known"
}

func (s *server) changeCohort(w http.ResponseWriter, r *http.Request) error {
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	_, problems, err := s.corrections().ChangeCohort(r.Context(), followKey(r), posted.Get("cohort"))
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return s.cohortPage(w, r, problems)
	}
	return web.SeeOther(w, r, atStatus)
}

// costOfCancelling says what giving up the place costs today; nothing if no day is known.
func (s *server) costOfCancelling(ctx context.Context, a *application.Application) ([]string, error) {
	last, free := s.corrections().FreeToCancel(a)
	if last == (course.Date{}) {
		return nil, nil
	}
	if d := attend.In(s.Office); d != nil {
		switch reg, p, err := d.Of(ctx, a); {
		case err == nil && reg.MovedFor(p):
			return []string{"It costs nothing: a workshop of your cohort was moved after you got your place."}, nil
		case err != nil && !errors.Is(err, attend.ErrNone):
			return nil, err
		}
	}
	if free {
		return []string{"It costs nothing today. You can cancel free of charge until the end of " + last.String() + "."}, nil
	}
	cost := []string{"Cancelling was free of charge until " + last.String() + "."}
	if sum := a.Charge(); sum > 0 {
		cost = append(cost, s.Say("You can be charged "+sum.String()+
			", the whole cost of your place. We ask you why you cancel, and the {decider} then decides."))
	}
	return cost, nil
}
