package source

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"traininghub/internal/pattern"
)

// A suspect is the first line of YAML that a reader would stumble over. For mistakes in indentation
// and quotation marks, the library names the line where it gave up, not the line at fault, and
// explains it in terms of YAML.
type suspect struct {
	place    Position
	what, do string
}

// A level is an indent at which lines can begin: the entries of a list, or the keys of a group.
type level struct {
	indent int
	list   bool
}

var (
	keyLine     = pattern.Of(`^([A-Za-z0-9_.-]+):(?: +(.*))?$`)
	blockScalar = pattern.Of(`^[|>][0-9+-]* *(#.*)?$`)
	note        = pattern.Of(` +#.*$`)
)

const quote = `put all of it between quotation marks, "…"`

// suspectOf looks for editors' usual mistakes in a head that cannot be read; nil if it finds none.
func suspectOf(head []byte) *suspect {
	var levels []level
	open := true // a group or list may begin on a deeper line
	within := -1 // the indent of the key whose text continues on the lines below, as after ">-"; -1 if none does
	for i, line := range strings.Split(string(head), "\n") {
		text := strings.TrimLeft(line, " ")
		at := len(line) - len(text)
		if trimmed := strings.TrimSpace(text); trimmed == "" || strings.HasPrefix(trimmed, "#") ||
			within >= 0 && at > within {
			continue
		}
		within = -1
		found := func(at int, what, do string) *suspect {
			return &suspect{Position{i + 1, 1 + utf8.RuneCountInString(line[:at])}, what, do}
		}
		if text[0] == '\t' {
			return found(at, "the line begins with a tab", "write spaces instead, as many as similar lines have")
		}
		m := keyLine().FindStringSubmatch(text)
		list := text == "-" || strings.HasPrefix(text, "- ")
		switch {
		case len(text) > 1 && text[0] == '-' && !list:
			return found(at, "there is no space behind the hyphen", `write "- " at the beginning of an entry`)
		case m == nil && !list && !open && len(levels) > 0 && at > levels[len(levels)-1].indent:
			continue // a continuation of the text above
		}
		fits := false
		for len(levels) > 0 && levels[len(levels)-1].indent > at {
			levels, open = levels[:len(levels)-1], false
		}
		if n := len(levels); n > 0 && levels[n-1].indent == at {
			switch top := levels[n-1]; {
			case top.list && !list && n > 1 && levels[n-2].indent == at: // ends a list not indented below its key
				levels, fits = levels[:n-1], true
			case !top.list && list && open:
				levels, fits = append(levels, level{at, true}), true
			default:
				fits = top.list == list
			}
		} else if open {
			levels, fits = append(levels, level{at, list}), true
		}
		if !fits {
			return found(at, "the line begins further left or right than the lines that it belongs to",
				fmt.Sprintf("begin it exactly below them, not at column %d", at+1))
		}
		for open = false; list; {
			rest := strings.TrimLeft(text[1:], " ")
			at += len(text) - len(rest)
			text = rest
			m = keyLine().FindStringSubmatch(text)
			if list = strings.HasPrefix(text, "- "); list || m != nil {
				levels = append(levels, level{at, list})
			}
		}
		value := text
		if m != nil {
			value = m[2]
			open = note().ReplaceAllString(" "+value, "") == "" || value == ""
		} else if text == "" {
			open = true
		}
		if value == "" || open {
			continue
		}
		if blockScalar().MatchString(value) {
			within = levels[len(levels)-1].indent
			continue
		}
		start := at + len(text) - len(value)
		if what, do := suspectValue(value); what != "" {
			return found(start, what, do)
		}
		if second := strings.Index(note().ReplaceAllString(value, ""), ": "); second >= 0 && m != nil &&
			!strings.ContainsRune("\"'[{", rune(value[0])) {
			do := "put the text behind the first one between quotation marks"
			if strings.HasPrefix(value, "“") || strings.HasPrefix(value, "‘") {
				do += `: write ", not “ or ”`
			}
			return found(start+second, `there is a second ": " in the line`, do)
		}
	}
	return nil
}

// suspectValue says what is wrong with a one-line value, and what to do; "" if nothing is.
func suspectValue(value string) (what, do string) {
	plain := strings.TrimRight(note().ReplaceAllString(value, ""), " ")
	switch c := value[0]; c {
	case '"', '\'':
		closes := strings.IndexByte(value[1:], c)
		switch rest := strings.TrimLeft(value[1+closes+1:], " "); {
		case strings.Contains(value, `\`) || strings.Contains(value, "''"):
		case closes < 0:
			return "the quotation mark is not closed", "put another at the end of the text"
		case rest != "" && rest[0] != '#':
			return "the text goes on behind the closing quotation mark",
				"put all of it between quotation marks, and write ’ or ” within"
		}
	case '{', '[':
		end := map[byte]string{'{': "}", '[': "]"}[c]
		if strings.HasPrefix(value, "{{") {
			return "the text begins with braces", quote
		}
		if !strings.HasSuffix(plain, end) {
			return fmt.Sprintf("the text begins with %q, which opens a list", string(c)),
				quote + fmt.Sprintf(", or close the list with %q", end)
		}
	case '%', '@', '`', '*', '&', '!', '|', '>':
		return fmt.Sprintf("the text begins with %q, which has a meaning of its own there", string(c)), quote
	}
	return "", ""
}
