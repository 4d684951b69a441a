// Package walled has the one list of the pages behind the wall, for one machine and for AWS alike.
package walled

import (
	"traininghub/internal/behind"
	"traininghub/internal/document"
	"traininghub/internal/page"
	"traininghub/internal/programme"
	"traininghub/internal/staff"
	"traininghub/internal/web"
	"traininghub/internal/web/apply"
	"traininghub/internal/web/lead"
	"traininghub/internal/web/mentor"
	"traininghub/internal/web/mentoring"
	"traininghub/internal/web/pair"
)

// Pages are the pages of mentees, of leads of areas and of mentors. blank draws empty forms: it is
// an argument so that no handler links the drawing of PDFs.
func Pages(w *behind.Stories, blank func(*document.Form) ([]byte, error)) []web.Part {
	others := lead.Others{
		Blank: blank, Blocks: pair.OfRequest(w.Pairs),
		Menu: func(p *staff.Person) []page.Link { return append(pair.Menu(p), lead.ToMentors) },
	}
	return []web.Part{
		apply.At(programme.AskBelow), mentoring.Part(w.Requests, pair.OfAsked(w.Pairs)), pair.Mentee(w.Pairs),
		lead.Part(w.Requests, others), lead.Mentors(w.Mentors, w.Requests.Hides), pair.Lead(w.Pairs),
		mentor.Part(w.Mentors, pair.OfMentor(w.Pairs)), pair.Mentor(w.Pairs),
	}
}
