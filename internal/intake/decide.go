package intake

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// Why a decision was not made or not taken back. The application comes with them, as it is.
var (
	// ErrDecided: somebody else was first, or the applicant has withdrawn.
	ErrDecided = errors.New("intake: the application was decided or withdrawn")
	// ErrChanged: what the person saw when they pressed the button is no longer so.
	ErrChanged = errors.New("intake: the application is no longer as it was shown")
)

const (
	// fundingYears is how far ahead funding can begin. A year that is mistyped is further away.
	fundingYears = 2
	// OtherReason is the reason to decline that asks the lead to say more.
	OtherReason = "other"
)

// Deciding are the questions that go with either decision, as a page asks them; what belongs to one
// alone depends on the application.
var Deciding = form.Section{ID: "sign", Questions: []form.Question{
	form.Ask(form.Question{ID: "text", Kind: form.LongText,
		Label:    "What else do you want to tell the applicant?",
		Hint:     "We put this in the letter. If you decline and no usual reason fits, explain the reason here",
		Rule:     "omitempty,max=2000",
		Messages: map[string]string{"max": "What you tell the applicant must be 2,000 characters or less"}}),
	form.Ask(form.Question{ID: "name", Kind: form.Text, Label: "Your full name", InMessages: "your full name to sign",
		Hint:         "This counts as your signature",
		Rule:         "required,name,max=200",
		Messages:     map[string]string{"max": "The name you sign with must be 200 characters or less"},
		Autocomplete: "name"}),
}}

// Reopening is the question that whoever takes a decision back answers.
var Reopening = form.Section{ID: "reopen", Questions: []form.Question{form.Ask(form.Question{
	ID: "reason", Kind: form.LongText, Label: "Why do you reopen the decision?",
	InMessages: "the reason for reopening the decision",
	Hint:       "The staff see this beside the decision. The applicant does not get it",
	Rule:       "required,max=2000",
	Messages:   map[string]string{"max": "The reason for reopening must be 2,000 characters or less"},
})}}

// Places are those of a cohort.
type Places struct {
	Cohort course.Cohort
	Taken  int // by applicants who were accepted
}

// Full tells whether the cohort has no place left. Accepting one more is for the lead to decide.
func (p Places) Full() bool { return p.Cohort.Places > 0 && p.Taken >= p.Cohort.Places }

// String is "3 of 12 places left", "no place left of 12" or "4 accepted, no limit set".
func (p Places) String() string {
	switch left := p.Cohort.Places - p.Taken; {
	case p.Cohort.Places == 0:
		return fmt.Sprintf("%d accepted, no limit set", p.Taken)
	case left < 0:
		return fmt.Sprintf("no place left of %d, and %d more accepted", p.Cohort.Places, -left)
	case left == 0:
		return fmt.Sprintf("no place left of %d", p.Cohort.Places)
	default:
		return fmt.Sprintf("%d of %d places left", left, p.Cohort.Places)
	}
}

