// Package status has the pages on which an applicant follows an application that was sent. The
// mailed link has a secret in its address. Its button gives the device a cookie, so that no further
// address has a secret.
package status

import (
	"cmp"
	"net/http"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/letter"
	"traininghub/internal/page"
	"traininghub/internal/web"
)

const atStatus = "/status/"

// A server has the handlers of this part.
type server struct{ *web.Server }

// Routes are the addresses of an applicant.
func Routes(shared *web.Server) []web.Route {
	s := &server{shared}
	return []web.Route{
		web.On("GET /status/link", web.Anybody, s.askLink),
		web.On("POST /status/link", web.Anybody, s.sendLink),
		web.On("GET /status/link/sent", web.Anybody, s.linkSent),
		web.On("GET /status/{link}", web.Linked, s.askFollow),
		web.On("POST /status/{link}", web.Linked, s.follow),
		web.On("GET /status/{$}", web.Following, s.stands),
		web.On("GET /status/answers", web.Following, s.readAnswers),
		web.On("GET /status/application.pdf", web.Following, s.printOwn),
		web.On("GET /status/practice", web.Following, s.askReplace),
		web.On("POST /status/practice", web.Following, s.replace),
		web.On("GET /status/correct/{question}/{row}", web.Following, s.askCorrect),
		web.On("POST /status/correct/{question}/{row}", web.Following, s.correct),
		web.On("GET /status/cohort", web.Following, s.askCohort),
		web.On("POST /status/cohort", web.Following, s.changeCohort),
		web.On("GET /status/again/{form}", web.Following, s.askAgain),
		web.On("POST /status/again/{form}", web.Following, s.again),
		web.On("GET /status/withdraw", web.Following, s.askWithdraw),
		web.On("POST /status/withdraw", web.Following, s.withdraw),
		web.On("GET /status/terms", web.Following, s.askTerms),
		web.On("POST /status/terms", web.Following, s.agree),
		web.On("POST /status/leave", web.Anybody, s.unfollow),
		web.On("GET /status/left", web.Anybody, s.unfollowed),
	}
}

func followKey(r *http.Request) string { return web.Cookie(r, web.FollowCookie) }

// following is the application that this device follows.
func (s *server) following(r *http.Request) (*application.Application, error) {
	return s.Desk.Following(r.Context(), followKey(r))
}

// statusFrame is the frame of a page about an application. If back is set, it has a link back to
// the status page.
func statusFrame(heading string, back bool) page.Frame {
	f := page.Frame{Heading: heading, Application: true}
	if back {
		f.Back = &page.Link{Text: "Back", Href: atStatus}
	}
	return f
}

// askFollow shows the button behind a mailed link. It changes nothing, since mail scanners open
// links, too.
func (s *server) askFollow(w http.ResponseWriter, r *http.Request) error {
	if err := s.Desk.PeekStatus(r.Context(), r.PathValue("link")); err != nil {
		return err
	}
	return s.Render(w, http.StatusOK, "follow", statusFrame("See your application", false),
		page.Follow{Action: r.URL.EscapedPath()})
}

func (s *server) follow(w http.ResponseWriter, r *http.Request) error {
	key, err := s.Desk.Follow(r.Context(), r.PathValue("link"))
	if err != nil {
		return err
	}
	s.SetCookie(w, web.FollowCookie, atStatus, key)
	return web.SeeOther(w, r, atStatus)
}

// unfollow removes the application from this device.
func (s *server) unfollow(w http.ResponseWriter, r *http.Request) error {
	if err := s.Desk.Unfollow(r.Context(), followKey(r)); err != nil {
		return err
	}
	s.SetCookie(w, web.FollowCookie, atStatus, "")
	return web.SeeOther(w, r, "/status/left")
}

func (s *server) unfollowed(w http.ResponseWriter, r *http.Request) error {
	return s.Render(w, http.StatusOK, "message", statusFrame("You have left your application", false), page.Message{
		Paragraphs: []string{"People who use this device after you cannot see it. To see it again, use the link in " +
			"our email."},
		Links: []page.Link{{Text: "Go to the home page", Href: "/"}},
	})
}

