package attend

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/record"
)

// The reasons why something was not done.
var (
	// ErrNone: there is no such register or participant, or the person may not see it.
	ErrNone = errors.New("attend: there is no such thing for this person")
	// ErrLink: a marker's link opens nothing. It is mistyped or has expired, or they no longer mark
	// the cohort.
	ErrLink = errors.New("attend: the link opens nothing")
	// ErrOwn: the staff may not act on their own place or charge.
	ErrOwn = errors.New("attend: it is about the person themself")
	// ErrState: it is too early or too late for this.
	ErrState = errors.New("attend: it does not stand so that this can be done")
)

// A Desk keeps the registers. Its fields are set once; its methods may be called from several
// goroutines, and several desks may work on one store.
type Desk struct {
	// Applications say who was accepted. Its store, clock, letters and courses are used here, too.
	Applications *intake.Desk
	// How long a register is kept after its last workshop, and a certificate after it was issued.
	KeepRegisters, KeepCertificates time.Duration
	// Secret is the key of the code that stands for a person in a certificate. See
	// [claim.KeptSecret].
	Secret func() ([]byte, error)
	// Charges is the ledger in which charges are entered; nil if there is none.
	Charges Ledger
	// Real means that letters really go out, so that none goes to an example's address.
	Real bool
}

func (d *Desk) store() record.Store { return d.Applications.Store }
func (d *Desk) now() time.Time      { return d.Applications.Now().UTC().Truncate(time.Millisecond) }

// course is the course with the id as its file is now; nil if it records no attendance.
func (d *Desk) course(id string) *course.Course {
	c := d.Applications.Programme.Course(d.Applications.Programme.Current(id))
	if c == nil || c.Attendance == nil {
		return nil
	}
	return c
}

// cohort is the register's cohort as the course's file is now; nil if the file no longer has it.
func cohort(c *course.Course, r *Register) *course.Cohort {
	if c == nil || c.Year != r.Year {
		return nil
	}
	i := slices.IndexFunc(c.Cohorts, func(k course.Cohort) bool { return k.Name == r.Named })
	if i < 0 {
		return nil
	}
	return &c.Cohorts[i]
}

// The lists of all registers, in the order in which they were made, and of all certificates, in the
// order in which they were issued.
const (
	registerShelf    = "attendance/registers"
	certificateShelf = "attendance/certificates"
)

func (d *Desk) registers() *record.Keeper[*Register] {
	return &record.Keeper[*Register]{
		Store: d.store(), Kind: KindRegister, New: func(id string) *Register { return &Register{ID: id} }, Anew: true,
		Entry: func(r *Register) (record.Record, error) {
			if err := r.Past.Seal(r.ID, r.says); err != nil {
				return record.Record{}, err
			}
			brief, _ := json.Marshal(r.brief()) // strings and numbers only: cannot fail
			e := record.Record{
				ID: r.ID, Status: "register", Course: r.Course, Due: r.Mail.Due(), Expires: r.Over().Add(d.KeepRegisters),
				Shelf: registerShelf, Since: r.Past[0].At, Brief: brief,
			}
			if r.unfinished() {
				e.Due = d.now()
			}
			return e, nil
		},
	}
}

// A Brief is what a list says of a register.
type Brief struct {
	Title, Year, Named string
	Starts             time.Time
	People             int // who have a place
	Unmarked           int // places at past workshops without a mark
	Open               int // what waits for the lead, or for whoever hears appeals
	Certified          int
}

func (r *Register) brief() Brief {
	b := Brief{Title: r.Title, Year: r.Year, Named: r.Named, People: len(r.Present())}
	if len(r.Workshops) > 0 {
		b.Starts = r.Workshops[0].Start
	}
	for _, p := range r.People {
		for _, m := range p.Misses {
			if m.Waits() {
				b.Open++
			}
		}
		if p.Certificate() != nil {
			b.Certified++
		}
	}
	return b
}

