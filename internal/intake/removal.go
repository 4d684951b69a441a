package intake

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/record"
)

// A sent application is removed by the worker that sends letters, not by the store's own removal of
// expired records, because two things are left of it:
//
//   - a row without a name or a reference, for the figures ([application.Counts]), on the shelf
//     [Past] of its course;
//   - a trace, so that an audit can tell a removal from a theft. Its id is the hash of a sum that
//     only an earlier audit has noted.
//
// The first step is an event, "removed", by the usual conditional write. It decides between the
// removal and anybody who changes the application at the same moment, and from then on nobody sees
// it. The other steps can be repeated by anybody, even at the same time, and are repeated after a
// crash. Row and trace have nothing in common but the month.

// A week before it is destroyed an application is marked; see package removal.
const (
	MarkedFor   = 7 * 24 * time.Hour  // between the mark and the end
	restoredFor = 30 * 24 * time.Hour // how long an application that was brought back is kept at least
)

// Removing is the state of the shelf for marked applications, in the order in which they will be
// destroyed.
const Removing = "removing"

// Sweeps is the kind of the single record that holds the brake of package removal.
const Sweeps record.Kind = "sweep"

// Reasons for a removal.
const (
	OverTime = "time"    // its time was over
	Erased   = "erasure" // the person asked
)

// Past is the state of the shelf for the rows that are left of applications.
const Past = "past"

// TraceOf returns the id of the trace that an application leaves, by the sum of its sending.
func TraceOf(sum []byte) string { return "gone." + hashed(sum) }

func hashed(secret []byte) string {
	sum := sha256.Sum256(secret)
	return hex.EncodeToString(sum[:16])
}

// A trace is what an audit finds of an application that was removed.
type trace struct {
	Removed string `json:"removed"` // "2022-09": the month in London
	Why     string `json:"why"`
}

// LeaveTrace stores for audits that a record was removed, and why. sum is the one with which its
// chain began.
func (d *Desk) LeaveTrace(ctx context.Context, sum []byte, why string) error {
	mark, _ := json.Marshal(trace{month(d.Now()), why}) // strings only: cannot fail
	err := d.Store.Create(ctx, record.Record{ID: TraceOf(sum), Kind: record.Trace, Data: mark})
	if errors.Is(err, record.ErrExists) {
		return nil
	}
	return err
}

// sentSum returns the sum of the last event of the write by which the application was sent; nil
// for a draft. It never changes, and covers the hash of everything that was said, so nobody can
// guess it.
func sentSum(a *application.Application) []byte {
	sent := false
	for _, e := range a.Events {
		if sent = sent || e.What == application.EventReceived; sent && e.Says != nil {
			return e.Sum
		}
	}
	return nil
}

// Remove removes an application that was sent. For [OverTime] it does so only if its time is over.
func (d *Desk) Remove(ctx context.Context, ref, why string) error {
	a, err := d.Amend(ctx, ref, func(a *application.Application) error {
		switch {
		case a.Removal() != nil:
			return record.ErrUnchanged
		case why == OverTime && (!a.IsMarked() || d.Now().Before(a.Ends())): // changed in the meantime
			return record.ErrUnchanged
		}
		a.Salt = make([]byte, 16)
		rand.Read(a.Salt)
		a.Letters.Drop(func(l record.Letter) bool { return !l.IsSent() })
		a.Events.Add(d.Now(), application.EventRemoved, "hub", why)
		return nil
	})
	if errors.Is(err, record.ErrNotFound) {
		return nil
	}
	if err != nil || a.Removal() == nil {
		return err
	}
	removed := *a.Removal()
	c := d.counts(a)
	c.Sessions = math.RoundToEven(c.Sessions) // a whole number says less about a person; the mean stays
	c.Removed, c.Why = month(removed.At), removed.Note
	row, _ := json.Marshal(c) // strings and numbers only: cannot fail
	mark, _ := json.Marshal(trace{c.Removed, c.Why})
	left := []record.Record{
		// Its place on the shelf is the month, so that the row does not reveal the day.
		{ID: "past." + hashed(a.Salt), Kind: record.PastRow, Course: a.Course,
			Shelf: application.ShelfOf(a.Course, Past),
			Since: monthOf(c.Removed), Brief: row, Data: row},
		{ID: TraceOf(sentSum(a)), Kind: record.Trace, Data: mark},
	}
	// An application that was removed before, and came back from a backup, has its row already: it is
	// written before the trace, and under a name that nobody can find again.
	if sentSum(a) != nil {
		switch _, err := d.Store.Get(ctx, TraceOf(sentSum(a))); {
		case err == nil:
			left = nil
		case !errors.Is(err, record.ErrNotFound):
			return fmt.Errorf("removing %s: %w", ref, err)
		}
	}
	for _, r := range left {
		if err := d.Store.Create(ctx, r); err != nil && !errors.Is(err, record.ErrExists) {
			return fmt.Errorf("removing %s: %w", ref, err)
		}
	}
	if err := d.forget(ctx, a); err != nil {
		return fmt.Errorf("removing %s: %w", ref, err)
	}
	for {
		switch err := d.Applications().Delete(ctx, ref, a); {
		case err == nil:
			d.Log.Info("application removed", "reference", ref, "why", removed.Note)
			return nil
		case errors.Is(err, record.ErrNotFound): // by another worker
			return nil
		case !errors.Is(err, record.ErrConflict):
			return fmt.Errorf("removing %s: %w", ref, err)
		}
		// A bounce was noted meanwhile; nothing else can change any more.
		if a, err = d.get(ctx, ref); errors.Is(err, record.ErrNotFound) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
