package returns

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"slices"

	"traininghub/internal/application"
	"traininghub/internal/claim"
	"traininghub/internal/course"
	"traininghub/internal/crossing"
	"traininghub/internal/intake"
	"traininghub/internal/mentored"
	"traininghub/internal/record"
	"traininghub/internal/scheme"
)

// Sources are what other stories know. If a source is nil, or does not know something, the return
// says that the figure is not known. None of them knows a mentee.
type Sources struct {
	// Mentors returns everybody who was ever accepted for a course of the scheme.
	Mentors func(ctx context.Context, s *scheme.Scheme) ([]Mentor, error)
	// Certificates returns a course's certificates, with the applications of their holders.
	Certificates func(ctx context.Context, course string) ([]Certificate, error)
	// Ledger returns the ledger of a scheme and year as it stands.
	Ledger func(ctx context.Context, scheme, year string) (*claim.Ledger, error)

	// Heard returns what mentoring says about each mentor. Counts returns a service's figures.
	Heard  func(ctx context.Context) ([]*mentored.Mentor, error)
	Counts func(ctx context.Context, service string) ([]crossing.Counts, error)
}

// A Mentor is somebody who was accepted, by one application.
type Mentor struct {
	Reference string       `json:"reference"`
	Person    string       `json:"person"` // the same for all applications of one person
	From      crossing.Day `json:"from"`   // of the decision
	Until     crossing.Day `json:"until,omitempty"`
	Sessions  string       `json:"sessions,omitempty"` // clinical sessions a week, as stated: "4.5"
	Stated    crossing.Day `json:"stated,omitempty"`   // when
}

// A Certificate says that somebody finished a course.
type Certificate struct {
	Mentor string       `json:"mentor"` // the application's reference
	Day    crossing.Day `json:"day"`
}

// Facts are everything that a return is worked out from, as far as it concerns the period. What
// happened after its last day is left out, so that the same period has the same facts later.
type Facts struct {
	Mentors      []Mentor            `json:"mentors"`
	Certificates []Certificate       `json:"certificates"`
	Standing     []crossing.Standing `json:"standing"`
	Pairs        []crossing.Pair     `json:"pairs"`
	Sessions     []crossing.Session  `json:"sessions"`
	Counts       *crossing.Counts    `json:"counts"`
	Ledger       *Ledger             `json:"ledger"`
	Missing      []string            `json:"missing,omitempty"` // names of sources that do not exist
}

// Ledger is what a return needs of a scheme's ledger.
type Ledger struct {
	Spent    claim.Pence `json:"spent"`    // in the year, up to the period's last day
	Profiled claim.Pence `json:"profiled"` // to the end of the year
	Lines    int         `json:"lines"`    // mentoring sessions in that time that were approved or paid
	Cost     claim.Pence `json:"cost"`     // of those sessions
}

// hash is SHA-256 over the facts in a fixed order: the same sources give the same hash.
func (f *Facts) hash() string {
	sum, _ := record.Sum(f) // cannot fail: texts and numbers
	return hex.EncodeToString(sum)
}

// gather asks the sources for the facts.
func (d *Desk) gather(ctx context.Context, s *scheme.Scheme, p Period) (*Facts, error) {
	f, last := &Facts{}, day(p.Until)
	failed := func(what string, err error) (*Facts, error) { return nil, fmt.Errorf("asking for %s: %w", what, err) }
	missing := func(none bool, what string) bool {
		if none {
			f.Missing = append(f.Missing, what)
		}
		return none
	}
	if !missing(d.Sources.Mentors == nil, "mentors") {
		all, err := d.Sources.Mentors(ctx, s)
		if err != nil {
			return failed("mentors", err)
		}
		for _, m := range all {
			if m.From > last {
				continue
			}
			m.Until = until(m.Until, last)
			f.Mentors = append(f.Mentors, m)
		}
	}
	if !missing(d.Sources.Certificates == nil, "certificates") {
		for _, id := range s.Courses {
			all, err := d.Sources.Certificates(ctx, id)
			if err != nil {
				return failed("certificates", err)
			}
			for _, c := range all {
				if c.Day <= last {
					f.Certificates = append(f.Certificates, c)
				}
			}
		}
	}
	if !missing(d.Sources.Heard == nil, "mentoring") {
		all, err := d.Sources.Heard(ctx)
		if err != nil {
			return failed("mentoring", err)
		}
		for _, m := range all {
			if !d.ofAnotherScheme(s, m.Who.Course) {
				f.hear(m, s.Return.Service, day(s.YearFrom(p.Year)), last)
			}
		}
	}
	if !missing(d.Sources.Counts == nil || s.Return.Service == "", "counts") {
		all, err := d.Sources.Counts(ctx, s.Return.Service)
		if err != nil {
			return failed("counts", err)
		}
		for _, c := range all {
			if c.Version = 0; c.From == day(p.From) && c.Until == last {
				f.Counts = &c
			}
		}
	}
	if !missing(d.Sources.Ledger == nil, "ledger") {
		l, err := d.Sources.Ledger(ctx, s.ID, p.Year)
		if err != nil {
			return failed("the ledger", err)
		}
		f.Ledger = ledgerOf(s, l, p)
	}
	f.sort()
	return f, nil
}

