// Package practice has the page on which somebody at the applicant's practice, who has no account,
// confirms its part through a mailed link. The page shows only as much of the application as that
// needs.
package practice

import (
	"encoding/hex"
	"errors"
	"net/http"
	"strings"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/page"
	"traininghub/internal/web"
)

// A server has the handlers of this part.
type server struct{ *web.Server }

// Routes are the addresses of somebody at a practice.
func Routes(shared *web.Server) []web.Route {
	s := &server{shared}
	return []web.Route{
		web.On("GET /practice/{link}", web.Linked, s.askPractice),
		web.On("POST /practice/{link}", web.Linked, s.authorise),
	}
}

// takeBack is what the button for taking an answer back posts.
const takeBack = "take-back"

func practiceError(err error) error {
	if errors.Is(err, intake.ErrNoLink) {
		return web.ErrNoPracticeLink
	}
	return err
}

// askPractice shows what is to be confirmed, or that it is over. It changes nothing, since mail
// scanners open links, too.
func (s *server) askPractice(w http.ResponseWriter, r *http.Request) error {
	a, err := s.Desk.PracticePage(r.Context(), r.PathValue("link"))
	if err != nil {
		return practiceError(err)
	}
	return s.practicePage(w, r, a, nil, nil)
}

func (s *server) authorise(w http.ResponseWriter, r *http.Request) error {
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	link := r.PathValue("link")
	if posted.Get("do") == takeBack { // when it is too late, the page shows the state
		if _, err := s.Desk.TakeBack(r.Context(), link); err != nil {
			return practiceError(err)
		}
		return web.SeeOther(w, r, r.URL.EscapedPath())
	}
	shown, err := s.Desk.PracticePage(r.Context(), link)
	if err != nil {
		return practiceError(err)
	}
	v := s.asks(shown).Read(posted)
	seen, _ := hex.DecodeString(posted.Get("seen")) // a hash that cannot be decoded never matches
	a, problems, err := s.Desk.Authorise(r.Context(), link, v, seen)
	if err != nil {
		return practiceError(err)
	}
	if len(problems) > 0 {
		return s.practicePage(w, r, a, v, problems)
	}
	state, _ := a.Practice()
	s.Log.Info("practice answered", "reference", a.Reference, "state", string(state))
	return web.SeeOther(w, r, r.URL.EscapedPath())
}

// asks are the questions, with this hub's names for people.
func (s *server) asks(a *application.Application) *form.Section {
	return intake.Authorising(a.Authorisation.Shown, s.Site.Words)
}

func (s *server) practicePage(
	w http.ResponseWriter, r *http.Request, a *application.Application, v form.Values, problems []form.Problem,
) error {
	state, at := a.Practice()
	f := page.Frame{Heading: s.Say("Confirm for your {employer}"), Application: true, Problem: len(problems) > 0}
	m := page.Message{Contact: a.Document.Course.Contact}
	switch when := course.Moment(at); state {
	case application.PracticeAsked, application.PracticeUnreached, application.PracticeBounced,
		application.PracticeSilent:
		shown := a.Authorisation.Shown
		view := page.Practice{
			Doctor: shown.Doctor, Course: shown.Course, Statement: shown.Statement, Doubts: shown.Doubts,
			Choose: shown.Agreed != "", Seen: hex.EncodeToString(shown.Sum()),
			Action: r.URL.EscapedPath(), Asking: page.Asking{Section: s.asks(a), Values: v,
				Problems: problems}, Contact: m.Contact,
			Shown: []page.Fact{{Question: s.Say("{Applicant}"), Answer: shown.Doctor},
				{Question: "Applied for", Answer: shown.Course}},
		}
		for _, i := range shown.Items {
			view.Shown = append(view.Shown, page.Fact{Question: i.Question, Answer: strings.TrimSpace(i.Answer)})
		}
		view.Shown = append(view.Shown, page.Fact{Question: "Reference", Answer: shown.Reference})
		return s.Render(w, web.StatusOf(problems), "practice", f, view)
	case application.PracticeConfirmed:
		f.Heading = s.Say("Your {employer} has confirmed this")
		m.Paragraphs = []string{"It was confirmed at " + when + ". We have emailed you a receipt.",
			"This is what was confirmed: “" + a.Authorisation.Stated() + "”"}
		if from := a.Authorisation.Answer.AgreedFrom(); from != "" {
			m.Paragraphs = append(m.Paragraphs, "It is agreed from "+from+".")
		}
		s.mayTakeBack(r, a, &m, s.Say("We have told the applicant and the {decider}."))
	case application.PracticeRefused:
		f.Heading = s.Say("Your {employer} has answered this")
		m.Paragraphs = []string{"The answer, at " + when +
			s.Say(", was that the {employer} cannot confirm it. We have emailed you a receipt.")}
		s.mayTakeBack(r, a, &m, s.Say("We have told the applicant and the {decider}."))
	case application.PracticeWrong:
		f.Heading = "Thank you for telling us"
		m.Paragraphs = []string{"We were told at " + when + " that you are not the right person to ask."}
		if a.Authorisation.Right != nil {
			m.Paragraphs = append(m.Paragraphs, "We ask the person whom you named if the applicant agrees.")
		}
		s.mayTakeBack(r, a, &m, "We have asked the applicant to name somebody else. We do not email you about this again.")
	default:
		f.Heading = "Your answer is not needed any more"
		m.Paragraphs = []string{s.Say("The application was decided or withdrawn before the {employer} answered."),
			"You do not need to do anything."}
	}
	return s.Render(w, http.StatusOK, "message", f, m)
}

// mayTakeBack offers to take the answer back while nobody else has seen it; after that it says who
// has.
func (s *server) mayTakeBack(r *http.Request, a *application.Application, m *page.Message, told string) {
	until := s.Desk.BackUntil(a)
	if until.IsZero() {
		m.Paragraphs = append(m.Paragraphs, told, "You do not need to do anything.")
		return
	}
	m.Paragraphs = append(m.Paragraphs, "If it is right, you do not need to do anything.",
		"If it is a mistake, you can take it back until "+course.Moment(until)+
			", and answer again. We email nobody else about it before then.")
	m.Action, m.Do, m.Button = r.URL.EscapedPath(), takeBack, "Take this answer back"
}
