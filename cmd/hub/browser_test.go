package main

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"traininghub/internal/record"
	"traininghub/internal/sqlite"
)

// Tests with a browser: Debian's Chromium, at a hub that this program serves. In browser_*_test.go
// are the journeys; here is what a person does with a browser. Things on a page are named by their
// words.

// patience ends what would wait for ever; no test measures time.
const patience = 30 * time.Second

// A servedHub is the program at work.
type servedHub struct {
	site, outbox string              // addresses, "http://localhost:PORT"
	data         string              // its folder
	store        func() record.Store // what it keeps, opened anew
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

// A profile is one person's browser on one device: its tabs share cookies, and no other's.
type profile struct {
	t       *testing.T
	browser context.Context
	id      cdp.BrowserContextID
	hub     *servedHub
}

func newProfile(t *testing.T, browser context.Context, hub *servedHub) *profile {
	t.Helper()
	made, err := chromedp.CallBrowser(browser, target.CreateBrowserContext, target.CreateBrowserContextParams{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := chromedp.CallBrowser(browser, target.DisposeBrowserContext, target.DisposeBrowserContextParams{BrowserContextID: made.BrowserContextID}); err != nil {
			t.Error(err)
		}
	})
	return &profile{t: t, browser: browser, id: made.BrowserContextID, hub: hub}
}

// A tab of a browser, and the person before it.
type tab struct {
	t     *testing.T
	ctx   context.Context
	hub   *servedHub
	close func()
	sent  []string // what the form held when it was last sent
}

// tab opens an empty tab, in which pages' scripts run or do not.
func (p *profile) tab(script bool) *tab {
	p.t.Helper()
	b := &tab{t: p.t, hub: p.hub}
	b.ctx, b.close = chromedp.NewContext(p.browser, chromedp.WithExistingBrowserContext(p.id))
	p.t.Cleanup(b.close)
	b.do("a new tab", chromedp.Do(b.ctx))
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !script})
	// Each tab behaves as the one in front.
	call(b, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	return b
}

// do fails the test, and says where, if err is not nil.
func (b *tab) do(what string, err error) {
	b.t.Helper()
	if err != nil {
		b.fatalf("%s: %v", what, err)
	}
}

