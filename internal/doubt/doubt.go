// Package doubt finds what a checker should look at before checking a claim: patterns of false
// claims and of honest slips. Any of them can be perfectly in order, so none stops anybody. But a
// checker ticks each of them before the line is checked, and what they ticked is kept.
//
// It reads accounts and what other stories say about the claimant, and writes nothing.
package doubt

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/claim"
	"traininghub/internal/course"
)

// A Desk finds doubts. Set its fields once.
type Desk struct {
	Claims *claim.Desk
	// Code returns the code in conversations of a colleague with this number on a register. It may
	// be nil: then no code is known.
	Code func(number string) (string, error)
}

// How often something has to happen before it is a doubt.
const (
	manyWeeks   = 50 // of a year, including its holidays
	sameStarts  = 6
	unconfirmed = 2
	fewLines    = 4  // a share of so few says nothing
	someLines   = 10 // the same, for the people who checked and approved
	vendorDays  = 30
)

// Of returns the doubts about an account, in words and in a fixed order.
func (d *Desk) Of(ctx context.Context, a *claim.Account) ([]string, error) {
	if a.Person == claim.Office {
		return nil, nil
	}
	x := &doubts{Desk: d, a: a}
	for _, l := range a.Lines {
		if l.Sort == claim.Claimed && l.State.Live() {
			x.lines = append(x.lines, l)
		}
	}
	m, err := d.Claims.Facts.Mentor(ctx, a.Holder.Application)
	if err != nil {
		return nil, err
	}
	x.days()
	x.repeats()
	x.people()
	x.mentor(m)
	for _, look := range []func(context.Context) error{x.attendance, x.colleagues, x.vendor} {
		if err := look(ctx); err != nil {
			return nil, err
		}
	}
	slices.Sort(x.all)
	return slices.Compact(x.all), nil
}

type doubts struct {
	*Desk
	a     *claim.Account
	lines []*claim.Line
	all   []string
}

func (x *doubts) add(yes bool, format string, args ...any) {
	if yes {
		x.all = append(x.all, fmt.Sprintf(format, args...))
	}
}

// days finds days on which hardly anybody works, and days of a deadline.
func (x *doubts) days() {
	s := x.Claims.Scheme(x.a.Scheme)
	weeks := map[string]bool{}
	for _, l := range x.lines {
		if len(l.Pairs) > 0 {
			weeks[l.Day.Week()] = true
		}
		for _, h := range l.Hours {
			day := course.DateOf(h.From)
			weekday := h.From.In(course.London).Weekday()
			weekend := weekday == time.Saturday || weekday == time.Sunday
			x.add(day.Closed() != "" && !weekend, "Line %d was on %s, %s.", l.N, day.Short(), day.Closed())
			if s == nil {
				continue
			}
			deadline := s.OnTime(l.Day.Date())
			x.add(!deadline.IsZero() && course.DateOf(deadline).AddDays(-1) == day,
				"Line %d was on the last day on which it could be claimed in time.", l.N)
		}
	}
	x.add(len(weeks) >= manyWeeks, "There is a claim for %d weeks of the year, with its holidays.", len(weeks))
}

// repeats finds sessions that are too much alike, and claims that differ from most.
func (x *doubts) repeats() {
	starts := map[string]int{}
	late, drafted := 0, 0
	for _, l := range x.lines {
		for _, h := range l.Hours {
			starts[fmt.Sprintf("%s for %d minutes", h.From.In(course.London).Format("15:04"), h.Minutes())]++
		}
		if l.Late != "" {
			late++
		}
		if l.Drafted != "" {
			drafted++
		}
	}
	for start, n := range starts {
		x.add(n >= sameStarts, "%d times at %s.", n, start)
	}
	n := len(x.lines)
	x.add(n >= fewLines && late*2 > n, "%d of %d lines were claimed late.", late, n)
	x.add(n >= fewLines && drafted*5 > n*4, "%d of %d lines were prepared by the office.", drafted, n)
}

// people finds that the same two people look at nearly all lines.
func (x *doubts) people() {
	looked := 0
	by := map[[2]string]int{}
	for _, l := range x.lines {
		if l.Checker != "" && l.Approver != "" {
			looked++
			by[[2]string{l.Checker, l.Approver}]++
		}
	}
	for who, n := range by {
		x.add(looked >= someLines && n*10 > looked*9, "%d of %d lines were checked by %s and approved by %s.",
			n, looked, who[0], who[1])
	}
}

