package main

import (
	"bytes"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"traininghub/internal/page"
	"traininghub/internal/pdf/read"
	"traininghub/internal/programme"
	"traininghub/internal/source"
)

// TestSecondHub: another organisation's hub is made without a question, has no fault, and takes an
// application, whose PDF goes to its decider. It mentions nothing of this hub, and uses its own
// template.
func TestSecondHub(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "nurses")
	with := []string{"--content", dir, "--modules", "../../node_modules", "--as-of", firstDay}
	called := func(want string, args ...string) {
		t.Helper()
		if out, wrong, code := calling(t, args...); code != 0 || !strings.Contains(out, want) {
			t.Fatalf("hub %q: status %d, said %q and %q, want %q", args, code, out, wrong, want)
		}
	}
	called("is a hub", "init", dir, "--as-of", firstDay, "--name", "Ward Academy", "--decider", "education lead",
		"--employer", "trust", "--manager", "ward manager", "--register", "nmc", "--title", "Wound care: the basics", "--email", "lead@example.org")
	called("no faults", append([]string{"check"}, with...)...)
	if _, wrong, code := calling(t, "init", dir); code != 2 || !strings.Contains(wrong, "is not empty") {
		t.Errorf("a hub over another: status %d, %q", code, wrong)
	}
	called("is a copy", "templates", "copy", "partials/footer.html", "--content", dir)
	replace(t, filepath.Join(dir, "templates", "partials", "footer.html"), "© {{.Organisation}}", "From the wards")
	called("no faults", append([]string{"check"}, with...)...)

	data := t.TempDir()
	hub := hubOf(dir, data, firstDay).start(t)
	if _, home := fetch(t, hub.base+"/"); !strings.Contains(home, "From the wards") || strings.Contains(home, "GP") {
		t.Errorf("the home page: %s", home)
	}
	site, _ := page.LoadSite(source.Dir(dir))
	theirs, faults := programme.Load(source.Dir(dir), storyLetters(), site.Fact)
	must(t, faults.Err(), "the programme")
	def := theirs.Forms["wound-care-the-basics"]
	crowd := newCrowd(t, 1)
	crowd.set(hub.base)
	p := crowd.person("marker-nurse")
	must(t, p.begin(def), "beginning")
	must(t, p.fill(def), "filling in")
	must(t, p.send(def), "sending")
	waitForLetters(t, data)
	hub.stop(t)
	wantLetters(t, filepath.Join(data, "outbox"), wantReceived(t, database(data), crowd.references(0)))

	own := []string{"STP", "sustainability", " practice", "doctor", "GP ", "{{"}
	entries, err := os.ReadDir(filepath.Join(data, "outbox"))
	must(t, err, "ReadDir")
	decides := false
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(data, "outbox", e.Name()))
		must(t, err, "ReadFile")
		m, err := mail.ReadMessage(bytes.NewReader(text))
		must(t, err, e.Name())
		_, body, _ := bytes.Cut(text, []byte("\r\n\r\n"))
		said, _, _ := bytes.Cut(body, []byte("Content-Disposition: attachment"))
		if i := slices.IndexFunc(own, func(w string) bool { return bytes.Contains(said, []byte(w)) }); i >= 0 {
			t.Errorf("the letter %s says %q, which is this hub's:\n%s", e.Name(), own[i], said)
		}
		if strings.Contains(m.Header.Get("To"), "lead@example.org") {
			fields, err := read.Fields(bytes.NewReader(attachment(t, e.Name(), m)))
			must(t, err, "reading the PDF")
			decides = len(fields) > 0
		}
	}
	if !decides {
		t.Error("the lead got no PDF to fill in")
	}
}
