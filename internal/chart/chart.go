// Package chart draws figures as pictures: SVG made on the server, without scripts, styles or fonts
// of its own. A picture stands above a table that says the same.
//
// There are three shapes: [Bars] compares a few things by length, [Columns] follows one thing
// through time, and [Dots] shows one dot for each thing that waits. The title and description say
// what the picture shows; screen readers read them instead of it. The table below has every figure.
//
// Widths are measured in parts of the picture's width, and heights in heights of its text. So the
// picture fits both a telephone and a wide screen, with text as large as the page's even if a
// reader enlarges it. Labels do not wrap: keep them to about 20 characters. Parts of a bar differ
// by pattern and not only by colour, so that they also differ in print and in colours that a reader
// chose; templates/assets/site.css has the rules for those.
package chart

import (
	"fmt"
	"html"
	"html/template"
	"slices"
	"strconv"
	"strings"
)

// Bars are bars one below the other, each with its label above it.
type Bars struct {
	ID    string // the picture's id in its page: lower-case letters, digits and hyphens
	Title string // what it shows
	Says  string // the same in a sentence or two, with the figures that matter
	Parts []string
	Mark  string // what a bar's mark stands for; "" if there are no marks
	Rows  []Bar
}

// A Bar has one value for each part, drawn one after the other, and at least one value.
type Bar struct {
	Label  string
	Values []int64 // negative values are drawn as 0
	Mark   int64   // drawn if the picture has marks and this is above 0
	Text   string  // at the end of the label's line: "£12,000"
}

func (b Bar) sum() (sum int64) {
	for _, v := range b.Values {
		sum += max(v, 0)
	}
	return sum
}

// SVG draws the picture.
func (b Bars) SVG() template.HTML {
	most := int64(1)
	for _, r := range b.Rows {
		most = max(most, r.sum(), r.Mark)
	}
	d := begin(b.ID, b.Title, b.Says)
	if names := b.Parts; len(names) > 1 || b.Mark != "" {
		d.legend(names, b.Mark)
	}
	for _, r := range b.Rows {
		d.text(0, d.down+1, "start", r.Label)
		d.text(100, d.down+1, "end", r.Text)
		x := 0.0
		for i, v := range r.Values {
			w := percent(max(v, 0), most)
			d.part(i, x, d.down+1.4, w, 0.9)
			x += w
		}
		d.line("hub-chart-axis", 0, d.down+1.3, 0, d.down+2.4)
		if b.Mark != "" && r.Mark > 0 {
			x := percent(r.Mark, most)
			d.line("hub-chart-mark", x, d.down+1.2, x, d.down+2.5)
		}
		d.down += 3
	}
	return d.end()
}

// Columns are columns from left to right, one for each step of time.
type Columns struct {
	ID, Title, Says string
	What            string // what a column shows
	Plan            string // what the line across a column stands for; "" if there is none
	Columns         []Column
	Line            int    // the column, from 0, that ends at a line such as a deadline; -1 for none
	LineText        string // what that line is
	Most            func(n int64) string
}

// A Column is one step of time.
type Column struct {
	Label string // below each of up to 13 columns if short; otherwise below the first and last
	Value int64  // negative values are drawn as 0
	Plan  int64
}

const tall = 9.0 // the height of the highest column

// SVG draws the picture.
func (c Columns) SVG() template.HTML {
	most := int64(1)
	short := len(c.Columns) <= 13
	for _, x := range c.Columns {
		most = max(most, x.Value, x.Plan)
		short = short && len([]rune(x.Label)) <= 2
	}
	d := begin(c.ID, c.Title, c.Says)
	if c.Plan != "" {
		d.legend([]string{c.What}, c.Plan)
	}
	d.text(0, d.down+1, "start", c.Most(most))
	top := d.down + 1.5
	d.line("hub-chart-guide", 0, top, 100, top)
	step := 100 / float64(max(1, len(c.Columns)))
	for i, x := range c.Columns {
		high := float64(max(x.Value, 0)) / float64(most) * tall
		left := step*float64(i) + step*0.1
		d.part(0, left, top+tall-high, step*0.8, high)
		if c.Plan != "" {
			y := top + tall - float64(max(x.Plan, 0))/float64(most)*tall
			d.line("hub-chart-mark", left, y, left+step*0.8, y)
		}
		switch {
		case short:
			d.text(step*(float64(i)+0.5), top+tall+1.2, "middle", x.Label)
		case i == 0:
			d.text(0, top+tall+1.2, "start", x.Label)
		case i == len(c.Columns)-1:
			d.text(100, top+tall+1.2, "end", x.Label)
		}
	}
	d.line("hub-chart-axis", 0, top+tall, 100, top+tall)
	d.down = top + tall + 1.7
	if c.Line >= 0 && c.Line < len(c.Columns) {
		x := step * float64(c.Line+1)
		d.line("hub-chart-line", x, top, x, top+tall+1.7)
		anchor := "middle"
		if x < 25 {
			anchor, x = "start", 0
		} else if x > 75 {
			anchor, x = "end", 100
		}
		d.text(x, d.down+1, anchor, c.LineText)
		d.down += 1.5
	}
	return d.end()
}

// Dots are rows of dots, one for each thing that waits, placed by how long it has waited.
type Dots struct {
	ID, Title, Says string
	Unit            string // "working days"
	Lines           []int  // where to draw lines: 5 and 10
	Rows            []Waiting
}

// Waiting is a row: where things wait, and how long each has waited.
type Waiting struct {
	Label string
	For   []int // negative values count as 0
}

