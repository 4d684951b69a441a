package intake

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/letter"
	"traininghub/internal/mailbox"
	"traininghub/internal/record"
)

// The recipients of letters.
const (
	ToLead      letter.Recipient = "lead"      // the STP lead of the form's course
	ToApplicant letter.Recipient = "applicant" // the address in the application
	ToPractice  letter.Recipient = "practice"  // the person whom the practice's part asks
	ToDeputy    letter.Recipient = "deputy"    // the lead's deputy; the lead if the course has none
	ToFormer    letter.Recipient = "former"    // the applicant's address before it was corrected
	ToOffice    letter.Recipient = "office"    // whoever corrects answers
)

// Fields hold what a letter can say.
type Fields struct {
	Reference string
	FormTitle string
	Course    map[string]string // facts of the course or service by name
	Applicant document.Person
	Answers   map[string]string // as people read them, by question; those of a section that repeats are joined by "; "
	Received  time.Time         // zero before the application was sent
	Next      []string          // what happens next, step by step
	Flags     []string
	Link      string            // opens what the letter is about
	Until     time.Time         // the last day on which the link works; shown without its time
	More      map[string]string // further fields by name, see [Desk.more]
	Hub       func(name string) (string, bool)
}

// FieldsOf returns what a letter can say about an application that was sent. The caller sets Hub.
func FieldsOf(d *document.Submission) Fields {
	answers := map[string]string{}
	add := func(items []document.Item) {
		for _, i := range items {
			if answers[i.ID] != "" && i.Answer != "" {
				answers[i.ID] += "; "
			}
			answers[i.ID] += i.Answer
		}
	}
	for _, s := range d.Sections {
		add(s.Items)
		for _, row := range s.Rows {
			add(row)
		}
	}
	return Fields{
		Reference: d.Reference, FormTitle: d.Title, Course: d.Course.Facts, Applicant: d.Applicant,
		Answers: answers, Received: d.Received, Next: d.Next, Flags: d.Flags,
	}
}

// A sending is what the program knows about a letter that it sends.
type sending struct {
	letter.Kind
	link   *mailedLink                         // nil if it has none
	needed func(*application.Application) bool // asked when it is due; if false, it is dropped; nil: always needed

	// the letter is about the current decision, and dropped if that is taken back
	decision bool
	files    func(*Desk, *application.Application) []record.Attachment // files to attach besides the PDF; nil: none
}

// dropped reports whether a letter that is due must no longer go.
func dropped(a *application.Application, l record.Letter) bool {
	s := sends[l.Name]
	if s.decision && (a.Decision == nil || !a.Decision.At.Equal(l.Owed) || a.Status() == application.Withdrawn) {
		return true
	}
	return s.needed != nil && !s.needed(a)
}

// A mailedLink is made together with its letter, because only the hash of its secret is stored.
type mailedLink struct {
	opens string                                           // the key's purpose
	path  func(d *Desk, a *application.Application) string // of the page that it opens; the key follows
}

var (
	// What letters can say about a draft, and about an application that was sent.
	draftFields = []string{"reference", "form.title", "applicant.name", "applicant.email", "applicant.telephone",
		"applicant.number", "applicant.gmc"}
	sentFields   = append(draftFields[:len(draftFields):len(draftFields)], "received", "next", "flags", "removed")
	withLink     = []string{"link"}
	linkFields   = []string{"link", "until"}
	termsFields  = []string{"terms.title", "terms", "terms.statement"}
	agreedFields = []string{"terms.file", "agreed.name", "agreed.job-title", "agreed.at"}

	// typedFields are the fields with what applicants and practices typed.
	typedFields = []string{
		"applicant.name", "applicant.email", "applicant.telephone", "applicant.number", "applicant.gmc",
		"practice.name", "practice.email",
		"practice.reason", "practice.confirmed-by", "practice.refused-by", "practice.wrong-person", "practice.right",
		"practice.shown", "agreed.name", "agreed.job-title",
	}

	// statusLink opens the page that shows an application's status.
	statusLink = &mailedLink{forStatus, func(*Desk, *application.Application) string { return "/status/" }}

	// The practice is told only what it needs.
	askFields = slices.Concat([]string{"reference", "form.title", "applicant.name", "practice.name",
		"practice.asked", "practice.statement", "practice.agreed", "practice.again"}, linkFields)
	correctionFields = []string{"correction.what", "correction.reason", "link"}
	waitingFields    = []string{"practice.waiting", "practice.waiting-for"}

	toPractice   = practiceKind(askFields)
	answerFields = []string{"practice.shown", "practice.confirmed", "practice.confirmed-by", "practice.refused",
		"practice.refused-by", "practice.reason", "practice.back"}
)

