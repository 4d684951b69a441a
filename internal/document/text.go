package document

import (
	"fmt"
	"slices"
	"strings"

	"traininghub/internal/course"
)

// Text is the whole document as plain text, without the blanks still to be filled in.
func (d *Document) Text() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	head := func(s string) {
		if s != "" {
			line("\n%s\n", strings.ToUpper(s))
		}
	}
	said := func(all ...string) {
		for _, s := range all {
			if s != "" {
				line("%s", s)
			}
		}
	}
	items := func(all []Item) {
		for _, i := range all {
			answer := i.Answer
			if answer == "" {
				answer = "Not provided"
			}
			line("%s\n    %s", i.Question, strings.ReplaceAll(answer, "\n", "\n    "))
		}
	}
	said(d.Title)
	for _, l := range d.Head {
		if l.Value != "" {
			line("%s: %s", l.Label, l.Value)
		}
	}
	if len(d.Check.Lines) > 0 {
		head(d.Check.Title)
		said(d.Check.Lines...)
	}
	for _, s := range d.Sections {
		head(s.Title)
		said(s.Text...)
		items(s.Items)
		for n, row := range s.Rows {
			said(s.RowTitle(n + 1))
			items(row)
		}
	}
	if len(d.Declarations) > 0 {
		head("Declarations")
	}
	for _, x := range d.Declarations {
		line("Confirmed: %s", x.Text)
	}
	switch len(d.Signatures) {
	case 0:
	case 1:
		head("Signature")
	default:
		head("Signatures")
	}
	for _, s := range d.Signatures {
		line("%s: %s (%s)", s.Label, s.Name, course.Moment(s.At))
	}
	if len(d.Next) > 0 {
		head("What happens next")
	}
	for i, s := range d.Next {
		line("%d. %s", i+1, s)
	}
	for _, p := range d.Parts {
		if p.Untouched() {
			continue
		}
		head(p.Title)
		said(slices.Concat(p.Intro, []string{p.Statement, p.State})...)
		items(p.Items)
	}
	if len(d.Notes) > 0 {
		line("")
		said(d.Notes...)
	}
	return b.String()
}

// A File is a document ready to be sent or saved.
type File struct {
	Name string // with its ending
	Type string // for Content-Type
	Data []byte
}

// File returns the document as a PDF made by draw. If draw fails it returns the text instead, so
// that no letter waits for a PDF that cannot be drawn. The error is then only for the log.
func (d *Document) File(name string, draw func(*Document) ([]byte, error)) (File, error) {
	pdf, err := draw(d)
	if err != nil {
		return File{Name: name + ".txt", Type: "text/plain; charset=utf-8", Data: []byte(d.Text())}, err
	}
	return File{Name: name + ".pdf", Type: "application/pdf", Data: pdf}, nil
}
