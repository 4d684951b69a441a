package lead

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"traininghub/internal/form"
	"traininghub/internal/mentoring"
	"traininghub/internal/page"
	"traininghub/internal/web"
)

// naming asks for a person to exclude.
var naming = form.Section{ID: "people", Questions: []form.Question{
	form.Ask(form.Question{ID: "name", Kind: form.Text, Label: "Name", InMessages: "the name",
		Hint: "As they said it", Rule: "required,max=200"}),
	form.Ask(form.Question{ID: "practice", Kind: form.Text, Label: "Practice", InMessages: "the practice",
		Rule: "omitempty,max=200"}),
}}

func (s *server) askPerson(w http.ResponseWriter, r *http.Request) error {
	q, err := s.open(r, mentoring.ReadRequest)
	if err != nil {
		return err
	}
	return s.personPage(w, q.ID, nil, nil)
}

func (s *server) personPage(w http.ResponseWriter, id string, v form.Values, problems []form.Problem) error {
	return s.ask(w, frame("Who must not know or mentor them?", toRequest(id)), page.Ask{
		Intro: []string{"The person is on the list as soon as you save. If the name could mean somebody of the " +
			"service, they see nothing of the request until it is clear whom it means. If it could mean you, you do " +
			"not see the request any more, and your deputy goes on."},
		Asking: page.Asking{Section: &naming, Values: v, Problems: problems},
		Action: at(id) + "/people", Button: "Save", Cancel: at(id)})
}

func (s *server) person(w http.ResponseWriter, r *http.Request) error {
	id, v, err := s.posted(r, &naming)
	if err != nil {
		return err
	}
	if problems := naming.Check(v, s.desk.Now()); len(problems) > 0 {
		return s.personPage(w, id, v, problems)
	}
	_, err = s.desk.Exclude(r.Context(), web.StaffOf(r), id, v["name"], v["practice"])
	return s.went(w, r, id, err, "person")
}

// posted is what was posted about a request that the person may see.
func (s *server) posted(r *http.Request, asks *form.Section) (id string, v form.Values, err error) {
	if _, err = lead(r); err != nil {
		return "", nil, err
	}
	posted, err := web.Post(r)
	if err != nil {
		return "", nil, err
	}
	id = r.PathValue("request")
	return id, asks.Read(posted), s.mayDo(r, id)
}

// went goes back to the page of the request after something was done, or could no longer be done,
// since the page shows the state. Somebody who can no longer see the request goes to the list.
func (s *server) went(w http.ResponseWriter, r *http.Request, id string, err error, what string) error {
	to := at(id)
	if err == nil && errors.Is(s.mayDo(r, id), web.ErrNotFound) {
		to = Below
	}
	switch {
	case errors.Is(err, mentoring.ErrMove):
		return web.SeeOther(w, r, to)
	case err != nil:
		return known(err)
	}
	return goTo(w, r, to, what)
}

const nobody = "nobody"

// settling asks whom a name means: one of the service's staff, one of its mentors, or nobody.
func (s *server) settling(ctx context.Context, q *mentoring.Request, e mentoring.Exclusion) (*form.Section, error) {
	question := form.Question{ID: "who", Kind: form.Choice, Label: "Who is " + e.Name + "?",
		InMessages: "who it is", Rule: "required"}
	if of := s.desk.Service(q.Service); of != nil {
		for _, c := range mentoring.Colleagues(of) {
			if mentoring.Alike(e.Name, c.Name) {
				question.Options = append(question.Options, form.Option{ID: "staff:" + strings.ToLower(c.Email),
					Label: c.Name + ", who works for the service"})
			}
		}
	}
	if s.desk.Named != nil {
		mentors, err := s.desk.Named(ctx, e.Name)
		if err != nil {
			return nil, err
		}
		for _, m := range mentors {
			question.Options = append(question.Options, form.Option{ID: "mentor:" + m.ID, Label: m.Name + ", a mentor"})
		}
	}
	question.Options = append(question.Options, form.Option{ID: nobody,
		Label: "Nobody who works for the service or mentors"})
	return &form.Section{ID: "who", Questions: []form.Question{form.Ask(question)}}, nil
}

func (s *server) exclusion(q *mentoring.Request, id string) (mentoring.Exclusion, error) {
	i := slices.IndexFunc(q.Exclusions, func(e mentoring.Exclusion) bool { return e.ID == id })
	if i < 0 {
		return mentoring.Exclusion{}, web.ErrNotFound
	}
	return q.Exclusions[i], nil
}

func (s *server) askSettle(w http.ResponseWriter, r *http.Request) error {
	q, err := s.open(r, mentoring.ReadRequest)
	if err != nil {
		return err
	}
	e, err := s.exclusion(q, r.PathValue("person"))
	if err != nil {
		return err
	}
	asks, err := s.settling(r.Context(), q, e)
	if err != nil {
		return err
	}
	return s.settlePage(w, q, e, page.Asking{Section: asks})
}

func (s *server) settlePage(w http.ResponseWriter, q *mentoring.Request, e mentoring.Exclusion,
	asking page.Asking) error {
	return s.ask(w, frame("Whom do they mean?", toRequest(q.ID)), page.Ask{
		Intro: []string{"Ask the person who named them. Ask nobody else: that alone would tell that there is a " +
			"request."},
		Asking: asking, Action: at(q.ID) + "/people/" + e.ID, Button: "Save", Cancel: at(q.ID)})
}

