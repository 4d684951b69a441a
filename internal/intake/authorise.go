package intake

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/record"
	"traininghub/internal/words"
)

// A form with a part that asks ([form.Asks]) has that part completed online, by somebody at the
// applicant's practice. A letter asks them when the application is sent, and others remind them.
// The link in each letter opens a page that shows only what is to be confirmed. It works until the
// applicant has somebody else asked. The first answer counts, and the page shows it to everybody
// who comes after. It can be taken back for an hour, and the letters that tell others of it wait
// that hour. If the practice does not answer in spite of the reminders, the applicant is told, who
// can speak to the practice and have it asked again.

// mostAsked is how often an applicant can have somebody asked, because nobody has checked the
// addresses that these letters go to.
const mostAsked = 10

// backFor is how long a practice can take its answer back; mostBack is how often.
const (
	backFor  = time.Hour
	mostBack = 10
)

// Working days after the practice was asked: when it is reminded, and when the applicant is told
// that it has not answered.
var (
	remindAfter = []int{3, 7}
	silentAfter = 10
)

// askPractice asks the practice to complete its part, if the form has a part that is completed
// online.
func askPractice(a *application.Application, def *form.Definition, now time.Time) {
	part := def.Practice()
	if part == nil {
		return
	}
	asked := application.AskedIn(def)
	v := form.Values{}
	for _, q := range asked.Questions {
		_, s := def.Question(q.ID)
		v[q.ID] = a.Answers.Values[s.ID][q.ID]
	}
	ask(a, part, v, &asked, now, "hub")
}

// ask makes the person named in v the one who is asked, in place of anybody before.
func ask(a *application.Application, part *form.Part, v form.Values, asked *form.Section, now time.Time, who string) {
	now = now.UTC().Truncate(time.Millisecond)
	p := &application.Authorisation{
		Name: asked.Questions[0].Shown(v), Email: asked.Questions[1].Normal(v), Asked: now, Shown: shownOf(a, part),
	}
	if old := a.Authorisation; old != nil {
		p.Earlier = append(old.Earlier, *old)
		p.Earlier[len(p.Earlier)-1].Earlier = nil
	}
	a.Authorisation = p
	a.Keys.Drop(func(k record.Key) bool { return k.For == forPractice })
	a.Letters.Drop(func(l record.Letter) bool { return l.Name == application.LetterAuthorise && l.IsOwed() })
	a.Events.Add(now, application.EventAsked, who, "")
	a.Owe(application.LetterAuthorise, now, now)
	pursue(a, now)
}

// AskAgain brings what the practice is shown up to date with the answers. If the practice has
// answered about something else, the same person is asked again.
func AskAgain(a *application.Application, def *form.Definition, now time.Time, who string) {
	p, asked := a.Authorisation, application.AskedIn(def)
	i := slices.IndexFunc(a.Document.Parts, func(p form.Part) bool { return p.Asks != nil })
	if p == nil || i < 0 || a.Status() != application.Received || asked.Questions == nil {
		return
	}
	part := &a.Document.Parts[i]
	shown := shownOf(a, part)
	switch {
	case slices.Equal(shown.Sum(), p.Shown.Sum()):
	case p.Answer == nil:
		p.Shown = shown
	default:
		ask(a, part, form.Values{asked.Questions[0].ID: p.Name, asked.Questions[1].ID: p.Email}, &asked, now, who)
	}
}

// shownOf returns what the practice sees of the application as it is now.
func shownOf(a *application.Application, part *form.Part) application.Shown {
	s := application.Shown{Reference: a.Reference, Course: a.Document.Course.Title, Doctor: a.Document.Applicant.Name,
		Statement: part.Statement, Agreed: part.Agreed, Doubts: doubtsAbout(a, part.Asks.Shows)}
	for _, id := range part.Asks.Shows {
		for _, in := range a.Document.Sections {
			if i := slices.IndexFunc(in.Items, func(i document.Item) bool { return i.ID == id }); i >= 0 {
				s.Items = append(s.Items, in.Items[i])
			}
		}
	}
	return s
}

// pursue owes the letters that follow if the practice does not answer, in place of those that are
// still owed.
func pursue(a *application.Application, now time.Time) {
	a.Letters.Drop(func(l record.Letter) bool {
		return (l.Name == application.LetterReminder || l.Name == application.LetterPracticeSilent) && l.IsOwed()
	})
	for i, days := range remindAfter {
		due := course.AddWorkingDays(now, days)
		id := fmt.Sprintf("%s-%d-%d", application.LetterReminder, a.Version(), i+1)
		a.Letters.Owe(id, application.LetterReminder, due)
	}
	a.Owe(application.LetterPracticeSilent, now, course.AddWorkingDays(now, silentAfter))
}

// PracticePage returns the application that a link to the practice opens, or ErrNoLink.
// [application.Application.Practice] says what there is to show. It changes nothing, because mail
// scanners open links too.
func (d *Desk) PracticePage(ctx context.Context, link string) (*application.Application, error) {
	return d.linked(ctx, link, forPractice)
}

