// Package attend has the pages of attendance: marking behind a mailed link, the applicant's pages
// below /status/, the staff's below /review/attendance/, and the check of a certificate for anybody
// at /certificate/.
//
// The desk of attendance ([attend.Desk]) decides what somebody may see. A link for marking shows
// one cohort with names and marks, and no address. The check of a certificate answers in the same
// words for everything that is not a valid or replaced number with its surname.
package attend

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"traininghub/internal/attend"
	"traininghub/internal/form"
	"traininghub/internal/page"
	"traininghub/internal/web"
)

type server struct{ *web.Server }

// Routes are the addresses of attendance.
func Routes(shared *web.Server) []web.Route {
	s := &server{shared}
	return []web.Route{
		web.On("GET /certificate/{$}", web.Anybody, s.askCheck),
		web.On("POST /certificate/{$}", web.Anybody, s.check),

		// Markers: here.
		web.On("GET /attendance/{link}", web.Linked, s.cohort),
		web.On("GET /attendance/{link}/workshops/{workshop}", web.Linked, s.askMarks),
		web.On("POST /attendance/{link}/workshops/{workshop}", web.Linked, s.mark),
		web.On("GET /attendance/{link}/workshops/{workshop}/{person}", web.Linked, s.askCorrect),
		web.On("POST /attendance/{link}/workshops/{workshop}/{person}", web.Linked, s.correct),
		web.On("POST /attendance/{link}/completed/{person}", web.Linked, s.confirm),

		// Applicants: own.go.
		web.On("GET /status/workshops.ics", web.Following, s.calendar),
		web.On("GET /status/certificate.pdf", web.Following, s.ownCertificate),
		web.On("GET /status/missed/{workshop}", web.Following, s.askMissed),
		web.On("POST /status/missed/{workshop}", web.Following, s.missed),
		web.On("GET /status/progress", web.Following, s.askProgress),
		web.On("POST /status/progress", web.Following, s.progress),
		web.On("GET /status/questions", web.Following, s.askOpinions),
		web.On("POST /status/questions", web.Following, s.opinions),

		// The staff: staff.go.
		web.On("GET /review/attendance/{$}", web.Staff, s.registers),
		web.On("GET /review/attendance/cohorts/{register}", web.Staff, s.register),
		web.On("GET /review/attendance/cohorts/{register}/people/{person}", web.Staff, s.person),
		web.On("GET /review/attendance/cohorts/{register}/people/{person}/certificate.pdf", web.Staff, s.certificate),
		web.On("GET /review/attendance/cohorts/{register}/people/{person}/marks/{workshop}", web.Staff, s.askMark),
		web.On("POST /review/attendance/cohorts/{register}/people/{person}/marks/{workshop}", web.Staff, s.markAs),
		web.On("GET /review/attendance/cohorts/{register}/people/{person}/missed/{workshop}", web.Staff, s.askRule),
		web.On("POST /review/attendance/cohorts/{register}/people/{person}/missed/{workshop}", web.Staff, s.rule),
		web.On("GET /review/attendance/cohorts/{register}/people/{person}/name", web.Staff, s.askRename),
		web.On("POST /review/attendance/cohorts/{register}/people/{person}/name", web.Staff, s.rename),
		web.On("GET /review/attendance/cohorts/{register}/people/{person}/qualification", web.Staff, s.askQualify),
		web.On("POST /review/attendance/cohorts/{register}/people/{person}/qualification", web.Staff, s.qualify),
	}
}

// desk is the desk of attendance; a hub without one has no such pages.
func (s *server) desk() (*attend.Desk, error) {
	if d := attend.In(s.Office); d != nil {
		return d, nil
	}
	return nil, web.ErrNotFound
}

// words turns an error of the desk into one of the web's.
func words(err error) error {
	switch {
	case errors.Is(err, attend.ErrLink):
		return web.ErrNoMarkLink
	case errors.Is(err, attend.ErrNone), errors.Is(err, attend.ErrState):
		return web.ErrNotFound
	case errors.Is(err, attend.ErrOwn):
		return web.ErrOwnRecord
	}
	return err
}

// workshop is the index of the workshop in the address.
func workshop(r *http.Request) (int, error) {
	if r.PathValue("workshop") == "place" {
		return attend.WholePlace, nil
	}
	n, err := strconv.Atoi(r.PathValue("workshop"))
	if err != nil || n < 1 || n > 999 {
		return 0, web.ErrNotFound
	}
	return n - 1, nil
}

