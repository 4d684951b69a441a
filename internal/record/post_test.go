package record_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"traininghub/internal/record"
)

// memo is a document that owes letters.
type memo struct {
	record.Kept
	ID      string        `json:"id"`
	Letters record.Outbox `json:"letters,omitempty"`
	Log     []string      `json:"log,omitempty"`
}

func (s *shelf) Due(_ context.Context, kinds []record.Kind, at time.Time, n int) (due []record.Entry, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, r := range s.kept {
		if !r.Due.IsZero() && !r.Due.After(at) && slices.Contains(kinds, r.Kind) {
			due = append(due, record.Entry{ID: id, Kind: r.Kind})
		}
	}
	slices.SortFunc(due, func(a, b record.Entry) int { return s.kept[a.ID].Due.Compare(s.kept[b.ID].Due) })
	return due[:min(n, len(due))], nil
}

func (s *shelf) Waiting(_ context.Context, at time.Time) (map[record.Kind]int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	waiting := map[record.Kind]int{}
	for _, r := range s.kept {
		if !r.Due.IsZero() && !r.Due.After(at) {
			waiting[r.Kind]++
		}
	}
	return waiting, nil
}

// A round is a post with a story of memos, whose clock and mail system a test can set.
type round struct {
	*record.Post
	shelf *shelf
	keep  *record.Keeper[*memo]
	story *record.Letters[*memo]
	now   time.Time
	log   bytes.Buffer

	mu   sync.Mutex
	sent []record.Message
	down error
}

func (r *round) Send(_ context.Context, m record.Message) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.down == nil {
		r.sent = append(r.sent, m)
	}
	return r.down
}

func newRound() *round {
	r := &round{shelf: &shelf{kept: map[string]record.Record{}}, now: time.Date(2022, 10, 3, 8, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return r.now }
	r.keep = &record.Keeper[*memo]{
		Store: r.shelf, Kind: "memo", New: func(id string) *memo { return &memo{ID: id} },
		Entry: func(m *memo) (record.Record, error) { return record.Record{ID: m.ID, Due: m.Letters.Due()}, nil },
	}
	r.story = &record.Letters[*memo]{
		Keeper: r.keep, Now: clock, From: "Hub <hub@hub.example.org>",
		Outbox:  func(m *memo) *record.Outbox { return &m.Letters },
		Dropped: func(_ *memo, l record.Letter) bool { return l.Name == "stale" },
		Leased:  func(m *memo, l *record.Letter) string { return "link to " + l.ID },
		Make: func(_ context.Context, m *memo, l record.Letter, link string) (record.Message, error) {
			if l.Name == "broken" {
				return record.Message{}, errors.New("no such letter")
			}
			return record.Message{To: "pat@example.org", Text: link}, nil
		},
		Sent: func(m *memo, letter string) { m.Log = append(m.Log, "sent "+letter) },
	}
	r.Post = &record.Post{Store: r.shelf, Mailer: r, Now: clock, Log: slog.New(slog.NewTextHandler(&r.log, nil)),
		Stories: map[record.Kind]record.Story{"memo": r.story}}
	return r
}

func (r *round) create(t *testing.T, id string, letters ...string) {
	t.Helper()
	m := &memo{ID: id}
	for _, name := range letters {
		m.Letters.Owe(name+"-1", name, r.now)
	}
	if err := r.keep.Create(context.Background(), m); err != nil {
		t.Fatal(err)
	}
}

func (r *round) deliver(t *testing.T, want int) {
	t.Helper()
	if n, err := r.Deliver(context.Background()); n != want || err != nil {
		t.Errorf("delivered %d, %v; want %d", n, err, want)
	}
}

// TestPost: what is owed is sent once, what cannot be sent is tried again, and what must not be
// sent is dropped.
func TestPost(t *testing.T) {
	r := newRound()
	r.create(t, "memo.1", "stale", "hello", "broken", "bye")
	r.deliver(t, 1) // "broken" stays, and holds up what is behind it until the next time
	r.deliver(t, 1)
	r.deliver(t, 0)
	m, err := r.keep.Get(context.Background(), "memo.1")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(m.Log, ", "); got != "sent hello-1, sent bye-1" || len(m.Letters) != 3 ||
		m.Letters[1].Error != "no such letter" {
		t.Errorf("%s, with %+v", got, m.Letters)
	}
	if got := r.sent[0]; got.ID != "<memo.1.hello-1@hub.example.org>" || got.From != r.story.From ||
		got.Text != "link to hello-1" {
		t.Errorf("sent %+v", got)
	}

	r.create(t, "memo.2", "hello")
	r.down = errors.New("no route")
	r.deliver(t, 0)
	r.down = nil
	r.deliver(t, 0) // not yet
	r.now = r.now.Add(time.Minute)
	r.deliver(t, 1)
}

// When several posts run at once, only one sends the letter. After a crash between sending and
// marking, it is sent again with the same id.
func TestPostOnce(t *testing.T) {
	r := newRound()
	r.create(t, "memo.1", "hello")
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() { r.Deliver(context.Background()) })
	}
	all.Wait()
	if len(r.sent) != 1 {
		t.Errorf("%d letters went", len(r.sent))
	}

	r.create(t, "memo.2", "hello")
	rec, _ := r.shelf.Get(context.Background(), "memo.2")
	first, err := r.story.Take(context.Background(), rec) // the program ends here
	if err != nil || first.Message.ID == "" {
		t.Fatalf("taken %+v, %v", first, err)
	}
	r.deliver(t, 0)
	r.now = r.now.Add(10 * time.Minute)
	r.deliver(t, 1)
	if got := r.sent[1].ID; got != first.Message.ID {
		t.Errorf("the second copy is %s, the first %s", got, first.Message.ID)
	}
}

