package main

import (
	"archive/tar"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"io/fs"
	"maps"
	"os"
	osexec "os/exec" // exec is this package's own
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/form"
)

// runDiff prints as Markdown, for the reviewers of a change, what it changes for readers: pages that are new, changed or
// gone, letters, and forms with their PDFs. OLD and NEW are folders of content or git revisions. Both are built with
// the templates of this program, as of the same day.
func runDiff(ctx context.Context, args []string, out, _ io.Writer, getenv func(string) string) error {
	value, rest, err := parse("diff", args, 2, out, getenv)
	if err != nil {
		return err
	}
	if len(rest) != 2 {
		return usagef("say what to compare: hub diff OLD NEW, two folders of content or git revisions")
	}
	at, err := clock(value("as-of"))
	if err != nil {
		return err
	}
	var sides [2]side
	for i, what := range rest {
		dir, remove, err := contentOf(ctx, what, value("content"))
		if err != nil {
			return err
		}
		defer remove()
		if sides[i], err = readSide(dir, value("modules"), at); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	fmt.Fprint(out, compare(sides[0], sides[1]))
	return nil
}

// contentOf is the folder of a side: what itself, or else the folder content as of the git revision what, unpacked into a
// folder of its own that remove removes.
func contentOf(ctx context.Context, what, content string) (dir string, remove func(), err error) {
	if info, err := os.Stat(what); err == nil && info.IsDir() {
		return what, func() {}, nil
	}
	if strings.HasPrefix(what, "-") { // git would take it for an option
		return "", nil, usagef("%q is neither a folder nor a git revision", what)
	}
	var archive, wrong bytes.Buffer
	git := osexec.CommandContext(ctx, "git", "archive", "--format=tar", what+":./"+filepath.ToSlash(content))
	git.Stdout, git.Stderr = &archive, &wrong
	if err := git.Run(); err != nil {
		return "", nil, usagef("%q is neither a folder nor a git revision with a folder %s: %s", what, content, strings.TrimSpace(wrong.String()))
	}
	if dir, err = os.MkdirTemp("", "hub-diff-"); err != nil {
		return "", nil, err
	}
	remove = func() { os.RemoveAll(dir) }
	if err := unpack(&archive, dir); err != nil {
		remove()
		return "", nil, err
	}
	return dir, remove, nil
}

// unpack writes the ordinary files of an archive below a folder.
func unpack(archive io.Reader, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for files := tar.NewReader(archive); ; {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		data, err := io.ReadAll(files)
		if err != nil {
			return err
		}
		if err := root.MkdirAll(path.Dir(h.Name), 0o755); err != nil {
			return err
		}
		if err := root.WriteFile(h.Name, data, 0o644); err != nil {
			return err
		}
	}
}

// A side is one of the two that are compared: texts by name, in lines.
type side struct {
	pages, letters, forms map[string][]string
	titles                map[string]string         // of pages, by address
	courses               map[string]*course.Course // by id
	redirects             map[string]string
}

func readSide(dir, modules string, at time.Time) (side, error) {
	s, output, err := build(dir, modules, at)
	if err != nil {
		return side{}, err
	}
	v := side{pages: map[string][]string{}, forms: map[string][]string{}, titles: map[string]string{}, courses: map[string]*course.Course{}, redirects: output.Redirects()}
	for name, data := range output {
		address := "/" + strings.TrimSuffix(name, "index.html")
		if !strings.HasSuffix(name, ".html") || v.redirects[address] != "" {
			continue
		}
		v.pages[address] = textOf(data)
		v.titles[address] = titleOf(data)
	}
	for _, c := range s.Programme.Courses {
		v.courses[c.ID] = c
	}
	for id, f := range s.Programme.Forms {
		v.forms[id] = wordsOf(f)
	}
	v.letters, err = letters(os.DirFS(dir))
	return v, err
}

// wordsOf is what a form asks and says, a question to the line, with the facts of its course in it: the words of its pages
// and of its PDF.
func wordsOf(f *form.Definition) []string {
	lines := []string{f.Title}
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	lines = append(lines, f.Before...)
	for _, s := range f.Sections {
		add("Section: %s", s.Title)
		lines = append(lines, s.Intro...)
		if s.Repeat != nil {
			add("%d to %d %s", s.Repeat.Min, s.Repeat.Max, s.Repeat.Items)
		}
		for _, q := range s.Questions {
			line := fmt.Sprintf("Question: %s (%s; %s)", q.Label, q.Kind, cmp.Or(q.Rule, "no rule"))
			if q.Hint != "" {
				line += " " + q.Hint
			}
			lines = append(lines, line)
			for _, o := range q.Options {
				add("Option: %s %s", o.Label, o.Hint)
			}
		}
	}
	for _, d := range f.Declarations {
		add("Declaration: %s", d.Text)
	}
	add("Signature: %s", f.Signature.Label)
	for _, p := range f.Parts {
		add("Part: %s", p.Title)
		lines = append(lines, p.Intro...)
		if p.Statement != "" {
			lines = append(lines, p.Statement)
		}
		for _, b := range p.Blanks {
			add("Blank: %s (%s) %s", b.Label, b.Kind, strings.Join(b.Options, ", "))
		}
	}
	for _, next := range f.Next {
		add("Next: %s", next)
	}
	return lines
}

// letters are the lines of the letters, without notes and empty lines.
func letters(content fs.FS) (map[string][]string, error) {
	names, err := fs.Glob(content, "letters/*.md")
	if err != nil {
		return nil, err
	}
	all := map[string][]string{}
	for _, name := range names {
		data, err := fs.ReadFile(content, name)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(data)) {
			if line = strings.TrimRight(line, " \r\n"); line != "" && !strings.HasPrefix(strings.TrimSpace(line), "#") {
				all[name] = append(all[name], line)
			}
		}
	}
	return all, nil
}

