package record

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Owed is what a store still has to send, for monitors.
type Owed struct {
	Waiting int           // letters whose time has come
	Oldest  time.Duration // how long the first of them has waited, even if it was tried in between
	Refused int           // letters that the next system refuses ([Refusal]), which are tried once a day
}

// A letter that failed is tried again within a day at most, and its record is not due until then.
// So LookOwed looks at all records that are due within a day, up to this many.
const (
	retried     = 25 * time.Hour
	mostRecords = 200
)

// LookOwed looks at the letters of records of these kinds. A letter that was put off without a try,
// because its address has no room (Hold of [Letters]), does not count: anybody can bring that
// about, and nothing is wrong.
func LookOwed(ctx context.Context, store Store, kinds []Kind, now time.Time) (all Owed, err error) {
	due, err := store.Due(ctx, kinds, now.Add(retried), mostRecords)
	if err != nil {
		return all, fmt.Errorf("looking for letters: %w", err)
	}
	for _, e := range due {
		r, err := store.Get(ctx, e.ID)
		if errors.Is(err, ErrNotFound) { // removed in the meantime
			continue
		}
		if err != nil {
			return all, fmt.Errorf("looking for letters: %w", err)
		}
		var owes struct{ Letters Outbox }
		if json.Unmarshal(r.Data, &owes) != nil {
			continue // the post logs it when it is due
		}
		for _, l := range owes.Letters {
			switch age := now.Sub(l.Owed); {
			case !l.IsOwed() || age <= 0 || l.Attempts == 0 && l.Due.After(now):
			case l.Refused:
				all.Refused++
			default:
				all.Waiting++
				all.Oldest = max(all.Oldest, age)
			}
		}
	}
	return all, nil
}
