package letters_test

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"traininghub/internal/browsertest"
	"traininghub/internal/letter"
	"traininghub/internal/letters"
	"traininghub/internal/record"
)

// pages is where TestLetters keeps each letter's page, for people to look at: go test
// ./internal/letters -pages /tmp/letters
var pages = flag.String("pages", "", "folder in which TestLetters keeps each letter's page")

const base = "https://hub.example.org"

// says is something plausible for each field, and something bad for what people type.
func says(field string) string {
	if text, ok := map[string]string{
		"hub.name": "GP Training Hub", "hub.organisation": "Example Training Trust", "hub.base_url": base,
		"hub.email": "hub@example.org", "course.contact": "course@example.org", "course.lead": "lead@example.org",
		"course.title": "Mentor Training, Supporting Mentors Scheme", "title": "Career Conversation Training",
		"course.charge": "£500", "reference": "CC-2C2C-2C2C", "cohort": "Cohort 1", "cohort.name": "Cohort 1",
		"check": base + "/certificates/", "links": "Career Conversation Training, CC-2C2C-2C2C:\n" + base +
			"/status/CC-2C2C-2C2C.secret\n\nMentor Training, SM-2C2C-2C2C:\n" + base + "/practice/SM-2C2C-2C2C.secret",
		"link":   base + "/status/CC-2C2C-2C2C.3q2-7w_aLongSecretThatHasNoPlaceToBreakAndIsVeryLong",
		"review": base + "/review/CC-2C2C-2C2C", "course-page": base + "/courses/career-conversations/",
		"next":           "1. We send your application to the lead, and a copy to you.\n2. The STP lead decides.",
		"flags":          "- The referee has the applicant's address\n- Sent very fast",
		"cohort.dates":   "Tuesday 2 November 2021, 2pm to 5pm\nTuesday 9 November 2021, 2pm to 5pm",
		"terms":          "1. What is said in break-out sessions is confidential.\n2. You can cancel free of charge.",
		"applicant.name": `<script>alert("Siân")</script> Ffion-` + strings.Repeat("long", 20),
		"decision.text":  "Well done.\n\n<img src=https://evil.example/x>\nhttps://evil.example/",
		letter.Greeting:  "Siân <b>Example</b>", "waiting": "- Career Conversation Training: 3\n- Mentor Training: 1",
	}[field]; ok {
		return text
	}
	return "[" + field + "]"
}

var fetches = regexp.MustCompile(`(?i)<(img|link|script|iframe|object|video|svg)|url\(|@import|\bon\w+=|https?://[^"<\s]*`)

// TestLetters: each letter of the content has a page that fetches nothing, links only to the hub,
// has one button if it has a link, and no link that starts an email with a subject. Some of each
// kind are looked at in a browser: nothing scrolls sideways, and no rule of accessibility is
// broken.
func TestLetters(t *testing.T) {
	set, _ := letter.Read(os.DirFS("../../content"), "letters", letter.Check{Table: letters.All(), Unread: true,
		Hub: func(string) (string, bool) { return "", true }})
	if len(set) < 90 {
		t.Fatalf("%d letters", len(set))
	}
	served := http.NewServeMux()
	for name, l := range set {
		var m record.Message
		l.Write(&m, says)
		served.HandleFunc("/"+name, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Write([]byte(m.HTML))
		})
		for _, found := range fetches.FindAllString(m.HTML, -1) {
			if !strings.HasPrefix(found, base) && !strings.HasPrefix(found, "https://evil.example/") {
				t.Errorf("%s has %q", name, found)
			}
		}
		if strings.Contains(m.HTML, `href="https://evil`) || strings.Contains(m.HTML, "mailto:[") ||
			strings.Contains(m.HTML, "subject=") {
			t.Errorf("%s has a link that it must not have", name)
		}
		buttons, want := strings.Count(m.HTML, "If the button does not work"), 0
		if strings.Contains(m.Text, "\n\n"+base) {
			want = 1
		}
		if buttons != want && name != "several-links" {
			t.Errorf("%s has %d buttons, want %d", name, buttons, want)
		}
		if strings.Contains(m.Text, "## ") || len(m.HTML) > 9000 || !strings.Contains(m.HTML, "Example Training Trust<br>") {
			t.Errorf("%s: %d bytes\n%s", name, len(m.HTML), m.Text)
		}
		if *pages != "" {
			if err := os.WriteFile(filepath.Join(*pages, name+".html"), []byte(m.HTML), 0o600); err != nil {
				t.Error(err)
			}
		}
	}
	server := httptest.NewServer(served)
	defer server.Close()
	b := browsertest.Start(t).Tab(server.URL)
	for _, name := range []string{"accepted-to-applicant-career-conversations", "application-to-lead", "several-links", "request-received"} {
		b.Open("/" + name)
		b.Seen(name)
	}
}
