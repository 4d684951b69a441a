package pair

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/mentoring"
	"traininghub/internal/page"
	"traininghub/internal/pair"
	"traininghub/internal/record"
	"traininghub/internal/register"
	"traininghub/internal/wall"
	"traininghub/internal/web"
)

// The addresses of mentees' pages. Their cookie has this path.
const (
	askBelow = wall.Below + "request/"
	menteeAt = askBelow + "mentor"
)

// Mentee has the addresses of mentees: the proposed mentor, the pair and its sessions, and the
// questions at the end, which need only a mailed link.
func Mentee(desk *pair.Desk) web.Part {
	return func(shared *web.Server) []web.Route {
		s := &server{shared, desk}
		return []web.Route{
			web.On("GET /mentoring/request/mentor", web.Asking, s.asked(s.theirs)),
			web.On("POST /mentoring/request/mentor/act", web.Asking, s.asked(s.actMentee)),
			web.On("GET /mentoring/request/mentor/accept", web.Asking, s.asked(s.askAccept)),
			web.On("POST /mentoring/request/mentor/accept", web.Asking, s.asked(s.accept)),
			web.On("GET /mentoring/request/mentor/another", web.Asking, s.asked(s.askAnother)),
			web.On("POST /mentoring/request/mentor/another", web.Asking, s.asked(s.another)),
			web.On("GET /mentoring/request/mentor/end", web.Asking, s.asked(s.askDone)),
			web.On("POST /mentoring/request/mentor/end", web.Asking, s.asked(s.done)),
			web.On("GET /mentoring/request/mentor/agreement.pdf", web.Asking, s.asked(func(w http.ResponseWriter, r *http.Request, _ *mentoring.Request, p *pair.Pair) error {
				return s.agreement(w, r, p)
			})),
			web.On("GET /mentoring/feedback/{link}", web.Linked, s.askFeedback),
			web.On("POST /mentoring/feedback/{link}", web.Linked, s.give),
			web.On("GET /mentoring/feedback/given", web.Anybody, s.given),
		}
	}
}

var toAsked = &page.Link{Text: "Your request", Href: askBelow}

// asked lets a mentee through to their proposal or pair.
func (s *server) asked(next func(http.ResponseWriter, *http.Request, *mentoring.Request, *pair.Pair) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		q, err := s.desk.Page(r.Context(), web.Cookie(r, web.AskingCookie))
		if errors.Is(err, mentoring.ErrNoLink) {
			return web.SeeOther(w, r, askBelow) // that page says how to open it
		}
		if err != nil {
			return err
		}
		p, err := s.present(r, q)
		if err != nil {
			return err
		}
		if p == nil {
			return web.SeeOther(w, r, askBelow)
		}
		return next(w, r, q, p)
	}
}

// present is the proposal or pair of a request, or its last pair; nil if there is none.
func (s *server) present(r *http.Request, q *mentoring.Request) (*pair.Pair, error) {
	id := q.Proposal
	if id == "" {
		id = q.Pair
	}
	if id != "" {
		p, err := s.desk.Get(r.Context(), id)
		return p, known(err)
	}
	all, err := s.desk.OfRequest(r.Context(), q)
	if err != nil {
		return nil, err
	}
	for _, p := range slices.Backward(all) {
		if p.State == pair.Ended {
			return p, nil
		}
	}
	return nil, nil
}

