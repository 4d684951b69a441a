package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/form"
)

// A form with a part that asks ([form.Asks]) has it completed online, by somebody at the applicant's practice. They are asked
// by a letter when the application is sent, and reminded; a link in each letter opens a page that shows no more than
// what is to be confirmed. The link stays good until the applicant has somebody else asked. Whatever was answered first
// counts: the page shows it to everybody who comes after.

const (
	// mostAsked is how many people an applicant can have asked: nobody has checked the addresses that these letters go to.
	mostAsked = 10

	mostName   = 200  // characters of a name or a role
	mostReason = 2000 // characters
)

// remindAfter is when the practice is reminded: in working days after it was asked.
var remindAfter = []int{3, 7}

// PracticeState is how far the practice's part is.
type PracticeState string

const (
	PracticeNone      PracticeState = ""             // the form asks nobody
	PracticeAsked     PracticeState = "asked"        // and has not answered
	PracticeBounced   PracticeState = "bounced"      // asked, but a letter came back
	PracticeWrong     PracticeState = "wrong person" // asked, but said that they are not the one to ask
	PracticeConfirmed PracticeState = "confirmed"
	PracticeRefused   PracticeState = "refused"
	PracticeOver      PracticeState = "over" // not answered, and no answer is needed any more
)

// Practice tells how far the practice's part is, and since when.
func (a *Application) Practice() (PracticeState, time.Time) {
	p := a.Authorisation
	switch {
	case p == nil:
		return PracticeNone, time.Time{}
	case p.Answer != nil && p.Answer.Confirmed:
		return PracticeConfirmed, p.Answer.At
	case p.Answer != nil:
		return PracticeRefused, p.Answer.At
	}
	if status, since := a.status(); status != Received {
		return PracticeOver, since
	}
	state, since := PracticeAsked, p.Asked
	for _, e := range a.Events {
		switch {
		case e.What == EventAsked:
			state, since = PracticeAsked, p.Asked
		case e.What == EventWrong:
			state, since = PracticeWrong, e.At
		case e.What == EventBounced && state == PracticeAsked && a.asks(e.Note):
			state, since = PracticeBounced, e.At
		}
	}
	return state, since
}

// asks tells whether the note of an event is about a letter to the person who is asked at present.
func (a *Application) asks(note string) bool {
	id, _, _ := strings.Cut(note, " ")
	return slices.ContainsFunc(a.Letters, func(l Letter) bool {
		return l.ID == id && toPractice(l) && !l.Owed.Before(a.Authorisation.Asked)
	})
}

func toPractice(l Letter) bool { return l.Name == LetterAuthorise || l.Name == LetterReminder }

func (a *Application) practiceIs(state PracticeState) bool {
	is, _ := a.Practice()
	return is == state
}

// awaitsPractice tells whether to write to the person asked.
func (a *Application) awaitsPractice() bool { return a.practiceIs(PracticeAsked) }

// askPractice asks the practice to complete its part, if the form has one that is completed online.
func (d *Desk) askPractice(a *Application, def *form.Definition, now time.Time) {
	part := def.Practice()
	if part == nil {
		return
	}
	asked := AskedIn(def)
	v := form.Values{}
	for _, q := range asked.Questions {
		_, s := def.Question(q.ID)
		v[q.ID] = a.Answers.Values[s.ID][q.ID]
	}
	a.ask(part, v, &asked, now, "hub")
}

// AskedIn are the two questions that tell whom to ask at the practice, name and e-mail address, as a section by themselves: what
// [Desk.ReplacePractice] takes. It has none if the form asks nobody.
func AskedIn(def *form.Definition) form.Section {
	var s form.Section
	part := def.Practice()
	if part == nil {
		return s
	}
	_, in := def.Question(part.Asks.Email)
	s.ID, s.Title = in.ID, in.Title
	for _, id := range []string{part.Asks.Name, part.Asks.Email} {
		q, _ := def.Question(id)
		s.Questions = append(s.Questions, *q)
	}
	return s
}

