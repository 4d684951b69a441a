// Package form knows what a form asks, and whether given answers are acceptable.
//
// A form is a file in content/forms: sections of questions, declarations, and the parts that others
// complete. [Load] reads the forms strictly and finds an editor's mistakes. [Definition.Join] puts
// a course's facts into its words. A [Section] then reads what was posted ([Section.Read]), checks
// it ([Section.Check]) and says in words what is wrong.
//
// Answers are kept as typed, apart from characters that nobody can see or mean (typed.go). A
// question's kind decides how its answer is read and shown. Its rule decides whether the answer is
// accepted, and may ask for a format, such as a postcode.
//
// Each kind has one file (date.go), and so has each format (gmc.go), with its rule, normal form,
// words, sample, codebook and paper. All other code ranges over [Kinds] and [Formats].
package form

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"traininghub/internal/source"
)

// A Definition is one form.
type Definition struct {
	ID     string // the file's name without ending; part of the form's addresses
	Path   string // the editor's file
	Title  string `key:"title,required"` // "Apply for Career Conversation Training"
	Course string `key:"course"`         // the course it is for: a file's name in content/courses
	// Service is the service that the form is for, if it is for no course: a file's name in
	// content/services.
	Service string   `key:"service" json:",omitempty"`
	Prefix  string   `key:"reference,required"` // two capital letters at the start of every reference: "CC"
	Before  []string `key:"before"`             // what to know or have ready before starting
	// Purpose says in a sentence what the answers are used for. It is shown before the first
	// question.
	Purpose string `key:"purpose" json:",omitempty"`
	// Applicant names the questions about the applicant.
	Applicant    Applicant     `key:"applicant,required"`
	Sections     []Section     `key:"sections,required"`
	Declarations []Declaration `key:"declarations,required"`
	Signature    Signature     `key:"signature,required"`
	Word         *Word         `key:"word" json:",omitempty"` // asked for where people sign
	Parts        []Part        `key:"parts"`                  // completed by other people after sending
	// DeclineReasons are the reasons from which the STP lead chooses when declining; the label goes
	// into the letter. The reason with the id "other" asks the lead to say more.
	DeclineReasons []Option `key:"decline_reasons" json:",omitempty"`
	Terms          *Terms   `key:"terms" json:",omitempty"` // what an accepted applicant agrees to
	// TermsFile is the provider's own document of the terms, a PDF in content/documents.
	TermsFile string `key:"terms_file" json:",omitempty"`
	// Sessions is the id of the number question whose mean the scheme's monitoring asks for.
	Sessions string `key:"clinical_sessions" json:",omitempty"`
	// FoundBy are more questions by whose answers the staff find an application: the practice's
	// name and code. The applicant's name, address, telephone and number are always searched.
	FoundBy []string `key:"found_by" json:"-"`
	Next    []string `key:"next,required"` // what happens after sending, step by step

	Version string // of the joined wording: 12 hexadecimal digits that change with any word
	doc     *source.Doc
}

// Applicant names the questions about the applicant.
type Applicant struct {
	Names     []string `key:"names,required"` // in the order in which people say them
	Email     string   `key:"email,required"`
	Telephone string   `key:"telephone"`
	// Number is the question for a number on a professional register; "" if applicants have none.
	Number string `key:"number" json:",omitempty"`
}

// A Section is one page of at most 10 questions. If it repeats, it is a list of such pages.
type Section struct {
	ID        string     `key:"id,required" json:"id"`
	Title     string     `key:"title,required" json:"title"`
	Intro     []string   `key:"intro" json:"intro,omitempty"` // paragraphs above the questions
	Repeat    *Repeat    `key:"repeat" json:"repeat,omitempty"`
	Questions []Question `key:"questions,required" json:"questions"`
}

// Repeat makes a section a list: of qualifications, or of references.
type Repeat struct {
	Item  string `key:"item,required" json:"item"`   // one entry, in the middle of a sentence: "qualification"
	Items string `key:"items,required" json:"items"` // several entries
	Min   int    `key:"min" json:"min"`
	Max   int    `key:"max,required" json:"max"`
	Name  string `key:"name,required" json:"name"` // the question whose answer names an entry in the list
}

// A Question asks for one answer.
type Question struct {
	ID    string `key:"id,required" json:"id"`
	Kind  Kind   `key:"kind,required" json:"kind"`
	Label string `key:"label,required" json:"label"`
	// InMessages is the label in the middle of a sentence. Without it, that is the label with a
	// small first letter.
	InMessages string   `key:"in_messages" json:"in_messages,omitempty"`
	Hint       string   `key:"hint" json:"hint,omitempty"`
	Rule       string   `key:"rule" json:"rule,omitempty"` // in validator's tag language
	Options    []Option `key:"options" json:"options,omitempty"`
	// From is the service's list that gives a choice its options: "focus".
	From string `key:"from" json:"from,omitempty"`
	// Width is the width of the box in characters: 2, 3, 4, 5, 10, 20 or 30; full width if 0.
	Width int `key:"width" json:"width,omitempty"`
	// Autocomplete is HTML's token for one of the applicant's own details.
	Autocomplete string `key:"autocomplete" json:"autocomplete,omitempty"`
	// Messages are the editor's own error messages, by tag.
	Messages map[string]string `key:"messages" json:"messages,omitempty"`
	// Doubts are what the form expects of the answer. An unexpected answer is shown, never refused.
	Doubts []Expectation `key:"doubts" json:"doubts,omitempty"`

	rules []rule
}

