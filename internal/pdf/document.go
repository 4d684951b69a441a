package pdf

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"traininghub/internal/course"
	"traininghub/internal/document"
)

const (
	notProvided = "Not provided"
	noneGiven   = "None given"

	// However long the answers are, they leave some pages for the parts that follow.
	answerPages = maxPages - 8
	signedPages = maxPages - 4

	pairPad   = 3.0
	labelPart = 112.0 // width of questions beside their answers
	labelLong = 170.0 // width of questions that would take too many lines at labelPart
	labelGap  = 8.0
	half      = (measureWidth - 16) / 2 // each of two short answers side by side
)

// document lays out the whole document. lost is how many characters could not be shown.
func (l *layout) document(d *document.Document, lost int) {
	l.upTo(answerPages)
	l.bar(d.Title)
	l.head(d.Head)
	l.y += 4
	l.check(d.Check)
	for _, s := range d.Sections {
		if !l.full {
			draw := func() { l.answers(s) }
			if len(s.Text) == 0 && !slices.ContainsFunc(s.Items, func(it document.Item) bool { return it.Kind.Lines() }) {
				l.wholeSection(s.Title, draw) // short answers: no row is left alone on a page
			} else {
				l.section(s.Title, draw)
			}
		}
	}
	l.upTo(signedPages)
	l.declarations(d.Declarations)
	l.signed(d.Signatures)
	l.next(d.Next)
	l.notes(d.Notes, lost)
	l.upTo(maxPages)
	for _, p := range d.Parts {
		l.part(p)
	}
}

// bar draws the document's title below a blue bar.
func (l *layout) bar(s string) {
	l.wait(16, func() {
		l.fill(left, l.y, 48, 5, blue)
		l.y += 16
	})
	l.heads(title, cmp.Or(s, "Document"), 0, 10)
	l.wait(0, func() { l.rule(left, l.y, measureWidth, 1, black) })
}

// head says at a glance what the document is and whose.
func (l *layout) head(lines []document.Line) {
	if !slices.ContainsFunc(lines, func(x document.Line) bool { return x.Value != "" }) {
		return
	}
	var all []pair
	for _, x := range lines {
		if x.Value != "" {
			all = append(all, pair{x.Label, x.Value, answer})
		}
	}
	l.pairs(all)
}

// check draws a box with what a reader should look at first.
func (l *layout) check(n document.Notice) {
	if len(n.Lines) == 0 {
		return
	}
	const pad, bullet = 12.0, 12.0
	l.space(12)
	l.wholeSection(n.Title, func() {
		c := l.wrap(l.at.heading(), label, left+pad, measureWidth-2*pad, n.Title, maxLabelLines)
		l.room(66 + c.height())
		begin, on := l.y, len(l.sheets)
		l.y += pad
		l.draw(c, l.y)
		l.y += c.height() + 2
		l.open("L", func() {
			for _, f := range n.Lines {
				l.item(paragraph, left+pad, bullet, measureWidth-2*pad, "•", f)
				l.y += 2
			}
		})
		l.y += pad - 2
		if len(l.sheets) == on {
			l.frame(left, begin, measureWidth, l.y-begin, 1, black)
			l.fill(left, begin, 4, l.y-begin, black)
		}
	})
}

// heading begins a section; a section without a title has no heading.
func (l *layout) heading(s string) {
	if s == "" {
		return
	}
	l.heads(heading, s, 13, 3)
	l.wait(1, func() {
		l.rule(left, l.y, measureWidth, 1.5, blue)
		l.y++
	})
}

// section makes what f draws a section of the document, with headings one level deeper. Without a
// title it adds no section, since a level of headings would be missing.
func (l *layout) section(title string, f func()) {
	if title == "" {
		f()
		return
	}
	l.open("Sect", f)
}

// wholeSection draws a section that stays on one page if it fits.
func (l *layout) wholeSection(title string, f func()) {
	l.whole(func() { l.section(title, f) })
}

