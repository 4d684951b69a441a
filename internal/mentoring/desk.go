package mentoring

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/record"
	"traininghub/internal/service"
	"traininghub/internal/staff"
	"traininghub/internal/wall"
)

// A Desk takes requests and changes them. Its fields are set once, before its first use; its
// methods may be called from several goroutines.
type Desk struct {
	*wall.Desk

	Rounds int // of new words; [Rounds] if 0
	// Release puts into a set what package pair has for a request that its person ends, and releases
	// it: an open proposal, a pair, a mentor's place. It is called before the request moves; nil if
	// there are no pairs.
	Release func(ctx context.Context, set *record.Set, r *Request) error

	// Excluded is told of a request after somebody was excluded, so that a pair that must not be is
	// paused at once; nil if there are no pairs.
	Excluded func(ctx context.Context, r *Request) error

	// Named are the mentors whose name may be meant by what somebody typed. The story of the register
	// sets it; nil if there is none.
	Named func(ctx context.Context, name string) ([]Match, error)

	absent memo
}

// ErrNoRequest: there is no such request, or whoever asks may not see it.
var ErrNoRequest = errors.New("mentoring: no such request")

// Requests keeps them. Package pair changes them by it together with its own.
func (d *Desk) Requests() *record.Keeper[*Request] {
	return &record.Keeper[*Request]{
		Store: d.Store, Kind: KindRequest, New: func(id string) *Request { return &Request{ID: id} }, Entry: d.entry,
	}
}

// A Brief is what lists know of a request without reading it.
type Brief struct {
	State    State     `json:"state"`
	Since    time.Time `json:"since"` // of the state
	Received time.Time `json:"received"`
	Role     string    `json:"role"`
	Cohort   string    `json:"cohort,omitempty"`
	First    bool      `json:"first,omitempty"`
	Hidden   []string  `json:"hidden,omitempty"` // addresses of the staff from whom it is hidden
	Deputy   bool      `json:"deputy,omitempty"` // the deputy has to see to it, too: the promise is over
}

// Shelves of a service: of requests of which something can still come, and of those that ended.
// They are of all areas, so that no request is lost when an area is taken out of the service's
// file.
func shelf(service string, open bool) string {
	if open {
		return service + "/open"
	}
	return service + "/closed"
}

// entry makes a request ready to be written, and gives what a store keeps beside it.
func (d *Desk) entry(r *Request) (record.Record, error) {
	if err := r.Events.Seal(r.ID, r.says); err != nil {
		return record.Record{}, err
	}
	state, since := r.State()
	rec := record.Record{
		ID: r.ID, Status: string(state), Course: r.Service, Due: r.Letters.Due(), Number: r.Contact.Number.Key(),
		Email: strings.ToLower(r.Contact.Email), Shelf: shelf(r.Service, state.Open()), Since: r.received(),
	}
	if !state.Open() && r.Counted { // until then the figures would lose it
		rec.Expires = d.ends(r, since)
	}
	var err error
	rec.Brief, err = json.Marshal(Brief{
		State: state, Since: since, Received: r.received(), Role: r.Role, Cohort: r.Cohort, First: r.First, Hidden: d.hidden(r),
	})
	return rec, err
}

// ends is when a request that is over is removed.
func (d *Desk) ends(r *Request, since time.Time) time.Time {
	days := 90 // if the service is not in the content any more
	if s := d.Service(r.Service); s != nil {
		days = s.Mentoring.Keep.Request
	}
	return since.AddDate(0, 0, days)
}

func (r *Request) received() time.Time {
	if len(r.Events) == 0 {
		return time.Time{}
	}
	return r.Events[0].At.Truncate(time.Millisecond)
}

