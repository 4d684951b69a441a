package pack

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"traininghub/internal/overlay"
	"traininghub/internal/source"
)

// A Hub is what is packed: this source with the content of a hub, and its own templates.
type Hub struct {
	Content   string // the folder of the editors' files
	Templates string // the folder of templates laid over those of this source; "" if there is none
	Modules   string // npm's folder
}

// templates are those of this source, with the hub's own laid over them.
func (h Hub) templates() fs.FS {
	if h.Templates == "" {
		return source.Dir("templates")
	}
	return overlay.Over(source.Dir(h.Templates), source.Dir("templates"))
}

// foreign tells whether the content is another than the folder content of this source.
func (h Hub) foreign() bool {
	own, err := filepath.EvalSymlinks(h.Content)
	ours, wrong := filepath.EvalSymlinks("content")
	own, _ = filepath.Abs(own)
	ours, _ = filepath.Abs(ours)
	return err == nil && wrong == nil && own != ours
}

// overlaid writes into dir the file that makes the compiler see the hub's files in the place of
// those that the packages content and templates carry: "go build -overlay". It is "" if they are
// those of this source. So the functions of another hub are compiled of the same source.
func (h Hub) overlaid(dir string) (file string, err error) {
	replace := map[string]string{}
	if h.foreign() {
		if err := h.contentOver(dir, replace); err != nil {
			return "", err
		}
	}
	if h.Templates != "" {
		files, err := filesBelow(h.Templates)
		if err != nil {
			return "", err
		}
		for _, f := range files {
			name := strings.TrimPrefix(f.Name, path.Clean(filepath.ToSlash(h.Templates))+"/")
			if name != overlay.Notes {
				replace[absolute("templates", name)] = absolute(h.Templates, name)
			}
		}
	}
	if len(replace) == 0 {
		return "", nil
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	file = filepath.Join(dir, "overlay.json")
	return file, os.WriteFile(file, text, 0o600)
}

// contentOver puts the hub's content in the place of ours: each of our files is gone, and package
// content carries the folders that the hub has.
func (h Hub) contentOver(dir string, replace map[string]string) error {
	ours, err := filesBelow("content")
	if err != nil {
		return err
	}
	for _, f := range ours {
		if path.Ext(f.Name) != ".go" {
			replace[absolute(f.Name)] = ""
		}
	}
	own, err := filesBelow(h.Content)
	if err != nil {
		return err
	}
	var carried []string
	for _, f := range own {
		name := strings.TrimPrefix(f.Name, path.Clean(filepath.ToSlash(h.Content))+"/")
		top, _, below := strings.Cut(name, "/")
		if top == "templates" || top == "schemas" || !below && name != "site.yaml" {
			continue
		}
		replace[absolute("content", name)] = absolute(h.Content, name)
		if !slices.Contains(carried, "all:"+top) {
			carried = append(carried, "all:"+top)
		}
	}
	text := fmt.Sprintf("package content\n\nimport \"embed\"\n\n//go:embed %s\nvar Files embed.FS\n", strings.Join(carried, " "))
	carrier := filepath.Join(dir, "content.go")
	replace[absolute("content", "content.go")] = carrier
	return os.WriteFile(carrier, []byte(text), 0o600)
}

// absolute is the whole path of a file, as the compiler wants it.
func absolute(parts ...string) string {
	name, _ := filepath.Abs(filepath.FromSlash(path.Join(parts...))) // fails only without a current folder
	return name
}