func (l *layout) answers(s document.Section) {
	l.heading(s.Title)
	if len(s.Text) > 0 {
		l.wait(10, func() { l.space(10) })
	}
	for _, p := range s.Text {
		l.paragraph(paragraph, p, 8)
	}
	heads := s.Heads
	if len(heads) == 0 && len(s.Rows) > 0 {
		for _, it := range s.Rows[0] {
			heads = append(heads, it.Question)
		}
	}
	switch {
	case len(heads) == 0 && len(s.Items) == 0 && len(s.Text) > 0:
	case len(heads) == 0:
		l.items(s.Items)
	case fitsTable(heads, s.Rows):
		l.wait(8, func() { l.y += 8 })
		l.open("Table", func() { l.table(heads, s.Rows) })
	case len(s.Rows) == 0:
		l.items(nil)
		l.y += 4
		l.paragraph(note, "What the form asks here: "+strings.Join(heads, "; ")+".", 4)
	default:
		for i, row := range s.Rows {
			if len(s.Rows) == 1 {
				l.whole(func() { l.items(row) })
				continue
			}
			l.wholeSection(s.RowTitle(i+1), func() {
				l.heads(subheading, s.RowTitle(i+1), 12, 2)
				l.items(row)
			})
		}
	}
}

// fitsTable reports whether rows are short enough to stand side by side.
func fitsTable(heads []string, rows [][]document.Item) bool {
	if len(heads) == 0 || len(heads) > 3 {
		return false
	}
	for _, row := range rows {
		if len(row) != len(heads) {
			return false
		}
		for i, it := range row {
			if it.Question != heads[i] || it.Kind.Lines() {
				return false
			}
		}
	}
	return true
}

func (l *layout) items(items []document.Item) {
	if len(items) == 0 {
		l.row([]column{l.wrap("P", unanswered, left, measureWidth, noneGiven, maxLabelLines)}, pairPad)
	}
	for len(items) > 0 {
		if items[0].Kind.Lines() {
			l.section(items[0].Question, func() { l.long(items[0]) })
			items = items[1:]
			continue
		}
		var short []pair
		for len(items) > 0 && !items[0].Kind.Lines() {
			short = append(short, pair{items[0].Question, items[0].Answer, answer})
			items = items[1:]
		}
		l.pairs(short)
	}
}

// A pair is a question and its answer, drawn side by side.
type pair struct {
	question, answer string
	role             role // of the answer
}

// beside tells whether the question takes only a few lines in a narrow column.
func (p pair) beside() bool {
	if len(p.question) > 200 { // surely too long, without measuring
		return false
	}
	_, long := question.face().wrap(p.question, styles[question].size, labelPart, 3)
	return !long
}

// short tells whether question and answer take so few lines in half the width that another pair
// fits beside them.
func (p pair) short() bool {
	if len(p.answer) > 200 {
		return false
	}
	const width = half - labelPart - labelGap
	face, size := p.role.face(), styles[p.role].size
	_, longer := face.wrap(cmp.Or(p.answer, notProvided), size, width, 2)
	return p.beside() && !longer && !slices.ContainsFunc(strings.Fields(p.answer), func(word string) bool {
		return face.width(word, size) > width // an address is not broken in its middle
	})
}

// pairs draws pairs as a list. Two short ones share a row.
func (l *layout) pairs(all []pair) {
	l.open("L", func() {
		for len(all) > 0 {
			n := 1
			if len(all) > 1 && all[0].short() && all[1].short() {
				n = 2
			}
			var row []column
			for i, p := range all[:n] {
				x, part := left+float64(i)*(measureWidth-half), labelPart
				if !p.beside() {
					part = labelLong
				}
				width := measureWidth - part - labelGap
				if n > 1 {
					width = half - part - labelGap
				}
				l.open("LI", func() {
					row = append(row, l.wrap("Lbl", question, x, part, p.question, maxAnswerLines),
						l.answered("LBody", p.role, x+part+labelGap, width, p.answer))
				})
			}
			l.row(row, pairPad)
			all = all[n:]
		}
	})
}

