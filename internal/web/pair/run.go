package pair

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/mentoring"
	"traininghub/internal/page"
	"traininghub/internal/pair"
	"traininghub/internal/register"
	"traininghub/internal/staff"
	"traininghub/internal/wall"
	"traininghub/internal/web"
)

// The addresses of leads' pages.
const (
	leadBelow = wall.Below + "lead/"
	runsAt    = leadBelow + "runs"
	pairsAt   = leadBelow + "pairs"
)

// Lead has the addresses of matching, proposals and pairs for leads.
func Lead(desk *pair.Desk) web.Part {
	return func(shared *web.Server) []web.Route {
		s := &server{shared, desk}
		return []web.Route{
			web.On("GET /mentoring/lead/runs", web.Staff, s.runs),
			web.On("POST /mentoring/lead/runs", web.Staff, s.makeRun),
			web.On("GET /mentoring/lead/runs/{run}", web.Staff, s.run),
			web.On("POST /mentoring/lead/runs/{run}/send", web.Staff, s.sendRun),
			web.On("GET /mentoring/lead/runs/{run}/{request}", web.Staff, s.askChange),
			web.On("POST /mentoring/lead/runs/{run}/{request}", web.Staff, s.change),
			web.On("GET /mentoring/lead/requests/{request}/mentor", web.Staff, s.askPropose),
			web.On("POST /mentoring/lead/requests/{request}/mentor", web.Staff, s.propose),

			// Pairs: lead.go.
			web.On("GET /mentoring/lead/pairs", web.Staff, s.pairs(true)),
			web.On("GET /mentoring/lead/pairs/over", web.Staff, s.pairs(false)),
			web.On("GET /mentoring/lead/pairs/{pair}", web.Staff, s.led),
			web.On("POST /mentoring/lead/pairs/{pair}/act", web.Staff, s.actLead),
			web.On("GET /mentoring/lead/pairs/{pair}/end", web.Staff, s.askEnd),
			web.On("POST /mentoring/lead/pairs/{pair}/end", web.Staff, s.end),
			web.On("GET /mentoring/lead/pairs/{pair}/extend", web.Staff, s.askExtend),
			web.On("POST /mentoring/lead/pairs/{pair}/extend", web.Staff, s.extend),
			web.On("GET /mentoring/lead/feedback", web.Staff, s.feedback),
		}
	}
}

// Menu are this part's pages, for a lead's first page.
func Menu(*staff.Person) []page.Link {
	return []page.Link{{Text: "Match mentors", Href: runsAt}, {Text: "Proposals and pairs", Href: pairsAt},
		{Text: "What people say afterwards", Href: leadBelow + "feedback"}}
}

// lead is the person who has signed in, if they find mentors in some area; for others the page does
// not exist.
func lead(r *http.Request) (*staff.Person, error) {
	p := web.StaffOf(r)
	if len(p.Where(staff.Find, staff.Areas)) == 0 {
		return nil, web.ErrNotFound
	}
	return p, nil
}

var toLead = &page.Link{Text: "All requests", Href: leadBelow}

// runs lists somebody's runs, with a button for a new one.
func (s *server) runs(w http.ResponseWriter, r *http.Request) error {
	p, err := lead(r)
	if err != nil {
		return err
	}
	all, err := s.desk.Runs(r.Context(), p)
	if err != nil {
		return err
	}
	b := page.Block{Text: []string{
		"A run looks at all who wait for a mentor and all mentors at once, and suggests one mentor for each of your requests.",
		"It is a draft: you change what you like, and nobody is asked before you send it.",
	}}
	for _, of := range s.desk.Services() {
		for _, a := range of.Areas {
			if p.May(staff.Find, wall.Area(of.ID, a.ID)) {
				b.Buttons = append(b.Buttons, page.Button{Text: "Make a run: " + of.Title, Action: runsAt, Hidden: []page.Hidden{{Name: "service", Value: of.ID}}})
				break
			}
		}
	}
	view := page.Work{Blocks: []page.Block{b}}
	if len(all) > 0 {
		t := &page.MoneyTable{Caption: "Runs", Heads: []string{"Made", "Requests", "Where it stands"}}
		for _, run := range all[:min(len(all), 20)] {
			stands := "A draft"
			if !run.Sent.IsZero() {
				stands = "Sent on " + course.Moment(run.Sent)
			}
			t.Rows = append(t.Rows, page.MoneyRow{Href: runsAt + "/" + run.ID, Cells: []string{course.Moment(run.Made), fmt.Sprint(len(run.Lines)), stands}})
		}
		view.Blocks = append(view.Blocks, page.Block{Title: "Your runs", Table: t})
	}
	return s.show(w, r, frame("Match mentors", toLead), view)
}

