package preview

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"traininghub/internal/source"
	"traininghub/site"
)

// A mistake in one file must not hold up the pages of all others. So a site with mistakes is built
// again around them: with each file that has one as it was when it had none, or without it.

// remembered is a folder of content that keeps what was read of it.
type remembered struct {
	fs.FS
	mu    sync.Mutex
	texts map[string][]byte // by the file's name
}

func remember(content fs.FS) *remembered { return &remembered{FS: content, texts: map[string][]byte{}} }

func (r *remembered) ReadFile(name string) ([]byte, error) {
	text, err := fs.ReadFile(r.FS, name)
	if err == nil {
		r.mu.Lock()
		r.texts[name] = text
		r.mu.Unlock()
	}
	return text, err
}

// forget leaves files out, by their paths.
func (r *remembered) forget(paths map[string]bool) {
	for path := range paths {
		delete(r.texts, strings.TrimPrefix(path, "content/"))
	}
}

func (r *remembered) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(r.FS, name) }
func (r *remembered) Stat(name string) (fs.FileInfo, error)      { return fs.Stat(r.FS, name) }

// around is a folder of content with some files as they were.
type around struct {
	fs.FS
	before map[string][]byte // nil for a file that is left out
}

func (a around) out(name string) bool {
	text, old := a.before[name]
	return old && text == nil
}

func (a around) missing(name string) error {
	return &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func (a around) ReadFile(name string) ([]byte, error) {
	if a.out(name) {
		return nil, a.missing(name)
	}
	if text := a.before[name]; text != nil {
		return text, nil
	}
	return fs.ReadFile(a.FS, name)
}

func (a around) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(a.FS, name)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return a.out(name + "/" + e.Name()) }), err
}

func (a around) Stat(name string) (fs.FileInfo, error) {
	if a.out(name) {
		return nil, a.missing(name)
	}
	return fs.Stat(a.FS, name)
}

// tries are how often a site is built around mistakes: what is left out can be missing elsewhere.
const tries = 3

// past builds the site around mistakes. It gives the files that are not as they were saved, each
// true if it is left out; no site if that does not help.
func (p *Preview) past(ctx context.Context, content fs.FS, wrong source.Faults) (*site.Site, site.Output, map[string]bool) {
	a := around{content, map[string][]byte{}}
	for range tries {
		before := len(a.before)
		for _, f := range wrong.Errors() {
			name, own := strings.CutPrefix(f.Path, "content/")
			if _, err := fs.Stat(content, name); !own || errors.Is(err, fs.ErrNotExist) {
				return nil, nil, nil
			}
			a.before[name] = p.texts[name]
		}
		if len(a.before) == before || ctx.Err() != nil {
			return nil, nil, nil
		}
		s, output, faults := p.make(ctx, a)
		if output != nil {
			stale := map[string]bool{}
			for name, text := range a.before {
				stale["content/"+name] = text == nil
			}
			return s, output, stale
		}
		wrong = faults
	}
	return nil, nil, nil
}
