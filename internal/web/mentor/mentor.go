// Package mentor has the pages of a mentor: the profile on the register, the terms, the yearly
// questions, pausing and leaving. Package register says what mentors may do and when.
//
// Mentors sign in behind the wall like leads of areas, and see only their own record. Two pages are
// open to others. One is behind a mailed link that asks whether the profile is still right; it does
// nothing before a button is pressed. The other is the form for a GP who already holds a
// qualification; its answer does not show whether they are on the register.
//
// Other stories add their blocks to the mentor's page: see [Part].
package mentor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/crossing"
	"traininghub/internal/form"
	"traininghub/internal/page"
	"traininghub/internal/record"
	"traininghub/internal/register"
	"traininghub/internal/wall"
	"traininghub/internal/web"
)

// More is what another story shows on a mentor's page: the people whom they mentor, and what waits
// for them.
type More func(ctx context.Context, m *register.Mentor) ([]page.Block, error)

type server struct {
	*web.Server
	desk *register.Desk
	more []More
}

// Part has the addresses of mentors.
func Part(desk *register.Desk, more ...More) web.Part {
	return func(shared *web.Server) []web.Route {
		s := &server{shared, desk, more}
		return []web.Route{
			web.On("GET /mentoring/mentor/{$}", web.Staff, s.own(s.home)),
			web.On("POST /mentoring/mentor/act", web.Staff, s.own(s.act)),

			// Questions on pages of their own: asks.go.
			web.On("GET /mentoring/mentor/profile/{page}", web.Staff, s.own(s.askPage)),
			web.On("POST /mentoring/mentor/profile/{page}", web.Staff, s.own(s.savePage)),
			web.On("GET /mentoring/mentor/terms", web.Staff, s.own(s.askTerms)),
			web.On("POST /mentoring/mentor/terms", web.Staff, s.own(s.agree)),
			web.On("GET /mentoring/mentor/interests", web.Staff, s.own(s.askInterests)),
			web.On("POST /mentoring/mentor/interests", web.Staff, s.own(s.declare)),
			web.On("GET /mentoring/mentor/yearly", web.Staff, s.own(s.askYearly)),
			web.On("POST /mentoring/mentor/yearly", web.Staff, s.own(s.answerYearly)),
			web.On("GET /mentoring/mentor/pause", web.Staff, s.own(s.askPause)),
			web.On("POST /mentoring/mentor/pause", web.Staff, s.own(s.pause)),
			web.On("GET /mentoring/mentor/away", web.Staff, s.own(s.askAway)),
			web.On("POST /mentoring/mentor/away", web.Staff, s.own(s.away)),
			web.On("GET /mentoring/mentor/people", web.Staff, s.own(s.askMost)),
			web.On("POST /mentoring/mentor/people", web.Staff, s.own(s.most)),
			web.On("GET /mentoring/mentor/leave", web.Staff, s.own(s.askLeave)),
			web.On("POST /mentoring/mentor/leave", web.Staff, s.own(s.leave)),

			// A mailed link, and people who are not mentors yet: open.go.
			web.On("GET /mentoring/mentor/still-right/{link}", web.Linked, s.askRight),
			web.On("POST /mentoring/mentor/still-right/{link}", web.Linked, s.right),
			web.On("GET /mentoring/mentor/apply/{service}", web.Anybody, s.askQualified),
			web.On("POST /mentoring/mentor/apply/{service}", web.Anybody, s.apply),
			web.On("GET /mentoring/mentor/applied", web.Anybody, s.applied),
		}
	}
}

// own lets a mentor through to their own record.
func (s *server) own(next func(http.ResponseWriter, *http.Request, *register.Mentor) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		m, err := s.desk.ByEmail(r.Context(), web.StaffOf(r).Email)
		if errors.Is(err, record.ErrNotFound) {
			return web.ErrNotFound
		}
		if err != nil {
			return err
		}
		return next(w, r, m)
	}
}

