package page

import "traininghub/internal/form"

// Sheet is a whole form on one page, for the office to type it in from paper: pages/sheet.html. Its
// buttons post "do".
type Sheet struct {
	Title    string // the form's
	Parts    []SheetPart
	Hidden   []Hidden
	Action   string
	Cancel   string
	Problems []form.Problem
}

// Errors are the links of the summary of what is wrong.
func (s Sheet) Errors() []Link { return links("#", s.Problems) }

// SheetPart is a section, or one entry of a section that repeats.
type SheetPart struct {
	Asking
	More *Button // adds another entry, and posts its Action as "do"; nil if the section does not repeat
}

// ReadBack shows what was typed in from paper, before it is entered: pages/read-back.html.
type ReadBack struct {
	Declare
	Asking
	Sections []Summary
	Upload   Upload
	Hidden   []Hidden
}

// Errors are the links of the summary of what is wrong.
func (r ReadBack) Errors() []Link { return links("#", r.Asking.Problems) }
