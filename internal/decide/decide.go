// Package decide is what the staff do with an application that was sent: they read it, add notes,
// remind people, assign a cohort, decide, and take a decision back.
//
// Each of them sees the courses that the editors' files give them ([staff.Person]). Somebody who
// may not see an application gets the same answer as if there were none ([ErrNoApplication]).
// Nobody reads their own. A [Desk] changes an application by one conditional write, together with
// its event and its letters, as [intake.Desk] does, which stores it:
//
//   - reading an application is an event, once an hour: read.go;
//   - whoever the application waits for can be reminded at once, once a day: remind.go;
//   - a lead decides on what the [Preview] has shown. The second to decide gets [ErrDecided] and
//     the first one's decision. A decision can be taken back, and is kept all the same: decide.go.
package decide

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// A Desk is where the staff work on applications that were sent.
type Desk struct{ *intake.Desk }

// Of returns the desk of the staff for the desk that takes applications.
func Of(d *intake.Desk) *Desk { return &Desk{d} }

// Reasons why a decision was not made or not taken back. The current application is returned with
// them.
var (
	// ErrDecided: somebody else was first, or the applicant has withdrawn.
	ErrDecided = errors.New("decide: the application was decided or withdrawn")
	// ErrChanged: the application is no longer as the person saw it when they pressed the button.
	ErrChanged = errors.New("decide: the application is no longer as it was shown")
)

const (
	// fundingYears is how far ahead funding can begin. A date beyond that is probably mistyped.
	fundingYears = 2
	// OtherReason is the reason to decline that asks the lead to say more.
	OtherReason = "other"
)

// Deciding holds the questions that a page asks with either decision. Those for only one of them
// depend on the application.
var Deciding = form.Section{ID: "sign", Questions: []form.Question{
	form.Ask(form.Question{ID: "text", Kind: form.LongText,
		Label:    "What else do you want to tell the applicant?",
		Hint:     "We put this in the letter",
		Rule:     "omitempty,max=2000",
		Messages: map[string]string{"max": "What you tell the applicant must be 2,000 characters or less"}}),
	form.Ask(form.Question{ID: "name", Kind: form.Text, Label: "Your full name", InMessages: "your full name to sign",
		Hint:         "This counts as your signature",
		Rule:         "required,name,max=200",
		Messages:     map[string]string{"max": "The name you sign with must be 200 characters or less"},
		Autocomplete: "name"}),
}}

// Reopening holds the question for somebody who takes a decision back.
var Reopening = form.Section{ID: "reopen", Questions: []form.Question{form.Ask(form.Question{
	ID: "reason", Kind: form.LongText, Label: "Why do you reopen the decision?",
	InMessages: "the reason for reopening the decision",
	Hint:       "The staff see this beside the decision. The applicant does not get it",
	Rule:       "required,max=2000",
	Messages:   map[string]string{"max": "The reason for reopening must be 2,000 characters or less"},
})}}

// AssignCohort gives the application a cohort before it is decided. The office may do so, too. Once
// it is decided, AssignCohort returns ErrDecided, because the applicant was told the dates.
func (d *Desk) AssignCohort(
	ctx context.Context, s *staff.Person, ref, cohort string,
) (a *application.Application, problems []form.Problem, err error) {
	a, err = d.StaffChange(ctx, s, ref, false, func(a *application.Application) error {
		problems = nil
		_, k := d.Cohort(a.Course, cohort)
		switch {
		case a.Status() != application.Received:
			return ErrDecided
		case k == nil:
			problems = []form.Problem{form.Wrong("cohort", "Select a cohort")}
			return record.ErrUnchanged
		case a.CohortID() == cohort:
			return record.ErrUnchanged
		}
		a.Cohort = cohort
		d.StaffEvent(a, s, application.EventCohort, cohort)
		return nil
	})
	return a, problems, err
}

