package record_test

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
)

// TestSealed: any change of a record behind the store's back shows.
func TestSealed(t *testing.T) {
	ctx := context.Background()
	plain := &recordtest.Memory{}
	s := record.Seal(plain, []byte("0123456789abcdef"))
	at := time.Date(2021, 9, 20, 9, 0, 0, 123e6, time.UTC)
	r := record.Record{
		ID: "toy.1", Kind: "toy", Status: "received", Course: "c", Due: at, Expires: at.Add(time.Hour), Shelf: "c/lead",
		Since:  at,
		Number: "7654321", Email: "pat@example.org", Brief: []byte(`{"name":"Pat"}`),
		Data: []byte(`{"keys":[{"for":"status"}],"letters":[]}`),
	}
	sound := func(when string) record.Record {
		t.Helper()
		got, err := s.Get(ctx, r.ID)
		if err != nil {
			t.Fatal(err)
		}
		if what := s.Fault(got); what != "" {
			t.Errorf("%s: %s", when, what)
		}
		return got
	}
	if err := s.Create(ctx, r); err != nil {
		t.Fatal(err)
	}
	got := sound("created")
	got.Status = "accepted"
	if err := s.Update(ctx, got); err != nil { // with the old seal in it
		t.Fatal(err)
	}
	got = sound("changed")
	if strings.Count(string(got.Data), `"seal"`) != 1 {
		t.Errorf("%s", got.Data)
	}
	if err := s.UpdateAll(ctx, got, record.Record{ID: "toy.2", Kind: "toy", Data: []byte("{}")}); err != nil {
		t.Fatal(err)
	}
	sound("changed with another")
	if other, err := s.Get(ctx, "toy.2"); err != nil || s.Fault(other) != "" ||
		!strings.HasPrefix(string(other.Data), `{"seal":"`) {
		t.Errorf("%s, %v", other.Data, err)
	}

	got = sound("before")
	for name, change := range map[string]func(*record.Record){
		"a link more": func(r *record.Record) {
			r.Data = []byte(strings.Replace(string(r.Data), `"keys":[`, `"keys":[{"for":"practice"},`, 1))
		},
		"the seal cut": func(r *record.Record) { r.Data = []byte(`{"keys":[]}`) },
		"another id":   func(r *record.Record) { r.ID = "toy.3" },
		"a version":    func(r *record.Record) { r.Version++ },
		"the status":   func(r *record.Record) { r.Status = "declined" },
		"the course":   func(r *record.Record) { r.Course = "d" },
		"put off":      func(r *record.Record) { r.Due = r.Due.Add(time.Hour) },
		"never due":    func(r *record.Record) { r.Due = time.Time{} },
		"to expire":    func(r *record.Record) { r.Expires = r.Expires.Add(-time.Hour) },
		"another list": func(r *record.Record) { r.Shelf = "d/lead" },
		"its place":    func(r *record.Record) { r.Since = r.Since.Add(time.Millisecond) },
		"its number":   func(r *record.Record) { r.Number = "" },
		"its address":  func(r *record.Record) { r.Email = "" },
		"its line":     func(r *record.Record) { r.Brief = []byte(`{"name":"Sam"}`) },
	} {
		changed := got
		change(&changed)
		if s.Fault(changed) == "" {
			t.Errorf("%s: not noticed", name)
		}
	}
	if record.Seal(plain, []byte("another key 12345")).Fault(got) == "" {
		t.Error("another key's seal passes")
	}

	if err := plain.Create(ctx, record.Record{ID: "toy.4", Kind: "toy", Data: []byte(`{"old":true}`)}); err != nil {
		t.Fatal(err)
	}
	strange := record.Record{ID: "strange.1", Kind: "strange", Version: 1, Data: []byte(`{"of":"another program"}`)}
	if err := plain.Create(ctx, strange); err != nil {
		t.Fatal(err)
	}
	anew := record.Seal(plain, []byte("another key 12345"))
	if n, err := anew.Reseal(ctx, []record.Kind{"toy"}); n != 3 || err != nil {
		t.Errorf("sealed %d, %v", n, err)
	}
	if r, err := plain.Get(ctx, strange.ID); err != nil || !reflect.DeepEqual(r, strange) {
		t.Errorf("a record of a kind that was not named is now %+v (%v)", r, err)
	}
	for _, id := range []string{"toy.1", "toy.2", "toy.4"} {
		if r, err := anew.Get(ctx, id); err != nil || anew.Fault(r) != "" {
			t.Errorf("%s: %s, %v", id, anew.Fault(r), err)
		}
	}
}
