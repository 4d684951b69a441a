package table

import "time"

// A Sheet is one of a book for spreadsheets: see package workbook, which only programs that make
// books link.
type Sheet struct {
	Name  string
	Heads []string
	// Fill gives its rows, each of texts, numbers (float64), instants (time.Time, as their zone
	// says), each Day and nil for nothing.
	Fill func(row func(cells ...any) error) error
}

// A Day is a cell with a date.
type Day time.Time
