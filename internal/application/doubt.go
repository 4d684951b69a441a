package application

import (
	"slices"

	"traininghub/internal/form"
)

// DoubtsOf returns the answers that a form does not expect. They are worked out on each page while
// somebody fills it in, and stored when they send. signature is "" before that.
func DoubtsOf(def *form.Definition, a *Answers, signature string) []form.Doubt {
	return def.Doubts(a.given, signature)
}

// Doubts returns the answers that the form does not expect, in the order of its questions: each
// with the question, the answer and the editor's words. They were worked out by the rules of the
// day when the application was sent, and stored with it. For an application that was sent before
// there were such rules and waits for a decision, they are worked out by today's.
func (a *Application) Doubts() []form.Doubt {
	if a.Document != nil && a.Document.Doubts != nil {
		return a.Document.Doubts
	}
	return a.doubts
}

// DoubtAnew works out the doubts of an application from before doubts were stored, by its form of
// today, which may be nil. They are not written into the record, because the chain covers it as it
// was sent.
func (a *Application) DoubtAnew(def *form.Definition) {
	if def == nil || a.Document == nil || a.Document.Doubts != nil || a.Status() != Received {
		return
	}
	a.doubts = DoubtsOf(def, &a.Answers, "") // a wrong signature is already a flag
}

// FlagsNow returns everything that a person should look at: the doubts in words, and the remarks.
func (a *Application) FlagsNow() []string {
	var flags []string
	for _, doubt := range a.Doubts() {
		flags = append(flags, doubt.String())
	}
	return append(flags, a.Remarks()...)
}

// Remarks returns what a person should look at besides the doubts: flags, possible doubles, and
// anything unusual about the practice's part.
func (a *Application) Remarks() []string {
	flags, w := slices.Clone(a.Flags), a.Words()
	for _, ref := range a.Doubles() {
		flags = append(flags, "Application "+ref+" for this course has "+a.SameAs()+".")
	}
	switch state, _ := a.Practice(); state {
	case PracticeUnreached:
		flags = append(flags,
			w.Say("The mail system refuses our email to the {employer}, and not for its address. We try again."))
	case PracticeBounced:
		flags = append(flags, w.Say("An email to the {employer} came back. The applicant was asked for another address."))
	case PracticeSilent:
		flags = append(flags,
			w.Say("The {employer} has not answered, in spite of reminders. ")+
				"The applicant was asked to speak to it, or to name somebody else.")
	case PracticeWrong:
		flags = append(flags,
			w.Say("The person asked at the {employer} is not the right one. The applicant was asked to name another."))
	case PracticeConfirmed:
		if from := a.Authorisation.Answer.AgreedFrom(); from != "" {
			flags = append(flags, w.Say("The {employer} confirmed what is agreed from ")+from+", not what is so now.")
		}
	case PracticeRefused:
		flags = append(flags, w.Say("The {employer} did not confirm its part."))
	}
	if p := a.Authorisation; p != nil {
		if form.Mailbox(p.Email) == form.Mailbox(a.Document.Applicant.Email) {
			flags = append(flags, w.Say("The email address of the {employer} leads to the applicant's own mailbox."))
		}
		if slices.ContainsFunc(p.Earlier, func(e Authorisation) bool { return e.Answer != nil && !e.Answer.Confirmed }) {
			flags = append(flags,
				w.Say("The {employer} refused to confirm its part before. The applicant then had it asked again."))
		}
		if p.Answer == nil && !a.AskedAgain().IsZero() {
			flags = append(flags, w.Say("An answer was corrected after the {employer} had seen it and answered. The {employer} is asked again."))
		}
		if p.Answer != nil && form.Namesakes(p.Answer.Name, p.Shown.Doctor) {
			flags = append(flags, w.Say("The name of the person who answered for the {employer} is the applicant's."))
		}
	}
	return flags
}
