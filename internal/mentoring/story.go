package mentoring

import (
	"context"
	"errors"
	"slices"
	"strings"

	"traininghub/internal/form"
	"traininghub/internal/office"
	"traininghub/internal/record"
)

// These methods make a Desk an [office.Story] of the wall's office.

// Kind is the kind of requests.
func (d *Desk) Kind() record.Kind { return KindRequest }

// About returns the request if it belongs to the person with one of the numbers or the address;
// otherwise nil.
func (d *Desk) About(_ context.Context, kept record.Record, numbers []form.Registration, email string) (*office.Own, error) {
	r, err := d.Requests().Read(kept)
	if err != nil {
		return nil, err
	}
	number := slices.ContainsFunc(numbers, func(n form.Registration) bool {
		return n.Key() != "" && n.Key() == r.Contact.Number.Key()
	})
	if !number && (email == "" || !strings.EqualFold(email, r.Contact.Email)) {
		return nil, nil
	}
	return own(r), nil
}

// GiveOut notes that the request is given to its mentee.
func (d *Desk) GiveOut(ctx context.Context, id string) (*office.Own, error) {
	r, err := d.Requests().Amend(ctx, id, func(r *Request) error {
		r.Note(d.Now(), EventExported, ByHub, "", "")
		return nil
	})
	return own(r), err
}

// own is all that is kept of a request, without the keys and the word that open it.
func own(r *Request) *office.Own {
	given := *r
	given.Keys, given.Word = nil, nil
	return &office.Own{ID: r.ID, Kind: KindRequest, Data: &given}
}

// Erase removes a request. An open request is withdrawn first, and the same write frees what it
// holds: an open proposal, a pair, a mentor's place. Counts stay.
func (d *Desk) Erase(ctx context.Context, id string) error {
	var r *Request
	err := record.Together(ctx, d.Store, func(set *record.Set) (err error) {
		if r, err = d.Requests().In(ctx, set, id); err != nil {
			return err
		}
		if state, _ := r.State(); state.Open() && d.Release != nil {
			if err := d.Release(ctx, set, r); err != nil {
				return err
			}
		}
		if state, _ := r.State(); state.Open() { // Release may have ended it
			if err := r.Move(d.Now(), EventWithdrawn, ByMentee, "", ""); err != nil {
				return err
			}
		}
		if r.Counted {
			return nil
		}
		return d.countIn(ctx, set, r)
	})
	if err == nil {
		err = d.Office.Applications.Mailboxes().Forget(ctx, r.Contact.Email)
	}
	if err == nil {
		err = d.Requests().Delete(ctx, id, r)
	}
	if errors.Is(err, record.ErrNotFound) {
		return nil
	}
	return err
}

// Check says what is wrong with the record of a request.
func (d *Desk) Check(r record.Record, _ *record.Head) (*record.Head, string) {
	q := &Request{}
	if d.Requests().Decode(r, q) != nil {
		return nil, "it cannot be read"
	}
	if what := q.Events.Fault(r.ID, q.says); what != "" {
		return nil, what
	}
	// It is removed without a trace when its time is over, so the audit does not record its head.
	return nil, ""
}
