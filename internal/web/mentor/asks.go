package mentor

import (
	"errors"
	"net/http"

	"traininghub/internal/crossing"
	"traininghub/internal/form"
	"traininghub/internal/page"
	"traininghub/internal/record"
	"traininghub/internal/register"
	"traininghub/internal/web"
)

// Questions of the pages themselves; all others are in the editors' sheets.
var (
	signing = form.Section{ID: "terms", Questions: []form.Question{form.Ask(form.Question{
		ID: "signature", Kind: form.Text, Label: "Your full name", InMessages: "your full name to sign", Hint: "This counts as your signature",
		Rule: "required,name,max=200", Autocomplete: "name",
	})}}
	until = form.Section{ID: "pause", Questions: []form.Question{form.Ask(form.Question{
		ID: "until", Kind: form.Date, Label: "The day from which you can be asked again", InMessages: "the day from which you can be asked again", Rule: "required",
	})}}
	absence = form.Section{ID: "away", Questions: []form.Question{
		form.Ask(form.Question{ID: "from", Kind: form.Date, Label: "First day away", InMessages: "the first day away", Rule: "omitempty"}),
		form.Ask(form.Question{ID: "to", Kind: form.Date, Label: "Last day away", InMessages: "the last day away", Rule: "omitempty"}),
	}}
	lastDay = form.Section{ID: "leave", Questions: []form.Question{form.Ask(form.Question{
		ID: "last-day", Kind: form.Date, Label: "Your last day", InMessages: "your last day", Rule: "required",
	})}}
)

// wrong is a problem with a date that the desk refused.
func wrong(id, text string) []form.Problem {
	return []form.Problem{{Question: id, Input: id + "-day", Inputs: []string{id + "-day", id + "-month", id + "-year"}, Text: text}}
}

func (s *server) askPage(w http.ResponseWriter, r *http.Request, m *register.Mentor) error {
	return s.pageOf(w, r, m, m.Answers, nil)
}

// pageOf is a page of the profile.
func (s *server) pageOf(w http.ResponseWriter, r *http.Request, m *register.Mentor, v form.Values, problems []form.Problem) error {
	section, _ := m.Rules().Profile.Section(r.PathValue("page"))
	if section == nil || m.State() == register.Left {
		return web.ErrNotFound
	}
	return s.ask(w, section.Title, "profile/"+section.ID, "Save", section, v, problems, section.Intro...)
}

func (s *server) savePage(w http.ResponseWriter, r *http.Request, m *register.Mentor) error {
	post, err := web.Post(r)
	if err != nil {
		return err
	}
	_, v, problems, err := s.desk.SavePage(r.Context(), m.ID, r.PathValue("page"), post)
	switch {
	case errors.Is(err, record.ErrNotFound):
		return web.ErrNotFound
	case err == nil && problems != nil:
		return s.pageOf(w, r, m, v, problems)
	}
	return answer(w, r, err, "saved")
}

// askTerms shows the terms. Somebody who has agreed to the present words is not asked again.
func (s *server) askTerms(w http.ResponseWriter, r *http.Request, m *register.Mentor) error {
	if m.Agreement == nil || m.Agreement.Version != m.Rules().Version {
		return s.terms(w, m, form.Values{}, nil)
	}
	t := m.Agreement.Terms
	view := page.Work{Blocks: []page.Block{{Text: append(append([]string{}, t.Clauses...), t.Statement)},
		{Text: []string{"You agreed to this on " + day(m.Agreement.On) + "."}}}}
	f := page.Frame{Heading: t.Title, Application: true, Back: &page.Link{Text: "Your mentoring", Href: register.OwnPath}}
	return s.Render(w, http.StatusOK, "work", f, view)
}

// terms shows what a mentor agrees to, word for word, and asks for a signature.
func (s *server) terms(w http.ResponseWriter, m *register.Mentor, v form.Values, problems []form.Problem) error {
	t := m.Rules().Terms
	return s.ask(w, t.Title, "terms?version="+m.Rules().Version, "Agree", &signing, v, problems,
		append(append([]string{}, t.Clauses...), t.Statement)...)
}

