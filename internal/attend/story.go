package attend

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"strings"
	"time"

	"traininghub/internal/claim"
	"traininghub/internal/course"
	"traininghub/internal/crossing"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/office"
	"traininghub/internal/page"
	"traininghub/internal/record"
	"traininghub/internal/returns"
	"traininghub/internal/staff"
)

// Join adds the desk of attendance to an office. The office then knows its records and lets in
// whoever hears appeals. site says how long records are kept; it may be nil if only the kinds of
// records matter.
func Join(d *office.Desk, site *page.Site) *Desk {
	a := &Desk{Applications: d.Applications, Secret: claim.KeptSecret(d.Applications.Store)}
	if site != nil {
		a.KeepRegisters, a.KeepCertificates = days(site.RetainAttendance), days(site.RetainCertificates)
		if d.Applications.Kept == nil {
			d.Applications.Kept = map[string]int{}
		}
		d.Applications.Kept["retain_attendance_days"] = site.RetainAttendance
		d.Applications.Kept["retain_certificates_days"] = site.RetainCertificates
	}
	d.Stories = append(d.Stories, registers{a}, certificates{a}, opinions{a})
	others := d.Others
	d.Others = func(p *staff.Person, email string) *staff.Person {
		p = a.hears(p, email)
		if others != nil {
			p = others(p, email)
		}
		return p
	}
	return a
}

