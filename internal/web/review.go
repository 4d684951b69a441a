package web

import (
	"net/http"

	"traininghub/internal/page"
)

// reviews is the list of applications.
func (s *server) reviews(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, http.StatusOK, "reviews", page.Frame{Heading: "Applications", Application: true}, page.Reviews{})
}
