package record_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"traininghub/internal/record"
)

// TestOwed: a letter that failed counts as owed between its tries too. One that waits because its
// address has no room does not.
func TestOwed(t *testing.T) {
	for name, c := range map[string]struct {
		down error     // of the mail system
		hold time.Time // until when the address has no room
		want record.Owed
	}{
		"one that goes":      {},
		"the server is down": {down: errors.New("no route"), want: record.Owed{Waiting: 1, Oldest: 7 * time.Hour}},
		"it turns all away": {down: errors.New("refused by the server (554)"),
			want: record.Owed{Waiting: 1, Oldest: 7 * time.Hour}},
		"it refuses the letter": {down: &record.Refusal{Said: "spam"}, want: record.Owed{Refused: 1}},
		"no room":               {hold: newRound().now.Add(8 * time.Hour)},
		"no room for long":      {hold: newRound().now.Add(6*time.Hour + 59*time.Minute), want: record.Owed{Waiting: 1, Oldest: 7 * time.Hour}},
	} {
		r := newRound()
		r.down = c.down
		r.story.Hold = func(context.Context, *memo, record.Letter) (time.Time, error) { return c.hold, nil }
		r.create(t, "memo.1", "hello")
		for range 7 {
			if _, err := r.Deliver(t.Context()); err != nil {
				t.Fatal(err)
			}
			r.now = r.now.Add(time.Hour)
		}
		r.create(t, "memo.2", "stale")
		m, err := r.keep.Get(t.Context(), "memo.2")
		if err != nil {
			t.Fatal(err)
		}
		m.Letters.Move("stale", r.now.Add(20*time.Hour)) // due later today: not owed yet
		if _, err := r.keep.AmendRead(t.Context(), "memo.2", m, func(*memo) error { return nil }); err != nil {
			t.Fatal(err)
		}
		got, err := record.LookOwed(t.Context(), r.shelf, []record.Kind{"memo", "other"}, r.now)
		if got != c.want || err != nil {
			t.Errorf("%s: %+v (%v), want %+v", name, got, err, c.want)
		}
	}
}
