// Package diff says what a change of the content changes for readers. It is for reviewers.
//
// It compares the texts of two sides, page by page, letter by letter and form by form, in lines. So
// a fact on ten pages is reported once, and a change that no reader sees is not reported. Both
// sides must be built with the same templates and for the same day.
package diff

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/pattern"
	"traininghub/internal/staff"
	"traininghub/site"
)

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// A Side is one of the two sides: texts by name, in lines.
type Side struct {
	pages, letters, forms map[string][]string
	titles                map[string]string         // of pages, by address
	courses               map[string]*course.Course // by id
	redirects             map[string]string
	pictures              map[string][]byte
	staff                 []string // who may sign in, and in which role
}

// frame takes the place of an address for what surrounds every page.
const frame = "every page"

// Read returns the side of a site, with its built pages and its folder of content.
func Read(s *site.Site, output site.Output, content fs.FS) (Side, error) {
	v := Side{
		pages: map[string][]string{}, forms: map[string][]string{}, titles: map[string]string{frame: "Menu and footer"},
		courses:   map[string]*course.Course{},
		redirects: output.Redirects(), pictures: map[string][]byte{},
	}
	for name, data := range output {
		address := "/" + strings.TrimSuffix(name, "index.html")
		if strings.HasPrefix(address, "/images/") {
			v.pictures[address] = data
		}
		if !strings.HasSuffix(name, ".html") || v.redirects[address] != "" {
			continue
		}
		v.pages[address] = textOf(data)
		v.titles[address] = titleOf(data, s.Hub.Name)
	}
	v.pages[frame] = slices.Concat(linesOfHTML(part(output["index.html"], "header")),
		linesOfHTML(part(output["index.html"], "footer")))
	for _, c := range s.Programme.Courses {
		v.courses[c.ID] = c
	}
	for who, role := range (staff.Directory{Courses: s.Programme.Courses, Office: s.Hub.Office}).Holders() {
		as := string(role.Name) + " of [/courses/" + role.For.ID + "/]"
		if role.Name == staff.Office {
			as = "office, of all courses"
		}
		if line := plainMarkdown(who.Email) + ", as " + as; !slices.Contains(v.staff, line) {
			v.staff = append(v.staff, line)
		}
	}
	for id, f := range s.Programme.Forms {
		v.forms[id] = wordsOf(f)
	}
	var err error
	v.letters, err = letters(content)
	return v, err
}

// wordsOf is what a form asks and says, one question to a line, with its course's facts put in: the
// words of its pages and of its PDF.
func wordsOf(f *form.Definition) []string {
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	add("%s", f.Title)
	add("Purpose: %s", f.Purpose)
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
			if q.InMessages != "" {
				add("In messages: %s", q.InMessages)
			}
			for _, tag := range slices.Sorted(maps.Keys(q.Messages)) {
				add("Message: %s", q.Messages[tag])
			}
			for _, o := range q.Options {
				add("Option: %s %s", o.Label, o.Hint)
			}
		}
	}
	for _, d := range f.Declarations {
		add("Declaration: %s", d.Text)
	}
	add("Signature: %s %s", f.Signature.Label, f.Signature.Hint)
	for _, p := range f.Parts {
		add("Part: %s", p.Title)
		lines = append(lines, p.Intro...)
		if p.Statement != "" {
			lines = append(lines, p.Statement)
		}
		if p.Asks != nil {
			add("Asked: %s, %s; sees %s", p.Asks.Name, p.Asks.Email, strings.Join(p.Asks.Shows, ", "))
		}
		for _, b := range p.Blanks {
			add("Blank: %s (%s) %s", b.Label, b.Kind, strings.Join(b.Options, ", "))
		}
	}
	for _, reason := range f.DeclineReasons {
		add("Reason to decline: %s %s", reason.Label, reason.Hint)
	}
	if f.Terms != nil {
		add("Terms: %s", f.Terms.Title)
		lines = append(append(lines, f.Terms.Clauses...), f.Terms.Statement)
	}
	for _, next := range f.Next {
		add("Next: %s", next)
	}
	for i, line := range lines {
		lines[i] = strings.Join(strings.Fields(line), " ") // an editor may have typed a text in several lines
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
		dashes := 0
		for line := range strings.Lines(lineEnds.Replace(string(data))) {
			line = strings.TrimRight(line, " \n")
			if line == "---" {
				dashes++
			}
			if note := dashes < 2 && strings.HasPrefix(strings.TrimSpace(line), "#"); line != "" && !note {
				all[name] = append(all[name], line)
			}
		}
	}
	return all, nil
}

