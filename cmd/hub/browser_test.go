package main

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"traininghub/internal/browsertest"
	"traininghub/internal/record"
	"traininghub/internal/sqlite"
)

// Tests with a browser: Debian's Chromium, with a hub that this program serves. browser_*_test.go
// have the journeys; package browsertest has what a person does with a browser.

// A servedHub is the program at work.
type servedHub struct {
	site, outbox string              // addresses, "http://localhost:PORT"
	data         string              // its folder
	store        func() record.Store // opens its store again
	stop         func()              // ends it as an interrupt would; the test's end does so, too
}

// serveHub serves the real content as of a day.
func serveHub(t *testing.T, asOf string) *servedHub { return serveContent(t, "../../content", asOf) }

// serveContent serves the content of a folder.
func serveContent(t *testing.T, content, asOf string) *servedHub {
	t.Helper()
	h := &servedHub{data: t.TempDir()}
	told, out := io.Pipe()
	h.store = func() record.Store {
		store, err := sqlite.Open(filepath.Join(h.data, "hub.db"), sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { store.Close() })
		return store
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	var log bytes.Buffer
	go func() {
		err := exec(ctx, []string{"serve", "--new", "--addr", "localhost:0", "--outbox", "localhost:0", "--data", h.data,
			"--content", content, "--modules", "../../node_modules", "--as-of", asOf}, nil, out, &log, func(string) string { return "" })
		out.Close()
		ended <- err
	}()
	h.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("hub serve: %v", err)
		}
		for line := range strings.Lines(log.String()) {
			if !strings.Contains(line, "level=INFO") || strings.Contains(line, "example.org") {
				t.Errorf("hub serve logs %s", line)
			}
		}
	})
	t.Cleanup(h.stop)
	lines := bufio.NewScanner(told)
	for lines.Scan() {
		name, address, _ := strings.Cut(lines.Text(), ":")
		address, _, _ = strings.Cut(strings.TrimSpace(address), " ")
		switch name {
		case "The site":
			h.site = strings.TrimSuffix(address, "/")
		case "The outbox":
			h.outbox = strings.TrimSuffix(address, "/")
		}
		if strings.HasPrefix(name, "As of") { // the last line
			go io.Copy(io.Discard, told)
			return h
		}
	}
	t.Fatal("hub serve does not say where")
	return nil
}

// A profile is one person's browser on one device.
type profile struct {
	*browsertest.Profile
	t   *testing.T
	hub *servedHub
}

func newProfile(t *testing.T, browser *browsertest.Browser, hub *servedHub) *profile {
	t.Helper()
	return &profile{browser.Profile(t, hub.site), t, hub}
}

// A tab of a browser, and the person using it.
type tab struct {
	*browsertest.Tab
	t   *testing.T
	hub *servedHub
}

// tab opens an empty tab, with scripts on or off.
func (p *profile) tab(script bool) *tab {
	p.t.Helper()
	b := &tab{p.Profile.Tab(), p.t, p.hub}
	b.Scripts(script)
	return b
}

// Open is browsertest's, for the tab's own hub, in front of which a test can put something.
func (b *tab) Open(path string) {
	b.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = b.hub.site + path
	}
	b.Tab.Open(path)
}

// ask, run and call are browsertest's.
func ask[T any](b *tab, function string, args ...any) T {
	b.t.Helper()
	return browsertest.Ask[T](b.Tab, function, args...)
}

func run[T any](b *tab, what string, action chromedp.Action[T]) T {
	b.t.Helper()
	return browsertest.Run(b.Tab, what, action)
}

func call[P, R any](b *tab, command cdp.Command[P, R], params P) R {
	b.t.Helper()
	return browsertest.Call(b.Tab, command, params)
}

// focusOn waits until the field with the label has the focus.
func (b *tab) focusOn(label string) {
	b.t.Helper()
	eventually(b.t, "the focus on "+label, func() bool { return ask[int](b, "focus") == ask[int](b, "field", label) })
}

