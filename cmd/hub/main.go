// Command hub is the training hub: it checks and builds the site, and serves it with its forms.
//
//	hub build     make the static site
//	hub check     find the mistakes in what the editors wrote
//	hub serve     serve site and forms on this machine
//	hub new       write a new course, page or form for an editor to go on with
//	hub init      write the content of another hub
//	hub dates     list what happens when
//	hub diff      say what a change changes for readers
//	hub schema    write JSON Schemas of the editors' files
//	hub editor    write the page for editing in a browser
//	hub backup    copy the live database
//	hub export    write applications as a table
//	hub person    write everything about one person, or erase it
//	hub bounce    note what came back of letters
//	hub mail      send a letter to see whether letters go
//	hub removals  show what is to be removed, and say whether
//	hub audit     look for changes behind the hub's back
//	hub figures   write what may be known of a mentoring service
//	hub pdf       read the fields of a PDF that was filled in
//	hub templates show a template, or copy it to change it
//	hub match     solve a bare matching problem
//	hub package   make the functions for AWS, or the archive for a server
//
// "hub --help" says the rest.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the program at once, whatever it is waiting for.
	context.AfterFunc(ctx, stop)
	os.Exit(exitCode(exec(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv), os.Stderr))
}

// A command is one of hub's, named by the first argument. [exitCode] prints the error that it
// returns; one that wraps errUsage means that it was called wrongly.
type command struct {
	name  string
	usage string // its arguments
	does  string
	run   func(ctx context.Context, args []string, out, errOut io.Writer, getenv func(string) string) error
}

// commands is the table of hub's commands. Answers are typed on in; it is nil if nobody can be
// asked.
func commands(in io.Reader) []command {
	return []command{
		{"build", "[--content DIR] [--out DIR] [--as-of DATE]", "make the static site from what the editors wrote",
			runBuild},
		{"check", "[--content DIR] [--as-of DATE] [--format text|json|sarif] [--against REV]",
			"find the mistakes in it, and write nothing", runCheck},
		{"serve", "[--new] [--watch] [--addr HOST:PORT] [--data DIR] [--as-of DATE] ...",
			"serve the site and its forms on this machine; with --watch, show each save and its mistakes at once",
			serveFrom(in)},
		{"new", "course|page|form NAME, or letters [--content DIR] [--title ...]",
			"write a new file for an editor to go on with; asks for what is not given", newFrom(in)},
		{"init", "NAME [--name ...] [--organisation ...] [--decider ...]",
			"write the content of another hub into a new folder: pages, letters, a course, its form; asks for what is not given", initFrom(in)},
		{"dates", "[--content DIR] [--as-of DATE]",
			"list what opens, closes, takes place and is due for review, in order", runDates},
		{"links", "[--content DIR]", "ask whether the other sites to which the pages lead are still there, and say as Markdown what is gone",
			runLinks},
		{"diff", "[--content DIR] [--as-of DATE] OLD NEW",
			"say as Markdown what differs for readers between two folders of content or git revisions", runDiff},
		{"schema", "DIR", "write JSON Schemas of the editors' files into DIR", runSchema},
		{"editor", "[--content DIR] [--github OWNER/NAME --sign-in URL] [--branch NAME] DIR",
			"write the page on which editors change the content in a browser into DIR; docs/editor.md says how to put it up", runEditor},
		{"backup", "[--data DIR] [--verify] [--keep DAYS] FILE|DIR",
			"copy the live database to FILE, or into DIR, and read the copy again; with --verify, only read a copy that is there, in DIR the newest", runBackup},
		{"export", "--course NAME --reason TEXT [--from DATE] [--to DATE] [--codebook] [--data DIR] [FILE]",
			"write the applications for a course as a table (CSV), or what its columns mean; the journal keeps who, when and why", runExport},
		{"person", "--number NUMBER | --email ADDRESS [--erase [--yes]] [--mentoring] [--data DIR | --aws FUNCTION] [FILE]",
			"write everything about one person (JSON), or erase it; with --mentoring what is kept behind the wall, and else nothing of it", personFrom(in)},
		{"figures", "--service NAME [--quarter DATE] [--data DIR] [FILE]",
			"write the counts of a mentoring service in a quarter that is over as a table (CSV): none of fewer than 5 people", runFigures},
		{"bounce", "[--data DIR] [FILE|MAILDIR]",
			"note what came back of letters: reads a delivery status notification, or a mail folder of them",
			bounceFrom(in)},
		{"mail", "test ADDRESS [--config FILE] [--smtp-host HOST] ...",
			"send one letter by the mail server, and say what the server answered", runMail},
		{"removals", "[--allow | --refuse | --restore REFERENCE] [--mentoring] [--data DIR]",
			"show what is marked for removal, and what keeps things from being removed; allow it once, refuse it, or bring an application back", runRemovals},
		{"audit", "[--heads FILE] [--mentoring] [--data DIR | --aws FUNCTION]",
			"check that every application is as the hub wrote it, or with --mentoring every record behind the wall; exit status 1 if one is not", auditFrom(in)},
		{"pdf", "read [--record --lead ADDRESS [--yes]] FILE",
			"print what was filled in in a PDF that came back; with --record decide as the lead filled it in", pdfFrom(in)},
		{"match", "FILE", "solve a bare matching problem (JSON) and print the answer, to hold against another solver",
			runMatch},
		{"templates", "list|show NAME|copy NAME|noted NAME [--content DIR] [--templates DIR]",
			"list the program's templates, show one, copy one to change it for this hub, or note that yours is right beside a newer one", runTemplates},
		{"package", "[--content DIR] [--templates DIR] [--dist DIR] [server [--arch ARCH]]",
			"make of the source in this folder the functions that template.yaml puts on AWS, or the archive for a server of your own", runPackage},
	}
}

// errUsage is wrapped by errors in how hub was called; the exit status is then 2.
var errUsage = errors.New("called wrongly")

// errHelp means that help was asked for and given.
var errHelp = errors.New("help was given")

func usagef(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errUsage, fmt.Sprintf(format, args...))
}

// exec runs the command that args name.
func exec(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer, getenv func(string) string) error {
	if len(args) == 0 {
		help(errOut)
		return usagef("say what to do: hub build, for example")
	}
	if slices.Contains([]string{"--help", "-help", "-h", "help"}, args[0]) {
		help(out)
		return nil
	}
	for _, c := range commands(in) {
		if c.name == args[0] {
			err := c.run(ctx, args[1:], out, errOut, getenv)
			if errors.Is(err, errHelp) {
				return nil
			}
			return err
		}
	}
	var names []string
	for _, c := range commands(in) {
		names = append(names, c.name)
	}
	return usagef("there is no command %q; use one of: %s", args[0], strings.Join(names, ", "))
}

// exitCode prints the error, if there is one, and returns the program's exit status.
func exitCode(err error, errOut io.Writer) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUsage):
		fmt.Fprintf(errOut, "hub: %s\nhub --help says more.\n", strings.TrimPrefix(err.Error(), errUsage.Error()+": "))
		return 2
	}
	fmt.Fprintln(errOut, "hub:", err)
	if errors.Is(err, errLater) {
		return 75
	}
	return 1
}
