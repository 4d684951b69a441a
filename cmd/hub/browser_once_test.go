package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"traininghub/internal/browsertest"
)

// TestBrowserOnce: however somebody sends an application twice, there is one, with one reference
// and one pair of letters.
func TestBrowserOnce(t *testing.T) {
	browser := browsertest.Start(t)
	hub := serveHub(t, "2021-09-20")
	const form = "career-conversations"
	cases := []struct {
		name   string
		script bool
		send   func(b, other *tab)
	}{
		{"double click", true, func(b, _ *tab) { b.click(func() {}) }},
		{"double click without JavaScript", false, func(b, _ *tab) {
			sends := b.slow()
			b.Open("/apply/" + form + "/declarations")
			ask[any](b, "sign", "Siân O’Connor")
			b.click(func() { eventually(b.t, "the first sending", func() bool { return sends.Load() == 1 }) })
			b.arrives("Application sent")
			if n := sends.Load(); n != 2 {
				b.t.Errorf("sent %d times, not twice", n)
			}
		}},
		{"from two tabs at the same time", true, func(b, other *tab) {
			other.Open("/apply/" + form + "/declarations")
			ask[any](other, "sign", "Siân O’Connor")
			b.click()
			other.click()
			other.arrives("Application sent")
		}},
		{"from a page that was open before, and from the first page", false, func(b, other *tab) {
			other.Open("/apply/" + form + "/check")
			b.click()
			b.arrives("Application sent")
			other.Follow("Continue to declarations")
			other.arrives("Application sent")
			b.Open("/courses/" + form + "/apply/")
			b.submit(readPaper(b.t, form)[0].answers)
		}},
		{"Back, forward, and loaded again", true, func(b, _ *tab) {
			b.click()
			b.arrives("Application sent")
			for _, move := range []chromedp.Action[chromedp.Void]{
				chromedp.NavigateBack(), chromedp.NavigateBack(), chromedp.NavigateForward(), chromedp.Reload(), chromedp.Reload(),
			} {
				run(b, "moving about", move)
				b.arrives("Application sent")
			}
		}},
	}
	var references sync.Map
	t.Run("sent twice", func(t *testing.T) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				p := newProfile(t, browser, hub)
				b, other := p.tab(c.script), p.tab(c.script)
				b.rush(form)
				b.Open("/apply/" + form + "/declarations")
				ask[any](b, "sign", "Siân O’Connor")
				c.send(b, other)
				b.arrives("Application sent")
				reference := b.reference()
				if _, taken := references.LoadOrStore(reference, true); taken {
					t.Errorf("%s is another's reference, too", reference)
				}
				other.Open("/apply/" + form)
				other.arrives("Application sent")
				if again := other.reference(); again != reference {
					t.Errorf("references %s and %s for one application", reference, again)
				}
				hub.letters(t, reference, 2)
			})
		}
	})
	hub.stop()
	files, err := filepath.Glob(filepath.Join(hub.data, "outbox", "*.eml"))
	if err != nil || len(files) != 2*len(cases) {
		t.Errorf("%d letters, want %d: %v", len(files), 2*len(cases), err)
	}
}

// slow puts a slow connection between this tab and the hub: the answer to the first sending arrives
// only after the second. It counts the sendings.
func (b *tab) slow() *atomic.Int32 {
	b.t.Helper()
	hub, err := url.Parse(b.hub.site)
	b.Do("the hub's address", err)
	sends, second := new(atomic.Int32), make(chan struct{})
	line := httputil.NewSingleHostReverseProxy(hub)
	line.ModifyResponse = func(answer *http.Response) error {
		if answer.Request.Method != http.MethodPost || !strings.HasSuffix(answer.Request.URL.Path, "/declarations") {
			return nil
		}
		switch sends.Add(1) {
		case 1:
			select {
			case <-second:
			case <-answer.Request.Context().Done(): // the browser waits no more
			case <-b.t.Context().Done():
			}
		case 2:
			close(second)
		}
		return nil
	}
	line.ErrorHandler = func(http.ResponseWriter, *http.Request, error) {} // nobody waits for the first answer
	server := httptest.NewServer(line)
	b.t.Cleanup(server.Close)
	// Cookies go by the host, whatever the port.
	b.hub = &servedHub{site: strings.Replace(server.URL, "127.0.0.1", "localhost", 1), data: b.hub.data}
	return sends
}

// click presses the form's button with the mouse, and again after each pause, without waiting for
// an answer.
func (b *tab) click(pauses ...func()) {
	b.t.Helper()
	at := ask[[2]float64](b, "middle")
	run(b, "a click", chromedp.MouseClickXY(at[0], at[1]))
	for i, pause := range pauses {
		pause()
		run(b, "a click", chromedp.MouseClickXY(at[0], at[1], chromedp.ClickCount(i+2)))
	}
}

// arrives waits for the page with the heading.
func (b *tab) arrives(heading string) {
	b.t.Helper()
	eventually(b.t, "the page "+heading, func() bool {
		// Between two pages nothing answers, which is no failure.
		ctx, cancel := context.WithTimeout(b.Context(), browsertest.Patience)
		defer cancel()
		there, err := chromedp.Run(ctx, chromedp.Evaluate[bool](b.Question("arrived", heading)))
		return err == nil && there
	})
}

// submit puts answers into the page, without typing, and sends it.
func (b *tab) submit(answers [][2]string) {
	b.t.Helper()
	ask[any](b, "put", answers)
	b.send()
}

// send sends the page as it is by its first button.
func (b *tab) send() {
	b.t.Helper()
	run(b, "waiting for the next page", chromedp.WaitEvent(page.LoadEventFired, nil, chromedp.Evaluate[chromedp.Void](`document.querySelector('main form button').click()`)))
}

// rush fills a form in from its paper, up to "check your answers".
func (b *tab) rush(form string) {
	b.t.Helper()
	b.Open("/courses/" + form + "/apply/")
	for _, s := range readPaper(b.t, form) {
		if ask[bool](b, "isList") {
			ask[any](b, "another", map[bool]string{true: "yes", false: "no"}[s.item()])
			b.send()
			if s.item() {
				b.At(s.heading)
			}
		}
		b.submit(s.answers)
	}
	b.At("Check your answers before sending your application")
}

// signs signs a completed form, sends it, and reads the reference.
func (b *tab) signs(form, name string) string {
	b.t.Helper()
	b.Open("/apply/" + form + "/declarations")
	ask[any](b, "sign", name)
	b.send()
	b.At("Application sent")
	return b.reference()
}

// item tells whether the sheet is an entry of a list.
func (s sheet) item() bool {
	return strings.HasSuffix(s.heading, " 1") || strings.HasSuffix(s.heading, " 2")
}