var (
	titleTag = pattern.Of(`<title>([^<]*)</title>`)
	describe = pattern.Of(`<meta name="description" content="([^"]*)">`)
	tag      = pattern.Of(`<(/?)([a-zA-Z][a-zA-Z0-9]*)[^>]*>`)
	hrefs    = pattern.Of(`<a [^>]*href="([^"]*)"[^>]*>`)
	pictures = pattern.Of(`<img src="([^"]*)" alt="([^"]*)"[^>]*>`)
	digest   = pattern.Of(`/assets/([^"]*)-[0-9A-F]{8}(\.[a-z]+)`)
	aside    = pattern.Of(
		`(?s)<(nav|script)[ >].*?</(nav|script)>|<span class="nhsuk-table__heading"[^>]*>[^<]*</span>`)
)

func titleOf(page []byte, hub string) string {
	m := titleTag().FindSubmatch(page)
	if m == nil {
		return ""
	}
	return strings.TrimSuffix(html.UnescapeString(string(m[1])), " – "+hub)
}

// within are the elements that do not end a line.
var within = []string{"a", "abbr", "b", "em", "i", "label", "small", "span", "strong", "time"}

// textOf is what readers see in a page's main part, one paragraph, heading or cell to a line, and
// what search engines show of it. The addresses of links are included.
func textOf(page []byte) []string {
	lines := linesOfHTML(aside().ReplaceAllString(part(page, "main"), ""))
	if m := describe().FindSubmatch(page); m != nil {
		lines = append([]string{"For search engines: " + html.UnescapeString(string(m[1]))}, lines...)
	}
	return lines
}

// part is an element of a page; the whole page if it does not have that element.
func part(page []byte, name string) string {
	text := string(page)
	if i := strings.Index(text, "<"+name); i >= 0 {
		text = text[i:]
	}
	text, _, _ = strings.Cut(text, "</"+name+">")
	return text
}

