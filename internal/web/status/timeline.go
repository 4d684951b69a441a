package status

import (
	"slices"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/intake"
	"traininghub/internal/page"
	"traininghub/internal/record"
)

// The history of an application in words for the applicant. An event that gets words here is a
// constant in intake/application.go.

// timeline is what has happened, as far as it concerns the applicant, the latest first. It leaves
// out the staff's own steps.
func (s *server) timeline(a *application.Application) []page.Happened {
	var all []page.Happened
	decisions, asked := slices.Clone(a.Reopened), []application.Authorisation{}
	if a.Decision != nil {
		decisions = append(decisions, *a.Decision)
	}
	if a.Authorisation != nil {
		asked = append(slices.Clone(a.Authorisation.Earlier), *a.Authorisation)
	}
	var decided, corrected, people int
	for i, e := range a.Events {
		h := page.Happened{At: course.Moment(e.At)}
		switch e.What {
		case application.EventReceived:
			h.What = "We received your application"
		case application.EventSent, application.EventBounced:
			t := s.Desk.LetterOf(a, e)
			switch {
			case t == nil ||
				t.To != intake.ToApplicant && (t.To != intake.ToPractice || e.What == application.EventSent):
				continue
			case e.What == application.EventSent:
				h.What = "We emailed you: " + s.Desk.Subject(a, t)
			case t.To == intake.ToApplicant:
				h.What = "Our email to you could not be delivered"
			default:
				h.What = s.Say("Our email to your {employer} could not be delivered")
			}
		case application.EventAsked:
			h.What = s.Say("We asked your {employer} to confirm its part")
			who := "We asked "
			if s.heldUp(a, a.Events[i+1:]) {
				h.What, who = s.Say("Your {employer} has to confirm its part"), "Our email is for "
			}
			if people++; people <= len(asked) {
				h.More = []string{who + asked[people-1].Name + ", " + asked[people-1].Email}
			}
		case application.EventAuthorised:
			h.What, h.More = s.Say("Your {employer} confirmed its part"), signedBy(asked[:people], e)
		case application.EventRefused:
			h.What, h.More = s.Say("Your {employer} did not confirm its part"), signedBy(asked[:people], e)
		case application.EventTakenBack:
			h.What = s.Say("Your {employer} took its answer back")
		case application.EventWrong:
			h.What = s.Say("The person we asked at your {employer} told us that they are not the right one")
		case application.EventCorrected:
			h.What = "You corrected an answer"
			if corrected++; corrected <= len(a.Corrections) {
				c := a.Corrections[corrected-1]
				if h.More = []string{a.Where(c.Section, c.Row, c.Question) + ": " + c.Was + " is now " + c.Now}; c.By != "" {
					h.What = "We corrected an answer"
				}
			}
		case application.EventWished:
			h.What = "You asked for a correction"
		case application.EventUnwished:
			h.What = "We did not make a correction that you asked for"
		case application.EventMoved:
			h.What = "You have a place in another cohort, as you asked"
		case application.EventAccepted, application.EventDeclined:
			h.What = map[bool]string{true: s.Say("The {decider} accepted your application"),
				false: s.Say("The {decider} declined your application")}[e.What == application.EventAccepted]
			switch decided++; { // a decision that was taken back says no more
			case decided <= len(a.Reopened) || decided > len(decisions):
			case a.Decision.Accepted:
				h.More = s.accepted(a, a.Decision)
			default:
				h.More = declined(a.Decision)
			}
		case application.EventReopened:
			h.What = s.Say("The {decider} took the decision back, to decide again")
		case application.EventAgreed:
			h.What = "You agreed to the terms"
		case application.EventWithdrawn:
			h.What = "You withdrew your application"
		default:
			continue
		}
		all = append(all, h)
	}
	slices.Reverse(all)
	return all
}

// heldUp tells whether a mail system refused the letter to the person who was asked before the
// events, and no other letter went.
func (s *server) heldUp(a *application.Application, events []record.Event) bool {
	refused := false
	for _, e := range events {
		if e.What == application.EventAsked {
			break
		}
		if t := s.Desk.LetterOf(a, e); t == nil || t.To != intake.ToPractice {
			continue
		}
		switch e.What {
		case application.EventSent:
			return false
		case application.EventRejected, application.EventBounced:
			refused = true
		}
	}
	return refused
}

// signedBy names the person who answered for the practice at an event, among all who were asked.
func signedBy(asked []application.Authorisation, e record.Event) []string {
	if len(asked) == 0 {
		return nil
	}
	last := asked[len(asked)-1]
	answers := last.TakenBack
	if last.Answer != nil {
		answers = append(slices.Clone(answers), *last.Answer)
	}
	i := slices.IndexFunc(answers, func(g application.Authorised) bool { return g.At.Equal(e.At) })
	if i < 0 {
		return nil
	}
	says := []string{"Signed by " + answers[i].Name + ", " + answers[i].Role}
	if reason := answers[i].Reason; reason != "" {
		says = append(says, "Reason: "+reason)
	}
	return says
}