// pile is how many dots of the same day are drawn one below the other. If there are more, a number
// says so.
const pile = 5

// SVG draws the picture.
func (p Dots) SVG() template.HTML {
	most := 1
	for _, at := range p.Lines {
		most = max(most, at+2)
	}
	for _, r := range p.Rows {
		most = max(most, slices.Max(append([]int{0}, r.For...)))
	}
	at := func(n int) float64 { return 3 + 94*float64(max(n, 0))/float64(most) }
	d := begin(p.ID, p.Title, p.Says)
	d.text(0, d.down+1, "start", p.Unit)
	d.down += 1.5
	for _, n := range append([]int{0}, p.Lines...) {
		d.text(at(n), d.down+1, "middle", strconv.Itoa(n))
	}
	d.down += 1.2
	for _, r := range p.Rows {
		piles := map[int]int{}
		high := 1
		for _, n := range r.For {
			n = max(n, 0)
			piles[n]++
			switch {
			case piles[n] <= pile:
				d.dot(at(n), d.down+2.1+0.9*float64(piles[n]-1))
				high = max(high, piles[n])
			case piles[n] == pile+1:
				high = pile + 1
			}
		}
		for n := range most + 1 {
			if more := piles[n] - pile; more > 0 {
				d.text(at(n), d.down+2.4+0.9*pile, "middle", fmt.Sprintf("+%d", more))
			}
		}
		d.text(0, d.down+1.2, "start", fmt.Sprintf("%s: %d", r.Label, len(r.For)))
		top := d.down + 1.6
		d.down += 2 + 0.9*float64(high)
		for _, n := range append([]int{0}, p.Lines...) {
			class := "hub-chart-guide"
			if n == 0 {
				class = "hub-chart-axis"
			}
			d.line(class, at(n), top, at(n), d.down)
		}
	}
	return d.end()
}

// A drawing is a picture in progress. down is how far down it has got, in heights of text.
type drawing struct {
	id, title, says string
	down            float64
	used            int // how many patterns
	b               strings.Builder
}

func begin(id, title, says string) *drawing {
	return &drawing{id: id, title: title, says: says, down: 0.2}
}

func percent(n, most int64) float64 { return 100 * float64(n) / float64(max(1, most)) }

// num writes a number as short as it can be.
func num(x float64) string { return strconv.FormatFloat(x, 'f', -1, 32) }

func (d *drawing) text(x, y float64, anchor, text string) {
	if text == "" {
		return
	}
	fmt.Fprintf(&d.b, `<text x="%s%%" y="%sem" text-anchor="%s" fill="currentColor">%s</text>`+"\n",
		num(x), num(y), anchor, html.EscapeString(text))
}

func (d *drawing) line(class string, x1, y1, x2, y2 float64) {
	width := map[string]string{"hub-chart-mark": "3", "hub-chart-line": "2"}[class]
	if width == "" {
		width = "1"
	}
	fmt.Fprintf(&d.b, `<line class="%s" x1="%s%%" y1="%sem" x2="%s%%" y2="%sem" stroke="currentColor" stroke-width="%s"%s></line>`+"\n",
		class, num(x1), num(y1), num(x2), num(y2), width, map[bool]string{true: ` stroke-dasharray="4 4"`}[class == "hub-chart-guide"])
}

// part draws a piece of a bar: the first is full, the second hatched, the third empty.
func (d *drawing) part(n int, x, y, w, h float64) {
	if w <= 0 || h <= 0 {
		return
	}
	n %= 3
	fill := [...]string{"#005eb8", "url(#" + d.id + "-hatched)", "#ffffff"}[n]
	d.used = max(d.used, n)
	fmt.Fprintf(&d.b, `<rect class="hub-chart-%s" x="%s%%" y="%sem" width="%s%%" height="%sem" fill="%s" stroke="#005eb8" stroke-width="1"></rect>`+"\n",
		[...]string{"full", "hatched", "empty"}[n], num(x), num(y), num(w), num(h), fill)
}

func (d *drawing) dot(x, y float64) {
	fmt.Fprintf(&d.b, `<circle class="hub-chart-full" cx="%s%%" cy="%sem" r="0.35em" fill="#005eb8"></circle>`+"\n", num(x), num(y))
}

// legend explains the parts and the mark, one below the other.
func (d *drawing) legend(parts []string, mark string) {
	for i, name := range parts {
		d.part(i, 0, d.down+0.3, 5, 0.8)
		d.text(7, d.down+1, "start", name)
		d.down += 1.5
	}
	if mark != "" {
		d.line("hub-chart-mark", 2.5, d.down+0.2, 2.5, d.down+1.2)
		d.text(7, d.down+1, "start", mark)
		d.down += 1.5
	}
	d.down += 0.5
}

func (d *drawing) end() template.HTML {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="hub-chart" role="img" width="100%%" height="%sem" focusable="false" aria-labelledby="%s-title %s-says">`+"\n",
		num(d.down+0.3), d.id, d.id)
	fmt.Fprintf(&b, "<title id=\"%s-title\">%s</title>\n<desc id=\"%s-says\">%s</desc>\n", d.id, html.EscapeString(d.title), d.id, html.EscapeString(d.says))
	if d.used > 0 {
		fmt.Fprintf(&b, `<defs><pattern id="%s-hatched" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">`+
			`<rect class="hub-chart-empty" width="6" height="6" fill="#ffffff"></rect><rect class="hub-chart-full" width="2.5" height="6" fill="#005eb8"></rect></pattern></defs>`+"\n", d.id)
	}
	b.WriteString(d.b.String())
	b.WriteString("</svg>")
	return template.HTML(b.String())
}
