package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"

	"traininghub/internal/intake"
	"traininghub/internal/pdf"
	"traininghub/internal/source"
	"traininghub/site"
	embedded "traininghub/templates"
)

// pause is how long after a save the next one may come and still belong to it: editors write a file in several steps.
// It is short, since a build that has begun is called off when another save comes.
const pause = 5 * time.Millisecond

// A preview serves the site to its editors. It builds again whenever a file of the content or the templates is saved,
// and tells the pages that are open. If there are mistakes it goes on showing the last site without any, and says so.
// Its fields are set by newPreview; run does the work, until its context ends.
type preview struct {
	content, modules string
	now              func() time.Time
	open             func(*site.Site) (*intake.Desk, http.Handler, error)
	out              io.Writer
	log              *slog.Logger
	quit             chan struct{} // closed when the preview ends
	cache            site.Cache    // for one build at a time

	mu      sync.Mutex
	saves   int           // builds that came to an end
	changed chan struct{} // closed, and another made, when saves goes up
	faults  source.Faults // of the last build
	lines   *linesOf
	good    *goodSite // the last site without mistakes; nil if there was none yet
}

// A goodSite is a site without mistakes, at as many instants as were asked for.
type goodSite struct {
	*site.Site
	apply http.Handler

	mu  sync.Mutex
	day map[string]*static // by the value of the cookie; "" is the clock's
}

func newPreview(content, modules string, now func() time.Time, open func(*site.Site) (*intake.Desk, http.Handler, error), out io.Writer, log *slog.Logger) *preview {
	return &preview{content: content, modules: modules, now: now, open: open, out: out, log: log, quit: make(chan struct{}), changed: make(chan struct{})}
}

// run watches the folders and builds, until ctx ends.
func (p *preview) run(ctx context.Context) {
	defer close(p.quit)
	saved := make(chan struct{}, 1)
	var work sync.WaitGroup
	defer work.Wait()
	work.Go(func() {
		if err := p.watch(ctx, saved); err != nil {
			p.log.Error("saves are not noticed; start the preview again", "error", err)
		}
	})

	stop, built := func() {}, make(chan *intake.Desk, 1)
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
func (p *preview) next() <-chan time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.good == nil {
		return nil
	}
	now := p.now()
	at, ok := p.good.NextChange(now)
	if !ok {
		return nil
	}
	return time.After(at.Sub(now))
}

// build makes the site of the files as they are. It returns a desk for the new site, or nil if there is none.
func (p *preview) build(ctx context.Context) *intake.Desk {
	began := time.Now()
	content := os.DirFS(p.content)
	s, faults := p.cache.Load(stopping{ctx, content}, p.templates(ctx), p.modules)
	var output site.Output
	if s != nil && ctx.Err() == nil {
		if err := s.DrawForms(pdf.Blank); err != nil {
			p.log.Error("the forms on paper are missing", "error", err)
		}
		output, faults = s.Render(ctx, p.now())
	}
	if ctx.Err() != nil {
		return nil
	}
	faults.Sort()
	var desk *intake.Desk
	var good *goodSite
	if output != nil {
		var apply http.Handler
		var err error
		if desk, apply, err = p.open(s); err != nil {
			faults.Add("content", 0, err.Error(), "")
		} else {
			good = &goodSite{Site: s, apply: apply, day: map[string]*static{"": newStatic(output)}}
		}
	}

	p.mu.Lock()
	p.faults, p.lines = faults, newLines(content)
	if good != nil {
		p.good = good
	}
	p.saves++
	close(p.changed)
	p.changed = make(chan struct{})
	p.mu.Unlock()

	if len(faults) > 0 {
		asText(p.out, newLines(content), faults)
		fmt.Fprintf(p.out, "%s\n", found(faults))
	} else {
		fmt.Fprintf(p.out, "built in %v\n", time.Since(began).Round(time.Millisecond))
	}
	return desk
}

// templates are the folder's if the preview runs in the project, so that they can be worked on, too.
func (p *preview) templates(ctx context.Context) fs.FS {
	if live := liveTemplates(); live != "" {
		return stopping{ctx, os.DirFS(live)}
	}
	return embedded.Files
}

func liveTemplates() string {
	if _, err := os.Stat(filepath.Join("templates", "layout.html")); err != nil {
		return ""
	}
	return "templates"
}

// A stopping folder can be read until ctx ends: so a build is called off while it reads.
type stopping struct {
	ctx context.Context
	fs.FS
}

func (s stopping) Open(name string) (fs.File, error) {
	if err := s.ctx.Err(); err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return s.FS.Open(name)
}

func (s stopping) ReadFile(name string) ([]byte, error) {
	if err := s.ctx.Err(); err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return fs.ReadFile(s.FS, name)
}

func (s stopping) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(s.FS, name) }

// watch tells of each save in the folders. It watches folders, not files: many editors write a new file and give it the
// old one's name.
func (p *preview) watch(ctx context.Context, saved chan<- struct{}) error {
	tell := func() {
		select {
		case saved <- struct{}{}:
		default: // told already, and not yet heard
		}
	}
	defer tell() // so that there is a first build, whatever happens
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return err
	}
	defer w.Close()
	add := func(dir string) error {
		return filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() {
				return err
			}
			return w.Add(name)
		})
	}
	err = add(p.content)
	if live := liveTemplates(); live != "" {
		err = errors.Join(err, add(live))
	}
	if err != nil {
		return err
	}
	tell() // what was saved before the watching began
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-w.Errors:
			p.log.Warn("some saves may not have been noticed", "error", err)
			tell()
		case e := <-w.Events:
			base := filepath.Base(e.Name)
			if e.Op == fsnotify.Chmod || strings.HasPrefix(base, ".") || strings.HasSuffix(base, "~") {
				continue // nothing that a build reads
			}
			if info, err := os.Stat(e.Name); err == nil && info.IsDir() {
				if err := add(e.Name); err != nil {
					p.log.Warn("a new folder is not watched", "error", err)
				}
			}
			tell()
		}
	}
}
