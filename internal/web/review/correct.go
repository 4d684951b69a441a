package review

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"traininghub/internal/application"
	"traininghub/internal/correction"
	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/page"
	"traininghub/internal/staff"
	"traininghub/internal/web"
)

// The staff's corrections of what an applicant has sent, and answers to wishes: see package
// correction.

const atCorrections = "/review/corrections"

// correctRoutes are the addresses of the office and the deputy.
func (s *server) correctRoutes() []web.Route {
	return []web.Route{
		web.On("GET /review/corrections", web.Staff, s.wishes),
		web.On("GET /review/corrections/{reference}/answers/{question}/{row}", web.Staff, s.askCorrect),
		web.On("POST /review/corrections/{reference}/answers/{question}/{row}", web.Staff, s.correct),
		web.On("GET /review/corrections/{reference}/wishes/{n}", web.Staff, s.askWish),
		web.On("POST /review/corrections/{reference}/wishes/{n}", web.Staff, s.answerWish),
	}
}

func (s *server) corrections() *correction.Desk { return correction.In(s.Office) }

// wishes lists the applications whose applicants ask for a correction.
func (s *server) wishes(w http.ResponseWriter, r *http.Request) error {
	person := web.StaffOf(r)
	all, err := s.corrections().Waiting(r.Context(), person)
	if err != nil {
		return err
	}
	view := page.Message{Paragraphs: []string{"The longest waiting is first."}, Links: []page.Link{}}
	for _, a := range all {
		for _, i := range s.corrections().Open(person, a) {
			wish := a.Wishes[i]
			view.Links = append(view.Links, page.Link{Href: atWish(a, i), Text: a.Reference + ", " + a.Document.Course.Title + ": " +
				a.Where(wish.Section, wish.Row, wish.Question) + ". Asked on " + course.DateOf(wish.At).String()})
		}
	}
	if len(view.Links) == 0 {
		view.Paragraphs = []string{"No applicant asks you for a correction."}
	}
	return s.Render(w, http.StatusOK, "message", staffFrame("Corrections asked for", true), view)
}

func atWish(a *application.Application, i int) string {
	return fmt.Sprintf("%s/%s/wishes/%d", atCorrections, a.Reference, i+1)
}

// correctLinks returns the address at which somebody of the staff corrects an answer.
func (s *server) correctLinks(person *staff.Person, a *application.Application) func(question string, row int) string {
	change := map[string]string{}
	if s.corrections().May(person, a) {
		for _, one := range s.corrections().Answers(a) {
			change[fmt.Sprint(one.Item.ID, one.Row)] = correctAt(a, one.Item.ID, one.Row)
		}
	}
	return func(question string, row int) string { return change[fmt.Sprint(question, row)] }
}

func correctAt(a *application.Application, question string, row int) string {
	return fmt.Sprintf("%s/%s/answers/%s/%d", atCorrections, a.Reference, question, row)
}

// wished shows the applicant's wishes, with links for staff who can answer them; nil if there are
// none.
func (s *server) wished(person *staff.Person, a *application.Application) *page.Completed {
	open := map[int]bool{}
	for _, i := range s.corrections().Open(person, a) {
		open[i] = true
	}
	var block page.Completed
	for i, wish := range a.Wishes {
		if !wish.Open() {
			continue
		}
		f := page.Fact{Question: a.Where(wish.Section, wish.Row, wish.Question), Answer: "Should be: " + cmp.Or(wish.Now, "no answer"),
			Note: "Asked on " + course.DateOf(wish.At).String() + "."}
		if open[i] {
			f.Change = atWish(a, i)
		}
		block.Facts = append(block.Facts, f)
	}
	if block.Facts == nil {
		return nil
	}
	block.Title, block.State = "The applicant asks for a correction", "Nothing has changed yet. The office or the deputy answers it."
	return &block
}

