// Package mentoring is the pages of who asks for a mentor, and the door of those who work behind
// the wall: leads of areas, their deputies and mentors.
//
// Asking itself is package apply's journey, below /mentoring/ask/. What comes after is below
// /mentoring/request/: the page of the request, which opens by a mailed link and the word that its
// person chose. No page holds anything of a request before both were right.
package mentoring

import (
	"errors"
	"net/http"

	"traininghub/internal/mentoring"
	"traininghub/internal/page"
	"traininghub/internal/staff"
	"traininghub/internal/wall"
	"traininghub/internal/web"
)

// A server has the handlers of this part.
type server struct {
	*web.Server
	desk *mentoring.Desk
	more []More
}

// More is what another story adds to the page of a request: a proposal to answer, a pair and its
// sessions. The blocks stand below where the request stands.
type More func(r *http.Request, q *mentoring.Request) ([]page.Block, error)

// entrance is where leads of areas, their deputies and mentors sign in.
var entrance = web.Entrance{
	Below: wall.Below, Title: "Sign in",
	For:    "This is for mentors and for those who find mentors. If you have asked for a mentor, use the link in our email to you.",
	Wanted: web.IsPage,
	Home: func(p *staff.Person) string {
		if len(p.Where(staff.Find, staff.Areas)) > 0 {
			return wall.Below + "lead/"
		}
		return wall.Below + "mentor/"
	},
}

// Part has the addresses of who asks, and of signing in.
func Part(desk *mentoring.Desk, more ...More) web.Part {
	return func(shared *web.Server) []web.Route {
		s := &server{shared, desk, more}
		return append(web.SigningIn(shared, entrance), []web.Route{
			// Before the page: door.go.
			web.On("GET "+Below+"link", web.Anybody, s.askLink),
			web.On("POST "+Below+"link", web.Anybody, s.mailLink),
			web.On("GET "+Below+"{link}", web.Linked, s.told(s.knock)),
			web.On("POST "+Below+"{link}", web.Linked, s.told(s.enter)),
			web.On("POST "+Below+"leave", web.Anybody, s.leave),
			web.On("GET "+Below+"left", web.Anybody, s.left),

			// The page, and what can be done there: request.go.
			web.On("GET "+Below+"{$}", web.Asking, s.told(s.request)),
			web.On("GET "+Below+"change/{section}", web.Asking, s.told(s.askChange)),
			web.On("POST "+Below+"change/{section}", web.Asking, s.told(s.change)),
			web.On("GET "+Below+"change/{section}/{row}", web.Asking, s.told(s.askChangeRow)),
			web.On("POST "+Below+"change/{section}/{row}", web.Asking, s.told(s.changeRow)),
			web.On("GET "+Below+"change/{section}/{row}/remove", web.Asking, s.told(s.askRemove)),
			web.On("POST "+Below+"change/{section}/{row}/remove", web.Asking, s.told(s.remove)),
			web.On("GET "+Below+"words", web.Asking, s.told(s.askWords)),
			web.On("POST "+Below+"words", web.Asking, s.told(s.words)),
			web.On("GET "+Below+"withdraw", web.Asking, s.told(s.askWithdraw)),
			web.On("POST "+Below+"withdraw", web.Asking, s.told(s.withdraw)),
		}...)
	}
}

// Below are the addresses of the page of a request, and the path of its cookie.
const Below = wall.Below + "request/"

// Key is what a browser holds that has opened the page of a request; "" if none has.
func Key(r *http.Request) string { return web.Cookie(r, web.AskingCookie) }

// told answers what the desk will not do in words. Whatever opens nothing is answered alike.
func (s *server) told(do web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		err := do(w, r)
		say := func(status int, heading string, paragraphs ...string) error {
			return s.Render(w, status, "message", frame(heading, nil), page.Message{
				Paragraphs: paragraphs, Links: []page.Link{{Text: "Get a new link", Href: Below + "link"}},
			})
		}
		switch {
		case errors.Is(err, mentoring.ErrNoLink):
			return say(http.StatusNotFound, "Open your page from our email",
				"We cannot show your request here. The link may be cut off or out of date, or you may have opened it more than 1 hour ago.",
				"Open the link in our latest email to you. If you cannot find it, we can email you another.")
		case errors.Is(err, mentoring.ErrLocked):
			return say(http.StatusForbidden, "Your page is closed for now",
				"The word was wrong 5 times. To keep others out, nobody can open the page now.",
				"We call you on the number that you gave. Then you can choose a new word.")
		case errors.Is(err, mentoring.ErrFinal):
			return say(http.StatusConflict, "Your request is over", "Nothing in it changes any more.")
		case errors.Is(err, mentoring.ErrNoRequest):
			return web.ErrNotFound
		}
		return err
	}
}

// frame is that of a page here; back is where it leads back to.
func frame(heading string, back *page.Link) page.Frame {
	return page.Frame{Heading: heading, Application: true, Back: back}
}

var toRequest = &page.Link{Text: "Back", Href: Below}
