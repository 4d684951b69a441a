package office

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/page"
	"traininghub/internal/record"
	"traininghub/internal/removal"
	"traininghub/internal/staff"
	"traininghub/internal/web"
)

const atRemovals = "/review/removals"

// removals shows what the brake holds and what is marked for removal.
func (s *server) removals(w http.ResponseWriter, r *http.Request) error {
	person, err := member(r)
	if err != nil {
		return err
	}
	b, err := removal.Of(s.Desk).Brake(r.Context())
	if err != nil {
		return err
	}
	marked, err := removal.Of(s.Desk).Marked(r.Context(), person)
	if err != nil {
		return err
	}
	view := page.Removals{Staff: person.Name, Held: held(b, person, s.Desk.Now())}
	for _, m := range marked {
		l := page.MarkedLine{Reference: m.Reference, Course: m.Course, Ends: course.DateOf(m.Ends).String()}
		if c := s.Desk.Programme.Course(m.Course); c != nil {
			l.Course = c.Title
		}
		view.Marked = append(view.Marked, l)
	}
	for _, said := range b.Said {
		view.Said = append(view.Said, page.Said{At: course.Moment(said.At), By: said.By, What: saying[said.What],
			Count: said.Count})
	}
	slices.Reverse(view.Said)
	return s.Render(w, http.StatusOK, "removals", frame("Removals"), view)
}

// held is what the brake holds, as the person sees it; nil if it holds nothing.
func held(b *record.Brake, person *staff.Person, now time.Time) *page.Held {
	h := b.Held
	if h == nil {
		return nil
	}
	view := &page.Held{Since: course.Moment(h.Since), Why: h.Why, Count: h.Count}
	switch {
	case b.Allowed != nil:
		view.Allowed = true
	case !h.Refused.IsZero():
		view.Refused = course.Moment(h.Refused)
	case h.Waits(now):
		view.Asked, view.Mine = course.Moment(h.Asked.At), strings.EqualFold(h.Asked.By, person.Email)
	}
	return view
}

// restore brings back an application that is marked for removal.
func (s *server) restore(w http.ResponseWriter, r *http.Request) error {
	person, err := member(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	ref := posted.Get("reference")
	if !application.IsReference(ref) {
		return web.ErrNotFound
	}
	if err := removal.Of(s.Desk).Restore(r.Context(), person, ref); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/review/"+ref)
}

// sayHeld takes a decision about held removals: to carry them out, if a second person agrees, or to
// keep the records.
func (s *server) sayHeld(w http.ResponseWriter, r *http.Request) error {
	person, err := member(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	count, wrong := strconv.Atoi(posted.Get("count"))
	switch say := posted.Get("held"); {
	case say == "refuse":
		err = removal.Of(s.Desk).RefuseBy(r.Context(), person)
	case say == "allow" && wrong == nil: // if nothing is held any more, or the number has changed, the page shows it
		_, err = removal.Of(s.Desk).AllowBy(r.Context(), person, count)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, atRemovals)
}
