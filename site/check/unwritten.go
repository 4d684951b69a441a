package check

import (
	"bytes"
	"slices"

	"traininghub/internal/pattern"
)

// A forgotten placeholder for text that is still to be written is a fault, since readers would see
// it.

// leftOpen are words that people write in place of what they do not know yet.
var leftOpen = []string{"todo", "tba", "tbc", "tbd", "fixme"}

// gaps are texts in brackets that somebody, or a program for letters, should fill in.
var gaps = pattern.Of(`(?i)\[(?:(?:insert|enter|add|type|your)\s[^][]*|number|name|date|time|venue|place|address|` +
	`email|telephone|amount)\]|\?{2,}|\.{5,}|_{3,}|«\w+»|%[A-Z_]{3,}%`)

// filled looks for gaps in the line. text is the line without the spaces around it; links is the
// number of links in it.
func (w *wording) filled(text []byte, links int) {
	for _, sign := range []string{"[", "??", ".....", "___", "«", "%"} {
		n := bytes.Count(text, []byte(sign))
		if n == 0 || sign == "[" && n == links {
			continue // it has none, or only the words of links, which need no search
		}
		at := gaps().FindIndex(w.clean)
		if at == nil || len(bytes.Trim(text, "_ ")) == 0 || bytes.HasPrefix(w.raw[at[1]:], []byte("(")) {
			return // a line across the page, or the words of a link
		}
		w.wrong(at[0], "write it, or say in words when people will know it", "this is still to be written: %q", w.raw[at[0]:at[1]])
		return
	}
}

// unwritten checks whether the word between two places in the line stands for text that is still to
// be written. It returns the end of what it reported.
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
