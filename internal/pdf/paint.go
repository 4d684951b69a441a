package pdf

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jung-kurt/gofpdf"
)

// A cover holds the text on every page and the file's properties.
type cover struct {
	title     string
	reference string    // at the right of each page's head, and after the title
	foot      string    // at the left of each page's foot
	made      time.Time // for the properties; left out if zero
	edition   string    // in a hidden field, after the reference
}

// returns identifies a file that is to come back: its reference and edition.
func (c cover) returns() string {
	if c.edition == "" {
		return ""
	}
	return c.reference + " " + c.edition
}

// A painter draws the sheets of a layout. gofpdf keeps the pages and draws the shapes. The text is
// set here, because gofpdf would read the whole font again for every document. The file is put
// together here, because gofpdf supports neither structure nor fields.
type painter struct {
	pdf    *gofpdf.Fpdf
	fonts  []*printed
	owners [][]*element // by page: the element of each sequence of marks
	fields []*entry
	heads  []head
}

// A head is a heading, for the bookmarks.
type head struct {
	in   *element
	page int
	y    float64
	text string
}

// paint draws the sheets, whose marks belong to root, with a running head and foot on each.
func paint(c cover, root *element, sheets []*sheet) ([]byte, error) {
	p := &painter{pdf: gofpdf.New("P", "pt", "A4", ""), owners: make([][]*element, len(sheets))}
	for _, b := range []*basis{regularBasis(), boldBasis(), spareBasis()} {
		p.fonts = append(p.fonts, &printed{face: b.face, base: b, number: map[rune]uint16{}})
	}
	p.pdf.SetAutoPageBreak(false, 0)
	p.pdf.SetCompression(false) // compress does it, and reuses its compressors
	for i, s := range sheets {
		p.pdf.AddPage()
		p.pdf.RawWriteStr("/Artifact<</Type/Pagination>>BDC")
		for _, m := range furniture(c, i+1, len(sheets)) {
			p.mark(m)
		}
		p.pdf.RawWriteStr("EMC")
		p.sheet(i, s)
	}
	var b bytes.Buffer
	if p.pdf.Output(&b) != nil { // the error's text is dropped, since it can quote the input
		return nil, errors.New("pdf: gofpdf could not write the document")
	}
	contents, err := drawn(b.Bytes(), len(sheets))
	if err != nil {
		return nil, err
	}
	return p.assemble(c, root, contents), nil
}

// sheet draws a page. Consecutive marks of one element are one sequence.
func (p *painter) sheet(page int, s *sheet) {
	open, begun := (*element)(nil), false
	for _, m := range s.marks {
		if m.shape == entered {
			m.entry.page = page
			p.fields = append(p.fields, m.entry)
			m.in.add(kid{page: page, entry: m.entry})
			continue
		}
		if !begun || m.in != open {
			if begun {
				p.pdf.RawWriteStr("EMC")
			}
			open, begun = m.in, true
			if m.in == nil {
				p.pdf.RawWriteStr("/Artifact BMC")
			} else {
				id := len(p.owners[page])
				p.owners[page] = append(p.owners[page], m.in)
				m.in.add(kid{page: page, id: id})
				p.pdf.RawWriteStr(fmt.Sprintf("/%s<</MCID %d>>BDC", m.in.tag, id))
			}
		}
		if m.in != nil {
			p.heading(page, m)
		}
		p.mark(m)
	}
	if begun {
		p.pdf.RawWriteStr("EMC")
	}
}

// heading notes the text of a heading, line by line.
func (p *painter) heading(page int, m mark) {
	if _, ok := m.in.isHeading(); !ok {
		return
	}
	if n := len(p.heads); n > 0 && p.heads[n-1].in == m.in {
		p.heads[n-1].text += m.text
		return
	}
	p.heads = append(p.heads, head{m.in, page, pageHeight - m.y + styles[m.role].lead, m.text})
}

func (p *painter) mark(m mark) {
	switch m.shape {
	case text:
		p.text(m)
	case filled:
		p.pdf.SetFillColor(m.ink.r, m.ink.g, m.ink.b)
		p.pdf.Rect(m.x, m.y, m.w, m.h, "F")
	case framed:
		p.pdf.SetDrawColor(m.ink.r, m.ink.g, m.ink.b)
		p.pdf.SetLineWidth(m.thick)
		p.pdf.Rect(m.x, m.y, m.w, m.h, "D")
	case line:
		p.pdf.SetDrawColor(m.ink.r, m.ink.g, m.ink.b)
		p.pdf.SetLineWidth(m.thick)
		p.pdf.Line(m.x, m.y, m.x+m.w, m.y+m.h)
	}
}

