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

// imageSize is the size of a picture in pixels, of which a browser leaves room before the picture
// arrives. It is false for kinds that the standard library does not read.
func imageSize(data []byte) (width, height int, ok bool) {
	if c, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil {
		return c.Width, c.Height, true
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
	return int(math.Round(w)), int(math.Round(h)), err == nil && err2 == nil
}
