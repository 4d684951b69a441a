package web

import (
	"errors"
	"net/http"
	"path"

	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/intake"
	"traininghub/internal/page"
	"traininghub/internal/programme"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// A Handler answers a request, or returns an error. It writes nothing before it returns an error.
type Handler func(w http.ResponseWriter, r *http.Request) error

var (
	ErrNotFound  = errors.New("web: there is no such page")
	errCrossSite = errors.New("web: posted from another site")
	ErrTooMany   = errors.New("web: too many from one address")
	errOther     = errors.New("web: posted from the page of another application than the device has open")
	errBadForm   = errors.New("web: the body cannot be read as a form")

	ErrNoMarkLink = errors.New("web: the link to mark who came opens nothing")
	ErrOwnRecord  = errors.New("web: it is about the person who has signed in")

	ErrNoPracticeLink = errors.New("web: the link to a practice opens nothing")
)

// answer makes a handler of net/http. Only this function decides what an error looks like.
func (s *Server) answer(h Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := h(w, r)
		if err == nil {
			return
		}
		if to := s.onward(err, r); to != "" {
			http.Redirect(w, r, to, http.StatusSeeOther)
			return
		}
		status, heading, m := s.explain(err, r)
		if status >= 500 {
			s.Log.Error("request failed", "route", r.Pattern, "form", s.formID(r), "error", err)
			w.Header().Set("Retry-After", "60")
		}
		if err := s.Render(w, status, "message", page.Frame{Heading: heading, Application: true}, m); err != nil {
			s.Log.Error("error page failed", "route", r.Pattern, "error", err)
			http.Error(w, "Sorry, there is a problem with the service. Try again later.",
				http.StatusInternalServerError)
		}
	}
}

// onward is an address to go to instead of showing an error; "" if there is none.
func (s *Server) onward(err error, r *http.Request) string {
	def := s.Desk.Programme.Forms[r.PathValue("form")]
	switch {
	case errors.Is(err, intake.ErrSent) && def != nil:
		return s.Desk.Programme.Offer(def).Fill(def.ID) + "/sent"
	case errors.Is(err, staff.ErrSignedOut) && r.Method != http.MethodPost: // a GET, so nothing typed is lost
		return s.toSignIn(r)
	case errors.Is(err, intake.ErrFinal):
		return "/status/"
	}
	return ""
}

