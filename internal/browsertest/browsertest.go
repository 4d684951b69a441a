// Package browsertest is a person before a browser, for tests of pages: Debian's Chromium with the
// pages' scripts off, moved by the keyboard. What is on a page is named by its words. A test serves
// its pages itself, and says what it keeps in them.
//
// [Tab.Clean] holds a page to what every page has to keep: no rule of WCAG 2.0 to 2.2 (A and AA)
// that axe-core knows is broken, nothing scrolls sideways, at 1280 and at 320 px.
package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
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
)

// patience ends what would wait for ever; no test measures time.
const patience = 30 * time.Second

// Widths in CSS pixels at which pages are looked at.
var Widths = []int64{1280, 320}

// A Browser is one program, in which several people can have a profile each.
type Browser struct {
	t   *testing.T
	ctx context.Context

	functions string // of cmd/hub/testdata/browser/page.js
	axe       string
}

// root is the repository's folder.
func root(t *testing.T) string {
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	t.Fatal("the test does not run within the repository")
	return ""
}

// without are parts of Chromium that no test looks at: it offers no translation, keeps no page for
// Back, which is read anew, and draws no suggestions below the address bar. These are pages of
// their own, two for each window, and cost as much time as the pages that are tested.
const without = "Translate,BackForwardCache,WebUIOmniboxPopup,WebUIOmniboxAimPopup"

// Chromium starts the browser, which ends with the test.
func Chromium(t testing.TB) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is missing: apt-get install chromium (see cmd/hub/testdata/needs.sh)")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.Flag("disable-features", without))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // which root cannot have
	}
	process, end := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(end)
	ctx, cancel := chromedp.NewContext(process)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	return ctx
}

// Start starts the browser; it ends with the test.
func Start(t *testing.T) *Browser {
	t.Helper()
	b := &Browser{t: t}
	for into, name := range map[*string]string{&b.functions: "cmd/hub/testdata/browser/page.js", &b.axe: "node_modules/axe-core/axe.min.js"} {
		text, err := os.ReadFile(filepath.Join(root(t), name))
		if err != nil {
			t.Fatalf("%v: npm ci", err)
		}
		*into = string(text)
	}
	b.ctx = Chromium(t)
	return b
}

// A Tab is one person's, with cookies of its own.
type Tab struct {
	t    *testing.T
	b    *Browser
	ctx  context.Context
	site string

	scripted bool // the pages' own scripts run
}

