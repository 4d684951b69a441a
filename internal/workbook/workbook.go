// Package workbook writes XLSX, which spreadsheets open: sheets with a row of headings that stays
// in view. A text is a text, whatever it looks like: nothing is worked out, and no 0 is dropped.
// Days and times are the spreadsheet's own, without a zone. Rows go out while they are made; what
// does not fit into memory waits in a file that is removed.
package workbook

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// A Book is being written. Its sheets are filled one after another.
type Book struct {
	file         *excelize.File
	sheets       int
	head         int // styles
	day, instant int
}

// A Day is a cell with a date.
type Day time.Time

// New begins a book.
func New() (*Book, error) {
	b := &Book{file: excelize.NewFile()}
	for style, of := range map[*int]excelize.Style{
		&b.head: {Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}},
		&b.day:  {CustomNumFmt: text("d mmmm yyyy")}, &b.instant: {CustomNumFmt: text("d mmmm yyyy hh:mm")},
	} {
		var err error
		if *style, err = b.file.NewStyle(&of); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func text(s string) *string { return &s }

// A Sheet takes rows.
type Sheet struct {
	book *Book
	out  *excelize.StreamWriter
	row  int
}

// Sheet adds a sheet with headings. Its name is cut to what spreadsheets take, and must differ from
// those before.
func (b *Book) Sheet(name string, heads []string) (*Sheet, error) {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) {
			return ' '
		}
		return r
	}, name)
	if letters := []rune(name); len(letters) > 31 {
		name = string(letters[:31])
	}
	var err error
	if b.sheets == 0 {
		err = b.file.SetSheetName("Sheet1", name)
	} else {
		_, err = b.file.NewSheet(name)
	}
	if err != nil {
		return nil, fmt.Errorf("workbook: a sheet: %w", err)
	}
	b.sheets++
	s := &Sheet{book: b}
	if s.out, err = b.file.NewStreamWriter(name); err != nil {
		return nil, err
	}
	if err := s.out.SetColWidth(1, max(1, len(heads)), 22); err != nil {
		return nil, err
	}
	if err := s.out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	cells := make([]any, len(heads))
	for i, head := range heads {
		cells[i] = excelize.Cell{StyleID: b.head, Value: head}
	}
	return s, s.set(cells)
}

// Row adds a row of texts, numbers (float64), instants (time.Time, as their zone says), each Day
// and nil for nothing.
func (s *Sheet) Row(cells ...any) error {
	row := make([]any, len(cells))
	for i, cell := range cells {
		switch v := cell.(type) {
		case Day:
			row[i] = excelize.Cell{StyleID: s.book.day, Value: plain(time.Time(v))}
		case time.Time:
			row[i] = excelize.Cell{StyleID: s.book.instant, Value: plain(v)}
		default:
			row[i] = v
		}
	}
	return s.set(row)
}

// plain is the same on the clock, without a zone, which spreadsheets do not know.
func plain(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

func (s *Sheet) set(cells []any) error {
	s.row++
	return s.out.SetRow(fmt.Sprint("A", s.row), cells)
}

// End ends a sheet, before the next begins.
func (s *Sheet) End() error { return s.out.Flush() }

// WriteTo writes the book, and ends it.
func (b *Book) WriteTo(w io.Writer) (int64, error) {
	n, err := b.file.WriteTo(w)
	if closed := b.file.Close(); err == nil {
		err = closed
	}
	return n, err
}
