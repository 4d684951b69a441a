package office

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"traininghub/internal/record"
)

// A Stuck is a record with letters that were not sent.
type Stuck struct {
	ID      string
	Kind    record.Kind
	Letters []record.Letter
	Post    bool // they go by post, and wait for somebody of the office
}

const (
	// retried is how far ahead a failed letter can be due; see [record.LookOwed].
	retried = 25 * time.Hour
	// mostStuck is how many due records are looked at.
	mostStuck = 200
)

// Stuck returns the records whose letters failed and are tried again, those that have waited
// longest first. A letter that was given up is not tried again; somebody who looks for it knows
// whose it is: [Desk.Owing].
func (d *Desk) Stuck(ctx context.Context) ([]Stuck, error) {
	due, err := d.Applications.Store.Due(ctx, d.owing(), d.Applications.Now().Add(retried), mostStuck)
	if err != nil {
		return nil, fmt.Errorf("looking for letters: %w", err)
	}
	var all []Stuck
	for _, e := range due {
		s, err := d.Owing(ctx, e.ID)
		if errors.Is(err, record.ErrNotFound) { // removed in the meantime
			continue
		}
		if err != nil {
			return nil, err
		}
		letters := slices.DeleteFunc(slices.Clone(s.Letters), func(l record.Letter) bool { return !l.IsOwed() || !l.Failed() })
		if s.Kind == record.Application && len(letters) == 0 {
			if letters, err = d.byPost(ctx, s); err != nil {
				return nil, err
			}
			s.Post = len(letters) > 0
		}
		s.Letters = letters
		if len(s.Letters) > 0 {
			all = append(all, *s)
		}
	}
	return all, nil
}

// byPost returns an application's letters that wait to be posted.
func (d *Desk) byPost(ctx context.Context, s *Stuck) ([]record.Letter, error) {
	a, err := d.Applications.Get(ctx, s.ID)
	if errors.Is(err, record.ErrNotFound) {
		return nil, nil
	}
	return slices.DeleteFunc(slices.Clone(s.Letters), func(l record.Letter) bool {
		return err != nil || !l.IsOwed() || l.Owed.After(d.Applications.Now()) || !d.Applications.ByPost(a, l)
	}), err
}

// owing returns the kinds of records that can owe letters.
func (d *Desk) owing() (kinds []record.Kind) {
	for kind, story := range d.Post().Stories {
		if _, again := story.(again); again {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// Owing returns a record with all its letters, or record.ErrNotFound.
func (d *Desk) Owing(ctx context.Context, id string) (*Stuck, error) {
	r, err := d.Applications.Store.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	var owes struct{ Letters record.Outbox }
	if !slices.Contains(d.owing(), r.Kind) || json.Unmarshal(r.Data, &owes) != nil {
		return nil, record.ErrNotFound
	}
	return &Stuck{ID: id, Kind: r.Kind, Letters: owes.Letters}, nil
}

// again is a story whose letters can be made due once more: [record.Letters].
type again interface {
	Again(ctx context.Context, id, letter string) error
}

// SendAgain makes a letter due that failed or was given up. A letter that was sent in the meantime,
// or is gone, is not an error.
func (d *Desk) SendAgain(ctx context.Context, id, letter string) error {
	s, err := d.Owing(ctx, id)
	if err == nil {
		err = d.Post().Stories[s.Kind].(again).Again(ctx, id, letter)
	}
	if errors.Is(err, record.ErrNotFound) {
		return nil
	}
	return err
}
