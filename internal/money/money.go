// Package money joins claims to the rest of the hub: who signs in for them, what an accepted
// application says of who claims, and what the office sees of the records.
//
// [Join] makes the desk of claims of an office. Somebody who was accepted for a course of a scheme
// claims by the address in their application; checkers, approvers and payers are those in the
// scheme's file. All of them sign in as the staff do.
package money

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"traininghub/internal/claim"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/office"
	"traininghub/internal/record"
	"traininghub/internal/scheme"
	"traininghub/internal/staff"
)

// Sources are what other stories know of those who claim. One that is nil knows nothing: then
// nothing of its kind can be claimed.
type Sources struct {
	Sessions      func(ctx context.Context, c claim.Claimant, from, to course.Date) ([]claim.Session, error)
	Came          func(ctx context.Context, c claim.Claimant, from, to course.Date) ([]claim.Workshop, error)
	Finished      func(ctx context.Context, c claim.Claimant) (course.Date, error)
	Conversations func(ctx context.Context, c claim.Claimant, from, to course.Date) ([]claim.Conversation, error)
	Pair          func(ctx context.Context, c claim.Claimant, day course.Date) (bool, error) // they had an active one
}

// Join makes the desk of claims of an office, which then knows its records and lets in who claims,
// checks, approves and pays.
func Join(d *office.Desk, sources Sources) *claim.Desk {
	claims := Keep(d)
	claims.Facts = &facts{d.Applications, sources}
	d.Others = func(p *staff.Person, email string) *staff.Person { return people(claims, p, email) }
	return claims
}

// Keep is Join for a program that only looks after records, and lets nobody in.
func Keep(d *office.Desk) *claim.Desk {
	a := d.Applications
	claims := &claim.Desk{
		Store: a.Store, Now: a.Now, Secret: claim.KeptSecret(a.Store), BaseURL: a.BaseURL, MailFrom: a.MailFrom, Template: d.Door().Template, Hub: a.Hub,
		PDF: a.PDF, Log: a.Log,
	}
	if a.Programme != nil { // a desk that only looks after records has none
		claims.Schemes = a.Programme.Schemes
	}
	stories := claims.Stories()
	for _, kind := range []record.Kind{claim.KindAccount, claim.KindPerson, claim.KindBudget, claim.KindBatch, claim.KindSecret} {
		d.Stories = append(d.Stories, story{claims, kind, stories[kind]})
	}
	d.Claims = claims
	return claims
}

