package lead

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"traininghub/internal/crossing"
	"traininghub/internal/form"
	"traininghub/internal/page"
	"traininghub/internal/record"
	"traininghub/internal/register"
	"traininghub/internal/staff"
	"traininghub/internal/wall"
	"traininghub/internal/web"
)

// Mentors has the register's addresses for leads of areas and their deputies. Nobody acts on their
// own record here; package register decides what they may see of others.
//
// hides tells whether a request must be hidden from a lead. It is then left out of the mentor's
// people, and only shows in that the mentor is full. If hides is nil, nothing is left out.
func Mentors(desk *register.Desk, hides Hides) web.Part {
	return func(shared *web.Server) []web.Route {
		s := &registrar{shared, desk, hides}
		return []web.Route{
			web.On("GET /mentoring/lead/mentors/{$}", web.Staff, s.all),
			web.On("GET /mentoring/lead/mentors/invite", web.Staff, s.askInvite),
			web.On("POST /mentoring/lead/mentors/invite", web.Staff, s.invite),
			web.On("GET /mentoring/lead/mentors/{mentor}", web.Staff, s.one),
			web.On("POST /mentoring/lead/mentors/{mentor}/act", web.Staff, s.act),
			web.On("GET /mentoring/lead/mentors/{mentor}/plan", web.Staff, s.askPlan),
			web.On("POST /mentoring/lead/mentors/{mentor}/plan", web.Staff, s.plan),
			web.On("GET /mentoring/lead/mentors/{mentor}/supervision", web.Staff, s.askSupervision),
			web.On("POST /mentoring/lead/mentors/{mentor}/supervision", web.Staff, s.supervision),
			web.On("GET /mentoring/lead/mentors/{mentor}/leave", web.Staff, s.askLeave),
			web.On("POST /mentoring/lead/mentors/{mentor}/leave", web.Staff, s.leave),
		}
	}
}

// registrar has the handlers of the register.
type registrar struct {
	*web.Server
	desk  *register.Desk
	hides Hides
}

// Hides tells whether the request with an id must be hidden from somebody.
type Hides func(ctx context.Context, p *staff.Person, request string) (bool, error)

// people is how many people a mentor has, as far as somebody may know: hidden requests are not
// counted.
func (s *registrar) people(r *http.Request, m *register.Mentor) (n int, err error) {
	for _, place := range m.Places {
		if !place.Active() {
			continue
		}
		hidden := false
		if s.hides != nil {
			if hidden, err = s.hides(r.Context(), web.StaffOf(r), place.Request); err != nil {
				return 0, err
			}
		}
		if !hidden {
			n++
		}
	}
	return n, nil
}

// ToMentors is the link from the requests to the register.
var ToMentors = page.Link{Text: "Mentors", Href: register.LeadPath}

// stands are a mentor's states in words for a lead.
var stands = map[register.State]string{
	register.Invited: "Invited", register.Draft: "Writing the profile", register.ToApprove: "Waits for you", register.Listed: "On the register",
	register.Paused: "Paused", register.Leaving: "Leaving", register.Left: "Has left", register.Suspended: "Suspended",
}

// mentorsDone says what was just done, by the word in the address.
var mentorsDone = map[string]string{
	"invited": "The invitation is on its way.", "seen": "It is noted that you have seen the certificate.", "training": "It is noted that training is under way.",
	"approved": "They are on the register, and we write to them.", "back": "They are asked to look at their profile again. Call them, and say why.",
	"paused": "They are paused.", "resumed": "They can be asked again.", "suspended": "They are suspended from today. Look at each person whom they mentor.",
	"reinstated": "They are paused now, and say themselves when they can be asked again.", "ended": "The profile is closed.",
	"stays": "The last day is taken back.", "plan": "The plan is written down. They are asked to agree to it.", "attended": "It is noted.",
	"leaving": "The last day is noted.", "late": "That cannot be done now: something is missing, or somebody was faster. See below.",
}

// show renders a page of the register.
func (s *registrar) show(w http.ResponseWriter, r *http.Request, f page.Frame, view page.Work) error {
	view.SignedIn = &page.SignedIn{Name: web.StaffOf(r).Name, Out: wall.Below + "sign-out"}
	view.Done = mentorsDone[r.URL.Query().Get("done")]
	return s.Render(w, http.StatusOK, "work", f, view)
}

