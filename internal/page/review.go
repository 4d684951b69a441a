package page

import "traininghub/internal/form"

// The views of the staff's pages.

// SignIn asks for an e-mail address: pages/sign-in.html. Its inputs are "email" and "to".
type SignIn struct {
	Email    string
	To       string // reference of the application to go to afterwards, or ""
	Problems []form.Problem
}

// SignInLink asks, behind a mailed link, for a press of the button: pages/sign-in-link.html.
type SignInLink struct {
	Action string
}

// Reviews is the list of applications: pages/reviews.html.
type Reviews struct{}

// Address is the question for the e-mail address.
func (s SignIn) Address() QuestionView {
	q := &form.Question{ID: "email", Kind: form.Email, Label: "Your email address", Hint: "Use the address that you are known by here. We email you a link.", Autocomplete: "email"}
	return ask(q, form.Values{q.ID: s.Email}, s.Problems)
}

// Errors are the links of the summary of what is wrong.
func (s SignIn) Errors() []Link { return links("#", s.Problems) }