// A record of a kind that the program does not know is logged, and left as it is.
func TestPostUnknown(t *testing.T) {
	r := newRound()
	strange := record.Record{ID: "poem.7", Kind: "poem", Version: 4, Due: r.now, Data: []byte(`{"verse":"…"}`)}
	r.shelf.kept["poem.7"] = strange
	r.create(t, "memo.1", "hello")
	r.deliver(t, 1)
	for _, err := range []error{r.LogUnknown(t.Context()), func() error {
		_,
			err := r.DeliverTo(t.Context(), "poem.7")
		return err
	}()} {
		if err != nil {
			t.Error(err)
		}
	}
	if got := r.shelf.kept["poem.7"]; string(got.Data) != string(strange.Data) || got.Version != 4 ||
		!got.Due.Equal(r.now) {
		t.Errorf("it is now %+v", got)
	}
	if log := r.log.String(); strings.Count(log, "kind=poem records=1") != 2 || strings.Contains(log, "verse") {
		t.Errorf("logged: %s", log)
	}
}

// A record that is over is ended, and nobody gets another letter about it.
func TestPostEnds(t *testing.T) {
	r := newRound()
	r.create(t, "memo.1", "hello")
	r.story.Over = func(*memo) bool { return true }
	ended := ""
	r.story.End = func(_ context.Context, id string) (bool, error) {
		ended = id
		delete(r.shelf.kept, id)
		return true, nil
	}
	r.deliver(t, 1)
	r.deliver(t, 0)
	if ended != "memo.1" || len(r.sent) != 0 {
		t.Errorf("ended %q, %d letters", ended, len(r.sent))
	}
}

// A record that is found by an outdated due time is written again, so that it does not stay in
// front of others for ever.
func TestPostMovesOn(t *testing.T) {
	r := newRound()
	r.create(t, "memo.1")
	rec := r.shelf.kept["memo.1"]
	rec.Due = r.now // the due time when it was written
	r.shelf.kept["memo.1"] = rec
	r.deliver(t, 0)
	if due := r.shelf.kept["memo.1"].Due; !due.IsZero() {
		t.Errorf("it is still due %v", due)
	}
}

// mailerFunc is a Mailer that is one function.
type mailerFunc func(context.Context, record.Message) error

func (f mailerFunc) Send(ctx context.Context, m record.Message) error { return f(ctx, m) }

// TestPostErased: erasing a record while its letter is being sent is not an error; there is nothing
// left to mark.
func TestPostErased(t *testing.T) {
	r := newRound()
	r.create(t, "memo.1", "hello")
	r.Mailer = mailerFunc(func(context.Context, record.Message) error {
		r.shelf.mu.Lock()
		defer r.shelf.mu.Unlock()
		delete(r.shelf.kept, "memo.1")
		return nil
	})
	r.deliver(t, 1)
	if strings.Contains(r.log.String(), "level=ERROR") {
		t.Error(r.log.String())
	}
}

// TestPass: something that is handed over by other means than mail is owed like a letter. It is
// tried until it has passed, marked once, and never mailed. Letters beside it are sent as always.
func TestPass(t *testing.T) {
	r := newRound()
	var passed []string
	closed := true
	r.story.Pass = func(_ context.Context, m *memo, l record.Letter) (bool, error) {
		switch {
		case l.Name != "message":
			return false, nil
		case closed:
			return false, errors.New("the other side does not answer")
		}
		passed = append(passed, m.ID+" "+l.ID)
		return true, nil
	}
	r.create(t, "memo.1", "message", "hello")
	r.deliver(t, 0)
	r.deliver(t, 1) // the letter behind it
	closed = false
	r.deliver(t, 0) // too soon
	r.now = r.now.Add(time.Minute)
	r.deliver(t, 1)
	r.deliver(t, 0)
	if len(r.sent) != 1 || !slices.Equal(passed, []string{"memo.1 message-1"}) {
		t.Errorf("%d letters went, and %q passed", len(r.sent), passed)
	}
	m, err := r.keep.Get(context.Background(), "memo.1")
	if want := []string{"sent hello-1", "sent message-1"}; err != nil || !slices.Equal(m.Log, want) || !m.Letters.Due().IsZero() {
		t.Errorf("the record says %q, %v", m.Log, err)
	}
}
