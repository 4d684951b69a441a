package claim

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"traininghub/internal/claim"
	"traininghub/internal/page"
	"traininghub/internal/record"
	"traininghub/internal/web"
)

// ownParts are what somebody can claim of a scheme, and where each of their lines stands.
func (s *server) ownParts(r *http.Request, schemeID string) ([]page.MoneyPart, error) {
	c, err := s.claimantOf(r, schemeID)
	if errors.Is(err, web.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	of := s.claims().Scheme(schemeID)
	first := page.MoneyPart{Title: of.Title}
	if of.About != "" {
		first.Text = append(first.Text, of.About)
	}
	months := s.claims().Months(c)
	for _, month := range months[:min(12, len(months))] {
		first.Links = append(first.Links, page.Link{Text: "Claim for " + monthName(month), Href: "/review/claims/own/" + schemeID + "/months/" + month})
	}
	parts := []page.MoneyPart{first}
	accounts, err := s.claims().Own(r.Context(), c)
	if err != nil {
		return nil, err
	}
	for _, a := range accounts {
		t := &page.MoneyTable{Caption: "What you claimed in " + a.Year, Heads: []string{"What", "Sum", "Where it stands"}}
		for _, l := range a.Lines {
			t.Rows = append(t.Rows, page.MoneyRow{Cells: []string{l.What, l.Pence.String(), l.Words()}})
		}
		at := "/review/claims/own/" + schemeID + "/years/" + dashed(a.Year)
		parts = append(parts, page.MoneyPart{
			Title: of.Title + ", " + a.Year, Table: t, Links: []page.Link{{Text: "Statement for " + a.Year + " (PDF)", Href: at + "/statement.pdf"}},
		})
		for _, l := range a.Lines {
			acts := l.Acts(claim.ByClaimant)
			to := fmt.Sprintf("%s/lines/%d", at, l.N)
			if slices.Contains(acts, claim.Answer) {
				id := fmt.Sprintf("answer-%s-%d", dashed(a.Year), l.N)
				parts = append(parts, page.MoneyPart{Title: "A question about: " + l.What, Text: []string{l.Reason}, Form: &page.MoneyForm{
					Action: to, Button: "Send your answer", Hidden: []page.Hidden{{Name: "act", Value: string(claim.Answer)}},
					Inputs: []page.MoneyInput{{ID: id, Name: "reason", Label: "Your answer", Hint: "Do not name anybody whom you mentor", Long: true}},
				}})
			}
			if slices.Contains(acts, claim.Withdraw) && l.State == claim.Queried {
				parts = append(parts, page.MoneyPart{Form: &page.MoneyForm{
					Action: to, Button: "Withdraw: " + l.What, Second: true, Hidden: []page.Hidden{{Name: "act", Value: string(claim.Withdraw)}},
				}})
			}
		}
	}
	return parts, nil
}

func (s *server) askMonth(w http.ResponseWriter, r *http.Request) error {
	return s.monthPage(w, r, nil, "", nil)
}

// monthPage is what somebody can claim for a month: they tick, and type no sum.
func (s *server) monthPage(w http.ResponseWriter, r *http.Request, ticked []string, late string, problems []page.Link) error {
	c, err := s.claimant(r)
	if err != nil {
		return err
	}
	month := r.PathValue("month")
	if !slices.Contains(s.claims().Months(c), month) {
		return web.ErrNotFound
	}
	items, err := s.claims().Month(r.Context(), c, month)
	if err != nil {
		return err
	}
	of := s.claims().Scheme(c.Scheme)
	form := &page.MoneyForm{Action: r.URL.EscapedPath(), Button: "Claim", Legend: "What do you claim?"}
	not := &page.MoneyTable{Caption: "What you cannot claim", Heads: []string{"What", "Why not"}}
	isLate := false
	for i, it := range items {
		if it.Why != nil {
			why, err := wrong(it.Why, "")
			if err != nil {
				return err
			}
			not.Rows = append(not.Rows, page.MoneyRow{Cells: []string{it.Label + ": " + it.What, why[0].Text}})
			continue
		}
		isLate = isLate || it.IsLate
		hint := it.Day.String()
		if len(it.Pairs) > 0 {
			hint += ". Pairs: " + strings.Join(it.Pairs, ", ")
		}
		form.Ticks = append(form.Ticks, page.Tick{
			ID: fmt.Sprintf("line-%d", i+1), Name: "line", Value: it.Key, Label: fmt.Sprintf("%s: %s, %v", it.Label, it.What, it.Pence), Hint: hint,
			On: ticked == nil || slices.Contains(ticked, it.Key),
		})
	}
	view := page.Money{Wrong: problems}
	if len(form.Ticks) > 0 {
		if isLate {
			in := page.MoneyInput{ID: "late", Name: "late", Label: "Why do you claim after the last day?", Hint: fmt.Sprintf("Claims are on time for %d days after the end of the month", of.ClaimWithin), Value: late, Long: true}
			if len(problems) > 0 && problems[0].Href == "#late" {
				in.Wrong = problems[0].Text
			}
			form.Inputs = append(form.Inputs, in)
		}
		view.Parts = append(view.Parts, page.MoneyPart{
			Text: append([]string{"This comes from what was logged. Take out what you do not claim. With “Claim” you confirm:"}, of.Declaration...), Form: form,
		})
	} else {
		view.Parts = append(view.Parts, page.MoneyPart{Text: []string{"There is nothing to claim for this month. What you do has to be logged first."}})
	}
	if len(not.Rows) > 0 {
		view.Parts = append(view.Parts, page.MoneyPart{Title: "What you cannot claim", Table: not})
	}
	return s.show(w, r, "Claim for "+monthName(month), true, view)
}

func (s *server) claim(w http.ResponseWriter, r *http.Request) error {
	c, err := s.claimant(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	keys, late := posted["line"], posted.Get("late")
	if len(keys) == 0 {
		return s.monthPage(w, r, []string{}, late, []page.Link{{Text: "Tick what you claim", Href: "#maincontent"}})
	}
	if len(late) > 600 {
		return s.monthPage(w, r, keys, late, []page.Link{{Text: "The reason must be 600 characters or fewer", Href: "#late"}})
	}
	_, err = s.claims().Submit(r.Context(), c, r.PathValue("month"), keys, late)
	refused := claim.Refusals(nil)
	if errors.As(err, &refused) {
		var problems []page.Link
		for key, why := range refused {
			input := "#maincontent"
			if errors.Is(why, claim.ErrLate) {
				input = "#late"
			}
			says, err := wrong(why, input)
			if err != nil {
				return err
			}
			if !slices.Contains(problems, says[0]) {
				problems = append(problems, says[0])
			}
			_ = key
		}
		return s.monthPage(w, r, keys, late, problems)
	}
	if err != nil {
		return err
	}
	return wentTo(w, r, claim.Path, "claimed")
}

// ownLine is an answer to a question, or a line taken back.
func (s *server) ownLine(w http.ResponseWriter, r *http.Request) error {
	c, err := s.claimant(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	a, err := s.ownAccount(r, c)
	if err != nil {
		return err
	}
	act := claim.Act(posted.Get("act"))
	if act != claim.Answer && act != claim.Withdraw || a.Line(lineNumber(r)) == nil {
		return web.ErrNotFound
	}
	reason := posted.Get("reason")
	_, err = s.claims().Do(r.Context(), claim.LineRef{Account: a.ID, N: lineNumber(r)}, act, c.Email, reason[:min(len(reason), 1000)])
	problems, err := wrong(err, "#maincontent")
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		parts, err := s.ownParts(r, c.Scheme)
		if err != nil {
			return err
		}
		return s.show(w, r, "Claims", true, page.Money{Wrong: problems, Parts: parts})
	}
	return wentTo(w, r, claim.Path, string(act))
}

func (s *server) ownAccount(r *http.Request, c claim.Claimant) (*claim.Account, error) {
	all, err := s.claims().Own(r.Context(), c)
	if err != nil {
		return nil, err
	}
	year := strings.Replace(r.PathValue("year"), "-", "/", 1)
	i := slices.IndexFunc(all, func(a *claim.Account) bool { return a.Year == year })
	if i < 0 {
		return nil, web.ErrNotFound
	}
	return all[i], nil
}

func (s *server) statement(w http.ResponseWriter, r *http.Request) error {
	c, err := s.claimant(r)
	if err != nil {
		return err
	}
	a, err := s.ownAccount(r, c)
	if err != nil {
		return err
	}
	file, err := s.claims().Statement(a).File("statement-"+dashed(a.Year), s.claims().PDF)
	if err != nil {
		s.Log.Error("PDF not drawn; the text goes instead", "error", err)
	}
	return s.File(w, record.Attachment{Name: file.Name, Type: file.Type, Data: file.Data})
}
