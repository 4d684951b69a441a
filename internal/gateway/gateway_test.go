package gateway

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"
)

var quiet = slog.New(slog.DiscardHandler)

// echo answers with everything that a handler sees of a request, and does what the request asks
// for.
func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	cookies := map[string]string{}
	for _, c := range r.Cookies() {
		cookies[c.Name] = c.Value
	}
	http.SetCookie(w, &http.Cookie{Name: "a", Value: "1", Path: "/"})
	http.SetCookie(w, &http.Cookie{Name: "b", Value: "2", HttpOnly: true})
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Add("X-Several", "one")
	w.Header().Add("X-Several", "two")
	if len(body) > 0 && body[0] == '!' { // the body back, whatever bytes it has
		w.Write(body)
		return
	}
	w.WriteHeader(299)
	json.NewEncoder(w).Encode(map[string]any{
		"method": r.Method, "path": r.URL.Path, "escaped": r.URL.EscapedPath(), "query": r.URL.Query(), "body": body,
		"cookies": cookies, "type": r.Header.Get("Content-Type"), "value": r.FormValue("q"),
	})
}

// FuzzOracle: the handler sees, and the gateway gets, the same as with AWS's own adapter.
func FuzzOracle(f *testing.F) {
	f.Add("GET", "/apply/x", "", "", "draft=CC-1; other=2", false)
	f.Add("POST", "/apply/%C3%A9/a%2Fb", "q=1&q=2&r=%zz", "a=b&c=%20d", "draft=1", false)
	f.Add("POST", "/", "", "IWhlbGxv/w==", "", true)
	f.Add("post", "nothing", "x", "!\xff\xfe", "a=\"q\"", false)
	f.Add("GET", "//host/path", "", "", "", false)
	f.Fuzz(func(t *testing.T, method, path, query, body, cookie string, encoded bool) {
		// API Gateway passes on only valid addresses, and gives each cookie an entry of its own.
		u, err := url.Parse("https://example.org" + path)
		if err != nil || u.Host != "example.org" || u.EscapedPath() != path || strings.ContainsAny(path, "?#") ||
			path == "" || strings.HasPrefix(path, "//") || method == "" {
			return
		}
		if u, err := url.Parse("https://example.org/?" + query); err != nil || u.RawQuery != query ||
			u.Fragment != "" || strings.Contains(query, "#") {
			return
		}
		var cookies []string
		for c := range strings.SplitSeq(cookie, "; ") {
			if c != "" {
				cookies = append(cookies, c)
			}
		}
		e := events.APIGatewayV2HTTPRequest{
			Version: "2.0", RawPath: path, RawQueryString: query, Body: body, IsBase64Encoded: encoded,
			Cookies: cookies,
			Headers: map[string]string{"content-type": "application/x-www-form-urlencoded"},
			RequestContext: events.APIGatewayV2HTTPRequestContext{
				DomainName: "example.org",
				HTTP:       events.APIGatewayV2HTTPRequestContextHTTPDescription{Method: method, SourceIP: "203.0.113.9"},
			},
		}
		got, err := Wrap(http.HandlerFunc(echo), quiet)(t.Context(), e)
		if err != nil {
			t.Fatalf("%+v: %v", e, err)
		}
		want, err := httpadapter.NewV2(http.HandlerFunc(echo)).ProxyWithContext(t.Context(), e)
		if err != nil {
			if got.StatusCode != http.StatusBadRequest {
				t.Errorf("%+v: %d, but the oracle fails with %v", e, got.StatusCode, err)
			}
			return
		}
		if got.StatusCode != want.StatusCode || got.Body != want.Body || got.IsBase64Encoded != want.IsBase64Encoded ||
			!slices.Equal(got.Cookies, want.Cookies) || !maps.Equal(got.Headers, want.Headers) {
			t.Errorf("%+v:\n got %+v\nwant %+v", e, got, want)
		}
	})
}