// fatalf ends the test, saying what the page shows.
func (b *tab) fatalf(format string, args ...any) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	shown, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.pathname + " shows:\n" + document.body.innerText`))
	if err != nil {
		shown = err.Error()
	}
	b.t.Fatalf("%s\n%s", fmt.Sprintf(format, args...), shown)
}

// run carries out one action within reason.
func run[T any](b *tab, what string, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	result, err := chromedp.Run(ctx, action)
	b.do(what, err)
	return result
}

// call gives the browser a command of its protocol.
func call[P, R any](b *tab, command cdp.Command[P, R], params P) R {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	result, err := chromedp.Call(ctx, command, params)
	b.do(command.Method, err)
	return result
}

//go:embed testdata/browser/page.js
var questions string

// question is a call of one of the functions of testdata/browser/page.js.
func question(function string, args ...any) string {
	given := make([]string, len(args))
	for i, a := range args {
		text, _ := json.Marshal(a) // strings and numbers
		given[i] = string(text)
	}
	return fmt.Sprintf("(() => {%s\nreturn %s(%s)})()", questions, function, strings.Join(given, ", "))
}

// ask asks the page a question.
func ask[T any](b *tab, function string, args ...any) T {
	b.t.Helper()
	return run(b, function, chromedp.Evaluate[T](question(function, args...)))
}

// open goes to an address, as if it were typed into the address bar.
func (b *tab) open(path string) {
	b.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = b.hub.site + path
	}
	run(b, "opening "+path, chromedp.Navigate(path))
}

// key presses keys one after the other.
func (b *tab) key(keys string, with ...chromedp.Modifier) {
	b.t.Helper()
	run(b, "pressing a key", pressed(keys, with...))
}

// pressed is what a keyboard sends. chromedp.KeyEvent sends a key and its character apart: then an
// Enter that follows a link to a field is felt by that field as well, and sends the form.
func pressed(keys string, with ...chromedp.Modifier) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		for _, r := range keys {
			parts := kb.Encode(r) // down, the character if it has one, up
			down, up := parts[0], parts[len(parts)-1]
			if len(parts) == 3 {
				down.Text, down.UnmodifiedText = parts[1].Text, parts[1].UnmodifiedText
			}
			for _, part := range []*input.DispatchKeyEventParams{down, up} {
				for _, m := range with {
					part.Modifiers |= int64(m)
				}
				if _, err := cdp.Call(ctx, tab, input.DispatchKeyEvent, *part); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// tabTo moves the focus with Tab, or back with Shift and Tab, to a place or into its group of radio
// buttons.
func (b *tab) tabTo(place int) {
	b.t.Helper()
	type way struct {
		Presses int    `json:"presses"`
		Unseen  string `json:"unseen"`
	}
	for range 5 { // the first time does, if the page has the order that it shows
		switch w := ask[way](b, "way", place); {
		case w.Presses > 0:
			b.key(strings.Repeat(kb.Tab, w.Presses))
		case w.Presses < 0:
			b.key(strings.Repeat(kb.Tab, -w.Presses), chromedp.ModifierShift)
		case w.Unseen != "":
			b.fatalf("the focus is out of sight: %s", w.Unseen)
		default:
			return
		}
	}
	b.fatalf("the Tab key does not reach the place %v", place)
}

// fill types into the field with the label, in place of what is there.
func (b *tab) fill(label, text string) {
	b.t.Helper()
	at := ask[int](b, "field", label)
	b.tabTo(at)
	if ask[string](b, "value", at) != "" {
		b.key("a", chromedp.ModifierCtrl)
		b.key(kb.Backspace)
	}
	if len(text) > 500 { // pasted
		call(b, input.InsertText, input.InsertTextParams{Text: text})
	} else if text != "" {
		b.key(text)
	}
	if got := ask[string](b, "value", at); got != text {
		b.fatalf("typed %q into %s, and there stands %q", text, label, got)
	}
}

// choose takes one of a question's answers.
func (b *tab) choose(question, answer string) {
	b.t.Helper()
	type choice struct {
		Of     int  `json:"of"`
		Wanted int  `json:"wanted"`
		Chosen bool `json:"chosen"`
	}
	c := ask[choice](b, "choice", question, answer)
	b.tabTo(c.Wanted)
	for range c.Of {
		if ask[int](b, "focus") == c.Wanted {
			break
		}
		b.key(kb.ArrowDown)
	}
	if !ask[choice](b, "choice", question, answer).Chosen {
		b.key(" ")
	}
	if c = ask[choice](b, "choice", question, answer); !c.Chosen {
		b.fatalf("%s cannot be answered with %s", question, answer)
	}
}

// tick changes the checkbox with the label.
func (b *tab) tick(label string) {
	b.t.Helper()
	at := ask[int](b, "field", label)
	b.tabTo(at)
	before := ask[bool](b, "checked", at)
	b.key(" ")
	if ask[bool](b, "checked", at) == before {
		b.fatalf("the Space key does not tick %s", label)
	}
}

// follow goes along the link with the words.
func (b *tab) follow(name string) { b.t.Helper(); b.enter(ask[int](b, "link", name)) }

// press sends the form by the button with the words.
func (b *tab) press(name string) { b.t.Helper(); b.enter(ask[int](b, "button", name)) }

func (b *tab) enter(at int) {
	b.t.Helper()
	b.tabTo(at)
	b.sent = ask[[]string](b, "held")
	run(b, "waiting for the next page", chromedp.WaitEvent(page.LoadEventFired, nil, pressed(kb.Enter)))
}

// at fails unless the page has the heading.
func (b *tab) at(heading string) {
	b.t.Helper()
	if got := ask[string](b, "heading"); got != heading {
		b.fatalf("on the page %q, want %q", got, heading)
	}
}

// says fails unless the page shows the texts.
func (b *tab) says(texts ...string) {
	b.t.Helper()
	shown := ask[string](b, "main")
	for _, text := range texts {
		if !strings.Contains(shown, text) {
			b.fatalf("the page does not say %q", text)
		}
	}
}

// focusOn waits until the field with the label has the focus.
func (b *tab) focusOn(label string) {
	b.t.Helper()
	eventually(b.t, "the focus on "+label, func() bool { return ask[int](b, "focus") == ask[int](b, "field", label) })
}

// eventually waits for what happens in its own time.
func eventually(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !happened(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("in vain waited for %s", what)
		}
	}
}

// A summary is the summary of the errors of a page. Places are those of page.js.
type summary struct {
	Title   string   `json:"title"`
	Focused bool     `json:"focused"`
	First   bool     `json:"first"` // it stands above the heading
	Texts   []string `json:"texts"`
	Places  []int    `json:"places"`
	To      []string `json:"to"`
}

// summary fails unless the page says at its top, in its title, and to where the focus is, that
// there are these errors.
func (b *tab) summary(messages ...string) summary {
	b.t.Helper()
	eventually(b.t, "the focus on the summary", func() bool { return ask[summary](b, "summary").Focused })
	s := ask[summary](b, "summary")
	if !slices.Equal(s.Texts, messages) {
		b.fatalf("the errors are\n\t%s\nwant\n\t%s", strings.Join(s.Texts, "\n\t"), strings.Join(messages, "\n\t"))
	}
	if !strings.HasPrefix(s.Title, "Error: ") || !s.First {
		b.t.Errorf("the page %q: its title does not begin with Error, or the summary does not stand above the heading", s.Title)
	}
	return s
}

// errors holds a page with errors to what it should be: they are summed up, and said beside the
// fields, to which the summary leads; and all that was typed is still there.
func (b *tab) errors(messages ...string) {
	b.t.Helper()
	s := b.summary(messages...)
	if kept := ask[[]string](b, "held"); !slices.Equal(kept, b.sent) {
		b.t.Errorf("typed\n\t%s\nkept\n\t%s", strings.Join(b.sent, "\n\t"), strings.Join(kept, "\n\t"))
	}
	for i, message := range messages {
		b.tabTo(s.Places[i])
		b.key(kb.Enter)
		type wrong struct {
			ID   string `json:"id"`
			Seen string `json:"seen"`
			Told string `json:"told"`
		}
		eventually(b.t, "the focus on "+s.To[i], func() bool { return "#"+ask[wrong](b, "wrong").ID == s.To[i] })
		if w := ask[wrong](b, "wrong"); w.Seen != "Error: "+message || w.Told != w.Seen {
			b.t.Errorf("beside %s stands %q, and is told %q; want %q", s.To[i], w.Seen, w.Told, message)
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
			b.choose(question, answer)
		case "parts":
			month, year, _ := strings.Cut(answer, " ")
			b.fill("Month", month)
			b.fill("Year", year)
		default:
			b.fill(question, answer)
		}
	}
}
