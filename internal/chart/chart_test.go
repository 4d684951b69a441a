package chart

import (
	"encoding/xml"
	"fmt"
	"html/template"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// element is an element of a picture.
type element struct {
	name string
	at   map[string]string
	text string
}

// read parses a picture, which must be well-formed.
func read(t *testing.T, svg template.HTML) (all []element) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(svg)))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, svg)
		}
		switch x := token.(type) {
		case xml.StartElement:
			e := element{name: x.Name.Local, at: map[string]string{}}
			for _, a := range x.Attr {
				e.at[a.Name.Local] = a.Value
			}
			all = append(all, e)
		case xml.CharData:
			if len(all) > 0 {
				all[len(all)-1].text += strings.TrimSpace(string(x))
			}
		}
	}
}

func only(all []element, name, class string) (some []element) {
	for _, e := range all {
		if e.name == name && (class == "" || e.at["class"] == class) {
			some = append(some, e)
		}
	}
	return some
}

func texts(all []element) (some []string) {
	for _, e := range only(all, "text", "") {
		some = append(some, e.text)
	}
	return some
}

func part(t *testing.T, text string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSuffix(text, "%"), "em"), 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// sound checks what holds for every picture: screen readers see an image with title and
// description, it stays within its edges, and has nothing that a strict policy refuses.
func sound(t *testing.T, svg template.HTML) []element {
	t.Helper()
	all := read(t, svg)
	root := all[0]
	if root.name != "svg" || root.at["role"] != "img" {
		t.Errorf("it is no image: %v", root)
	}
	ids := map[string]string{}
	for _, e := range all {
		if id := e.at["id"]; id != "" {
			if _, twice := ids[id]; twice {
				t.Errorf("two have the id %q", id)
			}
			ids[id] = e.text
		}
		if e.at["style"] != "" || e.name == "style" || e.name == "script" || e.name == "image" || e.name == "a" {
			t.Errorf("a strict policy refuses %v", e)
		}
	}
	for id := range strings.FieldsSeq(root.at["aria-labelledby"]) {
		if ids[id] == "" {
			t.Errorf("nothing is said by %q", id)
		}
	}
	height := part(t, root.at["height"])
	for _, e := range all[1:] {
		if e.at["patternUnits"] != "" || e.at["width"] == "6" || e.at["width"] == "2.5" {
			continue // part of the hatching
		}
		if x := e.at["x"]; x != "" && (part(t, x) < 0 || part(t, x) > 100.0001) {
			t.Errorf("%v is beside the picture", e)
		}
		if w := e.at["width"]; w != "" && part(t, e.at["x"])+part(t, w) > 100.0001 {
			t.Errorf("%v goes beyond the picture", e)
		}
		for _, y := range []string{"y", "y2", "cy"} {
			if e.at[y] != "" && (part(t, e.at[y]) < 0 || part(t, e.at[y]) > height) {
				t.Errorf("%v is below the picture, which is %v high", e, height)
			}
		}
	}
	return all
}

// TestBars: lengths are in proportion, parts follow each other, marks are where they belong.
func TestBars(t *testing.T) {
	all := sound(t, Bars{
		ID: "b", Title: "Budget", Says: "Half of it is spent.", Parts: []string{"Spent", "Committed"}, Mark: "Budget",
		Rows: []Bar{{Label: "Year <1>", Values: []int64{50, 25}, Mark: 200, Text: "£75"}, {Label: "Loss", Values: []int64{-5, 100}, Mark: 100}},
	}.SVG())
	full, hatched, marks := only(all, "rect", "hub-chart-full"), only(all, "rect", "hub-chart-hatched"), only(all, "line", "hub-chart-mark")
	// The first of each is in the legend.
	if len(full) != 3 || full[2].at["width"] != "25%" { // one is in the pattern
		t.Errorf("full parts: %v", full)
	}
	if len(hatched) != 3 || hatched[1].at["x"] != "25%" || hatched[1].at["width"] != "12.5%" || hatched[2].at["x"] != "0%" || hatched[2].at["width"] != "50%" {
		t.Errorf("hatched parts: %v", hatched)
	}
	if len(marks) != 3 || marks[1].at["x1"] != "100%" || marks[2].at["x1"] != "50%" {
		t.Errorf("marks: %v", marks)
	}
	if got := fmt.Sprint(texts(all)); got != "[Spent Committed Budget Year <1> £75 Loss]" {
		t.Errorf("it says %s", got)
	}
}

