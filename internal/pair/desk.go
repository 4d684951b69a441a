package pair

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/crossing"
	"traininghub/internal/mentoring"
	"traininghub/internal/record"
	"traininghub/internal/register"
	"traininghub/internal/service"
	"traininghub/internal/staff"
)

// A Desk makes pairs and changes them. Its fields are set once, before its first use. Its methods
// may be called from several goroutines, and several desks may work on one store.
type Desk struct {
	*mentoring.Desk
	Register *register.Desk
	Gate     crossing.Gate // to payers; nil if there are none
}

// Errors of the desk.
var (
	// ErrNoPair: there is no such pair, or the person has no part in it.
	ErrNoPair = errors.New("pair: no such pair")
	// ErrService: the content no longer has the service.
	ErrService = errors.New("pair: there is no such service")
)

// Parts of briefs, by which lists find pairs.
type (
	ofMentor struct {
		Mentor string `json:"mentor"`
	}
	ofRequest struct {
		Request string `json:"request"`
	}
	ofArea struct {
		Area string `json:"area"`
	}
)

// A Brief is what lists know of a pair without reading it.
type Brief struct {
	ofMentor
	ofRequest
	ofArea
	State  State  `json:"state"`
	Cohort string `json:"cohort,omitempty"`
	Held   int    `json:"held,omitempty"` // sessions held
	Asks   bool   `json:"asks,omitempty"` // something waits for the lead
}

func shelf(service string, live bool) string {
	if live {
		return "pairs " + service
	}
	return "pairs " + service + " over"
}

func (d *Desk) pairs() *record.Keeper[*Pair] {
	return &record.Keeper[*Pair]{
		Store: d.Store, Kind: Kind, New: func(id string) *Pair { return &Pair{ID: id} },
		Entry: func(p *Pair) (record.Record, error) {
			if err := p.Past.Seal(p.ID, p.says); err != nil {
				return record.Record{}, err
			}
			brief, err := json.Marshal(Brief{
				ofMentor{p.Mentor}, ofRequest{p.Request}, ofArea{p.Area}, p.State, p.Cohort, p.held(), p.Waits(),
			})
			return record.Record{
				ID: p.ID, Status: string(p.State), Course: p.Service, Due: p.due(), Number: p.Number, Shelf: shelf(p.Service, p.State.Live()),
				Since: p.Past[0].At, Brief: brief,
			}, err
		},
	}
}

func (d *Desk) diaries() *record.Keeper[*Diary] {
	return &record.Keeper[*Diary]{
		Store: d.Store, Kind: KindDiary, New: func(id string) *Diary { return &Diary{ID: id} }, Anew: true,
		Entry: func(d *Diary) (record.Record, error) { return record.Record{ID: d.ID, Status: "diary"}, nil },
	}
}

// Get returns a pair; ErrNoPair if there is none.
func (d *Desk) Get(ctx context.Context, id string) (*Pair, error) {
	p, err := d.pairs().Get(ctx, id)
	if errors.Is(err, record.ErrNotFound) {
		err = ErrNoPair
	}
	return p, err
}

// A set is a pair with the records that depend on it. They change together or not at all.
type set struct {
	now     time.Time
	service *service.Service
	rules   *service.Mentoring
	pair    *Pair
	request *mentoring.Request // nil if it was removed
	mentor  *register.Mentor   // nil if it was removed
}

// change changes a pair together with its request and the mentor's places. f is called again if
// somebody else wrote first. If it returns an error, nothing is written.
func (d *Desk) change(ctx context.Context, id string, f func(*record.Set, *set) error) (*Pair, error) {
	var p *Pair
	err := record.Together(ctx, d.Store, func(all *record.Set) (err error) {
		if p, err = d.pairs().In(ctx, all, id); err != nil {
			return err
		}
		t := &set{now: d.Now().UTC(), pair: p, service: d.Service(p.Service)}
		if t.service == nil {
			return ErrService
		}
		t.rules = t.service.Mentoring
		if p.Request != "" {
			t.request, err = d.Requests().In(ctx, all, p.Request)
			if errors.Is(err, record.ErrNotFound) {
				t.request, err = nil, nil
			}
			if err != nil {
				return err
			}
		}
		if t.mentor, err = d.mentor(ctx, p.Mentor); err != nil {
			return err
		}
		if t.mentor != nil {
			d.Register.Mentors().Put(all, t.mentor)
		}
		return f(all, t)
	})
	if errors.Is(err, record.ErrNotFound) {
		err = ErrNoPair
	}
	return p, err
}

// mentor returns the mentor's record; nil if it is gone.
func (d *Desk) mentor(ctx context.Context, id string) (*register.Mentor, error) {
	m, err := d.Register.Get(ctx, id)
	if errors.Is(err, record.ErrNotFound) {
		return nil, nil
	}
	return m, err
}

