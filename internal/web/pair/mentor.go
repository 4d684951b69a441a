package pair

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/mentoring"
	"traininghub/internal/page"
	"traininghub/internal/pair"
	"traininghub/internal/record"
	"traininghub/internal/register"
	"traininghub/internal/web"
)

const mentorAt = register.OwnPath + "pairs/"

// Mentor has the addresses of a mentor's proposals, pairs and sessions.
func Mentor(desk *pair.Desk) web.Part {
	return func(shared *web.Server) []web.Route {
		s := &server{shared, desk}
		return []web.Route{
			web.On("GET /mentoring/mentor/pairs/{pair}", web.Staff, s.mine(s.own)),
			web.On("POST /mentoring/mentor/pairs/{pair}/act", web.Staff, s.mine(s.actMentor)),
			web.On("GET /mentoring/mentor/pairs/{pair}/take", web.Staff, s.mine(s.askTake)),
			web.On("POST /mentoring/mentor/pairs/{pair}/take", web.Staff, s.mine(s.take)),
			web.On("GET /mentoring/mentor/pairs/{pair}/meeting", web.Staff, s.mine(s.askMeeting)),
			web.On("POST /mentoring/mentor/pairs/{pair}/meeting", web.Staff, s.mine(s.meeting)),
			web.On("GET /mentoring/mentor/pairs/{pair}/session", web.Staff, s.mine(s.askSession)),
			web.On("POST /mentoring/mentor/pairs/{pair}/session", web.Staff, s.mine(s.session)),
			web.On("GET /mentoring/mentor/pairs/{pair}/end", web.Staff, s.mine(s.askOwnEnd)),
			web.On("POST /mentoring/mentor/pairs/{pair}/end", web.Staff, s.mine(s.ownEnd)),
			web.On("GET /mentoring/mentor/pairs/{pair}/agreement.pdf", web.Staff, s.mine(s.agreement)),
			web.On("GET /mentoring/mentor/log", web.Staff, s.log),
			web.On("GET /mentoring/mentor/log.csv", web.Staff, s.logFile),
			web.On("GET /mentoring/mentor/log.pdf", web.Staff, s.logPaper),
		}
	}
}

var toMentor = &page.Link{Text: "Your page", Href: register.OwnPath}

// mentor is the record of the person who has signed in; for others the page does not exist.
func (s *server) mentor(r *http.Request) (*register.Mentor, error) {
	m, err := s.desk.Register.ByEmail(r.Context(), web.StaffOf(r).Email)
	if errors.Is(err, record.ErrNotFound) {
		return nil, web.ErrNotFound
	}
	return m, err
}

// mine lets a mentor through to one of their pairs, if they were asked about it.
func (s *server) mine(next func(http.ResponseWriter, *http.Request, *pair.Pair) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		m, err := s.mentor(r)
		if err != nil {
			return err
		}
		p, err := s.desk.Get(r.Context(), r.PathValue("pair"))
		if err != nil {
			return known(err)
		}
		if p.Mentor != m.ID || !p.WasAsked() {
			return web.ErrNotFound
		}
		return next(w, r, p)
	}
}

// OfMentor makes the blocks about people on a mentor's page.
func OfMentor(desk *pair.Desk) func(context.Context, *register.Mentor) ([]page.Block, error) {
	s := &server{desk: desk}
	return func(ctx context.Context, m *register.Mentor) (blocks []page.Block, err error) {
		all, err := desk.OfMentor(ctx, m.ID)
		if err != nil {
			return nil, err
		}
		asked := page.Block{Title: "A question for you"}
		t := &page.MoneyTable{Caption: "People whom you mentor", Heads: []string{"Who", "Where it stands", "Sessions"}}
		for _, p := range all {
			who, err := s.menteeName(ctx, p)
			if err != nil {
				return nil, err
			}
			switch state := p.Seen(desk.Now()); {
			case state.Open():
				asked.Links = append(asked.Links, page.Link{Text: "Somebody looks for a mentor: answer by " + course.DateOf(p.Until.Add(-1)).String(), Href: mentorAt + p.ID})
			case state.Runs(), state == pair.Ended:
				t.Rows = append(t.Rows, page.MoneyRow{Href: mentorAt + p.ID, Cells: []string{who, state.Words(), used(desk, p)}})
			}
		}
		if len(asked.Links) > 0 {
			blocks = append(blocks, asked)
		}
		if len(t.Rows) > 0 {
			blocks = append(blocks, page.Block{Title: "People whom you mentor", Table: t,
				Links: []page.Link{{Text: "Log of your mentoring activity", Href: register.OwnPath + "log"}}})
		}
		for _, of := range m.Services {
			sums, ok, err := desk.Summed(ctx, of, pair.UseFeedback, m.ID)
			if err != nil {
				return nil, err
			}
			if ok {
				blocks = append(blocks, summed("What people said at the end", sums)...)
			}
		}
		return blocks, nil
	}
}

