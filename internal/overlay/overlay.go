// Package overlay lays a folder of a hub's own templates over the program's, file by file. If a
// file is in both folders, the hub's is used.
//
// When a file is copied to be changed, [Notes] records the sum of the original. If a newer program
// has another original, [Outdated] says so: the copy lacks what the new one mends or needs.
package overlay

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"traininghub/internal/source"
)

// Notes is the file in the folder that says of which original each copy was made. Each line has an
// SHA-256 and a name, as sha256sum writes them.
const Notes = "originals.txt"

// ErrName is wrapped by errors about a name that cannot be copied or noted.
var ErrName = errors.New("this cannot be laid over")

// Over returns the files of ours with those of own laid over them.
func Over(own, ours fs.FS) fs.FS { return laid{own, ours} }

type laid struct{ own, ours fs.FS }

// Open opens the hub's own file, or ours if it has none. If the hub's own file cannot be read, that
// is an error: ours in its place would be a page that nobody wanted.
func (l laid) Open(name string) (fs.File, error) {
	f, err := l.own.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return l.ours.Open(name)
	}
	return f, err
}

// ReadFile reads a file as Open opens it.
func (l laid) ReadFile(name string) ([]byte, error) {
	text, err := fs.ReadFile(l.own, name)
	if errors.Is(err, fs.ErrNotExist) {
		return fs.ReadFile(l.ours, name)
	}
	return text, err
}

// ReadDir lists the files of both folders.
func (l laid) ReadDir(name string) ([]fs.DirEntry, error) {
	ours, wrong := fs.ReadDir(l.ours, name)
	own, err := fs.ReadDir(l.own, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ours, wrong
	case err != nil:
		return nil, err
	case wrong != nil && !errors.Is(wrong, fs.ErrNotExist):
		return nil, wrong
	}
	all := slices.Concat(own, ours) // if both have a name, the first counts
	slices.SortStableFunc(all, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	all = slices.CompactFunc(all, func(a, b fs.DirEntry) bool { return a.Name() == b.Name() })
	return slices.DeleteFunc(all, func(e fs.DirEntry) bool { return name == "." && e.Name() == Notes }), nil
}

// Copy writes the original with that name into the folder, for somebody to change, and notes it. It
// never overwrites a file.
func Copy(dir string, ours fs.FS, name string) (file string, err error) {
	text, err := original(ours, name)
	if err != nil {
		return "", err
	}
	file = filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return "", err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("%w: %s is there already", ErrName, file)
	}
	if err != nil {
		return "", err
	}
	_, err = f.Write(text)
	return file, errors.Join(err, f.Close(), Note(dir, ours, name))
}

// Note notes that the hub's own file goes with the original as it is now.
func Note(dir string, ours fs.FS, name string) error {
	text, err := original(ours, name)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
		return fmt.Errorf("%w: there is no %s in %s", ErrName, name, dir)
	}
	notes, err := noted(os.DirFS(dir))
	if err != nil {
		return err
	}
	notes[name] = sum(text)
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(notes)) {
		fmt.Fprintf(&b, "%s  %s\n", notes[name], name)
	}
	file := filepath.Join(dir, Notes)
	if err := os.WriteFile(file+".new", b.Bytes(), 0o644); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

// original reads one of our files by a name that somebody gave.
func original(ours fs.FS, name string) ([]byte, error) {
	if text, err := fs.ReadFile(ours, name); err == nil && path.Clean(name) == name {
		return text, nil
	}
	var names []string
	fs.WalkDir(ours, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	return nil, fmt.Errorf("%w: there is no template %q: %s", ErrName, name, source.Suggest(name, names))
}

// noted returns the sums of the originals, by the names of the copies.
func noted(own fs.FS) (map[string]string, error) {
	sums := map[string]string{}
	text, err := fs.ReadFile(own, Notes)
	if errors.Is(err, fs.ErrNotExist) {
		return sums, nil
	}
	for line := range strings.Lines(string(text)) {
		if sum, name, ok := strings.Cut(strings.TrimSpace(line), "  "); ok {
			sums[name] = sum
		}
	}
	return sums, err
}

func sum(text []byte) string {
	s := sha256.Sum256(text)
	return hex.EncodeToString(s[:])
}

var ruleOriginal = source.Rule{Name: "template-original",
	Why: "a page of the program can need what its own template has, and what was mended in it is not in the copy"}

// Outdated finds copies whose originals have changed since, and copies whose originals nobody
// noted. called is what people call the folder.
func Outdated(own, ours fs.FS, called string) (faults source.Faults) {
	notes, err := noted(own)
	if err != nil {
		faults.Add(path.Join(called, Notes), 0, "this cannot be read: "+err.Error(), "")
	}
	fs.WalkDir(own, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == Notes {
			return err
		}
		text, err := fs.ReadFile(ours, name)
		was, is := notes[name], sum(text)
		warn := func(what, do string) {
			faults.Warn(path.Join(called, name), source.Position{}, ruleOriginal, what, do)
		}
		after := fmt.Sprintf("%q has it; then say \"hub templates noted %s\"", "hub templates show "+name, name)
		switch {
		case err != nil && was != "":
			warn("the program has no such template any more", "take the file away")
		case err != nil: // only the hub has this file
		case was == "":
			warn("nobody noted of which original this is a copy", "compare it with the original: "+after)
		case was != is:
			warn("the original has changed since this copy was made", "take over what is new in it: "+after)
		}
		return nil
	})
	return faults
}
