package mailbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"traininghub/internal/letter"
	"traininghub/internal/mailbox"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
)

const theirs = "pat.manager@example.org"

// A story has letters to one address, and notes which of them went with others.
type story struct{ together []string }

func (s *story) LinkFor(
	_ context.Context, id, l string, wanted func(string) bool,
) (link, email string, err error) {
	if !wanted(theirs) || slices.Contains(s.together, id+" "+l) {
		return "", "", nil
	}
	return id + ":\nhttps://hub.example.org/" + id, theirs, nil
}

func (s *story) WentTogether(_ context.Context, id, l string) error {
	s.together = append(s.together, id+" "+l)
	return nil
}

// A sink keeps letters; while it is down it takes none.
type sink struct {
	letters []record.Message
	down    bool
}

func (s *sink) Send(_ context.Context, m record.Message) error {
	if s.down {
		return errors.New("no answer")
	}
	s.letters = append(s.letters, m)
	return nil
}

// TestStory: letters of any story are limited by address, not only those of applications. Letters
// without room are sent as one, which is tried again if it fails, and they are marked once it was
// sent.
func TestStory(t *testing.T) {
	ctx, now := t.Context(), time.Date(2021, 10, 31, 0, 55, 0, 0, time.UTC) // the clock goes back 5 minutes later
	clock := func() time.Time { return now }
	text, err := os.ReadFile("../../content/letters/several-links.md")
	if err != nil {
		t.Fatal(err)
	}
	hub := func(string) (string, bool) { return "Hub", true }
	letters, faults := letter.Read(fstest.MapFS{"letters/several-links.md": {Data: text}}, "letters",
		letter.Check{Table: mailbox.Letters(), Hub: hub})
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	mine, box, store := &story{}, &sink{}, &recordtest.Memory{}
	desk := &mailbox.Desk{Store: store, Now: clock, Log: slog.New(slog.DiscardHandler), Owner: mine, Letters: letters,
		MailFrom: "hub@example.org", Hub: hub}
	post := &record.Post{Store: store, Mailer: box, Now: clock, Log: desk.Log,
		Stories: map[record.Kind]record.Story{mailbox.Kind: desk.Story()}}
	waiting := 0
	for i := range 9 {
		until, err := desk.Room(ctx, []string{theirs, strings.ToUpper(theirs)}[i%2], fmt.Sprint("R", i), "ask-1")
		if err != nil {
			t.Fatal(err)
		}
		if !until.IsZero() {
			waiting++
		}
		again, err := desk.Room(ctx, theirs, fmt.Sprint("R", i), "ask-1")
		if err != nil || again.IsZero() != until.IsZero() {
			t.Fatalf("asked again, %d may go: %v, %v; before: %v", i, again, err, until)
		}
	}
	if waiting != 3 {
		t.Errorf("%d of 9 letters wait, want 3", waiting)
	}
	deliver := func(after time.Duration) {
		t.Helper()
		now = now.Add(after)
		if _, err := post.Deliver(ctx); err != nil {
			t.Fatal(err)
		}
	}
	box.down = true
	deliver(11 * time.Minute)
	if len(mine.together) != 0 {
		t.Errorf("%q are marked as gone, and nothing went", mine.together)
	}
	box.down = false
	deliver(2 * time.Minute)
	if len(box.letters) != 1 || strings.Count(box.letters[0].Text, "https://hub.example.org/R") != 3 || len(mine.together) != 3 {
		t.Fatalf("want one letter with three links, all three marked: %v; marked %q", box.letters, mine.together)
	}
	deliver(2 * time.Hour)
	if len(box.letters) != 1 {
		t.Errorf("%d letters, want no more", len(box.letters))
	}
	desk.Proved(ctx, theirs)
	for i := range 31 {
		until, err := desk.Room(ctx, theirs, fmt.Sprint("S", i), "ask-1")
		if err != nil || until.IsZero() == (i >= 30) {
			t.Fatalf("letter %d to an address that was proved waits until %v (%v)", i, until, err)
		}
	}
	all, _, err := store.Records(ctx, 0, 1, "")
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	if r := all[0]; strings.Contains(r.ID+string(r.Data), "pat") {
		t.Errorf("the record contains the address: %s", r.Data)
	}
}
