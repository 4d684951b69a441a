package review

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"traininghub/internal/application"
	"traininghub/internal/chart"
	"traininghub/internal/claim"
	"traininghub/internal/course"
	"traininghub/internal/office"
	"traininghub/internal/page"
	"traininghub/internal/staff"
	"traininghub/internal/web"
)

// pictures show the figures of a course. Of figures to publish only the funnel is shown.
func (s *server) pictures(f *office.Figures) []page.Pictured {
	all := []page.Pictured{funnel(f)}
	if len(f.Cohorts) > 0 {
		all = append(all, places(f))
	}
	if len(f.Weeks) > 0 {
		all = append(all, weeks(f))
	}
	if len(f.Waits) > 0 {
		all = append(all, s.waits(f))
	}
	return all
}

// money shows what the course's schemes have cost in this financial year, to people who may see
// their ledgers.
func (s *server) money(r *http.Request, f *office.Figures) (all []page.Pictured, err error) {
	claims := s.Office.Claims
	if claims == nil {
		return nil, nil
	}
	for _, of := range claims.Schemes {
		if !slices.Contains(of.Courses, f.Course.ID) || !web.StaffOf(r).May(staff.Ledger, staff.Scope{Over: staff.Schemes, ID: of.ID}) {
			continue
		}
		l, err := claims.Ledger(r.Context(), of.ID, of.YearOf(course.DateOf(f.At)))
		if err != nil {
			return nil, err
		}
		table := &page.MoneyTable{Caption: "Money by month, " + of.Title, Heads: []string{"Month", "Approved or paid", "Of that not paid yet", "Profile"}}
		for i, month := range l.Months() {
			var unpaid claim.Pence
			for cell, sums := range l.Cells {
				if cell.Month == month {
					unpaid += sums.Unpaid
				}
			}
			table.Rows = append(table.Rows, page.MoneyRow{Cells: []string{office.Month{Month: month}.Name(), l.Month(month).String(), unpaid.String(), (l.Budget[i/3] / 3).String()}})
		}
		all = append(all, page.Pictured{Title: "Money by month, " + of.Title + ", " + l.Year, Picture: office.Spend(l, f.Course.ID+"-"+of.ID+"-money"), Table: table})
	}
	return all, nil
}

func funnel(f *office.Figures) page.Pictured {
	c := chart.Bars{ID: f.Course.ID + "-funnel", Title: "From received to trained", Says: "The table says the same."}
	table := &page.MoneyTable{Caption: "From received to trained, " + f.Course.Title, Heads: []string{"Stage", "Applications"}}
	for _, s := range f.Funnel() {
		n := int64(s.N)
		if s.Hidden {
			n = 0
		}
		c.Rows = append(c.Rows, chart.Bar{Label: s.Name, Values: []int64{n}, Text: s.String()})
		table.Rows = append(table.Rows, page.MoneyRow{Cells: []string{s.Name, s.String()}})
	}
	return page.Pictured{Title: "From received to trained", Picture: c.SVG(), Table: table}
}

func places(f *office.Figures) page.Pictured {
	c := chart.Bars{
		ID: f.Course.ID + "-places", Title: "Places by cohort", Says: "The table says the same.", Parts: []string{"Accepted", "Asked for, not decided"},
	}
	table := &page.MoneyTable{Caption: "Places by cohort, " + f.Course.Title, Heads: []string{"Cohort", "Places", "Accepted", "Asked for, not decided"}}
	for _, k := range f.Cohorts {
		seats, of := "no limit", ""
		if k.Seats > 0 {
			seats, of, c.Mark = strconv.Itoa(k.Seats), fmt.Sprintf(" of %d", k.Seats), "Places"
		}
		said := strconv.Itoa(k.Accepted) + of
		if k.Asked > 0 { // or a long bar would stand beside a 0
			said += fmt.Sprintf(" and %d asked for", k.Asked)
		}
		c.Rows = append(c.Rows, chart.Bar{Label: k.Name, Values: []int64{int64(k.Accepted), int64(k.Asked)}, Mark: int64(k.Seats), Text: said})
		table.Rows = append(table.Rows, page.MoneyRow{Cells: []string{k.Name, seats, strconv.Itoa(k.Accepted), strconv.Itoa(k.Asked)}})
	}
	return page.Pictured{Title: "Places by cohort", Picture: c.SVG(), Table: table}
}

func weeks(f *office.Figures) page.Pictured {
	c := chart.Columns{
		ID: f.Course.ID + "-weeks", Title: "Applications by week", What: "Applications", Line: f.DeadlineWeek(), LineText: "Deadline " + f.Course.Deadline.Short(),
		Says: "A column for each week, and a line behind that of the deadline. The table has each week in which there were any.",
		Most: func(n int64) string { return fmt.Sprintf("%d in a week", n) },
	}
	table := &page.MoneyTable{Caption: "Applications by week, " + f.Course.Title, Heads: []string{"Week from", "Applications"}}
	for _, w := range f.Weeks {
		c.Columns = append(c.Columns, chart.Column{Label: w.From.Short(), Value: int64(w.Received)})
		if w.Received > 0 {
			table.Rows = append(table.Rows, page.MoneyRow{Cells: []string{w.From.Short(), strconv.Itoa(w.Received)}})
		}
	}
	return page.Pictured{Title: "Applications by week", Picture: c.SVG(), Table: table}
}

func (s *server) waits(f *office.Figures) page.Pictured {
	c := chart.Dots{ID: f.Course.ID + "-waits", Title: "What waits, and for how long", Unit: "working days", Lines: []int{5, 10}, Says: "A dot is one application. The table counts them."}
	table := &page.MoneyTable{Caption: "What waits, " + f.Course.Title, Heads: []string{"For", "Applications", "Over 5 working days", "Over 10 working days"}}
	for _, party := range []struct {
		is   application.Party
		name string
	}{{application.Lead, s.Say("The {decider}")}, {application.Practice, s.Say("{A employer}")}, {application.Applying, "An applicant"}} {
		days := f.Waits[party.is]
		over := func(limit int) (n int) {
			for _, d := range days {
				if d > limit {
					n++
				}
			}
			return n
		}
		c.Rows = append(c.Rows, chart.Waiting{Label: party.name, For: days})
		table.Rows = append(table.Rows, page.MoneyRow{Cells: []string{party.name, strconv.Itoa(len(days)), strconv.Itoa(over(5)), strconv.Itoa(over(10))}})
	}
	return page.Pictured{Title: "What waits, and for how long", Picture: c.SVG(), Table: table}
}
