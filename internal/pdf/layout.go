package pdf

import (
	"fmt"
	"slices"
	"strings"

	"traininghub/internal/document"
)

// A4 in points, from the top left corner.
const (
	pageWidth, pageHeight = 595.28, 841.89
	left, right           = 51.0, 544.28
	top, bottom           = 66.0, 788.0
	measureWidth          = right - left
)

const (
	maxPages = 57
	// The usual limit for an answer on a form is 2,000 characters. Such an answer is drawn whole,
	// even if half of the characters are line breaks.
	maxAnswerLines = 1000
	maxLabelLines  = 6 // of a heading or label; editors never need so many
	cutNote        = "Cut here. The online record has all of it."
)

// A role says what a piece of text is.
type role int

const (
	decoration role = iota // rules, boxes, running head and foot; screen readers skip it
	title
	heading
	subheading
	question
	answer
	unanswered
	signature
	columnHead
	tableCell
	paragraph
	note
	label   // of a blank to fill in
	caption // small, under or over a blank
)

type colour struct{ r, g, b int }

var (
	black = colour{33, 43, 50}
	grey  = colour{76, 98, 114}
	blue  = colour{0, 94, 184}
	faint = colour{174, 183, 189}
	pale  = colour{232, 237, 238}
)

type style struct {
	bold       bool
	size, lead float64 // points; lead is the distance between lines
	ink        colour
}

var styles = [...]style{
	decoration: {false, 9, 11, grey},
	title:      {true, 20, 25, black},
	heading:    {true, 13, 17, black},
	subheading: {true, 11.5, 15, black},
	question:   {true, 10, 13.5, black},
	answer:     {false, 10, 13.5, black},
	unanswered: {false, 10, 13.5, grey},
	signature:  {true, 12, 16, black},
	columnHead: {true, 10, 13, black},
	tableCell:  {false, 10, 13.5, black},
	paragraph:  {false, 10, 13.5, black},
	note:       {false, 10, 12, grey},
	label:      {true, 10, 13, black},
	caption:    {false, 10, 11.5, grey},
}

// baseline is the distance from the top of a line down to its baseline.
func (s style) baseline() float64 { return s.lead/2 + s.size*.35 }

func (r role) face() typeface {
	if styles[r].bold {
		return bold()
	}
	return regular()
}

// A sheet is the layout of one page: its marks in reading order.
type sheet struct{ marks []mark }

type shape int

const (
	text shape = iota
	filled
	framed
	line
	entered // a field to fill in; draws nothing
)

// A mark is a line of text with its baseline at x, y; or a shape with its top left corner there.
type mark struct {
	shape      shape
	in         *element // the element that it belongs to; nil for decoration
	role       role
	text       string
	x, y, w, h float64
	ink        colour
	thick      float64 // width of a frame or line
	entry      *entry
}

// A layout places blocks one below the other on sheets. Each block asks for the height that it
// needs in one piece. A new page begins only if the current one has less left.
type layout struct {
	sheets  []*sheet
	y       float64  // the top of the next block
	limit   int      // pages
	full    bool     // the limit is reached: nothing is drawn until the limit is raised
	waiting []block  // headings that wait for the text below them
	again   block    // a table's head, to repeat on the table's next page
	at      *element // the element that is being laid out
}

// A block is drawn at l.y and moves l.y down by its height.
type block struct {
	height float64
	draw   func()
}

func newLayout() *layout {
	l := &layout{limit: maxPages, at: &element{tag: "Document"}}
	l.page()
	return l
}

func (l *layout) page() {
	if len(l.sheets) == l.limit {
		if !l.full {
			in := l.at
			for in.parent != nil && in.tag != "Sect" { // lists and tables cannot hold notes
				in = in.parent
			}
			l.write(&element{tag: "P", parent: in}, note, left, bottom+4, cutNote)
		}
		l.full, l.y = true, top
		return
	}
	l.sheets, l.y = append(l.sheets, &sheet{}), top
	if l.again.draw != nil {
		l.again.draw()
	}
}

