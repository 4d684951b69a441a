package course

import (
	"fmt"
	"slices"
	"strings"
)

// Attendance says how it is recorded who came to the workshops of a course, and what follows. A
// course without it records nothing.
type Attendance struct {
	// MarkedBy are the tutors or the provider who mark who came, if a cohort names nobody else.
	// They get a link for one cohort, and need no account.
	MarkedBy []Contact `key:"marked_by,required"`
	// LinkDays is the number of days after a workshop for which the link works; 0 means a week.
	LinkDays int `key:"link_days"`
	// RemindAfter is the number of working days after which markers who have not marked are
	// reminded; 0 means 3.
	RemindAfter int `key:"remind_after_working_days"`
	// AnswerWithin is the number of working days within which a participant can say why they did
	// not come, or appeal against a decision; 0 means 10.
	AnswerWithin int `key:"answer_within_working_days"`
	// LeastPercent is the percentage of the workshops' time that a certificate requires. 0 means
	// that the participant must have come to every workshop.
	LeastPercent int `key:"least_percent"`
	// WithdrawFreeWeeks is the number of weeks before the first workshop until which an accepted
	// place can be given up without a charge; 0 means until the workshop.
	WithdrawFreeWeeks int `key:"withdraw_free_weeks"`
	// ChangeFreeWeeks is the number of weeks before the first workshop until which a place can be
	// changed for one in another cohort without a charge; 0 means until the workshop.
	ChangeFreeWeeks int `key:"change_free_weeks"`
	// Reasons are the reasons from which somebody who did not come chooses.
	Reasons []AbsenceReason `key:"reasons,required"`
	// Appeals decides appeals against a charge; nil means the deputy.
	Appeals *Contact `key:"appeals"`

	// Counts are things besides workshops and modules that participants count themselves.
	Counts []Count `key:"counts"`
	// ProviderConfirms says that the certificate also requires the provider's confirmation that the
	// programme is complete.
	ProviderConfirms bool `key:"provider_confirms"`

	// Questionnaire is asked after the last workshop, and again each year if AskYearly is set.
	// Answers are only counted.
	Questionnaire []Opinion `key:"questionnaire"`
	AskYearly     bool      `key:"ask_yearly"`
}

// An AbsenceReason is a reason for not coming.
type AbsenceReason struct {
	Text         string `key:"text,required"`
	NeverCharged bool   `key:"never_charged"` // no charge can follow
}

// A Count is something that a participant needs in a certain number: "Calls with your supervisor",
// 5.
type Count struct {
	Title string `key:"title,required"`
	Of    int    `key:"of,required"` // the number
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

// Link, Remind and Answer are the times in use: the first in days, the others in working days.
func (a *Attendance) Link() int   { return or(a.LinkDays, 7) }
func (a *Attendance) Remind() int { return or(a.RemindAfter, 3) }
func (a *Attendance) Answer() int { return or(a.AnswerWithin, 10) }

// Reason is the reason with the text; nil if there is none.
func (a *Attendance) Reason(text string) *AbsenceReason {
	i := slices.IndexFunc(a.Reasons, func(r AbsenceReason) bool { return r.Text == text })
	if i < 0 {
		return nil
	}
	return &a.Reasons[i]
}

// Markers are the people who mark the workshops of a cohort.
func (c *Course) Markers(k *Cohort) []Contact {
	switch {
	case c.Attendance == nil:
		return nil
	case k != nil && len(k.MarkedBy) > 0:
		return k.MarkedBy
	}
	return c.Attendance.MarkedBy
}

// Hears are the people who decide appeals against a charge. The lead, who decided first, is never
// one of them.
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
// zero Date if the course's file does not say. It can be before the deadline for applications.
func (c *Course) FreeToCancel(k *Cohort) Date {
	if c.Attendance == nil {
		return Date{}
	}
	return k.before(c.Attendance.WithdrawFreeWeeks)
}

// FreeToChange is the last day on which a place in a cohort can be changed for one in another
// cohort free of charge; the zero Date if the course's file does not say.
func (c *Course) FreeToChange(k *Cohort) Date {
	if c.Attendance == nil {
		return Date{}
	}
	return k.before(c.Attendance.ChangeFreeWeeks)
}

// before is the day that many weeks before the first workshop; the zero Date for 0.
func (k *Cohort) before(weeks int) Date {
	if weeks == 0 || len(k.Workshops) == 0 {
		return Date{}
	}
	return k.Workshops[0].Date.AddDays(-7 * weeks)
}

// attendance looks for contradictions in the course's attendance.
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