// DeclineReasons returns the reasons that the lead can choose from, as the form has them at
// present.
func (d *Desk) DeclineReasons(a *application.Application) []form.Option {
	if def := d.Programme.Forms[a.Form]; def != nil {
		return def.DeclineReasons
	}
	return nil
}

// Decide decides on the application by one conditional write, which also owes the letters to the
// applicant and to the lead. shown comes from the [Preview] that the person has seen. If the letter
// would now be a different one, nothing is decided and Decide returns ErrChanged; a shown of ""
// skips this check. Decide sets By and At.
//
// Whoever comes second gets ErrDecided and the application with the first one's decision, or as its
// applicant withdrew it. The same decision by the same person again counts as one and succeeds.
func (d *Desk) Decide(
	ctx context.Context, s *staff.Person, ref string, dec application.Decision, shown string,
) (a *application.Application, again bool, problems []form.Problem, err error) {
	a, err = d.StaffChange(ctx, s, ref, true, func(a *application.Application) error {
		again, problems = false, nil
		dec := proper(a, dec)
		if a.Status() != application.Received {
			if again = a.Decision != nil && sameDecision(*a.Decision, dec, s); again &&
				a.Status() != application.Withdrawn {
				return record.ErrUnchanged
			}
			again = false
			return ErrDecided
		}
		now := d.Now().UTC()
		if problems = d.wrong(a, dec, now); len(problems) > 0 {
			return record.ErrUnchanged
		}
		if shown != "" {
			p, err := d.preview(ctx, a, s, dec)
			if err != nil {
				return err
			}
			if !p.saw(shown) {
				return ErrChanged
			}
		}
		d.decide(a, s, dec, now)
		return nil
	})
	return a, again, problems, err
}

// decide puts the decision into the application and returns the name of the letter to the
// applicant.
func (d *Desk) decide(
	a *application.Application, s *staff.Person, dec application.Decision, now time.Time,
) (letter string) {
	dec.By, dec.At = s.Email, now
	a.Decision = &dec
	if dec.Accepted {
		note := dec.Cohort
		if dec.Paper {
			note += " " + application.NotePaper
		}
		letter = application.LetterAccepted
		if c, k := d.Cohort(a.Course, dec.Cohort); k != nil {
			dec.Pence = a.ChargeOf(c)
			dec.Joins(c, k)
		}
		d.StaffEvent(a, s, application.EventAccepted, note)
	} else {
		letter = application.LetterDeclined
		d.StaffEvent(a, s, application.EventDeclined, "")
	}
	a.Owe(letter, now, now)
	a.Owe(application.LetterDecision, now, now)
	askTerms(a, now)
	return letter
}

// askTerms owes the reminder to agree to the terms. Whatever accepts an application calls it in the
// same write.
func askTerms(a *application.Application, now time.Time) {
	if a.OwesAgreement() {
		a.Owe(application.LetterTermsReminder, now, course.AddWorkingDays(now, 5))
	}
}

// wrong returns what is wrong with a decision on the application. The inputs are those of the page:
// cohort, funding-day, paper, reason, text, name.
func (d *Desk) wrong(a *application.Application, dec application.Decision, now time.Time) (problems []form.Problem) {
	add := func(input, text string) { problems = append(problems, form.Wrong(input, text)) }
	if dec.Accepted {
		if c, k := d.Cohort(a.Course, dec.Cohort); k == nil && (c == nil || len(c.Cohorts) > 0) {
			add("cohort", "Select the cohort that the applicant joins")
		}
		if text := wrongFunding(dec.Funding, course.DateOf(a.Document.Received), course.DateOf(now)); text != "" {
			problems = append(problems, form.Problem{Question: "funding", Input: "funding-day",
				Inputs: []string{"funding-day", "funding-month", "funding-year"}, Text: text})
		}
		if a.Unconfirmed() && !dec.Paper {
			add("paper", a.Words().Say("Confirm that the {employer} confirmed in another way, or wait until it does"))
		}
	} else {
		reasons := d.DeclineReasons(a)
		i := slices.IndexFunc(reasons, func(o form.Option) bool { return o.Label == dec.Reason })
		switch {
		case i < 0 && len(reasons) > 0:
			add("reason", "Select the reason for declining")
		case dec.Text == "" && (i < 0 || reasons[i].ID == OtherReason):
			add("text", "Tell the applicant the reason")
		}
	}
	return append(problems, Deciding.Check(form.Values{"text": dec.Text, "name": dec.Name}, now)...)
}