// TestMore tests what AWS's adapter does differently, or not at all.
func TestMore(t *testing.T) {
	var seen *http.Request
	call := func(e events.APIGatewayV2HTTPRequest, h http.HandlerFunc) events.APIGatewayV2HTTPResponse {
		t.Helper()
		out, err := Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { seen = r; h(w, r) }),
			quiet)(context.Background(), e)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	nothing := func(http.ResponseWriter, *http.Request) {}
	e := events.APIGatewayV2HTTPRequest{RawPath: "/x", Cookies: []string{"a=1", "b=2"}, Headers: map[string]string{
		"host": "hub.example.org", "user-agent": "Mozilla/5.0 (X11, Linux)",
		"x-forwarded-for": "192.0.2.1, 198.51.100.7",
	}}
	e.RequestContext.HTTP.Method, e.RequestContext.HTTP.SourceIP, e.RequestContext.DomainName = "GET", "2001:db8::1", "api.example.org"
	if out := call(e, nothing); out.StatusCode != 200 || out.Body != "" {
		t.Errorf("a handler that writes nothing: %+v, want 200", out)
	}
	for name, want := range map[string]string{"Cookie": "a=1; b=2", "User-Agent": "Mozilla/5.0 (X11, Linux)",
		"X-Forwarded-For": "192.0.2.1, 198.51.100.7", "Host": ""} {
		if got := seen.Header.Get(name); got != want {
			t.Errorf("%s %q, want %q", name, got, want)
		}
	}
	if seen.Host != "hub.example.org" || seen.RemoteAddr != "[2001:db8::1]:0" || seen.RequestURI != "/x" {
		t.Errorf("host %q, from %q, URI %q", seen.Host, seen.RemoteAddr, seen.RequestURI)
	}
	out := call(e, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Before", "yes")
		w.WriteHeader(http.StatusTeapot)
		w.Header().Set("X-After", "yes")
		w.WriteHeader(http.StatusOK)
		w.Write([]byte{0xff, 0})
	})
	if out.StatusCode != 418 || out.Headers["X-After"] != "" || out.Headers["X-Before"] != "yes" ||
		!out.IsBase64Encoded || out.Body != "/wA=" {
		t.Errorf("headers after the status, or bytes: %+v", out)
	}
	if out := call(e, func(http.ResponseWriter, *http.Request) { panic("MARKER") }); out.StatusCode != 500 ||
		strings.Contains(fmt.Sprint(out), "MARKER") {
		t.Errorf("a panic: %+v", out)
	}
	e.IsBase64Encoded, e.Body = true, "***"
	if out := call(e, nothing); out.StatusCode != 400 {
		t.Errorf("a body that is not base64: %d, want 400", out.StatusCode)
	}
	if _, err := Wrap(http.HandlerFunc(nothing), quiet)(t.Context(), events.APIGatewayV2HTTPRequest{}); err == nil {
		t.Error("an event of something else is answered")
	}
}

// TestCompress: the page for an unknown address is compressed, and nothing that could hold a secret
// is.
func TestCompress(t *testing.T) {
	page := strings.Repeat("<p>This page does not exist. Go to the courses.</p>\n", 40)
	for _, c := range []struct {
		name   string
		status int
		body   string
		accept string
		cookie string
		sets   bool
		want   bool
	}{
		{"not found", 404, page, "gzip, deflate, br", "", false, true},
		{"a client that cannot", 404, page, "br", "", false, false},
		{"somebody's page", 200, page, "gzip", "", false, false},
		{"mistakes in what was sent", 422, page, "gzip", "", false, false},
		{"somebody with a key", 404, page, "gzip", "draft=1", false, false},
		{"an answer that gives a key", 404, page, "gzip", "", true, false},
		{"not worth it", 404, "<p>No</p>", "gzip", "", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if c.sets {
					http.SetCookie(w, &http.Cookie{Name: "draft", Value: "1"})
				}
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				w.WriteHeader(c.status)
				io.WriteString(w, c.body)
			}), quiet)
			e := events.APIGatewayV2HTTPRequest{RawPath: "/x", Headers: map[string]string{"accept-encoding": c.accept}}
			e.RequestContext.HTTP.Method = "GET"
			if c.cookie != "" {
				e.Cookies = []string{c.cookie}
			}
			out, err := f(context.Background(), e)
			if err != nil {
				t.Fatal(err)
			}
			body := []byte(out.Body)
			if out.IsBase64Encoded {
				if body, err = base64.StdEncoding.DecodeString(out.Body); err != nil {
					t.Fatal(err)
				}
			}
			if got := out.Headers["Content-Encoding"] == "gzip"; got != c.want || c.want != (len(body) < len(c.body)) {
				t.Errorf("compressed %v, want %v; %d bytes of %d", got, c.want, len(body), len(c.body))
			}
			if c.want {
				z, err := gzip.NewReader(bytes.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				if body, err = io.ReadAll(z); err != nil || out.Headers["Vary"] != "Accept-Encoding" {
					t.Error(err, out.Headers)
				}
			}
			if string(body) != c.body {
				t.Errorf("the page is %q", body)
			}
		})
	}
}
