package page

import "traininghub/internal/form"

// Marks is where a tutor marks who came to a workshop: pages/marks.html. The inputs for each person
// are "is-REF" and "minutes-REF"; "rest" is a box for everybody not marked individually.
type Marks struct {
	Intro    []string
	Done     string // what was just done
	Choices  []Option
	People   []MarkPerson // not marked yet
	Marked   []Fact       // with the address for correcting each
	Action   string
	Back     string
	Problems []form.Problem
}

// MarkPerson is a participant to be marked.
type MarkPerson struct {
	Ref, Name   string
	Is, Minutes string // what was chosen and typed
	Wrong       string // what is wrong with it
}

// Errors are the links of the summary of what is wrong.
func (m Marks) Errors() []Link { return links("#", m.Problems) }

// Progress is how far somebody is in a longer programme: pages/progress.html.
type Progress struct {
	Modules []Tick
	Counts  []MoneyInput
	Action  string
	Cancel  string
}
