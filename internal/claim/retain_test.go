package claim

import (
	"context"
	"errors"
	"strings"
	"testing"

	"traininghub/internal/course"
	"traininghub/internal/record"
)

// TestRetire: an account and its batches are removed six years after their financial year, not
// counting the present one. What counts for life still counts, but no name, address or day is left.
// A year in which something is open stays whole.
func TestRetire(t *testing.T) {
	clock := london("2021-12-01 10:00")
	d, facts := newDesk(t, "£90,000", &clock)
	var traces [][]byte
	d.Trace = func(_ context.Context, sum []byte, _ string) error {
		traces = append(traces, sum)
		return nil
	}
	c := gp(1, "mentors")
	for n := range 3 {
		start := london("2021-11-02 14:00").AddDate(0, 0, n)
		facts.came[c.Email] = append(facts.came[c.Email], Workshop{Course: "one", Start: start, End: start.AddDate(0, 0,
			0).Add(3 * 3600e9)})
	}
	lines := claimAll(t, d, c, "2021-11", "")
	open := gp(2, "fellows")
	facts.sessions[open.Email] = weekly("2021-11-02 18:30", 1)
	claimAll(t, d, open, "2021-11", "")
	own, err := d.Own(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	id := own[0].ID
	for _, by := range []string{"payer-one@example.org", "checker-one@example.org"} {
		if _, err := d.SetVendor(t.Context(), id, "000777", by); err != nil {
			t.Fatal(err)
		}
	}
	for _, l := range lines {
		must(t, d, LineRef{id, l.N}, Check, "checker-one", "")
		must(t, d, LineRef{id, l.N}, Approve, "approver-one", "")
	}
	clock = london("2021-12-20 10:00")
	p, err := d.Propose(t.Context(), "mentors", "2021/22", course.DateOf(clock))
	if err != nil {
		t.Fatal(err)
	}
	b, err := d.MakeBatch(t.Context(), "mentors", "2021/22", course.DateOf(clock), len(p.Rows), p.Sum,
		"approver-one@example.org")
	if err != nil {
		t.Fatal(err)
	}
	clock = london("2021-12-21 10:00")
	if _, err := d.Answer(t.Context(), "mentors", answerTo(b, "paid"), "payer-one@example.org"); err != nil {
		t.Fatal(err)
	}
	whole(t, d)
	before, err := d.Audit(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}

	clock = london("2028-03-31 10:00")
	if n, err := d.Retire(t.Context()); n != 0 || err != nil {
		t.Fatalf("%d removed before their time (%v)", n, err)
	}
	clock = london("2028-04-01 10:00")
	if n, err := d.Retire(t.Context()); n != 2 || err != nil {
		t.Fatalf("%d removed (%v)", n, err)
	}
	if n, err := d.Retire(t.Context()); n != 0 || err != nil {
		t.Errorf("%d removed again (%v)", n, err)
	}
	if len(traces) != 2 {
		t.Errorf("%d traces", len(traces))
	}
	if _, err := d.Account(t.Context(), id); !errors.Is(err, record.ErrNotFound) {
		t.Errorf("the account still exists: %v", err)
	}
	if all, err := d.List(t.Context(), "fellows", "2021/22", ""); err != nil || len(all) != 1 {
		t.Errorf("of the year with something open there are %d accounts (%v)", len(all), err)
	}
	r, err := d.Store.Get(t.Context(), own[0].Person)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"example.org", "2021-11", "000777", "training/session", "Dr Number"} {
		if strings.Contains(string(r.Data), text) || r.Email != "" || r.Number != "" {
			t.Errorf("of the person there is left %s", r.Data)
		}
	}
	after, err := d.Audit(t.Context(), before.Heads)
	if err != nil || len(after.Wrong) > 0 {
		t.Errorf("the audit finds %v (%v)", after.Wrong, err)
	}

	// They can claim the fourth session of their life, but not a fifth, and none of the three
	// again.
	for n := range 2 {
		start := london("2028-03-06 14:00").AddDate(0, 0, n)
		facts.came[c.Email] = append(facts.came[c.Email], Workshop{Course: "one", Start: start, End: start.Add(3 * 3600e9)})
	}
	items, err := d.Month(t.Context(), c, "2028-03")
	if err != nil || len(items) != 2 || items[0].Why != nil || !errors.Is(items[1].Why, ErrCap) {
		t.Fatalf("%+v (%v)", items, err)
	}
	if _, err := d.Submit(t.Context(), c, Asking{Month: "2028-03", Keys: []string{items[0].Key,
		items[1].Key}}); !errors.Is(err, ErrCap) {
		t.Errorf("five in a life: %v", err)
	}
	if _, err := d.Submit(t.Context(), c, Asking{Month: "2028-03", Keys: []string{items[0].Key}}); err != nil {
		t.Errorf("the fourth: %v", err)
	}
	person, err := d.persons().Get(t.Context(), own[0].Person)
	if err != nil {
		t.Fatal(err)
	}
	again := lines[0]
	again.Hours = nil
	if err := person.take(d.Scheme("mentors"), d.Scheme("mentors").Pay("training"), "x", &again); !errors.Is(err,
		ErrTaken) {
		t.Errorf("the first one again: %v", err)
	}
}