// Places are those of the course's cohorts, in their order. They may be about a second late, as
// lists are.
func (d *Desk) Places(ctx context.Context, courseID string) ([]Places, error) {
	c := d.Programme.Course(courseID)
	if c == nil {
		return nil, nil
	}
	all := make([]Places, len(c.Cohorts))
	for i, k := range c.Cohorts {
		var err error
		if all[i], err = d.placesIn(ctx, c, k); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// PlacesIn are those of one cohort of the course; nil if there is no such cohort at present.
func (d *Desk) PlacesIn(ctx context.Context, courseID, cohort string) (*Places, error) {
	c, k := d.cohort(courseID, cohort)
	if k == nil {
		return nil, nil
	}
	p, err := d.placesIn(ctx, c, *k)
	return &p, err
}

func (d *Desk) placesIn(ctx context.Context, c *course.Course, k course.Cohort) (Places, error) {
	p := Places{Cohort: k}
	for _, is := range application.States {
		if is.Status != application.Accepted {
			continue
		}
		for _, shelf := range d.Shelves([]string{application.ShelfOf(c.ID, is.Name)}) {
			n, err := d.Store.Count(ctx, record.Range{Kind: record.Application, Shelf: shelf,
				Part: application.Joined{Year: c.Year, Named: k.Name}.Part()})
			if err != nil {
				return p, fmt.Errorf("counting places: %w", err)
			}
			p.Taken += n
		}
	}
	return p, nil
}

// joins is the cohort that the applicant was accepted into, as it is at present, with its course;
// nil if there is no such cohort any more.
func (d *Desk) joins(a *application.Application) (*course.Course, *course.Cohort) {
	c := d.Programme.Course(a.Course)
	if c == nil {
		return nil, nil
	}
	i := d.counts(a).In(c)
	if i < 0 {
		return c, nil
	}
	return c, &c.Cohorts[i]
}

// JoinsOn are the workshops of the cohort that the applicant was accepted into, in one line: as
// they are at present, or as they were then if there is no such cohort any more.
func (d *Desk) JoinsOn(a *application.Application) string {
	if c, k := d.joins(a); k != nil {
		dates, _ := c.Fact(k.ID + ".dates")
		return dates
	}
	return joinedOn(a)
}

// joinedOn are the workshops of that cohort as they were then. Older hubs did not keep them: then
// as they were when the application was sent.
func joinedOn(a *application.Application) string {
	if a.Decision == nil || !a.Decision.Accepted {
		return ""
	}
	return cmp.Or(a.Decision.Dates, a.Document.Course.Facts[a.CohortID()+".dates"])
}

// joinedDays are the days of the first and the last of those workshops; zero if they are not known.
func joinedDays(a *application.Application) (first, last course.Date) {
	day := func(d *course.Date, text string) {
		text, _, _ = strings.Cut(text, ",")
		if d.UnmarshalText([]byte(strings.TrimSpace(text))) != nil {
			*d = course.Date{}
		}
	}
	if a.Decision != nil && a.Decision.First != "" {
		day(&first, a.Decision.First)
		day(&last, a.Decision.Last)
		return first, last
	}
	// Decisions of older hubs have the days only in words: "Tuesday 2 November 2021, 2pm to 5pm;
	// …".
	dates := joinedOn(a)
	day(&first, dates)
	day(&last, dates[strings.LastIndex(dates, ";")+1:])
	return first, last
}

// cohort is the course's cohort with the id at present; nil if there is none.
func (d *Desk) cohort(courseID, id string) (*course.Course, *course.Cohort) {
	c := d.Programme.Course(courseID)
	if c == nil {
		return nil, nil
	}
	i := slices.IndexFunc(c.Cohorts, func(k course.Cohort) bool { return k.ID == id })
	if i < 0 {
		return c, nil
	}
	return c, &c.Cohorts[i]
}

// ForReview is an application for a person who may see it and, if deciding, decides for its course.
func (d *Desk) ForReview(ctx context.Context, s *staff.Person, ref string, deciding bool) (*application.Application, error) {
	a, err := d.forStaff(ctx, s, ref)
	switch {
	case err != nil || !deciding:
	case !s.May(staff.Decide, staff.Course(a.Course)):
		return nil, ErrNoApplication
	case slices.ContainsFunc(a.Corrections, func(c application.Correction) bool { return c.By == s.Email }):
		return nil, ErrCorrected
	}
	return a, err
}

// AssignCohort gives the application a cohort before it is decided; the office may, too. It returns
// ErrDecided when it is too late: the applicant was told the dates then.
func (d *Desk) AssignCohort(
	ctx context.Context, s *staff.Person, ref, cohort string,
) (a *application.Application, problems []form.Problem, err error) {
	a, err = d.StaffChange(ctx, s, ref, false, func(a *application.Application) error {
		problems = nil
		_, k := d.cohort(a.Course, cohort)
		switch {
		case a.Status() != application.Received:
			return ErrDecided
		case k == nil:
			problems = []form.Problem{problem("cohort", "Select a cohort")}
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

// DeclineReasons are what the lead can choose from, as the form has them at present.
func (d *Desk) DeclineReasons(a *application.Application) []form.Option {
	if def := d.Programme.Forms[a.Form]; def != nil {
		return def.DeclineReasons
	}
	return nil
}

// proper leaves in a decision what belongs to it.
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

// wrong is what is wrong with a decision on the application. The inputs are those of the page:
// cohort, funding-day, paper, reason, text, name.
func (d *Desk) wrong(a *application.Application, dec application.Decision, now time.Time) (problems []form.Problem) {
	add := func(input, text string) { problems = append(problems, problem(input, text)) }
	if dec.Accepted {
		if c, k := d.cohort(a.Course, dec.Cohort); k == nil && (c == nil || len(c.Cohorts) > 0) {
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

// wrongFunding is what is wrong with the date for funding to start; "" if nothing.
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

// A Preview is the letter that a decision sends.
type Preview struct {
	record.Message
	Decision []document.Item // as questions and answers
	Full     *Places         // the places of the cohort, if none is left in it; accepting one more is for the lead
	// Shown stands for the letter and what it rests on. Decide is given it back, so that what goes
	// is what was seen.
	Shown string
}

// seesFull is at the end of what stands for a preview that said that the cohort is full.
const seesFull = "-full"

// saw tells whether a person who was shown something has seen the preview, or more.
func (p *Preview) saw(shown string) bool {
	return shown == p.Shown || p.Full == nil && shown == p.Shown+seesFull
}

// LinkShown stands in a preview for a link, whose secret is made when the letter goes.
const LinkShown = "(the applicant's own link to the status page)"

// Preview is the letter to the applicant exactly as it goes if the person decides so, or what is
// wrong with the decision. It returns ErrDecided, with the application, if there is nothing to
// decide any more.
func (d *Desk) Preview(
	ctx context.Context, s *staff.Person, ref string, dec application.Decision,
) (a *application.Application, p *Preview, problems []form.Problem, err error) {
	a, err = d.ForReview(ctx, s, ref, true)
	switch {
	case err != nil:
		return nil, nil, nil, err
	case a.Status() != application.Received:
		return a, nil, nil, ErrDecided
	}
	dec = proper(a, dec)
	if problems = d.wrong(a, dec, d.Now()); len(problems) > 0 {
		return a, nil, problems, nil
	}
	p, err = d.preview(ctx, a, s, dec)
	return a, p, nil, err
}

func (d *Desk) preview(ctx context.Context, a *application.Application, s *staff.Person, dec application.Decision) (*Preview, error) {
	b := *a
	b.Events, b.Letters = slices.Clone(a.Events), nil
	letter := d.decide(&b, s, dec, d.Now().UTC())
	m, err := d.message(&b, record.Letter{Name: letter}, LinkShown)
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	part := func(texts ...string) {
		for _, t := range texts {
			fmt.Fprintf(sum, "%d:%s", len(t), t)
		}
	}
	answered := "" // by the practice, which the letter need not say
	if p := a.Authorisation; p != nil && p.Answer != nil {
		answered = p.Answer.At.Format(time.RFC3339Nano)
	}
	part(a.Reference, a.Edition(), answered, m.To, m.Subject, m.Text)
	for _, file := range m.Attachments {
		part(file.Name)
		if !strings.HasPrefix(file.Type, "application/pdf") { // which has the second in which it was drawn
			part(string(file.Data))
		}
	}
	p := &Preview{Message: m, Decision: b.DecisionItems(), Shown: base64.RawURLEncoding.EncodeToString(sum.Sum(nil))}
	if !dec.Accepted {
		return p, nil
	}
	// Places are counted from lists, which are no part of the write that decides.
	switch places, err := d.PlacesIn(ctx, a.Course, dec.Cohort); {
	case err != nil:
		return nil, err
	case places != nil && places.Full():
		p.Full = places
		p.Shown += seesFull
	}
	return p, nil
}

// Decide decides on the application by one conditional write, which also owes the letters to the
// applicant and to the lead. shown is that of the [Preview] that the person has seen; if the letter
// would now be another one, nothing is decided and ErrChanged returned. With "" it is not asked. By
// and At are set here.
//
// Whoever comes second gets ErrDecided and the application with the first one's decision, or as its
// applicant withdrew it. The same decision by the same person again is one, and again tells so.
func (d *Desk) Decide(
	ctx context.Context, s *staff.Person, ref string, dec application.Decision, shown string,
) (a *application.Application, again bool, problems []form.Problem, err error) {
	a, err = d.StaffChange(ctx, s, ref, true, func(a *application.Application) error {
		again, problems = false, nil
		dec := proper(a, dec)
		if a.Status() != application.Received {
			if again = a.Decision != nil && sameDecision(*a.Decision, dec, s); again && a.Status() != application.Withdrawn {
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

// sameDecision tells whether the decision is dec by the person.
func sameDecision(was application.Decision, dec application.Decision, s *staff.Person) bool {
	dec.By, dec.At, dec.Named, dec.Year = was.By, was.At, was.Named, was.Year
	dec.Dates, dec.First, dec.Last, dec.Pence = was.Dates, was.First, was.Last, was.Pence
	if dec.Accepted { // whether the practice had confirmed is settled by now
		dec.Paper = was.Paper
	}
	return was.By == s.Email && was == dec
}

// decide puts the decision into the application and returns the name of the letter to the
// applicant.
func (d *Desk) decide(a *application.Application, s *staff.Person, dec application.Decision, now time.Time) (letter string) {
	dec.By, dec.At = s.Email, now
	a.Decision = &dec
	if dec.Accepted {
		note := dec.Cohort
		if dec.Paper {
			note += " " + NotePaper
		}
		letter = application.LetterAccepted
		if c, k := d.cohort(a.Course, dec.Cohort); k != nil {
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

// NotePaper stands behind the cohort in the note of an acceptance if the practice had not confirmed
// online but in another way.
const NotePaper = "paper"

// Reopen takes the decision back, with the reason, which is for the staff. round is
// [application.Application.Round] as the person saw it: if there is another decision now, or none,
// nothing happens and ErrChanged is returned; taken back twice by one page it is taken back once.
// Letters about the decision that have not gone are dropped; if the applicant may have been told,
// another letter says so. An agreement to terms belongs to the decision that it followed.
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
		if status := a.Status(); a.Round() != round || status != application.Accepted && status != application.Declined {
			return ErrChanged
		}
		now, told := d.Now().UTC(), false
		a.Letters.Drop(func(l record.Letter) bool {
			if !sends[l.Name].decision || !l.Owed.Equal(a.Decision.At) {
				return false
			}
			// While a try is under way, nobody knows yet whether it goes.
			gone := !l.Sent.IsZero() || l.Attempts > 0 && l.Error == ""
			told = told || gone && l.Name != application.LetterDecision
			return !gone
		})
		undone := *a.Decision
		undone.Undone, undone.Agreement = reason, a.Agreement
		a.Reopened = append(a.Reopened, undone)
		a.Decision, a.Agreement = nil, nil
		d.StaffEvent(a, s, application.EventReopened, "")
		dropUnneeded(a)
		if a.PracticeIs(application.PracticeAsked, application.PracticeUnreached) { // reminders that fell due while there was a decision were dropped
			pursue(a, now)
		}
		if told {
			a.Owe(application.LetterReopened, now, now)
		}
		return nil
	})
	return a, problems, err
}

// Fields of letters about a decision; see decisionFields.
var (
	decisionFieldNames = []string{"decision", "decision.reason", "decision.text", "decision.funding",
		"decision.practice", "decision.by", "decision.date",
		"cohort.name", "cohort.asked", "cohort.start", "cohort.dates", "cohort.free-to-cancel", "cohort.free-ended", "course-page"}
	reopenedFieldNames = []string{"reopened.date", "course-page"}
)

// decisionFields are the letters' fields about the decision.
func (d *Desk) decisionFields(a *application.Application) map[string]string {
	f := map[string]string{"course-page": d.BaseURL + "/courses/" + a.Course + "/"}
	if n := len(a.Reopened); n > 0 {
		f["reopened.date"] = course.DateOf(a.Reopened[n-1].At).String()
	}
	dec := a.Decision
	if dec == nil {
		return f
	}
	f["decision"], f["decision.reason"], f["decision.text"] = dec.Words(), dec.Reason, dec.Text
	f["decision.by"], f["decision.date"] = dec.Name, course.DateOf(dec.At).String()
	if !dec.Accepted {
		return f
	}
	f["decision.funding"] = dec.FundingStarts()
	if dec.Paper {
		f["decision.practice"] = a.Words().Say(application.PaperWords)
	}
	if asked, name := a.AskedFor(); asked != dec.Cohort {
		f["cohort.asked"] = name
	}
	// The dates are those of today: workshops can have been moved since the application was sent.
	f["cohort.name"] = dec.Named
	c, k := d.joins(a)
	if k == nil || len(k.Workshops) == 0 {
		f["cohort.dates"] = joinedOn(a)
		if first, _ := joinedDays(a); first != (course.Date{}) {
			f["cohort.start"] = first.String()
		}
		return f
	}
	var dates []string
	for i, w := range k.Workshops {
		dates = append(dates, "- "+w.String()+": "+c.Workshop(*k, i))
	}
	f["cohort.name"], f["cohort.start"], f["cohort.dates"] = k.Name, k.Workshops[0].Date.String(),
		strings.Join(dates, "\n")
	if last := c.FreeToCancel(k); last != (course.Date{}) {
		name := "cohort.free-to-cancel"
		if last.Before(course.DateOf(d.Now())) {
			name = "cohort.free-ended"
		}
		f[name] = last.String()
	}
	return f
}

// cohortCalendar is the calendar of the cohort that the applicant joins, for the letter that says
// so.
func (d *Desk) cohortCalendar(a *application.Application) []record.Attachment {
	if a.Decision == nil {
		return nil
	}
	c, k := d.joins(a)
	if k == nil {
		return nil
	}
	return []record.Attachment{{Name: c.ID + "-" + k.ID + ".ics", Type: "text/calendar; charset=utf-8",
		Data: c.CohortCalendar(*k, d.BaseURL)}}
}
