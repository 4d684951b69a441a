// Package workbook writes XLSX files, which spreadsheets open: sheets with a row of headings that
// stays in view. A text stays a text, whatever it looks like: no formula is worked out, and no
// leading 0 is lost. Dates and times are the spreadsheet's own kind, which have no zone. Rows are
// written as they are made; what does not fit into memory waits in a temporary file.
package workbook

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"traininghub/internal/table"
)

// Write writes a workbook of sheets, which are filled one after another. Their names are shortened
// to what spreadsheets take, and must still differ.
func Write(w io.Writer, sheets ...table.Sheet) (err error) {
	b := &book{file: excelize.NewFile()}
	defer func() {
		if closed := b.file.Close(); err == nil {
			err = closed
		}
	}()
	for style, of := range map[*int]excelize.Style{
		&b.head: {Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}},
		&b.day:  {CustomNumFmt: text("d mmmm yyyy")}, &b.instant: {CustomNumFmt: text("d mmmm yyyy hh:mm")},
	} {
		if *style, err = b.file.NewStyle(&of); err != nil {
			return err
		}
	}
	for i, s := range sheets {
		if err := b.sheet(i, s); err != nil {
			return err
		}
	}
	_, err = b.file.WriteTo(w)
	return err
}

type book struct {
	file               *excelize.File
	head, day, instant int // styles
}

func text(s string) *string { return &s }

func (b *book) sheet(i int, s table.Sheet) (err error) {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) {
			return ' '
		}
		return r
	}, s.Name)
	if letters := []rune(name); len(letters) > 31 {
		name = string(letters[:31])
	}
	if i == 0 {
		err = b.file.SetSheetName("Sheet1", name)
	} else {
		_, err = b.file.NewSheet(name)
	}
	if err != nil {
		return fmt.Errorf("workbook: a sheet: %w", err)
	}
	out, err := b.file.NewStreamWriter(name)
	if err != nil {
		return err
	}
	if err := out.SetColWidth(1, max(1, len(s.Heads)), 22); err != nil {
		return err
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	heads := make([]any, len(s.Heads))
	for i, head := range s.Heads {
		heads[i] = excelize.Cell{StyleID: b.head, Value: head}
	}
	n := 1
	if err := out.SetRow("A1", heads); err != nil {
		return err
	}
	if err := s.Fill(func(cells ...any) error {
		n++
		return out.SetRow(fmt.Sprint("A", n), b.row(cells))
	}); err != nil {
		return err
	}
	return out.Flush()
}

func (b *book) row(cells []any) []any {
	row := make([]any, len(cells))
	for i, cell := range cells {
		switch v := cell.(type) {
		case table.Day:
			row[i] = excelize.Cell{StyleID: b.day, Value: plain(time.Time(v))}
		case time.Time:
			row[i] = excelize.Cell{StyleID: b.instant, Value: plain(v)}
		default:
			row[i] = v
		}
	}
	return row
}

// plain returns the same clock time without a zone, since spreadsheets know no zones.
func plain(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}