// profile is what a mentee may read of a proposed mentor.
func (s *server) profile(r *http.Request, p *pair.Pair) ([]page.Fact, *register.Mentor, error) {
	m, err := s.desk.Register.Get(r.Context(), p.Mentor)
	if errors.Is(err, record.ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	var facts []page.Fact
	fact := func(question, answer string) {
		if answer != "" {
			facts = append(facts, page.Fact{Question: question, Answer: answer})
		}
	}
	fact("Name", m.Person.Name)
	fact("About them", m.Answers[register.AskAbout])
	if of := s.desk.Service(p.Service); of != nil {
		fact("Can help to think about", labels(of.Mentoring.Focus, m.Chosen(register.AskFocus)))
		fact("Experience", labels(of.Mentoring.Experience, m.Chosen(register.AskExperience)))
		fact("How they meet", labels(of.Mentoring.Meet, m.Chosen(register.AskMeet)))
		fact("When", labels(of.Mentoring.Times, m.Chosen(register.AskTimes)))
		if of.Mentoring.Register != nil {
			fact("They tell you that they are", labels(of.Mentoring.Register.Shown, m.Chosen(register.AskShown)))
		}
	}
	return facts, m, nil
}

// OfAsked makes the blocks about mentors on a mentee's page.
func OfAsked(desk *pair.Desk) func(*http.Request, *mentoring.Request) ([]page.Block, error) {
	s := &server{desk: desk}
	return func(r *http.Request, q *mentoring.Request) ([]page.Block, error) {
		p, err := s.present(r, q)
		if err != nil || p == nil {
			return nil, err
		}
		b := page.Block{ID: "mentor", Title: "Your mentor"}
		switch {
		case p.State == pair.AskedMentee:
			b.Title = "A mentor for you to look at"
			b.Note = []string{"Answer by " + course.DateOf(p.Until.Add(-1)).String() + "."}
			b.Links = []page.Link{{Text: "Look at the mentor", Href: menteeAt}}
		case p.State.Open():
			b.Text = []string{"You said yes. We are asking the mentor, and write to you when we know."}
		case p.State.Runs():
			b.Links = []page.Link{{Text: "Your mentor and your sessions", Href: menteeAt}}
		default:
			b.Links = []page.Link{{Text: "Your sessions", Href: menteeAt}}
		}
		return []page.Block{b}, nil
	}
}

func menteeButton(text string, second bool, fields ...string) page.Button {
	b := page.Button{Text: text, Action: menteeAt + "/act", Second: second}
	for i := 0; i < len(fields); i += 2 {
		b.Hidden = append(b.Hidden, page.Hidden{Name: fields[i], Value: fields[i+1]})
	}
	return b
}

// theirs is the mentee's page of a proposal or a pair.
func (s *server) theirs(w http.ResponseWriter, r *http.Request, q *mentoring.Request, p *pair.Pair) error {
	facts, m, err := s.profile(r, p)
	if err != nil {
		return err
	}
	b, heading := page.Block{Facts: facts}, "Your mentor"
	view := page.Work{Done: done[r.URL.Query().Get("done")]}
	switch {
	case p.State == pair.AskedMentee:
		heading = "A mentor for you to look at"
		b.Text = []string{"They do not know of your request yet. Answer by " + course.DateOf(p.Until.Add(-1)).String() + "."}
		b.Links = []page.Link{{Text: "Yes, I would like this mentor", Href: menteeAt + "/accept"}, {Text: "Another mentor, please", Href: menteeAt + "/another"}}
		if p.Asked {
			b.Note = []string{"The mentor lead knows that you have a question, and calls you."}
		} else {
			b.Buttons = []page.Button{menteeButton("I have a question", true, "act", "question")}
		}
	case p.State.Open():
		b.Facts, b.Text = nil, []string{"You said yes. We are asking the mentor, and write to you when we know."}
	case p.State.Runs():
		s.together(&b, p, m)
		view.Blocks = append(view.Blocks, b)
		view.Blocks = append(view.Blocks, s.questions(p)...)
		b = page.Block{}
	default:
		b.Facts, b.Text = nil, []string{"Your mentoring with this mentor has ended."}
	}
	if len(b.Facts)+len(b.Text)+len(b.Links) > 0 {
		view.Blocks = append(view.Blocks, b)
	}
	if t := sessions(p, false); t != nil {
		view.Blocks = append(view.Blocks, page.Block{Title: "Sessions", Table: t})
	}
	view.Onward = []page.Link{{Text: "Your request", Href: askBelow}}
	return s.Render(w, http.StatusOK, "work", frame(heading, toAsked), view)
}

// together says how to reach the mentor, and what can be done.
func (s *server) together(b *page.Block, p *pair.Pair, m *register.Mentor) {
	if m != nil {
		b.Facts = append(b.Facts, page.Fact{Question: "Email", Answer: m.Person.Email})
		if m.Person.Telephone != "" {
			b.Facts = append(b.Facts, page.Fact{Question: "Phone", Answer: m.Person.Telephone})
		}
	}
	if m != nil && m.State() == register.Leaving {
		b.Text = []string{"Your mentor stops mentoring on " + dayIn(string(m.LastDay)) + ". Then we look for another mentor for you, and you go before others. The mentor lead talks with you about it."}
	}
	b.Facts = append(b.Facts, page.Fact{Question: "Sessions", Answer: used(s.desk, p)})
	b.Links = []page.Link{
		{Text: "Your agreement (PDF)", Href: menteeAt + "/agreement.pdf"}, {Text: "I would like another mentor", Href: menteeAt + "/another"},
		{Text: "End my mentoring", Href: menteeAt + "/end"},
	}
	if p.State == pair.Paused {
		b.Note = []string{"The pair is paused. The mentor lead talks with both of you."}
		if p.Consent[string(pair.Mentee)].IsZero() {
			b.Buttons = []page.Button{menteeButton("I would like to go on", true, "act", "agree")}
		}
		return
	}
	b.Buttons = []page.Button{menteeButton("We know each other after all: pause", true, "act", "pause")}
}

// questions are the questions that the mentee can answer now.
func (s *server) questions(p *pair.Pair) (all []page.Block) {
	if p.State == pair.Introduced {
		all = append(all, page.Block{Title: "Your first meeting", Text: []string{"Your mentor has entered that you first met on " + dayIn(p.Introduced) + "."},
			Buttons: []page.Button{menteeButton("That is right", false, "act", "confirm"), menteeButton("This is not right", true, "act", "not so")}})
	}
	held := 0
	for _, one := range p.Sessions {
		n := strconv.Itoa(one.N)
		if one.Outcome == pair.Held {
			held++
		}
		if one.Sampled && one.Confirmed == "" {
			all = append(all, page.Block{Title: "Did this meeting take place?", Text: []string{course.Moment(one.Start) + ", " + fmt.Sprint(one.Minutes) + " minutes. We ask about a few meetings, chosen by chance."},
				Buttons: []page.Button{menteeButton("Yes", false, "act", "sample", "n", n, "answer", "yes"), menteeButton("No", true, "act", "sample", "n", n, "answer", "no")}})
		}
	}
	if held > 0 && p.State != pair.Paused {
		all = append(all, page.Block{Title: "Does it fit?", Text: []string{"Only the mentor lead learns what you say. You can say it anew at any time."}, Buttons: []page.Button{
			menteeButton("It fits", true, "act", "fit", "fit", pair.Fits), menteeButton("I am not sure yet", true, "act", "fit", "fit", pair.NotSure),
			menteeButton("It is not for me", true, "act", "fit", "fit", pair.NotFor),
		}})
	}
	for _, one := range p.Sessions {
		if one.Disputed.IsZero() && one.N > len(p.Sessions)-3 { // the latest three: the page has shown others for long
			all = append(all, page.Block{Text: []string{"Session of " + course.Moment(one.Start)},
				Buttons: []page.Button{menteeButton(fmt.Sprintf("Session %d is not right", one.N), true, "act", "dispute", "n", strconv.Itoa(one.N))}})
		}
	}
	return all
}

// actMentee does what a button of a mentee's page says.
func (s *server) actMentee(w http.ResponseWriter, r *http.Request, q *mentoring.Request, p *pair.Pair) error {
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	step := func(what string, act pair.Act) (string, error) {
		_, err := s.desk.Do(r.Context(), p.ID, pair.Step{Act: act, By: pair.Mentee})
		return what, err
	}
	n, _ := strconv.Atoi(posted.Get("n"))
	what := ""
	switch posted.Get("act") {
	case "question":
		what, err = step("question", pair.Question)
	case "confirm":
		what, err = step("confirmed", pair.Confirm)
	case "not so":
		what, err = step("notso", pair.NotSo)
	case "pause":
		what, err = step("paused", pair.Pause)
	case "agree":
		what = "agreed"
		_, err = s.desk.Agree(r.Context(), p.ID, pair.Mentee)
	case "dispute":
		what = "notso"
		_, err = s.desk.Dispute(r.Context(), p.ID, n)
	case "sample":
		what = "confirmed"
		_, err = s.desk.Confirmed(r.Context(), p.ID, n, posted.Get("answer"))
	case "fit":
		what = "fit"
		fit := posted.Get("fit")
		if _, err = s.desk.Fit(r.Context(), p.ID, pair.Mentee, fit); err == nil && fit == pair.NotFor {
			return web.SeeOther(w, r, menteeAt+"/another")
		}
	default:
		return web.ErrNotFound
	}
	if errors.Is(err, pair.ErrSession) {
		return web.ErrNotFound
	}
	return s.went(w, r, menteeAt, what, err)
}

func (s *server) askAccept(w http.ResponseWriter, r *http.Request, q *mentoring.Request, p *pair.Pair) error {
	if p.State != pair.AskedMentee {
		return web.SeeOther(w, r, menteeAt)
	}
	return s.acceptPage(w, p, page.Asking{Section: agreeing(p)})
}

func (s *server) acceptPage(w http.ResponseWriter, p *pair.Pair, asking page.Asking) error {
	return s.ask(w, frame(p.Terms.Title, &page.Link{Text: "The mentor", Href: menteeAt}), page.Ask{
		Intro:  append([]string{"This is what you and your mentor agree to. We ask the mentor when you have."}, p.Terms.Clauses...),
		Asking: asking, Action: menteeAt + "/accept", Button: "Agree and ask the mentor", Cancel: menteeAt,
	})
}

func (s *server) accept(w http.ResponseWriter, r *http.Request, q *mentoring.Request, p *pair.Pair) error {
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	asks := agreeing(p)
	v := asks.Read(posted)
	if problems := asks.Check(v, s.desk.Now()); len(problems) > 0 {
		return s.acceptPage(w, p, page.Asking{Section: asks, Values: v, Problems: problems})
	}
	_, err = s.desk.Do(r.Context(), p.ID, pair.Step{Act: pair.Accept, By: pair.Mentee, Agree: true})
	return s.wentHome(w, r, "accepted", err)
}

// wentHome is went, back to the page of the request.
func (s *server) wentHome(w http.ResponseWriter, r *http.Request, what string, err error) error {
	if stale(err) {
		what, err = "late", nil
	}
	if err != nil {
		return known(err)
	}
	return goTo(w, r, askBelow, what)
}

// anotherAsked asks for an optional reason.
var anotherAsked = form.Section{ID: "another", Questions: []form.Question{form.Ask(form.Question{
	ID: "why", Kind: form.LongText, Label: "Is there anything that we should know?", InMessages: "what we should know",
	Hint: "Only the mentor lead reads this. You do not have to give a reason", Rule: "max=300",
})}}

func (s *server) askAnother(w http.ResponseWriter, r *http.Request, q *mentoring.Request, p *pair.Pair) error {
	if p.State != pair.AskedMentee && !p.State.Runs() {
		return web.SeeOther(w, r, menteeAt)
	}
	return s.anotherPage(w, p, page.Asking{Section: &anotherAsked})
}

func (s *server) anotherPage(w http.ResponseWriter, p *pair.Pair, asking page.Asking) error {
	intro := []string{"We look for somebody else. This mentor is not proposed to you again."}
	if p.State.Runs() {
		intro = append(intro, "The mentor is told tomorrow that the pair has ended, in words that do not say why. The sessions that you have had stay counted, and you go before others.")
	}
	return s.ask(w, frame("Another mentor", &page.Link{Text: "The mentor", Href: menteeAt}), page.Ask{
		Intro: intro, Asking: asking, Action: menteeAt + "/another", Button: "Look for another mentor", Cancel: menteeAt,
	})
}

func (s *server) another(w http.ResponseWriter, r *http.Request, q *mentoring.Request, p *pair.Pair) error {
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v := anotherAsked.Read(posted)
	if problems := anotherAsked.Check(v, s.desk.Now()); len(problems) > 0 {
		return s.anotherPage(w, p, page.Asking{Section: &anotherAsked, Values: v, Problems: problems})
	}
	step := pair.Step{Act: pair.Another, By: pair.Mentee, Cause: pair.ByMentee, Why: v["why"]}
	if p.State.Runs() {
		step.Act, step.Again = pair.End, true
	}
	_, err = s.desk.Do(r.Context(), p.ID, step)
	return s.wentHome(w, r, "another", err)
}

// doneAsked asks before mentoring ends.
var doneAsked = form.Section{ID: "end", Questions: []form.Question{form.Ask(form.Question{
	ID: "cause", Kind: form.Choice, Label: "Why are you ending it?", InMessages: "why you are ending it", Rule: "required",
	Options: []form.Option{{ID: string(pair.Completed), Label: "It has done what I wanted"}, {ID: string(pair.ByMentee), Label: "I would like to stop"}},
})}}

func (s *server) askDone(w http.ResponseWriter, r *http.Request, q *mentoring.Request, p *pair.Pair) error {
	if !p.State.Runs() {
		return web.SeeOther(w, r, menteeAt)
	}
	return s.donePage(w, page.Asking{Section: &doneAsked})
}

func (s *server) donePage(w http.ResponseWriter, asking page.Asking) error {
	return s.ask(w, frame("End your mentoring", &page.Link{Text: "Your mentor", Href: menteeAt}), page.Ask{
		Intro:  []string{"The mentor is told tomorrow that the pair has ended, in words that do not say why."},
		Asking: asking, Action: menteeAt + "/end", Button: "End my mentoring", Cancel: menteeAt,
	})
}

func (s *server) done(w http.ResponseWriter, r *http.Request, q *mentoring.Request, p *pair.Pair) error {
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v := doneAsked.Read(posted)
	if problems := doneAsked.Check(v, s.desk.Now()); len(problems) > 0 {
		return s.donePage(w, page.Asking{Section: &doneAsked, Values: v, Problems: problems})
	}
	_, err = s.desk.Do(r.Context(), p.ID, pair.Step{Act: pair.End, By: pair.Mentee, Cause: pair.Cause(doneAsked.Questions[0].Normal(v))})
	return s.wentHome(w, r, "closed", err)
}

// askFeedback shows the questions behind a mailed link. The page says nothing about anybody.
func (s *server) askFeedback(w http.ResponseWriter, r *http.Request) error {
	_, sheet, err := s.desk.Opens(r.Context(), r.PathValue("link"))
	if err != nil {
		return s.noFeedback(w, err)
	}
	return s.feedbackPage(w, r, sheet, page.Asking{})
}

func (s *server) noFeedback(w http.ResponseWriter, err error) error {
	text := "This link is cut off, or out of date."
	switch {
	case errors.Is(err, pair.ErrGiven):
		text = "You have answered these questions already. Thank you."
	case stale(err), errors.Is(err, pair.ErrNoPair):
	default:
		return err
	}
	return s.Render(w, http.StatusNotFound, "message", frame("There is nothing to answer here", nil), page.Message{Paragraphs: []string{text}})
}

// whole is a sheet as one section, for one page.
func whole(sheet *form.Sheet) *form.Section {
	all := &form.Section{ID: sheet.Sections[0].ID, Title: sheet.Title}
	for _, section := range sheet.Sections {
		all.Questions = append(all.Questions, section.Questions...)
	}
	return all
}

func (s *server) feedbackPage(w http.ResponseWriter, r *http.Request, sheet *form.Sheet, asking page.Asking) error {
	asking.Section = whole(sheet)
	return s.ask(w, frame(sheet.Title, nil), page.Ask{Intro: sheet.Intro, Asking: asking, Action: r.URL.EscapedPath(), Button: "Send your answers"})
}

func (s *server) give(w http.ResponseWriter, r *http.Request) error {
	p, sheet, err := s.desk.Opens(r.Context(), r.PathValue("link"))
	if errors.Is(err, pair.ErrGiven) { // pressed twice
		return web.SeeOther(w, r, "/mentoring/feedback/given")
	}
	if err != nil {
		return s.noFeedback(w, err)
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v, problems, err := s.desk.Give(r.Context(), p.ID, sheet.Use, posted)
	if errors.Is(err, pair.ErrGiven) {
		err = nil
	}
	if err != nil {
		return known(err)
	}
	if len(problems) > 0 {
		return s.feedbackPage(w, r, sheet, page.Asking{Values: v, Problems: problems})
	}
	return web.SeeOther(w, r, "/mentoring/feedback/given")
}

func (s *server) given(w http.ResponseWriter, r *http.Request) error {
	return s.Render(w, http.StatusOK, "message", frame("Thank you for your answers", nil), page.Message{
		Paragraphs: []string{"They are kept without your name. Nobody sees them before there are 5 or more."},
	})
}
