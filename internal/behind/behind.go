// Package behind puts together the stories that stand behind the wall (package wall), for one
// machine and for AWS alike. A new story behind the wall joins here.
package behind

import (
	"context"

	"traininghub/internal/crossing"
	"traininghub/internal/intake"
	"traininghub/internal/mentoring"
	"traininghub/internal/pair"
	"traininghub/internal/register"
	"traininghub/internal/wall"
)

// Stories are what stands behind the wall.
type Stories struct {
	*wall.Desk
	Requests *mentoring.Desk
	Mentors  *register.Desk
	Pairs    *pair.Desk
}

// Open is the wall on the store of drafts, with all its stories. What crosses to the hub's own
// store goes out by the gate; without one it stays owed.
func Open(drafts *intake.Desk, out crossing.Gate) *Stories {
	w := wall.New(drafts)
	s := &Stories{Desk: w, Requests: &mentoring.Desk{Desk: w}, Mentors: register.New(w, out)}
	w.Office.Applications.Take = s.Requests.Take
	w.Office.Applications.Waiting = append(w.Office.Applications.Waiting, s.Requests.Waiting())
	s.Requests.Named = s.named
	w.Join(s.Requests, &mentoring.Leaders{Desk: s.Requests}, s.Requests.Tallies())
	s.Pairs = &pair.Desk{Desk: s.Requests, Register: s.Mentors, Gate: out}
	s.Requests.Release, s.Requests.Excluded, s.Mentors.Declared = s.Pairs.Release, s.Pairs.Excluded, s.Pairs.Declared
	w.Join(s.Pairs.Stories()...)
	return s
}

// named are the mentors whose name may be meant by what somebody typed.
func (s *Stories) named(ctx context.Context, typed string) (all []mentoring.Match, err error) {
	lines, err := s.Mentors.Named(ctx, func(name string) bool { return mentoring.Alike(typed, name) })
	for _, l := range lines {
		all = append(all, mentoring.Match{ID: l.ID, Name: l.Name})
	}
	return all, err
}
