package returns

import (
	"context"
	"encoding/json"

	"traininghub/internal/claim"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/office"
	"traininghub/internal/record"
	"traininghub/internal/scheme"
	"traininghub/internal/staff"
)

// A Brief is what a list says about a return.
type Brief struct {
	Frozen    int  `json:"frozen"`  // how many snapshots
	Waiting   bool `json:"waiting"` // one waits to be confirmed
	Published bool `json:"published"`
}

// Brief returns what a list says about the return.
func (r *Return) Brief() Brief {
	return Brief{Frozen: len(r.Frozen()), Waiting: r.Waiting() != nil, Published: r.Published != nil}
}

func (r *Return) brief() []byte {
	text, _ := json.Marshal(struct {
		Period string `json:"period"`
		Brief
	}{r.Period, r.Brief()}) // cannot fail
	return text
}

// List returns what a scheme has, by the ids of periods.
func (d *Desk) List(ctx context.Context, s *scheme.Scheme) (map[string]Brief, error) {
	all := map[string]Brief{}
	for next := (record.Range{Kind: KindReturn, Shelf: shelf(s.ID), Max: 500}); ; {
		some, err := d.Store.List(ctx, next)
		if err != nil {
			return nil, err
		}
		for _, r := range some {
			var one struct {
				Period string `json:"period"`
				Brief
			}
			if json.Unmarshal(r.Brief, &one) == nil {
				all[one.Period] = one.Brief
			}
			next.After = record.Cursor{Since: r.Since, ID: r.ID}
		}
		if len(some) < next.Max {
			return all, nil
		}
	}
}

// Join makes the desk of returns of an office whose claims have joined before. The office then
// knows the records, and lets in readers at the commissioner. Applications and the ledger replace
// sources that are not given.
func Join(d *office.Desk, sources Sources) *Desk {
	returns := Keep(d)
	if returns.Sources = sources; sources.Mentors == nil {
		returns.Sources.Mentors = Accepted(d.Applications)
	}
	if sources.Ledger == nil && d.Claims != nil {
		returns.Sources.Ledger = func(ctx context.Context, scheme, year string) (*claim.Ledger, error) {
			return d.Claims.Ledger(ctx, scheme, year)
		}
	}
	others := d.Others
	d.Others = func(p *staff.Person, email string) *staff.Person {
		if others != nil {
			p = others(p, email)
		}
		return returns.addRoles(p, email)
	}
	return returns
}

// Keep is Join for a program that only looks after records and lets nobody in.
func Keep(d *office.Desk) *Desk {
	a := d.Applications
	returns := &Desk{
		Store: a.Store, Now: a.Now, Office: func() []course.Contact { return d.Contacts }, Template: d.Door().Template, Hub: a.Hub, MailFrom: a.MailFrom, BaseURL: a.BaseURL,
	}
	if d.Applications.Programme != nil {
		returns.Schemes = d.Applications.Programme.Schemes
	}
	d.Stories = append(d.Stories, story{returns, KindReturn}, story{returns, KindPublished})
	return returns
}

// Of returns the desk of returns that has joined an office; nil if none has.
func Of(d *office.Desk) *Desk {
	for _, other := range d.Stories {
		if s, ok := other.(story); ok {
			return s.desk
		}
	}
	return nil
}

// addRoles adds a person's roles in returns: the office makes the returns of every scheme.
func (d *Desk) addRoles(p *staff.Person, email string) *staff.Person {
	isOffice := p != nil && p.Is(staff.Office)
	for _, s := range d.Schemes {
		scope := staff.Scope{Over: staff.Schemes, ID: s.ID}
		if isOffice {
			p.Roles = append(p.Roles, staff.Role{Name: staff.Office, For: scope})
		}
		if !s.Reports() {
			continue
		}
		for _, r := range s.Readers {
			p = p.With(staff.Role{Name: staff.Reader, For: scope}, r, email)
		}
	}
	return p
}

// A story is what the office sees of the records, in which there are only the staff who made them.
type story struct {
	desk *Desk
	kind record.Kind
}

func (s story) Kind() record.Kind { return s.kind }

func (s story) Post() record.Story {
	if s.kind == KindPublished {
		return s.desk.post()
	}
	return nil
}

// Sweep removes nothing, since what was reported stays. It sends reminders of what is due.
func (s story) Sweep(ctx context.Context) (int, error) {
	if s.kind == KindPublished {
		return s.desk.remind(ctx)
	}
	return 0, nil
}

func (s story) About(context.Context, record.Record, []form.Registration, string) (*office.Own, error) {
	return nil, nil
}
func (s story) GiveOut(context.Context, string) (*office.Own, error) { return nil, record.ErrNotFound }
func (s story) Erase(context.Context, string) error                  { return nil }

// Check checks a record's chain, and that two people stand behind what is frozen.
func (s story) Check(r record.Record, earlier *record.Head) (*record.Head, string) {
	var past record.Events
	var says func() ([]byte, error)
	fault := ""
	if s.kind == KindReturn {
		one := &Return{ID: r.ID}
		if s.desk.returns().Decode(r, one) != nil {
			return nil, "it cannot be read"
		}
		past, says, fault = one.Past, one.says, one.fault()
	} else {
		one := &list{ID: r.ID}
		if s.desk.lists().Decode(r, one) != nil {
			return nil, "it cannot be read"
		}
		past, says = one.Past, one.says
	}
	if what := past.Fault(r.ID, says); what != "" {
		return nil, what
	}
	if len(past) == 0 {
		return nil, "it has no events"
	}
	if fault != "" {
		return nil, fault
	}
	return &record.Head{Sent: past[0].Sum, Events: len(past), Sum: past[len(past)-1].Sum}, ""
}

func (r *Return) fault() string {
	for _, one := range r.Frozen() {
		if !one.IsFrozen() || one.Confirmed == "" || one.Confirmed == one.By {
			return "it was not confirmed by a second person"
		}
	}
	if r.Published != nil && (r.Published.N < 1 || r.Published.N > len(r.Frozen())) {
		return "what was published is not there"
	}
	return ""
}
