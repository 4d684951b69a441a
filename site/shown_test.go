package site

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/document"
)

// TestShown builds the small hub with a draft and with a course that is shown for some days only:
// before, while and after readers see it. Nothing of a page that they should not see is published,
// but a preview has everything.
func TestShown(t *testing.T) {
	content := readArchive(t, "testdata/hub.txt").fs()
	edit := func(file, old, new string) {
		text := string(content[file].Data)
		if !strings.Contains(text, old) {
			t.Fatalf("%s does not say %q", file, old)
		}
		content[file].Data = []byte(strings.Replace(text, old, new, 1))
	}
	edit("courses/talking.md", "hours: 5\n", "hours: 5\npublish: Friday 10 September 2021\nuntil: Tuesday 30 November 2021\naliases: [/courses/speaking/]\n")
	edit("pages/about.md", "Read about [talking](/courses/talking/#what-you-learn).", "Read about it.")
	edit("site.yaml", "href: /courses/talking/", "href: /about/")
	edit("pages/about.md", "title: About us\n", "title: About us\naliases: [/who/]\n")
	edit("pages/home.md", "Welcome", "{{table.courses}}\n\nWelcome")
	content["pages/secret.md"] = &fstest.MapFile{Data: content["pages/home.md"].Data}
	edit("pages/secret.md", "title: Learn to talk", "title: Secret\ndraft: yes")
	build := func(drafts bool, at time.Time) (*Site, Output) {
		from := sources(content)
		from.Drafts = drafts
		s, faults := Load(from)
		if faults != nil {
			t.Fatal(faults)
		}
		if err := s.DrawForms(func(*document.Form) ([]byte, error) { return []byte("PDF"), nil }); err != nil {
			t.Fatal(err)
		}
		out, err := s.Build(at)
		if err != nil {
			t.Fatal(err)
		}
		return s, out
	}
	about := func(out Output) (files []string) {
		for name, data := range out {
			if strings.Contains(name, "talking") || strings.Contains(name, "speaking") || strings.Contains(name, "secret") ||
				strings.Contains(string(data), "Talking well") || strings.Contains(string(data), "/talking/") || strings.Contains(string(data), "Secret") {
				files = append(files, name)
			}
		}
		slices.Sort(files)
		return files
	}
	first := time.Date(2021, 9, 10, 0, 0, 0, 0, course.London)
	gone := time.Date(2021, 12, 1, 0, 0, 0, 0, course.London)
	s, out := build(false, first.Add(-time.Second))
	if files := about(out); files != nil {
		t.Errorf("published before readers see it: %v", files)
	}
	if out["who/index.html"] == nil || out.Redirects()["/who/"] != "/about/" {
		t.Error("the old address of another page is gone")
	}
	if next, ok := s.NextChange(first.Add(-time.Second)); !ok || !next.Equal(first) {
		t.Errorf("the next change is %v, want %v", next, first)
	}
	_, out = build(false, first)
	files := about(out)
	for _, want := range []string{"courses/talking/index.html", "courses/talking/apply/index.html", "courses/talking/dates.ics",
		"courses/talking/application-form.pdf", "courses/speaking/index.html", "index.html", "sitemap.xml", "redirects.json"} {
		if !slices.Contains(files, want) {
			t.Errorf("on its first day %s is missing", want)
		}
	}
	if out["secret/index.html"] != nil || strings.Contains(string(out["sitemap.xml"]), "secret") {
		t.Error("a draft is published")
	}
	if _, out = build(false, gone); about(out) != nil {
		t.Errorf("published after its last day: %v", about(out))
	}
	if next, ok := s.NextChange(gone.Add(-time.Second)); !ok || !next.Equal(gone) {
		t.Errorf("the next change is %v, want %v", next, gone)
	}
	_, out = build(true, first.Add(-time.Second))
	for name, says := range map[string]string{
		"secret/index.html":          "Readers do not see this page now: it is a draft.",
		"courses/talking/index.html": "Readers do not see this page now: it is there from Friday 10 September 2021 to Tuesday 30 November 2021.",
	} {
		if !strings.Contains(string(out[name]), says) {
			t.Errorf("in a preview %s does not say %q", name, says)
		}
	}
	if text := string(out["courses/talking/index.html"]); !strings.Contains(text, "/courses/talking/apply/") {
		t.Error("the form is not in the preview of its course")
	}

	// People cannot apply for a course that they cannot see.
	c := s.Programme.Courses[0]
	for at, want := range map[time.Time]bool{first.Add(-time.Second): false, first: true, gone: false} {
		if c.Accepts(at) != want {
			t.Errorf("%v: applications are taken: %v", at, !want)
		}
	}
	var agenda []string
	for _, e := range s.Agenda() {
		if e.Kind == Appears || e.Kind == Goes {
			agenda = append(agenda, e.Day.String()+": "+e.What)
		}
	}
	want := []string{"Friday 10 September 2021: The page appears", "Tuesday 30 November 2021: The last day of the page"}
	if !slices.Equal(agenda, want) || !slices.Equal(s.Drafts(), []string{"content/pages/secret.md"}) {
		t.Errorf("the agenda says %q, the drafts are %q", agenda, s.Drafts())
	}
}

// TestShownService: a service can be shown for some days like a page, and takes nobody outside
// them.
func TestShownService(t *testing.T) {
	content := readArchive(t, "testdata/hub.txt").fs()
	text := string(readArchive(t, "testdata/faults/form-of-a-service.txt").fs()["services/support.md"].Data)
	from := sources(content)
	build := func(more string, at time.Time) (*Site, Output) {
		t.Helper()
		content["services/support.md"] = &fstest.MapFile{Data: []byte(strings.Replace(text, "contact:", more+"\ncontact:", 1))}
		s, _ := Load(from)
		out, err := s.Build(at)
		if err != nil {
			t.Fatal(err)
		}
		return s, out
	}
	const page = "services/support/index.html"
	first := time.Date(2021, 9, 10, 0, 0, 0, 0, course.London)
	days := "publish: Friday 10 September 2021\nuntil: Tuesday 30 November 2021"
	for _, c := range []struct {
		more string
		at   time.Time
		want bool
	}{
		{"", first, true}, {"draft: yes", first, false}, {days, first.Add(-time.Second), false}, {days, first, true},
		{days, time.Date(2021, 12, 1, 0, 0, 0, 0, course.London), false},
	} {
		s, out := build(c.more, c.at)
		if got := out[page] != nil; got != c.want || s.Programme.Services[0].Accepts(c.at) != c.want ||
			strings.Contains(string(out["sitemap.xml"]), "support") != c.want {
			t.Errorf("%s, %v: the page is there: %v", c.more, c.at, got)
		}
	}
	s, _ := build(days, first)
	if next, _ := s.NextChange(first.Add(-time.Second)); !next.Equal(first) || s.Agenda()[1].Kind != Appears {
		t.Errorf("the next change is %v; %v", next, s.Agenda())
	}
	from.Drafts = true
	s, out := build("draft: yes", first)
	if !strings.Contains(string(out[page]), "Readers do not see this page now: it is a draft.") ||
		!slices.Equal(s.Drafts(), []string{"content/services/support.md"}) || len(s.Agenda()) == 0 {
		t.Errorf("the preview does not say that it is a draft; the drafts are %v", s.Drafts())
	}
}
