// Package live is a hub whose content can change while it serves.
//
// New content is read, checked and built beside the old, and then replaces it as a whole: each
// request sees only one of the two. If anything is wrong with the new content, the old stays, and
// the log and [Hub.Faults] say why. Applications that people have begun are in the store, which
// does not change, so they lose nothing that they typed. What a changed form means for them is
// logged.
//
// The pages are also built again whenever the site changes by itself, so that no page says "open"
// after a deadline.
package live

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/office"
	"traininghub/internal/pdf"
	"traininghub/internal/source"
	"traininghub/internal/static"
	"traininghub/internal/watch"
	"traininghub/internal/web"
	"traininghub/site"
	"traininghub/site/digest"
)

// Settings are what a Hub needs.
type Settings struct {
	Sources func() site.Sources // the editors' files and the templates, as they are now
	HTTPS   bool
	Now     func() time.Time
	Log     *slog.Logger

	// Open returns the worker for what is due at a site, and the site's pages.
	Open func(*site.Site) (office.Worker, http.Handler, error)
}

// A Hub serves a site and its forms. It has nothing to serve until the first [Hub.Use]; after that
// requests may come at any time.
type Hub struct {
	Settings
	pages  *static.Pages
	forms  atomic.Pointer[http.Handler]
	cache  site.Cache // for one Read at a time
	sum    digest.Sum // of the content that was read last
	same   bool       // it was already logged that nothing has changed
	site   *site.Site
	desk   office.Worker
	health atomic.Pointer[source.Faults]
}

// New returns a Hub without content.
func New(s Settings) *Hub { return &Hub{Settings: s, pages: &static.Pages{HTTPS: s.HTTPS}} }

// Content was read and checked, and has no faults.
type Content struct {
	site   *site.Site
	output site.Output
}

// Read reads and checks the content as it is now. If the content is at fault, the error is a
// [source.Faults]. Read stops at the next file when ctx ends.
func (h *Hub) Read(ctx context.Context) (*Content, error) {
	from := h.Sources()
	from.Content = source.Until(ctx, from.Content)
	h.sum = sumOf(from.Content)
	s, faults := h.cache.Load(from)
	var output site.Output
	if s != nil && ctx.Err() == nil {
		if err := s.DrawForms(pdf.Blank); err != nil {
			return nil, err
		}
		output, faults = s.Render(ctx, h.Now())
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return &Content{s, output}, nil
}

// sumOf returns a sum over everything in a folder.
func sumOf(content fs.FS) digest.Sum {
	var texts [][]byte
	fs.WalkDir(content, ".", func(name string, d fs.DirEntry, err error) error {
		texts = append(texts, []byte(name))
		if err == nil && !d.IsDir() {
			text, _ := fs.ReadFile(content, name) // a file that cannot be read is a fault of the content
			texts = append(texts, text)
		}
		return nil
	})
	return digest.Of(texts...)
}

// Use serves the content from now on. Call it before Run.
func (h *Hub) Use(c *Content) error {
	desk, forms, err := h.Open(c.site)
	if err != nil {
		return err
	}
	h.site, h.desk = c.site, desk
	forms = static.Compressed(forms)
	h.forms.Store(&forms)
	h.pages.Set(c.output)
	h.health.Store(new(source.Faults))
	return nil
}

// Faults are what is wrong with the content that was read last; none if it is being served.
func (h *Hub) Faults() source.Faults { return *h.health.Load() }

// ServeHTTP answers with a page of the site or of the forms.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if web.Handles(r.URL.Path) {
		(*h.forms.Load()).ServeHTTP(w, r)
		return
	}
	h.pages.ServeHTTP(w, r)
}

// Run delivers letters, builds the site again when it changes by itself, and takes the new content
// each time that again has a value. When ctx ends, it finishes the letter at hand and returns.
func (h *Hub) Run(ctx context.Context, again <-chan struct{}) {
	var work sync.WaitGroup
	defer work.Wait()
	leave := func() {} // ends the work of the desk
	defer func() { leave() }()
	begin := func() {
		leave()
		var desk context.Context
		desk, leave = context.WithCancel(ctx)
		run := h.desk.Run
		work.Go(func() { run(desk) })
	}
	begin()
	for {
		change, next := h.next()
		select {
		case <-ctx.Done():
			return
		case <-next:
			h.rebuild(change)
		case <-again:
			if h.take(ctx) {
				begin()
			}
		}
	}
}

// next returns when the site next changes by itself, and a channel that has a value then.
func (h *Hub) next() (time.Time, <-chan time.Time) {
	now := h.Now()
	change, ok := h.site.NextChange(now)
	if !ok {
		return change, nil
	}
	return change, time.After(change.Sub(now))
}

// rebuild makes the pages of the same content as they are from a given time on.
func (h *Hub) rebuild(change time.Time) {
	output, err := h.site.Build(h.Now())
	if err != nil {
		h.Log.Error("the site stays as it was", "error", err)
		return
	}
	h.pages.Set(output)
	h.Log.Info("the site was built anew", "for", change.In(course.London).Format(time.DateTime))
}

// mostFaults is how many faults of new content are logged.
const mostFaults = 10

// take reads the content, and uses it if nothing is wrong with it. It reports whether it did.
func (h *Hub) take(ctx context.Context) bool {
	if sumOf(h.Sources().Content) == h.sum {
		if !h.same { // if the system cannot watch files, we get here every few seconds
			h.Log.Info("the content is as it was")
		}
		h.same = true
		return false
	}
	h.same = false
	began, before := time.Now(), h.site
	c, err := h.Read(ctx)
	if err == nil {
		err = h.Use(c)
	}
	if ctx.Err() != nil {
		return false
	}
	faults, ok := err.(source.Faults)
	switch {
	case err == nil:
	case ok:
		h.health.Store(&faults)
		for _, f := range faults.Errors()[:min(mostFaults, len(faults.Errors()))] {
			h.Log.Error("a fault in the new content", "where", f.Where(), "what", f.What, "do", f.Do)
		}
		h.Log.Error("the new content has faults, so the old one stays", "faults", len(faults.Errors()))
		return false
	default:
		faults.Add("content", 0, err.Error(), "")
		h.health.Store(&faults)
		h.Log.Error("the new content cannot be used, so the old one stays", "error", err)
		return false
	}
	for id, was := range before.Programme.Forms {
		for _, f := range form.Changes(was, h.site.Programme.Forms[id]) {
			h.Log.Warn("a form has changed for people part-way through", "where", f.Where(), "what", f.What, "do", f.Do)
		}
	}
	h.Log.Info("the new content is served", "took", time.Since(began).Round(time.Millisecond))
	return true
}

// quietFor is how long no file must be saved before the content is taken, because a new version has
// many files.
const quietFor = 2 * time.Second

// Follow sends on again when something in the folder has changed and then nothing more for two
// seconds. It ends when ctx does. It sends once soon after it starts, for changes made before it
// was watching.
func Follow(ctx context.Context, folder string, log *slog.Logger, again chan<- struct{}) {
	saved := make(chan struct{}, 1)
	var work sync.WaitGroup
	defer work.Wait()
	work.Go(func() { watch.Folders(ctx, []string{folder}, log, saved) })
	quiet := time.NewTimer(time.Hour)
	quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-saved:
			quiet.Reset(quietFor)
		case <-quiet.C:
			select {
			case again <- struct{}{}:
			default: // a reload is already waiting
			}
		}
	}
}
