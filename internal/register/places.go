package register

import (
	"errors"
	"slices"
	"time"
)

// MostPeople is the most people that a mentor can take.
const MostPeople = 12

// A Place is for one of a mentor's people: held while both sides are asked, then active.
type Place struct {
	Request string    `json:"request"`        // the id of a request in the store of mentoring
	Since   time.Time `json:"since"`          // UTC
	Until   time.Time `json:"until,omitzero"` // the hold ends then, UTC; zero once the place is active
}

// Active tells whether the place is taken for good, not only held.
func (p Place) Active() bool { return p.Until.IsZero() }

// The reasons why a place cannot be held or taken.
var (
	ErrFull     = errors.New("register: the mentor has no free place")
	ErrExpired  = errors.New("register: the place is not held any more")
	ErrProposed = errors.New("register: the mentor cannot be proposed now")
	ErrActive   = errors.New("register: the place is taken for this request already")
)

// Only these functions hold, take and give back places. They change nothing but the document that
// they are called on, so that a caller can write it together with the request and the pair, by
// [record.Store.UpdateAll].

// Hold holds a place for a request until an instant. Holding it again moves that instant. It
// returns ErrProposed if the mentor cannot be proposed now, ErrFull if no place is free, and
// ErrActive if the request already has an active one.
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

// Confirm makes a held place active. It returns ErrExpired if it is no longer held, ErrFull if the
// mentor now takes fewer people than they have, and ErrProposed if they were suspended or left.
// Confirming an active place is no error and changes nothing.
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

// Release gives back a request's place, held or active. A missing place is no error.
func (m *Mentor) Release(request string) {
	m.Places = slices.DeleteFunc(m.Places, func(p Place) bool { return p.Request == request })
}

// Active is the number of active places.
func (m *Mentor) Active() (n int) {
	for _, p := range m.Places {
		if p.Active() {
			n++
		}
	}
	return n
}

// Held is the number of places held at an instant.
func (m *Mentor) Held(now time.Time) (n int) {
	for _, p := range m.Places {
		if !p.Active() && now.Before(p.Until) {
			n++
		}
	}
	return n
}

// Free is the number of places that can still be held. A mentor who lowers the limit below the
// places taken has none free, and loses nobody.
func (m *Mentor) Free(now time.Time) int { return max(0, m.Most()-m.Active()-m.Held(now)) }

func (m *Mentor) place(request string) int {
	return slices.IndexFunc(m.Places, func(p Place) bool { return p.Request == request })
}

// lapse gives back places whose hold has ended.
func (m *Mentor) lapse(now time.Time) {
	m.Places = slices.DeleteFunc(m.Places, func(p Place) bool { return !p.Active() && !now.Before(p.Until) })
}
