package main

import (
	"bufio"
	"cmp"
	"context"
	"embed"
	"errors"
	"flag"
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
	"traininghub/internal/source"
	"traininghub/site"
)

// What "hub new" writes: templates of files, with [[ ]] where an answer goes, since {{ }} stands for facts.
//
//go:embed new
var starters embed.FS

// A wanted answer is one that a new file needs. It comes from a flag, or is asked for on a terminal.
type wanted struct {
	flag    string
	asks    string
	example string
	usual   func(answers map[string]string) string             // if nothing is answered; nil if something must be
	read    func(content, text string) (string, error)         // gives the answer as it is written into the file
	fits    func(answers map[string]string, read string) error // tells whether it fits the answers before; nil if it always does
}

// starter is a kind of file that "hub new" writes.
type starter struct {
	kind   string
	path   string // with NAME in it
	wants  []wanted
	remark string // what to do next
}

// startersTable is the table of them.
func startersTable() []starter {
	title := wanted{flag: "title", asks: "The title, as readers see it", example: "Minor Surgery for GPs", read: short(65)}
	return []starter{
		{"course", "courses/NAME.md", []wanted{
			title,
			{flag: "provider", asks: "Who gives the training", example: "Example Training Ltd", read: short(200)},
			{flag: "deadline", asks: "The last day for applications", example: "Friday 1 October 2027", read: date},
			{flag: "start", asks: "The day of the first workshop", example: "Tuesday 2 November 2027", read: date, fits: afterDeadline},
			{flag: "time", asks: "The time of the first workshop", example: "2pm to 5pm", read: span},
			{flag: "charge", asks: "What a GP pays who does not attend", example: "£289", read: money},
			{flag: "contact", asks: "The email address for questions and applications", example: "name@example.org", read: mailbox},
		}, `Make its form with "hub new form NAME --course NAME". Without a form nobody can apply.`},
		{"page", "pages/NAME.md", []wanted{title}, "Link to it from another page, or from the menu in site.yaml: [its title](/NAME/)."},
		{"form", "forms/NAME.yaml", []wanted{
			{flag: "course", asks: "The course to which people apply: the name of its file, without .md", example: "minor-surgery", usual: func(a map[string]string) string { return a["name"] }, read: knownCourse},
			{flag: "reference", asks: "Two capital letters that references begin with, not I or O", example: "MS", usual: func(a map[string]string) string { return "" }, read: initials},
		}, "Add the questions that the course needs, and read what each line is for."},
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

// afterDeadline tells whether a course starts after its deadline, if that was given well.
func afterDeadline(answers map[string]string, start string) error {
	var deadline, first course.Date
	if deadline.UnmarshalText([]byte(answers["deadline"])) != nil || first.UnmarshalText([]byte(start)) != nil || deadline.Time().Before(first.Time()) {
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
	if _, err := os.Stat(filepath.Join(content, "courses", id+".md")); err != nil || !fileName.MatchString(id) {
		return "", fmt.Errorf("there is no course %q in %s", id, filepath.Join(content, "courses"))
	}
	return id, nil
}

var twoLetters = regexp.MustCompile(`^[A-HJ-NP-Z]{2}$`)

// initials reads the letters of references. If none are given, they are the first two that no form has yet.
func initials(content, text string) (string, error) {
	var taken []string
	files, err := filepath.Glob(filepath.Join(content, "forms", "*.yaml"))
	if err != nil {
		return "", err
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
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
	case !twoLetters.MatchString(text):
		return "", errors.New(`write two capital letters, but not I or O: "MS"`)
	case slices.Contains(taken, text):
		return "", fmt.Errorf("another form has %q already", text)
	}
	return text, nil
}

// newFrom is the command that writes a new file for an editor to go on with. What is not given as a flag is asked for, if
// somebody sits at a terminal.
func newFrom(in io.Reader) func(context.Context, []string, io.Writer, io.Writer, func(string) string) error {
	return func(_ context.Context, args []string, out, _ io.Writer, getenv func(string) string) error {
		if f, ok := in.(*os.File); ok {
			null, _ := os.Stat(os.DevNull)
			if info, err := f.Stat(); err != nil || info.Mode()&fs.ModeCharDevice == 0 || os.SameFile(info, null) {
				in = nil
			}
		}
		return create(args, in, out, getenv)
	}
}

var fileName = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// create writes the file; in is nil if nobody can be asked.
func create(args []string, in io.Reader, out io.Writer, getenv func(string) string) error {
	var kinds []string
	var of *starter
	for _, s := range startersTable() {
		kinds = append(kinds, s.kind)
		if len(args) > 0 && s.kind == args[0] {
			of = &s
		}
	}
	if len(args) > 0 && slices.Contains([]string{"-h", "-help", "--help"}, args[0]) {
		help(out)
		return errHelp
	}
	if of == nil {
		return usagef("say what to make: hub new %s NAME", strings.Join(kinds, "|"))
	}
	args = args[1:]
	name := ""
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	set := flag.NewFlagSet("hub new "+of.kind, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	content := set.String("content", cmp.Or(getenv("HUB_CONTENT"), "content"), "")
	given := map[string]*string{}
	for _, w := range of.wants {
		given[w.flag] = set.String(w.flag, "", w.asks)
	}
	switch err := set.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		help(out)
		return errHelp
	case err != nil:
		return usagef("%v", err)
	case set.NArg() > 0:
		return usagef("hub new %s does not take %q", of.kind, set.Arg(0))
	}
	if _, err := os.Stat(*content); err != nil {
		return usagef("there is no folder %s: say with --content where the editors' files are", *content)
	}

	a := asker{out: out, content: *content}
	if in != nil {
		a.in = bufio.NewScanner(in)
	}
	answers := map[string]string{}
	all := append([]wanted{{flag: "name", asks: "The name of the file, which is also the page's address", example: "minor-surgery", read: func(_, text string) (string, error) {
		if !fileName.MatchString(text) {
			return "", errors.New("use small letters, figures and hyphens, and begin with a letter")
		}
		if of.kind == "page" && site.Taken(text) || of.kind == "course" && text == "hub" {
			return "", errors.New("the hub itself uses this name: choose another")
		}
		return text, nil
	}}}, of.wants...)
	given["name"] = &name
	var missing, wrong []string
	for _, w := range all {
		text, err := a.answer(w, *given[w.flag], answers)
		switch {
		case errors.Is(err, errMissing):
			missing = append(missing, "--"+w.flag)
		case err != nil:
			wrong = append(wrong, fmt.Sprintf("--%s: %v", w.flag, err))
		}
		answers[w.flag] = text
	}
	if len(missing) > 0 {
		return usagef("hub new %s also needs %s", of.kind, strings.Replace(strings.Join(missing, ", "), "--name", "a NAME", 1))
	}
	if len(wrong) > 0 {
		return usagef("%s", strings.Join(wrong, "; "))
	}

	if of.kind == "course" {
		derive(answers)
	}
	file := filepath.Join(*content, filepath.FromSlash(strings.Replace(of.path, "NAME", answers["name"], 1)))
	if err := write(file, "new/"+of.kind+filepath.Ext(of.path), answers); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s is written. Open it: notes in it say what each line is for.\n%s\n\"hub check\" says what is wrong with it, if anything is.\n",
		file, strings.ReplaceAll(of.remark, "NAME", answers["name"]))
	return nil
}

// derive adds what follows from a course's dates: the programme year, which is the NHS's financial year, and the hours.
func derive(answers map[string]string) {
	var start course.Date
	var time course.Span
	start.UnmarshalText([]byte(answers["start"])) // they were read before
	time.UnmarshalText([]byte(answers["time"]))
	year := start.Year
	if start.Month < 4 {
		year--
	}
	answers["year"] = fmt.Sprintf("%d/%02d", year, (year+1)%100)
	answers["hours"] = strconv.FormatFloat(time.Hours(), 'f', -1, 64)
}

// write fills in a starter. A file that is there already is left alone.
func write(file, starter string, answers map[string]string) error {
	text, err := starters.ReadFile(starter)
	if err != nil {
		return err
	}
	t, err := template.New(starter).Delims("[[", "]]").Funcs(template.FuncMap{"yaml": scalar}).Option("missingkey=error").Parse(string(text))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return usagef("%s is there already: choose another name", file)
	}
	if err != nil {
		return err
	}
	return errors.Join(t.Execute(f, answers), f.Close())
}

var plainText = regexp.MustCompile(`^[\p{L}£][\p{L}\p{N} .,/()@'’£-]*$`)

// scalar is a text as YAML has it: in quotation marks, unless nothing in it could be mistaken.
func scalar(text string) string {
	if plainText.MatchString(text) && !strings.EqualFold(text, "null") {
		return text
	}
	return strconv.Quote(text)
}

var errMissing = errors.New("nothing was given")

type asker struct {
	in      *bufio.Scanner // nil if nobody can be asked
	out     io.Writer
	content string
}

// answer is what was given for a flag, or what is typed when it is asked for. A mistake is asked again.
func (a *asker) answer(w wanted, given string, answers map[string]string) (string, error) {
	for {
		text := strings.TrimSpace(given)
		asked := text == "" && a.in != nil
		if asked {
			fmt.Fprintf(a.out, "%s (for example %s): ", w.asks, w.example)
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
