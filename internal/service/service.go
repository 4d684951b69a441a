// Package service knows what the hub offers beside its courses: services, such as mentoring, that
// people ask for with a form. Each area has somebody who leads the service there.
//
// A service is a file content/services/ID.md, with its facts at the top and its page below. [Load]
// reads all of them and finds an editor's slips and contradictions. Dates are London's, and the
// clock is always an argument.
package service

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/source"
)

// A Service is one service as its file states it.
type Service struct {
	ID       string // the file's name without ending; part of its addresses
	File     source.File
	Title    string `key:"title,required"`    // the page's heading, 65 characters or less
	Summary  string `key:"summary,required"`  // one or two sentences under the heading
	Describe string `key:"describe,required"` // for search results, 50 to 160 characters
	Order    int    `key:"order"`             // place in the sitemap, lowest first

	Opens   *course.Date            `key:"opens"`            // the first day on which people can ask; no limit if missing
	Closes  *course.Date            `key:"closes"`           // the last day on which they can; no limit if missing
	Contact course.Contact          `key:"contact,required"` // whom to ask about it
	Areas   []Area                  `key:"areas,required"`
	Amounts map[string]course.Money `key:"amounts"` // sums that the text shows by name
	Figures map[string]string       `key:"figures"` // further facts that the text shows by name

	Mentoring *Mentoring `key:"mentoring"` // only of a service that finds mentors

	Draft     bool         `key:"draft"`    // readers do not see it
	Publish   *course.Date `key:"publish"`  // first day on which they see it; always if missing
	Until     *course.Date `key:"until"`    // last day; for good if missing
	Reviewed  *course.Date `key:"reviewed"` // "Page last reviewed"
	ReviewDue *course.Date `key:"review_due"`
	Aliases   []string     `key:"aliases"` // old addresses of the page

	// Shut means that the program takes no requests, whatever the dates say: in a real run the
	// service's leads are only placeholders, or there is no store for requests.
	Shut bool

	doc   *source.Doc
	known map[string]string // its facts by name
	lost  bool              // see Lost
}

// An Area is one part of the region, with its own lead of the service.
type Area struct {
	ID       string          `key:"id,required"`   // stays when the name changes, since it decides who sees a request
	Name     string          `key:"name,required"` // "Derbyshire"
	Lead     course.Contact  `key:"lead,required"` // receives the requests
	Deputy   *course.Contact `key:"deputy"`        // for when the lead is away, or may not see a request
	LeadAway []Absence       `key:"lead_away"`     // when the deputy sees to new requests
}

// Page is the address of its page.
func (s *Service) Page() string { return "/services/" + s.ID + "/" }

// Restore completes a service that was stored without its file.
func (s *Service) Restore() { s.known = s.facts() }

// At is the position in the service's file of the value at a dotted path: "areas.0.lead".
func (s *Service) At(at string) source.Position { return s.Word(at, "") }

// Word is the position of a word in the value at a dotted path.
func (s *Service) Word(at, word string) source.Position {
	switch {
	case s.doc == nil: // nothing of the file could be read
		return source.Position{}
	case word == "":
		return s.doc.At(at)
	}
	return s.doc.Word(at, word)
}

// Lost tells whether something in the file is missing, could not be read, or has an unknown key.
// That has its own fault, so texts that show the lost facts are not reported as well.
func (s *Service) Lost() bool { return s.lost }

// OpensAt is the instant from which people can ask for the service; zero if they always could.
func (s *Service) OpensAt() time.Time {
	if s.Opens == nil {
		return time.Time{}
	}
	return s.Opens.Time()
}

// ClosesAt is the first instant at which it is too late to ask: the end of the last day. It is zero
// if the service does not close.
func (s *Service) ClosesAt() time.Time {
	if s.Closes == nil {
		return time.Time{}
	}
	return s.Closes.AddDays(1).Time()
}

// Status is the service's status at an instant. A service is never "closing soon".
func (s *Service) Status(at time.Time) course.Status {
	switch {
	case s.Shut, s.Closes != nil && !at.Before(s.ClosesAt()):
		return course.Closed
	case at.Before(s.OpensAt()):
		return course.NotYetOpen
	}
	return course.Open
}

// Shown is when readers see its page.
func (s *Service) Shown() course.Shown {
	return course.Shown{Draft: s.Draft, First: s.Publish, Last: s.Until}
}

// Accepts tells whether people can ask for the service at an instant. They never can while its page
// is hidden.
func (s *Service) Accepts(at time.Time) bool { return s.Takes(at) && s.Shown().At(at) }

// Takes is Accepts for a preview, which also shows drafts.
func (s *Service) Takes(at time.Time) bool { return s.Status(at) == course.Open }

// Changes are the instants at which the status changes, earliest first.
func (s *Service) Changes() (all []time.Time) {
	if s.Opens != nil {
		all = append(all, s.OpensAt())
	}
	if s.Closes != nil {
		all = append(all, s.ClosesAt())
	}
	return all
}

// Fact is a fact of the service, by the name that texts use for it: "closes" is "Friday 15 October
// 2021". A fact that the file leaves out is unknown, but a service that is Lost knows every name.
func (s *Service) Fact(name string) (string, bool) {
	v, ok := s.known[name]
	if !ok && s.lost {
		return source.AnyFact, true
	}
	return v, ok
}

// FactNames are the names of all facts of the service, sorted.
func (s *Service) FactNames() []string { return slices.Sorted(maps.Keys(s.known)) }

// facts are all facts by name; amounts and figures cannot replace the others.
func (s *Service) facts() map[string]string {
	all := map[string]string{}
	maps.Copy(all, s.Figures)
	for name, sum := range s.Amounts {
		all[name] = sum.String()
	}
	maps.Copy(all, s.usual())
	return all
}

// usual are the facts that any service may have, without amounts and figures.
func (s *Service) usual() map[string]string {
	all := map[string]string{
		"title": s.Title, "areas": strconv.Itoa(len(s.Areas)),
		"contact": s.Contact.Email, "contact.name": s.Contact.Name,
	}
	if m := s.Mentoring; m != nil {
		maps.Copy(all, m.facts())
	}
	for name, day := range map[string]*course.Date{"opens": s.Opens, "closes": s.Closes} {
		if day != nil {
			all[name] = day.String()
		}
	}
	maps.DeleteFunc(all, func(_, v string) bool { return v == "" })
	return all
}
