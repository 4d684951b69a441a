package claim

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"traininghub/internal/course"
	"traininghub/internal/record"
	"traininghub/internal/scheme"
)

// YearsKept is how many years an account is kept after its financial year, not counting the present
// one. Payments of public money have to be accounted for that long.
const YearsKept = 6

// goneMark begins a key that is kept as a hash.
const goneMark = "#"

// hashed is what is left of a key when its account is gone. Only somebody who has the store's
// secret and guesses the key can tell that it was claimed.
func (d *Desk) hashed(key string) (string, error) {
	secret, err := d.Secret()
	if err != nil {
		return "", err
	}
	m := hmac.New(sha256.New, secret)
	m.Write([]byte("key " + key))
	return goneMark + hex.EncodeToString(m.Sum(nil))[:24], nil
}

// is reports whether this is what was claimed under the key; hash is the key's hash.
func (h Held) is(key, hash string) bool {
	return h.Key == key || hash != "" && h.Key == hash
}

// over reports whether the time of a financial year is over on a day.
func over(s *scheme.Scheme, year string, on course.Date) bool {
	last := s.YearTo(year)
	last.Year += YearsKept
	return last.Before(on)
}

// Retire removes the accounts and batches of financial years whose time is over, and returns how
// many records it removed. A year in which something is still open, such as a sum to be paid back,
// stays whole. What it counted towards caps for life stays with the person, as hashes of keys with
// their year. The year's sums stay in its budget, which names nobody. If it is interrupted, the
// next call goes on.
func (d *Desk) Retire(ctx context.Context) (total int, err error) {
	for _, s := range d.Schemes {
		for _, year := range d.Years(s) {
			if !over(s, year, today(d.Now())) {
				continue
			}
			n, err := d.retire(ctx, s, year)
			if total += n; err != nil {
				return total, fmt.Errorf("removing what was claimed in %s: %w", year, err)
			}
		}
	}
	return total, nil
}

func (d *Desk) retire(ctx context.Context, s *scheme.Scheme, year string) (total int, err error) {
	budget, err := d.BudgetOf(ctx, s.ID, year)
	if err != nil {
		return 0, err
	}
	ids, err := d.ids(ctx, s.ID, year, "")
	if err != nil || len(ids) == 0 && (budget.Over || budget.Version() == 0) {
		return 0, err
	}
	if !budget.Over {
		for _, id := range ids {
			a, err := d.accounts().Get(ctx, id)
			if err != nil {
				return 0, err
			}
			if slices.ContainsFunc(a.Lines, func(l *Line) bool { return !l.State.Ended() }) {
				return 0, nil
			}
		}
		_, err := d.budgets().Amend(ctx, budget.ID, func(b *Budget) error {
			b.Scheme, b.Year, b.Over = s.ID, year, true
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	for n := 1; n <= budget.Batches; n++ {
		b, err := d.Batch(ctx, batchID(s.ID, year, n))
		if errors.Is(err, record.ErrNotFound) {
			continue
		}
		if err == nil {
			err = d.destroy(ctx, b.Past, func() error { return d.batches().Delete(ctx, b.ID, b) })
		}
		if err != nil {
			return total, err
		}
		total++
	}
	for _, id := range ids {
		a, err := d.accounts().Get(ctx, id)
		if err == nil && a.Person != Office {
			err = d.forget(ctx, a)
		}
		if err == nil {
			err = d.destroy(ctx, a.Past, func() error { return d.accounts().Delete(ctx, id, a) })
		}
		if err != nil {
			return total, err
		}
		total++
	}
	return total, nil
}

// destroy leaves a trace for audits and then removes a record.
func (d *Desk) destroy(ctx context.Context, past record.Events, remove func() error) error {
	if d.Trace != nil && len(past) > 0 {
		if err := d.Trace(ctx, past[0].Sum, "its time was over"); err != nil {
			return err
		}
	}
	err := remove()
	if errors.Is(err, record.ErrNotFound) {
		return nil
	}
	return err
}

// forget removes from the person's record what an account says, except what counts for life. With
// the last account their address and the payer's reference are removed too.
func (d *Desk) forget(ctx context.Context, a *Account) error {
	_, err := d.persons().Amend(ctx, a.Person, func(p *Person) error {
		if p.Version() == 0 {
			return record.ErrUnchanged
		}
		kept := false
		for i, h := range p.Held {
			if h.Account != a.ID {
				kept = kept || h.Account != ""
				continue
			}
			key, err := d.hashed(h.Key)
			if err != nil {
				return err
			}
			first, _, _ := strings.Cut(a.Year, "/")
			p.Held[i] = Held{Key: key, Scheme: h.Scheme, Kind: h.Kind, Units: h.Units, Pence: h.Pence, Day: Day(first +
				"-12-31"), Approved: h.Approved}
		}
		if !kept {
			p.Email, p.Before, p.Vendor = "", "", Vendor{}
		}
		return nil
	})
	return err
}
