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
	"slices"
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
	began            int64 // tells builds from those of a preview that ran before, on which a page may still be open
	watcher          func() (*fsnotify.Watcher, error)
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
	return &preview{content: content, modules: modules, now: now, open: open, out: out, log: log, began: time.Now().UnixNano(), watcher: fsnotify.NewWatcher, quit: make(chan struct{}), changed: make(chan struct{})}
}

// run watches the folders and builds, until ctx ends.
func (p *preview) run(ctx context.Context) {
	defer close(p.quit)
	saved := make(chan struct{}, 1)
	var work sync.WaitGroup
	defer work.Wait()
	work.Go(func() { p.watch(ctx, saved) })

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

// look is how often the files are read if the system does not tell of saves: it watches so many folders and no more.
const look = 3 * time.Second

// watch tells of each save in the folders. It watches folders, not files: many editors write a new file and give it the
// old one's name. It also watches what the folders are in: git takes them away with the last of their files, and makes new ones.
func (p *preview) watch(ctx context.Context, saved chan<- struct{}) {
	tell := func() {
		select {
		case saved <- struct{}{}:
		default: // told already, and not yet heard
		}
	}
	var looking <-chan time.Time
	check := func(err error) {
		if err != nil && !errors.Is(err, fs.ErrNotExist) && looking == nil { // what is gone again needs no watching
			p.log.Warn("the system does not tell of all saves, so the files are read every few seconds", "error", err)
			looking = time.Tick(look)
		}
	}
	var roots []string
	for _, name := range []string{p.content, liveTemplates()} {
		if root, err := filepath.Abs(name); name != "" && err == nil {
			roots = append(roots, root)
		}
	}
	var events <-chan fsnotify.Event
	var wrong <-chan error
	add := func(string) {}
	if w, err := p.watcher(); err != nil {
		check(err)
	} else {
		defer w.Close()
		events, wrong = w.Events, w.Errors
		add = func(dir string) {
			// The stroke at the end is for a folder that is a link to another.
			filepath.WalkDir(dir+string(filepath.Separator), func(name string, d fs.DirEntry, err error) error {
				if err == nil && (d.IsDir() || isFolder(name, d)) {
					err = w.Add(name)
				}
				check(err)
				return nil
			})
		}
		for _, root := range roots {
			check(w.Add(filepath.Dir(root)))
		}
	}
	ours := func(name string) bool {
		return slices.ContainsFunc(roots, func(root string) bool {
			return name == root || strings.HasPrefix(name, root+string(filepath.Separator))
		})
	}
	again := func() {
		for _, root := range roots {
			add(root)
		}
		tell()
	}
	again() // with what was saved before the watching began
	for {
		select {
		case <-ctx.Done():
			return
		case <-looking:
			tell()
		case err := <-wrong:
			p.log.Warn("some saves may not have been noticed", "error", err)
			again()
		case e := <-events:
			name := filepath.Clean(e.Name)
			base := filepath.Base(name)
			if e.Op == fsnotify.Chmod || !ours(name) || !slices.Contains(roots, name) && strings.HasPrefix(base, ".") || strings.HasSuffix(base, "~") {
				continue // nothing that a build reads
			}
			if info, err := os.Stat(name); err == nil && info.IsDir() {
				add(name)
			}
			tell()
		}
	}
}

// isFolder tells whether an entry of a folder is a link to another folder.
func isFolder(name string, d fs.DirEntry) bool {
	if d.Type()&fs.ModeSymlink == 0 {
		return false
	}
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}
