// Package lead is the workplace of a mentor lead: the requests of the area, one request with its
// calls and its pro-forma, requests that come by telephone, and the days on which the lead is away.
//
// The desk decides each time what somebody may see. Somebody who may not see a request gets exactly
// the same pages as if it had never been sent. Opening a request is an event that the mentee sees.
// What is typed here goes only into the record: no address, letter, log line or file name has any
// of it.
package lead

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/mentoring"
	"traininghub/internal/page"
	"traininghub/internal/staff"
	"traininghub/internal/wall"
	"traininghub/internal/web"
)

// Below is where the addresses of this part begin.
const Below = wall.Below + "lead/"

// Others are what other stories add to these pages. Each may be nil.
type Others struct {
	// Menu are a person's pages beside the requests: mentors to approve, matching.
	Menu func(*staff.Person) []page.Link
	// Blocks stand below the pro-forma on the page of a request: proposals, the pair.
	Blocks func(*http.Request, *mentoring.Request) ([]page.Block, error)
	// Blank draws an empty form.
	Blank func(*document.Form) ([]byte, error)
}

type server struct {
	*web.Server
	desk   *mentoring.Desk
	others Others
}

// Part has the addresses of the lead's workplace.
func Part(desk *mentoring.Desk, others Others) web.Part {
	return func(shared *web.Server) []web.Route {
		s := &server{shared, desk, others}
		return []web.Route{
			web.On("GET /mentoring/lead/{$}", web.Staff, s.list(true)),
			web.On("GET /mentoring/lead/over", web.Staff, s.list(false)),
			web.On("POST /mentoring/lead/search", web.Staff, s.search),
			web.On("GET /mentoring/lead/search", web.Staff, s.searched),
			web.On("GET /mentoring/lead/away", web.Staff, s.askAway),
			web.On("POST /mentoring/lead/away", web.Staff, s.away),
			web.On("POST /mentoring/lead/away/remove", web.Staff, s.notAway),

			// A request by telephone: phone.go.
			web.On("GET /mentoring/lead/phone/{service}", web.Staff, s.askPhone),
			web.On("POST /mentoring/lead/phone/{service}", web.Staff, s.phone),

			// One request: request.go, call.go, people.go.
			web.On("GET /mentoring/lead/requests/{request}", web.Staff, s.request),
			web.On("GET /mentoring/lead/requests/{request}/call", web.Staff, s.askCall(arranging)),
			web.On("POST /mentoring/lead/requests/{request}/call", web.Staff, s.call(arranging)),
			web.On("GET /mentoring/lead/requests/{request}/tried", web.Staff, s.askCall(trying)),
			web.On("POST /mentoring/lead/requests/{request}/tried", web.Staff, s.call(trying)),
			web.On("GET /mentoring/lead/requests/{request}/talked", web.Staff, s.askCall(talking)),
			web.On("POST /mentoring/lead/requests/{request}/talked", web.Staff, s.call(talking)),
			web.On("GET /mentoring/lead/requests/{request}/help", web.Staff, s.askHelp),
			web.On("POST /mentoring/lead/requests/{request}/help", web.Staff, s.help),
			web.On("GET /mentoring/lead/requests/{request}/area", web.Staff, s.askArea),
			web.On("POST /mentoring/lead/requests/{request}/area", web.Staff, s.area),
			web.On("GET /mentoring/lead/requests/{request}/word", web.Staff, s.askWord),
			web.On("POST /mentoring/lead/requests/{request}/word", web.Staff, s.allowWord),
			web.On("GET /mentoring/lead/requests/{request}/people", web.Staff, s.askPerson),
			web.On("POST /mentoring/lead/requests/{request}/people", web.Staff, s.person),
			web.On("GET /mentoring/lead/requests/{request}/people/{person}", web.Staff, s.askSettle),
			web.On("POST /mentoring/lead/requests/{request}/people/{person}", web.Staff, s.settle),

			// The pro-forma: proforma.go.
			web.On("GET /mentoring/lead/requests/{request}/proforma/{section}", web.Staff, s.askProforma),
			web.On("POST /mentoring/lead/requests/{request}/proforma/{section}", web.Staff, s.saveProforma),
			web.On("GET /mentoring/lead/requests/{request}/conclude", web.Staff, s.askConclude),
			web.On("POST /mentoring/lead/requests/{request}/conclude", web.Staff, s.conclude),
			web.On("GET /mentoring/lead/requests/{request}/pro-forma.pdf", web.Staff, s.printProforma),
			web.On("GET /mentoring/lead/services/{service}/pro-forma.pdf", web.Staff, s.printBlank),
		}
	}
}

