package pdf

import (
	"cmp"
	"fmt"

	"traininghub/internal/document"
)

// part draws a part that somebody else completes: the answers so far, and the blanks still to be
// filled in, under a line that says why. It stays on one page if it fits.
func (l *layout) part(p document.Part) {
	const pad, date = 5.0, 146.0
	l.space(14)
	l.wholeSection(p.Title, func() {
		c := l.wrap(l.at.heading(), heading, left+10, measureWidth-20, p.Title, maxLabelLines)
		l.room(c.height() + 2*pad + 80)
		l.fill(left, l.y, measureWidth, c.height()+2*pad, pale)
		l.rule(left, l.y, measureWidth, 2, blue)
		l.draw(c, l.y+pad)
		l.y += c.height() + 2*pad + 7
		for _, s := range p.Intro {
			l.paragraph(paragraph, s, 5)
		}
		l.paragraph(paragraph, p.Statement, 5)
		l.paragraph(label, p.State, 5)
		if len(p.Items) > 0 {
			l.items(p.Items)
			l.space(12)
		}
		for i := 0; i < len(p.Blanks); i++ {
			b := partBlank(p, i)
			if i+1 < len(p.Blanks) && p.Blanks[i+1].Kind == "date" && (b.kind == "line" || b.kind == "signature") {
				i++
				l.beside(l.blank(b, left, measureWidth-date-20), l.blank(partBlank(p, i), right-date, date))
				continue
			}
			l.beside(l.blank(b, left, measureWidth))
		}
	})
}

func partBlank(p document.Part, i int) blank {
	b := p.Blanks[i]
	return blank{name: p.ID + "/" + b.ID, about: p.Title, label: b.Label, kind: b.Kind, options: b.Options}
}

// A blank is one thing to fill in.
type blank struct {
	name    string // of its field; a date has three fields, which end in "/day", "/month" and "/year"
	about   string // what it belongs to, for people who hear only the field's description
	label   string
	hint    string
	kind    string // as in form.Blank, or "month", "confirm"
	options []string
	width   float64 // of the box in points; the whole width if 0
	height  float64 // of a box of several lines, in points; 96 if 0
	most    int     // limit in characters; none if 0
	row     bool    // in a list whose labels are above its first row
}

// describe tells people who cannot see the page what to enter.
func (b blank) describe(detail string) string {
	s := cmp.Or(b.label, "To be filled in") // a screen reader must have something to say
	if b.about != "" {
		s = b.about + ": " + s
	}
	if detail != "" {
		s += ", " + detail
	}
	return s
}

// boxHeight is the height of a one-line box, with room for handwriting.
const boxHeight = 21.0

// A piece is a blank with its label, and can be drawn anywhere on a page.
type piece struct {
	height float64
	under  float64 // height of the label above its box
	draw   func(y, under float64)
}

// beside draws pieces in a row, with their boxes on one line.
func (l *layout) beside(pieces ...piece) {
	under, height := 0.0, 0.0
	for _, p := range pieces {
		under = max(under, p.under)
	}
	for _, p := range pieces {
		height = max(height, under+p.height-p.under)
	}
	l.room(height)
	for _, p := range pieces {
		p.draw(l.y, under)
	}
	l.y += height + 6
}

// blank lays out one thing to fill in, with its label and hint above it.
func (l *layout) blank(b blank, x, width float64) piece {
	if b.kind == "confirm" {
		return l.confirm(b, x, width)
	}
	if b.row {
		p := l.answerTo(b, x, width)
		return piece{p.height, 0, p.draw}
	}
	c, hint := l.wrap("P", label, x, width, b.label, maxLabelLines), column{}
	under := c.height()
	if b.hint != "" {
		at := label.face().width(b.label, styles[label].size) + 6
		if at+note.face().width(b.hint, styles[note].size) <= width {
			hint = l.wrap("P", note, x+at, width-at, b.hint, 1)
		} else {
			hint = l.wrap("P", note, x, width, b.hint, maxLabelLines)
			under += hint.height()
		}
	}
	p := l.answerTo(b, x, width)
	under += 2
	return piece{under + p.height, under, func(y, under float64) {
		l.draw(c, y)
		if hint.x > x {
			l.draw(hint, y+styles[label].baseline()-styles[note].baseline())
		} else {
			l.draw(hint, y+c.height())
		}
		p.draw(y+under, 0)
	}}
}

