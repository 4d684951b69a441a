// Package source reads the files that editors write, and says what is wrong with them.
//
// An editor's file is either YAML (a form, site.yaml) or Markdown with YAML front matter between
// two lines of "---" (a course, a page, a letter). [Read] splits it and keeps the file's own line
// numbers. [File.Decode] fills a typed struct and refuses keys that the struct does not have.
// Nothing stops at the first mistake. Every [Fault] is collected, with its file, line and column,
// what is wrong and what to do, in words for people who do not program.
//
// Text may show a fact by its name, as in "{{deadline}}"; [Expand] puts the facts in.
//
// It is the only package that knows the YAML library.
package source

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"net/mail"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"traininghub/internal/pattern"
)

// A Fault is one mistake in one editor's file.
type Fault struct {
	Path string // as the editor knows it: "content/courses/x.md"
	Position
	What string // what is wrong: `unknown key "dedline"`
	Do   string // what to do about it: `did you mean "deadline"?`; may be empty

	// Warning means that the site can be built all the same.
	Warning bool
	Rule    string // the name of the rule behind a warning: "time-range"; empty for errors
	Why     string // the reason for the rule and its source, in words
}

// A Position is a line and a column in a file.
type Position struct {
	Line   int // from 1; 0 if the whole file is meant
	Column int // from 1 in characters; 0 if the whole line is meant
}

// Where is the file and the position in it, as far as known: "content/courses/x.md:12:7".
func (f Fault) Where() string {
	switch {
	case f.Line == 0:
		return f.Path
	case f.Column == 0:
		return fmt.Sprintf("%s:%d", f.Path, f.Line)
	}
	return fmt.Sprintf("%s:%d:%d", f.Path, f.Line, f.Column)
}

// String is the fault as one line: "file:line:column: what is wrong (what to do)".
func (f Fault) String() string {
	var b strings.Builder
	b.WriteString(f.Where() + ": ")
	if f.Warning {
		b.WriteString("warning: ")
	}
	b.WriteString(f.What)
	if f.Do != "" {
		b.WriteString(" (" + f.Do + ")")
	}
	return b.String()
}

// Faults are the mistakes of any number of files. As an error they are printed one on a line.
type Faults []Fault

// Add appends a fault of a whole file or, if line is not 0, of a whole line.
func (fs *Faults) Add(path string, line int, what, do string) {
	fs.At(path, Position{Line: line}, what, do)
}

// At appends a fault at a position.
func (fs *Faults) At(path string, at Position, what, do string) {
	*fs = append(*fs, Fault{Path: path, Position: at, What: what, Do: do})
}

// Warn appends a warning under a rule.
func (fs *Faults) Warn(path string, at Position, rule Rule, what, do string) {
	*fs = append(*fs, Fault{Path: path, Position: at, What: what, Do: do, Warning: true, Rule: rule.Name, Why: rule.Why})
}

// A Rule is the reason for a warning. It names its source, so that nobody has to take it on trust.
type Rule struct{ Name, Why string }

// Errors are the faults that stop a build; Warnings are the others.
func (fs Faults) Errors() Faults   { return fs.only(false) }
func (fs Faults) Warnings() Faults { return fs.only(true) }

func (fs Faults) only(warnings bool) Faults {
	var some Faults
	for _, f := range fs {
		if f.Warning == warnings {
			some = append(some, f)
		}
	}
	return some
}

// Sort sorts faults by file, line and column, and drops repetitions.
func (fs *Faults) Sort() {
	slices.SortStableFunc(*fs, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.What, b.What))
	})
	*fs = slices.Compact(*fs)
}

// Error lists the faults, one on a line.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// Err returns the errors among the faults, sorted; nil if there are none but warnings.
func (fs Faults) Err() error {
	errors := fs.Errors()
	if len(errors) == 0 {
		return nil
	}
	errors.Sort()
	return errors
}

// A Wrong is the error of a type that reads itself from text (encoding.TextUnmarshaler). It says
// what is wrong and what to do; Decode adds the position.
type Wrong struct {
	What, Do string
	Word     string // the wrong part of the text; "" if all of it is wrong
}

func (w *Wrong) Error() string { return w.What }

// Wrongf makes a Wrong, with What made from format and args.
func Wrongf(do, format string, args ...any) error {
	return &Wrong{What: fmt.Sprintf(format, args...), Do: do}
}

// AnyFact stands for a fact that could not be read, so that texts which show it are not reported as
// well. It is valid as a text, as an e-mail address, and as a part of any other address.
const AnyFact = "name@example.org"

