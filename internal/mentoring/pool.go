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

// Pool is all open requests of a service, in all areas, by their ids. Matching looks at all of them
// together; whoever shows its result must show nobody more than they may see.
func (d *Desk) Pool(ctx context.Context, s *service.Service) ([]*Request, error) {
	return d.read(ctx, s, true)
}

// Every is all requests of a service, including those that are over, by their ids.
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

// HiddenFrom tells whether a request is hidden from somebody of the staff, as if it did not exist.
func (d *Desk) HiddenFrom(r *Request, email string) bool {
	return slices.Contains(d.hidden(r), strings.ToLower(email))
}

// Hides tells whether the request with the id is hidden from somebody of the staff. Then what other
// stories keep for it, such as a mentor's place, is hidden from them, too. A removed request hides
// nothing.
func (d *Desk) Hides(ctx context.Context, p *staff.Person, id string) (bool, error) {
	r, err := d.Requests().Get(ctx, id)
	if errors.Is(err, record.ErrNotFound) {
		return false, nil
	}
	return err == nil && d.HiddenFrom(r, p.Email), err
}
