package service

// Pairs are what a service says of those who have a mentor. What is missing is as
// [Mentoring.Pairing] gives it.
type Pairs struct {
	Sample        int `key:"sample_percent"` // of sessions that were held: the mentee is asked whether it took place
	ExtraSessions int `key:"extra_sessions"` // that a lead can give, once, with a reason
	ExtraMonths   int `key:"extra_months"`   // the same
	Silent        int `key:"silent_days"`    // without a session; then the mentor is asked whether the two are still in contact
	Few           int `key:"few_mentors"`    // possible mentors, below which the lead is told to offer another area
	Later         int `key:"later_months"`   // after the end: the mentee is asked once more
}

// Pairing is what the service says of pairs, or the usual where it says nothing.
func (m *Mentoring) Pairing() Pairs {
	p := m.Pairs
	usual := func(n *int, otherwise int) {
		if *n == 0 {
			*n = otherwise
		}
	}
	usual(&p.ExtraSessions, 2)
	usual(&p.ExtraMonths, 6)
	usual(&p.Silent, 90)
	usual(&p.Few, 3)
	usual(&p.Later, 6)
	return p
}