// stands shows the state of an application.
func (s *server) stands(w http.ResponseWriter, r *http.Request) error {
	a, err := s.following(r)
	if err != nil {
		return err
	}
	doc := a.Document
	view := page.Status{
		Reference: a.Reference, Course: doc.Course.Title, Happened: s.timeline(a), Mend: s.mend(a),
		Removed: course.DateOf(s.Desk.Removed(a)).String(), Contact: doc.Course.Contact,
	}
	for _, def := range s.Desk.Others(a) {
		view.Mend = append(view.Mend, page.Link{Text: "Use your answers to apply for " +
			s.Desk.Programme.Offer(def).Title(), Href: "/status/again/" + def.ID})
	}
	s.say(a, &view)
	view.Asks, view.Wished = s.asks(a), wished(a)
	if err := s.cohorts(r.Context(), a, &view); err != nil {
		return err
	}
	if err := s.attending(r.Context(), a, &view); err != nil {
		return err
	}
	return s.Render(w, http.StatusOK, "status", statusFrame("Your application "+a.Reference, false), view)
}

// say puts into words who has to act on an application, since when, and what happens next.
func (s *server) say(a *application.Application, v *page.Status) {
	party, since := a.Waiting()
	day := course.DateOf(since).String()
	after := s.Say("When your {employer} has confirmed its part, the {decider} decides on it. The {decider} already has a copy.")
	switch status := a.Status(); {
	case party == application.Practice:
		v.Tag = s.Say("Waiting for your {employer}")
		if state, _ := a.Practice(); state == application.PracticeUnreached {
			v.Stands = []string{s.Say("Your {employer} has to confirm its part of your application. Our email to ") +
				a.Authorisation.Name + " has not got through yet. " +
				s.Say("The mail system refused it, and that is nobody's fault at your {employer}, nor yours. It goes to ") +
				a.Authorisation.Email + "."}
			v.Next = []string{s.Say("You do not need to do anything. We will try again, and the {decider} can see this."),
				after}
			break
		}
		v.Stands = []string{s.Say("Your {employer} has to confirm its part of your application. We asked ") +
			a.Authorisation.Name + " on " + course.DateOf(a.Authorisation.Asked).String() + "."}
		if next := s.nextLetter(a, intake.ToPractice); !next.IsZero() {
			v.Next = append(v.Next, "If we have no answer, we remind them on "+course.DateOf(next).String()+".")
		} else if next := s.nextLetter(a, intake.ToApplicant); !next.IsZero() {
			v.Next = append(v.Next, "We have reminded them. If they do not answer by "+course.DateOf(next).String()+", we email you.")
		}
		v.Next = append(v.Next, after)
	case party == application.Applying && status == application.Received:
		v.Tag = "Waiting for you"
		v.Stands = []string{s.Say("Your {employer} has to confirm its part of your application.")}
		v.Do = &page.Link{Text: "Tell us whom to ask", Href: "/status/practice"}
		state, at := a.Practice() // since then, though a decision may have come between
		on := course.DateOf(at).String()
		switch state {
		case application.PracticeBounced:
			v.Stands[0] += " Our email to " + a.Authorisation.Name + " came back on " + on + ". It went to " +
				a.Authorisation.Email + "."
		case application.PracticeSilent:
			v.Stands[0] += " We asked " + a.Authorisation.Name + " on " +
				course.DateOf(a.Authorisation.Asked).String() +
				", and reminded them. They have not answered. Our emails went to " + a.Authorisation.Email + "."
			v.Do.Text = "Ask again, or name somebody else"
			v.Next = []string{s.Say("Speak to your {employer}. They can still use the link that we emailed to them.")}
		default:
			v.Stands[0] += " On " + on + ", " + a.Authorisation.Name +
				" told us that they are not the right person to ask."
			if right := a.Authorisation.Right; right != nil {
				v.Stands = append(v.Stands, "They named "+right.Name+", "+right.Email+
					". We ask this person only if you agree.")
			}
		}
		if !s.Desk.Replaces(a) { // the form no longer asks the practice
			v.Do = nil
			v.Next = append(v.Next, "To tell us whom to ask, email "+a.Document.Course.Contact+".")
		}
		v.Next = append(v.Next, after)
	case party == application.Lead:
		v.Tag = "Waiting for a decision"
		v.Stands = []string{s.Say("Your application has waited for the {decider}'s decision since ") + day + "."}
		if state, _ := a.Practice(); state == application.PracticeRefused {
			v.Stands = append(v.Stands, s.Say("Your {employer} did not confirm its part. The {decider} knows. You can speak to ")+a.Authorisation.Answer.Name+s.Say(", and have your {employer} asked again."))
		}
		v.Next = []string{s.Say("The {decider-in-full} decides on your ") +
			"application. We email you the decision."}
	case party == application.Applying:
		v.Tag = "Accepted: agree to the terms"
		v.Stands = append(s.place(a), "We have waited since "+day+" for you to agree to the terms.")
		v.Do = &page.Link{Text: "Read and agree to the terms", Href: "/status/terms"}
		if next := s.nextLetter(a, intake.ToApplicant); !next.IsZero() {
			v.Next = []string{"We remind you on " + course.DateOf(next).String() + " if you have not agreed by then."}
		}
	case status == application.Accepted:
		v.Tag = "Accepted"
		v.Stands = s.place(a)
		if a.Agreement != nil {
			v.Stands = append(v.Stands, "You agreed to the terms on "+course.DateOf(a.Agreement.At).String()+".")
		}
		if s.Desk.Withdraws(a) { // the last workshop is not over
			v.Next = []string{"You do not need to do anything now. Keep the time free."}
		}
	case status == application.Declined:
		v.Tag = "Declined"
		v.Stands = append([]string{s.Say("The {decider} declined your application on ") + day + "."}, declined(a.Decision)...)
		v.Next = []string{"You can apply again while applications are open. To ask about the decision, email " +
			a.Document.Course.Contact + "."}
	case status == application.Withdrawn:
		v.Tag = "Withdrawn"
		v.Stands = []string{"You withdrew your application on " + day + "."}
		v.Next = []string{"You can apply again while applications are open."}
	}
}

