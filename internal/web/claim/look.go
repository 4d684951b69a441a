package claim

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"traininghub/internal/claim"
	"traininghub/internal/course"
	"traininghub/internal/page"
	"traininghub/internal/scheme"
	"traininghub/internal/staff"
	"traininghub/internal/web"
)

func (s *server) lines(w http.ResponseWriter, r *http.Request) error {
	return s.linesPage(w, r, claim.State(r.PathValue("state")), nil)
}

var stateNames = map[claim.State]string{
	claim.Submitted: "Lines to check", claim.Checked: "Lines to approve", claim.Queried: "Lines with the claimant", claim.Approved: "Lines for the next batch",
	claim.Recovering: "To be paid back",
}

// linesPage lists a year's lines in one state. Lines to approve can be ticked and approved
// together.
func (s *server) linesPage(w http.ResponseWriter, r *http.Request, state claim.State, problems []page.Link) error {
	of, year, err := s.schemeYear(r, staff.Money)
	if err != nil {
		return err
	}
	if stateNames[state] == "" {
		return web.ErrNotFound
	}
	briefs, err := s.claims().List(r.Context(), of.ID, year, state)
	if err != nil {
		return err
	}
	budget, err := s.budgetFacts(r, of, year)
	if err != nil {
		return err
	}
	view := page.Money{Wrong: problems, Parts: []page.MoneyPart{{Facts: budget}}}
	table := &page.MoneyTable{Caption: stateNames[state], Heads: []string{"Who", "Lines", "Sum"}}
	form := &page.MoneyForm{Action: "/review/claims/schemes/" + of.ID + "/years/" + dashed(year) + "/approve", Button: "Approve what is ticked", Legend: "Which lines do you approve?"}
	person := web.StaffOf(r)
	for _, b := range briefs {
		if state == claim.Checked {
			a, err := s.claims().Account(r.Context(), b.ID)
			if err != nil {
				return err
			}
			if strings.EqualFold(a.Holder.Email, person.Email) || slices.Contains(a.Closed, strings.ToLower(person.Email)) {
				continue
			}
			for _, l := range a.Lines {
				if l.State == state && !strings.EqualFold(l.Checker, person.Email) {
					form.Ticks = append(form.Ticks, page.Tick{
						ID: fmt.Sprintf("line-%d", len(form.Ticks)+1), Name: "line", Value: a.ID + " " + strconv.Itoa(l.N),
						Label: fmt.Sprintf("%s: %s, %v", b.Name, l.What, l.Pence), Hint: "Checked by " + l.Checker,
					})
				}
			}
		}
		table.Rows = append(table.Rows, page.MoneyRow{Cells: []string{b.Name, strconv.Itoa(b.States[state]), b.Sums[state].String()}, Href: "/review/claims/accounts/" + b.ID})
	}
	if len(table.Rows) == 0 {
		view.Parts = append(view.Parts, page.MoneyPart{Text: []string{"There are none."}})
	} else {
		view.Parts = append(view.Parts, page.MoneyPart{Title: "By person", Table: table})
	}
	if len(form.Ticks) > 0 && slices.Contains(claim.Parts(of, person.Email), claim.ByApprover) {
		form.Inputs = []page.MoneyInput{{ID: "reason", Name: "reason", Label: "Reason, if it is beyond the budget (optional)"}}
		view.Parts = append(view.Parts, page.MoneyPart{Title: "Approve several", Form: form})
	}
	return s.show(w, r, stateNames[state], true, view)
}

// budgetFacts are what an approver should know before approving anything.
func (s *server) budgetFacts(r *http.Request, of *scheme.Scheme, year string) ([]page.Fact, error) {
	b, err := s.claims().BudgetOf(r.Context(), of.ID, year)
	if err != nil {
		return nil, err
	}
	have := s.claims().YearBudget(of, year)
	return []page.Fact{
		{Question: "Scheme and year", Answer: of.Title + ", " + year}, {Question: "Budget", Answer: have.String()}, {Question: "Spent", Answer: b.Spent.String()},
		{Question: "Approved and not paid", Answer: b.Committed.String()}, {Question: "Left", Answer: (have - b.Spent - b.Committed).String()},
	}, nil
}

