// Package returns is the story of what a scheme reports to its commissioner for a month or a
// quarter.
//
// [Desk.Make] works out the figures from the [Sources] and keeps them as a [Snapshot]. That says
// who made it and when, what each figure means, the version of those words, and SHA-256 over the
// facts behind the figures. Once a second person has confirmed it, it is frozen. What is found out
// later makes another snapshot, with a reason, which a second person confirms too. The first stays,
// and the return shows what differs. Nothing is overwritten, and nothing is corrected silently.
//
// A return can be published once, and only if it shares no day with another published return: two
// tables together can reveal what each of them hides. When it is published, counts of people from 1
// to 4 are hidden, with as many others as are needed so that nobody can work them out. Running
// totals are rounded to the nearest 5. Readers at the commissioner see only what was published.
//
// The package knows mentors by their applications, pairs by their codes, and no mentee. What only
// mentoring can count comes from there, and only as counts of 5 or more.
package returns

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/letter"
	"traininghub/internal/record"
	"traininghub/internal/scheme"
)

// The kinds of records of this story: a return, and for each scheme a list of published returns.
const (
	KindReturn    record.Kind = "return"
	KindPublished record.Kind = "returns published"
)

// Why something cannot be done. Pages say it in words.
var (
	ErrEarly   = errors.New("returns: the period is not over")
	ErrWaiting = errors.New("returns: one waits to be confirmed")
	ErrNone    = errors.New("returns: there is none that waits to be confirmed")
	ErrOwn     = errors.New("returns: who made it does not confirm it")
	ErrChanged = errors.New("returns: it is not what was looked at")
	ErrReason  = errors.New("returns: a reason is needed")
	ErrSame    = errors.New("returns: nothing has changed since it was frozen")
	ErrWords   = errors.New("returns: the words have changed, and their version has not")
	ErrFrozen  = errors.New("returns: it is not frozen")
	ErrTwice   = errors.New("returns: it, or one that shares days with it, was published")
)

// A Desk makes returns. Set its fields once, before first use; the methods may be called from
// several goroutines.
type Desk struct {
	Store   record.Store
	Schemes []*scheme.Scheme
	Now     func() time.Time
	Sources Sources

	// Only for letters.
	Office            func() []course.Contact // whom to remind
	Template          func(name string) *letter.Template
	Hub               func(fact string) (string, bool)
	MailFrom, BaseURL string
}

// A Return is what is kept of a scheme and period.
type Return struct {
	record.Kept
	ID        string        `json:"id"`
	Scheme    string        `json:"scheme"`
	Period    string        `json:"period"`
	Snapshots []*Snapshot   `json:"snapshots,omitempty"`
	Published *Publication  `json:"published,omitempty"`
	Past      record.Events `json:"events"`
}

// A Snapshot is the figures as they were worked out at one time. The last may wait for
// confirmation; the others are frozen. All but the first are corrections.
type Snapshot struct {
	Made      time.Time `json:"made"`                   // UTC
	By        string    `json:"by"`                     // email, in lower case
	Why       string    `json:"why,omitempty"`          // for a correction
	Version   string    `json:"version"`                // of the words
	Sources   string    `json:"sources"`                // SHA-256 over the facts
	Figures   []Figure  `json:"figures"`                // in the order of the editors' file
	Frozen    time.Time `json:"frozen,omitzero"`        // UTC
	Confirmed string    `json:"confirmed_by,omitempty"` // email of the second person, in lower case
}

// IsFrozen reports whether a second person has confirmed it.
func (s *Snapshot) IsFrozen() bool { return !s.Frozen.IsZero() }

// Sum identifies what somebody who confirms has looked at: SHA-256 over the figures and their
// maker.
func (s *Snapshot) Sum() string {
	sum, _ := record.Sum([]any{s.Made, s.By, s.Why, s.Version, s.Sources, s.Figures}) // cannot fail
	return hex.EncodeToString(sum)
}

// Frozen returns the snapshots that were confirmed: the return, then its corrections.
func (r *Return) Frozen() []*Snapshot {
	n := len(r.Snapshots)
	if r.Waiting() != nil {
		n--
	}
	return r.Snapshots[:n]
}

