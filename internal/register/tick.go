package register

import (
	"fmt"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/crossing"
)

// hub is the actor of what becomes due by the clock.
var hub = Actor{By: ByHub}

// morning is 8 o'clock in London on a day, so that no letter leaves at night.
func morning(d crossing.Day) time.Time {
	t := Begins(d)
	return time.Date(t.Year(), t.Month(), t.Day(), 8, 0, 0, 0, course.London)
}

// A step is something that becomes due: when, and what then happens.
type step struct {
	at time.Time
	do func(now time.Time)
}

// steps are all future steps for the mentor as they are now.
func (m *Mentor) steps() (all []step) {
	state := m.State()
	onRegister := state == Listed || state == Paused || state == Leaving
	add := func(when bool, at time.Time, do func(time.Time)) {
		if when && !at.IsZero() {
			all = append(all, step{at, do})
		}
	}
	add(m.Away.Until != "", Begins(Plus(m.Away.Until, 0, 1)), func(time.Time) {
		m.Aways, m.Away = append(m.Aways, m.Away), crossing.Period{}
	})
	add(state == Paused && m.PausedFor != "", Begins(m.PausedFor), func(now time.Time) {
		m.PausedFor = ""
		m.move(Resume, hub, now, "")
		m.fresh(now)
	})
	add(state == Leaving, Begins(Plus(m.LastDay, 0, 1)), func(now time.Time) { m.move(End, hub, now, "") })
	add(state == Listed, m.nextAsked(), m.askRight)

	year := m.yearlyFor()
	add(onRegister && year > m.Reminded.Yearly, morning(april(year)), func(now time.Time) {
		m.Reminded.Yearly = yearOf(asksYearly(Today(now)))
		m.owe(LetterYearly, now)
	})
	add(onRegister && year == m.Reminded.Yearly && m.Reminded.Overdue < year, morning(Plus(april(year), 0, m.rules.YearlyDays)),
		func(now time.Time) {
			m.Reminded.Overdue = year
			m.tellLeads(now)
		})
	last := m.latest()
	add(onRegister && last != "" && m.Reminded.Supervision != last, morning(Plus(Plus(last, m.rules.SupervisionMonths, 0), 0, 1)),
		func(now time.Time) {
			m.Reminded.Supervision = last
			m.owe(LetterSupervision, now)
			m.tellLeads(now)
		})
	return all
}

// yearlyFor is the year whose April brings the next yearly questions: the one after the last
// answer, or the latest year that was asked and not answered.
func (m *Mentor) yearlyFor() int {
	last := m.Listed
	if m.Yearly != nil {
		last = max(last, m.Yearly.On)
	}
	return max(yearOf(asksYearly(last))+1, m.Reminded.Yearly)
}

func yearOf(d crossing.Day) (year int) {
	fmt.Sscanf(string(d), "%d-", &year)
	return year
}

func april(year int) crossing.Day { return crossing.Day(fmt.Sprintf("%04d-04-01", year)) }

// nextAsked is when they are next asked whether the profile is still right, or are paused because
// they did not answer.
func (m *Mentor) nextAsked() time.Time {
	if m.Asked == 0 {
		return morning(Plus(Today(m.Right), 0, m.rules.FreshDays))
	}
	return morning(Plus(Today(m.AskedAt), 0, m.rules.AnswerDays))
}

// asks is how often somebody is asked before they are paused.
const asks = 2

// askRight asks. After two unanswered questions it pauses the mentor and tells the leads.
func (m *Mentor) askRight(now time.Time) {
	if m.Asked < asks {
		m.Asked++
		m.AskedAt = now.UTC()
		m.owe(LetterStillRight, now)
		return
	}
	m.move(Pause, hub, now, "no answer")
	m.Asked = 0
	m.tellLeads(now)
}

// fresh notes that they have just said something about their profile, so it counts as right.
func (m *Mentor) fresh(now time.Time) { m.Right, m.Asked, m.AskedAt = now.UTC(), 0, time.Time{} }

// next is when the next step is due; zero if there is none.
func (m *Mentor) next() (at time.Time) {
	for _, s := range m.steps() {
		if at.IsZero() || s.at.Before(at) {
			at = s.at
		}
	}
	return at
}

// Tick does what has become due, each thing once, and tells whether there was anything.
func (m *Mentor) Tick(now time.Time) (done bool) {
	// Every step can change the next ones, so they are computed again each time. There are never
	// more than a few in a row: the limit guards against a mistake in the table of steps.
	for range 20 {
		var first *step
		for _, s := range m.steps() {
			if !now.Before(s.at) && (first == nil || s.at.Before(first.at)) {
				first = &s
			}
		}
		if first == nil {
			return done
		}
		first.do(now)
		done = true
	}
	return done
}
