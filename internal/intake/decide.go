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
	for _, is := range States {
		if is.Status != Accepted {
			continue
		}
		for _, shelf := range d.Shelves([]string{ShelfOf(c.ID, is.Name)}) {
			n, err := d.Store.Count(ctx, record.Range{Kind: record.Application, Shelf: shelf,
				Part: Joined{c.Year, k.Name}.part()})
			if err != nil {
				return p, fmt.Errorf("counting places: %w", err)
			}
			p.Taken += n
		}
	}
	return p, nil
}

// In is which of the course's cohorts, as they are at present, somebody was accepted into; -1 if it
// is none of them.
func (was Counts) In(c *course.Course) int {
	if was.Decision != Accepted || was.Year != c.Year {
		return -1
	}
	return slices.IndexFunc(c.Cohorts, func(k course.Cohort) bool { return k.Name == was.Named })
}

// joins is the cohort that the applicant was accepted into, as it is at present, with its course;
// nil if there is no such cohort any more.
func (d *Desk) joins(a *Application) (*course.Course, *course.Cohort) {
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
func (d *Desk) JoinsOn(a *Application) string {
	if c, k := d.joins(a); k != nil {
		dates, _ := c.Fact(k.ID + ".dates")
		return dates
	}
	return a.joinedOn()
}

// joinedOn are the workshops of that cohort as they were then. Older hubs did not keep them: then
// as they were when the application was sent.
func (a *Application) joinedOn() string {
	if a.Decision == nil || !a.Decision.Accepted {
		return ""
	}
	return cmp.Or(a.Decision.Dates, a.Document.Course.Facts[a.CohortID()+".dates"])
}

// joinedDays are the days of the first and the last of those workshops; zero if they are not known.
func (a *Application) joinedDays() (first, last course.Date) {
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
	dates := a.joinedOn()
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
func (d *Desk) ForReview(ctx context.Context, s *staff.Person, ref string, deciding bool) (*Application, error) {
	a, err := d.forStaff(ctx, s, ref)
	switch {
	case err != nil || !deciding:
	case !s.May(staff.Decide, staff.Course(a.Course)):
		return nil, ErrNoApplication
	case slices.ContainsFunc(a.Corrections, func(c Correction) bool { return c.By == s.Email }):
		return nil, ErrCorrected
	}
	return a, err
}

// AssignCohort gives the application a cohort before it is decided; the office may, too. It returns
// ErrDecided when it is too late: the applicant was told the dates then.
func (d *Desk) AssignCohort(
	ctx context.Context, s *staff.Person, ref, cohort string,
) (a *Application, problems []form.Problem, err error) {
	a, err = d.StaffChange(ctx, s, ref, false, func(a *Application) error {
		problems = nil
		_, k := d.cohort(a.Course, cohort)
		switch {
		case a.Status() != Received:
			return ErrDecided
		case k == nil:
			problems = []form.Problem{problem("cohort", "Select a cohort")}
			return record.ErrUnchanged
		case a.CohortID() == cohort:
			return record.ErrUnchanged
		}
		a.Cohort = cohort
		d.StaffEvent(a, s, EventCohort, cohort)
		return nil
	})
	return a, problems, err
}

// DeclineReasons are what the lead can choose from, as the form has them at present.
func (d *Desk) DeclineReasons(a *Application) []form.Option {
	if def := d.Programme.Forms[a.Form]; def != nil {
		return def.DeclineReasons
	}
	return nil
}

// Unconfirmed tells whether the practice was asked to confirm and has not.
func (a *Application) Unconfirmed() bool {
	return a.Authorisation != nil && (a.Authorisation.Answer == nil || !a.Authorisation.Answer.Confirmed)
}

// Round counts the decisions that were taken back. A page posts it, so that nobody takes back a
// decision that they have not seen.
func (a *Application) Round() int { return len(a.Reopened) }

// proper leaves in a decision what belongs to it.
func (a *Application) proper(dec Decision) Decision {
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
func (d *Desk) wrong(a *Application, dec Decision, now time.Time) (problems []form.Problem) {
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
			add("paper", a.words().Say("Confirm that the {employer} confirmed in another way, or wait until it does"))
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
	ctx context.Context, s *staff.Person, ref string, dec Decision,
) (a *Application, p *Preview, problems []form.Problem, err error) {
	a, err = d.ForReview(ctx, s, ref, true)
	switch {
	case err != nil:
		return nil, nil, nil, err
	case a.Status() != Received:
		return a, nil, nil, ErrDecided
	}
	dec = a.proper(dec)
	if problems = d.wrong(a, dec, d.Now()); len(problems) > 0 {
		return a, nil, problems, nil
	}
	p, err = d.preview(ctx, a, s, dec)
	return a, p, nil, err
}

func (d *Desk) preview(ctx context.Context, a *Application, s *staff.Person, dec Decision) (*Preview, error) {
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
	ctx context.Context, s *staff.Person, ref string, dec Decision, shown string,
) (a *Application, again bool, problems []form.Problem, err error) {
	a, err = d.StaffChange(ctx, s, ref, true, func(a *Application) error {
		again, problems = false, nil
		dec := a.proper(dec)
		if a.Status() != Received {
			if again = a.Decision != nil && a.Decision.same(dec, s); again && a.Status() != Withdrawn {
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

// same tells whether the decision is dec by the person.
func (was Decision) same(dec Decision, s *staff.Person) bool {
	dec.By, dec.At, dec.Named, dec.Year = was.By, was.At, was.Named, was.Year
	dec.Dates, dec.First, dec.Last, dec.Pence = was.Dates, was.First, was.Last, was.Pence
	if dec.Accepted { // whether the practice had confirmed is settled by now
		dec.Paper = was.Paper
	}
	return was.By == s.Email && was == dec
}

// decide puts the decision into the application and returns the name of the letter to the
// applicant.
func (d *Desk) decide(a *Application, s *staff.Person, dec Decision, now time.Time) (letter string) {
	dec.By, dec.At = s.Email, now
	a.Decision = &dec
	if dec.Accepted {
		note := dec.Cohort
		if dec.Paper {
			note += " " + NotePaper
		}
		letter = LetterAccepted
		if c, k := d.cohort(a.Course, dec.Cohort); k != nil {
			dec.Pence = a.chargeOf(c)
			dec.joins(c, k)
		}
		d.StaffEvent(a, s, EventAccepted, note)
	} else {
		letter = LetterDeclined
		d.StaffEvent(a, s, EventDeclined, "")
	}
	a.owe(letter, now, now)
	a.owe(LetterDecision, now, now)
	a.askTerms(now)
	return letter
}

// joins keeps the cohort's name and dates as they are.
func (dec *Decision) joins(c *course.Course, k *course.Cohort) {
	dec.Named, dec.Year = k.Name, c.Year
	dec.Dates, _ = c.Fact(k.ID + ".dates")
	if n := len(k.Workshops); n > 0 {
		dec.First, dec.Last = k.Workshops[0].Date.ISO(), k.Workshops[n-1].Date.ISO()
	}
}

// NotePaper stands behind the cohort in the note of an acceptance if the practice had not confirmed
// online but in another way.
const NotePaper = "paper"

// Reopen takes the decision back, with the reason, which is for the staff. round is
// [Application.Round] as the person saw it: if there is another decision now, or none, nothing
// happens and ErrChanged is returned; taken back twice by one page it is taken back once. Letters
// about the decision that have not gone are dropped; if the applicant may have been told, another
// letter says so. An agreement to terms belongs to the decision that it followed.
func (d *Desk) Reopen(
	ctx context.Context, s *staff.Person, ref string, round int, reason string,
) (a *Application, problems []form.Problem, err error) {
	a, err = d.StaffChange(ctx, s, ref, true, func(a *Application) error {
		if problems = Reopening.Check(form.Values{"reason": reason}, d.Now()); len(problems) > 0 {
			return record.ErrUnchanged
		}
		if round >= 0 && a.Round() == round+1 && a.Decision == nil && a.Reopened[round].Undone == reason {
			return record.ErrUnchanged
		}
		if status := a.Status(); a.Round() != round || status != Accepted && status != Declined {
			return ErrChanged
		}
		now, told := d.Now().UTC(), false
		a.Letters.Drop(func(l record.Letter) bool {
			if !sends[l.Name].decision || !l.Owed.Equal(a.Decision.At) {
				return false
			}
			// While a try is under way, nobody knows yet whether it goes.
			gone := !l.Sent.IsZero() || l.Attempts > 0 && l.Error == ""
			told = told || gone && l.Name != LetterDecision
			return !gone
		})
		undone := *a.Decision
		undone.Undone, undone.Agreement = reason, a.Agreement
		a.Reopened = append(a.Reopened, undone)
		a.Decision, a.Agreement = nil, nil
		d.StaffEvent(a, s, EventReopened, "")
		a.dropUnneeded()
		if a.PracticeIs(PracticeAsked, PracticeUnreached) { // reminders that fell due while there was a decision were dropped
			a.pursue(now)
		}
		if told {
			a.owe(LetterReopened, now, now)
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
func (d *Desk) decisionFields(a *Application) map[string]string {
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
		f["decision.practice"] = a.words().Say(paperWords)
	}
	if asked, name := a.AskedFor(); asked != dec.Cohort {
		f["cohort.asked"] = name
	}
	// The dates are those of today: workshops can have been moved since the application was sent.
	f["cohort.name"] = dec.Named
	c, k := d.joins(a)
	if k == nil || len(k.Workshops) == 0 {
		f["cohort.dates"] = a.joinedOn()
		if first, _ := a.joinedDays(); first != (course.Date{}) {
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

const paperWords = "The {employer} confirmed in another way"

// Words are "Accepted" or "Declined".
func (dec *Decision) Words() string {
	if dec.Accepted {
		return "Accepted"
	}
	return "Declined"
}

// FundingStarts is the date for funding to start as people read it; "" if there is none.
func (dec *Decision) FundingStarts() string { return course.InFull(dec.Funding) }

// AgreedFrom is the day from which what was confirmed is agreed, as people read it; "" if it is so
// now.
func (w *Authorised) AgreedFrom() string { return course.InFull(w.From) }

// cohortCalendar is the calendar of the cohort that the applicant joins, for the letter that says
// so.
func (d *Desk) cohortCalendar(a *Application) []record.Attachment {
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

// DecisionItems are the decision that stands as questions and answers; none if there is none.
func (a *Application) DecisionItems() []document.Item {
	dec, w := a.Decision, a.words()
	if dec == nil {
		return nil
	}
	day := course.DateOf(dec.At).String()
	items := []document.Item{
		{ID: "name", Kind: form.Text, Question: "Name", Answer: dec.Name},
		{ID: "date", Kind: form.Text, Question: "Date of decision", Answer: day},
		{ID: "decision", Kind: form.Text, Question: "Decision", Answer: dec.Words()},
	}
	if dec.Accepted {
		items = append(items, document.Item{ID: "cohort", Kind: form.Text, Question: "Cohort", Answer: dec.Named})
		if asked, name := a.AskedFor(); asked != dec.Cohort && name != "" {
			items = append(items, document.Item{ID: "asked", Kind: form.Text, Question: "Asked for", Answer: name})
		}
		if dec.Paper {
			items = append(items, document.Item{ID: "practice", Kind: form.Text,
				Question: w.Say("Authorisation by the {employer}"), Answer: w.Say(paperWords)})
		}
		items = append(items, document.Item{ID: "funding", Kind: form.Text,
			Question: "Proposed date for funding to commence", Answer: dec.FundingStarts()})
	} else if dec.Reason != "" {
		items = append(items, document.Item{ID: "reason", Kind: form.Text, Question: "Reason", Answer: dec.Reason})
	}
	if dec.Text != "" {
		items = append(items, document.Item{ID: "text", Kind: form.LongText, Question: "What the applicant is told",
			Answer: dec.Text})
	}
	return append(items,
		document.Item{ID: "signature", Kind: form.Text, Question: w.Say("Signature of {decider}"), Answer: dec.Name},
		document.Item{ID: "signed", Kind: form.Text, Question: "Date", Answer: day})
}
