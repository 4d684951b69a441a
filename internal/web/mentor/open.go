package mentor

import (
	"errors"
	"net/http"

	"traininghub/internal/form"
	"traininghub/internal/page"
	"traininghub/internal/record"
	"traininghub/internal/register"
	"traininghub/internal/web"
)

// askRight is the page behind the link in a letter. It has two buttons, and nothing from the
// record.
func (s *server) askRight(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.linked(r); err != nil {
		return err
	}
	action := register.OwnPath + "still-right/" + r.PathValue("link")
	view := page.Work{Blocks: []page.Block{{
		Text: []string{"If something has changed, sign in and change it."},
		Buttons: []page.Button{
			{Text: "Still right", Action: action, Hidden: []page.Hidden{{Name: "answer", Value: "right"}}},
			{Text: "Pause me", Action: action, Second: true, Hidden: []page.Hidden{{Name: "answer", Value: "pause"}}},
		},
		Links: []page.Link{{Text: "Sign in", Href: register.OwnPath}},
	}}}
	return s.Render(w, http.StatusOK, "work", page.Frame{Heading: "Are your details still right?", Application: true}, view)
}

// linked is the mentor of the link in the address.
func (s *server) linked(r *http.Request) (*register.Mentor, error) {
	m, err := s.desk.Link(r.Context(), r.PathValue("link"))
	if errors.Is(err, record.ErrNotFound) {
		return nil, web.ErrNotFound
	}
	return m, err
}

func (s *server) right(w http.ResponseWriter, r *http.Request) error {
	m, err := s.linked(r)
	if err != nil {
		return err
	}
	post, err := web.Post(r)
	if err != nil {
		return err
	}
	heading, text := "Thank you", "We ask again in some months."
	switch post.Get("answer") {
	case "right":
		err = s.desk.SayRight(r.Context(), m.ID)
	case "pause":
		heading, text = "You are paused", "Nobody asks you to take somebody until you say that you can be asked again."
		err = s.desk.Pause(r.Context(), m.ID, "")
	default:
		return web.ErrNotFound
	}
	if errors.Is(err, register.ErrMove) { // they have left, or are suspended
		heading, text, err = "Sign in", "Your details have changed since we wrote. Sign in to see where you stand.", nil
	}
	if err != nil {
		return err
	}
	return s.Render(w, http.StatusOK, "message", page.Frame{Heading: heading, Application: true},
		page.Message{Paragraphs: []string{text}, Links: []page.Link{{Text: "Sign in", Href: register.OwnPath}}})
}

func (s *server) askQualified(w http.ResponseWriter, r *http.Request) error {
	return s.qualified(w, r, form.Values{}, nil)
}

// qualified asks a GP who already holds a qualification for what the register needs.
func (s *server) qualified(w http.ResponseWriter, r *http.Request, v form.Values, problems []form.Problem) error {
	rules := s.desk.Rules(r.PathValue("service"))
	if rules == nil || rules.Qualified == nil {
		return web.ErrNotFound
	}
	if rules.Service.Shut {
		return s.Render(w, http.StatusForbidden, "message", page.Frame{Heading: "You cannot apply yet", Application: true},
			page.Message{Paragraphs: []string{rules.Service.Title + " takes no mentors at present."}, Contact: rules.Service.Contact.Email})
	}
	section, intro := one(rules.Qualified)
	view := page.Ask{
		Intro: intro, Asking: page.Asking{Section: section, Values: v, Problems: problems}, Action: register.OwnPath + "apply/" + rules.Service.ID,
		Button: "Send", Cancel: rules.Service.Page(),
	}
	return s.Render(w, web.StatusOf(problems), "ask", page.Frame{Heading: section.Title, Application: true}, view)
}

func (s *server) apply(w http.ResponseWriter, r *http.Request) error {
	post, err := web.Post(r)
	if err != nil {
		return err
	}
	if s.From(r, "mentors", "") > web.MaxStarts || s.From(r, "mentors", post.Get(register.AskEmail)) > web.MaxToOne {
		return web.ErrTooMany
	}
	problems, v, err := s.desk.Apply(r.Context(), r.PathValue("service"), post)
	switch {
	case errors.Is(err, record.ErrNotFound):
		return web.ErrNotFound
	case err != nil:
		return err
	case problems != nil:
		return s.qualified(w, r, v, problems)
	}
	return web.SeeOther(w, r, register.OwnPath+"applied")
}

// applied answers everybody in the same words.
func (s *server) applied(w http.ResponseWriter, r *http.Request) error {
	return s.Render(w, http.StatusOK, "message", page.Frame{Heading: "Check your email", Application: true}, page.Message{Paragraphs: []string{
		"We emailed you a link. Sign in with it to complete your profile, and send it to the mentor lead.",
		"The mentor lead asks to see your certificate before you are on the register.",
	}})
}
