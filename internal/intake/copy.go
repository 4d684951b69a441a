package intake

import (
	"maps"
	"slices"

	"traininghub/internal/document"
)

// Copy is the document as it stands, for a PDF: as others have completed it since it was sent, or as withdrawn. What happens next is
// left out once that is over. What the lead should look at is only in the staff's copy.
func (a *Application) Copy(staff bool) *document.Document {
	doc := *a.Document
	doc.Flags = nil
	if staff {
		doc.Flags = a.FlagsNow()
	}
	status, since := a.status()
	if status != Received {
		doc.Next = nil
	}
	if status == Withdrawn {
		doc.Withdrawn = since
	}
	for _, c := range []*document.Completion{a.completedPractice(), a.completedDecision()} {
		if c != nil {
			doc.Completed = append(doc.Completed, *c)
		}
	}
	if part, c := a.completedTerms(); part != nil {
		doc.Parts, doc.Completed = append(slices.Clone(doc.Parts), *part), append(doc.Completed, *c)
	}
	return &doc
}

// more are the letters' fields about what happened since an application was sent.
func (d *Desk) more(a *Application) map[string]string {
	all := map[string]string{}
	if a.Document == nil {
		return all
	}
	for _, fields := range []map[string]string{d.practiceFields(a), d.statusFields(a), d.decisionFields(a)} {
		maps.Copy(all, fields)
	}
	return all
}
