package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"

	"traininghub/internal/browsertest"
)

// The limits for a page.
const (
	maxRequests = 6
	maxBytes    = 40_000 // over the network, headers included, with nothing in the cache
)

// Widths in CSS pixels. The narrow one is also a window of 1280 at a zoom of 400%.
var widths = []int64{1280, 320}

// A watch records what a tab's page has requested and its errors.
type watch struct {
	mu         sync.Mutex
	document   string   // the page's address
	requests   []string // addresses, the page's first
	bytes      float64
	complaints []string
}

// watchOver starts to record what b does.
func watchOver(b *tab) *watch {
	b.t.Helper()
	w := new(watch)
	call(b, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true})
	b.Do("listening", chromedp.Listen(b.Context(), func(event any) {
		w.mu.Lock()
		defer w.mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			if e.Type == network.ResourceTypeDocument {
				w.document = e.Request.URL
				if e.RedirectResponse == nil {
					w.requests, w.bytes, w.complaints = nil, 0, nil
				}
			}
			w.requests = append(w.requests, e.Request.URL)
		case *network.EventLoadingFinished:
			w.bytes += e.EncodedDataLength
		case *cdplog.EventEntryAdded:
			// The console also reports the status 422 of a page of errors, which is right.
			if e.Entry.Level == cdplog.EntryLevelError && !(e.Entry.Source == cdplog.EntrySourceNetwork && e.Entry.URL == w.document) {
				w.complaints = append(w.complaints, e.Entry.Text)
			}
		case *runtime.EventExceptionThrown:
			w.complaints = append(w.complaints, e.ExceptionDetails.Text)
		case *runtime.EventConsoleAPICalled:
			w.complaints = append(w.complaints, fmt.Sprintf("console.%s", e.Type))
		}
	}))
	return w
}

var host = regexp.MustCompile(`^https?://[^/]+/`)

// faults says what is wrong with how the page was loaded.
func (w *watch) faults() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	faults := slices.Clone(w.complaints)
	if len(w.requests) > maxRequests {
		faults = append(faults, fmt.Sprintf("%d requests: %s", len(w.requests), strings.Join(w.requests, " ")))
	}
	if w.bytes > maxBytes {
		faults = append(faults, fmt.Sprintf("%.0f bytes", w.bytes))
	}
	for _, address := range w.requests {
		if !strings.HasPrefix(address, host.FindString(w.requests[0])) {
			faults = append(faults, "asks another host: "+address)
		}
	}
	return faults
}

// inspect says all that is wrong with the page that b shows, at each width.
func inspect(b *tab, w *watch, axe string) []string {
	b.t.Helper()
	faults := w.faults()
	run(b, "axe", chromedp.Evaluate[chromedp.Void](axe))
	for _, width := range widths {
		run(b, "resizing", chromedp.EmulateViewport(width, 800))
		found := append(ask[[]string](b, "faults"), run(b, "axe", chromedp.Evaluate[[]string](b.Question("violations"), chromedp.EvalAwaitPromise))...)
		for _, fault := range found {
			if fault = fmt.Sprintf("at %d: %s", width, fault); !slices.Contains(faults, fault) {
				faults = append(faults, fault)
			}
		}
	}
	return faults
}

// readAxe is axe-core, as npm installs it for development. It is MPL-2.0 and not part of this
// repository.
func readAxe(t *testing.T) string {
	t.Helper()
	axe, err := os.ReadFile("../../node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatalf("axe-core is missing: npm ci (%v)", err)
	}
	return string(axe) + "\n;0"
}

// TestAxe: no page and no state of the application's pages breaks a rule of WCAG 2.0 to 2.2 (A and
// AA) that axe knows, scrolls sideways, requests other hosts, is refused anything by its own
// policy, or is too heavy.
func TestAxe(t *testing.T) {
	axe := readAxe(t)
	tour(t, func(b *tab, w *watch, name string) {
		for _, fault := range inspect(b, w, axe) {
			b.t.Errorf("%s: %s", name, fault)
		}
	})
}

