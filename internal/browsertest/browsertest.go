// Package browsertest drives a browser as a person would, for tests of pages: Debian's Chromium by
// its keyboard, with the pages' scripts off. Tests name what is on a page by its words. A test
// serves its pages itself, and keeps its own data in them.
//
// [Tab.Seen] checks what every page must keep: it breaks no rule of WCAG 2.0 to 2.2 (A and AA) that
// axe-core knows, and nothing scrolls sideways, at 1280 and at 320 px. To look at the pages of a
// test, name a folder for pictures:
//
//	go test ./internal/web/claim -run Browser -shots /tmp/shots
//
// [Site] and [Look] are what a page needs around it: the real site, or only its style and scripts.
package browsertest

import (
	"context"
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"traininghub/internal/standin"
)

// Patience ends what would wait for ever. No test measures time, and a busy machine can take long.
const Patience = 3 * time.Minute

// Widths in CSS pixels at which pages are looked at.
var Widths = []int64{1280, 320}

// Shots is the folder for pictures; "" if nobody looks at them.
var Shots = flag.String("shots", "", "folder in which tests with a browser keep a picture of each page at each width")

// A Browser is one running Chromium, in which several people can have a profile each.
type Browser struct {
	t   *testing.T
	ctx context.Context

	axe string
}

// without are parts of Chromium that no test needs: translation, pages kept for Back, and
// suggestions below the address bar. The suggestions are pages of their own, two for each window,
// and take as much time as the tested pages.
const without = "Translate,BackForwardCache,WebUIOmniboxPopup,WebUIOmniboxAimPopup"

