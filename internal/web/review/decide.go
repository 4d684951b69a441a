package review

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/form"
	"traininghub/internal/page"
	"traininghub/internal/staff"
	"traininghub/internal/web"
)

func atReview(ref string) string { return "/review/" + ref }

// reviewFrame is the frame of the staff's pages about an application.
func reviewFrame(a *application.Application, heading, back string) page.Frame {
	return page.Frame{Heading: heading, Title: heading + " – " + a.Reference, Application: true,
		Back: &page.Link{Text: "Back", Href: back}}
}

// The questions of a decision that are the same for every application.
var (
	chooseDecision = form.Section{ID: "choose", Questions: []form.Question{form.Ask(form.Question{
		ID: "decision", Kind: form.Choice, Label: "What is your decision?",
		InMessages: "whether you accept or decline", Rule: "required",
		Options: []form.Option{{ID: "accept", Label: "Accept"}, {ID: "decline", Label: "Decline"}},
	})}}
	askFunding = form.Ask(form.Question{ID: "funding", Kind: form.Date, Label: "Proposed date for funding to start",
		InMessages: "the date for funding to start", Hint: "For example, 17 11 2021"})
)

// acceptSection asks for the details of an acceptance.
func acceptSection(places []decide.Places) *form.Section {
	if len(places) == 0 { // everybody begins when they like
		return &form.Section{ID: "accept", Questions: []form.Question{askFunding}}
	}
	return &form.Section{ID: "accept", Questions: []form.Question{askCohort(places), askFunding}}
}

// askCohort offers the cohorts with their dates and places.
func askCohort(places []decide.Places) form.Question {
	q := form.Question{ID: "cohort", Kind: form.Choice, Label: "Which cohort does the applicant join?"}
	for _, p := range places {
		var dates []string
		for _, w := range p.Cohort.Workshops {
			dates = append(dates, w.String())
		}
		hint := strings.Join(dates, "; ") + ". Places: " + p.String() + "."
		q.Options = append(q.Options, form.Option{ID: p.Cohort.ID, Label: p.Cohort.Name, Hint: hint})
	}
	return form.Ask(q)
}

func declineSection(reasons []form.Option) *form.Section {
	return &form.Section{ID: "decline", Questions: []form.Question{
		form.Ask(form.Question{ID: "reason", Kind: form.Choice, Label: "What is the reason?", Options: reasons}),
	}}
}

// A deciding is a decision as posted.
type deciding struct {
	a      *application.Application
	places []decide.Places
	page   page.Decide
}

func (s *server) deciding(r *http.Request) (*deciding, error) {
	a, err := s.applications.ForReview(r.Context(), web.StaffOf(r), r.PathValue("reference"), true)
	if err != nil {
		return nil, err
	}
	places, err := s.applications.Places(r.Context(), a.Course)
	if err != nil {
		return nil, err
	}
	at := atReview(a.Reference)
	asked, _ := a.AskedFor()
	return &deciding{a: a, places: places, page: page.Decide{
		Reference: a.Reference, Applicant: a.Document.Applicant.Name,
		Doubts: a.Doubts(), Asked: s.cohortName(a.Course, asked), Practice: s.practiceSays(a), Paper: a.Unconfirmed(),
		Confirmed: s.Say("The {employer} confirmed in another way"),
		Choose:    &chooseDecision, Accept: acceptSection(places), Decline: declineSection(s.applications.DeclineReasons(a)),
		Sign:   &decide.Deciding,
		Values: form.Values{"cohort": a.CohortID()}, Action: at + "/decision", Cancel: at,
	}}, nil
}

// practiceSays is what a lead must know of the practice's part before deciding.
func (s *server) practiceSays(a *application.Application) []string {
	state, since := a.Practice()
	on := course.DateOf(since).String()
	switch state {
	case application.PracticeConfirmed:
		said := []string{s.Say("The {employer} confirmed on ") + on + "."}
		if from := a.Authorisation.Answer.AgreedFrom(); from != "" {
			said = append(said, "It confirmed what is agreed from "+from+", not what is so now.")
		}
		return said
	case application.PracticeRefused:
		return []string{s.Say("The {employer} did not confirm, on ") + on + ". Its reason:", a.Authorisation.Answer.Reason}
	case application.PracticeAsked, application.PracticeUnreached, application.PracticeWrong,
		application.PracticeBounced, application.PracticeSilent:
		return []string{s.Say("The {employer} has not confirmed yet."),
			s.Say("You can wait until it does. You can also accept if the {employer} confirmed to you in another way, or ") +
				"decline."}
	}
	return nil
}

