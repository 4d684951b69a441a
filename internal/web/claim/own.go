package claim

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"traininghub/internal/claim"
	"traininghub/internal/course"
	"traininghub/internal/page"
	"traininghub/internal/record"
	"traininghub/internal/scheme"
	"traininghub/internal/web"
)

// ownParts are what somebody can claim of a scheme, and the state of each of their lines.
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
	conversations, err := s.conversationParts(r, of, c)
	if err != nil {
		return nil, err
	}
	parts := append([]page.MoneyPart{first}, conversations...)
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
			Title: of.Title + ", " + a.Year, Table: t,
			Text:  []string{fmt.Sprintf("We keep this for %d years after the end of the financial year, since it is paid with public money.", claim.YearsKept)},
			Links: []page.Link{{Text: "Statement for " + a.Year + " (PDF)", Href: at + "/statement.pdf"}},
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
	c, err := s.claimant(r)
	if err != nil {
		return err
	}
	return s.monthPage(w, r, c, nil, nil)
}

// monthPage is what somebody can claim for a month. They tick lines, and type no sum. ask is what
// they posted. If it is nil, the page shows what the office prepared, if anything. The office sees
// the same page for somebody else, and can only prepare a claim.
func (s *server) monthPage(
	w http.ResponseWriter, r *http.Request, c claim.Claimant, ask *claim.Asking, problems []page.Link,
) error {
	office := !strings.EqualFold(web.StaffOf(r).Email, c.Email)
	draft, err := s.claims().Draft(r.Context(), c, r.PathValue("month"))
	if err != nil {
		return err
	}
	if ask == nil && draft.By != "" {
		ask = &draft.Asking
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
		form.Ticks = append(form.Ticks, page.Tick{
			ID: fmt.Sprintf("line-%d", i+1), Name: "line", Value: it.Key,
			Label: fmt.Sprintf("%s: %s, %v", it.Label, it.What, it.Pence),
			Hint:  about(&it.Line), On: ask == nil || slices.Contains(ask.Keys, it.Key),
		})
	}
	instead := s.instead(of, month, items, ask)
	isLate = isLate || len(instead) > 0 && !s.claims().Now().Before(of.OnTime(claim.Day(month+"-01").Date()))
	form.Inputs = append(form.Inputs, instead...)
	view := page.Money{Wrong: problems}
	if len(form.Ticks)+len(form.Inputs) > 0 {
		if isLate {
			in := page.MoneyInput{
				ID: "late", Name: "late", Label: "Why do you claim after the last day?", Long: true,
				Hint: fmt.Sprintf("Claims are on time for %d days after the end of the month", of.ClaimWithin),
			}
			if ask != nil {
				in.Value = ask.Late
			}
			if len(problems) > 0 && problems[0].Href == "#late" {
				in.Wrong = problems[0].Text
			}
			form.Inputs = append(form.Inputs, in)
		}
		text := "This comes from what was logged. Untick what you do not claim. With “Claim” you confirm:"
		if len(form.Ticks) == 0 {
			text = "Nothing was logged for this month that you can claim. With “Claim” you confirm:"
		}
		said := append([]string{text}, of.Declaration...)
		switch {
		case office:
			form.Button = "Keep it for the claimant"
			said = []string{"You prepare the claim of " + c.Name +
				". Nothing is claimed by it: they look at it, and claim themselves."}
		case draft.By != "":
			said = append([]string{"The office has prepared this for you. Look at each line: it is your claim, and your declaration."}, said...)
		}
		view.Parts = append(view.Parts, page.MoneyPart{Text: said, Form: form})
	} else {
		text := "There is nothing to claim for this month. What you do has to be logged first."
		view.Parts = append(view.Parts, page.MoneyPart{Text: []string{text}})
	}
	if len(not.Rows) > 0 {
		view.Parts = append(view.Parts, page.MoneyPart{Title: "What you cannot claim", Table: not})
	}
	return s.show(w, r, "Claim for "+monthName(month), true, view)
}

