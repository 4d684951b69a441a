package claim

import (
	"context"
	"fmt"
	"slices"
	"time"

	"traininghub/internal/course"
)

// Warnings are what a checker should look at in an account, in words. They keep nobody from
// anything: each can be as it should be.
func (d *Desk) Warnings(ctx context.Context, a *Account) (all []string, err error) {
	s := d.Scheme(a.Scheme)
	if s == nil || a.Person == Office {
		return nil, nil
	}
	add := func(yes bool, format string, args ...any) {
		if yes {
			all = append(all, fmt.Sprintf(format, args...))
		}
	}
	weeks := map[string]bool{}
	starts := map[string]int{}
	pairs := map[[2]string]int{}
	var claims, late, looked int
	for _, l := range a.Lines {
		if l.Sort != Claimed || !l.State.Live() {
			continue
		}
		claims++
		if l.Late != "" {
			late++
		}
		if len(l.Pairs) > 0 {
			weeks[l.Day.Week()] = true
		}
		for _, h := range l.Hours {
			starts[fmt.Sprintf("%s for %d minutes", h.From.In(course.London).Format("15:04"), h.Minutes())]++
			day := course.DateOf(h.From)
			add(day.Closed() != "" && time.Weekday(0) != h.From.In(course.London).Weekday() && h.From.In(course.London).Weekday() != time.Saturday,
				"Line %d was on %s, %s.", l.N, day.Short(), day.Closed())
			deadline := s.OnTime(l.Day.Date())
			add(!deadline.IsZero() && course.DateOf(deadline).AddDays(-1) == day, "Line %d was on the last day on which it could be claimed in time.", l.N)
		}
		if l.Checker != "" && l.Approver != "" {
			looked++
			pairs[[2]string{l.Checker, l.Approver}]++
		}
	}
	add(len(weeks) >= 50, "There is a claim for %d weeks of the year, with holidays.", len(weeks))
	for _, start := range sorted(starts) {
		add(starts[start] >= 6, "%d times at %s.", starts[start], start)
	}
	for who, n := range pairs {
		add(looked >= 10 && n*10 > looked*9, "%d of %d lines were checked by %s and approved by %s.", n, looked, who[0], who[1])
	}
	add(late*2 > claims && claims >= 4, "%d of %d lines were claimed late.", late, claims)
	p, err := d.persons().Get(ctx, a.Person)
	if err != nil {
		return nil, err
	}
	since := p.Vendor.Since
	add(since != "" && today(d.Now()).AddDays(-30).Before(since.Date()), "The payer's reference was changed on %s.", since.Date().Short())
	if p.Vendor.Ref != "" {
		others, err := d.sameVendor(ctx, a, p.Vendor.Ref)
		if err != nil {
			return nil, err
		}
		add(others > 0, "%d others have the same reference of the payer.", others)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

func sorted(m map[string]int) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// sameVendor counts other people of the scheme and year with the same payer's reference.
func (d *Desk) sameVendor(ctx context.Context, a *Account, ref string) (n int, err error) {
	briefs, err := d.List(ctx, a.Scheme, a.Year, "")
	if err != nil {
		return 0, err
	}
	for _, b := range briefs {
		other, err := d.accounts().Get(ctx, b.ID)
		if err != nil {
			return 0, err
		}
		if other.Person == a.Person || other.Person == Office {
			continue
		}
		p, err := d.persons().Get(ctx, other.Person)
		if err != nil {
			return 0, err
		}
		if p.Vendor.Ref == ref {
			n++
		}
	}
	return n, nil
}
