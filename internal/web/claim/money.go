package claim

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"traininghub/internal/claim"
	"traininghub/internal/course"
	"traininghub/internal/office"
	"traininghub/internal/page"
	"traininghub/internal/record"
	"traininghub/internal/staff"
	"traininghub/internal/web"
)

// pounds reads "£289", "289" or "1,156.50"; 0 if it is not a sum.
func pounds(text string) claim.Pence {
	var m course.Money
	if m.UnmarshalText([]byte("£"+strings.TrimPrefix(strings.TrimSpace(text), "£"))) != nil {
		return 0
	}
	return claim.Pence(m)
}

// dayOf reads a day as people write it; "" if it is not one.
func dayOf(text string) claim.Day {
	var d course.Date
	if d.UnmarshalText([]byte(strings.TrimSpace(text))) != nil {
		return ""
	}
	return claim.DayOf(d)
}

func (s *server) askBatch(w http.ResponseWriter, r *http.Request) error {
	return s.batchPage(w, r, nil)
}

// batchPage shows what a batch would contain. To make it, somebody types its number of lines and
// its sum.
func (s *server) batchPage(w http.ResponseWriter, r *http.Request, problems []page.Link) error {
	of, year, err := s.schemeYear(r, staff.Money)
	if err != nil {
		return err
	}
	if !slices.Contains(claim.Parts(of, web.StaffOf(r).Email), claim.ByApprover) {
		return web.ErrNotFound
	}
	today := course.DateOf(s.claims().Now())
	p, err := s.claims().Propose(r.Context(), of.ID, year, today)
	if err != nil {
		return err
	}
	table := &page.MoneyTable{Caption: "What goes into the batch", Heads: []string{"Line", "Payee", "Day", "Sum"}}
	for _, row := range p.Rows {
		table.Rows = append(table.Rows, page.MoneyRow{Cells: []string{row.Key, row.Payee, row.Day.String(), row.Pence.String()}, Href: "/review/claims/accounts/" + row.Account})
	}
	view := page.Money{Wrong: problems, Parts: []page.MoneyPart{{Facts: []page.Fact{
		{Question: "Scheme and year", Answer: of.Title + ", " + year}, {Question: "Lines", Answer: strconv.Itoa(len(p.Rows))}, {Question: "Sum", Answer: p.Sum.String()},
	}}}}
	if len(p.Rows) > 0 {
		view.Parts = append(view.Parts, page.MoneyPart{Title: "Lines", Table: table}, page.MoneyPart{
			Title: "Make the batch", Text: []string{"A batch does not change any more. Enter how many lines it has, and their sum."},
			Form: &page.MoneyForm{Action: r.URL.EscapedPath(), Button: "Make the batch", Inputs: []page.MoneyInput{
				{ID: "count", Name: "count", Label: "Number of lines"}, {ID: "sum", Name: "sum", Label: "Sum", Hint: "For example, £1,156"},
			}},
		})
	}
	if len(p.Back) > 0 {
		back := &page.MoneyTable{Caption: "What waits", Heads: []string{"Line", "Why it waits"}}
		for _, h := range p.Back {
			back.Rows = append(back.Rows, page.MoneyRow{Cells: []string{strconv.Itoa(h.At.N), h.Why}, Href: "/review/claims/accounts/" + h.At.Account})
		}
		view.Parts = append(view.Parts, page.MoneyPart{Title: "What waits", Table: back})
	}
	return s.show(w, r, "Make a batch", true, view)
}

func (s *server) makeBatch(w http.ResponseWriter, r *http.Request) error {
	of, year, err := s.schemeYear(r, staff.Money)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	count, _ := strconv.Atoi(strings.TrimSpace(posted.Get("count")))
	b, err := s.claims().MakeBatch(r.Context(), of.ID, year, course.DateOf(s.claims().Now()), count, pounds(posted.Get("sum")), web.StaffOf(r).Email)
	if errors.Is(err, claim.ErrPart) {
		return web.ErrNotFound
	}
	problems, err := wrong(err, "#count")
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return s.batchPage(w, r, problems)
	}
	return wentTo(w, r, "/review/claims/batches/"+b.ID, "batch")
}

