package status

import (
	"net/http"
	"slices"

	"traininghub/internal/application"
	"traininghub/internal/form"
	"traininghub/internal/page"
	"traininghub/internal/web"
)

// other is the application that this device follows, and another form that can be started with its
// answers. Both are nil if the address names no such form, for example because its course has
// closed.
func (s *server) other(r *http.Request) (*application.Application, *form.Definition, error) {
	a, err := s.following(r)
	if err != nil {
		return nil, nil, err
	}
	others := s.Desk.Others(a)
	i := slices.IndexFunc(others, func(def *form.Definition) bool { return def.ID == r.PathValue("form") })
	if i < 0 {
		return a, nil, nil
	}
	return a, others[i], nil
}

// askAgain says which answers are taken over, before any are.
func (s *server) askAgain(w http.ResponseWriter, r *http.Request) error {
	a, def, err := s.other(r)
	if err != nil {
		return err
	}
	if def == nil {
		return web.SeeOther(w, r, atStatus)
	}
	title := s.Desk.Programme.Offer(def).Title()
	return s.Render(w, http.StatusOK, "ask", statusFrame("Use your answers to apply for "+title, true), page.Ask{
		Intro: []string{
			"We begin a new application, for " + title + ". We fill in what both applications ask, from your application for " +
				a.Document.Course.Title + ".",
			"You check each section, answer the other questions, read the declarations and sign. Nothing is sent before.",
			"If you have begun an application for " + title + " on this device already, the new one takes its place here. " +
				"You find the other one by the link in our email.",
		},
		List: s.Desk.Reused(a, def), ListTitle: "We fill in answers in these sections:",
		Asking: page.Asking{Section: &form.Section{}}, Action: web.Of(followKey(r), r.URL.EscapedPath()), Button: "Use these answers", Cancel: atStatus,
	})
}

// again starts the other application, and goes on with it on this device.
func (s *server) again(w http.ResponseWriter, r *http.Request) error {
	_, def, err := s.other(r)
	switch {
	case err != nil:
		return err
	case def == nil:
		return web.SeeOther(w, r, atStatus)
	}
	if s.From(r, "start", "") > web.MaxStarts {
		return web.ErrTooMany
	}
	key, err := s.Desk.Again(r.Context(), followKey(r), def)
	if err != nil {
		return err
	}
	fill := s.Desk.Programme.Offer(def).Fill(def.ID)
	s.SetCookie(w, web.DraftCookie, fill, key)
	return web.SeeOther(w, r, fill)
}
