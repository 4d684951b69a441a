package register

import (
	"context"
	"maps"
	"net/url"
	"time"

	"traininghub/internal/crossing"
	"traininghub/internal/form"
	"traininghub/internal/record"
)

// What mentors do to their own record. id is the record of whoever signed in, or whose link was
// used.

func (m *Mentor) self() Actor { return Actor{ByMentor, m.Person.Email} }

// begun notes that an invited mentor has started, with the first thing that they do.
func (m *Mentor) begun(now time.Time) {
	if m.State() == Invited {
		m.move(Begin, m.self(), now, "")
	}
}

// own is amend by the mentor. A mentor who has left can change nothing.
func (d *Desk) own(ctx context.Context, id string, f func(m *Mentor, now time.Time) error) (*Mentor, error) {
	return d.amend(ctx, id, func(m *Mentor, now time.Time) error {
		m.begun(now)
		if m.State() == Left {
			return ErrMove
		}
		return f(m, now)
	})
}

// SavePage keeps the answers to a page of the profile, if they are all right.
func (d *Desk) SavePage(ctx context.Context, id, page string, post url.Values) (m *Mentor, v form.Values, problems []form.Problem, err error) {
	m, err = d.own(ctx, id, func(m *Mentor, now time.Time) error {
		s, _ := m.rules.Profile.Section(page)
		if s == nil {
			return record.ErrNotFound
		}
		v, problems = s.Read(post), nil
		if problems = s.Check(v, Begins(Today(now))); len(problems) > 0 {
			return record.ErrUnchanged
		}
		if m.Answers == nil {
			m.Answers = Answers{}
		}
		for i := range s.Questions {
			for _, input := range s.Questions[i].Inputs() {
				delete(m.Answers, input)
			}
		}
		maps.Copy(m.Answers, v)
		m.fresh(now)
		m.note(eventChanged, m.self(), now, page)
		return nil
	})
	return m, v, problems, err
}

// Agree notes that the mentor agrees to today's terms, with their name as a signature.
func (d *Desk) Agree(ctx context.Context, id, version, name string) error {
	_, err := d.own(ctx, id, func(m *Mentor, now time.Time) error {
		switch {
		case m.rules.Version != version:
			return ErrMove // the words have changed since the page was shown
		case m.Agreement != nil && m.Agreement.Version == version:
			return record.ErrUnchanged
		}
		m.Agreement = &Agreement{Version: version, Terms: m.rules.Terms, Name: name, On: Today(now)}
		if m.Agreed == "" {
			m.Agreed = Today(now)
		}
		m.note(eventAgreed, m.self(), now, version)
		return nil
	})
	return err
}

// DeclareInterests keeps the mentor's interests as of today.
func (d *Desk) DeclareInterests(ctx context.Context, id string, post url.Values) (v form.Values, problems []form.Problem, err error) {
	m, err := d.own(ctx, id, func(m *Mentor, now time.Time) error {
		v = read(m.rules.Interests, post)
		if problems = wrong(m.rules.Interests, v, now); len(problems) > 0 {
			return record.ErrUnchanged
		}
		m.Interests = &Declared{On: Today(now), Answers: v, Fine: true}
		m.note(eventInterests, m.self(), now, "")
		return nil
	})
	if err == nil && len(problems) == 0 && d.Declared != nil {
		err = d.Declared(ctx, m)
	}
	return v, problems, err
}

// AnswerYearly keeps the answers to the yearly questions. Somebody who answers a yes-no question
// with no is suspended from that day, and a lead is told.
func (d *Desk) AnswerYearly(ctx context.Context, id string, post url.Values) (v form.Values, problems []form.Problem, err error) {
	_, err = d.own(ctx, id, func(m *Mentor, now time.Time) error {
		v = read(m.rules.Yearly, post)
		if problems = wrong(m.rules.Yearly, v, now); len(problems) > 0 {
			return record.ErrUnchanged
		}
		today := Today(now)
		m.Yearly = &Declared{On: today, Answers: v, Fine: fine(m.rules.Yearly, v)}
		if q, _ := m.rules.Yearly.Question(AskEach); q != nil {
			m.Person.Sessions = Sessions{q.Normal(v), today}
		}
		if m.Interests != nil && v[AskSame] == "yes" {
			m.Interests.On = today
		}
		m.note(eventYearly, m.self(), now, "")
		if !m.Yearly.Fine {
			m.suspend(hub, now)
			m.tellLeads(now)
		}
		return nil
	})
	return v, problems, err
}

// PutForward asks a lead to approve the profile. It returns [ErrLacks] if something is missing:
// see [Mentor.Lacks].
func (d *Desk) PutForward(ctx context.Context, id string) error {
	_, err := d.own(ctx, id, func(m *Mentor, now time.Time) error {
		if len(m.Lacks(false, now)) > 0 {
			return ErrLacks
		}
		if err := m.move(Put, m.self(), now, ""); err != nil {
			return err
		}
		m.tellLeads(now)
		return nil
	})
	return err
}