// correcting is the application and the answer in the request's address, for somebody who may
// correct it.
func (s *server) correcting(r *http.Request) (*application.Application, *correction.Answer, error) {
	person := web.StaffOf(r)
	a, err := s.applications.ForReview(r.Context(), person, r.PathValue("reference"), false)
	if err != nil {
		return nil, nil, err
	}
	row, wrong := strconv.Atoi(r.PathValue("row"))
	one := s.corrections().Answer(a, r.PathValue("question"), row)
	if wrong != nil || one == nil || !s.corrections().May(person, a) {
		return nil, nil, web.ErrNotFound
	}
	return a, one, nil
}

// correctingSection are the answer's question and the reason.
func correctingSection(one *correction.Answer) *form.Section {
	return &form.Section{Questions: append([]form.Question{*one.Ask}, correction.Reasoning.Questions...)}
}

func (s *server) askCorrect(w http.ResponseWriter, r *http.Request) error {
	a, one, err := s.correcting(r)
	if err != nil {
		return err
	}
	v := form.Values{}
	typed := a.Answers.Values[one.Section]
	if rows := a.Answers.Rows[one.Section]; one.Row > 0 && one.Row <= len(rows) {
		typed = rows[one.Row-1].Values
	}
	for _, wish := range a.Wishes { // offers what the applicant asked for
		if wish.Open() && wish.Question == one.Item.ID && wish.Row == one.Row {
			typed = wish.Values
		}
	}
	for _, name := range one.Ask.Inputs() {
		v[name] = typed[name]
	}
	return s.correctPage(w, a, one, v, nil, "")
}

func (s *server) correctPage(
	w http.ResponseWriter, a *application.Application, one *correction.Answer, v form.Values, problems []form.Problem, changed string,
) error {
	intro := []string{one.Title + ". Now it is: " + cmp.Or(one.Item.Answer, "no answer") + ".",
		s.Say("The answer of before is kept. The {decider} and the applicant are told by email. If you correct it, you cannot decide on this application.")}
	if def := s.Desk.Programme.Forms[a.Form]; def != nil && one.Item.ID == def.Applicant.Email {
		intro = append(intro, "Make sure that it is the applicant who asks. Their links stop working, and a new one goes to the new address. "+
			"We tell the old address that it was changed, not to what.")
	}
	if changed != "" {
		intro = append([]string{changed}, intro...)
	}
	return s.Render(w, web.StatusOf(problems), "ask", reviewFrame(a, "Correct an answer", atReview(a.Reference)), page.Ask{
		Intro: intro, Asking: page.Asking{Section: correctingSection(one), Values: v, Problems: problems},
		Action: fmt.Sprintf("%s?shown=%d", correctAt(a, one.Item.ID, one.Row), len(a.Corrections)), Button: "Correct it",
		Cancel: atReview(a.Reference),
	})
}

const correctedMeanwhile = "Somebody has corrected this application since you opened this page. Nothing of yours was saved. " +
	"Look at it again, then send it once more."