// answerTo lays out the boxes for an answer.
func (l *layout) answerTo(b blank, x, width float64) piece {
	box := width
	if b.width > 0 {
		box = min(box, b.width)
	}
	switch b.kind {
	case "lines":
		return l.box(b, x, box, cmp.Or(b.height, 56))
	case "signature":
		return l.box(b, x, box, 32)
	case "date":
		return l.dateBoxes(b, x, "Day", "Month", "Year")
	case "month":
		return l.dateBoxes(b, x, "Month", "Year")
	case "choice", "choices":
		return l.choice(b, x, width)
	}
	return l.box(b, x, box, boxHeight)
}

func (l *layout) box(b blank, x, width, height float64) piece {
	e := entry{name: b.name, tip: b.describe(""), kind: oneLine, most: b.most}
	if b.kind == "lines" {
		e.kind = manyLines
	}
	return piece{height, 0, func(y, _ float64) {
		l.frame(x, y, width, height, .8, grey)
		l.enter(x, y, width, height, e)
	}}
}

func (l *layout) dateBoxes(b blank, x float64, parts ...string) piece {
	const height, gap = boxHeight, 8.0
	under := 1 + styles[caption].lead
	if b.row {
		under = 0
	}
	return piece{height + under, 0, func(y, _ float64) {
		at := x
		for _, part := range parts {
			width, most, id := 36.0, 2, map[string]string{"Day": "day", "Month": "month", "Year": "year"}[part]
			if part == "Year" {
				width, most = 58, 4
			}
			l.frame(at, y, width, height, .8, grey)
			if !b.row {
				l.write(l.child("P"), caption, at, y+height+1, part)
			}
			e := entry{name: b.name + "/" + id, tip: b.describe(id), kind: oneLine, most: most}
			l.enter(at, y, width, height, e)
			at += width + gap
		}
	}}
}

// choice draws a box to tick for each option, side by side where there is room. At most one can be
// ticked.
func (l *layout) choice(b blank, x, width float64) piece {
	const box, gap, between = 14.0, 7.0, 28.0
	type option struct {
		words column
		x, y  float64
	}
	var all []option
	at, y, height := x, 2.0, 0.0
	for _, s := range b.options {
		c := l.wrap("P", answer, 0, width-box-gap, s, maxLabelLines)
		w := width
		if len(c.lines) == 1 {
			w = box + gap + answer.face().width(c.lines[0], styles[answer].size)
		}
		if at > x && at+w > x+width {
			at, y = x, y+height
		}
		c.x = at + box + gap
		all = append(all, option{c, at, y})
		height = max(c.height(), box) + 6
		at += w + between
	}
	return piece{y + height - 4, 0, func(top, _ float64) {
		for i, o := range all {
			l.frame(o.x, top+o.y, box, box, .8, black)
			e := entry{name: b.name, tip: b.describe(b.options[i]), group: b.describe(""), kind: oneOf, option: b.options[i]}
			if b.kind == "choices" {
				e = entry{name: fmt.Sprint(b.name, "/", i+1), tip: e.tip, kind: ticked, option: b.options[i]}
			}
			l.enter(o.x, top+o.y, box, box, e)
			l.draw(o.words, top+o.y)
		}
	}}
}

// confirm draws a box to tick, with its words beside it.
func (l *layout) confirm(b blank, x, width float64) piece {
	const box, gap = 14.0, 10.0
	c := l.wrap("P", paragraph, x+box+gap, width-box-gap, b.label, maxAnswerLines)
	return piece{max(c.height(), box), 0, func(y, _ float64) {
		l.frame(x, y, box, box, .8, black)
		l.enter(x, y, box, box, entry{name: b.name, tip: b.describe(""), kind: ticked, option: "Confirmed"})
		l.draw(c, y)
	}}
}
