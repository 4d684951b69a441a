package claim

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"traininghub/internal/application"
	"traininghub/internal/claim"
	"traininghub/internal/page"
	"traininghub/internal/record"
	"traininghub/internal/staff"
	"traininghub/internal/web"
)

// The office may prepare a claim for somebody, but never makes one.

func (s *server) askPrepare(w http.ResponseWriter, r *http.Request) error {
	return s.preparePage(w, r, nil)
}

// preparePage asks whose claim to prepare, and of which month.
func (s *server) preparePage(w http.ResponseWriter, r *http.Request, problems []page.Link) error {
	of, err := s.scheme(r, staff.Ledger)
	if err != nil {
		return err
	}
	var months []page.Pick
	all := s.claims().Months(claim.Claimant{Scheme: of.ID, Begins: of.Begins})
	for _, month := range all[:min(12, len(all))] {
		months = append(months, page.Pick{Value: month, Label: monthName(month)})
	}
	if len(months) == 0 {
		return web.ErrNotFound
	}
	return s.show(w, r, "Prepare a claim", true, page.Money{Wrong: problems, Parts: []page.MoneyPart{{
		Text: []string{of.Title + ". For a claimant who needs help. They look at what you prepared, and claim themselves."},
		Form: &page.MoneyForm{Action: r.URL.EscapedPath(), Button: "Go on", Inputs: []page.MoneyInput{
			{ID: "reference", Name: "reference", Label: "Reference of their application", Hint: "For example, SM-7K4D-2P9X"},
			{ID: "month", Name: "month", Label: "Which month?", Options: months},
		}},
	}}})
}

func (s *server) toPrepare(w http.ResponseWriter, r *http.Request) error {
	of, err := s.scheme(r, staff.Ledger)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	reference, month := strings.ToUpper(strings.TrimSpace(posted.Get("reference"))), posted.Get("month")
	c, err := s.accepted(r, of.ID, reference)
	if errors.Is(err, web.ErrNotFound) || err == nil && !slices.Contains(s.claims().Months(c), month) {
		return s.preparePage(w, r,
			[]page.Link{{Text: "Enter the reference of an application that was accepted, and a month for which they can claim",
				Href: "#reference"}})
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/review/claims/schemes/"+of.ID+"/prepare/"+reference+"/"+month)
}

// accepted is the claimant of a scheme with an accepted application, never the officer themselves.
func (s *server) accepted(r *http.Request, scheme, reference string) (claim.Claimant, error) {
	if !application.IsReference(reference) {
		return claim.Claimant{}, web.ErrNotFound
	}
	a, err := s.Office.Applications.Get(r.Context(), reference)
	if errors.Is(err, record.ErrNotFound) || err == nil && a.Document == nil {
		return claim.Claimant{}, web.ErrNotFound
	}
	if err != nil {
		return claim.Claimant{}, err
	}
	all, err := s.claims().Facts.Claimants(r.Context(), a.Document.Applicant.Email)
	if err != nil {
		return claim.Claimant{}, err
	}
	i := slices.IndexFunc(all, func(c claim.Claimant) bool { return c.Scheme == scheme && c.Application == reference })
	if i < 0 || strings.EqualFold(all[i].Email, web.StaffOf(r).Email) {
		return claim.Claimant{}, web.ErrNotFound
	}
	return all[i], nil
}

// prepared is the claimant in the address, whose claim of a month is prepared.
func (s *server) prepared(r *http.Request) (claim.Claimant, error) {
	of, err := s.scheme(r, staff.Ledger)
	if err != nil {
		return claim.Claimant{}, err
	}
	return s.accepted(r, of.ID, r.PathValue("application"))
}

func (s *server) prepareMonth(w http.ResponseWriter, r *http.Request) error {
	c, err := s.prepared(r)
	if err != nil {
		return err
	}
	return s.monthPage(w, r, c, nil, nil)
}

func (s *server) keepDraft(w http.ResponseWriter, r *http.Request) error {
	c, err := s.prepared(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	if !slices.Contains(s.claims().Months(c), r.PathValue("month")) {
		return web.ErrNotFound
	}
	ask := asked(r, posted)
	if len(ask.Keys) > 100 || len(ask.Late) > 600 || slices.ContainsFunc(ask.Keys,
		func(k string) bool { return len(k) > 200 }) {
		return s.monthPage(w, r, c, ask, []page.Link{{Text: "The reason must be 600 characters or fewer", Href: "#late"}})
	}
	if err := s.claims().Prepare(r.Context(), c, *ask, web.StaffOf(r).Email); err != nil {
		return err
	}
	return wentTo(w, r, claim.Path, "prepared")
}
