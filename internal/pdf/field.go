package pdf

import (
	"fmt"
	"strings"

	"traininghub/internal/pdf/read"
)

type entryKind int

const (
	oneLine entryKind = iota
	manyLines
	oneOf  // one box of a group that shares a name; at most one is ticked
	ticked // a box by itself
)

// An entry is a field that can be filled in on screen (ISO 32000-1, 12.7).
type entry struct {
	name   string
	tip    string // what to enter, for people who use a screen reader
	group  string // the tip of the whole group
	kind   entryKind
	option string // the value of a ticked box
	most   int    // limit in characters; none if 0

	x, y, w, h  float64 // in PDF's coordinates: points from the lower left corner
	page        int
	object, key int
}

// enter puts a field into a box. The box itself is drawn on the page, so that a printed form has
// it, too.
func (l *layout) enter(x, y, w, h float64, e entry) {
	const inset = 1.0 // keeps the frame visible when a program shades the field
	e.x, e.y, e.w, e.h = x+inset, pageHeight-y-h+inset, w-2*inset, h-2*inset
	l.put(mark{shape: entered, in: l.child("Form"), x: x, y: y, w: w, h: h, entry: &e})
}

// fieldStyle is the look of what people enter: the pages' regular font, 11 points, nearly black.
const fieldStyle = "/R 11 Tf 0.13 0.17 0.20 rg"

// writeFields adds the fields to the file. It returns the catalog's entry for them and each page's
// list of annotations. font is the object number of the regular font. returns is the value of a
// hidden, read-only field: programs that save a file keep its fields, but drop its properties.
func (f *file) writeFields(entries []*entry, pages []int, font int, returns string) (form string, annotations []string) {
	annotations = make([]string, len(pages))
	if len(entries) == 0 {
		return "", annotations
	}
	type group struct {
		first  *entry
		object int
		kids   strings.Builder
		states map[string]bool
	}
	looks := map[string]int{} // shared by fields of the same size
	look := func(e *entry, content string) int {
		dict := fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[0 0 %.2f %.2f]/Resources<<>>", e.w, e.h)
		if looks[dict+content] == 0 {
			looks[dict+content] = f.stream(dict, []byte(content))
		}
		return looks[dict+content]
	}
	// The tick is drawn, so it needs no font.
	tick := func(e *entry, state string) string {
		on := look(e, fmt.Sprintf("q 1.6 w 1 J 1 j %.2f %.2f m %.2f %.2f l %.2f %.2f l S Q",
			e.w*.15, e.h*.5, e.w*.4, e.h*.2, e.w*.85, e.h*.85))
		return fmt.Sprintf("/AS/Off/MK<</CA(4)>>/AP<</N<</%s %d 0 R/Off %d 0 R>>>>", state, on, look(e, ""))
	}
	groups := map[string]*group{}
	taken := map[string]bool{}
	var order []*group
	var fields strings.Builder
	for _, e := range entries {
		w := fmt.Sprintf("<</Type/Annot/Subtype/Widget/F 4/P %d 0 R/StructParent %d/Rect[%.2f %.2f %.2f %.2f]",
			pages[e.page], e.key, e.x, e.y, e.x+e.w, e.y+e.h)
		switch e.kind {
		case oneOf:
			g := groups[e.name]
			if g == nil {
				g = &group{first: e, object: f.reserve(), states: map[string]bool{"Off": true, "": true}}
				groups[e.name] = g
				order = append(order, g)
				fmt.Fprintf(&fields, "%d 0 R ", g.object)
			}
			state := distinct(name(e.option), g.states)
			fmt.Fprintf(&g.kids, "%d 0 R ", e.object)
			w += fmt.Sprintf("/Parent %d 0 R/TU%s%s>>", g.object, textString(e.tip), tick(e, state))
		case ticked:
			w += fmt.Sprintf("/FT/Btn/T%s/TU%s/V/Off%s>>",
				textString(distinct(e.name, taken)), textString(e.tip), tick(e, name(e.option)))
			fmt.Fprintf(&fields, "%d 0 R ", e.object)
		default:
			flags := 0
			if e.kind == manyLines {
				flags = 1 << 12
			}
			w += fmt.Sprintf("/FT/Tx/T%s/TU%s/Ff %d/DA(%s)",
				textString(distinct(e.name, taken)), textString(e.tip), flags, fieldStyle)
			if e.most > 0 {
				w += fmt.Sprintf("/MaxLen %d", e.most)
			}
			w += fmt.Sprintf("/AP<</N %d 0 R>>>>", look(e, "/Tx BMC EMC"))
			fmt.Fprintf(&fields, "%d 0 R ", e.object)
		}
		f.set(e.object, w)
		annotations[e.page] += fmt.Sprintf("%d 0 R ", e.object)
	}
	if returns != "" {
		hidden := f.add(fmt.Sprintf("<</Type/Annot/Subtype/Widget/F 2/P %d 0 R/Rect[0 0 0 0]/FT/Tx/T(%s)/Ff 1/V%s/DA(%s)>>",
			pages[0], read.Returns, textString(returns), fieldStyle))
		fmt.Fprintf(&fields, "%d 0 R ", hidden)
		annotations[0] += fmt.Sprintf("%d 0 R ", hidden)
	}
	for _, g := range order {
		// Flag 16 allows at most one ticked box in the group. Flag 15 is not set, so that a tick
		// can be removed.
		f.set(g.object, fmt.Sprintf("<</FT/Btn/Ff %d/T%s/TU%s/V/Off/Kids[%s]>>",
			1<<15, textString(distinct(g.first.name, taken)), textString(g.first.group), g.kids.String()))
	}
	// Some programs draw a tick in their own way, with the font ZaDb. Nothing else in the file
	// needs it.
	const dingbats = "/ZaDb<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>>"
	return fmt.Sprintf("/AcroForm<</Fields[%s]/DR<</Font<</R %d 0 R%s>>>>/DA(%s)>>",
		fields.String(), font, dingbats, fieldStyle), annotations
}

// distinct returns s, with a number after it if s is taken, and marks the result as taken.
func distinct(s string, taken map[string]bool) string {
	d := s
	for i := 2; taken[d] || d == ""; i++ {
		d = fmt.Sprintf("%s-%d", s, i)
	}
	taken[d] = true
	return d
}

// name is s as a PDF name without its slash, cut to the 127 bytes that all programs accept.
func name(s string) string {
	var b strings.Builder
	for i := 0; i < len(s) && b.Len() < 100; i++ {
		if c := s[i]; c > ' ' && c <= '~' && !strings.ContainsRune("#/()<>[]{}%", rune(c)) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "#%02X", c)
		}
	}
	return b.String()
}
