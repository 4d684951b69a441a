package pair

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/crossing"
	"traininghub/internal/record"
)

// The names, in the outbox, of messages to payers. Each entry has an id of its own. Its content is
// read from the record when it is sent, so that the latest state counts.
const (
	crossPair    = "crossing pair"
	crossSession = "crossing session"
	crossSampled = "crossing sampled" // how often the mentor's mentees have confirmed a session
)

// crosses owes the payers a message about the pair, or about one of its sessions.
func (p *Pair) crosses(what string, n int, at time.Time) {
	p.Mail.Drop(func(l record.Letter) bool { return strings.HasPrefix(l.Name, "crossing ") && l.IsSent() })
	p.Mail.Owe(fmt.Sprintf("%s %d %d", what, n, len(p.Past)), what, at)
}

// message makes the message to payers for an entry of the outbox; nil if the entry is a letter.
// Nothing in it identifies the mentee.
func (p *Pair) message(l record.Letter) crossing.Message {
	switch l.Name {
	case crossPair:
		return crossing.Pair{
			Code: p.ID, Version: p.Version(), Mentor: p.Known, Service: p.Service, Cohort: p.Cohort,
			Registered: day(p.Registered), Introduced: crossing.Day(p.Introduced), Ended: day(p.Ended),
		}
	case crossSession:
		var n int
		fmt.Sscanf(strings.TrimPrefix(l.ID, crossSession), "%d", &n)
		if n < 1 || n > len(p.Sessions) {
			return nil
		}
		s := p.Sessions[n-1]
		m := crossing.Session{
			ID: fmt.Sprintf("%s-%d", strings.ToLower(p.ID), n), Version: p.Version(), Pair: p.ID, Mentor: p.Known,
			Start: s.Start, Minutes: s.Minutes, Outcome: string(s.Outcome),
		}
		if !s.Disputed.IsZero() {
			m.Outcome = crossing.NotRight
		}
		return m
	}
	return nil
}

// errNoGate keeps a message owed in a program that has no gate.
var errNoGate = errors.New("pair: nobody takes what is to cross")

func day(at time.Time) crossing.Day {
	if at.IsZero() {
		return ""
	}
	return crossing.DayOf(at, course.London)
}

// pass hands over an entry of the outbox if it is a message to payers.
func (d *Desk) pass(ctx context.Context, p *Pair, l record.Letter) (passed bool, err error) {
	var m crossing.Message
	switch l.Name {
	default:
		return false, nil
	case crossPair, crossSession:
		m = p.message(l)
	case crossSampled:
		if m, err = d.sample(ctx, p); err != nil {
			return false, err
		}
	}
	if m == nil {
		return true, nil
	}
	if d.Gate == nil {
		return false, errNoGate
	}
	return true, d.Gate.Put(ctx, m)
}

// sample says how many mentees of a pair's mentor were asked whether a session took place, and how
// many said yes; nil below 5 answers. Its version is the number of answers, which only grows.
func (d *Desk) sample(ctx context.Context, p *Pair) (crossing.Message, error) {
	all, err := d.OfMentor(ctx, p.Mentor)
	if err != nil {
		return nil, err
	}
	m := crossing.Sampled{Mentor: p.Known}
	for _, one := range all {
		for _, s := range one.Sessions {
			if s.Confirmed != "" {
				m.Asked++
			}
			if s.Confirmed == "yes" {
				m.Confirmed++
			}
		}
	}
	if m.Asked < crossing.Least {
		return nil, nil
	}
	m.Version = int64(m.Asked)
	return m, nil
}
