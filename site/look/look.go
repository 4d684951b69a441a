// Package look makes what is the same on all pages whatever is written on them: style, script, icon
// and the picture for links, each at an address that tells its contents, so that a browser may keep
// it for ever.
//
// The style is that part of the NHS front end's that the pages use, and the site's own; the script
// is the site's own with what it imports. Both are made from the templates and npm's folder alone.
package look

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"traininghub/internal/page"
	"traininghub/site/digest"
)

// A Look is the files, and what they were made of.
type Look struct {
	Of      digest.Sum            // the templates and site.yaml, as [Of] gives it
	Modules map[string]digest.Sum // the files that were read of npm's folder, by path
	Assets  page.Assets           // the addresses
	Files   map[string][]byte     // by path
}

// Make makes the files. Of is what [Of] gave; the error is [ErrNoFrontEnd] if the front end is
// missing.
func Make(of digest.Sum, hub *page.Site, templates fs.FS, modules string) (*Look, error) {
	l := &Look{Of: of, Modules: map[string]digest.Sum{}, Files: map[string][]byte{}}
	var err error
	l.Assets, err = l.makeAssets(hub, templates, modules)
	return l, err
}

// Of is the digest of the templates and site.yaml, for the folder modules.
func Of(hub *page.Site, templates fs.FS, modules string) (digest.Sum, error) {
	texts := [][]byte{[]byte(modules), hub.File.Head}
	err := fs.WalkDir(templates, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(templates, name)
		texts = append(texts, []byte(name), text)
		return err
	})
	return digest.Of(texts...), err
}

// Sum stands for the files: their names tell what is in them.
func (l *Look) Sum() digest.Sum {
	var names [][]byte
	for _, name := range slices.Sorted(maps.Keys(l.Files)) {
		names = append(names, []byte(name))
	}
	return digest.Of(names...)
}

// Current tells whether the files of npm's folder are as they were.
func (l *Look) Current() bool {
	for name, was := range l.Modules {
		if digestOfModule(name) != was {
			return false
		}
	}
	return true
}

func digestOfModule(name string) digest.Sum {
	text, _ := os.ReadFile(name) // there may be none: then that is what it was
	return digest.Of(text)
}

// note notes the files that esbuild says it read, and what it found them by.
func (l *Look) note(metafile, modules string) error {
	var meta struct {
		Inputs map[string]any `json:"inputs"`
	}
	if err := json.Unmarshal([]byte(metafile), &meta); err != nil {
		return err
	}
	found := []string{filepath.Join(modules, "nhsuk-frontend", "package.json")}
	for name := range meta.Inputs {
		if !strings.Contains(name, scripts) {
			found = append(found, filepath.FromSlash(name))
		}
	}
	for _, name := range found {
		l.Modules[name] = digestOfModule(name)
	}
	return nil
}
