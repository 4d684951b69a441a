// Package compare shows, side by side, the courses that a reader chose in the catalogue. The answer
// is made from the editors' files alone and is the same for everybody: nothing is stored, and no
// address says who asked. The page says so if a reader chose too few courses or too many.
package compare

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"traininghub/internal/course"
	"traininghub/internal/page"
	"traininghub/internal/web"
)

type server struct{ *web.Server }

// Routes are the address of the comparison.
func Routes(shared *web.Server) []web.Route {
	s := &server{shared}
	return []web.Route{web.On("GET "+Address+"{$}", web.Anybody, s.compare)}
}

// Address is the comparison's page; "?course=ID&course=ID" names the courses.
const Address = "/side-by-side/"

// compare shows the chosen courses, each once, in the order in which they were chosen. Unknown ids
// are left out, since a link can be older than a course.
func (s *server) compare(w http.ResponseWriter, r *http.Request) error {
	all := s.Desk.Programme
	var chosen []*course.Course
	gone := false
	for _, id := range r.URL.Query()["course"] {
		c := all.Course(all.Current(id))
		gone = gone || c == nil
		if c != nil && !slices.ContainsFunc(chosen, func(other *course.Course) bool { return other.ID == c.ID }) {
			expanded, _ := c.Expand(all.Facts(c, s.Site.Fact), func(string) string { return "" })
			chosen = append(chosen, expanded)
		}
		if len(chosen) > page.CompareMost {
			break
		}
	}
	view := page.Chosen{Catalogue: page.Link{Text: "Choose other courses", Href: s.Site.CatalogueOf(len(all.Courses))}}
	if len(chosen) > 0 { // the catalogue's script ticks them again
		view.Catalogue.Href += "?" + query(chosen)
	}
	frame := page.Frame{Heading: "Compare the courses that you chose", Unlisted: true,
		Crumbs: []page.Link{{Text: "Home", Href: "/"}}}
	if len(chosen) < 2 || len(chosen) > page.CompareMost {
		view.Wrong = wrong(chosen, gone)
		return s.Render(w, http.StatusUnprocessableEntity, "chosen", frame, view)
	}
	view.Compare = page.CompareOf(chosen, s.Desk.Now())
	if len(chosen) > 2 {
		for i, c := range chosen {
			view.Without = append(view.Without, page.Link{Text: c.Title, Href: without(chosen, i)})
		}
	}
	return s.Render(w, http.StatusOK, "chosen", frame, view)
}

// wrong says why there is nothing to compare.
func wrong(chosen []*course.Course, gone bool) string {
	switch {
	case gone:
		return "A course that you chose is not here any more."
	case len(chosen) > page.CompareMost:
		return fmt.Sprintf("You chose more than %d courses.", page.CompareMost)
	case len(chosen) == 1:
		return "You chose 1 course: " + chosen[0].Title + "."
	}
	return "You chose no course."
}

// without is the address of the comparison without one of the courses.
func without(chosen []*course.Course, out int) string {
	return Address + "?" + query(slices.Delete(slices.Clone(chosen), out, out+1))
}

func query(chosen []*course.Course) string {
	q := url.Values{}
	for _, c := range chosen {
		q.Add("course", c.ID)
	}
	return q.Encode()
}