// Pause stops a mentor from being proposed until a day, or until they say so. If they are already
// paused, the new day counts.
func (d *Desk) Pause(ctx context.Context, id string, until crossing.Day) error {
	_, err := d.own(ctx, id, func(m *Mentor, now time.Time) error {
		if until != "" && until <= Today(now) {
			return ErrMove
		}
		if m.State() != Paused {
			if err := m.move(Pause, m.self(), now, ""); err != nil {
				return err
			}
		} else if m.PausedFor == until {
			return record.ErrUnchanged
		}
		m.PausedFor = until
		m.fresh(now)
		m.note(eventChanged, m.self(), now, "pause")
		return nil
	})
	return err
}

// Resume ends a pause.
func (d *Desk) Resume(ctx context.Context, id string) error {
	_, err := d.own(ctx, id, func(m *Mentor, now time.Time) error { return m.resume(m.self(), now) })
	return err
}

func (m *Mentor) resume(who Actor, now time.Time) error {
	if m.State() == Listed {
		return record.ErrUnchanged // pressed twice
	}
	if err := m.move(Resume, who, now, ""); err != nil {
		return err
	}
	m.PausedFor = ""
	m.fresh(now)
	return nil
}

// SayRight notes that the profile is still right.
func (d *Desk) SayRight(ctx context.Context, id string) error {
	_, err := d.own(ctx, id, func(m *Mentor, now time.Time) error {
		if m.State() == Paused { // they did not answer in time, or have paused since
			return m.resume(m.self(), now)
		}
		m.fresh(now)
		m.note(eventRight, m.self(), now, "")
		return nil
	})
	return err
}

// TakeMost keeps the answer to "take more people now?" after a proposal: people at most, from 0.
func (d *Desk) TakeMost(ctx context.Context, id, most string) (problems []form.Problem, err error) {
	_, err = d.own(ctx, id, func(m *Mentor, now time.Time) error {
		q, _ := m.rules.Profile.Question(AskMost)
		if q == nil {
			return record.ErrNotFound
		}
		s := form.Section{Questions: []form.Question{*q}}
		v := s.Read(url.Values{AskMost: {most}})
		if problems = s.Check(v, now); len(problems) > 0 {
			return record.ErrUnchanged
		}
		if m.Answers[AskMost] == v[AskMost] {
			return record.ErrUnchanged
		}
		m.Answers[AskMost] = v[AskMost]
		m.fresh(now)
		m.note(eventChanged, m.self(), now, AskMost)
		return nil
	})
	return problems, err
}

// GoAway notes the first and the last day of an absence; "" and "" if the mentor is not away.
func (d *Desk) GoAway(ctx context.Context, id string, from, until crossing.Day) error {
	_, err := d.own(ctx, id, func(m *Mentor, now time.Time) error {
		today := Today(now)
		switch {
		case from == "" && m.Away.From == "":
			return record.ErrUnchanged
		case from == "":
			if m.Away.From <= today { // the days already spent away are kept
				m.Aways = append(m.Aways, crossing.Period{From: m.Away.From, Until: today})
			}
			m.Away = crossing.Period{}
		case until < max(from, today):
			return ErrMove
		default:
			m.Away = crossing.Period{From: from, Until: until}
		}
		m.note(eventAway, m.self(), now, "")
		return nil
	})
	return err
}

// AgreePlan notes the mentor's agreement to the plan that a lead has written with them.
func (d *Desk) AgreePlan(ctx context.Context, id string) error {
	_, err := d.own(ctx, id, func(m *Mentor, now time.Time) error {
		switch {
		case m.Plan == nil:
			return ErrMove
		case m.Plan.Agreed != "":
			return record.ErrUnchanged
		}
		m.Plan.Agreed = Today(now)
		m.note(eventPlanned, m.self(), now, "")
		return nil
	})
	return err
}

// Leave gives a last day, today or later. Somebody who was never listed leaves at once.
func (d *Desk) Leave(ctx context.Context, id string, last crossing.Day) error {
	_, err := d.own(ctx, id, func(m *Mentor, now time.Time) error { return m.leave(m.self(), last, now) })
	return err
}

func (m *Mentor) leave(who Actor, last crossing.Day, now time.Time) error {
	if m.Can(End, who.By) {
		return m.move(End, who, now, "")
	}
	if last < Today(now) {
		return ErrMove
	}
	if m.State() == Leaving { // changes the last day
		if last == m.LastDay {
			return record.ErrUnchanged
		}
		m.LastDay = last
		m.note(eventChanged, who, now, "last day")
	} else if err := m.move(Leave, who, now, ""); err != nil {
		return err
	}
	m.LastDay = last
	m.owe(LetterLeaving, now)
	m.tellLeads(now)
	return nil
}

// Stay takes the last day back.
func (d *Desk) Stay(ctx context.Context, id string) error {
	_, err := d.own(ctx, id, func(m *Mentor, now time.Time) error { return m.stay(m.self(), now) })
	return err
}

func (m *Mentor) stay(who Actor, now time.Time) error {
	if n := len(m.Suspended); n > 0 && m.Suspended[n-1].Until == "" {
		return ErrMove // a lead must reinstate them first
	}
	if err := m.move(Stay, who, now, ""); err != nil {
		return err
	}
	m.LastDay = ""
	m.tellLeads(now)
	return nil
}
