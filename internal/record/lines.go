package record

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// Letters are sent in parallel, but one at a time to each recipient's domain. So a mail system that
// does not answer delays nobody else, and none is flooded. If a domain has been busy with one
// letter for a while, the next letter for it is put off at once and takes no worker's time.

const (
	workers   = 4 // for all letters; some mail providers take no more at once
	reserved  = 2 // extra workers for the kind First
	mostDue   = 200
	slowAfter = 2 * time.Second  // how long a letter may take before those behind it are put off
	slowAgain = 15 * time.Second // until a letter that was put off is tried again
	runsEvery = 500 * time.Millisecond
)

// errSlow means that the letter was not tried.
var errSlow = errors.New("another letter to the same domain is on its way")

// lines holds the domains to which letters are on their way.
type lines struct {
	mu   sync.Mutex
	line map[string]*line
}

// A line is the letters for one domain: one that is on its way, and those that wait for it.
type line struct {
	free    chan struct{} // holds one when no letter is on its way
	since   time.Time     // when the letter on its way began
	waiting int
}

// enter waits for a turn, unless the letter in front is slow.
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

// send sends a message when its turn has come.
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

// Run delivers letters as they fall due, several at once, until ctx ends. It returns when the
// letters that are on their way have been marked.
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

// running holds the records that are being seen to.
type running struct {
	post  *Post
	work  sync.WaitGroup
	ended chan struct{} // tells the loop that a record is done

	mu     sync.Mutex
	busy   map[string]bool
	firsts int // how many of them are of the kind First
}

// start begins work on as many of the due records as there are free workers.
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

// take reports whether a worker is free for the record, and if so reserves that worker.
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
	t, err := r.post.deliverOne(ctx, e.ID)
	if err != nil && !errors.Is(err, context.Canceled) { // a program that is stopping leaves the record to the next
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