// Handlers are the addresses of those who may see a request and see to it now, by who comes first:
// the lead of its area; the deputy while the lead is away, may not see it, or has not called in the
// time that was promised, and from then on for what they have begun; and where neither is there and
// may see it, the lead of the next area, or who stands in there. Being away counts only as long as
// somebody else is there.
func (d *Desk) Handlers(r *Request) (emails []string) {
	s := d.Service(r.Service)
	if s == nil {
		return nil
	}
	hidden := d.hidden(r)
	may := func(c *course.Contact) bool { return c != nil && !slices.Contains(hidden, strings.ToLower(c.Email)) }
	add := func(c *course.Contact) {
		if email := strings.ToLower(c.Email); !slices.Contains(emails, email) {
			emails = append(emails, email)
		}
	}
	here := func(a *service.Area, c *course.Contact) bool {
		return may(c) && !d.away(c.Email) && !(c == &a.Lead && a.Away(d.Now()))
	}
	// From the area on round the list, so that the next one is always the same.
	first := max(0, slices.IndexFunc(s.Areas, func(a service.Area) bool { return a.ID == r.Area }))
	for i := range s.Areas {
		a := &s.Areas[(first+i)%len(s.Areas)]
		if here(a, &a.Lead) {
			add(&a.Lead)
		}
		if here(a, a.Deputy) && (len(emails) == 0 || i == 0 && (r.begun(a.Deputy.Email) || d.late(r, s))) {
			add(a.Deputy)
		}
		if len(emails) > 0 {
			return emails
		}
	}
	for i := range s.Areas { // all who may are away
		a := &s.Areas[(first+i)%len(s.Areas)]
		for _, c := range []*course.Contact{&a.Lead, a.Deputy} {
			if may(c) {
				add(c)
				return emails
			}
		}
	}
	return nil
}

// begun tells whether somebody of the staff has done more for the request than read it, since it
// came to the area.
func (r *Request) begun(email string) bool {
	for _, e := range slices.Backward(r.Events) {
		switch {
		case e.What == EventMoved:
			return false
		case e.By != "" && e.What != EventRead && strings.EqualFold(e.By, email):
			return true
		}
	}
	return false
}

// hidden are the addresses of the service's leads and deputies, in small letters, from whom a
// request is hidden: whom it excludes, whom an exclusion that is not clear yet may mean, and who
// asks.
func (d *Desk) hidden(r *Request) (emails []string) {
	s := d.Service(r.Service)
	if s == nil {
		return nil
	}
	each := func(name, email string) {
		email = strings.ToLower(email)
		own := strings.EqualFold(email, r.Contact.Email) || form.Fold(name) == form.Fold(r.Contact.Name) && name != ""
		if own || slices.ContainsFunc(r.Exclusions, func(e Exclusion) bool { return e.means(name, email) }) {
			if !slices.Contains(emails, email) {
				emails = append(emails, email)
			}
		}
	}
	for _, a := range s.Areas {
		each(a.Lead.Name, a.Lead.Email)
		if a.Deputy != nil {
			each(a.Deputy.Name, a.Deputy.Email)
		}
	}
	return emails
}

// means tells whether somebody of the staff is excluded, or may be as long as it is not settled
// whom the name means.
func (e Exclusion) means(name, email string) bool {
	if e.Settled || e.Staff != "" || e.Mentor != "" {
		return strings.EqualFold(e.Staff, email)
	}
	return Alike(e.Name, name)
}

// Alike tells whether two names may be of the same person: they share a word of two letters or
// more.
func Alike(a, b string) bool {
	words := strings.Fields(form.Fold(b))
	return slices.ContainsFunc(strings.Fields(form.Fold(a)), func(w string) bool {
		return len([]rune(w)) > 1 && w != "dr" && slices.Contains(words, w)
	})
}

// Sees tells whether somebody of the staff may see a request and see to it now.
func (d *Desk) Sees(p *staff.Person, r *Request) bool {
	return len(p.Where(staff.Find, staff.Areas)) > 0 && slices.Contains(d.Handlers(r), strings.ToLower(p.Email))
}

