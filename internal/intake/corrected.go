package intake

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"traininghub/internal/application"
	"traininghub/internal/record"
)

// former returns the applicant's address before the correction that a letter is about.
func former(a *application.Application, letter string) string {
	if c, ok := aboutOf(letter, application.LetterFormer, a.Corrections); ok {
		return c.Was
	}
	return ""
}

// aboutOf returns what the letter with an id is about: "NAME-3" is about the third of all.
func aboutOf[T any](id, name string, all []T) (one T, ok bool) {
	n, err := strconv.Atoi(strings.TrimPrefix(id, name+"-"))
	if err != nil || n < 1 || n > len(all) {
		return one, false
	}
	return all[n-1], true
}

// aboutFields returns a letter's fields about the one correction or wish that it is about.
func aboutFields(a *application.Application, l record.Letter) map[string]string {
	f := map[string]string{}
	if c, ok := aboutOf(l.ID, l.Name, a.Corrections); ok && l.Name == application.LetterCorrectedToApplicant {
		f["correction.what"], f["correction.reason"] = a.Where(c.Section, c.Row, c.Question), c.Reason
	}
	if w, ok := aboutOf(l.ID, l.Name, a.Wishes); ok && l.Name != application.LetterCorrectedToApplicant {
		f["correction.what"], f["correction.reason"] = a.Where(w.Section, w.Row, w.Question), w.Reason
	}
	return f
}

// noteSingles tells the other applications with a number that was corrected that they are no longer
// doubles of it.
func (d *Desk) noteSingles(ctx context.Context, a *application.Application) error {
	for _, e := range a.Events {
		if e.What != application.EventSingle {
			continue
		}
		_, err := d.Amend(ctx, e.Note, func(other *application.Application) error {
			if !slices.Contains(other.Doubles(), a.Reference) {
				return record.ErrUnchanged
			}
			other.Events.Add(d.Now(), application.EventSingle, "hub", a.Reference)
			return nil
		})
		if err != nil && !errors.Is(err, record.ErrNotFound) && !errors.Is(err, record.ErrBroken) {
			return err
		}
	}
	return nil
}