// ask makes the person whom v names the one who is asked, instead of anybody before.
func (a *Application) ask(part *form.Part, v form.Values, asked *form.Section, now time.Time, who string) {
	now = now.UTC().Truncate(time.Millisecond)
	p := &Authorisation{
		Name: asked.Questions[0].Shown(v), Email: asked.Questions[1].Normal(v), Asked: now,
		Shown: Shown{Reference: a.Reference, Course: a.Document.Course.Title, Doctor: a.Document.Applicant.Name, Statement: part.Statement},
	}
	for _, s := range a.Document.Sections {
		for _, i := range s.Items {
			if slices.Contains(part.Asks.Shows, i.ID) {
				p.Shown.Items = append(p.Shown.Items, i)
			}
		}
	}
	if old := a.Authorisation; old != nil {
		p.Earlier = append(old.Earlier, *old)
		p.Earlier[len(p.Earlier)-1].Earlier = nil
	}
	a.Authorisation = p
	a.Keys = slices.DeleteFunc(a.Keys, func(k Key) bool { return k.For == forPractice })
	a.Letters = slices.DeleteFunc(a.Letters, func(l Letter) bool { return toPractice(l) && l.Sent.IsZero() })
	a.event(now, EventAsked, who, "")
	a.owe(LetterAuthorise, now, now)
	for i, days := range remindAfter {
		id := fmt.Sprintf("%s-%d-%d", LetterReminder, a.version, i+1)
		a.Letters = append(a.Letters, Letter{ID: id, Name: LetterReminder, Owed: now, Due: course.AddWorkingDays(now, days).UTC()})
	}
}

// Sum is what an answer is bound to: SHA-256 of the JSON.
func (s Shown) Sum() []byte {
	data, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings only
	}
	return digest(data)
}

// PracticePage is the application that a link to the practice opens, or ErrNoLink. [Application.Practice] tells what there is to
// show. It changes nothing: mail scanners open links, too.
func (d *Desk) PracticePage(ctx context.Context, link string) (*Application, error) {
	return d.linked(ctx, link, forPractice)
}

// A PracticeAnswer is what somebody at a practice posts, as typed.
type PracticeAnswer struct {
	Choice string // Confirm, Refuse or WrongPerson
	Name   string // counts as a signature; not needed of the wrong person
	Role   string // as Name
	Reason string // why they refuse
	Seen   []byte // Shown.Sum of what they saw
}

// What a practice can choose.
const (
	Confirm     = "confirm"
	Refuse      = "refuse"
	WrongPerson = "wrong"
)

