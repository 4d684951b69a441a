package markdown

import (
	"bytes"
	"fmt"
	"html"
	"strings"

	"github.com/yuin/goldmark/ast"
	table "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"traininghub/internal/pattern"
)

// A box is one of the NHS design system's blocks around an editor's text. An editor writes it like
// this:
//
//	::: details What a session is
//	A session takes 4 hours 10 minutes.
//	:::
type box struct {
	ast.BaseBlock
	name, title string
	level       int // of its heading
	ended       bool
}

// boxes are the names of boxes, each with the title of a box that has none; "" if a title is
// required.
var boxes = map[string]string{"details": "", "warning": "Important", "do": "Do", "dont": "Do not", "card": "", "action": "-", "table": ""}

const boxNames = "details, warning, do, dont, card, action and table"

var (
	boxKind = ast.NewNodeKind("Box")
	boxLine = pattern.Of(`^:::[ \t]*([a-z]+)(?:[ \t]+(.*))?$`)
)

func (*box) Kind() ast.NodeKind { return boxKind }

func (b *box) Dump(src []byte, level int) {
	ast.DumpHelper(b, src, level, map[string]string{"name": b.name, "title": b.title}, nil)
}

type boxParser struct{}

func (boxParser) Trigger() []byte { return []byte{':'} }

func (boxParser) Open(_ ast.Node, reader text.Reader, _ parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	m := boxLine().FindSubmatch(util.TrimRightSpace(line))
	if m == nil {
		return nil, parser.NoChildren
	}
	if _, known := boxes[string(m[1])]; !known {
		return nil, parser.NoChildren // a fault: see lineMisfits
	}
	b := &box{name: string(m[1]), title: strings.TrimSpace(string(m[2]))}
	b.SetPos(segment.Start)
	reader.Advance(segment.Len() - len(line) + len(bytes.TrimSuffix(line, []byte("\n"))))
	return b, parser.HasChildren
}

func (boxParser) Continue(n ast.Node, reader text.Reader, _ parser.Context) parser.State {
	line, segment := reader.PeekLine()
	if string(bytes.TrimSpace(line)) != ":::" {
		return parser.Continue | parser.HasChildren
	}
	n.(*box).ended = true
	reader.Advance(segment.Len() - len(line) + len(bytes.TrimSuffix(line, []byte("\n"))))
	return parser.Close
}

func (boxParser) Close(ast.Node, text.Reader, parser.Context) {}

func (boxParser) CanInterruptParagraph() bool { return true }

func (boxParser) CanAcceptIndentedLine() bool { return false }

// box reports what is wrong with a box, and adds the markup for the NHS's style to its contents.
func (r *reading) box(n *box) {
	usual := boxes[n.name]
	first := n.FirstChild()
	others := 0 // turning a paragraph into a table leaves the paragraph empty
	for c := first; c != nil; c = c.NextSibling() {
		if c != first && (c.Kind() != ast.KindParagraph || c.HasChildren()) {
			others++
		}
	}
	alone := others == 0
	n.level = min(r.level+1, 6)
	switch {
	case n.Parent().Kind() == boxKind:
		r.add(n, `write ":::" between the two`, "the box %q is inside another one", n.name)
	case !n.ended:
		r.add(n, `write ":::" on a line of its own below it`, "the box %q has no end", n.name)
	case n.title == "" && usual == "":
		r.add(n, fmt.Sprintf(`write it behind the name: "::: %s What it is about"`, n.name), "the box %q has no title", n.name)
	case n.title != "" && n.name == "action":
		r.add(n, "write the link on a line of its own below it", "the box %q takes no title", n.name)
	case first == nil:
		r.add(n, "write what belongs into it, or take it away", "the box %q is empty", n.name)
	case n.name == "do" || n.name == "dont":
		if list, ok := first.(*ast.List); ok && alone {
			ticked(list, n.name)
			break
		}
		r.add(n, `begin each line of it with "- "`, "the box %q holds a list and nothing else", n.name)
	case n.name == "action":
		if link, ok := first.FirstChild().(*ast.Link); ok && alone && first.ChildCount() == 1 {
			link.SetAttributeString("class", []byte("nhsuk-action-link"))
			link.InsertBefore(link, link.FirstChild(), raw(arrow+`<span class="nhsuk-action-link__text">`))
			link.AppendChild(link, raw("</span>"))
			break
		}
		r.add(n, `write it like "[Apply for the course](/courses/mentoring/)"`, "the box %q holds one link and nothing else", n.name)
	case n.name == "table" && (!alone || first.Kind() != table.KindTable):
		r.add(n, "take the rest out of it", "the box %q holds one table and nothing else", n.name)
	}
	if n.title == "" {
		n.title = usual
	}
}

