// Package mentored keeps what the main store is told of mentoring: for each mentor their pairs and
// sessions, their agreements and their time on the register; for each service its figures. Claims
// and the national return are made from it.
//
// It is told only through messages of package crossing: a [Desk] takes those that come from
// mentoring. So it never knows a mentee. A message can come twice, late and in any order: the
// highest version of each key is kept.
//
// All that is known of a mentor is one record, and it is theirs. They get it when they ask for
// everything that the hub has about them, and it is erased when they ask for that. Lines of claims
// hold their own copy of days and codes, and stay. Sessions and pairs are kept as long as accounts
// are: see [Desk.Years].
package mentored

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/crossing"
	"traininghub/internal/form"
	"traininghub/internal/office"
	"traininghub/internal/record"
)

// The kinds of records of this story.
const (
	KindMentor record.Kind = "mentored"
	KindCounts record.Kind = "mentoring counts"
)

// A Desk takes messages from mentoring. It is a [crossing.Gate]. Its fields are set once, and
// several desks may work on one store.
type Desk struct {
	Store record.Store
	Now   func() time.Time
	// Who finds the person whose application with the reference was accepted; [record.ErrNotFound]
	// if it is gone. The details known so far are then kept.
	Who func(ctx context.Context, reference string) (Who, error)
	// Years is how many years, beside the present one, sessions, pairs and figures are kept.
	Years int
}

// Who are a mentor's details from their application. They are kept here, since the application is
// removed sooner.
type Who struct {
	Name     string       `json:"name"`
	Email    string       `json:"email"`            // in small letters
	Number   string       `json:"number,omitempty"` // on a professional register, as records are found by it
	Practice string       `json:"practice,omitempty"`
	Course   string       `json:"course"`           // id
	Begins   crossing.Day `json:"begins,omitempty"` // from when the scheme pays
}

// A Mentor is all that is known of a mentor.
type Mentor struct {
	record.Kept
	ID        string             `json:"id"`
	Reference string             `json:"reference"` // of their application
	Who       Who                `json:"who"`
	Heard     time.Time          `json:"heard"` // of the first message, UTC
	Standing  *crossing.Standing `json:"standing,omitempty"`
	Pairs     []crossing.Pair    `json:"pairs,omitempty"`
	Sessions  []crossing.Session `json:"sessions,omitempty"` // in order of time
	Sampled   *crossing.Sampled  `json:"sampled,omitempty"`
	Given     []time.Time        `json:"given,omitempty"` // when it was given to the mentor, who asked for it; UTC
}

// Counted are the figures of a service for a period.
type Counted struct {
	record.Kept
	ID     string          `json:"id"`
	Counts crossing.Counts `json:"counts"`
}

const (
	mentorShelf = "mentored"
	countsShelf = "mentoring counts "
)

func mentorID(reference string) string { return "mentored." + strings.ToLower(reference) }

func (d *Desk) mentors() *record.Keeper[*Mentor] {
	return &record.Keeper[*Mentor]{
		Store: d.Store, Kind: KindMentor, Anew: true, New: func(id string) *Mentor { return &Mentor{ID: id} },
		Entry: func(m *Mentor) (record.Record, error) {
			oldest, err := json.Marshal(m.oldest())
			return record.Record{
				ID: m.ID, Status: "mentored", Shelf: mentorShelf, Since: m.Heard, Brief: oldest,
				Number: m.Who.Number, Email: m.Who.Email,
			}, err
		},
	}
}

func (d *Desk) counts() *record.Keeper[*Counted] {
	return &record.Keeper[*Counted]{
		Store: d.Store, Kind: KindCounts, Anew: true, New: func(id string) *Counted { return &Counted{ID: id} },
		Entry: func(c *Counted) (record.Record, error) {
			since, err := time.Parse(time.DateOnly, string(c.Counts.From))
			return record.Record{ID: c.ID, Status: "counts", Shelf: countsShelf + c.Counts.Service, Since: since}, err
		},
	}
}

