package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"traininghub/internal/course"
	"traininghub/internal/programme"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// PerPage is how many lines a page of a list has: as many as keep it below 40 KB, since such pages are sent uncompressed.
const PerPage = 20

// Anyone, in a [Filter], is whoever an application can wait for.
const Anyone Party = "anyone"

// A Filter says which applications a list shows. Its zero value is all of them, those that have waited longest first.
type Filter struct {
	Course  string // id; "" for all
	Cohort  string // id; "" for all
	Status  Status // "" for all
	Waiting Party  // also Anyone; "" for those that wait for nobody, too
	Days    int    // that it has waited, or had its status: so many working days at least
	Newest  bool   // the newest first

	At   record.Cursor // the page begins behind this place; with the first if it is zero
	Back bool          // the page ends before At instead
}

// A Listing is a page of a list.
type Listing struct {
	Lines    []Brief        // Since is that of their place
	Previous *record.Cursor // the page before ends before it; nil if there is none
	Next     *record.Cursor // the next page begins behind it; nil if there is none
}

// List is a page of the applications that they may see and that pass the filter.
func (d *Desk) List(ctx context.Context, s *staff.Person, f Filter) (Listing, error) {
	r := record.Range{Newest: f.Newest != f.Back, After: f.At}
	if f.Days > 0 {
		r.Until = course.WorkingDaysAgo(d.Now(), f.Days)
	}
	if f.Cohort != "" {
		r.Has = ofCohort(f.Cohort)
	}
	var lines []Brief
	for rec, err := range d.merged(ctx, shelves(s, f), r) {
		if err != nil {
			return Listing{}, fmt.Errorf("listing: %w", err)
		}
		b, err := d.briefOf(rec)
		if err != nil {
			return Listing{}, err
		}
		if lines = append(lines, b); len(lines) > PerPage {
			break
		}
	}
	more := len(lines) > PerPage
	lines = lines[:min(len(lines), PerPage)]
	if f.Back {
		if !more { // the first page, whole
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

// ofCohort is what the brief of each application of a cohort has. Within JSON these bytes can only be the field itself.
func ofCohort(id string) []byte { return fmt.Appendf(nil, `"cohort":%q`, id) }

// shelves are those that they may see and on which the filter's applications stand.
func shelves(s *staff.Person, f Filter) []string {
	var all []string
	for _, c := range s.Where(staff.Read, staff.Courses) {
		if f.Course != "" && f.Course != c {
			continue
		}
		for _, is := range States {
			switch {
			case f.Status != "" && f.Status != is.Status:
			case f.Waiting != "" && f.Waiting != is.Waiting && (f.Waiting != Anyone || is.Waiting == Nobody):
			default:
				all = append(all, ShelfOf(c, is.Name))
			}
		}
	}
	return all
}

// merged are the records of several shelves in one order, read as far as they are asked for, with those of the ids that courses had before.
// r.Shelf and r.Max do not matter.
func (d *Desk) merged(ctx context.Context, shelves []string, r record.Range) iter.Seq2[record.Record, error] {
	type reader struct {
		record.Range
		next []record.Record
		last bool // nothing behind next
	}
	fill := func(s *reader) (err error) {
		if len(s.next) > 0 || s.last {
			return nil
		}
		if s.next, err = d.Store.List(ctx, s.Range); err != nil {
			return err
		}
		s.last = len(s.next) < s.Max
		if n := len(s.next); n > 0 {
			s.After = record.Cursor{Since: s.next[n-1].Since, ID: s.next[n-1].ID}
		}
		s.Max = 500 // whoever wants more than a page wants many
		return nil
	}
	before := func(a, b record.Record) bool {
		n := a.Since.Compare(b.Since)
		if n == 0 {
			n = bytes.Compare([]byte(a.ID), []byte(b.ID))
		}
		return n < 0 != r.Newest
	}
	shelves = withFormer(d.Programme, shelves)
	return func(yield func(record.Record, error) bool) {
		readers := make([]reader, len(shelves))
		var first errgroup.Group // the stores may be far away
		for i, shelf := range shelves {
			readers[i].Range = r
			readers[i].Shelf, readers[i].Max = shelf, PerPage+1
			first.Go(func() error { return fill(&readers[i]) })
		}
		if err := first.Wait(); err != nil {
			yield(record.Record{}, err)
			return
		}
		for {
			var first *reader
			for i := range readers {
				s := &readers[i]
				if err := fill(s); err != nil {
					yield(record.Record{}, err)
					return
				}
				if len(s.next) > 0 && (first == nil || before(s.next[0], first.next[0])) {
					first = s
				}
			}
			if first == nil || !yield(first.next[0], nil) {
				return
			}
			first.next = first.next[1:]
		}
	}
}

func (d *Desk) briefOf(r record.Record) (Brief, error) {
	var b Brief
	if err := json.Unmarshal(r.Brief, &b); err != nil {
		return b, fmt.Errorf("listing: the brief of %s is broken", r.ID)
	}
	b.Course = d.Programme.Current(b.Course)
	b.Since = r.Since // to the millisecond, as stores order them
	return b, nil
}

// Waited is for how many working days the application has waited, or had its status.
func (b Brief) Waited(now time.Time) int { return course.WorkingDays(b.Since, now) }

// withFormer adds to shelves those of the ids that their courses had before: what stands there moves with its next change.
func withFormer(p *programme.Programme, shelves []string) []string {
	all := slices.Clone(shelves)
	for _, shelf := range shelves {
		id, state, _ := strings.Cut(shelf, "/")
		c := p.Course(id)
		if c == nil {
			continue
		}
		for _, was := range c.Former() {
			if p.Current(was) == id {
				all = append(all, ShelfOf(was, state))
			}
		}
	}
	return all
}