// upTo sets how many pages may be used from here on. A lower limit for the answers leaves room for
// the parts that follow.
func (l *layout) upTo(pages int) {
	l.limit = pages
	if l.full {
		l.full, l.waiting = false, nil
		l.page()
	}
}

// room makes sure that a height is free at l.y, on this page or the next. Then it draws the waiting
// headings, so that none is left alone at the foot of a page.
func (l *layout) room(height float64) {
	for _, b := range l.waiting {
		height += b.height
	}
	if l.y+height > bottom && l.y > top {
		l.page()
	}
	waiting := l.waiting
	l.waiting = nil
	for _, b := range waiting {
		b.draw()
	}
}

func (l *layout) wait(height float64, draw func()) {
	if l.full { // nothing after it is drawn either
		return
	}
	at := l.at
	l.waiting = append(l.waiting, block{height, func() {
		l.inside(at, draw)
	}})
}

// space leaves a gap below the last block, but not at the top of a page.
func (l *layout) space(height float64) {
	if l.y > top {
		l.y += height
	}
}

// whole keeps what f draws on one page: if it runs over the end, f draws it again on a new page. A
// part longer than a page stays where it began. f may be called up to three times.
func (l *layout) whole(f func()) {
	if l.full {
		return
	}
	sheets, y, waiting := len(l.sheets), l.y, slices.Clone(l.waiting)
	last := l.sheets[sheets-1]
	marks := len(last.marks)
	undo := func() {
		l.sheets, l.y, l.waiting, l.full = l.sheets[:sheets], y, slices.Clone(waiting), false
		last.marks = last.marks[:marks]
	}
	if f(); len(l.sheets) == sheets && !l.full || y == top {
		return
	}
	undo()
	l.page()
	if f(); len(l.sheets) <= sheets+1 && !l.full {
		return
	}
	undo()
	f()
}

func (l *layout) put(m mark) {
	if !l.full {
		s := l.sheets[len(l.sheets)-1]
		s.marks = append(s.marks, m)
	}
}

// write puts one line of text with its top at y. It belongs to in, or is decoration if in is nil.
func (l *layout) write(in *element, r role, x, y float64, s string) {
	if s == "" {
		return
	}
	st := styles[r]
	l.put(mark{shape: text, in: in, role: r, text: s, x: x, y: y + st.baseline(), ink: st.ink})
}

func (l *layout) fill(x, y, w, h float64, ink colour) {
	l.put(mark{shape: filled, x: x, y: y, w: w, h: h, ink: ink})
}

func (l *layout) frame(x, y, w, h, thick float64, ink colour) {
	l.put(mark{shape: framed, x: x, y: y, w: w, h: h, ink: ink, thick: thick})
}

func (l *layout) rule(x, y, w, thick float64, ink colour) {
	l.put(mark{shape: line, x: x, y: y, w: w, ink: ink, thick: thick})
}

// tick draws a ticked box, which the font does not have.
func (l *layout) tick(x, y, size float64) {
	l.frame(x, y, size, size, .8, black)
	l.put(mark{shape: line, x: x + size*.2, y: y + size*.52, w: size * .22, h: size * .24, ink: black, thick: 1.4})
	l.put(mark{shape: line, x: x + size*.42, y: y + size*.76, w: size * .4, h: -size * .54, ink: black, thick: 1.4})
}

// A column is text that stands beside other text.
type column struct {
	in    *element
	role  role
	x     float64
	lines []string
}

// wrap breaks s into the lines of a column, which becomes a new element in the open one. Text over
// the limit ends with a note that says so.
func (l *layout) wrap(tag string, r role, x, width float64, s string, limit int) column {
	if l.full { // a line that is not drawn need not be measured
		return column{nil, r, x, nil}
	}
	lines, cut := r.face().wrap(s, styles[r].size, width, limit)
	if cut && limit == maxAnswerLines {
		more, _ := r.face().wrap(cutNote, styles[r].size, width, maxLabelLines)
		lines = append(append(lines[:limit-1], strings.TrimRight(lines[limit-1], " ")+" "), more...)
	} else if cut {
		lines[limit-1] = shorten(r, strings.TrimRight(lines[limit-1], " ")+"…", width)
	}
	return column{l.child(tag), r, x, lines}
}

