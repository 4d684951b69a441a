package markdown

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	table "github.com/yuin/goldmark/extension/ast"

	"traininghub/internal/pattern"
	"traininghub/internal/source"
)

// Markdown never reports a mistake: text that is not quite right is shown as it was typed, or as
// something else. This file finds such mistakes while the text is read.

var (
	ruleBare = source.Rule{Name: "bare-address",
		Why: "nobody can press it, and people on a telephone can hardly copy it"}
	ruleBold = source.Rule{Name: "bold-heading",
		Why: "people who listen to a page find their way by its headings, and this is none for them (WCAG 1.3.1)"}
)

// A misfit is Markdown that is nearly right, so that readers see it as it was typed.
type misfit struct {
	looks    func() *regexp.Regexp
	what, do string
}

// lineMisfits are at the start of a line, wordMisfits and a brokenLink anywhere.
var (
	lineMisfits = []misfit{
		{pattern.Of(`^#{2,6}[^#\s]`), "there is no space behind the # signs of a heading",
			`write it like "## A heading"`},
		{pattern.Of(`^([•·▪◦‣●○–—]\s|[•▪◦‣●○])`), "this sign does not make a list",
			`begin each line of it with "- "`},
		{pattern.Of(`^[-*]\pL[^*]*$`), "there is no space behind the sign of a list",
			`begin each line of it with "- "`},
		{pattern.Of(`^\[([ xX]\] [^(]|[!^]\w+\]([^(]|$))`), "this sign is shown as it is typed",
			`take it away; lists are written with "- ", and text that stands out with "> "`},
		{pattern.Of(`^(!{3}|\?{3}\+?)\s|^:\s|^\*\[[^]]+\]:`), "this sign is shown as it is typed",
			`take it away; text that stands out is written with "> "`},
		{pattern.Of(`(?i)^\[{1,2}_?toc_?\]{1,2}$`), "this makes no list of sections",
			"take it away: from five sections on the list comes by itself"},
		{pattern.Of(`^\|.*\|`), "this does not make a table",
			`write below its first line "| --- | --- |", with as many parts as it has columns`},
	}
	brokenLink = misfit{pattern.Of(`\[[^][\\]*\](\(| \((/|#|www\.|https?:|mailto:|tel:))|\) ?\[[/#]`),
		"this does not make a link or a picture",
		`write it like "[How funding works](/funding/)", without spaces in the address`}
	wordMisfits = []misfit{
		{pattern.Of(`\[[^][\\]+\]\[[^][]*\]`), "this does not make a link: no line says where it leads",
			`write the address behind the words: "[How funding works](/funding/)"`},
		{pattern.Of(`\[\[[^][]+\]\]`), "double square brackets are shown as they are typed",
			`write a link like "[How funding works](/funding/)"`},
		{pattern.Of(`\{[#.:][^{}]*\}|\{%.*?%\}`), "what stands in these braces is shown as it is typed",
			"take it away: headings get their names by themselves"},
		{pattern.Of(`(?:^|[\s(])(==[\pL\pN][^=]*==|\+\+\pL[^+]*\+\+)`), "these signs are shown as they are typed",
			`take them away; words that matter most are written like "**this**"`},
		{pattern.Of(`\[\^[^][]+\]|(?:^|[^\\])(\^)`), `the sign "^" is shown as it is typed`,
			`write "m²", and a note in brackets or at its place in the text`},
		{pattern.Of(`(?:^|[^\\])(\$(?:[A-Z]+\b|\$))`), `the sign "$" is shown as it is typed`,
			"take it away, and the letters behind it"},
		{pattern.Of(`\*\*`), `the signs "**" do not make bold text here`,
			"put two of them before the words and two behind, without spaces between, or take them away"},
		{pattern.Of(`:{3}`), "a box begins and ends on lines of their own",
			`write "::: warning", the text below it, and ":::" below that`},
		{pattern.Of(`~~`), `the signs "~~" are shown as they are typed`,
			"take them away, and the words if they no longer hold"},
	}
	// spaced matches a link that would be right without the spaces around its address.
	spaced   = pattern.Of(`(\[[^][]+\]) ?\(((?:mailto:|tel:)? ?[^\s()]+) *\)`)
	bareWeb  = pattern.Of(`\b(https?://|www\.)\w[^\s<>()]*`)
	bareMail = pattern.Of(`[^\s<>()"“”:,/]+@[^\s<>()"“”:,/@]+\.\pL+`)
)

