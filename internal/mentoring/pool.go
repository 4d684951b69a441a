package mentoring

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"traininghub/internal/record"
	"traininghub/internal/service"
	"traininghub/internal/staff"
)

// Pool is all requests of a service of which something can still come, in all areas, by their ids.
// Matching looks at all of them together; who asks for it shows nobody more than they may see.
func (d *Desk) Pool(ctx context.Context, s *service.Service) ([]*Request, error) {
	return d.read(ctx, s, true)
}

// Every is all requests of a service, also those that are over, by their ids.
func (d *Desk) Every(ctx context.Context, s *service.Service) ([]*Request, error) {
	return d.read(ctx, s, true, false)
}

func (d *Desk) read(ctx context.Context, s *service.Service, open ...bool) (all []*Request, err error) {
	var shelves []string
	for _, o := range open {
		shelves = append(shelves, shelf(s.ID, o))
	}
	for rec, err := range record.Merge(ctx, d.Store, shelves, record.Range{Kind: KindRequest}) {
		if err != nil {
			return nil, fmt.Errorf("reading the pool: %w", err)
		}
		r, err := d.Requests().Get(ctx, rec.ID)
		if errors.Is(err, record.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading the pool: %w", err)
		}
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b *Request) int { return strings.Compare(a.ID, b.ID) })
	return all, nil
}

// HiddenFrom tells whether a request is hidden from somebody of the staff: to them it is as if it
// did not exist.
func (d *Desk) HiddenFrom(r *Request, email string) bool {
	return slices.Contains(d.hidden(r), strings.ToLower(email))
}

// Hides tells whether somebody of the staff must see nothing of the request with the id, so that
// what others keep for it, such as a mentor's place, is left out of what they see. One that is gone
// hides nothing.
func (d *Desk) Hides(ctx context.Context, p *staff.Person, id string) (bool, error) {
	r, err := d.Requests().Get(ctx, id)
	if errors.Is(err, record.ErrNotFound) {
		return false, nil
	}
	return err == nil && d.HiddenFrom(r, p.Email), err
}