// theirBatch is the batch in the address, for officers of its scheme.
func (s *server) theirBatch(r *http.Request) (*claim.Batch, error) {
	b, err := s.claims().Batch(r.Context(), r.PathValue("batch"))
	if errors.Is(err, record.ErrNotFound) || err == nil && !web.StaffOf(r).May(staff.Money, scope(b.Scheme)) {
		return nil, web.ErrNotFound
	}
	return b, err
}

func (s *server) batch(w http.ResponseWriter, r *http.Request) error {
	b, err := s.theirBatch(r)
	if err != nil {
		return err
	}
	table := &page.MoneyTable{Caption: "Lines of the batch", Heads: []string{"Row", "Line", "Payee", "Day", "Sum", "Answer"}}
	for i, row := range b.Rows {
		answer := "none yet"
		switch row.Paid {
		case "paid":
			answer = "paid on " + row.PaidOn.String() + ", " + row.PayRef
		case "unpaid":
			answer = "not paid: " + row.Reason
		}
		table.Rows = append(table.Rows, page.MoneyRow{Cells: []string{strconv.Itoa(i + 1), row.Key, row.Payee, row.Day.String(), row.Pence.String(), answer}})
	}
	return s.show(w, r, "Batch "+b.Number, true, page.Money{Parts: []page.MoneyPart{
		{Facts: []page.Fact{
			{Question: "Lines", Answer: strconv.Itoa(len(b.Rows))}, {Question: "Sum", Answer: b.Sum.String()}, {Question: "Made", Answer: course.Moment(b.Made) + " by " + b.By},
			{Question: "SHA-256 of the file", Answer: b.Hash},
		}, Links: []page.Link{{Text: "Download the payer’s file (CSV)", Href: r.URL.EscapedPath() + "/batch.csv"}}},
		{Title: "Lines", Table: table},
	}})
}

func (s *server) batchFile(w http.ResponseWriter, r *http.Request) error {
	b, err := s.theirBatch(r)
	if err != nil {
		return err
	}
	file, err := b.File()
	if err != nil {
		return err
	}
	return s.File(w, record.Attachment{Name: "batch-" + dashed(b.Number) + ".csv", Type: "text/csv; charset=utf-8", Data: file})
}

func (s *server) askAnswer(w http.ResponseWriter, r *http.Request) error {
	return s.answerPage(w, r, nil, "")
}

// answerPage asks for the payer's file, and reports its faults row by row.
func (s *server) answerPage(w http.ResponseWriter, r *http.Request, faults claim.Faults, done string) error {
	of, err := s.scheme(r, staff.Money)
	if err != nil {
		return err
	}
	if !slices.Contains(claim.Parts(of, web.StaffOf(r).Email), claim.ByPayer) {
		return web.ErrNotFound
	}
	view := page.Money{}
	if done != "" {
		view.Parts = append(view.Parts, page.MoneyPart{Text: []string{done}})
	}
	if len(faults) > 0 {
		count := "1 fault"
		if n := len(faults); n > 1 {
			count = fmt.Sprint(n) + " faults"
		}
		view.Wrong = []page.Link{{Text: "The file has " + count + ". Nothing has changed. Mend the file, and send it again", Href: "#file"}}
		table := &page.MoneyTable{Caption: "Faults", Heads: []string{"Row of the file", "What is wrong"}}
		for _, f := range faults[:min(len(faults), 200)] {
			row := strconv.Itoa(f.Row)
			if f.Row == 0 {
				row = "The whole file"
			}
			table.Rows = append(table.Rows, page.MoneyRow{Cells: []string{row, f.What}})
		}
		view.Parts = append(view.Parts, page.MoneyPart{Title: "Faults", Table: table})
	}
	view.Parts = append(view.Parts, page.MoneyPart{
		Text: []string{
			"Fill in status (paid or unpaid), paid_on, payment_ref and, where it was not paid, reason, and send the file back here. All rows are checked before anything changes.",
			"These columns have to be there: batch, row, line_key, amount, status, paid_on, payment_ref, reason. Rows that you leave out stay with you.",
		},
		Form: &page.MoneyForm{Action: r.URL.EscapedPath(), Button: "Send the file", HasFile: true, Inputs: []page.MoneyInput{{ID: "file", Name: "file", Label: "The file (CSV)", Hint: "At most 4 MB", File: true}}},
	})
	return s.show(w, r, "The payer’s answer", true, view)
}

