package service

// Pairs are a service's rules for people who have a mentor. [Mentoring.Pairing] fills in what is
// missing.
type Pairs struct {
	Sample        int `key:"sample_percent"` // of sessions held: the mentee is asked whether it took place
	ExtraSessions int `key:"extra_sessions"` // that a lead can give once, with a reason
	ExtraMonths   int `key:"extra_months"`   // the same
	Silent        int `key:"silent_days"`    // without a session: the mentor is asked whether they are in contact
	Few           int `key:"few_mentors"`    // with fewer possible mentors, the lead is told to offer another area
	Later         int `key:"later_months"`   // after the end, when the mentee is asked once more
}

// Pairing are the service's rules for pairs, with the usual values where it gives none.
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
