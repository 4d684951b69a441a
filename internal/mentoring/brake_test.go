package mentoring_test

import (
	"strings"
	"testing"
	"time"

	"traininghub/internal/mentoring"
	"traininghub/internal/mentoring/mentoringtest"
	"traininghub/internal/removal"
)

// TestBrake: a clock that runs ahead, or a mistake in the days for which requests are kept, removes
// no request.
func TestBrake(t *testing.T) {
	for name, c := range map[string]struct {
		change func(h *mentoringtest.House)
		why    string
	}{
		"the clock": {func(h *mentoringtest.House) { h.Now = h.Now.AddDate(2, 0, 0) }, "The clock says"},
		"the days": {func(h *mentoringtest.House) {
			h.Desk.Office.Applications.Kept["request_days of talk"] = 3
			h.Desk.Service("talk").Mentoring.Keep.Request = 3
		}, "request_days of talk is now 3 days, and was 90"},
	} {
		h := mentoringtest.New(t)
		id := h.Asks("request.1", "north", nil)
		sweep := func(after time.Duration) {
			h.Now = h.Now.Add(after)
			if _, err := h.Desk.Office.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		sweep(0)
		if _, err := h.Desk.Requests().Amend(t.Context(), id, func(r *mentoring.Request) error {
			return r.Move(h.Now, mentoring.EventWithdrawn, mentoring.ByMentee, "", "")
		}); err != nil {
			t.Fatal(err)
		}
		for range 8 {
			sweep(24 * time.Hour) // it is counted, and would go after 90 days
		}
		c.change(h)
		sweep(2 * time.Hour)
		h.Get(id) // fails if it is gone
		b, err := removal.Of(h.Desk.Office.Applications).Brake(t.Context())
		if err != nil || b.Held == nil || !strings.Contains(strings.Join(b.Held.Why, " "), c.why) {
			t.Errorf("%s: held is %+v (%v), want %q", name, b.Held, err, c.why)
		}
	}
}
