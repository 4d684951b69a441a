package form

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"traininghub/internal/pattern"
	"traininghub/internal/source"
)

// MaxQuestions is the most questions that one page can ask.
const MaxQuestions = 10

// reserved are ids that no section can have: they are the addresses of other pages of the journey.
var reserved = []string{"start", "check", "declarations", "sent", "resume"}

// inputs are ids that no question can have: pages use them for their own inputs and anchors.
var inputs = []string{"website", "leave", "another", "maincontent"}

var (
	id     = pattern.Of(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	prefix = pattern.Of(`^[A-HJ-NP-Z]{2}$`)
	widths = []int{0, 2, 3, 4, 5, 10, 20, 30}
	blanks = []string{"line", "lines", "date", "choice", "signature"}
	// tokens are the purposes of HTML's autocomplete attribute that concern a person's own details
	// (WCAG 1.3.5).
	tokens = []string{"name", "given-name", "family-name", "email", "tel", "street-address", "address-line1",
		"address-line2", "address-level1", "address-level2", "postal-code", "organization", "organization-title"}
)

// Load reads the forms in the folder dir of content, sorted by id, with all their faults. Forms
// that could not be read are included: see [Definition.Unread].
func Load(content fs.FS, dir string) ([]*Definition, source.Faults) {
	var forms []*Definition
	var faults source.Faults
	for _, name := range source.List(content, dir, "*.yaml") {
		file, wrong := source.Read(content, "content", name)
		d := &Definition{ID: file.Stem(), Path: file.Path}
		forms = append(forms, d)
		if wrong == nil {
			d.doc, wrong = file.Decode(d)
		}
		faults = append(faults, wrong...)
		if !d.Unread() {
			faults = append(faults, d.readTerms(content)...)
			faults = append(faults, d.faults()...)
		}
	}
	faults.Sort()
	return forms, faults
}

// documents is the folder of files that the site gives out unchanged.
const documents = "documents"

var paperName = pattern.Of(`^[A-Za-z0-9][A-Za-z0-9_-]*\.pdf$`)

// readTerms reads the provider's own document, if the form names one.
func (d *Definition) readTerms(content fs.FS) (faults source.Faults) {
	name := d.TermsFile
	if name == "" {
		return nil
	}
	add := func(what, do string) { faults.At(d.Path, d.doc.At("terms_file"), what, do) }
	if d.Terms == nil {
		add("the form has a document of terms, but no terms to agree to", `add "terms" with their words, or remove the line`)
		return faults
	}
	if !paperName().MatchString(name) {
		add(fmt.Sprintf("%q is no name of a PDF", name), `use letters, figures and hyphens, and ".pdf" at the end`)
		return faults
	}
	data, err := fs.ReadFile(content, documents+"/"+name)
	switch {
	case err != nil:
		add(fmt.Sprintf("there is no file content/%s/%s", documents, name), "put it there, or correct the name")
	case !bytes.HasPrefix(data, []byte("%PDF-")):
		add(fmt.Sprintf("content/%s/%s is no PDF", documents, name), "save it as a PDF")
	default:
		d.Terms.File = &Paper{Name: name, SHA256: fmt.Sprintf("%x", sha256.Sum256(data))}
	}
	return faults
}

// Unread tells whether nothing in the form's file could be read.
func (d *Definition) Unread() bool { return d.doc == nil || d.doc.Unread() }

// Lost tells whether something in the file is missing, could not be read, or has an unknown key.
// Then other checks may report as missing what the file does contain.
func (d *Definition) Lost() bool { return d.doc != nil && d.doc.Lost() }

// faults are the mistakes in the form's meaning, which reading the file does not find.
func (d *Definition) faults() source.Faults {
	var faults source.Faults
	add := func(at, what, do string, args ...any) {
		faults.At(d.Path, d.doc.At(at), fmt.Sprintf(what, args...), do)
	}
	named := named(add)
	if !id().MatchString(d.ID) {
		faults.Add(d.Path, 0, "the file's name cannot be an address",
			source.NameDo(d.Path)+", and begin it with a letter")
	}
	switch {
	case d.Course != "" && d.Service != "":
		add("service", "the form is for a course and for a service", "remove one of the two lines")
	case d.Course == "" && d.Service == "" && !d.Lost():
		faults.Add(d.Path, 0, "the form is for no course and no service",
			`add a line "course: " or "service: " with the name of its file, without .md`)
	}
	if d.Prefix != "" && !prefix().MatchString(d.Prefix) {
		add("reference", "the reference begins with %q", `use two capital letters, but not I or O: "CC"`, d.Prefix)
	}
	faults = append(faults, d.checkSections(add)...)
	d.applicant(add)
	if q, s := d.Question(d.Sessions); d.Sessions != "" {
		switch {
		case q == nil:
			var ids []string
			for i := range d.Sections {
				ids = append(ids, d.Sections[i].ids()...)
			}
			add("clinical_sessions", "there is no question %q", source.Suggest(d.Sessions, ids), d.Sessions)
		case q.Kind != Number && q.Kind != "":
			add("clinical_sessions", "the question %q has the kind %s, so there is no mean of it",
				"name one of the kind number", d.Sessions, q.Kind)
		case s.Repeat != nil:
			add("clinical_sessions", "the question %q is asked several times",
				"name one in a section that does not repeat", d.Sessions)
		}
	}
	for _, id := range d.FoundBy {
		if q, s := d.Question(id); q == nil || s.Repeat != nil {
			add("found_by", "there is no question %q that is asked once", "name one of the form", id)
		}
	}
	if d.Purpose == "" {
		faults.Warn(d.Path, source.Position{Line: 1}, rulePurpose,
			"the form asks for personal data, but does not say what for",
			`add a line like "purpose: We use your answers to decide on your application."`)
	}
	seen := map[string]bool{}
	for i, decl := range d.Declarations {
		at := fmt.Sprintf("declarations.%d.id", i)
		named(at, "a declaration", decl.ID)
		if seen[decl.ID] {
			add(at, "there are two declarations %q", "give each an id of its own", decl.ID)
		}
		seen[decl.ID] = true
	}
	if t := d.Terms; t != nil {
		if n := utf8.RuneCountInString(t.Title); n > longest {
			add("terms.title", "the title has %d characters, and the PDF has no room for more than %d", "shorten it", n,
				longest)
		}
		for i, clause := range t.Clauses {
			if strings.TrimSpace(clause) == "" {
				add(fmt.Sprintf("terms.clauses.%d", i), "a clause of the terms is empty",
					"write it, or remove the line")
			}
		}
	}
	for i, p := range d.Parts {
		if p.Asks != nil {
			d.asks(i, add)
		}
		if p.Asks == nil && p.Agreed != "" {
			add(fmt.Sprintf("parts.%d.agreed", i), "the part %q asks nobody, so nobody can confirm this instead",
				`add "asks", or remove the line`, p.ID)
		}
		if p.ID == AgreementPart {
			add(fmt.Sprintf("parts.%d.id", i), "a part cannot have the id %q: the agreement to the terms has it",
				"choose another", p.ID)
		}
		for k, b := range p.Blanks {
			at := fmt.Sprintf("parts.%d.blanks.%d", i, k)
			named(at+".id", "a blank", b.ID)
			if n := utf8.RuneCountInString(b.Label); n > longest {
				add(at+".label", "the label has %d characters, and the PDF has no room for more than %d", "shorten it",
					n, longest)
			}
			if b.Kind != "" && !slices.Contains(blanks, b.Kind) {
				add(at+".kind", "the blank %q has an unknown kind %q", source.Suggest(b.Kind, blanks), b.ID, b.Kind)
			}
			if (b.Kind == "choice") != (len(b.Options) > 0) {
				add(at, "the blank %q must have options if, and only if, its kind is choice",
					"add or remove the options", b.ID)
			}
			meant(at, p, k, add)
		}
	}
	d.decision(named, add)
	return append(faults, d.names()...)
}

// meant checks the meaning of a blank.
func meant(at string, p Part, k int, add func(at, what, do string, args ...any)) {
	b := p.Blanks[k]
	kinds, known := BlankMeanings[b.Is]
	first := slices.IndexFunc(p.Blanks, func(other Blank) bool { return other.Is == b.Is })
	switch {
	case b.Is == "":
	case !known:
		all := slices.Sorted(maps.Keys(BlankMeanings))
		add(at+".is", "the hub does not know what %q is", source.Suggest(b.Is, all), b.Is)
	case !p.Decision:
		add(at+".is", "the part %q is not the one with the decision", `remove the line "is"`, p.ID)
	case first < k:
		add(at+".is", "the blanks %q and %q are both the %s", `remove one of the lines "is"`, p.Blanks[first].ID, b.ID,
			b.Is)
	case !slices.Contains(kinds, b.Kind):
		add(at+".is", "a blank of the kind %s cannot be the %s", "choose the kind "+strings.Join(kinds, " or "), b.Kind,
			b.Is)
	case b.Is == IsDecision && len(b.Options) != 2:
		add(at+".options", "the decision %q has %d options", "write two: to accept, and then to decline", b.ID,
			len(b.Options))
	}
}

// named returns a function that checks an id.
func named(add func(at, what, do string, args ...any)) func(at, what, name string) {
	return func(at, what, name string) {
		if name != "" && !id().MatchString(name) {
			add(at, "the id %q of %s has other characters than small letters, figures and hyphens",
				`write it like "practice-name"`, name, what)
		}
	}
}

// checkSections checks sections and questions.
func (d *Definition) checkSections(add func(at, what, do string, args ...any)) (faults source.Faults) {
	named := named(add)
	questions, sections := map[string]string{}, map[string]bool{}
	for i := range d.Sections {
		s := &d.Sections[i]
		at := fmt.Sprintf("sections.%d", i)
		named(at+".id", "a section", s.ID)
		switch {
		case slices.Contains(reserved, s.ID):
			add(at+".id", "a section cannot have the id %q: a page of the application has it", "choose another", s.ID)
		case sections[s.ID]:
			add(at+".id", "there are two sections %q", "give each an id of its own", s.ID)
		}
		sections[s.ID] = true
		if len(s.Questions) > MaxQuestions {
			add(at+".questions", "section %q has %d questions", "make two sections of it: a page asks 10 at most", s.ID,
				len(s.Questions))
		}
		if r := s.Repeat; r != nil {
			switch {
			case i == 0:
				add(at+".repeat", "the first section cannot repeat", "begin with a section about the applicant")
			case r.Min < 0 || r.Max < 1 || r.Max > 50 || r.Min > r.Max:
				add(at+".repeat", "section %q repeats from %d to %d times",
					"make min at most max, and max from 1 to 50", s.ID, r.Min, r.Max)
			}
			if r.Name != "" && s.Question(r.Name) == nil {
				add(at+".repeat.name", "section %q has no question %q", source.Suggest(r.Name, s.ids()), s.ID, r.Name)
			}
		}
		for k := range s.Questions {
			q := &s.Questions[k]
			at := fmt.Sprintf("%s.questions.%d", at, k)
			named(at+".id", "a question", q.ID)
			if slices.Contains(inputs, q.ID) {
				add(at+".id", "a question cannot have the id %q: the pages use it themselves", "choose another", q.ID)
			}
			for _, input := range q.names() { // a date has one for each part: "awarded-year"
				if other, ok := questions[input]; ok {
					add(at+".id", "the question %q is also asked in section %q", "give each question an id of its own",
						q.ID, other)
				}
				questions[input] = s.ID
			}
			var w *source.Wrong
			if errors.As(q.parse(), &w) {
				faults.At(d.Path, d.doc.Word(at+".rule", w.Word), w.What, w.Do)
				continue // later faults may only follow from this one
			}
			if what, do := q.impossible(); what != "" {
				add(at+".rule", "%s", do, what)
			}
			for n := range k {
				if same(s.Questions[n].Label, q.Label) && s.Questions[n].ID != q.ID {
					add(at+".label", "section %q asks %q twice",
						"remove one, or say in the label what tells the two apart", s.ID, q.Label)
					break
				}
			}
			if n, most := utf8.RuneCountInString(q.Label), labelMost(s); n > most {
				add(at+".label", "the label has %d characters, and the PDF has no room for more than %d",
					"shorten it, and put the rest into the hint", n, most)
			}
			if first, _, _ := strings.Cut(q.InMessages, " "); strings.HasSuffix(q.InMessages, ".") ||
				slices.Contains([]string{"enter", "select", "choose"}, strings.ToLower(first)) {
				add(at+".in_messages", "\"in_messages\" stands in the middle of a sentence, and is one here, %q",
					`write what follows "Enter" or "Select yes if": "your email address"`, q.InMessages)
			}
			d.question(q, at, add)
			d.doubts(s, q, at, add)
		}
	}
	return faults
}

// ruleName is about names that strangers type.
var ruleName = source.Rule{Name: "name",
	Why: "anybody can apply under any name, and the hub's letters say it: a name with a link in it is a trap"}

// names warns of questions whose answer a letter uses as a name, but which accept more than names.
func (d *Definition) names() (faults source.Faults) {
	ids := slices.Clone(d.Applicant.Names)
	if p := d.Practice(); p != nil {
		ids = append(ids, p.Asks.Name)
	}
	for i := range d.Sections {
		for k := range d.Sections[i].Questions {
			q := &d.Sections[i].Questions[k]
			if q.Kind == Text && slices.Contains(ids, q.ID) && q.asks() == nil && q.parse() == nil {
				faults.Warn(d.Path, d.doc.At(fmt.Sprintf("sections.%d.questions.%d.rule", i, k)), ruleName,
					fmt.Sprintf("the question %q asks for a name, but takes anything", q.ID), `add "name" to its rule`)
			}
		}
	}
	return faults
}

// decision checks the part in which the lead decides, and the reasons for declining.
func (d *Definition) decision(named func(at, what, name string), add func(at, what, do string, args ...any)) {
	deciding := false
	for i, p := range d.Parts {
		at := fmt.Sprintf("parts.%d", i)
		if p.Decision && deciding {
			add(at+".decision", "the form has two parts with the decision", "leave the line in one of them")
		}
		deciding = deciding || p.Decision
	}
	switch {
	case deciding && len(d.DeclineReasons) == 0:
		add("parts", "the form has a part with the decision, but no reasons to decline", `add a list "decline_reasons"`)
	case !deciding && len(d.DeclineReasons) > 0:
		add("decline_reasons", "the form has reasons to decline, but no part with the decision",
			`add "decision: yes" to the part that whoever decides completes`)
	}
	for i, r := range d.DeclineReasons {
		at := fmt.Sprintf("decline_reasons.%d", i)
		named(at+".id", "a reason to decline", r.ID)
		if n := utf8.RuneCountInString(r.Label); n > longest {
			add(at+".label", "the reason has %d characters",
				fmt.Sprintf("shorten it to %d: the lead can say more for each application", longest), n)
		}
		for k := range i {
			switch other := d.DeclineReasons[k]; {
			case other.ID == r.ID:
				add(at+".id", "there are two reasons to decline with the id %q", "give each an id of its own", r.ID)
			case same(other.Label, r.Label):
				add(at+".label", "there are two reasons to decline %q", "remove one, or say what tells the two apart",
					r.Label)
			}
		}
	}
}

// rulePurpose asks for the purpose only. How long answers are kept is said once for the whole hub,
// in site.yaml.
var rulePurpose = source.Rule{Name: "purpose", Why: "people must be told when they are asked (UK GDPR, article 13)"}

// The most characters of a label. On paper a label gets 6 lines, and in the table of a section that
// repeats its column is much narrower.
const (
	longest       = 200
	longestColumn = 80
)

func labelMost(s *Section) int {
	if s.Repeat != nil {
		return longestColumn
	}
	return longest
}

// same tells whether people would take two labels for the same.
func same(a, b string) bool {
	return a != "" && strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// question checks everything about one question but its rule.
func (d *Definition) question(q *Question, at string, add func(at, what, do string, args ...any)) {
	switch {
	case q.Kind.kind().endless && q.Kind != "" && q.Max() == 0 && !q.Code():
		add(at, "the rule of question %q sets no limit", `add the most characters to it: "max=300"`, q.ID)
	case q.From != "" && !q.lists():
		add(at+".from", "question %q is no choice, but says where its options come from",
			"remove the line, or make the kind choice or choices", q.ID)
	case q.From != "" && len(q.Options) > 0:
		add(at+".options", "question %q has options of its own, and takes others from a list",
			"remove the options or the line \"from\"", q.ID)
	case q.lists() && q.From == "" && len(q.Options) < 2 && !d.Lost():
		add(at, "the choice %q has fewer than two options", "add options, or use the kind yes-no", q.ID)
	}
	if !q.lists() && len(q.Options) > 0 {
		add(at+".options", "question %q is no choice, but has options", "remove them, or make the kind choice", q.ID)
	}
	seen := map[string]bool{}
	for i, o := range q.Options {
		if seen[o.ID] && o.ID != "" {
			add(fmt.Sprintf("%s.options.%d", at, i), "question %q has the option %q twice", "remove one", q.ID, o.ID)
		}
		seen[o.ID] = true
		for n := range i {
			if same(q.Options[n].Label, o.Label) {
				add(fmt.Sprintf("%s.options.%d.label", at, i), "question %q has the option %q twice",
					"remove one, or say what tells the two apart", q.ID, o.Label)
				break
			}
		}
	}
	if !slices.Contains(widths, q.Width) {
		add(at+".width", "question %q has the width %d", "use 2, 3, 4, 5, 10, 20 or 30, or remove it for full width",
			q.ID, q.Width)
	}
	if q.Autocomplete != "" && !slices.Contains(tokens, q.Autocomplete) {
		add(at+".autocomplete", "question %q has an unknown autocomplete token %q",
			source.Suggest(q.Autocomplete, tokens), q.ID, q.Autocomplete)
	}
	for tag := range q.Messages {
		if !slices.Contains(q.messageTags(), tag) {
			add(at+".messages."+tag, "question %q has a message for %q, which its rule does not have",
				source.Suggest(tag, q.messageTags()), q.ID, tag)
		}
	}
}

// applicant checks the questions about the applicant. They must be in the first section, since a
// draft belongs to somebody as soon as it is first saved.
func (d *Definition) applicant(add func(at, what, do string, args ...any)) {
	if len(d.Sections) == 0 {
		return
	}
	first := &d.Sections[0]
	check := func(at, name string, kinds ...Kind) {
		q := first.Question(name)
		switch {
		case name == "" || q != nil && q.Kind == "": // reported elsewhere
		case q == nil:
			add(at, "the first section has no question %q", source.Suggest(name, first.ids()), name)
		case !slices.Contains(kinds, q.Kind):
			add(at, "the question %q has the kind %s", fmt.Sprintf("name one of the kind %s", kinds[0]), name, q.Kind)
		case q.parse() == nil && !q.Has("required"):
			add(at, "the question %q need not be answered, but tells who applies", `add "required" to its rule`, name)
		}
	}
	for i, name := range d.Applicant.Names {
		check(fmt.Sprintf("applicant.names.%d", i), name, Text)
	}
	check("applicant.email", d.Applicant.Email, Email)
	check("applicant.telephone", d.Applicant.Telephone, Telephone)
	check("applicant.number", d.Applicant.Number, Text)
	if q := first.Question(d.Applicant.Number); q != nil && q.Kind == Text && q.parse() == nil {
		if f := q.asks(); f == nil || f.number == "" {
			var tags []string
			for _, f := range formats {
				if f.number != "" {
					tags = append(tags, f.tag)
				}
			}
			slices.Sort(tags)
			add("applicant.number", "the question %q asks for no number on a professional register",
				"add one of "+strings.Join(tags, ", ")+" to its rule, or remove the line: it need not be there",
				d.Applicant.Number)
		}
	}
}

// asks checks a part that is completed online.
func (d *Definition) asks(i int, add func(at, what, do string, args ...any)) {
	p, at := &d.Parts[i], fmt.Sprintf("parts.%d.asks", i)
	for k := range d.Parts[:i] {
		if d.Parts[k].Asks != nil {
			add(at, "the parts %q and %q both ask somebody", "let one part ask: an application waits for one answer",
				d.Parts[k].ID, p.ID)
			break
		}
	}
	if p.Decision {
		add(at, "the part %q asks somebody, and is the one with the decision",
			"remove one of asks and decision", p.ID)
	}
	if p.Statement == "" {
		add(at, "the part %q asks somebody to confirm nothing", `add a "statement"`, p.ID)
	}
	check := func(at, name string, kind Kind) {
		q, s := d.Question(name)
		switch {
		case name == "" || q != nil && q.Kind == "": // reported elsewhere
		case q == nil:
			add(at, "there is no question %q", source.Suggest(name, d.ids()), name)
		case s.Repeat != nil:
			add(at, "the question %q is asked of each %s: which one is meant?",
				"name a question of a section that does not repeat", name, s.Repeat.Item)
		case kind != "" && q.Kind != kind:
			add(at, "the question %q has the kind %s", fmt.Sprintf("name one of the kind %s", kind), name, q.Kind)
		case kind != "" && q.parse() == nil && !q.Has("required"):
			add(at, "the question %q need not be answered, but tells who is asked", `add "required" to its rule`, name)
		case kind == Email && name == d.Applicant.Email:
			add(at, "the question %q is for the applicant's own address", "name the one that asks for that of whoever confirms",
				name)
		}
	}
	check(at+".name", p.Asks.Name, Text)
	check(at+".email", p.Asks.Email, Email)
	if n, e := p.Asks.Name, p.Asks.Email; n != "" && e != "" {
		_, in := d.Question(n)
		if _, with := d.Question(e); in != nil && with != nil && in != with {
			add(at+".name", "the questions %q and %q are in different sections",
				"ask both in one section, so that they are answered together", n, e)
		}
	}
	for k, name := range p.Asks.Shows {
		check(fmt.Sprintf("%s.shows.%d", at, k), name, "")
	}
}

// ids are the ids of all questions.
func (d *Definition) ids() []string {
	var ids []string
	for i := range d.Sections {
		ids = append(ids, d.Sections[i].ids()...)
	}
	return ids
}

func (s *Section) ids() []string {
	var ids []string
	for _, q := range s.Questions {
		ids = append(ids, q.ID)
	}
	return ids
}

// Joined is what a form takes from its course or service.
type Joined struct {
	Fact      func(name string) (string, bool) // the facts that texts show by name
	FactNames []string
	Cohorts   []Option // become the options of questions of the kind cohort
	Areas     []Option // become the options of questions of the kind area
	// Lists are a service's lists. They become the options of the choices that name them.
	Lists map[string][]Option
}

// Join returns the form with the facts of its course or service in its words and its cohorts or
// areas as options, and with the version of that wording. d itself is not changed.
func (d *Definition) Join(j Joined) (*Definition, source.Faults) {
	var faults source.Faults
	copied := *d
	put := func(at string, text *string) {
		var unknown []source.Unknown
		*text, unknown = source.Expand(*text, j.Fact)
		for _, u := range unknown {
			faults.At(d.Path, d.doc.Word(at, u.Typed), fmt.Sprintf("there is no fact named %q", u.Name),
				source.Suggest(u.Name, j.FactNames))
		}
	}
	all := func(at string, texts []string) []string {
		texts = slices.Clone(texts)
		for i := range texts {
			put(fmt.Sprintf("%s.%d", at, i), &texts[i])
		}
		return texts
	}
	put("title", &copied.Title)
	put("purpose", &copied.Purpose)
	copied.Before = all("before", d.Before)
	if copied.Purpose != "" {
		copied.Before = append(copied.Before, copied.Purpose)
	}
	copied.Next = all("next", d.Next)
	put("signature.label", &copied.Signature.Label)
	put("signature.hint", &copied.Signature.Hint)
	put("signature.doubt", &copied.Signature.Doubt)
	copied.Sections = slices.Clone(d.Sections)
	for i := range copied.Sections {
		s, at := &copied.Sections[i], fmt.Sprintf("sections.%d", i)
		put(at+".title", &s.Title)
		s.Intro = all(at+".intro", s.Intro)
		s.Questions = slices.Clone(s.Questions)
		for k := range s.Questions {
			q, at := &s.Questions[k], fmt.Sprintf("%s.questions.%d", at, k)
			put(at+".label", &q.Label)
			put(at+".in_messages", &q.InMessages)
			put(at+".hint", &q.Hint)
			q.Options = slices.Clone(q.Options)
			if q.Kind == Cohort {
				q.Options = slices.Clone(j.Cohorts)
			} else if q.Kind == Area {
				q.Options = slices.Clone(j.Areas)
			} else if q.From != "" {
				q.Options = slices.Clone(j.Lists[q.From])
				if q.Options == nil {
					faults.At(d.Path, d.doc.At(at+".from"), fmt.Sprintf("there is no list %q to choose from", q.From),
						source.Suggest(q.From, slices.Sorted(maps.Keys(j.Lists))))
				}
			}
			for n := range q.Options {
				put(fmt.Sprintf("%s.options.%d", at, n), &q.Options[n].Label)
				put(fmt.Sprintf("%s.options.%d", at, n), &q.Options[n].Hint)
			}
			q.expand(at, put, func(at, what, do string) { faults.At(d.Path, d.doc.At(at), what, do) })
			q.Messages = maps.Clone(q.Messages)
			for tag, text := range q.Messages {
				put(at+".messages."+tag, &text)
				q.Messages[tag] = text
			}
		}
	}
	copied.Declarations = slices.Clone(d.Declarations)
	for i := range copied.Declarations {
		put(fmt.Sprintf("declarations.%d.text", i), &copied.Declarations[i].Text)
	}
	if d.Terms != nil {
		t := *d.Terms
		put("terms.title", &t.Title)
		put("terms.statement", &t.Statement)
		t.Clauses = all("terms.clauses", t.Clauses)
		copied.Terms = &t
	}
	copied.Parts = slices.Clone(d.Parts)
	for i := range copied.Parts {
		p, at := &copied.Parts[i], fmt.Sprintf("parts.%d", i)
		put(at+".title", &p.Title)
		put(at+".statement", &p.Statement)
		put(at+".agreed", &p.Agreed)
		p.Intro = all(at+".intro", p.Intro)
		p.Blanks = slices.Clone(p.Blanks)
		for k := range p.Blanks {
			put(fmt.Sprintf("%s.blanks.%d.label", at, k), &p.Blanks[k].Label)
		}
	}
	copied.DeclineReasons = slices.Clone(d.DeclineReasons)
	for i := range copied.DeclineReasons {
		at := fmt.Sprintf("decline_reasons.%d", i)
		put(at+".label", &copied.DeclineReasons[i].Label)
		put(at+".hint", &copied.DeclineReasons[i].Hint)
	}
	copied.Version = ""
	wording, err := json.Marshal(copied)
	if err != nil {
		panic(err) // cannot happen: strings, numbers, lists and maps only
	}
	sum := sha256.Sum256(wording)
	copied.Version = hex.EncodeToString(sum[:6])
	faults.Sort()
	return &copied, faults
}

// Restore completes a form that was stored after being joined.
func (d *Definition) Restore() error { return restore(d.Sections) }

// restore reads the rules of stored questions.
func restore(sections []Section) error {
	for _, s := range sections {
		for i := range s.Questions {
			if err := s.Questions[i].parse(); err != nil {
				return err
			}
		}
	}
	return nil
}

// At is the position in the file of a key's value, such as "sections.0.title". Other packages need
// it to report faults in the form.
func (d *Definition) At(at string) source.Position { return d.doc.At(at) }
