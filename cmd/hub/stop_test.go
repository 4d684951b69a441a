package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"traininghub/internal/form"
)

// A hub that is asked to stop accepts no more requests, answers those that it has, finishes the
// letter that it is sending, and ends well.
func TestStopGracefully(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	hub := startHub(t, data, firstDay)
	crowd := newCrowd(t, 1)
	crowd.giveUp = true
	// Each request has its own connection. A kept connection may be closed as idle at the very
	// moment of the next request, which no server can avoid.
	answers := &counter{next: &http.Transport{DisableKeepAlives: true, ExpectContinueTimeout: time.Hour}}
	crowd.transport = answers
	crowd.set(hub.base)

	// Some requests are in progress when the hub is asked to stop: it has read everything but the
	// body.
	var held []*heldPost
	for i := range 8 {
		def := crowd.forms[i%len(crowd.forms)]
		p := crowd.person("marker-held-" + string(rune('a'+i)))
		must(t, errors.Join(p.begin(def), p.fill(def)), "applying")
		held = append(held, holdPost(t, p, def))
	}
	crowd.come(6)
	crowd.references(10)
	crowd.mu.Lock()
	crowd.closing = true // from now on a request without an answer is no fault
	crowd.mu.Unlock()
	must(t, hub.cmd.Process.Signal(syscall.SIGTERM), "stopping a hub")
	for address := strings.TrimPrefix(hub.base, "http://"); ; time.Sleep(time.Millisecond) {
		c, err := net.Dial("tcp", address)
		if err != nil {
			break // it takes no more
		}
		c.Close()
	}
	for _, h := range held {
		h.release <- true
	}
	for _, h := range held {
		got := <-h.answer
		if got.err != nil || got.status != http.StatusSeeOther || !strings.HasSuffix(got.location, "/sent") {
			t.Errorf("%s's request, under way when the hub was asked to stop, got status %d, %q, error %v", h.person.marker, got.status, got.location, got.err)
		}
	}
	crowd.close()
	hub.wait(t)
	hub.wantCleanLog(t)
	if logged := int64(strings.Count(hub.log.String(), "msg=request ")); logged != answers.n.Load() {
		t.Errorf("the hub answered %d requests, and %d answers came", logged, answers.n.Load())
	}

	// Requests answered during the stop are safe, and the letters go when the hub is back.
	hub = startHub(t, data, secondDay)
	waitForLetters(t, data)
	hub.stop(t)
	received := wantReceived(t, database(data), crowd.references(0))
	wantLetters(t, filepath.Join(data, "outbox"), received)
	sent := map[string]bool{}
	for _, a := range received {
		sent[a.Document.Signature.Name] = true
	}
	for _, h := range held {
		if !sent[h.person.marker] {
			t.Errorf("%s's application was answered while the hub stopped, and is lost", h.person.marker)
		}
	}
}

// A client that never finishes its request does not keep the hub from ending well.
func TestStopWithStalledRequest(t *testing.T) {
	t.Parallel()
	hub := startHub(t, t.TempDir(), firstDay)
	crowd := newCrowd(t, 1)
	crowd.set(hub.base)
	crowd.transport = &http.Transport{ExpectContinueTimeout: time.Hour}
	p := crowd.person("marker-stalled")
	must(t, p.begin(crowd.forms[0]), "applying")
	stalled := holdPost(t, p, crowd.forms[0])
	must(t, hub.cmd.Process.Signal(syscall.SIGTERM), "stopping a hub")
	hub.wait(t)
	stalled.release <- true // too late
	if got := <-stalled.answer; got.err == nil {
		t.Errorf("half a request got the status %d", got.status)
	}
	if log := hub.log.String(); !strings.Contains(log, "stopped without answering") {
		t.Errorf("the log does not tell that a request was not answered:\n%s", log)
	}
}

// A heldPost is a request that sends an application, without the end of its body.
type heldPost struct {
	person  *person
	form    *form.Definition
	release chan bool
	answer  chan heldAnswer
}

type heldAnswer struct {
	status   int
	location string
	err      error
}

// holdPost returns when the handler is reading the body, which a server announces by "100
// Continue".
func holdPost(t *testing.T, p *person, def *form.Definition) *heldPost {
	t.Helper()
	h := &heldPost{person: p, form: def, release: make(chan bool, 1), answer: make(chan heldAnswer, 1)}
	body := encode(p.declarations(def))
	reading := make(chan bool)
	once := sync.OnceFunc(func() { close(reading) })
	ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{Got100Continue: once})
	in, out := io.Pipe()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.crowd.base+"/apply/"+def.ID+"/declarations", in)
	must(t, err, "NewRequest")
	r.ContentLength = int64(len(body))
	r.Header.Set("Expect", "100-continue")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Forwarded-For", p.address)
	client := &http.Client{
		Jar: p.client.Jar, Transport: p.crowd.transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	go func() {
		resp, err := client.Do(r)
		if err != nil {
			h.answer <- heldAnswer{err: err}
			return
		}
		resp.Body.Close()
		h.answer <- heldAnswer{status: resp.StatusCode, location: resp.Header.Get("Location")}
	}()
	go func() {
		out.Write([]byte(body[:len(body)/2]))
		<-h.release
		out.Write([]byte(body[len(body)/2:]))
		out.Close()
	}()
	<-reading
	return h
}

// A counter counts the answers that came whole.
type counter struct {
	next http.RoundTripper
	n    atomic.Int64
}

func (c *counter) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := c.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	c.n.Add(1)
	return resp, nil
}
