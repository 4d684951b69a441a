package office

import "slices"

// Few is the number below which a count could point to a person, so that it is not published.
const Few = 5

// A sum says that a total is the sum of its parts.
type sum struct {
	total *Figure
	parts []*Figure
}

func (s sum) all() []*Figure { return append(slices.Clone(s.parts), s.total) }

// hide hides what is not fit to be published: counts from 1 to 4, and as many of the next smallest
// as it takes so that nobody can work out from the sums that a hidden count is below 5. Means and
// spreads of fewer than 5 or of a hidden count are hidden, and those of single months; and whom
// applications wait for at present.
func (f *Figures) hide() {
	f.published, f.Waiting = true, nil
	received, accepted, declined := sum{total: &f.Received}, sum{total: &f.Accepted}, sum{total: &f.Declined}
	for i := range f.Months {
		m := &f.Months[i]
		m.Median.Hidden, m.Ninth.Hidden = true, true
		received.parts = append(received.parts, &m.Received)
		accepted.parts = append(accepted.parts, &m.Accepted)
		declined.parts = append(declined.parts, &m.Declined)
	}
	hide([]sum{
		received, accepted, declined,
		{&f.Received, []*Figure{&f.Accepted, &f.Declined, &f.Left, &f.Undecided}},
		{&f.Accepted, []*Figure{&f.Trained, &f.Training, &f.Unplaced, &f.Returned}},
	})
	// That there is a mean would tell that the count of which it is, though hidden, is 5 or more.
	few := func(n Number, of ...Figure) bool {
		return n.Of > 0 && n.Of < Few || slices.ContainsFunc(of, func(f Figure) bool { return f.Hidden })
	}
	f.Sessions.Hidden = few(f.Sessions, f.Accepted)
	f.Median.Hidden = few(f.Median, f.Accepted, f.Declined)
	f.Ninth.Hidden = f.Median.Hidden
}

// hide hides figures that sums connect. The sums form a tree, two of them never share more than one
// figure, so looking at one after the other finds all that can be worked out.
func hide(sums []sum) {
	for _, s := range sums {
		for _, f := range s.all() {
			f.Hidden = f.N > 0 && f.N < Few
		}
	}
	for {
		next := exposed(sums)
		if next == nil {
			return
		}
		next.Hidden = true
	}
}

// exposed finds a hidden figure of which the sums tell that it is small, and returns the one to
// hide next to it: the smallest part of a sum that it is in, or where all of those are hidden, of a
// sum that says something of one of them; at last a total. It is nil if nothing is exposed.
func exposed(sums []sum) *Figure {
	_, most := known(sums)
	for _, s := range sums {
		for _, f := range s.all() {
			if !f.Hidden || most[f] >= Few {
				continue
			}
			reached, totals := []*Figure{f}, []*Figure(nil)
			for i := 0; i < len(reached); i++ {
				for _, s := range sums {
					if !slices.Contains(s.all(), reached[i]) {
						continue
					}
					if next := s.smallest(); next != nil {
						return next
					}
					if !s.total.Hidden && s.total.N > 0 {
						totals = append(totals, s.total)
					}
					for _, other := range s.all() {
						if other.Hidden && !slices.Contains(reached, other) {
							reached = append(reached, other)
						}
					}
				}
			}
			if totals != nil {
				return totals[0]
			}
		}
	}
	return nil
}

// smallest is the smallest part that is shown; nil if there is none. Zeros tell of nobody.
func (s sum) smallest() *Figure {
	var least *Figure
	for _, f := range s.parts {
		if !f.Hidden && f.N > 0 && (least == nil || f.N < least.N) {
			least = f
		}
	}
	return least
}

// unbounded is more than anything that is counted.
const unbounded = 1 << 40

// known is what a reader knows of each figure: those shown exactly, of those hidden that they are 1
// or more and what the sums say.
func known(sums []sum) (least, most map[*Figure]int) {
	least, most = map[*Figure]int{}, map[*Figure]int{}
	for _, s := range sums {
		for _, f := range s.all() {
			least[f], most[f] = f.N, f.N
			if f.Hidden {
				least[f], most[f] = 1, unbounded
			}
		}
	}
	for changed := true; changed; {
		changed = false
		narrow := func(f *Figure, from, to int) {
			if from > least[f] {
				least[f], changed = from, true
			}
			if to < most[f] {
				most[f], changed = to, true
			}
		}
		for _, s := range sums {
			low, high := 0, 0
			for _, f := range s.parts {
				low, high = low+least[f], min(high+most[f], unbounded)
			}
			narrow(s.total, low, high)
			for i, f := range s.parts {
				others, most0 := low-least[f], 0
				for _, o := range slices.Delete(slices.Clone(s.parts), i, i+1) {
					most0 = min(most0+most[o], unbounded)
				}
				to := unbounded
				if most[s.total] < unbounded {
					to = most[s.total] - others
				}
				from := 0
				if most0 < unbounded {
					from = least[s.total] - most0
				}
				narrow(f, from, to)
			}
		}
	}
	return least, most
}
