package attend

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"traininghub/internal/application"
	"traininghub/internal/attend"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/page"
	"traininghub/internal/record"
	"traininghub/internal/web"
)

// own is an applicant's place on a register. An applicant without one is sent back to the status
// page.
func (s *server) own(r *http.Request) (d *attend.Desk, a *application.Application, reg *attend.Register, p *attend.Participant, err error) {
	if a, err = s.Desk.Following(r.Context(), web.Cookie(r, web.FollowCookie)); err != nil {
		return nil, nil, nil, nil, err
	}
	if d, err = s.desk(); err != nil {
		return nil, nil, nil, nil, intake.ErrFinal
	}
	reg, p, err = d.Of(r.Context(), a)
	if errors.Is(err, attend.ErrNone) {
		err = intake.ErrFinal
	}
	return d, a, reg, p, err
}

// final sends somebody back to the status page if something cannot be done now.
func final(err error) error {
	if errors.Is(err, attend.ErrNone) || errors.Is(err, attend.ErrState) {
		return intake.ErrFinal
	}
	return err
}

// calendar is the cohort's workshops for a calendar program.
func (s *server) calendar(w http.ResponseWriter, r *http.Request) error {
	d, _, reg, _, err := s.own(r)
	if err != nil {
		return err
	}
	file := d.Calendar(reg)
	if file == nil {
		return intake.ErrFinal
	}
	return s.File(w, record.Attachment{Name: "workshops.ics", Type: "text/calendar; charset=utf-8", Data: file})
}

func (s *server) ownCertificate(w http.ResponseWriter, r *http.Request) error {
	d, _, _, p, err := s.own(r)
	if err != nil {
		return err
	}
	c, err := d.Certificate(r.Context(), p)
	if err != nil {
		return final(err)
	}
	return s.File(w, record.Attachment(d.Print(c)))
}

// askMissed asks for the reason of a miss, or shows the decision and how to appeal.
func (s *server) askMissed(w http.ResponseWriter, r *http.Request) error {
	return s.missedPage(w, r, nil, nil)
}

func (s *server) missedPage(w http.ResponseWriter, r *http.Request, v form.Values, problems []form.Problem) error {
	d, a, reg, p, err := s.own(r)
	if err != nil {
		return err
	}
	i, err := workshop(r)
	if err != nil {
		return err
	}
	c, m := d.Course(reg), p.Miss(i)
	if c == nil || m == nil {
		return intake.ErrFinal
	}
	action := web.Of(a.Reference, "/status/missed/"+number(i))
	f := frame("What you missed", "Back", "/status/")
	now, within := s.Desk.Now(), c.Attendance.Answer()
	intro := []string{Missed(reg, m)}
	sum := course.Money(m.Pence).String()
	if why := m.NoCharge(); why == "" {
		intro = append(intro, "You can be charged "+sum+" if there is no good reason. This is the sum that held when you got your place.")
	} else {
		intro = append(intro, "You will not be charged. "+why)
	}
	switch {
	case m.Ruling == nil && m.Said == nil && now.Before(m.Until):
		asks := attend.Saying(c)
		intro = append(intro, "Tell us by the end of "+course.DateOf(m.Until.Add(-1)).String()+". The lead reads it and decides.")
		return s.Render(w, web.StatusOf(problems), "ask", f, page.Ask{Intro: intro, Action: action, Button: "Send", Cancel: "/status/",
			Asking: page.Asking{Section: &asks, Values: v, Problems: problems}})
	case !m.AppealBy(within).IsZero() && now.Before(m.AppealBy(within)):
		intro = append(decided(m), "If you think that this is wrong, you can ask once that somebody else looks at it again, by the end of "+
			course.DateOf(m.AppealBy(within).Add(-1)).String()+".")
		return s.Render(w, web.StatusOf(problems), "ask", f, page.Ask{Intro: append([]string{Missed(reg, m)}, intro...), Action: action,
			Button: "Ask for another look", Cancel: "/status/", Asking: page.Asking{Section: &attend.Appealing, Values: v, Problems: problems}})
	}
	view := page.Message{Paragraphs: append([]string{Missed(reg, m)}, decided(m)...), Contact: c.Contact.Email,
		Links: []page.Link{{Text: "Back to your application", Href: "/status/"}}}
	return s.Render(w, http.StatusOK, "message", f, view)
}

// Missed says what was missed.
func Missed(reg *attend.Register, m *attend.Miss) string {
	if m.Workshop == attend.WholePlace {
		return "You gave up your place on " + course.DateOf(m.Late.Withdrew).String() + ". It was free of charge until " +
			course.Moment(m.Late.FreeUntil) + "."
	}
	w := reg.Workshops[m.Workshop]
	return "You were marked as absent from " + w.Title + ", " + w.When() + "."
}

