package intake

import (
	"slices"

	"traininghub/internal/application"
	"traininghub/internal/form"
)

// doubtsAbout are the doubts about the questions with the ids: who sees these alone sees no others.
func doubtsAbout(a *application.Application, ids []string) (some []form.Doubt) {
	for _, doubt := range a.Doubts() {
		if slices.Contains(ids, doubt.Question) {
			some = append(some, doubt)
		}
	}
	return some
}

// unlike is the problem of a signature that is not the applicant's name: whoever signs with it
// again keeps it.
func unlike(def *form.Definition, a *application.Answers, signed Signed) []form.Problem {
	name := application.ApplicantOf(def, a).Name
	if signed.Name == signed.Kept || name == "" || form.SameName(signed.Name, name) {
		return nil
	}
	p := form.Wrong("signature", "Check the name: your "+def.Called()+" says "+name+
		". Correct it, or sign again to keep it as it is")
	p.Keep = signed.Name
	return []form.Problem{p}
}
