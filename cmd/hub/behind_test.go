package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"traininghub/internal/sqlite"
)

// canaries are what a mentee types.
var canaries = []string{"Quillfeather", "canary.kite@example.org", "07700 900123", "between surgeries", "7654321", "Gannet Surgery", "C81999",
	"Petrel Smith", "Wagtail House", "puffin burrow", "ramp for my heron", "nightjar-word-9"}

// TestCanaries: what a mentee types is in mentoring.db and nowhere else: in no other database or
// copy, no letter, no file of the office, no line of the log (which serveHub checks). The word is
// not even there.
func TestCanaries(t *testing.T) {
	t.Parallel()
	h := serveHub(t, "20 September 2021")
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar}
	post := func(path string, pairs ...string) string {
		t.Helper()
		v := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			v.Add(pairs[i], pairs[i+1])
		}
		r, err := client.PostForm(h.site+path, v)
		must(t, err, "posting to "+path)
		defer r.Body.Close()
		page, err := io.ReadAll(r.Body)
		must(t, err, "reading the answer of "+path)
		if r.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s\n%s", path, r.Status, page)
		}
		return string(page)
	}
	const ask = "/mentoring/ask/mentoring-request"
	post(ask+"/start", "name", "Bittern Quillfeather", "email", "canary.kite@example.org", "telephone", "07700 900123",
		"call-times", "between surgeries", "message", "no")
	post(ask+"/work", "area", "derbyshire", "role", "gp", "gmc-number", "7654321")
	post(ask+"/practices/a1", "practice-name", "Gannet Surgery", "practice-code", "C81999", "practice-now", "yes")
	post(ask+"/practices", "another", "no")
	post(ask+"/people/p1", "person-name", "Petrel Smith", "person-practice", "Wagtail House")
	post(ask+"/people", "another", "no")
	post(ask+"/wish", "wish", "puffin burrow", "access", "ramp for my heron", "heard", "appraiser")
	sent := post(ask+"/declarations", "declaration-limits", "yes", "declaration-right", "yes", "signature", "Bittern Quillfeather",
		"word", "nightjar-word-9")
	if !strings.Contains(sent, "Request sent") {
		t.Fatalf("the request was not sent:\n%s", sent)
	}
	letters := filepath.Join(h.data, "outbox")
	link := ""
	for tries := 0; link == "" && tries < 600; tries++ { // both letters go at once, on a machine that may be busy
		time.Sleep(100 * time.Millisecond)
		must(t, filepath.WalkDir(letters, func(name string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(name)
			for _, c := range canaries {
				if c != "canary.kite@example.org" && strings.Contains(string(text), c) { // the address is on the envelope
					t.Errorf("a letter says %q:\n%s", c, text)
				}
			}
			whole := strings.NewReplacer("=\r\n", "", "=\n", "").Replace(string(text))
			if m := regexp.MustCompile(`/mentoring/request/[A-Za-z0-9_.-]+`).FindString(whole); m != "" {
				link = m
			}
			return err
		}), "reading the letters")
	}
	if page := post(link, "word", "nightjar-word-9"); !strings.Contains(page, "puffin burrow") {
		t.Errorf("the page of the request does not show it:\n%s", page)
	}
	h.stop()

	copies := t.TempDir()
	if said, wrong, code := calling(t, "backup", "--data", h.data, copies); code != 0 {
		t.Fatalf("backup: %s%s", said, wrong)
	}
	for name, args := range map[string][]string{
		"export":  {"export", "--course", "supporting-mentors", "--reason", "a test"},
		"person":  {"person", "--email", "canary.kite@example.org"},
		"audit":   {"audit"},
		"figures": {"person", "--number", "GMC 7654321"},
	} {
		said, wrong, _ := calling(t, append(args, "--data", h.data, "--content", "../../content", "--as-of", "21 September 2021")...)
		for _, c := range canaries {
			if strings.Contains(said+wrong, c) {
				t.Errorf("hub %s says %q", name, c)
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(h.data, "hub.db*"))
	must(t, err, "listing the database")
	copied, err := filepath.Glob(filepath.Join(copies, "hub-*"))
	must(t, err, "listing the copies")
	if len(files) == 0 || len(copied) != 1 {
		t.Fatalf("there are %q and %q", files, copied)
	}
	for _, name := range append(files, copied...) {
		text, err := os.ReadFile(name)
		must(t, err, "reading "+name)
		for _, c := range canaries {
			if strings.Contains(string(text), c) {
				t.Errorf("%s has %q", name, c)
			}
		}
	}
	behind, err := filepath.Glob(filepath.Join(h.data, "mentoring.db*"))
	must(t, err, "listing what is behind the wall")
	whole := ""
	for _, name := range behind {
		text, err := os.ReadFile(name)
		must(t, err, "reading "+name)
		whole += string(text)
	}
	if !strings.Contains(whole, "puffin burrow") {
		t.Error("mentoring.db does not have what was typed, so this test can find nothing")
	}
	if strings.Contains(whole, "nightjar-word-9") {
		t.Error("mentoring.db has the word itself")
	}
}

// TestWithoutWall: a hub that is older than the wall works as before, with its service shut and
// named in the log.
func TestWithoutWall(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	must(t, sqlite.Make(database(data)), "making the database of an older hub")
	hub := hubOf("../../content", data, firstDay, "--new=no").start(t)
	get := func(path string) (int, string) {
		t.Helper()
		r, err := http.Get(hub.base + path)
		must(t, err, path)
		defer r.Body.Close()
		page, err := io.ReadAll(r.Body)
		must(t, err, path)
		return r.StatusCode, string(page)
	}
	if code, page := get("/services/gp-s/"); code != 200 || !strings.Contains(page, "It takes no requests yet") || strings.Contains(page, "/apply/") {
		t.Errorf("the page of the service: %d\n%s", code, page)
	}
	if code, page := get("/services/gp-s/apply/"); code != 200 || strings.Contains(page, "<form") {
		t.Errorf("its form can be filled in: %d", code)
	}
	if code, _ := get("/mentoring/sign-in"); code != 404 {
		t.Errorf("there is a door without a wall: %d", code)
	}
	if code, _ := get("/courses/supporting-mentors/apply/"); code != 200 {
		t.Errorf("courses: %d", code)
	}
	must(t, hub.cmd.Process.Signal(os.Interrupt), "ending it")
	must(t, hub.cmd.Wait(), "waiting for its end")
	if !strings.Contains(hub.log.String(), "a service takes no requests") {
		t.Errorf("the log does not say that a service is shut:\n%s", hub.log.String())
	}
	if _, err := os.Stat(walled(data)); err == nil {
		t.Error("a hub that was not told to makes a database")
	}
}
