// Package claim has the pages of claims. Claimants claim a month and see the state of each line and
// a statement. Checkers and approvers get the lines to look at, the batch and the ledger. Payers
// get the file and send its answer.
//
// All of them sign in like the staff. The scheme's file decides what somebody may see of it, and
// the desk of claims what they may do. Nobody sees their own account here as an officer. What is
// not theirs is answered like what does not exist. No page names a mentee, since claims do not know
// them.
package claim

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"traininghub/internal/claim"
	"traininghub/internal/page"
	"traininghub/internal/record"
	"traininghub/internal/scheme"
	"traininghub/internal/staff"
	"traininghub/internal/web"
)

type server struct{ *web.Server }

// claims is the desk of claims that joined the office.
func (s *server) claims() *claim.Desk { return s.Office.Claims }

// Routes are the addresses of claims.
func Routes(shared *web.Server) []web.Route {
	s := &server{shared}
	return []web.Route{
		web.On("GET /review/claims/{$}", web.Staff, s.home),

		// Claimants: own.go.
		web.On("GET /review/claims/own/{scheme}/months/{month}", web.Staff, s.askMonth),
		web.On("POST /review/claims/own/{scheme}/months/{month}", web.Staff, s.claim),
		web.On("POST /review/claims/own/{scheme}/years/{year}/lines/{line}", web.Staff, s.ownLine),
		web.On("GET /review/claims/own/{scheme}/years/{year}/statement.pdf", web.Staff, s.statement),

		// Claims that the office prepares for somebody: prepare.go.
		web.On("GET /review/claims/schemes/{scheme}/prepare", web.Staff, s.askPrepare),
		web.On("POST /review/claims/schemes/{scheme}/prepare", web.Staff, s.toPrepare),
		web.On("GET /review/claims/schemes/{scheme}/prepare/{application}/{month}", web.Staff, s.prepareMonth),
		web.On("POST /review/claims/schemes/{scheme}/prepare/{application}/{month}", web.Staff, s.keepDraft),

		// Career conversations, and the colleague who confirms one: conversation.go.
		web.On("GET /review/claims/own/{scheme}/conversations/new", web.Staff, s.askConversation),
		web.On("POST /review/claims/own/{scheme}/conversations/new", web.Staff, s.enterConversation),
		web.On("GET /practice/conversations/{link}", web.Linked, s.confirmPage),
		web.On("POST /practice/conversations/{link}", web.Linked, s.confirm),

		// Checkers and approvers: look.go.
		web.On("GET /review/claims/schemes/{scheme}/years/{year}/lines/{state}", web.Staff, s.lines),
		web.On("POST /review/claims/schemes/{scheme}/years/{year}/approve", web.Staff, s.approve),
		web.On("GET /review/claims/accounts/{account}", web.Staff, s.account),
		web.On("POST /review/claims/accounts/{account}/check", web.Staff, s.check),
		web.On("POST /review/claims/accounts/{account}/lines", web.Staff, s.act),
		web.On("POST /review/claims/accounts/{account}/interest", web.Staff, s.interest),
		web.On("POST /review/claims/accounts/{account}/vendor", web.Staff, s.vendor),
		web.On("POST /review/claims/accounts/{account}/enter", web.Staff, s.enter),

		// Batches, their answers, and the ledger: money.go.
		web.On("GET /review/claims/schemes/{scheme}/years/{year}/batch", web.Staff, s.askBatch),
		web.On("POST /review/claims/schemes/{scheme}/years/{year}/batch", web.Staff, s.makeBatch),
		web.On("GET /review/claims/batches/{batch}", web.Staff, s.batch),
		web.On("GET /review/claims/batches/{batch}/batch.csv", web.Staff, s.batchFile),
		web.On("GET /review/claims/schemes/{scheme}/answer", web.Staff, s.askAnswer),
		web.On("POST /review/claims/schemes/{scheme}/answer", web.Staff, s.answer).WithFile(),
		web.On("GET /review/claims/schemes/{scheme}/years/{year}/ledger", web.Staff, s.ledger),
		web.On("GET /review/claims/schemes/{scheme}/years/{year}/ledger.csv", web.Staff, s.ledgerFile),
		web.On("POST /review/claims/schemes/{scheme}/years/{year}/invoices", web.Staff, s.invoice),
	}
}

