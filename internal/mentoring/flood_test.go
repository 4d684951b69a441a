package mentoring_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"traininghub/internal/mentoring"
	"traininghub/internal/mentoring/mentoringtest"
	"traininghub/internal/record"
)

// TestFlood: sixty requests with an unproved address cause six letters to it, and one for the rest
// with the link of each. The same holds when links are asked for again.
func TestFlood(t *testing.T) {
	h := mentoringtest.New(t)
	for i := range 60 {
		h.Asks(fmt.Sprintf("request.%02d", i), "north", func(r *mentoring.Request) {
			r.Contact.Name = "Urgent WIN"
			r.Letters.Owe("received-1", mentoring.LetterReceived, h.Now)
		})
	}
	goes := func(after time.Duration) (texts []string) {
		h.Now, h.Mail = h.Now.Add(after), nil
		for range 5 {
			h.Deliver()
		}
		for _, m := range h.Mail {
			if m.To == "ada@example.org" {
				texts = append(texts, m.Text)
			}
		}
		return texts
	}
	if n := len(goes(0)); n != 6 {
		t.Errorf("%d letters at once, want 6", n)
	}
	rest := goes(11 * time.Minute)
	if len(rest) != 1 || strings.Count(rest[0], "https://hub.example.org/mentoring/request/request.") != 54 ||
		strings.Contains(rest[0], "WIN") || strings.Contains(rest[0], "Talk") {
		t.Fatalf("%d letters for the rest, want one with 54 links: %.300q", len(rest), rest)
	}
	if more := goes(3 * time.Hour); len(more) != 0 {
		t.Errorf("%d letters more", len(more))
	}
	for i := range 60 {
		if r := h.Get(fmt.Sprintf("request.%02d", i)); r.Letters.Has(record.Letter.IsOwed) {
			t.Errorf("%s still owes a letter", r.ID)
		}
	}
	if err := h.Desk.AskAgain(t.Context(), "ADA@example.org"); err != nil {
		t.Fatal(err)
	}
	if n := len(goes(0)); n != 6 {
		t.Errorf("%d letters when links are asked for, want 6", n)
	}
}
