package check

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/source"
	"traininghub/site/markdown"
)

// The editors' words are checked as they are in their files, before facts are put in. So each
// warning has its column, and no fact is blamed, whose form depends on how it is shown. The check
// is one pass over the bytes. Regular expressions see only the few places that begin with a digit
// or a pound sign.
//
// A note above a text silences a warning that must stay, because the law prescribes the sentence,
// for example: "<!-- keep: why -->" in Markdown, "# keep: why" among the facts. It applies to the
// end of the paragraph.

const (
	manual = "NHS digital service manual, service-manual.nhs.uk/content/"
	times  = manual + "numbers-measurements-dates-time"
)

// The names of the rules of style.
var (
	ruleRange = source.Rule{Name: "range",
		Why: `a screen reader may read a dash as "minus" or not at all (` + times + ", ranges)"}
	ruleStop = source.Rule{Name: "time-stop",
		Why: "with a colon nobody takes a time for a number (" + times + ", time)"}
	ruleTime = source.Rule{Name: "time-form",
		Why: "times that look the same are found at a glance (" + times + ", time)"}
	rule24 = source.Rule{Name: "time-24-hours",
		Why: "many people have to work out what 14:00 is (" + times + ", time)"}
	ruleMidnight = source.Rule{Name: "midnight",
		Why: "midnight can be the beginning or the end of a day (GOV.UK style guide, times)"}
	ruleMidday = source.Rule{Name: "midday",
		Why: "12pm and noon are taken for midnight by some (" + times + ", time)"}
	ruleOrdinal = source.Rule{Name: "date-ordinal",
		Why: "dates that look the same are found at a glance (" + times + ", dates)"}
	ruleFigures = source.Rule{Name: "date-figures", Why: "day and month are easily mixed up (" + times + ", dates)"}
	ruleMonth   = source.Rule{Name: "date-month",
		Why: "screen readers read shortened months in confusing ways (" + times + ", dates)"}
	ruleOrder = source.Rule{Name: "date-order",
		Why: "dates that look the same are found at a glance (" + times + ", dates)"}
	ruleMoney = source.Rule{Name: "money",
		Why: "sums that look the same are compared at a glance (GOV.UK style guide, money; " + times + ", numbers)"}
	rulePercent = source.Rule{Name: "percent",
		Why: "the sign is shorter and known to everybody (" + times + ", percentages)"}
	rulePlease = source.Rule{Name: "please",
		Why: "it sounds as if people had a choice (GOV.UK Design System, error message)"}
	ruleLatin = source.Rule{Name: "latin",
		Why: "some people do not know it, and screen readers read it wrongly (GOV.UK style guide, eg, etc and ie)"}
	ruleLink = source.Rule{Name: "link-words",
		Why: "people who listen to a page jump from link to link and hear only these words (WCAG 2.4.4; " + manual +
			"links)"}
	ruleSentence = source.Rule{Name: "long-sentence",
		Why: "long sentences are read twice or not at all, by specialists too (GOV.UK, Writing for GOV.UK; " + manual +
			"how-we-write)"}
	ruleDay = source.Rule{Name: "date-wrong", Why: "people come on the wrong day"}
	ruleOwn = source.Rule{Name: "own-facts",
		Why: "a fact that is typed twice is wrong in one place sooner or later"}
)

// sentenceMost is the number of words from which a sentence is too long.
const sentenceMost = 25

// Charge finds a form that does not tell applicants what they may be charged, or tells them a
// different sum. f is the course's form, with the facts in its texts; nil if there is none.
func Charge(c *course.Course, f *form.Definition) source.Faults {
	var faults source.Faults
	if f == nil || c.Charge == 0 || len(f.Declarations) == 0 {
		return nil
	}
	if !slices.ContainsFunc(f.Declarations, func(d form.Declaration) bool {
		return strings.Contains(d.Text, c.Charge.String()) || strings.Contains(d.Text, "{{")
	}) {
		faults.At(f.Path, f.At("declarations"),
			fmt.Sprintf("no declaration says that people can be charged %v", c.Charge),
			`add one with "{{charge}}" in its text, so that each applicant confirms the sum`)
	}
	return faults
}

