package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"traininghub/internal/browsertest"
)

// TestWatchInBrowser has a page open in a browser while its file is saved. The words change in the
// open page, and mistakes are shown where they are. Only a change around the text reloads the page.
func TestWatchInBrowser(t *testing.T) {
	w := startWatched(t, nil)
	w.told(false)
	browser := browsertest.Chromium(t)
	if err := chromedp.Do(browser, chromedp.Navigate(w.base+"/contact/")); err != nil {
		t.Fatal(err)
	}
	evaluate := func(script string) string {
		t.Helper()
		got, err := chromedp.Run(browser, chromedp.Evaluate[string](script))
		if err != nil {
			t.Fatalf("%s: %v", script, err)
		}
		return got
	}
	becomes := func(script string) {
		t.Helper()
		for limit := time.Now().Add(browsertest.Patience); ; time.Sleep(20 * time.Millisecond) {
			// Between two pages nothing answers, which is no failure.
			if is, err := chromedp.Run(browser, chromedp.Evaluate[bool](script)); err == nil && is {
				return
			}
			if time.Now().After(limit) {
				t.Fatalf("%s never became true of\n%s", script, evaluate("document.body.innerText"))
			}
		}
	}
	const main = "(document.querySelector('main')?.innerText ?? '')"
	becomes("document.readyState === 'complete'")
	evaluate("window.mark = 'the page that was opened'")

	w.edit("pages/contact.md", "Email the contact for your course.", "Write to the people, please, of your course.")
	becomes(main + ".includes('Write to the people')")
	becomes("document.querySelector('main .hub-preview-note')?.parentElement.innerText.includes('Write to the people')")
	w.edit("pages/contact.md", "Write to the people", "Write {{x}} to the people")
	becomes("!!document.querySelector('.hub-preview-stale')")
	becomes(main + ".includes('there is no fact named \"x\"')")
	w.edit("pages/contact.md", "Write {{x}} to the people, please,", "Write to them")
	becomes(main + ".includes('Write to them') && !document.querySelector('.hub-preview-stale, .hub-preview-note')")
	if got := evaluate("String(window.mark)"); got != "the page that was opened" {
		t.Error("the page was reloaded, although only its text had changed")
	}

	// Many tabs are open, of which one is visible. A browser without a screen shows all of them, so
	// each is told that it is hidden.
	const hide = "Object.defineProperty(document, 'hidden', { value: %v, configurable: true }); document.dispatchEvent(new Event('visibilitychange')); ''"
	evaluate(fmt.Sprintf(hide, true))
	for i := range 8 {
		tab, cancel := chromedp.NewContext(browser)
		defer cancel()
		limited, cancel := context.WithTimeout(tab, browsertest.Patience)
		defer cancel()
		if err := chromedp.Do(limited, chromedp.Navigate(w.base+"/cookies/")); err != nil {
			t.Fatalf("tab %d does not load: %v", i+2, err)
		}
		if _, err := chromedp.Run(limited, chromedp.Evaluate[string](fmt.Sprintf(hide, true))); err != nil {
			t.Fatal(err)
		}
	}
	w.edit("pages/contact.md", "Write to them", "Call them")
	for page := ""; !strings.Contains(page, "Call them"); page, _ = w.get("/contact/") {
		w.told(false)
	}
	evaluate(fmt.Sprintf(hide, false))
	becomes(main + ".includes('Call them')")

	w.edit("site.yaml", "text: Compare courses", "text: Compare all")
	becomes("(document.querySelector('header')?.innerText ?? '').includes('Compare all') && document.readyState === 'complete'")
}
