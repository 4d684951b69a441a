package office

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"traininghub/internal/application"
	"traininghub/internal/decide"
	"traininghub/internal/form"
	"traininghub/internal/record"
	"traininghub/internal/search"
	"traininghub/internal/staff"
)

// Searching is the question that asks what to search for.
var Searching = form.Section{ID: "search", Questions: []form.Question{form.Ask(form.Question{
	ID: "search", Kind: form.Text, Label: "Search all applications",
	InMessages: "what to search for",
	Hint: "A reference, a registration number such as a GMC number, a name, an email address, a telephone number, " +
		"or a practice's name or code. The beginning of a word is enough, from 3 letters on", Width: 20,
	Rule: "required,max=200", Messages: map[string]string{"max": "What you search for must be 200 characters or less"},
})}}

// Search finds applications that the person may see: by reference, with or without its hyphens; by
// a number on a professional register, in any notation; by email address and telephone number; and
// by the beginnings of words in the applicant's name and the rest of the form: see [search.Words].
// The latest received come first, at most PerPage; total counts all.
func (d *Desk) Search(
	ctx context.Context, s *staff.Person, text string,
) (lines []application.Brief, total int, err error) {
	compact := strings.ToUpper(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, text))
	if len(compact) == 10 {
		if ref := compact[:2] + "-" + compact[2:6] + "-" + compact[6:]; application.IsReference(ref) {
			a, err := decide.Of(d.Applications).ForReview(ctx, s, ref, false)
			if err == nil {
				return []application.Brief{a.Brief()}, 1, nil
			}
			if !errors.Is(err, decide.ErrNoApplication) {
				return nil, 0, err
			}
		}
	}
	if numbers := form.Registrations(text); len(numbers) > 0 {
		for _, number := range numbers {
			some, err := d.Applications.ByNumber(ctx, number)
			if err != nil {
				return nil, 0, err
			}
			lines = append(lines, some...)
		}
		lines = slices.DeleteFunc(lines,
			func(b application.Brief) bool { return !s.May(staff.Read, staff.Course(b.Course)) })
		if len(lines) > 0 {
			return lines, len(lines), nil
		}
	}
	words := search.Sought(text)
	var found []record.Cursor
	for _, course := range d.Applications.WithFormer(s.Where(staff.Read, staff.Courses)) {
		some, err := d.Applications.Store.Search(ctx, record.Application, course, words)
		if err != nil {
			return nil, 0, fmt.Errorf("searching: %w", err)
		}
		found = append(found, some...)
	}
	slices.SortFunc(found, func(a, b record.Cursor) int {
		return cmp.Or(b.Since.Compare(a.Since), strings.Compare(b.ID, a.ID))
	})
	for _, at := range found[:min(len(found), PerPage)] {
		rec, err := d.Applications.Store.Get(ctx, at.ID)
		switch {
		case errors.Is(err, record.ErrNotFound): // removed since
			continue
		case err != nil:
			return nil, 0, fmt.Errorf("searching: %w", err)
		}
		if b := d.Applications.LineOf(rec); s.May(staff.Read, staff.Course(b.Course)) {
			lines = append(lines, b)
		}
	}
	return lines, len(found), nil
}
