package pair

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"traininghub/internal/record"
)

// TestFeedback: a link asks at the end and some months later. The answers cannot be traced to
// anybody, are asked for once, and are summed up when there are five. Mentors do not see the words.
func TestFeedback(t *testing.T) {
	w := memory(t)
	m := w.mentor("Max Mentor", 8)
	link := func() string {
		t.Helper()
		w.post()
		last := w.box[len(w.box)-1]
		_, key, found := strings.Cut(last.Text, FeedbackPath)
		if !found {
			t.Fatalf("the letter is %+v", last)
		}
		return strings.Fields(key)[0]
	}
	for n := range 5 {
		if _, ok, err := w.desk.Summed(t.Context(), "gp-s", UseFeedback, ""); ok || err != nil {
			t.Fatalf("summed of %d answers (%v)", n, err)
		}
		p := w.registered(w.request(fmt.Sprintf("Philomena %c", 'A'+n), "north"), m)
		w.now = w.now.AddDate(0, 0, 3)
		if _, err := w.desk.AddSession(t.Context(), p.ID, w.held(1)); err != nil {
			t.Fatal(err)
		}
		w.post()
		w.box = nil
		w.do(p, Step{Act: End, By: Mentee, Cause: Completed})
		key := link()
		if len(w.box) != 1 || strings.Contains(w.box[0].Text, "Philomena") {
			t.Fatalf("letters: %+v", w.box)
		}
		_, sheet, err := w.desk.Opens(t.Context(), key)
		if err != nil || sheet.Use != UseFeedback {
			t.Fatalf("the link asks %+v (%v)", sheet, err)
		}
		if _, problems, err := w.desk.Give(t.Context(), p.ID, UseFeedback, url.Values{"words": {"Canaryword"}}); len(problems) != 1 || err != nil {
			t.Errorf("without an answer: %v (%v)", problems, err)
		}
		if _, problems, err := w.desk.Give(t.Context(), p.ID, UseFeedback, url.Values{"helped": {"yes"}, "words": {"Canaryword"}}); len(problems) > 0 || err != nil {
			t.Fatalf("given: %v (%v)", problems, err)
		}
		if _, _, err := w.desk.Opens(t.Context(), key); !errors.Is(err, ErrGiven) {
			t.Errorf("opened again: %v", err)
		}
		if _, _, err := w.desk.Give(t.Context(), p.ID, UseFeedback, url.Values{"helped": {"no"}}); !errors.Is(err, ErrGiven) {
			t.Errorf("given again: %v", err)
		}
		if n == 0 {
			before := len(w.box)
			w.now = w.now.AddDate(0, 6, 1)
			if _, sheet, err := w.desk.Opens(t.Context(), link()); err != nil || sheet.Use != UseLater || len(w.box) < before {
				t.Errorf("six months later the link asks %+v (%v)", sheet, err)
			}
			if p := mustGet(t, w, p.ID); p.Email != "" {
				t.Errorf("the address is still kept")
			}
		}
	}
	sums, ok, err := w.desk.Summed(t.Context(), "gp-s", UseFeedback, "")
	if err != nil || !ok || sums.People != 5 || sums.Questions[0].Options[0].N != 5 || len(sums.Words) != 5 {
		t.Errorf("sums for the lead: %+v (%v)", sums, err)
	}
	if sums, ok, _ = w.desk.Summed(t.Context(), "gp-s", UseFeedback, m.ID); !ok || sums.Words != nil {
		t.Errorf("sums for the mentor: %+v", sums)
	}
	record.Each(t.Context(), w.desk.Store, func(e record.Record) error {
		r, err := w.desk.Store.Get(context.Background(), e.ID)
		if err != nil {
			return err
		}
		if text, _ := json.Marshal(r); e.Kind == KindFeedback && (strings.Contains(string(r.Data), "P-") || strings.Contains(string(r.Data), "MR-")) || e.Kind != KindFeedback && strings.Contains(string(text), "Canaryword") {
			t.Errorf("%s of the kind %s joins an answer with somebody", e.ID, e.Kind)
		}
		return nil
	})
}
