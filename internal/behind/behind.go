// Package behind puts together the stories that stand behind the wall (package wall), for one
// machine and for AWS alike. A new story behind the wall joins here.
package behind

import (
	"traininghub/internal/crossing"
	"traininghub/internal/intake"
	"traininghub/internal/mentoring"
	"traininghub/internal/register"
	"traininghub/internal/wall"
)

// Stories are what stands behind the wall.
type Stories struct {
	*wall.Desk
	Requests *mentoring.Desk
	Mentors  *register.Desk
}

// Open is the wall on the store of drafts, with all its stories. What crosses to the hub's own store
// goes out by the gate; without one it stays owed.
func Open(drafts *intake.Desk, out crossing.Gate) *Stories {
	w := wall.New(drafts)
	s := &Stories{Desk: w, Requests: &mentoring.Desk{Desk: w}, Mentors: register.New(w, out)}
	w.Office.Applications.Take = s.Requests.Take
	w.Join(s.Requests, &mentoring.Leaders{Desk: s.Requests}, s.Requests.Tallies())
	return s
}
