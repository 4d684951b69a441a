package intake

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/record"
	"traininghub/internal/words"
)

// A form with a part that asks ([form.Asks]) has it completed online, by somebody at the
// applicant's practice. They are asked by a letter when the application is sent, and reminded; a
// link in each letter opens a page that shows no more than what is to be confirmed. The link stays
// good until the applicant has somebody else asked. Whatever was answered first counts: the page
// shows it to everybody who comes after. It can be taken back for an hour, and the letters that
// tell others of it wait that hour. If nothing was answered in spite of the reminders, the
// applicant is told, who can speak to the practice and have it asked again.

// mostAsked is how often an applicant can have somebody asked: nobody has checked the addresses
// that these letters go to.
const mostAsked = 10

// backFor is how long a practice can take its answer back; mostBack is how often.
const (
	backFor  = time.Hour
	mostBack = 10
)

// In working days after the practice was asked: when it is reminded, and when the applicant is told
// that it has not answered.
var (
	remindAfter = []int{3, 7}
	silentAfter = 10
)

// PracticeState is how far the practice's part is.
type PracticeState string

const (
	PracticeNone      PracticeState = ""          // the form asks nobody
	PracticeAsked     PracticeState = "asked"     // and has not answered
	PracticeUnreached PracticeState = "unreached" // no letter has got through, and not for the address
	PracticeBounced   PracticeState = "bounced"   // asked, but a letter came back
	// asked and reminded, and the applicant was told that there is no answer
	PracticeSilent    PracticeState = "silent"
	PracticeWrong     PracticeState = "wrong person" // asked, but said that they are not the one to ask
	PracticeConfirmed PracticeState = "confirmed"
	PracticeRefused   PracticeState = "refused"
	PracticeOver      PracticeState = "over" // not answered, and no answer is needed any more
)

// Open tells whether the person asked can still answer.
func (s PracticeState) Open() bool {
	return s == PracticeAsked || s == PracticeUnreached || s == PracticeBounced || s == PracticeSilent
}

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
	if status, since := a.StatusSince(); status != Received {
		return PracticeOver, since
	}
	state, since := PracticeAsked, p.Asked
	for _, e := range a.Events {
		switch {
		case e.What == EventAsked, e.What == EventTakenBack:
			state, since = PracticeAsked, p.Asked
		case e.What == EventWrong:
			state, since = PracticeWrong, e.At
		case e.What == EventSent && state == PracticeAsked && a.isAbout(e, LetterPracticeSilent):
			state, since = PracticeSilent, e.At
		case e.What == EventRejected && state == PracticeAsked && a.isAbout(e, LetterAuthorise, LetterReminder):
			state = PracticeUnreached
		case e.What == EventSent && state == PracticeUnreached && a.isAbout(e, LetterAuthorise, LetterReminder):
			state = PracticeAsked
		case e.What == EventBounced && (state == PracticeAsked || state == PracticeUnreached ||
			state == PracticeSilent) && a.isAbout(e, LetterAuthorise, LetterReminder):
			state, since = PracticeBounced, e.At
		}
	}
	return state, since
}

// isAbout tells whether an event is about a letter of these names that is due to the person who is
// asked at present.
func (a *Application) isAbout(e record.Event, names ...string) bool {
	id, _ := e.About()
	return a.Letters.Has(func(l record.Letter) bool {
		return l.ID == id && slices.Contains(names, l.Name) && !l.Owed.Before(a.Authorisation.Asked)
	})
}

// PracticeIs tells whether the practice's part is in one of the states.
func (a *Application) PracticeIs(states ...PracticeState) bool {
	is, _ := a.Practice()
	return slices.Contains(states, is)
}

// awaitsReminder tells whether to remind the person asked: who was not written to yet is not
// reminded.
func (a *Application) awaitsReminder() bool {
	return a.PracticeIs(PracticeAsked, PracticeUnreached) && !a.Letters.Has(func(l record.Letter) bool {
		return l.Name == LetterAuthorise && l.IsOwed()
	})
}

