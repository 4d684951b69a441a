package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"traininghub/internal/scaffold"
)

// newFrom is the command "hub new". Settings without a flag are asked for on in, if that is a
// terminal.
func newFrom(in io.Reader) func(context.Context, []string, io.Writer, io.Writer, func(string) string) error {
	return func(_ context.Context, args []string, out, _ io.Writer, getenv func(string) string) error {
		if _, ok := in.(*os.File); ok && !terminal(in) {
			in = nil
		}
		return create(args, in, out, getenv)
	}
}

// terminal tells whether in is a terminal. In a systemd sandbox the null device looks like one, but
// no program there has a terminal.
func terminal(in io.Reader) bool {
	f, ok := in.(*os.File)
	if !ok {
		return false
	}
	null, _ := os.Stat(os.DevNull)
	info, err := f.Stat()
	if err != nil || info.Mode()&fs.ModeCharDevice == 0 || os.SameFile(info, null) {
		return false
	}
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	tty.Close()
	return true
}

// create writes the file; in is nil if nobody can be asked.
func create(args []string, in io.Reader, out io.Writer, getenv func(string) string) error {
	if len(args) > 0 && slices.Contains([]string{"-h", "-help", "--help"}, args[0]) {
		help(out)
		return errHelp
	}
	var names []string
	var kind *scaffold.Kind
	for _, k := range scaffold.Kinds() {
		names = append(names, k.Name)
		if len(args) > 0 && k.Name == args[0] {
			kind = &k
		}
	}
	if len(args) > 0 && args[0] == "letters" {
		value, _, err := parse("new", args[1:], 0, out, getenv)
		if err != nil {
			return err
		}
		return missingLetters(value("content"), out)
	}
	if kind == nil {
		return usagef("say what to make: hub new %s NAME, or hub new letters", strings.Join(names, "|"))
	}
	args = args[1:]
	answers := map[string]string{}
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		answers["name"], args = args[0], args[1:]
	}
	set := flag.NewFlagSet("hub new "+kind.Name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	content := set.String("content", cmp.Or(getenv("HUB_CONTENT"), "content"), "")
	for _, w := range kind.Wants {
		set.Func(w.Flag, w.Asks, func(text string) error { answers[w.Flag] = text; return nil })
	}
	switch err := set.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		help(out)
		return errHelp
	case err != nil:
		return usagef("%v", err)
	case set.NArg() > 0:
		return usagef("hub new %s does not take %q", kind.Name, set.Arg(0))
	}
	if _, err := os.Stat(*content); err != nil {
		return usagef("there is no folder %s: say with --content where the editors' files are", *content)
	}
	file, next, err := kind.Write(*content, answers, in, out)
	if errors.Is(err, scaffold.ErrGiven) {
		return usagef("%s", strings.TrimPrefix(err.Error(), scaffold.ErrGiven.Error()+": "))
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s is written. Open it: notes in it say what each line is for.\n%s\n\"hub check\" says what is still to be written, and what is wrong with it, if anything is.\n", file, next)
	return nil
}
