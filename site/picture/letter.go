package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strconv"
	"strings"

	"github.com/go-fonts/liberation/liberationsansbold"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// A hub without pictures of its own is represented by one or two letters in white on its colour,
// "#005eb8" for example: in its icon, and in the share picture, which appears where somebody shares
// a link to it.

const (
	iconSide             = 32 // an SVG has no pixels, so these are its own units
	shareWide, shareTall = 1200, 630
	shades               = 32 // between the colour and white, on the edges of a letter
)

// Icon draws the letters as an SVG.
func Icon(letters, colour string) ([]byte, error) {
	lines, err := outline(letters, iconSide, iconSide, 16, 26)
	if err != nil {
		return nil, err
	}
	var d strings.Builder
	to := func(sign byte, points ...fixed.Point26_6) {
		d.WriteByte(sign)
		for i, p := range points {
			if i > 0 {
				d.WriteByte(' ')
			}
			d.WriteString(strconv.FormatFloat(float64(p.X)/64, 'f', -1, 64) + " " + strconv.FormatFloat(float64(p.Y)/64, 'f', -1, 64))
		}
	}
	for _, s := range lines {
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			to('M', s.Args[0])
		case sfnt.SegmentOpLineTo:
			to('L', s.Args[0])
		case sfnt.SegmentOpQuadTo:
			to('Q', s.Args[0], s.Args[1])
		case sfnt.SegmentOpCubeTo:
			to('C', s.Args[:]...)
		}
	}
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %[1]d %[1]d"><rect width="%[1]d" height="%[1]d" rx="4" fill="%[2]s"/>`+
		`<path d="%[3]s" fill="#fff"/></svg>`+"\n", iconSide, colour, d.String()), nil
}

// Share draws the letters as a PNG of the size that social networks ask for.
func Share(letters, colour string) ([]byte, error) {
	lines, err := outline(letters, shareWide, shareTall, 320, 900)
	if err != nil {
		return nil, err
	}
	// Only the part around the letters is drawn: most of the picture is plain colour.
	around := lines.Bounds()
	box := image.Rect(around.Min.X.Floor(), around.Min.Y.Floor(), around.Max.X.Ceil(), around.Max.Y.Ceil())
	r := vector.NewRasterizer(box.Dx(), box.Dy())
	at := func(p fixed.Point26_6) (x, y float32) {
		return float32(p.X)/64 - float32(box.Min.X), float32(p.Y)/64 - float32(box.Min.Y)
	}
	for _, s := range lines {
		ax, ay := at(s.Args[0])
		bx, by := at(s.Args[1])
		cx, cy := at(s.Args[2])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			r.ClosePath()
			r.MoveTo(ax, ay)
		case sfnt.SegmentOpLineTo:
			r.LineTo(ax, ay)
		case sfnt.SegmentOpQuadTo:
			r.QuadTo(ax, ay, bx, by)
		case sfnt.SegmentOpCubeTo:
			r.CubeTo(ax, ay, bx, by, cx, cy)
		}
	}
	r.ClosePath()
	covered := image.NewAlpha(image.Rect(0, 0, box.Dx(), box.Dy()))
	r.DrawOp = draw.Src
	r.Draw(covered, covered.Bounds(), image.Opaque, image.Point{})

	n, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 24)
	if err != nil {
		return nil, err
	}
	palette := make(color.Palette, shades)
	for i := range palette {
		mix := func(shift int) uint8 {
			c := int(n>>shift) & 255
			return uint8(c + (255-c)*i/(shades-1))
		}
		palette[i] = color.NRGBA{mix(16), mix(8), mix(0), 255}
	}
	p := image.NewPaletted(image.Rect(0, 0, shareWide, shareTall), palette)
	for y := range box.Dy() {
		row := p.Pix[p.PixOffset(box.Min.X, box.Min.Y+y):]
		for x, alpha := range covered.Pix[y*covered.Stride:][:box.Dx()] {
			row[x] = uint8((int(alpha)*(shades-1) + 127) / 255)
		}
	}
	var out bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestSpeed} // 2.4 KB; the best is 2.1 and twice as slow
	err = e.Encode(&out, p)
	return out.Bytes(), err
}

// outline is the outline of the letters, with capitals of height high, or lower if the letters
// would be wider than widest.
func outline(letters string, wide, tall, high, widest int) (sfnt.Segments, error) {
	f, err := sfnt.Parse(liberationsansbold.TTF)
	if err != nil {
		return nil, err
	}
	var b sfnt.Buffer
	units := fixed.I(int(f.UnitsPerEm()))
	draw := func(size fixed.Int26_6) (all sfnt.Segments, err error) {
		at := fixed.Int26_6(0)
		for _, letter := range letters {
			i, err := f.GlyphIndex(&b, letter)
			if err != nil || i == 0 {
				return nil, fmt.Errorf("the letter %q cannot be drawn", letter)
			}
			glyph, err := f.LoadGlyph(&b, i, size, nil)
			if err != nil {
				return nil, err
			}
			for _, s := range glyph {
				for j := range s.Args {
					s.Args[j].X += at
				}
				all = append(all, s)
			}
			advance, err := f.GlyphAdvance(&b, i, size, font.HintingNone)
			if err != nil {
				return nil, err
			}
			at += advance
		}
		return all, nil
	}
	metrics, err := f.Metrics(&b, units, font.HintingNone)
	if err != nil {
		return nil, err
	}
	size := fixed.Int26_6(int64(fixed.I(high)) * int64(units) / int64(metrics.CapHeight))
	all, err := draw(size)
	if box := all.Bounds(); err == nil && box.Max.X-box.Min.X > fixed.I(widest) {
		size = fixed.Int26_6(int64(size) * int64(fixed.I(widest)) / int64(box.Max.X-box.Min.X))
		all, err = draw(size)
	}
	if err != nil {
		return nil, err
	}
	box := all.Bounds()
	right, down := (fixed.I(wide)-box.Max.X-box.Min.X)/2, (fixed.I(tall)-box.Max.Y-box.Min.Y)/2
	for i := range all {
		for j := range all[i].Args {
			all[i].Args[j].X += right
			all[i].Args[j].Y += down
		}
	}
	return all, nil
}