// Words checks the words in one file. own is the course of the file, or nil.
func Words(f source.File, own *course.Course) source.Faults {
	w := wording{path: f.Path, course: own, plain: path.Dir(f.Path) == "content/letters"}
	w.head(f.Head)
	w.body(f.Body, f.BodyLine)
	strange := func(text []byte, first int) {
		source.Strange(text, func(offset int, what, do string) {
			at := source.PositionIn(text, offset)
			at.Line += first - 1
			w.faults.At(f.Path, at, what, do)
		})
	}
	strange(f.Head, 1)
	strange(f.Body, f.BodyLine)
	return w.faults
}

type wording struct {
	path      string
	course    *course.Course
	plain     bool      // the body is not Markdown
	elsewhere bool      // the text is about the course, but not in its file
	row       bool      // the line above looked like a table row
	own       *ownFacts // made when first needed
	faults    source.Faults

	line  int    // number in the file
	raw   []byte // the line
	clean []byte // of the same length, with spaces in place of everything but words

	words      int // in the sentence so far
	begins     source.Position
	keep, next bool // warnings about this paragraph, or the next one, are silenced
	comment    bool // a comment has not ended yet
}

// warn adds a warning at a place in the line.
func (w *wording) warn(at int, rule source.Rule, do, what string, args ...any) {
	if !w.keep {
		w.faults.Warn(w.path, w.place(at), rule, fmt.Sprintf(what, args...), do)
	}
}

// wrong adds a fault at a place in the line.
func (w *wording) wrong(at int, do, what string, args ...any) {
	if !w.keep {
		w.faults.At(w.path, w.place(at), fmt.Sprintf(what, args...), do)
	}
}

func (w *wording) place(at int) source.Position {
	return source.Position{Line: w.line, Column: 1 + utf8.RuneCount(w.raw[:at])}
}

// end ends a sentence.
func (w *wording) end() {
	if w.words > sentenceMost && !w.keep {
		w.faults.Warn(w.path, w.begins, ruleSentence, fmt.Sprintf("a sentence has %d words", w.words),
			fmt.Sprintf("make two of it, or a list: at most %d", sentenceMost))
	}
	w.words = 0
}

// begin ends a paragraph and starts the next one.
func (w *wording) begin() {
	w.end()
	w.keep, w.next = w.next, false
}

// typedKeys are the keys with values that are not prose, which have their own types.
var typedKeys = map[string]bool{
	"date": true, "time": true, "deadline": true, "deadline_time": true, "opens": true, "dates_changed": true,
	"reviewed": true, "review_due": true, "draft": true, "publish": true, "until": true,
	"charge": true, "id": true, "kind": true, "rule": true, "email": true, "website": true, "base_url": true,
	"href": true, "mail_from": true,
}

// head checks the values among the facts of a file.
func (w *wording) head(head []byte) {
	w.line = 0
	for line := range bytes.Lines(head) {
		w.line++
		w.take(line)
		text := bytes.TrimLeft(w.raw, " \t")
		if bytes.HasPrefix(text, []byte("#")) {
			w.begin()
			w.next = w.next || markdown.Kept(text[1:])
			continue
		}
		for bytes.HasPrefix(text, []byte("- ")) {
			w.begin()
			text = bytes.TrimLeft(text[2:], " ")
		}
		key, value := entry(text)
		if key != "" || len(value) == 0 {
			w.begin()
		}
		if len(value) == 0 {
			continue
		}
		if i := bytes.Index(value, []byte(" #")); i >= 0 {
			w.keep = w.keep || markdown.Kept(value[i+2:])
			value = value[:i]
		}
		if typedKeys[key] || bytes.HasPrefix(value, []byte("£")) &&
			!bytes.Contains(bytes.TrimRight(value, " "), []byte(" ")) {
			continue
		}
		from := cap(w.raw) - cap(value) // value is a part of raw
		w.typed(from, from+len(value))
		w.blank(0, from)
		w.blank(from+len(value), len(w.clean))
		w.look()
	}
	w.begin()
}

