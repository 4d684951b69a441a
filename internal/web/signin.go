package web

import (
	"context"
	"errors"
	"net/http"

	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/page"
)

// The staff's cookies: of a browser that asked for a link, and of one that has signed in. Both are Lax and not Strict, because
// links in letters lead to pages that need them; what changes anything is a POST, and those from other sites are refused.
const (
	askedCookie   = "sign-in"
	sessionCookie = "session"
)

type staffKey struct{}

// staffOf is who has signed in; only behind signedIn.
func staffOf(r *http.Request) *intake.Staff { return r.Context().Value(staffKey{}).(*intake.Staff) }

// signedIn lets through who has signed in.
func (s *server) signedIn(next handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		person, err := s.session(r)
		if err != nil {
			return err
		}
		return next(w, r.WithContext(context.WithValue(r.Context(), staffKey{}, person)))
	}
}

// session is who has signed in with this browser; intake.ErrSignedOut if nobody has.
func (s *server) session(r *http.Request) (*intake.Staff, error) {
	return s.Desk.Session(r.Context(), cookie(r, sessionCookie))
}

// toSignIn is where somebody who has not signed in goes, and comes back from to the application of the address.
func toSignIn(r *http.Request) string {
	if ref := r.PathValue("reference"); intake.IsReference(ref) {
		return "/review/sign-in?to=" + ref
	}
	return "/review/sign-in"
}

// signing asks for the e-mail address to which the link goes.
var signing = form.Section{ID: "sign-in", Questions: []form.Question{form.Ask(form.Question{
	ID: "email", Kind: form.Email, Label: "Your email address", InMessages: "your email address",
	Hint: "Use the address that is on our list. We email you a link", Rule: "required,email,max=254", Autocomplete: "email",
})}}

func (s *server) askSignIn(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.session(r); err == nil {
		return seeOther(w, r, "/review/")
	}
	return s.signInPage(w, nil, r.URL.Query().Get("to"), nil)
}

func (s *server) signInPage(w http.ResponseWriter, v form.Values, to string, problems []form.Problem) error {
	if !intake.IsReference(to) {
		to = ""
	}
	return s.render(w, statusOf(problems), "sign-in", page.Frame{Heading: "Sign in", Title: "Sign in to see applications", Application: true},
		page.SignIn{Asking: page.Asking{Section: &signing, Values: v, Problems: problems}, To: to})
}

// mailSignIn mails a link. Its answer is the same for every address.
func (s *server) mailSignIn(w http.ResponseWriter, r *http.Request) error {
	posted, err := post(r)
	if err != nil {
		return err
	}
	v := signing.Read(posted)
	if problems := signing.Check(v, s.Desk.Now()); len(problems) > 0 {
		return s.signInPage(w, v, posted.Get("to"), problems)
	}
	if s.limits.add("sign-in", s.client(r)) > maxSignIns {
		return errTooMany
	}
	browser, err := s.Desk.AskSignIn(r.Context(), signing.Questions[0].Normal(v), cookie(r, askedCookie), posted.Get("to"))
	if err != nil {
		return err
	}
	s.setCookie(w, askedCookie, "/review/", browser)
	return s.render(w, http.StatusOK, "message", page.Frame{Heading: "Check your email", Application: true}, page.Message{
		Paragraphs: []string{
			"If this address may sign in, we email a link to it now.",
			"Open the link in this browser, on this device. It works for 15 minutes and only once.",
			"If the email does not arrive, look in your junk folder. Check that you entered the address that is on our list. You can then ask for another link.",
		},
		Links: []page.Link{{Text: "Ask for another link", Href: "/review/sign-in"}},
	})
}

// peekSignIn shows the button behind a mailed link. It changes nothing: mail scanners open links, too.
func (s *server) peekSignIn(w http.ResponseWriter, r *http.Request) error {
	err := s.Desk.PeekSignIn(r.Context(), r.PathValue("link"), cookie(r, askedCookie))
	if err != nil {
		return s.signedInAlready(w, r, err)
	}
	return s.render(w, http.StatusOK, "sign-in-link", page.Frame{Heading: "Sign in", Title: "Sign in to see applications", Application: true},
		page.SignInLink{Action: r.URL.EscapedPath()})
}

func (s *server) signIn(w http.ResponseWriter, r *http.Request) error {
	session, to, err := s.Desk.SignIn(r.Context(), r.PathValue("link"), cookie(r, askedCookie))
	if err != nil {
		return s.signedInAlready(w, r, err)
	}
	s.setCookie(w, sessionCookie, "/review/", session)
	return seeOther(w, r, "/review/"+to)
}

// signedInAlready goes on to the list if a link no longer works because it was used, in this browser: a second tab, or back.
func (s *server) signedInAlready(w http.ResponseWriter, r *http.Request, err error) error {
	if errors.Is(err, intake.ErrSpentLink) || errors.Is(err, intake.ErrOtherBrowser) {
		if _, signedOut := s.session(r); signedOut == nil {
			return seeOther(w, r, "/review/")
		}
	}
	return err
}

func (s *server) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.Desk.SignOut(r.Context(), cookie(r, sessionCookie)); err != nil {
		return err
	}
	s.setCookie(w, sessionCookie, "/review/", "")
	return s.render(w, http.StatusOK, "message", page.Frame{Heading: "You have signed out", Application: true},
		page.Message{Links: []page.Link{{Text: "Sign in again", Href: "/review/sign-in"}}})
}
