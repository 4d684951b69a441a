package picture

import (
	"bytes"
	"encoding/xml"
	"image"
	"image/jpeg"
	"image/png"
	"math"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/image/draw"
)

// smaller encodes a picture again: upright, no larger than pages show it, and below [Heavy] if
// possible.
func smaller(whole image.Image, kind string, b bare) (Picture, error) {
	upright := whole.Bounds().Size()
	if b.turned > 4 {
		upright = image.Pt(upright.Y, upright.X)
	}
	least := min(1, mostWide/float64(upright.X), mostHigh/float64(upright.Y))
	sized := turn(scaled(whole, least), b.turned)
	if sized.Bounds().Empty() {
		return Picture{}, errBroken
	}
	if kind == "jpeg" || kind == "webp" && opaque(sized) {
		return photograph(sized, b.profile)
	}
	made, err := drawing(sized, b.profile)
	if err != nil || len(made.Data) <= Heavy || !opaque(sized) {
		return made, err
	}
	// Most likely it is a photograph that was saved as a drawing.
	other, err := photograph(sized, b.profile)
	if err == nil && len(other.Data) < len(made.Data)/2 {
		return other, nil
	}
	return made, err
}

// photograph encodes a picture as a JPEG with some loss, and with fewer pixels if it would be
// heavy.
func photograph(whole image.Image, icc []byte) (Picture, error) {
	wide := whole.Bounds().Dx()
	var p Picture
	for _, most := range []int{mostWide, 1024, 800, 640} {
		if most > wide && p.Data != nil {
			continue
		}
		sized := scaled(whole, min(1, float64(most)/float64(wide)))
		for _, quality := range []int{80, 70} {
			var out bytes.Buffer
			if err := jpeg.Encode(&out, sized, &jpeg.Options{Quality: quality}); err != nil {
				return p, err
			}
			p = Picture{".jpg", withProfile(out.Bytes(), icc), sized.Bounds().Dx(), sized.Bounds().Dy()}
			if len(p.Data) <= Heavy {
				return p, nil
			}
		}
	}
	return p, nil
}

func drawing(sized image.Image, icc []byte) (Picture, error) {
	var out bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestCompression}
	err := e.Encode(&out, sized)
	return Picture{".png", withChunk(out.Bytes(), icc), sized.Bounds().Dx(), sized.Bounds().Dy()}, err
}

func opaque(p image.Image) bool {
	o, ok := p.(interface{ Opaque() bool })
	return ok && o.Opaque()
}

// scaled is a picture scaled by a factor of at most 1. A grey picture stays grey, since its colour
// profile is for grey.
func scaled(from image.Image, by float64) draw.Image {
	size := from.Bounds().Size()
	if drawn, ok := from.(draw.Image); ok && by == 1 && (grey(from) || isRGBA(from)) {
		return drawn
	}
	r := image.Rect(0, 0, max(1, int(math.Round(float64(size.X)*by))), max(1, int(math.Round(float64(size.Y)*by))))
	var to draw.Image = image.NewRGBA(r)
	if grey(from) {
		to = image.NewGray(r)
	}
	if by == 1 {
		draw.Draw(to, r, from, from.Bounds().Min, draw.Src)
	} else {
		draw.CatmullRom.Scale(to, r, from, from.Bounds(), draw.Src, nil)
	}
	return to
}

func grey(p image.Image) bool {
	switch p.(type) {
	case *image.Gray, *image.Gray16:
		return true
	}
	return false
}

func isRGBA(p image.Image) bool { _, is := p.(*image.RGBA); return is }

// turn turns a picture upright. way is how the camera was held, as in Exif.
func turn(from draw.Image, way int) draw.Image {
	if way <= 1 {
		return from
	}
	b := from.Bounds()
	w, h := b.Dx(), b.Dy()
	r := image.Rect(0, 0, w, h)
	if way > 4 {
		r = image.Rect(0, 0, h, w)
	}
	var to draw.Image = image.NewRGBA(r)
	if grey(from) {
		to = image.NewGray(r)
	}
	for y := range r.Dy() {
		for x := range r.Dx() {
			fx, fy := x, y
			if way > 4 { // rows and columns change places
				fx, fy = y, x
			}
			if slices.Contains([]int{2, 3, 7, 8}, way) {
				fx = w - 1 - fx
			}
			if slices.Contains([]int{3, 4, 6, 7}, way) {
				fy = h - 1 - fy
			}
			to.Set(x, y, from.At(b.Min.X+fx, b.Min.Y+fy))
		}
	}
	return to
}

// mostDrawn is the greatest width or height that is believed of an SVG, which can say anything.
const mostDrawn = 1 << 20

// drawnSize is the size of an SVG before its style is applied, so that a browser can leave room for
// it; 0 if it does not say.
func drawnSize(data []byte) (width, height int) {
	var svg struct {
		XMLName xml.Name `xml:"svg"`
		Width   string   `xml:"width,attr"`
		Height  string   `xml:"height,attr"`
		ViewBox string   `xml:"viewBox,attr"`
	}
	if xml.Unmarshal(data, &svg) != nil {
		return 0, 0
	}
	if box := strings.Fields(svg.ViewBox); svg.Width == "" && svg.Height == "" && len(box) == 4 {
		svg.Width, svg.Height = box[2], box[3]
	}
	w, err := strconv.ParseFloat(strings.TrimSuffix(svg.Width, "px"), 64)
	h, err2 := strconv.ParseFloat(strings.TrimSuffix(svg.Height, "px"), 64)
	if err != nil || err2 != nil || !fits(w) || !fits(h) {
		return 0, 0
	}
	return int(math.Round(w)), int(math.Round(h))
}

// fits is false for NaN, too.
func fits(pixels float64) bool { return pixels >= 1 && pixels <= mostDrawn }
