package check

import (
	"bytes"
	"slices"
	"strings"
)

// What somebody leaves to be written later, and forgets, is a fault: readers would see it.

// leftOpen are words that people leave in the place of what they do not know yet.
var leftOpen = []string{"todo", "tba", "tbc", "tbd", "fixme"}

// unwritten looks at the word between two places of the line: does it stand for text that is still
// to be written? It returns where what it is about ends.
func (w *wording) unwritten(first, last int) int {
	word := strings.ToLower(string(w.raw[first:last]))
	rest := bytes.ToLower(w.clean[last:min(last+len(" ipsum"), len(w.clean))])
	switch {
	case string(w.raw[first:last]) == "Say" && bytes.HasPrefix(rest, []byte(" here")):
		w.wrong(first, "write the text that belongs here, or take it away",
			"this is still the text that the file began with")
		return last + len(" here")
	case word == "lorem" && bytes.HasPrefix(rest, []byte(" ipsum")):
		w.wrong(first, "write the text that belongs here, or take it away", "this text only fills the page")
		return len(w.clean)
	case slices.Contains(leftOpen, word), len(word) >= 3 && strings.Trim(word, "x") == "":
		w.wrong(first, "write it, or say in words when people will know it",
			"this is still to be written: %q", w.raw[first:last])
		return last
	}
	return 0
}
