package lead_test

import (
	"context"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"traininghub/internal/mentoring"
	"traininghub/internal/register"
	"traininghub/internal/staff"
	"traininghub/internal/wall"
	"traininghub/internal/web"
	"traininghub/internal/web/lead"
)

var tableLine = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]+) \\| ([^|]+) \\|$")

// TestAccess: docs/access.md has a line for each address here, and each address works as the line
// says: for the people it names, and for nobody else.
func TestAccess(t *testing.T) {
	text, err := os.ReadFile("../../../docs/access.md")
	if err != nil {
		t.Fatal(err)
	}
	who := map[string]string{}
	own, _, _ := strings.Cut(string(text), "\n### Matching and pairs") // those are another part's
	for _, line := range tableLine.FindAllStringSubmatch(own, -1) {
		if strings.Contains(line[1], " "+lead.Below) && !strings.Contains(line[1], register.LeadPath) { // TestMentorAccess
			who[line[1]] = line[2]
		}
	}
	d := newDesk(t)
	d.Desk.Mentors = func(_ context.Context, email string) ([]staff.Scope, error) {
		if email == "mary@example.org" {
			return []staff.Scope{wall.Area("talk", "north")}, nil
		}
		return nil, nil
	}
	d.Asks("request-1", "north", func(r *mentoring.Request) { r.Exclusions = []mentoring.Exclusion{{ID: "x", Name: "Cy Reed"}} })
	people := map[string]func(method, path string) answer{"": d.signedOut}
	for _, name := range []string{"nora", "dev", "mo", "cy", "sue", "mary"} {
		as := d.as(name)
		people[name] = func(method, path string) answer { return as(method, path, nil) }
	}
	routes := 0
	for _, r := range lead.Part(d.Desk, lead.Others{})(new(web.Server)) {
		routes++
		says := who[r.Pattern]
		delete(who, r.Pattern)
		if r.By != web.Staff {
			t.Errorf("%s is for %s", r.Pattern, r.By)
		}
		if says != "mentor leads" && says != "who sees to it" {
			t.Errorf("docs/access.md says %q of %s", says, r.Pattern)
			continue
		}
		method, path, _ := strings.Cut(r.Pattern, " ")
		path = strings.NewReplacer("{$}", "", "{service}", "talk", "{request}", "request-1", "{person}", "x", "{section}", "support").Replace(path)
		for name, browser := range people {
			got := browser(method, path)
			switch may := name == "nora" || says == "mentor leads" && name != "mary" && name != ""; {
			case may && strings.HasSuffix(path, "/pro-forma.pdf"): // not drawn here, or not written yet
			case may && (got.status == http.StatusNotFound || got.status >= 500 || got.status == http.StatusForbidden):
				t.Errorf("%s as %s: %d", r.Pattern, name, got.status)
			case may:
			case name == "" && method == "GET" && (got.status != http.StatusSeeOther || !strings.HasPrefix(got.to, "/mentoring/sign-in")),
				name == "" && method == "POST" && got.status != http.StatusForbidden:
				t.Errorf("%s signed out: %d to %q", r.Pattern, got.status, got.to)
			case name != "" && got.status != http.StatusNotFound:
				t.Errorf("%s as %s: %d", r.Pattern, name, got.status)
			}
		}
	}
	for pattern := range who {
		t.Errorf("docs/access.md has a line for %s, which is no address", pattern)
	}
	if routes < 20 {
		t.Errorf("only %d addresses were tried", routes)
	}
}
