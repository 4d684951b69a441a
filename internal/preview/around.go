package preview

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"traininghub/internal/source"
	"traininghub/site"
)

// A mistake in one file must not hold up the pages of all others. So a site with mistakes is built
// again around them: each file with a mistake is replaced by its last version without one, or left
// out. Other files may still need such a file, so it must not be missing for them either.

// remembered is a folder of content that keeps what was read from it. A file with the same stamp as
// before is not read again.
type remembered struct {
	fs.FS
	before map[string]text
	mu     sync.Mutex
	texts  map[string]text // by the file's name
}

// A text is the text of a file.
type text struct {
	bytes []byte
	stamp source.Stamp // from before the file was read
}

// remember returns the folder with what the last build kept of it; last is nil if nothing was kept.
func remember(content fs.FS, last *remembered) *remembered {
	r := &remembered{FS: content, texts: map[string]text{}}
	if last != nil {
		last.mu.Lock()
		defer last.mu.Unlock()
		r.before = maps.Clone(last.texts)
	}
	return r
}

func (r *remembered) ReadFile(name string) ([]byte, error) {
	t := text{stamp: source.StampOf(r.FS, name)}
	if was, known := r.before[name]; known && was.stamp == t.stamp && t.stamp != (source.Stamp{}) {
		t = was
	} else {
		var err error
		if t.bytes, err = fs.ReadFile(r.FS, name); err != nil {
			return t.bytes, err
		}
	}
	r.mu.Lock()
	r.texts[name] = t
	r.mu.Unlock()
	return t.bytes, nil
}

// is reports whether a file has this text.
func (r *remembered) is(name string, text []byte) bool {
	now, err := r.ReadFile(name)
	return err == nil && bytes.Equal(now, text)
}

// good returns what to keep of a site that was built: its files; and for the stale ones, which are
// not as they were saved, the earlier versions that were used.
func (r *remembered) good(stale map[string]bool, before map[string][]byte) map[string][]byte {
	texts := make(map[string][]byte, len(r.texts))
	for name, t := range r.texts {
		texts[name] = t.bytes
	}
	for path := range stale {
		name := strings.TrimPrefix(path, "content/")
		delete(texts, name)
		if text := before[name]; text != nil {
			texts[name] = text
		}
	}
	return texts
}

func (r *remembered) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(r.FS, name) }
func (r *remembered) Stat(name string) (fs.FileInfo, error)      { return fs.Stat(r.FS, name) }

// around is a folder of content with earlier versions of some files.
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
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { _, old := a.before[path.Join(name, e.Name())]; return old })
	for file, text := range a.before {
		if text != nil && path.Dir(file) == name {
			entries, err = append(entries, fs.FileInfoToDirEntry(was{file, text})), nil // its folder may be gone, too
		}
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}

func (a around) Stat(name string) (fs.FileInfo, error) {
	if a.out(name) {
		return nil, a.missing(name)
	}
	if text := a.before[name]; text != nil {
		return was{name, text}, nil
	}
	return fs.Stat(a.FS, name)
}

// was describes an earlier version of a file, in whose place there may now be a folder or nothing.
type was struct {
	name string
	text []byte
}

func (w was) Name() string     { return path.Base(w.name) }
func (w was) Size() int64      { return int64(len(w.text)) }
func (was) Mode() fs.FileMode  { return 0o444 }
func (was) ModTime() time.Time { return time.Time{} }
func (was) IsDir() bool        { return false }
func (was) Sys() any           { return nil }

// tries is how often a site is built around mistakes, since a file that is left out can be missing
// elsewhere.
const tries = 6

// past builds the site around mistakes. It returns the files that are not as they were saved, with
// true for those left out. It returns no site if that does not help.
//
// First it takes the last version without a mistake of each file that has one. That does not help
// if another file is to blame, such as a file that is gone, or a heading to which a page links and
// whose words have changed. So next it takes the earlier versions that were used last time, then
// those of files that are gone, and at last those of all files saved since.
func (p *Preview) past(ctx context.Context, content *remembered, wrong source.Faults) (*site.Site, site.Output, map[string]bool) {
	a := around{content, map[string][]byte{}}
	suspects := []func(name string) bool{
		func(name string) bool {
			if p.good == nil {
				return false
			}
			_, last := p.good.stale["content/"+name]
			return last
		},
		func(name string) bool {
			_, err := fs.Stat(content, name)
			return errors.Is(err, fs.ErrNotExist)
		},
		func(string) bool { return true },
	}
	for range tries {
		changed := false
		for _, f := range wrong.Errors() {
			name, own := strings.CutPrefix(f.Path, "content/")
			text, known := p.texts[name]
			_, err := fs.Stat(content, name)
			if _, done := a.before[name]; done || !own || err != nil && !known || known && content.is(name, text) {
				continue // this version is not to blame, or does not help
			}
			a.before[name], changed = text, true
		}
		for ; !changed && len(suspects) > 0; suspects = suspects[1:] {
			for name, text := range p.texts {
				if a.before[name] == nil && suspects[0](name) && !content.is(name, text) {
					a.before[name], changed = text, true
				}
			}
		}
		if !changed || ctx.Err() != nil {
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