// TestShots keeps pictures of every page and state, for people to look at. Without a folder for
// them, it checks that there would be something to see.
func TestShots(t *testing.T) {
	if *browsertest.Shots != "" {
		if err := os.MkdirAll(*browsertest.Shots, 0o755); err != nil {
			t.Fatal(err)
		}
		unnamed := regexp.MustCompile(`[^A-Za-z0-9]+`)
		tour(t, func(b *tab, _ *watch, name string) {
			for _, width := range widths {
				file := fmt.Sprintf("%s-%d.png", strings.Trim(unnamed.ReplaceAllString(name, "-"), "-"), width)
				b.Do("keeping a picture", os.WriteFile(filepath.Join(*browsertest.Shots, file), b.picture(width), 0o644))
			}
		})
		return
	}
	b := newProfile(t, browsertest.Start(t), serveHub(t, "2021-09-20")).tab(true)
	b.Open("/")
	for _, width := range widths {
		shown, err := png.Decode(bytes.NewReader(b.picture(width)))
		b.Do("reading a picture", err)
		colours := map[color.Color]bool{}
		for x := range shown.Bounds().Dx() {
			for y := range shown.Bounds().Dy() {
				colours[shown.At(x, y)] = true
			}
		}
		if size := shown.Bounds().Size(); len(colours) < 10 || int64(size.X) != width || size.Y < 800 {
			t.Errorf("at %d, a picture of %v has %d colours", width, size, len(colours))
		}
	}
}

// picture is a PNG of the whole page.
func (b *tab) picture(width int64) []byte {
	b.t.Helper()
	run(b, "resizing", chromedp.EmulateViewport(width, 800))
	return run(b, "a picture", chromedp.FullScreenshot(100))
}

// TestAxeFinds: the faults in testdata/browser/bad.html are found, so that finding none means
// something.
func TestAxeFinds(t *testing.T) {
	bad, err := os.ReadFile("testdata/browser/bad.html")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			w.Header().Set("Content-Type", "text/css")
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "script-src 'self'")
		w.Write(append(bad, bytes.Repeat([]byte("<!-- heavy -->\n"), 3000)...))
	}))
	t.Cleanup(server.Close)
	b := newProfile(t, browsertest.Start(t), &servedHub{site: server.URL}).tab(true)
	w := watchOver(b)
	b.Open("/")
	found := inspect(b, w, readAxe(t))
	for _, want := range []string{
		`^Executing inline script violates the following Content Security Policy`, `^[78] requests`, `^4\d{4} bytes$`,
		`^asks another host: http://127.0.0.1:1/`, `^at 1280: the language is “en”$`, `^at 320: 2 headings of level 1$`,
		`^at 320: a level of heading is left out$`, `^at 320: the id “same” twice$`, `^at 320: the title is “Error: nothing – nothing”$`,
		`^at 320: the title “Error: nothing – nothing” repeats itself$`,
		`^at 320: an input has a placeholder`, `^at 320: the browser checks a form$`, `^at 320: scrolls sideways to 20\d\d: <pre`,
		`^at 1280: label: .*<textarea>`, `^at 320: target-size: .*<a href="/a">`,
	} {
		if pattern := regexp.MustCompile(want); !slices.ContainsFunc(found, pattern.MatchString) {
			t.Errorf("did not find %s", want)
		}
	}
	if t.Failed() {
		t.Logf("found:\n%s", strings.Join(found, "\n"))
	}
}