// read reads what was posted.
func (d *deciding) read(r *http.Request) (do, shown string, err error) {
	posted, err := web.Post(r)
	if err != nil {
		return "", "", err
	}
	v := form.Values{}
	for _, sec := range []*form.Section{d.page.Choose, d.page.Accept, d.page.Decline, d.page.Sign} {
		for name, text := range sec.Read(posted) {
			v[name] = strings.ReplaceAll(text, "\x00", "\uFFFD") // as the page sends it back
		}
	}
	if posted.Get("paper") == "yes" {
		v["paper"] = "yes"
	}
	d.page.Values = v
	return posted.Get("do"), posted.Get("shown"), nil
}

// decision is what was posted.
func (d *deciding) decision() application.Decision {
	v := d.page.Values
	return application.Decision{
		Accepted: v["decision"] == "accept", Cohort: v["cohort"], Funding: askFunding.Normal(v),
		Paper:  v["paper"] == "yes",
		Reason: d.page.Decline.Questions[0].Shown(v), Text: v["text"], Name: v["name"],
	}
}

// problems puts mistakes in what was typed before problems of the decision. Until a decision is
// chosen, there are no others.
func (d *deciding) problems(found []form.Problem, now time.Time) []form.Problem {
	if wrong := d.page.Choose.Check(d.page.Values, now); len(wrong) > 0 {
		return wrong
	}
	typed := (&form.Section{Questions: []form.Question{askFunding}}).Check(d.page.Values, now)
	for i, p := range found {
		if p.Question == "funding" && len(typed) > 0 {
			found[i] = typed[0]
		}
	}
	return found
}

// askDecision asks for the decision, unless there is one.
func (s *server) askDecision(w http.ResponseWriter, r *http.Request) error {
	d, err := s.deciding(r)
	if err != nil {
		return err
	}
	if d.a.Status() != application.Received {
		return web.SeeOther(w, r, atReview(d.a.Reference))
	}
	return s.choosePage(w, d)
}

// choosePage asks whether to accept or decline.
func (s *server) choosePage(w http.ResponseWriter, d *deciding) error {
	return s.Render(w, web.StatusOf(d.page.Problems), "decide", reviewFrame(d.a, "Decide on the application",
		d.page.Cancel), d.page)
}

// decidePage asks for the details of the chosen decision.
func (s *server) decidePage(w http.ResponseWriter, d *deciding) error {
	heading := "Accept the application"
	switch d.page.Values["decision"] {
	case "accept":
		d.page.Accepting = true
	case "decline":
		d.page.Declining, heading = true, "Decline the application"
	default:
		return s.choosePage(w, d)
	}
	f := reviewFrame(d.a, heading, "")
	f.Back = nil // going back would lose what was typed; "Change" does not
	return s.Render(w, web.StatusOf(d.page.Problems), "decide", f, d.page)
}

// decide asks for the details of the decision, previews the letter, returns to the questions, or
// sends the previewed decision.
func (s *server) decide(w http.ResponseWriter, r *http.Request) error {
	d, err := s.deciding(r)
	if err != nil {
		return err
	}
	do, shown, err := d.read(r)
	if err != nil {
		return err
	}
	now := s.Desk.Now().In(course.London)
	if d.a.Status() == application.Received {
		switch do {
		case "choose": // chooses again between accepting and declining
			return s.choosePage(w, d)
		case "chosen":
			d.page.Problems = d.problems(nil, now)
			return s.decidePage(w, d)
		case "change":
			return s.decidePage(w, d)
		}
	}
	if len(d.problems(nil, now)) > 0 { // nothing was chosen
		do = ""
	}
	changed := false
	if do == "send" && shown != "" {
		a, _, problems, err := s.applications.Decide(r.Context(), web.StaffOf(r), d.a.Reference, d.decision(), shown)
		switch {
		case errors.Is(err, decide.ErrDecided):
			return s.tooLate(w, a)
		case errors.Is(err, decide.ErrChanged):
			changed = true
		case err != nil:
			return err
		case len(problems) == 0:
			return web.SeeOther(w, r, atReview(a.Reference))
		}
	}
	a, p, problems, err := s.applications.Preview(r.Context(), web.StaffOf(r), d.a.Reference, d.decision())
	switch {
	case errors.Is(err, decide.ErrDecided):
		return s.tooLate(w, a)
	case err != nil:
		return err
	}
	d.page.Practice, d.page.Paper = s.practiceSays(a), a.Unconfirmed()
	if d.page.Problems = d.problems(problems, now); len(d.page.Problems) > 0 {
		return s.decidePage(w, d)
	}
	return s.previewPage(w, d, p, changed)
}

