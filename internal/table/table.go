// Package table writes CSV (RFC 4180) that no spreadsheet takes for more than text. The file is
// UTF-8 with a byte order mark, by which spreadsheets know it, and its lines end in CR LF.
//
// A spreadsheet takes "=1+1" for something to work out, "01632 960001" for a number, "3-4" for a
// date. So [Text] puts an apostrophe before a text that it could take for more than text, and
// before one that begins with an apostrophe itself: a program that reads the table takes one
// apostrophe away from the beginning of any cell, and has the text as it was.
package table

import (
	"bufio"
	"io"
	"strings"
	"unicode"

	"traininghub/internal/pattern"
)

// A Writer writes a table. Each cell is in quotation marks, also where RFC 4180 needs none:
// programs that split lines at semicolons or tabs, too, as LibreOffice offers to, would take what
// somebody has typed behind one for further cells.
type Writer struct{ out *bufio.Writer }

// New begins a table.
func New(w io.Writer) (*Writer, error) {
	t := &Writer{bufio.NewWriter(w)}
	_, err := t.out.WriteString("\uFEFF")
	return t, err
}

var quoted = strings.NewReplacer(`"`, `""`, "\n", "\r\n")

// Row writes a line. What people typed must have gone through [Text] or [Literal]. An error may
// come with a later row, or with Flush.
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

// numeral is what a spreadsheet takes for a number, a date, a time or a sum of money.
var numeral = pattern.Of(`^[\s0-9.,:/()%£$€-]*[0-9][\s0-9.,:/()%£$€eE+-]*$`)

// Text is a text for a cell, with an apostrophe before it if a spreadsheet could take it for more.
// Space before a formula does not keep all programs from working it out, and some know the wide
// characters, too.
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

// Literal is a text that always has the apostrophe: a telephone number, or a word that means
// something else in the table.
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
