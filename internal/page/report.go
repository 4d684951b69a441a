package page

import "html/template"

// Export asks which applications to export, and lists the exports so far: pages/export.html.
type Export struct {
	Staff  string
	Course string // its title, if there is no choice
	Asking
	Action    string
	Codebooks []Link
	Exports   []Exported // the newest first
}

// ExportParts offers an export that is too long for one answer in parts: pages/export-parts.html.
type ExportParts struct {
	Staff  string
	Action string
	Parts  []ExportPart
}

// ExportPart is one such part.
type ExportPart struct {
	Text   string
	Hidden []Hidden
}

// Exported is one export that was made.
type Exported struct {
	When, Who, Course, Period, Rows, Reason string
}

// Figures are the figures for the scheme's monitoring: pages/figures.html.
type Figures struct {
	Staff   string
	Publish bool // numbers below 5 are hidden
	At      string
	CSV     string // address
	Money   []Link // ledgers, for those who may see them
	Other   Link   // to the figures with, or without, the small numbers
	Courses []CourseFigures
}

// CourseFigures are the figures of one course.
type CourseFigures struct {
	Title  string
	Lines  []FigureLine
	Heads  []string // of the columns of the months
	Months []FigureMonth

	Pictures []Pictured
}

// Pictured is a picture of package chart with a table that says the same; nil if the figures above
// already say it.
type Pictured struct {
	Title   string
	Picture template.HTML
	Table   *MoneyTable
}

// FigureLine is a figure with its definition.
type FigureLine struct{ Name, Value, Means string }

// FigureMonth is what happened in a month, in the order of the columns.
type FigureMonth struct {
	Name  string
	Cells []FigureCell
}

// FigureCell is one figure of a month. It has the head of its column, for phones.
type FigureCell struct{ Head, Value string }
