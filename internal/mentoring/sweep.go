package mentoring

import (
	"context"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/record"
	"traininghub/internal/service"
)

// Sweep makes the changes that are due by time alone, and removes requests whose time is over.
func (d *Desk) Sweep(ctx context.Context) (total int, err error) {
	if err := d.passTime(ctx); err != nil {
		return 0, err
	}
	for {
		n, err := d.Store.Expire(ctx, []record.Kind{KindRequest}, d.Now(), 100)
		if total += n; n == 0 || err != nil {
			return total, err
		}
	}
}

// late tells whether nobody has called in the promised time.
func (d *Desk) late(r *Request, s *service.Service) bool {
	state, since := r.State()
	return state == Received && d.Now().After(course.AddWorkingDays(since, s.Mentoring.Promises.Call))
}

// CallBy is the last day of the promise of a call.
func CallBy(s *service.Service, received time.Time) course.Date {
	return course.DateOf(course.AddWorkingDays(received, s.Mentoring.Promises.Call))
}
