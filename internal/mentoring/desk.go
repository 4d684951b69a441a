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

// A Desk takes requests and changes them. Its fields are set once, before its first use. Its
// methods may be called from several goroutines.
type Desk struct {
	*wall.Desk

	Rounds int // of PBKDF2 for new words; [Rounds] if 0
	// Release frees what package pair holds for a request that its mentee ends: an open proposal, a
	// pair, a mentor's place. It adds the changes to the set, and is called before the request
	// moves; nil if there are no pairs.
	Release func(ctx context.Context, set *record.Set, r *Request) error

	// Excluded is called after a request has excluded somebody, so that a pair with that person is
	// paused at once; nil if there are no pairs.
	Excluded func(ctx context.Context, r *Request) error

	// Named finds the mentors whom a typed name may mean. The story of the register sets it; nil if
	// there is none.
	Named func(ctx context.Context, name string) ([]Match, error)

	absent memo
}

// ErrNoRequest: there is no such request, or the person may not see it.
var ErrNoRequest = errors.New("mentoring: no such request")

// Requests reads and writes requests. Package pair uses it to change them together with its own
// records.
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
	Hidden   []string  `json:"hidden,omitempty"` // addresses of staff from whom it is hidden
	Deputy   bool      `json:"deputy,omitempty"` // the deputy must see to it, too: the promised time is over
}

// The shelves of a service: of its open requests, and of those that have ended. They hold all
// areas, so that no request is lost when an area is removed from the service's file.
func shelf(service string, open bool) string {
	if open {
		return service + "/open"
	}
	return service + "/closed"
}

// entry prepares a request to be written, and returns its record.
func (d *Desk) entry(r *Request) (record.Record, error) {
	if err := r.Events.Seal(r.ID, r.says); err != nil {
		return record.Record{}, err
	}
	state, since := r.State()
	rec := record.Record{
		ID: r.ID, Status: string(state), Course: r.Service, Due: r.Letters.Due(), Number: r.Contact.Number.Key(),
		Email: strings.ToLower(r.Contact.Email), Shelf: shelf(r.Service, state.Open()), Since: r.received(),
	}
	if !state.Open() && r.Counted { // before that, its removal would lose it from the figures
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
	days := 90 // if the content no longer has the service
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

// Handlers are the addresses of the staff who may see a request and see to it now, the most
// responsible first. That is the lead of its area. The deputy joins in while the lead is away or
// may not see the request, when the lead has not called in the promised time, and for whatever the
// deputy has begun. If neither is there and may see it, it falls to the lead or deputy of the next
// area. If everybody who may see it is away, the first of them counts all the same.
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
	// Go round the list from the request's area on, so that the next area is always the same.
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
	for i := range s.Areas { // everybody who may see it is away
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

// begun tells whether somebody of the staff has done more than read the request since it came to
// the area.
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

// hidden are the addresses, in small letters, of the service's leads and deputies from whom a
// request is hidden: anybody whom it excludes, anybody whom an unclear exclusion may mean, and the
// mentee themselves.
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

// means tells whether somebody of the staff is excluded, or may be while it is unclear whom the
// name means.
func (e Exclusion) means(name, email string) bool {
	if e.Settled || e.Staff != "" || e.Mentor != "" {
		return strings.EqualFold(e.Staff, email)
	}
	return Alike(e.Name, name)
}

// Alike tells whether two names may be one person's: they share a word of two letters or more.
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

// By is what a request's events call a person of the staff.
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
	return ByLead // a lead of another area
}

// What the staff can read.
const (
	ReadRequest  = "request"
	ReadProforma = "pro-forma"
)

// Read returns a request to somebody of the staff, and notes what they read: one of the constants
// above. The same reading by one person is noted once an hour. It returns ErrNoRequest if they may
// not see the request.
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

// Change changes a request for somebody of the staff. f gets the name by which events call them. It
// returns ErrNoRequest if they may not see the request.
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

// A Line is one line of a list of requests.
type Line struct {
	ID, Service, Area string
	Brief

	Name    string // the mentee's
	Waits   bool   // for the staff: see [Request.Waits]
	Call    Promise
	Next    time.Time // the arranged call; zero if there is none
	Tried   int       // days with an unanswered call
	Unclear int       // exclusions that nobody has cleared yet
}

// List lists the requests that somebody of the staff may see: those of their areas, and those whose
// own lead and deputy may not see them. It lists either open requests or those that are over, the
// earliest first.
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
			case err != nil: // a broken record does not hold up others; the audit reports it
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

// leads tells whether somebody is the lead or the deputy of an area of a service.
func (d *Desk) leads(p *staff.Person, s *service.Service) bool {
	return slices.ContainsFunc(s.Areas, func(a service.Area) bool { return p.May(staff.Find, wall.Area(s.ID, a.ID)) })
}