// place says what an accepted applicant has: the cohort with its dates, and when funding starts.
func (s *server) place(a *application.Application) []string {
	d := a.Decision
	if d == nil {
		return nil
	}
	says := []string{"Your application was accepted on " + course.DateOf(d.At).String() + "."}
	return append(says, s.accepted(a, d)...)
}

// accepted says what a decision gave.
func (s *server) accepted(a *application.Application, d *application.Decision) []string {
	var says []string
	if d.Cohort != "" {
		dates := s.Desk.JoinsOn(a) // the present dates, since workshops can have moved
		if dates != "" {
			dates = " (" + dates + ")"
		}
		says = append(says, "Your place: "+cmp.Or(d.Named, a.Document.Course.Title)+dates+".")
	}
	if starts := d.FundingStarts(); starts != "" {
		says = append(says, "Your funding is proposed to start on "+starts+".")
	}
	return says
}

// declined says why the application was declined.
func declined(d *application.Decision) []string {
	if d == nil {
		return nil
	}
	var says []string
	if d.Reason != "" {
		says = append(says, "Reason: "+d.Reason)
	}
	if d.Text != "" {
		says = append(says, d.Text)
	}
	return says
}

// nextLetter is when the next letter to somebody is due in the future; zero if there is none.
func (s *server) nextLetter(a *application.Application, to letter.Recipient) time.Time {
	var next time.Time
	for _, l := range a.Letters {
		if t := s.Desk.Programme.Letters.For(l.Name, a.Form); t == nil || t.To != to || !l.IsOwed() ||
			!l.Due.After(s.Desk.Now()) || l.Attempts > 0 {
			continue
		}
		if next.IsZero() || l.Due.Before(next) {
			next = l.Due
		}
	}
	return next
}

// mend are links to what the applicant can change.
func (s *server) mend(a *application.Application) []page.Link {
	var all []page.Link
	if s.Desk.Replaces(a) {
		all = append(all, page.Link{Text: s.Say("Change whom we ask at your {employer}"), Href: "/status/practice"})
	}
	for _, one := range s.corrections().Answers(a) {
		if one.Own {
			all = append(all, page.Link{Text: "Correct an email address: " + one.Title, Href: correctAt(one)})
		}
	}
	if a.Agreement != nil {
		all = append(all, page.Link{Text: "Read the terms that you agreed to", Href: "/status/terms"})
	}
	if s.Desk.Withdraws(a) {
		all = append(all, page.Link{Text: "Withdraw your application", Href: "/status/withdraw"})
	} else if a.Status() != application.Accepted {
		all = append(all, page.Link{Text: "Read about " + a.Document.Course.Title, Href: "/courses/" + a.Course + "/"})
	}
	return all
}

// readAnswers shows what was sent.
func (s *server) readAnswers(w http.ResponseWriter, r *http.Request) error {
	a, err := s.following(r)
	if err != nil {
		return err
	}
	doc := a.Document
	view := page.Answers{
		Sections: s.changeable(a),
		Label:    doc.Signature.Label, Signed: doc.Signature.Name, Received: course.Moment(doc.Received),
		Contact: doc.Course.Contact, Asks: s.asks(a),
	}
	for _, d := range doc.Declarations {
		view.Declared = append(view.Declared, d.Text)
	}
	return s.Render(w, http.StatusOK, "answers", statusFrame("Your answers", true), view)
}