func (s *server) approve(w http.ResponseWriter, r *http.Request) error {
	of, year, err := s.schemeYear(r, staff.Money)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	var lines []claim.LineRef
	prefix := "account." + of.ID + "." + dashed(year) + "."
	for _, text := range posted["line"] {
		id, n, _ := strings.Cut(text, " ")
		line, err := strconv.Atoi(n)
		if err != nil || !strings.HasPrefix(id, prefix) {
			return web.ErrNotFound
		}
		lines = append(lines, claim.LineRef{Account: id, N: line})
	}
	if len(lines) == 0 {
		return s.linesPage(w, r, claim.Checked, []page.Link{{Text: "Tick the lines that you approve", Href: "#maincontent"}})
	}
	results, err := s.claims().ApproveAll(r.Context(), lines, web.StaffOf(r).Email, posted.Get("reason"))
	problems, err := wrong(err, "#maincontent")
	if err != nil {
		return err
	}
	some, err := ofLines(results, "/review/claims/accounts/{account}")
	if err != nil {
		return err
	}
	problems = append(problems, some...)
	if len(problems) > 0 {
		return s.linesPage(w, r, claim.Checked, problems)
	}
	return wentTo(w, r, "/review/claims/schemes/"+of.ID+"/years/"+dashed(year)+"/lines/checked", "approved")
}

func (s *server) account(w http.ResponseWriter, r *http.Request) error {
	return s.accountPage(w, r, nil)
}

var buttons = map[claim.Act]string{
	claim.Check: "Check", claim.Query: "Ask a question", claim.Refuse: "Refuse", claim.Approve: "Approve", claim.AskReverse: "Ask to take it back", claim.Reverse: "Take it back",
	claim.Repay: "The money is back", claim.AskWrite: "Ask to write it off", claim.WriteOff: "Write it off", claim.Waive: "Waive the charge",
}

