package lead

import (
	"errors"
	"net/http"

	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/mentoring"
	"traininghub/internal/page"
	"traininghub/internal/record"
	"traininghub/internal/web"
)

// askProforma shows a section of the pro-forma, as typed so far.
func (s *server) askProforma(w http.ResponseWriter, r *http.Request) error {
	q, err := s.open(r, mentoring.ReadProforma)
	if err != nil {
		return err
	}
	sheet := s.desk.Sheet(q.Service)
	if sheet == nil {
		return web.ErrNotFound
	}
	asked, _ := sheet.Section(r.PathValue("section"))
	switch {
	case asked == nil:
		return web.ErrNotFound
	case !q.Writable():
		return web.SeeOther(w, r, at(q.ID))
	}
	return s.proformaPage(w, q.ID, sheet, asked, q.Typed(), nil)
}

// proformaPage asks a section. Each is saved as soon as it is posted, mistakes included, since the
// call goes on meanwhile.
func (s *server) proformaPage(
	w http.ResponseWriter, id string, sheet *form.Sheet, asked *form.Section, v form.Values, problems []form.Problem,
) error {
	_, n := sheet.Section(asked.ID)
	intro := asked.Intro
	if n == 1 {
		intro = append(append([]string{}, sheet.Intro...), intro...)
	}
	back := toRequest(id)
	if n > 1 {
		back = &page.Link{Text: sheet.Sections[n-2].Title, Href: at(id) + "/proforma/" + sheet.Sections[n-2].ID}
	}
	f := frame(asked.Title, back)
	f.Title = "Pro-forma"
	return s.ask(w, f, page.Ask{
		Intro: intro, Asking: page.Asking{Section: asked, Values: v, Problems: problems},
		Action: at(id) + "/proforma/" + asked.ID, Button: "Save and continue", Cancel: at(id),
	})
}

func (s *server) saveProforma(w http.ResponseWriter, r *http.Request) error {
	p, posted, q, err := s.sent(r)
	if err != nil {
		return err
	}
	sheet := s.desk.Sheet(q.Service)
	if sheet == nil {
		return web.ErrNotFound
	}
	asked, n := sheet.Section(r.PathValue("section"))
	if asked == nil {
		return web.ErrNotFound
	}
	v := asked.Read(posted)
	problems, err := s.desk.SaveProforma(r.Context(), p, q.ID, asked.ID, v)
	switch {
	case errors.Is(err, mentoring.ErrMove):
		return web.SeeOther(w, r, at(q.ID))
	case err != nil:
		return known(err)
	case len(problems) > 0:
		return s.proformaPage(w, q.ID, sheet, asked, v, problems)
	case n < len(sheet.Sections):
		return web.SeeOther(w, r, at(q.ID)+"/proforma/"+sheet.Sections[n].ID)
	}
	return web.SeeOther(w, r, at(q.ID)+"/conclude")
}

// askConclude shows the whole pro-forma, what is missing, and the button.
func (s *server) askConclude(w http.ResponseWriter, r *http.Request) error {
	q, err := s.open(r, mentoring.ReadProforma)
	if err != nil {
		return err
	}
	sheet := s.desk.Sheet(q.Service)
	state, _ := q.State()
	switch {
	case sheet == nil:
		return web.ErrNotFound
	case !q.Writable():
		return web.SeeOther(w, r, at(q.ID))
	}
	wrong := map[string]string{}
	gaps := s.desk.Gaps(q)
	for _, g := range gaps {
		for _, p := range g.Problems {
			wrong[p.Question] = p.Text
		}
	}
	view, v := page.Work{}, q.Typed()
	for i := range sheet.Sections {
		asked := &sheet.Sections[i]
		b := page.Block{Title: asked.Title}
		for k := range asked.Questions {
			question := &asked.Questions[k]
			b.Facts = append(b.Facts, page.Fact{Question: question.Label, Answer: question.Shown(v),
				Wrong:  wrong[question.ID],
				Change: at(q.ID) + "/proforma/" + asked.ID + "#" + question.Inputs()[0]})
		}
		view.Blocks = append(view.Blocks, b)
	}
	last := page.Block{Title: "Complete the pro-forma"}
	switch {
	case state != mentoring.Talked && q.Proforma == nil:
		last.Text = []string{"Note first when you talked. Then you can complete the pro-forma."}
		last.Links = []page.Link{{Text: "We have talked", Href: at(q.ID) + "/talked"}}
	case len(gaps) > 0:
		last.Note = []string{"Something is missing or does not fit together. It is marked above."}
	default:
		last.Text = []string{"Read it to them if they are still on the phone. They can read it on their page, too, " +
			"and correct it."}
		last.Buttons = []page.Button{{Text: "Complete the pro-forma", Action: at(q.ID) + "/conclude"}}
	}
	view.Blocks = append(view.Blocks, last)
	f := frame("Check the pro-forma", toRequest(q.ID))
	return s.show(w, r, f, view)
}

func (s *server) conclude(w http.ResponseWriter, r *http.Request) error {
	p, err := lead(r)
	if err != nil {
		return err
	}
	id := r.PathValue("request")
	gaps, err := s.desk.Conclude(r.Context(), p, id)
	if err == nil && len(gaps) > 0 {
		return web.SeeOther(w, r, at(id)+"/conclude")
	}
	what := "seeking"
	if q, err := s.desk.Mine(r.Context(), p, id); err == nil && q.Proforma != nil &&
		q.Proforma.Decision == mentoring.DecideNotApt {
		what = "signposted"
	}
	return s.went(w, r, id, err, what)
}

// printProforma gives the pro-forma as a PDF. Each page says that it is confidential, who has it
// and since when.
func (s *server) printProforma(w http.ResponseWriter, r *http.Request) error {
	q, err := s.open(r, mentoring.ReadProforma)
	if err != nil {
		return err
	}
	if q.Proforma == nil {
		return web.ErrNotFound
	}
	return s.pdf(w, s.desk.Paper(q, web.StaffOf(r).Name))
}

func (s *server) pdf(w http.ResponseWriter, d *document.Document) error {
	file, err := d.File("pro-forma", s.desk.PDF)
	if err != nil {
		s.Log.Error("PDF not drawn; the text goes instead", "error", err)
	}
	return s.File(w, record.Attachment{Name: file.Name, Type: file.Type, Data: file.Data})
}

// printBlank gives the empty pro-forma of a service, for a call away from the screen.
func (s *server) printBlank(w http.ResponseWriter, r *http.Request) error {
	p, err := lead(r)
	if err != nil {
		return err
	}
	of := s.desk.Service(r.PathValue("service"))
	if of == nil || !s.leads(p, of.ID) || s.desk.Sheet(of.ID) == nil || s.others.Blank == nil {
		return web.ErrNotFound
	}
	data, err := s.others.Blank(mentoring.BlankProforma(s.desk.Sheet(of.ID)))
	if err != nil {
		return err
	}
	return s.File(w, record.Attachment{Name: "pro-forma-blank.pdf", Type: "application/pdf", Data: data})
}