// printOwn gives the applicant the PDF.
func (s *server) printOwn(w http.ResponseWriter, r *http.Request) error {
	a, err := s.following(r)
	if err != nil {
		return err
	}
	return s.File(w, s.Desk.Print(a, false))
}

// replaceable is the application that this device follows, with the questions about whom to ask at
// the practice.
func (s *server) replaceable(r *http.Request) (*application.Application, *form.Section, error) {
	a, err := s.following(r)
	if err != nil {
		return nil, nil, err
	}
	if !s.Desk.Replaces(a) {
		return nil, nil, intake.ErrFinal
	}
	asked := application.AskedIn(s.Desk.Programme.Forms[a.Form])
	return a, &asked, nil
}

func (s *server) askReplace(w http.ResponseWriter, r *http.Request) error {
	a, asked, err := s.replaceable(r)
	if err != nil {
		return err
	}
	v := form.Values{asked.Questions[0].ID: a.Authorisation.Name, asked.Questions[1].ID: a.Authorisation.Email}
	if state, _ := a.Practice(); state == application.PracticeWrong {
		v = nil
		if right := a.Authorisation.Right; right != nil { // to agree, the applicant only presses the button
			v = form.Values{asked.Questions[0].ID: right.Name, asked.Questions[1].ID: right.Email}
		}
	}
	return s.replacePage(w, a, asked, v, nil)
}

func (s *server) replacePage(
	w http.ResponseWriter, a *application.Application, asked *form.Section, v form.Values, problems []form.Problem,
) error {
	came := map[application.PracticeState]string{
		application.PracticeBounced: " Our email came back.", application.PracticeSilent: " They have not answered.",
		application.PracticeWrong:   " They are not the right person.",
		application.PracticeRefused: " They did not confirm it.",
	}
	state, _ := a.Practice()
	asks := "We asked " + a.Authorisation.Name + ", " + a.Authorisation.Email + "." + came[state]
	if right := a.Authorisation.Right; state == application.PracticeWrong && right != nil {
		asks += " They named " + right.Name + ". If you agree, send this page as it is."
	}
	return s.Render(w, web.StatusOf(problems), "ask", statusFrame(s.Say("Whom we ask at your {employer}"), true), page.Ask{
		Intro: []string{
			asks,
			s.Say("Give us somebody who may confirm this for your {employer}, for example the {manager}. Tell them ") +
				"first. We email them a link, and the link we emailed before stops working.",
		},
		Asking: page.Asking{Section: asked, Values: v, Problems: problems},
		Action: web.Of(a.Reference, "/status/practice"), Button: "Ask this person", Cancel: atStatus,
	})
}

func (s *server) replace(w http.ResponseWriter, r *http.Request) error {
	a, asked, err := s.replaceable(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v := asked.Read(posted)
	problems, err := s.Desk.ReplacePractice(r.Context(), followKey(r), v)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return s.replacePage(w, a, asked, v, problems)
	}
	return web.SeeOther(w, r, atStatus)
}

// askWithdraw says what withdrawing means.
func (s *server) askWithdraw(w http.ResponseWriter, r *http.Request) error {
	a, err := s.following(r)
	if err != nil {
		return err
	}
	if !s.Desk.Withdraws(a) {
		return intake.ErrFinal
	}
	view := page.Withdraw{
		Course: a.Document.Course.Title, Action: web.Of(a.Reference, "/status/withdraw"), Cancel: atStatus,
		Removed: course.DateOf(s.Desk.Now().Add(s.Desk.Retain.Withdrawn)).String(),
	}
	if a.Status() == application.Accepted {
		view.Place, view.Charges, view.Agreed = view.Course, a.Charges(), a.Agreement != nil
		view.Place = cmp.Or(a.Decision.Named, view.Place)
		if view.Cost, err = s.costOfCancelling(r.Context(), a); err != nil {
			return err
		}
	}
	return s.Render(w, http.StatusOK, "withdraw", statusFrame("Withdraw your application", true), view)
}

func (s *server) withdraw(w http.ResponseWriter, r *http.Request) error {
	if err := s.Desk.Withdraw(r.Context(), followKey(r)); err != nil {
		return err
	}
	return web.SeeOther(w, r, atStatus)
}