// An Option is one answer of a choice.
type Option struct {
	ID    string `key:"id,required" json:"id"`
	Label string `key:"label,required" json:"label"`
	Hint  string `key:"hint" json:"hint,omitempty"`
	// Areas are the ids of the areas that offer the option; all do if it is empty. The area is the
	// answer to the section's question for an area.
	Areas []string `json:"areas,omitempty"`
	// Until is the instant from which nobody can choose the option any more, in Unix seconds; 0 if it
	// can always be chosen.
	Until int64 `json:"-"`
}

// A Declaration is one statement that the applicant confirms.
type Declaration struct {
	ID   string `key:"id,required" json:"id"`
	Text string `key:"text,required" json:"text"` // exact words; may show the course's facts by name
	// Charge means that it is about a possible charge: somebody who gives up a place reads it
	// again.
	Charge bool `key:"charge" json:"charge,omitempty"`
}

// Signature asks for a typed name.
type Signature struct {
	Label string `key:"label,required" json:"label"`
	Hint  string `key:"hint" json:"hint,omitempty"`
	// Doubt is said of a signature that is not the applicant's name; see [Signature.Unlike].
	Doubt string `key:"doubt" json:"doubt,omitempty"`
}

// A Word is a secret that people choose when they send the form. Beside a mailed link it opens the
// page of what they sent. No draft and no document holds it: only a value to recognise it by is
// kept.
type Word struct {
	Label string `key:"label,required" json:"label"`
	Hint  string `key:"hint" json:"hint,omitempty"`
}

// Asks is the question on the page for the word; its id is "word".
func (w Word) Asks() Section {
	return Section{ID: "word", Questions: []Question{Ask(Question{
		ID: "word", Kind: Text, Label: w.Label, InMessages: "a word of your own", Hint: w.Hint, Rule: "required,min=6,max=200",
		Messages: map[string]string{"min": "The word must have 6 characters or more"}, Autocomplete: "new-password",
	})}}
}

// Called is people's name for what they send with the form, in the middle of a sentence.
func (d *Definition) Called() string {
	if d.Service != "" {
		return "request"
	}
	return "application"
}

// Asks is the question on the page for the typed name; its id is "signature". The page always says
// that the name counts as a signature.
func (s Signature) Asks() Section {
	return Section{ID: "sign", Questions: []Question{Ask(Question{
		ID: "signature", Kind: Text, Label: s.Label, InMessages: "your full name to sign",
		Hint: cmp.Or(s.Hint, "This counts as your signature"),
		Rule: "required,name,max=200", Messages: map[string]string{"max": "The name you sign with must be 200 " +
			"characters or less"}, Autocomplete: "name",
	})}}
}

// Terms are a provider's terms of business. An accepted applicant agrees to them.
type Terms struct {
	Title     string   `key:"title,required" json:"title"`
	Clauses   []string `key:"clauses,required" json:"clauses"`     // exact words; may show the course's facts by name
	Statement string   `key:"statement,required" json:"statement"` // what the applicant agrees to: "I agree to ..."
	// File is the provider's own document, unchanged; nil if there is none.
	File *Paper `json:"file,omitempty"`
}

// Numbered are the clauses as letters and documents show them.
func (t *Terms) Numbered() []string {
	lines := make([]string, len(t.Clauses))
	for i, c := range t.Clauses {
		lines[i] = fmt.Sprintf("%d. %s", i+1, c)
	}
	return lines
}

// A Paper is a document that the site gives out as a file. Its checksum identifies the version.
type Paper struct {
	Name   string `json:"name"`   // "terms.pdf"
	SHA256 string `json:"sha256"` // of the file, in hexadecimal
}

// Path is its address on the site.
func (p *Paper) Path() string { return "/documents/" + p.Name }

// String names the version: "terms.pdf (SHA-256 2cf2…)".
func (p *Paper) String() string { return p.Name + " (SHA-256 " + p.SHA256 + ")" }

// AgreementPart is the id of the part of a copy that shows the agreement to Terms. No other part
// may have it.
const AgreementPart = "agreement"

// A Part is completed by somebody else: the employing practice, or the STP.
type Part struct {
	ID        string   `key:"id,required" json:"id"`
	Title     string   `key:"title,required" json:"title"`
	Intro     []string `key:"intro" json:"intro,omitempty"`
	Statement string   `key:"statement" json:"statement,omitempty"` // what is confirmed
	// Agreed can be confirmed instead of Statement: it is not so yet, but is agreed from a day that
	// is then asked for.
	Agreed string  `key:"agreed" json:"agreed,omitempty"`
	Blanks []Blank `key:"blanks,required" json:"blanks"`
	// Asks is set if the part is completed online, through a mailed link, by somebody named in the
	// answers.
	Asks *Asks `key:"asks" json:"asks,omitempty"`
	// Decision marks the part in which the STP lead decides.
	Decision bool `key:"decision" json:"decision,omitempty"`
}

