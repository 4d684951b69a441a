package web

import (
	"context"
	"net/http"

	"traininghub/internal/intake"
	"traininghub/internal/staff"
)

type staffKey struct{}

// StaffOf is who has signed in; only behind signedIn.
func StaffOf(r *http.Request) *staff.Person { return r.Context().Value(staffKey{}).(*staff.Person) }

// signedIn lets through who has signed in.
func (s *Server) signedIn(next Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		person, err := s.Session(r)
		if err != nil {
			return err
		}
		return next(w, r.WithContext(context.WithValue(r.Context(), staffKey{}, person)))
	}
}

// Session is who has signed in with this browser; staff.ErrSignedOut if nobody has.
func (s *Server) Session(r *http.Request) (*staff.Person, error) {
	return s.Office.Door().Session(r.Context(), Cookie(r, SessionCookie))
}

// toSignIn is where somebody who has not signed in goes, and comes back from to the application of
// the address.
func toSignIn(r *http.Request) string {
	if ref := r.PathValue("reference"); intake.IsReference(ref) {
		return "/review/sign-in?to=" + ref
	}
	return "/review/sign-in"
}