// explain puts an error into words for the person: what happened, what became of what they typed,
// and what to do.
func (s *Server) explain(err error, r *http.Request) (status int, heading string, m page.Message) {
	links := []page.Link{{Text: "Go to the home page", Href: "/"}}
	var contact string
	var o *programme.Offer
	if def := s.Desk.Programme.Forms[r.PathValue("form")]; def != nil {
		o = s.Desk.Programme.Offer(def)
	}
	if o != nil {
		links, contact = []page.Link{{Text: "Go to the page of " + o.Title(), Href: o.Page()}}, o.Contact().Email
	}
	say := func(paragraphs ...string) page.Message {
		return page.Message{Paragraphs: paragraphs, Links: links, Contact: contact}
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, ErrNotFound), errors.Is(err, intake.ErrNoRow), errors.Is(err, decide.ErrNoApplication):
		return http.StatusNotFound, "Page not found", say(
			"If you typed the web address, check it is correct.",
			"If you pasted the web address, check you copied all of it.")
	case errors.Is(err, decide.ErrOwn):
		links = []page.Link{{Text: "Get a link to your application", Href: "/status/link"},
			{Text: "All applications", Href: "/review/"}}
		return http.StatusForbidden, "This is your own application", say(
			"Somebody else who decides for the course reads it and decides. If there is nobody else, ask the "+
				"training hub to add a deputy.",
			"The link in our latest email to you as its applicant shows where it stands.")
	case errors.Is(err, decide.ErrCorrected):
		links = []page.Link{{Text: "All applications", Href: "/review/"}}
		return http.StatusForbidden, "You have corrected this application", say(
			"Who has corrected an answer does not decide. Somebody else who decides for the course does.")
	case errors.Is(err, ErrOwnRecord):
		links = []page.Link{{Text: "Get a link to your application", Href: "/status/link"},
			{Text: "All cohorts", Href: "/review/attendance/"}}
		return http.StatusForbidden, "This is about you", say(
			"Somebody else who decides for the course looks at it.",
			"You can see your workshops behind the link in our latest email to you as their participant.")
	case errors.Is(err, ErrNoMarkLink):
		return http.StatusNotFound, "This link does not work", say(
			"It may be cut off, or its time may be over. A link works for some days after a workshop.",
			"Check that you copied all of it. If we sent you more than one email, use the link in the latest.",
			"If you still have to tell us who came, email us.")
	case errors.Is(err, ErrNoPracticeLink):
		return http.StatusNotFound, "This link does not work", say(
			"It may be cut off, or somebody else was asked in the meantime.",
			"Check that you copied all of it. If we sent you more than one email, use the link in the latest.",
			"If somebody else was asked, you do not need to do anything.")
	case errors.Is(err, intake.ErrNoLink):
		links = append([]page.Link{{Text: "Get a link to your application", Href: "/status/link"}}, links...)
		return http.StatusNotFound, "Open your application from our email", say(
			"We cannot show your application here. The link may be cut off or out of date, or you may have opened "+
				"it more than 1 hour ago.",
			"Open the link in our latest email to you. If you cannot find it, we can email you another.")
	case errors.Is(err, errOther):
		links = append([]page.Link{{Text: "Get a link to your application", Href: "/status/link"}}, links...)
		return http.StatusConflict, "Another application is open in this browser", say(
			"It was opened or started here after the page you just sent. We did not save or carry out what you sent.",
			"Open your application again by the link in our email to you.")
	case errors.Is(err, intake.ErrNoDraft):
		if o != nil && !o.Accepts(s.Desk.Now()) {
			return s.closed(o, links)
		}
		if o != nil {
			links = append([]page.Link{{Text: "Start an application", Href: o.Page() + "apply/"}}, links...)
		}
		links = append([]page.Link{{Text: "Get a link to your application", Href: "/status/link"}}, links...)
		return http.StatusNotFound, "We cannot find your application on this device", say(
			"You may have started it on another device, or more than 20 hours may have passed since you last saved it.",
			"If we emailed you a link to your application, use that link to carry on. It takes you to all the "+
				"answers you saved.",
			"If you have already sent your application, you do not need to do anything. We emailed you a copy.")
	case errors.Is(err, staff.ErrSignedOut):
		links = []page.Link{{Text: "Sign in", Href: s.toSignIn(r)}}
		m := say(
			"You are not signed in any more. We sign you out after 30 minutes in which you do nothing, and after 8 "+
				"hours.",
			"We did not save or carry out what you just sent.")
		m.Typed = typed(r)
		return http.StatusForbidden, "Sign in again", m
	case errors.Is(err, staff.ErrSpentLink):
		links = []page.Link{{Text: "Ask for another link", Href: s.below() + "sign-in"}}
		return http.StatusNotFound, "This link does not sign you in", say(
			"It may have been used already, or it may be more than 15 minutes old.",
			"If you pasted the web address, check you copied all of it.")
	case errors.Is(err, staff.ErrOtherBrowser):
		links = []page.Link{{Text: "Ask for another link", Href: s.below() + "sign-in"}}
		return http.StatusForbidden, "Open this link in the browser that asked for it", say(
			"A link to sign in only works in the browser in which it was asked for. This is another browser or "+
				"another device, or it does not keep cookies.",
			"The link has not been used up. You can still open it in the browser that asked for it, or ask for "+
				"another link here.")
	case errors.Is(err, intake.ErrNotOpen) && o != nil:
		return s.closed(o, links)
	case errors.As(err, &tooLarge), errors.Is(err, record.ErrTooLarge):
		return http.StatusRequestEntityTooLarge, "Your answers are too long to save", say(
			"We did not save your answers on the page you just sent. Everything you saved before is safe.",
			"Go back in your browser, make the longest answer shorter, and continue.")
	case errors.Is(err, ErrTooMany):
		return http.StatusTooManyRequests, "Wait before you try again", say(
			"Too many requests came from your network in the last hour, so we did not carry out this one.",
			"Everything you saved is safe. Go back in your browser and try again in an hour.")
	case errors.Is(err, errCrossSite):
		return http.StatusForbidden, "We could not accept what you sent", say(
			"It came from another website, not from a page of this one.",
			"Open the page here and send it again.")
	case errors.Is(err, errBadForm):
		return http.StatusBadRequest, "We could not read what you sent", say(
			"We did not save your answers on the page you just sent. Everything you saved before is safe.",
			"Go back in your browser and try again.")
	}
	return http.StatusServiceUnavailable, "Sorry, there is a problem with the service", say(
		"Try again later.",
		"We may not have saved the page you just sent. Everything that you saved before it is safe. If you had not "+
			"yet seen a page with a reference number, your application has not been confirmed.",
		"Go back in your browser to see your answers on that page again.")
}

// longTyped is how many characters are too many to type again.
const longTyped = 40

// typed is the long text posted by somebody whose session has ended. Without it the text would be
// lost, since going back in the browser leads to signing in.
func typed(r *http.Request) string {
	posted, err := Post(r)
	if err != nil {
		return ""
	}
	if IsBehind(r.URL.Path) { // any of many questions: the longest answer, if it is long
		longest := ""
		for _, all := range posted {
			if len(all) == 1 && len(all[0]) > max(len(longest), longTyped) {
				longest = all[0]
			}
		}
		return longest
	}
	return posted.Get(map[string]string{"notes": "note", "decision": "text", "reopen": "reason"}[path.Base(r.URL.Path)])
}

// closed says that a course or service takes no applications, whatever a cached page says.
func (s *Server) closed(o *programme.Offer, links []page.Link) (int, string, page.Message) {
	m := page.Message{Links: links, Contact: o.Contact().Email}
	if o.Status(s.Desk.Now()) == course.NotYetOpen {
		opens, _ := o.Fact("opens")
		m.Paragraphs = []string{"Applications for " + o.Title() + " open on " + opens + "."}
		return http.StatusForbidden, "Applications are not open yet", m
	}
	if now := s.Desk.Now(); o.Course != nil && (!o.Course.Shown().At(now) || o.Course.Cancelled()) ||
		o.Service != nil && !o.Service.Shown().At(now) {
		m.Paragraphs = []string{
			o.Title() + " takes no applications now.",
			"If you sent your application before, we have it. You do not need to do anything.",
		}
		return http.StatusGone, "Applications are closed", m
	}
	if o.ApplyBy() == "" {
		m.Paragraphs = []string{o.Title() + " takes no requests now."}
		return http.StatusGone, "Requests are closed", m
	}
	m.Paragraphs = []string{
		"The deadline for " + o.Title() + " was " + o.ApplyBy() +
			". We cannot take applications any more, including those that were started before the deadline.",
		"If you sent your application before the deadline, we have it. You do not need to do anything.",
	}
	return http.StatusGone, "Applications are closed", m
}
