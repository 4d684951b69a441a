package application

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/record"
)

// An Authorisation is what the employing practice was asked to confirm, and its answer.
type Authorisation struct {
	Name   string      `json:"name"`  // of the person asked
	Email  string      `json:"email"` // theirs
	Asked  time.Time   `json:"asked"` // UTC; set again when another person is asked
	Shown  Shown       `json:"shown"`
	Answer *Authorised `json:"answer,omitempty"` // nil until there is one
	// answers that the practice took back within the hour
	TakenBack []Authorised `json:"taken_back,omitempty"`
	// the right person, named by somebody who is not; they are asked once the applicant agrees
	Right *Right `json:"right,omitempty"`

	Earlier []Authorisation `json:"earlier,omitempty"` // of people who were asked before and did not confirm
}

// Right is the person at a practice who can confirm something, as somebody else has named them.
type Right struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

// Shown is what the practice sees: no more of the application than it needs.
type Shown struct {
	Reference string          `json:"reference"`
	Course    string          `json:"course"`    // its title
	Doctor    string          `json:"doctor"`    // the applicant's name
	Items     []document.Item `json:"items"`     // the questions that the form says
	Statement string          `json:"statement"` // exact words of what is confirmed
	// Agreed is what can be confirmed instead, from a day on; "" if there is no such choice.
	Agreed string       `json:"agreed,omitempty"`
	Doubts []form.Doubt `json:"doubts,omitempty"` // about the items
}

// Sum returns the sum to which an answer is bound: the SHA-256 of the JSON.
func (s Shown) Sum() []byte {
	sum, err := record.Sum(s)
	if err != nil {
		panic(err) // strings only
	}
	return sum
}

// Authorised is the practice's answer.
type Authorised struct {
	Confirmed bool   `json:"confirmed"`
	Name      string `json:"name"`             // typed, counts as a signature
	Role      string `json:"role"`             // typed
	Reason    string `json:"reason,omitempty"` // typed, if refused
	// From is the day, "2021-11-02", from which what is confirmed is agreed; "" if it is agreed
	// already.
	From string    `json:"from,omitempty"`
	At   time.Time `json:"at"`   // UTC
	Hash []byte    `json:"hash"` // SHA-256 of the Shown that was signed, as JSON
}

// AgreedFrom returns that day as people read it; "" if what was confirmed is agreed already.
func (w *Authorised) AgreedFrom() string { return course.InFull(w.From) }

// PracticeState is how far the practice's part is.
type PracticeState string

const (
	PracticeNone      PracticeState = ""          // the form asks nobody
	PracticeAsked     PracticeState = "asked"     // and has not answered
	PracticeUnreached PracticeState = "unreached" // no letter has got through, though not because of the address
	PracticeBounced   PracticeState = "bounced"   // asked, but a letter came back
	// asked and reminded, and the applicant was told that there is no answer
	PracticeSilent    PracticeState = "silent"
	PracticeWrong     PracticeState = "wrong person" // asked, but said that they are not the one to ask
	PracticeConfirmed PracticeState = "confirmed"
	PracticeRefused   PracticeState = "refused"
	PracticeOver      PracticeState = "over" // not answered, and no answer is needed any more
)

// Open reports whether the person asked can still answer.
func (s PracticeState) Open() bool {
	return s == PracticeAsked || s == PracticeUnreached || s == PracticeBounced || s == PracticeSilent
}

// Practice returns how far the practice's part is, and since when.
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

// isAbout reports whether an event is about a letter with one of these names to the person who is
// asked at present.
func (a *Application) isAbout(e record.Event, names ...string) bool {
	id, _ := e.About()
	return a.Letters.Has(func(l record.Letter) bool {
		return l.ID == id && slices.Contains(names, l.Name) && !l.Owed.Before(a.Authorisation.Asked)
	})
}

// PracticeIs reports whether the practice's part is in one of the states.
func (a *Application) PracticeIs(states ...PracticeState) bool {
	is, _ := a.Practice()
	return slices.Contains(states, is)
}

// awaitsReminder reports whether to remind the person asked. Somebody who has not been written to
// yet is not reminded.
func (a *Application) awaitsReminder() bool {
	return a.PracticeIs(PracticeAsked, PracticeUnreached) && !a.Letters.Has(func(l record.Letter) bool {
		return l.Name == LetterAuthorise && l.IsOwed()
	})
}

// Reminder returns the name of the letter that reminds whoever the application waits for: the
// practice that was asked, or an applicant who has to agree to the terms; "" if nobody is to be
// reminded.
func (a *Application) Reminder() string {
	switch {
	case a.awaitsReminder():
		return LetterReminder
	case a.OwesAgreement():
		return LetterTermsReminder
	}
	return ""
}

// Unconfirmed reports whether the practice was asked to confirm and has not.
func (a *Application) Unconfirmed() bool {
	return a.Authorisation != nil && (a.Authorisation.Answer == nil || !a.Authorisation.Answer.Confirmed)
}

// AskedAgain returns when the practice had answered, if it was asked again because an answer was
// corrected; zero if it was not.
func (a *Application) AskedAgain() time.Time {
	p := a.Authorisation
	if len(p.Earlier) == 0 || !slices.ContainsFunc(a.Corrections, func(c Correction) bool { return c.At.Equal(p.Asked) }) {
		return time.Time{}
	}
	if last := p.Earlier[len(p.Earlier)-1]; last.Answer != nil {
		return last.Answer.At
	}
	return time.Time{}
}

// Stated returns what the practice confirmed, or what it is asked to confirm.
func (p *Authorisation) Stated() string {
	if p.Answer != nil && p.Answer.From != "" {
		return p.Shown.Agreed
	}
	return p.Shown.Statement
}

// AskedIn returns a section with the two questions for the name and e-mail address of the person to
// ask at the practice: [intake.Desk.ReplacePractice] takes its answers. The section has none if the
// form asks nobody.
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

// practiceSaid returns what the practice has answered, or why it has not, for its part of the
// application.
func (a *Application) practiceSaid() (state string, items []document.Item) {
	p, w := a.Authorisation, a.Words()
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