// askPractice asks the practice to complete its part, if the form has one that is completed online.
func (a *Application) askPractice(def *form.Definition, now time.Time) {
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

// AskedIn are the two questions that tell whom to ask at the practice, name and e-mail address, as
// a section by themselves: what [Desk.ReplacePractice] takes. It has none if the form asks nobody.
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
		Name: asked.Questions[0].Shown(v), Email: asked.Questions[1].Normal(v), Asked: now, Shown: a.shown(part),
	}
	if old := a.Authorisation; old != nil {
		p.Earlier = append(old.Earlier, *old)
		p.Earlier[len(p.Earlier)-1].Earlier = nil
	}
	a.Authorisation = p
	a.Keys.Drop(func(k record.Key) bool { return k.For == forPractice })
	a.Letters.Drop(func(l record.Letter) bool { return l.Name == LetterAuthorise && l.IsOwed() })
	a.Events.Add(now, EventAsked, who, "")
	a.owe(LetterAuthorise, now, now)
	a.pursue(now)
}

// shown is what the practice sees of the application as it is.
func (a *Application) shown(part *form.Part) Shown {
	s := Shown{Reference: a.Reference, Course: a.Document.Course.Title, Doctor: a.Document.Applicant.Name,
		Statement: part.Statement, Agreed: part.Agreed, Doubts: a.doubtsAbout(part.Asks.Shows)}
	for _, id := range part.Asks.Shows {
		for _, in := range a.Document.Sections {
			if i := slices.IndexFunc(in.Items, func(i document.Item) bool { return i.ID == id }); i >= 0 {
				s.Items = append(s.Items, in.Items[i])
			}
		}
	}
	return s
}

// pursue owes the letters that follow if the practice does not answer, instead of those that are
// still owed.
func (a *Application) pursue(now time.Time) {
	a.Letters.Drop(func(l record.Letter) bool {
		return (l.Name == LetterReminder || l.Name == LetterPracticeSilent) && l.IsOwed()
	})
	for i, days := range remindAfter {
		due := course.AddWorkingDays(now, days)
		id := fmt.Sprintf("%s-%d-%d", LetterReminder, a.Version(), i+1)
		a.Letters.Owe(id, LetterReminder, due)
	}
	a.owe(LetterPracticeSilent, now, course.AddWorkingDays(now, silentAfter))
}

// Sum is what an answer is bound to: SHA-256 of the JSON.
func (s Shown) Sum() []byte {
	sum, err := record.Sum(s)
	if err != nil {
		panic(err) // strings only
	}
	return sum
}

// PracticePage is the application that a link to the practice opens, or ErrNoLink.
// [Application.Practice] tells what there is to show. It changes nothing: mail scanners open links,
// too.
func (d *Desk) PracticePage(ctx context.Context, link string) (*Application, error) {
	return d.linked(ctx, link, forPractice)
}

// What a practice can answer.
const (
	Confirm     = "confirm"
	Agree       = "agreed" // that it is agreed, from a day; if the form offers it
	Refuse      = "refuse"
	WrongPerson = "wrong"
)

// Asks are the questions that the practice answers, as a page asks them. The day is only needed of
// somebody who confirms that something is agreed, the reason of somebody who refuses, name and role
// not of the wrong person, who can name the right one.
func (s Shown) Asks(w words.Words) *form.Section {
	answer := form.Question{ID: "answer", Kind: form.Choice, Label: "Do you confirm this?",
		InMessages: "whether you confirm this, cannot confirm it, or are not the right person", Rule: "required",
		Options: []form.Option{
			{ID: Confirm, Label: w.Say("Yes, I confirm this on behalf of the {employer}")},
			{ID: Refuse, Label: "No, I cannot confirm this"},
			{ID: WrongPerson, Label: "I am not the right person to ask",
				Hint: "You can tell us who is, in the last 2 questions. You do not need to answer the others"},
		}}
	asks := &form.Section{ID: "practice"}
	if s.Agreed == "" {
		asks.Questions = append(asks.Questions, form.Ask(answer))
	} else {
		answer.Label, answer.InMessages = "What do you confirm?", "what you confirm, or that you cannot confirm it"
		answer.Options[0].Label = s.Statement
		answer.Options[1].Label = "I cannot confirm this"
		answer.Options = slices.Insert(answer.Options, 1, form.Option{ID: Agree, Label: s.Agreed})
		asks.Questions = append(asks.Questions, form.Ask(answer), form.Ask(form.Question{ID: "from", Kind: form.Date,
			Label: "If it is agreed for later, from which day?", InMessages: "the day from which it is agreed",
			Hint: "For example, 1 11 2021", Rule: "required"}))
	}
	asks.Questions = append(asks.Questions,
		form.Ask(form.Question{ID: "reason", Kind: form.LongText, Label: "If you cannot confirm this, why not?",
			InMessages: "the reason why you cannot confirm this",
			Hint:       w.Say("We tell the applicant and the {decider}. Do not include patient details"), Rule: "required,max=2000",
			Messages: map[string]string{"max": "The reason must be 2,000 characters or less"}}),
		form.Ask(form.Question{ID: "name", Kind: form.Text, Label: "Full name", InMessages: "your full name",
			Hint: "This counts as your signature", Rule: "required,name,max=200", Autocomplete: "name"}),
		form.Ask(form.Question{ID: "role", Kind: form.Text, Label: w.Say("Your role at the {employer}"),
			InMessages: w.Say("your role at the {employer}"), Hint: w.Say("For example, {manager}"), Rule: "required,max=200",
			Autocomplete: "organization-title"}),
		rightName, rightEmail)
	return asks
}

