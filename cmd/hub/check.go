package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"traininghub/internal/form"
	"traininghub/internal/page"
	"traininghub/internal/pdf"
	"traininghub/internal/programme"
	"traininghub/internal/report"
	"traininghub/internal/source"
	"traininghub/site"
	"traininghub/templates"
)

// runCheck prints the mistakes of all files at once, and what a change of forms means for people part-way through.
// Warnings alone do not make it fail.
func runCheck(ctx context.Context, args []string, out, _ io.Writer, getenv func(string) string) error {
	value, _, err := parse("check", args, 0, out, getenv)
	if err != nil {
		return err
	}
	at, err := clock(value("as-of"))
	if err != nil {
		return err
	}
	show := report.Formats[value("format")]
	if show == nil {
		return usagef("--format %q: %s", value("format"), source.Suggest(value("format"), slices.Collect(maps.Keys(report.Formats))))
	}
	_, output, faults, err := render(ctx, value("content"), value("modules"), at)
	if err != nil {
		return err
	}
	if value("against") != "" {
		changed, err := against(ctx, value("against"), value("content"))
		if err != nil {
			return err
		}
		faults = append(faults, changed...)
	}
	faults.Sort()
	if err := show(out, source.Dir(value("content")), faults); err != nil {
		return err
	}
	if faults.Err() != nil {
		return errors.New(report.Count(faults))
	}
	if value("format") == "text" {
		if len(faults) == 0 {
			fmt.Fprintf(out, "no faults in %s: %d pages\n", value("content"), pages(output))
		} else {
			fmt.Fprintf(out, "%s in %s: %d pages\n", report.Count(faults), value("content"), pages(output))
		}
	}
	return nil
}

// against says what has changed in the forms since a git revision, or from another folder, and what that means for
// people part-way through.
func against(ctx context.Context, what, content string) (source.Faults, error) {
	dir, remove, err := revision(ctx, what, content)
	if err != nil {
		return nil, err
	}
	defer remove()
	read := func(dir string) *programme.Programme {
		hub, _ := page.LoadSite(source.Dir(dir))
		programme, _ := programme.Load(source.Dir(dir), storyLetters(), hub.Fact) // mistakes are told elsewhere
		return programme
	}
	now := read(content)
	var changed source.Faults
	for id, was := range read(dir).Forms {
		if is := now.Forms[id]; is != nil || !now.Unread { // else it may be one that could not be read
			changed = append(changed, form.Changes(was, is)...)
		}
	}
	return changed, nil
}

// render makes the site as of an instant, in memory, with all mistakes that were found; there is no site if there are
// errors among them.
func render(ctx context.Context, content, modules string, at time.Time) (*site.Site, site.Output, source.Faults, error) {
	s, faults, err := load(ctx, content, modules, "")
	if s == nil {
		return nil, nil, faults, err
	}
	output, faults := s.Render(ctx, at)
	return s, output, faults, nil
}

// build is render for those who need a site. Mistakes are source.Faults.
func build(ctx context.Context, content, modules string, at time.Time) (*site.Site, site.Output, error) {
	s, output, faults, err := render(ctx, content, modules, at)
	if err == nil {
		err = faults.Err()
	}
	return s, output, err
}

// load reads the editors' files. The mistakes are those with which there is no site at all; the others are found again
// when it is built. base is the public address, that of site.yaml if empty.
func load(ctx context.Context, content, modules, base string) (*site.Site, source.Faults, error) {
	return loadBy(ctx, site.Load, content, modules, base)
}

// loadBy is load by the Load of a cache. When ctx ends, it stops at the next file.
func loadBy(
	ctx context.Context, read func(site.Sources) (*site.Site, source.Faults), content, modules, base string,
) (*site.Site, source.Faults, error) {
	if _, err := os.Stat(content); err != nil {
		return nil, nil, usagef("there is no folder %s: say with --content where the editors' files are", content)
	}
	s, faults := read(site.Sources{
		Content: source.Until(ctx, source.Dir(content)), Templates: templates.Files, Modules: modules,
		Letters: storyLetters(), BaseURL: base,
	})
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	if s == nil {
		return nil, faults, nil
	}
	return s, faults, s.DrawForms(pdf.Blank)
}
