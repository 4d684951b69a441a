package office

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"traininghub/internal/claim"
	"traininghub/internal/intake"
	"traininghub/internal/record"
)

// An audit looks for changes that the hub did not make. Each application has a chain of events,
// which shows whether what it says is still as the hub wrote it. Somebody who can write to the
// store could write a whole new chain, or take an application away. [Heads] show that: an audit
// notes the end of every chain, and somebody keeps them elsewhere. A chain only grows, so a later
// audit finds the noted end still in it. An application that the hub removed has left a trace.
//
// Links, sessions, letters, lists, the journal and the figures are in no chain, since they change
// all the time. They have a seal, if the hub has a key for it ([record.Sealed]): whatever is
// changed in the store without the key shows. Without a key an audit only looks for the letters
// that must be there, and at what follows from the chain.
//
// An audit cannot find a change by somebody who has the key, knows the hub's source and the
// answers, and writes a trace as well. The hub's log can: it has a line for each removal.

// Heads are the ends of the chains of the applications that were sent, by reference.
type Heads map[string]record.Head

// Audited is what an audit has found.
type Audited struct {
	Applications int // that were looked at, drafts too
	Removed      int // of the earlier heads, and with a trace
	Faults       int
	Wrong        []Wrong // the first of them, by reference
	Heads        Heads   // for the next audit; nil if something is wrong: then keep the earlier ones
}

// A Wrong says what is wrong with an application, in words without personal data.
type Wrong struct {
	Reference string `json:"reference"`
	What      string `json:"what"`
}

// An Auditing is how far an audit has come. It is kept as JSON, and gone on with by another
// program.
type Auditing struct {
	Walk   record.Walk    `json:"walk"` // through all records
	Looked int            `json:"looked"`
	Faults int            `json:"faults"`
	Wrong  []Wrong        `json:"wrong,omitempty"`  // the first of them
	Claims []record.Entry `json:"claims,omitempty"` // which are held against each other in the end

	most  int             // faults to keep
	there map[string]bool // what it came to, if anybody asks
}

// Audit checks every application and every record of another story. If there are heads of an
// earlier audit, it also compares with those.
func (d *Desk) Audit(ctx context.Context, earlier Heads) (*Audited, error) {
	a, found := &Auditing{most: math.MaxInt}, &Audited{}
	var err error
	if found.Heads, err = d.AuditOn(ctx, a, earlier, math.MaxInt); err != nil {
		return nil, err
	}
	wrong, removed, err := d.Compare(ctx, a.Unmet(earlier))
	if err != nil {
		return nil, err
	}
	found.Applications, found.Removed, found.Wrong = a.Looked, removed, append(a.Wrong, wrong...)
	if found.Faults = len(found.Wrong); found.Faults > 0 {
		found.Heads = nil
	}
	sortWrong(found.Wrong)
	return found, nil
}

// Unmet are those of the earlier heads that an audit in one go did not come to.
func (a *Auditing) Unmet(earlier Heads) Heads {
	gone := Heads{}
	for ref, was := range earlier {
		if !a.there[ref] {
			gone[ref] = was
		}
	}
	return gone
}

// AuditOn goes on with an audit, and returns the heads of what it came to: somewhat more bytes than
// most, as [Heads.Write] writes them, or all that were left. Then a.Done tells so. With an error
// the heads come, too, and a goes with them. Heads of an earlier audit are for one that needs no
// second go: see Unmet.
func (d *Desk) AuditOn(ctx context.Context, a *Auditing, earlier Heads, most int) (Heads, error) {
	if a.Walk == nil {
		a.Walk = make(record.Walk, record.Parts)
		if len(earlier) > 0 {
			a.there = map[string]bool{}
		}
	}
	store, seals := d.Applications.Store.(*record.Sealed)
	heads, size, kinds, unknown := Heads{}, 0, d.Kinds(), map[record.Kind]int{}
	if !a.Walk.Done() {
		key := d.keyOfSeals(heads)
		if was, noted := earlier[sealed]; noted && !bytes.Equal(was.Sum, key) {
			a.wrong(sealed, "the records are sealed with another key than at the earlier audit, or not at all")
		}
	}
	err := a.Walk.Go(ctx, d.Applications.Store, func(_ context.Context, some []record.Record) error {
		for _, r := range some {
			if a.there != nil {
				a.there[r.ID] = true
			}
			head, what, is := d.check(r, earlier)
			if is {
				a.Looked++
			}
			if seals && what == "" && slices.Contains(kinds, r.Kind) { // another program seals its own, and checks them
				what = store.Fault(r)
			}
			switch {
			case what != "":
				a.wrong(r.ID, what)
			case head != nil:
				heads[r.ID] = *head
				size += len(r.ID) + headSize
			}
			if !slices.Contains(kinds, r.Kind) {
				unknown[r.Kind]++
			}
			if d.Claims != nil && claim.Audits(r.Kind) {
				a.Claims = append(a.Claims, record.Entry{ID: r.ID, Kind: r.Kind})
			}
		}
		if size > most {
			return record.ErrEnough
		}
		return nil
	})
	record.LogUnknown(d.Applications.Log, unknown)
	if err == nil || a.Walk.Done() && errors.Is(err, record.ErrEnough) {
		err = d.money(ctx, a)
	}
	return heads, err
}

