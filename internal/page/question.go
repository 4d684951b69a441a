package page

import (
	"fmt"
	"slices"
	"strings"

	"traininghub/internal/form"
)

// A QuestionView is a question as a page asks it, with the answer so far and what is wrong with it.
// The template questions/KIND.html draws it. The first input's id is its name, so that the link in
// the error summary reaches it.
type QuestionView struct {
	ID       string // the name of the input, or the beginning of its parts' names
	Kind     form.Kind
	Label    string
	Hint     string
	Optional bool
	Value    string // exactly what was typed; for a date see Parts
	Problem  *form.Problem
	// DescribedBy lists the elements that describe the question: its hint, its error, its limit.
	DescribedBy string
	Question    *form.Question

	values form.Values
}

func ask(q *form.Question, values form.Values, problems []form.Problem) QuestionView {
	var described []string
	if q.Hint != "" {
		described = append(described, q.ID+"-hint")
	}
	problem := about(q.ID, problems)
	if problem != nil {
		described = append(described, q.ID+"-error")
	}
	if q.Kind.Lines() && q.Max() > 0 {
		described = append(described, q.ID+"-info")
	}
	if q.Secret() { // no page shows a typed secret again
		values = nil
	}
	return QuestionView{
		ID: q.ID, Kind: q.Kind, Label: q.Label, Hint: q.Hint,
		Value: values[q.ID], Problem: problem, DescribedBy: strings.Join(described, " "),
		Question: q, values: values,
	}
}

// about is the problem with a question, or nil.
func about(id string, problems []form.Problem) *form.Problem {
	for i := range problems {
		if problems[i].Question == id || problems[i].Input == id {
			return &problems[i]
		}
	}
	return nil
}

// Asking is a section of questions with their answers and problems. Pages that ask embed it.
type Asking struct {
	Section  *form.Section
	Values   form.Values
	Problems []form.Problem // also about further inputs of the page
}

// Asked are the section's questions, in order.
func (a Asking) Asked() []QuestionView {
	asked := make([]QuestionView, len(a.Section.Questions))
	for i := range a.Section.Questions {
		q := &a.Section.Questions[i]
		asked[i] = ask(q, a.Values, a.Problems)
		asked[i].Optional = !q.Has("required")
	}
	return asked
}

// Errors are the links of the summary of what is wrong, each to the first wrong input.
func (a Asking) Errors() []Link { return links("#", a.Problems) }

// Upload asks for a file: partials/upload.html.
type Upload struct {
	Name, Label, Hint string
	Accept            string // what a browser offers: ".pdf,application/pdf"

	Wrong string // what is wrong with the file that was sent; "" if nothing
}

// With is the same upload with the problem that a page has with it.
func (u Upload) With(problems []form.Problem) Upload {
	if p := about(u.Name, problems); p != nil {
		u.Wrong = p.Text
	}
	return u
}

// About are the ids of the elements that describe the input.
func (u Upload) About() string {
	return MoneyInput{ID: u.Name, Hint: u.Hint, Wrong: u.Wrong}.About()
}

// More is the question whether to add another entry, or a first one.
func (l List) More() QuestionView {
	item := "another " + l.Section.Repeat.Item
	if len(l.Rows) == 0 {
		item = article(l.Section.Repeat.Item)
	}
	q := &form.Question{ID: "another", Kind: form.YesNo, Label: "Do you want to add " + item + "?"}
	return ask(q, form.Values{q.ID: l.Another}, l.Problems)
}

// Sign is the question for the typed signature. It always says that the name counts as a signature.
func (d Declare) Sign() QuestionView {
	q := &d.Form.Signature.Asks().Questions[0]
	return ask(q, form.Values{q.ID: d.Signature}, d.Problems)
}

// Word is the question for the applicant's own word, which opens what they have sent; nil if the
// form asks for none.
func (d Declare) Word() *QuestionView {
	if d.Form.Word == nil {
		return nil
	}
	asked := ask(&d.Form.Word.Asks().Questions[0], nil, d.Problems)
	return &asked
}

// A Statement is a declaration as a page shows it.
type Statement struct {
	Input  string
	Text   string
	Ticked bool
	Wrong  string // what is wrong; "" if nothing
}

// Statements are the declarations, in order.
func (d Declare) Statements() []Statement {
	var all []Statement
	for _, declaration := range d.Form.Declarations {
		s := Statement{Input: "declaration-" + declaration.ID, Text: declaration.Text, Ticked: d.Ticked[declaration.ID]}
		if p := about(s.Input, d.Problems); p != nil {
			s.Wrong = p.Text
		}
		all = append(all, s)
	}
	return all
}

// A Part is one of the inputs of an answer that has several.
type Part struct {
	form.Field
	Value string
	Wrong bool
}

// Parts are the inputs of an answer that has several. The input for a month has room for its first
// letters, since names are understood too. A wider one would not fit beside the others on the
// smallest phones.
func (q QuestionView) Parts() []Part {
	var parts []Part
	for _, f := range q.Question.Fields() {
		wrong := q.Problem != nil && slices.Contains(q.Problem.Inputs, f.Name)
		parts = append(parts, Part{Field: f, Value: q.values[f.Name], Wrong: wrong})
	}
	return parts
}

// Keep is the answer that was doubted, for a hidden input. Posted again, it is accepted.
func (q QuestionView) Keep() string {
	if q.Problem != nil && q.Problem.Keep != "" {
		return q.Problem.Keep
	}
	return q.Question.Kept(q.values)
}

// A Choice is one radio button, or one box to tick.
type Choice struct {
	ID      string // of its input; the first has the question's own id
	Value   string
	Label   string
	Hint    string
	Checked bool
}

// Choices are the radio buttons or boxes of a question.
func (q QuestionView) Choices() []Choice {
	options, ticked := q.Question.Choices(), q.Question.Chosen(q.values)
	choices := make([]Choice, len(options))
	for i, o := range options {
		choices[i] = Choice{ID: q.ID, Value: o.ID, Label: o.Label, Hint: o.Hint, Checked: slices.Contains(ticked, o.ID)}
		if i > 0 {
			choices[i].ID = fmt.Sprintf("%s-option-%d", q.ID, i+1)
		}
	}
	return choices
}
