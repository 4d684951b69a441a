package pdf

import (
	"encoding/binary"
	"slices"
)

// Flags of a glyph that is composed of others.
const (
	compoundWords  = 1 << 0 // its offsets have two bytes each
	compoundScale  = 1 << 3
	compoundMore   = 1 << 5 // another part follows
	compoundXY     = 1 << 6
	compoundMatrix = 1 << 7
	compoundHints  = 1 << 8
)

// cut makes a TrueType font of a few of the face's glyphs, numbered from 1 in the order of want.
// Number 0 is the sign for a missing glyph, and the parts of compound glyphs come last. The
// instructions for coarse screens are left out: programs that show PDFs smooth letters instead, and
// the font is half the size.
func (f *face) cut(want []uint16) []byte {
	glyphs := append([]uint16{0}, want...)
	number := map[uint16]uint16{}
	for i, g := range glyphs {
		number[g] = uint16(i)
	}
	be := binary.BigEndian
	var glyf, loca, hmtx []byte
	hhea, long := slices.Clone(f.tables["hhea"]), int(u16(f.tables["hhea"], 34))
	for i := 0; i < len(glyphs); i++ { // grows by the parts of compound glyphs
		g := int(glyphs[i])
		loca = be.AppendUint32(loca, uint32(len(glyf)))
		glyf = append(glyf, f.outline(g, func(part uint16) uint16 {
			n, ok := number[part]
			if !ok {
				n = uint16(len(glyphs))
				number[part], glyphs = n, append(glyphs, part)
			}
			return n
		})...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		bearing := 4*g + 2
		if g >= long {
			bearing = 4*long + 2*(g-long)
		}
		hmtx = be.AppendUint16(hmtx, u16(f.tables["hmtx"], 4*min(g, long-1)))
		hmtx = be.AppendUint16(hmtx, u16(f.tables["hmtx"], bearing))
	}
	loca = be.AppendUint32(loca, uint32(len(glyf)))

	head, maxp := slices.Clone(f.tables["head"]), slices.Clone(f.tables["maxp"])
	be.PutUint32(head[8:], 0)  // the checksum of the file, which nothing checks in a PDF
	be.PutUint16(head[50:], 1) // offsets of four bytes
	be.PutUint16(hhea[34:], uint16(len(glyphs)))
	be.PutUint16(maxp[4:], uint16(len(glyphs)))
	be.PutUint16(maxp[26:], 0) // instructions
	return pack([]table{{"glyf", glyf}, {"head", head}, {"hhea", hhea}, {"hmtx", hmtx}, {"loca", loca}, {"maxp", maxp}})
}

// outline returns a glyph's drawing without instructions. number gives the new number of a part.
func (f *face) outline(g int, number func(uint16) uint16) []byte {
	var from, to uint32
	if loca := f.tables["loca"]; u16(f.tables["head"], 50) == 0 {
		from, to = 2*uint32(u16(loca, 2*g)), 2*uint32(u16(loca, 2*g+2))
	} else {
		from, to = u32(loca, 4*g), u32(loca, 4*g+4)
	}
	if from == to {
		return nil
	}
	b := slices.Clone(f.tables["glyf"][from:to])
	if contours := int(int16(u16(b, 0))); contours >= 0 {
		at := 10 + 2*contours
		hints := int(u16(b, at))
		binary.BigEndian.PutUint16(b[at:], 0)
		return slices.Delete(b, at+2, at+2+hints)
	}
	for at := 10; ; {
		flags := u16(b, at)
		binary.BigEndian.PutUint16(b[at:], flags&^compoundHints)
		binary.BigEndian.PutUint16(b[at+2:], number(u16(b, at+2)))
		at += 6
		if flags&compoundWords != 0 {
			at += 2
		}
		switch {
		case flags&compoundScale != 0:
			at += 2
		case flags&compoundXY != 0:
			at += 4
		case flags&compoundMatrix != 0:
			at += 8
		}
		if flags&compoundMore == 0 {
			return b[:at]
		}
	}
}

type table struct {
	tag  string
	data []byte
}

// pack writes a font file from tables, in the order of their tags.
func pack(tables []table) []byte {
	be := binary.BigEndian
	power, log := 1, 0
	for ; power*2 <= len(tables); log++ {
		power *= 2
	}
	out := be.AppendUint32(nil, 0x00010000)
	for _, n := range []int{len(tables), power * 16, log, (len(tables) - power) * 16} {
		out = be.AppendUint16(out, uint16(n))
	}
	var body []byte
	at := len(out) + 16*len(tables)
	for _, t := range tables {
		padded := append(slices.Clone(t.data), make([]byte, -len(t.data)&3)...)
		var sum uint32
		for i := 0; i < len(padded); i += 4 {
			sum += u32(padded, i)
		}
		out = append(out, t.tag...)
		out = be.AppendUint32(out, sum)
		out = be.AppendUint32(out, uint32(at+len(body)))
		out = be.AppendUint32(out, uint32(len(t.data)))
		body = append(body, padded...)
	}
	return append(out, body...)
}
