// Package look makes the files that are the same for all pages: styles, scripts, icons and the
// share picture. The address of each contains a digest of its contents, so that a browser may keep
// it for ever.
//
// The styles are those of the NHS front end's that the pages use, and the site's own. The script is
// the site's own, with what it imports. Both are made from the templates and npm's folder alone.
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

// A Look has the files, and digests of what they were made from.
type Look struct {
	Of      digest.Sum            // the templates and site.yaml, as [Of] returns it
	Modules map[string]digest.Sum // the files of npm's folder that were read, by path
	Assets  page.Assets           // the addresses
	Files   map[string][]byte     // by path
}

// Make makes the files. of is the result of [Of]. The error is [ErrNoFrontEnd] if the front end is
// missing.
func Make(of digest.Sum, hub *page.Site, templates fs.FS, modules string) (*Look, error) {
	l := &Look{Of: of, Modules: map[string]digest.Sum{}, Files: map[string][]byte{}}
	var err error
	l.Assets, err = l.makeAssets(hub, templates, modules)
	return l, err
}

// Of is the digest of the templates, site.yaml and the name of the folder modules.
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

// Sum is a digest of the files. It is made of their names, which contain digests of their contents.
func (l *Look) Sum() digest.Sum {
	var names [][]byte
	for _, name := range slices.Sorted(maps.Keys(l.Files)) {
		names = append(names, []byte(name))
	}
	return digest.Of(names...)
}

// Current reports whether the files read from npm's folder are unchanged.
func (l *Look) Current() bool {
	for name, was := range l.Modules {
		if digestOfModule(name) != was {
			return false
		}
	}
	return true
}

func digestOfModule(name string) digest.Sum {
	text, _ := os.ReadFile(name) // a missing file counts as an empty one
	return digest.Of(text)
}

// note notes the files that esbuild read, and the files by which it found them.
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