// misfitLines finds the first misfit at the start of a line in a paragraph, and reports whether it
// found one.
func (r *reading) misfitLines(n ast.Node) bool {
	above := false    // the line above begins in the same way
	var before []byte // the line above
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		text := bytes.TrimSpace(line.Value(r.src))
		if numbered(text) && (bytes.HasSuffix(before, []byte(":")) || numbered(before)) {
			r.faults.At(r.file.Path, r.at(line.Start), "a numbered list below a line of text runs together with it",
				"put an empty line above the list")
			return true
		}
		entry := lettered(text)
		if above && entry {
			r.faults.At(r.file.Path, r.at(line.Start), "lines that begin like this do not make a list",
				`begin each with "- ", or with "1. "`)
			return true
		}
		above = entry
		if bytes.IndexByte(text, '\t') >= 0 && bytes.IndexByte(before, '\t') >= 0 {
			r.faults.At(r.file.Path, r.at(line.Start), "lines with tabs in them run together",
				`write a table: "| Workshop | Date |", and below it "| --- | --- |"`)
			return true
		}
		before = text
		if len(text) == 0 || inWord(text[0]) && text[0] != '-' {
			continue // nearly always
		}
		if bytes.HasPrefix(text, []byte("::")) {
			r.noBox(line.Start, string(text))
			return true
		}
		for _, m := range lineMisfits {
			if m.looks().Match(text) {
				r.faults.At(r.file.Path, r.at(line.Start), m.what, m.do)
				return true
			}
		}
	}
	return false
}

// noBox reports a line of colons that neither starts nor ends a box, and says what to write. The
// end of a box whose start was reported is not reported again.
func (r *reading) noBox(start int, text string) {
	name := strings.Trim(text, ": ")
	if r.nearlyBox && name == "" {
		r.nearlyBox = false
		return
	}
	r.nearlyBox = name != ""
	first, title, _ := strings.Cut(name, " ")
	do := `write "::: NAME", which is one of ` + boxNames + `, and ":::" on a line of its own below it`
	if first = strings.NewReplacer("'", "", "’", "").Replace(strings.ToLower(first)); first != "" {
		if _, known := boxes[first]; known {
			do = fmt.Sprintf("write %q", strings.TrimSpace("::: "+first+" "+title))
		}
	}
	r.faults.At(r.file.Path, r.at(start), "this makes no box", do)
}

// number matches the start of an entry in a numbered list. Directly below a text only "1." starts a
// list.
var number = pattern.Of(`^\d{1,3}[.)]\s`)

func numbered(line []byte) bool { return len(line) > 0 && digit(line[0]) && number().Match(line) }

// lettered reports whether a line begins like a list entry in a style that Markdown does not know:
// "a)", "a.", "(a)", "(1)", or "o", which text copied from a word processor has for a small circle.
// One such line can be prose; two cannot.
func lettered(text []byte) bool {
	open := len(text) > 0 && text[0] == '('
	if open {
		text = text[1:]
	}
	switch {
	case len(text) > 1 && text[0] == 'o' && (text[1] == ' ' || text[1] == '\t'):
		return true
	case len(text) < 3 || text[2] != ' ' && text[2] != '\t':
		return false
	case text[1] == ')':
		return isLetter(text[0]) || digit(text[0])
	}
	return text[1] == '.' && !open && 'a' <= text[0] && text[0] <= 'z'
}

