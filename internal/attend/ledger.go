package attend

import (
	"context"
	"errors"
	"slices"

	"traininghub/internal/claim"
	"traininghub/internal/record"
)

// LedgerOf is the ledger that enters charges for the scheme that pays for a course.
func LedgerOf(d *Desk, claims *claim.Desk) Ledger { return ledger{d, claims} }

type ledger struct {
	d      *Desk
	claims *claim.Desk
}

// who is the person to charge, in the scheme of the course. ok is false if no open scheme pays for
// it, or the application is gone.
func (l ledger) who(ctx context.Context, c Charge) (who claim.Claimant, ok bool, err error) {
	a, err := l.d.Applications.Get(ctx, c.Application)
	if errors.Is(err, record.ErrNotFound) {
		return who, false, nil
	}
	if err != nil {
		return who, false, err
	}
	for _, s := range l.claims.Schemes {
		if slices.Contains(s.Courses, l.d.Applications.Programme.Current(c.Course)) && l.claims.Open(s) {
			p := a.Document.Applicant
			return claim.Claimant{Scheme: s.ID, Application: a.Reference, Name: p.Name, Email: p.Email, Number: p.Key()}, true, nil
		}
	}
	return who, false, nil
}

func (c Charge) due() claim.Due {
	return claim.Due{For: c.Key, Day: claim.DayOf(c.Day), What: c.What, Pence: claim.Pence(c.Pence), By: c.By}
}

func (l ledger) Charge(ctx context.Context, c Charge) (known bool, err error) {
	who, ok, err := l.who(ctx, c)
	if err != nil || !ok {
		return false, err
	}
	return true, l.claims.Levy(ctx, who, c.due())
}

func (l ledger) Waive(ctx context.Context, c Charge, why string) error {
	who, ok, err := l.who(ctx, c)
	if err != nil || !ok {
		return err
	}
	return l.claims.Lift(ctx, who, c.due(), why)
}