// TestColumns: heights are in proportion; long labels are only at the two ends; the line comes
// after its column.
func TestColumns(t *testing.T) {
	c := Columns{
		ID: "c", Title: "Applications by week", Says: "Most came in the last week.", Line: 1, LineText: "Deadline", Most: func(n int64) string { return fmt.Sprint(n) },
		Columns: []Column{{"6 September", 2, 0}, {"13 September", 8, 0}, {"20 September", 0, 0}, {"27 September", 4, 0}},
	}
	all := sound(t, c.SVG())
	columns := only(all, "rect", "hub-chart-full")
	if len(columns) != 3 || columns[0].at["height"] != "2.25em" || columns[1].at["height"] != "9em" || columns[2].at["x"] != "77.5%" {
		t.Errorf("columns: %v", columns)
	}
	if lines := only(all, "line", "hub-chart-line"); len(lines) != 1 || lines[0].at["x1"] != "50%" {
		t.Errorf("the line: %v", lines)
	}
	if got := fmt.Sprint(texts(all)); got != "[8 6 September 27 September Deadline]" {
		t.Errorf("it says %s", got)
	}
	c.Plan, c.What, c.Line = "Plan", "Cost", -1
	for i := range c.Columns {
		c.Columns[i].Label, c.Columns[i].Plan = "S", 16
	}
	all = sound(t, c.SVG())
	if got := fmt.Sprint(texts(all)); got != "[Cost Plan 16 S S S S]" {
		t.Errorf("with a plan it says %s", got)
	}
	if marks := only(all, "line", "hub-chart-mark"); len(marks) != 5 {
		t.Errorf("marks: %v", marks)
	}
}

// TestDots: there is a dot for each thing that waits, up to a pile, and a number for the rest.
func TestDots(t *testing.T) {
	all := sound(t, Dots{
		ID: "d", Title: "What waits", Says: "9 wait.", Unit: "working days", Lines: []int{5, 10},
		Rows: []Waiting{{"To check", []int{0, 3, 3, -1}}, {"To approve", []int{12, 12, 12, 12, 12, 12, 12, 1}}, {"None", nil}},
	}.SVG())
	if dots := only(all, "circle", ""); len(dots) != 4+6 {
		t.Errorf("%d dots", len(dots))
	}
	if got := fmt.Sprint(texts(all)); got != "[working days 0 5 10 To check: 4 +2 To approve: 8 None: 0]" {
		t.Errorf("it says %s", got)
	}
	if guides := only(all, "line", "hub-chart-guide"); len(guides) != 3*2 {
		t.Errorf("lines: %v", guides)
	}
}

// TestAny: whatever there is to show, the picture stays within its edges, and what was typed is
// text.
func TestAny(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	nasty := `<script>"&'` + "\x3c!--"
	for range 300 {
		n := random.IntN(60)
		b := Bars{ID: "x", Title: nasty, Says: nasty, Parts: []string{nasty, "b", "c"}[:1+random.IntN(3)], Mark: []string{"", nasty}[random.IntN(2)]}
		c := Columns{ID: "y", Title: "t", Says: nasty, Line: random.IntN(60) - 1, LineText: nasty, Plan: b.Mark, What: nasty, Most: func(int64) string { return nasty }}
		d := Dots{ID: "z", Title: "t", Says: "s", Unit: nasty, Lines: []int{5, 10}[:random.IntN(3)]}
		for range n {
			value := random.Int64N(1_000_000_000) - 1000
			row := Bar{Label: nasty, Text: nasty, Mark: random.Int64N(1000)}
			for range b.Parts {
				row.Values = append(row.Values, value)
			}
			b.Rows = append(b.Rows, row)
			c.Columns = append(c.Columns, Column{nasty, value, value / 2})
			d.Rows = append(d.Rows, Waiting{nasty, []int{random.IntN(30), int(value % 300), 1, 1, 1, 1, 1, 1}})
		}
		for _, svg := range []template.HTML{b.SVG(), c.SVG(), d.SVG()} {
			sound(t, svg)
		}
	}
}
