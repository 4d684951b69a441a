package letter

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"sync"

	"traininghub/internal/pattern"
	"traininghub/internal/source"
)

// DefaultButton is what a button says in a letter that does not say it.
const DefaultButton = "Open the page"

// The page's styles are in its elements, since that is where mail programs keep them. The style
// sheet has only what they may drop: the colours of dark mode, and narrower margins on a telephone.
// The tables are for Outlook, which gives nothing else a width or a colour.
//
//go:embed letter.html
var page string

// pages is parsed when the first letter is made: most functions on AWS make none.
var pages = sync.OnceValue(func() *template.Template { return template.Must(template.New("letter").Parse(page)) })

// view is a letter's HTML part.
type view struct {
	Subject, Hub, Greeting string
	Blocks                 []block
	Foot                   [][]span
}

// A block is a paragraph, heading, list or button. The lines of a paragraph are those of the text.
type block struct {
	Kind   string // "p", "h2", "ul", "ol" or "button"
	Lines  [][]span
	Button string // what the button says; its address is in Lines
}

// A span is some text; with an Href it is a link.
type span struct{ Text, Href string }

// Address is the address that a button opens.
func (b block) Address() string { return b.Lines[0][0].Text }

// html returns the letter as a page. The value of a field is always plain text: only its lines, and
// lines that begin like a list item, mean anything. The page links only to the hub itself and to
// addresses that editors wrote.
func (t *Template) html(subject string, said []string, value func(field string) string) string {
	hub := strings.TrimSuffix(value("hub.base_url"), "/")
	v := view{Subject: subject, Hub: value("hub.name"), Greeting: oneLine(value(Greeting))}
	button := expanded(t.Button, value)
	if button == "" {
		button = DefaultButton
	}
	for _, p := range said {
		lines := spans(p, hub, value)
		switch {
		case strings.HasPrefix(p, "{{hub.name}}"):
			v.Foot = lines
		case len(lines) == 1 && len(lines[0]) == 1 && lines[0][0].Href != "" && strings.HasPrefix(p, "{{"):
			if !slices.ContainsFunc(v.Blocks, func(b block) bool { return b.Kind == "button" }) {
				v.Blocks = append(v.Blocks, block{"button", lines, button})
				break
			}
			fallthrough // a letter has one button
		default:
			v.Blocks = append(v.Blocks, blocks(lines)...)
		}
	}
	if org := value("hub.organisation"); org != "" && org != v.Hub {
		v.Foot = append([][]span{{{Text: org}}}, v.Foot...)
	}
	var b bytes.Buffer
	if err := pages().Execute(&b, v); err != nil {
		panic(fmt.Sprintf("letter: %T when a letter was written", err)) // a buffer takes everything
	}
	return b.String()
}

// spans returns the lines of a paragraph with its fields filled in.
func spans(p, hub string, value func(field string) string) [][]span {
	lines := [][]span{nil}
	add := func(s string, link func(string) string) {
		for i, text := range strings.Split(s, "\n") {
			if i > 0 {
				lines = append(lines, nil)
			}
			last := &lines[len(lines)-1]
			from := 0
			for _, at := range address().FindAllStringIndex(text, -1) {
				if href := link(text[at[0]:at[1]]); href != "" {
					*last = append(*last, span{Text: text[from:at[0]]}, span{text[at[0]:at[1]], href})
					from = at[1]
				}
			}
			*last = append(*last, span{Text: text[from:]})
			*last = slices.DeleteFunc(*last, func(s span) bool { return s.Text == "" })
		}
	}
	own := func(s string) string {
		if hub != "" && (s == hub || strings.HasPrefix(s, hub+"/")) {
			return s
		}
		return ""
	}
	editors := func(s string) string {
		if strings.Contains(s, "://") {
			return s
		}
		return "mailto:" + s
	}
	for p != "" {
		before, rest, field := strings.Cut(p, "{{")
		add(before, editors)
		if !field {
			break
		}
		name, after, _ := strings.Cut(rest, "}}")
		name, p = strings.TrimSpace(name), after
		switch group, _, _ := strings.Cut(name, "."); group {
		case "course", "service", "hub":
			add(value(name), editors)
		default:
			add(value(name), own)
		}
	}
	return lines
}

// address finds web and email addresses. A full stop or bracket after one belongs to the sentence.
var address = pattern.Of(`https?://[^\s<>"]*[^\s<>".,;:!?')\]]|[\w.+-]+@[\w-]+(\.[\w-]+)+`)

var numbered = pattern.Of(`^\d+\. `)

// blocks splits lines into paragraphs, lists and headings. An empty line ends a block.
func blocks(lines [][]span) (all []block) {
	for _, line := range lines {
		if len(line) == 0 {
			all = append(all, block{})
			continue
		}
		kind, cut := "p", 0
		switch first := line[0].Text; {
		case strings.HasPrefix(first, "## "):
			kind, cut = "h2", 3
		case strings.HasPrefix(first, "- "):
			kind, cut = "ul", 2
		case numbered().MatchString(first):
			kind, cut = "ol", len(numbered().FindString(first))
		}
		line[0].Text = line[0].Text[cut:]
		if last := len(all) - 1; last >= 0 && all[last].Kind == kind && kind != "h2" {
			all[last].Lines = append(all[last].Lines, line)
			continue
		}
		all = append(all, block{Kind: kind, Lines: [][]span{line}})
	}
	return slices.DeleteFunc(all, func(b block) bool { return b.Kind == "" })
}

// plainHeading turns a heading into a line of the text, where it ends in a colon.
func plainHeading(p string) string {
	if !strings.Contains(p, "## ") {
		return p
	}
	lines := strings.Split(p, "\n")
	for i, line := range lines {
		if words, ok := strings.CutPrefix(line, "## "); ok {
			if lines[i] = words; !strings.ContainsAny(words[len(words)-1:], ":?!.") {
				lines[i] += ":"
			}
		}
	}
	return strings.Join(lines, "\n")
}

// expanded returns a paragraph of the text with its fields filled in.
func expanded(p string, value func(field string) string) string {
	p, _ = source.Expand(plainHeading(p), func(name string) (string, bool) { return value(name), true })
	return p
}
