package review

import (
	"cmp"
	"slices"
	"strings"

	"traininghub/internal/course"
	"traininghub/internal/intake"
	"traininghub/internal/letter"
	"traininghub/internal/page"
)

// staffTimeline is everything that has happened, with who did it, the latest first.
func (s *server) staffTimeline(a *intake.Application) []page.Happened {
	words := map[string]string{
		intake.EventStarted: "Application started", intake.EventResumed: "Opened again by the link in an email",
		intake.EventReceived:   "Application sent",
		intake.EventAsked:      s.Say("The {employer} was asked to confirm its part"),
		intake.EventAuthorised: s.Say("The {employer} confirmed its part"),
		intake.EventRefused:    s.Say("The {employer} did not confirm its part"),
		intake.EventWrong:      s.Say("The person asked at the {employer} is not the right one"),
		intake.EventTakenBack:  s.Say("The {employer} took its answer back"),
		intake.EventViewed:     "The applicant looked where the application stands",
		intake.EventCorrected:  "An answer was corrected",
		intake.EventWished:     "The applicant asked for a correction",
		intake.EventUnwished:   "A correction that was asked for was declined",
		intake.EventWithdrawn:  "Application withdrawn", intake.EventRead: "Application read",
		intake.EventNoted:    "Note added",
		intake.EventPassed:   "Passed on to the register of mentors",
		intake.EventAccepted: "Application accepted", intake.EventDeclined: "Application declined",
		intake.EventReopened: "The decision was taken back",
		intake.EventAgreed:   "The applicant agreed to the terms",
		intake.EventExported: "Everything about the applicant was given out",
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
		case intake.EventSent:
			h.What = "Sent: " + letter
		case intake.EventBounced:
			h.What = "Could not be delivered: " + letter
		case intake.EventRejected:
			h.What = "Refused by the mail system: " + letter
		case intake.EventUnclear:
			h.What = "May not have arrived: " + letter
		case intake.EventDelayed:
			h.What = "Delivery is late: " + letter
		case intake.EventComplaint:
			h.What = "Marked as spam: " + letter
		case intake.EventCohort:
			h.What = "Cohort assigned: " + s.cohortName(a.Course, e.Note)
		case intake.EventMoved:
			h.What = "Another cohort, as the applicant asked: " + s.cohortName(a.Course, e.Note)
		case intake.EventSingle:
			h.What = "No double any more: application " + e.Note
		case intake.EventDouble:
			h.What = "Possible double: application " + e.Note + " has " + a.SameAs()
		case intake.EventCorrected:
			if corrected < len(a.Corrections) {
				c := a.Corrections[corrected]
				h.More = []string{a.Where(c.Section, c.Row, c.Question) + ": “" + c.Was + "” is now “" + c.Now + "”"}
				if c.Reason != "" {
					h.More = append(h.More, "Reason: "+c.Reason)
				}
			}
			corrected++
		case intake.EventAccepted:
			if class == intake.NotePaper {
				h.More = []string{s.Say("The {employer} confirmed in another way")}
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
