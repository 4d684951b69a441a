// Judge puts real Markdown pages through this project's converter and through cmark-gfm, GitHub's
// own, and says where the two show readers other text, other links or other lists:
//
//	go run ./site/markdown/testdata/judge [-most N] FOLDER...
//
// The folders are clones of any public repositories; bare ones will do. At most N pages (60) are
// taken of each, those with HTML in them left out, since it is refused here. It needs git, and
// Debian's package cmark-gfm. It ends with an error if any page differs.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"html"
	"log"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"unicode/utf8"

	"traininghub/internal/source"
	"traininghub/site/markdown"
)

var most = flag.Int("most", 60, "pages of each repository")

func main() {
	log.SetFlags(0)
	flag.Parse()
	pages, differ, left := 0, 0, 0
	for _, dir := range flag.Args() {
		taken := 0
		for _, name := range strings.Split(git(dir, "ls-tree", "-r", "-z", "--name-only", "HEAD"), "\x00") {
			if taken == *most {
				break
			}
			if !strings.HasSuffix(name, ".md") {
				continue
			}
			text := body(git(dir, "show", "HEAD:"+name))
			if len(text) < 500 || len(text) > 100_000 || !utf8.ValidString(text) {
				continue
			}
			if refused.MatchString(fences.ReplaceAllString(text, "")) {
				left++
				continue
			}
			taken++
			pages++
			ours, theirs := seen(convert(text)), seen(judge(text))
			if at := first(ours, theirs); at >= 0 {
				differ++
				fmt.Printf("%s: %s\n  here: %.120q\n  there: %.120q\n", dir, name, from(ours, at), from(theirs, at))
			}
		}
	}
	fmt.Printf("%d pages, %d differ, %d left out for their HTML\n", pages, differ, left)
	if differ > 0 || pages == 0 {
		os.Exit(1)
	}
}

var (
	// What is refused here, or belongs to other tools: HTML, and double braces.
	refused = regexp.MustCompile(`<[A-Za-z/!?][^>@:]*>|\{\{|\}\}|&[a-z]+;`)
	fences  = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")
	front   = regexp.MustCompile(`(?s)\A---\n.*?\n---\n`)
)

// body is a page without its front matter, as the hub reads files.
func body(text string) string {
	return front.ReplaceAllString(strings.ReplaceAll(text, "\r\n", "\n"), "")
}

func git(dir string, args ...string) string {
	out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).Output()
	if err != nil {
		log.Fatalf("git in %s: %v", dir, err)
	}
	return string(out)
}

func convert(text string) string {
	t, _ := markdown.Read(source.File{Path: "page.md", Body: []byte(text), BodyLine: 1}, markdown.Options{
		Fact: func(string) (string, bool) { return "", false }, Suggest: func(string) string { return "" },
	})
	out, err := t.HTML(nil)
	if err != nil {
		log.Fatal(err)
	}
	return string(out)
}

func judge(text string) string {
	cmd := exec.Command("cmark-gfm", "--extension", "table", "--unsafe")
	cmd.Stdin = strings.NewReader(text)
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		log.Fatalf("cmark-gfm, which Debian has: %v", err)
	}
	return out.String()
}

var (
	// Names of columns for telephones, "Information:" before inset text, and notes to editors.
	hidden = regexp.MustCompile(`(?s)<!--.*?-->|<span class="(?:nhsuk-table__heading|nhsuk-u-visually-hidden)"[^>]*>[^<]*</span>`)
	shown  = regexp.MustCompile(`(?s)<(/?)(ul|ol|li|h[1-6]|a|img|td|th|tr)\b([^>]*)>|<[^>]*>|[^<]+`)
	where  = regexp.MustCompile(`(?:href|src)="([^"]*)"`)
)

// seen is what readers get of HTML: its words, where its links lead, and its lists, headings and
// tables.
func seen(text string) []string {
	var all []string
	for _, m := range shown.FindAllStringSubmatch(hidden.ReplaceAllString(text, ""), -1) {
		switch {
		case m[2] == "a" || m[2] == "img":
			if to := where.FindStringSubmatch(m[3]); to != nil {
				all = append(all, "<"+m[2]+" "+source.Spelled(html.UnescapeString(to[1]))+">")
			}
		case m[2] != "":
			all = append(all, "<"+m[1]+m[2]+">")
		case m[0][0] != '<':
			all = append(all, strings.Fields(html.UnescapeString(m[0]))...)
		}
	}
	return all
}

// first is where two pages first differ; -1 if they are the same.
func first(a, b []string) int {
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			return i
		}
	}
	return -1
}

func from(words []string, at int) string {
	return strings.Join(words[min(max(at-4, 0), len(words)):min(at+10, len(words))], " ")
}
