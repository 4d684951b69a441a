package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"traininghub/internal/source"
	"traininghub/site/diff"
)

// runDiff prints, as Markdown for the reviewers of a change, what it changes for readers. OLD and
// NEW are folders of content or git revisions. Both are built as of the same day, with this
// program's templates and their own over them.
func runDiff(ctx context.Context, args []string, out, _ io.Writer, getenv func(string) string) error {
	value, rest, err := parse("diff", args, 2, out, getenv)
	if err != nil {
		return err
	}
	if len(rest) != 2 {
		return usagef("say what to compare: hub diff OLD NEW, two folders of content or git revisions")
	}
	at, err := clock(value("as-of"))
	if err != nil {
		return err
	}
	var sides [2]diff.Side
	for i, what := range rest {
		dir, remove, err := revision(ctx, what, value("content"))
		if err != nil {
			return err
		}
		defer remove()
		s, output, err := build(ctx, folders{content: dir, templates: value("templates"), modules: value("modules")}, at)
		if err == nil {
			sides[i], err = diff.Read(s, output, source.Dir(dir))
		}
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	fmt.Fprint(out, diff.Compare(sides[0], sides[1]))
	return nil
}

// revision is a folder of content, or the folder of content in a git revision.
func revision(ctx context.Context, what, content string) (dir string, remove func(), err error) {
	dir, remove, err = diff.Folder(ctx, what, content)
	if errors.Is(err, diff.ErrNoSide) {
		err = usagef("%v", err)
	}
	return dir, remove, err
}
