// Package letter reads the letters that editors write, says what is wrong with them, and fills them
// in.
//
// A letter is a file content/letters/NAME.md: plain text in which {{fields}} stand for what a
// record says. A letter for one form only is NAME-FORM.md with "form: FORM" at its top. It takes
// precedence over the letter for all forms.
//
// The same file gives two parts with the same words: the text, and an HTML part for mail programs
// that show one (html.go). It may use the paragraphs, lists and headings of Markdown: "## What
// happens next" is a heading in HTML, and "What happens next:" in the text. An address of the hub
// in a paragraph of its own becomes the letter's button.
//
// The stories say which letters there are. Each declares a [Table] of those that it sends: to whom
// each can go, and what it can say. The program that loads the content joins the tables with
// [Join]. The story also decides what a field says, when a letter is due and what goes with it.
package letter

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode"

	"traininghub/internal/form"
	"traininghub/internal/parallel"
	"traininghub/internal/record"
	"traininghub/internal/source"
)

// A Recipient is the addressee of a letter, such as "applicant".
type Recipient string

// A Table has the letters that a story sends, by name.
type Table map[string]Kind

// A Kind is what a story knows about a letter that it sends.
type Kind struct {
	To     []Recipient // whom it can be addressed to, the usual one first
	Fields []string    // what it can say besides course.FACT, service.FACT, answer.QUESTION and hub.FACT

	Alone     bool   // it is not about an application, so it shows no facts of a course and no answers
	Services  bool   // it is sent for forms of services too, not only of courses
	NoCopy    string // why the application cannot go with it; "" if it can
	NoAnswers string // why it shows no answers; "" if it can
	Needs     Need   // what a hub must offer before it is sent

	// NotFirst are fields that somebody typed. The first paragraph shows none of them and no
	// answer, because the letter may go to an address whose owner is not yet known.
	NotFirst []string
}

// A Need is what a hub must offer before a story's letters are sent. A hub that does not offer it
// needs no such letters.
type Need string

// What letters can need. Most need only a form.
const (
	NeedsMentoring  Need = "a service that finds mentors"
	NeedsScheme     Need = "a scheme that pays people"
	NeedsAttendance Need = "a course that records who comes"
)

// Needing returns the table with every letter needing n.
func (t Table) Needing(n Need) Table {
	all := Table{}
	for name, kind := range t {
		kind.Needs = n
		all[name] = kind
	}
	return all
}

// Always returns the names of the letters that every hub needs, sorted.
func (t Table) Always() []string {
	return slices.DeleteFunc(t.names(), func(name string) bool { return t[name].Needs != "" })
}

// Join puts the tables of several stories together. It panics if two stories have a letter of the
// same name, which is a mistake in the program.
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

// sent reports whether the letter is sent for records of a form.
func (k Kind) sent(f *form.Definition) bool { return !k.Alone && (k.Services || f.Service == "") }

func (t Table) names() []string { return slices.Sorted(maps.Keys(t)) }

// has reports whether any letter has the field.
func (t Table) has(field string) bool {
	for _, k := range t {
		if slices.Contains(k.Fields, field) {
			return true
		}
	}
	return false
}

// fields returns the fields that any letter has.
func (t Table) fields() []string {
	var all []string
	for _, k := range t {
		all = append(all, k.Fields...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// recipients returns everybody to whom any letter goes.
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

// A Set holds the letters that the editors wrote, by name.
type Set map[string]*Template

// For returns the letter called name for a form, or nil if there is none.
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
	Subject string    `key:"subject,required"` // may show fields, but none that says something about a person
	To      Recipient `key:"to,required"`
	Attach  bool      `key:"attach"` // the application goes with it as a PDF
	Form    string    `key:"form"`   // the only form that it is for; "" for all
	Button  string    `key:"button"` // what the button says above its address; see [DefaultButton]

	Text string // without comments, and without blanks at the ends of lines

	file source.File
	doc  *source.Doc
	line int // the line of the file on which Text begins
}

// Greeting is the field with the name by which a letter greets. It has a value only if a mailed
// link was used, which proves whose mailbox it is. Otherwise the name may have been typed by a
// stranger. No letter's text has this field.
const Greeting = "greeting"

// With returns what a letter can say: fields by name, and the facts of the hub.
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

// Write fills in a message's subject, text and HTML part. value returns the text of each field, or
// "" if it has nothing to say. The text part repeats what people typed exactly. A paragraph is left
// out if it shows fields and none of them has anything to say; so is a heading inside it.
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

// said returns the paragraphs that have something to say, as the editor wrote them.
func (t *Template) said(value func(field string) string) (said []string) {
	for p := range strings.SplitSeq(t.Text, "\n\n") {
		asks, says := false, false // about fields that only some records fill in; the hub's own facts are always there
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

// Headline returns the subject, always as one line without control characters.
func (t *Template) Headline(value func(field string) string) string {
	subject, _ := source.Expand(t.Subject, func(name string) (string, bool) { return value(name), true })
	return oneLine(subject)
}

// oneLine keeps a text from ending its header line, and from reversing the direction of the line.
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

// Read reads the letters in the folder dir of content, and finds everything that is wrong with
// them: see [Check].
func Read(content fs.FS, dir string, check Check) (Set, source.Faults) {
	check.letters, check.all = Set{}, check.Table.recipients()
	names := source.List(content, dir, "*.md")
	all, found := make([]*Template, len(names)), make([]source.Faults, len(names))
	parallel.Do(len(names), func(i int) { all[i], found[i] = read(content, names[i]) })
	for _, t := range all {
		if t.doc == nil {
			check.lost = append(check.lost, t)
		} else {
			check.letters[t.Name] = t
		}
	}
	parallel.Do(len(names), func(i int) {
		if all[i].doc != nil {
			found[i] = append(found[i], check.letter(all[i])...)
		}
	})
	faults := slices.Concat(found...)
	faults = append(faults, check.missing(path.Join("content", dir))...)
	faults.Sort()
	return check.letters, faults
}

// read reads one letter. It has no doc if it cannot be read.
func read(content fs.FS, name string) (*Template, source.Faults) {
	file, faults := source.Read(content, "content", name)
	t := &Template{Name: file.Stem(), file: file}
	if faults != nil {
		return t, faults
	}
	t.doc, faults = file.Decode(t)
	return t, append(faults, t.split()...)
}

// File is the file in which the letter stands.
func (t *Template) File() source.File { return t.file }

// split removes the comments from the text.
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
