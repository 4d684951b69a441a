package main

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"traininghub/internal/form"
)

// TestCanary: what somebody types, or puts into an address, a header or a cookie, is in no log, no
// address that the hub leads to, and on no page that refuses something. The test requests every
// address of docs/access.md with canaries in it. It also sends whole applications made of canaries,
// whose letters the mail server refuses.
func TestCanary(t *testing.T) {
	t.Parallel()
	server := newChaosServer(t)
	data := t.TempDir()
	hub := server.hub(t, contentFor(t), data, firstDay)
	crowd := newCrowd(t, 11)
	crowd.public, crowd.giveUp = publicly, true
	crowd.set(hub.base)

	// Whole applications, to mail servers that refuse, cut off and say why.
	for i, domain := range []string{"unknown.example.org", "spam.example.org", "cutdata.example.org", "later.example.org"} {
		p := crowd.person("markercanary")
		p.domain = domain
		def := crowd.forms[i%len(crowd.forms)]
		must(t, errors.Join(p.begin(def), p.fill(def)), "applying")
		_, err := p.expect("/apply/"+def.ID+"/declarations", p.declarations(def), http.StatusOK, "/apply/"+def.ID+"/sent")
		must(t, err, "sending")
	}
	// Mistakes in every section.
	p := crowd.person("markercanary")
	for _, def := range crowd.forms {
		must(t, p.begin(def), "applying")
		for i := range def.Sections {
			v := form.Values{}
			for name := range p.answers(&def.Sections[i]) {
				v[name] = "markercanary@@ \u202e\x00 " + strings.Repeat("long ", 3000)
			}
			_, err := p.request("/apply/"+def.ID+"/"+def.Sections[i].ID, v)
			must(t, err, "posting mistakes")
		}
	}

	table, err := os.ReadFile("../../docs/access.md")
	must(t, err, "reading the table")
	lines := regexp.MustCompile("(?m)^\\| `(GET|POST) ([^`]+)` \\|").FindAllStringSubmatch(string(table), -1)
	if len(lines) < 80 {
		t.Fatalf("only %d addresses", len(lines))
	}
	client := &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	body := "name=markercanary&email=markercanary%40example.org&search=markercanary&note=markercanary&reason=markercanary&" +
		"reference=markercanary&held=allow&count=markercanary&signature=markercanary&answer=markercanary&code=markercanary"
	for _, line := range lines {
		method, path := line[1], strings.ReplaceAll(line[2], "{$}", "")
		for _, name := range []string{"markercanary", "SM-2C2C-2C2C.markercanary", "markercanary%0d%0aSet-Cookie:x=y", "%00markercanary%ff"} {
			at := regexp.MustCompile(`\{[a-z-]+\}`).ReplaceAllLiteralString(path, name)
			for _, query := range []string{"", "?to=%2F%2Fmarkercanary.example.org&after=1.markercanary&course=markercanary&q=markercanary&code=markercanary"} {
				r, err := http.NewRequest(method, hub.base+at+query, strings.NewReader(map[string]string{"POST": body}[method]))
				must(t, err, "NewRequest")
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				r.Header.Set("Cookie", "__Secure-draft=SM-2C2C-2C2C.markercanary; __Secure-session=markercanary; __Secure-follow=markercanary; markercanary=1")
				r.Header.Set("User-Agent", "markercanary")
				r.Header.Set("Referer", "https://markercanary.example.org/markercanary")
				r.Header.Set("X-Forwarded-For", "markercanary, 198.18.0.77")
				resp, err := client.Do(r)
				must(t, err, "asking")
				page, err := io.ReadAll(resp.Body)
				must(t, err, "reading")
				resp.Body.Close()
				if strings.HasPrefix(resp.Header.Get("Location"), "/mentoring/sign-in?to=") {
					continue // the requested address itself: where to go after signing in
				}
				for name, values := range resp.Header {
					if strings.Contains(strings.Join(values, " "), "markercanary") {
						t.Errorf("%s %s: the header %s has it: %q", method, path, name, values)
					}
				}
				// Only a person who made a mistake gets back what they typed.
				typed := resp.StatusCode == http.StatusUnprocessableEntity || resp.StatusCode == http.StatusForbidden && method == "POST"
				if strings.Contains(string(page), "markercanary") && !typed {
					t.Errorf("%s %s: the page with status %d has it", method, path+query, resp.StatusCode)
				}
				if resp.StatusCode >= 500 {
					t.Errorf("%s %s: status %d", method, at+query, resp.StatusCode)
				}
			}
		}
	}
	eventually(t, "a letter that is not sent", func() bool { return strings.Contains(hub.log.String(), "letter not sent") })
	must(t, hub.cmd.Process.Signal(os.Interrupt), "stopping the hub")
	hub.wait(t)
	out, _ := program("audit", "--content", "../../content", "--data", data, "--as-of", secondDay).CombinedOutput()
	removals, _ := program("removals", "--content", "../../content", "--data", data, "--as-of", secondDay).CombinedOutput()
	log := hub.log.String() + string(out) + string(removals)
	for n, line := range strings.Split(log, "\n") {
		if strings.Contains(line, "markercanary") {
			t.Errorf("line %d of the logs: %s", n, line)
		}
	}
	if !strings.Contains(log, "letter not sent") || !strings.Contains(log, "status=404") || !strings.Contains(log, "status=422") {
		t.Error("the log does not show that anything went wrong: the test tests nothing")
	}
	if _, err := os.Stat(filepath.Join(data, "outbox")); err == nil {
		t.Error("letters went into a folder")
	}
}
