package mentoring

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/intake"
	"traininghub/internal/record"
	"traininghub/internal/service"
	"traininghub/internal/table"
)

// Few is the smallest number of people that a figure can show.
const Few = 5

// A Figure is a count of people. It is hidden if it is below [Few], or if hidden figures could be
// worked out from it.
type Figure struct {
	About string // "role", "heard of it by"
	What  string // "GP"
	N     int    // 0 if there are none, or if it is hidden
	Value string // a median instead of a count: "3 working days"; otherwise ""
}

// Said is the figure as people read it.
func (f Figure) Said() string {
	switch {
	case f.Value != "":
		return f.Value
	case f.N == 0:
		return fmt.Sprintf("fewer than %d, or not said", Few)
	}
	return strconv.Itoa(f.N)
}

// AreaFigures are the figures of one area, in order.
type AreaFigures struct {
	Area    string // its name
	Figures []Figure
}

// A Quarter is three months, from January, April, July or October.
type Quarter struct {
	Year  int
	First time.Month
}

// QuarterOf is the quarter of an instant.
func QuarterOf(at time.Time) Quarter {
	at = at.In(course.London)
	return Quarter{at.Year(), (at.Month()-1)/3*3 + 1}
}

// Begins is the quarter's first instant in London.
func (q Quarter) Begins() time.Time { return time.Date(q.Year, q.First, 1, 0, 0, 0, 0, course.London) }

// Ends is the first instant of the next quarter.
func (q Quarter) Ends() time.Time { return q.Begins().AddDate(0, 3, 0) }

// String is the quarter in words: "July to September 2021".
func (q Quarter) String() string {
	return fmt.Sprintf("%s to %s %d", q.First, q.First+2, q.Year)
}

// ErrQuarter: the quarter is not over. Figures that change from day to day would show who has
// asked.
var ErrQuarter = fmt.Errorf("mentoring: the quarter is not over yet")

// Figures are what the office and the national return may know of a service in a past quarter: the
// requests received in it, by area. No figure stands for fewer than [Few] people, and none can be
// worked out from the others. The sensitive answers of a pro-forma are left out.
func (d *Desk) Figures(ctx context.Context, s *service.Service, q Quarter) ([]AreaFigures, error) {
	if d.Now().Before(q.Ends()) {
		return nil, ErrQuarter
	}
	all := map[string]*counts{}
	for _, a := range s.Areas {
		all[a.ID] = &counts{}
	}
	in := func(at time.Time) bool { return !at.Before(q.Begins()) && at.Before(q.Ends()) }
	for rec, err := range record.Merge(ctx, d.Store, []string{tallyShelf(s.ID)}, record.Range{Kind: KindTally}) {
		if err != nil {
			return nil, err
		}
		t, err := d.tallies().Get(ctx, rec.ID)
		if err != nil {
			return nil, err
		}
		if began, err := time.ParseInLocation("2006-01", t.Month, course.London); err == nil && in(began) &&
			all[t.Area] != nil {
			all[t.Area].merge(t.counts)
		}
	}
	shelves := []string{shelf(s.ID, true), shelf(s.ID, false)}
	for rec, err := range record.Merge(ctx, d.Store, shelves, record.Range{Kind: KindRequest}) {
		if err != nil {
			return nil, err
		}
		var b Brief
		if err := json.Unmarshal(rec.Brief, &b); err != nil {
			return nil, fmt.Errorf("listing: the brief of %s is broken", rec.ID)
		}
		if !in(b.Received) {
			continue
		}
		r, err := d.Requests().Get(ctx, rec.ID)
		if err != nil {
			return nil, err
		}
		if !r.Counted && all[r.Area] != nil {
			all[r.Area].add(r)
		}
	}
	return d.said(s, all), nil
}

// said makes figures from counts, without those that reveal too much.
func (d *Desk) said(s *service.Service, all map[string]*counts) (areas []AreaFigures) {
	var asked []int
	for _, a := range s.Areas {
		asked = append(asked, all[a.ID].Asked)
	}
	hide(asked)
	m := s.Mentoring
	for i, a := range s.Areas {
		c, f := all[a.ID], AreaFigures{Area: a.Name}
		if asked[i] == 0 { // show nothing of this area: its parts would show how many there were
			c = &counts{}
		}
		add := func(about, what string, n int) { f.Figures = append(f.Figures, Figure{About: about, What: what, N: n}) }
		add("requests", "all", asked[i])
		parts := func(about string, ids, labels []string, n map[string]int) {
			shown := make([]int, len(ids))
			for k, id := range ids {
				shown[k] = n[id]
			}
			if rest := c.Asked - total(shown); rest > 0 { // answers that the service no longer offers
				shown = append(shown, rest)
			}
			hide(shown)
			for k, label := range labels {
				add(about, label, shown[k])
			}
		}
		var ids, labels []string
		for _, r := range m.Roles {
			ids, labels = append(ids, r.ID), append(labels, r.Label)
		}
		parts("role", ids, labels, c.Roles)
		ids, labels = nil, nil
		for _, h := range m.Heard {
			ids, labels = append(ids, h.ID), append(labels, h.Label)
		}
		parts("heard of it by", ids, labels, c.Heard)
		for _, p := range m.Signposts { // a person can have several, so the others do not give a hidden one away
			n := c.Signposts[p.ID]
			if n < Few || c.Asked-n > 0 && c.Asked-n < Few {
				n = 0
			}
			add("told of other help", p.Name, n)
		}
		for _, w := range []struct {
			what string
			days map[int]int
		}{{"until the first call", c.Calls}, {"until a pair was registered", c.Pairs}} {
			f.Figures = append(f.Figures, Figure{About: "waiting time", What: w.what, Value: median(w.days)})
		}
		areas = append(areas, f)
	}
	return areas
}

func total(all []int) (n int) {
	for _, x := range all {
		n += x
	}
	return n
}

// hide sets to 0 the parts of a whole that reveal too much: each part below [Few], and then the
// smallest others until the hidden parts add up to at least Few.
func hide(all []int) {
	hidden := 0
	for i, n := range all {
		if n < Few {
			hidden += n
			all[i] = 0
		}
	}
	for hidden > 0 && hidden < Few {
		at := -1
		for i, n := range all {
			if n > 0 && (at < 0 || n < all[at]) {
				at = i
			}
		}
		if at < 0 {
			return
		}
		hidden += all[at]
		all[at] = 0
	}
}

// median is the median waiting time in words; "not said" for fewer than [Few] people.
func median(days map[int]int) string {
	n := 0
	for _, k := range days {
		n += k
	}
	if n < Few {
		return "not said"
	}
	left := (n + 1) / 2
	for _, day := range slices.Sorted(maps.Keys(days)) {
		if left -= days[day]; left <= 0 {
			return intake.WorkingDays(day)
		}
	}
	return "not said"
}

// WriteFigures writes figures as a table, one line each.
func WriteFigures(w io.Writer, q Quarter, areas []AreaFigures) error {
	t, err := table.New(w)
	row := func(cells ...string) {
		if err == nil {
			err = t.Row(cells...)
		}
	}
	row("quarter", "area", "about", "what", "people")
	for _, a := range areas {
		for _, f := range a.Figures {
			row(q.String(), table.Text(a.Area), f.About, table.Text(f.What), f.Said())
		}
	}
	return cmp.Or(err, t.Flush())
}