// Put takes a message from mentoring. A repeated or outdated message changes nothing. It returns
// [crossing.ErrMessage] for a message that is not sound, or goes the other way.
func (d *Desk) Put(ctx context.Context, m crossing.Message) error {
	if err := m.Check(); err != nil {
		return err
	}
	switch m := m.(type) {
	case crossing.Standing:
		return d.hear(ctx, m.Mentor, func(x *Mentor) bool {
			if !newer(&x.Standing, m) {
				return false
			}
			if w := m.Who; w != nil { // there is no application
				x.Who = Who{Name: w.Name, Email: strings.ToLower(w.Email), Number: w.Number, Practice: w.Practice, Course: w.Course, Begins: w.Begins}
			}
			return true
		})
	case crossing.Sampled:
		return d.hear(ctx, m.Mentor, func(x *Mentor) bool { return newer(&x.Sampled, m) })
	case crossing.Pair:
		return d.hear(ctx, m.Mentor, func(x *Mentor) bool { return newerIn(&x.Pairs, m) })
	case crossing.Session:
		return d.hear(ctx, m.Mentor, func(x *Mentor) bool {
			if !newerIn(&x.Sessions, m) {
				return false
			}
			slices.SortStableFunc(x.Sessions, func(a, b crossing.Session) int { return a.Start.Compare(b.Start) })
			return true
		})
	case crossing.Counts:
		id := strings.Join([]string{"counts", m.Service, string(m.From), string(m.Until)}, ".")
		_, err := d.counts().Amend(ctx, id, func(c *Counted) error {
			if c.Version() > 0 && m.At() <= c.Counts.At() {
				return record.ErrUnchanged
			}
			c.Counts = m
			return nil
		})
		return err
	}
	return fmt.Errorf("%w: it goes the other way", crossing.ErrMessage)
}

// newer keeps a message if it is newer than the present one, and tells whether it is.
func newer[M crossing.Message](have **M, m M) bool {
	if *have != nil && m.At() <= (**have).At() {
		return false
	}
	*have = &m
	return true
}

// newerIn is newer for one message of a list.
func newerIn[M crossing.Message](have *[]M, m M) bool {
	i := slices.IndexFunc(*have, func(o M) bool { return o.Key() == m.Key() })
	switch {
	case i < 0:
		*have = append(*have, m)
	case m.At() <= (*have)[i].At():
		return false
	default:
		(*have)[i] = m
	}
	return true
}

func (d *Desk) hear(ctx context.Context, reference string, f func(*Mentor) bool) error {
	who, err := d.Who(ctx, reference)
	if err != nil && !errors.Is(err, record.ErrNotFound) {
		return err
	}
	_, err = d.mentors().Amend(ctx, mentorID(reference), func(x *Mentor) error {
		if !f(x) {
			return record.ErrUnchanged
		}
		if x.Version() == 0 {
			x.Reference, x.Heard = reference, d.Now().UTC().Truncate(time.Millisecond)
		}
		if who.Email != "" {
			x.Who = who
		}
		return nil
	})
	return err
}

// Mentor is the mentor with the reference. If nothing is known of them, it has no version.
func (d *Desk) Mentor(ctx context.Context, reference string) (*Mentor, error) {
	return d.mentors().Get(ctx, mentorID(reference))
}

// Of are the mentors with an address, as in their applications.
func (d *Desk) Of(ctx context.Context, email string) (all []*Mentor, err error) {
	found, err := d.Store.Find(ctx, KindMentor, record.ByEmail, strings.ToLower(email))
	if err != nil {
		return nil, err
	}
	return d.read(ctx, found)
}

