package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	osexec "os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"traininghub/internal/editor"
	"traininghub/site"
)

// calling runs hub in the test's current folder, with the project's own front end.
func calling(t *testing.T, args ...string) (out, errOut string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	code = exitCode(exec(context.Background(), args, nil, &o, &e, func(string) string { return "" }), &e)
	return o.String(), e.String(), code
}

// project makes a folder with a copy of the content and the front end, and changes into it.
func project(t *testing.T) {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "content"), os.DirFS(filepath.Join(root, "content"))); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(root, "node_modules"), filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
}

// replace changes a text that occurs once in a file.
func replace(t *testing.T, file, old, new string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(text), old) != 1 {
		t.Fatalf("%s has %q %d times", file, old, strings.Count(string(text), old))
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), old, new, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

var minorSurgery = []string{
	"--title", `Minor Surgery: a "first" course`, "--provider", "Example Ltd", "--deadline", "2027-10-01", "--start", "2 November 2027", "--time", "1:30pm to 4pm",
	"--charge", "£289", "--contact", "ask@example.org",
}

// written replaces the parts that a new file leaves to its editor.
func written(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	must(t, err, "ReadFile")
	must(t, os.WriteFile(file, bytes.ReplaceAll(text, []byte("Say here"), []byte("We say")), 0o644), "WriteFile")
}

// TestNew: each new file passes the check once its editor has filled it in, and not before.
func TestNew(t *testing.T) {
	project(t)
	for _, args := range [][]string{
		append([]string{"course", "minor-surgery"}, minorSurgery...),
		{"form", "minor-surgery", "--course", "minor-surgery", "--reference", "MS"},
		{"page", "parking", "--title", "Where to park"},
		append([]string{"course", "spring"}, append(slices.Clone(minorSurgery), "--title", "Spring", "--deadline", "1 April 2027", "--start", "4 May 2027")...), // flags given twice: the last count
	} {
		out, wrong, code := calling(t, append([]string{"new"}, args...)...)
		if code != 0 || wrong != "" || !strings.HasPrefix(out, "content"+string(filepath.Separator)) {
			t.Fatalf("%q: status %d, said %q and %q", args, code, out, wrong)
		}
		file, _, _ := strings.Cut(out, " is written")
		said, _, code := calling(t, "check")
		text, err := os.ReadFile(file)
		must(t, err, "ReadFile")
		left := 0
		for line := range strings.Lines(string(text)) {
			if strings.Contains(line, "Say here") && !strings.HasPrefix(line, "# ") { // which is a note
				left++
			}
		}
		if n := strings.Count(said, "error: this is still the text that the file began with"); code != 1 || left == 0 || n != left {
			t.Errorf("%s leaves %d texts to write, and the check finds %d: status %d, %s", file, left, n, code, said)
		}
		written(t, file)
	}
	out, wrong, code := calling(t, "build", "--as-of", "1 September 2027")
	if code != 0 {
		t.Fatalf("status %d, said %s%s", code, out, wrong)
	}
	for file, says := range map[string][]string{
		"courses/minor-surgery/index.html":       {"Minor Surgery: a &#34;first&#34; course", "Tuesday 2 November 2027", "1:30pm to 4pm", "2.5 hours in total", "£289"},
		"courses/minor-surgery/apply/index.html": {"Your details"},
		"parking/index.html":                     {"Where to park"},
	} {
		text, err := os.ReadFile(filepath.Join("public", file))
		if err != nil {
			t.Fatal(err)
		}
		for _, say := range says {
			if !strings.Contains(string(text), say) {
				t.Errorf("%s does not say %q", file, say)
			}
		}
	}
	if out, _, code := calling(t, "check"); code != 0 || strings.Count(out, "warning:") != 3 || strings.Count(out, "[orphan]") != 1 || strings.Count(out, "[compare]") != 2 {
		t.Errorf("only that nothing leads to the new page, and that the courses are not compared, is to be said, not: status %d, %s", code, out)
	}
	before, err := os.ReadFile("content/pages/parking.md")
	if err != nil {
		t.Fatal(err)
	}
	if _, wrong, code := calling(t, "new", "page", "parking", "--title", "Again"); code != 2 || !strings.Contains(wrong, "is there already") {
		t.Errorf("a file that is there: status %d, said %q", code, wrong)
	}
	if after, err := os.ReadFile("content/pages/parking.md"); err != nil || !bytes.Equal(before, after) {
		t.Errorf("it was changed; error %v", err)
	}
}

