package office

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// PerPage is how many lines a page of a list has. It keeps pages below 40 KB, since such pages are
// sent uncompressed.
const PerPage = 10

// Anyone, in a [Filter], means applications that wait for somebody, whoever it is.
const Anyone application.Party = "anyone"

// Decided, in a [Filter], means those that wait for nobody: they are decided or withdrawn.
const Decided application.Party = "decided"

// MostCounted is how far [Desk.Counts] counts; one more means that there are more.
const MostCounted = 999

// A Filter says which applications a list shows. Its zero value means all of them, those that have
// waited longest first.
type Filter struct {
	Course  string             // id; "" for all
	Cohort  string             // id; "" for all
	Status  application.Status // "" for all
	Waiting application.Party  // also Anyone; "" includes those that wait for nobody
	Days    int                // working days, at least, since it began to wait or got its status
	Newest  bool               // newest first

	At   record.Cursor // the page begins behind this position; at the beginning if zero
	Back bool          // the page ends before At instead
}

// A Listing is a page of a list.
type Listing struct {
	Lines    []application.Brief // Since is their position in the list
	Previous *record.Cursor      // where the page before ends; nil if there is none
	Next     *record.Cursor      // where the next page begins; nil if there is none
}

// List returns a page of the applications that pass the filter and that the person may see.
func (d *Desk) List(ctx context.Context, s *staff.Person, f Filter) (Listing, error) {
	r := record.Range{Kind: record.Application, Newest: f.Newest != f.Back, After: f.At, Max: PerPage + 1}
	if f.Days > 0 {
		r.Until = course.WorkingDaysAgo(d.Applications.Now(), f.Days)
	}
	all := d.Applications.Shelved(ctx, shelves(s, f), r)
	if f.Cohort != "" {
		all = d.Applications.InCohort(ctx, shelves(s, f), f.Cohort, r)
	}
	var lines []application.Brief
	for rec, err := range all {
		if err != nil {
			return Listing{}, fmt.Errorf("listing: %w", err)
		}
		if lines = append(lines, d.Applications.LineOf(rec)); len(lines) > PerPage {
			break
		}
	}
	more := len(lines) > PerPage
	lines = lines[:min(len(lines), PerPage)]
	if f.Back {
		if !more { // the whole first page
			f.At, f.Back = record.Cursor{}, false
			return d.List(ctx, s, f)
		}
		slices.Reverse(lines)
	}
	l := Listing{Lines: lines}
	if n := len(lines); n > 0 {
		if f.At != (record.Cursor{}) {
			l.Previous = &record.Cursor{Since: lines[0].Since, ID: lines[0].Reference}
		}
		if more || f.Back {
			l.Next = &record.Cursor{Since: lines[n-1].Since, ID: lines[n-1].Reference}
		}
	}
	return l, nil
}

// Counts returns how many of the applications that the person may see wait for whom, or are
// [Decided]; each is at most MostCounted+1.
func (d *Desk) Counts(ctx context.Context, s *staff.Person) (map[application.Party]int, error) {
	counts := map[application.Party]int{application.Lead: 0, application.Practice: 0,
		application.Applying: 0, Decided: 0}
	var mu sync.Mutex
	var all errgroup.Group // the stores may be far away
	for _, party := range []application.Party{application.Lead, application.Practice, application.Applying, Decided} {
		for _, shelf := range d.Applications.Shelves(shelves(s, Filter{Waiting: party})) {
			all.Go(func() error {
				n, err := d.Applications.Store.Count(ctx, record.Range{Kind: record.Application, Shelf: shelf, Max: MostCounted + 1})
				mu.Lock()
				defer mu.Unlock()
				counts[party] = min(counts[party]+n, MostCounted+1)
				return err
			})
		}
	}
	if err := all.Wait(); err != nil {
		return nil, fmt.Errorf("counting: %w", err)
	}
	return counts, nil
}

// shelves returns those with applications that pass the filter, of the courses that the person may
// see.
func shelves(s *staff.Person, f Filter) []string {
	var all []string
	for _, c := range s.Where(staff.Read, staff.Courses) {
		if f.Course != "" && f.Course != c {
			continue
		}
		for _, is := range application.States {
			switch {
			case f.Status != "" && f.Status != is.Status:
			case f.Waiting != "" && f.Waiting != is.Waiting &&
				(f.Waiting != Anyone || is.Waiting == application.Nobody) &&
				(f.Waiting != Decided || is.Waiting != application.Nobody):
			default:
				all = append(all, application.ShelfOf(c, is.Name))
			}
		}
	}
	return all
}
