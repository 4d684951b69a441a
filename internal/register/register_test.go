package register_test

import (
	"testing"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/register"
	"traininghub/internal/register/registertest"
)

var monday = time.Date(2021, 10, 18, 10, 0, 0, 0, course.London)

// TestMentor: somebody whose application was accepted writes a profile, is approved by a lead, and
// can be proposed.
func TestMentor(t *testing.T) {
	h := registertest.New(t, monday, nil)
	m := h.Accepted(t, registertest.Ada)
	if m.State() != register.Draft || m.Person.Name != "Ada Okafor" || m.Person.Sessions.Each != "4.5" || m.StayUntil != "2022-10-18" {
		t.Fatalf("accepted, she is %s: %+v", m.State(), m.Person)
	}
	mailed, _ := h.Deliver(t)
	if len(mailed) != 1 || mailed[0].To != "Ada@example.org" {
		t.Fatalf("she is told by %+v", mailed)
	}
	h.Listed(t, m.ID)
	m, err := h.Get(t.Context(), m.ID)
	if err != nil || m.State() != register.Listed || m.Bar(h.Now()) != "" || m.Free(h.Now()) != 2 {
		t.Fatalf("listed, she is %s, %q, %v", m.State(), m.Bar(h.Now()), err)
	}
}
