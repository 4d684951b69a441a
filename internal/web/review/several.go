package review

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/form"
	"traininghub/internal/page"
	"traininghub/internal/web"
)

// Acting on several applications at once: they are ticked in a list, and shown again with the act
// and their number. Then each is done by itself. Sending the page twice does nothing twice. An
// application that is not theirs is answered like one that does not exist.

// mostSeveral is the most applications that can be done at once.
const mostSeveral = 50

// An act is something that can be done with several applications.
type act struct {
	heading, did string // "Assign a cohort to 3 applications"
	button       string
	intro        string
	// ask are the questions of the act
	ask func(s *server, all []*application.Application) []form.Question
	// cannot says why the act is not possible for an application; "" if it is
	cannot func(a *application.Application) string
	// do does it for one application, and says why it could not; "" if it was done
	do func(s *server, r *http.Request, ref string, v form.Values) (why string, err error)
}

var acts = map[string]act{
	"cohort": {
		heading: "Assign a cohort to ", did: "Cohort assigned to ", button: "Assign this cohort",
		intro: "The applicants are told when the applications are accepted, not now.",
		ask:   (*server).askCohorts,
		cannot: func(a *application.Application) string {
			if a.Status() != application.Received {
				return tooLate
			}
			return ""
		},
		do: func(s *server, r *http.Request, ref string, v form.Values) (string, error) {
			id, cohort, _ := strings.Cut(v["cohort"], ".")
			a, err := s.applications.ForReview(r.Context(), web.StaffOf(r), ref, false)
			switch {
			case err != nil:
				return "", err
			case a.Course != id:
				return "It is for another course", nil
			}
			_, problems, err := s.applications.AssignCohort(r.Context(), web.StaffOf(r), ref, cohort)
			if len(problems) > 0 {
				return problems[0].Text, err
			}
			return "", err
		},
	},
	"remind": {
		heading: "Send a reminder for ", did: "Reminder sent for ", button: "Send the reminders",
		intro: "Who is asked to confirm an application, or has to agree to the terms, gets an email now. Nobody gets more than one a day.",
		ask:   func(*server, []*application.Application) []form.Question { return nil },
		cannot: func(a *application.Application) string {
			if a.Reminder() == "" {
				return nobodyToRemind
			}
			return ""
		},
		do: func(s *server, r *http.Request, ref string, _ form.Values) (string, error) {
			_, err := s.applications.Chase(r.Context(), web.StaffOf(r), ref)
			return "", err
		},
	},
}

const (
	tooLate        = "It is decided or withdrawn"
	nobodyToRemind = "It waits for nobody who gets reminders"
	notTheirs      = "There is no such application that you can see"
)

// whyNot puts the error about one application into words; "" if it is none of these.
func whyNot(err error) string {
	switch {
	case errors.Is(err, decide.ErrNoApplication):
		return notTheirs
	case errors.Is(err, decide.ErrOwn):
		return "It is your own application"
	case errors.Is(err, decide.ErrDecided):
		return tooLate
	case errors.Is(err, decide.ErrNobodyToRemind):
		return nobodyToRemind
	case errors.Is(err, decide.ErrReminded):
		return "They were written to within the last day"
	}
	return ""
}

// askCohorts offers the cohorts of the courses of all applications.
func (s *server) askCohorts(all []*application.Application) []form.Question {
	q := form.Question{ID: "cohort", Kind: form.Choice, Label: "Which cohort do the applicants join?", Rule: "required",
		InMessages: "the cohort"}
	seen := map[string]bool{}
	for _, a := range all {
		c := s.Desk.Programme.Course(a.Course)
		if c == nil || seen[c.ID] {
			continue
		}
		seen[c.ID] = true
		for _, k := range c.Cohorts {
			q.Options = append(q.Options, form.Option{ID: c.ID + "." + k.ID, Label: c.Title + ": " + k.Name})
		}
	}
	return []form.Question{form.Ask(q)}
}