func (s *server) correct(w http.ResponseWriter, r *http.Request) error {
	a, one, err := s.correcting(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v := correctingSection(one).Read(posted)
	shown, wrong := strconv.Atoi(r.URL.Query().Get("shown"))
	if wrong != nil {
		return web.ErrNotFound
	}
	problems, err := s.corrections().Correct(r.Context(), web.StaffOf(r), a.Reference, one.Item.ID, one.Row, shown, v)
	switch {
	case errors.Is(err, decide.ErrChanged):
		if a, one, err = s.correcting(r); err != nil {
			return err
		}
		return s.correctPage(w, a, one, v, nil, correctedMeanwhile)
	case err != nil:
		return s.gone(err)
	case len(problems) > 0:
		return s.correctPage(w, a, one, v, problems, "")
	}
	return web.SeeOther(w, r, atReview(a.Reference))
}

// gone answers what can no longer be done like a page that does not exist; the page before says
// why.
func (s *server) gone(err error) error {
	if errors.Is(err, intake.ErrFinal) {
		return web.ErrNotFound
	}
	return err
}

// wishAt is the application and the index of the wish in the request's address, for somebody who
// can answer it; -1 if it has been answered.
func (s *server) wishAt(r *http.Request) (*application.Application, int, error) {
	person := web.StaffOf(r)
	a, err := s.applications.ForReview(r.Context(), person, r.PathValue("reference"), false)
	if err != nil {
		return nil, 0, err
	}
	n, wrong := strconv.Atoi(r.PathValue("n"))
	if wrong != nil || n < 1 || n > len(a.Wishes) || !s.corrections().MayAnswer(person, a, a.Wishes[n-1]) {
		return nil, 0, web.ErrNotFound
	}
	for _, i := range s.corrections().Open(person, a) {
		if i == n-1 {
			return a, i, nil
		}
	}
	return a, -1, nil
}

func (s *server) askWish(w http.ResponseWriter, r *http.Request) error {
	a, i, err := s.wishAt(r)
	if err != nil {
		return err
	}
	if i < 0 {
		return web.SeeOther(w, r, atReview(a.Reference))
	}
	return s.wishPage(w, r, a, i, nil, nil)
}

func (s *server) wishPage(w http.ResponseWriter, r *http.Request, a *application.Application, i int, v form.Values, problems []form.Problem) error {
	wish := a.Wishes[i]
	view := page.Ask{
		Asking: page.Asking{Section: &correction.Reasoning, Values: v, Problems: problems}, Action: atWish(a, i),
		Button: "Correct it as asked", Cancel: atReview(a.Reference), Else: "Do not correct it",
	}
	one := s.corrections().Answer(a, wish.Question, wish.Row)
	said := func(text string) { view.Intro = append(view.Intro, text) }
	said(a.Where(wish.Section, wish.Row, wish.Question) + ".")
	switch {
	case one != nil:
		said("Now it is: " + cmp.Or(one.Item.Answer, "no answer") + ".")
	case !s.corrections().Moves(a, wish):
		said("As the application stands, this is not corrected any more.")
		view.Button, view.Else = view.Else, ""
	default:
		said("The applicant has a place in " + a.Decision.Named + ".")
		places, err := s.applications.PlacesIn(r.Context(), a.Course, wish.Values[wish.Question])
		if err != nil {
			return err
		}
		if places != nil {
			said("Places in the other cohort: " + places.String() + ".")
		}
		if last, free := s.corrections().FreeToChange(a); last != (course.Date{}) && !free {
			said("Changing was free of charge until " + last.String() + ". The applicant was told what it can cost.")
		}
		view.Button = "Give the applicant this place"
	}
	said("It should be: " + cmp.Or(wish.Now, "no answer") + ".")
	if wish.Why != "" {
		said("The applicant says: " + wish.Why)
	}
	said("The applicant gets your reason, and a letter.")
	if def := s.Desk.Programme.Forms[a.Form]; def != nil && wish.Question == def.Applicant.Email {
		said("Make sure that it is the applicant who asks, for example by telephone. Their links stop working, and a new one goes to the new address.")
	}
	return s.Render(w, web.StatusOf(problems), "ask", reviewFrame(a, "A correction is asked for", atReview(a.Reference)), view)
}

func (s *server) answerWish(w http.ResponseWriter, r *http.Request) error {
	a, i, err := s.wishAt(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	if i < 0 { // already answered, by a second click or somebody else: the page shows how
		return web.SeeOther(w, r, atReview(a.Reference))
	}
	person, v, wish, d := web.StaffOf(r), correction.Reasoning.Read(posted), a.Wishes[i], s.corrections()
	var problems []form.Problem
	switch one := d.Answer(a, wish.Question, wish.Row); {
	case posted.Get("do") == "else", one == nil && !d.Moves(a, wish):
		problems, err = d.Decline(r.Context(), person, a.Reference, i, v["correction-reason"])
	case one == nil:
		err = d.Move(r.Context(), person, a.Reference, i)
	default:
		for name, text := range wish.Values {
			v[name] = text
		}
		problems, err = d.Correct(r.Context(), person, a.Reference, wish.Question, wish.Row, len(a.Corrections), v)
	}
	if errors.Is(err, decide.ErrChanged) {
		return web.SeeOther(w, r, atReview(a.Reference))
	}
	if err != nil {
		return s.gone(err)
	}
	if len(problems) > 0 {
		return s.wishPage(w, r, a, i, v, problems)
	}
	return web.SeeOther(w, r, atReview(a.Reference))
}