func scope(id string) staff.Scope { return staff.Scope{Over: staff.Schemes, ID: id} }

// scheme is the scheme in the address, if the person's part in it allows the act.
func (s *server) scheme(r *http.Request, act staff.Act) (*scheme.Scheme, error) {
	id := r.PathValue("scheme")
	if found := s.claims().Scheme(id); found != nil && web.StaffOf(r).May(act, scope(id)) {
		return found, nil
	}
	return nil, web.ErrNotFound
}

// year is the year in the address, "2021-22", as "2021/22".
func (s *server) year(r *http.Request, of *scheme.Scheme) (string, error) {
	year := strings.Replace(r.PathValue("year"), "-", "/", 1)
	if slices.Contains(s.claims().Years(of), year) {
		return year, nil
	}
	return "", web.ErrNotFound
}

// schemeYear are the scheme and the year in the address, if the person may do the act there.
func (s *server) schemeYear(r *http.Request, act staff.Act) (of *scheme.Scheme, year string, err error) {
	if of, err = s.scheme(r, act); err == nil {
		year, err = s.year(r, of)
	}
	return of, year, err
}

func dashed(year string) string { return strings.ReplaceAll(year, "/", "-") }

// claimant is the person as a claimant of the scheme in the address.
func (s *server) claimant(r *http.Request) (claim.Claimant, error) {
	of, err := s.scheme(r, staff.Claim)
	if err != nil {
		return claim.Claimant{}, err
	}
	return s.claimantOf(r, of.ID)
}

func (s *server) claimantOf(r *http.Request, scheme string) (claim.Claimant, error) {
	all, err := s.claims().Facts.Claimants(r.Context(), web.StaffOf(r).Email)
	if err != nil {
		return claim.Claimant{}, err
	}
	i := slices.IndexFunc(all, func(c claim.Claimant) bool { return c.Scheme == scheme })
	if i < 0 {
		return claim.Claimant{}, web.ErrNotFound
	}
	return all[i], nil
}

// theirs is an account that an officer may see, never their own.
func (s *server) theirs(r *http.Request) (*claim.Account, *scheme.Scheme, error) {
	a, err := s.claims().Account(r.Context(), r.PathValue("account"))
	if errors.Is(err, record.ErrNotFound) {
		return nil, nil, web.ErrNotFound
	}
	if err != nil {
		return nil, nil, err
	}
	person, of := web.StaffOf(r), s.claims().Scheme(a.Scheme)
	if of == nil || !person.May(staff.Money, scope(a.Scheme)) || strings.EqualFold(a.Holder.Email, person.Email) {
		return nil, nil, web.ErrNotFound
	}
	return a, of, nil
}

// show renders a page of claims for somebody who has signed in. A word in the address says what was
// just done.
func (s *server) show(w http.ResponseWriter, r *http.Request, heading string, back bool, m page.Money) error {
	m.Staff = web.StaffOf(r).Name
	if r.Method == http.MethodGet {
		m.Done = done[r.URL.Query().Get("done")]
	}
	f := page.Frame{Heading: heading, Title: heading, Application: true}
	if back {
		f.Back = &page.Link{Text: "All claims", Href: claim.Path}
	}
	return s.showLinked(w, f, m)
}

// showLinked renders a page for somebody with a mailed link, or a page that is finished.
func (s *server) showLinked(w http.ResponseWriter, f page.Frame, m page.Money) error {
	status := http.StatusOK
	if len(m.Wrong) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return s.Render(w, status, "money", f, m)
}

