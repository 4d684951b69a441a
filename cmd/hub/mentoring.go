package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"traininghub/internal/course"
	"traininghub/internal/mentoring"
)

// runFigures writes what the office and the national return may know of a mentoring service: counts
// of at least 5 people, in a past quarter.
func runFigures(ctx context.Context, args []string, out, errOut io.Writer, getenv func(string) string) error {
	value, rest, err := parse("figures", args, 1, out, getenv)
	if err != nil {
		return err
	}
	now, err := ticking(value("as-of"))
	if err != nil {
		return err
	}
	q := mentoring.QuarterOf(mentoring.QuarterOf(now()).Begins().AddDate(0, 0, -1))
	if value("quarter") != "" {
		var day course.Date
		if err := day.UnmarshalText([]byte(value("quarter"))); err != nil {
			return usagef("--quarter %v", err)
		}
		q = mentoring.QuarterOf(day.Time())
	}
	walls, store, err := openBehind(ctx, value, errOut)
	if err != nil {
		return err
	}
	defer store.Close()
	of := walls.Service(value("service"))
	if of == nil {
		return usagef("say with --service which service, by the name of its file without ending; there is no %q "+
			"that finds mentors",
			value("service"))
	}
	areas, err := walls.Requests.Figures(ctx, of, q)
	if errors.Is(err, mentoring.ErrQuarter) {
		return usagef("%s is not over yet: figures that change from day to day would show who came", q)
	}
	if err != nil {
		return err
	}
	err = into(rest, out, func(w io.Writer) error { return mentoring.WriteFigures(w, q, areas) })
	if err == nil && len(rest) > 0 {
		fmt.Fprintf(out, "%s, %s, in %s\n", of.Title, q, rest[0])
	}
	return err
}
