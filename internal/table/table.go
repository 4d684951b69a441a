// Package table writes CSV (RFC 4180) whose cells no spreadsheet takes for anything but text. The
// file is UTF-8 with a byte order mark, which tells spreadsheets so, and its lines end in CR LF.
//
// A spreadsheet takes "=1+1" for a formula, "01632 960001" for a number and "3-4" for a date. So
// [Text] puts an apostrophe before any text that could be taken for more than text, and before one
// that already begins with an apostrophe. A program that reads the table removes one apostrophe
// from the beginning of each cell, and has the text as it was.
package table

import (
	"bufio"
	"io"
	"strings"
	"unicode"

	"traininghub/internal/pattern"
)

// A Writer writes a table. Every cell is in quotation marks, even where RFC 4180 needs none. Some
// programs also split lines at semicolons or tabs, as LibreOffice offers to, and would take what
// somebody typed after one for further cells.
type Writer struct{ out *bufio.Writer }

// New starts a table.
func New(w io.Writer) (*Writer, error) {
	t := &Writer{bufio.NewWriter(w)}
	_, err := t.out.WriteString("\uFEFF")
	return t, err
}

var quoted = strings.NewReplacer(`"`, `""`, "\n", "\r\n")

// Row writes a line. What people typed must have gone through [Text] or [Literal]. An error may
// come only with a later row, or with Flush.
func (t *Writer) Row(cells ...string) error {
	for i, c := range cells {
		if i > 0 {
			t.out.WriteByte(',')
		}
		if c != "" {
			t.out.WriteByte('"')
			quoted.WriteString(t.out, c)
			t.out.WriteByte('"')
		}
	}
	_, err := t.out.WriteString("\r\n")
	return err
}

// Flush writes what is still in memory.
func (t *Writer) Flush() error { return t.out.Flush() }

// numeral matches what a spreadsheet takes for a number, a date, a time or a sum of money.
var numeral = pattern.Of(`^[\s0-9.,:/()%£$€-]*[0-9][\s0-9.,:/()%£$€eE+-]*$`)

// Text returns a text for a cell, with an apostrophe before it if a spreadsheet could take it for
// more. Some programs work out a formula even after spaces, and some also know its wide characters.
func Text(s string) string {
	s = clean(s)
	first := strings.TrimLeftFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar
	})
	switch {
	case s == "":
		return ""
	case strings.HasPrefix(s, "'"), strings.HasPrefix(s, "\t"), strings.HasPrefix(s, "\n"):
	case first != "" && strings.ContainsRune("=+-@＝＋－＠|%", []rune(first)[0]):
	case numeral().MatchString(s):
	default:
		return s
	}
	return "'" + s
}

// Literal returns a text with the apostrophe in any case: a telephone number, or a word that has a
// meaning in the table.
func Literal(s string) string { return "'" + clean(s) }

// clean replaces control characters, at which some readers of CSV stop; line ends and tabs stay.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
