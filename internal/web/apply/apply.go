// Package apply is an applicant's journey through an application, from the first section to the
// page that confirms that it has arrived.
package apply

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/page"
	"traininghub/internal/programme"
	"traininghub/internal/web"
)

// A server has the handlers of this part.
type server struct{ *web.Server }

// Routes are the addresses for applying for a course, from the first section of an application
// until it is sent.
func Routes(shared *web.Server) []web.Route { return At(programme.ApplyBelow)(shared) }

// At are the same addresses below another path.
func At(below string) web.Part {
	return func(shared *web.Server) []web.Route {
		s := &server{shared}
		at := below + "{form}"
		all := []web.Route{
			web.On("POST "+at+"/start", web.Anybody, s.start),
			web.On("GET "+at, web.Drafting, s.proceed),
			web.On("GET "+at+"/{section}", web.Drafting, s.section),
			web.On("POST "+at+"/{section}", web.Drafting, s.saveSection),
			web.On("GET "+at+"/{section}/{row}", web.Drafting, s.row),
			web.On("POST "+at+"/{section}/{row}", web.Drafting, s.saveRow),
			web.On("GET "+at+"/{section}/{row}/remove", web.Drafting, s.askRemove),
			web.On("POST "+at+"/{section}/{row}/remove", web.Drafting, s.remove),
			web.On("GET "+at+"/check", web.Drafting, s.check),
			web.On("GET "+at+"/declarations", web.Drafting, s.declarations),
			web.On("POST "+at+"/declarations", web.Drafting, s.send),
			web.On("GET "+at+"/sent", web.Drafting, s.sent),
			web.On("POST "+at, web.Drafting, s.leaveAgain),
			web.On("GET "+at+"/resume/{link}", web.Linked, s.askResume),
			web.On("POST "+at+"/resume/{link}", web.Linked, s.resume),
		}
		for i := range all {
			if all[i].By == web.Drafting {
				all[i].Do = s.orLeft(all[i].Do)
			}
		}
		return all
	}
}

// orLeft answers a device that has left its draft with a page on how to go on with it.
func (s *server) orLeft(do web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		err := do(w, r)
		if !errors.Is(err, intake.ErrNoDraft) {
			return err
		}
		def, none := s.form(r)
		if none != nil {
			return err
		}
		until, none := s.Desk.Left(r.Context(), def, key(r))
		if none != nil {
			return err
		}
		return s.leftPage(w, r, def, "", until)
	}
}

// leftPage says how to go on with a saved draft. It shows the e-mail address only once, right after
// the draft was left: later somebody else may be at the screen.
func (s *server) leftPage(
	w http.ResponseWriter, r *http.Request, def *form.Definition, email string, until time.Time,
) error {
	view := page.Left{Form: def, Email: email, Until: course.DateOf(until).String(), Offer: s.page(def)}
	if def.Course != "" {
		view.Again = web.Of(key(r), s.base(def))
	}
	return s.Render(w, http.StatusOK, "left", s.frame(def, "Your "+def.Called()+" is saved", "", nil), view)
}

// leaveAgain mails the link again.
func (s *server) leaveAgain(w http.ResponseWriter, r *http.Request) error {
	def, err := s.form(r)
	if err != nil {
		return err
	}
	if s.From(r, "link", "") > web.MaxLinks {
		return web.ErrTooMany
	}
	email, until, err := s.Desk.Leave(r.Context(), def, key(r))
	if err != nil {
		return err
	}
	if s.From(r, "leave", email) > web.MaxToOne {
		return web.ErrTooMany
	}
	return s.leftPage(w, r, def, "", until)
}

// page is the page of the form's course or service. Every form has one.
func (s *server) page(def *form.Definition) string { return s.Desk.Programme.Offer(def).Page() }

// base is the address below which the form is filled in.
func (s *server) base(def *form.Definition) string { return s.Desk.Programme.Offer(def).Fill(def.ID) }

func (s *server) form(r *http.Request) (*form.Definition, error) {
	if def := s.Desk.Programme.Forms[r.PathValue("form")]; def != nil {
		return def, nil
	}
	return nil, web.ErrNotFound
}

func key(r *http.Request) string { return web.Cookie(r, web.DraftCookie) }

// draft is the form in the address, and the draft that the cookie opens. It returns an error if the
// application was sent, or the course takes none now.
func (s *server) draft(r *http.Request) (*form.Definition, *application.Application, error) {
	def, err := s.form(r)
	if err != nil {
		return nil, nil, err
	}
	a, err := s.Desk.Draft(r.Context(), def, key(r))
	return def, a, err
}

