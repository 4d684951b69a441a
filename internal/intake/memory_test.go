package intake_test

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"traininghub/internal/decide"
	reading "traininghub/internal/office"
	"traininghub/internal/record"
)

// stock puts n copies of a sent application into the store, each with its own reference and time.
func (o *office) stock(n int) {
	o.t.Helper()
	a := o.received()
	r, err := o.Store.Get(context.Background(), a.Reference)
	if err != nil {
		o.t.Fatal(err)
	}
	const figures, letters = "23456789", "CDFHJKMPRTWXY"
	var all sync.WaitGroup
	for worker := range 32 {
		all.Go(func() {
			for i := worker; i < n-1; i += 32 {
				left, ref := i, []byte("SM-2C2C-2C2C")
				for _, at := range []int{10, 8, 5, 3} {
					ref[at], left = figures[left%8], left/8
					ref[at+1], left = letters[left%13], left/13
				}
				c := r
				c.ID, c.Since = string(ref), r.Since.Add(time.Duration(i)*time.Millisecond)
				c.Data = bytes.ReplaceAll(r.Data, []byte(a.Reference), ref)
				c.Brief = bytes.ReplaceAll(r.Brief, []byte(a.Reference), ref)
				if err := o.store.Create(context.Background(), c); err != nil {
					o.t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

// A gauge is a writer that notes the highest memory in use while it is written to.
type gauge struct{ rows, most int }

func (g *gauge) Write(p []byte) (int, error) {
	before := g.rows / 250
	g.rows += bytes.Count(p, []byte("\r\n"))
	if g.rows/250 > before || before == 0 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		g.most = max(g.most, int(m.HeapAlloc))
	}
	return len(p), nil
}

// TestExportMemory: an export of eight times as many applications takes no more memory, except for
// the references that it remembers.
func TestExportMemory(t *testing.T) {
	most := map[int]int{}
	for _, n := range []int{500, 4000} {
		o := newOfficeOn(t, newDatabase(t), "supporting-mentors")
		o.stock(n)
		var g gauge
		rows, err := o.Export(context.Background(), &g, o.lead(), o.def.Course, ever, "Test")
		if err != nil || rows != n {
			t.Fatalf("%d rows of %d, %v", rows, n, err)
		}
		most[n] = g.most
	}
	t.Logf("heap at most %d KB for 500 applications, %d KB for 4000", most[500]>>10, most[4000]>>10)
	if grown := most[4000] - most[500]; grown > 2<<20 {
		t.Errorf("3500 applications more take %d KB more, of which their documents alone have %d KB", grown>>10,
			3500*10)
	}
}

func BenchmarkExport(b *testing.B) {
	for _, n := range []int{2000, 20000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			o := newOfficeOn(b, newDatabase(b), "supporting-mentors")
			o.stock(n)
			for b.Loop() {
				g := gauge{}
				rows, err := o.Export(context.Background(), &g, o.lead(), o.def.Course, ever, "Benchmark")
				if err != nil || rows != n {
					b.Fatal(rows, err)
				}
				b.ReportMetric(float64(g.most)/(1<<20), "MB-heap")
			}
		})
	}
}

func BenchmarkFigures(b *testing.B) {
	o := newOfficeOn(b, newDatabase(b), "supporting-mentors")
	o.stock(20000)
	for b.Loop() {
		if _, err := o.Figures(context.Background(), o.lead(), true); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAudit(b *testing.B) {
	o := newOfficeOn(b, newDatabase(b), "supporting-mentors")
	o.stock(20000)
	for b.Loop() {
		found, err := o.Audit(context.Background(), nil)
		if err != nil || found.Applications != 20000 || !strings.Contains(found.Wrong[0].What, "event 1") {
			b.Fatal(err)
		}
	}
}

// BenchmarkDoubles sends all letters about one application when others have the same number as its
// applicant. Numbers are public, so anybody can send hundreds of those. Run it with -benchtime 20x,
// since each run adds another application.
func BenchmarkDoubles(b *testing.B) {
	for _, n := range []int{1, 505} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			o := newOfficeOn(b, newDatabase(b), "supporting-mentors")
			o.stock(n)
			o.Desk.Store = o.store // copies have no valid chain of their own
			for b.Loop() {
				b.StopTimer()
				key := o.begin()
				o.fill(key)
				ref := o.send(key).Reference
				b.StartTimer()
				if _, err := o.Post().DeliverTo(context.Background(), ref); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// A lister is a store that cannot read single records.
type lister struct{ record.Store }

func (lister) Get(_ context.Context, id string) (record.Record, error) {
	return record.Record{}, fmt.Errorf("%s is read", id)
}

// TestListsOpenNothing: lists, figures and counts of places use only what the store has on its
// lists, and read no application. A search reads only those that it shows.
func TestListsOpenNothing(t *testing.T) {
	o, ctx := newOffice(t, "career-conversations"), context.Background()
	a := o.received()
	o.accept(o.received().Reference)
	o.Store = lister{o.Store}
	listing, err := o.List(ctx, o.lead(), reading.Filter{})
	if err != nil || len(listing.Lines) != 2 {
		t.Errorf("List: %d lines, %v", len(listing.Lines), err)
	}
	listing, err = o.List(ctx, o.lead(), reading.Filter{Cohort: a.CohortID()})
	if err != nil || len(listing.Lines) != 2 {
		t.Errorf("List of a cohort: %d lines, %v", len(listing.Lines), err)
	}
	if lines, total, err := o.Search(ctx, o.lead(), "NOBODY wyn"); err != nil || len(lines) != 0 || total != 0 {
		t.Errorf("Search: %d lines of %d, %v", len(lines), total, err)
	}
	if _, err := o.Figures(ctx, o.lead(), false); err != nil {
		t.Errorf("Figures: %v", err)
	}
	if p, err := decide.Of(o.Desk).PlacesIn(ctx, a.Course, a.CohortID()); err != nil || p == nil || p.Taken != 1 {
		t.Errorf("PlacesIn: %+v, %v", p, err)
	}
}
