package pair

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/crossing"
	"traininghub/internal/mentoring"
	"traininghub/internal/office"
	"traininghub/internal/record"
	"traininghub/internal/service"
)

// KindCounts is the kind of the records with a quarter's figures.
const KindCounts record.Kind = "mentoring counts"

// Counted are the figures of a service for a quarter. They go to the other store when the quarter
// is over, and are kept as they were then.
type Counted struct {
	record.Kept
	ID     string          `json:"id"`
	Counts crossing.Counts `json:"counts"`
	Mail   record.Outbox   `json:"mail,omitempty"`
}

const crossCounts = "crossing counts"

func (d *Desk) counted() *record.Keeper[*Counted] {
	return &record.Keeper[*Counted]{
		Store: d.Store, Kind: KindCounts, New: func(id string) *Counted { return &Counted{ID: id} },
		Entry: func(c *Counted) (record.Record, error) {
			return record.Record{ID: c.ID, Status: "counts", Course: c.Counts.Service, Due: c.Mail.Due()}, nil
		},
	}
}

// countStory is the story of the figures.
type countStory struct {
	office.Story
	d *Desk
}

func (s countStory) Post() record.Story {
	return &record.Letters[*Counted]{
		Keeper: s.d.counted(), Now: s.d.Now, From: s.d.MailFrom, Outbox: func(c *Counted) *record.Outbox { return &c.Mail },
		Pass: func(ctx context.Context, c *Counted, _ record.Letter) (bool, error) {
			if s.d.Gate == nil {
				return false, errNoGate
			}
			return true, s.d.Gate.Put(ctx, c.Counts)
		},
	}
}

// Sweep counts the last quarter, once.
func (s countStory) Sweep(ctx context.Context) (total int, err error) {
	from, until := quarterBefore(course.DateOf(s.d.Now()))
	for _, of := range s.d.Services() {
		id := fmt.Sprintf("counts-%s-%s", of.ID, from.ISO())
		if _, err := s.d.counted().Get(ctx, id); err == nil {
			continue
		} else if !errors.Is(err, record.ErrNotFound) {
			return total, err
		}
		c := &Counted{ID: id}
		if c.Counts, err = s.d.count(ctx, of, from, until); err != nil {
			return total, err
		}
		c.Mail.Owe(crossCounts, crossCounts, s.d.Now())
		if err := s.d.counted().Create(ctx, c); err != nil && !errors.Is(err, record.ErrExists) {
			return total, err
		}
		total++
	}
	return total, nil
}

// quarterBefore is the quarter of the financial year before the one that a day is in.
func quarterBefore(day course.Date) (from, until course.Date) {
	first := course.Date{Year: day.Year, Month: (day.Month-1)/3*3 + 1, Day: 1}
	until = first.AddDays(-1)
	return course.Date{Year: until.Year, Month: until.Month - 2, Day: 1}, until
}

// count makes the figures of a service for a period. A figure below 5 people is 0.
func (d *Desk) count(ctx context.Context, s *service.Service, from, until course.Date) (crossing.Counts, error) {
	c := crossing.Counts{Service: s.ID, From: crossing.Day(from.ISO()), Until: crossing.Day(until.ISO()), Version: 1}
	within := func(at time.Time) bool {
		return !at.IsZero() && !course.DateOf(at).Before(from) && !until.Before(course.DateOf(at))
	}
	requests, err := d.Every(ctx, s)
	if err != nil {
		return c, err
	}
	received := map[string]time.Time{}
	for _, r := range requests {
		received[r.ID] = r.Last(mentoring.EventReceived)
		if within(received[r.ID]) {
			c.Asked++
		}
		if state, _ := r.State(); state.Open() && state != mentoring.Paired && !until.Before(course.DateOf(received[r.ID])) &&
			r.Cohort != "" && s.Mentoring.Tier(r.Cohort) == 1 {
			c.FellowsWaiting++
		}
		if state, since := r.State(); state == mentoring.Waiting && !until.Before(course.DateOf(since)) {
			c.NoMentor++
		}
	}
	var waits []int
	for _, live := range []bool{true, false} {
		pairs, err := d.list(ctx, s.ID, live, nil)
		if err != nil {
			return c, err
		}
		for _, p := range pairs {
			if within(p.Registered) {
				c.Placed++
				if at := received[p.Request]; !at.IsZero() {
					waits = append(waits, int(p.Registered.Sub(at).Hours()/24))
				}
			}
			there := !p.Registered.IsZero() && !until.Before(course.DateOf(p.Registered)) && (p.Ended.IsZero() || until.Before(course.DateOf(p.Ended)))
			if there && p.Cohort != "" && s.Mentoring.Tier(p.Cohort) == 1 {
				c.Fellows++
				if p.seen(until) {
					c.FellowsSeen++
				}
			}
		}
	}
	for _, n := range []*int{&c.Asked, &c.NoMentor, &c.Placed, &c.Fellows, &c.FellowsWaiting} {
		if *n < crossing.Least {
			*n = 0
		}
	}
	if left := c.Fellows - c.FellowsSeen; c.FellowsSeen < crossing.Least || left != 0 && left < crossing.Least {
		c.FellowsSeen = 0
	}
	if slices.Sort(waits); len(waits) >= crossing.Least && c.Placed > 0 {
		c.MedianWait = waits[len(waits)/2]
	}
	return c, nil
}

// seen tells whether the two had sessions of an hour or more in the four weeks up to a day.
func (p *Pair) seen(until course.Date) bool {
	minutes := 0
	for _, s := range p.Sessions {
		if day := course.DateOf(s.Start); s.Outcome == Held && until.AddDays(-28).Before(day) && !until.Before(day) {
			minutes += s.Minutes
		}
	}
	return minutes >= 60
}