// practiceKind returns the kind of a letter to the practice.
func practiceKind(fields []string) letter.Kind {
	return letter.Kind{
		To: []letter.Recipient{ToPractice}, Fields: fields,
		NoCopy:    "who confirms gets no copy of the application",
		NoAnswers: "who confirms is told no more than what it confirms",
	}
}

// awaitsPractice reports whether to write to the person asked, and agreed whether the applicant has
// agreed to the terms, by an agreement that counts.
func awaitsPractice(a *application.Application) bool {
	return a.PracticeIs(application.PracticeAsked, application.PracticeUnreached)
}
func agreed(a *application.Application) bool { return a.Agreement != nil }

// NoPDF is the reason why some letters have no application attached.
const NoPDF = "there is no PDF before an application was sent"

var practiceLink = &mailedLink{forPractice, func(*Desk, *application.Application) string { return "/practice/" }}

// about returns the kind of a letter about an application that was sent. It has these fields
// besides those of all such letters.
func about(fields []string, to ...letter.Recipient) letter.Kind {
	return letter.Kind{To: to, Fields: slices.Concat(sentFields, fields)}
}

// sends is the table of the letters that the program sends.
var sends = map[string]sending{
	application.LetterToLead:      {Kind: about(slices.Concat(waitingFields, []string{"review"}), ToLead, ToApplicant)},
	application.LetterToApplicant: {Kind: about(slices.Concat(waitingFields, []string{"link"}), ToApplicant), link: statusLink},
	application.LetterPaper:       {Kind: about(slices.Concat(waitingFields, []string{"paper.received", "link"}), ToApplicant), link: statusLink},
	application.LetterResume: {
		Kind: letter.Kind{To: []letter.Recipient{ToApplicant}, Fields: slices.Concat(draftFields, linkFields),
			NoCopy: NoPDF, Services: true},
		link: &mailedLink{forResume, func(d *Desk, a *application.Application) string {
			return d.fill(a) + "/resume/"
		}},
		needed: func(a *application.Application) bool { return a.Document == nil },
	},
	application.LetterUnopened: {
		Kind:   about([]string{"review"}, ToDeputy, ToLead),
		needed: func(a *application.Application) bool { return a.Status() == application.Received && !a.WasRead() },
	},

	application.LetterAuthorise: {Kind: toPractice, link: practiceLink, needed: awaitsPractice},
	application.LetterReminder:  {Kind: toPractice, link: practiceLink, needed: func(a *application.Application) bool { return a.Reminder() == application.LetterReminder }},
	application.LetterReceipt: {Kind: practiceKind(slices.Concat(askFields, answerFields)), link: practiceLink,
		needed: func(a *application.Application) bool { return a.Authorisation.Answer != nil }},
	application.LetterTakenBack: {Kind: toPractice, link: practiceLink, needed: awaitsPractice},
	application.LetterPracticeToLead: {
		Kind:   about(slices.Concat(practiceNames, []string{"review"}), ToLead),
		needed: func(a *application.Application) bool { return a.Authorisation.Answer != nil },
	},
	application.LetterPracticeAnswer: {
		Kind: about(slices.Concat(practiceNames, []string{"link"}), ToApplicant), link: statusLink,
		needed: func(a *application.Application) bool {
			return a.Authorisation.Answer != nil || a.PracticeIs(application.PracticeWrong)
		},
	},
	application.LetterPracticeBounced: {
		Kind: about(slices.Concat(practiceNames, []string{"link"}), ToApplicant), link: statusLink,
		needed: func(a *application.Application) bool { return a.PracticeIs(application.PracticeBounced) },
	},
	application.LetterPracticeSilent: {
		Kind: about(slices.Concat(practiceNames, []string{"link"}), ToApplicant), link: statusLink,
		needed: func(a *application.Application) bool {
			return a.PracticeIs(application.PracticeAsked) && a.Reminder() == application.LetterReminder
		},
	},

	application.LetterStatus:               {Kind: about(withLink, ToApplicant), link: statusLink},
	application.LetterWithdrawnToLead:      {Kind: about([]string{"withdrawn", "withdrawn.place"}, ToLead)},
	application.LetterWithdrawnToApplicant: {Kind: about([]string{"withdrawn"}, ToApplicant)},
	application.LetterCorrected:            {Kind: about([]string{"corrections"}, ToLead)},
	application.LetterCorrectedToApplicant: {Kind: about(correctionFields, ToApplicant), link: statusLink},
	application.LetterFormer: {Kind: letter.Kind{To: []letter.Recipient{ToFormer}, Fields: []string{"reference", "form.title"},
		NoCopy: "who has the old address is told nothing of the application", NoAnswers: "who has the old address is told nothing of the application"}},
	application.LetterWished:   {Kind: about([]string{"correction.what", "review"}, ToOffice)},
	application.LetterUnwished: {Kind: about(correctionFields, ToApplicant), link: statusLink},
	application.LetterMoved: {
		Kind: about(slices.Concat(decisionFieldNames, []string{"link"}), ToApplicant), link: statusLink,
		files:  (*Desk).cohortCalendar,
		needed: func(a *application.Application) bool { return a.Status() == application.Accepted },
	},
	application.LetterTermsReminder: {
		Kind: about(slices.Concat(termsFields, []string{"link"}), ToApplicant), link: statusLink,
		needed: (*application.Application).OwesAgreement,
	},
	application.LetterAgreedToApplicant: {Kind: about(slices.Concat(termsFields, agreedFields), ToApplicant),
		needed: agreed},
	application.LetterAgreedToLead: {Kind: about(slices.Concat(termsFields, agreedFields), ToLead),
		needed: agreed},

	application.LetterAccepted: {
		Kind: about(slices.Concat(decisionFieldNames, termsFields, []string{"link"}), ToApplicant), link: statusLink,
		decision: true, files: (*Desk).cohortCalendar,
	},
	application.LetterDeclined: {Kind: about(slices.Concat(decisionFieldNames, []string{"link"}), ToApplicant), link: statusLink,
		decision: true},
	application.LetterDecision: {Kind: about(decisionFieldNames, ToLead, ToDeputy), decision: true},
	application.LetterReopened: {
		Kind: about(slices.Concat(reopenedFieldNames, []string{"link"}), ToApplicant), link: statusLink,
		// a later decision says what counts, and its letter might have gone first
		needed: func(a *application.Application) bool { return a.Status() == application.Received },
	},
}

