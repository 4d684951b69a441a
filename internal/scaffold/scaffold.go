// Package scaffold writes a new file for an editor to continue: a course, a page or a form, with
// notes that say what each line is for. The file passes "hub check" except for what only the editor
// can say. Those places begin with "Say here", and are faults until they are filled in.
//
// [Kinds] is the table of what can be written, with the answers that each needs. [Kind.Write] takes
// the answers that were given, asks for the others if there is somebody to ask, checks each, and
// never overwrites a file.
package scaffold

import (
	"bufio"
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"unicode"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/pattern"
	"traininghub/internal/source"
	"traininghub/site"
)

// What "hub new" writes: templates of files, with [[ ]] where an answer goes, since {{ }} stands
// for facts.
//
//go:embed all:starters
var starters embed.FS

// A Want is an answer that a new file needs. It is given with its flag, or asked for on a terminal.
type Want struct {
	Flag    string
	Asks    string
	example string
	usual   func(answers map[string]string) string     // the answer if nothing is typed; nil if one must be given
	shows   bool                                       // show that instead of the example
	read    func(content, text string) (string, error) // returns the answer as it is written into the file
	// reports whether it fits the earlier answers; nil if it always does
	fits func(answers map[string]string, read string) error
}

// A Kind is a kind of file that can be written.
type Kind struct {
	Name   string
	Wants  []Want // all but the name of the file
	path   string // with NAME in it
	remark string // what to do next
}

// Kinds returns all kinds that can be written.
func Kinds() []Kind {
	title := Want{Flag: "title", Asks: "The title, as readers see it", example: "Minor Surgery for GPs",
		read: short(65)}
	return []Kind{
		{"course", []Want{
			title,
			{Flag: "provider", Asks: "Who gives the training", example: "Example Training Ltd", read: short(200)},
			{Flag: "deadline", Asks: "The last day for applications", example: "Friday 1 October 2027", read: date},
			{Flag: "start", Asks: "The day of the first workshop", example: "Tuesday 2 November 2027", read: date,
				fits: afterDeadline},
			{Flag: "time", Asks: "The time of the first workshop", example: "2pm to 5pm", read: span},
			{Flag: "charge", Asks: "What somebody pays who does not attend", example: "£289", read: money},
			{Flag: "contact", Asks: "The email address for questions and applications", example: "name@example.org",
				read: mailbox},
		}, "courses/NAME.md", `Make its form with "hub new form NAME --course NAME". Without a form nobody can apply.`},
		{"page", []Want{title}, "pages/NAME.md",
			"Link to it from another page, or from the menu in site.yaml: [its title](/NAME/)."},
		{"form", []Want{
			{Flag: "course", Asks: "The course to which people apply: the name of its file, without .md",
				example: "minor-surgery", usual: func(a map[string]string) string { return a["name"] },
				read: knownCourse},
			{Flag: "reference", Asks: "Two capital letters that references begin with, not I or O", example: "MS",
				usual: func(a map[string]string) string { return "" }, read: initials},
		}, "forms/NAME.yaml", "Add the questions that the course needs, and read what each line is for."},
	}
}

func short(most int) func(_, text string) (string, error) {
	return func(_, text string) (string, error) {
		if n := len([]rune(text)); n > most {
			return "", fmt.Errorf("it has %d characters; make it %d or less", n, most)
		}
		if strings.Contains(text, "{{") || strings.Contains(text, "}}") {
			return "", errors.New("leave the double braces out")
		}
		if strings.ContainsFunc(text, unicode.IsControl) {
			return "", errors.New("write it in one line, without tabs")
		}
		return text, nil
	}
}

func mailbox(_, text string) (string, error) {
	if !source.Mailable(text) {
		return "", errors.New(`write it like "name@example.org"`)
	}
	return text, nil
}

func date(_, text string) (string, error) {
	var d course.Date
	err := d.UnmarshalText([]byte(text))
	return d.String(), err
}

