package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"traininghub/internal/source"
	"traininghub/site"
	"traininghub/templates"
)

// runCheck finds the mistakes and prints one on a line.
func runCheck(_ context.Context, args []string, out, _ io.Writer, getenv func(string) string) error {
	value, _, err := parse("check", args, 0, out, getenv)
	if err != nil {
		return err
	}
	at, err := clock(value("as-of"))
	if err != nil {
		return err
	}
	_, output, err := build(value("content"), value("modules"), at)
	if faults := (source.Faults{}); errors.As(err, &faults) {
		fmt.Fprintln(out, faults)
		return errors.New(found(len(faults)))
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "no faults in %s: %d pages\n", value("content"), pages(output))
	return nil
}

func found(n int) string {
	if n == 1 {
		return "1 fault"
	}
	return fmt.Sprintf("%d faults", n)
}

// build makes the site as of an instant, in memory. Mistakes are source.Faults.
func build(content, modules string, at time.Time) (*site.Site, site.Output, error) {
	s, err := load(content, modules)
	if err != nil {
		return nil, nil, err
	}
	output, err := s.Build(at)
	return s, output, err
}

// load reads the editors' files. Of mistakes it tells only those with which there is no site at all; the
// others are told when it is built.
func load(content, modules string) (*site.Site, error) {
	if _, err := os.Stat(content); err != nil {
		return nil, usagef("there is no folder %s: say with --content where the editors' files are", content)
	}
	s, faults := site.Load(os.DirFS(content), templates.Files, modules)
	if s == nil {
		return nil, faults.Err()
	}
	return s, nil
}