// Letters returns the table of the letters that this story sends.
func Letters() letter.Table {
	kinds := letter.Table{}
	for name, s := range sends {
		kind := s.Kind
		if !slices.Contains(kind.To, ToLead) && !slices.Contains(kind.To, ToDeputy) {
			kind.NotFirst = typedFields
		}
		kinds[name] = kind
	}
	return letter.Join(kinds, mailbox.Letters())
}

// Value returns a field's text; "" if there is nothing to say.
func (f Fields) Value(name string) string {
	switch name {
	case "reference":
		return f.Reference
	case "form.title":
		return f.FormTitle
	case "applicant.name":
		return f.Applicant.Name
	case "applicant.email":
		return f.Applicant.Email
	case "applicant.telephone":
		return f.Applicant.Telephone
	case "applicant.number", "applicant.gmc": // letters of older hubs use the second name
		return f.Applicant.Number
	case "received":
		if f.Received.IsZero() {
			return ""
		}
		return course.Moment(f.Received)
	case "next":
		steps := make([]string, len(f.Next))
		for i, s := range f.Next {
			steps[i] = fmt.Sprintf("%d. %s", i+1, s)
		}
		return strings.Join(steps, "\n")
	case "flags":
		flags := make([]string, len(f.Flags))
		for i, s := range f.Flags {
			flags[i] = "- " + s
		}
		return strings.Join(flags, "\n")
	case "link":
		return f.Link
	case "until":
		if f.Until.IsZero() {
			return ""
		}
		return course.DateOf(f.Until).String()
	}
	if text, ok := f.More[name]; ok {
		return text
	}
	switch group, rest, _ := strings.Cut(name, "."); group {
	case "course", "service":
		return f.Course[rest]
	case "answer":
		return f.Answers[rest]
	case "hub":
		if f.Hub != nil {
			fact, _ := f.Hub(rest)
			return fact
		}
	}
	return ""
}

// greeted returns the name that a letter's greeting uses, "" for none: see [letter.Greeting].
func greeted(a *application.Application, to letter.Recipient) string {
	switch {
	case to == ToApplicant && a.Document != nil && proved(a):
		return a.Document.Applicant.Name
	case to == ToPractice && a.Authorisation != nil && a.Authorisation.Answer != nil:
		return a.Authorisation.Answer.Name
	}
	return ""
}

// Subject returns the subject of a letter about an application that was sent.
func (d *Desk) Subject(a *application.Application, t *letter.Template) string {
	f := FieldsOf(a.Document)
	f.Hub = d.Hub
	return t.Headline(f.Value)
}

// LetterOf returns the letter that an event is about, or nil.
func (d *Desk) LetterOf(a *application.Application, e record.Event) *letter.Template {
	id, _ := e.About()
	for _, l := range a.Letters {
		if l.ID == id {
			return d.Programme.Letters.For(l.Name, a.Form)
		}
	}
	return nil
}
