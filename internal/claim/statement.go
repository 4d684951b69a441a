package claim

import (
	"fmt"

	"traininghub/internal/course"
	"traininghub/internal/document"
)

// Statement is a document with what somebody has claimed and was paid in a financial year, for
// their tax and pension.
func (d *Desk) Statement(a *Account) *document.Document {
	s := d.Scheme(a.Scheme)
	title := a.Scheme
	if s != nil {
		title = s.Title
	}
	doc := &document.Document{
		Title: "Statement of claims", Reference: a.Holder.Ref, Issuer: title, Made: d.Now().UTC(),
		Head: []document.Line{
			{Label: "Name", Value: a.Holder.Name}, {Label: "Scheme", Value: title}, {Label: "Financial year", Value: a.Year},
			{Label: "As of", Value: course.DateOf(d.Now()).String()},
		},
		Notes: []string{
			"Sums include all on-costs and the employer’s contributions. Nothing else is paid, and no travel.",
			"The financial year is that of the day of the activity, not of the payment.",
		},
	}
	var paid, owed, back Pence
	section := document.Section{ID: "lines", Title: "Lines", Item: "line"}
	for _, l := range a.Lines {
		row := []document.Item{
			{ID: "what", Question: "What", Answer: l.What}, {ID: "day", Question: "Day", Answer: l.Day.String()},
			{ID: "rate", Question: "Rate", Answer: l.Rate.String()}, {ID: "sum", Question: "Sum", Answer: l.Pence.String()},
			{ID: "state", Question: "Where it stands", Answer: l.Words()},
		}
		if l.PayRef != "" {
			row = append(row, document.Item{ID: "ref", Question: "Payment reference", Answer: l.PayRef})
		}
		section.Rows = append(section.Rows, row)
		switch {
		case l.State == Paid:
			paid += l.Pence
		case l.State.Owed():
			owed += l.Pence
		}
	}
	back = a.Balance(backpay)
	doc.Sections = append(doc.Sections, document.Section{ID: "sums", Title: "Sums", Items: []document.Item{
		{ID: "paid", Question: "Paid", Answer: paid.String()}, {ID: "owed", Question: "Approved and not paid yet", Answer: owed.String()},
		{ID: "back", Question: "To be paid back", Answer: back.String()},
	}}, section)
	return doc
}

// Words says where a line stands, in the claimant's terms.
func (l *Line) Words() string {
	switch l.State {
	case Submitted:
		return "Waits to be checked"
	case Queried:
		return "Waits for an answer to: " + l.Reason // our question, or why the payer could not pay
	case Checked:
		return "Waits to be approved"
	case Approved:
		return "Approved, to be paid with the next batch"
	case Sent:
		return "With the payer"
	case Paid:
		return "Paid on " + l.PaidOn.String()
	case Refused:
		return "Not paid: " + l.Reason
	case Withdrawn:
		return "Withdrawn"
	case Reversed:
		return "Taken back before it was paid"
	case Recovering:
		return "To be paid back"
	case Charged:
		return "To be paid"
	case Repaid:
		return "Paid back"
	case Offset:
		return "Taken off a later payment"
	case WrittenOff:
		return "Need not be paid back"
	case Waived:
		return "Need not be paid: " + l.Reason
	}
	return fmt.Sprint(l.State)
}
