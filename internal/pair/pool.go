package pair

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/match"
	"traininghub/internal/mentoring"
	"traininghub/internal/record"
	"traininghub/internal/register"
	"traininghub/internal/service"
)

// A pool is everything that matching looks at, as one lead may see it.
type pool struct {
	service  *service.Service
	requests []*mentoring.Request // that need a mentor
	mentors  []*register.Mentor
	has      map[string]int    // by mentor: the people whom this lead may know about
	over     map[string]string // by a mentee's professional number: their mentor's id
	number   func(mentor string) string
}

// pool reads everything that matching looks at. It leaves out whatever is hidden from the lead with
// the address: of the requests, the figures and the places.
func (d *Desk) pool(ctx context.Context, s *service.Service, email string) (*pool, error) {
	p := &pool{service: s, has: map[string]int{}, over: map[string]string{}}
	requests, err := d.Pool(ctx, s)
	if err != nil {
		return nil, err
	}
	hidden := map[string]bool{}
	for _, r := range requests {
		if d.HiddenFrom(r, email) {
			hidden[r.ID] = true
			continue
		}
		if state, _ := r.State(); state == mentoring.Seeking || state == mentoring.Waiting {
			p.requests = append(p.requests, r)
		}
	}
	if p.mentors, err = d.Register.Pool(ctx, s.ID); err != nil {
		return nil, err
	}
	number := map[string]string{}
	for _, m := range p.mentors {
		number[m.ID] = bare(m.Person.Number)
		for _, place := range m.Places {
			if !hidden[place.Request] {
				p.has[m.ID]++
			}
		}
	}
	p.number = func(mentor string) string { return number[mentor] }
	return p, d.readOver(ctx, p)
}

// one is the pool of one request and one mentor.
func (d *Desk) one(ctx context.Context, s *service.Service, r *mentoring.Request, m *register.Mentor, email string) (*pool, error) {
	p := &pool{service: s, requests: []*mentoring.Request{r}, mentors: []*register.Mentor{m}, has: map[string]int{}, over: map[string]string{}}
	for _, place := range m.Places {
		other, err := d.Requests().Get(ctx, place.Request)
		if err != nil && !errors.Is(err, record.ErrNotFound) {
			return nil, err
		}
		if err != nil || !d.HiddenFrom(other, email) {
			p.has[m.ID]++
		}
	}
	p.number = func(mentor string) string {
		if m, err := d.mentor(ctx, mentor); err == nil && m != nil {
			return bare(m.Person.Number)
		}
		return ""
	}
	return p, d.readOver(ctx, p)
}

// readOver notes each mentee's present mentor.
func (d *Desk) readOver(ctx context.Context, p *pool) error {
	for rec, err := range record.Merge(ctx, d.Store, []string{shelf(p.service.ID, true)}, record.Range{Kind: Kind}) {
		if err != nil {
			return fmt.Errorf("reading pairs: %w", err)
		}
		var b Brief
		if err := json.Unmarshal(rec.Brief, &b); err != nil {
			return fmt.Errorf("reading pairs: the brief of %s is broken", rec.ID)
		}
		if rec.Number != "" {
			p.over[bare(rec.Number)] = b.Mentor
		}
	}
	return nil
}

// ringMost is the longest ring of people mentoring each other that is searched for.
const ringMost = 3

// ring tells whether the mentee mentors the mentor, directly or through others.
func (p *pool) ring(mentee, mentor string) bool {
	for range ringMost {
		if mentee == "" || mentor == "" {
			return false
		}
		over, has := p.over[mentor]
		if !has {
			return false
		}
		if mentor = p.number(over); mentor == mentee {
			return true
		}
	}
	return false
}

// bare is a professional number without its register. Numbers from the other store are written "gmc
// 7654321", and numbers typed here "7654321". Numbers of two registers are never alike.
func bare(number string) string { return number[strings.LastIndexAny(number, " :")+1:] }

// conflict tells whether the two must never be a pair: one excludes the other, they share a
// practice, had an earlier pair, are the same person or mentor each other, or the mentor leads the
// area.
func (p *pool) conflict(r *mentoring.Request, m *register.Mentor) bool {
	same := func(a, b string) bool { return a != "" && strings.EqualFold(a, b) }
	mentee, mentor := bare(r.Contact.Number.Key()), bare(m.Person.Number)
	switch area := p.service.Area(r.Area); {
	case slices.Contains(r.Had, m.ID),
		same(mentee, mentor), same(r.Contact.Email, m.Person.Email),
		area != nil && same(area.Lead.Email, m.Person.Email),
		area != nil && area.Deputy != nil && same(area.Deputy.Email, m.Person.Email),
		p.ring(mentee, mentor):
		return true
	}
	for _, e := range r.Exclusions {
		if e.Mentor == m.ID || same(e.Staff, m.Person.Email) {
			return true
		}
		if !e.Settled && e.Mentor == "" && e.Staff == "" && mentoring.Alike(e.Name, m.Person.Name) {
			return true // until somebody says whom the name means
		}
	}
	practices := m.Practices()
	if slices.ContainsFunc(r.Practices(), func(code string) bool { return slices.Contains(practices, code) }) {
		return true
	}
	if m.Interests == nil || r.Contact.Name == "" {
		return false
	}
	name := form.Fold(r.Contact.Name)
	for _, said := range m.Interests.Answers {
		if strings.Contains(form.Fold(said), name) {
			return true
		}
	}
	return false
}

