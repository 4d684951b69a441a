package claim

import (
	"context"
	"slices"
	"strings"

	"traininghub/internal/record"
)

// A Due is a charge that another story decided on, such as for not coming to a workshop. A charge
// needs two people: the one who decided is the first, and an approver of the scheme is the second.
type Due struct {
	For   string // what it is for; the same again is the same charge
	Day   Day
	What  string // in words, without a name
	Pence Pence
	By    string // the address of the person who decided
}

// Levy enters a charge in somebody's account, and makes the account if there is none. Entering the
// same charge again changes nothing. Levy returns ErrPart if the scheme is not open.
func (d *Desk) Levy(ctx context.Context, c Claimant, due Due) error {
	return d.levied(ctx, c, due, func(x *changeSet, l *Line) error {
		if l != nil {
			return record.ErrUnchanged
		}
		if x.account.Holder == (Holder{}) {
			x.account.Holder = c.holder(x.account.Person)
			x.person.Email, x.personChanged = x.account.Holder.Email, true
		}
		x.account.add(Line{
			Sort: Charge, Kind: "absence", For: due.For, Day: due.Day, What: due.What, Units: 1, Rate: due.Pence, Pence: due.Pence,
			Made: d.Now(),
		}, Actor{strings.ToLower(due.By), ByHub})
		return nil
	})
}

// Lift waives a charge that was levied, with the reason. A charge that does not exist, or was paid,
// waived or refused before, stays as it is.
func (d *Desk) Lift(ctx context.Context, c Claimant, due Due, why string) error {
	return d.levied(ctx, c, due, func(x *changeSet, l *Line) error {
		if l == nil || l.State.Ended() {
			return record.ErrUnchanged
		}
		return x.account.apply(l.N, Step{Act: Waive, By: Actor{strings.ToLower(due.By), ByHub}, Reason: why, At: d.Now()})
	})
}

// levied changes the account to which a charge belongs; l is its line, nil if there is none yet.
func (d *Desk) levied(ctx context.Context, c Claimant, due Due, f func(x *changeSet, l *Line) error) error {
	s := d.Scheme(c.Scheme)
	if s == nil || !d.Open(s) {
		return ErrPart
	}
	person, err := d.personID(c)
	if err != nil {
		return err
	}
	_, err = d.change(ctx, s.ID, s.YearOf(due.Day.Date()), person, func(x *changeSet) error {
		i := slices.IndexFunc(x.account.Lines, func(l *Line) bool { return l.Sort == Charge && l.For == due.For })
		if i < 0 {
			return f(x, nil)
		}
		return f(x, x.account.Lines[i])
	})
	return err
}
