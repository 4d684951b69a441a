package decide

import (
	"context"
	"fmt"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/record"
)

// Places says how many places a cohort has and how many are taken.
type Places struct {
	Cohort course.Cohort
	Taken  int // by applicants who were accepted
}

// Full reports whether the cohort has no place left. The lead may still accept one more.
func (p Places) Full() bool { return p.Cohort.Places > 0 && p.Taken >= p.Cohort.Places }

// String returns "3 of 12 places left", "no place left of 12" or "4 accepted, no limit set".
func (p Places) String() string {
	switch left := p.Cohort.Places - p.Taken; {
	case p.Cohort.Places == 0:
		return fmt.Sprintf("%d accepted, no limit set", p.Taken)
	case left < 0:
		return fmt.Sprintf("no place left of %d, and %d more accepted", p.Cohort.Places, -left)
	case left == 0:
		return fmt.Sprintf("no place left of %d", p.Cohort.Places)
	default:
		return fmt.Sprintf("%d of %d places left", left, p.Cohort.Places)
	}
}

// Places returns the places of the course's cohorts, in their order. Like lists, they may be about
// a second out of date.
func (d *Desk) Places(ctx context.Context, courseID string) ([]Places, error) {
	c := d.Programme.Course(courseID)
	if c == nil {
		return nil, nil
	}
	all := make([]Places, len(c.Cohorts))
	for i, k := range c.Cohorts {
		var err error
		if all[i], err = d.placesIn(ctx, c, k); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// PlacesIn returns the places of one cohort of the course; nil if there is no such cohort at
// present.
func (d *Desk) PlacesIn(ctx context.Context, courseID, cohort string) (*Places, error) {
	c, k := d.Cohort(courseID, cohort)
	if k == nil {
		return nil, nil
	}
	p, err := d.placesIn(ctx, c, *k)
	return &p, err
}

func (d *Desk) placesIn(ctx context.Context, c *course.Course, k course.Cohort) (Places, error) {
	p := Places{Cohort: k}
	for _, is := range application.States {
		if is.Status != application.Accepted {
			continue
		}
		for _, shelf := range d.Shelves([]string{application.ShelfOf(c.ID, is.Name)}) {
			n, err := d.Store.Count(ctx, record.Range{Kind: record.Application, Shelf: shelf,
				Part: application.Joined{Year: c.Year, Named: k.Name}.Part()})
			if err != nil {
				return p, fmt.Errorf("counting places: %w", err)
			}
			p.Taken += n
		}
	}
	return p, nil
}