// accountPage shows one person's lines, with what can be done with each.
func (s *server) accountPage(w http.ResponseWriter, r *http.Request, problems []page.Link) error {
	a, of, err := s.theirs(r)
	if err != nil {
		return err
	}
	doubts, err := s.claims().Doubts(r.Context(), a)
	if err != nil {
		return err
	}
	budget, err := s.budgetFacts(r, of, a.Year)
	if err != nil {
		return err
	}
	person := strings.ToLower(web.StaffOf(r).Email)
	at := "/review/claims/accounts/" + a.ID
	facts := append([]page.Fact{{Question: "Claimant", Answer: a.Holder.Name}, {Question: "Reference for the payer", Answer: a.Holder.Ref}}, budget...)
	mentor, err := s.claims().Facts.Mentor(r.Context(), a.Holder.Application)
	if err != nil {
		return err
	}
	if mentor.Asked > 0 { // numbers only, never which sessions
		facts = append(facts, page.Fact{
			Question: "People who were asked whether a session took place", Answer: fmt.Sprintf("%d of %d confirmed it",
				mentor.Confirmed, mentor.Asked),
		})
	}
	if a.Person == claim.Office {
		facts = budget
	}
	view := page.Money{Wrong: problems, Parts: []page.MoneyPart{{Facts: facts}}}
	table := &page.MoneyTable{Caption: "Lines", Heads: []string{"Line", "What", "Day", "Pairs", "Sum", "State", "People"}}
	for _, l := range a.Lines {
		people := []string{}
		for _, p := range []string{l.Checker, l.Approver} {
			if p != "" {
				people = append(people, p)
			}
		}
		what := l.What
		if l.Payee != "" {
			what += ", " + l.Payee + ", " + l.Invoice
		}
		if l.Practice != "" {
			what += ", practice " + l.Practice
		}
		if l.Late != "" {
			what += ". Late: " + l.Late
		}
		if l.Answer != "" {
			what += ". Answer: " + l.Answer
		}
		if asked := l.Asked; asked != nil { // the second person has to know of the request and its reason
			what += ". " + asked.By + " asks to " + map[claim.Act]string{claim.Reverse: "take it back",
				claim.WriteOff: "write it off"}[asked.What] + ": " + asked.Why
		}
		table.Rows = append(table.Rows, page.MoneyRow{Cells: []string{
			strconv.Itoa(l.N), what, l.Day.String(), strings.Join(l.Pairs, ", "), l.Pence.String(), l.Words(), strings.Join(people, ", "),
		}})
	}
	view.Parts = append(view.Parts, page.MoneyPart{Title: "Lines", Table: table})
	if slices.Contains(a.Closed, person) {
		view.Parts = append(view.Parts, page.MoneyPart{Text: []string{"You have said that you have an interest in this account, so you do nothing in it."}})
		return s.show(w, r, "Account", true, view)
	}
	left, err := s.leftEarly(r, a, of)
	if err != nil {
		return err
	}
	if left != "" {
		view.Parts = append(view.Parts, page.MoneyPart{Title: "They left early", Text: []string{left}})
	}
	if part := checkPart(a, of, person, doubts, at); part != nil {
		view.Parts = append(view.Parts, *part)
	}
	if part := actPart(a, of, person, at); part != nil {
		view.Parts = append(view.Parts, *part)
	}
	if a.Person != claim.Office {
		view.Parts = append(view.Parts,
			page.MoneyPart{Title: "The payer’s reference for the payee", Text: []string{"Two people enter the same. Never enter a bank account."}, Form: &page.MoneyForm{
				Action: at + "/vendor", Button: "Set the reference", Second: true, Inputs: []page.MoneyInput{{ID: "ref", Name: "ref", Label: "Reference"}},
			}},
			page.MoneyPart{
				Title: "Something that is no claim",
				Text: []string{
					"Something to be paid back, for example training after leaving early, or a charge for not coming. A second person approves it.",
				},
				Form: &page.MoneyForm{Action: at + "/enter", Button: "Enter it", Second: true, Inputs: []page.MoneyInput{
					{ID: "sort", Name: "sort", Label: "What is it?", Options: []page.Pick{
						{Value: string(claim.Recovery), Label: "To be paid back"}, {Value: string(claim.Charge),
							Label: "A charge for not coming"},
						{Value: string(claim.Deducted), Label: "Taken off the next payment, for a line that is to be paid back"},
						{Value: string(claim.Adjusted), Label: "The difference, after a rate was changed with effect back"},
					}},
					{ID: "line", Name: "line", Label: "For which line?", Hint: "Of what is taken off, or of a difference"},
					{ID: "sum", Name: "sum", Label: "Sum", Hint: "Of what is to be paid back, or of a charge. For example, £352.50"},
					{ID: "day", Name: "day", Label: "Day", Hint: "Of the same. For example, 2 November 2021"},
					{ID: "what", Name: "what", Label: "What is it for?", Hint: "Of the same. Do not name anybody"},
				}},
			},
		)
	}
	view.Parts = append(view.Parts, page.MoneyPart{
		Title: "An interest", Text: []string{"If you are related to the claimant, work in the same practice or gain from the claim, say so. You then do nothing in this account, and cannot take it back."},
		Form: &page.MoneyForm{Action: at + "/interest", Button: "I have an interest", Second: true},
	})
	return s.show(w, r, "Account", true, view)
}

// leftEarly says that a claimant left before the scheme's shortest stay was over, and what was paid
// for their training; "" if they did not.
func (s *server) leftEarly(r *http.Request, a *claim.Account, of *scheme.Scheme) (string, error) {
	if of.MinStay == 0 || a.Person == claim.Office {
		return "", nil
	}
	all, err := s.claims().Facts.Claimants(r.Context(), a.Holder.Email)
	i := slices.IndexFunc(all, func(c claim.Claimant) bool { return c.Scheme == of.ID })
	if err != nil || i < 0 || all[i].Until == (course.Date{}) {
		return "", err
	}
	stay := course.DateOf(all[i].Begins.Time().AddDate(0, of.MinStay, 0))
	if !all[i].Until.Before(stay) {
		return "", nil
	}
	var training claim.Pence
	for _, l := range a.Lines {
		if pay := of.Pay(l.Kind); pay != nil && pay.Unit == scheme.Session && l.State == claim.Paid {
			training += l.Pence
		}
	}
	return fmt.Sprintf("They took part from %s to %s, and the scheme asks for %d months. %v was paid for their training in this year. "+
		"It can be asked back, unless there is a reason such as illness: enter it below as something to be paid back, with what the course cost.",
		all[i].Begins.Short(), all[i].Until.Short(), of.MinStay, training), nil
}

