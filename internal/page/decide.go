package page

import "traininghub/internal/form"

// Decide asks for the decision on an application: pages/decide.html. The questions of the second
// and third section count only after the matching answer to the first. All are always shown, so
// that the page needs no script.
type Decide struct {
	Reference string
	Applicant string
	Doubts    []form.Doubt
	Asked     string   // the cohort that the applicant asked for
	Practice  []string // what the practice has said; none if it was not asked
	Filled    string   // where the answers were read from, if from a file; "" if not
	Paper     bool     // asks to tick that the practice confirmed in another way
	Confirmed string   // the words of that statement

	// Accepting asks only the questions of an acceptance, Declining only those of a refusal. If
	// neither is set, the page asks which.
	Accepting, Declining bool

	Choose, Accept, Decline, Sign *form.Section

	Values   form.Values // also "paper"
	Problems []form.Problem
	Action   string
	Cancel   string
}

// Ask are the questions of a section, in order.
func (d Decide) Ask(s *form.Section) []QuestionView {
	all := make([]QuestionView, len(s.Questions))
	for i := range s.Questions {
		all[i] = ask(&s.Questions[i], d.Values, d.Problems)
	}
	return all
}

// Kept are the answers to questions that this page does not ask, so that no path through the pages
// loses them.
func (d Decide) Kept() (all []Hidden) {
	keep := func(s *form.Section) {
		for i := range s.Questions {
			for _, name := range s.Questions[i].Inputs() {
				if d.Values[name] != "" {
					all = append(all, Hidden{Name: name, Value: d.Values[name]})
				}
			}
		}
	}
	asks := d.Accepting || d.Declining
	if asks {
		keep(d.Choose)
	} else {
		keep(d.Sign)
	}
	if !d.Accepting {
		keep(d.Accept)
		if d.Values["paper"] != "" {
			all = append(all, Hidden{Name: "paper", Value: d.Values["paper"]})
		}
	}
	if !d.Declining {
		keep(d.Decline)
	}
	return all
}

// PaperTick is the statement that the practice has confirmed in another way.
func (d Decide) PaperTick() Statement {
	s := Statement{Input: "paper", Text: d.Confirmed, Ticked: d.Values["paper"] == "yes"}
	if p := about(s.Input, d.Problems); p != nil {
		s.Wrong = p.Text
	}
	return s
}

// Errors are the links of the summary of what is wrong.
func (d Decide) Errors() []Link { return links("#", d.Problems) }

// Preview shows the letter that a decision sends, before the decision is made: pages/preview.html.
// Its buttons post "do", "send" or "change".
type Preview struct {
	Reference string
	Changed   bool     // it is not the letter that the person has seen before
	Warnings  []string // "Cohort 1 is full: no place left of 12."
	Decision  []Fact
	To        string
	Subject   string
	Text      string
	Files     []string // names
	Hidden    []Hidden
	Action    string
}

// Hidden is a hidden input.
type Hidden struct{ Name, Value string }

// Decided tells somebody who comes too late what was decided: pages/decided.html.
type Decided struct {
	Withdrawn bool // by the applicant
	Decision  DecisionBlock
	Back      string // address of the application
}

// DecisionBlock is the decision on the page of an application: partials/decision.html. It is below
// a heading of level 2.
type DecisionBlock struct {
	Facts   []Fact // of the decision that stands; none without one
	Earlier []DecisionTaken
	Cohort  []Fact // the cohort assigned, while there is no decision, with its places
	Decide  string // address; "" if the person or the state does not allow it
	Upload  string // address for uploading the PDF that the lead has filled in; "" as for Decide
	Reopen  string // address; "" as for Decide
}

// DecisionTaken is a decision that was reopened.
type DecisionTaken struct {
	What string // "Accepted on Monday 4 October 2021 by Sam Example"
	Why  string // typed by whoever reopened it
}
