package pair

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/match"
	"traininghub/internal/mentoring"
	"traininghub/internal/record"
	"traininghub/internal/register"
	"traininghub/internal/staff"
)

// A Run is what matching suggested to a lead at one moment: a draft until it is sent. Matching
// looks at all requests and mentors of the service at once; the run has a line for each request
// that the lead sees to.
type Run struct {
	record.Kept
	ID       string        `json:"id"`
	Service  string        `json:"service"`
	By       string        `json:"by"` // the lead's address
	Made     time.Time     `json:"made"`
	Settings string        `json:"settings"` // the version of the costs
	Input    string        `json:"input"`    // SHA-256 of all that was matched
	Lines    []Line        `json:"lines"`
	Sent     time.Time     `json:"sent,omitzero"`
	Past     record.Events `json:"past"`
}

// A Line is one request of a run.
type Line struct {
	Request string   `json:"request"`
	Area    string   `json:"area"`
	Mentor  string   `json:"mentor,omitempty"` // "" if nobody is suggested
	Cost    int64    `json:"cost,omitempty"`   // the sum of the reasons
	Reasons []Reason `json:"reasons,omitempty"`
	Next    []Reason `json:"next,omitempty"`    // the two next best mentors, by their ids
	Without []Reason `json:"without,omitempty"` // why there is nobody, with numbers of mentors
	Few     bool     `json:"few,omitempty"`     // so few mentors are possible that the lead should offer another area
	Changed *Changed `json:"changed,omitempty"`
	Pair    string   `json:"pair,omitempty"`   // the proposal made from it
	Failed  string   `json:"failed,omitempty"` // why no proposal could be made
}

// A Reason explains a suggestion, with its cost, or with the number of mentors to whom it applies.
type Reason struct {
	Text string `json:"text"`
	N    int64  `json:"n"`
}

// Changed is a person's change of a suggestion.
type Changed struct {
	From string    `json:"from,omitempty"` // the mentor who was suggested
	Why  string    `json:"why"`
	At   time.Time `json:"at"`
}

// The reasons why a line cannot be changed or sent.
var (
	ErrSent   = errors.New("pair: the run was sent")
	ErrReason = errors.New("pair: a reason is needed")
	// ErrBarred: a rule forbids the pair, whatever anybody wishes.
	ErrBarred = errors.New("pair: a rule keeps the two apart")
	// ErrTaken: the request already has a proposal or a mentor.
	ErrTaken = errors.New("pair: something is proposed already")
)

func (r *Run) says() ([]byte, error) {
	return record.Sum([]any{r.Service, r.By, r.Made, r.Settings, r.Input, r.Lines, r.Sent})
}

// KeepRuns is how long a run is kept.
const KeepRuns = 365 * 24 * time.Hour

func (d *Desk) runs() *record.Keeper[*Run] {
	return &record.Keeper[*Run]{
		Store: d.Store, Kind: KindRun, New: func(id string) *Run { return &Run{ID: id} },
		Entry: func(r *Run) (record.Record, error) {
			status := "draft"
			if !r.Sent.IsZero() {
				status = "sent"
			}
			return record.Record{
				ID: r.ID, Status: status, Course: r.Service, Expires: r.Made.Add(KeepRuns), Shelf: "match runs", Since: r.Made,
				Email: strings.ToLower(r.By), Brief: []byte(`{}`),
			}, r.Past.Seal(r.ID, r.says)
		},
	}
}

