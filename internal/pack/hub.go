package pack

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"traininghub/internal/overlay"
	"traininghub/internal/source"
)

// A Hub is what is packed: the programs, which are the same for every hub, with a hub's content and
// its own templates.
type Hub struct {
	Content   string // the folder of the editors' files
	Templates string // the hub's own templates, laid over the program's; "" if there are none
	Modules   string // npm's folder
	Programs  string // the folder of a release's programs; "" to compile this source
	Ours      fs.FS  // the program's own templates
}

// templates returns the program's templates with the hub's own laid over them.
func (h Hub) templates() fs.FS {
	if h.Templates == "" {
		return h.Ours
	}
	return overlay.Over(source.Dir(h.Templates), h.Ours)
}

// own returns the files of one of the hub's folders, named as they lie below another folder. It
// leaves out what the content's folder has for editors alone, and its templates.
func own(from, below string) ([]File, error) {
	if from == "" {
		return nil, nil
	}
	files, err := filesBelow(from)
	if err != nil {
		return nil, err
	}
	var kept []File
	for _, f := range files {
		name := strings.TrimPrefix(f.Name, path.Clean(filepath.ToSlash(from))+"/")
		top, _, deep := strings.Cut(name, "/")
		if name == overlay.Notes || below == "content" && (top == "templates" || top == "schemas" || !deep && name != "site.yaml") {
			continue
		}
		kept = append(kept, File{below + "/" + name, 0o644, f.Data})
	}
	return kept, nil
}

// released reads a program of a release.
func (h Hub) released(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(h.Programs, name))
}