// number is what addresses call a workshop.
func number(workshop int) string {
	if workshop == attend.WholePlace {
		return "place"
	}
	return strconv.Itoa(workshop + 1)
}

func frame(heading, back, to string) page.Frame {
	f := page.Frame{Heading: heading, Title: heading, Application: true}
	if back != "" {
		f.Back = &page.Link{Text: back, Href: to}
	}
	return f
}

// sheet is the register that the link in the address opens, and its address.
func (s *server) sheet(r *http.Request) (*attend.Desk, *attend.Sheet, string, error) {
	d, err := s.desk()
	if err != nil {
		return nil, nil, "", err
	}
	sheet, err := d.Open(r.Context(), r.PathValue("link"))
	return d, sheet, attend.Marks + r.PathValue("link"), words(err)
}

// done says what was just done, by a word in the address.
func done(r *http.Request) string {
	return map[string]string{
		"saved": "Saved. Thank you.", "confirmed": "Thank you. We have noted that they completed the programme.",
		"others": "Saved. Somebody else had marked others in the meantime: their marks are shown below, and differ from yours. " +
			"Correct them if they are wrong.",
		"decided": "Your decision is recorded. We email the participant.", "answered": "Thank you. We have your answer.",
		"renamed": "The name is corrected. A certificate is issued anew.", "qualified": "The qualification is noted.",
		"counted": "Thank you. Your answers are counted.",
	}[r.URL.Query().Get("done")]
}

// cohort shows the workshops of a cohort to a marker.
func (s *server) cohort(w http.ResponseWriter, r *http.Request) error {
	_, sheet, at, err := s.sheet(r)
	if err != nil {
		return err
	}
	now := s.Desk.Now()
	view := page.Work{Done: done(r), Blocks: []page.Block{{Text: []string{
		sheet.Title + ", " + sheet.Named + ". Please mark for each workshop who came.",
		"This page shows names. Do not pass its link on.",
	}}}}
	for i, m := range sheet.Workshops {
		b := page.Block{Title: m.Title, Text: []string{m.When()}}
		switch _, err := sheet.Workshop(i, now); {
		case m.Cancelled:
			continue
		case err != nil:
			b.Text = append(b.Text, "You can mark who came when it has begun.")
		default:
			missing := len(sheet.Unmarked(i))
			text := "Mark who came"
			if missing == 0 {
				text = "Everybody is marked. See or correct the marks"
			} else {
				b.Text = append(b.Text, strconv.Itoa(missing)+" of "+strconv.Itoa(len(sheet.Present()))+" are not marked yet.")
			}
			b.Links = []page.Link{{Text: text + " (" + m.Title + ")", Href: at + "/workshops/" + number(i)}}
		}
		view.Blocks = append(view.Blocks, b)
	}
	if sheet.Course.Attendance.ProviderConfirms {
		view.Blocks = append(view.Blocks, confirming(sheet, at)...)
	}
	return s.Render(w, http.StatusOK, "work", frame("Who came", "", ""), view)
}

// confirming lists the participants whose completion the provider can confirm.
func confirming(sheet *attend.Sheet, at string) []page.Block {
	all := []page.Block{{Title: "Who has completed the programme", Text: []string{
		"Press the button for each participant who has completed the whole programme. You cannot take this back here: email us if you were wrong.",
	}}}
	for _, p := range sheet.Present() {
		if p.Complete != nil {
			all[0].Text = append(all[0].Text, p.Name+" has completed it.")
			continue
		}
		all = append(all, page.Block{Text: []string{p.Name}, Buttons: []page.Button{{Text: "Confirm that " + p.Name + " has completed it",
			Action: at + "/completed/" + p.Ref, Second: true}}})
	}
	return all
}

func (s *server) confirm(w http.ResponseWriter, r *http.Request) error {
	d, _, at, err := s.sheet(r)
	if err != nil {
		return err
	}
	if err := d.Confirm(r.Context(), r.PathValue("link"), r.PathValue("person")); err != nil {
		return words(err)
	}
	return web.SeeOther(w, r, at+"?done=confirmed")
}

