package pdf

import (
	"strings"
	"sync"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// A face knows how wide each character of a font is, in thousandths of the font's size; -1 if the
// font lacks it.
type face [0x10000]int16

var (
	regular = sync.OnceValue(func() *face { return measure(liberationsansregular.TTF) })
	bold    = sync.OnceValue(func() *face { return measure(liberationsansbold.TTF) })
)

func measure(ttf []byte) *face {
	f, err := sfnt.Parse(ttf)
	if err != nil {
		panic(err) // the font is linked in, so this cannot happen
	}
	var widths face
	var b sfnt.Buffer
	for r := range widths {
		widths[r] = -1
		if g, err := f.GlyphIndex(&b, rune(r)); err == nil && g != 0 {
			if w, err := f.GlyphAdvance(&b, g, fixed.I(1000), font.HintingNone); err == nil {
				widths[r] = int16(w.Round())
			}
		}
	}
	return &widths
}

func (f *face) has(r rune) bool { return r >= 0 && int(r) < len(f) && f[r] >= 0 }

// width is the length of s in points.
func (f *face) width(s string, size float64) float64 {
	w := 0
	for _, r := range s {
		w += int(f[r])
	}
	return float64(w) * size / 1000
}

// wrap breaks text into lines no wider than width: after spaces, hyphens and slashes, and inside a
// word that is wider than a line. It stops after limit lines and then says that there was more.
func (f *face) wrap(s string, size, width float64, limit int) (lines []string, cut bool) {
	most := int(width / size * 1000)
	for para := range strings.SplitSeq(s, "\n") {
		from, w := 0, 0    // the line so far: where it begins, how wide it is
		end, next := -1, 0 // the last place for a break: where the line would end, where the next would begin
		for i, r := range para {
			if len(lines) == limit {
				return lines, true
			}
			adv := int(f[r])
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
				lines = append(lines, para[from:end])
				from, end = next, -1
				w = 0
				for _, r := range para[from:i] {
					w += int(f[r])
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
		lines = append(lines, strings.TrimRight(para[from:], " "))
	}
	return lines, false
}
