package claim

import (
	"errors"
	"testing"

	"traininghub/internal/record"
)

// TestDraftUsed: after a month was claimed, nothing is left of what the office prepared, and the
// next sweep removes the record.
func TestDraftUsed(t *testing.T) {
	clock := london("2021-12-01 10:00")
	d, facts := newDesk(t, "£9,000", &clock)
	c := gp(1, "mentors")
	facts.sessions[c.Email] = weekly("2021-11-02 18:00", 2)
	items, err := d.Month(t.Context(), c, "2021-11")
	if err != nil {
		t.Fatal(err)
	}
	ask := Asking{Month: "2021-11", Keys: []string{items[0].Key}}
	if err := d.Prepare(t.Context(), c, ask, "office@example.org"); err != nil {
		t.Fatal(err)
	}
	if x, err := d.Draft(t.Context(), c, "2021-11"); err != nil || x.By != "office@example.org" {
		t.Fatalf("the draft: %+v (%v)", x, err)
	}
	if n, err := d.Drop(t.Context()); n != 0 || err != nil {
		t.Errorf("%d dropped before it was used (%v)", n, err)
	}
	if _, err := d.Submit(t.Context(), c, ask); err != nil {
		t.Fatal(err)
	}
	x, err := d.Draft(t.Context(), c, "2021-11")
	if err != nil || x.By != "" || x.Email != "" || len(x.Asking.Keys) != 0 {
		t.Errorf("after the claim: %+v (%v)", x, err)
	}
	if n, err := d.Drop(t.Context()); n != 1 || err != nil {
		t.Errorf("%d dropped after it was used (%v)", n, err)
	}
	if _, err := d.Store.Get(t.Context(), x.ID); !errors.Is(err, record.ErrNotFound) {
		t.Errorf("the record is still there: %v", err)
	}
}
