package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"slices"
	"time"

	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/mentoring"
	"traininghub/internal/page"
	"traininghub/internal/pdf"
	"traininghub/internal/programme"
	"traininghub/internal/register"
	"traininghub/internal/removal"
	"traininghub/internal/report"
	"traininghub/internal/source"
	"traininghub/site"
)

// runCheck prints the mistakes of all files at once, and the effects of a change of forms on people
// part-way through. It does not fail because of warnings alone.
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
		return usagef("--format %q: %s", value("format"),
			source.Suggest(value("format"), slices.Collect(maps.Keys(report.Formats))))
	}
	from := foldersOf(value)
	from.drafts = true
	built, output, faults, err := render(ctx, from, at)
	if err != nil {
		return err
	}
	faults = append(faults, from.outdated()...)
	if built != nil {
		faults = append(faults, register.Faults(built.Programme)...)
		faults = append(faults, mentoring.Faults(built.Programme)...)
	}
	if value("against") != "" {
		changed, err := against(ctx, value("against"), value("content"), value("data"), at)
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
		for _, closed := range placeholders(built.Programme) {
			fmt.Fprintln(out, closed)
		}
	}
	return nil
}

// placeholders says what is closed in a hub that really sends letters because somebody in it is
// only an example.
func placeholders(p *programme.Programme) (all []string) {
	for _, v := range p.Services {
		if v.Mentoring != nil && v.Placeholder() {
			all = append(all, fmt.Sprintf("%s: in a real run %q takes no requests: a lead or deputy stands at example.org", v.File.Path, v.Title))
		}
	}
	for _, s := range p.Schemes {
		if s.Placeholder() {
			all = append(all, fmt.Sprintf("%s: in a real run %q takes no claims: a role stands at example.org", s.File.Path, s.Title))
		}
	}
	return all
}

// against says what has changed since a git revision, or from another folder. It compares the
// forms, with the effects on people part-way through, and the retention. The effects of shorter
// retention on applications are counted in a hub's database, if there is one.
func against(ctx context.Context, what, content, data string, at time.Time) (source.Faults, error) {
	dir, remove, err := revision(ctx, what, content)
	if err != nil {
		return nil, err
	}
	defer remove()
	read := func(dir string) (*page.Site, *programme.Programme) {
		hub, _ := page.LoadSite(source.Dir(dir))
		programme, _ := programme.Load(source.Dir(dir), storyLetters(), hub.Fact) // other commands report its mistakes
		return hub, programme
	}
	hub, now := read(content)
	old, before := read(dir)
	changed, err := shorter(ctx, old, hub, now, data, at)
	if err != nil {
		return nil, err
	}
	for id, was := range before.Forms {
		if is := now.Forms[id]; is != nil || !now.Unread { // otherwise it may be a form that could not be read
			changed = append(changed, form.Changes(was, is)...)
		}
	}
	return changed, nil
}

// ruleShorter says why fewer days matter.
var ruleShorter = source.Rule{
	Name: "kept-shorter", Why: "what is removed cannot be brought back after a week, and applicants were told the longer time; the hub waits for somebody to allow it",
}

// shorter says what is kept for fewer days than before, and how many applications would be removed.
func shorter(
	ctx context.Context, old, hub *page.Site, p *programme.Programme, data string, at time.Time,
) (source.Faults, error) {
	var changed source.Faults
	before, now := retention(old).Days(), retention(hub).Days()
	for _, name := range slices.Sorted(maps.Keys(now)) {
		if now[name] < before[name] {
			what := fmt.Sprintf("%s is %d days, and was %d", name, now[name], before[name])
			changed.Warn("content/site.yaml", hub.At(name), ruleShorter, what, "look whether this is meant")
		}
	}
	if changed == nil {
		return nil, nil
	}
	if _, err := os.Stat(database(data)); err != nil { // an editor's machine has no database
		return changed, nil
	}
	store, err := openDatabase(database(data))
	if err != nil {
		return nil, err
	}
	defer store.Close()
	gone := [2]int{}
	for i, site := range []*page.Site{old, hub} {
		desk := &intake.Desk{Store: store, Programme: p, Now: func() time.Time { return at }, Retain: retention(site),
			Log: slog.New(slog.DiscardHandler)}
		if gone[i], err = removal.Of(desk).Outlived(ctx); err != nil {
			return nil, err
		}
	}
	for i := range changed {
		changed[i].What += fmt.Sprintf(
			"; of the applications in %s, %d would be marked for removal at once, and by the days of before %d",
			database(data), gone[1], gone[0])
	}
	return changed, nil
}

// render builds the site as of an instant in memory, with all faults found. There is no site if any
// of them is an error.
func render(
	ctx context.Context, from folders, at time.Time,
) (*site.Site, site.Output, source.Faults, error) {
	s, faults, err := load(ctx, from, "")
	if s == nil {
		return nil, nil, faults, err
	}
	output, faults := s.Render(ctx, at)
	return s, output, faults, nil
}

// build is render for commands that need a site: it returns any mistake as an error, source.Faults.
func build(ctx context.Context, from folders, at time.Time) (*site.Site, site.Output, error) {
	s, output, faults, err := render(ctx, from, at)
	if err == nil {
		err = faults.Err()
	}
	return s, output, err
}

// load reads the editors' files. If it cannot make a site it returns the faults at its root; others
// are found when the site is built. base is the public address; site.yaml's if empty.
func load(ctx context.Context, from folders, base string) (*site.Site, source.Faults, error) {
	return loadBy(ctx, site.Load, from, base)
}

// loadBy is load with a cache's Load. When ctx ends, it stops at the next file.
func loadBy(
	ctx context.Context, read func(site.Sources) (*site.Site, source.Faults), from folders, base string,
) (*site.Site, source.Faults, error) {
	if err := from.there(); err != nil {
		return nil, nil, err
	}
	s, faults := read(site.Sources{
		Content: source.Until(ctx, source.Dir(from.content)), Templates: from.all(), Sound: from.own() == "", Modules: from.modules,
		Letters: storyLetters(), BaseURL: base, Drafts: from.drafts,
	})
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	if s == nil {
		return nil, faults, nil
	}
	return s, faults, s.DrawForms(pdf.Blank)
}
