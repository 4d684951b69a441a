package intake

import (
	"slices"

	"traininghub/internal/form"
)

// DoubtsOf are what a form does not expect of answers: worked out on each page while somebody fills
// it in, and kept when they send. signature is "" before that.
func DoubtsOf(def *form.Definition, a *Answers, signature string) []form.Doubt {
	return def.Doubts(a.given, signature)
}

// given are the answers to a section: one for each entry of a list, and else one alone.
func (a *Answers) given(s *form.Section) (rows []form.Values) {
	if s.Repeat == nil {
		return []form.Values{a.Values[s.ID]}
	}
	for _, row := range a.Rows[s.ID] {
		rows = append(rows, row.Values)
	}
	return rows
}

// Doubts are the answers that the form does not expect, in the order of its questions: each with
// the question, what was answered, and the editor's words. They were worked out when the
// application was sent, by the rules of that day, and are kept with what was sent. Of one that was
// sent before there were such rules, and waits for a decision, they are worked out by today's.
func (a *Application) Doubts() []form.Doubt {
	if a.Document != nil && a.Document.Doubts != nil {
		return a.Document.Doubts
	}
	return a.doubts
}

// DoubtAnew works out the doubts of an application from before doubts were kept, by its form of
// today, nil if there is none. They are not written into what was sent: the chain holds that as it
// was.
func (a *Application) DoubtAnew(def *form.Definition) {
	if def == nil || a.Document == nil || a.Document.Doubts != nil || a.Status() != Received {
		return
	}
	a.doubts = DoubtsOf(def, &a.Answers, "") // what was wrong with the signature is a flag already
}

// doubtsAbout are the doubts about the questions with the ids: who sees these alone sees no others.
func (a *Application) doubtsAbout(ids []string) (some []form.Doubt) {
	for _, doubt := range a.Doubts() {
		if slices.Contains(ids, doubt.Question) {
			some = append(some, doubt)
		}
	}
	return some
}

// statement is what the practice confirmed, or what it is asked to.
func (p *Authorisation) statement() string {
	if p.Answer != nil && p.Answer.From != "" {
		return p.Shown.Agreed
	}
	return p.Shown.Statement
}

// unlike is the problem of a signature that is not the applicant's name: whoever signs with it
// again keeps it.
func unlike(def *form.Definition, a *Answers, signed Signed) []form.Problem {
	name := ApplicantOf(def, a).Name
	if signed.Name == signed.Kept || name == "" || form.SameName(signed.Name, name) {
		return nil
	}
	p := problem("signature", "Check the name: your "+def.Called()+" says "+name+
		". Correct it, or sign again to keep it as it is")
	p.Keep = signed.Name
	return []form.Problem{p}
}
