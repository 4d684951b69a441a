package claim

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"traininghub/internal/record"
	"traininghub/internal/scheme"
)

// A Brief is what lists say of an account.
type Brief struct {
	Name   string          `json:"name"`
	States map[State]int   `json:"states"`
	Sums   map[State]Pence `json:"sums"`

	ID string `json:"-"`
}

func (a *Account) brief() ([]byte, error) {
	b := Brief{Name: a.Holder.Name, States: map[State]int{}, Sums: map[State]Pence{}}
	if len(b.Name) > 200 {
		b.Name = strings.ToValidUTF8(b.Name[:200], "")
	}
	if a.Person == Office {
		b.Name = "Invoices"
	}
	for _, l := range a.Lines {
		b.States[l.State]++
		b.Sums[l.State] += l.Pence
	}
	return json.Marshal(b)
}

// ids returns the accounts of a scheme and year that have lines in a state, or all if it is "".
func (d *Desk) ids(ctx context.Context, scheme, year string, state State) (ids []string, err error) {
	briefs, err := d.List(ctx, scheme, year, state)
	for _, b := range briefs {
		ids = append(ids, b.ID)
	}
	slices.Sort(ids)
	return ids, err
}

// List returns the accounts of a scheme and year that have lines in a state, or all if it is "",
// oldest first.
func (d *Desk) List(ctx context.Context, scheme, year string, state State) (all []Brief, err error) {
	r := record.Range{Kind: KindAccount, Shelf: shelf(scheme, year), Max: 500}
	if state != "" {
		r.Has = []byte(`"` + string(state) + `":`)
	}
	for {
		some, err := d.Store.List(ctx, r)
		if err != nil {
			return nil, err
		}
		for _, one := range some {
			b := Brief{ID: one.ID}
			if json.Unmarshal(one.Brief, &b) == nil {
				all = append(all, b)
			}
		}
		if len(some) < r.Max {
			return all, nil
		}
		last := some[len(some)-1]
		r.After = record.Cursor{Since: last.Since, ID: last.ID}
	}
}

// Own returns somebody's accounts in a scheme, newest year first.
func (d *Desk) Own(ctx context.Context, c Claimant) (all []*Account, err error) {
	s := d.Scheme(c.Scheme)
	if s == nil {
		return nil, ErrPart
	}
	person, err := d.personID(c)
	if err != nil {
		return nil, err
	}
	for _, year := range d.Years(s) {
		a, err := d.accounts().Get(ctx, accountID(s.ID, year, person))
		if err != nil {
			return nil, err
		}
		if a.Version() > 0 {
			all = append(all, a)
		}
	}
	return all, nil
}

// Years returns a scheme's years from its first to the present one, newest first.
func (d *Desk) Years(s *scheme.Scheme) (years []string) {
	last := s.YearOf(today(d.Now()))
	for day := s.Begins; ; day.Year++ {
		year := s.YearOf(day)
		years = append([]string{year}, years...)
		if year >= last {
			return years
		}
	}
}