func (s *server) answer(w http.ResponseWriter, r *http.Request) error {
	of, err := s.scheme(r, staff.Money)
	if err != nil {
		return err
	}
	if !slices.Contains(claim.Parts(of, web.StaffOf(r).Email), claim.ByPayer) {
		return web.ErrNotFound
	}
	file, err := web.Sent(r, "file")
	switch {
	case errors.Is(err, web.ErrNoFile):
		return s.answerPage(w, r, claim.Faults{{What: "Choose a file"}}, "")
	case errors.Is(err, web.ErrLargeFile):
		return s.answerPage(w, r, claim.Faults{{What: "The file is larger than 4 MB"}}, "")
	case err != nil:
		return err
	}
	took, err := s.claims().Answer(r.Context(), of.ID, file, web.StaffOf(r).Email)
	faults := claim.Faults(nil)
	switch {
	case errors.As(err, &faults):
		return s.answerPage(w, r, faults, "")
	case err != nil:
		return err
	}
	return s.answerPage(w, r, nil, fmt.Sprintf("The file is in. Paid: %d. Unpaid: %d. Known before: %d. Still without an answer: %d.", took.Paid, took.Unpaid, took.Known, took.Missing))
}

func (s *server) ledger(w http.ResponseWriter, r *http.Request) error {
	return s.ledgerPage(w, r, nil)
}

// ledgerPage is the ledger of a year: sums, a picture of the months against the plan, and the kinds
// by month.
func (s *server) ledgerPage(w http.ResponseWriter, r *http.Request, problems []page.Link) error {
	l, err := s.ledgerOf(r)
	if err != nil {
		return err
	}
	view := page.Money{Wrong: problems, Parts: []page.MoneyPart{{Facts: []page.Fact{
		{Question: "Budget", Answer: l.Total().String()}, {Question: "Spent", Answer: l.Spent.String()}, {Question: "Approved and not paid", Answer: l.Committed.String()},
		{Question: "In-year spend to date", Answer: l.ToDate().String()}, {Question: "Claimed and not yet approved", Answer: l.Waiting.String()},
		{Question: "Forecast of further claims", Answer: l.Forecast.String()}, {Question: "Profiled spend to year end", Answer: l.Profiled().String()},
		{Question: "To be paid back", Answer: l.Recover.String()}, {Question: "Charges to be paid", Answer: l.Charges.String()},
	}}}}
	table := &page.MoneyTable{Caption: "Cost by month", Heads: append([]string{"Month", "Cost", "A third of the quarter’s budget"}, l.Kinds()...)}
	for i, month := range l.Months() {
		sum, plan := l.Month(month), l.Budget[i/3]/3
		row := page.MoneyRow{Cells: []string{monthName(month), sum.String(), plan.String()}}
		for _, kind := range l.Kinds() {
			row.Cells = append(row.Cells, l.Cells[claim.Cell{Kind: kind, Month: month}].Cost.String())
		}
		table.Rows = append(table.Rows, row)
	}
	at := "/review/claims/schemes/" + l.Scheme.ID + "/years/" + dashed(l.Year)
	view.Parts = append(view.Parts, page.MoneyPart{
		Title: "Cost by month", Pictures: []template.HTML{office.Spend(l, "by-month")}, Table: table, Links: []page.Link{{Text: "Download the ledger (CSV)", Href: at + "/ledger.csv"}},
	})
	view.Parts = append(view.Parts, budgetPart(l))
	if part, any := waitingPart(l); any {
		view.Parts = append(view.Parts, part)
	}
	part, err := s.invoicesPart(r, l, at)
	if err != nil {
		return err
	}
	view.Parts = append(view.Parts, part)
	return s.show(w, r, "Ledger of "+l.Year, true, view)
}

