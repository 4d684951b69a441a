package register

import (
	"context"
	"net/url"
	"slices"
	"time"

	"traininghub/internal/crossing"
	"traininghub/internal/form"
	"traininghub/internal/record"
	"traininghub/internal/service"
	"traininghub/internal/staff"
)

// What leads of areas and their deputies do to a mentor's record. They must see the mentor and be
// somebody else.

// SeeQualification notes that a lead has seen the certificate, or that training is under way.
func (d *Desk) SeeQualification(ctx context.Context, lead *staff.Person, id string, training bool) error {
	_, err := d.change(ctx, lead, id, func(m *Mentor, who Actor, now time.Time) error {
		if m.Qualification != nil && (m.Qualification.Training == training || !m.Qualification.Training) {
			return record.ErrUnchanged
		}
		m.Qualification = &Qualification{Training: training, By: who.Email, On: Today(now)}
		m.note(eventSeen, who, now, "")
		return nil
	})
	return err
}

// Approve puts a mentor on the register. It returns [ErrLacks] if something is missing.
func (d *Desk) Approve(ctx context.Context, lead *staff.Person, id string) error {
	_, err := d.change(ctx, lead, id, func(m *Mentor, who Actor, now time.Time) error {
		if m.State() == Listed {
			return record.ErrUnchanged // pressed twice, or by two people
		}
		if len(m.Lacks(true, now)) > 0 {
			return ErrLacks
		}
		if err := m.move(Approve, who, now, ""); err != nil {
			return err
		}
		if m.Listed == "" {
			m.Listed = Today(now)
		}
		if m.StayUntil == "" && m.rules.StayMonths > 0 {
			m.StayUntil = Plus(m.Listed, m.rules.StayMonths, 0)
		}
		m.fresh(now)
		m.owe(LetterListed, now)
		return nil
	})
	return err
}

// SendBack returns a profile to its mentor, who gets a letter. The reason is told by telephone and
// recorded nowhere.
func (d *Desk) SendBack(ctx context.Context, lead *staff.Person, id string) error {
	return d.lead(ctx, lead, id, SendBack, func(m *Mentor, now time.Time) { m.owe(LetterBack, now) })
}

// lead makes a lead's move.
func (d *Desk) lead(ctx context.Context, lead *staff.Person, id string, move Move, then func(m *Mentor, now time.Time)) error {
	_, err := d.change(ctx, lead, id, func(m *Mentor, who Actor, now time.Time) error {
		if err := m.move(move, who, now, ""); err != nil {
			return err
		}
		then(m, now)
		return nil
	})
	return err
}

// PauseFor pauses a mentor who asked for it by telephone.
func (d *Desk) PauseFor(ctx context.Context, lead *staff.Person, id string) error {
	return d.lead(ctx, lead, id, Pause, func(m *Mentor, now time.Time) { m.PausedFor = "" })
}

// ResumeFor ends a pause for a mentor who asked for it by telephone.
func (d *Desk) ResumeFor(ctx context.Context, lead *staff.Person, id string) error {
	return d.lead(ctx, lead, id, Resume, func(m *Mentor, now time.Time) {
		m.PausedFor = ""
		m.fresh(now)
	})
}

// Suspend stops a mentor from taking new people from today on. Package pair has their present pairs
// looked at one by one. No reason is kept.
func (d *Desk) Suspend(ctx context.Context, lead *staff.Person, id string) error {
	_, err := d.change(ctx, lead, id, func(m *Mentor, who Actor, now time.Time) error {
		if m.State() == Suspended {
			return record.ErrUnchanged
		}
		return m.suspend(who, now)
	})
	return err
}

func (m *Mentor) suspend(who Actor, now time.Time) error {
	if err := m.move(Suspend, who, now, ""); err != nil {
		return err
	}
	m.LastDay, m.PausedFor = "", ""
	m.Suspended = append(m.Suspended, crossing.Period{From: Today(now)})
	return nil
}

// endSuspension ends the current suspension, if there is one. Its last day is yesterday.
func (m *Mentor) endSuspension(now time.Time) {
	if n := len(m.Suspended); n > 0 && m.Suspended[n-1].Until == "" {
		last := &m.Suspended[n-1]
		last.Until = max(last.From, Plus(Today(now), 0, -1))
	}
}

// Reinstate ends a suspension. The mentor is then paused, and decides when to take people again.
func (d *Desk) Reinstate(ctx context.Context, lead *staff.Person, id string) error {
	_, err := d.change(ctx, lead, id, func(m *Mentor, who Actor, now time.Time) error {
		if m.Yearly == nil || !m.Yearly.Fine {
			return ErrLacks // they must answer the yearly questions again first
		}
		if err := m.move(Reinstate, who, now, ""); err != nil {
			return err
		}
		m.endSuspension(now)
		return nil
	})
	return err
}

// LeaveFor gives a last day to a mentor who asked for it by telephone.
func (d *Desk) LeaveFor(ctx context.Context, lead *staff.Person, id string, last crossing.Day) error {
	_, err := d.change(ctx, lead, id, func(m *Mentor, who Actor, now time.Time) error { return m.leave(who, last, now) })
	return err
}

// StayFor takes the last day back.
func (d *Desk) StayFor(ctx context.Context, lead *staff.Person, id string) error {
	_, err := d.change(ctx, lead, id, func(m *Mentor, who Actor, now time.Time) error { return m.stay(who, now) })
	return err
}

// NoteSupervision notes supervision or professional development that a mentor had on a day. The day
// must not be in the future. Noting it again changes nothing.
func (d *Desk) NoteSupervision(ctx context.Context, lead *staff.Person, id, what string, on crossing.Day) error {
	_, err := d.change(ctx, lead, id, func(m *Mentor, who Actor, now time.Time) error {
		known := slices.ContainsFunc(m.rules.Supervision, func(c service.Choice) bool { return c.ID == what })
		if !known || on == "" || on > Today(now) {
			return ErrMove
		}
		if slices.ContainsFunc(m.Supervision, func(a Attended) bool { return a.What == what && a.On == on }) {
			return record.ErrUnchanged
		}
		m.Supervision = append(m.Supervision, Attended{what, on, who.Email})
		slices.SortStableFunc(m.Supervision, func(a, b Attended) int {
			if a.On < b.On {
				return -1
			}
			return 1
		})
		m.note(eventAttended, who, now, what)
		return nil
	})
	return err
}

// WritePlan keeps the plan for mentoring that a lead agrees with a mentor. The mentor is asked to
// agree on their own page. A plan that they have agreed to cannot be changed: [ErrMove].
func (d *Desk) WritePlan(ctx context.Context, lead *staff.Person, id string, post url.Values) (v form.Values, problems []form.Problem, err error) {
	_, err = d.change(ctx, lead, id, func(m *Mentor, who Actor, now time.Time) error {
		if m.Plan != nil && m.Plan.Agreed != "" {
			return ErrMove
		}
		v = read(m.rules.Plan, post)
		if problems = wrong(m.rules.Plan, v, now); len(problems) > 0 {
			return record.ErrUnchanged
		}
		m.Plan = &Plan{Answers: v, By: who.Email, On: Today(now)}
		m.note(eventPlan, who, now, "")
		m.owe(LetterPlan, now)
		return nil
	})
	return v, problems, err
}
