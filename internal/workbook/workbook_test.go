package workbook_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"traininghub/internal/table"
	"traininghub/internal/workbook"
)

// What is written can be read back unchanged, texts as texts and days as days, even in large
// amounts.
func TestBook(t *testing.T) {
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	london := time.FixedZone("BST", 3600)
	const evil = "=HYPERLINK(\"https://evil.example.org\",\"x\")"
	first := table.Sheet{Name: "Applications: all [of them] and a name that is too long", Heads: []string{"GMC number", "Day", "At", "Sessions", "Empty", "Text"},
		Fill: func(row func(...any) error) error {
			for range 3000 {
				check(row("0123456", table.Day(time.Date(2021, 11, 17, 0, 0, 0, 0, time.UTC)),
					time.Date(2021, 9, 20, 9, 5, 0, 0, london), 4.5, nil, evil+"\n\x00\u202e'"))
			}
			return nil
		}}
	second := table.Sheet{Name: "References", Heads: []string{"Reference"}, Fill: func(row func(...any) error) error { return row("+44 1632 960001") }}
	var file bytes.Buffer
	check(workbook.Write(&file, first, second))

	f, err := excelize.OpenReader(&file)
	check(err)
	sheets := f.GetSheetList()
	if len(sheets) != 2 || len(sheets[0]) > 31 || !strings.HasPrefix(sheets[0], "Applications  all  of them ") || sheets[1] != "References" {
		t.Errorf("sheets %q", sheets)
	}
	rows, err := f.GetRows(sheets[0])
	check(err)
	if len(rows) != 3001 || rows[0][0] != "GMC number" {
		t.Fatalf("%d rows, %q", len(rows), rows[0])
	}
	for i, want := range []string{"0123456", "17 November 2021", "20 September 2021 09:05", "4.5", "", evil + "\n\ufffd\u202e'"} {
		if rows[3000][i] != want {
			t.Errorf("cell %d is %q, want %q", i, rows[3000][i], want)
		}
	}
	for cell, want := range map[string]excelize.CellType{"A2": excelize.CellTypeInlineString, "F2": excelize.CellTypeInlineString,
		"D2": excelize.CellTypeUnset} {
		if is, err := f.GetCellType(sheets[0], cell); err != nil || is != want {
			t.Errorf("%s is %v (%v), want %v", cell, is, err, want)
		}
		if formula, err := f.GetCellFormula(sheets[0], cell); err != nil || formula != "" {
			t.Errorf("%s has the formula %q (%v)", cell, formula, err)
		}
	}
}