// about says when a line was, how long it took, and for which pairs.
func about(l *claim.Line) string {
	said := []string{l.Day.String()}
	minutes := 0
	for _, h := range l.Hours {
		minutes += h.Minutes()
	}
	if minutes > 0 {
		said = append(said, fmt.Sprintf("%d minutes", minutes))
	}
	if len(l.Pairs) > 0 {
		said = append(said, "pairs: "+strings.Join(l.Pairs, ", "))
	}
	return strings.Join(said, ", ")
}

// instead asks for activities in place of sessions, if the scheme has any and a week of the month
// has no session.
func (s *server) instead(of *scheme.Scheme, month string, items []claim.Item, ask *claim.Asking) []page.MoneyInput {
	activities := []page.Pick{{Label: "Nothing"}}
	for _, pay := range of.Pays {
		for _, a := range pay.Activities {
			activities = append(activities, page.Pick{Value: a, Label: a})
		}
	}
	var weeks []page.Pick
	today := claim.DayOf(course.DateOf(s.claims().Now()))
	for day := claim.Day(month + "-01"); day.Month() == month && day <= today; day = claim.DayOf(day.Date().AddDays(1)) {
		week := "/" + day.Week()
		if slices.ContainsFunc(items, func(it claim.Item) bool {
			return strings.HasSuffix(it.Key, week) && (it.Why == nil || errors.Is(it.Why, claim.ErrTaken))
		}) ||
			len(weeks) > 0 && claim.Day(weeks[len(weeks)-1].Value).Week() == day.Week() {
			continue
		}
		weeks = append(weeks, page.Pick{Value: string(day), Label: "The week with " + day.String()})
	}
	if len(activities) == 1 || len(weeks) == 0 {
		return nil
	}
	var chosen claim.Other
	if ask != nil && len(ask.Others) > 0 {
		chosen = ask.Others[0]
	}
	return []page.MoneyInput{
		{
			ID: "activity", Name: "activity", Label: "What did you do in a week without a session?", Options: activities,
			Value: chosen.Activity,
			Hint:  "If the mentor lead agreed something else with you",
		},
		{ID: "week", Name: "week", Label: "In which week?", Options: weeks, Value: string(chosen.Day)},
		{
			ID: "what", Name: "what", Label: "What was it? (optional)",
			Hint: "In 120 characters or fewer. Do not name anybody", Value: chosen.What,
		},
	}
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
	ask := asked(r, posted)
	if len(ask.Keys)+len(ask.Others) == 0 {
		return s.monthPage(w, r, c, ask, []page.Link{{Text: "Tick what you claim", Href: "#maincontent"}})
	}
	if len(ask.Late) > 600 {
		return s.monthPage(w, r, c, ask, []page.Link{{Text: "The reason must be 600 characters or fewer", Href: "#late"}})
	}
	_, err = s.claims().Submit(r.Context(), c, *ask)
	refused := claim.Refusals(nil)
	if errors.As(err, &refused) {
		var problems []page.Link
		for _, key := range slices.Sorted(maps.Keys(refused)) {
			input := "#maincontent"
			switch {
			case errors.Is(refused[key], claim.ErrLate):
				input = "#late"
			case errors.Is(refused[key], claim.ErrActivity):
				input = "#activity"
			}
			says, err := wrong(refused[key], input)
			if err != nil {
				return err
			}
			if !slices.Contains(problems, says[0]) {
				problems = append(problems, says[0])
			}
		}
		return s.monthPage(w, r, c, ask, problems)
	}
	if err != nil {
		return err
	}
	return wentTo(w, r, claim.Path, "claimed")
}

// asked is the claim posted from the page of a month.
func asked(r *http.Request, posted url.Values) *claim.Asking {
	ask := &claim.Asking{Month: r.PathValue("month"), Keys: posted["line"], Late: posted.Get("late")}
	if activity := posted.Get("activity"); activity != "" {
		ask.Others = []claim.Other{{Day: claim.Day(posted.Get("week")), Activity: activity, What: posted.Get("what")}}
	}
	return ask
}

// ownLine answers a question about a line, or takes the line back.
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
