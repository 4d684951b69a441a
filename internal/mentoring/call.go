package mentoring

import (
	"context"
	"errors"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/service"
	"traininghub/internal/staff"
)

// ErrTime: nobody can mean that time: a call in the past that is still to come, one that began
// after it ended, one before there was a request.
var ErrTime = errors.New("mentoring: that time cannot be meant")

// The longest time ahead for which a call is arranged, and the longest call.
const (
	longestAhead = 60 * 24 * time.Hour
	longestCall  = 4 * time.Hour
)

// Arrange notes for when a call is arranged.
func (d *Desk) Arrange(ctx context.Context, p *staff.Person, id string, at time.Time) (*Request, error) {
	now := d.Now()
	if at.Before(now.Add(-time.Hour)) || at.After(now.Add(longestAhead)) {
		return nil, ErrTime
	}
	return d.Change(ctx, p, id, func(r *Request, by string) error {
		if err := r.Move(now, EventCall, by, p.Email, ""); err != nil {
			return err
		}
		r.Calls = append(r.Calls, Call{At: at.UTC(), By: p.Email})
		return nil
	})
}

// Tried notes a call that nobody answered. When there were as many as the service promises, on
// different days and within its time, a kind letter goes, and the request waits for who asked.
func (d *Desk) Tried(ctx context.Context, p *staff.Person, id string, at time.Time) (*Request, error) {
	now := d.Now()
	return d.Change(ctx, p, id, func(r *Request, by string) error {
		s := d.Service(r.Service)
		switch {
		case s == nil:
			return ErrMove
		case at.After(now) || at.Before(r.received()):
			return ErrTime
		}
		if err := r.Move(now, EventTried, by, p.Email, ""); err != nil {
			return err
		}
		r.Calls = append(r.Calls, Call{At: at.UTC(), By: p.Email, Missed: true})
		if r.Tried(s, now) < s.Mentoring.Promises.Attempts {
			return nil
		}
		r.Letters.Owe(newID(LetterNoAnswer), LetterNoAnswer, now)
		return r.Move(now, EventNoAnswer, by, p.Email, "")
	})
}

// Tried is on how many days somebody called and nobody answered, within the time in which that
// counts, and since they were last written to about it. Several calls on a day are one try.
func (r *Request) Tried(s *service.Service, now time.Time) int {
	after, days := r.Last(EventNoAnswer), map[course.Date]bool{}
	for _, c := range r.Calls {
		if c.Missed && c.At.After(after) && course.WorkingDays(c.At, now) <= s.Mentoring.Promises.Within {
			days[course.DateOf(c.At)] = true
		}
	}
	return len(days)
}

// Talk notes when the half hour began and ended. What was said is nobody's record.
func (d *Desk) Talk(ctx context.Context, p *staff.Person, id string, began, ended time.Time) (*Request, error) {
	now := d.Now()
	return d.Change(ctx, p, id, func(r *Request, by string) error {
		if began.Before(r.received()) && r.Phone == nil || !began.Before(ended) || ended.After(now) ||
			ended.Sub(began) > longestCall {
			return ErrTime
		}
		if err := r.Move(now, EventTalked, by, p.Email, ""); err != nil {
			return err
		}
		r.Calls = append(r.Calls, Call{At: began.UTC(), Began: began.UTC(), Ended: ended.UTC(), Reached: true,
			By: p.Email})
		return nil
	})
}

// NextCall is the call that is still to come; zero if none is arranged.
func (r *Request) NextCall(now time.Time) time.Time {
	if state, _ := r.State(); state != Called || len(r.Calls) == 0 {
		return time.Time{}
	}
	if last := r.Calls[len(r.Calls)-1]; !last.Missed && !last.Reached && last.At.After(now.Add(-time.Hour)) {
		return last.At
	}
	return time.Time{}
}

// A Promise is what was promised to who asked, and what became of it.
type Promise struct {
	By   course.Date // the last day
	Kept bool        // it was done in time
	Done bool        // it was done
	Late bool        // it was not done in time
}

// CallPromise is that somebody calls.
func (r *Request) CallPromise(s *service.Service, now time.Time) Promise {
	p := Promise{By: CallBy(s, r.received())}
	for _, e := range r.Events {
		if e.What == EventCall || e.What == EventTried || e.What == EventTalked {
			p.Done, p.Kept = true, !p.By.Before(course.DateOf(e.At))
			break
		}
	}
	state, since := r.State()
	switch {
	case p.Done:
		p.Late = !p.Kept
	case state.Open():
		p.Late = p.By.Before(course.DateOf(now))
	default: // withdrawn before, or other help was named
		p.Late = p.By.Before(course.DateOf(since))
	}
	return p
}

// MentorPromise is that they are told if looking for a mentor takes long: the day on which they go
// on the waiting list. It is zero while nobody is looked for.
func (r *Request) MentorPromise(s *service.Service) course.Date {
	state, since := r.State()
	if state != Seeking && state != Waiting {
		return course.Date{}
	}
	if state == Waiting {
		since = r.Last(EventSeeking)
	}
	return course.DateOf(course.AddWorkingDays(since, s.Mentoring.Promises.Waiting))
}

// onTime does what time alone brings to a request, and tells whether there was something.
func (d *Desk) onTime(r *Request) bool {
	s := d.Service(r.Service)
	if s == nil {
		return false
	}
	now, promises := d.Now(), s.Mentoring.Promises
	state, since := r.State()
	switch {
	case state == NoAnswer && !now.Before(since.AddDate(0, 0, promises.Close)):
		return r.Move(now, EventUnanswered, ByHub, "", "") == nil
	case state == Seeking && course.WorkingDays(since, now) > promises.Waiting:
		r.Letters.Owe(newID(LetterWaitingList), LetterWaitingList, now)
		return r.Move(now, EventWaiting, ByHub, "", "") == nil
	}
	return false
}