// back goes to the mentor's page, which says what was done.
func back(w http.ResponseWriter, r *http.Request, done string) error {
	return web.SeeOther(w, r, register.OwnPath+"?done="+done)
}

// done says what was just done, by the word in the address.
var done = map[string]string{
	"saved": "Your changes are saved.", "agreed": "You have agreed to the terms.", "declared": "Your interests are saved.",
	"answered": "Your answers are saved. Thank you.", "forward": "Your profile is with the mentor lead. We write to you when they have looked at it.",
	"paused": "You are paused. We do not ask you to take anybody until you are back.", "resumed": "You can be asked again.",
	"away": "The days are noted.", "leaving": "Your last day is noted.", "stays": "Your last day is taken back. You are paused until you say that you can be asked again.",
	"plan": "You have agreed to the plan.", "right": "Thank you. We ask again in some months.",
	"late": "That cannot be done any more. Somebody may have changed something: see below.",
}

// states are the mentor's states in words.
var states = map[register.State]string{
	register.Invited:   "You are invited to become a mentor. If you would like to, write your profile.",
	register.Draft:     "Your profile is not finished.",
	register.ToApprove: "Your profile is with the mentor lead.",
	register.Listed:    "You are on the register.",
	register.Paused:    "You are paused: nobody asks you to take somebody.",
	register.Leaving:   "You are leaving.",
	register.Left:      "You have left the register.",
	register.Suspended: "You are suspended: nobody asks you to take somebody. Talk with the mentor lead.",
}

// home is the mentor's page.
func (s *server) home(w http.ResponseWriter, r *http.Request, m *register.Mentor) error {
	now := s.desk.Wall.Now()
	view := page.Work{
		SignedIn: &page.SignedIn{Name: m.Person.Name, Out: wall.Below + "sign-out"}, Done: done[r.URL.Query().Get("done")],
		Blocks: []page.Block{s.standing(m, now)},
	}
	if m.State() != register.Left {
		for _, more := range s.more {
			blocks, err := more(r.Context(), m)
			if err != nil {
				return err
			}
			view.Blocks = append(view.Blocks, blocks...)
		}
		view.Blocks = append(view.Blocks, profile(m)...)
		view.Blocks = append(view.Blocks, declared(m)...)
	}
	if len(web.StaffOf(r).Where("find", "area")) > 0 {
		view.Onward = append(view.Onward, page.Link{Text: "What waits for you as a mentor lead", Href: wall.Below + "lead/"})
	}
	return s.Render(w, http.StatusOK, "work", page.Frame{Heading: "Your mentoring", Application: true}, view)
}