// Authorise takes the practice's answer by one conditional write. The first counts: if there is one, or no answer is needed any
// more, nothing changes and the application is returned as it is. Problems have the inputs "choice", "name", "role" and "reason",
// and "shown" if what is to be confirmed is not what they saw.
func (d *Desk) Authorise(ctx context.Context, link string, answer PracticeAnswer) (a *Application, problems []form.Problem, err error) {
	a, err = d.linked(ctx, link, forPractice)
	if err != nil {
		return nil, nil, err
	}
	_, secret, _ := splitKey(link)
	a, err = d.write(ctx, a, func(a *Application) error {
		problems = nil
		now := d.Now().UTC()
		if !a.opens(secret, forPractice, now) { // somebody else was asked in the meantime
			return ErrNoLink
		}
		if state, _ := a.Practice(); state != PracticeAsked && state != PracticeBounced {
			return errUnchanged
		}
		if problems = answer.problems(a.Authorisation.Shown); len(problems) > 0 {
			return errUnchanged
		}
		a.answer(answer, now)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return a, problems, nil
}

func (a *Application) answer(answer PracticeAnswer, now time.Time) {
	if answer.Choice == WrongPerson {
		a.event(now, EventWrong, "practice", "")
		a.owe(LetterPracticeAnswer, now, now)
		return
	}
	a.Authorisation.Answer = &Authorised{
		Confirmed: answer.Choice == Confirm, Name: answer.Name, Role: answer.Role, At: now, Hash: a.Authorisation.Shown.Sum(),
	}
	what := EventAuthorised
	if answer.Choice == Refuse {
		what, a.Authorisation.Answer.Reason = EventRefused, answer.Reason
	}
	a.event(now, what, "practice", "")
	a.owe(LetterPracticeToLead, now, now)
	a.owe(LetterPracticeAnswer, now, now)
}

// problems are what is wrong with an answer to what is shown.
func (p PracticeAnswer) problems(shown Shown) []form.Problem {
	var all []form.Problem
	wrong := func(input, text string) {
		all = append(all, form.Problem{Input: input, Inputs: []string{input}, Text: text})
	}
	need := func(input, text, is, enter string, most int) {
		switch n := len([]rune(strings.TrimSpace(text))); {
		case n == 0:
			wrong(input, enter)
		case n > most:
			wrong(input, fmt.Sprintf("%s must be %s characters or less", is, thousands(most)))
		}
	}
	if !bytes.Equal(p.Seen, shown.Sum()) {
		wrong("shown", "What you are asked to confirm has changed. Read it again, and answer again")
	}
	switch p.Choice {
	case Confirm, Refuse, WrongPerson:
	default:
		wrong("choice", "Select whether you confirm this, cannot confirm it, or are not the right person")
	}
	if p.Choice == Refuse {
		need("reason", p.Reason, "The reason", "Enter the reason why you cannot confirm this", mostReason)
	}
	if p.Choice != WrongPerson {
		need("name", p.Name, "Your full name", "Enter your full name", mostName)
		need("role", p.Role, "Your role", "Enter your role at the practice", mostName)
	}
	return all
}

// thousands writes a number of at most six figures as people do: "2,000".
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

// ReplacePractice has somebody else at the practice asked, or the same person once more: all links to the practice die, and a letter
// goes to the new address. It may follow a refusal, but not a confirmation (ErrFinal). Problems are about the questions of
// [AskedIn].
func (d *Desk) ReplacePractice(ctx context.Context, ref, name, email string) (a *Application, problems []form.Problem, err error) {
	a, err = d.amend(ctx, ref, func(a *Application) error {
		problems = nil
		switch state, _ := a.Practice(); state {
		case PracticeNone, PracticeConfirmed, PracticeOver:
			return ErrFinal
		}
		def := d.Programme.Forms[a.Form]
		if a.Status() != Received || def == nil || def.Practice() == nil {
			return ErrFinal
		}
		asked := AskedIn(def)
		v := form.Values{asked.Questions[0].ID: name, asked.Questions[1].ID: email}
		problems = notOwn(asked.Check(v, d.Now().In(course.London)), &asked.Questions[1], v, a.Document.Applicant.Email)
		if n := len(a.Authorisation.Earlier) + 1; n >= mostAsked && len(problems) == 0 {
			q := asked.Questions[1].ID
			problems = []form.Problem{{Question: q, Input: q, Inputs: []string{q},
				Text: fmt.Sprintf("You have had %d people asked. To ask another, email %s", n, a.Document.Course.Contact)}}
		}
		if len(problems) > 0 {
			return errUnchanged
		}
		part := def.Practice()
		for i := range a.Document.Parts { // the words of the application, not today's
			if p := &a.Document.Parts[i]; p.Asks != nil {
				part = p
			}
		}
		a.ask(part, v, &asked, d.Now(), "applicant")
		return nil
	})
	return a, problems, err
}

// notOwn adds to the problems that the practice's address is the applicant's, if it has none yet.
func notOwn(problems []form.Problem, q *form.Question, v form.Values, applicant string) []form.Problem {
	if applicant == "" || !strings.EqualFold(q.Normal(v), strings.TrimSpace(applicant)) ||
		slices.ContainsFunc(problems, func(p form.Problem) bool { return p.Question == q.ID }) {
		return problems
	}
	return append(problems, q.NotYourOwn())
}

// practiceBounced has the applicant told, once for each person asked, that a letter to the practice came back.
func (a *Application) practiceBounced(now time.Time) {
	if !a.practiceIs(PracticeBounced) || slices.ContainsFunc(a.Letters, func(l Letter) bool {
		return l.Name == LetterPracticeBounced && !l.Owed.Before(a.Authorisation.Asked)
	}) {
		return
	}
	a.owe(LetterPracticeBounced, now, now)
}

// FlagsNow are what a person should look at, with possible doubles and what the practice's part gives reason for.
func (a *Application) FlagsNow() []string {
	flags := slices.Clone(a.Flags)
	for _, ref := range a.doubles() {
		flags = append(flags, "Application "+ref+" for this course has the same GMC number.")
	}
	switch state, _ := a.Practice(); state {
	case PracticeBounced:
		flags = append(flags, "An email to the practice came back. The applicant was asked for another address.")
	case PracticeWrong:
		flags = append(flags, "The person asked at the practice is not the right one. The applicant was asked to name another.")
	case PracticeRefused:
		flags = append(flags, "The practice did not confirm its part.")
	}
	if p := a.Authorisation; p != nil {
		if slices.ContainsFunc(p.Earlier, func(e Authorisation) bool { return e.Answer != nil }) {
			flags = append(flags, "The practice refused to confirm its part before. The applicant then had it asked again.")
		}
		if p.Answer != nil && strings.EqualFold(strings.TrimSpace(p.Answer.Name), strings.TrimSpace(p.Shown.Doctor)) {
			flags = append(flags, "The name of the person who answered for the practice is the applicant's.")
		}
	}
	return flags
}

// practiceFields are the letters' fields about the practice's authorisation. Those of a state that is not are empty, so
// that a letter can have a paragraph for each.
func (d *Desk) practiceFields(a *Application) map[string]string {
	p := a.Authorisation
	if p == nil {
		return nil
	}
	state, at := a.Practice()
	asked, when := course.DateOf(p.Asked).String(), course.Moment(at)
	f := map[string]string{"practice.name": p.Name, "practice.email": p.Email, "practice.asked": asked, "practice.statement": p.Shown.Statement}
	switch state {
	case PracticeConfirmed:
		f["practice.confirmed"], f["practice.confirmed-by"] = when, p.Answer.Name+", "+p.Answer.Role
	case PracticeRefused:
		f["practice.refused"], f["practice.refused-by"], f["practice.reason"] = when, p.Answer.Name+", "+p.Answer.Role, p.Answer.Reason
	case PracticeWrong:
		f["practice.wrong"], f["practice.wrong-person"] = when, p.Name
	case PracticeAsked, PracticeBounced:
		f["practice.waiting"] = asked
	}
	return f
}

// practiceNames are all names of practiceFields.
var practiceNames = []string{
	"practice.name", "practice.email", "practice.asked", "practice.waiting", "practice.statement", "practice.confirmed", "practice.confirmed-by",
	"practice.refused", "practice.refused-by", "practice.reason", "practice.wrong", "practice.wrong-person",
}

// completedPractice is the practice's part as it stands, nil if the form asks for none.
func (a *Application) completedPractice() *Completed {
	p := a.Authorisation
	if p == nil {
		return nil
	}
	c := &Completed{}
	for _, part := range a.Document.Parts {
		if part.Asks != nil {
			c.Part = part.ID
		}
	}
	item := func(id, question, answer string) {
		c.Items = append(c.Items, Item{ID: id, Question: question, Answer: answer})
	}
	if p.Answer == nil {
		c.State = fmt.Sprintf("Not yet authorised. We asked %s on %s.", p.Name, course.DateOf(p.Asked))
		state, _ := a.Practice()
		switch {
		case a.Decision != nil && a.Decision.Paper:
			c.State = "Not authorised online. The STP lead has the practice's authorisation in another way."
		case state == PracticeBounced:
			c.State += " The email came back."
		case state == PracticeWrong:
			c.State += " They are not the right person."
		}
	} else {
		said := map[bool]string{true: "Confirmed", false: "Not confirmed"}
		item("answer", "Answer", said[p.Answer.Confirmed])
		if !p.Answer.Confirmed {
			item("reason", "Reason", p.Answer.Reason)
		}
		item("name", "Signed by", p.Answer.Name)
		item("role", "Role at the practice", p.Answer.Role)
		item("at", "Signed at", course.Moment(p.Answer.At))
	}
	for i, e := range p.Earlier {
		if e.Answer != nil {
			item(fmt.Sprintf("earlier-%d", i+1), "Refused before", fmt.Sprintf("%s, %s, at %s: %s", e.Answer.Name, e.Answer.Role, course.Moment(e.Answer.At), e.Answer.Reason))
		}
	}
	return c
}
