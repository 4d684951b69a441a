package application

import (
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/form"
)

// A Decision is made by the STP lead.
type Decision struct {
	Accepted bool      `json:"accepted"`
	Cohort   string    `json:"cohort,omitempty"`       // id, if accepted
	Named    string    `json:"named,omitempty"`        // the cohort's name then
	Dates    string    `json:"dates,omitempty"`        // its workshops then: "Tuesday 2 November 2021, 2pm to 5pm; ..."
	First    string    `json:"first,omitempty"`        // "2021-11-02": the day of its first workshop then
	Last     string    `json:"last,omitempty"`         // "2021-12-14": the day of its last one
	Year     string    `json:"year,omitempty"`         // the course's programme year then, if accepted
	Pence    int64     `json:"charge_pence,omitempty"` // what an absence can cost from then on, if accepted
	Funding  string    `json:"funding,omitempty"`      // "2021-11-17": date for funding to start, if accepted
	Reason   string    `json:"reason,omitempty"`       // the words chosen, if declined
	Text     string    `json:"text,omitempty"`         // free text, for the letter
	Paper    bool      `json:"paper,omitempty"`        // the lead has the practice's authorisation in another form
	Name     string    `json:"name"`                   // typed by the lead, counts as a signature
	By       string    `json:"by"`                     // the e-mail address that signed in
	At       time.Time `json:"at"`                     // UTC
	Undone   string    `json:"undone,omitempty"`       // why it was taken back

	// Agreement is the agreement that followed the decision before it was taken back; see
	// [Application.Agreement].
	Agreement *Agreement `json:"agreement,omitempty"`
}

// Words returns "Accepted" or "Declined".
func (dec *Decision) Words() string {
	if dec.Accepted {
		return "Accepted"
	}
	return "Declined"
}

// FundingStarts returns the date for funding to start, as people read it; "" if there is none.
func (dec *Decision) FundingStarts() string { return course.InFull(dec.Funding) }

// Joins notes the cohort's name and dates as they are now.
func (dec *Decision) Joins(c *course.Course, k *course.Cohort) {
	dec.Named, dec.Year = k.Name, c.Year
	dec.Dates, _ = c.Fact(k.ID + ".dates")
	if n := len(k.Workshops); n > 0 {
		dec.First, dec.Last = k.Workshops[0].Date.ISO(), k.Workshops[n-1].Date.ISO()
	}
}

// An Agreement is the applicant's agreement to the provider's terms, in their exact words.
type Agreement struct {
	Terms form.Terms `json:"terms"`
	Name  string     `json:"name"`      // typed, counts as a signature
	Job   string     `json:"job_title"` // typed
	At    time.Time  `json:"at"`        // UTC
}

// Round returns how many decisions were taken back. A page posts it, so that nobody takes back a
// decision that they have not seen.
func (a *Application) Round() int { return len(a.Reopened) }

// OwesAgreement reports whether the applicant was accepted and has not agreed to the terms yet.
func (a *Application) OwesAgreement() bool {
	return a.Status() == Accepted && a.Document.Terms != nil && a.Agreement == nil
}

// Charges returns the declarations that name what a GP can be charged, in the words that were
// confirmed. Records of older hubs do not mark them, so there they are found by the sum.
func (a *Application) Charges() []string {
	var told, found []string
	for _, decl := range a.Document.Declarations {
		if decl.Charge {
			told = append(told, decl.Text)
		}
		if sum := a.Document.Course.Facts["charge"]; sum != "" && strings.Contains(decl.Text, sum) {
			found = append(found, decl.Text)
		}
	}
	if told == nil {
		return found
	}
	return told
}

// Charge returns what somebody who was accepted can be charged for an absence, as it was when they
// got their place; 0 if it is not known. Older hubs did not store it with the decision: then it is
// the charge on the day when the application was sent.
func (a *Application) Charge() course.Money {
	if a.Decision != nil && a.Decision.Pence > 0 {
		return course.Money(a.Decision.Pence)
	}
	return a.declared()
}

// declared returns the course's charge when the application was sent; 0 if it is not known.
func (a *Application) declared() (sum course.Money) {
	if a.Document == nil || sum.UnmarshalText([]byte(a.Document.Course.Facts["charge"])) != nil {
		return 0
	}
	return sum
}

// ChargeOf returns what somebody who gets a place now can be charged, in pence. It is never more
// than they declared.
func (a *Application) ChargeOf(c *course.Course) int64 {
	if was := a.declared(); was > 0 {
		return int64(min(was, c.Charge))
	}
	return int64(c.Charge)
}

const PaperWords = "The {employer} confirmed in another way"

// DecisionItems returns the current decision as questions and answers; none if there is no
// decision.
func (a *Application) DecisionItems() []document.Item {
	dec, w := a.Decision, a.Words()
	if dec == nil {
		return nil
	}
	day := course.DateOf(dec.At).String()
	items := []document.Item{
		{ID: "name", Kind: form.Text, Question: "Name", Answer: dec.Name},
		{ID: "date", Kind: form.Text, Question: "Date of decision", Answer: day},
		{ID: "decision", Kind: form.Text, Question: "Decision", Answer: dec.Words()},
	}
	if dec.Accepted {
		items = append(items, document.Item{ID: "cohort", Kind: form.Text, Question: "Cohort", Answer: dec.Named})
		if asked, name := a.AskedFor(); asked != dec.Cohort && name != "" {
			items = append(items, document.Item{ID: "asked", Kind: form.Text, Question: "Asked for", Answer: name})
		}
		if dec.Paper {
			items = append(items, document.Item{ID: "practice", Kind: form.Text,
				Question: w.Say("Authorisation by the {employer}"), Answer: w.Say(PaperWords)})
		}
		items = append(items, document.Item{ID: "funding", Kind: form.Text,
			Question: "Proposed date for funding to commence", Answer: dec.FundingStarts()})
	} else if dec.Reason != "" {
		items = append(items, document.Item{ID: "reason", Kind: form.Text, Question: "Reason", Answer: dec.Reason})
	}
	if dec.Text != "" {
		items = append(items, document.Item{ID: "text", Kind: form.LongText, Question: "What the applicant is told",
			Answer: dec.Text})
	}
	return append(items,
		document.Item{ID: "signature", Kind: form.Text, Question: w.Say("Signature of {decider}"), Answer: dec.Name},
		document.Item{ID: "signed", Kind: form.Text, Question: "Date", Answer: day})
}

// agreedPart returns the agreement to the terms as a part of the application on paper.
func (a *Application) agreedPart() document.Part {
	t := a.Agreement.Terms
	part := document.Part{ID: form.AgreementPart, Title: t.Title, Intro: t.Numbered(), Statement: t.Statement,
		Items: []document.Item{
			{ID: "name", Kind: form.Text, Question: "Name", Answer: a.Agreement.Name},
			{ID: "job-title", Kind: form.Text, Question: "Job title", Answer: a.Agreement.Job},
			{ID: "agreed", Kind: form.Text, Question: "Agreed at", Answer: course.Moment(a.Agreement.At)},
		}}
	if t.File != nil {
		part.Items = append(part.Items, document.Item{ID: "document", Kind: form.Text, Question: "Document",
			Answer: t.File.String()})
	}
	return part
}