// invoicesPart lists spending outside claims, and asks for more of it.
func (s *server) invoicesPart(r *http.Request, l *claim.Ledger, at string) (page.MoneyPart, error) {
	a, err := s.claims().Invoices(r.Context(), l.Scheme.ID, l.Year)
	part := page.MoneyPart{
		Title: "Spend that is no claim", Text: []string{"For a provider’s invoice, networking or CPD. One person enters it, a checker checks it, and an approver approves it: three people."},
		Form: &page.MoneyForm{Action: at + "/invoices", Button: "Enter the invoice", Second: true, Inputs: []page.MoneyInput{
			{ID: "payee", Name: "payee", Label: "Supplier"}, {ID: "number", Name: "number", Label: "Invoice number"}, {ID: "kind", Name: "kind", Label: "Kind", Hint: "For example, networking"},
			{ID: "day", Name: "day", Label: "Day", Hint: "For example, 2 November 2021"}, {ID: "sum", Name: "sum", Label: "Sum without VAT", Hint: "For example, £2,500"},
			{ID: "cohort", Name: "cohort", Label: "Cohort (optional)"}, {ID: "what", Name: "what", Label: "What for"},
		}},
	}
	if err != nil || len(a.Lines) == 0 {
		return part, err
	}
	part.Table = &page.MoneyTable{Caption: "Spend that is no claim", Heads: []string{"Invoice", "What for", "Cohort", "Day", "Sum", "Where it stands"}}
	for _, line := range a.Lines {
		part.Table.Rows = append(part.Table.Rows, page.MoneyRow{Cells: []string{
			line.Payee + ", " + line.Invoice, line.Kind + ", " + line.What, line.Cohort, line.Day.Date().Short(), line.Pence.String(), line.Words(),
		}})
	}
	if web.StaffOf(r).May(staff.Money, scope(l.Scheme.ID)) {
		part.Links = []page.Link{{Text: "Check and approve invoices of this year", Href: "/review/claims/accounts/" + a.ID}}
	}
	return part, nil
}

func (s *server) ledgerOf(r *http.Request) (*claim.Ledger, error) {
	of, err := s.scheme(r, staff.Ledger)
	if err != nil {
		return nil, err
	}
	year, err := s.year(r, of)
	if err != nil {
		return nil, err
	}
	return s.claims().Ledger(r.Context(), of.ID, year)
}

func (s *server) ledgerFile(w http.ResponseWriter, r *http.Request) error {
	l, err := s.ledgerOf(r)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := l.Write(&b); err != nil {
		return err
	}
	return s.File(w, record.Attachment{Name: "ledger-" + l.Scheme.ID + "-" + dashed(l.Year) + ".csv", Type: "text/csv; charset=utf-8", Data: b.Bytes()})
}

func (s *server) invoice(w http.ResponseWriter, r *http.Request) error {
	of, year, err := s.schemeYear(r, staff.Ledger)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	text := func(name string) string { // at most 100 characters, without cutting one in two
		t := []rune(strings.TrimSpace(posted.Get(name)))
		return string(t[:min(len(t), 100)])
	}
	_, err = s.claims().Enter(r.Context(), claim.Extra{
		Sort: claim.Invoiced, Scheme: of.ID, Year: year, Kind: strings.ToLower(text("kind")), Day: dayOf(text("day")), What: text("what"), Pence: pounds(text("sum")),
		Payee: text("payee"), Invoice: text("number"), Cohort: text("cohort"),
	}, web.StaffOf(r).Email)
	if errors.Is(err, claim.ErrSum) {
		return s.ledgerPage(w, r, []page.Link{{Text: "Enter the supplier, the number, the kind, a day of this year and a sum such as £2,500", Href: "#payee"}})
	}
	problems, err := wrong(err, "#payee")
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return s.ledgerPage(w, r, problems)
	}
	return wentTo(w, r, "/review/claims/schemes/"+of.ID+"/years/"+dashed(year)+"/ledger", "entered")
}
