// Package letter reads the letters that editors write, says what is wrong with them, and fills them
// in.
//
// A letter is a file content/letters/NAME.md: plain text in which {{fields}} stand for what a
// record says. A letter for one form alone is NAME-FORM.md with "form: FORM" at its top, and goes
// before the one for all forms.
//
// The same file gives two parts that say the same: the text, and an HTML part for mail programs
// that show one (html.go). Of Markdown there are paragraphs, lists and headings: "## What happens
// next" is a heading in HTML, and "What happens next:" in the text. An address of the hub that is a
// paragraph by itself is the letter's button.
//
// Which letters there are is for the stories to say. Each declares a [Table] of those that it
// sends: to whom each can go, and what it can say. Whoever loads the content puts the tables
// together with [Join]. What a field says, when a letter is due and what goes with it is the
// story's, too.
package letter

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode"

	"traininghub/internal/form"
	"traininghub/internal/record"
	"traininghub/internal/source"
)

// A Recipient is whom a letter goes to, such as "applicant".
type Recipient string

// A Table has the letters that a story sends, by name.
type Table map[string]Kind

// A Kind is what a story knows of a letter that it sends.
type Kind struct {
	To     []Recipient // whom it can be addressed to; most often the first
	Fields []string    // what it can say beside course.FACT, service.FACT, answer.QUESTION and hub.FACT

	Alone     bool   // it is about no application, so it shows no fact of a course and no answer
	Services  bool   // it is sent for forms of services, too, and not only of courses
	NoCopy    string // why the application cannot go with it; "" if it can
	NoAnswers string // why it shows no answers; "" if it can
	Needs     Need   // what a hub must offer for it to be sent

	// NotFirst are fields that somebody typed. Its first paragraph shows none of them, and no
	// answer: it can go to an address of which nobody knows yet whose it is.
	NotFirst []string
}

// A Need is what a hub must offer before the letters of a story are sent. A hub without it can do
// without the letters.
type Need string

// What letters can need; most need nothing but a form.
const (
	NeedsMentoring  Need = "a service that finds mentors"
	NeedsScheme     Need = "a scheme that pays people"
	NeedsAttendance Need = "a course that records who comes"
)

// Needing is the table with all letters needing the same.
func (t Table) Needing(n Need) Table {
	all := Table{}
	for name, kind := range t {
		kind.Needs = n
		all[name] = kind
	}
	return all
}

// Always are the names of the letters that every hub needs, sorted.
func (t Table) Always() []string {
	return slices.DeleteFunc(t.names(), func(name string) bool { return t[name].Needs != "" })
}

// Join puts the tables of several stories together. Two stories with letters of one name are a
// mistake in the program, so it panics.
func Join(tables ...Table) Table {
	all := Table{}
	for _, t := range tables {
		for name, kind := range t {
			if _, twice := all[name]; twice {
				panic("letter: two stories send " + name)
			}
			all[name] = kind
		}
	}
	return all
}

// sent tells whether the letter is sent for records of a form.
func (k Kind) sent(f *form.Definition) bool { return !k.Alone && (k.Services || f.Service == "") }

func (t Table) names() []string { return slices.Sorted(maps.Keys(t)) }

// has tells whether some letter has a field.
func (t Table) has(field string) bool {
	for _, k := range t {
		if slices.Contains(k.Fields, field) {
			return true
		}
	}
	return false
}