// shorten cuts s to fit on one line, with a "…" for the missing part.
func shorten(r role, s string, width float64) string {
	f, size := r.face(), styles[r].size
	if f.width(s, size) <= width {
		return s
	}
	lines, _ := f.wrap(strings.TrimSuffix(s, "…"), size, width-f.width("…", size), 1)
	return strings.TrimRight(lines[0], " ") + "…"
}

// paragraphs splits a column at its empty lines into elements of their own. Each but the last keeps
// its empty line at the end.
func (c column) paragraphs() []column {
	var all []column
	from := 0
	for i, s := range c.lines {
		if i+1 == len(c.lines) || s == "" {
			p := column{c.in, c.role, c.x, c.lines[from : i+1]}
			if from > 0 {
				p.in = &element{tag: c.in.tag, parent: c.in.parent}
			}
			all, from = append(all, p), i+1
		}
	}
	return all
}

func (c column) height() float64 { return float64(len(c.lines)) * styles[c.role].lead }

// draw puts the column's lines at y.
func (l *layout) draw(c column, y float64) {
	for i, s := range c.lines {
		l.write(c.in, c.role, c.x, y+float64(i)*styles[c.role].lead, s)
	}
}

// heads keeps a heading until the text below it is drawn. Its level comes from the open section.
func (l *layout) heads(r role, s string, before, after float64) {
	if s == "" {
		return
	}
	c := l.wrap(l.at.heading(), r, left, measureWidth, s, maxLabelLines)
	l.wait(before+c.height()+after, func() {
		l.space(before)
		l.draw(c, l.y)
		l.y += c.height() + after
	})
}

// flow draws text that may run over several pages, at least two lines on each. It calls beside for
// the part on each page.
func (l *layout) flow(c column, beside func(y, height float64)) {
	lead := styles[c.role].lead
	for rest := c.lines; len(rest) > 0; {
		l.room(float64(min(2, len(rest))) * lead)
		n := min(len(rest), int((bottom-l.y)/lead))
		if len(rest)-n == 1 && n > 2 {
			n--
		}
		n = max(n, 1)
		share := column{c.in, c.role, c.x, rest[:n]}
		if beside != nil {
			beside(l.y, share.height())
		}
		l.draw(share, l.y)
		l.y += share.height()
		if rest = rest[n:]; len(rest) == 1 && rest[0] == "" {
			return // do not begin a page with an empty line
		}
		if len(rest) > 0 {
			l.page()
		}
	}
}

// paragraph draws text across the whole width.
func (l *layout) paragraph(r role, s string, after float64) {
	if s == "" {
		return
	}
	l.flow(l.wrap("P", r, left, measureWidth, s, maxAnswerLines), nil)
	l.y += after
}

// row draws columns side by side with a rule below them. It stays on one page, unless it is taller
// than a page.
func (l *layout) row(columns []column, pad float64) {
	lead, n := extent(columns)
	base := 0.0
	for _, c := range columns {
		base = max(base, styles[c.role].baseline())
	}
	if height := rowHeight(columns, pad); height <= bottom-top-l.again.height {
		l.room(height)
	}
	for from := 0; from < n; {
		l.room(float64(min(3, n-from))*lead + 2*pad)
		k := max(1, min(n-from, int((bottom-l.y-2*pad)/lead)))
		for _, c := range columns {
			c.lines = c.lines[min(from, len(c.lines)):min(from+k, len(c.lines))]
			l.draw(c, l.y+pad+base-styles[c.role].baseline())
		}
		l.y += float64(k)*lead + 2*pad
		l.rule(left, l.y, measureWidth, .5, faint)
		from += k
	}
}