// askMarks shows a workshop with all participants to mark.
func (s *server) askMarks(w http.ResponseWriter, r *http.Request) error {
	_, sheet, _, err := s.sheet(r)
	if err != nil {
		return err
	}
	return s.marksPage(w, r, sheet, nil, nil)
}

func (s *server) marksPage(w http.ResponseWriter, r *http.Request, sheet *attend.Sheet, posted map[string]string, problems []form.Problem) error {
	at := attend.Marks + r.PathValue("link")
	i, err := workshop(r)
	if err != nil {
		return err
	}
	m, err := sheet.Workshop(i, s.Desk.Now())
	if err != nil {
		return words(err)
	}
	view := page.Marks{
		Intro: []string{sheet.Title + ", " + sheet.Named, m.When()}, Done: done(r), Action: at + "/workshops/" + number(i), Back: at,
		Problems: problems,
	}
	for _, p := range attend.Presences {
		view.Choices = append(view.Choices, page.Option{Value: strings.ReplaceAll(string(p), " ", "-"), Label: p.Words()})
	}
	for _, p := range sheet.Present() {
		if mark := p.Mark(i); mark != nil {
			f := page.Fact{Question: p.Name, Answer: mark.String(), Change: view.Action + "/" + p.Ref}
			if mark.Why != "" {
				f.Note = "Changed: " + mark.Why
			}
			view.Marked = append(view.Marked, f)
			continue
		}
		row := page.MarkPerson{Ref: p.Ref, Name: p.Name, Is: posted["is-"+p.Ref], Minutes: posted["minutes-"+p.Ref]}
		for _, problem := range problems {
			if strings.HasSuffix(problem.Input, "-"+p.Ref) {
				row.Wrong = problem.Text
			}
		}
		view.People = append(view.People, row)
	}
	return s.Render(w, web.StatusOf(problems), "marks", frame(m.Title, "All workshops of the cohort", at), view)
}