// asks are the requests as matching sees them. Ids with a label are replaced by the label, since
// people read the reasons.
func (p *pool) asks(requests []*mentoring.Request, now time.Time) (all []match.Ask) {
	m := p.service.Mentoring
	for _, r := range requests {
		a := match.Ask{
			ID: r.ID, Tier: m.Tier(r.Cohort), Waited: waited(r, now), Role: r.Role, Cohort: r.Cohort, Area: r.Area, Practices: r.Practices(),
		}
		if r.First {
			a.Tier = 1
		}
		if f := r.Proforma; f != nil {
			a.Focus, a.Ways, a.Times = labels(m.Focus, f.Focus), f.Meet, labels(m.Times, f.Times)
			a.MaxTravel = f.MaxTravel
			for _, w := range f.Wishes {
				a.Wishes = append(a.Wishes, match.Wish{What: label(m.Experience, w.Experience), Must: w.Must})
			}
		}
		for _, mentor := range p.mentors {
			if p.conflict(r, mentor) {
				a.Never = append(a.Never, mentor.ID)
			}
		}
		all = append(all, a)
	}
	return all
}

// waited is the number of working days that somebody has waited.
func waited(r *mentoring.Request, now time.Time) int {
	return course.WorkingDays(r.Last(mentoring.EventReceived), now)
}

// offers are the mentors as matching sees them. A full mentor is full for everybody. Otherwise only
// people whom this lead may know about are counted.
func (p *pool) offers(now time.Time) (all []match.Mentor) {
	m := p.service.Mentoring
	for _, one := range p.mentors {
		o := match.Mentor{
			ID: one.ID, Away: one.Bar(now) != "", Most: one.Most(), Has: p.has[one.ID],
			Roles: one.Chosen(register.AskRoles), Cohorts: one.Chosen(register.AskCohorts), Areas: one.Chosen(register.AskAreas),
			Focus: labels(m.Focus, one.Chosen(register.AskFocus)), Ways: one.Chosen(register.AskMeet),
			Times: labels(m.Times, one.Chosen(register.AskTimes)), Offers: labels(m.Experience, one.Chosen(register.AskExperience)),
			Practices: one.Practices(),
		}
		if one.Free(now) == 0 {
			o.Has = max(o.Has, o.Most)
		}
		all = append(all, o)
	}
	return all
}

// costs are the costs in the service's file. Leaving somebody without a mentor costs more than any
// chain of pairs can, and in each tier more than in all later tiers.
func (p *pool) costs() match.Costs {
	m := p.service.Mentoring
	c := match.Costs{
		Focus: wide(m.Costs.Focus), Places: wide(m.Costs.Places), NoTime: int64(m.Costs.Time), Wish: int64(m.Costs.Wish),
		Area: int64(m.Costs.Area), Day: int64(m.Costs.Day), Travel: map[[2]string]int64{},
	}
	for _, t := range m.Travel {
		if len(t.Between) == 2 {
			c.Travel[[2]string{t.Between[0], t.Between[1]}] = int64(t.Minutes)
		}
	}
	tiers := 1
	for _, one := range m.Cohorts {
		tiers = max(tiers, min(one.Tier, mostTiers))
	}
	for n := tiers; n > 0; n-- {
		c.Without = append(c.Without, leastWithout*int64(math.Pow(tierFactor, float64(n-1))))
	}
	return c
}

// The cost of leaving somebody of the last tier without a mentor, and the factor for each tier
// before.
const (
	leastWithout = 10_000_000
	tierFactor   = 1000
	mostTiers    = 4
)

func wide(all []int) (out []int64) {
	for _, n := range all {
		out = append(out, int64(n))
	}
	return out
}

func label(choices []service.Choice, id string) string {
	for _, c := range choices {
		if c.ID == id {
			return c.Label
		}
	}
	return id
}

func labels(choices []service.Choice, ids []string) (all []string) {
	for _, id := range ids {
		all = append(all, label(choices, id))
	}
	return all
}
