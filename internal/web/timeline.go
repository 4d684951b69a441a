package web

import (
	"cmp"
	"slices"
	"strings"

	"traininghub/internal/course"
	"traininghub/internal/intake"
	"traininghub/internal/page"
)

// What has happened to an application, in words: for the applicant, and for the staff. An event that gets words here is a constant in
// intake/application.go.

// letter is the letter that an event is about, or nil.
func (s *server) letter(a *intake.Application, e intake.Event) *intake.Template {
	id, _, _ := strings.Cut(e.Note, " ")
	for _, l := range a.Letters {
		if l.ID == id {
			return s.Desk.Programme.Letters.For(l.Name, a.Form)
		}
	}
	return nil
}

// timeline is what has happened, as far as it concerns the applicant, the latest first. What the staff do for themselves is not in it.
func (s *server) timeline(a *intake.Application) []page.Happened {
	var all []page.Happened
	decisions, asked := slices.Clone(a.Reopened), []intake.Authorisation{}
	if a.Decision != nil {
		decisions = append(decisions, *a.Decision)
	}
	if a.Authorisation != nil {
		asked = append(slices.Clone(a.Authorisation.Earlier), *a.Authorisation)
	}
	var decided, corrected, people int
	for _, e := range a.Events {
		h := page.Happened{At: course.Moment(e.At)}
		switch e.What {
		case intake.EventReceived:
			h.What = "We received your application"
		case intake.EventSent, intake.EventBounced:
			t := s.letter(a, e)
			switch {
			case t == nil || t.To != intake.ToApplicant && (t.To != intake.ToPractice || e.What == intake.EventSent):
				continue
			case e.What == intake.EventSent:
				subject, _ := t.Write(a.Document.Fields())
				h.What = "We emailed you: " + subject
			case t.To == intake.ToApplicant:
				h.What = "Our email to you could not be delivered"
			default:
				h.What = "Our email to your practice could not be delivered"
			}
		case intake.EventAsked:
			h.What = "We asked your practice to confirm its part"
			if people++; people <= len(asked) {
				h.More = []string{"We asked " + asked[people-1].Name + ", " + asked[people-1].Email}
			}
		case intake.EventAuthorised:
			h.What, h.More = "Your practice confirmed its part", signedBy(asked[:people])
		case intake.EventRefused:
			h.What, h.More = "Your practice did not confirm its part", signedBy(asked[:people])
		case intake.EventWrong:
			h.What = "The person we asked at your practice told us that they are not the right one"
		case intake.EventCorrected:
			h.What = "You corrected an email address"
			if corrected++; corrected <= len(a.Corrections) {
				c := a.Corrections[corrected-1]
				h.More = []string{c.Was + " is now " + c.Now}
			}
		case intake.EventAccepted, intake.EventDeclined:
			h.What = map[bool]string{true: "The STP lead accepted your application", false: "The STP lead declined your application"}[e.What == intake.EventAccepted]
			switch decided++; { // one that was taken back says no more
			case decided <= len(a.Reopened) || decided > len(decisions):
			case a.Decision.Accepted:
				h.More = s.accepted(a, a.Decision)
			default:
				h.More = declined(a.Decision)
			}
		case intake.EventReopened:
			h.What = "The STP lead took the decision back, to decide again"
		case intake.EventAgreed:
			h.What = "You agreed to the terms"
		case intake.EventWithdrawn:
			h.What = "You withdrew your application"
		default:
			continue
		}
		all = append(all, h)
	}
	slices.Reverse(all)
	return all
}

// signedBy names who answered for the practice, of all who were asked so far.
func signedBy(asked []intake.Authorisation) []string {
	if len(asked) == 0 || asked[len(asked)-1].Answer == nil {
		return nil
	}
	answer := asked[len(asked)-1].Answer
	says := []string{"Signed by " + answer.Name + ", " + answer.Role}
	if answer.Reason != "" {
		says = append(says, "Reason: "+answer.Reason)
	}
	return says
}

// staffTimeline is all that has happened, with who did it, the latest first.
func (s *server) staffTimeline(a *intake.Application) []page.Happened {
	words := map[string]string{
		intake.EventStarted: "Application started", intake.EventResumed: "Opened again by the link in an email", intake.EventReceived: "Application sent",
		intake.EventAsked: "The practice was asked to confirm its part", intake.EventAuthorised: "The practice confirmed its part",
		intake.EventRefused: "The practice did not confirm its part", intake.EventWrong: "The person asked at the practice is not the right one",
		intake.EventViewed: "The applicant looked where the application stands", intake.EventCorrected: "An email address was corrected",
		intake.EventWithdrawn: "Application withdrawn", intake.EventRead: "Application read", intake.EventNoted: "Note added",
		intake.EventAccepted: "Application accepted", intake.EventDeclined: "Application declined", intake.EventReopened: "The decision was taken back",
		intake.EventAgreed: "The applicant agreed to the terms", intake.EventExported: "Everything about the applicant was given out",
	}
	who := map[string]string{"applicant": "the applicant", "practice": "the practice", "lead": "the STP lead", "office": "the office", "hub": "the hub", "mail": "the mail system"}
	to := map[intake.Recipient]string{intake.ToDeputy: "deputy or lead"} // not every course has a deputy
	corrected, undone := 0, 0
	var all []page.Happened
	for _, e := range a.Events {
		h := page.Happened{At: course.Moment(e.At), What: words[e.What]}
		id, class, _ := strings.Cut(e.Note, " ")
		letter := "an email"
		if t := s.letter(a, e); t != nil {
			subject := id
			if a.Document != nil {
				subject, _ = t.Write(a.Document.Fields())
			}
			letter = "email to the " + cmp.Or(to[t.To], string(t.To)) + ", “" + subject + "”"
		}
		switch e.What {
		case intake.EventSent:
			h.What = "Sent: " + letter
		case intake.EventBounced:
			h.What = "Could not be delivered: " + letter
		case intake.EventDelayed:
			h.What = "Delivery is late: " + letter
		case intake.EventComplaint:
			h.What = "Marked as spam: " + letter
		case intake.EventCohort:
			h.What = "Cohort assigned: " + s.cohortName(a.Course, e.Note)
		case intake.EventDouble:
			h.What = "Possible double: application " + e.Note + " has the same GMC number"
		case intake.EventCorrected:
			if corrected < len(a.Corrections) {
				c := a.Corrections[corrected]
				h.More = []string{c.Was + " is now " + c.Now}
			}
			corrected++
		case intake.EventAccepted:
			if class == intake.NotePaper {
				h.More = []string{"The practice confirmed in another way"}
			}
		case intake.EventReopened:
			if undone < len(a.Reopened) {
				h.More = []string{"Reason: " + a.Reopened[undone].Undone}
			}
			undone++
		}
		if h.What == "" {
			h.What = e.What
		}
		if strings.HasPrefix(e.What, "letter") && class != "" {
			h.More = append(h.More, "The mail system says: "+class)
		}
		by := "By " + cmp.Or(who[e.Who], e.Who)
		if e.By != "" {
			by += ", " + e.By
		}
		h.At += ". " + by
		all = append(all, h)
	}
	slices.Reverse(all)
	return all
}