// decided says how far a miss has got, and what was decided.
func decided(m *attend.Miss) (says []string) {
	sum := course.Money(m.Pence).String()
	if m.Said != nil {
		says = append(says, "You told us: "+strings.TrimSpace(m.Said.Reason+". "+m.Said.Text))
	}
	outcome := func(r *attend.Ruling) string {
		return map[attend.Outcome]string{
			attend.Justified: "The reason was accepted. Nothing is charged.", attend.Waived: "Nothing is charged.",
			attend.Charged: "You are charged " + sum + ".",
		}[r.What] + " This was decided on " + course.DateOf(r.At).String() + ": " + r.Why
	}
	switch {
	case m.Ruling == nil && m.Said == nil:
		return append(says, "The time to tell us why is over. The lead decides.")
	case m.Ruling == nil:
		return append(says, "The lead decides. We email you the decision.")
	}
	says = append(says, outcome(m.Ruling))
	if m.Appeal != nil {
		says = append(says, "You asked that somebody else looks again: "+m.Appeal.Text)
		if m.Heard == nil {
			return append(says, "We email you what they decide.")
		}
		says = append(says, "They decided: "+outcome(m.Heard))
	}
	return says
}

// missed receives the reason of a miss or, after the decision, an appeal.
func (s *server) missed(w http.ResponseWriter, r *http.Request) error {
	d, a, reg, p, err := s.own(r)
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
	c, m := d.Course(reg), p.Miss(i)
	if c == nil || m == nil {
		return intake.ErrFinal
	}
	asks, do := attend.Saying(c), d.Say
	if m.Ruling != nil {
		asks, do = attend.Appealing, d.Ask
	}
	v := asks.Read(posted)
	problems, err := do(r.Context(), a, i, v)
	if err != nil {
		return final(err)
	}
	if len(problems) > 0 {
		return s.missedPage(w, r, v, problems)
	}
	return web.SeeOther(w, r, "/status/")
}

// askProgress shows the modules of a longer programme to tick, and the numbers to count.
func (s *server) askProgress(w http.ResponseWriter, r *http.Request) error {
	d, a, reg, p, err := s.own(r)
	if err != nil {
		return err
	}
	g := reg.Progress(d.Course(reg), p)
	if g == nil || p.Left != nil {
		return intake.ErrFinal
	}
	view := page.Progress{Action: web.Of(a.Reference, "/status/progress"), Cancel: "/status/"}
	for i, m := range g.Modules {
		t := page.Tick{ID: fmt.Sprint("module-", i+1), Name: fmt.Sprint("module-", i+1), Value: "yes", Label: m.Title,
			Hint: m.Weeks + ", from " + m.From.String(), On: m.Done != course.Date{}}
		if t.On {
			t.Hint += ". Done on " + m.Done.String()
		}
		view.Modules = append(view.Modules, t)
	}
	for i, n := range g.Counts {
		view.Counts = append(view.Counts, page.MoneyInput{ID: fmt.Sprint("count-", i+1), Name: fmt.Sprint("count-", i+1), Label: n.Title,
			Hint: fmt.Sprintf("%d are needed", n.Of), Value: strconv.Itoa(n.Is)})
	}
	return s.Render(w, http.StatusOK, "progress", frame("How far you are", "Back", "/status/"), view)
}

func (s *server) progress(w http.ResponseWriter, r *http.Request) error {
	d, a, reg, p, err := s.own(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	g := reg.Progress(d.Course(reg), p)
	if g == nil {
		return intake.ErrFinal
	}
	modules, counts := map[string]bool{}, map[string]int{}
	for i, m := range g.Modules {
		modules[m.Title] = posted.Get(fmt.Sprint("module-", i+1)) != ""
	}
	for i, n := range g.Counts {
		counts[n.Title], _ = strconv.Atoi(strings.TrimSpace(posted.Get(fmt.Sprint("count-", i+1)))) // otherwise 0
	}
	if err := d.Tick(r.Context(), a, modules, counts); err != nil {
		return final(err)
	}
	return web.SeeOther(w, r, "/status/")
}

// askOpinions asks the questionnaire.
func (s *server) askOpinions(w http.ResponseWriter, r *http.Request) error {
	return s.opinionsPage(w, r, nil, nil)
}

func (s *server) opinionsPage(w http.ResponseWriter, r *http.Request, v form.Values, problems []form.Problem) error {
	d, a, reg, p, err := s.own(r)
	if err != nil {
		return err
	}
	_, asks := reg.Asking(d.Course(reg), p)
	if asks == nil {
		return intake.ErrFinal
	}
	return s.Render(w, web.StatusOf(problems), "ask", frame("A few short questions", "Back", "/status/"), page.Ask{
		Intro: []string{"This is about " + reg.Title + ".", "Your answers are only counted. Nobody can see who gave which answer, and nothing " +
			"is shown before 5 people have answered."},
		Asking: page.Asking{Section: asks, Values: v, Problems: problems}, Action: web.Of(a.Reference, "/status/questions"), Button: "Send",
		Cancel: "/status/",
	})
}

func (s *server) opinions(w http.ResponseWriter, r *http.Request) error {
	d, a, reg, p, err := s.own(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	_, asks := reg.Asking(d.Course(reg), p)
	if asks == nil {
		return intake.ErrFinal
	}
	v := asks.Read(posted)
	problems, err := d.Answer(r.Context(), a, v)
	if err != nil {
		return final(err)
	}
	if len(problems) > 0 {
		return s.opinionsPage(w, r, v, problems)
	}
	return web.SeeOther(w, r, "/status/")
}