func linesOfHTML(text string) []string {
	text = strings.Join(strings.Fields(text), " ")
	text = hrefs().ReplaceAllString(text, "$0[$1] ")
	text = pictures().ReplaceAllStringFunc(text, func(img string) string { // its address has a digest of its contents
		return pictures().ReplaceAllString(digest().ReplaceAllString(img, "/images/$1$2"), "[$1] $2")
	})
	text = tag().ReplaceAllStringFunc(text, func(t string) string {
		m := tag().FindStringSubmatch(t)
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

// rename moves pages of the old side, with the pages below them and the links to them, to the
// addresses that they have now. So a renamed page is compared with itself. It returns the new
// addresses by the old ones.
func rename(old *Side, now Side) map[string]string {
	addresses := map[string]string{}
	for from, to := range now.redirects {
		if old.pages[from] != nil && old.pages[to] == nil && now.pages[to] != nil {
			addresses[from] = to
		}
	}
	var links []string // the longest first, since some begin with others
	for _, from := range slices.Backward(slices.Sorted(maps.Keys(addresses))) {
		links = append(links, "["+from, "["+addresses[from])
		if outer := path.Dir(strings.TrimSuffix(from, "/")) + "/"; addresses[outer] != "" {
			delete(addresses, from) // it moves with the page above it
		}
	}
	if len(links) == 0 {
		return nil
	}
	pages, titles, linked := map[string][]string{}, map[string]string{}, strings.NewReplacer(links...)
	for address, lines := range old.pages {
		lines = slices.Clone(lines)
		for i, line := range lines {
			lines[i] = linked.Replace(line)
		}
		is := strings.TrimPrefix(linked.Replace("["+address), "[")
		pages[is], titles[is] = lines, old.titles[address]
	}
	old.pages, old.titles = pages, titles
	for i, who := range old.staff {
		old.staff[i] = linked.Replace(who)
	}
	return addresses
}

// Compare describes in Markdown what differs for readers: pages that are new, renamed, changed or
// gone, letters, and forms with their PDFs. First comes what to check: what needs more work,
// changed pictures, who can sign in.
func Compare(old, now Side) string {
	var b strings.Builder
	var notes []string
	fmt.Fprint(&b, "## What this changes for readers\n")
	renamed := rename(&old, now)
	if len(renamed) > 0 {
		fmt.Fprint(&b, "\n### Renamed pages\n\n")
	}
	for _, from := range slices.Sorted(maps.Keys(renamed)) {
		fmt.Fprintf(&b, "- %s (`%s`, before: `%s`)\n", plainMarkdown(now.titles[renamed[from]]), renamed[from], from)
	}
	n := len(renamed) + changes(&b, "page", old.pages, now.pages, func(address string) string {
		title := now.titles[address]
		if title == "" {
			title = old.titles[address]
		}
		if address == frame {
			return title + " of " + frame
		}
		return fmt.Sprintf("%s (`%s`)", plainMarkdown(title), address)
	})
	n += changes(&b, "letter", old.letters, now.letters, code)
	n += changes(&b, "form", old.forms, now.forms,
		func(name string) string { return code("forms/"+name+".yaml") + ": its pages and its PDF" })
	for _, name := range slices.Sorted(maps.Keys(now.pictures)) {
		if was, ok := old.pictures[name]; ok && !bytes.Equal(was, now.pictures[name]) {
			notes = append(notes, fmt.Sprintf("The picture `%s` is another one now.", name))
		}
	}
	for _, who := range now.staff {
		if !slices.Contains(old.staff, who) {
			notes = append(notes, "Can sign in now: "+who+".")
		}
	}
	for _, who := range old.staff {
		if !slices.Contains(now.staff, who) {
			notes = append(notes, "Can no longer sign in: "+who+".")
		}
	}
	if n == 0 {
		fmt.Fprint(&b, "\nNothing.\n")
	}

	for _, address := range slices.Sorted(maps.Keys(old.pages)) {
		_, stays := now.pages[address]
		if !stays && now.redirects[address] == "" && !strings.HasSuffix(address, "/apply/") &&
			!strings.Contains(address, "/eligibility/") {
			notes = append(notes,
				fmt.Sprintf("`%s` is gone, and nothing leads on from there. If the page has another name now, add `aliases: [%s]` to it.", address, address))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(now.courses)) {
		before, after := old.courses[id], now.courses[id]
		for from, to := range renamed {
			if to == "/courses/"+id+"/" {
				before = old.courses[path.Base(from)]
			}
		}
		if before == nil || !moved(before, after) {
			continue
		}
		if after.DatesChanged == nil || before.DatesChanged != nil &&
			!after.DatesChanged.Time().After(before.DatesChanged.Time()) {
			notes = append(notes,
				fmt.Sprintf("%s moves workshops. So that they also move in people's calendars, set `dates_changed` in `%s` to the day of the change.", plainMarkdown(after.Title), after.File.Path))
		}
	}
	if len(notes) == 0 {
		return b.String()
	}
	// At the top, because people do not read to the end of a long list, and a code host may cut the
	// comment.
	return "## Check first\n\n- " + strings.Join(notes, "\n- ") + "\n\n" + b.String()
}

// moved reports whether an announced workshop is gone or has another time.
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

var plainMarkdown = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;",
	">", "&gt;", "&", "&amp;", "#", `\#`, "~", `\~`, "$", `\$`).Replace

// changes writes what is new, gone and changed of one kind, and returns how many changes there are.
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
	// A fact on several pages changes the same lines on each of them.
	alike, texts := map[string][]string{}, []string{}
	for _, name := range changed {
		text := strings.Join(difference(old[name], now[name]), "\n")
		if alike[text] == nil {
			texts = append(texts, text)
		}
		alike[text] = append(alike[text], show(name))
	}
	for _, text := range texts {
		// No text can end the block early: the closing marks must start a line, and every line here
		// starts with "+ " or "- ".
		fmt.Fprintf(b, "\n%s\n\n```diff\n%s\n```\n", strings.Join(alike[text], ", "), text)
	}
	return len(added) + len(gone) + len(changed)
}

// mostCells limits the memory for comparing two texts line by line to 64 MB. Longer texts differ as
// a whole.
const mostCells = 16 << 20

// difference lists removed lines as "- line" and added lines as "+ line", in the order of the text.
func difference(old, now []string) []string {
	var head, tail int
	for head < len(old) && head < len(now) && old[head] == now[head] {
		head++
	}
	for tail < len(old)-head && tail < len(now)-head && old[len(old)-1-tail] == now[len(now)-1-tail] {
		tail++
	}
	old, now = old[head:len(old)-tail], now[head:len(now)-tail]
	if len(old)*len(now) > mostCells {
		old, now = slices.Clone(old), slices.Clone(now)
		for i, line := range old {
			old[i] = "- " + line
		}
		for i, line := range now {
			now[i] = "+ " + line
		}
		return slices.Concat(old, now)
	}
	// most[i][j] is the length of the longest sequence of lines that old[i:] and now[j:] share.
	most := make([][]int32, len(old)+1)
	for i := range most {
		most[i] = make([]int32, len(now)+1)
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
