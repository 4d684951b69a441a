package mail

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// outboxServer serves the outbox of a folder below /outbox/, as the program does.
func outboxServer(t *testing.T) (f *Folder, dir, url string) {
	t.Helper()
	f, dir = openFolder(t)
	mux := http.NewServeMux()
	mux.Handle("/outbox/", http.StripPrefix("/outbox", NewOutbox(f)))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return f, dir, server.URL + "/outbox/"
}

// get requests url, with the request changed by change.
func get(t *testing.T, url string, change ...func(*http.Request)) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range change {
		c(r)
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

// wantPage checks the status, the headers that every answer has, and that each text is in the page.
func wantPage(t *testing.T, res *http.Response, body string, status int, texts ...string) {
	t.Helper()
	if res.StatusCode != status {
		t.Errorf("status %d, want %d: %.200s", res.StatusCode, status, body)
	}
	for key, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
		"Cross-Origin-Resource-Policy": "same-origin", "Referrer-Policy": "no-referrer"} {
		if got := res.Header.Get(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") ||
		!strings.Contains(csp, "frame-ancestors 'none'") {
		t.Errorf("Content-Security-Policy: %q", csp)
	}
	for _, text := range texts {
		if !strings.Contains(body, text) {
			t.Errorf("%q is not in the page:\n%s", text, body)
		}
	}
}

func TestOutboxEmpty(t *testing.T) {
	_, _, url := outboxServer(t)
	res, body := get(t, url)
	wantPage(t, res, body, 200, `<html lang="en-GB">`, "<h1>Outbox</h1>", "There are no letters yet.")
	res, body = get(t, url+"outbox.css")
	wantPage(t, res, body, 200, "body {")
	if kind := res.Header.Get("Content-Type"); kind != "text/css; charset=utf-8" {
		t.Errorf("style sheet is %q", kind)
	}
}

func TestOutboxShowsAMessage(t *testing.T) {
	f, _, url := outboxServer(t)
	m := letter()
	m.Subject = "Łódź <script>alert(1)</script> & more"
	m.Text = "Dear <b>lead</b>,\n\n  open https://hub.example.org/apply/x/resume/abc?a=1&b=2.\n"
	if err := f.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	name := fileName(m.ID)
	res, body := get(t, url)
	wantPage(t, res, body, 200, "1 letter, newest first", "lead@example.org",
		`<time datetime="2021-09-20T14:05:00&#43;01:00">20 September 2021, 2:05pm</time>`,
		`<a href="`+name+`">Łódź &lt;script&gt;alert(1)&lt;/script&gt; &amp; more</a>`)
	res, body = get(t, url+name)
	wantPage(t, res, body, 200,
		"<title>Łódź &lt;script&gt;alert(1)&lt;/script&gt; &amp; more</title>",
		"<h1>Łódź &lt;script&gt;alert(1)&lt;/script&gt; &amp; more</h1>",
		"Hyb Hyfforddi Ŵyn &lt;hub@example.org&gt;", "<dd>lead@example.org</dd>", "<dd>sian@example.org</dd>",
		"&lt;CC-7K3M.application-to-lead.1@hub.example.org&gt;",
		"Dear &lt;b&gt;lead&lt;/b&gt;,\n\n  open "+
			`<a href="https://hub.example.org/apply/x/resume/abc?a=1&amp;b=2">https://hub.example.org/apply/x/resume/abc?a=1&amp;b=2</a>.`,
		`<a href="`+name+`/1">application-CC-7K3M.pdf</a> (5 KB)`)
	if strings.Contains(body, "<script") {
		t.Error("the subject became markup")
	}
	res, body = get(t, url+name+"/1")
	wantPage(t, res, body, 200)
	if !bytes.Equal([]byte(body), m.Attachments[0].Data) {
		t.Error("the attachment differs")
	}
	for key, want := range map[string]string{"Content-Type": "application/pdf",
		"Content-Disposition": "inline; filename=application-CC-7K3M.pdf"} {
		if got := res.Header.Get(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
}

// The browser itself shows nothing but PDFs.
func TestOutboxSavesOtherAttachments(t *testing.T) {
	f, _, url := outboxServer(t)
	m := letter()
	m.Attachments[0].Name, m.Attachments[0].Type = "page.html", "text/html"
	if err := f.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	res, body := get(t, url+fileName(m.ID)+"/1")
	wantPage(t, res, body, 200)
	if kind, how := res.Header.Get("Content-Type"), res.Header.Get("Content-Disposition"); kind != "application/octet-stream" || how != "attachment; filename=page.html" {
		t.Errorf("served as %q, %q", kind, how)
	}
}

func TestOutboxNotFound(t *testing.T) {
	f, dir, url := outboxServer(t)
	if err := f.Send(t.Context(), letter()); err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(filepath.Dir(dir), "secret.eml")
	if err := os.WriteFile(secret, []byte("Subject: secret\r\n\r\nsecret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(dir, "link.eml")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, leftover+"X.eml"), []byte("Subject: secret\r\n\r\nsecret"),
		0o600); err != nil {
		t.Fatal(err)
	}
	name := fileName(letter().ID)
	for _, path := range []string{
		"no-such.eml", "%2e%2e%2fsecret.eml", "..%2fsecret.eml", "x%2f..%2f..%2fsecret.eml", "%2fetc%2fpasswd",
		"link.eml/1",
		leftover + "X.eml", name + "/", name + "/0", name + "/2", name + "/-1", name + "/x", name + "/1/1",
		"x%00.eml", "outbox.html", "outbox.css/x",
	} {
		res, body := get(t, url+path)
		wantPage(t, res, body, 404)
		if strings.Contains(body, "secret") {
			t.Errorf("%s shows another file", path)
		}
	}
	if res, body := get(t, url+"link.eml"); strings.Contains(body, "secret</") || res.StatusCode != 200 {
		t.Errorf("a link out of the folder: %d %s", res.StatusCode, body)
	}
}

func TestOutboxOfBrokenFiles(t *testing.T) {
	f, dir, url := outboxServer(t)
	if err := f.Send(t.Context(), letter()); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(filepath.Join(dir, fileName(letter().ID)))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"empty.eml": "", "noise.eml": "\x00\xff no header at all", "cut.eml": string(whole[:len(whole)/2]),
		"bare.eml": "Subject: x\r\n\r\nno kind",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		res, body := get(t, url+name)
		wantPage(t, res, body, 200, "<h1>Not a letter</h1>", name)
		res, body = get(t, url+name+"/1")
		wantPage(t, res, body, 404)
	}
	res, body := get(t, url)
	wantPage(t, res, body, 200, "5 letters, newest first",
		`<a href="empty.eml">empty.eml</a>: this file cannot be read as a letter`)
}

func TestOutboxOpensOnlyHere(t *testing.T) {
	f, _, url := outboxServer(t)
	if err := f.Send(t.Context(), letter()); err != nil {
		t.Fatal(err)
	}
	header := func(key, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(key, value) }
	}
	host := func(h string) func(*http.Request) { return func(r *http.Request) { r.Host = h } }
	for _, c := range []struct {
		name   string
		change func(*http.Request)
		status int
	}{
		{"as it is", func(*http.Request) {}, 200},
		{"localhost", host("localhost:8080"), 200},
		{"localhost without a port", host("localhost"), 200},
		{"IPv6", host("[::1]:8080"), 200},
		{"IPv6 without a port", host("[::1]"), 200},
		{"another host name", host("evil.example.org:8080"), 403},
		{"a host name that begins alike", host("localhost.example.org"), 403},
		{"a host name that means this machine", host("127.0.0.1.example.org"), 403},
		{"an address of the network", host("192.0.2.1:8080"), 403},
		{"through a proxy", header("X-Forwarded-For", "192.0.2.1"), 403},
		{"through a proxy that says no address", header("X-Forwarded-For", ""), 403},
		{"through a proxy of the new kind", header("Forwarded", "for=192.0.2.1"), 403},
		{"through a cache", header("Via", "1.1 cache"), 403},
		{"to change something", func(r *http.Request) { r.Method = http.MethodPost }, 405},
		{"to remove something", func(r *http.Request) { r.Method = http.MethodDelete }, 405},
	} {
		for _, path := range []string{"", fileName(letter().ID), fileName(letter().ID) + "/1", "outbox.css"} {
			res, body := get(t, url+path, c.change)
			wantPage(t, res, body, c.status)
			if c.status != 200 && strings.Contains(body, "example.org") {
				t.Errorf("%s: the refusal tells something: %s", c.name, body)
			}
		}
	}
}

// From another machine, which a test cannot do over a real connection.
func TestOutboxRefusesOtherMachines(t *testing.T) {
	f, _ := openFolder(t)
	for remote, status := range map[string]int{
		"127.0.0.1:1234": 200, "[::1]:1234": 200, "[::ffff:127.0.0.1]:1234": 200,
		"192.0.2.1:1234": 403, "10.0.0.1:1234": 403, "[2001:db8::1]:1234": 403, "[::ffff:192.0.2.1]:1234": 403,
		"": 403, "@": 403,
	} {
		r := httptest.NewRequest(http.MethodGet, "http://localhost/", nil)
		r.RemoteAddr = remote
		w := httptest.NewRecorder()
		NewOutbox(f).ServeHTTP(w, r)
		if w.Code != status {
			t.Errorf("from %q: status %d, want %d", remote, w.Code, status)
		}
	}
}

func TestOutboxListIsBounded(t *testing.T) {
	f, dir, url := outboxServer(t)
	if err := f.Send(t.Context(), letter()); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(filepath.Join(dir, fileName(letter().ID)))
	if err != nil {
		t.Fatal(err)
	}
	for i := range listed {
		if err := os.WriteFile(filepath.Join(dir, strings.Repeat("x", i+1)+".eml"), whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	res, body := get(t, url)
	wantPage(t, res, body, 200, "The newest 200 of 201 letters")
	if rows := strings.Count(body, "<time "); rows != listed {
		t.Errorf("%d rows", rows)
	}
}

func TestOutboxWithoutItsFolder(t *testing.T) {
	_, dir, url := outboxServer(t)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	res, body := get(t, url)
	wantPage(t, res, body, 500, "The outbox cannot be read now.")
	if strings.Contains(body, dir) {
		t.Error("the answer tells a path")
	}
}

// TestOutboxShowsThePage: the HTML part is framed in a sandbox and loads nothing; its content is
// not an attachment.
func TestOutboxShowsThePage(t *testing.T) {
	folder, _, url := outboxServer(t)
	m := letter()
	m.HTML = `<script>alert(1)</script><a href="https://hub.example.org/status/x">See it</a>`
	if err := folder.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	names, err := folder.names()
	if err != nil {
		t.Fatal(err)
	}
	res, body := get(t, url+names[0])
	wantPage(t, res, body, 200, `<iframe src="`+names[0]+`/html" sandbox="allow-popups allow-popups-to-escape-sandbox"`, "/1\">application-CC-7K3M.pdf")
	if strings.Contains(body, "/2\"") || strings.Contains(body, "<script") {
		t.Errorf("the page shows more than the letter:\n%s", body)
	}
	res, body = get(t, url+names[0]+"/html")
	policy := res.Header.Get("Content-Security-Policy")
	for _, rule := range []string{"default-src 'none'", "sandbox allow-popups", "frame-ancestors 'self'"} {
		if !strings.Contains(policy, rule) {
			t.Errorf("no %q in %q", rule, policy)
		}
	}
	if strings.Contains(policy, "script") || !strings.Contains(body, `<a target="_blank" rel="noopener noreferrer" href="https://hub`) {
		t.Errorf("policy %q, page %s", policy, body)
	}
}
