package pair

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/mentoring"
	"traininghub/internal/page"
	"traininghub/internal/pair"
	"traininghub/internal/record"
	"traininghub/internal/register"
	"traininghub/internal/web"
)

// pairs lists the pairs that somebody sees to, live or over.
func (s *server) pairs(live bool) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p, err := lead(r)
		if err != nil {
			return err
		}
		all, err := s.desk.Led(r.Context(), p, live)
		if err != nil {
			return err
		}
		groups := []struct {
			title, none string
			of          func(*pair.Pair) bool
		}{
			{"Waiting for you", "Nothing waits for you.", (*pair.Pair).Waits},
			{"Proposals", "Nobody is being asked.", func(p *pair.Pair) bool { return p.State.Open() && !p.Waits() }},
			{"Pairs", "There are no others.", func(p *pair.Pair) bool { return p.State.Runs() && !p.Waits() }},
		}
		heading := "Proposals and pairs"
		if !live {
			heading = "Proposals and pairs that are over"
			groups = groups[:1]
			groups[0].title, groups[0].none, groups[0].of = "Over", "There are none.", func(*pair.Pair) bool { return true }
		}
		view := page.Work{}
		for _, g := range groups {
			t := &page.MoneyTable{Caption: g.title, Heads: []string{"For", "Mentor", "Where it stands", "Sessions", "To note"}}
			for _, one := range all {
				if !g.of(one) {
					continue
				}
				mentee, mentor, err := s.names(r, one)
				if err != nil {
					return err
				}
				note, err := s.noteOf(r, one)
				if err != nil {
					return err
				}
				t.Rows = append(t.Rows, page.MoneyRow{Href: pairsAt + "/" + one.ID, Cells: []string{mentee, mentor, stands(one), used(s.desk, one), note}})
			}
			b := page.Block{Title: g.title}
			if len(t.Rows) == 0 {
				b.Text = []string{g.none}
			} else {
				b.Table = t
			}
			view.Blocks = append(view.Blocks, b)
		}
		back := toLead
		if live {
			view.Onward = []page.Link{{Text: "Those that are over", Href: pairsAt + "/over"}, {Text: "Match mentors", Href: runsAt}}
		} else {
			back = &page.Link{Text: "Proposals and pairs", Href: pairsAt}
		}
		return s.show(w, r, frame(heading, back), view)
	}
}

// stands is the state of a pair in words, and why it ended: for leads alone.
func stands(p *pair.Pair) string {
	text := p.State.Words()
	if p.State.Open() {
		text += ", until " + course.DateOf(p.Until.Add(-1)).Short()
	}
	if !p.State.Live() {
		text += ": " + p.Cause.Words()
	}
	return text
}

// note is what a lead should notice about a pair; "" if nothing.
func (s *server) note(p *pair.Pair) string {
	of := s.desk.Service(p.Service)
	switch {
	case p.Asked && p.State == pair.AskedMentee:
		return "The mentee has a question: call them"
	case p.State.Runs() && p.Mail.Has(func(l record.Letter) bool { return l.Name == pair.LetterLeaving }):
		return "The mentor leaves: talk with the mentee"
	case p.State == pair.Paused:
		return "Paused: decide what comes next"
	case !p.Talk.IsZero() && p.State.Runs():
		return "The mentor would like to talk"
	case p.Waits():
		return "The mentee says that something is not right"
	case of != nil && p.Gap(of.Mentoring, s.desk.Now()):
		return fmt.Sprintf("No session for more than %d weeks", of.Mentoring.Sessions.Weeks)
	}
	return ""
}

// noteOf is note, with what the register says of the mentor.
func (s *server) noteOf(r *http.Request, p *pair.Pair) (string, error) {
	if note := s.note(p); note != "" || !p.State.Runs() {
		return note, nil
	}
	m, err := s.desk.Register.Get(r.Context(), p.Mentor)
	if errors.Is(err, record.ErrNotFound) {
		return "", nil
	}
	if err == nil && m.State() == register.Suspended {
		return "The mentor is suspended: decide what becomes of this pair", nil
	}
	return "", err
}

// names are the names of the two; "" for a record that was removed.
func (s *server) names(r *http.Request, p *pair.Pair) (mentee, mentor string, err error) {
	mentee, mentor = "Removed", "Not on the register any more"
	q, err := s.desk.Requests().Get(r.Context(), p.Request)
	if err == nil {
		mentee = q.Contact.Name
	} else if !errors.Is(err, record.ErrNotFound) {
		return "", "", err
	}
	m, err := s.desk.Register.Get(r.Context(), p.Mentor)
	if err == nil {
		mentor = m.Person.Name
	} else if !errors.Is(err, record.ErrNotFound) {
		return "", "", err
	}
	return mentee, mentor, nil
}