// Mailable tells whether text is just an email address, at a domain with a dot.
func Mailable(text string) bool {
	a, err := mail.ParseAddress(text)
	return err == nil && a.Address == text && strings.Contains(text[strings.LastIndexByte(text, '@'):], ".")
}

// Placeholder tells whether an email address or a host is an example that reaches nobody: one that
// RFC 2606 and RFC 6761 reserve for documentation and tests.
func Placeholder(address string) bool {
	host := strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
	labels := strings.Split(strings.Trim(host, "."), ".")
	switch labels[len(labels)-1] {
	case "example", "test", "invalid", "localhost":
		return true
	case "com", "net", "org":
		return len(labels) > 1 && labels[len(labels)-2] == "example"
	}
	return false
}

// A File is one editor's file.
type File struct {
	Path     string // as editors know it, with forward slashes
	Head     []byte // YAML, padded with blank lines so that its lines are the file's
	Body     []byte // what follows the front matter; the whole file if it has none
	BodyLine int    // the line of the file on which Body begins, from 1; 0 if that could not be read

	text []byte // see Text
}

// Text is the whole file as it was read; nil if this program did not read it.
func (f File) Text() []byte { return f.text }

// Stem is the file's name without folder and ending: "supporting-mentors".
func (f File) Stem() string {
	base := path.Base(f.Path)
	return strings.TrimSuffix(base, path.Ext(base))
}

// maxFile is the most bytes of an editor's file; the largest real one has about 20 KB.
const maxFile = 1 << 20

// Read reads one file of fsys. Its lines may end in any way, and invisible characters do no harm: a
// no-break space is read as a space. name is the path in fsys, and faults show it after prefix,
// such as "content". A file that ends in .yaml is all Head; any other must have front matter.
func Read(fsys fs.FS, prefix, name string) (File, Faults) {
	text, err := fs.ReadFile(fsys, name)
	return Parse(fsys, prefix, name, text, err)
}

// Parse is Read of a file whose text was read already, with this error.
func Parse(fsys fs.FS, prefix, name string, text []byte, err error) (File, Faults) {
	f := File{Path: path.Join(prefix, name), text: text}
	var faults Faults
	switch {
	case errors.Is(err, fs.ErrNotExist):
		faults.Add(f.Path, 0, "the file is missing", mistaken(fsys, name))
	case err != nil:
		what, do := Unreadable(fsys, name, err)
		faults.Add(f.Path, 0, what, do)
	case len(text) > maxFile:
		faults.Add(f.Path, 0, "the file is larger than 1 MB", "split it, or take pictures out of the text")
	case bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")):
		faults.Add(f.Path, 0, "the file is saved as UTF-16, which some programs call Unicode", "save it as UTF-8")
	case bytes.IndexByte(text, 0) >= 0:
		faults.Add(f.Path, 0, "this is no text file", "save its text with a program like Notepad")
	case !utf8.Valid(text):
		faults.At(f.Path, badPlace(text), "there are characters that are not UTF-8", "save the file as UTF-8")
	case bytes.Contains(text, []byte("<<<<<<< ")) && versions().Match(text):
		faults.At(f.Path, PositionIn(text, versions().FindIndex(text)[0]),
			"here two versions of the file stand one below the other",
			"keep one of them, and take the lines with <<<<<<<, ======= and >>>>>>> away")
	case len(bytes.TrimSpace(text)) == 0:
		faults.Add(f.Path, 0, "the file is empty", "write it, or take it away")
	default:
		return split(f, text)
	}
	return f, faults
}

// mistaken says what to do about a missing file. There may be one with the same name and the wrong
// ending.
func mistaken(fsys fs.FS, name string) string {
	stem := strings.TrimSuffix(name, path.Ext(name))
	for _, other := range List(fsys, path.Dir(name), "*") {
		if s, _, _ := strings.Cut(path.Base(other), "."); s == path.Base(stem) && other != path.Clean(name) {
			return fmt.Sprintf("give %q this name", path.Base(other))
		}
	}
	return "create it"
}

// seen replaces an invisible character that comes with pasted text; -1 drops it. No editor could
// find the mistake otherwise: a no-break space where YAML and Markdown need a space, or the marks
// around a telephone number copied from a contact. "&nbsp;" writes a no-break space on purpose.
func seen(r rune) rune {
	switch {
	// No-break spaces, and line breaks within a paragraph.
	case r == '\v', r == '\f', r == 0xa0, r == 0x202f, r == 0x2028, r == 0x2029:
		return ' '
	// Soft hyphens, spaces without width, and marks of writing direction.
	case r == 0xad, r == 0x34f, r == 0x180e, r == 0x200b, r == 0x200c, 0x2060 <= r && r <= 0x2064, r == 0xfeff,
		r == 0x200e, r == 0x200f, 0x202a <= r && r <= 0x202e, 0x2066 <= r && r <= 0x2069:
		return -1
	}
	return r
}