// eventually waits for something that happens in its own time.
func eventually(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for end := time.Now().Add(browsertest.Patience); !happened(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("in vain waited for %s", what)
		}
	}
}

// A summary is the summary of the errors of a page. Places are those of browsertest’s page.js.
type summary struct {
	Title   string   `json:"title"`
	Focused bool     `json:"focused"`
	First   bool     `json:"first"` // it stands above the heading
	Texts   []string `json:"texts"`
	Places  []int    `json:"places"`
	To      []string `json:"to"`
}

// summary fails unless the page reports these errors at its top, in its title, and where the focus
// is.
func (b *tab) summary(messages ...string) summary {
	b.t.Helper()
	eventually(b.t, "the focus on the summary", func() bool { return ask[summary](b, "summary").Focused })
	s := ask[summary](b, "summary")
	if !slices.Equal(s.Texts, messages) {
		b.Fatalf("the errors are\n\t%s\nwant\n\t%s", strings.Join(s.Texts, "\n\t"), strings.Join(messages, "\n\t"))
	}
	if !strings.HasPrefix(s.Title, "Error: ") || !s.First {
		b.t.Errorf("the page %q: its title does not begin with Error, or the summary does not stand above the heading", s.Title)
	}
	return s
}

// errors checks a page with errors. They are summed up and shown beside the fields, the summary
// links to the fields, and everything typed is still there.
func (b *tab) errors(messages ...string) {
	b.t.Helper()
	s := b.summary(messages...)
	if kept := ask[[]string](b, "held"); !slices.Equal(kept, b.Sent()) {
		b.t.Errorf("typed\n\t%s\nkept\n\t%s", strings.Join(b.Sent(), "\n\t"), strings.Join(kept, "\n\t"))
	}
	for i, message := range messages {
		b.TabTo(s.Places[i])
		b.Key(kb.Enter)
		type wrong struct {
			ID   string `json:"id"`
			Seen string `json:"seen"`
			Told string `json:"told"`
		}
		eventually(b.t, "the focus on "+s.To[i], func() bool { return "#"+ask[wrong](b, "wrong").ID == s.To[i] })
		if w := ask[wrong](b, "wrong"); w.Seen != "Error: "+message || w.Told != w.Seen {
			b.t.Errorf("the error beside %s is %q, and screen readers say %q; want %q", s.To[i], w.Seen, w.Told, message)
		}
	}
}

// A paper is an application as a person has prepared it: testdata/browser/FORM.txt.
type paper []sheet

// A sheet is what to answer on one page.
type sheet struct {
	heading string
	answers [][2]string // question, answer
}

func readPaper(t *testing.T, form string) paper {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "browser", form+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	var p paper
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		if heading, ok := strings.CutPrefix(line, "== "); ok {
			p = append(p, sheet{heading: heading})
			continue
		}
		if len(p) == 0 || line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		answers := &p[len(p)-1].answers
		if more, ok := strings.CutPrefix(line, "  "); ok {
			(*answers)[len(*answers)-1][1] += "\n" + more
			continue
		}
		question, answer, _ := strings.Cut(line, ":")
		*answers = append(*answers, [2]string{question, strings.TrimSpace(answer)})
	}
	return p
}

// on gives the answers of the page with the heading.
func (p paper) on(t *testing.T, heading string) [][2]string {
	t.Helper()
	for _, s := range p {
		if s.heading == heading {
			return s.answers
		}
	}
	t.Fatalf("the paper has no page %q", heading)
	return nil
}

// copy answers the questions of a page from the paper.
func (b *tab) copy(answers [][2]string) {
	b.t.Helper()
	for _, qa := range answers {
		switch question, answer := qa[0], qa[1]; ask[string](b, "kind", question) {
		case "choice":
			b.Choose(question, answer)
		case "parts":
			month, year, _ := strings.Cut(answer, " ")
			b.Fill("Month", month)
			b.Fill("Year", year)
		default:
			b.Fill(question, answer)
		}
	}
}