// afterDeadline checks that a course starts after its deadline, if the deadline is a valid date.
func afterDeadline(answers map[string]string, start string) error {
	var deadline, first course.Date
	if deadline.UnmarshalText([]byte(answers["deadline"])) != nil || first.UnmarshalText([]byte(start)) != nil ||
		deadline.Time().Before(first.Time()) {
		return nil
	}
	return fmt.Errorf("it must be after the deadline, %v", deadline)
}

func span(_, text string) (string, error) {
	var s course.Span
	err := s.UnmarshalText([]byte(text))
	return s.String(), err
}

func money(_, text string) (string, error) {
	var m course.Money
	err := m.UnmarshalText([]byte(text))
	return m.String(), err
}

func knownCourse(content, id string) (string, error) {
	if _, err := os.Stat(filepath.Join(content, "courses", id+".md")); err != nil || !fileName().MatchString(id) {
		return "", fmt.Errorf("there is no course %q in %s", id, filepath.Join(content, "courses"))
	}
	return id, nil
}

var twoLetters = pattern.Of(`^[A-HJ-NP-Z]{2}$`)

// initials reads the letters of references. If none are given, it takes the first two that no form
// has.
func initials(content, text string) (string, error) {
	var taken []string
	files := source.Dir(content)
	for _, name := range source.List(files, "forms", "*.yaml") {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return "", err
		}
		if m := regexp.MustCompile(`(?m)^reference: *["']?([A-Z]{2})`).FindSubmatch(data); m != nil {
			taken = append(taken, string(m[1]))
		}
	}
	if text == "" {
		const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
		for i := range len(letters) * len(letters) {
			text = string([]byte{letters[i/len(letters)], letters[i%len(letters)]})
			if !slices.Contains(taken, text) {
				return text, nil
			}
		}
	}
	switch {
	case !twoLetters().MatchString(text):
		return "", errors.New(`write two capital letters, but not I or O: "MS"`)
	case slices.Contains(taken, text):
		return "", fmt.Errorf("another form has %q already", text)
	}
	return text, nil
}

var fileName = pattern.Of(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// ErrGiven is wrapped by errors about what was given: answers that are missing or wrong, or a file
// that already exists.
var ErrGiven = errors.New("this cannot be written")

func given(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrGiven, fmt.Sprintf(format, args...))
}

// Write writes the file NAME of the kind into the folder content. It returns the file's path, and
// what to do next. answers has those that were given, by flag, including "name". Missing ones are
// asked for on in and out; in is nil if there is nobody to ask.
func (k Kind) Write(
	content string, answers map[string]string, in io.Reader, out io.Writer,
) (file, next string, err error) {
	name := Want{Flag: "name", Asks: "The name of the file, which is also the page's address", example: "minor-surgery",
		read: k.readName}
	a := newAsker(content, in, out)
	read, err := a.all("hub new "+k.Name, append([]Want{name}, k.Wants...), answers)
	if err != nil {
		return "", "", err
	}
	if k.Name == "course" {
		derive(read)
	}
	file = filepath.Join(content, filepath.FromSlash(strings.Replace(k.path, "NAME", read["name"], 1)))
	return file, strings.ReplaceAll(k.remark, "NAME", read["name"]),
		write(file, "starters/"+k.Name+filepath.Ext(k.path), read)
}

func (k Kind) readName(_, text string) (string, error) {
	if !fileName().MatchString(text) {
		return "", errors.New("use small letters, figures and hyphens, and begin with a letter")
	}
	if k.Name == "page" && site.Taken(text) || k.Name == "course" && text == "hub" {
		return "", errors.New("the hub itself uses this name: choose another")
	}
	return text, nil
}

// derive adds what follows from a course's dates: the programme year, which is the NHS's financial
// year, and the hours.
func derive(answers map[string]string) {
	var start course.Date
	var time course.Span
	start.UnmarshalText([]byte(answers["start"])) // they were checked before
	time.UnmarshalText([]byte(answers["time"]))
	year := start.Year
	if start.Month < 4 {
		year--
	}
	answers["year"] = fmt.Sprintf("%d/%02d", year, (year+1)%100)
	answers["hours"] = strconv.FormatFloat(time.Hours(), 'f', -1, 64)
}

