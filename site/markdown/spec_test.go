package markdown

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"traininghub/internal/source"
)

// An example is one of a specification's: Markdown, and the HTML for it.
type example struct {
	Markdown string
	HTML     string
	Example  int
}

// TestSpecification runs the examples of CommonMark's specification and of GitHub's extensions, as
// goldmark has them. The file testdata/differs.txt lists those for which our HTML differs, with the
// reason. The list may only get shorter: an example that comes out right must be taken off.
func TestSpecification(t *testing.T) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/yuin/goldmark").Output()
	if err != nil {
		t.Fatal(err)
	}
	module := strings.TrimSpace(string(dir))
	var commonmark []example
	data, err := os.ReadFile(filepath.Join(module, "_test", "spec.json"))
	if err == nil {
		err = json.Unmarshal(data, &commonmark)
	}
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]example{"commonmark": commonmark}
	for _, name := range []string{"table", "strikethrough", "tasklist", "linkify"} {
		data, err := os.ReadFile(filepath.Join(module, "extension", "_test", name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		all[name] = cut(string(data))
	}
	differs := listed(t)
	ran := 0
	for name, examples := range all {
		for _, e := range examples {
			ran++
			id := fmt.Sprintf("%s %d", name, e.Example)
			got, want := usual(e.Markdown), squeezed(e.HTML)
			reason, known := differs[id]
			delete(differs, id)
			switch {
			case got == want && known:
				t.Errorf("%s comes out right now: take it off the list (%s)", id, reason)
			case got != want && !known:
				t.Errorf("%s: %q\ngot\n%s\nwant\n%s", id, e.Markdown, got, want)
			}
		}
	}
	if ran < 690 || len(all["commonmark"]) != 652 {
		t.Errorf("%d examples", ran)
	}
	for id := range differs {
		t.Errorf("the list has %s, which is not an example", id)
	}
}

var exampleForm = regexp.MustCompile(`(?s)(\d+)[^\n]*\n//- - - - - - - - -//\n(.*?)//- - - - - - - - -//\n(.*?)//= =[ =]*//`)

// cut reads the examples from one of goldmark's files.
func cut(text string) []example {
	var all []example
	for _, m := range exampleForm.FindAllStringSubmatch(text, -1) {
		e := example{Markdown: m[2], HTML: m[3]}
		fmt.Sscan(m[1], &e.Example)
		all = append(all, e)
	}
	return all
}

// listed reads the list. It has a line for each reason, "commonmark 12 13: why".
func listed(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("testdata/differs.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for line := range strings.Lines(string(text)) {
		names, reason, found := strings.Cut(strings.TrimSpace(line), ": ")
		words := strings.Fields(names)
		if !found || strings.HasPrefix(line, "#") {
			continue
		}
		for _, number := range words[1:] {
			if id := words[0] + " " + number; all[id] != "" {
				t.Errorf("the list has %s twice", id)
			} else {
				all[id] = reason
			}
		}
	}
	return all
}

// usual returns the HTML of Markdown without what only the NHS front end needs.
func usual(text string) string {
	o := facts(nil)
	b, _ := Read(source.File{Path: "x", Body: []byte(text), BodyLine: 1}, o)
	return squeezed(asUsual(strings.Join(b.parts, "")))
}

var (
	attributes = regexp.MustCompile(` (?:class|role|scope|width|height)="[^"]*"`)
	headingID  = regexp.MustCompile(`(<h[1-6]) id="[^"]*"`)
	columnName = regexp.MustCompile(`<span aria-hidden="true">[^<]*</span>`)
	cellText   = regexp.MustCompile(`(<td>)<span>|</span>(</td>)`)
	style      = regexp.MustCompile(` (?:style|align)="[^"]*"`)
)

func asUsual(html string) string {
	inset := strings.TrimSuffix(openInset, "\n")
	html = attributes.ReplaceAllString(strings.ReplaceAll(html, inset, "<blockquote>"), "")
	html = strings.ReplaceAll(html, "</div>", "</blockquote>")
	html = headingID.ReplaceAllString(html, "$1")
	html = columnName.ReplaceAllString(html, "")
	return cellText.ReplaceAllString(html, "$1$2")
}

// squeezed returns HTML without what nobody sees: the alignment of columns, and line ends.
func squeezed(html string) string {
	html = strings.ReplaceAll(attributes.ReplaceAllString(style.ReplaceAllString(html, ""), ""), " />", ">")
	lines := strings.Split(html, "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return l == "" }), "\n")
}
