package pdf

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"traininghub/internal/document"
	"traininghub/internal/form"
)

// mostEntries is how many entries of a list fit on a form on paper.
const mostEntries = 4

// Blank draws an empty form to fill in on paper or without the website: the questions of the online
// form, with a field for each answer, and the parts that others complete. The same form gives the
// same bytes.
func Blank(f *document.Form) (pdf []byte, err error) {
	if f == nil || f.Definition == nil {
		return nil, errors.New("pdf: there is no form")
	}
	return guarded(func() ([]byte, error) {
		l, clean := newLayout(), cleaner{has: regular().has}
		l.form(f, &clean)
		return paint(cover{title: clean.line(f.Title), foot: clean.line(f.Issuer)}, l.at, l.sheets)
	})
}

func (l *layout) form(f *document.Form, clean *cleaner) {
	l.bar(clean.line(f.Title))
	l.head(clean.head(f.Head))
	l.y += 6
	l.paragraph(paragraph, clean.line(f.Intro), 0)
	for _, s := range f.Sections {
		draw := func() { l.questions(s, clean) }
		if s.Repeat == nil && len(s.Questions) <= 6 { // a longer section could leave half a page empty
			l.wholeSection(s.Title, draw)
		} else {
			l.section(s.Title, draw)
		}
	}
	if len(f.Declarations) > 0 {
		l.confirmations(f, clean)
	}
	if f.Signature.Label != "" {
		l.toSign(f.Signature, clean)
	}
	for _, p := range f.Parts {
		l.part(clean.part(document.PartOf(p)))
	}
}

func (l *layout) confirmations(f *document.Form, clean *cleaner) {
	l.wholeSection("Declarations", func() {
		l.heading("Declarations")
		l.wait(5, func() { l.space(5) })
		for _, d := range f.Declarations {
			confirm := blank{name: "declarations/" + d.ID, label: clean.line(d.Text), kind: "confirm"}
			l.beside(l.blank(confirm, left, measureWidth))
		}
	})
}

func (l *layout) toSign(s form.Signature, clean *cleaner) {
	l.wholeSection("Signature", func() {
		const date = 146.0
		l.heading("Signature")
		l.wait(5, func() { l.space(5) })
		sign := blank{
			name: "signature", label: clean.line(s.Label), kind: "signature",
			hint: "Sign, or type your full name. This counts as your signature",
		}
		on := blank{name: "signature-date", about: "Signature", label: "Date", hint: " ", kind: "date"}
		l.beside(l.blank(sign, left, measureWidth-date-20), l.blank(on, right-date, date))
	})
}

func (l *layout) questions(s form.Section, clean *cleaner) {
	l.heading(clean.line(s.Title))
	l.wait(4, func() { l.space(4) })
	intro := strings.Join(s.Intro, " ")
	n := 0
	if s.Repeat != nil {
		if n = max(1, s.Repeat.Min, min(s.Repeat.Max, mostEntries)); s.Repeat.Max > n {
			intro += fmt.Sprintf(" If you have more %s, go on with them on another sheet.", s.Repeat.Items)
		}
	}
	if intro = clean.line(intro); intro != "" { // waits, like the heading, for the questions below
		c := l.wrap("P", paragraph, left, measureWidth, intro, maxLabelLines)
		l.wait(c.height()+3, func() {
			l.draw(c, l.y)
			l.y += c.height() + 4
		})
	}
	if s.Repeat == nil {
		l.asked(s, "", s.ID, clean)
		return
	}
	share := shareOf(s.Questions, clean)
	switch {
	case n == 1:
		l.asked(s, "", s.ID+"/1", clean)
	case share > 1:
		l.entries(s, n, share, clean)
	default:
		for i := range n {
			about, name := entryOf(s, i, clean)
			l.wholeSection(about, func() {
				l.heads(subheading, about, 4, 2)
				l.asked(s, about, name, clean)
			})
		}
	}
}

// entryOf is what an entry of a list, counted from 0, is called for people and in the names of its
// fields.
func entryOf(s form.Section, i int, clean *cleaner) (about, name string) {
	return fmt.Sprintf("%s %d", document.Capital(clean.line(s.Repeat.Item)), i+1), fmt.Sprintf("%s/%d", s.ID, i+1)
}