// actPart is a form for all acts on single lines of an account other than checking. There is one
// form for all lines, since a year has many. It is nil if nothing can be done.
func actPart(a *claim.Account, of *scheme.Scheme, person, at string) *page.MoneyPart {
	var can []page.Pick
	for _, l := range a.Lines {
		for _, part := range claim.Parts(of, person) {
			for _, act := range l.Acts(part) {
				asked := l.Asked != nil && l.Asked.What == act && l.Asked.By != person
				pick := page.Pick{Value: fmt.Sprintf("%d %s", l.N, act), Label: fmt.Sprintf("Line %d: %s", l.N, buttons[act])}
				if buttons[act] == "" || act == claim.Check || act == claim.Approve && l.Checker == person || slices.Contains(can,
					pick) ||
					(act == claim.Reverse || act == claim.WriteOff) && !asked || act == claim.AskReverse && l.Asked != nil {
					continue
				}
				if asked {
					pick.Label += ". Asked by " + l.Asked.By + ": " + l.Asked.Why
				}
				can = append(can, pick)
			}
		}
	}
	if len(can) == 0 {
		return nil
	}
	return &page.MoneyPart{Title: "One line", Form: &page.MoneyForm{
		Action: at + "/lines", Button: "Do it", Second: true, Inputs: []page.MoneyInput{
			{ID: "do", Name: "do", Label: "What do you do?", Options: can},
			{
				ID: "reason", Name: "reason", Label: "Why?", Long: true,
				Hint: "Needed to ask, to refuse, to take back, to write off and to waive, and to approve beyond the budget. The claimant reads it",
			},
		},
	}}
}

// checkPart is what a checker can check in an account, and what to look at first; nil if there is
// nothing.
func checkPart(a *claim.Account, of *scheme.Scheme, person string, doubts []string, at string) *page.MoneyPart {
	form := &page.MoneyForm{Action: at + "/check", Button: "Check what is ticked", Legend: "Which lines do you check?"}
	for _, l := range a.Lines {
		if slices.Contains(claim.Parts(of, person), claim.ByChecker) && slices.Contains(l.Acts(claim.ByChecker),
			claim.Check) &&
			l.Claimant != person && l.Drafted != person {
			form.Ticks = append(form.Ticks, page.Tick{
				ID: fmt.Sprintf("check-%d", l.N), Name: "line", Value: strconv.Itoa(l.N),
				Label: fmt.Sprintf("Line %d: %s, %v", l.N, l.What, l.Pence), Hint: about(l),
			})
		}
	}
	if len(form.Ticks) == 0 {
		return nil
	}
	part := &page.MoneyPart{Title: "Check", Form: form}
	if len(doubts) > 0 {
		part.Text = []string{"Look at what stands below the lines, too. Each can be as it should be: tick what you have looked at."}
		group := page.TickGroup{Legend: "What have you looked at?"}
		for i, text := range doubts {
			group.Ticks = append(group.Ticks, page.Tick{ID: fmt.Sprintf("seen-%d", i+1), Name: "seen", Value: text, Label: text})
		}
		form.More = []page.TickGroup{group}
	}
	return part
}

