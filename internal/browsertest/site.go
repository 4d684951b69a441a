package browsertest

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"traininghub/internal/page"
	"traininghub/internal/standin"
	"traininghub/site"
	"traininghub/site/look"
)

// Look is the style and the scripts of the real site.
func Look(t testing.TB) *look.Look {
	t.Helper()
	templates, modules := os.DirFS(filepath.Join(standin.Root(t), "templates")), filepath.Join(standin.Root(t), "node_modules")
	hub, faults := page.LoadSite(os.DirFS(filepath.Join(standin.Root(t), "content")))
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	of, err := look.Of(hub, templates, modules)
	if err != nil {
		t.Fatal(err)
	}
	l, err := look.Make(of, hub, templates, modules)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Site is a site as of an instant, with its files by the paths at which they are served. Sources
// left out are the project's own.
func Site(t testing.TB, from site.Sources, at time.Time) (*site.Site, map[string][]byte) {
	t.Helper()
	if from.Content == nil {
		from.Content = os.DirFS(filepath.Join(standin.Root(t), "content"))
	}
	from.Templates, from.Modules = os.DirFS(filepath.Join(standin.Root(t), "templates")), filepath.Join(standin.Root(t), "node_modules")
	made, faults := site.Load(from)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	built, err := made.Build(at)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for name, file := range built {
		files[strings.TrimSuffix(name, "index.html")] = file
	}
	return made, files
}

// Serve serves files by their paths, and pages below some addresses, until the test ends. It
// returns the address of the server.
func Serve(t testing.TB, files map[string][]byte, pages http.Handler, below ...string) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
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
	}))
	t.Cleanup(server.Close)
	return server.URL
}