// unseen tells whether text has an invisible character. Nearly all text has none, and is not
// copied.
func unseen(text []byte) bool {
	if bytes.IndexByte(text, '\v') >= 0 || bytes.IndexByte(text, '\f') >= 0 {
		return true
	}
	for i := 0; i < len(text); i++ {
		for len(text)-i >= 8 && binary.NativeEndian.Uint64(text[i:])&0x8080808080808080 == 0 {
			i += 8 // eight letters of ASCII
		}
		if i == len(text) {
			break
		}
		if c := text[i]; c == 0xc2 || c == 0xcd || c == 0xe1 || c == 0xe2 || c == 0xef {
			if r, _ := utf8.DecodeRune(text[i:]); seen(r) != r || r == 0x200d {
				return true
			}
		}
	}
	return false
}

// versions matches what git writes where two people changed the same lines.
var versions = pattern.Of(`(?m)^<<<<<<< `)

// dashes matches a line that may be meant to close the front matter.
var dashes = pattern.Of(`(?m)^[ \t]*[-–—]+[ \t]*$`)

// badPlace is the position of the first byte that is not UTF-8.
func badPlace(text []byte) Position {
	at := 0
	for {
		r, n := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && n <= 1 {
			return PositionIn(text, at)
		}
		at += n
	}
}

// PositionIn is the position of the byte of text at an offset.
func PositionIn(text []byte, offset int) Position {
	before := text[:offset]
	line := before[1+bytes.LastIndexByte(before, '\n'):]
	return Position{1 + bytes.Count(before, []byte("\n")), 1 + utf8.RuneCount(line)}
}

func split(f File, text []byte) (File, Faults) {
	if bytes.IndexByte(text, '\r') >= 0 {
		text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
		text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	}
	if unseen(text) {
		text = bytes.Map(seen, joined(text))
	}
	text = norm.NFC.Bytes(text) // nearly always returns the same slice, unchanged
	if strings.HasSuffix(f.Path, ".yaml") {
		f.Head, f.BodyLine = text, bytes.Count(text, []byte("\n"))+1
		return f, nil
	}
	var faults Faults
	first, facts, _ := bytes.Cut(text, []byte("\n"))
	if string(bytes.TrimRight(first, " ")) != "---" {
		do := `put the facts between two lines of "---" at the top`
		if bytes.HasPrefix(bytes.TrimLeft(text, " \n"), []byte("---\n")) {
			do = `take away what stands above it, also empty lines and spaces`
		}
		faults.Add(f.Path, 1, `the file does not begin with a line "---"`, do)
		return f, faults
	}
	f.BodyLine = 2
	for line, rest := []byte(nil), facts; len(rest) > 0; {
		head := facts[:len(facts)-len(rest)]
		line, rest, _ = bytes.Cut(rest, []byte("\n"))
		if f.BodyLine++; string(bytes.TrimRight(line, " ")) == "---" {
			end := len(first) + 1 + len(head)
			f.Head = text[len(first):end:end] // from the end of the first line on
			f.Body = rest
			return f, nil
		}
	}
	if at := dashes().FindIndex(facts); at != nil {
		faults.At(f.Path, PositionIn(text, len(text)-len(facts)+at[0]), "the facts at the top are not closed",
			`write "---" in this line, and nothing else`)
		return File{Path: f.Path}, faults
	}
	faults.Add(f.Path, 1, "the facts at the top are not closed", `put a line "---" after the last of them`)
	return File{Path: f.Path}, faults
}

// List returns the names of the files in fsys's folder dir that match pattern. They are sorted
// without their endings, so that a copy follows its original. A missing folder has none. Names that
// begin with a dot or an underscore are left out, and so are files that programs put beside others.
func List(fsys fs.FS, dir, pattern string) []string {
	names, _ := fs.Glob(fsys, path.Join(dir, pattern))
	names = slices.DeleteFunc(names, func(n string) bool {
		base := path.Base(n)
		return strings.ContainsAny(base[:1], "._~#") || strings.HasSuffix(base, "~") || base == "Thumbs.db" ||
			base == "desktop.ini"
	})
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.TrimSuffix(a, path.Ext(a)), strings.TrimSuffix(b, path.Ext(b))),
			cmp.Compare(a, b))
	})
	return names
}
