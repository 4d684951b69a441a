package web

import (
	"context"
	"net/http"

	"traininghub/internal/intake"
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

// session is who has signed in with this browser.
func (s *server) session(r *http.Request) (*intake.Staff, error) { return nil, errNotFound }
