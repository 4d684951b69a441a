package intake

import (
	"slices"

	"traininghub/internal/application"
	"traininghub/internal/form"
)

// doubtsAbout returns the doubts about the questions with the ids. Somebody who sees only these
// sees no others.
func doubtsAbout(a *application.Application, ids []string) (some []form.Doubt) {
	for _, doubt := range a.Doubts() {
		if slices.Contains(ids, doubt.Question) {
			some = append(some, doubt)
		}
	}
	return some
}

// unlike returns the problem of a signature that is not the applicant's name. Somebody who signs
// with it again keeps it.
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
