package register

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"traininghub/internal/record"
)

// Pool is all mentors of a service who are not gone, by their ids. [Mentor.Bar] and [Mentor.Free]
// say whether one can be proposed.
func (d *Desk) Pool(ctx context.Context, service string) (all []*Mentor, err error) {
	for rec, err := range record.Merge(ctx, d.Wall.Store, []string{shelf}, record.Range{Kind: Kind}) {
		if err != nil {
			return nil, fmt.Errorf("reading the register: %w", err)
		}
		m, err := d.Get(ctx, rec.ID)
		if errors.Is(err, record.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading the register: %w", err)
		}
		if slices.Contains(m.Services, service) {
			all = append(all, m)
		}
	}
	slices.SortFunc(all, func(a, b *Mentor) int { return strings.Compare(a.ID, b.ID) })
	return all, nil
}
