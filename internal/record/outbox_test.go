package record

import (
	"errors"
	"testing"
	"time"
)

// A letter is leased to one worker, tried again later and later, and has one Message-ID.
func TestOutbox(t *testing.T) {
	var o Outbox
	if !o.Due().IsZero() {
		t.Errorf("an empty outbox is due %v", o.Due())
	}
	o.Owe("hello-1", "hello", at.Add(time.Minute))
	o.Owe("reply-2", "reply", at)
	if got := o.Due(); !got.Equal(at) {
		t.Errorf("due %v, want the earliest, %v", got, at)
	}
	never := func(Letter) bool { return false }
	l, changed := o.Lease(at, "toy.1", "hub.example.org", never)
	if l == nil || l.ID != "reply-2" || !changed || l.MessageID != "<toy.1.reply-2@hub.example.org>" {
		t.Fatalf("leased %+v", l)
	}
	if again, changed := o.Lease(at, "toy.1", "hub.example.org", never); again != nil || changed {
		t.Errorf("leased twice: %+v", again)
	}
	var waits []time.Duration
	now, id := at, l.MessageID
	for range 9 {
		o.Mark("reply-2", now, errors.New("class"))
		waits = append(waits, o[1].Due.Sub(now))
		now = o[1].Due
		if l, _ = o.Lease(now, "toy.1", "other.example.org",
			func(l Letter) bool { return l.Name == "hello" }); l == nil || l.MessageID != id {
			t.Fatalf("tried again as %+v", l)
		}
		o = append(Outbox{{Name: "hello", Due: now}}, o[len(o)-1])
	}
	for i, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60, 60} {
		if waits[i] != want*time.Minute {
			t.Errorf("waited %v after try %d, want %d minutes", waits[i], i+1, want)
		}
	}
	o.Mark("reply-2", at.Add(4*24*time.Hour), errors.New("class"))
	if got := o[1].Due; !got.Equal(at.Add(5 * 24 * time.Hour)) {
		t.Errorf("after three days tried again %v", got)
	}
	if !o.Mark("reply-2", now, nil) || !o[1].IsSent() || o.Mark("gone-1", now, nil) {
		t.Error("a letter that was sent is not marked")
	}
	if got := o.Due(); !got.Equal(o[0].Due) {
		t.Errorf("due %v after that, want the other letter's %v", got, o[0].Due)
	}
}

// A letter that was not tried yet is moved; one that may be on its way is not.
func TestOutboxMove(t *testing.T) {
	var o Outbox
	o.Owe("link-1", "link", at)
	if !o.Move("link", at.Add(time.Hour)) || !o.Due().Equal(at.Add(time.Hour)) || !o[0].Owed.Equal(o[0].Due) {
		t.Errorf("not moved: %+v", o)
	}
	o.Lease(at.Add(time.Hour), "toy.1", "hub.example.org", func(Letter) bool { return false })
	if o.Move("link", at) || o.Move("other", at) {
		t.Error("a letter that is being tried was moved, or one that does not exist")
	}
}
