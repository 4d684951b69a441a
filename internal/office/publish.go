package office

import "slices"

// Few is the number below which a count could point to a person, so it is not published.
const Few = 5

// A Sum says that a total is the sum of its parts.
type Sum struct {
	Total *Figure
	Parts []*Figure
}

func (s Sum) all() []*Figure { return append(slices.Clone(s.Parts), s.Total) }

// hide hides counts from 1 to 4. It also hides as many of the next smallest as are needed so that
// nobody can work out from the sums that a hidden count is below 5. It hides means and percentiles
// that are of fewer than 5, of a hidden count, or of a single month, and whom applications wait
// for.
func (f *Figures) hide() {
	f.published, f.Waiting, f.Cohorts, f.Weeks, f.Waits = true, nil, nil, nil, nil
	received, accepted, declined := Sum{Total: &f.Received}, Sum{Total: &f.Accepted}, Sum{Total: &f.Declined}
	for i := range f.Months {
		m := &f.Months[i]
		m.Median.Hidden, m.Ninth.Hidden = true, true
		received.Parts = append(received.Parts, &m.Received)
		accepted.Parts = append(accepted.Parts, &m.Accepted)
		declined.Parts = append(declined.Parts, &m.Declined)
	}
	Hide([]Sum{
		received, accepted, declined,
		{&f.Received, []*Figure{&f.Accepted, &f.Declined, &f.Left, &f.Undecided}},
		{&f.Accepted, []*Figure{&f.Trained, &f.Training, &f.Unplaced, &f.Returned}},
	})
	// A mean that is shown would reveal that its hidden count is at least 5.
	few := func(n Number, of ...Figure) bool {
		return n.Of > 0 && n.Of < Few || slices.ContainsFunc(of, func(f Figure) bool { return f.Hidden })
	}
	f.Sessions.Hidden = few(f.Sessions, f.Accepted)
	f.Median.Hidden = few(f.Median, f.Accepted, f.Declined)
	f.Ninth.Hidden = f.Median.Hidden
}

// Hide hides counts from 1 to 4 that are connected by sums, and as many others as are needed so
// that nobody can work one out. The sums must form a tree in which no two share more than one
// figure. It is then enough to look at one sum after the other.
func Hide(sums []Sum) {
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

// exposed finds a hidden figure that the sums show to be small, and returns the figure to hide
// next; nil if nothing is exposed. That is the smallest part of a sum with the exposed figure in
// it. If all those parts are hidden already, it is a part of a sum that says something about one of
// them, and as a last resort a total.
func exposed(sums []Sum) *Figure {
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
					if !s.Total.Hidden && s.Total.N > 0 {
						totals = append(totals, s.Total)
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

// smallest is the smallest part that is shown; nil if there is none. A zero is about nobody.
func (s Sum) smallest() *Figure {
	var least *Figure
	for _, f := range s.Parts {
		if !f.Hidden && f.N > 0 && (least == nil || f.N < least.N) {
			least = f
		}
	}
	return least
}

// unbounded is more than anything that is ever counted.
const unbounded = 1 << 40

// known returns what a reader knows about each figure. A figure that is shown is known exactly. A
// hidden one is at least 1, and within the bounds that the sums give.
func known(sums []Sum) (least, most map[*Figure]int) {
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
			for _, f := range s.Parts {
				low, high = low+least[f], min(high+most[f], unbounded)
			}
			narrow(s.Total, low, high)
			for i, f := range s.Parts {
				others, most0 := low-least[f], 0
				for _, o := range slices.Delete(slices.Clone(s.Parts), i, i+1) {
					most0 = min(most0+most[o], unbounded)
				}
				to := unbounded
				if most[s.Total] < unbounded {
					to = most[s.Total] - others
				}
				from := 0
				if most0 < unbounded {
					from = least[s.Total] - most0
				}
				narrow(f, from, to)
			}
		}
	}
	return least, most
}
