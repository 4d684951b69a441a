package application

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"traininghub/internal/course"
	"traininghub/internal/document"
)

// Copy returns the application on paper as it is now, including what others have added since it was
// sent and a withdrawal. It leaves out what happens next once that is over. Only the staff's copy
// says what the lead should look at.
func (a *Application) Copy(staff bool) *document.Document {
	sent, doc := a.Document, a.Document.Document()
	doc.Head = []document.Line{
		{Label: "Reference", Value: sent.Reference},
		{Label: "Applicant", Value: sent.Applicant.Name},
		{Label: "Course", Value: sent.Course.Title},
		{Label: "Training provider", Value: sent.Course.Provider},
		{Label: "Received", Value: course.Moment(sent.Received)},
	}
	if p := sent.Paper; p != nil {
		doc.Head[4] = document.Line{Label: "Came on paper", Value: course.InFull(p.Received) + ", signed by hand on " + course.InFull(p.Signed)}
		doc.Head = append(doc.Head, document.Line{Label: "Entered", Value: course.Moment(sent.Received) + " by " + p.Name})
	}
	status, since := a.StatusSince()
	if status != Received {
		doc.Next = nil
	}
	if status == Withdrawn {
		doc.Head = append(doc.Head, document.Line{Label: "Withdrawn", Value: course.Moment(since)})
	}
	if staff {
		doc.Check = document.Notice{Title: a.Words().Say("For the {decider} to check"), Lines: a.FlagsNow()}
	}
	for i, p := range sent.Parts {
		switch part := &doc.Parts[i]; {
		case p.Asks != nil && sent.Paper != nil && sent.Paper.Practice:
			part.Complete("Signed by hand on the paper form.", nil)
			part.Blanks = nil
		case p.Asks != nil && a.Authorisation != nil:
			part.Complete(a.practiceSaid())
			part.Statement = a.Authorisation.Stated()
		case p.Decision && a.Decision != nil:
			part.Complete("", a.DecisionItems())
		}
	}
	if a.Agreement != nil {
		doc.Parts = append(doc.Parts, a.agreedPart())
	}
	if status == Received {
		doc.Edition = a.Edition()
	}
	note := "This document was made from the application as it was sent."
	if a.Corrections != nil {
		note = "This document was made from the application as it was sent, with what was corrected since."
	}
	if sent.FormVersion != "" {
		note += " Form version " + sent.FormVersion + "."
	}
	doc.Notes = append([]string{note}, a.correctionNotes()...)
	return doc
}

// Edition returns an id for copies of the application as it is now. It changes when an answer is
// corrected or a decision is taken back.
func (a *Application) Edition() string {
	says, _ := json.Marshal(struct { // strings and times only: cannot fail
		Document    *document.Submission
		Corrections []Correction
		Round       int
	}{a.Document, a.Corrections, a.Round()})
	sum := sha256.Sum256(says)
	return hex.EncodeToString(sum[:6])
}
