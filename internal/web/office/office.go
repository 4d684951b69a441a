// Package office has the pages by which the office works without a shell: everything about one
// person and its erasure, applications on paper, letters that did not go or that go by post,
// removals, and the journal. The rules are those of the commands, and stand in the same package,
// internal/office. Whatever destroys data takes two people of the office, and is carried out by the
// worker that sends letters.
//
// For everybody else these pages do not exist. They read only the store of applications, and know
// nothing of mentoring. What is typed about a person is posted, so that no address contains it.
package office

import (
	"net/http"

	"traininghub/internal/office"
	"traininghub/internal/page"
	"traininghub/internal/paper"
	"traininghub/internal/removal"
	"traininghub/internal/staff"
	"traininghub/internal/web"
)

// Below is where the addresses of these pages begin, apart from the page of removals.
const Below = "/review/office/"

// A server has the handlers of this part.
type server struct {
	*web.Server
	paper *paper.Desk
}

// Routes are the addresses of the office.
func Routes(shared *web.Server) []web.Route {
	s := &server{shared, paper.Of(shared.Desk)}
	return []web.Route{
		web.On("GET /review/office/{$}", web.Staff, s.first),

		// Everything about one person: person.go.
		web.On("GET /review/office/person", web.Staff, s.askPerson),
		web.On("POST /review/office/person", web.Staff, s.person),
		web.On("GET /review/office/person/file", web.Staff, s.toPerson),
		web.On("POST /review/office/person/file", web.Staff, s.file),
		web.On("GET /review/office/person/erase", web.Staff, s.toPerson),
		web.On("POST /review/office/person/erase", web.Staff, s.erase),
		web.On("POST /review/office/erasures", web.Staff, s.refuse),

		// What the hub has done and owes: journal.go.
		web.On("GET /review/office/journal", web.Staff, s.journal),
		web.On("GET /review/office/letters", web.Staff, s.letters),
		web.On("GET /review/office/letters/{reference}", web.Staff, s.lettersOf),
		web.On("POST /review/office/letters/{reference}", web.Staff, s.sendAgain),

		// Applications on paper: paper.go.
		web.On("GET /review/office/paper", web.Staff, s.choosePaper),
		web.On("GET /review/office/paper/{form}", web.Staff, s.askPaper),
		web.On("POST /review/office/paper/{form}", web.Staff, s.enterPaper).WithFile(),
		web.On("GET /review/{reference}/scan", web.Staff, s.scan),
		web.On("GET /review/office/letters/{reference}/{letter}", web.Staff, s.toPost),

		// What is marked for removal: removals.go.
		web.On("GET /review/removals", web.Staff, s.removals),
		web.On("POST /review/removals/restore", web.Staff, s.restore),
		web.On("POST /review/removals/held", web.Staff, s.sayHeld),
	}
}

// member is the person who has signed in, if they belong to the office. For others the page does
// not exist.
func member(r *http.Request) (*staff.Person, error) {
	person := web.StaffOf(r)
	if len(person.Where(staff.Restore, staff.Courses)) == 0 {
		return nil, web.ErrNotFound
	}
	return person, nil
}

// frame is the frame of a page for the office. Titles name nobody, since browsers keep them.
func frame(heading string) page.Frame {
	f := page.Frame{Heading: heading, Title: heading, Application: true,
		Back: &page.Link{Text: "For the office", Href: Below}}
	if heading == firstTitle {
		f.Back = &page.Link{Text: "All applications", Href: "/review/"}
	}
	return f
}

const firstTitle = "For the office"

// show shows a page made of blocks.
func (s *server) show(w http.ResponseWriter, status int, heading string, person *staff.Person, blocks ...page.Block) error {
	return s.Render(w, status, "work", frame(heading), page.Work{
		SignedIn: &page.SignedIn{Name: person.Name, Out: "/review/sign-out"}, Blocks: blocks,
	})
}

// first shows what the office can do, and what waits for it.
func (s *server) first(w http.ResponseWriter, r *http.Request) error {
	person, err := member(r)
	if err != nil {
		return err
	}
	erasures, err := s.Office.LatestErasures(r.Context(), 20)
	if err != nil {
		return err
	}
	stuck, err := s.Office.Stuck(r.Context())
	if err != nil {
		return err
	}
	b, err := removal.Of(s.Desk).Brake(r.Context())
	if err != nil {
		return err
	}
	var waits []string
	for _, e := range erasures {
		if e.Waits(s.Desk.Now()) {
			waits = append(waits, s.waiting(e, person))
		}
	}
	if len(stuck) > 0 {
		waits = append(waits, plural(len(stuck), "record has", "records have")+" letters that did not go.")
	}
	if b.Held != nil {
		waits = append(waits, "Removals are held back, because something is unusual.")
	}
	var blocks []page.Block
	if len(waits) > 0 {
		blocks = append(blocks, page.Block{Title: "What waits", Note: waits})
	}
	var paper []page.Link
	if s.Desk.Scans != nil {
		paper = []page.Link{{Text: paperTitle, Href: atPaper}}
	}
	return s.show(w, http.StatusOK, firstTitle, person, append(blocks, page.Block{Title: "What you can do", Links: append(paper, []page.Link{
		{Text: "Give somebody what we keep about them, or erase it", Href: Below + "person"},
		{Text: "Letters that did not go", Href: Below + "letters"},
		{Text: "Removals", Href: atRemovals},
		{Text: "Journal: who took what out of the hub, and what was erased", Href: Below + "journal"},
	}...)})...)
}

// waiting says that an erasure waits for a second person.
func (s *server) waiting(e *office.Erasure, person *staff.Person) string {
	who := e.Asked.By + " asked"
	if e.Asked.By == person.Email {
		who = "You asked"
	}
	return who + " for a second person to allow the erasure of " + plural(e.Count, "record", "records") +
		". Find the person again to see which."
}
