// Package money joins claims to the rest of the hub: who signs in for them, what an accepted
// application says about a claimant, and what the office sees of the records.
//
// [Join] makes the desk of claims of an office. Somebody who was accepted for a course of a scheme
// claims with the address in their application. Checkers, approvers and payers are named in the
// scheme's file. All of them sign in like the staff.
package money

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/claim"
	"traininghub/internal/conversation"
	"traininghub/internal/course"
	"traininghub/internal/crossing"
	"traininghub/internal/doubt"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/mentored"
	"traininghub/internal/office"
	"traininghub/internal/record"
	"traininghub/internal/remind"
	"traininghub/internal/scheme"
	"traininghub/internal/staff"
)

// Sources are what other stories know about claimants. A source that is nil knows nothing: then
// nothing of its kind can be claimed. Mentoring's facts come from package mentored, and those of
// career conversations from package conversation.
type Sources struct {
	Came     func(ctx context.Context, c claim.Claimant, from, to course.Date) ([]claim.Workshop, error)
	Finished func(ctx context.Context, c claim.Claimant) (course.Date, error)
}

// Join makes the desk of claims of an office. The office then knows its records, and lets in those
// who claim, check, approve and pay.
func Join(d *office.Desk, sources Sources) *claim.Desk {
	claims := Keep(d)
	claims.Doubts = (&doubt.Desk{Claims: claims, Code: d.Conversations.Code}).Of
	claims.Facts = &facts{d.Applications, Heard(d), d.Conversations, sources}
	others := d.Others
	d.Others = func(p *staff.Person, email string) *staff.Person {
		if others != nil {
			p = others(p, email)
		}
		return addRoles(claims, p, email)
	}
	return claims
}

// Keep is Join for a program that only looks after records and lets nobody in.
func Keep(d *office.Desk) *claim.Desk {
	a := d.Applications
	claims := &claim.Desk{
		Store: a.Store, Now: a.Now, Secret: claim.KeptSecret(a.Store), BaseURL: a.BaseURL, MailFrom: a.MailFrom, Template: d.Door().Template, Hub: a.Hub,
		PDF: a.PDF, Log: a.Log, Trace: a.LeaveTrace,
	}
	if a.Programme != nil { // nil in a desk that only looks after records
		claims.Schemes = a.Programme.Schemes
	}
	claims.Office = func(email string) bool {
		return slices.ContainsFunc(d.Contacts, func(o course.Contact) bool { return o.Email != "" && strings.EqualFold(o.Email, email) })
	}
	stories := claims.Stories()
	for _, kind := range []record.Kind{claim.KindAccount, claim.KindPerson, claim.KindBudget, claim.KindBatch,
		claim.KindSecret, claim.KindDraft} {
		d.Stories = append(d.Stories, story{claims, kind, stories[kind]})
	}
	d.Conversations = &conversation.Desk{
		Store: a.Store, Now: a.Now, Secret: claims.Secret, BaseURL: a.BaseURL, MailFrom: a.MailFrom,
		Template: claims.Template,
		Hub:      a.Hub, Log: a.Log,
	}
	reminds := &remind.Desk{Claims: claims, Claimants: (&facts{applications: a, mentored: Heard(d)}).Everybody}
	d.Stories = append(d.Stories, conversations{d.Conversations}, reminders{reminds})
	d.Stories = append(d.Stories, Heard(d).Stories()...)
	d.Claims = claims
	return claims
}

// Heard returns the desk for what the office's store has heard of mentoring. It is the gate for
// messages from mentoring.
func Heard(d *office.Desk) *mentored.Desk {
	return &mentored.Desk{
		Store: d.Applications.Store, Now: d.Applications.Now, Years: claim.YearsKept,
		Who: (&facts{applications: d.Applications}).who,
	}
}