// several shows the act and the ticked applications, or does it.
func (s *server) several(w http.ResponseWriter, r *http.Request) error {
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	do, refs := posted.Get("do"), chosen(posted)
	act, known := acts[do]
	if !known {
		return web.SeeOther(w, r, "/review/")
	}
	view, all, err := s.severalOf(r, refs, act.cannot)
	if err != nil {
		return err
	}
	section := &form.Section{ID: "several", Questions: append(act.ask(s, all), howMany(len(view.Can)))}
	v := section.Read(posted)
	view.Asking, view.Intro, view.Button = page.Asking{Section: section, Values: v}, act.intro, act.button
	view.Hidden = append(view.Hidden, page.Hidden{Name: "do", Value: do})
	if len(view.Can) == 0 || !posted.Has("count") {
		return s.severalPage(w, view, act.heading+applications(len(view.Can)))
	}
	if view.Problems = checkSeveral(section, v, len(view.Can), s); len(view.Problems) > 0 {
		return s.severalPage(w, view, act.heading+applications(len(view.Can)))
	}
	lines := view.Can
	view.Can = nil
	for _, line := range lines {
		why, err := act.do(s, r, line.Reference, v)
		if err != nil {
			if why = whyNot(err); why == "" {
				return fmt.Errorf("doing it with %s: %w", line.Reference, err)
			}
		}
		if why != "" {
			view.Cannot = append(view.Cannot, page.NotDone{Line: line, Why: why})
		} else {
			view.Did = append(view.Did, line)
		}
	}
	return s.severalPage(w, view, act.did+applications(len(view.Did)))
}

// chosen are the ticked references, each once.
func chosen(posted url.Values) (refs []string) {
	for _, ref := range posted["ref"] {
		if application.IsReference(ref) && !slices.Contains(refs, ref) && len(refs) < mostSeveral {
			refs = append(refs, ref)
		}
	}
	return refs
}

// severalOf reads the applications, and says for which of them the act is not possible.
func (s *server) severalOf(
	r *http.Request, refs []string, cannot func(*application.Application) string,
) (view page.Several, all []*application.Application, err error) {
	view.Back = "/review/"
	for _, ref := range refs {
		a, err := s.applications.ForReview(r.Context(), web.StaffOf(r), ref, false)
		why := whyNot(err)
		if err != nil && why == "" {
			return view, nil, err
		}
		if err != nil {
			view.Cannot = append(view.Cannot, page.NotDone{Line: page.ReviewLine{Reference: ref}, Why: why})
			continue
		}
		line := s.reviewLines([]application.Brief{a.Brief()})[0]
		view.Hidden = append(view.Hidden, page.Hidden{Name: "ref", Value: ref})
		if why := cannot(a); why != "" {
			view.Cannot = append(view.Cannot, page.NotDone{Line: line, Why: why})
			continue
		}
		view.Can, all = append(view.Can, line), append(all, a)
	}
	return view, all, nil
}

// howMany asks for the number of applications, as a check against ticking too many.
func howMany(n int) form.Question {
	return form.Ask(form.Question{ID: "count", Kind: form.Number, Label: "For how many applications do you do this?",
		InMessages: "for how many applications you do this", Hint: "Count them above: the number must be right", Width: 3,
		Rule: "required,max=" + strconv.Itoa(max(n, mostSeveral))})
}

func checkSeveral(section *form.Section, v form.Values, n int, s *server) []form.Problem {
	problems := section.Check(v, s.Desk.Now().In(course.London))
	if len(problems) == 0 && section.Question("count").Normal(v) != strconv.Itoa(n) {
		problems = []form.Problem{{Question: "count", Input: "count", Inputs: []string{"count"},
			Text: "The number must be that of the applications above"}}
	}
	return problems
}

func (s *server) severalPage(w http.ResponseWriter, view page.Several, heading string) error {
	return s.Render(w, web.StatusOf(view.Problems), "several", staffFrame(heading, true), view)
}

func applications(n int) string {
	if n == 1 {
		return "1 application"
	}
	return strconv.Itoa(n) + " applications"
}
