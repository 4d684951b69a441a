package mentoring

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/mentoring"
	"traininghub/internal/page"
	"traininghub/internal/service"
	"traininghub/internal/web"
)

// request is the page of a request: its state, who has read it, what was written, and what can be
// done.
func (s *server) request(w http.ResponseWriter, r *http.Request) error {
	q, err := s.desk.Page(r.Context(), Key(r))
	if err != nil {
		return err
	}
	of := s.desk.Service(q.Service)
	if of == nil {
		return mentoring.ErrNoRequest
	}
	state, _ := q.State()
	view := page.Work{Help: of.Mentoring, Done: done[r.URL.Query().Get("done")]}
	view.Blocks = append(view.Blocks, page.Block{Text: s.stands(q, of)})
	for _, more := range s.more {
		blocks, err := more(r, q)
		if err != nil {
			return err
		}
		view.Blocks = append(view.Blocks, blocks...)
	}
	view.Blocks = append(view.Blocks, readings(q))
	if p := q.Proforma; p != nil {
		view.Blocks = append(view.Blocks, proforma(q, p, state.Open()))
	}
	do := page.Block{Title: "What you can do", Text: []string{
		"We keep this until " + s.removed(q) + ". Nobody but those above can read it.",
	}}
	if state.Open() {
		do.Text = nil
		do.Links = append(s.additions(q), page.Link{Text: "Withdraw your request", Href: Below + "withdraw"})
	}
	do.Buttons = []page.Button{{Text: "Leave this page", Action: Below + "leave", Second: true}}
	view.Blocks = append(view.Blocks, do)
	view.Sections = s.summaries(q, state.Open())
	return s.Render(w, http.StatusOK, "work", frame("Your request", nil), view)
}

// done are words in an address that say what was just done.
var done = map[string]string{"changed": "Your change is saved.", "words": "What you wrote is saved."}

// stands says in words what state a request is in, and what happens next.
func (s *server) stands(q *mentoring.Request, of *service.Service) []string {
	state, since := q.State()
	m, day := of.Mentoring, func(n int) string { return course.DateOf(course.AddWorkingDays(since, n)).String() }
	area := ""
	if a := of.Area(q.Area); a != nil {
		area = a.Name
	}
	switch state {
	case mentoring.Received:
		by := mentoring.CallBy(of, since)
		if course.DateOf(s.Desk.Now()).Time().After(by.Time()) {
			return []string{"We have your request. We are late: we promised to call by " + by.String() + ". The deputy has been told."}
		}
		return []string{"We have your request. The mentor lead for " + area + " calls you by " + by.String() + ", or the deputy does.",
			"They say that they are " + m.Introduce + "."}
	case mentoring.Called:
		if next := q.NextCall(s.Desk.Now()); !next.IsZero() {
			return []string{"We call you at " + course.Moment(next) + ". It takes about half an hour."}
		}
		return []string{"We have tried to call you, and try again."}
	case mentoring.NoAnswer:
		closes := course.DateOf(since).AddDays(m.Promises.Close)
		return []string{"We have called you, and could not reach you. You do not need to explain.",
			"Your request stays open until " + closes.String() + ". Correct your number or the times below, and we call again."}
	case mentoring.Talked:
		return []string{"We have talked with you. The mentor lead completes what you want from mentoring. You can see it here then."}
	case mentoring.Seeking:
		return []string{"We look for a mentor for you. We tell you by " + day(m.Promises.Waiting) + " where it stands."}
	case mentoring.Waiting:
		return []string{"We still look for a mentor for you. It takes longer than we promised, and you are on our waiting list."}
	case mentoring.Proposed:
		return []string{"We have a suggestion, and wait for an answer."}
	case mentoring.Paired:
		return []string{"You have a mentor."}
	case mentoring.Ended:
		return []string{"Your mentoring has ended."}
	case mentoring.Signposts:
		text := []string{"We talked about other help that suits you better. You can ask for a mentor again at any time."}
		for _, to := range q.Signposted {
			for _, sign := range m.Signposts {
				if sign.ID == to.To {
					text = append(text, strings.TrimRight(sign.Name+" "+sign.Phone, " ")+": "+sign.Text)
				}
			}
		}
		return text
	case mentoring.Withdrawn:
		return []string{"You have withdrawn your request. You can ask again at any time."}
	}
	return []string{"We could not reach you, and closed your request. You can ask again at any time."}
}

// readings says who of the staff has read the request, and when.
func readings(q *mentoring.Request) page.Block {
	b := page.Block{ID: "readings", Title: "Who has read your request"}
	for _, read := range q.Readings() {
		what := "Your request"
		if read.What == mentoring.ReadProforma {
			what = "What the mentor lead wrote down"
		}
		b.Facts = append(b.Facts, page.Fact{Question: "The " + read.Who, Answer: what + ", " + course.Moment(read.At)})
	}
	if b.Facts == nil {
		b.Text = []string{"Nobody has read it yet."}
	}
	return b
}