// menteeName is the mentee's name, or the pair's code once its mentor sees that it is over; "" for
// a proposal that came to nothing.
func (s *server) menteeName(ctx context.Context, p *pair.Pair) (string, error) {
	if p.State == pair.NotMade {
		return "", nil
	}
	if !p.Seen(s.desk.Now()).Live() {
		return "Pair " + p.ID, nil
	}
	q, err := s.desk.Requests().Get(ctx, p.Request)
	if errors.Is(err, record.ErrNotFound) {
		return "Pair " + p.ID, nil
	}
	return q.Contact.Name, err
}

// own is the mentor's page of a pair.
func (s *server) own(w http.ResponseWriter, r *http.Request, p *pair.Pair) error {
	q, err := s.desk.Requests().Get(r.Context(), p.Request)
	if errors.Is(err, record.ErrNotFound) {
		q, err = nil, nil
	}
	if err != nil {
		return err
	}
	state := p.Seen(s.desk.Now())
	switch {
	case state == pair.AskedMentor && q != nil:
		return s.first(w, r, p, q)
	case state == pair.Offered && q != nil:
		return s.second(w, r, p, q)
	case state.Runs() && q != nil:
		return s.running(w, r, p, q, state)
	}
	b := page.Block{}
	if p.Registered.IsZero() {
		b.Text = []string{"This question is answered, or is not needed any more.", "Would you like to take more people now?"}
		b.Links = []page.Link{{Text: "Change how many people you take", Href: register.OwnPath + "people"}}
	} else {
		b.Text = []string{"This pair has ended. Delete the contact details that you were given."}
	}
	view := page.Work{Blocks: []page.Block{b}}
	if t := sessions(p, true); t != nil {
		view.Blocks = append(view.Blocks, page.Block{Title: "Sessions", Table: t})
	}
	return s.show(w, r, frame("Pair "+p.ID, toMentor), view)
}

// button is a button on a mentor's page of a pair.
func button(p *pair.Pair, text string, second bool, fields ...string) page.Button {
	b := page.Button{Text: text, Action: mentorAt + p.ID + "/act", Second: second}
	for i := 0; i < len(fields); i += 2 {
		b.Hidden = append(b.Hidden, page.Hidden{Name: fields[i], Value: fields[i+1]})
	}
	return b
}

// declining are the ways to say no, without having to say why. "Not my field" is only offered once
// the mentor has read what it is about.
func declining(p *pair.Pair) []page.Button {
	all := []page.Button{
		button(p, "No: I have no room", true, "act", string(pair.Decline), "cause", string(pair.IsFull)),
		button(p, "No: I am away", true, "act", string(pair.Decline), "cause", string(pair.IsAway)),
	}
	if p.State == pair.Offered {
		all = append(all, button(p, "No: it is not my field", true, "act", string(pair.Decline), "cause", string(pair.NotMyField)))
	}
	return append(all, button(p, "No", true, "act", string(pair.Decline)))
}

// first asks whether the two know each other. It shows only a name and a practice.
func (s *server) first(w http.ResponseWriter, r *http.Request, p *pair.Pair, q *mentoring.Request) error {
	b := page.Block{
		Text:  []string{"Somebody looks for a mentor. Do you know each other socially, or do you work closely together?", "Do not tell anybody that they asked."},
		Facts: []page.Fact{{Question: "Name", Answer: q.Contact.Name}, {Question: "Practice", Answer: practices(q)}},
		Buttons: []page.Button{
			button(p, "We do not know each other", false, "act", string(pair.Stranger)),
			button(p, "We know each other", true, "act", string(pair.Know)),
		},
	}
	no := page.Block{Title: "If you cannot take anybody now", Text: []string{"You do not have to say why."}, Buttons: declining(p)}
	return s.show(w, r, frame("Do you know each other?", toMentor), page.Work{Blocks: []page.Block{b, no}})
}