// Draft makes a run of a service for a lead. The same requests, mentors and settings on the same
// day give the same run.
func (d *Desk) Draft(ctx context.Context, who *staff.Person, serviceID string) (*Run, error) {
	s := d.Service(serviceID)
	if s == nil {
		return nil, ErrService
	}
	p, err := d.pool(ctx, s, who.Email)
	if err != nil {
		return nil, err
	}
	now := d.Now().UTC()
	asks, mentors, costs := p.asks(p.requests, now), p.offers(now), p.costs()
	run := &Run{Service: s.ID, By: strings.ToLower(who.Email), Made: now}
	if run.Settings, err = sum(costsOf(costs)); err != nil {
		return nil, err
	}
	if run.Input, err = sum([]any{asks, mentors, run.Settings}); err != nil {
		return nil, err
	}
	run.Settings = run.Settings[:12]
	id, err := sum([]any{run.Service, run.By, run.Made, run.Input})
	if err != nil {
		return nil, err
	}
	run.ID = "run-" + id[:20]
	own := map[string]*mentoring.Request{}
	for _, r := range p.requests {
		if d.Sees(who, r) {
			own[r.ID] = r
		}
	}
	result := match.Suggest(asks, mentors, costs)
	few := s.Mentoring.Pairing().Few
	for _, sug := range result.Suggestions {
		if r := own[sug.Ask]; r != nil {
			l := Line{Request: r.ID, Area: r.Area, Mentor: sug.Mentor, Cost: sug.Cost, Reasons: reasonsOf(sug.Reasons)}
			for _, o := range sug.Next {
				l.Next = append(l.Next, Reason{o.Mentor, o.Cost})
			}
			run.Lines = append(run.Lines, l)
		}
	}
	for _, w := range result.Without {
		if r := own[w.Ask]; r != nil {
			l := Line{Request: r.ID, Area: r.Area}
			for _, c := range w.Reasons {
				l.Without = append(l.Without, Reason{c.Text, int64(c.Mentors)})
			}
			run.Lines = append(run.Lines, l)
		}
	}
	for i := range run.Lines {
		at := slices.IndexFunc(asks, func(a match.Ask) bool { return a.ID == run.Lines[i].Request })
		run.Lines[i].Few = possible(asks[at], mentors, costs) < few
	}
	slices.SortFunc(run.Lines, func(a, b Line) int { return strings.Compare(a.Request, b.Request) })
	run.Past.Add(now, "made", string(Lead), "").By = run.By
	err = d.runs().Create(ctx, run)
	if errors.Is(err, record.ErrExists) { // two calls at the same moment
		return d.runs().Get(ctx, run.ID)
	}
	return run, err
}

// possible is how many mentors the asker could have if all had a free place.
func possible(a match.Ask, mentors []match.Mentor, costs match.Costs) (n int) {
	for _, m := range mentors {
		m.Has, m.Most = 0, max(m.Most, 1)
		if len(match.Suggest([]match.Ask{a}, []match.Mentor{m}, costs).Suggestions) > 0 {
			n++
		}
	}
	return n
}

// costsOf is costs in a form that has JSON, for hashing: a map with two areas as its key has none.
func costsOf(c match.Costs) any {
	var travel []string
	for between, minutes := range c.Travel {
		travel = append(travel, fmt.Sprint(between, minutes))
	}
	slices.Sort(travel)
	return []any{c.Focus, travel, c.NoTime, c.Wish, c.Area, c.Places, c.Without, c.Day}
}

func sum(v any) (string, error) {
	s, err := record.Sum(v)
	return hex.EncodeToString(s), err
}

func reasonsOf(all []match.Reason) (out []Reason) {
	for _, r := range all {
		out = append(out, Reason{r.Text, r.Cost})
	}
	return out
}

// Run returns a run that a lead has made; ErrNoPair if it does not exist or is not theirs. Lines of
// requests that they may no longer see are left out.
func (d *Desk) Run(ctx context.Context, who *staff.Person, id string) (*Run, error) {
	r, err := d.runs().Get(ctx, id)
	switch {
	case errors.Is(err, record.ErrNotFound), err == nil && !strings.EqualFold(r.By, who.Email):
		return nil, ErrNoPair
	case err != nil:
		return nil, err
	}
	var kept []Line
	for _, l := range r.Lines {
		request, err := d.Requests().Get(ctx, l.Request)
		if errors.Is(err, record.ErrNotFound) || err == nil && !d.Sees(who, request) {
			continue
		}
		if err != nil {
			return nil, err
		}
		kept = append(kept, l)
	}
	r.Lines = kept
	return r, nil
}

// Runs are somebody's latest runs, the newest first.
func (d *Desk) Runs(ctx context.Context, who *staff.Person) (all []*Run, err error) {
	found, err := d.Store.Find(ctx, KindRun, record.ByEmail, strings.ToLower(who.Email))
	if err != nil {
		return nil, err
	}
	for _, rec := range found {
		r, err := d.runs().Get(ctx, rec.ID)
		if errors.Is(err, record.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b *Run) int { return b.Made.Compare(a.Made) })
	return all, nil
}

