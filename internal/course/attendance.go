package course

import (
	"fmt"
	"slices"
	"strings"
)

// Attendance is how it is recorded who comes to the workshops of a course, and what follows. A
// course without it records nothing.
type Attendance struct {
	// MarkedBy are those who say who came, if a cohort names nobody else: tutors or the provider.
	// They get a link for one cohort, and need no account.
	MarkedBy []Contact `key:"marked_by,required"`
	// LinkDays is for how many days after a workshop its link can be used; a week if 0.
	LinkDays int `key:"link_days"`
	// RemindAfter is after how many working days those who have not marked are reminded; 3 if 0.
	RemindAfter int `key:"remind_after_working_days"`
	// AnswerWithin is how many working days somebody has to say why they did not come, and to ask
	// for another look at a decision; 10 if 0.
	AnswerWithin int `key:"answer_within_working_days"`
	// LeastPercent is the part of the workshops' time that a certificate needs. If it is 0, every
	// workshop has to be marked as come to.
	LeastPercent int `key:"least_percent"`
	// WithdrawFreeWeeks is how long before the first workshop an accepted place can be given up
	// without a charge, in weeks; up to that workshop if 0.
	WithdrawFreeWeeks int `key:"withdraw_free_weeks"`
	// ChangeFreeWeeks is how long before the first workshop a place can be changed for one in
	// another cohort without a charge, in weeks; up to that workshop if 0.
	ChangeFreeWeeks int `key:"change_free_weeks"`
	// Reasons are those from which somebody chooses who did not come.
	Reasons []AbsenceReason `key:"reasons,required"`
	// Appeals looks again at a decision about a charge. If nobody is named, the deputy does.
	Appeals *Contact `key:"appeals"`

	// Counts are things beside workshops and modules that a participant counts themself.
	Counts []Count `key:"counts"`
	// ProviderConfirms tells that the certificate also needs the provider's word that the programme
	// is complete.
	ProviderConfirms bool `key:"provider_confirms"`

	// Questionnaire is asked after the last workshop, and each year again if AskYearly. What is
	// answered is only counted.
	Questionnaire []Opinion `key:"questionnaire"`
	AskYearly     bool      `key:"ask_yearly"`
}

// An AbsenceReason is why somebody did not come.
type AbsenceReason struct {
	Text         string `key:"text,required"`
	NeverCharged bool   `key:"never_charged"` // then no charge can follow
}

// A Count is something of which a participant needs some: "Calls with your supervisor", 5.
type Count struct {
	Title string `key:"title,required"`
	Of    int    `key:"of,required"` // how many
}

// An Opinion is a question of a questionnaire, with the answers to choose from.
type Opinion struct {
	Ask     string   `key:"ask,required"`
	Answers []string `key:"answers,required"`
}

func or(n, other int) int {
	if n == 0 {
		return other
	}
	return n
}

// Link, Remind and Answer are the times that hold: days, and twice working days.
func (a *Attendance) Link() int   { return or(a.LinkDays, 7) }
func (a *Attendance) Remind() int { return or(a.RemindAfter, 3) }
func (a *Attendance) Answer() int { return or(a.AnswerWithin, 10) }

// Reason is the one with the text; nil if there is none.
func (a *Attendance) Reason(text string) *AbsenceReason {
	i := slices.IndexFunc(a.Reasons, func(r AbsenceReason) bool { return r.Text == text })
	if i < 0 {
		return nil
	}
	return &a.Reasons[i]
}

// Markers are who marks the workshops of a cohort.
func (c *Course) Markers(k *Cohort) []Contact {
	switch {
	case c.Attendance == nil:
		return nil
	case k != nil && len(k.MarkedBy) > 0:
		return k.MarkedBy
	}
	return c.Attendance.MarkedBy
}

// Hears are who looks again at a decision about a charge: never the lead, who made it.
func (c *Course) Hears() []Contact {
	switch {
	case c.Attendance == nil:
		return nil
	case c.Attendance.Appeals != nil:
		return []Contact{*c.Attendance.Appeals}
	case c.Deputy != nil:
		return []Contact{*c.Deputy}
	}
	return nil
}

