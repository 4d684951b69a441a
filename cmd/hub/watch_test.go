package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"traininghub/internal/browsertest"
)

// A watched preview runs as from a shell, over a copy of the content.
type watched struct {
	t       testing.TB
	content string
	base    string
	client  *http.Client
	saves   chan struct{ Saves, Errors int } // what pages are told
}

func startWatched(t testing.TB, break_ func(content string)) *watched {
	t.Helper()
	w := &watched{t: t, content: filepath.Join(t.TempDir(), "content"), saves: make(chan struct{ Saves, Errors int }, 100)}
	if err := os.CopyFS(w.content, os.DirFS("../../content")); err != nil {
		t.Fatal(err)
	}
	if break_ != nil {
		break_(w.content)
	}
	t.Chdir("../..")
	ctx, cancel := context.WithCancel(context.Background())
	printed, out := io.Pipe()
	ended := make(chan error, 1)
	var wrong bytes.Buffer
	go func() {
		err := exec(ctx, []string{"serve", "--watch", "--content", w.content, "--addr", "localhost:0", "--outbox", "localhost:0", "--data", t.TempDir(), "--as-of", "2021-09-20"}, nil, out, &wrong, func(string) string { return "" })
		out.CloseWithError(io.EOF)
		ended <- err
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("serve ended with %v; %s", err, wrong.String())
		}
	})
	lines := bufio.NewScanner(printed)
	for w.base == "" && lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), "The site:"); ok {
			w.base = strings.TrimSuffix(strings.TrimSpace(rest), "/")
		}
	}
	go io.Copy(io.Discard, printed)
	if w.base == "" {
		t.Fatalf("serve did not print its address: %v", <-ended)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	w.client = &http.Client{Jar: jar}

	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.base+"/preview/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	events, err := w.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if got := events.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("the events have the type %q", got)
	}
	go func() {
		defer events.Body.Close()
		for lines := bufio.NewScanner(events.Body); lines.Scan(); {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				var told struct{ Saves, Errors int }
				if json.Unmarshal([]byte(data), &told) == nil && told.Saves > 0 {
					w.saves <- told
				}
			}
		}
		close(w.saves)
	}()
	return w
}

// told waits until the pages have been told of a build with or without errors.
func (w *watched) told(errors bool) {
	w.t.Helper()
	limit := time.After(browsertest.Patience)
	for {
		select {
		case s, ok := <-w.saves:
			if !ok {
				w.t.Fatal("the events ended")
			}
			if (s.Errors > 0) == errors {
				return
			}
		case <-limit:
			w.t.Fatalf("nobody was told of a build with errors: %v", errors)
		}
	}
}