// Register reads a register and adds people who have joined since, and today's dates. It writes
// nothing.
func (d *Desk) Register(ctx context.Context, id string) (*Register, error) {
	r, err := d.registers().Get(ctx, id)
	if err == nil && r.Version() == 0 {
		err = fmt.Errorf("%w: %w", ErrNone, record.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	return r, d.refresh(ctx, r)
}

// Of is the register that lists an applicant, and their place in it; ErrNone if no register does
// yet.
func (d *Desk) Of(ctx context.Context, a *application.Application) (*Register, *Participant, error) {
	id := d.idOf(a)
	if id == "" {
		return nil, nil, ErrNone
	}
	r, err := d.Register(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if p := r.Person(a.Reference); p != nil {
		return r, p, nil
	}
	return nil, nil, ErrNone
}

// idOf is the id of the register of the cohort for which an applicant was accepted; "" if they were
// not accepted.
func (d *Desk) idOf(a *application.Application) string {
	if a.Decision == nil || !a.Decision.Accepted || a.Decision.Named == "" {
		return ""
	}
	return registerID(a.Course, a.Decision.Year, a.Decision.Named)
}

// change changes a register, and all that depends on it, by one write or not at all. It brings the
// register up to date, calls f, and does what follows. begin names the cohort of a new register;
// without it the register must exist.
func (d *Desk) change(
	ctx context.Context, id string, begin, f func(*Register) error,
) (r *Register, err error) {
	err = record.Together(ctx, d.store(), func(s *record.Set) error {
		if r, err = d.registers().Get(ctx, id); err != nil {
			return err
		}
		was, _ := json.Marshal(r) // strings, numbers and times only: cannot fail
		if r.Version() == 0 {
			if begin == nil {
				return ErrNone
			}
			if err := begin(r); err != nil {
				return err
			}
		}
		if err := d.refresh(ctx, r); err != nil {
			return err
		}
		if err := f(r); err != nil {
			return err
		}
		if len(r.Past) == 0 {
			return record.ErrUnchanged // it lists nobody yet
		}
		if err := d.follow(ctx, r); err != nil {
			return err
		}
		if now, _ := json.Marshal(r); bytes.Equal(was, now) {
			return record.ErrUnchanged
		}
		d.registers().Put(s, r)
		return d.certify(ctx, s, r)
	})
	return r, err
}

// refresh brings a register up to date: the dates of the course's file, and the people who have
// joined or left the cohort.
func (d *Desk) refresh(ctx context.Context, r *Register) error {
	c := d.course(r.Course)
	k := cohort(c, r)
	if k == nil {
		return nil
	}
	r.schedule(c, k, d.now())
	there, err := d.accepted(ctx, c, k)
	if err != nil {
		return err
	}
	for ref := range there {
		if p := r.Person(ref); p == nil || p.Left != nil {
			if err := d.join(ctx, r, c, ref); err != nil {
				return err
			}
		}
	}
	for _, p := range r.Present() {
		if !there[p.Ref] {
			if err := d.leaves(ctx, r, c, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// accepted are the applications of everybody with a place in a cohort.
func (d *Desk) accepted(ctx context.Context, c *course.Course, k *course.Cohort) (map[string]bool, error) {
	var shelves []string
	for _, s := range application.States {
		if s.Status == application.Accepted {
			shelves = append(shelves, application.ShelfOf(c.ID, s.Name))
		}
	}
	there := map[string]bool{}
	for e, err := range d.Applications.InCohort(ctx, shelves, k.ID, record.Range{Kind: record.Application}) {
		if err != nil {
			return nil, err
		}
		there[e.ID] = true
	}
	return there, nil
}

// join adds an accepted applicant to the register. Their marks from another cohort of the same
// course and year come along, so that nobody has to attend the same workshop twice.
func (d *Desk) join(ctx context.Context, r *Register, c *course.Course, ref string) error {
	a, err := d.Applications.Get(ctx, ref)
	switch {
	case errors.Is(err, record.ErrNotFound):
		return nil
	case err != nil:
		return err
	case a.Status() != application.Accepted || d.idOf(a) != r.ID: // lists can lag by a second
		return nil
	}
	if p := r.Person(ref); p != nil {
		p.Left = nil
		r.Past.Add(d.now(), "joined again", "hub", ref)
		return nil
	}
	p := &Participant{
		Ref: ref, Name: a.Document.Applicant.Name, Email: a.Document.Applicant.Email, Number: a.Document.Applicant.Key(),
		Joined: a.Decision.At, Pence: int64(a.Charge()),
	}
	for _, other := range c.Cohorts {
		id := registerID(c.ID, c.Year, other.Name)
		if id == r.ID {
			continue
		}
		o, err := d.registers().Get(ctx, id)
		if err != nil {
			return err
		}
		was := o.Person(ref)
		if was == nil {
			continue
		}
		for w := range r.Workshops {
			if m := was.Mark(w); m != nil && m.Is != Absent {
				carried := *m
				carried.Why = "Carried over from " + o.Named
				p.Marks = append(p.Marks, carried)
			}
		}
	}
	r.People = append(r.People, p)
	slices.SortStableFunc(r.People, func(a, b *Participant) int {
		return strings.Compare(form.Fold(a.Name), form.Fold(b.Name))
	})
	r.Past.Add(d.now(), "joined", "hub", ref)
	return nil
}

// leaves notes that somebody no longer has a place, and whether they gave it up late. The removal
// of an application at the end of its retention changes nothing.
func (d *Desk) leaves(ctx context.Context, r *Register, c *course.Course, p *Participant) error {
	a, err := d.Applications.Get(ctx, p.Ref)
	if errors.Is(err, record.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	switch status := a.Status(); {
	case status == application.Withdrawn:
		p.Left = &Left{At: d.now(), Why: Withdrew}
		for _, e := range a.Events {
			if e.What == application.EventWithdrawn {
				p.Left.At = e.At
			}
		}
		r.gaveUp(c, p, d.now())
	case status == application.Accepted && d.idOf(a) == r.ID:
		return nil
	default:
		p.Left = &Left{At: d.now(), Why: TakenOff}
		for _, m := range p.Misses {
			m.void("They have no place in this cohort any more.")
		}
	}
	r.Past.Add(d.now(), "left", "hub", p.Ref)
	return nil
}

// schedule copies the workshops from the course's file. If a future workshop was moved or
// cancelled, everybody with a place is told.
func (r *Register) schedule(c *course.Course, k *course.Cohort, now time.Time) {
	if r.Title != c.Title && len(r.Past) > 0 {
		r.Past.Add(now, "title", "hub", "")
	}
	r.Title = c.Title
	for i, w := range k.Workshops {
		is := Meeting{Title: c.Workshop(*k, i), Start: w.Start().UTC(), End: w.End().UTC(), Cancelled: w.Cancelled}
		if i == len(r.Workshops) {
			r.Workshops = append(r.Workshops, &is)
			if len(r.Past) > 0 {
				r.Past.Add(now, "workshop", "hub", fmt.Sprint(i+1))
			}
			continue
		}
		was := r.Workshops[i]
		moved := !was.Start.Equal(is.Start) || !was.End.Equal(is.End)
		if !moved && was.Cancelled == is.Cancelled {
			if was.Title != is.Title {
				was.Title = is.Title
				r.Past.Add(now, "title", "hub", fmt.Sprint(i+1))
			}
			continue
		}
		is.Moved = append(was.Moved, Moved{was.Start, now})
		r.Workshops[i] = &is
		r.Past.Add(now, "moved", "hub", fmt.Sprint(i+1))
		if was.Start.After(now) || is.Start.After(now) {
			for _, p := range r.Present() {
				r.owe(LetterMoved, p.Ref, fmt.Sprintf("%d-%d", i, len(is.Moved)), now)
			}
		}
	}
	for i := len(k.Workshops); i < len(r.Workshops); i++ {
		if !r.Workshops[i].Cancelled {
			r.Workshops[i].Cancelled = true
			r.Past.Add(now, "cancelled", "hub", fmt.Sprint(i+1))
		}
	}
}

// unfinished tells whether there was more to do than fitted in one write.
func (r *Register) unfinished() bool {
	return slices.ContainsFunc(r.People, func(p *Participant) bool {
		return slices.ContainsFunc(p.Misses, (*Miss).unbooked)
	}) || r.Crowded
}

// person is a code that stands for a participant where their name must not appear: in certificates,
// and for whoever counts the trained. It cannot be found by trying numbers.
func (d *Desk) person(p *Participant) (string, error) {
	secret, err := d.Secret()
	if err != nil {
		return "", fmt.Errorf("finding a person: %w", err)
	}
	who := p.Number
	if who == "" {
		who = strings.ToLower(p.Email)
	}
	sum := hmac.New(sha256.New, secret)
	sum.Write([]byte("trained " + who))
	return hex.EncodeToString(sum.Sum(nil))[:20], nil
}