// wrongFunding returns what is wrong with the date for funding to start; "" if nothing is.
func wrongFunding(funding string, received, today course.Date) string {
	var date course.Date
	if len(funding) != len(time.DateOnly) || date.UnmarshalText([]byte(funding)) != nil {
		return "Enter the date for funding to start"
	}
	last := course.DateOf(today.Time().AddDate(fundingYears, 0, 0))
	switch {
	case date.Time().Before(received.Time()):
		return "The date for funding to start must be on or after " + received.Short() +
			", when the application was received"
	case date.Time().After(last.Time()):
		return "The date for funding to start must be on or before " + last.Short()
	}
	return ""
}

// proper returns a decision with only those fields that belong to its kind.
func proper(a *application.Application, dec application.Decision) application.Decision {
	dec.Cohort, dec.Funding, dec.Reason = strings.TrimSpace(dec.Cohort), strings.TrimSpace(dec.Funding),
		strings.TrimSpace(dec.Reason)
	if !form.Visible(dec.Text) {
		dec.Text = ""
	}
	if dec.Accepted {
		dec.Reason, dec.Paper = "", dec.Paper && a.Unconfirmed()
	} else {
		dec.Cohort, dec.Funding, dec.Paper = "", "", false
	}
	return dec
}

// sameDecision reports whether was is the decision dec by the same person.
func sameDecision(was application.Decision, dec application.Decision, s *staff.Person) bool {
	dec.By, dec.At, dec.Named, dec.Year = was.By, was.At, was.Named, was.Year
	dec.Dates, dec.First, dec.Last, dec.Pence = was.Dates, was.First, was.Last, was.Pence
	if dec.Accepted { // whether the practice had confirmed was settled then
		dec.Paper = was.Paper
	}
	return was.By == s.Email && was == dec
}

// Reopen takes the decision back, with the reason, which only the staff see. round is
// [application.Application.Round] as the person saw it. If there is another decision now, or none,
// Reopen changes nothing and returns ErrChanged. Taken back twice from one page, it is taken back
// once. Letters about the decision that have not gone are dropped; if the applicant may have been
// told, they get another letter. An agreement to terms stays with the decision that it followed.
func (d *Desk) Reopen(
	ctx context.Context, s *staff.Person, ref string, round int, reason string,
) (a *application.Application, problems []form.Problem, err error) {
	a, err = d.StaffChange(ctx, s, ref, true, func(a *application.Application) error {
		if problems = Reopening.Check(form.Values{"reason": reason}, d.Now()); len(problems) > 0 {
			return record.ErrUnchanged
		}
		if round >= 0 && a.Round() == round+1 && a.Decision == nil && a.Reopened[round].Undone == reason {
			return record.ErrUnchanged
		}
		if status := a.Status(); a.Round() != round ||
			status != application.Accepted && status != application.Declined {
			return ErrChanged
		}
		now, told := d.Now().UTC(), intake.DropDecision(a)
		undone := *a.Decision
		undone.Undone, undone.Agreement = reason, a.Agreement
		a.Reopened = append(a.Reopened, undone)
		a.Decision, a.Agreement = nil, nil
		d.StaffEvent(a, s, application.EventReopened, "")
		intake.Awaits(a, now)
		if told {
			a.Owe(application.LetterReopened, now, now)
		}
		return nil
	})
	return a, problems, err
}
