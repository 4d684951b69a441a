package static

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestCompressed: pages are compressed for browsers that accept it, and nothing else is.
func TestCompressed(t *testing.T) {
	page := strings.Repeat("<p>Enter your surname</p>", 200)
	srv := httptest.NewServer(Compressed(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/page", "/review/", "/review/CC-7K4D-2P9X":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(http.StatusUnprocessableEntity)
			io.WriteString(w, page[:1000])
			io.WriteString(w, page[1000:])
		case "/text":
			io.WriteString(w, page)
		case "/on":
			http.Redirect(w, r, "/page", http.StatusSeeOther)
		}
	})))
	defer srv.Close()
	client := &http.Client{
		Transport:     &http.Transport{DisableCompression: true}, // it would hide what was sent
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	for _, c := range []struct {
		method, path, accepts string
		status                int
		zipped                bool
		body                  string
	}{
		{"GET", "/page", "br, gzip", 422, true, page},
		{"GET", "/page", "br, gzip", 422, true, page}, // with a writer that was used before
		{"GET", "/page", "", 422, false, page},
		{"HEAD", "/page", "gzip", 422, false, ""},
		{"GET", "/text", "gzip", 200, false, page},
		{"POST", "/on", "gzip", 303, false, ""},
		{"GET", "/review/CC-7K4D-2P9X", "gzip", 422, true, page},
		{"POST", "/review/CC-7K4D-2P9X", "gzip", 422, false, page},
		{"GET", "/review/CC-7K4D-2P9X?a=b", "gzip", 422, false, page},
		{"GET", "/review/", "gzip", 422, false, page},
	} {
		req, err := http.NewRequest(c.method, srv.URL+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Encoding", c.accepts)
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body := io.Reader(resp.Body)
		zipped := resp.Header.Get("Content-Encoding") == "gzip"
		if zipped {
			if body, err = gzip.NewReader(body); err != nil {
				t.Fatal(err)
			}
		}
		text, err := io.ReadAll(body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != c.status || zipped != c.zipped || string(text) != c.body ||
			resp.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%+v: status %d, compressed %v, %d bytes, headers %v, error %v", c, resp.StatusCode, zipped,
				len(text), resp.Header, err)
		}
	}
}
