package look

import "strings"

// cut keeps the rules of a stylesheet that pages can use: a selector stays if each of its classes
// is among the words. Nine tenths of the NHS stylesheet are for components that a site does not
// have.
//
// It reads what a CSS compiler writes, without comments. It ignores anything in parentheses, as in
// :not(.x), since a rule too many does no harm. It also drops @font-face, whose fonts are licensed
// and on another host; rules for Internet Explorer only; and rules with a picture, which belong to
// components that a site does not have.
func cut(css string, words map[string]bool) string {
	var b strings.Builder
	for len(css) > 0 {
		i := strings.IndexAny(css, "{;")
		if i < 0 {
			break
		}
		head := strings.TrimSpace(css[:i])
		if css[i] == ';' { // @charset
			b.WriteString(head + ";")
			css = css[i+1:]
			continue
		}
		end := closing(css, i)
		inside := css[i+1 : end]
		css = css[min(end+1, len(css)):]
		switch {
		case strings.HasPrefix(head, "@font-face"), strings.Contains(head, `\0`), // a trick for Internet Explorer
			strings.Contains(head, "-ms-high-contrast") && !strings.Contains(head, "forced-colors"):
		case strings.HasPrefix(head, "@media"), strings.HasPrefix(head, "@supports"),
			strings.HasPrefix(head, "@container"):
			if kept := cut(inside, words); kept != "" {
				b.WriteString(head + "{" + kept + "}")
			}
		case strings.Contains(inside, "url(/assets/"):
		case strings.HasPrefix(head, "@"):
			b.WriteString(head + "{" + inside + "}")
		default:
			if kept := selectors(head, words); kept != "" {
				b.WriteString(kept + "{" + inside + "}")
			}
		}
	}
	return b.String()
}

// closing is the end of the block that opens at css[open].
func closing(css string, open int) int {
	depth := 0
	var quote byte
	for i := open; i < len(css); i++ {
		switch c := css[i]; {
		case c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(css)
}

// selectors keeps the selectors of a list whose classes are all among the words.
func selectors(list string, words map[string]bool) string {
	var kept []string
	start, depth, used := 0, 0, true
	for i := 0; i <= len(list); i++ {
		switch {
		case i == len(list) || list[i] == ',' && depth == 0:
			if used {
				kept = append(kept, strings.TrimSpace(list[start:i]))
			}
			start, used = i+1, true
		case list[i] == '(' || list[i] == '[':
			depth++
		case list[i] == ')' || list[i] == ']':
			depth--
		case list[i] == '.' && depth == 0:
			end := i + 1
			for end < len(list) && inWord(list[end]) {
				end++
			}
			used = used && words[list[i+1:end]]
			i = end - 1
		}
	}
	return strings.Join(kept, ",")
}

// addWords collects everything that could be a class name: each run of letters, digits, hyphens and
// underscores.
func addWords(words map[string]bool, text string) {
	for start, i := 0, 0; i <= len(text); i++ {
		if i < len(text) && inWord(text[i]) {
			continue
		}
		if i > start {
			words[text[start:i]] = true
		}
		start = i + 1
	}
}

func inWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_'
}
