package pdf

import "traininghub/internal/form"

// part draws an empty block for somebody to fill in by hand, on one page.
func (l *layout) part(p form.Part) {
	const pad = 7.0
	l.space(30)
	l.whole(func() {
		c := l.wrap(heading, left+10, measureWidth-20, p.Title, maxLabelLines)
		l.room(c.height() + 2*pad + 80)
		l.fill(left, l.y, measureWidth, c.height()+2*pad, pale)
		l.rule(left, l.y, measureWidth, 2, blue)
		l.draw(c, l.y+pad)
		l.y += c.height() + 2*pad + 12
		for _, s := range p.Intro {
			l.paragraph(paragraph, s, 8)
		}
		l.paragraph(paragraph, p.Statement, 8)
		for i := 0; i < len(p.Blanks); i++ {
			const date = 146.0
			b := p.Blanks[i]
			if i+1 < len(p.Blanks) && p.Blanks[i+1].Kind == "date" && (b.Kind == "line" || b.Kind == "signature") {
				i++
				l.beside(l.blank(b, left, measureWidth-date-20), l.blank(p.Blanks[i], right-date, date))
				continue
			}
			l.beside(l.blank(b, left, measureWidth))
		}
	})
}

// A field is a blank with its label, to be drawn at some height of the page.
type field struct {
	height float64
	draw   func(y float64)
}

func (l *layout) beside(fields ...field) {
	height := 0.0
	for _, f := range fields {
		height = max(height, f.height)
	}
	l.room(height)
	for _, f := range fields {
		f.draw(l.y)
	}
	l.y += height + 14
}

// blank is one thing to fill in.
func (l *layout) blank(b form.Blank, x, width float64) field {
	c := l.wrap(label, x, width, b.Label, maxLabelLines)
	var f field
	switch b.Kind {
	case "lines":
		f = l.box(x, width, 96)
	case "signature":
		f = l.box(x, width, 44)
	case "date":
		f = l.dateBoxes(x)
	case "choice":
		f = l.choice(b.Options, x, width)
	default:
		f = l.box(x, width, 26)
	}
	under := c.height() + 3
	return field{under + f.height, func(y float64) {
		l.draw(c, y)
		f.draw(y + under)
	}}
}

func (l *layout) box(x, width, height float64) field {
	return field{height, func(y float64) { l.frame(x, y, width, height, .8, grey) }}
}

func (l *layout) dateBoxes(x float64) field {
	const height, gap = 26.0, 8.0
	return field{height + 2 + styles[caption].lead, func(y float64) {
		at := x
		for _, part := range []struct {
			name  string
			width float64
		}{{"Day", 36}, {"Month", 36}, {"Year", 58}} {
			l.frame(at, y, part.width, height, .8, grey)
			l.write(caption, at, y+height+2, part.name)
			at += part.width + gap
		}
	}}
}

// choice is a box to tick for each option: side by side as far as there is room.
func (l *layout) choice(options []string, x, width float64) field {
	const box, gap, between = 14.0, 7.0, 28.0
	type option struct {
		words column
		x, y  float64
	}
	var all []option
	at, y, height := x, 2.0, 0.0
	for _, s := range options {
		c := l.wrap(answer, 0, width-box-gap, s, maxLabelLines)
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
	return field{y + height, func(top float64) {
		for _, o := range all {
			l.frame(o.x, top+o.y, box, box, .8, black)
			l.draw(o.words, top+o.y)
		}
	}}
}
