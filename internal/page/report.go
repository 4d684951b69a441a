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

// ExportPart is one of them.
type ExportPart struct {
	Text   string
	Hidden []Hidden
}

// Exported is one export that was made.
type Exported struct {
	When, Who, Course, Period, Rows, Reason string
}

// Figures are what the scheme's monitoring asks for: pages/figures.html.
type Figures struct {
	Staff   string
	Publish bool // what is below 5 is hidden
	At      string
	CSV     string // address
	Money   []Link // ledgers, for who may see them
	Other   Link   // to the figures with or without what is to be hidden
	Courses []CourseFigures
}

// CourseFigures are those of one course.
type CourseFigures struct {
	Title  string
	Lines  []FigureLine
	Heads  []string // of the columns of the months
	Months []FigureMonth

	Pictures []Pictured
}

// Pictured is a picture of package chart with the table that says the same; nil if the figures
// above say it.
type Pictured struct {
	Title   string
	Picture template.HTML
	Table   *MoneyTable
}

// FigureLine is one figure with its definition.
type FigureLine struct{ Name, Value, Means string }

// FigureMonth is what happened in a month, in the order of the columns.
type FigureMonth struct {
	Name  string
	Cells []FigureCell
}

// FigureCell is one figure of a month, with the head of its column for phones.
type FigureCell struct{ Head, Value string }
