package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"testing"
	"time"

	"traininghub/internal/source"
	"traininghub/site"
)

// TestLinks: pages that are gone are reported. Pages that moved or refuse programs are not, and a
// site that is down for a moment is asked again.
func TestLinks(t *testing.T) {
	down := true
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {})
	mux.Handle("/moved", http.RedirectHandler("/", http.StatusMovedPermanently))
	mux.Handle("/moved-away", http.RedirectHandler("/nowhere", http.StatusFound))
	mux.HandleFunc("/shy", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	mux.HandleFunc("/ill", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	mux.HandleFunc("/tired", func(w http.ResponseWriter, _ *http.Request) {
		if down {
			down = false
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	const closed = "http://127.0.0.1:1" // a reserved port that no program gets, unlike one just closed
	var links []string
	want := map[string]string{
		"/": "", "/moved": "", "/shy": "", "/tired": "", "/nowhere": "the answer is 404 Not Found",
		"/moved-away": "the answer is 404 Not Found", "/ill": "the answer is 502 Bad Gateway",
	}
	for path := range want {
		links = append(links, srv.URL+path)
	}
	wrong := unanswered(t.Context(), &http.Client{Timeout: time.Minute}, append(links, closed))
	for path, what := range want {
		if got := wrong[srv.URL+path]; got != what {
			t.Errorf("%s: %q, want %q", path, got, what)
		}
	}
	if got := wrong[closed]; got != "the site cannot be reached" {
		t.Errorf("a site that is gone: %q", got)
	}
}

// TestOutward finds the links of pages to other sites, and where they are typed.
func TestOutward(t *testing.T) {
	page := []byte(`<a href="https://www.england.nhs.uk/#a"><a href="https://www.england.nhs.uk/"><a href="/x/">` +
		`<a href="https://hub.nhs.uk/x/"><a href="mailto:a@nhs.uk"><a href="https://www.example.org/">`)
	links := outward("https://hub.nhs.uk", site.Output{"index.html": page, "about/index.html": page, "style.css": page})
	if len(links) != 1 || !slices.Equal(links["https://www.england.nhs.uk/"], []string{"/about/", "/"}) {
		t.Errorf("got %v", links)
	}
	dir := t.TempDir()
	must(t, os.WriteFile(dir+"/site.yaml", []byte("a\nhref: https://www.england.nhs.uk/\n"), 0o600), "WriteFile")
	if got := typedAt(source.Dir(dir), "https://www.england.nhs.uk/"); !slices.Equal(got, []string{"content/site.yaml:2"}) {
		t.Errorf("typed at %v", got)
	}
}