func (s *server) agree(w http.ResponseWriter, r *http.Request, m *register.Mentor) error {
	v, problems, _, err := typed(r, &signing, s.desk.Wall.Now())
	if err != nil {
		return err
	}
	if problems != nil {
		return s.terms(w, m, v, problems)
	}
	return answer(w, r, s.desk.Agree(r.Context(), m.ID, r.URL.Query().Get("version"), v["signature"]), "agreed")
}

func (s *server) askInterests(w http.ResponseWriter, r *http.Request, m *register.Mentor) error {
	v := form.Values{}
	if m.Interests != nil {
		v = m.Interests.Answers
	}
	return s.interests(w, m, v, nil)
}

func (s *server) interests(w http.ResponseWriter, m *register.Mentor, v form.Values, problems []form.Problem) error {
	section, intro := one(m.Rules().Interests)
	return s.ask(w, section.Title, "interests", "Save", section, v, problems, intro...)
}

func (s *server) declare(w http.ResponseWriter, r *http.Request, m *register.Mentor) error {
	post, err := web.Post(r)
	if err != nil {
		return err
	}
	v, problems, err := s.desk.DeclareInterests(r.Context(), m.ID, post)
	if err == nil && problems != nil {
		return s.interests(w, m, v, problems)
	}
	return answer(w, r, err, "declared")
}

func (s *server) askYearly(w http.ResponseWriter, r *http.Request, m *register.Mentor) error {
	return s.yearly(w, m, form.Values{register.AskEach: m.Person.Sessions.Each}, nil)
}

func (s *server) yearly(w http.ResponseWriter, m *register.Mentor, v form.Values, problems []form.Problem) error {
	section, intro := one(m.Rules().Yearly)
	return s.ask(w, section.Title, "yearly", "Save", section, v, problems, intro...)
}

func (s *server) answerYearly(w http.ResponseWriter, r *http.Request, m *register.Mentor) error {
	post, err := web.Post(r)
	if err != nil {
		return err
	}
	v, problems, err := s.desk.AnswerYearly(r.Context(), m.ID, post)
	if err == nil && problems != nil {
		return s.yearly(w, m, v, problems)
	}
	if err == nil && v[register.AskSame] == "no" {
		return web.SeeOther(w, r, register.OwnPath+"interests")
	}
	return answer(w, r, err, "answered")
}

const pausing = "Pause until a day"

func (s *server) askPause(w http.ResponseWriter, r *http.Request, m *register.Mentor) error {
	return s.ask(w, pausing, "pause", "Pause", &until, form.Values{}, nil, "Nobody asks you to take somebody before that day. People whom you mentor now stay with you.")
}

func (s *server) pause(w http.ResponseWriter, r *http.Request, m *register.Mentor) error {
	v, problems, _, err := typed(r, &until, s.desk.Wall.Now())
	if err != nil {
		return err
	}
	to := crossing.Day(until.Questions[0].Normal(v))
	if problems == nil && to <= register.Today(s.desk.Wall.Now()) {
		problems = wrong("until", "The day from which you can be asked again must be after today")
	}
	if problems != nil {
		return s.ask(w, pausing, "pause", "Pause", &until, v, problems)
	}
	return answer(w, r, s.desk.Pause(r.Context(), m.ID, to), "paused")
}

const awayTitle = "Days when you are away"

func (s *server) askAway(w http.ResponseWriter, r *http.Request, m *register.Mentor) error {
	v := form.Values{}
	fill := func(id string, d crossing.Day) {
		if d != "" {
			t := register.Begins(d)
			v[id+"-day"], v[id+"-month"], v[id+"-year"] = t.Format("2"), t.Format("1"), t.Format("2006")
		}
	}
	fill("from", m.Away.From)
	fill("to", m.Away.Until)
	return s.awayPage(w, v, nil)
}

