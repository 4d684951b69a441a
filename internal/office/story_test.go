package office_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/office"
	"traininghub/internal/programme"
	"traininghub/internal/record"
	"traininghub/internal/sqlite"
)

// notes is a story whose records are notes of somebody: "note.1".
type notes struct{ store record.Store }

type note struct {
	Email string `json:"email"`
	Given int    `json:"given"`
}

func (n notes) Kind() record.Kind { return "note" }

func (n notes) Post() record.Story { return nil }

func (n notes) Sweep(context.Context) (int, error) { return 0, nil }

func (n notes) read(ctx context.Context, id string) (record.Record, note, error) {
	var text note
	r, err := n.store.Get(ctx, id)
	if err == nil {
		err = json.Unmarshal(r.Data, &text)
	}
	return r, text, err
}

func (notes) About(_ context.Context, r record.Record, _ []form.Registration, email string) (*office.Own, error) {
	var text note
	err := json.Unmarshal(r.Data, &text)
	if err != nil || email == "" || text.Email != email {
		return nil, err
	}
	return &office.Own{ID: r.ID, Kind: "note", Data: text}, nil
}

func (n notes) GiveOut(ctx context.Context, id string) (*office.Own, error) {
	r, text, err := n.read(ctx, id)
	if err != nil {
		return nil, err
	}
	text.Given++
	r.Data, _ = json.Marshal(text)
	return &office.Own{ID: id, Kind: "note", Data: text}, n.store.Update(ctx, r)
}

func (n notes) Erase(ctx context.Context, id string) error {
	r, _, err := n.read(ctx, id)
	if err == nil {
		err = n.store.Delete(ctx, id, r.Version)
	}
	if errors.Is(err, record.ErrNotFound) {
		return nil
	}
	return err
}

func (n notes) Check(r record.Record, earlier *record.Head) (*record.Head, string) {
	if !strings.Contains(string(r.Data), "@example.org") {
		return nil, "it is of nobody"
	}
	return &record.Head{Sent: []byte{1}, Events: 1, Sum: []byte{2}}, ""
}

// TestStory: records of another story are in what a person is given, and are erased with it. The
// audit asks that story, and a record that no story knows is left alone.
func TestStory(t *testing.T) {
	ctx := t.Context()
	store, err := sqlite.Open(filepath.Join(t.TempDir(), "hub.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	for id, email := range map[string]string{"note.1": "ann@example.org", "note.2": "bea@example.org",
		"note.3": "ann@example.org", "other.1": "ann@example.org"} {
		data, _ := json.Marshal(note{Email: email})
		if err := store.Create(ctx,
			record.Record{ID: id, Kind: record.Kind(strings.Split(id, ".")[0]), Data: data}); err != nil {
			t.Fatal(err)
		}
	}
	applications := &intake.Desk{Store: store, Programme: &programme.Programme{}, Now: time.Now,
		Log: slog.New(slog.DiscardHandler)}
	desk := office.New(applications, notes{store})

	if p, err := office.New(applications).Person(ctx, "", "ann@example.org"); err != nil || len(p.References()) > 0 {
		t.Errorf("without the story there are %v (%v)", p.References(), err)
	}
	p, err := desk.Person(ctx, "", "ann@example.org")
	if err != nil || !slices.Equal(p.References(), []string{"note.1", "note.3"}) {
		t.Fatalf("ann has %+v (%v)", p, err)
	}
	if err := desk.GiveOut(ctx, p, nil); err != nil {
		t.Fatal(err)
	}
	if file, err := json.Marshal(p); err != nil ||
		strings.Count(string(file), `"kind":"note","data":{"email":"ann@example.org","given":1}`) != 2 {
		t.Errorf("she gets %s (%v)", file, err)
	}

	found, err := desk.Audit(ctx, nil)
	if err != nil || found.Wrong != nil || len(found.Heads) != 3 {
		t.Fatalf("the audit finds %+v (%v)", found, err)
	}
	if r, err := store.Get(ctx, "note.2"); err != nil {
		t.Fatal(err)
	} else if r.Data = []byte(`{}`); store.Update(ctx, r) != nil {
		t.Fatal("not written")
	}
	found, err = desk.Audit(ctx, found.Heads)
	if err != nil || len(found.Wrong) != 1 ||
		found.Wrong[0] != (office.Wrong{Reference: "note.2", What: "it is of nobody"}) {
		t.Errorf("the audit finds %+v (%v)", found, err)
	}

	if err := store.Delete(ctx, "note.3", 2); err != nil {
		t.Fatal(err)
	}
	if err := desk.EraseAll(ctx, p, []string{"note.1"}); !errors.Is(err, office.ErrRepeat) {
		t.Errorf("one of two repeated: %v", err)
	}
	if err := desk.GiveOut(ctx, p, nil); err != nil || !slices.Equal(p.References(), []string{"note.1"}) {
		t.Errorf("of a missing record: %v (%v)", p.References(), err)
	}
	for range 2 { // doing it again changes nothing
		if err := desk.EraseAll(ctx, p, p.References()); err != nil {
			t.Fatal(err)
		}
		if p, err = desk.Person(ctx, "", "ann@example.org"); err != nil || len(p.References()) > 0 {
			t.Errorf("of an erased record: %v (%v)", p.References(), err)
		}
		p = &office.Personal{Others: []office.Own{{ID: "note.1", Kind: "note"}}}
	}
	said, err := desk.LatestErasures(ctx, 5)
	if err != nil || len(said) != 1 || said[0].Done.IsZero() || said[0].Count != 1 || len(said[0].Said) > 2 || said[0].Said[0].What != record.Ordered {
		t.Errorf("the journal has %+v (%v)", said, err)
	}
}