// TestNewAsks answers on a terminal: a mistake is asked again, and an answer with a default can be
// left out.
func TestNewAsks(t *testing.T) {
	project(t)
	var out bytes.Buffer
	typed := "Minor_Surgery\nminor-surgery\nMinor Surgery\nExample Ltd\n31 September 2027\n1 October 2027\n2 November 2027\n2pm-5pm\n2pm to 5pm\n£289\nask@example.org\n"
	if err := create([]string{"course"}, strings.NewReader(typed), &out, os.Getenv); err != nil {
		t.Fatal(err)
	}
	for _, say := range []string{"That will not do: use small letters, figures and hyphens, and begin with a letter.", "That will not do: it is a date that does not exist, 31 September 2027; September 2027 has 30 days.", "The last day for applications (for example Friday 1 October 2027): "} {
		if !strings.Contains(out.String(), say) {
			t.Errorf("it does not say %q:\n%s", say, &out)
		}
	}
	out.Reset()
	if err := create([]string{"form", "minor-surgery"}, strings.NewReader("\n\n"), &out, os.Getenv); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("content/forms/minor-surgery.yaml")
	if err != nil || !strings.Contains(string(text), "\ncourse: minor-surgery\nreference: AA #") {
		t.Errorf("error %v, the form is\n%s", err, text)
	}
	written(t, "content/forms/minor-surgery.yaml")
	written(t, "content/courses/minor-surgery.md")
	if out, wrong, code := calling(t, "check"); code != 0 {
		t.Errorf("status %d, said %s%s", code, out, wrong)
	}
}

func TestNewUsage(t *testing.T) {
	project(t)
	for args, want := range map[string]string{
		"new":                                 "say what to make: hub new course|page|form NAME",
		"new letter x":                        "say what to make: hub new course|page|form NAME",
		"new page":                            "hub new page also needs a NAME, --title",
		"new page Parking --title x":          "--name: use small letters, figures and hyphens",
		"new page parking --colour x":         "flag provided but not defined: -colour",
		"new page parking --title x y":        `hub new page does not take "y"`,
		"new form x --course nope":            `--course: there is no course "nope"`,
		"new page x --title x --content nope": "there is no folder nope",
		"new form x --course supporting-mentors --reference CC": `--reference: another form has "CC" already`,
		"new page apply --title x":                              "--name: the hub itself uses this name",
		"new course hub --title x":                              "hub new course also needs --provider",
		"new page x --title a{{b}}":                             "--title: leave the double braces out",
		"new form x --course ../pages/home":                     `--course: there is no course "../pages/home"`,
		"new course x --title x --provider x --deadline 2027-10-01 --start 2027-10-01 --time 2pm --charge £289 --contact ask@example": `--start: it must be after the deadline, Friday 1 October 2027; --time: it must say from when to when, not "2pm"; write it like "2pm to 5pm"; --contact: write it like`,
		"diff":                  "say what to compare",
		"diff content nowhere":  `"nowhere" is neither a folder nor a git revision`,
		"diff content --x":      `"--x" is neither a folder nor a git revision`,
		"schema":                "say where to: hub schema DIR",
		"editor":                "say where to: hub editor DIR",
		"editor --github a/b x": "say with --sign-in what signs editors in to GitHub",
	} {
		if out, wrong, code := calling(t, strings.Fields(args)...); code != 2 || out != "" || !strings.Contains(wrong, want) {
			t.Errorf("%s: status %d, said %q and %q, want %q", args, code, out, wrong, want)
		}
	}
	// A second line would end the note with the title in it.
	if _, wrong, code := calling(t, "new", "page", "x", "--title", "a\nb: c"); code != 2 || !strings.Contains(wrong, "--title: write it in one line") {
		t.Errorf("a title of two lines: status %d, said %q", code, wrong)
	}
}