// ofAnotherScheme reports whether a course belongs to another scheme and not to this one.
func (d *Desk) ofAnotherScheme(s *scheme.Scheme, course string) bool {
	has := func(s *scheme.Scheme) bool { return slices.Contains(s.Courses, course) }
	return !has(s) && slices.ContainsFunc(d.Schemes, has)
}

// hear adds what mentoring said about a mentor: standing, pairs of a service (of all services if it
// is ""), and the sessions from one day to another, both included.
func (f *Facts) hear(m *mentored.Mentor, service string, from, last crossing.Day) {
	if x := m.Standing; x != nil {
		if w := x.Who; w != nil && w.Begins <= last { // somebody who is in no application
			f.Mentors = append(f.Mentors, Mentor{Reference: x.Mentor, Person: cmp.Or(w.Number, x.Mentor), From: w.Begins})
		}
		f.Standing = append(f.Standing, crossing.Standing{
			Mentor: x.Mentor, Trained: until(x.Trained, last), Left: until(x.Left, last), Sessions: x.Sessions, Confirmed: x.Confirmed,
		})
	}
	mine := map[string]bool{}
	for _, x := range m.Pairs {
		if x.Registered <= last && (service == "" || x.Service == service) {
			x.Version, x.Introduced, x.Ended = 0, until(x.Introduced, last), until(x.Ended, last)
			f.Pairs, mine[x.Code] = append(f.Pairs, x), true
		}
	}
	for _, x := range m.Sessions {
		if on := crossing.DayOf(x.Start, course.London); mine[x.Pair] && on >= from && on <= last {
			x.Version, x.Start = 0, x.Start.UTC()
			f.Sessions = append(f.Sessions, x)
		}
	}
}

// until returns a day that is not after last; else none.
func until(d, last crossing.Day) crossing.Day {
	if d > last {
		return ""
	}
	return d
}

func (f *Facts) sort() {
	slices.SortFunc(f.Mentors, func(a, b Mentor) int { return cmp.Compare(a.Reference, b.Reference) })
	slices.SortFunc(f.Certificates, func(a, b Certificate) int { return cmp.Or(cmp.Compare(a.Mentor, b.Mentor), cmp.Compare(a.Day, b.Day)) })
	slices.SortFunc(f.Standing, func(a, b crossing.Standing) int { return cmp.Compare(a.Mentor, b.Mentor) })
	slices.SortFunc(f.Pairs, func(a, b crossing.Pair) int { return cmp.Compare(a.Code, b.Code) })
	slices.SortFunc(f.Sessions, func(a, b crossing.Session) int { return cmp.Compare(a.ID, b.ID) })
}

// ledgerOf returns what the ledger says about the year up to the period's last day.
func ledgerOf(s *scheme.Scheme, l *claim.Ledger, p Period) *Ledger {
	sums := &Ledger{Profiled: l.Profiled()}
	for cell, x := range l.Cells {
		if cell.Month > p.Until.ISO()[:7] {
			continue
		}
		sums.Spent += x.Cost
		if pay := s.Pay(cell.Kind); pay != nil && pay.Unit == scheme.Week {
			sums.Lines, sums.Cost = sums.Lines+x.Lines, sums.Cost+x.Cost
		}
	}
	return sums
}

// Accepted returns the source of mentors: those whom the applications name.
func Accepted(a *intake.Desk) func(context.Context, *scheme.Scheme) ([]Mentor, error) {
	return func(ctx context.Context, s *scheme.Scheme) (all []Mentor, err error) {
		for _, id := range s.Courses {
			var shelves []string
			for _, is := range append(slices.Clone(application.States),
				application.State{Name: intake.Removing, Status: application.Accepted}) {
				if is.Status == application.Accepted || is.Status == application.Withdrawn {
					shelves = append(shelves, application.ShelfOf(id, is.Name))
				}
			}
			for r, err := range a.Shelved(ctx, shelves, record.Range{Kind: record.Application}) {
				if err != nil {
					return nil, err
				}
				b, err := a.BriefOf(r)
				if err != nil {
					return nil, err
				}
				if b.Counts.Decision != application.Accepted {
					continue
				}
				one, err := a.Get(ctx, b.Reference)
				if err != nil {
					return nil, err
				}
				if one.Decision == nil || one.Document == nil {
					continue
				}
				m := Mentor{
					Reference: b.Reference, Person: cmp.Or(b.Number, b.Reference), From: day(course.DateOf(one.Decision.At)),
					Stated: day(course.DateOf(one.Document.Received)),
				}
				if b.Counts.Sessions > 0 {
					m.Sessions = fmt.Sprint(b.Counts.Sessions)
				}
				for _, e := range one.Events {
					if e.What == application.EventWithdrawn {
						m.Until = day(course.DateOf(e.At))
					}
				}
				all = append(all, m)
			}
		}
		return all, nil
	}
}
