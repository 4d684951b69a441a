package pdf

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/form"
)

const (
	notProvided = "Not provided"
	noneGiven   = "None given"

	// Of the pages, the answers leave some for what has to follow them, however long they are.
	answerPages = maxPages - 8
	signedPages = maxPages - 4

	pairPad   = 5.0
	labelPart = 170.0 // width of questions that stand beside their answers
	labelGap  = 14.0
)

// application lays out the whole document. lost is how many characters could not be shown.
func (l *layout) application(d *document.Document, lost int) {
	l.upTo(answerPages)
	l.top(d)
	l.flags(d.Flags)
	for _, s := range d.Sections {
		if !l.full {
			l.open("Sect", func() { l.answers(s) })
		}
	}
	l.upTo(signedPages)
	l.declarations(d.Declarations)
	l.signed(d.Signature)
	l.next(d.Next)
	l.notes(d, lost)
	l.upTo(maxPages)
	for _, p := range d.Parts {
		l.part(p, completed(d, p.ID))
	}
}

// completed is the part with the id as it stands; nil if nothing is known of it.
func completed(d *document.Document, id string) *document.Completion {
	for i := range d.Completed {
		if d.Completed[i].Part == id {
			return &d.Completed[i]
		}
	}
	return nil
}

// bar is the document's title, below a blue bar.
func (l *layout) bar(s string) {
	l.wait(16, func() {
		l.fill(left, l.y, 48, 5, blue)
		l.y += 16
	})
	l.heads(title, cmp.Or(s, "Application"), 0, 10)
	l.wait(0, func() { l.rule(left, l.y, measureWidth, 1, black) })
}

// top says at a glance what this is and whose.
func (l *layout) top(d *document.Document) {
	l.bar(d.Title)
	withdrawn := ""
	if !d.Withdrawn.IsZero() {
		withdrawn = course.Moment(d.Withdrawn)
	}
	l.open("L", func() {
		for _, p := range [][2]string{
			{"Reference", d.Reference},
			{"Applicant", d.Applicant.Name},
			{"Course", d.Course.Title},
			{"Training provider", d.Course.Provider},
			{"Received", course.Moment(d.Received)},
			{"Withdrawn", withdrawn},
		} {
			if p[1] != "" {
				l.pair(p[0], p[1], answer)
			}
		}
	})
	l.y += 4
}

// flags are what a person should look at, in a box.
func (l *layout) flags(flags []string) {
	if len(flags) == 0 {
		return
	}
	const pad, bullet = 12.0, 12.0
	l.space(12)
	l.section(func() {
		l.room(80)
		begin, on := l.y, len(l.sheets)
		l.y += pad
		l.write(l.child(l.at.heading()), label, left+pad, l.y, "For the STP lead to check")
		l.y += styles[label].lead + 2
		l.open("L", func() {
			for _, f := range flags {
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

func (l *layout) heading(s string) {
	l.heads(heading, s, 26, 4)
	l.wait(1, func() {
		l.rule(left, l.y, measureWidth, 1.5, blue)
		l.y++
	})
}

// section keeps what f draws on one page, as far as it fits one, and is a section of the document.
func (l *layout) section(f func()) {
	l.whole(func() { l.open("Sect", f) })
}

func (l *layout) answers(s document.Section) {
	l.heading(s.Title)
	heads := s.Heads
	if len(heads) == 0 && len(s.Rows) > 0 {
		for _, it := range s.Rows[0] {
			heads = append(heads, it.Question)
		}
	}
	switch {
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
			l.section(func() {
				l.heads(subheading, fmt.Sprintf("%s %d", capital(s.Item), i+1), 12, 2)
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
			if it.Question != heads[i] || it.Kind == form.LongText {
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
		if items[0].Kind == form.LongText {
			l.open("Sect", func() { l.long(items[0]) })
			items = items[1:]
			continue
		}
		l.open("L", func() {
			for len(items) > 0 && items[0].Kind != form.LongText {
				l.pair(items[0].Question, items[0].Answer, answer)
				items = items[1:]
			}
		})
	}
}

// pair draws a question beside its answer, as one of a list.
func (l *layout) pair(q, a string, r role) {
	l.open("LI", func() {
		l.row([]column{
			l.wrap("Lbl", question, left, labelPart, q, maxAnswerLines),
			l.answered("LBody", r, left+labelPart+labelGap, measureWidth-labelPart-labelGap, a),
		}, pairPad)
	})
}

// long draws a question above its answer, which may be of several pages.
func (l *layout) long(it document.Item) {
	const indent = 12.0
	l.heads(question, it.Question, 12, 5)
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
	l.section(func() {
		l.heading("Declarations")
		l.open("L", func() {
			for _, d := range all {
				l.whole(func() {
					l.wait(8, func() { l.space(8) })
					l.open("LI", func() {
						l.open("LBody", func() {
							l.signedItem(l.wrap("P", paragraph, left+indent, measureWidth-indent, d.Text, maxAnswerLines), func(y float64) {
								l.tick(left, y+1.5, box)
							})
							l.room(styles[note].lead)
							l.write(l.child("P"), note, left+indent, l.y, "Confirmed at "+course.Moment(d.At))
							l.y += styles[note].lead + 2
						})
					})
				})
			}
		})
	})
}

// item draws one of a list: a number or bullet, and text beside it.
func (l *layout) item(r role, x, indent, width float64, sign, s string) {
	l.open("LI", func() {
		in := l.child("Lbl")
		l.signedItem(l.wrap("LBody", r, x+indent, width-indent, s, maxAnswerLines), func(y float64) {
			l.write(in, r, x, y, sign+" ")
		})
	})
}

// signedItem draws text that begins with a sign: a number, or a box.
func (l *layout) signedItem(c column, sign func(y float64)) {
	begun := false
	l.flow(c, func(y, _ float64) {
		if !begun {
			sign(y)
		}
		begun = true
	})
}

func (l *layout) signed(s document.Signature) {
	l.section(func() {
		l.heading("Signature")
		l.open("L", func() {
			l.pair(s.Label, s.Name, signature)
			l.pair("Signed at", course.Moment(s.At), answer)
		})
	})
}

func (l *layout) next(steps []string) {
	if len(steps) == 0 {
		return
	}
	const indent = 20.0
	l.section(func() {
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

// notes close the applicant's part.
func (l *layout) notes(d *document.Document, lost int) {
	l.wait(14, func() { l.space(14) })
	switch {
	case lost == 1:
		l.paragraph(note, "1 character could not be shown here and appears as □ or is left out. The online record has it.", 2)
	case lost > 1:
		l.paragraph(note, fmt.Sprintf("%d characters could not be shown here and appear as □ or are left out. The online record has them.", lost), 2)
	}
	s := "This document was made from the application as it was sent."
	if d.FormVersion != "" {
		s += " Form version " + d.FormVersion + "."
	}
	l.paragraph(note, s, 0)
}

// capital begins s with a capital letter.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return "Entry"
	}
	return string(unicode.ToUpper(r)) + s[n:]
}
