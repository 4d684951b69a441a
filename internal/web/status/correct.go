package status

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"

	"traininghub/internal/application"
	"traininghub/internal/correction"
	"traininghub/internal/form"
	"traininghub/internal/page"
	"traininghub/internal/web"
)

// Corrections that an applicant makes at once or asks for: see package correction.

func (s *server) corrections() *correction.Desk { return correction.In(s.Office) }

func correctAt(one correction.Answer) string {
	return fmt.Sprintf("/status/correct/%s/%d", one.Item.ID, one.Row)
}

// asks tells whether the applicant can ask for a correction.
func (s *server) asks(a *application.Application) bool {
	d := s.corrections()
	return d.Hears(a) && len(d.Answers(a)) > 0
}

// wished are the wishes that wait for an answer, and those that were refused.
func wished(a *application.Application) (all []string) {
	for _, w := range a.Wishes {
		what := a.Where(w.Section, w.Row, w.Question) + ". You asked for: " + cmp.Or(w.Now, "no answer") + "."
		switch {
		case w.Open():
			all = append(all, what)
		case !w.Given:
			all = append(all, what+" We have not made this. Reason: "+w.Reason)
		}
	}
	return all
}

// changeable is the application with a link beside each answer that can be corrected, and the
// wishes below it.
func (s *server) changeable(a *application.Application) []page.Summary {
	d, change := s.corrections(), map[string]string{}
	hears := d.Hears(a)
	for _, one := range d.Answers(a) {
		if one.Own || hears {
			change[fmt.Sprint(one.Item.ID, one.Row)] = correctAt(one)
		}
	}
	return web.Summaries(a, func(question string, row int) string { return change[fmt.Sprint(question, row)] })
}

// correctable is the application that this device follows, and its answer in the request's address.
func (s *server) correctable(r *http.Request) (*application.Application, *correction.Answer, error) {
	a, err := s.following(r)
	if err != nil {
		return nil, nil, err
	}
	row, err := strconv.Atoi(r.PathValue("row"))
	if err != nil {
		return nil, nil, web.ErrNotFound
	}
	one := s.corrections().Answer(a, r.PathValue("question"), row)
	if one == nil || !one.Own && !s.corrections().Hears(a) {
		return nil, nil, web.ErrNotFound
	}
	return a, one, nil
}

// asked are the questions of the page on which an answer is corrected, or a correction is asked
// for.
func asked(one *correction.Answer) *form.Section {
	q := *one.Ask
	if one.Own {
		return one.Asks()
	}
	return &form.Section{Questions: append([]form.Question{q}, correction.Wishing.Questions...)}
}

func (s *server) askCorrect(w http.ResponseWriter, r *http.Request) error {
	a, one, err := s.correctable(r)
	if err != nil {
		return err
	}
	v := form.Values{}
	typed := a.Answers.Values[one.Section]
	if rows := a.Answers.Rows[one.Section]; one.Row > 0 && one.Row <= len(rows) {
		typed = rows[one.Row-1].Values
	}
	for _, name := range one.Ask.Inputs() {
		v[name] = typed[name]
	}
	if one.Own { // an earlier correction without typed values
		v[one.Item.ID] = one.Item.Answer
	}
	return s.correctPage(w, r, one, v, nil)
}

func (s *server) correctPage(
	w http.ResponseWriter, r *http.Request, one *correction.Answer, v form.Values, problems []form.Problem,
) error {
	heading, button := "Ask for a correction", "Ask for this correction"
	intro := []string{one.Title + ". In your application it is: " + cmp.Or(one.Item.Answer, "no answer") + ".",
		"We check it, and email you when it is corrected, or why not. Until then your application says what it says now."}
	if one.Own {
		heading, button = "Correct an email address", "Save this address"
		intro[1] = s.Say("We tell the {decider} that you corrected it.")
	}
	f := statusFrame(heading, true)
	f.Back.Href = "/status/answers"
	return s.Render(w, web.StatusOf(problems), "ask", f, page.Ask{
		Intro: intro, Asking: page.Asking{Section: asked(one), Values: v, Problems: problems},
		Action: web.Of(followKey(r), correctAt(*one)), Button: button, Cancel: "/status/answers",
	})
}

func (s *server) correct(w http.ResponseWriter, r *http.Request) error {
	_, one, err := s.correctable(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v, do := asked(one).Read(posted), s.corrections().Ask
	if one.Own {
		do = s.corrections().Own
	}
	problems, err := do(r.Context(), followKey(r), one.Item.ID, one.Row, v)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return s.correctPage(w, r, one, v, problems)
	}
	if one.Own {
		return web.SeeOther(w, r, "/status/answers")
	}
	return web.SeeOther(w, r, atStatus)
}
