package intake

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/source"
)

// The letters that the program sends. Each is a file content/letters/NAME.md; a letter for one form
// alone is NAME-FORM.md, with "form: FORM" at its top, and goes before the one for all forms.
const (
	LetterToLead      = "application-to-lead"      // when an application was sent
	LetterToApplicant = "application-to-applicant" // the same, with a copy and what happens next
	LetterResume      = "resume-draft"             // with the link that opens a draft again

	LetterSignIn   = "sign-in"            // to the staff, with the link that signs in
	LetterDigest   = "digest-to-lead"     // to each lead on Mondays, and to deputies: what waits, and for whom
	LetterUnopened = "unopened-to-deputy" // when nobody has opened an application for 5 working days

	LetterAuthorise       = "authorise-to-practice"         // with the link to its part
	LetterReminder        = "authorise-reminder"            // the same again
	LetterPracticeToLead  = "practice-answer-to-lead"       // when the practice has answered
	LetterPracticeAnswer  = "practice-answer-to-applicant"  // the same, also when it was the wrong person
	LetterPracticeBounced = "practice-bounced-to-applicant" // when a letter to the practice came back
	LetterPracticeSilent  = "practice-silent-to-applicant"  // when the practice has not answered in spite of reminders

	LetterStatus               = "status-link"               // asked for: with the link to where an application stands
	LetterWithdrawnToLead      = "withdrawn-to-lead"         // when the applicant has withdrawn
	LetterWithdrawnToApplicant = "withdrawn-to-applicant"    // the same
	LetterCorrected            = "corrected-to-lead"         // when the applicant has corrected somebody's e-mail address
	LetterTermsReminder        = "terms-reminder"            // to an applicant who was accepted and has not agreed to the terms
	LetterAgreedToApplicant    = "terms-agreed-to-applicant" // with the words that were agreed to
	LetterAgreedToLead         = "terms-agreed-to-lead"      // the same, to the lead

	LetterAccepted = "accepted-to-applicant" // the decision, with the dates
	LetterDeclined = "declined-to-applicant" // the decision, with the reason
	LetterDecision = "decision-to-lead"      // a copy of the application with the decision
	LetterReopened = "reopened-to-applicant" // when a decision of which the applicant was told is taken back
)

// A Recipient is whom a letter goes to.
type Recipient string

const (
	ToLead      Recipient = "lead"      // the STP lead of the form's course
	ToApplicant Recipient = "applicant" // the address in the application
	ToPractice  Recipient = "practice"  // the person whom the practice's part asks
	ToDeputy    Recipient = "deputy"    // of the lead; the lead if the course has none
	ToStaff     Recipient = "staff"     // who signs in, or gets the digest
)

var recipients = []Recipient{ToLead, ToApplicant, ToPractice, ToDeputy, ToStaff}

// UnmarshalText accepts only the recipients there are.
func (r *Recipient) UnmarshalText(text []byte) error {
	if !slices.Contains(recipients, Recipient(text)) {
		return source.Wrongf("write lead, applicant, practice, deputy or staff", "names nobody that letters go to, %q", text)
	}
	*r = Recipient(text)
	return nil
}

// Letters are the letters by name.
type Letters map[string]*Template

// For is the letter called name for a form, or nil if there is none.
func (l Letters) For(name, formID string) *Template {
	if t := l[name+"-"+formID]; t != nil && t.Form == formID {
		return t
	}
	if t := l[name]; t != nil && (t.Form == "" || t.Form == formID) {
		return t
	}
	return nil
}

// A Template is one letter as an editor wrote it: plain text in which {{fields}} stand for what an
// application says. A comment, <!-- … -->, above the text is for editors and is not sent.
type Template struct {
	Name    string    // the file's name without ending
	Subject string    `key:"subject,required"` // may show fields, but none that tells of a person
	To      Recipient `key:"to,required"`
	Attach  bool      `key:"attach"` // the application as a PDF goes with it
	Form    string    `key:"form"`   // the only form that it is for; "" for all

	file source.File
	doc  *source.Doc
	text string // without comments and blanks at the ends of lines
	line int    // the file's, on which text begins
}

