// Package watch reports when a file in a folder is saved.
package watch

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// look is how often the files are read if the system does not report saves. It watches only a
// limited number of folders.
const look = 3 * time.Second

// Folders reports each save in the folders until ctx ends: it sends on saved unless a value is
// already waiting there. The first value comes at once, for saves before the watching began. Empty
// names are left out.
//
// It watches folders, not files, because many editors write a new file and give it the old name. It
// also watches the parents of the folders, because git removes a folder with its last file and
// later makes a new one. Where the system cannot watch, Folders reports a save every few seconds,
// to be on the safe side.
func Folders(ctx context.Context, folders []string, log *slog.Logger, saved chan<- struct{}) {
	watch(ctx, folders, log, saved, fsnotify.NewWatcher)
}

func watch(
	ctx context.Context, folders []string, log *slog.Logger, saved chan<- struct{},
	system func() (*fsnotify.Watcher, error),
) {
	tell := func() {
		select {
		case saved <- struct{}{}:
		default: // already reported, and not yet received
		}
	}
	var looking <-chan time.Time
	check := func(err error) {
		if err != nil && !errors.Is(err, fs.ErrNotExist) && looking == nil { // one that is gone again needs no watching
			log.Warn("the system does not tell of all saves, so the files are read every few seconds", "error", err)
			looking = time.Tick(look)
		}
	}
	var roots []string
	for _, name := range folders {
		if root, err := filepath.Abs(name); name != "" && err == nil {
			roots = append(roots, root)
		}
	}
	var events <-chan fsnotify.Event
	var wrong <-chan error
	add := func(string) {}
	if w, err := system(); err != nil {
		check(err)
	} else {
		defer w.Close()
		events, wrong = w.Events, w.Errors
		add = func(dir string) {
			// The slash at the end follows a folder that is a link to another one.
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
	again() // including what was saved before the watching began
	for {
		select {
		case <-ctx.Done():
			return
		case <-looking:
			tell()
		case err := <-wrong:
			log.Warn("some saves may not have been noticed", "error", err)
			again()
		case e := <-events:
			name := filepath.Clean(e.Name)
			base := filepath.Base(name)
			if e.Op == fsnotify.Chmod || !ours(name) || !slices.Contains(roots, name) && strings.HasPrefix(base, ".") ||
				strings.HasSuffix(base, "~") {
				continue // a build does not read it
			}
			if info, err := os.Stat(name); err == nil && info.IsDir() {
				add(name)
			}
			tell()
		}
	}
}

// isFolder reports whether an entry of a folder is a link to another folder.
func isFolder(name string, d fs.DirEntry) bool {
	if d.Type()&fs.ModeSymlink == 0 {
		return false
	}
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}