// FreeToCancel is the last day on which a place in a cohort can be given up free of charge; the
// zero Date if the course's file has no such day. It can be before the deadline for applications.
func (c *Course) FreeToCancel(k *Cohort) Date {
	if c.Attendance == nil {
		return Date{}
	}
	return k.before(c.Attendance.WithdrawFreeWeeks)
}

// FreeToChange is the last day on which a place in a cohort can be changed for one in another
// cohort free of charge; the zero Date if the course's file has no such day.
func (c *Course) FreeToChange(k *Cohort) Date {
	if c.Attendance == nil {
		return Date{}
	}
	return k.before(c.Attendance.ChangeFreeWeeks)
}

// before is the day so many weeks before the first workshop; the zero Date for 0.
func (k *Cohort) before(weeks int) Date {
	if weeks == 0 || len(k.Workshops) == 0 {
		return Date{}
	}
	return k.Workshops[0].Date.AddDays(-7 * weeks)
}

// attendance looks for what contradicts itself in how attendance is recorded.
func (k *checker) attendance() {
	a := k.c.Attendance
	for i := range k.c.Cohorts {
		for j := range k.c.Cohorts[i].MarkedBy {
			k.email(fmt.Sprintf("cohorts.%d.marked_by.%d.email", i, j), &k.c.Cohorts[i].MarkedBy[j].Email)
		}
		if a == nil && len(k.c.Cohorts[i].MarkedBy) > 0 {
			k.add(fmt.Sprintf("cohorts.%d.marked_by", i), `add "attendance", or take this away`,
				"somebody marks who came, but the course records no attendance")
		}
	}
	if a == nil {
		return
	}
	for i := range a.MarkedBy {
		k.email(fmt.Sprintf("attendance.marked_by.%d.email", i), &a.MarkedBy[i].Email)
	}
	if a.Appeals != nil {
		k.email("attendance.appeals.email", &a.Appeals.Email)
		if strings.EqualFold(a.Appeals.Email, k.c.Lead.Email) {
			k.add("attendance.appeals.email", "name somebody else",
				"the lead decides about a charge, and cannot look again at it")
		}
	}
	if k.c.Charge > 0 && len(k.c.Hears()) == 0 {
		k.add("attendance", `name somebody under "appeals", or a deputy of the course`,
			"nobody can look again at a charge")
	}
	for key, n := range map[string]int{
		"link_days": a.LinkDays, "remind_after_working_days": a.RemindAfter, "answer_within_working_days": a.AnswerWithin,
		"withdraw_free_weeks": a.WithdrawFreeWeeks, "change_free_weeks": a.ChangeFreeWeeks,
	} {
		if n < 0 || n > 365 {
			k.add("attendance."+key, "write a number from 0 to 365", "%q cannot be %d", key, n)
		}
	}
	if a.LeastPercent < 0 || a.LeastPercent > 100 {
		k.add("attendance.least_percent", "write a number from 1 to 100", "%q cannot be %d", "least_percent", a.LeastPercent)
	}
	said := map[string]bool{}
	for i, r := range a.Reasons {
		if said[r.Text] && r.Text != "" {
			k.add(fmt.Sprintf("attendance.reasons.%d.text", i), "take one away", "the reason %q stands here twice", r.Text)
		}
		said[r.Text] = true
	}
	for i, n := range a.Counts {
		if n.Of < 1 || n.Of > 99 {
			k.add(fmt.Sprintf("attendance.counts.%d.of", i), "write a number from 1 to 99", "%q cannot be %d", "of", n.Of)
		}
	}
	for i, o := range a.Questionnaire {
		if len(o.Answers) < 2 {
			k.add(fmt.Sprintf("attendance.questionnaire.%d.answers", i), "write two or more",
				"a question needs answers to choose from")
		}
	}
	if len(a.Questionnaire) > 10 {
		k.add("attendance.questionnaire", "ask ten at most", "there are %d questions", len(a.Questionnaire))
	}
	if a.AskYearly && len(a.Questionnaire) == 0 {
		k.add("attendance.ask_yearly", `add "questionnaire"`, "there is nothing to ask each year")
	}
}
