package site

import (
	"cmp"

	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"traininghub/internal/page"
	"traininghub/internal/parallel"
	"traininghub/site/digest"
)

// A front is how the pages look: what is the same whatever courses there are.
type front struct {
	of      digest.Sum            // the templates and site.yaml
	modules map[string]digest.Sum // the files that were read of npm's folder, by path
	pages   *page.Renderer
	assets  page.Assets
	files   Output // style, script and icon
	saved   bool   // it stands like this in the file of the Cache
}

// hashLook gives the digest of the templates and site.yaml.
func hashLook(hub *page.Site, templates fs.FS, modules string) (digest.Sum, error) {
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

// dress gives the front of the templates and site.yaml as they are, whose digest is of: the one that there was before, if nothing of
// it changed.
func (k *Cache) dress(of digest.Sum, hub *page.Site, templates fs.FS, modules string) (*front, error) {
	f := k.front
	fresh := f == nil || f.of != of || !f.current()
	if !fresh && f.pages != nil {
		return f, nil
	}
	var parsed *page.Templates
	var err, wrong error
	parallel.Do(2, func(i int) {
		switch {
		case i == 1:
			parsed, wrong = page.Parse(templates)
		case fresh:
			f = &front{of: of, modules: map[string]digest.Sum{}, files: Output{}}
			f.assets, err = f.makeAssets(templates, modules)
		}
	})
	if err = cmp.Or(err, wrong); err != nil {
		return nil, err
	}
	if f.pages, err = parsed.Renderer(hub, f.assets); err != nil {
		return nil, err
	}
	k.front = f
	return f, nil
}

// sum stands for the front's files: their names tell what is in them.
func (f *front) sum() digest.Sum {
	var names [][]byte
	for _, name := range slices.Sorted(maps.Keys(f.files)) {
		names = append(names, []byte(name))
	}
	return digest.Of(names...)
}

// current tells whether the files of npm's folder are as they were.
func (f *front) current() bool {
	for name, was := range f.modules {
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
func (f *front) note(metafile, modules string) error {
	var meta struct {
		Inputs map[string]any `json:"inputs"`
	}
	if err := json.Unmarshal([]byte(metafile), &meta); err != nil {
		return err
	}
	found := []string{filepath.Join(modules, "nhsuk-frontend", "package.json")}
	for name := range meta.Inputs {
		if !strings.HasSuffix(name, scriptFile) {
			found = append(found, filepath.FromSlash(name))
		}
	}
	for _, name := range found {
		f.modules[name] = digestOfModule(name)
	}
	return nil
}
