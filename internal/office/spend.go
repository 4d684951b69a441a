package office

import (
	"fmt"
	"html/template"

	"traininghub/internal/chart"
	"traininghub/internal/claim"
)

// Spend draws what a scheme has cost by month, approved or paid, against the profile, which is a
// third of the quarter's budget. id is the picture's id in its page.
func Spend(l *claim.Ledger, id string) template.HTML {
	c := chart.Columns{
		ID: id, Title: "Cost by month against the profile", What: "Cost of the month", Plan: "Profile: a third of the quarter’s budget", Line: -1,
		Most: func(n int64) string { return claim.Pence(n).String() },
		Says: fmt.Sprintf("Spend in the year to date is %v of a budget of %v. The table below has each month.", l.ToDate(), l.Total()),
	}
	for i, month := range l.Months() {
		c.Columns = append(c.Columns, chart.Column{Label: Month{Month: month}.Name()[:1], Value: int64(l.Month(month)), Plan: int64(l.Budget[i/3] / 3)})
	}
	return c.SVG()
}
