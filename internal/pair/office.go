package pair

import (
	"context"
	"errors"
	"slices"
	"strings"

	"traininghub/internal/form"
	"traininghub/internal/office"
	"traininghub/internal/record"
	"traininghub/internal/register"
)

// Stories are the stories of this package's kinds, for the office behind the wall.
func (d *Desk) Stories() []office.Story {
	return []office.Story{
		pairStory{d}, swept{office.Kept(KindRun), d}, diaryStory{office.Kept(KindDiary), d}, swept{office.Kept(KindFeedback), d},
		countStory{office.Kept(KindCounts), d},
	}
}

// swept is a kind that belongs to nobody and is removed when its time is over.
type swept struct {
	office.Story
	d *Desk
}

func (s swept) Sweep(ctx context.Context) (total int, err error) {
	for {
		n, err := s.d.Store.Expire(ctx, []record.Kind{s.Kind()}, s.d.Now(), 100)
		if total += n; n == 0 || err != nil {
			return total, err
		}
	}
}

func (s swept) Check(r record.Record, _ *record.Head) (*record.Head, string) {
	if s.Kind() != KindRun {
		return nil, ""
	}
	run := &Run{ID: r.ID}
	if s.d.runs().Decode(r, run) != nil {
		return nil, "it cannot be read"
	}
	return nil, run.Past.Fault(r.ID, run.says)
}

// diaryStory is the story of mentors' diaries.
type diaryStory struct {
	office.Story
	d *Desk
}

func (s diaryStory) About(ctx context.Context, r record.Record, numbers []form.Registration, email string) (*office.Own, error) {
	diary, err := s.d.diaries().Read(r)
	if err != nil {
		return nil, err
	}
	m, err := s.d.mentor(ctx, strings.TrimPrefix(r.ID, diaryID("")))
	if err != nil || m == nil {
		return nil, err
	}
	if !slices.ContainsFunc(numbers, func(n form.Registration) bool { return n.Key() != "" && bare(n.Key()) == bare(m.Person.Number) }) &&
		(email == "" || !strings.EqualFold(email, m.Person.Email)) {
		return nil, nil
	}
	return &office.Own{ID: r.ID, Kind: KindDiary, Data: diary}, nil
}

func (s diaryStory) GiveOut(ctx context.Context, id string) (*office.Own, error) {
	diary, err := s.d.diaries().Get(ctx, id)
	return &office.Own{ID: id, Kind: KindDiary, Data: diary}, err
}

func (s diaryStory) Erase(ctx context.Context, id string) error {
	diary, err := s.d.diaries().Get(ctx, id)
	if err != nil || diary.Version() == 0 {
		return err
	}
	if err = s.d.diaries().Delete(ctx, id, diary); errors.Is(err, record.ErrNotFound) {
		return nil
	}
	return err
}

// pairStory is the story of pairs. For the office a pair belongs to its mentee; the mentor's own
// sessions are in their diary.
type pairStory struct{ d *Desk }

func (s pairStory) Kind() record.Kind { return Kind }

func (s pairStory) Post() record.Story { return s.d.Post() }

// Sweep ends pairs whose mentor has left or whose mentor or request was removed, and checks all
// others for conflicts.
func (s pairStory) Sweep(ctx context.Context) (total int, err error) {
	for _, of := range s.d.Services() {
		live, err := s.d.list(ctx, of.ID, true, nil)
		if err != nil {
			return total, err
		}
		for _, p := range live {
			ended := false
			if _, err := s.d.change(ctx, p.ID, func(_ *record.Set, t *set) (err error) {
				ended, err = t.orphan()
				return err
			}); err != nil && !errors.Is(err, ErrNoPair) {
				return total, err
			}
			if ended {
				total++
			}
		}
	}
	return total, nil
}

