package main

import (
	"context"
	"fmt"
	"io"

	"traininghub/internal/course"
	"traininghub/internal/report"
	"traininghub/internal/source"
	"traininghub/site"
)

// runDates prints what happens from a day on, in order: what opens, closes, takes place or is due
// for review. Overdue reviews come first.
func runDates(_ context.Context, args []string, out, _ io.Writer, getenv func(string) string) error {
	value, _, err := parse("dates", args, 0, out, getenv)
	if err != nil {
		return err
	}
	at, err := clock(value("as-of"))
	if err != nil {
		return err
	}
	from := foldersOf(value)
	if err := from.there(); err != nil {
		return err
	}
	s, faults := site.Load(site.Sources{
		Content: source.Dir(from.content), Templates: from.all(), Sound: from.own() == "", Modules: value("modules"),
		Letters: storyLetters(),
	})
	if err := faults.Err(); err != nil {
		return fmt.Errorf("%s in %s; \"hub check\" lists them", report.Count(faults), value("content"))
	}
	today := course.DateOf(at)
	n := 0
	say := func(e site.Event) {
		n++
		day := e.Day.String()
		if e.Time != "" {
			day += ", " + e.Time
		}
		fmt.Fprintf(out, "%-46s  %s: %s (%s)\n", day, e.What, e.Title, e.Path)
	}
	agenda := s.Agenda()
	for _, e := range agenda {
		if e.Kind == site.Review && e.Day.Time().Before(today.Time()) {
			e.What = "Review overdue"
			say(e)
		}
	}
	for _, e := range agenda {
		if !e.Day.Time().Before(today.Time()) {
			say(e)
		}
	}
	for _, file := range s.Drafts() {
		fmt.Fprintf(out, "a draft, which readers do not see: %s\n", file)
	}
	if n == 0 {
		fmt.Fprintf(out, "nothing happens from %s on\n", today)
	}
	fmt.Fprintf(out, "what is built on %s is %s\n", today, rightUntil(s, at))
	return nil
}
