package application

import (
	"fmt"
	"strconv"
	"time"

	"traininghub/internal/record"
)

// Letters that an application can owe, by their names in its outbox and in the editors' files.
// Package intake knows to whom they go and what they can say.
const (
	LetterToLead      = "application-to-lead"      // when an application was sent
	LetterToApplicant = "application-to-applicant" // the same, with a copy and what happens next
	LetterPaper       = "paper-to-applicant"       // when an application on paper was entered: what was read
	LetterResume      = "resume-draft"             // with the link that opens a draft again

	LetterUnopened = "unopened-to-deputy" // when nobody has opened an application for 5 working days

	LetterAuthorise       = "authorise-to-practice"         // with the link to its part
	LetterReminder        = "authorise-reminder"            // the same again
	LetterReceipt         = "practice-receipt"              // of what the practice signed
	LetterTakenBack       = "practice-taken-back"           // to the practice, when it took an answer back
	LetterPracticeToLead  = "practice-answer-to-lead"       // when the practice has answered
	LetterPracticeAnswer  = "practice-answer-to-applicant"  // the same, also when it was the wrong person
	LetterPracticeBounced = "practice-bounced-to-applicant" // when a letter to the practice came back
	LetterPracticeSilent  = "practice-silent-to-applicant"  // when the practice has not answered in spite of reminders

	LetterStatus               = "status-link"            // asked for: with the link to the status
	LetterWithdrawnToLead      = "withdrawn-to-lead"      // when the applicant has withdrawn
	LetterWithdrawnToApplicant = "withdrawn-to-applicant" // the same
	// when an answer was corrected: to the lead. If the staff corrected it, also to the applicant:
	// a changed address gets one, and so does the one before
	LetterCorrected            = "corrected-to-lead"
	LetterCorrectedToApplicant = "corrected-to-applicant"
	LetterFormer               = "corrected-to-former-address"
	LetterWished               = "correction-to-office"             // when the applicant asks for a correction
	LetterUnwished             = "correction-declined-to-applicant" // when it is not made
	LetterMoved                = "cohort-changed-to-applicant"      // when the applicant gets the cohort they asked for
	// to an applicant who was accepted and has not agreed to the terms
	LetterTermsReminder     = "terms-reminder"
	LetterAgreedToApplicant = "terms-agreed-to-applicant" // with the words that were agreed to
	LetterAgreedToLead      = "terms-agreed-to-lead"      // the same, to the lead

	LetterAccepted = "accepted-to-applicant" // the decision, with the dates
	LetterDeclined = "declined-to-applicant" // the decision, with the reason
	LetterDecision = "decision-to-lead"      // a copy of the application with the decision
	LetterReopened = "reopened-to-applicant" // when a decision that the applicant knows of is taken back
)

// Owe puts a letter into the outbox. If the same letter is there and has not been tried yet, it is
// moved instead. Once a link to go on with a draft was sent, no other is owed by itself; "Save and
// come back later" mails one.
func (a *Application) Owe(name string, now, due time.Time) {
	if a.Letters.Move(name, due) || name == LetterResume && due.After(now) &&
		a.Letters.Has(func(l record.Letter) bool { return l.Name == name && l.IsSent() }) {
		return
	}
	// The version grows with each write, so no two letters of an application share an id, nor a
	// Message-ID.
	a.Letters.Owe(name+"-"+strconv.FormatInt(a.Version(), 10), name, due)
}

// OweWish owes a letter about the wish with the index: [LetterWished] or [LetterUnwished].
func (a *Application) OweWish(name string, i int, now time.Time) {
	a.Letters.Owe(fmt.Sprintf("%s-%d", name, i+1), name, now)
}
