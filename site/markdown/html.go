package markdown

import (
	"html"

	"github.com/yuin/goldmark/ast"
	table "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// An htmlWriter writes those Markdown nodes for which the NHS front end needs unusual HTML.
// Headings, paragraphs, links and lists need no classes, since it styles the elements.
type htmlWriter struct{}

func (htmlWriter) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(blockKind, writeBlock)
	r.Register(boxKind, writeBox)
	r.Register(ast.KindBlockquote, writeInset)
	r.Register(ast.KindHTMLBlock, writeNothing)
	r.Register(ast.KindRawHTML, writeNothing)
	r.Register(table.KindTable, writeTable)
	r.Register(table.KindTableHeader, writeHead)
	r.Register(table.KindTableRow, writeRow)
	r.Register(table.KindTableCell, writeCell)
}

const (
	openInset   = `<div class="nhsuk-inset-text"><span class="nhsuk-u-visually-hidden">Information: </span>`
	openTable   = `<table class="nhsuk-table nhsuk-table--responsive" role="table">`
	openHead    = `<thead class="nhsuk-table__head" role="rowgroup">`
	openBody    = `<tbody class="nhsuk-table__body" role="rowgroup">`
	openRow     = `<tr class="nhsuk-table__row" role="row">`
	openHeader  = `<th class="nhsuk-table__header" scope="col" role="columnheader">`
	openCell    = `<td class="nhsuk-table__cell" role="cell">`
	headNumeric = `<th class="nhsuk-table__header nhsuk-table__header--numeric" scope="col" role="columnheader">`
	headCentred = `<th class="nhsuk-table__header nhsuk-u-text-align-centre" scope="col" role="columnheader">`
	openCentred = `<td class="nhsuk-table__cell nhsuk-u-text-align-centre" role="cell">`
	openNumeric = `<td class="nhsuk-table__cell nhsuk-table__cell--numeric" role="cell">`
	openLabel   = `<span class="nhsuk-table__heading" aria-hidden="true">`
	imageClass  = "nhsuk-image__img" // no wider than the page

	// Markup has all classes. The stylesheet keeps the rules for them.
	Markup = openInset + openTable + openHead + openBody + openRow + openHeader + openCell + openNumeric + openCentred + headNumeric +
		headCentred + openLabel + boxMarkup + " " + imageClass
)

// writeNothing leaves comments out. Other HTML is a fault.
func writeNothing(util.BufWriter, []byte, ast.Node, bool) (ast.WalkStatus, error) {
	return ast.WalkSkipChildren, nil
}

// writeInset writes a quotation as inset text, which stands out.
func writeInset(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		w.WriteString(openInset + "\n")
	} else {
		w.WriteString("</div>\n")
	}
	return ast.WalkContinue, nil
}

// On a phone a table becomes a list of cards, and each cell names its column. The styles for that
// remove the table's semantics, so roles restore them for screen readers.

func writeTable(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	switch {
	case entering:
		w.WriteString(openTable + "\n" + captioned(n))
	case n.ChildCount() > 1:
		w.WriteString("</tbody>\n</table>\n")
	default:
		w.WriteString("</table>\n")
	}
	return ast.WalkContinue, nil
}

func writeHead(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		w.WriteString(openHead + "\n" + openRow + "\n")
		return ast.WalkContinue, nil
	}
	w.WriteString("</tr>\n</thead>\n")
	if n.NextSibling() != nil {
		w.WriteString(openBody + "\n")
	}
	return ast.WalkContinue, nil
}

func writeRow(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		w.WriteString(openRow + "\n")
	} else {
		w.WriteString("</tr>\n")
	}
	return ast.WalkContinue, nil
}

func writeCell(w util.BufWriter, src []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	isHeader := n.Parent().Kind() == table.KindTableHeader
	aligned := n.(*table.TableCell).Alignment
	switch {
	case isHeader && entering:
		switch aligned {
		case table.AlignRight:
			w.WriteString(headNumeric)
		case table.AlignCenter:
			w.WriteString(headCentred)
		default:
			w.WriteString(openHeader)
		}
	case isHeader:
		w.WriteString("</th>\n")
	case entering:
		switch aligned {
		case table.AlignRight:
			w.WriteString(openNumeric)
		case table.AlignCenter:
			w.WriteString(openCentred)
		default:
			w.WriteString(openCell)
		}
		if column := columnOf(n); column != nil {
			w.WriteString(openLabel + html.EscapeString(plain(column, src)) + " </span>")
		}
		// On a phone a cell is a row of boxes, so all of its text is in one.
		w.WriteString("<span>")
	default:
		w.WriteString("</span></td>\n")
	}
	return ast.WalkContinue, nil
}

// columnOf is the header cell above a cell, or nil if there is none.
func columnOf(cell ast.Node) ast.Node {
	column := cell.Parent().Parent().FirstChild().FirstChild()
	for c := cell.PreviousSibling(); c != nil && column != nil; c = c.PreviousSibling() {
		column = column.NextSibling()
	}
	return column
}