// addRoles adds to a person their roles in schemes. p may be nil; it returns nil for somebody who
// has no role at all.
func addRoles(d *claim.Desk, p *staff.Person, email string) *staff.Person {
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

// facts takes its answers from accepted applications, from mentoring, and from other stories.
type facts struct {
	applications *intake.Desk
	mentored     *mentored.Desk
	conversation *conversation.Desk
	Sources
}

// Claimants returns somebody's parts in schemes: one for each application that was accepted for a
// scheme's course, from the day on which its funding begins. A mentor may go on after the
// application was removed; then the part comes from what was heard of the mentor.
func (f *facts) Claimants(ctx context.Context, email string) (all []claim.Claimant, err error) {
	email = strings.ToLower(email)
	found, err := f.applications.Store.Find(ctx, record.Application, record.ByEmail, email)
	if err != nil {
		return nil, err
	}
	parts := map[string]part{}
	for _, r := range found {
		p, err := f.part(ctx, r.ID)
		if err != nil && !errors.Is(err, record.ErrNotFound) {
			return nil, err
		}
		if err == nil {
			parts[r.ID] = p
		}
	}
	mentors, err := f.mentored.Of(ctx, email)
	if err != nil {
		return nil, err
	}
	for _, m := range mentors {
		p, there := parts[m.Reference]
		if !there {
			p.Who = m.Who
		}
		if left := m.Left(); left != (course.Date{}) && (p.until == (course.Date{}) || left.Before(p.until)) {
			p.until = left
		}
		parts[m.Reference] = p
	}
	for _, reference := range slices.Sorted(maps.Keys(parts)) {
		p := parts[reference]
		for _, s := range f.applications.Programme.Schemes {
			if !slices.Contains(s.Courses, f.applications.Programme.Current(p.Course)) ||
				slices.ContainsFunc(all, func(o claim.Claimant) bool { return o.Scheme == s.ID }) {
				continue
			}
			all = append(all, claim.Claimant{
				Scheme: s.ID, Application: reference, Name: p.Name, Email: email, Number: p.Number, Practice: p.Practice,
				Begins: claim.Day(p.Begins).Date(), Until: p.until,
			})
		}
	}
	return all, nil
}

// Everybody returns everybody's part in each scheme.
func (f *facts) Everybody(ctx context.Context) (all []claim.Claimant, err error) {
	emails := map[string]bool{}
	mentors, err := f.mentored.Mentors(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range mentors {
		emails[m.Who.Email] = m.Who.Email != ""
	}
	var shelves []string
	for _, s := range f.applications.Programme.Schemes {
		for _, course := range s.Courses {
			for _, state := range application.States {
				if state.Status == application.Accepted {
					shelves = append(shelves, application.ShelfOf(course, state.Name))
				}
			}
		}
	}
	for r, err := range f.applications.Shelved(ctx, shelves, record.Range{Kind: record.Application}) {
		if err != nil {
			return nil, err
		}
		p, err := f.part(ctx, r.ID)
		if err != nil && !errors.Is(err, record.ErrNotFound) {
			return nil, err
		}
		if err == nil {
			emails[p.Email] = true
		}
	}
	for _, email := range slices.Sorted(maps.Keys(emails)) {
		if !emails[email] {
			continue
		}
		some, err := f.Claimants(ctx, email)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// A part is what an accepted application gives somebody.
type part struct {
	mentored.Who
	until course.Date // the day on which they withdrew; zero if they did not
}

// part returns the part of an application. It returns [record.ErrNotFound] if the application is
// gone, or was not accepted.
func (f *facts) part(ctx context.Context, reference string) (p part, err error) {
	a, err := f.applications.Get(ctx, reference)
	if err != nil {
		return p, err
	}
	if a.Document == nil || a.Decision == nil || !a.Decision.Accepted {
		return p, record.ErrNotFound
	}
	who := a.Document.Applicant
	p.Who = mentored.Who{
		Name: who.Name, Email: strings.ToLower(who.Email), Number: who.Key(), Course: a.Course,
		Begins: crossing.Day(a.Decision.Funding),
	}
	if claim.Day(p.Begins).Date() == (course.Date{}) {
		p.Begins = crossing.Day(course.DateOf(a.Decision.At).ISO())
	}
	if def := f.applications.Programme.Forms[a.Form]; def != nil {
		if q := def.Asking("practicecode"); q != nil {
			p.Practice = a.Document.Normal(q.ID)
		}
	}
	if a.Status() == application.Withdrawn {
		for _, e := range a.Events {
			if e.What == application.EventWithdrawn {
				p.until = course.DateOf(e.At)
			}
		}
	}
	return p, nil
}

// who returns the person who was accepted by an application.
func (f *facts) who(ctx context.Context, reference string) (mentored.Who, error) {
	p, err := f.part(ctx, reference)
	return p.Who, err
}

// Sessions returns those that the mentor logged, and whether the pair was registered at the time.
func (f *facts) Sessions(ctx context.Context, c claim.Claimant, from, to course.Date) (all []claim.Session, err error) {
	m, err := f.mentored.Mentor(ctx, c.Application)
	if err != nil {
		return nil, err
	}
	for _, s := range m.Sessions {
		if day := course.DateOf(s.Start); !day.Before(from) && !to.Before(day) {
			all = append(all, claim.Session{
				Pair: s.Pair, Start: s.Start, Minutes: s.Minutes, Outcome: s.Outcome, Unregistered: !m.Active(s.Pair, day),
			})
		}
	}
	return all, nil
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

// Conversations returns those that the claimant entered, without those that the colleague denied.
func (f *facts) Conversations(
	ctx context.Context, c claim.Claimant, from, to course.Date,
) (all []claim.Conversation, err error) {
	held, err := f.conversation.Of(ctx, c.Application, c.Email)
	for _, x := range held {
		if day := x.Last(); day.Before(from) || to.Before(day) || x.Answer != nil && !x.Answer.Yes {
			continue
		}
		one := claim.Conversation{
			Ref: x.Ref, Colleague: x.Colleague.Code, Practice: x.Colleague.Practice, Confirmed: x.Confirmed(),
		}
		for _, p := range x.Parts {
			one.Parts = append(one.Parts, claim.Hours{From: p.Start, To: p.Start.Add(time.Duration(p.Minutes) * time.Minute)})
		}
		all = append(all, one)
	}
	return all, err
}

// Mentor returns what else mentoring says about somebody, as far as it concerns money.
func (f *facts) Mentor(ctx context.Context, application string) (claim.Mentor, error) {
	m, err := f.mentored.Mentor(ctx, application)
	if err != nil {
		return claim.Mentor{}, err
	}
	known := claim.Mentor{
		Agreed: m.Agreed, Planned: m.Planned(), Suspended: m.Suspended, Away: m.Away, Left: m.Left(),
		Ended:  map[string]course.Date{},
		Paired: func(day course.Date) bool { return m.Active("", day) },
	}
	if m.Sampled != nil {
		known.Asked, known.Confirmed = m.Sampled.Asked, m.Sampled.Confirmed
	}
	for _, p := range m.Pairs {
		known.Ended[p.Code] = claim.Day(p.Ended).Date()
	}
	return known, nil
}

// A story is what the office sees of one kind of claims' records.
type story struct {
	desk *claim.Desk
	kind record.Kind
	post record.Story
}

func (s story) Kind() record.Kind { return s.kind }

func (s story) Post() record.Story { return s.post }

// Sweep removes what was claimed once its time is over, for all kinds of claims' records at once.
func (s story) Sweep(ctx context.Context) (int, error) {
	switch s.kind {
	case claim.KindAccount:
		return s.desk.Retire(ctx)
	case claim.KindDraft:
		return s.desk.Drop(ctx)
	}
	return 0, nil
}

func (s story) About(_ context.Context, r record.Record, numbers []form.Registration, email string) (*office.Own, error) {
	if s.kind != claim.KindAccount {
		return nil, nil
	}
	a, err := s.desk.ReadAccount(r)
	if err != nil {
		return nil, err
	}
	number := slices.ContainsFunc(numbers, func(n form.Registration) bool { return n.Key() == a.Holder.Number && n.Key() != "" })
	if !number && (email == "" || !strings.EqualFold(email, a.Holder.Email)) {
		return nil, nil
	}
	return &office.Own{ID: r.ID, Kind: s.kind, Data: a}, nil
}

func (s story) GiveOut(ctx context.Context, id string) (*office.Own, error) {
	a, err := s.desk.GiveOut(ctx, id)
	return &office.Own{ID: id, Kind: s.kind, Data: a}, err
}

// Erase removes nothing: payments of public money have to be accounted for for six years (UK GDPR,
// article 17(3)(b) and (e)). Everything else that the hub has about somebody is erased.
func (s story) Erase(context.Context, string) error { return nil }

func (s story) Check(r record.Record, earlier *record.Head) (*record.Head, string) {
	return s.desk.Check(r, earlier)
}

// conversations are what the office sees of career conversations.
type conversations struct{ *conversation.Desk }

func (conversations) Kind() record.Kind { return conversation.Kind }

func (s conversations) Post() record.Story { return s.Desk.Story() }

func (s conversations) About(_ context.Context, r record.Record, numbers []form.Registration, email string) (*office.Own,
	error) {
	c, err := s.Desk.About(r, numbers, email)
	if c == nil || err != nil {
		return nil, err
	}
	return &office.Own{ID: r.ID, Kind: conversation.Kind, Data: c}, nil
}

func (s conversations) GiveOut(ctx context.Context, id string) (*office.Own, error) {
	c, err := s.Desk.GiveOut(ctx, id)
	return &office.Own{ID: id, Kind: conversation.Kind, Data: c}, err
}

// reminders are what the office sees of the records of who was reminded.
type reminders struct{ *remind.Desk }

func (reminders) Kind() record.Kind { return remind.Kind }

func (s reminders) Post() record.Story { return s.Desk.Story() }

// Sweep also sends reminders, unless the program knows no claimants and only looks after records.
func (s reminders) Sweep(ctx context.Context) (int, error) {
	if s.Claims.Facts == nil {
		return 0, nil
	}
	return s.Desk.Sweep(ctx)
}

func (s reminders) About(_ context.Context, kept record.Record, _ []form.Registration, email string) (*office.Own, error) {
	r, err := s.Desk.About(kept, email)
	if r == nil || err != nil {
		return nil, err
	}
	return &office.Own{ID: kept.ID, Kind: remind.Kind, Data: r}, nil
}

func (s reminders) GiveOut(ctx context.Context, id string) (*office.Own, error) {
	r, err := s.Get(ctx, id)
	return &office.Own{ID: id, Kind: remind.Kind, Data: r}, err
}

// Check finds nothing: no chain covers what was said to somebody, but the store's seal does.
func (reminders) Check(record.Record, *record.Head) (*record.Head, string) { return nil, "" }
