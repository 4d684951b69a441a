package record_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"traininghub/internal/record"
)

// note is a document of a kind of the test's own.
type note struct {
	record.Kept
	ID   string `json:"id"`
	Text string `json:"text"`
}

// shelf is a store with only notes. If between is set, it runs once between a read and the write
// that follows.
type shelf struct {
	record.Store
	mu      sync.Mutex
	kept    map[string]record.Record
	between func()
}

func (s *shelf) Get(_ context.Context, id string) (record.Record, error) {
	s.mu.Lock()
	r, ok := s.kept[id]
	s.mu.Unlock()
	if !ok {
		return r, record.ErrNotFound
	}
	return r, nil
}

func (s *shelf) Create(_ context.Context, r record.Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.kept[r.ID]; ok {
		return record.ErrExists
	}
	r.Version = 1
	s.kept[r.ID] = r
	return nil
}

func (s *shelf) Update(_ context.Context, r record.Record) error {
	if f := s.between; f != nil {
		s.between = nil
		f()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch old, ok := s.kept[r.ID]; {
	case !ok:
		return record.ErrNotFound
	case old.Version != r.Version:
		return record.ErrConflict
	}
	r.Version++
	s.kept[r.ID] = r
	return nil
}

func newShelf() (*shelf, *record.Keeper[*note]) {
	s := &shelf{kept: map[string]record.Record{}}
	return s, &record.Keeper[*note]{
		Store: s, Kind: "note", New: func(id string) *note { return &note{ID: id} },
		Entry: func(n *note) (record.Record, error) { return record.Record{ID: n.ID}, nil },
	}
}

// TestAmendRace: of many changes at once none is lost, whether the record exists or the first
// change makes it.
func TestAmendRace(t *testing.T) {
	for _, anew := range []bool{false, true} {
		_, k := newShelf()
		if k.Anew = anew; !anew {
			if err := k.Create(context.Background(), &note{ID: "n"}); err != nil {
				t.Fatal(err)
			}
		}
		const callers = 10 // each loses to nine others at most, which is fewer times than it tries
		var all sync.WaitGroup
		for range callers {
			all.Go(func() {
				if _, err := k.Amend(context.Background(), "n",
					func(n *note) error { n.Text += "x"; return nil }); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n, err := k.Get(context.Background(), "n"); err != nil || n.Text != strings.Repeat("x", callers) {
			t.Errorf("anew %v: %q, %v", anew, n.Text, err)
		}
	}
}

// TestAmend: a change is applied to the newest version of the record, or not at all.
func TestAmend(t *testing.T) {
	s, k := newShelf()
	ctx := context.Background()
	set := func(text string) func(*note) error { return func(n *note) error { n.Text += text; return nil } }
	text := func() string { n, _ := k.Get(ctx, "n"); return n.Text }

	if _, err := k.Amend(ctx, "n", set("a")); !errors.Is(err, record.ErrNotFound) {
		t.Errorf("of no record: %v", err)
	}
	if err := k.Create(ctx, &note{ID: "n", Text: "a"}); err != nil {
		t.Fatal(err)
	}
	if err := k.Create(ctx, &note{ID: "n"}); !errors.Is(err, record.ErrExists) {
		t.Errorf("created twice: %v", err)
	}
	s.between = func() { k.Amend(ctx, "n", set("b")) }
	if n, err := k.Amend(ctx, "n", set("c")); err != nil || n.Text != "abc" || text() != "abc" {
		t.Errorf("after another's change: %q, %v", n.Text, err)
	}
	no := errors.New("no")
	if n, err := k.Amend(ctx, "n", func(n *note) error { n.Text = "lost"; return no }); !errors.Is(err, no) ||
		n.Text != "lost" || text() != "abc" {
		t.Errorf("a change that is refused: %q kept, %v", text(), err)
	}
	before := s.kept["n"].Version
	if _, err := k.Amend(ctx, "n", func(*note) error { return record.ErrUnchanged }); err != nil ||
		s.kept["n"].Version != before {
		t.Errorf("nothing to change: version %d after %d, %v", s.kept["n"].Version, before, err)
	}
	always := func(n *note) error {
		s.mu.Lock()
		r := s.kept["n"]
		r.Version++
		s.kept["n"] = r
		s.mu.Unlock()
		return nil
	}
	if _, err := k.Amend(ctx, "n", always); !errors.Is(err, record.ErrBusy) {
		t.Errorf("others first each time: %v", err)
	}
	s.between = func() { delete(s.kept, "n") }
	if _, err := k.Amend(ctx, "n", set("d")); !errors.Is(err, record.ErrNotFound) {
		t.Errorf("removed meanwhile: %v", err)
	}
}

// An error about a document that cannot be read or kept quotes nothing from it.
func TestKeeperLimits(t *testing.T) {
	s, k := newShelf()
	ctx := context.Background()
	s.kept["n"] = record.Record{ID: "n", Version: 1, Data: []byte(`{"text": 17 secret`)}
	if _, err := k.Get(ctx, "n"); err == nil || strings.Contains(err.Error(), "secret") ||
		strings.Contains(err.Error(), "17") {
		t.Errorf("a broken document: %v", err)
	}
	big := &note{ID: "big", Text: strings.Repeat("y", record.MaxRecord-1000)}
	big.LeaveRoom(2000)
	if err := k.Create(ctx, big); !errors.Is(err, record.ErrTooLarge) {
		t.Errorf("without the room that it had to leave: %v", err)
	}
	big.LeaveRoom(0)
	if err := k.Create(ctx, big); err != nil {
		t.Error(err)
	}
	if _, err := k.Amend(ctx, "big", func(n *note) error { n.Text += n.Text; return nil }); !errors.Is(err,
		record.ErrTooLarge) {
		t.Errorf("twice as large: %v", err)
	}
}

// The engine's own fields are not in the document.
func TestKeptIsNotKept(t *testing.T) {
	s, k := newShelf()
	k.Entry = func(n *note) (record.Record, error) {
		return record.Record{ID: n.ID, Due: time.Date(2022, 5, 6, 7, 8, 9, 0, time.UTC)}, nil
	}
	if err := k.Create(context.Background(), &note{ID: "n", Text: "x"}); err != nil {
		t.Fatal(err)
	}
	if got, want := string(s.kept["n"].Data), `{"id":"n","text":"x"}`; got != want {
		t.Errorf("kept %s, want %s", got, want)
	}
	n, err := k.Get(context.Background(), "n")
	if got := fmt.Sprint(n.Version(), n.Due().Unix(), err); got != "1 1651820889 <nil>" {
		t.Errorf("read %s", got)
	}
}

// TestDecode: documents decode as encoding/json would decode them, whatever JSON the hub ever
// wrote. Some of the cases it never wrote.
func TestDecode(t *testing.T) {
	type entry struct {
		At     time.Time         `json:"at,omitzero"`
		Sum    []byte            `json:"sum"`
		Values map[string]string `json:"values"`
	}
	type deep struct {
		record.Kept
		ID   string           `json:"id"`
		Text string           `json:"text,omitempty"`
		N    float64          `json:"n"`
		List []entry          `json:"list"`
		Next map[string]entry `json:"next"`
		Was  *entry           `json:"was"`
	}
	k := &record.Keeper[*deep]{New: func(string) *deep { return &deep{} }}
	for _, data := range []string{
		`{}`, `null`, `{"id":"CC-2C2C-2C2C","text":"Łucja \ud83d\udc69\u200d \u2028 <b>&","n":4.5}`,
		`{"list":[{"at":"2021-09-20T09:00:00.123Z","sum":"AAECAw==","values":{"a":"","b":"x\u0000y"}},{"at":"2021-09-20T09:00:00+01:00"},{}]}`,
		`{"next":{"a":{"values":{}},"b":{}},"was":null,"list":[],"unknown":{"deep":[1,2,{"x":null}]}}`,
		"{\"text\":\"cut \xe2\x82\xff UTF-8\",\"next\":null}", `{"text":"half \ud83d of a pair"}`,
		`{"Text":"another case","TEXT":"once more"}`,
		`{"text":"first","text":"second"}`, `{"was":{"values":{"a":"1"}},"was":{"values":{"b":"2"}}}`,
		` {"id" : "spaces" } `,
		`{"id":7}`, `{"n":"4"}`, `{"list":{}}`, `{"was":{"at":"Tuesday"}}`, `{"was":{"sum":"%"}}`, `{"id":"x"`,
		`{"id":"x"}}`, `{"id":"x",}`, ``, `[]`,
	} {
		want, got := &deep{}, &deep{}
		wantErr, err := json.Unmarshal([]byte(data), want), k.Decode(record.Record{ID: "r", Data: []byte(data)}, got)
		got.Kept = record.Kept{} // which also knows the record that it was read from
		if (err == nil) != (wantErr == nil) {
			t.Errorf("%s: %v, and of encoding/json %v", data, err, wantErr)
		} else if err == nil && !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, and of encoding/json %+v", data, got, want)
		}
	}
}

// TestOtherRecord: a document whose id has changed does not overwrite the other record.
func TestOtherRecord(t *testing.T) {
	ctx := t.Context()
	s, k := newShelf()
	for _, id := range []string{"note.1", "note.2"} {
		if err := k.Create(ctx, &note{ID: id, Text: "of " + id}); err != nil {
			t.Fatal(err)
		}
	}
	r := s.kept["note.1"]
	r.Data = []byte(`{"id":"note.2","text":"forged"}`)
	s.kept["note.1"] = r
	change := func(n *note) error { n.Text += ", changed"; return nil }
	if _, err := k.Amend(ctx, "note.1", change); !errors.Is(err, record.ErrBroken) {
		t.Errorf("got %v, want ErrBroken", err)
	}
	read, err := k.Get(ctx, "note.1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.AmendRead(ctx, read.ID, read, change); !errors.Is(err, record.ErrBroken) {
		t.Errorf("got %v, want ErrBroken", err)
	}
	if got, err := k.Get(ctx, "note.2"); err != nil || got.Text != "of note.2" || got.Version() != 1 {
		t.Errorf("the other one is now %+v (%v)", got, err)
	}
}
