package review

import (
	"cmp"
	"slices"
	"strings"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/intake"
	"traininghub/internal/letter"
	"traininghub/internal/page"
)

// staffTimeline is everything that has happened, with who did it, the latest first.
func (s *server) staffTimeline(a *application.Application) []page.Happened {
	words := map[string]string{
		application.EventStarted:    "Application started",
		application.EventResumed:    "Opened again by the link in an email",
		application.EventReceived:   "Application sent",
		application.EventAsked:      s.Say("The {employer} was asked to confirm its part"),
		application.EventAuthorised: s.Say("The {employer} confirmed its part"),
		application.EventRefused:    s.Say("The {employer} did not confirm its part"),
		application.EventWrong:      s.Say("The person asked at the {employer} is not the right one"),
		application.EventTakenBack:  s.Say("The {employer} took its answer back"),
		application.EventViewed:     "The applicant looked where the application stands",
		application.EventCorrected:  "An answer was corrected",
		application.EventWished:     "The applicant asked for a correction",
		application.EventUnwished:   "A correction that was asked for was declined",
		application.EventWithdrawn:  "Application withdrawn", application.EventRead: "Application read",
		application.EventNoted:    "Note added",
		application.EventPassed:   "Passed on to the register of mentors",
		application.EventAccepted: "Application accepted", application.EventDeclined: "Application declined",
		application.EventReopened: "The decision was taken back",
		application.EventAgreed:   "The applicant agreed to the terms",
		application.EventExported: "Everything about the applicant was given out",
	}
	who := map[string]string{"applicant": "the applicant", "practice": s.Say("the {employer}"), "lead": s.Say("the {decider}"),
		"office": "the office", "hub": "the hub", "mail": "the mail system"}
	to := map[letter.Recipient]string{intake.ToDeputy: "deputy or lead", // not every course has a deputy
		intake.ToPractice: s.Say("{employer}")}
	corrected, undone := 0, 0
	var all []page.Happened
	for _, e := range a.Events {
		h := page.Happened{At: course.Moment(e.At), What: words[e.What]}
		id, class := e.About()
		letter := "an email"
		if t := s.Desk.LetterOf(a, e); t != nil {
			subject := id
			if a.Document != nil {
				subject = s.Desk.Subject(a, t)
			}
			letter = "email to the " + cmp.Or(to[t.To], string(t.To)) + ", “" + subject + "”"
		}
		switch e.What {
		case application.EventSent:
			h.What = "Sent: " + letter
		case application.EventBounced:
			h.What = "Could not be delivered: " + letter
		case application.EventRejected:
			h.What = "Refused by the mail system: " + letter
		case application.EventUnclear:
			h.What = "May not have arrived: " + letter
		case application.EventDelayed:
			h.What = "Delivery is late: " + letter
		case application.EventComplaint:
			h.What = "Marked as spam: " + letter
		case application.EventCohort:
			h.What = "Cohort assigned: " + s.cohortName(a.Course, e.Note)
		case application.EventMoved:
			h.What = "Another cohort, as the applicant asked: " + s.cohortName(a.Course, e.Note)
		case application.EventSingle:
			h.What = "No double any more: application " + e.Note
		case application.EventDouble:
			h.What = "Possible double: application " + e.Note + " has " + a.SameAs()
		case application.EventCorrected:
			if corrected < len(a.Corrections) {
				c := a.Corrections[corrected]
				h.More = []string{a.Where(c.Section, c.Row, c.Question) + ": “" + c.Was + "” is now “" + c.Now + "”"}
				if c.Reason != "" {
					h.More = append(h.More, "Reason: "+c.Reason)
				}
			}
			corrected++
		case application.EventAccepted:
			if class == application.NotePaper {
				h.More = []string{s.Say("The {employer} confirmed in another way")}
			}
		case application.EventReopened:
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