// mark marks the participants whom the page marks; the others stay unmarked.
func (s *server) mark(w http.ResponseWriter, r *http.Request) error {
	d, sheet, at, err := s.sheet(r)
	if err != nil {
		return err
	}
	i, err := workshop(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	given, typed := map[string]attend.Given{}, map[string]string{}
	for _, p := range sheet.Present() {
		is, minutes := posted.Get("is-"+p.Ref), strings.TrimSpace(posted.Get("minutes-"+p.Ref))
		typed["is-"+p.Ref], typed["minutes-"+p.Ref] = is, minutes
		n, _ := strconv.Atoi(minutes)
		switch {
		case is != "":
			given[p.Ref] = attend.Given{Is: attend.PresenceOf(is), Minutes: n}
		case minutes != "":
			given[p.Ref] = attend.Given{Is: attend.Part, Minutes: n}
		case posted.Get("rest") != "" && p.Mark(i) == nil:
			given[p.Ref] = attend.Given{Is: attend.Came}
		}
	}
	others, problems, err := d.MarkAll(r.Context(), r.PathValue("link"), i, given)
	if err != nil {
		return words(err)
	}
	if len(given) == 0 && len(sheet.Unmarked(i)) > 0 {
		first := "is-" + sheet.Unmarked(i)[0].Ref
		problems = []form.Problem{{Question: first, Input: first, Text: "Mark at least one person, or tick the box at the top"}}
	}
	switch {
	case len(problems) > 0:
		return s.marksPage(w, r, sheet, typed, problems)
	case len(others) > 0:
		return web.SeeOther(w, r, at+"/workshops/"+number(i)+"?done=others")
	case len(given) < len(sheet.Unmarked(i)):
		return web.SeeOther(w, r, at+"/workshops/"+number(i)+"?done=saved")
	}
	return web.SeeOther(w, r, at+"?done=saved")
}

// askCorrect asks for a different mark of one participant.
func (s *server) askCorrect(w http.ResponseWriter, r *http.Request) error {
	_, sheet, at, err := s.sheet(r)
	if err != nil {
		return err
	}
	return s.correctPage(w, r, sheet.Register, at+"/workshops/"+r.PathValue("workshop"), r.URL.EscapedPath(), nil, nil)
}

// correctPage asks for a different mark. back is the page with the marks, and action is where it
// posts.
func (s *server) correctPage(
	w http.ResponseWriter, r *http.Request, reg *attend.Register, back, action string, v form.Values, problems []form.Problem,
) error {
	i, err := workshop(r)
	if err != nil {
		return err
	}
	m, err := reg.Workshop(i, s.Desk.Now())
	if err != nil {
		return words(err)
	}
	p := reg.Person(r.PathValue("person"))
	if p == nil {
		return web.ErrNotFound
	}
	intro := []string{p.Name + " at " + m.Title + ", " + m.When()}
	if mark := p.Mark(i); mark != nil {
		intro = append(intro, "Marked at present: "+mark.String()+".")
	}
	return s.Render(w, web.StatusOf(problems), "ask", frame("Correct a mark", "Back", back), page.Ask{
		Intro: intro, Asking: page.Asking{Section: &attend.Correcting, Values: v, Problems: problems},
		Action: action, Button: "Save", Cancel: back,
	})
}

// corrected reads a posted correction.
func corrected(v form.Values) (attend.Given, string) {
	n, _ := strconv.Atoi(strings.TrimSpace(v["minutes"]))
	return attend.Given{Is: attend.PresenceOf(v["is"]), Minutes: n}, v["why"]
}

func (s *server) correct(w http.ResponseWriter, r *http.Request) error {
	d, sheet, at, err := s.sheet(r)
	if err != nil {
		return err
	}
	i, err := workshop(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v := attend.Correcting.Read(posted)
	given, why := corrected(v)
	problems, err := d.Correct(r.Context(), r.PathValue("link"), i, r.PathValue("person"), given, why)
	if err != nil {
		return words(err)
	}
	back := at + "/workshops/" + number(i)
	if len(problems) > 0 {
		return s.correctPage(w, r, sheet.Register, back, r.URL.EscapedPath(), v, problems)
	}
	return web.SeeOther(w, r, back+"?done=saved")
}

// checking asks for the details needed to check a certificate.
var checking = form.Section{ID: "check", Questions: []form.Question{
	form.Ask(form.Question{ID: "number", Kind: form.Text, Label: "Certificate number", InMessages: "the certificate number",
		Hint: "For example, TKHD-MPCX-41", Rule: "required,max=40", Width: 20}),
	form.Ask(form.Question{ID: "surname", Kind: form.Text, Label: "Surname on the certificate", InMessages: "the surname on the certificate",
		Rule: "required,max=200"}),
}}

// mostChecks is how many checks of certificates one network address may make within an hour.
const mostChecks = 60

func (s *server) askCheck(w http.ResponseWriter, r *http.Request) error {
	return s.checkPage(w, nil, nil)
}

func (s *server) checkPage(w http.ResponseWriter, v form.Values, problems []form.Problem) error {
	return s.Render(w, web.StatusOf(problems), "ask", frame("Check a certificate", "Home", "/"), page.Ask{
		Intro:  []string{"Check that a certificate of attendance is valid. We show the course and the month, and nothing else."},
		Asking: page.Asking{Section: &checking, Values: v, Problems: problems}, Action: "/certificate/", Button: "Check",
	})
}

// check tells whether a certificate is valid. Nothing typed gets into an address, and everything
// that is not valid or replaced has the same answer.
func (s *server) check(w http.ResponseWriter, r *http.Request) error {
	d, err := s.desk()
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v := checking.Read(posted)
	if problems := checking.Check(v, s.Desk.Now()); len(problems) > 0 {
		return s.checkPage(w, v, problems)
	}
	if s.From(r, "certificate", "") > mostChecks {
		return web.ErrTooMany
	}
	found, err := d.CheckCertificate(r.Context(), v["number"], v["surname"])
	if err != nil {
		return err
	}
	heading, view := "We do not know this certificate", page.Message{Paragraphs: []string{
		"There is no valid certificate with this number and surname.", "Check that you typed both as they stand on the certificate.",
	}}
	switch {
	case found == nil:
	case found.State == attend.Valid:
		heading, view.Paragraphs = "This certificate is valid", []string{"Course: " + found.Course, "Month: " + found.Month}
	default:
		heading, view.Paragraphs = "This certificate was replaced", []string{"Course: " + found.Course, "Month: " + found.Month,
			"A newer certificate with another number was issued. Ask for that one."}
	}
	view.Links = []page.Link{{Text: "Check another certificate", Href: "/certificate/"}}
	return s.Render(w, http.StatusOK, "message", frame(heading, "Home", "/"), view)
}