func TestDates(t *testing.T) {
	project(t)
	replace(t, "content/courses/supporting-mentors.md", "programme_year: 2021/22\n", "programme_year: 2021/22\nreviewed: 1 February 2021\nreview_due: 1 March 2022\n")
	out, wrong, code := calling(t, "dates", "--as-of", "2 March 2022")
	want := `Tuesday 1 March 2022                            Review overdue: Mentor Training, Supporting Mentors Scheme (content/courses/supporting-mentors.md)
Wednesday 2 March 2022, 6pm to 8pm              Workshop 3: plans and next steps (Cohort 3): Career Conversation Training (content/courses/career-conversations.md)
`
	if code != 0 || wrong != "" || !strings.HasPrefix(out, want) || !strings.HasSuffix(out, "\nwhat is built on Wednesday 2 March 2022 is right until 11:59pm on Wednesday 2 March 2022; then build it again\n") {
		t.Errorf("status %d, said\n%s\n%s\nwant\n%s", code, out, wrong, want)
	}
}

// TestDiff compares the committed content with the files in a folder.
func TestDiff(t *testing.T) {
	project(t)
	for _, args := range [][]string{
		{"init", "-q"}, {"add", "content"}, {"-c", "user.name=Editor", "-c", "user.email=editor@example.org", "commit", "-q", "-m", "content"},
	} {
		if out, err := osexec.Command("git", args...).CombinedOutput(); err != nil {
			t.Fatalf("git %q: %v: %s", args, err, out)
		}
	}
	out, wrong, code := calling(t, "diff", "--as-of", "2021-09-20", "HEAD", "content")
	if code != 0 || out != "## What this changes for readers\n\nNothing.\n" {
		t.Fatalf("nothing was changed: status %d, said %q and %q", code, out, wrong)
	}
	replace(t, "content/courses/supporting-mentors.md", "date: Wednesday 17 November 2021", "date: Thursday 18 November 2021")
	replace(t, "content/courses/supporting-mentors.md", "charge: £500\n", "charge: £450\n")
	replace(t, "content/letters/resume-draft.md", "do not pass this email on", "keep this email to yourself")
	replace(t, "content/pages/mentoring.md", "\n---\n\n", "\n---\n\nWe *begin* in [June](/contact/).\n\n")
	replace(t, "content/site.yaml", "  - text: Cookies\n    href: /cookies/\n", "")
	if err := os.Rename("content/pages/cookies.md", "content/pages/biscuits.md"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"privacy", "contact", "terms", "mentoring", "accessibility", "funding"} {
		file := "content/pages/" + name + ".md"
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, bytes.ReplaceAll(text, []byte("/cookies/"), []byte("/biscuits/")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out, wrong, code = calling(t, "diff", "--as-of", "2021-09-20", "HEAD", "content")
	if code != 0 {
		t.Fatalf("status %d, said %s", code, wrong)
	}
	for _, want := range []string{
		"### New pages\n\n- Cookies (`/biscuits/`)\n",
		"### Pages that are gone\n\n- Cookies (`/cookies/`)\n",
		"Mentoring for GPs (`/mentoring/`)\n\n```diff\n+ We begin in [/contact/] June.\n```\n",
		"Dates (`/dates/`)\n\n```diff\n- Wednesday 17 November 2021, 1:30pm to 4:30pm\n+ Thursday 18 November 2021, 1:30pm to 4:30pm\n```\n",
		"- You are charged £500\n+ You are charged £450\n",
		"### Changed letters\n\n`letters/resume-draft.md`\n\n```diff\n- The link works until {{until}}. Anyone who has it can see your answers, so do not pass this email on.\n+ The link works until {{until}}. Anyone who has it can see your answers, so keep this email to yourself.\n```\n",
		"### Changed forms\n\n`forms/supporting-mentors.yaml`: its pages and its PDF\n\n```diff\n",
		"- Declaration: I will be charged £500 if",
		"- `/cookies/` is gone, and nothing leads on from there. If the page has another name now, add `aliases: [/cookies/]` to it.\n",
		"- Mentor Training, Supporting Mentors Scheme moves workshops. So that they also move in people's calendars, set `dates_changed` in `content/courses/supporting-mentors.md` to the day of the change.\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say\n%s", want)
		}
	}
	if t.Failed() {
		t.Log(out)
	}

	replace(t, "content/pages/biscuits.md", "title: Cookies\n", "title: Cookies\naliases: [/cookies/]\n")
	replace(t, "content/courses/supporting-mentors.md", "charge: £450\n", "charge: £450\ndates_changed: Monday 20 September 2021\n")
	if out, wrong, code = calling(t, "diff", "--as-of", "2021-09-20", "HEAD", "content"); code != 0 || strings.Contains(out, "## Check first") {
		t.Errorf("both are seen to, but it says (status %d)\n%s%s", code, out, wrong)
	}
}

