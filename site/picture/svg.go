package picture

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

const svgSpace = "http://www.w3.org/2000/svg"

var (
	// drawn are the elements that a drawing may have.
	drawn = strings.Fields("svg g path rect circle ellipse line polyline polygon text tspan title desc defs " +
		"linearGradient radialGradient stop clipPath mask pattern symbol use")
	// refused are the elements without which a drawing would look different.
	refused = strings.Fields("script style foreignObject image iframe animate animateMotion animateTransform set a filter")
	// kept are the attributes for positions and painting. None of them does anything else.
	kept = strings.Fields("id viewBox width height x y x1 y1 x2 y2 cx cy r rx ry fx fy d points transform " +
		"preserveAspectRatio offset gradientUnits gradientTransform spreadMethod clipPathUnits maskUnits patternUnits " +
		"patternTransform dx dy role aria-label aria-labelledby aria-hidden " + strings.Join(paints, " "))
	// paints are also allowed in an attribute "style". Since the site's rules allow no styles
	// inside a file, they become attributes.
	paints = strings.Fields("fill fill-rule fill-opacity stroke stroke-width stroke-linecap stroke-linejoin " +
		"stroke-miterlimit stroke-dasharray stroke-dashoffset stroke-opacity opacity color stop-color stop-opacity " +
		"clip-path clip-rule mask display visibility font-family font-size font-weight font-style text-anchor " +
		"letter-spacing dominant-baseline paint-order vector-effect")
)

// What a drawing program adds to the drawing (metadata, its own elements, comments) is left out
// silently. What the drawing needs but pages cannot show is refused, so that nobody later finds it
// missing.

// SVG returns the drawing and nothing else. The same file gives the same bytes. Its errors wrap
// [ErrPicture], and say in an editor's words what is wrong.
func SVG(data []byte) ([]byte, error) {
	in := xml.NewDecoder(bytes.NewReader(data))
	var out bytes.Buffer
	depth, skipped := 0, 0 // of elements; skipped counts those within an element that is left out
	for {
		token, err := in.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w: it is no whole SVG: %v", ErrPicture, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			name := t.Name.Local
			switch {
			case skipped > 0:
				skipped++
			case slices.Contains(refused, name) && (t.Name.Space == svgSpace || t.Name.Space == ""):
				return nil, fmt.Errorf("%w: it has an element %q", ErrPicture, name)
			case depth == 0 && (name != "svg" || t.Name.Space != svgSpace):
				return nil, fmt.Errorf("%w: it is no SVG", ErrPicture)
			case t.Name.Space != svgSpace || !slices.Contains(drawn, name):
				skipped = 1
			default:
				out.WriteByte('<')
				out.WriteString(name)
				if depth == 0 {
					fmt.Fprintf(&out, " xmlns=%q", svgSpace)
				}
				for _, a := range attributes(t.Attr) {
					fmt.Fprintf(&out, ` %s="`, a.Name.Local)
					xml.EscapeText(&out, []byte(a.Value))
					out.WriteByte('"')
				}
				out.WriteByte('>')
				depth++
			}
		case xml.EndElement:
			if skipped > 0 {
				skipped--
				continue
			}
			depth--
			fmt.Fprintf(&out, "</%s>", t.Name.Local)
		case xml.CharData:
			if skipped == 0 && depth > 0 && len(bytes.TrimSpace(t)) > 0 {
				xml.EscapeText(&out, t)
			}
		}
	}
	if out.Len() == 0 {
		return nil, fmt.Errorf("%w: it is empty", ErrPicture)
	}
	return out.Bytes(), nil
}

// attributes are the attributes of an element that are kept, and those from its style.
func attributes(all []xml.Attr) (some []xml.Attr) {
	add := func(name, value string) {
		if !local(value) || slices.ContainsFunc(some, func(a xml.Attr) bool { return a.Name.Local == name }) {
			return
		}
		some = append(some, xml.Attr{Name: xml.Name{Local: name}, Value: value})
	}
	for _, a := range all { // a style takes precedence over an attribute
		if a.Name.Space == "" && a.Name.Local == "style" {
			for declaration := range strings.SplitSeq(a.Value, ";") {
				name, value, _ := strings.Cut(declaration, ":")
				if name = strings.TrimSpace(name); slices.Contains(paints, name) {
					add(name, strings.TrimSpace(value))
				}
			}
		}
	}
	for _, a := range all {
		switch name := a.Name.Local; {
		case name == "href" && strings.HasPrefix(a.Value, "#"):
			add("href", a.Value)
		case a.Name.Space == "" && slices.Contains(kept, name):
			add(name, a.Value)
		}
	}
	return some
}

// local reports whether a value refers only to its own file.
func local(value string) bool {
	low := strings.ToLower(value)
	for {
		_, rest, found := strings.Cut(low, "url(")
		if !found {
			return !strings.ContainsAny(low, "\\<")
		}
		if low = strings.TrimLeft(rest, ` "'`); !strings.HasPrefix(low, "#") {
			return false
		}
	}
}
