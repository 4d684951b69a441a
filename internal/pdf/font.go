package pdf

import (
	"encoding/binary"
	"strings"
	"sync"

	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
)

// runes is how many characters are looked up in fonts: the first two planes of Unicode.
const runes = 0x20000

// A face is one font: the glyph of each character, the width of each glyph, and the font's tables.
type face struct {
	name   string // the PostScript name
	tables map[string][]byte
	glyphs [runes]uint16 // by character; 0 if the font has none for it
	widths []int16       // by glyph, in thousandths of the font's size

	ascent, descent, capHeight, stem int // in the same unit
	box                              [4]int
}

var (
	regularFace = sync.OnceValue(func() *face { return parse("LiberationSans", liberationsansregular.TTF, 84) })
	boldFace    = sync.OnceValue(func() *face { return parse("LiberationSans-Bold", liberationsansbold.TTF, 140) })
	spareFace   = sync.OnceValue(func() *face { return parse("DejaVuSans", dejavusans.TTF, 84) })
)

// A typeface is a face, and a second one for characters that the first lacks. Liberation Sans has
// Latin, Greek, Cyrillic and Hebrew. DejaVu Sans adds Armenian, Georgian, Arabic, symbols, ticks
// and some emoji.
type typeface [2]*face

var (
	regular = sync.OnceValue(func() typeface { return typeface{regularFace(), spareFace()} })
	bold    = sync.OnceValue(func() typeface { return typeface{boldFace(), spareFace()} })
)

// parse reads a TrueType font that is embedded in the program. stem is the width of its upright
// strokes, which none of its tables holds.
func parse(name string, ttf []byte, stem int) *face {
	f := &face{name: name, tables: map[string][]byte{}, stem: stem}
	for i := range int(u16(ttf, 4)) {
		entry := ttf[12+16*i:]
		from := u32(entry, 8)
		f.tables[string(entry[:4])] = ttf[from : from+u32(entry, 12)]
	}
	head, hhea, hmtx := f.tables["head"], f.tables["hhea"], f.tables["hmtx"]
	em := int(u16(head, 18))
	scale := func(v uint16) int { return (int(int16(v))*2000/em + 1) >> 1 }
	f.ascent, f.descent, f.capHeight = scale(u16(hhea, 4)), scale(u16(hhea, 6)), 729
	// Early versions of the table lack the height of capitals. 729 is DejaVu's.
	if os2 := f.tables["OS/2"]; len(os2) > 90 {
		f.capHeight = scale(u16(os2, 88))
	}
	for i := range f.box {
		f.box[i] = scale(u16(head, 36+2*i))
	}
	long := int(u16(hhea, 34))
	f.widths = make([]int16, u16(f.tables["maxp"], 4))
	for g := range f.widths {
		f.widths[g] = int16(scale(u16(hmtx, 4*min(g, long-1))))
	}
	f.readCmap()
	return f
}

// readCmap fills in the glyphs from the tables of format 4, for the first plane, and 12, for all
// planes.
func (f *face) readCmap() {
	cmap := f.tables["cmap"]
	for i := range int(u16(cmap, 2)) {
		t := cmap[u32(cmap, 4+8*i+4):]
		switch {
		case u16(t, 0) == 12:
			for k := range int(u32(t, 12)) {
				group := t[16+12*k:]
				for r, g := u32(group, 0), u32(group, 8); r <= u32(group, 4) && r < runes; r, g = r+1, g+1 {
					f.glyphs[r] = uint16(g)
				}
			}
		case u16(t, 0) == 4 && u16(cmap, 4+8*i) != 1: // platform 1 is the Macintosh's
			n := int(u16(t, 6)) // twice the number of segments
			for k := 0; k < n; k += 2 {
				last, first, delta, at := u16(t, 14+k), u16(t, 16+n+k), u16(t, 16+2*n+k), 16+3*n+k
				for r := int(first); r <= int(last) && r < 0xffff; r++ {
					g := uint16(r)
					if offset := int(u16(t, at)); offset != 0 {
						if g = u16(t, at+offset+2*(r-int(first))); g == 0 {
							continue
						}
					}
					f.glyphs[r] = g + delta
				}
			}
		}
	}
}

func u16(b []byte, at int) uint16 { return binary.BigEndian.Uint16(b[at:]) }
func u32(b []byte, at int) uint32 { return binary.BigEndian.Uint32(b[at:]) }

// find returns the face that has r, and the glyph. If no face has it, that is glyph 0 of the first,
// its sign for a missing character.
func (t typeface) find(r rune) (*face, uint16) {
	if r >= 0 && r < runes {
		for _, f := range t {
			if g := f.glyphs[r]; g != 0 {
				return f, g
			}
		}
	}
	return t[0], 0
}

func (t typeface) has(r rune) bool {
	_, g := t.find(r)
	return g != 0
}

// advance is the width of r, in thousandths of the font's size.
func (t typeface) advance(r rune) int {
	f, g := t.find(r)
	return int(f.widths[g])
}

// width is the width of s in points.
func (t typeface) width(s string, size float64) float64 {
	w := 0
	for _, r := range s {
		w += t.advance(r)
	}
	return float64(w) * size / 1000
}

// wrap breaks text into lines no wider than width: after spaces, hyphens and slashes, and inside a
// word that is wider than a line. A line that ends between two words keeps its space, even beyond
// the width, so that the joined lines are the whole text. wrap stops after limit lines; cut tells
// that there was more.
func (t typeface) wrap(s string, size, width float64, limit int) (lines []string, cut bool) {
	most := int(width / size * 1000)
	paras := strings.Split(s, "\n")
	for n, para := range paras {
		from, w := 0, 0    // where the current line begins, and its width so far
		end, next := -1, 0 // the last possible break: where this line would end and the next begin
		for i, r := range para {
			if len(lines) == limit {
				return lines, true
			}
			adv := t.advance(r)
			if r == ' ' { // spaces at the end of a line take no room
				if next != i || end < 0 {
					end = i
				}
				next = i + 1
				w += adv
				continue
			}
			if w+adv > most && i > from {
				if end <= from {
					end, next = i, i
				}
				lines = append(lines, para[from:min(end+1, next)])
				from, end = next, -1
				w = 0
				for _, r := range para[from:i] {
					w += t.advance(r)
				}
			}
			w += adv
			if (r == '-' || r == '/') && i > from {
				end, next = i+1, i+1
			}
		}
		if len(lines) == limit {
			return lines, true
		}
		last := strings.TrimRight(para[from:], " ")
		if n < len(paras)-1 && last != "" {
			last += " "
		}
		lines = append(lines, last)
	}
	return lines, false
}