// shareOf is how many columns each question gets if all questions of an entry fit in one row; 0 if
// they do not.
func shareOf(questions []form.Question, clean *cleaner) int {
	rest, texts := gridColumns, 0
	for i := range questions {
		switch b := asks(&questions[i], "", "", clean); {
		case b.kind == "line":
			texts++
		case b.kind == "date" || b.kind == "month":
			rest -= b.columns()
		default:
			return 0
		}
	}
	if texts == 0 {
		return 0
	}
	return rest / texts
}

// entries draws a row for each entry of a list, with the questions once above all rows.
func (l *layout) entries(s form.Section, n, share int, clean *cleaner) {
	l.whole(func() {
		for i := range n {
			about, name := entryOf(s, i, clean)
			var row []piece
			from := 0
			for k := range s.Questions {
				b := asks(&s.Questions[k], about, name, clean)
				b.row = i > 0
				columns := share
				if b.kind != "line" {
					columns = b.columns()
				}
				x, width := across(from, columns)
				row = append(row, l.blank(b, x, width))
				from += columns
			}
			l.beside(row...)
			l.y -= 3
		}
		l.y += 3
	})
}

const (
	gridColumns = 6
	gridGap     = 12.0
	gridColumn  = (measureWidth - (gridColumns-1)*gridGap) / gridColumns
)

// columns is how many of the page's columns a width takes.
func columns(width float64) int {
	return max(1, min(gridColumns, int(math.Ceil((width+gridGap)/(gridColumn+gridGap)))))
}

// across is the left edge and the width of n columns, counted from a column.
func across(from, n int) (x, width float64) {
	return left + float64(from)*(gridColumn+gridGap), float64(n)*(gridColumn+gridGap) - gridGap
}

// asks is a question on paper.
func asks(q *form.Question, about, name string, clean *cleaner) blank {
	b := blank{
		name: name + "/" + q.ID, about: about,
		label: clean.line(q.Label), hint: clean.line(q.OnPaper()), kind: q.Kind.Paper(),
		most: q.Max(), width: float64(q.Width) * 7.5,
	}
	for _, o := range q.Choices() {
		b.options = append(b.options, clean.line(o.Label))
	}
	if q.Kind.Lines() {
		b.height = 80
	}
	if q.Width > 6 {
		b.width = max(b.width, 110) // people write larger than they type
	}
	return b
}

// asked draws a section's questions, each with its box below it. Short ones stand side by side.
func (l *layout) asked(s form.Section, about, name string, clean *cleaner) {
	var row []piece
	taken := 0
	end := func() {
		if len(row) > 0 {
			l.beside(row...)
		}
		row, taken = nil, 0
	}
	for i := range s.Questions {
		b := asks(&s.Questions[i], about, name, clean)
		n := b.columns()
		if taken+n > gridColumns {
			end()
		}
		if b.kind == "line" && b.width == 0 && taken == 0 && i == len(s.Questions)-1 {
			n = gridColumns // nothing else fits in its row
		}
		x, width := across(taken, n)
		row = append(row, l.blank(b, x, width))
		taken += n
	}
	end()
}

// columns is how many of the page's columns the blank takes: what its box needs, its label on one
// line, and its hint if that is short.
func (b blank) columns() int {
	n := columns(min(half, label.face().width(b.label, styles[label].size)))
	if width := note.face().width(b.hint, styles[note].size); width <= half {
		n = max(n, columns(width))
	}
	switch {
	case b.kind == "lines":
		return gridColumns
	case b.kind == "date":
		return max(n, columns(146))
	case b.kind == "month":
		return max(n, columns(102))
	case len(b.options) > 0:
		width := 0.0
		for _, s := range b.options {
			width = max(width, answer.face().width(s, styles[answer].size)+21)
		}
		if len(b.options) > 2 || width > gridColumn {
			return gridColumns
		}
		return max(n, columns(2*width+28))
	case b.width > 0:
		return max(n, columns(b.width))
	}
	return max(n, gridColumns/2)
}
