package static

import (
	"net/http/httptest"
	"testing"

	"traininghub/site"
)

// TestMoved: a request for an old address gets the new one, and calendars and feeds have their own
// types.
func TestMoved(t *testing.T) {
	var pages Pages
	pages.Set(site.Output{
		"redirects.json": []byte(
			`{"data": [{"key": "/old/", "value": "/new/"}, {"key": "/old/dates.ics", "value": "/new/dates.ics"}]}`),
		"404.html": []byte("not found"), "new/index.html": []byte("new"),
		"new/dates.ics": []byte("BEGIN:VCALENDAR"), "courses.atom": []byte("<feed>"),
	})
	for _, c := range []struct {
		at     string
		status int
		to     string
		kind   string
	}{
		{"/old/", 301, "/new/", "text/html; charset=utf-8"},
		{"/old/dates.ics", 301, "/new/dates.ics", "text/html; charset=utf-8"},
		{"/new/", 200, "", "text/html; charset=utf-8"},
		{"/new/dates.ics", 200, "", "text/calendar; charset=utf-8"},
		{"/courses.atom", 200, "", "application/atom+xml; charset=utf-8"},
		{"/older/", 404, "", "text/html; charset=utf-8"},
	} {
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, httptest.NewRequest("GET", c.at, nil))
		if got := w.Result(); got.StatusCode != c.status || got.Header.Get("Location") != c.to ||
			got.Header.Get("Content-Type") != c.kind {
			t.Errorf("%s: %d to %q as %q, want %d to %q as %q", c.at, got.StatusCode, got.Header.Get("Location"),
				got.Header.Get("Content-Type"), c.status, c.to, c.kind)
		}
	}
}