// ledPair is the pair in the address, for somebody who sees to it.
func (s *server) ledPair(r *http.Request) (*pair.Pair, error) {
	who, err := lead(r)
	if err != nil {
		return nil, err
	}
	p, err := s.desk.Get(r.Context(), r.PathValue("pair"))
	if err != nil {
		return nil, known(err)
	}
	sees, err := s.desk.SeesPair(r.Context(), who, p)
	if err == nil && !sees {
		err = web.ErrNotFound
	}
	return p, err
}

// led is the lead's page of a pair.
func (s *server) led(w http.ResponseWriter, r *http.Request) error {
	p, err := s.ledPair(r)
	if err != nil {
		return err
	}
	mentee, mentor, err := s.names(r, p)
	if err != nil {
		return err
	}
	b := page.Block{}
	fact := func(question, answer string) {
		if answer != "" {
			b.Facts = append(b.Facts, page.Fact{Question: question, Answer: answer})
		}
	}
	fact("For", mentee)
	fact("Mentor", mentor)
	fact("Where it stands", stands(p))
	fact("Code", p.ID)
	if !p.Registered.IsZero() {
		fact("Registered", course.DateOf(p.Registered).String())
	}
	fact("First meeting", dayIn(p.Introduced))
	if !p.Registered.IsZero() {
		fact("Sessions", used(s.desk, p))
	}
	if of := s.desk.Service(p.Service); of != nil && p.State.Runs() {
		if last, limited := p.Last(of.Mentoring); limited {
			fact("Last day for sessions", last.String())
		}
	}
	if p.Extended != nil {
		fact("Extended", fmt.Sprintf("By %s and %s: %s", count(p.Extended.Sessions, "session"), count(p.Extended.Months, "month"), p.Extended.Why))
	}
	fact("What the mentee wrote about another mentor", p.Why)
	fits := map[string]string{pair.Fits: "It fits", pair.NotSure: "Not sure yet", pair.NotFor: "Not for me"}
	for _, f := range p.Fits {
		if f.By == pair.Mentee {
			fact("The mentee on "+course.DateOf(f.At).Short(), fits[f.Fit])
		}
	}
	note, err := s.noteOf(r, p)
	if err != nil {
		return err
	}
	if note != "" {
		b.Note = append(b.Note, note)
	}
	act := func(text, what string, second bool, more ...page.Hidden) {
		b.Buttons = append(b.Buttons, page.Button{Text: text, Action: pairsAt + "/" + p.ID + "/act", Second: second,
			Hidden: append([]page.Hidden{{Name: "act", Value: what}}, more...)})
	}
	if !p.Talk.IsZero() && p.State.Runs() {
		act("I have talked with the mentor", "talked", false)
	}
	if p.State == pair.Paused {
		b.Text = append(b.Text, consents(p))
		if len(p.Consent) == 2 {
			act("Let the pair go on", "go on", false)
		}
	}
	for _, one := range p.Sessions {
		if !one.Disputed.IsZero() && one.Settled.IsZero() {
			act(fmt.Sprintf("I have seen to session %d", one.N), "see", false, page.Hidden{Name: "n", Value: strconv.Itoa(one.N)})
		}
	}
	if p.State.Open() {
		act("Take the proposal back", "call back", true)
	}
	if p.State.Runs() && p.State != pair.Paused {
		act("Pause: there is a conflict", "pause", true)
	}
	if p.State.Runs() {
		b.Links = append(b.Links, page.Link{Text: "End the pair", Href: pairsAt + "/" + p.ID + "/end"})
		if p.Extended == nil {
			b.Links = append(b.Links, page.Link{Text: "Give more sessions", Href: pairsAt + "/" + p.ID + "/extend"})
		}
	}
	b.Links = append(b.Links, page.Link{Text: "The request", Href: toRequest(p.Request)})
	view := page.Work{Blocks: []page.Block{b}}
	if t := sessions(p, false); t != nil {
		view.Blocks = append(view.Blocks, page.Block{Title: "Sessions", Table: t})
	}
	return s.show(w, r, frame(mentee+" and "+mentor, &page.Link{Text: "Proposals and pairs", Href: pairsAt}), view)
}