var (
	titleTag = regexp.MustCompile(`<title>([^<]*)</title>`)
	tag      = regexp.MustCompile(`<(/?)([a-zA-Z][a-zA-Z0-9]*)[^>]*>`)
	hrefs    = regexp.MustCompile(`<a [^>]*href="([^"]*)"[^>]*>`)
	aside    = regexp.MustCompile(`(?s)<(nav|script)[ >].*?</(nav|script)>|<span class="nhsuk-table__heading"[^>]*>[^<]*</span>`)
)

func titleOf(page []byte) string {
	m := titleTag.FindSubmatch(page)
	if m == nil {
		return ""
	}
	title, _, _ := strings.Cut(html.UnescapeString(string(m[1])), " – ")
	return title
}

// within are the elements that stand in the middle of a line.
var within = []string{"a", "abbr", "b", "em", "i", "label", "small", "span", "strong", "time"}

// textOf is what readers see of a page's main part, a paragraph, heading or cell to the line. Where a link leads is part
// of it.
func textOf(page []byte) []string {
	text := string(page)
	if i := strings.Index(text, "<main"); i >= 0 {
		text = text[i:]
	}
	if i := strings.Index(text, "</main>"); i >= 0 {
		text = text[:i]
	}
	text = aside.ReplaceAllString(text, "")
	text = strings.Join(strings.Fields(text), " ")
	text = hrefs.ReplaceAllString(text, "$0[$1] ")
	text = tag.ReplaceAllStringFunc(text, func(t string) string {
		m := tag.FindStringSubmatch(t)
		if slices.Contains(within, strings.ToLower(m[2])) {
			return ""
		}
		return "\n"
	})
	var all []string
	for line := range strings.Lines(text) {
		if line = strings.Join(strings.Fields(html.UnescapeString(line)), " "); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// compare says as Markdown what differs.
func compare(old, now side) string {
	var b strings.Builder
	var notes []string
	fmt.Fprint(&b, "## What this changes for readers\n")
	n := changes(&b, "page", old.pages, now.pages, func(address string) string {
		title := now.titles[address]
		if title == "" {
			title = old.titles[address]
		}
		return fmt.Sprintf("%s (`%s`)", plainMarkdown(title), address)
	})
	n += changes(&b, "letter", old.letters, now.letters, code)
	n += changes(&b, "form", old.forms, now.forms, func(name string) string { return code("forms/"+name+".yaml") + ": its pages and its PDF" })
	if n == 0 {
		fmt.Fprint(&b, "\nNothing.\n")
	}

	for _, address := range slices.Sorted(maps.Keys(old.pages)) {
		_, stays := now.pages[address]
		if !stays && now.redirects[address] == "" && !strings.HasSuffix(address, "/apply/") && !strings.Contains(address, "/eligibility/") {
			notes = append(notes, fmt.Sprintf("`%s` is gone, and nothing leads on from there. If the page has another name now, add `aliases: [%s]` to it.", address, address))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(now.courses)) {
		before, after := old.courses[id], now.courses[id]
		if before == nil || !moved(before, after) {
			continue
		}
		if after.DatesChanged == nil || before.DatesChanged != nil && !after.DatesChanged.Time().After(before.DatesChanged.Time()) {
			notes = append(notes, fmt.Sprintf("%s moves workshops. So that they also move in people's calendars, set `dates_changed` in `%s` to the day of the change.", plainMarkdown(after.Title), after.File.Path))
		}
	}
	if len(notes) > 0 {
		fmt.Fprint(&b, "\n## Look at this\n\n")
		for _, note := range notes {
			fmt.Fprintf(&b, "- %s\n", note)
		}
	}
	return b.String()
}

// moved tells whether a workshop that was announced is at another time or gone.
func moved(before, after *course.Course) bool {
	for i, k := range before.Cohorts {
		if i >= len(after.Cohorts) {
			return true
		}
		for j, w := range k.Workshops {
			is := after.Cohorts[i].Workshops
			if j >= len(is) || !is[j].Start().Equal(w.Start()) || !is[j].End().Equal(w.End()) {
				return true
			}
		}
	}
	return false
}

func code(name string) string { return "`" + name + "`" }

var plainMarkdown = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;", "&", "&amp;").Replace

// changes writes what is new, gone and changed of one kind, and gives how many there are.
func changes(b *strings.Builder, kind string, old, now map[string][]string, show func(name string) string) int {
	var added, gone, changed []string
	for name, lines := range now {
		if was, ok := old[name]; !ok {
			added = append(added, name)
		} else if !slices.Equal(was, lines) {
			changed = append(changed, name)
		}
	}
	for name := range old {
		if _, ok := now[name]; !ok {
			gone = append(gone, name)
		}
	}
	list := func(what string, names []string) {
		if len(names) == 0 {
			return
		}
		slices.Sort(names)
		fmt.Fprintf(b, "\n### %s\n\n", what)
		for _, name := range names {
			fmt.Fprintf(b, "- %s\n", show(name))
		}
	}
	list("New "+kind+"s", added)
	list(strings.ToUpper(kind[:1])+kind[1:]+"s that are gone", gone)
	slices.Sort(changed)
	if len(changed) > 0 {
		fmt.Fprintf(b, "\n### Changed %ss\n", kind)
	}
	for _, name := range changed {
		fmt.Fprintf(b, "\n%s\n\n```diff\n", show(name))
		for _, line := range difference(old[name], now[name]) {
			// Nothing in a text can end the block: such a line would have to begin with the marks.
			fmt.Fprintln(b, line)
		}
		fmt.Fprint(b, "```\n")
	}
	return len(added) + len(gone) + len(changed)
}

// difference is what was taken away, "- line", and what was put, "+ line", in the order of the text.
func difference(old, now []string) []string {
	var head, tail int
	for head < len(old) && head < len(now) && old[head] == now[head] {
		head++
	}
	for tail < len(old)-head && tail < len(now)-head && old[len(old)-1-tail] == now[len(now)-1-tail] {
		tail++
	}
	old, now = old[head:len(old)-tail], now[head:len(now)-tail]
	// most[i][j] is the length of the longest sequence of lines that old[i:] and now[j:] share.
	most := make([][]int, len(old)+1)
	for i := range most {
		most[i] = make([]int, len(now)+1)
	}
	for i := len(old) - 1; i >= 0; i-- {
		for j := len(now) - 1; j >= 0; j-- {
			if old[i] == now[j] {
				most[i][j] = most[i+1][j+1] + 1
			} else {
				most[i][j] = max(most[i+1][j], most[i][j+1])
			}
		}
	}
	var lines []string
	i, j := 0, 0
	for i < len(old) || j < len(now) {
		switch {
		case i < len(old) && j < len(now) && old[i] == now[j]:
			i, j = i+1, j+1
		case j == len(now) || i < len(old) && most[i+1][j] >= most[i][j+1]:
			lines = append(lines, "- "+old[i])
			i++
		default:
			lines = append(lines, "+ "+now[j])
			j++
		}
	}
	return lines
}