// Chromium starts a browser, which ends with the test.
func Chromium(t testing.TB) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is missing: apt-get install chromium (see cmd/hub/testdata/needs.sh)")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.Flag("disable-features", without),
		chromedp.NoSandbox) // root cannot use it, nor can others in most containers; and the pages are our own
	process, end := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(end)
	ctx, cancel := chromedp.NewContext(process)
	t.Cleanup(func() { // asked to end, it cleans up its temporary folder; killed, it does not
		defer cancel()
		asked, late := context.WithTimeout(ctx, Patience)
		defer late()
		if err := chromedp.Cancel(asked); err != nil {
			t.Logf("Chromium does not end well: %v", err) // which says nothing of the pages
		}
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	return ctx
}

// Start starts the browser, which ends with the test.
func Start(t *testing.T) *Browser {
	t.Helper()
	axe, err := os.ReadFile(filepath.Join(standin.Root(t), "node_modules/axe-core/axe.min.js"))
	if err != nil {
		t.Fatalf("%v: npm ci", err)
	}
	b := &Browser{t: t, axe: string(axe)}
	b.ctx = Chromium(t)
	return b
}

// A Profile is one person's browser on one device: its tabs share cookies with no other profile.
type Profile struct {
	t    testing.TB
	b    *Browser
	id   cdp.BrowserContextID
	site string
}

// Profile is a new person's profile, for a site at an address such as "http://localhost:1234".
func (b *Browser) Profile(t testing.TB, site string) *Profile {
	t.Helper()
	made, err := chromedp.CallBrowser(b.ctx, target.CreateBrowserContext, target.CreateBrowserContextParams{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		gone := target.DisposeBrowserContextParams{BrowserContextID: made.BrowserContextID}
		if _, err := chromedp.CallBrowser(b.ctx, target.DisposeBrowserContext, gone); err != nil {
			t.Log(err)
		}
	})
	return &Profile{t: t, b: b, id: made.BrowserContextID, site: site}
}

// A Tab is one tab of a person's browser.
type Tab struct {
	t    testing.TB
	b    *Browser
	ctx  context.Context
	site string

	scripted bool     // the pages' own scripts run
	sent     []string // what the form held when it was last sent
	end      context.CancelFunc
}

// Tab opens an empty tab in a new profile, as wide as the first of [Widths].
func (b *Browser) Tab(site string) *Tab {
	b.t.Helper()
	tab := b.Profile(b.t, site).Tab()
	tab.width(Widths[0])
	return tab
}

// Tab opens an empty tab in which no scripts run.
func (p *Profile) Tab() *Tab {
	p.t.Helper()
	tab := &Tab{t: p.t, b: p.b, site: p.site}
	tab.ctx, tab.end = chromedp.NewContext(p.b.ctx, chromedp.WithExistingBrowserContext(p.id))
	p.t.Cleanup(tab.end)
	tab.Do("a new tab", chromedp.Do(tab.ctx))
	tab.scripts(false)
	// Each tab behaves as if it were in front.
	Call(tab, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	return tab
}

// Close closes the tab.
func (b *Tab) Close() { b.end() }

// Context is for browser commands that this package does not offer.
func (b *Tab) Context() context.Context { return b.ctx }

// Sent is what the form held when it was last sent, one line for each field.
func (b *Tab) Sent() []string { return b.sent }

// Do fails the test if err is not nil, and says what was done.
func (b *Tab) Do(what string, err error) {
	b.t.Helper()
	if err != nil {
		b.Fatalf("%s: %v", what, err)
	}
}

// Fatalf ends the test with a message and what the page shows.
func (b *Tab) Fatalf(format string, args ...any) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, Patience)
	defer cancel()
	shown, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.pathname + " shows:\n" + document.body.innerText`))
	if err != nil {
		shown = err.Error()
	}
	b.t.Fatalf("%s\n%s", fmt.Sprintf(format, args...), shown)
}

// Run carries out one action, for at most [Patience].
func Run[T any](b *Tab, what string, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, Patience)
	defer cancel()
	result, err := chromedp.Run(ctx, action)
	b.Do(what, err)
	return result
}

// Call sends the browser a command of its protocol.
func Call[P, R any](b *Tab, command cdp.Command[P, R], params P) R {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, Patience)
	defer cancel()
	result, err := chromedp.Call(ctx, command, params)
	b.Do(command.Method, err)
	return result
}

//go:embed page.js
var functions string

// Question is a call of a function of page.js.
func (b *Tab) Question(function string, args ...any) string {
	given := make([]string, len(args))
	for i, a := range args {
		text, _ := json.Marshal(a) // texts and numbers only
		given[i] = string(text)
	}
	return fmt.Sprintf("(() => {%s\nreturn %s(%s)})()", functions, function, strings.Join(given, ", "))
}

// Ask calls a function of page.js in the page and returns its result.
func Ask[T any](b *Tab, function string, args ...any) T {
	b.t.Helper()
	return Run(b, function, chromedp.Evaluate[T](b.Question(function, args...)))
}

func (b *Tab) scripts(on bool) {
	b.t.Helper()
	Call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
}

// Scripts turns the scripts of pages opened from now on on or off.
func (b *Tab) Scripts(on bool) {
	b.t.Helper()
	b.scripted = on
	b.scripts(on)
}

// Await waits until the page, with its scripts on, shows the text.
func (b *Tab) Await(text string) {
	b.t.Helper()
	Run(b, "waiting for "+text, chromedp.Evaluate[bool](fmt.Sprintf(`new Promise((seen) => {
	const look = () => document.body.innerText.includes(%q) && seen(true)
	new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true})
	look()
})`, text), chromedp.EvalAwaitPromise))
}

func (b *Tab) width(px int64) { Run(b, "resizing", chromedp.EmulateViewport(px, 800)) }

// Open goes to a path of the site, or to a whole address, as if typed into the address bar.
func (b *Tab) Open(path string) {
	b.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = b.site + path
	}
	Run(b, "opening "+path, chromedp.Navigate(path))
}

// Back goes to the page before, as the browser's own button does.
func (b *Tab) Back() {
	b.t.Helper()
	Run(b, "going back", chromedp.NavigateBack())
}

// Ticked fails unless the boxes with these labels are ticked.
func (b *Tab) Ticked(labels ...string) {
	b.t.Helper()
	for _, label := range labels {
		if !Ask[bool](b, "checked", Ask[int](b, "field", label)) {
			b.Fatalf("%s is not ticked", label)
		}
	}
}

// At fails unless the page has the heading.
func (b *Tab) At(heading string) {
	b.t.Helper()
	if got := Ask[string](b, "heading"); got != heading {
		b.Fatalf("on the page %q, want %q", got, heading)
	}
}

// Says fails unless the page shows the texts.
func (b *Tab) Says(texts ...string) {
	b.t.Helper()
	shown := Ask[string](b, "main")
	for _, text := range texts {
		if !strings.Contains(shown, text) {
			b.Fatalf("the page does not say %q", text)
		}
	}
}

// Fill replaces the text of the field with the label.
func (b *Tab) Fill(label, text string) {
	b.t.Helper()
	at := Ask[int](b, "field", label)
	b.TabTo(at)
	if Ask[string](b, "value", at) != "" {
		b.Key("a", chromedp.ModifierCtrl)
		b.Key(kb.Backspace)
	}
	if len(text) > 500 { // pasted, not typed
		Call(b, input.InsertText, input.InsertTextParams{Text: text})
	} else if text != "" {
		b.Key(text)
	}
	if got := Ask[string](b, "value", at); got != text {
		b.Fatalf("typed %q into %s, and there stands %q", text, label, got)
	}
}

// Tick ticks the box with the label, or unticks it.
func (b *Tab) Tick(label string) {
	b.t.Helper()
	at := Ask[int](b, "field", label)
	b.TabTo(at)
	before := Ask[bool](b, "checked", at)
	b.Key(" ")
	if Ask[bool](b, "checked", at) == before {
		b.Fatalf("the Space key does not tick %s", label)
	}
}

// Choose chooses an answer of a question that takes one.
func (b *Tab) Choose(question, answer string) {
	b.t.Helper()
	type choice struct{ Of, Wanted int }
	c := Ask[choice](b, "choice", question, answer)
	b.TabTo(c.Wanted)
	for range c.Of {
		if Ask[int](b, "focus") == c.Wanted {
			break
		}
		b.Key(kb.ArrowDown)
	}
	if !Ask[bool](b, "checked", c.Wanted) {
		b.Key(" ")
	}
	if !Ask[bool](b, "checked", c.Wanted) {
		b.Fatalf("%s cannot be answered with %s", question, answer)
	}
}

// FillAll fills fields by their names, where several fields of a page have the same label.
func (b *Tab) FillAll(texts map[string]string) {
	b.t.Helper()
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		at := Ask[int](b, "named", name)
		b.TabTo(at)
		b.Key(texts[name])
		if got := Ask[string](b, "value", at); got != texts[name] {
			b.Fatalf("typed %q into %s, and there stands %q", texts[name], name, got)
		}
	}
}

// Pick chooses an option from the list with the label.
func (b *Tab) Pick(label, option string) {
	b.t.Helper()
	at := Ask[int](b, "field", label)
	b.TabTo(at)
	b.Key(option) // a list goes to the option that begins with the typed text
	if got := Ask[string](b, "option", at); got != option {
		b.Fatalf("typed %q in %s, and chosen is %q", option, label, got)
	}
}

// Attach puts a file of this machine into the field with the label.
func (b *Tab) Attach(label, file string) {
	b.t.Helper()
	b.TabTo(Ask[int](b, "field", label))
	got := Call(b, runtime.Evaluate, runtime.EvaluateParams{Expression: "document.activeElement"})
	Call(b, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{file}, ObjectID: got.Result.ObjectID})
}

// Follow follows the link with the words; Press sends the form by the button with them.
func (b *Tab) Follow(name string) { b.t.Helper(); b.Enter(Ask[int](b, "link", name)) }
func (b *Tab) Press(name string)  { b.t.Helper(); b.Enter(Ask[int](b, "button", name)) }

// Enter presses the Enter key at a place, and waits for the page that follows.
func (b *Tab) Enter(at int) {
	b.t.Helper()
	b.TabTo(at)
	b.sent = Ask[[]string](b, "held")
	Run(b, "waiting for the next page", chromedp.WaitEvent(page.LoadEventFired, nil, pressed(kb.Enter)))
}

// Key presses keys one after the other.
func (b *Tab) Key(keys string, with ...chromedp.Modifier) {
	b.t.Helper()
	Run(b, "pressing a key", pressed(keys, with...))
}

// pressed is what a keyboard sends. chromedp.KeyEvent sends a key and its character separately.
// Then an Enter that follows a link to a field also reaches that field, and sends the form.
func pressed(keys string, with ...chromedp.Modifier) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		for _, r := range keys {
			parts := kb.Encode(r) // down, the character if there is one, up
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

// TabTo moves the focus to a place with Tab, or back with Shift and Tab.
func (b *Tab) TabTo(place int) {
	b.t.Helper()
	type way struct {
		Presses int    `json:"presses"`
		Unseen  string `json:"unseen"`
	}
	unseen := ""
	for range 5 { // once is enough if the page has the order that it shows
		switch w := Ask[way](b, "way", place); {
		case w.Presses > 0:
			b.Key(strings.Repeat(kb.Tab, w.Presses))
		case w.Presses < 0:
			b.Key(strings.Repeat(kb.Tab, -w.Presses), chromedp.ModifierShift)
		case w.Unseen != "":
			// A page scrolls to its focus when it is next drawn. On a busy machine that can be
			// later than this question, so a picture makes it draw.
			unseen = w.Unseen
			Run(b, "drawing the page", chromedp.CaptureScreenshot())
		default:
			return
		}
	}
	if unseen != "" {
		b.Fatalf("the focus is out of sight: %s", unseen)
	}
	b.Fatalf("the Tab key does not reach the place %v", place)
}

// Seen looks at the page as people do. It fails for each rule that the page breaks at one of the
// [Widths], and keeps a picture at each width in [Shots].
func (b *Tab) Seen(name string) {
	b.t.Helper()
	b.scripts(true) // axe uses timers, which run only with scripts on
	defer b.scripts(b.scripted)
	Run(b, "axe", chromedp.Evaluate[chromedp.Void](b.b.axe+"\n;0"))
	for _, px := range Widths {
		b.width(px)
		for _, fault := range append(Ask[[]string](b, "faults"), Run(b, "axe", chromedp.Evaluate[[]string](b.Question("violations"), chromedp.EvalAwaitPromise))...) {
			b.t.Errorf("%s at %d: %s", name, px, fault)
		}
		b.shoot(name, px)
	}
	b.width(Widths[0])
}

// Shoot keeps pictures of the whole page in [Shots] without checking anything.
func (b *Tab) Shoot(name string) {
	b.t.Helper()
	for _, px := range Widths {
		b.width(px)
		b.shoot(name, px)
	}
	b.width(Widths[0])
}

func (b *Tab) shoot(name string, px int64) {
	b.t.Helper()
	if *Shots != "" {
		Keep(b.t, fmt.Sprintf("%s-%d.png", name, px), Run(b, "a picture", chromedp.FullScreenshot(100)))
	}
}

// Keep keeps a file beside the pictures, such as a PDF. Without a folder for pictures it does
// nothing.
func Keep(t testing.TB, name string, data []byte) {
	t.Helper()
	if *Shots == "" {
		return
	}
	err := os.MkdirAll(*Shots, 0o700)
	if err == nil {
		err = os.WriteFile(filepath.Join(*Shots, name), data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// SignIn signs somebody in at a page such as "/review/sign-in", by the link mailed to them.
func (b *Tab) SignIn(door, email string, link func() string) *Tab {
	b.t.Helper()
	b.Open(door)
	b.Fill("Your email address", email)
	b.Press("Email me a link")
	b.Open(link())
	b.Press("Sign in")
	return b
}