// proforma is what the lead wrote down in the call.
func proforma(q *mentoring.Request, p *mentoring.Proforma, open bool) page.Block {
	b := page.Block{ID: "words", Title: "What the mentor lead wrote down"}
	for _, section := range p.Sections {
		b.Facts = append(b.Facts, web.Facts(section.Items)...)
	}
	if p.Corrected != "" {
		b.Facts = append(b.Facts, page.Fact{Question: "What you wrote to it", Answer: p.Corrected})
	}
	if open {
		b.Links = []page.Link{{Text: "Say what is not right", Href: Below + "words"}}
	}
	return b
}

// removed is the day on which a request that is over is removed.
func (s *server) removed(q *mentoring.Request) string { return course.DateOf(s.desk.Ends(q)).String() }

// summaries are the answers, each with the address for changing it.
func (s *server) summaries(q *mentoring.Request, change bool) (all []page.Summary) {
	for _, section := range q.Document.Sections {
		at := Below + "change/" + section.ID
		sum := page.Summary{Title: section.Title}
		facts := func(items []document.Item, at string) (facts []page.Fact) {
			for _, i := range items {
				f := page.Fact{Question: i.Question, Answer: i.Answer}
				if change && at != "" {
					f.Change = at + "#" + i.ID
				}
				facts = append(facts, f)
			}
			return facts
		}
		if section.Item == "" {
			sum.Facts = facts(section.Items, at)
			all = append(all, sum)
			continue
		}
		sum.Item, sum.Items = section.Item, section.Item
		rows := q.Answers.Rows[section.ID]
		for i, row := range section.Rows {
			card := page.ListRow{Name: section.RowTitle(i + 1), Facts: facts(row, "")}
			if sec := s.section(q, section.ID); sec != nil && i < len(rows) {
				card.Name = cmp.Or(sec.Question(sec.Repeat.Name).Shown(rows[i].Values), card.Name)
			}
			if change && i < len(rows) {
				card.Change, card.Remove = at+"/"+rows[i].ID, at+"/"+rows[i].ID+"/remove"
			}
			sum.Rows = append(sum.Rows, card)
		}
		all = append(all, sum)
	}
	return all
}

// section is a list in the present form; nil if the form no longer asks for it.
func (s *server) section(q *mentoring.Request, id string) *form.Section {
	if def := s.desk.FormOf(q.Service); def != nil {
		if sec, _ := def.Section(id); sec != nil && sec.Repeat != nil {
			return sec
		}
	}
	return nil
}

// additions are links for adding entries to the form's lists.
func (s *server) additions(q *mentoring.Request) (all []page.Link) {
	def := s.desk.FormOf(q.Service)
	if def == nil {
		return nil
	}
	for i := range def.Sections {
		if sec := &def.Sections[i]; sec.Repeat != nil && len(q.Answers.Rows[sec.ID]) < sec.Repeat.Max {
			all = append(all, page.Link{
				Text: "Add a " + sec.Repeat.Item + ": " + strings.ToLower(sec.Title[:1]) + sec.Title[1:],
				Href: Below + "change/" + sec.ID + "/" + application.NewRowID(),
			})
		}
	}
	return all
}

// changing is the request, its form, and the section in the address.
func (s *server) changing(r *http.Request) (*mentoring.Request, *form.Definition, *form.Section, error) {
	q, err := s.desk.Page(r.Context(), Key(r))
	if err != nil {
		return nil, nil, nil, err
	}
	def := s.desk.FormOf(q.Service)
	if def == nil {
		return nil, nil, nil, mentoring.ErrNoRequest
	}
	sec, _ := def.Section(r.PathValue("section"))
	if sec == nil || (sec.Repeat != nil) != (r.PathValue("row") != "") || len(r.PathValue("row")) > 32 {
		return nil, nil, nil, mentoring.ErrNoRequest
	}
	return q, def, sec, nil
}

func (s *server) changePage(w http.ResponseWriter, r *http.Request, sec *form.Section, v form.Values, problems []form.Problem) error {
	heading := sec.Title
	if sec.Repeat != nil {
		heading = strings.ToUpper(sec.Repeat.Item[:1]) + sec.Repeat.Item[1:]
	}
	return s.Render(w, web.StatusOf(problems), "ask", frame(heading, toRequest), page.Ask{
		Intro: sec.Intro, Asking: page.Asking{Section: sec, Values: v, Problems: problems},
		Action: web.Of(Key(r), r.URL.EscapedPath()), Button: "Save", Cancel: Below,
	})
}

func (s *server) askChange(w http.ResponseWriter, r *http.Request) error {
	q, _, sec, err := s.changing(r)
	if err != nil {
		return err
	}
	return s.changePage(w, r, sec, q.Answers.Values[sec.ID], nil)
}

