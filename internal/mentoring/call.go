package mentoring

import (
	"context"
	"errors"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/service"
	"traininghub/internal/staff"
)

// ErrTime: the time makes no sense. A call to arrange is in the past, or a call began after it
// ended or before there was a request.
var ErrTime = errors.New("mentoring: that time cannot be meant")

// How far ahead a call can be arranged, and how long it can last.
const (
	longestAhead = 60 * 24 * time.Hour
	longestCall  = 4 * time.Hour
)

// Arrange notes the time of an arranged call.
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

// Tried notes a call that nobody answered. After as many as the service promises, on different days
// and within its time, a kind letter goes, and the request waits for the mentee.
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

// Tried is the number of days on which a call was not answered, within the time in which that
// counts and since the last letter about it. Several calls on one day count once.
func (r *Request) Tried(s *service.Service, now time.Time) int {
	after, days := r.Last(EventNoAnswer), map[course.Date]bool{}
	for _, c := range r.Calls {
		if c.Missed && c.At.After(after) && course.WorkingDays(c.At, now) <= s.Mentoring.Promises.Within {
			days[course.DateOf(c.At)] = true
		}
	}
	return len(days)
}

// Talk notes when the half hour began and ended. What was said is recorded nowhere.
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

// NextCall is the next arranged call; zero if there is none.
func (r *Request) NextCall(now time.Time) time.Time {
	if state, _ := r.State(); state != Called || len(r.Calls) == 0 {
		return time.Time{}
	}
	if last := r.Calls[len(r.Calls)-1]; !last.Missed && !last.Reached && last.At.After(now.Add(-time.Hour)) {
		return last.At
	}
	return time.Time{}
}

// A Promise is something promised to the mentee, and whether it was kept.
type Promise struct {
	By   course.Date // the last day
	Kept bool        // it was done in time
	Done bool        // it was done
	Late bool        // it was not done in time
}

// CallPromise is the promise that somebody calls.
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
	default: // withdrawn or signposted before a call
		p.Late = p.By.Before(course.DateOf(since))
	}
	return p
}

// MentorPromise is the day on which a request goes on the waiting list: mentees are promised to be
// told if looking for a mentor takes long. It is zero while no mentor is sought.
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

// onTime makes the changes that are due by time alone, and tells whether there were any.
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
