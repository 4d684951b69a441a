// Package pair has the pages about mentees and their mentors, for each side: the mentor lead's runs
// of matching, proposals and pairs (lead.go, run.go); a mentor's proposals, pairs and sessions
// (mentor.go); and the blocks on a mentee's page (mentee.go).
//
// The desk decides each time which pairs somebody sees. Until mentors have said that the two do not
// know each other, they see only a name and a practice. Neither side sees how to reach the other
// before both have agreed. Only the lead sees why a pair ended.
package pair

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/mentoring"
	"traininghub/internal/page"
	"traininghub/internal/pair"
	"traininghub/internal/record"
	"traininghub/internal/register"
	"traininghub/internal/service"
	"traininghub/internal/wall"
	"traininghub/internal/web"
)

type server struct {
	*web.Server
	desk *pair.Desk
}

// frame is the frame of a page, with the page to go back to.
func frame(heading string, back *page.Link) page.Frame {
	return page.Frame{Heading: heading, Title: heading, Application: true, Back: back}
}

// show renders a page of blocks for somebody who has signed in. A word in the address says what was
// just done.
func (s *server) show(w http.ResponseWriter, r *http.Request, f page.Frame, view page.Work) error {
	view.SignedIn = &page.SignedIn{Name: cmp.Or(web.StaffOf(r).Name, web.StaffOf(r).Email), Out: wall.Below + "sign-out"}
	if r.Method == http.MethodGet {
		view.Done = done[r.URL.Query().Get("done")]
	}
	return s.Render(w, http.StatusOK, "work", f, view)
}

// ask renders a page with questions.
func (s *server) ask(w http.ResponseWriter, f page.Frame, view page.Ask) error {
	f.Problem = len(view.Problems) > 0
	return s.Render(w, web.StatusOf(view.Problems), "ask", f, view)
}

func goTo(w http.ResponseWriter, r *http.Request, to, what string) error {
	return web.SeeOther(w, r, to+"?done="+what)
}

// done says what was just done, by the word in the address.
var done = map[string]string{
	"made": "The run is made. Nobody is asked before you send it.", "sent": "The proposals are sent. See what became of each.",
	"changed": "The line is changed.", "proposed": "The mentor is proposed. We write to them now.", "back": "The proposal is taken back.",
	"paused": "The pair is paused. Nobody is told why.", "on": "The pair goes on.", "ended": "The pair has ended. The mentor is told tomorrow at 8am, in words that do not say why.",
	"closed": "The mentoring has ended. Thank you.", "extended": "The sessions are extended.", "seen": "It is noted that you have seen to it.", "late": "That cannot be done any more. Somebody may have changed something: see below.",
	"accepted": "Thank you. We ask the mentor now.", "another": "We look for somebody else.", "question": "The mentor lead is told that you have a question, and calls you.",
	"stranger": "Thank you. Here is the next question.", "known": "Thank you. We do not propose you to each other.", "taken": "You have both agreed.",
	"declined": "Thank you for telling us.", "met": "The day of your first meeting is noted.", "logged": "The session is logged.",
	"talk": "The mentor lead is told that you would like to talk, and nothing else.", "contact": "Thank you. We ask again in some months.",
	"agreed": "It is noted that you would like to go on.", "notso": "We have noted that it is not right. The mentor lead is told.",
	"fit": "Thank you for your answer.", "confirmed": "Thank you for your answer.", "given": "Thank you. Your answers are kept without your name.",
}

// known turns errors of the desk into errors that people can be told.
func known(err error) error {
	if errors.Is(err, pair.ErrNoPair) || errors.Is(err, mentoring.ErrNoRequest) || errors.Is(err, mentoring.ErrNoLink) {
		return web.ErrNotFound
	}
	return err
}

// stale tells whether an error only means that the pair has changed: somebody pressed twice, or
// somebody else was faster. The page shows the state.
func stale(err error) bool {
	for _, why := range []error{
		pair.ErrState, pair.ErrPart, pair.ErrLate, pair.ErrCause, pair.ErrGiven, pair.ErrNotYet, pair.ErrSent, mentoring.ErrMove,
		register.ErrExpired, register.ErrProposed,
	} {
		if errors.Is(err, why) {
			return true
		}
	}
	return false
}

// problem is a problem with the answer to one of this package's own questions.
func problem(q *form.Question, text string) form.Problem {
	return form.Problem{Question: q.ID, Input: q.Inputs()[0], Inputs: q.Inputs(), Text: text}
}

// dayOf is the day in normal form as a date.
func dayOf(iso string) course.Date {
	at, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return course.Date{}
	}
	return course.Date{Year: at.Year(), Month: at.Month(), Day: at.Day()}
}

// dayIn is a record's day in words; "" if there is none.
func dayIn(iso string) string {
	if d := dayOf(iso); d != (course.Date{}) {
		return d.String()
	}
	return ""
}

// dated are the inputs of a question for a day, filled in with a day.
func dated(id string, d course.Date) form.Values {
	return form.Values{id + "-day": fmt.Sprint(d.Day), id + "-month": fmt.Sprint(int(d.Month)), id + "-year": fmt.Sprint(d.Year)}
}

// sessions are a pair's sessions as a table; nil if there are none. mine is set if the reader
// logged them.
func sessions(p *pair.Pair, mine bool) *page.MoneyTable {
	if len(p.Sessions) == 0 {
		return nil
	}
	t := &page.MoneyTable{Caption: "Sessions", Heads: []string{"When", "Minutes", "How", "What became of it"}}
	for _, one := range p.Sessions {
		what := one.Outcome.Words()
		switch {
		case mine:
		case one.Outcome == pair.Held:
			what = "Took place"
		case one.Outcome == pair.MentorCanceled:
			what = "Cancelled by the mentor"
		}
		if !one.Disputed.IsZero() {
			what += ". The mentee says that this is not right"
		}
		t.Rows = append(t.Rows, page.MoneyRow{Cells: []string{course.Moment(one.Start), fmt.Sprint(one.Minutes), pair.WayWords(one.How), what}})
	}
	return t
}

// used says how many of the possible sessions have been used.
func used(desk *pair.Desk, p *pair.Pair) string {
	of := desk.Service(p.Service)
	if of == nil {
		return fmt.Sprint(p.Count())
	}
	if most := p.Most(of.Mentoring); most > 0 {
		return fmt.Sprintf("%d of %d", p.Count(), most)
	}
	return fmt.Sprint(p.Count())
}

// agreement gives what both have agreed to as a PDF.
func (s *server) agreement(w http.ResponseWriter, r *http.Request, p *pair.Pair) error {
	doc, err := s.desk.Agreement(r.Context(), p)
	if stale(err) || errors.Is(err, record.ErrNotFound) {
		return web.ErrNotFound
	}
	if err != nil {
		return known(err)
	}
	return s.pdf(w, doc, "agreement")
}

func (s *server) pdf(w http.ResponseWriter, doc *document.Document, name string) error {
	file, err := doc.File(name, s.desk.PDF)
	if err != nil {
		s.Log.Error("PDF not drawn; the text goes instead", "error", err)
	}
	return s.File(w, record.Attachment{Name: file.Name, Type: file.Type, Data: file.Data})
}

// labels are the labels of a service's choices, by their ids, joined in a sentence.
func labels(choices []service.Choice, ids []string) string {
	var all []string
	for _, id := range ids {
		i := slices.IndexFunc(choices, func(c service.Choice) bool { return c.ID == id })
		if i >= 0 {
			all = append(all, choices[i].Label)
		}
	}
	return strings.Join(all, ", ")
}
