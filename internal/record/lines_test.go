package record_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"traininghub/internal/record"
)

// hanging is a mail system that holds letters to some domains until the test lets them go.
type hanging struct {
	mu      sync.Mutex
	changed *sync.Cond
	domains []string // that hang
	began   map[string]int
	on      map[string]int // letters on their way now
	most    map[string]int
	sent    []string
	letGo   chan struct{}
}

func newHanging(domains ...string) *hanging {
	h := &hanging{domains: domains, began: map[string]int{}, on: map[string]int{}, most: map[string]int{},
		letGo: make(chan struct{})}
	h.changed = sync.NewCond(&h.mu)
	return h
}

func (h *hanging) Send(ctx context.Context, m record.Message) error {
	_, domain, _ := strings.Cut(m.To, "@")
	h.mu.Lock()
	h.began[domain]++
	h.on[domain]++
	h.most[domain] = max(h.most[domain], h.on[domain])
	h.changed.Broadcast()
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.on[domain]--
		h.changed.Broadcast()
	}()
	for _, d := range h.domains {
		if d == domain {
			select {
			case <-h.letGo:
			case <-ctx.Done():
				return ctx.Err()
			}
			return errors.New("mail: the server did not answer in time")
		}
	}
	h.mu.Lock()
	h.sent = append(h.sent, m.To)
	h.mu.Unlock()
	return nil
}

// wait blocks until is returns true.
func (h *hanging) wait(is func() bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for !is() {
		h.changed.Wait()
	}
}

// TestRun: three domains that hang delay neither each other's letters nor anybody else's. To each
// domain one letter goes at a time, and when Run ends everything is marked.
func TestRun(t *testing.T) {
	r := newRound()
	h := newHanging("a.example.org", "b.example.org", "c.example.org")
	r.Mailer = h
	r.story.Make = func(_ context.Context, m *memo, l record.Letter, _ string) (record.Message, error) {
		return record.Message{To: "pat@" + strings.ReplaceAll(l.Name, "_", ".")}, nil
	}
	for i, domain := range []string{"a", "b", "c", "a", "b", "c", "a"} {
		r.create(t, fmt.Sprintf("memo.%d", i), domain+".example.org", "fine.example.org")
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { r.Run(ctx); close(ended) }()
	h.wait(func() bool {
		return h.began["a.example.org"] == 1 && h.began["b.example.org"] == 1 && h.began["c.example.org"] == 1
	})
	// Letters behind a hanging one are put off, and the others are sent.
	h.wait(func() bool { return h.began["fine.example.org"] >= 4 })
	for domain, n := range h.most {
		if n > 1 {
			t.Errorf("%d letters at once to %s", n, domain)
		}
	}
	r.create(t, "memo.late", "fine.example.org")
	h.wait(func() bool { return h.began["fine.example.org"] >= 5 })
	close(h.letGo)
	h.wait(func() bool { return h.began["fine.example.org"] >= 8 })
	stop()
	<-ended
	for i := range 7 {
		m, err := r.keep.Get(context.Background(), fmt.Sprintf("memo.%d", i))
		if err != nil {
			t.Fatal(err)
		}
		if !m.Letters[1].IsSent() || m.Letters[0].IsSent() {
			t.Errorf("%s: %+v", m.ID, m.Letters)
		}
	}
}

// TestRunFirst: somebody who is waiting for a letter gets it even when all other workers are busy.
func TestRunFirst(t *testing.T) {
	r := newRound()
	var domains []string
	for i := range 12 {
		domains = append(domains, fmt.Sprintf("d%d.example.org", i))
	}
	h := newHanging(domains...)
	r.Mailer = h
	story := *r.story
	story.Keeper = &record.Keeper[*memo]{
		Store: r.shelf, Kind: "first", New: r.keep.New, Entry: r.keep.Entry,
	}
	make := func(_ context.Context, m *memo, l record.Letter, _ string) (record.Message, error) {
		return record.Message{To: "pat@" + l.Name}, nil
	}
	story.Make, r.story.Make = make, make
	r.Stories["first"], r.First = &story, "first"
	for i, domain := range domains {
		r.create(t, fmt.Sprintf("memo.%d", i), domain)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go r.Run(ctx)
	busy := func() (n int) {
		for _, on := range h.on {
			n += on
		}
		return n
	}
	h.wait(func() bool { return busy() == 4 })
	m := &memo{ID: "first.1"}
	m.Letters.Owe("fine.example.org-1", "fine.example.org", r.now)
	if err := story.Keeper.Create(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	h.wait(func() bool { return h.began["fine.example.org"] == 1 && busy() >= 4 })
}