// headSize is how long a line of a head is behind its id.
const headSize = 2*2*32 + 8

// most is how many faults are kept of an audit in several goes.
const mostWrong = 1000

func (a *Auditing) wrong(id, what string) {
	if a.Faults++; len(a.Wrong) < cmp.Or(a.most, mostWrong) {
		a.Wrong = append(a.Wrong, Wrong{id, what})
	}
}

// Done tells whether all was looked at.
func (a *Auditing) Done() bool { return a.Walk.Done() && a.Claims == nil }

// check checks a record by its story; is tells whether it has one.
func (d *Desk) check(r record.Record, earlier Heads) (head *record.Head, what string, is bool) {
	var before *record.Head
	if was, noted := earlier[r.ID]; noted {
		before = &was
	}
	if story := d.story(r.Kind); story != nil {
		head, what = story.Check(r, before)
		return head, what, true
	}
	if r.Kind == record.Application {
		head, what = d.Applications.Check(r, before)
		return head, what, true
	}
	return nil, "", false
}

// Compare holds heads of an earlier audit against the records as they are now: those that a later
// audit had no such heads for. It returns how many of them the hub has removed since.
func (d *Desk) Compare(ctx context.Context, earlier Heads) (all []Wrong, removed int, err error) {
	for ref, was := range earlier {
		if ref == sealed {
			continue
		}
		r, err := d.Applications.Store.Get(ctx, ref)
		if err == nil {
			if _, what, _ := d.check(r, earlier); what != "" {
				all = append(all, Wrong{ref, what})
			}
			continue
		}
		if errors.Is(err, record.ErrNotFound) {
			_, err = d.Applications.Store.Get(ctx, intake.TraceOf(was.Sent))
			if err == nil {
				removed++
			} else if errors.Is(err, record.ErrNotFound) {
				all, err = append(all, Wrong{ref, "it is gone, and the hub did not remove it"}), nil
			}
		}
		if err != nil {
			return nil, 0, err
		}
	}
	sortWrong(all)
	return all, removed, nil
}

func sortWrong(all []Wrong) {
	slices.SortStableFunc(all, func(a, b Wrong) int { return strings.Compare(a.Reference, b.Reference) })
}

// money holds what is kept of claims against each other, if claims have joined: sums, caps,
// budgets, files.
func (d *Desk) money(ctx context.Context, a *Auditing) error {
	if d.Claims == nil {
		return nil
	}
	claims, err := d.Claims.AuditOf(ctx, a.Claims, nil)
	if err != nil {
		return err
	}
	for _, w := range claims.Wrong {
		if !slices.Contains(a.Wrong, Wrong{w.ID, w.What}) {
			a.wrong(w.ID, w.What)
		}
	}
	a.Claims = nil
	return nil
}

// sealed is the name among the heads under which the key of the seals stands.
const sealed = "seal"

// keyOfSeals is the name of the key by which records are sealed, and puts it among the heads; nil
// if there is none.
func (d *Desk) keyOfSeals(heads Heads) []byte {
	store, ok := d.Applications.Store.(*record.Sealed)
	if !ok {
		return nil
	}
	key, _ := hex.DecodeString(store.KeyID()) // as it was encoded
	heads[sealed] = record.Head{Sent: key, Events: 1, Sum: key}
	return key
}

// Records is of how many records they are the ends.
func (h Heads) Records() int {
	if _, there := h[sealed]; there {
		return len(h) - 1
	}
	return len(h)
}

// headsVersion is the first line of a file of heads.
const headsVersion = "heads of the training hub, 1"

// Write writes the heads as lines of text.
func (h Heads) Write(w io.Writer) error {
	refs := make([]string, 0, len(h))
	for ref := range h {
		refs = append(refs, ref)
	}
	slices.Sort(refs)
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, headsVersion)
	for _, ref := range refs {
		fmt.Fprintf(out, "%s %x %d %x\n", ref, h[ref].Sent, h[ref].Events, h[ref].Sum)
	}
	fmt.Fprintln(out, "end", len(h)) // so that a file that was cut off is no file of heads
	return out.Flush()
}

// ReadHeads reads what [Heads.Write] wrote.
func ReadHeads(r io.Reader) (Heads, error) {
	h, lines := Heads{}, bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		var ref, sent, last string
		var head record.Head
		switch line := lines.Text(); {
		case n == 1 && line == headsVersion:
		case n == 1:
			return nil, errors.New("this is no file of heads that this hub knows")
		case line == fmt.Sprint("end ", len(h)):
			return h, nil
		default:
			_, err := fmt.Sscanf(line, "%s %s %d %s", &ref, &sent, &head.Events, &last)
			var errs [2]error
			head.Sent, errs[0] = hex.DecodeString(sent)
			head.Sum, errs[1] = hex.DecodeString(last)
			if errors.Join(err, errs[0], errs[1]) != nil || head.Events < 1 {
				return nil, fmt.Errorf("line %d of the file of heads is broken", n)
			}
			h[ref] = head
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	return nil, errors.New("the file of heads is not whole")
}