// Do takes a step with a pair. The caller has checked that the person has the part in whose name
// they act. If the mentor is no longer available when the mentee accepts, the proposal comes to
// nothing.
func (d *Desk) Do(ctx context.Context, id string, s Step) (*Pair, error) {
	return d.change(ctx, id, func(_ *record.Set, t *set) error {
		s.At = t.now
		return t.take(s)
	})
}

// take takes a step, and updates the request and the mentor's place.
func (t *set) take(s Step) error {
	before := t.pair.State
	if s.Act != CallBack && s.Act != End && s.Act != Pause && s.Act != Lapse && t.conflict() {
		if before.Open() { // an exclusion was added in the meantime
			return t.take(Step{Act: CallBack, By: Hub, Cause: Conflict, At: s.At})
		}
		if before != Paused && before.Runs() {
			return t.take(Step{Act: Pause, By: Hub, At: s.At})
		}
	}
	if err := t.pair.apply(t.rules, s); err != nil {
		return err
	}
	err := t.follow(before, s)
	t.dropUnreachable()
	if s.Act == Accept && (errors.Is(err, register.ErrProposed) || errors.Is(err, register.ErrFull)) {
		return t.take(Step{Act: CallBack, By: Hub, Cause: Unfit, At: s.At})
	}
	return err
}

// dropUnreachable drops letters to people who are gone, which would be tried for ever.
func (t *set) dropUnreachable() {
	t.pair.Mail.Drop(func(l record.Letter) bool {
		switch {
		case !l.IsOwed() || useOf(l.Name) != "":
			return false
		case strings.HasSuffix(l.Name, "-to-mentor"):
			return t.mentor == nil
		case strings.HasSuffix(l.Name, "-to-mentee"), strings.HasSuffix(l.Name, "-to-lead"):
			return t.request == nil
		}
		return false
	})
}

// conflict tells whether the exclusions and interests stated since forbid the pair, unless both
// know each other and have agreed to go on.
func (t *set) conflict() bool {
	agreed := !t.pair.Consent[string(Mentee)].IsZero() && !t.pair.Consent[string(Mentor)].IsZero()
	return !agreed && t.request != nil && t.mentor != nil && (&pool{service: t.service}).conflict(t.request, t.mentor)
}

// Reconsider checks for a new conflict. It takes back a proposal and pauses a pair at once. A
// conflict known when both agreed to go on changes nothing.
func (d *Desk) Reconsider(ctx context.Context, id string) (*Pair, error) {
	return d.change(ctx, id, func(_ *record.Set, t *set) error {
		switch {
		case !t.pair.State.Live() || t.pair.State == Paused || !t.conflict():
			return record.ErrUnchanged
		case t.pair.State.Open():
			return t.take(Step{Act: CallBack, By: Hub, Cause: Conflict, At: t.now})
		}
		return t.take(Step{Act: Pause, By: Hub, At: t.now})
	})
}

// Excluded calls [Desk.Reconsider] for the request's proposal or pair, if it has one.
func (d *Desk) Excluded(ctx context.Context, r *mentoring.Request) error {
	id := cmp.Or(r.Proposal, r.Pair)
	if id == "" {
		return nil
	}
	_, err := d.Reconsider(ctx, id)
	if errors.Is(err, ErrNoPair) {
		return nil
	}
	return err
}

