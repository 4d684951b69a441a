// Package mentoring is the pages of who asks for a mentor, and the door of those who work behind the
// wall: leads of areas, their deputies and mentors.
//
// Asking itself is package apply's journey, below /mentoring/ask/. What comes after is below
// /mentoring/request/: the page of the request, which opens by a mailed link and the word that its
// person chose. No page holds anything of a request before both were right.
package mentoring

import (
	"traininghub/internal/mentoring"
	"traininghub/internal/staff"
	"traininghub/internal/wall"
	"traininghub/internal/web"
)

// A server has the handlers of this part.
type server struct {
	*web.Server
	desk *mentoring.Desk
}

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
func Part(desk *mentoring.Desk) web.Part {
	return func(shared *web.Server) []web.Route {
		s := &server{shared, desk}
		return append(web.SigningIn(shared, entrance), s.routes()...)
	}
}

func (s *server) routes() []web.Route { return nil }