// fields are those that some letter has.
func (t Table) fields() []string {
	var all []string
	for _, k := range t {
		all = append(all, k.Fields...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// recipients are those that some letter goes to.
func (t Table) recipients() []string {
	var all []string
	for _, k := range t {
		for _, to := range k.To {
			all = append(all, string(to))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// A Set is the letters that the editors wrote, by name.
type Set map[string]*Template

// For is the letter called name for a form, or nil if there is none.
func (l Set) For(name, formID string) *Template {
	if t := l[name+"-"+formID]; t != nil && t.Form == formID {
		return t
	}
	if t := l[name]; t != nil && (t.Form == "" || t.Form == formID) {
		return t
	}
	return nil
}

// A Template is one letter as an editor wrote it. A comment, <!-- … -->, above the text is for
// editors and is not sent.
type Template struct {
	Name    string    // the file's name without ending
	Subject string    `key:"subject,required"` // may show fields, but none that tells of a person
	To      Recipient `key:"to,required"`
	Attach  bool      `key:"attach"` // the application as a PDF goes with it
	Form    string    `key:"form"`   // the only form that it is for; "" for all
	Button  string    `key:"button"` // what the button says above its address; see [DefaultButton]

	Text string // without comments and blanks at the ends of lines

	file source.File
	doc  *source.Doc
	line int // the file's, on which Text begins
}

// Greeting is the field that gives the name by which a letter greets: only of somebody whose
// mailbox is proved, by a link that was mailed there and used. Nobody else is named by what a
// stranger can have typed. It stands in no letter's text.
const Greeting = "greeting"

// With is what a letter says: fields by name, and the facts of the hub.
func With(hub func(name string) (string, bool), fields map[string]string) func(field string) string {
	return func(field string) string {
		if name, ok := strings.CutPrefix(field, "hub."); ok {
			if hub == nil {
				return ""
			}
			fact, _ := hub(name)
			return fact
		}
		return fields[field]
	}
}

// Write fills in a message's subject, text and HTML part. value gives the text of each field, "" if
// it has nothing to say. In the text, what people typed stays exactly as they typed it. A paragraph
// is left out if it shows fields and none of them has anything to say; so is a heading within it.
func (t *Template) Write(m *record.Message, value func(field string) string) {
	m.Subject = t.Headline(value)
	var paragraphs []string
	said := t.said(value)
	for _, p := range said {
		paragraphs = append(paragraphs, expanded(p, value))
	}
	m.Text = strings.Join(paragraphs, "\n\n") + "\n"
	m.HTML = t.html(m.Subject, said, value)
}

// said are the paragraphs that have something to say, as the editor wrote them.
func (t *Template) said(value func(field string) string) (said []string) {
	for p := range strings.SplitSeq(t.Text, "\n\n") {
		asks, says := false, false // for what only some records say: the hub's own facts are always there
		source.Expand(p, func(name string) (string, bool) {
			if !strings.HasPrefix(name, "hub.") {
				asks, says = true, says || value(name) != ""
			}
			return "", true
		})
		if says || !asks {
			said = append(said, p)
		}
	}
	return said
}

// Headline is the subject: always one line without control characters.
func (t *Template) Headline(value func(field string) string) string {
	subject, _ := source.Expand(t.Subject, func(name string) (string, bool) { return value(name), true })
	return oneLine(subject)
}

// oneLine keeps a text from ending the header line that it stands in, and from turning it around.
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

// Read reads the letters in the folder dir of content, and finds all that is wrong with them: see
// [Check].
func Read(content fs.FS, dir string, check Check) (Set, source.Faults) {
	check.letters = Set{}
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
		check.letters[t.Name] = t
	}
	for _, name := range slices.Sorted(maps.Keys(check.letters)) {
		faults = append(faults, check.letter(check.letters[name])...)
	}
	faults = append(faults, check.missing(path.Join("content", dir))...)
	faults.Sort()
	return check.letters, faults
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
	t.Text, t.line = strings.TrimRight(b.String(), "\n"), line
	if at := strings.Index(t.Text, "<!--"); at >= 0 {
		p := source.PositionIn([]byte(t.Text), at)
		faults.At(t.file.Path, source.Position{Line: line + p.Line - 1, Column: p.Column},
			"this note would be sent with the letter", "put notes above the text, or take it away")
	}
	if t.Text == "" {
		faults.Add(t.file.Path, line, "the letter has no text", `write it below the second line of "---"`)
	}
	return faults
}
