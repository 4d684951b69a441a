package check

import (
	"bytes"
	"slices"
	"strings"

	"traininghub/internal/source"
)

// Letters, forms and the facts at the top of a file are plain text. Editors who usually write
// Markdown write it there, too.

var ruleTyped = source.Rule{Name: "as-typed", Why: "letters, forms and facts are plain text, so people see the signs"}

// typedLine finds Markdown at the start of a line of plain text.
func (w *wording) typedLine(text []byte) {
	at := bytes.IndexByte(w.clean, text[0])
	row := text[0] == '|' && bytes.IndexByte(text[1:], '|') >= 0
	if row && !w.row {
		w.warn(at, ruleTyped, `write a line for each row, like "Workshop 1: Tuesday 2 November 2021"`,
			"this makes no table here")
	}
	w.row = row
	hashes := len(text) - len(bytes.TrimLeft(text, "#"))
	spaced := len(text) > hashes && text[hashes] == ' '
	if hashes > 2 || hashes == 2 && !spaced || hashes == 1 && spaced {
		w.warn(at, ruleTyped, `write a heading like "## What happens next"`, "the signs %q make no heading here",
			text[:hashes])
	}
}

// typed finds Markdown and HTML in the plain text between two places in the line.
func (w *wording) typed(from, to int) {
	text := w.raw[from:to]
	if i := bytes.Index(text, []byte("**")); i >= 0 && bytes.Contains(text[i+2:], []byte("**")) {
		w.warn(from+i, ruleTyped, "take them away", `the signs "**" make nothing bold here`)
	}
	if i := bytes.Index(text, []byte("](")); i >= 0 {
		w.warn(from+max(bytes.LastIndexByte(text[:i], '['), 0), ruleTyped,
			"write the words, and the whole address behind them if people need it", "this makes no link here")
	}
	if i := bytes.Index(text, []byte("&nbsp;")); i >= 0 {
		w.warn(from+i, ruleTyped, "write a space", `"&nbsp;" makes no space here`)
	}
	for i, c := range text {
		if c == '<' && tag(text[i+1:]) {
			w.warn(from+i, ruleTyped, "take it away", "HTML does nothing here")
			return
		}
	}
}

// tags are the tags that people know, or copy from a web page. Other text after "<" may be meant,
// such as "<https://www.example.org>".
var tags = []string{"a", "b", "br", "center", "div", "em", "font", "h1", "h2", "h3", "h4", "hr", "i", "img", "li", "ol",
	"p", "span", "strong", "sub", "sup", "table", "td", "th", "tr", "u", "ul"}

// tag reports whether HTML follows after "<".
func tag(text []byte) bool {
	text = bytes.TrimPrefix(text, []byte("/"))
	n := 0
	for n < len(text) && (isLetter(text[n]) || digit(text[n])) {
		n++
	}
	return n < len(text) && strings.IndexByte(" >/", text[n]) >= 0 && bytes.IndexByte(text, '>') > 0 &&
		slices.Contains(tags, strings.ToLower(string(text[:n])))
}