var fontNames = [...]string{"R", "B", "S"}

// text sets one line, letter by letter, each in the font that has it.
func (p *painter) text(m mark) {
	st := styles[m.role]
	first := 0
	if st.bold {
		first = 1
	}
	// Programs that search, copy or speak the text reverse Hebrew and Arabic themselves. ActualText
	// could give the order, but poppler then reverses it twice.
	shown := visual(m.text)
	b := make([]byte, 0, 128+5*len(shown))
	b = append(b, "BT "...)
	for _, v := range []int{m.ink.r, m.ink.g, m.ink.b} {
		b = append(strconv.AppendFloat(b, float64(v)/255, 'f', 3, 64), ' ')
	}
	b = append(b, "rg "...)
	b = append(strconv.AppendFloat(b, m.x, 'f', 2, 64), ' ')
	b = append(strconv.AppendFloat(b, pageHeight-m.y, 'f', 2, 64), " Td"...)
	current := -1
	const digits = "0123456789ABCDEF"
	for _, r := range shown {
		font := first
		if p.fonts[first].face.glyphs[r] == 0 {
			font = 2
		}
		if font != current {
			if current >= 0 {
				b = append(b, ">Tj"...)
			}
			b = append(append(b, " /"...), fontNames[font]...)
			b = append(strconv.AppendFloat(append(b, ' '), st.size, 'f', -1, 64), " Tf <"...)
			current = font
		}
		n := p.fonts[font].code(r)
		b = append(b, digits[n>>12], digits[n>>8&15], digits[n>>4&15], digits[n&15])
	}
	if current >= 0 {
		b = append(b, ">Tj"...)
	}
	b = append(b, " ET"...)
	p.pdf.RawWriteStr(string(b))
}

// assemble puts the file together by ISO 32000-1, and by ISO 14289-1 for screen readers.
func (p *painter) assemble(c cover, root *element, contents [][]byte) []byte {
	f := newFile()
	catalog, info, tree := f.reserve(), f.reserve(), f.reserve()
	pages := make([]int, len(contents))
	for i := range pages {
		pages[i] = f.reserve()
	}
	for _, e := range p.fields {
		e.object = f.reserve()
	}
	structure := f.writeTree(root, pages, p.owners)

	fonts := f.reserve()
	dict, regular := "", 0
	for i, font := range p.fonts {
		if i == 0 || len(font.base.runes)+len(font.extra) > 0 {
			n := font.write(f)
			dict += fmt.Sprintf("/%s %d 0 R", fontNames[i], n)
			if i == 0 {
				regular = n
			}
		}
	}
	f.set(fonts, "<<"+dict+">>")
	form, annotations := f.writeFields(p.fields, pages, regular, c.returns())

	kids := ""
	for i, n := range pages {
		kids += fmt.Sprintf("%d 0 R ", n)
		page := fmt.Sprintf("<</Type/Page/Parent %d 0 R/StructParents %d/Tabs/S/Contents %d 0 R",
			tree, i, f.compressed("", compress(contents[i])))
		if annotations[i] != "" {
			page += "/Annots[" + annotations[i] + "]"
		}
		f.set(n, page+">>")
	}
	f.set(tree, fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]/MediaBox[0 0 %.2f %.2f]/Resources<</Font %d 0 R>>>>",
		len(pages), kids, pageWidth, pageHeight, fonts))

	title := strings.TrimSpace(shorten(decoration, c.title, 1000) + " " + shorten(decoration, c.reference, 200))
	meta := f.stream("/Type/Metadata/Subtype/XML", xmp(title, c.made))
	properties := fmt.Sprintf("<</Title%s/Producer(traininghub)", textString(title))
	if !c.made.IsZero() {
		at := c.made.UTC().Format("(D:20060102150405+00'00')")
		properties += "/CreationDate" + at + "/ModDate" + at
	}
	f.set(info, properties+">>")
	f.set(catalog, fmt.Sprintf("<</Type/Catalog/Pages %d 0 R/Lang(en-GB)/MarkInfo<</Marked true>>"+
		"/ViewerPreferences<</DisplayDocTitle true>>/StructTreeRoot %d 0 R/Metadata %d 0 R%s%s>>",
		tree, structure, meta, f.writeBookmarks(p.heads, pages), form))
	return f.bytes(catalog, info)
}