func (s *server) awayPage(w http.ResponseWriter, v form.Values, problems []form.Problem) error {
	return s.ask(w, awayTitle, "away", "Save", &absence, v, problems, "Leave both empty if you are not away.",
		"If you are away for a long time, nobody asks you to take somebody.")
}

func (s *server) away(w http.ResponseWriter, r *http.Request, m *register.Mentor) error {
	v, problems, _, err := typed(r, &absence, s.desk.Wall.Now())
	if err != nil {
		return err
	}
	from, to := crossing.Day(absence.Questions[0].Normal(v)), crossing.Day(absence.Questions[1].Normal(v))
	today := register.Today(s.desk.Wall.Now())
	switch {
	case problems != nil:
	case from == "" && to != "":
		problems = wrong("from", "Enter the first day away, or leave both empty")
	case from != "" && to == "":
		problems = wrong("to", "Enter the last day away, or leave both empty")
	case to < from:
		problems = wrong("to", "The last day away must not be before the first")
	case from != "" && to < today:
		problems = wrong("to", "The last day away must not be over")
	}
	if problems != nil {
		return s.awayPage(w, v, problems)
	}
	return answer(w, r, s.desk.GoAway(r.Context(), m.ID, from, to), "away")
}

func (s *server) askMost(w http.ResponseWriter, r *http.Request, m *register.Mentor) error {
	return s.mostPage(w, m, m.Answers, nil)
}

// mostPage asks how many people the mentor takes, as the profile does.
func (s *server) mostPage(w http.ResponseWriter, m *register.Mentor, v form.Values, problems []form.Problem) error {
	q, _ := m.Rules().Profile.Question(register.AskMost)
	if q == nil {
		return web.ErrNotFound
	}
	return s.ask(w, "How many people you take", "people", "Save", &form.Section{Questions: []form.Question{*q}}, v, problems,
		"If you write a smaller number than you have now, they stay with you, and nobody new comes.")
}

func (s *server) most(w http.ResponseWriter, r *http.Request, m *register.Mentor) error {
	post, err := web.Post(r)
	if err != nil {
		return err
	}
	problems, err := s.desk.TakeMost(r.Context(), m.ID, post.Get(register.AskMost))
	if err == nil && problems != nil {
		return s.mostPage(w, m, form.Values{register.AskMost: post.Get(register.AskMost)}, problems)
	}
	return answer(w, r, err, "saved")
}

const leaving = "Leave the register"

func (s *server) askLeave(w http.ResponseWriter, r *http.Request, m *register.Mentor) error {
	return s.leavePage(w, m, form.Values{}, nil)
}

func (s *server) leavePage(w http.ResponseWriter, m *register.Mentor, v form.Values, problems []form.Problem) error {
	intro := []string{"The mentor lead is told, and writes to the people whom you mentor."}
	if m.StayUntil != "" && m.StayUntil > register.Today(s.desk.Wall.Now()) {
		intro = append(intro, "You agreed to stay until "+day(m.StayUntil)+". If you leave before, talk with the mentor lead first: training costs may have to be paid back.")
	}
	return s.ask(w, leaving, "leave", "Save my last day", &lastDay, v, problems, intro...)
}

func (s *server) leave(w http.ResponseWriter, r *http.Request, m *register.Mentor) error {
	v, problems, _, err := typed(r, &lastDay, s.desk.Wall.Now())
	if err != nil {
		return err
	}
	last := crossing.Day(lastDay.Questions[0].Normal(v))
	if problems == nil && last < register.Today(s.desk.Wall.Now()) {
		problems = wrong("last-day", "Your last day must be today or later")
	}
	if problems != nil {
		return s.leavePage(w, m, v, problems)
	}
	return answer(w, r, s.desk.Leave(r.Context(), m.ID, last), "leaving")
}
