package office

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

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
	Applications int     // that were looked at, drafts too
	Removed      int     // of the earlier heads, and with a trace
	Wrong        []Wrong // by reference
	Heads        Heads   // for the next audit; nil if something is wrong: then keep the earlier ones
}

// A Wrong says what is wrong with an application, in words without personal data.
type Wrong struct{ Reference, What string }

// Audit checks every application and every record of another story. If there are heads of an
// earlier audit, it also compares with those.
func (d *Desk) Audit(ctx context.Context, earlier Heads) (*Audited, error) {
	found := &Audited{Heads: Heads{}}
	wrong := func(ref, what string) { found.Wrong = append(found.Wrong, Wrong{ref, what}) }
	there := map[string]bool{}
	err := d.each(ctx, func(id string, story Story) error {
		check := d.Applications.Check
		if story != nil {
			check = story.Check
		}
		r, err := d.Applications.Store.Get(ctx, id)
		if errors.Is(err, record.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		there[id] = true
		found.Applications++
		var before *record.Head
		if was, noted := earlier[id]; noted {
			before = &was
		}
		head, what := check(r, before)
		if what != "" {
			wrong(id, what)
		} else if head != nil {
			found.Heads[id] = *head
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := d.seals(ctx, earlier, found); err != nil {
		return nil, err
	}
	if err := d.money(ctx, found); err != nil {
		return nil, err
	}
	for ref, was := range earlier {
		if there[ref] || ref == sealed {
			continue
		}
		switch _, err := d.Applications.Store.Get(ctx, intake.TraceOf(was.Sent)); {
		case err == nil:
			found.Removed++
		case errors.Is(err, record.ErrNotFound):
			wrong(ref, "it is gone, and the hub did not remove it")
		default:
			return nil, err
		}
	}
	if found.Wrong != nil {
		found.Heads = nil
	}
	slices.SortFunc(found.Wrong, func(a, b Wrong) int { return strings.Compare(a.Reference, b.Reference) })
	return found, nil
}

// money holds what is kept of claims against each other, if claims have joined: sums, caps,
// budgets, files.
func (d *Desk) money(ctx context.Context, found *Audited) error {
	if d.Claims == nil {
		return nil
	}
	claims, err := d.Claims.Audit(ctx, nil)
	if err != nil {
		return err
	}
	for _, w := range claims.Wrong {
		if !slices.Contains(found.Wrong, Wrong{w.ID, w.What}) {
			found.Wrong = append(found.Wrong, Wrong{w.ID, w.What})
		}
	}
	return nil
}

// sealed is the name among the heads under which the key of the seals stands.
const sealed = "seal"

// seals checks the seals of all records, if the store has a key: those of links, sessions, letters,
// exports and figures, too, which are in no chain. The key must be that of the earlier audit.
func (d *Desk) seals(ctx context.Context, earlier Heads, found *Audited) error {
	wrong := func(id, what string) {
		if !slices.ContainsFunc(found.Wrong, func(w Wrong) bool { return w.Reference == id }) {
			found.Wrong = append(found.Wrong, Wrong{id, what})
		}
	}
	store, ok := d.Applications.Store.(*record.Sealed)
	var key []byte
	if ok {
		key, _ = hex.DecodeString(store.KeyID()) // as it was encoded
		found.Heads[sealed] = record.Head{Sent: key, Events: 1, Sum: key}
	}
	if was, noted := earlier[sealed]; noted && !bytes.Equal(was.Sum, key) {
		wrong(sealed, "the records are sealed with another key than at the earlier audit, or not at all")
	}
	if !ok {
		return nil
	}
	kinds := d.Kinds()
	return record.Each(ctx, store, func(e record.Entry) error {
		if !slices.Contains(kinds, e.Kind) { // another program's, to seal and to check
			return nil
		}
		r, err := store.Get(ctx, e.ID)
		if errors.Is(err, record.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if what := store.Fault(r); what != "" {
			wrong(e.ID, what)
		}
		return nil
	})
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
