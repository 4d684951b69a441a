package mentoring_test

import (
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"traininghub/internal/programme"
	"traininghub/internal/web"
	"traininghub/internal/web/apply"
	webmentoring "traininghub/internal/web/mentoring"
)

var tableLine = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]+) \\| ([^|]+) \\|$")

// says is what docs/access.md says of who may use an address.
var says = map[web.Access]string{
	web.Anybody: "everybody", web.Linked: "who has the link", web.Drafting: "who has the draft", web.Asking: "who asked",
}

// TestAccess: docs/access.md has a line for each address here, and each works as the line says: for
// a browser with nothing, for one with a draft, and for one that has opened another request.
func TestAccess(t *testing.T) {
	whole, err := os.ReadFile("../../../docs/access.md")
	if err != nil {
		t.Fatal(err)
	}
	_, own, _ := strings.Cut(string(whole), "### Asking for a mentor\n")
	own, _, _ = strings.Cut(own, "\n### ")
	who := map[string]string{}
	for _, line := range tableLine.FindAllStringSubmatch(own, -1) {
		who[line[1]] = line[2]
	}
	h := newHouse(t)
	asked := h.browser()
	link := asked.fills("Bittern Quillfeather")
	asked.post(link, "word", "nightjar-word-9").wants(200, "/mentoring/request/")
	key := strings.TrimPrefix(link, "/mentoring/request/")
	for _, part := range []web.Part{apply.At(programme.AskBelow), webmentoring.Part(h.desk)} {
		for _, r := range part(new(web.Server)) {
			if who[r.Pattern] != says[r.By] {
				t.Errorf("docs/access.md says %q of %s, the table %q", who[r.Pattern], r.Pattern, says[r.By])
			}
			delete(who, r.Pattern)
			method, path, _ := strings.Cut(r.Pattern, " ")
			path = strings.NewReplacer("{$}", "", "{form}", "mentoring-request", "{row}", "p1", "{link}", key+"x").Replace(path)
			section := "people"
			if !strings.Contains(r.Pattern, "{row}") {
				section = "wish"
			}
			path = strings.Replace(path, "{section}", section, 1)
			got := h.browser().try(method, path)
			if r.By != web.Anybody && got.status != http.StatusNotFound && !(strings.Contains(path, "sign-in") && got.status == http.StatusForbidden) {
				t.Errorf("%s with nothing: %d", r.Pattern, got.status)
			}
			if r.By == web.Asking && method == "GET" && !slices.Contains([]string{"words"}, strings.TrimPrefix(path, webmentoring.Below)) {
				if got := asked.get(path); got.status != http.StatusOK {
					t.Errorf("%s for the person who asked: %d", r.Pattern, got.status)
				}
			}
			for _, c := range canaries {
				if strings.Contains(got.body, c) {
					t.Errorf("%s with nothing says %q", r.Pattern, c)
				}
			}
		}
	}
	for pattern := range who {
		t.Errorf("docs/access.md has a line for %s, which is no address", pattern)
	}
}

// try is a request with nothing posted.
func (b *browser) try(method, path string) *browser {
	b.t.Helper()
	if method == "GET" {
		return b.get(path)
	}
	return b.post(path)
}