// Latest returns the newest frozen snapshot; nil if there is none.
func (r *Return) Latest() *Snapshot {
	if all := r.Frozen(); len(all) > 0 {
		return all[len(all)-1]
	}
	return nil
}

// Waiting returns the snapshot that waits to be confirmed; nil if there is none.
func (r *Return) Waiting() *Snapshot {
	if n := len(r.Snapshots); n > 0 && !r.Snapshots[n-1].IsFrozen() {
		return r.Snapshots[n-1]
	}
	return nil
}

// says returns what the chain of events covers.
func (r *Return) says() ([]byte, error) {
	return record.Sum([]any{r.ID, r.Scheme, r.Period, r.Snapshots, r.Published})
}

// A list says which periods of a scheme were published, and of which the office was reminded.
type list struct {
	record.Kept
	ID      string        `json:"id"`
	Periods []string      `json:"periods"`
	Told    []string      `json:"told,omitempty"`
	Mail    record.Outbox `json:"letters,omitempty"`
	Past    record.Events `json:"events"`
}

func (l *list) says() ([]byte, error) { return record.Sum([]any{l.ID, l.Periods, l.Told}) }

func shelf(scheme string) string { return "returns " + scheme }

func (d *Desk) returns() *record.Keeper[*Return] {
	return &record.Keeper[*Return]{
		Store: d.Store, Kind: KindReturn, Anew: true, New: func(id string) *Return { return &Return{ID: id} },
		Entry: func(r *Return) (record.Record, error) {
			err := r.Past.Seal(r.ID, r.says)
			return record.Record{ID: r.ID, Status: "return", Shelf: shelf(r.Scheme), Since: r.Past[0].At, Brief: r.brief()}, err
		},
	}
}

func (d *Desk) lists() *record.Keeper[*list] {
	return &record.Keeper[*list]{
		Store: d.Store, Kind: KindPublished, Anew: true, New: func(id string) *list { return &list{ID: id} },
		Entry: func(l *list) (record.Record, error) {
			return record.Record{ID: l.ID, Status: "published", Due: l.Mail.Due()}, l.Past.Seal(l.ID, l.says)
		},
	}
}

// Scheme returns the scheme with the id, if it has a return; else nil.
func (d *Desk) Scheme(id string) *scheme.Scheme {
	i := slices.IndexFunc(d.Schemes, func(s *scheme.Scheme) bool { return s.ID == id && s.Reports() })
	if i < 0 {
		return nil
	}
	return d.Schemes[i]
}

func idOf(s *scheme.Scheme, p Period) string { return "return." + s.ID + "." + p.ID }

// Get returns the return of a scheme and period. It always exists, but is empty until somebody
// makes it.
func (d *Desk) Get(ctx context.Context, s *scheme.Scheme, p Period) (*Return, error) {
	r, err := d.returns().Get(ctx, idOf(s, p))
	if err != nil {
		return nil, err
	}
	r.Scheme, r.Period = s.ID, p.ID
	return r, nil
}

// Preview returns what the return of a period would say if it were made now. It keeps nothing.
func (d *Desk) Preview(ctx context.Context, s *scheme.Scheme, p Period) (*Snapshot, error) {
	facts, err := d.gather(ctx, s, p)
	if err != nil {
		return nil, fmt.Errorf("working out a return: %w", err)
	}
	return &Snapshot{
		Made: d.Now().UTC().Truncate(time.Millisecond), Version: s.Return.Version, Sources: facts.hash(), Figures: figures(s, p, facts),
	}, nil
}