// ticked turns a list into a list of things to do, or not to do.
func ticked(list *ast.List, name string) {
	sign, icon := "tick", tick
	if name == "dont" {
		sign, icon = "cross", cross
	}
	list.SetAttributeString("class", []byte("nhsuk-list nhsuk-list--"+sign))
	list.SetAttributeString("role", []byte("list"))
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		if words := item.FirstChild(); words != nil && words.FirstChild() != nil {
			words.InsertBefore(words, words.FirstChild(), raw(icon))
		}
	}
}

// raw is HTML of our own in the middle of a text.
func raw(markup string) ast.Node {
	s := ast.NewString([]byte(markup))
	s.SetCode(true) // written as it is
	return s
}

const (
	openIcon = `" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16" height="16" focusable="false" aria-hidden="true"><path d="`
	tick     = `<svg class="nhsuk-icon nhsuk-icon--tick` + openIcon +
		`M11.4 17.5a2 2 0 0 1-2.7.1h-.1L4 12.8a1.5 1.5 0 0 1 2.1-2L10 14.7l8.1-8.1a1.5 1.5 0 1 1 2.2 2l-8.9 9Z"/></svg>`
	cross = `<svg class="nhsuk-icon nhsuk-icon--cross` + openIcon +
		`M17 18.5c-.4 0-.8-.1-1.1-.4l-10-10c-.6-.6-.6-1.6 0-2.1.6-.6 1.5-.6 2.1 0l10 10c.6.6.6 1.5 0 2.1-.3.3-.6.4-1 .4z ` +
		`M7 18.5c-.4 0-.8-.1-1.1-.4-.6-.6-.6-1.5 0-2.1l10-10c.6-.6 1.5-.6 2.1 0 .6.6.6 1.5 0 2.1l-10 10c-.3.3-.6.4-1 .4z"/></svg>`
	arrow = `<svg class="nhsuk-icon nhsuk-icon--arrow-right-circle` + openIcon +
		`M12 2a10 10 0 0 0-10 9h11.7l-4-4a1 1 0 0 1 1.5-1.4l5.6 5.7a1 1 0 0 1 0 1.4l-5.6 5.7a1 1 0 0 1-1.5 0 1 1 0 0 1 0-1.4l4-4H2A10 10 0 1 0 12 2z"/></svg>`

	openDetails = `<details class="nhsuk-details"><summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">`
	inDetails   = `</span></summary><div class="nhsuk-details__text">`
	openCaption = `<caption class="nhsuk-table__caption">`

	// boxMarkup are the classes of boxes. The stylesheet keeps the rules for them.
	boxMarkup = openDetails + inDetails + openCaption + tick + cross + arrow + " nhsuk-action-link nhsuk-action-link__text nhsuk-list nhsuk-list--tick " +
		"nhsuk-list--cross nhsuk-card nhsuk-card--feature nhsuk-card--warning nhsuk-card__content nhsuk-card__heading nhsuk-heading-m "
)

// cards are the boxes that are cards, each with its extra class.
var cards = map[string]string{"card": "", "warning": " nhsuk-card--warning", "do": " nhsuk-card--feature", "dont": " nhsuk-card--feature"}

func writeBox(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	n := node.(*box)
	title := html.EscapeString(html.UnescapeString(string(util.UnescapePunctuations([]byte(n.title)))))
	kind, card := cards[n.name]
	switch {
	case n.name == "details" && entering:
		w.WriteString(openDetails + title + inDetails + "\n")
	case n.name == "details":
		w.WriteString("</div></details>\n")
	case card && entering:
		hidden, size := "", ""
		if n.name == "card" { // the other kinds have a heading size in their style
			size = " nhsuk-heading-m"
		}
		if n.name == "warning" && !strings.Contains(strings.ToLower(title), "important") {
			hidden = `<span class="nhsuk-u-visually-hidden">Important: </span>`
		}
		fmt.Fprintf(w, "<div class=\"nhsuk-card%s\"><div class=\"nhsuk-card__content\">\n<h%d class=\"nhsuk-card__heading%s\">%s%s</h%d>\n",
			kind, n.level, size, hidden, title, n.level)
	case card:
		w.WriteString("</div></div>\n")
	}
	return ast.WalkContinue, nil
}

// captioned is the caption of a table in a box; "" if the table is in no box.
func captioned(n ast.Node) string {
	if b, ok := n.Parent().(*box); ok && b.name == "table" {
		return openCaption + html.EscapeString(html.UnescapeString(string(util.UnescapePunctuations([]byte(b.title))))) + "</caption>\n"
	}
	return ""
}