// all lists the mentors in somebody's areas: those who wait for the lead come first.
func (s *registrar) all(w http.ResponseWriter, r *http.Request) error {
	p, err := lead(r)
	if err != nil {
		return err
	}
	lines, err := s.desk.List(r.Context(), p)
	if err != nil {
		return err
	}
	has := map[string]string{}
	for _, l := range lines {
		if has[l.ID] = "Full"; l.Active < l.Most || l.Active == 0 {
			m, err := s.desk.Get(r.Context(), l.ID)
			if err != nil {
				return err
			}
			n, err := s.people(r, m)
			if err != nil {
				return err
			}
			has[l.ID] = fmt.Sprint(n)
		}
	}
	table := func(title, none string, is func(register.State) bool) page.Block {
		b := page.Block{Title: title}
		t := &page.MoneyTable{Caption: title, Heads: []string{"Name", "Where they stand", "People", "People at most", "Plan"}}
		for _, l := range lines {
			if !is(l.State) {
				continue
			}
			plan := "Missing"
			if l.Plan {
				plan = "Agreed"
			}
			t.Rows = append(t.Rows, page.MoneyRow{Href: register.LeadPath + l.ID, Cells: []string{
				l.Name, stands[l.State], has[l.ID], fmt.Sprint(l.Most), plan,
			}})
		}
		if b.Table = t; len(t.Rows) == 0 {
			b.Table, b.Text = nil, []string{none}
		}
		return b
	}
	view := page.Work{Blocks: []page.Block{
		table("Waiting for you", "Nobody waits for you.", func(is register.State) bool { return is == register.ToApprove }),
		table("On the register", "Nobody is on the register.", func(is register.State) bool {
			return is == register.Listed || is == register.Paused || is == register.Leaving || is == register.Suspended
		}),
		table("Not there yet", "Nobody.", func(is register.State) bool { return is == register.Invited || is == register.Draft }),
		table("Have left", "Nobody.", func(is register.State) bool { return is == register.Left }),
	}, Onward: []page.Link{{Text: "Invite somebody", Href: register.LeadPath + "invite"}}}
	return s.show(w, r, frame("Mentors", toList), view)
}

// led are the areas of which a person is the lead or the deputy, as options.
func (s *registrar) led(p *staff.Person) (all []form.Option) {
	for _, of := range s.desk.Wall.Services() {
		if s.desk.Rules(of.ID) == nil {
			continue
		}
		for _, a := range of.Areas {
			if p.May(staff.Find, wall.Area(of.ID, a.ID)) {
				all = append(all, form.Option{ID: of.ID + "/" + a.ID, Label: of.Title + ", " + a.Name})
			}
		}
	}
	return all
}

// inviting asks whom to invite, and where they would mentor.
func (s *registrar) inviting(p *staff.Person) *form.Section {
	return &form.Section{ID: "invite", Questions: []form.Question{
		form.Ask(form.Question{ID: "name", Kind: form.Text, Label: "Full name", InMessages: "the full name", Rule: "required,name,max=200"}),
		form.Ask(form.Question{ID: "email", Kind: form.Email, Label: "Email address", InMessages: "the email address", Rule: "required,email,max=254",
			Hint: "One that only they read, if they have one"}),
		form.Ask(form.Question{ID: "where", Kind: form.Choice, Label: "Where", InMessages: "where they would mentor", Rule: "required", Options: s.led(p)}),
	}}
}

func (s *registrar) askInvite(w http.ResponseWriter, r *http.Request) error {
	p, err := lead(r)
	if err != nil {
		return err
	}
	return s.invitePage(w, s.inviting(p), form.Values{}, nil)
}

func (s *registrar) invitePage(w http.ResponseWriter, section *form.Section, v form.Values, problems []form.Problem) error {
	return s.ask(w, "Invite somebody", "invite", "Invite", section, v, problems, "",
		"Ask them before you invite them. The letter says neither what it is about nor who sent it: mailboxes are shared.")
}

