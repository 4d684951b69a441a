package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"traininghub/internal/application"
	"traininghub/internal/record"
	"traininghub/internal/search"
)

// Sort rewrites the records on the shelf [record.Unsorted], so that they move to their proper
// shelves and their events form a chain, and returns how many there were. A record that cannot be
// read stays there and is logged.
func (d *Desk) Sort(ctx context.Context) (int, error) {
	total := 0
	for next := (record.Range{Kind: record.Application, Shelf: record.Unsorted, Max: 100}); ; {
		page, err := d.Store.List(ctx, next)
		if err != nil {
			return total, fmt.Errorf("looking for records of an older hub: %w", err)
		}
		for _, r := range page {
			switch _, err := d.Amend(ctx, r.ID, func(*application.Application) error { return nil }); {
			case err == nil:
				total++
			case ctx.Err() != nil:
				return total, ctx.Err()
			case !errors.Is(err, record.ErrNotFound): // removed meanwhile
				d.Log.Error("a record of an older hub stays on no list", "reference", r.ID, "error", err)
			}
			next.After = record.Cursor{Since: r.Since, ID: r.ID}
		}
		if len(page) == 0 {
			return total, nil
		}
	}
}

// index puts what lists need into the record.
func (d *Desk) index(r *record.Record, a *application.Application) {
	if a.Removal() != nil { // on no list, and not in the figures, which count the row that is left of it
		return
	}
	r.Email = strings.ToLower(d.email(a))
	if a.Document == nil {
		return
	}
	b := a.Brief()
	b.Counts = d.counts(a)
	r.Shelf, r.Since, r.Number = a.Shelf(), b.Since, b.Number
	if a.IsMarked() {
		r.Shelf, r.Since = application.ShelfOf(a.Course, Removing), a.Ends()
	} else {
		r.Part, r.Words, r.Came = b.Cohort, d.words(a), b.Received
		if b.Status == application.Accepted {
			r.Part = b.Counts.Part()
		}
	}
	r.Brief, _ = json.Marshal(b)        // strings and times only: cannot fail
	if len(r.Brief) > record.MaxBrief { // a name of hundreds of letters
		b.Name = ""
		r.Brief, _ = json.Marshal(b)
	}
}

// email returns the applicant's address; "" if it is not known.
func (d *Desk) email(a *application.Application) string {
	if a.Document != nil {
		return a.Document.Applicant.Email
	}
	if def := d.Programme.Forms[a.Form]; def != nil && d.reachable(def, a) {
		return application.ApplicantOf(def, &a.Answers).Email
	}
	return ""
}

// BriefOf returns the line of a record on a shelf of [application.States].
func (d *Desk) BriefOf(r record.Record) (application.Brief, error) {
	var b application.Brief
	if err := json.Unmarshal(r.Brief, &b); err != nil || b.Reference != r.ID || b.Status == "" {
		return application.Brief{}, fmt.Errorf("listing: the brief of %s is broken", r.ID)
	}
	b.Course = d.Programme.Current(b.Course)
	b.Since = r.Since // to the millisecond, as stores order them
	return b, nil
}

// LineOf is [Desk.BriefOf] for people who look for an application. For a line that is broken it
// returns the reference and the shelf's state, and logs it, so that one record does not hide
// others.
func (d *Desk) LineOf(r record.Record) application.Brief {
	b, err := d.BriefOf(r)
	if err == nil {
		return b
	}
	d.Log.Error("a line of a list cannot be read", "reference", r.ID)
	course, state, _ := strings.Cut(r.Shelf, "/")
	b = application.Brief{Reference: r.ID, Course: d.Programme.Current(course), Since: r.Since,
		Status: application.Received, Flagged: true}
	for _, is := range application.States {
		if is.Name == state {
			b.Status, b.Waiting = is.Status, is.Waiting
		}
	}
	return b
}

// Shelved returns the records of several shelves in one order, including those on shelves of former
// ids of their courses: see [record.Merge].
func (d *Desk) Shelved(ctx context.Context, shelves []string, r record.Range) iter.Seq2[record.Record, error] {
	return record.Merge(ctx, d.Store, d.Shelves(shelves), r)
}

// InCohort returns those of them that are for a cohort of their course, as it is at present.
// Accepted ones are matched by the cohort's year and name, others by its id.
func (d *Desk) InCohort(ctx context.Context, shelves []string, cohort string, r record.Range) iter.Seq2[record.Record, error] {
	var all []record.Range
	for _, shelf := range d.Shelves(shelves) {
		id, state, _ := strings.Cut(shelf, "/")
		r.Shelf, r.Part = shelf, cohort
		if slices.ContainsFunc(application.States,
			func(is application.State) bool { return is.Name == state && is.Status == application.Accepted }) {
			c, k := d.Cohort(d.Programme.Current(id), cohort)
			if k == nil {
				continue
			}
			r.Part = application.Joined{Year: c.Year, Named: k.Name}.Part()
		}
		if r.Part != "" {
			all = append(all, r)
		}
	}
	return record.MergeAll(ctx, d.Store, all)
}

// WithFormer adds the former ids of courses to their present ones.
func (d *Desk) WithFormer(courses []string) []string {
	all := slices.Clone(courses)
	for _, id := range courses {
		if c := d.Programme.Course(id); c != nil {
			for _, was := range c.Former() {
				if d.Programme.Current(was) == id {
					all = append(all, was)
				}
			}
		}
	}
	return all
}

// Shelves adds the shelves of the courses' former ids. Records on those move with their next
// change.
func (d *Desk) Shelves(shelves []string) []string {
	all := slices.Clone(shelves)
	for _, shelf := range shelves {
		id, state, _ := strings.Cut(shelf, "/")
		for _, was := range d.WithFormer([]string{id})[1:] {
			all = append(all, application.ShelfOf(was, state))
		}
	}
	return all
}

// WorkingDays returns a number of working days in words: "1 working day".
func WorkingDays(n int) string {
	switch n {
	case 0:
		return "less than 1 working day"
	case 1:
		return "1 working day"
	}
	return strconv.Itoa(n) + " working days"
}

// words returns what an application can be found by: who applies, how to reach them, and the
// answers that its form names.
func (d *Desk) words(a *application.Application) []string {
	who := a.Document.Applicant
	all := search.Words(who.Name)
	for _, text := range []string{who.Email, who.Telephone} {
		all = append(all, search.Words(text)...)
	}
	if def := d.Programme.Forms[a.Form]; def != nil {
		for _, s := range a.Document.Sections {
			for _, i := range s.Items {
				if slices.Contains(def.FoundBy, i.ID) {
					all = append(all, search.Telling(search.Words(i.Value()))...)
				}
			}
		}
	}
	kept := all[:0]
	for _, word := range all {
		if !slices.Contains(kept, word) && len(kept) < record.MaxWords {
			kept = append(kept, word)
		}
	}
	return kept
}
