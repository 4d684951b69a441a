package web_test

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"traininghub/internal/form"
)

// Texts that people type to do harm. None may make the program fail, or come back as anything but
// text.
var hostile = []string{
	"", "\x00", "\xff\xfe\xfd", "a\u202eb\u2066c", "<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`,
	"=cmd|' /C calc'!A0", "Wyn\r\nBcc: evil@example.org\r\n\r\nPaid",
	"{{.}}{{reference}}", "%s%n%00", "../../etc/passwd", strings.Repeat("A", 60_000),
	strings.Repeat("\U0001F600", 9_000), "-1", "99999999999999999999", "on", "yes",
}

// TestHostileInput posts each of these in every field of every form, as somebody permitted to.
func TestHostileInput(t *testing.T) {
	h, who := newTown(t), whoMay(t)
	good := maps.Clone(h.body)
	tried := 0
	for path, targets := range h.targets {
		if who["POST "+path] == "" {
			continue
		}
		for _, p := range h.people {
			i := slices.IndexFunc(targets, func(at target) bool { return p.may(who["POST "+path], at) })
			if i < 0 || who["POST "+path] == "everybody" && p.name != "nobody" {
				continue
			}
			for _, text := range hostile {
				for name := range good {
					h.body[name] = text
				}
				// Every second time half of the fields get good values, so that the questions
				// behind a choice are reached, too.
				for k, name := range slices.Sorted(maps.Keys(good)) {
					if choices := []string{"answer", "decision", "do", "shown", "seen", "cohort",
						"course"}; tried%2 == 0 && (k%2 == 0 || slices.Contains(choices, name)) {
						h.body[name] = good[name]
					}
				}
				tried++
				r := h.ask("POST", p, targets[i].path)
				if r.status >= 500 {
					t.Errorf("POST %s as %s, of %.20q: status %d", targets[i].path, p.name, text, r.status)
				}
				for _, raw := range []string{"<script>alert", "<img src=x", "\x00", "\xff"} {
					if strings.HasPrefix(r.header.Get("Content-Type"), "text/html") && strings.Contains(r.body, raw) {
						t.Errorf("POST %s as %s: the page has %q", targets[i].path, p.name, raw)
					}
				}
				for name, values := range r.header {
					if strings.ContainsAny(strings.Join(values, ""), "\r\n\x00") ||
						strings.Contains(strings.Join(values, ""), "evil") {
						t.Errorf("POST %s as %s: the header %s is %q", targets[i].path, p.name, name, values)
					}
				}
			}
			break
		}
	}
	if log := h.log.String(); strings.Contains(log, "evil@") || strings.Contains(log, "alert(1)") {
		t.Error("the log has what was typed")
	}
	t.Logf("%d posts", tried)
}

// TestHostileNames: a name cannot write a header or a paragraph into a letter, or turn text round
// in it.
func TestHostileNames(t *testing.T) {
	h := newHub(t)
	const name = "Wyn\r\nBcc: evil\r\n\r\nPay at once.\u2028Now\u202edlrow"
	ref := h.sends(mentors, form.Values{"surname": name, "first-names": "=1+1\n\nDear"})
	link := h.browser().post("/status/"+h.secretOf(ref, "/status/"), nil).want(200, "/status/")
	link.post("/status/practice", form.Values{"practice-manager-name": name,
		"practice-manager-email": "new@example.org"}).want(200, "/status/")
	h.browser().answer("/practice/"+h.secretOf(ref, "/practice/"), form.Values{"answer": "refuse",
		"reason": "Line\n\nBcc: evil@example.org", "name": name, "role": name})
	h.deliver()
	turned := regexp.MustCompile("[\u202a-\u202e\u2066-\u2069\u2028\u2029\r]|(?m)^(Pay at once|Dear$)")
	for _, m := range h.mail {
		if strings.ContainsAny(m.Subject+m.To+m.ReplyTo, "\r\n") || strings.Contains(m.Subject, "Wyn") {
			t.Errorf("a header of %q", m.Subject)
		}
		if found := turned.FindString(m.Text); found != "" {
			t.Errorf("%q in the letter %q:\n%s", found, m.Subject, m.Text)
		}
	}
	lead := h.staff(h.course(mentors).Lead.Email)
	v := period(form.Values{"course": mentors, "reason": "x"}, "1 9 2021", "30 9 2021")
	lead.post("/review/export", v).want(200, "/review/export")
	if regexp.MustCompile(`(?m)(^|,)"?[=+@-]`).MatchString(lead.body) ||
		turned.MatchString(strings.ReplaceAll(lead.body, "\r\n", "\n")) {
		t.Errorf("the export has a formula, or what turns the writing round:\n%q", lead.body)
	}
}

// TestHeaders: every answer with somebody's data, files included, forbids keeping it or showing it
// elsewhere.
func TestHeaders(t *testing.T) {
	h := newTown(t)
	mine, files := h.targets["/review/{reference}"][0].id, regexp.MustCompile(`\.(pdf|csv)$|/codebook/`)
	of := map[string]string{
		"/status/": "the applicant", "/status/answers": "the applicant", "/status/application.pdf": "the applicant",
		"/review/" + mine:                      "the lead",
		"/review/" + mine + "/application.pdf": "the lead", "/review/figures.csv": "the lead",
		"/review/export/codebook/" + mentors: "the lead", "/review/": "the lead",
		h.targets["/practice/{link}"][0].path: "nobody", h.targets["/status/{link}"][0].path: "nobody",
	}
	for path, name := range of {
		p := h.people[slices.IndexFunc(h.people, func(p *person) bool { return p.name == name })]
		for _, method := range []string{"GET", "HEAD"} {
			r := h.ask(method, p, path, "Range", "bytes=0-9", "If-None-Match", "*", "If-Modified-Since",
				"Mon, 20 Sep 2027 09:00:00 GMT")
			if r.status != http.StatusOK {
				t.Errorf("%s %s: status %d", method, path, r.status)
			}
			for name, want := range map[string]string{
				"Cache-Control": "no-store", "X-Robots-Tag": "noindex", "X-Content-Type-Options": "nosniff",
				"Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
				"Accept-Ranges": "", "Etag": "", "Last-Modified": "", "Access-Control-Allow-Origin": "",
			} {
				if got := r.header.Get(name); got != want {
					t.Errorf("%s %s: %s is %q", method, path, name, got)
				}
			}
			if got := r.header.Get("Content-Disposition"); files.MatchString(path) != strings.HasPrefix(got,
				"attachment") {
				t.Errorf("%s: Content-Disposition %q", path, got)
			}
		}
	}
}