// entry splits "key: value". A line without a key is all value.
func entry(text []byte) (key string, value []byte) {
	i := bytes.IndexByte(text, ':')
	if i <= 0 || i+1 < len(text) && text[i+1] != ' ' {
		return "", text
	}
	for _, c := range text[:i] {
		if c != '_' && c != '-' && !isLetter(c) && !digit(c) {
			return "", text
		}
	}
	return string(text[:i]), text[i+1:]
}

// body checks Markdown or plain text. line is the number of its first line in the file.
func (w *wording) body(body []byte, line int) {
	w.line = line - 1
	open := false // a paragraph has begun
	for line := range bytes.Lines(body) {
		w.line++
		w.take(line)
		w.comments()
		text := bytes.TrimSpace(w.clean)
		if len(text) == 0 {
			w.end()
			w.keep, open = false, false
			continue
		}
		if !open || item(text) {
			w.begin()
			open = text[0] != '#'
		}
		if w.plain {
			w.typedLine(text)
			w.typed(0, len(w.raw))
		}
		w.filled(text, w.links())
		w.look()
	}
	w.begin()
}

// item reports whether a line starts a new piece of text: a list entry, a heading or a table row.
func item(text []byte) bool {
	switch text[0] {
	case '#', '|':
		return true
	case '-', '*', '+', '>':
		return len(text) > 1 && text[1] == ' '
	}
	i := 0
	for i < len(text) && digit(text[i]) {
		i++
	}
	return i > 0 && i+1 < len(text) && (text[i] == '.' || text[i] == ')') && text[i+1] == ' '
}

func (w *wording) take(line []byte) {
	w.raw = bytes.TrimRight(line, "\r\n")
	w.clean = append(w.clean[:0], w.raw...)
	for at := 0; ; { // a fact stands for at least one word
		i := bytes.Index(w.clean[at:], []byte("{{"))
		if i < 0 {
			return
		}
		n := bytes.Index(w.clean[at+i:], []byte("}}"))
		if n < 0 {
			return
		}
		for j := at + i; j < at+i+n+2; j++ {
			w.clean[j] = 'x'
		}
		at += i + n + 2
	}
}

func (w *wording) blank(from, to int) {
	for i := from; i < to; i++ {
		w.clean[i] = ' '
	}
}

// comments replaces the notes to editors with spaces.
func (w *wording) comments() {
	for at := 0; at < len(w.clean); {
		if !w.comment {
			i := bytes.Index(w.clean[at:], []byte("<!--"))
			if i < 0 {
				return
			}
			at += i
			w.comment = true
			w.next = w.next || markdown.Kept(w.clean[at+4:])
		}
		to := len(w.clean)
		if i := bytes.Index(w.clean[at:], []byte("-->")); i >= 0 {
			to, w.comment = at+i+3, false
		}
		w.blank(at, to)
		at = to
	}
}

// emptyWords are link texts that say nothing without the text around them.
var emptyWords = []string{"click here", "click", "here", "this", "this link", "this page", "link", "more", "read more",
	"find out more", "learn more", "more information", "see more", "go", "download"}

// links checks the words of links, and replaces their addresses with spaces. It returns the number
// of links.
func (w *wording) links() (n int) {
	for at := 0; ; n++ {
		i := bytes.Index(w.clean[at:], []byte("]("))
		if i < 0 {
			return n
		}
		i += at
		to := len(w.clean)
		if n := bytes.IndexByte(w.clean[i:], ')'); n >= 0 {
			to = i + n + 1
		}
		if from := bytes.LastIndexByte(w.clean[:i], '['); from >= 0 {
			words := strings.ToLower(strings.Trim(string(w.clean[from+1:i]), " .*_"))
			if slices.Contains(emptyWords, words) {
				w.warn(from, ruleLink, "say where it leads: [the funding rules](/funding/)",
					"the words of the link, %q, do not say where it leads", words)
			}
		}
		w.blank(i+1, to)
		at = to
	}
}

