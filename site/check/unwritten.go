package check

import (
	"bytes"
	"regexp"
	"slices"
)

// What somebody leaves to be written later, and forgets, is a fault: readers would see it.

// leftOpen are words that people leave in the place of what they do not know yet.
var leftOpen = []string{"todo", "tba", "tbc", "tbd", "fixme"}

// gaps are what people leave to be filled in, by hand or by a program for letters.
var gaps = regexp.MustCompile(`(?i)\[(?:(?:insert|enter|add|type|your)\s[^][]*|number|name|date|time|venue|place|address|` +
	`email|telephone|amount)\]|\?{2,}|\.{5,}|_{3,}|«\w+»|%[A-Z_]{3,}%`)

// filled looks for gaps in the line. text is the line without the spaces around it, and has so many
// links.
func (w *wording) filled(text []byte, links int) {
	for _, sign := range []string{"[", "??", ".....", "___", "«", "%"} {
		n := bytes.Count(text, []byte(sign))
		if n == 0 || sign == "[" && n == links {
			continue // none, or the words of links alone, which need not be searched
		}
		at := gaps.FindIndex(w.clean)
		if at == nil || len(bytes.Trim(text, "_ ")) == 0 || bytes.HasPrefix(w.raw[at[1]:], []byte("(")) {
			return // a line across the page, the words of a link
		}
		w.wrong(at[0], "write it, or say in words when people will know it", "this is still to be written: %q", w.raw[at[0]:at[1]])
		return
	}
}

// unwritten looks at the word between two places of the line: does it stand for text that is still
// to be written? It returns where what it is about ends.
func (w *wording) unwritten(first, last int) int {
	word := w.raw[first:last]
	before := func(next string) bool {
		rest := w.clean[last:]
		return len(rest) >= len(next) && bytes.EqualFold(rest[:len(next)], []byte(next))
	}
	is := func(other string) bool { return bytes.EqualFold(word, []byte(other)) }
	switch {
	case string(word) == "Say" && before(" here"):
		w.wrong(first, "write the text that belongs here, or take it away",
			"this is still the text that the file began with")
		return last + len(" here")
	case is("lorem") && before(" ipsum"):
		w.wrong(first, "write the text that belongs here, or take it away", "this text only fills the page")
		return len(w.clean)
	case slices.ContainsFunc(leftOpen, is), string(word) == "XX", len(word) >= 3 && len(bytes.Trim(word, "xX")) == 0:
		w.wrong(first, "write it, or say in words when people will know it",
			"this is still to be written: %q", word)
		return last
	}
	return 0
}