// Asks says who is asked to complete a part online, and what they need to see of the application.
// All its ids are those of questions in sections that do not repeat.
type Asks struct {
	Name  string   `key:"name,required" json:"name"`   // of the person asked
	Email string   `key:"email,required" json:"email"` // never the applicant's own
	Shows []string `key:"shows" json:"shows,omitempty"`
}

// A Blank is one thing to fill in in a Part.
type Blank struct {
	ID      string   `key:"id,required" json:"id"`
	Label   string   `key:"label,required" json:"label"`
	Kind    string   `key:"kind,required" json:"kind"` // line, lines, date, choice or signature
	Options []string `key:"options" json:"options,omitempty"`
	// Is tells what a blank in the part with the decision means, so that the hub can read it in a
	// PDF that comes back: one of [BlankMeanings].
	Is string `key:"is" json:"is,omitempty"`
}

// The meanings of a blank in the part with the decision.
const (
	IsName     = "name"     // of the person who decides
	IsDecided  = "decided"  // the date of the decision
	IsDecision = "decision" // a choice of two: accept, then decline
	IsReason   = "reason"   // for declining
	IsFunding  = "funding"  // the date for funding to start
)

// BlankMeanings are all of these, each with the kind that the blank must have.
var BlankMeanings = map[string][]string{
	IsName: {"line", "signature"}, IsDecided: {"date"}, IsDecision: {"choice"}, IsReason: {"line", "lines"},
	IsFunding: {"date"},
}

// Blank is the part's blank with that meaning; nil if there is none.
func (p *Part) Blank(is string) *Blank {
	i := slices.IndexFunc(p.Blanks, func(b Blank) bool { return b.Is == is })
	if i < 0 {
		return nil
	}
	return &p.Blanks[i]
}

// Section returns the section with the id, and its number from 1; nil and 0 if there is none.
func (d *Definition) Section(id string) (*Section, int) {
	for i := range d.Sections {
		if d.Sections[i].ID == id {
			return &d.Sections[i], i + 1
		}
	}
	return nil, 0
}

// Asks is the path of the first question of a kind, "sections.0.questions.1"; "" if there is none.
func (d *Definition) Asks(kind Kind) string {
	for i := range d.Sections {
		for k, q := range d.Sections[i].Questions {
			if q.Kind == kind {
				return fmt.Sprintf("sections.%d.questions.%d", i, k)
			}
		}
	}
	return ""
}

// Practice is the part that somebody is asked to complete online; nil if there is none.
func (d *Definition) Practice() *Part {
	i := slices.IndexFunc(d.Parts, func(p Part) bool { return p.Asks != nil })
	if i < 0 {
		return nil
	}
	return &d.Parts[i]
}

// Decided is the part in which the STP lead decides; nil if there is none.
func (d *Definition) Decided() *Part {
	i := slices.IndexFunc(d.Parts, func(p Part) bool { return p.Decision })
	if i < 0 {
		return nil
	}
	return &d.Parts[i]
}

// Question returns the question with the id, and the section that asks it; nil if there is none.
func (d *Definition) Question(id string) (*Question, *Section) {
	for i := range d.Sections {
		if q := d.Sections[i].Question(id); q != nil {
			return q, &d.Sections[i]
		}
	}
	return nil, nil
}

// Question returns the section's question with the id; nil if it has none.
func (s *Section) Question(id string) *Question {
	i := slices.IndexFunc(s.Questions, func(q Question) bool { return q.ID == id })
	if i < 0 {
		return nil
	}
	return &s.Questions[i]
}

// subject is the question in the middle of a sentence: "your email address".
func (q *Question) subject() string {
	if q.InMessages != "" {
		return q.InMessages
	}
	r, n := utf8.DecodeRuneInString(q.Label)
	if next, _ := utf8.DecodeRuneInString(q.Label[n:]); unicode.IsUpper(next) {
		return q.Label // an abbreviation keeps its capitals
	}
	return string(unicode.ToLower(r)) + q.Label[n:]
}

// opening is the question as the beginning of a sentence: its label, or its subject if the label is
// itself a question.
func (q *Question) opening() string {
	if !strings.HasSuffix(q.Label, "?") {
		return q.Label
	}
	return capital(q.subject())
}

// capital begins a text with a capital letter.
func capital(text string) string {
	r, n := utf8.DecodeRuneInString(text)
	return strings.TrimRight(string(unicode.ToUpper(r)), "\uFFFD") + text[n:]
}

// Secret tells whether the answer must be hidden from somebody who looks over the shoulder.
func (q *Question) Secret() bool { return strings.HasSuffix(q.Autocomplete, "-password") }

// Has tells whether the question's rule has the tag: Has("required"), Has("gmc").
func (q *Question) Has(tag string) bool {
	return slices.ContainsFunc(q.rules, func(r rule) bool { return r.tag == tag })
}
