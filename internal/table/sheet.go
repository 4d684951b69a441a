package table

import "time"

// A Sheet is one sheet of a workbook: see package workbook, which only programs that write
// workbooks link.
type Sheet struct {
	Name  string
	Heads []string
	// Fill calls row for each row. Its cells are texts, numbers (float64), times (time.Time, shown
	// in their own zone), dates (Day), or nil for nothing.
	Fill func(row func(cells ...any) error) error
}

// A Day is a cell with a date.
type Day time.Time
