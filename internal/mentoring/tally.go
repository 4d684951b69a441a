package mentoring

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/office"
	"traininghub/internal/record"
)

// KindTally is the kind of counts of requests, by area and month. They name nobody, and stay when
// requests are removed or erased.
const KindTally record.Kind = "mentoring tally"

// A Tally counts the requests of an area that were received in a month and are over.
type Tally struct {
	record.Kept

	ID      string `json:"id"`
	Service string `json:"service"`
	Area    string `json:"area"`
	Month   string `json:"month"` // 2006-01
	counts
}

// counts are the number of requests, and how many of them have each answer. Sensitive answers of a
// pro-forma are not counted.
type counts struct {
	Asked     int            `json:"asked"`
	Roles     map[string]int `json:"roles,omitempty"`
	Heard     map[string]int `json:"heard,omitempty"`
	Signposts map[string]int `json:"signposts,omitempty"`
	Ends      map[State]int  `json:"ends,omitempty"`  // how they ended
	Calls     map[int]int    `json:"calls,omitempty"` // working days until the first call
	Pairs     map[int]int    `json:"pairs,omitempty"` // working days until a pair was registered
}

// AnsweredHeard is the form's question how somebody heard of the service.
const AnsweredHeard = "heard"

// add counts a request.
func (c *counts) add(r *Request) {
	one := func(m *map[string]int, key string) {
		if key == "" {
			return
		}
		if *m == nil {
			*m = map[string]int{}
		}
		(*m)[key]++
	}
	c.Asked++
	one(&c.Roles, r.Role)
	if r.Document != nil {
		one(&c.Heard, r.Answer(AnsweredHeard))
	}
	for _, s := range r.Signposted {
		one(&c.Signposts, s.To)
	}
	if state, _ := r.State(); !state.Open() {
		if c.Ends == nil {
			c.Ends = map[State]int{}
		}
		c.Ends[state]++
	}
	after := func(m *map[int]int, whats ...string) {
		for _, e := range r.Events {
			for _, what := range whats {
				if e.What == what {
					if *m == nil {
						*m = map[int]int{}
					}
					(*m)[course.WorkingDays(r.received(), e.At)]++
					return
				}
			}
		}
	}
	after(&c.Calls, EventCall, EventTried, EventTalked)
	after(&c.Pairs, EventPaired)
}

// merge adds other counts.
func (c *counts) merge(o counts) {
	c.Asked += o.Asked
	sum(&c.Roles, o.Roles)
	sum(&c.Heard, o.Heard)
	sum(&c.Signposts, o.Signposts)
	sum(&c.Ends, o.Ends)
	sum(&c.Calls, o.Calls)
	sum(&c.Pairs, o.Pairs)
}

func sum[K comparable](to *map[K]int, from map[K]int) {
	if *to == nil && len(from) > 0 {
		*to = map[K]int{}
	}
	for key, n := range from {
		(*to)[key] += n
	}
}

func (c counts) clone() counts {
	c.Roles, c.Heard, c.Signposts = maps.Clone(c.Roles), maps.Clone(c.Heard), maps.Clone(c.Signposts)
	c.Ends, c.Calls, c.Pairs = maps.Clone(c.Ends), maps.Clone(c.Calls), maps.Clone(c.Pairs)
	return c
}

func month(at time.Time) string { return at.In(course.London).Format("2006-01") }

func tallyOf(service, area, month string) string {
	sum := sha256.Sum256([]byte(service + "/" + area + "/" + month))
	return "tally-" + hex.EncodeToString(sum[:16])
}

func tallyShelf(service string) string { return service + "/tallies" }

func (d *Desk) tallies() *record.Keeper[*Tally] {
	return &record.Keeper[*Tally]{
		Store: d.Store, Kind: KindTally, New: func(id string) *Tally { return &Tally{ID: id} }, Anew: true,
		Entry: func(t *Tally) (record.Record, error) {
			began, err := time.ParseInLocation("2006-01", t.Month, course.London)
			return record.Record{ID: t.ID, Status: "tally", Shelf: tallyShelf(t.Service), Since: began}, err
		},
	}
}

// count puts a finished request into the tally of its month, once: both records are one write.
func (d *Desk) count(ctx context.Context, id string) error {
	return record.Together(ctx, d.Store, func(set *record.Set) error {
		r, err := d.Requests().In(ctx, set, id)
		if err != nil {
			return err
		}
		if state, _ := r.State(); state.Open() || r.Counted {
			return record.ErrUnchanged
		}
		return d.countIn(ctx, set, r)
	})
}

// countIn adds a request's tally to the set that has the request.
func (d *Desk) countIn(ctx context.Context, set *record.Set, r *Request) error {
	m := month(r.received())
	t, err := d.tallies().In(ctx, set, tallyOf(r.Service, r.Area, m))
	if err != nil {
		return err
	}
	t.Service, t.Area, t.Month = r.Service, r.Area, m
	t.counts = t.clone()
	t.add(r)
	r.Counted = true
	return nil
}

// passTime makes the changes that are due by time alone, and counts the requests that are over.
func (d *Desk) passTime(ctx context.Context) error {
	var errs []error
	for _, s := range d.Services() {
		for _, open := range []bool{true, false} {
			for rec, err := range record.Merge(ctx, d.Store, []string{shelf(s.ID, open)},
				record.Range{Kind: KindRequest}) {
				if err != nil {
					return err
				}
				if open {
					_, err = d.Requests().Amend(ctx, rec.ID, func(r *Request) error {
						if d.onTime(r) {
							return nil
						}
						return record.ErrUnchanged
					})
				} else {
					err = d.count(ctx, rec.ID)
				}
				if !errors.Is(err, record.ErrNotFound) {
					errs = append(errs, err)
				}
			}
		}
	}
	return errors.Join(errs...)
}

// Tallies is the story of the kind. Tallies belong to nobody and are never removed.
func (d *Desk) Tallies() office.Story { return tallies{office.Kept(KindTally), d} }

type tallies struct {
	office.Story
	desk *Desk
}

func (t tallies) Check(r record.Record, _ *record.Head) (*record.Head, string) {
	if t.desk.tallies().Decode(r, &Tally{}) != nil {
		return nil, "it cannot be read"
	}
	return nil, ""
}
