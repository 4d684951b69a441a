package claim

import (
	"fmt"
	"html/template"
	"strconv"

	"traininghub/internal/chart"
	"traininghub/internal/claim"
	"traininghub/internal/page"
)

// budgetPart shows the spending and commitments of each quarter against the budget, and for the
// year also what may still come.
func budgetPart(l *claim.Ledger) page.MoneyPart {
	c := chart.Bars{
		ID: "budget", Title: "Spend and commitments against the budget", Parts: []string{"Paid", "Approved and not paid", "Claimed, or forecast"}, Mark: "Budget",
		Says: fmt.Sprintf("Profiled spend to year end is %v of a budget of %v. The table below has each quarter.", l.Profiled(), l.Total()),
	}
	table := &page.MoneyTable{Caption: "Spend and commitments by quarter", Heads: []string{"When", "Paid", "Approved and not paid", "Claimed, or forecast", "Budget"}}
	add := func(name string, paid, committed, later, budget claim.Pence, known bool) {
		text := later.String()
		if !known {
			text = "for the year only"
		}
		c.Rows = append(c.Rows, chart.Bar{Label: name, Values: []int64{int64(paid), int64(committed), int64(later)}, Mark: int64(budget), Text: (paid + committed + later).String()})
		table.Rows = append(table.Rows, page.MoneyRow{Cells: []string{name, paid.String(), committed.String(), text, budget.String()}})
	}
	add("Whole year", l.Spent, l.Committed, l.Waiting+l.Forecast, l.Total(), true)
	months := l.Months()
	for q, budget := range l.Budget {
		var cost, unpaid claim.Pence
		for cell, sums := range l.Cells {
			for _, month := range months[3*q : 3*q+3] {
				if cell.Month == month {
					cost, unpaid = cost+sums.Cost, unpaid+sums.Unpaid
				}
			}
		}
		add("Quarter "+strconv.Itoa(q+1), cost-unpaid, unpaid, 0, budget, false)
	}
	part := page.MoneyPart{Title: "Budget", Pictures: []template.HTML{c.SVG()}, Table: table}
	for _, b := range l.Scheme.Budget {
		if b.Year == l.Year {
			part.Text = append(part.Text, fmt.Sprintf("From %v the year has %v, as the commissioner allocated it.", b.From, b.Sum()))
		}
	}
	return part
}

// steps are the states of a line, in order.
var steps = []struct {
	state claim.State
	name  string
	waits bool
}{
	{claim.Submitted, "To check", true}, {claim.Queried, "With the claimant", true}, {claim.Checked, "To approve", true}, {claim.Approved, "For the next batch", true},
	{claim.Sent, "With the payer", true}, {claim.Paid, "Paid", false}, {claim.Refused, "Refused", false}, {claim.Withdrawn, "Withdrawn", false},
	{claim.Recovering, "To be paid back", false},
}

// waitingPart shows how many lines wait at each step and for how long; any is false if there are no
// lines at all.
func waitingPart(l *claim.Ledger) (part page.MoneyPart, any bool) {
	c := chart.Dots{ID: "waiting", Title: "What waits, by step", Unit: "working days", Lines: []int{5, 10}}
	table := &page.MoneyTable{Caption: "Lines by where they stand", Heads: []string{"Where", "Lines", "Waiting over 5 working days", "Waiting over 10 working days"}}
	late := 0
	for _, s := range steps {
		n := l.Step[s.state]
		if n == 0 {
			continue
		}
		row := []string{s.name, strconv.Itoa(n), "", ""}
		if s.waits {
			over := func(days int) (n int) {
				for _, d := range l.Waits[s.state] {
					if d > days {
						n++
					}
				}
				return n
			}
			late += over(10)
			row[2], row[3] = strconv.Itoa(over(5)), strconv.Itoa(over(10))
			c.Rows = append(c.Rows, chart.Waiting{Label: s.name, For: l.Waits[s.state]})
		}
		table.Rows = append(table.Rows, page.MoneyRow{Cells: row})
	}
	part = page.MoneyPart{Title: "Where lines stand", Table: table}
	if len(c.Rows) > 0 {
		c.Says = fmt.Sprintf("A dot is one line. %d have waited for more than 10 working days. The table below counts them.", late)
		part.Pictures = []template.HTML{c.SVG()}
	}
	return part, len(table.Rows) > 0
}
