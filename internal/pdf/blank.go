package pdf

import (
	"errors"
	"fmt"

	"traininghub/internal/document"
	"traininghub/internal/form"
)

// mostEntries is how many entries of a list a form on paper has room for.
const mostEntries = 4

// Blank draws an empty form for people who fill it in on paper or without the website: what the
// online form asks, with a field for each answer, and the parts that others complete. The same form
// gives the same bytes.
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
	l.y += 10
	l.paragraph(paragraph, clean.line(f.Intro), 0)
	for _, s := range f.Sections {
		draw := func() { l.questions(s, clean) }
		if s.Repeat == nil && len(s.Questions) <= 6 { // a longer one could leave half a page empty
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
		l.wait(10, func() { l.space(10) })
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
		l.wait(10, func() { l.space(10) })
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
	l.wait(8, func() { l.space(8) })
	for _, text := range s.Intro { // waits as the heading does, so that they do not end up alone at the foot of a page
		c := l.wrap("P", paragraph, left, measureWidth, clean.line(text), maxLabelLines)
		l.wait(c.height()+6, func() {
			l.draw(c, l.y)
			l.y += c.height() + 6
		})
	}
	if s.Repeat == nil {
		l.asked(s, "", s.ID, clean)
		return
	}
	n := max(1, s.Repeat.Min, min(s.Repeat.Max, mostEntries))
	for i := range n {
		if n == 1 {
			l.asked(s, "", s.ID+"/1", clean)
			break
		}
		about := fmt.Sprintf("%s %d", document.Capital(clean.line(s.Repeat.Item)), i+1)
		l.wholeSection(about, func() {
			l.heads(subheading, about, 12, 6)
			l.asked(s, about, fmt.Sprintf("%s/%d", s.ID, i+1), clean)
		})
	}
	if s.Repeat.Max > n {
		more := fmt.Sprintf("If you have more %s, go on with them on another sheet.", clean.line(s.Repeat.Items))
		l.paragraph(note, more, 0)
	}
}

// asked draws a section's questions, most with their box at the right.
func (l *layout) asked(s form.Section, about, name string, clean *cleaner) {
	for _, q := range s.Questions {
		b := blank{
			name: name + "/" + q.ID, about: about,
			label: clean.line(q.Label), hint: clean.line(q.OnPaper()), kind: q.Kind.Paper(),
			most: q.Max(), width: float64(q.Width) * 11,
		}
		for _, o := range q.Choices() {
			b.options = append(b.options, clean.line(o.Label))
		}
		if q.Kind.Lines() {
			b.height = 150
			l.beside(l.blank(b, left, measureWidth))
			continue
		}
		l.beside(l.question(b))
		l.y -= 5 // closer than the blanks of a part, which have their labels above
	}
}

// question lays out a blank with its label at the left.
func (l *layout) question(b blank) piece {
	const at = left + labelPart + labelGap
	c := l.wrap("P", label, left, labelPart, b.label, maxLabelLines)
	var hint column
	if b.hint != "" {
		hint = l.wrap("P", note, left, labelPart, b.hint, maxLabelLines)
	}
	p := l.answerTo(b, at, right-at)
	return piece{max(c.height()+hint.height(), p.height), func(y float64) {
		l.draw(c, y)
		l.draw(hint, y+c.height())
		p.draw(y)
	}}
}
