package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"

	"traininghub/internal/form"
	"traininghub/internal/page"
	"traininghub/internal/staff"
)

// An Entrance is where the staff of one store sign in: the staff of courses, or those who find
// mentors.
type Entrance struct {
	Below  string            // the beginning of their addresses, and the path of their cookies: "/review/"
	Title  string            // of the page
	For    string            // a paragraph that says whom it is for
	Wanted func(string) bool // whether signing in may lead back to an address below Below
	// Home is where somebody goes who wanted no other page; Below if nil.
	Home func(*staff.Person) string
}

// entered is a Server with an Entrance.
type entered struct {
	*Server
	at Entrance
}

// SigningIn are the addresses of an entrance.
func SigningIn(shared *Server, at Entrance) []Route {
	s := &entered{shared, at}
	return []Route{
		On("GET "+at.Below+"sign-in", Anybody, s.askSignIn),
		On("POST "+at.Below+"sign-in", Anybody, s.mailSignIn),
		On("GET "+at.Below+"sign-in/link/{link}", Linked, s.peekSignIn),
		On("POST "+at.Below+"sign-in/link/{link}", Linked, s.signIn),
		On("POST "+at.Below+"sign-out", Anybody, s.signOut),
	}
}

// home is where somebody goes after signing in.
func (s *entered) home(p *staff.Person) string {
	if s.at.Home == nil {
		return s.at.Below
	}
	return s.at.Home(p)
}

// askedCookie is the cookie of a browser that asked for a link for signing in. Like the cookie of a
// session it is Lax and not Strict, because links in letters lead to pages that need it. Only a
// POST changes anything, and posts from other sites are refused.
const askedCookie = "sign-in"

// signing asks for the e-mail address to which the link goes.
var signing = form.Section{ID: "sign-in", Questions: []form.Question{form.Ask(form.Question{
	ID: "email", Kind: form.Email, Label: "Your email address", InMessages: "your email address",
	Hint: "Use the address that is on our list. We email you a link", Rule: "required,email,max=254",
	Autocomplete: "email",
})}}

func (s *entered) askSignIn(w http.ResponseWriter, r *http.Request) error {
	if person, err := s.Session(r); err == nil {
		return SeeOther(w, r, s.home(person))
	}
	return s.signInPage(w, nil, s.wanted(r.URL.Query()), nil)
}

// wanted is the page to show after signing in; "" if none was asked for.
func (s *entered) wanted(v url.Values) string {
	if to := v.Get("to"); s.at.Wanted(to) {
		return to
	}
	return ""
}

func (s *entered) signInPage(w http.ResponseWriter, v form.Values, to string, problems []form.Problem) error {
	return s.Render(w, StatusOf(problems), "sign-in", page.Frame{Heading: "Sign in",
		Title: s.at.Title, Application: true},
		page.SignIn{Asking: page.Asking{Section: &signing, Values: v, Problems: problems}, To: to,
			Action: s.at.Below + "sign-in", For: s.Say(s.at.For)})
}

// mailSignIn mails a link. Its answer is the same for every address.
func (s *entered) mailSignIn(w http.ResponseWriter, r *http.Request) error {
	posted, err := Post(r)
	if err != nil {
		return err
	}
	v := signing.Read(posted)
	if problems := signing.Check(v, s.Desk.Now()); len(problems) > 0 {
		return s.signInPage(w, v, s.wanted(posted), problems)
	}
	door, email, browser := s.Office.Door(), signing.Questions[0].Normal(v), Cookie(r, askedCookie)
	if n := s.From(r, "sign-in", email); s.From(r, "sign-in", "") > MaxSignIns || n > MaxSignInsTo {
		// Somebody else behind the same network address may have used up the limit.
		if known, err := door.Knows(r.Context(), email, browser); err != nil || !known {
			return cmp.Or(err, ErrTooMany)
		}
	}
	asked, err := door.Ask(r.Context(), email, browser, s.wanted(posted))
	if err != nil {
		return err
	}
	if asked != browser { // setting it again would let it end with the browser's session
		s.SetCookie(w, askedCookie, s.at.Below, asked)
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
			Links: []page.Link{{Text: "Ask for another link", Href: s.at.Below + "sign-in"}},
		})
}

// peekSignIn shows the button behind a mailed link. It changes nothing, since mail scanners open
// links, too.
func (s *entered) peekSignIn(w http.ResponseWriter, r *http.Request) error {
	err := s.Office.Door().Peek(r.Context(), r.PathValue("link"), Cookie(r, askedCookie))
	if err != nil {
		return s.signedInAlready(w, r, err)
	}
	return s.Render(w, http.StatusOK, "sign-in-link", page.Frame{Heading: "Sign in",
		Title: s.at.Title, Application: true},
		page.SignInLink{Action: r.URL.EscapedPath()})
}

func (s *entered) signIn(w http.ResponseWriter, r *http.Request) error {
	browser := Cookie(r, askedCookie)
	session, to, err := s.Office.Door().SignIn(r.Context(), r.PathValue("link"), browser)
	if err != nil {
		return s.signedInAlready(w, r, err)
	}
	s.KeepCookie(w, askedCookie, s.at.Below, browser, staff.KnownLife)
	s.SetCookie(w, SessionCookie, s.at.Below, session)
	if to != "" {
		return SeeOther(w, r, s.at.Below+to)
	}
	person, err := s.Office.Door().Session(r.Context(), session)
	if err != nil {
		return err
	}
	return SeeOther(w, r, s.home(person))
}

// signedInAlready goes on to the list if a link no longer works because this browser has already
// used it, as in a second tab or after going back.
func (s *entered) signedInAlready(w http.ResponseWriter, r *http.Request, err error) error {
	if errors.Is(err, staff.ErrSpentLink) || errors.Is(err, staff.ErrOtherBrowser) {
		if person, signedOut := s.Session(r); signedOut == nil {
			return SeeOther(w, r, s.home(person))
		}
	}
	return err
}

func (s *entered) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.Office.Door().SignOut(r.Context(), Cookie(r, SessionCookie)); err != nil {
		return err
	}
	s.SetCookie(w, SessionCookie, s.at.Below, "")
	return s.Render(w, http.StatusOK, "message", page.Frame{Heading: "You have signed out", Application: true},
		page.Message{Links: []page.Link{{Text: "Sign in again", Href: s.at.Below + "sign-in"}}})
}