// standing says what state the mentor is in, what is missing or waits, and what they can do.
func (s *server) standing(m *register.Mentor, now time.Time) page.Block {
	b := page.Block{Text: []string{states[m.State()]}}
	today := register.Today(now)
	act := func(text, act string, second bool) {
		b.Buttons = append(b.Buttons, page.Button{Text: text, Action: register.OwnPath + "act", Second: second, Hidden: []page.Hidden{{Name: "act", Value: act}}})
	}
	link := func(text, to string) {
		b.Links = append(b.Links, page.Link{Text: text, Href: register.OwnPath + to})
	}
	switch m.State() {
	case register.Invited, register.Draft:
		lacks := m.Lacks(false, now)
		if len(lacks) == 0 {
			b.Text = []string{"Your profile is complete. It is not with the mentor lead yet."}
			act("Send my profile to the mentor lead", "forward", false)
			break
		}
		b.Text = append(b.Text, "Do this before a mentor lead looks at it:")
		for _, lack := range lacks {
			switch {
			case lack == register.LackProfile:
				link("Complete your profile", "profile/"+m.Unfinished(now))
			case lack == register.LackYearly && m.Yearly != nil && !m.Yearly.Fine:
				link("Talk with the mentor lead about your registration, or change your answers", tasks[lack].to)
			default:
				link(tasks[lack].text, tasks[lack].to)
			}
		}
	case register.Listed, register.Paused:
		if m.State() == register.Paused && m.PausedFor != "" {
			b.Text = append(b.Text, "Until "+day(m.PausedFor)+".")
		}
		// Not how many people they have: a place is free before the letter about it goes. A mentor
		// learns that a pair has ended at the same hour, whatever the cause.
		b.Text = append(b.Text, fmt.Sprintf("You take %s at most.", people(m.Most())))
		if m.SupervisionOverdue(today) {
			b.Note = append(b.Note, "You have had no supervision for some time. Tell the mentor lead of a date, or ask for one.")
		}
		if m.YearlyAsked(today) {
			b.Note = append(b.Note, "Answer the yearly questions.")
		}
		if m.LongAway(today) {
			b.Note = append(b.Note, "You are away, so nobody asks you to take somebody.")
		}
		if m.Agreement != nil && m.Agreement.Version != m.Rules().Version {
			b.Note = append(b.Note, "Our terms have changed. Read them, and agree to them.")
		}
		if m.State() == register.Listed {
			act("Pause", "pause", true)
			link("Pause until a day", "pause")
		} else {
			act("I can be asked again", "resume", false)
		}
		link("Days when you are away", "away")
		link("How many people you take", "people")
		link("Leave the register", "leave")
	case register.Leaving:
		b.Text = append(b.Text, "Your last day is "+day(m.LastDay)+".")
		act("Take back my last day", "stay", true)
		link("Change your last day", "leave")
	case register.Suspended:
		link("Leave the register", "leave")
	}
	if m.Away.From != "" {
		b.Facts = append(b.Facts, page.Fact{Question: "Away", Answer: day(m.Away.From) + " to " + day(m.Away.Until), Change: register.OwnPath + "away"})
	}
	return b
}

// tasks say what to do about each missing thing, except the profile.
var tasks = map[register.Lack]struct{ text, to string }{
	register.LackAgreement: {"Agree to the terms", "terms"},
	register.LackInterests: {"Declare your interests", "interests"}, register.LackYearly: {"Answer questions about your registration", "yearly"},
}

// people writes a number of people with its unit.
func people(n int) string {
	if n == 1 {
		return "1 person"
	}
	return fmt.Sprintf("%d people", n)
}

// day is a day as people read it.
func day(d crossing.Day) string {
	if d == "" {
		return ""
	}
	return course.DateOf(register.Begins(d)).String()
}

// profile are the pages of the profile as blocks.
func profile(m *register.Mentor) (blocks []page.Block) {
	for _, sec := range m.Rules().Profile.Sections {
		b := page.Block{ID: sec.ID, Title: sec.Title, Facts: facts(sec, m.Answers)}
		for i := range b.Facts {
			b.Facts[i].Change = register.OwnPath + "profile/" + sec.ID
		}
		blocks = append(blocks, b)
	}
	return blocks
}

// facts are the questions of a section with their answers.
func facts(sec form.Section, v form.Values) (all []page.Fact) {
	for i := range sec.Questions {
		all = append(all, page.Fact{Question: sec.Questions[i].Label, Answer: sec.Questions[i].Shown(v)})
	}
	return all
}

