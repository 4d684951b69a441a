// Package pdf draws a document as A4 pages, whatever kind of record it was made from: its head, the
// questions and answers, declarations, signatures, and the parts that others complete by hand or on
// screen. It knows no kind of record: words such as "course" come with the document.
//
// [Render] depends only on the document: not on the clock, the machine or the network. The same
// document gives the same bytes in any time zone and process. Whatever people typed, the file is
// legible and has at most 57 pages.
//
// [Blank] draws an empty form, with a field for each answer. Package read reads the fields of a
// form that came back.
//
// The work is done in steps:
//
//   - clean.go cleans every string once. A character that the fonts lack is shown as □, counted,
//     and mentioned in a note. Hebrew and Arabic run from right to left (direction.go).
//   - layout.go lays out the pages as data before anything is drawn, so page numbers, page breaks
//     and limits are all known first. Where text is cut off at a limit, a note says so.
//   - Each piece of text has a [role], which decides its look, and belongs to an [element], which
//     says what it is to a screen reader (tag.go). Everything else on a page is decoration. A
//     page's marks are kept in reading order.
//   - paint.go paints with gofpdf, but uses none of its line breaks, page breaks, fonts or aliases.
//     The pages are then read back and put together with fonts (print.go, subset.go), structure,
//     fields (field.go) and bookmarks into a file (file.go). The file conforms to PDF/UA-1 (ISO
//     14289-1) and holds no script.
//
// Neither the file's properties nor any error holds personal data.
package pdf

import (
	"errors"
	"fmt"
	"runtime"
	"strings"

	"traininghub/internal/document"
)

// Render draws d. It is safe for concurrent use. An error says where in the program it arose, and
// never quotes what was typed.
func Render(d *document.Document) (pdf []byte, err error) {
	if d == nil {
		return nil, errors.New("pdf: there is no document")
	}
	return guarded(func() ([]byte, error) {
		c := cleaner{has: regular().has}
		d := c.document(d)
		l := newLayout()
		l.document(d, c.lost)
		return paint(cover{d.Title, d.Reference, d.Issuer, d.Made, d.Edition}, l.at, l.sheets)
	})
}

// guarded turns a panic into an error. The library panics on text that it cannot encode, which
// cleaning prevents. Should cleaning ever fail, one document without a PDF is better than a worker
// that dies on it again and again.
func guarded(draw func() ([]byte, error)) (pdf []byte, err error) {
	defer func() {
		if p := recover(); p != nil { // the panic's text is dropped, since it can quote the input
			pdf, err = nil, fmt.Errorf("pdf: drawing failed with a %T in %s", p, panicked())
		}
	}()
	return draw()
}

// panicked names the function that panicked, and its line.
func panicked() string {
	pc := make([]uintptr, 32)
	frames := runtime.CallersFrames(pc[:runtime.Callers(3, pc)])
	for {
		f, more := frames.Next()
		if !strings.HasPrefix(f.Function, "runtime.") || !more {
			return fmt.Sprintf("%s:%d", f.Function, f.Line)
		}
	}
}