// TestDiffSaysAll: everything that changes for readers, or changes who reads applications, is
// mentioned.
func TestDiffSaysAll(t *testing.T) {
	for file, cases := range map[string][][3]string{
		"content/site.yaml": {
			{"text: Compare courses", "text: Compare all", "Menu and footer of every page\n\n```diff\n- [/compare/] Compare courses\n+ [/compare/] Compare all\n```\n"},
			{"answer-time: 10 working days", "answer-time: 12 working days", "\nAccessibility statement (`/accessibility/`), Contact us (`/contact/`)\n\n```diff\n- We aim to answer within 10 working days.\n+ We aim to answer within 12 working days.\n```\n"},
			{"text: Accessibility\n", "text: Accessible\n", "- [/accessibility/] Accessibility\n+ [/accessibility/] Accessible\n"},
			{"\nmenu:", "\noffice:\n  - name: Sam Example\n    email: sam@example.org\nmenu:", "## Check first\n\n- Can sign in now: sam@example.org, as office, of all courses.\n\n## What this changes for readers\n\nNothing.\n"},
		},
		"content/pages/contact.md": {
			{"describe: Whom to ask", "describe: Here is whom to ask", "+ For search engines: Here is whom to ask"},
			{"title: Contact us", "title: Contact – us", "\nContact – us (`/contact/`)\n"},
			{"title: Contact us", `title: "# <b> $x$ ~~y~~"`, "\n\\# &lt;b&gt; \\$x\\$ \\~\\~y\\~\\~ (`/contact/`)\n"},
		},
		"content/letters/resume-draft.md": {
			{"do not pass this email on.", "do not pass this email on.\n\n# one\r@two", "```diff\n+ # one\n+ @two\n```\n"},
		},
		"content/courses/supporting-mentors.md": {
			{"lead: # gets the applications\n", "deputy:\n  name: Sam Example\n  email: sam@example.org\nlead:\n", "- Can sign in now: sam@example.org, as deputy of [/courses/supporting-mentors/].\n"},
		},
		"content/forms/supporting-mentors.yaml": {
			{"purpose: We use your answers to decide", "purpose: We use them to decide", "\n- Purpose: We use your answers to decide"},
			{"in_messages: your first names", "in_messages: all your first names", "\n- In messages: your first names\n+ In messages: all your first names\n"},
			{"All places on the training have been taken.", "There is no place.", "\n- Reason to decline: All places on the training have been taken.\n+ Reason to decline: There is no place.\n"},
			{"shows: [practice-name, ", "shows: [", "; sees practice-name, clinical-sessions\n"},
			{"label: First names\n", "label: |\n          First names\n          ```\n          # Heading\n", "+ Question: First names ``` # Heading (text;"},
		},
		"content/forms/career-conversations.yaml": {
			{"    - \"Cancelling: dates", "    - \"To cancel: dates", "\n- Cancelling: dates"},
		},
	} {
		for _, c := range cases {
			t.Run(c[0], func(t *testing.T) {
				project(t)
				if err := os.CopyFS("old", os.DirFS("content")); err != nil {
					t.Fatal(err)
				}
				replace(t, file, c[0], c[1])
				if out, wrong, code := calling(t, "diff", "--as-of", "2021-09-20", "old", "content"); code != 0 || !strings.Contains(out, c[2]) {
					t.Errorf("%s, %q: status %d, want %q in\n%s%s", file, c[1], code, c[2], out, wrong)
				}
			})
		}
	}
}