// misfitWords finds misfits within a paragraph, a heading or a cell, and addresses that are not
// links.
func (r *reading) misfitWords(n ast.Node) {
	if !r.suspicious(n) {
		return
	}
	size := n.Lines().At(n.Lines().Len()-1).Stop - n.Lines().At(0).Start
	words := make([]byte, 0, size) // the words that readers see, without those of links
	from := make([]int, 0, size)   // the offset of each byte of words
	ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) {
		switch c := c.(type) {
		case *ast.Link, *ast.Image, *ast.AutoLink, *ast.CodeSpan:
			return ast.WalkSkipChildren, nil
		case *ast.Text:
			for i := c.Segment.Start; entering && i < c.Segment.Stop; i++ {
				words, from = append(words, r.src[i]), append(from, i)
			}
			if entering && (c.SoftLineBreak() || c.HardLineBreak()) {
				words, from = append(words, ' '), append(from, c.Segment.Stop)
			}
		}
		return ast.WalkContinue, nil
	})
	if !bytes.ContainsAny(words, "[{=+^$*:~@") && !bytes.Contains(words, []byte("www.")) {
		return // nearly always: the signs are all in links
	}
	found := func(m misfit) (sign int, ok bool) {
		at := m.looks().FindSubmatchIndex(words)
		if at == nil {
			return 0, false
		}
		sign = at[0]
		if last := at[len(at)-2]; len(at) > 2 && last > sign { // without the letter before it
			sign = last
		}
		return sign, true
	}
	line := func(at int) string { return string(r.lines[r.at(from[at]).Line-r.file.BodyLine]) }
	sign, broken := found(brokenLink)
	if broken {
		do := brokenLink.do
		if meant := spaced().FindStringSubmatch(line(sign)); meant != nil {
			do = fmt.Sprintf("write %q, without spaces", meant[1]+"("+strings.ReplaceAll(meant[2], " ", "")+")")
		}
		r.faults.At(r.file.Path, r.at(from[sign]), brokenLink.what, do)
	}
	for _, m := range wordMisfits {
		if sign, ok := found(m); ok {
			r.faults.At(r.file.Path, r.at(from[sign]), m.what, m.do)
		}
	}
	bare := func(looks func() *regexp.Regexp, is, do string) {
		for _, at := range looks().FindAllIndex(words, -1) {
			typed := strings.TrimRight(html.UnescapeString(string(words[at[0]:at[1]])), ".,;:!?'\"’”*_")
			switch {
			case typed == r.Hub: // readers are there already
			case broken && strings.Contains(line(at[0]), "]"): // its address is not a second mistake
			case typed == source.AnyFact && r.fact(from[at[0]]): // it stands for a fact that could not be read
			case !r.kept(n):
				r.faults.Warn(r.file.Path, r.at(from[at[0]]), ruleBare, fmt.Sprintf("the %s %q is no link", is, typed),
					do)
			}
		}
	}
	bare(bareWeb, "web address",
		`write where it leads, and the address behind it: "[NHS England](https://www.england.nhs.uk/)"`)
	bare(bareMail, "email address", `put it between "<" and ">"`)
}

// fact reports whether the text at an offset of src was put in for a name in double braces.
func (r *reading) fact(pos int) bool {
	p := r.at(pos)
	line := r.lines[p.Line-r.file.BodyLine]
	runes := []rune(string(line))
	return strings.HasPrefix(string(runes[p.Column-1:]), "{{")
}

// kept reports whether a note to editors, "<!-- keep: why -->", is directly above a node or above
// something that contains it.
func (r *reading) kept(n ast.Node) bool {
	for ; n != nil; n = n.Parent() {
		if note, ok := n.PreviousSibling().(*ast.HTMLBlock); ok {
			if text, ok := strings.CutPrefix(strings.TrimSpace(lines(note.Lines(), r.src)), "<!--"); ok &&
				Kept([]byte(text)) {
				return true
			}
		}
	}
	return false
}