// ChangeLine replaces the suggested mentor with another, or with nobody. It returns ErrBarred, with
// the rule, for a forbidden pair: no reason outweighs an exclusion.
func (d *Desk) ChangeLine(ctx context.Context, who *staff.Person, run, request, mentor, why string) (*Run, error) {
	if why = strings.TrimSpace(why); why == "" {
		return nil, ErrReason
	}
	if _, err := d.Run(ctx, who, run); err != nil {
		return nil, err
	}
	r, err := d.Requests().Get(ctx, request)
	if err != nil || !d.Sees(who, r) {
		return nil, ErrNoPair
	}
	var explained []Reason
	var cost int64
	if mentor != "" {
		m, err := d.mentor(ctx, mentor)
		if err != nil || m == nil {
			return nil, ErrNoPair
		}
		if explained, cost, err = d.explain(ctx, who, r, m); err != nil {
			return nil, err
		}
	}
	return d.runs().Amend(ctx, run, func(all *Run) error {
		if !all.Sent.IsZero() {
			return ErrSent
		}
		i := slices.IndexFunc(all.Lines, func(l Line) bool { return l.Request == request })
		if i < 0 {
			return ErrNoPair
		}
		l := &all.Lines[i]
		from := l.Mentor
		if l.Changed != nil {
			from = l.Changed.From
		}
		now := d.Now().UTC()
		l.Mentor, l.Cost, l.Reasons, l.Changed = mentor, cost, explained, &Changed{From: from, Why: why, At: now}
		all.Past.Add(now, "changed", string(Lead), request).By = strings.ToLower(who.Email)
		return nil
	})
}

// explain says why a mentor is possible and what the pair costs, or returns ErrBarred. It checks
// only rules that do not change with time, since a mentor who is full or away can be chosen by hand
// and may be free later.
func (d *Desk) explain(ctx context.Context, who *staff.Person, r *mentoring.Request, m *register.Mentor) ([]Reason, int64, error) {
	s := d.Service(r.Service)
	if s == nil {
		return nil, 0, ErrService
	}
	if !slices.Contains(m.Services, s.ID) {
		return nil, 0, ErrNoPair
	}
	p, err := d.one(ctx, s, r, m, who.Email)
	if err != nil {
		return nil, 0, err
	}
	now := d.Now().UTC()
	asks, mentors := p.asks(p.requests, now), p.offers(now)
	mentors[0].Has = max(0, min(mentors[0].Has, mentors[0].Most-1)) // holding the place checks whether there is room
	got := match.Suggest(asks, mentors, p.costs())
	if len(got.Suggestions) == 0 {
		return nil, 0, fmt.Errorf("%w: %s", ErrBarred, got.Without[0].Reasons[0].Text)
	}
	one := got.Suggestions[0]
	return reasonsOf(one.Reasons), one.Cost, nil
}

// Send proposes every line of a run that has a mentor. Each proposal is one write with its line, so
// that after a crash sending again goes on with the rest. A line that can no longer be proposed
// says why, and the others go on.
func (d *Desk) Send(ctx context.Context, who *staff.Person, run string) (*Run, error) {
	r, err := d.Run(ctx, who, run)
	if err != nil {
		return nil, err
	}
	for _, l := range r.Lines {
		if l.Mentor == "" || l.Pair != "" {
			continue
		}
		_, err := d.Propose(ctx, who, l.Request, l.Mentor, run)
		why, known := Refused(err)
		if err != nil && !known {
			return nil, err
		}
		if known {
			if _, err := d.runs().Amend(ctx, run, func(all *Run) error {
				i := slices.IndexFunc(all.Lines, func(o Line) bool { return o.Request == l.Request })
				all.Lines[i].Failed = why
				all.Past.Add(d.Now(), "not proposed", string(Hub), l.Request)
				return nil
			}); err != nil {
				return nil, err
			}
		}
	}
	return d.runs().Amend(ctx, run, func(all *Run) error {
		if !all.Sent.IsZero() {
			return record.ErrUnchanged
		}
		all.Sent = d.Now().UTC()
		all.Past.Add(all.Sent, "sent", string(Lead), "").By = strings.ToLower(who.Email)
		return nil
	})
}

// Refused is why a pair cannot be proposed, in words for a lead; known is false for any other
// error. A lead who may not know of the request that took the last place reads only that the mentor
// is full.
func Refused(err error) (why string, known bool) {
	switch {
	case errors.Is(err, register.ErrFull):
		return "the mentor is full", true
	case errors.Is(err, register.ErrProposed):
		return "the mentor takes nobody at present", true
	case errors.Is(err, register.ErrActive), errors.Is(err, ErrTaken), errors.Is(err, mentoring.ErrMove):
		return "the request is not looking for a mentor any more", true
	case errors.Is(err, ErrBarred):
		return "a rule keeps the two apart", true
	case errors.Is(err, ErrNoPair):
		return "the request or the mentor is not there any more", true
	}
	return "", false
}