// ask renders a page with questions about a mentor, or about somebody who is not one yet.
func (s *registrar) ask(w http.ResponseWriter, heading, action, button string, section *form.Section, v form.Values, problems []form.Problem,
	id string, intro ...string) error {
	view := page.Ask{Intro: intro, Asking: page.Asking{Section: section, Values: v, Problems: problems}, Action: register.LeadPath + action,
		Button: button, Cancel: register.LeadPath + id}
	f := frame(heading, &page.Link{Text: "Mentors", Href: register.LeadPath + id})
	f.Problem = len(problems) > 0
	return s.Render(w, web.StatusOf(problems), "ask", f, view)
}

func (s *registrar) invite(w http.ResponseWriter, r *http.Request) error {
	p, err := lead(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	section := s.inviting(p)
	v := section.Read(posted)
	problems := section.Check(v, s.desk.Wall.Now())
	if problems == nil {
		service, area, _ := strings.Cut(v["where"], "/")
		_, err = s.desk.Invite(r.Context(), p, register.Invitation{Service: service, Area: area, Name: v["name"], Email: section.Questions[1].Normal(v)})
		switch {
		case errors.Is(err, register.ErrMove):
			problems = []form.Problem{problem(&section.Questions[1], "They are on the register, or invited, already")}
		case errors.Is(err, register.ErrOwn):
			problems = []form.Problem{problem(&section.Questions[1], "Somebody else invites you")}
		case err != nil:
			return missing(err)
		}
	}
	if problems != nil {
		return s.invitePage(w, section, v, problems)
	}
	return goTo(w, r, register.LeadPath, "invited")
}

// missing answers a record that a person may not see like one that does not exist.
func missing(err error) error {
	if errors.Is(err, record.ErrNotFound) {
		return web.ErrNotFound
	}
	return err
}

// mentor is the mentor in the address, if the person may see them.
func (s *registrar) mentor(r *http.Request) (*register.Mentor, *staff.Person, error) {
	p, err := lead(r)
	if err != nil {
		return nil, nil, err
	}
	m, err := s.desk.ForLead(r.Context(), p, r.PathValue("mentor"))
	return m, p, missing(err)
}

// one is the page of a mentor.
func (s *registrar) one(w http.ResponseWriter, r *http.Request) error {
	m, p, err := s.mentor(r)
	if err != nil {
		return err
	}
	own := strings.EqualFold(p.Email, m.Person.Email)
	people, err := s.people(r, m)
	if err != nil {
		return err
	}
	view := page.Work{Blocks: []page.Block{s.standing(m, own, people), qualification(m), s.agreed(m)}}
	for _, sec := range m.Rules().Profile.Sections {
		view.Blocks = append(view.Blocks, page.Block{Title: sec.Title, Facts: answers(sec, m.Answers, true)})
	}
	if q := m.Rules().Qualified; q != nil && m.Applied != nil {
		b := page.Block{Title: "What they wrote when they applied"}
		for _, sec := range q.Sections {
			b.Facts = append(b.Facts, answers(sec, m.Applied, false)...)
		}
		view.Blocks = append(view.Blocks, b)
	}
	return s.show(w, r, frame(m.Person.Name, &page.Link{Text: "Mentors", Href: register.LeadPath}), view)
}

// answers are the questions of a section with their answers. Unanswered questions are left out
// unless all is set.
func answers(sec form.Section, v form.Values, all bool) (facts []page.Fact) {
	for i := range sec.Questions {
		if shown := sec.Questions[i].Shown(v); shown != "" || all {
			facts = append(facts, page.Fact{Question: sec.Questions[i].Label, Answer: shown})
		}
	}
	return facts
}

// moves are a lead's buttons for moves, in this order.
var moves = []struct {
	move         register.Move
	text, action string
	first        bool
}{
	{register.Approve, "Put onto the register", "approve", true},
	{register.SendBack, "Ask them to change the profile", "back", false},
	{register.Resume, "They can be asked again", "resume", true},
	{register.Reinstate, "End the suspension", "reinstate", false},
	{register.Pause, "Pause", "pause", false},
	{register.Stay, "Take back the last day", "stay", false},
	{register.Suspend, "Suspend", "suspend", false},
	{register.End, "Close the profile", "end", false},
}

// standing says what state a mentor is in, why they cannot be proposed, and what can be done.
func (s *registrar) standing(m *register.Mentor, own bool, people int) page.Block {
	now := s.desk.Wall.Now()
	b := page.Block{Facts: []page.Fact{
		{Question: "Where they stand", Answer: stands[m.State()]},
		{Question: "Email address", Answer: m.Person.Email},
		{Question: "Practice code", Answer: m.Person.Practice},
		{Question: "Clinical sessions a week", Answer: m.Person.Sessions.Each, Note: since("Confirmed on", m.Person.Sessions.Confirmed)},
		{Question: "People", Answer: hasPlaces(m, people)},
		{Question: "How they came", Answer: map[register.Origin]string{register.FromApplication: "By an accepted application",
			register.FromInvitation: "Invited", register.FromQualified: "Applied with a qualification"}[m.From]},
	}}
	add := func(question string, d crossing.Day) {
		if d != "" {
			b.Facts = append(b.Facts, page.Fact{Question: question, Answer: day(string(d))})
		}
	}
	add("On the register since", m.Listed)
	add("Agreed to stay until", m.StayUntil)
	add("Last day", m.LastDay)
	add("Paused until", m.PausedFor)
	if m.Away.From != "" {
		b.Facts = append(b.Facts, page.Fact{Question: "Away", Answer: day(string(m.Away.From)) + " to " + day(string(m.Away.Until))})
	}
	if why := m.Bar(now); m.State() == register.Listed && why != "" {
		b.Note = append(b.Note, "Not proposed at present: "+string(why)+".")
	}
	if m.State() == register.Suspended && people > 0 {
		b.Note = append(b.Note, fmt.Sprintf("They mentor %s: look at each.", number(people)))
	}
	if m.State() == register.ToApprove {
		for _, lack := range m.Lacks(true, now) {
			b.Note = append(b.Note, "Before they can be on the register: "+string(lack)+".")
		}
	}
	if own {
		b.Note = append(b.Note, "This is your own record. Somebody else who leads the area acts on it.")
		return b
	}
	for _, button := range moves {
		if m.Can(button.move, register.ByLead) && (button.move != register.Approve || len(m.Lacks(true, now)) == 0) {
			b.Buttons = append(b.Buttons, page.Button{Text: button.text, Action: register.LeadPath + m.ID + "/act", Second: !button.first,
				Hidden: []page.Hidden{{Name: "act", Value: button.action}}})
		}
	}
	if m.Can(register.Leave, register.ByLead) || m.State() == register.Leaving {
		b.Links = append(b.Links, page.Link{Text: "Enter a last day", Href: register.LeadPath + m.ID + "/leave"})
	}
	return b
}

// hasPlaces says how many people a mentor has, out of how many at most.
func hasPlaces(m *register.Mentor, people int) string {
	if m.Active() >= m.Most() && m.Active() > 0 {
		return fmt.Sprintf("Full: %d at most", m.Most())
	}
	return fmt.Sprintf("%d of %d at most", people, m.Most())
}

func number(n int) string {
	if n == 1 {
		return "1 person"
	}
	return fmt.Sprint(n, " people")
}

// since says from which day something holds; "" if there is no day.
func since(what string, d crossing.Day) string {
	if d == "" {
		return ""
	}
	return what + " " + day(string(d))
}

// qualification says what the lead has seen of it, and lets the lead note that.
func qualification(m *register.Mentor) page.Block {
	b := page.Block{Title: "Qualification"}
	press := func(text, act string, second bool) {
		b.Buttons = append(b.Buttons, page.Button{Text: text, Action: register.LeadPath + m.ID + "/act", Second: second, Hidden: []page.Hidden{{Name: "act", Value: act}}})
	}
	switch q := m.Qualification; {
	case q == nil:
		b.Text = []string{"Nobody has seen a certificate yet. Ask to see it, and do not keep a copy."}
		press("I have seen the certificate", "seen", false)
		press("Training is under way", "training", true)
	case q.Training:
		b.Text = []string{"Training is under way, noted on " + day(string(q.On)) + "."}
		press("I have seen the certificate", "seen", false)
	default:
		b.Text = []string{"Seen on " + day(string(q.On)) + " by " + q.By + "."}
	}
	return b
}

// agreed shows what the mentor agreed to and confirmed, the plan, and supervision.
func (s *registrar) agreed(m *register.Mentor) page.Block {
	b := page.Block{Title: "Terms, plan and supervision"}
	fact := func(question, answer string) {
		b.Facts = append(b.Facts, page.Fact{Question: question, Answer: answer})
	}
	terms, interests, yearly := "", "", ""
	if m.Agreement != nil {
		terms = since("Agreed on", m.Agreement.On)
	}
	if m.Interests != nil {
		interests = since("Confirmed on", m.Interests.On)
	}
	if m.Yearly != nil {
		yearly = since("All as it should be on", m.Yearly.On)
		if !m.Yearly.Fine {
			yearly = since("Not as it should be on", m.Yearly.On)
		}
	}
	fact("Terms", terms)
	fact("Registration", yearly)
	fact("Interests", interests)
	if m.Interests != nil {
		for _, sec := range m.Rules().Interests.Sections {
			b.Facts = append(b.Facts, answers(sec, m.Interests.Answers, false)...)
		}
	}
	at := register.LeadPath + m.ID
	switch {
	case m.Plan == nil:
		b.Note = []string{"There is no plan for mentoring yet. Without one, no training is paid."}
		b.Links = append(b.Links, page.Link{Text: "Write the plan that you agreed", Href: at + "/plan"})
	case m.Plan.Agreed == "":
		fact("Plan", since("Written on", m.Plan.On)+". They have not agreed yet")
		b.Links = append(b.Links, page.Link{Text: "Change the plan", Href: at + "/plan"})
	default:
		fact("Plan", since("Agreed on", m.Plan.Agreed))
	}
	for _, a := range slices.Backward(m.Supervision) {
		for _, c := range m.Rules().Supervision {
			if c.ID == a.What {
				fact(c.Label, day(string(a.On)))
			}
		}
	}
	b.Links = append(b.Links, page.Link{Text: "Add a date of supervision or development", Href: at + "/supervision"})
	return b
}

// act does what takes only the press of a button.
func (s *registrar) act(w http.ResponseWriter, r *http.Request) error {
	m, p, err := s.mentor(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	acts := map[string]struct {
		do   func() error
		done string
	}{
		"seen":      {func() error { return s.desk.SeeQualification(ctx, p, m.ID, false) }, "seen"},
		"training":  {func() error { return s.desk.SeeQualification(ctx, p, m.ID, true) }, "training"},
		"approve":   {func() error { return s.desk.Approve(ctx, p, m.ID) }, "approved"},
		"back":      {func() error { return s.desk.SendBack(ctx, p, m.ID) }, "back"},
		"pause":     {func() error { return s.desk.PauseFor(ctx, p, m.ID) }, "paused"},
		"resume":    {func() error { return s.desk.ResumeFor(ctx, p, m.ID) }, "resumed"},
		"suspend":   {func() error { return s.desk.Suspend(ctx, p, m.ID) }, "suspended"},
		"reinstate": {func() error { return s.desk.Reinstate(ctx, p, m.ID) }, "reinstated"},
		"stay":      {func() error { return s.desk.StayFor(ctx, p, m.ID) }, "stays"},
		"end":       {func() error { return s.desk.LeaveFor(ctx, p, m.ID, register.Today(s.desk.Wall.Now())) }, "ended"},
	}
	what, known := acts[posted.Get("act")]
	if !known {
		return web.ErrNotFound
	}
	return concluded(w, r, what.do(), register.LeadPath+m.ID, what.done)
}

// concluded says that something was done, or that it cannot be done.
func concluded(w http.ResponseWriter, r *http.Request, err error, to, what string) error {
	switch {
	case errors.Is(err, register.ErrMove), errors.Is(err, register.ErrLacks), errors.Is(err, register.ErrOwn):
		return goTo(w, r, to, "late")
	case err != nil:
		return missing(err)
	}
	return goTo(w, r, to, what)
}

// planning is the sheet of the plan as one page.
func planning(m *register.Mentor) (section *form.Section, intro []string) {
	sheet := m.Rules().Plan
	section, intro = &form.Section{ID: sheet.ID}, slices.Clone(sheet.Intro)
	for _, sec := range sheet.Sections {
		section.Questions = append(section.Questions, sec.Questions...)
	}
	return section, intro
}

func (s *registrar) planPage(w http.ResponseWriter, m *register.Mentor, v form.Values, problems []form.Problem) error {
	section, intro := planning(m)
	return s.ask(w, m.Rules().Plan.Title, m.ID+"/plan", "Save", section, v, problems, m.ID, intro...)
}

func (s *registrar) askPlan(w http.ResponseWriter, r *http.Request) error {
	m, _, err := s.mentor(r)
	if err != nil {
		return err
	}
	v := form.Values{}
	if m.Plan != nil {
		v = m.Plan.Answers
	}
	return s.planPage(w, m, v, nil)
}

func (s *registrar) plan(w http.ResponseWriter, r *http.Request) error {
	m, p, err := s.mentor(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v, problems, err := s.desk.WritePlan(r.Context(), p, m.ID, posted)
	if err == nil && problems != nil {
		return s.planPage(w, m, v, problems)
	}
	return concluded(w, r, err, register.LeadPath+m.ID, "plan")
}

// attending asks for supervision or professional development that a mentor had.
func attending(m *register.Mentor) *form.Section {
	what := form.Question{ID: "what", Kind: form.Choice, Label: "What it was", InMessages: "what it was", Rule: "required"}
	for _, c := range m.Rules().Supervision {
		what.Options = append(what.Options, form.Option{ID: c.ID, Label: c.Label, Hint: c.Hint})
	}
	return &form.Section{ID: "supervision", Questions: []form.Question{form.Ask(what), form.Ask(form.Question{
		ID: "on", Kind: form.Date, Label: "When it was", InMessages: "when it was", Rule: "required,past",
	})}}
}

func (s *registrar) supervisionPage(w http.ResponseWriter, m *register.Mentor, v form.Values, problems []form.Problem) error {
	return s.ask(w, "Supervision and development", m.ID+"/supervision", "Save", attending(m), v, problems, m.ID)
}

func (s *registrar) askSupervision(w http.ResponseWriter, r *http.Request) error {
	m, _, err := s.mentor(r)
	if err != nil {
		return err
	}
	return s.supervisionPage(w, m, form.Values{}, nil)
}

func (s *registrar) supervision(w http.ResponseWriter, r *http.Request) error {
	m, p, err := s.mentor(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	section := attending(m)
	v := section.Read(posted)
	if problems := section.Check(v, register.Begins(register.Today(s.desk.Wall.Now()))); problems != nil {
		return s.supervisionPage(w, m, v, problems)
	}
	err = s.desk.NoteSupervision(r.Context(), p, m.ID, v["what"], crossing.Day(section.Questions[1].Normal(v)))
	return concluded(w, r, err, register.LeadPath+m.ID, "attended")
}

// lastDay asks for a mentor's last day.
var lastDay = form.Section{ID: "leave", Questions: []form.Question{form.Ask(form.Question{
	ID: "last-day", Kind: form.Date, Label: "Their last day", InMessages: "their last day", Rule: "required",
})}}

func (s *registrar) leavePage(w http.ResponseWriter, r *http.Request, m *register.Mentor, v form.Values, problems []form.Problem) error {
	people, err := s.people(r, m)
	if err != nil {
		return err
	}
	intro := []string{"They mentor " + number(people) + " now. Talk with each of these people before the last day, and look for another mentor."}
	if m.StayUntil > register.Today(s.desk.Wall.Now()) {
		intro = append(intro, "They agreed to stay until "+day(string(m.StayUntil))+". If they leave before, training costs may have to be paid back.")
	}
	return s.ask(w, "A last day", m.ID+"/leave", "Save", &lastDay, v, problems, m.ID, intro...)
}

func (s *registrar) askLeave(w http.ResponseWriter, r *http.Request) error {
	m, _, err := s.mentor(r)
	if err != nil {
		return err
	}
	return s.leavePage(w, r, m, form.Values{}, nil)
}

func (s *registrar) leave(w http.ResponseWriter, r *http.Request) error {
	m, p, err := s.mentor(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v := lastDay.Read(posted)
	problems := lastDay.Check(v, s.desk.Wall.Now())
	last := crossing.Day(lastDay.Questions[0].Normal(v))
	if problems == nil && last < register.Today(s.desk.Wall.Now()) {
		problems = []form.Problem{problem(&lastDay.Questions[0], "The last day must be today or later")}
	}
	if problems != nil {
		return s.leavePage(w, r, m, v, problems)
	}
	return concluded(w, r, s.desk.LeaveFor(r.Context(), p, m.ID, last), register.LeadPath+m.ID, "leaving")
}
