package claim

import (
	"context"
	"strings"
	"time"

	"traininghub/internal/record"
)

// KindDraft is the kind of claims that the office prepared for somebody.
const KindDraft record.Kind = "claim draft"

// draftLife is how long a draft waits for its claimant.
const draftLife = 90 * 24 * time.Hour

// A Draft is the claim of a month that the office prepared. The claimant looks at it and claims, or
// not. Nobody claims for somebody else, since it is the claimant who declares.
type Draft struct {
	record.Kept
	ID     string    `json:"id"`
	Asking Asking    `json:"asking"`
	Email  string    `json:"email"` // the claimant's
	By     string    `json:"by"`    // email
	At     time.Time `json:"at"`    // UTC
}

func (d *Desk) drafts() *record.Keeper[*Draft] {
	return &record.Keeper[*Draft]{
		Store: d.Store, Kind: KindDraft, Anew: true, New: func(id string) *Draft { return &Draft{ID: id} },
		Entry: func(x *Draft) (record.Record, error) {
			return record.Record{ID: x.ID, Status: "draft", Email: x.Email, Expires: x.At.Add(draftLife)}, nil
		},
	}
}

func (d *Desk) draftID(c Claimant, month string) (string, error) {
	person, err := d.personID(c)
	return "claim-draft." + strings.TrimPrefix(person, "payee.") + "." + c.Scheme + "." + month, err
}

// Draft returns what the office prepared for somebody and a month; its By is "" if nothing was.
func (d *Desk) Draft(ctx context.Context, c Claimant, month string) (*Draft, error) {
	id, err := d.draftID(c, month)
	if err != nil {
		return nil, err
	}
	return d.drafts().Get(ctx, id)
}

// Prepare keeps a draft for somebody. It claims nothing.
func (d *Desk) Prepare(ctx context.Context, c Claimant, ask Asking, by string) error {
	s := d.Scheme(c.Scheme)
	by = strings.ToLower(by)
	if _, _, ok := monthOf(ask.Month); s == nil || !ok || !d.Open(s) {
		return ErrPart
	}
	if by == strings.ToLower(c.Email) {
		return ErrOwn
	}
	id, err := d.draftID(c, ask.Month)
	if err != nil {
		return err
	}
	_, err = d.drafts().Amend(ctx, id, func(x *Draft) error {
		x.Asking, x.Email, x.By, x.At = ask, strings.ToLower(c.Email), by, d.Now().UTC().Truncate(time.Millisecond)
		return nil
	})
	return err
}

// used empties the draft of a month after it was claimed. The next [Desk.Drop] removes it, because
// on AWS the function of the pages may not.
func (d *Desk) used(ctx context.Context, x *Draft) error {
	if x.Version() == 0 {
		return nil
	}
	_, err := d.drafts().AmendRead(ctx, x.ID, x, func(x *Draft) error {
		x.Asking, x.Email, x.By, x.At = Asking{}, "", "", d.Now().UTC().Truncate(time.Millisecond).Add(-draftLife)
		return nil
	})
	return err
}

// Drop removes drafts that nobody claimed, and returns how many.
func (d *Desk) Drop(ctx context.Context) (total int, err error) {
	for {
		n, err := d.Store.Expire(ctx, []record.Kind{KindDraft}, d.Now(), 100)
		if total += n; n == 0 || err != nil {
			return total, err
		}
	}
}