// orphan ends a pair if one side is gone, and pauses it on a conflict.
func (t *set) orphan() (ended bool, err error) {
	p := t.pair
	act := End
	if p.State.Open() {
		act = CallBack
	}
	switch {
	case !p.State.Live():
		return false, record.ErrUnchanged
	case t.request == nil:
		return true, t.take(Step{Act: act, By: Hub, Cause: Withdrawn, At: t.now})
	case t.mentor == nil || t.mentor.State() == register.Left:
		return true, t.take(Step{Act: act, By: Hub, Cause: MentorLeft, At: t.now})
	case t.mentor.State() == register.Leaving && p.State.Runs() && !p.Mail.Has(func(l record.Letter) bool { return l.Name == LetterLeaving }):
		p.owe(LetterLeaving, t.now) // the lead then talks with the mentee about what comes next
		p.owe(LetterLead, t.now)
		p.Past.Add(t.now, "mentor is leaving", string(Hub), "")
		return false, nil
	case p.State != Paused && t.conflict():
		if p.State.Open() {
			return true, t.take(Step{Act: CallBack, By: Hub, Cause: Conflict, At: t.now})
		}
		return false, t.take(Step{Act: Pause, By: Hub, At: t.now})
	}
	return false, record.ErrUnchanged
}

// About returns the pair if the person is its mentee.
func (s pairStory) About(ctx context.Context, kept record.Record, numbers []form.Registration, email string) (*office.Own, error) {
	p, err := s.d.pairs().Read(kept)
	if err != nil || p.Request == "" {
		return nil, err
	}
	if p.Number != "" && slices.ContainsFunc(numbers, func(n form.Registration) bool { return n.Key() == p.Number }) {
		return own(p), nil
	}
	r, err := s.d.Requests().Get(ctx, p.Request)
	if errors.Is(err, record.ErrNotFound) {
		return nil, nil
	}
	if err != nil || email == "" || !strings.EqualFold(r.Contact.Email, email) {
		return nil, err
	}
	return own(p), nil
}

// own is the pair for its mentee to read, without what only the mentor said.
func own(p *Pair) *office.Own {
	theirs := *p
	theirs.Keys = nil
	theirs.Talk, theirs.Silent, theirs.Still = zero, zero, zero
	theirs.Fits = slices.DeleteFunc(slices.Clone(p.Fits), func(f Fit) bool { return f.By != Mentee })
	return &office.Own{ID: p.ID, Kind: Kind, Data: &theirs}
}

func (s pairStory) GiveOut(ctx context.Context, id string) (*office.Own, error) {
	p, err := s.d.pairs().Amend(ctx, id, func(p *Pair) error {
		p.Past.Add(s.d.Now(), "exported", string(Hub), "")
		return nil
	})
	return own(p), err
}

// Erase ends the pair and removes the mentee's identity. The mentor's data and the counts stay.
func (s pairStory) Erase(ctx context.Context, id string) error {
	_, err := s.d.change(ctx, id, func(_ *record.Set, t *set) error {
		p := t.pair
		if p.Request == "" { // finishes an interrupted erasure
			return record.ErrUnchanged
		}
		if p.State.Live() {
			act := End
			if p.State.Open() {
				act = CallBack
			}
			if err := t.take(Step{Act: act, By: Hub, Cause: Withdrawn, At: t.now}); err != nil {
				return err
			}
		}
		p.Request, p.Number, p.Why, p.Email, p.Fits, p.Keys = "", "", "", "", nil, nil
		p.Mail.Drop(func(l record.Letter) bool {
			return l.IsOwed() && (strings.HasSuffix(l.Name, "-to-mentee") || strings.HasSuffix(l.Name, "-to-lead"))
		})
		p.Past.Add(t.now, "mentee erased", string(Hub), "")
		return nil
	})
	if errors.Is(err, ErrNoPair) {
		return nil
	}
	return err
}

func (s pairStory) Check(r record.Record, earlier *record.Head) (*record.Head, string) {
	p := &Pair{ID: r.ID}
	if s.d.pairs().Decode(r, p) != nil {
		return nil, "it cannot be read"
	}
	if len(p.Past) == 0 {
		return nil, "it has no events"
	}
	head := &record.Head{Sent: p.Past[0].Sum, Events: len(p.Past), Sum: p.Past[len(p.Past)-1].Sum}
	switch what := p.Past.Fault(r.ID, p.says); {
	case what != "":
		return head, what
	case earlier != nil && (len(p.Past) < earlier.Events || !slices.Equal(p.Past[earlier.Events-1].Sum, earlier.Sum)):
		return head, "its chain is not the one that an earlier audit noted"
	}
	return head, ""
}
