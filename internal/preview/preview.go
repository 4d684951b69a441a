// Package preview serves the site to its editors while they write it. It builds again whenever a
// file of the content or the templates is saved, tells the pages that are open, shows the mistakes
// in them, and shows the site as of any day.
//
// What a preview adds to the pages is only here: nothing of it is ever in a site that was built.
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

// pause is how long after a save the next one may come and still belong to it: editors write a file
// in several steps. It is short, since a build that has begun is called off when another save
// comes.
const pause = 5 * time.Millisecond

// Settings are what a preview needs.
type Settings struct {
	Content, Modules string // the folders of the editors' files, and of the NHS front end
	Templates        fs.FS  // the program's, if there is no folder of them
	Over             string // a folder of templates laid over them; "" if there is none
	Letters          letter.Table
	BaseURL          string // the public address
	Now              func() time.Time
	Open             func(*site.Site) (office.Worker, http.Handler, error) // who does what is due for a site, and its pages
	Out              io.Writer                                             // is told of each build, and of the mistakes
	Log              *slog.Logger
}

// A Preview serves the site. If there are mistakes it shows the pages of the files that have them
// as they last were without any, and says so; all others are as they were saved. Run does the work.
type Preview struct {
	Settings
	began int64             // tells builds from those of a preview that ran before, on which a page may still be open
	quit  chan struct{}     // closed when the preview ends
	cache site.Cache        // for one build at a time
	texts map[string][]byte // files as they were when they had no mistakes; for one build at a time
	last  *remembered       // the folder as the last build read it; for one build at a time

	mu      sync.Mutex
	saves   int           // builds that came to an end
	changed chan struct{} // closed, and another made, when saves goes up
	faults  source.Faults // of the last build
	lines   *report.Lines
	good    *goodSite // the last site without mistakes, or around them; nil if there was none yet
	old     bool      // it is not as the files are now
}

// A goodSite is a site without mistakes, at as many instants as were asked for.
type goodSite struct {
	*site.Site
	apply http.Handler
	stale map[string]bool // the files that are not as they were saved; true if one is left out

	mu  sync.Mutex
	day map[string]*static.Pages // by the value of the cookie; "" is the clock's
}

// New gives a Preview that has not built anything yet.
func New(s Settings) *Preview {
	return &Preview{
		Settings: s, began: time.Now().UnixNano(), quit: make(chan struct{}), changed: make(chan struct{}),
		texts: map[string][]byte{},
	}
}

// Run watches the folders and builds, until ctx ends.
func (p *Preview) Run(ctx context.Context) {
	defer close(p.quit)
	saved := make(chan struct{}, 1)
	var work sync.WaitGroup
	defer work.Wait()
	work.Go(func() { watch.Folders(ctx, []string{p.Content, liveTemplates(), p.Over}, p.Log, saved) })

	stop, built := func() {}, make(chan office.Worker, 1)
	leave := func() {} // ends the work of the desk
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
				again.Reset(time.Millisecond) // the build that was called off is about to end
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

// next is when the site changes by itself.
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

// build makes the site of the files as they are. It returns a desk for the new site, or nil if
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

// make makes the site of a folder of content. There is no output if there are mistakes.
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

// templates are the folder's if the preview runs in the project, so that they can be worked on,
// too. The hub's own are laid over them.
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