// Fields are what a letter can say.
type Fields struct {
	Reference string
	FormTitle string
	Course    map[string]string // facts by name
	Applicant Person
	Answers   map[string]string // as people read them, by question; those of a section that repeats are joined by "; "
	Received  time.Time         // zero before the application was sent
	Next      []string          // what happens next, step by step
	Flags     []string
	Link      string            // opens what the letter is about
	Until     time.Time         // the last day on which the link does; shown without its time
	More      map[string]string // further fields by name, see [Desk.more]
	Hub       func(name string) (string, bool)
}

// Fields are what a letter can say of an application that was sent. Hub is left to the caller.
func (d *Document) Fields() Fields {
	answers := map[string]string{}
	add := func(items []Item) {
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

// A sending is what the program knows of a letter that it sends.
type sending struct {
	to     []Recipient             // whom it can be addressed to
	fields []string                // what it can say beside course.FACT, answer.QUESTION and hub.FACT
	link   *mailedLink             // nil if it has none
	needed func(*Application) bool // asked when it is due, and if not, it is dropped; nil: always needed
	staff  bool                    // it is about no application, so it names no fact of a course and no answer

	decision bool                                   // it is about the decision made when it was owed, and dropped if that is taken back
	files    func(*Desk, *Application) []Attachment // what goes with it beside the PDF; nil: nothing
}

// dropped tells whether a letter that is due shall not go any more.
func (a *Application) dropped(l Letter) bool {
	s := sends[l.Name]
	if s.decision && (a.Decision == nil || !a.Decision.At.Equal(l.Owed) || a.Status() == Withdrawn) {
		return true
	}
	return s.needed != nil && !s.needed(a)
}

// A mailedLink is made when its letter is, since only the hash of its secret is kept.
type mailedLink struct {
	opens string                      // the key's purpose
	path  func(a *Application) string // of the page that it opens; the key follows
}

var (
	// What a letter about a draft, and one about an application that was sent, can say.
	draftFields  = []string{"reference", "form.title", "applicant.name", "applicant.email", "applicant.telephone", "applicant.gmc"}
	sentFields   = append(draftFields[:len(draftFields):len(draftFields)], "received", "next", "flags", "removed")
	linkFields   = []string{"link", "until"}
	termsFields  = []string{"terms.title", "terms", "terms.statement"}
	agreedFields = []string{"agreed.name", "agreed.job-title", "agreed.at"}

	// statusLink opens where an application stands.
	statusLink = &mailedLink{forStatus, func(*Application) string { return "/status/" }}

	// The practice is told no more than it needs.
	askFields     = slices.Concat([]string{"reference", "form.title", "applicant.name", "practice.name", "practice.asked", "practice.statement"}, linkFields)
	waitingFields = []string{"practice.waiting", "practice.waiting-for"}

	// Subjects are shown on locked screens and kept in the logs of mail servers, so they say nothing
	// of a person, and hold no secret.
	inSubject = []string{"reference", "form.title", "received", "until"}
)

var practiceLink = &mailedLink{forPractice, func(*Application) string { return "/practice/" }}

// sends is the table of the letters that the program sends.
var sends = map[string]sending{
	LetterToLead:      {to: []Recipient{ToLead, ToApplicant}, fields: slices.Concat(sentFields, waitingFields, []string{"review"})},
	LetterToApplicant: {to: []Recipient{ToApplicant}, fields: slices.Concat(sentFields, waitingFields, []string{"link"}), link: statusLink},
	LetterResume: {
		to: []Recipient{ToApplicant}, fields: slices.Concat(draftFields, linkFields),
		link:   &mailedLink{forResume, func(a *Application) string { return "/apply/" + a.Form + "/resume/" }},
		needed: func(a *Application) bool { return a.Document == nil },
	},
	LetterUnopened: {
		to: []Recipient{ToDeputy, ToLead}, fields: slices.Concat(sentFields, []string{"review"}),
		needed: func(a *Application) bool { return a.Status() == Received && !a.wasRead() },
	},

	LetterAuthorise: {to: []Recipient{ToPractice}, fields: askFields, link: practiceLink, needed: (*Application).awaitsPractice},
	LetterReminder:  {to: []Recipient{ToPractice}, fields: askFields, link: practiceLink, needed: (*Application).awaitsPractice},
	LetterPracticeToLead: {
		to: []Recipient{ToLead}, fields: slices.Concat(sentFields, practiceNames, []string{"review"}),
		needed: func(a *Application) bool { return a.Authorisation.Answer != nil },
	},
	LetterPracticeAnswer: {
		to: []Recipient{ToApplicant}, fields: slices.Concat(sentFields, practiceNames, []string{"link"}), link: statusLink,
		needed: func(a *Application) bool { return a.Authorisation.Answer != nil || a.practiceIs(PracticeWrong) },
	},
	LetterPracticeBounced: {
		to: []Recipient{ToApplicant}, fields: slices.Concat(sentFields, practiceNames, []string{"link"}), link: statusLink,
		needed: func(a *Application) bool { return a.practiceIs(PracticeBounced) },
	},
	LetterPracticeSilent: {
		to: []Recipient{ToApplicant}, fields: slices.Concat(sentFields, practiceNames, []string{"link"}), link: statusLink,
		needed: (*Application).awaitsPractice,
	},

	LetterStatus:               {to: []Recipient{ToApplicant}, fields: slices.Concat(sentFields, []string{"link"}), link: statusLink},
	LetterWithdrawnToLead:      {to: []Recipient{ToLead}, fields: slices.Concat(sentFields, []string{"withdrawn", "withdrawn.place"})},
	LetterWithdrawnToApplicant: {to: []Recipient{ToApplicant}, fields: slices.Concat(sentFields, []string{"withdrawn"})},
	LetterCorrected:            {to: []Recipient{ToLead}, fields: slices.Concat(sentFields, []string{"corrections"})},
	LetterTermsReminder: {
		to: []Recipient{ToApplicant}, fields: slices.Concat(sentFields, termsFields, []string{"link"}), link: statusLink,
		needed: (*Application).OwesAgreement,
	},
	LetterAgreedToApplicant: {to: []Recipient{ToApplicant}, fields: slices.Concat(sentFields, termsFields, agreedFields), needed: (*Application).agreed},
	LetterAgreedToLead:      {to: []Recipient{ToLead}, fields: slices.Concat(sentFields, termsFields, agreedFields), needed: (*Application).agreed},

	LetterAccepted: {
		to: []Recipient{ToApplicant}, fields: slices.Concat(sentFields, decisionFieldNames, termsFields, []string{"link"}), link: statusLink,
		decision: true, files: (*Desk).cohortCalendar,
	},
	LetterDeclined: {to: []Recipient{ToApplicant}, fields: slices.Concat(sentFields, decisionFieldNames, []string{"link"}), link: statusLink, decision: true},
	LetterDecision: {to: []Recipient{ToLead, ToDeputy}, fields: slices.Concat(sentFields, decisionFieldNames), decision: true},
	LetterReopened: {
		to: []Recipient{ToApplicant}, fields: slices.Concat(sentFields, reopenedFieldNames, []string{"link"}), link: statusLink,
		needed: func(a *Application) bool { return a.Status() == Received }, // a decision since says what counts, and might have gone before
	},

	// To the staff: about no application, and not for Application.Letters. See signin.go.
	LetterSignIn: {to: []Recipient{ToStaff}, fields: []string{"link"}, staff: true},
	LetterDigest: {to: []Recipient{ToStaff}, fields: []string{"waiting", "waiting.for-you", "review"}, staff: true},
}

// Addressees are the letters that the program sends, by name, each with whom it goes to.
func Addressees() map[string]Recipient {
	all := map[string]Recipient{}
	for name, s := range sends {
		all[name] = s.to[0]
	}
	return all
}

// sendNames are the names of the letters that the program sends, sorted; fieldNames are all fields that some letter has.
func sendNames() []string { return slices.Sorted(maps.Keys(sends)) }

func fieldNames() []string {
	var all []string
	for _, s := range sends {
		all = append(all, s.fields...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// value is a field's text; "" if there is nothing to say.
func (f Fields) value(name string) string {
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
	case "applicant.gmc":
		return f.Applicant.GMC
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
	case "course":
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

// Write makes the letter. What people typed goes into the text exactly as they typed it; the subject
// is always one line without control characters. A paragraph that shows fields, all of which
// have nothing to say, is left out, and so is its heading if that is in the same paragraph.
func (t *Template) Write(f Fields) (subject, text string) {
	subject, _ = source.Expand(t.Subject, func(name string) (string, bool) { return f.value(name), true })
	var paragraphs []string
	for p := range strings.SplitSeq(t.text, "\n\n") {
		says := !strings.Contains(p, "{{")
		p, _ = source.Expand(p, func(name string) (string, bool) {
			v := f.value(name)
			says = says || v != ""
			return v, true
		})
		if says {
			paragraphs = append(paragraphs, p)
		}
	}
	return oneLine(subject), strings.Join(paragraphs, "\n\n") + "\n"
}

// oneLine drops what could end a header's line or turn its writing direction.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// readLetters reads the letters in the folder dir of content, and all that is wrong with them: a field
// that no letter has, a question that a form it serves does not ask, a fact that its course does
// not have, something personal in a subject, a letter that the program needs and that is missing.
// check holds what letters are compared with.
func readLetters(content fs.FS, dir string, check letterCheck) (Letters, source.Faults) {
	letters := Letters{}
	var faults source.Faults
	for _, name := range source.List(content, dir, "*.md") {
		file, wrong := source.Read(content, "content", name)
		faults = append(faults, wrong...)
		t := &Template{Name: file.Stem(), file: file}
		if wrong != nil {
			check.lost = append(check.lost, t)
			continue
		}
		t.doc, wrong = file.Decode(t)
		faults = append(faults, wrong...)
		faults = append(faults, t.split()...)
		letters[t.Name] = t
	}
	check.letters = letters
	for _, name := range slices.Sorted(maps.Keys(letters)) {
		faults = append(faults, check.letter(letters[name])...)
	}
	faults = append(faults, check.missing(path.Join("content", dir))...)
	faults.Sort()
	return letters, faults
}

// split cuts the comments off the text.
func (t *Template) split() (faults source.Faults) {
	body, line := string(t.file.Body), t.file.BodyLine
	for {
		rest := strings.TrimLeft(body, " \t\n")
		line += strings.Count(body[:len(body)-len(rest)], "\n")
		body = rest
		if !strings.HasPrefix(body, "<!--") {
			break
		}
		comment, rest, closed := strings.Cut(body, "-->")
		if !closed {
			faults.Add(t.file.Path, line, "the comment is not closed", `put "-->" behind it`)
			return faults
		}
		line += strings.Count(comment, "\n")
		body = rest
	}
	var b strings.Builder
	for l := range strings.SplitSeq(body, "\n") {
		b.WriteString(strings.TrimRight(l, " \t") + "\n")
	}
	t.text, t.line = strings.TrimRight(b.String(), "\n"), line
	if at := strings.Index(t.text, "<!--"); at >= 0 {
		p := source.PlaceIn([]byte(t.text), at)
		faults.At(t.file.Path, source.Place{Line: line + p.Line - 1, Column: p.Column}, "this note would be sent with the letter", "put notes above the text, or take it away")
	}
	if t.text == "" {
		faults.Add(t.file.Path, line, "the letter has no text", `write it below the second line of "---"`)
	}
	return faults
}

// letterCheck finds what is wrong with letters beyond their spelling.
type letterCheck struct {
	letters Letters
	lost    []*Template // that could not be read
	forms   []*form.Definition
	unread  bool                // another form could not be read
	facts   map[string][]string // the names of each course's facts, by the course's id; none of a course that is not known well
	hub     func(string) (string, bool)
}

// kind is which of the program's letters t is, or "".
func (t *Template) kind() string {
	for name := range sends {
		if t.Name == name || t.Form != "" && t.Name == name+"-"+t.Form {
			return name
		}
	}
	return ""
}

// single is a name in braces that are not double.
var single = regexp.MustCompile(`(^|[^{])\{ *([a-z0-9.-]+) *\}($|[^}])`)

func (c letterCheck) letter(t *Template) (faults source.Faults) {
	add := func(at source.Place, what, do string) { faults.At(t.file.Path, at, what, do) }
	kind := t.kind()
	if kind == "" {
		add(source.Place{}, fmt.Sprintf("the program sends no letter %q", t.Name), source.Suggest(t.Name, sendNames()))
	}
	var ids []string
	var served []*form.Definition
	for _, f := range c.forms {
		ids = append(ids, f.ID)
		if c.letters.For(kind, f.ID) == t {
			served = append(served, f)
		}
	}
	if t.Form != "" && !slices.Contains(ids, t.Form) && !c.unread {
		add(t.doc.At("form"), fmt.Sprintf("there is no form %q", t.Form), source.Suggest(t.Form, ids))
	}
	if t.Form != "" && sends[kind].staff {
		add(t.doc.At("form"), "this letter is about no form", "leave it out")
	}
	if t.Attach && (kind == LetterResume || sends[kind].staff) {
		add(t.doc.At("attach"), "there is no PDF before an application was sent", "write no")
	}
	if t.Attach && t.To == ToPractice {
		add(t.doc.At("attach"), "the practice gets no copy of the application", "write no")
	}
	if to := sends[kind].to; kind != "" && t.To != "" && !slices.Contains(to, t.To) {
		add(t.doc.At("to"), fmt.Sprintf("this letter, or what it opens, is not for the %s", t.To), fmt.Sprintf("write %s", to[0]))
	}
	look := func(text string, at func(line int, word string) source.Place, wrong func(name string) (what, do string)) {
		for i, l := range strings.Split(text, "\n") {
			// Nothing is known to this lookup, so every field comes back.
			_, fields := source.Expand(l, func(string) (string, bool) { return "", false })
			for _, field := range fields {
				if what, do := wrong(field.Name); what != "" {
					add(at(i, field.Typed), what, do)
				}
			}
			for _, m := range single.FindAllStringSubmatch(l, -1) {
				if what, _ := wrong(m[2]); what == "" {
					add(at(i, m[2]), fmt.Sprintf("single braces show no field, %q", m[2]), fmt.Sprintf("write %q", "{{"+m[2]+"}}"))
				}
			}
			if strings.Count(l, "{{") != len(fields) || strings.Count(l, "}}") != len(fields) {
				add(at(i, ""), "double braces do not come in pairs", `write a field as "{{reference}}", on one line`)
			}
		}
	}
	known := func(name string) (string, string) { return c.field(name, kind, served) }
	look(t.Subject, func(_ int, word string) source.Place { return t.doc.Word("subject", word) }, func(name string) (string, string) {
		group, _, _ := strings.Cut(name, ".")
		if what, do := known(name); what != "" {
			return what, do
		}
		if group != "course" && group != "hub" && !slices.Contains(inSubject, name) {
			return fmt.Sprintf("the subject shows %q: subjects can be read by others", name), "say it in the text, or use {{reference}}"
		}
		return "", ""
	})
	lines := strings.Split(t.text, "\n")
	look(t.text, func(i int, word string) source.Place {
		p := source.PlaceIn([]byte(lines[i]), strings.Index(lines[i], word))
		return source.Place{Line: t.line + i, Column: p.Column}
	}, known)
	return faults
}

// field says what is wrong with a field in a letter that serves forms.
func (c letterCheck) field(name, kind string, served []*form.Definition) (what, do string) {
	group, rest, _ := strings.Cut(name, ".")
	if sends[kind].staff && (group == "answer" || group == "course") {
		return fmt.Sprintf("this letter is about no application, so it has no field %q", name), "remove it; it has " + strings.Join(sends[kind].fields, ", ") + " and hub.FACT"
	}
	switch group {
	case "answer":
		if slices.Equal(sends[kind].to, []Recipient{ToPractice}) {
			return "shows an answer to the practice", "remove it: the practice is told no more than what it confirms"
		}
		for _, f := range served {
			if ids := questions(f); !slices.Contains(ids, rest) && !f.Lost() {
				return fmt.Sprintf("names the question %q, which the form %s does not have", rest, f.ID), source.Suggest(rest, ids)
			}
		}
		return "", ""
	case "course":
		for _, f := range served {
			if names, read := c.facts[f.Course]; read && !slices.Contains(names, rest) {
				return fmt.Sprintf("names the fact %q, which the course %s does not have", rest, f.Course), source.Suggest(rest, names)
			}
		}
		return "", ""
	case "hub":
		if _, ok := c.hub(rest); !ok {
			return fmt.Sprintf("names the fact %q, which the hub does not have", rest), "see content/site.yaml for its facts"
		}
		return "", ""
	}
	switch {
	case !slices.Contains(fieldNames(), name):
		return fmt.Sprintf("unknown field %q", name), c.meant(name, served)
	case kind != "" && !slices.Contains(sends[kind].fields, name):
		return fmt.Sprintf("this letter has no field %q", name), "remove it; it has " + strings.Join(sends[kind].fields, ", ")
	}
	return "", ""
}

// meant guesses which field an editor had in mind.
func (c letterCheck) meant(name string, served []*form.Definition) string {
	for _, f := range served {
		if slices.Contains(c.facts[f.Course], name) {
			return fmt.Sprintf("did you mean %q?", "course."+name)
		}
		if slices.Contains(questions(f), name) {
			return fmt.Sprintf("did you mean %q?", "answer."+name)
		}
	}
	return source.Suggest(name, append([]string{"course.FACT", "answer.QUESTION", "hub.FACT"}, fieldNames()...))
}

func questions(f *form.Definition) (ids []string) {
	for _, s := range f.Sections {
		for _, q := range s.Questions {
			ids = append(ids, q.ID)
		}
	}
	return ids
}

// missing finds the letters that the program would not have when it needs them.
func (c letterCheck) missing(dir string) (faults source.Faults) {
	for _, name := range sendNames() {
		if slices.ContainsFunc(c.lost, func(t *Template) bool { return strings.HasPrefix(t.Name, name) }) {
			continue
		}
		if !slices.ContainsFunc(slices.Collect(maps.Values(c.letters)), func(t *Template) bool { return t.kind() == name }) {
			faults.Add(path.Join(dir, name+".md"), 0, "the letter is missing", "create it: the program sends it")
			continue
		}
		for _, f := range c.forms {
			if c.letters.For(name, f.ID) == nil && !sends[name].staff {
				faults.Add(path.Join(dir, name+".md"), 0, fmt.Sprintf("there is no such letter for the form %s", f.ID),
					fmt.Sprintf(`take "form" out of it, or write %s-%s.md`, name, f.ID))
			}
		}
	}
	return faults
}

// LetterOf is the letter that an event is about, or nil.
func (d *Desk) LetterOf(a *Application, e Event) *Template {
	id, _, _ := strings.Cut(e.Note, " ")
	for _, l := range a.Letters {
		if l.ID == id {
			return d.Programme.Letters.For(l.Name, a.Form)
		}
	}
	return nil
}