// TestDiffPictures: a picture and its words count as a change.
func TestDiffPictures(t *testing.T) {
	project(t)
	if err := os.CopyFS("old", os.DirFS("content")); err != nil {
		t.Fatal(err)
	}
	for name, colour := range map[string]string{"old": "red", "content": "blue"} {
		if err := os.MkdirAll(name+"/images", 0o755); err != nil {
			t.Fatal(err)
		}
		svg := `<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"><path fill="` + colour + `" d="M0 0h4v3z"/></svg>`
		if err := os.WriteFile(name+"/images/room.svg", []byte(svg), 0o644); err != nil {
			t.Fatal(err)
		}
		replace(t, name+"/pages/contact.md", "---\n\n", "---\n\n![The "+colour+" room](/images/room.svg)\n\n")
	}
	if out, wrong, code := calling(t, "diff", "--as-of", "2021-09-20", "old", "content"); code != 0 || !strings.Contains(out, "- [/images/room.svg] The red room\n+ [/images/room.svg] The blue room\n") ||
		!strings.Contains(out, "- The picture `/images/room.svg` is another one now.\n") {
		t.Errorf("another picture: status %d, said\n%s%s", code, out, wrong)
	}
}

// TestDiffRenamed: a renamed course is compared with its earlier version, and links to it are not
// reported as changes.
func TestDiffRenamed(t *testing.T) {
	project(t)
	if err := os.CopyFS("old", os.DirFS("content")); err != nil {
		t.Fatal(err)
	}
	replace(t, "content/courses/supporting-mentors.md", "\nsummary:", "\naliases: [/courses/supporting-mentors/]\nsummary:")
	replace(t, "content/courses/supporting-mentors.md", "date: Wednesday 17 November 2021", "date: Thursday 18 November 2021")
	replace(t, "content/forms/supporting-mentors.yaml", "\ncourse: supporting-mentors\n", "\ncourse: mentors\n")
	replace(t, "content/schemes/supporting-mentors.yaml", "courses: [supporting-mentors]", "courses: [mentors]")
	if err := os.Rename("content/courses/supporting-mentors.md", "content/courses/mentors.md"); err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob("content/pages/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range pages {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text = []byte(strings.NewReplacer("/courses/supporting-mentors/", "/courses/mentors/", "{{supporting-mentors.", "{{mentors.", ", supporting-mentors]", ", mentors]").Replace(string(text)))
		if err := os.WriteFile(name, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out, wrong, code := calling(t, "diff", "--as-of", "2021-09-20", "old", "content")
	want := "\n\n## What this changes for readers\n\n### Renamed pages\n\n- Mentor Training, Supporting Mentors Scheme (`/courses/mentors/`, before: `/courses/supporting-mentors/`)\n\n### Changed pages\n\n"
	if code != 0 || !strings.HasPrefix(out, "## Check first\n\n- Mentor Training, Supporting Mentors Scheme moves workshops.") || !strings.Contains(out, want) || strings.Contains(out, "New pages") || strings.Contains(out, "### Pages that are gone") || strings.Contains(out, "sign in") ||
		!strings.Contains(out, "Scheme (`/courses/mentors/`)\n\n```diff\n- Programme start: Wednesday 17 November 2021\n+") {
		t.Errorf("status %d, said\n%s%s", code, out, wrong)
	}
}

// TestDiffBelow: revisions are found from a folder below the top of the repository.
func TestDiffBelow(t *testing.T) {
	project(t)
	if err := os.Mkdir("below", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"content", "node_modules"} {
		if err := os.Rename(name, "below/"+name); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{
		{"init", "-q"}, {"add", "below/content"}, {"-c", "user.name=Editor", "-c", "user.email=editor@example.org", "commit", "-q", "-m", "content"},
	} {
		if out, err := osexec.Command("git", args...).CombinedOutput(); err != nil {
			t.Fatalf("git %q: %v: %s", args, err, out)
		}
	}
	t.Chdir("below")
	if out, wrong, code := calling(t, "diff", "HEAD", "content"); code != 0 || !strings.Contains(out, "\nNothing.\n") {
		t.Errorf("status %d, said %q and %q", code, out, wrong)
	}
	t.Setenv("PATH", "")
	if _, wrong, code := calling(t, "diff", "HEAD", "content"); code != 2 || !strings.Contains(wrong, "executable file not found") {
		t.Errorf("without git: status %d, said %q", code, wrong)
	}
}

// TestEditor: the page for editing a new hub in a browser has everything that its editors can
// change, and knows where it is.
func TestEditor(t *testing.T) {
	top := t.TempDir()
	hub, page := filepath.Join(top, "hubs", "nurses"), filepath.Join(top, "page")
	if _, wrong, code := calling(t, "editor", "--content", top, page); code == 0 || !strings.Contains(wrong, "git init") {
		t.Errorf("in no repository: %d, %q", code, wrong)
	}
	if err := os.Mkdir(filepath.Join(top, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"init", hub}, {"editor", "--content", hub, page}} {
		if _, wrong, code := calling(t, args...); code != 0 {
			t.Fatal(args, wrong)
		}
	}
	data, err := os.ReadFile(filepath.Join(page, "config.json"))
	if err != nil {
		t.Fatal(err)
	}
	var config editor.Config
	if err := json.Unmarshal(data, &config); err != nil {
		t.Fatal(err)
	}
	folders := map[string]string{"hubs/nurses/images": "", "hubs/nurses/schemas": "json", "hubs/nurses": "yaml"}
	for _, c := range config.Collections {
		if len(c.Files) > 0 && c.Files[0].File != "hubs/nurses/site.yaml" {
			t.Errorf("%s is in %q", c.Name, c.Files[0].File)
		}
		folders[c.Folder] = c.Extension
	}
	files := 0
	err = filepath.WalkDir(hub, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "README.md" || d.Name()[0] == '.' {
			return err
		}
		files++
		in, err := filepath.Rel(top, filepath.Dir(name))
		if ending, ok := folders[filepath.ToSlash(in)]; !ok || ending != strings.TrimPrefix(filepath.Ext(name), ".") {
			t.Errorf("nobody can edit %s", name)
		}
		return err
	})
	if err != nil || files < 20 {
		t.Errorf("%d files, error %v", files, err)
	}
}

// TestSchemas: the schemas for editing programs are up to date with this program.
func TestSchemas(t *testing.T) {
	dir := t.TempDir()
	if _, wrong, code := calling(t, "schema", dir); code != 0 {
		t.Fatal(wrong)
	}
	for name := range site.Schemas() {
		want, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join("../../content/schemas", name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("content/schemas/%s is not up to date (error %v): run hub schema content/schemas", name, err)
		}
	}
	for _, name := range []string{"content/site.yaml", "content/forms/*.yaml", "internal/scaffold/starters/form.yaml"} {
		files, err := filepath.Glob(filepath.Join("../..", name))
		if err != nil || len(files) == 0 {
			t.Fatal(name, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.HasPrefix(text, []byte("# yaml-language-server: $schema=")) {
				t.Errorf("%s does not say which schema it has", file)
			}
		}
	}
}
