package lead

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/mentoring"
	"traininghub/internal/page"
	"traininghub/internal/service"
	"traininghub/internal/wall"
	"traininghub/internal/web"
)

// onPhone is how many entries of a list fit on the page. More can be added later, on the page of
// the request or by the mentee.
const onPhone = 3

// phoned has the form's questions on one page. Those of a list are repeated for each row.
type phoned struct {
	def *form.Definition
	of  *service.Service
	all []asked
}

// asked is a section, or one row of it. The inputs of a row end in its number.
type asked struct {
	*form.Section
	from *form.Section // the section in the form
	row  int           // from 1; 0 for a section that does not repeat
}

func newPhoned(def *form.Definition, of *service.Service) *phoned {
	p := &phoned{def: def, of: of}
	for i := range def.Sections {
		s := &def.Sections[i]
		if s.Repeat == nil {
			p.all = append(p.all, asked{s, s, 0})
			continue
		}
		for row := 1; row <= max(s.Repeat.Min, min(s.Repeat.Max, onPhone)); row++ {
			copied := form.Section{ID: fmt.Sprint(s.ID, "-", row), Title: s.Title}
			if row == 1 {
				copied.Intro = s.Intro
			}
			for _, q := range s.Questions {
				q.ID = fmt.Sprint(q.ID, "-", row)
				q.Label = fmt.Sprintf("%s (%s %d)", q.Label, s.Repeat.Item, row)
				copied.Questions = append(copied.Questions, form.Ask(q))
			}
			p.all = append(p.all, asked{&copied, s, row})
		}
	}
	return p
}

// read reads what was posted: the answers, and what is wrong with them.
func (p *phoned) read(posted url.Values, desk *mentoring.Desk) (answers application.Answers, all form.Values,
	problems []form.Problem) {
	answers = application.Answers{Values: map[string]form.Values{}, Rows: map[string][]application.Row{},
		Done: map[string]bool{}}
	all = form.Values{}
	for _, a := range p.all {
		v := a.Read(posted)
		for name, text := range v {
			all[name] = text
		}
		answers.Done[a.from.ID] = true
		if a.row == 0 {
			answers.Values[a.ID] = v
		} else if len(v) == 0 {
			continue // an empty row
		} else {
			answers.Rows[a.from.ID] = append(answers.Rows[a.from.ID], application.Row{ID: fmt.Sprint("phone-", a.row),
				Values: unnumbered(v, a.row)})
		}
		problems = append(problems, a.Check(v, desk.Now().In(course.London))...)
	}
	return answers, all, problems
}

// unnumbered are the values of a row under the form's own names. The names of a date's parts follow
// the number.
func unnumbered(v form.Values, row int) form.Values {
	plain := form.Values{}
	for name, text := range v {
		n := fmt.Sprint("-", row)
		if rest, ok := strings.CutSuffix(name, n); ok {
			plain[rest] = text
		} else {
			plain[strings.Replace(name, n+"-", "-", 1)] = text
		}
	}
	return plain
}

// The two boxes to tick. Nothing is kept until both are ticked.
const (
	limitsRead = "limits-read"
	readBack   = "read-back"
)

func (s *server) phoned(r *http.Request) (*phoned, error) {
	p, err := lead(r)
	if err != nil {
		return nil, err
	}
	of := s.desk.Service(r.PathValue("service"))
	if of == nil || !s.leads(p, of.ID) {
		return nil, web.ErrNotFound
	}
	def := s.desk.FormOf(of.ID)
	if def == nil || !of.Accepts(s.desk.Now()) {
		return nil, web.ErrNotFound
	}
	return newPhoned(def, of), nil
}

func (s *server) askPhone(w http.ResponseWriter, r *http.Request) error {
	asks, err := s.phoned(r)
	if err != nil {
		return err
	}
	return s.phonePage(w, r, asks, nil, nil, nil)
}

