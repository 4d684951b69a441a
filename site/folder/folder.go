// Package folder brings a folder up to date with what a build made, file by file, or leaves it as
// it was. A file that the caller knows to be unchanged need not be made again: see [Writer.Has].
//
// It writes only files whose bytes differ, and removes files that an earlier build made and this
// one did not. It never touches other files. It refuses a folder in which it would have to, and a
// folder with files that was not made by it.
//
// New files are first written beside the site and then renamed into place: styles and scripts
// before the pages that need them. Removals come last. If a build fails, because the disk is full,
// for example, the old site is unchanged. Only a failure during the renames leaves a mix of old and
// new files, each of them whole, and the next build completes the work.
//
// Two builds to one folder run one after the other, where the system can lock a folder.
//
// Nothing is synced to the disk. After a power cut the site is built again from its source, and
// syncing thousands of files would take far longer than making them all.
package folder

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

const (
	// manifest lists the files that the hub made, one path per line. Only those are ever removed.
	manifest = ".hub-build"
	// staging is the folder for new files until all are there, and nextList is the manifest while
	// it is being written.
	staging  = ".hub-new"
	nextList = staging + "-list"
	// mostErrs is the number of errors reported: on a full disk each file has one.
	mostErrs = 5
)

// Changed lists what a build did to a folder: sorted paths of files in it.
type Changed struct {
	Written, Removed []string
	Pages            int // how many pages the site has, changed or not
}

// A Writer brings a folder up to date with a site, one file after another, so that a large site
// need not fit into memory. It ends with Commit or Abandon.
type Writer struct {
	root    *os.Root
	lock    *os.File // locks out other programs until it is closed
	dir     string
	created bool            // the folder did not exist
	empty   bool            // nothing is in the folder yet
	made    map[string]bool // files of an earlier Writer
	listed  time.Time       // when the list of those files was written

	folders sync.Map // the folders made in the staging folder

	mu      sync.Mutex
	begun   bool            // the staging folder exists
	all     map[string]bool // files of this Writer
	changed Changed
	errs    []error
}

// Open finds what an earlier build made, and refuses somebody else's folder.
func Open(dir string) (*Writer, error) {
	_, missing := os.Stat(dir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	lock, err := os.Open(dir)
	if err != nil {
		root.Close()
		return nil, err
	}
	Lock(lock)
	w := &Writer{root: root, lock: lock, dir: dir, created: missing != nil}
	if err := w.look(); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *Writer) close() {
	w.root.Close()
	w.lock.Close()
}

func (w *Writer) look() error {
	list, err := w.root.ReadFile(manifest)
	if info, wrong := w.root.Stat(manifest); wrong == nil {
		w.listed = info.ModTime()
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		entries, err := fs.ReadDir(w.root.FS(), ".")
		if err != nil {
			return err
		}
		// The remains of a first Writer that was killed do not matter.
		if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !strings.HasPrefix(e.Name(), staging) }) {
			return fmt.Errorf(
				"the folder %s has files in it that the hub did not make: choose another folder, or empty it", w.dir)
		}
		w.empty = true
	case err != nil:
		return err
	}
	files := bytes.Count(list, []byte("\n"))
	w.made, w.all = make(map[string]bool, files), make(map[string]bool, files)
	for name := range strings.Lines(string(list)) {
		// A path that leads out of the folder can only be a mistake, and is ignored.
		if name = strings.TrimSuffix(name, "\n"); fs.ValidPath(name) {
			w.made[name] = true
		}
	}
	return nil
}

// count counts a file of the site.
func (w *Writer) count(name string) {
	w.all[name] = true
	if path.Ext(name) == ".html" {
		w.changed.Pages++
	}
}

// Add takes one file, and writes it into the staging folder if it differs from the one in place. It
// may be called from several goroutines, and keeps nothing of data. Commit returns any error. Add
// returns the stamp by which [Writer.Has] recognises the file later.
func (w *Writer) Add(name string, data []byte) Stamp {
	stamp, err := w.same(name, data)
	differs := stamp == (Stamp{})
	w.mu.Lock()
	w.count(name)
	if err == nil && differs {
		w.changed.Written = append(w.changed.Written, name)
		err = w.stage()
	}
	w.mu.Unlock()
	if err == nil && differs {
		if err = w.folder(path.Dir(name)); err == nil {
			if err = write(w.staged(name), data); err == nil {
				stamp, err = stampAt(w.staged(name))
			}
		}
	}
	if err != nil {
		w.mu.Lock()
		if len(w.errs) < mostErrs {
			w.errs = append(w.errs, err)
		}
		w.mu.Unlock()
	}
	return stamp
}

// staged is the path of a file until Commit. Nobody else uses the staging folder, so plain paths
// are safe. They take a third of the system calls of os.Root, which opens each folder on the way.
func (w *Writer) staged(name string) string {
	return filepath.Join(w.dir, staging, filepath.FromSlash(name))
}