// long draws a question above its answer, which may run over several pages.
func (l *layout) long(it document.Item) {
	const indent = 12.0
	l.heads(question, it.Question, 8, 3)
	for _, p := range l.answered("P", answer, left+indent, measureWidth-indent, it.Answer).paragraphs() {
		l.flow(p, func(y, h float64) { l.fill(left, y, 2.5, h, faint) })
	}
	l.space(6)
}

func (l *layout) declarations(all []document.Declaration) {
	if len(all) == 0 {
		return
	}
	const box, indent = 11.0, 24.0
	at, together := all[0].At, !slices.ContainsFunc(all, func(d document.Declaration) bool { return !d.At.Equal(all[0].At) })
	l.wholeSection("Declarations", func() {
		l.heading("Declarations")
		l.open("L", func() {
			for _, d := range all {
				l.whole(func() {
					l.wait(6, func() { l.space(6) })
					l.open("LI", func() {
						l.open("LBody", func() {
							text := l.wrap("P", paragraph, left+indent, measureWidth-indent, d.Text, maxAnswerLines)
							l.signedItem(text, func(y float64) { l.tick(left, y+1.5, box) })
							if !together {
								l.room(styles[note].lead)
								l.write(l.child("P"), note, left+indent, l.y, "Confirmed at "+course.Moment(d.At))
								l.y += styles[note].lead
							}
							l.y += 2
						})
					})
				})
			}
		})
		if together {
			l.wait(2, func() { l.space(2) })
			l.paragraph(note, "Confirmed at "+course.Moment(at), 0)
		}
	})
}

// item draws one item of a list: a number or bullet, and text beside it.
func (l *layout) item(r role, x, indent, width float64, sign, s string) {
	l.open("LI", func() {
		in := l.child("Lbl")
		l.signedItem(l.wrap("LBody", r, x+indent, width-indent, s, maxAnswerLines), func(y float64) {
			l.write(in, r, x, y, sign+" ")
		})
	})
}

// signedItem draws text after a sign: a number, or a box.
func (l *layout) signedItem(c column, sign func(y float64)) {
	begun := false
	l.flow(c, func(y, _ float64) {
		if !begun {
			sign(y)
		}
		begun = true
	})
}

func (l *layout) signed(all []document.Signature) {
	if len(all) == 0 {
		return
	}
	title := "Signature"
	if len(all) > 1 {
		title = "Signatures"
	}
	l.wholeSection(title, func() {
		l.heading(title)
		var pairs []pair
		for _, s := range all {
			pairs = append(pairs, pair{s.Label, s.Name, signature}, pair{"Signed at", course.Moment(s.At), answer})
		}
		l.pairs(pairs)
	})
}

func (l *layout) next(steps []string) {
	if len(steps) == 0 {
		return
	}
	const indent = 20.0
	l.wholeSection("What happens next", func() {
		l.heading("What happens next")
		l.wait(6, func() { l.y += 6 })
		l.open("L", func() {
			l.at.attr = "<</O/List/ListNumbering/Decimal>>"
			for i, s := range steps {
				l.item(paragraph, left, indent, measureWidth, strconv.Itoa(i+1)+".", s)
				l.y += 3
			}
		})
	})
}

// notes draws the small print. It begins with the number of characters that could not be shown.
func (l *layout) notes(notes []string, lost int) {
	l.wait(14, func() { l.space(14) })
	switch {
	case lost == 1:
		l.paragraph(note, "1 character could not be shown here and appears as □ or is left out. "+
			"The online record has it.", 2)
	case lost > 1:
		l.paragraph(note, fmt.Sprintf("%d characters could not be shown here and appear as □ or are left out. "+
			"The online record has them.", lost), 2)
	}
	for _, s := range notes {
		l.paragraph(note, s, 0)
	}
}