// suspicious reports whether a paragraph needs a closer look: it has characters that look like a
// link or bold text but did not become one, or something like an address. Most paragraphs have
// none.
func (r *reading) suspicious(n ast.Node) bool {
	lines := n.Lines()
	if lines.Len() == 0 {
		return false
	}
	typed := r.src[lines.At(0).Start:lines.At(lines.Len()-1).Stop]
	for i, c := range typed {
		switch c {
		case '@', '~', '^', '$', '{':
			return true
		case '=', '+', '/', '[', ':':
			if i > 0 && typed[i-1] == c {
				return true
			}
		case '.':
			if i > 2 && typed[i-1] == 'w' && typed[i-2] == 'w' && typed[i-3] == 'w' {
				return true
			}
		}
	}
	links, bold := 0, 0
	if bytes.IndexByte(typed, '[') >= 0 {
		links = bytes.Count(typed, []byte("](")) + bytes.Count(typed, []byte("] (")) + bytes.Count(typed,
			[]byte(")[")) + bytes.Count(typed, []byte(") [")) + bytes.Count(typed, []byte("]["))
	}
	if bytes.IndexByte(typed, '*') >= 0 {
		bold = bytes.Count(typed, []byte("**"))
	}
	for c := n.FirstChild(); c != nil && links+bold > 0; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Link, *ast.Image:
			links--
		case *ast.Emphasis:
			bold -= 2 * (c.Level / 2)
		}
	}
	return links+bold > 0
}

// boldAlone finds a paragraph that is meant as a heading: a few words in bold with a text below. A
// sentence, a link, or words that a colon above announces are not meant as a heading.
func (r *reading) boldAlone(n ast.Node) {
	bold, ok := n.FirstChild().(*ast.Emphasis)
	if !ok || bold.Level != 2 || n.Parent().Kind() != ast.KindDocument || n.NextSibling() == nil {
		return
	}
	words := strings.TrimSpace(plain(bold, r.src))
	if strings.Trim(strings.TrimPrefix(plain(n, r.src), words), " :") != "" ||
		strings.TrimRight(words, ".!") != words || linked(bold) {
		return
	}
	if above, ok := n.PreviousSibling().(*ast.Paragraph); ok &&
		strings.HasSuffix(strings.TrimSpace(plain(above, r.src)), ":") || r.kept(n) {
		return
	}
	r.faults.Warn(r.file.Path, r.place(n), ruleBold,
		fmt.Sprintf("the bold words %q look like a heading, and are none", words),
		fmt.Sprintf(`write "%s " before them, and take the signs for bold away`,
			strings.Repeat("#", min(r.level+1, 6))))
}

// linked reports whether a node contains a link.
func linked(n ast.Node) bool {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if c.Kind() == ast.KindLink || c.Kind() == ast.KindAutoLink || linked(c) {
			return true
		}
	}
	return false
}

// row finds rows with fewer or more cells than their table has columns. Readers would not see the
// cells beyond the last column.
func (r *reading) row(n *table.TableRow) {
	const do = `write as many as the first row has, with nothing in those that stay empty: "| One | | Three |"; put an empty line below a table`
	last := n.LastChild().Lines()
	if last.Len() == 0 { // goldmark made up the cell
		r.add(n, do, "this row has fewer cells than the table has columns")
		return
	}
	rest, _, _ := bytes.Cut(r.src[last.At(0).Stop:], []byte("\n"))
	if _, more, _ := bytes.Cut(rest, []byte("|")); len(bytes.TrimSpace(more)) > 0 {
		r.add(n, do, "this row has more cells than the table has columns")
	}
}

// underline is the line of hyphens or equals signs below a text, which makes the text a heading.
// Few editors expect that. It is "" for a heading that starts with "#".
func (r *reading) underline(n *ast.Heading) string {
	if n.Lines().Len() == 0 {
		return ""
	}
	start, stop := n.Lines().At(0).Start, n.Lines().At(n.Lines().Len()-1).Stop
	if bytes.HasSuffix(bytes.TrimRight(r.src[:start], " \t"), []byte("#")) {
		return ""
	}
	line, _, _ := bytes.Cut(bytes.TrimLeft(r.src[stop:], "\n"), []byte("\n"))
	return string(bytes.Trim(line, " \t>"))
}

// Kept reports whether a note to editors, without the characters around it, silences the warnings
// about the text after it: "keep: why".
func Kept(note []byte) bool { return bytes.HasPrefix(bytes.TrimLeft(note, " "), []byte("keep:")) }