// Characters before and after a word that do not belong to it.
const (
	before = `("'*_[`
	behind = `)"'*_]`
)

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func digit(c byte) bool    { return '0' <= c && c <= '9' }

// look checks the words in a line one by one.
func (w *wording) look() {
	s := w.clean
	past := 0 // the end of what a warning covers already
	for i := 0; i < len(s); {
		if s[i] == ' ' || s[i] == '\t' {
			i++
			continue
		}
		from := i
		word := false
		for i < len(s) && s[i] != ' ' && s[i] != '\t' {
			word = word || isLetter(s[i]) || digit(s[i])
			i++
		}
		if s[from] == '|' && i == from+1 {
			w.end()
			continue
		}
		if !word && s[from] != 0xc2 { // a dash or a bullet
			continue
		}
		if w.words == 0 {
			w.begins = w.place(from)
		}
		w.words++
		first := from
		for first < i && strings.IndexByte(before, s[first]) >= 0 {
			first++
		}
		if first < i && first >= past {
			past = max(past, w.word(first, i))
		}
		last := i - 1
		for last > from && strings.IndexByte(behind, s[last]) >= 0 {
			last--
		}
		switch c := s[last]; {
		case c == '?' || c == '!':
			w.end()
		case c == '.' && !abbreviated(s[from:last]):
			w.end()
		}
	}
}

// abbreviated reports whether a full stop after the word belongs to an abbreviation: "e.g.", "No.",
// "J.".
func abbreviated(word []byte) bool {
	word = bytes.TrimLeft(word, before)
	return len(word) == 1 && isLetter(word[0]) || bytes.IndexByte(word, '.') >= 0 && isLetter(word[0]) &&
		len(word) < 5 ||
		bytes.Equal(word, []byte("No")) || bytes.Equal(word, []byte("Dr"))
}

// word checks the word from first to end, and the words after it if necessary. It returns the end
// of what it warned about.
func (w *wording) word(first, end int) int {
	s := w.clean
	switch c := s[first]; {
	case digit(c):
		if mere(s, first) {
			return 0
		}
		return w.figure(first)
	case c == 0xc2 && bytes.HasPrefix(s[first:], []byte("£")):
		return w.money(first)
	case 'A' <= c && c <= 'Z' && end-first >= 3 && month(s[first:end]):
		return w.figure(first)
	case !isLetter(c):
		return 0
	}
	last := end
	for last > first && strings.IndexByte(`,.;:!?`+behind, s[last-1]) >= 0 {
		last--
	}
	word := s[first:last]
	switch word[0] | 0x20 { // first letters of the words below
	case 'p', 'm', 'n', 'e', 'i':
	case 'f', 'l', 's', 't', 'x':
		return w.unwritten(first, last)
	default:
		return 0
	}
	var small [len("midnight")]byte // the word in lower case
	if len(word) > len(small) {
		return 0
	}
	for i, c := range word {
		small[i] = c | 0x20
	}
	switch string(small[:len(word)]) {
	case "please":
		w.warn(first, rulePlease, "leave it out", "this says %q", word)
	case "midnight":
		w.warn(first, ruleMidnight, `write "11:59pm", or "12:01am" of the next day`, "this says %q", word)
	case "noon":
		w.warn(first, ruleMidday, `write "midday"`, "this says %q", word)
	case "e.g", "eg":
		w.warn(first, ruleLatin, `write "for example"`, "this says %q", word)
	case "i.e", "ie":
		w.warn(first, ruleLatin, `write "that is", or say it in other words`, "this says %q", word)
	case "etc":
		w.warn(first, ruleLatin, `write "and so on", or begin the list with "for example"`, "this says %q", word)
	default:
		return 0
	}
	return end
}
