package mentoring

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"

	"traininghub/internal/course"
	"traininghub/internal/record"
	"traininghub/internal/service"
	"traininghub/internal/staff"
)

// ErrArea: the request cannot go to that area.
var ErrArea = errors.New("mentoring: the request cannot go to that area")

// MostExclusions is the most people that one request can exclude.
const MostExclusions = 20

// Exclude adds somebody, named by the mentee on the telephone, who must not handle the request or
// be the mentor. It takes effect with this write.
func (d *Desk) Exclude(ctx context.Context, p *staff.Person, id, name, practice string) (*Request, error) {
	r, err := d.Change(ctx, p, id, func(r *Request, by string) error {
		if len(r.Exclusions) >= MostExclusions {
			return ErrMove
		}
		if slices.ContainsFunc(r.Exclusions, func(e Exclusion) bool {
			return e.Name == name &&
				e.Practice == practice
		}) {
			return record.ErrUnchanged // pressed twice
		}
		r.Exclusions = append(r.Exclusions, Exclusion{
			ID: strings.ToLower(rand.Text()[:10]), Name: name, Practice: practice, By: p.Email,
		})
		r.Note(d.Now(), EventExcluded, by, p.Email, "")
		return nil
	})
	return d.excluded(ctx, r, err)
}

// excluded has package pair check a request after an exclusion was added or cleared.
func (d *Desk) excluded(ctx context.Context, r *Request, err error) (*Request, error) {
	if err == nil && d.Excluded != nil {
		err = d.Excluded(ctx, r)
	}
	return r, err
}

// Unclear are the exclusions of which nobody has said yet whom they mean.
func (r *Request) Unclear() (all []Exclusion) {
	for _, e := range r.Exclusions {
		if !e.Settled && e.Staff == "" && e.Mentor == "" {
			all = append(all, e)
		}
	}
	return all
}

// Colleagues are the leads and deputies of a service's areas, each once.
func Colleagues(s *service.Service) (all []course.Contact) {
	add := func(c *course.Contact) {
		if c != nil && !slices.ContainsFunc(all, func(o course.Contact) bool {
			return strings.EqualFold(o.Email,
				c.Email)
		}) {
			all = append(all, *c)
		}
	}
	for i := range s.Areas {
		add(&s.Areas[i].Lead)
		add(s.Areas[i].Deputy)
	}
	return all
}

// Settle says whom an exclusion means, after asking: one of the staff by their address, a mentor by
// their id, or nobody of the service if both are empty. Until then it keeps out everybody whom the
// name could mean.
func (d *Desk) Settle(ctx context.Context, p *staff.Person, id, exclusion, email, mentor string) (*Request, error) {
	r, err := d.Change(ctx, p, id, func(r *Request, by string) error {
		i := slices.IndexFunc(r.Exclusions, func(e Exclusion) bool { return e.ID == exclusion })
		s := d.Service(r.Service)
		if i < 0 || s == nil {
			return ErrNoRequest
		}
		known := slices.ContainsFunc(Colleagues(s), func(c course.Contact) bool {
			return strings.EqualFold(c.Email,
				email)
		})
		if email != "" && !known || email != "" && mentor != "" {
			return ErrNoRequest
		}
		e := &r.Exclusions[i]
		e.Staff, e.Mentor, e.Settled = strings.ToLower(email), mentor, true
		r.Note(d.Now(), EventSettled, by, p.Email, e.ID)
		return nil
	})
	return d.excluded(ctx, r, err)
}

// GiveTo moves a request to another area, whose lead is told. Whoever gave it away no longer sees
// it, unless they see to that area, too.
func (d *Desk) GiveTo(ctx context.Context, p *staff.Person, id, area string) (*Request, error) {
	return d.Change(ctx, p, id, func(r *Request, by string) error {
		s := d.Service(r.Service)
		state, _ := r.State()
		switch {
		case s == nil || s.Area(area) == nil || area == r.Area:
			return ErrArea
		case !writable(state):
			return ErrMove
		}
		if role := s.Mentoring.Role(r.Role); role != nil && !role.Takes(area) {
			return ErrArea
		}
		now := d.Now()
		r.Area = area
		r.Note(now, EventMoved, by, p.Email, area)
		r.Letters.Owe(newID(LetterToLead), LetterToLead, now)
		return nil
	})
}