// tour calls visit with every page of the site, and every page and state of the applications, each
// freshly loaded.
func tour(t *testing.T, visit func(b *tab, w *watch, name string)) {
	browser := browsertest.Start(t)
	hub := serveHub(t, "2021-09-20")
	// looks is a tab of a person who looks at what they do, and guest that of a new one.
	looks := func(p *profile) (b *tab, see func(name string)) {
		b = p.tab(true)
		w := watchOver(b)
		return b, func(name string) {
			b.t.Helper()
			visit(b, w, name)
		}
	}
	guest := func(t *testing.T, hub *servedHub) (b *tab, see func(name string)) {
		return looks(newProfile(t, browser, hub))
	}
	t.Run("site", func(t *testing.T) {
		t.Parallel()
		b, see := guest(t, hub)
		paths := append(sitemap(t, hub.site), "/no-such-page/")
		for seen := 0; seen < len(paths); seen++ {
			b.Open(paths[seen])
			see("page " + paths[seen])
			for _, path := range ask[[]string](b, "paths") {
				// Calendars, feeds and forms on paper are files for other programs.
				if file := filepath.Ext(path); file != "" && file != ".html" {
					continue
				}
				if !slices.Contains(paths, path) && !strings.HasPrefix(path, "/apply/") {
					paths = append(paths, path)
				}
			}
		}
		if cookies := call(b, storage.GetCookies, storage.GetCookiesParams{}).Cookies; len(cookies) > 0 {
			t.Errorf("public pages set %d cookies", len(cookies))
		}
		for _, want := range []string{"/", "/compare/", "/courses/career-conversations/apply/", "/courses/supporting-mentors/apply/"} {
			if !slices.Contains(paths, want) {
				t.Errorf("no link leads to %s", want)
			}
		}
	})
	t.Run("closed", func(t *testing.T) {
		t.Parallel()
		b, see := guest(t, serveHub(t, "2021-10-02"))
		for _, path := range []string{"/", "/courses/supporting-mentors/", "/courses/supporting-mentors/apply/", "/apply/supporting-mentors/check"} {
			b.Open(path)
			see("after the deadline " + path)
		}
	})
	for _, form := range []string{"career-conversations", "supporting-mentors"} {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			b, see := guest(t, hub)
			applying(b, form, func(name string) { b.t.Helper(); see(form + " " + name) })
		})
	}
	t.Run("confirming", func(t *testing.T) {
		t.Parallel()
		confirming(&walk{t, browser, serveContent(t, withDeputies(t), "2021-09-20"), looks})
	})
	t.Run("deciding", func(t *testing.T) {
		t.Parallel()
		deciding(&walk{t, browser, serveContent(t, withDeputies(t), "2021-09-20"), looks})
	})
	t.Run("leaving", func(t *testing.T) {
		t.Parallel()
		b, see := guest(t, hub)
		paper := readPaper(t, "career-conversations")
		b.Open("/apply/career-conversations/check")
		see("no draft here")
		b.Open("/apply/nothing")
		see("no such form")
		b.Open("/courses/career-conversations/apply/")
		b.submit(append(slices.Clone(paper[0].answers), [2]string{"Email address", "tour@example.org"}))
		b.submit([][2]string{{"Address line 1", strings.Repeat("too large ", 30_000)}})
		b.At("Your answers are too long to save")
		see("too large")
		b.Open("/apply/career-conversations/your-address")
		run(b, "leaving", chromedp.WaitEvent(page.LoadEventFired, nil, chromedp.Click(chromedp.CSS("[name=leave]"))))
		b.At("Your application is saved")
		see("left")
		b.Open(hub.resumeLink(t, "tour@example.org"))
		see("resume")
		b.Open(hub.outbox + "/")
		see("outbox")
	})
}

// sitemap gives the paths that sitemap.xml names.
func sitemap(t *testing.T, site string) []string {
	t.Helper()
	answer, err := http.Get(site + "/sitemap.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var list struct {
		Addresses []string `xml:"url>loc"`
	}
	if err := xml.NewDecoder(answer.Body).Decode(&list); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, address := range list.Addresses {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, u.Path)
	}
	return paths
}

// applying goes through a form, and sees each page as it comes, with every error, and done.
func applying(b *tab, form string, see func(name string)) {
	b.t.Helper()
	b.Open("/courses/" + form + "/apply/")
	for _, s := range readPaper(b.t, form) {
		if ask[bool](b, "isList") {
			list := ask[string](b, "heading")
			see(list)
			if ask[bool](b, "asks") {
				b.send()
				see(list + ", not answered")
			}
			ask[any](b, "another", map[bool]string{true: "yes", false: "no"}[s.item()])
			b.send()
		}
		see(s.heading)
		b.send()
		see(s.heading + ", empty")
		ask[any](b, "mistake")
		b.send()
		see(s.heading + ", wrong")
		if s.heading == "Your practice manager" {
			b.Open("/apply/" + form + "/check")
			see("check your answers, wrong")
			b.Open("/apply/" + form + "/practice-manager")
		}
		b.submit(s.answers)
		if s.heading == "Qualification 1" {
			run(b, "Remove", chromedp.WaitEvent(page.LoadEventFired, nil, chromedp.Click(chromedp.CSS("a[href$=remove]"))))
			see("remove")
			run(b, "Cancel", chromedp.WaitEvent(page.LoadEventFired, nil, chromedp.Click(chromedp.CSS("main form a"))))
		}
	}
	see("check your answers")
	b.Open("/apply/" + form + "/declarations")
	see("declarations")
	b.send()
	see("declarations, empty")
	ask[any](b, "sign", "Sam Other")
	b.send()
	b.Says("Check the name")
	see("declarations, another name")
	b.send()
	b.At("Application sent")
	see("sent")
}