var (
	rightName = form.Ask(form.Question{ID: "right-name", Kind: form.Text,
		Label: "If you are not the right person, who is?", InMessages: "the name of the right person",
		Hint: "Their full name. We ask them if the applicant agrees", Rule: "omitempty,name,max=200"})
	rightEmail = form.Ask(form.Question{ID: "right-email", Kind: form.Email,
		Label:      "Email address of the right person",
		InMessages: "the email address of the right person", Rule: "omitempty,email,max=254"})
)

// named is the person whom somebody who is not the right one has named; nil if nobody.
func named(v form.Values) *Right {
	if r := (Right{rightName.Shown(v), rightEmail.Normal(v)}); r != (Right{}) {
		return &r
	}
	return nil
}

// Authorise takes the practice's answer to the questions of [Shown.Asks] by one conditional write.
// seen is the [Shown.Sum] of what was on the page. The first answer counts: if there is one, or
// none is needed any more, nothing changes and the application is returned as it is. Of the
// problems, the one with the input "shown" is that something else is to be confirmed now than what
// was seen.
func (d *Desk) Authorise(
	ctx context.Context, link string, v form.Values, seen []byte,
) (a *Application, problems []form.Problem, err error) {
	a, err = d.changeLinked(ctx, link, forPractice, func(a *Application) error {
		problems = nil
		now := d.Now().UTC().Truncate(time.Millisecond)
		if state, _ := a.Practice(); !state.Open() {
			return record.ErrUnchanged
		}
		if !bytes.Equal(seen, a.Authorisation.Shown.Sum()) {
			problems = []form.Problem{problem("shown",
				"What you are asked to confirm has changed. Read it again before you answer")}
		}
		if problems = append(problems, a.unauthorised(v, now)...); len(problems) > 0 {
			return record.ErrUnchanged
		}
		a.answer(v, now)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	if len(problems) == 0 {
		d.Mailboxes().Proved(ctx, a.Authorisation.Email)
	}
	return a, problems, nil
}

// unauthorised is what is wrong with the answers to the questions that have to be answered, and
// those of somebody who is not the right person about who is: never the applicant.
func (a *Application) unauthorised(v form.Values, now time.Time) (problems []form.Problem) {
	wrong := v["answer"] == WrongPerson
	for _, q := range a.Authorisation.Shown.Asks(a.words()).Questions {
		right := strings.HasPrefix(q.ID, "right-")
		if q.ID == "reason" && v["answer"] != Refuse || q.ID == "from" && v["answer"] != Agree ||
			q.ID != "answer" && wrong != right {
			continue
		}
		if wrong && right && named(v) != nil { // of one of the two, the other is needed
			q.Rule = strings.Replace(q.Rule, "omitempty", "required", 1)
			q = form.Ask(q)
		}
		alone := form.Section{Questions: []form.Question{q}}
		problems = append(problems, alone.Check(v, now)...)
	}
	if wrong {
		problems = rightEmail.NotOwn(problems, v, a.Document.Applicant.Email)
	}
	return problems
}

// answer writes down what the practice answered, which has no problems.
func (a *Application) answer(v form.Values, now time.Time) {
	a.LeaveRoom(spare / 2) // given again and again it fills nothing up; the first has room in each application
	if v["answer"] == WrongPerson {
		a.Authorisation.Right = named(v)
		a.Events.Add(now, EventWrong, "practice", "")
		a.owe(LetterPracticeAnswer, now, now.Add(backFor))
		return
	}
	what := EventAuthorised
	a.Authorisation.Answer = &Authorised{
		Confirmed: v["answer"] == Confirm || v["answer"] == Agree, Name: v["name"], Role: v["role"], At: now,
		Hash: a.Authorisation.Shown.Sum(),
	}
	if v["answer"] == Agree {
		from := a.Authorisation.Shown.Asks(a.words()).Question("from")
		a.Authorisation.Answer.From = from.Normal(v)
	}
	if v["answer"] == Refuse {
		what, a.Authorisation.Answer.Reason = EventRefused, v["reason"]
	}
	a.Events.Add(now, what, "practice", "")
	a.owe(LetterReceipt, now, now)
	a.owe(LetterPracticeToLead, now, now.Add(backFor))
	a.owe(LetterPracticeAnswer, now, now.Add(backFor))
}

// BackUntil is until when the practice can take back what it answered; zero if it cannot.
func (d *Desk) BackUntil(a *Application) time.Time {
	state, at := a.Practice()
	if state != PracticeConfirmed && state != PracticeRefused && state != PracticeWrong || a.Status() != Received {
		return time.Time{}
	}
	back := 0
	for _, e := range a.Events {
		if e.What == EventTakenBack {
			back++
		}
	}
	if until := at.Add(backFor); d.Now().Before(until) && back < mostBack {
		return until
	}
	return time.Time{}
}

// TakeBack takes back what the practice answered, so that it can answer again. The answer is kept
// beside the next one, and nobody else gets a letter about it. If it cannot be taken back any more,
// or there is none, nothing changes.
func (d *Desk) TakeBack(ctx context.Context, link string) (*Application, error) {
	return d.changeLinked(ctx, link, forPractice, func(a *Application) error {
		if d.BackUntil(a).IsZero() {
			return record.ErrUnchanged
		}
		now, p := d.Now().UTC(), a.Authorisation
		if p.Answer != nil {
			p.TakenBack = append(p.TakenBack, *p.Answer)
		}
		p.Answer, p.Right = nil, nil
		a.Events.Add(now, EventTakenBack, "practice", "")
		a.Letters.Drop(func(l record.Letter) bool {
			return l.IsOwed() && l.Attempts == 0 &&
				slices.Contains([]string{LetterReceipt, LetterPracticeToLead, LetterPracticeAnswer}, l.Name)
		})
		a.owe(LetterTakenBack, now, now)
		a.pursue(now) // what fell due in the meantime was dropped
		return nil
	})
}

// Replaces tells whether the applicant can have somebody else at the practice asked, or the same
// person once more.
func (d *Desk) Replaces(a *Application) bool {
	switch state, _ := a.Practice(); state {
	case PracticeNone, PracticeConfirmed, PracticeOver:
		return false
	}
	def := d.Programme.Forms[a.Form]
	return a.Status() == Received && def != nil && def.Practice() != nil
}

// ReplacePractice has somebody else at the practice asked, or the same person once more: all links
// to the practice die, and a letter goes to the new address. It may follow a refusal, but not a
// confirmation (ErrFinal). Problems are about the questions of [AskedIn]. A key that follows the
// application no longer gets ErrNoLink.
func (d *Desk) ReplacePractice(ctx context.Context, key string, v form.Values) (problems []form.Problem, err error) {
	_, err = d.Followed(ctx, key, func(a *Application) error {
		problems, err = d.replacePractice(a, v)
		return err
	})
	return problems, err
}

func (d *Desk) replacePractice(a *Application, v form.Values) ([]form.Problem, error) {
	if !d.Replaces(a) {
		return nil, ErrFinal
	}
	def := d.Programme.Forms[a.Form]
	asked := AskedIn(def)
	problems := asked.Questions[1].NotOwn(asked.Check(v, d.Now().In(course.London)), v, a.Document.Applicant.Email)
	if n := len(a.Authorisation.Earlier) + 1; n >= mostAsked && len(problems) == 0 {
		problems = []form.Problem{problem(asked.Questions[1].ID,
			fmt.Sprintf("You have asked %d times. To ask again, email %s", n, a.Document.Course.Contact))}
	}
	if len(problems) > 0 {
		return problems, record.ErrUnchanged
	}
	part := def.Practice()
	for i := range a.Document.Parts { // the words of the application, not today's
		if p := &a.Document.Parts[i]; p.Asks != nil {
			part = p
		}
	}
	a.LeaveRoom(spare)
	a.ask(part, v, &asked, d.Now(), "applicant")
	return nil, nil
}

// practiceBounced has the applicant told, once for each person asked, that a letter to the practice
// came back.
func (a *Application) practiceBounced(now time.Time) {
	if !a.PracticeIs(PracticeBounced) || a.Letters.Has(func(l record.Letter) bool {
		return l.Name == LetterPracticeBounced && !l.Owed.Before(a.Authorisation.Asked)
	}) {
		return
	}
	a.owe(LetterPracticeBounced, now, now)
}

// FlagsNow are all that a person should look at: the doubts in words, and the remarks.
func (a *Application) FlagsNow() []string {
	var flags []string
	for _, doubt := range a.Doubts() {
		flags = append(flags, doubt.String())
	}
	return append(flags, a.Remarks()...)
}

// Remarks are what a person should look at beside the doubts: flags, possible doubles, and what the
// practice's part gives reason for.
func (a *Application) Remarks() []string {
	flags, w := slices.Clone(a.Flags), a.words()
	for _, ref := range a.doubles() {
		flags = append(flags, "Application "+ref+" for this course has "+a.SameAs()+".")
	}
	switch state, _ := a.Practice(); state {
	case PracticeUnreached:
		flags = append(flags,
			w.Say("The mail system refuses our email to the {employer}, and not for its address. We try again."))
	case PracticeBounced:
		flags = append(flags, w.Say("An email to the {employer} came back. The applicant was asked for another address."))
	case PracticeSilent:
		flags = append(flags,
			w.Say("The {employer} has not answered, in spite of reminders. ")+
				"The applicant was asked to speak to it, or to name somebody else.")
	case PracticeWrong:
		flags = append(flags,
			w.Say("The person asked at the {employer} is not the right one. The applicant was asked to name another."))
	case PracticeConfirmed:
		if from := a.Authorisation.Answer.AgreedFrom(); from != "" {
			flags = append(flags, w.Say("The {employer} confirmed what is agreed from ")+from+", not what is so now.")
		}
	case PracticeRefused:
		flags = append(flags, w.Say("The {employer} did not confirm its part."))
	}
	if p := a.Authorisation; p != nil {
		if form.Mailbox(p.Email) == form.Mailbox(a.Document.Applicant.Email) {
			flags = append(flags, w.Say("The email address of the {employer} leads to the applicant's own mailbox."))
		}
		if slices.ContainsFunc(p.Earlier, func(e Authorisation) bool { return e.Answer != nil && !e.Answer.Confirmed }) {
			flags = append(flags,
				w.Say("The {employer} refused to confirm its part before. The applicant then had it asked again."))
		}
		if p.Answer == nil && !a.again().IsZero() {
			flags = append(flags, w.Say("The {employer} answered before an answer was corrected that it was shown. It is asked again."))
		}
		if p.Answer != nil && form.Namesakes(p.Answer.Name, p.Shown.Doctor) {
			flags = append(flags, w.Say("The name of the person who answered for the {employer} is the applicant's."))
		}
	}
	return flags
}

// practiceFields are the letters' fields about the practice's authorisation. Those of a state that
// is not are empty, so that a letter can have a paragraph for each.
func (a *Application) practiceFields() map[string]string {
	p := a.Authorisation
	if p == nil {
		return nil
	}
	state, at := a.Practice()
	asked, when := course.DateOf(p.Asked).String(), course.Moment(at)
	f := map[string]string{"practice.name": p.Name, "practice.email": p.Email, "practice.asked": asked,
		"practice.statement": p.statement()}
	if at := a.again(); !at.IsZero() {
		f["practice.again"] = course.DateOf(at).String()
	}
	shown := []string{"Doctor: " + p.Shown.Doctor}
	for _, i := range p.Shown.Items {
		shown = append(shown, i.Question+": "+strings.TrimSpace(i.Answer))
	}
	for _, doubt := range p.Shown.Doubts {
		shown = append(shown, doubt.String())
	}
	f["practice.shown"], f["practice.back"] = strings.Join(shown, "\n"), course.Moment(at.Add(backFor))
	if p.Answer != nil && p.Answer.From != "" {
		f["practice.statement"] += " The day is " + p.Answer.AgreedFrom() + "."
	}
	switch state {
	case PracticeConfirmed:
		f["practice.confirmed"], f["practice.confirmed-by"] = when, p.Answer.Name+", "+p.Answer.Role
		f["practice.agreed-from"] = p.Answer.AgreedFrom()
	case PracticeRefused:
		f["practice.refused"], f["practice.refused-by"], f["practice.reason"] = when, p.Answer.Name+", "+p.Answer.Role,
			p.Answer.Reason
	case PracticeWrong:
		f["practice.wrong"], f["practice.wrong-person"] = when, p.Name
		if p.Right != nil {
			f["practice.right"] = p.Right.Name + ", " + p.Right.Email
		}
	case PracticeAsked, PracticeUnreached, PracticeBounced, PracticeSilent:
		f["practice.waiting"], f["practice.waiting-for"] = asked, p.Name
		f["practice.agreed"] = p.Shown.Agreed
	}
	return f
}

// practiceNames are all names of practiceFields.
var practiceNames = []string{
	"practice.name", "practice.email", "practice.asked", "practice.waiting", "practice.waiting-for",
	"practice.statement", "practice.agreed", "practice.agreed-from", "practice.confirmed", "practice.confirmed-by",
	"practice.refused", "practice.refused-by", "practice.reason", "practice.wrong", "practice.wrong-person",
	"practice.right",
}

// practiceSaid is what the practice that was asked has answered, or why it has not; for its part of
// the application.
func (a *Application) practiceSaid() (state string, items []document.Item) {
	p, w := a.Authorisation, a.words()
	item := func(id string, kind form.Kind, question, answer string) {
		items = append(items, document.Item{ID: id, Kind: kind, Question: question, Answer: answer})
	}
	if p.Answer == nil {
		state = fmt.Sprintf("Not yet authorised. We asked %s on %s.", p.Name, course.DateOf(p.Asked))
		practice, _ := a.Practice()
		switch {
		case a.Decision != nil && a.Decision.Paper:
			state = w.Say("Not authorised online. The {decider} has the {employer}'s authorisation in another way.")
		case practice == PracticeOver:
			state = fmt.Sprintf("Not authorised. We asked %s on %s, and their answer is not needed any more.", p.Name,
				course.DateOf(p.Asked))
		case practice == PracticeUnreached:
			state = fmt.Sprintf("Not yet authorised. Our email to %s has not got through.", p.Name)
		case practice == PracticeBounced:
			state += " The email came back."
		case practice == PracticeSilent:
			state += " They have not answered, in spite of reminders."
		case practice == PracticeWrong:
			state += " They are not the right person."
		}
	} else {
		said := map[bool]string{true: "Confirmed", false: "Not confirmed"}
		item("answer", form.Text, "Answer", said[p.Answer.Confirmed])
		if from := p.Answer.AgreedFrom(); from != "" {
			item("from", form.Text, "Agreed from", from)
		}
		if !p.Answer.Confirmed {
			item("reason", form.LongText, "Reason", p.Answer.Reason)
		}
		item("name", form.Text, "Signed by", p.Answer.Name)
		item("role", form.Text, w.Say("Role at the {employer}"), p.Answer.Role)
		item("at", form.Text, "Signed at", course.Moment(p.Answer.At))
		item("asked", form.Text, "Asked at the email address", p.Email)
	}
	for i, e := range p.Earlier {
		if e.Answer != nil {
			said := map[bool]string{true: "Confirmed before, as the application was then", false: "Refused before"}
			item(fmt.Sprintf("earlier-%d", i+1), form.LongText, said[e.Answer.Confirmed], strings.TrimSuffix(
				fmt.Sprintf("%s, %s, at %s: %s", e.Answer.Name, e.Answer.Role, course.Moment(e.Answer.At),
					e.Answer.Reason), ": "))
		}
	}
	return state, items
}
