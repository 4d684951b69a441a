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
// store could still write a whole new chain, or take an application away. [Heads] show that: an
// audit notes the end of every chain, and somebody keeps these notes elsewhere. A chain only grows,
// so a later audit must find each noted end in it. An application that the hub removed has left a
// trace.
//
// Links, sessions, letters, lists, the journal and the figures change all the time, so they are in
// no chain. If the hub has a key for seals ([record.Sealed]), they are sealed, and any change made
// without the key shows. Without a key an audit only looks for the letters that must be there, and
// for what follows from the chain.
//
// An audit cannot find a change by somebody who has the key, knows the hub's source and the
// answers, and also writes a trace. The hub's log can: it has a line for each removal.

// Heads are the ends of the chains of all applications that were sent, by reference.
type Heads map[string]record.Head

// Audited is what an audit found.
type Audited struct {
	Applications int // that were looked at, drafts included
	Removed      int // of the earlier heads, those with a trace
	Faults       int
	Wrong        []Wrong // the first of them, by reference
	Heads        Heads   // for the next audit; nil if something is wrong: then keep the earlier ones
}

// A Wrong says what is wrong with an application, without personal data.
type Wrong struct {
	Reference string `json:"reference"`
	What      string `json:"what"`
}

// An Auditing says how far an audit has come. It is kept as JSON, so that another program can go on
// with it.
type Auditing struct {
	Walk   record.Walk    `json:"walk"` // through all records
	Looked int            `json:"looked"`
	Faults int            `json:"faults"`
	Wrong  []Wrong        `json:"wrong,omitempty"`  // the first of them
	Claims []record.Entry `json:"claims,omitempty"` // compared with each other at the end

	most  int             // how many faults to keep
	there map[string]bool // what the audit has come to, if it has to know
}

// Audit checks every application and every record of another story, and compares them with the
// heads of an earlier audit if there are any.
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

// Unmet returns those of the earlier heads that a complete audit did not come to.
func (a *Auditing) Unmet(earlier Heads) Heads {
	gone := Heads{}
	for ref, was := range earlier {
		if !a.there[ref] {
			gone[ref] = was
		}
	}
	return gone
}

// AuditOn goes on with an audit and returns the heads of what it came to: slightly more than most
// bytes of them, as [Heads.Write] writes them, or all that were left. [Auditing.Done] reports
// whether the audit is complete. When AuditOn returns an error, it returns the heads as well, and a
// matches them. Pass heads of an earlier audit only if one call does the whole audit: see Unmet.
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
			if seals && what == "" && slices.Contains(kinds, r.Kind) { // others seal and check their own kinds
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

// headSize is the length of a head's line without its id.
const headSize = 2*2*32 + 8

// mostWrong is how many faults an audit keeps that takes several calls.
const mostWrong = 1000

func (a *Auditing) wrong(id, what string) {
	if a.Faults++; len(a.Wrong) < cmp.Or(a.most, mostWrong) {
		a.Wrong = append(a.Wrong, Wrong{id, what})
	}
}

// Done reports whether everything was looked at.
func (a *Auditing) Done() bool { return a.Walk.Done() && a.Claims == nil }

// check has a record checked by its story; is reports whether it has one.
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

// Compare compares heads of an earlier audit with the records as they are now. It is for the heads
// that a later audit could not compare. removed is how many of them the hub has removed since.
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

// money compares claims with each other, if claims have joined: sums, caps, budgets, files.
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

// sealed is the name in the heads for the key of the seals.
const sealed = "seal"

// keyOfSeals returns the name of the key by which records are sealed, and adds it to the heads; nil
// if there is no key.
func (d *Desk) keyOfSeals(heads Heads) []byte {
	store, ok := d.Applications.Store.(*record.Sealed)
	if !ok {
		return nil
	}
	key, _ := hex.DecodeString(store.KeyID()) // it was encoded by the store
	heads[sealed] = record.Head{Sent: key, Events: 1, Sum: key}
	return key
}

// Records is how many records the heads belong to.
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
	fmt.Fprintln(out, "end", len(h)) // so that a file which was cut off is not taken for a whole one
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