// people adds to somebody what they are to schemes; it returns nil for somebody who is nothing at
// all.
func people(d *claim.Desk, p *staff.Person, email string) *staff.Person {
	if p == nil {
		p = &staff.Person{}
	}
	add := func(name staff.Name, s *scheme.Scheme, called, address string) {
		p.Roles = append(p.Roles, staff.Role{Name: name, For: staff.Scope{Over: staff.Schemes, ID: s.ID}})
		if p.Email == "" {
			p.Name, p.Email = called, address
		}
	}
	for _, s := range d.Schemes {
		if !d.Open(s) {
			continue
		}
		for _, role := range []struct {
			name staff.Name
			held []scheme.Officer
		}{{staff.Checker, s.Checkers}, {staff.Approver, s.Approvers}, {staff.Payer, s.Payers}} {
			for _, o := range role.held {
				if strings.EqualFold(o.Email, email) {
					add(role.name, s, o.Name, o.Email)
				}
			}
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	claimants, err := d.Facts.Claimants(ctx, email)
	if err != nil {
		d.Log.Error("who claims cannot be looked up", "error", err)
	}
	for _, c := range claimants {
		if s := d.Scheme(c.Scheme); s != nil && d.Open(s) {
			add(staff.Claimant, s, c.Name, strings.ToLower(email))
		}
	}
	if p.Email == "" {
		return nil
	}
	return p
}

// facts come from accepted applications, and from other stories.
type facts struct {
	applications *intake.Desk
	Sources
}

// Claimants are the parts that somebody has in schemes: by each application that was accepted for
// one of a scheme's courses, from the day on which its funding begins.
func (f *facts) Claimants(ctx context.Context, email string) (all []claim.Claimant, err error) {
	email = strings.ToLower(email)
	found, err := f.applications.Store.Find(ctx, record.Application, record.ByEmail, email)
	if err != nil {
		return nil, err
	}
	for _, r := range found {
		a, err := f.applications.Get(ctx, r.ID)
		if errors.Is(err, record.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if a.Document == nil || a.Decision == nil || !a.Decision.Accepted {
			continue
		}
		for _, s := range f.applications.Programme.Schemes {
			if !slices.Contains(s.Courses, f.applications.Programme.Current(a.Course)) {
				continue
			}
			c := claim.Claimant{
				Scheme: s.ID, Application: a.Reference, Name: a.Document.Applicant.Name, Email: email, Number: a.Document.Applicant.Key(),
				Begins: course.DateOf(a.Decision.At),
			}
			if day := claim.Day(a.Decision.Funding).Date(); day != (course.Date{}) {
				c.Begins = day
			}
			if a.Status() == intake.Withdrawn {
				for _, e := range a.Events {
					if e.What == intake.EventWithdrawn {
						c.Until = course.DateOf(e.At)
					}
				}
			}
			if !slices.ContainsFunc(all, func(o claim.Claimant) bool { return o.Scheme == c.Scheme }) {
				all = append(all, c)
			}
		}
	}
	return all, nil
}

func (f *facts) Sessions(ctx context.Context, c claim.Claimant, from, to course.Date) ([]claim.Session, error) {
	if f.Sources.Sessions == nil {
		return nil, nil
	}
	return f.Sources.Sessions(ctx, c, from, to)
}

func (f *facts) Came(ctx context.Context, c claim.Claimant, from, to course.Date) ([]claim.Workshop, error) {
	if f.Sources.Came == nil {
		return nil, nil
	}
	return f.Sources.Came(ctx, c, from, to)
}

func (f *facts) Finished(ctx context.Context, c claim.Claimant) (course.Date, error) {
	if f.Sources.Finished == nil {
		return course.Date{}, nil
	}
	return f.Sources.Finished(ctx, c)
}

func (f *facts) Conversations(ctx context.Context, c claim.Claimant, from, to course.Date) ([]claim.Conversation, error) {
	if f.Sources.Conversations == nil {
		return nil, nil
	}
	return f.Sources.Conversations(ctx, c, from, to)
}

// Has tells whether somebody had on a day what is needed. The agreement with the scheme and the
// plan for mentoring are parts of the application that was accepted.
func (f *facts) Has(ctx context.Context, c claim.Claimant, need scheme.Needs, day course.Date) (bool, error) {
	switch need {
	case scheme.NeedsAgreement, scheme.NeedsPlan:
		return c.Application != "" && !day.Before(c.Begins), nil
	case scheme.NeedsPair:
		if f.Pair == nil {
			return false, nil
		}
		return f.Pair(ctx, c, day)
	}
	return false, nil
}

// A story is what the office sees of one kind of claims' records.
type story struct {
	desk *claim.Desk
	kind record.Kind
	post record.Story
}

func (s story) Kind() record.Kind { return s.kind }

func (s story) Post() record.Story { return s.post }

// Sweep removes nothing: accounts, batches and budgets are kept for six years after theirs, persons
// for life.
func (s story) Sweep(context.Context) (int, error) { return 0, nil }

func (s story) About(ctx context.Context, id string, numbers []form.Registration, email string) (*office.Own, error) {
	if s.kind != claim.KindAccount {
		return nil, nil
	}
	a, err := s.desk.Account(ctx, id)
	if err != nil {
		return nil, err
	}
	number := slices.ContainsFunc(numbers, func(n form.Registration) bool { return n.Key() == a.Holder.Number && n.Key() != "" })
	if !number && (email == "" || !strings.EqualFold(email, a.Holder.Email)) {
		return nil, nil
	}
	return &office.Own{ID: id, Kind: s.kind, Data: a}, nil
}

func (s story) GiveOut(ctx context.Context, id string) (*office.Own, error) {
	a, err := s.desk.GiveOut(ctx, id)
	return &office.Own{ID: id, Kind: s.kind, Data: a}, err
}

// Erase removes nothing: what was paid with public money has to be shown for six years (UK GDPR,
// article 17(3)(b) and (e)). The rest of what the hub has about somebody is erased.
func (s story) Erase(context.Context, string) error { return nil }

func (s story) Check(r record.Record, earlier *record.Head) (*record.Head, string) {
	return s.desk.Check(r, earlier)
}