func (w *watched) get(path string) (string, http.Header) {
	w.t.Helper()
	r, err := w.client.Get(w.base + path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(body), r.Header
}

func (w *watched) edit(name, old, new string) {
	w.t.Helper()
	name = filepath.Join(w.content, name)
	text, err := os.ReadFile(name)
	if err != nil || !strings.Contains(string(text), old) {
		w.t.Fatalf("%s has no %q; %v", name, old, err)
	}
	if err := os.WriteFile(name, []byte(strings.Replace(string(text), old, new, 1)), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// has waits until a page has the wanted content, and returns it: one save can cause several builds.
func (w *watched) has(path string, wanted ...string) string {
	w.t.Helper()
	limit := time.After(browsertest.Patience)
	for {
		page, _ := w.get(path)
		wrong := slices.IndexFunc(wanted, func(want string) bool {
			no, not := strings.CutPrefix(want, "!")
			return strings.Contains(page, no) == not
		})
		if wrong < 0 {
			return page
		}
		select {
		case <-w.saves:
		case <-limit:
			w.t.Fatalf("%s: want %q in\n%s", path, wanted[wrong], page)
		}
	}
}

func TestWatch(t *testing.T) {
	w := startWatched(t, func(content string) {
		if err := os.RemoveAll(filepath.Join(content, "images")); err != nil {
			t.Fatal(err)
		}
	})
	w.told(false)
	w.has("/contact/", "Contact us", `id="hub-preview"`, "!<ol>", "!hub-preview-stale")
	_, header := w.get("/contact/")
	if policy := header.Get("Content-Security-Policy"); !strings.Contains(policy, "script-src 'self'") || !strings.Contains(policy, "connect-src 'self'") || strings.Contains(policy, "unsafe") {
		t.Errorf("the policy is %q", policy)
	}
	for path, kind := range map[string]string{"/preview/preview.js": "text/javascript", "/preview/preview.css": "text/css"} {
		if body, header := w.get(path); !strings.HasPrefix(header.Get("Content-Type"), kind) || body == "" {
			t.Errorf("%s: %q", path, header.Get("Content-Type"))
		}
	}

	// A save changes the page, and the pages that show its title.
	w.edit("pages/contact.md", "Email the contact for your course.", "Write to the people of your course.")
	w.told(false)
	w.has("/contact/", "Write to the people of your course.", "!Email the contact")
	w.edit("courses/career-conversations.md", "title: Career Conversation Training", "title: Career Conversations")
	w.told(false)
	w.has("/", ">Career Conversations</a>")

	// So does a save by an editor that writes a new file and renames it.
	text, err := os.ReadFile(filepath.Join(w.content, "pages", "contact.md"))
	if err != nil {
		t.Fatal(err)
	}
	beside := filepath.Join(w.content, "pages", ".contact.md.new")
	if err := os.WriteFile(beside, bytes.Replace(text, []byte("Write to the people"), []byte("Ask the people"), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(beside, filepath.Join(w.content, "pages", "contact.md")); err != nil {
		t.Fatal(err)
	}
	w.told(false)
	w.has("/contact/", "Ask the people of your course.")

	// A warning is shown; the page is the new one.
	w.edit("pages/contact.md", "Ask the people", "Please ask the people")
	w.told(false)
	w.has("/contact/", "Please ask the people", "1 warning", "content/pages/contact.md:9:1", "(leave it out)", `data-here="Please ask the people of your course.`, "!hub-preview-stale")
	w.edit("pages/contact.md", "Please ask the people", "Ask the people")
	w.told(false)

	// A mistake keeps the last good page, which says so. Other pages follow their files, and a new
	// page with a mistake cannot be shown yet.
	w.edit("pages/contact.md", "Ask the people", "Ask {{nobody}} [here](/nowhere/)")
	w.told(true)
	w.has("/contact/", "Ask the people of your course.", "hub-preview-stale", "there is no fact named", "the link &#34;/nowhere/&#34; leads nowhere", "data-here=")
	w.has("/cookies/", "there is no fact named", "!hub-preview-stale", "!data-here=")
	w.edit("pages/cookies.md", "title: Cookies", "title: Cookies and the like")
	w.told(true)
	w.has("/cookies/", "<h1>Cookies and the like</h1>", "there is no fact named", "!hub-preview-stale")
	fresh := filepath.Join(w.content, "pages", "fresh.md")
	must(t, os.WriteFile(fresh, []byte("---\ntitle: A fresh page\ndescribe: Too short.\n---\nText.\n"), 0o644), "WriteFile")
	w.told(true)
	w.has("/fresh/", "cannot be shown yet", "the description has 10 characters")
	w.has("/cookies/", "<h1>Cookies and the like</h1>", "!hub-preview-stale")
	w.has("/contact/", "Ask the people of your course.", "hub-preview-stale")
	must(t, os.Remove(fresh), "Remove")
	w.told(true)
	// The forms go on, too.
	if page, _ := w.get("/apply/career-conversations/check"); strings.Contains(page, "hub-preview") {
		t.Error("the pages of an application have the bar")
	}
	w.edit("pages/contact.md", "Ask {{nobody}} [here](/nowhere/)", "Ask somebody")
	w.told(false)
	w.has("/contact/", "Ask somebody of your course.", "!hub-preview-stale")

	// A new page in a folder that was not there before.
	if err := os.Mkdir(filepath.Join(w.content, "images"), 0o755); err != nil {
		t.Fatal(err)
	}
	w.told(false)
	if err := os.WriteFile(filepath.Join(w.content, "images", "room.svg"), []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"/>`), 0o644); err != nil {
		t.Fatal(err)
	}
	w.has("/images/room.svg", "<svg")
	if _, header := w.get("/images/room.svg"); header.Get("Content-Type") != "image/svg+xml" {
		t.Errorf("the new picture: %q", header.Get("Content-Type"))
	}
}

// TestWatchFiles goes through what an editor's programs do to files: testdata/watch.txt.
func TestWatchFiles(t *testing.T) {
	steps, err := os.ReadFile("testdata/watch.txt")
	must(t, err, "ReadFile")
	w := startWatched(t, nil)
	w.told(false)
	for i, line := range strings.Split(string(steps), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		t.Logf("watch.txt:%d: %s", i+1, line)
		parts := strings.Split(strings.ReplaceAll(line, `\n`, "\n"), " | ")
		verb, file := parts[0], ""
		if len(parts) > 1 {
			file = filepath.Join(w.content, parts[1])
		}
		switch {
		case strings.HasPrefix(verb, "/"):
			w.has(verb, parts[1:]...)
		case verb == "errors" || verb == "clean":
			w.told(verb == "errors")
		case verb == "remove":
			err = os.Remove(file)
		case verb == "move":
			err = os.Rename(file, filepath.Join(w.content, parts[2]))
		case verb == "folder":
			err = os.Mkdir(file, 0o755)
		case verb == "write":
			err = os.WriteFile(file, []byte(parts[2]), 0o644)
		case verb == "link": // in the place of the file
			must(t, os.Remove(file), "Remove")
			err = os.Symlink(parts[2], file)
		case verb == "edit":
			w.edit(parts[1], parts[2], parts[3])
		case verb == "save":
			must(t, os.Rename(file, file+"~"), "Rename")
			text, _ := os.ReadFile(file + "~")
			must(t, os.WriteFile(file+".tmp~", bytes.Replace(text, []byte(parts[2]), []byte(parts[3]), 1), 0o644), "WriteFile")
			err = os.Rename(file+".tmp~", file)
		default:
			t.Fatalf("watch.txt:%d: %q", i+1, verb)
		}
		if err != nil {
			t.Fatalf("watch.txt:%d: %v", i+1, err)
		}
	}
}

// TestWatchDay chooses instants around a deadline.
func TestWatchDay(t *testing.T) {
	w := startWatched(t, nil)
	w.told(false)
	const course = "/courses/career-conversations/"
	page := w.has(course, "the minute after the deadline", `href="/courses/career-conversations/apply/"`)
	if !strings.Contains(page, `/preview/day?at=2021-10-16T00%3A00`) {
		t.Error("the page does not lead to the minute after the deadline")
	}
	w.has("/preview/day?at=2021-10-15T23:59&to="+course, "Closing soon", `value="2021-10-15T23:59"`)
	w.has("/preview/day?at=2021-10-16T00:00&to="+course, "Applications closed", `value="2021-10-16T00:00"`)
	w.has("/", "Closed") // it stays chosen
	w.has("/preview/day?to="+course, "!Applications closed")
	w.has("/preview/day?at=nonsense&to=//example.org/", `id="hub-preview"`, "Page not found")
	w.has(`/preview/day?at=nonsense&to=/\example.org/`, `id="hub-preview"`, "Page not found")
	for _, day := range []string{"0000-01-01T00:00", "1999-12-31", "2200-01-01"} { // years that no course can have
		w.has("/preview/day?at="+day+"&to="+course, `type="datetime-local" value=""`)
	}
}

// TestWatchAgain: a page left open while the preview is restarted is not taken for new.
func TestWatchAgain(t *testing.T) {
	build := regexp.MustCompile(`data-build="([^"]+)"`)
	builds := map[string]bool{}
	for range 2 {
		t.Run("", func(t *testing.T) {
			w := startWatched(t, nil)
			w.told(false)
			if name := build.FindStringSubmatch(w.has("/")); name != nil {
				builds[name[1]] = true
			}
		})
	}
	if len(builds) != 2 {
		t.Errorf("two first builds have the same name, or no name: %v", builds)
	}
}

// TestWatchFolders: saves are seen when the folder of the content is removed and made again, and
// when it or a folder in it is a link.
func TestWatchFolders(t *testing.T) {
	w := startWatched(t, func(content string) {
		for _, err := range []error{
			os.Rename(filepath.Join(content, "pages"), filepath.Join(content, "_pages")), os.Symlink("_pages", filepath.Join(content, "pages")),
			os.Rename(content, content+"-own"), os.Symlink("content-own", content),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	w.told(false)
	w.edit("pages/contact.md", "Email the contact for your course.", "Write to them.")
	w.told(false)
	w.has("/contact/", "Write to them.")
	w.edit("site.yaml", "text: Compare courses", "text: Compare all")
	w.told(false)
	w.has("/contact/", "Compare all")

	if err := os.Remove(w.content); err != nil {
		t.Fatal(err)
	}
	w.told(true)
	w.has("/contact/", "Write to them.", "hub-preview-stale")
	if err := os.CopyFS(w.content, os.DirFS("content")); err != nil {
		t.Fatal(err)
	}
	w.told(false)
	w.edit("pages/contact.md", "Email the contact for your course.", "Ask them.")
	for page := ""; !strings.Contains(page, "Ask them."); page, _ = w.get("/contact/") {
		w.told(false)
	}
}

// TestWatchBegins with a mistake: there is no good page yet.
func TestWatchBegins(t *testing.T) {
	w := startWatched(t, func(content string) {
		if err := os.WriteFile(filepath.Join(content, "site.yaml"), []byte("name: [\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	})
	w.told(true)
	w.has("/", "content/site.yaml:", "hub-preview-error", "!hub-preview-stale")
	text, err := os.ReadFile("content/site.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.content, "site.yaml"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	w.told(false)
	w.has("/", "Training and mentoring for GPs", "!hub-preview-error")
}
