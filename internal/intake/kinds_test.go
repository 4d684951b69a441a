package intake_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/decide"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	reading "traininghub/internal/office"
	"traininghub/internal/record"
	"traininghub/internal/removal"
)

// TestUnknownKinds: records of kinds that this program does not know hold nothing up, are shown
// nowhere, and stay byte for byte as they are, whatever is done. They are due before all letters,
// have expired, and are on the shelves of applications with the applicant's number and address.
func TestUnknownKinds(t *testing.T) {
	b := newBoard(t, mentors)
	ctx := t.Context()
	var log bytes.Buffer
	b.Log = slog.New(slog.NewTextHandler(&log, nil))
	must := func(problems []form.Problem, err error) {
		t.Helper()
		if err != nil || len(problems) > 0 {
			t.Fatal(problems, err)
		}
	}
	var strange []record.Record
	shelves := []string{record.Unsorted}
	for _, is := range []string{intake.Past, "exports", intake.Removing} {
		shelves = append(shelves, application.ShelfOf(mentors, is))
	}
	for _, is := range application.States {
		shelves = append(shelves, application.ShelfOf(mentors, is.Name))
	}
	for i := range 60 {
		r := record.Record{
			ID: fmt.Sprintf("strange.%02d", i), Kind: []record.Kind{"mentoring", "mentor's profile", "claim"}[i%3],
			Status: "received", Course: mentors,
			Due: b.clock().AddDate(-1, 0, 0), Expires: b.clock().AddDate(0, -1, 0),
			Data:  []byte(`{"secret":"MARKER"`), // not JSON
			Shelf: shelves[i%len(shelves)], Since: b.clock().AddDate(-1, 0, 0), Number: "7654321",
			Email: "angharad@example.org", Brief: []byte("MARKER"),
		}
		if err := b.store.Create(ctx, r); err != nil {
			t.Fatal(err)
		}
		r, err := b.store.Get(ctx, r.ID)
		must(nil, err)
		strange = append(strange, r)
	}
	same := func(when string) {
		t.Helper()
		for _, was := range strange {
			if now, err := b.store.Get(ctx, was.ID); err != nil || !reflect.DeepEqual(now, was) {
				t.Fatalf("%s: %s is now %+v (%v)", when, was.ID, now, err)
			}
		}
	}

	if _, err := b.Sort(ctx); err != nil {
		t.Fatal(err)
	}
	ref := b.apply()
	if mail := b.mailed(); len(mail) != 3 {
		t.Fatalf("%d letters go with 60 strange records due before them, want 3", len(mail))
	}
	for _, r := range strange {
		if n, err := b.Post().DeliverTo(ctx, r.ID); n != 0 || err != nil {
			t.Errorf("delivering to %s: %d, %v", r.ID, n, err)
		}
		if err := b.Bounced(ctx, r.ID, "letter-1", application.EventBounced, "Permanent", b.clock()); err != nil {
			t.Errorf("a bounce of %s: %v", r.ID, err)
		}
		if err := b.Erase(ctx, r.ID); err != nil {
			t.Errorf("erasing %s: %v", r.ID, err)
		}
		if _, err := decide.Of(b.office.Desk).ForReview(ctx, b.lead, r.ID, false); err == nil {
			t.Errorf("the lead sees %s", r.ID)
		}
	}
	must(nil, b.Post().LogUnknown(ctx))
	same("after letters")
	for _, want := range []string{`kind=mentoring records=20`, `kind="mentor's profile" records=20`,
		`kind=claim records=20`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("not logged: %s", want)
		}
	}

	if l, err := b.List(ctx, b.lead, reading.Filter{}); err != nil || len(l.Lines) != 1 {
		t.Errorf("the list has %d lines (%v), want 1", len(l.Lines), err)
	}
	if lines, _, err := b.Search(ctx, b.lead, "GMC 7654321"); err != nil || len(lines) != 1 {
		t.Errorf("%d are found by the number (%v), want 1", len(lines), err)
	}
	if err := b.Resend(ctx, "angharad@example.org"); err != nil {
		t.Error(err)
	}
	if f, err := b.Figures(ctx, b.lead, false); err != nil || f[0].Received.N != 1 {
		t.Errorf("the figures are %+v (%v)", f, err)
	}
	if _, err := b.Export(ctx, io.Discard, b.lead, mentors, reading.Period{}, "test"); err != nil {
		t.Error(err)
	}
	p, err := b.Person(ctx, "7654321", "")
	if err != nil || len(p.References()) != 1 {
		t.Errorf("the person has %v (%v)", p.References(), err)
	}
	must(nil, b.GiveOut(ctx, p))
	b.decide(b.lead, ref, b.decline())
	b.mailed()
	if found, err := b.Audit(ctx, nil); err != nil || found.Applications != 1 || len(found.Wrong) > 0 {
		t.Errorf("the audit finds %+v (%v)", found, err)
	}
	same("after reading")

	b.begin()      // a draft that will expire
	for range 60 { // weekly letters, and later marking and removal
		b.pass(7 * 24 * time.Hour)
		must(nil, b.Remind(ctx))
		if _, err := removal.Of(b.Desk).Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		b.mailed()
	}
	if _, err := b.Expire(ctx); err != nil {
		t.Fatal(err)
	}
	if a, err := b.Get(ctx, ref); err == nil {
		t.Errorf("after 60 weeks %s is there, with status %s", ref, a.Status())
	}
	same("after 60 weeks")
	if strings.Contains(log.String(), "MARKER") {
		t.Error("the log has what a record says")
	}
}
