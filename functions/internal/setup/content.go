package setup

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"traininghub/internal/letter"
	"traininghub/internal/office"
	"traininghub/internal/overlay"
	"traininghub/internal/programme"
	"traininghub/internal/returns"
	"traininghub/internal/service"
	"traininghub/templates"
)

// Letters are the letters of applications, claims and returns.
func Letters() letter.Table { return letter.Join(office.Letters(), returns.Letters) }

// Content is the editors' content, which packaging has put beside the program in the folder root,
// with the hub's public address.
func Content(root, base string) (*programme.Packed, error) {
	data, err := os.ReadFile(filepath.Join(root, programme.PackedFile))
	if err != nil {
		return nil, err
	}
	hub, err := programme.Unpack(data)
	if err != nil {
		return nil, err
	}
	for _, s := range hub.Programme.Services {
		s.Shut = Shut(s)
	}
	hub.Site.BaseURL, err = hub.Site.PublicAddress(base)
	return hub, err
}

// Templates are the program's own templates, overlaid with the hub's, which packaging has put
// beside it.
func Templates(root string) fs.FS {
	own := filepath.Join(root, "templates")
	if _, err := os.Stat(own); errors.Is(err, fs.ErrNotExist) {
		return templates.Files
	}
	return overlay.Over(os.DirFS(own), templates.Files)
}

// Shut reports whether a service takes nobody because its leads are only placeholders: a function
// really sends letters.
func Shut(s *service.Service) bool { return s.Mentoring != nil && s.Placeholder() }

// Only returns the editors' files without the letters that this program does not send. All letters
// were checked when the programs were packed.
func Only(all fs.FS, letters letter.Table) fs.FS { return files{all, letters} }

type files struct {
	fs.FS
	letters letter.Table
}

// ReadDir lists a folder. A letter for one form only has the form's name after its own.
func (f files) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(f.FS, name)
	if path.Base(name) != "letters" {
		return all, err
	}
	return slices.DeleteFunc(all, func(e fs.DirEntry) bool {
		called := strings.TrimSuffix(e.Name(), ".md")
		for letter := range f.letters {
			if called == letter || strings.HasPrefix(called, letter+"-") {
				return false
			}
		}
		return true
	}), err
}
