package site

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

const (
	// manifest lists the files that the hub made, one path a line. Only those are ever removed.
	manifest = ".hub-build"
	// staging holds what is new until all of it is there.
	staging = ".hub-new"
)

// Changed says what [Write] did, by the files' paths in the folder, sorted.
type Changed struct {
	Written, Removed []string
}

// Write brings the folder dir up to date. It writes only files whose bytes differ, and removes those
// that an earlier Write made and out no longer has. It never touches a file that it did not make, and
// refuses a folder in which it would have to, or that has other files and was not made by it.
//
// All that is new is written beside the site first and then renamed into place: style and script
// before the pages that need them, and removals last. If it fails, because the disk is full for
// example, the old site is as it was, unless it fails in the middle of the renames; then each file is
// still an old or a new one, whole, and the next Write completes the work.
//
// Two Writes to one folder must not run at once.
//
// Nothing is synced to the disk: after a power cut the site is built again from its source, and
// syncing each of thousands of files would take far longer than making them all.
func Write(dir string, out Output) (Changed, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Changed{}, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Changed{}, err
	}
	defer root.Close()
	w := writer{root: root, dir: dir, out: out}
	if err := w.compare(); err != nil {
		return Changed{}, err
	}
	if len(w.changed.Written) == 0 && len(w.changed.Removed) == 0 && maps.Equal(w.made, keys(out)) {
		return w.changed, nil
	}
	err = w.stage()
	if err == nil {
		err = w.replace()
	}
	if err != nil {
		err = errors.Join(err, root.RemoveAll(staging))
		return Changed{}, fmt.Errorf("writing the site to %s: %w", dir, err)
	}
	return w.changed, nil
}

type writer struct {
	root    *os.Root
	dir     string
	out     Output
	made    map[string]bool // what an earlier Write made
	changed Changed
}

// compare finds what there is to do, and refuses what must not be done.
func (w *writer) compare() error {
	list, err := w.root.ReadFile(manifest)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		entries, err := fs.ReadDir(w.root.FS(), ".")
		if err != nil {
			return err
		}
		// The hub's own beginnings, of a first Write that was killed, are no hindrance.
		if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !strings.HasPrefix(e.Name(), staging) }) {
			return fmt.Errorf("the folder %s has files in it that the hub did not make: choose another folder, or empty it", w.dir)
		}
	case err != nil:
		return err
	}
	w.made = map[string]bool{}
	for name := range strings.Lines(string(list)) {
		// A path that leads out of the folder can only be somebody's mistake.
		if name = strings.TrimSuffix(name, "\n"); fs.ValidPath(name) {
			w.made[name] = true
		}
	}

	names := slices.Sorted(maps.Keys(w.out))
	differs := make([]bool, len(names))
	errs := make([]error, len(names))
	var foreign sync.Map
	parallel(len(names), func(i int) {
		old, err := w.root.ReadFile(names[i])
		switch {
		case errors.Is(err, fs.ErrNotExist):
			differs[i] = true
		case err != nil:
			errs[i] = err
		case !w.made[names[i]]:
			foreign.Store(names[i], true)
		default:
			differs[i] = !bytes.Equal(old, w.out[names[i]])
		}
	})
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for i, name := range names {
		if _, is := foreign.Load(name); is {
			return fmt.Errorf("the file %s is in the way: the hub did not make it; move it elsewhere", path.Join(w.dir, name))
		}
		if differs[i] {
			w.changed.Written = append(w.changed.Written, name)
		}
	}
	for name := range w.made {
		if _, stays := w.out[name]; !stays {
			w.changed.Removed = append(w.changed.Removed, name)
		}
	}
	slices.Sort(w.changed.Removed)
	return nil
}

// stage writes what is new into a folder of its own, on the same disk.
func (w *writer) stage() error {
	if err := w.root.RemoveAll(staging); err != nil { // of a Write that was killed
		return err
	}
	if err := w.root.Mkdir(staging, 0o755); err != nil {
		return err
	}
	errs := make([]error, len(w.changed.Written))
	parallel(len(errs), func(i int) {
		errs[i] = w.root.WriteFile(staged(i), w.out[w.changed.Written[i]], 0o644)
	})
	return errors.Join(errs...)
}

func staged(i int) string { return staging + "/" + strconv.Itoa(i) }

// replace puts what is new in its place and removes what is no longer made.
func (w *writer) replace() error {
	// Until the end the list has both old and new files, so that they are known as the hub's own
	// wherever this stops.
	both := keys(w.out)
	maps.Copy(both, w.made)
	if err := w.list(both); err != nil {
		return err
	}
	for _, assets := range []bool{true, false} {
		for i, name := range w.changed.Written {
			if strings.HasSuffix(name, ".html") == assets {
				continue
			}
			if err := w.root.MkdirAll(path.Dir(name), 0o755); err != nil {
				return err
			}
			if err := w.root.Rename(staged(i), name); err != nil {
				return err
			}
		}
	}
	for _, name := range w.changed.Removed {
		if err := w.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		// A folder that is empty now goes as well; one that is not cannot be removed.
		for dir := path.Dir(name); dir != "." && w.root.Remove(dir) == nil; {
			dir = path.Dir(dir)
		}
	}
	if err := w.root.RemoveAll(staging); err != nil {
		return err
	}
	return w.list(keys(w.out))
}

// list writes the manifest.
func (w *writer) list(names map[string]bool) error {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(names)) {
		b.WriteString(name + "\n")
	}
	next := staging + "-list"
	if err := w.root.WriteFile(next, []byte(b.String()), 0o644); err != nil {
		return err
	}
	return w.root.Rename(next, manifest)
}

func keys(out Output) map[string]bool {
	names := make(map[string]bool, len(out))
	for name := range out {
		names[name] = true
	}
	return names
}
