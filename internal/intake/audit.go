package intake

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"traininghub/internal/record"
)

// An audit looks for changes behind the hub's back. That what an application says, and its events, are as the hub wrote them, its own
// chain tells (chain.go). Whoever can write to the store can also write a whole new chain, or take an application away; this
// is found by [Heads], the ends of all chains, which an earlier audit has noted and somebody keeps elsewhere: a chain only
// grows, so the end that was noted is still in it, and an application that is gone has left a trace (removal.go).
//
// The outbox is in no chain, for letters are tried again and again; of it an audit finds what the letters that must be there show.
//
// It cannot find who knows the hub's source, the answers, and writes a trace as well; the hub's log, which has a line for each
// removal, can.

// Heads are the ends of the chains of the applications that were sent, by reference.
type Heads map[string]Head

// A Head is the end of a chain.
type Head struct {
	Sent   []byte // the sum with which it was sent
	Events int    // how many there were
	Sum    []byte // of the last one
}

// Audited is what an audit has found.
type Audited struct {
	Applications int     // that were looked at, drafts too
	Removed      int     // of the earlier heads, and with a trace
	Wrong        []Wrong // by reference
	Heads        Heads   // for the next audit; nil if something is wrong, for then the earlier ones are what there is to compare with
}

// A Wrong says what is wrong with an application, in words without personal data.
type Wrong struct{ Reference, What string }

// Audit checks every application, and against the heads of an earlier audit if there was one.
func (d *Desk) Audit(ctx context.Context, earlier Heads) (*Audited, error) {
	found := &Audited{Heads: Heads{}}
	wrong := func(ref, what string) { found.Wrong = append(found.Wrong, Wrong{ref, what}) }
	there := map[string]bool{}
	err := d.eachID(ctx, func(id string) error {
		if !reference.MatchString(id) {
			return nil
		}
		r, err := d.Store.Get(ctx, id)
		if errors.Is(err, record.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		there[id] = true
		found.Applications++
		a := &Application{}
		if json.Unmarshal(r.Data, a) != nil {
			wrong(id, "its document cannot be read")
			return nil
		}
		if a.Reference != id {
			wrong(id, "its document is that of another application")
			return nil
		}
		if what := a.Events.Fault(a.Reference, a.says); what != "" {
			wrong(id, what)
			return nil
		}
		if d.misplaced(r, a) {
			wrong(id, "it stands where it does not belong: on a list, with a course, or to be found by something else")
			return nil
		}
		was, noted := earlier[id]
		sent := a.sentSum()
		if noted && (!bytes.Equal(was.Sent, sent) || len(a.Events) < was.Events || !bytes.Equal(was.Sum, a.Events[was.Events-1].Sum)) {
			wrong(id, "its chain was written anew since the earlier audit")
			return nil
		}
		if a.silenced(r.Due) {
			wrong(id, "a letter about it was taken out of the outbox, put off, or marked as sent")
			return nil
		}
		if sent != nil {
			found.Heads[id] = Head{sent, len(a.Events), a.Events[len(a.Events)-1].Sum}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for ref, was := range earlier {
		if there[ref] {
			continue
		}
		switch _, err := d.Store.Get(ctx, traceOf(was.Sent)); {
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

// misplaced tells whether the record of an application that was sent stands elsewhere than the application says: those of another course
// could see it, or nobody.
func (d *Desk) misplaced(r record.Record, a *Application) bool {
	if a.Document == nil {
		return false
	}
	is := record.Record{Status: string(a.Status()), Course: a.Course}
	d.index(&is, a)
	return d.Programme.Current(a.Course) != d.Programme.Current(a.Document.Course.ID) || r.Course != is.Course || r.Status != is.Status || r.Shelf != is.Shelf || r.Number != is.Number || r.Email != is.Email ||
		r.Since.UnixMilli() != is.Since.UnixMilli()
}

// silenced tells whether letters about an application that was sent were kept from going. due is when the store has it looked at next, which
// may be earlier than its letters are due. The chain does not hold the letters, but it holds that each one went. Letters that are owed only
// for as long as something lasts, reminders and the like, can be gone.
func (a *Application) silenced(due time.Time) bool {
	if a.Document == nil || a.removal() != nil {
		return false
	}
	if next := a.Letters.Due(); !next.IsZero() && (due.IsZero() || due.UnixMilli() > next.UnixMilli()) {
		return true
	}
	names := []string{LetterToLead, LetterToApplicant}
	switch a.Status() {
	case Accepted:
		names = append(names, LetterAccepted, LetterDecision)
	case Declined:
		names = append(names, LetterDeclined, LetterDecision)
	}
	for _, name := range names {
		if !a.Letters.Has(func(l record.Letter) bool { return l.Name == name }) {
			return true
		}
	}
	return a.Letters.Has(func(l record.Letter) bool {
		return !l.Sent.IsZero() && !slices.ContainsFunc(a.Events, func(e record.Event) bool { return e.What == EventSent && e.Note == l.ID })
	})
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
		var head Head
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
