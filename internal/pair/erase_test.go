package pair

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"traininghub/internal/mentoring"
	"traininghub/internal/office"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
)

// brittle is a store that fails from a certain write on. If after is set, that write is still done.
type brittle struct {
	record.Store
	until int // writes left; never fails if negative
	after bool
}

var errBroken = errors.New("broken")

func (b *brittle) write(do func() error) error {
	switch {
	case b.until < 0:
		return do()
	case b.until > 0:
		b.until--
		return do()
	}
	if b.after {
		b.after = false
		do()
	}
	return errBroken
}

func (b *brittle) Create(ctx context.Context, r record.Record) error {
	return b.write(func() error { return b.Store.Create(ctx, r) })
}

func (b *brittle) Update(ctx context.Context, r record.Record) error {
	return b.write(func() error { return b.Store.Update(ctx, r) })
}

func (b *brittle) UpdateAll(ctx context.Context, all ...record.Record) error {
	return b.write(func() error { return b.Store.UpdateAll(ctx, all...) })
}

func (b *brittle) Delete(ctx context.Context, id string, version int64) error {
	return b.write(func() error { return b.Store.Delete(ctx, id, version) })
}

// TestErasedAtEachWrite: at whatever write the erasure of a mentee in a running pair is
// interrupted, the same command again, or the worker alone, finishes it. Nothing of the mentee is
// left, the mentor is told once and has their place back, and another pair of the same mentor is
// unchanged.
func TestErasedAtEachWrite(t *testing.T) {
	told := func(w *world) int {
		n := 0
		for _, m := range w.box {
			if m.To == "max.mentor@example.org" && strings.Contains(m.Text, "One of your pairs has ended") {
				n++
			}
		}
		return n
	}
	most := 0
	for n, broke := 0, true; broke; n++ {
		for _, after := range []bool{false, true} {
			for _, again := range []bool{true, false} {
				store := &brittle{Store: &recordtest.Memory{}, until: -1}
				w := newWorld(t, store)
				w.desk.Join(w.desk.Desk, w.desk.Register)
				w.desk.Join(w.desk.Stories()...)
				w.desk.Office.Mailer = w
				max := w.mentor("Max Mentor", 4)
				p := w.registered(w.request("Philomena Mentee", "north", func(r *mentoring.Request) { r.Contact.Number = registration("1000001") }), max)
				other := w.registered(w.request("Olga Other", "north"), max)
				w.now = w.now.AddDate(0, 0, 3)
				w.post()
				kept, err := store.Get(t.Context(), other.ID)
				if err != nil {
					t.Fatal(err)
				}
				found := func() *office.Personal {
					t.Helper()
					p, err := w.desk.Office.Person(t.Context(), "", "philomena.mentee@example.org")
					if err != nil {
						t.Fatal(err)
					}
					return p
				}
				who := found()
				refs := who.References()
				if !slices.Contains(refs, p.ID) || len(refs) < 2 {
					t.Fatalf("of her there are %q", refs)
				}
				store.until, store.after = n, after
				err = w.desk.Office.EraseAll(t.Context(), who, refs)
				broke = err != nil
				store.until = -1
				if again || n == 0 && !after { // nothing was written yet
					if err := w.desk.Office.EraseAll(t.Context(), found(), refs); err != nil {
						t.Fatalf("write %d, after %v: again: %v", n, after, err)
					}
				}
				for range 3 {
					w.now = NextMorning(w.now.Add(time.Minute))
					if _, err := w.desk.Office.Post().Deliver(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				if err := record.Each(t.Context(), store, func(r record.Record) error {
					for _, word := range []string{"Philomena", "philomena.mentee", "1000001"} {
						if strings.Contains(string(r.Data)+string(r.Brief)+r.Email+r.Number, word) {
							t.Errorf("write %d, after %v, again %v: %s still has %q", n, after, again, r.ID, word)
						}
					}
					return nil
				}); err != nil {
					t.Fatal(err)
				}
				m, err := w.desk.Register.Get(t.Context(), max.ID)
				if err != nil || len(m.Places) != 1 || told(w) != 1 {
					t.Errorf("write %d, after %v, again %v: the mentor has %d places and was told %d times (%v)", n, after, again, len(m.Places), told(w), err)
				}
				if now, err := store.Get(t.Context(), other.ID); err != nil || string(now.Data) != string(kept.Data) {
					t.Errorf("write %d, after %v, again %v: the other pair is not as it was (%v)", n, after, again, err)
				}
				if audit, err := w.desk.Office.Audit(t.Context(), nil); err != nil || audit.Faults > 0 {
					t.Errorf("write %d, after %v, again %v: %+v (%v)", n, after, again, audit, err)
				}
				if t.Failed() {
					return
				}
				most = n
			}
		}
	}
	if most < 4 {
		t.Errorf("only %d writes", most)
	}
}
