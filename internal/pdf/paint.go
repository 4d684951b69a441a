package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/jung-kurt/gofpdf"

	"traininghub/internal/intake"
)

// paint draws sheets that are laid out, and a running head and foot on each.
func paint(d *intake.Document, sheets []*sheet) ([]byte, error) {
	const family = "Liberation"
	p := gofpdf.New("P", "pt", "A4", "")
	p.SetAutoPageBreak(false, 0)
	p.SetCatalogSort(true)
	// Left unset, these are the clock's; and the zone of a time shows in the file.
	p.SetCreationDate(d.Received.UTC())
	p.SetModificationDate(d.Received.UTC())
	p.SetTitle(shorten(decoration, d.Title, 1000)+" "+shorten(decoration, d.Reference, 200), true)
	p.SetProducer("traininghub", false)
	// gofpdf writes to a font's bytes, so that documents drawn at once may not share them.
	p.AddUTF8FontFromBytes(family, "", slices.Clone(liberationsansregular.TTF))
	p.AddUTF8FontFromBytes(family, "B", slices.Clone(liberationsansbold.TTF))
	for i, s := range sheets {
		p.AddPage()
		for _, m := range append(furniture(d, i+1, len(sheets)), s.marks...) {
			switch m.shape {
			case text:
				st := styles[m.role]
				weight := ""
				if st.bold {
					weight = "B"
				}
				p.SetFont(family, weight, st.size)
				p.SetTextColor(m.ink.r, m.ink.g, m.ink.b)
				p.Text(m.x, m.y, m.text)
			case filled:
				p.SetFillColor(m.ink.r, m.ink.g, m.ink.b)
				p.Rect(m.x, m.y, m.w, m.h, "F")
			case framed:
				p.SetDrawColor(m.ink.r, m.ink.g, m.ink.b)
				p.SetLineWidth(m.thick)
				p.Rect(m.x, m.y, m.w, m.h, "D")
			case line:
				p.SetDrawColor(m.ink.r, m.ink.g, m.ink.b)
				p.SetLineWidth(m.thick)
				p.Line(m.x, m.y, m.x+m.w, m.y+m.h)
			}
		}
	}
	var b bytes.Buffer
	if p.Output(&b) != nil { // its text is left out: it can quote what it was given
		return nil, errors.New("pdf: gofpdf could not write the document")
	}
	return b.Bytes(), nil
}

// furniture is what stands on every page.
func furniture(d *intake.Document, page, pages int) []mark {
	const head, foot = 42.0, 800.0
	var l layout
	l.sheets = []*sheet{{}}
	reference := shorten(decoration, "Reference "+d.Reference, measureWidth/2)
	number := fmt.Sprintf("Page %d of %d", page, pages)
	face, size := decoration.face(), styles[decoration].size
	atRight := func(y float64, s string) { l.write(decoration, right-face.width(s, size), y, s) }

	l.write(decoration, left, head, shorten(decoration, d.Title, measureWidth/2-20))
	atRight(head, reference)
	l.rule(left, head+15, measureWidth, .5, faint)
	l.write(decoration, left, foot, shorten(decoration, d.Course.Provider, measureWidth-100))
	atRight(foot, number)
	return l.sheets[0].marks
}