func (s *server) change(w http.ResponseWriter, r *http.Request) error {
	_, _, sec, err := s.changing(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v := sec.Read(posted)
	problems, err := s.desk.Correct(r.Context(), Key(r), sec.ID, v)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return s.changePage(w, r, sec, v, problems)
	}
	return web.SeeOther(w, r, Below+"?done=changed")
}

func (s *server) askChangeRow(w http.ResponseWriter, r *http.Request) error {
	q, _, sec, err := s.changing(r)
	if err != nil {
		return err
	}
	v := form.Values{}
	if row, _ := q.Answers.Row(sec.ID, r.PathValue("row")); row != nil {
		v = row.Values
	}
	return s.changePage(w, r, sec, v, nil)
}

func (s *server) changeRow(w http.ResponseWriter, r *http.Request) error {
	_, _, sec, err := s.changing(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v := sec.Read(posted)
	problems, err := s.desk.CorrectRow(r.Context(), Key(r), sec.ID, r.PathValue("row"), v)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return s.changePage(w, r, sec, v, problems)
	}
	return web.SeeOther(w, r, Below+"?done=changed")
}

func (s *server) askRemove(w http.ResponseWriter, r *http.Request) error {
	q, _, sec, err := s.changing(r)
	if err != nil {
		return err
	}
	row, n := q.Answers.Row(sec.ID, r.PathValue("row"))
	if row == nil {
		return web.SeeOther(w, r, Below)
	}
	name := sec.Question(sec.Repeat.Name).Shown(row.Values)
	if name == "" {
		name = fmt.Sprintf("%s %d", sec.Repeat.Item, n)
	}
	return s.Render(w, http.StatusOK, "remove", frame("Remove this "+sec.Repeat.Item, toRequest), page.Remove{
		Item: sec.Repeat.Item, Name: name, Action: web.Of(Key(r), r.URL.EscapedPath()), Back: Below,
	})
}

func (s *server) remove(w http.ResponseWriter, r *http.Request) error {
	_, _, sec, err := s.changing(r)
	if err != nil {
		return err
	}
	if _, err := s.desk.CorrectRow(r.Context(), Key(r), sec.ID, r.PathValue("row"), nil); err != nil {
		return err
	}
	return web.SeeOther(w, r, Below+"?done=changed")
}

// asksWords asks what is wrong in what the lead wrote down.
var asksWords = form.Section{ID: "words", Questions: []form.Question{form.Ask(form.Question{
	ID: "words", Kind: form.LongText, Label: "What is not right, or missing?", InMessages: "what is not right, or missing",
	Hint: "The mentor lead sees it beside what they wrote", Rule: "omitempty,max=600",
})}}

func (s *server) askWords(w http.ResponseWriter, r *http.Request) error {
	q, err := s.desk.Page(r.Context(), Key(r))
	if err != nil {
		return err
	}
	if q.Proforma == nil {
		return mentoring.ErrNoRequest
	}
	return s.wordsPage(w, r, form.Values{"words": q.Proforma.Corrected}, nil)
}

func (s *server) wordsPage(w http.ResponseWriter, r *http.Request, v form.Values, problems []form.Problem) error {
	return s.Render(w, web.StatusOf(problems), "ask", frame("What the mentor lead wrote down", toRequest), page.Ask{
		Asking: page.Asking{Section: &asksWords, Values: v, Problems: problems},
		Action: web.Of(Key(r), Below+"words"), Button: "Save", Cancel: Below,
	})
}

func (s *server) words(w http.ResponseWriter, r *http.Request) error {
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v := asksWords.Read(posted)
	if problems := asksWords.Check(v, s.Desk.Now()); len(problems) > 0 {
		return s.wordsPage(w, r, v, problems)
	}
	if err := s.desk.CorrectWords(r.Context(), Key(r), asksWords.Questions[0].Shown(v)); err != nil {
		return err
	}
	return web.SeeOther(w, r, Below+"?done=words#words")
}

func (s *server) askWithdraw(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.desk.Page(r.Context(), Key(r)); err != nil {
		return err
	}
	return s.Render(w, http.StatusOK, "work", frame("Withdraw your request", toRequest), page.Work{Blocks: []page.Block{{
		Text: []string{
			"You do not need to say why. Nobody calls you any more. If there is a mentor, they are only told that they are no longer needed.",
			"You can ask again at any time.",
		},
		Buttons: []page.Button{{Text: "Withdraw", Action: web.Of(Key(r), Below+"withdraw")}},
	}}})
}

func (s *server) withdraw(w http.ResponseWriter, r *http.Request) error {
	if err := s.desk.Withdraw(r.Context(), Key(r)); err != nil {
		return err
	}
	return web.SeeOther(w, r, Below)
}
