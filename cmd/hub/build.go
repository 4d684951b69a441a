package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/site"
)

// runBuild makes the site and brings the folder up to date, or changes nothing.
func runBuild(ctx context.Context, args []string, out, errOut io.Writer, getenv func(string) string) error {
	began := time.Now()
	value, _, err := parse("build", args, 0, out, getenv)
	if err != nil {
		return err
	}
	at, err := clock(value("as-of"))
	if err != nil {
		return err
	}
	s, faults, err := load(value("content"), value("modules"))
	if err != nil {
		return err
	}
	var changed site.Changed
	if s != nil {
		changed, faults, err = s.Publish(ctx, value("out"), at)
	}
	if faults.Err() != nil {
		faults.Sort()
		asText(errOut, newLines(os.DirFS(value("content"))), faults)
		return fmt.Errorf("%s; %s is as it was", found(faults), value("out"))
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %d pages, %d files written, %d removed, in %v\n", value("out"), changed.Pages, len(changed.Written), len(changed.Removed), time.Since(began).Round(time.Millisecond))
	if len(faults) > 0 {
		fmt.Fprintf(out, "%s: hub check says more\n", found(faults))
	}
	fmt.Fprintln(out, rightUntil(s, at))
	return nil
}

func pages(output site.Output) int {
	n := 0
	for name := range output {
		if strings.HasSuffix(name, ".html") {
			n++
		}
	}
	return n
}

// rightUntil says how long the site that was built is right: to the end of the minute before its next
// change.
func rightUntil(s *site.Site, at time.Time) string {
	next, ok := s.NextChange(at)
	if !ok {
		return "right until somebody changes a file"
	}
	return fmt.Sprintf("right until %s; then build it again", course.Moment(next.Add(-time.Minute)))
}