// write fills in a starter. It leaves a file alone that already exists.
func write(file, starter string, answers map[string]string) error {
	text, err := starters.ReadFile(starter)
	if err != nil {
		return err
	}
	t, err := template.New(starter).Delims("[[",
		"]]").Funcs(template.FuncMap{"yaml": scalar, "kinds": kinds}).Option("missingkey=error").Parse(string(text))
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, answers); err != nil {
		return err
	}
	return create(file, b.Bytes())
}

// create writes a file that does not exist yet.
func create(file string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return given("%s is there already: choose another name", file)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

var plainText = pattern.Of(`^[\p{L}£][\p{L}\p{N} .,/()@'’£-]*$`)

// scalar writes a text as YAML: in quotation marks, unless nothing in it could be misread.
func scalar(text string) string {
	if plainText().MatchString(text) && !strings.EqualFold(text, "null") {
		return text
	}
	return strconv.Quote(text)
}

var errMissing = errors.New("nothing was given")

type asker struct {
	in      *bufio.Scanner // nil if there is nobody to ask
	out     io.Writer
	content string
}

func newAsker(content string, in io.Reader, out io.Writer) *asker {
	a := &asker{out: out, content: content}
	if in != nil {
		a.in = bufio.NewScanner(in)
	}
	return a
}

// all returns the answers that a command needs, by flag: those that were given, and those that are
// typed.
func (a *asker) all(command string, wants []Want, answers map[string]string) (map[string]string, error) {
	read := map[string]string{}
	var missing, wrong []string
	for _, w := range wants {
		text, err := a.answer(w, answers[w.Flag], read)
		switch {
		case errors.Is(err, errMissing):
			missing = append(missing, "--"+w.Flag)
		case err != nil:
			wrong = append(wrong, fmt.Sprintf("--%s: %v", w.Flag, err))
		}
		read[w.Flag] = text
	}
	if len(missing) > 0 {
		return nil, given("%s also needs %s", command,
			strings.Replace(strings.Join(missing, ", "), "--name", "a NAME", 1))
	}
	if len(wrong) > 0 {
		return nil, given("%s", strings.Join(wrong, "; "))
	}
	return read, nil
}

// answer returns what was given for a flag, or what is typed when it is asked for. After a mistake
// it asks again.
func (a *asker) answer(w Want, given string, answers map[string]string) (string, error) {
	for {
		text := strings.TrimSpace(given)
		asked := text == "" && a.in != nil
		if asked {
			example := "for example " + w.example
			if w.shows { // what somebody gets who only presses Enter
				example = w.usual(answers)
			}
			fmt.Fprintf(a.out, "%s (%s): ", w.Asks, example)
			asked = a.in.Scan()
			if text = strings.TrimSpace(a.in.Text()); !asked {
				a.in = nil // nobody answers any more
				fmt.Fprintln(a.out)
			}
		}
		if text == "" && w.usual != nil {
			text = w.usual(answers)
		} else if text == "" && !asked {
			return "", errMissing
		}
		read, err := w.read(a.content, text)
		if wrong := (*source.Wrong)(nil); errors.As(err, &wrong) {
			err = fmt.Errorf("it %s; %s", wrong.What, wrong.Do)
		}
		if err == nil && w.fits != nil {
			err = w.fits(answers, read)
		}
		if err == nil || !asked {
			return read, err
		}
		fmt.Fprintf(a.out, "That will not do: %v.\n", err)
	}
}

// kinds lists those that a question can have, except text.
func kinds() string {
	var all []string
	for _, k := range form.Kinds() {
		if k != form.Text {
			all = append(all, string(k))
		}
	}
	return strings.Join(all, ", ")
}