// By is what events of a request call somebody of the staff.
func (d *Desk) By(p *staff.Person, r *Request) string {
	if slices.ContainsFunc(p.Roles, func(role staff.Role) bool {
		return role.Name == staff.AreaLead && role.For == wall.Area(r.Service, r.Area)
	}) {
		return ByLead
	}
	if slices.ContainsFunc(p.Roles, func(role staff.Role) bool {
		return role.Name == staff.AreaDeputy && role.For == wall.Area(r.Service, r.Area)
	}) {
		return ByDeputy
	}
	return ByLead // of another area
}

// What somebody of the staff can read.
const (
	ReadRequest  = "request"
	ReadProforma = "pro-forma"
)

// Read gives a request to somebody of the staff, and notes that they read it: what is one of those
// above. Of one person it is noted once an hour. It returns ErrNoRequest if they may not see it.
func (d *Desk) Read(ctx context.Context, p *staff.Person, id, what string) (*Request, error) {
	return d.Change(ctx, p, id, func(r *Request, by string) error {
		for _, e := range slices.Backward(r.Events) {
			if e.What == EventRead && e.By == p.Email && e.Note == what && d.Now().Sub(e.At) < time.Hour {
				return record.ErrUnchanged
			}
		}
		r.Note(d.Now(), EventRead, by, p.Email, what)
		return nil
	})
}

// Change changes a request by somebody of the staff, whom events call by. It returns ErrNoRequest
// if they may not see it.
func (d *Desk) Change(ctx context.Context, p *staff.Person, id string, f func(r *Request, by string) error) (*Request, error) {
	r, err := d.Requests().Amend(ctx, id, func(r *Request) error {
		if !d.Sees(p, r) {
			return ErrNoRequest
		}
		return f(r, d.By(p, r))
	})
	if errors.Is(err, record.ErrNotFound) {
		err = ErrNoRequest
	}
	return r, err
}

// A Line is one of a list of requests.
type Line struct {
	ID, Service, Area string
	Brief

	Name    string // of who asks
	Waits   bool   // for somebody of the staff: see [Request.Waits]
	Call    Promise
	Next    time.Time // the call that is arranged; zero if none is
	Tried   int       // days on which nobody answered
	Unclear int       // people whom it excludes, and nobody has said yet who they are
}

// List is what somebody of the staff may see of the requests of the areas of which they are lead or
// deputy, and of those whose own lead and deputy may not see them: open or over, the earliest
// first.
func (d *Desk) List(ctx context.Context, p *staff.Person, open bool) (lines []Line, err error) {
	for _, s := range d.Services() {
		if !d.leads(p, s) {
			continue
		}
		for rec, err := range record.Merge(ctx, d.Store, []string{shelf(s.ID, open)}, record.Range{Kind: KindRequest}) {
			if err != nil {
				return nil, err
			}
			r, err := d.Requests().Get(ctx, rec.ID)
			l := Line{ID: rec.ID, Service: s.ID, Area: r.Area}
			if err == nil {
				err = json.Unmarshal(rec.Brief, &l.Brief)
			}
			switch {
			case errors.Is(err, record.ErrNotFound):
			case ctx.Err() != nil:
				return nil, err
			case err != nil: // one that is broken holds up no other; the audit says what is wrong with it
				d.Log.Error("a request cannot be listed", "reference", rec.ID)
			case d.Sees(p, r):
				now := d.Now()
				l.Name, l.Waits, l.Call, l.Next = r.Contact.Name, r.Waits(now), r.CallPromise(s, now), r.NextCall(now)
				l.Tried, l.Unclear = r.Tried(s, now), len(r.Unclear())
				lines = append(lines, l)
			}
		}
	}
	slices.SortStableFunc(lines, func(a, b Line) int {
		return cmp.Or(a.Received.Compare(b.Received), strings.Compare(a.ID, b.ID))
	})
	return lines, nil
}

// leads tells whether somebody leads an area of a service, or stands in there.
func (d *Desk) leads(p *staff.Person, s *service.Service) bool {
	return slices.ContainsFunc(s.Areas, func(a service.Area) bool { return p.May(staff.Find, wall.Area(s.ID, a.ID)) })
}
