// Package preview serves the site to its editors while they write it. It builds again whenever a
// file of the content or the templates is saved, tells the open pages, shows mistakes in them, and
// shows the site as of any day.
//
// Everything that a preview adds to pages is in this package, and never gets into a built site.
package preview

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"traininghub/internal/letter"
	"traininghub/internal/office"
	"traininghub/internal/overlay"
	"traininghub/internal/pdf"
	"traininghub/internal/report"
	"traininghub/internal/source"
	"traininghub/internal/static"
	"traininghub/internal/watch"
	"traininghub/site"
)

// pause is how soon after a save another one still belongs to it: editors write a file in several
// steps. It can be short, since a build that has begun is stopped when another save comes.
const pause = 5 * time.Millisecond

// Settings are what a preview needs.
type Settings struct {
	Content, Modules string // the folders of the editors' files, and of the NHS front end
	Templates        fs.FS  // the program's own, if there is no folder of templates
	Over             string // a folder of templates that replace others; "" for none
	Letters          letter.Table
	BaseURL          string // the public address
	Now              func() time.Time
	Open             func(*site.Site) (office.Worker, http.Handler, error) // the worker for what is due, and the pages
	Out              io.Writer                                             // for reports of each build and its mistakes
	Log              *slog.Logger
}

// A Preview serves the site. Pages of files with mistakes are shown in their last version without
// any, and say so. All other pages are as they were saved. Run does the work.
type Preview struct {
	Settings
	began int64             // tells builds from those of an earlier preview, on which a page may still be open
	quit  chan struct{}     // closed when the preview ends
	cache site.Cache        // for one build at a time
	texts map[string][]byte // files in their last version without mistakes; for one build at a time
	last  *remembered       // the folder as the last build read it; for one build at a time

	mu      sync.Mutex
	saves   int           // builds that have ended
	changed chan struct{} // closed and replaced when saves grows
	faults  source.Faults // of the last build
	lines   *report.Lines
	good    *goodSite // the last site without mistakes, or built around them; nil if there is none yet
	old     bool      // it is not up to date with the files
}

// A goodSite is a site without mistakes, at all instants asked for so far.
type goodSite struct {
	*site.Site
	apply http.Handler
	stale map[string]bool // the files that are not as they were saved; true if left out

	mu  sync.Mutex
	day map[string]*static.Pages // by the value of the cookie; "" for the clock's
}

// New returns a Preview that has not built anything yet.
func New(s Settings) *Preview {
	return &Preview{
		Settings: s, began: time.Now().UnixNano(), quit: make(chan struct{}), changed: make(chan struct{}),
		texts: map[string][]byte{},
	}
}

// Run watches the folders and builds until ctx ends.
func (p *Preview) Run(ctx context.Context) {
	defer close(p.quit)
	saved := make(chan struct{}, 1)
	var work sync.WaitGroup
	defer work.Wait()
	work.Go(func() { watch.Folders(ctx, []string{p.Content, liveTemplates(), p.Over}, p.Log, saved) })

	stop, built := func() {}, make(chan office.Worker, 1)
	leave := func() {} // ends the desk's work
	building, again := false, time.NewTimer(time.Hour)
	again.Stop() // until the watching has begun
	var next <-chan time.Time
	defer func() { stop(); leave() }()
	for {
		select {
		case <-ctx.Done():
			return
		case <-saved:
			stop()
			again.Reset(pause)
		case <-again.C:
			if building {
				again.Reset(time.Millisecond) // the stopped build is about to end
				continue
			}
			building = true
			ctx, cancel := context.WithCancel(ctx)
			stop = cancel
			work.Go(func() { built <- p.build(ctx) })
		case desk := <-built:
			building = false
			next = p.next()
			if desk == nil {
				continue
			}
			leave()
			ctx, cancel := context.WithCancel(ctx)
			leave = cancel
			work.Go(func() { desk.Run(ctx) })
		case <-next:
			next = nil
			again.Reset(0)
		}
	}
}

// next fires when the site changes by itself.
func (p *Preview) next() <-chan time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.good == nil {
		return nil
	}
	now := p.Now()
	at, ok := p.good.NextChange(now)
	if !ok {
		return nil
	}
	return time.After(at.Sub(now))
}

// build builds the site from the files as they are. It returns a desk for the new site, or nil if
// there is none.
func (p *Preview) build(ctx context.Context) office.Worker {
	began := time.Now()
	content := remember(source.Dir(p.Content), p.last)
	s, output, faults := p.make(ctx, content)
	shown, stale := s, map[string]bool{}
	if output == nil && ctx.Err() == nil {
		shown, output, stale = p.past(ctx, content, faults)
	}
	if ctx.Err() != nil {
		return nil
	}
	p.last = content
	if output != nil {
		p.texts = content.good(stale, p.texts)
	}
	faults.Sort()
	var desk office.Worker
	var good *goodSite
	if output != nil {
		var apply http.Handler
		var err error
		if desk, apply, err = p.Open(shown); err != nil {
			faults.Add("content", 0, err.Error(), "")
		} else {
			good = &goodSite{Site: shown, apply: apply, stale: stale, day: map[string]*static.Pages{"": static.Quick(output)}}
		}
	}

	p.mu.Lock()
	p.faults, p.lines = faults, report.LinesOf(content)
	if p.old = good == nil; !p.old {
		p.good = good
	}
	p.saves++
	close(p.changed)
	p.changed = make(chan struct{})
	p.mu.Unlock()

	if len(faults) > 0 {
		report.Text(p.Out, content, faults)
		fmt.Fprintf(p.Out, "%s\n", report.Count(faults))
	} else {
		fmt.Fprintf(p.Out, "built in %v\n", time.Since(began).Round(time.Millisecond))
	}
	return desk
}

// make makes the site from a folder of content. There is no output if there are mistakes.
func (p *Preview) make(ctx context.Context, content fs.FS) (*site.Site, site.Output, source.Faults) {
	s, faults := p.cache.Load(site.Sources{
		Content: source.Until(ctx, content), Templates: p.templates(ctx), Modules: p.Modules,
		Letters: p.Letters, BaseURL: p.BaseURL, Drafts: true,
	})
	if s == nil || ctx.Err() != nil {
		return s, nil, faults
	}
	if err := s.DrawForms(pdf.Blank); err != nil {
		p.Log.Error("the forms on paper are missing", "error", err)
	}
	output, faults := s.Render(ctx, p.Now())
	return s, output, faults
}

// templates are those in the project's folder if the preview runs there, so that they can be
// edited, too. The hub's own replace them.
func (p *Preview) templates(ctx context.Context) fs.FS {
	all := p.Templates
	if live := liveTemplates(); live != "" {
		all = source.Until(ctx, source.Dir(live))
	}
	if p.Over != "" {
		all = overlay.Over(source.Until(ctx, source.Dir(p.Over)), all)
	}
	return all
}

func liveTemplates() string {
	if _, err := os.Stat(filepath.Join("templates", "layout.html")); err != nil {
		return ""
	}
	return "templates"
}