// done says what was just done, by the word in the address.
var done = map[string]string{
	"prepared":     "It is kept. The claimant finds it on their page of the month.",
	"conversation": "We ask your colleague to confirm it, and write to you when they have answered.",
	"claimed":      "Your claim is in. We write to you if we have a question, and when it is paid.",
	"answer":       "Your answer is in.",
	"withdraw":     "The line is withdrawn.",
	"check":        "What you ticked is checked. It waits for somebody else to approve it.",
	"query":        "The question is on its way.",
	"refuse":       "The line is refused, and the claimant is told why.", "approve": "The line is approved.", "ask to reverse": "Somebody else has to agree to take it back.",
	"reverse": "It is taken back.", "repay": "The money is back.", "ask to write off": "Somebody else has to agree to write it off.", "write off": "It is written off.",
	"waive": "The charge is waived.", "approved": "What you ticked is approved.", "interest": "You do nothing in this account from now on.",
	"vendor-asked": "Somebody else has to enter the same reference.", "vendor": "The reference is set. Nothing is paid for 5 working days, and the claimant is told.",
	"entered": "It is entered. Somebody else has to approve it.", "batch": "The batch is made. The payers are told.", "same": "That was known already. Nothing has changed.",
}

func wentTo(w http.ResponseWriter, r *http.Request, to, what string) error {
	return web.SeeOther(w, r, to+"?done="+strings.ReplaceAll(what, " ", "+"))
}

// wrong puts a rule's error into words; it returns any other error.
func wrong(err error, input string) ([]page.Link, error) {
	if err == nil {
		return nil, nil
	}
	if missing := (*claim.Missing)(nil); errors.As(err, &missing) {
		return []page.Link{{Text: needs[missing.Need], Href: input}}, nil
	}
	for _, rule := range rules {
		if errors.Is(err, rule.is) {
			return []page.Link{{Text: rule.says, Href: input}}, nil
		}
	}
	return nil, err
}

var needs = map[scheme.Needs]string{
	scheme.NeedsAccepted:  "You are not accepted for a course of the scheme",
	scheme.NeedsAgreement: "You had not agreed to the scheme’s terms then",
	scheme.NeedsPair:      "You had no registered pair then", scheme.NeedsPlan: "There is no plan for mentoring yet",
}

var rules = []struct {
	is   error
	says string
}{
	{claim.ErrState, "It is somewhere else by now. Somebody may have been faster: see where it stands below"},
	{claim.ErrPart, "Somebody else does this"},
	{claim.ErrOwn, "One person does not do two steps of the same line, or one of their own claim"},
	{claim.ErrInterest, "You have said that you have an interest in this account"},
	{claim.ErrReason, "Enter a reason"},
	{claim.ErrLimit, "It is more than you may approve at once. Tick fewer, or leave it to somebody without a limit"},
	{claim.ErrBudget, "It is more than the budget. Only somebody without a limit can approve it, with a reason"},
	{claim.ErrTaken, "It was claimed already"},
	{claim.ErrInvoice, "This invoice of the supplier was entered already"},
	{claim.ErrCap, "It is more than the scheme pays"},
	{claim.ErrOverlap, "The hours overlap others that you claimed"},
	{claim.ErrLate, "Enter why you claim after the last day"},
	{claim.ErrClosed, "The financial year is closed"},
	{claim.ErrRate, "The scheme does not pay for that day"},
	{claim.ErrSum, "The number or the sum is not what you entered. Look at both again"},
	{claim.ErrShort, "It took less time than is paid for"},
	{claim.ErrUnconfirmed, "Your colleague has not confirmed it"},
	{claim.ErrSuspended, "Your place on the register was suspended then. Ask the mentor lead"},
	{claim.ErrUnseen, "Tick everything that is to look at before you check a line"},
	{
		claim.ErrActivity,
		"Choose a week of this month without a session, what you did, and say it in 120 characters or fewer",
	},
}

