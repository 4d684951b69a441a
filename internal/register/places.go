package register

import (
	"errors"
	"slices"
	"time"
)

// MostPeople is the largest number of people that a mentor can take.
const MostPeople = 12

// A Place is one of the people whom a mentor takes: held while both are asked, then active.
type Place struct {
	Request string    `json:"request"`        // the id of a request in the store of mentoring
	Since   time.Time `json:"since"`          // UTC
	Until   time.Time `json:"until,omitzero"` // held until then, UTC; zero once it is active
}

// Active tells whether it is taken for good, and not only held.
func (p Place) Active() bool { return p.Until.IsZero() }

// Why a place cannot be held or taken.
var (
	ErrFull     = errors.New("register: the mentor has no free place")
	ErrExpired  = errors.New("register: the place is not held any more")
	ErrProposed = errors.New("register: the mentor cannot be proposed now")
	ErrActive   = errors.New("register: the place is taken for this request already")
)

// Places are held, taken and given back by these functions alone. They change the document that
// they are called on and nothing else, so a caller writes it together with request and pair, by
// [record.Store.UpdateAll].

// Hold keeps a place for a request until an instant. Held anew, it is held until the new instant.
// It returns ErrProposed if the mentor cannot be proposed now, ErrFull if no place is free,
// ErrActive if the request has one already.
func (m *Mentor) Hold(request string, until, now time.Time) error {
	m.lapse(now)
	i := m.place(request)
	switch {
	case i >= 0 && m.Places[i].Active():
		return ErrActive
	case m.Bar(now) != "":
		return ErrProposed
	case i >= 0:
		m.Places[i].Until = until.UTC()
		return nil
	case m.Free(now) == 0:
		return ErrFull
	}
	m.Places = append(m.Places, Place{Request: request, Since: now.UTC(), Until: until.UTC()})
	return nil
}

// Confirm makes a held place active. It returns ErrExpired if it is held no more, ErrFull if the
// mentor has lowered the number below what they have, ErrProposed if they were suspended or left.
// A place that is active already stays so, and is no error.
func (m *Mentor) Confirm(request string, now time.Time) error {
	m.lapse(now)
	i := m.place(request)
	switch {
	case i < 0:
		return ErrExpired
	case m.Places[i].Active():
		return nil
	case m.State() == Suspended || m.State() == Left || m.State() == Leaving:
		return ErrProposed
	case m.Active() >= m.Most():
		return ErrFull
	}
	m.Places[i].Since, m.Places[i].Until = now.UTC(), time.Time{}
	return nil
}

// Release gives back the place of a request, held or active. One that is not there is no error.
func (m *Mentor) Release(request string) {
	m.Places = slices.DeleteFunc(m.Places, func(p Place) bool { return p.Request == request })
}

// Active is how many places are taken for good.
func (m *Mentor) Active() (n int) {
	for _, p := range m.Places {
		if p.Active() {
			n++
		}
	}
	return n
}

// Held is how many places are held at an instant.
func (m *Mentor) Held(now time.Time) (n int) {
	for _, p := range m.Places {
		if !p.Active() && now.Before(p.Until) {
			n++
		}
	}
	return n
}

// Free is how many places can still be held. Whoever lowers the number below what is taken has
// none, and loses nobody.
func (m *Mentor) Free(now time.Time) int { return max(0, m.Most()-m.Active()-m.Held(now)) }

func (m *Mentor) place(request string) int {
	return slices.IndexFunc(m.Places, func(p Place) bool { return p.Request == request })
}

// lapse gives back what is not held any more.
func (m *Mentor) lapse(now time.Time) {
	m.Places = slices.DeleteFunc(m.Places, func(p Place) bool { return !p.Active() && !now.Before(p.Until) })
}
