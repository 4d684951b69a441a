package form

import "maps"

// Reuse takes the section's answers from another form, for questions with the same id, kind and
// words in both. given returns the answers to a section of that form, as for [Definition.Doubts].
// It leaves out answers that this form does not offer, and the choice of a cohort or an area, which
// belongs to one course alone.
func (s *Section) Reuse(was *Definition, given func(*Section) []Values) []Values {
	if s.Repeat != nil {
		of, _ := was.Section(s.ID)
		if of == nil || of.Repeat == nil {
			return nil
		}
		var rows []Values
		for _, row := range given(of) {
			if v := s.reuse(func(q *Question) (*Question, Values) { return of.Question(q.ID), row }); len(v) > 0 &&
				len(rows) < s.Repeat.Max {
				rows = append(rows, v)
			}
		}
		return rows
	}
	v := s.reuse(func(q *Question) (*Question, Values) {
		other, of := was.Question(q.ID)
		if other == nil || of.Repeat != nil {
			return nil, nil
		}
		answers := Values{}
		for _, v := range given(of) {
			maps.Copy(answers, v)
		}
		return other, answers
	})
	if len(v) == 0 {
		return nil
	}
	return []Values{v}
}

// reuse takes the answers to questions that are the same in both forms.
func (s *Section) reuse(find func(*Question) (*Question, Values)) Values {
	v := Values{}
	for i := range s.Questions {
		q := &s.Questions[i]
		other, answers := find(q)
		if other == nil || other.Kind != q.Kind || !same(other.Label, q.Label) || q.Secret() ||
			q.Kind == Cohort || q.Kind == Area || len(q.Choices()) > 0 && q.Normal(answers) == "" {
			continue
		}
		for _, input := range q.Inputs() {
			if text := answers[input]; text != "" {
				v[input] = text
			}
		}
	}
	return v
}