// lead is the person who has signed in, if they are the lead or deputy of an area; for others the
// page does not exist.
func lead(r *http.Request) (*staff.Person, error) {
	p := web.StaffOf(r)
	if len(p.Where(staff.Find, staff.Areas)) == 0 {
		return nil, web.ErrNotFound
	}
	return p, nil
}

// frame is the frame of a page; back is the page to go back to.
func frame(heading string, back *page.Link) page.Frame {
	return page.Frame{Heading: heading, Title: heading, Application: true, Back: back}
}

var toList = &page.Link{Text: "All requests", Href: Below}

// show renders a page of blocks. A word in the address says what was just done.
func (s *server) show(w http.ResponseWriter, r *http.Request, f page.Frame, view page.Work) error {
	view.SignedIn = &page.SignedIn{Name: web.StaffOf(r).Name, Out: wall.Below + "sign-out"}
	if r.Method == http.MethodGet {
		view.Done = done[r.URL.Query().Get("done")]
	}
	return s.Render(w, http.StatusOK, "work", f, view)
}

// done says what was just done, by the word in the address.
var done = map[string]string{
	"call": "The call is arranged.", "tried": "The call is noted. Try again on another day.",
	"silent": "We write to them now. The request waits for them.", "talked": "The call is noted. Fill in the " +
		"pro-forma while you remember.",
	"saved": "The section is saved.", "seeking": "The pro-forma is complete. Next, find a mentor.",
	"signposted": "The request is over. We write to them, and the help that you named stands on their page.",
	"named":      "The help that you named stands on their page.", "moved": "The other area's lead is told. You do " +
		"not see the request any more.",
	"phoned": "The request is sent. They get the same email as everybody. If you do not see it in the list, they " +
		"named somebody who could be you.",
	"word":   "We email them a new link. They choose a new word when they open it.",
	"person": "The person is on the list from now on.", "settled": "It is noted whom the name means.",
	"away": "Your days are noted. Your deputy sees to your requests on them.", "back": "The days are taken back.",
}

// goTo goes on to a page that says what was done.
func goTo(w http.ResponseWriter, r *http.Request, to, what string) error {
	return web.SeeOther(w, r, to+"?done="+what)
}

// sent is the person who has signed in, the form that they posted, and their request that it is
// about.
func (s *server) sent(r *http.Request) (*staff.Person, url.Values, *mentoring.Request, error) {
	p, err := lead(r)
	if err != nil {
		return nil, nil, nil, err
	}
	v, err := web.Post(r)
	if err != nil {
		return nil, nil, nil, err
	}
	q, err := s.desk.Mine(r.Context(), p, r.PathValue("request"))
	return p, v, q, known(err)
}

// known turns errors of the desk into errors that people can be told.
func known(err error) error {
	if errors.Is(err, mentoring.ErrNoRequest) {
		return web.ErrNotFound
	}
	return err
}

// list shows the requests that somebody may see: those that are open, or those that are over.
func (s *server) list(open bool) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p, err := lead(r)
		if err != nil {
			return err
		}
		lines, err := s.desk.List(r.Context(), p, open)
		if err != nil {
			return err
		}
		if !open {
			view := page.Work{Blocks: []page.Block{s.table("Requests that are over", lines,
				"No request of yours is over.")}}
			return s.show(w, r, frame("Requests that are over", toList), view)
		}
		var waiting, going []mentoring.Line
		for _, l := range lines {
			if l.Waits {
				waiting = append(waiting, l)
			} else {
				going = append(going, l)
			}
		}
		view := page.Work{Blocks: []page.Block{
			s.table("Waiting for you", waiting, "Nothing waits for you."),
			s.table("Going on", going, "There is nothing else."),
			{Title: "Take a request by telephone", Text: []string{
				"Somebody who calls has the same service as somebody who asks online. Print the pro-forma for a " +
					"call away from the screen."},
				Links: s.services(p)},
		}}
		if s.others.Menu != nil {
			view.Blocks = append(view.Blocks, page.Block{Title: "Mentors and matching", Links: s.others.Menu(p)})
		}
		view.Onward = []page.Link{{Text: "Search", Href: Below + "search"}, {Text: "Requests that are over",
			Href: Below + "over"},
			{Text: "Days on which you are away", Href: Below + "away"}}
		return s.show(w, r, frame("Requests", nil), view)
	}
}

// services are links for each service in which somebody is the lead of an area or a deputy.
func (s *server) services(p *staff.Person) (links []page.Link) {
	for _, of := range s.desk.Services() {
		if !s.leads(p, of.ID) {
			continue
		}
		if s.desk.FormOf(of.ID) != nil && of.Accepts(s.desk.Now()) {
			links = append(links, page.Link{Text: of.Title + ": take a request by telephone", Href: Below +
				"phone/" + of.ID})
		}
		links = append(links, page.Link{Text: of.Title + ": blank pro-forma (PDF)", Href: Below + "services/" +
			of.ID + "/pro-forma.pdf"})
	}
	return links
}