// home is everybody's first page: what they can claim and have claimed, and what waits for them.
func (s *server) home(w http.ResponseWriter, r *http.Request) error {
	person, view := web.StaffOf(r), page.Money{}
	for _, id := range person.Where(staff.Claim, staff.Schemes) {
		parts, err := s.ownParts(r, id)
		if err != nil {
			return err
		}
		view.Parts = append(view.Parts, parts...)
	}
	for _, id := range person.Where(staff.Money, staff.Schemes) {
		part, err := s.officePart(r, s.claims().Scheme(id))
		if err != nil {
			return err
		}
		view.Parts = append(view.Parts, part)
	}
	for _, id := range person.Where(staff.Ledger, staff.Schemes) {
		if of := s.claims().Scheme(id); of != nil && !person.May(staff.Money, scope(id)) {
			part := page.MoneyPart{Title: of.Title, Links: []page.Link{
				{Text: "Prepare a claim for somebody", Href: "/review/claims/schemes/" + of.ID + "/prepare"},
			}}
			for _, year := range s.claims().Years(of) {
				part.Links = append(part.Links, page.Link{Text: year + ": ledger", Href: "/review/claims/schemes/" + of.ID + "/years/" + dashed(year) + "/ledger"})
			}
			view.Parts = append(view.Parts, part)
		}
	}
	if len(view.Parts) == 0 {
		view.Parts = []page.MoneyPart{{Text: []string{"There is nothing here for you. You can claim once you have been accepted for a course whose scheme pays."}}}
	}
	if len(person.Where(staff.Read, staff.Courses)) > 0 {
		view.Onward = []page.Link{{Text: "Applications", Href: "/review/"}}
	}
	if len(person.Where(staff.Reading, staff.Schemes)) > 0 {
		view.Onward = append(view.Onward, page.Link{Text: "Returns", Href: "/review/returns/"})
	}
	return s.show(w, r, "Claims", false, view)
}

// officePart says what waits in a scheme, in this year and the last one.
func (s *server) officePart(r *http.Request, of *scheme.Scheme) (page.MoneyPart, error) {
	part := page.MoneyPart{Title: of.Title}
	parts := claim.Parts(of, web.StaffOf(r).Email)
	years := s.claims().Years(of)
	for _, year := range years[:min(2, len(years))] {
		all, err := s.claims().List(r.Context(), of.ID, year, "")
		if err != nil {
			return part, err
		}
		at := "/review/claims/schemes/" + of.ID + "/years/" + dashed(year)
		for _, step := range []struct {
			state claim.State
			says  string
		}{
			{claim.Submitted, "to check"}, {claim.Checked, "to approve"}, {claim.Queried, "with the claimant"}, {claim.Approved, "approved, for the next batch"},
			{claim.Recovering, "to be paid back"},
		} {
			n := 0
			for _, b := range all {
				n += b.States[step.state]
			}
			if n > 0 {
				part.Links = append(part.Links, page.Link{Text: fmt.Sprintf("%s: %d %s", year, n, step.says), Href: at + "/lines/" + string(step.state)})
			}
		}
		if slices.Contains(parts, claim.ByApprover) {
			part.Links = append(part.Links, page.Link{Text: year + ": make a batch", Href: at + "/batch"})
		}
		part.Links = append(part.Links, page.Link{Text: year + ": ledger", Href: at + "/ledger"})
	}
	if slices.Contains(parts, claim.ByPayer) {
		part.Links = append(part.Links, page.Link{Text: "Send back the payer’s answer", Href: "/review/claims/schemes/" + of.ID + "/answer"})
	}
	batches, err := s.claims().Batches(r.Context(), of.ID, 12)
	for _, b := range batches {
		part.Links = append(part.Links, page.Link{Text: fmt.Sprintf("Batch %s: %d lines, %v", b.Number, len(b.Rows), b.Sum), Href: "/review/claims/batches/" + b.ID})
	}
	return part, err
}

func monthName(month string) string {
	if t, err := time.Parse("2006-01", month); err == nil {
		return t.Format("January 2006")
	}
	return month
}

func lineNumber(r *http.Request) int {
	n, _ := strconv.Atoi(r.PathValue("line"))
	return cmp.Or(n, -1)
}
