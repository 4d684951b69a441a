package pair_test

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"traininghub/internal/mentoring"
	"traininghub/internal/pair"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/web"
)

var tableLine = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]+) \\| ([^|]+) \\|$")

// TestAccess: docs/access.md has a line for each address here, and each works as the line says: for
// the people it names, and for nobody else. Others get the same as for an address that does not
// exist.
func TestAccess(t *testing.T) {
	whole, err := os.ReadFile("../../../docs/access.md")
	if err != nil {
		t.Fatal(err)
	}
	_, own, _ := strings.Cut(string(whole), "### Matching and pairs\n")
	own, _, _ = strings.Cut(own, "\n### ")
	who := map[string]string{}
	for _, line := range tableLine.FindAllStringSubmatch(own, -1) {
		who[line[1]] = line[2]
	}
	h := newHouse(t)
	h.mentor("Max Mentor", 4)
	h.mentor("Olga Other", 4)
	h.asks("Mia Mentee", "north")
	h.asks("Una Seeks", "north")
	other := h.asks("Zoe South", "south")
	nora := h.signedIn("nora@example.org")
	p, err := h.Pairs.Propose(t.Context(), h.Office.Staff("nora@example.org"), "MR-MIA-MENTEE", "mentor.max-mentor", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Pairs.Propose(t.Context(), h.Office.Staff("sam@example.org"), other, "mentor.olga-other", ""); err != nil {
		t.Fatal(err)
	}
	run, err := h.Pairs.Draft(t.Context(), h.Office.Staff("nora@example.org"), "gp-s")
	if err != nil {
		t.Fatal(err)
	}
	mia, zoe := h.opened("mia.mentee@example.org"), h.opened("zoe.south@example.org")
	for _, s := range []pair.Step{{Act: pair.Accept, By: pair.Mentee, Agree: true}, {Act: pair.Stranger, By: pair.Mentor}, {Act: pair.Take, By: pair.Mentor, Agree: true}} {
		if _, err := h.Pairs.Do(t.Context(), p.ID, s); err != nil {
			t.Fatal(err)
		}
	}
	people := map[string]*browser{
		"lead": nora, "other lead": h.signedIn("sam@example.org"), "deputy": h.signedIn("dan@example.org"), "mentor": h.signedIn("max.mentor@example.org"),
		"other mentor": h.signedIn("olga.other@example.org"), "mentee": mia, "other mentee": zoe, "nobody": h.browser(),
	}
	may := map[string][]string{
		"mentor leads": {"lead", "other lead", "deputy"}, "its lead": {"lead"}, "who sees to its request": {"lead"}, "its mentor": {"mentor"},
		"mentors": {"mentor", "other mentor"}, "its mentee": {"mentee"}, "everybody": {"lead", "nobody", "mentee"}, "who has the link": nil,
	}
	by := map[string]web.Access{"its mentee": web.Asking, "everybody": web.Anybody, "who has the link": web.Linked}
	tried := 0
	for _, part := range h.parts {
		for _, r := range part(new(web.Server)) {
			says := who[r.Pattern]
			delete(who, r.Pattern)
			allowed, known := may[says]
			if want := by[says]; !known || want != "" && want != r.By || want == "" && r.By != web.Staff {
				t.Errorf("docs/access.md says %q of %s, which is for %s", says, r.Pattern, r.By)
				continue
			}
			request := "MR-MIA-MENTEE"
			if strings.Contains(r.Pattern, "/runs/") || strings.HasSuffix(r.Pattern, "{request}/mentor") {
				request = "MR-UNA-SEEKS"
			}
			method, path, _ := strings.Cut(r.Pattern, " ")
			path = strings.NewReplacer("{run}", run.ID, "{request}", request, "{pair}", p.ID, "{link}", p.ID+".x").Replace(path)
			for name, b := range people {
				tried++
				got := b.do(method, path, nil)
				yes := false
				for _, one := range allowed {
					yes = yes || one == name
				}
				own := says == "its mentee" && name == "other mentee" // they see their own at the same address
				switch {
				case own:
					if body := recordtest.WithoutSecrets(got.body); strings.Contains(body, "Max") || strings.Contains(body, "Mia") {
						t.Errorf("%s shows another's mentor", r.Pattern)
					}
				case yes && method == "GET" && got.status != http.StatusOK && got.status != http.StatusSeeOther:
					t.Errorf("%s as %s: %d", r.Pattern, name, got.status)
				case yes && strings.HasSuffix(path, "/act"), yes && strings.HasSuffix(path, "/runs"): // without a word of what
				case yes && (got.status == http.StatusNotFound || got.status == http.StatusForbidden):
					t.Errorf("%s as %s: %d", r.Pattern, name, got.status)
				case !yes && says != "everybody" && got.status != http.StatusNotFound && got.status != http.StatusForbidden && got.status != http.StatusSeeOther:
					t.Errorf("%s as %s: %d", r.Pattern, name, got.status)
				case !yes && says != "everybody":
					for _, word := range append(canaries, "Mia Mentee", "Una Seeks", p.ID) {
						if strings.Contains(got.body, word) {
							t.Errorf("%s tells %s of %q", r.Pattern, name, word)
						}
					}
				}
			}
		}
	}
	for pattern := range who {
		t.Errorf("docs/access.md has a line for %s, which is no address", pattern)
	}
	if tried < 300 {
		t.Errorf("only %d tries", tried)
	}
}

// TestExcludedLead: all pages of an excluded lead are exactly the same with and without the
// request, its proposal and its pair. Only the deputy matches it.
func TestExcludedLead(t *testing.T) {
	pages := func(hidden int) string {
		h := newHouse(t)
		h.mentor("Max Mentor", 5)
		h.mentor("Olga Other", 2)
		for _, name := range []string{"Mia Mentee", "Nia Mentee"} {
			h.asks(name, "north")
		}
		if hidden > 0 {
			id := h.asks("Hanna Hidden", "north", func(r *mentoring.Request) {
				r.Exclusions = []mentoring.Exclusion{{ID: "1", Name: "Nora Lead", Staff: "nora@example.org", Settled: true}}
			})
			dan := h.Office.Staff("dan@example.org")
			if hidden == 1 {
				deputy := h.signedIn("dan@example.org")
				deputy.send("/mentoring/lead/runs", "service", "gp-s").shows("Hanna Hidden", "Send 1 proposal").hides("Mia", "Nia")
			}
			if hidden > 1 {
				p, err := h.Pairs.Propose(t.Context(), dan, id, "mentor.max-mentor", "")
				if err != nil {
					t.Fatal(err)
				}
				if hidden > 2 {
					for _, s := range []pair.Step{{Act: pair.Accept, By: pair.Mentee, Agree: true}, {Act: pair.Stranger, By: pair.Mentor}, {Act: pair.Take, By: pair.Mentor, Agree: true}} {
						if _, err := h.Pairs.Do(t.Context(), p.ID, s); err != nil {
							t.Fatal(err)
						}
					}
				}
			}
		}
		nora := h.signedIn("nora@example.org")
		all := ""
		for _, path := range []string{
			"/mentoring/lead/", "/mentoring/lead/over", "/mentoring/lead/runs", "/mentoring/lead/pairs", "/mentoring/lead/pairs/over", "/mentoring/lead/feedback",
			"/mentoring/lead/requests/MR-MIA-MENTEE", "/mentoring/lead/requests/MR-MIA-MENTEE/mentor", "/mentoring/lead/requests/MR-HANNA-HIDDEN",
			"/mentoring/lead/requests/MR-HANNA-HIDDEN/mentor",
		} {
			all += path + nora.get(path).body
		}
		all += nora.send("/mentoring/lead/runs", "service", "gp-s").shows("Send 2 proposals").body
		run := strings.TrimSuffix(nora.find(`/mentoring/lead/runs/run-[0-9a-f]+/send`), "/send")
		all += nora.get(run+"/MR-MIA-MENTEE").body + nora.send(run+"/send").shows("The proposals are sent").body
		return regexp.MustCompile(`P-[A-Z0-9]{8}`).ReplaceAllString(all, "P-CODE")
	}
	without := pages(0)
	for hidden, what := range []string{1: "a request", 2: "a proposal", 3: "a pair"} {
		if hidden == 0 {
			continue
		}
		if with := pages(hidden); with != without {
			at := 0
			for at < len(with) && at < len(without) && with[at] == without[at] {
				at++
			}
			t.Errorf("with %s that is hidden, from here on:\n%.600s\ninstead of\n%.600s", what, with[at:], without[at:])
		}
	}
}
