package pdf

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf16"
)

// A printed is a font as embedded in a document: the characters in use, each with its number on the
// pages. The usual characters come first and are always included: fields need them, and that part
// of the font can be made once and kept.
type printed struct {
	face   *face
	base   *basis
	number map[rune]uint16 // beyond base
	extra  []rune
}

// A basis is a face's usual characters, and the font of just these.
type basis struct {
	face   *face
	runes  []rune
	number map[rune]uint16
	made   func() madeFont
}

// madeFont is what the file holds of a font.
type madeFont struct {
	name            string
	program, toText []byte // compressed
	length          int    // of the program
	widths          string
}

func newBasis(f *face, usual func(rune) bool) *basis {
	b := &basis{face: f, number: map[rune]uint16{}}
	for r := rune(' '); r < runes; r++ {
		if f.glyphs[r] != 0 && usual(r) {
			b.runes = append(b.runes, r)
			b.number[r] = uint16(len(b.runes))
		}
	}
	b.made = sync.OnceValue(func() madeFont { return b.face.make(b.runes) })
	return b
}

// The regular face is also the font of the fields, where people can type any Latin, Greek or
// Cyrillic character. Bold is for headings and questions, which are mostly English.
var (
	regularBasis = sync.OnceValue(func() *basis {
		return newBasis(regularFace(), func(r rune) bool {
			return r < 0x180 || 0x218 <= r && r <= 0x21b || 0x370 <= r && r < 0x460 || r == 0x490 || r == 0x491 ||
				0x1e00 <= r && r < 0x1f00 || 0x2010 <= r && r < 0x2040 || r == '€' || r == unshown
		})
	})
	boldBasis = sync.OnceValue(func() *basis {
		return newBasis(boldFace(), func(r rune) bool { return r < 0x7f || r == '’' || r == '£' })
	})
	spareBasis = sync.OnceValue(func() *basis { return newBasis(spareFace(), func(r rune) bool { return false }) })
)

// code is the number of r in the font.
func (p *printed) code(r rune) uint16 {
	if n, ok := p.base.number[r]; ok {
		return n
	}
	n, ok := p.number[r]
	if !ok {
		p.extra = append(p.extra, r)
		n = uint16(len(p.base.runes) + len(p.extra))
		p.number[r] = n
	}
	return n
}

// write adds the font to the file and returns its number.
func (p *printed) write(f *file) int {
	made := p.base.made
	if len(p.extra) > 0 {
		made = func() madeFont { return p.face.make(slices.Concat(p.base.runes, p.extra)) }
	}
	m, c := made(), p.face
	program := f.compressed(fmt.Sprintf("/Length1 %d", m.length), m.program)
	// Flags 4: the characters have our own numbers.
	descriptor := f.add(fmt.Sprintf("<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%d %d %d %d]"+
		"/ItalicAngle 0/Ascent %d/Descent %d/CapHeight %d/StemV %d/FontFile2 %d 0 R>>",
		m.name, c.box[0], c.box[1], c.box[2], c.box[3], c.ascent, c.descent, c.capHeight, c.stem, program))
	descendant := f.add(fmt.Sprintf("<</Type/Font/Subtype/CIDFontType2/BaseFont/%s"+
		"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"+
		"/FontDescriptor %d 0 R/CIDToGIDMap/Identity/W[0[%s]]>>",
		m.name, descriptor, m.widths))
	return f.add(fmt.Sprintf("<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H"+
		"/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>", m.name, descendant, f.compressed("", m.toText)))
}

// make is the font of just these characters, numbered from 1 in this order.
func (f *face) make(all []rune) madeFont {
	glyphs := make([]uint16, len(all))
	var widths, text strings.Builder
	fmt.Fprintf(&widths, "%d", f.widths[0])
	for i, r := range all {
		glyphs[i] = f.glyphs[r]
		fmt.Fprintf(&widths, " %d", f.widths[glyphs[i]])
	}
	text.WriteString("/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n" +
		"/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n")
	for from := 0; from < len(all); from += 100 {
		part := all[from:min(from+100, len(all))]
		fmt.Fprintf(&text, "%d beginbfchar\n", len(part))
		for i, r := range part {
			fmt.Fprintf(&text, "<%04X><", from+i+1)
			for _, u := range utf16.Encode([]rune(plainForms(string(r)))) {
				fmt.Fprintf(&text, "%04X", u)
			}
			text.WriteString(">\n")
		}
		text.WriteString("endbfchar\n")
	}
	text.WriteString("endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n")

	program := f.cut(glyphs)
	tag := sha256.Sum256(program) // six capital letters before the name mark a subset of a font
	for i := range tag[:6] {
		tag[i] = 'A' + tag[i]%26
	}
	return madeFont{
		name: string(tag[:6]) + "+" + f.name, program: compress(program), length: len(program),
		toText: compress([]byte(text.String())), widths: widths.String(),
	}
}
