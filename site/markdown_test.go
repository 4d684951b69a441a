package site

import (
	"bytes"
	"html/template"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"traininghub/internal/source"
)

// TestMarkdown reads the texts of testdata/markdown.txt as pages, each beside the HTML that it
// gives.
func TestMarkdown(t *testing.T) {
	const file = "testdata/markdown.txt"
	s, faults := load(t, readArchive(t, "testdata/hub.txt").fs())
	if faults != nil {
		t.Fatal(faults)
	}
	s.Hub.Figures = map[string]string{
		"star": "*Ada* _B_ `C`", "link": "[x](/y/)", "tag": "<b>&amp;</b>", "list": "- no list", "number": "1. no list",
		"pipe": "a | b",
	}
	cases := readArchive(t, file)
	for i := 0; i+1 < len(cases.files); i += 2 {
		in, want := cases.files[i], &cases.files[i+1]
		if want.name != in.name+".html" {
			t.Fatalf("%s is followed by %s", in.name, want.name)
		}
		b, faults := s.read(source.File{Path: in.name, Body: []byte(in.text), BodyLine: 1}, nil, s.fact(nil),
			[]string{"courses"})
		if faults != nil {
			t.Errorf("%s: %v", in.name, faults)
		}
		html, err := b.HTML(func(name string) (template.HTML, error) {
			return template.HTML("<!-- the block " + name + " -->\n"), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := string(html); *update {
			want.text = got
		} else if got != want.text {
			t.Errorf("%s\ngot\n%s\nwant\n%s", in.name, got, want.text)
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(cases.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestStatusPages builds the small hub before, while and after its course takes applications.
func TestStatusPages(t *testing.T) {
	s, faults := load(t, readArchive(t, "testdata/hub.txt").fs())
	if faults != nil {
		t.Fatal(faults)
	}
	cancelled := readArchive(t, "testdata/hub.txt").fs()
	const talking = "courses/talking.md"
	cancelled[talking].Data = bytes.ReplaceAll(cancelled[talking].Data, []byte("        time:"), []byte("        cancelled: yes\n        time:"))
	off, faults := load(t, cancelled)
	if faults != nil {
		t.Fatal(faults)
	}
	const apply = "/courses/talking/apply/"
	for _, c := range []struct {
		s       *Site
		at      time.Time
		tag     string
		leads   bool   // whether the course's page links to the form
		heading string // of the form's page
	}{
		{s, day.AddDate(0, 0, -30), "Opens 6 September 2021", false, "<h1>Applications are not open yet</h1>"},
		{s, day, "Open", true, "<h1>Apply for Talking well</h1>"},
		{s, day.AddDate(0, 0, 20), "Closing soon", true, "<h1>Apply for Talking well</h1>"},
		{s, day.AddDate(0, 0, 40), "Closed", false, "<h1>Applications are closed</h1>"},
		{off, day, "Cancelled", false, "<h1>Applications are closed</h1>"},
	} {
		out, err := c.s.Build(c.at)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range []string{"index.html", "courses/talking/index.html"} {
			if !strings.Contains(string(out[file]), ">"+c.tag+"</strong>") {
				t.Errorf("%v: %s does not say %q", c.at, file, c.tag)
			}
		}
		if got := strings.Contains(string(out["courses/talking/index.html"]), `href="`+apply+`"`); got != c.leads {
			t.Errorf("%v: the course's page leads to its form: %v, want %v", c.at, got, c.leads)
		}
		form := string(out["courses/talking/apply/index.html"])
		if !strings.Contains(form, c.heading) {
			t.Errorf("%v: the form's page does not say %q", c.at, c.heading)
		}
		if got := strings.Contains(form, `action="/apply/talking/start"`); got != c.leads {
			t.Errorf("%v: the form can be sent: %v, want %v", c.at, got, c.leads)
		}
	}
}

// TestNextChange goes through all changes of the hub of this repository. Nothing changes in
// between.
func TestNextChange(t *testing.T) {
	s, out := buildContent(t, instants["before"])
	at, changes := instants["before"], 0
	for {
		next, ok := s.NextChange(at)
		if !ok || next.Year() > 2022 { // after that only security.txt changes, twice a year
			break
		}
		if !next.After(at) {
			t.Fatalf("after %v comes %v", at, next)
		}
		for _, c := range []struct {
			at   time.Time
			same bool
		}{{next.Add(-time.Second), true}, {next, false}} {
			now, err := s.Build(c.at)
			if err != nil {
				t.Fatal(err)
			}
			if got := equal(out, now); got != c.same {
				t.Errorf("at %v the site is the same: %v, want %v", c.at, got, c.same)
			}
			out = now
		}
		at = next
		changes++
	}
	// One course closes soon and then closes, when the other begins to close soon and later closes.
	// Each of the 10 days with a workshop disappears from the calendar, the last one of a course
	// together with the course. Each half-year has another security.txt.
	if changes != 16 {
		t.Errorf("the site changes %d times, want 16", changes)
	}
}

func equal(a, b Output) bool {
	if len(a) != len(b) {
		return false
	}
	for name := range a {
		if !slices.Equal(a[name], b[name]) {
			return false
		}
	}
	return true
}