// mentor finds what mentoring says that does not fit what was logged.
func (x *doubts) mentor(m claim.Mentor) {
	for _, l := range x.lines {
		day := l.Day.Date()
		x.add(m.Away != nil && m.Away(day), "Line %d is for %s, when the mentor had said that they would be away.", l.N,
			day.Short())
		x.add(m.Suspended != nil && m.Suspended(day), "Line %d is for %s, when the mentor was suspended.", l.N, day.Short())
		for _, code := range l.Pairs {
			ended := m.Ended[code]
			x.add(ended != course.Date{} && ended.Before(day), "Line %d is for %s, after pair %s ended.", l.N, day.Short(), code)
		}
	}
	x.add(m.Asked-m.Confirmed >= unconfirmed, "%d of %d people who were asked confirmed that their session took place.",
		m.Confirmed, m.Asked)
}

// attendance finds workshops at the same hours as a session.
func (x *doubts) attendance(ctx context.Context) error {
	s := x.Claims.Scheme(x.a.Scheme)
	if s == nil || len(x.lines) == 0 {
		return nil
	}
	c := claim.Claimant{
		Scheme: x.a.Scheme, Application: x.a.Holder.Application, Name: x.a.Holder.Name, Email: x.a.Holder.Email,
		Number: x.a.Holder.Number,
	}
	came, err := x.Claims.Facts.Came(ctx, c, s.YearFrom(x.a.Year), s.YearTo(x.a.Year))
	for _, w := range came {
		for _, l := range x.lines {
			at := func(h claim.Hours) bool {
				return h.Overlap(claim.Hours{From: w.Start, To: w.End}) && !h.From.Equal(w.Start)
			}
			x.add(slices.ContainsFunc(l.Hours, at), "Line %d is at the time of a workshop on %s.", l.N,
				course.DateOf(w.Start).Short())
		}
	}
	return err
}

// colleagues looks at career conversations: from the same practice, twice with the same colleague,
// or with each other in turn.
func (x *doubts) colleagues(ctx context.Context) error {
	with := map[string]int{}
	own, all := 0, 0
	for _, l := range x.lines {
		if l.Colleague == "" {
			continue
		}
		all++
		with[l.Colleague]++
		if l.Practice != "" && strings.EqualFold(l.Practice, x.a.Holder.Practice) {
			own++
		}
	}
	if all == 0 {
		return nil
	}
	x.add(own*2 > all, "%d of %d conversations were with colleagues from the claimant’s own practice.", own, all)
	for code, n := range with {
		x.add(n > 1, "%d conversations of the year were with the same colleague, %s.", n, code)
	}
	return x.rings(ctx, with)
}

// rings finds two or three people who hold conversations with each other.
func (x *doubts) rings(ctx context.Context, with map[string]int) error {
	if x.Code == nil || x.a.Holder.Number == "" {
		return nil
	}
	briefs, err := x.Claims.List(ctx, x.a.Scheme, x.a.Year, "")
	if err != nil {
		return err
	}
	talks := map[string]map[string]bool{} // who held conversations with whom, by codes
	for _, b := range briefs {
		a, err := x.Claims.Account(ctx, b.ID)
		if err != nil {
			return err
		}
		if a.Holder.Number == "" {
			continue
		}
		code, err := x.Code(a.Holder.Number)
		if err != nil {
			return err
		}
		for _, l := range a.Lines {
			if l.Colleague != "" && l.Sort == claim.Claimed && l.State.Live() {
				if talks[code] == nil {
					talks[code] = map[string]bool{}
				}
				talks[code][l.Colleague] = true
			}
		}
	}
	me, err := x.Code(x.a.Holder.Number)
	if err != nil {
		return err
	}
	for code := range with {
		x.add(talks[code][me], "The claimant and %s held conversations with each other.", code)
		for third := range talks[code] {
			x.add(third != me && talks[third][me], "The claimant, %s and %s held conversations in turn.", code, third)
		}
	}
	return nil
}

// vendor looks at the payer's reference for the claimant.
func (x *doubts) vendor(ctx context.Context) error {
	v, others, err := x.Claims.VendorOf(ctx, x.a)
	if err != nil {
		return err
	}
	recent := course.DateOf(x.Claims.Now()).AddDays(-vendorDays)
	x.add(v.Since != "" && recent.Before(v.Since.Date()), "The payer’s reference was changed on %s.",
		v.Since.Date().Short())
	x.add(others > 0, "%d others have the same reference of the payer.", others)
	return nil
}