// Propose asks the mentee of a request about a mentor. The request, the mentor's place, the pair
// and the line of the run are one write. If two leads propose the last place at once, one gets
// register.ErrFull.
func (d *Desk) Propose(ctx context.Context, who *staff.Person, request, mentor, run string) (*Pair, error) {
	r, err := d.Requests().Get(ctx, request)
	switch {
	case errors.Is(err, record.ErrNotFound), err == nil && !d.Sees(who, r):
		return nil, ErrNoPair
	case err != nil:
		return nil, err
	}
	m, err := d.mentor(ctx, mentor)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, ErrNoPair
	}
	if _, _, err := d.explain(ctx, who, r, m); err != nil {
		return nil, err
	}
	before, err := d.OfRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	s := d.Service(r.Service)
	var made *Pair
	err = record.Together(ctx, d.Store, func(all *record.Set) error {
		now := d.Now().UTC()
		r, err := d.Requests().In(ctx, all, request)
		if err != nil {
			return err
		}
		m, err := d.Register.Mentors().In(ctx, all, mentor)
		if err != nil {
			return err
		}
		if r.Proposal != "" || r.Pair != "" || !d.Sees(who, r) {
			return ErrTaken
		}
		// Exclusions may have been added since the first look, so the write checks them again.
		p := &pool{service: s}
		if p.conflict(r, m) {
			return fmt.Errorf("%w: are excluded", ErrBarred)
		}
		made = Propose(NewCode(), s.Mentoring, now, func(p *Pair) {
			p.Service, p.Area, p.Cohort, p.Request, p.Number = r.Service, r.Area, r.Cohort, r.ID, r.Contact.Number.Key()
			p.Mentor, p.Known, p.Run, p.Used = m.ID, m.Reference, run, r.Sessions
			p.goesOn(before)
		})
		made.Past[0].By = strings.ToLower(who.Email)
		if err := m.Hold(r.ID, made.Until, now); err != nil {
			return err
		}
		r.Proposal = made.ID
		if err := r.Move(now, mentoring.EventProposed, d.By(who, r), strings.ToLower(who.Email), made.ID); err != nil {
			return err
		}
		d.pairs().Put(all, made)
		if run == "" {
			return nil
		}
		of, err := d.runs().In(ctx, all, run)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(of.Lines, func(l Line) bool { return l.Request == request })
		if i < 0 || of.Lines[i].Mentor != mentor {
			return ErrTaken
		}
		of.Lines[i].Pair, of.Lines[i].Failed = made.ID, ""
		of.Past.Add(now, "proposed", string(Lead), made.ID).By = strings.ToLower(who.Email)
		return nil
	})
	if errors.Is(err, record.ErrNotFound) {
		err = ErrNoPair
	}
	return made, err
}

// goesOn takes from a mentee's earlier pairs what counts for all pairs: the first meeting, the
// sessions, and the lead's extension.
func (p *Pair) goesOn(before []*Pair) {
	for _, o := range before {
		if first := o.Since; first != "" || o.Introduced != "" {
			if first == "" {
				first = o.Introduced
			}
			if p.Since == "" || first < p.Since {
				p.Since = first
			}
		}
		if o.Extended != nil {
			p.Extended = o.Extended
		}
	}
}

// Chances are the mentors whom a lead could choose by hand for a request, by their ids, full ones
// included.
func (d *Desk) Chances(ctx context.Context, who *staff.Person, r *mentoring.Request) (all []*register.Mentor, err error) {
	s := d.Service(r.Service)
	if s == nil {
		return nil, ErrService
	}
	p, err := d.pool(ctx, s, who.Email)
	if err != nil {
		return nil, err
	}
	now := d.Now().UTC()
	ask, offers, costs := p.asks([]*mentoring.Request{r}, now), p.offers(now), p.costs()
	for i, o := range offers {
		if len(match.Suggest(ask, []match.Mentor{o}, costs).Suggestions) > 0 {
			all = append(all, p.mentors[i])
		}
	}
	return all, nil
}