func (s *server) phonePage(
	w http.ResponseWriter, r *http.Request, asks *phoned, v form.Values, ticked map[string]bool, problems []form.Problem,
) error {
	view := page.Phone{
		SignedIn: &page.SignedIn{Name: web.StaffOf(r).Name, Out: wall.Below + "sign-out"},
		Say: []string{"Type what they tell you. Nothing is kept before you have read it back and they have agreed.",
			"If they would rather not say something, leave it empty. Ask for no diagnosis, sick leave, complaints, " +
				"or what the employer thinks."},
		Limits: asks.of.Mentoring.Limits, Problems: problems, Action: r.URL.EscapedPath(), Cancel: Below,
	}
	for _, a := range asks.all {
		if a.row > 1 { // one heading for all rows
			last := &view.Groups[len(view.Groups)-1]
			joined := *last.Section
			joined.Questions = append(joined.Questions[:len(joined.Questions):len(joined.Questions)], a.Questions...)
			last.Section = &joined
			continue
		}
		view.Groups = append(view.Groups, page.Group{Title: a.Title, Intro: a.Intro,
			Asking: page.Asking{Section: a.Section, Values: v, Problems: problems}})
	}
	for _, c := range []struct{ input, text string }{
		{limitsRead, "I read out the limits of confidentiality first, and they understood them"},
		{readBack, "I read everything back to them, and they agreed"},
	} {
		statement := page.Statement{Input: c.input, Text: c.text, Ticked: ticked[c.input]}
		for _, p := range problems {
			if p.Input == c.input {
				statement.Wrong = p.Text
			}
		}
		view.Confirm = append(view.Confirm, statement)
	}
	f := frame("A request by telephone", toList)
	f.Problem = len(problems) > 0
	return s.Render(w, web.StatusOf(problems), "phone", f, view)
}

func (s *server) phone(w http.ResponseWriter, r *http.Request) error {
	asks, err := s.phoned(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	answers, v, problems := asks.read(posted, s.desk)
	ticked := map[string]bool{limitsRead: posted.Get(limitsRead) == "yes", readBack: posted.Get(readBack) == "yes"}
	if !ticked[limitsRead] {
		problems = append(problems, form.Problem{Question: limitsRead, Input: limitsRead,
			Text: "Read out the limits of confidentiality, and confirm that they understood them"})
	}
	if !ticked[readBack] {
		problems = append(problems, form.Problem{Question: readBack, Input: readBack,
			Text: "Read everything back, and confirm that they agreed"})
	}
	if len(problems) > 0 {
		return s.phonePage(w, r, asks, v, ticked, problems)
	}
	q, problems, err := s.desk.TakeByPhone(r.Context(), web.StaffOf(r), asks.def, answers, s.desk.Now())
	switch {
	case errors.Is(err, mentoring.ErrNoRequest):
		return s.phonePage(w, r, asks, v, ticked, []form.Problem{{Question: "area", Input: "area",
			Inputs: []string{"area"},
			Text:   "Choose an area that you lead, or give them the other lead’s number"}})
	case len(problems) > 0:
		return s.phonePage(w, r, asks, v, ticked, problems)
	case err != nil:
		return err
	}
	if errors.Is(s.mayDo(r, q.ID), web.ErrNotFound) { // the request excludes the person who typed it
		return goTo(w, r, Below, "phoned")
	}
	return goTo(w, r, at(q.ID), "phoned")
}

// askWord and allowWord let a mentee who was called back choose a new word.
func (s *server) askWord(w http.ResponseWriter, r *http.Request) error {
	q, err := s.open(r, mentoring.ReadRequest)
	if err != nil {
		return err
	}
	view := page.Work{Blocks: []page.Block{{Text: []string{
		"The word for their page was wrong " + count(mentoring.MaxTries, "time") +
			", so the page is locked. It may have been somebody else.",
		"Call them on the number that stands in the request, never on another. If it was they, let them choose a " +
			"new word. We email them a new link, and the old ones open nothing any more.",
	}, Facts: []page.Fact{{Question: "Phone", Answer: q.Contact.Phone}},
		Buttons: []page.Button{{Text: "Let them choose a new word", Action: at(q.ID) + "/word"}}}}}
	if q.Tries < mentoring.MaxTries {
		return web.SeeOther(w, r, at(q.ID))
	}
	return s.show(w, r, frame("Their page is locked", toRequest(q.ID)), view)
}

func (s *server) allowWord(w http.ResponseWriter, r *http.Request) error {
	p, err := lead(r)
	if err != nil {
		return err
	}
	id := r.PathValue("request")
	_, err = s.desk.AllowWord(r.Context(), p, id)
	return s.went(w, r, id, err, "word")
}
