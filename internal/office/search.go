package office

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// Searching is the question for what to search for.
var Searching = form.Section{ID: "search", Questions: []form.Question{form.Ask(form.Question{
	ID: "search", Kind: form.Text, Label: "Search all applications",
	InMessages: "a reference, a name or a registration number",
	Hint:       "By reference, name or registration number, such as a GMC number", Width: 20,
	Rule: "required,max=200", Messages: map[string]string{"max": "What you search for must be 200 characters or less"},
})}}

// Search finds applications that they may see: by reference, with or without its hyphens; by the
// number on a professional register, in any notation; or by words of the applicant's name, folded
// as [form.Fold] does. Those that came in last are first, PerPage at most; total counts all.
func (d *Desk) Search(ctx context.Context, s *staff.Person, text string) (lines []intake.Brief, total int, err error) {
	compact := strings.ToUpper(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, text))
	if len(compact) == 10 {
		if ref := compact[:2] + "-" + compact[2:6] + "-" + compact[6:]; intake.IsReference(ref) {
			a, err := d.Applications.ForReview(ctx, s, ref, false)
			if err == nil {
				return []intake.Brief{a.Brief()}, 1, nil
			}
			if !errors.Is(err, intake.ErrNoApplication) {
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
			func(b intake.Brief) bool { return !s.May(staff.Read, staff.Course(b.Course)) })
		return lines, len(lines), nil
	}
	words := strings.Fields(form.Fold(text))
	if len(words) == 0 {
		return nil, 0, nil
	}
	// The store looks for letters and figures alone: lines of older hubs have other apostrophes and
	// dashes.
	parts := strings.FieldsFunc(strings.Join(words, " "),
		func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(parts) == 0 {
		return nil, 0, nil
	}
	longest := slices.MaxFunc(parts, func(a, b string) int { return len(a) - len(b) })
	has, _ := json.Marshal(longest) // of a string: cannot fail
	for rec, err := range d.Applications.Shelved(ctx, shelves(s, Filter{}),
		record.Range{Kind: record.Application, Has: has[1 : len(has)-1]}) {
		if err != nil {
			return nil, 0, fmt.Errorf("searching: %w", err)
		}
		b := d.Applications.LineOf(rec)
		name := form.Fold(b.Folded)
		if slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(name, w) }) {
			continue
		}
		total++
		lines = append(lines, b)
		if len(lines) >= 2*PerPage {
			lines = newest(lines)
		}
	}
	return newest(lines), total, nil
}

// newest are the PerPage that came in last.
func newest(lines []intake.Brief) []intake.Brief {
	slices.SortFunc(lines, func(a, b intake.Brief) int { return b.Received.Compare(a.Received) })
	return lines[:min(len(lines), PerPage)]
}
