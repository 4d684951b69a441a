package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"traininghub/content"
	"traininghub/internal/letter"
	"traininghub/internal/page"
	"traininghub/internal/programme"
	"traininghub/internal/scaffold"
	"traininghub/internal/source"
)

// missingLetters writes the letters that the program sends and the content lacks. An upgrade can
// bring new ones.
func missingLetters(dir string, out io.Writer) error {
	files := source.Dir(dir)
	site, _ := page.LoadSite(files) // hub check reports its faults
	_, faults := programme.Load(files, storyLetters(), site.Fact)
	hub := scaffold.Hub{Letters: content.Files}
	for _, f := range faults {
		if f.What == letter.Missing {
			hub.Names = append(hub.Names, strings.TrimSuffix(path.Base(f.Path), ".md"))
		}
	}
	if err := hub.WriteLetters(dir); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d letters are written into %s. Read them: they are the program's.\n", len(hub.Names), filepath.Join(dir, "letters"))
	return nil
}

// initFrom is the command "hub init". Settings without a flag are asked for on in, if that is a
// terminal; otherwise the defaults are used.
func initFrom(in io.Reader) func(context.Context, []string, io.Writer, io.Writer, func(string) string) error {
	return func(_ context.Context, args []string, out, _ io.Writer, getenv func(string) string) error {
		if _, ok := in.(*os.File); ok && !terminal(in) {
			in = nil
		}
		dir := ""
		if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
			dir, args = args[0], args[1:]
		}
		set := flag.NewFlagSet("hub init", flag.ContinueOnError)
		set.SetOutput(io.Discard)
		answers := map[string]string{}
		for _, w := range scaffold.HubWants() {
			set.Func(w.Flag, w.Asks, func(text string) error { answers[w.Flag] = text; return nil })
		}
		asOf := set.String("as-of", getenv("HUB_AS_OF"), "")
		switch err := set.Parse(args); {
		case errors.Is(err, flag.ErrHelp):
			help(out)
			return errHelp
		case err != nil:
			return usagef("%v", err)
		case dir == "" || set.NArg() > 0:
			return usagef("say where to: hub init NAME")
		}
		now, err := clock(*asOf)
		if err != nil {
			return err
		}
		hub := scaffold.Hub{Letters: content.Files, Names: storyLetters().Always(), Now: now}
		files, err := hub.Write(dir, answers, in, out)
		if errors.Is(err, scaffold.ErrGiven) {
			return usagef("%s", strings.TrimPrefix(err.Error(), scaffold.ErrGiven.Error()+": "))
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s is a hub: %d files. See it, and apply for its course:\n\n"+
			"    hub serve --new --content %s --data %s-data\n\n%s/README.md says what to do before it goes live.\n",
			dir, files, dir, dir, dir)
		return nil
	}
}