// Mentors are all mentors of whom anything is known, in the order of the first message.
func (d *Desk) Mentors(ctx context.Context) (all []*Mentor, err error) {
	for r, err := range record.Merge(ctx, d.Store, []string{mentorShelf}, record.Range{Kind: KindMentor}) {
		if err != nil {
			return nil, err
		}
		some, err := d.read(ctx, []record.Record{r})
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

func (d *Desk) read(ctx context.Context, found []record.Record) (all []*Mentor, err error) {
	for _, r := range found {
		m, err := d.mentors().Get(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		if m.Version() > 0 { // still there
			all = append(all, m)
		}
	}
	return all, nil
}

// Counts are the figures of a service, by their first day.
func (d *Desk) Counts(ctx context.Context, service string) (all []crossing.Counts, err error) {
	for r, err := range record.Merge(ctx, d.Store, []string{countsShelf + service}, record.Range{Kind: KindCounts}) {
		if err != nil {
			return nil, err
		}
		c, err := d.counts().Get(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, c.Counts)
	}
	return all, nil
}

func day(d course.Date) crossing.Day { return crossing.Day(d.ISO()) }

// Pair is the pair with the code; nil if it is unknown.
func (m *Mentor) Pair(code string) *crossing.Pair {
	i := slices.IndexFunc(m.Pairs, func(p crossing.Pair) bool { return p.Code == code })
	if i < 0 {
		return nil
	}
	return &m.Pairs[i]
}

// Active tells whether the mentor had a registered pair on a day: the one with the code, or any if
// code is "".
func (m *Mentor) Active(code string, on course.Date) bool {
	return slices.ContainsFunc(m.Pairs, func(p crossing.Pair) bool {
		return (code == "" || p.Code == code) && p.Active(day(on))
	})
}

// Agreed tells whether the mentor had agreed to the scheme's terms on a day.
func (m *Mentor) Agreed(on course.Date) bool {
	return m.Standing != nil && m.Standing.Agreed != "" && m.Standing.Agreed <= day(on)
}

// Planned tells whether there is a plan for mentoring. It may be newer than the training.
func (m *Mentor) Planned() bool { return m.Standing != nil && m.Standing.Plan != "" }

// Suspended tells whether the mentor was suspended from the register on a day.
func (m *Mentor) Suspended(on course.Date) bool {
	return m.Standing != nil && during(m.Standing.Suspended, on)
}

// Away tells whether the mentor had said that they would be away on a day.
func (m *Mentor) Away(on course.Date) bool {
	return m.Standing != nil && during(m.Standing.Away, on)
}

func during(periods []crossing.Period, on course.Date) bool {
	return slices.ContainsFunc(periods, func(p crossing.Period) bool { return p.Has(day(on)) })
}

// Left is the last day on the register; zero if there is none.
func (m *Mentor) Left() (on course.Date) {
	if m.Standing == nil || on.UnmarshalText([]byte(m.Standing.Left)) != nil {
		return course.Date{}
	}
	return on
}

// oldest is the earliest day of the parts that are kept for a time only: sessions, ended pairs, and
// the last day on the register; "" if there is none.
func (m *Mentor) oldest() crossing.Day {
	var days []crossing.Day
	for _, s := range m.Sessions {
		days = append(days, sessionDay(s))
	}
	for _, p := range m.Pairs {
		days = append(days, p.Ended)
	}
	if m.Standing != nil {
		days = append(days, m.Standing.Left)
	}
	days = slices.DeleteFunc(days, func(d crossing.Day) bool { return d == "" })
	if len(days) == 0 {
		return ""
	}
	return slices.Min(days)
}

func sessionDay(s crossing.Session) crossing.Day { return crossing.DayOf(s.Start, course.London) }

// forget removes what is older than a day, and tells whether nothing is left.
func (m *Mentor) forget(before crossing.Day) (empty bool) {
	m.Sessions = slices.DeleteFunc(m.Sessions, func(s crossing.Session) bool { return sessionDay(s) < before })
	m.Pairs = slices.DeleteFunc(m.Pairs, func(p crossing.Pair) bool { return p.Ended != "" && p.Ended < before })
	if m.Standing != nil && m.Standing.Left != "" && m.Standing.Left < before {
		m.Standing, m.Sampled = nil, nil
	}
	return len(m.Sessions)+len(m.Pairs) == 0 && m.Standing == nil
}

// Stories are the office's stories of this package.
func (d *Desk) Stories() []office.Story { return []office.Story{mentors{d}, counts{d}} }

type mentors struct{ *Desk }

func (mentors) Kind() record.Kind { return KindMentor }

func (mentors) Post() record.Story { return nil }

// Sweep removes what has been kept long enough, and the record when nothing is left.
func (s mentors) Sweep(ctx context.Context) (total int, err error) {
	today := course.DateOf(s.Now())
	before := day(course.Date{Year: today.Year - s.Years - 1, Month: today.Month, Day: min(today.Day, 28)})
	for r, err := range record.Merge(ctx, s.Store, []string{mentorShelf}, record.Range{Kind: KindMentor}) {
		var oldest crossing.Day
		if err != nil {
			return total, err
		}
		if json.Unmarshal(r.Brief, &oldest) != nil || oldest == "" || before <= oldest {
			continue
		}
		gone := false
		m, err := s.mentors().Amend(ctx, r.ID, func(m *Mentor) error {
			if gone = m.forget(before); gone {
				return record.ErrUnchanged
			}
			return nil
		})
		if err == nil && gone && m.Version() > 0 {
			if err = s.mentors().Delete(ctx, r.ID, m); err == nil {
				total++
			}
		}
		if err != nil && !errors.Is(err, record.ErrConflict) && !errors.Is(err, record.ErrNotFound) { // next time
			return total, err
		}
	}
	return total, nil
}

func (s mentors) get(ctx context.Context, id string) (*Mentor, error) {
	m, err := s.mentors().Get(ctx, id)
	if err == nil && m.Version() == 0 {
		err = record.ErrNotFound
	}
	return m, err
}

func (s mentors) About(_ context.Context, r record.Record, numbers []form.Registration, email string) (*office.Own, error) {
	m, err := s.mentors().Read(r)
	if err != nil {
		return nil, err
	}
	number := slices.ContainsFunc(numbers, func(n form.Registration) bool { return !n.None() && n.Key() == m.Who.Number })
	if !number && !strings.EqualFold(m.Who.Email, cmp.Or(email, "-")) {
		return nil, nil
	}
	return &office.Own{ID: r.ID, Kind: KindMentor, Data: m}, nil
}

func (s mentors) GiveOut(ctx context.Context, id string) (*office.Own, error) {
	m, err := s.mentors().Amend(ctx, id, func(m *Mentor) error {
		if m.Version() == 0 {
			return record.ErrNotFound
		}
		m.Given = append(m.Given, s.Now().UTC().Truncate(time.Millisecond))
		return nil
	})
	return &office.Own{ID: id, Kind: KindMentor, Data: m}, err
}

func (s mentors) Erase(ctx context.Context, id string) error {
	m, err := s.get(ctx, id)
	if err == nil {
		err = s.mentors().Delete(ctx, id, m)
	}
	if errors.Is(err, record.ErrNotFound) {
		return nil
	}
	return err
}

// Check checks each stored message. A change behind the program's back shows in the record's seal,
// if the hub has a key for seals.
func (s mentors) Check(r record.Record, _ *record.Head) (*record.Head, string) {
	m := &Mentor{ID: r.ID}
	if s.mentors().Decode(r, m) != nil || mentorID(m.Reference) != r.ID {
		return nil, "it cannot be read"
	}
	var all []crossing.Message
	if m.Standing != nil {
		all = append(all, *m.Standing)
	}
	if m.Sampled != nil {
		all = append(all, *m.Sampled)
	}
	for _, p := range m.Pairs {
		all = append(all, p)
	}
	for _, x := range m.Sessions {
		all = append(all, x)
	}
	keys := map[string]bool{}
	for _, one := range all {
		if one.Check() != nil || keys[one.Key()] {
			return nil, "there is what mentoring never said"
		}
		keys[one.Key()] = true
	}
	return nil, ""
}

// counts belong to nobody, and are kept.
type counts struct{ *Desk }

func (counts) Kind() record.Kind { return KindCounts }

func (counts) Post() record.Story { return nil }

func (counts) Sweep(context.Context) (int, error) { return 0, nil }

func (counts) About(context.Context, record.Record, []form.Registration, string) (*office.Own, error) {
	return nil, nil
}

func (counts) GiveOut(context.Context, string) (*office.Own, error) { return nil, record.ErrNotFound }

func (counts) Erase(context.Context, string) error { return nil }

func (s counts) Check(r record.Record, _ *record.Head) (*record.Head, string) {
	c := &Counted{ID: r.ID}
	if s.counts().Decode(r, c) != nil || c.Counts.Check() != nil {
		return nil, "there is what mentoring never said"
	}
	return nil, ""
}
