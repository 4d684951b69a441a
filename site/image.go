package site

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"math"
	"slices"
	"strconv"
	"strings"
)

// wrongKind says what is wrong with a picture whose bytes are not what its ending says, and what to do; "" if nothing is,
// or it is of a kind that the standard library does not read.
func wrongKind(ending string, data []byte) (what, do string) {
	is := strings.TrimPrefix(ending, ".")
	if is == "jpg" {
		is = "jpeg"
	}
	_, got, err := image.DecodeConfig(bytes.NewReader(data))
	switch {
	case err == nil && got != is:
		return fmt.Sprintf("the name ends in %q, but this is a picture of the kind %s", ending, got), fmt.Sprintf("write %q in its place, also where pages show it", "."+got)
	case err != nil && slices.Contains([]string{"gif", "jpeg", "png"}, is):
		return "the picture is broken, or of another kind than its name says", "open it with a program for pictures, and save it as " + ending
	}
	return "", ""
}

// imageSize is the size of a picture in pixels, of which a browser leaves room before the picture arrives. It is
// false for kinds that the standard library does not read.
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