// leads tells whether somebody is the lead or the deputy of an area of a service.
func (s *server) leads(p *staff.Person, service string) bool {
	of := s.desk.Service(service)
	if of == nil {
		return false
	}
	for _, a := range of.Areas {
		if p.May(staff.Find, wall.Area(service, a.ID)) {
			return true
		}
	}
	return false
}

// table is a list of requests.
func (s *server) table(title string, lines []mentoring.Line, none string) page.Block {
	b := page.Block{Title: title}
	if len(lines) == 0 {
		b.Text = []string{none}
		return b
	}
	t := &page.MoneyTable{Caption: title, Heads: []string{"Name", "Where it stands", "For how long", "Call promised"}}
	several := slices.ContainsFunc(lines, func(l mentoring.Line) bool {
		return l.Service+l.Area != lines[0].Service+lines[0].Area
	})
	if several {
		t.Heads = append(t.Heads, "Area")
	}
	for _, l := range lines {
		cells := []string{l.Name, s.stands(l), s.waited(l), promised(l.Call)}
		if several {
			cells = append(cells, s.areaName(l.Service, l.Area))
		}
		t.Rows = append(t.Rows, page.MoneyRow{Href: Below + "requests/" + l.ID, Cells: cells})
	}
	b.Table = t
	return b
}

func (s *server) areaName(service, area string) string {
	if of := s.desk.Service(service); of != nil {
		if a := of.Area(area); a != nil {
			return a.Name
		}
	}
	return area
}

// waited is for how many working days a request has been in its state.
func (s *server) waited(l mentoring.Line) string {
	return workingDays(course.WorkingDays(l.Since, s.desk.Now()))
}

func workingDays(n int) string {
	switch n {
	case 0:
		return "Less than 1 working day"
	case 1:
		return "1 working day"
	}
	return fmt.Sprint(n, " working days")
}

// stands is the state of a request in words.
func (s *server) stands(l mentoring.Line) string {
	text := stateWords[l.State]
	switch {
	case !l.Next.IsZero():
		text = "Call arranged for " + course.Moment(l.Next)
	case l.State == mentoring.Called && l.Tried > 0:
		text = fmt.Sprintf("Nobody answered on %s", count(l.Tried, "day"))
	}
	if l.First {
		text += ". Goes first: they asked for another mentor"
	}
	if l.Unclear > 0 {
		text += ". Somebody has to say whom they named"
	}
	return text
}

func count(n int, what string) string {
	switch {
	case n == 1:
		return "1 " + what
	case what == "person":
		return fmt.Sprint(n, " people")
	}
	return fmt.Sprint(n, " ", what, "s")
}

// stateWords are the states as leads read them.
var stateWords = map[mentoring.State]string{
	mentoring.Received: "Nobody has called yet", mentoring.Called: "To be called", mentoring.Talked: "Pro-forma to " +
		"be completed",
	mentoring.Seeking: "A mentor is looked for", mentoring.Waiting: "On the waiting list", mentoring.Proposed: "A " +
		"mentor is proposed",
	mentoring.Paired: "Has a mentor", mentoring.NoAnswer: "Did not answer. We wrote to them",
	mentoring.Ended: "Mentoring has ended", mentoring.Signposts: "Told of other help", mentoring.Withdrawn: "Withdrawn",
	mentoring.Unanswered: "Closed without an answer",
}

// promised says whether the promise to call was kept.
func promised(p mentoring.Promise) string {
	switch {
	case p.Kept:
		return "Kept"
	case p.Done:
		return "Broken: called after " + p.By.Short()
	case p.Late:
		return "Broken: was due by " + p.By.Short()
	}
	return "By " + p.By.Short()
}

// seeking asks for a name.
var seeking = form.Section{ID: "search", Questions: []form.Question{form.Ask(form.Question{
	ID: "name", Kind: form.Text, Label: "Name", InMessages: "a name", Hint: "Part of it is " +
		"enough", Rule: "required,max=100",
})}}

func (s *server) searched(w http.ResponseWriter, r *http.Request) error {
	if _, err := lead(r); err != nil {
		return err
	}
	return s.ask(w, frame("Search", toList), page.Ask{Asking: page.Asking{Section: &seeking}, Action: Below + "search",
		Button: "Search", Cancel: Below})
}