// rejected logs which questions were answered wrongly, so that a question on which many people
// stumble is noticed.
func (s *server) rejected(def *form.Definition, section string, problems []form.Problem) {
	var inputs []string
	for _, p := range problems {
		inputs = append(inputs, p.Input)
	}
	s.Log.Info("rejected", "form", def.ID, "section", section, "questions", strings.Join(inputs, " "))
}

// start receives the first section, whose page is a static page of the site.
func (s *server) start(w http.ResponseWriter, r *http.Request) error {
	def, err := s.form(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	first := &def.Sections[0]
	v := first.Read(posted)
	var flags []string
	if posted.Get("website") != "" {
		flags = append(flags, web.Trapped)
	}
	if s.From(r, "start", "") > web.MaxStarts {
		return web.ErrTooMany
	}
	a, newKey, problems, err := s.Desk.Start(r.Context(), def, key(r), v, flags...)
	if errors.Is(err, intake.ErrNotOpen) || len(problems) == 0 && err != nil && !errors.Is(err, intake.ErrSent) {
		return err
	}
	if len(problems) > 0 {
		s.rejected(def, first.ID, problems)
		view := s.sectionView(r, def, first, v, problems)
		view.First, view.Leave, view.Action = true, false, s.base(def)+"/start"
		view.Help = s.Desk.Programme.Offer(def).Mentoring()
		return s.Render(w, http.StatusUnprocessableEntity, "section", s.frame(def, def.Title, s.page(def), problems),
			view)
	}
	s.SetCookie(w, web.DraftCookie, s.base(def), newKey)
	if err != nil {
		return err // already sent: goes on to the confirmation, with the cookie that opens it
	}
	return web.SeeOther(w, r, s.after(def, a, first))
}

// after is where the journey goes after a section: to the next incomplete section, or to "check
// your answers".
func (s *server) after(def *form.Definition, a *application.Application, done *form.Section) string {
	_, n := def.Section(done.ID)
	for _, gap := range a.Answers.Gaps(def, s.now()) {
		if _, at := def.Section(gap.Section.ID); at > n {
			return s.at(def, gap)
		}
	}
	return s.base(def) + "/check"
}

// at is the address of an incomplete section, or of an incomplete entry of a list.
func (s *server) at(def *form.Definition, gap application.Gap) string {
	return strings.TrimSuffix(s.base(def)+"/"+gap.Section.ID+"/"+gap.Row, "/")
}

// proceed goes on with this device's draft, at its first incomplete section.
func (s *server) proceed(w http.ResponseWriter, r *http.Request) error {
	def, a, err := s.draft(r)
	if err != nil {
		return err
	}
	if gaps := a.Answers.Gaps(def, s.now()); len(gaps) > 0 {
		return web.SeeOther(w, r, s.at(def, gaps[0]))
	}
	return web.SeeOther(w, r, s.base(def)+"/check")
}

func (s *server) frame(def *form.Definition, heading, back string, problems []form.Problem) page.Frame {
	f := page.Frame{Heading: heading, Title: heading, Application: true, Problem: len(problems) > 0}
	if heading != def.Title {
		f.Title += " – " + def.Title
	}
	if back != "" {
		f.Back = &page.Link{Text: "Back", Href: back}
	}
	return f
}

// before is the page before a section.
func (s *server) before(def *form.Definition, sec *form.Section) string {
	_, n := def.Section(sec.ID)
	if n < 2 {
		return s.page(def)
	}
	return s.base(def) + "/" + def.Sections[n-2].ID
}

func (s *server) sectionView(
	r *http.Request, def *form.Definition, sec *form.Section, v form.Values, problems []form.Problem,
) page.Section {
	_, n := def.Section(sec.ID)
	return page.Section{
		Form: def, Asking: page.Asking{Section: sec.At(s.now()), Values: v, Problems: problems}, Number: n, Of: len(def.Sections),
		Action: web.Of(key(r), s.base(def)+"/"+sec.ID),
		Leave:  true, Deadline: s.Desk.Programme.Offer(def).ApplyBy(), Continue: s.base(def),
	}
}

// sectionOf is the section in the address.
func sectionOf(def *form.Definition, r *http.Request) (*form.Section, error) {
	if sec, _ := def.Section(r.PathValue("section")); sec != nil {
		return sec, nil
	}
	return nil, web.ErrNotFound
}

func (s *server) section(w http.ResponseWriter, r *http.Request) error {
	if r.PathValue("section") == "start" { // the first page posts to this address; somebody opened it by hand
		def, err := s.form(r)
		if err != nil {
			return err
		}
		return web.SeeOther(w, r, s.page(def)+"apply/")
	}
	def, a, err := s.draft(r)
	if err != nil {
		return err
	}
	sec, err := sectionOf(def, r)
	if err != nil {
		return err
	}
	if sec.Repeat != nil {
		return s.list(w, def, a, sec, "", nil)
	}
	view := s.sectionView(r, def, sec, a.Answers.Values[sec.ID], nil)
	view.Unchecked, view.From = intake.Unchecked(a, sec.ID), a.FromAnother(sec.ID)
	return s.Render(w, http.StatusOK, "section", s.frame(def, sec.Title, s.before(def, sec), nil), view)
}

func (s *server) saveSection(w http.ResponseWriter, r *http.Request) error {
	def, err := s.form(r)
	if err != nil {
		return err
	}
	sec, err := sectionOf(def, r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	if sec.Repeat != nil {
		return s.another(w, r, sec, posted)
	}
	v := sec.Read(posted)
	if posted.Get("leave") != "" {
		a, err := s.Desk.SaveLeft(r.Context(), def, key(r), sec, v)
		if err != nil {
			return err
		}
		return s.leave(w, r, def, a)
	}
	a, err := s.Desk.Save(r.Context(), def, key(r), sec, v)
	if err != nil {
		return err
	}
	if problems := a.Answers.Check(def, sec, s.now()); len(problems) > 0 {
		s.rejected(def, sec.ID, problems)
		return s.Render(w, http.StatusUnprocessableEntity, "section", s.frame(def, sec.Title, s.before(def, sec),
			problems), s.sectionView(r, def, sec, v, problems))
	}
	return web.SeeOther(w, r, s.after(def, a, sec))
}

// list shows the entries of a section that repeats.
func (s *server) list(w http.ResponseWriter, def *form.Definition, a *application.Application, sec *form.Section,
	another string, problems []form.Problem) error {
	_, n := def.Section(sec.ID)
	rows := s.rows(def, a, sec, true)
	view := page.List{
		Form: def, Section: sec, Number: n, Of: len(def.Sections), Action: web.Of(a.Reference, s.base(def)+"/"+sec.ID),
		Rows: rows, CanAdd: len(rows) < sec.Repeat.Max, Need: max(0, sec.Repeat.Min-len(rows)), Another: another,
		Problems: problems, Unchecked: intake.Unchecked(a, sec.ID), From: a.FromAnother(sec.ID),
	}
	return s.Render(w, web.StatusOf(problems), "list", s.frame(def, sec.Title, s.before(def, sec), problems), view)
}

// rows are the entries of a list as cards, with links to change and remove them if links is set.
func (s *server) rows(def *form.Definition, a *application.Application, sec *form.Section, links bool) []page.ListRow {
	var rows []page.ListRow
	for i, row := range a.Answers.Rows[sec.ID] {
		at := s.base(def) + "/" + sec.ID + "/" + row.ID
		card := page.ListRow{Name: rowName(sec, row.Values, i+1),
			Facts: facts(sec, row.Values, sec.Check(row.Values, s.now()), "")}
		if links {
			card.Change, card.Remove = at, at+"/remove"
		}
		rows = append(rows, card)
	}
	return rows
}

// rowName is what an entry is called: its naming answer, or "Reference 1".
func rowName(sec *form.Section, v form.Values, n int) string {
	if name := sec.Question(sec.Repeat.Name).Shown(v); name != "" {
		return name
	}
	return capital(sec.Repeat.Item) + fmt.Sprintf(" %d", n)
}

// capital makes the first letter of a word a capital.
func capital(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

// now is the time in London.
func (s *server) now() time.Time { return s.Desk.Now().In(course.London) }

// facts are a section's answers, with what is wrong with them, and the address for changing them.
func facts(sec *form.Section, v form.Values, problems []form.Problem, change string) []page.Fact {
	wrong := map[string]string{}
	for _, p := range problems {
		wrong[p.Question] = p.Text
	}
	var facts []page.Fact
	for i := range sec.Questions {
		q := &sec.Questions[i]
		fact := page.Fact{Question: q.Label, Answer: q.Shown(v), Wrong: wrong[q.ID]}
		if change != "" {
			fact.Change = change + "#" + q.Inputs()[0]
		}
		facts = append(facts, fact)
	}
	return facts
}

// another receives the answer to "do you want to add another?".
func (s *server) another(w http.ResponseWriter, r *http.Request, sec *form.Section, posted url.Values) error {
	def, a, err := s.draft(r)
	if err != nil {
		return err
	}
	rows := len(a.Answers.Rows[sec.ID])
	answer := posted.Get("another")
	problem := func(text string) error {
		return s.list(w, def, a, sec, answer, []form.Problem{{Input: "another", Inputs: []string{"another"},
			Text: text}})
	}
	switch {
	case posted.Get("leave") != "":
		return s.leave(w, r, def, a)
	case answer == "yes" && rows < sec.Repeat.Max:
		return web.SeeOther(w, r, s.base(def)+"/"+sec.ID+"/new")
	case rows < sec.Repeat.Min:
		return problem(application.TooFew(sec, sec.Repeat.Min-rows).Text)
	case answer != "no" && rows < sec.Repeat.Max && rows > 0:
		return problem("Select yes if you want to add another " + sec.Repeat.Item)
	case answer != "no" && rows == 0:
		return problem("Select yes if you want to add a " + sec.Repeat.Item)
	}
	if a, err = s.Desk.FinishList(r.Context(), def, key(r), sec); err != nil {
		return err
	}
	return web.SeeOther(w, r, s.after(def, a, sec))
}

// item is the list and the entry in an address. The values are nil if the entry does not exist yet.
func (s *server) item(
	r *http.Request,
) (def *form.Definition, a *application.Application, sec *form.Section, v form.Values, n int, err error) {
	if def, a, err = s.draft(r); err != nil {
		return
	}
	if sec, err = sectionOf(def, r); err != nil {
		return
	}
	if sec.Repeat == nil || len(r.PathValue("row")) > 32 {
		err = web.ErrNotFound
		return
	}
	row, n := a.Answers.Row(sec.ID, r.PathValue("row"))
	if row != nil {
		return def, a, sec, row.Values, n, nil
	}
	return def, a, sec, nil, len(a.Answers.Rows[sec.ID]) + 1, nil
}

func (s *server) rowView(w http.ResponseWriter, r *http.Request, def *form.Definition, sec *form.Section, n int,
	v form.Values, problems []form.Problem) error {
	view := s.sectionView(r, def, sec, v, problems)
	view.Item = fmt.Sprintf("%s %d", sec.Repeat.Item, n)
	view.Action = web.Of(key(r), s.base(def)+"/"+sec.ID+"/"+r.PathValue("row"))
	heading := capital(view.Item)
	return s.Render(w, web.StatusOf(problems), "section", s.frame(def, heading, s.base(def)+"/"+sec.ID, problems), view)
}

// row shows one entry. "new" redirects to a new id, so that a second click saves the same entry.
func (s *server) row(w http.ResponseWriter, r *http.Request) error {
	def, _, sec, v, n, err := s.item(r)
	if err != nil {
		return err
	}
	row := r.PathValue("row")
	if row == "new" {
		return web.SeeOther(w, r, s.base(def)+"/"+sec.ID+"/"+application.NewRowID())
	}
	if v == nil && n > sec.Repeat.Max {
		return web.SeeOther(w, r, s.base(def)+"/"+sec.ID)
	}
	return s.rowView(w, r, def, sec, n, v, nil)
}

func (s *server) saveRow(w http.ResponseWriter, r *http.Request) error {
	def, a, sec, _, n, err := s.item(r)
	if err != nil {
		return err
	}
	row := r.PathValue("row")
	if row == "new" {
		return web.ErrNotFound
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v := sec.Read(posted)
	switch _, err := s.Desk.SaveRow(r.Context(), def, key(r), sec, row, v); {
	case errors.Is(err, intake.ErrFull):
		return web.SeeOther(w, r, s.base(def)+"/"+sec.ID)
	case err != nil:
		return err
	}
	if posted.Get("leave") != "" {
		return s.leave(w, r, def, a)
	}
	if problems := sec.Check(v, s.now()); len(problems) > 0 {
		s.rejected(def, sec.ID, problems)
		return s.rowView(w, r, def, sec, n, v, problems)
	}
	return web.SeeOther(w, r, s.base(def)+"/"+sec.ID)
}

func (s *server) askRemove(w http.ResponseWriter, r *http.Request) error {
	def, _, sec, v, n, err := s.item(r)
	if err != nil {
		return err
	}
	if v == nil {
		return web.SeeOther(w, r, s.base(def)+"/"+sec.ID)
	}
	list := s.base(def) + "/" + sec.ID
	view := page.Remove{Item: sec.Repeat.Item, Name: rowName(sec, v, n),
		Action: web.Of(key(r), list+"/"+r.PathValue("row")+"/remove"), Back: list}
	return s.Render(w, http.StatusOK, "remove", s.frame(def, "Remove this "+sec.Repeat.Item, list, nil), view)
}

func (s *server) remove(w http.ResponseWriter, r *http.Request) error {
	def, _, sec, _, _, err := s.item(r)
	if err != nil {
		return err
	}
	if err := s.Desk.RemoveRow(r.Context(), def, key(r), sec, r.PathValue("row")); err != nil {
		return err
	}
	return web.SeeOther(w, r, s.base(def)+"/"+sec.ID)
}

// leave mails a link for going on, and removes the draft from this device. What was on the page has
// already been saved.
func (s *server) leave(w http.ResponseWriter, r *http.Request, def *form.Definition, a *application.Application) error {
	email := application.ApplicantOf(def, &a.Answers).Email
	if s.From(r, "link", "") > web.MaxLinks || s.From(r, "leave", email) > web.MaxToOne {
		return web.ErrTooMany
	}
	email, until, err := s.Desk.Leave(r.Context(), def, key(r))
	if errors.Is(err, intake.ErrIncomplete) { // there is no address yet to mail the link to
		first := &def.Sections[0]
		if a, err = s.Desk.Open(r.Context(), def, key(r)); err != nil {
			return err
		}
		v := a.Answers.Values[first.ID]
		problems := first.Check(v, s.now())
		return s.Render(w, http.StatusUnprocessableEntity, "section", s.frame(def, first.Title, s.before(def, first),
			problems), s.sectionView(r, def, first, v, problems))
	}
	if err != nil {
		return err
	}
	if def.Course == "" {
		s.SetCookie(w, web.DraftCookie, s.base(def), "")
	}
	return s.leftPage(w, r, def, email, until)
}

// askResume shows the button behind a mailed link. It changes nothing, since mail scanners open
// links, too.
func (s *server) askResume(w http.ResponseWriter, r *http.Request) error {
	def, err := s.form(r)
	if err != nil {
		return err
	}
	if err := s.Desk.Peek(r.Context(), def, r.PathValue("link")); err != nil {
		return err
	}
	return s.Render(w, http.StatusOK, "resume", s.frame(def, "Continue your "+def.Called(), "", nil),
		page.Resume{Form: def, Action: r.URL.EscapedPath()})
}

func (s *server) resume(w http.ResponseWriter, r *http.Request) error {
	def, err := s.form(r)
	if err != nil {
		return err
	}
	newKey, err := s.Desk.Resume(r.Context(), def, r.PathValue("link"))
	if err != nil {
		return err
	}
	s.SetCookie(w, web.DraftCookie, s.base(def), newKey)
	return web.SeeOther(w, r, s.base(def))
}

// check shows every answer before sending.
func (s *server) check(w http.ResponseWriter, r *http.Request) error {
	def, a, err := s.draft(r)
	if err != nil {
		return err
	}
	return s.checkPage(w, def, a, http.StatusOK)
}

func (s *server) checkPage(w http.ResponseWriter, def *form.Definition, a *application.Application, status int) error {
	view := page.Check{Form: def, Sections: s.summaries(def, a)}
	for _, g := range a.Answers.Gaps(def, s.now()) {
		at := s.at(def, g)
		if len(g.Problems) == 0 {
			do := "Complete"
			if intake.Unchecked(a, g.Section.ID) || a.FromAnother(g.Section.ID) != "" {
				do = "Check"
			}
			view.Problems = append(view.Problems, form.Problem{Input: at, Text: do + " the section “" +
				g.Section.Title + "”"})
		}
		for _, p := range g.Problems {
			view.Problems = append(view.Problems, form.Problem{Input: at + "#" + p.Input, Text: p.Text})
		}
	}
	for _, doubt := range application.DoubtsOf(def, &a.Answers, "") {
		sec, _ := def.Section(doubt.Section)
		at := s.base(def) + "/" + sec.ID
		if doubt.Row > 0 {
			at += "/" + a.Answers.Rows[sec.ID][doubt.Row-1].ID
		}
		at += "#" + sec.Question(doubt.Question).Inputs()[0]
		view.Doubts = append(view.Doubts, page.Doubt{Doubt: doubt, Change: at})
	}
	if len(view.Problems) == 0 {
		view.Next = s.base(def) + "/declarations"
	}
	f := s.frame(def, "Check your answers before sending your "+def.Called(),
		s.base(def)+"/"+def.Sections[len(def.Sections)-1].ID, view.Problems)
	return s.Render(w, status, "check", f, view)
}

func (s *server) summaries(def *form.Definition, a *application.Application) []page.Summary {
	var all []page.Summary
	for i := range def.Sections {
		sec := &def.Sections[i]
		at := s.base(def) + "/" + sec.ID
		sum := page.Summary{Title: sec.Title}
		if sec.Repeat == nil {
			sum.Facts = facts(sec, a.Answers.Values[sec.ID], a.Answers.Check(def, sec, s.now()), at)
		} else {
			sum.Rows, sum.Add, sum.Item, sum.Items = s.rows(def, a, sec, true), at, sec.Repeat.Item, sec.Repeat.Items
		}
		all = append(all, sum)
	}
	return all
}

func (s *server) declarations(w http.ResponseWriter, r *http.Request) error {
	def, a, err := s.draft(r)
	if err != nil {
		return err
	}
	if len(a.Answers.Gaps(def, s.now())) > 0 {
		return web.SeeOther(w, r, s.base(def)+"/check")
	}
	return s.declare(w, r, def, nil, "", nil)
}

func (s *server) declare(w http.ResponseWriter, r *http.Request, def *form.Definition, ticked map[string]bool,
	signature string, problems []form.Problem) error {
	return s.Render(w, web.StatusOf(problems), "declare", s.frame(def, "Declarations and signature",
		s.base(def)+"/check", problems),
		page.Declare{Form: def, Action: web.Of(key(r), s.base(def)+"/declarations"), Ticked: ticked,
			Signature: signature, Problems: problems})
}

// send sends the application. Sending twice ends on the same confirmation.
func (s *server) send(w http.ResponseWriter, r *http.Request) error {
	def, err := s.form(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	ticked := map[string]bool{}
	for _, decl := range def.Declarations {
		ticked[decl.ID] = posted.Get("declaration-"+decl.ID) != ""
	}
	var flags []string
	switch n := s.From(r, "send", ""); {
	case n > web.MaxSends:
		return web.ErrTooMany
	case n > web.ManySends:
		flags = append(flags, web.ManySigned)
	}
	asked := def.Signature.Asks()
	signed := intake.Signed{Ticked: ticked, Name: asked.Read(posted)["signature"], Kept: posted.Get("signature-keep")}
	if def.Word != nil {
		asked := def.Word.Asks()
		signed.Word = asked.Read(posted)["word"]
	}
	a, again, problems, err := s.Desk.Send(r.Context(), def, key(r), signed, flags...)
	switch {
	case errors.Is(err, intake.ErrIncomplete):
		return s.checkPage(w, def, a, http.StatusUnprocessableEntity)
	case err != nil:
		return err
	case len(problems) > 0:
		s.rejected(def, "declarations", problems)
		return s.declare(w, r, def, ticked, signed.Name, problems)
	}
	if !again {
		s.Log.Info("received", "form", def.ID, "reference", a.Reference)
	}
	return web.SeeOther(w, r, s.base(def)+"/sent")
}

// sent shows the confirmation, only for an application that the store has received.
func (s *server) sent(w http.ResponseWriter, r *http.Request) error {
	def, err := s.form(r)
	if err != nil {
		return err
	}
	a, err := s.Desk.Open(r.Context(), def, key(r))
	if err != nil {
		return err
	}
	if a.Status() == application.Draft {
		return web.SeeOther(w, r, s.base(def)+"/check")
	}
	view := page.Sent{Form: def, Contact: s.Desk.Programme.Offer(def).Contact().Email, Next: def.Next}
	if doc := a.Document; doc != nil {
		view.Reference, view.Email, view.Received = doc.Reference, doc.Applicant.Email, course.Moment(doc.Received)
		view.Contact, view.Next = doc.Course.Contact, doc.Next
		for _, other := range s.Desk.Others(a) {
			view.Others = append(view.Others, s.Desk.Programme.Offer(other).Title())
		}
	}
	return s.Render(w, http.StatusOK, "sent", s.frame(def, capital(def.Called())+" sent", "", nil), view)
}
