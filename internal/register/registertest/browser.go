package registertest

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"traininghub/internal/page"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/staff"
	"traininghub/internal/wall"
	"traininghub/internal/web"
)

// Pages are the pages of a register, as a server.
type Pages struct {
	*Hub
	Routes []web.Route // of the parts, without signing in

	t      testing.TB
	server *httptest.Server
}

// Serve serves the pages of the parts, with signing in. It reads the style of pages from the
// project's folders, three levels above the test's.
func (h *Hub) Serve(t testing.TB, parts ...web.Part) *Pages {
	t.Helper()
	site, faults := page.LoadSite(os.DirFS("../../../content"))
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	pages, err := page.New(os.DirFS("../../../templates"), site, page.Assets{CSS: "/a.css", JS: "/a.js", Icon: "/a.svg"})
	if err != nil {
		t.Fatal(err)
	}
	w := &Pages{Hub: h, t: t}
	all := []web.Part{func(s *web.Server) []web.Route {
		return web.SigningIn(s, web.Entrance{Below: wall.Below, Title: "Sign in", For: "For tests", Wanted: web.IsPage,
			Home: func(*staff.Person) string { return wall.Below + "mentor/" }})
	}}
	for _, part := range parts {
		all = append(all, func(s *web.Server) []web.Route {
			routes := part(s)
			w.Routes = append(w.Routes, routes...)
			return routes
		})
	}
	handler, err := web.New(web.Settings{Office: h.Wall.Office, Pages: pages, Site: site, Log: h.Wall.Log}, all...)
	if err != nil {
		t.Fatal(err)
	}
	w.server = httptest.NewServer(handler)
	t.Cleanup(w.server.Close)
	return w
}

// A Browser is one person's browser, without script. It follows redirects.
type Browser struct {
	*Pages
	client *http.Client
	At     string // the address of the page
	Text   string // of the page
	Status int
}

// Browser is a new browser.
func (w *Pages) Browser() *Browser {
	jar, _ := cookiejar.New(nil)
	return &Browser{Pages: w, client: &http.Client{Jar: jar}}
}

func (b *Browser) answer(r *http.Response, err error) *Browser {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer r.Body.Close()
	body, _ := io.ReadAll(r.Body)
	b.At, b.Text, b.Status = r.Request.URL.RequestURI(), html.UnescapeString(string(body)), r.StatusCode
	return b
}

// Get opens a page.
func (b *Browser) Get(path string) *Browser {
	b.t.Helper()
	return b.answer(b.client.Get(b.server.URL + path))
}

// Post sends a form.
func (b *Browser) Post(path string, v url.Values) *Browser {
	b.t.Helper()
	return b.answer(b.client.PostForm(b.server.URL+path, v))
}

// Press presses a button of the page: its form has the address to post to, and the hidden values.
func (b *Browser) Press(button string) *Browser {
	b.t.Helper()
	for _, f := range regexp.MustCompile(`(?s)<form[^>]*action="([^"]*)".*?</form>`).FindAllStringSubmatch(b.Text, -1) {
		if strings.Contains(f[0], ">"+button+"<") {
			v := url.Values{}
			for _, h := range regexp.MustCompile(`type="hidden" name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(f[0], -1) {
				v.Add(h[1], h[2])
			}
			return b.Post(f[1], v)
		}
	}
	b.t.Fatalf("no button %q on %s:\n%s", button, b.At, b.Text)
	return nil
}

// Shows fails unless the page contains all the words.
func (b *Browser) Shows(words ...string) *Browser {
	b.t.Helper()
	for _, w := range words {
		if !strings.Contains(b.Text, w) {
			b.t.Fatalf("%s (%d) lacks %q:\n%s", b.At, b.Status, w, b.Text)
		}
	}
	return b
}

// Lacks fails if the page contains one of the words.
func (b *Browser) Lacks(words ...string) *Browser {
	b.t.Helper()
	text := recordtest.WithoutSecrets(b.Text)
	for _, w := range words {
		if strings.Contains(text, w) {
			b.t.Fatalf("%s (%d) has %q", b.At, b.Status, w)
		}
	}
	return b
}

// Is fails unless the answer has the status.
func (b *Browser) Is(status int) *Browser {
	b.t.Helper()
	if b.Status != status {
		b.t.Fatalf("%s answers %d, want %d:\n%s", b.At, b.Status, status, b.Text)
	}
	return b
}

// SignIn signs somebody in by a mailed link.
func (b *Browser) SignIn(email string) *Browser {
	b.t.Helper()
	b.Post("/mentoring/sign-in", url.Values{"email": {email}}).Is(200)
	mailed, _ := b.Deliver(b.t)
	for _, m := range mailed {
		if link := regexp.MustCompile(`/mentoring/sign-in/link/\S+`).FindString(m.Text); link != "" && strings.EqualFold(m.To, email) {
			return b.Post(link, nil)
		}
	}
	b.t.Fatalf("no link for %s in %v", email, mailed)
	return nil
}