// The answers that a practice can give.
const (
	Confirm     = "confirm"
	Agree       = "agreed" // it is agreed, from a day on; if the form offers this
	Refuse      = "refuse"
	WrongPerson = "wrong"
)

// Authorising returns the questions for the practice, as a page asks them. Only somebody who
// confirms that something is agreed needs the day, and only somebody who refuses the reason. The
// wrong person gives no name and role, but can name the right one.
func Authorising(s application.Shown, w words.Words) *form.Section {
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

// named returns the person whom somebody who is not the right one has named; nil if nobody.
func named(v form.Values) *application.Right {
	if r := (application.Right{Name: rightName.Shown(v), Email: rightEmail.Normal(v)}); r != (application.Right{}) {
		return &r
	}
	return nil
}

// Authorise takes the practice's answers to the questions of [Authorising] by one conditional
// write. seen is the [application.Shown.Sum] of what was on the page. The first answer counts: if
// there is one, or none is needed any more, nothing changes and the application is returned as it
// is. A problem with the input "shown" means that what is to be confirmed has changed since the
// page was shown.
func (d *Desk) Authorise(
	ctx context.Context, link string, v form.Values, seen []byte,
) (a *application.Application, problems []form.Problem, err error) {
	a, err = d.changeLinked(ctx, link, forPractice, func(a *application.Application) error {
		problems = nil
		now := d.Now().UTC().Truncate(time.Millisecond)
		if state, _ := a.Practice(); !state.Open() {
			return record.ErrUnchanged
		}
		if !bytes.Equal(seen, a.Authorisation.Shown.Sum()) {
			problems = []form.Problem{form.Wrong("shown",
				"What you are asked to confirm has changed. Read it again before you answer")}
		}
		if problems = append(problems, unauthorised(a, v, now)...); len(problems) > 0 {
			return record.ErrUnchanged
		}
		takeAnswer(a, v, now)
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

// unauthorised returns what is wrong with the answers to the questions that have to be answered,
// and with those of the wrong person about the right one, who is never the applicant.
func unauthorised(a *application.Application, v form.Values, now time.Time) (problems []form.Problem) {
	wrong := v["answer"] == WrongPerson
	for _, q := range Authorising(a.Authorisation.Shown, a.Words()).Questions {
		right := strings.HasPrefix(q.ID, "right-")
		if q.ID == "reason" && v["answer"] != Refuse || q.ID == "from" && v["answer"] != Agree ||
			q.ID != "answer" && wrong != right {
			continue
		}
		if wrong && right && named(v) != nil { // if only one of the two is given, the other is needed
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

// takeAnswer stores the practice's answer, which has no problems.
func takeAnswer(a *application.Application, v form.Values, now time.Time) {
	a.LeaveRoom(Spare / 2) // repeated answers cannot fill the record; the first has room in each application
	if v["answer"] == WrongPerson {
		a.Authorisation.Right = named(v)
		a.Events.Add(now, application.EventWrong, "practice", "")
		a.Owe(application.LetterPracticeAnswer, now, now.Add(backFor))
		return
	}
	what := application.EventAuthorised
	a.Authorisation.Answer = &application.Authorised{
		Confirmed: v["answer"] == Confirm || v["answer"] == Agree, Name: v["name"], Role: v["role"], At: now,
		Hash: a.Authorisation.Shown.Sum(),
	}
	if v["answer"] == Agree {
		from := Authorising(a.Authorisation.Shown, a.Words()).Question("from")
		a.Authorisation.Answer.From = from.Normal(v)
	}
	if v["answer"] == Refuse {
		what, a.Authorisation.Answer.Reason = application.EventRefused, v["reason"]
	}
	a.Events.Add(now, what, "practice", "")
	a.Owe(application.LetterReceipt, now, now)
	a.Owe(application.LetterPracticeToLead, now, now.Add(backFor))
	a.Owe(application.LetterPracticeAnswer, now, now.Add(backFor))
}

// BackUntil returns until when the practice can take back its answer; zero if it cannot.
func (d *Desk) BackUntil(a *application.Application) time.Time {
	state, at := a.Practice()
	if state != application.PracticeConfirmed && state != application.PracticeRefused &&
		state != application.PracticeWrong ||
		a.Status() != application.Received {
		return time.Time{}
	}
	back := 0
	for _, e := range a.Events {
		if e.What == application.EventTakenBack {
			back++
		}
	}
	if until := at.Add(backFor); d.Now().Before(until) && back < mostBack {
		return until
	}
	return time.Time{}
}

// TakeBack takes back the practice's answer, so that it can answer again. The answer is stored
// beside the next one, and nobody else gets a letter about it. If there is no answer, or it can no
// longer be taken back, nothing changes.
func (d *Desk) TakeBack(ctx context.Context, link string) (*application.Application, error) {
	return d.changeLinked(ctx, link, forPractice, func(a *application.Application) error {
		if d.BackUntil(a).IsZero() {
			return record.ErrUnchanged
		}
		now, p := d.Now().UTC(), a.Authorisation
		if p.Answer != nil {
			p.TakenBack = append(p.TakenBack, *p.Answer)
		}
		p.Answer, p.Right = nil, nil
		a.Events.Add(now, application.EventTakenBack, "practice", "")
		a.Letters.Drop(func(l record.Letter) bool {
			return l.IsOwed() && l.Attempts == 0 &&
				slices.Contains([]string{application.LetterReceipt, application.LetterPracticeToLead,
					application.LetterPracticeAnswer}, l.Name)
		})
		a.Owe(application.LetterTakenBack, now, now)
		pursue(a, now) // those that fell due meanwhile were dropped
		return nil
	})
}

// Replaces reports whether the applicant can have somebody else at the practice asked, or the same
// person once more.
func (d *Desk) Replaces(a *application.Application) bool {
	switch state, _ := a.Practice(); state {
	case application.PracticeNone, application.PracticeConfirmed, application.PracticeOver:
		return false
	}
	def := d.Programme.Forms[a.Form]
	return a.Status() == application.Received && def != nil && def.Practice() != nil
}

// ReplacePractice has somebody else at the practice asked, or the same person once more: all links
// to the practice stop working, and a letter goes to the new address. It may follow a refusal, but
// not a confirmation (ErrFinal). Problems are about the questions of [application.AskedIn]. If the
// key no longer follows the application, it returns ErrNoLink.
func (d *Desk) ReplacePractice(ctx context.Context, key string, v form.Values) (problems []form.Problem, err error) {
	_, err = d.Followed(ctx, key, func(a *application.Application) error {
		problems, err = d.replacePractice(a, v)
		return err
	})
	return problems, err
}

func (d *Desk) replacePractice(a *application.Application, v form.Values) ([]form.Problem, error) {
	if !d.Replaces(a) {
		return nil, ErrFinal
	}
	def := d.Programme.Forms[a.Form]
	asked := application.AskedIn(def)
	problems := asked.Questions[1].NotOwn(asked.Check(v, d.Now().In(course.London)), v, a.Document.Applicant.Email)
	if n := len(a.Authorisation.Earlier) + 1; n >= mostAsked && len(problems) == 0 {
		problems = []form.Problem{form.Wrong(asked.Questions[1].ID,
			fmt.Sprintf("You have asked %d times. To ask again, email %s", n, a.Document.Course.Contact))}
	}
	if len(problems) > 0 {
		return problems, record.ErrUnchanged
	}
	part := def.Practice()
	for i := range a.Document.Parts { // the application's words, not today's
		if p := &a.Document.Parts[i]; p.Asks != nil {
			part = p
		}
	}
	a.LeaveRoom(Spare)
	ask(a, part, v, &asked, d.Now(), "applicant")
	return nil, nil
}

// practiceBounced has the applicant told, once for each person asked, that a letter to the practice
// came back.
func practiceBounced(a *application.Application, now time.Time) {
	if !a.PracticeIs(application.PracticeBounced) || a.Letters.Has(func(l record.Letter) bool {
		return l.Name == application.LetterPracticeBounced && !l.Owed.Before(a.Authorisation.Asked)
	}) {
		return
	}
	a.Owe(application.LetterPracticeBounced, now, now)
}

// practiceFields returns the letters' fields about the practice's authorisation. Fields of other
// states are empty, so a letter can have a paragraph for each state.
func practiceFields(a *application.Application) map[string]string {
	p := a.Authorisation
	if p == nil {
		return nil
	}
	state, at := a.Practice()
	asked, when := course.DateOf(p.Asked).String(), course.Moment(at)
	f := map[string]string{"practice.name": p.Name, "practice.email": p.Email, "practice.asked": asked,
		"practice.statement": p.Stated()}
	if at := a.AskedAgain(); !at.IsZero() {
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
	case application.PracticeConfirmed:
		f["practice.confirmed"], f["practice.confirmed-by"] = when, p.Answer.Name+", "+p.Answer.Role
		f["practice.agreed-from"] = p.Answer.AgreedFrom()
	case application.PracticeRefused:
		f["practice.refused"], f["practice.refused-by"], f["practice.reason"] = when, p.Answer.Name+", "+p.Answer.Role,
			p.Answer.Reason
	case application.PracticeWrong:
		f["practice.wrong"], f["practice.wrong-person"] = when, p.Name
		if p.Right != nil {
			f["practice.right"] = p.Right.Name + ", " + p.Right.Email
		}
	case application.PracticeAsked, application.PracticeUnreached, application.PracticeBounced,
		application.PracticeSilent:
		f["practice.waiting"], f["practice.waiting-for"] = asked, p.Name
		f["practice.agreed"] = p.Shown.Agreed
	}
	return f
}

// practiceNames are the names of all fields of practiceFields.
var practiceNames = []string{
	"practice.name", "practice.email", "practice.asked", "practice.waiting", "practice.waiting-for",
	"practice.statement", "practice.agreed", "practice.agreed-from", "practice.confirmed", "practice.confirmed-by",
	"practice.refused", "practice.refused-by", "practice.reason", "practice.wrong", "practice.wrong-person",
	"practice.right",
}