// search shows the requests that somebody may see whose name contains what was typed. The search is
// posted, so that no address contains the name.
func (s *server) search(w http.ResponseWriter, r *http.Request) error {
	p, err := lead(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v := seeking.Read(posted)
	if problems := seeking.Check(v, s.desk.Now()); len(problems) > 0 {
		return s.ask(w, frame("Search", toList), page.Ask{Asking: page.Asking{Section: &seeking, Values: v,
			Problems: problems},
			Action: Below + "search", Button: "Search", Cancel: Below})
	}
	var found []mentoring.Line
	for _, open := range []bool{true, false} {
		lines, err := s.desk.List(r.Context(), p, open)
		if err != nil {
			return err
		}
		found = append(found, slices.DeleteFunc(lines, func(l mentoring.Line) bool {
			return !strings.Contains(form.Fold(l.Name), form.Fold(v["name"]))
		})...)
	}
	view := page.Work{Blocks: []page.Block{s.table("Found", found, "There is no such request.")},
		Onward: []page.Link{{Text: "Search again", Href: Below + "search"}}}
	return s.show(w, r, frame("Search results", toList), view)
}

// ask renders a page with questions.
func (s *server) ask(w http.ResponseWriter, f page.Frame, view page.Ask) error {
	f.Problem = len(view.Problems) > 0
	return s.Render(w, web.StatusOf(view.Problems), "ask", f, view)
}

// absence asks for the days of an absence.
var absence = form.Section{ID: "away", Questions: []form.Question{
	form.Ask(form.Question{ID: "from", Kind: form.Date, Label: "First day away", InMessages: "the first day",
		Rule: "required",
		Hint: "For example, 20 12 2026"}),
	form.Ask(form.Question{ID: "until", Kind: form.Date, Label: "Last day away", InMessages: "the last day",
		Rule: "required",
		Hint: "It counts, too"}),
}}

func (s *server) askAway(w http.ResponseWriter, r *http.Request) error {
	p, err := lead(r)
	if err != nil {
		return err
	}
	all, err := s.desk.Absences(r.Context(), p)
	if err != nil {
		return err
	}
	if r.URL.Query().Has("add") {
		return s.awayPage(w, nil, nil)
	}
	b := page.Block{Text: []string{"On these days your deputy sees to your requests, and you do not see them. " +
		"If neither of you is there, the lead of the next area does."}}
	if len(all) == 0 {
		b.Text = append(b.Text, "You have set no days.")
	}
	view := page.Work{Blocks: []page.Block{b}, Onward: []page.Link{{Text: "Add days", Href: Below + "away?add"}}}
	for _, a := range all {
		from, until := day(a.From), day(a.Until)
		view.Blocks = append(view.Blocks, page.Block{Text: []string{from + " to " + until}, Buttons: []page.Button{{
			Text: "Take back " + from + " to " + until, Action: Below + "away/remove", Second: true,
			Hidden: []page.Hidden{{Name: "from", Value: a.From}, {Name: "until", Value: a.Until}}}}})
	}
	return s.show(w, r, frame("Days on which you are away", toList), view)
}

// day is a day in words.
func day(iso string) string {
	if at, err := time.ParseInLocation(time.DateOnly, iso, course.London); err == nil {
		return course.DateOf(at).String()
	}
	return iso
}

func (s *server) awayPage(w http.ResponseWriter, v form.Values, problems []form.Problem) error {
	return s.ask(w, frame("When are you away?", &page.Link{Text: "Days on which you are away", Href: Below + "away"}),
		page.Ask{Asking: page.Asking{Section: &absence, Values: v, Problems: problems}, Action: Below + "away",
			Button: "Save",
			Cancel: Below + "away"})
}

func (s *server) away(w http.ResponseWriter, r *http.Request) error {
	p, err := lead(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v := absence.Read(posted)
	if problems := absence.Check(v, s.desk.Now()); len(problems) > 0 {
		return s.awayPage(w, v, problems)
	}
	from, until := absence.Questions[0].Normal(v), absence.Questions[1].Normal(v)
	err = s.desk.SetAway(r.Context(), p, dateOf(from), dateOf(until))
	if errors.Is(err, mentoring.ErrTime) {
		return s.awayPage(w, v, []form.Problem{problem(&absence.Questions[1],
			"The last day must be today or later, and not before the first. You can set up to 10 times, a year ahead")})
	}
	if err != nil {
		return err
	}
	return goTo(w, r, Below+"away", "away")
}

func dateOf(iso string) course.Date {
	at, _ := time.ParseInLocation(time.DateOnly, iso, course.London) // always in the normal form
	return course.DateOf(at)
}

// problem is a problem with the answer to one of this package's own questions.
func problem(q *form.Question, text string) form.Problem {
	return form.Problem{Question: q.ID, Input: q.Inputs()[0], Inputs: q.Inputs(), Text: text}
}

func (s *server) notAway(w http.ResponseWriter, r *http.Request) error {
	p, err := lead(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	if err := s.desk.NotAway(r.Context(), p, mentoring.Absence{From: posted.Get("from"),
		Until: posted.Get("until")}); err != nil {
		return err
	}
	return goTo(w, r, Below+"away", "back")
}