// In is the desk of attendance that has joined an office; nil if there is none.
func In(d *office.Desk) *Desk {
	for _, s := range d.Stories {
		if r, ok := s.(registers); ok {
			return r.d
		}
	}
	return nil
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// hears adds to a person the courses for which they hear appeals.
func (d *Desk) hears(p *staff.Person, email string) *staff.Person {
	for _, c := range d.Applications.Programme.Courses {
		for _, who := range c.Hears() {
			if c.Attendance.Appeals == nil || !strings.EqualFold(who.Email, email) {
				continue
			}
			if p == nil {
				p = &staff.Person{Name: who.Name, Email: who.Email}
			}
			p.Roles = append(p.Roles, staff.Role{Name: staff.Appeals, For: staff.Course(c.ID)})
		}
	}
	return p
}

// Registers are the registers of the courses that somebody of the staff sees, the latest first.
func (d *Desk) Registers(ctx context.Context, s *staff.Person) (all []Listed, err error) {
	for e, err := range record.Merge(ctx, d.store(), []string{registerShelf}, record.Range{Kind: KindRegister, Newest: true}) {
		if err != nil {
			return nil, err
		}
		l := Listed{ID: e.ID}
		over := staff.Course(d.Applications.Programme.Current(e.Course))
		if (s.May(staff.Read, over) || s.May(staff.Hear, over)) && json.Unmarshal(e.Brief, &l.Brief) == nil {
			all = append(all, l)
		}
	}
	return all, nil
}

// listed reads the whole records of a kind on its list, up to a time if one is set.
func (d *Desk) listed(ctx context.Context, kind record.Kind, shelf string, until time.Time) iter.Seq2[record.Record, error] {
	return func(yield func(record.Record, error) bool) {
		for e, err := range record.Merge(ctx, d.store(), []string{shelf}, record.Range{Kind: kind, Until: until}) {
			if err == nil {
				e, err = d.store().Get(ctx, e.ID)
			}
			if errors.Is(err, record.ErrNotFound) {
				continue // removed since
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// Listed is a register on a list.
type Listed struct {
	ID string
	Brief
}

// Tend makes the registers of all cohorts for which somebody was accepted, and brings every
// register up to date. A register that fails does not hold up the others.
func (d *Desk) Tend(ctx context.Context) (err error) {
	if d.Applications.Programme == nil {
		return nil
	}
	for _, c := range d.Applications.Programme.Courses {
		for i := range c.Cohorts {
			if c.Attendance != nil && !c.Lost() {
				err = errors.Join(err, d.Ensure(ctx, c, &c.Cohorts[i]))
			}
		}
	}
	return err
}

// Sweep removes records past their time. Each register and certificate leaves a trace for the
// audit.
func (d *Desk) Sweep(ctx context.Context) (removed int, err error) {
	if d.KeepRegisters <= 0 || d.KeepCertificates <= 0 {
		return 0, errors.New("attend: it is not known for how long things are kept")
	}
	now := d.now()
	for _, list := range []struct {
		kind  record.Kind
		shelf string
		kept  time.Duration
	}{{KindRegister, registerShelf, d.KeepRegisters}, {KindCertificate, certificateShelf, d.KeepCertificates}} {
		for r, err := range d.listed(ctx, list.kind, list.shelf, now.Add(-list.kept)) {
			if err != nil {
				return removed, err
			}
			if r.Expires.IsZero() || now.Before(r.Expires) {
				continue
			}
			if err := d.remove(ctx, r, intake.OverTime); err != nil {
				return removed, err
			}
			removed++
		}
	}
	n, expired := d.store().Expire(ctx, []record.Kind{KindOpinions}, now, 100)
	return removed + n, expired
}

// Ensure makes a cohort's register, if somebody has a place in it, or brings it up to date.
func (d *Desk) Ensure(ctx context.Context, c *course.Course, k *course.Cohort) error {
	id := registerID(c.ID, c.Year, k.Name)
	if n := len(k.Workshops); n == 0 || d.now().After(k.Workshops[n-1].End().Add(d.KeepRegisters)) {
		return nil
	}
	_, err := d.change(ctx, id, func(r *Register) error {
		r.Course, r.Year, r.Named = c.ID, c.Year, k.Name
		return nil
	}, func(*Register) error { return nil })
	return err
}

// remove removes a register or a certificate and leaves a trace. When a register goes, its
// certificates keep only what checking them needs.
func (d *Desk) remove(ctx context.Context, e record.Record, why string) error {
	var past record.Events
	switch e.Kind {
	case KindRegister:
		r := &Register{ID: e.ID}
		if err := d.registers().Decode(e, r); err != nil {
			return err
		}
		past = r.Past
		for _, p := range r.People {
			if err := d.thin(ctx, p); err != nil {
				return err
			}
		}
	case KindCertificate:
		c := &Certificate{ID: e.ID}
		if err := d.certificates().Decode(e, c); err != nil {
			return err
		}
		past = c.Past
	}
	if len(past) > 0 {
		if err := d.Applications.LeaveTrace(ctx, past[0].Sum, why); err != nil {
			return err
		}
	}
	err := d.store().Delete(ctx, e.ID, e.Version)
	if errors.Is(err, record.ErrNotFound) || errors.Is(err, record.ErrConflict) { // the next sweep tries again
		return nil
	}
	return err
}

// thin cuts a participant's certificates down to what checking them needs.
func (d *Desk) thin(ctx context.Context, p *Participant) error {
	for _, is := range p.Issued {
		_, err := d.certificates().Amend(ctx, certificateID(is.Number), func(c *Certificate) error {
			if c.Name == "" {
				return record.ErrUnchanged
			}
			c.Name, c.Email, c.Holder, c.Issuer, c.Mention, c.Dates, c.Minutes = "", "", "", "", "", nil, 0
			c.Past.Add(d.now(), "thinned", "hub", "")
			return nil
		})
		if err != nil && !errors.Is(err, record.ErrNotFound) {
			return err
		}
	}
	return nil
}

// registers is the office's view of the kind.
type registers struct{ d *Desk }

func (s registers) Kind() record.Kind                      { return KindRegister }
func (s registers) Post() record.Story                     { return s.d.story() }
func (s registers) Sweep(ctx context.Context) (int, error) { return s.d.Sweep(ctx) }
func (s registers) Tend(ctx context.Context) error         { return s.d.Tend(ctx) }

// An Own is what one person gets of a register: their own entry, and when the workshops were.
type Own struct {
	Course, Cohort, Year string
	Workshops            []*Meeting
	Participant          *Participant
}

// own splits the id of a participant's part of a register,
// "attendance.toy.2021-22.cohort-1:TO-2C3D-4F5H". Somebody who was accepted twice has two
// references, separated by a comma.
func own(id string) (register string, refs []string) {
	register, of, _ := strings.Cut(id, ":")
	return register, strings.Split(of, ",")
}

func (s registers) About(_ context.Context, kept record.Record, numbers []form.Registration, email string) (*office.Own, error) {
	r, err := s.d.registers().Read(kept)
	if err != nil {
		return nil, err
	}
	return r.own(func(p *Participant) bool {
		number := slices.ContainsFunc(numbers, func(n form.Registration) bool { return n.Key() != "" && n.Key() == p.Number })
		return number || email != "" && strings.EqualFold(p.Email, email)
	}), nil
}

// own is a person's own part of a register; nil if they are not on it.
func (r *Register) own(is func(*Participant) bool) *office.Own {
	var refs []string
	var all []Own
	for _, p := range r.People {
		if is(p) {
			refs, all = append(refs, p.Ref), append(all, Own{r.Title, r.Named, r.Year, r.Workshops, p})
		}
	}
	id := r.ID + ":" + strings.Join(refs, ",")
	switch len(all) {
	case 0:
		return nil
	case 1:
		return &office.Own{ID: id, Kind: KindRegister, Data: all[0]}
	}
	return &office.Own{ID: id, Kind: KindRegister, Data: all}
}

func (s registers) GiveOut(ctx context.Context, id string) (*office.Own, error) {
	id, refs := own(id)
	is := func(p *Participant) bool { return slices.Contains(refs, p.Ref) }
	r, err := s.d.registers().Amend(ctx, id, func(r *Register) error {
		if !slices.ContainsFunc(r.People, is) {
			return record.ErrNotFound
		}
		r.Past.Add(s.d.now(), "exported", "hub", strings.Join(refs, ","))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return r.own(is), nil
}

// Erase removes somebody from a register, with the letters about them. The other people stay.
func (s registers) Erase(ctx context.Context, id string) error {
	id, refs := own(id)
	is := func(p *Participant) bool { return slices.Contains(refs, p.Ref) }
	_, err := s.d.registers().Amend(ctx, id, func(r *Register) error {
		if r.Version() == 0 || !slices.ContainsFunc(r.People, is) {
			return record.ErrUnchanged
		}
		r.People = slices.DeleteFunc(r.People, is)
		r.Mail.Drop(func(l record.Letter) bool {
			return slices.ContainsFunc(refs, func(ref string) bool { return strings.Contains(l.ID, ref) })
		})
		r.Past.Add(s.d.now(), "erased", "hub", "")
		return nil
	})
	return err
}

func (s registers) Check(e record.Record, earlier *record.Head) (*record.Head, string) {
	r := &Register{ID: e.ID}
	if s.d.registers().Decode(e, r) != nil {
		return nil, "it cannot be read"
	}
	what := r.Past.Fault(e.ID, r.says)
	if what == "" {
		what = r.fault()
	}
	return headOf(r.Past, earlier, what)
}

// fault says what is wrong with a register, in words without personal data; "" if nothing is.
func (r *Register) fault() string {
	for _, p := range r.People {
		for _, m := range p.Marks {
			switch {
			case m.Workshop < 0 || m.Workshop >= len(r.Workshops) || !slices.Contains(Presences, m.Is):
				return "a mark is of no workshop, or says nothing"
			case m.Minutes < 0 || (m.Is == Absent || m.Is == Excused) != (m.Minutes == 0):
				return "a mark has minutes that do not go with it"
			}
		}
		for _, m := range p.Misses {
			if m.Heard != nil && m.Ruling != nil && m.Heard.By == m.Ruling.By {
				return "the person who decided looked again, too"
			}
			if m.Ruling != nil && m.Ruling.By == p.Email {
				return "somebody decided about themself"
			}
		}
	}
	return ""
}

// headOf is the head of a chain, and the chain's fault unless another was found.
func headOf(past record.Events, earlier *record.Head, what string) (*record.Head, string) {
	if what == "" && earlier != nil && (len(past) < earlier.Events || !bytes.Equal(past[earlier.Events-1].Sum, earlier.Sum)) {
		what = "its chain is not the one that an earlier audit noted"
	}
	if len(past) == 0 {
		return nil, what
	}
	return &record.Head{Sent: past[0].Sum, Events: len(past), Sum: past[len(past)-1].Sum}, what
}

// certificates is the office's view of the kind.
type certificates struct{ d *Desk }

func (s certificates) Kind() record.Kind                  { return KindCertificate }
func (s certificates) Post() record.Story                 { return nil }
func (s certificates) Sweep(context.Context) (int, error) { return 0, nil } // the sweep of registers does it

func (s certificates) About(_ context.Context, r record.Record, numbers []form.Registration, email string) (*office.Own, error) {
	c, err := s.d.certificates().Read(r)
	if err != nil {
		return nil, err
	}
	number := slices.ContainsFunc(numbers, func(n form.Registration) bool { return n.Key() != "" && n.Key() == c.Holder })
	if !number && (email == "" || !strings.EqualFold(c.Email, email)) {
		return nil, nil
	}
	return &office.Own{ID: r.ID, Kind: KindCertificate, Data: c}, nil
}

func (s certificates) GiveOut(ctx context.Context, id string) (*office.Own, error) {
	c, err := s.d.certificates().Amend(ctx, id, func(c *Certificate) error {
		c.Past.Add(s.d.now(), "exported", "hub", "")
		return nil
	})
	return &office.Own{ID: id, Kind: KindCertificate, Data: c}, err
}

func (s certificates) Erase(ctx context.Context, id string) error {
	r, err := s.d.store().Get(ctx, id)
	if errors.Is(err, record.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.d.remove(ctx, r, intake.Erased)
}

func (s certificates) Check(e record.Record, earlier *record.Head) (*record.Head, string) {
	c := &Certificate{ID: e.ID}
	if s.d.certificates().Decode(e, c) != nil {
		return nil, "it cannot be read"
	}
	what := c.Past.Fault(e.ID, c.says)
	if _, ok := Number(c.Number); what == "" && (!ok || certificateID(c.Number) != e.ID) {
		what = "its number is none"
	}
	return headOf(c.Past, earlier, what)
}

// opinions is the office's view of the kind. No person owns them.
type opinions struct{ d *Desk }

func (s opinions) Kind() record.Kind                  { return KindOpinions }
func (s opinions) Post() record.Story                 { return nil }
func (s opinions) Sweep(context.Context) (int, error) { return 0, nil }
func (s opinions) About(context.Context, record.Record, []form.Registration, string) (*office.Own, error) {
	return nil, nil
}
func (s opinions) GiveOut(context.Context, string) (*office.Own, error) {
	return nil, record.ErrNotFound
}
func (s opinions) Erase(context.Context, string) error { return nil }

func (s opinions) Check(e record.Record, _ *record.Head) (*record.Head, string) {
	o := &Opinions{ID: e.ID}
	if s.d.opinions().Decode(e, o) != nil {
		return nil, "it cannot be read"
	}
	for _, q := range o.Asked {
		sum := 0
		for _, n := range q.Counts {
			sum += n
		}
		if sum > o.Answered {
			return nil, "more answers are counted than were given"
		}
	}
	return nil, ""
}

// Came are the workshops between two days at which an applicant was marked as having come. Claims
// for training rely on it. Workshops to which they came late or which they left early are not
// included.
func (d *Desk) Came(ctx context.Context, who claim.Claimant, from, to course.Date) (all []claim.Workshop, err error) {
	r, p, err := d.byReference(ctx, who.Application)
	if err != nil || p == nil {
		return nil, err
	}
	for i, m := range r.Workshops {
		day := course.DateOf(m.Start)
		if mark := p.Mark(i); mark != nil && mark.Is == Came && !m.Cancelled && !day.Before(from) && !to.Before(day) {
			all = append(all, claim.Workshop{Course: r.Course, Start: m.Start, End: m.End})
		}
	}
	return all, nil
}

// Finished is the day on which an applicant had done all that their course asks for; zero if they
// have not.
func (d *Desk) Finished(ctx context.Context, who claim.Claimant) (course.Date, error) {
	r, p, err := d.byReference(ctx, who.Application)
	if err != nil || p == nil {
		return course.Date{}, err
	}
	c := d.course(r.Course)
	if c == nil {
		return course.Date{}, nil
	}
	return r.Finished(c, p, d.now()), nil
}

// Certificates are the people trained for a course, as the return counts them.
func (d *Desk) Certificates(ctx context.Context, courseID string) (all []returns.Certificate, err error) {
	trained, err := d.Trained(ctx, course.DateOf(d.now()))
	for _, t := range trained {
		if d.Applications.Programme.Current(t.Course) == courseID {
			all = append(all, returns.Certificate{Mentor: t.Ref, Day: crossing.Day(t.On.ISO())})
		}
	}
	return all, err
}

// byReference is the register that lists an applicant; nil if none does.
func (d *Desk) byReference(ctx context.Context, application string) (*Register, *Participant, error) {
	a, err := d.Applications.Get(ctx, application)
	if errors.Is(err, record.ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	r, p, err := d.Of(ctx, a)
	if errors.Is(err, ErrNone) {
		return nil, nil, nil
	}
	return r, p, err
}