// consents says who has agreed to go on although they know each other.
func consents(p *pair.Pair) string {
	said := func(by pair.Part) string {
		if p.Consent[string(by)].IsZero() {
			return "has not said anything"
		}
		return "would like to go on"
	}
	return "If both would like to go on, it can. The mentee " + said(pair.Mentee) + "; the mentor " + said(pair.Mentor) + "."
}

// actLead does what a button says.
func (s *server) actLead(w http.ResponseWriter, r *http.Request) error {
	p, err := s.ledPair(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	who := web.StaffOf(r).Email
	step := func(act pair.Act) error {
		_, err := s.desk.Do(r.Context(), p.ID, pair.Step{Act: act, By: pair.Lead, Who: who})
		return err
	}
	what := ""
	switch posted.Get("act") {
	case "call back":
		what, err = "back", step(pair.CallBack)
	case "pause":
		what, err = "paused", step(pair.Pause)
	case "go on":
		what, err = "on", step(pair.GoOn)
	case "talked":
		what = "seen"
		_, err = s.desk.TalkAbout(r.Context(), p.ID, pair.Lead, who)
	case "see":
		what = "seen"
		n, _ := strconv.Atoi(posted.Get("n"))
		_, err = s.desk.See(r.Context(), p.ID, n, who)
	default:
		return web.ErrNotFound
	}
	return s.went(w, r, pairsAt+"/"+p.ID, what, err)
}

// went goes on after something was done, or could no longer be done.
func (s *server) went(w http.ResponseWriter, r *http.Request, to, what string, err error) error {
	if stale(err) || errors.Is(err, pair.ErrConsent) {
		what, err = "late", nil
	}
	if err != nil {
		return known(err)
	}
	return goTo(w, r, to, what)
}

// ending asks why a pair ends.
var ending = form.Section{ID: "end", Questions: []form.Question{
	form.Ask(form.Question{ID: "cause", Kind: form.Choice, Label: "Why does the pair end?", InMessages: "why the pair ends", Rule: "required",
		Hint: "Only you and your deputy see this. The mentor’s letter is the same whatever you choose",
		Options: []form.Option{
			{ID: string(pair.Completed), Label: "It has done what it was for"}, {ID: string(pair.ByMentee), Label: "The mentee wishes it"},
			{ID: string(pair.ByMentor), Label: "The mentor wishes it"}, {ID: string(pair.Conflict), Label: "They know each other"},
			{ID: string(pair.MentorLeft), Label: "The mentor leaves"}, {ID: string(pair.ByLead), Label: "Another reason"},
		}}),
	form.Ask(form.Question{ID: "again", Kind: form.Choice, Label: "Is another mentor looked for?", InMessages: "whether another mentor is looked for", Rule: "required",
		Options: []form.Option{{ID: "yes", Label: "Yes, and they go first"}, {ID: "no", Label: "No"}}}),
}}

func (s *server) askEnd(w http.ResponseWriter, r *http.Request) error {
	p, err := s.ledPair(r)
	if err != nil {
		return err
	}
	return s.endPage(w, p, page.Asking{Section: &ending})
}

func (s *server) endPage(w http.ResponseWriter, p *pair.Pair, asking page.Asking) error {
	to := pairsAt + "/" + p.ID
	return s.ask(w, frame("End the pair", &page.Link{Text: "The pair", Href: to}), page.Ask{Asking: asking, Action: to + "/end", Button: "End the pair", Cancel: to})
}

func (s *server) end(w http.ResponseWriter, r *http.Request) error {
	p, err := s.ledPair(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v := ending.Read(posted)
	if problems := ending.Check(v, s.desk.Now()); len(problems) > 0 {
		return s.endPage(w, p, page.Asking{Section: &ending, Values: v, Problems: problems})
	}
	_, err = s.desk.Do(r.Context(), p.ID, pair.Step{
		Act: pair.End, By: pair.Lead, Who: web.StaffOf(r).Email, Cause: pair.Cause(ending.Questions[0].Normal(v)), Again: ending.Questions[1].Normal(v) == "yes",
	})
	return s.went(w, r, pairsAt+"/"+p.ID, "ended", err)
}

// extending asks for the reason for more sessions.
var extending = form.Section{ID: "extend", Questions: []form.Question{form.Ask(form.Question{
	ID: "why", Kind: form.LongText, Label: "Why?", InMessages: "why", Hint: "It stays with the pair. Write nothing about anybody’s health", Rule: "required,max=300",
})}}

func (s *server) askExtend(w http.ResponseWriter, r *http.Request) error {
	p, err := s.ledPair(r)
	if err != nil {
		return err
	}
	return s.extendPage(w, p, page.Asking{Section: &extending})
}

func (s *server) extendPage(w http.ResponseWriter, p *pair.Pair, asking page.Asking) error {
	to, intro := pairsAt+"/"+p.ID, []string(nil)
	if of := s.desk.Service(p.Service); of != nil {
		rules := of.Mentoring.Pairing()
		intro = []string{fmt.Sprintf("You can give %s and %s more, once for each mentee.", count(rules.ExtraSessions, "session"), count(rules.ExtraMonths, "month"))}
	}
	return s.ask(w, frame("Give more sessions", &page.Link{Text: "The pair", Href: to}),
		page.Ask{Intro: intro, Asking: asking, Action: to + "/extend", Button: "Give more sessions", Cancel: to})
}

func (s *server) extend(w http.ResponseWriter, r *http.Request) error {
	p, err := s.ledPair(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v := extending.Read(posted)
	if problems := extending.Check(v, s.desk.Now()); len(problems) > 0 {
		return s.extendPage(w, p, page.Asking{Section: &extending, Values: v, Problems: problems})
	}
	_, err = s.desk.Extend(r.Context(), p.ID, web.StaffOf(r).Email, v["why"])
	return s.went(w, r, pairsAt+"/"+p.ID, "extended", err)
}

// feedback shows what people said at the end and some months later, from 5 answers on.
func (s *server) feedback(w http.ResponseWriter, r *http.Request) error {
	if _, err := lead(r); err != nil {
		return err
	}
	view := page.Work{}
	for _, of := range s.desk.Services() {
		for _, use := range []string{pair.UseFeedback, pair.UseLater} {
			sheet := s.desk.Programme.Sheet(use, of.ID)
			if sheet == nil {
				continue
			}
			sums, ok, err := s.desk.Summed(r.Context(), of.ID, use, "")
			if err != nil {
				return err
			}
			if !ok {
				view.Blocks = append(view.Blocks, page.Block{Title: of.Title + ": " + sheet.Title, Text: []string{"There are fewer than 5 answers yet. Nothing is shown before that."}})
				continue
			}
			view.Blocks = append(view.Blocks, summed(of.Title+": "+sheet.Title, sums)...)
		}
	}
	if len(view.Blocks) == 0 {
		view.Blocks = []page.Block{{Text: []string{"Nothing is asked afterwards."}}}
	}
	return s.show(w, r, frame("What people say afterwards", toLead), view)
}

// summed shows sums as blocks, one for each question.
func summed(title string, sums pair.Sums) (all []page.Block) {
	all = []page.Block{{Title: title, Text: []string{count(sums.People, "answer") + "."}}}
	for _, q := range sums.Questions {
		t := &page.MoneyTable{Caption: q.Question, Heads: []string{q.Question, "People"}}
		for _, o := range q.Options {
			t.Rows = append(t.Rows, page.MoneyRow{Cells: []string{o.Text, fmt.Sprint(o.N)}})
		}
		all = append(all, page.Block{Table: t})
	}
	if len(sums.Words) > 0 {
		all = append(all, page.Block{Title: "In their own words", Text: sums.Words})
	}
	return all
}

// OfRequest makes the blocks about mentors on the lead's page of a request.
func OfRequest(desk *pair.Desk) func(*http.Request, *mentoring.Request) ([]page.Block, error) {
	s := &server{desk: desk}
	return func(r *http.Request, q *mentoring.Request) ([]page.Block, error) {
		b := page.Block{ID: "mentor", Title: "Mentor"}
		if q.Can(mentoring.EventProposed, desk.By(web.StaffOf(r), q)) {
			b.Links = []page.Link{{Text: "Match mentors", Href: runsAt}, {Text: "Propose a mentor by hand", Href: toRequest(q.ID) + "/mentor"}}
		}
		all, err := desk.OfRequest(r.Context(), q)
		if err != nil {
			return nil, err
		}
		t := &page.MoneyTable{Caption: "Proposals and pairs", Heads: []string{"Mentor", "Where it stands", "Sessions"}}
		for _, p := range all {
			_, mentor, err := s.names(r, p)
			if err != nil {
				return nil, err
			}
			t.Rows = append(t.Rows, page.MoneyRow{Href: pairsAt + "/" + p.ID, Cells: []string{mentor, stands(p), used(desk, p)}})
		}
		switch {
		case len(t.Rows) > 0:
			b.Table = t
		case b.Links == nil:
			return nil, nil
		default:
			b.Text = []string{"Nobody has been proposed yet."}
		}
		return []page.Block{b}, nil
	}
}