func (s *server) settle(w http.ResponseWriter, r *http.Request) error {
	p, posted, q, err := s.sent(r)
	if err != nil {
		return err
	}
	e, err := s.exclusion(q, r.PathValue("person"))
	if err != nil {
		return err
	}
	asks, err := s.settling(r.Context(), q, e)
	if err != nil {
		return err
	}
	v := asks.Read(posted)
	if problems := asks.Check(v, s.desk.Now()); len(problems) > 0 {
		return s.settlePage(w, q, e, page.Asking{Section: asks, Values: v, Problems: problems})
	}
	kind, who, _ := strings.Cut(asks.Questions[0].Normal(v), ":")
	email, mentor := "", ""
	switch kind {
	case "staff":
		email = who
	case "mentor":
		mentor = who
	}
	_, err = s.desk.Settle(r.Context(), p, q.ID, e.ID, email, mentor)
	return s.went(w, r, q.ID, err, "settled")
}

// helping asks which other help was named.
func (s *server) helping(q *mentoring.Request) *form.Section {
	help := form.Question{ID: "help", Kind: form.Choices, Label: "Which other help did you name?",
		InMessages: "the other help", Rule: "required"}
	if of := s.desk.Service(q.Service); of != nil {
		for _, h := range of.Mentoring.Signposts {
			help.Options = append(help.Options, form.Option{ID: h.ID, Label: h.Name, Hint: h.Text})
		}
	}
	next := form.Question{ID: "over", Kind: form.Choice, Label: "What happens with the request?",
		InMessages: "what happens with the request", Rule: "required",
		Options: []form.Option{{ID: "on", Label: "It goes on"}, {ID: "over",
			Label: "It ends with this: they wanted nothing else"}}}
	return &form.Section{ID: "help", Questions: []form.Question{form.Ask(help), form.Ask(next)}}
}

func (s *server) askHelp(w http.ResponseWriter, r *http.Request) error {
	q, err := s.open(r, mentoring.ReadRequest)
	if err != nil {
		return err
	}
	return s.helpPage(w, q, nil, nil)
}

func (s *server) helpPage(w http.ResponseWriter, q *mentoring.Request, v form.Values, problems []form.Problem) error {
	return s.ask(w, frame("Name other help", toRequest(q.ID)), page.Ask{
		Intro: []string{"It stands on their page with today’s date. How often each help is named is counted, and " +
			"shown from 5 on."},
		Asking: page.Asking{Section: s.helping(q), Values: v, Problems: problems},
		Action: at(q.ID) + "/help", Button: "Save", Cancel: at(q.ID)})
}

func (s *server) help(w http.ResponseWriter, r *http.Request) error {
	p, posted, q, err := s.sent(r)
	if err != nil {
		return err
	}
	asks := s.helping(q)
	v := asks.Read(posted)
	if problems := asks.Check(v, s.desk.Now()); len(problems) > 0 {
		return s.helpPage(w, q, v, problems)
	}
	over := asks.Questions[1].Normal(v) == "over"
	_, err = s.desk.Signpost(r.Context(), p, q.ID, asks.Questions[0].Chosen(v), over)
	what := "named"
	if over {
		what = "signposted"
	}
	return s.went(w, r, q.ID, err, what)
}

// movable asks for another area; nil if the request cannot go to one.
func (s *server) movable(q *mentoring.Request) *form.Section {
	of := s.desk.Service(q.Service)
	if of == nil {
		return nil
	}
	role := of.Mentoring.Role(q.Role)
	question := form.Question{ID: "area", Kind: form.Choice, Label: "Which area takes the request?",
		InMessages: "the area", Rule: "required"}
	for _, a := range of.Areas {
		if a.ID != q.Area && (role == nil || role.Takes(a.ID)) {
			question.Options = append(question.Options, form.Option{ID: a.ID, Label: a.Name})
		}
	}
	if question.Options == nil {
		return nil
	}
	return &form.Section{ID: "area", Questions: []form.Question{form.Ask(question)}}
}

func (s *server) askArea(w http.ResponseWriter, r *http.Request) error {
	q, err := s.open(r, mentoring.ReadRequest)
	if err != nil {
		return err
	}
	if s.movable(q) == nil || !q.Writable() {
		return web.SeeOther(w, r, at(q.ID))
	}
	return s.areaPage(w, q, nil, nil)
}

func (s *server) areaPage(w http.ResponseWriter, q *mentoring.Request, v form.Values, problems []form.Problem) error {
	return s.ask(w, frame("Give the request to another area", toRequest(q.ID)), page.Ask{
		Intro: []string{"Ask them first. The other area’s lead is told, sees everything, and goes on. You do not " +
			"see the request any more."},
		Asking: page.Asking{Section: s.movable(q), Values: v, Problems: problems},
		Action: at(q.ID) + "/area", Button: "Give it to this area", Cancel: at(q.ID)})
}

func (s *server) area(w http.ResponseWriter, r *http.Request) error {
	p, posted, q, err := s.sent(r)
	if err != nil {
		return err
	}
	asks := s.movable(q)
	if asks == nil {
		return web.SeeOther(w, r, at(q.ID))
	}
	v := asks.Read(posted)
	if problems := asks.Check(v, s.desk.Now()); len(problems) > 0 {
		return s.areaPage(w, q, v, problems)
	}
	_, err = s.desk.GiveTo(r.Context(), p, q.ID, asks.Questions[0].Normal(v))
	return s.went(w, r, q.ID, err, "moved")
}
