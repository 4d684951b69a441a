package web

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"traininghub/internal/application"
	"traininghub/internal/pattern"
	"traininghub/internal/staff"
)

type staffKey struct{}

// StaffOf is the person who has signed in; call it only behind signedIn.
func StaffOf(r *http.Request) *staff.Person { return r.Context().Value(staffKey{}).(*staff.Person) }

// signedIn lets only people through who have signed in.
func (s *Server) signedIn(next Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		person, err := s.Session(r)
		if err != nil {
			return err
		}
		return next(w, r.WithContext(context.WithValue(r.Context(), staffKey{}, person)))
	}
}

// Session is the person who has signed in with this browser; staff.ErrSignedOut if nobody has.
func (s *Server) Session(r *http.Request) (*staff.Person, error) {
	return s.Office.Door().Session(r.Context(), Cookie(r, SessionCookie))
}

// below is the path of the addresses of the staff who sign in here.
func (s *Server) below() string {
	if s.Office == nil {
		return "/review/"
	}
	return cmp.Or(s.Office.Below, "/review/")
}

// toSignIn is the address for signing in. If the request was for the page of one record, it leads
// back to that page.
func (s *Server) toSignIn(r *http.Request) string {
	to := r.PathValue("reference")
	if !application.IsReference(to) {
		to = ""
	}
	if rest, ok := strings.CutPrefix(r.URL.Path, s.below()); ok && to == "" && s.below() != "/review/" && IsPage(rest) {
		to = rest
	}
	if to == "" {
		return s.below() + "sign-in"
	}
	return s.below() + "sign-in?to=" + to
}

// IsPage tells whether a text can be the rest of the address of a page to which signing in leads
// back.
func IsPage(text string) bool { return len(text) <= 100 && isPage().MatchString(text) }

var isPage = pattern.Of(`^[a-z0-9-]+(/[a-z0-9-]+)*/?$`)
