package record

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// Letters go side by side, but one at a time to each recipient's domain, so that a mail system that
// does not answer holds up nobody else, and none is pressed. A letter for a domain at which another
// one has been for a while is put off at once, and does not take a worker's time.

const (
	workers   = 4 // for all letters; some mail providers take no more at once
	reserved  = 2 // beside them for those of the kind First
	mostDue   = 200
	slowAfter = 2 * time.Second  // of a letter that others wait for
	slowAgain = 15 * time.Second // until a letter that was put off is looked at again
	runsEvery = 500 * time.Millisecond
)

// errSlow means that a letter was not tried.
var errSlow = errors.New("another letter to the same domain is on its way")

// lines are the domains to which letters are on their way.
type lines struct {
	mu   sync.Mutex
	line map[string]*line
}

// A line is the letters for one domain: one that is on its way, and those that wait for it.
type line struct {
	free    chan struct{} // holds one when no letter is on its way
	since   time.Time     // when the one that is began
	waiting int
}

// enter waits for its turn, as long as the letter before it is not slow.
func (l *lines) enter(ctx context.Context, domain string) (leave func(), err error) {
	l.mu.Lock()
	if l.line == nil {
		l.line = map[string]*line{}
	}
	at := l.line[domain]
	if at == nil {
		at = &line{free: make(chan struct{}, 1)}
		at.free <- struct{}{}
		l.line[domain] = at
	}
	at.waiting++
	patience := slowAfter
	if !at.since.IsZero() {
		patience -= time.Since(at.since)
	}
	l.mu.Unlock()
	done := func(free bool) {
		l.mu.Lock()
		defer l.mu.Unlock()
		at.since = time.Time{}
		if free {
			at.free <- struct{}{}
		}
		if at.waiting--; at.waiting == 0 {
			delete(l.line, domain)
		}
	}
	give := func(err error) (func(), error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		if at.waiting--; at.waiting == 0 {
			delete(l.line, domain)
		}
		return nil, err
	}
	begin := func() (func(), error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		at.since = time.Now()
		return func() { done(true) }, nil
	}
	select {
	case <-at.free:
		return begin()
	default:
	}
	if patience <= 0 {
		return give(errSlow)
	}
	slow := time.NewTimer(patience)
	defer slow.Stop()
	select {
	case <-at.free:
		return begin()
	case <-slow.C:
		return give(errSlow)
	case <-ctx.Done():
		return give(ctx.Err())
	}
}

// send hands a message on when it is its turn.
func (p *Post) send(ctx context.Context, m Message) error {
	leave, err := p.lines.enter(ctx, domainOf(m.To))
	if err != nil {
		return err
	}
	defer leave()
	return p.Mailer.Send(ctx, m)
}

func domainOf(address string) string {
	return strings.ToLower(strings.TrimRight(address[strings.LastIndexByte(address, '@')+1:], "> "))
}

// Run delivers letters as they fall due, several at once, until ctx ends, and then returns when
// those that are on their way are marked.
func (p *Post) Run(ctx context.Context) {
	r := &running{post: p, busy: map[string]bool{}, ended: make(chan struct{}, 1)}
	defer r.work.Wait()
	tick := time.NewTicker(runsEvery)
	defer tick.Stop()
	for {
		if err := r.start(ctx); err != nil && ctx.Err() == nil {
			p.Log.Error("delivery", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-r.ended:
		}
	}
}

// running is the records that are seen to at present.
type running struct {
	post  *Post
	work  sync.WaitGroup
	ended chan struct{} // tells that one has ended

	mu     sync.Mutex
	busy   map[string]bool
	firsts int // of them of the kind First
}

// start sees to as many of the records that are due as there are workers free.
func (r *running) start(ctx context.Context) error {
	p := r.post
	if p.First != "" {
		if err := r.startKinds(ctx, []Kind{p.First}); err != nil {
			return err
		}
	}
	return r.startKinds(ctx, p.kinds())
}

func (r *running) startKinds(ctx context.Context, kinds []Kind) error {
	due, err := r.post.Store.Due(ctx, kinds, r.post.Now(), mostDue)
	if err != nil {
		return fmt.Errorf("looking for letters: %w", err)
	}
	for _, e := range due {
		if ctx.Err() != nil {
			return nil
		}
		if r.take(e) {
			r.work.Go(func() { r.see(ctx, e) })
		}
	}
	return nil
}

// take tells whether somebody is free to see to a record, which then is theirs.
func (r *running) take(e Entry) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	first := e.Kind == r.post.First
	if r.busy[e.ID] || !first && len(r.busy)-r.firsts >= workers || first && len(r.busy) >= workers+reserved {
		return false
	}
	r.busy[e.ID] = true
	if first {
		r.firsts++
	}
	return true
}

func (r *running) see(ctx context.Context, e Entry) {
	t, err := r.post.one(ctx, e.ID)
	if err != nil && !errors.Is(err, context.Canceled) { // one that is being stopped leaves it to the next
		r.post.Log.Error("record not seen to", "reference", e.ID, "error", err)
	}
	r.mu.Lock()
	delete(r.busy, e.ID)
	if e.Kind == r.post.First {
		r.firsts--
	}
	r.mu.Unlock()
	if err != nil || t.Letter.ID == "" && !t.Ended {
		return // nothing has changed, so there is no hurry to look again
	}
	select {
	case r.ended <- struct{}{}:
	default:
	}
}