// declared shows what the mentor agreed to and confirmed, with the plan.
func declared(m *register.Mentor) (blocks []page.Block) {
	on := func(d crossing.Day, what string) string {
		if d == "" {
			return ""
		}
		return what + " on " + day(d)
	}
	b := page.Block{Title: "Terms, interests and registration"}
	agreed, interests, yearly, seen := "Not agreed yet", "Not declared yet", "Not answered yet", "Nobody has seen the certificate yet"
	if m.Agreement != nil {
		agreed = on(m.Agreement.On, "Agreed")
	}
	if m.Interests != nil {
		interests = on(m.Interests.On, "Confirmed")
	}
	if m.Yearly != nil {
		yearly = on(m.Yearly.On, "Answered")
	}
	switch {
	case m.Qualification != nil && m.Qualification.Training:
		seen = "Training is under way"
	case m.Qualification != nil:
		seen = on(m.Qualification.On, "Seen by the mentor lead")
	}
	b.Facts = []page.Fact{
		{Question: "Terms", Answer: agreed, Change: register.OwnPath + "terms"},
		{Question: "Interests", Answer: interests, Change: register.OwnPath + "interests", Note: "Yearly, and within 28 days of a change"},
		{Question: "Registration and clinical sessions", Answer: yearly, Change: register.OwnPath + "yearly"},
		{Question: "Qualification", Answer: seen},
	}
	if n := len(m.Supervision); n > 0 {
		b.Facts = append(b.Facts, page.Fact{Question: "Latest supervision or development", Answer: day(m.Supervision[n-1].On)})
	}
	blocks = append(blocks, b)
	if m.Plan != nil {
		p := page.Block{ID: "plan", Title: m.Rules().Plan.Title}
		for _, sec := range m.Rules().Plan.Sections {
			p.Facts = append(p.Facts, facts(sec, m.Plan.Answers)...)
		}
		if m.Plan.Agreed != "" {
			p.Text = []string{"You agreed to it on " + day(m.Plan.Agreed) + "."}
		} else {
			p.Text = []string{"The mentor lead wrote this down on " + day(m.Plan.On) + ". If it is right, agree to it. If not, tell the mentor lead first."}
			p.Buttons = []page.Button{{Text: "I agree to this plan", Action: register.OwnPath + "act", Hidden: []page.Hidden{{Name: "act", Value: "plan"}}}}
		}
		blocks = append(blocks, p)
	}
	return blocks
}

// act does what takes only the press of a button.
func (s *server) act(w http.ResponseWriter, r *http.Request, m *register.Mentor) error {
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	acts := map[string]struct {
		do   func() error
		done string
	}{
		"forward": {func() error { return s.desk.PutForward(ctx, m.ID) }, "forward"},
		"pause":   {func() error { return s.desk.Pause(ctx, m.ID, "") }, "paused"},
		"resume":  {func() error { return s.desk.Resume(ctx, m.ID) }, "resumed"},
		"stay":    {func() error { return s.desk.Stay(ctx, m.ID) }, "stays"},
		"plan":    {func() error { return s.desk.AgreePlan(ctx, m.ID) }, "plan"},
	}
	what, known := acts[posted.Get("act")]
	if !known {
		return web.ErrNotFound
	}
	return answer(w, r, what.do(), what.done)
}

// answer says that something was done, or that it can no longer be done.
func answer(w http.ResponseWriter, r *http.Request, err error, done string) error {
	switch {
	case errors.Is(err, register.ErrMove), errors.Is(err, register.ErrLacks):
		return back(w, r, "late")
	case err != nil:
		return err
	}
	return back(w, r, done)
}

// one is a sheet as one section, for one page.
func one(sheet *form.Sheet) (section *form.Section, intro []string) {
	section, intro = &form.Section{ID: sheet.ID, Title: sheet.Title}, slices.Clone(sheet.Intro)
	for _, sec := range sheet.Sections {
		section.Questions = append(section.Questions, sec.Questions...)
		intro = append(intro, sec.Intro...)
	}
	return section, intro
}

// ask renders a page that asks for something.
func (s *server) ask(w http.ResponseWriter, heading, action, button string, section *form.Section, v form.Values, problems []form.Problem, intro ...string) error {
	view := page.Ask{
		Intro: intro, Asking: page.Asking{Section: section, Values: v, Problems: problems}, Action: register.OwnPath + action, Button: button,
		Cancel: register.OwnPath,
	}
	f := page.Frame{Heading: heading, Application: true, Back: &page.Link{Text: "Your mentoring", Href: register.OwnPath}}
	return s.Render(w, web.StatusOf(problems), "ask", f, view)
}

// typed reads what was posted for a page's questions.
func typed(r *http.Request, section *form.Section, now time.Time) (v form.Values, problems []form.Problem, post url.Values, err error) {
	if post, err = web.Post(r); err != nil {
		return nil, nil, nil, err
	}
	v = section.Read(post)
	return v, section.Check(v, now.In(course.London)), post, nil
}