// practices are the names of the practices where the mentee works now.
func practices(q *mentoring.Request) string {
	if q.Document == nil {
		return "None given"
	}
	var names []string
	for _, section := range q.Document.Sections {
		for _, row := range section.Rows {
			name, now := "", true
			for _, i := range row {
				switch i.ID {
				case "practice-name":
					name = i.Answer
				case "practice-now":
					now = i.Value() != "no" && i.Answer != "No"
				}
			}
			if name != "" && now {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		return "None given"
	}
	return strings.Join(names, ", ")
}

// second says what the request is about, and asks whether the mentor takes it.
func (s *server) second(w http.ResponseWriter, r *http.Request, p *pair.Pair, q *mentoring.Request) error {
	b := page.Block{Facts: []page.Fact{{Question: "Name", Answer: q.Contact.Name}}}
	if of := s.desk.Service(p.Service); of != nil {
		if role := of.Mentoring.Role(q.Role); role != nil {
			b.Facts = append(b.Facts, page.Fact{Question: "Role", Answer: role.Label})
		}
		for _, c := range of.Mentoring.Cohorts {
			if c.ID == q.Cohort {
				b.Facts = append(b.Facts, page.Fact{Question: "Group", Answer: c.Label})
			}
		}
		if f := q.Proforma; f != nil {
			b.Facts = append(b.Facts,
				page.Fact{Question: "Would like to think about", Answer: labels(of.Mentoring.Focus, f.Focus)},
				page.Fact{Question: "How to meet", Answer: labels(of.Mentoring.Meet, f.Meet)},
				page.Fact{Question: "When", Answer: labels(of.Mentoring.Times, f.Times)})
		}
	}
	b.Links = []page.Link{{Text: "Yes, I would like to mentor them", Href: mentorAt + p.ID + "/take"}}
	no := page.Block{Title: "If you would rather not", Text: []string{"You do not have to say why. They are told that you are not available, and nothing else."}, Buttons: declining(p)}
	no.Buttons = append(no.Buttons, button(p, "We know each other after all", true, "act", string(pair.Know)))
	return s.show(w, r, frame("Would you like to mentor them?", toMentor), page.Work{Blocks: []page.Block{b, no}})
}

// agreeing asks somebody to agree to the terms of a pair.
func agreeing(p *pair.Pair) *form.Section {
	return &form.Section{ID: "agree", Questions: []form.Question{form.Ask(form.Question{
		ID: "agree", Kind: form.Choices, Label: "Do you agree?", InMessages: "that you agree", Rule: "required",
		Options: []form.Option{{ID: "yes", Label: p.Terms.Statement}},
	})}}
}

func (s *server) askTake(w http.ResponseWriter, r *http.Request, p *pair.Pair) error {
	if p.State != pair.Offered {
		return web.SeeOther(w, r, mentorAt+p.ID)
	}
	return s.takePage(w, p, page.Asking{Section: agreeing(p)})
}

func (s *server) takePage(w http.ResponseWriter, p *pair.Pair, asking page.Asking) error {
	to := mentorAt + p.ID
	return s.ask(w, frame(p.Terms.Title, &page.Link{Text: "The question", Href: to}), page.Ask{
		Intro:  append([]string{"They have agreed to this already. When you do, too, you see how to reach each other."}, p.Terms.Clauses...),
		Asking: asking, Action: to + "/take", Button: "Agree and take them", Cancel: to,
	})
}

func (s *server) take(w http.ResponseWriter, r *http.Request, p *pair.Pair) error {
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	asks := agreeing(p)
	v := asks.Read(posted)
	if problems := asks.Check(v, s.desk.Now()); len(problems) > 0 {
		return s.takePage(w, p, page.Asking{Section: asks, Values: v, Problems: problems})
	}
	_, err = s.desk.Do(r.Context(), p.ID, pair.Step{Act: pair.Take, By: pair.Mentor, Agree: true})
	if errors.Is(err, register.ErrFull) {
		return s.takePage(w, p, page.Asking{Section: asks, Values: v, Problems: []form.Problem{
			problem(&asks.Questions[0], "You have as many people as you take at most. Take more on your page first, or say that you have no room")}})
	}
	return s.went(w, r, mentorAt+p.ID, "taken", err)
}

// running is the page of a registered pair.
func (s *server) running(w http.ResponseWriter, r *http.Request, p *pair.Pair, q *mentoring.Request, state pair.State) error {
	b := page.Block{}
	fact := func(question, answer string) {
		if answer != "" {
			b.Facts = append(b.Facts, page.Fact{Question: question, Answer: answer})
		}
	}
	fact("Name", q.Contact.Name)
	fact("Phone", q.Contact.Phone)
	fact("When to call", q.Contact.Times)
	if q.Contact.Phone != "" && !q.Contact.Message {
		fact("Messages", "Do not leave a message")
	}
	fact("Email", q.Contact.Email)
	stands := state.Words()
	if state == pair.Registered {
		stands = "You have both agreed, and have not met yet"
	}
	fact("Where it stands", stands)
	fact("Registered", course.DateOf(p.Registered).String())
	fact("First meeting", dayIn(p.Introduced))
	fact("Sessions", used(s.desk, p))
	if of := s.desk.Service(p.Service); of != nil {
		if last, limited := p.Last(of.Mentoring); limited {
			fact("Last day for sessions", last.String())
		}
	}
	if !p.Silent.IsZero() && state == pair.Active {
		b.Note = []string{"We have not heard of a session for a long time. Are you still in contact?"}
		b.Buttons = append(b.Buttons, button(p, "Yes, we are in contact", false, "act", "contact"))
	}
	to := mentorAt + p.ID
	if state == pair.Registered {
		b.Links = append(b.Links, page.Link{Text: "Enter your first meeting", Href: to + "/meeting"},
			page.Link{Text: "Take more people now, or fewer", Href: register.OwnPath + "people"})
	}
	if state != pair.Paused {
		b.Links = append(b.Links, page.Link{Text: "Log a session", Href: to + "/session"})
	} else {
		b.Note = []string{"The pair is paused. The mentor lead talks with both of you."}
		if p.Consent[string(pair.Mentor)].IsZero() {
			b.Buttons = append(b.Buttons, button(p, "I would like to go on", true, "act", "agree"))
		}
	}
	b.Links = append(b.Links, page.Link{Text: "Your agreement (PDF)", Href: to + "/agreement.pdf"}, page.Link{Text: "End this mentoring", Href: to + "/end"})
	if p.Talk.IsZero() {
		b.Buttons = append(b.Buttons, button(p, "I would like to talk about this mentoring", true, "act", "talk"))
	} else {
		b.Text = append(b.Text, "The mentor lead knows that you would like to talk about this mentoring.")
	}
	if state != pair.Paused {
		b.Buttons = append(b.Buttons, button(p, "We know each other after all: pause", true, "act", "pause"))
	}
	view := page.Work{Blocks: []page.Block{b}}
	if t := sessions(p, true); t != nil {
		view.Blocks = append(view.Blocks, page.Block{Title: "Sessions", Table: t})
	}
	if len(p.Sessions) > 0 && state != pair.Paused {
		view.Blocks = append(view.Blocks, page.Block{Title: "Does it fit?", Text: []string{"What you say is kept, and nobody is told."}, Buttons: []page.Button{
			button(p, "It fits", true, "act", "fit", "fit", pair.Fits), button(p, "I am not sure yet", true, "act", "fit", "fit", pair.NotSure),
			button(p, "It is not for me", true, "act", "fit", "fit", pair.NotFor),
		}})
	}
	return s.show(w, r, frame(q.Contact.Name, toMentor), view)
}

// actMentor does what a button of a mentor's page says.
func (s *server) actMentor(w http.ResponseWriter, r *http.Request, p *pair.Pair) error {
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	step := func(what string, act pair.Act) (string, error) {
		_, err := s.desk.Do(r.Context(), p.ID, pair.Step{Act: act, By: pair.Mentor, Cause: pair.Cause(posted.Get("cause"))})
		return what, err
	}
	what := ""
	switch act := posted.Get("act"); act {
	case string(pair.Stranger):
		what, err = step("stranger", pair.Stranger)
	case string(pair.Know):
		what, err = step("known", pair.Know)
	case string(pair.Decline):
		what, err = step("declined", pair.Decline)
	case "pause":
		what, err = step("paused", pair.Pause)
	case "agree":
		what = "agreed"
		_, err = s.desk.Agree(r.Context(), p.ID, pair.Mentor)
	case "talk":
		what = "talk"
		_, err = s.desk.TalkAbout(r.Context(), p.ID, pair.Mentor, "")
	case "contact":
		what = "contact"
		_, err = s.desk.Contact(r.Context(), p.ID)
	case "fit":
		what = "fit"
		_, err = s.desk.Fit(r.Context(), p.ID, pair.Mentor, posted.Get("fit"))
	default:
		return web.ErrNotFound
	}
	if errors.Is(err, pair.ErrSession) {
		return web.ErrNotFound
	}
	return s.went(w, r, mentorAt+p.ID, what, err)
}

// meetingAsked asks for the day of the first meeting.
var meetingAsked = form.Section{ID: "meeting", Questions: []form.Question{form.Ask(form.Question{
	ID: "day", Kind: form.Date, Label: "On which day did you first meet?", InMessages: "the day", Rule: "required",
})}}

func (s *server) askMeeting(w http.ResponseWriter, r *http.Request, p *pair.Pair) error {
	return s.meetingPage(w, p, page.Asking{Section: &meetingAsked, Values: dated("day", course.DateOf(s.desk.Now()))})
}

func (s *server) meetingPage(w http.ResponseWriter, p *pair.Pair, asking page.Asking) error {
	to := mentorAt + p.ID
	return s.ask(w, frame("Your first meeting", &page.Link{Text: "The pair", Href: to}), page.Ask{
		Intro:  []string{"If you log a session, you do not need this: the first session is your first meeting."},
		Asking: asking, Action: to + "/meeting", Button: "Save", Cancel: to,
	})
}

func (s *server) meeting(w http.ResponseWriter, r *http.Request, p *pair.Pair) error {
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v := meetingAsked.Read(posted)
	if problems := meetingAsked.Check(v, s.desk.Now()); len(problems) > 0 {
		return s.meetingPage(w, p, page.Asking{Section: &meetingAsked, Values: v, Problems: problems})
	}
	_, err = s.desk.Do(r.Context(), p.ID, pair.Step{Act: pair.Meet, By: pair.Mentor, Day: dayOf(meetingAsked.Questions[0].Normal(v))})
	if errors.Is(err, pair.ErrDay) {
		return s.meetingPage(w, p, page.Asking{Section: &meetingAsked, Values: v, Problems: []form.Problem{
			problem(&meetingAsked.Questions[0], "The day must be between the day on which you were registered and today")}})
	}
	return s.went(w, r, mentorAt+p.ID, "met", err)
}

// sessionAsked asks for a session. It has no field for what was said.
var sessionAsked = form.Section{ID: "session", Questions: []form.Question{
	form.Ask(form.Question{ID: "day", Kind: form.Date, Label: "On which day?", InMessages: "the day", Rule: "required"}),
	form.Ask(form.Question{ID: "time", Kind: form.Text, Label: "At what time did it begin?", InMessages: "the time", Hint: "For example, 2:30pm", Rule: "required,max=20", Width: 10}),
	form.Ask(form.Question{ID: "minutes", Kind: form.Number, Label: "How many minutes?", InMessages: "the minutes", Rule: "required,min=10,max=480", Width: 4}),
	form.Ask(form.Question{ID: "how", Kind: form.Choice, Label: "How?", InMessages: "how you met", Rule: "required", Options: ways()}),
	form.Ask(form.Question{ID: "outcome", Kind: form.Choice, Label: "What became of it?", InMessages: "what became of it", Rule: "required", Options: outcomes()}),
}}

func ways() (all []form.Option) {
	for _, way := range pair.Ways {
		all = append(all, form.Option{ID: way, Label: pair.WayWords(way)})
	}
	return all
}

// outcomes are the outcomes that a mentor can choose from, with ids without spaces.
func outcomes() (all []form.Option) {
	for _, o := range pair.Outcomes {
		all = append(all, form.Option{ID: dashed(o), Label: o.Words()})
	}
	return all
}

func dashed(o pair.Outcome) string { return strings.ReplaceAll(string(o), " ", "-") }

func (s *server) askSession(w http.ResponseWriter, r *http.Request, p *pair.Pair) error {
	of := s.desk.Service(p.Service)
	if of == nil {
		return web.ErrNotFound
	}
	likely := p.Suppose(of.Mentoring, s.desk.Now())
	v := dated("day", course.DateOf(likely.Start))
	v["minutes"], v["how"], v["outcome"] = strconv.Itoa(likely.Minutes), likely.How, dashed(likely.Outcome)
	return s.sessionPage(w, p, page.Asking{Section: &sessionAsked, Values: v})
}

func (s *server) sessionPage(w http.ResponseWriter, p *pair.Pair, asking page.Asking) error {
	to := mentorAt + p.ID
	return s.ask(w, frame("Log a session", &page.Link{Text: "The pair", Href: to}), page.Ask{
		Intro:  []string{"We keep only when you met, how, and for how long. Nothing that was said is kept."},
		Asking: asking, Action: to + "/session", Button: "Log the session", Cancel: to,
	})
}

func (s *server) session(w http.ResponseWriter, r *http.Request, p *pair.Pair) error {
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v := sessionAsked.Read(posted)
	again := func(q int, text string) error {
		return s.sessionPage(w, p, page.Asking{Section: &sessionAsked, Values: v, Problems: []form.Problem{problem(&sessionAsked.Questions[q], text)}})
	}
	problems := sessionAsked.Check(v, s.desk.Now())
	var clock course.Clock
	if strings.TrimSpace(v["time"]) != "" && clock.UnmarshalText([]byte(strings.ToLower(strings.TrimSpace(v["time"])))) != nil {
		problems = append(problems, problem(&sessionAsked.Questions[1], "The time must be a time, like 2:30pm"))
	}
	if len(problems) > 0 {
		return s.sessionPage(w, p, page.Asking{Section: &sessionAsked, Values: v, Problems: problems})
	}
	start, err := pair.At(dayOf(sessionAsked.Questions[0].Normal(v)), int(clock))
	if err != nil {
		return again(1, "On that day there is no such time: the clocks went forward")
	}
	minutes, _ := strconv.Atoi(sessionAsked.Questions[2].Normal(v))
	one := pair.Session{Start: start, Minutes: minutes, How: sessionAsked.Questions[3].Normal(v)}
	for _, o := range pair.Outcomes {
		if dashed(o) == sessionAsked.Questions[4].Normal(v) {
			one.Outcome = o
		}
	}
	_, err = s.desk.AddSession(r.Context(), p.ID, one)
	overlap := (*pair.Overlap)(nil)
	switch {
	case errors.As(err, &overlap):
		text, err := s.overlap(r.Context(), overlap)
		if err != nil {
			return err
		}
		return again(1, text)
	case errors.Is(err, pair.ErrFuture):
		return again(0, "The session must be over before you log it")
	case errors.Is(err, pair.ErrEarly):
		return again(0, "The session must be on or after the day on which you were registered")
	case errors.Is(err, pair.ErrStopped):
		return again(0, "The session must be before the pair was paused or ended")
	case errors.Is(err, pair.ErrMost):
		return again(4, "There have been as many sessions as there can be. Ask the mentor lead for more")
	case errors.Is(err, pair.ErrMonths):
		return again(0, "The session must be within the time that there is for sessions. Ask the mentor lead for more")
	case errors.Is(err, pair.ErrSession):
		return again(2, "The minutes must be a whole number from 10 to 480")
	}
	return s.went(w, r, mentorAt+p.ID, "logged", err)
}

// overlap names the two sessions that overlap.
func (s *server) overlap(ctx context.Context, o *pair.Overlap) (string, error) {
	said := func(slot pair.Slot) (string, error) {
		p, err := s.desk.Get(ctx, slot.Pair)
		if err != nil {
			return "", err
		}
		who, err := s.menteeName(ctx, p)
		return fmt.Sprintf("%s on %s for %d minutes", who, course.Moment(slot.Start), slot.Minutes), err
	}
	mine, err := said(o.New)
	if err != nil {
		return "", err
	}
	other, err := said(o.Other)
	return "You cannot be in two places: " + mine + " overlaps with " + other, err
}

// endAsked asks a mentor why they end a pair.
var endAsked = form.Section{ID: "end", Questions: []form.Question{form.Ask(form.Question{
	ID: "cause", Kind: form.Choice, Label: "Why are you ending it?", InMessages: "why you are ending it", Rule: "required",
	Options: []form.Option{{ID: string(pair.Completed), Label: "We have done what we wanted to do"}, {ID: string(pair.ByMentor), Label: "I would like to end it. Find another mentor for them"}},
})}}

func (s *server) askOwnEnd(w http.ResponseWriter, r *http.Request, p *pair.Pair) error {
	return s.ownEndPage(w, p, page.Asking{Section: &endAsked})
}

func (s *server) ownEndPage(w http.ResponseWriter, p *pair.Pair, asking page.Asking) error {
	to := mentorAt + p.ID
	return s.ask(w, frame("End this mentoring", &page.Link{Text: "The pair", Href: to}),
		page.Ask{Asking: asking, Action: to + "/end", Button: "End this mentoring", Cancel: to})
}

func (s *server) ownEnd(w http.ResponseWriter, r *http.Request, p *pair.Pair) error {
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v := endAsked.Read(posted)
	if problems := endAsked.Check(v, s.desk.Now()); len(problems) > 0 {
		return s.ownEndPage(w, p, page.Asking{Section: &endAsked, Values: v, Problems: problems})
	}
	_, err = s.desk.Do(r.Context(), p.ID, pair.Step{Act: pair.End, By: pair.Mentor, Cause: pair.Cause(endAsked.Questions[0].Normal(v))})
	if errors.Is(err, pair.ErrState) && p.State == pair.Ended {
		err = nil // somebody else has ended it, and the mentor is told tomorrow
	}
	return s.went(w, r, mentorAt+p.ID, "closed", err)
}

// log gives what a mentor has done, without names, for their accreditation.
func (s *server) log(w http.ResponseWriter, r *http.Request) error {
	m, err := s.mentor(r)
	if err != nil {
		return err
	}
	all, err := s.desk.Activities(r.Context(), m.ID)
	if err != nil {
		return err
	}
	b := page.Block{Text: []string{"Each letter stands for one person. Nobody is named."}}
	if len(all) == 0 {
		b.Text = []string{"You have logged no session yet."}
	} else {
		t := &page.MoneyTable{Caption: "Log", Heads: []string{"When", "Minutes", "How", "Client"}}
		for _, a := range all {
			t.Rows = append(t.Rows, page.MoneyRow{Cells: []string{course.Moment(a.Start), fmt.Sprint(a.Minutes), pair.WayWords(a.How), a.Client}})
		}
		b.Table = t
		b.Links = []page.Link{{Text: "As a table (CSV)", Href: register.OwnPath + "log.csv"}, {Text: "To print (PDF)", Href: register.OwnPath + "log.pdf"}}
	}
	return s.show(w, r, frame("Log of your mentoring activity", toMentor), page.Work{Blocks: []page.Block{b}})
}

func (s *server) logFile(w http.ResponseWriter, r *http.Request) error {
	m, err := s.mentor(r)
	if err != nil {
		return err
	}
	all, err := s.desk.Activities(r.Context(), m.ID)
	if err != nil {
		return err
	}
	data, err := pair.LogTable(all)
	if err != nil {
		return err
	}
	return s.File(w, record.Attachment{Name: "mentoring-log.csv", Type: "text/csv; charset=utf-8", Data: data})
}

func (s *server) logPaper(w http.ResponseWriter, r *http.Request) error {
	m, err := s.mentor(r)
	if err != nil {
		return err
	}
	all, err := s.desk.Activities(r.Context(), m.ID)
	if err != nil {
		return err
	}
	return s.pdf(w, pair.LogPaper(all, m.Person.Name, s.desk.Now().UTC().Truncate(time.Minute)), "mentoring-log")
}