func (s *server) previewPage(w http.ResponseWriter, d *deciding, p *decide.Preview, changed bool) error {
	view := page.Preview{
		Reference: d.a.Reference, Changed: changed, Decision: web.Facts(p.Decision), To: p.To, Subject: p.Subject,
		Text:   p.Text,
		Action: d.page.Action, Hidden: []page.Hidden{{Name: "shown", Value: p.Shown}},
	}
	for _, file := range p.Attachments {
		view.Files = append(view.Files, file.Name)
	}
	for _, sec := range []*form.Section{d.page.Choose, d.page.Accept, d.page.Decline, d.page.Sign} {
		for _, q := range sec.Questions {
			for _, name := range q.Inputs() {
				view.Hidden = append(view.Hidden, page.Hidden{Name: name, Value: d.page.Values[name]})
			}
		}
	}
	if d.page.Values["paper"] != "" {
		view.Hidden = append(view.Hidden, page.Hidden{Name: "paper", Value: "yes"})
	}
	if changed {
		view.Warnings = d.page.Practice
	}
	if p.Full != nil {
		view.Warnings = append(view.Warnings, p.Full.Cohort.Name+" is full: "+p.Full.String()+". You can still accept.")
	}
	if d.page.Filled != "" {
		view.Warnings = append(view.Warnings, d.page.Filled)
	}
	if d.decision().Accepted && d.page.Paper {
		view.Warnings = append(view.Warnings,
			s.Say("The {employer} has not confirmed on the hub. You say that it confirmed in another way."))
	}
	status := http.StatusOK
	if changed {
		status = http.StatusConflict
	}
	f := reviewFrame(d.a, "Check the decision and the letter", "")
	f.Back = nil // going back would lose what was typed; "Change this decision" does not
	return s.Render(w, status, "preview", f, view)
}

// tooLate says what was decided, or that the applicant has withdrawn.
func (s *server) tooLate(w http.ResponseWriter, a *application.Application) error {
	view := page.Decided{Withdrawn: a.Status() == application.Withdrawn, Back: atReview(a.Reference)}
	heading := "This application is not as you saw it"
	switch {
	case view.Withdrawn:
		heading = "The applicant has withdrawn"
	case a.Decision != nil:
		heading = "This application was decided already"
		view.Decision.Facts = web.Facts(a.DecisionItems())
	}
	return s.Render(w, http.StatusConflict, "decided", reviewFrame(a, heading, view.Back), view)
}

// decisionBlock shows the decision on the page of an application, with what the person can do about
// it.
func (s *server) decisionBlock(r *http.Request, a *application.Application) (page.DecisionBlock, error) {
	b := page.DecisionBlock{Facts: web.Facts(a.DecisionItems())}
	at, leads := atReview(a.Reference), web.StaffOf(r).May(staff.Decide, staff.Course(a.Course))
	for _, d := range a.Reopened {
		b.Earlier = append(b.Earlier, page.DecisionTaken{What: d.Words() + " on " + course.DateOf(d.At).String() +
			" by " + d.Name, Why: d.Undone})
	}
	switch status := a.Status(); {
	case status == application.Received:
		cohort := "None"
		switch p, err := s.applications.PlacesIn(r.Context(), a.Course, a.CohortID()); {
		case err != nil:
			return b, err
		case p != nil:
			cohort = p.Cohort.Name + " (" + p.String() + ")"
		}
		fact := page.Fact{Question: "Cohort", Answer: cohort, Change: at + "/cohort"}
		if asked, _ := a.AskedFor(); asked != "" && asked != a.CohortID() {
			fact.Note = "The applicant asked for " + s.cohortName(a.Course, asked)
		}
		b.Cohort = []page.Fact{fact}
		if leads {
			b.Decide, b.Upload = at+"/decision", at+"/returned"
		}
	case leads && (status == application.Accepted || status == application.Declined):
		b.Reopen = at + "/reopen"
	}
	return b, nil
}

