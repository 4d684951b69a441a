// Package mentoring has the pages of mentees, and the page for signing in behind the wall, for
// leads of areas, their deputies and mentors.
//
// Asking for a mentor is package apply's journey, below /mentoring/ask/. The pages afterwards are
// below /mentoring/request/: the page of the request opens by a mailed link together with the word
// that the mentee chose. No page shows anything of a request before both were right.
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

// More is what another story adds to the page of a request: a proposal to answer, or a pair and its
// sessions. The blocks stand below the state of the request.
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

// Part has the addresses of mentees, and of signing in.
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

// Below is where the addresses of the pages of a request begin, and the path of their cookie.
const Below = wall.Below + "request/"

// Key is the key of a browser that has opened the page of a request; "" if it has none.
func Key(r *http.Request) string { return web.Cookie(r, web.AskingCookie) }

// told answers the desk's refusals in words. Links that open nothing are all answered alike.
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

// frame is the frame of a page here; back is the page to go back to.
func frame(heading string, back *page.Link) page.Frame {
	return page.Frame{Heading: heading, Application: true, Back: back}
}

var toRequest = &page.Link{Text: "Back", Href: Below}