// folder makes a folder in the staging folder, and its parents.
func (w *Writer) folder(name string) error {
	if _, there := w.folders.Load(name); there || name == "." {
		return nil
	}
	if err := w.folder(path.Dir(name)); err != nil {
		return err
	}
	if err := os.Mkdir(w.staged(name), 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	w.folders.Store(name, nil)
	return nil
}

// write does the work of os.WriteFile without what it does for pipes and terminals, which is half
// of its system calls.
func write(name string, data []byte) error {
	fail := func(op string, err error) error { return &fs.PathError{Op: op, Path: name, Err: err} }
	f, err := syscall.Open(name, syscall.O_WRONLY|syscall.O_CREAT|syscall.O_TRUNC|syscall.O_CLOEXEC, 0o644)
	for err == syscall.EINTR {
		f, err = syscall.Open(name, syscall.O_WRONLY|syscall.O_CREAT|syscall.O_TRUNC|syscall.O_CLOEXEC, 0o644)
	}
	if err != nil {
		return fail("open", err)
	}
	for len(data) > 0 && err == nil {
		var n int
		if n, err = syscall.Write(f, data); err == syscall.EINTR {
			err = nil
		}
		data = data[max(n, 0):]
	}
	if closed := syscall.Close(f); err == nil {
		err = closed
	}
	if err != nil {
		return fail("write", err)
	}
	return nil
}

// same is the stamp of the file in place if it has these bytes; else the zero stamp.
func (w *Writer) same(name string, data []byte) (Stamp, error) {
	if w.empty {
		return Stamp{}, nil
	}
	if !w.made[name] {
		file := w.path(name)
		_, err := os.Lstat(file)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return Stamp{}, nil
		case err == nil:
			err = fmt.Errorf("the file %s is in the way: the hub did not make it; move it elsewhere", file)
		}
		return Stamp{}, err
	}
	f, err := os.Open(w.path(name)) // only read, so links are harmless
	if errors.Is(err, fs.ErrNotExist) {
		return Stamp{}, nil
	}
	if err != nil {
		return Stamp{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() != int64(len(data)) {
		return Stamp{}, err
	}
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	if _, err = b.ReadFrom(f); err != nil || !bytes.Equal(b.Bytes(), data) {
		return Stamp{}, err
	}
	return stampOf(info), nil
}

func (w *Writer) path(name string) string { return filepath.Join(w.dir, filepath.FromSlash(name)) }

// stage makes the staging folder once, and only if there is something to stage.
func (w *Writer) stage() error {
	if w.begun {
		return nil
	}
	if err := w.root.RemoveAll(staging); err != nil { // from a Writer that was killed
		return err
	}
	w.begun = true
	return w.root.Mkdir(staging, 0o755)
}

// unstage removes staged files, also those of a Writer that was killed. A folder without any need
// not be writable.
func (w *Writer) unstage() error {
	var errs [2]error
	for i, name := range []string{staging, nextList} {
		if _, err := w.root.Lstat(name); err == nil {
			errs[i] = w.root.RemoveAll(name)
		}
	}
	return errors.Join(errs[:]...)
}

// Abandon leaves the folder as it was.
func (w *Writer) Abandon() error {
	defer w.close()
	err := w.unstage()
	if w.created {
		err = errors.Join(err, os.Remove(w.dir))
	}
	return err
}

// Commit puts the new files into place, or fails and leaves the folder as it was.
func (w *Writer) Commit() (Changed, error) {
	defer w.close()
	for name := range w.made {
		if !w.all[name] {
			w.changed.Removed = append(w.changed.Removed, name)
		}
	}
	slices.Sort(w.changed.Written)
	slices.Sort(w.changed.Removed)
	err := errors.Join(w.errs...)
	if err == nil && len(w.changed.Written) == 0 && len(w.changed.Removed) == 0 && maps.Equal(w.made, w.all) {
		return w.changed, w.unstage()
	}
	if err == nil {
		err = w.stage()
	}
	if err == nil {
		err = w.replace()
	}
	if err != nil {
		err = errors.Join(err, w.unstage())
		return Changed{}, fmt.Errorf("writing the site to %s: %w", w.dir, err)
	}
	return w.changed, nil
}

// replace puts the new files into place and removes the old ones.
func (w *Writer) replace() error {
	// Until the end the list has both old and new files. So wherever this stops, they are known as
	// the hub's own.
	both := maps.Clone(w.all)
	maps.Copy(both, w.made)
	if err := w.list(both); err != nil {
		return err
	}
	for _, needed := range []string{"assets", "images", "."} {
		if err := w.move(needed); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for _, name := range w.changed.Removed {
		if err := w.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		// Removes folders that are now empty. One with files cannot be removed.
		for dir := path.Dir(name); dir != "." && w.root.Remove(dir) == nil; {
			dir = path.Dir(dir)
		}
	}
	if err := w.root.RemoveAll(staging); err != nil {
		return err
	}
	return w.list(w.all)
}

// move moves the staged files of a folder into place. A new folder moves as a whole.
func (w *Writer) move(dir string) error {
	entries, err := os.ReadDir(filepath.Join(w.dir, staging, filepath.FromSlash(dir)))
	if err != nil {
		return err
	}
	if err := w.root.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		if e.IsDir() {
			if _, err := w.root.Lstat(name); err == nil {
				if err := w.move(name); err != nil {
					return err
				}
				continue
			}
		}
		if err := w.root.Rename(path.Join(staging, name), name); err != nil {
			return err
		}
	}
	return nil
}

// list writes the manifest.
func (w *Writer) list(names map[string]bool) error {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(names)) {
		b.WriteString(name + "\n")
	}
	if err := w.root.WriteFile(nextList, []byte(b.String()), 0o644); err != nil {
		return err
	}
	return w.root.Rename(nextList, manifest)
}