// extent is the number of lines in a row, and the height of a line.
func extent(columns []column) (lead float64, lines int) {
	lines = 1
	for _, c := range columns {
		lead, lines = max(lead, styles[c.role].lead), max(lines, len(c.lines))
	}
	return lead, lines
}

func rowHeight(columns []column, pad float64) float64 {
	lead, lines := extent(columns)
	return float64(lines)*lead + 2*pad
}

// answered is the column of an answer, or of the words that stand for a missing answer.
func (l *layout) answered(tag string, r role, x, width float64, a string) column {
	if a == "" {
		return l.wrap(tag, unanswered, x, width, notProvided, maxLabelLines)
	}
	return l.wrap(tag, r, x, width, a, maxAnswerLines)
}

// table draws rows under column heads, and repeats the heads on each page.
func (l *layout) table(heads []string, rows [][]document.Item) {
	const gap, pad = 14.0, 3.0
	want := make([]float64, len(heads))
	for i, h := range heads {
		want[i] = columnHead.face().width(h, styles[columnHead].size)
		for _, row := range rows {
			for s := range strings.SplitSeq(row[i].Answer, "\n") {
				want[i] = max(want[i], tableCell.face().width(s, styles[tableCell].size))
			}
		}
	}
	width := shares(want, measureWidth-2*pad-gap*float64(len(heads)-1))
	at := make([]float64, len(heads))
	for i, x := 0, left+pad; i < len(heads); i++ {
		at[i] = x
		x += width[i] + gap
	}

	cols, height := make([]column, len(heads)), 0.0
	l.open("TR", func() {
		for i, h := range heads {
			cols[i] = l.wrap("TH", columnHead, at[i], width[i], h, maxLabelLines)
			cols[i].in.attr = "<</O/Table/Scope/Column>>"
			height = max(height, cols[i].height())
		}
	})
	height += 2 * pad
	head := func() {
		l.fill(left, l.y, measureWidth, height, pale)
		l.rule(left, l.y+height, measureWidth, 1, black)
		for i, c := range cols {
			l.draw(c, l.y+pad)
			cols[i].in = nil // repeated on the next page, it is decoration
		}
		l.y += height
	}
	l.wait(height, func() {
		head()
		l.again = block{height, head}
	})
	var lines [][]column
	for _, row := range rows {
		cells := make([]column, len(heads))
		l.open("TR", func() {
			for i, item := range row {
				cells[i] = l.answered("TD", tableCell, at[i], width[i], item.Answer)
			}
		})
		lines = append(lines, cells)
	}
	if len(rows) == 0 {
		l.open("TR", func() {
			c := l.wrap("TD", unanswered, left+pad, measureWidth, noneGiven, maxLabelLines)
			c.in.attr = fmt.Sprintf("<</O/Table/ColSpan %d>>", len(heads))
			lines = [][]column{{c}}
		})
	}
	all := 0.0
	for _, cells := range lines {
		all += rowHeight(cells, pad)
	}
	if all <= (bottom-top)/2 { // a short table is not worth breaking
		l.room(all)
	}
	for _, cells := range lines {
		l.row(cells, pad)
	}
	l.again = block{}
}

// shares divides a width among columns. A column that wants less than an equal share gets what it
// wants, and the others share the rest equally. If all want less, the surplus is divided in
// proportion.
func shares(want []float64, total float64) []float64 {
	got := make([]float64, len(want))
	rest, open := total, len(want)
	for settled := true; settled && open > 0; {
		settled = false
		for i, w := range want {
			if fair := rest / float64(open); got[i] == 0 && w > 0 && w <= fair {
				got[i], rest, settled = w, rest-w, true
				if open--; open == 0 {
					break
				}
			}
		}
	}
	for i := range got {
		switch {
		case open == 0:
			got[i] *= total / (total - rest)
		case got[i] == 0:
			got[i] = rest / float64(open)
		}
	}
	return got
}
