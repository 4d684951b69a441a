package markdown

import (
	"bytes"
	"encoding/xml"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"math"
	"strconv"
	"strings"
)

// mostPixels is how wide or high a picture can be, so that what is no size is not taken for one: an
// SVG can say anything.
const mostPixels = 1 << 20

// imageSize is the size of a picture in pixels, of which a browser leaves room before the picture
// arrives. It is false for kinds that the standard library does not read.
func imageSize(data []byte) (width, height int, ok bool) {
	if c, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil {
		return c.Width, c.Height, fits(float64(c.Width)) && fits(float64(c.Height))
	}
	var svg struct {
		XMLName xml.Name `xml:"svg"`
		Width   string   `xml:"width,attr"`
		Height  string   `xml:"height,attr"`
		ViewBox string   `xml:"viewBox,attr"`
	}
	if xml.Unmarshal(data, &svg) != nil {
		return 0, 0, false
	}
	if box := strings.Fields(svg.ViewBox); svg.Width == "" && svg.Height == "" && len(box) == 4 {
		svg.Width, svg.Height = box[2], box[3]
	}
	w, err := strconv.ParseFloat(strings.TrimSuffix(svg.Width, "px"), 64)
	h, err2 := strconv.ParseFloat(strings.TrimSuffix(svg.Height, "px"), 64)
	if err != nil || err2 != nil || !fits(w) || !fits(h) {
		return 0, 0, false
	}
	return int(math.Round(w)), int(math.Round(h)), true
}

// fits is false for what is no number, too.
func fits(pixels float64) bool { return pixels >= 1 && pixels <= mostPixels }
