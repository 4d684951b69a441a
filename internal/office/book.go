package office

import (
	"context"
	"io"
	"strconv"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/staff"
	"traininghub/internal/table"
)

// ExportBook is [Desk.Export] as a workbook: one sheet of applications with headings that people
// can read, and one for each list, with a row for each entry. Days are dates; telephone and
// registration numbers are text. The workbook is complete before the first byte is written.
func (d *Desk) ExportBook(ctx context.Context, w io.Writer, s *staff.Person, courseID string, p Period,
	reason string) (rows int, err error) {
	return d.export(ctx, s, courseID, p, reason, func(def *form.Definition, _ map[string]int, each eachOf) error {
		all := columns(d.words(), def, nil)
		var once []column
		for _, c := range all {
			if c.row == 0 {
				once = append(once, c)
			}
		}
		sheets := []table.Sheet{{Name: "Applications", Heads: headings(def, once), Fill: func(row func(...any) error) error {
			return each(func(a *application.Application) error { return row(bookRow(once, all, a)...) })
		}}}
		for i := range def.Sections {
			if of := &def.Sections[i]; of.Repeat != nil {
				sheets = append(sheets, listSheet(of, each))
			}
		}
		return d.Book(w, sheets...)
	})
}

// headings names the columns. Where two questions have the same words, their sections' titles
// follow in brackets.
func headings(def *form.Definition, once []column) (heads []string) {
	times, titles := map[string]int{}, map[string]string{}
	for _, c := range once {
		times[c.about]++
	}
	for _, s := range def.Sections {
		titles[s.ID] = s.Title
	}
	for _, c := range once {
		head := c.about
		if times[head] > 1 && titles[c.section] != "" {
			head += " (" + titles[c.section] + ")"
		}
		heads = append(heads, head)
	}
	return heads
}

// bookRow returns the row of an application without its lists.
func bookRow(once, all []column, a *application.Application) []any {
	given := map[string]document.Item{}
	for _, s := range a.Document.Sections {
		for _, i := range s.Items {
			given[i.ID] = i
		}
	}
	var row []any
	for _, c := range once {
		switch i, asked := given[c.question]; {
		case c.of != nil:
			row = append(row, hubCell(c, c.of(a)))
		case c.question == "": // the last column, as in the table
			row = append(row, cells(all, a)[len(all)-1])
		case !asked:
			row = append(row, NotAsked)
		default:
			row = append(row, bookCell(i))
		}
	}
	return row
}

// hubCell returns a value for one of the hub's own columns.
func hubCell(c column, v string) any {
	switch {
	case v == "":
		return nil
	case v == unasked:
		return NotAsked
	case c.kind == "date and time":
		if at, err := time.Parse(time.RFC3339, v); err == nil {
			return at.In(course.London)
		}
	case c.kind == "date":
		return day(v)
	}
	return v
}

// bookCell returns an answer; if it was chosen from a list, in words.
func bookCell(i document.Item) any {
	switch v := i.Value(); {
	case v == "":
		return nil
	case i.Kind == form.Number:
		if n, err := strconv.ParseFloat(v, 64); err == nil {
			return n
		}
		return v
	case i.Kind.Cell() == form.CellPlain:
		return day(v)
	case i.Kind.Cell() == form.CellTyped:
		return v
	default:
		return i.Answer
	}
}

// day returns a date, or the text if it is not one.
func day(v string) any {
	if at, err := time.Parse(time.DateOnly, v); err == nil {
		return table.Day(at)
	}
	return v
}

// listSheet makes the sheet with a row for each entry of a list.
func listSheet(of *form.Section, each eachOf) table.Sheet {
	heads := []string{"Reference of the application", "Entry"}
	for _, q := range of.Questions {
		heads = append(heads, q.Label)
	}
	return table.Sheet{Name: of.Title, Heads: heads, Fill: func(row func(...any) error) error {
		return each(func(a *application.Application) error {
			for _, s := range a.Document.Sections {
				if s.ID != of.ID {
					continue
				}
				for n, entry := range s.Rows {
					cells := []any{a.Reference, float64(n + 1)}
					for _, q := range of.Questions {
						var cell any = NotAsked
						for _, i := range entry {
							if i.ID == q.ID {
								cell = bookCell(i)
							}
						}
						cells = append(cells, cell)
					}
					if err := row(cells...); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}}
}