// writeBookmarks adds a tree of the headings and returns the catalog's entry for it.
func (f *file) writeBookmarks(heads []head, pages []int) string {
	if len(heads) == 0 {
		return ""
	}
	type node struct {
		object, parent int // parent is an index, -1 for the root
		kids           []int
	}
	root := f.reserve()
	nodes := make([]node, len(heads))
	top := []int{}
	var path []int // the headings above, outermost first
	for i, h := range heads {
		level, _ := h.in.isHeading()
		for len(path) > 0 {
			if above, _ := heads[path[len(path)-1]].in.isHeading(); above < level {
				break
			}
			path = path[:len(path)-1]
		}
		nodes[i] = node{object: f.reserve(), parent: -1}
		if level <= 2 { // sections stay beside the title: below it, all would be folded away
			path = path[:0]
		}
		if len(path) > 0 {
			nodes[i].parent = path[len(path)-1]
			nodes[nodes[i].parent].kids = append(nodes[nodes[i].parent].kids, i)
		} else {
			top = append(top, i)
		}
		path = append(path, i)
	}
	list := func(parent int, kids []int) {
		for k, i := range kids {
			h := heads[i]
			title := shorten(decoration, strings.TrimSpace(plainForms(h.text)), 500)
			dict := fmt.Sprintf("<</Title%s/Parent %d 0 R/Dest[%d 0 R/XYZ 0 %.2f null]",
				textString(title), parent, pages[h.page], h.y)
			if k > 0 {
				dict += fmt.Sprintf("/Prev %d 0 R", nodes[kids[k-1]].object)
			}
			if k+1 < len(kids) {
				dict += fmt.Sprintf("/Next %d 0 R", nodes[kids[k+1]].object)
			}
			if below := nodes[i].kids; len(below) > 0 { // a negative count: folded
				dict += fmt.Sprintf("/First %d 0 R/Last %d 0 R/Count %d",
					nodes[below[0]].object, nodes[below[len(below)-1]].object, -len(below))
			}
			f.set(nodes[i].object, dict+">>")
		}
	}
	list(root, top)
	for _, n := range nodes {
		list(n.object, n.kids)
	}
	f.set(root, fmt.Sprintf("<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>",
		nodes[top[0]].object, nodes[top[len(top)-1]].object, len(top)))
	return fmt.Sprintf("/Outlines %d 0 R", root)
}

// xmp describes the file as XML: its title, when it was made, and that it conforms to PDF/UA-1. The
// tests check conformance with veraPDF for every kind of document.
func xmp(title string, made time.Time) []byte {
	var t bytes.Buffer
	xml.EscapeText(&t, []byte(title)) // writes to memory, which cannot fail
	dates := ""
	if !made.IsZero() {
		at := made.UTC().Format(time.RFC3339)
		dates = fmt.Sprintf("<xmp:CreateDate>%s</xmp:CreateDate><xmp:ModifyDate>%[1]s</xmp:ModifyDate>", at)
	}
	return fmt.Appendf(nil, `<?xpacket begin="%s" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title>%s
<pdf:Producer>traininghub</pdf:Producer><pdfuaid:part>1</pdfuaid:part>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`, "\ufeff", t.String(), dates)
}

// furniture is the running head and foot of a page.
func furniture(c cover, page, pages int) []mark {
	const headAt, footAt = 42.0, 800.0
	var l layout
	l.sheets = []*sheet{{}}
	face, size := decoration.face(), styles[decoration].size
	atRight := func(y float64, s string) { l.write(nil, decoration, right-face.width(s, size), y, s) }

	l.write(nil, decoration, left, headAt, shorten(decoration, c.title, measureWidth/2-20))
	if c.reference != "" {
		atRight(headAt, shorten(decoration, "Reference "+c.reference, measureWidth/2))
	}
	l.rule(left, headAt+15, measureWidth, .5, faint)
	l.write(nil, decoration, left, footAt, shorten(decoration, c.foot, measureWidth-100))
	atRight(footAt, fmt.Sprintf("Page %d of %d", page, pages))
	return l.sheets[0].marks
}