// Make works out the figures of a period and keeps them for somebody else to confirm. If the return
// is already frozen it makes a correction, which needs a reason and a difference. It returns
// ErrEarly, ErrWaiting, ErrReason, ErrSame or ErrWords.
func (d *Desk) Make(ctx context.Context, s *scheme.Scheme, p Period, by, why string) (*Return, error) {
	if !p.over(d.Now()) {
		return nil, ErrEarly
	}
	made, err := d.Preview(ctx, s, p)
	if err != nil {
		return nil, err
	}
	made.By, made.Why = strings.ToLower(by), strings.TrimSpace(why)
	return d.returns().Amend(ctx, idOf(s, p), func(r *Return) error {
		r.Scheme, r.Period = s.ID, p.ID
		if r.Waiting() != nil {
			return ErrWaiting
		}
		one := *made
		if last := r.Latest(); last != nil {
			switch {
			case one.Why == "":
				return ErrReason
			case last.Version == one.Version && !sameWords(last.Figures, one.Figures):
				return ErrWords
			case len(Compare(last.Figures, one.Figures)) == 0:
				return ErrSame
			}
		} else {
			one.Why = ""
		}
		r.Snapshots = append(r.Snapshots, &one)
		r.Past.Add(one.Made, "made", "office", "").By = one.By
		return nil
	})
}

// sameWords reports whether two returns mean the same by the figures that both have.
func sameWords(a, b []Figure) bool {
	for _, x := range a {
		for _, y := range b {
			if x.ID == y.ID && (x.Label != y.Label || x.Means != y.Means) {
				return false
			}
		}
	}
	return true
}

// Confirm freezes the snapshot that waits. A second person does this; sum is the [Snapshot.Sum] of
// what they looked at. It returns ErrNone, ErrOwn or ErrChanged.
func (d *Desk) Confirm(ctx context.Context, s *scheme.Scheme, p Period, by, sum string) (*Return, error) {
	return d.waiting(ctx, s, p, sum, func(r *Return, one *Snapshot) error {
		by = strings.ToLower(by)
		if one.By == by {
			return ErrOwn
		}
		e := r.Past.Add(d.Now(), "frozen", "office", one.Sources)
		e.By, one.Confirmed, one.Frozen = by, by, e.At
		return nil
	})
}

// Drop removes the snapshot that waits, because it was made too early or somebody does not confirm
// it. Its event stays. It returns ErrNone or ErrChanged.
func (d *Desk) Drop(ctx context.Context, s *scheme.Scheme, p Period, by, sum string) (*Return, error) {
	return d.waiting(ctx, s, p, sum, func(r *Return, one *Snapshot) error {
		r.Snapshots = r.Frozen()
		r.Past.Add(d.Now(), "dropped", "office", one.Sources).By = strings.ToLower(by)
		return nil
	})
}

// waiting changes the snapshot that waits, if it is the one that somebody looked at.
func (d *Desk) waiting(ctx context.Context, s *scheme.Scheme, p Period, sum string, f func(*Return, *Snapshot) error) (*Return, error) {
	return d.returns().Amend(ctx, idOf(s, p), func(r *Return) error {
		one := r.Waiting()
		switch {
		case one == nil:
			return ErrNone
		case one.Sum() != sum:
			return ErrChanged
		}
		return f(r, one)
	})
}

// Publish publishes the return as it is frozen now, with small numbers hidden. It returns
// ErrFrozen, ErrWaiting or ErrTwice.
func (d *Desk) Publish(ctx context.Context, s *scheme.Scheme, p Period, by string) error {
	return record.Together(ctx, d.Store, func(set *record.Set) error {
		r, err := d.returns().In(ctx, set, idOf(s, p))
		if err != nil {
			return err
		}
		all, err := d.lists().In(ctx, set, "returns."+s.ID)
		if err != nil {
			return err
		}
		switch {
		case r.Latest() == nil:
			return ErrFrozen
		case r.Waiting() != nil:
			return ErrWaiting
		}
		for _, id := range all.Periods {
			if other, ok := PeriodOf(s, id); id == p.ID || ok && other.overlaps(p) {
				return ErrTwice
			}
		}
		one := &Publication{By: strings.ToLower(by), N: len(r.Frozen()), Figures: published(r.Latest().Figures)}
		e := r.Past.Add(d.Now(), "published", "office", "")
		e.By, one.At, r.Published = one.By, e.At, one
		all.Periods = append(all.Periods, p.ID)
		all.Past.Add(d.Now(), "published", "office", p.ID).By = one.By
		return nil
	})
}
