package page

import "traininghub/internal/form"

// Phone is a form that somebody of the staff fills in while talking on the telephone:
// pages/phone.html. All of it is on one page. Besides the questions it has two boxes to tick,
// "limits" and "agreed".
type Phone struct {
	SignedIn *SignedIn
	Say      []string // what to say first
	Groups   []Group
	Limits   []string // to read out, word for word
	Confirm  []Statement
	Problems []form.Problem
	Action   string
	Cancel   string
}

// A Group is a group of questions under a heading.
type Group struct {
	Asking
	Title string
	Intro []string
}

// Errors are the links of the summary of what is wrong, each to the first wrong input.
func (p Phone) Errors() []Link { return links("#", p.Problems) }