// askTerms shows the terms, to agree to or as agreed.
func (s *server) askTerms(w http.ResponseWriter, r *http.Request) error {
	a, err := s.following(r)
	if err != nil {
		return err
	}
	if !a.OwesAgreement() && a.Agreement == nil {
		return intake.ErrFinal
	}
	return s.termsPage(w, a, nil, false, nil)
}

func (s *server) termsPage(
	w http.ResponseWriter, a *application.Application, v form.Values, ticked bool, problems []form.Problem,
) error {
	terms := s.Desk.Terms(a)
	view := page.Terms{Terms: &terms, Asking: page.Asking{Section: &intake.Signing, Values: v,
		Problems: problems}, Ticked: ticked, Action: web.Of(a.Reference, "/status/terms")}
	if g := a.Agreement; g != nil {
		view.Terms = &g.Terms
		view.Agreed = []page.Fact{{Question: "Name", Answer: g.Name}, {Question: "Job title", Answer: g.Job},
			{Question: "Agreed", Answer: course.Moment(g.At)}}
		if f := g.Terms.File; f != nil {
			view.Agreed = append(view.Agreed, page.Fact{Question: "Document", Answer: f.String()})
			if terms.File == nil || terms.File.SHA256 != f.SHA256 { // that version can no longer be read here
				agreed := g.Terms
				agreed.File = nil
				view.Terms = &agreed
			}
		}
	}
	return s.Render(w, web.StatusOf(problems), "terms", statusFrame(view.Terms.Title, true), view)
}

func (s *server) agree(w http.ResponseWriter, r *http.Request) error {
	a, err := s.following(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v, ticked := intake.Signing.Read(posted), posted.Get("agree") != ""
	v["document"] = posted.Get("document")
	problems, err := s.Desk.Agree(r.Context(), followKey(r), v, ticked)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return s.termsPage(w, a, v, ticked, problems)
	}
	return web.SeeOther(w, r, atStatus)
}

// resending asks for the e-mail address to send the link to again.
var resending = form.Section{ID: "link", Questions: []form.Question{form.Ask(form.Question{
	ID: "email", Kind: form.Email, Label: "Email address", InMessages: "your email address",
	Hint: "The address that you gave in your application", Rule: "required,email,max=254", Autocomplete: "email",
})}}

func (s *server) askLink(w http.ResponseWriter, r *http.Request) error {
	return s.linkPage(w, nil, nil)
}

func (s *server) linkPage(w http.ResponseWriter, v form.Values, problems []form.Problem) error {
	f := statusFrame("Get a link to your application", false)
	f.Back = &page.Link{Text: "Home", Href: "/"}
	return s.Render(w, web.StatusOf(problems), "ask", f, page.Ask{
		Intro: []string{
			"We email you a link. With it you see where your application stands, or finish one that you have not sent.",
		},
		Asking: page.Asking{Section: &resending, Values: v, Problems: problems}, Action: "/status/link",
		Button: "Email me a link",
	})
}

// evenTime: an answer is delayed to a multiple of this, so that its time does not show whether an
// address is known.
const evenTime = 250 * time.Millisecond

// sendLink mails links to the person with the address. The answer is the same if there is nobody.
func (s *server) sendLink(w http.ResponseWriter, r *http.Request) error {
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v := resending.Read(posted)
	if problems := resending.Check(v, s.Desk.Now()); len(problems) > 0 {
		return s.linkPage(w, v, problems)
	}
	email := resending.Questions[0].Normal(v)
	if s.From(r, "link", "") > web.MaxLinks {
		return web.ErrTooMany
	}
	began := time.Now()
	// Nobody is refused, since a stranger may have asked; the links mailed within the hour still
	// work.
	if s.From(r, "link", email) <= web.MaxToOne {
		err = s.Desk.Resend(r.Context(), email)
	}
	s.Pause(r.Context(), evenTime-time.Since(began)%evenTime)
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/status/link/sent")
}

func (s *server) linkSent(w http.ResponseWriter, r *http.Request) error {
	return s.Render(w, http.StatusOK, "message", statusFrame("Check your email", false),
		page.Message{Paragraphs: []string{
			"If we have an application with the email address you gave, we have emailed a link to that address. It can " +
				"take a few minutes.",
			"If the email does not arrive, look in your junk folder. Then try again: you may have applied with another " +
				"address.",
			"For your privacy, we do not show whether we have an application.",
		}, Links: []page.Link{{Text: "Try another email address", Href: "/status/link"}}})
}