// Tab opens an empty tab of somebody new, for the site at an address such as
// "http://localhost:1234".
func (b *Browser) Tab(site string) *Tab {
	b.t.Helper()
	made, err := chromedp.CallBrowser(b.ctx, target.CreateBrowserContext, target.CreateBrowserContextParams{})
	if err != nil {
		b.t.Fatal(err)
	}
	tab := &Tab{t: b.t, b: b, site: site}
	var end context.CancelFunc
	tab.ctx, end = chromedp.NewContext(b.ctx, chromedp.WithExistingBrowserContext(made.BrowserContextID))
	b.t.Cleanup(end)
	tab.do("a new tab", chromedp.Do(tab.ctx))
	tab.scripts(false)
	// Each tab behaves as the one in front.
	call(tab, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	tab.width(Widths[0])
	return tab
}

// do fails the test, and says where, if err is not nil.
func (b *Tab) do(what string, err error) {
	b.t.Helper()
	if err != nil {
		b.fatalf("%s: %v", what, err)
	}
}

// fatalf ends the test, saying what the page shows.
func (b *Tab) fatalf(format string, args ...any) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	shown, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.pathname + " shows:\n" + document.body.innerText`))
	if err != nil {
		shown = err.Error()
	}
	b.t.Fatalf("%s\n%s", fmt.Sprintf(format, args...), shown)
}

func run[T any](b *Tab, what string, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	result, err := chromedp.Run(ctx, action)
	b.do(what, err)
	return result
}

func call[P, R any](b *Tab, command cdp.Command[P, R], params P) R {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	result, err := chromedp.Call(ctx, command, params)
	b.do(command.Method, err)
	return result
}

// question is a call of one of the functions of page.js.
func (b *Tab) question(function string, args ...any) string {
	given := make([]string, len(args))
	for i, a := range args {
		text, _ := json.Marshal(a) // texts and numbers
		given[i] = string(text)
	}
	return fmt.Sprintf("(() => {%s\nreturn %s(%s)})()", b.b.functions, function, strings.Join(given, ", "))
}

func ask[T any](b *Tab, function string, args ...any) T {
	b.t.Helper()
	return run(b, function, chromedp.Evaluate[T](b.question(function, args...)))
}

func (b *Tab) scripts(on bool) {
	b.t.Helper()
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
}

// Scripts lets the scripts of the pages that are opened from now on run, or not.
func (b *Tab) Scripts(on bool) {
	b.t.Helper()
	b.scripted = on
	b.scripts(on)
}

// Await waits until the page, whose scripts run, shows the text.
func (b *Tab) Await(text string) {
	b.t.Helper()
	run(b, "waiting for "+text, chromedp.Evaluate[bool](fmt.Sprintf(`new Promise((seen) => {
	const look = () => document.body.innerText.includes(%q) && seen(true)
	new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true})
	look()
})`, text), chromedp.EvalAwaitPromise))
}

func (b *Tab) width(px int64) { run(b, "resizing", chromedp.EmulateViewport(px, 800)) }

// Open goes to a path of the site, as if it were typed into the address bar.
func (b *Tab) Open(path string) {
	b.t.Helper()
	run(b, "opening "+path, chromedp.Navigate(b.site+path))
}

// At fails unless the page has the heading.
func (b *Tab) At(heading string) {
	b.t.Helper()
	if got := ask[string](b, "heading"); got != heading {
		b.fatalf("on the page %q, want %q", got, heading)
	}
}

// Says fails unless the page shows the texts.
func (b *Tab) Says(texts ...string) {
	b.t.Helper()
	shown := ask[string](b, "main")
	for _, text := range texts {
		if !strings.Contains(shown, text) {
			b.fatalf("the page does not say %q", text)
		}
	}
}

// Fill types into the field with the label, in place of what stands there.
func (b *Tab) Fill(label, text string) {
	b.t.Helper()
	at := ask[int](b, "field", label)
	b.tabTo(at)
	if ask[string](b, "value", at) != "" {
		b.key("a", chromedp.ModifierCtrl)
		b.key(kb.Backspace)
	}
	if text != "" {
		b.key(text)
	}
	if got := ask[string](b, "value", at); got != text {
		b.fatalf("typed %q into %s, and there stands %q", text, label, got)
	}
}

// Tick ticks the box with the label.
func (b *Tab) Tick(label string) {
	b.t.Helper()
	at := ask[int](b, "field", label)
	b.tabTo(at)
	b.key(" ")
	if !ask[bool](b, "checked", at) {
		b.fatalf("the Space key does not tick %s", label)
	}
}

// Choose takes one of a question's answers, of which one can be chosen.
func (b *Tab) Choose(question, answer string) {
	b.t.Helper()
	type choice struct{ Of, Wanted int }
	c := ask[choice](b, "choice", question, answer)
	b.tabTo(c.Wanted)
	for range c.Of {
		if ask[int](b, "focus") == c.Wanted {
			break
		}
		b.key(kb.ArrowDown)
	}
	if !ask[bool](b, "checked", c.Wanted) {
		b.key(" ")
	}
	if !ask[bool](b, "checked", c.Wanted) {
		b.fatalf("%s cannot be answered with %s", question, answer)
	}
}

// FillAll types into fields by their names, for those whose labels a page has several times.
func (b *Tab) FillAll(texts map[string]string) {
	b.t.Helper()
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		at := ask[int](b, "named", name)
		b.tabTo(at)
		b.key(texts[name])
		if got := ask[string](b, "value", at); got != texts[name] {
			b.fatalf("typed %q into %s, and there stands %q", texts[name], name, got)
		}
	}
}

// Pick chooses from the list with the label the option with the words.
func (b *Tab) Pick(label, option string) {
	b.t.Helper()
	at := ask[int](b, "field", label)
	b.tabTo(at)
	b.key(option) // a list goes to the option that begins with what is typed
	if got := ask[string](b, "option", at); got != option {
		b.fatalf("typed %q in %s, and chosen is %q", option, label, got)
	}
}

// Attach puts a file of the machine's into the field with the label.
func (b *Tab) Attach(label, file string) {
	b.t.Helper()
	b.tabTo(ask[int](b, "field", label))
	got := call(b, runtime.Evaluate, runtime.EvaluateParams{Expression: "document.activeElement"})
	call(b, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{file}, ObjectID: got.Result.ObjectID})
}

// Follow goes along the link with the words; Press sends the form by the button with them.
func (b *Tab) Follow(name string) { b.t.Helper(); b.enter(ask[int](b, "link", name)) }
func (b *Tab) Press(name string)  { b.t.Helper(); b.enter(ask[int](b, "button", name)) }

func (b *Tab) enter(at int) {
	b.t.Helper()
	b.tabTo(at)
	run(b, "waiting for the next page", chromedp.WaitEvent(page.LoadEventFired, nil, pressed(kb.Enter)))
}

func (b *Tab) key(keys string, with ...chromedp.Modifier) {
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

// tabTo moves the focus to a place with Tab, or back with Shift and Tab.
func (b *Tab) tabTo(place int) {
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

// Clean fails for each rule that the page breaks at one of the [Widths].
func (b *Tab) Clean(name string) {
	b.t.Helper()
	b.scripts(true) // axe waits by timers, which the page's own would be
	defer b.scripts(b.scripted)
	run(b, "axe", chromedp.Evaluate[chromedp.Void](b.b.axe+"\n;0"))
	for _, px := range Widths {
		b.width(px)
		for _, fault := range append(ask[[]string](b, "faults"), run(b, "axe", chromedp.Evaluate[[]string](b.question("violations"), chromedp.EvalAwaitPromise))...) {
			b.t.Errorf("%s at %d: %s", name, px, fault)
		}
	}
	b.width(Widths[0])
}

// Shoot keeps a picture of the whole page at each of the widths, for people to look at, in a
// folder; in none if it is "".
func (b *Tab) Shoot(folder, name string) {
	b.t.Helper()
	if folder == "" {
		return
	}
	for _, px := range Widths {
		b.width(px)
		picture := run(b, "a picture", chromedp.FullScreenshot(100))
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%s-%d.png", name, px)), picture, 0o600); err != nil {
			b.t.Fatal(err)
		}
	}
	b.width(Widths[0])
}

// Serve answers with the files of a site's look, by path, beside the pages below some addresses.
func Serve(files map[string][]byte, pages http.Handler, below ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, prefix := range below {
			if strings.HasPrefix(r.URL.Path, prefix) {
				pages.ServeHTTP(w, r)
				return
			}
		}
		file, ok := files[strings.TrimPrefix(r.URL.Path, "/")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if strings.HasSuffix(r.URL.Path, ".css") {
			w.Header().Set("Content-Type", "text/css; charset=utf-8")
		} else if strings.HasSuffix(r.URL.Path, ".js") {
			w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		}
		w.Write(file)
	})
}