// askAssign asks which cohort the applicant should join.
func (s *server) askAssign(w http.ResponseWriter, r *http.Request) error {
	a, err := s.applications.ForReview(r.Context(), web.StaffOf(r), r.PathValue("reference"), false)
	switch {
	case err != nil:
		return err
	case a.Status() != application.Received:
		return web.SeeOther(w, r, atReview(a.Reference))
	}
	return s.assignPage(w, r, a, a.CohortID(), nil)
}

func (s *server) assignPage(
	w http.ResponseWriter, r *http.Request, a *application.Application, cohort string, problems []form.Problem,
) error {
	places, err := s.applications.Places(r.Context(), a.Course)
	if err != nil {
		return err
	}
	at := atReview(a.Reference)
	return s.Render(w, web.StatusOf(problems), "ask", reviewFrame(a, "Assign a cohort", at), page.Ask{
		Intro: []string{"The applicant is told when the application is accepted, not now."},
		Asking: page.Asking{
			Section: &form.Section{Questions: []form.Question{required(askCohort(places))}},
			Values:  form.Values{"cohort": cohort}, Problems: problems,
		},
		Action: at + "/cohort", Button: "Assign this cohort", Cancel: at,
	})
}

// required makes a question required, so that the page does not call it optional.
func required(q form.Question) form.Question {
	q.Rule = "required"
	return form.Ask(q)
}

// assign assigns the cohort.
func (s *server) assign(w http.ResponseWriter, r *http.Request) error {
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	a, problems, err := s.applications.AssignCohort(r.Context(), web.StaffOf(r), r.PathValue("reference"), posted.Get("cohort"))
	switch {
	case errors.Is(err, decide.ErrDecided):
		return s.tooLate(w, a)
	case err != nil:
		return err
	case len(problems) > 0:
		return s.assignPage(w, r, a, posted.Get("cohort"), problems)
	}
	return web.SeeOther(w, r, atReview(a.Reference))
}

// askReopen asks why the decision is taken back.
func (s *server) askReopen(w http.ResponseWriter, r *http.Request) error {
	a, err := s.applications.ForReview(r.Context(), web.StaffOf(r), r.PathValue("reference"), true)
	if err != nil {
		return err
	}
	if status := a.Status(); status != application.Accepted && status != application.Declined {
		return web.SeeOther(w, r, atReview(a.Reference))
	}
	return s.reopenPage(w, a, nil, nil)
}

func (s *server) reopenPage(
	w http.ResponseWriter, a *application.Application, v form.Values, problems []form.Problem,
) error {
	d, at := a.Decision, atReview(a.Reference)
	return s.Render(w, web.StatusOf(problems), "ask", reviewFrame(a, "Reopen the decision", at), page.Ask{
		Intro: []string{
			"This takes back the decision of " + d.Name + ", on " + course.DateOf(d.At).String() + ": " +
				strings.ToLower(d.Words()) + ". You then decide again.",
			"A letter about it that has not gone is not sent. If the letter has gone, we email the applicant that " +
				"the decision is taken back.",
		},
		Asking: page.Asking{Section: &decide.Reopening, Values: v, Problems: problems},
		Action: at + "/reopen?round=" + strconv.Itoa(a.Round()), Button: "Reopen the decision", Cancel: at,
	})
}

// reopen takes the decision back.
func (s *server) reopen(w http.ResponseWriter, r *http.Request) error {
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	round, err := strconv.Atoi(r.URL.Query().Get("round"))
	if err != nil {
		round = -1 // matches no decision
	}
	v := decide.Reopening.Read(posted)
	a, problems, err := s.applications.Reopen(r.Context(), web.StaffOf(r), r.PathValue("reference"), round,
		v["reason"])
	switch {
	case errors.Is(err, decide.ErrChanged):
		return s.tooLate(w, a)
	case err != nil:
		return err
	case len(problems) > 0 && a.Decision == nil:
		return s.tooLate(w, a)
	case len(problems) > 0:
		return s.reopenPage(w, a, v, problems)
	}
	return web.SeeOther(w, r, atReview(a.Reference))
}