// Declared calls [Desk.Excluded] for each of a mentor's people, after a declaration of interests.
func (d *Desk) Declared(ctx context.Context, m *register.Mentor) error {
	for _, place := range m.Places {
		r, err := d.Requests().Get(ctx, place.Request)
		if errors.Is(err, record.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if err := d.Excluded(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// follow brings the request and the mentor's place into line with the pair's state.
func (t *set) follow(before State, s Step) error {
	p := t.pair
	if p.State == before {
		return nil
	}
	switch p.State {
	case AskedMentor, Offered:
		if t.mentor == nil {
			return register.ErrProposed
		}
		return t.mentor.Hold(p.Request, p.Until, s.At)
	case Registered:
		if before == Introduced || before == Paused {
			return nil
		}
		if t.mentor == nil || t.request == nil {
			return ErrState
		}
		if err := t.mentor.Confirm(p.Request, s.At); err != nil {
			return err
		}
		t.request.Proposal, t.request.Pair = "", p.ID
		return t.request.Move(s.At, mentoring.EventPaired, word(s.By), s.Who, p.ID)
	case NotMade, Ended:
		if t.mentor != nil {
			t.mentor.Release(p.Request)
		}
		return t.free(before, s)
	}
	return nil
}

// free lets the request go on without the pair. The mentor is not suggested again if they know each
// other, or if either asked for somebody else.
func (t *set) free(before State, s Step) error {
	r, p := t.request, t.pair
	if r == nil {
		return nil
	}
	again := before.Runs() || p.Cause == Conflict || p.Cause == ByMentee || p.Cause == NotMyField || p.Cause == ByMentor
	if again && !slices.Contains(r.Had, p.Mentor) {
		r.Had = append(r.Had, p.Mentor)
	}
	r.Proposal, r.Pair = "", ""
	what, by := mentoring.EventRefused, s.By
	if p.asksLater() {
		p.Email = r.Contact.Email
	}
	if before.Runs() {
		what, by = t.ending(s)
	}
	if p.Cause == Withdrawn {
		return nil // the withdrawal itself moves the request
	}
	if what == mentoring.EventAnother || what == mentoring.EventParted {
		r.First = true
	}
	return r.Move(s.At, what, word(by), s.Who, p.ID)
}

// ending is the request's event for the end of a pair, and who is named as having caused it.
func (t *set) ending(s Step) (what string, by Part) {
	switch {
	case s.Again && s.By == Mentee:
		return mentoring.EventAnother, Mentee
	case s.Again, t.pair.Cause == Conflict, t.pair.Cause == MentorLeft, t.pair.Cause == ByMentor:
		return mentoring.EventParted, Hub
	}
	return mentoring.EventEnded, s.By
}

// word is what a request's events call a part.
func word(by Part) string {
	return map[Part]string{Mentee: mentoring.ByMentee, Mentor: mentoring.ByMentor, Lead: mentoring.ByLead, Hub: mentoring.ByHub}[by]
}

// Release takes back the proposal, or ends the pair, of a request that its mentee ends. It is part
// of the same write.
func (d *Desk) Release(ctx context.Context, all *record.Set, r *mentoring.Request) error {
	id := cmp.Or(r.Proposal, r.Pair)
	if id == "" {
		return nil
	}
	p, err := d.pairs().In(ctx, all, id)
	if errors.Is(err, record.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	t := &set{now: d.Now().UTC(), pair: p, request: r, service: d.Service(p.Service)}
	if t.service == nil {
		return ErrService
	}
	t.rules = t.service.Mentoring
	if t.mentor, err = d.mentor(ctx, p.Mentor); err != nil {
		return err
	}
	if t.mentor != nil {
		d.Register.Mentors().Put(all, t.mentor)
	}
	act := End
	if p.State.Open() {
		act = CallBack
	}
	return t.take(Step{Act: act, By: Mentee, Cause: Withdrawn, At: t.now})
}

// AddSession adds a session to a pair.
func (d *Desk) AddSession(ctx context.Context, id string, s Session) (*Pair, error) {
	sampled := d.sampled(id, s)
	return d.change(ctx, id, func(all *record.Set, t *set) error {
		diary, err := d.diaries().In(ctx, all, diaryID(t.pair.Mentor))
		if err != nil {
			return err
		}
		s.Logged = t.now
		if t.request != nil { // the request counts sessions with all mentors
			t.pair.Used = t.request.Sessions - t.pair.held()
		}
		if err := t.pair.log(t.rules, diary, s); err != nil {
			return err
		}
		if t.request != nil && s.Outcome == Held {
			t.request.Sessions = t.pair.Count()
		}
		if s.Outcome == Held && sampled < t.rules.Pairing().Sample {
			t.pair.Sessions[len(t.pair.Sessions)-1].Sampled = true
			t.pair.owe(LetterSample, t.now)
		}
		return nil
	})
}

// SeesPair tells whether somebody of the staff may see a pair and see to it, which is so if they
// may see its request.
func (d *Desk) SeesPair(ctx context.Context, who *staff.Person, p *Pair) (bool, error) {
	r, err := d.Requests().Get(ctx, p.Request)
	if errors.Is(err, record.ErrNotFound) {
		return false, nil
	}
	return err == nil && d.Sees(who, r), err
}

// amend changes only the pair.
func (d *Desk) amend(ctx context.Context, id string, f func(*Pair, *service.Mentoring, time.Time) error) (*Pair, error) {
	p, err := d.pairs().Amend(ctx, id, func(p *Pair) error {
		s := d.Service(p.Service)
		if s == nil {
			return ErrService
		}
		return f(p, s.Mentoring, d.Now().UTC())
	})
	if errors.Is(err, record.ErrNotFound) {
		err = ErrNoPair
	}
	return p, err
}

// Dispute notes that the mentee calls a session wrong.
func (d *Desk) Dispute(ctx context.Context, id string, n int) (*Pair, error) {
	return d.amend(ctx, id, func(p *Pair, _ *service.Mentoring, now time.Time) error { return p.dispute(n, now) })
}

// Extend gives a mentee more sessions and time, once, with a reason.
func (d *Desk) Extend(ctx context.Context, id, by, why string) (*Pair, error) {
	return d.amend(ctx, id, func(p *Pair, m *service.Mentoring, now time.Time) error {
		r := m.Pairing()
		return p.extend(Extension{Sessions: r.ExtraSessions, Months: r.ExtraMonths, Why: strings.TrimSpace(why), By: by, At: now})
	})
}

// TalkAbout notes that a mentor would like to talk about this mentoring, without a reason, or that
// a lead has seen to it.
func (d *Desk) TalkAbout(ctx context.Context, id string, by Part, who string) (*Pair, error) {
	return d.amend(ctx, id, func(p *Pair, _ *service.Mentoring, now time.Time) error {
		if by == Lead {
			p.Talk = time.Time{}
			p.Past.Add(now, "talked with the mentor", string(Lead), "").By = who
			return nil
		}
		if !p.Talk.IsZero() {
			return record.ErrUnchanged
		}
		p.Talk = now
		p.Past.Add(now, "mentor wishes to talk", string(Mentor), "")
		p.owe(LetterLead, now)
		return nil
	})
}

// Contact notes the mentor's answer that the two are still in contact, after a long time without a
// session.
func (d *Desk) Contact(ctx context.Context, id string) (*Pair, error) {
	return d.amend(ctx, id, func(p *Pair, m *service.Mentoring, now time.Time) error {
		if p.State != Active || p.Silent.IsZero() {
			return ErrState
		}
		p.Silent, p.Still = time.Time{}, now
		p.Until = p.silentAt(m)
		p.Past.Add(now, "still in contact", string(Mentor), "")
		return nil
	})
}

// Agree notes that one side agrees to go on although they know each other.
func (d *Desk) Agree(ctx context.Context, id string, by Part) (*Pair, error) {
	return d.amend(ctx, id, func(p *Pair, _ *service.Mentoring, now time.Time) error {
		if p.State != Paused || by != Mentee && by != Mentor {
			return ErrState
		}
		if p.Consent == nil {
			p.Consent = map[string]time.Time{}
		}
		p.Consent[string(by)] = now
		p.Past.Add(now, "agrees to go on", string(by), "")
		return nil
	})
}

// list lists the pairs of a service, live or over, the earliest first. If has is not nil, only
// pairs whose brief contains it are listed.
func (d *Desk) list(ctx context.Context, service string, live bool, has any) (all []*Pair, err error) {
	r := record.Range{Kind: Kind}
	if has != nil {
		r.Has = record.Within(has)
	}
	for rec, err := range record.Merge(ctx, d.Store, []string{shelf(service, live)}, r) {
		if err != nil {
			return nil, err
		}
		p, err := d.pairs().Get(ctx, rec.ID)
		if errors.Is(err, record.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("listing pairs: %w", err)
		}
		all = append(all, p)
	}
	return all, nil
}

// OfMentor are a mentor's pairs, finished ones last. Proposals about which the mentor was never
// asked are left out.
func (d *Desk) OfMentor(ctx context.Context, mentor string) (all []*Pair, err error) {
	for _, s := range d.Services() {
		for _, live := range []bool{true, false} {
			some, err := d.list(ctx, s.ID, live, ofMentor{mentor})
			if err != nil {
				return nil, err
			}
			for _, p := range some {
				if p.WasAsked() {
					all = append(all, p)
				}
			}
		}
	}
	return all, nil
}

// OfRequest are the pairs of a request, the earliest first.
func (d *Desk) OfRequest(ctx context.Context, r *mentoring.Request) (all []*Pair, err error) {
	for _, live := range []bool{false, true} {
		some, err := d.list(ctx, r.Service, live, ofRequest{r.ID})
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// Led are the live or finished pairs that somebody of the staff sees to.
func (d *Desk) Led(ctx context.Context, who *staff.Person, live bool) (led []*Pair, err error) {
	for _, s := range d.Services() {
		all, err := d.list(ctx, s.ID, live, nil)
		if err != nil {
			return nil, err
		}
		for _, p := range all {
			sees, err := d.SeesPair(ctx, who, p)
			if err != nil {
				return nil, err
			}
			if sees {
				led = append(led, p)
			}
		}
	}
	return led, nil
}

// See notes that a lead has seen to a session that the mentee called wrong.
func (d *Desk) See(ctx context.Context, id string, n int, by string) (*Pair, error) {
	return d.amend(ctx, id, func(p *Pair, _ *service.Mentoring, now time.Time) error { return p.see(n, by, now) })
}
