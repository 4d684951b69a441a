package mentoring

import (
	"errors"
	"fmt"
	"net/http"

	"traininghub/internal/form"
	"traininghub/internal/mentoring"
	"traininghub/internal/page"
	"traininghub/internal/web"
)

// asksLink asks for the address to mail the link to.
var asksLink = form.Section{ID: "link", Questions: []form.Question{form.Ask(form.Question{
	ID: "email", Kind: form.Email, Label: "Your email address", InMessages: "your email address",
	Hint: "The one that you gave with your request", Rule: "required,email,max=254", Autocomplete: "email",
})}}

func (s *server) askLink(w http.ResponseWriter, r *http.Request) error {
	return s.linkPage(w, nil, nil)
}

func (s *server) linkPage(w http.ResponseWriter, v form.Values, problems []form.Problem) error {
	return s.Render(w, web.StatusOf(problems), "ask", frame("Get a link to your request", nil), page.Ask{
		Asking: page.Asking{Section: &asksLink, Values: v, Problems: problems},
		Action: Below + "link", Button: "Email me a link", Cancel: "/",
	})
}

// mailLink mails a link. Its answer is the same for every address.
func (s *server) mailLink(w http.ResponseWriter, r *http.Request) error {
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v := asksLink.Read(posted)
	if problems := asksLink.Check(v, s.Desk.Now()); len(problems) > 0 {
		return s.linkPage(w, v, problems)
	}
	email := asksLink.Questions[0].Normal(v)
	if s.From(r, "link", "") > web.MaxLinks || s.From(r, "asking", email) > web.MaxToOne {
		return web.ErrTooMany
	}
	if err := s.desk.AskAgain(r.Context(), email); err != nil {
		return err
	}
	return s.Render(w, http.StatusOK, "message", frame("Check your email", nil), page.Message{Paragraphs: []string{
		"If there is a request with this address, we email a link to it now.",
		"You need the word that you chose. If the email does not arrive, look in your junk folder.",
	}})
}

// word asks for a request's word, or for a new one if choose is set.
func word(choose bool) *form.Section {
	q := form.Question{
		ID: "word", Kind: form.Text, Label: "The word that you chose", InMessages: "the word that you chose",
		Rule: "required,max=200", Autocomplete: "current-password",
	}
	if choose {
		q.Label, q.InMessages, q.Autocomplete = "Choose a word or number of your own", "a word of your own", "new-password"
		q.Hint = "6 characters or more. You can let your password manager make and keep it"
		q.Rule, q.Messages = "required,min=6,max=200", map[string]string{"min": "The word must have 6 characters or more"}
	}
	return &form.Section{ID: "word", Questions: []form.Question{form.Ask(q)}}
}

// knock shows the question for the word behind a mailed link. It changes nothing, since mail
// scanners open links, too.
func (s *server) knock(w http.ResponseWriter, r *http.Request) error {
	door, err := s.desk.Knock(r.Context(), r.PathValue("link"))
	switch {
	case err != nil:
		return err
	case door.Locked:
		return mentoring.ErrLocked
	}
	return s.door(w, r, word(door.Choose), nil)
}

func (s *server) door(w http.ResponseWriter, r *http.Request, asked *form.Section, problems []form.Problem) error {
	return s.Render(w, web.StatusOf(problems), "ask", frame("Open your page", nil), page.Ask{
		Intro:  []string{"You can read it on this device for 1 hour."},
		Asking: page.Asking{Section: asked, Problems: problems}, Action: r.URL.EscapedPath(), Button: "Continue",
	})
}

func (s *server) enter(w http.ResponseWriter, r *http.Request) error {
	link := r.PathValue("link")
	door, err := s.desk.Knock(r.Context(), link)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	asked := word(door.Choose)
	v := asked.Read(posted)
	if problems := asked.Check(v, s.Desk.Now()); len(problems) > 0 {
		return s.door(w, r, asked, problems)
	}
	if s.From(r, "word", "") > web.MaxLinks { // each try costs a slow hash
		return web.ErrTooMany
	}
	key, left, err := s.desk.Enter(r.Context(), link, v["word"])
	if errors.Is(err, mentoring.ErrWord) {
		text := "This is not the word that you chose. You can try 1 more time"
		if left > 1 {
			text = fmt.Sprintf("This is not the word that you chose. You can try %d more times", left)
		}
		return s.door(w, r, asked, []form.Problem{{Question: "word", Input: "word", Inputs: []string{"word"}, Text: text}})
	}
	if err != nil {
		return err
	}
	s.SetCookie(w, web.AskingCookie, Below, key)
	return web.SeeOther(w, r, Below)
}

// leave takes the page off this device.
func (s *server) leave(w http.ResponseWriter, r *http.Request) error {
	if err := s.desk.Leave(r.Context(), Key(r)); err != nil {
		return err
	}
	s.SetCookie(w, web.AskingCookie, Below, "")
	return web.SeeOther(w, r, Below+"left")
}

func (s *server) left(w http.ResponseWriter, r *http.Request) error {
	return s.Render(w, http.StatusOK, "message", frame("You have left your page", nil), page.Message{
		Paragraphs: []string{"People who use this device after you cannot see it. To see it again, use the link in our email and your word."},
		Links:      []page.Link{{Text: "Go to the home page", Href: "/"}},
	})
}
