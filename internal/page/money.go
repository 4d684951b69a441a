package page

import (
	"html/template"
	"strings"
)

// Money is a page about claims: pages/money.html. It is made of parts, since most of these pages
// show a table of lines, what to know about them, and what can be done.
type Money struct {
	Staff  string // who has signed in
	Done   string // what was just done; "" if nothing
	Wrong  []Link // what is wrong, each to its input
	Parts  []MoneyPart
	Onward []Link
}

// Errors are the links of the summary of what is wrong.
func (m Money) Errors() []Link { return m.Wrong }

// MoneyPart is a part of the page, in this order.
type MoneyPart struct {
	Title    string // "" for the first
	Text     []string
	Facts    []Fact
	Warn     []string        // what to look at first
	Pictures []template.HTML // by package chart; the table below each says the same
	Table    *MoneyTable
	Links    []Link
	Form     *MoneyForm
}

// MoneyTable is a table whose rows can have a box to tick.
type MoneyTable struct {
	Caption string
	Heads   []string
	Rows    []MoneyRow
}

// Cells are the cells of a row after the first, each with the head of its column.
func (t *MoneyTable) Cells(r MoneyRow) (all []MoneyCell) {
	for i, c := range r.Cells[1:] {
		all = append(all, MoneyCell{Head: t.Heads[i+1], Text: c})
	}
	return all
}

// MoneyCell is a cell with the head of its column.
type MoneyCell struct{ Head, Text string }

// Whole reports whether the text is a single word, such as a sum or a code, that is never broken.
func (c MoneyCell) Whole() bool { return len(c.Text) <= 14 && !strings.Contains(c.Text, " ") }

// MoneyRow is a row. The first cell names the row.
type MoneyRow struct {
	Cells []string
	Href  string // where the name links to; "" if nowhere
}

// MoneyForm asks for something, or only for its button to be pressed.
type MoneyForm struct {
	Action  string
	Button  string
	Second  bool // it is not the main action
	Legend  string
	Ticks   []Tick
	More    []TickGroup // further boxes
	Inputs  []MoneyInput
	Hidden  []Hidden
	HasFile bool
}

// TickGroup is a group of boxes under one legend.
type TickGroup struct {
	Legend string
	Ticks  []Tick
}

// Groups are all the boxes of the form.
func (f *MoneyForm) Groups() []TickGroup {
	if len(f.Ticks) == 0 {
		return f.More
	}
	return append([]TickGroup{{f.Legend, f.Ticks}}, f.More...)
}

// Tick is a box to tick.
type Tick struct {
	ID, Name, Value, Label, Hint string
	On                           bool
}

// MoneyInput is an input for one or several lines of text, or for a file.
type MoneyInput struct {
	ID, Name, Label, Hint, Value, Wrong string
	Long, File                          bool
	Options                             []Pick // to choose from, instead of typing
}

// Pick is one of several to choose from.
type Pick struct{ Value, Label string }

// About are the ids of the elements that describe the input.
func (i MoneyInput) About() string {
	var ids []string
	if i.Hint != "" {
		ids = append(ids, i.ID+"-hint")
	}
	if i.Wrong != "" {
		ids = append(ids, i.ID+"-error")
	}
	return strings.Join(ids, " ")
}