// check checks the ticked lines.
func (s *server) check(w http.ResponseWriter, r *http.Request) error {
	a, _, err := s.theirs(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	var lines []int
	for _, text := range posted["line"] {
		n, err := strconv.Atoi(text)
		if err != nil || a.Line(n) == nil {
			return web.ErrNotFound
		}
		lines = append(lines, n)
	}
	if len(lines) == 0 {
		return s.accountPage(w, r, []page.Link{{Text: "Tick the lines that you check", Href: "#maincontent"}})
	}
	done, err := s.claims().CheckLines(r.Context(), a.ID, lines, posted["seen"], web.StaffOf(r).Email)
	if errors.Is(err, claim.ErrUnseen) {
		return s.after(w, r, err, "")
	}
	if err != nil {
		return err
	}
	problems, err := ofLines(done, "#maincontent")
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return s.accountPage(w, r, problems)
	}
	return s.after(w, r, nil, "check")
}

// ofLines says what was wrong with some of several lines.
func ofLines(results []claim.Result, href string) (problems []page.Link, err error) {
	for _, x := range results {
		some, err := wrong(x.Err, strings.ReplaceAll(href, "{account}", x.At.Account))
		if err != nil {
			return nil, err
		}
		for _, p := range some {
			p.Text = fmt.Sprintf("Line %d: %s", x.At.N, p.Text)
			problems = append(problems, p)
		}
	}
	return problems, nil
}

// after answers a step in an account: it goes back to the account, or says what was wrong.
func (s *server) after(w http.ResponseWriter, r *http.Request, err error, what string) error {
	problems, err := wrong(err, "#maincontent")
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return s.accountPage(w, r, problems)
	}
	return wentTo(w, r, "/review/claims/accounts/"+r.PathValue("account"), what)
}

func (s *server) act(w http.ResponseWriter, r *http.Request) error {
	a, _, err := s.theirs(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	number, text, _ := strings.Cut(posted.Get("do"), " ")
	n, _ := strconv.Atoi(number)
	act := claim.Act(text)
	if buttons[act] == "" || a.Line(n) == nil {
		return web.ErrNotFound
	}
	reason := []rune(posted.Get("reason"))
	_, err = s.claims().Do(
		r.Context(), claim.LineRef{Account: a.ID, N: n}, act, web.StaffOf(r).Email, string(reason[:min(len(reason), 1000)]))
	return s.after(w, r, err, string(act))
}

func (s *server) interest(w http.ResponseWriter, r *http.Request) error {
	a, _, err := s.theirs(r)
	if err != nil {
		return err
	}
	return s.after(w, r, s.claims().Declare(r.Context(), a.ID, web.StaffOf(r).Email), "interest")
}

func (s *server) vendor(w http.ResponseWriter, r *http.Request) error {
	a, _, err := s.theirs(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	set, err := s.claims().SetVendor(r.Context(), a.ID, posted.Get("ref"), web.StaffOf(r).Email)
	if !set {
		return s.after(w, r, err, "vendor-asked")
	}
	return s.after(w, r, err, "vendor")
}

// enter adds a line for the office.
func (s *server) enter(w http.ResponseWriter, r *http.Request) error {
	a, _, err := s.theirs(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	n, _ := strconv.Atoi(strings.TrimSpace(posted.Get("line")))
	e := claim.Extra{Sort: claim.Sort(strings.TrimSpace(posted.Get("sort"))), Account: a.ID, Kind: "office", What: posted.Get("what"), Of: n}
	if e.Sort == claim.Adjusted {
		_, err := s.claims().Adjust(r.Context(), claim.LineRef{Account: a.ID, N: n}, web.StaffOf(r).Email)
		return s.after(w, r, err, "entered")
	}
	if e.Sort == claim.Deducted {
		e.Pence = 1 // a placeholder: the line's own sum counts
	} else {
		e.Pence, e.Day = pounds(posted.Get("sum")), dayOf(posted.Get("day"))
		if e.Pence <= 0 || e.Day == "" || strings.TrimSpace(e.What) == "" || len(e.What) > 200 || e.Sort != claim.Recovery && e.Sort != claim.Charge {
			return s.accountPage(w, r, []page.Link{{Text: "Enter what it is, a sum such as £352.50, a day such as 2 November 2021, and what it is for", Href: "#sort"}})
		}
	}
	_, err = s.claims().Enter(r.Context(), e, web.StaffOf(r).Email)
	return s.after(w, r, err, "entered")
}
