package review

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"

	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/page"
	"traininghub/internal/staff"
	"traininghub/internal/web"
)

// askedCookie is the cookie of a browser that asked for a link to sign in. Like that of one that
// has signed in it is Lax and not Strict, because links in letters lead to pages that need it; what
// changes anything is a POST, and those from other sites are refused.
const askedCookie = "sign-in"

// signing asks for the e-mail address to which the link goes.
var signing = form.Section{ID: "sign-in", Questions: []form.Question{form.Ask(form.Question{
	ID: "email", Kind: form.Email, Label: "Your email address", InMessages: "your email address",
	Hint: "Use the address that is on our list. We email you a link", Rule: "required,email,max=254",
	Autocomplete: "email",
})}}

func (s *server) askSignIn(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.Session(r); err == nil {
		return web.SeeOther(w, r, "/review/")
	}
	return s.signInPage(w, nil, wanted(r.URL.Query()), nil)
}

// wanted is the application that somebody wants to see once they have signed in, by its reference;
// "" if none.
func wanted(v url.Values) string {
	if to := v.Get("to"); intake.IsReference(to) {
		return to
	}
	return ""
}

func (s *server) signInPage(w http.ResponseWriter, v form.Values, to string, problems []form.Problem) error {
	return s.Render(w, web.StatusOf(problems), "sign-in", page.Frame{Heading: "Sign in",
		Title: "Sign in to see applications", Application: true},
		page.SignIn{Asking: page.Asking{Section: &signing, Values: v, Problems: problems}, To: to})
}

// mailSignIn mails a link. Its answer is the same for every address.
func (s *server) mailSignIn(w http.ResponseWriter, r *http.Request) error {
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v := signing.Read(posted)
	if problems := signing.Check(v, s.Desk.Now()); len(problems) > 0 {
		return s.signInPage(w, v, wanted(posted), problems)
	}
	door, email, browser := s.Office.Door(), signing.Questions[0].Normal(v), web.Cookie(r, askedCookie)
	if n := s.From(r, "sign-in", email); s.From(r, "sign-in", "") > web.MaxSignIns || n > web.MaxSignInsTo {
		// Whoever sits behind the same address can have asked for all the others.
		if known, err := door.Knows(r.Context(), email, browser); err != nil || !known {
			return cmp.Or(err, web.ErrTooMany)
		}
	}
	asked, err := door.Ask(r.Context(), email, browser, wanted(posted))
	if err != nil {
		return err
	}
	if asked != browser { // given again, it would end with the browser's session
		s.SetCookie(w, askedCookie, "/review/", asked)
	}
	return s.Render(w, http.StatusOK, "message", page.Frame{Heading: "Check your email", Application: true},
		page.Message{
			Paragraphs: []string{
				"If this address may sign in, we email a link to it now.",
				"Open the link in this browser, on this device. It works for 15 minutes and only once.",
				"It can take 10 minutes if many links were asked for with this address.",
				"If the email does not arrive, look in your junk folder. Check that you entered the address that is on " +
					"our list. You can then ask for another link.",
			},
			Links: []page.Link{{Text: "Ask for another link", Href: "/review/sign-in"}},
		})
}

// peekSignIn shows the button behind a mailed link. It changes nothing: mail scanners open links,
// too.
func (s *server) peekSignIn(w http.ResponseWriter, r *http.Request) error {
	err := s.Office.Door().Peek(r.Context(), r.PathValue("link"), web.Cookie(r, askedCookie))
	if err != nil {
		return s.signedInAlready(w, r, err)
	}
	return s.Render(w, http.StatusOK, "sign-in-link", page.Frame{Heading: "Sign in",
		Title: "Sign in to see applications", Application: true},
		page.SignInLink{Action: r.URL.EscapedPath()})
}

func (s *server) signIn(w http.ResponseWriter, r *http.Request) error {
	browser := web.Cookie(r, askedCookie)
	session, to, err := s.Office.Door().SignIn(r.Context(), r.PathValue("link"), browser)
	if err != nil {
		return s.signedInAlready(w, r, err)
	}
	s.KeepCookie(w, askedCookie, "/review/", browser, staff.KnownLife)
	s.SetCookie(w, web.SessionCookie, "/review/", session)
	return web.SeeOther(w, r, "/review/"+to)
}

// signedInAlready goes on to the list if a link no longer works because it was used, in this
// browser: a second tab, or back.
func (s *server) signedInAlready(w http.ResponseWriter, r *http.Request, err error) error {
	if errors.Is(err, staff.ErrSpentLink) || errors.Is(err, staff.ErrOtherBrowser) {
		if _, signedOut := s.Session(r); signedOut == nil {
			return web.SeeOther(w, r, "/review/")
		}
	}
	return err
}

func (s *server) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.Office.Door().SignOut(r.Context(), web.Cookie(r, web.SessionCookie)); err != nil {
		return err
	}
	s.SetCookie(w, web.SessionCookie, "/review/", "")
	return s.Render(w, http.StatusOK, "message", page.Frame{Heading: "You have signed out", Application: true},
		page.Message{Links: []page.Link{{Text: "Sign in again", Href: "/review/sign-in"}}})
}