func (s *server) makeRun(w http.ResponseWriter, r *http.Request) error {
	p, err := lead(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	run, err := s.desk.Draft(r.Context(), p, posted.Get("service"))
	if errors.Is(err, pair.ErrService) {
		return web.ErrNotFound
	}
	if err != nil {
		return err
	}
	return goTo(w, r, runsAt+"/"+run.ID, "made")
}

// run shows one run: the suggestions with their reasons, and who stays without a mentor and why.
func (s *server) run(w http.ResponseWriter, r *http.Request) error {
	p, err := lead(r)
	if err != nil {
		return err
	}
	run, err := s.desk.Run(r.Context(), p, r.PathValue("run"))
	if err != nil {
		return known(err)
	}
	name, err := s.mentorNames(r, run)
	if err != nil {
		return err
	}
	found := &page.MoneyTable{Caption: "Suggestions", Heads: []string{"For", "Mentor", "Why", "Cost", "Next best"}}
	none := &page.MoneyTable{Caption: "Nobody found", Heads: []string{"For", "Why"}}
	open := 0
	for _, l := range run.Lines {
		q, err := s.desk.Requests().Get(r.Context(), l.Request)
		if err != nil {
			return err
		}
		to := ""
		if run.Sent.IsZero() {
			to = runsAt + "/" + run.ID + "/" + l.Request
		}
		if l.Mentor == "" {
			none.Rows = append(none.Rows, page.MoneyRow{Href: to, Cells: []string{q.Contact.Name, nobody(l)}})
			continue
		}
		why := reasons(l)
		switch {
		case l.Pair != "":
			why = "Proposed. " + why
		case l.Failed != "":
			why = "Not proposed: " + l.Failed + ". " + why
		default:
			open++
		}
		var next []string
		for _, o := range l.Next {
			next = append(next, fmt.Sprintf("%s (%d)", name(o.Text), o.N))
		}
		found.Rows = append(found.Rows, page.MoneyRow{Href: to, Cells: []string{
			q.Contact.Name, name(l.Mentor), why, fmt.Sprint(l.Cost), cmp.Or(strings.Join(next, ", "), "Nobody"),
		}})
	}
	view := page.Work{}
	b := page.Block{Facts: []page.Fact{
		{Question: "Made", Answer: course.Moment(run.Made)}, {Question: "Version of the settings", Answer: run.Settings},
		{Question: "Checksum of what was matched", Answer: run.Input[:12]},
	}}
	if run.Sent.IsZero() && len(run.Lines) > 0 {
		b.Text = []string{"To choose another mentor, or nobody, choose a name in the list."}
		if open > 0 {
			b.Buttons = []page.Button{{Text: fmt.Sprintf("Send %s", count(open, "proposal")), Action: runsAt + "/" + run.ID + "/send"}}
		}
	}
	if !run.Sent.IsZero() {
		b.Facts = append(b.Facts, page.Fact{Question: "Sent", Answer: course.Moment(run.Sent)})
	}
	if len(run.Lines) == 0 {
		b.Text = []string{"None of your requests waits for a mentor."}
	}
	view.Blocks = append(view.Blocks, b)
	if len(found.Rows) > 0 {
		view.Blocks = append(view.Blocks, page.Block{Title: "Suggestions", Text: []string{
			"What fits less costs more. The whole of all suggestions costs as little as it can, fellows and those who asked for another mentor go first.",
		}, Table: found})
	}
	if len(none.Rows) > 0 {
		view.Blocks = append(view.Blocks, page.Block{Title: "Nobody found", Table: none})
	}
	return s.show(w, r, frame("A run of matching", &page.Link{Text: "Match mentors", Href: runsAt}), view)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprint(n, " ", what, "s")
}

// reasons are a line's reasons in a sentence: the advantages, and the costs.
func reasons(l pair.Line) string {
	var all []string
	for _, r := range l.Reasons {
		text := r.Text
		if r.N != 0 {
			text += fmt.Sprintf(" (%d)", r.N)
		}
		all = append(all, text)
	}
	text := strings.Join(all, "; ")
	if text != "" {
		text = strings.ToUpper(text[:1]) + text[1:] + "."
	}
	if l.Few {
		text += " Few mentors are possible: offer another area, too."
	}
	if l.Changed != nil {
		text += " Changed by you: " + l.Changed.Why
	}
	return text
}

// nobody says why a line has no mentor, with numbers of mentors.
func nobody(l pair.Line) string {
	if l.Changed != nil {
		return "Taken out by you: " + l.Changed.Why
	}
	var all []string
	for _, r := range l.Without {
		all = append(all, count(int(r.N), "mentor")+" "+singular(r))
	}
	text := strings.Join(all, "; ") + "."
	if len(all) == 0 {
		text = "There is no mentor."
	}
	if l.Few {
		text += " Few mentors are possible: offer another area."
	}
	return text
}

// singular is a reason in words for one mentor.
func singular(r pair.Reason) string {
	if r.N != 1 {
		return r.Text
	}
	for many, one := range map[string]string{"do not ": "does not ", "are ": "is ", "take ": "takes ", "cannot ": "cannot ", "fit, but are ": "fits, but is ", "fit, but their places ": "fits, but their places "} {
		if strings.HasPrefix(r.Text, many) {
			return one + strings.TrimPrefix(r.Text, many)
		}
	}
	return r.Text
}

// mentorNames are the names of a run's mentors, by their ids.
func (s *server) mentorNames(r *http.Request, run *pair.Run) (func(id string) string, error) {
	names := map[string]string{}
	all, err := s.desk.Register.Pool(r.Context(), run.Service)
	for _, m := range all {
		names[m.ID] = m.Person.Name
	}
	return func(id string) string {
		if names[id] == "" {
			return "Not on the register any more"
		}
		return names[id]
	}, err
}

func (s *server) sendRun(w http.ResponseWriter, r *http.Request) error {
	p, err := lead(r)
	if err != nil {
		return err
	}
	run, err := s.desk.Send(r.Context(), p, r.PathValue("run"))
	if err != nil {
		return known(err)
	}
	return goTo(w, r, runsAt+"/"+run.ID, "sent")
}

// choosing asks for a mentor for a request. If why is set, it also asks for a reason and offers
// "nobody".
func (s *server) choosing(r *http.Request, q *mentoring.Request, why bool) (*form.Section, error) {
	all, err := s.desk.Chances(r.Context(), web.StaffOf(r), q)
	if err != nil {
		return nil, err
	}
	choice := form.Question{ID: "mentor", Kind: form.Choice, Label: "Which mentor?", InMessages: "a mentor", Rule: "required"}
	for _, m := range all {
		choice.Options = append(choice.Options, form.Option{ID: m.ID, Label: m.Person.Name, Hint: s.about(q, m)})
	}
	section := &form.Section{ID: "mentor"}
	if why {
		choice.Options = append(choice.Options, form.Option{ID: "nobody", Label: "Nobody for now"})
		reason := form.Question{ID: "why", Kind: form.LongText, Label: "Why?", InMessages: "why",
			Hint: "It is kept with the run. Write nothing about anybody’s health", Rule: "required,max=300"}
		section.Questions = []form.Question{form.Ask(choice), form.Ask(reason)}
		return section, nil
	}
	if len(choice.Options) == 0 {
		return nil, nil
	}
	section.Questions = []form.Question{form.Ask(choice)}
	return section, nil
}

// about is what a lead needs to know of a mentor to choose one.
func (s *server) about(q *mentoring.Request, m *register.Mentor) string {
	of := s.desk.Service(q.Service)
	if of == nil {
		return ""
	}
	var all []string
	if focus := labels(of.Mentoring.Focus, m.Chosen(register.AskFocus)); focus != "" {
		all = append(all, focus)
	}
	if meet := labels(of.Mentoring.Meet, m.Chosen(register.AskMeet)); meet != "" {
		all = append(all, meet)
	}
	return strings.Join(all, ". ")
}

// line is the line of the run and the request in the address.
func (s *server) line(r *http.Request) (*pair.Run, *mentoring.Request, error) {
	p, err := lead(r)
	if err != nil {
		return nil, nil, err
	}
	run, err := s.desk.Run(r.Context(), p, r.PathValue("run"))
	if err != nil {
		return nil, nil, known(err)
	}
	for _, l := range run.Lines {
		if l.Request == r.PathValue("request") {
			q, err := s.desk.Mine(r.Context(), p, l.Request)
			return run, q, known(err)
		}
	}
	return nil, nil, web.ErrNotFound
}

func (s *server) askChange(w http.ResponseWriter, r *http.Request) error {
	run, q, err := s.line(r)
	if err != nil {
		return err
	}
	asks, err := s.choosing(r, q, true)
	if err != nil {
		return err
	}
	v := form.Values{}
	for _, l := range run.Lines {
		if l.Request == q.ID {
			v["mentor"] = l.Mentor
		}
	}
	return s.changePage(w, run, q, page.Asking{Section: asks, Values: v})
}

func (s *server) changePage(w http.ResponseWriter, run *pair.Run, q *mentoring.Request, asking page.Asking) error {
	to := runsAt + "/" + run.ID
	return s.ask(w, frame("Choose for "+q.Contact.Name, &page.Link{Text: "The run", Href: to}), page.Ask{
		Intro:  []string{"Only mentors who can be theirs are here. Nobody can be chosen against what either side has said."},
		Asking: asking, Action: to + "/" + q.ID, Button: "Change the line", Cancel: to,
	})
}

func (s *server) change(w http.ResponseWriter, r *http.Request) error {
	run, q, err := s.line(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	asks, err := s.choosing(r, q, true)
	if err != nil {
		return err
	}
	v := asks.Read(posted)
	if problems := asks.Check(v, s.desk.Now()); len(problems) > 0 {
		return s.changePage(w, run, q, page.Asking{Section: asks, Values: v, Problems: problems})
	}
	mentor := asks.Questions[0].Normal(v)
	if mentor == "nobody" {
		mentor = ""
	}
	_, err = s.desk.ChangeLine(r.Context(), web.StaffOf(r), run.ID, q.ID, mentor, v["why"])
	switch {
	case errors.Is(err, pair.ErrBarred):
		return s.changePage(w, run, q, page.Asking{Section: asks, Values: v, Problems: []form.Problem{
			problem(&asks.Questions[0], "Choose another mentor: a rule keeps these two apart")}})
	case stale(err):
		return goTo(w, r, runsAt+"/"+run.ID, "late")
	case err != nil:
		return known(err)
	}
	return goTo(w, r, runsAt+"/"+run.ID, "changed")
}

// seeking is the request in the address, if a mentor can be proposed for it now.
func (s *server) seeking(r *http.Request) (*mentoring.Request, *form.Section, error) {
	p, err := lead(r)
	if err != nil {
		return nil, nil, err
	}
	q, err := s.desk.Mine(r.Context(), p, r.PathValue("request"))
	if err != nil {
		return nil, nil, known(err)
	}
	if !q.Can(mentoring.EventProposed, s.desk.By(p, q)) {
		return q, nil, nil
	}
	asks, err := s.choosing(r, q, false)
	return q, asks, err
}

func toRequest(id string) string { return leadBelow + "requests/" + id }

func (s *server) askPropose(w http.ResponseWriter, r *http.Request) error {
	q, asks, err := s.seeking(r)
	if err != nil {
		return err
	}
	if asks == nil {
		return s.show(w, r, frame("Propose a mentor", &page.Link{Text: "The request", Href: toRequest(q.ID)}), page.Work{Blocks: []page.Block{{
			Text:  []string{"No mentor can be proposed now. Make a run to see why, or offer another area."},
			Links: []page.Link{{Text: "Match mentors", Href: runsAt}}}}})
	}
	return s.proposePage(w, q, page.Asking{Section: asks})
}

func (s *server) proposePage(w http.ResponseWriter, q *mentoring.Request, asking page.Asking) error {
	to := toRequest(q.ID)
	return s.ask(w, frame("Propose a mentor to "+q.Contact.Name, &page.Link{Text: "The request", Href: to}), page.Ask{
		Intro:  []string{"They are asked first, and see the mentor’s profile. The mentor is asked when they say yes. The place is held until then."},
		Asking: asking, Action: to + "/mentor", Button: "Propose", Cancel: to,
	})
}

func (s *server) propose(w http.ResponseWriter, r *http.Request) error {
	q, asks, err := s.seeking(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	if asks == nil {
		return goTo(w, r, toRequest(q.ID), "late")
	}
	v := asks.Read(posted)
	if problems := asks.Check(v, s.desk.Now()); len(problems) > 0 {
		return s.proposePage(w, q, page.Asking{Section: asks, Values: v, Problems: problems})
	}
	p, err := s.desk.Propose(r.Context(), web.StaffOf(r), q.ID, asks.Questions[0].Normal(v), "")
	if why, refused := pair.Refused(err); refused {
		return s.proposePage(w, q, page.Asking{Section: asks, Values: v, Problems: []form.Problem{
			problem(&asks.Questions[0], "Choose another mentor: "+why)}})
	}
	if err != nil {
		return known(err)
	}
	return goTo(w, r, pairsAt+"/"+p.ID, "proposed")
}
